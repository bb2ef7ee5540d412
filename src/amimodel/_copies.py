"""Copies of frozen values with some fields changed, without looking at the fields that stay.

`attrs.evolve` builds the value anew: it converts and checks every field once more. A step that only changes an image's
state would spend most of its time on the forty fields that it leaves alone.
"""

from collections.abc import Callable, Mapping
from functools import cache
from itertools import repeat
from operator import attrgetter, call
from typing import Any, Final, NamedTuple, TypeVar

from attrs import fields

V = TypeVar("V")

_new: Final = object.__new__


class _Slots(NamedTuple):
    """What reads all the fields of a class at once, what writes each, and the place of each among them."""

    read: Callable[[Any], tuple[Any, ...]]
    writers: tuple[Callable[[Any, Any], None], ...]
    places: Mapping[str, int]


@cache
def _slots(kind: type[Any]) -> _Slots:
    names = tuple(attribute.name for attribute in fields(kind))
    writers = tuple(getattr(kind, name).__set__ for name in names)
    read = attrgetter(*names, names[0])  # of a single name it would not make a tuple; the last one is never written
    return _Slots(read, writers, {name: place for place, name in enumerate(names)})


def changed(value: V, **changes: Any) -> V:  # noqa: ANN401 - every field has its own type
    """Copy a frozen attrs value with these fields changed.

    >>> from amimodel.examples import WEB
    >>> changed(WEB, description="the web tier").description
    'the web tier'

    The new values are taken as they are: they must be what the converters would make of them, and fit the others.
    """
    kind: Any = type(value)
    slots = _slots(kind)
    values = list(slots.read(value))
    for name, new in changes.items():
        values[slots.places[name]] = new
    copy: V = _new(kind)
    # Three loops in C in place of one in Python; each call gives None, so there is never any to stop at.
    _ = any(map(call, slots.writers, repeat(copy), values))  # pyright: ignore[reportArgumentType] - it sees no way in
    return copy
