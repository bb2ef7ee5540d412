"""The volumes of a launch: what they are made of, how they are encrypted, and whether EC2 will be able to make them.

Source: rules A 4.5, A DN-5, A BM-13, B LD-19b to LD-21, B LD-25, B 6.2, B 6.3, C 12.13, C 12.15; settlements
S 13, S 30.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from attrs import frozen

from amimodel import instance_lifecycle
from amimodel.actions._encrypting import needed_keys
from amimodel.actions._finding import may_read
from amimodel.block_devices import EbsBlockDevice
from amimodel.callers import Caller
from amimodel.creating import SNAPSHOT_NOT_FOUND
from amimodel.decisions import PermissionsNotTold, Settled
from amimodel.device_names import is_device_name
from amimodel.encryption import KmsKeyId
from amimodel.events import VolumeNotification
from amimodel.identifiers import InstanceId, SnapshotId, VolumeId
from amimodel.images import Image, StateReason
from amimodel.instance_types import InstanceType, InstanceTypeHypervisor
from amimodel.instances import InstanceBlockDevice
from amimodel.kms import INSTANCE_STATE_REASONS, KeyChoice, fault
from amimodel.mapping import Mappings, completed, merge
from amimodel.refusals import (
    AttachmentLimitReached,
    BootVolumeTypeUnsupported,
    DuplicateDeviceName,
    InitializationRateWithoutSnapshot,
    InvalidDeviceName,
    IopsRequired,
    KmsKeyRequiresEncrypted,
    LaunchEncryptedFlagRefused,
    NoSizeNorSnapshot,
    Refusal,
    ReplacementSnapshotTooSmall,
    RootDeviceSuppressed,
    RootSnapshotChanged,
    SnapshotNotFound,
    SnapshotOnInstanceStoreDevice,
    VolumeCombinationRefused,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
)
from amimodel.regions import AvailabilityZone
from amimodel.requests import Doubt, Finding
from amimodel.settings import EbsEncryption
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier
from amimodel.tags import Tags
from amimodel.volume_encryption import asked_at_launch, at_launch
from amimodel.volumes import Volume, VolumeAttachment, VolumeState
from amimodel.world import World

STORAGE: Final[tuple[type[Refusal], ...]] = (
    SnapshotNotFound,
    DuplicateDeviceName,
    RootDeviceSuppressed,
    SnapshotOnInstanceStoreDevice,
    RootSnapshotChanged,
    ReplacementSnapshotTooSmall,
    NoSizeNorSnapshot,
    VolumeValueRefused,
    VolumeCombinationRefused,
    IopsRequired,
    VolumeSmallerThanSnapshot,
    BootVolumeTypeUnsupported,
    InvalidDeviceName,
    InitializationRateWithoutSnapshot,
    KmsKeyRequiresEncrypted,
    LaunchEncryptedFlagRefused,
    AttachmentLimitReached,
)
"""What `planned_storage` can say, in order."""


@frozen(kw_only=True)
class PlannedVolume:
    """A volume that each instance gets: its device with everything filled in, what it is made of, and its key."""

    device_name: str
    device: EbsBlockDevice
    snapshot: Snapshot | None
    encrypted: bool
    kms_key_id: KmsKeyId | None
    """None where it is not encrypted, and where it has the key of a snapshot that does not tell it."""


@frozen(kw_only=True)
class PlannedStorage:
    """The volumes of a launch; or why EC2 will find, once it has accepted it, that they cannot be made."""

    volumes: tuple[PlannedVolume, ...] = ()
    failure: StateReason | None = None


class _Case(NamedTuple):
    """What the volumes depend on: the image's devices and the launch's by their names, and what is known of both."""

    world: World
    by: Caller
    of_image: Mapping[str, EbsBlockDevice]
    of_launch: Mapping[str, EbsBlockDevice]
    snapshots: Mapping[SnapshotId, Snapshot]
    settings: EbsEncryption


def planned_storage(
    world: World, by: Caller, image: Image, kind: InstanceType, requested: Mappings
) -> Finding[PlannedStorage]:
    """The volumes that the image and the launch come to, each with the row that says how it is encrypted.

    Nobody needs permission for the image's own snapshots: EC2 reads them for whoever may launch it. What the launch
    itself puts behind a device must be the caller's, shared with it, or public.

    Refuses with `STORAGE`.

    Source: rules A 4.5, A DN-5, A VT-11, B LD-19b to LD-21, B LD-25, B LP-6, B 6.2, B 6.3; settlements S 13, S 30.
    """
    of_image, of_launch = _by_name(image.block_device_mappings), _by_name(requested)
    snapshots = yield from _snapshots(world, by, of_image, of_launch)
    root, quirks = image.root_device_name, world.quirks
    try:
        merged = merge(
            image.block_device_mappings, requested, root_device_name=root, snapshots=snapshots, quirks=quirks
        )
        entries = completed(merged, root_device_name=root, snapshots=snapshots, quirks=quirks)
    except Refusal as refusal:
        yield refusal
        return PlannedStorage()
    for entry in entries:
        if not is_device_name(entry.device_name, image.virtualization_type, image.platform):
            yield InvalidDeviceName(device_name=entry.device_name)
    settings = world.settings(by.account, by.region).ebs_encryption
    case = _Case(world, by, of_image, of_launch, snapshots, settings)
    volumes: list[PlannedVolume] = []
    failures: list[StateReason] = []
    for name, device in _by_name(entries).items():
        volume, failure = yield from _planned(case, name, device)
        volumes.append(volume)
        failures += [] if failure is None else [failure]
    yield from _attachable(world, kind, len(volumes))
    return PlannedStorage(failure=failures[0]) if failures else PlannedStorage(volumes=tuple(volumes))


def _by_name(mappings: Mappings) -> dict[str, EbsBlockDevice]:
    return {entry.device_name: entry.ebs for entry in mappings if entry.ebs is not None}


def _snapshots(
    world: World, by: Caller, of_image: Mapping[str, EbsBlockDevice], of_launch: Mapping[str, EbsBlockDevice]
) -> Finding[dict[SnapshotId, Snapshot]]:
    """What is known of the snapshots that the image names, and of those that the launch names and the caller can use.

    An entry that repeats what the image has on the device names nothing new.
    """
    own = {name: device.snapshot_id for name, device in of_image.items()}
    found = {one: world.snapshot(one, by.region) for one in own.values() if one is not None}
    for name, device in of_launch.items():
        one = device.snapshot_id
        if one is None or one == own.get(name):
            continue
        snapshot = world.snapshot(one, by.region)
        if snapshot is not None and may_read(world, by, snapshot):
            found[one] = snapshot
        elif snapshot is not None and snapshot.create_volume_permissions is None:
            yield Doubt(PermissionsNotTold(one), SnapshotNotFound(snapshot_id=one))
        else:
            yield SnapshotNotFound(snapshot_id=one)
    return {one: snapshot for one, snapshot in found.items() if snapshot is not None}


def _planned(case: _Case, name: str, device: EbsBlockDevice) -> Finding[tuple[PlannedVolume, StateReason | None]]:
    """One volume; and why it cannot be made, if EC2 will find that out later."""
    asked = case.of_launch.get(name)
    snapshot = None if device.snapshot_id is None else case.snapshots.get(device.snapshot_id)
    # The entries have been merged, but whether encryption is asked for depends on which of the two says so.
    encrypted = asked_at_launch(case.of_image.get(name), asked)
    specified = None if asked is None else asked.kms_key_id
    if device.volume_initialization_rate_mibps is not None and device.snapshot_id is None:
        yield InitializationRateWithoutSnapshot(device_name=name)
    choice: KeyChoice | None = None
    key: KmsKeyId | None = None
    failure: StateReason | None = None
    try:
        resolved = at_launch(
            snapshot,
            device_name=name,
            account=case.by.account,
            settings=case.settings,
            encrypted=encrypted,
            kms_key_id=specified,
            quirks=case.world.quirks,
        )
    except Refusal as refusal:
        yield refusal
    else:
        choice = resolved.key
        yield Settled(f"the volume at {name}", str(resolved), resolved.rules)
    if choice is not None:
        key, failure = _key(case, snapshot, choice, specified)
    if device.snapshot_id is not None:
        failure = _snapshot_failure(snapshot) or failure
    planned = PlannedVolume(
        device_name=name, device=device, snapshot=snapshot, encrypted=choice is not None, kms_key_id=key
    )
    return planned, failure


def _key(
    case: _Case, snapshot: Snapshot | None, choice: KeyChoice, specified: KmsKeyId | None
) -> tuple[KmsKeyId | None, StateReason | None]:
    """The key of a volume; and what comes of it if the launcher cannot use it, or the snapshot's (rule B LD-20)."""
    name, needed = needed_keys(case.world, case.by, choice, source=snapshot, specified=specified)
    wrong = fault(*needed.values(), account=case.by.account, organizations=case.world.organizations)
    return name, None if wrong is None else INSTANCE_STATE_REASONS[wrong]


def _snapshot_failure(snapshot: Snapshot | None) -> StateReason | None:
    """What comes of a snapshot that is not there, or of no use as it is (rule B LD-21)."""
    if snapshot is None:
        return SNAPSHOT_NOT_FOUND
    usable = snapshot.state is SnapshotState.COMPLETED and snapshot.storage_tier is StorageTier.STANDARD
    return None if usable else instance_lifecycle.LAUNCH_FAILED


_NETWORK_INTERFACES: Final = 1


def _attachable(world: World, kind: InstanceType, volumes: int) -> Finding[None]:
    """The volumes find room beside the network interface and the NVMe disks of the host (rule A BM-13)."""
    if kind.hypervisor is not InstanceTypeHypervisor.NITRO:
        return
    store = kind.instance_store
    disks = 0 if store is None or not store.nvme else store.count or 0
    attachments, limit = volumes + _NETWORK_INTERFACES + disks, world.limits.attachments_per_nitro_instance
    if attachments > limit:
        yield AttachmentLimitReached(instance_type=kind.name, attachments=attachments, limit=limit)


# --- what comes of it -------------------------------------------------------------------------------------------------


class VolumeOwner(NamedTuple):
    """Whose the volumes of an instance are, where they are, and what is written on them."""

    by: Caller
    zone: AvailabilityZone
    tags: Tags


def with_volumes(
    world: World, storage: PlannedStorage, instance_id: InstanceId, owner: VolumeOwner, request_id: str
) -> tuple[World, tuple[InstanceBlockDevice, ...]]:
    """Make an instance's volumes, and tell the owner of each (rule C 9.4)."""
    devices: list[InstanceBlockDevice] = []
    for planned in storage.volumes:
        device = InstanceBlockDevice(
            device_name=planned.device_name,
            volume_id=VolumeId(world.new_id("vol-")),
            delete_on_termination=planned.device.delete_on_termination is True,
        )
        world = world.with_volume(_volume(world, planned, device, instance_id, owner))
        for event in ("createVolume", "attachVolume"):
            told = VolumeNotification(event=event, volume_id=device.volume_id)
            world = world.emitting(told, account=owner.by.account, region=owner.by.region, request_id=request_id)
        devices.append(device)
    return world, tuple(devices)


def _volume(
    world: World, planned: PlannedVolume, attached: InstanceBlockDevice, instance_id: InstanceId, owner: VolumeOwner
) -> Volume:
    device, snapshot = planned.device, planned.snapshot
    if device.volume_size_gib is None or device.volume_type is None:
        raise AssertionError(planned)  # `completed` fills both in, or refuses
    return Volume(
        volume_id=attached.volume_id,
        owner_id=owner.by.account,
        size_gib=device.volume_size_gib,
        availability_zone=owner.zone,
        create_time=world.now,
        volume_type=device.volume_type,
        iops=device.iops,
        throughput_mibps=device.throughput_mibps,
        state=VolumeState.IN_USE,
        snapshot_id=device.snapshot_id,
        encrypted=planned.encrypted,
        kms_key_id=planned.kms_key_id,
        attachment=VolumeAttachment(
            instance_id=instance_id,
            device_name=attached.device_name,
            delete_on_termination=attached.delete_on_termination,
        ),
        product_codes=() if snapshot is None else snapshot.product_codes,
        billing=None if snapshot is None else snapshot.billing,
        tags=owner.tags,
    )
