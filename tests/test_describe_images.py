"""DescribeImages: rules A 8.1 to A 8.7, A 8.10, C 2.30, C 3.12 to C 3.14; settlements S 1, S 3, S 4, S 8, S 11."""

import re
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import DescribeImages
from amimodel.callers import Caller
from amimodel.engine import ask, attempt, explain
from amimodel.filters import Filter
from amimodel.image_criteria import ImageCriterion
from amimodel.image_filters import IMAGE_FILTERS, SeenImage
from amimodel.images import UNPROTECTED, Image
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, Permissions
from amimodel.quirks import QuestionMark, Quirks
from amimodel.refusals import (
    DisabledImagesNotIncluded,
    FilterLimitExceeded,
    IdsNotPaged,
    ImageNotFound,
    InvalidNextToken,
    PageSizeRefused,
    Refusal,
    UnknownFilter,
)
from amimodel.requests import Outcome
from amimodel.settings import AllowedImagesSettings, AllowedImagesSettingsState, RegionSettings
from amimodel.timing import Timing
from amimodel.vocabulary import ImageState
from amimodel.world import World
from reference import describing as reference
from worlds import ami, rich_world

NEVER_ISSUED = "ami-0fffffffffffffff0"
ELSEWHERE = "none of EC2's"


def numbers(world: World, by: Caller = w.alice, **query: Any) -> set[str]:
    """The ids that a query finds."""
    return {image.image_id for image in ask(world, DescribeImages(**query), by=by).items}


def ids(*wanted: int) -> set[str]:
    return {ami(number) for number in wanted}


def one(world: World, number: int, by: Caller) -> Image:
    (image,) = ask(world, DescribeImages(image_ids=[ami(number)]), by=by).items
    return image


def with_allowed(world: World, by: Caller, state: str, **criterion: Any) -> World:
    criteria = [ImageCriterion(**criterion)] if criterion else []
    allowed = AllowedImagesSettings(state=AllowedImagesSettingsState(state), image_criteria=criteria)
    return world.with_settings(by.account, by.region, RegionSettings(allowed_images=allowed))


# --- beside a loop over everything ------------------------------------------------------------------------------------


def queried_worlds() -> list[World]:
    world = rich_world()
    names = ("disabled_image_described_by_id", "image_id_filter_counts_as_id", "invisible_images_are_left_out",
             "executable_by_self_includes_own", "pending_image_shows_snapshots")  # fmt: skip
    flipped = Quirks(**{name: not getattr(Quirks(), name) for name in names})  # type: ignore[arg-type]  # all are flags
    return [
        world,
        evolve(world, quirks=flipped),
        with_allowed(with_allowed(world, w.bob, "enabled", image_providers=["amazon"]), w.alice, "audit-mode",
                     image_names=["al2023-?", "image*"]),
        with_allowed(with_allowed(world, w.carol, "enabled"), w.alice, "enabled", image_providers=[w.BOB]),
        w.with_changed(w.with_changed(world, w.WEB, source_image_id=ami(w.OPEN)), w.BOBS_DISABLED,
                       launch_permissions=[EVERYONE]),
    ]  # fmt: skip


WORLDS = queried_worlds()
IDS = [*(image.image_id for image in rich_world().images), *ids(w.FORMER, w.BINNED, w.OTHERS_BINNED)]
NAMES = sorted(IMAGE_FILTERS.rows)
KEYS = ["tag:Stage", "tag:Name", "tag:ec2:SharedTag/Support", "tag:aws:backup:source-resource"]


def literal(text: str) -> str:
    return re.sub(r"([*?\\])", r"\\\1", text)


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """A filter that has a chance: its values are made of what there is."""
    name = draw(st.sampled_from([*NAMES, *KEYS]))
    world = rich_world()
    seen = [SeenImage(image, image.tags, None, world.parameters_of(image.image_id)) for image in world.images]
    told = sorted({text for each in seen for text in IMAGE_FILTERS.row(name).texts(each)} | {"test"})
    values = [
        draw(st.sampled_from([literal(text), literal(text), literal(text[:3]) + "*", "?" + literal(text[1:]), "*"]))
        for text in draw(st.lists(st.sampled_from(told), max_size=3))
    ]
    return Filter(name, values)


@st.composite
def queries(draw: st.DrawFn) -> DescribeImages:
    """Queries of every kind."""
    some_ids = st.lists(st.sampled_from([*IDS, NEVER_ISSUED, ami(w.LONG_GONE)]), max_size=4)
    asked = draw(st.lists(filters(), max_size=2))
    flag = draw(st.booleans())
    disabled = any(each.name == "state" and "disabled" in each.values for each in asked)
    return DescribeImages(
        image_ids=draw(st.one_of(st.just([]), some_ids)),
        owners=draw(st.lists(st.sampled_from(["self", "amazon", "aws-marketplace", w.ALICE, w.BOB]), max_size=2)),
        executable_users=draw(st.lists(st.sampled_from(["self", "all", w.ALICE, w.BOB, w.CAROL]), max_size=2)),
        filters=asked,
        include_deprecated=draw(st.booleans()),
        include_disabled=flag or disabled,
    )


@settings(max_examples=300)
@given(world=st.sampled_from(WORLDS), query=queries(), by=st.sampled_from(w.CALLERS))
def test_a_query_finds_what_a_loop_over_all_images_finds(world: World, query: DescribeImages, by: Caller) -> None:
    """Rule A 8.10; every index and every short way with it."""
    answer, expected = attempt(world, query, by=by), reference.answer(world, query, by)
    if isinstance(expected, reference.Unknown):
        assert answer == ImageNotFound(image_ids=expected.image_ids)
    else:
        assert isinstance(answer, Outcome)
        assert answer.world is world
        assert list(answer.value.items) == expected


@pytest.mark.parametrize("name", [*NAMES, *KEYS])
def test_each_filter_alone_finds_what_the_loop_finds(name: str) -> None:
    """Rule A 8.5, with each text that an image has, and with a pattern."""
    world = rich_world()
    seen = [SeenImage(image, image.tags, None, world.parameters_of(image.image_id)) for image in world.images]
    told = sorted({text for each in seen for text in IMAGE_FILTERS.row(name).texts(each)})
    for value in [*map(literal, told), "*", "no such thing"]:
        query = DescribeImages(filters=[Filter(name, [value])], include_disabled=True)
        for by in (w.alice, w.bob):
            found = [image.image_id for image in ask(world, query, by=by)]
            assert found == [image.image_id for image in reference.described(world, query, by)], value


# --- who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "by", "shown"),
    [
        # A 8.3, C 2.30                     flags: none   deprecated disabled
        (w.OUTDATED,      w.alice,                 (True,  True,      True,     True)),
        (w.OUTDATED,      w.bob,                   (False, True,      False,    True)),
        (w.OUTDATED,      w.carol,                 (False, False,     False,    False)),
        (w.OUTDATED_OPEN, w.carol,                 (False, True,      False,    True)),  # at this very moment (A DP-1)
        (w.OPEN,          w.carol,                 (True,  True,      True,     True)),  # its time is still to come
        (w.DISABLED,      w.alice,                 (False, False,     True,     True)),  # S 3
        (w.DISABLED,      w.bob,                   (False, False,     False,    False)),
        (w.BOBS_DISABLED, w.bob,                   (False, False,     True,     True)),
        (w.PENDING,       w.alice,                 (True,  True,      True,     True)),
        (w.FAILED,        w.alice,                 (True,  True,      True,     True)),
        (w.TO_ORG,        w.bob,                   (True,  True,      True,     True)),
        (w.TO_ORG,        w.carol,                 (False, False,     False,    False)),
        (w.TO_OU,         w.bob,                   (True,  True,      True,     True)),
    ],
)  # fmt: skip
def test_flags_govern_listings_and_ids_go_past_them(number: int, by: Caller, shown: tuple[bool, ...]) -> None:
    world, wanted = rich_world(), ami(number)
    asked: tuple[dict[str, Any], ...] = (
        {}, {"include_deprecated": True}, {"include_disabled": True}, {"image_ids": [wanted]},
    )  # fmt: skip
    assert tuple(wanted in numbers(world, by, **query) for query in asked) == shown


def test_an_image_that_is_both_disabled_and_deprecated_needs_its_owner_to_ask_for_disabled_ones() -> None:
    """Rule A DP-4: the owner's flag for deprecated ones is ignored."""
    world = w.with_changed(rich_world(), w.DISABLED, deprecation_time=w.LONG_AGO)
    assert ami(w.DISABLED) in numbers(world, include_disabled=True)
    assert ami(w.DISABLED) not in numbers(world, include_deprecated=True)


def test_the_filter_of_ids_is_no_id() -> None:
    """Rules A DP-3, C 2.30; and the quirk."""
    world = rich_world()
    asked = [Filter("image-id", [ami(w.OUTDATED), ami(w.TO_BOB)])]
    assert numbers(world, w.bob, filters=asked) == ids(w.TO_BOB)
    generous = evolve(world, quirks=Quirks(image_id_filter_counts_as_id=True))
    assert numbers(generous, w.bob, filters=asked) == ids(w.TO_BOB, w.OUTDATED)
    assert numbers(generous, filters=[Filter("image-id", [ami(w.DISABLED)])]) == ids(w.DISABLED)


def test_a_disabled_image_named_by_its_owner_is_shown_and_a_quirk_hides_it() -> None:
    """Settlement S 3."""
    strict = evolve(rich_world(), quirks=Quirks(disabled_image_described_by_id=False))
    assert numbers(strict, image_ids=[ami(w.DISABLED)]) == set()
    assert numbers(strict, image_ids=[ami(w.DISABLED)], include_disabled=True) == ids(w.DISABLED)


def test_an_image_of_another_region_is_not_there() -> None:
    """Rule A ID-1."""
    answer = attempt(rich_world(), DescribeImages(image_ids=[ami(w.FAR)]), by=w.alice)
    assert answer == ImageNotFound.of(ami(w.FAR))
    assert numbers(rich_world(), w.alice_in_virginia) == ids(w.FAR, w.FAR_SHARED)


def test_what_is_hidden_is_left_out_and_a_quirk_denies_it() -> None:
    """Settlement S 1; rules A VS-1, B 0.3."""
    asked = DescribeImages(image_ids=[ami(w.BOBS), ami(w.BOBS_OPEN)])
    assert [image.image_id for image in ask(rich_world(), asked, by=w.carol)] == [ami(w.BOBS_OPEN)]
    strict = evolve(rich_world(), quirks=Quirks(invisible_images_are_left_out=False))
    assert attempt(strict, asked, by=w.carol) == ImageNotFound.of(ami(w.BOBS))


def test_one_unknown_id_fails_the_request_and_only_the_unknown_are_named() -> None:
    """Rules A VS-1, A ID-7, C 5.11."""
    known = [ami(w.WEB), ami(w.FORMER), ami(w.BINNED), ami(w.BOBS)]
    query = DescribeImages(image_ids=[NEVER_ISSUED, *known, ami(w.LONG_GONE), NEVER_ISSUED])
    refusal = attempt(rich_world(), query, by=w.alice)
    assert refusal == ImageNotFound(image_ids=(NEVER_ISSUED, ami(w.LONG_GONE)))
    assert numbers(rich_world(), image_ids=known) == ids(w.WEB)


def test_a_deregistered_image_is_shown_then_left_out_then_unknown() -> None:
    """Rules C 5.9, C 5.10, A VS-3; settlement S 11."""
    timing = evolve(Timing(), deregistered_shown=timedelta(hours=2), gone_after=timedelta(days=3))
    world = evolve(rich_world(), timing=timing)
    gone = world.tombstones.records[ami(w.FORMER)].deregistered_at
    query = DescribeImages(image_ids=[ami(w.FORMER)])
    (shown,) = ask(world.at(gone + timedelta(minutes=119)), query, by=w.alice).items
    assert shown.state is ImageState.DEREGISTERED
    assert not ask(world.at(gone + timedelta(minutes=119)), query, by=w.bob).items
    assert ami(w.FORMER) not in numbers(world.at(gone), w.alice)
    assert not ask(world.at(gone + timedelta(hours=2)), query, by=w.alice).items
    assert not ask(world.at(gone + timedelta(hours=71)), query, by=w.alice).items
    assert attempt(world.at(gone + timedelta(days=3)), query, by=w.alice) == ImageNotFound.of(ami(w.FORMER))


def test_a_live_instance_keeps_the_memory_of_its_image_by_a_quirk() -> None:
    """Settlement S 11; rule A VS-3."""
    world = evolve(rich_world(), quirks=Quirks(live_instance_keeps_tombstone=True)).at(w.NOW + timedelta(days=99))
    assert numbers(world, image_ids=[ami(w.FORMER)]) == set()
    instance = world.instances.records[w.inst(0x102)]
    for state in ("stopped", "terminated"):
        answer = attempt(world.with_instance(evolve(instance, state=state)),
                         DescribeImages(image_ids=[ami(w.FORMER)]), by=w.alice)  # fmt: skip
        assert isinstance(answer, Outcome if state == "stopped" else ImageNotFound)


def test_a_shown_image_in_the_bin_is_none() -> None:
    """Rule C 6.21: whatever the timing."""
    world = evolve(rich_world(), timing=evolve(Timing(), deregistered_shown=timedelta(days=5)))
    assert numbers(world, image_ids=[ami(w.BINNED)]) == set()


def test_allowed_images_hide_what_they_do_not_allow_but_never_an_own_image() -> None:
    """Rules A VS-4, A VS-5, A NF-4; settlement S 1."""
    before = rich_world()
    world = with_allowed(before, w.bob, "enabled", image_providers=["amazon"])
    assert numbers(world, w.bob) == ids(w.LINUX, w.BOBS, w.BOBS_OPEN, w.BOBS_TO_ALICE)
    assert numbers(world, w.bob, image_ids=[ami(w.TO_BOB), ami(w.LINUX)]) == ids(w.LINUX)
    audited = with_allowed(before, w.bob, "audit-mode", image_providers=["amazon"])
    assert numbers(audited, w.bob) == numbers(before, w.bob)
    said = {number: one(audited, number, w.bob).image_allowed for number in (w.LINUX, w.TO_BOB, w.BOBS)}
    assert said == {w.LINUX: True, w.TO_BOB: False, w.BOBS: True}
    assert one(world, w.LINUX, w.bob).image_allowed is True
    assert one(before, w.LINUX, w.bob).image_allowed is None
    assert numbers(before, w.bob, filters=[Filter("image-allowed", ["false"])]) == set()
    assert ami(w.TO_BOB) in numbers(audited, w.bob, filters=[Filter("image-allowed", ["false"])])


# --- whose, and for whom ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "query", "found"),
    [
        (w.carol, {"owners": ["amazon"]},                                {w.LINUX}),
        (w.carol, {"owners": [w.AMAZON]},                                {w.LINUX}),  # A OW-1
        (w.carol, {"owners": ["amazon", w.BOB]},                         {w.LINUX, w.BOBS_OPEN, w.BOBS_TO_ALICE}),
        (w.carol, {"owners": ["self"]},                                  set()),
        (w.carol, {"owners": ["microsoft"]},                             set()),
        (w.bob,   {"owners": ["self"]},                                  {w.BOBS, w.BOBS_OPEN, w.BOBS_TO_ALICE}),
        (w.alice, {"executable_users": ["all"]},
                                                 {w.OPEN, w.OUTDATED_OPEN, w.BOBS_OPEN, w.LINUX}),
        (w.alice, {"executable_users": ["self"]},                        {w.BOBS_TO_ALICE, w.OWN_LISTED}),  # S 12
        (w.alice, {"executable_users": [w.ALICE], "owners": [w.BOB]},    {w.BOBS_TO_ALICE}),
        (w.bob,   {"executable_users": ["self"]},                        {w.TO_BOB, w.TO_ORG, w.TO_OU}),
        (w.alice, {"executable_users": [w.BOB]},                         {w.TO_BOB, w.OUTDATED}),  # A EX-3
        (w.carol, {"executable_users": [w.ALICE]},                       {w.BOBS_TO_ALICE}),
        (w.alice, {"filters": [Filter("owner-alias", ["self"])]},        set()),
        (w.alice, {"filters": [Filter("tag:Stage", ["prod"])], "owners": ["self"]}, {w.WEB}),
        (w.bob,   {"filters": [Filter("tag:Stage", ["*"])]},             {w.TO_BOB, w.BOBS}),  # A FI-13
        (w.bob,   {"filters": [Filter("tag:Name", ["*"])]},              set()),
        (w.bob,   {"filters": [Filter("tag-key", ["ec2:SharedTag/*"])]}, {w.TO_BOB}),  # S 34
        (w.alice, {"filters": [Filter("name", ["web"])]},                {w.WEB}),
        (w.alice, {"filters": [Filter("name", ["WEB"])]},                set()),  # A FI-1
        (w.alice, {"filters": [Filter("name", ["web"])], "owners": ["self"]},    {w.WEB}),
        (w.alice, {"filters": [Filter("name", ["WEB"])], "owners": [w.ALICE]},   set()),
        (w.alice, {"filters": [Filter("name", [])]},                     set()),  # A FI-7
        (w.alice, {"filters": [Filter("public-ssm-parameter-name", [w.PARAMETER])], "include_deprecated": True},
                                                                         {w.LINUX, w.OLD_LINUX}),  # A NF-3
        (w.alice, {"filters": [Filter("creation-date", ["2026-01-01T*"]), Filter("is-public", ["true"])]},
                                                 {number for number in (w.OPEN, w.OUTDATED_OPEN, w.BOBS_OPEN, w.LINUX)
                                                  if number % 7 == 0}),  # A FI-11
    ],
)  # fmt: skip
def test_owners_users_and_filters(by: Caller, query: dict[str, Any], found: set[int]) -> None:
    """Rules A 8.4 to A 8.6."""
    told = numbers(rich_world(), by, **query) - {"aki-12345678"}
    assert told == ids(*found)


def test_an_own_image_that_lists_its_owner_is_none_shared_with_oneself_by_a_quirk() -> None:
    """Settlement S 12."""
    strict = evolve(rich_world(), quirks=Quirks(executable_by_self_includes_own=False))
    assert numbers(strict, executable_users=["self"]) == ids(w.BOBS_TO_ALICE)


def test_kernels_are_images() -> None:
    """Rule A KR-1."""
    assert numbers(rich_world(), w.bob, filters=[Filter("image-type", ["kernel"])]) == {"aki-12345678"}
    assert numbers(rich_world(), w.bob, image_ids=["aki-12345678"]) == {"aki-12345678"}


def test_a_question_mark_is_one_character_or_none_and_by_a_quirk_exactly_one() -> None:
    """Settlement S 8."""
    query: dict[str, Any] = {"filters": [Filter("name", ["web?"])], "owners": ["self"]}
    assert numbers(rich_world(), **query) == ids(w.WEB)
    strict = evolve(rich_world(), quirks=Quirks(question_mark_matches=QuestionMark.EXACTLY_ONE))
    assert numbers(strict, **query) == set()


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_others_do_not_see_what_is_the_owners() -> None:
    """Rules A 8.7, B VI-5; settlement S 34."""
    mine, seen = one(rich_world(), w.TO_BOB, w.alice), one(rich_world(), w.TO_BOB, w.bob)
    assert mine.source_instance_id == w.inst(0x101)
    assert seen.source_instance_id is None
    assert (len(mine.launches), len(seen.launches)) == (1, 0)
    assert mine.deregistration_protection != UNPROTECTED == seen.deregistration_protection
    assert dict(mine.tags) == {"Name": "secret", "ec2:SharedTag/Support": "2027"}
    assert dict(seen.tags) == {"Stage": "test", "ec2:SharedTag/Support": "2027"}
    assert seen.source_image_id == mine.source_image_id
    assert seen.block_device_mappings == mine.block_device_mappings


def test_nobody_is_told_the_permissions_the_uefi_store_or_a_launch_of_today() -> None:
    """Rules A 8.7, A LL-1, C 11.1."""
    web, shared = one(rich_world(), w.WEB, w.alice), one(rich_world(), w.TO_BOB, w.alice)
    assert web.uefi_data is None
    assert web.launches == (w.NOW - timedelta(days=2),)
    assert shared.launch_permissions == Permissions([], complete=False)
    assert one(rich_world(), w.OPEN, w.alice).public is True
    before_any = one(w.with_changed(rich_world(), w.WEB, launches=[w.NOW]), w.WEB, w.alice)
    assert before_any.launches == ()


def test_a_parameter_is_shown_on_the_image_that_it_names_now() -> None:
    """Rule A NF-3: even where an image was given one by hand."""
    world = w.with_changed(rich_world(), w.OLD_LINUX, public_ssm_parameter_name=w.PARAMETER)
    answer = ask(world, DescribeImages(owners=["amazon"], include_deprecated=True), by=w.carol)
    shown = {image.image_id: image.public_ssm_parameter_name for image in answer}
    assert shown == {ami(w.LINUX): w.PARAMETER, ami(w.OLD_LINUX): None}


def test_a_pending_image_hides_its_snapshots_by_a_quirk() -> None:
    """Rule C 1.2.10."""
    world = evolve(rich_world(), quirks=Quirks(pending_image_shows_snapshots=False))
    assert one(rich_world(), w.PENDING, w.alice).snapshot_ids == (w.snap(w.PENDING),)
    assert one(world, w.PENDING, w.alice).snapshot_ids == ()
    assert one(world, w.WEB, w.alice).snapshot_ids == (w.snap(w.WEB),)


# --- pages ------------------------------------------------------------------------------------------------------------


def pages(world: World, query: DescribeImages, by: Caller) -> list[list[str]]:
    found: list[list[str]] = []
    while True:
        page = ask(world, query, by=by)
        found.append([image.image_id for image in page])
        if page.next_token is None:
            return found
        query = evolve(query, next_token=page.next_token)


@settings(max_examples=30)
@given(size=st.integers(1, 40), query=queries(), by=st.sampled_from(w.CALLERS))
def test_the_pages_together_are_the_whole_answer(size: int, query: DescribeImages, by: Caller) -> None:
    """Rules A DI-1, A DI-4."""
    whole = attempt(rich_world(), query, by=by)
    if isinstance(whole, Outcome):
        parts = pages(rich_world(), evolve(query, max_results=size), by)
        assert list(chain.from_iterable(parts)) == [image.image_id for image in whole.value]
        assert all(len(part) == size for part in parts[:-1])


def test_a_token_goes_on_with_the_same_query_alone() -> None:
    """Rule A DI-3; settlement S 17."""
    world = rich_world()
    query = DescribeImages(max_results=3)
    token = ask(world, query, by=w.alice).next_token
    assert token is not None
    empty = ""
    assert ask(world, evolve(query, next_token=empty), by=w.alice).next_token == token  # S 17
    for other, by in (
        (DescribeImages(next_token=token, owners=["self"]), w.alice),
        (DescribeImages(next_token=token, include_disabled=True), w.alice),
        (DescribeImages(next_token=token, include_deprecated=True), w.alice),
        (DescribeImages(next_token=token, filters=[Filter("name", ["*"])]), w.alice),
        (DescribeImages(next_token=token, executable_users=["all"]), w.alice),
        (DescribeImages(next_token=token, image_ids=[ami(w.WEB)]), w.alice),
        (DescribeImages(next_token=token), w.bob),
        (DescribeImages(next_token=token), w.alice_in_virginia),
        (DescribeImages(next_token=ELSEWHERE), w.alice),
    ):
        assert isinstance(attempt(world, other, by=by), InvalidNextToken)


# --- refusals ---------------------------------------------------------------------------------------------------------

_TINY = evolve(rich_world(), limits=Limits.tiny())
_UNPAGED = evolve(rich_world(), quirks=Quirks(image_ids_may_be_paged=False))
_LONG = Filter("name", ["x" * 256])
_GUIDE = Filter("image-watermark-key", ["111122223333:x"])

WITNESSES: list[tuple[World, DescribeImages, Refusal | type[Refusal]]] = [
    (rich_world(), DescribeImages(filters=[_LONG]), FilterLimitExceeded),
    (rich_world(), DescribeImages(filters=[_GUIDE]), UnknownFilter(name="image-watermark-key")),
    (rich_world(), DescribeImages(filters=[Filter("state", ["disabled"])]), DisabledImagesNotIncluded()),
    (rich_world(), DescribeImages(max_results=1001), PageSizeRefused(max_results=1001, least=1, most=1000)),
    (rich_world(), DescribeImages(max_results=0), PageSizeRefused),
    (_UNPAGED, DescribeImages(max_results=5, image_ids=[ami(w.WEB)]), IdsNotPaged(parameter="imagesSet")),
    (rich_world(), DescribeImages(image_ids=[NEVER_ISSUED]), ImageNotFound.of(NEVER_ISSUED)),
    (rich_world(), DescribeImages(next_token=ELSEWHERE), InvalidNextToken(next_token=ELSEWHERE)),
]


@pytest.mark.parametrize(("world", "query", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness(world: World, query: DescribeImages, refusal: Refusal | type[Refusal]) -> None:
    given = attempt(world, query, by=w.alice)
    assert (given == refusal) if isinstance(refusal, Refusal) else isinstance(given, refusal)


def test_every_refusal_that_is_declared_has_a_witness() -> None:
    met = {refusal if isinstance(refusal, type) else type(refusal) for _, _, refusal in WITNESSES}
    assert met == set(DescribeImages.refusals)


def test_the_order_of_refusals_is_the_declared_one() -> None:
    """Settlement S 10: every fault at once, then one after the other mended."""
    every_fault = DescribeImages(
        filters=[_LONG, _GUIDE, Filter("state", ["disabled"])], max_results=5000, image_ids=[NEVER_ISSUED],
        next_token=ELSEWHERE,
    )  # fmt: skip
    mended: list[Any] = [
        lambda query: evolve(query, filters=query.filters[1:]),
        lambda query: evolve(query, filters=query.filters[1:]),
        lambda query: evolve(query, include_disabled=True),
        lambda query: evolve(query, max_results=5),
        lambda query: evolve(query, max_results=None),
        lambda query: evolve(query, image_ids=[]),
    ]
    query, met = every_fault, []
    for mend in [*mended, None]:
        refusal = attempt(_UNPAGED, query, by=w.alice)
        assert isinstance(refusal, Refusal)
        assert explain(_UNPAGED, query, by=w.alice).refusals[0] == refusal
        met.append(type(refusal))
        query = mend(query) if mend else query
    assert tuple(met) == DescribeImages.refusals


def test_the_guides_filter_works_by_a_quirk() -> None:
    """Rule B W-9."""
    world = evolve(rich_world(), quirks=Quirks(guide_watermark_filter_works=True))
    assert numbers(world, filters=[_GUIDE]) == set()


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"image_ids": ["ami-1"]}, "InvalidAMIID.Malformed"),
        ({"image_ids": ["img-12345678"]}, "InvalidAMIID.Malformed"),
        ({"owners": ["all"]}, "InvalidUserID.Malformed"),
        ({"executable_users": ["amazon"]}, "InvalidUserID.Malformed"),
        ({"filters": [Filter("Name", ["web"])]}, "InvalidParameterValue"),
    ],
)
def test_what_no_world_could_answer_is_malformed(parameters: dict[str, Any], code: str) -> None:
    """Rules A VS-2, A OW-2, A EX-5, A FI-6."""
    with pytest.raises(Malformed) as caught:
        DescribeImages(**parameters)
    assert caught.value.code == code


@given(world=st.sampled_from([*WORLDS, _TINY]), query=queries(), by=st.sampled_from(w.CALLERS),
       size=st.one_of(st.none(), st.integers(-1, 2000)), token=st.sampled_from([None, ELSEWHERE]))  # fmt: skip
def test_no_other_refusal_comes_out(
    world: World, query: DescribeImages, by: Caller, size: int | None, token: str | None
) -> None:
    answer = attempt(world, evolve(query, max_results=size, next_token=token), by=by)
    assert isinstance(answer, Outcome) or type(answer) in DescribeImages.refusals
