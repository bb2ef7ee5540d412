"""Store and restore tasks in a world: where to, how much is in progress, when a task's turn comes, and how it ends.

Source: rules C 7.2, C 7.7, C 7.10 to C 7.13, C 7.33, C 7.35, C 13.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from amimodel import storing
from amimodel._copies import changed
from amimodel.buckets import Bucket
from amimodel.callers import Caller
from amimodel.identifiers import AccountId, SnapshotId
from amimodel.images import Image
from amimodel.kms import fault, resolve
from amimodel.refusals import BucketAccessDenied, BucketNotUsable
from amimodel.regions import Region
from amimodel.requests import Finding
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask, StoreTaskState
from amimodel.tasks import FinishSnapshots, FinishStoreTask, Task
from amimodel.vocabulary import ImageState
from amimodel.world import World

_WHOLE: Final = 100

# --- where it is stored -----------------------------------------------------------------------------------------------


def usable_bucket(world: World, by: Caller, name: str) -> Finding[Bucket | None]:
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


def bucket_denied(world: World, by: Caller, bucket: Bucket, permission: str) -> BucketAccessDenied:
    """What is said to an account that the policy of a bucket does not let in (rules C 7.2, C 7.40)."""
    code = world.quirks.store_access_code
    return BucketAccessDenied(error_code=code, bucket=bucket.name, account_id=by.account, permission=permission)


# --- what is in progress ----------------------------------------------------------------------------------------------


def _running(world: World) -> Iterator[tuple[Task, FinishStoreTask, StoreImageTask]]:
    """The store tasks in progress, each with the work that will finish it."""
    for task in world.tasks:
        if isinstance(task.work, FinishStoreTask):
            found = world.store_tasks.get(task.work.number)
            if found is not None and found.in_progress:
                yield task, task.work, found


def stores_in_progress_gib(world: World, by: Caller) -> int:
    """How much the caller is having stored; in its Region, or by a quirk anywhere (rule C 7.7)."""
    return sum(
        _object_of(world, task).size_gib
        for _, _, task in _running(world)
        if task.owner_id == by.account and _counts(world, task.region, by)
    )


def restores_in_progress_gib(world: World, by: Caller) -> int:
    """How much the caller is having restored; in its Region, or by a quirk anywhere (rule C 7.33)."""
    regions = [by.region] if world.quirks.store_quota_is_regional else _regions_of(world, by.account)
    return sum(one.volume_size_gib for region in regions for one in _being_restored(world, by.account, region))


def _counts(world: World, region: Region, by: Caller) -> bool:
    return region == by.region or not world.quirks.store_quota_is_regional


def _regions_of(world: World, account: AccountId) -> list[Region]:
    """Where an account has images."""
    owning = (key.split("\0") for key in world.images.keys("owner"))
    return [Region(region) for owner, region in owning if owner == account]


def _being_restored(world: World, account: AccountId, region: Region) -> Iterator[Snapshot]:
    """The snapshots of the images that are being restored: of a source and of no instance, and copied of nothing."""
    for image in world.images.having("state", (ImageState.PENDING, region)):
        if image.owner_id == account and image.source_image_id is not None and image.source_instance_id is None:
            snapshots = [world.snapshots.get(one) for one in image.snapshot_ids]
            yield from (one for one in snapshots if one is not None and one.transfer_type is None)


def _object_of(world: World, task: StoreImageTask) -> StoredImage:
    return world.stored_images[task.bucket, task.s3object_key]


# --- when a task's turn comes -----------------------------------------------------------------------------------------


def turn_of(world: World, by: Caller) -> datetime:
    """When a task that the caller adds now begins to be worked on: when all before it in the Region are over.

    A task that fails early leaves the others their turns.

    Source: rule C 13; the quirk `store_tasks_queue`.
    """
    if not world.quirks.store_tasks_queue:
        return world.now
    return max((world.now, *_ends(world, by)))


def _ends(world: World, by: Caller) -> Iterator[datetime]:
    yield from (task.due for task, _, own in _running(world) if (own.owner_id, own.region) == (by.account, by.region))
    waiting = {snapshot.snapshot_id for snapshot in _being_restored(world, by.account, by.region)}
    for task in world.tasks:
        if isinstance(task.work, FinishSnapshots) and not waiting.isdisjoint(task.work.snapshot_ids):
            yield task.due


def with_store_begun(world: World, by: Caller, stored: StoredImage) -> World:
    """Take a store task on, whose object is being written from now on (rules C 7.10, C 7.11, C 13)."""
    number = len(world.store_tasks) + 1
    task = StoreImageTask(
        ami_id=stored.image.image_id,
        task_start_time=world.now,
        bucket=stored.bucket,
        s3object_key=stored.object_key,
        owner_id=by.account,
        region=by.region,
    )
    begins = turn_of(world, by)
    due = begins + world.timing.store_image_duration(stored.size_gib)
    world = world.with_stored_image(stored).with_store_task(number, task)
    return world.with_task(due - world.now, FinishStoreTask(number=number, begins=begins))


def time_to_restore(world: World, by: Caller, stored: StoredImage) -> timedelta:
    """How long it takes until what is restored now is there (rule C 13)."""
    return turn_of(world, by) - world.now + world.timing.restore_image_duration(stored.size_gib)


# --- how it has come along --------------------------------------------------------------------------------------------


def tasks_as_told(world: World, tasks: Iterable[tuple[int, StoreImageTask]]) -> list[StoreImageTask]:
    """Tasks with their progress at this moment (rule C 7.10)."""
    finishing = {work.number: (work.begins, task.due) for task, work, _ in _running(world)}
    return [
        changed(task, progress_percentage=storing.progress(*finishing[number], world.now))
        if number in finishing
        else task
        for number, task in tasks
    ]


# --- how it ends ------------------------------------------------------------------------------------------------------


def store_finished(world: World, number: int) -> World:
    """Let an image be stored, unless something that its task needs is no longer there (rules C 7.10 to C 7.13)."""
    task = world.store_tasks.get(number)
    if task is None or not task.in_progress:
        return world
    stored = _object_of(world, task)
    reason = next(_reasons(world, task, stored), None)
    if reason is not None:
        return _failed(world, number, task, reason, _WHOLE - 1)
    over = changed(task, store_task_state=StoreTaskState.COMPLETED, progress_percentage=_WHOLE)
    return world.with_stored_image(evolve(stored, store_time=world.now)).with_store_task(number, over)


def _reasons(world: World, task: StoreImageTask, stored: StoredImage) -> Iterator[str]:
    """Why a task fails: a snapshot is gone or closed, a key does not work, or the bucket is closed."""
    for one in stored.snapshots:
        snapshot = world.snapshots.get(one.snapshot_id)
        if snapshot is None:
            yield _gone(one.snapshot_id)
        elif storing.lets_store(snapshot, task.owner_id) is False:
            yield f"Access to the snapshot {one.snapshot_id} is denied."
        elif not _is_decrypted(world, task, snapshot):
            yield f"The key of the snapshot {one.snapshot_id} cannot be used."
    bucket = world.buckets.get(task.bucket)
    if bucket is None or not bucket.lets_write(task.owner_id):
        yield f"Access to the bucket {task.bucket} is denied."


def _gone(snapshot_id: str) -> str:
    return f"The snapshot {snapshot_id} does not exist."


def _is_decrypted(world: World, task: StoreImageTask, snapshot: Snapshot) -> bool:
    """Whether the account may use the key of a snapshot; one that is not told is taken to work (rule C 7.13)."""
    if snapshot.kms_key_id is None or snapshot.region is None:
        return True
    key = resolve(
        snapshot.kms_key_id,
        account=snapshot.owner_id,
        region=snapshot.region,
        keys=world.keys,
        aliases=world.key_aliases,
    )
    return fault(key, account=task.owner_id, organizations=world.organizations) is None


def _failed(world: World, number: int, task: StoreImageTask, reason: str, progress: int) -> World:
    over = changed(
        task,
        store_task_state=StoreTaskState.FAILED,
        store_task_failure_reason=reason,
        progress_percentage=progress,
    )
    return world.without_stored_image(task.bucket, task.s3object_key).with_store_task(number, over)


def stores_failed(world: World, is_about: Callable[[StoreImageTask, StoredImage], bool], reason: str) -> World:
    """Let those of the tasks in progress fail at once that something has come to pass with."""
    if not world.store_tasks:
        return world
    for finishing, work, task in tuple(_running(world)):
        if is_about(task, _object_of(world, task)):
            progress = storing.progress(work.begins, finishing.due, world.now)
            world = _failed(world.without_tasks([finishing]), work.number, task, reason, progress)
    return world


def stores_failed_without(world: World, snapshot_id: SnapshotId) -> World:
    """Let the tasks fail that a snapshot has gone from under (rule C 7.12)."""

    def needs_it(_: StoreImageTask, stored: StoredImage) -> bool:
        return any(one.snapshot_id == snapshot_id for one in stored.snapshots)

    return stores_failed(world, needs_it, _gone(snapshot_id))


def stores_failed_of(world: World, image: Image) -> World:
    """Let the tasks of an image that is gone fail, if a quirk has it so (rule C 7.12)."""
    if world.quirks.store_survives_deregistration:
        return world

    def is_of_it(task: StoreImageTask, _: StoredImage) -> bool:
        return task.ami_id == image.image_id

    return stores_failed(world, is_of_it, f"The image {image.image_id} was deregistered.")
