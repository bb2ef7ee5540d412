"""What comes of the work that EC2 has taken on, when its moment has come.

Source: rules B BPA-4, C 1.2, C 4.4, C 6.9, C 6.37, C 6.40, C 7.10, C 8.1, C 8.9, C 8.31, C 12.1, C 13.
"""

from collections.abc import Iterable

from amimodel import instance_lifecycle, lifecycle
from amimodel._copies import changed
from amimodel.actions._deleting import buried, without_snapshot
from amimodel.actions._retention import activated, announced, recovered, unlocked
from amimodel.actions._storing import store_finished
from amimodel.creating import SNAPSHOT_NOT_FOUND
from amimodel.events import (
    ImageStateChange,
    InstanceStateChange,
    SnapshotNotification,
    SnapshotSetMember,
    SnapshotSetNotification,
    VolumeNotification,
)
from amimodel.identifiers import ImageId
from amimodel.images import UNPROTECTED, DeregistrationProtectionMode, Image, StateReason
from amimodel.instance_lifecycle import InstanceEvent
from amimodel.instances import Instance, InstanceState
from amimodel.kms import IMAGE_STATE_REASON
from amimodel.lifecycle import ImageEvent
from amimodel.regions import Region
from amimodel.settings import ImageBlockPublicAccessState, ManagedBy
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tasks import (
    ActivateRetentionRule,
    AnnounceUnlocking,
    BlockImagePublicAccess,
    EmptyRecycleBin,
    EndCooldown,
    EndUnlockDelay,
    FinishImage,
    FinishRecovery,
    FinishSnapshots,
    FinishStoreTask,
    ForgetInstance,
    MoveInstance,
    RemoveSnapshot,
    Task,
)
from amimodel.vocabulary import ImageState
from amimodel.volumes import VolumeState
from amimodel.world import World


def happen(world: World, task: Task) -> World:  # noqa: C901, PLR0911, PLR0912 - one for each kind of work
    """Let a piece of work be done. What it was about may be gone by now; then nothing happens."""
    match task.work:
        case FinishSnapshots() as work:
            return snapshots_finished(world, work, task.request_id)
        case RemoveSnapshot(snapshot_id=snapshot_id):
            snapshot = world.snapshots.get(snapshot_id)
            return world if snapshot is None else without_snapshot(world, snapshot)
        case FinishImage(image_id=image_id):
            image = world.images.get(image_id)
            return world if image is None else image_completed(world, image, task.request_id)
        case FinishStoreTask(number=number):
            return store_finished(world, number)
        case MoveInstance() as work:
            instance = world.instances.get(work.instance_id)
            return world if instance is None else _moved(world, instance, work, task.request_id)
        case ForgetInstance(instance_id=instance_id):
            return world.without_instance(instance_id) if instance_id in world.instances else world
        case EndCooldown(image_id=image_id):
            image = world.images.get(image_id)
            return world if image is None else _cooled(world, image)
        case EmptyRecycleBin(resource_id=resource_id):
            return _emptied(world, resource_id)
        case FinishRecovery(snapshot_id=snapshot_id):
            return recovered(world, snapshot_id)
        case ActivateRetentionRule(identifier=identifier):
            return activated(world, identifier)
        case AnnounceUnlocking(identifier=identifier):
            return announced(world, identifier, task.request_id)
        case EndUnlockDelay(identifier=identifier):
            return unlocked(world, identifier, task.request_id)
        case BlockImagePublicAccess() as work:
            return _blocked(world, work)


# --- snapshots, and the images that wait for them ---------------------------------------------------------------------


def snapshots_finished(world: World, work: FinishSnapshots, request_id: str = "") -> World:
    """Complete those of the snapshots that are pending, or let all of them fail, and see to the images that wait.

    Source: rules C 1.2.2, C 1.2.3, C 8.1, C 8.9, C 9.3, C 9.4.
    """
    pending = [
        snapshot
        for snapshot in map(world.snapshots.get, work.snapshot_ids)
        if snapshot is not None and snapshot.state is SnapshotState.PENDING
    ]
    if not pending:
        return world
    for snapshot in pending:
        world = world.with_snapshot(_finished(snapshot, world, work.failure))
    world = _published(world, work, pending, request_id)
    for snapshot in pending:
        world = _awaiting_images_moved(world, snapshot.snapshot_id, work, request_id)
    return world


def _finished(snapshot: Snapshot, world: World, failure: str | None) -> Snapshot:
    if failure is not None:
        return changed(snapshot, state=SnapshotState.ERROR, state_message=failure)
    return changed(snapshot, state=SnapshotState.COMPLETED, progress="100%", completion_time=world.now)


def _published(world: World, work: FinishSnapshots, finished: list[Snapshot], request_id: str) -> World:
    """Tell the owner that a snapshot is finished, or that a set is; of restored ones nothing (rules C 9.3, C 9.4)."""
    if not work.event:
        return world
    first = finished[0]
    region = _region_of(first)
    if work.event == "createSnapshots":
        members = (
            SnapshotSetMember(
                snapshot_id=snapshot.snapshot_id, volume_id=snapshot.volume_id, completed=work.failure is None
            )
            for snapshot in finished
        )
        cause = "" if work.failure is None else f"Snapshot {first.snapshot_id} is in status error"
        told: SnapshotSetNotification | SnapshotNotification = SnapshotSetNotification(
            snapshots=members, start_time=first.start_time, end_time=world.now, cause=cause
        )
        return world.emitting(told, account=first.owner_id, region=region, request_id=request_id)
    for snapshot in finished:
        told = SnapshotNotification(
            event=work.event,
            snapshot_id=snapshot.snapshot_id,
            source=work.source,
            start_time=snapshot.start_time,
            end_time=world.now,
            succeeded=work.failure is None,
            cause=work.failure or "",
            incremental=work.incremental,
        )
        world = world.emitting(told, account=snapshot.owner_id, region=region, request_id=request_id)
    return world


def _awaiting_images_moved(world: World, snapshot_id: str, work: FinishSnapshots, request_id: str) -> World:
    """Finish the pending images that a snapshot was the last to be waited for, or fail them.

    An image also fails if another of its snapshots has been deleted in the meantime, which a quirk makes possible.

    Source: rules C 1.2.2 to C 1.2.5, A CI-10, B CI-21.
    """
    for image in tuple(world.images_using(snapshot_id)):
        if image.state is not ImageState.PENDING:
            continue
        if work.failure is not None:
            is_copy = work.event == "copySnapshot"
            reason = IMAGE_STATE_REASON if is_copy else StateReason("Client.InternalError", work.failure)
            world = image_failed(world, image, reason, request_id)
        elif any(one not in world.snapshots for one in image.snapshot_ids):
            world = image_failed(world, image, SNAPSHOT_NOT_FOUND, request_id)
        elif all(_is_completed(world.snapshots.get(one)) for one in image.snapshot_ids):
            world = image_completed(world, image, request_id)
    return world


def _is_completed(snapshot: Snapshot | None) -> bool:
    return snapshot is not None and snapshot.state is SnapshotState.COMPLETED


def image_completed(world: World, image: Image, request_id: str = "") -> World:
    """Let an image be available, and tell its owner (rules C 1.2.2, C 9.2)."""
    if image.state is not ImageState.PENDING:
        return world
    world = world.with_image(lifecycle.after(image, ImageEvent.SNAPSHOTS_COMPLETED))
    return _told_of_image(world, image, ImageState.AVAILABLE, "", request_id)


def image_failed(world: World, image: Image, reason: StateReason, request_id: str = "") -> World:
    """Let the creation of an image fail, and tell its owner why (rules C 1.2.3, C 9.2)."""
    if image.state is not ImageState.PENDING:
        return world
    world = world.with_image(lifecycle.failed(image, reason))
    return _told_of_image(world, image, ImageState.FAILED, reason.message or "", request_id)


def _told_of_image(world: World, image: Image, state: ImageState, message: str, request_id: str) -> World:
    change = ImageStateChange(image_id=ImageId(image.image_id), state=state, error_message=message)
    return world.emitting(change, account=image.owner_id, region=_region_of(image), request_id=request_id)


def _region_of(resource: Image | Snapshot) -> Region:
    if resource.region is None:
        raise AssertionError(resource)  # `integrity`: everything in a world is in a Region
    return resource.region


def _cooled(world: World, image: Image) -> World:
    protection = image.deregistration_protection
    ended = protection.cooldown_until is not None and protection.cooldown_until <= world.now
    if protection.mode is not DeregistrationProtectionMode.DISABLED or not ended:
        return world
    return world.with_image(changed(image, deregistration_protection=UNPROTECTED))


def _emptied(world: World, resource_id: str) -> World:
    entry = world.recycle_bin.get(resource_id)
    if entry is None or entry.recycle_bin_exit_time > world.now:
        return world
    if isinstance(entry.resource, Image):
        return world.burying(buried(entry.resource))
    return world.without_snapshot(entry.resource.snapshot_id)


def _blocked(world: World, work: BlockImagePublicAccess) -> World:
    settings = world.settings(work.account_id, work.region)
    setting = settings.image_block_public_access
    if setting.managed_by is ManagedBy.DECLARATIVE_POLICY:
        return world
    blocking = changed(setting, state=ImageBlockPublicAccessState.BLOCK_NEW_SHARING)
    return world.with_settings(work.account_id, work.region, changed(settings, image_block_public_access=blocking))


# --- instances --------------------------------------------------------------------------------------------------------


def _moved(world: World, instance: Instance, work: MoveInstance, request_id: str) -> World:
    if instance.state is not work.leaving:
        return world
    if work.failure is not None:
        failed = instance_lifecycle.failed(instance, work.failure, restarting=work.restarting)
        return instance_moved(world, failed, request_id)
    return instance_moved(world, instance_lifecycle.after(instance, InstanceEvent.ARRIVE), request_id)


def instance_moved(
    world: World,
    instance: Instance,
    request_id: str = "",
    *,
    failure: StateReason | None = None,
    restarting: bool = False,
) -> World:
    """Write an instance that is in another state now, tell its owner, and see to where it goes from there.

    `failure` is why a pending one will not come up.

    Source: rules C 12.1, C 12.4, C 9.4, C 13.
    """
    world = world.with_instance(instance)
    change = InstanceStateChange(instance_id=instance.instance_id, state=instance.state)
    world = world.emitting(change, account=instance.owner_id, region=instance.region, request_id=request_id)
    on_the_way = instance_lifecycle.time_to_arrive(instance.state, world.timing)
    if on_the_way is not None:
        work = MoveInstance(
            instance_id=instance.instance_id, leaving=instance.state, failure=failure, restarting=restarting
        )
        return world.with_task(on_the_way, work, request_id)
    if instance.state is not InstanceState.TERMINATED:
        return world
    world = _volumes_left(world, instance)
    return world.with_task(world.timing.terminated_instance_shown, ForgetInstance(instance_id=instance.instance_id))


def _volumes_left(world: World, instance: Instance) -> World:
    """Delete the volumes that go with their instance, and let go of the others (rule C 12.4)."""
    for volume in tuple(world.volumes_of(instance.instance_id)):
        if volume.attachment is not None and volume.attachment.delete_on_termination:
            world = world.without_volume(volume.volume_id)
            event = "deleteVolume"
        else:
            world = world.with_volume(changed(volume, state=VolumeState.AVAILABLE, attachment=None))
            event = "detachVolume"
        told = VolumeNotification(event=event, volume_id=volume.volume_id)
        world = world.emitting(told, account=volume.owner_id, region=volume.region)
    return world


def cancelled(world: World, snapshot_ids: Iterable[str]) -> tuple[Task, ...]:
    """The pieces of work that would have finished any of these snapshots."""
    gone = frozenset(snapshot_ids)
    return tuple(
        task
        for task in world.tasks
        if isinstance(task.work, FinishSnapshots) and gone.intersection(task.work.snapshot_ids)
    )
