"""Classes of values: an object with a member for each field.

What a class computes of its other fields is not written, and neither is a field that holds its default.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

import attrs

from amimodel.malformed import Malformed
from amimodel.wire._faults import JsonObject, is_object, unfit
from amimodel.wire._leaves import Leaf
from amimodel.wire.values._containers import unknown
from amimodel.wire.values._spelling import member
from amimodel.wire.values._unreadable import MISFITS, at, within

LeafOfField: TypeAlias = Callable[[type[Any], Any, Any], Leaf]
"""How a field is read and written, by its class, the `attrs.Attribute` and its type."""

_NO_DEFAULT: Final[Any] = object()


@attrs.frozen
class Row:
    """A field: its member, how it is told, what is written of it, and under which name it is given to the class."""

    member: str
    get: Callable[[Any], Any]
    leaf: Leaf
    default: Any
    default_of: Callable[[Any], Any] | None
    argument: str
    required: bool


class Members:
    """The members of a class, found in its fields when they are first asked for: classes may hold themselves."""

    def __init__(self, kind: Any, leaf_of_field: LeafOfField) -> None:  # noqa: ANN401 - a class, or one with types
        self.kind: type[Any] = get_origin(kind) or kind
        self._types: dict[Any, Any] = dict(zip(getattr(self.kind, "__parameters__", ()), get_args(kind), strict=False))
        self._leaf_of_field = leaf_of_field

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """A row for each field that can be given, by its member."""
        hints = get_type_hints(self.kind)
        rows = (self._row(field, hints[field.name]) for field in attrs.fields(self.kind) if field.init)
        return {row.member: row for row in rows}

    def _row(self, field: Any, hint: Any) -> Row:  # noqa: ANN401 - attrs and typing hide their types
        default, default_of = field.default, None
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type] # it is a class, whatever it is said to be
            default, default_of = (_NO_DEFAULT, default.factory) if default.takes_self else (default.factory(), None)
        required = default is attrs.NOTHING
        return Row(
            member=member(self.kind, field.alias),
            get=attrgetter(field.name),
            leaf=self._leaf_of_field(self.kind, field, self._filled(hint)),
            default=_NO_DEFAULT if required else default,
            default_of=default_of,
            argument=field.alias,
            required=required,
        )

    def _filled(self, hint: Any) -> Any:  # noqa: ANN401 - as above
        """Write the types of a generic class in the place of its variables."""
        if isinstance(hint, TypeVar):
            return self._types.get(hint, hint)
        variables = getattr(hint, "__parameters__", ())
        return hint[tuple(self._types.get(variable, variable) for variable in variables)] if variables else hint

    @cached_property
    def _steps(self) -> tuple[tuple[str, Callable[[Any], Any], Callable[[Any], Any], Any, Any], ...]:
        return tuple((row.member, row.get, row.leaf.write, row.default, row.default_of) for row in self.rows.values())

    @cached_property
    def _required(self) -> tuple[tuple[str, str], ...]:
        return tuple((row.member, row.argument) for row in self.rows.values() if row.required)

    def write(self, value: Any) -> JsonObject:  # noqa: ANN401 - a value of the class
        """Write what is not as it is by default."""
        writing: JsonObject = {}
        for name, get, write, default, default_of in self._steps:
            told = get(value)
            usual = default if default_of is None else default_of(value)
            if told is not usual and told != usual:
                writing[name] = write(told)
        return writing

    def read(self, source: object, _: object = None) -> Any:  # noqa: ANN401 - a value of the class
        """Read a value; what is not there is as it is by default."""
        if not is_object(source):
            raise unfit("an object", source)
        rows = self.rows
        facts: dict[str, Any] = {}
        for name, told in source.items():
            row = rows.get(name)
            if row is None:
                raise unknown(name, rows, self.kind.__name__)
            try:
                facts[row.argument] = row.leaf.read(told, None)
            except MISFITS as error:
                raise within(error, name) from None
        for name, argument in self._required:
            if argument not in facts:
                raise at((name,), "It is missing.")
        try:
            return self.kind(**facts)
        except Exception as error:  # noqa: BLE001 - whatever a class does not take is reported as such
            raise self.blamed(error) from None

    def blamed(self, error: Exception) -> Exception:
        """Name the member that a class found fault with, where it says which."""
        if not isinstance(error, MISFITS):
            return at((), f"It cannot be read: {type(error).__name__}: {error}")
        if isinstance(error, Malformed) and _bare(error.member) in self._bare_members:
            return within(error, self._bare_members[_bare(error.member)])
        return within(error)

    @cached_property
    def _bare_members(self) -> Mapping[str, str]:
        return {_bare(name): name for name in self.rows}


def _bare(name: str) -> str:
    """The letters of a name: what is called alike in EC2's spelling and in the model's."""
    return name.replace("_", "").lower()
