"""The life of an instance: the table of rule C 12.1, and what stands around it (C 12.2 to C 12.6, C 12.15, A RT-3)."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.images import StateReason
from amimodel.instance_lifecycle import (
    INSTANCE_INITIATED_SHUTDOWN,
    LAUNCH_FAILED,
    LEAVING,
    TRANSITIONS,
    USER_INITIATED_SHUTDOWN,
    InstanceEvent,
    Refused,
    after,
    deleted_with,
    failed,
    refusal,
    shut_down_from_within,
    terminable,
    time_to_arrive,
)
from amimodel.instances import Instance, InstanceInitiatedShutdownBehavior, InstanceState
from amimodel.malformed import Malformed
from amimodel.refusals import (
    IncorrectInstanceState,
    InstanceNotFound,
    InstanceStoreRootNotStoppable,
    TerminationProtected,
)
from amimodel.testing import strategies as ec2
from amimodel.timing import Timing
from amimodel.transitions import Kept, Never

# Rule C 12.1 as it is printed there; the launch that fails is the second half of its cell of pending (C 12.15).
BOOK = """
    state          StartInstances          StopInstances           RebootInstances         TerminateInstances
    pending        no-op                   IncorrectInstanceState  IncorrectInstanceState  shutting-down
    running        no-op                   stopping                no-op                   shutting-down
    stopping       IncorrectInstanceState  no-op                   IncorrectInstanceState  shutting-down
    stopped        pending                 no-op                   IncorrectInstanceState  shutting-down
    shutting-down  IncorrectInstanceState  IncorrectInstanceState  IncorrectInstanceState  no-op
    terminated     IncorrectInstanceState  IncorrectInstanceState  IncorrectInstanceState  no-op
"""
ARRIVALS = {
    InstanceState.PENDING: InstanceState.RUNNING,
    InstanceState.STOPPING: InstanceState.STOPPED,
    InstanceState.SHUTTING_DOWN: InstanceState.TERMINATED,
}
ACTIONS = [event for event in InstanceEvent if event.value.endswith("Instances")]


def _book_rows() -> list[tuple[InstanceState, InstanceEvent, str]]:
    header, *lines = (re.split(r"\s{2,}", line.strip()) for line in BOOK.strip().splitlines())
    return [
        (InstanceState(state), InstanceEvent(action), cell)
        for state, *cells in lines
        for action, cell in zip(header[1:], cells, strict=True)
    ]


@pytest.fixture
def an_instance() -> Instance:
    return Instance(
        instance_id="i-12345678",
        owner_id="111122223333",
        image_id="ami-12345678",
        instance_type="t3.micro",
        architecture="x86_64",
        availability_zone="us-east-1a",
        launch_time=datetime(2026, 1, 1, tzinfo=UTC),
        state="running",
    )


@pytest.mark.parametrize(("state", "event", "cell"), _book_rows())
def test_the_table_says_what_the_book_says(state: InstanceState, event: InstanceEvent, cell: str) -> None:
    spelled = {"no-op": Kept.SAME, "IncorrectInstanceState": Refused.INCORRECT_STATE}
    assert TRANSITIONS[state, event] == (spelled[cell] if cell in spelled else InstanceState(cell))


@pytest.mark.parametrize("state", InstanceState)
def test_what_comes_by_itself_comes_in_its_own_states_only(state: InstanceState) -> None:
    """Rules C 12.1 (column async), C 12.15."""
    assert TRANSITIONS[state, InstanceEvent.ARRIVE] == ARRIVALS.get(state, Never.NEVER)
    expected = InstanceState.TERMINATED if state is InstanceState.PENDING else Never.NEVER
    assert TRANSITIONS[state, InstanceEvent.FAIL_TO_LAUNCH] == expected


def test_every_event_has_a_cell_for_every_state() -> None:
    assert set(TRANSITIONS) == {(state, event) for state in InstanceState for event in InstanceEvent}


STATES, EVENTS = st.sampled_from(InstanceState), st.sampled_from(InstanceEvent)
INSTANCES = ec2.instances(state=STATES)
STOPPABLE = ec2.instances(state=STATES, root_device_type="ebs", disable_api_termination=False)


@given(INSTANCES, EVENTS)
def test_what_is_refused_is_raised_and_what_is_granted_is_not(instance: Instance, event: InstanceEvent) -> None:
    expected = refusal(instance, event)
    if expected is None:
        assert isinstance(after(instance, event), Instance)
    else:
        with pytest.raises(type(expected)) as raised:
            after(instance, event)
        assert raised.value == expected


@given(STOPPABLE, EVENTS)
def test_an_unprotected_instance_on_ebs_is_refused_what_the_table_refuses_and_nothing_else(
    instance: Instance, event: InstanceEvent
) -> None:
    """Rule C 12.1."""
    refused = refusal(instance, event)
    if TRANSITIONS[instance.state, event] is Refused.INCORRECT_STATE:
        assert refused == IncorrectInstanceState(
            instance_id=instance.instance_id, state=instance.state, action=event.value
        )
    else:
        assert refused is None


@given(INSTANCES, EVENTS)
def test_an_event_changes_the_state_its_reason_and_what_is_attached_and_nothing_else(
    instance: Instance, event: InstanceEvent
) -> None:
    """Frame law; rules C 12.10, C 12.11: above all, the image of an instance stays its image."""
    if refusal(instance, event) is None:
        changed = after(instance, event)
        assert instance == evolve(
            changed,
            state=instance.state,
            state_reason=instance.state_reason,
            block_device_mappings=instance.block_device_mappings,
        )


@given(STOPPABLE, EVENTS)
def test_an_operation_that_changes_nothing_changes_nothing_at_all(instance: Instance, event: InstanceEvent) -> None:
    """Rule C 12.1: the no-ops."""
    if TRANSITIONS[instance.state, event] in {Kept.SAME, Never.NEVER}:
        assert after(instance, event) == instance


@given(STOPPABLE, st.lists(EVENTS, max_size=12))
def test_nothing_leads_back_from_the_way_out(instance: Instance, events: list[InstanceEvent]) -> None:
    """Rule C 12.1."""
    lives = [instance]
    for event in events:
        if refusal(lives[-1], event) is None:
            lives.append(after(lives[-1], event))
    for before, then in pairwise(lives):
        if before.state in LEAVING:
            assert then.state in LEAVING
        if before.state is InstanceState.TERMINATED:
            assert then == before


@given(INSTANCES)
def test_terminating_twice_is_terminating_once(instance: Instance) -> None:
    """Rule C 12.1; botocore, TerminateInstances: "each call succeeds"."""
    if refusal(instance, InstanceEvent.TERMINATE) is None:
        once = after(instance, InstanceEvent.TERMINATE)
        assert once.state in LEAVING
        assert after(once, InstanceEvent.TERMINATE) == once


@given(ec2.instances(state="running", root_device_type="ebs"))
def test_stopped_and_started_an_instance_is_what_it_was(instance: Instance) -> None:
    """Rules C 12.1, C 12.11."""
    stopped = after(after(instance, InstanceEvent.STOP), InstanceEvent.ARRIVE)
    assert (stopped.state, stopped.state_reason) == (InstanceState.STOPPED, USER_INITIATED_SHUTDOWN)
    started = after(after(stopped, InstanceEvent.START), InstanceEvent.ARRIVE)
    assert started == evolve(instance, state_reason=None)


@given(ec2.instances(root_device_type="instance-store"), st.sampled_from(ACTIONS))
def test_an_instance_without_ebs_root_neither_stops_nor_starts_in_any_state(
    instance: Instance, event: InstanceEvent
) -> None:
    """Rules C 12.1, A RT-3."""
    refused = refusal(instance, event)
    if event in {InstanceEvent.START, InstanceEvent.STOP}:
        assert refused == InstanceStoreRootNotStoppable(instance_id=instance.instance_id, action=event.value)
    else:
        assert not isinstance(refused, InstanceStoreRootNotStoppable)


@given(ec2.instances(state=STATES, disable_api_termination=True))
def test_a_protected_instance_is_terminated_by_no_request_unless_it_is_leaving_anyway(instance: Instance) -> None:
    """Rule C 12.2."""
    refused = refusal(instance, InstanceEvent.TERMINATE)
    if instance.state in LEAVING:
        assert refused is None
    else:
        assert refused == TerminationProtected(instance_id=instance.instance_id)


# --- what is attached -------------------------------------------------------------------------------------------------


@given(INSTANCES)
def test_a_volume_goes_with_its_instance_if_and_only_if_its_mapping_says_so(instance: Instance) -> None:
    """Rule C 12.4."""
    gone = deleted_with(instance)
    told = [(device.volume_id, device.delete_on_termination) for device in instance.block_device_mappings]
    assert sorted(gone) == sorted(volume for volume, delete in told if delete)


@given(STOPPABLE)
def test_what_is_terminated_has_no_volumes_any_more_and_what_is_not_keeps_them(instance: Instance) -> None:
    """Rules C 12.1, C 12.4."""
    arrived = after(instance, InstanceEvent.ARRIVE)
    if instance.state is InstanceState.SHUTTING_DOWN:
        assert arrived.block_device_mappings == ()
    else:
        assert arrived.block_device_mappings == instance.block_device_mappings


# --- several at once --------------------------------------------------------------------------------------------------

ZONES = st.sampled_from(["us-east-1a", "us-east-1b", "us-east-1c"])
IN_ZONES = st.lists(ec2.instances(availability_zone=ZONES, state=STATES, disable_api_termination=st.booleans()))


@given(IN_ZONES)
def test_a_protected_instance_spares_all_that_are_named_in_its_zone_and_no_other(named: list[Instance]) -> None:
    """Rule C 12.2."""
    protected = {one.availability_zone for one in named if one.disable_api_termination and one.state not in LEAVING}
    going = terminable(named)
    assert [one for one in named if one.availability_zone not in protected] == list(going)
    for instance in going:
        assert after(instance, InstanceEvent.TERMINATE).state in LEAVING


def test_the_example_of_the_api_reference_comes_out_as_it_says(an_instance: Instance) -> None:
    """botocore 1.44.5, TerminateInstances."""
    a, b, c, d = (
        evolve(an_instance, availability_zone=zone, disable_api_termination=protected)
        for zone, protected in [
            ("us-east-1a", False),
            ("us-east-1a", False),
            ("us-east-1b", True),
            ("us-east-1b", False),
        ]
    )
    assert terminable([a, b, c, d]) == (a, b)


# --- by itself --------------------------------------------------------------------------------------------------------


@given(
    ec2.instances(state=STATES, instance_initiated_shutdown_behavior=st.sampled_from(InstanceInitiatedShutdownBehavior))
)
def test_a_system_that_shuts_down_stops_its_instance_or_ends_it_as_it_was_told(instance: Instance) -> None:
    """Rules C 12.1, C 12.6."""
    after_shutdown = shut_down_from_within(instance)
    if instance.state is not InstanceState.RUNNING:
        assert after_shutdown == instance
        return
    stops = instance.root_device_type == "ebs" and instance.instance_initiated_shutdown_behavior == "stop"
    assert after_shutdown.state == (InstanceState.STOPPING if stops else InstanceState.SHUTTING_DOWN)
    assert after_shutdown.state_reason == INSTANCE_INITIATED_SHUTDOWN


SHUT_DOWN = [
    ("ebs", "stop", InstanceState.STOPPING),
    ("ebs", "terminate", InstanceState.SHUTTING_DOWN),
    ("instance-store", "stop", InstanceState.SHUTTING_DOWN),  # which cannot stop
    ("instance-store", "terminate", InstanceState.SHUTTING_DOWN),
]


@pytest.mark.parametrize(("root", "behavior", "state"), SHUT_DOWN)
def test_a_running_instance_stops_only_if_it_was_told_to_and_can(
    an_instance: Instance, root: str, behavior: str, state: InstanceState
) -> None:
    """Rules C 12.1, C 12.6."""
    running = evolve(an_instance, root_device_type=root, instance_initiated_shutdown_behavior=behavior)
    assert shut_down_from_within(running) == evolve(running, state=state, state_reason=INSTANCE_INITIATED_SHUTDOWN)


@pytest.mark.parametrize("state", InstanceState)
def test_a_start_that_fails_leaves_a_stopped_instance_and_a_first_launch_none(
    an_instance: Instance, state: InstanceState
) -> None:
    """Rules C 12.15, B LD-28."""
    instance = evolve(an_instance, state=state)
    reason = StateReason("Client.VolumeLimitExceeded", "The limit was exceeded.")
    for restarting, led_to in ((False, InstanceState.TERMINATED), (True, InstanceState.STOPPED)):
        moved = evolve(instance, state=led_to, state_reason=reason) if state is InstanceState.PENDING else instance
        assert failed(instance, reason, restarting=restarting) == moved


@given(INSTANCES)
def test_a_launch_fails_while_it_is_pending_or_never(instance: Instance) -> None:
    """Rule C 12.15."""
    reason = StateReason("Client.VolumeLimitExceeded", "The limit was exceeded.")
    if instance.state is InstanceState.PENDING:
        assert failed(instance, reason).state_reason == reason
        assert failed(instance) == after(instance, InstanceEvent.FAIL_TO_LAUNCH)
        assert failed(instance).state is InstanceState.TERMINATED
        assert failed(instance).state_reason == LAUNCH_FAILED
        assert failed(instance).block_device_mappings == ()
    else:
        assert failed(instance, reason) == instance


@pytest.mark.parametrize("state", InstanceState)
def test_an_instance_is_on_its_way_for_a_time_exactly_where_it_can_arrive(state: InstanceState) -> None:
    """Rules C 12.1, C 13."""
    for timing in (Timing.typical(), Timing.instant()):
        assert (time_to_arrive(state, timing) is not None) is (state in ARRIVALS)
    slow = Timing(
        instance_pending=timedelta(seconds=1),
        instance_stopping=timedelta(seconds=2),
        instance_shutting_down=timedelta(seconds=3),
    )
    seconds = {InstanceState.PENDING: 1, InstanceState.STOPPING: 2, InstanceState.SHUTTING_DOWN: 3}
    if state in seconds:
        assert time_to_arrive(state, slow) == timedelta(seconds=seconds[state])


# --- the words --------------------------------------------------------------------------------------------------------


def test_an_instance_starts_unprotected_and_stops_when_its_system_shuts_down(an_instance: Instance) -> None:
    """Rules C 12.2, C 12.6."""
    assert an_instance.disable_api_termination is False
    assert an_instance.instance_initiated_shutdown_behavior is InstanceInitiatedShutdownBehavior.STOP
    with pytest.raises(Malformed, match="Invalid value 'hibernate' for instanceInitiatedShutdownBehavior"):
        evolve(an_instance, instance_initiated_shutdown_behavior="hibernate")


@pytest.mark.parametrize(
    ("refused", "code", "message"),
    [
        (
            TerminationProtected(instance_id="i-12345678"),
            "OperationNotPermitted",
            (
                "The instance 'i-12345678' may not be terminated. Modify its 'disableApiTermination' instance attribute"
                " and try again."
            ),
        ),
        (
            InstanceNotFound.of("i-12345678"),
            "InvalidInstanceID.NotFound",
            "The instance ID 'i-12345678' does not exist",
        ),
        (
            InstanceNotFound(instance_ids=("i-12345678", "i-87654321")),
            "InvalidInstanceID.NotFound",
            "The instance IDs 'i-12345678, i-87654321' do not exist",
        ),
        (
            IncorrectInstanceState(instance_id="i-12345678", state=InstanceState.PENDING, action="StopInstances"),
            "IncorrectInstanceState",
            "The instance 'i-12345678' is not in a state from which it can be stopped.",
        ),
        (
            InstanceStoreRootNotStoppable(instance_id="i-12345678", action="StopInstances"),
            "UnsupportedOperation",
            "The instance 'i-12345678' does not have an 'ebs' root device type and cannot be stopped.",
        ),
        (
            IncorrectInstanceState(
                instance_id="i-12345678", state=InstanceState.STOPPED, action="CreateReplaceRootVolumeTask"
            ),
            "IncorrectInstanceState",
            "The instance 'i-12345678' is stopped, and CreateReplaceRootVolumeTask needs it in another state.",
        ),
    ],
)
def test_refusals_speak_as_ec2_does(refused: TerminationProtected, code: str, message: str) -> None:
    """Rules C 12.1, C 12.2, A 12.1."""
    assert (refused.code, refused.message) == (code, message)


@pytest.mark.parametrize("state", InstanceState)
def test_whoever_meets_the_wrong_state_is_told_the_next_step(state: InstanceState) -> None:
    remedy = IncorrectInstanceState(instance_id="i-12345678", state=state, action="RebootInstances").remedy
    assert bool(remedy) is (state is not InstanceState.RUNNING)  # in which nothing is refused
