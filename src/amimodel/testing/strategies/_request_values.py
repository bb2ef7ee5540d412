"""What each parameter of a request is drawn from: the things of a world, and a few values that tell cases apart.

The first value of a row is the simplest. What only one action takes in its own way is in `_action_values`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from amimodel.attributes import ImageAttributeName
from amimodel.encryption import KeyState
from amimodel.filters import Filter
from amimodel.images import StateReason
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.instances import InstanceInitiatedShutdownBehavior
from amimodel.metadata_options import MetadataOptions
from amimodel.permission_requests import (
    CreateVolumePermissionModifications,
    LaunchPermissionModifications,
    OperationType,
)
from amimodel.retention import RetainedResourceType, RetentionRuleLockState
from amimodel.scan_results import ScanResults
from amimodel.settings import (
    ImageBlockPublicAccess,
    ImageBlockPublicAccessState,
    InstanceMetadataDefaults,
    MetadataDefaultHttpTokens,
    MetadataDefaultSwitch,
    SnapshotBlockPublicAccess,
    SnapshotBlockPublicAccessState,
)
from amimodel.testing.strategies import _request_parts as parts
from amimodel.testing.strategies._filling import Make, flag, named, one, several
from amimodel.testing.strategies._neighbour_values import OF_NEIGHBOURS
from amimodel.testing.strategies._sight import Ids, Sight
from amimodel.vocabulary import Architecture, BootMode, ImdsSupport, SriovNetSupport, TpmSupport, VirtualizationType
from amimodel.volume_types import VolumeType


def _images(sight: Sight) -> Ids:
    return sight.images


def _snapshots(sight: Sight) -> Ids:
    return sight.snapshots


def _volumes(sight: Sight) -> Ids:
    return sight.volumes


def _instances(sight: Sight) -> Ids:
    return sight.instances


def _accounts(sight: Sight) -> Ids:
    return sight.accounts


def _users(sight: Sight) -> Ids:
    return ("self", "all", *sight.accounts)


def _owners(sight: Sight) -> Ids:
    return ("self", "amazon", *sight.accounts)


_YES_AND_NO: Final = (True, False)
_OUTPOSTS: Final = (
    "arn:aws:outposts:eu-central-1:111122223333:outpost/op-1234567890abcdef0",
    "arn:aws:outposts:us-west-2:111122223333:outpost/op-1234567890abcdef0",
)
_SPECIFICATIONS: Final = (
    InstanceTypeSpecification(supported_instance_types=["t3.*", "m7g.large"]),
    InstanceTypeSpecification(unsupported_instance_types=["*.metal", "t2.*", "m1.small"]),
)
_IMAGE_BLOCKS: Final = [ImageBlockPublicAccess(state=state) for state in ImageBlockPublicAccessState]
_SNAPSHOT_BLOCKS: Final = [SnapshotBlockPublicAccess(state=state) for state in SnapshotBlockPublicAccessState]
_ENFORCED: Final = InstanceMetadataDefaults(http_tokens="required", http_tokens_enforced="enabled")

# fmt: off
_OF_PARAMETERS: Final[Mapping[str, Make]] = MappingProxyType({
    "account_id":                          named(_accounts),
    "allowed_images":                      one(*parts.ALLOWED),
    "allowed_images_settings_state":       one("enabled", "audit-mode"),
    "architecture":                        one(*Architecture),
    "attribute":                           one(*ImageAttributeName),
    "availability_zone":                   named(lambda sight: sight.zones),
    "billing_products":                    one(("bp-12345678",), ()),
    "block_device_mappings":               parts.mappings,
    "boot_mode":                           one(*BootMode),
    "boot_mode_override":                  one("uefi", "uefi-preferred", "legacy-bios"),
    "bucket":                              named(lambda sight: sight.buckets),
    "client_token":                        one("once", "twice"),
    "completion_duration_minutes":         one(15, 60, 7),
    "copy_image_tags":                     flag,
    "copy_tags_from_source":               one("volume"),
    "create_volume_permission":            parts.modifications(CreateVolumePermissionModifications,
                                                               parts.create_volume_items),
    "delete_associated_snapshots":         flag,
    "deprecate_at":                        parts.deprecation,
    "description":                         one("drawn", ""),
    "destination_availability_zone":       one("us-west-2-lax-1a"),
    "destination_availability_zone_id":    one("usw2-lax1-az1"),
    "destination_bucket":                  named(lambda sight: sight.buckets),
    "destination_object_key":              one("copied.bin"),
    "destination_outpost_arn":             one(*_OUTPOSTS),
    "disable_api_termination":             flag,
    "ena_support":                         one(*_YES_AND_NO),
    "encrypted":                           one(*_YES_AND_NO),
    "exception_message":                   one("Ask the platform team."),
    "exclude_resource_tags":               one((("Stage", "test"),), (("Stage", "test"), ("Backup", "no"))),
    "executable_users":                    several(_users, 2),
    "filters":                             parts.filters(Filter("tag-key", ["Name"]),
                                                         Filter("tag:Name", ["a", "b", "c", "d"])),
    "grant":                               parts.grant,
    "group_names":                         one(["all"]),
    "http_endpoint":                       one(*MetadataDefaultSwitch),
    "http_put_response_hop_limit":         one(1, 64, -1),
    "http_tokens":                         one(*MetadataDefaultHttpTokens),
    "http_tokens_enforced":                one(*MetadataDefaultSwitch),
    "image_block_public_access":           one(*_IMAGE_BLOCKS),
    "image_block_public_access_state":     one("block-new-sharing"),
    "image_criteria":                      one(*parts.CRITERIA),
    "identifier":                          named(lambda sight: sight.rules),
    "image_id":                            named(_images),
    "image_ids":                           several(_images),
    "image_location":                      named(lambda sight: sight.locations),
    "imds_support":                        one(*ImdsSupport),
    "include_deprecated":                  flag,
    "include_disabled":                    flag,
    "instance_id":                         named(_instances),
    "instance_ids":                        several(_instances, 4),
    "instance_initiated_shutdown_behavior": one(*InstanceInitiatedShutdownBehavior),
    "instance_metadata_defaults":          one(InstanceMetadataDefaults(http_tokens="required"), _ENFORCED),
    "instance_metadata_tags":              one(*MetadataDefaultSwitch),
    "instance_specification":              parts.specification,
    "instance_type":                       parts.instance_type,
    "instance_type_specification":         one(*_SPECIFICATIONS),
    "iops":                                one(3000, 100, 16_000),
    "kernel_id":                           one("aki-04206613", "aki-5c21674b", "aki-12345678"),
    "key_state":                           one(*KeyState),
    "kms_key_id":                          named(lambda sight: sight.keys),
    "launch_permission":                   parts.modifications(LaunchPermissionModifications, parts.launch_items),
    "location":                            one("regional", "local"),
    "lock_state":                          one(*RetentionRuleLockState),
    "max_count":                           one(1, 2),
    "max_results":                         one(5, 1, 1000, 2000),
    "metadata_options":                    one(MetadataOptions(), MetadataOptions(http_tokens="required"),
                                               MetadataOptions(http_tokens="optional")),
    "min_count":                           one(1, 2),
    "name":                                named(lambda sight: sight.names),
    "next_token":                          one("nonsense"),
    "no_reboot":                           flag,
    "object_key":                          parts.object_key,
    "operation_type":                      one(*OperationType),
    "organization_arns":                   several(parts.organization_arns, 2),
    "organization_id":                     named(parts.organizations),
    "organizational_unit_arns":            several(parts.unit_arns, 2),
    "organizational_unit_id":              named(parts.units),
    "owner_ids":                           several(_owners, 2),
    "owners":                              several(_owners, 2),
    "product_codes":                       one(["abc"], ["abc", "def"]),
    "ramdisk_id":                          one("ari-12345678"),
    "readers":                             several(_accounts, 2),
    "resource_tags":                       one((("Stage", "test"),), (("Backup", "yes"), ("Stage", "prod")),
                                               (("Stage", "test"), ("Backup", "yes"), ("Name", "web")), ()),
    "resource_type":                       one(*RetainedResourceType),
    "resources":                           parts.resources,
    "restorable_by_user_ids":              several(_users, 2),
    "retention_days":                      one(1, 7, 365, 366),
    "root_device_name":                    one("/dev/xvda", "/dev/sda1"),
    "s3_object_tags":                      one({"Team": "platform"}, {}),
    "scan_results":                        one(ScanResults()),
    "size_gib":                            one(8, 1, 500),
    "snapshot_block_public_access":        one(*_SNAPSHOT_BLOCKS),
    "snapshot_copy_completion_duration_minutes": one(15, 60, 7),
    "snapshot_id":                         named(_snapshots),
    "snapshot_ids":                        several(_snapshots),
    "snapshot_location":                   one("regional", "local"),
    "source_image_id":                     named(_images),
    "source_region":                       parts.any_region,
    "source_snapshot_id":                  named(_snapshots),
    "sriov_net_support":                   one(*SriovNetSupport),
    "state_message":                       one("Internal error"),
    "state_reason":                        one(StateReason("Server.InternalError", "Internal error")),
    "store_task_failure_reason":           one("Internal error"),
    "tag_specifications":                  parts.specifications("snapshot"),
    "tags":                                one(*parts.TAGS),
    "throughput_mibps":                    one(125, 500),
    "tpm_support":                         one(*TpmSupport),
    "unlock_delay_days":                   one(7, 30, 31),
    "uefi_data":                           one("QU1a"),
    "user_groups":                         one(["all"]),
    "user_ids":                            several(_accounts, 4),
    "value":                               one("drawn", "v2.0", ""),
    "virtualization_type":                 one(*[VirtualizationType.HVM] * 3, VirtualizationType.PARAVIRTUAL),
    "volume_id":                           named(_volumes),
    "volume_type":                         one(*VolumeType),
    "watermark_key":                       parts.watermark_keys,
    "watermark_name":                      one("golden", "drawn"),
    "with_cooldown":                       flag,
    "writers":                             several(_accounts, 2),
    **OF_NEIGHBOURS,
})
# fmt: on


def of_parameter(name: str) -> Make:
    """What a parameter is drawn from, whatever the action."""
    return _OF_PARAMETERS[name]
