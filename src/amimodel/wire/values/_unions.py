"""Types of which a value may have one or the other.

Texts are told apart by what they say. All else has a `kind` that names its type: as a further member where it is an
object, `{"kind": "FinishImage", "image_id": "ami-12345678"}`, and beside the value where it is none,
`{"kind": "instant", "value": "2026-06-01T00:00:00Z"}`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NewType, TypeAlias, cast, get_args, get_origin

from attrs import frozen

from amimodel.wire._faults import Json, JsonObject, is_object, unfit
from amimodel.wire._leaves import Leaf
from amimodel.wire.values._containers import members_of
from amimodel.wire.values._plain import is_text
from amimodel.wire.values._unreadable import MISFITS, at

_KIND: Final = "kind"
_VALUE: Final = "value"

LeafOf: TypeAlias = Callable[[Any], Leaf]
Fits: TypeAlias = Callable[[Any], bool]


def or_null(leaf: Leaf) -> Leaf:
    """The same, or null."""

    def read(value: object, _: object = None) -> object:
        return None if value is None else leaf.read(value, None)

    def write(value: object) -> Json:
        return None if value is None else leaf.write(value)

    return Leaf(read, write)


def _null(value: object, _: object = None) -> None:
    if value is not None:
        raise unfit("null", value)


NOTHING: Final = Leaf(_null)
"""What says nothing: null."""


def one_of(kinds: Iterable[Any], leaf_of: LeafOf) -> Leaf:
    """One of several types, none of which is None."""
    alternatives = tuple(dict.fromkeys(str if isinstance(kind, NewType) else kind for kind in kinds))
    if len(alternatives) == 1:
        return leaf_of(alternatives[0])
    if all(map(is_text, alternatives)):
        return _first_that_fits(alternatives, leaf_of)
    return _tagged(alternatives, leaf_of)


def _first_that_fits(kinds: Iterable[Any], leaf_of: LeafOf) -> Leaf:
    """Texts of several types; what is none of the others is plain text."""
    ordered = sorted(kinds, key=lambda kind: kind is str)
    leaves = [(_fits(kind), leaf_of(kind)) for kind in ordered]

    def read(value: object, _: object = None) -> object:
        for _fits_kind, leaf in leaves[:-1]:
            try:
                return leaf.read(value, None)
            except MISFITS:
                continue
        return leaves[-1][1].read(value, None)

    def write(value: object) -> Json:
        return next(leaf for fits, leaf in leaves if fits(value)).write(value)

    return Leaf(read, write)


@frozen
class _Alternative:
    name: str
    fits: Fits
    leaf: Leaf
    is_object: bool


def _tagged(kinds: Iterable[Any], leaf_of: LeafOf) -> Leaf:
    found = [
        _Alternative(_name(kind), _fits(kind), leaf_of(kind), _is_object(kind))
        for kind in sorted(kinds, key=lambda kind: kind is str)  # a word is a text, too
    ]
    by_name: Mapping[str, _Alternative] = {alternative.name: alternative for alternative in found}

    def read(source: object, _: object = None) -> object:
        if not is_object(source):
            raise unfit("an object", source)
        if _KIND not in source:
            raise at((_KIND,), "It is missing.")
        name = source[_KIND]
        alternative = by_name.get(name) if isinstance(name, str) else None
        if alternative is None:
            raise at((_KIND,), f"Expected one of {', '.join(by_name)}.")
        rest = {member: value for member, value in source.items() if member != _KIND}
        if alternative.is_object:
            return alternative.leaf.read(rest, None)
        return members_of({_VALUE: alternative.leaf}, rest)[_VALUE]

    def write(value: object) -> JsonObject:
        alternative = next((alternative for alternative in found if alternative.fits(value)), None)
        if alternative is None:
            raise TypeError(f"Expected one of {', '.join(by_name)}, not a {type(value).__name__}.")
        written = alternative.leaf.write(value)
        rest = written if alternative.is_object else {_VALUE: written}
        return {_KIND: alternative.name, **rest}

    return Leaf(read, write)


_NAMES: Final[Mapping[Any, str]] = {str: "text", datetime: "instant"}


def _name(kind: Any) -> str:  # noqa: ANN401 - whatever stands in an annotation
    origin = get_origin(kind)
    if origin is tuple:
        return f"{_name(get_args(kind)[0])}s"
    named: type[Any] = origin or kind
    return _NAMES.get(named) or named.__name__


def _is_object(kind: Any) -> bool:  # noqa: ANN401 - as above
    named = get_origin(kind) or kind
    return hasattr(named, "__attrs_attrs__") and not is_text(named)


def _fits(kind: Any) -> Fits:  # noqa: ANN401 - as above
    origin = get_origin(kind)
    if origin is tuple:
        item = _fits(get_args(kind)[0])
        return lambda value: isinstance(value, tuple) and all(map(item, cast("tuple[object, ...]", value)))
    named: type[Any] = str if isinstance(kind, NewType) else origin or kind
    return lambda value: isinstance(value, named)
