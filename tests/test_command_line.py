"""`python -m amimodel`: what it prints, what it answers to bad input, and how it ends."""

import contextlib
import io
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from amimodel._cli import main
from amimodel._cli._describing import age
from amimodel.audit import FindingKind
from amimodel.examples import WEB

AS_OF = ["--as-of", "2026-11-22T00:00:00Z"]
EXAMPLE = sorted(
    str(file) for file in (resources.files("amimodel") / "_example").iterdir() if file.name.endswith(".json")
)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    status, out, err = run(capsys, *arguments, "--json")
    assert err == ""
    return status, json.loads(out)


def test_without_a_file_the_example_is_audited(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "audit", *AS_OF)
    assert (status, err) == (1, "")
    assert "example inventory" in out
    assert "ami-0a11ce00000000003 'build-agent' can be launched by everyone" in out
    assert "\x1b" not in out, "no colours where there is no terminal"


def test_the_example_shows_every_kind_of_finding_but_the_rarest(capsys: pytest.CaptureFixture[str]) -> None:
    _, answer = run_json(capsys, "audit", *AS_OF)
    shown = {finding["kind"] for finding in answer["findings"]}
    assert shown == {kind.label for kind in FindingKind} - {FindingKind.IMAGE_NOT_ALLOWED.label}
    assert answer["unread"] == []


def test_files_in_any_order_give_the_same_audit(capsys: pytest.CaptureFixture[str]) -> None:
    _, expected = run_json(capsys, "audit", *AS_OF)
    for files in (EXAMPLE, EXAMPLE[::-1]):
        status, answer = run_json(capsys, "audit", *AS_OF, *files)
        assert status == 1
        assert answer == expected


def test_standard_input_may_hold_several_documents(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"".join(Path(file).read_bytes() for file in EXAMPLE)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    status, answer = run_json(capsys, "audit", *AS_OF, "-")
    assert status == 1
    assert len(answer["images"]) == 13


def test_an_inventory_without_findings_ends_with_0(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "none.json"
    file.write_text('{"Images": []}')
    status, out, _ = run(capsys, "audit", str(file))
    assert status == 0
    assert "No findings." in out


def test_what_one_says_to_be_right_is_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--trusted", "999988887777", "--organization", "o-a1b2c3d4e5", "--account", "111122223333")
    _, answer = run_json(capsys, "audit", *AS_OF, *arguments)
    shown = [finding["kind"] for finding in answer["findings"]]
    assert "shared-outside" in shown, "account 444455556666 is not among one's own now"
    _, answer = run_json(capsys, "audit", *AS_OF, *arguments, "--account", "444455556666")
    assert "shared-outside" not in {finding["kind"] for finding in answer["findings"]}


def test_one_bad_record_is_told_and_the_others_are_audited(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answer = json.loads((resources.files("amimodel") / "_example" / "describe-images.json").read_text())
    answer["Images"][3]["OwnerId"] = "1234"
    file = tmp_path / "images.json"
    file.write_text(json.dumps(answer))
    status, result = run_json(capsys, "audit", *AS_OF, str(file))
    assert status == 1
    assert len(result["images"]) == 12
    (unread,) = result["unread"]
    assert unread["source"] == str(file)
    assert unread["why"].startswith("Images[3].OwnerId (ami-0a11ce00000000004): InvalidUserID.Malformed")


NONSENSE = [
    (b"", "The text is empty."),
    (b"   \n ", "The text is empty."),
    (b'{"Images": [', "The text ends in the middle of a document."),
    (b"Images:\n  - ImageId: ami-12345678\n", "The text is not JSON"),
    (b'{"Buckets": []}', "Its members: Buckets."),
    (b"[1, 2, 3]", "not a list"),
    (b"42", "not a whole number"),
    (b"[" * 1_000_000, "nested too deeply"),
    (bytes(range(256)) * 20_000, "the bytes are no text"),
    (b"\x00" * 5_000_000, "JSON"),
    (b"aws: error: the following arguments are required\n" * 100_000, "The text is not JSON"),
    (b'{"Images": [], "x": NaN}', "NaN"),
    (b'{"Images": [], "x": ' + b"9" * 10_000 + b"}", "too many digits"),
]


@pytest.mark.parametrize(("content", "complaint"), NONSENSE, ids=[str(number) for number in range(len(NONSENSE))])
def test_nonsense_gets_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "nonsense.json"
    file.write_bytes(content)
    status, out, err = run(capsys, "audit", str(file))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith(f"amimodel: {file}: ")
    assert complaint in err
    assert len(err) < 600


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("audit", "no/such/file.json"), "amimodel: no/such/file.json: No such file or directory\n"),
        (("audit", "."), "amimodel: .: Is a directory\n"),
        (("audit", "a\0b"), "embedded null byte"),
        (("audit", "-", "-"), "amimodel: standard input (-) can be read only once\n"),
        (("explain", "nothing", "--account", "111122223333"), "no image here has the id or the name 'nothing'\n"),
        (
            ("explain", "database", "--account", "111122223333"),
            (
                "'database' names several images: ami-0a11ce00000000009 of 111122223333,"
                " ami-0a11ce0000000000a of 444455556666; say which by its id\n"
            ),
        ),
        (
            ("explain", "vault", "--account", "111122223333", "--instance-type", "m5.bogus"),
            "amimodel: InvalidParameterValue: Invalid value 'm5.bogus' for InstanceType.\n",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], complaint: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert complaint in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("audit", "--account", "1234"), 'argument --account: Invalid user id: "1234"'),
        (("audit", "--organization", "acme"), "argument --organization: "),
        (("audit", "--as-of", "yesterday"), "argument --as-of: "),
        (("explain", "web"), "--account"),
        (("sing",), "invalid choice"),
        ((), "COMMAND"),
    ],
)
def test_a_bad_option_is_named(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "allowed", "grounds"),
    [
        (("web-2026-11", "--account", "111122223333"), 0, True, ["Owner"]),
        (("web-2026-11", "--account", "444455556666", "--instance-type", "m7i.large"), 0, True, ["Permitted"]),
        (("build-agent", "--account", "999988887777"), 0, True, ["Permitted"]),
        (("web-2026-06", "--account", "999988887777"), 1, False, ["NotAuthorizedForImages"]),
        (("web-2026-11", "--account", "999988887777"), 1, None, ["MembershipNotTold"]),
        (("ami-0a11ce00000000004", "--account", "999988887777"), 1, None, ["PermissionsNotTold"]),
        (
            ("reports-pv", "--account", "111122223333", "--instance-type", "t3.micro"),
            1,
            False,
            ["VirtualizationMismatch", "EnaRequired"],
        ),
        (
            ("web-2026-06", "--account", "999988887777", "--instance-type", "m7g.large"),
            1,
            False,
            ["NotAuthorizedForImages", "ArchitectureMismatch"],
        ),
        (("quarantined", "--account", "111122223333"), 1, False, ["ImageUnavailable"]),
    ],
)
def test_explain_gives_the_answer_and_every_ground_in_order(
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    status: int,
    allowed: bool | None,
    grounds: list[str],
) -> None:
    ended, answer = run_json(capsys, "explain", *arguments)
    assert ended == status
    assert answer["launch"]["allowed"] is allowed
    assert [ground["ground"] for ground in answer["launch"]["because"]] == grounds
    assert all(ground["rules"] for ground in answer["launch"]["because"])


def test_explain_speaks_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "explain", "web-2026-06", "--account", "999988887777", *AS_OF)
    assert status == 1
    text = " ".join(out.split())
    assert "Account 999988887777 may not launch ami-0a11ce00000000002 'web-2026-06'." in text
    assert "AuthFailure: Not authorized for images: [ami-0a11ce00000000002]" in text
    assert "the owner must share it with the account" in text
    assert "It is deprecated since 2026-09-01" in text


def test_names_that_look_like_markup_are_shown_as_they_are(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answer = json.loads((resources.files("amimodel") / "_example" / "describe-images.json").read_text())
    image = answer["Images"][3] | {"Name": "[red]alert[/red] (blink)"}
    image["ImageLocation"] = f"{image['OwnerId']}/{image['Name']}"
    file = tmp_path / "images.json"
    file.write_text(json.dumps({"Images": [image]}))
    _, out, err = run(capsys, "audit", str(file))
    assert err == ""
    assert "[red]alert[/red] (blink)" in out


def test_without_rich_tables_are_refused_and_json_is_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amimodel._cli.find_spec", lambda _: None)
    status, out, err = run(capsys, "audit")
    assert (status, out) == (2, "")
    assert err == "amimodel: tables need rich: pip install 'amimodel[cli]', or ask for --json\n"
    assert run_json(capsys, "audit")[0] == 1


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "0 days"), (1, "1 day"), (30, "30 days"), (31, "1 month"), (364, "11 months"), (366, "1 year")],
)
def test_ages_are_told_in_the_unit_a_person_would_choose(days: int, text: str) -> None:
    from datetime import timedelta

    assert age(WEB, WEB.creation_date + timedelta(days=days)) == text


def test_the_module_runs_and_a_closed_pipe_ends_it_quietly() -> None:
    program = [sys.executable, "-m", "amimodel", "audit", "--json"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - our own module
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        status = process.wait()
    assert complaint == b""
    assert status in {0, 1}


def test_long_input_is_read_with_a_bar_where_a_person_waits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amimodel._cli._reading._LONG", 1)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    shown: list[str] = []

    def progress(what: str) -> object:
        shown.append(what)
        return contextlib.nullcontext(lambda done, of: shown.append(f"{done} of {of}"))

    monkeypatch.setattr("amimodel._cli._screen.progress", progress)
    assert run(capsys, "audit", *AS_OF, *EXAMPLE, "--json")[0] == 1
    assert f"Reading {EXAMPLE[1]}" in shown
    assert "1 of 13" in shown


def test_the_bar_itself_can_be_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    from amimodel._cli._screen import progress

    with progress("Reading [images].json") as report:
        report(1, 2)
    assert capsys.readouterr().out == ""
