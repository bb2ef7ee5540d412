"""Hypothesis's entry point: after it, `from_type` knows the nouns of amimodel.

Hypothesis calls `register` whenever it is imported, in every environment that amimodel is installed in, so it imports
nothing and cannot fail: the nouns are looked up by name, and their strategies are imported when one is first asked for.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_NOUNS: Final = {
    "amimodel.identifiers": {
        "ImageId": "image_ids",
        "KernelId": "kernel_ids",
        "RamdiskId": "ramdisk_ids",
        "SnapshotId": "snapshot_ids",
        "VolumeId": "volume_ids",
        "InstanceId": "instance_ids",
        "AccountId": "account_ids",
    },
    "amimodel.regions": {"Region": "regions", "AvailabilityZone": "availability_zones"},
    "amimodel.tags": {"Tags": "tags"},
    "amimodel.organizations": {
        "OrganizationId": "organization_ids",
        "RootId": "root_ids",
        "OrganizationalUnitId": "organizational_unit_ids",
        "OrganizationArn": "organization_arns",
        "OrganizationalUnitArn": "organizational_unit_arns",
        "OrganizationalUnit": "organizational_units",
        "Organization": "single_organizations",
        "Organizations": "organizations",
    },
    "amimodel.permissions": {
        "AccountPermission": "account_permissions",
        "OrganizationPermission": "organization_permissions",
        "OrganizationalUnitPermission": "organizational_unit_permissions",
        "EveryonePermission": "everyone_permissions",
        "Permissions": "launch_permission_lists",
    },
    "amimodel.encryption": {
        "KmsKeyId": "kms_key_ids",
        "KmsKeyArn": "kms_key_arns",
        "AccountGrant": "account_grants",
        "OrganizationGrant": "organization_grants",
        "OrganizationPathGrant": "organization_path_grants",
        "KmsKey": "kms_keys",
    },
    "amimodel.block_devices": {
        "EbsBlockDevice": "ebs_block_devices",
        "InstanceStoreDevice": "instance_store_devices",
        "SuppressedDevice": "suppressed_devices",
        "BlockDeviceMapping": "block_device_mappings",
    },
    "amimodel.product_codes": {"ProductCode": "product_codes"},
    "amimodel.watermarks": {"WatermarkKey": "watermark_keys", "ImageWatermark": "image_watermarks"},
    "amimodel.scan_results": {"ScanResults": "scan_results"},
    "amimodel.instance_type_specifications": {"InstanceTypeSpecification": "instance_type_specifications"},
    "amimodel.instance_types": {"InstanceStoreVolumes": "instance_store_volumes", "InstanceType": "instance_types"},
    "amimodel.snapshots": {"Snapshot": "snapshots"},
    "amimodel.images": {
        "StateReason": "state_reasons",
        "DeregistrationProtection": "deregistration_protections",
        "Image": "images",
    },
    "amimodel.instances": {
        "InstanceBlockDevice": "instance_block_devices",
        "Instance": "instances",
        "ImageMetadata": "image_metadata",
        "InstanceImageMetadata": "instance_image_metadata",
    },
    "amimodel.image_criteria": {
        "CreationDateCondition": "creation_date_conditions",
        "DeprecationTimeCondition": "deprecation_time_conditions",
        "ImageWatermarkFilter": "image_watermark_filters",
        "ScanResultCondition": "scan_result_conditions",
        "ImageCriterion": "image_criteria",
    },
    "amimodel.settings": {
        "ImageBlockPublicAccess": "image_block_public_access",
        "SnapshotBlockPublicAccess": "snapshot_block_public_access",
        "AllowedImagesSettings": "allowed_images_settings",
        "EbsEncryption": "ebs_encryption",
        "InstanceMetadataDefaults": "instance_metadata_defaults",
        "RegionSettings": "region_settings",
    },
    "amimodel.limits": {"Limits": "limits"},
    "amimodel.quirks": {"Quirks": "quirks"},
    "amimodel.timing": {"Timing": "timings"},
}


def register() -> None:
    """Let Hypothesis find the strategy of each noun.

    Hypothesis itself learns of numpy's types without importing numpy, through a table of packages and their resolvers.
    The public way wants the types themselves, and importing them would nearly double what `import hypothesis` costs: it
    is the way only for releases of Hypothesis that have no such table.
    """
    try:
        from hypothesis.strategies._internal.types import _global_extra_lookup as resolvers  # pyright: ignore[reportPrivateUsage]  # the docstring says why
    except ImportError:
        _register_types()
    else:
        resolvers["amimodel"] = strategy_for


def strategy_for(thing: object) -> "SearchStrategy[Any] | None":
    """The strategy of a noun; None for everything else."""
    noun = get_origin(thing) or thing
    module: object = getattr(noun, "__module__", None)
    names = _NOUNS.get(module) if isinstance(module, str) else None
    name: object = getattr(noun, "__qualname__", None)
    if names is None or not isinstance(name, str) or name not in names:
        return None
    from amimodel.testing import strategies

    if name == "Permissions" and _is_list_of_snapshots(thing):
        return strategies.create_volume_permission_lists()
    found: Callable[[], SearchStrategy[Any]] = getattr(strategies, names[name])
    return found()


def _is_list_of_snapshots(thing: object) -> bool:
    from amimodel.permissions import CreateVolumePermission

    return get_args(thing) == (CreateVolumePermission,)


def _nouns() -> Iterator[Any]:
    for module, names in _NOUNS.items():
        for name in names:
            yield getattr(import_module(module), name)


def _register_types() -> None:
    from hypothesis.strategies import register_type_strategy

    with suppress(ImportError):  # without attrs there are no nouns, and nobody to ask for them
        for noun in _nouns():
            register_type_strategy(noun, _strategy_of)


def _strategy_of(thing: Any) -> "SearchStrategy[Any]":  # noqa: ANN401 - Hypothesis gives any type
    strategy = strategy_for(thing)
    if strategy is None:
        raise LookupError(thing)  # only nouns are registered
    return strategy
