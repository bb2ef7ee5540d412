"""What a table stands on: its entries in small dicts, on shelves that every version shares with the one before.

A *shelf* is a tree of lists, three deep and 32 wide, with dicts of some twenty entries at its leaves. A new version
copies two or three of the dicts and the short path to each, and shares all the rest with the old one.

- `order` holds the entries in *chunks*, in the order of insertion. To iterate is to chain the chunks.
- `values` holds them again in *buckets*, by the hash of the key. To look up is to find the bucket and ask it.
- `places` says, in buckets alike, in which chunk each key stands. Only a change asks.

The buckets are those of linear hashing: an entry too many splits one bucket, the next in turn, so that growth never
waits for a great rehash. The gaps that removals leave are swept up in the same spirit, a chunk at a time. The dicts do
the rest: colliding hashes and equal keys of different types are theirs to settle.
"""

from collections.abc import Hashable, Iterator
from itertools import chain, islice
from typing import Final, Generic, TypeVar, final

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")

Shelf = list[list[list[dict[K, V]]]]

# What a dict of 32 slots takes before it grows: a full chunk wastes nothing. With 42, a change in a table of 1,000,000
# waits longer for memory; with 10, a table takes more of it.
_FULL: Final = 21
# Three times 32 has room for 688,128 entries; with more, only the list at the root grows longer.
BITS: Final = 5
TOP: Final = 2 * BITS
_WIDTH: Final = 1 << BITS
LOW: Final = _WIDTH - 1
# When less than a quarter of their room is taken, chunks are swept and buckets joined.
_SPARSE: Final = 4


@final
class Shelves(Generic[K, V]):
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

    def copy(self) -> "Shelves[K, V]":
        twin: Shelves[K, V] = Shelves()
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
        self.order = _also(self.order, leaf_of(self.places, number)[key], key, value)
        self.values = _also(self.values, number, key, value)

    def append(self, number: int, key: K, value: V) -> None:
        """Put a new key at the end of the order, and in the bucket of this number."""
        if len(self.order[-1][-1][-1]) == _FULL:
            self.order = _longer(self.order, {})
            self.last += 1
        self.order = _also(self.order, self.last, key, value)
        self.values = _also(self.values, number, key, value)
        self.places = _also(self.places, number, key, self.last)
        self.length += 1
        if self.length > self.buckets * _FULL:
            self._split()

    def remove(self, key: K) -> None:
        """Take a key away, and now and then some of the room that was once needed."""
        number = self.number(key)
        self.order = _without(self.order, leaf_of(self.places, number)[key], key)
        self.values = _without(self.values, number, key)
        self.places = _without(self.places, number, key)
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
        values, places = leaf_of(self.values, halved), leaf_of(self.places, halved)
        stay = [key for key in values if self.number(key) == halved]
        move = [key for key in values if self.number(key) == added]
        self.values = _longer(_with(self.values, halved, _only(values, stay)), _only(values, move))
        self.places = _longer(_with(self.places, halved, _only(places, stay)), _only(places, move))

    def _join(self) -> None:
        """Take back the last split."""
        last = self.buckets - 1
        whole = last & self.mask >> 1
        values, places = leaf_of(self.values, last), leaf_of(self.places, last)
        self.values = _shorter(_with(self.values, whole, leaf_of(self.values, whole) | values), last - 1)
        self.places = _shorter(_with(self.places, whole, leaf_of(self.places, whole) | places), last - 1)
        self.buckets, self.mask = last, _mask(last)

    def _sweep_on(self) -> None:
        """Move one chunk down to the chunk that is being filled, or behind it if that is full.

        Past the last chunk the sweep is done: it cuts off the empty ones and stands at the beginning again.
        """
        into, source = self.sweep
        moved = leaf_of(self.order, source)
        if len(leaf_of(self.order, into)) + len(moved) > _FULL:
            into += 1
        if into < source:
            self.order = _with(self.order, into, leaf_of(self.order, into) | moved)
            self.order = _with(self.order, source, {})
            for key in moved:
                self.places = _also(self.places, self.number(key), key, into)
        self.sweep = into, source + 1
        if source == self.last:
            self.order = _shorter(self.order, into)
            self.last = into
            self.sweep = 0, 1


def loaded(items: dict[K, V]) -> Shelves[K, V]:
    """Lay out all the items, each in its final place at once."""
    chunks = _chunks_of(items)
    shelves: Shelves[K, V] = Shelves()
    shelves.length = len(items)
    shelves.last = len(chunks) - 1
    shelves.sweep = 0, 1
    shelves.buckets = buckets = len(chunks)
    shelves.mask = mask = _mask(buckets)
    values: list[dict[K, V]] = [{} for _ in chunks]
    places: list[dict[K, int]] = [{} for _ in chunks]
    # `Shelves.number`, written out once more: here it is most of the work.
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


def _shelf(leaves: list[dict[K, V]]) -> Shelf[K, V]:
    return _by_width(_by_width(leaves))


def _by_width(parts: list[D]) -> list[list[D]]:
    return [parts[start : start + _WIDTH] for start in range(0, len(parts), _WIDTH)]


def leaf_of(shelf: Shelf[K, V], number: int) -> dict[K, V]:
    return shelf[number >> TOP][number >> BITS & LOW][number & LOW]


def _also(shelf: Shelf[K, V], number: int, key: K, value: V) -> Shelf[K, V]:
    """Put an item into the leaf of this number."""
    shelf = shelf.copy()
    shelf[number >> TOP] = rows = shelf[number >> TOP].copy()
    rows[number >> BITS & LOW] = row = rows[number >> BITS & LOW].copy()
    row[number & LOW] = leaf = row[number & LOW].copy()
    leaf[key] = value
    return shelf


def _without(shelf: Shelf[K, V], number: int, key: K) -> Shelf[K, V]:
    """Take an item out of the leaf of this number."""
    shelf = shelf.copy()
    shelf[number >> TOP] = rows = shelf[number >> TOP].copy()
    rows[number >> BITS & LOW] = row = rows[number >> BITS & LOW].copy()
    row[number & LOW] = leaf = row[number & LOW].copy()
    del leaf[key]
    return shelf


def _with(shelf: Shelf[K, V], number: int, leaf: dict[K, V]) -> Shelf[K, V]:
    """Put another leaf in the place of the one of this number."""
    shelf = shelf.copy()
    shelf[number >> TOP] = rows = shelf[number >> TOP].copy()
    rows[number >> BITS & LOW] = row = rows[number >> BITS & LOW].copy()
    row[number & LOW] = leaf
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
    rows = shelf[last >> TOP]
    row = rows[last >> BITS & LOW]
    return [*shelf[: last >> TOP], [*rows[: last >> BITS & LOW], row[: (last & LOW) + 1]]]
