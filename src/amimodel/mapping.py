"""Mapping: what the entries of block device mappings come to.

An image's mapping and a launch's are merged entry by entry, and what nobody has said is filled in. How volumes are
encrypted at launch is not decided here: `encrypted` is only ever what was asked for, or what a snapshot is.

Source: EC2 User Guide, "Block device mappings"; rules A 2.4, A 4.4, A 4.5.
"""

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Final, TypeAlias

from attrs import evolve, fields, frozen

from amimodel._copies import changed
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice, SuppressedDevice
from amimodel.identifiers import SnapshotId
from amimodel.malformed import Malformed
from amimodel.quirks import InheritedIops, Quirks
from amimodel.refusals import (
    BootVolumeTypeUnsupported,
    DuplicateDeviceName,
    InvalidDeviceName,
    IopsRequired,
    NoSizeNorSnapshot,
    ReplacementSnapshotTooSmall,
    RootDeviceSuppressed,
    RootSnapshotChanged,
    SnapshotOnInstanceStoreDevice,
    VolumeCombinationRefused,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
)
from amimodel.snapshots import Snapshot, Snapshots
from amimodel.volume_types import VOLUME_LIMITS, VolumeType

Mappings: TypeAlias = tuple[BlockDeviceMapping, ...]

_AS_RULED: Final = Quirks()

DEFAULT_VOLUME_TYPE: Final = VolumeType.GP2
"""What EC2's API makes where no type is given; its console proposes gp3 (rule A RB-14)."""


# --- what nobody has said ---------------------------------------------------------------------------------------------


def completed(
    mappings: Iterable[BlockDeviceMapping],
    *,
    root_device_name: str | None,
    snapshots: Snapshots,
    quirks: Quirks = _AS_RULED,
) -> Mappings:
    """Fill in what EC2 fills in, and leave suppressed devices out.

    >>> (entry,) = completed(
    ...     [BlockDeviceMapping("/dev/sdf", EbsBlockDevice(volume_size_gib=8, volume_type="gp3"))],
    ...     root_device_name="/dev/xvda",
    ...     snapshots={},
    ... )
    >>> entry.ebs.iops, entry.ebs.throughput_mibps, entry.ebs.encrypted, entry.ebs.delete_on_termination
    (3000, 125, False, False)

    What a snapshot would tell stays untold if the snapshot is not among `snapshots`.

    Raises `DuplicateDeviceName`; `NoSizeNorSnapshot`, with all that have neither; then, entry by entry,
    `VolumeValueRefused`, `VolumeCombinationRefused`, `IopsRequired`, `VolumeSmallerThanSnapshot` and
    `BootVolumeTypeUnsupported`.

    Source: rules A RB-2, A RB-4, A RB-5, A RB-9, A RB-11, A RB-12, A RB-14 to RB-16, A VT-2 to VT-9, A 4.4.
    """
    entries = [entry for entry in _each_once(mappings) if not isinstance(entry.device, SuppressedDevice)]
    made_of_nothing = tuple(entry.device_name for entry in entries if entry.ebs is not None and not _source(entry.ebs))
    if made_of_nothing:
        raise NoSizeNorSnapshot(device_names=made_of_nothing)
    return tuple(
        entry if entry.ebs is None else _completed(entry, entry.ebs, root_device_name, snapshots, quirks)
        for entry in entries
    )


def _each_once(mappings: Iterable[BlockDeviceMapping]) -> Iterator[BlockDeviceMapping]:
    seen: set[str] = set()
    for entry in mappings:
        if entry.device_name in seen:
            raise DuplicateDeviceName(device_name=entry.device_name)
        seen.add(entry.device_name)
        yield entry


def _source(ebs: EbsBlockDevice) -> int | SnapshotId | None:
    return ebs.snapshot_id or ebs.volume_size_gib


def _completed(
    entry: BlockDeviceMapping,
    ebs: EbsBlockDevice,
    root_device_name: str | None,
    snapshots: Snapshots,
    quirks: Quirks,
) -> BlockDeviceMapping:
    is_root = entry.device_name == root_device_name
    snapshot = _snapshot(ebs, snapshots)
    volume_type = ebs.volume_type or DEFAULT_VOLUME_TYPE
    limits = VOLUME_LIMITS[volume_type]
    defaults: dict[str, object] = {
        "volume_size_gib": snapshot.volume_size_gib if snapshot else None,
        "volume_type": volume_type,
        "iops": limits.default_iops,
        "throughput_mibps": limits.default_throughput_mibps,
        "delete_on_termination": is_root or quirks.mapping_default_delete_on_termination,
        "encrypted": _encrypted(ebs, snapshot),
    }
    volume = _volume(entry.device_name, _told(ebs), defaults)
    if limits.iops_required and volume.iops is None:
        raise IopsRequired(volume_type=volume_type)
    size = volume.volume_size_gib
    if snapshot and size is not None and size < snapshot.volume_size_gib:
        raise VolumeSmallerThanSnapshot(
            snapshot_id=snapshot.snapshot_id, volume_size_gib=size, snapshot_size_gib=snapshot.volume_size_gib
        )
    if is_root and not limits.boots:
        raise BootVolumeTypeUnsupported(volume_type=volume_type)
    return changed(entry, device=volume)


def _snapshot(ebs: EbsBlockDevice, snapshots: Snapshots) -> Snapshot | None:
    return None if ebs.snapshot_id is None else snapshots.get(ebs.snapshot_id)


def _encrypted(ebs: EbsBlockDevice, snapshot: Snapshot | None) -> bool | None:
    if ebs.snapshot_id is None:
        return False
    return None if snapshot is None else snapshot.encrypted


_PARTS: Final = tuple(part.name for part in fields(EbsBlockDevice))
_parts: Final = attrgetter(*_PARTS)


def _told(ebs: EbsBlockDevice) -> dict[str, Any]:
    return {name: value for name, value in zip(_PARTS, _parts(ebs), strict=True) if value is not None}


_REFUSALS: Final[Mapping[str, type[VolumeValueRefused | VolumeCombinationRefused]]] = {
    VolumeValueRefused.code: VolumeValueRefused,
    VolumeCombinationRefused.code: VolumeCombinationRefused,
}


def _volume(name: str, told: dict[str, Any], otherwise: dict[str, Any]) -> EbsBlockDevice:
    """Put two descriptions together. Each was well formed by itself: if the two are not, EC2 refuses."""
    try:
        return EbsBlockDevice(**(otherwise | told))
    except Malformed as fault:
        raise _REFUSALS[fault.code](device_name=name, detail=fault.message) from None


# --- the launch -------------------------------------------------------------------------------------------------------

_IOPS_DROPPED_FOR: Final[Mapping[InheritedIops, frozenset[VolumeType]]] = {
    InheritedIops.KEPT: frozenset(),
    InheritedIops.DROPPED_FOR_GP2_AND_STANDARD: frozenset({VolumeType.GP2, VolumeType.STANDARD}),
    InheritedIops.DROPPED: frozenset(VolumeType),
}


@frozen
class _Launch:
    root_device_name: str | None
    snapshots: Snapshots
    quirks: Quirks


def merge(
    image_mappings: Iterable[BlockDeviceMapping],
    request_mappings: Iterable[BlockDeviceMapping],
    *,
    root_device_name: str | None,
    snapshots: Snapshots,
    quirks: Quirks = _AS_RULED,
) -> Mappings:
    """What an instance is launched with: the image's entries, changed by the launch's, and then the launch's own.

    >>> from amimodel.examples import WEB
    >>> bigger = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(volume_size_gib=20))
    >>> (root,) = merge(WEB.block_device_mappings, [bigger], root_device_name="/dev/xvda", snapshots={})
    >>> root.ebs.volume_size_gib, root.ebs.snapshot_id
    (20, 'snap-12345678')

    Entries meet if their names are the same, letter by letter. What the image says is not judged again; what the launch
    touches is, and what it leaves open is still open in the result: `completed` fills it in.

    Raises `DuplicateDeviceName`; then, entry by entry, `RootDeviceSuppressed`, `InvalidDeviceName`,
    `SnapshotOnInstanceStoreDevice`, `RootSnapshotChanged`, `ReplacementSnapshotTooSmall`, `VolumeValueRefused` and
    `VolumeCombinationRefused`; then what `completed` raises.

    Source: rules A BM-1 to BM-9, A BM-11, A DN-5, A Q15; the part on mappings of B LD-19b.
    """
    launch = _Launch(root_device_name, snapshots, quirks)
    effective = {entry.device_name: entry for entry in image_mappings if not isinstance(entry.device, SuppressedDevice)}
    requested = tuple(_each_once(request_mappings))
    for wanted in requested:
        entry = _changed(effective.get(wanted.device_name), wanted, launch)
        if entry is None:
            _ = effective.pop(wanted.device_name, None)
        else:
            effective[entry.device_name] = entry
    touched = [effective[entry.device_name] for entry in requested if entry.device_name in effective]
    _ = completed(touched, root_device_name=root_device_name, snapshots=snapshots, quirks=quirks)  # for its refusals
    return tuple(effective.values())


def _changed(
    present: BlockDeviceMapping | None, wanted: BlockDeviceMapping, launch: _Launch
) -> BlockDeviceMapping | None:
    name = wanted.device_name
    is_root = name == launch.root_device_name
    match wanted.device:
        case SuppressedDevice():
            if is_root and not launch.quirks.launch_may_drop_root:
                raise RootDeviceSuppressed(device_name=name)
            return None
        case InstanceStoreDevice():
            if is_root:  # it would take the place of the root volume
                raise RootDeviceSuppressed(device_name=name)
            return wanted
        case EbsBlockDevice() as volume:
            return BlockDeviceMapping(name, _changed_volume(present, name, volume, launch))


def _changed_volume(
    present: BlockDeviceMapping | None, name: str, wanted: EbsBlockDevice, launch: _Launch
) -> EbsBlockDevice:
    is_root = name == launch.root_device_name
    match present.device if present else None:
        case None | SuppressedDevice():
            if is_root:  # the root of an image from S3 has no entry, and its name is taken all the same
                raise InvalidDeviceName(device_name=name)
            return wanted
        case InstanceStoreDevice():
            if wanted.snapshot_id is not None:
                raise SnapshotOnInstanceStoreDevice(device_name=name)
            return wanted
        case EbsBlockDevice() as inherited:
            if wanted.snapshot_id not in {None, inherited.snapshot_id}:
                if is_root:
                    raise RootSnapshotChanged(device_name=name)
                inherited = _on_another_snapshot(name, inherited, wanted, launch.snapshots)
            if wanted.volume_type not in {None, inherited.volume_type} and (
                wanted.volume_type in _IOPS_DROPPED_FOR[launch.quirks.inherited_iops]
            ):
                inherited = evolve(inherited, iops=None, throughput_mibps=None)
            return _volume(name, _told(wanted), _told(inherited))


def _on_another_snapshot(
    name: str, inherited: EbsBlockDevice, wanted: EbsBlockDevice, snapshots: Snapshots
) -> EbsBlockDevice:
    """What is left to inherit for a data volume that is made of another snapshot than the image's (rule A BM-8)."""
    old, new = _snapshot(inherited, snapshots), _snapshot(wanted, snapshots)
    if old and new and new.volume_size_gib < old.volume_size_gib:
        raise ReplacementSnapshotTooSmall(
            device_name=name,
            snapshot_id=new.snapshot_id,
            snapshot_size_gib=new.volume_size_gib,
            replaced_size_gib=old.volume_size_gib,
        )
    # Beside a snapshot, `encrypted` tells how that snapshot is; and a size is kept only if the new snapshot fits in.
    size = inherited.volume_size_gib
    fits = size is None or new is None or new.volume_size_gib <= size
    return evolve(
        inherited,
        encrypted=inherited.encrypted if inherited.snapshot_id is None else None,
        volume_size_gib=size if fits else None,
    )
