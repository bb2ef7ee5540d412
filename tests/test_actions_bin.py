"""What enters the Recycle Bin, lies there and comes back: rules C 6.2, C 6.10 to C 6.41, B BPA-10; settlement S 7."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import (
    CreateRule,
    CreateTags,
    DeleteSnapshot,
    DeleteTags,
    DeregisterImage,
    DescribeImages,
    DescribeSnapshots,
    ImageRecycleBinInfo,
    ListImagesInRecycleBin,
    ListSnapshotsInRecycleBin,
    ModifyImageAttribute,
    RestoreImageFromRecycleBin,
    RestoreSnapshotFromRecycleBin,
    SnapshotRecycleBinInfo,
)
from amimodel.actions._deleting import BACKUP_TAG
from amimodel.callers import Caller
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.events import ImageStateChange
from amimodel.integrity import problems
from amimodel.limits import Limits
from amimodel.permission_requests import LaunchPermissionModifications
from amimodel.permissions import EVERYONE, AccountPermission, Permissions
from amimodel.quirks import Quirks
from amimodel.refusals import (
    BackingSnapshotNotFound,
    ImageNameInUse,
    ImageNotFound,
    ImageQuotaReached,
    InvalidNextToken,
    PageSizeRefused,
    PublicImageQuotaReached,
    Refusal,
    SnapshotNotFound,
    SnapshotQuotaReached,
    TooManyImagesListed,
)
from amimodel.requests import Outcome, Request
from amimodel.retention import IN_BIN, RecycleBinEntry
from amimodel.settings import ImageBlockPublicAccess, RegionSettings
from amimodel.snapshots import SnapshotState
from amimodel.tag_requests import TagToDelete
from amimodel.tags import Tags
from amimodel.testing.strategies import callers, requests
from amimodel.timing import Timing
from amimodel.vocabulary import ImageState
from amimodel.world import World
from worlds import FRANKFURT, alice, alice_in_virginia, ami, bob, rich_world, snap, the

A_DAY = timedelta(days=1)
NONSENSE = "nonsense"


def made(world: World, *requests: Request[Any], by: Caller = alice) -> World:
    for request in requests:
        world = apply(world, request, by=by).world
    return world


def deregister(number: int) -> DeregisterImage:
    return DeregisterImage(image_id=ami(number))


def restore(number: int) -> RestoreImageFromRecycleBin:
    return RestoreImageFromRecycleBin(image_id=ami(number))


def delete(number: int) -> DeleteSnapshot:
    return DeleteSnapshot(snapshot_id=snap(number))


def restore_snapshot(number: int) -> RestoreSnapshotFromRecycleBin:
    return RestoreSnapshotFromRecycleBin(snapshot_id=snap(number))


def blocking(world: World, state: str) -> World:
    setting = ImageBlockPublicAccess(state=state)
    return world.with_settings(w.ALICE, FRANKFURT, RegionSettings(image_block_public_access=setting))


RULES = (
    CreateRule(resource_type="EC2_IMAGE", retention_days=7),
    CreateRule(resource_type="EBS_SNAPSHOT", retention_days=14),
)
WORLD = blocking(made(evolve(rich_world(), timing=Timing.instant()), *RULES), "unblocked")
ALL_GONE = made(WORLD, deregister(w.WEB), deregister(w.SHARING_A_SNAPSHOT), delete(w.WEB))
TAKEN = made(WORLD, deregister(w.WEB)).with_image(evolve(the(WORLD, w.OPEN), image_id=ami(0xE01), name="web"))
IN_BIN_NOW = made(WORLD, deregister(w.WEB), delete(0xD02))

# --- refusals ---------------------------------------------------------------------------------------------------------


def backing(state: SnapshotState | None, **fields: Any) -> BackingSnapshotNotFound:
    return BackingSnapshotNotFound(snapshot_id=snap(w.WEB), image_id=ami(w.WEB), state=state, **fields)


def with_backing(**fields: Any) -> World:
    """The image lies in the bin, and something has happened to its snapshot."""
    return IN_BIN_NOW.with_snapshot(evolve(WORLD.snapshots.records[snap(w.WEB)], **fields))


ONLY_TWO = evolve(WORLD, limits=Limits.tiny())
NOT_THERE = ImageNotFound.of(ami(w.WEB))
WITNESSES: list[tuple[World, Request[Any], Caller, Refusal]] = [
    (WORLD,      restore(w.WEB),                alice, NOT_THERE),
    (WORLD,      restore(w.OTHERS_BINNED),      alice, ImageNotFound.of(ami(w.OTHERS_BINNED))),
    (WORLD,      restore(w.FORMER),             alice, ImageNotFound.of(ami(w.FORMER))),
    (IN_BIN_NOW, restore(w.WEB),                alice_in_virginia, NOT_THERE),
    (IN_BIN_NOW, restore(w.WEB),                bob,   NOT_THERE),
    (advance(IN_BIN_NOW, days=7), restore(w.WEB), alice, NOT_THERE),
    (ALL_GONE,   restore(w.WEB),                alice, backing(SnapshotState.RECOVERABLE)),
    (advance(made(ALL_GONE), days=6).without_snapshot(snap(w.WEB)), restore(w.WEB), alice, backing(None)),
    (with_backing(state="error"), restore(w.WEB), alice, backing(SnapshotState.ERROR)),
    (with_backing(state="recovering"), restore(w.WEB), alice, backing(SnapshotState.RECOVERING)),
    (with_backing(storage_tier="archive"), restore(w.WEB), alice, backing(SnapshotState.COMPLETED, archived=True)),
    (TAKEN,      restore(w.WEB),                alice, ImageNameInUse(name="web", image_id=ami(0xE01))),
    (evolve(IN_BIN_NOW, limits=Limits(images_per_region=3)), restore(w.WEB), alice, ImageQuotaReached(quota=3)),
    (WORLD,      restore_snapshot(0xD02),       alice, SnapshotNotFound(snapshot_id=snap(0xD02))),
    (IN_BIN_NOW, restore_snapshot(0xD02),       alice_in_virginia, SnapshotNotFound(snapshot_id=snap(0xD02))),
    (IN_BIN_NOW, restore_snapshot(0xD02),       bob,   SnapshotNotFound(snapshot_id=snap(0xD02))),
    (evolve(IN_BIN_NOW, limits=Limits(snapshots_per_region=3)), restore_snapshot(0xD02), alice,
     SnapshotQuotaReached(quota=3)),
    (ONLY_TWO,   ListImagesInRecycleBin(image_ids=[ami(w.BINNED)] * 3), alice, TooManyImagesListed(
        image_ids=3, limit=2)),
    (WORLD,      ListImagesInRecycleBin(max_results=1001), alice, PageSizeRefused(
        max_results=1001, least=1, most=1000)),
    (WORLD,      ListImagesInRecycleBin(image_ids=[ami(w.BINNED), ami(w.WEB), ami(w.OTHERS_BINNED)]), alice,
     ImageNotFound(image_ids=(ami(w.WEB), ami(w.OTHERS_BINNED)))),
    (WORLD,      ListImagesInRecycleBin(next_token=NONSENSE), alice, InvalidNextToken(next_token=NONSENSE)),
    (WORLD,      ListSnapshotsInRecycleBin(max_results=4), alice, PageSizeRefused(max_results=4, least=5, most=1000)),
    (IN_BIN_NOW, ListSnapshotsInRecycleBin(snapshot_ids=[snap(0xD02), snap(w.WEB)]), alice,
     SnapshotNotFound(snapshot_id=snap(w.WEB))),
    (WORLD,      ListSnapshotsInRecycleBin(next_token=NONSENSE), alice, InvalidNextToken(next_token=NONSENSE)),
]  # fmt: skip
ACTIONS = (
    ListImagesInRecycleBin, RestoreImageFromRecycleBin, ListSnapshotsInRecycleBin, RestoreSnapshotFromRecycleBin,
)  # fmt: skip


@pytest.mark.parametrize(("world", "request_", "by", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness(world: World, request_: Request[Any], by: Caller, refusal: Refusal) -> None:
    assert attempt(world, request_, by=by) == refusal
    assert explain(world, request_, by=by).refusals[0] == refusal


@pytest.mark.parametrize("action", ACTIONS)
def test_every_refusal_that_is_declared_has_a_witness(action: type[Request[Any]]) -> None:
    assert {type(refusal) for _, request, _, refusal in WITNESSES if type(request) is action} == set(action.refusals)


def test_an_explanation_names_all_that_is_in_the_way_in_the_declared_order() -> None:
    """Settlement S 10."""
    world = evolve(TAKEN, limits=Limits(images_per_region=3)).without_snapshot(snap(w.WEB))
    met = explain(world, restore(w.WEB), by=alice).refusals
    assert tuple(map(type, met)) == RestoreImageFromRecycleBin.refusals[1:]
    assert attempt(world, restore(w.WEB), by=alice) == met[0]


def test_a_refusal_says_how_the_snapshot_comes_back() -> None:
    """Rules C 6.23, C 6.32, C 6.39."""
    assert backing(SnapshotState.RECOVERABLE).remedy == (
        "restore it from the Recycle Bin first (RestoreSnapshotFromRecycleBin)"
    )
    assert backing(SnapshotState.RECOVERING).remedy == "wait until it is completed"
    assert backing(SnapshotState.COMPLETED, archived=True).remedy == (
        "restore it from the archive first (RestoreSnapshotTier)"
    )
    assert backing(None).remedy == backing(SnapshotState.ERROR).remedy == ""
    assert backing(None).code == "InvalidSnapshot.NotFound"
    assert str(backing(None)) == f"The snapshot '{snap(w.WEB)}' does not exist."


# --- there and back ---------------------------------------------------------------------------------------------------

RETURNING = [
    w.WEB, w.TO_ORG, w.TO_OU, w.OPEN, w.DISABLED, w.OUTDATED, w.OUTDATED_OPEN, w.TWO, w.OWN_LISTED, w.ERROR,
]  # fmt: skip
PERMISSIONS = st.lists(
    st.sampled_from([EVERYONE, AccountPermission(w.BOB), AccountPermission(w.CAROL), *w.TO_ORGANIZATION, *w.TO_UNIT]),
    unique=True,
)


@given(number=st.sampled_from(RETURNING), days=st.integers(0, 6))
def test_an_image_comes_back_as_it_was(number: int, days: int) -> None:
    """Rules C 6.16, C 6.17, C 6.31, C 6.33, C 6.34."""
    before = the(WORLD, number)
    binned = advance(made(WORLD, deregister(number)), days=days)
    assert problems(binned) == ()
    after, value = apply(binned, restore(number), by=alice)
    assert value == the(after, number) == before
    assert ami(number) not in after.recycle_bin
    assert problems(after) == ()
    assert advance(after, days=30).images.get(ami(number)) == before  # nothing is left that would take it away
    assert after.foreign_tags == WORLD.foreign_tags


@given(
    permissions=PERMISSIONS,
    state=st.sampled_from(["unblocked", "block-new-sharing"]),
    republishes=st.booleans(),
)
def test_every_permission_returns_but_for_everyones_while_public_images_are_blocked(
    permissions: list[Any], state: str, republishes: bool
) -> None:
    """Rules C 6.17, C 6.18, B BPA-10; settlement S 7."""
    world = w.with_changed(
        evolve(WORLD, quirks=Quirks(bin_restore_republishes_blocked_image=republishes)),
        w.WEB, launch_permissions=permissions, deprecation_time=w.at(24),
    )  # fmt: skip
    world = blocking(made(world, deregister(w.WEB)), state)
    expected: Permissions[Any] = Permissions(permissions)
    if state == "block-new-sharing" and not republishes:
        expected = expected.removing([EVERYONE])
    assert apply(world, restore(w.WEB), by=alice).value.launch_permissions == expected


def test_nobody_but_the_owner_knows_of_an_image_in_the_bin() -> None:
    """Rules C 6.17, C 6.21."""
    world = made(WORLD, deregister(w.OPEN))
    assert ask(world, DescribeImages(image_ids=[ami(w.OPEN)]), by=bob).items == ()
    assert ask(made(world, restore(w.OPEN)), DescribeImages(image_ids=[ami(w.OPEN)]), by=bob).items


def test_what_is_written_on_it_in_the_bin_is_on_it_afterwards() -> None:
    """Rules C 6.16, C 6.20, C 6.34."""
    one = [ami(w.WEB)]
    world = made(WORLD, deregister(w.WEB))
    assert the(WORLD, w.WEB).tags.get(IN_BIN) is None
    assert world.recycle_bin.records[ami(w.WEB)].resource.tags[IN_BIN] == "true"
    world = made(
        world, CreateTags(resources=one, tags={"Note": "wait"}), DeleteTags(resources=one, tags=[TagToDelete("Stage")])
    )
    tags = apply(world, restore(w.WEB), by=alice).value.tags
    assert tags == the(WORLD, w.WEB).tags.setting({"Note": "wait"}).removing(["Stage"])


def test_a_disabled_image_returns_disabled_or_by_a_quirk_available() -> None:
    """Rules C 6.13, C 6.33, C 15 (point 10)."""
    world = made(WORLD, deregister(w.DISABLED))
    assert apply(world, restore(w.DISABLED), by=alice).value.state is ImageState.DISABLED
    relaxed = evolve(world, quirks=Quirks(bin_restores_disabled_state=False))
    assert apply(relaxed, restore(w.DISABLED), by=alice).value.state is ImageState.AVAILABLE


def test_a_disabled_image_may_leave_its_snapshots_in_the_archive() -> None:
    """Rules C 6.32, C 8.40."""
    archived = evolve(WORLD.snapshots.records[snap(w.DISABLED)], storage_tier="archive")
    world = made(WORLD, deregister(w.DISABLED)).with_snapshot(archived)
    assert isinstance(attempt(world, restore(w.DISABLED), by=alice), Outcome)
    relaxed = evolve(world, quirks=Quirks(bin_restores_disabled_state=False))
    assert isinstance(attempt(relaxed, restore(w.DISABLED), by=alice), BackingSnapshotNotFound)


@pytest.mark.parametrize(("number", "emits", "told"), [
    (w.WEB, False, []), (w.WEB, True, [ImageState.AVAILABLE]), (w.DISABLED, True, []),
])  # fmt: skip
def test_a_return_is_told_by_a_quirk_alone(number: int, emits: bool, told: list[ImageState]) -> None:
    """Rules C 9.2, C 15 (point 10)."""
    world = made(evolve(WORLD, quirks=Quirks(bin_restore_emits_available=emits)), deregister(number))
    new = list(made(world, restore(number)).events)[len(world.events) :]
    assert [event.occurrence.state for event in new if isinstance(event.occurrence, ImageStateChange)] == told
    assert len(new) == len(told)


def test_all_snapshots_come_back_first() -> None:
    """Rules C 6.22, C 6.32."""
    world = made(WORLD, DeregisterImage(image_id=ami(w.TWO), delete_associated_snapshots=True))
    against = explain(world, restore(w.TWO), by=alice).refusals
    assert [refusal.snapshot_id for refusal in against if isinstance(refusal, BackingSnapshotNotFound)] == [
        snap(w.TWO), snap(0xD01),
    ]  # fmt: skip
    world = made(world, restore_snapshot(0xD01), restore_snapshot(w.TWO), restore(w.TWO))
    assert the(world, w.TWO) == the(WORLD, w.TWO)
    assert problems(world) == ()


def test_an_image_without_its_snapshot_is_listed_until_its_time_is_over() -> None:
    """Rule C 6.23."""
    world = advance(ALL_GONE, days=6).without_snapshot(snap(w.WEB))
    assert ami(w.WEB) in {info.image_id for info in ask(world, ListImagesInRecycleBin(), by=alice)}


def test_an_image_that_returns_is_deregistered_by_the_rules_of_then() -> None:
    """Rule C 6.41."""
    world = advance(made(WORLD, deregister(w.WEB)), days=3)
    world = made(world, restore(w.WEB), CreateRule(resource_type="EC2_IMAGE", retention_days=30), deregister(w.WEB))
    entry = world.recycle_bin.records[ami(w.WEB)]
    assert (entry.recycle_bin_enter_time, entry.recycle_bin_exit_time) == (w.NOW + 3 * A_DAY, w.NOW + 33 * A_DAY)
    assert ami(w.WEB) in advance(world, days=29).recycle_bin  # the task of its first stay is gone
    assert ami(w.WEB) in advance(world, days=30).tombstones


def test_its_name_is_free_meanwhile_and_it_does_not_stand_in_its_own_way() -> None:
    """Rules A NM-9, C 6.25, C 6.35."""
    kept = evolve(IN_BIN_NOW, quirks=Quirks(binned_image_holds_name=True))
    assert IN_BIN_NOW.holder_of_name(w.ALICE, FRANKFURT, "web") is None
    assert kept.holder_of_name(w.ALICE, FRANKFURT, "web") is not None
    assert isinstance(attempt(kept, restore(w.WEB), by=alice), Outcome)


def test_a_disabled_image_needs_its_name_only_if_it_holds_it() -> None:
    world = made(WORLD, deregister(w.DISABLED))
    world = world.with_image(evolve(the(WORLD, w.OPEN), image_id=ami(0xE01), name="disabled"))
    assert isinstance(attempt(world, restore(w.DISABLED), by=alice), ImageNameInUse)
    relaxed = evolve(world, quirks=Quirks(disabled_image_holds_name=False))
    assert isinstance(attempt(relaxed, restore(w.DISABLED), by=alice), Outcome)


def test_in_the_bin_an_image_counts_as_it_did_outside() -> None:
    """Rules C 5.20, C 6.24, B LP-23."""
    publish = ModifyImageAttribute(
        image_id=ami(w.TO_ORG), launch_permission=LaunchPermissionModifications(add=[EVERYONE])
    )
    full = evolve(WORLD, limits=Limits(public_images_per_region=2))
    binned = made(full, deregister(w.OPEN))
    for world in (full, binned, made(binned, restore(w.OPEN))):
        assert attempt(world, publish, by=alice) == PublicImageQuotaReached(quota=2)
        assert problems(world) == ()
    assert isinstance(attempt(advance(binned, days=7), publish, by=alice), Outcome)


@pytest.mark.parametrize("number", [w.PENDING, w.FAILED])
def test_by_a_quirk_an_unfinished_image_comes_back_too(number: int) -> None:
    """Rules C 5.8, C 15 (point 11): one that was pending has nothing left to wait for."""
    world = made(evolve(WORLD, quirks=Quirks(unfinished_image_enters_bin=True)), deregister(number))
    assert problems(world) == ()
    if number == w.PENDING:
        assert isinstance(attempt(world, restore(number), by=alice), BackingSnapshotNotFound)
        world = advance(world, minutes=5)
    after, value = apply(world, restore(number), by=alice)
    expected = ImageState.AVAILABLE if number == w.PENDING else ImageState.FAILED
    assert value.state is the(after, number).state is expected
    assert problems(after) == ()


def test_what_a_service_had_made_is_no_longer_managed_by_it() -> None:
    """Rule C 6.19."""
    world = IN_BIN_NOW
    for one in (ami(w.WEB), snap(0xD02)):
        entry = world.recycle_bin.records[one]
        made_by_backup = evolve(entry.resource, tags=entry.resource.tags.setting({BACKUP_TAG: "i-12345678"}))
        world = world.with_binned(evolve(entry, resource=made_by_backup))
    world = made(world, restore(w.WEB), restore_snapshot(0xD02))
    assert BACKUP_TAG not in the(world, w.WEB).tags
    assert isinstance(attempt(world, deregister(w.WEB), by=alice), Outcome)
    assert isinstance(attempt(world, delete(0xD02), by=alice), Outcome)


# --- snapshots --------------------------------------------------------------------------------------------------------

SHARED = evolve(WORLD.snapshots.records[snap(0xD02)], create_volume_permissions=w.to(w.BOB), tags={"Name": "unused"})


@given(
    changes=st.fixed_dictionaries({}, optional={
        "create_volume_permissions": st.sampled_from([w.to(w.BOB), w.PUBLIC]),
        "storage_tier": st.sampled_from(["standard", "archive"]),
        "state": st.just("error"),
        "tags": st.just(Tags({"Name": "x"})),
    }),
    days=st.integers(0, 13),
)  # fmt: skip
def test_a_snapshot_comes_back_as_it_was(changes: dict[str, Any], days: int) -> None:
    """Rules C 6.12, C 6.16, C 6.17, C 6.37, C 6.39."""
    before = evolve(WORLD.snapshots.records[snap(0xD02)], **changes)
    world = advance(made(WORLD.with_snapshot(before), delete(0xD02)), days=days)
    after, value = apply(world, restore_snapshot(0xD02), by=alice)
    assert value == after.snapshots.records[snap(0xD02)] == before
    assert problems(after) == ()
    assert advance(after, days=30).snapshots.get(snap(0xD02)) == before


def test_a_snapshot_is_seen_by_those_it_was_shared_with_as_soon_as_it_is_back() -> None:
    """Rules C 6.17, C 6.21."""
    query = DescribeSnapshots(owner_ids=[w.ALICE], restorable_by_user_ids=["self"])
    world = made(WORLD.with_snapshot(SHARED), delete(0xD02))
    assert snap(0xD02) not in {one.snapshot_id for one in ask(world, query, by=bob)}
    world = made(world, restore_snapshot(0xD02))
    assert snap(0xD02) in {one.snapshot_id for one in ask(world, query, by=bob)}


def test_a_snapshot_may_need_its_time_to_recover() -> None:
    """Rules C 6.32, C 6.37."""
    slow = evolve(ALL_GONE, timing=evolve(Timing.instant(), recycle_bin_restore=timedelta(minutes=5)))
    world, value = apply(slow, restore_snapshot(w.WEB), by=alice)
    assert (value.state, value.progress) == (SnapshotState.RECOVERING, "0%")
    assert problems(world) == ()
    assert attempt(world, restore(w.WEB), by=alice) == backing(SnapshotState.RECOVERING)
    later = advance(world, minutes=5)
    assert later.snapshots.records[snap(w.WEB)] == WORLD.snapshots.records[snap(w.WEB)]
    assert isinstance(attempt(later, restore(w.WEB), by=alice), Outcome)


def test_a_snapshot_that_is_deleted_while_it_recovers_begins_anew_when_it_returns() -> None:
    """Rule C 6.37."""
    slow = evolve(ALL_GONE, timing=evolve(Timing.instant(), recycle_bin_restore=timedelta(minutes=5)))
    world = advance(made(slow, restore_snapshot(w.WEB)), minutes=3)
    world = made(world, delete(w.WEB), restore_snapshot(w.WEB))
    assert advance(world, minutes=4).snapshots.records[snap(w.WEB)].state is SnapshotState.RECOVERING
    assert advance(world, minutes=5).snapshots.records[snap(w.WEB)].state is SnapshotState.COMPLETED
    gone = advance(made(advance(made(slow, restore_snapshot(w.WEB)), minutes=3), delete(w.WEB)), minutes=9)
    assert gone.snapshots.get(snap(w.WEB)) is None
    assert problems(gone) == ()


# --- which rule keeps it, and until when ------------------------------------------------------------------------------

PAIRS = st.lists(
    st.sampled_from([("Stage", "prod"), ("Stage", "test"), ("Name", "web"), ("stage", "prod")]), max_size=3
)


@st.composite
def rules(draw: st.DrawFn) -> CreateRule:
    tags, excluded = draw(PAIRS), draw(PAIRS)
    return CreateRule(
        resource_type=draw(st.sampled_from(["EC2_IMAGE", "EC2_IMAGE", "EBS_SNAPSHOT"])),
        retention_days=draw(st.integers(1, 365)),
        resource_tags=tags,
        exclude_resource_tags=[] if tags else excluded,
    )


def kept_for(asked: list[CreateRule], kind: str, tags: dict[str, str]) -> int | None:
    """A second account of rule C 6.2, by going through its steps one by one."""
    longest = None
    for rule in asked:
        matches = rule.resource_type == kind
        if rule.resource_tags:
            matches = matches and any(pair in tags.items() for pair in rule.resource_tags)
        for pair in rule.exclude_resource_tags:
            matches = matches and pair not in tags.items()
        if matches and (longest is None or rule.retention_days > longest):
            longest = rule.retention_days
    return longest


@given(asked=st.lists(rules(), max_size=4), tags=PAIRS.map(dict), image=st.booleans())
def test_the_longest_of_the_rules_that_apply_keeps_a_thing(
    asked: list[CreateRule], tags: dict[str, str], image: bool
) -> None:
    """Rules C 6.2, C 6.10: what is excluded from every rule is not kept, and others' rules do not matter."""
    world = evolve(rich_world(), timing=Timing.instant())
    world = made(made(world, *asked), CreateRule(resource_type="EC2_IMAGE", retention_days=365), by=bob)
    one = ami(w.OPEN) if image else snap(0xD02)
    world = w.with_changed(world, w.OPEN, tags=tags)
    world = world.with_snapshot(evolve(world.snapshots.records[snap(0xD02)], tags=tags))
    world = made(world, deregister(w.OPEN) if image else delete(0xD02))
    entry, days = world.recycle_bin.get(one), kept_for(asked, "EC2_IMAGE" if image else "EBS_SNAPSHOT", tags)
    if days is None:
        assert entry is None
    else:
        assert entry is not None
        assert entry.recycle_bin_exit_time == w.NOW + days * A_DAY
        assert one in advance(world, days=days, seconds=-1).recycle_bin
        assert one not in advance(world, days=days).recycle_bin


@pytest.mark.parametrize("request_", [restore(w.WEB), restore_snapshot(0xD02)])
def test_what_has_left_the_bin_may_be_listed_a_while_and_does_not_come_back(request_: Request[Any]) -> None:
    """Rule C 6.30."""
    slow = evolve(WORLD, timing=evolve(Timing.instant(), recycle_bin_expiry_lag=timedelta(hours=1)))
    world = advance(made(slow, deregister(w.WEB), delete(0xD02)), days=14)
    one = ami(w.WEB) if request_ == restore(w.WEB) else snap(0xD02)
    at_exit = advance(made(slow, deregister(w.WEB), delete(0xD02)), days=7 if one.startswith("ami-") else 14)
    assert one in at_exit.recycle_bin
    assert isinstance(attempt(at_exit, request_, by=alice), ImageNotFound | SnapshotNotFound)
    assert problems(at_exit) == ()
    assert one not in advance(at_exit, hours=1).recycle_bin
    assert ami(w.WEB) not in world.recycle_bin


def _may_go(entry: RecycleBinEntry, before: World, after: World) -> bool:
    """Whether it is in order that an entry is no longer what it was: it was restored, or its time is over."""
    one = entry.resource_id
    now = after.recycle_bin.get(one)
    if now is not None:
        return evolve(now, resource=entry.resource) == entry
    is_back = one in after.images or one in after.snapshots
    return is_back or entry.recycle_bin_exit_time <= after.now


@given(data=st.data())
def test_nothing_in_the_bin_is_lost_before_its_time(data: st.DataObject) -> None:
    """Rules C 6.8, C 6.20, C 6.40: whatever is asked, by whomever, and however time passes."""
    world = IN_BIN_NOW
    for _ in range(data.draw(st.integers(1, 6))):
        before = world
        if data.draw(st.booleans()):
            answer = attempt(world, data.draw(requests(world)), by=data.draw(callers(world, provider=True)))
            world = answer.world if isinstance(answer, Outcome) else world
        else:
            world = advance(world, data.draw(st.sampled_from([timedelta(hours=1), A_DAY, 7 * A_DAY])))
        for entry in before.recycle_bin:
            assert _may_go(entry, before, world)


DEEDS = st.sampled_from([
    *(deed(number) for deed in (deregister, restore) for number in (w.WEB, w.OPEN, w.TWO, w.DISABLED)),
    *(deed(number) for deed in (delete, restore_snapshot) for number in (w.WEB, w.TWO, 0xD01, 0xD02)),
    *RULES,
])  # fmt: skip


@given(st.lists(st.one_of(DEEDS, DEEDS, st.sampled_from([timedelta(minutes=3), A_DAY, 8 * A_DAY])), max_size=10))
def test_coming_and_going_leaves_a_world_without_problems(steps: list[Any]) -> None:
    slow = evolve(rich_world(), timing=evolve(Timing(), recycle_bin_restore=timedelta(minutes=5)))
    world = blocking(slow, "block-new-sharing")
    for step in steps:
        if isinstance(step, timedelta):
            world = advance(world, step)
        else:
            answer = attempt(world, step, by=alice)
            assert isinstance(answer, Outcome) or type(answer) in type(step).refusals
            world = answer.world if isinstance(answer, Outcome) else world
        assert problems(world) == ()


# --- listing ----------------------------------------------------------------------------------------------------------


def test_a_list_says_what_lies_there_and_until_when() -> None:
    """Rules C 6.27, C 6.28."""
    exits = w.NOW + 7 * A_DAY
    (info,) = ask(IN_BIN_NOW, ListImagesInRecycleBin(image_ids=[ami(w.WEB)]), by=alice)
    assert info == ImageRecycleBinInfo(
        image_id=ami(w.WEB), name="web", description="the web tier", recycle_bin_enter_time=w.NOW,
        recycle_bin_exit_time=exits,
    )  # fmt: skip
    (kept,) = ask(IN_BIN_NOW, ListSnapshotsInRecycleBin(), by=alice)
    snapshot = WORLD.snapshots.records[snap(0xD02)]
    assert kept == SnapshotRecycleBinInfo(
        snapshot_id=snap(0xD02), description="unused", volume_id=snapshot.volume_id, recycle_bin_enter_time=w.NOW,
        recycle_bin_exit_time=w.NOW + 14 * A_DAY,
    )  # fmt: skip
    assert kept == ask(IN_BIN_NOW, ListSnapshotsInRecycleBin(snapshot_ids=[snap(0xD02)]), by=alice).items[0]


def test_everybody_sees_their_own_in_the_order_in_which_it_entered() -> None:
    """Rules C 6.10, C 6.27."""
    world = advance(made(WORLD, deregister(w.TWO)), hours=1)
    world = made(advance(made(world, deregister(w.OPEN)), hours=1), deregister(w.WEB))
    listed = [info.image_id for info in ask(world, ListImagesInRecycleBin(), by=alice)]
    assert listed == [ami(w.BINNED), ami(w.TWO), ami(w.OPEN), ami(w.WEB)]
    assert [info.image_id for info in ask(world, ListImagesInRecycleBin(), by=bob)] == [ami(w.OTHERS_BINNED)]
    assert ask(world, ListImagesInRecycleBin(), by=alice_in_virginia).items == ()
    query = ListImagesInRecycleBin(max_results=3)
    first = ask(world, query, by=alice)
    assert [one.image_id for one in (*first, *ask(world, evolve(query, next_token=first.next_token), by=alice))] == (
        listed
    )
