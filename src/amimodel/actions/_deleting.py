"""How images and snapshots go: into the Recycle Bin where a rule keeps them, for good where none does.

Source: rules C 5.6, C 5.17, C 6.2, C 6.15, C 6.30, C 7.12, C 8.26 to C 8.31.
"""

from datetime import timedelta
from typing import Final

from amimodel import lifecycle
from amimodel._copies import changed
from amimodel.actions._storing import stores_failed_of, stores_failed_without
from amimodel.images import Image
from amimodel.lifecycle import HOLDING_THEIR_SNAPSHOTS
from amimodel.permissions import NOBODY
from amimodel.recycle_bin import entering, retention
from amimodel.retention import RecycleBinEntry
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tasks import EmptyRecycleBin, EndCooldown, FinishImage, FinishSnapshots, RemoveSnapshot, Task
from amimodel.vocabulary import ImageState
from amimodel.world import World

BACKUP_TAG: Final = "aws:backup:source-resource"
"""The system tag of what AWS Backup has made (rules C 5.2, C 8.29)."""


def image_using(world: World, snapshot: Snapshot) -> Image | None:
    """An image because of which a snapshot cannot be deleted; the first of them, as EC2 names one.

    Source: rules C 8.26 to C 8.28.
    """
    for image in world.images_using(snapshot.snapshot_id):
        holds = image.owner_id == snapshot.owner_id and lifecycle.stage_of(image) in HOLDING_THEIR_SNAPSHOTS
        if holds and (world.quirks.data_snapshots_are_in_use or _is_root(image, snapshot)):
            return image
    return None


def _is_root(image: Image, snapshot: Snapshot) -> bool:
    root = image.root_device
    return root is not None and root.ebs is not None and root.ebs.snapshot_id == snapshot.snapshot_id


def without_image(world: World, image: Image) -> tuple[World, bool]:
    """Take an image out of use; say whether it went into the Recycle Bin."""
    world = world.without_tasks(
        task
        for task in world.tasks
        if isinstance(task.work, EndCooldown | FinishImage) and task.work.image_id == image.image_id
    )
    world = stores_failed_of(world, image)
    kept = _retention(world, image)
    if kept is None:
        return world.burying(buried(image)), False
    return _binned(world, image, kept), True


def _retention(world: World, resource: Image | Snapshot) -> timedelta | None:
    if resource.region is None:
        return None
    rules = world.retention_rules.having("owner", (resource.owner_id, resource.region))
    return retention(resource, rules, world.quirks)


def buried(image: Image) -> Image:
    """What is remembered of an image that is gone: all but whom it was shared with (rule C 5.17)."""
    return changed(image, state=ImageState.DEREGISTERED, launch_permissions=NOBODY)


def deleting(world: World, snapshot: Snapshot) -> World:
    """Delete a snapshot, or see to it that it goes as soon as it is finished; the others of its set stay.

    Until then it is listed, and counts. A pending snapshot that no task will ever finish goes at once.

    Source: rules C 8.11, C 8.31.
    """
    finishing = _finishing(world, snapshot) if snapshot.state is SnapshotState.PENDING else None
    if finishing is None:
        return without_snapshot(world, snapshot)
    removing = RemoveSnapshot(snapshot_id=snapshot.snapshot_id)
    if any(task.work == removing for task in world.tasks):
        return world
    return world.with_task(finishing.due - world.now, removing)


def _finishing(world: World, snapshot: Snapshot) -> Task | None:
    for task in world.tasks:
        if isinstance(task.work, FinishSnapshots) and snapshot.snapshot_id in task.work.snapshot_ids:
            return task
    return None


def without_snapshot(world: World, snapshot: Snapshot) -> World:
    """Delete a snapshot, or put it into the Recycle Bin; what is being stored of it fails (rule C 7.12)."""
    world = stores_failed_without(world, snapshot.snapshot_id)
    kept = _retention(world, snapshot)
    if kept is None:
        return world.without_snapshot(snapshot.snapshot_id)
    return _binned(world, snapshot, kept)


def _binned(world: World, resource: Image | Snapshot, kept: timedelta) -> World:
    """Put a thing into the bin; it may still be listed there a while after its time is over (rule C 6.30)."""
    entry = RecycleBinEntry(
        resource=entering(resource), recycle_bin_enter_time=world.now, recycle_bin_exit_time=world.now + kept
    )
    lag = world.timing.recycle_bin_expiry_lag
    return world.binning(entry).with_task(kept + lag, EmptyRecycleBin(resource_id=entry.resource_id))
