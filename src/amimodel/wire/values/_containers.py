"""What holds several values: lists, sets, tables, tags, logs and catalogues.

What has an order keeps it. A table is an object where its keys are texts, and a list of keys and values where they are
not: `[{"key": ["111122223333", "eu-central-1"], "value": {}}]`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from attrs import fields

from amimodel._catalogue import Catalogue
from amimodel.retention import RecycleBinEntry
from amimodel.tags import Tags
from amimodel.tombstones import Tombstone
from amimodel.wire._faults import Json, Unfit, is_list, is_object, unfit
from amimodel.wire._leaves import Leaf
from amimodel.wire.values._unreadable import MISFITS, at, within


def items_of(leaf: Leaf, values: object) -> Iterator[Any]:
    """Read the items of a list."""
    if not is_list(values):
        raise unfit("a list", values)
    read = leaf.read
    for index, value in enumerate(values):
        try:
            yield read(value, None)
        except MISFITS as error:
            raise within(error, index) from None


def listed(leaf: Leaf, build: Callable[[Sequence[Any]], Any] = tuple) -> Leaf:
    """Several values in order: a list."""
    write_item = leaf.write

    def read(value: object, _: object = None) -> object:
        return build(tuple(items_of(leaf, value)))

    def write(values: Any) -> Json:  # noqa: ANN401 - tuples and logs
        return [write_item(value) for value in values]

    return Leaf(read, write)


def each(*leaves: Leaf) -> Leaf:
    """So many values, each of its own type: a list."""

    def read(value: object, _: object = None) -> tuple[Any, ...]:
        if not is_list(value):
            raise unfit("a list", value)
        if len(value) != len(leaves):
            raise Unfit(f"Expected {len(leaves)} items, not {len(value)}.")
        return tuple(_one(leaf, item, index) for index, (leaf, item) in enumerate(zip(leaves, value, strict=True)))

    def write(values: tuple[Any, ...]) -> Json:
        return [leaf.write(value) for leaf, value in zip(leaves, values, strict=True)]

    return Leaf(read, write)


def _one(leaf: Leaf, value: object, step: str | int) -> Any:  # noqa: ANN401 - whatever the leaf reads
    try:
        return leaf.read(value, None)
    except MISFITS as error:
        raise within(error, step) from None


def gathered(leaf: Leaf) -> Leaf:
    """Several texts in no order: a list, sorted."""

    def write(values: frozenset[Any]) -> Json:
        return sorted(leaf.write(value) for value in values)

    return Leaf(listed(leaf, frozenset).read, write)


def by_text(key: Leaf, leaf: Leaf, build: Callable[[dict[Any, Any]], Any]) -> Leaf:
    """Values under texts: an object, which keeps their order."""

    def read(value: object, _: object = None) -> object:
        if not is_object(value):
            raise unfit("an object", value)
        return build({_one(key, name, name): _one(leaf, item, name) for name, item in value.items()})

    def write(table: Mapping[Any, Any]) -> Json:
        return {key.write(name): leaf.write(value) for name, value in table.items()}

    return Leaf(read, write)


def by_key(key: Leaf, leaf: Leaf, build: Callable[[dict[Any, Any]], Any]) -> Leaf:
    """Values under what is more than a text: a list of keys and values."""
    entries = {"key": key, "value": leaf}

    def read(value: object, _: object = None) -> object:
        table: dict[Any, Any] = {}
        for index, (name, item) in enumerate(items_of(Leaf(read_entry), value)):
            if name in table:
                raise at((index, "key"), "It is given twice.")
            table[name] = item
        return build(table)

    def read_entry(value: object, _: object = None) -> tuple[Any, Any]:
        found = members_of(entries, value)
        return found["key"], found["value"]

    def write(table: Mapping[Any, Any]) -> Json:
        return [{"key": key.write(name), "value": leaf.write(value)} for name, value in table.items()]

    return Leaf(read, write)


def members_of(
    leaves: Mapping[str, Leaf], value: object, *, optional: frozenset[str] = frozenset(), what: str = ""
) -> dict[str, Any]:
    """Read an object of which every member is known, and which has them all but for those that may be left out."""
    if not is_object(value):
        raise unfit("an object", value)
    for name in value:
        if name not in leaves:
            raise unknown(name, leaves, what)
    for name in leaves:
        if name not in value and name not in optional:
            raise at((name,), "It is missing.")
    return {name: _one(leaves[name], item, name) for name, item in value.items()}


def unknown(name: str, known: Mapping[str, object], what: str = "") -> Exception:
    """Complain about a member that nothing has."""
    there = f"{what} has no such member" if what else "There is no such member"
    return at((name,), f"{there}; there are {', '.join(known)}." if known else f"{there}.")


def _read_tags(value: object, _: object = None) -> Tags:
    if is_object(value):
        return Tags(value)
    raise unfit("an object", value)


TAGS: Final = Leaf(_read_tags, dict)

# By convention the first field of a record is its id; these have none of their own.
_IDS: Final[Mapping[type[Any], str]] = {RecycleBinEntry: "resource_id", Tombstone: "image.image_id"}


def catalogued(record: type[Any], leaf: Leaf, empty: Catalogue[Any]) -> Leaf:
    """The records of a catalogue: a list. What its indexes say follows from the records."""
    record_id = attrgetter(_IDS.get(record) or fields(record)[0].name)

    def read(value: object, _: object = None) -> Catalogue[Any]:
        records: dict[str, Any] = {}
        for index, item in enumerate(items_of(leaf, value)):
            if record_id(item) in records:
                raise at((index,), f"There are two of {record_id(item)}.")
            records[record_id(item)] = item
        return empty.of(records)

    return Leaf(read, listed(leaf).write)
