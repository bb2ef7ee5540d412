"""Another implementation beside the model: what is found, how it is shown, and what is known of it."""

import sys
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from amimodel._cli import main
from amimodel.actions import ACTIONS, CreateVolume, DescribeVolumes, PublishParameter
from amimodel.callers import Caller
from amimodel.history import Advance, Trace
from amimodel.malformed import Malformed
from amimodel.testing.conformance import (
    Answered,
    Call,
    Conformance,
    Divergence,
    Kind,
    KnownDivergences,
    Script,
    Signature,
    Target,
    as_code,
    conform,
    drawn,
    endpoint,
    markdown,
    run,
    scenarios,
    shrunk,
    simulated,
    target_at,
)
from amimodel.testing.conformance._calls import taken
from amimodel.testing.conformance._comparing import How, differences
from amimodel.testing.conformance._ids import Ids
from amimodel.testing.conformance._pen import ALICE, BOB, EMPTY, NO_IMAGE, STAGE, UNBLOCKED, WITH_BOB, Pen

ZONE = "eu-central-1a"
ANSWER = "amimodel.answer"


# --- the model against itself -----------------------------------------------------------------------------------------


SCENARIOS = tuple(scenarios())


def test_the_model_does_not_differ_from_itself() -> None:
    scripts = [script for script in SCENARIOS if script.start is EMPTY][::5]
    found = conform(simulated(EMPTY), scripts)
    assert found.divergences == ()
    assert found.calls == sum(map(len, scripts))


def test_the_model_does_not_differ_from_itself_in_what_nobody_thought_of() -> None:
    found = conform(simulated(UNBLOCKED), drawn(3, length=8))
    assert found.divergences == ()
    assert found.calls > 3 * 8


def test_scenarios_ask_every_action_of_ec2_and_are_granted_and_refused() -> None:
    asked = {step.action for script in SCENARIOS for step in script if isinstance(step, Call)}
    assert asked == {name for name, kind in ACTIONS.items() if kind.service == "ec2"}
    last = [taken(script.worlds[-2], script.steps[-1])[1] for script in SCENARIOS]
    granted = sum(isinstance(reply, Answered) for reply in last)
    assert min(granted, len(last) - granted) > 40


def test_drawn_scripts_are_the_same_for_a_number_and_others_for_another() -> None:
    assert list(drawn(3, length=4)) == list(drawn(3, length=4)) != list(drawn(3, length=4, number=1))


# --- a target that is broken on purpose -------------------------------------------------------------------------------


class Broken:
    """A client that changes what another one says, as it is told."""

    def __init__(self, client: Any, change: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
        self._client = client
        self._change = change

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        return lambda **parameters: self._change(name, getattr(self._client, name)(**parameters))


def broken(change: Callable[[str, dict[str, Any]], dict[str, Any]], **more: Any) -> Target:
    whole = simulated(EMPTY)
    return Target(
        name="broken", version="1.0", fresh=whole.fresh, wait=whole.wait,
        client=lambda account, region: Broken(whole.client(account, region), change), **more,
    )  # fmt: skip


def always(told: str) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """Images are always described so."""

    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        images = [{**image, "Architecture": told} for image in answer.get("Images", ())]
        return {**answer, "Images": images} if name == "describe_images" else answer

    return change


def refusing(action: str, code: str) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """One action is always refused, after it has been done."""

    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        if name == action:
            raise ClientError({"Error": {"Code": code, "Message": "No."}}, name)
        return answer

    return change


def long_script() -> Script:
    pen = Pen("long")
    _ = pen.volume()
    image_id = pen.image(Description="the shop")
    pen.advance(timedelta(days=1))
    _ = pen(ALICE, "ModifyImageAttribute", ImageId=image_id, LaunchPermission=WITH_BOB)
    _ = pen(ALICE, "CreateTags", Resources=[image_id, pen.snapshot()], Tags=[STAGE])
    _ = pen(BOB, "DescribeImages", ImageIds=[image_id])
    _ = pen(ALICE, "DeregisterImage", ImageId=image_id)
    return pen.script


def test_a_member_that_is_wrong_is_found_and_shown_by_the_shortest_script() -> None:
    (divergence,) = everything_is_arm64().divergences
    assert divergence.signature == Signature("DescribeImages", Kind.MEMBER, "Images[].Architecture other")
    assert (divergence.ours, divergence.theirs) == ("i386", "arm64")  # EC2's default, for the parameter is gone
    actions = [step.action for step in divergence.script if isinstance(step, Call)]
    assert actions == ["CreateVolume", "CreateSnapshot", "RegisterImage", "ModifyImageAttribute", "DescribeImages"]
    assert as_code(divergence.script).splitlines()[-1] == "bob.describe_images()"
    assert run(divergence.script, broken(always("arm64"))).divergences[0].signature == divergence.signature
    assert run(divergence.script, simulated(EMPTY)).divergences == ()


def test_without_shrinking_the_script_ends_where_it_differs() -> None:
    found = conform(broken(always("arm64")), [long_script()], shrink=False)
    assert len(found.divergences[0].script) == len(long_script()) - 1


def test_what_is_refused_there_is_not_done_in_the_model_either_so_nothing_follows_from_it() -> None:
    whole = simulated(EMPTY)

    class Stubborn(Broken):
        def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
            return super().__getattr__(name) if name != "create_tags" else self.refuse

        def refuse(self, **_: object) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "Unavailable", "Message": "No."}}, "CreateTags")

    target = Target(
        name="stubborn",
        fresh=whole.fresh,
        client=lambda account, region: Stubborn(whole.client(account, region), lambda _, answer: answer),
    )
    pen = Pen("tags")
    image_id = pen.image()
    _ = pen(ALICE, "CreateTags", Resources=[image_id], Tags=[STAGE])
    _ = pen(ALICE, "DescribeImages", Owners=["self"])
    _ = pen(ALICE, "DescribeTags")
    found = conform(target, [pen.script])
    assert [str(each.signature) for each in found.divergences] == ["CreateTags refused: Unavailable"]


def test_what_is_granted_there_cannot_be_undone_so_the_script_ends() -> None:
    def careless(name: str, parameters: dict[str, Any], client: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(client, name)(**parameters)
        except ClientError:
            return {}
        return answer

    class Careless(Broken):
        def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
            return lambda **parameters: careless(name, parameters, self._client)

    whole = simulated(EMPTY)
    target = Target(
        name="careless",
        fresh=whole.fresh,
        client=lambda account, region: Careless(whole.client(account, region), lambda _, answer: answer),
    )
    pen = Pen("twice")
    _ = pen(ALICE, "DeregisterImage", ImageId=NO_IMAGE)
    _ = pen(ALICE, "DeleteVolume", VolumeId="vol-0ffffffffffffffff")
    found = conform(target, [pen.script])
    (divergence,) = found.divergences
    assert divergence.signature == Signature("DeregisterImage", Kind.GRANTED, "InvalidAMIID.NotFound (ImageNotFound)")
    assert "B 0.3" in divergence.model.rules  # type: ignore[union-attr]
    assert found.calls == 1


ERRORS = (
    (ClientError({"Error": {"Code": "Other", "Message": "No."}}, ""), "refused: Other"),
    (ClientError({"Error": {"Code": "InvalidAction", "Message": "No."}}, ""), "unknown"),
    (ClientError({"Error": {"Code": "InternalFailure", "Message": "No."}}, ""), "broken: InternalFailure"),
    (NotImplementedError("DescribeVolumes"), "unknown"),
    (KeyError("vol"), "broken: KeyError"),
)


@pytest.mark.parametrize(("error", "told"), ERRORS)
def test_every_error_has_its_kind(error: Exception, told: str) -> None:
    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        raise error

    script = Script(name="look", start=EMPTY, steps=[Call(ALICE, "DescribeVolumes", {})])
    (divergence,) = conform(broken(change), [script]).divergences
    assert str(divergence.signature) == f"DescribeVolumes {told}"


def test_what_an_action_lacks_is_told_apart_from_a_whole_action_that_is_lacking() -> None:
    def change(name: str, answer: dict[str, Any]) -> dict[str, Any]:
        if name == "describe_tags" or not answer.get("Volumes"):
            raise NotImplementedError("describe_tags" if name == "describe_tags" else "")
        return answer

    pen = Pen("look")
    whole = broken(lambda name, answer: answer if name == "create_volume" else change(name, answer))
    _ = pen(ALICE, "DescribeVolumes")
    _ = pen(ALICE, "DescribeTags")
    _ = pen.volume()
    _ = pen(ALICE, "DescribeVolumes")
    found = conform(whole, [pen.script])
    assert [str(each.signature) for each in found.divergences] == [
        "DescribeTags unknown",
        "DescribeVolumes unknown: a part of it",
    ]
    assert found.unknown_actions == ("DescribeTags",)


def test_a_divergence_that_does_not_show_again_is_left_as_it_is() -> None:
    script = long_script()
    divergence = Divergence(
        signature=Signature("DescribeImages", Kind.MEMBER, "Images[].Name other"),
        script=script, model=Answered({}), other=Answered({}),
    )  # fmt: skip
    assert shrunk(divergence, simulated(EMPTY)) == divergence


# --- comparing --------------------------------------------------------------------------------------------------------

OUR_IMAGE, THEIR_IMAGE = "ami-00000000000000001", "ami-12345678"
OUR_SNAPSHOT, THEIR_SNAPSHOT = "snap-00000000000000002", "snap-0123456789abcdef0"

# fmt: off
ROWS: tuple[tuple[dict[str, Any], dict[str, Any], list[str]], ...] = (
    ({"ImageId": OUR_IMAGE}, {"ImageId": THEIR_IMAGE}, []),
    ({"Return": True}, {"Return": True, "ResponseMetadata": {"RequestId": "1"}}, []),
    ({"Tags": []}, {}, []),
    ({}, {"Tags": []}, []),
    ({"Description": ""}, {}, ["Description missing"]),
    ({}, {"Description": ""}, ["Description extra"]),
    ({"CreationDate": "2026-06-01T00:00:00.000Z"}, {"CreationDate": "2031-01-01T00:00:00Z"}, []),
    ({"CreationDate": "2026-06-01T00:00:00.000Z"}, {"CreationDate": "soon"}, ["CreationDate other"]),
    ({"Encrypted": False}, {"Encrypted": 0}, ["Encrypted other"]),
    ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]},
     {"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]}, []),
    ({"Tags": [{"Key": "a", "Value": "1"}]}, {"Tags": [{"Key": "a", "Value": "2"}]}, ["Tags[].Value other"]),
    ({"Tags": [{"Key": "a", "Value": "1"}]}, {"Tags": [{"Key": "b", "Value": "1"}]},
     ["Tags[] missing", "Tags[] extra"]),
    ({"Images": [{"ImageId": OUR_IMAGE, "Name": "web"}]}, {"Images": []}, ["Images[] missing"]),
    ({"Ids": ["a", "b"]}, {"Ids": ["b", "c"]}, ["Ids[] missing", "Ids[] extra"]),
    ({"Message": f"of {OUR_IMAGE}"}, {"Message": f"of {THEIR_IMAGE}"}, []),
    ({"ImageId": OUR_IMAGE, "Source": OUR_IMAGE}, {"ImageId": THEIR_IMAGE, "Source": "ami-87654321"}, ["Source other"]),
    ({"ImageId": OUR_IMAGE}, {"ImageId": THEIR_SNAPSHOT}, ["ImageId other"]),
)
# fmt: on


@pytest.mark.parametrize(("ours", "theirs", "told"), ROWS)
def test_answers_are_compared_as_what_they_say(ours: dict[str, Any], theirs: dict[str, Any], told: list[str]) -> None:
    assert [f"{each.path} {each.how}" for each in differences(ours, theirs, Ids(), None)] == told


def test_what_a_list_has_is_matched_by_the_names_that_are_known() -> None:
    ids = Ids()
    assert ids.agree(OUR_IMAGE, THEIR_IMAGE)
    ours = {"Images": [{"ImageId": OUR_IMAGE, "Name": "a"}, {"ImageId": "ami-00000000000000003", "Name": "b"}]}
    theirs = {"Images": [{"ImageId": "ami-0000000a", "Name": "b"}, {"ImageId": THEIR_IMAGE, "Name": "c"}]}
    (difference,) = differences(ours, theirs, ids, None)
    assert (difference.path, difference.how, difference.ours, difference.theirs) == (
        "Images[].Name", How.OTHER, "a", "c",
    )  # fmt: skip
    assert ids.theirs("ami-00000000000000003") == "ami-0000000a"


NAMES = st.sampled_from([f"ami-{number:017x}" for number in range(6)])


@given(st.lists(st.tuples(NAMES, NAMES)))
def test_names_are_pairs_and_no_name_is_in_two(pairs: list[tuple[str, str]]) -> None:
    ids = Ids()
    learned = [pair for pair in pairs if ids.agree(*pair)]
    assert len({ours for ours, _ in learned}) == len({theirs for _, theirs in learned}) == len(set(learned))
    assert all(ids.theirs(ours) == theirs and ids.ours(theirs) == ours for ours, theirs in learned)


# --- scripts ----------------------------------------------------------------------------------------------------------


def test_a_trace_is_a_script_without_what_nobody_can_be_asked() -> None:
    trace = (
        Trace(EMPTY)
        .asking(CreateVolume(availability_zone=ZONE, size_gib=8), by=ALICE)
        .asking(PublishParameter(name="/aws/service/x", image_id=NO_IMAGE), by=Caller.provider("eu-central-1"))
        .asking(DescribeVolumes(), by=Caller(account=ALICE.account, region=ALICE.region, denied=["*"]))
        .advancing(days=1)
    )
    assert Script.of(trace).steps == (
        Call(ALICE, "CreateVolume", {"AvailabilityZone": ZONE, "Size": 8, "VolumeType": "gp2"}),
        Advance(timedelta(days=1)),
    )
    assert conform(simulated(EMPTY), [trace]).calls == 1


def test_a_script_without_some_steps_names_what_is_left_by_its_new_ids() -> None:
    script = long_script()
    kept = [index for index, step in enumerate(script) if isinstance(step, Call) and step.by == ALICE][1:]
    shorter = script.only(kept)
    replies = [taken(world, step)[1] for world, step in zip(shorter.worlds, shorter.steps, strict=False)]
    assert all(isinstance(reply, Answered) for reply in replies)
    assert shorter.worlds[-1].tombstones
    assert len(shorter) == len(script) - 3


def test_code_names_what_calls_bring_about() -> None:
    pen = Pen("code")
    instance_id = pen.instance()
    pen.advance(timedelta(hours=1))
    _ = pen(BOB, "DescribeInstances", InstanceIds=[instance_id])
    _ = pen(ALICE, "CreateSnapshot", VolumeId=pen.volume(), Description="x" * 300)
    lines = as_code(pen.script).splitlines()
    assert lines[:2] == [
        'alice = client("111122223333", "eu-central-1")',
        'bob = client("444455556666", "eu-central-1")',
    ]
    assert lines[-5].startswith("instance = alice.run_instances(ImageId=image, ")
    assert lines[-4:] == [
        "# 1:00:00 later",
        "bob.describe_instances(InstanceIds=[instance])",
        "volume_2 = alice.create_volume(AvailabilityZone='eu-central-1a', Size=8)['VolumeId']",
        "alice.create_snapshot(VolumeId=volume_2, Description='x' * 300)",
    ]


# --- what is known ----------------------------------------------------------------------------------------------------

KNOWN = """
name = "broken"
version = "1.0"

[[divergence]]
action = "DescribeImages"
kind = "member"
detail = "Images[].Architecture other"
rules = "A RI-5"
wrong = "Every image is for arm64."

[[divergence]]
action = "DeleteVolume"
kind = "unknown"
rules = "C 8.2"
wrong = "Volumes stay."
sure = "chosen"
"""


@cache
def everything_is_arm64() -> Conformance:
    return conform(broken(always("arm64")), [long_script()], known=KnownDivergences(name="broken"))


def report(known: KnownDivergences) -> Conformance:
    return evolve(everything_is_arm64(), known=known)


def test_what_is_known_is_not_new_and_what_is_not_seen_any_more_is_told() -> None:
    found = report(KnownDivergences.read(KNOWN))
    assert len(found.divergences) == 1
    assert found.new == ()
    assert found.gone == (Signature("DeleteVolume", Kind.UNKNOWN),)
    assert len(report(KnownDivergences(name="broken")).new) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "It is no list of divergences"),
        ("version = '1'", "It is no list of divergences: 'name'"),
        ("name = 'x'\n[[divergence]]\ncolour = 'red'", "A divergence has no colour."),
        ("name = 'x'\n[[divergence]]\naction='A'\nkind='odd'\nrules=''\nwrong=''", "Invalid value 'odd' for kind."),
    ],
)
def test_a_list_that_cannot_be_read_says_why(text: str, told: str) -> None:
    with pytest.raises(Malformed) as caught:
        KnownDivergences.read(text)
    assert told in caught.value.message


def test_every_known_divergence_names_a_rule_and_says_what_is_wrong() -> None:
    moto = KnownDivergences.of("moto")
    assert all(each.rules and each.wrong.endswith(".") for each in moto.divergences.values())
    assert {signature.action for signature in moto.divergences} <= set(ACTIONS)
    assert KnownDivergences.of("nothing of that name").divergences == {}


# --- the report -------------------------------------------------------------------------------------------------------


def test_the_report_shows_the_trace_the_rule_and_what_both_say_and_is_always_the_same() -> None:
    page = markdown(report(KnownDivergences.read(KNOWN)))
    again = conform(broken(always("arm64")), [long_script()], known=KnownDivergences.read(KNOWN))
    assert page == markdown(again)
    assert "# broken 1.0" in page
    assert "Every image is for arm64. Rules A RI-5 (documented)." in page
    assert "bob.describe_images()" in page
    assert "- The model: `Images[].Architecture` is `'i386'`\n- broken: `'arm64'`" in page
    assert "- DeleteVolume unknown" in page.partition("## Known, but not seen this time")[2]
    assert "**New.**" in markdown(report(KnownDivergences(name="broken")))


# --- the command line -------------------------------------------------------------------------------------------------


def broken_one() -> Target:
    return evolve(broken(refusing("get_ebs_encryption_by_default", "No")), name="broken one")


def test_the_command_line_writes_the_report_and_fails_for_what_is_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [script for script in SCENARIOS if script.name == "encryption by default"]
    monkeypatch.setattr("amimodel.testing.conformance.scenarios", lambda: iter(few))
    monkeypatch.setattr("amimodel.testing.conformance.target_at", lambda _: broken_one())
    page, known = tmp_path / "page.md", tmp_path / "known.toml"
    command = ["conform", "--target", "any", "--drawn", "1", "--report", str(page)]
    assert main([*command, "--quiet"]) == 1
    assert "New: GetEbsEncryptionByDefault refused: No" in capsys.readouterr().out
    assert "## GetEbsEncryptionByDefault" in page.read_text(encoding="utf-8")
    known.write_text(
        'name = "broken one"\n[[divergence]]\naction = "GetEbsEncryptionByDefault"\nkind = "refused"\n'
        'detail = "No"\nrules = "B EN-1"\nwrong = "It never tells."\n',
        encoding="utf-8",
    )
    assert main([*command, "--known", str(known)]) == 0
    assert "1 divergences, 0 new" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["--target", "nowhere:nothing"], ["--target", "moto", "--known", "/nowhere.toml"]]
)
def test_bad_input_is_told_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conform", *arguments]) == 2
    assert capsys.readouterr().err.startswith("amimodel: ")


def test_a_target_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = ModuleType("mine")
    monkeypatch.setitem(sys.modules, "mine", mine)
    vars(mine).update(target=broken_one, client=lambda account, region: (account, region), nothing=lambda: None)
    assert target_at("mine:target").name == "broken one"
    assert target_at("mine:client").client("111122223333", "eu-central-1") == ("111122223333", "eu-central-1")
    for place in ("mine:nothing", "mine:absent", "mine", "absent:target"):
        with pytest.raises(Malformed):
            target_at(place)


def test_an_emulator_is_asked_where_it_listens_and_told_whose_call_it_is() -> None:
    client = endpoint("http://127.0.0.1:9", name="there").client("111122223333", "eu-central-1")
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    heard: dict[str, str] = {}

    def hear(request: Any, **_: object) -> None:
        heard.update(request.headers)
        raise InterruptedError

    client.meta.events.register("before-send.ec2", hear)
    with pytest.raises(InterruptedError):
        client.describe_volumes()
    assert "Credential=111122223333/" in str(heard["Authorization"])
    assert str(heard["x-moto-account-id"]) in {"111122223333", "b'111122223333'"}


# --- moto -------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(find_spec("moto") is None, reason="moto is not installed")
def test_moto_differs_in_what_is_known_and_in_nothing_else() -> None:
    few = [script for script in SCENARIOS if script.name in {"registering an image", "tags on another's image"}]
    found = conform(target_at("moto"), few, shrink=False)
    assert found.new == ()
    assert Signature("DescribeImages", Kind.MEMBER, "Images[].ImageLocation missing") in {
        each.signature for each in found.divergences
    }
