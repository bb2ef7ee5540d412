"""The table against a plain dict: the same answers, and no version ever changes."""

import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable
from random import Random
from typing import Any, TypeAlias

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from amimodel._table import Table

# A table takes keys and values of any type, and so do its tests.
Key: TypeAlias = Any
Value: TypeAlias = Any
AnyTable: TypeAlias = Table[Key, Value]


class Colliding:
    """A key whose hash has only three values."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Colliding) and self.number == other.number

    def __hash__(self) -> int:
        return self.number % 3

    def __repr__(self) -> str:
        return f"Colliding({self.number})"


NUMBERS = st.integers(0, 300)
KEYS: st.SearchStrategy[Value] = st.one_of(
    NUMBERS,
    NUMBERS.map(float),
    NUMBERS.map(lambda number: number << 40),
    NUMBERS.map("ami-{:017x}".format),
    NUMBERS.map(Colliding),
    st.none(),
    st.booleans(),
)
VALUES: st.SearchStrategy[Value] = st.none() | st.integers(0, 3)
ITEMS = st.lists(st.tuples(KEYS, VALUES), max_size=120)
SIZES = [0, 1, 2, 20, 21, 22, 42, 43, 671, 672, 673, 21 * 32 * 32, 21 * 32 * 32 + 1]


def one_by_one(items: Iterable[tuple[Key, Value]]) -> AnyTable:
    table: AnyTable = Table()
    for key, value in items:
        table = table.set(key, value)
    return table


def assert_like(table: AnyTable, model: dict[Key, Value]) -> None:
    assert len(table) == len(model)
    assert list(table.items()) == list(model.items())
    # 1, 1.0 and True are equal: the table must keep the very key that a dict keeps.
    assert [repr(key) for key in table] == [repr(key) for key in model]
    assert list(table.values()) == list(model.values())
    assert all(key in table and table[key] == value for key, value in model.items())


def assert_well_built(table: AnyTable) -> None:
    shelves = table._shelves
    chunks = list(shelves.chunks())
    buckets = [leaf for rows in shelves.values for row in rows for leaf in row]
    places = [leaf for rows in shelves.places for row in rows for leaf in row]
    assert len(chunks) == shelves.last + 1
    assert len(buckets) == len(places) == shelves.buckets
    assert all(len(chunk) <= 21 for chunk in chunks)
    for number, bucket in enumerate(buckets):
        assert all(shelves.number(key) == number for key in bucket)
        assert all(chunks[place][key] == bucket[key] for key, place in places[number].items())
        assert places[number].keys() == bucket.keys()
    into, source = shelves.sweep
    assert into < source
    assert not any(chunks[into + 1 : source])


class TableAgainstDict(RuleBasedStateMachine):
    """Every change is made to a dict, too; every version is kept beside a copy of the dict of its time."""

    def __init__(self) -> None:
        super().__init__()
        self.table: AnyTable = Table()
        self.model: dict[Key, Value] = {}
        self.kept: list[tuple[AnyTable, dict[Key, Value]]] = []

    @initialize(items=ITEMS, more=st.sampled_from([0, 0, 50, 1500]))
    def load(self, items: list[tuple[Key, Value]], more: int) -> None:
        self.model = dict(items) | {f"loaded-{number}": number for number in range(more)}
        self.table = Table(self.model)

    @rule(key=KEYS, value=VALUES)
    def set_any(self, key: Key, value: Value) -> None:
        self.table = self.table.set(key, value)
        self.model[key] = value

    @rule(data=st.data(), value=VALUES)
    def set_present(self, data: st.DataObject, value: Value) -> None:
        if self.model:
            self.set_any(data.draw(st.sampled_from(list(self.model))), value)

    @rule(start=st.integers(0, 2000), number=st.integers(1, 100))
    def set_many(self, start: int, number: int) -> None:
        for each in range(start, start + number):
            self.set_any(f"many-{each}", each)

    @rule(key=KEYS)
    def remove_any(self, key: Key) -> None:
        if key in self.model:
            self.table = self.table.remove(key)
            del self.model[key]
        else:
            with pytest.raises(KeyError):
                self.table.remove(key)

    @rule(part=st.sampled_from(["first", "last", "even"]), share=st.integers(1, 10))
    def remove_many(self, part: str, share: int) -> None:
        keys = list(self.model)
        number = len(keys) * share // 10
        gone = {"first": keys[:number], "last": keys[len(keys) - number :], "even": keys[::2][:number]}[part]
        for key in gone:
            self.remove_any(key)

    @rule()
    def keep(self) -> None:
        self.kept.append((self.table, dict(self.model)))

    @rule(data=st.data())
    def go_back(self, data: st.DataObject) -> None:
        if self.kept:
            self.table, model = data.draw(st.sampled_from(self.kept))
            self.model = dict(model)

    @rule(key=KEYS)
    def look_up(self, key: Key) -> None:
        missing = object()
        assert (key in self.table) == (key in self.model)
        assert self.table.get(key, missing) == self.model.get(key, missing)
        assert self.table.get(key) == self.model.get(key)

    @invariant()
    def is_like_the_dict(self) -> None:
        assert_like(self.table, self.model)

    @invariant()
    def is_well_built(self) -> None:
        assert_well_built(self.table)

    def teardown(self) -> None:
        for table, model in self.kept:
            assert_like(table, model)
            assert_well_built(table)


TestTableAgainstDict = TableAgainstDict.TestCase
TestTableAgainstDict.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


@given(ITEMS)
@example([(1, "int"), (1.0, "float"), (True, "bool")])
def test_loading_at_once_is_setting_one_by_one(items: list[tuple[Key, Value]]) -> None:
    loaded, grown = Table(items), one_by_one(items)
    assert_like(loaded, dict(items))
    assert_like(grown, dict(items))
    assert loaded == grown
    assert hash(loaded) == hash(grown)
    assert Table(dict(items)) == loaded == Table(iter(items))


@given(ITEMS, st.randoms(use_true_random=False))
def test_equality_and_hash_do_not_know_the_order(items: list[tuple[Key, Value]], chance: Random) -> None:
    ordered = list(dict(items).items())
    shuffled = ordered.copy()
    chance.shuffle(shuffled)
    assert Table(ordered) == Table(shuffled)
    assert hash(Table(ordered)) == hash(Table(shuffled))


@given(ITEMS, KEYS, VALUES)
def test_two_versions_are_equal_only_if_their_items_are(items: list[tuple[Key, Value]], key: Key, value: Value) -> None:
    before = Table(items)
    after = before.set(key, value)
    assert (before == after) == (dict(before.items()) == dict(after.items()))
    assert (before != after) == (dict(before.items()) != dict(after.items()))


@given(ITEMS, KEYS)
def test_removing_and_setting_again_moves_a_key_to_the_end(items: list[tuple[Key, Value]], key: Key) -> None:
    table = Table(items).set(key, "first")
    moved = table.remove(key).set(key, "again")
    assert list(moved) == [other for other in table if other != key] + [key]
    assert moved[key] == "again"


@given(ITEMS)
def test_a_pickle_gives_an_equal_table_in_the_same_order(items: list[tuple[Key, Value]]) -> None:
    table = Table(items)
    again = pickle.loads(pickle.dumps(table))
    assert again == table
    assert list(again.items()) == list(table.items())


@pytest.mark.parametrize("size", SIZES)
def test_every_size_loads_grows_and_reads_right(size: int) -> None:
    model: dict[Key, Value] = {f"ami-{number}": number for number in range(size)}
    table = Table(model)
    assert_like(table, model)
    assert_well_built(table)
    table = table.set("one-more", None)
    assert_like(table, model | {"one-more": None})
    assert_well_built(table)
    assert table.remove("one-more") == Table(model)


@pytest.mark.parametrize("step", [1, -1, 7])
def test_emptying_a_table_leaves_no_room_behind(step: int) -> None:
    size = 3000
    table: AnyTable = Table((number, str(number)) for number in range(size))
    for number in range(size):
        table = table.remove(number * step % size)
    assert table == Table()
    assert list(table) == []
    assert_well_built(table)
    assert table._shelves.last < 5
    assert table._shelves.buckets < 5
    assert list(table.set("a", 1).items()) == [("a", 1)]


def test_a_queue_that_lives_long_takes_no_more_room_than_its_entries_need() -> None:
    table = Table((number, None) for number in range(200))
    for number in range(200, 8000):
        table = table.set(number, None).remove(number - 200)
    assert list(table) == list(range(7800, 8000))
    assert_well_built(table)
    assert table._shelves.last * 21 < 5 * (200 + 21)


def test_a_few_long_lived_entries_keep_their_order_through_many_sweeps() -> None:
    model: dict[Key, Value] = dict.fromkeys(range(2000))
    table = Table(model)
    for number in range(2000):
        if number % 97 and number in model:
            table = table.remove(number)
            del model[number]
            table = table.set(("new", number), number)
            model["new", number] = number
        if number % 50 == 0:
            for key in list(model)[len(model) // 2 :: 2]:
                table = table.remove(key)
                del model[key]
            assert_like(table, model)
            assert_well_built(table)


def test_keys_that_all_collide_are_still_told_apart() -> None:
    model = {Colliding(number): number for number in range(200)}
    table = one_by_one(model.items())
    assert_like(table, model)
    assert Colliding(200) not in table
    for number in range(0, 200, 2):
        table = table.remove(Colliding(number))
        del model[Colliding(number)]
    assert_like(table, model)
    assert_well_built(table)


def test_integers_with_the_same_low_bits_spread_over_the_buckets() -> None:
    table = Table((number << 32, number) for number in range(2000))
    assert max(len(leaf) for rows in table._shelves.values for row in rows for leaf in row) < 200


def test_none_is_a_value_like_any_other() -> None:
    table: Table[str, None] = Table({"a": None})
    assert "a" in table
    assert table["a"] is None
    assert len(table.set("a", None)) == 1
    assert table.get("a", 1) is None


def test_setting_the_value_that_is_there_gives_the_same_table() -> None:
    table = Table({"a": "pending"})
    assert table.set("a", table["a"]) is table
    assert Table(table) is table


def test_a_change_shares_nearly_all_with_the_table_before() -> None:
    before: AnyTable = Table((number, None) for number in range(10_000))
    after = before.set(1, 1).set("new", 1).remove(5000)
    shared = set(map(id, before._shelves.chunks())) & set(map(id, after._shelves.chunks()))
    assert len(shared) >= before._shelves.last - 2


def test_a_table_equals_only_a_table() -> None:
    assert Table({"a": 1}) != {"a": 1}
    assert Table() != ()
    assert Table({"a": 1}) != Table({"a": 2})
    assert Table({"a": 1}) != Table({"b": 1})
    assert Table({"a": 1}) != Table({"a": 1, "b": 1})


def test_a_value_that_does_not_equal_itself_is_found_equal_where_it_is_the_same() -> None:
    strange = float("nan")
    assert Table({"a": strange, "b": 1}) == Table({"b": 1, "a": strange})


def test_a_table_of_values_that_cannot_be_hashed_cannot_be_hashed() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Table({"a": []}))


@pytest.mark.parametrize("size", [1, 100])
def test_an_absent_key_is_a_key_error(size: int) -> None:
    table: AnyTable = Table((number, number) for number in range(size))
    with pytest.raises(KeyError, match="absent"):
        table["absent"]
    with pytest.raises(KeyError, match="absent"):
        table.remove("absent")
    assert table.get("absent") is None
    assert table.get("absent", 7) == 7


def test_a_key_that_cannot_be_hashed_is_a_type_error() -> None:
    table: AnyTable = Table()
    for use in (table.__getitem__, table.__contains__, table.get, table.remove, lambda key: table.set(key, 1)):
        with pytest.raises(TypeError, match="unhashable"):
            use([])


def test_attributes_cannot_be_set_or_deleted() -> None:
    table: Any = Table({"a": 1})
    for name in ("_shelves", "_hash", "anything"):
        with pytest.raises(AttributeError, match=f"never changes: '{name}' cannot be set"):
            setattr(table, name, 1)
        with pytest.raises(AttributeError, match=f"never changes: '{name}' cannot be deleted"):
            delattr(table, name)
    with pytest.raises(TypeError):
        table["a"] = 2
    with pytest.raises(TypeError):
        del table["a"]
    assert not hasattr(table, "__dict__")


def test_a_copy_is_the_table_itself_and_a_deep_copy_is_equal() -> None:
    table = Table({"a": [1]})
    deep = copy.deepcopy(table)
    assert copy.copy(table) is table
    assert deep == table
    assert deep["a"] is not table["a"]


def test_the_repr_is_brief() -> None:
    assert repr(Table()) == "Table({})"
    assert repr(Table({"a": 1, "b": None})) == "Table({'a': 1, 'b': None})"
    assert repr(Table((number, number) for number in range(5))) == "Table({0: 0, 1: 1, 2: 2, ...}, 5 entries)"


def test_views_are_those_of_a_mapping() -> None:
    table = Table({"a": 1, "b": 2})
    assert table.keys() == {"b", "a"}
    assert ("a", 1) in table.items()
    assert 2 in table.values()
    assert len(table.values()) == 2


def test_order_and_repr_are_the_same_whatever_the_hash_seed() -> None:
    program = (
        "import pickle, sys\n"
        "from amimodel._table import Table\n"
        "table = Table((f'ami-{n}', n) for n in range(1000))\n"
        "for n in range(0, 1000, 3): table = table.remove(f'ami-{n}')\n"
        "for n in range(0, 900, 2): table = table.set(f'ami-{n}', -n)\n"
        "sys.stdout.buffer.write(pickle.dumps((repr(table), list(table.items()), table)))\n"
    )

    def printed(seed: str) -> bytes:
        environment = os.environ | {"PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", program]
        return subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - ours

    first, second = printed("1"), printed("2")
    assert first == second
    shown, items, table = pickle.loads(first)
    assert list(table.items()) == items
    assert repr(table) == shown
    assert table == Table(items)
