"""How fast Hypothesis draws what amimodel's strategies give, beside what Hypothesis needs for a whole number.

The targets of docs/design.md: 2,000 requests a second in sight of a world, and a run of the state machine of 50 steps
in half a second, each step held against every law.
"""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from amimodel.callers import Caller
from amimodel.example_worlds import BUILD, FRANKFURT, example_world
from amimodel.testing.laws import LAWS, Law
from amimodel.testing.machine import AmiMachine
from amimodel.testing.strategies import requests, traces, worlds

Benchmark: TypeAlias = Any  # pytest-benchmark has no types

DRAWN: Final = 50
STEPS: Final = 50
ROUNDS: Final = 5
WORLD: Final = example_world()
BUILDER: Final = Caller(account=BUILD, region=FRANKFURT)
CALM: Final = settings(
    max_examples=1,
    stateful_step_count=STEPS,
    database=None,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

DRAWS: Final[dict[str, Callable[[], st.SearchStrategy[Any]]]] = {
    "a whole number (the yardstick)": lambda: st.integers(0, 100),
    "requests(world)": lambda: requests(WORLD),
    "requests(world, by=caller)": lambda: requests(WORLD, by=BUILDER),
    "requests(world, by=caller, granted=True)": lambda: requests(WORLD, by=BUILDER, granted=True),
    "traces(max_steps=20)": lambda: traces(max_steps=20),
    "worlds(max_steps=20)": lambda: worlds(max_steps=20),
}


def _drawing(strategy: st.SearchStrategy[Any], times: int) -> Callable[[], None]:
    @settings(CALM, max_examples=10)
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        for _ in range(times):
            _ = data.draw(strategy)

    return draw


@pytest.mark.parametrize("what", DRAWS)
def test_draws(benchmark: Benchmark, what: str) -> None:
    times = 2 if "max_steps" in what else DRAWN
    benchmark.extra_info["draws a round"] = 10 * times
    benchmark.pedantic(_drawing(DRAWS[what](), times), rounds=ROUNDS, warmup_rounds=1)


class Lawless(AmiMachine):
    laws: ClassVar[Iterable[Law]] = ()


class Lawful(AmiMachine):
    laws: ClassVar[Iterable[Law]] = LAWS


@pytest.mark.parametrize("machine", [Lawless, Lawful])
def test_a_run_of_the_machine(benchmark: Benchmark, machine: type[AmiMachine]) -> None:
    benchmark.extra_info["steps a round"] = 3 * STEPS
    benchmark.pedantic(
        run_state_machine_as_test, (machine,), {"settings": settings(CALM, max_examples=3)}, rounds=ROUNDS
    )
