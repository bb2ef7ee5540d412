"""From files to an inventory."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import resources
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Final

from amimodel.inventory import Inventory
from amimodel.wire import NotAResponse, Progress, Response, read_text

STANDARD_INPUT: Final = "-"
_LONG: Final = 4_000_000  # bytes; about a second's work


class BadInput(Exception):  # noqa: N818 - it is the input that is bad, not the program
    """Something was given that cannot be read at all: one line that says what and where."""


def read_inventory(files: Sequence[str]) -> Inventory:
    """Read files into one inventory; without any, the example that ships with the package.

    Raises `BadInput` for a file that cannot be read as a whole. Single records that cannot be read are told by the
    inventory and stop nothing.
    """
    if not files:
        return Inventory.of_responses(_example())
    if files.count(STANDARD_INPUT) > 1:
        message = "standard input (-) can be read only once"
        raise BadInput(message)
    return Inventory.of_responses(chain.from_iterable(map(_read_file, files)))


def _read_file(file: str) -> Iterator[tuple[str, Response[object]]]:
    source, content = _shown(file), _content(file)
    with _progress(source, len(content)) as progress:
        yield from _responses(source, content, progress)


def _progress(source: str, size: int) -> AbstractContextManager[Progress | None]:
    """Show a bar where a person waits for much to be read."""
    if size < _LONG or not sys.stderr.isatty() or find_spec("rich") is None:
        return nullcontext()
    from amimodel._cli._screen import progress

    return progress(f"Reading {source}")


def _shown(file: str) -> str:
    return "standard input" if file == STANDARD_INPUT else file


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        message = f"{_shown(file)}: {reason}"
        raise BadInput(message) from None


def _responses(source: str, content: bytes, progress: Progress | None = None) -> Iterator[tuple[str, Response[object]]]:
    try:
        for response in read_text(content, progress=progress):
            yield source, response
    except NotAResponse as error:
        message = f"{source}: {error}"
        raise BadInput(message) from None


def _example() -> Iterator[tuple[str, Response[object]]]:
    folder = resources.files("amimodel") / "_example"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".json"):
            yield from _responses(file.name, file.read_bytes())
