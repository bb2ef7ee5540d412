"""CopySnapshot: rules B CS-1 to B CS-9, B CI-20, B CI-25, C 8.15 to C 8.23; settlements S 30, S 46, S 49."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import CopySnapshot, DeleteSnapshot, FailSnapshot
from amimodel.actions.copy_snapshot import copies_in_progress, throughput_in_use
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.callers import Caller
from amimodel.copy_encryption import at_copy_snapshot
from amimodel.copy_places import SNAPSHOT_ROUTES, Route, Site
from amimodel.decisions import Settled
from amimodel.engine import advance, apply, attempt, explain
from amimodel.events import SnapshotNotification
from amimodel.examples import WEB
from amimodel.integrity import problems
from amimodel.kms import aws_managed_key
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, AccountPermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.quirks import Quirks
from amimodel.refusals import (
    CompletionDurationRefused,
    CopyRouteRefused,
    EncryptedFalseRefused,
    KmsKeyRequiresEncrypted,
    MisplacedSharedTag,
    OutpostElsewhere,
    Refusal,
    ReservedTagKeySpecified,
    SnapshotDurationUnsupported,
    SnapshotNotFound,
    SnapshotNotUsable,
    SnapshotQuotaReached,
    SourceRegionUnusable,
    TagKeyTooLong,
    TagLimitExceeded,
    TimeBasedCopyQuotaReached,
    TooManySnapshotCopies,
)
from amimodel.requests import Request
from amimodel.settings import EbsEncryption, RegionSettings, SnapshotBlockPublicAccess
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier, TransferType
from amimodel.tag_requests import TagSpecification
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import FinishSnapshots
from amimodel.vocabulary import ImageState
from amimodel.world import World
from reference.stores import (
    ALICE,
    BOB,
    BOBS_KEY,
    DISABLED_KEY,
    HERE,
    MISSING_KEY,
    OWN_KEY,
    SHARED_KEY,
    THERE,
    encrypting,
    snapshot,
    touched,
    world,
)

SOURCE = "snap-12345678"
OUTPOST = "arn:aws:outposts:eu-central-1:111122223333:outpost/op-1234567890abcdef0"
OUTPOST_THERE = "arn:aws:outposts:eu-west-1:111122223333:outpost/op-1234567890abcdef0"
HAMBURG, HAMBURG_2, WARSAW = "eu-central-1-ham-1a", "eu-central-1-ham-1b", "eu-central-1-waw-1a"
SHARED = Permissions([AccountPermission(ALICE.account)])


def copy_of(source: str = SOURCE, **facts: Any) -> CopySnapshot:
    asked: dict[str, Any] = {"source_region": "eu-west-1", "source_snapshot_id": source}
    return CopySnapshot(**(asked | facts))


def nearby(source: str = SOURCE, **facts: Any) -> CopySnapshot:
    return copy_of(source, source_region="eu-central-1", **facts)


def there(snapshot_id: str = SOURCE, **facts: Any) -> Snapshot:
    return snapshot(snapshot_id, **({"region": THERE} | facts))


def tagging(**tags: str) -> list[TagSpecification]:
    return [TagSpecification(resource_type="snapshot", tags=tags)]


RESERVED = tagging(**{"aws:x": ""})


# --- what is refused, and in which order ------------------------------------------------------------------------------


def copying(before: World, *requests: CopySnapshot) -> World:
    for request in requests:
        before = apply(before, request, by=ALICE).world
    return before


LARGE = there(volume_size_gib=16_384)
NARROW = Limits(time_based_copies_mibps=500)
ALL_IN_USE = copying(world(LARGE, limits=NARROW), copy_of(completion_duration_minutes=15))

WITNESSES: list[tuple[World, Request[Any], Refusal]] = [
    (
        world(there()),
        copy_of(source_region="cn-north-1"),
        SourceRegionUnusable(source_region="cn-north-1", region="eu-central-1"),
    ),
    (world(), copy_of(), SnapshotNotFound(snapshot_id=SOURCE)),
    (world(snapshot()), copy_of(), SnapshotNotFound(snapshot_id=SOURCE)),  # it is here, not there
    (world(there(owner_id=BOB.account)), copy_of(), SnapshotNotFound(snapshot_id=SOURCE)),
    *(
        (
            world(there(state=state)),
            copy_of(),
            SnapshotNotUsable(snapshot_id=SOURCE, state=SnapshotState(state), storage_tier=StorageTier.STANDARD),
        )
        for state in ("pending", "error")
    ),
    (
        world(there(storage_tier="archive")),
        copy_of(),
        SnapshotNotUsable(snapshot_id=SOURCE, state=SnapshotState.COMPLETED, storage_tier=StorageTier.ARCHIVE),
    ),
    (
        world(there()),
        copy_of(destination_outpost_arn=OUTPOST),
        OutpostElsewhere(outpost_arn=OUTPOST, source_region="eu-west-1"),
    ),
    (
        world(there()),
        copy_of(destination_availability_zone=HAMBURG),
        CopyRouteRefused(source="eu-west-1", destination=HAMBURG),
    ),
    (
        world(snapshot(outpost_arn=OUTPOST)),
        nearby(),
        CopyRouteRefused(source=OUTPOST, destination="eu-central-1"),
    ),
    (world(there()), copy_of(encrypted=False), EncryptedFalseRefused(snapshot_id=SOURCE)),
    (world(there()), copy_of(kms_key_id=OWN_KEY), KmsKeyRequiresEncrypted(kms_key_id=OWN_KEY)),
    (
        world(there()),
        copy_of(completion_duration_minutes=20),
        CompletionDurationRefused(minutes=20, least=15, most=2880, step=15),
    ),
    (
        world(there()),
        copy_of(completion_duration_minutes=0),
        CompletionDurationRefused(minutes=0, least=15, most=2880, step=15),
    ),
    (
        world(snapshot(availability_zone=HAMBURG)),
        nearby(completion_duration_minutes=15),
        SnapshotDurationUnsupported(snapshot_id=SOURCE),
    ),
    (
        world(there()),
        copy_of(tag_specifications=RESERVED),
        ReservedTagKeySpecified(error_code=Quirks().reserved_tag_key_code, key="aws:x"),
    ),
    (
        world(there(), quirks=Quirks(tag_key_may_have_128_characters=False)),
        copy_of(tag_specifications=tagging(**{"k" * 128: ""})),
        TagKeyTooLong(key="k" * 128, longest=127),
    ),
    (
        world(there()),
        copy_of(tag_specifications=tagging(**{"ec2:SharedTag/x": ""})),
        MisplacedSharedTag(
            error_code=Quirks().misplaced_shared_tag_code, key="ec2:SharedTag/x", resource_type="snapshot"
        ),
    ),
    (
        world(there(), limits=Limits(tags_per_resource=1)),
        copy_of(tag_specifications=tagging(a="", b="")),
        TagLimitExceeded(tags=2, quota=1),
    ),
    (
        copying(world(there(), limits=Limits(concurrent_snapshot_copies=1)), copy_of()),
        copy_of(),
        TooManySnapshotCopies(quota=1),
    ),
    (ALL_IN_USE, copy_of(completion_duration_minutes=60), TimeBasedCopyQuotaReached(quota_mibps=500)),
    (
        world(there(), snapshot("snap-00000001"), limits=Limits(snapshots_per_region=1)),
        copy_of(),
        SnapshotQuotaReached(quota=1),
    ),
]


@pytest.mark.parametrize(("before", "request_", "refusal"), WITNESSES, ids=lambda item: type(item).__name__)
def test_each_reason_to_refuse_has_its_witness(before: World, request_: Request[Any], refusal: Refusal) -> None:
    assert attempt(before, request_, by=ALICE) == refusal


def test_every_declared_refusal_is_reached_and_no_other() -> None:
    assert {type(refusal) for _, _, refusal in WITNESSES} == set(CopySnapshot.refusals)


def test_what_is_in_the_way_of_a_copy_is_named_in_order() -> None:
    """Rule A 0.3: Regions, what is not there, its state, where it goes, encryption, duration, tags, quotas."""
    busy = Limits(concurrent_snapshot_copies=0, snapshots_per_region=0)
    pending = world(snapshot(state="pending", outpost_arn=OUTPOST), limits=busy)
    done = world(snapshot(outpost_arn=OUTPOST), limits=busy)
    here = world(snapshot(), limits=busy)
    everything: dict[str, Any] = {
        "encrypted": False,
        "completion_duration_minutes": 20,
        "tag_specifications": RESERVED,
    }
    no_flag: dict[str, Any] = everything | {"encrypted": None}
    on_time: dict[str, Any] = no_flag | {"completion_duration_minutes": 15}
    rungs: list[tuple[type[Refusal], World, CopySnapshot]] = [
        (SnapshotNotUsable, pending, nearby(**everything)),
        (CopyRouteRefused, done, nearby(**everything)),
        (EncryptedFalseRefused, here, nearby(**everything)),
        (CompletionDurationRefused, here, nearby(**no_flag)),
        (ReservedTagKeySpecified, here, nearby(**on_time)),
        (TooManySnapshotCopies, here, nearby()),
        (SnapshotQuotaReached, world(snapshot(), limits=Limits(snapshots_per_region=0)), nearby()),
    ]
    for number, (refusal, before, request) in enumerate(rungs):
        assert type(attempt(before, request, by=ALICE)) is refusal
        expected = [kind for kind, _, _ in rungs[number:]]
        if number < 2:  # a source on an Outpost adds that of the duration
            expected.insert(expected.index(ReservedTagKeySpecified), SnapshotDurationUnsupported)
        assert [type(one) for one in explain(before, request, by=ALICE).refusals] == expected
    assert explain(world(snapshot()), nearby(), by=ALICE).allowed is True


@pytest.mark.parametrize(
    ("request_", "before", "message"),
    [
        (copy_of(), world(), "The snapshot 'snap-12345678' does not exist."),
        (copy_of(encrypted=False), world(there()), "The parameter encrypted=false is invalid"),
        (
            copy_of(kms_key_id=OWN_KEY),
            world(there()),
            "The parameter KmsKeyId requires the parameter Encrypted to be set.",
        ),
        (
            copy_of(),
            copying(world(there(), limits=Limits(concurrent_snapshot_copies=1)), copy_of()),
            "Too many snapshot copies in progress. The limit is 1 for this destination region.",
        ),
    ],
)
def test_refusals_are_in_ec2s_words(request_: Request[Any], before: World, message: str) -> None:
    """Rules A ID-8, B CS-2, B CS-3, B CS-5; settlements S 30, S 46."""
    assert str(attempt(before, request_, by=ALICE)) == message


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"source_region": "mars"}, "InvalidRegion: The region 'mars' is not valid."),
        ({"source_snapshot_id": "ami-12345678"}, "InvalidSnapshotID.Malformed: "),
        ({"description": "x" * 256}, "InvalidParameterValue: "),
        ({"destination_outpost_arn": "here"}, "InvalidParameterValue: "),
        (
            {"destination_outpost_arn": OUTPOST, "destination_availability_zone": HAMBURG},
            "InvalidParameterCombination: ",
        ),
        (
            {"destination_availability_zone": HAMBURG, "completion_duration_minutes": 15},
            "InvalidParameterCombination: A completion duration is not supported for a copy to a Local Zone.",
        ),
    ],
)
def test_what_no_world_could_grant_is_malformed(facts: dict[str, Any], complaint: str) -> None:
    """Rules B CS-1, C 8.16."""
    with pytest.raises(Malformed) as told:
        _ = copy_of(**facts)
    assert str(told.value).startswith(complaint)


def test_empty_text_is_no_parameter() -> None:
    """Settlement S 17."""
    empty = {"kms_key_id": "", "destination_outpost_arn": "", "destination_availability_zone": "", "description": ""}
    assert copy_of(**empty) == copy_of()


# --- what the copy is -------------------------------------------------------------------------------------------------


def test_a_copy_is_the_callers_and_has_nothing_of_its_source_but_the_data() -> None:
    """Rules B CS-7, B CS-9, C 8.1, C 8.17, A BI-10."""
    source = there(
        owner_id=BOB.account,
        tags={"Name": "x"},
        description="theirs",
        product_codes=[ProductCode("abc123")],
        create_volume_permissions=SHARED,
    )
    before = world(source)
    after, copy = apply(before, copy_of(description="ours", tag_specifications=tagging(Stage="dr")), by=ALICE)
    assert after.snapshots.records[copy.snapshot_id] == copy
    assert (copy.owner_id, copy.region, copy.start_time) == (ALICE.account, HERE, before.now)
    assert (copy.volume_id, copy.volume_size_gib) == ("vol-ffffffff", source.volume_size_gib)
    assert (copy.description, copy.tags) == ("ours", Tags({"Stage": "dr"}))
    assert copy.create_volume_permissions is not None
    assert len(copy.create_volume_permissions) == 0
    assert copy.product_codes == source.product_codes
    assert (copy.state, copy.progress) == (SnapshotState.PENDING, "0%")
    assert (copy.transfer_type, copy.completion_duration_minutes) == (TransferType.STANDARD, None)
    assert touched(before, after) == {"snapshots": {copy.snapshot_id}}
    bare = apply(before, copy_of(), by=ALICE).value
    assert (bare.description, bare.tags) == ("", NO_TAGS)


def test_a_copy_completes_in_its_time_and_its_owner_is_told() -> None:
    """Rules C 9.3, C 13: 120 s, and 2 s for each GiB."""
    after, copy = apply(world(there()), copy_of(), by=ALICE)
    assert len(advance(after, seconds=135).events) == 0
    done = advance(after, seconds=136)
    assert done.snapshots.records[copy.snapshot_id].state is SnapshotState.COMPLETED
    (event,) = done.events
    assert (event.account, event.region) == (ALICE.account, HERE)
    assert event.occurrence == SnapshotNotification(
        event="copySnapshot",
        snapshot_id=copy.snapshot_id,
        source="arn:aws:ec2:eu-west-1::snapshot/snap-12345678",
        start_time=copy.start_time,
        end_time=copy.start_time + timedelta(seconds=136),
        incremental=False,
    )
    assert problems(done) == ()


@pytest.mark.parametrize(
    ("permissions", "blocked", "granted"),
    [
        (Permissions(()), False, False),
        (SHARED, False, True),
        (SHARED, True, True),
        (Permissions([EVERYONE]), False, True),
        (Permissions([EVERYONE]), True, False),
        (None, False, None),
    ],
)
def test_only_what_one_may_read_can_be_copied(
    permissions: Permissions[Any] | None, blocked: bool, granted: bool | None
) -> None:
    """Rules B CS-1, B SBP-5: what counts is the owner's setting where the source is."""
    block = RegionSettings(snapshot_block_public_access=SnapshotBlockPublicAccess(state="block-all-sharing"))
    before = world(there(owner_id=BOB.account, create_volume_permissions=permissions))
    before = before.with_settings(BOB.account, THERE if blocked else HERE, block)
    assert explain(before, copy_of(), by=ALICE).allowed is granted
    assert (attempt(before, copy_of(), by=ALICE) == SnapshotNotFound(snapshot_id=SOURCE)) is (granted is not True)


# --- encryption -------------------------------------------------------------------------------------------------------


@given(
    source_is_encrypted=st.booleans(),
    own=st.booleans(),
    by_default=st.booleans(),
    encrypted=st.sampled_from([None, False, True]),
    named=st.booleans(),
    to_outpost=st.booleans(),
)
def test_a_copy_is_encrypted_as_the_table_says(
    *, source_is_encrypted: bool, own: bool, by_default: bool, encrypted: bool | None, named: bool, to_outpost: bool
) -> None:
    """Rules B CS-4, B EN-19, with the settings of the copier where the copy is to be."""
    source = snapshot(
        owner_id=(ALICE if own else BOB).account,
        encrypted=source_is_encrypted,
        kms_key_id=SHARED_KEY if source_is_encrypted else None,
        create_volume_permissions=SHARED,
    )
    before = encrypting(world(source), by_default=by_default, default_kms_key_id=OWN_KEY)
    before = encrypting(before, BOB.account, by_default=not by_default)
    key = SHARED_KEY if named else None
    request = nearby(encrypted=encrypted, kms_key_id=key, destination_outpost_arn=OUTPOST if to_outpost else None)
    outcome = attempt(before, request, by=ALICE)
    try:
        expected = at_copy_snapshot(
            source,
            settings=EbsEncryption(by_default=by_default),
            encrypted=encrypted,
            kms_key_id=request.kms_key_id,
            encryption_required=to_outpost,
        )
    except Refusal as refusal:
        refused: Refusal | None = refusal
    else:
        refused = None
        keys = {
            None: None,
            "default": OWN_KEY,
            "specified": SHARED_KEY,
            "aws-managed": str(aws_managed_key(ALICE.account, HERE).arn),
        }
        assert not isinstance(outcome, Refusal)
        assert (outcome.value.encrypted, outcome.value.kms_key_id) == (expected.encrypted, keys[expected.key])
        assert outcome.value.outpost_arn == (OUTPOST if to_outpost else None)
        (settled,) = (ground for ground in explain(before, request, by=ALICE).because if isinstance(ground, Settled))
        assert settled.rules == expected.rules
    assert refused is None or outcome == refused


@pytest.mark.parametrize(
    ("source_key", "named", "works"),
    [
        (None, OWN_KEY, True),
        (None, SHARED_KEY, True),
        (None, MISSING_KEY, False),
        (None, DISABLED_KEY, False),
        (None, BOBS_KEY, False),
        (SHARED_KEY, OWN_KEY, True),
        (BOBS_KEY, OWN_KEY, False),   # the source's key is needed as well
        (DISABLED_KEY, OWN_KEY, False),
    ],
)  # fmt: skip
def test_a_key_that_does_not_work_shows_when_the_copy_should_be_done(
    source_key: str | None, named: str, works: bool
) -> None:
    """Rules B CS-8, B EN-7, B EN-21, C 8.20."""
    owner = ALICE if source_key == DISABLED_KEY else BOB
    source = snapshot(
        owner_id=owner.account,
        encrypted=source_key is not None,
        kms_key_id=source_key,
        create_volume_permissions=SHARED,
    )
    after, copy = apply(world(source), nearby(encrypted=True, kms_key_id=named), by=ALICE)
    assert copy.state is SnapshotState.PENDING
    done = advance(after, hours=1)
    ended = done.snapshots.records[copy.snapshot_id]
    told = done.events[-1].occurrence
    assert isinstance(told, SnapshotNotification)
    if works:
        assert (ended.state, ended.state_message, told.succeeded) == (SnapshotState.COMPLETED, None, True)
    else:
        assert (ended.state, ended.state_message) == (SnapshotState.ERROR, "Given key ID is not accessible")
        assert (told.succeeded, told.cause, told.incremental) == (False, "Given key ID is not accessible", None)


# --- incremental copies -----------------------------------------------------------------------------------------------


def finished(before: World, request: CopySnapshot, by: Caller = ALICE) -> tuple[World, Snapshot, bool | None]:
    after, copy = apply(before, request, by=by)
    done = advance(after, hours=24)
    told = done.events[-1].occurrence
    assert isinstance(told, SnapshotNotification)
    return done, done.snapshots.records[copy.snapshot_id], told.incremental


def test_a_second_copy_of_a_lineage_is_incremental_while_the_first_is_there() -> None:
    """Rule C 8.21."""
    first, second = there(), there("snap-00000002")  # of one volume
    stranger = there("snap-00000003", volume_id="vol-0000bbbb")
    after, copy, incremental = finished(world(first, second, stranger), copy_of())
    assert incremental is False
    assert finished(after, copy_of("snap-00000002"))[2] is True
    assert finished(after, copy_of("snap-00000003"))[2] is False
    assert finished(after, copy_of("snap-00000002", encrypted=True))[2] is False
    gone = apply(after, DeleteSnapshot(snapshot_id=copy.snapshot_id), by=ALICE).world
    assert finished(gone, copy_of("snap-00000002"))[2] is False


def test_a_copy_that_failed_is_nothing_to_go_on_from() -> None:
    """Rule C 8.21."""
    after, copy = apply(world(there()), copy_of(), by=ALICE)
    failed = apply(after, FailSnapshot(snapshot_id=copy.snapshot_id), by=Caller.provider(HERE)).world
    assert finished(failed, copy_of())[2] is False


def test_another_account_or_region_starts_anew() -> None:
    """Rule C 8.21."""
    public = there(create_volume_permissions=Permissions([EVERYONE]))
    after, _, _ = finished(world(public), copy_of())
    assert finished(after, copy_of(), by=BOB)[2] is False
    assert finished(after, copy_of(), by=Caller(account=ALICE.account, region="eu-north-1"))[2] is False


@pytest.mark.parametrize(
    ("facts", "asked", "incremental"),
    [
        ({}, {}, True),
        ({}, {"encrypted": True}, False),
        ({"encrypted": True, "kms_key_id": OWN_KEY}, {"encrypted": True, "kms_key_id": OWN_KEY}, True),
        ({"encrypted": True, "kms_key_id": OWN_KEY}, {}, False),   # the copy has the key of AWS
        ({"owner_id": BOB.account, "create_volume_permissions": SHARED}, {}, False),
    ],
)  # fmt: skip
def test_within_account_region_and_key_no_data_is_copied(
    facts: dict[str, Any], asked: dict[str, Any], incremental: bool
) -> None:
    """Rule C 8.21; and then it takes no longer than the least."""
    after, copy = apply(world(snapshot(**facts)), nearby(**asked), by=ALICE)
    done = advance(after, seconds=120)
    assert (done.snapshots.records[copy.snapshot_id].state is SnapshotState.COMPLETED) is incremental
    assert finished(world(snapshot(**facts)), nearby(**asked))[2] is incremental


def test_a_copy_of_a_copy_begins_a_lineage_of_its_own() -> None:
    """Rules C 8.1, C 8.36: all copies name one volume, which tells nothing."""
    copies = there(volume_id="vol-ffffffff"), there("snap-00000002", volume_id="vol-ffffffff")
    after, _, _ = finished(world(*copies), copy_of())
    assert finished(after, copy_of("snap-00000002"))[2] is False
    assert finished(after, copy_of())[2] is True


def test_a_copy_waits_for_one_of_the_same_snapshot() -> None:
    """Rule C 8.22."""
    before = world(there(volume_size_gib=100), there("snap-00000002", volume_id="vol-0000bbbb"))
    after, first = apply(before, copy_of(), by=ALICE)  # 320 s
    after, second = apply(advance(after, seconds=20), copy_of(), by=ALICE)  # and then 120 s
    after, other = apply(after, copy_of("snap-00000002"), by=ALICE)  # 136 s from now

    def states(world_: World) -> list[str]:
        return [world_.snapshots.records[one.snapshot_id].state.value for one in (first, second, other)]

    assert states(advance(after, seconds=136)) == ["pending", "pending", "completed"]
    assert states(advance(after, seconds=300)) == ["completed", "pending", "completed"]
    assert states(advance(after, seconds=419)) == ["completed", "pending", "completed"]
    assert states(advance(after, seconds=420)) == ["completed", "completed", "completed"]


# --- copies by time, and how many -------------------------------------------------------------------------------------


@given(st.integers(1, 192), st.integers(1, 400))
def test_a_copy_by_time_takes_as_long_as_it_was_asked_to(quarters: int, size: int) -> None:
    """Rules B CS-6, C 8.23: where the throughput allows it."""
    minutes = 15 * quarters
    before = world(there(volume_size_gib=size))
    after, copy = apply(before, copy_of(completion_duration_minutes=minutes), by=ALICE)
    assert (copy.transfer_type, copy.completion_duration_minutes) == (TransferType.TIME_BASED, minutes)
    (task,) = after.tasks
    assert task.due - before.now == timedelta(minutes=minutes)
    assert isinstance(task.work, FinishSnapshots)
    assert task.work.mibps == Fraction(size * 1024, minutes * 60)
    assert throughput_in_use(after, ALICE, THERE) == task.work.mibps
    assert throughput_in_use(after, ALICE, HERE) == throughput_in_use(after, BOB, THERE) == 0


def test_copies_by_time_share_what_there_is_until_nothing_is_left() -> None:
    """Rules B CI-20, C 8.23: what gets less than it needs is slower, and accepted all the same."""
    before = world(*(there(f"snap-0000000{number}", volume_size_gib=1000) for number in range(4)))
    before = evolve(before, limits=Limits(time_based_copies_mibps=1200))
    dues: list[timedelta] = []
    for number in range(3):  # 500, 500 and 200 MiB/s
        request = copy_of(f"snap-0000000{number}", completion_duration_minutes=15)
        after = apply(before, request, by=ALICE).world
        dues.append(max(task.due for task in after.tasks) - before.now)
        before = after
    assert dues == [timedelta(seconds=2048), timedelta(seconds=2048), timedelta(seconds=5120)]
    last = copy_of("snap-00000003", completion_duration_minutes=15)
    assert attempt(before, last, by=ALICE) == TimeBasedCopyQuotaReached(quota_mibps=1200)
    assert not isinstance(attempt(before, copy_of("snap-00000003"), by=ALICE), Refusal)
    assert not isinstance(attempt(advance(before, seconds=2048), last, by=ALICE), Refusal)


def test_twenty_copies_to_a_region_are_in_progress_at_once() -> None:
    """Rules B CS-5, C 8.18: to each destination its own."""
    sources = [there(f"snap-{number:08x}", volume_id=f"vol-{number:08x}") for number in range(20)]
    busy = copying(world(*sources), *(copy_of(one.snapshot_id) for one in sources))
    assert copies_in_progress(busy, ALICE) == (20, 0)
    assert attempt(busy, copy_of(sources[0].snapshot_id), by=ALICE) == TooManySnapshotCopies(quota=20)
    elsewhere = Caller(account=ALICE.account, region="eu-north-1")
    assert not isinstance(attempt(busy, copy_of(sources[0].snapshot_id), by=elsewhere), Refusal)
    assert copies_in_progress(advance(busy, hours=1), ALICE) == (0, 0)


@pytest.mark.parametrize("count", [False, True])
def test_what_is_copied_for_an_image_counts_only_by_a_quirk(count: bool) -> None:
    """Rule B CI-25."""
    entry = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id="snap-00000001"))
    image = evolve(
        WEB, owner_id=ALICE.account, region=HERE, state=ImageState.PENDING, block_device_mappings=[entry]
    )  # fmt: skip
    before = world(
        there(),
        snapshot("snap-00000001", state="pending", volume_id="vol-ffffffff", transfer_type="standard"),
        image,
        quirks=Quirks(image_copies_count_as_snapshot_copies=count),
        limits=Limits(concurrent_snapshot_copies=1),
    )
    assert copies_in_progress(before, ALICE) == (0, 1)
    assert (attempt(before, copy_of(), by=ALICE) == TooManySnapshotCopies(quota=1)) is count


# --- from where to where ----------------------------------------------------------------------------------------------

PLACES: dict[Site, dict[str, Any]] = {
    Site.REGION: {},
    Site.LOCAL_ZONE: {"availability_zone": HAMBURG},
    Site.OUTPOST: {"outpost_arn": OUTPOST},
}
DESTINATIONS: dict[Site, list[tuple[dict[str, Any], bool]]] = {
    # whether it is in the group of the Local Zone that the source may be in
    Site.REGION: [({}, False)],
    Site.LOCAL_ZONE: [
        ({"destination_availability_zone": HAMBURG}, True),
        ({"destination_availability_zone": HAMBURG_2}, True),
        ({"destination_availability_zone": WARSAW}, False),
    ],
    Site.OUTPOST: [({"destination_outpost_arn": OUTPOST}, False)],
}


@pytest.mark.parametrize("site", list(Site))
@pytest.mark.parametrize("destination", list(Site))
@pytest.mark.parametrize("crossing", [False, True])
def test_snapshots_are_copied_along_these_routes_alone(site: Site, destination: Site, crossing: bool) -> None:
    """Botocore, CopySnapshot; settlement S 49."""
    route = SNAPSHOT_ROUTES[site, destination]
    for asked, in_group in DESTINATIONS[destination]:
        by = Caller(account=ALICE.account, region=THERE) if crossing else ALICE
        outcome = attempt(world(snapshot(**PLACES[site])), nearby(**asked), by=by)
        permitted = {
            Route.ANYWHERE: True,
            Route.WITHIN_REGION: not crossing,
            Route.WITHIN_ZONE_GROUP: not crossing and in_group,
            Route.NOWHERE: False,
        }[route]
        assert isinstance(outcome, CopyRouteRefused | OutpostElsewhere) is not permitted
        if not isinstance(outcome, Refusal):
            assert outcome.value.availability_zone == asked.get("destination_availability_zone")
            assert outcome.value.outpost_arn == asked.get("destination_outpost_arn")


# --- what stays -------------------------------------------------------------------------------------------------------

REQUESTS = st.builds(
    copy_of,
    st.sampled_from([SOURCE, "snap-00000001", "snap-00000002"]),
    source_region=st.sampled_from(["eu-west-1", "eu-central-1"]),
    encrypted=st.sampled_from([None, True]),
    completion_duration_minutes=st.sampled_from([None, 15]),
)


@given(REQUESTS, st.sampled_from([ALICE, BOB]))
def test_copying_leaves_everything_else_alone(wanted: CopySnapshot, by: Caller) -> None:
    """The frame: one snapshot more, and nothing of anybody else's."""
    before = world(
        there(create_volume_permissions=Permissions([EVERYONE])), snapshot("snap-00000001", owner_id=BOB.account)
    )
    outcome = attempt(before, wanted, by=by)
    if isinstance(outcome, Refusal):
        assert type(outcome) in CopySnapshot.refusals
        return
    assert touched(before, outcome.world) == {"snapshots": {outcome.value.snapshot_id}}
    assert outcome.value.owner_id == by.account
    assert outcome.world.snapshots.is_in_step()


@given(st.lists(st.one_of(REQUESTS, st.just("wait")), max_size=6))
def test_worlds_hold_together(steps: list[CopySnapshot | str]) -> None:
    after = world(there(), snapshot("snap-00000001"), limits=Limits(concurrent_snapshot_copies=2))
    for step in steps:
        if isinstance(step, str):
            after = advance(after, minutes=10)
            continue
        outcome = attempt(after, step, by=ALICE)
        after = after if isinstance(outcome, Refusal) else outcome.world
    assert problems(after) == ()
    assert copies_in_progress(advance(after, days=3), ALICE) == (0, 0)
