"""Traces: a world to begin with and the steps from there, as a value; and what comes of them when they are replayed.

A trace says everything that happened, because nothing else has a say: the same steps from the same world give the same
answers, the same refusals and the same ids, on every machine. So it can be kept, sent, cut short and continued, and a
failure that it shows is shown by it again.

Source: rules A 0.3, B G-3, C 0.1.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from amimodel._code import code_of
from amimodel.callers import Caller
from amimodel.comparing import Changes, changes
from amimodel.engine import advance, attempt
from amimodel.malformed import invalid_value
from amimodel.refusals import Refusal
from amimodel.requests import Outcome, Request
from amimodel.world import World

_NO_TIME = timedelta()


def _span(span: timedelta) -> timedelta:
    if isinstance(span, timedelta) and span >= _NO_TIME:
        return span
    raise invalid_value("Advance", span, "Time goes forward.")


@frozen
class Asked:
    """A request that somebody makes, whether it is granted or not."""

    by: Caller
    request: Request[Any]

    def __str__(self) -> str:
        return f"{self.by}: {code_of(self.request)}"


@frozen
class Advance:
    """Time that passes, and lets happen what falls due.

    >>> print(Advance(timedelta(minutes=5)))
    0:05:00 later

    Raises `Malformed` for time that goes back.
    """

    by: timedelta = field(converter=_span)

    def __str__(self) -> str:
        return f"{self.by} later"


Step: TypeAlias = Asked | Advance
Result: TypeAlias = Outcome[Any] | Refusal


def _step(step: Step | tuple[Caller, Request[Any]] | timedelta) -> Step:
    match step:
        case Asked() | Advance():
            return step
        case timedelta():
            return Advance(step)
        case (by, request):
            return Asked(by, request)


def _steps(steps: Iterable[Step | tuple[Caller, Request[Any]] | timedelta]) -> tuple[Step, ...]:
    return tuple(_step(step) for step in steps)


@frozen(repr=False)
class Trace:
    """A world, and what was asked of it or passed from there on.

    A step is a caller with a request, or time that passes; `asking` and `advancing` add one.

    >>> from attrs import evolve
    >>> from amimodel.actions import DeregisterImage
    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> world = World(now=parse("2026-06-01T00:00:00Z")).with_image(evolve(WEB, region="eu-central-1"))
    >>> alice = Caller(account="111122223333", region="eu-central-1")
    >>> trace = Trace(world).asking(DeregisterImage(image_id="ami-12345678"), by=alice).advancing(days=8)
    >>> len(trace), trace.world()
    (2, <World of 2026-06-09 00:00:00Z: 1 event>)
    >>> trace
    Trace(world).then(
        Asked(Caller(account='111122223333', region=Region(name='eu-central-1')), \
DeregisterImage(image_id='ami-12345678')),
        Advance(datetime.timedelta(days=8)),
    )

    Raises `Malformed` for time that goes back.
    """

    start: World
    steps: tuple[Step, ...] = field(default=(), converter=_steps)

    def then(self, *steps: Step | tuple[Caller, Request[Any]] | timedelta) -> "Trace":
        """The trace with further steps: `(caller, request)` stands for `Asked`, a `timedelta` for `Advance`."""
        return evolve(self, steps=(*self.steps, *steps))

    def asking(self, request: Request[Any], *, by: Caller) -> "Trace":
        """The trace with one more request."""
        return self.then(Asked(by, request))

    def advancing(
        self,
        by: timedelta = _NO_TIME,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> "Trace":
        """The trace with time that passes then."""
        return self.then(Advance(by + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)))

    def undone(self, steps: int = 1) -> "Trace":
        """The trace without its last step, or without so many; what has no steps stays as it is."""
        return self.prefix(max(0, len(self.steps) - steps))

    def prefix(self, length: int) -> "Trace":
        """The first steps alone.

        >>> from amimodel.clock import parse
        >>> trace = Trace(World(now=parse("2026-06-01T00:00:00Z"))).advancing(days=1).advancing(days=2)
        >>> trace.prefix(1) == trace.undone(), trace.prefix(0).world() == trace.start
        (True, True)
        """
        return evolve(self, steps=self.steps[:length])

    def world(self) -> World:
        """The world at the end."""
        return replay(self).world

    def as_code(self, start: str = "world") -> str:
        """The trace as Python that makes it again, where its world has this name."""
        if not self.steps:
            return f"Trace({start})"
        return "\n".join((f"Trace({start}).then(", *(f"    {_code(step)}," for step in self.steps), ")"))

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __repr__(self) -> str:
        return self.as_code()


def _code(step: Step) -> str:
    match step:
        case Asked():
            return f"Asked({code_of(step.by)}, {code_of(step.request)})"
        case Advance():
            return f"Advance({step.by!r})"


@frozen(kw_only=True)
class Replay:
    """A trace with what came of it: of each step the result, and the world after it.

    A request that was refused left the world as it was, and its result is the refusal. Of time that passed, the result
    is an outcome without a value.
    """

    trace: Trace
    results: tuple[Result, ...]

    @property
    def worlds(self) -> tuple[World, ...]:
        """The world at the start, and after each step."""
        worlds = [self.trace.start]
        for result in self.results:
            worlds.append(worlds[-1] if isinstance(result, Refusal) else result.world)
        return tuple(worlds)

    @property
    def world(self) -> World:
        """The world at the end."""
        return self.worlds[-1]

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What was refused, in order."""
        return tuple(result for result in self.results if isinstance(result, Refusal))

    @property
    def changes(self) -> Changes:
        """All that lies between the start and the end."""
        return changes(self.trace.start, self.world)

    def __str__(self) -> str:
        """Step by step, what was asked and what came of it: the refusal, or what has changed."""
        worlds = self.worlds
        lines: list[str] = []
        for step, result, before, after in zip(self.trace.steps, self.results, worlds, worlds[1:], strict=False):
            lines.append(str(step))
            told = f"refused: {result.code}: {result}" if isinstance(result, Refusal) else str(changes(before, after))
            lines.extend(f"    {line}" for line in told.splitlines())
        return "\n".join(lines)


def replay(trace: Trace) -> Replay:
    """Go through a trace from its start.

    >>> from amimodel.actions import DeregisterImage
    >>> from amimodel.clock import parse
    >>> alice = Caller(account="111122223333", region="eu-central-1")
    >>> trace = Trace(World(now=parse("2026-06-01T00:00:00Z"))).asking(
    ...     DeregisterImage(image_id="ami-12345678"), by=alice
    ... )
    >>> print(replay(trace))
    111122223333 in eu-central-1: DeregisterImage(image_id='ami-12345678')
        refused: InvalidAMIID.NotFound: The image id '[ami-12345678]' does not exist

    Source: rules A 0.3, C 0.1.
    """
    world, results = trace.start, list[Result]()
    for step in trace.steps:
        result = _taken(world, step)
        world = world if isinstance(result, Refusal) else result.world
        results.append(result)
    return Replay(trace=trace, results=tuple(results))


def _taken(world: World, step: Step) -> Result:
    match step:
        case Asked():
            return attempt(world, step.request, by=step.by)
        case Advance():
            return Outcome(advance(world, step.by), None)
