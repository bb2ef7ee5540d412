"""The package as a whole: its public names, what importing it costs, and what its pages promise."""

import ast
import importlib
import pickle
import re
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

import amimodel
from amimodel.quirks import Quirks
from amimodel.refusals import Refusal

MODULES: dict[str, str] = vars(amimodel)["_MODULES"]
ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "amimodel"


def _names_in_the_stub() -> dict[str, str]:
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    return {
        alias.name: node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }


def test_type_checkers_see_the_names_that_are_there() -> None:
    assert _names_in_the_stub() == {name: f"amimodel.{module}" for name, module in MODULES.items()}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_public_name_is_the_one_of_its_module(name: str) -> None:
    module = importlib.import_module(f"amimodel.{MODULES[name]}")
    assert getattr(amimodel, name) is getattr(module, name)
    assert name in dir(amimodel)


def test_every_refusal_is_public() -> None:
    def below(kind: type[Refusal]) -> set[type[Refusal]]:
        return {kind, *(lower for direct in kind.__subclasses__() for lower in below(direct))}

    refusals = {kind.__name__ for kind in below(Refusal) if kind.__module__.startswith("amimodel.")}
    assert refusals <= set(MODULES)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'amimodel' has no attribute 'World_'"):
        getattr(amimodel, "World_")  # noqa: B009 - a type checker knows that it is not there


def _modules_after(statement: str) -> set[str]:
    program = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)  # noqa: S603 - the rows below
    return set(done.stdout.split())


def test_importing_amimodel_imports_next_to_nothing() -> None:
    assert not {"attrs", "cattrs", "hypothesis", "rich"} & _modules_after("import amimodel")


def test_the_core_does_not_import_the_edge() -> None:
    loaded = _modules_after("import amimodel; [getattr(amimodel, name) for name in amimodel._MODULES]")
    assert "attrs" in loaded
    assert not {"cattrs", "hypothesis", "rich", "botocore", "amimodel.wire", "amimodel.testing"} & loaded


# A world is copied at every step, which is one copy of a dict and would be thirty of slots; RegisterImage is a request
# and a registration, and of two bases only one can have slots. Both are frozen all the same.
WITH_A_DICT = {"World", "RegisterImage"}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_noun_is_frozen_and_has_no_room_for_more(name: str) -> None:
    kind = getattr(amimodel, name)
    if isinstance(kind, type) and attrs.has(kind) and not issubclass(kind, BaseException):
        assert ("__dict__" in dir(kind)) is (name in WITH_A_DICT)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            kind.__setattr__(kind.__new__(kind), next(iter(attrs.fields_dict(kind)), "anything"), None)


def test_public_values_can_be_pickled() -> None:
    from amimodel.examples import PENDING, WEB

    for value in (WEB, PENDING, amimodel.EVERYONE, amimodel.NOBODY, amimodel.Quirks(), amimodel.Limits.tiny()):
        assert pickle.loads(pickle.dumps(value)) == value


def test_every_quirk_that_the_page_on_divergences_names_is_a_field() -> None:
    page = (ROOT / "docs" / "divergences.md").read_text(encoding="utf-8")
    rows = [line.split("|")[4] for line in page.splitlines() if re.match(r"\| [ABC] ", line)]
    named = {name for row in rows for name in re.findall(r"`([a-z0-9_]+)(?:=\w+)?`", row)}
    assert rows
    assert named <= {field.name for field in attrs.fields(Quirks)}


def test_the_defaults_that_the_page_on_divergences_tells_are_the_defaults() -> None:
    page = (ROOT / "docs" / "divergences.md").read_text(encoding="utf-8")
    told = re.findall(r"`([a-z0-9_]+)=(True|False)`", page)
    assert told
    for name, default in told:
        assert str(getattr(Quirks(), name)) == default, name
