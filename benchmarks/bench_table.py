"""The table beside a dict, from 1,000 to 1,000,000 entries: time for each operation, and memory for each entry.

The dict changes in place, which is what a persistent table is measured against and cannot do. Keys are taken at random
from all of the table, so that large tables also wait for memory, as they do in use.
"""

import random
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any, TypeAlias

import pytest

from amimodel._table import Table

Benchmark: TypeAlias = Any  # pytest-benchmark has no types
Loaded: TypeAlias = Any  # a dict or a table: what they share is not what is measured
Kind: TypeAlias = type[Any]

SIZES = [1_000, 10_000, 100_000, 1_000_000]
KINDS: list[Kind] = [dict, Table]
ROUNDS = 2_000


@pytest.fixture(scope="module", params=SIZES)
def items(request: pytest.FixtureRequest) -> dict[str, object]:
    return {f"ami-{number:017x}": object() for number in range(request.param)}


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Kind:
    kind: Kind = request.param
    return kind


@pytest.fixture(scope="module")
def loaded(kind: Kind, items: dict[str, object]) -> Loaded:
    return kind(items)


@pytest.fixture
def keys(items: dict[str, object]) -> list[str]:
    return random.Random(0).sample(list(items), min(ROUNDS, len(items)))


def measure(
    benchmark: Benchmark, operation: str, size: int, change: Callable[[str], object], keys: Iterator[str]
) -> None:
    """Time one call for each key, so that the longest pause can be seen, too."""
    benchmark.group = f"{operation} {size:>9,}"
    benchmark.pedantic(change, setup=lambda: ((next(keys),), {}), rounds=ROUNDS)


def test_look_up(benchmark: Benchmark, loaded: Loaded, keys: list[str]) -> None:
    benchmark.group = f"look up 1,000 keys in {len(loaded):>9,}"

    def look_up() -> None:
        for key in keys[:1_000]:
            loaded[key]

    benchmark(look_up)


def test_set_existing_key(benchmark: Benchmark, loaded: Loaded, keys: list[str]) -> None:
    if isinstance(loaded, Table):
        measure(benchmark, "set existing key", len(loaded), lambda key: loaded.set(key, None), cycle(keys))
    else:
        copied = dict(loaded)
        measure(benchmark, "set existing key", len(loaded), lambda key: copied.__setitem__(key, None), cycle(keys))


def test_insert_new_key(benchmark: Benchmark, loaded: Loaded) -> None:
    latest: list[Loaded] = [loaded if isinstance(loaded, Table) else dict(loaded)]

    def insert(key: str) -> None:
        if isinstance(loaded, Table):
            latest[0] = latest[0].set(key, None)
        else:
            latest[0][key] = None

    measure(benchmark, "insert new key", len(loaded), insert, (f"new-{number}" for number in range(ROUNDS)))


def test_remove(benchmark: Benchmark, loaded: Loaded, keys: list[str]) -> None:
    latest: list[Loaded] = [loaded if isinstance(loaded, Table) else dict(loaded)]
    benchmark.group = f"remove {len(loaded):>9,}"

    def remove(key: str) -> None:
        if isinstance(loaded, Table):
            latest[0] = latest[0].remove(key)
        else:
            del latest[0][key]

    left = iter(keys)
    benchmark.pedantic(remove, setup=lambda: ((next(left),), {}), rounds=len(keys))


def test_iterate(benchmark: Benchmark, loaded: Loaded) -> None:
    benchmark.group = f"iterate {len(loaded):>9,}"

    def iterate() -> None:
        for _ in loaded.items():
            pass

    benchmark.pedantic(iterate, rounds=5, warmup_rounds=1)


def test_bulk_build(benchmark: Benchmark, kind: Kind, items: dict[str, object]) -> None:
    """Load from a dict; what the table then weighs, without keys and values, is recorded beside the time."""
    benchmark.group = f"bulk build {len(items):>9,}"
    benchmark.pedantic(kind, args=(items,), rounds=3, warmup_rounds=1)
    tracemalloc.start()
    built = kind(items)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    benchmark.extra_info["bytes_per_entry"] = round(held / len(built), 1)
    benchmark.extra_info["peak_bytes_per_entry"] = round(peak / len(built), 1)
    print(f"\n{kind.__name__} of {len(built):,}: {held / len(built):.1f} B an entry, {peak / len(built):.1f} B at peak")
