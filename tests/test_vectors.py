"""Conformance vectors: those that ship hold, what is changed in one is found, and what is no vector is named."""

import json
import re
import subprocess
import sys
import zlib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from amimodel.actions import ACTIONS
from amimodel.engine import ANY_REQUEST
from amimodel.malformed import Malformed
from amimodel.testing import vectors as package
from amimodel.testing.vectors import (
    FORMAT,
    Ids,
    NoReply,
    NotVectors,
    Program,
    Vector,
    check,
    decide,
    document_of,
    judged,
    patch_of,
    patched,
    read_vectors,
    shipped_worlds,
    text_of,
    vectors,
    vectors_of,
    worlds_of,
)
from amimodel.testing.vectors.__main__ import BAD_INPUT, DIFFERENT, OK, main
from amimodel.wire import Unreadable
from amimodel.wire.values._forms import members
from amimodel.world import World

ROOT = Path(__file__).resolve().parent.parent
DIRECTORY = Path(str(resources.files("amimodel.testing.vectors")))
FILES = sorted((DIRECTORY / "files").glob("*.json"))
OF_ACTIONS = [file for file in FILES if file.name != "worlds.json"]
PAGE = (ROOT / "docs" / "vectors.md").read_text("utf-8")
each_action = pytest.mark.parametrize("action", [file.stem for file in OF_ACTIONS])


def loaded(name: str) -> Any:
    return json.loads((DIRECTORY / name).read_text("utf-8"))


# --- what ships -------------------------------------------------------------------------------------------------------


@each_action
def test_the_model_answers_as_every_vector_says(action: str) -> None:
    for vector in vectors([action]):
        reply = decide(vector.question)
        assert reply == vector.expected
        assert judged(vector, reply).holds


@each_action
def test_an_action_has_what_is_granted_and_declared_refusals(action: str) -> None:
    of_action = list(vectors([action]))
    refusals = [vector.expected["refusal"]["refusal"] for vector in of_action if not vector.is_granted]
    declared = [kind.__name__ for kind in (*ANY_REQUEST, *ACTIONS[action].refusals)]
    assert any(vector.is_granted for vector in of_action)
    assert refusals == [name for name in declared if name in refusals]  # in the order of precedence, each once
    assert len({vector.name for vector in of_action}) == len(of_action)
    assert {vector.request["action"] for vector in of_action} == {action}


def test_every_action_has_vectors() -> None:
    made = {file.stem for file in OF_ACTIONS}
    assert set(ACTIONS) - made == {"AssumeRole"}, "run nox -s vectors"  # its credentials are the model's invention
    assert made <= set(ACTIONS)


def test_nearly_every_declared_refusal_has_a_vector() -> None:
    declared = {(name, refusal.__name__) for name, kind in ACTIONS.items() for refusal in kind.refusals}
    shown = {(each.action, each.expected["refusal"]["refusal"]) for each in vectors() if not each.is_granted}
    assert len(declared & shown) > 0.9 * len(declared), sorted(declared - shown)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_written_as_it_was_read(file: Path) -> None:
    assert text_of(json.loads(file.read_bytes())).encode() == file.read_bytes()


def test_the_tests_that_the_vectors_name_are_there() -> None:
    functions = {
        f"tests/{file.name}::{name}"
        for file in (ROOT / "tests").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    assert {vector.test for vector in vectors()} <= functions, "run nox -s vectors"


def test_what_the_vectors_have_of_a_file_of_tests_is_what_these_tests_ask() -> None:
    command = [sys.executable, "tests/record_vectors.py", "--asked-in", "tests/test_actions_owner.py"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - it is our own program
    assert run.returncode == 0, run.stdout
    assert any(vector.test.startswith("tests/test_actions_owner.py::") for vector in vectors())


def test_the_wheel_grows_little() -> None:
    assert sum(len(zlib.compress(file.read_bytes())) for file in FILES) < 300_000


def test_an_action_without_vectors_is_malformed() -> None:
    with pytest.raises(Malformed, match="There are no vectors of it"):
        _ = vectors(["DisableImages"])


# --- the schema and the page ------------------------------------------------------------------------------------------

SCHEMA = loaded("schema.json")
OF_FILE: Any = Draft202012Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


# Those that have each member, and the worlds; to validate them all takes longer than to check them.
@pytest.mark.parametrize(
    "name", ["DisableImage", "CreateTags", "DescribeImages", "RestoreImageFromRecycleBin", "worlds"]
)
def test_a_file_follows_the_schema(name: str) -> None:
    OF_FILE.validate(loaded(f"files/{name}.json"))


def example() -> Any:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    return json.loads(block)


def test_the_example_of_the_page_is_valid_and_holds() -> None:
    document = example()
    OF_FILE.validate(document)
    found = vectors_of(document, {})
    assert [check(vector).differences for vector in found] == [(), ()]
    assert {vector.is_granted for vector in found} == {True, False}


def test_the_page_has_every_member() -> None:
    def first_cells(text: str) -> set[str]:
        return {
            name for row in re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE) for name in re.findall("`([a-z_]+)`", row)
        }

    _, format_, _, worlds, _ = re.split(
        r"^##+ (?:The format|Patches|Worlds|Reading)", PAGE, maxsplit=4, flags=re.MULTILINE
    )
    assert first_cells(worlds) == set(members(World).rows)
    assert first_cells(format_) == {
        "format",
        "worlds",
        *example(),
        *(each for one in example()["vectors"] for each in one),
    }


def test_the_page_has_the_number_of_the_format() -> None:
    assert f"| `format` | `{FORMAT}`." in PAGE


# --- what is changed is found -----------------------------------------------------------------------------------------

DISABLED, ELSEWHERE = vectors_of(example(), {})
AVAILABLE = evolve(DISABLED, pre=example()["worlds"]["1 image"])


def with_answer(**members_: Any) -> Any:
    return {"answer": {**DISABLED.expected["answer"], **members_}, "post": []}


# A reply, and the lines that tell how it differs.
DIFFERENT_REPLIES: list[tuple[Vector, Any, tuple[str, ...]]] = [
    (DISABLED, [], ("A reply is an object, not a list.",)),
    (DISABLED, {}, ("A reply has a refusal, or an answer, or says why it does skip the vector.",)),
    (DISABLED, {"refusal": {"code": "X", "message": "no"}}, ("It is granted, and was refused: X: no",)),
    (DISABLED, with_answer(State="available"), ("answer.state disabled -> available",)),
    (DISABLED, with_answer(State="lost"), ("answer.State: InvalidParameterValue: Invalid value 'lost' for state.",)),
    (DISABLED, {**with_answer(), "post": [{"op": "add", "path": "/issued", "value": 9}]},
     ("~ number of ids given out: 0 -> 9",)),
    (DISABLED, {**with_answer(), "post": [{"op": "move", "path": "/issued"}]},
     ("post[0]: Expected the operation add, remove or replace, not 'move'.",)),
    (DISABLED, {**with_answer(), "world": {**DISABLED.pre, "images": []}}, ("- image ami-12345678",)),
    (DISABLED, {**with_answer(), "world": []}, ("world: Expected an object, not a list.",)),
    (DISABLED, {**with_answer(), "world": {**DISABLED.pre, "issued": True}},
     ("world.issued: Expected a whole number, not a truth value.",)),
    (ELSEWHERE, with_answer(),
     ("It is refused, and was granted: InvalidAMIID.NotFound: The image id '[ami-12345678]' does not exist",)),
    (ELSEWHERE, {"refusal": []}, ("A refusal is an object, not a list.",)),
    (ELSEWHERE, {"refusal": {}}, ("code InvalidAMIID.NotFound -> none",)),
    (ELSEWHERE, {"refusal": {"code": "AuthFailure"}}, ("code InvalidAMIID.NotFound -> AuthFailure",)),
    (ELSEWHERE, {"refusal": {"code": "InvalidAMIID.NotFound", "refusal": "ImageUnavailable"}},
     ("refusal ImageNotFound -> ImageUnavailable",)),
]  # fmt: skip


@pytest.mark.parametrize(("vector", "reply", "told"), DIFFERENT_REPLIES)
def test_a_reply_that_differs_is_told(vector: Vector, reply: Any, told: tuple[str, ...]) -> None:
    verdict = judged(vector, reply)
    assert verdict.differences == told
    assert not verdict.holds
    assert str(verdict) == "\n".join([str(vector), *(f"    {line}" for line in told)])


SAME_REPLIES: list[tuple[Vector, Any]] = [
    (DISABLED, {"answer": DISABLED.expected["answer"]}),
    (DISABLED, {"answer": DISABLED.expected["answer"], "world": {**DISABLED.pre, "events": []}}),
    (DISABLED, with_answer(LaunchPermissions={"items": []})),
    (ELSEWHERE, {"refusal": {"code": "InvalidAMIID.NotFound", "message": "There is none."}}),
]


@pytest.mark.parametrize(("vector", "reply"), SAME_REPLIES)
def test_a_reply_that_means_the_same_holds(vector: Vector, reply: Any) -> None:
    assert judged(vector, reply).differences == ()


def test_a_reply_may_skip() -> None:
    verdict = judged(DISABLED, {"skip": "Not yet."})
    assert (verdict.holds, verdict.skipped, str(verdict)) == (False, "Not yet.", f"{DISABLED}\n    skipped: Not yet.")


# What stands in a file, what stands there instead, and what is said of it.
CHANGED_BYTES = [
    ('"code": "InvalidAMIID.NotFound"', '"code": "InvalidAMIID.NotFounD"', "NotFounD -> InvalidAMIID.NotFound"),
    ('["ami-12345678"]}', '["ami-12345679"]}', "facts[image_ids]"),
    ('"State": "disabled",\n', '"State": "available",\n', "answer.state available -> disabled"),
    ('"region": "us-east-1"', '"region": "eu-central-1"', "It is refused, and was granted"),
    ('"value": "disabled"', '"value": "available"', "state"),
]  # fmt: skip


@pytest.mark.parametrize(("here", "instead", "told"), CHANGED_BYTES)
def test_a_change_in_a_file_is_found(
    here: str, instead: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert here in text
    file = tmp_path / "DisableImage.json"
    _ = file.write_text(text.replace(here, instead, 1), "utf-8")
    assert main([str(file)]) == DIFFERENT
    shown = capsys.readouterr().out
    assert told in shown
    assert re.match(r"DisableImage\.json: vectors\[\d\]: (granted|refused)", shown)
    assert "2 vectors of 1 actions: 1 hold, 1 differ, 0 skipped" in shown


# --- what is no vector ------------------------------------------------------------------------------------------------

GOOD: Any = example()


def without(path: str) -> Any:
    return patched(GOOD, [{"op": "remove", "path": path}])


def with_(path: str, value: Any) -> Any:
    return patched(GOOD, [{"op": "add", "path": path, "value": value}])


MALFORMED: list[tuple[Any, str]] = [
    ([], "Expected an object, not a list."),
    (without("/format"), "format: It is missing."),
    (with_("/format", 2), "format: This release reads format 1, not 2."),
    (with_("/format", True), "format: This release reads format 1, not True."),
    (with_("/more", 2), "more: There is no such member; there are format, worlds, action, vectors."),
    (with_("/vectors", {}), "vectors: Expected a list, not an object."),
    (with_("/worlds/1 image", 8), "worlds.1 image: Expected an object, not a whole number."),
    (without("/vectors/1/by"), "vectors[1].by: It is missing."),
    (without("/vectors/0/post"), "vectors[0].post: It is missing."),
    (with_("/vectors/1/post", []),
     "vectors[1].post: There is no such member; there are name, rules, test, pre, by, request, refusal."),
    (with_("/vectors/1/name", 8), "vectors[1].name: Expected text, not a whole number."),
    (with_("/vectors/1/refusal", "no"), "vectors[1].refusal: Expected an object, not text."),
    (without("/vectors/1/refusal/code"), "vectors[1].refusal.code: It is missing."),
    (with_("/vectors/1/request/action", "EnableImage"),
     "vectors[1].request.action: Expected DisableImage, as all vectors of the file have it."),
    (with_("/vectors/1/pre/world", "none"), "vectors[1].pre.world: There is no world 'none'."),
    (with_("/vectors/0/pre/patch/0/path", "/images/1/State"),
     "vectors[0].pre.patch[0]: There is nothing at /images/1/State."),
    (with_("/vectors/0/pre/patch/0/path", "images"),
     "vectors[0].pre.patch[0]: A path begins with a slash, unlike 'images'."),
    (without("/vectors/0/pre/patch/0/value"), "vectors[0].pre.patch[0]: The operation add has a value."),
    (with_("/vectors/0/pre/patch/0/op", "remove"), "vectors[0].pre.patch[0]: The operation remove has no value."),
    (with_("/vectors/0/post", [{"op": "remove", "path": "/events"}]),
     "vectors[0].post[0]: There is nothing at /events."),
]  # fmt: skip


@pytest.mark.parametrize(("document", "told"), MALFORMED)
def test_a_file_that_is_none_of_vectors_is_named_with_the_place(document: Any, told: str, tmp_path: Path) -> None:
    file = tmp_path / "Some.json"
    _ = file.write_text(json.dumps(document), "utf-8")
    with pytest.raises(NotVectors) as caught:
        _ = read_vectors(file)
    assert str(caught.value) == f"Some.json: {told}"
    assert (caught.value.file, caught.value.why) == ("Some.json", told)


# What is not there, or is another action, a schema cannot know.
OF_CONTENT = re.compile("There is nothing|There is no world|Expected DisableImage")
OF_FORM = [document for document, told in MALFORMED if not OF_CONTENT.search(told)]


@pytest.mark.parametrize("document", OF_FORM)
def test_the_schema_finds_what_is_wrong_with_the_form(document: Any) -> None:
    assert not OF_FILE.is_valid(document)


# What the model cannot read in a vector whose form is right.
UNREADABLE = [
    (with_("/worlds/1 image/images/0/State", "lost"), 1, "pre.images[0].State: InvalidParameterValue: Invalid value"),
    (with_("/vectors/1/by/account", "1"), 1, "by.account"),
    (with_("/vectors/1/request/parameters/ImageID", 1), 1, "request.parameters.ImageID: DisableImage has no such"),
]


@pytest.mark.parametrize(("document", "number", "told"), UNREADABLE)
def test_what_the_model_cannot_read_in_a_vector_is_named(document: Any, number: int, told: str) -> None:
    vector = vectors_of(document, {}, file="Some.json")[number]
    with pytest.raises(NotVectors) as caught:
        _ = check(vector)
    assert str(caught.value).startswith(f"Some.json: vectors[{number}]: {told}")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The text is empty."),
        (b'{"format": 1', "line 1, column 13: The text ends in the middle of a document."),
        (b'{"format": 1} {}', "Expected one document, not 2."),
        (b"\xff", "line 1, column 1: From here on, the bytes are no text in utf-8."),
        (None, "It cannot be read: No such file or directory."),
    ],
)
def test_a_file_that_is_no_json_is_named(
    content: bytes | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Some.json"
    if content is not None:
        _ = file.write_bytes(content)
    assert main([str(file)]) == BAD_INPUT
    assert capsys.readouterr().err == f"vectors: Some.json: {told}\n"


def test_the_worlds_beside_a_file_are_its_worlds(tmp_path: Path) -> None:
    document = example()
    worlds = document.pop("worlds")
    _ = (tmp_path / "DisableImage.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(NotVectors, match="There is no world '1 image'"):
        _ = read_vectors(tmp_path / "DisableImage.json")
    _ = (tmp_path / "worlds.json").write_text(json.dumps({"format": 1, "worlds": worlds}), "utf-8")
    assert [vector.pre for vector in read_vectors(tmp_path / "DisableImage.json")] == [DISABLED.pre, ELSEWHERE.pre]
    _ = (tmp_path / "worlds.json").write_text(json.dumps({"format": 1}), "utf-8")
    with pytest.raises(NotVectors, match=r"^worlds\.json: worlds: It is missing\.$"):
        _ = read_vectors(tmp_path / "DisableImage.json")


# --- patches ----------------------------------------------------------------------------------------------------------

PLAIN = st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(["", "a", "~1", "/"])
DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b/c", "~", ""]), inner),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b/c", "~", ""]), DOCUMENTS)


@given(before=OBJECTS, after=OBJECTS)
def test_a_patch_makes_of_one_document_the_other(before: Any, after: Any) -> None:
    kept = json.dumps(before)
    patch = patch_of(before, after)
    assert json.dumps(patched(before, patch), sort_keys=True) == json.dumps(after, sort_keys=True)
    assert json.dumps(before) == kept
    assert (patch == []) == (json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True))


def test_a_patch_says_no_more_than_it_must() -> None:
    before = {"images": [{"ImageId": "a", "State": "pending", "Name": "web"}, {"ImageId": "b"}]}
    after = {"images": [{"ImageId": "a", "State": "failed", "Name": "web"}, {"ImageId": "b"}, {"ImageId": "c"}]}
    assert patch_of(before, after) == [
        {"op": "add", "path": "/images/2", "value": {"ImageId": "c"}},
        {"op": "replace", "path": "/images/0/State", "value": "failed"},
    ]


# --- the ids of new things --------------------------------------------------------------------------------------------

_ID = re.compile(r"\b(ami|snap|vol|i|r)-[0-9a-f]{17}\b")


def with_other_ids(question: Any) -> Any:
    """What a program replies that thinks of its own ids: the model's, read from the back."""
    known = json.dumps(question)

    def other(found: re.Match[str]) -> str:
        return found[0] if found[0] in known else f"{found[1]}-{found[0][: len(found[1]) : -1]}"

    return json.loads(_ID.sub(other, json.dumps(decide(question))))


def new_ids(expected: Any) -> set[str]:
    return {found[0] for found in re.finditer(r"snap-[0-9a-f]{17}", json.dumps(expected.get("answer")))}


@pytest.mark.parametrize("action", ["RegisterImage", "CreateImage", "RunInstances", "CreateSnapshots"])
def test_a_program_may_think_of_its_own_ids_and_has_to_say_so(action: str) -> None:
    granted = [each for each in vectors([action]) if each.is_granted]
    granted = [each for each in granted if with_other_ids(each.question) != each.expected][:3]
    assert granted
    assert not any(check(vector, with_other_ids).holds for vector in granted)
    assert [check(vector, with_other_ids, ids=Ids.RENAMED).differences for vector in granted] == [()] * len(granted)


def test_other_ids_have_to_be_as_many_and_at_the_same_places() -> None:
    vector = next(vector for vector in vectors(["CreateSnapshots"]) if len(new_ids(vector.expected)) > 1)
    one, other, *_ = sorted(new_ids(vector.expected))
    reply = json.loads(json.dumps(vector.expected).replace(one, other))
    assert judged(vector, reply, ids=Ids.RENAMED).differences


# --- another program --------------------------------------------------------------------------------------------------

REFUSES = """
import json, sys
for line in sys.stdin:
    question = json.loads(line)
    refusal = {"code": "InvalidAMIID.NotFound", "message": question["request"]["action"]}
    print(json.dumps({"refusal": refusal}), flush=True)
"""


def program(script: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", script]


def test_a_program_is_asked_line_by_line() -> None:
    with Program(program(REFUSES)) as asked:
        assert [check(vector, asked.decide).holds for vector in (DISABLED, ELSEWHERE, ELSEWHERE)] == [False, True, True]


SILENT = [
    ("pass", "The program has ended, or was silent for 5 seconds."),
    ("input(); print('no')", "The program's reply is no JSON: no"),
    ("input(); print('{')", "The program's reply is no JSON: {"),
]


@pytest.mark.parametrize(("script", "told"), SILENT)
def test_a_program_that_does_not_reply_is_told(script: str, told: str) -> None:
    with pytest.raises(NoReply, match=re.escape(told)), Program(program(script), patience=5) as asked:
        _ = asked.decide(DISABLED.question)


def test_a_program_that_is_silent_is_ended() -> None:
    script = "import time; time.sleep(60)"
    with pytest.raises(NoReply, match=r"silent for 0\.2 seconds"), Program(program(script), patience=0.2) as asked:
        _ = asked.decide(DISABLED.question)


def test_a_program_that_cannot_be_started_is_told() -> None:
    with pytest.raises(NoReply, match="The program cannot be started"):
        _ = Program("/none/such")


# --- the command line -------------------------------------------------------------------------------------------------


def test_the_command_line_checks_what_ships(capsys: pytest.CaptureFixture[str]) -> None:
    number = len(list(vectors(["EnableImage", "DisableImage"])))
    assert main(["--action", "EnableImage", "--action", "DisableImage"]) == OK
    assert capsys.readouterr().out == f"{number} vectors of 2 actions: {number} hold, 0 differ, 0 skipped\n"


def test_the_command_line_checks_files(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(DIRECTORY / "files" / f"{name}.json") for name in ("EnableImage", "DisableImage")]
    assert main([*files, "--action", "EnableImage"]) == OK
    assert " of 1 actions: " in capsys.readouterr().out


def test_the_command_line_asks_a_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "engine.py"
    _ = script.write_text(REFUSES, "utf-8")
    assert main(["--action", "DisableImage", "--command", f"{sys.executable} -I -S {script}"]) == DIFFERENT
    out = capsys.readouterr().out
    assert "    It is granted, and was refused: InvalidAMIID.NotFound: DisableImage" in out
    assert "1 hold" in out


def test_the_command_line_tells_what_skips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "engine.py"
    _ = script.write_text(REFUSES.replace('"refusal"', '"skip"'), "utf-8")
    number = len(list(vectors(["DisableImage"])))
    assert main(["--action", "DisableImage", "--command", f"{sys.executable} -I -S {script}"]) == OK
    assert capsys.readouterr().out == f"{number} vectors of 1 actions: 0 hold, 0 differ, {number} skipped\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--action", "DisableImages"], "There are no vectors of it."),
        (["--command", "/none/such"], "The program cannot be started"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == BAD_INPUT
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


# --- writing ----------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_again() -> None:
    some = [*vectors(["DisableImage"]), *vectors(["DescribeSnapshotAttribute"])]
    worlds = worlds_of(some)
    assert len(worlds) <= len({json.dumps(vector.pre) for vector in some})
    for action in ("DisableImage", "DescribeSnapshotAttribute"):
        of_action = [vector for vector in some if vector.action == action]
        again = vectors_of(json.loads(text_of(document_of(action, of_action, worlds))), worlds)
        assert [evolve(vector, place="") for vector in again] == [evolve(vector, place="") for vector in of_action]


def test_the_shared_worlds_are_worlds_and_have_names_of_their_own() -> None:
    assert len({json.dumps(world) for world in shipped_worlds().values()}) == len(shipped_worlds())
    assert all("now" in world for world in shipped_worlds().values())


def test_what_the_package_names_is_there() -> None:
    assert all(hasattr(package, name) for name in package.__all__)


def test_the_model_says_what_it_cannot_read() -> None:
    with pytest.raises(Unreadable, match=r"^pre\.now: It is missing\.$"):
        _ = decide({**DISABLED.question, "pre": {}})
