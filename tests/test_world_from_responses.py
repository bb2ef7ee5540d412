"""A world made of answers: that everything told is in its place, and that what is not told is not made up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel._copies import changed
from amimodel._placing import account_of
from amimodel.access import has_launch_permission
from amimodel.actions import DeregisterImage, SnapshotReturnCode
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.callers import Caller
from amimodel.decisions import Decision
from amimodel.engine import advance, apply, explain
from amimodel.examples import WEB
from amimodel.images import DeregistrationProtection, Image
from amimodel.instances import ImageMetadata, Instance, InstanceImageMetadata, InstanceState
from amimodel.integrity import Law, problems
from amimodel.inventory import Inventory
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, NOT_PUBLIC, AccountPermission, OrganizationPermission, Permissions
from amimodel.regions import Region
from amimodel.settings import ImageBlockPublicAccess
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import MoveInstance
from amimodel.testing import strategies as amis
from amimodel.timing import Timing
from amimodel.vocabulary import Architecture, ImageState, OwnerAlias
from amimodel.watermarks import ImageWatermark
from amimodel.wire import read, read_text
from amimodel.world import World

RECORDED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "ec2-responses"
FILES = sorted(RECORDED.glob("*.json"))
NOW = datetime(2026, 11, 1, tzinfo=UTC)
FRANKFURT, VIRGINIA = Region("eu-central-1"), Region("us-east-1")
ALICE, BOB, AMAZON = "111122223333", "444455556666", "137112412989"
KEY = f"arn:aws:kms:us-east-1:{ALICE}:key/68425528-9938-4a15-90f2-f1755263b836"
ROOT = "snap-12345678"
SNAPSHOT = Snapshot(
    snapshot_id=ROOT, owner_id=ALICE, volume_id="vol-12345678", volume_size_gib=8, start_time=WEB.creation_date
)


ABOUT_THE_IMAGE = {"name", "image_owner_alias", "creation_date", "deprecation_time", "is_public", "image_watermarks"}


def metadata(*, image_state: str = "available", **facts: Any) -> InstanceImageMetadata:
    """A running instance in Virginia, and what it remembers of its image."""
    about: dict[str, Any] = {"image_id": "ami-12345678", "owner_id": ALICE, "name": "web", "state": image_state}
    usual: dict[str, Any] = {
        "instance_id": "i-12345678",
        "owner_id": ALICE,
        "instance_type": "t3.micro",
        "launch_time": datetime(2026, 2, 1, tzinfo=UTC),
        "availability_zone": "us-east-1a",
        "state": "running",
    }
    for name, value in facts.items():
        (about if name in ABOUT_THE_IMAGE else usual)[name] = value
    return InstanceImageMetadata(**usual, image_metadata=ImageMetadata(**about))


def loaded(*images: Image, snapshots: tuple[Snapshot, ...] = (), **more: Any) -> World:
    """A world of values in Frankfurt, unless something else is said."""
    fields: dict[str, Any] = {key: more.pop(key) for key in ("instances", "block_public_access") if key in more}
    inventory = evolve(Inventory.of_images(images, snapshots), **fields)
    told: dict[str, Any] = {"now": NOW, "region": FRANKFURT, **more}
    return World.from_responses(inventory, **told)


# --- what EC2 once answered -------------------------------------------------------------------------------------------


def plain(image: Image) -> Image:
    """An image without what depends on who looks, and from where."""
    return changed(image, region=None, tags=NO_TAGS, image_allowed=None)


@pytest.mark.skipif(not FILES, reason="the recorded responses are not present")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_recorded_answer_becomes_a_world(path: Path) -> None:
    responses = [(path.name, response) for response in read_text(path.read_bytes())]
    inventory = Inventory.of_responses(responses)
    world = World.from_responses(responses, now=NOW, account="644160558196", region="us-east-1")
    for image_id, image in inventory.images.items():
        assert plain(world.images.records[image_id]) == plain(image)
        assert world.images.records[image_id].region == VIRGINIA
    for snapshot_id, snapshot in inventory.snapshots.items():
        assert world.snapshots.records[snapshot_id] == changed(
            snapshot, region=VIRGINIA, tags=world.snapshots.records[snapshot_id].tags
        )
    assert [one.instance_id for one in world.instances] == [one.instance_id for one in inventory.instances]
    for image in world.images:
        by = Caller(account=image.owner_id, region=VIRGINIA)
        assert explain(world, DeregisterImage(image_id=image.image_id), by=by) == Decision(True)


@pytest.mark.skipif(not FILES, reason="the recorded responses are not present")
def test_all_recorded_answers_together_become_one_world() -> None:
    responses = [(path.name, response) for path in FILES for response in read_text(path.read_bytes())]
    world = World.from_responses(responses, now=NOW, account="644160558196", region="us-east-1")
    assert len(world.images) > 20
    later = advance(world, days=1)
    assert not [one for one in later.snapshots if one.state is SnapshotState.PENDING]
    assert not later.tasks


# --- all kinds of inventories -----------------------------------------------------------------------------------------


@given(st.lists(amis.images(), max_size=3, unique_by=lambda image: image.image_id), st.sampled_from([None, ALICE]))
def test_every_image_is_there_and_only_in_its_place(images: list[Image], account: str | None) -> None:
    world = loaded(*images, account=account)
    for image in images:
        if image.state is ImageState.DEREGISTERED:
            assert image.image_id in world.tombstones
            assert image.image_id not in world.images
        else:
            found = world.images.records[image.image_id]
            assert plain(found) == plain(image)
            assert found.region == (image.region or FRANKFURT)
    for catalogue in (world.images, world.snapshots, world.instances, world.tombstones):
        assert catalogue.is_in_step()


@given(st.lists(amis.images(), max_size=3, unique_by=lambda image: image.image_id))
def test_no_tag_is_lost_and_none_is_the_wrong_accounts(images: list[Image]) -> None:
    world = loaded(*images, account=ALICE)
    for image in images:
        if image.state is ImageState.DEREGISTERED:
            continue
        owners, own = world.images.records[image.image_id].tags, world.tags(ALICE, image.image_id)
        assert {**owners, **own} == dict(image.tags)
        if image.owner_id != ALICE:
            assert owners == image.tags.shared
            assert not set(owners) & set(own)


@given(st.lists(amis.images(), max_size=3, unique_by=lambda image: image.image_id))
def test_nothing_is_under_way_for_ever(images: list[Image]) -> None:
    world = advance(loaded(*images, now=datetime(2100, 1, 1, tzinfo=UTC)), days=1)
    assert not [image for image in world.images if image.state is ImageState.PENDING]
    assert not [snapshot for snapshot in world.snapshots if snapshot.state is SnapshotState.PENDING]
    assert world.tasks == ()


# Random images have no time of deprecation, share their names, and so on: these laws are the loader's to keep.
LAWS = {
    Law.UNDER_ITS_OWN_ID, Law.IN_A_REGION, Law.IN_ONE_PLACE, Law.INDEXES_ARE_IN_STEP,
    Law.PENDING_IMAGE_WILL_BE_FINISHED, Law.PENDING_SNAPSHOT_WILL_BE_FINISHED, Law.COOLDOWN_WILL_END,
    Law.INSTANCE_WILL_ARRIVE, Law.IMAGE_IS_REMEMBERED,
    Law.TERMINATED_WILL_BE_FORGOTTEN, Law.DEREGISTERED_IS_GONE, Law.FOREIGN_TAGS_ARE_ON_SOMETHING,
    Law.FOREIGN_TAGS_ARE_NOT_THE_OWNERS, Law.FOREIGN_TAGS_ARE_PRIVATE, Law.FOREIGN_TAGS_ARE_SOME,
    Law.TASKS_ARE_IN_ORDER, Law.TASKS_ARE_TO_COME, Law.ALIAS_NAMES_A_KEY,
}  # fmt: skip


@given(
    st.lists(amis.images(), max_size=3, unique_by=lambda image: image.image_id),
    st.sampled_from(InstanceState),
    st.sampled_from([None, ALICE]),
)
def test_a_world_of_answers_holds_together(images: list[Image], state: InstanceState, account: str | None) -> None:
    world = loaded(*images, instances=(metadata(state=state),), account=account)
    assert [problem for problem in problems(world) if problem.law in LAWS] == []


def test_a_world_of_answers_gives_ids_that_nothing_has() -> None:
    world = loaded(evolve(WEB, image_id="ami-00000000000000003"))
    assert world.issued == len(world.images) + len(world.snapshots)
    assert world.new_id("ami-") == "ami-00000000000000004"


def test_limits_quirks_and_timing_are_those_that_are_given() -> None:
    world = loaded(WEB, timing=Timing.instant())
    assert (world.timing, world.limits, world.quirks) == (
        Timing.instant(),
        World(now=NOW).limits,
        World(now=NOW).quirks,
    )


# --- where things are -------------------------------------------------------------------------------------------------

ENCRYPTED = evolve(SNAPSHOT, encrypted=True, kms_key_id=KEY)
LOCAL = evolve(SNAPSHOT, availability_zone="us-east-1-atl-1a")
UNCLEAR = evolve(SNAPSHOT, availability_zone="use1-az4", outpost_arn="arn:aws:outposts::x:")
PV = evolve(WEB, virtualization_type="paravirtual", kernel_id="aki-5c21674b")
OF_INSTANCE = evolve(
    WEB, source_instance_id="i-87654321", source_image_id="ami-87654321", source_image_region="us-east-1"
)
COPY = evolve(WEB, source_image_id="ami-87654321", source_image_region="us-east-1")
OTHER = evolve(WEB, image_id="ami-87654321", name="other", block_device_mappings=[])


def of_other() -> InstanceImageMetadata:
    """An instance of an image that no DescribeImages answer tells of."""
    item = metadata()
    return evolve(item, image_metadata=evolve(item.image_metadata, image_id="ami-87654321", name="other"))


def on_device(**fields: Any) -> Image:
    """An image whose root says more of where it is than its snapshot does, beside a disk that says nothing."""
    root = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id=ROOT, volume_size_gib=8, **fields))
    return evolve(WEB, block_device_mappings=[BlockDeviceMapping("/dev/sdb", InstanceStoreDevice("ephemeral0")), root])


# what tells the Region -> the inventory
TELLING = {
    "an image itself": Inventory.of_images([evolve(WEB, region=VIRGINIA)]),
    "the zone of an instance": evolve(Inventory.of_images([WEB]), instances=(metadata(),)),
    "the zone of an instance of another image": evolve(Inventory.of_images([WEB]), instances=(of_other(),)),
    "the key of a snapshot": Inventory.of_images([WEB], [ENCRYPTED]),
    "the zone of a local snapshot": Inventory.of_images(
        [WEB], [evolve(SNAPSHOT, availability_zone="us-east-1-atl-1a")]
    ),
    "the Outpost of a snapshot": Inventory.of_images(
        [WEB], [evolve(SNAPSHOT, outpost_arn=f"arn:aws:outposts:us-east-1:{ALICE}:outpost/op-1234567890abcdef0")]
    ),
    "the key of an image's device": Inventory.of_images([on_device(encrypted=True, kms_key_id=KEY)]),
    "the zone of an image's device": Inventory.of_images([on_device(availability_zone="us-east-1-atl-1a")]),
    "the Outpost of an image's device": Inventory.of_images(
        [on_device(outpost_arn=f"arn:aws:outposts:us-east-1:{ALICE}:outpost/op-1234567890abcdef0")]
    ),
    "a kernel": Inventory.of_images([PV]),
    "the instance it was made of": Inventory.of_images([OF_INSTANCE]),
    "another image": Inventory.of_images([WEB, evolve(OTHER, region=VIRGINIA)]),
    "another image's kernel": Inventory.of_images([WEB, evolve(PV, image_id="ami-87654321", name="old")]),
}


@pytest.mark.parametrize("inventory", TELLING.values(), ids=TELLING.keys())
def test_the_region_is_told_by_what_is_beside_it(inventory: Inventory) -> None:
    world = World.from_responses(inventory, now=NOW)
    assert {image.region for image in world.images} == {VIRGINIA}
    assert {snapshot.region for snapshot in world.snapshots} == {VIRGINIA}


def test_a_snapshot_is_where_the_image_is_that_is_made_of_it() -> None:
    images = [WEB, evolve(PV, image_id="ami-87654321", name="old", block_device_mappings=[], kernel_id="aki-931fe3fc")]
    inventory = evolve(Inventory.of_images(images, [SNAPSHOT]), instances=(metadata(),))
    world = World.from_responses(inventory, now=NOW)
    assert [image.region for image in world.images] == [VIRGINIA, FRANKFURT]
    assert world.snapshots.records[ROOT].region == VIRGINIA


@pytest.mark.parametrize(
    ("inventory", "why"),
    [
        (Inventory.of_images([WEB]), "The Region of ami-12345678 is missing, and no answer tells it"),
        (Inventory.of_images([COPY]), "The Region of ami-12345678 is missing, and no answer tells it"),
        (
            Inventory.of_images([evolve(PV, kernel_id="aki-12345678")]),  # nobody knows where that kernel is
            "The Region of ami-12345678 is missing, and no answer tells it",
        ),
        (
            Inventory.of_images([WEB], [UNCLEAR]),
            "The Region of ami-12345678 is missing, and no answer tells it",
        ),
        (
            Inventory.of_images([WEB], [evolve(SNAPSHOT, outpost_arn="no-arn")]),
            "The Region of ami-12345678 is missing, and no answer tells it",
        ),
        (Inventory.of_images([], [SNAPSHOT]), "The Region of snap-12345678 is missing, and no answer tells it"),
        (
            Inventory.of_images([evolve(PV, kernel_id="aki-931fe3fc")], [ENCRYPTED]),
            "The Region of ami-12345678 is missing, and the answers speak of eu-central-1 and us-east-1",
        ),
        (
            # both images are where their kernels are, and both are made of the snapshot
            Inventory.of_images(
                [PV, evolve(PV, image_id="ami-87654321", name="old", kernel_id="aki-931fe3fc")], [SNAPSHOT]
            ),
            "The Region of snap-12345678 is missing, and the answers speak of eu-central-1 and us-east-1",
        ),
        (
            Inventory.of_images([OTHER, PV], [evolve(SNAPSHOT, snapshot_id="snap-87654321", region=FRANKFURT)]),
            "The Region of ami-87654321 is missing, and the answers speak of eu-central-1 and us-east-1",
        ),
    ],
)
def test_a_region_that_cannot_be_told_is_asked_for(inventory: Inventory, why: str) -> None:
    with pytest.raises(Malformed) as refused:
        World.from_responses(inventory, now=NOW)
    assert refused.value.code == "MissingParameter"
    assert refused.value.member == "region"
    assert refused.value.message == f"{why}: give it as region."
    assert refused.value.value == why.split()[3]


def test_what_says_where_it_is_stays_there_whatever_holds_for_the_rest() -> None:
    world = loaded(evolve(OTHER, region=VIRGINIA), PV)
    assert [image.region for image in world.images] == [VIRGINIA, FRANKFURT]


# --- who asked --------------------------------------------------------------------------------------------------------

TAGGED = evolve(WEB, tags={"Name": "web", "ec2:SharedTag/Release": "7"})
PUBLIC = evolve(TAGGED, image_id="ami-87654321", owner_id=BOB, name="theirs", launch_permissions=[EVERYONE])


def test_tags_on_the_image_of_another_account_are_those_of_who_asked() -> None:
    world = loaded(evolve(TAGGED, owner_id=BOB), account=ALICE)
    assert world.tags(ALICE, "ami-12345678") == Tags({"Name": "web"})
    assert world.tags(BOB, "ami-12345678") == Tags({"ec2:SharedTag/Release": "7"})  # its owner shows it to all


def test_tags_on_the_snapshot_of_another_account_are_those_of_who_asked() -> None:
    tags = {"Name": "data", "ec2:SharedTag/Release": "7"}  # only of images such a tag is shown to all (rule B TG-2)
    world = loaded(snapshots=(evolve(SNAPSHOT, owner_id=BOB, tags=tags),), account=ALICE)
    assert world.tags(ALICE, ROOT) == Tags(tags)
    assert world.tags(BOB, ROOT) == NO_TAGS


def test_tags_of_who_asked_on_what_is_the_own_stay_there() -> None:
    world = loaded(TAGGED, snapshots=(evolve(SNAPSHOT, tags={"Name": "data"}),), account=ALICE)
    assert len(world.foreign_tags) == 0
    assert world.images.records["ami-12345678"].tags == TAGGED.tags
    assert world.snapshots.records[ROOT].tags == Tags({"Name": "data"})


@pytest.mark.parametrize(
    ("inventory", "account"),
    [
        (Inventory(), None),
        (Inventory.of_images([WEB, PUBLIC]), ALICE),  # the other one is public
        (Inventory.of_images([PUBLIC]), BOB),
        (Inventory.of_images([WEB, evolve(OTHER, owner_id=AMAZON, image_owner_alias="amazon")]), ALICE),
        (Inventory.of_images([WEB, evolve(OTHER, owner_id=BOB)]), None),  # which of them is shared?
        (Inventory.of_images([WEB], [evolve(SNAPSHOT, owner_id=BOB)]), None),
        (evolve(Inventory.of_images([evolve(WEB, owner_id=BOB)]), instances=(metadata(),)), ALICE),
    ],
)
def test_who_asked_is_told_where_it_can_only_be_one(inventory: Inventory, account: str | None) -> None:
    assert account_of(inventory) == account


def test_where_it_cannot_be_told_everyone_has_asked_for_himself() -> None:
    world = loaded(TAGGED, evolve(TAGGED, image_id="ami-87654321", owner_id=BOB))
    assert len(world.foreign_tags) == 0
    assert world.tags(BOB, "ami-87654321") == TAGGED.tags


def test_the_block_public_access_setting_is_that_of_who_asked() -> None:
    setting = ImageBlockPublicAccess(state="unblocked")
    world = loaded(WEB, block_public_access=setting)
    assert world.settings(world.images.records["ami-12345678"].owner_id, FRANKFURT).image_block_public_access == setting
    with pytest.raises(Malformed) as refused:
        loaded(block_public_access=setting)
    assert (refused.value.code, refused.value.member, refused.value.value) == (
        "MissingParameter",
        "account",
        setting.state,
    )
    assert refused.value.message == "Whose block public access setting it is, no answer tells: give it as account."
    with pytest.raises(Malformed) as refused:
        loaded(block_public_access=setting, account=ALICE, region=None)
    assert (refused.value.code, refused.value.member) == ("MissingParameter", "region")
    setting_is = "the block public access setting"
    assert refused.value.message.startswith(f"The Region of {setting_is} is missing, and no answer tells it")
    assert refused.value.value == setting_is


@pytest.mark.parametrize("account", ["123", ""])
def test_an_account_that_is_none_is_malformed(account: str) -> None:
    with pytest.raises(Malformed):
        loaded(WEB, account=account)


# --- what is told beside the image ------------------------------------------------------------------------------------


def test_aliases_parameters_and_keys_are_taken_from_what_has_them() -> None:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    linux = evolve(OTHER, owner_id=AMAZON, image_owner_alias="amazon", public_ssm_parameter_name=name)
    old = evolve(
        ENCRYPTED, snapshot_id="snap-87654321", owner_id=BOB, owner_alias="aws-backup-vault", kms_key_id="alias/x"
    )
    world = loaded(linux, WEB, snapshots=(old, ENCRYPTED))
    assert dict(world.owner_aliases) == {AMAZON: OwnerAlias.AMAZON, BOB: OwnerAlias.AWS_BACKUP_VAULT}
    assert dict(world.parameters) == {(FRANKFURT, name): ("ami-87654321",)}
    assert [str(key) for key in world.keys] == [KEY]
    assert world.keys[KEY].usable


def test_what_allowed_images_says_is_no_part_of_a_world() -> None:
    assert loaded(evolve(WEB, image_allowed=False)).images.records["ami-12345678"].image_allowed is None


def test_whom_an_image_is_shared_with_stays_unknown_where_it_is_not_told() -> None:
    organization = OrganizationPermission(f"arn:aws:organizations::{ALICE}:organization/o-a1b2c3d4e5")
    told = evolve(OTHER, launch_permissions=Permissions([AccountPermission(BOB), organization]))
    world = loaded(evolve(WEB, launch_permissions=NOT_PUBLIC), told)
    silent, listed = world.images
    assert has_launch_permission(silent, BOB, world.organizations).allowed is None
    assert has_launch_permission(listed, BOB, world.organizations).allowed is True
    assert has_launch_permission(listed, "777788889999", world.organizations).allowed is None


# --- snapshots that nobody described ----------------------------------------------------------------------------------


def test_an_image_whose_snapshots_nobody_described_has_them_all_the_same() -> None:
    world = loaded(WEB)
    snapshot = world.snapshots.records[ROOT]
    assert (snapshot.owner_id, snapshot.volume_size_gib, snapshot.encrypted) == (WEB.owner_id, 8, False)
    assert snapshot.create_volume_permissions is None
    request = DeregisterImage(image_id="ami-12345678", delete_associated_snapshots=True)
    after, answer = apply(world, request, by=Caller(account=ALICE, region=FRANKFURT))
    assert [one.return_code for one in answer.delete_snapshot_results] == [SnapshotReturnCode.SUCCESS]
    assert len(after.snapshots) == 0


@pytest.mark.parametrize("encrypted", [True, False, None])
def test_a_snapshot_that_nobody_described_is_as_its_image_maps_it(encrypted: bool | None) -> None:
    assert loaded(on_device(encrypted=encrypted)).snapshots.records[ROOT] == Snapshot(
        snapshot_id=ROOT,
        owner_id=ALICE,
        volume_id="vol-ffffffff",
        volume_size_gib=8,
        start_time=WEB.creation_date,
        encrypted=encrypted is True,
        region=FRANKFURT,
        create_volume_permissions=None,
    )


def test_a_snapshot_whose_size_nobody_tells_has_a_gibibyte() -> None:
    image = evolve(WEB, block_device_mappings=[BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id=ROOT))])
    assert loaded(image).snapshots.records[ROOT].volume_size_gib == 1


def test_an_account_that_showed_snapshots_showed_them_all() -> None:
    world = loaded(WEB, snapshots=(evolve(SNAPSHOT, snapshot_id="snap-87654321"),))
    assert list(world.snapshots.records) == ["snap-87654321"]


def test_a_deregistered_image_needs_no_snapshots() -> None:
    assert len(loaded(evolve(WEB, state="deregistered")).snapshots) == 0


# --- instances --------------------------------------------------------------------------------------------------------


def test_an_instance_is_what_its_image_makes_it() -> None:
    image = evolve(WEB, architecture="arm64", boot_mode="uefi", ena_support=True)
    world = loaded(image, instances=(metadata(instance_type="t4g.micro", tags={"Name": "a"}),))
    instance = world.instances.records["i-12345678"]
    assert (instance.architecture, instance.boot_mode) == (Architecture.ARM64, image.boot_mode)
    assert (instance.root_device_name, instance.ena_support) == ("/dev/xvda", True)
    assert (instance.state, instance.tags) == (InstanceState.RUNNING, Tags({"Name": "a"}))
    assert list(world.instances_of("ami-12345678")) == [instance]


WATERMARK = ImageWatermark(
    watermark_key=f"{ALICE}:golden",
    source_image_region=VIRGINIA,
    source_image_id="ami-12345678",
    source_image_creation_time=WEB.creation_date,
    watermark_creation_time=WEB.creation_date,
)


@given(amis.images(image_id="ami-12345678", state="available", region=VIRGINIA))
def test_an_instance_has_what_it_tells_and_what_any_launch_of_its_image_has(image: Image) -> None:
    """Rules C 12.2, A 7.4, B MP-3; its watermarks are those of its launch."""
    item = metadata(tags={"Name": "a"}, image_watermarks=[WATERMARK])
    world = loaded(image, instances=(item,))
    assert world.instances.records["i-12345678"] == Instance(
        instance_id="i-12345678",
        owner_id=ALICE,
        image_id="ami-12345678",
        instance_type="t3.micro",
        availability_zone="us-east-1a",
        launch_time=datetime(2026, 2, 1, tzinfo=UTC),
        state="running",
        tags={"Name": "a"},
        image_watermarks=[WATERMARK],
        architecture=image.architecture,
        virtualization_type=image.virtualization_type,
        hypervisor=image.hypervisor,
        root_device_type=image.root_device_type,
        root_device_name=image.root_device_name,
        kernel_id=image.kernel_id,
        ramdisk_id=image.ramdisk_id,
        boot_mode=image.boot_mode,
        tpm_support=image.tpm_support,
        uefi_data=image.uefi_data,
        ena_support=image.ena_support,
        sriov_net_support=image.sriov_net_support,
        billing=image.billing,
        platform=image.platform,
        product_codes=image.product_codes,
    )


@pytest.mark.parametrize(
    ("instance_type", "architecture"),
    [("t4g.micro", "arm64"), ("t2.micro", "x86_64"), ("m5.bogus", "x86_64"), ("mac2.metal", "arm64_mac")],
)
def test_an_instance_of_an_unknown_image_is_what_its_type_runs(instance_type: str, architecture: str) -> None:
    world = loaded(instances=(metadata(instance_type=instance_type),))
    assert world.instances.records["i-12345678"].architecture == architecture
    assert world.images.records["ami-12345678"].architecture == architecture


def test_an_image_is_known_as_far_as_its_instance_tells() -> None:
    public = metadata(image_owner_alias="amazon", is_public=True, creation_date=WEB.creation_date)
    world = loaded(instances=(public,), region=None)
    image = world.image("ami-12345678", VIRGINIA)
    assert image is not None
    assert (image.name, image.public, image.image_owner_alias) == ("web", True, OwnerAlias.AMAZON)
    assert not image.launch_permissions.complete
    assert image.creation_date == WEB.creation_date
    hidden = loaded(instances=(metadata(image_owner_alias=ALICE),)).images.records["ami-12345678"]
    assert (hidden.image_owner_alias, hidden.launch_permissions) == (None, NOT_PUBLIC)
    assert hidden.creation_date == datetime(2026, 2, 1, tzinfo=UTC)  # when the instance was launched, it was there


def test_what_an_instance_remembers_of_its_image_is_all_that_is_known_of_it() -> None:
    """Rule C 11.3."""
    later = datetime(2027, 1, 1, tzinfo=UTC)
    told = metadata(
        image_state="disabled", image_owner_alias="amazon", is_public=False, creation_date=WEB.creation_date,
        deprecation_time=later, image_watermarks=[WATERMARK], owner_id=ALICE, instance_type="t4g.micro",
    )  # fmt: skip
    assert loaded(instances=(told,)).images.records["ami-12345678"] == Image(
        image_id="ami-12345678",
        owner_id=ALICE,
        name="web",
        creation_date=WEB.creation_date,
        architecture="arm64",
        state="disabled",
        image_owner_alias="amazon",
        deprecation_time=later,
        image_watermarks=[WATERMARK],
        launch_permissions=NOT_PUBLIC,
        region=VIRGINIA,
    )


def test_of_an_image_that_is_gone_neither_tags_nor_permissions_are_remembered() -> None:
    gone = evolve(WEB, state="deregistered", tags={"Name": "web"}, launch_permissions=[EVERYONE], image_allowed=False)
    (tombstone,) = loaded(gone).tombstones
    assert tombstone.image == evolve(gone, region=FRANKFURT, tags={}, launch_permissions=[], image_allowed=None)


@pytest.mark.parametrize("months", [(2, 3), (3, 2), (2, 2), (2, 4, 3)])
def test_an_image_that_is_gone_is_remembered_from_its_last_launch_on(months: tuple[int, ...]) -> None:
    launched = [datetime(2026, month, 1, tzinfo=UTC) for month in months]
    instances = tuple(
        metadata(instance_id=f"i-1234567{number}", image_state="deregistered", launch_time=when)
        for number, when in enumerate(launched)
    )
    world = loaded(instances=instances, region=None)
    assert len(world.images) == 0
    tombstone = world.tombstone("ami-12345678", VIRGINIA)
    assert tombstone is not None
    assert tombstone.deregistered_at == max(launched)
    assert len(tombstone.image.launch_permissions) == 0
    assert tombstone.image.launch_permissions.complete


def test_a_tombstone_is_never_of_the_future() -> None:
    world = loaded(evolve(WEB, state="deregistered"), now=WEB.creation_date - timedelta(days=1))
    assert world.tombstones.records["ami-12345678"].deregistered_at == world.now


@pytest.mark.parametrize(
    ("state", "next_state"),
    [("pending", "running"), ("stopping", "stopped"), ("running", "running"), ("stopped", "stopped")],
)
def test_an_instance_on_its_way_arrives(state: str, next_state: str) -> None:
    world = loaded(WEB, instances=(metadata(state=state),))
    assert advance(world, hours=2).instances.records["i-12345678"].state == next_state


@pytest.mark.parametrize("state", ["shutting-down", "terminated"])
def test_an_instance_that_ends_is_forgotten(state: str) -> None:
    assert len(advance(loaded(WEB, instances=(metadata(state=state),)), hours=2).instances) == 0


# --- what was under way -----------------------------------------------------------------------------------------------

PENDING = evolve(WEB, state="pending")
UNFINISHED = evolve(SNAPSHOT, state="pending", progress="40%")


@pytest.mark.parametrize(
    ("image", "snapshots", "events"),
    [
        (PENDING, (UNFINISHED,), ["createSnapshot", "available"]),
        (PENDING, (evolve(UNFINISHED, volume_id="vol-ffffffff"),), ["copySnapshot", "available"]),
        (PENDING, (SNAPSHOT,), ["available"]),
        (PENDING, (), ["copySnapshot", "available"]),  # the snapshot that it must have is pending with it
        (evolve(PENDING, block_device_mappings=[]), (), ["available"]),
        (PENDING, (evolve(SNAPSHOT, snapshot_id="snap-87654321"),), ["copySnapshot", "available"]),  # newer than those
        (WEB, (UNFINISHED,), ["createSnapshot"]),
    ],
)
def test_what_was_pending_is_finished_once(image: Image, snapshots: tuple[Snapshot, ...], events: list[str]) -> None:
    world = advance(loaded(image, snapshots=snapshots), minutes=1)
    assert world.images.records["ami-12345678"].state is ImageState.AVAILABLE
    assert all(one.state is SnapshotState.COMPLETED for one in world.snapshots)
    occurrences = [event.occurrence for event in world.events]
    told = [getattr(one, "event", None) or str(getattr(one, "state", "")) for one in occurrences]
    assert told == events


def test_work_is_done_when_it_would_have_been() -> None:
    timing = Timing()
    began = NOW - timedelta(seconds=10)
    world = loaded(PENDING, snapshots=(evolve(UNFINISHED, start_time=began),))
    assert [task.due for task in world.tasks] == [began + timing.snapshot_duration(8)]
    copy = evolve(PENDING, block_device_mappings=[], creation_date=NOW, source_image_id="ami-87654321")
    assert [task.due for task in loaded(copy).tasks] == [NOW + timing.copy_image_duration(0)]
    made = evolve(copy, source_instance_id="i-12345678")
    assert [task.due for task in loaded(made).tasks] == [NOW + timing.create_image_duration(0)]


@pytest.mark.parametrize(
    ("state", "takes"),
    [
        ("pending", [Timing().instance_pending]),
        ("running", []),
        ("stopping", [Timing().instance_stopping]),
        ("stopped", []),
        ("shutting-down", [Timing().instance_shutting_down]),
        ("terminated", [Timing().terminated_instance_shown]),
    ],
)
def test_an_instance_takes_its_time_from_now_on(state: str, takes: list[timedelta]) -> None:
    """No answer says when its state began (rules C 12.1, C 13)."""
    world = loaded(WEB, instances=(metadata(state=state),))
    assert [task.due for task in world.tasks] == [NOW + time for time in takes]


def test_what_is_due_at_once_is_done_in_the_order_in_which_it_is_told() -> None:
    on_their_way = tuple(metadata(instance_id=f"i-1234567{n}", state="stopping") for n in (9, 8))
    world = loaded(WEB, instances=on_their_way)
    assert [task.work for task in world.tasks] == [
        MoveInstance(instance_id=one.instance_id, leaving=InstanceState.STOPPING) for one in on_their_way
    ]


def test_an_image_waits_for_all_of_its_snapshots_even_if_nobody_described_one() -> None:
    (root,) = WEB.block_device_mappings
    second = BlockDeviceMapping("/dev/sdf", EbsBlockDevice(snapshot_id="snap-87654321", volume_size_gib=8))
    image = evolve(PENDING, block_device_mappings=[root, second], creation_date=NOW)
    world = loaded(image, snapshots=(evolve(UNFINISHED, start_time=NOW),))
    first, last = (task.due for task in world.tasks)
    assert advance(world, until=first).images.records["ami-12345678"].state is ImageState.PENDING
    assert advance(world, until=last).images.records["ami-12345678"].state is ImageState.AVAILABLE


def test_a_task_is_done_at_a_moment_of_the_world() -> None:
    began = NOW + timedelta(microseconds=1)
    world = loaded(PENDING, snapshots=(evolve(UNFINISHED, start_time=began),))
    assert [task.due for task in world.tasks] == [NOW + Timing().snapshot_duration(8) + timedelta(milliseconds=1)]


def test_tasks_are_in_the_order_in_which_they_fall_due() -> None:
    later = evolve(OTHER, state="pending", creation_date=NOW)
    cooling = evolve(WEB, deregistration_protection=DeregistrationProtection(cooldown_until=NOW + timedelta(hours=5)))
    world = loaded(cooling, later, instances=(metadata(state="stopping"),))
    assert [type(task.work).__name__ for task in world.tasks] == ["MoveInstance", "FinishImage", "EndCooldown"]
    assert [task.order for task in world.tasks] == sorted(task.order for task in world.tasks)
    assert world.issued == max(task.number for task in world.tasks)
    after = advance(world, hours=6).images.records["ami-12345678"]
    assert after.deregistration_protection == DeregistrationProtection()


# --- through the wire -------------------------------------------------------------------------------------------------


def test_what_could_not_be_read_stays_with_the_inventory() -> None:
    answer = read({"Images": [{"ImageId": "ami-1"}]}, region="eu-central-1")
    inventory = Inventory.of_responses([("images.json", answer)])
    assert len(inventory.unread) > 0
    assert World.from_responses(inventory, now=NOW) == World.from_responses([("images.json", answer)], now=NOW)
