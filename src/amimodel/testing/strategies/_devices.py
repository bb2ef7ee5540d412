"""Strategies for volumes and block device mappings.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from collections.abc import Sequence
from itertools import count
from string import ascii_lowercase
from typing import Final

from attrs import evolve
from hypothesis import strategies as st

from amimodel.block_devices import (
    NO_DEVICE,
    BlockDeviceMapping,
    Device,
    EbsBlockDevice,
    InstanceStoreDevice,
    SuppressedDevice,
)
from amimodel.identifiers import SnapshotId
from amimodel.testing.strategies._draft import made
from amimodel.testing.strategies._words import snapshot_ids
from amimodel.vocabulary import Platform, VirtualizationType
from amimodel.volume_types import VOLUME_LIMITS, VolumeType

_SIMPLEST_FIRST: Final = ("gp2", "gp3", "standard", "io1", "io2", "st1", "sc1")
_IOPS_PER_MIBPS: Final = 4  # a volume has at least four IOPS for each MiB/s (rule A VT-9)
_TRUE_FIRST: Final = st.sampled_from((True, False))
_PARTS: Final = (
    ("snapshot_id",),
    ("volume_size_gib",),
    ("volume_type",),
    ("iops", "throughput_mibps"),  # a throughput is judged by the IOPS that come with it
    ("throughput_mibps",),
    ("delete_on_termination",),
    ("encrypted",),
)

# The names of rule A 4.2 that are recommended for data volumes.
_LETTERS: Final = ascii_lowercase[1:]
_LINUX_NAMES: Final = tuple(f"/dev/sd{letter}" for letter in _LETTERS)
_PARAVIRTUAL_NAMES: Final = (*_LINUX_NAMES[:15], *(f"/dev/sdf{number}" for number in range(1, 7)))
_WINDOWS_NAMES: Final = tuple(f"xvd{letter}" for letter in _LETTERS)


def volume_types(*, boots: bool | None = None) -> st.SearchStrategy[VolumeType]:
    """Volume types; `boots` keeps to those that can, or cannot, hold a root volume.

    >>> find(volume_types(boots=False), lambda volume_type: True)
    <VolumeType.ST1: 'st1'>
    """
    kinds = [VolumeType(name) for name in _SIMPLEST_FIRST]
    return st.sampled_from([kind for kind in kinds if boots is None or VOLUME_LIMITS[kind].boots is boots])


def ebs_block_devices(
    *,
    volume_type: VolumeType | str | None = None,
    boots: bool | None = None,
    of_snapshot: bool | None = None,
    encrypted: bool | None = None,
    partial: bool = False,
) -> st.SearchStrategy[EbsBlockDevice]:
    """EBS volumes as an image tells them, each with a size, IOPS and throughput that its type takes.

    `volume_type` keeps to one type, `boots` to those that can, or cannot, hold a root volume; `of_snapshot` and
    `encrypted` say whether the volume is. With `partial`, any part may be left out, as in a request.

    >>> find(ebs_block_devices(of_snapshot=False), lambda device: device.volume_type == "io1").iops
    100
    """
    types = volume_types(boots=boots) if volume_type is None else st.just(VolumeType(volume_type))
    snapshots = {None: st.one_of(snapshot_ids(), st.none()), True: snapshot_ids(), False: st.none()}[of_snapshot]
    device = _ebs_block_devices(types, snapshots, st.booleans() if encrypted is None else st.just(encrypted))
    return made(_without, device, st.sets(st.sampled_from(_PARTS))) if partial else device


@st.composite
def _ebs_block_devices(
    draw: st.DrawFn,
    types: st.SearchStrategy[VolumeType],
    snapshots: st.SearchStrategy[SnapshotId | None],
    encryption: st.SearchStrategy[bool],
) -> EbsBlockDevice:
    volume_type = draw(types)
    limits = VOLUME_LIMITS[volume_type]
    size = draw(st.integers(limits.size_gib.least, limits.size_gib.most))
    iops = throughput = None
    if limits.iops is not None:
        by_size = max(limits.always_iops, (limits.most_iops_per_gib or 0) * size)
        iops = draw(st.integers(limits.iops.least, min(limits.iops.most, by_size)))
    if limits.throughput_mibps is not None and iops is not None:
        span = limits.throughput_mibps
        throughput = draw(st.integers(span.least, min(span.most, iops // _IOPS_PER_MIBPS)))
    return EbsBlockDevice(
        snapshot_id=draw(snapshots),
        volume_size_gib=size,
        volume_type=volume_type,
        iops=iops,
        throughput_mibps=throughput,
        delete_on_termination=draw(_TRUE_FIRST),
        encrypted=draw(encryption),
    )


def _without(device: EbsBlockDevice, parts: set[tuple[str, ...]]) -> EbsBlockDevice:
    return evolve(device, **{name: None for part in parts for name in part})


def instance_store_devices(*, most: int = 24) -> st.SearchStrategy[InstanceStoreDevice]:
    """Volumes of the host, `ephemeral0` and up; `most` is how many there are.

    >>> find(instance_store_devices(), lambda device: True)
    InstanceStoreDevice(virtual_name='ephemeral0')
    """
    return made(lambda number: InstanceStoreDevice(f"ephemeral{number}"), st.integers(0, most - 1))


def devices(*, suppressed: bool = True, partial: bool = False) -> st.SearchStrategy[Device]:
    """What a mapping's entry can hold; `suppressed` lets EC2's `NoDevice` in, `partial` EBS volumes told in part.

    >>> find(devices(), lambda device: isinstance(device, InstanceStoreDevice)).virtual_name
    'ephemeral0'
    """
    kinds: list[st.SearchStrategy[Device]] = [ebs_block_devices(partial=partial), instance_store_devices()]
    return st.one_of(*kinds, suppressed_devices()) if suppressed else st.one_of(kinds)


def suppressed_devices() -> st.SearchStrategy[SuppressedDevice]:
    """EC2's `NoDevice`, of which there is one.

    >>> find(suppressed_devices(), lambda device: True)
    SuppressedDevice()
    """
    return st.just(NO_DEVICE)


def _data_names(virtualization_type: VirtualizationType, platform: Platform | None) -> Sequence[str]:
    if platform is not None:
        return _WINDOWS_NAMES
    return _LINUX_NAMES if virtualization_type is VirtualizationType.HVM else _PARAVIRTUAL_NAMES


def device_names(
    *, virtualization_type: VirtualizationType | str = "hvm", platform: Platform | str | None = None
) -> st.SearchStrategy[str]:
    """Names that the platform takes for a volume beside the root.

    >>> find(device_names(), lambda name: True), find(device_names(platform="windows"), lambda name: True)
    ('/dev/sdb', 'xvdb')
    """
    return st.sampled_from(
        _data_names(VirtualizationType(virtualization_type), Platform(platform) if platform else None)
    )


def block_device_mappings(*, partial: bool = False) -> st.SearchStrategy[BlockDeviceMapping]:
    """Single entries of a mapping, with any device; `partial` lets EBS volumes be told in part, as in a request.

    >>> find(block_device_mappings(), lambda entry: isinstance(entry.device, InstanceStoreDevice))
    BlockDeviceMapping(device_name='/dev/sdb', device=InstanceStoreDevice(virtual_name='ephemeral0'))
    """
    return made(BlockDeviceMapping, device_names(), devices(partial=partial))


def block_device_mapping_lists(
    *,
    root_device_name: str = "/dev/xvda",
    virtualization_type: VirtualizationType | str = "hvm",
    platform: Platform | str | None = None,
    encrypted: bool | None = None,
    max_size: int = 5,
) -> st.SearchStrategy[tuple[BlockDeviceMapping, ...]]:
    """Whole mappings of images that boot from EBS: a root made of a snapshot, first, and data volumes after it.

    Neither device names nor instance store volumes come twice. `encrypted=False` says that no volume is encrypted,
    `encrypted=True` that at least the root is.

    >>> [entry.device_name for entry in find(block_device_mapping_lists(), lambda entries: True)]
    ['/dev/xvda']
    """
    root = ebs_block_devices(boots=True, of_snapshot=True, encrypted=encrypted)
    names = device_names(virtualization_type=virtualization_type, platform=platform)
    volumes = st.one_of(ebs_block_devices(encrypted=False if encrypted is False else None), st.none())
    data = st.lists(st.tuples(names, volumes), max_size=max_size - 1, unique_by=lambda entry: entry[0])
    return made(_mappings, st.just(root_device_name), root, data)


def _mappings(
    root_device_name: str, root: EbsBlockDevice, data: list[tuple[str, EbsBlockDevice | None]]
) -> tuple[BlockDeviceMapping, ...]:
    ephemeral = count()
    return (
        BlockDeviceMapping(root_device_name, root),
        *(
            BlockDeviceMapping(name, volume or InstanceStoreDevice(f"ephemeral{next(ephemeral)}"))
            for name, volume in data
        ),
    )
