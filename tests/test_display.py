"""What people are shown: that nothing in it is markup, nothing invisible, and that it says what the value says."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from attrs import evolve, fields, frozen
from hypothesis import given
from hypothesis import strategies as st

from amimodel._list_sheets import _COLUMNS
from amimodel._sheets import Grid, Sheet, Span, Tone, as_html, as_text, visible
from amimodel._world_sheets import MOST, _to_be_done
from amimodel.actions import DeregisterImage, DisableImage
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.comparing import changes
from amimodel.decisions import (
    Decision,
    MembershipNotTold,
    Owner,
    PermissionsNotTold,
    Permitted,
    Settled,
    SnapshotNotTold,
    StorageNotTold,
    VolumeNotTold,
)
from amimodel.display import html, text
from amimodel.engine import advance, apply
from amimodel.events import Event, ImageStateChange
from amimodel.example_worlds import BUILD, FRANKFURT, ORGANIZATION, PROD, example_world
from amimodel.examples import WEB
from amimodel.identifiers import ImageId, InstanceId, SnapshotId
from amimodel.images import Image, StateReason
from amimodel.instances import InstanceState
from amimodel.paging import Page
from amimodel.permissions import EVERYONE, OrganizationPermission
from amimodel.references import references
from amimodel.refusals import ImageNotFound, InvalidNextToken, NotAuthorizedForImages
from amimodel.tasks import (
    ActivateRetentionRule,
    AnnounceUnlocking,
    BlockImagePublicAccess,
    EmptyRecycleBin,
    EndCooldown,
    EndUnlockDelay,
    FinishImage,
    FinishRecovery,
    FinishSnapshots,
    FinishStoreTask,
    ForgetInstance,
    MoveInstance,
    RemoveSnapshot,
    Work,
)
from amimodel.testing.strategies import images, instances, snapshots
from amimodel.vocabulary import ImageState
from amimodel.world import World
from markup import is_harmless, read_back, words_of

WORLD = example_world()
NOW = parse("2026-06-01T00:00:00Z")
GOLDEN, WEB_IMAGE = "ami-0fa00000000000410", "ami-0fa00000000000510"

HOSTILE = st.one_of(
    st.sampled_from([
        "<script>alert(1)</script>", "<!--", "]]>", "&amp;", "&lt;b&gt;", "\" onclick='x", "'\"><img src=x>", "</td>",
        "\x00", "\x1b[31mred\x1b[0m", "\u202egnp.exe", "a\nb", "\ud800", "\ufffe", "\u00a0", "{}%s\\",
    ]),
    st.text(),
    st.text(alphabet="<>&\"'/=! \n\x1b\u202e"),
)  # fmt: skip
TONES = st.sampled_from(Tone)
SPANS = st.builds(Span, HOSTILE, TONES, st.booleans())
WORDS = st.one_of(HOSTILE, SPANS, st.lists(SPANS, max_size=3))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    width = draw(st.integers(1, 3))
    rows = draw(st.lists(st.lists(WORDS, min_size=width, max_size=width), min_size=1, max_size=3))
    headings = draw(st.lists(HOSTILE, min_size=width, max_size=width)) if draw(st.booleans()) else []
    return Grid(rows, tuple(headings))


SHEETS = st.builds(Sheet, WORDS, st.lists(st.one_of(WORDS, grids()), max_size=4))


# --- sheets -----------------------------------------------------------------------------------------------------------


@given(SHEETS)
def test_whatever_a_sheet_holds_its_html_is_well_formed_and_holds_no_other_markup(sheet: Sheet) -> None:
    assert is_harmless(as_html(sheet))


@given(HOSTILE)
def test_a_text_comes_through_html_as_it_was_but_for_what_cannot_be_seen(words: str) -> None:
    for sheet in (Sheet(words), Sheet("", [words]), Sheet("", [Grid([[words]])])):
        assert "".join(read_back(as_html(sheet)).itertext()) == visible(words)


@given(HOSTILE)
def test_text_that_can_be_seen_is_left_alone_and_nothing_else_is_shown(words: str) -> None:
    assert visible(words).isprintable()
    assert (visible(words) == words) is words.isprintable()


@given(SHEETS)
def test_plain_text_has_no_control_characters_but_its_line_breaks(sheet: Sheet) -> None:
    assert all(row.isprintable() for row in as_text(sheet).split("\n"))


def test_columns_stand_below_each_other_and_a_long_cell_pushes_its_own_row_only() -> None:
    grid = Grid([["a", "b"], ["x" * 100, "y"], ["ccc", "d"]], ("One", "Two"))
    assert as_text(Sheet("", [grid])).split("\n") == [
        f"{'One':72}  Two", f"{'a':72}  b", f"{'x' * 100}  y", f"{'ccc':72}  d",
    ]  # fmt: skip


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("tone", [Tone.GOOD, Tone.WARNING, Tone.BAD])
@pytest.mark.parametrize("ground", ["#ffffff", "#111111"], ids=["light", "dark"])
def test_a_colour_can_be_read_on_light_and_on_dark_ground(tone: Tone, ground: str) -> None:
    darker, lighter = sorted((luminance(tone.value.removeprefix("color:")), luminance(ground)))
    assert (lighter + 0.05) / (darker + 0.05) >= 4  # 4.5 on both is more than there is between white and black


# --- values -----------------------------------------------------------------------------------------------------------


@given(images(), HOSTILE)
def test_an_image_shows_its_facts_whatever_its_tags_say(image: Image, words: str) -> None:
    reason = StateReason(code="Client.Error", message=words)
    told = evolve(image, tags={"Name": words[:200]}, state_reason=reason)
    for value in (told, [told], Page((told,)), Page((told,), words)):
        assert is_harmless(html(value, NOW))
        assert image.image_id in text(value, NOW)


@given(st.lists(images(), max_size=3), st.lists(instances(), max_size=3), st.lists(snapshots(), max_size=3))
def test_a_list_names_everything_that_is_in_it(ami: list[Any], machines: list[Any], kept: list[Any]) -> None:
    for values, name in ((ami, "image_id"), (machines, "instance_id"), (kept, "snapshot_id")):
        for shown in (values, tuple(values), Page(tuple(values))):
            assert is_harmless(html(shown))
            told = text(shown)
            assert all(getattr(value, name) in told for value in values)
            assert values or told == "nothing"


@pytest.mark.parametrize("kind", _COLUMNS, ids=lambda kind: kind.__name__)
def test_every_column_has_a_heading_of_its_own(kind: type) -> None:
    headings = [heading for heading, _ in _COLUMNS[kind]]
    assert len(set(headings)) == len(headings)


def test_a_list_is_shown_in_part_and_says_so() -> None:
    many = [evolve(WEB, image_id=f"ami-{number:08x}") for number in range(MOST + 3)]
    assert text(many).splitlines()[-1].strip() == "and 3 more"
    assert len(text(many).splitlines()) == MOST + 2
    assert "more" not in text(many[:MOST])
    assert text(["x"] * 1_101).splitlines()[-1].strip() == "and 1,001 more"


def test_a_page_tells_how_to_go_on() -> None:
    assert text(Page((WEB,), "abc")).splitlines()[-1].strip() == "more with next_token abc"
    assert "next_token" not in text(Page((WEB,)))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({},                                                            "Who may launch it  its owner\n"),
        ({"launch_permissions": [EVERYONE]},                            "Who may launch it  its owner, everyone\n"),
        ({"launch_permissions": [OrganizationPermission(ORGANIZATION.arn)]},
                                                                        "its owner, organization o-a1b2c3d4e5\n"),
        ({"state": "disabled"},                                         "nobody while it is disabled\n"),
        ({"state": "failed", "state_reason": StateReason("Client.Error", "no key")}, "failed (no key)\n"),
        ({"deprecation_time": NOW},                                     "since 2026-06-01\n"),
        ({"deprecation_time": NOW + timedelta(days=1)},                 "from 2026-06-02\n"),
        ({"source_image_id": "ami-0fa00000000000410", "source_image_region": "us-east-1"},
                                                                        "ami-0fa00000000000410 in us-east-1"),
        ({"source_image_id": "ami-0fa00000000000410", "source_instance_id": "i-0fa00000000000410"},
                                                                        "instance i-0fa00000000000410"),
        ({"tags": {"a": "b", "c": "d"}},                                "a=b, c=d"),
        ({"image_owner_alias": "amazon"},                               f"{WEB.owner_id} (amazon)\n"),
        ({"name": None},                                                "without a name ami-12345678\n"),
    ],
)  # fmt: skip
def test_what_is_said_of_an_image(facts: dict[str, Any], told: str) -> None:
    assert told in text(evolve(WEB, **facts), NOW) + "\n"


def test_without_a_clock_a_deprecation_is_neither_past_nor_to_come() -> None:
    assert "from 2026-06-01" in text(evolve(WEB, deprecation_time=NOW))


# --- decisions and refusals -------------------------------------------------------------------------------------------

SHARED = OrganizationPermission(ORGANIZATION.arn)
GROUNDS: list[Any] = [
    Owner(), Permitted(EVERYONE), Settled("the boot mode", "uefi", "A 6.2"),
    PermissionsNotTold("ami-12345678"), MembershipNotTold(SHARED, PROD), SnapshotNotTold("snap-12345678"),
    VolumeNotTold("vol-12345678"), StorageNotTold("ami-12345678"),
    NotAuthorizedForImages(image_id="ami-12345678"), ImageNotFound.of("ami-12345678"),
]  # fmt: skip


@given(st.sampled_from([True, False, None]), st.lists(st.sampled_from(GROUNDS)))
def test_a_decision_shows_its_answer_and_every_ground_with_its_rules(allowed: bool | None, grounds: list[Any]) -> None:
    decision = Decision(allowed, tuple(grounds))
    assert text(decision).startswith({True: "yes", False: "no", None: "not known"}[allowed])
    element = read_back(html(decision))
    assert is_harmless(html(decision))
    rows = element.findall(".//tbody/tr")
    assert len(rows) == len(grounds)
    for row, ground in zip(rows, grounds, strict=True):
        said = " ".join(row.itertext())
        assert ground.rules in said
        assert getattr(ground, "outcome", str(ground)) in said
        assert getattr(ground, "code", "") in said
        assert getattr(ground, "remedy", "") in said


def test_of_several_refusals_it_is_said_which_one_ec2_would_give() -> None:
    one, other = GROUNDS[-2:]
    assert "EC2 would name the first" in text(Decision(False, (one, other)))
    assert "EC2" not in text(Decision(False, (one,)))


@given(HOSTILE)
def test_a_refusal_shows_code_message_remedy_and_rules(words: str) -> None:
    refusal = InvalidNextToken(next_token=words)
    assert is_harmless(html(refusal))
    assert text(refusal).splitlines()[0] == f"refused {refusal.code}"
    assert visible(str(refusal)) in text(refusal)
    remedied = NotAuthorizedForImages(image_id="ami-12345678")
    assert [one.strip() for one in text(remedied).splitlines()] == [
        "refused AuthFailure", str(remedied), remedied.remedy, f"rules {remedied.rules}",
    ]  # fmt: skip


# --- worlds -----------------------------------------------------------------------------------------------------------


def test_a_world_counts_what_each_account_has_in_each_region() -> None:
    rows = [row.split() for row in text(WORLD).splitlines()]
    assert [PROD, "eu-central-1", "2", "5", "9", "6"] in rows
    assert [BUILD, "eu-central-1", "5", "6", "1"] in rows
    assert ["137112412989", "(amazon)", "eu-central-1", "12", "10"] in rows
    assert rows[-1][1:] == ["empties", "the", "Recycle", "Bin", "of", "ami-0fa00000000000460"]
    cells = [[words_of(cell) for cell in row] for row in read_back(html(WORLD)).findall(".//tbody/tr")]
    totals = [sum(int(row[column] or 0) for row in cells) for column in range(2, 7)]
    kept = (WORLD.images, WORLD.snapshots, WORLD.recycle_bin, WORLD.volumes, WORLD.instances)
    assert totals == [len(catalogue) for catalogue in kept]


def test_customers_come_before_aws() -> None:
    rows = text(WORLD).splitlines()[2:-2]
    aliased = ["(" in row for row in rows]
    assert aliased == sorted(aliased)


def test_an_empty_world_says_so() -> None:
    assert text(World(now=NOW)) == "The world at 2026-06-01 00:00:00 UTC\n  empty"


WORKS: list[Work] = [
    FinishSnapshots(snapshot_ids=[SnapshotId("snap-12345678")]),
    FinishSnapshots(snapshot_ids=[SnapshotId("snap-12345678")], failure="no key"),
    RemoveSnapshot(snapshot_id=SnapshotId("snap-12345678")),
    FinishImage(image_id=ImageId("ami-12345678")),
    FinishStoreTask(number=1, begins=NOW),
    MoveInstance(instance_id=InstanceId("i-12345678"), leaving=InstanceState.PENDING),
    ForgetInstance(instance_id=InstanceId("i-12345678")),
    EndCooldown(image_id=ImageId("ami-12345678")),
    EmptyRecycleBin(resource_id="ami-12345678"),
    FinishRecovery(snapshot_id=SnapshotId("snap-12345678")),
    ActivateRetentionRule(identifier="rule1234567"),
    AnnounceUnlocking(identifier="rule1234567"),
    EndUnlockDelay(identifier="rule1234567"),
    BlockImagePublicAccess(account_id=PROD, region=FRANKFURT),
]


@pytest.mark.parametrize("work", WORKS, ids=lambda work: type(work).__name__)
def test_a_world_says_what_is_under_way(work: Work) -> None:
    told = text(World(now=NOW).with_task(timedelta(minutes=5), work)).splitlines()
    assert told[-1].strip() == f"2026-06-01T00:05:00Z {_to_be_done(work)}"
    named = [each.name for each in fields(type(work)) if each.name.endswith(("_id", "identifier"))]
    assert all(str(getattr(work, name)) in told[-1] for name in named)


def test_no_kind_of_work_is_without_words() -> None:
    assert {type(work) for work in WORKS} == set(get_args(Work))


def test_changes_read_as_a_plan() -> None:
    owner = Caller(account=PROD, region=FRANKFURT)
    after, _ = apply(WORLD, DeregisterImage(image_id=WEB_IMAGE), by=owner)
    assert [row.split("  ", 2) for row in text(changes(WORLD, after)).splitlines()] == [
        ["-", f"image {WEB_IMAGE}"],
        ["+", f"deregistered image {WEB_IMAGE}", f"'web-2026.10' (eu-central-1, {PROD})"],
        ["+", "event 1", f"{'':33}2026-11-01T00:00:00Z {WEB_IMAGE} is deregistered"],
    ]


def test_every_difference_has_a_line_of_its_own() -> None:
    image = WORLD.images.records[WEB_IMAGE]
    after = WORLD.with_image(evolve(image, state="disabled", description="old"))
    told = [row.strip() for row in text(changes(WORLD, after)).splitlines()]
    assert told == [f"~  image {WEB_IMAGE}  state available -> disabled", "description none -> old"]


def test_no_changes_are_told_as_such_and_the_counter_of_ids_is_nobodys_business() -> None:
    assert text(changes(WORLD, WORLD)) == "nothing has changed"
    assert text(changes(WORLD, evolve(WORLD, issued=WORLD.issued + 1))) == "nothing has changed"


@given(HOSTILE, st.integers(0, 20))
def test_changes_are_harmless_whatever_has_changed(words: str, days: int) -> None:
    image = evolve(WORLD.images.records[WEB_IMAGE], tags={"Name": words[:200]})
    after = advance(WORLD.with_image(image), days=days)
    for found in (changes(WORLD, after), changes(after, WORLD)):
        assert is_harmless(html(found))


def test_events_are_a_table() -> None:
    after, _ = apply(WORLD, DisableImage(image_id=WEB_IMAGE), by=Caller(account=PROD, region=FRANKFURT))
    heading, row = text(after.events).splitlines()
    assert heading.split("  ")[0].strip() == "Time"
    assert row.split("  ")[-1] == f"{WEB_IMAGE} is disabled"


@given(HOSTILE)
def test_an_event_may_carry_any_message(words: str) -> None:
    happened = ImageStateChange(image_id=ImageId("ami-12345678"), state=ImageState.FAILED, error_message=words)
    event = Event(number=1, time=NOW, account=PROD, region=FRANKFURT, request_id=words, occurrence=happened)
    assert is_harmless(html([event]))
    assert is_harmless(html(event))


# --- everything else --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("image_id", [GOLDEN, WEB_IMAGE])
def test_what_hangs_on_an_image_is_said_in_its_own_sentences(image_id: str) -> None:
    found = references(WORLD, image_id, region="eu-central-1")
    title, *sentences = text(found).splitlines()
    assert title.endswith(image_id)
    assert [one.strip() for one in sentences] == [*found.sentences()]
    assert is_harmless(html(found))


def test_an_image_in_the_recycle_bin_and_one_that_is_gone_say_since_when() -> None:
    entry = WORLD.binned("ami-0fa00000000000460", FRANKFURT)
    tombstone = WORLD.tombstone("ami-0fa00000000000530", FRANKFURT)
    assert "in the Recycle Bin from 2026-10-25T00:00:00Z to 2026-11-08T00:00:00Z" in text(entry)
    assert "deregistered 2026-10-26T00:00:00Z" in text(tombstone)


@frozen(kw_only=True)
class _Anything:
    name: str
    state: ImageState = ImageState.AVAILABLE
    images: tuple[Image, ...] = ()
    tags: dict[str, str] | None = None
    until: Any = None


def test_what_has_no_sheet_of_its_own_is_shown_field_by_field() -> None:
    value = _Anything(name="<x>", images=(WEB,), tags={"a": "b"}, until=(NOW, EVERYONE, WEB.deregistration_protection))
    told = text(value)
    assert told.splitlines()[0] == "_Anything"
    assert [row.split(maxsplit=1) for row in told.splitlines()[1:5]] == [
        ["name", "<x>"], ["state", "available"], ["tags", "a=b"], ["until", "2026-06-01T00:00:00Z, everyone, disabled"],
    ]  # fmt: skip
    assert told.splitlines()[6].split()[0] == WEB.image_id
    assert is_harmless(html(value))


@given(st.one_of(HOSTILE, st.integers(), st.none(), st.booleans(), st.lists(HOSTILE)))
def test_anything_at_all_can_be_shown(value: Any) -> None:
    assert is_harmless(html(value))
    assert all(row.isprintable() for row in text(value).split("\n"))
