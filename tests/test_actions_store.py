"""Storing an image to S3 and restoring it: rules C 7, C 1.3, C 1.4, C 13, A 7.4, A 11.3; settlements S 17, S 41."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import (
    ChangeBucketPolicy,
    ChangeKeyState,
    CopyStoredImage,
    CreateRestoreImageTask,
    CreateRule,
    CreateStoreImageTask,
    CreateTags,
    DeleteSnapshot,
    DeregisterImage,
    DescribeStoreImageTasks,
    DisableImage,
    FailSnapshot,
    FailStoreImageTask,
    GetImageAncestry,
    ModifySnapshotAttribute,
    RestoreSnapshotFromRecycleBin,
)
from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.buckets import Bucket
from amimodel.callers import Caller
from amimodel.decisions import Owner, Permitted, Settled, SnapshotNotTold
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.events import ImageStateChange, SnapshotNotification
from amimodel.filters import Filter
from amimodel.identifiers import ImageId
from amimodel.image_criteria import ImageCriterion
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode, Image, StateReason
from amimodel.integrity import problems
from amimodel.kms import SNAPSHOT_STATE_MESSAGE
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permission_requests import CreateVolumePermissionModifications
from amimodel.permissions import EVERYONE, AccountPermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    BucketAccessDenied,
    BucketNotUsable,
    FilterLimitExceeded,
    ImageKindNotStored,
    ImageNameInUse,
    ImageNotFound,
    ImageQuotaReached,
    ImageStoredAlready,
    ImageTooLargeToStore,
    ImageUnavailable,
    InvalidNextToken,
    MisplacedSharedTag,
    NotAuthorizedForImage,
    PageSizeRefused,
    Refusal,
    ReservedTagKeySpecified,
    RestoreQuotaReached,
    SnapshotQuotaReached,
    SnapshotsNotShared,
    StoredImageNotFound,
    StoreQuotaReached,
    StoreTasksNotPaged,
    TagKeyTooLong,
    TagLimitExceeded,
    TooManyStoredImagesDescribed,
)
from amimodel.regions import as_region
from amimodel.requests import Request
from amimodel.settings import AllowedImagesSettings, RegionSettings
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.stored_images import StoredImage, StoreImageTask, StoreTaskState
from amimodel.storing import object_key_of
from amimodel.tag_requests import TagSpecification
from amimodel.tags import Tags
from amimodel.testing import strategies as amis
from amimodel.timing import Timing
from amimodel.vocabulary import ImageState
from amimodel.watermarks import ImageWatermark
from amimodel.world import World
from reference.stores import (
    ALICE,
    BOB,
    BOBS_KEY,
    DISABLED_KEY,
    HERE,
    NOW,
    OWN_KEY,
    THERE,
    encrypting,
    having,
    snapshot,
    touched,
    world,
)

IMAGE, ROOT_SNAPSHOT, DATA_SNAPSHOT = "ami-12345678", "snap-12345678", "snap-0000d0d0"
KEY = object_key_of(IMAGE)
ALICE_THERE, AWS, AWS_THERE = Caller(account=ALICE.account, region=THERE), Caller.provider(HERE), Caller.provider(THERE)
TO_BOB: Permissions[Any] = Permissions([AccountPermission(BOB.account)])
TO_ALL: Permissions[Any] = Permissions([EVERYONE])
ROOT = snapshot(ROOT_SNAPSHOT)
DATA = snapshot(DATA_SNAPSHOT, volume_id="vol-0000bbbb", volume_size_gib=20, encrypted=True, kms_key_id=OWN_KEY)
OURS, OPEN, BOBS, FAR = "ours", "open-to-bob", "bobs", "far"
BUCKETS = (
    Bucket(name=OURS, owner_id=ALICE.account, region=HERE),
    Bucket(name=OPEN, owner_id=ALICE.account, region=HERE, readers=[BOB.account], writers=[BOB.account]),
    Bucket(name=BOBS, owner_id=BOB.account, region=HERE),
    Bucket(name=FAR, owner_id=ALICE.account, region=THERE),
)


def mapped(*snapshots: Snapshot) -> list[BlockDeviceMapping]:
    made = [
        BlockDeviceMapping(
            f"/dev/sd{letter}",
            EbsBlockDevice(
                snapshot_id=one.snapshot_id,
                volume_size_gib=one.volume_size_gib,
                volume_type="gp2",
                delete_on_termination=letter == "a",
                encrypted=one.encrypted,
            ),
        )
        for letter, one in zip("afgh", snapshots, strict=False)
    ]
    return [*made, BlockDeviceMapping("/dev/sdb", InstanceStoreDevice("ephemeral0"))]


def source(*snapshots: Snapshot, **facts: Any) -> Image:
    given_: dict[str, Any] = {
        "image_id": IMAGE,
        "owner_id": ALICE.account,
        "region": HERE,
        "name": "web",
        "creation_date": NOW - timedelta(days=30),
        "architecture": "x86_64",
        "root_device_name": "/dev/sda",
        "block_device_mappings": mapped(*(snapshots or (ROOT,))),
    }
    return Image(**(given_ | facts))


def stocked(*things: Snapshot | Image, **facts: Any) -> World:
    """A world with four buckets and the image, of one snapshot unless other things are given."""
    made = having(world(**facts), *(things or (ROOT, source())))
    for bucket in BUCKETS:
        made = made.with_bucket(bucket)
    return made


def storing(**facts: Any) -> CreateStoreImageTask:
    asked: dict[str, Any] = {"image_id": IMAGE, "bucket": OURS}
    return CreateStoreImageTask(**(asked | facts))


def restoring(**facts: Any) -> CreateRestoreImageTask:
    asked: dict[str, Any] = {"bucket": OURS, "object_key": KEY, "name": "again"}
    return CreateRestoreImageTask(**(asked | facts))


def tasks(of: World, by: Caller = ALICE, **facts: Any) -> tuple[StoreImageTask, ...]:
    return ask(of, DescribeStoreImageTasks(**facts), by=by).items


def stored(before: World, by: Caller = ALICE, **facts: Any) -> World:
    """The world when the image is stored, as nothing has come between."""
    return advance(apply(before, storing(**facts), by=by).world, hours=2)


def restored(before: World, by: Caller = ALICE, **facts: Any) -> tuple[World, Image, list[Snapshot]]:
    """The world when the image is restored, as nothing has come between."""
    after, begun = apply(before, restoring(**facts), by=by)
    after = advance(after, hours=2)
    image = after.images.records[begun.image_id]
    return after, image, [after.snapshots.records[one] for one in image.snapshot_ids]


def tagged(kind: str = "image", **tags: str) -> list[TagSpecification]:
    return [TagSpecification(resource_type=kind, tags=tags)]


STOCKED, STORED = stocked(), stored(stocked())

# --- what is malformed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts", "complaint"),
    [
        (storing, {"image_id": "web"}, 'InvalidAMIID.Malformed: Invalid id: "web" (expecting "ami-...")'),
        (storing, {"bucket": ""}, "MissingParameter: The request must contain the parameter Bucket"),
        (storing, {"s3_object_tags": {"aws:x": "y"}}, "InvalidParameterValue: "),  # C 7.9
        (storing, {"s3_object_tags": {"k" * 129: ""}}, "InvalidParameterValue: "),
        (storing, {"s3_object_tags": {"k": "v" * 257}}, "InvalidParameterValue: "),
        (restoring, {"bucket": ""}, "MissingParameter: The request must contain the parameter Bucket"),
        (restoring, {"object_key": ""}, "MissingParameter: The request must contain the parameter ObjectKey"),
        (restoring, {"name": "a+b"}, "InvalidAMIName.Malformed: "),
        (restoring, {"tag_specifications": tagged("volume", a="b")}, "InvalidParameterValue: 'volume' is not a valid"),
        (DescribeStoreImageTasks, {"image_ids": ["web"]}, "InvalidAMIID.Malformed: "),
        (DescribeStoreImageTasks, {"filters": [Filter("state", ["x"])]}, "InvalidParameterValue: The filter 'state'"),
        (DescribeStoreImageTasks, {"filters": [Filter("tag:x", ["y"])]}, "InvalidParameterValue: The filter 'tag:x'"),
    ],
)
def test_what_no_world_could_grant_is_malformed(kind: Any, facts: dict[str, Any], complaint: str) -> None:
    """Rules C 7.9, C 7.22, C 7.38, A NM-1; settlement S 17."""
    with pytest.raises(Malformed) as told:
        _ = kind(**facts)
    assert str(told.value).startswith(complaint)


def test_empty_text_is_no_name() -> None:
    """Settlement S 17."""
    assert restoring(name="") == restoring(name=None)


# --- storing: what is refused, and in which order ---------------------------------------------------------------------

ROOT_FOR_BOB = evolve(ROOT, create_volume_permissions=TO_BOB)
SHARED = source(launch_permissions=TO_BOB)
PICKY = RegionSettings(
    allowed_images=AllowedImagesSettings(state="enabled", image_criteria=[ImageCriterion(image_providers=["amazon"])])
)
IN_S3 = source(root_device_type="instance-store", block_device_mappings=[])
LARGE = snapshot(ROOT_SNAPSHOT, volume_size_gib=5001)
BUSY = having(
    apply(stocked(limits=Limits(stores_in_progress_gb=8)), storing(), by=ALICE).world,
    source(image_id="ami-0000f0f0", name="other"),
)

STORE_WITNESSES: list[tuple[type[Refusal], World, CreateStoreImageTask, Caller]] = [
    (ImageNotFound, STOCKED, storing(image_id="ami-87654321"), ALICE),
    (ImageNotFound, STOCKED, storing(bucket=FAR), ALICE_THERE),
    (ImageNotFound, stocked(ROOT, SHARED).with_settings(BOB.account, HERE, PICKY), storing(bucket=BOBS), BOB),
    (BucketNotUsable, STOCKED, storing(bucket="nowhere"), ALICE),
    (BucketNotUsable, STOCKED, storing(bucket=FAR), ALICE),
    (NotAuthorizedForImage, STOCKED, storing(bucket=BOBS), BOB),
    (NotAuthorizedForImage, stocked(ROOT_FOR_BOB, source(launch_permissions=TO_ALL)), storing(bucket=BOBS), BOB),
    (SnapshotsNotShared, stocked(ROOT, SHARED), storing(bucket=BOBS), BOB),
    (SnapshotsNotShared, stocked(evolve(ROOT, create_volume_permissions=TO_ALL), SHARED), storing(bucket=BOBS), BOB),
    (BucketAccessDenied, STOCKED, storing(bucket=BOBS), ALICE),
    (ImageUnavailable, apply(STOCKED, DisableImage(image_id=IMAGE), by=ALICE).world, storing(), ALICE),
    (ImageUnavailable, apply(STOCKED, DeregisterImage(image_id=IMAGE), by=ALICE).world, storing(), ALICE),
    (ImageKindNotStored, stocked(ROOT, source(virtualization_type="paravirtual")), storing(), ALICE),
    (
        ImageKindNotStored,
        stocked(source(root_device_type="instance-store", block_device_mappings=[])),
        storing(),
        ALICE,
    ),
    (ImageTooLargeToStore, stocked(LARGE, source(LARGE)), storing(), ALICE),
    (ImageStoredAlready, apply(STOCKED, storing(), by=ALICE).world, storing(), ALICE),
    (ImageStoredAlready, STORED, storing(), ALICE),
    (StoreQuotaReached, BUSY, storing(image_id="ami-0000f0f0"), ALICE),
]


@pytest.mark.parametrize(("kind", "before", "request_", "by"), STORE_WITNESSES)
def test_each_reason_not_to_store_has_its_witness(
    kind: type[Refusal], before: World, request_: CreateStoreImageTask, by: Caller
) -> None:
    assert type(attempt(before, request_, by=by)) is kind


def test_every_declared_refusal_to_store_is_reached_in_the_declared_order() -> None:
    assert tuple(dict.fromkeys(kind for kind, *_ in STORE_WITNESSES)) == CreateStoreImageTask.refusals


def test_what_is_in_the_way_of_storing_is_named_in_the_order_of_the_checks() -> None:
    """Rule A 0.3: what is there, whose it is, how it stands, what it is, what has its place, what the quota is."""
    image_facts: dict[str, Any] = {"state": "disabled", "virtualization_type": "paravirtual"}
    snapshot_facts: dict[str, Any] = {"volume_size_gib": 5001}
    asked: dict[str, Any] = {"bucket": FAR}
    there: dict[str, Any] = {"object": True}
    limits: dict[str, Any] = {"stores_in_progress_gb": 8}
    ladder: list[tuple[type[Refusal], dict[str, Any], dict[str, Any]]] = [
        (BucketNotUsable, asked, {"bucket": OURS}),
        (NotAuthorizedForImage, image_facts, {"launch_permissions": TO_BOB}),
        (SnapshotsNotShared, snapshot_facts, {"create_volume_permissions": TO_BOB}),
        (BucketAccessDenied, asked, {"bucket": OPEN}),
        (ImageUnavailable, image_facts, {"state": "available"}),
        (ImageKindNotStored, image_facts, {"virtualization_type": "hvm"}),
        (ImageTooLargeToStore, snapshot_facts, {"volume_size_gib": 8}),
        (ImageStoredAlready, there, {"object": False}),
        (StoreQuotaReached, limits, {"stores_in_progress_gb": 9}),
    ]
    other = snapshot("snap-0000f0f0", owner_id=BOB.account)
    busy = source(other, image_id="ami-0000f0f0", name="busy", owner_id=BOB.account)
    left = [kind for kind, *_ in ladder]
    for kind, facts, mended in ladder:
        root = snapshot(ROOT_SNAPSHOT, **snapshot_facts)
        before = stocked(root, source(root, **image_facts), other, busy, limits=Limits(**limits))
        before = apply(before, storing(image_id=busy.image_id, bucket=OPEN), by=BOB).world
        if there["object"]:
            there_already = StoredImage(bucket=asked["bucket"], object_key=KEY, image=source(), store_time=NOW)
            before = before.with_stored_image(there_already)
        hidden = {BucketAccessDenied} if asked["bucket"] == FAR else set()  # who has no bucket is not kept out of it
        assert [type(one) for one in explain(before, storing(**asked), by=BOB).refusals] == [
            one for one in left if one not in hidden
        ]
        left.remove(kind)
        facts.update(mended)
    assert left == []


# --- storing: what comes of it ----------------------------------------------------------------------------------------


def test_a_task_is_in_progress_until_it_is_completed_and_then_there_is_an_object() -> None:
    """Rules C 7.1, C 7.10, C 7.11, C 13: 8 GiB take 40 seconds."""
    before = stocked()
    after, key = apply(before, storing(s3_object_tags={"Team": "web"}), by=ALICE)
    assert key == KEY == "ami-12345678.bin"
    assert touched(before, after) == {"stored_images": set(), "store_tasks": set()}
    for seconds, percentage in ((0, 0), (10, 25), (29, 97)):
        after = advance(after, seconds=seconds)
        assert after.stored_image(OURS, KEY) is None
        (task,) = tasks(after)
        assert (task.progress_percentage, task.store_task_state) == (percentage, StoreTaskState.IN_PROGRESS)
        assert problems(after) == ()
    after = advance(after, seconds=1)
    (task,) = tasks(after)
    assert (task.ami_id, task.bucket, task.s3object_key, task.task_start_time) == (IMAGE, OURS, KEY, NOW)
    assert (task.progress_percentage, task.store_task_state) == (100, StoreTaskState.COMPLETED)
    assert task.store_task_failure_reason is None
    found = after.stored_image(OURS, KEY)
    assert found is not None
    assert (found.store_time, found.s3_object_tags) == (NOW + timedelta(seconds=40), Tags({"Team": "web"}))
    assert problems(after) == ()
    assert after.events == before.events  # storing is not told of (rule C 9.2)


def test_the_work_can_take_no_time() -> None:
    before = stocked(timing=Timing.instant())
    (task,) = tasks(advance(apply(before, storing(), by=ALICE).world))
    assert task.store_task_state is StoreTaskState.COMPLETED


def test_tasks_of_one_account_and_region_are_worked_off_one_after_the_other() -> None:
    """Rule C 13: what is restored waits for what is stored, and others wait for nobody."""
    second = source(image_id="ami-00000002", name="web-2")
    bobs = snapshot("snap-00000003", owner_id=BOB.account)
    third = source(bobs, image_id="ami-00000003", name="web-3", owner_id=BOB.account)
    before = having(stocked(), second, bobs, third)
    for queue, due in ((True, [40, 80, 40, 120]), (False, [40, 40, 40, 40])):
        after = evolve(before, quirks=Quirks(store_tasks_queue=queue))
        after = after.with_stored_image(StoredImage(bucket=OPEN, object_key="x", image=source(), snapshots=[ROOT],
                                                    store_time=NOW))  # fmt: skip
        for request, by in (
            (storing(), ALICE), (storing(image_id=second.image_id), ALICE),
            (storing(image_id=third.image_id, bucket=BOBS), BOB), (restoring(bucket=OPEN, object_key="x"), ALICE),
        ):  # fmt: skip
            after = apply(after, request, by=by).world
        ends = {task.number: (task.due - NOW).total_seconds() for task in after.tasks}
        assert [ends[number] for number in sorted(ends)] == due
        half = advance(after, seconds=60)
        assert [task.progress_percentage for task in tasks(half)] == ([50, 100] if queue else [100, 100])
        assert problems(advance(after, hours=1)) == ()


# --- storing: what makes it fail --------------------------------------------------------------------------------------

AT_ONCE, AT_THE_END = "at once", "at the end"
ENCRYPTED = evolve(ROOT, encrypted=True, kms_key_id=OWN_KEY)
NOBODY_WRITES = ChangeBucketPolicy(bucket=OPEN)
NO_LONGER_BOBS = ModifySnapshotAttribute(
    snapshot_id=ROOT_SNAPSHOT,
    create_volume_permission=CreateVolumePermissionModifications(remove=[AccountPermission(BOB.account)]),
)
FAILURES: list[tuple[World, Caller, list[tuple[Request[Any], Caller]], str, str]] = [
    (STOCKED, ALICE,
     [(DeregisterImage(image_id=IMAGE), ALICE), (DeleteSnapshot(snapshot_id=ROOT_SNAPSHOT), ALICE)],
     AT_ONCE, "The snapshot snap-12345678 does not exist."),
    (STOCKED, ALICE, [(DeregisterImage(image_id=IMAGE, delete_associated_snapshots=True), ALICE)],
     AT_ONCE, "The snapshot snap-12345678 does not exist."),
    (stocked(ROOT_FOR_BOB, SHARED), BOB, [(DeregisterImage(image_id=IMAGE, delete_associated_snapshots=True), ALICE)],
     AT_ONCE, "The snapshot snap-12345678 does not exist."),
    (stocked(quirks=Quirks(store_survives_deregistration=False)), ALICE, [(DeregisterImage(image_id=IMAGE), ALICE)],
     AT_ONCE, "The image ami-12345678 was deregistered."),
    (STOCKED, ALICE, [(FailStoreImageTask(image_id=IMAGE, bucket=OPEN), AWS)], AT_ONCE, "Internal error"),
    (stocked(ROOT_FOR_BOB, SHARED), BOB, [(NO_LONGER_BOBS, ALICE)],
     AT_THE_END, "Access to the snapshot snap-12345678 is denied."),
    (stocked(ENCRYPTED, source(ENCRYPTED)), ALICE, [(ChangeKeyState(kms_key_id=OWN_KEY, key_state="Disabled"), AWS)],
     AT_THE_END, "The key of the snapshot snap-12345678 cannot be used."),
    (stocked(evolve(ENCRYPTED, create_volume_permissions=TO_BOB), source(ENCRYPTED, launch_permissions=TO_BOB)),
     BOB, [],  # the key is Alice's alone
     AT_THE_END, "The key of the snapshot snap-12345678 cannot be used."),
    (stocked(ROOT_FOR_BOB, SHARED), BOB, [(NOBODY_WRITES, AWS)],
     AT_THE_END, "Access to the bucket open-to-bob is denied."),
]  # fmt: skip


@pytest.mark.parametrize(("before", "by", "meanwhile", "when", "reason"), FAILURES)
def test_a_task_fails_if_what_it_needs_does_not_stay_as_it_was(
    before: World, by: Caller, meanwhile: list[tuple[Request[Any], Caller]], when: str, reason: str
) -> None:
    """Rules C 7.10, C 7.12, C 7.13, C 7.2."""
    after = advance(apply(before, storing(bucket=OPEN), by=by).world, seconds=20)
    for request, asker in meanwhile:
        after = apply(after, request, by=asker).world
    failed = [task.store_task_state is StoreTaskState.FAILED for task in tasks(after, by)]
    assert failed == [when == AT_ONCE]
    assert [task.progress_percentage for task in tasks(after, by)] == [50]
    after = advance(after, hours=1)
    (task,) = tasks(after, by)
    assert (task.store_task_state, task.store_task_failure_reason) == (StoreTaskState.FAILED, reason)
    assert task.progress_percentage == (50 if when == AT_ONCE else 99)
    assert not after.stored_images
    assert problems(after) == ()


def test_a_snapshot_that_was_in_the_recycle_bin_in_between_makes_it_fail() -> None:
    """Rule C 7.12: it must stay."""
    keeping = CreateRule(resource_type="EBS_SNAPSHOT", retention_days=7)
    before = advance(apply(stocked(timing=Timing.instant()), keeping, by=ALICE).world)
    after = apply(evolve(before, timing=Timing()), storing(), by=ALICE).world
    after = apply(after, DeregisterImage(image_id=IMAGE, delete_associated_snapshots=True), by=ALICE).world
    after = apply(after, RestoreSnapshotFromRecycleBin(snapshot_id=ROOT_SNAPSHOT), by=ALICE).world
    (task,) = tasks(advance(after, hours=1))
    assert task.store_task_failure_reason == "The snapshot snap-12345678 does not exist."


def test_deregistering_alone_does_not_stop_a_task() -> None:
    """Rule C 7.12."""
    after = apply(apply(STOCKED, storing(), by=ALICE).world, DeregisterImage(image_id=IMAGE), by=ALICE).world
    after = advance(after, hours=1)
    assert [task.store_task_state.value for task in tasks(after)] == ["Completed"]
    assert restored(after)[1].state is ImageState.AVAILABLE


def test_what_has_failed_can_be_stored_again_and_leaves_others_their_turns() -> None:
    other = source(image_id="ami-00000002", name="web-2")
    after = apply(having(STOCKED, other), storing(), by=ALICE).world
    after = apply(after, storing(image_id=other.image_id), by=ALICE).world
    after = apply(after, FailStoreImageTask(image_id=IMAGE, bucket=OURS), by=AWS).world
    after = advance(apply(after, storing(), by=ALICE).world, seconds=100)
    told = [(task.ami_id, task.progress_percentage, task.store_task_state.value) for task in tasks(after)]
    assert told == [(IMAGE, 50, "InProgress"), ("ami-00000002", 100, "Completed"), (IMAGE, 0, "Failed")]


# --- storing: quotas --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("in_progress", "granted"),
    [([], True), ([200, 400], True), ([1199], True), ([1199, 3000], False), ([1200], False)],
)
def test_a_new_task_counts_what_is_in_progress_and_not_itself(in_progress: list[int], granted: bool) -> None:
    """Rule C 7.7."""
    before = stocked()
    for number, size in enumerate(in_progress):
        disk = snapshot(f"snap-0000000{number}", volume_size_gib=size)
        before = having(before, disk, source(disk, image_id=f"ami-0000000{number}", name=f"web-{number}"))
        before = apply(before, storing(image_id=f"ami-0000000{number}"), by=ALICE).world
    assert isinstance(attempt(before, storing(), by=ALICE), Refusal) is not granted
    assert not isinstance(attempt(advance(before, days=1), storing(), by=ALICE), Refusal)


@pytest.mark.parametrize("regional", [True, False])
def test_what_is_in_progress_counts_for_the_region_or_by_a_quirk_for_the_account(regional: bool) -> None:
    """Rules C 7.7, C 7.33."""
    limits = Limits(stores_in_progress_gb=8, restores_in_progress_gb=8)
    before = stored(stocked(quirks=Quirks(store_quota_is_regional=regional), limits=limits), bucket=OPEN)
    moving = CopyStoredImage(bucket=OPEN, object_key=KEY, destination_bucket=FAR)
    disk = evolve(ROOT, snapshot_id="snap-00000002", region=THERE)
    away = having(apply(before, moving, by=AWS).world, disk, source(disk, image_id="ami-00000002", region=THERE))
    for there, here, kind in (
        (storing(image_id="ami-00000002", bucket=FAR), storing(), StoreQuotaReached),
        (restoring(bucket=FAR), restoring(bucket=OPEN), RestoreQuotaReached),
    ):
        begun = apply(away, there, by=ALICE_THERE).world
        assert isinstance(attempt(begun, here, by=ALICE), kind) is not regional


# --- what is kept, and what is lost -----------------------------------------------------------------------------------

KEPT_FIELDS = (
    "description", "architecture", "virtualization_type", "hypervisor", "image_type", "root_device_type",
    "root_device_name", "ena_support", "sriov_net_support", "boot_mode", "tpm_support", "uefi_data", "guest_os_boot",
    "imds_support", "instance_type_specification", "platform",
)  # fmt: skip
LOST_FIELDS: dict[str, Any] = {
    "launch_permissions": Permissions([]), "deregistration_protection": DeregistrationProtection(), "launches": (),
    "scan_results": None, "source_instance_id": None, "free_tier_eligible": None, "image_owner_alias": None,
}  # fmt: skip


@given(
    image=amis.images(image_id=IMAGE, owner_id=ALICE.account, region=HERE, state="available", image_type="machine",
                      root_device_type="ebs", virtualization_type="hvm"),
    product_codes=st.booleans(), watermarks=st.booleans(), deprecation=st.booleans(),
)  # fmt: skip
def test_a_restored_image_is_what_was_stored_without_its_place_and_its_past(
    image: Image, product_codes: bool, watermarks: bool, deprecation: bool
) -> None:
    """Rules C 7.14, C 7.16, C 7.17, B W-7, A 7.4; settlement S 41."""
    quirks = Quirks(
        store_keeps_product_codes=product_codes, store_keeps_watermarks=watermarks, store_keeps_deprecation=deprecation
    )
    disks = [
        snapshot(entry.ebs.snapshot_id, volume_size_gib=1, product_codes=image.product_codes,
                 encrypted=entry.ebs.encrypted is True, kms_key_id=OWN_KEY if entry.ebs.encrypted else None)
        for entry in image.block_device_mappings if entry.ebs is not None and entry.ebs.snapshot_id is not None
    ]  # fmt: skip
    before = stocked(image, *disks, quirks=quirks, limits=Limits(tags_per_resource=1000))
    before = evolve(before, now=max(NOW, image.creation_date, *image.launches))
    after, made, snapshots = restored(stored(before))
    assert (made.state, made.name) == (ImageState.AVAILABLE, "again")
    assert {name: getattr(made, name) for name in KEPT_FIELDS} == {name: getattr(image, name) for name in KEPT_FIELDS}
    assert {name: getattr(made, name) for name in LOST_FIELDS} == LOST_FIELDS
    assert (made.source_image_id, made.source_image_region) == (IMAGE, HERE)
    assert made.tags == image.tags.user
    assert made.product_codes == (image.product_codes if product_codes else ())
    assert made.image_watermarks == (image.image_watermarks if watermarks else ())
    assert made.deprecation_time in ({image.deprecation_time, None} if deprecation else {None})
    unknown = image.billing is None and image.platform is None
    assert made.billing is (BillingCode.LINUX if unknown else image.billing)
    assert [one.volume_size_gib for one in snapshots] == [1] * len(image.snapshot_ids)
    assert not {*made.snapshot_ids} & {*image.snapshot_ids}
    shape = [(entry.device_name, entry.ebs and entry.ebs.volume_type) for entry in image.block_device_mappings]
    assert [(entry.device_name, entry.ebs and entry.ebs.volume_type) for entry in made.block_device_mappings] == shape
    assert {*problems(after)} <= {*problems(before)}


def test_a_deprecation_time_that_has_come_is_lost_though_a_quirk_keeps_it() -> None:
    """Rules C 7.16, C 2.5: nothing is deprecated before it is made."""
    soon = source(deprecation_time=NOW + timedelta(hours=1))
    kept = apply(stocked(ROOT, soon, quirks=Quirks(store_keeps_deprecation=True)), storing(), by=ALICE).world
    for minutes, time in ((10, soon.deprecation_time), (60, None)):
        assert apply(advance(kept, minutes=minutes), restoring(), by=ALICE).value.deprecation_time == time


def test_what_is_stored_is_what_the_image_was_when_the_task_began() -> None:
    after = apply(STOCKED, storing(), by=ALICE).world
    after = apply(after, CreateTags(resources=[IMAGE], tags={"Late": "yes"}), by=ALICE).world
    assert restored(advance(after, hours=1))[1].tags == Tags()


def test_the_object_tells_what_s3_shows_of_it() -> None:
    """Rule C 7.15."""
    described = source(description="the web tier", launch_permissions=TO_BOB)
    found = stored(stocked(ROOT, described)).stored_image(OURS, KEY)
    assert found is not None
    image = found.image
    assert (image.name, image.description, image.creation_date) == ("web", "the web tier", described.creation_date)
    assert (image.owner_id, found.store_time, found.size_gib) == (ALICE.account, NOW + timedelta(seconds=40), 8)


# --- tags -------------------------------------------------------------------------------------------------------------

TAGGED = source(tags={"Name": "web", "ec2:SharedTag/Team": "web", "aws:x": "y"}, launch_permissions=TO_BOB)
TAGGED_ROOT = evolve(ROOT, tags=Tags({"Disk": "root", "aws:x": "y"}), create_volume_permissions=TO_BOB)


def test_tags_are_stored_that_the_caller_sees_and_restored_with_it() -> None:
    """Rules C 7.14, C 7.37."""
    before = stocked(TAGGED_ROOT, TAGGED).with_foreign_tags(BOB.account, IMAGE, Tags({"Seen": "yes"}))
    for by, image_tags, snapshot_tags in (
        (ALICE, {"Name": "web", "ec2:SharedTag/Team": "web"}, {"Disk": "root"}),
        (BOB, {"Seen": "yes", "ec2:SharedTag/Team": "web"}, {}),
    ):
        _, image, (disk,) = restored(stored(before, by, bucket=OPEN), by, bucket=OPEN)
        assert (image.tags, disk.tags) == (Tags(image_tags), Tags(snapshot_tags))


def test_the_request_adds_tags_to_the_image_and_to_all_snapshots() -> None:
    """Rules C 7.37, C 7.30; the quirk `request_tags_win`."""
    second = evolve(DATA, tags=Tags({"Disk": "data", "Stage": "prod"}))
    wanted = [*tagged(Name="new", Stage="test"), *tagged("snapshot", Stage="test")]
    for wins, name, stage in ((True, "new", "test"), (False, "web", "prod")):
        before = stocked(TAGGED_ROOT, second, evolve(TAGGED, block_device_mappings=mapped(TAGGED_ROOT, second)))
        before = evolve(before, quirks=Quirks(request_tags_win=wins))
        _, image, (root, data) = restored(stored(before), tag_specifications=wanted)
        assert image.tags == Tags({"Name": name, "ec2:SharedTag/Team": "web", "Stage": "test"})
        assert root.tags == Tags({"Disk": "root", "Stage": "test"})
        assert data.tags == Tags({"Disk": "data", "Stage": stage})


# --- restoring: what is refused, and in which order -------------------------------------------------------------------

TAKEN = source(image_id="ami-0000f0f0", name="again", block_device_mappings=[])
RESTORING = apply(stored(stocked(limits=Limits(restores_in_progress_gb=8))), restoring(name="first"), by=ALICE).world

RESTORE_WITNESSES: list[tuple[type[Refusal], World, CreateRestoreImageTask, Caller]] = [
    (BucketNotUsable, STORED, restoring(bucket="nowhere"), ALICE),
    (BucketNotUsable, STORED, restoring(), ALICE_THERE),
    (BucketAccessDenied, STORED, restoring(), BOB),
    (StoredImageNotFound, STORED, restoring(object_key="missing.bin"), ALICE),
    (StoredImageNotFound, apply(STOCKED, storing(), by=ALICE).world, restoring(), ALICE),
    (ReservedTagKeySpecified, STORED, restoring(tag_specifications=tagged(**{"aws:x": ""})), ALICE),
    (
        TagKeyTooLong,
        stored(stocked(quirks=Quirks(tag_key_may_have_128_characters=False))),
        restoring(tag_specifications=tagged(**{"k" * 128: ""})),
        ALICE,
    ),
    (MisplacedSharedTag, STORED, restoring(tag_specifications=tagged("snapshot", **{"ec2:SharedTag/x": ""})), ALICE),
    (TagLimitExceeded, stored(stocked(limits=Limits(tags_per_resource=0))),
     restoring(tag_specifications=tagged(a="b")), ALICE),
    (ImageNameInUse, having(STORED, TAKEN), restoring(), ALICE),
    (ImageNameInUse, STORED, restoring(name=None), ALICE),
    (ImageQuotaReached, evolve(STORED, limits=Limits(images_per_region=1)), restoring(), ALICE),
    (RestoreQuotaReached, RESTORING, restoring(), ALICE),
    (SnapshotQuotaReached, evolve(STORED, limits=Limits(snapshots_per_region=1)), restoring(), ALICE),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "before", "request_", "by"), RESTORE_WITNESSES)
def test_each_reason_not_to_restore_has_its_witness(
    kind: type[Refusal], before: World, request_: CreateRestoreImageTask, by: Caller
) -> None:
    assert type(attempt(before, request_, by=by)) is kind


def test_every_declared_refusal_to_restore_is_reached_in_the_declared_order() -> None:
    assert tuple(dict.fromkeys(kind for kind, *_ in RESTORE_WITNESSES)) == CreateRestoreImageTask.refusals


def test_what_is_in_the_way_of_restoring_is_named_in_the_order_of_the_checks() -> None:
    """Rule A 0.3."""
    first = having(RESTORING, TAKEN)
    limits: dict[str, Any] = {"images_per_region": 1, "restores_in_progress_gb": 8, "snapshots_per_region": 1}
    request = restoring(tag_specifications=tagged(**{"aws:x": ""}))
    met = explain(evolve(first, limits=Limits(**limits)), request, by=ALICE).refusals
    assert [type(one) for one in met] == [
        ReservedTagKeySpecified, ImageNameInUse, ImageQuotaReached, RestoreQuotaReached, SnapshotQuotaReached,
    ]  # fmt: skip
    met = explain(first, evolve(request, object_key="missing.bin"), by=BOB).refusals
    assert [type(one) for one in met] == [BucketAccessDenied, StoredImageNotFound]
    met = explain(first, evolve(request, bucket=FAR), by=BOB).refusals
    assert [type(one) for one in met] == [BucketNotUsable, StoredImageNotFound]


# --- restoring: what comes of it --------------------------------------------------------------------------------------


def test_a_restored_image_is_pending_with_new_snapshots_and_then_available() -> None:
    """Rules C 7.30, C 7.35, C 13, C 9.2: 28 GiB take 140 seconds; only the image is told of."""
    before = stored(stocked(ROOT, DATA, source(ROOT, DATA)))
    after, image = apply(before, restoring(), by=ALICE)
    assert (image.state, image.name, image.creation_date) == (ImageState.PENDING, "again", before.now)
    assert (image.owner_id, image.region, image.image_location) == (ALICE.account, HERE, "111122223333/again")
    assert touched(before, after) == {"images": {image.image_id}, "snapshots": {*image.snapshot_ids}}
    snapshots = [after.snapshots.records[one] for one in image.snapshot_ids]
    assert {(one.state, one.progress, one.volume_id) for one in snapshots} == {
        (SnapshotState.PENDING, "0%", "vol-ffffffff")
    }
    assert [one.volume_size_gib for one in snapshots] == [8, 20]
    after = advance(after, seconds=139)
    assert after.images.records[image.image_id].state is ImageState.PENDING
    after = advance(after, seconds=1)
    assert after.images.records[image.image_id].state is ImageState.AVAILABLE
    assert {after.snapshots.records[one].state for one in image.snapshot_ids} == {SnapshotState.COMPLETED}
    told = [event.occurrence for event in after.events]
    assert told == [ImageStateChange(image_id=ImageId(image.image_id), state=ImageState.AVAILABLE)]
    assert problems(after) == ()


def test_what_was_encrypted_is_restored_as_the_account_encrypts_by_default() -> None:
    """Rules C 7.13, C 7.36."""
    before = stored(stocked(DATA, source(DATA)))
    after, image, (disk,) = restored(before)
    assert (disk.encrypted, disk.kms_key_id, image.encrypted) == (False, None, False)
    before = encrypting(before, by_default=True, default_kms_key_id=OWN_KEY)
    after, image, (disk,) = restored(before)
    assert (disk.encrypted, disk.kms_key_id, image.encrypted) == (True, OWN_KEY, True)
    assert problems(after) == ()
    decision = explain(before, restoring(), by=ALICE)
    assert decision.because == (Settled("the restored snapshots", "encrypted, default key (C 7.36)", "C 7.36"),)


def test_restored_snapshots_are_told_of_by_a_quirk() -> None:
    """Rules C 9.2, C 9.3."""
    after, image, (disk,) = restored(evolve(STORED, quirks=Quirks(restored_snapshots_are_told_of=True)))
    of_disk, of_image = (event.occurrence for event in after.events)
    assert isinstance(of_disk, SnapshotNotification)
    assert (of_disk.event, of_disk.snapshot_id, of_disk.source) == ("createSnapshot", disk.snapshot_id, "")
    assert of_image == ImageStateChange(image_id=ImageId(image.image_id), state=ImageState.AVAILABLE)


def test_a_key_that_does_not_work_lets_image_and_snapshots_fail() -> None:
    """Rules C 7.35, B EN-7."""
    for key in (DISABLED_KEY, BOBS_KEY):
        after, image, (disk,) = restored(encrypting(STORED, by_default=True, default_kms_key_id=key))
        assert image.state is ImageState.FAILED
        assert image.state_reason == StateReason("Client.InternalError", SNAPSHOT_STATE_MESSAGE)
        assert (disk.state, disk.state_message) == (SnapshotState.ERROR, SNAPSHOT_STATE_MESSAGE)
        assert problems(after) == ()


def test_a_restoring_that_fails_leaves_a_failed_image_with_snapshots_in_error() -> None:
    """Rules C 7.35, C 9.2."""
    before = stored(stocked(ROOT, DATA, source(ROOT, DATA)))
    after, image = apply(before, restoring(), by=ALICE)
    after = apply(after, FailSnapshot(snapshot_id=image.snapshot_ids[1], state_message="no blocks"), by=AWS).world
    assert after.images.records[image.image_id].state is ImageState.FAILED
    assert {after.snapshots.records[one].state for one in image.snapshot_ids} == {SnapshotState.ERROR}
    (event,) = after.events
    change = ImageStateChange(image_id=ImageId(image.image_id), state=ImageState.FAILED, error_message="no blocks")
    assert event.occurrence == change


def test_an_object_can_be_taken_anywhere_and_restored_there() -> None:
    """Rules C 7.18, C 7.31; settlement S 41: to another Region, to another partition, for another account."""
    china = as_region("cn-north-1")
    carol = Caller(account="777788889999", region=china)
    before = STORED.with_bucket(Bucket(name="beijing", owner_id=carol.account, region=china))
    for bucket, key, by in ((FAR, None, ALICE_THERE), ("beijing", "golden.bin", carol)):
        moving = CopyStoredImage(bucket=OURS, object_key=KEY, destination_bucket=bucket, destination_object_key=key)
        moved = apply(before, moving, by=AWS).world
        after, image, (disk,) = restored(moved, by, bucket=bucket, object_key=key or KEY, name=None)
        assert (image.owner_id, image.region, disk.owner_id, disk.region) == (by.account, by.region) * 2
        assert (image.name, image.source_image_id, image.source_image_region) == ("web", IMAGE, HERE)
        first, *_ = ask(after, GetImageAncestry(image_id=image.image_id), by=by)
        assert (first.source_image_id, first.source_image_region) == (IMAGE, HERE)
        assert problems(after) == ()


def test_storing_marks_and_codes_of_the_marketplace_stay_by_quirk() -> None:
    """Rules C 7.17, B W-7: one who owns a sold image may store it."""
    code = ProductCode("abc123")
    mark = ImageWatermark(
        watermark_key="111122223333:golden", source_image_region=HERE, source_image_id=IMAGE,
        source_image_creation_time=NOW, watermark_creation_time=NOW,
    )  # fmt: skip
    sold = source(product_codes=[code], image_watermarks=[mark])
    disk = evolve(ROOT, product_codes=(code,))
    for kept in (True, False):
        quirks = Quirks(store_keeps_product_codes=kept, store_keeps_watermarks=kept)
        _, image, (made,) = restored(stored(stocked(disk, sold, quirks=quirks)))
        assert (image.product_codes, made.product_codes) == (((code,),) * 2 if kept else ((), ()))
        assert image.image_watermarks == ((mark,) if kept else ())


def test_a_restored_image_counts_as_no_copy_in_progress() -> None:
    """Rules B CI-14, C 7.33: copies have a limit of their own."""
    after = apply(evolve(STORED, limits=Limits(concurrent_image_copies=0)), restoring(), by=ALICE)
    assert after.value.state is ImageState.PENDING


# --- who may, and why -------------------------------------------------------------------------------------------------


def test_an_image_shared_by_name_with_its_snapshots_can_be_stored() -> None:
    """Rules C 7.4, C 1.4."""
    before = stocked(ROOT_FOR_BOB, SHARED)
    assert explain(before, storing(), by=ALICE).because == (Owner(),)
    assert explain(before, storing(bucket=BOBS), by=BOB).because == (Permitted(AccountPermission(BOB.account)),)
    after = stored(before, BOB, bucket=BOBS)
    assert touched(before, evolve(after, now=before.now)) == {"stored_images": set(), "store_tasks": set()}
    assert (tasks(after, ALICE), len(tasks(after, BOB))) == ((), 1)
    assert restored(after, BOB, bucket=BOBS)[1].owner_id == BOB.account


def test_a_snapshot_that_is_not_told_leaves_a_doubt() -> None:
    decision = explain(stocked(source()), storing(), by=ALICE)
    assert decision.allowed is None
    assert decision.unknowns == (SnapshotNotTold(ROOT_SNAPSHOT),)


def test_a_disabled_image_can_be_stored_by_a_quirk() -> None:
    """Rules C 1.3, C 15 (point 7)."""
    quirks = Quirks(disabled_image_may_be_stored=True)
    disabled = apply(stocked(quirks=quirks), DisableImage(image_id=IMAGE), by=ALICE).world
    assert restored(stored(disabled))[1].state is ImageState.AVAILABLE


def test_a_protection_is_not_stored() -> None:
    """Rules C 7.16, C 4.8."""
    kept = DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN)
    _, image, _ = restored(stored(stocked(ROOT, source(deregistration_protection=kept))))
    assert image.deregistration_protection == DeregistrationProtection()


# --- asking -----------------------------------------------------------------------------------------------------------

SECOND = source(image_id="ami-00000002", name="web-2")
TWO = stored(apply(having(STORED, SECOND), storing(image_id=SECOND.image_id, bucket=OPEN), by=ALICE).world, bucket=OPEN)


def found(of: World, by: Caller = ALICE, **facts: Any) -> list[tuple[str, str]]:
    return [(task.ami_id, task.bucket) for task in tasks(of, by, **facts)]


def test_tasks_are_listed_the_latest_first() -> None:
    """Rules C 7.20, C 7.22."""
    everything = [(IMAGE, OPEN), (SECOND.image_id, OPEN), (IMAGE, OURS)]
    assert found(TWO) == everything
    assert found(TWO, image_ids=[IMAGE]) == [(IMAGE, OPEN), (IMAGE, OURS)]
    assert found(TWO, image_ids=["ami-87654321"]) == []
    assert found(TWO, filters=[Filter("bucket", [OURS])]) == [(IMAGE, OURS)]
    assert found(TWO, filters=[Filter("task-state", ["Completed"])]) == everything
    assert found(TWO, filters=[Filter("task-state", ["Failed", "InProgress"])]) == []
    assert found(TWO, ALICE_THERE) == found(TWO, BOB) == []


def test_filters_are_ignored_where_images_are_named() -> None:
    """Rule C 7.21."""
    assert found(TWO, image_ids=[IMAGE], filters=[Filter("bucket", ["none"]), Filter("nothing", ["x"])]) == [
        (IMAGE, OPEN), (IMAGE, OURS),
    ]  # fmt: skip


def test_tasks_are_listed_for_a_month() -> None:
    """Rule C 7.20."""
    first = NOW + timedelta(days=31)
    assert len(tasks(TWO.at(first - timedelta(milliseconds=1)))) == 3
    assert found(TWO.at(first)) == [(IMAGE, OPEN), (SECOND.image_id, OPEN)]
    assert tasks(TWO.at(first), image_ids=[IMAGE])[0].bucket == OPEN


def test_tasks_come_in_pages() -> None:
    """Rule C 7.20."""
    first = ask(TWO, DescribeStoreImageTasks(max_results=2), by=ALICE)
    assert first.next_token is not None
    rest = ask(TWO, DescribeStoreImageTasks(max_results=2, next_token=first.next_token), by=ALICE)
    assert (*first.items, *rest.items) == tasks(TWO)
    assert rest.next_token is None


NONSENSE = "nonsense"
DESCRIBE_WITNESSES: list[tuple[type[Refusal], World, DescribeStoreImageTasks]] = [
    (TooManyStoredImagesDescribed, STOCKED,
     DescribeStoreImageTasks(image_ids=[f"ami-000000{number:02}" for number in range(21)])),
    (FilterLimitExceeded, STOCKED, DescribeStoreImageTasks(filters=[Filter("bucket", ["x" * 300])])),
    (PageSizeRefused, STOCKED, DescribeStoreImageTasks(max_results=201)),
    (PageSizeRefused, STOCKED, DescribeStoreImageTasks(max_results=0)),
    (StoreTasksNotPaged, STOCKED, DescribeStoreImageTasks(image_ids=[IMAGE], max_results=5)),
    (ImageNotFound, stocked(quirks=Quirks(store_tasks_of_unknown_images_are_left_out=False)),
     DescribeStoreImageTasks(image_ids=[IMAGE, "ami-87654321"])),
    (InvalidNextToken, STOCKED, DescribeStoreImageTasks(next_token=NONSENSE)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "before", "request_"), DESCRIBE_WITNESSES)
def test_each_reason_not_to_tell_has_its_witness(
    kind: type[Refusal], before: World, request_: DescribeStoreImageTasks
) -> None:
    assert type(attempt(before, request_, by=ALICE)) is kind


def test_every_declared_refusal_to_tell_is_reached_in_the_declared_order() -> None:
    assert tuple(dict.fromkeys(kind for kind, *_ in DESCRIBE_WITNESSES)) == DescribeStoreImageTasks.refusals


# --- codes ------------------------------------------------------------------------------------------------------------

DOUBTFUL: dict[type[Refusal], str] = {
    BucketNotUsable: "store_bucket_code", BucketAccessDenied: "store_access_code",
    ImageKindNotStored: "store_kind_code", ImageTooLargeToStore: "store_size_code",
    StoreQuotaReached: "store_progress_code", RestoreQuotaReached: "store_progress_code",
    ImageStoredAlready: "store_twice_code", StoreTasksNotPaged: "store_paging_code",
    StoredImageNotFound: "restore_object_code",
}  # fmt: skip
ALL_WITNESSES: list[tuple[type[Refusal], World, Request[Any], Caller]] = [
    *STORE_WITNESSES, *RESTORE_WITNESSES, *((*row, ALICE) for row in DESCRIBE_WITNESSES),
]  # fmt: skip


@pytest.mark.parametrize("kind", DOUBTFUL)
def test_a_code_that_no_source_has_seen_is_the_one_of_the_quirk(kind: type[Refusal]) -> None:
    """Rule C 15 (point 13)."""
    before, request, by = next((world_, asked, asker) for met, world_, asked, asker in ALL_WITNESSES if met is kind)
    for code in ErrorCode:
        said: dict[str, Any] = {DOUBTFUL[kind]: code}
        quirks = evolve(before.quirks, **said)
        result = attempt(evolve(before, quirks=quirks), request, by=by)
        assert isinstance(result, kind)
        assert result.code == code.value


# --- time -------------------------------------------------------------------------------------------------------------


@given(seconds=st.lists(st.integers(0, 60), min_size=1, max_size=6), instant=st.booleans(), queue=st.booleans())
def test_time_in_parts_is_time_at_once(seconds: list[int], instant: bool, queue: bool) -> None:
    """Rule C 0.1."""
    timing = Timing.instant() if instant else Timing()
    before = having(stored(stocked(timing=timing, quirks=Quirks(store_tasks_queue=queue)), bucket=OPEN), SECOND)
    for request in (storing(), storing(image_id=SECOND.image_id), restoring(bucket=OPEN)):
        before = apply(before, request, by=ALICE).world
    parts = before
    for some in seconds:
        parts = advance(parts, seconds=some)
    assert parts == advance(before, seconds=sum(seconds))
    assert problems(parts) == ()
