"""Running a script on both sides, call by call.

What the other side does not do, though the model would, the model does not do either: so one divergence is not followed
by all that it leads to, and both go on from the same place. What the other side has done, though the model would not,
cannot be undone: there the script ends.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from amimodel.history import Advance
from amimodel.testing.conformance._calls import Call, Script, taken
from amimodel.testing.conformance._comparing import differences
from amimodel.testing.conformance._divergences import BY, Divergence, Kind, Signature
from amimodel.testing.conformance._ids import NAMES, Ids, names_in
from amimodel.testing.conformance._replies import Answered, Broken, Refused, Reply, Unknown
from amimodel.testing.conformance._shapes import model_of
from amimodel.testing.conformance._targets import Target
from amimodel.world import World


@frozen(kw_only=True)
class Run:
    """What came of a script: how many calls both sides were asked, which actions the other has, where they differed."""

    calls: int
    actions: frozenset[str]
    divergences: tuple[Divergence, ...]


def run(script: Script, target: Target) -> Run:
    """Run a script on both sides.

    >>> from amimodel.callers import Caller
    >>> from amimodel.example_worlds import example_world
    >>> from amimodel.testing.conformance._targets import simulated
    >>> alice = Caller(account="111122223333", region="eu-central-1")
    >>> script = Script(name="look", start=example_world(), steps=[Call(alice, "DescribeImages", {"Owners": ["self"]})])
    >>> run(script, simulated(example_world()))
    Run(calls=1, actions=frozenset({'DescribeImages'}), divergences=())
    """
    with target.fresh():
        return _Running(script, target).run()


class _Running:
    """A script under way: the model's world, and the names that have been learned."""

    def __init__(self, script: Script, target: Target) -> None:
        self.script = script
        self.target = target
        self.world = script.start
        self.ids = Ids()
        self.calls = 0
        self.actions = set[str]()

    def run(self) -> Run:
        """Go through the script as far as both sides are at the same place."""
        found: list[Divergence] = []
        meant = self.script.worlds
        for index, step in enumerate(self.script):
            # What the model did not do has used up its ids all the same: later calls name what comes by its id.
            self.world = evolve(self.world, issued=meant[index].issued)
            if isinstance(step, Advance):
                self.world, _ = taken(self.world, step)
                _ = self.target.wait(step.by)
            elif not self._names_what_never_came(step, meant[index]):
                new = list(self._called(step, index))
                found.extend(new)
                if any(each.signature.kind is Kind.GRANTED for each in new) and step.changes_something:
                    break
        return Run(calls=self.calls, actions=frozenset(self.actions), divergences=tuple(found))

    def _names_what_never_came(self, call: Call, meant: World) -> bool:
        """Whether a call is about what only the model was meant to have by now."""
        named = names_in(repr(call.parameters))
        return any(_is_there(meant, name) and not self._is_on_both_sides(name) for name in named)

    def _is_on_both_sides(self, name: str) -> bool:
        return _is_there(self.world, name) and self.ids.knows(name)

    def _called(self, call: Call, index: int) -> Iterator[Divergence]:
        try:
            other = self._asked(call)
        except ParamValidationError:  # boto3 itself does not let it through
            return
        self.calls += 1
        if not isinstance(other, Unknown):
            self.actions.add(call.action)
        after, model = taken(self.world, call)
        for signature, ours, theirs in self._compared(call, model, other):
            yield Divergence(
                signature=signature,
                script=evolve(self.script, steps=self.script.steps[: index + 1]),
                model=model,
                other=self._in_our_names(other),
                ours=ours,
                theirs=theirs,
            )
        if isinstance(other, Answered) and isinstance(model, Answered):
            self.world = after

    def _asked(self, call: Call) -> Reply:
        client = self.target.client(call.by.account, call.by.region.name)
        try:
            answer = getattr(client, xform_name(call.action))(**self.ids.theirs(call.parameters))
        except ClientError as error:
            return self._refused(error)
        except NotImplementedError as error:
            return Unknown(str(error))
        except BotoCoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an implementation in this process stumbles over
            return Broken(f"{type(error).__name__}: {error}")
        return Answered({name: value for name, value in answer.items() if name != "ResponseMetadata"})

    def _refused(self, error: ClientError) -> Reply:
        told: Any = error.response.get("Error", {})
        code, message = str(told.get("Code", "")), str(told.get("Message", ""))
        if code in self.target.unknown:
            return Unknown(message)
        return Broken(f"{code}: {message}") if code in self.target.broken else Refused(code=code, message=message)

    def _in_our_names(self, reply: Reply) -> Reply:
        match reply:
            case Answered(answer=answer):
                return Answered(self.ids.ours(answer))
            case Refused():
                return evolve(reply, message=self.ids.ours(reply.message))
            case Unknown(why=why):
                return Unknown(self.ids.ours(why))
            case Broken(why=why):
                return Broken(self.ids.ours(why))

    def _compared(self, call: Call, model: Reply, other: Reply) -> Iterator[tuple[Signature, object, object]]:
        match model, other:
            case _, Unknown():
                yield Signature(call.action, Kind.UNKNOWN, NAMES.sub("...", other.why)), None, None
            case _, Broken():
                yield Signature(call.action, Kind.BROKEN, _error_of(other)), None, None
            case Answered(), Refused():
                yield Signature(call.action, Kind.REFUSED, other.code), None, None
            case Refused(), Answered():
                yield Signature(call.action, Kind.GRANTED, f"{model.code} ({model.reason})"), None, None
            case Refused(), Refused() if model.code != other.code:
                yield Signature(call.action, Kind.CODE, f"{model.code} ({model.reason}), {other.code}"), None, None
            case Refused(), Refused():
                if not self.ids.agree(model.message, other.message):
                    yield Signature(call.action, Kind.MESSAGE, f"{model.code} ({model.reason})"), None, None
            case Answered(), Answered():
                yield from self._members(call, model.answer, other.answer)
            case _:
                raise AssertionError(model, other)

    def _members(
        self, call: Call, ours: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> Iterator[tuple[Signature, object, object]]:
        seen = set[Signature]()
        for found in differences(ours, theirs, self.ids, model_of(call.action).output_shape):
            asked = _asked_by(call) if found.path.count("[]") == 1 and found.path.endswith("[]") else ""
            signature = Signature(call.action, Kind.MEMBER, f"{found.path} {found.how}{asked}")
            if signature not in seen:
                seen.add(signature)
                yield signature, found.ours, found.theirs


def _asked_by(call: Call) -> str:
    """By what a listing was asked for: which things it has depends on that."""
    names = [name for name in call.parameters if name != "Filters"]
    names += [f"the filter {each['Name'].partition(':')[0]}" for each in call.parameters.get("Filters", ())]
    return f"{BY}{', '.join(sorted(names))}" if names and not call.changes_something else ""


def _error_of(broken: Broken) -> str:
    return broken.why.partition(":")[0]


def _is_there(world: World, name: str) -> bool:
    return name in world.images or name in world.snapshots or name in world.volumes or name in world.instances
