"""Refusals about snapshots: which one is meant, whose it is, and how many there may be."""

from amimodel.refusals._refusal import Refusal, facts_of


@facts_of
class SnapshotNotFound(Refusal):
    """No snapshot of that id that the caller could see, in this Region."""

    code = "InvalidSnapshot.NotFound"
    rules = "A ID-8, A RB-6, B SP-21"

    snapshot_id: str

    @property
    def message(self) -> str:
        return f"The snapshot '{self.snapshot_id}' does not exist."


@facts_of
class SnapshotInUse(Refusal):
    """An image is made of the snapshot."""

    code = "InvalidSnapshot.InUse"
    rules = "A RB-18, B CS-10, C 8.26, C 8.27"

    snapshot_id: str
    image_id: str

    @property
    def message(self) -> str:
        return f"The snapshot {self.snapshot_id} is currently in use by {self.image_id}"

    @property
    def remedy(self) -> str:
        return (
            f"deregister {self.image_id} first (DeregisterImage),"
            " with DeleteAssociatedSnapshots if nobody else needs it"
        )


@facts_of
class SnapshotManagedByBackup(Refusal):
    """AWS Backup made the snapshot, and only AWS Backup deletes it."""

    code = "InvalidParameterValue"
    rules = "C 8.29"

    snapshot_id: str

    @property
    def message(self) -> str:
        return (
            "This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs. If you wish to"
            " delete this snapshot, please do so via the Backup console."
        )


@facts_of
class NotAuthorizedForSnapshot(Refusal):
    """The snapshot is somebody else's, and this is for its owner to ask."""

    code = "AuthFailure"
    rules = "B SP-13, B SP-15"

    snapshot_id: str

    @property
    def message(self) -> str:
        return f"Not authorized for snapshot:{self.snapshot_id}"


# --- making them ------------------------------------------------------------------------------------------------------


@facts_of
class LocationNotSupported(Refusal):
    """Only of a volume in a Local Zone can the snapshot lie in one of two places."""

    code = "InvalidParameterValue"
    rules = "A 3.2, C 8.1"

    resource_id: str
    """The volume, or the instance whose volumes are meant."""

    @property
    def message(self) -> str:
        return (
            "The parameter location is supported for volumes and instances in Local Zones only;"
            f" {self.resource_id} is in none."
        )

    @property
    def remedy(self) -> str:
        return "leave Location out: the snapshot lies in the Region"


@facts_of
class SnapshotTakenTooSoon(Refusal):
    """The last snapshot of the volume was begun only seconds ago."""

    code = "SnapshotCreationPerVolumeRateExceeded"
    rules = "A CI-6, C 8.5"

    volume_id: str
    seconds: float
    """How far apart two snapshots of a volume must be."""

    @property
    def message(self) -> str:
        return (
            "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep"
            " interval between requests."
        )

    @property
    def remedy(self) -> str:
        return f"wait {self.seconds:g} seconds between two snapshots of {self.volume_id}"


@facts_of
class TooManySnapshotsOfVolume(Refusal):
    """So many snapshots of the volume are pending, or ended in error, that no other is begun."""

    code = "ConcurrentSnapshotLimitExceeded"
    rules = "A CI-6, C 8.4"

    volume_id: str
    quota: int

    @property
    def message(self) -> str:
        return f"The volume '{self.volume_id}' already has {self.quota} snapshots that are pending or in error."

    @property
    def remedy(self) -> str:
        return "wait until they are completed, and delete those in error"


@facts_of
class TooManyPendingSnapshots(Refusal):
    """So many snapshots of the account are pending in the Region that no other is begun."""

    code = "PendingSnapshotLimitExceeded"
    rules = "A CI-6, C 8.6"

    quota: int

    @property
    def message(self) -> str:
        return f"You have reached the limit of {self.quota} pending snapshots."

    @property
    def remedy(self) -> str:
        return "wait until some of them are completed"


@facts_of
class SnapshotQuotaReached(Refusal):
    """The account has as many snapshots in the Region as it may."""

    code = "SnapshotLimitExceeded"
    rules = "A CI-6, C 8.6"

    quota: int

    @property
    def message(self) -> str:
        return f"You have reached the limit of {self.quota} snapshots."

    @property
    def remedy(self) -> str:
        return "delete snapshots (DeleteSnapshot), or ask for a higher quota"


# --- sets of them -----------------------------------------------------------------------------------------------------


@facts_of
class RootVolumeExcluded(Refusal):
    """The root volume is not left out by naming it."""

    code = "InvalidParameterValue"
    rules = "C 8.8"

    instance_id: str
    volume_id: str

    @property
    def message(self) -> str:
        return (
            f"Invalid value '{self.volume_id}' for excludeDataVolumeIds. It is the root volume of {self.instance_id}."
        )

    @property
    def remedy(self) -> str:
        return "set ExcludeBootVolume to true"


@facts_of
class SnapshotSetTooLarge(Refusal):
    """One CreateSnapshots takes so many volumes, and leaves so many out."""

    code = "InvalidParameterValue"
    rules = "C 8.8"

    counted: str
    """What is too many: `volumes` or `excludeDataVolumeIds`."""
    number: int
    limit: int

    @property
    def message(self) -> str:
        return f"A set of snapshots can have at most {self.limit} {self.counted}; found {self.number}."


@facts_of
class NoVolumesToSnapshot(Refusal):
    """No volume of the instance is left that a snapshot could be made of."""

    code = "InvalidParameterValue"
    rules = "C 8.8"

    instance_id: str

    @property
    def message(self) -> str:
        return f"Invalid value '{self.instance_id}' for instanceId. No volume is left to be snapshotted"


# --- copying them -----------------------------------------------------------------------------------------------------


@facts_of
class SnapshotDurationUnsupported(Refusal):
    """A copy from a Local Zone takes the time that it takes."""

    code = "InvalidParameterCombination"
    rules = "B CS-6, B CI-19"

    snapshot_id: str

    @property
    def message(self) -> str:
        return (
            "The parameter completionDurationMinutes is not supported when copying from a Local Zone,"
            f" where {self.snapshot_id} is."
        )
