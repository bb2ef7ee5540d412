"""A world of corner cases: two accounts, and one of everything that a refusal turns on.

Chance seldom brings about what takes several things at once: an image with a TPM on a type that has none, a copy by
time while others take up all the throughput. Here it is all there, so that a request drawn for this world meets any
refusal that EC2 has:

    >>> from hypothesis import find
    >>> from amimodel.refusals import TpmUnsupported
    >>> from amimodel.testing.strategies import requests
    >>> alice = Caller(account=ALICE, region=HERE)
    >>> request = find(requests(corner_world(), by=alice, refused_with=[TpmUnsupported]), lambda request: True)
    >>> request.action, corner_world().images.get(request.image_id).tpm_support.value
    ('RunInstances', 'v2.0')

`ALICE` has nearly everything, and manages the organization in which `BOB` is. He shares three images with her, insists
on tokens of the metadata service, and lets no snapshot become public. Quotas that a few things fill are small
(`Limits.tiny()`); those of images and snapshots are not, or else nothing could be made any more.

========================= =========== ===================================================================
image                     name        what it is a corner of
========================= =========== ===================================================================
``ami-0fa00000000000901`` plain       nothing: it can be launched, copied and shared
``ami-0fa00000000000902`` no-ena      launched on a type that requires ENA
``ami-0fa00000000000903`` tpm         it asks for a TPM, and so for UEFI
``ami-0fa00000000000904`` encrypted   made public; copied without encryption; launched without it
``ami-0fa00000000000905`` sold        its owner's, with a product code: made public, or given another one
``ami-0fa00000000000906`` marked      it has a watermark: made public, or given another one
``ami-0fa00000000000907`` backup      made by AWS Backup: deregistered
``ami-0fa00000000000908`` narrow      of its owner's wish, only for T3
``ami-0fa00000000000909`` protected   protected with a cooldown
``ami-0fa00000000000910`` archived    disabled, and its snapshot is in the archive
``ami-0fa00000000000911`` zoned       its snapshot is in a Local Zone
``ami-0fa00000000000912`` scratch     with a root of type gp2, and a volume of the instance store
``ami-0fa00000000000913`` two         with a data volume of 20 GiB
``ami-0fa00000000000914`` open        public
``ami-0fa00000000000915`` binned      in the Recycle Bin, and its snapshot is in the archive
``ami-0fa00000000000916`` old         paravirtual, and without a kernel
``ami-0fa00000000000917`` bundled     in S3, and paravirtual
``ami-0fa00000000000918`` bundled-hvm in S3, and not paravirtual
``ami-0ea00000000000901`` plain       in Virginia
``ami-0fa00000000000919`` ramdisk     paravirtual, with a RAM disk that no other Region has
``ami-0fa00000000000920`` managed     encrypted with the AWS managed key: shared
``ami-0fa00000000000921`` huge        too large to be stored
``aki-0fa00000000000922`` kernel      a kernel: launched
``ami-0fa00000000000951`` market      Bob's, from the Marketplace, shared with its snapshot
``ami-0fa00000000000952`` windows     Bob's, with Windows, shared with its snapshot
``ami-0fa00000000000953`` closed      Bob's, shared without its snapshot
``ami-0fa00000000000981`` listed      a seller's, listed in AWS Marketplace
========================= =========== ===================================================================

There are buckets, in one of which an image is stored. Copies, snapshots, an image of an instance, a storing and a
restoring are under way, and tokens have been used.

Source: the rules that the refusals name.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from attrs import evolve

from amimodel._furnishing import fixed_id, launched, mapped, snapshot_of, with_image
from amimodel.actions import (
    CopyImage,
    CopySnapshot,
    CreateImage,
    CreateRestoreImageTask,
    CreateSnapshot,
    CreateStoreImageTask,
    CreateVolume,
    RunInstances,
)
from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.buckets import Bucket
from amimodel.bundles import ImageBundle
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.encryption import KmsKey
from amimodel.engine import advance, apply
from amimodel.identifiers import AccountId, ImageId
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode, Image
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.instances import InstanceState
from amimodel.kernels import default_kernel
from amimodel.kms import aws_managed_key
from amimodel.limits import Limits
from amimodel.organizations import Organization, OrganizationalUnit, Organizations
from amimodel.permissions import EVERYONE, AccountPermission, Permissions
from amimodel.product_codes import ProductCode, ProductCodeType
from amimodel.recycle_bin import entering
from amimodel.regions import Region, as_region
from amimodel.requests import Request
from amimodel.retention import RecycleBinEntry, RetentionRule
from amimodel.settings import (
    ImageBlockPublicAccess,
    InstanceMetadataDefaults,
    RegionSettings,
    SnapshotBlockPublicAccess,
)
from amimodel.tasks import EmptyRecycleBin
from amimodel.vocabulary import Architecture, OwnerAlias, Platform
from amimodel.volume_types import VolumeType
from amimodel.volumes import Volume
from amimodel.watermarks import ImageWatermark
from amimodel.world import World

__all__ = ["ALICE", "BOB", "HERE", "corner_world"]

HERE: Final[Region] = as_region("eu-central-1")
"""The Region of nearly all that there is."""

_THERE: Final = as_region("us-east-1")

ALICE: Final = AccountId("111122223333")
BOB: Final = AccountId("444455556666")
_SELLER: Final = AccountId("679593333241")

_NOW: Final = parse("2026-11-01T00:00:00Z")
_MADE: Final = "2026-10-01T06:00:00Z"
_ZONE: Final = "eu-central-1a"
_LOCAL_ZONE: Final = "eu-central-1-ham-1a"
_OUTPOST: Final = "arn:aws:outposts:eu-central-1:111122223333:outpost/op-1234567890abcdef0"
_KEY: Final = KmsKey(arn="arn:aws:kms:eu-central-1:111122223333:key/1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9")
_PAIR: Final = evolve(_KEY, arn=f"{str(_KEY.arn)[:-1]}a", symmetric=False)
_TO_ALICE: Final = Permissions([AccountPermission(ALICE)])
_ORGANIZATION: Final = Organization(
    organization_id="o-a1b2c3d4e5",
    management_account_id=ALICE,
    root_id="r-ab12",
    organizational_units=[OrganizationalUnit(organizational_unit_id="ou-ab12-corner12", name="Corner", accounts=[BOB])],
)
_BACKUP: Final = {"aws:backup:source-resource": "i-12345678"}
_KERNEL: Final = default_kernel(HERE, Architecture.X86_64)
_OF_THE_MARKET: Final = ProductCode("4ed5p7z3k1", ProductCodeType.MARKETPLACE)

# Number, name, what the snapshot of its root is like, and what the image is.
_IMAGES: Final[tuple[tuple[int, str, dict[str, Any], dict[str, Any]], ...]] = (
    (901, "plain",     {}, {}),
    (902, "no-ena",    {}, {"ena_support": None, "boot_mode": None, "imds_support": None}),
    (903, "tpm",       {}, {"boot_mode": "uefi", "tpm_support": "v2.0"}),
    (904, "encrypted", {"encrypted": True, "kms_key_id": str(_KEY.arn)}, {}),
    (920, "managed",   {"encrypted": True, "kms_key_id": str(aws_managed_key(ALICE, HERE).arn)}, {}),
    (905, "sold",      {}, {"product_codes": [ProductCode("abc")]}),
    (906, "marked",    {}, {"image_watermarks": [
        ImageWatermark(watermark_key=f"{ALICE}:golden", watermark_creation_time=parse(_MADE), source_image_region=HERE,
                       source_image_id=fixed_id("ami-", HERE, 901), source_image_creation_time=parse(_MADE))]}),
    (907, "backup",    {"tags": _BACKUP}, {"tags": _BACKUP}),
    (908, "narrow",    {}, {"instance_type_specification": InstanceTypeSpecification(
                               supported_instance_types=["t3.*"])}),
    (909, "protected", {}, {"deregistration_protection": DeregistrationProtection(
                               DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN)}),
    (910, "archived",  {"storage_tier": "archive"}, {"state": "disabled"}),
    (911, "zoned",     {"availability_zone": _LOCAL_ZONE}, {}),
    (912, "scratch",   {}, {}),
    (914, "open",      {}, {"launch_permissions": [EVERYONE], "deprecation_time": parse("2028-10-01T06:00:00Z")}),
    (921, "huge",      {"volume_size_gib": 6000}, {}),
    (916, "old",       {}, {"virtualization_type": "paravirtual", "boot_mode": None, "ena_support": None}),
    (919, "ramdisk",   {}, {"virtualization_type": "paravirtual", "boot_mode": None, "ena_support": None,
                            "kernel_id": _KERNEL, "ramdisk_id": "ari-12345678"}),
)  # fmt: skip

_BUNDLES: Final[tuple[dict[str, Any], ...]] = (
    {"kernel_id": _KERNEL},
    {"well_formed": False},
    {"readable": False},
    {"kernel_id": "aki-99999999"},
    {"size_gib": 11},
    {"block_device_mapping": [("root", "/dev/sda1"), ("ephemeral0", "nowhere")]},
)


_LIMITS: Final = evolve(
    Limits.tiny(),
    images_per_region=100, snapshots_per_region=200, pending_snapshots_per_account=4, concurrent_image_copies=3,
)  # fmt: skip


@cache
def corner_world() -> World:
    """The world of corner cases; always the same value.

    >>> world = corner_world()
    >>> world.images.get("ami-0fa00000000000907").name, len(world.instances)
    ('backup', 8)

    What there is in it, the documentation of this module tells.
    """
    world = World(now=_NOW, limits=_LIMITS, organizations=Organizations([_ORGANIZATION]))
    for part in (_settled, _of_alice, _in_s3, _in_the_bin, _of_others, _running, _under_way):
        world = part(world)
    return world


def _settled(world: World) -> World:
    unblocked = ImageBlockPublicAccess(state="unblocked")
    tokens = InstanceMetadataDefaults(http_tokens="required", http_tokens_enforced="enabled")
    managed = ImageBlockPublicAccess(state="unblocked", managed_by="declarative-policy")
    closed = SnapshotBlockPublicAccess(state="block-all-sharing")
    for account, region, settings in (
        (ALICE, HERE,   RegionSettings(image_block_public_access=unblocked)),
        (ALICE, _THERE, RegionSettings(image_block_public_access=managed)),
        (BOB,   HERE,   RegionSettings(instance_metadata_defaults=tokens, snapshot_block_public_access=closed)),
    ):  # fmt: skip
        world = world.with_settings(account, region, settings)
    for identifier, resource_type in (("cornerimage", "EC2_IMAGE"), ("cornersnaps", "EBS_SNAPSHOT")):
        rule = RetentionRule(
            identifier=identifier, owner_id=ALICE, region=HERE, resource_type=resource_type, retention_days=7,
            resource_tags=[("Stage", "test")],
        )  # fmt: skip
        world = world.with_retention_rule(rule)
    for name, owner, region in (
        ("corner-images", ALICE, HERE), ("corner-far", ALICE, _THERE), ("corner-closed", BOB, HERE),
    ):  # fmt: skip
        world = world.with_bucket(Bucket(name=name, owner_id=owner, region=region))
    world = world.with_parameter(HERE, "/aws/service/corner", ImageId(fixed_id("ami-", HERE, 914)))
    return world.with_key(_KEY, aliases=["alias/corner"]).with_key(_PAIR)


def _of_alice(world: World) -> World:
    for number, name, of_snapshot, of_image in _IMAGES:
        world = with_image(world, name, snapshot_of(HERE, number, ALICE, _MADE, **of_snapshot), **of_image)
    data = snapshot_of(HERE, 963, ALICE, _MADE, volume_size_gib=20)
    world = with_image(world, "two", snapshot_of(HERE, 913, ALICE, _MADE), data)
    world = with_image(world, "plain", snapshot_of(_THERE, 901, ALICE, _MADE))
    scratch = _image(world, 912)
    root = mapped("/dev/xvda", world.snapshots.records[scratch.snapshot_ids[0]], VolumeType.GP2)
    disk = BlockDeviceMapping("/dev/sdb", InstanceStoreDevice("ephemeral0"))
    world = world.with_image(evolve(scratch, block_device_mappings=[root, disk]))
    for number, facts in (
        (931, {"tags": _BACKUP}),
        (932, {"availability_zone": _LOCAL_ZONE}),
        (933, {"outpost_arn": _OUTPOST}),
        (934, {"volume_size_gib": 1}),
    ):  # fmt: skip
        world = world.with_snapshot(snapshot_of(HERE, number, ALICE, _MADE, **facts))
    for number, state in ((941, "creating"), (942, "available")):
        volume = Volume(
            volume_id=fixed_id("vol-", HERE, number), owner_id=ALICE, size_gib=8, availability_zone=_ZONE,
            create_time=parse(_MADE), state=state,
        )  # fmt: skip
        world = world.with_volume(volume)
    return world


def _in_s3(world: World) -> World:
    for number, facts in enumerate(_BUNDLES):
        usual: dict[str, Any] = {"block_device_mapping": [("root", "/dev/sda1"), ("ephemeral0", "sdb")]}
        told = {**usual, **facts}
        bundle = ImageBundle(
            location=f"corners/{number}.manifest.xml", account=ALICE, architecture=Architecture.X86_64, **told
        )
        world = world.with_bundle(bundle)
    first = world.bundles["corners/0.manifest.xml"]
    bundled = Image(
        image_id=fixed_id("ami-", HERE, 917),
        owner_id=ALICE,
        name="bundled",
        image_location=first.location,
        creation_date=parse(_MADE),
        architecture=first.architecture,
        virtualization_type="paravirtual",
        root_device_type="instance-store",
        root_device_name=first.root_device_name,
        block_device_mappings=first.instance_store_mappings,
        kernel_id=first.kernel_id,
        region=HERE,
    )
    hvm = evolve(
        bundled, image_id=fixed_id("ami-", HERE, 918), name="bundled-hvm", virtualization_type="hvm", kernel_id=None
    )
    kernel = evolve(
        bundled, image_id="aki-0fa00000000000922", name="kernel", image_type="kernel", kernel_id=None,
        root_device_name=None, block_device_mappings=[],
    )  # fmt: skip
    return world.with_image(bundled).with_image(hvm).with_image(kernel)


def _in_the_bin(world: World) -> World:
    world = with_image(world, "binned", snapshot_of(HERE, 915, ALICE, _MADE, storage_tier="archive"))
    entry = RecycleBinEntry(
        resource=entering(_image(world, 915)),
        recycle_bin_enter_time=parse("2026-10-29T00:00:00Z"),
        recycle_bin_exit_time=parse("2026-11-05T00:00:00Z"),
    )
    emptying = EmptyRecycleBin(resource_id=entry.resource_id)
    return world.binning(entry).with_task(entry.recycle_bin_exit_time - _NOW, emptying)


def _of_others(world: World) -> World:
    listed = snapshot_of(HERE, 981, _SELLER, _MADE, product_codes=[_OF_THE_MARKET])
    world = with_image(
        world.with_owner_alias(_SELLER, OwnerAlias.AWS_MARKETPLACE), "listed", listed,
        image_owner_alias="aws-marketplace", product_codes=[_OF_THE_MARKET],
    )  # fmt: skip
    shared: dict[str, Any] = {"create_volume_permissions": _TO_ALICE}
    market = snapshot_of(HERE, 951, BOB, _MADE, product_codes=[_OF_THE_MARKET], **shared)
    world = with_image(world, "market", market, product_codes=[_OF_THE_MARKET], launch_permissions=_TO_ALICE)
    windows = snapshot_of(HERE, 952, BOB, _MADE, billing=BillingCode.WINDOWS, **shared)
    closed = snapshot_of(HERE, 953, BOB, _MADE)
    world = with_image(world, "closed", closed, launch_permissions=_TO_ALICE)
    return with_image(
        world, "windows", windows,
        billing=BillingCode.WINDOWS, platform=Platform.WINDOWS, launch_permissions=_TO_ALICE, imds_support=None,
    )  # fmt: skip


def _running(world: World) -> World:
    for number, image, facts in (
        (971, 901, {}),
        (973, 913, {}),
        (976, 901, {"disable_api_termination": True}),
        (978, 901, {"state": InstanceState.STOPPED}),
    ):  # fmt: skip
        world = launched(
            world, _image(world, image), "t3.micro",
            number=number, owner=ALICE, since="2026-10-02T06:00:00Z", **facts,
        )  # fmt: skip
    return world


def _under_way(world: World) -> World:
    alice, bob = (Caller(account=account, region=HERE) for account in (ALICE, BOB))
    for request in _with_tokens():
        world = apply(world, request, by=alice).world
    world = advance(world, hours=2)
    for request in _in_progress():
        world = apply(world, request, by=alice).world
    for number in range(world.limits.concurrent_image_copies):
        request = CopyImage(source_image_id=fixed_id("ami-", HERE, 952), source_region=HERE, name=f"copy-{number}")
        world = apply(world, request, by=bob).world
    return world


_USED: Final = "once"


def _with_tokens() -> Iterable[Request[Any]]:
    plain = fixed_id("ami-", HERE, 901)
    yield CreateVolume(availability_zone=_ZONE, size_gib=100, client_token=_USED)
    yield RunInstances(image_id=plain, instance_type="t3.micro", client_token=_USED)
    yield CopyImage(source_image_id=plain, source_region=HERE, name="copy", client_token=_USED)
    yield CreateStoreImageTask(image_id=plain, bucket="corner-images")
    yield RunInstances(image_id=fixed_id("ami-", HERE, 917), instance_type="m1.small")
    more = BlockDeviceMapping("/dev/sdg", EbsBlockDevice(volume_size_gib=1))
    yield RunInstances(image_id=fixed_id("ami-", HERE, 913), instance_type="t2.micro", block_device_mappings=[more])


def _in_progress() -> Iterable[Request[Any]]:
    plain, volume = fixed_id("ami-", HERE, 901), fixed_id("vol-", HERE, 942)
    for name in ("fast", "faster"):
        yield CopyImage(
            source_image_id=plain, source_region=HERE, name=name, snapshot_copy_completion_duration_minutes=15
        )
    yield CreateStoreImageTask(image_id=fixed_id("ami-", HERE, 902), bucket="corner-images")
    yield CreateRestoreImageTask(bucket="corner-images", object_key=f"{plain}.bin", name="restored")
    yield CopySnapshot(source_snapshot_id=fixed_id("snap-", HERE, 901), source_region=HERE)
    yield CreateImage(instance_id=fixed_id("i-", HERE, 971), name="image", no_reboot=True)
    yield CreateSnapshot(volume_id=volume)
    yield CreateSnapshot(volume_id=volume)
    yield RunInstances(image_id=plain, instance_type="t3.micro")


def _image(world: World, number: int) -> Image:
    return world.images.records[fixed_id("ami-", HERE, number)]
