"""The notebooks run, each from its first cell to its last, and every cell shows something that can be shown.

Here their code runs as it is, in this process: that needs no Jupyter, and can be done on every interpreter. The build
of the documentation runs them in a kernel, and stops at the first that fails.
"""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from markup import is_harmless

NOTEBOOKS = sorted((Path(__file__).parent.parent / "docs" / "notebooks").glob("*.ipynb"))


def named(path: Path) -> str:
    return path.stem


def cells_of(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a kernel does: all of it, and the last expression is what it shows."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "<cell>", "exec"), names)  # noqa: S102 - it is our own
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if isinstance(last, ast.Expr) else None  # noqa: S307


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_notebook_runs_and_each_cell_shows_something(path: Path) -> None:
    names: dict[str, Any] = {}
    for cell in cells_of(path):
        if cell["cell_type"] != "code":
            continue
        shown = run("".join(cell["source"]), names)
        assert shown is not None, cell["id"]
        if hasattr(shown, "_repr_html_"):
            assert is_harmless(shown._repr_html_())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_notebook_is_kept_without_outputs_and_without_the_machine_it_was_written_on(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    for cell in notebook["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_notebook_is_told_in_short_cells(path: Path) -> None:
    first, *cells = cells_of(path)
    assert first["cell_type"] == "markdown"
    assert first["source"][0].startswith("# ")
    ids = [cell["id"] for cell in (first, *cells)]
    assert len(set(ids)) == len(ids)
    lengths = [len(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert max(lengths[1:]) <= 6  # the first one imports
