"""Storing an image to S3, asking how far that has come, and restoring it.

An image is stored as one object, from which it can be restored in any Region of any partition to which the object is
taken. Buckets and what lies in them are S3's: `amimodel.actions.buckets`.

Source: EC2 API Reference, CreateStoreImageTask, DescribeStoreImageTasks, CreateRestoreImageTask; EC2 User Guide,
"Store and restore an AMI using S3"; rules C 7, C 1.3, C 1.4, A 0.3, A NM-1, A 7.4, A 11.3, B AA-14; settlements S 17,
S 41, S 51.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final

from attrs import evolve, field, frozen
from attrs.converters import optional

from amimodel import lifecycle, storing
from amimodel.actions._encrypting import KeyInUse, key_in_use
from amimodel.actions._finding import TAGS_ON_CREATION, name_is_free, room_for_an_image, tags_on_creation
from amimodel.actions._settling import given, own_settings
from amimodel.actions._snapshots import quota_of_snapshots
from amimodel.actions._storing import (
    restores_in_progress_gib,
    stores_in_progress_gib,
    tasks_as_told,
    time_to_restore,
    with_store_begun,
)
from amimodel.allowed_images import may_use
from amimodel.buckets import Bucket
from amimodel.callers import Caller
from amimodel.copying import filled_in
from amimodel.decisions import Settled
from amimodel.filters import Filter, as_filters, limit_refusal, select
from amimodel.identifiers import ImageId, SnapshotId, image_id
from amimodel.images import Image
from amimodel.kms import SNAPSHOT_STATE_MESSAGE, KeyChoice
from amimodel.lifecycle import ImageEvent, Stage
from amimodel.names import image_name, text_or_none
from amimodel.paging import PAGE_BOUNDS, Page, page, page_size_refusal
from amimodel.refusals import (
    BucketAccessDenied,
    BucketNotUsable,
    FilterLimitExceeded,
    ImageKindNotStored,
    ImageNameInUse,
    ImageNotFound,
    ImageQuotaReached,
    ImageStoredAlready,
    ImageTooLargeToStore,
    ImageUnavailable,
    InvalidNextToken,
    NotAuthorizedForImage,
    PageSizeRefused,
    Refusal,
    RestoreQuotaReached,
    SnapshotQuotaReached,
    SnapshotsNotShared,
    StoredImageNotFound,
    StoreQuotaReached,
    StoreTasksNotPaged,
    TooManyStoredImagesDescribed,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Query, Request, decided, each, nothing, unless
from amimodel.resource_filters import STORE_TASK_FILTERS
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask, object_tags
from amimodel.tag_requests import ResourceType, TagSpecification, as_tag_specifications
from amimodel.tagging import visible_tags
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import FinishSnapshots
from amimodel.volume_encryption import ResolvedEncryption
from amimodel.world import World


def _bucket(text: str) -> str:
    return given(text, "Bucket")


def _object_key(text: str) -> str:
    return given(text, "ObjectKey")


_GONE: Final = frozenset({Stage.DEREGISTERED, Stage.IN_RECYCLE_BIN})


def _usable_bucket(world: World, by: Caller, name: str) -> Finding[Bucket | None]:
    """The bucket of a name, if it is in the caller's Region. Refuses with `BucketNotUsable` (rules C 7.2, C 7.31)."""
    bucket = world.buckets.get(name)
    if bucket is not None and bucket.region == by.region:
        return bucket
    yield BucketNotUsable(
        error_code=world.quirks.store_bucket_code,
        bucket=name,
        region=by.region.name,
        bucket_region=None if bucket is None else bucket.region.name,
    )
    return None


def _denied(world: World, by: Caller, bucket: Bucket, permission: str) -> BucketAccessDenied:
    code = world.quirks.store_access_code
    return BucketAccessDenied(error_code=code, bucket=bucket.name, account_id=by.account, permission=permission)


# --- storing ----------------------------------------------------------------------------------------------------------


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
        bucket = yield from _usable_bucket(world, by, self.bucket)  # C 7.2
        snapshots = yield from self._readable(world, by, image, stage)  # C 7.4
        if bucket is not None and not bucket.lets_write(by.account):
            yield _denied(world, by, bucket, "s3:PutObject")  # C 7.2
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


# --- restoring --------------------------------------------------------------------------------------------------------


def _tag_specifications(specifications: Iterable[TagSpecification]) -> tuple[TagSpecification, ...]:
    return as_tag_specifications(specifications)


def _name(text: str) -> str | None:
    return image_name(text) if text else None  # an empty text counts as absent (settlement S 17)


@frozen(kw_only=True)
class CreateRestoreImageTask(Request[Image]):
    """Begin to restore an image of the object in which it is stored. It is pending, and one's own, in one's Region.

    Without a name it is called as it was when it was stored. Its snapshots are new ones, encrypted only where the
    caller encrypts everything by default; a key that does not work shows later, when image and snapshots fail. There is
    no task to ask for: the image tells how far it has come.

    Source: EC2 API Reference, CreateRestoreImageTask; rules C 7.30 to C 7.39, A 0.3, A NM-1, A 7.4, A 11.3;
    settlements S 17, S 41.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        BucketNotUsable,
        BucketAccessDenied,
        StoredImageNotFound,
        *TAGS_ON_CREATION,
        ImageNameInUse,
        ImageQuotaReached,
        RestoreQuotaReached,
        SnapshotQuotaReached,
    )

    bucket: str = field(converter=_bucket)
    object_key: str = field(converter=_object_key)
    name: str | None = field(default=None, converter=optional(_name))
    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tag_specifications)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then begin to restore it."""
        stored = yield from self._object(world, by)
        tags, snapshot_tags = yield from self._tags(world, stored)  # C 7.37
        name = self.name or stored.image.name
        if name is not None:
            yield from name_is_free(world, by, name)  # C 7.32
        yield from room_for_an_image(world, by)
        in_progress, quota = restores_in_progress_gib(world, by), world.limits.restores_in_progress_gb
        if in_progress >= quota:  # C 7.33
            code = world.quirks.store_progress_code
            yield RestoreQuotaReached(error_code=code, in_progress_gib=in_progress, quota=quota)
        yield from quota_of_snapshots(world, by, len(stored.snapshots))
        by_default = own_settings(world, by).ebs_encryption.by_default  # C 7.36
        encryption = ResolvedEncryption(key=KeyChoice.DEFAULT if by_default else None, row="C 7.36")
        yield Settled(subject="the restored snapshots", outcome=str(encryption), rules=encryption.row)
        yield GRANTED
        restoring = _Restoring(
            stored=stored,
            name=name,
            key=key_in_use(world, by, encryption),
            tags=tags,
            snapshot_tags=snapshot_tags,
        )
        return _begun(world, by, restoring)

    def _object(self, world: World, by: Caller) -> Finding[StoredImage]:
        """The stored image. Refuses with `BucketNotUsable`, `BucketAccessDenied` and `StoredImageNotFound`."""
        bucket = yield from _usable_bucket(world, by, self.bucket)  # C 7.31
        if bucket is not None and not bucket.lets_read(by.account):
            yield _denied(world, by, bucket, "s3:GetObject")
        stored = world.stored_image(self.bucket, self.object_key)
        if stored is None:  # C 7.34
            code = world.quirks.restore_object_code
            missing = StoredImageNotFound(error_code=code, bucket=self.bucket, object_key=self.object_key)
            return (yield from nothing(missing))
        return stored

    def _tags(self, world: World, stored: StoredImage) -> Finding[tuple[Tags, Mapping[str, Tags]]]:
        """The tags of the image and of each snapshot: what was stored with it, under what the request specifies."""
        wanted = self.tag_specifications
        of_image = [one for one in wanted if one.resource_type == ResourceType.IMAGE]
        of_snapshots = [one for one in wanted if one.resource_type == ResourceType.SNAPSHOT]
        image = yield from tags_on_creation(world, of_image, {ResourceType.IMAGE: stored.image.tags})
        snapshots: dict[str, Tags] = {}
        for one in stored.snapshots:
            tags = yield from tags_on_creation(world, of_snapshots, {ResourceType.SNAPSHOT: one.tags})
            snapshots[one.snapshot_id] = tags[ResourceType.SNAPSHOT]
        return image[ResourceType.IMAGE], snapshots


@frozen(kw_only=True)
class _Restoring:
    """What shall be restored, when nothing speaks against it."""

    stored: StoredImage
    name: str | None
    key: KeyInUse
    tags: Tags
    snapshot_tags: Mapping[str, Tags]


def _begun(world: World, by: Caller, restoring: _Restoring) -> Outcome[Image]:
    stored, key = restoring.stored, restoring.key
    request_id, new_id = world.request_id, ImageId(world.new_id("ami-"))
    duration, alias = time_to_restore(world, by, stored), world.owner_aliases.get(by.account)
    facts: dict[str, Any] = {**storing.restored(stored, world.now), "name": restoring.name, "tags": restoring.tags}
    image = Image(**facts, image_id=new_id, owner_id=by.account, region=by.region, image_owner_alias=alias)
    made: dict[str, Snapshot] = {}
    for one in stored.snapshots:
        snapshot = Snapshot(
            **storing.restored_snapshot(one, image),
            snapshot_id=world.new_id("snap-"),
            owner_id=by.account,
            region=by.region,
            start_time=world.now,
            encrypted=key.kms_key_id is not None,
            kms_key_id=key.kms_key_id,
            owner_alias=alias,
            tags=restoring.snapshot_tags[one.snapshot_id],
        )
        world = world.with_snapshot(snapshot)
        made[one.snapshot_id] = snapshot
    image = evolve(image, block_device_mappings=filled_in(stored.image, made))
    work = FinishSnapshots(
        snapshot_ids=(one.snapshot_id for one in made.values()),
        event="createSnapshot" if world.quirks.restored_snapshots_are_told_of else "",
        failure=None if key.cause is None else SNAPSHOT_STATE_MESSAGE,
    )
    return Outcome(world.with_image(image).with_task(duration, work, request_id), image)
