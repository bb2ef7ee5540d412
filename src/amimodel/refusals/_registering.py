"""Refusals of RegisterImage: what the request names is not there, not the caller's, or does not fit together."""

from amimodel.refusals._refusal import DoubtfulRefusal, Refusal, facts_of
from amimodel.snapshots import SnapshotState, StorageTier
from amimodel.vocabulary import BootMode

# --- who may ----------------------------------------------------------------------------------------------------------


@facts_of
class BillingProductsNotAuthorized(Refusal):
    """Only accounts that AWS has chosen may put billing products into an image."""

    code = "AuthFailure"
    rules = "A RI-17"

    account_id: str

    @property
    def message(self) -> str:
        return f"Account {self.account_id} is not authorized to specify billing products."

    @property
    def remedy(self) -> str:
        return "what is to be paid for is sold through AWS Marketplace"


# --- the snapshots ----------------------------------------------------------------------------------------------------


@facts_of
class SnapshotNotOwned(Refusal):
    """An image is made of snapshots of its owner's, not of snapshots that are shared with it."""

    code = "InvalidParameterValue"
    rules = "A RB-7, A Q3"

    snapshot_id: str
    account_id: str
    """The account that asks, which is not the snapshot's owner."""

    @property
    def message(self) -> str:
        return f"Invalid value '{self.snapshot_id}' for snapshotId. Snapshot does not belong to {self.account_id}"

    @property
    def remedy(self) -> str:
        return "copy the snapshot (CopySnapshot) and register the copy"


@facts_of
class SnapshotNotUsable(Refusal):
    """A snapshot that is not complete, or lies in the archive."""

    code = "IncorrectState"
    rules = "A RB-8"

    snapshot_id: str
    state: SnapshotState
    storage_tier: StorageTier

    @property
    def message(self) -> str:
        archived = self.state is SnapshotState.COMPLETED and self.storage_tier is StorageTier.ARCHIVE
        return f"Snapshot is in invalid state - {'archived' if archived else self.state}"

    @property
    def remedy(self) -> str:
        if self.storage_tier is StorageTier.ARCHIVE:
            return "restore it from the archive (RestoreSnapshotTier)"
        return "wait until it is completed" if self.state is SnapshotState.PENDING else ""


@facts_of
class SnapshotLocationsDiffer(Refusal):
    """The snapshots of an image lie in its Region, or together in one place that belongs to it."""

    code = "InvalidParameterCombination"
    rules = "A RB-17"

    locations: tuple[str, ...]
    """The Outposts and Local Zones that they lie in."""

    @property
    def message(self) -> str:
        return f"The snapshots of an image must be in the same location; found {', '.join(self.locations)}."


# --- the entries of the mapping ---------------------------------------------------------------------------------------


@facts_of
class EncryptedFlagWithSnapshot(Refusal):
    """Whether a volume is encrypted, its snapshot says; RegisterImage cannot change it."""

    code = "InvalidParameter"
    rules = "A RB-10"

    device_name: str

    @property
    def message(self) -> str:
        return (
            "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a snapshot id in a"
            " block device mapping."
        )

    @property
    def remedy(self) -> str:
        return "leave Encrypted out, and encrypt when the image is copied or launched"


@facts_of
class DeviceParameterUnsupported(Refusal):
    """A parameter of a mapping that other requests have, and RegisterImage does not."""

    code = "InvalidParameter"
    rules = "A RB-13, B EN-13"

    device_name: str
    parameter: str

    @property
    def message(self) -> str:
        return f"Parameter {self.parameter} is invalid. It is not supported for {self.device_name} in this operation."


@facts_of
class InitializationRateWithoutSnapshot(Refusal):
    """An empty volume has nothing that could be loaded from S3 at any rate."""

    code = "InvalidParameterCombination"
    rules = "A VT-11"

    device_name: str

    @property
    def message(self) -> str:
        return f"The parameter volumeInitializationRate requires a snapshot; {self.device_name} has none."


@facts_of
class VolumeOnInstanceStoreImage(Refusal):
    """An image from S3 has volumes of the instance store, and no others."""

    code = "InvalidBlockDeviceMapping"
    rules = "A RI-24"

    device_name: str

    @property
    def message(self) -> str:
        return f"Only instance store volumes can be added to an S3-backed image; {self.device_name} is an EBS volume."


# --- what the image asks for ------------------------------------------------------------------------------------------


@facts_of
class ParavirtualUefi(Refusal):
    """A paravirtual machine has no UEFI, and so neither its variables nor a TPM."""

    code = "InvalidParameterCombination"
    rules = "A RI-11, S 14"

    parameter: str

    @property
    def message(self) -> str:
        return f"The parameter {self.parameter} is not supported for the virtualization type 'paravirtual'."


@facts_of
class TpmRequiresUefi(DoubtfulRefusal):
    """A TPM needs the boot mode uefi; uefi-preferred is not enough."""

    rules = "A RI-14, A Q4"

    boot_mode: BootMode | None

    @property
    def message(self) -> str:
        return f"The parameter tpmSupport requires the boot mode 'uefi'; it is {self.boot_mode or 'not specified'}."


@facts_of
class TpmOnArm(Refusal):
    """arm64 had no TPM until about 2024."""

    code = "InvalidParameterValue"
    rules = "A RI-14"

    @property
    def message(self) -> str:
        return "Invalid machineArchitecture value 'arm64' for tpmSupport"


# --- the bundle in S3 -------------------------------------------------------------------------------------------------


@facts_of
class ManifestNotRead(Refusal):
    """No manifest at that place, or none that EC2 may read."""

    code = "InvalidManifest"
    rules = "A RI-20, A RI-21"

    image_location: str
    found: bool

    @property
    def message(self) -> str:
        status = "403 (Forbidden)" if self.found else "404 (Not Found)"
        return f"HTTP {status} response for URL http://s3.amazonaws.com:80/{self.image_location}"

    @property
    def remedy(self) -> str:
        return "let EC2 read the bundle (the canned ACL aws-exec-read)" if self.found else ""


@facts_of
class ManifestNotUnderstood(Refusal):
    """What lies there is no manifest."""

    code = "InvalidManifest"
    rules = "A RI-21"

    image_location: str

    @property
    def message(self) -> str:
        return "Invalid AMI manifest"


@facts_of
class ManifestDeviceRefused(Refusal):
    """The manifest maps something to a device that no instance has."""

    code = "InvalidManifest"
    rules = "A RI-21"

    device_name: str

    @property
    def message(self) -> str:
        return f"Invalid block device mapping: Invalid device name '{self.device_name}'"


@facts_of
class ManifestKernelNotFound(Refusal):
    """The manifest names a kernel, or a RAM disk, that the caller cannot see."""

    code = "InvalidManifest"
    rules = "A RI-12, S 15"

    kernel_id: str

    @property
    def message(self) -> str:
        return f"Invalid or unaccessible kernel id in ami manifest: {self.kernel_id}"


@facts_of
class ManifestRootTooLarge(Refusal):
    """The root volume of an image from S3 has a largest size."""

    code = "InvalidManifest"
    rules = "A RI-4, A 5.2"

    size_gib: int
    most_gib: int

    @property
    def message(self) -> str:
        return (
            f"The root volume of {self.size_gib}GiB is too large for an S3-backed image; maximum is {self.most_gib}GiB."
        )


@facts_of
class ManifestCombinationRefused(Refusal):
    """The parameters and the manifest each are well formed, and do not go together."""

    code = "InvalidParameterCombination"
    rules = "A RI-9, A RI-10, A RI-12"

    detail: str

    @property
    def message(self) -> str:
        return self.detail
