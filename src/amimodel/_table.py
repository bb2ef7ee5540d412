"""The persistent, insertion-ordered mapping on which a world keeps its images, snapshots and indexes.

How it holds its entries, so that a change shares nearly everything with the version before, is in `amimodel._shelves`.
"""

from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from itertools import chain, islice, zip_longest
from typing import Any, Final, Generic, NoReturn, Self, TypeVar, cast, final, overload

from amimodel._shelves import BITS, LOW, TOP, Shelves, leaf_of, loaded

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")

_SHOWN: Final = 3
_ABSENT: Final[Any] = object()
_assign: Final = object.__setattr__


@final
class Table(Mapping[K, V], Generic[K, V]):
    """A mapping that never changes: a change gives another table, and the old one stays as it was.

    It iterates in the order of insertion, as a dict does, whatever the hashes. Two tables are equal when they hold
    the same items, in whatever order; then they hash alike too, if their values can be hashed at all.

    >>> before = Table({"ami-1": "pending"})
    >>> before.set("ami-1", "available").set("ami-2", "pending")
    Table({'ami-1': 'available', 'ami-2': 'pending'})
    >>> before
    Table({'ami-1': 'pending'})
    """

    __slots__ = ("_hash", "_shelves")

    _shelves: "Shelves[K, V]"
    _hash: int

    def __new__(cls, items: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> Self:
        """Load all the items at once: the same table as from setting them one by one, far sooner.

        >>> Table([("a", 1), ("b", 2), ("a", 3)])
        Table({'a': 3, 'b': 2})
        """
        if isinstance(items, cls):
            return items
        return cls._on(loaded(dict(items)))

    @classmethod
    def _on(cls, shelves: "Shelves[K, V]") -> Self:
        table = object.__new__(cls)
        _assign(table, "_shelves", shelves)
        return table

    def set(self, key: K, value: V) -> "Table[K, V]":
        """Give the table with this value under the key: in the key's own place, or at the end if the key is new.

        >>> Table({"a": 1, "b": 2}).set("c", 3).set("a", 4)
        Table({'a': 4, 'b': 2, 'c': 3})
        """
        before = self._shelves
        number = before.number(key)
        present = leaf_of(before.values, number).get(key, _ABSENT)
        if present is value:
            return self
        shelves = before.copy()
        if present is _ABSENT:
            shelves.append(number, key, value)
        else:
            shelves.replace(number, key, value)
        return self._on(shelves)

    def remove(self, key: K) -> "Table[K, V]":
        """Give the table without the key. A key that is not there is a `KeyError`.

        >>> Table({"a": 1, "b": 2}).remove("a")
        Table({'b': 2})
        >>> Table({"b": 2}).remove("a")
        Traceback (most recent call last):
        KeyError: 'a'
        """
        shelves = self._shelves.copy()
        shelves.remove(key)
        return self._on(shelves)

    def __getitem__(self, key: K) -> V:
        # `Shelves.number`, written out: calling it would cost as much as all the rest.
        shelves = self._shelves
        number = hash((key,)) & shelves.mask
        if number >= shelves.buckets:
            number &= shelves.mask >> 1
        return shelves.values[number >> TOP][number >> BITS & LOW][number & LOW][key]

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | D) -> V | D: ...
    def get(self, key: K, /, default: V | D | None = None) -> V | D | None:
        """Read the value under the key, or the default if the key is not there.

        >>> Table({"a": None}).get("a", 0), Table({"a": None}).get("b", 0)
        (None, 0)
        """
        shelves = self._shelves  # as in `__getitem__`
        number = hash((key,)) & shelves.mask
        if number >= shelves.buckets:
            number &= shelves.mask >> 1
        return shelves.values[number >> TOP][number >> BITS & LOW][number & LOW].get(key, default)

    def __contains__(self, key: object) -> bool:
        number = self._shelves.number(key)
        return key in leaf_of(self._shelves.values, number)

    def __len__(self) -> int:
        return self._shelves.length

    def __iter__(self) -> Iterator[K]:
        return chain.from_iterable(self._shelves.chunks())

    def items(self) -> ItemsView[K, V]:
        """View the keys with their values, in the order of insertion.

        >>> list(Table({"a": 1}).set("b", 2).items())
        [('a', 1), ('b', 2)]
        """
        return _Items(self, self._shelves)

    def values(self) -> ValuesView[V]:
        """View the values, in the order in which their keys were inserted.

        >>> list(Table({"a": 1}).set("b", 2).values())
        [1, 2]
        """
        return _Values(self, self._shelves)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        them = cast("Table[K, V]", other)
        return self is them or (len(self) == len(them) and all(False for _ in self.differing(them)))

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            # A sum is the same in any order, and equal parts do not cancel in it as they do in an exclusive or.
            content = hash((len(self), sum(map(hash, self.items()))))
            _assign(self, "_hash", content)
            return content

    def __repr__(self) -> str:
        shown = ", ".join(f"{key!r}: {value!r}" for key, value in islice(self.items(), _SHOWN))
        if len(self) <= _SHOWN:
            return f"Table({{{shown}}})"
        return f"Table({{{shown}, ...}}, {len(self)} entries)"

    def __reduce__(self) -> tuple[type["Table[K, V]"], tuple[dict[K, V]]]:
        # Only the items may travel: the buckets follow the hashes, and those of strings differ in every process.
        return Table, (dict(self.items()),)

    def __copy__(self) -> Self:
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        message = f"a Table never changes: {name!r} cannot be set"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        message = f"a Table never changes: {name!r} cannot be deleted"
        raise AttributeError(message)

    def differing(self, other: "Table[K, V]") -> Iterator[K]:
        """Give the keys, in order, that have another value in the other table, or are not there at all.

        Only where the two share no chunk is anything looked at: of two versions of a table, only what has changed.

        >>> list(Table({"a": 1, "b": 2, "c": 3}).differing(Table({"c": 3, "a": 4})))
        ['a', 'b']
        """
        for mine, theirs in zip_longest(self._shelves.rows(), other._shelves.rows(), fillvalue=()):
            if mine is theirs:
                continue
            shared = set(map(id, theirs))
            for key, value in chain.from_iterable(chunk.items() for chunk in mine if id(chunk) not in shared):
                present = other.get(key, _ABSENT)
                if present is not value and (present is _ABSENT or present != value):
                    yield key


class _Items(ItemsView[K, V]):
    """A view that iterates over the chunks, where the inherited one looks up every key."""

    __slots__ = ("_shelves",)

    def __init__(self, table: Table[K, V], shelves: "Shelves[K, V]") -> None:
        super().__init__(table)
        self._shelves = shelves

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return chain.from_iterable(chunk.items() for chunk in self._shelves.chunks())


class _Values(ValuesView[V]):
    __slots__ = ("_shelves",)

    def __init__(self, table: Table[K, V], shelves: "Shelves[K, V]") -> None:
        super().__init__(table)
        self._shelves = shelves

    def __iter__(self) -> Iterator[V]:
        return chain.from_iterable(chunk.values() for chunk in self._shelves.chunks())
