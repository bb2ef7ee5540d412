"""Every way EC2 says no to a well-formed request.

A refusal is a value: a frozen exception with typed facts, EC2's error code, and EC2's message where one has been seen.
Two refusals with the same facts are equal. Rules raise them; `amimodel.decisions.Decision` lists them.

Source: EC2 API Reference, "Error codes"; rules A 12, B 13, C 14.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

import attrs

from amimodel.identifiers import AccountId, SnapshotId
from amimodel.vocabulary import (
    Architecture,
    BootMode,
    ImageState,
    ImageType,
    RootDeviceType,
    VirtualizationType,
)
from amimodel.volume_types import VolumeType

_R = TypeVar("_R", bound="Refusal")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def _facts_of(cls: type[_R]) -> type[_R]:
    """Make a class of refusals out of its fields. Equality and hash stay the base's, by type and facts."""
    return attrs.frozen(kw_only=True, auto_exc=False, eq=False)(cls)


class Refusal(Exception):  # noqa: N818 - EC2 refuses; an Error would say that something broke
    """EC2 understood the request and does not grant it.

    `code` and `message` are EC2's, the message in words of our own where EC2's have not been seen; `http_status` is
    400 unless the rules say otherwise; `rules` names the rules that refuse.

    >>> refusal = NotAuthorizedForImages(image_id="ami-12345678")
    >>> print(refusal.code, "|", refusal)
    AuthFailure | Not authorized for images: [ami-12345678]
    >>> refusal == NotAuthorizedForImages(image_id="ami-12345678")
    True
    """

    code: ClassVar[str]
    rules: ClassVar[str]
    http_status: ClassVar[int] = 400

    @property
    def message(self) -> str:
        """What EC2 says."""
        return self.code

    def __str__(self) -> str:
        return self.message

    def __eq__(self, other: object) -> bool:
        return _facts(self) == _facts(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), _facts(self)))

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (_rebuilt, (type(self), {name: getattr(self, name) for name in _names(type(self))}))


def _names(kind: type[Refusal]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in attrs.fields(kind)) if attrs.has(kind) else ()


def _facts(refusal: Refusal) -> tuple[Any, ...]:
    return tuple(getattr(refusal, name) for name in _names(type(refusal)))


def _rebuilt(kind: type[_R], facts: dict[str, Any]) -> _R:
    return kind(**facts)


# --- which image ------------------------------------------------------------------------------------------------------


@_facts_of
class ImageNotFound(Refusal):
    """No image of that id that the caller could see, in this Region."""

    code = "InvalidAMIID.NotFound"
    rules = "A ID-7, B 0.3, C 0.3"

    image_ids: tuple[str, ...]

    @classmethod
    def of(cls, image_id: str) -> Self:
        """One image that is not there."""
        return cls(image_ids=(image_id,))

    @property
    def message(self) -> str:
        if len(self.image_ids) == 1:
            return f"The image id '[{self.image_ids[0]}]' does not exist"
        return f"The image ids '[{', '.join(self.image_ids)}]' do not exist"


@_facts_of
class ImageUnavailable(Refusal):
    """The image is not in a state that allows this."""

    code = "InvalidAMIID.Unavailable"
    rules = "A 5.4, C 1.3, S 5"

    image_id: str
    state: ImageState

    @property
    def message(self) -> str:
        if self.state is ImageState.DEREGISTERED:
            return f"The image id '[{self.image_id}]' is no longer available"
        return f"The AMI ID '{self.image_id}' is currently {self.state} and may not be used for this operation"


@_facts_of
class NotAuthorizedForImages(Refusal):
    """The image exists, and the caller has no permission to launch it."""

    code = "AuthFailure"
    rules = "A 5.4, B LD-6, S 2"

    image_id: str

    @property
    def message(self) -> str:
        return f"Not authorized for images: [{self.image_id}]"


@_facts_of
class NotAuthorizedForImage(Refusal):
    """Only the image's owner may do this."""

    code = "AuthFailure"
    rules = "B 0.3, C 0.6, S 25"

    image_id: str

    @property
    def message(self) -> str:
        return f"Not authorized for image:{self.image_id}"


@_facts_of
class DeregistrationProtected(Refusal):
    """The image is protected from being deregistered, or its cooldown still runs."""

    code = "OperationNotPermitted"
    rules = "C 4.5"

    image_id: str
    protection: str

    @property
    def message(self) -> str:
        return f"The image {self.image_id} cannot be deregistered: its deregistration protection is {self.protection}."


# --- launching --------------------------------------------------------------------------------------------------------


@_facts_of
class NotAMachineImage(Refusal):
    """Kernels and RAM disks are parts of a machine, not one."""

    code = "InvalidParameterValue"
    rules = "B LD-9"

    image_id: str
    image_type: ImageType

    @property
    def message(self) -> str:
        return f"The image {self.image_id} is a {self.image_type}; only machine images can be launched."


@_facts_of
class InstanceTypeNotAllowed(Refusal):
    """The image's owner has not allowed this instance type."""

    code = "InvalidParameterCombination"
    rules = "A IT-7, B LD-12"

    image_id: str
    instance_type: str

    @property
    def message(self) -> str:
        return (
            "This AMI does not support the specified instance type."
            " Check DescribeImages for InstanceTypeSpecification, and try again."
        )


@_facts_of
class ArchitectureMismatch(Refusal):
    """The image is built for another processor than the instance type has."""

    code = "InvalidParameterValue"
    rules = "A 5.4, B LD-13"

    image_architecture: Architecture
    instance_type: str
    instance_type_architectures: tuple[Architecture, ...]

    @property
    def message(self) -> str:
        return (
            f"The architecture '{','.join(self.instance_type_architectures)}' of the specified instance type does not"
            f" match the architecture '{self.image_architecture}' of the specified AMI. Specify an instance type and an"
            " AMI that have matching architectures, and try again. You can use 'describe-instance-types' or"
            " 'describe-images' to discover the architecture of the instance type or AMI."
        )


@_facts_of
class VirtualizationMismatch(Refusal):
    """A paravirtual image on a type that is HVM only, or an HVM image on a type that is paravirtual only."""

    code = "InvalidParameterCombination"
    rules = "A VR-1, A VR-2, B LD-14"

    virtualization_type: VirtualizationType
    instance_type: str

    @property
    def message(self) -> str:
        if self.virtualization_type is VirtualizationType.HVM:
            return (
                "Non-Windows instances with a virtualization type of 'hvm' are currently not supported for this"
                " instance type."
            )
        return (
            f"Virtualization type 'hvm' is required for instances of type '{self.instance_type}'. Ensure that you are"
            " using an AMI with virtualization type 'hvm'. For more information, see"
            " http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html"
        )


@_facts_of
class RootDeviceTypeMismatch(Refusal):
    """An image from S3 on a type that boots from EBS only."""

    code = "InvalidParameterCombination"
    rules = "A RT-1, B LD-15"

    root_device_type: RootDeviceType
    instance_type: str

    @property
    def message(self) -> str:
        return (
            f"Instances of type '{self.instance_type}' may not be launched from an AMI with root device type"
            f" '{self.root_device_type}'."
        )


@_facts_of
class EnaRequired(Refusal):
    """The instance type's network needs a driver that the image does not claim to have."""

    code = "InvalidParameterCombination"
    rules = "A 5.4, B LD-16"

    instance_type: str

    @property
    def message(self) -> str:
        return (
            "Enhanced networking with the Elastic Network Adapter (ENA) is required for the"
            f" '{self.instance_type}' instance type. Ensure that you are using an AMI that is enabled for ENA."
        )


@_facts_of
class BootModeUnsupported(Refusal):
    """The instance type does not boot the way the image must."""

    code = "InvalidParameterValue"
    rules = "A BO-E1, A BO-E2, B LD-17"

    boot_mode: BootMode
    instance_type: str

    @property
    def message(self) -> str:
        if self.boot_mode is BootMode.LEGACY_BIOS:
            return (
                f"The {self.instance_type} instance type does not support an AMI with a boot mode of legacy-bios."
                " Specify an instance type that supports legacy-bios, and try again."
            )
        return (
            f"The {self.instance_type} instance type does not support an AMI with a boot mode of UEFI. Only instance"
            " types built on the Nitro System support UEFI. Specify an instance type that supports UEFI, and try again."
        )


@_facts_of
class TpmUnsupported(Refusal):
    """The image asks for a NitroTPM, and the instance type has none."""

    code = "InvalidParameterCombination"
    rules = "A TP-1, A TP-2, B LD-18, S 53"

    instance_type: str

    @property
    def message(self) -> str:
        return f"The {self.instance_type} instance type does not support NitroTPM, which the specified AMI requires."


@_facts_of
class KernelRequired(Refusal):
    """A paravirtual image without a kernel of its own, and none was given."""

    code = "InvalidParameterCombination"
    rules = "A VR-3"

    image_id: str

    @property
    def message(self) -> str:
        return f"The paravirtual image {self.image_id} has no kernel; specify one to launch it."


# --- copying ----------------------------------------------------------------------------------------------------------


@_facts_of
class NoStoragePermission(Refusal):
    """Permission to launch an image is not permission to read its snapshots."""

    code = "InvalidRequest"
    rules = "B CI-6"

    image_id: str
    snapshot_id: SnapshotId | None
    """The first snapshot that may not be read; None for an image that lies in S3."""

    @property
    def message(self) -> str:
        return "You do not have permission to access the storage of this ami"


@_facts_of
class MarketplaceCopyRefused(Refusal):
    """An image with a Marketplace product code does not leave its account by being copied."""

    code = "InvalidRequest"
    rules = "B CI-7"

    image_id: str

    @property
    def message(self) -> str:
        return "Images from AWS Marketplace cannot be copied to another AWS account."


# --- sharing ----------------------------------------------------------------------------------------------------------


@_facts_of
class EncryptedImageNotPublic(Refusal):
    """What is encrypted is never everyone's."""

    code = "UnsupportedOperation"
    rules = "B LP-25, S 44"

    image_id: str

    @property
    def message(self) -> str:
        return "Encrypted snapshots can't be shared publicly. Specify another snapshot."


@_facts_of
class ProductCodeImageNotPublic(Refusal):
    """What is sold is never given to everyone."""

    code = "OperationNotPermitted"
    rules = "A PC-4, B LP-26, S 45"

    image_id: str

    @property
    def message(self) -> str:
        return "Images with marketplace product codes may not be made public."


@_facts_of
class WatermarkedImageNotPublic(Refusal):
    """A watermark is for images that are not public."""

    code = "OperationNotPermitted"
    rules = "B LP-27"

    image_id: str

    @property
    def message(self) -> str:
        return f"The image {self.image_id} has watermarks and cannot be made public. Detach them first."


@_facts_of
class ManagedKeyNotShared(Refusal):
    """What is encrypted with a key of AWS's cannot be opened by anyone else."""

    code = "InvalidParameter"
    rules = "B LP-28"

    image_id: str
    snapshot_id: SnapshotId

    @property
    def message(self) -> str:
        return "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot."


@_facts_of
class PublicSharingBlocked(Refusal):
    """The account keeps its images from becoming public."""

    code = "OperationNotPermitted"
    rules = "B LP-24"

    image_id: str

    @property
    def message(self) -> str:
        return (
            "You can\u2019t publicly share this image because block public access for AMIs is enabled for this account."
            " To publicly share the image, you must call the DisableImageBlockPublicAccess API."
        )


@_facts_of
class PublicImageQuotaReached(Refusal):
    """The account has as many public images in this Region as it may have."""

    code = "ResourceLimitExceeded"
    rules = "A 9, B LP-23, C 5.21"

    quota: int

    @property
    def message(self) -> str:
        return (
            f"You have reached your quota of {self.quota} for the number of public images allowed in this Region."
            " Deregister unused public images or make them private, or request an increase in your public AMIs quota."
        )


@_facts_of
class SharingQuotaReached(Refusal):
    """The image would be shared with more accounts, organizations and units than it may be."""

    code = "ResourceLimitExceeded"
    rules = "A 9, B LP-19"

    image_id: str
    entities: int
    quota: int

    @property
    def message(self) -> str:
        return (
            f"The image {self.image_id} would be shared with {self.entities} accounts, organizations and organizational"
            f" units; the quota is {self.quota}."
        )


@_facts_of
class NotSharedWithAccount(Refusal):
    """There is no item of the account's own to give up (what flows through an organization cannot be given up)."""

    code = "InvalidAMIID.NotFound"
    rules = "B CL-2, B CL-3, S 29"

    image_id: str
    account_id: AccountId

    @property
    def message(self) -> str:
        return f"The image id '[{self.image_id}]' does not exist"


# --- block devices ----------------------------------------------------------------------------------------------------


@_facts_of
class InvalidDeviceName(Refusal):
    """A device name that the platform does not have."""

    code = "InvalidBlockDeviceMapping"
    rules = "A DN-5, S 13"

    device_name: str

    @property
    def message(self) -> str:
        return f"Invalid device name {self.device_name}"


@_facts_of
class DuplicateDeviceName(Refusal):
    """A device name that stands twice in one request."""

    code = "InvalidBlockDeviceMapping"
    rules = "A RB-2, A DN-5"

    device_name: str

    @property
    def message(self) -> str:
        return f"Invalid device name {self.device_name}: it is given more than once"


@_facts_of
class NoRootSnapshot(Refusal):
    """An image that boots from EBS needs a snapshot behind its root device."""

    code = "InvalidBlockDeviceMapping"
    rules = "A RI-3, A RI-7, A RI-8"

    @property
    def message(self) -> str:
        return "No root snapshot specified in device mapping."


@_facts_of
class NoSizeNorSnapshot(Refusal):
    """A volume made of nothing: neither its size nor a snapshot is told."""

    code = "InvalidBlockDeviceMapping"
    rules = "A RB-5"

    device_names: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"Either snapshot ID or volume size must be provided for: {', '.join(self.device_names)}"


@_facts_of
class VolumeSmallerThanSnapshot(Refusal):
    """A volume cannot be smaller than the snapshot it is made of."""

    code = "InvalidBlockDeviceMapping"
    rules = "A RB-9, A BM-7"

    snapshot_id: SnapshotId
    volume_size_gib: int
    snapshot_size_gib: int

    @property
    def message(self) -> str:
        return (  # the two spaces are EC2's
            f"Volume of size {self.volume_size_gib}GB is smaller than  snapshot '{self.snapshot_id}',"
            f" expect size >= {self.snapshot_size_gib}GB"
        )


@_facts_of
class RootDeviceSuppressed(Refusal):
    """The root device cannot be left out."""

    code = "InvalidBlockDeviceMapping"
    rules = "A BM-3, A Q15"

    device_name: str

    @property
    def message(self) -> str:
        return f"The root device {self.device_name} cannot be suppressed"


@_facts_of
class RootSnapshotChanged(Refusal):
    """A launch cannot put another snapshot behind the root device."""

    code = "InvalidBlockDeviceMapping"
    rules = "A BM-4"

    device_name: str

    @property
    def message(self) -> str:
        return "snapshotId cannot be modified on root device"


@_facts_of
class SnapshotOnInstanceStoreDevice(Refusal):
    """A snapshot cannot be put behind a device that the image maps to the instance store."""

    code = "InvalidBlockDeviceMapping"
    rules = "A BM-5"

    device_name: str

    @property
    def message(self) -> str:
        return "snapshotId can only be modified on EBS devices"


@_facts_of
class ReplacementSnapshotTooSmall(Refusal):
    """A data volume's snapshot can only be replaced by one of at least its size."""

    code = "InvalidBlockDeviceMapping"
    rules = "A BM-8"

    device_name: str
    snapshot_id: SnapshotId
    snapshot_size_gib: int
    replaced_size_gib: int

    @property
    def message(self) -> str:
        return (
            f"Snapshot '{self.snapshot_id}' of {self.snapshot_size_gib}GB is smaller than the one it replaces on"
            f" {self.device_name}, expect size >= {self.replaced_size_gib}GB"
        )


@_facts_of
class BootVolumeTypeUnsupported(Refusal):
    """No instance boots from a volume of this type."""

    code = "BootForVolumeTypeUnsupported"
    rules = "A VT-2"

    volume_type: VolumeType

    @property
    def message(self) -> str:
        return f"Volumes of type {self.volume_type} cannot be boot volumes."


@_facts_of
class IopsRequired(Refusal):
    """io1 and io2 volumes must be given their IOPS."""

    code = "InvalidParameterCombination"
    rules = "A VT-4"

    volume_type: VolumeType

    @property
    def message(self) -> str:
        return f"The parameter iops must be specified for {self.volume_type} volumes."


@_facts_of
class VolumeValueRefused(Refusal):
    """What became of two entries merged has a size, IOPS or throughput that its volume type does not take."""

    code = "InvalidParameterValue"
    rules = "A VT-3, A VT-6, A VT-7, A VT-9"

    device_name: str
    detail: str

    @property
    def message(self) -> str:
        return self.detail


@_facts_of
class VolumeCombinationRefused(Refusal):
    """What became of two entries merged has a parameter that its volume type does not have."""

    code = "InvalidParameterCombination"
    rules = "A VT-5, A VT-8, A BM-6"

    device_name: str
    detail: str

    @property
    def message(self) -> str:
        return self.detail
