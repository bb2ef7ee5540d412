"""Pages: rules A 8.1, A DI-1 to DI-4; settlements S 17, S 21, S 51."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, overload

import pytest
from attrs import field, fields_dict, frozen
from hypothesis import given
from hypothesis import strategies as st

from amimodel.filters import Filter
from amimodel.limits import Limits
from amimodel.paging import PAGE_BOUNDS, Page, PageBounds, page, page_size_refusal
from amimodel.quirks import QuestionMark
from amimodel.refusals import IdsNotPaged, InvalidNextToken, PageSizeRefused
from amimodel.regions import Region
from amimodel.tags import Tags

ANY = PageBounds(least=1)


def every_page(items: Sequence[int], size: int, **asked: Any) -> list[Page[int]]:
    pages = [page(items, bounds=ANY, max_results=size, **asked)]
    while pages[-1].next_token is not None:
        pages.append(page(items, bounds=ANY, max_results=size, next_token=pages[-1].next_token, **asked))
    return pages


@given(items=st.lists(st.integers(), max_size=30), size=st.integers(1, 12), query=st.text())
def test_the_pages_are_the_answer(items: list[int], size: int, query: str) -> None:
    """Rule A DI-1: everything once, in order; only the last page may be short, and it alone has no token."""
    pages = every_page(items, size, query=query)
    assert [item for each in pages for item in each.items] == items
    assert all(len(each.items) == size for each in pages[:-1])
    assert len(pages) == max(1, -(-len(items) // size))


@given(items=st.lists(st.integers(), max_size=30))
def test_without_max_results_all_comes_at_once(items: list[int]) -> None:
    """Rule A DI-1."""
    whole = page(items, bounds=ANY)
    assert whole == Page(tuple(items)) == page(items, bounds=ANY, next_token="")
    assert (list(whole), len(whole)) == (items, len(items))


def test_the_page_may_be_set_by_the_action() -> None:
    """Rule C 11.6: DescribeInstanceImageMetadata gives 1,000 where it is asked for no number."""
    bounds = PAGE_BOUNDS["DescribeInstanceImageMetadata"](Limits())
    first = page(range(1500), bounds=bounds)
    assert len(first.items) == 1000
    assert page(range(1500), bounds=bounds, next_token=first.next_token) == Page(tuple(range(1000, 1500)))


def test_a_page_of_none_is_a_page_of_any_size() -> None:
    """Settlement S 51: DescribeFastSnapshotRestores takes 0, and a page that never ends the answer helps nobody."""
    bounds = PAGE_BOUNDS["DescribeFastSnapshotRestores"](Limits())
    assert page("abc", bounds=bounds, max_results=0) == Page(("a", "b", "c"))


def test_with_a_token_another_number_may_be_asked_for() -> None:
    token = page("abcdefg", bounds=ANY, max_results=2).next_token
    assert page("abcdefg", bounds=ANY, max_results=3, next_token=token).items == ("c", "d", "e")
    assert page("abcdefg", bounds=ANY, next_token=token) == Page(("c", "d", "e", "f", "g"))


def test_what_has_gone_in_the_meantime_leaves_an_empty_page() -> None:
    """Rule A DI-1, last sentence."""
    token = page("abcdefg", bounds=ANY, max_results=5).next_token
    assert page("abc", bounds=ANY, max_results=5, next_token=token) == Page(())


class Watched(Sequence[int]):
    """A million numbers that remember which were looked at."""

    def __init__(self) -> None:
        self.read: list[int] = []

    def __len__(self) -> int:
        return 1_000_000

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        self.read.append(index)
        return index


def test_no_more_is_read_than_the_page() -> None:
    items = Watched()
    first = page(items, bounds=ANY, max_results=10)
    assert items.read == list(range(10))
    second = page(items, bounds=ANY, max_results=10, next_token=first.next_token)
    assert items.read == list(range(20))
    assert second.items == tuple(range(10, 20))


# --- tokens -----------------------------------------------------------------------------------------------------------


@given(first=st.text(), second=st.text())
def test_a_token_goes_on_with_its_own_query_only(first: str, second: str) -> None:
    """Rule A DI-3."""
    token = page("abc", bounds=ANY, max_results=1, query=first).next_token
    if first == second:
        assert page("abc", bounds=ANY, next_token=token, query=second).items == ("b", "c")
    else:
        with pytest.raises(InvalidNextToken) as caught:
            page("abc", bounds=ANY, next_token=token, query=second)
        assert caught.value == InvalidNextToken(next_token=token or "")


QUERY = ("DescribeImages", Region("eu-central-1"), (Filter("state", ["available"]),), None, True, 7)


@pytest.mark.parametrize(
    "other",
    [
        ("DescribeSnapshots", *QUERY[1:]),
        (QUERY[0], Region("eu-west-1"), *QUERY[2:]),
        (*QUERY[:2], (), *QUERY[3:]),
        (*QUERY[:2], (Filter("state", ["pending"]),), *QUERY[3:]),
        (*QUERY[:2], (Filter("name", ["available"]),), *QUERY[3:]),
        (*QUERY[:4], False, 7),
        (*QUERY[:4], 1, 7),
        (*QUERY[:3], "None", True, 7),
        (*QUERY, ()),
    ],
)
def test_every_part_of_a_query_counts(other: object) -> None:
    """Rule A DI-3."""
    token = page("abc", bounds=ANY, max_results=1, query=QUERY).next_token
    assert page("abc", bounds=ANY, next_token=token, query=QUERY).items == ("b", "c")
    with pytest.raises(InvalidNextToken) as caught:
        page("abc", bounds=ANY, next_token=token, query=other)
    assert caught.value == InvalidNextToken(next_token=token or "")


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (frozenset("abc"), frozenset("cba")),
        (Tags({"a": "1", "b": "2"}), Tags({"b": "2", "a": "1"})),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (["a", ("b",)], ("a", ["b"])),
    ],
)
def test_order_counts_only_where_it_means_something(query: object, same: object) -> None:
    token = page("abc", bounds=ANY, max_results=1, query=query).next_token
    assert page("abc", bounds=ANY, max_results=1, query=same).next_token == token


SOURCE = """
from amimodel.paging import PageBounds, page
from amimodel.quirks import QuestionMark
words = frozenset({"self", "amazon", "111122223333", QuestionMark.EXACTLY_ONE})
print(page("abc", bounds=PageBounds(1), max_results=2, query=(words, {"a": words})).next_token)
"""


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_a_token_is_the_same_in_every_process(seed: str) -> None:
    env = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", SOURCE], capture_output=True, check=True, text=True, env=env)  # noqa: S603 - the text above
    words = frozenset({"self", "amazon", "111122223333", QuestionMark.EXACTLY_ONE})
    assert done.stdout.strip() == page("abc", bounds=ANY, max_results=2, query=(words, {"a": words})).next_token


@frozen
class Pair:
    """What a query can hold beside plain values: two fields that count, and one that does not."""

    left: object
    right: object
    beside: int = field(default=0, eq=False)


def test_a_token_is_the_same_on_every_machine() -> None:
    """How a query is spelled stays as it is: who has kept a token goes on with it in another release."""
    query = ("a", None, 7, True, {"k": Pair("l", ["r"], 1), "j": ()}, frozenset("ab"), Pair({}, frozenset(), 2))
    token = page("abc", bounds=ANY, max_results=1, query=query).next_token
    assert token == "AAAAAAABzpMS_oTAFH8n-jRgUsRw0VeE"  # noqa: S105 - no secret


def test_what_does_not_count_when_things_are_compared_does_not_count_in_a_query() -> None:
    """Rule A DI-3."""
    token = page("abc", bounds=ANY, max_results=1, query=Pair(1, 2, 3)).next_token
    assert page("abc", bounds=ANY, next_token=token, query=Pair(1, 2, 4)).items == ("b", "c")
    for other in (Pair(2, 1, 3), Pair(1, 3, 3)):
        with pytest.raises(InvalidNextToken):
            page("abc", bounds=ANY, next_token=token, query=other)


def test_a_token_is_opaque_and_short() -> None:
    token = page("abc", bounds=ANY, max_results=1, query=QUERY).next_token
    assert token is not None
    assert len(token) == 32
    assert "DescribeImages" not in token


def test_a_query_may_hold_any_text() -> None:
    """Half a pair of surrogates, too, which JSON can spell and UTF-8 cannot: what is hashed spells it with letters."""
    first = page("abc", bounds=ANY, max_results=1, query="\ud800")
    assert page("abc", bounds=ANY, next_token=first.next_token, query="\ud800").items == ("b", "c")


@given(st.text(min_size=1))
def test_a_text_that_is_no_token_is_refused(text: str) -> None:
    """Rule A 8.1."""
    with pytest.raises(InvalidNextToken) as caught:
        page("abc", bounds=ANY, next_token=text)
    assert caught.value == InvalidNextToken(next_token=text)
    assert (caught.value.code, str(caught.value)) == ("InvalidNextToken", f"The token '{text}' is invalid")
    assert caught.value.remedy


@given(place=st.integers(0, 31), letter=st.sampled_from("Ab1-_= \n\u00e9"))
def test_a_token_that_was_tampered_with_is_refused(place: int, letter: str) -> None:
    token = page(range(100), bounds=ANY, max_results=40).next_token
    assert token is not None
    changed = f"{token[:place]}{letter}{token[place + 1 :]}"
    for wrong in {changed, f"{token}{letter}", token[:place]} - {token, ""}:
        with pytest.raises(InvalidNextToken):
            page(range(100), bounds=ANY, next_token=wrong)


# --- how many ---------------------------------------------------------------------------------------------------------

BOUNDS: dict[str, tuple[int, int | None, int | None]] = {
    "DescribeImages":                  (1, 1000, None),
    "DescribeSnapshots":               (5, 1000, None),
    "DescribeInstances":               (5, 1000, None),
    "DescribeVolumes":                 (5, 1000, None),
    "DescribeTags":                    (5, 1000, None),
    "DescribeInstanceImageMetadata":   (1, 1000, 1000),
    "DescribeLockedSnapshots":         (5, 1000, None),
    "DescribeFastSnapshotRestores":    (0, 200,  None),
    "DescribeFastLaunchImages":        (0, 200,  None),
    "DescribeStoreImageTasks":         (1, 200,  None),
    "DescribeExportImageTasks":        (1, 500,  None),
    "DescribeReplaceRootVolumeTasks":  (1, 50,   None),
    "DescribeImageReferences":         (5, None, None),
    "DescribeImageUsageReports":       (1, None, None),
    "DescribeImageUsageReportEntries": (1, None, None),
    "GetImageFindings":                (1, 1000, None),
    "ListRules":                       (1, 1000, None),
    "ListImagesInRecycleBin":          (1, 1000, 1000),
    "ListSnapshotsInRecycleBin":       (5, 1000, None),
    "ListVolumesInRecycleBin":         (5, 500,  None),
}  # fmt: skip


def test_each_action_has_its_bounds() -> None:
    """Rules A 8.1, A 8.9, B RF-5, C 6.27, C 6.28, C 6.42, C 7.20, C 8.69, C 10.12; settlements S 21, S 51."""
    assert {action: tuple(bounds(Limits())) for action, bounds in PAGE_BOUNDS.items()} == BOUNDS


def test_every_limit_of_a_page_is_used_by_one_action() -> None:
    names = [name for name in fields_dict(Limits) if name.endswith("_page")]
    limits = Limits(**{name: 10_000 + 10 * number for number, name in enumerate(names) if name.startswith("max_")})
    most = [bounds(limits).most for bounds in PAGE_BOUNDS.values()]
    assert sorted(bound for bound in most if bound is not None) == sorted(
        getattr(limits, name) for name in names if name.startswith("max_")
    )
    assert len([name for name in names if name.startswith("min_")]) == len(PAGE_BOUNDS)


@given(action=st.sampled_from(sorted(PAGE_BOUNDS)), max_results=st.integers(-5, 1200))
def test_a_number_out_of_bounds_is_refused(action: str, max_results: int) -> None:
    """Rule A 8.1; settlements S 21, S 51."""
    least, most, _ = BOUNDS[action]
    bounds = PAGE_BOUNDS[action](Limits())
    refusal = page_size_refusal(max_results, bounds)
    if least <= max_results <= (most or max_results):
        assert refusal is None
    else:
        assert refusal == PageSizeRefused(max_results=max_results, least=least, most=most)
        with pytest.raises(PageSizeRefused):
            page("abc", bounds=bounds, max_results=max_results, next_token=action)


@pytest.mark.parametrize("action", sorted(PAGE_BOUNDS))
def test_the_bounds_themselves_are_granted(action: str) -> None:
    """Rule A 8.1; settlements S 21, S 51."""
    least, most, _ = BOUNDS[action]
    for max_results in (least, most):
        assert page_size_refusal(max_results, PAGE_BOUNDS[action](Limits())) is None


@pytest.mark.parametrize(
    ("max_results", "message"),
    [
        (1, "Value ( 1 ) for parameter maxResults is invalid. Expecting a value greater than 5."),
        (1001, "Value ( 1001 ) for parameter maxResults is invalid. Expecting a value less than 1000."),
    ],
)
def test_the_bound_is_told(max_results: int, message: str) -> None:
    refusal = PageSizeRefused(max_results=max_results, least=5, most=1000)
    assert (refusal.code, str(refusal)) == ("InvalidParameterValue", message)


def test_ids_and_pages_are_refused_in_ec2s_words() -> None:
    """Rule A DI-2."""
    refusal = IdsNotPaged(parameter="instancesSet")
    assert refusal.code == "InvalidParameterCombination"
    assert str(refusal) == "The parameter instancesSet cannot be used with the parameter maxResults"
