"""When two worlds are one to whoever explores them: they differ in what only counts, and in nothing that matters."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Final, TypeAlias, cast

import attrs
from attrs import field, frozen

from amimodel._catalogue import Catalogue
from amimodel.comparing import Changed, Created, Removed, changes
from amimodel.world import World

Same: TypeAlias = Callable[[World], Hashable]
"""What of a world matters: worlds for which it gives the same are one state of an exploration."""

_COUNTING: Final = frozenset({"now", "issued", "events"})  # no world with more of these comes again
_GIVEN: Final = re.compile(r"\b(?:ami|snap|vol|i|r)-[0-9a-f]{17}\b|\A[0-9a-f]{11}\Z")  # rules A ID-1, C 6.1
_RULE_LENGTH: Final = 11
_PAST: Final = "past"


def alike(start: World, asked: Iterable[object] = ()) -> Same:
    """Tell worlds that come of `start` apart by what can come of them, and not by what only counts.

    >>> from amimodel.actions import DisableImage, EnableImage
    >>> from amimodel.engine import advance, apply
    >>> from amimodel.example_worlds import BUILD, FRANKFURT, example_world
    >>> from amimodel.callers import Caller
    >>> build = Caller(account=BUILD, region=FRANKFURT)
    >>> start = advance(example_world(), days=5 * 365)  # until nothing is to come any more
    >>> disabled = apply(start, DisableImage(image_id="ami-0fa00000000000440"), by=build).world
    >>> again = advance(apply(disabled, EnableImage(image_id="ami-0fa00000000000440"), by=build).world, minutes=5)
    >>> once_more = apply(again, DisableImage(image_id="ami-0fa00000000000440"), by=build).world
    >>> what_matters = alike(start)
    >>> what_matters(disabled) == what_matters(once_more), what_matters(disabled) == what_matters(again)
    (True, False)

    Left out are the events that were told, how many ids were given out, and the clock: of a moment to come it matters
    how far away it is, and of one that has come only that it has; of work that falls due then, only that there is some,
    however often the same was taken on. An id that was given out since the start goes by its
    place among the others, unless `asked` (requests, with those who make them) names it. The moments that `asked` names
    count as those of the world do.

    What depends on an age is not told apart, such as which of two images is the older one, or for how long one has not
    been launched.

    Source: rules A ID-1, C 0.1.
    """
    named = [*_inside(tuple(asked))]
    texts = [value for value in named if isinstance(value, str)]
    parts = tuple(getattr(start, part) for part in _PARTS if part not in _COUNTING)
    moments = {value for value in (*named, *_inside(parts)) if isinstance(value, datetime) and value > start.now}
    return _Alike(start, frozenset((*texts, *_ids(texts))), sorted(moments))


def _ids(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _GIVEN.findall(text)


def _inside(value: object) -> Iterator[object]:
    """A value, and everything that it is made of."""
    match value:
        case str() | datetime() | Enum():
            yield value
        case tuple() | list() | frozenset():
            for each in cast("Iterable[object]", value):
                yield from _inside(each)
        case Mapping():
            yield from _inside((*cast("Mapping[object, object]", value).items(),))
        case Catalogue():
            yield from _inside((*cast("Catalogue[object]", value),))
        case _:
            kind: Any = type(value)
            for name, _ in _fields(kind):
                yield from _inside(getattr(value, name))


# --- a world, as far as it matters ------------------------------------------------------------------------------------


def _moments(moments: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(moments)


@frozen
class _Alike:
    start: World
    named: frozenset[str]
    to_come: tuple[datetime, ...] = field(converter=_moments)

    def __call__(self, world: World) -> Hashable:
        writing = _Writing(self, world)
        away = tuple(moment - world.now for moment in self.to_come if moment > world.now)
        work = dict.fromkeys((writing.of(task.due), writing.of(task.work)) for task in world.tasks)
        return away, (*work,), *_differences(self.start, world, writing)


def _differences(start: World, world: World, writing: "_Writing") -> Iterator[Hashable]:
    """What is not as it was at the start. Ids sort in the order in which they were given out."""
    there = (change for change in changes(start, world) if change.part not in {*_COUNTING, "tasks"})
    for change in sorted(there, key=_place):
        match change:
            case Created(part=part, key=key, value=value):
                yield part, writing.of(key), writing.of(value)
            case Changed(part=part, key=key, after=value):
                yield part, writing.of(key), writing.of(value)
            case Removed(part=part, key=key):
                yield part, writing.of(key)


def _place(change: Created | Changed | Removed) -> tuple[str, str]:
    return change.part, str(change.key)


class _Writing:
    """Write values of a world without what only counts."""

    __slots__ = ("_named", "_names", "_now", "_numbers")

    def __init__(self, alike: _Alike, world: World) -> None:
        self._now = world.now
        self._named = alike.named
        self._names = dict[str, str]()
        self._numbers = range(alike.start.issued + 1, world.issued + 1)

    def of(self, value: object) -> Hashable:
        kind: Any = type(value)
        return _way(kind)(self, value)

    def text(self, text: str) -> Hashable:
        return _GIVEN.sub(self._name, text) if "-" in text or len(text) == _RULE_LENGTH else text

    def _name(self, found: re.Match[str]) -> str:
        text = found[0]
        if text in self._named or int(text.rpartition("-")[2], 16) not in self._numbers:
            return text
        return self._names.setdefault(text, f"<{len(self._names) + 1}>")

    def moment(self, moment: datetime) -> Hashable:
        return moment - self._now if moment > self._now else _PAST

    def row(self, row: tuple[object, ...]) -> Hashable:
        written = map(self.of, row)
        # Moments in a row, as those of an image's launches, are a history.
        return tuple(dict.fromkeys(written) if row and isinstance(row[0], datetime) else written)

    def mapping(self, mapping: Mapping[object, object]) -> Hashable:
        return frozenset((self.of(key), self.of(value)) for key, value in mapping.items())

    def whole(self, value: Hashable) -> Hashable:
        return value

    def fields(self, value: object) -> Hashable:
        kind: Any = type(value)
        return kind, *(self.of(compared_by(getattr(value, name))) for name, compared_by in _fields(kind))


_Way: TypeAlias = Callable[[_Writing, Any], Hashable]


@cache
def _way(kind: Any) -> _Way:  # noqa: ANN401 - any class
    """How a value of a class is written."""
    ways: tuple[tuple[type, _Way], ...] = (
        (Enum,     _Writing.whole),
        (str,      _Writing.text),
        (datetime, _Writing.moment),
        (tuple,    _Writing.row),
        (Mapping,  _Writing.mapping),
    )  # fmt: skip
    otherwise = _Writing.fields if attrs.has(kind) else _Writing.whole
    return next((way for of, way in ways if issubclass(kind, of)), otherwise)


_PARTS: Final = tuple(attribute.name for attribute in attrs.fields(World) if attribute.eq)


@cache
def _fields(kind: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:  # noqa: ANN401 - any class
    """The fields that tell values of a class apart, each with what makes of it what it is compared by."""
    attributes: tuple[Any, ...] = attrs.fields(kind) if attrs.has(kind) else ()  # the stubs do not know `eq_key`
    return tuple((attribute.name, attribute.eq_key or _itself) for attribute in attributes if attribute.eq)


def _itself(value: Any) -> Any:  # noqa: ANN401 - any value
    return value
