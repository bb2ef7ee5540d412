"""The persistent, insertion-ordered mapping on which a world keeps its images, snapshots and indexes.

Every entry stands in small dicts, some twenty entries in each, which no one changes once they are on a *shelf*: a tree
of lists, three deep and 32 wide, with the dicts at its leaves. A new version copies two or three of the dicts and the
short path to each, and shares all the rest with the old one.

- `order` holds the entries in *chunks*, in the order of insertion. To iterate is to chain the chunks.
- `values` holds them again in *buckets*, by the hash of the key. To look up is to find the bucket and ask it.
- `places` says, in buckets alike, in which chunk each key stands. Only a change asks.

The buckets are those of linear hashing: an entry too many splits one bucket, the next in turn, so that growth never
waits for a great rehash. The gaps that removals leave are swept up in the same spirit, a chunk at a time. The dicts do
the rest: colliding hashes and equal keys of different types are theirs to settle.
"""

from collections.abc import Hashable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from itertools import chain, islice, zip_longest
from typing import Any, Final, Generic, NoReturn, Self, TypeVar, cast, final, overload

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")

Shelf = list[list[list[dict[K, V]]]]

# What a dict of 32 slots takes before it grows: a full chunk wastes nothing. With 42, a change in a table of 1,000,000
# waits longer for memory; with 10, a table takes more of it.
_FULL: Final = 21
# Three times 32 has room for 688,128 entries; with more, only the list at the root grows longer.
_BITS: Final = 5
_TOP: Final = 2 * _BITS
_WIDTH: Final = 1 << _BITS
_LOW: Final = _WIDTH - 1
# When less than a quarter of their room is taken, chunks are swept and buckets joined.
_SPARSE: Final = 4

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

    _shelves: "_Shelves[K, V]"
    _hash: int

    def __new__(cls, items: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> Self:
        """Load all the items at once: the same table as from setting them one by one, far sooner.

        >>> Table([("a", 1), ("b", 2), ("a", 3)])
        Table({'a': 3, 'b': 2})
        """
        if isinstance(items, cls):
            return items
        return cls._on(_loaded(dict(items)))

    @classmethod
    def _on(cls, shelves: "_Shelves[K, V]") -> Self:
        table = object.__new__(cls)
        _assign(table, "_shelves", shelves)
        return table

    def set(self, key: K, value: V) -> "Table[K, V]":
        """Give the table with this value under the key: in the key's own place, or at the end if the key is new.

        >>> Table({"a": 1, "b": 2}).set("c", 3).set("a", 4)
        Table({'a': 4, 'b': 2, 'c': 3})
        """
        number = self._shelves.number(key)
        present = _leaf(self._shelves.values, number).get(key, _ABSENT)
        if present is value:
            return self
        shelves = self._shelves.copy()
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
        # `_Shelves.number`, written out: calling it would cost as much as all the rest.
        shelves = self._shelves
        number = hash((key,)) & shelves.mask
        if number >= shelves.buckets:
            number &= shelves.mask >> 1
        return shelves.values[number >> _TOP][number >> _BITS & _LOW][number & _LOW][key]

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | D) -> V | D: ...
    def get(self, key: K, /, default: V | D | None = None) -> V | D | None:
        """Read the value under the key, or the default if the key is not there.

        >>> Table({"a": None}).get("a", 0), Table({"a": None}).get("b", 0)
        (None, 0)
        """
        number = self._shelves.number(key)
        return _leaf(self._shelves.values, number).get(key, default)

    def __contains__(self, key: object) -> bool:
        number = self._shelves.number(key)
        return key in _leaf(self._shelves.values, number)

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
        them = cast("Table[object, object]", other)
        return self is them or (len(self) == len(them) and self._is_within(them))

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

    def _is_within(self, other: "Table[object, object]") -> bool:
        """Say whether the other table has every entry of this one, and look only where they share no chunk."""
        for mine, theirs in zip_longest(self._shelves.rows(), other._shelves.rows(), fillvalue=()):
            if mine is theirs:
                continue
            shared = set(map(id, theirs))
            for key, value in chain.from_iterable(chunk.items() for chunk in mine if id(chunk) not in shared):
                present = other.get(key, _ABSENT)
                if present is not value and present != value:
                    return False
        return True


class _Items(ItemsView[K, V]):
    """A view that iterates over the chunks, where the inherited one looks up every key."""

    __slots__ = ("_shelves",)

    def __init__(self, table: Table[K, V], shelves: "_Shelves[K, V]") -> None:
        super().__init__(table)
        self._shelves = shelves

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return chain.from_iterable(chunk.items() for chunk in self._shelves.chunks())


class _Values(ValuesView[V]):
    __slots__ = ("_shelves",)

    def __init__(self, table: Table[K, V], shelves: "_Shelves[K, V]") -> None:
        super().__init__(table)
        self._shelves = shelves

    def __iter__(self) -> Iterator[V]:
        return chain.from_iterable(chunk.values() for chunk in self._shelves.chunks())


@final
class _Shelves(Generic[K, V]):
    """What a table stands on. A change is made on a copy, before a table is put on it: afterwards there are none."""

    __slots__ = ("buckets", "last", "length", "mask", "order", "places", "sweep", "values")

    order: Shelf[K, V]
    values: Shelf[K, V]
    places: Shelf[K, int]
    length: int
    buckets: int
    mask: int  # one less than the power of two that has room for the buckets
    last: int  # the last chunk, the only one to which entries are added; its keys share this very int as their place
    sweep: tuple[int, int]  # the chunk that is being filled and the one to move there next; between them all are empty

    def copy(self) -> "_Shelves[K, V]":
        twin: _Shelves[K, V] = _Shelves()
        twin.order = self.order
        twin.values = self.values
        twin.places = self.places
        twin.length = self.length
        twin.buckets = self.buckets
        twin.mask = self.mask
        twin.last = self.last
        twin.sweep = self.sweep
        return twin

    def rows(self) -> Iterator[list[dict[K, V]]]:
        return chain.from_iterable(self.order)

    def chunks(self) -> Iterator[dict[K, V]]:
        return chain.from_iterable(self.rows())

    def number(self, key: Hashable) -> int:
        """Find the number of the bucket where the key must be, if it is anywhere."""
        # The hash of a tuple of one mixes the bits of the key's own hash, which for an int is just the int.
        number = hash((key,)) & self.mask
        return number if number < self.buckets else number & self.mask >> 1

    def replace(self, number: int, key: K, value: V) -> None:
        """Put another value under a key that is there, in the bucket of this number."""
        place = _leaf(self.places, number)[key]
        self.order = _with(self.order, place, _also(_leaf(self.order, place), key, value))
        self.values = _with(self.values, number, _also(_leaf(self.values, number), key, value))

    def append(self, number: int, key: K, value: V) -> None:
        """Put a new key at the end of the order, and in the bucket of this number."""
        if len(self.order[-1][-1][-1]) == _FULL:
            self.order = _longer(self.order, {})
            self.last += 1
        self.order = _with(self.order, self.last, _also(self.order[-1][-1][-1], key, value))
        self.values = _with(self.values, number, _also(_leaf(self.values, number), key, value))
        self.places = _with(self.places, number, _also(_leaf(self.places, number), key, self.last))
        self.length += 1
        if self.length > self.buckets * _FULL:
            self._split()

    def remove(self, key: K) -> None:
        """Take a key away, and now and then some of the room that was once needed."""
        number = self.number(key)
        place = _leaf(self.places, number)[key]
        self.order = _with(self.order, place, _without(_leaf(self.order, place), key))
        self.values = _with(self.values, number, _without(_leaf(self.values, number), key))
        self.places = _with(self.places, number, _without(_leaf(self.places, number), key))
        self.length -= 1
        needed = self.length * _SPARSE
        if self.last * _FULL > needed:
            self._sweep_on()
        if (self.buckets - 1) * _FULL > needed:
            self._join()

    def _split(self) -> None:
        """Add a bucket, and move there the keys of the next bucket in turn whose hashes have one more bit set."""
        added = self.buckets
        self.buckets, self.mask = added + 1, _mask(added + 1)
        halved = added & self.mask >> 1
        values, places = _leaf(self.values, halved), _leaf(self.places, halved)
        stay = [key for key in values if self.number(key) == halved]
        move = [key for key in values if self.number(key) == added]
        self.values = _longer(_with(self.values, halved, _only(values, stay)), _only(values, move))
        self.places = _longer(_with(self.places, halved, _only(places, stay)), _only(places, move))

    def _join(self) -> None:
        """Take back the last split."""
        last = self.buckets - 1
        whole = last & self.mask >> 1
        values, places = _leaf(self.values, last), _leaf(self.places, last)
        self.values = _shorter(_with(self.values, whole, _leaf(self.values, whole) | values), last - 1)
        self.places = _shorter(_with(self.places, whole, _leaf(self.places, whole) | places), last - 1)
        self.buckets, self.mask = last, _mask(last)

    def _sweep_on(self) -> None:
        """Move one chunk down to the chunk that is being filled, or behind it if that is full.

        Past the last chunk the sweep is done: it cuts off the empty ones and stands at the beginning again.
        """
        into, source = self.sweep
        moved = _leaf(self.order, source)
        if len(_leaf(self.order, into)) + len(moved) > _FULL:
            into += 1
        if into < source:
            self.order = _with(self.order, into, _leaf(self.order, into) | moved)
            self.order = _with(self.order, source, {})
            for key in moved:
                number = self.number(key)
                self.places = _with(self.places, number, _also(_leaf(self.places, number), key, into))
        self.sweep = into, source + 1
        if source == self.last:
            self.order = _shorter(self.order, into)
            self.last = into
            self.sweep = 0, 1


def _loaded(items: dict[K, V]) -> _Shelves[K, V]:
    """Lay out all the items, each in its final place at once."""
    chunks = _chunks_of(items)
    shelves: _Shelves[K, V] = _Shelves()
    shelves.length = len(items)
    shelves.last = len(chunks) - 1
    shelves.sweep = 0, 1
    shelves.buckets = buckets = len(chunks)
    shelves.mask = mask = _mask(buckets)
    values: list[dict[K, V]] = [{} for _ in chunks]
    places: list[dict[K, int]] = [{} for _ in chunks]
    # `_Shelves.number`, written out once more: here it is most of the work.
    hashes = map(hash, zip(items, strict=True))
    for place, chunk in enumerate(chunks):
        for (key, value), mixed in zip(chunk.items(), hashes, strict=False):
            number = mixed & mask
            if number >= buckets:
                number &= mask >> 1
            values[number][key] = value
            places[number][key] = place
    shelves.order, shelves.values, shelves.places = _shelf(chunks), _shelf(values), _shelf(places)
    return shelves


def _mask(buckets: int) -> int:
    return (1 << (buckets - 1).bit_length()) - 1


def _chunks_of(items: dict[K, V]) -> list[dict[K, V]]:
    entries = iter(items.items())
    starts = range(0, max(1, len(items)), _FULL)
    return [dict(islice(entries, _FULL)) for _ in starts]


def _only(leaf: dict[K, V], keys: list[K]) -> dict[K, V]:
    return {key: leaf[key] for key in keys}


def _also(leaf: dict[K, V], key: K, value: V) -> dict[K, V]:
    more = leaf.copy()
    more[key] = value
    return more


def _without(leaf: dict[K, V], key: K) -> dict[K, V]:
    rest = leaf.copy()
    del rest[key]
    return rest


def _shelf(leaves: list[dict[K, V]]) -> Shelf[K, V]:
    return _by_width(_by_width(leaves))


def _by_width(parts: list[D]) -> list[list[D]]:
    return [parts[start : start + _WIDTH] for start in range(0, len(parts), _WIDTH)]


def _leaf(shelf: Shelf[K, V], number: int) -> dict[K, V]:
    return shelf[number >> _TOP][number >> _BITS & _LOW][number & _LOW]


def _with(shelf: Shelf[K, V], number: int, leaf: dict[K, V]) -> Shelf[K, V]:
    shelf = shelf.copy()
    shelf[number >> _TOP] = rows = shelf[number >> _TOP].copy()
    rows[number >> _BITS & _LOW] = row = rows[number >> _BITS & _LOW].copy()
    row[number & _LOW] = leaf
    return shelf


def _longer(shelf: Shelf[K, V], leaf: dict[K, V]) -> Shelf[K, V]:
    rows = shelf[-1]
    row = rows[-1]
    if len(row) < _WIDTH:
        return [*shelf[:-1], [*rows[:-1], [*row, leaf]]]
    if len(rows) < _WIDTH:
        return [*shelf[:-1], [*rows, [leaf]]]
    return [*shelf, [[leaf]]]


def _shorter(shelf: Shelf[K, V], last: int) -> Shelf[K, V]:
    rows = shelf[last >> _TOP]
    row = rows[last >> _BITS & _LOW]
    return [*shelf[: last >> _TOP], [*rows[: last >> _BITS & _LOW], row[: (last & _LOW) + 1]]]
