"""What a response says beside its values, kept so that it can be said again.

A value is written in one way, the canonical one. Where the source had it otherwise, the difference is kept with both
sides: what the canonical writing says there, and what the source said. Written again, the source's side takes the place
of the canonical one wherever that still says the same; where the value has changed in the meantime, the change stands.

So one rule serves four needs. Members that no value knows (the canonical writing says nothing there, whatever the
value) come back always; another spelling of an instant, as long as it is that instant; a member left out, as long as it
has its default; an empty list or null, as long as there is nothing to write.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from enum import Enum, unique
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from amimodel.clock import parse, utc
from amimodel.malformed import Malformed
from amimodel.wire._faults import Json, JsonObject, Path, is_list, is_object, one_line, path_text


@unique
class Absence(Enum):
    """The side of a difference that says nothing."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return self.name


ABSENT: Final = Absence.ABSENT


@frozen
class Shape:
    """The members that a place of the wire has; each with the shape of what stands there, or None for a plain value.

    `kept` are members whose text a value may leave to the residue.
    """

    members: Mapping[str, "Shape | None"]
    kept: frozenset[str] = frozenset()


@frozen
class Item:
    """A step into a list: where the item stood, and what it is known by (the first member of its canonical writing)."""

    index: int
    name: object


@frozen
class Difference:
    """One place where a source differs from the canonical writing of its value.

    >>> from amimodel.wire import read
    >>> answer = {
    ...     "ImageId": "ami-12345678",
    ...     "LastLaunchedTime": {"Value": "2026-01-01T00:00:00.000Z", "Colour": "blue"},
    ... }
    >>> for difference in read(answer).records[0].residue:
    ...     print(difference)
    LastLaunchedTime.Value: 2026-01-01T00:00:00.000Z for 2026-01-01T00:00:00Z
    LastLaunchedTime.Colour: blue

    `way` leads to the object that has the member, or should. `canonical` and `source` are `ABSENT` where that side has
    no such member.
    """

    way: tuple[str | Item, ...]
    member: str
    canonical: Json = field(hash=False)
    source: Json = field(hash=False)

    def __str__(self) -> str:
        where = path_text((*_indices(self.way), self.member))
        source = "left out" if self.source is ABSENT else self.source
        instead = "" if self.canonical is ABSENT else f" for {self.canonical}"
        return one_line(f"{where}: {source}{instead}")


class Lost(Exception):  # noqa: N818 - what has happened, not what was done wrong; it never leaves this package
    """A difference that has no place in a residue: a known member has come back different."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


def differences(source: JsonObject, canonical: JsonObject, shape: Shape) -> tuple[Difference, ...]:
    """Keep whatever the source has otherwise. Raises `Lost` rather than keep what a value should have told."""
    return tuple(_of_objects(source, canonical, shape, ()))


_Steps: TypeAlias = tuple[str | Item, ...]


def _of_objects(source: JsonObject, canonical: JsonObject, shape: Shape, way: _Steps) -> Iterator[Difference]:
    for member, theirs in source.items():
        if member in canonical:
            if theirs != (ours := canonical[member]):
                yield from _of_values(theirs, ours, shape.members.get(member), way, member)
        elif member not in shape.members or member in shape.kept or is_empty(theirs):
            yield Difference(way, member, ABSENT, deepcopy(theirs))
        else:
            raise Lost((*_indices(way), member))
    for member, ours in canonical.items():
        if member not in source:
            yield Difference(way, member, ours, ABSENT)


def _of_values(theirs: Json, ours: Json, shape: Shape | None, way: _Steps, member: str) -> Iterator[Difference]:
    if theirs is None or _same(member, theirs, ours):
        yield Difference(way, member, ours, theirs)
    elif shape is not None and is_object(theirs) and is_object(ours):
        yield from _of_objects(theirs, ours, shape, (*way, member))
    elif shape is not None and is_list(theirs) and is_list(ours) and len(theirs) == len(ours):
        for index, (their_item, our_item) in enumerate(zip(theirs, ours, strict=True)):
            yield from _of_objects(their_item, our_item, shape, (*way, member, Item(index, _name_of(our_item))))
    else:
        raise Lost((*_indices(way), member))


def _indices(path: _Steps) -> Path:
    return tuple(step.index if isinstance(step, Item) else step for step in path)


def is_empty(value: Json) -> bool:
    """Whether a JSON value says nothing: null, an empty list, an object of nothing else."""
    return value is None or value == [] or (is_object(value) and all(map(is_empty, value.values())))


_COOLING: Final = "disabled after "

# Members that are spelled in more than one way; everywhere else, only instants are.
_SPELLINGS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "Code": lambda theirs, ours: theirs & LOW_BYTE == ours,
    "Platform": lambda theirs, ours: theirs.casefold() == ours.casefold(),
}

LOW_BYTE: Final = 0xFF
"""The part of an instance state's code that means something; the high byte is AWS's own (botocore, InstanceState)."""


def _same(member: str, theirs: Json, ours: Json) -> bool:
    rule = _SPELLINGS.get(member)
    return rule(theirs, ours) if rule is not None and type(theirs) is type(ours) else _same_instant(theirs, ours)


def _same_instant(theirs: Json, ours: Json) -> bool:
    try:
        return _instant(theirs) == _instant(ours)
    except Malformed:
        return False


def _instant(spelled: Json) -> datetime:
    return parse(spelled.removeprefix(_COOLING)) if isinstance(spelled, str) else utc(spelled)


def _name_of(item: Json) -> Json:
    return next(iter(item.values()), None) if is_object(item) else item


def overlay(canonical: JsonObject, residue: Iterable[Difference]) -> JsonObject:
    """Say again what the source said, into a fresh canonical writing, wherever that does not contradict it."""
    for difference in residue:
        place = _follow(canonical, difference.way)
        if place is None or place.get(difference.member, ABSENT) != difference.canonical:
            continue
        if difference.source is ABSENT:
            del place[difference.member]
        else:
            place[difference.member] = deepcopy(difference.source)
    return canonical


def _follow(place: Json, way: Iterable[str | Item]) -> JsonObject | None:
    """Go down the way; None where it no longer leads anywhere. A list's item is looked for by what it is known by."""
    for step in way:
        if isinstance(step, Item):
            items = place if is_list(place) else []
            at_its_place = items[step.index : step.index + 1]
            place = next((item for item in (*at_its_place, *items) if _name_of(item) == step.name), None)
        else:
            place = place.get(step) if is_object(place) else None
    return place if is_object(place) else None
