"""Who may use a snapshot: rules B 11.1 (SP-1 to SP-18), B SBP-3, C 8.34, C 8.46, C 9.3; settlements S 16, S 17."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import (
    CopySnapshot,
    DeregisterImage,
    DescribeSnapshotAttribute,
    DescribeSnapshots,
    DisableImage,
    ModifyImageAttribute,
    ModifySnapshotAttribute,
    ResetSnapshotAttribute,
)
from amimodel.attributes import SnapshotAttributeName
from amimodel.callers import Caller
from amimodel.engine import apply, ask, attempt, explain
from amimodel.events import SnapshotNotification
from amimodel.images import UNPROTECTED
from amimodel.kms import aws_managed_key
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permission_requests import CreateVolumePermissionModifications, LaunchPermissionModifications
from amimodel.permissions import (
    EVERYONE,
    NOBODY,
    AccountPermission,
    CreateVolumePermission,
    EveryonePermission,
    Permissions,
)
from amimodel.product_codes import ProductCode
from amimodel.quirks import ErrorCode, PermissionOverlap, Quirks
from amimodel.refusals import (
    EncryptedSnapshotNotPublic,
    ManagedKeySnapshotNotShared,
    NotAuthorizedForSnapshot,
    OverlappingPermissions,
    ProductCodeSnapshotNotPublic,
    Refusal,
    SnapshotNotFound,
    SnapshotNotUsable,
    SnapshotPermissionsAddedAndRemoved,
    SnapshotPublicSharingBlocked,
    TooManyPermissionChanges,
)
from amimodel.requests import Outcome
from amimodel.settings import SnapshotBlockPublicAccess
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier
from amimodel.testing import strategies as amis
from amimodel.world import World
from worlds import ami, snap

WORLD = w.rich_world()
ALICE, BOB, CAROL = map(AccountPermission, (w.ALICE, w.BOB, w.CAROL))
ONE, ENCRYPTED, ARCHIVED, BOBS = 0xD02, 0xD01, 0xD04, 0xD06
MANAGED = str(aws_managed_key(w.ALICE, w.FRANKFURT).arn)
ITEMS = st.lists(st.one_of(st.sampled_from([ALICE, BOB, CAROL, EVERYONE]), amis.account_permissions()), max_size=4)
BOTH_AT_ONCE = evolve(WORLD, quirks=Quirks(snapshot_permissions_added_and_removed_at_once=True))


def change(number: int = ONE, *, add: Any = (), remove: Any = (), **more: Any) -> ModifySnapshotAttribute:
    wanted = CreateVolumePermissionModifications(add=add, remove=remove)
    return ModifySnapshotAttribute(snapshot_id=snap(number), create_volume_permission=wanted, **more)


def older(operation: str, items: list[CreateVolumePermission]) -> ModifySnapshotAttribute:
    return ModifySnapshotAttribute(
        snapshot_id=snap(ONE),
        attribute="createVolumePermission",
        operation_type=operation,
        user_ids=[item.user_id for item in items if isinstance(item, AccountPermission)],
        group_names=["all" for item in items if isinstance(item, EveryonePermission)],
    )


def of(world: World, number: int = ONE) -> Snapshot:
    return world.snapshots.records[snap(number)]


def listed(world: World, number: int = ONE) -> set[CreateVolumePermission]:
    return {*(of(world, number).create_volume_permissions or ())}


def with_snapshot(number: int = ONE, **fields: Any) -> Callable[[World], World]:
    return lambda world: world.with_snapshot(evolve(of(world, number), **fields))


def with_quirks(**fields: Any) -> Callable[[World], World]:
    return lambda world: evolve(world, quirks=evolve(world.quirks, **fields))


def with_limit(changes: int) -> Callable[[World], World]:
    return lambda world: evolve(world, limits=Limits(permission_changes_per_snapshot_request=changes))


def blocking(state: str) -> Callable[[World], World]:
    def blocked(world: World) -> World:
        setting = SnapshotBlockPublicAccess(state=state)
        settings = evolve(world.settings(w.ALICE, w.FRANKFURT), snapshot_block_public_access=setting)
        return world.with_settings(w.ALICE, w.FRANKFURT, settings)

    return blocked


def as_it_is(world: World) -> World:
    return world


def refused(request: Any, world: World = WORLD, by: Caller = w.alice) -> Refusal:
    result = attempt(world, request, by=by)
    assert isinstance(result, Refusal), result
    assert result == explain(world, request, by=by).refusals[0]
    return result


# --- shapes -----------------------------------------------------------------------------------------------------------


@given(items=ITEMS.filter(bool))
def test_both_shapes_come_to_the_same(items: list[CreateVolumePermission]) -> None:
    """Rule B SP-2."""
    for operation, new in (("add", change(add=items)), ("remove", change(remove=items))):
        old = older(operation, items)
        assert [{*side} for side in new.modification.sides] == [{*side} for side in old.modification.sides]
        assert listed(apply(WORLD, new, by=w.alice).world) == listed(apply(WORLD, old, by=w.alice).world)


@pytest.mark.parametrize(
    "more",
    [
        {"attribute": "createVolumePermission"},
        {"attribute": "CreateVolumePermission", "operation_type": "add"},
        {"operation_type": "add"},  # S 16
        {"user_ids": [w.BOB]},  # Packer
        {"attribute": "", "operation_type": "", "group_names": []},  # S 17
    ],
)
def test_what_real_clients_send_beside_the_structure_is_no_matter(more: dict[str, Any]) -> None:
    assert change(add=[BOB], **more).modification == change(add=[BOB]).modification


NAMED = {"attribute": "createVolumePermission"}
THE_STRUCTURE = "The request must contain the parameter CreateVolumePermission"
MALFORMED: list[tuple[str, dict[str, Any], str, str]] = [
    ("SP-2", {}, "MissingParameter", THE_STRUCTURE),
    ("LP-15", {"create_volume_permission": CreateVolumePermissionModifications()}, "MissingParameter", THE_STRUCTURE),
    ("LP-13", {"user_ids": [w.BOB], "operation_type": "add"}, "MissingParameter", THE_STRUCTURE),
    ("LP-15", {**NAMED, "operation_type": "add"}, "MissingParameter", "The request must contain the parameter UserIds"),
    (
        "LP-14",
        {**NAMED, "user_ids": [w.BOB]},
        "InvalidParameterCombination",
        "The attribute createVolumePermission needs an operation.",
    ),
    (
        "S 16",
        {
            "operation_type": "remove",
            "create_volume_permission": CreateVolumePermissionModifications(add=[BOB]),
        },
        "InvalidParameterCombination",
        "The operation remove contradicts CreateVolumePermission.",
    ),
    (
        "SP-2",
        {"attribute": "productCodes", "operation_type": "add", "user_ids": [w.BOB]},
        "InvalidParameterValue",
        "Value (productCodes) for parameter attribute is invalid. Only createVolumePermission can be modified.",
    ),
    (
        "SP-6",
        {**NAMED, "operation_type": "add", "group_names": ["some"]},
        "InvalidAMIAttributeItemValue",
        'Invalid attribute item value "some" for UserGroup item type.',
    ),
    (
        "SP-7",
        {**NAMED, "operation_type": "add", "user_ids": [w.BOB, "1234"]},
        "InvalidAMIAttributeItemValue",
        'Invalid attribute item value "1234" for userId item type.',
    ),
    (
        "B 0.1",
        {"snapshot_id": "snap-1", **NAMED, "operation_type": "add", "group_names": ["all"]},
        "InvalidSnapshotID.Malformed",
        "",
    ),
]


@pytest.mark.parametrize(("rule", "parameters", "code", "message"), MALFORMED)
def test_what_no_world_could_grant_is_malformed(rule: str, parameters: dict[str, Any], code: str, message: str) -> None:
    told: dict[str, Any] = {"snapshot_id": snap(ONE), **parameters}
    with pytest.raises(Malformed) as raised:
        ModifySnapshotAttribute(**told)
    assert raised.value.code == code, rule
    assert message in {"", raised.value.message}, rule


def test_product_codes_cannot_be_reset() -> None:
    """Rule B SP-14."""
    with pytest.raises(Malformed, match="InvalidParameterValue"):
        ResetSnapshotAttribute(snapshot_id=snap(ONE), attribute="productCodes")


# --- what comes of it -------------------------------------------------------------------------------------------------


@given(add=ITEMS, remove=ITEMS, before=ITEMS)
def test_a_list_ends_with_what_was_added_and_without_what_was_removed(
    add: list[CreateVolumePermission], remove: list[CreateVolumePermission], before: list[CreateVolumePermission]
) -> None:
    """Rules B SP-1, B SP-5, B SP-3 by its quirk, B LP-17."""
    world = with_snapshot(create_volume_permissions=Permissions(before))(BOTH_AT_ONCE)
    if add or remove:
        once = apply(world, change(add=add, remove=remove), by=w.alice).world
        assert listed(once) == {*before, *add} - {*remove}
        again = apply(once, change(add=add, remove=remove), by=w.alice).world
        assert of(again) == of(once)


@given(data=st.data())
def test_nothing_but_the_permissions_of_the_one_snapshot_changes(data: st.DataObject) -> None:
    """Rules B G-1, B SP-16: whoever is told of it hears of nothing else; no image is shared with it."""
    some = ITEMS.filter(bool)
    requests = st.one_of(
        some.map(lambda items: change(w.TO_BOB, add=items)),
        some.map(lambda items: change(w.TO_BOB, remove=items)),
        st.just(ResetSnapshotAttribute(snapshot_id=snap(w.TO_BOB))),
    )
    new, value = apply(WORLD, data.draw(requests), by=w.alice)
    assert value == of(new, w.TO_BOB)
    assert evolve(new.with_snapshot(of(WORLD, w.TO_BOB)), events=WORLD.events) == WORLD
    old = of(WORLD, w.TO_BOB)
    assert evolve(value, create_volume_permissions=old.create_volume_permissions) == old


def test_sharing_an_image_shares_no_snapshot() -> None:
    """Rule B SP-16, the other way round."""
    sharing = LaunchPermissionModifications(add=[BOB])
    new = apply(WORLD, ModifyImageAttribute(image_id=ami(w.WEB), launch_permission=sharing), by=w.alice).world
    assert new.snapshots == WORLD.snapshots


@pytest.mark.parametrize("request_", [DisableImage(image_id=ami(w.TO_BOB)), DeregisterImage(image_id=ami(w.TO_BOB))])
def test_what_becomes_of_an_image_leaves_the_permissions_of_its_snapshot(request_: Any) -> None:
    """Rule B SP-17."""
    shared = apply(WORLD, change(w.TO_BOB, add=[BOB]), by=w.alice).world
    unprotected = w.with_changed(shared, w.TO_BOB, deregistration_protection=UNPROTECTED)
    assert listed(apply(unprotected, request_, by=w.alice).world, w.TO_BOB) == {BOB}


def test_a_snapshot_is_seen_and_copied_by_those_it_is_shared_with_and_by_them_alone() -> None:
    """Rules B SP-1, B SP-19, B CS-1, B SBP-5."""
    copy = CopySnapshot(source_region="eu-central-1", source_snapshot_id=snap(ONE))
    assert isinstance(refused(copy, by=w.bob), SnapshotNotFound)
    shared = apply(WORLD, change(add=[BOB]), by=w.alice).world
    seen = ask(shared, DescribeSnapshots(snapshot_ids=[snap(ONE)]), by=w.bob)
    assert [one.snapshot_id for one in seen.items] == [snap(ONE)]
    assert isinstance(attempt(shared, copy, by=w.bob), Outcome)
    assert isinstance(refused(copy, shared, w.carol), SnapshotNotFound)
    taken_back = apply(shared, ResetSnapshotAttribute(snapshot_id=snap(ONE)), by=w.alice).world
    assert isinstance(refused(copy, taken_back, w.bob), SnapshotNotFound)


def test_a_pending_snapshot_can_be_shared_and_not_be_used_yet() -> None:
    """Rule B SP-18."""
    shared = apply(WORLD, change(0xD03, add=[BOB]), by=w.alice).world
    copy = CopySnapshot(source_region="eu-central-1", source_snapshot_id=snap(0xD03))
    assert isinstance(refused(copy, shared, w.bob), SnapshotNotUsable)


@given(before=ITEMS)
def test_resetting_takes_everyone_and_everybody_and_twice_is_as_good_as_once(
    before: list[CreateVolumePermission],
) -> None:
    """Rules B SP-14, B SP-15; settlement S 22: then the answer is an empty list."""
    world = with_snapshot(create_volume_permissions=Permissions(before))(WORLD)
    request = ResetSnapshotAttribute(snapshot_id=snap(ONE))
    reset = apply(world, request, by=w.alice).world
    assert of(reset).create_volume_permissions == NOBODY
    assert apply(reset, request, by=w.alice).world == reset
    told = DescribeSnapshotAttribute(snapshot_id=snap(ONE), attribute=SnapshotAttributeName.CREATE_VOLUME_PERMISSION)
    assert ask(reset, told, by=w.alice).value == NOBODY


# --- who is told ------------------------------------------------------------------------------------------------------


def events(before: World, after: World) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for event in after.events.since(len(before.events)):
        happened = event.occurrence
        assert isinstance(happened, SnapshotNotification)
        assert (happened.start_time, happened.end_time, happened.succeeded) == (w.NOW, w.NOW, True)
        found.append((event.account, happened.event, happened.source))
    return found


def test_each_account_that_is_newly_let_at_a_snapshot_is_told() -> None:
    """Rule C 9.3: "sent to the receiving account; private shares only"."""
    once = apply(WORLD, change(add=[BOB, EVERYONE, CAROL, ALICE]), by=w.alice).world
    assert events(WORLD, once) == [(w.BOB, "shareSnapshot", w.ALICE), (w.CAROL, "shareSnapshot", w.ALICE)]
    assert len({event.request_id for event in once.events.since(len(WORLD.events))}) == 1
    again = apply(once, change(add=[BOB, EVERYONE]), by=w.alice).world
    assert events(once, again) == []
    assert events(again, apply(again, change(remove=[BOB]), by=w.alice).world) == []
    assert events(again, apply(again, ResetSnapshotAttribute(snapshot_id=snap(ONE)), by=w.alice).world) == []


def test_the_event_is_as_eventbridge_delivers_it() -> None:
    """Rules C 9.1, C 9.3."""
    (event,) = apply(WORLD, change(add=[BOB]), by=w.alice).world.events.since(len(WORLD.events))
    envelope = event.envelope()
    assert (envelope["detail-type"], envelope["account"]) == ("EBS Snapshot Notification", w.BOB)
    detail = envelope["detail"]
    assert isinstance(detail, dict)
    assert detail | {"request-id": ""} == {
        "event": "shareSnapshot", "result": "succeeded", "cause": "", "request-id": "", "source": w.ALICE,
        "snapshot_id": f"arn:aws:ec2:eu-central-1::snapshot/{snap(ONE)}",
        "startTime": "2026-06-01T00:00:00Z", "endTime": "2026-06-01T00:00:00Z",
    }  # fmt: skip


# --- what is refused --------------------------------------------------------------------------------------------------

PUBLISH = change(add=[EVERYONE])
Witness = tuple[ModifySnapshotAttribute, Caller, Callable[[World], World], Refusal]
WITNESSES: list[Witness] = [
    (change(0xFFF, add=[BOB]), w.alice, as_it_is, SnapshotNotFound(snapshot_id=snap(0xFFF))),
    (change(add=[BOB]), w.alice_in_virginia, as_it_is, SnapshotNotFound(snapshot_id=snap(ONE))),
    (change(BOBS, add=[CAROL]), w.alice, as_it_is, NotAuthorizedForSnapshot(snapshot_id=snap(BOBS))),  # SP-13
    (
        change(add=[BOB, CAROL]),
        w.alice,
        with_limit(1),
        TooManyPermissionChanges(changes=2, limit=1),
    ),  # SP-4
    (
        change(add=[BOB], remove=[CAROL]),
        w.alice,
        as_it_is,
        SnapshotPermissionsAddedAndRemoved(snapshot_id=snap(ONE)),
    ),  # SP-3
    (
        change(add=[BOB], remove=[BOB]),
        w.alice,
        with_quirks(snapshot_permissions_added_and_removed_at_once=True, permission_overlap=PermissionOverlap.REFUSED),
        OverlappingPermissions(permissions=(f"account {w.BOB}",)),
    ),
    (
        change(ARCHIVED, add=[BOB]),
        w.alice,
        as_it_is,
        SnapshotNotUsable(snapshot_id=snap(ARCHIVED), state=SnapshotState.COMPLETED, storage_tier=StorageTier.ARCHIVE),
    ),  # C 8.46
    (
        change(ENCRYPTED, add=[EVERYONE]),
        w.alice,
        as_it_is,
        EncryptedSnapshotNotPublic(error_code=ErrorCode.OPERATION_NOT_PERMITTED, snapshot_id=snap(ENCRYPTED)),
    ),  # SP-8
    (
        PUBLISH,
        w.alice,
        with_snapshot(product_codes=[ProductCode("abc")]),
        ProductCodeSnapshotNotPublic(snapshot_id=snap(ONE)),
    ),  # SP-10
    (
        change(add=[BOB]),
        w.alice,
        with_snapshot(encrypted=True, kms_key_id=MANAGED),
        ManagedKeySnapshotNotShared(snapshot_id=snap(ONE)),
    ),  # SP-9
    (PUBLISH, w.alice, blocking("block-new-sharing"), SnapshotPublicSharingBlocked(snapshot_id=snap(ONE))),  # SP-11
]


@pytest.mark.parametrize(
    ("request_", "by", "spoilt", "refusal"), WITNESSES, ids=[type(row[3]).__name__ for row in WITNESSES]
)
def test_each_refusal_has_its_case(
    request_: ModifySnapshotAttribute, by: Caller, spoilt: Callable[[World], World], refusal: Refusal
) -> None:
    assert refused(request_, spoilt(WORLD), by) == refusal


def test_every_declared_refusal_has_a_case() -> None:
    assert {type(row[3]) for row in WITNESSES} == {*ModifySnapshotAttribute.refusals}


def test_faults_are_told_in_the_declared_order() -> None:
    """As for images (rule B 1.2): ownership, the items, the snapshot, then what the account blocks."""
    world = blocking("block-all-sharing")(with_limit(1)(WORLD))
    world = with_quirks(permission_overlap=PermissionOverlap.REFUSED)(world)
    spoilt = with_snapshot(
        storage_tier="archive", encrypted=True, kms_key_id=MANAGED, product_codes=[ProductCode("abc")]
    )(world)
    request = change(add=[EVERYONE, BOB], remove=[BOB])
    found = [type(refusal) for refusal in explain(spoilt, request, by=w.bob).refusals]
    assert found == [kind for kind in ModifySnapshotAttribute.refusals if kind is not SnapshotNotFound]
    assert isinstance(attempt(WORLD, change(add=[EVERYONE, BOB]), by=w.alice), Outcome)


def test_by_a_quirk_one_request_may_add_and_remove() -> None:
    """Rules B SP-3, C 8.34: as an example of EC2's own page does it."""
    shared = apply(BOTH_AT_ONCE, change(add=[BOB]), by=w.alice).world
    assert listed(apply(shared, change(add=[CAROL], remove=[BOB]), by=w.alice).world) == {CAROL}


def test_five_hundred_changes_fit_into_a_request() -> None:
    """Rule B SP-4; EC2 counts changes, and everyone is one."""
    many = [AccountPermission(f"{number:012d}") for number in range(500)]
    assert len(listed(apply(WORLD, change(add=many), by=w.alice).world)) == 500
    assert refused(change(add=[*many, EVERYONE])) == TooManyPermissionChanges(changes=501, limit=500)


def test_a_stranger_who_resets_is_refused() -> None:
    """Rules B SP-13, B SP-14."""
    request = ResetSnapshotAttribute(snapshot_id=snap(BOBS))
    assert refused(request) == NotAuthorizedForSnapshot(snapshot_id=snap(BOBS))
    assert refused(request, by=w.alice_in_virginia) == SnapshotNotFound(snapshot_id=snap(BOBS))
    assert {*ResetSnapshotAttribute.refusals} == {SnapshotNotFound, NotAuthorizedForSnapshot}


# --- block public access ----------------------------------------------------------------------------------------------


@given(add=ITEMS.filter(bool), state=st.sampled_from(["block-new-sharing", "block-all-sharing"]))
def test_block_public_access_lets_no_new_public_snapshot_in_and_no_account_is_kept_out(
    add: list[CreateVolumePermission], state: str
) -> None:
    """Rules B SBP-3, B SBP-4, B SBP-7."""
    result = attempt(blocking(state)(WORLD), change(add=add), by=w.alice)
    assert isinstance(result, SnapshotPublicSharingBlocked if EVERYONE in add else Outcome)


def test_to_block_new_sharing_leaves_what_is_public() -> None:
    """Rule B SBP-3: others may still use it; B SBP-4: not while all sharing is blocked, and then again."""
    copy = CopySnapshot(source_region="eu-central-1", source_snapshot_id=snap(ONE))
    public = apply(WORLD, PUBLISH, by=w.alice).world
    assert isinstance(attempt(blocking("block-new-sharing")(public), copy, by=w.carol), Outcome)
    closed = blocking("block-all-sharing")(public)
    assert isinstance(refused(copy, closed, w.carol), SnapshotNotFound)
    assert listed(closed) == {EVERYONE}
    assert isinstance(attempt(blocking("unblocked")(closed), copy, by=w.carol), Outcome)


def test_images_can_be_published_while_their_snapshots_are_kept() -> None:
    """Rule B SBP-6: the two settings know nothing of each other."""
    closed = blocking("block-all-sharing")(with_quirks(new_accounts_block_public_images=False)(WORLD))
    sharing = LaunchPermissionModifications(add=[EVERYONE])
    request = ModifyImageAttribute(image_id=ami(w.WEB), launch_permission=sharing)
    assert apply(closed, request, by=w.alice).value.public
