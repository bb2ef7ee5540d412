"""Filters, whatever they are about: rules A 8.4 (FI-1 to FI-14); settlements S 8, S 17."""

import pickle
import re
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.clock import parse
from amimodel.filters import Filter, FilterRow, FilterTable, Kind, as_filters, limit_refusal, matcher, select
from amimodel.limits import Limits
from amimodel.malformed import Malformed, invalid_value
from amimodel.quirks import QuestionMark, Quirks
from amimodel.refusals import FilterCount, FilterLimitExceeded
from amimodel.testing import strategies as amis
from reference.filters import fits

# Few letters, so that patterns and texts meet often.
PATTERNS = st.lists(st.sampled_from(["a", "b", "*", "?", r"\*", r"\?", r"\\", ".", "\n"]), max_size=9).map("".join)
TEXTS = st.text(st.sampled_from("ab*?\\.\n"), max_size=9)
MARKS = st.sampled_from(QuestionMark)


def refused(name: Any, values: Any) -> Malformed:
    with pytest.raises(Malformed) as caught:
        Filter(name, values)
    return caught.value


# --- one filter -------------------------------------------------------------------------------------------------------


@given(values=st.lists(PATTERNS, max_size=4), text=TEXTS, mark=MARKS)
def test_a_text_fits_if_it_fits_one_of_the_values(values: list[str], text: str, mark: QuestionMark) -> None:
    """Rules A FI-1, A FI-3, A FI-5."""
    matches = Filter("name", values).matcher(Quirks(question_mark_matches=mark))
    exactly_one = mark is QuestionMark.EXACTLY_ONE
    assert (matches(text) is not None) == any(fits(value, text, exactly_one=exactly_one) for value in values)


@given(values=st.lists(PATTERNS, max_size=4), text=TEXTS)
def test_exact_are_all_the_texts_that_fit(values: list[str], text: str) -> None:
    wanted = Filter("name", values)
    unescaped = [re.sub(r"\\.", "", value) for value in values]
    assert (wanted.exact is None) == any("*" in value or "?" in value for value in unescaped)
    if wanted.exact is not None:
        assert len(set(wanted.exact)) == len(wanted.exact)
        assert (text in wanted.exact) == any(fits(value, text) for value in values)
        assert all(wanted.matcher()(literal) is not None for literal in wanted.exact)


@given(st.lists(st.text(), max_size=4))
def test_every_text_can_be_spelled_as_a_value(texts: list[str]) -> None:
    """Rule A FI-4."""
    spelled = [re.sub(r"([*?\\])", r"\\\1", text) for text in texts]
    assert Filter("name", spelled).exact == tuple(dict.fromkeys(texts))


def test_an_escaped_wildcard_is_itself_and_can_be_looked_up() -> None:
    """Rule A FI-4."""
    assert Filter("name", [r"web-\*", r"a\\b", r"who\?"]).exact == ("web-*", "a\\b", "who?")
    assert Filter("name", [r"web-\*", r"a\\*"]).exact is None


@pytest.mark.parametrize(("value", "escape"), [(r"web\d", r"\d"), ("*\\", "\\"), (r"\\\x*", r"\x"), ("\\\n", "\\\n")])
def test_any_other_escape_is_malformed(value: str, escape: str) -> None:
    """Rule A FI-4."""
    malformed = refused("name", ["good", value])
    message = f"Invalid filter value: The escape sequence '{escape}' is invalid"
    assert (malformed.code, malformed.message) == ("InvalidParameterValue", message)


@pytest.mark.parametrize("name", [None, ""])
def test_a_missing_name_is_called_null(name: str | None) -> None:
    """Rule A FI-6; settlement S 17."""
    malformed = refused(name, ["a"])
    assert (malformed.code, malformed.message) == ("InvalidParameterValue", "The filter 'null' is invalid")
    assert (malformed.member, malformed.value) == ("Filters", "null")


@pytest.mark.parametrize(
    ("name", "values", "fault"),
    [
        (7, ["a"], ("Name", 7, "Expected text.")),
        ("name", [None], ("Values", None, "Expected text.")),
        ("name", ["a", 1], ("Values", 1, "Expected text.")),
        ("name", "available", ("Values", "available", "Expected a list.")),
    ],
)
def test_names_and_values_are_texts(name: Any, values: Any, fault: tuple[str, Any, str]) -> None:
    """Rule A FI-7: a null value is not allowed."""
    assert refused(name, values) == invalid_value(*fault)


def test_a_filter_is_a_value() -> None:
    wanted = Filter("name", ["web-*"])
    assert wanted == Filter(name="name", values=("web-*",)) != Filter("name", ["web-1"])
    assert hash(wanted) == hash(Filter("name", ("web-*",)))
    assert repr(wanted) == "Filter(name='name', values=('web-*',))"
    assert pickle.loads(pickle.dumps(wanted)) == wanted
    assert evolve(wanted, values=["db"]).exact == ("db",)
    assert as_filters(iter([wanted])) == (wanted,)


def test_case_counts() -> None:
    """Rule A FI-1."""
    assert [text for text in ("web", "Web", "WEB") if Filter("name", ["w*"]).matcher()(text)] == ["web"]


def test_a_value_is_no_regular_expression() -> None:
    """Rule A FI-5."""
    assert Filter("name", ["a.b", "[a]*", "a|b*"]).matcher()("axb") is None
    assert Filter("name", ["a.*"]).matcher()("a.b") is not None


# --- what is compared -------------------------------------------------------------------------------------------------

# A thing is what it tells: one value, several, or nothing.
ROW = FilterRow[Any]
TABLE: FilterTable[dict[str, Any]] = FilterTable(
    rows=(
        FilterRow("word", Kind.TEXT, lambda thing: thing.get("word")),
        FilterRow("number", Kind.NUMBER, lambda thing: thing.get("number")),
        FilterRow("flag", Kind.BOOLEAN, lambda thing: thing.get("flag")),
        FilterRow("words", Kind.TEXT, lambda thing: tuple(thing.get("words", ()))),
    ),
    tags=lambda thing: thing.get("tags", {}),
    silent=frozenset({"unheard"}),
)


def meets(thing: dict[str, Any], *filters: Filter) -> bool:
    return matcher(filters, TABLE)(thing)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.TEXT,           "web",                         "web"),
        (Kind.NUMBER,         8,                             "8"),
        (Kind.BOOLEAN,        True,                          "true"),
        (Kind.BOOLEAN,        False,                         "false"),
        (Kind.TIME,           "2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678Z"),
        (Kind.WATERMARK_TIME, "2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678901+00:00"),
    ],
)  # fmt: skip
def test_every_kind_is_spelled_as_ec2_spells_it(kind: Kind, value: Any, text: str) -> None:
    """Rules A FI-8, A FI-11, A T-1, A WM-1."""
    told = parse(value) if kind in {Kind.TIME, Kind.WATERMARK_TIME} else value
    row = ROW("it", kind, lambda _: told)
    assert row.texts(None) == (text,)
    assert row.predicate(Filter("it", [text]).matcher())(None)
    assert not row.predicate(Filter("it", [text + "x"]).matcher())(None)
    assert ROW("it", kind, lambda _: (None, told, told)).texts(None) == (text, text)


def test_a_date_fits_its_day() -> None:
    """Rule A FI-11."""
    row = ROW("creation-date", Kind.TIME, lambda _: parse("2021-09-29T11:04:43.305Z"))
    days = ["2021-09-29T*", "2021-09-30T*", "2021-09-29", "2021-09-29T11:04:43.305Z", "2021-09-29T11:04:43Z"]
    assert [day for day in days if row.predicate(Filter("creation-date", [day]).matcher())(None)] == [days[0], days[3]]


def test_booleans_are_lower_case() -> None:
    """Rule A FI-8."""
    assert meets({"flag": True}, Filter("flag", ["true"]))
    assert not meets({"flag": True}, Filter("flag", ["True", "TRUE", "1", "false"]))


@pytest.mark.parametrize("name", ["word", "number", "flag", "words", "tag:a", "unheard"])
def test_what_is_absent_never_fits(name: str) -> None:
    """Rule A FI-10; and of what the model has no fact for, nothing is known."""
    assert not meets({}, Filter(name, ["*", "", "false", "0"]))


@pytest.mark.parametrize("name", ["word", "words", "tag:a"])
def test_a_filter_without_values_is_met_by_nothing(name: str) -> None:
    """Rule A FI-7."""
    assert not meets({"word": "", "words": [""], "tags": {"a": ""}}, Filter(name))
    assert Filter(name).exact == ()


def test_any_of_several_texts_will_do() -> None:
    """Rule A FI-9: two filters may be met by different ones."""
    thing = {"words": ["a1", "b2"]}
    assert meets(thing, Filter("words", ["a*"]), Filter("words", ["*2"]))
    assert not meets(thing, Filter("words", ["a2"]))


def test_filters_of_one_name_are_both_to_be_met() -> None:
    """Rule A FI-1."""
    assert meets({"word": "ab"}, Filter("word", ["a*"]), Filter("word", ["*b", "c"]))
    assert not meets({"word": "ab"}, Filter("word", ["a*"]), Filter("word", ["b*"]))


@given(st.lists(st.dictionaries(st.sampled_from(["word", "number"]), st.sampled_from(["a", "b", "ab"])), max_size=6))
def test_without_filters_everything_is_selected(things: list[dict[str, str]]) -> None:
    assert list(select(things, [], TABLE)) == things


@given(
    things=st.lists(st.fixed_dictionaries({"word": TEXTS, "words": st.lists(TEXTS, max_size=2)}), max_size=5),
    wanted=st.lists(st.tuples(st.sampled_from(["word", "words"]), st.lists(PATTERNS, max_size=2)), max_size=3),
)
def test_selecting_is_or_over_values_and_over_filters(
    things: list[dict[str, Any]], wanted: list[tuple[str, list[str]]]
) -> None:
    """Rules A FI-1, A FI-9."""
    filters = [Filter(name, values) for name, values in wanted]
    told = [{"word": [thing["word"]], "words": thing["words"]} for thing in things]
    expected = [
        thing
        for thing, texts in zip(things, told, strict=True)
        if all(any(fits(value, text) for value in values for text in texts[name]) for name, values in wanted)
    ]
    assert list(select(things, filters, TABLE)) == expected


@given(tags=amis.tags(), key=st.sampled_from(["Name", "na*e", "tag:"]), value=st.sampled_from(["", "web"]))
def test_a_tag_is_asked_for_by_its_key(tags: Any, key: str, value: str) -> None:
    """Rules A FI-13, A FI-14: an empty value fits an empty one; in a key a wildcard is a letter."""
    thing = {"tags": {**tags, key: value}}
    assert meets(thing, Filter(f"tag:{key}", [value]))
    assert not meets(thing, Filter(f"tag:{key.upper()}x", ["*"]))
    assert meets({"tags": {"Name": ""}}, Filter("tag:Name", [""]))
    assert not meets({"tags": {"Name": "web"}}, Filter("tag:N*", ["web"]))


def test_a_table_is_asked_by_the_names_of_its_rows() -> None:
    upper = FilterRow[str]("upper", Kind.TEXT, str.upper)
    length = FilterRow[str]("length", Kind.NUMBER, len)
    table = FilterTable(rows=(upper, length), tags=lambda text: {text: "tag"}, silent=frozenset({"unheard"}))
    assert (table.row("upper"), table.row("length")) == (upper, length)
    assert list(table.rows) == ["upper", "length"]
    assert table.row("tag:web").texts("web") == ("tag",)
    assert table.row("unheard").texts("web") == ()
    for name in ("tag:web", "unheard"):
        assert (table.row(name).name, table.row(name).kind) == (name, Kind.TEXT)


def test_what_a_question_mark_matches_is_the_quirks_to_say() -> None:
    """Settlement S 8."""
    things = [{"word": "web"}, {"word": "web1"}]
    for mark, found in ((QuestionMark.ZERO_OR_ONE, things), (QuestionMark.EXACTLY_ONE, things[1:])):
        assert list(select(things, [Filter("word", ["web?"])], TABLE, Quirks(question_mark_matches=mark))) == found


# --- names and limits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Word", "words ", "tag", "tag:", "Tag:a", "tag-value", "*"])
def test_a_name_that_the_action_does_not_know_is_malformed(name: str) -> None:
    """Rules A FI-1, A FI-6."""
    for check in (TABLE.check, lambda filters: matcher(filters, TABLE)):
        with pytest.raises(Malformed) as caught:
            check([Filter("word", ["a"]), Filter(name, ["a"]), Filter("worse", ["a"])])
        malformed = caught.value
        assert (malformed.code, malformed.message) == ("InvalidParameterValue", f"The filter '{name}' is invalid")
        assert (malformed.member, malformed.value) == ("Filters", name)


def test_known_names_are_no_matter() -> None:
    TABLE.check([Filter(name, ["a"]) for name in ("word", "unheard", "tag:a", "tag:*", "tag::")])


LIMITS = Limits(filters_per_request=2, values_per_filter=3, characters_per_filter_text=5)


@pytest.mark.parametrize(
    ("filters", "against"),
    [
        ([("a", ["1", "2", "3"])] * 2,   None),
        ([("abcde", ["abcde"])],         None),
        ([("a", [])] * 3,                (FilterCount.FILTERS, 3, 2)),
        ([("a", []), ("b", ["1"] * 4)],  (FilterCount.VALUES, 4, 3)),
        ([("abcdef", [])],               (FilterCount.NAME_CHARACTERS, 6, 5)),
        ([("a", ["1", "123456"])],       (FilterCount.VALUE_CHARACTERS, 6, 5)),
        ([("abcdef", ["1"] * 4)] * 3,    (FilterCount.FILTERS, 3, 2)),
    ],
)  # fmt: skip
def test_filters_have_their_limits(filters: list[tuple[str, list[str]]], against: tuple[Any, int, int] | None) -> None:
    """Rule A FI-2."""
    refusal = limit_refusal([Filter(name, values) for name, values in filters], LIMITS)
    if against is None:
        assert refusal is None
    else:
        counted, number, limit = against
        assert refusal == FilterLimitExceeded(counted=counted, number=number, limit=limit)


def test_nothing_asked_is_within_every_limit() -> None:
    assert limit_refusal([], Limits.tiny()) is None


@pytest.mark.parametrize(
    ("counted", "message"),
    [
        (FilterCount.FILTERS, "The maximum number of filters specified on a single call is 9"),
        (FilterCount.VALUES, "The maximum number of filter values specified on a single call is 9"),
        (FilterCount.NAME_CHARACTERS, "The maximum length for a filter name is 9 characters"),
        (FilterCount.VALUE_CHARACTERS, "The maximum length for a filter value is 9 characters"),
    ],
)
def test_a_limit_is_told(counted: FilterCount, message: str) -> None:
    refusal = FilterLimitExceeded(counted=counted, number=10, limit=9)
    assert (refusal.code, str(refusal)) == ("FilterLimitExceeded", message)
    assert refusal.remedy == "10 were given: ask in parts"
