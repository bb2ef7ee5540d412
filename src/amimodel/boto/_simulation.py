"""A world that many callers talk to: which one it is now, how it came to that, and a lock."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from threading import RLock
from typing import Final, NamedTuple, TypeVar

from amimodel import engine
from amimodel.callers import Caller
from amimodel.comparing import Changes, changes
from amimodel.history import Advance, Asked, Step, Trace
from amimodel.malformed import invalid_value
from amimodel.refusals import Refusal
from amimodel.requests import Outcome, Query, Request
from amimodel.world import World

T = TypeVar("T")

_NO_TIME: Final = timedelta()


class _Moment(NamedTuple):
    """A step, and the world after it."""

    step: Step
    world: World


def _span(name: str, span: timedelta) -> timedelta:
    if span >= _NO_TIME:
        return span
    raise invalid_value(name, span, "Time goes forward.")


def _calls(patterns: Iterable[str]) -> tuple[str, ...]:
    if isinstance(patterns, str):
        raise invalid_value("FindsNothing", patterns, "Expected a list.")
    found = tuple(patterns)
    for each in found:
        if ":" not in each:
            raise invalid_value("FindsNothing", each, "It must be a service and an action, as in ec2:DescribeVpcs.")
    return found


class Simulation:
    """A world in the hands of many: every step makes it the next one, one step at a time.

    What is only asked leaves no trace; what is refused does, and changes nothing.
    """

    def __init__(
        self,
        world: World,
        *,
        each_call: timedelta = _NO_TIME,
        each_poll: timedelta | None = None,
        finds_nothing: Iterable[str] = (),
    ) -> None:
        self.each_call: timedelta = _span("EachCall", each_call)
        self.each_poll: timedelta | None = None if each_poll is None else _span("EachPoll", each_poll)
        self.finds_nothing: tuple[str, ...] = _calls(finds_nothing)
        self._start = world
        self._world = world
        self._past: list[_Moment] = []
        self._lock = RLock()
        self._request_ids = count(1)

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self._world

    @property
    def trace(self) -> Trace:
        """Everything that was asked, granted or refused, but what only asks; and the time that passed between."""
        with self._lock:
            return Trace(self._start, [moment.step for moment in self._past])

    @property
    def changes(self) -> Changes:
        """All that lies between the world at the start and the world now."""
        return changes(self._start, self._world)

    def do(self, request: Request[T], *, by: Caller) -> Outcome[T] | Refusal:
        """Do what is asked, or say why not; before that, as much time passes as each call takes.

        What is due by then has happened, so a world of `Timing.instant()` needs no other time than that.
        """
        with self._lock:
            if self.each_call or (self._world.tasks and self._world.tasks[0].due <= self._world.now):
                self._go_on(engine.advance(self._world, self.each_call))
            result = engine.attempt(self._world, request, by=by)
            if not isinstance(request, Query):
                if not isinstance(result, Refusal):
                    self._world = result.world
                self._past.append(_Moment(Asked(by, request), self._world))
            return result

    def advance(
        self,
        by: timedelta = _NO_TIME,
        *,
        until: datetime | None = None,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> World:
        """Let time pass, and happen what falls due, as `amimodel.engine.advance` does; the world is then this.

        Raises `Malformed` for a moment that is past.
        """
        with self._lock:
            span = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
            self._go_on(engine.advance(self._world, by, until=until, **span))
            return self._world

    def _go_on(self, later: World) -> None:
        self._past.append(_Moment(Advance(later.now - self._world.now), later))
        self._world = later

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass: what to put in the place of `time.sleep` in a program that polls by itself."""
        _ = self.advance(seconds=seconds)

    def undo(self, steps: int = 1) -> World:
        """Go back before the last step, or so many; what was refused since then is forgotten, and not counted.

        Raises `ValueError` where there were not so many.
        """
        with self._lock:
            taken = [place for place, moment in enumerate(self._past) if moment.world is not self._before(place)]
            if not 0 <= steps <= len(taken):
                message = f"there are {len(taken)} steps to undo, not {steps}"
                raise ValueError(message)
            if steps:
                del self._past[taken[-steps] :]
                self._world = self._before(len(self._past))
            return self._world

    def _before(self, place: int) -> World:
        return self._past[place - 1].world if place else self._start

    def next_request_id(self) -> str:
        """The id of the next call; EC2 gives one to every call, refused or not (settlement S 23)."""
        return f"{next(self._request_ids):08x}-0000-4000-8000-000000000000"
