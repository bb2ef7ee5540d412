"""Hypothesis strategies for every noun of amimodel.

A strategy is named for what it gives, in the plural: `images()` gives an `Image`. What it gives is always legal, and
consistent: a value that EC2 could show. The simplest example comes first, so a failing test shrinks to an image that
has nothing but what the failure needs.

    >>> from hypothesis import find, given
    >>> find(regions(), lambda region: region.opt_in).description
    'Africa (Cape Town)'
    >>> @given(images(image_type="machine", root_device_type="ebs"))
    ... def every_root_is_made_of_a_snapshot(image):
    ...     assert image.root_device.ebs.snapshot_id in image.snapshot_ids
    >>> every_root_is_made_of_a_snapshot()

`..._lists` give whole lists of what must go together. Words that EC2 has a closed set of, such as `BootMode`, need no
strategy here: `hypothesis.strategies.sampled_from(BootMode)` is one.
"""

from amimodel.testing.strategies._devices import (
    block_device_mapping_lists,
    block_device_mappings,
    device_names,
    devices,
    ebs_block_devices,
    instance_store_devices,
    suppressed_devices,
    volume_types,
)
from amimodel.testing.strategies._images import (
    images,
)
from amimodel.testing.strategies._instances import (
    image_metadata,
    instance_block_devices,
    instance_image_metadata,
    instance_store_volumes,
    instance_types,
    instances,
)
from amimodel.testing.strategies._keys import (
    account_grants,
    kms_key_arns,
    kms_key_ids,
    kms_keys,
    organization_grants,
    organization_path_grants,
)
from amimodel.testing.strategies._marks import (
    billing_codes,
    deregistration_protections,
    image_watermarks,
    instance_type_patterns,
    instance_type_specifications,
    product_codes,
    scan_results,
    state_reasons,
    watermark_keys,
)
from amimodel.testing.strategies._organizations import (
    organization_arns,
    organization_ids,
    organizational_unit_arns,
    organizational_unit_ids,
    organizational_units,
    organizations,
    root_ids,
    single_organizations,
)
from amimodel.testing.strategies._permissions import (
    account_permissions,
    create_volume_permission_lists,
    create_volume_permissions,
    everyone_permissions,
    launch_permission_lists,
    launch_permissions,
    organization_permissions,
    organizational_unit_permissions,
)
from amimodel.testing.strategies._requests import (
    askings,
    callers,
    requests,
)
from amimodel.testing.strategies._settings import (
    allowed_images_settings,
    creation_date_conditions,
    deprecation_time_conditions,
    ebs_encryption,
    image_block_public_access,
    image_criteria,
    image_criteria_lists,
    image_watermark_filters,
    instance_metadata_defaults,
    limits,
    quirks,
    region_settings,
    scan_result_conditions,
    snapshot_block_public_access,
    timings,
)
from amimodel.testing.strategies._showing import teach
from amimodel.testing.strategies._snapshots import (
    snapshots,
)
from amimodel.testing.strategies._traces import (
    steps,
    traces,
    worlds,
)
from amimodel.testing.strategies._words import (
    account_ids,
    availability_zones,
    descriptions,
    image_ids,
    image_names,
    instance_ids,
    instants,
    kernel_ids,
    ramdisk_ids,
    regions,
    snapshot_ids,
    tags,
    volume_ids,
)

__all__ = [
    "account_grants",
    "account_ids",
    "account_permissions",
    "allowed_images_settings",
    "askings",
    "availability_zones",
    "billing_codes",
    "block_device_mapping_lists",
    "block_device_mappings",
    "callers",
    "create_volume_permission_lists",
    "create_volume_permissions",
    "creation_date_conditions",
    "deprecation_time_conditions",
    "deregistration_protections",
    "descriptions",
    "device_names",
    "devices",
    "ebs_block_devices",
    "ebs_encryption",
    "everyone_permissions",
    "image_block_public_access",
    "image_criteria",
    "image_criteria_lists",
    "image_ids",
    "image_metadata",
    "image_names",
    "image_watermark_filters",
    "image_watermarks",
    "images",
    "instance_block_devices",
    "instance_ids",
    "instance_image_metadata",
    "instance_metadata_defaults",
    "instance_store_devices",
    "instance_store_volumes",
    "instance_type_patterns",
    "instance_type_specifications",
    "instance_types",
    "instances",
    "instants",
    "kernel_ids",
    "kms_key_arns",
    "kms_key_ids",
    "kms_keys",
    "launch_permission_lists",
    "launch_permissions",
    "limits",
    "organization_arns",
    "organization_grants",
    "organization_ids",
    "organization_path_grants",
    "organization_permissions",
    "organizational_unit_arns",
    "organizational_unit_ids",
    "organizational_unit_permissions",
    "organizational_units",
    "organizations",
    "product_codes",
    "quirks",
    "ramdisk_ids",
    "region_settings",
    "regions",
    "requests",
    "root_ids",
    "scan_result_conditions",
    "scan_results",
    "single_organizations",
    "snapshot_block_public_access",
    "snapshot_ids",
    "snapshots",
    "state_reasons",
    "steps",
    "suppressed_devices",
    "tags",
    "timings",
    "traces",
    "volume_ids",
    "volume_types",
    "watermark_keys",
    "worlds",
]

teach()
