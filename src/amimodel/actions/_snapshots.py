"""How snapshots of volumes begin: how many there may be, what they hold, and how long they take.

CreateSnapshot, CreateSnapshots and CreateImage begin them alike. How copies begin is in
`amimodel.actions.copy_snapshot`.

Source: rules C 8.1 to C 8.6, C 8.36, C 13, A CI-6, A CI-13, A BI-10, B MP-3.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from amimodel import billing
from amimodel._image_creation import SnapshotLocation
from amimodel.billing_codes import BillingCode
from amimodel.callers import Caller
from amimodel.refusals import (
    Refusal,
    SnapshotQuotaReached,
    SnapshotTakenTooSoon,
    TooManyPendingSnapshots,
    TooManySnapshotsOfVolume,
)
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tags import NO_TAGS, Tags
from amimodel.volume_types import VolumeType
from amimodel.volumes import Volume
from amimodel.world import World

_SLOW: Final = frozenset({VolumeType.ST1, VolumeType.SC1})
_UNFINISHED: Final = frozenset({SnapshotState.PENDING, SnapshotState.ERROR})
_NO_TAGS: Final[Mapping[str, Tags]] = MappingProxyType({})
_NO_TIME: Final = timedelta()


# --- how many there may be --------------------------------------------------------------------------------------------

SNAPSHOT_LIMITS: Final[tuple[type[Refusal], ...]] = (
    SnapshotTakenTooSoon,
    TooManySnapshotsOfVolume,
    TooManyPendingSnapshots,
    SnapshotQuotaReached,
)
"""What `room_for_snapshots` can say, in order."""


def room_for_snapshots(world: World, by: Caller, volumes: Sequence[Volume]) -> Iterator[Refusal]:
    """What speaks against beginning a snapshot of each of these volumes now, for whichever action.

    Source: rules A CI-6, C 8.4 to C 8.6; the quirk `snapshot_interval_is_enforced`.
    """
    if world.quirks.snapshot_interval_is_enforced:
        for volume in volumes:
            yield from _too_soon(world, volume)
    for volume in volumes:
        yield from _too_many_of(world, volume)
    # Copies have limits of their own (rules B CS-5, B CI-14), which leave room for more than this one does.
    pending = world.snapshots.having("state", (SnapshotState.PENDING, by.account, by.region))
    created = sum(snapshot.transfer_type is None for snapshot in pending)
    quota = world.limits.pending_snapshots_per_account
    if created + len(volumes) > quota:
        yield TooManyPendingSnapshots(quota=quota)
    yield from quota_of_snapshots(world, by, len(volumes))


def quota_of_snapshots(world: World, by: Caller, more: int = 1) -> Iterator[SnapshotQuotaReached]:
    """What the quota of the Region says against some more; what is in the Recycle Bin does not count (rule C 8.6)."""
    quota = world.limits.snapshots_per_region
    if world.snapshots.count("owner", (by.account, by.region)) + more > quota:
        yield SnapshotQuotaReached(quota=quota)


def _too_soon(world: World, volume: Volume) -> Iterator[SnapshotTakenTooSoon]:
    interval = world.timing.snapshot_interval
    if any(world.now < earlier.start_time + interval for earlier in world.snapshots_of_volume(volume.volume_id)):
        yield SnapshotTakenTooSoon(volume_id=volume.volume_id, seconds=interval.total_seconds())


def _too_many_of(world: World, volume: Volume) -> Iterator[TooManySnapshotsOfVolume]:
    limits = world.limits
    quota = (
        limits.pending_snapshots_per_st1_or_sc1_volume
        if volume.volume_type in _SLOW
        else limits.pending_snapshots_per_volume
    )
    if sum(snapshot.state in _UNFINISHED for snapshot in world.snapshots_of_volume(volume.volume_id)) >= quota:
        yield TooManySnapshotsOfVolume(volume_id=volume.volume_id, quota=quota)


# --- how they begin ---------------------------------------------------------------------------------------------------


def begun(
    world: World,
    volumes: Iterable[Volume],
    *,
    text: str = "",
    tags: Mapping[str, Tags] = _NO_TAGS,
    location: SnapshotLocation = SnapshotLocation.REGIONAL,
    licence: BillingCode | None = None,
) -> tuple[World, tuple[Snapshot, ...]]:
    """Write a pending snapshot of each volume: what it holds at this moment, with its encryption and product codes.

    `tags` are those of each snapshot, by its volume; `licence` is what the snapshots of an image remember of it. Who
    begins snapshots also takes on to finish them, with a task.

    Source: rules C 8.1, C 8.3, B MP-3, A 7.4, A BI-10, A CI-13.
    """
    snapshots: list[Snapshot] = []
    for volume in volumes:
        snapshot = Snapshot(
            snapshot_id=world.new_id("snap-"),
            owner_id=volume.owner_id,
            region=volume.region,
            volume_id=volume.volume_id,
            volume_size_gib=volume.size_gib,
            start_time=world.now,
            state=SnapshotState.PENDING,
            progress="0%",
            description=text,
            encrypted=volume.encrypted,
            kms_key_id=volume.kms_key_id,
            owner_alias=world.owner_aliases.get(volume.owner_id),
            availability_zone=volume.availability_zone.name if location is SnapshotLocation.LOCAL else None,
            product_codes=volume.product_codes,
            billing=licence or billing.of_snapshot(volume.billing),
            tags=tags.get(volume.volume_id, NO_TAGS),
        )
        world = world.with_snapshot(snapshot)
        snapshots.append(snapshot)
    return world, tuple(snapshots)


def increment_gib(world: World, volume: Volume) -> int:
    """How many GiB a snapshot of a volume holds that no earlier one does: all of them if it is the first.

    The model does not know what has been written since, so a later one adds nothing: to be asked before it is written.
    A volume made of a snapshot goes on where that one was, if both have one owner and one key.

    Source: rules C 8.36, C 13.
    """
    if any(earlier.state is not SnapshotState.ERROR for earlier in world.snapshots_of_volume(volume.volume_id)):
        return 0
    source = None if volume.snapshot_id is None else world.snapshot(volume.snapshot_id, volume.region)
    goes_on = source is not None and (source.owner_id, source.kms_key_id) == (volume.owner_id, volume.kms_key_id)
    return 0 if goes_on else volume.size_gib


def duration(world: World, volumes: Iterable[Volume]) -> timedelta:
    """How long snapshots of these volumes take that begin now: as long as the longest (rules C 8.9, C 13)."""
    return max((world.timing.snapshot_duration(increment_gib(world, volume)) for volume in volumes), default=_NO_TIME)


def volume_arn(volume: Volume) -> str:
    """How events name the volume that a snapshot is of (rule C 9.3)."""
    return f"arn:{volume.region.partition}:ec2:{volume.region}::volume/{volume.volume_id}"
