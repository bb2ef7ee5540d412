"""Values as the Python that makes them again: short, with nothing that goes without saying."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, cast

import attrs


def code_of(value: object) -> str:
    """Write a value as an expression. What a class fills in by itself is left out.

    >>> from amimodel.examples import WEB
    >>> print(code_of(WEB.deregistration_protection), code_of((WEB.creation_date, WEB.state)))
    DeregistrationProtection() (datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), ImageState.AVAILABLE)

    Classes go by their own names, and instants by those of the module `datetime`.
    """
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, tuple | list | frozenset):
        return _collection(cast("tuple[object, ...] | list[object] | frozenset[object]", value))
    if isinstance(value, Mapping):
        return _mapping(cast("Mapping[object, object]", value))
    if attrs.has(type(value)):
        given = ", ".join(f"{name}={code_of(item)}" for name, item in given_to(value))
        return f"{type(value).__name__}({given})"
    return repr(value)


def _collection(items: tuple[object, ...] | list[object] | frozenset[object]) -> str:
    written = [code_of(item) for item in items]
    match items:
        case tuple():
            return f"({', '.join(written)}{',' if len(written) == 1 else ''})"
        case list():
            return f"[{', '.join(written)}]"
        case frozenset():  # in the order of their texts: hashes differ from one process to another
            return f"frozenset({{{', '.join(sorted(written))}}})" if written else "frozenset()"


def _mapping(mapping: Mapping[object, object]) -> str:
    inside = ", ".join(f"{code_of(key)}: {code_of(item)}" for key, item in mapping.items())
    return f"{{{inside}}}" if isinstance(mapping, dict) else f"{type(mapping).__name__}({{{inside}}})"


def given_to(value: object) -> Iterator[tuple[str, object]]:
    """What must be given to a class to make a value: all that is not there by itself."""
    kind: Any = type(value)
    for attribute in attrs.fields(kind):
        held: object = getattr(value, attribute.name)
        if attribute.init and held != _default(attribute, value):
            yield attribute.alias or attribute.name, held


def _default(attribute: "attrs.Attribute[Any]", value: object) -> object:
    default: Any = attribute.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # the stubs take the class for a function
        default = default.factory(value) if default.takes_self else default.factory()
    return default
