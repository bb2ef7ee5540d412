"""Every action of EC2 that the model knows, as a class of requests.

A module holds a family of actions that share their rules. `ACTIONS` has them all by their names.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from amimodel.actions._effects import happen
from amimodel.actions.administration import (
    ApplyDeclarativePolicy,
    GrantKey,
    RevokeKey,
)
from amimodel.actions.allowed_amis import (
    DisableAllowedImagesSettings,
    EnableAllowedImagesSettings,
    GetAllowedImagesSettings,
    ReplaceImageCriteriaInAllowedImagesSettings,
)
from amimodel.actions.ancestry import (
    GetImageAncestry,
)
from amimodel.actions.bin import (
    ImageRecycleBinInfo,
    ListImagesInRecycleBin,
    ListSnapshotsInRecycleBin,
    RestoreImageFromRecycleBin,
    RestoreSnapshotFromRecycleBin,
    SnapshotRecycleBinInfo,
)
from amimodel.actions.block_public_access import (
    DisableImageBlockPublicAccess,
    DisableSnapshotBlockPublicAccess,
    EnableImageBlockPublicAccess,
    EnableSnapshotBlockPublicAccess,
    GetImageBlockPublicAccessState,
    GetSnapshotBlockPublicAccessState,
)
from amimodel.actions.buckets import (
    ChangeBucketPolicy,
    CopyStoredImage,
    CreateBucket,
    DeleteStoredImage,
)
from amimodel.actions.copy import (
    CopyImage,
)
from amimodel.actions.copy_snapshot import (
    CopySnapshot,
)
from amimodel.actions.create import (
    CreateImage,
)
from amimodel.actions.describe import (
    DescribeImages,
)
from amimodel.actions.describe_attribute import (
    DescribeImageAttribute,
)
from amimodel.actions.describe_instances import (
    DescribeInstanceImageMetadata,
    DescribeInstances,
)
from amimodel.actions.describe_snapshots import (
    DescribeSnapshotAttribute,
    DescribeSnapshots,
)
from amimodel.actions.describe_volumes import (
    DescribeVolumes,
)
from amimodel.actions.encryption_settings import (
    DisableEbsEncryptionByDefault,
    EnableEbsEncryptionByDefault,
    GetEbsDefaultKmsKeyId,
    GetEbsEncryptionByDefault,
    ModifyEbsDefaultKmsKeyId,
    ResetEbsDefaultKmsKeyId,
)
from amimodel.actions.identity import (
    AssumedRole,
    AssumedRoleUser,
    AssumeRole,
    CallerIdentity,
    GetCallerIdentity,
)
from amimodel.actions.instance import (
    InstanceTransition,
    RebootInstances,
    StartInstances,
    StopInstances,
    TerminateInstances,
)
from amimodel.actions.keys import (
    AliasListEntry,
    DescribeKey,
    KeyListEntry,
    KeyMetadata,
    KeyOrigin,
    ListAliases,
    ListedAliases,
    ListedKeys,
    ListKeys,
)
from amimodel.actions.launch import (
    Reservation,
    RunInstances,
)
from amimodel.actions.mark import (
    AttachImageWatermark,
    DetachImageWatermark,
    ReplaceImageInstanceTypeSpecification,
)
from amimodel.actions.membership import (
    JoinOrganization,
    LeaveOrganization,
    MoveAccount,
)
from amimodel.actions.metadata_defaults import (
    GetInstanceMetadataDefaults,
    ModifyInstanceMetadataDefaults,
)
from amimodel.actions.organization import (
    AccountState,
    AccountSummary,
    DescribeAccount,
    DescribeOrganization,
    ListAccounts,
    OrganizationSummary,
)
from amimodel.actions.organization_tree import (
    DescribeOrganizationalUnit,
    ListAccountsForParent,
    ListOrganizationalUnitsForParent,
    ListParents,
    ListRoots,
    Parent,
    ParentType,
    RootSummary,
    UnitSummary,
)
from amimodel.actions.owner import (
    DisableImage,
    DisableImageDeprecation,
    DisableImageDeregistrationProtection,
    EnableImage,
    EnableImageDeprecation,
    EnableImageDeregistrationProtection,
)
from amimodel.actions.parameters import (
    FoundParameters,
    GetParameter,
    GetParameters,
    GetParametersByPath,
    Parameter,
)
from amimodel.actions.places import (
    DescribeAvailabilityZones,
    DescribeRegions,
    OptInStatus,
    RegionDescription,
    ZoneDescription,
)
from amimodel.actions.provider import (
    ChangeBundle,
    ChangeKeyState,
    FailImage,
    FailLaunch,
    FailSnapshot,
    FailStoreImageTask,
    FaultImage,
    PublishParameter,
    ScanImage,
    ShutDownFromWithin,
    UnpublishUnusedImages,
)
from amimodel.actions.register import (
    RegisterImage,
)
from amimodel.actions.restore import (
    CreateRestoreImageTask,
)
from amimodel.actions.retention_rules import (
    CreateRule,
    DeleteRule,
    GetRule,
    ListRules,
    LockRule,
    RuleSummary,
    UnlockRule,
    UpdateRule,
)
from amimodel.actions.retire import (
    DeleteSnapshotReturnCode,
    DeregisterImage,
    Deregistration,
    SnapshotReturnCode,
)
from amimodel.actions.share import (
    ModifyImageAttribute,
)
from amimodel.actions.share_snapshot import (
    ModifySnapshotAttribute,
    ResetSnapshotAttribute,
)
from amimodel.actions.snapshot import (
    CopyTagsFromSource,
    CreateSnapshot,
    CreateSnapshots,
    DeleteSnapshot,
    InstanceSpecification,
)
from amimodel.actions.store import (
    CreateStoreImageTask,
    DescribeStoreImageTasks,
)
from amimodel.actions.tag import (
    CreateTags,
    DeleteTags,
    DescribeTags,
)
from amimodel.actions.unshare import (
    CancelImageLaunchPermission,
    ResetImageAttribute,
)
from amimodel.actions.volume import (
    CreateVolume,
    DeleteVolume,
)
from amimodel.requests import Request

__all__ = [
    "ACTIONS",
    "AccountState",
    "AccountSummary",
    "AliasListEntry",
    "ApplyDeclarativePolicy",
    "AssumeRole",
    "AssumedRole",
    "AssumedRoleUser",
    "AttachImageWatermark",
    "CallerIdentity",
    "CancelImageLaunchPermission",
    "ChangeBucketPolicy",
    "ChangeBundle",
    "ChangeKeyState",
    "CopyImage",
    "CopySnapshot",
    "CopyStoredImage",
    "CopyTagsFromSource",
    "CreateBucket",
    "CreateImage",
    "CreateRestoreImageTask",
    "CreateRule",
    "CreateSnapshot",
    "CreateSnapshots",
    "CreateStoreImageTask",
    "CreateTags",
    "CreateVolume",
    "DeleteRule",
    "DeleteSnapshot",
    "DeleteSnapshotReturnCode",
    "DeleteStoredImage",
    "DeleteTags",
    "DeleteVolume",
    "DeregisterImage",
    "Deregistration",
    "DescribeAccount",
    "DescribeAvailabilityZones",
    "DescribeImageAttribute",
    "DescribeImages",
    "DescribeInstanceImageMetadata",
    "DescribeInstances",
    "DescribeKey",
    "DescribeOrganization",
    "DescribeOrganizationalUnit",
    "DescribeRegions",
    "DescribeSnapshotAttribute",
    "DescribeSnapshots",
    "DescribeStoreImageTasks",
    "DescribeTags",
    "DescribeVolumes",
    "DetachImageWatermark",
    "DisableAllowedImagesSettings",
    "DisableEbsEncryptionByDefault",
    "DisableImage",
    "DisableImageBlockPublicAccess",
    "DisableImageDeprecation",
    "DisableImageDeregistrationProtection",
    "DisableSnapshotBlockPublicAccess",
    "EnableAllowedImagesSettings",
    "EnableEbsEncryptionByDefault",
    "EnableImage",
    "EnableImageBlockPublicAccess",
    "EnableImageDeprecation",
    "EnableImageDeregistrationProtection",
    "EnableSnapshotBlockPublicAccess",
    "FailImage",
    "FailLaunch",
    "FailSnapshot",
    "FailStoreImageTask",
    "FaultImage",
    "FoundParameters",
    "GetAllowedImagesSettings",
    "GetCallerIdentity",
    "GetEbsDefaultKmsKeyId",
    "GetEbsEncryptionByDefault",
    "GetImageAncestry",
    "GetImageBlockPublicAccessState",
    "GetInstanceMetadataDefaults",
    "GetParameter",
    "GetParameters",
    "GetParametersByPath",
    "GetRule",
    "GetSnapshotBlockPublicAccessState",
    "GrantKey",
    "ImageRecycleBinInfo",
    "InstanceSpecification",
    "InstanceTransition",
    "JoinOrganization",
    "KeyListEntry",
    "KeyMetadata",
    "KeyOrigin",
    "LeaveOrganization",
    "ListAccounts",
    "ListAccountsForParent",
    "ListAliases",
    "ListImagesInRecycleBin",
    "ListKeys",
    "ListOrganizationalUnitsForParent",
    "ListParents",
    "ListRoots",
    "ListRules",
    "ListSnapshotsInRecycleBin",
    "ListedAliases",
    "ListedKeys",
    "LockRule",
    "ModifyEbsDefaultKmsKeyId",
    "ModifyImageAttribute",
    "ModifyInstanceMetadataDefaults",
    "ModifySnapshotAttribute",
    "MoveAccount",
    "OptInStatus",
    "OrganizationSummary",
    "Parameter",
    "Parent",
    "ParentType",
    "PublishParameter",
    "RebootInstances",
    "RegionDescription",
    "RegisterImage",
    "ReplaceImageCriteriaInAllowedImagesSettings",
    "ReplaceImageInstanceTypeSpecification",
    "Reservation",
    "ResetEbsDefaultKmsKeyId",
    "ResetImageAttribute",
    "ResetSnapshotAttribute",
    "RestoreImageFromRecycleBin",
    "RestoreSnapshotFromRecycleBin",
    "RevokeKey",
    "RootSummary",
    "RuleSummary",
    "RunInstances",
    "ScanImage",
    "ShutDownFromWithin",
    "SnapshotRecycleBinInfo",
    "SnapshotReturnCode",
    "StartInstances",
    "StopInstances",
    "TerminateInstances",
    "UnitSummary",
    "UnlockRule",
    "UnpublishUnusedImages",
    "UpdateRule",
    "ZoneDescription",
    "happen",
]


def _is_request(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Request) and kind is not Request


ACTIONS: Final[Mapping[str, type[Request[Any]]]] = MappingProxyType(
    {name: kind for name, kind in globals().items() if _is_request(kind)}
)
"""The class of requests for each action, by EC2's name of it; those of `provider` by names of ours."""
