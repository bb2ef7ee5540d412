"""Sharing one snapshot: rules B 11.1 (SP-1 to SP-18), B SBP-3, B SBP-7, C 8.34, C 8.46, C 9.3; settlement S 43."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.encryption import KeyManager, KmsKey
from amimodel.kms import aws_managed_key
from amimodel.permissions import EVERYONE, NOBODY, AccountPermission, CreateVolumePermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    EncryptedSnapshotNotPublic,
    ManagedKeySnapshotNotShared,
    ProductCodeSnapshotNotPublic,
    Refusal,
    SnapshotNotUsable,
    SnapshotPublicSharingBlocked,
)
from amimodel.settings import SnapshotBlockPublicAccess
from amimodel.snapshot_sharing import SnapshotSharingFacts, receivers, refusals_to_share, reset, share, unshare
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as amis

FRIEND = AccountPermission(w.BOB)
PLAIN = w.snapshot(1)
MANAGED = str(aws_managed_key(w.ALICE, w.FRANKFURT).arn)
OWN_KEY = SnapshotSharingFacts(keys={w.KEY: KmsKey(arn=w.KEY)})
ITEMS = st.lists(st.one_of(amis.create_volume_permissions(), st.sampled_from([EVERYONE, FRIEND])), max_size=4)
SHAREABLE = st.builds(
    lambda permissions: evolve(PLAIN, create_volume_permissions=permissions), amis.create_volume_permission_lists()
)


def blocked(state: str) -> SnapshotSharingFacts:
    return SnapshotSharingFacts(block_public_access=SnapshotBlockPublicAccess(state=state))


@given(snapshot=SHAREABLE, items=ITEMS)
def test_what_is_shared_is_what_was_asked_for(snapshot: Snapshot, items: list[CreateVolumePermission]) -> None:
    """Rule B SP-5: nobody beyond those named gains, those there stay, and twice is as good as once."""
    after = share(snapshot, items)
    assert set(after.create_volume_permissions or ()) == {*(snapshot.create_volume_permissions or ()), *items}
    assert evolve(after, create_volume_permissions=snapshot.create_volume_permissions) == snapshot
    assert share(after, items) == after


@given(snapshot=SHAREABLE, items=ITEMS)
def test_unsharing_takes_exactly_what_was_named(snapshot: Snapshot, items: list[CreateVolumePermission]) -> None:
    """Rule B SP-5."""
    after = unshare(share(snapshot, items), items)
    assert set(after.create_volume_permissions or ()) == {*(snapshot.create_volume_permissions or ())} - {*items}
    assert unshare(after, items) == after


@given(snapshot=SHAREABLE)
def test_resetting_leaves_the_owner_alone(snapshot: Snapshot) -> None:
    """Rule B SP-14."""
    assert reset(snapshot).create_volume_permissions == NOBODY
    assert reset(reset(snapshot)) == reset(snapshot)


@given(snapshot=SHAREABLE, items=ITEMS)
def test_those_are_told_who_are_newly_named(snapshot: Snapshot, items: list[CreateVolumePermission]) -> None:
    """Rule C 9.3: "sent to the receiving account; private shares only"."""
    after = share(snapshot, items)
    told = list(receivers(snapshot, after))
    assert set(told) == {item for item in items if item not in (snapshot.create_volume_permissions or ())} - {
        EVERYONE, AccountPermission(snapshot.owner_id),
    }  # fmt: skip
    assert len(told) == len({*told})
    assert not list(receivers(after, after))


# What is wrong with a snapshot, what is known beside it, with whom it is shared, and what EC2 says.
CASES: list[tuple[str, dict[str, Any], SnapshotSharingFacts, list[CreateVolumePermission], list[Refusal]]] = [
    ("nothing", {}, OWN_KEY, [EVERYONE, FRIEND], []),
    (
        "C 8.46",
        {"storage_tier": "archive"},
        OWN_KEY,
        [FRIEND],
        [
            SnapshotNotUsable(
                snapshot_id=PLAIN.snapshot_id,
                state=PLAIN.state,
                storage_tier=w.snapshot(1, storage_tier="archive").storage_tier,
            )
        ],
    ),
    (
        "B SP-8",
        {"encrypted": True, "kms_key_id": w.KEY},
        OWN_KEY,
        [EVERYONE],
        [EncryptedSnapshotNotPublic(error_code=ErrorCode.OPERATION_NOT_PERMITTED, snapshot_id=PLAIN.snapshot_id)],
    ),
    ("B SP-12", {"encrypted": True, "kms_key_id": w.KEY}, OWN_KEY, [FRIEND], []),
    ("the key is not told", {"encrypted": True}, OWN_KEY, [FRIEND], []),
    (
        "B SP-9",
        {"encrypted": True, "kms_key_id": MANAGED},
        OWN_KEY,
        [FRIEND],
        [ManagedKeySnapshotNotShared(snapshot_id=PLAIN.snapshot_id)],
    ),
    (
        "B SP-9: a key that is known to be AWS's",
        {"encrypted": True, "kms_key_id": w.KEY},
        SnapshotSharingFacts(keys={w.KEY: KmsKey(arn=w.KEY, key_manager=KeyManager.AWS)}),
        [FRIEND],
        [ManagedKeySnapshotNotShared(snapshot_id=PLAIN.snapshot_id)],
    ),
    (
        "B SP-8 before B SP-9",
        {"encrypted": True, "kms_key_id": MANAGED},
        OWN_KEY,
        [FRIEND, EVERYONE],
        [
            EncryptedSnapshotNotPublic(error_code=ErrorCode.OPERATION_NOT_PERMITTED, snapshot_id=PLAIN.snapshot_id),
            ManagedKeySnapshotNotShared(snapshot_id=PLAIN.snapshot_id),
        ],
    ),
    (
        "B SP-10",
        {"product_codes": [ProductCode("abc")]},
        OWN_KEY,
        [EVERYONE],
        [ProductCodeSnapshotNotPublic(snapshot_id=PLAIN.snapshot_id)],
    ),
    ("B MP-5: with an account", {"product_codes": [ProductCode("abc")]}, OWN_KEY, [FRIEND], []),
    (
        "B SBP-3",
        {},
        blocked("block-new-sharing"),
        [EVERYONE],
        [SnapshotPublicSharingBlocked(snapshot_id=PLAIN.snapshot_id)],
    ),
    (
        "B SBP-4",
        {},
        blocked("block-all-sharing"),
        [EVERYONE],
        [SnapshotPublicSharingBlocked(snapshot_id=PLAIN.snapshot_id)],
    ),
    ("B SBP-7", {}, blocked("block-all-sharing"), [FRIEND], []),
    ("unblocked", {}, blocked("unblocked"), [EVERYONE], []),
    ("B SP-18: pending", {"state": "pending"}, OWN_KEY, [FRIEND], []),
]


@pytest.mark.parametrize(("rule", "fields", "facts", "items", "refusals"), CASES, ids=[row[0] for row in CASES])
def test_what_speaks_against_sharing(
    rule: str,
    fields: dict[str, Any],
    facts: SnapshotSharingFacts,
    items: list[CreateVolumePermission],
    refusals: list[Refusal],
) -> None:
    snapshot = evolve(PLAIN, **fields)
    assert list(refusals_to_share(snapshot, items, facts)) == refusals
    if refusals:
        with pytest.raises(type(refusals[0])):
            share(snapshot, items, facts)
    else:
        assert set(share(snapshot, items, facts).create_volume_permissions or ()) == {*items}


def test_the_messages_are_ec2s_where_they_have_been_seen() -> None:
    (managed,) = refusals_to_share(evolve(PLAIN, encrypted=True, kms_key_id=MANAGED), [FRIEND])
    assert str(managed) == "Encrypted snapshots with EBS default key cannot be shared"
    assert managed.remedy.startswith(f"copy {PLAIN.snapshot_id} with a key of your own")


def test_the_code_for_an_encrypted_snapshot_is_a_doubt() -> None:
    """Rules B SP-8, B 14."""
    quirks = Quirks(encrypted_public_snapshot_code=ErrorCode.INVALID_PARAMETER)
    (refusal,) = refusals_to_share(evolve(PLAIN, encrypted=True), [EVERYONE], SnapshotSharingFacts(quirks=quirks))
    assert refusal.code == "InvalidParameter"


def test_a_customers_key_that_is_the_default_can_be_shared() -> None:
    """Settlement S 43: EC2's "default key" is the key that AWS keeps."""
    snapshot = evolve(PLAIN, encrypted=True, kms_key_id=w.KEY)
    assert FRIEND in (share(snapshot, [FRIEND], OWN_KEY).create_volume_permissions or ())


@pytest.mark.parametrize("state", ["block-new-sharing", "block-all-sharing"])
def test_publishing_again_what_is_public_is_no_new_sharing_but_by_a_quirk(state: str) -> None:
    """Rule B LP-31, which speaks of images; B SBP-4: the permission is still there."""
    public, facts = share(PLAIN, [EVERYONE]), blocked(state)
    assert share(public, [EVERYONE], facts) == public
    strict = evolve(facts, quirks=Quirks(republishing_while_blocked_succeeds=False))
    assert [*map(type, refusals_to_share(public, [EVERYONE], strict))] == [SnapshotPublicSharingBlocked]


@given(items=ITEMS, tier=st.sampled_from(["standard", "archive"]))
def test_nothing_forbids_to_take_a_permission_back(items: list[CreateVolumePermission], tier: str) -> None:
    """As for images (rule B LP-30): neither encryption nor product codes nor the archive."""
    closed = evolve(
        PLAIN, encrypted=True, kms_key_id=MANAGED, product_codes=[ProductCode("abc")], storage_tier=tier,
        create_volume_permissions=Permissions([FRIEND]),
    )  # fmt: skip
    assert set(unshare(closed, items).create_volume_permissions or ()) == {FRIEND} - {*items}
    assert reset(closed).create_volume_permissions == NOBODY


def test_permissions_that_are_not_told_stay_half_told() -> None:
    untold = evolve(PLAIN, create_volume_permissions=None)
    shared = share(untold, [FRIEND]).create_volume_permissions
    assert shared is not None
    assert (shared.items, shared.complete) == ((FRIEND,), False)
    assert reset(untold).create_volume_permissions == NOBODY
