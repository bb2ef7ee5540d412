"""amimodel: an executable specification of Amazon Machine Images.

Everything EC2 lets an account do to an AMI, and everything it refuses, as immutable values and pure functions.

>>> import amimodel as ami
>>> ami.ImageId("ami-12345678"), ami.Region("eu-central-1").partition.value
('ami-12345678', 'aws')

The names below are the ones to build on. The rules stand in modules of their own, each named for what it decides:
`amimodel.access`, `amimodel.billing`, `amimodel.booting`, `amimodel.compatibility`, `amimodel.consistency`,
`amimodel.device_names`, `amimodel.instance_store`, `amimodel.lifecycle`, `amimodel.mapping`, `amimodel.sharing`. At the
edge, `amimodel.wire` reads and writes EC2's JSON, `amimodel.inventory` and `amimodel.audit` make sense of it, and
`amimodel.testing` makes values for property-based tests.

A name is fetched from its module when it is first used, so that `import amimodel` costs next to nothing.
"""

from importlib import import_module

_NAMES = {
    # words
    "identifiers": (
        "AccountId",
        "ImageId",
        "InstanceId",
        "KernelId",
        "RamdiskId",
        "SnapshotId",
        "VolumeId",
        "image_arn",
        "snapshot_arn",
    ),
    "regions": ("AvailabilityZone", "Partition", "Region", "ZoneType", "known_regions"),
    "malformed": ("Malformed",),
    "vocabulary": (
        "Architecture",
        "BootMode",
        "Hypervisor",
        "ImageState",
        "ImageType",
        "ImdsSupport",
        "OwnerAlias",
        "Platform",
        "RootDeviceType",
        "Severity",
        "SriovNetSupport",
        "TpmSupport",
        "VirtualizationType",
    ),
    # nouns
    "images": ("DeregistrationProtection", "DeregistrationProtectionMode", "Image", "StateReason"),
    "block_devices": ("NO_DEVICE", "BlockDeviceMapping", "EbsBlockDevice", "InstanceStoreDevice", "SuppressedDevice"),
    "volume_types": ("VOLUME_LIMITS", "VolumeLimits", "VolumeType"),
    "snapshots": ("Snapshot", "SnapshotState", "StorageTier", "TransferType"),
    "permissions": (
        "EVERYONE",
        "NOBODY",
        "AccountPermission",
        "CreateVolumePermission",
        "CreateVolumePermissions",
        "EveryonePermission",
        "LaunchPermission",
        "LaunchPermissions",
        "OrganizationPermission",
        "OrganizationalUnitPermission",
        "Permissions",
    ),
    "organizations": (
        "NOTHING_KNOWN",
        "Organization",
        "OrganizationArn",
        "OrganizationalUnit",
        "OrganizationalUnitArn",
        "Organizations",
    ),
    "encryption": (
        "AccountGrant",
        "KeyGrant",
        "KeyManager",
        "KeyState",
        "KmsKey",
        "KmsKeyArn",
        "OrganizationGrant",
        "OrganizationPathGrant",
    ),
    "tags": ("Tags",),
    "product_codes": ("ProductCode", "ProductCodeType"),
    "billing_codes": ("BillingCode", "Licence"),
    "watermarks": ("ImageWatermark", "WatermarkKey"),
    "scan_results": ("ScanResults",),
    "instance_type_specifications": ("InstanceTypeSpecification",),
    "instance_types": (
        "EnaSupport",
        "InstanceStoreVolumes",
        "InstanceType",
        "InstanceTypeHypervisor",
        "instance_type",
    ),
    "instances": (
        "HttpTokens",
        "ImageMetadata",
        "Instance",
        "InstanceBlockDevice",
        "InstanceImageMetadata",
        "InstanceState",
    ),
    "settings": (
        "AllowedImagesSettings",
        "AllowedImagesSettingsState",
        "EbsEncryption",
        "ImageBlockPublicAccess",
        "ImageBlockPublicAccessState",
        "InstanceMetadataDefaults",
        "ManagedBy",
        "MetadataDefaultHttpTokens",
        "MetadataDefaultSwitch",
        "RegionSettings",
        "SnapshotBlockPublicAccess",
        "SnapshotBlockPublicAccessState",
    ),
    "image_criteria": (
        "CreationDateCondition",
        "DeprecationTimeCondition",
        "ImageCriterion",
        "ImageProvider",
        "ImageWatermarkFilter",
        "ScanResultCondition",
    ),
    "limits": ("Limits",),
    "quirks": ("Quirks",),
    "timing": ("Timing",),
    # no
    "refusals": (
        "ArchitectureMismatch",
        "BootModeUnsupported",
        "BootVolumeTypeUnsupported",
        "DeregistrationProtected",
        "DuplicateDeviceName",
        "EnaRequired",
        "EncryptedImageNotPublic",
        "ImageNotFound",
        "ImageUnavailable",
        "InstanceTypeNotAllowed",
        "InvalidDeviceName",
        "IopsRequired",
        "KernelRequired",
        "ManagedKeyNotShared",
        "MarketplaceCopyRefused",
        "NoRootSnapshot",
        "NoSizeNorSnapshot",
        "NoStoragePermission",
        "NotAMachineImage",
        "NotAuthorizedForImage",
        "NotAuthorizedForImages",
        "NotSharedWithAccount",
        "ProductCodeImageNotPublic",
        "PublicImageQuotaReached",
        "PublicSharingBlocked",
        "Refusal",
        "ReplacementSnapshotTooSmall",
        "RootDeviceSuppressed",
        "RootDeviceTypeMismatch",
        "RootSnapshotChanged",
        "SharingQuotaReached",
        "SnapshotOnInstanceStoreDevice",
        "TpmUnsupported",
        "VirtualizationMismatch",
        "VolumeCombinationRefused",
        "VolumeSmallerThanSnapshot",
        "VolumeValueRefused",
        "WatermarkedImageNotPublic",
    ),
    "decisions": (
        "Decision",
        "Ground",
        "MembershipNotTold",
        "Owner",
        "PermissionsNotTold",
        "Permitted",
        "SnapshotNotTold",
        "StorageNotTold",
    ),
    # rules
    "access": ("may_copy", "may_describe", "may_launch"),
    "lifecycle": ("ImageEvent", "Stage"),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = (*_MODULES,)  # noqa: PLE0604  # pyright: ignore[reportUnsupportedDunderAll] - because they stand above


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        message = f"module 'amimodel' has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(f"amimodel.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
