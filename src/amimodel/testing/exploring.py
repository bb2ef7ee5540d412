"""Exploring: every state that a world can come to within a small scope, and every law held against every step.

Tests with examples show that something goes wrong somewhere; an exploration shows that nothing does, as far as its
scope goes. Most faults show in a small scope already: one image, two accounts, and a few requests of each.

Source: rules A 0.3, B G-3, C 0.1; the laws' own rules.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import field, frozen

from amimodel.callers import Caller
from amimodel.history import Asked, Step, Trace
from amimodel.malformed import invalid_value
from amimodel.refusals import Refusal
from amimodel.requests import Request
from amimodel.testing._alike import Same, alike
from amimodel.testing.laws import DECLARED, LAWS, Broken, Law, Taken, against, take
from amimodel.world import World

if TYPE_CHECKING:
    from networkx import MultiDiGraph

__all__ = ["Asking", "Edge", "Exploration", "Same", "alike", "explore"]

Asking: TypeAlias = Asked | tuple[Caller, Request[Any]]
"""A request, with who makes it."""


@frozen(kw_only=True)
class Edge:
    """A step from one state to another, or to the same one; states go by their number. `refusal` says why it stayed."""

    source: int
    step: Step
    target: int
    refusal: Refusal | None = None

    def __str__(self) -> str:
        step = self.step
        told = f"{step.by.account}: {step.request.action}" if isinstance(step, Asked) else str(step)
        return told if self.refusal is None else f"{told}: {self.refusal.code}"


def _worlds(worlds: Iterable[World]) -> tuple[World, ...]:
    return tuple(worlds)


def _edges(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple(edges)


@frozen(kw_only=True, repr=False)
class Exploration:
    """What an exploration has come to: a world for each state, the first one found, and the steps between them.

    `complete` says whether there is nothing left to find: every step was taken from every state. `counterexample` is a
    trace whose last step breaks a law, with no shorter one than it, and `broken` has what it breaks.
    """

    worlds: tuple[World, ...] = field(converter=_worlds)
    edges: tuple[Edge, ...] = field(converter=_edges)
    depth: int
    """How many steps the farthest state is away from the first."""
    complete: bool
    broken: tuple[Broken, ...] = ()
    counterexample: Trace | None = None

    def __len__(self) -> int:
        """How many states there are."""
        return len(self.worlds)

    @property
    def refused(self) -> int:
        """How many of the steps were refused."""
        return sum(edge.refusal is not None for edge in self.edges)

    def trace(self, state: int) -> Trace:
        """A shortest way from the first state to another."""
        steps: list[Step] = []
        while state:
            edge = self._found_by[state]
            steps.append(edge.step)
            state = edge.source
        return Trace(self.worlds[0], reversed(steps))

    @cached_property
    def _found_by(self) -> Mapping[int, Edge]:
        """By which step each state was found: the first that led there."""
        return {edge.target: edge for edge in reversed(self.edges)}

    def graph(self, *, refused: bool = True) -> "MultiDiGraph[int]":
        """The states and the steps between them, as a graph of networkx; without the refused ones, if so wanted.

        A node is the number of a state and has its `world`; an edge has its `step` and `refusal`, and a `label`.

        Raises `ImportError` where networkx is not installed: it comes with the extra `testing`.
        """
        try:
            from networkx import MultiDiGraph as Graph
        except ImportError as error:
            raise ImportError("a graph needs networkx: pip install 'amimodel[testing]'") from error
        graph: MultiDiGraph[int] = Graph()
        graph.add_nodes_from((state, {"world": world}) for state, world in enumerate(self.worlds))
        graph.add_edges_from(
            (edge.source, edge.target, {"step": edge.step, "refusal": edge.refusal, "label": str(edge)})
            for edge in self.edges
            if refused or edge.refusal is None
        )
        return graph

    def __str__(self) -> str:
        told = f"{_counted(len(self), 'state')}, {_counted(len(self.edges), 'step')} ({self.refused:,} refused)"
        if self.counterexample is None:
            left = "nothing is left to find" if self.complete else f"there is more behind step {self.depth:,}"
            return f"{told}: no law is broken, and {left}"
        way = "".join(f"\n{number}. {step}" for number, step in enumerate(self.counterexample, 1))
        found = "".join(f"\n{one}" for one in self.broken)
        return f"{told}: a law is broken after {_counted(len(self.counterexample), 'step')}{way}{found}"

    def __repr__(self) -> str:
        return f"<Exploration: {str(self).partition(chr(10))[0]}>"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else f'{noun}s'}"


# --- the search -------------------------------------------------------------------------------------------------------


def explore(
    world: World,
    requests: Iterable[Asking] | Callable[[World], Iterable[Asking]],
    depth: int | None = None,
    *,
    laws: Iterable[Law] = LAWS,
    advances: Iterable[timedelta] = (),
    same: Same | None = None,
) -> Exploration:
    """Ask everything of a world in every order, up to so many steps, and hold the laws against each step.

    >>> from amimodel.actions import DisableImage, EnableImage
    >>> from amimodel.example_worlds import BUILD, FRANKFURT, example_world
    >>> build, image_id = Caller(account=BUILD, region=FRANKFURT), "ami-0fa00000000000410"
    >>> requests = [(build, DisableImage(image_id=image_id)), (build, EnableImage(image_id=image_id))]
    >>> print(explore(example_world(), requests))
    3 states, 6 steps (0 refused): no law is broken, and nothing is left to find

    There are three, because an image that was disabled and enabled is shared with nobody any more.

    `requests` is what is asked in every state, or a function that tells what to ask of a world; `advances` are spans of
    time that pass in each. Without `depth` it goes on until nothing is left to find, which need not come: what makes
    something new whenever it is asked has no end. It goes by breadth and ends at the first broken law, so that no
    shorter trace breaks one. A step that ends in an error breaks `laws.DECLARED`, whatever `laws` are.

    `same` gives what matters of a world; worlds for which it is the same are one state, explored from the first of them
    alone. Without it, that is `alike(world, requests)`, with what is asked at the start; it says what it leaves out.
    With `same=lambda world: world`, which leaves out nothing, no world comes again once an id was given out, an event
    told, or time passed. What a function asks must not depend on more than `same` keeps: it looks up in the world what
    was given an id on the way, and names the same moments everywhere.

    Raises `Malformed` for a depth below zero.

    Source: the laws' own rules.
    """
    if depth is not None and depth < 0:
        raise invalid_value("depth", depth, "Expected a number of steps, or None.")
    first = Trace(world, requests(world) if callable(requests) else requests).steps
    passing = Trace(world, advances).steps
    search = _Search(world, tuple(laws), alike(world, first) if same is None else same)
    broken = search.broken_at_the_start()
    if broken:
        return search.ended(broken, Trace(world))
    while search.has_more(depth):
        before = search.worlds[search.taken_from]
        for step in (*(Trace(before, requests(before)).steps if callable(requests) else first), *passing):
            broken = search.broken_by(step)
            if broken:
                return search.ended(broken, search.way(step))
        search.taken_from += 1
    return search.ended()


class _Search:
    """An exploration under way. From the states before `taken_from`, every step has been taken."""

    def __init__(self, start: World, laws: tuple[Law, ...], same: Same) -> None:
        self.worlds = [start]
        self.taken_from = 0
        self._laws = laws
        self._same = same
        self._numbers = {same(start): 0}
        self._away = [0]
        self._edges = list[Edge]()

    def has_more(self, depth: int | None) -> bool:
        """Whether there is a state left from which steps are to be taken."""
        left = self.taken_from < len(self.worlds)
        return left and (depth is None or self._away[self.taken_from] < depth)

    def broken_at_the_start(self) -> tuple[Broken, ...]:
        """The laws of worlds that the first one breaks."""
        start = self.worlds[0]
        found = ((law, tuple(law.of_world(start))) for law in self._laws if law.of_world is not None)
        return tuple(Broken(law, complaints) for law, complaints in found if complaints)

    def broken_by(self, step: Step) -> tuple[Broken, ...]:
        """Take a step, write down where it leads, and find the laws that it breaks."""
        source = self.taken_from
        before = self.worlds[source]
        try:
            taken = take(before, step)
        except Exception as error:  # noqa: BLE001 - whatever it is, there should be none
            return (Broken(DECLARED, (f"{step} ends in {error!r}",)),)
        if isinstance(taken.result, Refusal):
            self._edges.append(Edge(source=source, step=step, target=source, refusal=taken.result))
        else:
            self._edges.append(Edge(source=source, step=step, target=self._state(taken.after)))
        return tuple(self._broken(taken))

    def _broken(self, taken: Taken) -> Iterator[Broken]:
        for law in self._laws:
            try:
                yield from against(taken, [law])
            except Exception as error:
                error.add_note(f"The law {law.sentence!r} was asked about: {self.way(taken.step)}")
                raise

    def way(self, step: Step) -> Trace:
        """A shortest trace that ends with this step."""
        return self.ended().trace(self.taken_from).then(step)

    def _state(self, world: World) -> int:
        if world is self.worlds[self.taken_from]:
            return self.taken_from
        state = self._numbers.setdefault(self._same(world), len(self.worlds))
        if state == len(self.worlds):
            self.worlds.append(world)
            self._away.append(self._away[self.taken_from] + 1)
        return state

    def ended(self, broken: tuple[Broken, ...] = (), counterexample: Trace | None = None) -> Exploration:
        """What has been found."""
        return Exploration(
            worlds=self.worlds,
            edges=self._edges,
            depth=self._away[-1],
            complete=self.taken_from == len(self.worlds),
            broken=broken,
            counterexample=counterexample,
        )
