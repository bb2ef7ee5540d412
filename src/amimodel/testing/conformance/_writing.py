"""A script as the Python that anyone can run against either side: boto3's calls, and names for what comes of them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore import xform_name

from amimodel.callers import Caller
from amimodel.history import Advance
from amimodel.testing.conformance._calls import Call, Script, taken
from amimodel.testing.conformance._ids import NAMES
from amimodel.testing.conformance._replies import Answered
from amimodel.wire._faults import is_list, is_object

_WORDS: Final = {"ami": "image", "snap": "snapshot", "vol": "volume", "i": "instance"}
_PEOPLE: Final = ("alice", "bob", "carol", "dave", "erin", "frank")
_WIDTH: Final = 90  # what comes of a call, and its name, need room, too


class _Text(str):
    """A name in the code, that stands there without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def as_code(script: Script) -> str:
    """Write a script as Python.

    >>> from amimodel.testing.conformance._pen import ALICE, Pen
    >>> pen = Pen("a snapshot")
    >>> snapshot_id = pen.snapshot()
    >>> print(as_code(pen.script))
    alice = client("111122223333", "eu-central-1")
    volume = alice.create_volume(AvailabilityZone='eu-central-1a', Size=8)['VolumeId']
    alice.create_snapshot(VolumeId=volume)
    """
    return "\n".join(_lines(script))


def _lines(script: Script) -> Iterator[str]:
    clients = _clients(script)
    for caller, name in clients.items():
        yield f'{name} = client("{caller.account}", "{caller.region}")'
    world, names = script.start, dict[str, _Text]()
    for index, step in enumerate(script):
        world, reply = taken(world, step)
        if isinstance(step, Advance):
            yield f"# {step}"
            continue
        answer: dict[str, Any] = reply.answer if isinstance(reply, Answered) else {}
        wanted = _named_later(script, index) - names.keys()
        found = [(name, path) for name, path in _paths(answer) if name in wanted]
        call = _call(clients[step.by], step, names)
        if len(found) == 1:
            ((name, path),) = found
            names[name] = _variable(name, names)
            yield f"{names[name]} = {call}{path}"
        elif found:
            yield f"answer = {call}"
            for name, path in found:
                names[name] = _variable(name, names)
                yield f"{names[name]} = answer{path}"
        else:
            yield call


def _clients(script: Script) -> Mapping[Caller, str]:
    callers = list(dict.fromkeys(step.by for step in script if isinstance(step, Call)))
    accounts = list(dict.fromkeys(caller.account for caller in callers))
    first = {account: next(each for each in callers if each.account == account) for account in accounts}
    people = {account: _PEOPLE[place % len(_PEOPLE)] for place, account in enumerate(accounts)}
    return {
        caller: people[caller.account]
        if caller == first[caller.account]
        else f"{people[caller.account]}_in_{str(caller.region).replace('-', '_')}"
        for caller in callers
    }


def _named_later(script: Script, index: int) -> set[str]:
    later = (repr(step.parameters) for step in script.steps[index + 1 :] if isinstance(step, Call))
    return {found[0] for text in later for found in NAMES.finditer(text) if found["kind"]}


def _paths(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every id that an answer gives, with the way to it; each once."""
    seen = set[str]()
    for name, way in _all_paths(value, path):
        if name not in seen:
            seen.add(name)
            yield name, way


def _all_paths(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and NAMES.fullmatch(value):
        yield value, path
    elif is_object(value):
        for member, item in value.items():
            yield from _all_paths(item, f"{path}[{member!r}]")
    elif is_list(value):
        for index, item in enumerate(value):
            yield from _all_paths(item, f"{path}[{index}]")


def _variable(name: str, names: Mapping[str, str]) -> _Text:
    word = _WORDS.get(name.partition("-")[0], "name")
    taken_already = sum(1 for each in names.values() if each.rstrip("_0123456789") == word)
    return _Text(f"{word}_{taken_already + 1}" if taken_already else word)


def _call(client: str, call: Call, names: Mapping[str, _Text]) -> str:
    given = [f"{name}={_shown(value, names)}" for name, value in call.parameters.items()]
    method = f"{client}.{xform_name(call.action)}"
    line = f"{method}({', '.join(given)})"
    if len(line) <= _WIDTH:
        return line
    return "\n".join((f"{method}(", *(f"    {each}," for each in given), ")"))


def _shown(value: Any, names: Mapping[str, _Text]) -> str:  # noqa: ANN401 - whatever boto3 takes
    if isinstance(value, str):
        text = repr(names.get(value, value))
        return text if len(text) <= _WIDTH or set(value) != {value[0]} else f"{value[0]!r} * {len(value)}"
    if is_object(value):
        return f"{{{', '.join(f'{name!r}: {_shown(item, names)}' for name, item in value.items())}}}"
    return f"[{', '.join(_shown(item, names) for item in value)}]" if is_list(value) else repr(value)
