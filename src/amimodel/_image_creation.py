"""What CreateImage is asked for, and what its block device mappings come to: what they may say, what the image maps.

Source: botocore 1.44.5, CreateImage and EbsBlockDevice; rules A 3.2, A 3.4, A CI-11 to CI-17.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import unique
from typing import Final, TypeAlias

from attrs import Factory, evolve, field, frozen
from attrs.converters import optional

from amimodel.block_devices import (
    BlockDeviceMapping,
    EbsBlockDevice,
    InstanceStoreDevice,
    SuppressedDevice,
    as_mappings,
)
from amimodel.booting import Place
from amimodel.identifiers import VolumeId
from amimodel.instances import Instance
from amimodel.limits import Limits
from amimodel.mapping import completed
from amimodel.quirks import Quirks
from amimodel.refusals import (
    AttachedDeviceChanged,
    DeviceParameterUnsupported,
    DuplicateDeviceName,
    EncryptedFlagWithSnapshot,
    Refusal,
    RootDeviceSuppressed,
    SnapshotNotFound,
    SnapshotNotOwned,
    SnapshotNotUsable,
)
from amimodel.snapshots import Snapshot, Snapshots, SnapshotState, StorageTier
from amimodel.vocabulary import Word
from amimodel.volumes import Volume

_AS_RULED: Final = Quirks()

Volumes: TypeAlias = Mapping[VolumeId, Volume] | Mapping[str, Volume]
"""Volumes by id."""


@unique
class BootModeOverride(Word):
    """What CreateImage can say of the new image's boot mode: that it only boots by UEFI (rule A 3.2)."""

    UEFI = "uefi"


@unique
class SnapshotLocation(Word):
    """Where the snapshots of an instance outside its Region's zones lie: with the instance, or in the Region."""

    REGIONAL = "regional"
    LOCAL = "local"


def _place(creation: "ImageCreation") -> Place:
    return Place(creation.instance.availability_zone.zone_type.value)


@frozen(kw_only=True)
class ImageCreation:
    """What CreateImage is asked for, and all it must know.

    Every volume attached to the instance is among `volumes`. `snapshots` are those that the caller can see, as far as
    the request names any. `place` is the instance's zone, unless it is on an Outpost. `images_in_progress` counts the
    images that are being made of the instance without reboot.

    Raises `Malformed` for an override other than `uefi`, and for a location other than `regional` and `local`.

    Source: rule A 3.2.
    """

    instance: Instance
    volumes: Volumes
    block_device_mappings: tuple[BlockDeviceMapping, ...] = field(default=(), converter=as_mappings)
    no_reboot: bool = False
    boot_mode_override: BootModeOverride | None = field(default=None, converter=optional(BootModeOverride))
    snapshot_location: SnapshotLocation | None = field(default=None, converter=optional(SnapshotLocation))
    place: Place = Factory(_place, takes_self=True)
    snapshots: Snapshots = field(factory=dict[str, Snapshot])
    images_in_progress: int = 0
    limits: Limits = field(factory=Limits.aws)
    quirks: Quirks = _AS_RULED


# --- what speaks against the entries ----------------------------------------------------------------------------------


def entry_objections(creation: ImageCreation) -> Iterator[Refusal]:
    """Everything that speaks against the entries of the request's mappings, check by check.

    Source: rules A CI-17, A 3.4, A RB-2 to A RB-10.
    """
    return (objection for check in _CHECKS for objection in check(creation))


def _duplicates(creation: ImageCreation) -> Iterator[Refusal]:
    names = [entry.device_name for entry in creation.block_device_mappings]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield DuplicateDeviceName(device_name=name)


# Rule A CI-17: what other requests take in an entry, and this one does not.
_UNSUPPORTED: Final = (
    ("outpost_arn",                      "outpostArn"),
    ("availability_zone",                "availabilityZone"),
    ("availability_zone_id",             "availabilityZoneId"),
    ("volume_initialization_rate_mibps", "volumeInitializationRate"),
    ("kms_key_id",                       "kmsKeyId"),
)  # fmt: skip


def _unsupported(creation: ImageCreation) -> Iterator[Refusal]:
    for entry in creation.block_device_mappings:
        for part, parameter in _UNSUPPORTED:
            if entry.ebs is not None and getattr(entry.ebs, part) is not None:
                yield DeviceParameterUnsupported(device_name=entry.device_name, parameter=parameter)


def _whatever(_wanted: object, _volume: Volume) -> bool:
    return True


def _another_size(wanted: object, volume: Volume) -> bool:
    return wanted != volume.size_gib


def _to_be_encrypted(wanted: object, volume: Volume) -> bool:
    return wanted is True and not volume.encrypted


# Rule A 3.4, the column of a device that is on the instance: what an entry may not say of it. DeleteOnTermination is
# not here: that may change. An encrypted volume stays so whatever is said.
_FIXED: Final[tuple[tuple[str, str, Callable[[object, Volume], bool]], ...]] = (
    ("volume_size_gib",  "volumeSize",   _another_size),
    ("snapshot_id",      "snapshotId",   _whatever),
    ("volume_type",      "volumeType",   _whatever),  # even the volume's own: the size alone may be repeated
    ("iops",             "iops",         _whatever),
    ("throughput_mibps", "throughput",   _whatever),
    ("ebs_card_index",   "ebsCardIndex", _whatever),
    ("encrypted",        "encrypted",    _to_be_encrypted),
)  # fmt: skip


def _attached(creation: ImageCreation) -> Iterator[Refusal]:
    volumes = _attached_volumes(creation)
    for entry in creation.block_device_mappings:
        name = entry.device_name
        if name not in volumes:
            continue
        match entry.device:
            case SuppressedDevice():
                if name == creation.instance.root_device_name:
                    yield RootDeviceSuppressed(device_name=name)
            case InstanceStoreDevice():
                yield AttachedDeviceChanged(device_name=name, parameter="virtualName")
            case EbsBlockDevice() as wanted:
                for part, parameter, refused in _FIXED:
                    value = getattr(wanted, part)
                    if value is not None and refused(value, volumes[name]):
                        yield AttachedDeviceChanged(device_name=name, parameter=parameter)


def _attached_volumes(creation: ImageCreation) -> dict[str, Volume]:
    return {
        device.device_name: creation.volumes[device.volume_id] for device in creation.instance.block_device_mappings
    }


def _sources(creation: ImageCreation) -> Iterator[Refusal]:
    """What rules A RB-6 to RB-8 and A RB-10 say of a further volume that is made of a snapshot."""
    account = creation.instance.owner_id
    for entry in _further(creation):
        if entry.ebs is None or entry.ebs.snapshot_id is None:
            continue
        snapshot = creation.snapshots.get(entry.ebs.snapshot_id)
        if snapshot is None:
            yield SnapshotNotFound(snapshot_id=entry.ebs.snapshot_id)
            continue
        if snapshot.owner_id != account and not creation.quirks.register_accepts_shared_snapshots:
            yield SnapshotNotOwned(snapshot_id=snapshot.snapshot_id, account_id=account)
        if snapshot.state is not SnapshotState.COMPLETED or snapshot.storage_tier is not StorageTier.STANDARD:
            yield SnapshotNotUsable(
                snapshot_id=snapshot.snapshot_id, state=snapshot.state, storage_tier=snapshot.storage_tier
            )
        if entry.ebs.encrypted is not None:
            yield EncryptedFlagWithSnapshot(device_name=entry.device_name)


def _further(creation: ImageCreation) -> tuple[BlockDeviceMapping, ...]:
    """The entries of the request, each name once, that stand for no attached volume and map something."""
    attached = {device.device_name for device in creation.instance.block_device_mappings}
    entries = {entry.device_name: entry for entry in reversed(creation.block_device_mappings)}
    return tuple(
        entry
        for name, entry in reversed(entries.items())
        if name not in attached and not isinstance(entry.device, SuppressedDevice)
    )


def _completion(creation: ImageCreation) -> Iterator[Refusal]:
    try:
        _ = _completed(creation)
    except Refusal as refusal:
        yield refusal


def _completed(creation: ImageCreation) -> tuple[BlockDeviceMapping, ...]:
    root = creation.instance.root_device_name
    entries = _further(creation)
    return completed(entries, root_device_name=root, snapshots=creation.snapshots, quirks=creation.quirks)


_CHECKS: Final[tuple[Callable[[ImageCreation], Iterator[Refusal]], ...]] = (
    _duplicates,   # A RB-2
    _unsupported,  # A CI-17
    _attached,     # A 3.4, a device on the instance
    _sources,      # A 3.4, a device not on it: A RB-6 to RB-8, A RB-10
    _completion,   # the same: A RB-5, A RB-9, A VT-2 to VT-9
)  # fmt: skip


# --- what the image maps ----------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class PlannedDevice:
    """An entry of the new image's mapping, and the volume that a snapshot must be made of for it.

    Without a volume, the entry is complete: an instance store volume, an empty volume, or one of a snapshot that the
    request names.
    """

    device_name: str
    device: EbsBlockDevice | InstanceStoreDevice
    volume_id: VolumeId | None = None


def planned_devices(creation: ImageCreation) -> tuple[PlannedDevice, ...]:
    """What the image maps, if nothing speaks against its entries.

    Source: rules A CI-11, A CI-13, A CI-15, A 3.4, A RB-16.
    """
    instance, volumes = creation.instance, _attached_volumes(creation)
    planned = {
        device.device_name: PlannedDevice(
            device_name=device.device_name,
            device=_as_attached(volumes[device.device_name], delete_on_termination=device.delete_on_termination),
            volume_id=device.volume_id,
        )
        for device in instance.block_device_mappings
    }
    for entry in instance.instance_store_devices:
        if entry.device_name not in planned and isinstance(entry.device, InstanceStoreDevice):
            planned[entry.device_name] = PlannedDevice(device_name=entry.device_name, device=entry.device)
    for wanted in creation.block_device_mappings:
        if isinstance(wanted.device, SuppressedDevice):
            _ = planned.pop(wanted.device_name, None)
        elif wanted.device_name in volumes:
            planned[wanted.device_name] = _told_to_delete(planned[wanted.device_name], wanted)
    for further in _completed(creation):
        if not isinstance(further.device, SuppressedDevice):  # `completed` has left those out
            planned[further.device_name] = PlannedDevice(device_name=further.device_name, device=further.device)
    return tuple(planned.values())


def _as_attached(volume: Volume, *, delete_on_termination: bool) -> EbsBlockDevice:
    return EbsBlockDevice(
        volume_size_gib=volume.size_gib,
        volume_type=volume.volume_type,
        iops=volume.iops,
        throughput_mibps=volume.throughput_mibps,
        delete_on_termination=delete_on_termination,
        encrypted=volume.encrypted,
    )


def _told_to_delete(planned: PlannedDevice, wanted: BlockDeviceMapping) -> PlannedDevice:
    if wanted.ebs is None or wanted.ebs.delete_on_termination is None or not isinstance(planned.device, EbsBlockDevice):
        return planned
    return evolve(planned, device=evolve(planned.device, delete_on_termination=wanted.ebs.delete_on_termination))
