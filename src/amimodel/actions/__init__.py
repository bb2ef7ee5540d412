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
from amimodel.actions.encryption_settings import (
    DisableEbsEncryptionByDefault,
    EnableEbsEncryptionByDefault,
    GetEbsDefaultKmsKeyId,
    GetEbsEncryptionByDefault,
    ModifyEbsDefaultKmsKeyId,
    ResetEbsDefaultKmsKeyId,
)
from amimodel.actions.instance import (
    InstanceTransition,
    RebootInstances,
    StartInstances,
    StopInstances,
    TerminateInstances,
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
from amimodel.actions.owner import (
    DisableImage,
    DisableImageDeprecation,
    DisableImageDeregistrationProtection,
    EnableImage,
    EnableImageDeprecation,
    EnableImageDeregistrationProtection,
)
from amimodel.actions.provider import (
    ChangeBundle,
    ChangeKeyState,
    FailImage,
    FailLaunch,
    FailSnapshot,
    FaultImage,
    PublishParameter,
    ScanImage,
    ShutDownFromWithin,
    UnpublishUnusedImages,
)
from amimodel.actions.register import (
    RegisterImage,
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
    "ApplyDeclarativePolicy",
    "AttachImageWatermark",
    "CancelImageLaunchPermission",
    "ChangeBundle",
    "ChangeKeyState",
    "CopyImage",
    "CopySnapshot",
    "CopyTagsFromSource",
    "CreateImage",
    "CreateRule",
    "CreateSnapshot",
    "CreateSnapshots",
    "CreateTags",
    "CreateVolume",
    "DeleteRule",
    "DeleteSnapshot",
    "DeleteSnapshotReturnCode",
    "DeleteTags",
    "DeleteVolume",
    "DeregisterImage",
    "Deregistration",
    "DescribeImageAttribute",
    "DescribeImages",
    "DescribeInstanceImageMetadata",
    "DescribeInstances",
    "DescribeSnapshotAttribute",
    "DescribeSnapshots",
    "DescribeTags",
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
    "FaultImage",
    "GetAllowedImagesSettings",
    "GetEbsDefaultKmsKeyId",
    "GetEbsEncryptionByDefault",
    "GetImageAncestry",
    "GetImageBlockPublicAccessState",
    "GetInstanceMetadataDefaults",
    "GetRule",
    "GetSnapshotBlockPublicAccessState",
    "GrantKey",
    "ImageRecycleBinInfo",
    "InstanceSpecification",
    "InstanceTransition",
    "JoinOrganization",
    "LeaveOrganization",
    "ListImagesInRecycleBin",
    "ListRules",
    "ListSnapshotsInRecycleBin",
    "LockRule",
    "ModifyEbsDefaultKmsKeyId",
    "ModifyImageAttribute",
    "ModifyInstanceMetadataDefaults",
    "ModifySnapshotAttribute",
    "MoveAccount",
    "PublishParameter",
    "RebootInstances",
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
    "RuleSummary",
    "RunInstances",
    "ScanImage",
    "ShutDownFromWithin",
    "SnapshotRecycleBinInfo",
    "SnapshotReturnCode",
    "StartInstances",
    "StopInstances",
    "TerminateInstances",
    "UnlockRule",
    "UnpublishUnusedImages",
    "UpdateRule",
    "happen",
]


def _is_request(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Request) and kind is not Request


ACTIONS: Final[Mapping[str, type[Request[Any]]]] = MappingProxyType(
    {name: kind for name, kind in globals().items() if _is_request(kind)}
)
"""The class of requests for each action, by EC2's name of it; those of `provider` by names of ours."""
