"""Scripts: calls of EC2's API as boto3 makes them, one after the other, and time that passes between.

A trace holds requests, which are well formed. A script holds parameters, which need not be: what EC2 would not even
read can be asked of both sides, too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, TypeAlias

from attrs import evolve, field, frozen

from amimodel.actions import ACTIONS
from amimodel.boto._answers import answer_writer
from amimodel.boto._parameters import parameters_of, request_of
from amimodel.callers import Caller
from amimodel.engine import advance, attempt
from amimodel.history import Advance, Asked, Trace
from amimodel.malformed import Malformed
from amimodel.refusals import Refusal
from amimodel.requests import Query, Request
from amimodel.testing.conformance._replies import Answered, Refused, Reply
from amimodel.testing.conformance._shapes import model_of
from amimodel.wire._faults import is_list, is_object
from amimodel.world import World

EC2: Final = "ec2"


@frozen
class Call:
    """A call of an action, with its parameters as boto3 takes them.

    >>> alice = Caller(account="111122223333", region="eu-central-1")
    >>> Call(alice, "DeregisterImage", {"ImageId": "ami-12345678"}).changes_something
    True
    """

    by: Caller
    action: str
    parameters: dict[str, Any]

    @property
    def kind(self) -> type[Request[Any]]:
        """The class of requests that it means."""
        return ACTIONS[self.action]

    @property
    def changes_something(self) -> bool:
        """Whether the world may be another one afterwards."""
        return not issubclass(self.kind, Query)


Step: TypeAlias = Call | Advance


def _steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(steps)


@frozen(kw_only=True)
class Script:
    """A world to begin with, the calls from there, and a name to know them by.

    The world is what the other side begins with, too: an empty one, unless the target is filled beforehand.
    """

    name: str
    start: World
    steps: tuple[Step, ...] = field(default=(), converter=_steps)

    @classmethod
    def of(cls, trace: Trace, name: str = "trace") -> "Script":
        """The script of a trace, without what nobody can ask of another side: AWS's own acts, and other services.

        >>> from amimodel.actions import DescribeImages
        >>> from amimodel.example_worlds import example_world
        >>> alice = Caller(account="111122223333", region="eu-central-1")
        >>> trace = Trace(example_world()).asking(DescribeImages(owners=["self"]), by=alice)
        >>> Script.of(trace).steps[0].parameters
        {'Owners': ['self']}
        """
        return cls(name=name, start=trace.start, steps=[step for each in trace if (step := _step_of(each)) is not None])

    @property
    def worlds(self) -> tuple[World, ...]:
        """The model's world at the start and after each step."""
        worlds = [self.start]
        for step in self.steps:
            worlds.append(taken(worlds[-1], step)[0])
        return tuple(worlds)

    def only(self, kept: Iterable[int]) -> "Script":
        """The script with these steps alone. What they bring about has other ids then; it is named by those."""
        was, world = self.worlds, self.start
        names: dict[str, str] = {}
        steps: list[Step] = []
        for index in kept:
            step = renamed(self.steps[index], names)
            after, _ = taken(world, step)
            names.update(zip(born(was[index], was[index + 1]), born(world, after), strict=False))
            steps.append(step)
            world = after
        return evolve(self, steps=steps)

    def with_step(self, index: int, step: Step) -> "Script":
        """The script with another step in this place."""
        return evolve(self, steps=(*self.steps[:index], step, *self.steps[index + 1 :]))

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)


def _step_of(step: Asked | Advance) -> Step | None:
    match step:
        case Advance():
            return step
        case Asked(by=by, request=request):
            is_asked = request.service == EC2 and not by.denied
            return Call(by, request.action, parameters_of(request)) if is_asked else None


def born(before: World, after: World) -> list[str]:
    """The ids of what is new, kind by kind, in the order in which it came."""
    return [
        record_id
        for old, new in (
            (before.images, after.images),
            (before.snapshots, after.snapshots),
            (before.volumes, after.volumes),
            (before.instances, after.instances),
        )
        for record_id in new.records
        if record_id not in old.records
    ]


def renamed(step: Step, names: Mapping[str, str]) -> Step:
    """The step, with other names for what it is about."""
    if isinstance(step, Advance) or not names:
        return step
    return evolve(step, parameters=with_texts(step.parameters, lambda text: names.get(text, text)))


def with_texts(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - whatever boto3 is given or gives
    """The same parameters or answer, with every text changed."""
    if isinstance(value, str):
        return change(value)
    if is_object(value):
        return {name: with_texts(item, change) for name, item in value.items()}
    if is_list(value):
        return [with_texts(item, change) for item in value]
    return value


# --- the model's side -------------------------------------------------------------------------------------------------

_NO_TIME: Final = timedelta()
_WRITERS: Final[dict[str, Callable[[Any], dict[str, Any]]]] = {}


def taken(world: World, step: Step) -> tuple[World, Reply]:
    """What becomes of a step in the model. What is due by then has happened: nobody waits for what takes no time."""
    match step:
        case Advance():
            return advance(world, step.by), Answered({})
        case Call():
            return _asked(advance(world, _NO_TIME), step)


def _asked(world: World, call: Call) -> tuple[World, Reply]:
    try:
        request = request_of(call.kind, call.parameters)
    except Malformed as error:
        return world, Refused(code=error.code, message=error.message, reason=f"malformed {error.member}")
    result = attempt(world, request, by=call.by)
    if isinstance(result, Refusal):
        reason, rules = type(result).__name__, result.rules
        return world, Refused(code=result.code, message=result.message, reason=reason, rules=rules)
    if call.action not in _WRITERS:
        _WRITERS[call.action] = answer_writer(model_of(call.action), call.kind)
    return result.world, Answered(_WRITERS[call.action](result.value))
