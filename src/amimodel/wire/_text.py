"""Text: the JSON documents in it, one or several.

Python's own reader does the work. What it takes though it is not JSON (NaN), what it does not take though it is
(numbers of thousands of digits), and what would break it (lists nested thousands deep) is refused with one exception
and a place.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Final, Never

from amimodel.wire._faults import NotAResponse

_BYTE_ORDER_MARK: Final = "\ufeff"
_skip_blanks = re.compile(r"[ \t\r\n]*").match
# A text, or a number: whatever stands inside a text is no number.
_texts_and_numbers = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<number>NaN|-?Infinity|[-+.eE0-9]+)', re.DOTALL).finditer


class _NotJson(ValueError):  # noqa: N818 - it never leaves this module
    """A number that JSON does not have, or that cannot be held."""


def _no_number(text: str) -> Never:
    raise _NotJson(text)


def _finite(text: str) -> float:
    number = float(text)
    if math.isfinite(number):
        return number
    raise _NotJson(text)


_DECODER: Final = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)


def decoded(text: str | bytes) -> str:
    """Take bytes as text, in UTF-8, UTF-16 or UTF-32, with or without a byte order mark."""
    if isinstance(text, str):
        return text.removeprefix(_BYTE_ORDER_MARK)
    try:
        return text.decode(json.detect_encoding(text)).removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        before = text[: error.start].decode(error.encoding)
        raise at(before, len(before), f"From here on, the bytes are no text in {error.encoding}.") from None


def documents(text: str) -> Iterator[tuple[int, object]]:
    """Read the documents of a text in turn, each with the place where it starts."""
    end = len(text)
    place = _after_blanks(text, 0)
    if place == end:
        raise NotAResponse("The text is empty.")
    while place < end:
        document, after = _document_at(text, place)
        yield place, document
        place = _after_blanks(text, after)


def _after_blanks(text: str, place: int) -> int:
    match = _skip_blanks(text, place)
    return place if match is None else match.end()


def _document_at(text: str, place: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text, place)
    except json.JSONDecodeError as error:
        complaint = error.msg[:1].lower() + error.msg[1:]
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        message = "The text ends in the middle of a document." if cut else f"The text is not JSON: {complaint}."
        raise at(text, error.pos, message) from None
    except RecursionError:
        raise at(text, place, "The document is nested too deeply.") from None
    except _NotJson as error:
        number = str(error)
        raise at(text, _place_of(text, place, number), f"JSON has no number {number}.") from None
    except ValueError:  # Python turns digits into a number only up to some thousands of them
        raise at(text, _place_of_longest(text, place), "The number has too many digits.") from None


def _numbers(text: str, place: int) -> Iterator[tuple[int, str]]:
    return ((match.start(), match["number"]) for match in _texts_and_numbers(text, place) if match["number"])


def _place_of(text: str, place: int, number: str) -> int:
    return next((start for start, found in _numbers(text, place) if found == number), place)


def _place_of_longest(text: str, place: int) -> int:
    start, _ = max(_numbers(text, place), key=lambda found: len(found[1]), default=(place, ""))
    return start


def at(text: str, place: int, message: str) -> NotAResponse:
    """Complain about a place in a text."""
    line_start = text.rfind("\n", 0, place) + 1
    return NotAResponse(message, line=text.count("\n", 0, place) + 1, column=place - line_start + 1)
