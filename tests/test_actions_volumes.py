"""CreateVolume and DeleteVolume: rules A 2.5, B 6.2, B 6.3, B EN-7, B MP-3, B SBP-5, C 8.32, C 9.4."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import CreateVolume, DeleteVolume
from amimodel.billing_codes import BillingCode
from amimodel.callers import Caller
from amimodel.decisions import Settled
from amimodel.engine import apply, attempt, explain
from amimodel.events import VolumeNotification
from amimodel.identifiers import VolumeId
from amimodel.integrity import problems
from amimodel.kms import aws_managed_key
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, NOBODY, NOT_PUBLIC, AccountPermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.quirks import Quirks
from amimodel.refusals import (
    IdempotentParameterMismatch,
    KmsKeyRequiresEncrypted,
    MisplacedSharedTag,
    Refusal,
    ReservedTagKeySpecified,
    SnapshotNotFound,
    SnapshotNotUsable,
    SnapshotUnfitForVolumeType,
    TagKeyTooLong,
    TagLimitExceeded,
    VolumeInUse,
    VolumeInWrongState,
    VolumeNotFound,
    VolumeSizeBelowSnapshot,
    ZoneNotFound,
)
from amimodel.requests import Request
from amimodel.settings import EbsEncryption, RegionSettings, SnapshotBlockPublicAccess
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier
from amimodel.tag_requests import TagSpecification
from amimodel.tags import Tags
from amimodel.testing import strategies as amis
from amimodel.volume_encryption import at_create_volume
from amimodel.volume_types import VOLUME_LIMITS, VolumeType
from amimodel.volumes import Volume, VolumeAttachment, VolumeState
from amimodel.world import World
from reference.stores import (
    ALICE,
    ASYMMETRIC_KEY,
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
    volume,
    world,
)

SOURCE = "snap-12345678"
ONCE, TWICE = "once", "twice"
ATTACHED = VolumeAttachment(instance_id="i-12345678", device_name="/dev/sdf")


def empty(**facts: Any) -> CreateVolume:
    asked: dict[str, Any] = {"availability_zone": "eu-central-1a", "size_gib": 8}
    return CreateVolume(**(asked | facts))


def restored(**facts: Any) -> CreateVolume:
    asked: dict[str, Any] = {"availability_zone": "eu-central-1a", "snapshot_id": SOURCE}
    return CreateVolume(**(asked | facts))


def tagged(**tags: str) -> list[TagSpecification]:
    return [TagSpecification(resource_type="volume", tags=tags)]


def made(before: World, request: CreateVolume, by: Caller = ALICE) -> tuple[World, Volume]:
    after, answer = apply(before, request, by=by)
    return after, after.volumes.records[answer.volume_id]


# --- what is malformed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"size_gib": None}, "MissingParameter: The request must contain the parameter size/snapshot"),
        ({"size_gib": None, "snapshot_id": ""}, "MissingParameter: "),
        ({"availability_zone": ""}, "MissingParameter: The request must contain the parameter zone"),
        ({"availability_zone": "mars"}, "InvalidAvailabilityZone: Invalid availability zone: [mars]"),
        ({"volume_type": "gp9"}, "UnknownVolumeType: Unsupported volume type 'gp9' for volume creation."),
        (
            {"volume_type": "io1"},
            "InvalidParameterCombination: The parameter iops must be specified for io1 volumes.",
        ),
        ({"volume_type": "st1"}, "InvalidParameterValue: Volume of 8GiB is too small; minimum is 125GiB."),
        ({"iops": 3000}, "InvalidParameterCombination: The parameter iops is not supported for gp2 volumes."),
        (
            {"throughput_mibps": 200},
            "InvalidParameterCombination: The parameter throughput is not supported for gp2 volumes.",
        ),
        ({"kms_key_id": "golden"}, "InvalidParameterValue: "),
        ({"client_token": "x" * 65}, "InvalidClientToken: The client token has 65 characters; it can have at most 64."),
        (
            {"tag_specifications": [TagSpecification(resource_type="snapshot", tags={"a": "b"})]},
            "InvalidParameterValue: 'snapshot' is not a valid taggable resource type for this operation.",
        ),
    ],
)  # fmt: skip
def test_a_volume_that_no_world_could_make_is_malformed(facts: dict[str, Any], complaint: str) -> None:
    """Rules A RG-4, A VT-1 to A VT-9, B 0.1; settlements S 17, S 38."""
    with pytest.raises(Malformed) as told:
        _ = empty(**facts)
    assert str(told.value).startswith(complaint)


def test_empty_text_is_no_parameter() -> None:
    """Settlement S 17."""
    assert empty(snapshot_id="", kms_key_id="", volume_type="", client_token="") == empty()


# --- what is refused, and in which order ------------------------------------------------------------------------------

FULL = tagged(a="1", b="2")
ONE_TAG = Limits(tags_per_resource=1)

WITNESSES: list[tuple[World, Request[object], Refusal]] = [
    (world(), empty(availability_zone="eu-west-1a"), ZoneNotFound(zone="eu-west-1a", region="eu-central-1")),
    (world(), restored(), SnapshotNotFound(snapshot_id=SOURCE)),
    (world(snapshot(region=THERE)), restored(), SnapshotNotFound(snapshot_id=SOURCE)),
    (world(snapshot(owner_id=BOB.account)), restored(), SnapshotNotFound(snapshot_id=SOURCE)),
    (
        world(snapshot(state="pending")),
        restored(),
        SnapshotNotUsable(snapshot_id=SOURCE, state=SnapshotState.PENDING, storage_tier=StorageTier.STANDARD),
    ),
    (
        world(snapshot(storage_tier="archive")),
        restored(),
        SnapshotNotUsable(snapshot_id=SOURCE, state=SnapshotState.COMPLETED, storage_tier=StorageTier.ARCHIVE),
    ),
    (
        world(snapshot()),
        restored(size_gib=7),
        VolumeSizeBelowSnapshot(snapshot_id=SOURCE, size_gib=7, snapshot_size_gib=8),
    ),
    (
        world(snapshot(volume_size_gib=2000)),
        restored(volume_type="standard"),
        SnapshotUnfitForVolumeType(
            snapshot_id=SOURCE,
            detail="Volume of 2000GiB is too large for volume type standard; maximum is 1024GiB.",
        ),
    ),
    (
        world(snapshot()),
        restored(volume_type="io1", iops=500),
        SnapshotUnfitForVolumeType(
            snapshot_id=SOURCE, detail="Iops to volume size ratio of 62.500000 is too high; maximum is 50"
        ),
    ),
    (world(), empty(kms_key_id=OWN_KEY), KmsKeyRequiresEncrypted(kms_key_id=OWN_KEY)),
    (world(), empty(kms_key_id=OWN_KEY, encrypted=False), KmsKeyRequiresEncrypted(kms_key_id=OWN_KEY)),
    (
        world(),
        empty(tag_specifications=[TagSpecification(resource_type="volume", tags={"aws:x": ""})]),
        ReservedTagKeySpecified(error_code=Quirks().reserved_tag_key_code, key="aws:x"),
    ),
    (
        world(quirks=Quirks(tag_key_may_have_128_characters=False)),
        empty(tag_specifications=[TagSpecification(resource_type="volume", tags={"k" * 128: ""})]),
        TagKeyTooLong(key="k" * 128, longest=127),
    ),
    (
        world(),
        empty(tag_specifications=[TagSpecification(resource_type="volume", tags={"ec2:SharedTag/x": ""})]),
        MisplacedSharedTag(
            error_code=Quirks().misplaced_shared_tag_code, key="ec2:SharedTag/x", resource_type="volume"
        ),
    ),
    (world(limits=ONE_TAG), empty(tag_specifications=FULL), TagLimitExceeded(tags=2, quota=1)),
    (
        apply(world(), empty(client_token=ONCE), by=ALICE).world,
        empty(client_token=ONCE, size_gib=9),
        IdempotentParameterMismatch(client_token=ONCE),
    ),
    (world(), DeleteVolume(volume_id="vol-12345678"), VolumeNotFound(volume_id="vol-12345678")),
    (
        world(volume(owner_id=BOB.account)),
        DeleteVolume(volume_id="vol-12345678"),
        VolumeNotFound(volume_id="vol-12345678"),
    ),
    (
        world(volume(availability_zone="eu-west-1a")),
        DeleteVolume(volume_id="vol-12345678"),
        VolumeNotFound(volume_id="vol-12345678"),
    ),
    (
        world(volume(state="in-use", attachment=ATTACHED)),
        DeleteVolume(volume_id="vol-12345678"),
        VolumeInUse(volume_id="vol-12345678", instance_id="i-12345678"),
    ),
    (
        world(volume(state="deleting")),
        DeleteVolume(volume_id="vol-12345678"),
        VolumeInWrongState(volume_id="vol-12345678", state=VolumeState.DELETING),
    ),
]


@pytest.mark.parametrize(("before", "request_", "refusal"), WITNESSES, ids=lambda item: type(item).__name__)
def test_each_reason_to_refuse_has_its_witness(before: World, request_: Request[object], refusal: Refusal) -> None:
    assert attempt(before, request_, by=ALICE) == refusal


@pytest.mark.parametrize("action", [CreateVolume, DeleteVolume])
def test_every_declared_refusal_is_reached_and_no_other(action: type[Request[object]]) -> None:
    reached = {type(refusal) for _, request, refusal in WITNESSES if type(request) is action}
    assert reached == set(action.refusals)


def test_what_is_in_the_way_of_a_volume_is_named_in_order() -> None:
    """Rule A 0.3: what is not there, its state, values, combinations, tags."""
    reserved = [TagSpecification(resource_type="volume", tags={"aws:x": ""})]
    asked: dict[str, Any] = {
        "availability_zone": "eu-west-1a",
        "size_gib": 4,
        "kms_key_id": OWN_KEY,
        "tag_specifications": reserved,
    }
    before = world(snapshot(state="pending"))
    mends: list[tuple[type[Refusal], World, dict[str, Any]]] = [
        (ZoneNotFound, before, {"availability_zone": "eu-central-1b"}),
        (SnapshotNotUsable, world(snapshot()), {}),
        (VolumeSizeBelowSnapshot, world(snapshot()), {"size_gib": 10}),
        (KmsKeyRequiresEncrypted, world(snapshot()), {"encrypted": True}),
        (ReservedTagKeySpecified, world(snapshot()), {"tag_specifications": []}),
    ]
    for number, (refusal, mended, change) in enumerate(mends):
        assert type(attempt(before, restored(**asked), by=ALICE)) is refusal
        in_the_way = [type(one) for one in explain(before, restored(**asked), by=ALICE).refusals]
        assert in_the_way == [kind for kind, _, _ in mends[number:]]
        before, asked = mended, asked | change
    assert explain(before, restored(**asked), by=ALICE).allowed is True
    assert apply(before, restored(**asked), by=ALICE).value.size_gib == 10


def test_of_a_snapshot_that_is_not_there_nothing_more_is_said() -> None:
    asked = restored(availability_zone="eu-west-1a", kms_key_id=OWN_KEY)
    in_the_way = [type(one) for one in explain(world(), asked, by=ALICE).refusals]
    assert in_the_way == [ZoneNotFound, SnapshotNotFound]


def test_what_is_in_the_way_of_a_deletion_is_named_in_order() -> None:
    before = world()
    deletion = DeleteVolume(volume_id="vol-12345678")
    assert isinstance(attempt(before, deletion, by=ALICE), VolumeNotFound)
    before = before.with_volume(volume(state="in-use", attachment=ATTACHED))
    assert isinstance(attempt(before, deletion, by=ALICE), VolumeInUse)
    before = before.with_volume(volume(state="creating"))
    assert isinstance(attempt(before, deletion, by=ALICE), VolumeInWrongState)
    before = before.with_volume(volume())
    assert apply(before, deletion, by=ALICE).world.volumes.get("vol-12345678") is None


@pytest.mark.parametrize(
    ("request_", "before", "message"),
    [
        (restored(), world(), "The snapshot 'snap-12345678' does not exist."),
        (empty(availability_zone="us-west-2a"), world(), "The zone 'us-west-2a' does not exist."),
        (restored(), world(snapshot(state="pending")), "Snapshot is in invalid state - pending"),
        (restored(), world(snapshot(storage_tier="archive")), "Snapshot is in invalid state - archived"),
        (
            empty(kms_key_id=OWN_KEY),
            world(),
            "The parameter KmsKeyId requires the parameter Encrypted to be set.",
        ),
        (DeleteVolume(volume_id="vol-12345678"), world(), "The volume 'vol-12345678' does not exist."),
        (
            DeleteVolume(volume_id="vol-12345678"),
            world(volume(state="in-use", attachment=ATTACHED)),
            "Volume vol-12345678 is currently attached to i-12345678",
        ),
    ],
)
def test_refusals_are_in_ec2s_words(request_: Request[object], before: World, message: str) -> None:
    """Rules A ID-8, A RB-8, A RG-4, B EN-8, A 12.1."""
    assert str(attempt(before, request_, by=ALICE)) == message


# --- what comes of it -------------------------------------------------------------------------------------------------


def test_a_volume_is_creating_in_the_answer_and_available_at_once() -> None:
    """Rule C 9.4: the event tells that it is there."""
    after, answer = apply(world(), empty(tag_specifications=tagged(Name="data")), by=ALICE)
    kept = after.volume(answer.volume_id, HERE)
    assert kept is not None
    assert (answer.state, kept.state) == (VolumeState.CREATING, VolumeState.AVAILABLE)
    assert evolve(answer, state="available") == kept
    assert (kept.owner_id, kept.size_gib, kept.volume_type, kept.create_time) == (
        ALICE.account, 8, VolumeType.GP2, after.now,
    )  # fmt: skip
    assert kept.tags == Tags({"Name": "data"})
    (event,) = after.events
    assert event.occurrence == VolumeNotification(event="createVolume", volume_id=answer.volume_id)
    assert (event.account, event.region) == (ALICE.account, HERE)
    assert event.envelope()["detail"] == {
        "event": "createVolume", "result": "available", "cause": "", "request-id": event.request_id,
    }  # fmt: skip


@given(st.sampled_from(VolumeType), st.data())
def test_ec2_fills_in_what_the_type_has_and_nobody_asks_for(kind: VolumeType, data: st.DataObject) -> None:
    """Rules A 2.5, A VT-4."""
    limits = VOLUME_LIMITS[kind]
    size = data.draw(st.integers(limits.size_gib.least, limits.size_gib.most))
    iops = 100 if limits.iops_required else None
    _, kept = made(world(), empty(size_gib=size, volume_type=kind, iops=iops))
    assert kept.iops == (iops or limits.default_iops)
    assert kept.throughput_mibps == limits.default_throughput_mibps


@given(amis.snapshots(snapshot_id=SOURCE, owner_id=ALICE.account, region=HERE, state="completed", encrypted=False,
                      storage_tier="standard", create_volume_permissions=Permissions(())))  # fmt: skip
def test_a_volume_takes_over_what_its_snapshot_tells(source: Snapshot) -> None:
    """Rules B MP-3, A 7.4: size, product codes and licence."""
    before = world(source)
    after, kept = made(before, restored(volume_type="gp3"))
    assert (kept.size_gib, kept.product_codes, kept.billing) == (
        source.volume_size_gib, source.product_codes, source.billing,
    )  # fmt: skip
    assert kept.snapshot_id == SOURCE
    assert after.snapshots == before.snapshots


def test_a_volume_may_be_as_small_as_its_snapshot_and_no_smaller() -> None:
    """Botocore, CreateVolume: Size."""
    assert made(world(snapshot()), restored(size_gib=8))[1].size_gib == 8
    assert isinstance(attempt(world(snapshot()), restored(size_gib=7), by=ALICE), VolumeSizeBelowSnapshot)


def test_product_codes_and_licence_flow_from_the_snapshot() -> None:
    """Rule B MP-3, as an example."""
    source = snapshot(product_codes=[ProductCode("abc123")], billing=BillingCode.WINDOWS)
    _, kept = made(world(source), restored(size_gib=30))
    assert (kept.size_gib, kept.product_codes, kept.billing) == (30, (ProductCode("abc123"),), BillingCode.WINDOWS)


# --- whose snapshots --------------------------------------------------------------------------------------------------

BLOCKED = RegionSettings(snapshot_block_public_access=SnapshotBlockPublicAccess(state="block-all-sharing"))
NEW_BLOCKED = RegionSettings(snapshot_block_public_access=SnapshotBlockPublicAccess(state="block-new-sharing"))


@pytest.mark.parametrize(
    ("permissions", "settings", "granted"),
    [
        (NOBODY, None, False),
        (Permissions([AccountPermission(ALICE.account)]), None, True),
        (Permissions([AccountPermission("999999999999")]), None, False),
        (Permissions([EVERYONE]), None, True),
        (Permissions([EVERYONE]), NEW_BLOCKED, True),   # what was public stays so
        (Permissions([EVERYONE]), BLOCKED, False),
        (Permissions[Any]([EVERYONE, AccountPermission(ALICE.account)]), BLOCKED, True),
        (None, None, None),                             # a world made of answers does not know
        (NOT_PUBLIC, None, None),
    ],
)  # fmt: skip
def test_only_a_snapshot_that_one_may_read_can_be_made_a_volume_of(
    permissions: Permissions[Any] | None, settings: RegionSettings | None, granted: bool | None
) -> None:
    """Rules B SP-19, B SBP-3 to B SBP-5, C 8.15."""
    before = world(snapshot(owner_id=BOB.account, create_volume_permissions=permissions))
    if settings is not None:
        before = before.with_settings(BOB.account, HERE, settings)
    decision = explain(before, restored(), by=ALICE)
    assert decision.allowed is granted
    outcome = attempt(before, restored(), by=ALICE)
    assert (outcome == SnapshotNotFound(snapshot_id=SOURCE)) is (granted is not True)
    if granted:
        assert [type(ground).__name__ for ground in decision.because] == ["Permitted", "Settled"]


# --- encryption -------------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([None, False, True]), st.booleans(), st.booleans(), st.sampled_from([None, False, True]),
    st.booleans(),
)  # fmt: skip
def test_a_volume_is_encrypted_as_the_tables_say(
    source_is_encrypted: bool | None, own: bool, by_default: bool, encrypted: bool | None, named: bool
) -> None:
    """Rules B 6.2, B 6.3, with the settings of the caller in the zone's Region."""
    source = None
    if source_is_encrypted is not None:
        owner = ALICE if own else BOB
        source = snapshot(
            owner_id=owner.account,
            encrypted=source_is_encrypted,
            kms_key_id=SHARED_KEY if source_is_encrypted else None,
            create_volume_permissions=Permissions([AccountPermission(ALICE.account)]),
        )
    before = encrypting(world(*([] if source is None else [source])), by_default=by_default)
    ask = empty if source is None else restored
    request = ask(encrypted=encrypted, kms_key_id=OWN_KEY if named else None)
    if named and not encrypted:
        assert attempt(before, request, by=ALICE) == KmsKeyRequiresEncrypted(kms_key_id=OWN_KEY)
        return
    expected = at_create_volume(
        source,
        account=ALICE.account,
        settings=EbsEncryption(by_default=by_default),
        encrypted=encrypted,
        kms_key_id=request.kms_key_id,
    )
    _, kept = made(before, request)
    keys = {
        None: None,
        "same": SHARED_KEY,
        "specified": OWN_KEY,
        "default": str(aws_managed_key(ALICE.account, HERE).arn),
    }
    assert (kept.encrypted, kept.kms_key_id) == (expected.encrypted, keys[expected.key])
    assert kept.state is VolumeState.AVAILABLE
    (settled,) = (ground for ground in explain(before, request, by=ALICE).because if isinstance(ground, Settled))
    assert settled.rules == expected.rules


def test_the_settings_of_another_region_or_account_do_not_matter() -> None:
    """Rule B G-1."""
    before = encrypting(encrypting(world(), ALICE.account, THERE, by_default=True), BOB.account, by_default=True)
    _, kept = made(before, empty())
    assert not kept.encrypted


KEYS = [
    (OWN_KEY, OWN_KEY, None),
    (SHARED_KEY, SHARED_KEY, None),
    ("11111111-1111-4111-8111-111111111111", OWN_KEY, None),
    ("alias/aws/ebs", str(aws_managed_key(ALICE.account, HERE).arn), None),
    (MISSING_KEY, MISSING_KEY, f"{MISSING_KEY} does not exist."),
    ("alias/shared", "alias/shared", "alias/shared does not exist."),  # an alias is one of the caller's
    (BOBS_KEY, BOBS_KEY, f"{BOBS_KEY} is not accessible."),
    (DISABLED_KEY, DISABLED_KEY, f"{DISABLED_KEY} is disabled."),
    (ASYMMETRIC_KEY, ASYMMETRIC_KEY, f"{ASYMMETRIC_KEY} is asymmetric."),
]


@pytest.mark.parametrize(("named", "kept_as", "cause"), KEYS)
def test_a_key_that_does_not_work_shows_after_the_answer(named: str, kept_as: str, cause: str | None) -> None:
    """Rules B EN-6, B EN-7: the call succeeds, the volume ends in error, and the event says why."""
    after, kept = made(world(), empty(encrypted=True, kms_key_id=named))
    assert kept.kms_key_id == kept_as
    assert kept.state is (VolumeState.AVAILABLE if cause is None else VolumeState.ERROR)
    told = after.events[-1].occurrence
    assert isinstance(told, VolumeNotification)
    assert (told.succeeded, told.cause) == (cause is None, cause or "")
    assert apply(after, DeleteVolume(volume_id=kept.volume_id), by=ALICE).world.volumes.get(kept.volume_id) is None


@pytest.mark.parametrize(("key", "state"), [(SHARED_KEY, "available"), (BOBS_KEY, "error")])
def test_a_shared_encrypted_snapshot_needs_its_own_key_as_well(key: str, state: str) -> None:
    """Rule B EN-16."""
    shared = Permissions([AccountPermission(ALICE.account)])
    source = snapshot(owner_id=BOB.account, encrypted=True, kms_key_id=key, create_volume_permissions=shared)
    _, kept = made(world(source), restored())
    assert kept.kms_key_id == str(aws_managed_key(ALICE.account, HERE).arn)
    assert kept.state == state


# --- what stays -------------------------------------------------------------------------------------------------------

THINGS = st.lists(
    st.one_of(
        st.builds(
            snapshot,
            amis.snapshot_ids(),
            region=st.sampled_from([HERE, THERE]),
            owner_id=st.sampled_from([ALICE.account, BOB.account]),
        ),
        st.builds(volume, amis.volume_ids(), owner_id=st.sampled_from([ALICE.account, BOB.account])),
    ),
    max_size=4,
)
REQUESTS = st.one_of(
    st.builds(empty, encrypted=st.sampled_from([None, True]), client_token=st.sampled_from([None, "token"])),
    st.builds(restored, size_gib=st.sampled_from([None, 8, 9])),
)


@given(THINGS, REQUESTS, st.sampled_from([ALICE, BOB]))
def test_creating_a_volume_leaves_everything_else_alone(things: list[Any], wanted: CreateVolume, by: Caller) -> None:
    """The frame: one volume more, and nothing of anybody else's."""
    before = world(*things, snapshot())
    outcome = attempt(before, wanted, by=by)
    if isinstance(outcome, Refusal):
        assert type(outcome) in CreateVolume.refusals
        return
    assert touched(before, outcome.world) == {"volumes": {outcome.value.volume_id}}
    assert outcome.value.volume_id not in before.volumes
    assert outcome.value.owner_id == by.account
    assert outcome.world.volumes.is_in_step()


@given(st.sampled_from([ALICE, BOB]), st.sampled_from([ALICE, BOB]), st.sampled_from(VolumeState))
def test_deleting_a_volume_leaves_everything_else_alone(owner: Caller, by: Caller, state: VolumeState) -> None:
    """Rule C 8.32: snapshots outlive their volume."""
    kept = snapshot(owner_id=owner.account, volume_id="vol-12345678")
    before = world(volume(owner_id=owner.account, state=state), volume("vol-87654321"), kept)
    outcome = attempt(before, DeleteVolume(volume_id="vol-12345678"), by=by)
    if isinstance(outcome, Refusal):
        assert by != owner or state not in {"available", "error"}
        return
    assert outcome.value is None
    assert touched(before, outcome.world) == {"volumes": {"vol-12345678"}}
    assert outcome.world.events[-1].occurrence == VolumeNotification(
        event="deleteVolume", volume_id=VolumeId("vol-12345678")
    )


def test_a_repeated_request_with_its_token_makes_one_volume() -> None:
    """Rule B CI-17."""
    once = apply(world(), empty(client_token=ONCE), by=ALICE)
    twice = apply(once.world, empty(client_token=ONCE), by=ALICE)
    assert twice == once
    assert len(apply(twice.world, empty(client_token=TWICE), by=ALICE).world.volumes) == 2


@given(st.lists(st.one_of(REQUESTS, st.just("delete")), max_size=5))
def test_worlds_hold_together(steps: list[object]) -> None:
    after = world(snapshot())
    for step in steps:
        last = next(reversed(list(after.volumes.records)), "vol-12345678")
        request = step if isinstance(step, CreateVolume) else DeleteVolume(volume_id=last)
        outcome = attempt(after, request, by=ALICE)
        after = after if isinstance(outcome, Refusal) else outcome.world
    assert problems(after) == ()
