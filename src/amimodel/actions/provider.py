"""What AWS itself does to things: requests that no customer makes, so that simulations and tests can choose them.

Only `Caller.provider(region)` may make them. They are decided as any other request, so that they can stand in a trace.

Source: rules A NF-2, A NF-3, A SR-1, B EN-7, B LP-36, C 1.1, C 1.2, C 7.10, C 8.9, C 12.6,
C 12.15.
"""

from datetime import datetime
from typing import ClassVar, Final

from attrs import evolve, field, frozen

from amimodel import instance_lifecycle, lifecycle
from amimodel.actions._effects import cancelled, image_failed, instance_moved, snapshots_finished
from amimodel.actions._finding import the_provider
from amimodel.actions._storing import stores_failed
from amimodel.callers import Caller
from amimodel.encryption import KeyState, KmsKey, KmsKeyArn
from amimodel.identifiers import ImageId, InstanceId, SnapshotId, image_id, instance_id, snapshot_id
from amimodel.images import Image, StateReason
from amimodel.instance_lifecycle import LAUNCH_FAILED
from amimodel.instances import Instance, InstanceState
from amimodel.lifecycle import ImageEvent
from amimodel.permissions import EVERYONE
from amimodel.refusals import (
    BundleNotFound,
    ImageNotFound,
    InstanceNotFound,
    KeyNotFound,
    NothingToBringAbout,
    NotTheProvider,
    Refusal,
    SnapshotNotFound,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, nothing
from amimodel.scan_results import ScanResults
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.stored_images import StoreImageTask
from amimodel.tasks import FinishSnapshots, MoveInstance, Work
from amimodel.transitions import Never
from amimodel.vocabulary import ImageState, RootDeviceType
from amimodel.world import World


def _image(world: World, by: Caller, one: str) -> Finding[Image]:
    image = world.image(one, by.region)
    return (yield from nothing(ImageNotFound.of(one))) if image is None else image


def _snapshot(world: World, by: Caller, one: str) -> Finding[Snapshot]:
    snapshot = world.snapshot(one, by.region)
    return (yield from nothing(SnapshotNotFound(snapshot_id=one))) if snapshot is None else snapshot


def _instance(world: World, by: Caller, one: str) -> Finding[Instance]:
    instance = world.instance(one, by.region)
    return (yield from nothing(InstanceNotFound.of(one))) if instance is None else instance


_INTERNAL_ERROR: Final = StateReason("Server.InternalError", "Internal error")


# --- failures ---------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class FailSnapshot(Request[Snapshot]):
    """Let a pending snapshot end in error, with every other one of its set; images that wait for it fail.

    Source: rules C 1.2.3, C 8.1, C 8.9.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, SnapshotNotFound, NothingToBringAbout)

    snapshot_id: SnapshotId = field(converter=snapshot_id)
    state_message: str = "Internal error"

    def decide(self, world: World, by: Caller) -> Deciding[Snapshot]:
        """Go through the checks in order, then let it fail."""
        yield from the_provider(by, self.action)
        snapshot = yield from _snapshot(world, by, self.snapshot_id)
        if snapshot.state is not SnapshotState.PENDING:
            yield NothingToBringAbout(subject=self.snapshot_id, state=snapshot.state)
        yield GRANTED

        tasks = cancelled(world, [self.snapshot_id])
        works = [task.work for task in tasks]
        world = world.without_tasks(tasks)
        for work in works or [FinishSnapshots(snapshot_ids=[self.snapshot_id])]:
            if isinstance(work, FinishSnapshots):
                world = snapshots_finished(world, evolve(work, failure=self.state_message))
        return Outcome(world, world.snapshots.records[self.snapshot_id])


@frozen(kw_only=True)
class FailImage(Request[Image]):
    """Let the creation of an image fail, for a reason of EC2's.

    Source: rules C 1.2.3, C 1.2.4, A 11.9.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, ImageNotFound, NothingToBringAbout)

    image_id: ImageId = field(converter=image_id)
    state_reason: StateReason = _INTERNAL_ERROR

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then let it fail."""
        yield from the_provider(by, self.action)
        image = yield from _image(world, by, self.image_id)
        if image.state is not ImageState.PENDING:
            yield NothingToBringAbout(subject=self.image_id, state=image.state)
        yield GRANTED

        world = image_failed(world, image, self.state_reason)
        return Outcome(world, world.images.records[self.image_id])


@frozen(kw_only=True)
class FailStoreImageTask(Request[StoreImageTask]):
    """Let the storing of an image fail, for this reason; the bucket gets no object.

    Source: rules C 7.10 to C 7.12.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, NothingToBringAbout)

    image_id: ImageId = field(converter=image_id)
    bucket: str
    store_task_failure_reason: str = "Internal error"

    def decide(self, world: World, by: Caller) -> Deciding[StoreImageTask]:
        """Go through the checks in order, then let it fail."""
        yield from the_provider(by, self.action)
        running = next((number for number, task in world.store_tasks.items() if self._is_it(task, by)), None)
        if running is None:
            what = f"{self.image_id} for {self.bucket}"
            return (yield from nothing(NothingToBringAbout(subject=what, state="not being stored")))
        yield GRANTED

        world = stores_failed(world, lambda task, _: self._is_it(task, by), self.store_task_failure_reason)
        return Outcome(world, world.store_tasks[running])

    def _is_it(self, task: StoreImageTask, by: Caller) -> bool:
        return task.in_progress and (task.ami_id, task.bucket, task.region) == (self.image_id, self.bucket, by.region)


@frozen(kw_only=True)
class FaultImage(Request[Image]):
    """Let a fault of the service spoil an image: its state is `error` from then on, and it can only be deregistered.

    Source: rule C 1.1.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, ImageNotFound, NothingToBringAbout)

    image_id: ImageId = field(converter=image_id)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then spoil it."""
        yield from the_provider(by, self.action)
        image = yield from _image(world, by, self.image_id)
        if isinstance(lifecycle.transition(lifecycle.stage_of(image), ImageEvent.FAULT, world.quirks), Never):
            yield NothingToBringAbout(subject=self.image_id, state=image.state)
        yield GRANTED

        spoilt = lifecycle.after(image, ImageEvent.FAULT, quirks=world.quirks)
        return Outcome(world.with_image(spoilt), spoilt)


@frozen(kw_only=True)
class ChangeBundle(Request[tuple[Image, ...]]):
    """Change what lies in S3 under an image: its registration is no longer valid. The answer is what has become so.

    Source: rules A RI-25, C 1.1.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, BundleNotFound)

    image_location: str

    def decide(self, world: World, by: Caller) -> Deciding[tuple[Image, ...]]:
        """Go through the checks in order, then make its images invalid."""
        yield from the_provider(by, self.action)
        if self.image_location not in world.bundles:
            yield BundleNotFound(image_location=self.image_location)
        yield GRANTED

        invalid: list[Image] = []
        for image in world.images:
            if image.image_location == self.image_location and image.root_device_type is RootDeviceType.INSTANCE_STORE:
                after = lifecycle.after(image, ImageEvent.BUNDLE_CHANGED, quirks=world.quirks)
                if after != image:
                    invalid.append(after)
                    world = world.with_image(after)
        return Outcome(world, tuple(invalid))


@frozen(kw_only=True)
class FailLaunch(Request[Instance]):
    """Let an instance that is pending be terminated: its launch has failed in the background.

    One that had been stopped, and was started again, is stopped once more.

    Source: rules B LD-20, B LD-21, C 12.15.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, InstanceNotFound, NothingToBringAbout)

    instance_id: InstanceId = field(converter=instance_id)
    state_reason: StateReason = LAUNCH_FAILED

    def decide(self, world: World, by: Caller) -> Deciding[Instance]:
        """Go through the checks in order, then let it fail."""
        yield from the_provider(by, self.action)
        instance = yield from _instance(world, by, self.instance_id)
        if instance.state is not InstanceState.PENDING:
            yield NothingToBringAbout(subject=self.instance_id, state=instance.state)
        yield GRANTED

        moves = [task for task in world.tasks if _is_move_of(task.work, self.instance_id)]
        restarting = any(isinstance(task.work, MoveInstance) and task.work.restarting for task in moves)
        failed = instance_lifecycle.failed(instance, self.state_reason, restarting=restarting)
        return Outcome(instance_moved(world.without_tasks(moves), failed), failed)


def _is_move_of(work: Work, instance: InstanceId) -> bool:
    return isinstance(work, MoveInstance) and work.instance_id == instance


@frozen(kw_only=True)
class ShutDownFromWithin(Request[Instance]):
    """Let the system of an instance shut down by itself: it stops, or is terminated, as it was told to.

    Source: rule C 12.6.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, InstanceNotFound, NothingToBringAbout)

    instance_id: InstanceId = field(converter=instance_id)

    def decide(self, world: World, by: Caller) -> Deciding[Instance]:
        """Go through the checks in order, then let it shut down."""
        yield from the_provider(by, self.action)
        instance = yield from _instance(world, by, self.instance_id)
        if instance.state is not InstanceState.RUNNING:
            yield NothingToBringAbout(subject=self.instance_id, state=instance.state)
        yield GRANTED

        leaving = instance_lifecycle.shut_down_from_within(instance)
        return Outcome(instance_moved(world, leaving), leaving)


# --- what AWS says of things ------------------------------------------------------------------------------------------


def _arn(arn: str | KmsKeyArn) -> KmsKeyArn:
    return arn if isinstance(arn, KmsKeyArn) else KmsKeyArn.parse(arn)


@frozen(kw_only=True)
class ChangeKeyState(Request[KmsKey]):
    """Let a key be disabled, enabled, or wait for its deletion: what KMS does when its owner asks for it there.

    Source: rules B EN-7, B EN-11.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, KeyNotFound)

    kms_key_id: KmsKeyArn = field(converter=_arn)
    key_state: KeyState = field(converter=KeyState)

    def decide(self, world: World, by: Caller) -> Deciding[KmsKey]:
        """Go through the checks in order, then change its state."""
        yield from the_provider(by, self.action)
        key = world.keys.get(str(self.kms_key_id))
        if key is None:
            return (yield from nothing(KeyNotFound(kms_key_id=str(self.kms_key_id))))
        yield GRANTED

        moved = evolve(key, key_state=self.key_state)
        return Outcome(world.with_key(moved), moved)


@frozen(kw_only=True)
class ScanImage(Request[Image]):
    """Let Amazon Inspector scan an image, with these results.

    Source: rules A SR-1, A SR-2, B FI-2.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, ImageNotFound)

    image_id: ImageId = field(converter=image_id)
    scan_results: ScanResults

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then write the results on the image."""
        yield from the_provider(by, self.action)
        image = yield from _image(world, by, self.image_id)
        yield GRANTED

        scanned = evolve(image, scan_results=self.scan_results)
        return Outcome(world.with_image(scanned), scanned)


@frozen(kw_only=True)
class PublishParameter(Request[None]):
    """Let a public parameter of Systems Manager name another image, as it does when AWS releases a new one.

    Source: rules A 10.4, A NF-3.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, ImageNotFound)

    name: str
    image_id: ImageId = field(converter=image_id)

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        """Go through the checks in order, then publish the parameter."""
        yield from the_provider(by, self.action)
        _ = yield from _image(world, by, self.image_id)
        yield GRANTED
        return Outcome(world.with_parameter(by.region, self.name, self.image_id), None)


@frozen(kw_only=True)
class UnpublishUnusedImages(Request[tuple[ImageId, ...]]):
    """Let AWS take everyone out of public images that are deprecated and that nobody has launched for months.

    Source: EC2 User Guide, "Deprecate an AMI"; rule B LP-36.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider,)

    def decide(self, world: World, by: Caller) -> Deciding[tuple[ImageId, ...]]:
        """Go through the checks in order, then make them private."""
        yield from the_provider(by, self.action)
        yield GRANTED

        months = world.limits.unused_public_image_months
        unused = [
            image
            for image in world.images_granted(by.region, EVERYONE)
            if lifecycle.is_deprecated(image, world.now)
            and _months_after(max((image.creation_date, *image.launches)), months) <= world.now
        ]
        for image in unused:
            world = world.with_image(evolve(image, launch_permissions=image.launch_permissions.removing([EVERYONE])))
        return Outcome(world, tuple(ImageId(image.image_id) for image in unused))


def _months_after(instant: datetime, months: int) -> datetime:
    """The same day so many months on, or the first of the next where that month has no such day."""
    year, month = divmod(instant.month - 1 + months, 12)
    try:
        return instant.replace(year=instant.year + year, month=month + 1)
    except ValueError:
        return _months_after(instant.replace(day=1), months + 1)
