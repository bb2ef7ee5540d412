"""Storing an image to S3, and asking how far that has come.

An image is stored as one object, from which it can be restored in any Region of any partition to which the object is
taken: `amimodel.actions.restore`. Buckets and what lies in them are S3's: `amimodel.actions.buckets`.

Source: EC2 API Reference, CreateStoreImageTask, DescribeStoreImageTasks; EC2 User Guide, "Store and restore an AMI
using S3"; rules C 7.1 to C 7.23, C 1.3, C 1.4, A 0.3, B AA-14; settlements S 17, S 51.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Final

from attrs import field, frozen

from amimodel import lifecycle, storing
from amimodel.actions._settling import given, own_settings
from amimodel.actions._storing import (
    bucket_denied,
    stores_in_progress_gib,
    tasks_as_told,
    usable_bucket,
    with_store_begun,
)
from amimodel.allowed_images import may_use
from amimodel.callers import Caller
from amimodel.filters import Filter, as_filters, limit_refusal, select
from amimodel.identifiers import ImageId, SnapshotId, image_id
from amimodel.images import Image
from amimodel.lifecycle import ImageEvent, Stage
from amimodel.names import text_or_none
from amimodel.paging import PAGE_BOUNDS, Page, page, page_size_refusal
from amimodel.refusals import (
    BucketAccessDenied,
    BucketNotUsable,
    FilterLimitExceeded,
    ImageKindNotStored,
    ImageNotFound,
    ImageStoredAlready,
    ImageTooLargeToStore,
    ImageUnavailable,
    InvalidNextToken,
    NotAuthorizedForImage,
    PageSizeRefused,
    Refusal,
    SnapshotsNotShared,
    StoreQuotaReached,
    StoreTasksNotPaged,
    TooManyStoredImagesDescribed,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Query, Request, decided, each, nothing, unless
from amimodel.resource_filters import STORE_TASK_FILTERS
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask, object_tags
from amimodel.tagging import visible_tags
from amimodel.tags import NO_TAGS, Tags
from amimodel.world import World


def _bucket(text: str) -> str:
    return given(text, "Bucket")


_GONE: Final = frozenset({Stage.DEREGISTERED, Stage.IN_RECYCLE_BIN})


@frozen(kw_only=True)
class CreateStoreImageTask(Request[str]):
    """Begin to store an image in a bucket of the Region. The answer is the key that its object will have.

    The image must be the caller's, or shared with it by name, and so must its snapshots. What is kept is what the image
    is at this moment, without what belongs to its Region or its account; the object is there when the task is over. If
    a snapshot goes before that, the task fails, and so it does if at its end a snapshot, its key or the bucket is
    closed to the caller.

    Source: EC2 API Reference, CreateStoreImageTask; rules C 7.1 to C 7.17, C 1.3, C 1.4, A 0.3, B AA-14, B W-7;
    settlement S 17.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        ImageNotFound,
        BucketNotUsable,
        NotAuthorizedForImage,
        SnapshotsNotShared,
        BucketAccessDenied,
        ImageUnavailable,
        ImageKindNotStored,
        ImageTooLargeToStore,
        ImageStoredAlready,
        StoreQuotaReached,
    )

    image_id: ImageId = field(converter=image_id)
    bucket: str = field(converter=_bucket)
    s3_object_tags: Tags = field(default=NO_TAGS, converter=object_tags)

    def decide(self, world: World, by: Caller) -> Deciding[str]:
        """Go through the checks in order, then take the task on."""
        quirks = world.quirks
        found = world.former_image(self.image_id, by.region)
        if found is None:
            return (yield from nothing(ImageNotFound.of(self.image_id)))
        image, stage = found
        bucket = yield from usable_bucket(world, by, self.bucket)  # C 7.2
        snapshots = yield from self._readable(world, by, image, stage)  # C 7.4
        if bucket is not None and not bucket.lets_write(by.account):
            yield bucket_denied(world, by, bucket, "s3:PutObject")  # C 7.2
        against = lifecycle.refusal(
            image, ImageEvent.STORE, in_recycle_bin=stage is Stage.IN_RECYCLE_BIN, quirks=quirks
        )
        if against is not None and stage in _GONE:
            return (yield from nothing(against))
        yield from unless(against)  # C 7.5
        yield from each(storing.objections(image, snapshots, world.limits, quirks))  # C 7.3, C 7.6
        yield from self._against_object(world)  # C 7.8
        in_progress, quota = stores_in_progress_gib(world, by), world.limits.stores_in_progress_gb
        if in_progress >= quota:  # C 7.7
            yield StoreQuotaReached(error_code=quirks.store_progress_code, in_progress_gib=in_progress, quota=quota)
        yield GRANTED

        stored = StoredImage(
            bucket=self.bucket,
            object_key=self.object_key,
            image=storing.kept_of(image, _visible_tags(world, by, image), quirks),
            snapshots=(
                storing.kept_of_snapshot(one, world.tags(by.account, one.snapshot_id), quirks)
                for one in snapshots.values()
            ),
            s3_object_tags=self.s3_object_tags,
        )
        return Outcome(with_store_begun(world, by, stored), self.object_key)

    @property
    def object_key(self) -> str:
        """The key of the object (rule C 7.1)."""
        return storing.object_key_of(self.image_id)

    def _readable(self, world: World, by: Caller, image: Image, stage: Stage) -> Finding[Mapping[SnapshotId, Snapshot]]:
        """The snapshots of the image, where image and snapshots are the caller's, or shared with it by name.

        Refuses with `NotAuthorizedForImage`, `ImageNotFound` where the caller's own settings hide the image, and
        `SnapshotsNotShared`.

        Source: rules C 7.4, C 1.4, B AA-14.
        """
        yield from decided(storing.may_store(image, by.account), NotAuthorizedForImage(image_id=self.image_id))
        allowed = own_settings(world, by).allowed_images
        yield from each(may_use(allowed, image, by.account, world.now, world.quirks).refusals)
        snapshots = {one: world.snapshot(one, by.region) for one in image.snapshot_ids}
        found = {one: snapshot for one, snapshot in snapshots.items() if snapshot is not None}
        if stage not in _GONE:  # what is gone may have left its snapshots behind
            closed = SnapshotsNotShared(image_id=self.image_id, snapshot_ids=image.snapshot_ids)
            yield from decided(storing.may_store_snapshots(image, by.account, found), closed)
        return found

    def _against_object(self, world: World) -> Iterator[Refusal]:
        stored = world.stored_images.get((self.bucket, self.object_key))
        if stored is not None:
            yield ImageStoredAlready(
                error_code=world.quirks.store_twice_code,
                bucket=self.bucket,
                object_key=self.object_key,
                in_progress=stored.store_time is None,
            )


def _visible_tags(world: World, by: Caller, image: Image) -> Tags:
    """The tags that the caller sees on an image which it can use (rules C 7.14, A TG-9)."""
    return visible_tags(
        world.tags(by.account, image.image_id), image.tags, is_owner=image.owner_id == by.account, can_use=True
    )


# --- asking -----------------------------------------------------------------------------------------------------------


def _image_ids(ids: Iterable[str]) -> tuple[ImageId, ...]:
    return tuple(image_id(one, "ImageIds") for one in ids)


def _filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    return as_filters(filters)


@frozen(kw_only=True)
class DescribeStoreImageTasks(Query[Page[StoreImageTask]]):
    """List the caller's store tasks in the Region that were begun within a month, the latest first.

    Filters are ignored where images are named: those that no task is about are left out. Raises `Malformed` for an
    unknown filter, where there are no images.

    Source: EC2 API Reference, DescribeStoreImageTasks; rules C 7.20 to C 7.22; settlement S 17.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        TooManyStoredImagesDescribed,
        FilterLimitExceeded,
        PageSizeRefused,
        StoreTasksNotPaged,
        ImageNotFound,
        InvalidNextToken,
    )

    image_ids: tuple[ImageId, ...] = field(default=(), converter=_image_ids)
    filters: tuple[Filter, ...] = field(default=(), converter=_filters)
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=text_or_none)

    def __attrs_post_init__(self) -> None:
        if not self.image_ids:
            STORE_TASK_FILTERS.check(self.filters)

    def answer(self, world: World, by: Caller) -> Finding[Page[StoreImageTask]]:
        """Go through the checks in order, then find the tasks."""
        limit = world.limits.image_ids_per_store_task_query
        if len(self.image_ids) > limit:
            yield TooManyStoredImagesDescribed(image_ids=len(self.image_ids), limit=limit)
        filters = () if self.image_ids else self.filters  # C 7.21
        yield from unless(limit_refusal(filters, world.limits))
        bounds = PAGE_BOUNDS[self.action](world.limits)
        yield from unless(page_size_refusal(self.max_results, bounds))
        if self.image_ids and self.max_results is not None:
            yield StoreTasksNotPaged(error_code=world.quirks.store_paging_code)
        yield from unless(self._unknown(world, by))
        found = list(select(self._tasks(world, by), filters, STORE_TASK_FILTERS, world.quirks))
        try:
            return page(
                found,
                bounds=bounds,
                max_results=self.max_results,
                next_token=self.next_token,
                query=(by.account, by.region, self.image_ids, filters),
            )
        except (InvalidNextToken, PageSizeRefused) as refusal:
            return (yield from nothing(refusal))

    def _unknown(self, world: World, by: Caller) -> ImageNotFound | None:
        if world.quirks.store_tasks_of_unknown_images_are_left_out:
            return None
        unknown = tuple(one for one in self.image_ids if world.former_image(one, by.region) is None)
        return ImageNotFound(image_ids=unknown) if unknown else None

    def _tasks(self, world: World, by: Caller) -> list[StoreImageTask]:
        own = [
            (number, task)
            for number, task in world.store_tasks.items()
            if (task.owner_id, task.region) == (by.account, by.region)
            and world.now < task.task_start_time + world.timing.store_task_shown
            and (not self.image_ids or task.ami_id in self.image_ids)
        ]
        return tasks_as_told(world, reversed(own))
