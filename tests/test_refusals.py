"""Every way EC2 says no: rules A 12, B 13, C 14."""

import copy
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amimodel import refusals
from amimodel.identifiers import AccountId, ImageId, InstanceId, SnapshotId, VolumeId
from amimodel.instances import InstanceState
from amimodel.malformed import Malformed
from amimodel.quirks import ErrorCode
from amimodel.refusals import DoubtfulRefusal, FilterCount, Refusal
from amimodel.retention import RetainedResourceType, RetentionRuleLockState
from amimodel.snapshots import SnapshotState, StorageTier
from amimodel.vocabulary import (
    Architecture,
    BootMode,
    ImageState,
    ImageType,
    RootDeviceType,
    VirtualizationType,
)
from amimodel.volume_types import VolumeType
from amimodel.volumes import VolumeState

AMI, SNAP = ImageId("ami-12345678"), SnapshotId("snap-12345678")
INST, VOL = InstanceId("i-12345678"), VolumeId("vol-12345678")
BOB, KEY, BUNDLE = "999988887777", "alias/web", "amis/web/image.manifest.xml"
ELSEWHERE = "none of EC2's"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def every_kind() -> Iterator[type[Refusal]]:
    for value in vars(refusals).values():
        if isinstance(value, type) and issubclass(value, Refusal) and value not in {Refusal, DoubtfulRefusal}:
            yield value


KINDS = sorted(every_kind(), key=lambda kind: kind.__name__)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)

# Refusal, code, and EC2's own message where the rules give one; None where the words are ours.
CASES: list[tuple[Refusal, str, str | None]] = [
    # which image
    (refusals.ImageNotFound(image_ids=(AMI,)), "InvalidAMIID.NotFound", "The image id '[ami-12345678]' does not exist"),
    (
        refusals.ImageNotFound(image_ids=(AMI, "ami-0abcdef1234567890")),
        "InvalidAMIID.NotFound",
        "The image ids '[ami-12345678, ami-0abcdef1234567890]' do not exist",
    ),
    (
        refusals.ImageUnavailable(image_id=AMI, state=ImageState.PENDING),
        "InvalidAMIID.Unavailable",
        "The AMI ID 'ami-12345678' is currently pending and may not be used for this operation",
    ),
    (
        refusals.ImageUnavailable(image_id=AMI, state=ImageState.DISABLED),
        "InvalidAMIID.Unavailable",
        "The AMI ID 'ami-12345678' is currently disabled and may not be used for this operation",
    ),
    (
        refusals.ImageUnavailable(image_id=AMI, state=ImageState.DEREGISTERED),
        "InvalidAMIID.Unavailable",
        "The image id '[ami-12345678]' is no longer available",
    ),
    (refusals.NotAuthorizedForImages(image_id=AMI), "AuthFailure", "Not authorized for images: [ami-12345678]"),
    (refusals.NotAuthorizedForImage(image_id=AMI), "AuthFailure", "Not authorized for image:ami-12345678"),
    (
        refusals.DeregistrationProtected(
            error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id=AMI, protection="enabled-with-cooldown"
        ),
        "OperationNotPermitted",
        None,
    ),
    # watermarks and instance types
    (
        refusals.PublicImageNotWatermarked(error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id=AMI),
        "OperationNotPermitted",
        None,
    ),
    (
        refusals.WatermarkLimitReached(error_code=ErrorCode.RESOURCE_LIMIT_EXCEEDED, image_id=AMI, limit=5),
        "ResourceLimitExceeded",
        None,
    ),
    (refusals.MarketplaceSpecificationRefused(image_id=AMI), "OperationNotPermitted", None),
    (
        refusals.TooManyInstanceTypes(member="SupportedInstanceTypes", instance_types=101, limit=100),
        "InvalidParameterValue",
        None,
    ),
    # launching
    (refusals.NotAMachineImage(image_id="aki-12345678", image_type=ImageType.KERNEL), "InvalidParameterValue", None),
    (refusals.InstanceTypeNotAllowed(image_id=AMI, instance_type="t3.micro"), "InvalidParameterCombination", None),
    (
        refusals.ArchitectureMismatch(
            image_architecture=Architecture.ARM64,
            instance_type="t2.micro",
            instance_type_architectures=(Architecture.I386, Architecture.X86_64),
        ),
        "InvalidParameterValue",
        (
            "The architecture 'i386,x86_64' of the specified instance type does not match the architecture"
            " 'arm64' of the specified AMI. Specify an instance type and an AMI that have matching"
            " architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to"
            " discover the architecture of the instance type or AMI."
        ),
    ),
    (
        refusals.VirtualizationMismatch(virtualization_type=VirtualizationType.PARAVIRTUAL, instance_type="t3.micro"),
        "InvalidParameterCombination",
        (
            "Virtualization type 'hvm' is required for instances of type 't3.micro'. Ensure that you are"
            " using an AMI with virtualization type 'hvm'. For more information, see"
            " http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html"
        ),
    ),
    (
        refusals.VirtualizationMismatch(virtualization_type=VirtualizationType.HVM, instance_type="m1.small"),
        "InvalidParameterCombination",
        "Non-Windows instances with a virtualization type of 'hvm' are currently not supported for this instance type.",
    ),
    (
        refusals.RootDeviceTypeMismatch(root_device_type=RootDeviceType.INSTANCE_STORE, instance_type="t3.micro"),
        "InvalidParameterCombination",
        None,
    ),
    (
        refusals.EnaRequired(instance_type="m5.large"),
        "InvalidParameterCombination",
        (
            "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 'm5.large'"
            " instance type. Ensure that you are using an AMI that is enabled for ENA."
        ),
    ),
    (
        refusals.BootModeUnsupported(boot_mode=BootMode.UEFI, instance_type="t2.micro"),
        "InvalidParameterValue",
        (
            "The t2.micro instance type does not support an AMI with a boot mode of UEFI. Only instance"
            " types built on the Nitro System support UEFI. Specify an instance type that supports UEFI, and"
            " try again."
        ),
    ),
    (
        refusals.BootModeUnsupported(boot_mode=BootMode.LEGACY_BIOS, instance_type="t4g.micro"),
        "InvalidParameterValue",
        None,
    ),
    (refusals.TpmUnsupported(instance_type="t2.micro"), "InvalidParameterCombination", None),
    (refusals.KernelRequired(image_id=AMI), "InvalidParameterCombination", None),
    # copying
    (
        refusals.NoStoragePermission(image_id=AMI, snapshot_ids=(SNAP,)),
        "InvalidRequest",
        "You do not have permission to access the storage of this ami",
    ),
    (refusals.MarketplaceCopyRefused(image_id=AMI), "InvalidRequest", None),
    # sharing
    (
        refusals.EncryptedImageNotPublic(image_id=AMI),
        "UnsupportedOperation",
        "Encrypted snapshots can't be shared publicly. Specify another snapshot.",
    ),
    (
        refusals.ProductCodeImageNotPublic(image_id=AMI),
        "OperationNotPermitted",
        "Images with marketplace product codes may not be made public.",
    ),
    (
        refusals.WatermarkedImageNotPublic(error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id=AMI),
        "OperationNotPermitted",
        None,
    ),
    (refusals.ProductCodesKept(image_id=AMI, product_codes=("abc",)), "InvalidParameterValue", None),
    (refusals.SnapshotPermissionsAddedAndRemoved(snapshot_id=SNAP), "InvalidParameterCombination", None),
    (
        refusals.EncryptedSnapshotNotPublic(error_code=ErrorCode.OPERATION_NOT_PERMITTED, snapshot_id=SNAP),
        "OperationNotPermitted",
        "Encrypted snapshots can't be shared publicly. Specify another snapshot.",
    ),
    (
        refusals.ManagedKeySnapshotNotShared(snapshot_id=SNAP),
        "OperationNotPermitted",
        "Encrypted snapshots with EBS default key cannot be shared",
    ),
    (refusals.ProductCodeSnapshotNotPublic(snapshot_id=SNAP), "OperationNotPermitted", None),
    (refusals.SnapshotPublicSharingBlocked(snapshot_id=SNAP), "OperationNotPermitted", None),
    (
        refusals.ManagedKeyNotShared(image_id=AMI, snapshot_id=SNAP),
        "InvalidParameter",
        "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
    ),
    (
        refusals.PublicSharingBlocked(image_id=AMI),
        "OperationNotPermitted",
        (
            "You can\u2019t publicly share this image because block public access for AMIs is enabled for"
            " this account. To publicly share the image, you must call the DisableImageBlockPublicAccess"
            " API."
        ),
    ),
    (
        refusals.PublicImageQuotaReached(quota=5),
        "ResourceLimitExceeded",
        (
            "You have reached your quota of 5 for the number of public images allowed in this Region."
            " Deregister unused public images or make them private, or request an increase in your public"
            " AMIs quota."
        ),
    ),
    (refusals.SharingQuotaReached(image_id=AMI, entities=1001, quota=1000), "ResourceLimitExceeded", None),
    (
        refusals.NotSharedWithAccount(image_id=AMI, account_id=AccountId("111122223333")),
        "InvalidAMIID.NotFound",
        "The image id '[ami-12345678]' does not exist",
    ),
    # block devices
    (refusals.InvalidDeviceName(device_name="/dev/zz"), "InvalidBlockDeviceMapping", "Invalid device name /dev/zz"),
    (refusals.DuplicateDeviceName(device_name="/dev/sdb"), "InvalidBlockDeviceMapping", None),
    (refusals.NoRootSnapshot(), "InvalidBlockDeviceMapping", "No root snapshot specified in device mapping."),
    (
        refusals.NoSizeNorSnapshot(device_names=("/dev/sdb", "/dev/sdc")),
        "InvalidBlockDeviceMapping",
        "Either snapshot ID or volume size must be provided for: /dev/sdb, /dev/sdc",
    ),
    (
        refusals.VolumeSmallerThanSnapshot(snapshot_id=SNAP, volume_size_gib=8, snapshot_size_gib=30),
        "InvalidBlockDeviceMapping",
        "Volume of size 8GB is smaller than  snapshot 'snap-12345678', expect size >= 30GB",
    ),
    (refusals.RootDeviceSuppressed(device_name="/dev/xvda"), "InvalidBlockDeviceMapping", None),
    (
        refusals.RootSnapshotChanged(device_name="/dev/xvda"),
        "InvalidBlockDeviceMapping",
        "snapshotId cannot be modified on root device",
    ),
    (
        refusals.SnapshotOnInstanceStoreDevice(device_name="/dev/sdb"),
        "InvalidBlockDeviceMapping",
        "snapshotId can only be modified on EBS devices",
    ),
    (
        refusals.ReplacementSnapshotTooSmall(
            device_name="/dev/sdb", snapshot_id=SNAP, snapshot_size_gib=1, replaced_size_gib=2
        ),
        "InvalidBlockDeviceMapping",
        None,
    ),
    (refusals.BootVolumeTypeUnsupported(volume_type=VolumeType.ST1), "BootForVolumeTypeUnsupported", None),
    (
        refusals.IopsRequired(volume_type=VolumeType.IO1),
        "InvalidParameterCombination",
        "The parameter iops must be specified for io1 volumes.",
    ),
    (
        refusals.VolumeValueRefused(device_name="/dev/sdb", detail="Volume of 0GiB is too small; minimum is 1GiB."),
        "InvalidParameterValue",
        "Volume of 0GiB is too small; minimum is 1GiB.",
    ),
    (
        refusals.VolumeCombinationRefused(
            device_name="/dev/sdb", detail="The parameter iops is not supported for st1 volumes."
        ),
        "InvalidParameterCombination",
        "The parameter iops is not supported for st1 volumes.",
    ),
    # everything else, by name
    (refusals.AsymmetricDefaultKey(kms_key_id=KEY), "InvalidParameterValue", None),
    (refusals.AttachedDeviceChanged(device_name="/dev/sdb", parameter="volumeSize"), "InvalidBlockDeviceMapping", None),
    (
        refusals.AttachmentLimitReached(instance_type="t3.micro", attachments=8, limit=200),
        "AttachmentLimitExceeded",
        None,
    ),
    (
        refusals.AttributeAccessRestricted(attribute="blockDeviceMapping"),
        "AuthFailure",
        "Unauthorized attempt to access restricted resource",
    ),
    (refusals.BillingProductCopyRefused(image_id=AMI), "InvalidRequest", None),
    (refusals.BillingProductsNotAuthorized(account_id=BOB), "AuthFailure", None),
    (refusals.BootModeOverrideRefused(instance_id=INST), "InvalidParameterCombination", None),
    (refusals.BundleNotFound(image_location=BUNDLE), "NoSuchKey", None),
    (refusals.CompletionDurationRefused(minutes=8, least=1, most=1000, step=8), "InvalidParameterValue", None),
    (refusals.CompletionDurationUnsupported(image_id=AMI), "InvalidParameterCombination", None),
    (refusals.CooldownKept(image_id=AMI), "OperationNotPermitted", None),
    (refusals.CopyRouteRefused(source="web", destination="web"), "InvalidRequest", None),
    (
        refusals.DeprecationInThePast(error_code=ErrorCode.INVALID_PARAMETER_VALUE, image_id=AMI, deprecate_at=NOW),
        "InvalidParameterValue",
        None,
    ),
    (
        refusals.DeprecationTooLate(
            error_code=ErrorCode.INVALID_PARAMETER_VALUE, image_id=AMI, deprecate_at=NOW, latest=NOW, public=True
        ),
        "InvalidParameterValue",
        None,
    ),
    (refusals.DeviceParameterUnsupported(device_name="/dev/sdb", parameter="kmsKeyId"), "InvalidParameter", None),
    (
        refusals.DisabledImagesNotIncluded(),
        "InvalidParameter",
        "When filtering by the 'disabled' state, 'IncludeDisabled' must be set to 'true' in the request.",
    ),
    (refusals.DryRunOperation(), "DryRunOperation", "Request would have succeeded, but DryRun flag is set."),
    (
        refusals.EncryptedFalseRefused(snapshot_id=SNAP),
        "InvalidParameterValue",
        "The parameter encrypted=false is invalid",
    ),
    (
        refusals.EncryptedFlagWithSnapshot(device_name="/dev/sdb"),
        "InvalidParameter",
        (
            "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a snapshot id "
            "in a block device mapping."
        ),
    ),
    (
        refusals.FilterLimitExceeded(counted=FilterCount.VALUES, number=201, limit=200),
        "FilterLimitExceeded",
        "The maximum number of filter values specified on a single call is 200",
    ),
    (
        refusals.ForeignSharedTag(error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id=AMI, key="ec2:SharedTag/x"),
        "OperationNotPermitted",
        None,
    ),
    (refusals.HttpTokensEnforced(), "UnsupportedOperation", None),
    (refusals.IdempotentParameterMismatch(client_token=ELSEWHERE), "IdempotentParameterMismatch", None),
    (
        refusals.IdsNotPaged(parameter="imagesSet"),
        "InvalidParameterCombination",
        "The parameter imagesSet cannot be used with the parameter maxResults",
    ),
    (
        refusals.ImageManagedByBackup(image_id=AMI),
        "AuthFailure",
        (
            "This image is managed by AWS Backup and cannot be deleted via EC2 APIs. To delete this image, "
            "please use the AWS Backup APIs, CLI, or console."
        ),
    ),
    (
        refusals.ImageNameInUse(name="web", image_id=AMI),
        "InvalidAMIName.Duplicate",
        "AMI name web is already in use by AMI ami-12345678",
    ),
    (refusals.ImageQuotaReached(quota=5), "ResourceLimitExceeded", None),
    (
        refusals.IncorrectInstanceState(instance_id=INST, state=InstanceState.PENDING, action="StopInstances"),
        "IncorrectInstanceState",
        None,
    ),
    (refusals.InitializationRateWithoutSnapshot(device_name="/dev/sdb"), "InvalidParameterCombination", None),
    (
        refusals.InstanceNotFound(instance_ids=(INST,)),
        "InvalidInstanceID.NotFound",
        "The instance ID 'i-12345678' does not exist",
    ),
    (refusals.InstanceRequestTooLarge(given=1001, most=1000), "ResourceCountExceeded", None),
    (
        refusals.InstanceStateNotImageable(instance_id=INST, state=InstanceState.PENDING),
        "InvalidParameterValue",
        ("Invalid value 'i-12345678' for instanceId. Instance is not in state 'running' or 'stopping' or 'stopped'"),
    ),
    (refusals.InstanceStoreCopyNotEncrypted(image_id=AMI), "InvalidParameterCombination", None),
    (refusals.InstanceStoreRootNotStoppable(instance_id=INST, action="StopInstances"), "UnsupportedOperation", None),
    (refusals.InvalidNextToken(next_token=ELSEWHERE), "InvalidNextToken", None),
    (refusals.KeyNotFound(kms_key_id=KEY), "NotFoundException", None),
    (refusals.KmsKeyRequiresEncrypted(kms_key_id=KEY), "InvalidParameterDependency", None),
    (
        refusals.LaunchEncryptedFlagRefused(device_name="/dev/sdb"),
        "InvalidBlockDeviceMapping",
        "the encrypted flag cannot be specified since device /dev/sdb has a snapshot specified.",
    ),
    (refusals.LocationNotSupported(resource_id="web"), "InvalidParameterValue", None),
    (
        refusals.ManifestCombinationRefused(detail="cannot specify kernel/ramdisk on HVM s3 images"),
        "InvalidParameterCombination",
        "cannot specify kernel/ramdisk on HVM s3 images",
    ),
    (
        refusals.ManifestDeviceRefused(device_name="zz"),
        "InvalidManifest",
        "Invalid block device mapping: Invalid device name 'zz'",
    ),
    (
        refusals.ManifestKernelNotFound(kernel_id="aki-12345678"),
        "InvalidManifest",
        "Invalid or unaccessible kernel id in ami manifest: aki-12345678",
    ),
    (
        refusals.ManifestNotRead(image_location=BUNDLE, found=True),
        "InvalidManifest",
        "HTTP 403 (Forbidden) response for URL http://s3.amazonaws.com:80/amis/web/image.manifest.xml",
    ),
    (refusals.ManifestNotUnderstood(image_location=BUNDLE), "InvalidManifest", "Invalid AMI manifest"),
    (refusals.ManifestRootTooLarge(size_gib=8, most_gib=8), "InvalidManifest", None),
    (
        refusals.MisplacedSharedTag(
            error_code=ErrorCode.INVALID_PARAMETER_VALUE, key="ec2:SharedTag/x", resource_type="snapshot"
        ),
        "InvalidParameterValue",
        None,
    ),
    (
        refusals.NoRootVolume(instance_id=INST, root_device_name="/dev/xvda"),
        "InvalidParameterValue",
        ("Invalid value 'i-12345678' for instanceId. Instance does not have a volume attached at root (/dev/xvda)"),
    ),
    (refusals.NoVolumesToSnapshot(instance_id=INST), "InvalidParameterValue", None),
    (refusals.NotAuthorizedForSnapshot(snapshot_id=SNAP), "AuthFailure", "Not authorized for snapshot:snap-12345678"),
    (refusals.NotTheProvider(action="FailImage"), "UnauthorizedOperation", None),
    (
        refusals.NothingToBringAbout(subject=SNAP, state="completed"),
        "IncorrectState",
        "snap-12345678 is completed: this cannot come to pass now.",
    ),
    (
        refusals.OutpostElsewhere(outpost_arn="arn:aws:outposts:x", source_region="us-east-1"),
        "InvalidParameterValue",
        None,
    ),
    (refusals.OverlappingPermissions(permissions=("account 999988887777",)), "InvalidParameterCombination", None),
    (
        refusals.PageSizeRefused(max_results=1001, least=1, most=1000),
        "InvalidParameterValue",
        "Value ( 1001 ) for parameter maxResults is invalid. Expecting a value less than 1000.",
    ),
    (refusals.ParameterNotResolved(parameter="/golden/web"), "SsmInvalidParameter", None),
    (refusals.ParavirtualCopyRefused(image_id=AMI, region="eu-central-1"), "InvalidRequest", None),
    (refusals.ParavirtualUefi(parameter="bootMode"), "InvalidParameterCombination", None),
    (
        refusals.PermissionOfAnotherPartition(
            arn="arn:aws-cn:organizations::1:organization/o-1", item_type="OrganizationArn", region="eu-central-1"
        ),
        "InvalidAMIAttributeItemValue",
        'Invalid attribute item value "arn:aws-cn:organizations::1:organization/o-1" for OrganizationArn item type.',
    ),
    (
        refusals.ProductCodesNotModifiable(image_id=AMI),
        "InvalidParameterValue",
        "Value (productCodes) for parameter attribute is invalid. Unknown attribute.",
    ),
    (
        refusals.PublicDeprecationKept(error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id=AMI),
        "OperationNotPermitted",
        None,
    ),
    (
        refusals.ReservedTagKey(error_code=ErrorCode.INVALID_PARAMETER_VALUE, key="aws:x"),
        "InvalidParameterValue",
        ("Value ( aws:x ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use"),
    ),
    (
        refusals.ReservedTagKeySpecified(error_code=ErrorCode.INVALID_PARAMETER_VALUE, key="aws:x"),
        "InvalidParameterValue",
        "Tag keys starting with 'aws:' are reserved for internal use",
    ),
    (refusals.RootVolumeExcluded(instance_id=INST, volume_id=VOL), "InvalidParameterValue", None),
    (
        refusals.ShutdownBehaviorRefused(image_id=AMI),
        "InvalidParameterCombination",
        "The attribute instanceInitiatedShutdownBehavior can only be used for elastic images.",
    ),
    (refusals.SnapshotDurationUnsupported(snapshot_id=SNAP), "InvalidParameterCombination", None),
    (
        refusals.SnapshotInUse(snapshot_id=SNAP, image_id=AMI),
        "InvalidSnapshot.InUse",
        "The snapshot snap-12345678 is currently in use by ami-12345678",
    ),
    (refusals.SnapshotLocationNotSupported(instance_id=INST), "InvalidParameterValue", None),
    (refusals.SnapshotLocationRequired(instance_id=INST), "InvalidParameterValue", None),
    (
        refusals.SnapshotLocationsDiffer(locations=("eu-central-1a", "eu-central-1b")),
        "InvalidParameterCombination",
        None,
    ),
    (
        refusals.SnapshotManagedByBackup(snapshot_id=SNAP),
        "InvalidParameterValue",
        (
            "This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs. If you "
            "wish to delete this snapshot, please do so via the Backup console."
        ),
    ),
    (
        refusals.SnapshotNotFound(snapshot_id=SNAP),
        "InvalidSnapshot.NotFound",
        "The snapshot 'snap-12345678' does not exist.",
    ),
    (
        refusals.SnapshotNotOwned(snapshot_id=SNAP, account_id=BOB),
        "InvalidParameterValue",
        "Invalid value 'snap-12345678' for snapshotId. Snapshot does not belong to 999988887777",
    ),
    (
        refusals.SnapshotNotUsable(snapshot_id=SNAP, state=SnapshotState.PENDING, storage_tier=StorageTier.STANDARD),
        "IncorrectState",
        "Snapshot is in invalid state - pending",
    ),
    (refusals.SnapshotQuotaReached(quota=5), "SnapshotLimitExceeded", None),
    (refusals.SnapshotSetTooLarge(counted="volumes", number=201, limit=200), "InvalidParameterValue", None),
    (
        refusals.SnapshotTakenTooSoon(volume_id=VOL, seconds=15.0),
        "SnapshotCreationPerVolumeRateExceeded",
        (
            "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing or "
            "variable sleep interval between requests."
        ),
    ),
    (
        refusals.SnapshotUnfitForVolumeType(snapshot_id=SNAP, detail="Volume of 1GiB is too small; minimum is 4GiB."),
        "InvalidParameterValue",
        None,
    ),
    (
        refusals.SnapshotsArchived(error_code=ErrorCode.INCORRECT_STATE, image_id=AMI, snapshot_ids=(SNAP,)),
        "IncorrectState",
        None,
    ),
    (refusals.SourceRegionUnusable(source_region="us-east-1", region="eu-central-1"), "InvalidRegion", None),
    (refusals.SubscriptionRequired(image_id=AMI, product_code="abc"), "OptInRequired", None),
    (refusals.TagKeyTooLong(key="k" * 128, longest=8), "InvalidParameterValue", None),
    (
        refusals.TagLimitExceeded(tags=8, quota=5),
        "TagLimitExceeded",
        "The maximum number of Tags for a resource has been reached.",
    ),
    (refusals.TagRequestTooLarge(parameter="resourceIdSet", given=1001, most=1000), "InvalidParameterValue", None),
    (
        refusals.TerminationProtected(instance_id=INST),
        "OperationNotPermitted",
        (
            "The instance 'i-12345678' may not be terminated. Modify its 'disableApiTermination' instance "
            "attribute and try again."
        ),
    ),
    (refusals.TimeBasedCopyQuotaReached(quota_mibps=8), "ResourceLimitExceeded", None),
    (refusals.TooManyImageCopies(quota=5), "ResourceLimitExceeded", None),
    (refusals.TooManyImagesOfInstance(instance_id=INST, quota=5), "ConcurrentCreateImageNoRebootLimitExceeded", None),
    (refusals.TooManyPendingSnapshots(quota=5), "PendingSnapshotLimitExceeded", None),
    (refusals.TooManyPermissionChanges(changes=8, limit=200), "InvalidParameterValue", None),
    (
        refusals.TooManySnapshotCopies(quota=5),
        "ResourceLimitExceeded",
        "Too many snapshot copies in progress. The limit is 5 for this destination region.",
    ),
    (refusals.TooManySnapshotsOfVolume(volume_id=VOL, quota=5), "ConcurrentSnapshotLimitExceeded", None),
    (refusals.TpmOnArm(), "InvalidParameterValue", "Invalid machineArchitecture value 'arm64' for tpmSupport"),
    (
        refusals.TpmRequiresUefi(error_code=ErrorCode.INVALID_PARAMETER_COMBINATION, boot_mode=BootMode.LEGACY_BIOS),
        "InvalidParameterCombination",
        None,
    ),
    (
        refusals.UnauthorizedOperation(action="ec2:RunInstances"),
        "UnauthorizedOperation",
        "You are not authorized to perform this operation.",
    ),
    (refusals.UnencryptedCopyRefused(snapshot_id=SNAP), "InvalidRequest", None),
    (
        refusals.UnknownFilter(name="image-watermark-key"),
        "InvalidParameterValue",
        "The filter 'image-watermark-key' is invalid",
    ),
    (refusals.VolumeInUse(volume_id=VOL, instance_id=INST), "VolumeInUse", None),
    (refusals.VolumeInWrongState(volume_id=VOL, state=VolumeState.CREATING), "IncorrectState", None),
    (refusals.VolumeNotFound(volume_id=VOL), "InvalidVolume.NotFound", "The volume 'vol-12345678' does not exist."),
    (refusals.VolumeOnInstanceStoreImage(device_name="/dev/sdb"), "InvalidBlockDeviceMapping", None),
    (
        refusals.VolumeSizeBelowSnapshot(snapshot_id=SNAP, size_gib=8, snapshot_size_gib=8),
        "InvalidParameterValue",
        None,
    ),
    (refusals.ZoneNotFound(zone="eu-central-1x", region="eu-central-1"), "InvalidZone.NotFound", None),
    (
        refusals.ZoneNotInRegion(availability_zone="us-east-1a", region="eu-central-1"),
        "InvalidParameterValue",
        "Invalid availability zone: [us-east-1a]",
    ),
    (
        refusals.AccountInOrganization(account_id=BOB, organization_id="o-a1b2c3d4e5"),
        "HandshakeConstraintViolationException",
        None,
    ),
    (refusals.AccountNotInOrganization(account_id=BOB), "AccountNotFoundException", None),
    (refusals.AllowedImagesDisabled(), "IncorrectState", None),
    (
        refusals.BackingSnapshotNotFound(snapshot_id=SNAP, image_id=AMI, state=SnapshotState.PENDING, archived=True),
        "InvalidSnapshot.NotFound",
        None,
    ),
    (refusals.ExclusionTagsRefused(identifier="abcdefghijk"), "ValidationException", None),
    (refusals.InvalidRulesToken(next_token=ELSEWHERE), "ValidationException", None),
    (
        refusals.ManagedByDeclarativePolicy(
            error_code=ErrorCode.OPERATION_NOT_PERMITTED,
            setting="image block public access",
            exception_message="Ask the cloud team.",
        ),
        "OperationNotPermitted",
        "Ask the cloud team.",
    ),
    (
        refusals.ManagedKeyNotGranted(kms_key_id=KEY),
        "UnsupportedOperationException",
        "alias/web is an AWS managed key: it works for its own account alone.",
    ),
    (
        refusals.ManagementAccountStays(account_id=BOB, organization_id="o-a1b2c3d4e5"),
        "MasterCannotLeaveOrganizationException",
        None,
    ),
    (refusals.MarketplaceSpecificationRefused(image_id=AMI), "OperationNotPermitted", None),
    (refusals.OrganizationNotFound(organization_id="o-a1b2c3d4e5"), "AWSOrganizationsNotInUseException", None),
    (
        refusals.OrganizationalUnitNotFound(organization_id="o-a1b2c3d4e5", organizational_unit_id="ou-ab12-inner123"),
        "DestinationParentNotFoundException",
        None,
    ),
    (
        refusals.PublicImageNotWatermarked(error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id=AMI),
        "OperationNotPermitted",
        None,
    ),
    (
        refusals.RetainedTypeKept(identifier="abcdefghijk", resource_type=RetainedResourceType.EBS_SNAPSHOT),
        "ValidationException",
        None,
    ),
    (
        refusals.RetentionPeriodRefused(
            resource_type=RetainedResourceType.EBS_SNAPSHOT, retention_days=8, least=1, most=1000
        ),
        "ValidationException",
        None,
    ),
    (
        refusals.RetentionRuleInWrongState(
            identifier="abcdefghijk", lock_state=RetentionRuleLockState.LOCKED, unlock_delay_days=8, lock_end_time=NOW
        ),
        "ConflictException",
        None,
    ),
    (refusals.RetentionRuleNotFound(identifier="abcdefghijk"), "ResourceNotFoundException", None),
    (refusals.RetentionRuleNotLockable(identifier="abcdefghijk"), "ValidationException", None),
    (refusals.RetentionRuleQuotaReached(quota=5), "ServiceQuotaExceededException", None),
    (refusals.RulesPageSizeRefused(max_results=1001, least=1, most=1000), "ValidationException", None),
    (refusals.RulesPerTagQuotaReached(key="Stage", value="prod", quota=5), "ServiceQuotaExceededException", None),
    (refusals.TagsPerRuleQuotaReached(tags=8, quota=5), "ServiceQuotaExceededException", None),
    (
        refusals.TooManyCriterionValues(member="ImageNames", values=8, limit=200),
        "InvalidParameterValue",
        "ImageNames of a criterion has 8 values; it may have 200 at most.",
    ),
    (refusals.TooManyImageCriteria(criteria=8, limit=200), "InvalidParameterValue", None),
    (refusals.TooManyImagesListed(image_ids=21, limit=20), "InvalidParameterValue", None),
    (refusals.TooManyInstanceTypes(member="ImageNames", instance_types=8, limit=200), "InvalidParameterValue", None),
    (
        refusals.TooManyTagsOfRule(parameter="Tags", tags=8, limit=200),
        "ValidationException",
        "Tags has 8 tags; 200 are allowed.",
    ),
    (refusals.UnlockDelayRefused(unlock_delay_days=8, least=1, most=1000), "ValidationException", None),
    (
        refusals.WatermarkLimitReached(error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id=AMI, limit=200),
        "OperationNotPermitted",
        None,
    ),
    # Systems Manager, KMS and Organizations, and where there is anything
    (refusals.ParameterNotFound(name="/aws/service/none", region="eu-central-1"), "ParameterNotFound", None),
    (
        refusals.ParameterVersionNotFound(name="/aws/service/web", version="3"),
        "ParameterVersionNotFound",
        "Systems Manager could not find version 3 of /aws/service/web. Verify the version and try again.",
    ),
    (
        refusals.KeyAliasNotFound(alias_arn="arn:aws:kms:eu-central-1:999988887777:alias/web"),
        "NotFoundException",
        "Alias arn:aws:kms:eu-central-1:999988887777:alias/web is not found.",
    ),
    (refusals.KeyInOtherRegion(kms_key_id=KEY, region="us-east-1"), "NotFoundException", "Invalid arn us-east-1"),
    (
        refusals.KeyAccessDenied(kms_key_id=KEY, principal="arn:aws:iam::999988887777:root", action="kms:DescribeKey"),
        "AccessDeniedException",
        (
            "User: arn:aws:iam::999988887777:root is not authorized to perform: kms:DescribeKey on this resource"
            " because the resource does not exist in this Region, no resource-based policies allow access, or a"
            " resource-based policy explicitly denies access"
        ),
    ),
    (refusals.InvalidMarker(marker=ELSEWHERE), "InvalidMarkerException", None),
    (
        refusals.NotInAnOrganization(account_id=BOB),
        "AWSOrganizationsNotInUseException",
        "Your account is not a member of an organization.",
    ),
    (
        refusals.OrganizationAccessDenied(account_id=BOB, management_account_id="112233445566"),
        "AccessDeniedException",
        "You don't have permissions to access this resource.",
    ),
    (
        refusals.AccountNotFound(account_id=BOB),
        "AccountNotFoundException",
        "You specified an account that doesn't exist.",
    ),
    (
        refusals.ParentNotFound(parent_id="r-ab12"),
        "ParentNotFoundException",
        "We can't find a root or OU with the ParentId that you specified.",
    ),
    (
        refusals.ChildNotFound(child_id=BOB),
        "ChildNotFoundException",
        "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified.",
    ),
    (
        refusals.UnitNotFound(organizational_unit_id="ou-ab12-inner123"),
        "OrganizationalUnitNotFoundException",
        "You specified an organizational unit that doesn't exist.",
    ),
    (refusals.InvalidOrganizationsToken(next_token=ELSEWHERE), "InvalidInputException", None),
    (
        refusals.RegionNotFound(region_name="cn-north-1", partition="aws"),
        "InvalidParameterValue",
        "Invalid region name: [cn-north-1]",
    ),
    (
        refusals.ZoneIdNotFound(zone_id="use1-az1", region="eu-central-1"),
        "InvalidParameterValue",
        "Invalid availability zone-id: [use1-az1]",
    ),
    # storing and restoring
    (
        refusals.BucketNotUsable(
            error_code=ErrorCode.INVALID_PARAMETER_VALUE, bucket="golden", region="eu-central-1", bucket_region=None
        ),
        "InvalidParameterValue",
        "The bucket 'golden' does not exist.",
    ),
    (
        refusals.BucketNotUsable(
            error_code=ErrorCode.INVALID_PARAMETER_VALUE, bucket="golden", region="eu-west-1", bucket_region="us-east-1"
        ),
        "InvalidParameterValue",
        "The bucket 'golden' is in us-east-1, and the request is made in eu-west-1.",
    ),
    (
        refusals.BucketAccessDenied(
            error_code=ErrorCode.AUTH_FAILURE, bucket="golden", account_id=BOB, permission="s3:PutObject"
        ),
        "AuthFailure",
        "Access to the bucket 'golden' is denied.",
    ),
    (refusals.SnapshotsNotShared(image_id=AMI, snapshot_ids=(SNAP,)), "AuthFailure", f"Not authorized for image:{AMI}"),
    (
        refusals.ImageKindNotStored(
            error_code=ErrorCode.UNSUPPORTED_OPERATION,
            image_id=AMI,
            root_device_type="ebs",
            virtualization_type="paravirtual",
        ),
        "UnsupportedOperation",
        None,
    ),
    (
        refusals.ImageTooLargeToStore(
            error_code=ErrorCode.INVALID_PARAMETER_VALUE, image_id=AMI, size_gib=5001, limit=5000
        ),
        "InvalidParameterValue",
        None,
    ),
    (
        refusals.ImageStoredAlready(
            error_code=ErrorCode.INVALID_REQUEST, bucket="golden", object_key="a.bin", in_progress=True
        ),
        "InvalidRequest",
        "The image is being stored as 'a.bin' in the bucket 'golden'.",
    ),
    (
        refusals.ImageStoredAlready(
            error_code=ErrorCode.INVALID_REQUEST, bucket="golden", object_key="a.bin", in_progress=False
        ),
        "InvalidRequest",
        "The image is stored already as 'a.bin' in the bucket 'golden'.",
    ),
    (
        refusals.StoreQuotaReached(error_code=ErrorCode.RESOURCE_LIMIT_EXCEEDED, in_progress_gib=1200, quota=1200),
        "ResourceLimitExceeded",
        "Store tasks in progress have 1200 GB, and 1200 GB are allowed at a time.",
    ),
    (
        refusals.RestoreQuotaReached(error_code=ErrorCode.RESOURCE_LIMIT_EXCEEDED, in_progress_gib=600, quota=600),
        "ResourceLimitExceeded",
        "Restore tasks in progress have 600 GB, and 600 GB are allowed at a time.",
    ),
    (
        refusals.StoredImageNotFound(error_code=ErrorCode.INVALID_PARAMETER_VALUE, bucket="golden", object_key="a.bin"),
        "InvalidParameterValue",
        "The bucket 'golden' has no stored image 'a.bin'.",
    ),
    (refusals.TooManyStoredImagesDescribed(image_ids=21, limit=20), "InvalidParameterValue", None),
    (
        refusals.StoreTasksNotPaged(error_code=ErrorCode.INVALID_PARAMETER_COMBINATION),
        "InvalidParameterCombination",
        None,
    ),
    (refusals.BucketAlreadyExists(bucket="golden"), "BucketAlreadyExists", None),
    (refusals.BucketNotFound(bucket="golden"), "NoSuchBucket", None),
    (refusals.ObjectNotFound(bucket="golden", object_key="a.bin"), "NoSuchKey", None),
]
each_case = pytest.mark.parametrize(("refusal", "code", "message"), CASES, ids=[type(row[0]).__name__ for row in CASES])

# The codes of rules A 12, B 13 and C 14, and those of KMS, Organizations, the Recycle Bin, S3 and Systems Manager.
CODES = {
    "AttachmentLimitExceeded", "AuthFailure", "BootForVolumeTypeUnsupported",
    "ConcurrentCreateImageNoRebootLimitExceeded", "ConcurrentSnapshotLimitExceeded", "DryRunOperation",
    "FilterLimitExceeded", "IdempotentParameterMismatch", "IncorrectInstanceState", "IncorrectState",
    "InvalidAMIAttributeItemValue", "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIName.Duplicate",
    "InvalidBlockDeviceMapping", "InvalidInstanceID.NotFound", "InvalidManifest", "InvalidNextToken",
    "InvalidParameter", "InvalidParameterCombination", "InvalidParameterDependency", "InvalidParameterValue",
    "InvalidProductInfo", "InvalidRegion", "InvalidRequest", "InvalidSnapshot.InUse", "InvalidSnapshot.NotFound",
    "InvalidVolume.NotFound", "InvalidZone.NotFound", "NoSuchKey", "NotFoundException", "OperationNotPermitted",
    "OptInRequired", "PendingSnapshotLimitExceeded", "ResourceCountExceeded", "ResourceLimitExceeded",
    "SnapshotCreationPerVolumeRateExceeded", "SnapshotLimitExceeded", "SsmInvalidParameter", "TagLimitExceeded",
    "UnauthorizedOperation", "UnsupportedOperation", "VolumeInUse",
    "AWSOrganizationsNotInUseException", "AccountNotFoundException", "DestinationParentNotFoundException",
    "HandshakeConstraintViolationException", "MasterCannotLeaveOrganizationException", "UnsupportedOperationException",
    "ConflictException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ValidationException",
    "AccessDeniedException", "ChildNotFoundException", "InvalidInputException", "InvalidMarkerException",
    "BucketAlreadyExists", "NoSuchBucket",
    "OrganizationalUnitNotFoundException", "ParameterNotFound", "ParameterVersionNotFound", "ParentNotFoundException",
}  # fmt: skip
# Settlement S 42; rules A E-1, C 6.1, C 6.5, C 6.7: every other refusal is a 400.
STATUSES = {
    "AttributeAccessRestricted": 401, "SubscriptionRequired": 401,
    "UnauthorizedOperation": 403, "NotTheProvider": 403, "DryRunOperation": 412,
    "RetentionRuleQuotaReached": 402, "RulesPerTagQuotaReached": 402, "TagsPerRuleQuotaReached": 402,
    "RetentionRuleNotFound": 404, "RetentionRuleInWrongState": 409,
    "BucketNotFound": 404, "ObjectNotFound": 404, "BucketAlreadyExists": 409,
}  # fmt: skip


def test_every_refusal_has_its_row() -> None:
    assert {type(refusal) for refusal, _, _ in CASES} == set(KINDS)


def test_the_codes_are_ec2s() -> None:
    """Rules A 12, B 13, C 14."""
    assert {refusal.code for refusal, _, _ in CASES} <= CODES


@pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(kind, DoubtfulRefusal)])
def test_a_doubtful_refusal_has_the_code_that_it_is_given(kind: Any) -> None:
    """Rules A 13, B 14, C 15: no source has seen its code."""
    known = next(facts_of(refusal) for refusal, _, _ in CASES if type(refusal) is kind)
    for code in ErrorCode:
        assert kind(**(known | {"error_code": code})).code == code.value
    assert not hasattr(kind, "code")


@each_case
def test_each_refusal_has_ec2s_code_and_ec2s_words_where_they_are_known(
    refusal: Refusal, code: str, message: str | None
) -> None:
    assert refusal.code == code
    assert str(refusal) == refusal.message
    if message is not None:
        assert refusal.message == message
    else:  # the words are ours: a sentence, and more than the code
        assert refusal.message[0].isupper()
        assert refusal.message != refusal.code
        assert len(refusal.message.split()) > 4


@pytest.mark.parametrize(
    "refusal", [row[0] for row in CASES if row[2] is None], ids=lambda refusal: type(refusal).__name__
)
def test_words_of_our_own_name_the_image_or_the_device(refusal: Refusal) -> None:
    facts = facts_of(refusal)
    names = [facts[name] for name in ("image_id", "device_name", "instance_type") if name in facts]
    if not isinstance(refusal, EC2_NAMES_NOBODY):
        assert not names or any(name in refusal.message for name in names)


# Seen or worded after what has been seen; EC2 does not say there which image it speaks of.
EC2_NAMES_NOBODY = (
    refusals.BackingSnapshotNotFound,
    refusals.BillingProductCopyRefused,
    refusals.DeprecationInThePast,
    refusals.InstanceTypeNotAllowed,
    refusals.MarketplaceCopyRefused,
    refusals.SubscriptionRequired,
)


def facts_of(refusal: Refusal) -> dict[str, Any]:
    return {field.name: getattr(refusal, field.name) for field in fields_of(type(refusal))}


def fields_of(kind: Any) -> tuple["attrs.Attribute[Any]", ...]:
    """The facts of a kind; that every kind is an attrs class, only attrs knows."""
    return tuple(attrs.fields(kind))


@each_kind
def test_each_kind_says_what_it_means_and_which_rules_refuse(kind: type[Refusal]) -> None:
    assert kind.__doc__
    assert kind.rules
    assert all(part.strip().split()[0] in {"A", "B", "C", "S"} for part in kind.rules.split(","))
    assert kind.http_status == STATUSES.get(kind.__name__, 400)
    assert kind.__name__ in refusals.__all__


# --- a refusal is a value ---------------------------------------------------------------------------------------------


def facts(kind: type[Refusal]) -> st.SearchStrategy[dict[str, Any]]:
    """Any facts that the kind can hold."""
    return st.fixed_dictionaries({field.name: values(field.type) for field in fields_of(kind)})


def values(annotation: Any) -> st.SearchStrategy[Any]:
    base = getattr(annotation, "__supertype__", annotation)
    if get_origin(base) is tuple:
        return st.lists(values(get_args(base)[0]), min_size=1, max_size=3).map(tuple)
    if isinstance(base, type) and issubclass(base, Enum):
        return st.sampled_from(base)
    if get_origin(base) is UnionType:
        return st.one_of(*map(values, get_args(base)))
    return {
        str: st.text(max_size=5), int: st.integers(0, 3), float: st.sampled_from([0.5, 15.0]), bool: st.booleans(),
        datetime: st.sampled_from([NOW, NOW + timedelta(days=1)]), NoneType: st.none(),
    }[base]  # fmt: skip


@settings(max_examples=300)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_two_refusals_are_equal_if_and_only_if_their_facts_are(kind: type[Refusal], data: st.DataObject) -> None:
    one, other = data.draw(facts(kind)), data.draw(facts(kind))
    assert (kind(**one) == kind(**other)) is (one == other)
    assert hash(kind(**one)) == hash(kind(**one))
    assert len({kind(**one), kind(**one)}) == 1


@given(st.sampled_from(CASES), st.sampled_from(CASES))
def test_refusals_of_two_kinds_are_never_equal(one: tuple[Refusal, str, str], other: tuple[Refusal, str, str]) -> None:
    if type(one[0]) is not type(other[0]):
        assert one[0] != other[0]
    assert one[0] != ValueError(str(one[0]))


@each_case
def test_a_refusal_survives_pickling_and_copying(refusal: Refusal, code: str, message: str | None) -> None:
    for twin in (pickle.loads(pickle.dumps(refusal)), copy.copy(refusal), copy.deepcopy(refusal)):
        assert type(twin) is type(refusal)
        assert twin == refusal
        assert str(twin) == str(refusal)


@each_case
def test_a_refusal_never_changes(refusal: Refusal, code: str, message: str | None) -> None:
    for name in [*facts_of(refusal), "new"]:
        with pytest.raises(AttributeError):
            setattr(refusal, name, "changed")
    assert not hasattr(refusal, "new")


@each_case
def test_a_refusal_can_be_raised_from_another_exception(refusal: Refusal, code: str, message: str | None) -> None:
    cause = LookupError("elsewhere")
    with pytest.raises(type(refusal)) as caught:
        raise refusal from cause
    assert caught.value is refusal
    assert caught.value.__cause__ is cause
    assert caught.value.__traceback__ is not None


@each_case
def test_a_refusal_can_be_raised_twice_noted_upon_and_caught_as_one(
    refusal: Refusal, code: str, message: str | None
) -> None:
    fresh = copy.copy(refusal)
    for note in ("first", "second"):
        with pytest.raises(Refusal) as caught:
            raise fresh
        caught.value.add_note(note)
    assert fresh.__notes__ == ["first", "second"]
    assert fresh == refusal


@each_kind
def test_a_refusal_takes_its_facts_by_name_and_no_others(kind: type[Refusal]) -> None:
    with pytest.raises(TypeError):
        kind("by position")
    with pytest.raises(TypeError):
        kind(unknown="fact")  # type: ignore[call-arg]  # that is the point


def test_a_refusal_is_not_malformed() -> None:
    assert not issubclass(Refusal, ValueError)
    assert not issubclass(Malformed, Refusal)


def test_one_image_that_is_not_there() -> None:
    """Rule A ID-7."""
    assert refusals.ImageNotFound.of(AMI) == refusals.ImageNotFound(image_ids=(AMI,))
