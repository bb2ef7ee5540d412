"""The laws of a world: each is broken once here, and none by what requests and time make of a sound one."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from amimodel import consistency
from amimodel._catalogue import Catalogue, Index
from amimodel._integrity_laws import Check
from amimodel._log import Log
from amimodel._table import Table
from amimodel.actions import DeregisterImage
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.buckets import Bucket
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.encryption import KmsKey
from amimodel.engine import advance, attempt
from amimodel.events import ImageStateChange
from amimodel.example_worlds import example_world
from amimodel.examples import WEB
from amimodel.identifiers import AccountId, ImageId, SnapshotId
from amimodel.images import DeregistrationProtection, Image
from amimodel.instances import Instance, InstanceBlockDevice, InstanceState
from amimodel.integrity import _CHECKS, Extent, Law, Problem, problems
from amimodel.limits import Limits
from amimodel.permissions import EVERYONE, AccountPermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.quirks import Quirks
from amimodel.recycle_bin import marked
from amimodel.refusals import Refusal
from amimodel.regions import Region
from amimodel.retention import IN_BIN, RecycleBinEntry, RetentionRule
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask
from amimodel.tags import SHARED_PREFIX, Tags
from amimodel.tasks import (
    EmptyRecycleBin,
    EndCooldown,
    FinishImage,
    FinishSnapshots,
    FinishStoreTask,
    ForgetInstance,
    MoveInstance,
    Task,
)
from amimodel.testing import strategies as amis
from amimodel.tombstones import Tombstone
from amimodel.vocabulary import ImageState, OwnerAlias
from amimodel.volumes import Volume, VolumeAttachment, VolumeState
from amimodel.world import World
from worlds import rich_world

NOW = parse("2026-06-01T00:00:00Z")
A_DAY = timedelta(days=1)
FRANKFURT, IRELAND = Region("eu-central-1"), Region("eu-west-1")
ALICE, BOB = AccountId("111122223333"), AccountId("444455556666")
ASKER = Caller(account=ALICE, region=FRANKFURT)
PUBLIC: Permissions[Any] = Permissions([EVERYONE])

IMAGE = evolve(WEB, region=FRANKFURT)
SNAPSHOT = Snapshot(
    snapshot_id="snap-12345678",
    owner_id=ALICE,
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=WEB.creation_date,
    region=FRANKFURT,
)
INSTANCE = Instance(
    instance_id="i-12345678",
    owner_id=ALICE,
    image_id="ami-12345678",
    instance_type="t3.micro",
    architecture="x86_64",
    availability_zone="eu-central-1a",
    launch_time=WEB.creation_date,
    state="running",
    root_device_name="/dev/xvda",
    block_device_mappings=[
        InstanceBlockDevice(device_name="/dev/xvda", volume_id="vol-12345678", delete_on_termination=True)
    ],
)
VOLUME = Volume(
    volume_id="vol-12345678",
    owner_id=ALICE,
    size_gib=8,
    availability_zone="eu-central-1a",
    create_time=WEB.creation_date,
    state="in-use",
    attachment=VolumeAttachment(instance_id="i-12345678", device_name="/dev/xvda", delete_on_termination=True),
)
FREE = evolve(VOLUME, volume_id="vol-11111111", state="available", attachment=None)
BARE = evolve(IMAGE, image_id="ami-00000003", name="bare")
GONE = evolve(IMAGE, image_id="ami-00000002", name="gone", state="deregistered")
ENTRY = RecycleBinEntry(
    resource=evolve(IMAGE, image_id="ami-00000001", name="old", tags=marked(IMAGE.tags)),
    recycle_bin_enter_time=NOW - A_DAY,
    recycle_bin_exit_time=NOW + A_DAY,
)
KEY = KmsKey(arn="arn:aws:kms:eu-central-1:111122223333:key/68425528-9938-4a15-90f2-f1755263b836")
BUCKET = Bucket(name="golden", owner_id=ALICE, region=FRANKFURT)
STORED = StoredImage(
    bucket="golden", object_key="old.bin", image=evolve(IMAGE, name="old"), snapshots=[SNAPSHOT], store_time=NOW
)
WRITTEN = StoredImage(bucket="golden", object_key="ami-12345678.bin", image=IMAGE, snapshots=[SNAPSHOT])
STORING = StoreImageTask(
    ami_id=IMAGE.image_id,
    task_start_time=NOW,
    bucket="golden",
    s3object_key=WRITTEN.object_key,
    owner_id=ALICE,
    region=FRANKFURT,
)
COOLING = DeregistrationProtection(cooldown_until=NOW + A_DAY)
HAPPENED = ImageStateChange(image_id=ImageId("ami-12345678"), state=ImageState.AVAILABLE)

FURNISHED = (
    World(now=NOW)
    .with_snapshot(SNAPSHOT)
    .with_image(IMAGE)
    .with_volume(VOLUME)
    .with_volume(FREE)
    .with_instance(INSTANCE)
    .with_image(BARE)
    .with_key(KEY, ["alias/mine"])
    .with_bucket(BUCKET)
    .with_stored_image(STORED)
    .with_stored_image(WRITTEN)
    .with_store_task(1, STORING)
    .with_task(A_DAY, FinishStoreTask(number=1, begins=NOW))
    .with_foreign_tags(BOB, "ami-12345678", Tags({"Mine": "too"}))
    .emitting(HAPPENED, account=ALICE, region=FRANKFURT)
    .emitting(HAPPENED, account=ALICE, region=FRANKFURT)
)
SOUND = evolve(
    FURNISHED,
    recycle_bin=FURNISHED.recycle_bin.put(ENTRY.resource_id, ENTRY),
    tombstones=FURNISHED.tombstones.put(GONE.image_id, Tombstone(image=GONE, deregistered_at=NOW)),
).with_task(A_DAY, EmptyRecycleBin(resource_id=ENTRY.resource_id))


def test_a_sound_world_has_no_problems() -> None:
    assert problems(SOUND) == ()


# --- each law, broken -------------------------------------------------------------------------------------------------


def image(**fields: Any) -> World:
    return SOUND.with_image(evolve(IMAGE, **fields))


def snapshot(**fields: Any) -> World:
    return SOUND.with_snapshot(evolve(SNAPSHOT, **fields))


def instance(**fields: Any) -> World:
    return SOUND.with_instance(evolve(INSTANCE, **fields))


def volume(**fields: Any) -> World:
    return SOUND.with_volume(evolve(VOLUME, **fields))


def binned(**fields: Any) -> World:
    return SOUND.with_binned(evolve(ENTRY, resource=evolve(ENTRY.resource, **fields)))


def ruled(**fields: Any) -> World:
    told: dict[str, Any] = {
        "identifier": "abcdefghijk", "owner_id": ALICE, "region": FRANKFURT, "resource_type": "EC2_IMAGE",
        "retention_days": 7,
    }  # fmt: skip
    return SOUND.with_retention_rule(RetentionRule(**(told | fields)))


def limited(**limits: int) -> World:
    return evolve(SOUND, limits=Limits(**limits))


def out_of_step() -> World:
    forgetful: Catalogue[Image] = Catalogue({"name": Index(lambda one: [one.name], "state")}, {"ami-12345678": IMAGE})
    return evolve(SOUND, images=forgetful.put("ami-12345678", evolve(IMAGE, name="other")))


def tasks(*due: timedelta) -> World:
    work = EndCooldown(image_id=ImageId("ami-12345678"))
    here = SOUND.tasks[0]
    late = (Task(due=NOW + span, number=100 + number, work=work) for number, span in enumerate(due))
    return evolve(SOUND, tasks=(here, *late))


FIRST, SECOND = SOUND.events
TWO_YEARS = WEB.creation_date.replace(year=2028)

# law                                    a world that breaks it, what, and by what
BROKEN: list[tuple[Law, World, str, str]] = [
    (Law.UNDER_ITS_OWN_ID, evolve(SOUND, images=SOUND.images.put("ami-99999999", IMAGE)),
     "ami-99999999", "what stands there is ami-12345678"),
    (Law.IN_A_REGION, image(region=None), "ami-12345678", "it is in none"),
    (Law.IN_A_REGION, snapshot(region=None), "snap-12345678", "it is in none"),
    (Law.IN_A_REGION, binned(region=None), "ami-00000001", "it is in none"),
    (Law.IN_ONE_PLACE, SOUND.with_image(evolve(IMAGE, image_id="ami-00000001", name="old")),
     "ami-00000001", "it is in use and in the Recycle Bin"),
    (Law.IN_ONE_PLACE, SOUND.with_image(evolve(IMAGE, image_id="ami-00000002", name="gone")),
     "ami-00000002", "it is gone and in use"),
    (Law.IN_ONE_PLACE, evolve(SOUND, tombstones=SOUND.tombstones.put(
        "ami-00000001", Tombstone(image=evolve(GONE, image_id="ami-00000001"), deregistered_at=NOW))),
     "ami-00000001", "it is gone and in the Recycle Bin"),
    (Law.INDEXES_ARE_IN_STEP, out_of_step(), "images", "an index is out of step"),
    (Law.BEGUN_BEFORE_NOW, image(creation_date=NOW + A_DAY), "ami-12345678",
     "something of it is of 2026-06-02 00:00:00, and it is 2026-06-01 00:00:00"),
    (Law.BEGUN_BEFORE_NOW, snapshot(completion_time=NOW + A_DAY), "snap-12345678",
     "something of it is of 2026-06-02 00:00:00, and it is 2026-06-01 00:00:00"),
    (Law.NAME_IS_HELD_ONCE, SOUND.with_image(evolve(IMAGE, image_id="ami-00000004")),
     "ami-00000004", "it is named 'web', as ami-12345678 is"),
    (Law.DEPRECATED_AFTER_CREATION, image(deprecation_time=WEB.creation_date - A_DAY),
     "ami-12345678", "it was created 2026-01-01 00:00 and deprecated 2025-12-31 00:00"),
    (Law.PUBLIC_IS_DEPRECATED_IN_TIME, image(launch_permissions=PUBLIC, deprecation_time=TWO_YEARS + A_DAY),
     "ami-12345678", "its time is 2028-01-02 00:00, 2028-01-01 00:00 at most"),
    (Law.PUBLIC_IS_DEPRECATED, image(launch_permissions=PUBLIC), "ami-12345678", "it is public and has none"),
    (Law.SNAPSHOTS_ARE_THERE, SOUND.without_snapshot(SnapshotId("snap-12345678")),
     "ami-12345678", "snap-12345678 is gone"),
    (Law.SNAPSHOTS_ARE_THERE, SOUND.binning(evolve(ENTRY, resource=SNAPSHOT)),
     "ami-12345678", "snap-12345678 lies in the Recycle Bin"),
    (Law.SNAPSHOTS_ARE_COMPLETED, snapshot(state="error", progress="50%"),
     "ami-12345678", "it is available and snap-12345678 is error"),
    (Law.SNAPSHOTS_ARE_ITS_OWNERS, snapshot(owner_id=BOB),
     "ami-12345678", "it is of 111122223333 and snap-12345678 of 444455556666"),
    (Law.SNAPSHOTS_ARE_IN_ITS_REGION, snapshot(region=IRELAND),
     "ami-12345678", "it is in eu-central-1 and snap-12345678 in eu-west-1"),
    (Law.PENDING_IMAGE_WILL_BE_FINISHED, image(state="pending"),
     "ami-12345678", "it is pending, and nothing will make it available"),
    (Law.COOLDOWN_WILL_END, image(deregistration_protection=COOLING),
     "ami-12345678", "its protection is disabled after 2026-06-02T00:00:00.000Z, and will stay so"),
    (Law.CLOSED_SNAPSHOT_IS_NOT_PUBLIC, snapshot(create_volume_permissions=PUBLIC, encrypted=True),
     "snap-12345678", "it is encrypted and public"),
    (Law.CLOSED_SNAPSHOT_IS_NOT_PUBLIC, snapshot(create_volume_permissions=PUBLIC, product_codes=[ProductCode("abc")]),
     "snap-12345678", "it is sold and public"),
    (Law.PENDING_SNAPSHOT_WILL_BE_FINISHED, snapshot(state="pending", progress="5%"),
     "snap-12345678", "it is pending, and nothing will finish it"),
    (Law.ATTACHED_IS_IN_USE, volume(state="available"), "vol-12345678", "it is available and attached to i-12345678"),
    (Law.ATTACHED_IS_IN_USE, volume(attachment=None), "vol-12345678", "it is in-use and attached to nothing"),
    (Law.ATTACHED_TO_WHAT_IS_THERE,
     volume(attachment=VolumeAttachment(instance_id="i-99999999", device_name="/dev/xvda")),
     "vol-12345678", "it is attached to i-99999999, which is not there"),
    (Law.ATTACHED_IN_ITS_ZONE, volume(availability_zone="eu-central-1b"),
     "vol-12345678", "it is in eu-central-1b, its instance in eu-central-1a"),
    (Law.ATTACHED_IN_ITS_ZONE, volume(owner_id=BOB),
     "vol-12345678", "it is of 444455556666, its instance of 111122223333"),
    (Law.MAPPING_NAMES_ITS_VOLUMES, instance(block_device_mappings=()),
     "i-12345678", "vol-12345678 is attached as /dev/xvda, and it does not name it so"),
    (Law.MAPPING_NAMES_ITS_VOLUMES, volume(state="available", attachment=None),
     "i-12345678", "it names vol-12345678 as /dev/xvda, which is not attached so"),
    (Law.TERMINATED_HAS_NO_VOLUMES, instance(state="terminated"),
     "i-12345678", "it is terminated and has vol-12345678"),
    (Law.INSTANCE_WILL_ARRIVE, instance(state="stopping"),
     "i-12345678", "it is stopping, and nothing will change that"),
    (Law.TERMINATED_WILL_BE_FORGOTTEN, instance(state="terminated"),
     "i-12345678", "it is terminated, and nothing will forget it"),
    (Law.IMAGE_IS_REMEMBERED, instance(image_id="ami-99999999"), "i-12345678", "nothing is known of ami-99999999"),
    (Law.IMAGE_IS_REMEMBERED, SOUND.with_image(evolve(IMAGE, region=IRELAND)),
     "i-12345678", "it is in eu-central-1, and ami-12345678 in eu-west-1"),
    (Law.MARKED_IN_BIN, binned(tags={}), "ami-00000001", "it lies in the Recycle Bin without the tag"),
    (Law.MARKED_IN_BIN, image(tags={IN_BIN: "true"}),
     "ami-12345678", "it has the tag and does not lie in the Recycle Bin"),
    (Law.LEAVES_AFTER_ENTERING, SOUND.with_binned(evolve(ENTRY, recycle_bin_exit_time=NOW - A_DAY)),
     "ami-00000001", "it entered 2026-05-31 00:00 and leaves 2026-05-31 00:00"),
    (Law.BINNED_CAN_BE_KEPT, binned(state="failed"), "ami-00000001", "it is failed"),
    (Law.BINNED_CAN_BE_KEPT, binned(root_device_type="instance-store"),
     "ami-00000001", "its root volume is in the instance store"),
    (Law.BINNED_CAN_BE_KEPT, binned(deregistration_protection=DeregistrationProtection("enabled-with-cooldown")),
     "ami-00000001", "its protection is enabled-with-cooldown"),
    (Law.BIN_WILL_BE_EMPTIED, evolve(SOUND, tasks=()), "ami-00000001", "nothing will take it out of the Recycle Bin"),
    (Law.BIN_WILL_BE_EMPTIED, SOUND.with_binned(evolve(ENTRY, recycle_bin_exit_time=NOW + 2 * A_DAY)),
     "ami-00000001", "nothing will take it out of the Recycle Bin"),
    (Law.RECOVERING_SNAPSHOT_WILL_BE_COMPLETED, snapshot(state="recovering", progress="0%"),
     "snap-12345678", "it is recovering, and nothing will complete it"),
    (Law.PENDING_RULE_WILL_RETAIN, ruled(status="pending"),
     "abcdefghijk", "it is pending, and nothing will let it retain"),
    (Law.UNLOCKING_WILL_END, ruled(lock_state="pending_unlock", lock_end_time=NOW + A_DAY),
     "abcdefghijk", "it is being unlocked, and nothing will bring that to an end"),
    (Law.UNLOCKING_HAS_AN_END, ruled(lock_state="pending_unlock"),
     "abcdefghijk", "it is pending_unlock, and its unlock delay has no end"),
    (Law.UNLOCKING_HAS_AN_END, ruled(lock_end_time=NOW + A_DAY),
     "abcdefghijk", "it is not locked, and its unlock delay has an end"),
    (Law.RETENTION_RULES_WITHIN_QUOTA, evolve(ruled(), limits=Limits(retention_rules_per_region=0)),
     "111122223333", "it has 1 retention rules in eu-central-1, and may have 0"),
    (Law.REMEMBERED_IS_GONE, evolve(SOUND, tombstones=SOUND.tombstones.put(
        "ami-00000002", Tombstone(image=evolve(GONE, state="available"), deregistered_at=NOW))),
     "ami-00000002", "it is remembered as available"),
    (Law.REMEMBERED_IS_GONE, evolve(SOUND, tombstones=SOUND.tombstones.put(
        "ami-00000002", Tombstone(image=evolve(GONE, launch_permissions=PUBLIC), deregistered_at=NOW))),
     "ami-00000002", "it is remembered as shared with everyone"),
    (Law.REMEMBERED_IS_GONE, evolve(SOUND, tombstones=SOUND.tombstones.put(
        "ami-00000002", Tombstone(image=evolve(GONE, tags={"a": "b"}), deregistered_at=NOW))),
     "ami-00000002", "it is remembered with tags"),
    (Law.DEREGISTERED_IS_GONE, image(state="deregistered"), "ami-12345678", "it is deregistered, and still there"),
    (Law.FOREIGN_TAGS_ARE_ON_SOMETHING, SOUND.with_foreign_tags(BOB, "ami-99999999", Tags({"a": "b"})),
     "ami-99999999", "it is not there, and others have written on it"),
    (Law.FOREIGN_TAGS_ARE_NOT_THE_OWNERS, SOUND.with_foreign_tags(ALICE, "ami-12345678", Tags({"a": "b"})),
     "ami-12345678", "the tags of 111122223333, which owns it, stand among those of others"),
    (Law.FOREIGN_TAGS_ARE_PRIVATE, SOUND.with_foreign_tags(BOB, "ami-12345678", Tags({f"{SHARED_PREFIX}a": "b"})),
     "ami-12345678", "444455556666 has written ec2:SharedTag/a"),
    (Law.FOREIGN_TAGS_ARE_SOME, evolve(SOUND, foreign_tags=Table({"ami-12345678": Table({BOB: Tags()})})),
     "ami-12345678", "there are tags of others on it, but none is written"),
    (Law.STORED_IN_A_BUCKET, SOUND.with_stored_image(evolve(STORED, bucket="lost")),
     "lost/old.bin", "there is no bucket lost"),
    (Law.STORED_KEEPS_NO_SHARING,
     SOUND.with_stored_image(evolve(STORED, image=evolve(IMAGE, launch_permissions=PUBLIC))),
     "golden/old.bin", "its image is shared"),
    (Law.STORED_KEEPS_NO_SHARING, SOUND.with_stored_image(evolve(STORED, snapshots=[evolve(SNAPSHOT, encrypted=True)])),
     "golden/old.bin", "it is encrypted"),
    (Law.WRITTEN_BY_A_TASK, SOUND.with_stored_image(evolve(STORED, store_time=None)),
     "golden/old.bin", "it is being written, and no task does it"),
    (Law.WRITTEN_BY_A_TASK, SOUND.without_stored_image("golden", "ami-12345678.bin"),
     "store task 1", "it is in progress, and golden/ami-12345678.bin is not being written"),
    (Law.WRITTEN_BY_A_TASK, SOUND.with_stored_image(evolve(WRITTEN, store_time=NOW)),
     "store task 1", "it is in progress, and golden/ami-12345678.bin is not being written"),
    (Law.STORED_IN_ITS_REGION, SOUND.with_bucket(evolve(BUCKET, region=IRELAND)),
     "store task 1", "it is of eu-central-1, and golden is in eu-west-1"),
    (Law.STORE_TASKS_ARE_NUMBERED, SOUND.with_store_task(3, evolve(STORING, store_task_state="Completed")),
     "store task 3", "it stands at 2"),
    (Law.STORE_TASK_WILL_END, evolve(SOUND, tasks=SOUND.tasks[1:]),
     "store task 1", "it is in progress, and nothing will finish it"),
    (Law.UNDER_ITS_OWN_ID, evolve(SOUND, buckets=Table({"x": BUCKET})), "x", "what stands there is golden"),
    (Law.UNDER_ITS_OWN_ID, evolve(SOUND, stored_images=SOUND.stored_images.set(("golden", "x"), STORED)),
     "golden/x", "what stands there is golden/old.bin"),
    (Law.BEGUN_BEFORE_NOW, SOUND.with_stored_image(evolve(STORED, store_time=NOW + A_DAY)),
     "golden/old.bin", "something of it is of 2026-06-02 00:00:00, and it is 2026-06-01 00:00:00"),
    (Law.BEGUN_BEFORE_NOW, SOUND.with_store_task(1, evolve(STORING, task_start_time=NOW + A_DAY)),
     "store task 1", "something of it is of 2026-06-02 00:00:00, and it is 2026-06-01 00:00:00"),
    (Law.ALIAS_NAMES_A_KEY, evolve(SOUND, keys=Table()), "alias/mine",
     f"for 111122223333 in eu-central-1 it names {KEY.arn}, which is not there"),
    (Law.TASKS_ARE_IN_ORDER, tasks(2 * A_DAY, A_DAY), "task 101", "it stands behind task 100"),
    (Law.TASKS_ARE_IN_ORDER, evolve(SOUND, tasks=SOUND.tasks * 2),
     f"task {SOUND.tasks[0].number}", "there are two of this number"),
    (Law.TASKS_ARE_TO_COME, evolve(SOUND, now=NOW + 2 * A_DAY),
     f"task {SOUND.tasks[0].number}", "it was due at 2026-06-02 00:00:00"),
    (Law.EVENTS_ARE_NUMBERED, evolve(SOUND, events=Log([SECOND])), "event 2", "it stands at 1"),
    (Law.EVENTS_ARE_IN_ORDER, evolve(SOUND, events=Log([FIRST, evolve(SECOND, time=NOW - A_DAY)])),
     "event 2", "it stands behind a later one"),
    (Law.EVENTS_ARE_IN_ORDER, evolve(SOUND, events=Log([evolve(FIRST, time=NOW + A_DAY)])),
     "event 1", "it is of the future"),
    (Law.IMAGES_WITHIN_QUOTA, limited(images_per_region=2),
     "111122223333", "it has 3 in eu-central-1, and may have 2"),
    (Law.PUBLIC_IMAGES_WITHIN_QUOTA,
     evolve(image(launch_permissions=PUBLIC, deprecation_time=TWO_YEARS), limits=Limits(public_images_per_region=0)),
     "111122223333", "it has 1 in eu-central-1, and may have 0"),
    (Law.SHARING_WITHIN_QUOTA,
     evolve(image(launch_permissions=[AccountPermission(BOB)]), limits=Limits(shared_entities_per_image=0)),
     "ami-12345678", "it is shared with 1, and may be with 0"),
    (Law.TAGS_WITHIN_LIMIT, limited(tags_per_resource=0),
     "ami-12345678", "444455556666 has written 1 on it, and may write 0"),
]  # fmt: skip


@pytest.mark.parametrize(("law", "world", "subject", "detail"), BROKEN, ids=[str(row[0].name) for row in BROKEN])
def test_a_broken_law_is_named_with_what_breaks_it(law: Law, world: World, subject: str, detail: str) -> None:
    assert Problem(law, subject, detail) in problems(world)
    assert (Problem(law, subject, detail) in problems(world, Extent.PART)) is (law.extent is Extent.PART)


def test_every_law_is_broken_above() -> None:
    assert {law for law, *_ in BROKEN} == set(Law)


def test_every_law_says_what_it_says_and_why() -> None:
    for law in Law:
        assert law.sentence[0].islower()
        assert law.rules == "" or law.rules[:2] in {"A ", "B ", "C "}
    assert {law for law in Law if not law.rules} == {
        Law.INDEXES_ARE_IN_STEP, Law.STORE_TASKS_ARE_NUMBERED, Law.FOREIGN_TAGS_ARE_SOME, Law.EVENTS_ARE_NUMBERED,
    }  # fmt: skip


def test_a_problem_reads_as_a_sentence() -> None:
    (found,) = problems(SOUND.with_foreign_tags(BOB, "ami-99999999", Tags({"a": "b"})))
    assert str(found) == (
        "ami-99999999: it is not there, and others have written on it, "
        "but tags go with what they are written on (A TG-10, B TG-16)"
    )
    (found,) = problems(evolve(SOUND, events=Log([evolve(FIRST, number=7)])))
    assert str(found) == "event 7: it stands at 1, but events are numbered as they stand"


def test_the_laws_of_single_images_are_asked_too() -> None:
    """In use or in the Recycle Bin."""
    tpm = {"tpm_support": "v2.0"}
    for world, image_id in ((image(**tpm), "ami-12345678"), (binned(**tpm), "ami-00000001")):
        assert [(found.law, found.subject) for found in problems(world)] == [(consistency.Law.TPM_NEEDS_UEFI, image_id)]
    public = image(launch_permissions=PUBLIC, deprecation_time=TWO_YEARS).with_snapshot(
        evolve(SNAPSHOT, encrypted=True)
    )
    assert consistency.Law.WHAT_IS_ENCRYPTED_IS_NOT_PUBLIC in {found.law for found in problems(public)}


# --- what is no problem -----------------------------------------------------------------------------------------------

NO_PROBLEMS: list[tuple[str, World]] = [
    ("a name that a deregistered image had", SOUND.with_image(evolve(IMAGE, image_id="ami-00000004", name="gone"))),
    ("a name that an image in the Recycle Bin has",
     SOUND.with_image(evolve(IMAGE, image_id="ami-00000004", name="old"))),
    ("the same name in another account",
     SOUND.with_snapshot(evolve(SNAPSHOT, snapshot_id="snap-2222222f", owner_id=BOB)).with_image(
         evolve(IMAGE, image_id="ami-00000004", owner_id=BOB, block_device_mappings=[BlockDeviceMapping(
             "/dev/xvda", EbsBlockDevice(snapshot_id="snap-2222222f", volume_size_gib=8))]))),
    ("names that differ in case", SOUND.with_image(evolve(IMAGE, image_id="ami-00000004", name="WEB"))),
    ("a failed image without its snapshot",
     World(now=NOW).with_image(evolve(IMAGE, state="failed"))),
    ("an image in the Recycle Bin without its snapshot",
     evolve(World(now=NOW), recycle_bin=SOUND.recycle_bin, tasks=SOUND.tasks)),
    ("a pending image with a task",
     image(state="pending").with_task(A_DAY, FinishImage(image_id=ImageId("ami-12345678")))),
    ("a pending image that waits for a snapshot",
     image(state="pending").with_snapshot(evolve(SNAPSHOT, state="pending", progress="5%"))
     .with_image(evolve(BARE, state="pending"))
     .with_task(A_DAY, FinishSnapshots(snapshot_ids=[SnapshotId("snap-12345678")]))),
    ("a cooldown that ends",
     image(deregistration_protection=COOLING).with_task(A_DAY, EndCooldown(image_id=ImageId("ami-12345678")))),
    ("a deprecation that was rounded down to the minute",
     image(creation_date=parse("2026-01-01T00:00:20Z"), deprecation_time=parse("2026-01-01T00:00:00Z"))),
    ("an instance that arrives",
     instance(state="stopping").with_task(
         A_DAY, MoveInstance(instance_id=INSTANCE.instance_id, leaving=InstanceState.STOPPING))),
    ("an instance that will be forgotten",
     SOUND.without_volume(VOLUME.volume_id)
     .with_instance(evolve(INSTANCE, state="terminated", block_device_mappings=()))
     .with_task(A_DAY, ForgetInstance(instance_id=INSTANCE.instance_id))),
    ("an instance of an image in the Recycle Bin", instance(image_id="ami-00000001")),
    ("an instance of an image that is gone", instance(image_id="ami-00000002")),
    ("tags of others on what lies in the Recycle Bin",
     SOUND.with_foreign_tags(BOB, "ami-00000001", Tags({"a": "b"}))),
    ("the many images of an owner with an alias of AWS's",
     limited(images_per_region=0).with_owner_alias(ALICE, OwnerAlias.AMAZON)),
    ("a volume in error", SOUND.with_volume(evolve(FREE, state=VolumeState.ERROR))),
    ("more than the limit, where the rest are tags of AWS's",
     evolve(image(tags={"aws:a": "b", "c": "d"}), limits=Limits(tags_per_resource=1))),
]  # fmt: skip


@pytest.mark.parametrize("world", [world for _, world in NO_PROBLEMS], ids=[name for name, _ in NO_PROBLEMS])
def test_it_is_no_problem(world: World) -> None:
    assert problems(world) == ()


LATE = image(launch_permissions=PUBLIC, deprecation_time=TWO_YEARS + A_DAY)
TWICE = SOUND.with_image(evolve(IMAGE, image_id="ami-00000004", name="WEB"))
QUIRKS: list[tuple[Law, World, Quirks, bool]] = [
    (Law.NAME_IS_HELD_ONCE, TWICE, Quirks(image_names_are_case_sensitive=False), True),
    (Law.NAME_IS_HELD_ONCE, TWICE, Quirks(), False),
    (Law.NAME_IS_HELD_ONCE, SOUND.with_image(evolve(IMAGE, image_id="ami-00000004", state="failed")), Quirks(), True),
    (Law.NAME_IS_HELD_ONCE, SOUND.with_image(evolve(IMAGE, image_id="ami-00000004", state="failed")),
     Quirks(failed_image_holds_name=False), False),
    (Law.PUBLIC_IS_DEPRECATED_IN_TIME, LATE, Quirks(publishing_clamps_deprecation=False), False),
    (Law.SNAPSHOTS_ARE_THERE, SOUND.without_snapshot(SnapshotId("snap-12345678")),
     Quirks(register_accepts_shared_snapshots=True), False),
    (Law.SNAPSHOTS_ARE_THERE, SOUND.without_snapshot(SnapshotId("snap-12345678")),
     Quirks(data_snapshots_are_in_use=False), True),
    (Law.SNAPSHOTS_ARE_THERE,
     image(block_device_mappings=[
         *IMAGE.block_device_mappings, BlockDeviceMapping("/dev/sdb", EbsBlockDevice(snapshot_id="snap-99999999"))]),
     Quirks(data_snapshots_are_in_use=False), False),
    (Law.SNAPSHOTS_ARE_ITS_OWNERS, snapshot(owner_id=BOB), Quirks(register_accepts_shared_snapshots=True), False),
    (Law.BINNED_CAN_BE_KEPT, binned(state="failed"), Quirks(unfinished_image_enters_bin=True), False),
]  # fmt: skip


@pytest.mark.parametrize(("law", "world", "quirks", "broken"), QUIRKS)
def test_a_law_follows_the_quirks(law: Law, world: World, quirks: Quirks, broken: bool) -> None:
    assert (law in {found.law for found in problems(evolve(world, quirks=quirks))}) is broken


def test_how_long_a_public_image_may_go_without_being_deprecated_is_a_limit() -> None:
    assert Law.PUBLIC_IS_DEPRECATED_IN_TIME in {found.law for found in problems(LATE)}
    assert problems(evolve(LATE, limits=Limits(max_public_deprecation_years=3))) == ()


# --- since an earlier world -------------------------------------------------------------------------------------------

EVERY: list[World] = [
    SOUND, LATE, TWICE, World(now=NOW), rich_world(), example_world(),
    *(world for _, world, _, _ in BROKEN), *(world for _, world in NO_PROBLEMS),
    *(evolve(world, quirks=quirks) for _, world, quirks, _ in QUIRKS),
]  # fmt: skip


@pytest.mark.parametrize("world", EVERY)
def test_what_is_found_since_a_sound_world_is_all_there_is(world: World) -> None:
    for extent in Extent:
        assert set(problems(world, extent, since=SOUND)) == set(problems(world, extent))


@pytest.mark.parametrize("world", EVERY)
def test_what_has_not_changed_is_not_looked_at_again(world: World) -> None:
    assert problems(world, since=world) == ()


def looked_at(world: Any, name: str) -> Any:
    if name in FIELDS:
        object.__getattribute__(world, "__dict__").setdefault("seen", set()).add(name)
    return object.__getattribute__(world, name)


FIELDS = frozenset(field.name for field in fields(World))
# A world that remembers which of its fields were looked at.
Watched: Any = type("Watched", (World,), {"__getattribute__": looked_at})


@pytest.mark.parametrize("check", _CHECKS, ids=[check.law.name for check in _CHECKS])
def test_a_check_looks_at_no_other_parts_than_it_says(check: Check) -> None:
    seen = set[str]()
    for world in EVERY:
        watched = Watched(**{name: getattr(world, name) for name in FIELDS})
        _ = list(check.find(watched))
        seen |= vars(watched).get("seen", set())
    assert seen == set(check.parts)


# --- what requests and time make of a sound world ---------------------------------------------------------------------


def snapshot_of(one: Image, entry: BlockDeviceMapping) -> Snapshot:
    assert entry.ebs is not None
    return Snapshot(
        snapshot_id=entry.ebs.snapshot_id,  # type: ignore[arg-type]  # only those that have one are asked for
        owner_id=one.owner_id,
        volume_id="vol-12345678",
        volume_size_gib=1,
        start_time=one.creation_date,
        state="pending" if one.state is ImageState.PENDING else "completed",
        encrypted=entry.ebs.encrypted is True,
        region=one.region,
    )


def worlds() -> st.SearchStrategy[World]:
    """Worlds of one image with its snapshots, and perhaps a rule that keeps it."""
    return st.builds(
        world_of,
        amis.images(
            region=FRANKFURT,
            image_allowed=None,
            state=st.sampled_from(["available", "pending", "failed", "disabled", "error"]),
        ),
        st.booleans(),
    )


def world_of(one: Image, kept: bool) -> World:
    world = World(now=parse("2100-01-01T00:00:00Z"))
    if one.state is ImageState.DISABLED:
        one = evolve(one, launch_permissions=())
    for entry in one.block_device_mappings:
        if entry.ebs is not None and entry.ebs.snapshot_id is not None:
            world = world.with_snapshot(snapshot_of(one, entry))
    if one.state is ImageState.PENDING:
        work = FinishSnapshots(snapshot_ids=one.snapshot_ids) if one.snapshot_ids else None
        image_id = ImageId(one.image_id)
        world = world.with_task(A_DAY, work or FinishImage(image_id=image_id))
    if one.deregistration_protection.cooldown_until is not None:
        world = world.with_task(A_DAY, EndCooldown(image_id=ImageId(one.image_id)))
    if kept:
        rule = RetentionRule(
            identifier="abcdefghijk",
            owner_id=one.owner_id,
            region=FRANKFURT,
            resource_type="EC2_IMAGE",
            retention_days=14,
        )
        world = world.with_retention_rule(rule)
    return world.with_image(one)


@given(world=worlds(), with_snapshots=st.booleans(), wait=st.sampled_from([0, 1, 30]))
def test_no_deregistration_and_no_time_breaks_a_law(world: World, with_snapshots: bool, wait: int) -> None:
    assert problems(world) == ()
    (one,) = world.images
    if not one.image_id.startswith("ami-"):
        return
    request = DeregisterImage(image_id=one.image_id, delete_associated_snapshots=with_snapshots)
    outcome = attempt(world, request, by=Caller(account=one.owner_id, region=FRANKFURT))
    after = world if isinstance(outcome, Refusal) else outcome.world
    assert problems(after) == ()
    assert problems(advance(after, days=wait)) == ()


@given(image=amis.images(region=amis.regions()))
def test_an_image_that_ec2_could_show_is_sound_where_its_snapshots_are_unknown(image: Image) -> None:
    world = World(now=parse("2100-01-01T00:00:00Z")).with_image(image)
    expected = {Law.DEREGISTERED_IS_GONE} if image.state is ImageState.DEREGISTERED else set[Law]()
    assert {found.law for found in problems(world, Extent.PART)} == expected
