"""The life of instances: StartInstances, StopInstances, RebootInstances, TerminateInstances.

What becomes of the image an instance was launched from is no matter to any of them.

Source: EC2 User Guide, "Amazon EC2 instance state changes"; rules C 12.1 to C 12.5, C 12.10, C 12.11, C 12.18, A CI-10,
A RT-3, B LD-28.
"""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from attrs import field, frozen

from amimodel import instance_lifecycle, kms
from amimodel._copies import changed
from amimodel.actions._effects import image_failed, instance_moved
from amimodel.actions._finding import own_instances
from amimodel.callers import Caller
from amimodel.creating import INSTANCE_TERMINATED
from amimodel.identifiers import InstanceId, instance_id
from amimodel.images import Image, StateReason
from amimodel.instance_lifecycle import InstanceEvent
from amimodel.instances import Instance, InstanceState
from amimodel.malformed import Malformed
from amimodel.refusals import (
    IncorrectInstanceState,
    InstanceNotFound,
    InstanceRequestTooLarge,
    InstanceStoreRootNotStoppable,
    Refusal,
    TerminationProtected,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, unless
from amimodel.vocabulary import ImageState
from amimodel.world import World


def _instance_ids(ids: Iterable[str]) -> tuple[InstanceId, ...]:
    taken = tuple(dict.fromkeys(instance_id(one) for one in ids))
    if taken:
        return taken
    message = "The request must contain the parameter InstanceId"
    raise Malformed("MissingParameter", message, member="InstanceIds", value=taken)


@frozen(kw_only=True)
class InstanceTransition:
    """An instance, with the state it was in and the one it is in now.

    EC2 calls it InstanceStateChange, which here is the event (`amimodel.events`).
    """

    instance_id: InstanceId
    previous_state: InstanceState
    current_state: InstanceState


StateChanges = tuple[InstanceTransition, ...]


def _able(instances: Iterable[Instance], event: InstanceEvent) -> Finding[None]:
    """Nothing speaks against it for any of them: what cannot be done with one is done with none (rule B G-3)."""
    for instance in instances:
        yield from unless(instance_lifecycle.refusal(instance, event))


def _moved(world: World, instances: Iterable[Instance], event: InstanceEvent) -> tuple[World, StateChanges]:
    changes: list[InstanceTransition] = []
    request_id = world.request_id
    for instance in instances:
        after = instance_lifecycle.after(instance, event)
        if after.state is not instance.state:
            world = instance_moved(world, after, request_id)
        changes.append(_change(instance, after))
    return world, tuple(changes)


def _change(before: Instance, after: Instance) -> InstanceTransition:
    return InstanceTransition(instance_id=before.instance_id, previous_state=before.state, current_state=after.state)


@frozen(kw_only=True)
class StartInstances(Request[StateChanges]):
    """Start stopped instances again; those that run already, or are about to, stay as they are.

    Nothing about the image is looked at: it may be deprecated, disabled or gone. The keys of the volumes are needed
    once more; an instance whose key does not work for the caller goes from pending back to stopped, with the reason.

    Its LaunchTime is that of the last start, as botocore tells it ("last launched").

    Source: EC2 API Reference, StartInstances; rules B LD-28, C 12.1, C 12.11; AWS re:Post, "Instance changes from the
    Pending state to Stopped".
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        InstanceNotFound,
        InstanceStoreRootNotStoppable,
        IncorrectInstanceState,
    )

    instance_ids: tuple[InstanceId, ...] = field(converter=_instance_ids)

    def decide(self, world: World, by: Caller) -> Deciding[StateChanges]:
        """Go through the checks in order, then start them."""
        instances = yield from own_instances(world, by, self.instance_ids)
        yield from _able(instances, InstanceEvent.START)
        yield GRANTED

        changes: list[InstanceTransition] = []
        request_id = world.request_id
        for instance in instances:
            after = instance_lifecycle.after(instance, InstanceEvent.START)
            if after.state is not instance.state:
                after = changed(after, launch_time=world.now)
                failure = _key_failure(world, by, after)
                world = instance_moved(world, after, request_id, failure=failure, restarting=True)
            changes.append(_change(instance, after))
        return Outcome(world, tuple(changes))


def _key_failure(world: World, by: Caller, instance: Instance) -> StateReason | None:
    """What comes of a volume whose key the caller cannot use any more (rules B LD-28, B EN-11)."""
    names = (volume.kms_key_id for volume in world.volumes_of(instance.instance_id))
    keys = (
        kms.resolve(name, account=by.account, region=by.region, keys=world.keys, aliases=world.key_aliases)
        for name in names
        if name is not None
    )
    fault = kms.fault(*keys, account=by.account, organizations=world.organizations)
    return None if fault is None else kms.INSTANCE_STATE_REASONS[fault]


@frozen(kw_only=True)
class StopInstances(Request[StateChanges]):
    """Stop running instances; those that are stopped already, or are about to be, stay as they are.

    >>> StopInstances(instance_ids=[])
    Traceback (most recent call last):
    amimodel.malformed.Malformed: MissingParameter: The request must contain the parameter InstanceId

    Source: EC2 API Reference, StopInstances; rules C 12.1, A RT-3.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        InstanceNotFound,
        InstanceStoreRootNotStoppable,
        IncorrectInstanceState,
    )

    instance_ids: tuple[InstanceId, ...] = field(converter=_instance_ids)

    def decide(self, world: World, by: Caller) -> Deciding[StateChanges]:
        """Go through the checks in order, then stop them."""
        instances = yield from own_instances(world, by, self.instance_ids)
        yield from _able(instances, InstanceEvent.STOP)
        yield GRANTED
        return Outcome(*_moved(world, instances, InstanceEvent.STOP))


@frozen(kw_only=True)
class RebootInstances(Request[None]):
    """Let running instances go down and come up again, which EC2 shows in no state.

    Source: EC2 API Reference, RebootInstances; rules C 12.1, A CI-10.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (InstanceNotFound, IncorrectInstanceState)

    instance_ids: tuple[InstanceId, ...] = field(converter=_instance_ids)

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        """Go through the checks in order, then reboot them."""
        instances = yield from own_instances(world, by, self.instance_ids)
        yield from _able(instances, InstanceEvent.REBOOT)
        yield GRANTED
        return Outcome(_images_interrupted(world, by, instances), None)


@frozen(kw_only=True)
class TerminateInstances(Request[StateChanges]):
    """End instances for good. Those that are terminated already, or are about to be, stay as they are.

    When they are terminated, the volumes go that are to go with them, and the others become available.

    EC2 does a part of what it refuses here: where one instance is protected, those of other zones are terminated,
    although the call fails. In this model a refusal changes nothing; `amimodel.instance_lifecycle.terminable` tells
    which would have gone.

    Source: EC2 API Reference, TerminateInstances; rules C 12.1 to C 12.5, C 12.18, A CI-10.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (InstanceRequestTooLarge, InstanceNotFound, TerminationProtected)

    instance_ids: tuple[InstanceId, ...] = field(converter=_instance_ids)

    def decide(self, world: World, by: Caller) -> Deciding[StateChanges]:
        """Go through the checks in order, then terminate them."""
        most = world.limits.instances_per_terminate_request
        if len(self.instance_ids) > most:
            yield InstanceRequestTooLarge(given=len(self.instance_ids), most=most)
        instances = yield from own_instances(world, by, self.instance_ids)
        yield from _able(instances, InstanceEvent.TERMINATE)
        yield GRANTED
        world = _images_interrupted(world, by, instances)
        return Outcome(*_moved(world, instances, InstanceEvent.TERMINATE))


_PENDING: Final = ImageState.PENDING


def _images_interrupted(world: World, by: Caller, instances: Iterable[Instance]) -> World:
    """Let the images fail that are being made of instances which do not hold still (rules A CI-10, C 12.18).

    CreateImage takes the snapshots' point in time at once, so that this needs the quirk `late_termination_fails_image`.
    """
    if not world.quirks.late_termination_fails_image:
        return world
    named = {instance.instance_id for instance in instances if instance.state not in instance_lifecycle.LEAVING}
    for image in tuple(_made_of(world, by, named)):
        world = image_failed(world, image, INSTANCE_TERMINATED, world.request_id)
    return world


def _made_of(world: World, by: Caller, ids: set[InstanceId]) -> Iterator[Image]:
    pending = world.images.having("state", (_PENDING, by.region))
    return (image for image in pending if image.source_instance_id in ids)
