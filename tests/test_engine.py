"""The engine: rules A 0.3, A E-6, B CI-17, B G-2, B G-3, C 0.1, C 0.5; settlements S 9, S 10, S 38."""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import CreateTags, DeregisterImage, DescribeImages
from amimodel.callers import Caller
from amimodel.decisions import Decision, Owner, PermissionsNotTold, Settled
from amimodel.engine import ANY_REQUEST, advance, apply, ask, attempt, explain
from amimodel.images import UNPROTECTED, StateReason
from amimodel.instances import InstanceState
from amimodel.malformed import Malformed
from amimodel.refusals import (
    DryRunOperation,
    IdempotentParameterMismatch,
    ImageNotFound,
    ImageUnavailable,
    NotAuthorizedForImage,
    Refusal,
    SnapshotNotFound,
    UnauthorizedOperation,
    VolumeNotFound,
)
from amimodel.requests import (
    GRANTED,
    Deciding,
    Doubt,
    Finding,
    Outcome,
    Query,
    Request,
    Step,
    decided,
    each,
    nothing,
    unless,
)
from amimodel.snapshots import SnapshotState
from amimodel.tags import Tags
from amimodel.tasks import (
    EmptyRecycleBin,
    EndCooldown,
    FinishImage,
    FinishSnapshots,
    ForgetInstance,
    MoveInstance,
    RemoveSnapshot,
    Work,
)
from amimodel.vocabulary import ImageState
from amimodel.volumes import VolumeAttachment, VolumeState
from amimodel.world import World
from worlds import ami, rich_world

ONE, OTHER, THIRD = (
    ImageNotFound.of("ami-12345678"),
    SnapshotNotFound(snapshot_id="snap-12345678"),
    VolumeNotFound(volume_id="vol-12345678"),
)
UNKNOWN = PermissionsNotTold("ami-12345678")
T, U = "the first token", "another token"
ROW = Settled("encryption", "plain", "B 6.2")


def _steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(steps)


@frozen(kw_only=True)
class Say(Request[int]):
    """A request that says these things, and then answers with a number and counts itself in the world's tags."""

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ImageNotFound, SnapshotNotFound, IdempotentParameterMismatch)

    steps: tuple[Step, ...] = field(default=(), converter=_steps)
    ends: bool = False
    text: str = "said"
    client_token: str | None = None

    @property
    def token(self) -> str | None:
        return self.client_token

    def decide(self, world: World, by: Caller) -> Deciding[int]:
        yield from self.steps
        if self.ends:
            yield from nothing(THIRD)
        yield GRANTED
        times = len(world.tags(by.account, "ami-87654321")) + 1
        tags = world.tags(by.account, "ami-87654321").setting({f"{self.text} {times}": ""})
        return Outcome(world.with_foreign_tags(by.account, "ami-87654321", tags), times)


@frozen(kw_only=True)
class Hear(Query[str]):
    """A query that finds the account that asks, unless these refusals speak against it."""

    against: tuple[Refusal, ...] = ()
    dry_run_comes_first: ClassVar[bool] = False

    def answer(self, world: World, by: Caller) -> Finding[str]:
        yield from each(self.against)
        return f"{by.account} at {world.now:%H:%M}"


WORLD = rich_world()
STEPS = st.lists(st.sampled_from([ONE, OTHER, Owner(), ROW, Doubt(UNKNOWN, THIRD)]), max_size=5)


# --- apply and attempt ------------------------------------------------------------------------------------------------


@given(steps=STEPS, ends=st.booleans())
def test_the_first_refusal_is_given_and_nothing_happens(steps: list[Step], ends: bool) -> None:
    """Rules A 0.3, B G-3; a doubt is a refusal to whoever asks EC2."""
    spoken = [step.refusal if isinstance(step, Doubt) else step for step in steps]
    refusals = [step for step in spoken if isinstance(step, Refusal)] + [THIRD] * ends
    answer = attempt(WORLD, Say(steps=steps, ends=ends), by=w.alice)
    if refusals:
        assert answer == refusals[0]
        with pytest.raises(Refusal) as caught:
            apply(WORLD, Say(steps=steps, ends=ends), by=w.alice)
        assert caught.value == refusals[0]
    else:
        assert isinstance(answer, Outcome)
        assert answer.value == 1
        assert answer == apply(WORLD, Say(steps=steps, ends=ends), by=w.alice)
        assert answer.world != WORLD


def test_a_refusal_that_is_a_value_holds_no_frames() -> None:
    answer = attempt(WORLD, Say(steps=[ONE]), by=w.alice)
    assert isinstance(answer, Refusal)
    assert answer.__traceback__ is None


def test_an_action_is_called_as_its_class() -> None:
    assert (Say.action, Say.service, DescribeImages.action) == ("Say", "ec2", "DescribeImages")
    assert Say().token is None


def test_a_query_gives_its_answer_and_leaves_the_world_alone() -> None:
    assert ask(WORLD, Hear(), by=w.bob) == f"{w.BOB} at 00:00"
    assert apply(WORLD, Hear(), by=w.bob).world is WORLD
    with pytest.raises(ImageNotFound):
        ask(WORLD, Hear(against=(ONE,)), by=w.bob)


# --- before anything else ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("denied", "dry_run", "expected"),
    [
        # A 0.3 step 3, A E-6, C 0.5: IAM before the dry run, both before the checks
        ((),                 False, ONE),
        ((),                 True,  DryRunOperation()),
        (("ec2:Say",),       False, UnauthorizedOperation(action="ec2:Say")),
        (("ec2:Say",),       True,  UnauthorizedOperation(action="ec2:Say")),
        (("ec2:*",),         True,  UnauthorizedOperation(action="ec2:Say")),
        (("*",),             False, UnauthorizedOperation(action="ec2:Say")),
        (("rbin:*", "ec2:S"), False, ONE),
    ],
)  # fmt: skip
def test_iam_speaks_first_then_the_dry_run_then_the_checks(
    denied: tuple[str, ...], dry_run: bool, expected: Refusal
) -> None:
    by = evolve(w.alice, denied=denied)
    assert attempt(WORLD, Say(steps=[ONE], dry_run=dry_run), by=by) == expected
    assert explain(WORLD, Say(steps=[ONE], dry_run=dry_run), by=by).refusals[0] == expected


def test_a_dry_run_of_what_would_be_granted_is_refused_all_the_same() -> None:
    """Rules A E-6, B G-2."""
    refusal = attempt(WORLD, DeregisterImage(image_id=ami(w.WEB), dry_run=True), by=w.alice)
    assert isinstance(refusal, DryRunOperation)
    assert (refusal.code, refusal.http_status) == ("DryRunOperation", 412)
    assert set(ANY_REQUEST) == {UnauthorizedOperation, DryRunOperation}


def test_an_action_may_look_at_the_request_before_its_dry_run_ends() -> None:
    """Settlement S 9."""
    assert attempt(WORLD, Hear(against=(ONE,), dry_run=True), by=w.alice) == ONE


# --- client tokens ----------------------------------------------------------------------------------------------------


def test_the_same_request_with_its_token_is_answered_once_more_and_done_once() -> None:
    """Rule B CI-17."""
    first = apply(WORLD, Say(client_token=T), by=w.alice)
    again = apply(first.world, Say(client_token=T), by=w.alice)
    assert again.value == first.value == 1
    assert again.world is first.world
    later = apply(first.world, Say(client_token=U), by=w.alice)
    assert later.value == 2
    assert apply(later.world, Say(client_token=T), by=w.alice) == Outcome(later.world, 1)
    assert apply(first.world, Say(), by=w.alice).value == 2  # without a token it is another request


def test_a_token_is_the_accounts_the_regions_and_the_actions() -> None:
    """Rule B CI-17."""
    world = apply(WORLD, Say(client_token=T, text="first"), by=w.alice).world
    other = Say(client_token=T, text="second")
    assert attempt(world, other, by=w.alice) == IdempotentParameterMismatch(client_token=T)
    for by in (w.bob, w.alice_in_virginia):
        assert isinstance(attempt(world, other, by=by), Outcome)


def test_what_was_refused_leaves_its_token_unused() -> None:
    """Rule B G-3."""
    assert attempt(WORLD, Say(client_token=T, steps=[ONE]), by=w.alice) == ONE
    assert isinstance(attempt(WORLD, Say(client_token=T), by=w.alice), Outcome)


def test_a_repeated_request_is_answered_even_if_it_could_not_be_granted_any_more() -> None:
    """Rule B CI-17: and an explanation says the same."""

    @frozen(kw_only=True)
    class Once(Say):
        def decide(self, world: World, by: Caller) -> Deciding[int]:
            if world.tags(by.account, "ami-87654321"):
                yield ONE
            return (yield from Say.decide(self, world, by))

    world = apply(WORLD, Once(client_token=T), by=w.alice).world
    assert attempt(world, Once(client_token=U), by=w.alice) == ONE
    assert isinstance(attempt(world, Once(client_token=T), by=w.alice), Outcome)
    assert explain(world, Once(client_token=T), by=w.alice) == Decision(True)
    assert explain(world, Once(client_token=T, text="other"), by=w.alice) == Decision(
        False, (IdempotentParameterMismatch(client_token=T), ONE)
    )
    assert explain(world, Once(client_token=T), by=evolve(w.alice, denied=["ec2:*"])) == Decision(
        False, (UnauthorizedOperation(action="ec2:Once"),)
    )


# --- explain ----------------------------------------------------------------------------------------------------------


@given(steps=STEPS, ends=st.booleans())
def test_an_explanation_begins_with_what_would_be_refused_and_has_all_the_rest(steps: list[Step], ends: bool) -> None:
    """Rule A 0.3, settlement S 10."""
    decision = explain(WORLD, Say(steps=steps, ends=ends), by=w.alice)
    refusals = [step for step in steps if isinstance(step, Refusal)] + [THIRD] * ends
    unknown = [step for step in steps if isinstance(step, Doubt)]
    if refusals:
        assert decision.allowed is False
        assert decision.refusals == tuple(dict.fromkeys(refusals))
        assert len(decision.unknowns) == len(unknown)
    elif unknown:
        assert decision == Decision(None, (UNKNOWN,) * len(unknown))
    else:
        assert decision == Decision(True, tuple(step for step in steps if isinstance(step, Owner | Settled)))
        assert isinstance(attempt(WORLD, Say(steps=steps), by=w.alice), Outcome)


def test_an_explanation_of_a_query_hears_it_to_the_end() -> None:
    assert explain(WORLD, Hear(), by=w.alice) == Decision(True)
    assert explain(WORLD, Hear(against=(ONE, OTHER, ONE)), by=w.alice).refusals == (ONE, OTHER)


def test_a_real_request_is_refused_for_more_than_one_reason() -> None:
    decision = explain(WORLD, DeregisterImage(image_id=ami(w.TRANSIENT)), by=w.bob)
    assert [type(refusal) for refusal in decision.refusals] == [NotAuthorizedForImage, ImageUnavailable]


def test_a_rule_that_has_nothing_to_say_says_nothing() -> None:
    assert list(unless(None)) == []
    assert list(unless(ONE)) == [ONE]


@pytest.mark.parametrize(
    ("decision", "steps"),
    [
        (Decision(True, (Owner(),)), [Owner()]),
        (Decision(False, (ONE, UNKNOWN)), [ONE]),
        (Decision(None, (UNKNOWN,)), [Doubt(UNKNOWN, OTHER)]),
    ],
)
def test_a_decision_on_a_value_gives_its_grounds_to_a_request(decision: Decision, steps: list[Step]) -> None:
    assert list(decided(decision, OTHER)) == steps


# --- time -------------------------------------------------------------------------------------------------------------


def test_what_falls_due_happens_in_its_order_and_at_its_time() -> None:
    """Rule C 0.1."""
    world = advance(WORLD, hours=4)
    assert world.now == w.at(4)
    assert w.the(world, w.PENDING).state is ImageState.AVAILABLE
    assert world.snapshots.records[w.snap(0xD03)].state is SnapshotState.COMPLETED
    assert w.the(world, w.COOLING).deregistration_protection == UNPROTECTED
    assert world.instances.records[w.inst(0x103)].state is InstanceState.RUNNING
    assert [f"{event.time:%H:%M:%S}" for event in world.events] == ["00:00:30", "00:05:00", "00:05:00", "00:05:00"]


@given(cuts=st.lists(st.integers(0, 100 * 60), min_size=1, max_size=5))
def test_time_that_passes_in_pieces_is_time_that_passes_at_once(cuts: list[int]) -> None:
    """Rule C 0.1."""
    world = WORLD
    for minutes in sorted(cuts):
        world = advance(world, until=w.NOW + timedelta(minutes=minutes))
    assert world == advance(WORLD, minutes=max(cuts))


def test_a_task_is_due_at_its_moment_and_not_before() -> None:
    """Rule C 4.4."""
    before = advance(WORLD, by=timedelta(hours=3) - timedelta(milliseconds=1))
    assert w.the(before, w.COOLING).deregistration_protection != UNPROTECTED
    assert w.the(advance(before, by=timedelta(milliseconds=1)), w.COOLING).deregistration_protection == UNPROTECTED


def test_of_two_tasks_at_one_moment_the_one_taken_on_first_comes_first() -> None:
    """Rule C 0.1."""
    world = WORLD.with_task(timedelta(minutes=5), ForgetInstance(instance_id=w.inst(0x101)))
    again = world.with_task(timedelta(), EndCooldown(image_id=ami(w.WEB)))
    assert [task.order for task in again.tasks] == sorted(task.order for task in again.tasks)
    assert again.tasks[0].work == EndCooldown(image_id=ami(w.WEB))
    at_five = [task for task in again.tasks if task.due == w.NOW + timedelta(minutes=5)]
    assert isinstance(at_five[-1].work, ForgetInstance)


def test_what_was_due_already_happens_now() -> None:
    late = WORLD.at(w.NOW + timedelta(days=9))
    world = advance(late)
    assert w.the(world, w.PENDING).state is ImageState.AVAILABLE
    assert not world.recycle_bin
    assert all(event.time == late.now for event in world.events)


def test_time_never_goes_back() -> None:
    with pytest.raises(Malformed):
        advance(WORLD, until=w.LONG_AGO)
    with pytest.raises(Malformed):
        advance(WORLD, by=timedelta(seconds=-1))


def test_a_span_may_follow_a_moment() -> None:
    assert advance(WORLD, until=w.at(1), days=1, minutes=1, seconds=1).now == w.at(25) + timedelta(seconds=61)
    assert advance(WORLD) == WORLD


def test_the_clock_goes_in_milliseconds() -> None:
    """Rule C 0.1."""
    odd = World(now=w.NOW + timedelta(microseconds=1_500))
    assert odd.now == w.NOW + timedelta(milliseconds=1)
    assert advance(odd).now == odd.now
    world = odd.with_task(timedelta(microseconds=1), EndCooldown(image_id=ami(w.WEB)))
    assert [task.due for task in world.tasks] == [w.NOW + timedelta(milliseconds=2)]
    assert not advance(world, by=timedelta(milliseconds=1)).tasks


# --- what comes of tasks ----------------------------------------------------------------------------------------------


def test_an_image_is_available_when_the_last_of_its_snapshots_is_completed() -> None:
    """Rule C 1.2.2."""
    both = [w.mapped("/dev/xvda", w.PENDING), w.mapped("/dev/sdf", 0xD03)]
    world = w.with_changed(WORLD, w.PENDING, block_device_mappings=both)
    tasks = [task for task in world.tasks if isinstance(task.work, FinishSnapshots)]
    world = world.without_tasks(tasks[1:]).with_task(timedelta(minutes=9), tasks[1].work, "the request")
    assert w.the(advance(world, minutes=8), w.PENDING).state is ImageState.PENDING
    done = advance(world, minutes=9)
    assert w.the(done, w.PENDING).state is ImageState.AVAILABLE
    assert [event.request_id for event in done.events[-2:]] == ["the request"] * 2


def test_one_snapshot_that_fails_fails_the_image_and_the_others_are_completed() -> None:
    """Rules C 1.2.3, C 1.2.6."""
    both = [w.mapped("/dev/xvda", w.PENDING), w.mapped("/dev/sdf", 0xD03)]
    world = w.with_changed(WORLD, w.PENDING, block_device_mappings=both)
    tasks = [task for task in world.tasks if isinstance(task.work, FinishSnapshots)]
    failing = FinishSnapshots(snapshot_ids=[w.snap(w.PENDING)], failure="Given key ID is not accessible")
    done = advance(world.without_tasks(tasks[:1]).with_task(timedelta(minutes=1), failing), minutes=9)
    assert w.the(done, w.PENDING).state is ImageState.FAILED
    states = [done.snapshots.records[w.snap(number)].state.value for number in (w.PENDING, 0xD03)]
    assert states == ["error", "completed"]


def test_what_a_task_is_about_may_be_gone() -> None:
    """Rule C 0.1: then nothing happens."""
    gone: tuple[Work, ...] = (
        FinishSnapshots(snapshot_ids=[w.snap(0xFFF)]), FinishSnapshots(snapshot_ids=[w.snap(w.WEB)]),
        RemoveSnapshot(snapshot_id=w.snap(0xFFF)), FinishImage(image_id=ami(0xFFF)), FinishImage(image_id=ami(w.WEB)),
        MoveInstance(instance_id=w.inst(0xFFF), leaving=InstanceState.PENDING),
        MoveInstance(instance_id=w.inst(0x101), leaving=InstanceState.PENDING),
        ForgetInstance(instance_id=w.inst(0xFFF)), EndCooldown(image_id=ami(0xFFF)), EndCooldown(image_id=ami(w.WEB)),
        EndCooldown(image_id=ami(w.PROTECTED)), EmptyRecycleBin(resource_id=ami(0xFFF)),
        EmptyRecycleBin(resource_id=ami(w.BINNED)),  # whose time is still to come: it has been there twice
    )  # fmt: skip
    for work in gone:
        world = WORLD.with_task(timedelta(), work)
        assert evolve(advance(world), issued=WORLD.issued) == WORLD


def test_a_deleted_snapshot_goes_when_it_is_finished() -> None:
    """Rule C 8.31."""
    world = advance(WORLD.with_task(timedelta(minutes=5), RemoveSnapshot(snapshot_id=w.snap(0xD03))), minutes=5)
    assert w.snap(0xD03) not in world.snapshots


def test_an_instance_that_is_terminated_lets_go_of_its_volumes() -> None:
    """Rules C 12.4, C 9.4."""
    kept = evolve(
        WORLD.volumes.records[w.vol(0x101)], volume_id=w.vol(0x102),
        attachment=VolumeAttachment(instance_id=w.inst(0x101), device_name="/dev/sdf"),
    )  # fmt: skip
    instance = evolve(WORLD.instances.records[w.inst(0x101)], state="shutting-down")
    work = MoveInstance(instance_id=w.inst(0x101), leaving=InstanceState.SHUTTING_DOWN)
    world = advance(WORLD.with_volume(kept).with_instance(instance).with_task(timedelta(), work))
    assert w.vol(0x101) not in world.volumes
    assert (world.volumes.records[w.vol(0x102)].state, world.volumes.records[w.vol(0x102)].attachment) == (
        VolumeState.AVAILABLE, None,
    )  # fmt: skip
    assert [str(event).partition(": ")[2] for event in world.events] == [
        f"{w.inst(0x101)} is terminated", f"deleteVolume {w.vol(0x101)}: succeeded",
        f"detachVolume {w.vol(0x102)}: succeeded",
    ]  # fmt: skip
    assert w.inst(0x101) not in advance(world, hours=1).instances


def test_a_launch_that_is_to_fail_fails_when_its_time_has_come() -> None:
    """Rules B LD-20, C 12.15."""
    reason = StateReason("Client.InternalError", "Client error on launch")
    moves = [task for task in WORLD.tasks if isinstance(task.work, MoveInstance)]
    work = MoveInstance(instance_id=w.inst(0x103), leaving=InstanceState.PENDING, failure=reason)
    world = WORLD.without_tasks(moves).with_task(timedelta(seconds=1), work)
    failed = advance(world, seconds=1).instances.records[w.inst(0x103)]
    assert (failed.state, failed.state_reason) == (InstanceState.TERMINATED, reason)


def test_requests_of_others_leave_an_account_alone() -> None:
    """A frame law: what Alice does is nothing to Bob or to Virginia."""
    world = apply(WORLD, CreateTags(resources=[ami(w.WEB)], tags=Tags({"a": "b"})), by=w.alice).world
    for by in (w.bob, w.carol, w.alice_in_virginia):
        assert ask(world, DescribeImages(), by=by) == ask(WORLD, DescribeImages(), by=by)
