"""Instances, as far as images need them; and what an instance's image is remembered as.

Source: botocore 1.44.5, shapes Instance, InstanceImageMetadata and ImageMetadata; rules C 11.4, C 12.1, C 12.2.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import unique
from types import MappingProxyType
from typing import Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, as_mappings
from amimodel.clock import utc
from amimodel.identifiers import (
    AccountId,
    ImageId,
    InstanceId,
    KernelId,
    RamdiskId,
    VolumeId,
    account_id,
    image_id,
    instance_id,
    kernel_id,
    ramdisk_id,
    volume_id,
)
from amimodel.images import StateReason
from amimodel.names import image_name
from amimodel.product_codes import ProductCode, as_product_codes
from amimodel.regions import AvailabilityZone, Region, as_zone
from amimodel.tags import NO_TAGS, Tags, as_tags
from amimodel.vocabulary import (
    Architecture,
    BootMode,
    Hypervisor,
    ImageState,
    Platform,
    RootDeviceType,
    SriovNetSupport,
    TpmSupport,
    VirtualizationType,
    Word,
)
from amimodel.watermarks import ImageWatermark, as_watermarks


@unique
class InstanceState(Word):
    """Where an instance is in its life.

    >>> InstanceState("running").code
    16

    Source: rule C 12.1.
    """

    PENDING = "pending"
    RUNNING = "running"
    SHUTTING_DOWN = "shutting-down"
    TERMINATED = "terminated"
    STOPPING = "stopping"
    STOPPED = "stopped"

    @property
    def code(self) -> int:
        """EC2's number for the state."""
        return INSTANCE_STATE_CODES[self]


INSTANCE_STATE_CODES: Final = MappingProxyType(
    {
        InstanceState.PENDING: 0,
        InstanceState.RUNNING: 16,
        InstanceState.SHUTTING_DOWN: 32,
        InstanceState.TERMINATED: 48,
        InstanceState.STOPPING: 64,
        InstanceState.STOPPED: 80,
    }
)


@unique
class HttpTokens(Word):
    """Whether the instance metadata service insists on session tokens: `required` is IMDSv2 only (rule B 5.3)."""

    OPTIONAL = "optional"
    REQUIRED = "required"


@unique
class InstanceInitiatedShutdownBehavior(Word):
    """What becomes of an instance whose own system shuts down (rule C 12.6)."""

    STOP = "stop"
    TERMINATE = "terminate"


@frozen(kw_only=True)
class InstanceBlockDevice:
    """An EBS volume attached to an instance; instance store volumes do not show here (rule A IS-7)."""

    device_name: str
    volume_id: VolumeId = field(converter=volume_id)
    delete_on_termination: bool


def _attached(devices: Iterable[InstanceBlockDevice]) -> tuple[InstanceBlockDevice, ...]:
    return tuple(devices)


@frozen(kw_only=True)
class Instance:
    """An instance: what CreateImage reads off it, and what its image has given it.

    >>> instance = Instance(
    ...     instance_id="i-12345678",
    ...     owner_id="111122223333",
    ...     image_id="ami-12345678",
    ...     instance_type="t3.micro",
    ...     architecture="x86_64",
    ...     availability_zone="eu-central-1a",
    ...     launch_time=datetime.fromisoformat("2026-01-01T00:00:00Z"),
    ... )
    >>> instance.state.value, str(instance.region)
    ('pending', 'eu-central-1')

    `boot_mode` is what the image asked for, `current_instance_boot_mode` what became of it (rule A BO-1).
    `instance_store_devices` are the entries of the launch that EC2 does not show but CreateImage keeps (rule A CI-15).
    `reservation_id` and `ami_launch_index` say with which launch it came, and as which of its instances.
    `disable_api_termination` and `instance_initiated_shutdown_behavior` are told by DescribeInstanceAttribute alone
    (rules C 12.2, C 12.6).

    Raises `Malformed`.

    Source: rules C 12.1, C 12.2, A 3.5.
    """

    instance_id: InstanceId = field(converter=instance_id)
    owner_id: AccountId = field(converter=account_id)
    image_id: ImageId = field(converter=image_id)
    instance_type: str
    architecture: Architecture = field(converter=Architecture)
    availability_zone: AvailabilityZone = field(converter=as_zone)
    launch_time: datetime = field(converter=utc)

    state: InstanceState = field(default=InstanceState.PENDING, converter=InstanceState)
    state_reason: StateReason | None = None
    reservation_id: str | None = None
    ami_launch_index: int = 0
    virtualization_type: VirtualizationType = field(default=VirtualizationType.HVM, converter=VirtualizationType)
    hypervisor: Hypervisor = field(default=Hypervisor.XEN, converter=Hypervisor)
    root_device_type: RootDeviceType = field(default=RootDeviceType.EBS, converter=RootDeviceType)
    root_device_name: str | None = None
    block_device_mappings: tuple[InstanceBlockDevice, ...] = field(default=(), converter=_attached)
    instance_store_devices: tuple[BlockDeviceMapping, ...] = field(default=(), converter=as_mappings)
    kernel_id: KernelId | None = field(default=None, converter=optional(kernel_id))
    ramdisk_id: RamdiskId | None = field(default=None, converter=optional(ramdisk_id))
    boot_mode: BootMode | None = field(default=None, converter=optional(BootMode))
    current_instance_boot_mode: BootMode | None = field(default=None, converter=optional(BootMode))
    tpm_support: TpmSupport | None = field(default=None, converter=optional(TpmSupport))
    uefi_data: str | None = field(default=None, repr=False)
    ena_support: bool | None = None
    sriov_net_support: SriovNetSupport | None = field(default=None, converter=optional(SriovNetSupport))
    http_tokens: HttpTokens = field(default=HttpTokens.OPTIONAL, converter=HttpTokens)
    http_put_response_hop_limit: int = 1
    disable_api_termination: bool = False
    instance_initiated_shutdown_behavior: InstanceInitiatedShutdownBehavior = field(
        default=InstanceInitiatedShutdownBehavior.STOP, converter=InstanceInitiatedShutdownBehavior
    )
    billing: BillingCode | None = None
    platform: Platform | None = field(default=None, converter=optional(Platform))
    product_codes: tuple[ProductCode, ...] = field(default=(), converter=as_product_codes)
    image_watermarks: tuple[ImageWatermark, ...] = field(default=(), converter=as_watermarks)
    tags: Tags = field(default=NO_TAGS, converter=as_tags)

    @property
    def region(self) -> Region:
        """The Region of its zone."""
        return self.availability_zone.region


@frozen(kw_only=True)
class ImageMetadata:
    """What is remembered of the image an instance was launched from, whatever has become of the image (rule C 11.3).

    `image_owner_alias` is an alias of AWS's or, as real answers have it, the owner's account id.
    """

    image_id: ImageId = field(converter=image_id)
    owner_id: AccountId = field(converter=account_id)
    state: ImageState = field(converter=ImageState)
    name: str | None = field(default=None, converter=optional(image_name))
    image_owner_alias: str | None = None
    creation_date: datetime | None = field(default=None, converter=optional(utc))
    deprecation_time: datetime | None = field(default=None, converter=optional(utc))
    image_allowed: bool | None = None
    is_public: bool | None = None
    image_watermarks: tuple[ImageWatermark, ...] = field(default=(), converter=as_watermarks)


@frozen(kw_only=True)
class InstanceImageMetadata:
    """An instance, and the image it was launched from: an item of DescribeInstanceImageMetadata (rule C 11.4)."""

    instance_id: InstanceId = field(converter=instance_id)
    owner_id: AccountId = field(converter=account_id)
    instance_type: str
    launch_time: datetime = field(converter=utc)
    availability_zone: AvailabilityZone = field(converter=as_zone)
    zone_id: str | None = None
    state: InstanceState = field(converter=InstanceState)
    tags: Tags = field(default=NO_TAGS, converter=as_tags)
    image_metadata: ImageMetadata
