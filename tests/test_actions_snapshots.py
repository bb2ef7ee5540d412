"""CreateSnapshot, CreateSnapshots and DeleteSnapshot: rules C 8.1 to C 8.11, C 8.25 to C 8.36, C 13, A CI-6."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import (
    CopyTagsFromSource,
    CreateSnapshot,
    CreateSnapshots,
    CreateVolume,
    DeleteSnapshot,
    DeleteVolume,
    FailSnapshot,
    InstanceSpecification,
)
from amimodel.actions._snapshots import increment_gib
from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.engine import advance, apply, attempt, explain
from amimodel.events import SnapshotNotification, SnapshotSetNotification
from amimodel.examples import WEB
from amimodel.identifiers import SnapshotId
from amimodel.images import Image
from amimodel.instances import Instance, InstanceBlockDevice
from amimodel.integrity import problems
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.product_codes import ProductCode
from amimodel.quirks import Quirks
from amimodel.refusals import (
    InstanceNotFound,
    LocationNotSupported,
    MisplacedSharedTag,
    NoVolumesToSnapshot,
    Refusal,
    ReservedTagKeySpecified,
    RootVolumeExcluded,
    SnapshotInUse,
    SnapshotManagedByBackup,
    SnapshotNotFound,
    SnapshotQuotaReached,
    SnapshotSetTooLarge,
    SnapshotTakenTooSoon,
    TagKeyTooLong,
    TagLimitExceeded,
    TooManyPendingSnapshots,
    TooManySnapshotsOfVolume,
    VolumeInWrongState,
    VolumeNotFound,
)
from amimodel.requests import Request
from amimodel.retention import RetentionRule
from amimodel.snapshots import SnapshotState
from amimodel.tag_requests import TagSpecification
from amimodel.tags import Tags
from amimodel.tasks import FinishSnapshots, RemoveSnapshot
from amimodel.timing import Timing
from amimodel.vocabulary import OwnerAlias
from amimodel.volumes import Volume, VolumeAttachment, VolumeState
from amimodel.world import World
from reference.stores import ALICE, BOB, HERE, OWN_KEY, THERE, snapshot, touched, volume, world

VOLUME, OTHER, SNAPSHOT, INSTANCE = "vol-12345678", "vol-87654321", "snap-12345678", "i-12345678"
ROOT_DEVICE = "/dev/xvda"


def tagging(**tags: str) -> list[TagSpecification]:
    return [TagSpecification(resource_type="snapshot", tags=tags)]


def attached(volume_id: str, device_name: str, **facts: Any) -> Volume:
    attachment = VolumeAttachment(instance_id=INSTANCE, device_name=device_name, delete_on_termination=False)
    return volume(volume_id, state="in-use", attachment=attachment, **facts)


def machine(*volumes: Volume, zone: str = "eu-central-1a") -> Instance:
    return Instance(
        instance_id=INSTANCE,
        owner_id=ALICE.account,
        image_id=WEB.image_id,
        instance_type="t3.micro",
        architecture="x86_64",
        availability_zone=zone,
        launch_time=parse("2026-05-01T00:00:00Z"),
        state="running",
        root_device_name=ROOT_DEVICE,
        block_device_mappings=[
            InstanceBlockDevice(
                device_name=each.attachment.device_name,
                volume_id=each.volume_id,
                delete_on_termination=each.attachment.delete_on_termination,
            )
            for each in volumes
            if each.attachment is not None
        ],
    )


def with_machine(*volumes: Volume, zone: str = "eu-central-1a", **facts: Any) -> World:
    """An instance that runs, with its volumes and the image it was launched from."""
    image = web(block_device_mappings=[BlockDeviceMapping(ROOT_DEVICE, EbsBlockDevice(snapshot_id="snap-0000000a"))])
    made = world(*volumes, snapshot("snap-0000000a", owner_id=image.owner_id), image, **facts)
    return made.with_instance(machine(*volumes, zone=zone))


def web(**facts: Any) -> Image:
    given: dict[str, Any] = {"owner_id": ALICE.account, "region": HERE, "root_device_name": ROOT_DEVICE}
    return evolve(WEB, **(given | facts))


ROOT = attached("vol-0000000a", ROOT_DEVICE)
DATA = attached("vol-0000000b", "/dev/sdf")
MORE = attached("vol-0000000c", "/dev/sdg")


def take(**facts: Any) -> CreateSnapshot:
    asked: dict[str, Any] = {"volume_id": VOLUME}
    return CreateSnapshot(**(asked | facts))


def take_all(exclude_boot_volume: bool = False, exclude: list[str] | None = None, **facts: Any) -> CreateSnapshots:
    meant = InstanceSpecification(
        instance_id=INSTANCE, exclude_boot_volume=exclude_boot_volume, exclude_data_volume_ids=exclude or []
    )
    return CreateSnapshots(instance_specification=meant, **facts)


def using(*snapshot_ids: str, **facts: Any) -> Image:
    entries = [
        BlockDeviceMapping(name, EbsBlockDevice(snapshot_id=one, volume_size_gib=8, encrypted=False))
        for name, one in zip((ROOT_DEVICE, "/dev/sdf"), snapshot_ids, strict=False)
    ]
    return web(**({"image_id": "ami-0000000a", "name": "of it", "block_device_mappings": entries} | facts))


# --- what is refused, and in which order ------------------------------------------------------------------------------

RESERVED = tagging(**{"aws:x": ""})
LONG = tagging(**{"k" * 128: ""})
SHARED = tagging(**{"ec2:SharedTag/x": ""})
TAG_CODES = Quirks()
SHORT_KEYS = Quirks(tag_key_may_have_128_characters=False)
ENFORCED = Quirks(snapshot_interval_is_enforced=True)
NOW_PENDING = snapshot("snap-0000000f", volume_id=OTHER, state="pending")

_BACKED_UP = snapshot(tags={"aws:backup:source-resource": "x"})

WITNESSES: list[tuple[World, Request[Any], Refusal]] = [
    # CreateSnapshot
    (world(), take(), VolumeNotFound(volume_id=VOLUME)),
    (world(volume(owner_id=BOB.account)), take(), VolumeNotFound(volume_id=VOLUME)),
    (world(volume(availability_zone="eu-west-1a")), take(), VolumeNotFound(volume_id=VOLUME)),
    (
        world(volume(state="creating")),
        take(),
        VolumeInWrongState(volume_id=VOLUME, state=VolumeState.CREATING),
    ),
    (world(volume()), take(location="regional"), LocationNotSupported(resource_id=VOLUME)),
    (world(volume()), take(location="local"), LocationNotSupported(resource_id=VOLUME)),
    (
        world(volume()),
        take(tag_specifications=RESERVED),
        ReservedTagKeySpecified(error_code=TAG_CODES.reserved_tag_key_code, key="aws:x"),
    ),
    (world(volume(), quirks=SHORT_KEYS), take(tag_specifications=LONG), TagKeyTooLong(key="k" * 128, longest=127)),
    (
        world(volume()),
        take(tag_specifications=SHARED),
        MisplacedSharedTag(
            error_code=TAG_CODES.misplaced_shared_tag_code, key="ec2:SharedTag/x", resource_type="snapshot"
        ),
    ),
    (
        world(volume(), limits=Limits(tags_per_resource=1)),
        take(tag_specifications=tagging(a="", b="")),
        TagLimitExceeded(tags=2, quota=1),
    ),
    (
        world(volume(), snapshot(volume_id=VOLUME, start_time=parse("2026-06-01T11:59:46Z")), quirks=ENFORCED),
        take(),
        SnapshotTakenTooSoon(volume_id=VOLUME, seconds=15.0),
    ),
    (
        world(
            volume(),
            snapshot("snap-00000001", volume_id=VOLUME, state="pending"),
            snapshot("snap-00000002", volume_id=VOLUME, state="error"),  # these count as well
            limits=Limits(pending_snapshots_per_volume=2),
        ),
        take(),
        TooManySnapshotsOfVolume(volume_id=VOLUME, quota=2),
    ),
    (
        world(volume(), NOW_PENDING, limits=Limits(pending_snapshots_per_account=1)),
        take(),
        TooManyPendingSnapshots(quota=1),
    ),
    (world(volume(), snapshot(), limits=Limits(snapshots_per_region=1)), take(), SnapshotQuotaReached(quota=1)),
    # CreateSnapshots
    (world(), take_all(), InstanceNotFound.of(INSTANCE)),
    (
        with_machine(ROOT, DATA),
        take_all(exclude=[ROOT.volume_id]),
        RootVolumeExcluded(instance_id=INSTANCE, volume_id=ROOT.volume_id),
    ),
    (
        with_machine(ROOT, DATA, limits=Limits(volumes_per_snapshot_set=1)),
        take_all(),
        SnapshotSetTooLarge(counted="volumes", number=2, limit=1),
    ),
    (
        with_machine(ROOT, DATA, MORE, limits=Limits(excluded_volumes_per_snapshot_set=1)),
        take_all(exclude=[DATA.volume_id, MORE.volume_id]),
        SnapshotSetTooLarge(counted="excludeDataVolumeIds", number=2, limit=1),
    ),
    (with_machine(ROOT), take_all(exclude_boot_volume=True), NoVolumesToSnapshot(instance_id=INSTANCE)),
    (with_machine(ROOT), take_all(location="local"), LocationNotSupported(resource_id=INSTANCE)),
    (
        with_machine(ROOT),
        take_all(tag_specifications=RESERVED),
        ReservedTagKeySpecified(error_code=TAG_CODES.reserved_tag_key_code, key="aws:x"),
    ),
    (
        with_machine(ROOT, quirks=SHORT_KEYS),
        take_all(tag_specifications=LONG),
        TagKeyTooLong(key="k" * 128, longest=127),
    ),
    (
        with_machine(ROOT),
        take_all(tag_specifications=SHARED),
        MisplacedSharedTag(
            error_code=TAG_CODES.misplaced_shared_tag_code, key="ec2:SharedTag/x", resource_type="snapshot"
        ),
    ),
    (
        with_machine(evolve(ROOT, tags={"a": ""}), limits=Limits(tags_per_resource=1)),
        take_all(tag_specifications=tagging(b=""), copy_tags_from_source="volume"),
        TagLimitExceeded(tags=2, quota=1),
    ),
    (
        with_machine(ROOT, quirks=ENFORCED).with_snapshot(
            snapshot(volume_id=ROOT.volume_id, start_time=parse("2026-06-01T12:00:00Z"))
        ),
        take_all(),
        SnapshotTakenTooSoon(volume_id=ROOT.volume_id, seconds=15.0),
    ),
    (
        with_machine(ROOT, DATA, limits=Limits(pending_snapshots_per_volume=1)).with_snapshot(
            snapshot(volume_id=DATA.volume_id, state="error")
        ),
        take_all(),
        TooManySnapshotsOfVolume(volume_id=DATA.volume_id, quota=1),
    ),
    (
        with_machine(ROOT, DATA, limits=Limits(pending_snapshots_per_account=1)),
        take_all(),
        TooManyPendingSnapshots(quota=1),
    ),
    (
        with_machine(ROOT, DATA, limits=Limits(snapshots_per_region=2)),  # the image has one already
        take_all(),
        SnapshotQuotaReached(quota=2),
    ),
    # DeleteSnapshot
    (world(), DeleteSnapshot(snapshot_id=SNAPSHOT), SnapshotNotFound(snapshot_id=SNAPSHOT)),
    (
        world(snapshot(owner_id=BOB.account)),
        DeleteSnapshot(snapshot_id=SNAPSHOT),
        SnapshotNotFound(snapshot_id=SNAPSHOT),
    ),
    (world(snapshot(region=THERE)), DeleteSnapshot(snapshot_id=SNAPSHOT), SnapshotNotFound(snapshot_id=SNAPSHOT)),
    (world(_BACKED_UP), DeleteSnapshot(snapshot_id=SNAPSHOT), SnapshotManagedByBackup(snapshot_id=SNAPSHOT)),
    (
        world(snapshot(), using(SNAPSHOT)),
        DeleteSnapshot(snapshot_id=SNAPSHOT),
        SnapshotInUse(snapshot_id=SNAPSHOT, image_id="ami-0000000a"),
    ),
]


@pytest.mark.parametrize(("before", "request_", "refusal"), WITNESSES, ids=lambda item: type(item).__name__)
def test_each_reason_to_refuse_has_its_witness(before: World, request_: Request[Any], refusal: Refusal) -> None:
    assert attempt(before, request_, by=ALICE) == refusal


@pytest.mark.parametrize("action", [CreateSnapshot, CreateSnapshots, DeleteSnapshot])
def test_every_declared_refusal_is_reached_and_no_other(action: type[Request[Any]]) -> None:
    reached = {type(refusal) for _, request, refusal in WITNESSES if type(request) is action}
    assert reached == set(action.refusals)


NOT_THERE = {VolumeNotFound, InstanceNotFound, SnapshotNotFound}


def climb(rungs: list[tuple[type[Refusal], World, Request[Any]]], last: World, granted: Request[Any]) -> None:
    """Each rung has one fault less than the one before; the first that is left is the one that EC2 names."""
    for number, (refusal, before, request) in enumerate(rungs):
        assert type(attempt(before, request, by=ALICE)) is refusal
        in_the_way = [type(one) for one in explain(before, request, by=ALICE).refusals]
        # Of what is not there nothing more can be said.
        assert in_the_way == ([refusal] if refusal in NOT_THERE else [kind for kind, _, _ in rungs[number:]])
    assert explain(last, granted, by=ALICE).allowed is True
    _ = apply(last, granted, by=ALICE)


def test_what_is_in_the_way_of_a_snapshot_is_named_in_order() -> None:
    """Rule A 0.3; the limits come last, the most passing of them first."""
    recent = snapshot("snap-00000001", volume_id=VOLUME, state="pending", start_time=parse("2026-06-01T12:00:00Z"))

    def a_world(*things: Any, **limits: int) -> World:
        return world(*things, quirks=ENFORCED, limits=Limits(**limits))

    wrong = {"pending_snapshots_per_volume": 1, "pending_snapshots_per_account": 1, "snapshots_per_region": 1}
    everything = take(location="local", tag_specifications=RESERVED)
    climb(
        [
            (VolumeNotFound, a_world(recent, **wrong), everything),
            (VolumeInWrongState, a_world(volume(state="error"), recent, **wrong), everything),
            (LocationNotSupported, a_world(volume(), recent, **wrong), everything),
            (ReservedTagKeySpecified, a_world(volume(), recent, **wrong), take(tag_specifications=RESERVED)),
            (SnapshotTakenTooSoon, a_world(volume(), recent, **wrong), take()),
            (TooManySnapshotsOfVolume, world(volume(), recent, limits=Limits(**wrong)), take()),
            (
                TooManyPendingSnapshots,
                world(volume(), recent, limits=Limits(**wrong | {"pending_snapshots_per_volume": 2})),
                take(),
            ),
            (SnapshotQuotaReached, world(volume(), recent, limits=Limits(snapshots_per_region=1)), take()),
        ],
        world(volume(), recent),
        take(),
    )


def test_what_is_in_the_way_of_a_set_is_named_in_order() -> None:
    tight = {"volumes_per_snapshot_set": 1, "pending_snapshots_per_account": 1, "snapshots_per_region": 1}

    def a_world(**limits: int) -> World:
        return with_machine(ROOT, DATA, MORE, limits=Limits(**limits))

    everything = take_all(exclude=[ROOT.volume_id], location="local", tag_specifications=RESERVED)
    left = {"pending_snapshots_per_account": 1, "snapshots_per_region": 1}
    climb(
        [
            (InstanceNotFound, world(limits=Limits(**tight)), everything),
            (RootVolumeExcluded, a_world(**tight), everything),
            (SnapshotSetTooLarge, a_world(**tight), take_all(location="local", tag_specifications=RESERVED)),
            (LocationNotSupported, a_world(**left), take_all(location="local", tag_specifications=RESERVED)),
            (ReservedTagKeySpecified, a_world(**left), take_all(tag_specifications=RESERVED)),
            (TooManyPendingSnapshots, a_world(**left), take_all()),
            (SnapshotQuotaReached, a_world(snapshots_per_region=1), take_all()),
        ],
        a_world(),
        take_all(),
    )


def test_what_is_in_the_way_of_a_deletion_is_named_in_order() -> None:
    delete = DeleteSnapshot(snapshot_id=SNAPSHOT)
    climb(
        [
            (SnapshotNotFound, world(), delete),
            (SnapshotManagedByBackup, world(_BACKED_UP, using(SNAPSHOT)), delete),
            (SnapshotInUse, world(snapshot(), using(SNAPSHOT)), delete),
        ],
        world(snapshot()),
        delete,
    )


BY_BACKUP = (
    "This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs. If you wish to delete this"
    " snapshot, please do so via the Backup console."
)
TOO_FAST = (
    "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or variable sleep interval"
    " between requests."
)


@pytest.mark.parametrize(
    ("request_", "before", "message"),
    [
        (take(), world(), "The volume 'vol-12345678' does not exist."),
        (DeleteSnapshot(snapshot_id=SNAPSHOT), world(), "The snapshot 'snap-12345678' does not exist."),
        (
            DeleteSnapshot(snapshot_id=SNAPSHOT),
            world(snapshot(), using(SNAPSHOT)),
            "The snapshot snap-12345678 is currently in use by ami-0000000a",
        ),
        (
            DeleteSnapshot(snapshot_id=SNAPSHOT),
            world(_BACKED_UP),
            BY_BACKUP,
        ),
        (
            take(),
            world(volume(), snapshot(volume_id=VOLUME, start_time=parse("2026-06-01T12:00:00Z")), quirks=ENFORCED),
            TOO_FAST,
        ),
    ],
)  # fmt: skip
def test_refusals_are_in_ec2s_words(request_: Request[Any], before: World, message: str) -> None:
    """Rules A ID-8, A 12, C 8.5, C 8.25, C 8.26, C 8.29."""
    assert str(attempt(before, request_, by=ALICE)) == message


@pytest.mark.parametrize(
    ("build", "complaint"),
    [
        (lambda: take(volume_id="vol-1"), "InvalidVolumeID.Malformed: "),
        (lambda: take(description="x" * 256), "InvalidParameterValue: "),
        (lambda: take(location="here"), "InvalidParameterValue: Invalid value 'here' for snapshotLocation."),
        (lambda: take_all(copy_tags_from_source="disk"), "InvalidParameterValue: Invalid value 'disk' for copyTags"),
        (lambda: take_all(exclude=["disk"]), "InvalidVolumeID.Malformed: "),
        (lambda: DeleteSnapshot(snapshot_id="ami-12345678"), "InvalidSnapshotID.Malformed: "),
    ],
)
def test_what_no_world_could_grant_is_malformed(build: Any, complaint: str) -> None:
    """Rules C 8.2, C 8.7, C 8.25."""
    with pytest.raises(Malformed) as told:
        build()
    assert str(told.value).startswith(complaint)


# --- CreateSnapshot ---------------------------------------------------------------------------------------------------


@given(
    st.booleans(),
    st.lists(st.sampled_from([ProductCode("abc123"), ProductCode("def456")]), unique=True),
    st.sampled_from([None, BillingCode.WINDOWS]),
    st.sampled_from([VolumeState.AVAILABLE, VolumeState.IN_USE]),
    st.integers(1, 16_384),
)
def test_a_snapshot_takes_over_what_its_volume_is(
    encrypted: bool, codes: list[ProductCode], licence: BillingCode | None, state: VolumeState, size: int
) -> None:
    """Rules C 8.1, C 8.3, B MP-3, A 7.4."""
    facts: dict[str, Any] = {"state": state, "product_codes": codes, "billing": licence, "size_gib": size}
    source = volume(encrypted=encrypted, kms_key_id=OWN_KEY if encrypted else None, **facts)
    before = world(source)
    after, taken = apply(before, take(description="nightly", tag_specifications=tagging(Name="a")), by=ALICE)
    assert after.snapshot(taken.snapshot_id, HERE) == taken
    assert (taken.state, taken.progress, taken.completion_time) == (SnapshotState.PENDING, "0%", None)
    assert (taken.encrypted, taken.kms_key_id) == (source.encrypted, source.kms_key_id)
    assert (taken.product_codes, taken.billing) == (source.product_codes, source.billing)
    assert (taken.volume_id, taken.volume_size_gib) == (VOLUME, size)
    assert (taken.owner_id, taken.region, taken.start_time) == (ALICE.account, HERE, before.now)
    assert (taken.description, taken.tags) == ("nightly", Tags({"Name": "a"}))
    assert taken.create_volume_permissions is not None
    assert len(taken.create_volume_permissions) == 0
    assert taken.transfer_type is None
    assert touched(before, after) == {"snapshots": {taken.snapshot_id}}


def test_a_snapshot_completes_in_its_time_and_its_owner_is_told() -> None:
    """Rules C 8.1, C 9.3, C 13: 30 s, and 1 s for each GiB."""
    after, taken = apply(world(volume()), take(), by=ALICE)
    early = advance(after, seconds=37.9)
    assert early.snapshots.records[taken.snapshot_id].state is SnapshotState.PENDING
    assert len(early.events) == 0
    done = advance(after, seconds=38)
    finished = done.snapshots.records[taken.snapshot_id]
    assert (finished.state, finished.progress, finished.completion_time) == (
        SnapshotState.COMPLETED, "100%", taken.start_time + timedelta(seconds=38),
    )  # fmt: skip
    (event,) = done.events
    assert event.occurrence == SnapshotNotification(
        event="createSnapshot",
        snapshot_id=taken.snapshot_id,
        source="arn:aws:ec2:eu-central-1::volume/vol-12345678",
        start_time=taken.start_time,
        end_time=taken.start_time + timedelta(seconds=38),
    )
    assert problems(done) == ()


@given(st.sampled_from(["completed", "pending", "error"]), st.integers(1, 500))
def test_only_the_first_snapshot_of_a_volume_is_a_full_one(state: str, size: int) -> None:
    """Rule C 8.36: a later one holds what is new, which the model takes for nothing; one in error holds nothing."""
    source = volume(size_gib=size)
    assert increment_gib(world(source), source) == size
    assert increment_gib(world(source, snapshot(volume_id=OTHER)), source) == size
    later = increment_gib(world(source, snapshot(volume_id=VOLUME, state=state)), source)
    assert later == (size if state == "error" else 0)


@pytest.mark.parametrize(
    ("facts", "gib"),
    [
        ({}, 0),
        ({"owner_id": BOB.account}, 8),                       # another account
        ({"encrypted": True, "kms_key_id": OWN_KEY}, 8),      # another key
        ({"snapshot_id": "snap-0000000f"}, 8),                # gone: the source is not there any more
    ],
)  # fmt: skip
def test_a_volume_made_of_a_snapshot_goes_on_where_that_was(facts: dict[str, Any], gib: int) -> None:
    """Rule C 8.36: the lineage."""
    source = volume(snapshot_id=SNAPSHOT)
    assert increment_gib(world(source, snapshot(**facts)), source) == gib


def test_a_local_snapshot_lies_in_the_zone_of_its_volume() -> None:
    """Botocore, CreateSnapshot: Location."""
    before = world(volume(availability_zone="eu-central-1-ham-1a"))
    assert apply(before, take(location="local"), by=ALICE).value.availability_zone == "eu-central-1-ham-1a"
    for request in (take(), take(location="regional"), take(location="")):
        assert apply(before, request, by=ALICE).value.availability_zone is None


@pytest.mark.parametrize(("kind", "most"), [("gp2", 5), ("gp3", 5), ("standard", 5), ("st1", 1), ("sc1", 1)])
def test_so_many_snapshots_of_a_volume_may_be_pending(kind: str, most: int) -> None:
    """Rule C 8.4."""
    after = world(volume(volume_type=kind, size_gib=200))
    for _ in range(most):
        after = apply(after, take(), by=ALICE).world
    assert attempt(after, take(), by=ALICE) == TooManySnapshotsOfVolume(volume_id=VOLUME, quota=most)
    assert not isinstance(attempt(advance(after, hours=1), take(), by=ALICE), Refusal)


def test_two_snapshots_of_a_volume_within_seconds_are_taken_unless_a_quirk_forbids_it() -> None:
    """Rules C 8.5, A CI-6."""
    once = apply(world(volume()), take(), by=ALICE).world
    assert not isinstance(attempt(once, take(), by=ALICE), Refusal)
    strict = apply(world(volume(), quirks=ENFORCED), take(), by=ALICE).world
    assert isinstance(attempt(advance(strict, seconds=14.9), take(), by=ALICE), SnapshotTakenTooSoon)
    assert not isinstance(attempt(advance(strict, seconds=15), take(), by=ALICE), Refusal)


def test_copies_and_other_regions_do_not_count_as_pending_snapshots() -> None:
    """Rules C 8.6, B CS-5: copies have a quota of their own."""
    before = world(
        volume(),
        snapshot("snap-00000001", state="pending", transfer_type="standard"),
        snapshot("snap-00000002", state="pending", region=THERE),
        snapshot("snap-00000003", state="pending", owner_id=BOB.account),
        limits=Limits(pending_snapshots_per_account=1),
    )
    assert not isinstance(attempt(before, take(), by=ALICE), Refusal)


def test_the_last_snapshot_of_a_quota_is_taken() -> None:
    """Rule C 8.6."""
    before = world(volume(), limits=Limits(snapshots_per_region=1))
    after = apply(before, take(), by=ALICE).world
    assert attempt(after, take(), by=ALICE) == SnapshotQuotaReached(quota=1)


def test_an_alias_of_aws_stands_on_the_snapshots_of_its_account() -> None:
    """Rule C 8.1: OwnerAlias."""
    before = world(volume()).with_owner_alias(ALICE.account, OwnerAlias.AMAZON)
    assert apply(before, take(), by=ALICE).value.owner_alias == "amazon"


# --- CreateSnapshots --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "volumes"),
    [
        (take_all(), [ROOT, DATA, MORE]),
        (take_all(exclude_boot_volume=True), [DATA, MORE]),
        (take_all(exclude=[DATA.volume_id]), [ROOT, MORE]),
        (take_all(exclude=[DATA.volume_id, MORE.volume_id]), [ROOT]),
        (take_all(exclude_boot_volume=True, exclude=[MORE.volume_id]), [DATA]),
        (take_all(exclude=[OTHER]), [ROOT, DATA, MORE]),   # it is not attached
    ],
)  # fmt: skip
def test_a_set_has_a_snapshot_of_each_volume_that_is_not_left_out(
    request_: CreateSnapshots, volumes: list[Volume]
) -> None:
    """Rule C 8.8: the root first."""
    before = with_machine(DATA, ROOT, MORE)
    after, taken = apply(before, request_, by=ALICE)
    assert [one.volume_id for one in taken] == [one.volume_id for one in volumes]
    assert {one.start_time for one in taken} == {before.now}
    assert touched(before, after) == {"snapshots": {one.snapshot_id for one in taken}}
    (task,) = after.tasks
    assert task.work == FinishSnapshots(snapshot_ids=[one.snapshot_id for one in taken], event="createSnapshots")


def test_a_set_is_finished_as_one_and_told_of_as_one() -> None:
    """Rules C 8.9, C 9.4: it takes as long as its largest member."""
    before = with_machine(ROOT, evolve(DATA, size_gib=100))
    after, taken = apply(before, take_all(), by=ALICE)
    assert len(advance(after, seconds=129).events) == 0
    done = advance(after, seconds=130)
    assert {done.snapshots.records[one.snapshot_id].state for one in taken} == {SnapshotState.COMPLETED}
    (event,) = done.events
    told = event.occurrence
    assert isinstance(told, SnapshotSetNotification)
    assert [(one.snapshot_id, one.volume_id, one.completed) for one in told.snapshots] == [
        (one.snapshot_id, one.volume_id, True) for one in taken
    ]
    assert problems(done) == ()


@given(st.integers(0, 2))
def test_if_one_of_a_set_ends_in_error_all_do(which: int) -> None:
    """Rule C 8.9."""
    after, taken = apply(with_machine(ROOT, DATA, MORE), take_all(), by=ALICE)
    failing = FailSnapshot(snapshot_id=taken[which].snapshot_id)
    failed = advance(apply(after, failing, by=Caller.provider(HERE)).world, hours=1)
    assert {failed.snapshots.records[one.snapshot_id].state for one in taken} == {SnapshotState.ERROR}
    (event,) = failed.events
    told = event.occurrence
    assert isinstance(told, SnapshotSetNotification)
    assert not any(one.completed for one in told.snapshots)
    assert told.cause == f"Snapshot {taken[0].snapshot_id} is in status error"


@given(st.integers(0, 2))
def test_deleting_one_of_a_pending_set_leaves_the_others_alone(which: int) -> None:
    """Rule C 8.11."""
    after, taken = apply(with_machine(ROOT, DATA, MORE), take_all(), by=ALICE)
    gone = taken[which]
    deleted = apply(after, DeleteSnapshot(snapshot_id=gone.snapshot_id), by=ALICE).world
    assert touched(after, deleted) == {}
    done = advance(deleted, hours=1)
    left = [one for one in taken if one != gone]
    assert gone.snapshot_id not in done.snapshots
    assert {done.snapshots.records[one.snapshot_id].state for one in left} == {SnapshotState.COMPLETED}


@pytest.mark.parametrize(
    ("source", "asked", "tags"),
    [
        (None, {}, {}),
        (None, {"Stage": "test"}, {"Stage": "test"}),
        ("volume", {}, {"Name": "data", "Stage": "prod"}),
        ("volume", {"Stage": "test"}, {"Name": "data", "Stage": "test"}),
        ("", {}, {}),
    ],
)
def test_a_set_takes_the_tags_of_its_volumes_along_if_it_is_told_to(
    source: str | None, asked: dict[str, str], tags: dict[str, str]
) -> None:
    """Rule C 8.10: but never those of AWS."""
    before = with_machine(evolve(ROOT, tags={"Name": "data", "Stage": "prod", "aws:x": "1"}), DATA)
    specified = tagging(**asked) if asked else []
    _, taken = apply(before, take_all(copy_tags_from_source=source, tag_specifications=specified), by=ALICE)
    assert taken[0].tags == Tags(tags)
    assert taken[1].tags == Tags(asked)


def test_the_words_of_copy_tags_from_source() -> None:
    assert [word.value for word in CopyTagsFromSource] == ["volume"]


# --- DeleteSnapshot ---------------------------------------------------------------------------------------------------

IN_USE = [
    ("available", True), ("disabled", True), ("pending", True), ("failed", False), ("error", False), ("invalid", False),
]  # fmt: skip


@pytest.mark.parametrize(("state", "held"), IN_USE)
@pytest.mark.parametrize("position", ["root", "data"])
@pytest.mark.parametrize("data_count", [True, False])
def test_an_own_image_keeps_its_snapshots_from_going(state: str, held: bool, position: str, data_count: bool) -> None:
    """Rules C 8.26 to C 8.28, A RB-18, B CS-10."""
    others = "snap-0000000e"
    ids = (SNAPSHOT, others) if position == "root" else (others, SNAPSHOT)
    quirks = Quirks(data_snapshots_are_in_use=data_count)
    before = world(snapshot(), snapshot(others), using(*ids, state=state), quirks=quirks)
    refused = isinstance(attempt(before, DeleteSnapshot(snapshot_id=SNAPSHOT), by=ALICE), SnapshotInUse)
    assert refused is (held and (position == "root" or data_count))


def test_an_image_of_somebody_else_does_not_hold_a_snapshot() -> None:
    """Rule C 8.27: an own image."""
    before = world(snapshot(), using(SNAPSHOT, owner_id=BOB.account))
    assert SNAPSHOT not in apply(before, DeleteSnapshot(snapshot_id=SNAPSHOT), by=ALICE).world.snapshots


@given(st.sampled_from([ALICE, BOB]), st.sampled_from(["completed", "error"]))
def test_deleting_a_snapshot_leaves_everything_else_alone(by: Caller, state: str) -> None:
    """Rule C 8.32: volumes made of it, and other snapshots."""
    made_of_it = volume(snapshot_id=SNAPSHOT)
    before = world(
        snapshot(state=state), snapshot("snap-00000001"), snapshot("snap-00000002", owner_id=BOB.account), made_of_it
    )
    outcome = attempt(before, DeleteSnapshot(snapshot_id=SNAPSHOT), by=by)
    if isinstance(outcome, Refusal):
        assert by == BOB
        return
    assert outcome.value is None
    assert touched(before, outcome.world) == {"snapshots": {SNAPSHOT}}
    assert outcome.world.events == before.events  # rule C 9.3: nothing is told of a deletion
    assert problems(outcome.world) == ()


def test_a_rule_keeps_a_deleted_snapshot_in_the_recycle_bin() -> None:
    """Rules C 6.2, C 6.16."""
    rule = RetentionRule(
        identifier="abcdefghijk",
        owner_id=ALICE.account,
        region=HERE,
        resource_type="EBS_SNAPSHOT",
        retention_days=7,
    )
    before = world(snapshot()).with_retention_rule(rule)
    after = apply(before, DeleteSnapshot(snapshot_id=SNAPSHOT), by=ALICE).world
    entry = after.binned(SNAPSHOT, HERE)
    assert entry is not None
    assert entry.recycle_bin_exit_time == before.now + timedelta(days=7)
    assert SNAPSHOT not in after.snapshots
    assert problems(after) == ()
    assert advance(after, days=7).binned(SNAPSHOT, HERE) is None


def test_a_pending_snapshot_goes_when_it_is_completed_and_counts_until_then() -> None:
    """Rule C 8.31; deleting it twice is deleting it once."""
    limits = Limits(pending_snapshots_per_volume=1)
    pending, taken = apply(world(volume(), limits=limits), take(), by=ALICE)
    deletion = DeleteSnapshot(snapshot_id=taken.snapshot_id)
    deleted = apply(pending, deletion, by=ALICE).world
    assert deleted.snapshot(taken.snapshot_id, HERE) == taken
    assert isinstance(attempt(deleted, take(), by=ALICE), TooManySnapshotsOfVolume)
    assert apply(deleted, deletion, by=ALICE).world == deleted
    assert [task.work for task in deleted.tasks][1:] == [RemoveSnapshot(snapshot_id=taken.snapshot_id)]
    done = advance(deleted, seconds=38)
    assert taken.snapshot_id not in done.snapshots
    assert [event.occurrence.detail_type for event in done.events] == ["EBS Snapshot Notification"]
    assert done.tasks == ()


def test_a_pending_snapshot_that_nothing_finishes_goes_at_once() -> None:
    before = world(snapshot(state="pending"))
    assert SNAPSHOT not in apply(before, DeleteSnapshot(snapshot_id=SNAPSHOT), by=ALICE).world.snapshots


@given(st.lists(st.sampled_from(["take", "delete", "wait", "restore", "unmake"]), max_size=8))
def test_worlds_hold_together(steps: list[str]) -> None:
    """Whatever is asked, nothing of another account's or Region's changes, and no law is broken."""
    strangers = (snapshot("snap-0000000d", owner_id=BOB.account), snapshot("snap-0000000e", region=THERE))
    after = world(volume(), *strangers, limits=Limits.tiny(), timing=Timing(snapshot_base=timedelta(seconds=60)))
    for step in steps:
        newest = next(reversed(list(after.snapshots.records)), SnapshotId(SNAPSHOT))
        request: Request[Any] = {
            "take": take(),
            "delete": DeleteSnapshot(snapshot_id=newest),
            "restore": CreateVolume(availability_zone="eu-central-1a", snapshot_id=newest),
            "unmake": DeleteVolume(volume_id=VOLUME),
        }.get(step, take(dry_run=True))
        outcome = attempt(after, request, by=ALICE)
        after = after if isinstance(outcome, Refusal) else outcome.world
        after = advance(after, seconds=40) if step == "wait" else after
        assert [after.snapshots.get(one.snapshot_id) for one in strangers] == list(strangers)
        assert after.snapshots.is_in_step()
    assert problems(after) == ()
