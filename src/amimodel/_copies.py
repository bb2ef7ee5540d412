"""Copies of frozen values with some fields changed, without looking at the fields that stay.

`attrs.evolve` builds the value anew: it converts and checks every field once more. A step that only changes an image's
state would spend most of its time on the forty fields that it leaves alone.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import repeat
from operator import attrgetter, call
from typing import Any, Final, NamedTuple, TypeVar

from attrs import field, fields, make_class

V = TypeVar("V")

_new: Final = object.__new__


class _Copier(NamedTuple):
    """What reads all the fields of a class at once, what makes a value of them, and the place of each among them."""

    read: Callable[[Any], tuple[Any, ...]]
    make: Callable[[list[Any]], Any]
    places: Mapping[str, int]


@cache
def _copier(kind: type[Any]) -> _Copier:
    names = tuple(attribute.name for attribute in fields(kind))
    make = _by_a_twin(kind, names) or _by_writers(kind, names)
    return _Copier(reader(names), make, {name: place for place, name in enumerate(names)})


def reader(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What reads attributes all at once, and gives a tuple however many there are."""
    if len(names) > 1:
        return attrgetter(*names)

    def read(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any kind of value
        return tuple(getattr(value, name) for name in names)

    return read


def _by_writers(kind: type[Any], names: tuple[str, ...]) -> Callable[[list[Any]], Any]:
    """Fill the fields one by one, past the class's own refusal to have them set."""
    writers = tuple(getattr(kind, name).__set__ for name in names)

    def make(values: list[Any]) -> Any:  # noqa: ANN401 - any kind of value
        copy = _new(kind)
        # Three loops in C in place of one in Python; each call gives None, so there is never any to stop at.
        _ = any(map(call, writers, repeat(copy), values))  # pyright: ignore[reportArgumentType] - it sees no way in
        return copy

    return make


def _by_a_twin(kind: type[Any], names: tuple[str, ...]) -> Callable[[list[Any]], Any] | None:
    """Fill a value of another class with the same fields, which is not frozen, and turn it into one of this class.

    An image is copied in less than half the time that the writers take, and that is much of every step. Python allows
    it only between classes that are laid out alike: without a base and without a slot for weak references.
    """
    twin: Any = make_class(
        kind.__name__, {name: field() for name in names}, slots=True, weakref_slot=False, eq=False, repr=False
    )
    try:
        _new(twin).__class__ = kind
    except TypeError:
        return None

    def make(values: list[Any]) -> Any:  # noqa: ANN401 - any kind of value
        copy = twin(*values)
        copy.__class__ = kind
        return copy

    return make


def changed(value: V, **changes: Any) -> V:  # noqa: ANN401 - every field has its own type
    """Copy a frozen attrs value with these fields changed.

    >>> from amimodel.examples import WEB
    >>> changed(WEB, description="the web tier").description
    'the web tier'

    The new values are taken as they are: they must be what the converters would make of them, and fit the others.
    """
    kind: Any = type(value)
    read, make, places = _copier(kind)
    values = [*read(value)]
    for name, new in changes.items():
        values[places[name]] = new
    copy: V = make(values)
    return copy
