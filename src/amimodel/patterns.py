r"""Patterns: texts in which `*` stands for any run of characters and `?` for a single one, or for at most one.

Values of filters are patterns, and so are the names, watermarks and Regions in the criteria of Allowed AMIs.

Source: EC2 User Guide, "List and filter using the CLI and API"; rules A FI-3 to FI-5, B 4.2; settlement S 8.
"""

import re
from collections.abc import Iterator
from enum import Enum, unique
from functools import lru_cache
from typing import Final, TypeAlias

from attrs import frozen

from amimodel._quirk_choices import QuestionMark
from amimodel.malformed import Malformed

_ANY: Final = "*"
_ESCAPED: Final = frozenset("*?\\")
_END_OF_RUN: Final = "}?"  # how `_single_characters` ends a run of at most so many; nothing that is escaped reads so

_tokens = re.compile(r"\\.?|\*+|\?+|[^\\*?]+", re.DOTALL).findall


@unique
class _Wildcard(Enum):
    ANY_RUN = "*"
    ONE_AT_MOST = "?"


@frozen
class Walk:
    """A pattern that is matched by a walk over the text with all the places at once where it may stand.

    `re` would try the places one after the other, which takes it years for a pattern such as `a?a?a?a?...b`.
    """

    steps: tuple[str | _Wildcard, ...]

    def fullmatch(self, text: str) -> "Walk | None":
        """Say whether the whole text fits, as `re.Pattern.fullmatch` does: the pattern if it does, otherwise None."""
        found: dict[str, int] = {}  # for each character its places in the text, as the bits of a number
        for place, character in enumerate(text):
            found[character] = found.get(character, 0) | 1 << place
        end = 1 << len(text)
        everywhere = end * 2 - 1
        places = 1  # how much of the text may be used up
        for step in self.steps:
            match step:
                case _Wildcard.ANY_RUN:
                    places = -(places & -places) & everywhere  # from the first place on
                case _Wildcard.ONE_AT_MOST:
                    places |= places << 1 & everywhere
                case _:
                    places = (places & found.get(step, 0)) << 1
        return self if places & end else None


Pattern: TypeAlias = re.Pattern[str] | Walk
"""What a pattern was read as; its `fullmatch` is None for a text that does not fit."""


@lru_cache(maxsize=4096)
def pattern(text: str, question_mark: QuestionMark = QuestionMark.ZERO_OR_ONE) -> Pattern:
    r"""Read a pattern; its `fullmatch` says whether a whole text fits. Case counts.

    >>> [name for name in ("web-1", "web-", "web-12", "Web-1") if pattern("web-?").fullmatch(name)]
    ['web-1', 'web-']
    >>> pattern("web-?", QuestionMark.EXACTLY_ONE).fullmatch("web-") is None
    True
    >>> pattern(r"\*").fullmatch("*").group()
    '*'

    Raises `Malformed` (`InvalidParameterValue`) for a backslash before anything but `*`, `?` and a backslash.

    Source: rules A FI-3, A FI-4, A FI-5; settlement S 8.
    """
    pieces = [""]
    for token in _pieces(text, question_mark):
        if token == _ANY:
            pieces.append("")
        else:
            pieces[-1] += token
    if any(piece.count(_END_OF_RUN) > 1 for piece in pieces):  # each run multiplies the ways that `re` may try
        return Walk(tuple(_steps(text)))
    # Where a piece fits first it may stay: what follows can only gain. So none is ever taken back (`(?>...)`), and a
    # pattern of many `*` costs no more than one.
    *settled, last = pieces
    heads = ("" if number == 0 else ".*?" for number in range(len(settled)))
    start = "".join(f"(?>{head}{piece})" for head, piece in zip(heads, settled, strict=True))
    return re.compile(f"{start}.*{last}" if settled else last, re.DOTALL)


def _steps(text: str) -> Iterator[str | _Wildcard]:
    """The pattern, one character after the other."""
    for token in _tokens(text):
        match token[0]:
            case "*":
                yield _Wildcard.ANY_RUN
            case "?":
                yield from (_Wildcard.ONE_AT_MOST for _ in token)
            case "\\":
                yield _escaped(token, text)
            case _:
                yield from token


def _pieces(text: str, question_mark: QuestionMark) -> Iterator[str]:
    """The pattern in the words of `re`, but for `*`, which stays as it is."""
    for token in _tokens(text):
        match token[0]:
            case "*":
                yield _ANY
            case "?":
                yield _single_characters(len(token), question_mark)
            case "\\":
                yield re.escape(_escaped(token, text))
            case _:
                yield re.escape(token)


def _single_characters(number: int, question_mark: QuestionMark) -> str:
    match question_mark:
        case QuestionMark.ZERO_OR_ONE:
            return f".{{0,{number}}}?"
        case QuestionMark.EXACTLY_ONE:
            return f".{{{number}}}"


def _escaped(token: str, text: str) -> str:
    if token[1:] in _ESCAPED:
        return token[1]
    message = f"Invalid filter value: The escape sequence '{token}' is invalid"
    raise Malformed("InvalidParameterValue", message, member="Values", value=text)
