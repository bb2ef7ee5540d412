"""StartInstances, StopInstances, RebootInstances, TerminateInstances: rules C 12.1 to C 12.5, C 12.11, B LD-28."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve, fields_dict
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import (
    DeregisterImage,
    DisableImage,
    EnableImageDeprecation,
    InstanceTransition,
    RebootInstances,
    RunInstances,
    StartInstances,
    StopInstances,
    TerminateInstances,
)
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.encryption import KeyState, KmsKey, KmsKeyArn
from amimodel.engine import advance, apply, attempt, explain
from amimodel.events import InstanceStateChange, VolumeNotification
from amimodel.examples import PENDING, WEB
from amimodel.instance_lifecycle import TRANSITIONS, USER_INITIATED_SHUTDOWN, InstanceEvent, Refused, terminable
from amimodel.instances import Instance, InstanceState
from amimodel.integrity import problems
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import AccountPermission, Permissions
from amimodel.quirks import Quirks
from amimodel.refusals import (
    IncorrectInstanceState,
    InstanceNotFound,
    InstanceRequestTooLarge,
    InstanceStoreRootNotStoppable,
    Refusal,
    TerminationProtected,
)
from amimodel.regions import Region
from amimodel.requests import Request
from amimodel.retention import RetentionRule
from amimodel.snapshots import Snapshot
from amimodel.transitions import Never
from amimodel.vocabulary import ImageState
from amimodel.volumes import VolumeState
from amimodel.world import World

HOME: Final = Region("eu-central-1")
ALICE: Final = Caller(account="111122223333", region=HOME)
BOB: Final = Caller(account="444455556666", region=HOME)
NOW: Final = parse("2026-06-01T00:00:00Z")
KEY: Final = KmsKey(arn=KmsKeyArn(HOME, BOB.account, "bbbbbbbb-0000-0000-0000-000000000000"))
IMAGE: Final = evolve(WEB, region=HOME, launch_permissions=Permissions([AccountPermission(BOB.account)]))
SNAPSHOT: Final = Snapshot(
    snapshot_id="snap-12345678",
    owner_id=ALICE.account,
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=WEB.creation_date,
    region=HOME,
)
EMPTY: Final = World(now=NOW).with_image(IMAGE).with_snapshot(SNAPSHOT).with_key(KEY)


def launched(**parameters: Any) -> tuple[World, Instance]:
    """A running instance of Bob's, with a root volume that goes with it and a data volume that stays."""
    entries = [
        BlockDeviceMapping("/dev/xvda", EbsBlockDevice(encrypted=True, kms_key_id=str(KEY.arn))),
        BlockDeviceMapping("/dev/sdf", EbsBlockDevice(volume_size_gib=1)),
    ]
    request = RunInstances(
        image_id=IMAGE.image_id, instance_type="t3.micro", block_device_mappings=entries, **parameters
    )
    world, reservation = apply(EMPTY, request, by=BOB)
    world = advance(world, minutes=1)
    return world, world.instances.records[reservation.instances[0].instance_id]


RUNNING, ONE = launched()
ID: Final = ONE.instance_id


def states(world: World) -> list[str]:
    return [instance.state.value for instance in world.instances]


def in_state(state: InstanceState, **parts: Any) -> World:
    return RUNNING.with_instance(evolve(ONE, state=state, **parts))


def refused(world: World, request: Request[Any], by: Caller = BOB) -> Refusal:
    answer = attempt(world, request, by=by)
    assert isinstance(answer, Refusal), answer
    return answer


ACTIONS: Final[dict[InstanceEvent, Callable[..., Request[Any]]]] = {
    InstanceEvent.START: StartInstances,
    InstanceEvent.STOP: StopInstances,
    InstanceEvent.REBOOT: RebootInstances,
    InstanceEvent.TERMINATE: TerminateInstances,
}


# --- the table --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", InstanceState)
@pytest.mark.parametrize("event", ACTIONS)
def test_each_action_does_in_each_state_what_the_table_says(state: InstanceState, event: InstanceEvent) -> None:
    """Rule C 12.1."""
    world, request = in_state(state), ACTIONS[event](instance_ids=[ID])
    cell = TRANSITIONS[state, event]
    if isinstance(cell, Refused):
        assert refused(world, request) == IncorrectInstanceState(instance_id=ID, state=state, action=event.value)
        return
    after, value = apply(world, request, by=BOB)
    expected = cell if isinstance(cell, InstanceState) else state
    assert after.instances.records[ID].state is expected
    if event is not InstanceEvent.REBOOT:
        assert value == (InstanceTransition(instance_id=ID, previous_state=state, current_state=expected),)
    if expected is state:
        assert after == world


@pytest.mark.parametrize("action", ACTIONS.values())
def test_an_instance_that_is_not_ones_own_is_not_there_and_nothing_happens_to_the_others(
    action: Callable[..., Request[Any]],
) -> None:
    """Rules C 12.3, A 12.1."""
    request = action(instance_ids=[ID, "i-0000000f", "i-0000000e"])
    refusal = refused(RUNNING, request)
    assert refusal == InstanceNotFound(instance_ids=("i-0000000f", "i-0000000e"))
    assert str(refusal) == "The instance IDs 'i-0000000f, i-0000000e' do not exist"
    assert str(refused(RUNNING, action(instance_ids=[ID]), ALICE)) == f"The instance ID '{ID}' does not exist"
    elsewhere = Caller(account=BOB.account, region="us-east-1")
    assert refused(RUNNING, action(instance_ids=[ID]), elsewhere) == InstanceNotFound.of(ID)


@pytest.mark.parametrize("action", ACTIONS.values())
@pytest.mark.parametrize(
    ("ids", "code"),
    [([], "MissingParameter"), (["i-xyz"], "InvalidInstanceID.Malformed"), ([""], "InvalidInstanceID.Malformed")],
)
def test_a_request_must_name_instances(action: Callable[..., Request[Any]], ids: list[str], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        action(instance_ids=ids)
    assert caught.value.code == code


@pytest.mark.parametrize(("action", "event"), [(StartInstances, "StartInstances"), (StopInstances, "StopInstances")])
def test_an_instance_without_ebs_neither_stops_nor_starts(action: Callable[..., Request[Any]], event: str) -> None:
    """Rules C 12.1 (of 12.1 and 12.2), A RT-3."""
    world = in_state(InstanceState.RUNNING, root_device_type="instance-store")
    assert refused(world, action(instance_ids=[ID])) == InstanceStoreRootNotStoppable(instance_id=ID, action=event)


def test_every_declared_refusal_is_one_of_these() -> None:
    everywhere = {InstanceNotFound, IncorrectInstanceState}
    assert set(StartInstances.refusals) == set(StopInstances.refusals) == everywhere | {InstanceStoreRootNotStoppable}
    assert set(RebootInstances.refusals) == everywhere
    assert set(TerminateInstances.refusals) == {InstanceNotFound, InstanceRequestTooLarge, TerminationProtected}


def test_what_cannot_be_done_with_one_is_done_with_none_and_explained_for_all() -> None:
    """Rule B G-3."""
    stopped = evolve(ONE, instance_id="i-0000000b", state="stopped")
    gone = evolve(ONE, instance_id="i-0000000c", state="terminated")
    world = RUNNING.with_instance(stopped).with_instance(gone)
    request = RebootInstances(instance_ids=[ID, "i-0000000b", "i-0000000c"])
    assert [refusal.code for refusal in explain(world, request, by=BOB).refusals] == ["IncorrectInstanceState"] * 2
    assert "i-0000000b" in str(refused(world, request))


# --- stopping and starting --------------------------------------------------------------------------------------------


def test_an_instance_stops_and_starts_and_keeps_its_volumes() -> None:
    """Rules C 12.1, C 13."""
    world, _ = apply(RUNNING, StopInstances(instance_ids=[ID]), by=BOB)
    stopping = world.instances.records[ID]
    assert stopping.state_reason == USER_INITIATED_SHUTDOWN
    world = advance(world, seconds=30)
    assert states(world) == ["stopped"]
    world, _ = apply(world, StartInstances(instance_ids=[ID]), by=BOB)
    assert states(world) == ["pending"]
    world = advance(world, seconds=30)
    assert states(world) == ["running"]
    assert list(world.volumes) == list(RUNNING.volumes)
    told = [event.occurrence for event in world.events.since(len(RUNNING.events))]
    assert told == [
        InstanceStateChange(instance_id=ID, state=InstanceState(state))
        for state in ("stopping", "stopped", "pending", "running")
    ]
    started = world.instances.records[ID]
    assert evolve(started, launch_time=ONE.launch_time) == ONE
    assert started.launch_time == RUNNING.now + timedelta(seconds=30)


@pytest.mark.parametrize("state", InstanceState)
def test_only_what_is_about_to_come_up_can_fail_to_start(state: InstanceState) -> None:
    cell = TRANSITIONS[state, InstanceEvent.FAIL_TO_START]
    assert cell is (InstanceState.STOPPED if state is InstanceState.PENDING else Never.NEVER)


def key_in(world: World, state: KeyState) -> World:
    return world.with_key(evolve(KEY, key_state=state))


def test_a_start_needs_the_keys_again_and_without_them_the_instance_is_stopped_as_before() -> None:
    """Rules B LD-28, B EN-11."""
    world = key_in(in_state(InstanceState.STOPPED), KeyState.DISABLED)
    world, (change,) = apply(world, StartInstances(instance_ids=[ID]), by=BOB)
    assert change.current_state is InstanceState.PENDING
    world = advance(world, minutes=1)
    failed = world.instances.records[ID]
    assert failed.state is InstanceState.STOPPED
    assert failed.state_reason is not None
    assert failed.state_reason.code == "Client.InvalidKMSKey.InvalidState"
    assert list(world.volumes) == list(RUNNING.volumes)
    assert failed.block_device_mappings == ONE.block_device_mappings
    world, _ = apply(key_in(world, KeyState.ENABLED), StartInstances(instance_ids=[ID]), by=BOB)
    assert states(advance(world, minutes=1)) == ["running"]


def test_a_key_that_is_disabled_does_no_harm_to_what_runs() -> None:
    world = key_in(RUNNING, KeyState.DISABLED)
    assert states(advance(world, days=1)) == ["running"]
    stopped = apply(world, StopInstances(instance_ids=[ID]), by=BOB).world
    assert states(advance(stopped, minutes=1)) == ["stopped"]


# --- the image is no matter -------------------------------------------------------------------------------------------


def _disabled(world: World) -> World:
    return apply(world, DisableImage(image_id=IMAGE.image_id), by=ALICE).world


def _gone(world: World) -> World:
    return advance(apply(world, DeregisterImage(image_id=IMAGE.image_id), by=ALICE).world, days=30)


def _binned(world: World) -> World:
    rule = RetentionRule(
        identifier="abcdefghijk", owner_id=ALICE.account, region=HOME, resource_type="EC2_IMAGE", retention_days=7
    )
    world = apply(world.with_retention_rule(rule), DeregisterImage(image_id=IMAGE.image_id), by=ALICE).world
    assert IMAGE.image_id in world.recycle_bin
    return world


def _deprecated(world: World) -> World:
    at = world.now + timedelta(minutes=5)
    request = EnableImageDeprecation(image_id=IMAGE.image_id, deprecate_at=at)
    return advance(apply(world, request, by=ALICE).world, minutes=10)


def _unshared(world: World) -> World:
    return world.with_image(evolve(world.images.records[IMAGE.image_id], launch_permissions=Permissions()))


FATES: Final = [_disabled, _gone, _binned, _deprecated, _unshared]


@pytest.mark.parametrize("fate", FATES)
def test_an_instance_lives_on_whatever_becomes_of_its_image(fate: Callable[[World], World]) -> None:
    """Rules C 12.10, C 12.11, B LD-28."""
    world = fate(RUNNING)
    assert states(world) == ["running"]
    assert world.instances.records[ID].image_id == IMAGE.image_id
    for action, state in ((RebootInstances, "running"), (StopInstances, "stopped"), (StartInstances, "running"),
                          (TerminateInstances, "terminated")):  # fmt: skip
        world = advance(apply(world, action(instance_ids=[ID]), by=BOB).world, minutes=1)
        assert states(world) == [state]


# --- the end ----------------------------------------------------------------------------------------------------------


def test_a_terminated_instance_takes_along_what_goes_with_it_and_is_shown_for_an_hour() -> None:
    """Rules C 12.4, C 12.1, C 13."""
    root, data = RUNNING.volumes_of(ID)
    world, _ = apply(RUNNING, TerminateInstances(instance_ids=[ID]), by=BOB)
    assert states(world) == ["shutting-down"]
    world = advance(world, seconds=30)
    gone = world.instances.records[ID]
    assert (gone.state, gone.block_device_mappings) == (InstanceState.TERMINATED, ())
    assert list(world.volumes) == [evolve(data, state=VolumeState.AVAILABLE, attachment=None)]
    told = [event.occurrence for event in world.events.since(len(RUNNING.events))]
    assert VolumeNotification(event="deleteVolume", volume_id=root.volume_id) in told
    assert states(advance(world, minutes=59)) == ["terminated"]
    assert states(advance(world, minutes=60)) == []


def test_terminating_twice_is_terminating_once() -> None:
    """Rule C 12.1."""
    once = apply(RUNNING, TerminateInstances(instance_ids=[ID, ID]), by=BOB)
    assert len(once.value) == 1
    again = apply(once.world, TerminateInstances(instance_ids=[ID]), by=BOB)
    assert again.world == once.world


def test_a_protected_instance_keeps_the_whole_request_from_being_granted() -> None:
    """Rule C 12.2; EC2 would terminate those of other zones, a refusal here changes nothing."""
    protected = evolve(ONE, instance_id="i-0000000b", availability_zone="eu-central-1b", disable_api_termination=True)
    world = RUNNING.with_instance(protected)
    refusal = refused(world, TerminateInstances(instance_ids=[ID, "i-0000000b"]))
    assert refusal == TerminationProtected(instance_id="i-0000000b")
    assert str(refusal) == (
        "The instance 'i-0000000b' may not be terminated. Modify its 'disableApiTermination' instance attribute and"
        " try again."
    )
    assert [instance.instance_id for instance in terminable([ONE, protected])] == [ID]


def test_a_request_names_no_more_instances_than_it_may() -> None:
    """Rule C 12.3."""
    world = evolve(RUNNING, limits=Limits.tiny())
    ids = [f"i-0000000{digit}" for digit in "0123"]
    refusal = refused(world, TerminateInstances(instance_ids=ids))
    assert refusal == InstanceRequestTooLarge(given=4, most=3)
    assert type(refused(world, TerminateInstances(instance_ids=ids[:3]))) is InstanceNotFound


@pytest.mark.parametrize("action", [TerminateInstances, RebootInstances])
def test_only_with_the_quirk_does_an_instance_take_the_images_along_that_are_being_made_of_it(
    action: Callable[..., Request[Any]],
) -> None:
    """Rules A CI-10, C 12.18."""
    pending = evolve(PENDING, image_id="ami-0000000b", owner_id=BOB.account, region=HOME, source_instance_id=ID)
    other = evolve(pending, image_id="ami-0000000c", name="other", source_instance_id="i-0000000b")
    world = RUNNING.with_image(pending).with_image(other)
    request = action(instance_ids=[ID])
    kept = apply(world, request, by=BOB).world
    assert kept.images.records["ami-0000000b"] == pending
    strict = apply(evolve(world, quirks=Quirks(late_termination_fails_image=True)), request, by=BOB).world
    failed = strict.images.records["ami-0000000b"]
    assert failed.state is ImageState.FAILED
    assert failed.state_reason is not None
    assert failed.state_reason.code == "Client.InstanceTerminated"
    assert strict.images.records["ami-0000000c"] == other


# --- laws -------------------------------------------------------------------------------------------------------------

STEPS: Final = st.lists(st.sampled_from([*ACTIONS.values(), None]), max_size=8)


@given(STEPS)
def test_however_it_is_treated_an_instance_and_its_volumes_stay_in_step(steps: list[Any]) -> None:
    """Rules C 12.1, C 12.4."""
    world = RUNNING
    for action in steps:
        if action is None:
            world = advance(world, seconds=31)
            continue
        answer = attempt(world, action(instance_ids=[ID]), by=BOB)
        if isinstance(answer, Refusal):
            assert type(answer) in action.refusals
            continue
        changed = {name for name in fields_dict(World) if getattr(world, name) != getattr(answer.world, name)}
        assert changed <= {"instances", "volumes", "tasks", "events", "issued"}
        world = answer.world
        assert list(world.images) == list(RUNNING.images)
    instance = world.instances.get(ID)
    attached = {volume.volume_id for volume in world.volumes_of(ID)}
    assert attached == (set() if instance is None else {device.volume_id for device in instance.block_device_mappings})
    assert world.instances.is_in_step()
    assert world.volumes.is_in_step()
    assert problems(world) == ()
