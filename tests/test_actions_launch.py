"""RunInstances: who may launch what on which type, on which volumes, and what comes of it (rules B 5, A 4.5, A 5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve, fields_dict
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import CreateImage, DeregisterImage, DisableImage, Reservation, RunInstances
from amimodel.billing_codes import BillingCode
from amimodel.block_devices import NO_DEVICE, BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.decisions import Owner, PermissionsNotTold, Permitted, Settled
from amimodel.encryption import AccountGrant, KeyState, KmsKey, KmsKeyArn
from amimodel.engine import advance, apply, attempt, explain
from amimodel.events import InstanceStateChange, VolumeNotification
from amimodel.example_worlds import BUILD, FRANKFURT, PARTNER, PROD, SANDBOX, STAGING, example_world
from amimodel.examples import WEB
from amimodel.identifiers import image_id
from amimodel.image_criteria import ImageCriterion
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.instances import HttpTokens, Instance, InstanceInitiatedShutdownBehavior, InstanceState
from amimodel.integrity import Extent, problems
from amimodel.kernels import PV_GRUB_KERNELS, kernel_images
from amimodel.kms import aws_managed_key
from amimodel.lifecycle import last_launched_time
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.metadata_options import MetadataOptions
from amimodel.permissions import EVERYONE, NOT_PUBLIC, AccountPermission, Permissions
from amimodel.product_codes import ProductCode, ProductCodeType
from amimodel.quirks import Quirks
from amimodel.refusals import (
    ArchitectureMismatch,
    AttachmentLimitReached,
    BootModeUnsupported,
    BootVolumeTypeUnsupported,
    DryRunOperation,
    DuplicateDeviceName,
    EnaRequired,
    HttpTokensEnforced,
    IdempotentParameterMismatch,
    ImageNotFound,
    ImageUnavailable,
    InitializationRateWithoutSnapshot,
    InstanceTypeNotAllowed,
    InvalidDeviceName,
    IopsRequired,
    KernelRequired,
    KmsKeyRequiresEncrypted,
    LaunchEncryptedFlagRefused,
    MisplacedSharedTag,
    NoSizeNorSnapshot,
    NotAMachineImage,
    NotAuthorizedForImages,
    ParameterNotResolved,
    Refusal,
    ReplacementSnapshotTooSmall,
    ReservedTagKeySpecified,
    RootDeviceSuppressed,
    RootDeviceTypeMismatch,
    RootSnapshotChanged,
    ShutdownBehaviorRefused,
    SnapshotNotFound,
    SnapshotOnInstanceStoreDevice,
    SubscriptionRequired,
    TagKeyTooLong,
    TagLimitExceeded,
    TpmUnsupported,
    VirtualizationMismatch,
    VolumeCombinationRefused,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
    ZoneNotInRegion,
)
from amimodel.regions import Region
from amimodel.settings import (
    AllowedImagesSettings,
    EbsEncryption,
    ImageBlockPublicAccess,
    InstanceMetadataDefaults,
    RegionSettings,
    SnapshotBlockPublicAccess,
)
from amimodel.snapshots import Snapshot
from amimodel.tag_requests import TagSpecification
from amimodel.timing import Timing
from amimodel.vocabulary import BootMode, ImageState, TpmSupport
from amimodel.volumes import VolumeAttachment, VolumeState
from amimodel.watermarks import ImageWatermark, WatermarkKey
from amimodel.world import World
from reference.encryption import new_volume, volume_from_snapshot

HOME: Final = Region("eu-central-1")
ALICE: Final = Caller(account="111122223333", region=HOME)
BOB: Final = Caller(account="444455556666", region=HOME)
NOW: Final = parse("2026-06-01T00:00:00Z")
IMAGE: Final = evolve(WEB, region=HOME)
ID: Final = image_id(IMAGE.image_id)
SHARED: Final = evolve(IMAGE, launch_permissions=Permissions([AccountPermission(BOB.account)]))
SNAPSHOT: Final = Snapshot(
    snapshot_id="snap-12345678",
    owner_id=ALICE.account,
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=WEB.creation_date,
    region=HOME,
)
DATA: Final = evolve(SNAPSHOT, snapshot_id="snap-0000000a", volume_size_gib=4)
WORLD: Final = World(now=NOW).with_image(IMAGE).with_snapshot(SNAPSHOT).with_snapshot(DATA)
LAUNCH: Final = RunInstances(image_id=IMAGE.image_id, instance_type="t3.micro")

ROOT: Final = "/dev/xvda"
SOLD: Final = ProductCode("abc123", ProductCodeType.MARKETPLACE)


def mapped(name: str = "/dev/sdf", **parts: Any) -> BlockDeviceMapping:
    return BlockDeviceMapping(name, EbsBlockDevice(**parts))


def launch(**parameters: Any) -> RunInstances:
    return evolve(LAUNCH, **parameters)


def with_mapping(*entries: BlockDeviceMapping) -> RunInstances:
    return launch(block_device_mappings=entries)


def settled(world: World, by: Caller = ALICE, **settings: Any) -> World:
    return world.with_settings(by.account, by.region, evolve(world.settings(by.account, by.region), **settings))


def image(**parts: Any) -> World:
    return WORLD.with_image(evolve(IMAGE, **parts))


def refused(world: World, request: RunInstances, by: Caller = ALICE) -> Refusal:
    answer = attempt(world, request, by=by)
    assert isinstance(answer, Refusal), answer
    return answer


def run(world: World = WORLD, request: RunInstances = LAUNCH, by: Caller = ALICE) -> tuple[World, Instance]:
    after, reservation = apply(world, request, by=by)
    return after, reservation.instances[0]


def ended(world: World, instance: Instance) -> Instance:
    after = advance(world, minutes=1).instances.get(instance.instance_id)
    assert after is not None
    return after


# --- every refusal has a witness --------------------------------------------------------------------------------------

PARAVIRTUAL: Final = {"virtualization_type": "paravirtual", "root_device_name": "/dev/sda1",
                      "block_device_mappings": [mapped("/dev/sda1", snapshot_id="snap-12345678")]}  # fmt: skip
FROM_S3: Final = {"root_device_type": "instance-store", "block_device_mappings": []}
TWO_DEVICES: Final = {"block_device_mappings": (*IMAGE.block_device_mappings, mapped(snapshot_id="snap-12345678"))}
DISK: Final = BlockDeviceMapping("/dev/sdf", InstanceStoreDevice("ephemeral0"))
WITH_DISK: Final = {"block_device_mappings": (*IMAGE.block_device_mappings, DISK)}
STRICT: Final = RegionSettings(instance_metadata_defaults=InstanceMetadataDefaults(http_tokens_enforced="enabled"))
MANY: Final = [mapped(f"/dev/xvdb{letter}", volume_size_gib=1) for letter in "abcdefghijklmnopqrstuvwxyz"]
TAGS: Final = {f"key {number}": "" for number in range(51)}


def tagged(**tags: Any) -> RunInstances:
    return launch(tag_specifications=[TagSpecification(resource_type="instance", **tags)])


# (the refusal, the world, the request)
WITNESSES: Final[list[tuple[type[Refusal], World, RunInstances]]] = [
    (ParameterNotResolved, WORLD, launch(image_id="resolve:ssm:/golden/web")),
    (ImageNotFound, WORLD, launch(image_id="ami-0000000f")),
    (NotAuthorizedForImages, image(owner_id=BOB.account), LAUNCH),
    (ImageUnavailable, image(state=ImageState.PENDING), LAUNCH),
    (ZoneNotInRegion, WORLD, launch(availability_zone="us-east-1a")),
    (NotAMachineImage, WORLD.with_image(kernel_images(HOME, creation_date=NOW)[0]), launch(image_id="aki-1419e57b")),
    (SubscriptionRequired, image(owner_id=BOB.account, launch_permissions=[EVERYONE], product_codes=[SOLD]), LAUNCH),
    (InstanceTypeNotAllowed, image(instance_type_specification=InstanceTypeSpecification(
        supported_instance_types=["m5.*"])), LAUNCH),
    (ArchitectureMismatch, WORLD, launch(instance_type="m7g.large")),
    (VirtualizationMismatch, image(**PARAVIRTUAL, kernel_id=PV_GRUB_KERNELS[HOME.name][IMAGE.architecture]), LAUNCH),
    (RootDeviceTypeMismatch, image(**FROM_S3), LAUNCH),
    (EnaRequired, image(ena_support=None), LAUNCH),
    (BootModeUnsupported, image(boot_mode=BootMode.UEFI), launch(instance_type="t2.micro")),
    (TpmUnsupported, image(tpm_support=TpmSupport.V2_0), launch(instance_type="t2.micro")),
    (KernelRequired, image(**PARAVIRTUAL), launch(instance_type="m3.medium")),
    (ShutdownBehaviorRefused, image(**FROM_S3), launch(
        instance_type="m3.medium", instance_initiated_shutdown_behavior="stop")),
    (HttpTokensEnforced, WORLD.with_settings(ALICE.account, HOME, STRICT), LAUNCH),
    (SnapshotNotFound, WORLD, with_mapping(mapped(snapshot_id="snap-0000000f"))),
    (DuplicateDeviceName, WORLD, with_mapping(mapped(volume_size_gib=1), mapped(volume_size_gib=2))),
    (RootDeviceSuppressed, WORLD, with_mapping(BlockDeviceMapping(ROOT, NO_DEVICE))),
    (SnapshotOnInstanceStoreDevice, image(**WITH_DISK), with_mapping(mapped(snapshot_id="snap-0000000a"))),
    (RootSnapshotChanged, WORLD, with_mapping(mapped(ROOT, snapshot_id="snap-0000000a"))),
    (ReplacementSnapshotTooSmall, image(**TWO_DEVICES), with_mapping(mapped(snapshot_id="snap-0000000a"))),
    (NoSizeNorSnapshot, WORLD, with_mapping(mapped(volume_type="gp3"))),
    (VolumeValueRefused, WORLD, with_mapping(mapped(ROOT, volume_type="st1"))),
    (VolumeCombinationRefused, WORLD, with_mapping(mapped(ROOT, iops=3000))),
    (IopsRequired, WORLD, with_mapping(mapped(volume_size_gib=8, volume_type="io1"))),
    (VolumeSmallerThanSnapshot, WORLD, with_mapping(mapped(ROOT, volume_size_gib=4))),
    (BootVolumeTypeUnsupported, WORLD, with_mapping(mapped(ROOT, volume_type="st1", volume_size_gib=125))),
    (InvalidDeviceName, WORLD, with_mapping(mapped("/dev/nvme1n1", volume_size_gib=1))),
    (InitializationRateWithoutSnapshot, WORLD, with_mapping(
        mapped(volume_size_gib=1, volume_initialization_rate_mibps=100))),
    (KmsKeyRequiresEncrypted, WORLD, with_mapping(mapped(ROOT, kms_key_id="alias/golden"))),
    (LaunchEncryptedFlagRefused, evolve(
        WORLD.with_snapshot(evolve(SNAPSHOT, encrypted=True)),
        quirks=Quirks(launch_ignores_encrypted_false=False)), with_mapping(mapped(ROOT, encrypted=False))),
    (AttachmentLimitReached, evolve(WORLD, limits=Limits.tiny()), with_mapping(*MANY[:2])),
    (ReservedTagKeySpecified, WORLD, tagged(tags={"aws:x": ""})),
    (TagKeyTooLong, evolve(WORLD, quirks=Quirks(tag_key_may_have_128_characters=False)), tagged(tags={"k" * 128: ""})),
    (MisplacedSharedTag, WORLD, tagged(tags={"ec2:SharedTag/x": ""})),
    (TagLimitExceeded, WORLD, tagged(tags=TAGS)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "world", "request_"), WITNESSES, ids=lambda item: getattr(item, "__name__", ""))
def test_every_refusal_is_given_first_where_nothing_else_is_wrong(
    kind: type[Refusal], world: World, request_: RunInstances
) -> None:
    assert type(refused(world, request_)) is kind


def test_no_declared_refusal_is_without_a_witness() -> None:
    witnessed = {kind for kind, _, _ in WITNESSES} | {IdempotentParameterMismatch}
    assert set(RunInstances.refusals) == witnessed


# --- the order --------------------------------------------------------------------------------------------------------

FAULTY: Final = evolve(
    IMAGE,
    state=ImageState.DISABLED,
    product_codes=[SOLD],
    instance_type_specification=InstanceTypeSpecification(supported_instance_types=["t3.*"]),
    virtualization_type="paravirtual",
    kernel_id=PV_GRUB_KERNELS[HOME.name][IMAGE.architecture],
    ramdisk_id="ari-0000000f",
    root_device_type="instance-store",
    ena_support=None,
    boot_mode=BootMode.LEGACY_BIOS,
    tpm_support=TpmSupport.V2_0,
)
EVERYTHING_WRONG: Final = RunInstances(
    image_id="resolve:ssm:/golden/web",
    instance_type="a1.medium",
    availability_zone="us-east-1a",
    block_device_mappings=[
        mapped("/dev/sdx", snapshot_id="snap-0000000f"),
        mapped("/dev/sdf", volume_size_gib=8, volume_type="io1"),
        mapped("/dev/nvme1n1", volume_size_gib=8),
        mapped("/dev/sdg", volume_size_gib=8, kms_key_id="alias/golden"),
        *MANY,
    ],
    tag_specifications=[TagSpecification(resource_type="volume", tags={"aws:x": ""})],
    dry_run=True,
)
Case = tuple[World, RunInstances]


def of_image(**parts: Any) -> Callable[[World, RunInstances], Case]:
    def mended(world: World, request: RunInstances) -> Case:
        present = world.images.get(IMAGE.image_id)
        assert present is not None
        return world.with_image(evolve(present, **parts)), request

    return mended


def of_request(**parts: Any) -> Callable[[World, RunInstances], Case]:
    return lambda world, request: (world, evolve(request, **parts))


def without_device(*names: str) -> Callable[[World, RunInstances], Case]:
    def mended(world: World, request: RunInstances) -> Case:
        kept = [entry for entry in request.block_device_mappings if entry.device_name not in names]
        return world, evolve(request, block_device_mappings=kept)

    return mended


def of_world(change: Callable[[World], World]) -> Callable[[World, RunInstances], Case]:
    return lambda world, request: (change(world), request)


HIDING: Final = AllowedImagesSettings(state="enabled", image_criteria=[ImageCriterion(image_providers=["amazon"])])

# What EC2 says as long as everything below is wrong as well, and how that is put right.
LADDER: Final[list[tuple[type[Refusal], Callable[[World, RunInstances], Case]]]] = [
    (ParameterNotResolved,     of_world(lambda world: world.with_parameter(HOME, "/golden/web", ID))),
    (ImageNotFound,            of_world(lambda world: world.with_image(FAULTY))),
    (ImageNotFound,            of_world(lambda world: settled(world, BOB, allowed_images=AllowedImagesSettings()))),
    (NotAuthorizedForImages,   of_image(launch_permissions=[AccountPermission(BOB.account)])),
    (ImageUnavailable,         of_image(state=ImageState.AVAILABLE)),
    (ZoneNotInRegion,          of_request(availability_zone="eu-central-1b")),
    (SubscriptionRequired,     of_world(lambda world: world.with_subscription(BOB.account, SOLD.product_code_id))),
    (InstanceTypeNotAllowed,   of_image(instance_type_specification=None)),
    (ArchitectureMismatch,     of_image(architecture="arm64")),
    (VirtualizationMismatch,   of_image(virtualization_type="hvm")),
    (RootDeviceTypeMismatch,   of_image(root_device_type="ebs")),
    (EnaRequired,              of_image(ena_support=True)),
    (BootModeUnsupported,      of_image(boot_mode=BootMode.UEFI)),
    (TpmUnsupported,           of_image(tpm_support=None)),
    (ImageNotFound,            of_image(ramdisk_id=None)),  # the RAM disk is an image, too
    (HttpTokensEnforced,       of_request(metadata_options=MetadataOptions(http_tokens="required"))),
    (SnapshotNotFound,         without_device("/dev/sdx")),
    (IopsRequired,             without_device("/dev/sdf")),
    (InvalidDeviceName,        without_device("/dev/nvme1n1")),
    (KmsKeyRequiresEncrypted,  without_device("/dev/sdg")),
    (AttachmentLimitReached,   of_request(block_device_mappings=MANY[:3])),
    (ReservedTagKeySpecified,  of_request(tag_specifications=())),
    (DryRunOperation,          of_request(dry_run=False)),
]  # fmt: skip


def _everything_wrong() -> Case:
    world = World(now=NOW, limits=evolve(Limits.aws(), attachments_per_nitro_instance=10)).with_snapshot(SNAPSHOT)
    return settled(world, BOB, allowed_images=HIDING, instance_metadata_defaults=STRICT.instance_metadata_defaults), (
        EVERYTHING_WRONG
    )


def test_with_everything_wrong_each_fault_put_right_brings_the_next_to_light() -> None:
    world, request = _everything_wrong()
    for kind, mended in LADDER:
        assert type(refused(world, request, BOB)) is kind
        world, request = mended(world, request)
    assert isinstance(apply(world, request, by=BOB).value, Reservation)


def test_an_explanation_names_all_that_is_in_the_way_in_that_order() -> None:
    world, request = _everything_wrong()
    for _, mended in LADDER[:2]:
        world, request = mended(world, request)
    told = [type(refusal) for refusal in explain(world, request, by=BOB).refusals]
    expected = list(dict.fromkeys(kind for kind, _ in LADDER[2:]))
    # While the snapshot is wrong, so are the volumes: they are looked at once the mapping is right.
    of_volumes = {InvalidDeviceName, KmsKeyRequiresEncrypted, AttachmentLimitReached}
    assert list(dict.fromkeys(told)) == [kind for kind in expected if kind not in of_volumes]


def test_the_declared_order_is_the_order_of_the_ladder() -> None:
    declared = list(RunInstances.refusals)
    ladder = [kind for kind, _ in LADDER if kind in declared]
    first = list(dict.fromkeys(ladder))
    assert [kind for kind in declared if kind in first] == first


# --- which image ------------------------------------------------------------------------------------------------------


def test_a_launch_needs_an_image() -> None:
    with pytest.raises(Malformed) as caught:
        launch(image_id="")
    assert (caught.value.code, caught.value.message) == (
        "MissingParameter", "The request must contain the parameter ImageId"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"image_id": "ami-xyz"}, "InvalidAMIID.Malformed"),
        ({"image_id": "resolve:ssm:"}, "InvalidParameterValue"),
        ({"image_id": "resolve:ssm:/golden web"}, "InvalidParameterValue"),
        ({"instance_type": "t3.tiny"}, "InvalidParameterValue"),
        ({"min_count": 0}, "InvalidParameterValue"),
        ({"min_count": 2}, "InvalidParameterValue"),
        ({"max_count": "1"}, "InvalidParameterValue"),
        ({"availability_zone": "frankfurt"}, "InvalidAvailabilityZone"),
        ({"kernel_id": "ami-12345678"}, "InvalidKernelId.Malformed"),
        ({"ramdisk_id": "aki-12345678"}, "InvalidRamDiskId.Malformed"),
        ({"instance_initiated_shutdown_behavior": "hibernate"}, "InvalidParameterValue"),
        ({"client_token": "x" * 65}, "InvalidClientToken"),
    ],
)
def test_what_no_world_could_make_right_is_malformed(parameters: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        launch(**parameters)
    assert caught.value.code == code


def test_an_unknown_instance_type_is_named_in_ec2s_words() -> None:
    with pytest.raises(Malformed, match=r"Invalid value 't3\.tiny' for InstanceType\."):
        launch(instance_type="t3.tiny")


def test_empty_texts_count_as_absent() -> None:
    """Settlement S 17."""
    assert launch(kernel_id="", ramdisk_id="", availability_zone="", client_token="") == LAUNCH


PARAMETERS: Final = (
    WORLD.with_image(evolve(IMAGE, image_id="ami-0000000b", name="newer"))
    .with_parameter(HOME, "/golden/web", ID)
    .with_parameter(HOME, "/golden/web", image_id("ami-0000000b"))
)


@pytest.mark.parametrize(
    ("version", "found"),
    [("", "ami-0000000b"), (":1", IMAGE.image_id), (":2", "ami-0000000b"), (":3", None), (":0", None), (":beta", None)],
)
def test_a_parameter_stands_for_the_image_it_names_or_named(version: str, found: str | None) -> None:
    """Rule A ID-10."""
    request = launch(image_id=f"resolve:ssm:/golden/web{version}")
    if found is None:
        assert refused(PARAMETERS, request) == ParameterNotResolved(parameter=f"/golden/web{version}")
    else:
        assert run(PARAMETERS, request)[1].image_id == found


def test_parameters_are_those_of_the_region() -> None:
    elsewhere = Caller(account=ALICE.account, region="us-east-1")
    request = launch(image_id="resolve:ssm:/golden/web")
    assert str(refused(PARAMETERS, request, elsewhere)) == "The following aliases are invalid: /golden/web"


@pytest.mark.parametrize("state", [state for state in ImageState if state is not ImageState.AVAILABLE])
def test_only_an_available_image_is_launched(state: ImageState) -> None:
    """Rules B LD-7, C 1.3; settlement S 5."""
    assert refused(image(state=state), LAUNCH) == ImageUnavailable(image_id=IMAGE.image_id, state=state)


@pytest.mark.parametrize("by", [ALICE, BOB])
def test_of_an_image_that_is_gone_everybody_is_told_that_it_is(by: Caller) -> None:
    """Rules B 0.3, C 1.3; settlement S 11."""
    world, _ = apply(WORLD, DeregisterImage(image_id=IMAGE.image_id), by=ALICE)
    assert str(refused(world, LAUNCH, by)) == f"The image id '[{IMAGE.image_id}]' is no longer available"
    assert refused(advance(world, days=8), LAUNCH, by) == ImageNotFound.of(IMAGE.image_id)


def test_a_disabled_image_is_unavailable_to_its_owner_and_closed_to_the_others() -> None:
    """Rule B LD-24."""
    world, _ = apply(WORLD.with_image(SHARED), DisableImage(image_id=IMAGE.image_id), by=ALICE)
    assert type(refused(world, LAUNCH, ALICE)) is ImageUnavailable
    assert type(refused(world, LAUNCH, BOB)) is NotAuthorizedForImages


def test_an_image_of_another_region_is_not_there() -> None:
    """Rules A ID-1, B LD-23."""
    elsewhere = Caller(account=ALICE.account, region="us-east-1")
    assert refused(WORLD, LAUNCH, elsewhere) == ImageNotFound.of(IMAGE.image_id)


def test_a_deprecated_image_launches_like_any_other() -> None:
    """Rule B LD-8."""
    world = WORLD.with_image(evolve(SHARED, deprecation_time=NOW - timedelta(days=1)))
    assert run(world, by=BOB)[1].image_id == IMAGE.image_id


def test_who_may_not_launch_an_image_hears_that_it_is_there_unless_the_quirk_says_otherwise() -> None:
    """Settlement S 2."""
    assert str(refused(WORLD, LAUNCH, BOB)) == f"Not authorized for images: [{IMAGE.image_id}]"
    discreet = evolve(WORLD, quirks=Quirks(launch_reveals_invisible_image=False))
    assert refused(discreet, LAUNCH, BOB) == ImageNotFound.of(IMAGE.image_id)


def test_the_settings_that_hide_an_image_are_the_launchers() -> None:
    """Rules B LD-5, B AA-18."""
    world = WORLD.with_image(SHARED)
    assert type(refused(settled(world, BOB, allowed_images=HIDING), LAUNCH, BOB)) is ImageNotFound
    assert run(settled(world, ALICE, allowed_images=HIDING), by=BOB)[1].state is InstanceState.PENDING
    assert run(settled(world, ALICE, allowed_images=HIDING), by=ALICE)[1].state is InstanceState.PENDING


def test_what_is_not_known_of_the_permissions_is_a_doubt_and_no_refusal() -> None:
    half_told = WORLD.with_image(evolve(IMAGE, launch_permissions=NOT_PUBLIC))
    decision = explain(half_told, LAUNCH, by=BOB)
    assert (decision.allowed, decision.because) == (None, (PermissionsNotTold(IMAGE.image_id),))
    assert type(refused(half_told, LAUNCH, BOB)) is NotAuthorizedForImages


def test_so_is_a_snapshot_whose_permissions_are_not_told() -> None:
    world = WORLD.with_image(SHARED).with_snapshot(evolve(DATA, create_volume_permissions=None))
    decision = explain(world, with_mapping(mapped(snapshot_id=DATA.snapshot_id)), by=BOB)
    assert (decision.allowed, decision.unknowns) == (None, (PermissionsNotTold(DATA.snapshot_id),))


def test_an_explanation_says_what_lets_it_be_and_what_settles_how() -> None:
    by_bob = explain(WORLD.with_image(SHARED), LAUNCH, by=BOB).because
    assert by_bob[0] == Permitted(AccountPermission(BOB.account))
    assert explain(WORLD, LAUNCH, by=ALICE).because == (
        Owner(),
        Settled("the boot mode", "legacy-bios", "A 6.2, B 5.2"),
        Settled("HttpTokens", "optional", "B IM-1 to IM-3"),
        Settled(f"the volume at {ROOT}", "unencrypted (B 6.2 row 1)", "B 6.2 row 1, B EN-9"),
    )


def test_marketplace_asks_everybody_but_the_owner_to_subscribe() -> None:
    """Rules B LD-10, A PC-5."""
    world = WORLD.with_image(evolve(SHARED, product_codes=[SOLD]))
    refusal = refused(world, LAUNCH, BOB)
    assert (refusal.code, refusal.http_status) == ("OptInRequired", 401)
    assert str(refusal) == (
        "In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit"
        " https://aws.amazon.com/marketplace/pp?sku=abc123"
    )
    assert run(world, by=ALICE)[1].product_codes == (SOLD,)
    assert run(world.with_subscription(BOB.account, "abc123"), by=BOB)[1].product_codes == (SOLD,)


# --- kernels ----------------------------------------------------------------------------------------------------------

ON_XEN: Final = launch(instance_type="m3.medium")


def test_a_kernel_must_be_there_when_the_instance_starts() -> None:
    """Rule A ID-2; settlement S 15."""
    world = image(**PARAVIRTUAL, kernel_id="aki-0000000f", ramdisk_id="ari-0000000f")
    against = explain(world, ON_XEN, by=ALICE).refusals
    assert against == (ImageNotFound.of("aki-0000000f"), ImageNotFound.of("ari-0000000f"))
    kernel = evolve(kernel_images(HOME, creation_date=NOW)[0], image_id="aki-0000000f", name="own")
    ramdisk = evolve(kernel, image_id="ari-0000000f", image_type="ramdisk", name="disk")
    assert run(world.with_image(kernel).with_image(ramdisk), ON_XEN)[1].kernel_id == "aki-0000000f"
    private = evolve(kernel, launch_permissions=Permissions())
    assert refused(world.with_image(private).with_image(ramdisk), ON_XEN) == ImageNotFound.of("aki-0000000f")


def test_an_hvm_instance_has_no_kernel_and_neither_has_an_image_of_it() -> None:
    """Rules A 5.3, A RI-12."""
    world, instance = run(WORLD, launch(kernel_id=PV_GRUB_KERNELS[HOME.name][IMAGE.architecture]))
    assert (instance.kernel_id, instance.ramdisk_id) == (None, None)
    imaging = CreateImage(instance_id=instance.instance_id, name="golden")
    after, made = apply(advance(world, minutes=1), imaging, by=ALICE)
    golden = after.images.get(made.image_id)
    assert golden is not None
    assert golden.kernel_id is None
    assert problems(after) == ()


def test_pv_grub_is_there_in_any_case_and_the_launch_may_name_it() -> None:
    """Rules A KR-6, A VR-3."""
    grub = PV_GRUB_KERNELS[HOME.name][IMAGE.architecture]
    assert run(image(**PARAVIRTUAL), evolve(ON_XEN, kernel_id=grub))[1].kernel_id == grub
    foreign = PV_GRUB_KERNELS["us-east-1"][IMAGE.architecture]
    assert refused(image(**PARAVIRTUAL), evolve(ON_XEN, kernel_id=foreign)) == ImageNotFound.of(foreign)


# --- dry runs and tokens ----------------------------------------------------------------------------------------------


def test_a_dry_run_compares_image_and_type_first() -> None:
    """Rule B LD-2; settlement S 9."""
    assert type(refused(WORLD, launch(dry_run=True))) is DryRunOperation
    assert type(refused(WORLD, launch(dry_run=True, instance_type="m7g.large"))) is ArchitectureMismatch
    hasty = evolve(WORLD, quirks=Quirks(dry_run_checks_compatibility=False))
    assert type(refused(hasty, launch(dry_run=True, instance_type="m7g.large"))) is DryRunOperation


ONCE: Final = "tonight"


def test_a_launch_repeated_with_its_token_is_the_same_launch() -> None:
    """Rule B CI-17."""
    request = launch(client_token=ONCE)
    once, reservation = apply(WORLD, request, by=ALICE)
    again, answer = apply(once, request, by=ALICE)
    assert (again, answer) == (once, reservation)
    assert refused(once, evolve(request, max_count=2)) == IdempotentParameterMismatch(client_token=ONCE)


# --- what an instance has of its image --------------------------------------------------------------------------------


def test_an_instance_takes_after_its_image() -> None:
    """Rules B LD-27, A 7.4, A BO-1, B MP-3, B W-8."""
    mark = ImageWatermark(
        watermark_key=WatermarkKey(ALICE.account, "scanned"),
        source_image_region="eu-central-1",
        source_image_id=IMAGE.image_id,
        source_image_creation_time=NOW,
        watermark_creation_time=NOW,
    )
    told = {
        "boot_mode": BootMode.UEFI_PREFERRED, "tpm_support": TpmSupport.V2_0, "uefi_data": "QU1aTlVFRkk=",
        "sriov_net_support": "simple", "billing": BillingCode.WINDOWS, "platform": "windows",
        "image_watermarks": [mark], "product_codes": [SOLD], "root_device_name": "/dev/sda1",
        "block_device_mappings": [mapped("/dev/sda1", snapshot_id="snap-12345678")],
    }  # fmt: skip
    world = image(**told)
    _, instance = run(world)
    launched = world.images.get(IMAGE.image_id)
    for name in (
        "image_id", "architecture", "virtualization_type", "hypervisor", "root_device_type", "root_device_name",
        "boot_mode", "tpm_support", "uefi_data", "ena_support", "sriov_net_support", "billing", "platform",
        "product_codes", "image_watermarks",
    ):  # fmt: skip
        assert getattr(instance, name) == getattr(launched, name), name
    assert instance.current_instance_boot_mode is BootMode.UEFI
    assert (instance.launch_time, instance.owner_id) == (NOW, ALICE.account)


def test_an_instance_is_as_the_launch_wants_it() -> None:
    tags = [TagSpecification(resource_type=kind, tags={"Name": kind}) for kind in ("instance", "volume")]
    wanted = launch(
        availability_zone="eu-central-1b",
        disable_api_termination=True,
        instance_initiated_shutdown_behavior="terminate",
        metadata_options=MetadataOptions(http_tokens="required", http_put_response_hop_limit=3),
        tag_specifications=tags,
    )
    world, instance = run(request=wanted)
    assert (str(instance.availability_zone), instance.disable_api_termination) == ("eu-central-1b", True)
    assert instance.instance_initiated_shutdown_behavior is InstanceInitiatedShutdownBehavior.TERMINATE
    assert (instance.http_tokens, instance.http_put_response_hop_limit) == (HttpTokens.REQUIRED, 3)
    (volume,) = world.volumes_of(instance.instance_id)
    assert (dict(instance.tags), dict(volume.tags)) == ({"Name": "instance"}, {"Name": "volume"})
    assert volume.availability_zone == instance.availability_zone


def test_without_a_wish_the_zone_is_the_first_and_the_system_may_stop_the_instance() -> None:
    _, instance = run()
    assert str(instance.availability_zone) == "eu-central-1a"
    assert instance.instance_initiated_shutdown_behavior is InstanceInitiatedShutdownBehavior.STOP


def test_an_instance_without_ebs_can_only_be_terminated() -> None:
    """Rules A 5.2, A RT-2."""
    world, instance = run(image(**FROM_S3), ON_XEN)
    assert instance.instance_initiated_shutdown_behavior is InstanceInitiatedShutdownBehavior.TERMINATE
    assert list(world.volumes) == []


def test_an_image_can_ask_for_tokens_and_the_launch_has_the_last_word() -> None:
    """Rules B IM-1 to IM-5, B LD-19."""
    world = image(imds_support="v2.0")
    strict = run(world)[1]
    assert (strict.http_tokens, strict.http_put_response_hop_limit) == (HttpTokens.REQUIRED, 2)
    lenient = launch(metadata_options=MetadataOptions(http_tokens="optional"))
    assert run(world, lenient)[1].http_tokens is HttpTokens.OPTIONAL
    enforced = settled(world, instance_metadata_defaults=STRICT.instance_metadata_defaults)
    assert run(enforced)[1].http_tokens is HttpTokens.REQUIRED
    assert refused(enforced, lenient) == HttpTokensEnforced()


def test_disks_of_the_host_are_kept_for_images_of_the_instance() -> None:
    """Rules A CI-15, A IS-5, A IS-7."""
    _, instance = run(image(**WITH_DISK), launch(instance_type="c3.large"))
    assert instance.instance_store_devices == (DISK,)
    assert [device.device_name for device in instance.block_device_mappings] == [ROOT]
    assert run(image(**WITH_DISK))[1].instance_store_devices == ()


# --- what is made -----------------------------------------------------------------------------------------------------


def test_a_volume_is_made_attached_and_goes_with_the_instance_where_it_is_to() -> None:
    """Rules A 4.4, A 4.5, C 12.4, B MP-3."""
    world = WORLD.with_snapshot(evolve(SNAPSHOT, product_codes=[SOLD], billing=BillingCode.SUSE_LINUX))
    after, instance = run(world, with_mapping(mapped(ROOT, volume_size_gib=20), mapped(volume_size_gib=1)))
    root, data = after.volumes_of(instance.instance_id)
    assert (root.size_gib, root.snapshot_id, root.volume_type, root.state) == (
        20, SNAPSHOT.snapshot_id, "gp2", VolumeState.IN_USE
    )  # fmt: skip
    assert root.attachment == VolumeAttachment(
        instance_id=instance.instance_id, device_name=ROOT, delete_on_termination=True
    )
    assert (root.product_codes, root.billing, instance.product_codes) == ((SOLD,), BillingCode.SUSE_LINUX, (SOLD,))
    assert data.attachment is not None
    assert (data.snapshot_id, data.attachment.delete_on_termination) == (None, False)
    assert [device.volume_id for device in instance.block_device_mappings] == [root.volume_id, data.volume_id]


def test_a_reservation_has_as_many_instances_as_are_asked_for_at_most() -> None:
    world, reservation = apply(WORLD, launch(min_count=2, max_count=3), by=ALICE)
    assert len(reservation.instances) == len(world.instances) == len(world.volumes) == 3
    assert (reservation.owner_id, reservation.reservation_id[:2]) == (ALICE.account, "r-")
    assert len({instance.instance_id for instance in reservation.instances}) == 3
    assert list(world.instances) == list(reservation.instances)
    assert problems(world) == ()
    _, second = apply(world, LAUNCH, by=ALICE)
    assert second.reservation_id != reservation.reservation_id


def test_the_owner_hears_of_volumes_and_instances_under_one_request() -> None:
    """Rules C 9.4, C 13."""
    world, instance = run()
    (volume,) = world.volumes
    told = [event.occurrence for event in world.events]
    assert told == [
        VolumeNotification(event="createVolume", volume_id=volume.volume_id),
        VolumeNotification(event="attachVolume", volume_id=volume.volume_id),
        InstanceStateChange(instance_id=instance.instance_id, state=InstanceState.PENDING),
    ]
    after = advance(world, seconds=30)
    assert {event.request_id for event in after.events} == {world.events[0].request_id}
    assert ended(world, instance).state is InstanceState.RUNNING
    assert after.events[-1].occurrence == InstanceStateChange(
        instance_id=instance.instance_id, state=InstanceState.RUNNING
    )


def test_a_launch_by_anybody_is_remembered_a_day_late() -> None:
    """Rules B LD-27, C 11.1, C 11.2b."""
    world, _ = run(WORLD.with_image(SHARED), by=BOB)
    world, _ = run(world, by=BOB)
    launched = world.images.get(IMAGE.image_id)
    assert launched is not None
    assert launched.launches == (NOW,)
    assert last_launched_time(launched, NOW + timedelta(hours=23)) is None
    assert last_launched_time(launched, NOW + timedelta(hours=24)) == NOW


def test_a_launch_changes_nothing_but_what_it_is_about() -> None:
    before = PARAMETERS.with_image(evolve(IMAGE, image_id="ami-0000000c", name="other"))
    after, _ = run(before)
    changed = {"images", "volumes", "instances", "tasks", "events", "issued"}
    for name in fields_dict(World):
        assert (getattr(before, name) == getattr(after, name)) is (name not in changed), name
    for each in before.images:
        kept = after.images.get(each.image_id)
        assert kept is not None
        assert evolve(kept, launches=()) == each
        assert bool(kept.launches) is (each.image_id == IMAGE.image_id)
    assert after.images.is_in_step()
    assert after.instances.is_in_step()
    assert after.volumes.is_in_step()
    assert problems(after) == ()


def test_instances_are_up_at_once_where_time_is_no_matter() -> None:
    world, instance = run(evolve(WORLD, timing=Timing.instant()))
    now = advance(world).instances.get(instance.instance_id)
    assert now is not None
    assert now.state is InstanceState.RUNNING


# --- snapshots --------------------------------------------------------------------------------------------------------

NO_PERMISSION: Final = st.sampled_from([Permissions(), None, Permissions([EVERYONE])])
BLOCKING: Final = st.sampled_from(["unblocked", "block-new-sharing", "block-all-sharing"])


@given(NO_PERMISSION, BLOCKING, st.sampled_from(["unblocked", "block-new-sharing"]), st.booleans())
def test_nobody_needs_permission_for_the_snapshots_of_an_image_and_nothing_blocks_a_launch(
    permissions: Any, snapshots: str, images: str, public: bool
) -> None:
    """Rules B LP-6, B LD-25, B LD-26, B SBP-6."""
    shared = evolve(IMAGE, launch_permissions=[EVERYONE]) if public else SHARED
    world = WORLD.with_image(shared).with_snapshot(evolve(SNAPSHOT, create_volume_permissions=permissions))
    for account in (ALICE, BOB):
        world = settled(
            world,
            account,
            snapshot_block_public_access=SnapshotBlockPublicAccess(state=snapshots),
            image_block_public_access=ImageBlockPublicAccess(state=images),
        )
    assert ended(*run(world, by=BOB)).state is InstanceState.RUNNING


@pytest.mark.parametrize(
    ("permissions", "blocking", "found"),
    [
        (Permissions(), "unblocked", False),
        (Permissions([AccountPermission(BOB.account)]), "block-all-sharing", True),
        (Permissions([EVERYONE]), "block-new-sharing", True),
        (Permissions([EVERYONE]), "block-all-sharing", False),
    ],
)
def test_a_snapshot_that_the_launch_names_must_be_the_callers_to_use(
    permissions: Permissions[Any], blocking: str, found: bool
) -> None:
    """Rules A RB-6, B SP-19, B SBP-5."""
    world = WORLD.with_image(SHARED).with_snapshot(evolve(DATA, create_volume_permissions=permissions))
    world = settled(world, ALICE, snapshot_block_public_access=SnapshotBlockPublicAccess(state=blocking))
    request = with_mapping(mapped(snapshot_id=DATA.snapshot_id))
    if found:
        assert ended(*run(world, request, BOB)).state is InstanceState.RUNNING
    else:
        assert refused(world, request, BOB) == SnapshotNotFound(snapshot_id=DATA.snapshot_id)


def test_an_entry_that_repeats_the_images_snapshot_names_nothing_new() -> None:
    request = with_mapping(mapped(ROOT, snapshot_id=SNAPSHOT.snapshot_id, volume_size_gib=9))
    assert run(WORLD.with_image(SHARED), request, BOB)[1].state is InstanceState.PENDING
    elsewhere = with_mapping(mapped(snapshot_id=SNAPSHOT.snapshot_id))
    assert refused(WORLD.with_image(SHARED), elsewhere, BOB) == SnapshotNotFound(snapshot_id=SNAPSHOT.snapshot_id)


@pytest.mark.parametrize(
    ("snapshot", "code"),
    [
        (None, "Client.InvalidSnapshot.NotFound"),
        (evolve(SNAPSHOT, state="error"), "Client.InternalError"),
        (evolve(SNAPSHOT, state="pending"), "Client.InternalError"),
        (evolve(SNAPSHOT, storage_tier="archive"), "Client.InternalError"),
    ],
)
def test_a_snapshot_of_no_use_lets_the_launch_fail_afterwards(snapshot: Snapshot | None, code: str) -> None:
    """Rules B LD-21, C 12.15."""
    world = World(now=NOW).with_image(IMAGE)
    after, instance = run(world if snapshot is None else world.with_snapshot(snapshot))
    assert instance.state is InstanceState.PENDING
    assert instance.block_device_mappings == ()
    failed = ended(after, instance)
    assert failed.state is InstanceState.TERMINATED
    assert failed.state_reason is not None
    assert failed.state_reason.code == code
    assert list(advance(after, minutes=1).volumes) == []
    assert problems(after, Extent.PART) == problems(advance(after, minutes=1), Extent.PART) == ()


# --- encryption -------------------------------------------------------------------------------------------------------


def key_of(account: str, digit: str, **facts: Any) -> KmsKey:
    return KmsKey(arn=KmsKeyArn(HOME, account, f"{digit * 8}-0000-0000-0000-000000000000"), **facts)


ALICES: Final = key_of(ALICE.account, "a", grants=[AccountGrant(BOB.account)])
DEFAULT: Final = key_of(BOB.account, "b")
CHOSEN: Final = key_of(BOB.account, "c")
OWN: Final = key_of(BOB.account, "5")
KEYS: Final = (
    World(now=NOW)
    .with_key(OWN)
    .with_key(ALICES)
    .with_key(DEFAULT, ["alias/default"])
    .with_key(CHOSEN, ["alias/chosen"])
)
OF_SNAPSHOT: Final = {"plain": None, "own": str(OWN.arn), "shared": str(ALICES.arn)}
NAMES: Final = {str(DEFAULT.arn): "default", str(CHOSEN.arn): "specified", None: "unencrypted"}


@given(
    source=st.sampled_from(["plain", "own", "shared", "empty"]),
    by_default=st.booleans(),
    encrypted=st.sampled_from([None, False, True]),
    named=st.booleans(),
)
def test_a_launch_encrypts_as_the_tables_say(
    source: str, by_default: bool, encrypted: bool | None, named: bool
) -> None:
    """Rules B 6.2, B 6.3, B EN-5, B EN-9, B EN-14, A BM-10."""
    key = OF_SNAPSHOT.get(source)
    # Whose the snapshot is decides, never whose the image is (rule B EN-14).
    owner = BOB.account if source == "own" else ALICE.account
    snapshot = evolve(SNAPSHOT, owner_id=owner, encrypted=key is not None, kms_key_id=key)
    world = settled(
        KEYS.with_image(SHARED).with_snapshot(snapshot),
        BOB,
        ebs_encryption=EbsEncryption(by_default=by_default, default_kms_key_id="alias/default"),
    )
    specified = "alias/chosen" if named else None
    device: dict[str, Any] = {"encrypted": encrypted, "kms_key_id": specified}
    entry = mapped(volume_size_gib=1, **device) if source == "empty" else mapped(ROOT, **device)
    if source == "empty":
        expected = new_volume(by_default=by_default, encrypted=encrypted, key=named)
    else:
        expected = volume_from_snapshot(
            of_encrypted=key is not None, own=source == "own", by_default=by_default, encrypted=encrypted, key=named
        )
    answer = attempt(world, with_mapping(entry), by=BOB)
    if isinstance(answer, Refusal):
        assert answer.code == expected
        return
    volume = next(
        each for each in answer.world.volumes if each.attachment and each.attachment.device_name == entry.device_name
    )
    assert volume.encrypted is (expected != "unencrypted")
    assert volume.kms_key_id == key if expected == "same" else NAMES[volume.kms_key_id] == expected
    told = [ground for ground in explain(world, with_mapping(entry), by=BOB).because if isinstance(ground, Settled)]
    (row,) = (ground for ground in told if ground.subject == f"the volume at {entry.device_name}")
    assert row.rules.startswith("B 6.3" if source == "empty" else "B 6.2")


def test_what_an_image_says_of_an_empty_volume_is_asked_for_and_what_it_says_of_a_snapshot_is_told() -> None:
    """Rules A RB-11, A RB-12, B EN-8, B EN-13."""
    world = image(block_device_mappings=[
        mapped(ROOT, snapshot_id=SNAPSHOT.snapshot_id, encrypted=True),
        mapped(volume_size_gib=1, encrypted=True),
    ])  # fmt: skip
    after, instance = run(world)
    assert [volume.encrypted for volume in after.volumes_of(instance.instance_id)] == [False, True]
    assert type(refused(world, with_mapping(mapped(ROOT, kms_key_id="alias/golden")))) is KmsKeyRequiresEncrypted
    mappings = (*IMAGE.block_device_mappings, mapped(volume_size_gib=1, encrypted=True))
    shared = KEYS.with_image(evolve(SHARED, block_device_mappings=mappings)).with_snapshot(SNAPSHOT)
    after, instance = run(shared, with_mapping(mapped(kms_key_id="alias/chosen")), BOB)
    _, data = after.volumes_of(instance.instance_id)
    assert data.kms_key_id == str(CHOSEN.arn)


UNUSABLE: Final = [
    ({"kms_key_id": str(key_of(ALICE.account, "d").arn)}, "Client.InternalError"),
    ({"kms_key_id": str(key_of(ALICE.account, "e").arn)}, "Client.InternalError"),
    ({"kms_key_id": str(aws_managed_key(ALICE.account, HOME).arn)}, "Client.InternalError"),
    ({"kms_key_id": str(key_of(ALICE.account, "f").arn)}, "Client.InvalidKMSKey.InvalidState"),
]


@pytest.mark.parametrize(("parts", "code"), UNUSABLE, ids=["not there", "not granted", "of AWS", "disabled"])
def test_a_key_that_does_not_work_for_the_launcher_lets_the_launch_fail_afterwards(
    parts: dict[str, Any], code: str
) -> None:
    """Rules B LD-20, B EN-7, B EN-11, B EN-16."""
    world = KEYS.with_key(key_of(ALICE.account, "e")).with_key(
        key_of(ALICE.account, "f", grants=[AccountGrant(BOB.account)], key_state=KeyState.DISABLED)
    )
    world = world.with_image(SHARED).with_snapshot(evolve(SNAPSHOT, encrypted=True, **parts))
    after, instance = run(world, by=BOB)
    failed = ended(after, instance)
    assert failed.state is InstanceState.TERMINATED
    assert failed.state_reason is not None
    assert failed.state_reason.code == code
    assert after.events[-1].occurrence == InstanceStateChange(
        instance_id=instance.instance_id, state=InstanceState.PENDING
    )


def test_so_does_the_target_key() -> None:
    """Rule B EN-16."""
    world = KEYS.with_image(SHARED).with_snapshot(SNAPSHOT)
    request = with_mapping(mapped(ROOT, encrypted=True, kms_key_id="alias/nowhere"))
    assert ended(*run(world, request, BOB)).state is InstanceState.TERMINATED
    settled_so = settled(world, BOB, ebs_encryption=EbsEncryption(by_default=True, default_kms_key_id="alias/nowhere"))
    assert ended(*run(settled_so, by=BOB)).state is InstanceState.TERMINATED


def test_a_key_that_is_not_told_is_held_against_nobody() -> None:
    world = KEYS.with_image(IMAGE).with_snapshot(evolve(SNAPSHOT, encrypted=True))
    after, instance = run(world)
    (volume,) = after.volumes_of(instance.instance_id)
    assert (volume.encrypted, volume.kms_key_id) == (True, None)
    assert ended(after, instance).state is InstanceState.RUNNING


# --- attachments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "volumes", "granted"),
    [
        ("t3.micro", 27, True),
        ("t3.micro", 28, False),
        ("m5d.24xlarge", 23, True),  # it has four NVMe disks
        ("m5d.24xlarge", 24, False),
        ("t2.micro", 28, True),  # no Nitro, no such limit
    ],
)
def test_volumes_share_the_attachments_of_a_nitro_instance_with_its_interface_and_its_disks(
    kind: str, volumes: int, granted: bool
) -> None:
    """Rule A BM-13."""
    more = [*MANY, mapped("/dev/sdf", volume_size_gib=1)]
    request = evolve(with_mapping(*more[: volumes - 1]), instance_type=kind)
    answer = attempt(WORLD, request, by=ALICE)
    assert isinstance(answer, AttachmentLimitReached) is not granted


def test_the_image_is_launched_in_a_zone_as_it_can_be_there() -> None:
    """Rule A BO-4."""
    wavelength = launch(availability_zone="eu-central-1-wl1-ber-wlz-1")
    assert type(refused(image(boot_mode=BootMode.UEFI), wavelength)) is BootModeUnsupported
    assert run(image(boot_mode=BootMode.UEFI))[1].current_instance_boot_mode is BootMode.UEFI


def test_names_of_an_images_devices_are_judged_at_launch() -> None:
    """Settlement S 13."""
    world = image(block_device_mappings=(*IMAGE.block_device_mappings, mapped("/dev/hda1", volume_size_gib=1)))
    assert refused(world, LAUNCH) == InvalidDeviceName(device_name="/dev/hda1")
    assert run(world, with_mapping(BlockDeviceMapping("/dev/hda1", NO_DEVICE)))[1].state is InstanceState.PENDING


def test_a_reservation_and_its_world_can_be_compared_and_kept() -> None:
    once, again = apply(WORLD, LAUNCH, by=ALICE), apply(WORLD, LAUNCH, by=ALICE)
    assert once == again
    assert hash(once.value) == hash(again.value)


EXAMPLE: Final = example_world()
CALLERS: Final = [Caller(account=account, region=FRANKFURT) for account in (BUILD, PROD, STAGING, SANDBOX, PARTNER)]
FORMER: Final = [tombstone.image.image_id for tombstone in EXAMPLE.tombstones]
BINNED: Final = [entry.resource_id for entry in EXAMPLE.recycle_bin if entry.resource_id.startswith("ami-")]


@given(
    named=st.sampled_from([*(each.image_id for each in EXAMPLE.images), *FORMER, *BINNED]),
    kind=st.sampled_from(["t3.micro", "t2.micro", "m3.medium", "m7g.large", "m5d.large", "mac2.metal"]),
    by=st.sampled_from(CALLERS),
    count=st.integers(1, 2),
)
def test_whoever_launches_whatever_is_refused_for_a_declared_reason_or_leaves_the_world_in_order(
    named: str, kind: str, by: Caller, count: int
) -> None:
    request = RunInstances(image_id=named, instance_type=kind, max_count=count)
    answer = attempt(EXAMPLE, request, by=by)
    decision = explain(EXAMPLE, request, by=by)
    if isinstance(answer, Refusal):
        assert type(answer) in RunInstances.refusals
        assert decision.allowed is False
        assert decision.refusals[0] == answer
        return
    assert decision.allowed is True
    assert len(answer.value.instances) == count
    assert problems(answer.world) == ()
    assert problems(advance(answer.world, minutes=5)) == ()
