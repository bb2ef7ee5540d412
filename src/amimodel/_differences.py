"""In what two values differ: field by field, down to the parts that have a text of their own.

A part of a value is named by its way from the top: `deprecation_time`, `tags[Name]`,
`block_device_mappings[/dev/xvda].device.volume_size_gib`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias, cast

import attrs
from attrs import frozen

from amimodel._code import code_of
from amimodel.block_devices import BlockDeviceMapping
from amimodel.clock import render
from amimodel.instances import InstanceBlockDevice
from amimodel.organizations import Organization, OrganizationalUnit
from amimodel.watermarks import ImageWatermark


@frozen
class Difference:
    """A part of a value, as it was and as it is; None where it was not there, or is not there any more.

    >>> print(Difference("description", None, "the web tier"))
    description none -> 'the web tier'
    >>> print(Difference("snapshot_ids", ("snap-1", "snap-2"), ("snap-2", "snap-3")))
    snapshot_ids +snap-3 -snap-1
    """

    path: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.path} {_turn(self.before, self.after)}".lstrip()


def differences(before: object, after: object, path: str = "") -> Iterator[Difference]:
    """Every part in which two values differ, in the order in which the values have them.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> for difference in differences(WEB, evolve(WEB, state="disabled", tags={"Stage": "test"})):
    ...     print(difference)
    state available -> disabled
    tags[Stage] none -> test
    """
    if before is after or before == after:
        return
    parts = _parts(before, after, path)
    if parts is None:
        yield Difference(path, before, after)
        return
    found = False
    for inner, old, new in parts:
        for difference in differences(old, new, inner):
            found = True
            yield difference
    if not found:  # all parts are the same, and stand in another order
        yield Difference(path, before, after)


_Part: TypeAlias = tuple[str, object, object]


def _parts(before: object, after: object, path: str) -> Sequence[_Part] | None:
    """The parts of two values that can be compared one by one; None where the values are compared as a whole."""
    if type(before) is type(after) and _has_fields(before):
        kind: Any = type(before)
        names = [attribute.name for attribute in attrs.fields(kind) if attribute.eq]
        return [_part(path, name, getattr(before, name), getattr(after, name)) for name in names]
    old, new = _by_name(before), _by_name(after)
    if old is None or new is None:
        return None
    return [(f"{path}[{_shown(name)}]", old.get(name), new.get(name)) for name in dict.fromkeys((*old, *new))]


def _part(path: str, name: str, before: object, after: object) -> _Part:
    """A field of a value. The items of a permission list are what is meant by the list, and are a set."""
    old, new = _items(before), _items(after)
    if name == "items" and old is not None and new is not None:
        return path, frozenset(old), frozenset(new)
    return f"{path}.{name}".lstrip("."), before, after


# What the items of a list are known by.
_NAMES: Final[Mapping[type[Any], str]] = {
    BlockDeviceMapping:   "device_name",
    InstanceBlockDevice:  "device_name",
    ImageWatermark:       "watermark_key",
    Organization:         "organization_id",
    OrganizationalUnit:   "organizational_unit_id",
}  # fmt: skip


def _by_name(value: object) -> Mapping[Any, object] | None:
    """The parts of a mapping, or of a list whose items have names, each another one."""
    if isinstance(value, Mapping):
        return cast("Mapping[Any, object]", value)
    items = _items(value)
    if not isinstance(value, tuple) or items is None or not all(type(item) in _NAMES for item in items):
        return None
    named: dict[Any, object] = {getattr(item, _NAMES[type(item)]): item for item in items}
    return named if len(named) == len(items) else None


def _items(value: object) -> Collection[object] | None:
    return cast("Collection[object]", value) if isinstance(value, tuple | frozenset) else None


def _turn(before: object, after: object) -> str:
    old, new = _items(before), _items(after)
    if old is not None and new is not None:
        added = sorted(f"+{_shown(item)}" for item in new if item not in old)
        gone = sorted(f"-{_shown(item)}" for item in old if item not in new)
        if added or gone:
            return " ".join((*added, *gone))
    return f"{_shown(before)} -> {_shown(after)}"


def _shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case Enum():
            return str(value.value)
        case str():
            return value if value and value.isprintable() and " " not in value else repr(value)
        case datetime():
            return render(value)
        case _ if (items := _items(value)) is not None:
            return f"({', '.join(map(_shown, items))})"
        case _:
            return code_of(value) if _has_fields(value) else str(value)


def _has_fields(value: object) -> bool:
    """Whether a value is told by its fields, and has no text of its own."""
    return attrs.has(type(value)) and type(value).__str__ is object.__str__
