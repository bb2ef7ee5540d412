"""Whether a world keeps the laws about what is stored in S3, and about the tasks that store it."""

from collections.abc import Iterator
from typing import Final

from amimodel._integrity_laws import Check, Law
from amimodel.stored_images import StoreImageTask
from amimodel.tasks import FinishStoreTask
from amimodel.world import World


def _in_a_bucket(world: World) -> Iterator[tuple[str, str]]:
    for bucket, object_key in world.stored_images:
        if bucket not in world.buckets:
            yield f"{bucket}/{object_key}", f"there is no bucket {bucket}"


def _not_shared(world: World) -> Iterator[tuple[str, str]]:
    for place, stored in world.stored_images.items():
        if stored.image.launch_permissions.items:
            yield "/".join(place), "its image is shared"
        if any(snapshot.encrypted for snapshot in stored.snapshots):
            yield "/".join(place), "it is encrypted"


def _in_progress(world: World) -> Iterator[tuple[int, StoreImageTask]]:
    return ((number, task) for number, task in world.store_tasks.items() if task.in_progress)


def _written(world: World) -> Iterator[tuple[str, str]]:
    writing = {(task.bucket, task.s3object_key): number for number, task in _in_progress(world)}
    for place, stored in world.stored_images.items():
        if stored.store_time is None and place not in writing:
            yield "/".join(place), "it is being written, and no task does it"
    for place, number in writing.items():
        written = world.stored_images.get(place)
        if written is None or written.store_time is not None:
            yield f"store task {number}", f"it is in progress, and {'/'.join(place)} is not being written"


def _in_its_region(world: World) -> Iterator[tuple[str, str]]:
    for number, task in world.store_tasks.items():
        bucket = world.buckets.get(task.bucket)
        if bucket is not None and bucket.region != task.region:
            yield f"store task {number}", f"it is of {task.region}, and {task.bucket} is in {bucket.region}"


def _numbered(world: World) -> Iterator[tuple[str, str]]:
    for place, number in enumerate(world.store_tasks, 1):
        if number != place:
            yield f"store task {number}", f"it stands at {place}"


def _ending(world: World) -> Iterator[tuple[str, str]]:
    finished = {task.work.number for task in world.tasks if isinstance(task.work, FinishStoreTask)}
    for number, _ in _in_progress(world):
        if number not in finished:
            yield f"store task {number}", "it is in progress, and nothing will finish it"


CHECKS: Final[tuple[Check, ...]] = (
    Check(Law.STORED_IN_A_BUCKET,       _in_a_bucket,   "stored_images buckets"),
    Check(Law.STORED_KEEPS_NO_SHARING,  _not_shared,    "stored_images"),
    Check(Law.WRITTEN_BY_A_TASK,        _written,       "stored_images store_tasks"),
    Check(Law.STORED_IN_ITS_REGION,     _in_its_region, "store_tasks buckets"),
    Check(Law.STORE_TASKS_ARE_NUMBERED, _numbered,      "store_tasks"),
    Check(Law.STORE_TASK_WILL_END,      _ending,        "store_tasks tasks"),
)  # fmt: skip
