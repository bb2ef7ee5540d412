"""The parts of requests that are values of their own: mappings, permissions, tags, filters, and where they lead."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from amimodel import instance_types
from amimodel.actions.snapshot import InstanceSpecification
from amimodel.block_devices import NO_DEVICE, BlockDeviceMapping, Device, EbsBlockDevice, InstanceStoreDevice
from amimodel.compatibility import fits
from amimodel.encryption import AccountGrant, KeyGrant, OrganizationGrant
from amimodel.filters import Filter
from amimodel.image_criteria import ImageCriterion
from amimodel.kms import aws_managed_key
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    CreateVolumePermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.regions import Region, as_region
from amimodel.settings import AllowedImagesSettings
from amimodel.snapshots import SnapshotState
from amimodel.tag_requests import TagSpecification
from amimodel.testing.strategies._filling import Filling, Make
from amimodel.testing.strategies._sight import STRANGER, Ids, Sight, first
from amimodel.volume_types import VolumeType

# --- block device mappings --------------------------------------------------------------------------------------------

_ROOT: Final = "/dev/xvda"
_NAMES: Final = (_ROOT, "/dev/sdf", "/dev/sdg", "/dev/sda1", "/dev/sdb", "xyz")
_KEY: Final = "alias/aws/ebs"
_OUTPOST: Final = "arn:aws:outposts:eu-central-1:111122223333:outpost/op-1234567890abcdef0"

# Each tells a case apart: what a volume can be, and what is wrong with one.
_VOLUMES: Final[tuple[Device, ...]] = (
    EbsBlockDevice(volume_size_gib=8),
    EbsBlockDevice(delete_on_termination=True),
    EbsBlockDevice(volume_type=VolumeType.GP3, iops=4000),
    EbsBlockDevice(volume_size_gib=8, encrypted=True),
    EbsBlockDevice(volume_size_gib=8, encrypted=False),
    EbsBlockDevice(encrypted=False),
    EbsBlockDevice(volume_size_gib=8, kms_key_id=_KEY),
    EbsBlockDevice(volume_size_gib=8, encrypted=True, kms_key_id=_KEY),
    EbsBlockDevice(volume_size_gib=1),
    EbsBlockDevice(volume_size_gib=200, volume_type=VolumeType.ST1),
    EbsBlockDevice(volume_type=VolumeType.SC1),
    EbsBlockDevice(volume_type=VolumeType.GP3, iops=15_000),
    EbsBlockDevice(volume_type=VolumeType.IO1),
    EbsBlockDevice(volume_size_gib=8, volume_type=VolumeType.IO2, iops=100),
    EbsBlockDevice(iops=100),
    EbsBlockDevice(volume_size_gib=8, volume_initialization_rate_mibps=100),
    EbsBlockDevice(volume_size_gib=8, outpost_arn=_OUTPOST),
    InstanceStoreDevice("ephemeral0"),
    NO_DEVICE,
)


def root_device(filling: Filling) -> str:
    """The root device of the image that the request names, as far as there is one."""
    image = filling.sight.world.images.get(str(filling.taken.get("image_id")))
    return _ROOT if image is None or image.root_device_name is None else image.root_device_name


def _of_snapshot(filling: Filling) -> EbsBlockDevice:
    """A volume made of a snapshot, with something wrong now and then."""
    snapshot = filling.pick(filling.sight.snapshots_in(SnapshotState.COMPLETED))
    more = filling.pick(_OF_SNAPSHOT)
    return EbsBlockDevice(snapshot_id=snapshot, **more)


_OF_SNAPSHOT: Final[tuple[dict[str, Any], ...]] = (
    {}, {}, {}, {},
    {"volume_size_gib": 1},
    {"encrypted": True},
    {"volume_initialization_rate_mibps": 100},
    {"outpost_arn": _OUTPOST},
)  # fmt: skip


def mappings(filling: Filling) -> list[BlockDeviceMapping]:
    """Entries that add devices to those of an image or of an instance, or change them."""
    names = (root_device(filling), *_NAMES)
    return [_entry(filling, names) for _ in range(filling.pick((1, 1, 2, 4)))]


def _entry(filling: Filling, names: Sequence[str]) -> BlockDeviceMapping:
    device = _of_snapshot(filling) if filling.rarely(3) else filling.pick(_VOLUMES)
    return BlockDeviceMapping(filling.pick(names), device)


def root_mapping(filling: Filling) -> list[BlockDeviceMapping]:
    """A root made of a snapshot, and seldom more."""
    root = _of_snapshot(filling)
    more = [_entry(filling, _NAMES) for _ in range(filling.pick((0, 0, 0, 0, 1, 2)))]
    name = filling.taken.get("root_device_name", _ROOT)
    return [BlockDeviceMapping(name if not filling.rarely() else _ROOT, root), *more]


# --- instances and volumes --------------------------------------------------------------------------------------------


_INSTANCE_TYPES: Final = ("t3.micro", "m7g.large", "t2.micro", "m1.small", "m5d.large")


def instance_type(filling: Filling) -> str:
    """A type that the image can be launched on, where there is one; now and then any."""
    image = filling.sight.world.images.get(str(filling.taken.get("image_id")))
    if image is None:
        return filling.pick(_INSTANCE_TYPES)
    fit = [name for name in _INSTANCE_TYPES if fits(image, instance_types.instance_type(name)).allowed]
    return filling.pick(first(fit, _INSTANCE_TYPES))


def specification(filling: Filling) -> InstanceSpecification:
    """An instance, and what of it is left out."""
    instance = filling.pick(filling.sight.instances)
    attached = [volume.volume_id for volume in filling.sight.world.volumes_of(instance)]
    left_out = filling.pick(("nothing", "nothing", "the root", "a volume", "everything"))
    volumes: list[str] = list(attached[1:]) if left_out == "everything" else []
    if left_out == "a volume":
        volumes.append(filling.pick([*attached, *filling.sight.volumes]))
    return InstanceSpecification(
        instance_id=instance,
        exclude_boot_volume=left_out in {"the root", "everything"},
        exclude_data_volume_ids=volumes,
    )


# --- places -----------------------------------------------------------------------------------------------------------


def region_of_source(filling: Filling) -> Region:
    """The Region that the image is in which the request names; seldom another one."""
    image = filling.sight.world.images.get(str(filling.taken.get("source_image_id")))
    there = filling.sight.regions[0] if image is None or image.region is None else image.region
    return filling.pick((there, there, there, *filling.sight.regions, _OTHER_PARTITION))


def any_region(filling: Filling) -> Region:
    """A Region of the world, or one of another partition."""
    return filling.pick((*filling.sight.regions, _OTHER_PARTITION))


def snapshot_of_source(filling: Filling) -> str:
    """A snapshot of the Region that the request names."""
    return filling.pick(filling.sight.snapshots_of(filling.taken["source_region"]))


def object_key(filling: Filling) -> str:
    """The key of an image that is stored in the bucket that the request names."""
    return filling.pick(filling.sight.objects_in(filling.taken["bucket"]))


_OTHER_PARTITION: Final = as_region("cn-north-1")

# --- tags and filters -------------------------------------------------------------------------------------------------

LONG_KEY: Final = "k" * 128
TAGS: Final = (
    {"Name": "drawn"},
    {"Name": "drawn", "Stage": "test"},
    {"Stage": "test", "aws:x": ""},
    {"ec2:SharedTag/Team": "drawn"},
    {"one": "1", "two": "2", "three": "3", "four": "4"},
    {LONG_KEY: ""},
)


def specifications(*kinds: str) -> Make:
    """Tags for what the request creates."""

    def drawn(filling: Filling) -> list[TagSpecification]:
        return [TagSpecification(resource_type=filling.pick(kinds), tags=filling.pick(TAGS))]

    return drawn


def resources(filling: Filling) -> list[str]:
    """A few things of any kind."""
    sight = filling.sight
    kinds = (sight.images, sight.snapshots, sight.volumes, sight.instances)
    drawn = [filling.pick(filling.pick(kinds)) for _ in range(filling.pick((1, 1, 2, 4)))]
    return list(dict.fromkeys(drawn))


def filters(*some: Filter) -> Make:
    """One or two filters, or more than a small quota allows."""
    return lambda filling: [filling.pick(some) for _ in range(filling.pick((1, 2, 4)))]


def deprecation(filling: Filling) -> object:
    """A time from yesterday to ten years from now."""
    return filling.sight.world.now + timedelta(days=filling.pick((1, 400, 0, -1, 1000, 4000)))


# --- whom it concerns -------------------------------------------------------------------------------------------------

_ORGANIZATION_OF_CHINA: Final = "arn:aws-cn:organizations::112233445566:organization/o-a1b2c3d4e5"
_NO_UNIT: Final = "arn:aws:organizations::112233445566:ou/o-a1b2c3d4e5/ou-ab12-nowhere1"


def organizations(sight: Sight) -> Ids:
    """Organizations by their ids, and one that does not exist."""
    return (*(str(each.organization_id) for each in sight.world.organizations.organizations), "o-0000000000")


def organization_arns(sight: Sight) -> Ids:
    """Organizations by their ARNs, and one of another partition."""
    return (*(str(each.arn) for each in sight.world.organizations.organizations), _ORGANIZATION_OF_CHINA)


def units(sight: Sight) -> Ids:
    """Organizational units by their ids, and one that does not exist."""
    there = (unit for each in sight.world.organizations.organizations for _, unit in each.units())
    return (*(str(unit.organizational_unit_id) for unit in there), "ou-0000-00000000")


def unit_arns(sight: Sight) -> Ids:
    """Organizational units by their ARNs, and one that does not exist."""
    there = sight.world.organizations.organizations
    return (*(str(each.arn_of(one.organizational_unit_id)) for each in there for _, one in each.units()), _NO_UNIT)


def grant(filling: Filling) -> KeyGrant:
    """Who may use a key: an account or an organization."""
    if filling.rarely(3):
        return OrganizationGrant(filling.pick(organizations(filling.sight)))
    return AccountGrant(filling.pick(filling.sight.accounts))


def granted_keys(sight: Sight) -> Ids:
    """Keys by their ARNs, one that does not exist, and one that AWS manages."""
    return (*sight.key_arns, str(aws_managed_key(sight.accounts[0], sight.regions[0]).arn))


def create_volume_items(sight: Sight) -> Sequence[CreateVolumePermission]:
    """Whom a snapshot can be shared with."""
    return [EVERYONE, *map(AccountPermission, sight.accounts)]


def launch_items(sight: Sight) -> Sequence[LaunchPermission]:
    """Whom an image can be shared with."""
    return [
        EVERYONE,
        *map(AccountPermission, sight.accounts),
        *map(OrganizationPermission, organization_arns(sight)),
        *map(OrganizationalUnitPermission, unit_arns(sight)),
    ]


def modifications(kind: Callable[..., Any], items: Callable[[Sight], Sequence[Any]]) -> Make:
    """Permissions to add, to remove, and now and then both; a few, or more than a small quota allows."""

    def drawn(filling: Filling) -> object:
        there = items(filling.sight)
        way = filling.pick(("add", "add", "remove", "both"))
        some = [filling.pick(there) for _ in range(filling.pick((1, 1, 2, 4)))]
        return kind(add=some if way != "remove" else [], remove=some if way != "add" else [])

    return drawn


# --- Allowed AMIs -----------------------------------------------------------------------------------------------------

_NAMED_SO: Final = ImageCriterion(image_names=["a*", "b*", "c*"])
_OF_AMAZON: Final = ImageCriterion(image_providers=["amazon"])
CRITERIA: Final = ((_OF_AMAZON,), (), (_NAMED_SO,), (_OF_AMAZON, _NAMED_SO), (_OF_AMAZON,) * 3, (_NAMED_SO,) * 11)
ALLOWED: Final = tuple(AllowedImagesSettings(state="enabled", image_criteria=list(each)) for each in CRITERIA[:5])

# --- watermarks -------------------------------------------------------------------------------------------------------

_MARKED: Final = 200
_MARKS: Final = 8


def watermark_keys(filling: Filling) -> str:
    """The key of a watermark that an image has, or of one that none has."""
    named = filling.sight.world.images.get(str(filling.taken.get("image_id")))
    there = (() if named is None else (named,), islice(filling.sight.world.images, _MARKED))
    own, all_of_them = (
        [str(mark.watermark_key) for image in part for mark in image.image_watermarks] for part in there
    )
    return filling.pick(first(own, (*islice(dict.fromkeys(all_of_them), _MARKS), f"{STRANGER}:golden")))
