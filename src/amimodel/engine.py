"""The engine: how a request meets a world, and how time passes.

- `apply` gives what becomes of a request, or raises the refusal that EC2 gives.
- `attempt` gives the refusal instead of raising it.
- `ask` gives the answer of a request that only asks.
- `explain` says whether a request would be granted, and names everything that is in its way, not only the first.
- `advance` lets time pass, and happen what falls due.

Source: rules A 0.3, A E-6, B G-2, B G-3, C 0.1, C 0.5; settlements S 9, S 10.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, TypeVar, cast

from amimodel.actions import happen
from amimodel.callers import Caller
from amimodel.clock import to_millisecond, utc
from amimodel.decisions import Decision, Support, Unknown
from amimodel.malformed import invalid_value
from amimodel.refusals import DryRunOperation, IdempotentParameterMismatch, Refusal, UnauthorizedOperation
from amimodel.requests import Doubt, Granted, Nothing, Outcome, Query, Request
from amimodel.world import World

T = TypeVar("T")

ANY_REQUEST: Final[tuple[type[Refusal], ...]] = (UnauthorizedOperation, DryRunOperation)
"""The refusals that every request can meet, before those that it declares."""


def apply(world: World, request: Request[T], *, by: Caller) -> Outcome[T]:
    """Do what is asked.

    >>> from amimodel.actions import DeregisterImage
    >>> from amimodel.example_worlds import example_world
    >>> from amimodel.regions import as_region
    >>> world = example_world()
    >>> image = next(world.images_owned("111122223333", as_region("eu-central-1")))
    >>> alice = Caller(account="111122223333", region="eu-central-1")
    >>> after, _ = apply(world, DeregisterImage(image_id=image.image_id), by=alice)
    >>> len(world.images) - len(after.images)
    1

    Raises the first refusal, and nothing has happened.

    Source: rules A 0.3, B G-3.
    """
    for refusal in _before(request, by):
        raise refusal
    token = request.token
    if not token:
        return _granted(world, request, by)
    answered = _answered(world, request, by)
    if isinstance(answered, Refusal):
        raise answered
    if answered is not None:
        return answered
    after, value = _granted(world, request, by)
    return Outcome(after.with_client_token(by, request.action, token, request, value), value)


def _before(request: Request[T], by: Caller) -> Iterator[Refusal]:
    action = f"{request.service}:{request.action}"
    if not by.may(action):
        yield UnauthorizedOperation(action=action)
    if request.dry_run and request.dry_run_comes_first:
        yield DryRunOperation()


def _answered(world: World, request: Request[T], by: Caller) -> Outcome[T] | Refusal | None:
    """What becomes of a request whose token has been used: the first answer, if it is the same (rule B CI-17)."""
    if not request.token:
        return None
    known = world.client_tokens.get((by.account, by.region, request.action, request.token))
    if known is None:
        return None
    before, answer = known
    if before != request:
        return IdempotentParameterMismatch(client_token=request.token)
    return Outcome(world, cast("T", answer))  # it answered an equal request


def _granted(world: World, request: Request[T], by: Caller) -> Outcome[T]:
    steps = request.decide(world, by)
    while True:
        try:
            step = next(steps)
        except StopIteration as done:
            outcome: Outcome[T] = done.value
            return outcome
        if isinstance(step, Refusal):
            raise step
        if isinstance(step, Nothing | Doubt):
            raise step.refusal


def attempt(world: World, request: Request[T], *, by: Caller) -> Outcome[T] | Refusal:
    """Do what is asked, or say why not; a refusal is a value.

    Source: as `apply`.
    """
    try:
        return apply(world, request, by=by)
    except Refusal as refusal:
        return refusal.with_traceback(None)


def ask(world: World, query: Query[T], *, by: Caller) -> T:
    """Ask; nothing changes. Raises the first refusal."""
    return apply(world, query, by=by).value


def explain(world: World, request: Request[object], *, by: Caller) -> Decision:
    """Say whether a request would be granted, with every reason.

    Where it would be refused, the grounds begin with all that is in its way, in EC2's order: the first is the one that
    EC2 would name. Where something is not known, only that keeps it from being settled. Where it would be granted, they
    are what lets it be, and the rows of the tables that settle how.

    A request that has been granted with its token before is answered once more; nothing else is asked then.

    Source: rules A 0.3, B CI-17; settlement S 10.
    """
    against: list[Refusal] = [*_before(request, by)]
    answered = _answered(world, request, by)
    if isinstance(answered, Refusal):
        against.append(answered)
    elif answered is not None:
        return Decision(not against, tuple(against))
    support: list[Support] = []
    unknown: list[Unknown] = []
    for step in request.decide(world, by):
        match step:
            case Granted():
                break
            case Refusal():
                against.append(step)
            case Nothing():
                against.append(step.refusal)
                break
            case Doubt():
                unknown.append(step.unknown)
            case _:
                support.append(step)
    if against:
        return Decision(False, (*dict.fromkeys(against), *unknown))
    return Decision(None, tuple(unknown)) if unknown else Decision(True, tuple(support))


# --- time -------------------------------------------------------------------------------------------------------------

_NO_TIME: Final = timedelta()


def advance(
    world: World,
    by: timedelta = _NO_TIME,
    *,
    until: datetime | None = None,
    days: float = 0,
    hours: float = 0,
    minutes: float = 0,
    seconds: float = 0,
) -> World:
    """Let time pass: so long, or until a moment. Everything that falls due by then happens, in order.

    >>> from amimodel.clock import parse
    >>> world = World(now=parse("2026-06-01T00:00:00Z"))
    >>> advance(world, minutes=5).now == advance(world, until=parse("2026-06-01T00:05:00Z")).now
    True

    With neither, what is due now happens; with both, it is so long after that moment. Raises `Malformed` for a moment
    that is past.

    Source: rules C 0.1, C 13.
    """
    span = by + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    end = to_millisecond(world.now + span if until is None else utc(until) + span)
    if end < world.now:
        raise invalid_value("until", end, f"The world's time is {world.now.isoformat()} already.")
    while world.tasks and world.tasks[0].due <= end:
        task = world.tasks[0]
        world = happen(world.at(max(world.now, task.due)).without_tasks([task]), task)
    return world.at(end)
