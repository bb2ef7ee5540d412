"""The state machine: it keeps the laws, finds what breaks an invariant, and shows it as code that can be pasted."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import pytest
from attrs import evolve
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from amimodel import callers, history, regions
from amimodel.actions import ACTIONS
from amimodel.example_worlds import BUILD, FRANKFURT, example_world
from amimodel.history import Asked, replay
from amimodel.limits import Limits
from amimodel.refusals import Refusal
from amimodel.regions import Region
from amimodel.requests import Outcome
from amimodel.testing.corners import corner_world
from amimodel.testing.laws import LAWS, Law, Taken
from amimodel.testing.machine import AmiMachine
from amimodel.timing import Timing
from amimodel.vocabulary import ImageState
from amimodel.world import World
from worlds import rich_world

QUIET = settings(max_examples=40, stateful_step_count=10, database=None, phases=[Phase.generate, Phase.shrink])
FEW = settings(max_examples=4, stateful_step_count=25, database=None)

STARTS = {
    "the example": example_world(),
    "the corners": corner_world(),
    "small quotas": evolve(example_world(), limits=Limits.tiny()),
    "no time": evolve(rich_world(), timing=Timing.instant()),
}
# By night a million steps: 20 times 500 lives of a hundred, so that every core has its share.
BY_NIGHT = settings().max_examples >= 10_000
PARTS = [(start, number) for start in STARTS for number in range(5 if BY_NIGHT else 1)]
MANY = settings(max_examples=500, stateful_step_count=100, database=None) if BY_NIGHT else FEW


def failure_of(machine: type[AmiMachine]) -> BaseException:
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(machine, settings=QUIET)
    return caught.value


def shown(failure: BaseException) -> str:
    return "\n".join(getattr(failure, "__notes__", ()))


def run(machine: type[AmiMachine]) -> None:
    run_state_machine_as_test(machine, settings=FEW)


@pytest.mark.parametrize(("name", "number"), PARTS)
def test_whatever_happens_keeps_the_laws(
    name: str, number: int, record_property: Callable[[str, object], None]
) -> None:
    steps = 0

    class Life(AmiMachine):
        start: ClassVar[World] = STARTS[name]

        def after_step(self, taken: Taken) -> None:
            nonlocal steps
            assert taken.step is self.trace.steps[-1]
            steps += 1

    assert Life.laws is LAWS
    run_state_machine_as_test(Life, settings=MANY)
    record_property("steps", steps)
    assert steps >= MANY.max_examples


class NoneDisabled(AmiMachine):
    actions: ClassVar[Iterable[str] | None] = ("DisableImage", "DescribeImages", "DescribeSnapshots")
    accounts: ClassVar[Iterable[str] | None] = (BUILD,)
    regions: ClassVar[Iterable[str | Region] | None] = (FRANKFURT,)
    laws: ClassVar[Iterable[Law]] = ()
    disabled: ClassVar[int] = sum(image.state is ImageState.DISABLED for image in example_world().images)

    @invariant()
    def none_is_disabled(self) -> None:
        assert sum(image.state is ImageState.DISABLED for image in self.world.images) == self.disabled


def test_an_invariant_of_ones_own_fails_after_the_one_step_that_breaks_it() -> None:
    text = shown(failure_of(NoneDisabled))
    assert text.count("state.take(") == 1
    assert "DisableImage(" in text


def test_a_failure_is_shown_as_code_that_fails_again() -> None:
    lines = shown(failure_of(NoneDisabled)).splitlines()
    begin = next(index for index, line in enumerate(lines) if line.startswith("state = "))
    code = "\n".join(line for line in lines[begin:] if line.startswith(("state", " ", ")"))).replace(
        "state.none_is_disabled()", ""
    )
    names: dict[str, Any] = {"datetime": dt, "NoneDisabled": NoneDisabled, **ACTIONS}
    for module in (callers, history, regions):
        names.update(vars(module))
    exec(code, names)  # noqa: S102 - what is run here was shown here
    with pytest.raises(AssertionError):
        names["state"].none_is_disabled()


class Listening(AmiMachine):
    heard: ClassVar[list[Taken]] = []

    def after_step(self, taken: Taken) -> None:
        assert taken.after is self.world
        assert taken.step is self.trace.steps[-1]
        self.heard.append(taken)

    def teardown(self) -> None:
        assert replay(self.trace).world == self.world


def test_a_system_beside_the_model_hears_of_every_step_and_what_came_of_it() -> None:
    run(Listening)
    results = [taken.result for taken in Listening.heard if isinstance(taken.step, Asked)]
    assert any(isinstance(result, Refusal) for result in results)
    assert any(isinstance(result, Outcome) for result in results)
    assert any(taken.passed for taken in Listening.heard)


class Lawless(AmiMachine):
    laws: ClassVar[Iterable[Law]] = (
        Law("nothing ever passes", lambda taken: [f"{taken.passed} have"] if taken.passed else []),
    )


def test_a_broken_law_is_told_with_what_is_wrong() -> None:
    assert str(failure_of(Lawless)).splitlines()[0].endswith("have, but nothing ever passes")


class Narrow(AmiMachine):
    accounts: ClassVar[Iterable[str] | None] = ("111122223333",)
    regions: ClassVar[Iterable[str | Region] | None] = ("eu-central-1", "us-east-1")
    actions: ClassVar[Iterable[str] | None] = ("DescribeImages", "CreateVolume")
    laws: ClassVar[Iterable[Law]] = ()

    def after_step(self, taken: Taken) -> None:
        if taken.by is not None and taken.request is not None:
            assert taken.by.account == "111122223333"
            assert taken.by.region.name in {"eu-central-1", "us-east-1"}
            assert taken.request.action in {"DescribeImages", "CreateVolume"}


def test_a_machine_keeps_to_its_accounts_its_regions_and_its_actions() -> None:
    run(Narrow)
