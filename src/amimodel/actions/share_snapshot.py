"""Who may use a snapshot: ModifySnapshotAttribute, ResetSnapshotAttribute.

Source: EBS User Guide, "Share an Amazon EBS snapshot"; EC2 API Reference, ModifySnapshotAttribute; rules B 11.1
(SP-1 to SP-18), B SBP-3, C 8.34, C 8.46, C 9.3; settlements S 16, S 17, S 43.
"""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from attrs import field, frozen

from amimodel import snapshot_sharing
from amimodel.attributes import SnapshotAttributeName
from amimodel.callers import Caller
from amimodel.events import SnapshotNotification
from amimodel.identifiers import SnapshotId, snapshot_id
from amimodel.malformed import invalid_value
from amimodel.permission_requests import (
    CreateVolumePermissionModifications,
    OperationType,
    asked,
    group,
    missing,
    told_apart,
)
from amimodel.permissions import AccountPermission, CreateVolumePermission
from amimodel.quirks import PermissionOverlap
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
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, nothing
from amimodel.snapshot_sharing import SnapshotSharingFacts
from amimodel.snapshots import Snapshot
from amimodel.world import World

_OF_AN_OWNER: Final[tuple[type[Refusal], ...]] = (SnapshotNotFound, NotAuthorizedForSnapshot)
_PERMISSION: Final = SnapshotAttributeName.CREATE_VOLUME_PERMISSION


def _attribute(text: str | None) -> SnapshotAttributeName | None:
    return _only_permission(text) if text else None


def _only_permission(text: str) -> SnapshotAttributeName:
    if text.lower() != _PERMISSION.value.lower():
        raise invalid_value("Attribute", text, "Only createVolumePermission can be modified.")
    return _PERMISSION


def _operation_type(text: str | None) -> OperationType | None:
    return OperationType(text) if text else None


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(texts)


@frozen(kw_only=True)
class ModifySnapshotAttribute(Request[Snapshot]):
    """Let accounts, or everyone, make volumes of a snapshot of one's own and copy it, or take that back.

    In either of two shapes: `create_volume_permission`; or `attribute`, `operation_type` and lists. `modification` is
    what they come to.

    >>> from amimodel.permissions import EVERYONE
    >>> new = ModifySnapshotAttribute(
    ...     snapshot_id="snap-12345678", create_volume_permission=CreateVolumePermissionModifications(add=[EVERYONE])
    ... )
    >>> old = ModifySnapshotAttribute(
    ...     snapshot_id="snap-12345678", attribute="createVolumePermission", operation_type="add", group_names=["all"]
    ... )
    >>> new.modification == old.modification
    True

    What is added and is there, and what is removed and is not, are no matter. Every account that is newly let at it is
    told (the event shareSnapshot); everyone is not.

    Raises `Malformed` for parameters that do not go together.

    Source: EC2 API Reference, ModifySnapshotAttribute; rules B SP-1 to B SP-13, B SBP-3, C 8.34, C 8.46, C 9.3;
    settlements S 16, S 17.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        *_OF_AN_OWNER,
        TooManyPermissionChanges,
        SnapshotPermissionsAddedAndRemoved,
        OverlappingPermissions,
        SnapshotNotUsable,
        EncryptedSnapshotNotPublic,
        ProductCodeSnapshotNotPublic,
        ManagedKeySnapshotNotShared,
        SnapshotPublicSharingBlocked,
    )

    snapshot_id: SnapshotId = field(converter=snapshot_id)
    attribute: SnapshotAttributeName | None = field(default=None, converter=_attribute)
    operation_type: OperationType | None = field(default=None, converter=_operation_type)
    user_ids: tuple[str, ...] = field(default=(), converter=_texts)
    group_names: tuple[str, ...] = field(default=(), converter=_texts)
    create_volume_permission: CreateVolumePermissionModifications | None = None
    modification: CreateVolumePermissionModifications = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "modification", self._modification())

    def _modification(self) -> CreateVolumePermissionModifications:
        listed: tuple[CreateVolumePermission, ...] = (
            *map(AccountPermission, self.user_ids),
            *map(group, self.group_names),
        )
        structure = None if self.create_volume_permission is None else self.create_volume_permission.sides
        named = self.attribute is not None
        sides = asked(structure, listed, self.operation_type, named=named, member="CreateVolumePermission")
        if sides is None:
            raise missing("CreateVolumePermission")
        return CreateVolumePermissionModifications(add=sides[0], remove=sides[1])

    def decide(self, world: World, by: Caller) -> Deciding[Snapshot]:
        """Go through the checks in order, then change the permissions."""
        snapshot = yield from _own(world, by, self.snapshot_id)
        change, quirks = self.modification, world.quirks
        yield from _against_items(world, self.snapshot_id, change)
        added, removed = told_apart(change.add, change.remove, quirks.permission_overlap)
        setting = world.settings(snapshot.owner_id, by.region).snapshot_block_public_access
        facts = SnapshotSharingFacts(keys=world.keys, block_public_access=setting, quirks=quirks)
        yield from snapshot_sharing.refusals_to_share(snapshot, added, facts)
        yield GRANTED
        after = snapshot_sharing.share(snapshot, added, facts) if added else snapshot
        after = snapshot_sharing.unshare(after, removed) if removed else after
        return Outcome(_told(world.with_snapshot(after), by, snapshot, after, world.request_id), after)


def _own(world: World, by: Caller, one: SnapshotId) -> Finding[Snapshot]:
    """The caller's snapshot; that somebody else's is there, EC2 tells here (rule B SP-13)."""
    snapshot = world.snapshot(one, by.region)
    if snapshot is None:
        return (yield from nothing(SnapshotNotFound(snapshot_id=one)))
    if snapshot.owner_id != by.account:
        yield NotAuthorizedForSnapshot(snapshot_id=one)
    return snapshot


def _against_items(world: World, one: SnapshotId, change: CreateVolumePermissionModifications) -> Iterator[Refusal]:
    """What speaks against the items themselves, whatever the snapshot (rules B SP-3, B SP-4, B LP-17)."""
    changes, most = len(change.add) + len(change.remove), world.limits.permission_changes_per_snapshot_request
    if changes > most:
        yield TooManyPermissionChanges(changes=changes, limit=most)
    quirks = world.quirks
    if change.add and change.remove and not quirks.snapshot_permissions_added_and_removed_at_once:
        yield SnapshotPermissionsAddedAndRemoved(snapshot_id=one)
    both = tuple(str(item) for item in change.add if item in change.remove)
    if both and quirks.permission_overlap is PermissionOverlap.REFUSED:
        yield OverlappingPermissions(permissions=both)


def _told(world: World, by: Caller, before: Snapshot, after: Snapshot, request_id: str) -> World:
    """Tell those that the snapshot is newly shared with (rule C 9.3)."""
    for item in snapshot_sharing.receivers(before, after):
        shared = SnapshotNotification(
            event="shareSnapshot",
            snapshot_id=after.snapshot_id,
            source=after.owner_id,
            start_time=world.now,
            end_time=world.now,
        )
        world = world.emitting(shared, account=item.user_id, region=by.region, request_id=request_id)
    return world


@frozen(kw_only=True)
class ResetSnapshotAttribute(Request[Snapshot]):
    """Take back every permission of a snapshot of one's own.

    Source: EC2 API Reference, ResetSnapshotAttribute; rules B SP-13, B SP-14.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = _OF_AN_OWNER

    snapshot_id: SnapshotId = field(converter=snapshot_id)
    attribute: SnapshotAttributeName = field(default=_PERMISSION, converter=_only_permission)

    def decide(self, world: World, by: Caller) -> Deciding[Snapshot]:
        """Go through the checks in order, then take them back."""
        snapshot = yield from _own(world, by, self.snapshot_id)
        yield GRANTED
        after = snapshot_sharing.reset(snapshot)
        return Outcome(world.with_snapshot(after), after)
