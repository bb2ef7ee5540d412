"""A pen for notebooks: it remembers the world, so that a cell says only what happens next.

The world itself never changes. What changes is which world the pen has come to, and it knows the way back.
"""

from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from attrs import frozen

from amimodel import display, engine
from amimodel._code import code_of
from amimodel._sheets import Part, Sheet, Span, Tone
from amimodel.callers import Caller
from amimodel.comparing import Changes, changes
from amimodel.decisions import Decision
from amimodel.history import Advance, Asked, Step, Trace
from amimodel.refusals import Refusal
from amimodel.requests import Outcome, Query, Request
from amimodel.world import World

__all__ = ["Done", "Lab", "Shown"]

T = TypeVar("T")

_NO_TIME: Final = timedelta()


class _Shows:
    """Something that shows itself: as HTML in a notebook, as text everywhere else."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return display.html(self)

    def __str__(self) -> str:
        return display.text(self)

    def __repr__(self) -> str:
        return str(self)


@frozen(repr=False)
class Shown(_Shows, Generic[T]):
    """A value to look at, at a moment."""

    value: T
    now: datetime | None = None


@frozen(repr=False, kw_only=True)
class Done(_Shows, Generic[T]):
    """What was asked, or how much time passed, and what came of it."""

    step: Step
    result: Outcome[T] | Refusal
    changes: Changes

    @property
    def refusal(self) -> Refusal | None:
        """Why it was refused, if it was."""
        return self.result if isinstance(self.result, Refusal) else None

    @property
    def value(self) -> T:
        """EC2's answer. Raises the refusal, where there is none."""
        if isinstance(self.result, Refusal):
            raise self.result.with_traceback(None)
        return self.result.value


@frozen
class _Moment:
    """Where the pen has come to, and how."""

    trace: Trace
    world: World


class Lab(_Shows):
    """A world in one's hand, and who asks if nobody else is named.

    >>> from amimodel.actions import DescribeImages, DisableImage
    >>> from amimodel.example_worlds import FRANKFURT, PROD, example_world
    >>> lab = Lab(example_world(), by=Caller(account=PROD, region=FRANKFURT))
    >>> image = lab.ask(DescribeImages(owners=["self"])).value.items[0]
    >>> lab.do(DisableImage(image_id=image.image_id))
    done DisableImage(image_id='ami-0fa00000000000510')
      111122223333 in eu-central-1
      ~  image ami-0fa00000000000510  state available -> disabled
      +  event 1                      2026-11-01T00:00:00Z ami-0fa00000000000510 is disabled
    >>> lab.undo()
    ~  image ami-0fa00000000000510  state disabled -> available
    -  event 1
    """

    __slots__ = ("_ahead", "_moments", "by")

    def __init__(self, world: World, *, by: Caller) -> None:
        self.by: Caller = by
        self._moments = [_Moment(Trace(world), world)]
        self._ahead = list[_Moment]()

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self._moments[-1].world

    @property
    def trace(self) -> Trace:
        """Everything that was done, or refused, on the way here."""
        return self._moments[-1].trace

    def do(self, request: Request[T], *, by: Caller | None = None) -> Done[T]:
        """Do what is asked, if EC2 would; a refusal is shown, not raised."""
        caller, before = by or self.by, self.world
        result = engine.attempt(before, request, by=caller)
        trace = self.trace.asking(request, by=caller)
        if isinstance(result, Refusal):  # the world stays, so there is nothing that could be undone
            self._moments[-1] = _Moment(trace, before)
        else:
            self._moments.append(_Moment(trace, result.world))
        self._ahead.clear()
        return Done(step=Asked(caller, request), result=result, changes=changes(before, self.world))

    def ask(self, query: Query[T], *, by: Caller | None = None) -> Done[T]:
        """Ask, which changes nothing and leaves no trace; a refusal is shown, not raised."""
        caller = by or self.by
        result = engine.attempt(self.world, query, by=caller)
        return Done(step=Asked(caller, query), result=result, changes=Changes())

    def explain(self, request: Request[Any], *, by: Caller | None = None) -> Shown[Decision]:
        """Say whether a request would be granted, with every reason."""
        return self.show(engine.explain(self.world, request, by=by or self.by))

    def advance(
        self,
        by: timedelta = _NO_TIME,
        *,
        until: datetime | None = None,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> Done[None]:
        """Let time pass, and happen what falls due, as `amimodel.engine.advance` does.

        Raises `Malformed` for a moment that is past.
        """
        before = self.world
        after = engine.advance(before, by, until=until, days=days, hours=hours, minutes=minutes, seconds=seconds)
        span = after.now - before.now
        self._moments.append(_Moment(self.trace.advancing(span), after))
        self._ahead.clear()
        return Done(step=Advance(span), result=Outcome(after, None), changes=changes(before, after))

    def undo(self, steps: int = 1) -> Shown[Changes]:
        """Go back before the last step, or so many; what was refused since then is forgotten, and not counted.

        Raises `ValueError` where there were not so many.
        """
        if not 0 <= steps < len(self._moments):
            message = f"there are {len(self._moments) - 1} steps to undo, not {steps}"
            raise ValueError(message)
        before = self.world
        for _ in range(steps):
            self._ahead.append(self._moments.pop())
        return self.show(changes(before, self.world))

    def redo(self) -> Shown[Changes]:
        """Take the last step again that was undone. Raises `ValueError` where none was, or something was done since."""
        if not self._ahead:
            message = "there is nothing to redo"
            raise ValueError(message)
        before = self.world
        self._moments.append(self._ahead.pop())
        return self.show(changes(before, self.world))

    def show(self, value: T) -> Shown[T]:
        """Show any value: an image, a page, the world, its events."""
        return Shown(value, self.world.now)


@display.sheet.register(Lab)
def _sheet_of_lab(lab: Lab, now: datetime | None = None) -> Sheet:
    return display.sheet(lab.world, now)


@display.sheet.register(Shown)
def _sheet_of_shown(shown: Shown[object], now: datetime | None = None) -> Sheet:
    return display.sheet(shown.value, now or shown.now)


@display.sheet.register(Done)
def _sheet_of_done(done: Done[object], now: datetime | None = None) -> Sheet:
    if isinstance(done.step, Advance):
        return Sheet(Span(_later(done.step.by), Tone.STRONG), _whole(display.sheet(done.changes)))
    request, by = done.step.request, (Span(str(done.step.by), Tone.FAINT),)
    asked = Span(code_of(request), Tone.CODE)
    if isinstance(done.result, Refusal):
        told = display.sheet(done.result)
        return Sheet((*told.title, asked), (by, *told.parts))
    if isinstance(request, Query):
        told = display.sheet(done.result.value, now or done.result.world.now)
        return Sheet((Span("answered", Tone.GOOD, badge=True), asked), (by, *_whole(told)))
    return Sheet((Span("done", Tone.GOOD, badge=True), asked), (by, *_whole(display.sheet(done.changes))))


_UNITS: Final = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def _later(span: timedelta) -> str:
    for unit, length in _UNITS:
        number, rest = divmod(span, length)
        if number and not rest:
            return f"{number} {unit}{'' if number == 1 else 's'} later"
    return f"{span} later"


def _whole(sheet: Sheet) -> tuple[Part, ...]:
    return (sheet.title, *sheet.parts) if sheet.title else sheet.parts
