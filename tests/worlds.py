"""A rich world, built by hand for the tests of the actions: small, and with one of everything that a rule speaks of.

Alice owns most things, Bob is in an organization, in a unit below a unit, and Carol has nothing to do with either.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from attrs import evolve

from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.buckets import Bucket
from amimodel.bundles import ImageBundle
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.encryption import KmsKey
from amimodel.identifiers import AccountId, ImageId, InstanceId, SnapshotId, VolumeId
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode, Image, StateReason
from amimodel.instances import Instance, InstanceBlockDevice, InstanceState
from amimodel.organizations import Organization, OrganizationalUnit, Organizations
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
    Permissions,
)
from amimodel.recycle_bin import entering
from amimodel.regions import as_region
from amimodel.retention import RecycleBinEntry
from amimodel.snapshots import Snapshot
from amimodel.tags import Tags
from amimodel.tasks import EmptyRecycleBin, EndCooldown, FinishSnapshots, MoveInstance
from amimodel.vocabulary import OwnerAlias
from amimodel.volumes import Volume, VolumeAttachment
from amimodel.world import World

NOW: Final = parse("2026-06-01T00:00:00Z")
LONG_AGO: Final = parse("2026-01-01T00:00:00Z")
FRANKFURT: Final = as_region("eu-central-1")
VIRGINIA: Final = as_region("us-east-1")

ALICE, BOB, CAROL = AccountId("111122223333"), AccountId("999988887777"), AccountId("444455556666")
AMAZON: Final = AccountId("137112412989")
ORGANIZATION: Final = Organization(
    organization_id="o-a1b2c3d4e5",
    management_account_id="112233445566",
    root_id="r-ab12",
    organizational_units=[
        OrganizationalUnit(
            organizational_unit_id="ou-ab12-outer123",
            name="Outer",
            organizational_units=[
                OrganizationalUnit(organizational_unit_id="ou-ab12-inner123", name="Inner", accounts=[BOB])
            ],
        )
    ],
)

alice, bob, carol = (Caller(account=account, region=FRANKFURT) for account in (ALICE, BOB, CAROL))
alice_in_virginia = Caller(account=ALICE, region=VIRGINIA)
aws = Caller.provider(FRANKFURT)
CALLERS: Final = (alice, bob, carol, alice_in_virginia)

BUCKET: Final = "golden-images"
LOCATION: Final = "amis/legacy/image.manifest.xml"
PARAMETER: Final = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
KEY: Final = "arn:aws:kms:eu-central-1:111122223333:key/1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"


def ami(number: int) -> ImageId:
    """The id of an image that no world gives out by itself."""
    return ImageId(f"ami-0{number:x}".ljust(21, "0"))


def snap(number: int) -> SnapshotId:
    """The id of the snapshot of an image's root, or of another."""
    return SnapshotId(f"snap-0{number:x}".ljust(22, "0"))


def vol(number: int) -> VolumeId:
    """The id of a volume."""
    return VolumeId(f"vol-0{number:x}".ljust(21, "0"))


def inst(number: int) -> InstanceId:
    """The id of an instance."""
    return InstanceId(f"i-0{number:x}".ljust(19, "0"))


def snapshot(number: int, **fields: Any) -> Snapshot:
    """A snapshot of Alice's."""
    told: dict[str, Any] = {
        "snapshot_id": snap(number), "owner_id": ALICE, "volume_id": "vol-ffffffff", "volume_size_gib": 8,
        "start_time": LONG_AGO, "region": FRANKFURT,
    }  # fmt: skip
    return Snapshot(**(told | fields))


def image(number: int, **fields: Any) -> Image:
    """An image of Alice's, with its root made of the snapshot of the same number."""
    told: dict[str, Any] = {
        "image_id": ami(number), "owner_id": ALICE, "name": f"image {number:x}", "architecture": "x86_64",
        "creation_date": LONG_AGO + timedelta(days=number % 7), "region": FRANKFURT, "ena_support": True,
        "root_device_name": "/dev/xvda", "block_device_mappings": [mapped("/dev/xvda", number)],
    }  # fmt: skip
    return Image(**(told | fields))


def mapped(device: str, number: int, **fields: Any) -> BlockDeviceMapping:
    """An entry of a mapping, made of a snapshot of 8 GiB."""
    told: dict[str, Any] = {
        "snapshot_id": snap(number), "volume_size_gib": 8, "volume_type": "gp2", "delete_on_termination": True,
        "encrypted": False,
    }  # fmt: skip
    return BlockDeviceMapping(device, EbsBlockDevice(**(told | fields)))


def instance(number: int, of: int, **fields: Any) -> Instance:
    """An instance of Alice's that runs an image."""
    told: dict[str, Any] = {
        "instance_id": inst(number), "owner_id": ALICE, "image_id": ami(of), "instance_type": "t3.micro",
        "architecture": "x86_64", "availability_zone": "eu-central-1a", "launch_time": LONG_AGO, "state": "running",
    }  # fmt: skip
    return Instance(**(told | fields))


def to(*accounts: str) -> Permissions[Any]:
    """A list of permissions for accounts."""
    return Permissions([AccountPermission(account) for account in accounts])


PUBLIC: Final = Permissions([EVERYONE])
TO_ORGANIZATION: Final = Permissions([OrganizationPermission(ORGANIZATION.arn)])
TO_UNIT: Final = Permissions([OrganizationalUnitPermission(ORGANIZATION.arn_of("ou-ab12-outer123"))])
TO_INNER: Final = Permissions([OrganizationalUnitPermission(ORGANIZATION.arn_of("ou-ab12-inner123"))])
_PAST = NOW - timedelta(days=30)

# Number, and what is special about it.
WEB, TO_BOB, TO_ORG, TO_OU, OPEN, PENDING, DISABLED, FAILED = range(0xA01, 0xA09)
OUTDATED, OUTDATED_OPEN, INVALID, ERROR, TRANSIENT, PROTECTED, COOLING, BACKUP, TWO = range(0xA11, 0xA1A)
OWN_LISTED, KERNEL, SHARING_A_SNAPSHOT, FORMER, BINNED, LONG_GONE, OTHERS_BINNED = range(0xA21, 0xA28)
FAR, FAR_SHARED = range(0xA31, 0xA33)
BOBS, BOBS_OPEN, BOBS_TO_ALICE, BOBS_DISABLED = range(0xB01, 0xB05)
LINUX, OLD_LINUX = range(0xC01, 0xC03)

_S3: Final[dict[str, Any]] = {
    "root_device_type": "instance-store", "image_location": LOCATION, "root_device_name": "/dev/sda1",
    "virtualization_type": "paravirtual", "ena_support": None,
    "block_device_mappings": [BlockDeviceMapping("/dev/sdb", InstanceStoreDevice("ephemeral0"))],
}  # fmt: skip
_PROTECTION = DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN)
_COOLS_UNTIL = NOW + timedelta(hours=3)

_IMAGES: Final[tuple[tuple[int, dict[str, Any]], ...]] = (
    (WEB, {"name": "web", "tags": {"Name": "web", "Stage": "prod", "ec2:SharedTag/Support": "2027"},
           "launches": [NOW - timedelta(days=2), NOW - timedelta(hours=1)], "description": "the web tier",
           "product_codes": [], "uefi_data": "QU1aTlVFRkk=", "boot_mode": "uefi", "tpm_support": "v2.0"}),
    (TO_BOB, {"name": "to bob", "launch_permissions": to(BOB), "source_image_id": ami(WEB),
              "source_image_region": FRANKFURT, "source_instance_id": inst(0x101),
              "tags": {"Name": "secret", "ec2:SharedTag/Support": "2027"}, "launches": [NOW - timedelta(days=5)],
              "deregistration_protection": _PROTECTION}),
    (TO_ORG, {"launch_permissions": TO_ORGANIZATION, "imds_support": "v2.0"}),
    (TO_OU, {"launch_permissions": TO_UNIT, "sriov_net_support": "simple"}),
    (OPEN, {"name": "Open", "launch_permissions": PUBLIC, "tags": {"Name": "open"},
            "deprecation_time": LONG_AGO + timedelta(days=700)}),
    (PENDING, {"state": "pending", "launch_permissions": []}),
    (DISABLED, {"state": "disabled", "name": "disabled", "tags": {"Stage": "prod"}}),
    (FAILED, {"state": "failed", "name": "failed", "state_reason": StateReason("Client.InternalError", "no key")}),
    (OUTDATED, {"launch_permissions": to(BOB), "deprecation_time": _PAST}),
    (OUTDATED_OPEN, {"launch_permissions": PUBLIC, "deprecation_time": NOW}),
    (INVALID, {**_S3, "state": "invalid", "name": "spoilt", "image_location": "amis/spoilt/image.manifest.xml"}),
    (ERROR, {"state": "error"}),
    (TRANSIENT, {"state": "transient"}),
    (PROTECTED, {"deregistration_protection": _PROTECTION}),
    (COOLING, {"deregistration_protection": DeregistrationProtection(cooldown_until=_COOLS_UNTIL)}),
    (BACKUP, {"tags": {"aws:backup:source-resource": "i-12345678"}}),
    (TWO, {"block_device_mappings": [mapped("/dev/xvda", TWO), mapped("/dev/sdf", 0xD01, encrypted=True)]}),
    (OWN_LISTED, {"launch_permissions": to(ALICE)}),
    (KERNEL, {**_S3, "image_id": "aki-12345678", "image_type": "kernel", "root_device_name": None,
              "block_device_mappings": [], "name": "kernel", "launch_permissions": to(BOB),
              "image_location": "amis/kernel/image.manifest.xml"}),
    (SHARING_A_SNAPSHOT, {"block_device_mappings": [mapped("/dev/xvda", WEB)], "name": "web again"}),
    (FAR, {"region": VIRGINIA, "name": "web"}),
    (FAR_SHARED, {"region": VIRGINIA, "launch_permissions": to(BOB)}),
    (BOBS, {"owner_id": BOB, "name": "web", "tags": {"Stage": "prod"}}),
    (BOBS_OPEN, {"owner_id": BOB, "launch_permissions": PUBLIC, "deprecation_time": LONG_AGO + timedelta(days=700)}),
    (BOBS_TO_ALICE, {"owner_id": BOB, "launch_permissions": to(ALICE, CAROL), "source_image_id": ami(WEB)}),
    (BOBS_DISABLED, {"owner_id": BOB, "state": "disabled"}),
    (LINUX, {"owner_id": AMAZON, "image_owner_alias": "amazon", "launch_permissions": PUBLIC, "name": "al2023-7",
             "free_tier_eligible": True, "deprecation_time": NOW + timedelta(days=60)}),
    (OLD_LINUX, {"owner_id": AMAZON, "image_owner_alias": "amazon", "launch_permissions": PUBLIC, "name": "al2023-6",
                 "deprecation_time": _PAST}),
)  # fmt: skip

_SNAPSHOTS: Final[dict[int, dict[str, Any]]] = {
    PENDING: {"state": "pending", "progress": "0%"},
    0xD01: {"encrypted": True, "kms_key_id": KEY, "description": "encrypted"},
    0xD02: {"description": "unused", "tags": {"Name": "unused"}},
    0xD03: {"state": "pending", "progress": "0%"},
    0xD04: {"storage_tier": "archive"},
    0xD05: {"owner_id": BOB, "create_volume_permissions": to(ALICE)},
    0xD06: {"owner_id": BOB},
    0xD07: {"owner_id": BOB, "create_volume_permissions": PUBLIC},
    0xD08: {"volume_size_gib": 30},
}


def _without_images(world: World) -> World:
    world = world.with_organizations(Organizations([ORGANIZATION])).with_owner_alias(AMAZON, OwnerAlias.AMAZON)
    world = world.with_key(KmsKey(arn=KEY), ["alias/golden"])
    world = world.with_bundle(ImageBundle(location=LOCATION, account=ALICE, architecture="x86_64"))
    world = world.with_bucket(Bucket(name=BUCKET, owner_id=ALICE, region=FRANKFURT, writers=[BOB]))
    world = world.with_volume(
        Volume(volume_id=vol(0x101), owner_id=ALICE, size_gib=8, availability_zone="eu-central-1a", state="in-use",
               create_time=LONG_AGO, attachment=VolumeAttachment(instance_id=inst(0x101), device_name="/dev/xvda",
                                                                 delete_on_termination=True))
    )  # fmt: skip
    root = InstanceBlockDevice(device_name="/dev/xvda", volume_id=vol(0x101), delete_on_termination=True)
    world = world.with_instance(
        instance(0x101, WEB, root_device_name="/dev/xvda", block_device_mappings=[root], tags={"Name": "web-1"})
    )
    world = world.with_instance(instance(0x102, FORMER))
    return world.with_instance(instance(0x103, TO_BOB, owner_id=BOB, state="pending"))


@cache
def rich_world() -> World:
    """The world, always the same value."""
    world = _without_images(World(now=LONG_AGO))
    for number, fields in _IMAGES:
        if not (fields.get("root_device_type") or number == SHARING_A_SNAPSHOT):
            owner, region = fields.get("owner_id", ALICE), fields.get("region", FRANKFURT)
            rest = _SNAPSHOTS.get(number, {})
            world = world.with_snapshot(snapshot(number, owner_id=owner, region=region, **rest))
        world = world.with_image(image(number, **fields))
    for number, fields in _SNAPSHOTS.items():
        if number >= 0xD00:
            world = world.with_snapshot(snapshot(number, **fields))
    world = world.at(NOW - timedelta(days=8))
    world = _gone(world, LONG_GONE)
    world = world.at(NOW - timedelta(days=1))
    world = _gone(_binned(_binned(world, BINNED, ALICE), OTHERS_BINNED, BOB), FORMER)
    world = world.at(NOW)
    for number in (PENDING, 0xD03):
        world = world.with_task(timedelta(minutes=5), FinishSnapshots(snapshot_ids=[snap(number)], source="arn"))
    leaving = MoveInstance(instance_id=inst(0x103), leaving=InstanceState.PENDING)
    world = world.with_task(timedelta(seconds=30), leaving)
    world = world.with_task(_COOLS_UNTIL - NOW, EndCooldown(image_id=ami(COOLING)))
    world = world.with_parameter(FRANKFURT, PARAMETER, ami(OLD_LINUX)).with_parameter(FRANKFURT, PARAMETER, ami(LINUX))
    world = world.with_foreign_tags(BOB, ami(TO_BOB), Tags({"Stage": "test"}))
    return world.with_foreign_tags(ALICE, ami(LINUX), Tags({"Name": "base", "Stage": "prod"}))


def _gone(world: World, number: int) -> World:
    former = image(number, name=f"former {number:x}")
    return world.with_image(former).burying(evolve(former, state="deregistered", launch_permissions=[]))


def _binned(world: World, number: int, owner: AccountId) -> World:
    kept = image(number, owner_id=owner, name="binned", tags={"Stage": "prod"})
    entry = RecycleBinEntry(
        resource=entering(kept),
        recycle_bin_enter_time=world.now,
        recycle_bin_exit_time=world.now + timedelta(days=7),
    )
    world = world.with_snapshot(snapshot(number, owner_id=owner)).with_image(kept).binning(entry)
    return world.with_task(timedelta(days=7), EmptyRecycleBin(resource_id=kept.image_id))


def the(world: World, number: int) -> Image:
    """The image of a number."""
    found = world.images.get("aki-12345678" if number == KERNEL else ami(number))
    assert found is not None
    return found


def with_changed(world: World, number: int, **fields: Any) -> World:
    """The world with an image changed."""
    return world.with_image(evolve(the(world, number), **fields))


def at(hour: int) -> datetime:
    """A moment after `NOW`."""
    return NOW + timedelta(hours=hour)


def of_others(world: World, by: Caller) -> list[object]:
    """Everything in the world that is none of the caller's things in its Region (rule B G-1)."""
    catalogues: Any = (
        world.images, world.snapshots, world.volumes, world.instances, world.recycle_bin, world.retention_rules,
        (tombstone.image for tombstone in world.tombstones),
    )  # fmt: skip
    things = [
        each
        for catalogue in catalogues
        for each in catalogue
        if (each.owner_id, each.region) != (by.account, by.region)
    ]
    tags = [
        (one, each) for one, written in world.foreign_tags.items() for each in written.items() if each[0] != by.account
    ]
    settled = [item for item in world.region_settings.items() if item[0] != (by.account, by.region)]
    told = [event for event in world.events if (event.account, event.region) != (by.account, by.region)]
    return [
        *things,
        *tags,
        *settled,
        *told,
        world.keys,
        world.bundles,
        world.buckets,
        world.parameters,
        world.organizations,
        world.now,
    ]
