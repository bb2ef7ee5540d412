"""The same request in another world, where other ids were given out."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

import attrs
from attrs import evolve

from amimodel._catalogue import Catalogue
from amimodel.world import World

T = TypeVar("T")

_NUMBERED: Final = ("volumes", "snapshots", "images", "instances", "retention_rules")


def new_ids(before: World, after: World) -> tuple[tuple[str, ...], ...]:
    """Which ids a step has given out, of each kind, in order."""
    return tuple(_new(getattr(before, part), getattr(after, part)) for part in _NUMBERED)


def _new(before: Catalogue[Any], after: Catalogue[Any]) -> tuple[str, ...]:
    return tuple(one for one in after.records.differing(before.records) if one not in before)


def renamed(value: T, ids: Mapping[str, str]) -> T:
    """The same value, with these ids in the place of others.

    >>> from amimodel.actions import DescribeImages
    >>> renamed(DescribeImages(image_ids=["ami-12345678"]), {"ami-12345678": "ami-87654321"}).image_ids
    ('ami-87654321',)
    """
    return cast("T", _renamed(value, ids))


def _renamed(value: object, ids: Mapping[str, str]) -> object:
    if isinstance(value, str):
        stem, dot, rest = value.partition(".")  # the key of a stored image begins with an id (rule C 7.1)
        return f"{ids[stem]}{dot}{rest}" if stem in ids else value
    if isinstance(value, tuple | list | frozenset):
        items = cast("tuple[object, ...] | list[object] | frozenset[object]", value)
        kind = cast("Any", type(items))
        return cast("object", kind(_renamed(item, ids) for item in items))
    if attrs.has(type(value)):
        held = {one.alias: getattr(value, one.name) for one in attrs.fields(cast("Any", type(value))) if one.init}
        moved = {name: _renamed(item, ids) for name, item in held.items()}
        changes = {name: item for name, item in moved.items() if item is not held[name]}
        return evolve(cast("Any", value), **changes) if changes else value
    return value
