"""Refusals of CreateImage: the instance cannot be imaged now, or not as the request would have it."""

from amimodel.instances import InstanceState
from amimodel.refusals._refusal import Refusal, facts_of


@facts_of
class InstanceStateNotImageable(Refusal):
    """An instance is imaged while it runs, stops or is stopped."""

    code = "InvalidParameterValue"
    rules = "A CI-2, S 31"

    instance_id: str
    state: InstanceState

    @property
    def message(self) -> str:
        return (
            f"Invalid value '{self.instance_id}' for instanceId."
            " Instance is not in state 'running' or 'stopping' or 'stopped'"
        )

    @property
    def remedy(self) -> str:
        return "wait until it is running" if self.state is InstanceState.PENDING else ""


@facts_of
class NoRootVolume(Refusal):
    """An image is made of the volume at the instance's root, and there is none: detached, or an instance store."""

    code = "InvalidParameterValue"
    rules = "A CI-3"

    instance_id: str
    root_device_name: str
    """What EC2 prints as the root; `null` for an instance store."""

    @property
    def message(self) -> str:
        return (
            f"Invalid value '{self.instance_id}' for instanceId."
            f" Instance does not have a volume attached at root ({self.root_device_name})"
        )


@facts_of
class BootModeOverrideRefused(Refusal):
    """Only what has booted by UEFI can be said to need it."""

    code = "InvalidParameterCombination"
    rules = "A 3.2"

    instance_id: str

    @property
    def message(self) -> str:
        return (
            "The parameter bootModeOverride requires the current instance boot mode 'uefi';"
            f" {self.instance_id} has another."
        )


@facts_of
class SnapshotLocationNotSupported(Refusal):
    """Only in a Local Zone or on an Outpost is there a choice of where the snapshots lie."""

    code = "InvalidParameterValue"
    rules = "A 3.2"

    instance_id: str

    @property
    def message(self) -> str:
        return (
            "The parameter snapshotLocation is supported for instances in Local Zones and on Outposts only;"
            f" {self.instance_id} is in neither."
        )

    @property
    def remedy(self) -> str:
        return "leave SnapshotLocation out: the snapshots lie in the Region"


@facts_of
class SnapshotLocationRequired(Refusal):
    """On an Outpost the request must say where the snapshots lie."""

    code = "InvalidParameterValue"
    rules = "A 3.2"

    instance_id: str

    @property
    def message(self) -> str:
        return f"The parameter snapshotLocation must be specified for {self.instance_id}, which is on an Outpost."


@facts_of
class AttachedDeviceChanged(Refusal):
    """Of a volume that is attached, an image says no more than the truth; but whether to delete it may be chosen."""

    code = "InvalidBlockDeviceMapping"
    rules = "A 3.4"

    device_name: str
    parameter: str

    @property
    def message(self) -> str:
        return (
            f"A volume is attached at {self.device_name}; the parameter {self.parameter} cannot change it,"
            " only deleteOnTermination can be specified."
        )

    @property
    def remedy(self) -> str:
        return "copy the image to encrypt it" if self.parameter == "encrypted" else "change the volume first"


@facts_of
class TooManyImagesOfInstance(Refusal):
    """So many images are being made of the instance at once, without reboot, that no other is begun."""

    code = "ConcurrentCreateImageNoRebootLimitExceeded"
    rules = "A CI-5, C 12.19"

    instance_id: str
    quota: int

    @property
    def message(self) -> str:
        return f"Too many images of {self.instance_id} are being created without reboot. The limit is {self.quota}."
