"""The image.

Source: botocore 1.44.5, shape Image (its 41 members); rules A 11.9, C 0.A.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import unique
from typing import Final, TypeAlias

from attrs import Factory, field, frozen
from attrs.converters import optional

from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, as_mappings
from amimodel.clock import parse, render, utc
from amimodel.identifiers import (
    AccountId,
    ImageId,
    InstanceId,
    KernelId,
    RamdiskId,
    SnapshotId,
    account_id,
    image_id,
    instance_id,
    kernel_id,
    ramdisk_id,
)
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.malformed import invalid_value
from amimodel.names import description, image_name
from amimodel.permissions import NOBODY, LaunchPermissions, as_launch_permissions
from amimodel.product_codes import ProductCode, as_product_codes
from amimodel.regions import Region, as_region
from amimodel.scan_results import ScanResults
from amimodel.tags import NO_TAGS, Tags, as_tags
from amimodel.vocabulary import (
    Architecture,
    BootMode,
    Hypervisor,
    ImageState,
    ImageType,
    ImdsSupport,
    OwnerAlias,
    Platform,
    RootDeviceType,
    SriovNetSupport,
    TpmSupport,
    VirtualizationType,
    Word,
)
from amimodel.watermarks import ImageWatermark, as_watermarks

AnyImageId: TypeAlias = ImageId | KernelId | RamdiskId


_READERS: Final[Mapping[str, Callable[[str, str], AnyImageId]]] = {"aki-": kernel_id, "ari-": ramdisk_id}


def any_image_id(text: str, member: str = "ImageId") -> AnyImageId:
    """Read the id of an image of any type; kernels and RAM disks are images too (rule A KR-1).

    >>> any_image_id("aki-5c21674b")
    'aki-5c21674b'

    Raises `Malformed`, with the code of the type that the prefix names.
    """
    read = _READERS.get(text[:4], image_id) if isinstance(text, str) else image_id
    return read(text, member)


_PREFIXES: Final[Mapping[ImageType, str]] = {
    ImageType.MACHINE: "ami-",
    ImageType.KERNEL: "aki-",
    ImageType.RAMDISK: "ari-",
}


@frozen
class StateReason:
    """Why an image is in the state it is in; filled when its creation failed (rule C 1.2.3)."""

    code: str | None = None
    message: str | None = None


@unique
class DeregistrationProtectionMode(Word):
    """Whether an image is kept from being deregistered, and whether lifting that takes a day (rule C 4)."""

    DISABLED = "disabled"
    ENABLED_WITHOUT_COOLDOWN = "enabled-without-cooldown"
    ENABLED_WITH_COOLDOWN = "enabled-with-cooldown"


_COOLING: Final = "disabled after "


@frozen
class DeregistrationProtection:
    """An image's protection: its mode, and until when a cooldown still holds after it was lifted.

    >>> print(DeregistrationProtection())
    disabled
    >>> print(DeregistrationProtection(cooldown_until=parse("2026-01-02T03:04:05Z")))
    disabled after 2026-01-02T03:04:05.000Z

    Raises `Malformed` for a cooldown while the protection is on: it starts when protection ends (rule C 4.4).

    Source: rule C 4 (the table of rendered texts); settlement S 33.
    """

    mode: DeregistrationProtectionMode = field(
        default=DeregistrationProtectionMode.DISABLED, converter=DeregistrationProtectionMode
    )
    cooldown_until: datetime | None = field(default=None, converter=optional(utc))

    def __attrs_post_init__(self) -> None:
        if self.cooldown_until is not None and self.mode is not DeregistrationProtectionMode.DISABLED:
            raise invalid_value(
                "DeregistrationProtection", self.mode, "A cooldown runs only after protection has ended."
            )

    @classmethod
    def parse(cls, text: str) -> "DeregistrationProtection":
        """Read the text that EC2 gives."""
        if isinstance(text, str) and text.startswith(_COOLING):
            return cls(cooldown_until=parse(text.removeprefix(_COOLING), "DeregistrationProtection"))
        return cls(DeregistrationProtectionMode(text))

    def __str__(self) -> str:
        return self.mode.value if self.cooldown_until is None else f"{_COOLING}{render(self.cooldown_until)}"


UNPROTECTED: Final = DeregistrationProtection()
"""What every new image starts with (rule C 4)."""


def _source_image_id(text: str) -> ImageId:
    return image_id(text, "SourceImageId")


def _source_image_region(region: str | Region) -> Region:
    return as_region(region, "SourceImageRegion")


def _source_instance_id(text: str) -> InstanceId:
    return instance_id(text, "SourceInstanceId")


def _instants(instants: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(sorted({utc(instant) for instant in instants}))


@frozen(kw_only=True, weakref_slot=False)  # so that a copy takes half the time (`amimodel._copies`)
class Image:
    """An Amazon Machine Image: everything DescribeImages can say of it, and what it does not say.

    >>> image = Image(
    ...     image_id="ami-12345678",
    ...     owner_id="111122223333",
    ...     name="web",
    ...     creation_date=parse("2026-01-01T00:00:00Z"),
    ...     architecture="x86_64",
    ... )
    >>> image.image_location, image.public, image.state.value
    ('111122223333/web', False, 'available')

    Not in DescribeImages: `region`, the rest of `launch_permissions` beside public or not, `uefi_data`, `launches`
    (it shows the last one, a day late), and `guest_os_boot`, how the system inside can boot, which EC2 cannot know.

    `tags` are those of the account that looks; in a world, the owner's. `image_allowed` is what that account's
    Allowed AMIs setting says of the image, and only an answer carries it. `image_location` need only be given where it
    is not the owner and the name (rules A LO-1, A LO-2), and `platform` only where `billing` does not tell it; an image
    that is given another `billing` keeps its platform, so give it both.

    An image is well formed part by part. Whether its parts fit together is for `amimodel.consistency` to say: an
    inventory may hold a contradiction, and whoever audits it wants to see it.

    Raises `Malformed`.

    Source: rules A 2.7, A 11.9, C 0.A.
    """

    image_id: AnyImageId = field(converter=any_image_id)
    owner_id: AccountId = field(converter=account_id)
    name: str | None = field(converter=optional(image_name))
    creation_date: datetime = field(converter=utc)
    architecture: Architecture = field(converter=Architecture)

    state: ImageState = field(default=ImageState.AVAILABLE, converter=ImageState)
    state_reason: StateReason | None = None
    image_type: ImageType = field(default=ImageType.MACHINE, converter=ImageType)
    description: str | None = field(default=None, converter=description)
    image_owner_alias: OwnerAlias | None = field(default=None, converter=optional(OwnerAlias))
    tags: Tags = field(default=NO_TAGS, converter=as_tags)

    virtualization_type: VirtualizationType = field(default=VirtualizationType.HVM, converter=VirtualizationType)
    hypervisor: Hypervisor = field(default=Hypervisor.XEN, converter=Hypervisor)
    root_device_type: RootDeviceType = field(default=RootDeviceType.EBS, converter=RootDeviceType)
    root_device_name: str | None = None
    block_device_mappings: tuple[BlockDeviceMapping, ...] = field(default=(), converter=as_mappings)
    kernel_id: KernelId | None = field(default=None, converter=optional(kernel_id))
    ramdisk_id: RamdiskId | None = field(default=None, converter=optional(ramdisk_id))
    boot_mode: BootMode | None = field(default=None, converter=optional(BootMode))
    tpm_support: TpmSupport | None = field(default=None, converter=optional(TpmSupport))
    uefi_data: str | None = field(default=None, repr=False)
    guest_os_boot: BootMode | None = field(default=None, converter=optional(BootMode))
    imds_support: ImdsSupport | None = field(default=None, converter=optional(ImdsSupport))
    ena_support: bool | None = None
    sriov_net_support: SriovNetSupport | None = field(default=None, converter=optional(SriovNetSupport))
    instance_type_specification: InstanceTypeSpecification | None = None

    billing: BillingCode | None = None
    platform: Platform | None = field(
        default=Factory(lambda self: self.billing.platform if self.billing else None, takes_self=True),
        converter=optional(Platform),
    )
    product_codes: tuple[ProductCode, ...] = field(default=(), converter=as_product_codes)

    launch_permissions: LaunchPermissions = field(default=NOBODY, converter=as_launch_permissions)
    deprecation_time: datetime | None = field(default=None, converter=optional(utc))
    deregistration_protection: DeregistrationProtection = UNPROTECTED
    launches: tuple[datetime, ...] = field(default=(), converter=_instants)

    source_image_id: ImageId | None = field(default=None, converter=optional(_source_image_id))
    source_image_region: Region | None = field(default=None, converter=optional(_source_image_region))
    source_instance_id: InstanceId | None = field(default=None, converter=optional(_source_instance_id))
    image_watermarks: tuple[ImageWatermark, ...] = field(default=(), converter=as_watermarks)
    scan_results: ScanResults | None = None
    free_tier_eligible: bool | None = None
    public_ssm_parameter_name: str | None = None
    image_allowed: bool | None = None
    region: Region | None = field(default=None, converter=optional(as_region))
    _image_location: str | None = field(default=None, alias="image_location", repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.image_id.startswith(_PREFIXES[self.image_type]):
            why = f"The id of a {self.image_type} image begins with {_PREFIXES[self.image_type]}"
            raise invalid_value("ImageId", self.image_id, why)
        # One location, one spelling: a location that could be derived is not kept, so that equal images are equal.
        if self._image_location is not None and self._image_location == self._usual_location:
            object.__setattr__(self, "_image_location", None)

    @property
    def _usual_location(self) -> str | None:
        return None if self.name is None else f"{self.image_owner_alias or self.owner_id}/{self.name}"

    @property
    def image_location(self) -> str | None:
        """Owner and name, or the manifest of an image that lies in S3 (rules A LO-1 to LO-3); None without a name."""
        return self._usual_location if self._image_location is None else self._image_location

    @property
    def public(self) -> bool:
        """Whether everyone is among those who may launch it (rule B LP-3)."""
        return self.launch_permissions.everyone

    @property
    def root_device(self) -> BlockDeviceMapping | None:
        """The entry of the mapping that holds the root volume, where there is one (rule A BD-4)."""
        return next((entry for entry in self.block_device_mappings if entry.device_name == self.root_device_name), None)

    @property
    def snapshot_ids(self) -> tuple[SnapshotId, ...]:
        """The snapshots its volumes are made of, each once, in the order of the mapping."""
        volumes = [entry.ebs for entry in self.block_device_mappings]
        ids = [ebs.snapshot_id for ebs in volumes if ebs is not None and ebs.snapshot_id is not None]
        return tuple(dict.fromkeys(ids))

    @property
    def encrypted(self) -> bool:
        """Whether any of its volumes comes from an encrypted snapshot."""
        return any(entry.ebs is not None and entry.ebs.encrypted is True for entry in self.block_device_mappings)

    @property
    def size_gib(self) -> int:
        """The sizes of its EBS volumes together, as far as they are told."""
        sizes = (entry.ebs.volume_size_gib for entry in self.block_device_mappings if entry.ebs is not None)
        return sum(size for size in sizes if size is not None)
