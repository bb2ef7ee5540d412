"""Writing the files of the vectors: few worlds, and each vector's as one of these with a patch."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from amimodel.testing.vectors._patches import patch_of
from amimodel.testing.vectors._vector import FORMAT, Vector
from amimodel.wire._faults import Json, JsonObject, is_list, is_object

_WIDTH: Final = 120
_WORTH_A_PATCH: Final = 0.5
"""A world is told by a patch of another where that takes at most this part of its own text."""

_TRIED: Final = 3
_TAKEN_AWAY: Final = 40


def worlds_of(wanted: Iterable[Vector]) -> dict[str, JsonObject]:
    """The worlds, by names, of which the worlds of these vectors are told: those that are used most come first."""
    used = Counter(json.dumps(vector.pre) for vector in wanted)
    worlds: dict[str, JsonObject] = {}
    for text in sorted(used, key=lambda text: (-used[text], text)):
        world = json.loads(text)
        if not worlds or len(json.dumps(_pre(world, worlds))) > _WORTH_A_PATCH * len(text):
            worlds[_unlike(_told(world), worlds)] = world
    return worlds


def document_of(action: str, wanted: Sequence[Vector], worlds: Mapping[str, JsonObject]) -> JsonObject:
    """The file of an action's vectors, in this order, of which the worlds are told by these."""
    return {"format": FORMAT, "action": action, "vectors": [_written(vector, worlds) for vector in wanted]}


def worlds_document(worlds: Mapping[str, JsonObject]) -> JsonObject:
    """The file of the worlds that are shared."""
    return {"format": FORMAT, "worlds": {**worlds}}


def _written(vector: Vector, worlds: Mapping[str, JsonObject]) -> JsonObject:
    return {
        "name": vector.name,
        "rules": vector.rules,
        "test": vector.test,
        "pre": _pre(vector.pre, worlds),
        "by": vector.by,
        "request": vector.request,
        **vector.expected,
    }


def _pre(world: JsonObject, worlds: Mapping[str, JsonObject]) -> JsonObject:
    """The world as one of the others with a short patch: the shortest of those for the few that are most alike."""
    parts = _parts(json.dumps(world))
    told: list[JsonObject] = []
    for name in sorted(worlds, key=lambda name: _apart(parts, _parts(json.dumps(worlds[name]))))[:_TRIED]:
        patch = patch_of(worlds[name], world)
        if not patch:
            return {"world": name}
        told.append({"world": name, "patch": patch})
    return min(told, key=lambda pre: len(json.dumps(pre)))


@cache
def _parts(world: str) -> frozenset[tuple[str, str]]:
    """What a world is made of: its members, and of lists the items."""
    members = json.loads(world).items()
    return frozenset((name, json.dumps(item)) for name, told in members for item in (told if is_list(told) else [told]))


def _apart(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> int:
    """How much of a world is not in the other. What is there too much is taken away in few words."""
    return sum(len(text) for _, text in one - other) + sum(_TAKEN_AWAY for _ in other - one)


# --- the names of worlds ----------------------------------------------------------------------------------------------

_COUNTED: Final = ("images", "snapshots", "volumes", "instances")


def _told(world: JsonObject) -> str:
    """How much there is of what a world is mostly about."""
    counted = [(len(world[member]), member) for member in _COUNTED if world.get(member)]
    return ", ".join(f"{number} {_nouns(member, number)}" for number, member in counted) or "nothing"


def _nouns(member: str, number: int) -> str:
    return member.removesuffix("s") if number == 1 else member


def _unlike(name: str, taken: Mapping[str, Any]) -> str:
    """The name, with a number behind it where another world has it."""
    number = 1
    numbered = name
    while numbered in taken:
        number += 1
        numbered = f"{name} ({number})"
    return numbered


# --- text -------------------------------------------------------------------------------------------------------------


def text_of(document: JsonObject) -> str:
    """Write a file: whatever fits on a line is on one, so that two versions can be compared line by line.

    >>> print(text_of({"format": 1, "action": "DeleteVolume", "vectors": []}), end="")
    {"format": 1, "action": "DeleteVolume", "vectors": []}
    """
    return f"{_text(document, '')}\n"


def _text(value: Json, indent: str, before: int = 0) -> str:
    """A value as text, of which the first line begins behind `before` characters and others behind the indent."""
    line = json.dumps(value, ensure_ascii=False)
    inner = f"{indent} "
    if len(indent) + before + len(line) < _WIDTH:
        return line
    if is_list(value):
        items = [f"{inner}{_text(item, inner)}" for item in value]
        return "\n".join(("[", ",\n".join(items), f"{indent}]"))
    if is_object(value):
        members = [_member(json.dumps(name, ensure_ascii=False), item, inner) for name, item in value.items()]
        return "\n".join(("{", ",\n".join(members), f"{indent}}}"))
    return line


def _member(name: str, item: Json, indent: str) -> str:
    return f"{indent}{name}: {_text(item, indent, len(name) + 2)}"
