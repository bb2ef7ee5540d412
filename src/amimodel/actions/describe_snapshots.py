"""What can be asked about snapshots: DescribeSnapshots and DescribeSnapshotAttribute.

Source: EC2 API Reference, DescribeSnapshots and DescribeSnapshotAttribute; rules B 11.2 (SP-19 to SP-21), B SP-15,
B SBP-4, B SBP-5, C 8.90 to C 8.92; settlements S 21, S 22.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar, Final, NamedTuple

from attrs import field, frozen

from amimodel._copies import changed
from amimodel.actions._finding import is_public, may_read
from amimodel.attributes import SnapshotAttribute, SnapshotAttributeName, SnapshotAttributeValue
from amimodel.callers import Caller
from amimodel.filters import Filter, as_filters, limit_refusal, matcher
from amimodel.identifiers import SnapshotId, snapshot_id
from amimodel.names import text_or_none
from amimodel.paging import PAGE_BOUNDS, Page, page, page_size_refusal
from amimodel.permissions import EVERYONE, NOBODY, NOT_PUBLIC, AccountPermission
from amimodel.refusals import (
    FilterLimitExceeded,
    IdsNotPaged,
    InvalidNextToken,
    NotAuthorizedForSnapshot,
    PageSizeRefused,
    Refusal,
    SnapshotNotFound,
)
from amimodel.requests import GRANTED, Finding, Query, nothing, unless
from amimodel.resource_filters import SNAPSHOT_FILTERS, SeenSnapshot
from amimodel.scopes import OwnerScope, OwnerWord, UserScope, UserWord, executable_user, snapshot_owners
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tasks import FinishSnapshots
from amimodel.world import World


def _snapshot_ids(ids: Iterable[str]) -> tuple[SnapshotId, ...]:
    return tuple(snapshot_id(one, "SnapshotIds") for one in ids)


def _restorable_by(texts: Iterable[str]) -> tuple[UserScope, ...]:
    return tuple(executable_user(text, "RestorableByUserIds") for text in texts)


def _known_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    given = as_filters(filters)
    SNAPSHOT_FILTERS.check(given)
    return given


# --- who looks, and what is seen --------------------------------------------------------------------------------------

_ALMOST: Final = 99


@frozen(slots=False)
class _Viewer:
    world: World
    by: Caller

    @cached_property
    def _due(self) -> Mapping[str, datetime]:
        """When each pending snapshot will be finished, as far as a task says so."""
        return {
            one: task.due
            for task in self.world.tasks
            if isinstance(task.work, FinishSnapshots)
            for one in task.work.snapshot_ids
        }

    def sees(self, snapshot: Snapshot) -> bool:
        return snapshot.region == self.by.region and may_read(self.world, self.by, snapshot)

    def seen(self, snapshot: Snapshot) -> SeenSnapshot:
        """What DescribeSnapshots tells: permissions, product codes and licence to nobody (rule C 8.1)."""
        told: dict[str, object] = {"create_volume_permissions": None, "product_codes": (), "billing": None}
        if snapshot.owner_id != self.by.account:
            told["tags"] = self.world.tags(self.by.account, snapshot.snapshot_id)
        if snapshot.state is SnapshotState.PENDING:
            told["progress"] = self._progress(snapshot)
        seen = changed(snapshot, **told)
        return SeenSnapshot(seen, seen.tags)

    def _progress(self, snapshot: Snapshot) -> str:
        """As much as time has passed of all the time it takes; it is at 100% no sooner than it is completed (C 8.1)."""
        due, start, now = self._due.get(snapshot.snapshot_id), snapshot.start_time, self.world.now
        if due is None or due <= start:
            return snapshot.progress
        return f"{max(0, min(_ALMOST, int(100 * ((now - start) / (due - start)))))}%"


# --- DescribeSnapshots ------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class DescribeSnapshots(Query[Page[Snapshot]]):
    """Find snapshots, and see of each what the caller may see.

    Without `snapshot_ids` it lists every snapshot that the caller can make volumes of: its own, those shared with it,
    and those that are public, unless their owner blocks all sharing. One that is named by its id and not open to the
    caller is left out without a word; one that is not there fails the whole request.

    The answer is sorted by start time and id; EC2 promises no order. Whom a snapshot is shared with it tells to nobody.

    Source: EC2 API Reference, DescribeSnapshots; rules B SP-19 to SP-21, B SBP-4, B SBP-5, C 8.90 to C 8.92, A DI-2;
    settlement S 21.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        FilterLimitExceeded,
        PageSizeRefused,
        IdsNotPaged,
        SnapshotNotFound,
        InvalidNextToken,
    )

    snapshot_ids: tuple[SnapshotId, ...] = field(default=(), converter=_snapshot_ids)
    owner_ids: tuple[OwnerScope, ...] = field(default=(), converter=snapshot_owners)
    restorable_by_user_ids: tuple[UserScope, ...] = field(default=(), converter=_restorable_by)
    filters: tuple[Filter, ...] = field(default=(), converter=_known_filters)
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[Snapshot]]:
        """Go through the checks in order, then find the snapshots."""
        if self.filters:
            yield from unless(limit_refusal(self.filters, world.limits))
        bounds = PAGE_BOUNDS[self.action](world.limits)
        yield from unless(page_size_refusal(self.max_results, bounds))
        if self.max_results and self.snapshot_ids:
            yield IdsNotPaged(parameter="snapshotSet")
        viewer = _Viewer(world, by)
        candidates = (yield from self._named(world, by)) if self.snapshot_ids else _candidates(self, viewer)
        found = self._chosen(viewer, candidates)
        asked = by.account, by.region, self.snapshot_ids, self.owner_ids, self.restorable_by_user_ids, self.filters
        try:
            return page(found, bounds=bounds, max_results=self.max_results, next_token=self.next_token, query=asked)
        except (InvalidNextToken, PageSizeRefused) as refusal:
            return (yield from nothing(refusal))

    def _named(self, world: World, by: Caller) -> Finding[Sequence[Snapshot]]:
        """The snapshots with these ids, whoever may see them (rules B SP-21, C 8.90)."""
        found: list[Snapshot] = []
        for one in dict.fromkeys(self.snapshot_ids):
            snapshot = world.snapshot(one, by.region)
            if snapshot is None:
                return (yield from nothing(SnapshotNotFound(snapshot_id=one)))
            found.append(snapshot)
        return found

    def _chosen(self, viewer: _Viewer, candidates: Iterable[Snapshot]) -> list[Snapshot]:
        """Those that the caller sees and that meet the owners, the users and every filter, in their order."""
        account = viewer.by.account
        meets = matcher(self.filters, SNAPSHOT_FILTERS, viewer.world.quirks) if self.filters else None
        chosen: list[Snapshot] = []
        for snapshot in candidates:
            if not viewer.sees(snapshot):
                continue
            if self.owner_ids and not any(_owned_by(snapshot, owner, account) for owner in self.owner_ids):
                continue
            users = self.restorable_by_user_ids
            if users and not any(_restorable(viewer, snapshot, user) for user in users):
                continue
            seen = viewer.seen(snapshot)
            if meets is None or meets(seen):
                chosen.append(seen.snapshot)
        return sorted(chosen, key=_by_start)


def _by_start(snapshot: Snapshot) -> tuple[datetime, str]:
    return snapshot.start_time, snapshot.snapshot_id


def _owned_by(snapshot: Snapshot, owner: OwnerScope, account: str) -> bool:
    return owner in {snapshot.owner_id, snapshot.owner_alias} or (
        owner is OwnerWord.SELF and snapshot.owner_id == account
    )


def _restorable(viewer: _Viewer, snapshot: Snapshot, user: UserScope) -> bool:
    """Whether a user may make volumes of a snapshot, as far as the caller may ask (rule B SP-20).

    Everyone's permission is meant for `all` alone; what others may, the owner may ask.
    """
    permissions, account = snapshot.create_volume_permissions or NOBODY, viewer.by.account
    if user is UserWord.ALL:
        return is_public(viewer.world, snapshot)
    if user in {UserWord.SELF, account}:
        return snapshot.owner_id == account or account in permissions.accounts
    return snapshot.owner_id == account and user in permissions.accounts


# --- where to look ----------------------------------------------------------------------------------------------------


class _Way(NamedTuple):
    """A way to everything that can meet a part of the query: how many snapshots lie on it at most, and their ids."""

    at_most: int
    ids: Callable[[], Iterable[str]]


def _candidates(query: DescribeSnapshots, viewer: _Viewer) -> Iterable[Snapshot]:
    """All snapshots that the listing could show, and as few others as an index can leave away.

    Each part of the query leads to the snapshots that can meet it; the shortest way is taken, and everything on it is
    looked at in full.
    """
    records = viewer.world.snapshots.records
    ways = (_everything_seen(viewer), *_ways_of_filters(query, viewer), *_ways_of_scopes(query, viewer))
    shortest = min(ways, key=_length)
    return (records[one] for one in dict.fromkeys(shortest.ids()) if one in records)


def _length(way: _Way) -> int:
    return way.at_most


def _under(viewer: _Viewer, keys: Iterable[tuple[str, Hashable]]) -> _Way:
    snapshots, wanted = viewer.world.snapshots, tuple(keys)
    return _Way(
        sum(snapshots.count(index, key) for index, key in wanted),
        lambda: (one for index, key in wanted for one in snapshots.ids(index, key)),
    )


def _everything_seen(viewer: _Viewer) -> _Way:
    return _under(viewer, (*_keys_of_user(viewer, UserWord.SELF), *_keys_of_user(viewer, UserWord.ALL)))


# A filter's exact values lead to the snapshots under the keys that these functions make of them.
_Keys = Callable[[_Viewer, str], tuple[str, Hashable]]
_INDEXED: Final[Mapping[str, _Keys]] = MappingProxyType({
    "owner-alias": lambda viewer, value: ("alias", (value, viewer.by.region)),
    "owner-id":    lambda viewer, value: ("owner", (value, viewer.by.region)),
    "volume-id":   lambda _, value: ("volume", value),
})  # fmt: skip


def _ways_of_filters(query: DescribeSnapshots, viewer: _Viewer) -> Iterator[_Way]:
    for each in query.filters:
        exact = each.exact
        if exact is None:
            continue
        if each.name == "snapshot-id":
            yield _Way(len(exact), exact.__iter__)
        elif each.name in _INDEXED:
            keys = _INDEXED[each.name]
            yield _under(viewer, [keys(viewer, value) for value in exact])
        elif each.name.startswith("tag:"):
            yield _tagged(viewer, [(each.name.removeprefix("tag:"), value) for value in exact])
        elif each.name == "tag-key":
            yield _tagged(viewer, exact)


def _tagged(viewer: _Viewer, keys: Iterable[Hashable]) -> _Way:
    """What its owner has tagged so, and all that the caller has written anything on: few as a rule."""
    by_owner, foreign = _under(viewer, [("tag", key) for key in keys]), viewer.world.foreign_tags
    account = viewer.by.account

    def ids() -> Iterator[str]:
        yield from by_owner.ids()
        yield from (one for one, tags in foreign.items() if account in tags)

    return _Way(by_owner.at_most + len(foreign), ids)


def _ways_of_scopes(query: DescribeSnapshots, viewer: _Viewer) -> Iterator[_Way]:
    if query.owner_ids:
        yield _under(viewer, [_key_of_owner(viewer, owner) for owner in query.owner_ids])
    if query.restorable_by_user_ids:
        yield _under(viewer, [key for user in query.restorable_by_user_ids for key in _keys_of_user(viewer, user)])


def _key_of_owner(viewer: _Viewer, owner: OwnerScope) -> tuple[str, Hashable]:
    by = viewer.by
    if owner is OwnerWord.AMAZON:
        return "alias", (OwnerWord.AMAZON.value, by.region)
    return "owner", (by.account if owner is OwnerWord.SELF else owner, by.region)


def _keys_of_user(viewer: _Viewer, user: UserScope) -> Iterator[tuple[str, Hashable]]:
    account, region = viewer.by.account, viewer.by.region
    if user is UserWord.ALL:
        yield "grantee", (region, EVERYONE)
    elif user in {UserWord.SELF, account}:
        yield "owner", (account, region)
        yield "grantee", (region, AccountPermission(account))
    else:
        yield "grantee", (region, AccountPermission(user))


# --- one attribute ----------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class DescribeSnapshotAttribute(Query[SnapshotAttribute]):
    """See whom a snapshot of one's own is shared with, or its product codes.

    Source: EC2 API Reference, DescribeSnapshotAttribute; rules B SP-13, B SP-15; settlement S 22.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (SnapshotNotFound, NotAuthorizedForSnapshot)

    snapshot_id: SnapshotId = field(converter=snapshot_id)
    attribute: SnapshotAttributeName = field(converter=SnapshotAttributeName)

    def answer(self, world: World, by: Caller) -> Finding[SnapshotAttribute]:
        """Go through the checks in order, then read the attribute."""
        snapshot = world.snapshot(self.snapshot_id, by.region)
        if snapshot is None:
            return (yield from nothing(SnapshotNotFound(snapshot_id=self.snapshot_id)))
        if snapshot.owner_id != by.account:
            yield NotAuthorizedForSnapshot(snapshot_id=self.snapshot_id)
        yield GRANTED
        match self.attribute:
            case SnapshotAttributeName.CREATE_VOLUME_PERMISSION:
                permissions = snapshot.create_volume_permissions
                return self._told(NOT_PUBLIC if permissions is None else permissions)  # in a world made of answers
            case SnapshotAttributeName.PRODUCT_CODES:
                return self._told(snapshot.product_codes)

    def _told(self, value: SnapshotAttributeValue) -> SnapshotAttribute:
        return SnapshotAttribute(snapshot_id=self.snapshot_id, attribute=self.attribute, value=value)
