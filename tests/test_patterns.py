"""Patterns with `*` and `?`: rules A FI-3 to FI-5, B 4.2; settlement S 8."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.filters import Filter
from amimodel.malformed import Malformed
from amimodel.patterns import Walk, pattern
from amimodel.quirks import QuestionMark, Quirks
from reference.filters import fits

MARKS = st.sampled_from(QuestionMark)
# Few letters, so that patterns and texts meet often.
PATTERNS = st.lists(st.sampled_from(["a", "b", "*", "?", r"\*", r"\?", r"\\", ".", "\n"]), max_size=9).map("".join)
TEXTS = st.text(st.sampled_from("ab*?\\.\n"), max_size=9)


def naive(wanted: str, text: str, mark: QuestionMark) -> bool:
    """Rule A FI-3, one character after the other."""
    if not wanted:
        return not text
    head, rest = wanted[0], wanted[1:]
    match head:
        case "*":
            return any(naive(rest, text[start:], mark) for start in range(len(text) + 1))
        case "?":
            one = bool(text) and naive(rest, text[1:], mark)
            return one or (mark is QuestionMark.ZERO_OR_ONE and naive(rest, text, mark))
        case "\\":
            return text[:1] == wanted[1] and naive(wanted[2:], text[1:], mark)
        case _:
            return text[:1] == head and naive(rest, text[1:], mark)


@given(wanted=PATTERNS, text=TEXTS, mark=MARKS)
def test_a_text_fits_a_pattern_as_the_rule_book_has_it(wanted: str, text: str, mark: QuestionMark) -> None:
    assert (pattern(wanted, mark).fullmatch(text) is not None) == naive(wanted, text, mark)


@given(st.data(), MARKS)
def test_a_text_fits_a_pattern_that_was_made_of_it(data: st.DataObject, mark: QuestionMark) -> None:
    pieces = data.draw(st.lists(st.tuples(st.text(max_size=4), st.sampled_from(["", "*", "?"])), max_size=5))
    marks = {"": st.just(""), "*": st.text(max_size=4), "?": st.characters()}
    wanted, text = "", ""
    for literal, wildcard in pieces:
        wanted += literal.replace("\\", r"\\").replace("*", r"\*").replace("?", r"\?") + wildcard
        text += literal + data.draw(marks[wildcard])
    assert pattern(wanted, mark).fullmatch(text)


@given(st.text())
def test_a_text_without_wildcards_fits_itself_alone(text: str) -> None:
    wanted = text.replace("\\", r"\\").replace("*", r"\*").replace("?", r"\?")
    assert pattern(wanted).fullmatch(text)
    assert not pattern(wanted).fullmatch(text + "x")
    assert not pattern(wanted).fullmatch("x" + text)


@given(wanted=PATTERNS, text=TEXTS)
def test_what_fits_with_exactly_one_fits_with_at_most_one(wanted: str, text: str) -> None:
    """Settlement S 8."""
    if pattern(wanted, QuestionMark.EXACTLY_ONE).fullmatch(text):
        assert pattern(wanted, QuestionMark.ZERO_OR_ONE).fullmatch(text)


@pytest.mark.parametrize(("wanted", "escape"), [(r"web\a", r"\a"), (r"\ ", r"\ "), ("web\\", "\\"), ("\\\n", "\\\n")])
def test_any_other_escape_is_malformed(wanted: str, escape: str) -> None:
    """Rule A FI-4."""
    with pytest.raises(Malformed) as caught:
        pattern(wanted)
    message = f"Invalid filter value: The escape sequence '{escape}' is invalid"
    assert (caught.value.code, caught.value.message) == ("InvalidParameterValue", message)


@pytest.mark.parametrize("mark", QuestionMark)
def test_many_stars_cost_no_more_than_one(mark: QuestionMark) -> None:
    """A filter or a criterion may hold such a pattern; taken back one by one, its stars would take years."""
    assert not pattern("*a" * 60 + "*b", mark).fullmatch("a" * 128)


@given(
    wanted=st.lists(st.sampled_from(["a", "b", "ab", "?", "?", "??", "*", r"\?"]), max_size=40).map("".join),
    text=st.text(st.sampled_from("aab?"), max_size=40),
    mark=MARKS,
)
def test_long_patterns_of_many_wildcards_fit_as_a_walk_over_the_text_says(
    wanted: str, text: str, mark: QuestionMark
) -> None:
    """Rule A FI-3, whichever way the pattern is matched."""
    expected = fits(wanted, text, exactly_one=mark is QuestionMark.EXACTLY_ONE)
    assert (pattern(wanted, mark).fullmatch(text) is not None) is expected
    matches = Filter("name", [wanted, "no such name", "x?y?z"]).matcher(Quirks(question_mark_matches=mark))
    assert (matches(text) is not None) is expected


@pytest.mark.parametrize("mark", QuestionMark)
@pytest.mark.parametrize(
    "wanted", ["a?" * 24 + "b", "a??" * 80 + "b", "*a?b" * 60 + "c", "?a" * 120 + "b", "?" * 254 + "b"]
)
def test_many_question_marks_cost_no_more_than_a_few(wanted: str, mark: QuestionMark) -> None:
    """Taken back one by one, they would take years."""
    assert not pattern(wanted, mark).fullmatch("a" * 255)
    assert not Filter("name", [wanted, "b" + wanted]).matcher(Quirks(question_mark_matches=mark))("a" * 255)


@pytest.mark.parametrize(
    ("wanted", "mark", "walks"),
    [
        ("web-?", QuestionMark.ZERO_OR_ONE, False),
        ("web-??*db-?", QuestionMark.ZERO_OR_ONE, False),
        ("web-?-?", QuestionMark.ZERO_OR_ONE, True),
        ("web-?-?", QuestionMark.EXACTLY_ONE, False),
        (r"web-\?-\?", QuestionMark.ZERO_OR_ONE, False),
        (r"web-{0,1}?-{0,1}?", QuestionMark.ZERO_OR_ONE, True),
    ],
)
def test_what_an_expression_can_do_quickly_it_does(wanted: str, mark: QuestionMark, walks: bool) -> None:
    """Only where a piece between two `*` has more than one run of `?`, there is anything to try."""
    assert isinstance(pattern(wanted, mark), Walk) is walks
