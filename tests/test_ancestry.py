"""GetImageAncestry: what an image was made of (rules A 11.3, B 8.2, B AA-14; settlement S 40)."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import CopyImage, DeregisterImage, DescribeImages, DisableImage, GetImageAncestry
from amimodel.ancestry import ImageAncestryEntry, ancestry, is_root
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.decisions import PermissionsNotTold
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.examples import WEB as ROOT_IMAGE
from amimodel.identifiers import ImageId
from amimodel.image_criteria import ImageCriterion
from amimodel.images import Image
from amimodel.integrity import problems
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, NOT_PUBLIC
from amimodel.refusals import ImageNotFound, ImageUnavailable, Refusal
from amimodel.regions import Region
from amimodel.requests import Outcome
from amimodel.retention import RetainedResourceType, RetentionRule
from amimodel.settings import AllowedImagesSettings, AllowedImagesSettingsState, RegionSettings
from amimodel.vocabulary import ImageState, OwnerAlias
from amimodel.world import World
from worlds import (
    AMAZON,
    BINNED,
    BOB,
    BOBS_TO_ALICE,
    CALLERS,
    DISABLED,
    FORMER,
    FRANKFURT,
    LINUX,
    LONG_GONE,
    NOW,
    OPEN,
    OTHERS_BINNED,
    TO_BOB,
    VIRGINIA,
    WEB,
    alice,
    alice_in_virginia,
    ami,
    bob,
    carol,
    image,
    rich_world,
    snapshot,
    the,
    with_changed,
)

BEIJING: Final = Region("cn-north-1")
LIMITS: Final = st.sampled_from([Limits.aws(), Limits.tiny()])

# --- on values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "member"),
    [({"source_image_id": "nowhere"}, "SourceImageId"), ({"source_image_region": "nowhere"}, "SourceImageRegion")],
)
def test_the_source_of_an_image_has_an_id_and_a_region(parts: dict[str, Any], member: str) -> None:
    with pytest.raises(Malformed) as caught:
        ImageAncestryEntry(image_id=ami(WEB), creation_date=NOW, **parts)
    assert (caught.value.member, caught.value.value) == (member, "nowhere")


@st.composite
def lineages(draw: st.DrawFn) -> tuple[Image, dict[tuple[str, Region], Image]]:
    """The youngest of some images, and those that are known; sources may be unknown, elsewhere, or make a circle."""
    number = draw(st.integers(1, 8))
    places = [draw(st.sampled_from([FRANKFURT, FRANKFURT, VIRGINIA, BEIJING])) for _ in range(number)]
    known: dict[tuple[str, Region], Image] = {}
    for one, region in enumerate(places):
        source = draw(st.sampled_from([None, *range(number), *[one + 1] * 12]))
        made = evolve(
            ROOT_IMAGE,
            image_id=ami(0xA00 + one),
            region=region,
            image_owner_alias=draw(st.sampled_from([None, None, None, *OwnerAlias])),
            launch_permissions=[EVERYONE] if draw(st.booleans()) else [],
            state=draw(st.sampled_from(["available", "available", "deregistered", "disabled"])),
            source_image_id=None if source is None else ami(0xA00 + source),
            source_image_region=None if source is None else places[source % number],
        )
        known[made.image_id, region] = made
    return known[ami(0xA00), places[0]], known


def knowing(known: dict[tuple[str, Region], Image]) -> Callable[[ImageId, Region], Image | None]:
    return lambda one, region: known.get((one, region))


@given(lineages(), LIMITS)
def test_it_begins_with_the_image_and_goes_from_each_to_its_source(
    case: tuple[Image, dict[tuple[str, Region], Image]], limits: Limits
) -> None:  # B AN-1, B AN-2
    youngest, known = case
    entries = ancestry(youngest, knowing(known), limits)
    assert entries[0] == ImageAncestryEntry.of(youngest)
    for child, parent in pairwise(entries):
        assert child.source_image_id is not None
        assert child.source_image_region is not None
        assert parent == ImageAncestryEntry.of(known[child.source_image_id, child.source_image_region])


@given(lineages(), LIMITS)
def test_it_ends_for_one_of_the_reasons_and_never_goes_on_past_one(
    case: tuple[Image, dict[tuple[str, Region], Image]], limits: Limits
) -> None:  # B AN-3, B AN-7
    youngest, known = case
    entries = ancestry(youngest, knowing(known), limits)
    regions = [FRANKFURT if youngest.region is None else youngest.region]
    regions += [entry.source_image_region for entry in entries[:-1] if entry.source_image_region is not None]
    ends = [
        entry.source_image_id is None
        or entry.source_image_region is None
        or is_root(known[entry.image_id, region])
        or entry.source_image_region.partition is not region.partition
        or (entry.source_image_id, entry.source_image_region) not in known
        for entry, region in zip(entries, regions, strict=True)
    ]
    assert not any(ends[:-1])
    assert ends[-1] or len(entries) == limits.ancestry_entries
    assert len(entries) <= limits.ancestry_entries


@given(lineages(), st.integers(1, 10))
def test_a_shorter_list_is_the_beginning_of_a_longer_one(
    case: tuple[Image, dict[tuple[str, Region], Image]], most: int
) -> None:
    youngest, known = case
    assert (
        ancestry(youngest, knowing(known), Limits(ancestry_entries=most)) == (ancestry(youngest, knowing(known))[:most])
    )


# Alias, public, state: whether ancestry ends there (rules A AN-2, B AN-3; settlement S 40).
# fmt: off
ROOTS: Final = (
    (None,               True,  "available",    False),
    (None,               False, "deregistered", False),
    ("amazon",           True,  "available",    True),
    ("amazon",           False, "available",    False),  # S 40
    ("amazon",           False, "pending",      False),
    ("amazon",           False, "disabled",     True),   # it was public, as far as can be told
    ("amazon",           False, "deregistered", True),
    ("aws-marketplace",  True,  "available",    True),
    ("aws-marketplace",  False, "available",    False),
    ("aws-marketplace",  False, "deregistered", True),
    ("aws-backup-vault", True,  "available",    False),  # B AN-3
    ("aws-backup-vault", False, "deregistered", False),
)
# fmt: on


@pytest.mark.parametrize(("alias", "public", "state", "ends"), ROOTS)
def test_ancestry_ends_at_a_public_image_of_amazon_or_the_marketplace(
    alias: str | None, public: bool, state: str, ends: bool
) -> None:
    permissions = [EVERYONE] if public else []
    oldest = evolve(ROOT_IMAGE, image_owner_alias=alias, launch_permissions=permissions, state=state)
    assert is_root(oldest) is ends
    middle = evolve(oldest, source_image_id=ami(2), source_image_region=FRANKFURT, region=FRANKFURT)
    first = evolve(ROOT_IMAGE, image_id=ami(2), region=FRANKFURT)
    entries = ancestry(middle, knowing({(ami(2), FRANKFURT): first}))
    assert [entry.image_id for entry in entries] == [middle.image_id] + [ami(2)] * (not ends)
    assert entries[0].source_image_id == ami(2)  # B AN-4: told, even where it is not followed


def test_a_circle_is_followed_until_the_list_is_full() -> None:
    own = evolve(ROOT_IMAGE, source_image_id=ROOT_IMAGE.image_id, source_image_region=FRANKFURT, region=FRANKFURT)
    assert len(ancestry(own, lambda _, __: own)) == Limits.aws().ancestry_entries == 50


# --- who may ask ------------------------------------------------------------------------------------------------------


def asking(number: int) -> GetImageAncestry:
    return GetImageAncestry(image_id=ami(number))


def of(world: World, number: int, by: Caller = alice) -> list[str]:
    return [entry.image_id for entry in ask(world, asking(number), by=by)]


WITNESSES: Final[tuple[tuple[int, Caller, Refusal], ...]] = (
    (0xFFF, alice, ImageNotFound.of(ami(0xFFF))),
    (WEB, alice_in_virginia, ImageNotFound.of(ami(WEB))),
    (WEB, bob, ImageNotFound.of(ami(WEB))),
    (TO_BOB, carol, ImageNotFound.of(ami(TO_BOB))),
    (DISABLED, bob, ImageNotFound.of(ami(DISABLED))),
    (LONG_GONE, alice, ImageNotFound.of(ami(LONG_GONE))),
    (FORMER, alice, ImageUnavailable(image_id=ami(FORMER), state=ImageState.DEREGISTERED)),
    (BINNED, alice, ImageUnavailable(image_id=ami(BINNED), state=ImageState.DEREGISTERED)),
    (OTHERS_BINNED, alice, ImageUnavailable(image_id=ami(OTHERS_BINNED), state=ImageState.DEREGISTERED)),
)


@pytest.mark.parametrize(("number", "by", "refusal"), WITNESSES)
def test_an_image_that_the_account_cannot_see_has_no_ancestry(number: int, by: Caller, refusal: Refusal) -> None:
    assert attempt(rich_world(), asking(number), by=by) == refusal
    assert explain(rich_world(), asking(number), by=by).refusals == (refusal,)


def test_every_declared_refusal_has_a_witness() -> None:
    assert {type(refusal) for _, _, refusal in WITNESSES} == set(GetImageAncestry.refusals)


RESTRICTING: Final = ImageCriterion(image_providers=["444455556666"])


def settled(world: World, state: AllowedImagesSettingsState) -> World:
    allowed = AllowedImagesSettings(state=state, image_criteria=[RESTRICTING])
    return world.with_settings(alice.account, FRANKFURT, RegionSettings(allowed_images=allowed))


@pytest.mark.parametrize("state", AllowedImagesSettingsState)
def test_settings_hide_the_ancestry_of_what_they_do_not_allow_but_never_of_own_images(
    state: AllowedImagesSettingsState,
) -> None:  # B AA-14, B AA-8
    world = settled(rich_world(), state)
    hidden = state is AllowedImagesSettingsState.ENABLED
    answer = attempt(world, asking(BOBS_TO_ALICE), by=alice)
    assert (answer == ImageNotFound.of(ami(BOBS_TO_ALICE))) is hidden
    assert isinstance(answer, Outcome) is not hidden
    assert explain(world, asking(BOBS_TO_ALICE), by=alice).allowed is not hidden
    own = with_changed(world, WEB, source_image_id=ami(BOBS_TO_ALICE), source_image_region=FRANKFURT)
    assert of(own, WEB)[:2] == [ami(WEB), ami(BOBS_TO_ALICE)]


@pytest.mark.parametrize("by", CALLERS, ids=str)
@pytest.mark.parametrize("state", AllowedImagesSettingsState)
def test_who_finds_an_image_by_its_id_sees_its_ancestry_and_nobody_else(
    by: Caller, state: AllowedImagesSettingsState
) -> None:
    world = settled(rich_world(), state)
    for each in world.images:
        if each.image_id.startswith("ami-"):
            shown = attempt(world, DescribeImages(image_ids=[each.image_id]), by=by)
            found = isinstance(shown, Outcome) and len(shown.value) > 0
            answer = attempt(world, GetImageAncestry(image_id=each.image_id), by=by)
            assert isinstance(answer, Outcome) is found, each.image_id
            if isinstance(answer, Outcome):
                assert answer.value[0] == ImageAncestryEntry.of(each)
                assert answer.world is world


def test_whether_an_image_is_shared_may_not_be_known() -> None:
    world = with_changed(rich_world(), TO_BOB, launch_permissions=NOT_PUBLIC)
    decision = explain(world, asking(TO_BOB), by=bob)
    assert (decision.allowed, decision.because) == (None, (PermissionsNotTold(ami(TO_BOB)),))
    assert attempt(world, asking(TO_BOB), by=bob) == ImageNotFound.of(ami(TO_BOB))


# --- where it leads ---------------------------------------------------------------------------------------------------


def test_ancestors_need_not_be_open_to_the_account() -> None:  # A AN-1, B AN-6
    entries = ask(rich_world(), asking(TO_BOB), by=bob)
    assert entries == tuple(ImageAncestryEntry.of(the(rich_world(), number)) for number in (TO_BOB, WEB))
    assert isinstance(attempt(rich_world(), asking(WEB), by=bob), ImageNotFound)


def test_it_does_not_go_into_another_partition_and_tells_what_lies_there() -> None:  # B AN-3 (c), B AN-4
    far = image(0xE01, region=BEIJING, owner_id=BOB)
    world = with_changed(rich_world(), WEB, source_image_id=far.image_id, source_image_region=BEIJING)
    entries = ask(world.with_image(far), asking(WEB), by=alice)
    assert [(entry.image_id, entry.source_image_id) for entry in entries] == [(ami(WEB), far.image_id)]
    assert entries[0].source_image_region == BEIJING


def test_an_ancestor_that_nothing_is_known_of_ends_the_list() -> None:  # B AN-7
    world = with_changed(rich_world(), WEB, source_image_id=ami(0xFFF), source_image_region=FRANKFURT)
    assert of(world, WEB) == [ami(WEB)]
    elsewhere = with_changed(rich_world(), WEB, source_image_id=ami(OPEN), source_image_region=VIRGINIA)
    assert of(elsewhere, WEB) == [ami(WEB)]  # an image is known in its own Region only


LINKED: Final = (0xE10, 0xE11, 0xE12, 0xE13)


def chain() -> World:
    """A public image of Amazon's, made of a private one; Alice's image of it, and hers of that, in another Region."""
    parts: tuple[dict[str, Any], ...] = (
        {"owner_id": AMAZON, "image_owner_alias": "amazon", "name": "private base"},
        {"owner_id": AMAZON, "image_owner_alias": "amazon", "launch_permissions": [EVERYONE], "name": "base",
         "deprecation_time": parse("2027-01-01T00:00:00Z")},
        {"name": "derived"},
        {"name": "derived again", "region": VIRGINIA},
    )  # fmt: skip
    world = World(now=NOW).with_owner_alias(AMAZON, OwnerAlias.AMAZON)
    for number, facts in zip(LINKED, parts, strict=True):
        where = {"owner_id": facts.get("owner_id", alice.account), "region": facts.get("region", FRANKFURT)}
        source = {"source_image_id": ami(number - 1), "source_image_region": FRANKFURT}
        world = world.with_snapshot(snapshot(number, **where))
        world = world.with_image(image(number, **facts, **(source if number != LINKED[0] else {})))
    return world


def test_it_ends_at_what_amazon_offers_to_everyone() -> None:  # S 40
    assert problems(chain()) == ()
    assert of(chain(), LINKED[3], alice_in_virginia) == [ami(number) for number in (*LINKED[:0:-1],)]


KEEPING: Final = RetentionRule(
    identifier="abcdefghijk",
    owner_id=alice.account,
    region=FRANKFURT,
    resource_type=RetainedResourceType.EC2_IMAGE,
    retention_days=14,
)
FATES: Final = st.one_of(
    st.tuples(st.sampled_from([DeregisterImage, DisableImage]), st.sampled_from(LINKED[:3])),
    st.sampled_from([timedelta(hours=1), timedelta(days=8), timedelta(days=400)]),
)


@given(st.booleans(), st.lists(FATES, max_size=6))
def test_nothing_that_happens_to_its_ancestors_changes_an_ancestry(kept: bool, fates: list[Any]) -> None:  # B AN-6
    world = chain().with_retention_rule(KEEPING) if kept else chain()
    before = ask(world, asking(LINKED[3]), by=alice_in_virginia)
    for fate in fates:
        if isinstance(fate, timedelta):
            world = advance(world, fate)
        else:
            kind, number = fate
            owner = AMAZON if number in LINKED[:2] else alice.account
            done = attempt(world, kind(image_id=ami(number)), by=Caller(account=owner, region=FRANKFURT))
            world = done.world if isinstance(done, Outcome) else world
        assert ask(world, asking(LINKED[3]), by=alice_in_virginia) == before


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=5), LIMITS)
def test_the_ancestry_of_a_copy_is_its_own_entry_followed_by_its_sources(
    steps: list[tuple[bool, bool]], limits: Limits
) -> None:
    world, source = (
        evolve(chain(), limits=evolve(limits, images_per_region=50, snapshots_per_region=50)),
        ami(LINKED[2]),
    )
    by = alice
    for number, (abroad, deregistered) in enumerate(steps):
        known = ask(world, GetImageAncestry(image_id=source), by=by)
        there = evolve(by, region=VIRGINIA if abroad else FRANKFURT)
        copying = CopyImage(source_image_id=source, source_region=by.region, name=f"copy {number}")
        world, copy = apply(world, copying, by=there)
        entries = ask(world, GetImageAncestry(image_id=copy.image_id), by=there)
        assert entries == (ImageAncestryEntry.of(copy), *known)[: limits.ancestry_entries]
        assert (entries[0].source_image_id, entries[0].source_image_region) == (source, by.region)
        world = advance(world, days=1)
        if deregistered:
            world = apply(world, DeregisterImage(image_id=source), by=by).world
        source, by = ImageId(copy.image_id), there
    assert problems(world) == ()


def test_a_registered_image_has_no_source() -> None:  # B AN-5, A AN-3
    entry = ask(rich_world(), asking(LINUX), by=alice)
    assert [(one.image_id, one.image_owner_alias, one.source_image_id) for one in entry] == [
        (ami(LINUX), OwnerAlias.AMAZON, None)
    ]
