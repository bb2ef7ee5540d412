"""CreateImage: rules A 3, A 7.4, A CI-1 to A CI-17, C 1.2, C 9.2, C 9.3, C 12.16 to C 12.20; settlement S 31."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import CreateImage, CreateSnapshot, DeregisterImage, FailSnapshot, TerminateInstances
from amimodel.billing_codes import BillingCode
from amimodel.block_devices import NO_DEVICE, BlockDeviceMapping, Device, EbsBlockDevice, InstanceStoreDevice
from amimodel.callers import Caller
from amimodel.decisions import Settled, VolumeNotTold
from amimodel.engine import advance, apply, attempt, explain
from amimodel.events import ImageStateChange, SnapshotNotification
from amimodel.identifiers import ImageId
from amimodel.images import Image, StateReason
from amimodel.instances import Instance, InstanceBlockDevice
from amimodel.integrity import problems
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import AccountPermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.quirks import Quirks
from amimodel.refusals import (
    AttachedDeviceChanged,
    BootModeOverrideRefused,
    DeviceParameterUnsupported,
    DuplicateDeviceName,
    EncryptedFlagWithSnapshot,
    ImageNameInUse,
    ImageQuotaReached,
    InstanceNotFound,
    InstanceStateNotImageable,
    IopsRequired,
    MisplacedSharedTag,
    NoRootVolume,
    NoSizeNorSnapshot,
    Refusal,
    ReservedTagKeySpecified,
    RootDeviceSuppressed,
    SnapshotLocationNotSupported,
    SnapshotNotFound,
    SnapshotNotOwned,
    SnapshotNotUsable,
    SnapshotQuotaReached,
    SnapshotTakenTooSoon,
    TagKeyTooLong,
    TagLimitExceeded,
    TooManyImagesOfInstance,
    TooManyPendingSnapshots,
    TooManySnapshotsOfVolume,
    VolumeCombinationRefused,
    VolumeNotFound,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
)
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tag_requests import TagSpecification
from amimodel.tags import Tags
from amimodel.tasks import FinishSnapshots
from amimodel.testing import strategies as amis
from amimodel.timing import Timing
from amimodel.vocabulary import BootMode, ImageState, ImdsSupport
from amimodel.volumes import Volume, VolumeAttachment
from amimodel.world import World
from reference.stores import ALICE, BOB, HERE, NOW, OWN_KEY, THERE, having, snapshot, touched, volume, world

SERVER, BASE = "i-12345678", "ami-87654321"
AMAZON = "137112412989"
ROOT, DATA, STORE, FREE = "/dev/xvda", "/dev/sdf", "/dev/sdb", "/dev/sdz"
ROOT_VOLUME, DATA_VOLUME = "vol-00000001", "vol-00000002"


def attached(volume_id: str, device_name: str, *, delete: bool, **facts: Any) -> Volume:
    attachment = VolumeAttachment(instance_id=SERVER, device_name=device_name, delete_on_termination=delete)
    return volume(volume_id, state="in-use", attachment=attachment, **facts)


VOLUMES = (
    attached(ROOT_VOLUME, ROOT, delete=True, volume_type="gp3", iops=4000, product_codes=[ProductCode("abc123")]),
    attached(DATA_VOLUME, DATA, delete=False, size_gib=20, encrypted=True, kms_key_id=OWN_KEY),
)


def devices(*volumes: Volume) -> list[InstanceBlockDevice]:
    return [
        InstanceBlockDevice(
            device_name=one.attachment.device_name,
            volume_id=one.volume_id,
            delete_on_termination=one.attachment.delete_on_termination,
        )
        for one in volumes
        if one.attachment is not None
    ]


def server(**facts: Any) -> Instance:
    given_: dict[str, Any] = {
        "instance_id": SERVER,
        "owner_id": ALICE.account,
        "image_id": BASE,
        "instance_type": "t3.micro",
        "architecture": "x86_64",
        "availability_zone": "eu-central-1a",
        "launch_time": NOW,
        "state": "running",
        "root_device_name": ROOT,
        "current_instance_boot_mode": "legacy-bios",
        "block_device_mappings": devices(*VOLUMES),
        "instance_store_devices": [BlockDeviceMapping(STORE, InstanceStoreDevice("ephemeral0"))],
        "billing": BillingCode.WINDOWS,
        "platform": "windows",
        "tags": {"Name": "server"},
    }
    return Instance(**(given_ | facts))


OF_BASE = snapshot("snap-87654321", owner_id=AMAZON)
BASE_IMAGE = Image(
    image_id=BASE,
    owner_id=AMAZON,
    region=HERE,
    name="base",
    creation_date=NOW,
    architecture="x86_64",
    root_device_name=ROOT,
    block_device_mappings=[
        BlockDeviceMapping(
            ROOT, EbsBlockDevice(snapshot_id="snap-87654321", volume_size_gib=8, volume_type="gp2", encrypted=False)
        )
    ],
    imds_support="v2.0",
)


def running(*things: Snapshot | Volume | Image, instance: Instance | None = None, **facts: Any) -> World:
    """A world with the server, its volumes and the image that it was launched from."""
    before = world(OF_BASE, BASE_IMAGE, *VOLUMES, **facts)
    return having(before, *things).with_instance(server() if instance is None else instance)


def imaging(*entries: tuple[str, Device], **facts: Any) -> CreateImage:
    asked: dict[str, Any] = {
        "instance_id": SERVER,
        "name": "web",
        "block_device_mappings": [BlockDeviceMapping(*entry) for entry in entries],
    }
    return CreateImage(**(asked | facts))


def tagged(kind: str = "image", **tags: str) -> list[TagSpecification]:
    return [TagSpecification(resource_type=kind, tags=tags)]


def made(before: World, request: CreateImage) -> tuple[World, Image, list[Snapshot]]:
    after, image = apply(before, request, by=ALICE)
    assert after.images.get(image.image_id) == image
    return after, image, [after.snapshots.records[one] for one in image.snapshot_ids]


# --- what is malformed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"instance_id": "ami-1"}, 'InvalidInstanceID.Malformed: Invalid id: "ami-1" (expecting "i-...")'),
        ({"name": "ab"}, "InvalidAMIName.Malformed: AMI names must be between 3 and 128 characters long"),
        ({"description": "x" * 256}, "InvalidParameterValue: "),
        ({"description": "Größe"}, "InvalidParameterValue: Character sets beyond ASCII are not supported."),
        ({"boot_mode_override": "legacy-bios"}, "InvalidParameterValue: "),
        ({"snapshot_location": "elsewhere"}, "InvalidParameterValue: "),
        (
            {"tag_specifications": tagged("instance", Name="web")},
            "InvalidParameterValue: 'instance' is not a valid taggable resource type for this operation.",
        ),
    ],
)  # fmt: skip
def test_what_no_instance_could_be_imaged_with_is_malformed(facts: dict[str, Any], complaint: str) -> None:
    """Rules A 3.2, A DS-1, A DS-2, A NM-3, A TG-7."""
    with pytest.raises(Malformed) as told:
        _ = imaging(**facts)
    assert str(told.value).startswith(complaint)


def test_empty_text_is_no_parameter_but_for_the_description() -> None:
    """Rule A DS-1; settlement S 17."""
    assert imaging(boot_mode_override="", snapshot_location="") == imaging()
    assert apply(running(), imaging(description=""), by=ALICE).value.description == ""
    assert apply(running(), imaging(), by=ALICE).value.description is None


# --- what is refused, and in which order ------------------------------------------------------------------------------

TO_ALICE: Permissions[Any] = Permissions([AccountPermission(ALICE.account)])
OWN, SHARED = snapshot(), snapshot("snap-0000b0b0", owner_id=BOB.account, create_volume_permissions=TO_ALICE)
OF_SNAPSHOT: dict[str, Any] = {"snapshot_id": OWN.snapshot_id}
TAKEN = evolve(BASE_IMAGE, image_id="ami-12345678", owner_id=ALICE.account, name="web", block_device_mappings=[])
ONE_VOLUME = server(block_device_mappings=devices(VOLUMES[0]))
AN_EARLIER_ONE = snapshot("snap-0000eeee", volume_id=ROOT_VOLUME, start_time=NOW)


def ebs(**facts: Any) -> EbsBlockDevice:
    return EbsBlockDevice(**facts)


WITNESSES: list[tuple[type[Refusal], World, CreateImage]] = [
    (InstanceNotFound, running(), imaging(instance_id="i-87654321")),
    (InstanceNotFound, running(instance=server(owner_id=BOB.account)), imaging()),
    (InstanceNotFound, running(instance=server(availability_zone="eu-west-1a")), imaging()),
    (VolumeNotFound, world().with_instance(server()), imaging()),
    (InstanceStateNotImageable, running(instance=server(state="terminated")), imaging()),
    (NoRootVolume, running(instance=server(root_device_type="instance-store")), imaging()),
    (NoRootVolume, running(instance=server(block_device_mappings=devices(VOLUMES[1]))), imaging()),
    (BootModeOverrideRefused, running(), imaging(boot_mode_override="uefi")),
    (SnapshotLocationNotSupported, running(), imaging(snapshot_location="regional")),
    (DuplicateDeviceName, running(), imaging((FREE, ebs(volume_size_gib=1)), (FREE, ebs(volume_size_gib=1)))),
    (DeviceParameterUnsupported, running(), imaging((FREE, ebs(volume_size_gib=1, kms_key_id=OWN_KEY)))),
    (RootDeviceSuppressed, running(), imaging((ROOT, NO_DEVICE))),
    (AttachedDeviceChanged, running(), imaging((DATA, ebs(volume_size_gib=21)))),
    (SnapshotNotFound, running(), imaging((FREE, ebs(**OF_SNAPSHOT)))),
    (SnapshotNotOwned, running(SHARED), imaging((FREE, ebs(snapshot_id=SHARED.snapshot_id)))),
    (SnapshotNotUsable, running(evolve(OWN, state="error")), imaging((FREE, ebs(**OF_SNAPSHOT)))),
    (EncryptedFlagWithSnapshot, running(OWN), imaging((FREE, ebs(**OF_SNAPSHOT, encrypted=False)))),
    (NoSizeNorSnapshot, running(), imaging((FREE, ebs(delete_on_termination=True)))),
    (VolumeValueRefused, running(OWN), imaging((FREE, ebs(**OF_SNAPSHOT, volume_type="st1")))),
    (VolumeCombinationRefused, running(OWN), imaging((FREE, ebs(**OF_SNAPSHOT, iops=500)))),
    (IopsRequired, running(OWN), imaging((FREE, ebs(**OF_SNAPSHOT, volume_type="io1")))),
    (VolumeSmallerThanSnapshot, running(OWN), imaging((FREE, ebs(**OF_SNAPSHOT, volume_size_gib=7)))),
    (
        TooManyImagesOfInstance,
        running(limits=Limits(concurrent_no_reboot_images_per_instance=0)),
        imaging(no_reboot=True),
    ),
    (ReservedTagKeySpecified, running(), imaging(tag_specifications=tagged(**{"aws:x": ""}))),
    (
        TagKeyTooLong,
        running(quirks=Quirks(tag_key_may_have_128_characters=False)),
        imaging(tag_specifications=tagged(**{"k" * 128: ""})),
    ),
    (MisplacedSharedTag, running(), imaging(tag_specifications=tagged("snapshot", **{"ec2:SharedTag/x": ""}))),
    (TagLimitExceeded, running(limits=Limits(tags_per_resource=0)), imaging(tag_specifications=tagged(Name="web"))),
    (ImageNameInUse, running(TAKEN), imaging()),
    (ImageQuotaReached, running(limits=Limits(images_per_region=0)), imaging()),
    (SnapshotTakenTooSoon, running(AN_EARLIER_ONE, quirks=Quirks(snapshot_interval_is_enforced=True)), imaging()),
    (TooManySnapshotsOfVolume, running(limits=Limits(pending_snapshots_per_volume=0)), imaging()),
    (TooManyPendingSnapshots, running(limits=Limits(pending_snapshots_per_account=1)), imaging()),
    (SnapshotQuotaReached, running(limits=Limits(snapshots_per_region=1)), imaging()),
]


@pytest.mark.parametrize(("kind", "before", "request_"), WITNESSES)
def test_each_reason_to_refuse_has_its_witness(kind: type[Refusal], before: World, request_: CreateImage) -> None:
    assert type(attempt(before, request_, by=ALICE)) is kind
    assert explain(before, request_, by=ALICE).allowed is (None if kind is VolumeNotFound else False)


def test_every_declared_refusal_is_reached_in_the_declared_order() -> None:
    assert tuple(dict.fromkeys(kind for kind, _, _ in WITNESSES)) == CreateImage.refusals


def test_what_is_in_the_way_is_named_in_order() -> None:
    """Rules A 0.3, A CI-1 to A CI-7: the instance, what is asked of it, tags, the name, quotas."""
    strict = Limits(
        concurrent_no_reboot_images_per_instance=0,
        images_per_region=0,
        pending_snapshots_per_volume=0,
        snapshots_per_region=0,
    )
    stopping = server(state="pending")
    none: dict[str, Any] = {}
    no_images = evolve(strict, concurrent_no_reboot_images_per_instance=9)
    no_snapshots = evolve(no_images, images_per_region=9)
    no_more, aws = evolve(no_snapshots, pending_snapshots_per_volume=9), Limits.aws()
    twice: Any = [BlockDeviceMapping(FREE, ebs(volume_size_gib=1)), BlockDeviceMapping(FREE, ebs(volume_size_gib=1))]
    asked: dict[str, Any] = {
        "no_reboot": True,
        "boot_mode_override": "uefi",
        "snapshot_location": "local",
        "block_device_mappings": twice,
        "tag_specifications": tagged(**{"aws:x": ""}),
    }
    mends: list[tuple[type[Refusal], World, dict[str, Any]]] = [
        (InstanceStateNotImageable, running(TAKEN, limits=strict), none),
        (BootModeOverrideRefused, running(TAKEN, limits=strict), {"boot_mode_override": None}),
        (SnapshotLocationNotSupported, running(TAKEN, limits=strict), {"snapshot_location": None}),
        (DuplicateDeviceName, running(TAKEN, limits=strict), {"block_device_mappings": []}),
        (TooManyImagesOfInstance, running(TAKEN, limits=no_images), none),
        (ReservedTagKeySpecified, running(TAKEN, limits=no_images), {"tag_specifications": []}),
        (ImageNameInUse, running(limits=no_images), none),
        (ImageQuotaReached, running(limits=no_snapshots), none),
        (TooManySnapshotsOfVolume, running(limits=no_more), none),
        (SnapshotQuotaReached, running(limits=aws), none),
    ]
    before = running(TAKEN, instance=stopping, limits=strict)
    for number, (refusal, mended, change) in enumerate(mends):
        assert type(attempt(before, imaging(**asked), by=ALICE)) is refusal
        in_the_way = [type(one) for one in explain(before, imaging(**asked), by=ALICE).refusals]
        assert list(dict.fromkeys(in_the_way)) == [kind for kind, _, _ in mends[number:]]
        before, asked = mended, asked | change
    assert explain(before, imaging(**asked), by=ALICE).allowed is True
    assert apply(before, imaging(**asked), by=ALICE).value.state is ImageState.PENDING


@pytest.mark.parametrize(
    ("before", "request_", "message"),
    [
        (running(), imaging(instance_id="i-87654321"), "The instance ID 'i-87654321' does not exist"),
        (
            running(instance=server(state="shutting-down")),
            imaging(),
            "Invalid value 'i-12345678' for instanceId. Instance is not in state 'running' or 'stopping' or 'stopped'",
        ),
        (
            running(instance=server(block_device_mappings=[])),
            imaging(),
            "Invalid value 'i-12345678' for instanceId. Instance does not have a volume attached at root (/dev/xvda)",
        ),
        (running(TAKEN), imaging(), "AMI name web is already in use by AMI ami-12345678"),
    ],
)
def test_refusals_are_in_ec2s_words(before: World, request_: CreateImage, message: str) -> None:
    """Rules A CI-2, A CI-3, A NM-7, A ID-8; settlement S 31."""
    assert str(attempt(before, request_, by=ALICE)) == message


def test_without_a_root_volume_there_is_nothing_more_to_say() -> None:
    """Rule A CI-3."""
    before = running(TAKEN, instance=server(state="pending", block_device_mappings=[]))
    in_the_way = explain(before, imaging((ROOT, ebs(volume_size_gib=500, volume_type="st1"))), by=ALICE).refusals
    kinds: list[type[Refusal]] = [InstanceStateNotImageable, NoRootVolume]
    assert [type(one) for one in in_the_way] == kinds


def test_volumes_that_no_answer_tells_of_are_in_doubt_and_nothing_is_said_of_devices() -> None:
    """In a world made of answers: DescribeInstances tells the ids of volumes alone."""
    before = world(VOLUMES[0]).with_instance(server())
    asked = imaging((DATA, ebs(volume_size_gib=21)))
    decision = explain(before, asked, by=ALICE)
    assert (decision.allowed, decision.because) == (None, (VolumeNotTold(DATA_VOLUME),))
    assert "vol-00000002" in str(decision)
    assert attempt(before, asked, by=ALICE) == VolumeNotFound(volume_id=DATA_VOLUME)
    off = before.with_instance(server(state="pending"))
    assert explain(off, asked, by=ALICE).allowed is False


DEVICES = st.sampled_from([
    ebs(volume_size_gib=8), ebs(volume_size_gib=20), ebs(delete_on_termination=True), ebs(encrypted=True),
    ebs(**OF_SNAPSHOT), ebs(**OF_SNAPSHOT, volume_size_gib=7), ebs(snapshot_id=SHARED.snapshot_id),
    ebs(**OF_SNAPSHOT, volume_type="io2"), ebs(volume_size_gib=1, volume_type="gp3", iops=3000),
    ebs(volume_size_gib=500, volume_type="st1"), ebs(volume_size_gib=1, kms_key_id=OWN_KEY), NO_DEVICE,
    InstanceStoreDevice("ephemeral1"),
])  # fmt: skip
REQUESTS = st.builds(
    CreateImage,
    instance_id=st.sampled_from([SERVER, SERVER, SERVER, "i-87654321"]),
    name=st.sampled_from(["web", "db-1"]),
    no_reboot=st.booleans(),
    block_device_mappings=st.lists(
        st.builds(BlockDeviceMapping, st.sampled_from([ROOT, DATA, STORE, FREE]), DEVICES), max_size=3
    ),
    boot_mode_override=st.sampled_from([None, "uefi"]),
    snapshot_location=st.sampled_from([None, None, "regional", "local"]),
    tag_specifications=st.sampled_from([[], tagged(a="b"), tagged("snapshot", a="b"), tagged(**{"aws:x": ""})]),
)  # fmt: skip
SERVERS = st.builds(
    server,
    state=st.sampled_from(["running", "stopping", "stopped", "pending"]),
    availability_zone=st.sampled_from(["eu-central-1a", "eu-central-1a", "eu-central-1-ham-1a"]),
    current_instance_boot_mode=st.sampled_from(["uefi", "legacy-bios"]),
    root_device_type=st.sampled_from(["ebs", "ebs", "instance-store"]),
)
LIMITS = st.sampled_from([Limits.aws(), Limits.aws(), Limits.tiny()])


@given(REQUESTS, SERVERS, LIMITS, st.booleans())
def test_nothing_undeclared_comes_out_and_reasons_are_told_in_order(
    request_: CreateImage, instance: Instance, limits: Limits, taken: bool
) -> None:
    """The first ground of an explanation is what EC2 says, and what is granted leaves a world that holds together."""
    things = (OWN, SHARED, TAKEN) if taken else (OWN, SHARED)
    before = running(*things, instance=instance, limits=limits)
    outcome, decision = attempt(before, request_, by=ALICE), explain(before, request_, by=ALICE)
    kinds = [type(refusal) for refusal in decision.refusals]
    assert set(kinds) <= set(CreateImage.refusals)
    if isinstance(outcome, Refusal):
        assert (decision.allowed, decision.refusals[0]) == (False, outcome)
    else:
        assert decision.allowed is True
        broken = {problem.subject for problem in problems(outcome.world)} - {
            problem.subject for problem in problems(before)
        }
        assert not broken


# --- what comes of it -------------------------------------------------------------------------------------------------


def test_an_image_is_pending_and_made_of_a_new_snapshot_of_each_volume() -> None:
    """Rules A CI-11 to A CI-15, C 1.2.1, A BI-10, C 8.3."""
    asked = imaging(
        description="before the upgrade",
        tag_specifications=[*tagged(Name="web"), *tagged("snapshot", Backup="yes")],
    )
    after, image, snapshots = made(running(), asked)
    assert (image.state, image.owner_id, image.region, image.name) == (ImageState.PENDING, ALICE.account, HERE, "web")
    assert (image.description, image.tags, image.creation_date) == ("before the upgrade", Tags({"Name": "web"}), NOW)
    assert [entry.device_name for entry in image.block_device_mappings] == [ROOT, DATA, STORE]
    assert [one.volume_id for one in snapshots] == [ROOT_VOLUME, DATA_VOLUME]
    for one, its_volume in zip(snapshots, VOLUMES, strict=True):
        assert (one.state, one.progress, one.start_time) == (SnapshotState.PENDING, "0%", NOW)
        assert (one.encrypted, one.kms_key_id) == (its_volume.encrypted, its_volume.kms_key_id)
        assert (one.volume_size_gib, one.product_codes) == (its_volume.size_gib, its_volume.product_codes)
        assert one.description == f"Created by CreateImage({SERVER}) for {image.image_id}"
        assert (one.billing, one.tags, len(one.create_volume_permissions or ())) == (
            BillingCode.WINDOWS, Tags({"Backup": "yes"}), 0,
        )  # fmt: skip
    root, data, store = image.block_device_mappings
    assert root.ebs == ebs(snapshot_id=snapshots[0].snapshot_id, volume_size_gib=8, volume_type="gp3", iops=4000,
                           throughput_mibps=125, delete_on_termination=True, encrypted=False)  # fmt: skip
    assert data.ebs is not None
    assert (data.ebs.encrypted, data.ebs.kms_key_id, data.ebs.delete_on_termination) == (True, None, False)
    assert store.device == InstanceStoreDevice("ephemeral0")
    assert problems(after) == problems(running())


@given(
    amis.instances(
        instance_id=SERVER, owner_id=ALICE.account, availability_zone="eu-central-1a", state="stopped",
        root_device_type="ebs", image_id=BASE,
    )
)  # fmt: skip
def test_an_image_is_like_its_instance(instance: Instance) -> None:
    """Rule A 3.5, row by row."""
    before = world(OF_BASE, BASE_IMAGE).with_instance(instance)
    for device in instance.block_device_mappings:
        attachment = VolumeAttachment(
            instance_id=SERVER, device_name=device.device_name, delete_on_termination=device.delete_on_termination
        )
        before = before.with_volume(volume(device.volume_id, state="in-use", attachment=attachment))
    outcome = attempt(before, imaging(), by=ALICE)
    if isinstance(outcome, NoRootVolume):
        assert instance.root_device_name not in {device.device_name for device in instance.block_device_mappings}
        return
    assert not isinstance(outcome, Refusal)
    image = outcome.value
    for name in (
        "architecture", "virtualization_type", "hypervisor", "root_device_name", "root_device_type", "kernel_id",
        "ramdisk_id", "ena_support", "sriov_net_support", "uefi_data", "tpm_support", "billing", "platform",
        "product_codes", "image_watermarks",
    ):  # fmt: skip
        assert getattr(image, name) == getattr(instance, name), name
    assert image.boot_mode == (instance.boot_mode or instance.current_instance_boot_mode)
    assert (image.source_instance_id, image.source_image_id, image.source_image_region) == (SERVER, BASE, HERE)
    assert image.imds_support is ImdsSupport.V2_0  # the launch image's
    assert (len(image.launch_permissions), image.deprecation_time, len(image.tags)) == (0, None, 0)
    assert image.instance_type_specification is None
    mapped = {entry.device_name: entry.ebs.delete_on_termination for entry in image.block_device_mappings if entry.ebs}
    assert mapped == {device.device_name: device.delete_on_termination for device in instance.block_device_mappings}


def test_what_only_the_launch_image_tells_is_lost_with_it() -> None:
    """Rules A 3.5, C 5.10, C 12.11: an instance of an image that is gone can be imaged all the same."""
    amazon = Caller(account=AMAZON, region=HERE)
    before = apply(running(), DeregisterImage(image_id=BASE), by=amazon).world
    assert apply(before, imaging(), by=ALICE).value.imds_support is ImdsSupport.V2_0
    later = before.at(NOW + before.timing.gone_after)
    image = apply(later, imaging(), by=ALICE).value
    assert (image.imds_support, image.source_image_id) == (None, BASE)


def test_uefi_can_be_asked_of_what_has_booted_by_it() -> None:
    """Rule A 3.2."""
    before = running(instance=server(boot_mode="uefi-preferred", current_instance_boot_mode="uefi"))
    assert apply(before, imaging(boot_mode_override="uefi"), by=ALICE).value.boot_mode is BootMode.UEFI
    assert apply(before, imaging(), by=ALICE).value.boot_mode is BootMode.UEFI_PREFERRED


@pytest.mark.parametrize(("location", "zone"), [(None, None), ("regional", None), ("local", "eu-central-1-ham-1a")])
def test_in_a_local_zone_the_snapshots_lie_in_the_region_unless_asked_otherwise(
    location: str | None, zone: str | None
) -> None:
    """Rule A 3.2."""
    local = [evolve(one, availability_zone="eu-central-1-ham-1a") for one in VOLUMES]
    before = running(*local, instance=server(availability_zone="eu-central-1-ham-1a"))
    _, _, snapshots = made(before, imaging(snapshot_location=location))
    assert {one.availability_zone for one in snapshots} == {zone}


def test_a_device_that_is_suppressed_has_no_snapshot_and_one_that_is_added_has_its_own() -> None:
    """Rules A CI-11, A 3.4."""
    asked = imaging((DATA, NO_DEVICE), (FREE, ebs(**OF_SNAPSHOT)), ("/dev/sdy", ebs(volume_size_gib=3)))
    after, image, _ = made(running(OWN), asked)
    assert [entry.device_name for entry in image.block_device_mappings] == [ROOT, STORE, FREE, "/dev/sdy"]
    new = {one.volume_id for one in after.snapshots if one.state is SnapshotState.PENDING}
    assert new == {ROOT_VOLUME}
    done = advance(after, minutes=5)
    assert done.images.records[image.image_id].state is ImageState.AVAILABLE


@pytest.mark.parametrize(
    ("state", "no_reboot", "rebooted"),
    [("running", False, True), ("running", True, False), ("stopped", False, False), ("stopping", False, False)],
)
def test_a_running_instance_is_rebooted_and_its_state_does_not_show_it(
    state: str, no_reboot: bool, rebooted: bool
) -> None:
    """Rules A CI-8, A CI-9, C 12.17."""
    before, asked = running(instance=server(state=state)), imaging(no_reboot=no_reboot)
    told = [ground for ground in explain(before, asked, by=ALICE).because if isinstance(ground, Settled)]
    assert [ground.subject for ground in told] == ([SERVER] if rebooted else [])
    assert apply(before, asked, by=ALICE).world.instances == before.instances


def test_images_being_made_of_an_instance_are_counted_one_by_one() -> None:
    """Rules A CI-5, C 12.19: those of other instances do not count, nor those that are ready."""
    before = running(limits=Limits(concurrent_no_reboot_images_per_instance=1))
    after = apply(before, imaging(no_reboot=True), by=ALICE).world
    again = imaging(no_reboot=True, name="web-2")
    assert attempt(after, again, by=ALICE) == TooManyImagesOfInstance(instance_id=SERVER, quota=1)
    assert not isinstance(attempt(after, imaging(name="web-2"), by=ALICE), Refusal)
    assert not isinstance(attempt(advance(after, minutes=5), again, by=ALICE), Refusal)


@given(REQUESTS)
def test_nothing_else_changes(request_: CreateImage) -> None:
    """Only a new image, new snapshots and work to be done; nobody is told before it is."""
    before = running(OWN)
    outcome = attempt(before, request_, by=ALICE)
    if isinstance(outcome, Refusal):
        return
    after, image = outcome
    new = touched(before, after)
    assert new == {"images": {image.image_id}, "snapshots": {one.snapshot_id for one in after.snapshots
                                                            if one.start_time == NOW}}  # fmt: skip
    assert (after.events, after.now) == (before.events, before.now)
    works = [task.work for task in after.tasks]
    assert {one for work in works if isinstance(work, FinishSnapshots) for one in work.snapshot_ids} == new["snapshots"]


# --- when it is done --------------------------------------------------------------------------------------------------


def test_an_image_is_available_when_all_its_snapshots_are_completed() -> None:
    """Rules C 1.2.2, C 13, C 9.2, C 9.3: sixty seconds, and one for each new GiB."""
    after, image, snapshots = made(running(), imaging())
    after = advance(after, seconds=87)
    assert (after.images.records[image.image_id].state, len(after.events)) == (ImageState.PENDING, 0)
    after = advance(after, seconds=1)
    done = after.images.records[image.image_id]
    assert done == evolve(image, state=ImageState.AVAILABLE)
    assert {after.snapshots.records[one.snapshot_id].state for one in snapshots} == {SnapshotState.COMPLETED}
    first, second, last = (event.occurrence for event in after.events)
    for told, one in ((first, snapshots[0]), (second, snapshots[1])):
        assert isinstance(told, SnapshotNotification)
        assert (told.event, told.snapshot_id, told.succeeded) == ("createSnapshot", one.snapshot_id, True)
        assert told.source == f"arn:aws:ec2:eu-central-1::volume/{one.volume_id}"
    assert last == ImageStateChange(image_id=ImageId(image.image_id), state=ImageState.AVAILABLE)
    assert {(event.account, event.region) for event in after.events} == {(ALICE.account, HERE)}
    assert len({event.request_id for event in after.events}) == 1
    assert problems(after) == problems(running())


def test_what_an_earlier_snapshot_holds_is_not_written_again() -> None:
    """Rules C 8.36, C 13: only new blocks take time."""
    before = advance(apply(running(), CreateSnapshot(volume_id=DATA_VOLUME), by=ALICE).world, minutes=5)
    after, image, _ = made(before, imaging())
    assert advance(after, seconds=67).images.records[image.image_id].state is ImageState.PENDING
    assert advance(after, seconds=68).images.records[image.image_id].state is ImageState.AVAILABLE


def test_where_nothing_takes_time_it_is_done_at_once() -> None:
    """Rule C 13."""
    after, image, _ = made(running(timing=Timing.instant()), imaging())
    assert image.state is ImageState.PENDING
    assert advance(after, timedelta()).images.records[image.image_id].state is ImageState.AVAILABLE


def test_an_image_fails_with_the_first_of_its_snapshots_and_the_others_go_on() -> None:
    """Rules A CI-14, C 1.2.3, C 9.2."""
    after, image, snapshots = made(running(), imaging())
    after = apply(after, FailSnapshot(snapshot_id=snapshots[1].snapshot_id), by=Caller.provider(HERE)).world
    failed = after.images.records[image.image_id]
    assert (failed.state, failed.state_reason) == (
        ImageState.FAILED,
        StateReason("Client.InternalError", "Internal error"),
    )
    told = after.events[-1].occurrence
    assert told == ImageStateChange(
        image_id=ImageId(image.image_id), state=ImageState.FAILED, error_message="Internal error"
    )
    later = advance(after, minutes=5)
    assert later.images.records[image.image_id] == failed
    assert [later.snapshots.records[one.snapshot_id].state.value for one in snapshots] == ["completed", "error"]


@pytest.mark.parametrize(("to_the_last", "state"), [(False, "available"), (True, "failed")])
def test_once_the_snapshots_are_taken_the_instance_may_go_but_by_a_quirk(to_the_last: bool, state: str) -> None:
    """Rules A CI-10, C 12.18."""
    before = running(quirks=Quirks(late_termination_fails_image=to_the_last))
    after, image, _ = made(before, imaging())
    after = advance(apply(after, TerminateInstances(instance_ids=[SERVER]), by=ALICE).world, minutes=5)
    ended = after.images.records[image.image_id]
    assert ended.state.value == state
    assert (ended.state_reason is not None and ended.state_reason.code) == (
        "Client.InstanceTerminated" if to_the_last else False
    )


def test_elsewhere_the_name_is_free() -> None:
    """Rule A NM-6: names are unique for an account in a Region."""
    others = evolve(TAKEN, image_id="ami-0000b0b0", owner_id=BOB.account)
    away = evolve(TAKEN, image_id="ami-0000f0f0", region=THERE)
    assert not isinstance(attempt(running(others, away), imaging(), by=ALICE), Refusal)
