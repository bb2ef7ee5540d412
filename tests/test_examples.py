"""Every example in README.md, in docs/ and in a docstring is run, and says what it said before.

One file is one test: its examples build on each other from the top of the page to its end, so they run in that order,
in one process and in a namespace of their own. In Markdown an example is a `python` block; where it starts with `>>>`
its output is compared, otherwise it only has to run. A block in any other language is for reading.
"""

from collections.abc import Iterator
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from pathlib import Path

import pytest
from hypothesis import settings
from sybil import Sybil
from sybil.example import SybilFailure
from sybil.parsers.myst import PythonCodeBlockParser
from sybil.parsers.rest import DocTestParser

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "docs" / "_build"

FLAGS = ELLIPSIS | NORMALIZE_WHITESPACE  # a long value may be wrapped, and the part that does not matter left out
PAGES = Sybil(parsers=[PythonCodeBlockParser(doctest_optionflags=FLAGS)])
DOCSTRINGS = Sybil(parsers=[DocTestParser(optionflags=FLAGS)])


def _examples_in(path: Path) -> Sybil:
    return DOCSTRINGS if path.suffix == ".py" else PAGES


def _files_with_examples() -> list[Path]:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    modules = sorted((ROOT / "src" / "amimodel").rglob("*.py"))
    return [
        path
        for path in [*pages, *modules]
        if path.exists() and GENERATED not in path.parents and any(_examples_in(path).parse(path).examples())
    ]


@pytest.fixture
def steady_hypothesis() -> Iterator[None]:
    """Let an example find the same thing in every run, and look long enough for it."""
    before = settings.get_current_profile_name()
    settings.load_profile("examples")
    yield
    settings.load_profile(before)


@pytest.mark.parametrize("path", _files_with_examples(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_examples_hold(path: Path, steady_hypothesis: None) -> None:
    failures: list[str] = []
    for example in _examples_in(path).parse(path).examples():
        try:
            example.evaluate()
        except SybilFailure as failure:
            failures.append(str(failure))
    if failures:
        pytest.fail("\n".join(failures), pytrace=False)
