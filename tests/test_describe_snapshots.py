"""DescribeSnapshots and DescribeSnapshotAttribute: rules B 11.2, B SP-15, C 8.90 to C 8.92; settlements S 21, S 22."""

from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import CreateSnapshot, DescribeSnapshotAttribute, DescribeSnapshots
from amimodel.actions.describe_snapshots import _candidates, _Viewer
from amimodel.callers import Caller
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.filters import Filter, matcher
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, NOBODY, AccountPermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.refusals import (
    FilterLimitExceeded,
    IdsNotPaged,
    InvalidNextToken,
    NotAuthorizedForSnapshot,
    PageSizeRefused,
    Refusal,
    SnapshotNotFound,
)
from amimodel.requests import Request
from amimodel.resource_filters import SNAPSHOT_FILTERS, SeenSnapshot
from amimodel.settings import RegionSettings, SnapshotBlockPublicAccess
from amimodel.snapshots import Snapshot
from amimodel.tags import Tags
from amimodel.testing import strategies as amis
from amimodel.vocabulary import OwnerAlias
from amimodel.world import World
from reference.stores import ALICE, BOB, HERE, NOW, OWN_KEY, THERE, snapshot, volume, world

CAROL = Caller(account="777788889999", region=HERE)
TO_ALICE, TO_ALL = AccountPermission(ALICE.account), EVERYONE
BLOCKED = RegionSettings(snapshot_block_public_access=SnapshotBlockPublicAccess(state="block-all-sharing"))


def listed(before: World, by: Caller = ALICE, **asked: Any) -> list[str]:
    return [one.snapshot_id for one in ask(before, DescribeSnapshots(**asked), by=by)]


def made(snapshot_id: str, by: Caller = ALICE, *grants: Any, **facts: Any) -> Snapshot:
    return snapshot(snapshot_id, owner_id=by.account, create_volume_permissions=Permissions(grants), **facts)


OWN, THEIRS, SHARED, PUBLIC = "snap-00000001", "snap-00000002", "snap-00000003", "snap-00000004"
ELSEWHERE, MISSING = "snap-00000005", "snap-00000009"
MARKET = world(
    made(OWN),
    made(THEIRS, BOB),
    made(SHARED, BOB, TO_ALICE),
    made(PUBLIC, BOB, TO_ALL),
    made(ELSEWHERE, ALICE, region=THERE),
)

# --- what is refused --------------------------------------------------------------------------------------------------

TOO_MANY = [Filter("status", ["pending"])] * 51

WITNESSES: list[tuple[World, Request[Any], type[Refusal], str]] = [
    (
        MARKET,
        DescribeSnapshots(filters=TOO_MANY),
        FilterLimitExceeded,
        "The maximum number of filters specified on a single call is 50",
    ),
    (
        MARKET,
        DescribeSnapshots(max_results=4),
        PageSizeRefused,
        "Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
    ),
    (
        MARKET,
        DescribeSnapshots(max_results=1001),
        PageSizeRefused,
        "Value ( 1001 ) for parameter maxResults is invalid. Expecting a value less than 1000.",
    ),
    (
        MARKET,
        DescribeSnapshots(max_results=5, snapshot_ids=[OWN]),
        IdsNotPaged,
        "The parameter snapshotSet cannot be used with the parameter maxResults",
    ),
    (
        MARKET,
        DescribeSnapshots(snapshot_ids=[OWN, MISSING, "snap-0000000a"]),
        SnapshotNotFound,
        "The snapshot 'snap-00000009' does not exist.",
    ),
    (
        MARKET,
        DescribeSnapshots(snapshot_ids=[ELSEWHERE]),
        SnapshotNotFound,
        "The snapshot 'snap-00000005' does not exist.",
    ),
    (MARKET, DescribeSnapshots(next_token="next"), InvalidNextToken, "The token 'next' is invalid"),  # noqa: S106
    (
        MARKET,
        DescribeSnapshotAttribute(snapshot_id=MISSING, attribute="productCodes"),
        SnapshotNotFound,
        "The snapshot 'snap-00000009' does not exist.",
    ),
    (
        MARKET,
        DescribeSnapshotAttribute(snapshot_id=PUBLIC, attribute="productCodes"),
        NotAuthorizedForSnapshot,
        "Not authorized for snapshot:snap-00000004",
    ),
]


@pytest.mark.parametrize(("before", "query", "refusal", "message"), WITNESSES)
def test_each_reason_to_refuse_has_its_witness(
    before: World, query: Request[Any], refusal: type[Refusal], message: str
) -> None:
    told = attempt(before, query, by=ALICE)
    assert type(told) is refusal
    assert str(told) == message


@pytest.mark.parametrize("action", [DescribeSnapshots, DescribeSnapshotAttribute])
def test_every_declared_refusal_is_reached_and_no_other(action: type[Request[Any]]) -> None:
    reached = {refusal for _, query, refusal, _ in WITNESSES if type(query) is action}
    assert reached == set(action.refusals)


def test_what_is_in_the_way_is_named_in_order() -> None:
    rungs: list[tuple[type[Refusal], dict[str, Any]]] = [
        (FilterLimitExceeded, {"filters": TOO_MANY, "max_results": 1, "snapshot_ids": [MISSING]}),
        (PageSizeRefused, {"max_results": 1, "snapshot_ids": [MISSING]}),
        (IdsNotPaged, {"max_results": 5, "snapshot_ids": [MISSING]}),
        (SnapshotNotFound, {"snapshot_ids": [MISSING]}),
    ]
    for number, (refusal, asked) in enumerate(rungs):
        query = DescribeSnapshots(**asked)
        assert type(attempt(MARKET, query, by=ALICE)) is refusal
        in_the_way = [type(one) for one in explain(MARKET, query, by=ALICE).refusals]
        assert in_the_way == [kind for kind, _ in rungs[number:]]


@pytest.mark.parametrize(
    ("build", "complaint"),
    [
        (lambda: DescribeSnapshots(snapshot_ids=["snap-1"]), "InvalidSnapshotID.Malformed: "),
        (lambda: DescribeSnapshots(owner_ids=["all"]), 'InvalidUserID.Malformed: Invalid user id: "all"'),
        (lambda: DescribeSnapshots(restorable_by_user_ids=["me"]), 'InvalidUserID.Malformed: Invalid user id: "me"'),
        (lambda: DescribeSnapshots(filters=[Filter("state", ["x"])]), "InvalidParameterValue: The filter 'state' is"),
        (
            lambda: DescribeSnapshotAttribute(snapshot_id=OWN, attribute="tags"),
            "InvalidParameterValue: Invalid value 'tags' for",
        ),
    ],
)
def test_what_no_world_could_answer_is_malformed(build: Any, complaint: str) -> None:
    """Rules B SP-20, B SP-21, A FI-6."""
    with pytest.raises(Malformed) as told:
        build()
    assert str(told.value).startswith(complaint)


# --- who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "alice", "bob", "carol"),
    [
        ({},                                       [OWN, SHARED, PUBLIC], [THEIRS, SHARED, PUBLIC], [PUBLIC]),
        ({"snapshot_ids": [OWN, THEIRS, PUBLIC]},  [OWN, PUBLIC],         [THEIRS, PUBLIC],         [PUBLIC]),
        ({"owner_ids": ["self"]},                  [OWN],                 [THEIRS, SHARED, PUBLIC], []),
        ({"owner_ids": [BOB.account]},             [SHARED, PUBLIC],      [THEIRS, SHARED, PUBLIC], [PUBLIC]),
        ({"owner_ids": [BOB.account, "self"]},     [OWN, SHARED, PUBLIC], [THEIRS, SHARED, PUBLIC], [PUBLIC]),
        ({"owner_ids": ["amazon"]},                [],                    [],                       []),
        ({"restorable_by_user_ids": ["self"]},     [OWN, SHARED],         [THEIRS, SHARED, PUBLIC], []),
        ({"restorable_by_user_ids": ["all"]},      [PUBLIC],              [PUBLIC],                 [PUBLIC]),
        # What another account may do, only the owner may ask.
        ({"restorable_by_user_ids": [ALICE.account]},        [OWN, SHARED], [SHARED],         []),
        ({"restorable_by_user_ids": [ALICE.account, "all"]}, [OWN, SHARED, PUBLIC], [SHARED, PUBLIC], [PUBLIC]),
    ],
)  # fmt: skip
def test_each_account_sees_what_it_may_use(
    asked: dict[str, Any], alice: list[str], bob: list[str], carol: list[str]
) -> None:
    """Rules B SP-19 to SP-21, C 8.90, C 8.92."""
    assert [listed(MARKET, by, **asked) for by in (ALICE, BOB, CAROL)] == [alice, bob, carol]


def test_a_public_snapshot_counts_as_private_while_its_owner_blocks_all_sharing() -> None:
    """Rules B SBP-3 to B SBP-5: and is public again afterwards."""
    blocked = MARKET.with_settings(BOB.account, HERE, BLOCKED)
    assert listed(blocked, CAROL) == []
    assert listed(blocked, ALICE) == [OWN, SHARED]
    assert listed(blocked, BOB) == [THEIRS, SHARED, PUBLIC]
    for by in (ALICE, BOB, CAROL):
        assert listed(blocked, by, restorable_by_user_ids=["all"]) == []
    assert listed(blocked, CAROL, snapshot_ids=[PUBLIC]) == []  # no error
    assert listed(blocked.with_settings(BOB.account, HERE, RegionSettings()), CAROL) == [PUBLIC]
    new_sharing = SnapshotBlockPublicAccess(state="block-new-sharing")
    settings = RegionSettings(snapshot_block_public_access=new_sharing)
    assert listed(MARKET.with_settings(BOB.account, HERE, settings), CAROL) == [PUBLIC]


def test_amazons_snapshots_are_found_by_their_alias() -> None:
    """Rule C 8.92."""
    before = world(made(OWN), made(PUBLIC, BOB, TO_ALL, owner_alias=OwnerAlias.AMAZON))
    assert listed(before, owner_ids=["amazon"]) == [PUBLIC]
    assert listed(before, filters=[Filter("owner-alias", ["amazon"])]) == [PUBLIC]


def test_nobody_is_told_whom_a_snapshot_is_shared_with() -> None:
    """Rule C 8.1; DescribeSnapshotAttribute tells it to the owner."""
    shared = made(SHARED, BOB, TO_ALICE, product_codes=[ProductCode("abc123")], tags={"Name": "theirs"})
    before = world(shared).with_foreign_tags(ALICE.account, SHARED, Tags({"Seen": "yes"}))
    (by_owner,) = ask(before, DescribeSnapshots(), by=BOB)
    (by_other,) = ask(before, DescribeSnapshots(), by=ALICE)
    for seen in (by_owner, by_other):
        assert seen.create_volume_permissions is None
        assert (seen.product_codes, seen.billing) == ((), None)
    assert by_owner.tags == Tags({"Name": "theirs"})
    assert by_other.tags == Tags({"Seen": "yes"})  # each account its own (rule B TG-1)
    assert evolve(by_other, tags=by_owner.tags) == by_owner
    assert listed(before, ALICE, filters=[Filter("tag:Seen", ["yes"])]) == [SHARED]
    assert listed(before, ALICE, filters=[Filter("tag-key", ["Name"])]) == []
    assert listed(before, BOB, filters=[Filter("tag-key", ["Name"])]) == [SHARED]
    assert listed(before, BOB, filters=[Filter("tag:Seen", ["yes"])]) == []


@given(st.integers(0, 38_000))
def test_progress_is_as_much_as_time_has_passed(milliseconds: int) -> None:
    """Rule C 8.1: 100% only when it is completed."""
    begun, taken = apply(world(volume()), CreateSnapshot(volume_id="vol-12345678"), by=ALICE)
    after = advance(begun, timedelta(milliseconds=milliseconds))
    (seen,) = ask(after, DescribeSnapshots(snapshot_ids=[taken.snapshot_id]), by=ALICE)
    expected = "100%" if milliseconds == 38_000 else f"{100 * milliseconds // 38_000}%"
    assert seen.progress == expected
    assert listed(after, filters=[Filter("progress", [expected])]) == [taken.snapshot_id]


def test_what_is_due_is_at_99_percent_until_it_is_completed() -> None:
    """Rule C 8.1: time can be set without letting happen what falls due."""
    begun = apply(world(volume()), CreateSnapshot(volume_id="vol-12345678"), by=ALICE).world
    (seen,) = ask(begun.at(NOW + timedelta(hours=1)), DescribeSnapshots(), by=ALICE)
    assert seen.progress == "99%"


def test_of_a_pending_snapshot_that_nothing_finishes_the_progress_stands() -> None:
    (seen,) = ask(world(snapshot(state="pending", progress="42%")), DescribeSnapshots(), by=ALICE)
    assert seen.progress == "42%"


# --- against a second implementation ----------------------------------------------------------------------------------

ACCOUNTS = [ALICE.account, BOB.account, CAROL.account]
GRANTS = st.lists(st.sampled_from([TO_ALL, *map(AccountPermission, ACCOUNTS)]), max_size=2, unique=True)
SNAPSHOTS = st.builds(
    snapshot,
    amis.snapshot_ids(),
    owner_id=st.sampled_from(ACCOUNTS),
    region=st.sampled_from([HERE, HERE, THERE]),
    create_volume_permissions=st.one_of(st.just(NOBODY), st.builds(Permissions, GRANTS)),
    volume_id=st.sampled_from(["vol-0000aaaa", "vol-0000bbbb"]),
    state=st.sampled_from(["completed", "pending"]),
    owner_alias=st.sampled_from([None, None, OwnerAlias.AMAZON]),
    tags=st.sampled_from([{}, {"Name": "web"}, {"Name": "db", "Stage": "prod"}]),
    start_time=st.sampled_from([NOW, NOW - timedelta(days=1)]),
)
FILTERS = st.sampled_from([
    Filter("owner-id", [BOB.account]), Filter("owner-id", ["1*"]), Filter("owner-alias", ["amazon"]),
    Filter("volume-id", ["vol-0000aaaa"]), Filter("tag:Name", ["web", "db"]), Filter("tag:Name", ["w*"]),
    Filter("tag-key", ["Stage"]), Filter("status", ["pending"]), Filter("encrypted", ["false"]),
    Filter("storage-tier", ["standard"]), Filter("volume-size", ["8"]), Filter("snapshot-id", ["snap-00000000"]),
    Filter("status", []),
])  # fmt: skip
SCOPES = st.lists(st.sampled_from(["self", "amazon", *ACCOUNTS]), max_size=2)
USERS = st.lists(st.sampled_from(["self", "all", *ACCOUNTS]), max_size=2)


def naively(before: World, query: DescribeSnapshots, by: Caller) -> list[str]:
    """The same answer by looking at every snapshot, in the words of the rules."""
    found: list[Snapshot] = []
    for one in before.snapshots:
        permissions = one.create_volume_permissions or NOBODY
        blocked = before.settings(one.owner_id, HERE).snapshot_block_public_access.blocks_all_sharing
        owned, shared, public = (
            one.owner_id == by.account, by.account in permissions.accounts, permissions.everyone and not blocked,
        )  # fmt: skip
        own_tags = before.tags(by.account, one.snapshot_id)
        users = {"self": owned or shared, "all": public, by.account: owned or shared}
        meets = matcher(query.filters, SNAPSHOT_FILTERS) if query.filters else None
        if (
            one.region == by.region
            and (owned or shared or public)
            and (
                not query.owner_ids
                or one.owner_id in query.owner_ids
                or ("self" in query.owner_ids and owned)
                or ("amazon" in query.owner_ids and one.owner_alias == "amazon")
            )
            and (
                not query.restorable_by_user_ids
                or any(users.get(user, owned and user in permissions.accounts) for user in query.restorable_by_user_ids)
            )
            and (meets is None or meets(SeenSnapshot(one, own_tags)))
        ):
            found.append(one)
    return [one.snapshot_id for one in sorted(found, key=lambda one: (one.start_time, one.snapshot_id))]


@given(
    things=st.lists(SNAPSHOTS, max_size=8),
    owners=SCOPES,
    users=USERS,
    filters=st.lists(FILTERS, max_size=2),
    foreign=st.booleans(),
    blocked=st.booleans(),
)
def test_the_indexes_find_what_looking_at_everything_finds(
    *,
    things: list[Snapshot],
    owners: list[str],
    users: list[str],
    filters: list[Filter],
    foreign: bool,
    blocked: bool,
) -> None:
    """Rules B SP-19, B SP-20, A FI-1; settlement S 21."""
    before = world(*things)
    if blocked:
        before = before.with_settings(BOB.account, HERE, BLOCKED)
    for one in islice(things, int(foreign)):
        if one.owner_id != ALICE.account:
            before = before.with_foreign_tags(ALICE.account, one.snapshot_id, Tags({"Name": "web"}))
    query = DescribeSnapshots(owner_ids=owners, restorable_by_user_ids=users, filters=filters)
    for by in (ALICE, BOB):
        assert listed(before, by, owner_ids=owners, restorable_by_user_ids=users, filters=filters) == naively(
            before, query, by
        )


def test_a_listing_looks_no_further_than_an_index_leads() -> None:
    """The cost follows what is asked for, not the world."""
    crowd = [made(f"snap-{number:08x}", BOB, TO_ALL, volume_id=f"vol-{number:08x}") for number in range(100)]
    before = world(*crowd, made("snap-aaaaaaaa", tags={"Name": "x"}))
    asked: list[dict[str, Any]] = [
        {"owner_ids": ["self"]},
        {"restorable_by_user_ids": ["self"]},
        {"filters": [Filter("tag:Name", ["x"])]},
        {"filters": [Filter("tag-key", ["Name"])]},
        {"filters": [Filter("volume-id", ["vol-00000001"])]},
        {"filters": [Filter("snapshot-id", ["snap-00000001"])]},
        {"filters": [Filter("owner-id", [ALICE.account])]},
    ]
    for each in asked:
        assert len(list(_candidates(DescribeSnapshots(**each), _Viewer(before, ALICE)))) == 1


# --- pages ------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 17), st.integers(5, 20), st.sampled_from([{}, {"owner_ids": ["self"]}]))
def test_the_pages_of_a_listing_are_the_listing(count: int, size: int, asked: dict[str, Any]) -> None:
    """Settlement S 21: MaxResults 5 to 1000, with OwnerIds, too."""
    before = world(*(made(f"snap-{number:08x}") for number in range(count)))
    whole = ask(before, DescribeSnapshots(**asked), by=ALICE)
    assert whole.next_token is None
    pages = [ask(before, DescribeSnapshots(max_results=size, **asked), by=ALICE)]
    while pages[-1].next_token is not None:
        following = DescribeSnapshots(max_results=size, next_token=pages[-1].next_token, **asked)
        pages.append(ask(before, following, by=ALICE))
    assert [one for each in pages for one in each] == list(whole)
    assert all(len(each) == size for each in pages[:-1])


def test_a_token_belongs_to_its_query() -> None:
    before = world(*(made(f"snap-{number:08x}") for number in range(6)))
    token = ask(before, DescribeSnapshots(max_results=5), by=ALICE).next_token
    assert isinstance(
        attempt(before, DescribeSnapshots(next_token=token, owner_ids=["self"]), by=ALICE), InvalidNextToken
    )
    assert isinstance(attempt(before, DescribeSnapshots(next_token=token), by=BOB), InvalidNextToken)
    assert len(ask(before, DescribeSnapshots(next_token=token), by=ALICE)) == 1


def test_limits_are_those_of_the_world() -> None:
    narrow = evolve(MARKET, limits=Limits(max_snapshots_page=6))
    assert isinstance(attempt(narrow, DescribeSnapshots(max_results=7), by=ALICE), PageSizeRefused)


# --- one attribute ----------------------------------------------------------------------------------------------------


def test_the_owner_is_told_whom_a_snapshot_is_shared_with() -> None:
    """Rules B SP-13, B SP-15; settlement S 22."""
    code = ProductCode("abc123")
    before = world(made(SHARED, BOB, TO_ALICE, product_codes=[code]), made(THEIRS, BOB))

    def told(one: str, attribute: str) -> object:
        return ask(before, DescribeSnapshotAttribute(snapshot_id=one, attribute=attribute), by=BOB).value

    assert told(SHARED, "createVolumePermission") == Permissions([TO_ALICE])
    assert told(THEIRS, "createVolumePermission") == Permissions(())
    assert told(SHARED, "productCodes") == (code,)
    assert told(THEIRS, "productCodes") == ()


def test_permissions_that_the_world_does_not_know_are_not_made_up() -> None:
    """In a world made of answers."""
    before = world(snapshot(OWN, create_volume_permissions=None))
    query = DescribeSnapshotAttribute(snapshot_id=OWN, attribute="createVolumePermission")
    told = ask(before, query, by=ALICE).value
    assert isinstance(told, Permissions)
    assert not told.complete


@given(SNAPSHOTS, st.sampled_from([ALICE, BOB]))
def test_asking_changes_nothing(one: Snapshot, by: Caller) -> None:
    before = world(one)
    queries: list[Request[Any]] = [
        DescribeSnapshots(),
        DescribeSnapshots(snapshot_ids=[one.snapshot_id]),
        DescribeSnapshotAttribute(snapshot_id=one.snapshot_id, attribute="productCodes"),
    ]
    for query in queries:
        outcome = attempt(before, query, by=by)
        assert isinstance(outcome, Refusal) or outcome.world is before


def test_an_encrypted_snapshot_tells_its_key() -> None:
    """Rule C 8.1; to whomever it is shared with as well."""
    before = world(made(SHARED, BOB, TO_ALICE, encrypted=True, kms_key_id=OWN_KEY))
    (seen,) = ask(before, DescribeSnapshots(), by=ALICE)
    assert (seen.encrypted, seen.kms_key_id) == (True, OWN_KEY)
