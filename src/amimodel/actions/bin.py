"""What lies in the Recycle Bin: listing it, and getting it back.

How things enter is told by `amimodel.actions.retire` and `amimodel.actions.snapshot`, which rules keep them by
`amimodel.actions.retention_rules`. In the bin nothing can be done with a thing but this, and writing tags on it; no
request deletes it before its time (rule C 6.20).

Source: EBS User Guide, "Recycle Bin"; EC2 API Reference, ListImagesInRecycleBin, RestoreImageFromRecycleBin,
ListSnapshotsInRecycleBin, RestoreSnapshotFromRecycleBin; rules C 6.16 to C 6.41, B BPA-10; settlement S 7.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar

from attrs import evolve, field, frozen

from amimodel import lifecycle
from amimodel.actions._deleting import BACKUP_TAG
from amimodel.actions._effects import image_completed
from amimodel.actions._finding import name_is_free, room_for_an_image
from amimodel.actions._snapshots import quota_of_snapshots
from amimodel.callers import Caller
from amimodel.clock import utc
from amimodel.events import ImageStateChange
from amimodel.identifiers import ImageId, SnapshotId, VolumeId, image_id, snapshot_id
from amimodel.images import Image, any_image_id
from amimodel.lifecycle import COUNTING
from amimodel.names import text_or_none
from amimodel.paging import PAGE_BOUNDS, Page, PageBounds, page, page_size_refusal
from amimodel.recycle_bin import recovering, returning
from amimodel.refusals import (
    BackingSnapshotNotFound,
    ImageNameInUse,
    ImageNotFound,
    ImageQuotaReached,
    InvalidNextToken,
    PageSizeRefused,
    Refusal,
    SnapshotNotFound,
    SnapshotQuotaReached,
    TooManyImagesListed,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Query, Request, each, nothing, unless
from amimodel.retention import RecycleBinEntry
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier
from amimodel.tasks import EmptyRecycleBin, FinishRecovery, Work
from amimodel.vocabulary import ImageState
from amimodel.world import World

_R = TypeVar("_R", Image, Snapshot)
_T = TypeVar("_T")


def _image_ids(ids: Iterable[str]) -> tuple[ImageId, ...]:
    return tuple(image_id(one, "ImageIds") for one in ids)


def _snapshot_ids(ids: Iterable[str]) -> tuple[SnapshotId, ...]:
    return tuple(snapshot_id(one, "SnapshotIds") for one in ids)


# --- what is there ----------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class ImageRecycleBinInfo:
    """An image in the Recycle Bin, as EC2 lists it (rule C 6.27)."""

    image_id: str = field(converter=any_image_id)
    name: str | None
    description: str | None
    recycle_bin_enter_time: datetime = field(converter=utc)
    recycle_bin_exit_time: datetime = field(converter=utc)


@frozen(kw_only=True)
class SnapshotRecycleBinInfo:
    """A snapshot in the Recycle Bin, as EC2 lists it (rule C 6.28)."""

    snapshot_id: SnapshotId = field(converter=snapshot_id)
    description: str | None
    volume_id: VolumeId
    recycle_bin_enter_time: datetime = field(converter=utc)
    recycle_bin_exit_time: datetime = field(converter=utc)


def _in_bin(world: World, by: Caller, kind: type[_R]) -> dict[str, tuple[_R, RecycleBinEntry]]:
    """What the caller has of a kind in the bin of the Region, in the order in which it entered (rule C 6.10)."""
    found = world.recycle_bin.having("owner", (by.account, by.region))
    entries = sorted(found, key=_entered)
    return {entry.resource_id: (entry.resource, entry) for entry in entries if isinstance(entry.resource, kind)}


def _entered(entry: RecycleBinEntry) -> tuple[datetime, str]:
    return entry.recycle_bin_enter_time, entry.resource_id


def _part(
    query: "ListImagesInRecycleBin | ListSnapshotsInRecycleBin", found: Sequence[_T], bounds: PageBounds, asked: object
) -> Finding[Page[_T]]:
    try:
        return page(found, bounds=bounds, max_results=query.max_results, next_token=query.next_token, query=asked)
    except (InvalidNextToken, PageSizeRefused) as refusal:
        return (yield from nothing(refusal))


@frozen(kw_only=True)
class ListImagesInRecycleBin(Query[Page[ImageRecycleBinInfo]]):
    """Find the images of one's own that lie in the Recycle Bin, those that entered first at the front.

    An image stays listed until its time is over, even if one of its snapshots is gone and it cannot come back.

    Source: EC2 API Reference, ListImagesInRecycleBin; rules C 6.10, C 6.23, C 6.27, C 6.29, C 6.30.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        TooManyImagesListed,
        PageSizeRefused,
        ImageNotFound,
        InvalidNextToken,
    )

    image_ids: tuple[ImageId, ...] = field(default=(), converter=_image_ids)
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[ImageRecycleBinInfo]]:
        """Go through the checks in order, then find the images."""
        limit = world.limits.image_ids_per_recycle_bin_query
        if len(self.image_ids) > limit:
            yield TooManyImagesListed(image_ids=len(self.image_ids), limit=limit)
        bounds = PAGE_BOUNDS[self.action](world.limits)
        yield from unless(page_size_refusal(self.max_results, bounds))
        there = _in_bin(world, by, Image)
        unknown = tuple(one for one in dict.fromkeys(self.image_ids) if one not in there)
        if unknown:
            return (yield from nothing(ImageNotFound(image_ids=unknown)))
        found = [
            ImageRecycleBinInfo(
                image_id=image.image_id,
                name=image.name,
                description=image.description,
                recycle_bin_enter_time=entry.recycle_bin_enter_time,
                recycle_bin_exit_time=entry.recycle_bin_exit_time,
            )
            for image, entry in there.values()
            if not self.image_ids or image.image_id in self.image_ids
        ]
        asked = self.action, by.account, by.region, self.image_ids
        return (yield from _part(self, found, bounds, asked))


@frozen(kw_only=True)
class ListSnapshotsInRecycleBin(Query[Page[SnapshotRecycleBinInfo]]):
    """Find the snapshots of one's own that lie in the Recycle Bin, those that entered first at the front.

    Source: EC2 API Reference, ListSnapshotsInRecycleBin; rules C 6.10, C 6.28 to C 6.30.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (PageSizeRefused, SnapshotNotFound, InvalidNextToken)

    snapshot_ids: tuple[SnapshotId, ...] = field(default=(), converter=_snapshot_ids)
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[SnapshotRecycleBinInfo]]:
        """Go through the checks in order, then find the snapshots."""
        bounds = PAGE_BOUNDS[self.action](world.limits)
        yield from unless(page_size_refusal(self.max_results, bounds))
        there = _in_bin(world, by, Snapshot)
        for one in self.snapshot_ids:
            if one not in there:
                return (yield from nothing(SnapshotNotFound(snapshot_id=one)))
        found = [
            SnapshotRecycleBinInfo(
                snapshot_id=snapshot.snapshot_id,
                description=snapshot.description,
                volume_id=snapshot.volume_id,
                recycle_bin_enter_time=entry.recycle_bin_enter_time,
                recycle_bin_exit_time=entry.recycle_bin_exit_time,
            )
            for snapshot, entry in there.values()
            if not self.snapshot_ids or snapshot.snapshot_id in self.snapshot_ids
        ]
        asked = self.action, by.account, by.region, self.snapshot_ids
        return (yield from _part(self, found, bounds, asked))


# --- getting it back --------------------------------------------------------------------------------------------------


def _to_restore(world: World, by: Caller, resource_id: str, kind: type[_R]) -> _R | None:
    """What the caller may still get back; what is past its time, and what is others', is as good as gone (C 6.36)."""
    entry = world.binned(resource_id, by.region)
    if entry is None or entry.owner_id != by.account or entry.recycle_bin_exit_time <= world.now:
        return None
    return entry.resource if isinstance(entry.resource, kind) else None


def _taken_out(world: World, resource_id: str) -> World:
    """The world without the thing in its bin, and without what was to come of it there."""
    return world.without_tasks(task for task in world.tasks if _is_about(task.work, resource_id)).emptied_of(
        resource_id
    )


def _is_about(work: Work, resource_id: str) -> bool:
    if isinstance(work, FinishRecovery):  # it was deleted again before it had recovered
        return work.snapshot_id == resource_id
    return isinstance(work, EmptyRecycleBin) and work.resource_id == resource_id


def _released(resource: _R) -> _R:
    """What another service had made is no longer managed by it (rule C 6.19)."""
    return evolve(resource, tags=resource.tags.removing([BACKUP_TAG])) if BACKUP_TAG in resource.tags else resource


@frozen(kw_only=True)
class RestoreImageFromRecycleBin(Request[Image]):
    """Get an image of one's own back from the Recycle Bin, as it was: with its id, its tags and its permissions.

    All its snapshots must be there and completed: those in the bin come back first, and one that is gone for good keeps
    the image from returning. While the account blocks public images, a public one returns without the group `all`. An
    image that was disabled is disabled still.

    In the bin it has counted toward the quotas of images and of public images all along, so these speak against it only
    where they have been lowered since.

    Source: EC2 API Reference, RestoreImageFromRecycleBin; rules C 6.16 to C 6.19, C 6.22 to C 6.25, C 6.31 to C 6.36,
    C 5.20, C 5.22, A NM-9, B BPA-10; settlement S 7.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        ImageNotFound,
        BackingSnapshotNotFound,
        ImageNameInUse,
        ImageQuotaReached,
    )

    image_id: ImageId = field(converter=image_id)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then put it back."""
        binned = _to_restore(world, by, self.image_id, Image)
        if binned is None:
            return (yield from nothing(ImageNotFound.of(self.image_id)))
        blocked = world.settings(by.account, by.region).image_block_public_access.blocks_new_sharing
        image = _released(returning(binned, blocked=blocked, quirks=world.quirks))
        stage = lifecycle.stage_of(image)
        yield from each(_missing(world, image))
        request_id, after = world.request_id, _taken_out(world, self.image_id)
        if image.name is not None and lifecycle.holds_its_name(stage, world.quirks):
            yield from name_is_free(after, by, image.name)
        if stage in COUNTING:
            yield from room_for_an_image(after, by)
        yield GRANTED
        after = after.with_image(image)
        if image.state is ImageState.PENDING:  # a quirk lets it enter; nothing is left that it could wait for
            after = image_completed(after, image, request_id)
        elif image.state is ImageState.AVAILABLE and world.quirks.bin_restore_emits_available:
            change = ImageStateChange(image_id=self.image_id, state=image.state)
            after = after.emitting(change, account=by.account, region=by.region, request_id=request_id)
        return Outcome(after, after.images.records[self.image_id])


def _missing(world: World, image: Image) -> Iterator[BackingSnapshotNotFound]:
    """The snapshots that the image cannot do without and that are not there, or not as it needs them (rule C 6.32).

    An image that returns disabled can leave its snapshots in the archive, where only disabled images can have put them.
    """
    for one in image.snapshot_ids:
        snapshot = world.snapshots.get(one)
        if snapshot is None:
            state = SnapshotState.RECOVERABLE if one in world.recycle_bin else None
            yield BackingSnapshotNotFound(snapshot_id=one, image_id=image.image_id, state=state)
            continue
        archived = snapshot.storage_tier is StorageTier.ARCHIVE and image.state is not ImageState.DISABLED
        if archived or snapshot.state is not SnapshotState.COMPLETED:
            yield BackingSnapshotNotFound(
                snapshot_id=one, image_id=image.image_id, state=snapshot.state, archived=archived
            )


@frozen(kw_only=True)
class RestoreSnapshotFromRecycleBin(Request[Snapshot]):
    """Get a snapshot of one's own back from the Recycle Bin, as it was: with its id, its tags and its permissions.

    It is recovering for as long as `Timing` says, and of no use until it is completed. One from the archive returns
    into the archive. In the bin it did not count toward the quota of snapshots.

    Source: EC2 API Reference, RestoreSnapshotFromRecycleBin; rules C 6.16, C 6.17, C 6.19, C 6.36, C 6.37, C 6.39,
    C 8.6.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (SnapshotNotFound, SnapshotQuotaReached)

    snapshot_id: SnapshotId = field(converter=snapshot_id)

    def decide(self, world: World, by: Caller) -> Deciding[Snapshot]:
        """Go through the checks in order, then put it back."""
        binned = _to_restore(world, by, self.snapshot_id, Snapshot)
        if binned is None:
            return (yield from nothing(SnapshotNotFound(snapshot_id=self.snapshot_id)))
        yield from quota_of_snapshots(world, by)
        yield GRANTED
        duration = world.timing.recycle_bin_restore
        snapshot = _released(recovering(binned, at_once=not duration))
        request_id = world.request_id
        world = _taken_out(world, self.snapshot_id).with_snapshot(snapshot)
        if snapshot.state is SnapshotState.RECOVERING:
            world = world.with_task(duration, FinishRecovery(snapshot_id=self.snapshot_id), request_id)
        return Outcome(world, snapshot)
