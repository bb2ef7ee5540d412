"""Reading text: encodings, several documents, and what is not JSON."""

import codecs
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.wire import NotAResponse, read_text, write, write_text

ANSWER = {"ImageId": "ami-12345678", "Description": {"Value": "Gr\u00fc\u00dfe \U0001f98a"}}
TEXT = json.dumps(ANSWER, ensure_ascii=False)


@pytest.mark.parametrize("mark", [False, True], ids=["bare", "marked"])
@pytest.mark.parametrize(
    ("encoding", "byte_order_mark"),
    [
        ("utf-8",     codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
    ],
)  # fmt: skip
def test_every_encoding_of_json_is_read(encoding: str, byte_order_mark: bytes, mark: bool) -> None:
    (response,) = read_text((byte_order_mark if mark else b"") + TEXT.encode(encoding))
    assert write(response) == ANSWER


def test_a_byte_order_mark_in_text_is_no_matter() -> None:
    assert write(read_text("\ufeff" + TEXT)[0]) == ANSWER


@given(st.lists(st.sampled_from(["", " ", "\n", "\r\n", "\t"]), min_size=1, max_size=5))
def test_documents_follow_one_another_with_or_without_blanks(blanks: list[str]) -> None:
    responses = read_text("".join(blank + TEXT for blank in blanks) + blanks[0])
    assert [write(response) for response in responses] == [ANSWER] * len(blanks)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("",                        "The text is empty."),
        (" \n ",                    "The text is empty."),
        ('{"Images": [',            "line 1, column 13: The text ends in the middle of a document."),
        ('{"Images": ["ami',        "line 1, column 13: The text ends in the middle of a document."),
        ('{"Images": [\n\n  x]}',   "line 3, column 3: The text is not JSON: expecting value."),
        ("\nAn error occurred",     "line 2, column 1: The text is not JSON: expecting value."),
        ("{'Images': []}",
         "line 1, column 2: The text is not JSON: expecting property name enclosed in double quotes."),
        ('{"Images": []} garbage',  "line 1, column 16: The text is not JSON: expecting value."),
        ('{"Images": [NaN]}',       "line 1, column 13: JSON has no number NaN."),
        ('{"NaN": 1,\n "x": -Infinity}', "line 2, column 7: JSON has no number -Infinity."),
        ('{"x": 1e999}',            "line 1, column 7: JSON has no number 1e999."),
        ("[]",
         "line 1, column 1: Expected a whole answer of EC2, which is an object, not a list."),
        ('{"Images": []}\n{"Vpcs": []}',
         "line 2, column 1: It is no answer that can be read here. Its members: Vpcs."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises(NotAResponse) as caught:
        read_text(text)
    assert str(caught.value) == message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


def test_a_number_of_too_many_digits_is_named_with_its_place() -> None:
    digits = "9" * 5000
    with pytest.raises(NotAResponse) as caught:
        read_text(f'{{"short": 12,\n "text": "{digits}1",\n "n": {digits}}}')
    assert str(caught.value) == "line 3, column 7: The number has too many digits."


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_documents_nested_too_deeply_are_refused(bracket: str) -> None:
    with pytest.raises(NotAResponse, match="nested too deeply"):
        read_text('{"Images": ' + bracket * 200_000)


@pytest.mark.parametrize("depth", [50, 150, 300, 450, 600, 900])
def test_members_nested_deeply_come_back_or_are_refused(depth: int) -> None:
    inner: Any = 1
    for _ in range(depth):
        inner = [inner]
    for answer in ({"Images": [], "X": inner}, {"Images": [{"X": inner, "Tags": inner}]}, {"Images": inner}):
        try:
            (response,) = read_text(json.dumps(answer))
            again = json.loads(write_text(response))
        except NotAResponse as error:
            assert "nested too deeply" in str(error)  # noqa: PT017 - either it can be held, or it is said that it cannot
        else:
            assert again == answer


def test_bytes_that_are_no_text_are_named_with_their_place() -> None:
    with pytest.raises(NotAResponse) as caught:
        read_text(b'{"Images":\n "\xff"}')
    assert str(caught.value) == "line 2, column 3: From here on, the bytes are no text in utf-8."


def test_a_lone_surrogate_comes_back() -> None:
    text = '{"ImageId": "ami-12345678", "Description": {"Value": "\\ud800"}}'
    (response,) = read_text(text)
    assert json.loads(write_text(response)) == json.loads(text)
    write_text(response).encode()
