"""Device names: which there are on which platform, which are recommended for what, and which get in each other's way.

Source: EC2 User Guide, "Device names for volumes"; rules A 4.2, A DN-1 to DN-5; settlement S 13.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum, unique
from string import ascii_lowercase
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import frozen

from amimodel.block_devices import BlockDeviceMapping, SuppressedDevice
from amimodel.refusals import (
    InvalidDeviceName,
)
from amimodel.vocabulary import Platform, VirtualizationType


@unique
class DeviceNaming(Enum):
    """The four ways in which devices are named."""

    LINUX_PARAVIRTUAL = "Linux, paravirtual"
    LINUX_HVM = "Linux, HVM"
    WINDOWS_NITRO = "Windows on Nitro"
    WINDOWS_XEN = "Windows on Xen"


@unique
class DeviceUse(Enum):
    """What a device is for."""

    ROOT = "the root volume"
    EBS = "a data volume"
    INSTANCE_STORE = "a volume of the instance store"


_PV, _HVM = DeviceNaming.LINUX_PARAVIRTUAL, DeviceNaming.LINUX_HVM
_NITRO, _XEN = DeviceNaming.WINDOWS_NITRO, DeviceNaming.WINDOWS_XEN
_WINDOWS_NAMES: Final = r"/dev/sda1|xvd[a-z]|xvd[a-c][a-z]|xvdd[a-x]|/dev/sd[b-e]"

# The patterns below A 4.2, which are wider than its table: HVM takes `/dev/xvd[a-z]` (DN-1), `/dev/sda1` and
# `/dev/sda2` (DN-2), and both kinds of Windows take the same names.
DEVICE_NAMES: Final[Mapping[DeviceNaming, str]] = MappingProxyType({
    _PV:    r"/dev/(sd|hd)[a-z]([1-9]|1[0-5])?",
    _HVM:   r"/dev/(sd[a-z]|sda[12]|xvd[a-z]|xvd[a-c][a-z]|xvdd[a-x])",
    _NITRO: _WINDOWS_NAMES,
    _XEN:   _WINDOWS_NAMES,
})  # fmt: skip
"""The names that each naming takes, as regular expressions."""

# Rule A 4.2. Windows on Nitro finds its instance store by itself.
RECOMMENDED_DEVICE_NAMES: Final[Mapping[DeviceNaming, Mapping[DeviceUse, str | None]]] = MappingProxyType({
    naming: MappingProxyType({DeviceUse.ROOT: root, DeviceUse.EBS: data, DeviceUse.INSTANCE_STORE: store})
    for naming, root, data, store in (
        (_PV,    r"/dev/sda1",         r"/dev/sd[f-p][1-6]?",        r"/dev/sd[b-e]"),
        (_HVM,   r"/dev/(sda1|xvda)",  r"/dev/(sd[b-z]|xvdb[b-z])",  r"/dev/sd[b-e]"),
        (_NITRO, r"/dev/sda1",         r"xvd[b-z]|xvdb[b-z]",        None),
        (_XEN,   r"/dev/sda1",         r"xvd[f-z]|xvdc[a-x]",        r"xvd[a-e]"),
    )
})  # fmt: skip
"""The names that AWS recommends for each use, as regular expressions."""

MORE_INSTANCE_STORE_NAMES: Final = MappingProxyType({
    "h1.16xlarge": r"/dev/sd[b-h]",
    "d2.8xlarge":  r"/dev/sd[b-y]",
    "i2.8xlarge":  r"/dev/sd[b-i]",
})  # fmt: skip
"""Instance types with more volumes than letters are recommended for; on Linux, HVM."""


def device_naming(
    virtualization: VirtualizationType, platform: Platform | None = None, *, nitro: bool = True
) -> DeviceNaming:
    """How devices are named.

    >>> device_naming(VirtualizationType.HVM, Platform.WINDOWS, nitro=False)
    <DeviceNaming.WINDOWS_XEN: 'Windows on Xen'>

    Source: rule A 4.2.
    """
    if platform is Platform.WINDOWS:
        return _NITRO if nitro else _XEN
    match virtualization:
        case VirtualizationType.HVM:
            return _HVM
        case VirtualizationType.PARAVIRTUAL:
            return _PV


def is_device_name(name: str, virtualization: VirtualizationType, platform: Platform | None = None) -> bool:
    """Whether instances of a kind have a device of that name.

    >>> is_device_name("/dev/xvdf", VirtualizationType.HVM), is_device_name("/dev/sdf1", VirtualizationType.HVM)
    (True, False)

    Source: rules A 4.2, A DN-1, A DN-2.
    """
    return re.fullmatch(DEVICE_NAMES[device_naming(virtualization, platform)], name, re.ASCII) is not None


def is_any_device_name(name: str) -> bool:
    """Whether instances of any kind have a device of that name: all that RegisterImage asks.

    >>> is_any_device_name("/dev/hda1"), is_any_device_name("/dev/nvme0n1")
    (True, False)

    Source: settlement S 13.
    """
    return any(re.fullmatch(pattern, name, re.ASCII) for pattern in DEVICE_NAMES.values())


def is_recommended(name: str, use: DeviceUse, naming: DeviceNaming, instance_type: str | None = None) -> bool:
    """Whether AWS recommends a name for a use.

    >>> is_recommended("/dev/sdh", DeviceUse.INSTANCE_STORE, DeviceNaming.LINUX_HVM)
    False
    >>> is_recommended("/dev/sdh", DeviceUse.INSTANCE_STORE, DeviceNaming.LINUX_HVM, "h1.16xlarge")
    True

    Source: rule A 4.2.
    """
    pattern = RECOMMENDED_DEVICE_NAMES[naming][use]
    if naming is _HVM and use is DeviceUse.INSTANCE_STORE and instance_type is not None:
        pattern = MORE_INSTANCE_STORE_NAMES.get(instance_type, pattern)
    return pattern is not None and re.fullmatch(pattern, name, re.ASCII) is not None


def check_device_names(
    mappings: Iterable[BlockDeviceMapping], virtualization: VirtualizationType, platform: Platform | None = None
) -> None:
    """Refuse a name that the instance has no device of; made at launch and attach, not when an image is registered.

    Raises `InvalidDeviceName`, for the first.

    Source: rule A DN-5; settlement S 13.
    """
    for entry in mappings:
        if not is_device_name(entry.device_name, virtualization, platform):
            raise InvalidDeviceName(device_name=entry.device_name)


@frozen
class SameEnding:
    """Two names for what may be one device; the instance may fail to start (rule A DN-4)."""

    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.first} and {self.second} may be the same device"


@frozen
class DiskAndPartition:
    """A disk and a part of it on a paravirtual instance, which shows the first of the two only (rule A DN-3)."""

    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.second} is hidden by {self.first}"


Clash: TypeAlias = SameEnding | DiskAndPartition

_prefix = re.compile(r"(?:/dev/)?(?:xvd|sd|hd)?")


def clashes(mappings: Iterable[BlockDeviceMapping], virtualization: VirtualizationType) -> tuple[Clash, ...]:
    """Device names that get into each other's way. EC2 accepts them: these are warnings.

    >>> from amimodel.block_devices import InstanceStoreDevice
    >>> entries = [BlockDeviceMapping(name, InstanceStoreDevice("ephemeral0")) for name in ("/dev/xvdf", "xvdf")]
    >>> print(*clashes(entries, VirtualizationType.HVM))
    /dev/xvdf and xvdf may be the same device

    Source: rules A DN-3, A DN-4.
    """
    names = [entry.device_name for entry in mappings if not isinstance(entry.device, SuppressedDevice)]
    pairs = [(first, second) for place, second in enumerate(names) for first in names[:place]]
    return tuple(clash for first, second in pairs if (clash := _clash(first, second, virtualization)) is not None)


def _clash(first: str, second: str, virtualization: VirtualizationType) -> Clash | None:
    (letters, partition), (other_letters, other_partition) = _parts(first), _parts(second)
    if letters != other_letters or first == second:
        return None
    if partition == other_partition:
        return SameEnding(first, second)
    only_one_is_a_partition = not (partition and other_partition)
    if virtualization is VirtualizationType.PARAVIRTUAL and only_one_is_a_partition:
        return DiskAndPartition(first, second)
    return None


def _parts(name: str) -> tuple[str, str]:
    """The letters and the partition that a name ends in, whatever it begins with."""
    ending = _prefix.sub("", name, count=1)
    partition = ending.lstrip(ascii_lowercase)
    return ending.removesuffix(partition), partition
