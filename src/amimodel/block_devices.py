"""Block device mappings: which device of an instance is made of what.

One shape serves three uses. In an image, an entry says what a launch will attach. In a request, it says what to attach,
or what to change about the entry of the image with the same device name. So every part of an entry may be left out, and
is then None; how the parts are filled in is in `amimodel.mapping`.

Source: botocore 1.44.5, shapes BlockDeviceMapping and EbsBlockDevice; rules A 2.4, A 4.1.
"""

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

from attrs import field, frozen
from attrs.converters import optional

from amimodel.encryption import KmsKeyId, kms_key_id
from amimodel.identifiers import SnapshotId, snapshot_id
from amimodel.malformed import Malformed, invalid_value
from amimodel.volume_types import INITIALIZATION_RATE_MIBPS, VolumeType, volume_faults

_is_virtual_name = re.compile(r"ephemeral(?:\d|1\d|2[0-3])", re.ASCII).fullmatch


def _device_name(text: str) -> str:
    if not isinstance(text, str) or not text:
        raise Malformed("InvalidBlockDeviceMapping", "Missing device name", member="DeviceName", value=text)
    if not text.isprintable() or " " in text:
        raise Malformed("InvalidBlockDeviceMapping", f"Invalid device name {text}", member="DeviceName", value=text)
    return text


def _virtual_name(text: str) -> str:
    if isinstance(text, str) and _is_virtual_name(text):
        return text
    message = f"Invalid virtual name {text}; expected ephemeral0 to ephemeral23."
    raise Malformed("InvalidBlockDeviceMapping", message, member="VirtualName", value=text)


def _check_number(member: str, value: object, least: int) -> None:
    if value is not None and (type(value) is not int or value < least):
        raise invalid_value(member, value, f"It must be a whole number, and at least {least}.")


@frozen(kw_only=True)
class EbsBlockDevice:
    """An EBS volume, as an entry of a mapping tells it; what is left out is None.

    Sizes are in GiB and throughputs in MiB/s. An entry without a snapshot is an empty volume (rule A BD-3).

    >>> EbsBlockDevice(snapshot_id="snap-12345678", volume_size_gib=8, volume_type="gp2").volume_type
    <VolumeType.GP2: 'gp2'>
    >>> EbsBlockDevice(volume_type="gp2", iops=3000)
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterCombination: The parameter iops is not supported for gp2 volumes.

    Raises `Malformed` when the parts that are given cannot stand together in a volume of the type that is given.

    Source: rules A BD-1, A BD-3, A 2.5, A VT-3 to VT-11; settlement S 50 for `ebs_card_index`.
    """

    snapshot_id: SnapshotId | None = field(default=None, converter=optional(snapshot_id))
    volume_size_gib: int | None = None
    volume_type: VolumeType | None = field(default=None, converter=optional(VolumeType))
    iops: int | None = None
    throughput_mibps: int | None = None
    delete_on_termination: bool | None = None
    encrypted: bool | None = None
    kms_key_id: KmsKeyId | None = field(default=None, converter=optional(kms_key_id))
    volume_initialization_rate_mibps: int | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None
    outpost_arn: str | None = None
    ebs_card_index: int | None = None

    def __attrs_post_init__(self) -> None:
        _check_number("VolumeSize", self.volume_size_gib, 1)
        _check_number("Iops", self.iops, 1)
        _check_number("Throughput", self.throughput_mibps, 1)
        _check_number("VolumeInitializationRate", self.volume_initialization_rate_mibps, 1)
        _check_number("EbsCardIndex", self.ebs_card_index, 0)
        rate = self.volume_initialization_rate_mibps
        if rate is not None and rate not in INITIALIZATION_RATE_MIBPS:
            span = INITIALIZATION_RATE_MIBPS
            raise invalid_value("VolumeInitializationRate", rate, f"It must be between {span.least} and {span.most}.")
        if self.volume_type is not None:
            for fault in volume_faults(
                self.volume_type, size_gib=self.volume_size_gib, iops=self.iops, throughput_mibps=self.throughput_mibps
            ):
                raise fault


@frozen
class InstanceStoreDevice:
    """A volume of the host's own disks, by number: `ephemeral0` to `ephemeral23`.

    >>> InstanceStoreDevice("ephemeral1").number
    1

    Raises `Malformed` (`InvalidBlockDeviceMapping`).

    Source: rules A BD-1, A BD-2.
    """

    virtual_name: str = field(converter=_virtual_name)

    @property
    def number(self) -> int:
        """Which of the instance type's volumes it is (rule A IS-9)."""
        return int(self.virtual_name.removeprefix("ephemeral"))


@frozen
class SuppressedDevice:
    """A device to leave out: EC2's `NoDevice` (rules A BD-1, A RB-4, A BM-3)."""


NO_DEVICE: Final = SuppressedDevice()

Device: TypeAlias = EbsBlockDevice | InstanceStoreDevice | SuppressedDevice


def _is_device(device: object) -> bool:
    return isinstance(device, Device)


@frozen
class BlockDeviceMapping:
    """One entry of a mapping: a device name and what stands behind it.

    >>> root = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id="snap-12345678"))
    >>> root.ebs.snapshot_id
    'snap-12345678'
    >>> print(BlockDeviceMapping("/dev/sdb", InstanceStoreDevice("ephemeral0")).ebs)
    None

    Real images carry device names that no request could give today, so any printable name is one; which names a
    platform takes is in `amimodel.mapping` (settlement S 13).

    Raises `Malformed` (`InvalidBlockDeviceMapping`).

    Source: rules A BD-1, A RB-1, A RB-3.
    """

    device_name: str = field(converter=_device_name)
    device: Device

    def __attrs_post_init__(self) -> None:
        if not _is_device(self.device):
            message = f"Nothing is mapped to {self.device_name}"
            raise Malformed("InvalidBlockDeviceMapping", message, member="BlockDeviceMapping", value=self.device)

    @property
    def ebs(self) -> EbsBlockDevice | None:
        """The EBS volume, where it is one."""
        return self.device if isinstance(self.device, EbsBlockDevice) else None


def as_mappings(entries: Iterable[BlockDeviceMapping]) -> tuple[BlockDeviceMapping, ...]:
    """Take the entries of a mapping from any iterable."""
    return tuple(entries)
