"""Filters: what every Describe action is asked with, and how EC2 compares.

A filter names a property and some texts to compare it with. Which properties there are, and which texts a thing has
for each, is said by the table of the action: `amimodel.image_filters`, `amimodel.resource_filters`.

Source: EC2 User Guide, "List and filter using the CLI and API"; botocore 1.44.5, shape Filter; rules A 8.4
(FI-1 to FI-14).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum, unique
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from attrs import Factory, field, frozen

from amimodel.clock import TextForm, render
from amimodel.limits import Limits
from amimodel.malformed import Malformed, invalid_value
from amimodel.patterns import Walk, pattern
from amimodel.quirks import QuestionMark, Quirks
from amimodel.refusals import FilterCount, FilterLimitExceeded

_AS_RULED: Final = Quirks()
_TAG: Final = "tag:"

_has_special = re.compile(r"[*?\\]").search
_escapes: Final = re.compile(r"\\([*?\\])")
_NOTHING: Final = r"(?!)"  # an expression that no text fits

T = TypeVar("T")

TextMatcher: TypeAlias = Callable[[str], object]
"""Says of a text whether it fits: anything true if it does, None if not."""


def _unknown(name: str) -> Malformed:
    return Malformed("InvalidParameterValue", f"The filter '{name}' is invalid", member="Filters", value=name)


def _name(name: str) -> str:
    if isinstance(name, str) and name:
        return name
    raise invalid_value("Name", name, "Expected text.") if name else _unknown("null")


def _values(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):  # a text is a list of its letters, which nobody ever means
        raise invalid_value("Values", values, "Expected a list.")
    return tuple(_value(value) for value in values)


def _value(value: str) -> str:
    if not isinstance(value, str):
        raise invalid_value("Values", value, "Expected text.")
    if "\\" in value:
        _ = pattern(value)  # which complains about an escape that is none
    return value


def _exact(values: tuple[str, ...]) -> tuple[str, ...] | None:
    literals = tuple(dict.fromkeys(_literal(value) for value in values))
    known = tuple(literal for literal in literals if literal is not None)
    return known if len(known) == len(literals) else None


def _literal(value: str) -> str | None:
    if not _has_special(value):
        return value
    bare = _escapes.sub("", value)
    return None if "*" in bare or "?" in bare else _escapes.sub(r"\1", value)


@frozen
class Filter:
    r"""The name of a property, and the values of which it must have one.

    In a value `*` stands for any run of characters and `?` for at most one; a backslash makes `*`, `?` and the
    backslash itself mean themselves. A value speaks of the whole text, and case counts.

    >>> Filter("state", ["available", "pending"]).exact
    ('available', 'pending')
    >>> print(Filter("name", ["web-*"]).exact, Filter("name", [r"web-\*"]).exact)
    None ('web-*',)
    >>> Filter("name", [r"web\d"])
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Invalid filter value: The escape sequence '\d' is invalid

    `exact` are the texts meant, where there is no wildcard: what can be looked up in an index. A filter without values
    is met by nothing. Which names there are depends on the action (`FilterTable.check`), how many filters and values
    there may be on the account (`limit_refusal`).

    Raises `Malformed` (`InvalidParameterValue`), also for a name that is missing, and for a value that is no text.

    Source: rules A FI-1, A FI-3 to FI-7.
    """

    name: str = field(converter=_name)
    values: tuple[str, ...] = field(default=(), converter=_values)
    exact: tuple[str, ...] | None = field(
        init=False, eq=False, repr=False, default=Factory(lambda self: _exact(self.values), takes_self=True)
    )

    def matcher(self, quirks: Quirks = _AS_RULED) -> TextMatcher:
        """What says of a text whether it fits one of the values.

        >>> matches = Filter("name", ["web-*", "db"]).matcher()
        >>> [name for name in ("web-1", "db", "db-1", "Web-1") if matches(name)]
        ['web-1', 'db']

        Source: rules A FI-1, A FI-3, A FI-5; settlement S 8.
        """
        return _matcher(self.values, self.exact, quirks.question_mark_matches)


def as_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    """Take filters from any iterable."""
    return tuple(filters)


@lru_cache(maxsize=256)
def _matcher(values: tuple[str, ...], exact: tuple[str, ...] | None, question_mark: QuestionMark) -> TextMatcher:
    if exact is not None:
        return dict.fromkeys(exact, True).get
    patterns = [pattern(value, question_mark) for value in values]
    # One expression for all the values: its engine tries them faster than a loop could.
    alternatives = (f"(?:{each.pattern})" for each in patterns if isinstance(each, re.Pattern))
    expression = re.compile("|".join(alternatives) or _NOTHING, re.DOTALL).fullmatch
    walks = [each.fullmatch for each in patterns if isinstance(each, Walk)]
    if not walks:
        return expression
    return lambda text: True if expression(text) or any(walk(text) for walk in walks) else None


# --- what is compared -------------------------------------------------------------------------------------------------


@unique
class Kind(Enum):
    """How a property is spelled where it is compared; the value is an example (rules A FI-8, A FI-11, A WM-1)."""

    TEXT = "text"
    NUMBER = "8"
    BOOLEAN = "true"
    TIME = TextForm.MILLISECONDS.value
    WATERMARK_TIME = TextForm.MICROSECONDS.value


def _as_it_is(text: str) -> str:
    return text


def _truth(value: bool) -> str:  # noqa: FBT001 - it is what is written
    return "true" if value else "false"


_WRITERS: Final[Mapping[Kind, Callable[[Any], str]]] = MappingProxyType({
    Kind.TEXT: _as_it_is,
    Kind.NUMBER: str,
    Kind.BOOLEAN: _truth,
    Kind.TIME: render,
    Kind.WATERMARK_TIME: lambda instant: render(instant, TextForm.MICROSECONDS),
})  # fmt: skip


@frozen
class FilterRow(Generic[T]):
    """A filter that an action knows: its name, how its property is spelled, and how it is read off a thing.

    What is read is one value; a tuple of them, of which any may fit (rule A FI-9); or None, which fits nothing, not
    even `*` (rule A FI-10).

    >>> row = FilterRow[str]("length", Kind.NUMBER, len)
    >>> row.texts("four")
    ('4',)
    """

    name: str
    kind: Kind
    read: Callable[[T], object]

    def texts(self, thing: T) -> tuple[str, ...]:
        """What values are compared with."""
        value = self.read(thing)
        values = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
        write = _WRITERS[self.kind]
        return tuple(write(each) for each in values if each is not None)

    def predicate(self, matches: TextMatcher) -> Callable[[T], bool]:
        """What says of a thing whether any of its texts fits."""
        read = self.read
        fits: Callable[[Any], object] = matches if self.kind is Kind.TEXT else _written(_WRITERS[self.kind], matches)

        def holds(thing: T) -> bool:
            value = read(thing)
            if value is None:
                return False
            if isinstance(value, tuple):
                values = cast("tuple[object, ...]", value)
                return any(each is not None and fits(each) is not None for each in values)
            return fits(value) is not None

        return holds


def _written(write: Callable[[Any], str], matches: TextMatcher) -> Callable[[Any], object]:
    return lambda value: matches(write(value))


def _by_name(rows: Iterable[FilterRow[T]]) -> Mapping[str, FilterRow[T]]:
    return MappingProxyType({row.name: row for row in rows})


def _nothing(_: object) -> None:
    return None


@frozen(kw_only=True)
class FilterTable(Generic[T]):
    """The filters of one action: a row for each name, `tag:` with any key, and the names that nothing here answers to.

    Where `tags` is None, what is filtered has no tags, and the action does not know `tag:`. `silent` are names that EC2
    knows and this model has no fact for: nothing ever fits them.

    Source: rules A FI-6, A FI-13, A FI-14.
    """

    rows: Mapping[str, FilterRow[T]] = field(converter=_by_name)
    tags: Callable[[T], Mapping[str, str]] | None = None
    silent: frozenset[str] = frozenset()

    def row(self, name: str) -> FilterRow[T]:
        """The row of a name. In `tag:K` every character of K means itself, `*` too (rule A FI-14).

        Raises `Malformed` (`InvalidParameterValue`) for a name that the action does not know.
        """
        row = self.rows.get(name)
        if row is not None:
            return row
        key = name.removeprefix(_TAG)
        tags = self.tags
        if key and key != name and tags is not None:
            return FilterRow(name, Kind.TEXT, lambda thing: tags(thing).get(key))
        if name in self.silent:
            return FilterRow(name, Kind.TEXT, _nothing)
        raise _unknown(name)

    def check(self, filters: Iterable[Filter]) -> None:
        """Make sure that the action knows every name, and complain of the first that it does not.

        >>> from amimodel.image_filters import IMAGE_FILTERS
        >>> IMAGE_FILTERS.check([Filter("tag:Stage", ["prod"]), Filter("Name", ["web"])])
        Traceback (most recent call last):
        amimodel.malformed.Malformed: InvalidParameterValue: The filter 'Name' is invalid

        Raises `Malformed` (`InvalidParameterValue`).

        Source: rules A FI-1, A FI-6.
        """
        for each in filters:
            _ = self.row(each.name)


def limit_refusal(filters: Iterable[Filter], limits: Limits) -> FilterLimitExceeded | None:
    """What speaks against filters as many, as long and with as many values as these.

    >>> print(limit_refusal([Filter("image-id", ["ami-12345678"] * 201)], Limits()))
    The maximum number of filter values specified on a single call is 200

    Source: rule A FI-2.
    """
    given = tuple(filters)
    name_lengths = (len(each.name) for each in given)
    value_lengths = (len(value) for each in given for value in each.values)
    counts = (
        (FilterCount.FILTERS,          len(given),                                       limits.filters_per_request),
        (FilterCount.VALUES,           max((len(each.values) for each in given), default=0), limits.values_per_filter),
        (FilterCount.NAME_CHARACTERS,  max(name_lengths, default=0),              limits.characters_per_filter_text),
        (FilterCount.VALUE_CHARACTERS, max(value_lengths, default=0),             limits.characters_per_filter_text),
    )  # fmt: skip
    for counted, number, limit in counts:
        if number > limit:
            return FilterLimitExceeded(counted=counted, number=number, limit=limit)
    return None


def matcher(filters: Iterable[Filter], table: FilterTable[T], quirks: Quirks = _AS_RULED) -> Callable[[T], bool]:
    """What says of a thing whether it meets every filter: one of the values of each, also of two with one name.

    >>> from amimodel.examples import WEB
    >>> from amimodel.image_filters import IMAGE_FILTERS, SeenImage
    >>> meets = matcher([Filter("name", ["w*"]), Filter("is-public", ["false"])], IMAGE_FILTERS)
    >>> meets(SeenImage.of(WEB))
    True

    Raises `Malformed` (`InvalidParameterValue`) for a name that the table does not know.

    Source: rules A FI-1, A FI-6 to FI-12.
    """
    predicates = [table.row(each.name).predicate(each.matcher(quirks)) for each in filters]
    if len(predicates) == 1:
        return predicates[0]
    return lambda thing: all(holds(thing) for holds in predicates)


def select(
    things: Iterable[T], filters: Iterable[Filter], table: FilterTable[T], quirks: Quirks = _AS_RULED
) -> Iterator[T]:
    """Whatever of these meets every filter, in its order.

    >>> from amimodel.resource_filters import TAG_FILTERS, TagDescription
    >>> tags = [TagDescription("ami-12345678", "image", key, "web") for key in ("Name", "Stage")]
    >>> [tag.key for tag in select(tags, [Filter("key", ["N*"])], TAG_FILTERS)]
    ['Name']

    Source: rule A FI-1.
    """
    return filter(matcher(filters, table, quirks), things)
