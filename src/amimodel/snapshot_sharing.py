"""Sharing a snapshot: letting others make volumes of it and copy it, taking that back, resetting it.

These are the rules for one snapshot. What they need to know beyond it - its keys, whether the account blocks public
access - is passed in; a check whose facts are not given is not made. A snapshot is shared with accounts or with
everyone, never with an organization, and sharing it does not share the images that are made of it, nor the other way
round (rules B SP-1, B SP-16, B OR-15).

Source: EBS User Guide, "Share an Amazon EBS snapshot" and "Block public access for snapshots"; EC2 API Reference,
ModifySnapshotAttribute; rules B 11.1 (SP-1 to SP-18), B SBP-3, B SBP-7, C 8.34, C 8.46; settlement S 43.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum, unique
from typing import Final

from attrs import field, frozen

from amimodel._copies import changed
from amimodel.encryption import KmsKey
from amimodel.kms import is_aws_managed
from amimodel.permissions import (
    EVERYONE,
    NOBODY,
    NOT_PUBLIC,
    AccountPermission,
    CreateVolumePermission,
    CreateVolumePermissions,
)
from amimodel.quirks import Quirks
from amimodel.refusals import (
    EncryptedSnapshotNotPublic,
    ManagedKeySnapshotNotShared,
    ProductCodeSnapshotNotPublic,
    Refusal,
    SnapshotNotUsable,
    SnapshotPublicSharingBlocked,
)
from amimodel.settings import SnapshotBlockPublicAccess
from amimodel.snapshots import Snapshot, StorageTier


@frozen(kw_only=True)
class SnapshotSharingFacts:
    """What the checks need to know beyond the snapshot. What is left out is taken not to stand in the way."""

    keys: Mapping[str, KmsKey] = field(factory=dict[str, KmsKey])
    block_public_access: SnapshotBlockPublicAccess | None = None
    quirks: Quirks = field(factory=Quirks)


NO_FURTHER_FACTS: Final = SnapshotSharingFacts()


def share(
    snapshot: Snapshot, items: Iterable[CreateVolumePermission], facts: SnapshotSharingFacts = NO_FURTHER_FACTS
) -> Snapshot:
    """Let more accounts make volumes of a snapshot, and copy it.

    >>> from amimodel.example_worlds import example_world
    >>> golden = example_world().snapshots.records["snap-0fa00000000000410"]
    >>> share(golden, [AccountPermission("999988887777")]).create_volume_permissions.items
    (AccountPermission(user_id='999988887777'),)

    One that is not completed yet can be shared; nobody can use it before (rule B SP-18). Whether the others may use
    the key of an encrypted one, EC2 does not look at (rule B SP-12).

    Raises the first refusal of `refusals_to_share`.

    Source: rules B SP-1, B SP-5, B SP-8 to B SP-12.
    """
    wanted = tuple(items)
    for refusal in refusals_to_share(snapshot, wanted, facts):
        raise refusal
    return changed(snapshot, create_volume_permissions=_told(snapshot).adding(wanted))


def unshare(snapshot: Snapshot, items: Iterable[CreateVolumePermission]) -> Snapshot:
    """Take permissions back. Items that are not there are no matter, and nothing forbids it.

    >>> from amimodel.example_worlds import example_world
    >>> golden = example_world().snapshots.records["snap-0fa00000000000410"]
    >>> unshare(share(golden, [EVERYONE]), [EVERYONE]) == golden
    True

    Volumes and copies that others have made stay theirs.

    Source: rules B SP-5, C 8.32.
    """
    return changed(snapshot, create_volume_permissions=_told(snapshot).removing(items))


def reset(snapshot: Snapshot) -> Snapshot:
    """Take every permission back; the owner keeps the one that is in no list.

    >>> from amimodel.example_worlds import example_world
    >>> golden = example_world().snapshots.records["snap-0fa00000000000410"]
    >>> reset(share(golden, [EVERYONE, AccountPermission("999988887777")])) == golden
    True

    Source: rule B SP-14.
    """
    return changed(snapshot, create_volume_permissions=NOBODY)


def receivers(before: Snapshot, after: Snapshot) -> Iterator[AccountPermission]:
    """The accounts that a change has let at a snapshot by name: to these EC2 tells it, unless they own it.

    Source: rule C 9.3 (shareSnapshot).
    """
    already = _told(before).accounts
    for item in _told(after):
        if isinstance(item, AccountPermission) and item.user_id not in {before.owner_id, *already}:
            yield item


def refusals_to_share(
    snapshot: Snapshot, items: Iterable[CreateVolumePermission], facts: SnapshotSharingFacts = NO_FURTHER_FACTS
) -> Iterator[Refusal]:
    """Everything that speaks against sharing a snapshot, in the order that images have for the same checks.

    >>> from attrs import evolve
    >>> from amimodel.example_worlds import example_world
    >>> golden = example_world().snapshots.records["snap-0fa00000000000410"]
    >>> [refusal.code for refusal in refusals_to_share(evolve(golden, encrypted=True), [EVERYONE])]
    ['OperationNotPermitted']

    Source: rules B SP-8 to B SP-11, C 8.34, C 8.46; the order of rule B 1.2.
    """
    wanted = tuple(items)
    already = _told(snapshot).everyone and facts.quirks.republishing_while_blocked_succeeds
    shared_with = {
        _With.ANYONE: bool(wanted),
        _With.EVERYONE: EVERYONE in wanted and not already,
        _With.AN_ACCOUNT: any(item != EVERYONE for item in wanted),
    }
    for when, check in _CHECKS:
        if shared_with[when]:
            refusal = check(snapshot, facts)
            if refusal is not None:
                yield refusal


def _told(snapshot: Snapshot) -> CreateVolumePermissions:
    """The permissions as far as they are known."""
    permissions = snapshot.create_volume_permissions
    return NOT_PUBLIC if permissions is None else permissions


@unique
class _With(Enum):
    ANYONE = "whoever is added"
    EVERYONE = "everyone is added who was not there"
    AN_ACCOUNT = "an account is added"


_Check = Callable[[Snapshot, SnapshotSharingFacts], Refusal | None]


def _archived(snapshot: Snapshot, _facts: SnapshotSharingFacts) -> Refusal | None:
    if snapshot.storage_tier is not StorageTier.ARCHIVE:
        return None
    return SnapshotNotUsable(snapshot_id=snapshot.snapshot_id, state=snapshot.state, storage_tier=snapshot.storage_tier)


def _encrypted(snapshot: Snapshot, facts: SnapshotSharingFacts) -> Refusal | None:
    if not snapshot.encrypted:
        return None
    code = facts.quirks.encrypted_public_snapshot_code
    return EncryptedSnapshotNotPublic(error_code=code, snapshot_id=snapshot.snapshot_id)


def _sold(snapshot: Snapshot, _facts: SnapshotSharingFacts) -> Refusal | None:
    return ProductCodeSnapshotNotPublic(snapshot_id=snapshot.snapshot_id) if snapshot.product_codes else None


def _aws_key(snapshot: Snapshot, facts: SnapshotSharingFacts) -> Refusal | None:
    key = snapshot.kms_key_id
    managed = key is not None and is_aws_managed(key, facts.keys)
    return ManagedKeySnapshotNotShared(snapshot_id=snapshot.snapshot_id) if managed else None


def _blocked(snapshot: Snapshot, facts: SnapshotSharingFacts) -> Refusal | None:
    setting = facts.block_public_access
    blocked = setting is not None and setting.blocks_new_sharing
    return SnapshotPublicSharingBlocked(snapshot_id=snapshot.snapshot_id) if blocked else None


# Adding everyone to a list that has everyone already is no new sharing, unless the quirk says otherwise (rule B LP-31,
# which speaks of images). A key of AWS's is in the way of an account; of everyone, all encryption is.
_CHECKS: Final[tuple[tuple[_With, _Check], ...]] = (
    (_With.ANYONE,     _archived),   # C 8.46
    (_With.EVERYONE,   _encrypted),  # B SP-8
    (_With.EVERYONE,   _sold),       # B SP-10
    (_With.AN_ACCOUNT, _aws_key),    # B SP-9, S 43
    (_With.EVERYONE,   _blocked),    # B SP-11, B SBP-3
)  # fmt: skip
