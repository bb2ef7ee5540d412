"""The log against a plain list: the same lines, and no version ever changes."""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from amimodel._log import Log

LINES = st.integers(0, 3)
PAGES = [0, 1, 2, 63, 64, 65, 127, 128, 129, 200]
LISTS = st.one_of(st.lists(LINES, max_size=5), st.sampled_from(PAGES).map(lambda size: list(range(size))))


class LogAgainstList(RuleBasedStateMachine):
    """Every line is added to a list, too; every version is kept beside the list of its time."""

    def __init__(self) -> None:
        super().__init__()
        self.log: Log[int] = Log()
        self.model: list[int] = []
        self.kept: list[tuple[Log[int], list[int]]] = [(self.log, [])]

    @initialize(lines=LISTS)
    def load(self, lines: list[int]) -> None:
        self.log, self.model = Log(lines), list(lines)

    @rule(lines=LISTS)
    def add(self, lines: list[int]) -> None:
        self.log = self.log.adding(*lines)
        self.model = self.model + lines

    @rule()
    def keep(self) -> None:
        self.kept.append((self.log, self.model))

    @rule(data=st.data())
    def go_back(self, data: st.DataObject) -> None:
        self.log, self.model = data.draw(st.sampled_from(self.kept))

    @rule(length=st.integers(0, 300))
    def read_on(self, length: int) -> None:
        assert list(self.log.since(length)) == self.model[length:]

    @rule(data=st.data())
    def compare(self, data: st.DataObject) -> None:
        log, model = data.draw(st.sampled_from(self.kept))
        assert (log == self.log) == (model == self.model)
        differ = (place for place, (one, two) in enumerate(zip(model, self.model, strict=False)) if one != two)
        assert log.common(self.log) == self.log.common(log) == next(differ, min(len(model), len(self.model)))

    @invariant()
    def is_like_the_list(self) -> None:
        assert len(self.log) == len(self.model)
        assert list(self.log) == self.model
        assert bool(self.log) == bool(self.model)

    def teardown(self) -> None:
        for log, model in self.kept:
            assert list(log) == model


TestLogAgainstList = LogAgainstList.TestCase
TestLogAgainstList.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


@given(LISTS, st.integers(-300, 300))
def test_a_line_is_found_where_it_is_in_a_list(lines: list[int], index: int) -> None:
    log = Log(lines)
    if -len(lines) <= index < len(lines):
        assert log[index] == lines[index]
    else:
        with pytest.raises(IndexError):
            log[index]
    assert log[index:] == tuple(lines[index:])
    assert log[:index:2] == tuple(lines[:index:2])


@given(LISTS, LISTS)
def test_loading_at_once_is_adding_one_by_one(lines: list[int], more: list[int]) -> None:
    loaded, grown = Log([*lines, *more]), Log(lines).adding(*more)
    assert loaded == grown
    assert hash(loaded) == hash(grown)
    assert list(reversed(grown)) == [*lines, *more][::-1]


@given(LISTS, LISTS)
def test_logs_are_equal_only_if_their_lines_are(one: list[int], two: list[int]) -> None:
    assert (Log(one) == Log(two)) == (one == two)
    assert Log(one).common(Log(two)) == next(
        (place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )


def test_a_log_equals_only_a_log() -> None:
    assert Log([1]) != [1]
    assert Log([1]) != (1,)


@pytest.mark.parametrize("size", PAGES)
def test_a_pickle_and_a_copy_give_an_equal_log(size: int) -> None:
    log = Log(range(size))
    assert pickle.loads(pickle.dumps(log)) == copy.copy(log) == copy.deepcopy(log) == log


def test_adding_to_a_long_log_shares_its_pages() -> None:
    log = Log(range(1000))
    assert log.adding(1)._before is log._before
    assert log.adding(*range(100))._before is not None
    page = log.adding(*range(100))._before
    while page is not None and page is not log._before:
        page = page._before
    assert page is log._before


class Untouchable:
    """A line that must not be compared."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError(other)

    def __hash__(self) -> int:
        return 0


def test_what_two_logs_share_is_not_read_to_compare_them() -> None:
    before: Log[Any] = Log([Untouchable() for _ in range(1000)])
    one, two = before.adding("one"), before.adding("two")
    assert one != two
    assert one.common(two) == 1000
    assert one.common(before) == before.common(one) == 1000


def test_a_log_of_many_pages_can_be_made_read_and_let_go() -> None:
    log = Log(range(500_000)).adding(*range(1000))
    assert len(log) == 501_000
    assert log[-1] == 999
    assert hash(log) == hash(Log(list(log)))
    del log


def test_attributes_cannot_be_set() -> None:
    log: Any = Log([1])
    with pytest.raises(AttributeError, match="a Log never changes: '_last' cannot be set"):
        log._last = ()


def test_the_repr_shows_the_lines() -> None:
    assert repr(Log(["created"])) == "Log(['created'])"
