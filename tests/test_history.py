"""Traces: the same steps from the same world give the same answers, and a trace is a value like any other."""

import datetime as dt
import os
import pickle
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import DeregisterImage
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.comparing import changes
from amimodel.engine import advance, apply, attempt
from amimodel.examples import WEB
from amimodel.history import Advance, Asked, Replay, Step, Trace, replay
from amimodel.identifiers import ImageId
from amimodel.integrity import problems
from amimodel.malformed import Malformed
from amimodel.refusals import ImageNotFound, NotAuthorizedForImage, Refusal
from amimodel.regions import Region
from amimodel.requests import Outcome
from amimodel.retention import RetentionRule
from amimodel.snapshots import Snapshot
from amimodel.tasks import FinishSnapshots
from amimodel.world import World

FRANKFURT = Region("eu-central-1")
ALICE = Caller(account="111122223333", region=FRANKFURT)
BOB = Caller(account="444455556666", region=FRANKFURT)
IDS = [ImageId(f"ami-{number:08x}") for number in range(4)]
SNAPSHOT = Snapshot(
    snapshot_id="snap-12345678",
    owner_id=ALICE.account,
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=WEB.creation_date,
    state="pending",
    progress="0%",
    region=FRANKFURT,
)


def start() -> World:
    world = World(now=parse("2026-06-01T00:00:00Z")).with_snapshot(SNAPSHOT)
    for number, image_id in enumerate(IDS[:3]):
        image = evolve(WEB, image_id=image_id, name=f"web-{number}", region=FRANKFURT, state="pending")
        world = world.with_image(image)
    rule = RetentionRule(
        identifier="abcdefghijk",
        owner_id=ALICE.account,
        region=FRANKFURT,
        resource_type="EC2_IMAGE",
        retention_days=2,
        exclude_resource_tags=[("stage", "test")],
    )
    work = FinishSnapshots(snapshot_ids=[SNAPSHOT.snapshot_id])
    return world.with_retention_rule(rule).with_task(timedelta(hours=1), work)


START = start()
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(
        Asked,
        st.sampled_from([ALICE, BOB, Caller(account=ALICE.account, region=FRANKFURT, denied=["ec2:*"])]),
        st.builds(
            DeregisterImage,
            image_id=st.sampled_from(IDS),
            delete_associated_snapshots=st.booleans(),
            dry_run=st.sampled_from([False, False, True]),
        ),
    ),
    st.builds(Advance, st.integers(0, 100).map(lambda hours: timedelta(hours=hours))),
)
TRACES = st.builds(Trace, st.just(START), st.lists(STEPS, max_size=6))


# --- replaying --------------------------------------------------------------------------------------------------------


@given(trace=TRACES)
def test_the_same_steps_from_the_same_world_give_the_same_results(trace: Trace) -> None:
    again = Trace(start(), pickle.loads(pickle.dumps(trace.steps)))
    assert again == trace
    assert hash(again) == hash(trace)
    assert replay(again) == replay(trace)
    assert replay(again).world == trace.world()


@given(trace=TRACES)
def test_a_replay_is_what_the_engine_does_step_by_step(trace: Trace) -> None:
    world, replayed = trace.start, replay(trace)
    assert replayed.worlds[0] is trace.start
    for step, result, after in zip(trace, replayed.results, replayed.worlds[1:], strict=True):
        if isinstance(step, Advance):
            expected: Any = Outcome(advance(world, step.by), None)
        else:
            expected = attempt(world, step.request, by=step.by)
        assert result == expected
        world = world if isinstance(expected, Refusal) else expected.world
        assert after == world
        assert problems(world) == ()
    assert replayed.world == trace.world() == world


@given(trace=TRACES, length=st.integers(0, 6))
def test_what_a_prefix_gives_is_a_prefix_of_what_the_trace_gives(trace: Trace, length: int) -> None:
    part, whole = replay(trace.prefix(length)), replay(trace)
    assert part.results == whole.results[:length]
    assert part.worlds == whole.worlds[: length + 1]


@given(trace=TRACES, steps=st.lists(STEPS, max_size=3))
def test_going_on_is_replaying_from_the_world_at_the_end(trace: Trace, steps: list[Step]) -> None:
    longer = trace.then(*steps)
    assert longer.world() == Trace(trace.world(), tuple(steps)).world()
    assert len(longer) == len(trace) + len(steps)


@given(trace=TRACES, step=STEPS)
def test_undoing_takes_the_last_step_back(trace: Trace, step: Step) -> None:
    assert trace.then(step).undone() == trace
    assert trace.then(step, step, step).undone(3) == trace
    assert trace.undone(100) == Trace(trace.start)
    assert Trace(trace.start).undone() == Trace(trace.start)


@given(trace=TRACES)
def test_a_replay_knows_what_has_changed_and_what_was_refused(trace: Trace) -> None:
    replayed = replay(trace)
    assert replayed.changes == changes(trace.start, replayed.world)
    assert replayed.changes.applied_to(trace.start) == replayed.world
    assert len(replayed.refusals) == sum(isinstance(result, Refusal) for result in replayed.results)


def test_a_refused_request_leaves_the_world_and_the_trace_goes_on() -> None:
    trace = (
        Trace(START).asking(DeregisterImage(image_id=IDS[0]), by=BOB).asking(DeregisterImage(image_id=IDS[0]), by=ALICE)
    )
    refused, granted = replay(trace).results
    assert refused == NotAuthorizedForImage(image_id=IDS[0])
    assert granted == apply(START, DeregisterImage(image_id=IDS[0]), by=ALICE)
    assert replay(trace).worlds[1] is START


def test_nothing_comes_of_a_trace_without_steps() -> None:
    assert replay(Trace(START)) == Replay(trace=Trace(START), results=())
    assert Trace(START).world() is START
    assert str(replay(Trace(START))) == ""


def test_a_trace_gives_the_same_ids_and_events_whatever_the_hash_seed() -> None:
    program = (
        "from test_history import START, ALICE, IDS, Trace, DeregisterImage, replay\n"
        "trace = Trace(START).advancing(hours=2)\n"
        "for image_id in IDS: trace = trace.asking(DeregisterImage(image_id=image_id), by=ALICE).advancing(days=1)\n"
        "print(trace)\n"
        "print(replay(trace))\n"
    )

    def printed(seed: str) -> bytes:
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.path.dirname(__file__)}  # noqa: PTH120
        command = [sys.executable, "-c", program]
        return subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - ours

    assert printed("1") == printed("2")


# --- building and writing ---------------------------------------------------------------------------------------------

ALICE_AS_CODE = "Caller(account='111122223333', region=Region(name='eu-central-1'))"
NAMES = {
    "Trace": Trace,
    "Asked": Asked,
    "Advance": Advance,
    "Caller": Caller,
    "Region": Region,
    "DeregisterImage": DeregisterImage,
    "datetime": dt,
    "world": START,
    "here": START,
}


@given(trace=TRACES)
def test_the_repr_of_a_trace_can_be_pasted(trace: Trace) -> None:
    assert eval(repr(trace), NAMES) == trace  # noqa: S307 - what is read here was written here
    assert eval(trace.as_code("here"), NAMES) == trace  # noqa: S307 - as above


def test_the_repr_says_no_more_than_it_must() -> None:
    assert repr(Trace(START)) == "Trace(world)"
    trace = Trace(START).asking(DeregisterImage(image_id=IDS[0]), by=ALICE).advancing(minutes=5)
    assert trace.as_code("start").splitlines() == [
        "Trace(start).then(",
        f"    Asked({ALICE_AS_CODE}, DeregisterImage(image_id='ami-00000000')),",
        "    Advance(datetime.timedelta(seconds=300)),",
        ")",
    ]


def test_a_replay_reads_step_by_step() -> None:
    trace = (
        Trace(START)
        .advancing(hours=1)
        .asking(DeregisterImage(image_id="ami-99999999"), by=ALICE)
        .asking(DeregisterImage(image_id=IDS[0], dry_run=True), by=ALICE)
        .asking(DeregisterImage(image_id=IDS[0]), by=ALICE)
    )
    told = str(replay(trace)).splitlines()
    assert told[0] == "1:00:00 later"
    assert told[-10:] == [
        "111122223333 in eu-central-1: DeregisterImage(image_id='ami-99999999')",
        "    refused: InvalidAMIID.NotFound: The image id '[ami-99999999]' does not exist",
        "111122223333 in eu-central-1: DeregisterImage(dry_run=True, image_id='ami-00000000')",
        "    refused: DryRunOperation: Request would have succeeded, but DryRun flag is set.",
        "111122223333 in eu-central-1: DeregisterImage(image_id='ami-00000000')",
        "    - image ami-00000000",
        "    + in the Recycle Bin: ami-00000000 'web-0' (eu-central-1, 111122223333) until 2026-06-03T01:00:00Z",
        "    + task 7 at 2026-06-03T01:00:00Z: EmptyRecycleBin(resource_id='ami-00000000')",
        "    + event 5: 2026-06-01T01:00:00Z 111122223333 eu-central-1: ami-00000000 is deregistered",
        "    ~ number of ids given out: 6 -> 7",
    ]


def test_a_step_may_be_a_pair_or_a_span_of_time() -> None:
    request = DeregisterImage(image_id=IDS[0])
    assert Trace(START, [(ALICE, request), timedelta(days=1)]) == Trace(START).asking(request, by=ALICE).advancing(
        days=1
    )
    assert Trace(START).then((ALICE, request), timedelta(days=1)) == Trace(
        START, [Asked(ALICE, request), Advance(timedelta(1))]
    )
    assert list(Trace(START).advancing(timedelta(hours=1), minutes=1)) == [Advance(timedelta(hours=1, minutes=1))]


@pytest.mark.parametrize("span", [timedelta(seconds=-1), 5, None])
def test_time_that_goes_back_is_malformed(span: Any) -> None:
    with pytest.raises(Malformed, match="Time goes forward"):
        Advance(span)


def test_a_trace_is_told_from_another_by_its_start_and_its_steps() -> None:
    trace = Trace(START).advancing(days=1)
    assert trace != Trace(START).advancing(days=2)
    assert trace != Trace(START.at(START.now + timedelta(1))).advancing(days=1)
    assert {trace: 1}[Trace(start()).advancing(days=1)] == 1


def test_what_is_not_there_is_refused_in_a_trace_as_elsewhere() -> None:
    (refusal,) = replay(Trace(START).asking(DeregisterImage(image_id=IDS[3]), by=ALICE)).refusals
    assert refusal == ImageNotFound.of(IDS[3])
