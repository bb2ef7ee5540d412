"""Traces: requests and times that pass, each in sight of the world that those before have made; and where they lead."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st

from amimodel.actions import ACTIONS
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.engine import advance, attempt
from amimodel.history import Advance, Step, Trace
from amimodel.organizations import Organization, Organizations
from amimodel.refusals import Refusal
from amimodel.regions import Region
from amimodel.testing.strategies._asking import Menu, drawn_asking, menu, people
from amimodel.testing.strategies._filling import below
from amimodel.testing.strategies._renaming import new_ids, renamed
from amimodel.testing.strategies._sight import Sight
from amimodel.world import World

ACCOUNTS: Final = ("111122223333", "222233334444")
REGIONS: Final = ("eu-central-1", "us-east-1")
SPANS: Final = tuple(
    timedelta(minutes=minutes) for minutes in (5, 5, 5, 0, 1, 120, 8 * 24 * 60, 40 * 24 * 60, 3 * 365 * 24 * 60)
)
"""Times that pass: until a snapshot is made, an instance runs, a term ends, or an image is deprecated."""

_PASSING: Final = 5
_KEPT: Final = 64
"""One step in so many is left out from the beginning."""

BARE: Final = World(
    now=parse("2026-11-01T00:00:00Z"),
    organizations=Organizations(
        [Organization(organization_id="o-a1b2c3d4e5", management_account_id=ACCOUNTS[0], root_id="r-ab12")]
    ),
)
"""A world in which nothing is yet but an organization of one account."""


def traces(
    start: World | None = None,
    *,
    accounts: Iterable[str] | None = None,
    regions: Iterable[str | Region] | None = None,
    actions: Iterable[str] | None = None,
    max_steps: int = 20,
) -> st.SearchStrategy[Trace]:
    """Traces of up to so many steps, from a world in which nothing is yet, or from one that is given.

    >>> from hypothesis import find
    >>> trace = find(traces(actions=["CreateVolume", "DeleteVolume"]), lambda trace: len(trace.world().volumes) > 0)
    >>> [step.request.action for step in trace]
    ['CreateVolume']

    Those who ask are of `accounts`, in `regions`; where neither is given, everybody who has something in the world that
    is given. What they ask is of `actions`, or of all; and time passes.

    A failing trace shrinks to the shortest that fails: to the steps without none of which it would. An id that a step
    has given out is another one when steps before it are left out, and those that name it go along.
    """
    bare = start is None
    there = people(
        Sight(BARE if start is None else start),
        ACCOUNTS if bare and accounts is None else accounts,
        REGIONS if bare and regions is None else regions,
    )
    return _traces(BARE if start is None else start, there, Menu(ACTIONS if actions is None else actions), max_steps)


def worlds(
    start: World | None = None,
    *,
    accounts: Iterable[str] | None = None,
    regions: Iterable[str | Region] | None = None,
    actions: Iterable[str] | None = None,
    max_steps: int = 20,
) -> st.SearchStrategy[World]:
    """Worlds that can be reached in so many steps, from one in which nothing is yet, or from one that is given.

    >>> from hypothesis import find
    >>> find(worlds(actions=["CreateVolume"], max_steps=3), lambda world: len(world.volumes) > 0)
    <World of 2026-11-01 00:00:00Z: 1 volume, 1 event>

    Which are reached is up to the same as in `traces`; a failing example is shown as the trace that leads to it.
    """
    return traces(start, accounts=accounts, regions=regions, actions=actions, max_steps=max_steps).map(
        lambda trace: trace.world()
    )


def steps(
    world: World,
    *,
    accounts: Iterable[str] | None = None,
    regions: Iterable[str | Region] | None = None,
    actions: Iterable[str] | None = None,
) -> st.SearchStrategy[Step]:
    """One step from a world: mostly what somebody asks, or else time that passes.

    >>> from hypothesis import find
    >>> from amimodel.example_worlds import example_world
    >>> print(find(steps(example_world()), lambda step: isinstance(step, Advance)))
    0:05:00 later

    Who asks what is up to the same as in `traces`.
    """
    there = people(Sight(world), accounts, regions)
    return _steps(Sight(world, there=there), Menu(ACTIONS if actions is None else actions))


@st.composite
def _traces(draw: st.DrawFn, start: World, there: tuple[Caller, ...], actions: Menu, most: int) -> Trace:
    life = _Life(start)
    for _ in range(draw(below(most + 1))):
        life.goes_on(draw(_steps(Sight(life.drawn, there=there), actions)), kept=draw(below(_KEPT)) > 0)
    return Trace(start, life.steps)


@st.composite
def _steps(draw: st.DrawFn, sight: Sight, actions: Menu) -> Step:
    if draw(below(_PASSING)) == _PASSING - 1:
        return Advance(SPANS[draw(below(len(SPANS)))])
    wanted = menu(actions, sight)
    return drawn_asking(draw, sight, wanted[draw(below(len(wanted)))])


class _Life:
    """A life as it was drawn, and as it is told without the steps that are left out.

    So the steps after one that is left out stay what they were: they are drawn in sight of a world where it was taken.
    """

    def __init__(self, start: World) -> None:
        self.drawn = self._told = start
        self.steps: list[Step] = []
        self._ids: dict[str, str] = {}

    def goes_on(self, step: Step, *, kept: bool) -> None:
        """Take a step, and tell it if it is kept."""
        before, told = self.drawn, self._told
        self.drawn = after(before, step)
        if not kept:
            return
        if told is before:
            self._told = self.drawn
        else:
            step = renamed(step, self._ids)
            self._told = after(told, step)
            for drawn, now in zip(new_ids(before, self.drawn), new_ids(told, self._told), strict=True):
                self._ids.update(zip(drawn, now, strict=False))
        self.steps.append(step)


def after(world: World, step: Step) -> World:
    """The world after a step."""
    if isinstance(step, Advance):
        return advance(world, step.by)
    result = attempt(world, step.request, by=step.by)
    return world if isinstance(result, Refusal) else result.world
