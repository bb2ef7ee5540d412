"""Refusals about volumes: which one is meant, what state it is in, and what one could be made of."""

from amimodel.refusals._refusal import Refusal, facts_of
from amimodel.volumes import VolumeState


@facts_of
class VolumeNotFound(Refusal):
    """No volume of that id that is the caller's, in this Region."""

    code = "InvalidVolume.NotFound"
    rules = "A 12.1, C 8.2"

    volume_id: str

    @property
    def message(self) -> str:
        return f"The volume '{self.volume_id}' does not exist."


@facts_of
class VolumeInWrongState(Refusal):
    """A volume must be available to be deleted, and available or in use to be made a snapshot of."""

    code = "IncorrectState"
    rules = "C 8.2"

    volume_id: str
    state: VolumeState

    @property
    def message(self) -> str:
        return f"The volume '{self.volume_id}' is '{self.state}'."


@facts_of
class VolumeInUse(Refusal):
    """A volume that is attached cannot be deleted."""

    code = "VolumeInUse"
    rules = "A 12.1, C 12.4"

    volume_id: str
    instance_id: str

    @property
    def message(self) -> str:
        return f"Volume {self.volume_id} is currently attached to {self.instance_id}"


# --- making one -------------------------------------------------------------------------------------------------------


@facts_of
class ZoneNotFound(Refusal):
    """The zone is in another Region than the one that is asked."""

    code = "InvalidZone.NotFound"
    rules = "A RG-4"

    zone: str
    region: str

    @property
    def message(self) -> str:
        return f"The zone '{self.zone}' does not exist."

    @property
    def remedy(self) -> str:
        return f"name a zone of {self.region}, or ask the Region that the zone is in"


@facts_of
class VolumeSizeBelowSnapshot(Refusal):
    """A volume holds all of the snapshot that it is made of."""

    code = "InvalidParameterValue"
    rules = "A RB-9, C 8.1"

    snapshot_id: str
    size_gib: int
    snapshot_size_gib: int

    @property
    def message(self) -> str:
        return (
            f"Volume of {self.size_gib}GiB is smaller than snapshot '{self.snapshot_id}';"
            f" minimum is {self.snapshot_size_gib}GiB."
        )

    @property
    def remedy(self) -> str:
        return "leave Size out: the volume is as large as the snapshot"


@facts_of
class SnapshotUnfitForVolumeType(Refusal):
    """A volume as large as its snapshot, since no other size is asked for, is none that its type can be."""

    code = "InvalidParameterValue"
    rules = "A VT-3, A VT-7"

    snapshot_id: str
    detail: str

    @property
    def message(self) -> str:
        return self.detail
