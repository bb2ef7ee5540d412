"""Sheets: what is shown of a value, before it is known where. A sheet is written as plain text or as HTML.

The HTML brings its own style and takes the colours of the page around it, so that it can be read on light and on dark
ground. Whatever a name or a tag holds, it shows as text: nothing in it is markup, and nothing in it is invisible.
"""

from collections.abc import Iterable, Mapping
from enum import Enum, unique
from html import escape
from typing import Final, TypeAlias

from attrs import field, frozen


@unique
class Tone(Enum):
    """How a piece of text is meant. The colours stand out from white and from black alike."""

    PLAIN = ""
    STRONG = "font-weight:600"
    FAINT = "opacity:.65"
    NAME = "white-space:nowrap"
    FAINT_NAME = "opacity:.65;white-space:nowrap"
    ID = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em;white-space:nowrap"
    CODE = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em"
    GOOD = "color:#23893d"
    WARNING = "color:#a36a00"
    BAD = "color:#da4142"


def visible(text: str) -> str:
    r"""Write what has no shape of its own - control characters, marks that turn the text around - by its number.

    >>> print(visible("web\x1b[31m\u202e"))
    web\x1b[31m\u202e
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


@frozen
class Span:
    """A piece of text with its tone; a badge stands out as a whole."""

    text: str = field(converter=visible)
    tone: Tone = Tone.PLAIN
    badge: bool = False


Words: TypeAlias = str | Span | Iterable[str | Span]


def line(words: Words) -> tuple[Span, ...]:
    """Take text, or pieces of it, as a line; what is empty leaves no trace."""
    pieces = [words] if isinstance(words, str | Span) else words
    spans = (Span(piece) if isinstance(piece, str) else piece for piece in pieces)
    return tuple(span for span in spans if span.text)


def _row(cells: Iterable[Words]) -> tuple[tuple[Span, ...], ...]:
    return tuple(map(line, cells))


def _rows(rows: Iterable[Iterable[Words]]) -> tuple[tuple[tuple[Span, ...], ...], ...]:
    return tuple(map(_row, rows))


@frozen
class Grid:
    """Rows of cells, under headings if there are any."""

    rows: tuple[tuple[tuple[Span, ...], ...], ...] = field(converter=_rows)
    headings: tuple[tuple[Span, ...], ...] = field(default=(), converter=_row)


Part: TypeAlias = tuple[Span, ...] | Grid


def _parts(parts: Iterable[Words | Grid]) -> tuple[Part, ...]:
    return tuple(part if isinstance(part, Grid) else line(part) for part in parts)


@frozen
class Sheet:
    """A title, and what stands below it: lines and grids.

    >>> sheet = Sheet("web", [Grid([["State", Span("available", Tone.GOOD)]])])
    >>> print(as_text(sheet))
    web
      State  available
    """

    title: tuple[Span, ...] = field(converter=line)
    parts: tuple[Part, ...] = field(default=(), converter=_parts)


# --- plain text -------------------------------------------------------------------------------------------------------


_WIDEST: Final = 72  # a cell that is longer pushes its own row only


def as_text(sheet: Sheet) -> str:
    """Write a sheet as plain text, the title to the left of the rest."""
    title = _plain(sheet.title)
    inner = [row for part in sheet.parts for row in _text_of(part)]
    return "\n".join((title, *(f"  {row}" for row in inner)) if title else inner)


def _plain(pieces: Iterable[Span]) -> str:
    return " ".join(piece.text for piece in pieces)


def _text_of(part: Part) -> Iterable[str]:
    if not isinstance(part, Grid):
        return [_plain(part)]
    cells = (part.headings, *part.rows) if part.headings else part.rows
    rows = [[_plain(cell) for cell in row] for row in cells]
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


# --- HTML -------------------------------------------------------------------------------------------------------------

_LINE: Final = "margin:.15em 0"
_CELL: Final = (
    "padding:.2em 1.2em .2em 0;text-align:left;vertical-align:top;line-height:1.4;font-weight:normal;"
    "background:transparent;border:0;border-bottom:1px solid rgba(128,128,128,.25)"
)
_STYLES: Final[Mapping[str, str]] = {
    "sheet": "margin:.3em 0;line-height:1.45;overflow-x:auto;color:inherit",
    "table": "border-collapse:collapse;border:0;margin:.3em 0;font-size:.95em;color:inherit",
    "tr":    "background:transparent",
    "badge": "background:currentColor;border-radius:.35em;padding:.05em .5em;margin-right:.2em",
    "white": "color:#fff;font-weight:600",
}  # fmt: skip


def as_html(sheet: Sheet) -> str:
    """Write a sheet as an element of HTML that is well-formed XML, too."""
    title = _element("div", _LINE, _html_of(sheet.title)) if sheet.title else ""
    return _element("div", _STYLES["sheet"], title + "".join(map(_html_of_part, sheet.parts)))


def _html_of_part(part: Part) -> str:
    if not isinstance(part, Grid):
        return _element("div", _LINE, _html_of(part))
    cell = f"{_CELL};{Tone.NAME.value}" if part.headings else _CELL
    headings = "".join(
        _element("th", cell, _element("span", Tone.FAINT.value, _html_of(heading))) for heading in part.headings
    )
    head = _element("thead", "", _element("tr", _STYLES["tr"], headings)) if headings else ""
    rows = (
        _element("tr", _STYLES["tr"], "".join(_element("td", cell, _html_of(words)) for words in row))
        for row in part.rows
    )
    return _element("table", _STYLES["table"], head + _element("tbody", "", "".join(rows)))


def _html_of(pieces: Iterable[Span]) -> str:
    return " ".join(map(_html_of_span, pieces))


def _html_of_span(span: Span) -> str:
    text = escape(span.text)
    if span.badge:
        text = _element("span", _STYLES["white"], text)
        return _element("span", f"{_STYLES['badge']};{span.tone.value}", text)
    return text if span.tone is Tone.PLAIN else _element("span", span.tone.value, text)


def _element(name: str, style: str, inner: str) -> str:
    styled = f' style="{style}"' if style else ""
    return f"<{name}{styled}>{inner}</{name}>"
