"""A table of records with the indexes that are derived from it, kept in step by every change.

An index leads from a key (an owner, a tag, a snapshot) to the ids of the records that have it. It can be computed
from the records at any time, so it is no part of what a catalogue says: two catalogues of the same records are equal.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from operator import is_
from typing import Final, Generic, NoReturn, TypeAlias, TypeVar, cast, final

from amimodel._copies import reader
from amimodel._table import Table

R = TypeVar("R")

# The ids under one key. Most keys have one record (a snapshot's image, an image's only copy), so a single id stands for
# itself, some stand in a tuple, and only a crowd is worth a table: fewer are sooner copied than a table is changed.
Posting: TypeAlias = str | tuple[str, ...] | Table[str, None]
_CROWD: Final = 64

_assign: Final = object.__setattr__
_NOWHERE: Final[tuple[str, ...]] = ()


class Index(Generic[R]):
    """How records are found: their keys, and the attributes of a record that these depend on."""

    __slots__ = ("keys", "reads")

    def __init__(self, keys: Callable[[R], Collection[Hashable]], *reads: str) -> None:
        self.keys = keys
        self.reads = reads


@final
class _Indexes(Generic[R]):
    """The indexes of a catalogue, and which of them a change can concern at all.

    A step changes a field or two of a record. To look at every index for that would cost more than to write the record.
    """

    __slots__ = ("_concerned", "_names", "_read", "named")

    def __init__(self, named: Mapping[str, Index[R]]) -> None:
        self.named = named
        self._names = tuple(dict.fromkeys(name for index in named.values() for name in index.reads))
        self._read: Callable[[R], tuple[object, ...]] = reader(self._names)
        self._concerned: dict[tuple[bool, ...], tuple[str, ...]] = {}

    def concerned(self, old: R, new: R) -> Iterable[str]:
        """The indexes that read an attribute which is another one now, or that do not tell what they read."""
        same = tuple(map(is_, self._read(old), self._read(new)))
        known = self._concerned.get(same)  # there are no more than a few dozen kinds of change
        if known is None:
            other = {name for name, is_same in zip(self._names, same, strict=True) if not is_same}
            known = tuple(
                name for name, index in self.named.items() if not index.reads or not other.isdisjoint(index.reads)
            )
            self._concerned[same] = known
        return known


@final
class Catalogue(Generic[R]):
    """Records by id, and the ids of records by the keys of each index. It never changes; a change gives another one.

    >>> pets = Catalogue({"kind": Index(lambda pet: [pet[0]])})
    >>> pets = pets.put("a", ("cat", 3)).put("b", ("dog", 1)).put("c", ("cat", 2))
    >>> list(pets.ids("kind", "cat")), list(pets.drop("a").ids("kind", "cat"))
    (['a', 'c'], ['c'])
    """

    __slots__ = ("_indexes", "_postings", "records")

    records: Table[str, R]
    _indexes: _Indexes[R]
    _postings: Mapping[str, Table[str, Posting]]

    def __init__(
        self, indexes: Mapping[str, Index[R]], records: Mapping[str, R] | Iterable[tuple[str, R]] = ()
    ) -> None:
        table = Table(records)
        postings: dict[str, dict[str, dict[str, None]]] = {name: {} for name in indexes}
        for record_id, record in table.items():
            for name, index in indexes.items():
                for key in _spelled(index.keys(record)):
                    postings[name].setdefault(key, {})[record_id] = None
        loaded = {
            name: Table((key, _loaded(tuple(ids))) for key, ids in found.items()) for name, found in postings.items()
        }
        _write(self, _Indexes(indexes), table, loaded)

    def get(self, record_id: str) -> R | None:
        """The record with this id, where there is one."""
        return self.records.get(record_id)

    def put(self, record_id: str, record: R) -> "Catalogue[R]":
        """Write a record, over the one with this id where there is one."""
        old = self.records.get(record_id)
        if old is record:
            return self
        indexes = self._indexes
        postings = {**self._postings}
        for name in indexes.named if old is None else indexes.concerned(old, record):
            keys = indexes.named[name].keys
            before = () if old is None else _spelled(keys(old))
            after = _spelled(keys(record))
            if before != after:
                postings[name] = _moved(postings[name], record_id, before, after)
        return _made(indexes, self.records.set(record_id, record), postings)

    def drop(self, record_id: str) -> "Catalogue[R]":
        """Take a record out. One that is not there is a `KeyError`."""
        old = self.records[record_id]
        postings = {**self._postings}
        for name, index in self._indexes.named.items():
            before = _spelled(index.keys(old))
            if before:
                postings[name] = _moved(postings[name], record_id, before, ())
        return _made(self._indexes, self.records.remove(record_id), postings)

    def ids(self, index: str, key: Hashable) -> Iterator[str]:
        """The ids under a key, in the order in which they came there."""
        return iter(_ids(self._postings[index].get(_spelling(key), _NOWHERE)))

    def count(self, index: str, key: Hashable) -> int:
        """How many ids there are under a key."""
        return len(_ids(self._postings[index].get(_spelling(key), _NOWHERE)))

    def having(self, index: str, key: Hashable) -> Iterator[R]:
        """The records under a key."""
        records = self.records
        return (records[record_id] for record_id in self.ids(index, key))

    def keys(self, index: str) -> Iterable[str]:
        """Every key of an index that has a record, as the index spells it."""
        return self._postings[index]

    def of(self, records: Mapping[str, R]) -> "Catalogue[R]":
        """The same indexes over other records."""
        return Catalogue(self._indexes.named, records)

    def is_in_step(self) -> bool:
        """Whether the indexes are what the records say."""
        return all(
            {key: {*_ids(posting)} for key, posting in self._postings[name].items()} == self._said(index)
            for name, index in self._indexes.named.items()
        )

    def _said(self, index: Index[R]) -> dict[str, set[str]]:
        """Under which keys the records are, as they say themselves."""
        said: defaultdict[str, set[str]] = defaultdict(set)
        for record_id, record in self.records.items():
            for key in _spelled(index.keys(record)):
                said[key].add(record_id)
        return said

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[R]:
        return iter(self.records.values())

    def __contains__(self, record_id: object) -> bool:
        return record_id in self.records

    def __eq__(self, other: object) -> bool:
        return self.records == cast("Catalogue[R]", other).records if isinstance(other, Catalogue) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.records)

    def __repr__(self) -> str:
        return f"Catalogue({self.records!r})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        message = f"a Catalogue never changes: {name!r} cannot be set"
        raise AttributeError(message)

    def __reduce__(self) -> tuple[object, ...]:
        return Catalogue, (self._indexes.named, self.records)


def _write(
    catalogue: Catalogue[R],
    indexes: _Indexes[R],
    records: Table[str, R],
    postings: Mapping[str, Table[str, Posting]],
) -> None:
    _assign(catalogue, "_indexes", indexes)
    _assign(catalogue, "records", records)
    _assign(catalogue, "_postings", postings)


def _made(indexes: _Indexes[R], records: Table[str, R], postings: Mapping[str, Table[str, Posting]]) -> Catalogue[R]:
    catalogue = cast("Catalogue[R]", object.__new__(Catalogue))
    _write(catalogue, indexes, records, postings)
    return catalogue


def _spelled(keys: Collection[Hashable]) -> tuple[str, ...]:
    if not keys:
        return ()
    spelled = tuple(map(_spelling, keys))
    return spelled if len(spelled) <= 1 else tuple(dict.fromkeys(spelled))  # each once: two keys may have one spelling


def _spelling(key: Hashable) -> str:
    """Spell a key as one text: unlike a tuple, and unlike a value of ours, a text remembers its hash."""
    if isinstance(key, tuple):
        return "\0".join(map(str, key))  # pyright: ignore[reportUnknownArgumentType] - a cast takes as long as the join
    return str(key)


def _moved(
    postings: Table[str, Posting], record_id: str, before: tuple[str, ...], after: tuple[str, ...]
) -> Table[str, Posting]:
    for key in before:
        if key not in after:
            left = _without(postings[key], record_id)
            postings = postings.set(key, left) if left else postings.remove(key)
    for key in after:
        if key not in before:
            postings = postings.set(key, _with(postings.get(key, _NOWHERE), record_id))
    return postings


def _ids(posting: Posting) -> "tuple[str, ...] | Table[str, None]":
    return (posting,) if isinstance(posting, str) else posting


def _with(posting: Posting, record_id: str) -> Posting:
    if isinstance(posting, Table):
        return posting.set(record_id, None)
    return _loaded((*_ids(posting), record_id))


def _without(posting: Posting, record_id: str) -> Posting:
    if isinstance(posting, Table):
        return posting.remove(record_id)
    ids = (posting,) if isinstance(posting, str) else posting
    place = ids.index(record_id)
    return _loaded(ids[:place] + ids[place + 1 :])


def _loaded(ids: tuple[str, ...]) -> Posting:
    if len(ids) > _CROWD:
        return Table(dict.fromkeys(ids))
    return ids[0] if len(ids) == 1 else ids
