"""The end of an image: deregistering it.

Source: EC2 User Guide, "Deregister an AMI"; rules C 5.
"""

from collections.abc import Iterable
from enum import unique
from typing import ClassVar, Final

from attrs import evolve, field, frozen

from amimodel import lifecycle
from amimodel.actions._deleting import BACKUP_TAG, deleting, image_using, without_image
from amimodel.actions._effects import cancelled
from amimodel.actions._finding import own_image
from amimodel.callers import Caller
from amimodel.events import ImageStateChange
from amimodel.identifiers import ImageId, SnapshotId, image_id
from amimodel.images import Image
from amimodel.lifecycle import ImageEvent
from amimodel.refusals import (
    DeregistrationProtected,
    ImageManagedByBackup,
    ImageNotFound,
    ImageUnavailable,
    NotAuthorizedForImage,
    Refusal,
)
from amimodel.requests import GRANTED, Deciding, Outcome, Request, unless
from amimodel.snapshots import Snapshot
from amimodel.tasks import FinishSnapshots
from amimodel.vocabulary import ImageState, Word
from amimodel.world import World


@unique
class SnapshotReturnCode(Word):
    """What became of a snapshot that was to go with its image (rule C 5.30)."""

    SUCCESS = "success"
    SKIPPED = "skipped"
    MISSING_PERMISSIONS = "missing-permissions"
    CLIENT_ERROR = "client-error"
    INTERNAL_ERROR = "internal-error"


@frozen(kw_only=True)
class DeleteSnapshotReturnCode:
    """A snapshot, and what became of it."""

    snapshot_id: SnapshotId
    return_code: SnapshotReturnCode


def _results(results: Iterable[DeleteSnapshotReturnCode]) -> tuple[DeleteSnapshotReturnCode, ...]:
    return tuple(results)


@frozen(kw_only=True)
class Deregistration:
    """EC2's answer to DeregisterImage."""

    return_: bool = True
    delete_snapshot_results: tuple[DeleteSnapshotReturnCode, ...] = field(default=(), converter=_results)


@frozen(kw_only=True)
class DeregisterImage(Request[Deregistration]):
    """Take an image of one's own out of use: into the Recycle Bin if a rule keeps it, for good if none does.

    Nothing that uses the image keeps it from going (rule C 5.5): instances run on, copies are images of their own. Its
    snapshots stay, unless `delete_associated_snapshots` asks for them; those that another image needs stay even then.

    Source: EC2 User Guide, "Deregister an AMI"; rules C 5.1 to C 5.30; settlement S 32.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        ImageNotFound,
        NotAuthorizedForImage,
        ImageUnavailable,
        ImageManagedByBackup,
        DeregistrationProtected,
    )

    image_id: ImageId = field(converter=image_id)
    delete_associated_snapshots: bool = False

    def decide(self, world: World, by: Caller) -> Deciding[Deregistration]:
        """Go through the checks in order, then take the image out."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.DEREGISTER)
        if BACKUP_TAG in image.tags:
            yield ImageManagedByBackup(image_id=self.image_id)
        yield from unless(lifecycle.deregistration_refusal(image, world.now, world.quirks))
        yield GRANTED

        request_id = world.request_id
        world, binned = without_image(world, image)
        world = _orphans_failed(world, image)
        if not binned or world.quirks.binning_emits_deregistered:
            change = ImageStateChange(image_id=self.image_id, state=ImageState.DEREGISTERED)
            world = world.emitting(change, account=by.account, region=by.region, request_id=request_id)
        results: list[DeleteSnapshotReturnCode] = []
        for snapshot_id in image.snapshot_ids if self.delete_associated_snapshots else ():
            code, world = _deleted(world, by, world.snapshots.get(snapshot_id))
            results.append(DeleteSnapshotReturnCode(snapshot_id=snapshot_id, return_code=code))
        return Outcome(world, Deregistration(delete_snapshot_results=results))


def _orphans_failed(world: World, image: Image) -> World:
    """What becomes of the snapshots of an image that was still pending (rule C 15, point 12)."""
    if image.state is not ImageState.PENDING or world.quirks.orphaned_snapshots_complete:
        return world
    for task in cancelled(world, image.snapshot_ids):
        if isinstance(task.work, FinishSnapshots):
            failing = evolve(task.work, failure=f"The image {image.image_id} was deregistered.")
            world = world.without_tasks([task]).with_task(task.due - world.now, failing, task.request_id)
    return world


_PERMISSION: Final = "ec2:DeleteSnapshot"


def _deleted(world: World, by: Caller, snapshot: Snapshot | None) -> tuple[SnapshotReturnCode, World]:
    """Delete a snapshot that was the image's, if nothing else speaks against it (rules C 5.19, C 5.30, C 8.31)."""
    if not by.may(_PERMISSION):
        return SnapshotReturnCode.MISSING_PERMISSIONS, world
    if snapshot is None or snapshot.owner_id != by.account or BACKUP_TAG in snapshot.tags:
        return SnapshotReturnCode.CLIENT_ERROR, world
    if image_using(world, snapshot) is not None:
        return SnapshotReturnCode.SKIPPED, world
    return SnapshotReturnCode.SUCCESS, deleting(world, snapshot)
