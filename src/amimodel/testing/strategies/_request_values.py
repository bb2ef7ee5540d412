"""What the parameters of requests are drawn from: the things of a world, and a few values that tell cases apart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import frozen
from hypothesis import strategies as st

from amimodel.actions.snapshot import InstanceSpecification
from amimodel.attributes import ImageAttributeName, SnapshotAttributeName
from amimodel.block_devices import NO_DEVICE, BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.encryption import AccountGrant, KeyState, OrganizationGrant
from amimodel.filters import Filter
from amimodel.image_criteria import ImageCriterion
from amimodel.images import StateReason
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.instances import InstanceInitiatedShutdownBehavior
from amimodel.kms import aws_managed_key
from amimodel.metadata_options import MetadataOptions
from amimodel.permission_requests import (
    CreateVolumePermissionModifications,
    LaunchPermissionModifications,
    OperationType,
)
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    CreateVolumePermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.regions import Region
from amimodel.retention import RetainedResourceType, RetentionRuleLockState
from amimodel.scan_results import ScanResults
from amimodel.settings import (
    AllowedImagesSettings,
    ImageBlockPublicAccess,
    ImageBlockPublicAccessState,
    InstanceMetadataDefaults,
    MetadataDefaultHttpTokens,
    MetadataDefaultSwitch,
    SnapshotBlockPublicAccess,
    SnapshotBlockPublicAccessState,
)
from amimodel.tag_requests import TagSpecification, TagToDelete
from amimodel.vocabulary import Architecture, BootMode, ImdsSupport, SriovNetSupport, TpmSupport, VirtualizationType
from amimodel.volume_types import VolumeType
from amimodel.world import World

_STRANGER: Final = "999988887777"
_NAMES: Final = 8
_MARKED: Final = 1000
_UNKNOWN: Final = "0ffffffffffffffff"
_NO_KEY: Final = "12345678-1234-1234-1234-123456789012"
_OUTPOST: Final = "arn:aws:outposts:us-west-2:111122223333:outpost/op-1234567890abcdef0"

Strategy: TypeAlias = st.SearchStrategy[Any]


@frozen(kw_only=True)
class Sight:
    """What there is to name in a world, at most so many of each kind."""

    world: World
    images: Sequence[str]
    snapshots: Sequence[str]
    volumes: Sequence[str]
    instances: Sequence[str]
    names: Sequence[str]
    regions: Sequence[Region]
    accounts: Sequence[str]
    keys: Sequence[str]
    parameters: Sequence[str]
    locations: Sequence[str]
    rules: Sequence[str]
    zones: Sequence[str]

    @classmethod
    def of(cls, world: World) -> "Sight":
        images = list(world.images)
        regions = sorted({thing.region for thing in (*images, *world.volumes) if thing.region is not None})
        binned = [entry.resource_id for entry in world.recycle_bin]
        owners = {image.owner_id for image in images} | {volume.owner_id for volume in world.volumes}
        members = {account for each in world.organizations.organizations for account in each.members}
        return cls(
            world=world,
            images=[*_with((*world.images.records, *world.tombstones.records, *binned), "ami-"), f"ami-{_UNKNOWN}"],
            snapshots=[*world.snapshots.records, *_with(binned, "snap-"), f"snap-{_UNKNOWN}"],
            volumes=[*world.volumes.records, f"vol-{_UNKNOWN}"],
            instances=[*world.instances.records, f"i-{_UNKNOWN}"],
            names=[*islice(dict.fromkeys(image.name for image in images if image.name), _NAMES), "a-new-name"],
            regions=regions or [Region("eu-central-1")],
            accounts=[*sorted(owners | members), _STRANGER],
            keys=[*world.keys, "alias/aws/ebs", _NO_KEY],
            parameters=[name for _, name in world.parameters] or ["/aws/service/none"],
            locations=[*world.bundles, "bucket/missing.manifest.xml"],
            rules=[*world.retention_rules.records, "0123456789z"],
            zones=[*(f"{region}a" for region in regions), "us-west-2-lax-1a"],
        )


def _with(ids: Iterable[str], prefix: str) -> list[str]:
    return [one for one in ids if one.startswith(prefix)]


_Make: TypeAlias = Callable[[Sight], Strategy]


def _one(*values: Any) -> _Make:  # noqa: ANN401 - any value of a parameter
    return lambda _: st.sampled_from(values)


def _some(part: Callable[[Sight], Sequence[Any]], most: int = 3) -> _Make:
    return lambda sight: st.lists(st.sampled_from(part(sight)), min_size=1, max_size=most, unique=True)


def _any(part: Callable[[Sight], Sequence[Any]]) -> _Make:
    return lambda sight: st.sampled_from(part(sight))


def _flag(_: Sight) -> Strategy:
    return st.booleans()


def _images(sight: Sight) -> Sequence[str]:
    return sight.images


def _snapshots(sight: Sight) -> Sequence[str]:
    return sight.snapshots


def _volumes(sight: Sight) -> Sequence[str]:
    return sight.volumes


def _instances(sight: Sight) -> Sequence[str]:
    return sight.instances


def _names(sight: Sight) -> Sequence[str]:
    return sight.names


def _launchable(sight: Sight) -> Strategy:
    return st.sampled_from([*sight.images, *(f"resolve:ssm:{name}" for name in sight.parameters)])


def _mappings(sight: Sight) -> Strategy:
    devices = st.one_of(
        st.builds(EbsBlockDevice, snapshot_id=st.sampled_from(sight.snapshots)),
        st.sampled_from(_VOLUMES),
        st.just(InstanceStoreDevice("ephemeral0")),
        st.just(NO_DEVICE),
    )
    names = st.sampled_from(["/dev/xvda", "/dev/sda1", "/dev/sdf", "/dev/sdg"])
    return st.lists(st.builds(BlockDeviceMapping, names, devices), max_size=3)


_VOLUMES: Final = (
    EbsBlockDevice(volume_size_gib=8),
    EbsBlockDevice(volume_size_gib=200, volume_type=VolumeType.ST1),
    EbsBlockDevice(volume_size_gib=8, volume_type=VolumeType.GP3, iops=4000),
    EbsBlockDevice(volume_type=VolumeType.IO1),
    EbsBlockDevice(encrypted=True),
    EbsBlockDevice(delete_on_termination=True),
)


def _root_mapping(sight: Sight) -> Strategy:
    root = st.builds(_root_of, st.sampled_from(sight.snapshots))
    return st.builds(_with_root, root, st.one_of(st.just([]), _mappings(sight)))


def _root_of(snapshot: str) -> BlockDeviceMapping:
    return BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id=snapshot))


def _with_root(root: BlockDeviceMapping, more: list[BlockDeviceMapping]) -> list[BlockDeviceMapping]:
    return [root, *more]


def _specifications(*kinds: str) -> _Make:
    tags = [{"Name": "drawn"}, {"Name": "drawn", "Stage": "test"}, {"aws:reserved": ""}]
    each = st.builds(TagSpecification, resource_type=st.sampled_from(kinds), tags=st.sampled_from(tags))
    return lambda _: st.lists(each, max_size=2)


def _resources(sight: Sight) -> Strategy:
    things = [*sight.images, *sight.snapshots, *sight.volumes, *sight.instances]
    return st.lists(st.sampled_from(things), min_size=1, max_size=3, unique=True)


def _filters(*filters: Filter) -> _Make:
    return lambda _: st.lists(st.sampled_from(filters), max_size=2)


def _deprecation(sight: Sight) -> Strategy:
    return st.sampled_from([-1, 0, 1, 400, 1000, 4000]).map(lambda days: sight.world.now + timedelta(days=days))


def _specification(sight: Sight) -> Strategy:
    return st.builds(
        InstanceSpecification,
        instance_id=st.sampled_from(sight.instances),
        exclude_boot_volume=st.booleans(),
        exclude_data_volume_ids=st.lists(st.sampled_from(sight.volumes), max_size=1),
    )


def _watermark_keys(sight: Sight) -> Strategy:
    marks = (mark for image in islice(sight.world.images, _MARKED) for mark in image.image_watermarks)
    found = dict.fromkeys(str(mark.watermark_key) for mark in marks)
    return st.sampled_from([*islice(found, _NAMES), f"{_STRANGER}:golden"])


_SPECIFICATIONS: Final = (
    InstanceTypeSpecification(supported_instance_types=["t3.*", "m7g.large"]),
    InstanceTypeSpecification(unsupported_instance_types=["*.metal", "t2.*", "m1.small"]),
)


def _organizations(sight: Sight) -> Sequence[str]:
    return [*(one.organization_id for one in sight.world.organizations.organizations), "o-0000000000"]


def _units(sight: Sight) -> Sequence[str]:
    there = (unit for one in sight.world.organizations.organizations for _, unit in one.units())
    return [*(unit.organizational_unit_id for unit in there), "ou-0000-00000000"]


def _key_arns(sight: Sight) -> Sequence[str]:
    managed = aws_managed_key(sight.accounts[0], sight.regions[0])
    return [*sight.world.keys, str(managed.arn), f"arn:aws:kms:eu-central-1:111122223333:key/{_NO_KEY}"]


def _grants(sight: Sight) -> Strategy:
    return st.one_of(
        st.builds(AccountGrant, st.sampled_from(sight.accounts)),
        st.builds(OrganizationGrant, st.sampled_from(_organizations(sight))),
    )


_NAMED_SO: Final = ImageCriterion(image_names=["a*", "b*", "c*"])
_OF_AMAZON: Final = ImageCriterion(image_providers=["amazon"])
_IMAGE_BLOCKS: Final = [ImageBlockPublicAccess(state=state) for state in ImageBlockPublicAccessState]
_SNAPSHOT_BLOCKS: Final = [SnapshotBlockPublicAccess(state=state) for state in SnapshotBlockPublicAccessState]
_OTHER_PARTITION: Final = "arn:aws-cn:organizations::112233445566:organization/o-a1b2c3d4e5"


def _organization_arns(sight: Sight) -> Sequence[str]:
    return [*(str(each.arn) for each in sight.world.organizations.organizations), _OTHER_PARTITION]


def _unit_arns(sight: Sight) -> Sequence[str]:
    organizations = sight.world.organizations.organizations
    units = [str(each.arn_of(unit.organizational_unit_id)) for each in organizations for _, unit in each.units()]
    return units or ["arn:aws:organizations::112233445566:ou/o-a1b2c3d4e5/ou-ab12-nowhere1"]


def _create_volume_items(sight: Sight) -> Sequence[CreateVolumePermission]:
    return [EVERYONE, *map(AccountPermission, sight.accounts)]


def _launch_items(sight: Sight) -> Sequence[LaunchPermission]:
    organizations = map(OrganizationPermission, _organization_arns(sight))
    units = map(OrganizationalUnitPermission, _unit_arns(sight))
    return [*_create_volume_items(sight), *organizations, *units]


def _modifications(kind: Callable[..., Any], items: Callable[[Sight], Sequence[Any]]) -> _Make:
    """Permissions to add or to remove, and now and then both."""

    def drawn(sight: Sight) -> Strategy:
        some = st.lists(st.sampled_from(items(sight)), min_size=1, max_size=3)
        return st.one_of(
            st.builds(kind, add=some), st.builds(kind, remove=some), st.builds(kind, add=some, remove=some)
        )

    return drawn


_TAGGED: Final = Filter("tag-key", ["Name"])
_RARELY: Final = (False, False, False, True)

# fmt: off
_OF_PARAMETERS: Final[Mapping[str, _Make]] = MappingProxyType({
    "account_id":                          _any(lambda sight: sight.accounts),
    "allowed_images":                      _one(AllowedImagesSettings(state="enabled")),
    "allowed_images_settings_state":       _one("enabled", "audit-mode"),
    "architecture":                        _one(*Architecture),
    "attribute":                           _one(*ImageAttributeName),
    "availability_zone":                   _any(lambda sight: sight.zones),
    "billing_products":                    _one((), ("bp-12345678",)),
    "block_device_mappings":               _mappings,
    "boot_mode":                           _one(*BootMode),
    "boot_mode_override":                  _one("uefi"),
    "client_token":                        _one("once", "twice"),
    "completion_duration_minutes":         _one(15, 60, 7),
    "copy_image_tags":                     _flag,
    "copy_tags_from_source":               _one("volume"),
    "create_volume_permission":          _modifications(CreateVolumePermissionModifications, _create_volume_items),
    "delete_associated_snapshots":         _flag,
    "deprecate_at":                        _deprecation,
    "description":                         _one("", "drawn"),
    "destination_availability_zone":       _one("us-west-2-lax-1a"),
    "destination_availability_zone_id":    _one("usw2-lax1-az1"),
    "destination_outpost_arn":             _one(_OUTPOST),
    "disable_api_termination":             _flag,
    "dry_run":                             _one(*_RARELY),
    "ena_support":                         _flag,
    "encrypted":                           _flag,
    "exception_message":                   _one("Ask the platform team."),
    "exclude_resource_tags":               _one((("Stage", "test"),), ()),
    "executable_users":                    lambda sight: st.lists(
                                               st.sampled_from(["self", "all", *sight.accounts]), max_size=2),
    "filters":                             _filters(_TAGGED),
    "grant":                               _grants,
    "group_names":                       _one(["all"]),
    "http_endpoint":                       _one(*MetadataDefaultSwitch),
    "http_put_response_hop_limit":         _one(-1, 1, 64),
    "http_tokens":                         _one(*MetadataDefaultHttpTokens),
    "http_tokens_enforced":                _one(*MetadataDefaultSwitch),
    "image_block_public_access":           _one(*_IMAGE_BLOCKS),
    "image_block_public_access_state":     _one("block-new-sharing"),
    "image_criteria":                      _one((), (_NAMED_SO,), (_OF_AMAZON, _NAMED_SO), (_NAMED_SO,) * 11),
    "identifier":                          _any(lambda sight: sight.rules),
    "image_id":                            _any(_images),
    "image_ids":                           _some(_images),
    "image_location":                      _any(lambda sight: sight.locations),
    "imds_support":                        _one(*ImdsSupport),
    "include_deprecated":                  _flag,
    "include_disabled":                    _flag,
    "instance_id":                         _any(_instances),
    "instance_ids":                        _some(_instances),
    "instance_initiated_shutdown_behavior": _one(*InstanceInitiatedShutdownBehavior),
    "instance_metadata_defaults":          _one(InstanceMetadataDefaults(http_tokens="required")),
    "instance_metadata_tags":              _one(*MetadataDefaultSwitch),
    "instance_specification":              _specification,
    "instance_type":                       _one("t3.micro", "m7g.large", "t2.micro", "m1.small", "m5d.large"),
    "instance_type_specification":         _one(*_SPECIFICATIONS),
    "iops":                                _one(100, 3000, 16_000),
    "kernel_id":                           _one("aki-04206613", "aki-5c21674b"),
    "key_state":                           _one(*KeyState),
    "kms_key_id":                          _any(lambda sight: sight.keys),
    "launch_permission":                 _modifications(LaunchPermissionModifications, _launch_items),
    "location":                            _one("regional", "local"),
    "lock_state":                          _one(*RetentionRuleLockState),
    "max_count":                           _one(1, 2),
    "max_results":                         _one(1, 5, 1000, 2000),
    "metadata_options":                    _one(MetadataOptions(), MetadataOptions(http_tokens="required"),
                                                MetadataOptions(http_tokens="optional")),
    "min_count":                           _one(1, 2),
    "name":                                _any(_names),
    "next_token":                          _one("nonsense"),
    "no_reboot":                           _flag,
    "operation_type":                    _one(*OperationType),
    "organization_arns":                 _some(_organization_arns, 2),
    "organization_id":                     _any(_organizations),
    "organizational_unit_arns":          _some(_unit_arns, 2),
    "organizational_unit_id":              _any(_units),
    "owner_ids":                           lambda sight: st.lists(
                                               st.sampled_from(["self", "amazon", *sight.accounts]), max_size=2),
    "owners":                              lambda sight: st.lists(
                                               st.sampled_from(["self", "amazon", *sight.accounts]), max_size=2),
    "product_codes":                     _one(["abc"], ["abc", "def"]),
    "ramdisk_id":                          _one("ari-12345678"),
    "resource_tags":                       _one((("Stage", "test"),), (("Backup", "yes"), ("Stage", "prod")), ()),
    "resource_type":                       _one(*RetainedResourceType),
    "resources":                           _resources,
    "restorable_by_user_ids":              lambda sight: st.lists(
                                               st.sampled_from(["self", "all", *sight.accounts]), max_size=2),
    "retention_days":                      _one(1, 7, 365, 366),
    "root_device_name":                    _one("/dev/xvda", "/dev/sda1"),
    "scan_results":                        _one(ScanResults()),
    "size_gib":                            _one(1, 8, 500),
    "snapshot_block_public_access":        _one(*_SNAPSHOT_BLOCKS),
    "snapshot_copy_completion_duration_minutes": _one(15, 60, 7),
    "snapshot_id":                         _any(_snapshots),
    "snapshot_ids":                        _some(_snapshots),
    "snapshot_location":                   _one("regional", "local"),
    "source_image_id":                     _any(_images),
    "source_region":                       _any(lambda sight: sight.regions),
    "source_snapshot_id":                  _any(_snapshots),
    "sriov_net_support":                   _one(*SriovNetSupport),
    "state_message":                       _one("Internal error"),
    "state_reason":                        _one(StateReason("Server.InternalError", "Internal error")),
    "tag_specifications":                  _specifications("snapshot"),
    "tags":                                _one({"Name": "drawn"}, {"Stage": "test", "aws:x": ""},
                                                {"ec2:SharedTag/Team": "drawn"}),
    "throughput_mibps":                    _one(125, 500),
    "tpm_support":                         _one(*TpmSupport),
    "unlock_delay_days":                   _one(7, 30, 31),
    "uefi_data":                           _one("QU1a"),
    "user_groups":                       _one(["all"]),
    "user_ids":                          _some(lambda sight: sight.accounts),
    "value":                             _one("", "drawn", "v2.0"),
    "virtualization_type":                 _one(*VirtualizationType),
    "volume_id":                           _any(_volumes),
    "volume_type":                         _one(*VolumeType),
    "watermark_key":                       _watermark_keys,
    "watermark_name":                      _one("golden", "drawn"),
    "with_cooldown":                       _flag,
})
_OF_ACTIONS: Final[Mapping[tuple[str, str], _Make]] = MappingProxyType({
    ("ChangeKeyState", "kms_key_id"):              _any(lambda sight: [*sight.world.keys] or [
                                                       f"arn:aws:kms:eu-central-1:111122223333:key/{_NO_KEY}"]),
    ("CopyImage", "tag_specifications"):           _specifications("image", "snapshot"),
    ("CreateImage", "tag_specifications"):         _specifications("image", "snapshot"),
    ("CreateVolume", "tag_specifications"):        _specifications("volume"),
    ("DeleteTags", "tags"):                        _one((), (TagToDelete("Name"),), (TagToDelete("Stage", "test"),),
                                                        (TagToDelete("ec2:SharedTag/Team"),)),
    ("DescribeImages", "filters"):                 _filters(_TAGGED, Filter("state", ["disabled"]),
                                                            Filter("name", ["*-2026*"]),
                                                            Filter("owner-alias", ["amazon"]),
                                                            Filter("image-watermark-key", ["x"])),
    ("DescribeSnapshotAttribute", "attribute"):    _one(*SnapshotAttributeName),
    ("DescribeTags", "filters"):                   _filters(Filter("key", ["Name"])),
    ("EnableSnapshotBlockPublicAccess", "state"):  _one("block-new-sharing", "block-all-sharing"),
    ("GrantKey", "kms_key_id"):                    _any(_key_arns),
    ("ModifyImageAttribute", "attribute"):         _one("launchPermission"),
    ("ModifySnapshotAttribute", "attribute"):      _one("createVolumePermission"),
    ("PublishParameter", "name"):                  _any(lambda sight: sight.parameters),
    ("RegisterImage", "block_device_mappings"):    _root_mapping,
    ("RegisterImage", "tag_specifications"):       _specifications("image"),
    ("ResetImageAttribute", "attribute"):          _one("launchPermission"),
    ("ResetSnapshotAttribute", "attribute"):       _one("createVolumePermission"),
    ("RevokeKey", "kms_key_id"):                   _any(_key_arns),
    ("RunInstances", "image_id"):                  _launchable,
    ("RunInstances", "tag_specifications"):        _specifications("instance", "volume"),
})
# fmt: on


def value_of(action: str, name: str, sight: Sight) -> Strategy:
    """What a parameter of an action is drawn from."""
    make = _OF_ACTIONS.get((action, name)) or _OF_PARAMETERS[name]
    return make(sight)
