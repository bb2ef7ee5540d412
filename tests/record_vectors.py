"""Makes the conformance vectors out of what the tests ask: `python tests/record_vectors.py`, or `nox -s vectors`.

The tests are run, and each request that one of them makes is kept: who asks it, of which world, and what comes of it.
Tests that Hypothesis feeds are left out, since what they ask changes with its version, and so is what a test asks that
fails. Of the requests that are alike the one is written that says most in the shortest form, so the same tests give the
same files, byte for byte.

    python tests/record_vectors.py                      write the files
    python tests/record_vectors.py --check              say whether they are what the tests ask
    python tests/record_vectors.py --asked-in FILE...   say whether these tests still ask what the vectors have of them
"""

import argparse
import difflib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from attrs import evolve, frozen

from amimodel import engine
from amimodel.actions import ACTIONS
from amimodel.comparing import changes
from amimodel.engine import ANY_REQUEST
from amimodel.history import Asked as History
from amimodel.refusals import Refusal
from amimodel.testing.vectors import Vector, decide, document_of, text_of, worlds_document, worlds_of
from amimodel.testing.vectors import vectors as shipped
from amimodel.vocabulary import Word
from amimodel.wire import write_answer, write_refusal, write_request, write_step, write_world
from amimodel.wire._faults import JsonObject
from amimodel.world import World

ROOT: Final = Path(__file__).resolve().parent.parent
FILES: Final = ROOT / "src" / "amimodel" / "testing" / "vectors" / "files"

OF_ACTIONS: Final = re.compile(r"test_(actions|describe|register_image|deregister_image|provider|ancestry|neighbours)")
INVENTED: Final = frozenset({"AssumeRole"})  # it answers with credentials that nobody else can think of
MOST_IMAGES: Final = 100  # a test of what things cost has worlds too large to be read
ROOM: Final = 4000  # characters of an outcome that can still be read
SHOWN: Final = 20  # lines of what differs


@frozen
class Asked:
    """A request that a test has made, and what came of it: an outcome or a refusal."""

    test: str
    world: Any
    request: Any
    by: Any
    result: Any


class Recorder:
    """A plugin of pytest that listens at the engine while tests pass."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._test = ""
        self._of_test: list[Asked] = []
        self._real: Callable[..., Any] = engine.apply

    def pytest_configure(self) -> None:
        """Stand in the place of `apply`, before a test imports it."""

        def apply(world: Any, request: Any, *, by: Any) -> Any:
            try:
                outcome = self._real(world, request, by=by)
            except Refusal as refusal:
                self._of_test.append(Asked(self._test, world, request, by, refusal))
                raise
            self._of_test.append(Asked(self._test, world, request, by, outcome))
            return outcome

        engine.apply = apply

    def pytest_unconfigure(self) -> None:
        """Make room again."""
        engine.apply = self._real

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what Hypothesis feeds."""
        items[:] = [item for item in items if not getattr(getattr(item, "obj", None), "is_hypothesis_test", False)]

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin with a test."""
        self._test, self._of_test = item.nodeid.partition("[")[0], []

    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Keep what has been asked by a test that passes."""
        if call.when == "call" and call.excinfo is None:
            self.asked.extend(self._of_test)


def recorded(tests: Sequence[str]) -> list[Asked]:
    """Run tests, and give what they ask."""
    recorder = Recorder()
    options = ["--numprocesses=0", "--quiet", "--quiet", "--no-header", "--no-summary", "-p", "no:cacheprovider"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # what is recorded is imported already
    status = pytest.main([*options, f"--rootdir={ROOT}", *tests], plugins=[recorder])
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        sys.exit(f"The tests cannot be run ({status!r}).")
    if status == pytest.ExitCode.TESTS_FAILED:
        print("Some tests fail: what they ask is left out.")
    return recorder.asked


def files_that_ask() -> list[str]:
    """The files of tests that are of actions."""
    return [str(file) for file in sorted((ROOT / "tests").glob("test_*.py")) if OF_ACTIONS.match(file.name)]


# --- which of them are written ----------------------------------------------------------------------------------------


def chosen(asked: Iterable[Asked]) -> dict[str, list[Vector]]:
    """The vectors of each action: of those that are alike, the best."""
    alike: dict[tuple[object, ...], list[tuple[tuple[object, ...], Asked]]] = defaultdict(list)
    for each in asked:
        known = ACTIONS.get(each.request.action) is type(each.request) and each.request.action not in INVENTED
        if known and len(each.world.images) <= MOST_IMAGES:
            alike[_kind(each)].append((_rank(each), each))
    found: dict[str, list[Vector]] = defaultdict(list)
    for kind in sorted(alike, key=repr):
        ranked = sorted(alike[kind], key=itemgetter(0))
        vectors = (vector for _, each in ranked if (vector := _vector(each)) is not None)
        found[str(kind[0])].extend(islice(vectors, 1))
    return {action: _in_order(action, found[action]) for action in sorted(found) if found[action]}


def _kind(asked: Asked) -> tuple[object, ...]:
    """What is alike: the same refusal; or the same parameters with the same words, and changes of the same kinds."""
    action, result = asked.request.action, asked.result
    if isinstance(result, Refusal):
        return action, type(result).__name__
    parameters = write_request(asked.request)["parameters"]
    fields = {field.name: getattr(asked.request, field.name) for field in attrs.fields(type(asked.request))}
    words = ((name, value.value) for name, value in fields.items() if isinstance(value, Word))
    changed = {(type(change).__name__, change.part) for change in changes(asked.world, result.world)}
    return action, "", tuple(sorted(parameters)), tuple(words), tuple(sorted(changed))


def _rank(asked: Asked) -> tuple[object, ...]:
    """What comes first: usual quirks, limits and times, an outcome that says much, short texts."""
    world = _written_world(asked.world)
    unusual = sum(member in world for member in ("quirks", "limits", "timing"))
    step, pre = json.dumps(write_step(History(asked.by, asked.request))), json.dumps(world)
    told = 0
    if not isinstance(asked.result, Refusal):
        answer = json.dumps(write_answer(asked.request, asked.result.value))
        told = len(answer) + len(str(changes(asked.world, asked.result.world)))
    return unusual, told > ROOM, -told, len(step) + len(pre), asked.test, step, pre


_WRITTEN: Final[dict[int, JsonObject]] = {}


def _written_world(world: World) -> JsonObject:
    if id(world) not in _WRITTEN:
        _WRITTEN[id(world)] = write_world(world)
    return _WRITTEN[id(world)]


def _vector(asked: Asked) -> Vector | None:
    """The vector; None where what comes of it hangs on an order that JSON does not keep."""
    question = _question(asked)
    reply = decide(question)
    if isinstance(asked.result, Refusal):
        kind = type(asked.result)
        if reply != {"refusal": write_refusal(asked.result)}:
            return None
        name, rules = f"refused, {kind.__name__}: {_first_line(kind)}", kind.rules
    else:
        if reply.get("answer", ...) != write_answer(asked.request, asked.result.value):
            return None
        name = f"granted: {asked.test.partition('::test_')[2].replace('_', ' ')}"
        rules = _source(type(asked.request))
    return Vector(
        action=asked.request.action, name=name, rules=rules, test=asked.test, expected=reply,
        pre=question["pre"], by=question["by"], request=question["request"],
    )  # fmt: skip


def _question(asked: Asked) -> JsonObject:
    step = write_step(History(asked.by, asked.request))
    return {"pre": _written_world(asked.world), "by": step.pop("by"), "request": step}


def _first_line(kind: type[object]) -> str:
    return " ".join((kind.__doc__ or "").partition("\n\n")[0].split())


def _source(kind: type[object]) -> str:
    """The rules that an action follows, as its class names them."""
    told = " ".join((kind.__doc__ or "").rpartition("Source: ")[2].split())
    return told.removeprefix("rules ").removeprefix("rule ").removesuffix(".")


def _in_order(action: str, vectors: Iterable[Vector]) -> list[Vector]:
    """First what is granted, then the refusals in the order of their precedence; each with a name of its own."""
    refusals = [kind.__name__ for kind in (*ANY_REQUEST, *ACTIONS[action].refusals)]

    def place(vector: Vector) -> tuple[object, ...]:
        if vector.is_granted:
            return -1, vector.name, json.dumps(vector.request), json.dumps(vector.pre)
        return refusals.index(vector.expected["refusal"]["refusal"]), vector.name

    ordered, seen = sorted(vectors, key=place), Counter[str]()
    named: list[Vector] = []
    for vector in ordered:
        seen[vector.name] += 1
        number = f" ({seen[vector.name]})" if seen[vector.name] > 1 else ""
        named.append(evolve(vector, name=f"{vector.name}{number}"))
    return named


# --- the files --------------------------------------------------------------------------------------------------------


def files_of(vectors: Mapping[str, Sequence[Vector]]) -> dict[str, str]:
    """The files, by their names."""
    worlds = worlds_of(vector for of_action in vectors.values() for vector in of_action)
    files = {f"{action}.json": text_of(document_of(action, some, worlds)) for action, some in vectors.items()}
    return {"worlds.json": text_of(worlds_document(worlds)), **files}


def committed() -> dict[str, str]:
    """The files as they are."""
    return {file.name: file.read_text("utf-8") for file in sorted(FILES.glob("*.json"))}


def no_longer_asked(files: Sequence[str]) -> list[Vector]:
    """The vectors that name a test in these files which does not ask it, or fails."""
    asked = {(each.test, json.dumps(_question(each), sort_keys=True)) for each in recorded(files)}
    of_files = (vector for vector in shipped() if vector.test.partition("::")[0] in files)
    return [vector for vector in of_files if (vector.test, json.dumps(vector.question, sort_keys=True)) not in asked]


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    _ = parser.add_argument("--check", action="store_true", help="change nothing; say what would change")
    _ = parser.add_argument("--asked-in", nargs="+", metavar="FILE", help="only look whether these tests ask it still")
    options = parser.parse_args()
    if options.asked_in:
        gone = no_longer_asked(options.asked_in)
        for vector in gone:
            print(f"{vector}: {vector.test} does not ask it")
        return 1 if gone else 0
    files, before = files_of(chosen(recorded(files_that_ask()))), committed()
    changed = sorted(name for name in {*files, *before} if files.get(name) != before.get(name))
    for name in changed:
        if options.check:
            print(f"{name} is not as the tests have it", *_shown(before.get(name, ""), files.get(name, "")), sep="\n")
        elif name in files:
            _ = (FILES / name).write_text(files[name], "utf-8")
        else:
            (FILES / name).unlink()
    print(f"{len(files) - 1} actions, {sum(map(len, files.values()))} characters, {len(changed)} files differ")
    return 1 if changed and options.check else 0


def _shown(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line[:200] for line in islice(lines, 2, SHOWN)]


if __name__ == "__main__":
    sys.exit(main())
