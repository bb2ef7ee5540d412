"""A step that was taken, as a law looks at it."""

from collections.abc import Hashable, Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from attrs import frozen

from amimodel.callers import Caller
from amimodel.comparing import Changes, changes
from amimodel.history import Advance, Asked, Replay, Result, Step, Trace, replay
from amimodel.refusals import Refusal
from amimodel.requests import Request
from amimodel.world import World

AnyStep: TypeAlias = Step | tuple[Caller, Request[Any]] | timedelta
"""A step, or what stands for one in a trace: a caller with a request, or time that passes."""


class Present(NamedTuple):
    """Something that is new in a world, or another than before; `part` is the field of `World` that holds it."""

    part: str
    key: Hashable
    value: object


@frozen
class Taken:
    """A step that was taken: from which world, and what came of it.

    >>> from amimodel.clock import parse
    >>> world = World(now=parse("2026-06-01T00:00:00Z"))
    >>> taken = take(world, timedelta(hours=1))
    >>> print(taken.after.now, taken.by)
    2026-06-01 01:00:00+00:00 None
    >>> taken.step == Advance(timedelta(hours=1))
    True
    """

    before: World
    step: Step
    result: Result

    @property
    def after(self) -> World:
        """The world there is then: the same one, where the step was refused."""
        return self.before if isinstance(self.result, Refusal) else self.result.world

    @property
    def by(self) -> Caller | None:
        """Who asked; nobody, where time passed."""
        return self.step.by if isinstance(self.step, Asked) else None

    @property
    def request(self) -> Request[Any] | None:
        """What was asked; nothing, where time passed."""
        return self.step.request if isinstance(self.step, Asked) else None

    @property
    def passed(self) -> timedelta:
        """How much time passed; none, where something was asked."""
        return self.step.by if isinstance(self.step, Advance) else timedelta()

    @cached_property
    def changes(self) -> Changes:
        """What has changed."""
        return changes(self.before, self.after)

    @property
    def present(self) -> Iterator[Present]:
        """What is new, and then what is another than it was, as it is now."""
        for made in self.changes.created:
            yield Present(made.part, made.key, made.value)
        for moved in self.changes.changed:
            yield Present(moved.part, moved.key, moved.after)

    @cached_property
    def again(self) -> Replay:
        """What comes of it when the step is taken once more."""
        return replay(Trace(self.before, (self.step,)))


def take(before: World, step: AnyStep) -> Taken:
    """Take a step."""
    replayed = replay(Trace(before).then(step))
    return Taken(before, replayed.trace.steps[0], replayed.results[0])
