"""Refusals of a block device mapping."""

from amimodel.refusals._refusal import Refusal, facts_of
from amimodel.volume_types import VolumeType


@facts_of
class InvalidDeviceName(Refusal):
    """A device name that the platform does not have."""

    code = "InvalidBlockDeviceMapping"
    rules = "A DN-5, S 13"

    device_name: str

    @property
    def message(self) -> str:
        return f"Invalid device name {self.device_name}"


@facts_of
class DuplicateDeviceName(Refusal):
    """A device name that stands twice in one request."""

    code = "InvalidBlockDeviceMapping"
    rules = "A RB-2, A DN-5"

    device_name: str

    @property
    def message(self) -> str:
        return f"Invalid device name {self.device_name}: it is given more than once"


@facts_of
class NoRootSnapshot(Refusal):
    """An image that boots from EBS needs a snapshot behind its root device."""

    code = "InvalidBlockDeviceMapping"
    rules = "A RI-3, A RI-7, A RI-8"

    @property
    def message(self) -> str:
        return "No root snapshot specified in device mapping."


@facts_of
class NoSizeNorSnapshot(Refusal):
    """A volume made of nothing: neither its size nor a snapshot is told."""

    code = "InvalidBlockDeviceMapping"
    rules = "A RB-5"

    device_names: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"Either snapshot ID or volume size must be provided for: {', '.join(self.device_names)}"


@facts_of
class VolumeSmallerThanSnapshot(Refusal):
    """A volume cannot be smaller than the snapshot it is made of."""

    code = "InvalidBlockDeviceMapping"
    rules = "A RB-9, A BM-7"

    snapshot_id: str
    volume_size_gib: int
    snapshot_size_gib: int

    @property
    def message(self) -> str:
        return (  # the two spaces are EC2's
            f"Volume of size {self.volume_size_gib}GB is smaller than  snapshot '{self.snapshot_id}',"
            f" expect size >= {self.snapshot_size_gib}GB"
        )


@facts_of
class RootDeviceSuppressed(Refusal):
    """The root device cannot be left out."""

    code = "InvalidBlockDeviceMapping"
    rules = "A BM-3, A Q15"

    device_name: str

    @property
    def message(self) -> str:
        return f"The root device {self.device_name} cannot be suppressed"


@facts_of
class RootSnapshotChanged(Refusal):
    """A launch cannot put another snapshot behind the root device."""

    code = "InvalidBlockDeviceMapping"
    rules = "A BM-4"

    device_name: str

    @property
    def message(self) -> str:
        return "snapshotId cannot be modified on root device"


@facts_of
class SnapshotOnInstanceStoreDevice(Refusal):
    """A snapshot cannot be put behind a device that the image maps to the instance store."""

    code = "InvalidBlockDeviceMapping"
    rules = "A BM-5"

    device_name: str

    @property
    def message(self) -> str:
        return "snapshotId can only be modified on EBS devices"


@facts_of
class ReplacementSnapshotTooSmall(Refusal):
    """A data volume's snapshot can only be replaced by one of at least its size."""

    code = "InvalidBlockDeviceMapping"
    rules = "A BM-8"

    device_name: str
    snapshot_id: str
    snapshot_size_gib: int
    replaced_size_gib: int

    @property
    def message(self) -> str:
        return (
            f"Snapshot '{self.snapshot_id}' of {self.snapshot_size_gib}GB is smaller than the one it replaces on"
            f" {self.device_name}, expect size >= {self.replaced_size_gib}GB"
        )


@facts_of
class BootVolumeTypeUnsupported(Refusal):
    """No instance boots from a volume of this type."""

    code = "BootForVolumeTypeUnsupported"
    rules = "A VT-2"

    volume_type: VolumeType

    @property
    def message(self) -> str:
        return f"Volumes of type {self.volume_type} cannot be boot volumes."


@facts_of
class IopsRequired(Refusal):
    """io1 and io2 volumes must be given their IOPS."""

    code = "InvalidParameterCombination"
    rules = "A VT-4"

    volume_type: VolumeType

    @property
    def message(self) -> str:
        return f"The parameter iops must be specified for {self.volume_type} volumes."


@facts_of
class VolumeValueRefused(Refusal):
    """What became of two entries merged has a size, IOPS or throughput that its volume type does not take."""

    code = "InvalidParameterValue"
    rules = "A VT-3, A VT-6, A VT-7, A VT-9"

    device_name: str
    detail: str

    @property
    def message(self) -> str:
        return self.detail


@facts_of
class VolumeCombinationRefused(Refusal):
    """What became of two entries merged has a parameter that its volume type does not have."""

    code = "InvalidParameterCombination"
    rules = "A VT-5, A VT-8, A BM-6"

    device_name: str
    detail: str

    @property
    def message(self) -> str:
        return self.detail
