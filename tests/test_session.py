"""The notebook's pen: that it is where its trace leads, and that every way leads back."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from amimodel.actions import (
    CreateTags,
    DeregisterImage,
    DescribeImages,
    DisableImage,
    EnableImage,
    EnableImageDeprecation,
    RunInstances,
)
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.example_worlds import BUILD, FRANKFURT, PROD, example_world
from amimodel.history import Advance, Asked, Trace, replay
from amimodel.malformed import Malformed
from amimodel.refusals import ImageUnavailable, NotAuthorizedForImage
from amimodel.requests import Request
from amimodel.session import Done, Lab, Shown
from amimodel.tags import Tags
from amimodel.world import World
from markup import is_harmless, read_back, words_of

PROD_HERE, BUILD_HERE = Caller(account=PROD, region=FRANKFURT), Caller(account=BUILD, region=FRANKFURT)
WEB, GOLDEN = "ami-0fa00000000000510", "ami-0fa00000000000410"
LAUNCH = RunInstances(image_id=WEB, instance_type="t3.small")


def a_lab() -> Lab:
    return Lab(example_world(), by=PROD_HERE)


def test_what_is_granted_moves_the_world_and_says_what_has_changed() -> None:
    lab = a_lab()
    done = lab.do(DisableImage(image_id=WEB))
    assert done.refusal is None
    assert done.value.state.value == "disabled"
    assert lab.world.images.records[WEB] == done.value
    assert done.changes.applied_to(example_world()) == lab.world


def test_what_is_refused_is_a_value_and_raised_only_by_who_wants_the_answer() -> None:
    lab = a_lab()
    done = lab.do(DisableImage(image_id=GOLDEN))
    assert done.refusal == NotAuthorizedForImage(image_id=GOLDEN)
    assert not done.changes
    assert lab.world == example_world()
    with pytest.raises(NotAuthorizedForImage):
        _ = done.value


def test_somebody_else_may_be_named() -> None:
    lab = a_lab()
    assert lab.do(DisableImage(image_id=GOLDEN), by=BUILD_HERE).refusal is None
    assert lab.ask(DescribeImages(owners=["self"]), by=BUILD_HERE).value.items[0].owner_id == BUILD
    assert lab.explain(DeregisterImage(image_id=GOLDEN)).value.allowed is False


def test_asking_and_explaining_leave_no_trace() -> None:
    lab = a_lab()
    assert len(lab.ask(DescribeImages(owners=["self"])).value) == 2
    assert lab.ask(DescribeImages(image_ids=["ami-0fa00000000000999"])).refusal is not None
    assert lab.explain(LAUNCH).value.allowed is True
    assert lab.trace == Trace(example_world())


def test_the_trace_has_what_was_done_what_was_refused_and_the_time() -> None:
    lab = a_lab()
    _ = lab.do(DisableImage(image_id=WEB))
    refused = lab.do(LAUNCH)
    _ = lab.advance(days=1, minutes=2)
    assert isinstance(refused.refusal, ImageUnavailable)
    assert lab.trace.steps == (
        Asked(PROD_HERE, DisableImage(image_id=WEB)), Asked(PROD_HERE, LAUNCH), Advance(timedelta(days=1, minutes=2)),
    )  # fmt: skip
    assert replay(lab.trace).world == lab.world


def test_time_can_be_told_by_its_end() -> None:
    lab = a_lab()
    done = lab.advance(until=parse("2026-11-09T00:00:00Z"))
    assert done.step == Advance(timedelta(days=8))
    assert done.value is None
    assert [one.key for one in done.changes.removed if one.part == "recycle_bin"] == ["ami-0fa00000000000460"]
    with pytest.raises(Malformed):
        _ = lab.advance(until=parse("2026-11-01T00:00:00Z"))
    assert lab.world.now == parse("2026-11-09T00:00:00Z")


def test_undo_forgets_what_was_refused_since_and_redo_takes_the_step_again() -> None:
    lab = a_lab()
    _ = lab.do(DisableImage(image_id=WEB))
    _ = lab.do(LAUNCH)
    disabled = lab.trace, lab.world
    back = lab.undo()
    assert lab.world == example_world()
    assert lab.trace == Trace(example_world())
    assert [one.key for one in back.value.changed] == [WEB]
    again = lab.redo()
    assert again.value == back.value.undone
    assert (lab.trace, lab.world) == disabled


@pytest.mark.parametrize("step", [lambda lab: lab.do(LAUNCH), lambda lab: lab.advance(days=1)], ids=["do", "advance"])
def test_what_was_undone_is_gone_once_something_else_is_done(step: Any) -> None:
    lab = a_lab()
    _ = lab.do(DisableImage(image_id=WEB))
    _ = lab.undo()
    _ = step(lab)
    with pytest.raises(ValueError, match="there is nothing to redo"):
        _ = lab.redo()


@pytest.mark.parametrize("steps", [-1, 2])
def test_more_than_there_was_cannot_be_undone(steps: int) -> None:
    lab = a_lab()
    _ = lab.do(DisableImage(image_id=WEB))
    with pytest.raises(ValueError, match=f"there are 1 steps to undo, not {steps}"):
        _ = lab.undo(steps)
    assert len(lab.trace) == 1


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(days=2),     "2 days later"),
        (timedelta(days=1),     "1 day later"),
        (timedelta(hours=36),   "36 hours later"),
        (timedelta(minutes=5),  "5 minutes later"),
        (timedelta(seconds=5),  "0:00:05 later"),
        (timedelta(),           "0:00:00 later"),
    ],
)  # fmt: skip
def test_how_much_later_it_is(span: timedelta, told: str) -> None:
    assert str(a_lab().advance(span)).splitlines()[0] == told


def test_what_the_lab_gives_shows_itself() -> None:
    lab = a_lab()
    shown: list[tuple[Lab | Done[Any] | Shown[Any], str]] = [
        (lab.show(lab.world), "The world at 2026-11-01 00:00:00 UTC"),
        (lab.ask(DescribeImages(owners=["self"])), "answered DescribeImages(owners=(OwnerWord.SELF,))"),
        (lab.ask(DescribeImages(image_ids=["ami-0fa00000000000999"])), "refused InvalidAMIID.NotFound DescribeImages("),
        (lab.explain(LAUNCH), "yes"),
        (lab.do(LAUNCH), f"done RunInstances(image_id='{WEB}', instance_type='t3.small')"),
        (lab.do(DisableImage(image_id=GOLDEN)), f"refused AuthFailure DisableImage(image_id='{GOLDEN}')"),
        (lab.advance(days=1), "1 day later"),
        (lab.show(lab.world.images.records[WEB]), f"web-2026.10 {WEB}"),
        (lab, "The world at 2026-11-02 00:00:00 UTC"),
    ]
    for value, begins in shown:
        assert str(value).startswith(begins)
        assert repr(value) == str(value)
        drawn = words_of(read_back(value._repr_html_()))
        assert "".join(begins.split()) in drawn


def test_an_image_is_shown_as_of_the_labs_own_time() -> None:
    lab = a_lab()
    _ = lab.do(EnableImageDeprecation(image_id=WEB, deprecate_at="2026-12-01T00:00:00Z"))
    assert "from 2026-12-01" in str(lab.show(lab.world.images.records[WEB]))
    _ = lab.advance(days=31)
    assert "since 2026-12-01" in str(lab.show(lab.world.images.records[WEB]))
    assert "since 2026-12-01" in str(lab.ask(DescribeImages(owners=["self"])))


def test_hostile_tags_are_text() -> None:
    lab = a_lab()
    done = lab.do(CreateTags(resources=[WEB], tags=Tags({"<b>": "\"><script>&'"})))
    for value in (done, lab.show(lab.world.images.records[WEB])):
        assert "<script" not in value._repr_html_()
        assert is_harmless(value._repr_html_())


REQUESTS: tuple[Request[Any], ...] = (
    DisableImage(image_id=WEB), EnableImage(image_id=WEB), DeregisterImage(image_id=WEB), LAUNCH,
    DisableImage(image_id=GOLDEN), DeregisterImage(image_id=GOLDEN),
)  # fmt: skip


class Pen(RuleBasedStateMachine):
    """A lab beside the plainest lab there is: two lists of worlds."""

    def __init__(self) -> None:
        super().__init__()
        self.lab = a_lab()
        self.worlds = [example_world()]
        self.ahead = list[World]()

    @rule(request=st.sampled_from(REQUESTS), by=st.sampled_from([PROD_HERE, BUILD_HERE]))
    def do(self, request: Request[Any], by: Caller) -> None:
        done = self.lab.do(request, by=by)
        if done.refusal is None:
            self.worlds.append(self.lab.world)
        self.ahead = []
        assert done.changes.applied_to(self.worlds[-1 if done.refusal else -2]) == self.lab.world

    @rule(hours=st.integers(0, 300))
    def advance(self, hours: int) -> None:
        _ = self.lab.advance(hours=hours)
        self.worlds.append(self.lab.world)
        self.ahead = []

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        steps = data.draw(st.integers(0, len(self.worlds) - 1))
        _ = self.lab.undo(steps)
        for _ in range(steps):
            self.ahead.append(self.worlds.pop())

    @precondition(lambda self: self.ahead)
    @rule()
    def redo(self) -> None:
        _ = self.lab.redo()
        self.worlds.append(self.ahead.pop())

    @invariant()
    def the_lab_is_where_its_trace_leads(self) -> None:
        assert self.lab.world == self.worlds[-1]
        assert replay(self.lab.trace).world == self.lab.world


TestPen = Pen.TestCase
TestPen.settings = settings(max_examples=15, stateful_step_count=12)
