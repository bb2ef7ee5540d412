"""What requests say that meet a refusal which chance seldom brings about.

A case is a refusal, an action, and what the action's request is given so as to meet it, where the world has what that
takes: `amimodel.testing.corners` has all of it. Where it has not, the request is one as any other. Other refusals need
no case: chance meets them by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from attrs import fields

from amimodel import refusals as no
from amimodel.actions import ACTIONS
from amimodel.actions._deleting import BACKUP_TAG
from amimodel.block_devices import NO_DEVICE, BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.images import DeregistrationProtectionMode, Image
from amimodel.instances import InstanceState
from amimodel.metadata_options import MetadataOptions
from amimodel.quirks import PermissionOverlap
from amimodel.refusals import Refusal
from amimodel.tag_requests import TagSpecification
from amimodel.testing.strategies._case_parts import (
    BOTH_WAYS,
    HURRIED,
    IN_THE_CLEAR,
    IO1,
    IOPS_OF_GP2,
    LONG_TAG,
    SMALL,
    TO_EVERYONE,
    TOO_FAST,
    TOO_LARGE,
    any_snapshot,
    has_data,
    has_slow_root,
    image_anywhere,
    image_that,
    images_in_zone,
    images_to_wait_for,
    is_elsewhere,
    is_huge,
    is_hvm,
    is_in_s3,
    is_plain,
    large_instance,
    location,
    mapped_at,
    mapped_here_and_there,
    mapped_of,
    mapped_of_others,
    mapped_to_st1,
    protected_instances,
    shared_image,
    shared_with_caller,
    snapped_volumes,
    snapshot_that,
    somebody_elses,
)
from amimodel.testing.strategies._filling import Make, named, one
from amimodel.vocabulary import BootMode, ImageState
from amimodel.volume_types import VolumeType
from amimodel.volumes import VolumeState


class Case(NamedTuple):
    """What a request of an action is given to meet a refusal; and a quirk on which that turns."""

    refusal: type[Refusal]
    action: str
    given: Mapping[str, Make]
    quirk: tuple[str, object] | None = None


# --- the cases --------------------------------------------------------------------------------------------------------


def _launch(
    refusal: type[Refusal], image: Make, instance_type: str, quirk: tuple[str, object] | None = None, **given: Make
) -> Case:
    return Case(refusal, "RunInstances", {"image_id": image, "instance_type": one(instance_type), **given}, quirk)


def _tagging(action: str, *kinds: str) -> Case:
    tags = one(*([TagSpecification(resource_type=kind, tags=LONG_TAG)] for kind in kinds))
    return Case(no.TagKeyTooLong, action, {"tag_specifications": tags}, ("tag_key_may_have_128_characters", False))


def _publishing(refusal: type[Refusal], wanted: Callable[[Image], object]) -> Case:
    given = {"image_id": image_that(wanted), "launch_permission": one(TO_EVERYONE)}
    return Case(refusal, "ModifyImageAttribute", given)


_YES: Final = one(*(True,))
_NO: Final = one(*(False,))
_PLAIN: Final = image_that(is_plain)

# fmt: off
CASES: Final[tuple[Case, ...]] = (
    # Launches
    _launch(no.InstanceTypeNotAllowed, image_that(lambda image: image.instance_type_specification), "m5.large"),
    _launch(no.BootModeUnsupported, image_that(lambda image: image.boot_mode is BootMode.UEFI), "t2.micro"),
    _launch(no.TpmUnsupported, image_that(lambda image: image.tpm_support), "p3dn.24xlarge"),
    _launch(no.EnaRequired, image_that(lambda image: is_hvm(image) and not image.ena_support), "m5.large"),
    _launch(no.RootDeviceTypeMismatch, image_that(lambda image: is_in_s3(image) and is_hvm(image)), "t3.micro"),
    _launch(no.KernelRequired, image_that(lambda image: not is_hvm(image) and not image.kernel_id), "m1.small"),
    _launch(no.ShutdownBehaviorRefused, image_that(is_in_s3), "m1.small",
            instance_initiated_shutdown_behavior=one("stop")),
    _launch(no.SubscriptionRequired, shared_image(lambda image: image.product_codes), "t3.micro"),
    _launch(no.HttpTokensEnforced, image_that(lambda image: image.imds_support is None), "t3.micro",
            metadata_options=one(MetadataOptions(http_tokens="optional"))),
    _launch(no.AttachmentLimitReached, _PLAIN, "t3.micro",
            block_device_mappings=one([BlockDeviceMapping(f"/dev/sd{letter}", EbsBlockDevice(volume_size_gib=1))
                                       for letter in "fghijklmnop"])),
    _launch(no.RootDeviceSuppressed, _PLAIN, "t3.micro",
            block_device_mappings=mapped_at("root", InstanceStoreDevice("ephemeral0"), NO_DEVICE)),
    _launch(no.SnapshotOnInstanceStoreDevice, image_that(lambda image: is_hvm(image) and any(
                isinstance(entry.device, InstanceStoreDevice) for entry in image.block_device_mappings)), "t3.micro",
            block_device_mappings=mapped_of(any_snapshot, "/dev/sdb")),
    _launch(no.RootSnapshotChanged, _PLAIN, "t3.micro", block_device_mappings=mapped_of(any_snapshot, "root")),
    _launch(no.ReplacementSnapshotTooSmall, image_that(has_data), "t3.micro",
            block_device_mappings=mapped_of(lambda snapshot: snapshot.volume_size_gib < SMALL, "/dev/sdf")),
    _launch(no.VolumeValueRefused, _PLAIN, "t3.micro", block_device_mappings=mapped_at("root", TOO_FAST)),
    _launch(no.VolumeCombinationRefused, _PLAIN, "t3.micro",
            block_device_mappings=mapped_at("root", EbsBlockDevice(volume_size_gib=200, volume_type=VolumeType.ST1))),
    _launch(no.IopsRequired, _PLAIN, "t3.micro", block_device_mappings=mapped_at("/dev/sdg", IO1)),
    _launch(no.BootVolumeTypeUnsupported, image_that(has_slow_root), "t3.micro",
            block_device_mappings=mapped_at("root", EbsBlockDevice(volume_size_gib=200, volume_type=VolumeType.ST1))),
    _launch(no.InitializationRateWithoutSnapshot, _PLAIN, "t3.micro",
            block_device_mappings=mapped_at("/dev/sdg", HURRIED)),
    _launch(no.LaunchEncryptedFlagRefused, image_that(lambda image: image.encrypted), "t3.micro",
            ("launch_ignores_encrypted_false", False), block_device_mappings=mapped_at("root", IN_THE_CLEAR)),
    _launch(no.IdempotentParameterMismatch, _PLAIN, "t3.small", client_token=one("once")),
    Case(no.TerminationProtected, "TerminateInstances", {"instance_ids": protected_instances}),

    # Registrations
    Case(no.ManifestNotUnderstood,   "RegisterImage", {"image_location": location}),
    Case(no.ManifestKernelNotFound,  "RegisterImage", {"image_location": location},
         ("register_checks_kernel_exists", True)),
    Case(no.ManifestRootTooLarge,    "RegisterImage", {"image_location": location}),
    Case(no.ManifestDeviceRefused,   "RegisterImage", {"image_location": location}),
    Case(no.VolumeOnInstanceStoreImage, "RegisterImage", {
        "image_location": location, "block_device_mappings": mapped_at("/dev/sdg", EbsBlockDevice(volume_size_gib=8))}),
    Case(no.SnapshotNotOwned, "RegisterImage", {
        "root_device_name": one("/dev/xvda"), "block_device_mappings": mapped_of_others}),
    Case(no.SnapshotLocationsDiffer, "RegisterImage", {
        "root_device_name": one("/dev/xvda"), "block_device_mappings": mapped_here_and_there}),
    Case(no.ParavirtualUefi, "RegisterImage", {
        "root_device_name": one("/dev/xvda"), "block_device_mappings": mapped_of(any_snapshot, "/dev/xvda"),
        "virtualization_type": one("paravirtual"), "boot_mode": one("uefi")},
        ("register_accepts_paravirtual_uefi", False)),
    Case(no.TpmOnArm, "RegisterImage", {
        "root_device_name": one("/dev/xvda"), "block_device_mappings": mapped_of(any_snapshot, "/dev/xvda"),
        "virtualization_type": one("hvm"), "architecture": one("arm64"), "boot_mode": one("uefi"),
        "tpm_support": one("v2.0")}, ("arm64_may_have_tpm", False)),
    Case(no.BootVolumeTypeUnsupported, "RegisterImage", {
        "root_device_name": one("/dev/sdg"), "virtualization_type": one("hvm"),
        "block_device_mappings": mapped_to_st1}),
    *(Case(refusal, "RegisterImage", {
        "root_device_name": one("/dev/xvda"), "virtualization_type": one("hvm"),
        "block_device_mappings": mapped_of(lambda snapshot: not is_elsewhere(snapshot), "/dev/xvda", *devices)})
      for refusal, devices in ((no.VolumeValueRefused, (TOO_LARGE,)), (no.VolumeCombinationRefused, (IOPS_OF_GP2,)),
                               (no.IopsRequired, (IO1,)))),

    # Images of instances
    Case(no.RootDeviceSuppressed, "CreateImage", {
        "block_device_mappings": mapped_at("root", InstanceStoreDevice("ephemeral0"), NO_DEVICE)}),
    Case(no.IopsRequired,             "CreateImage", {"block_device_mappings": mapped_at("/dev/sdg", IO1)}),
    Case(no.InstanceStateNotImageable, "CreateImage", {
        "instance_id": named(lambda sight: sight.instances_in(InstanceState.PENDING, InstanceState.SHUTTING_DOWN))}),
    Case(no.TooManyImagesOfInstance,  "CreateImage", {"no_reboot": _YES}),

    # Copies
    Case(no.MarketplaceCopyRefused, "CopyImage", {"source_image_id": shared_image(lambda image: image.product_codes)}),
    Case(no.BillingProductCopyRefused, "CopyImage", {
        "source_image_id": shared_image(lambda image: not image.product_codes)},
         ("block_billing_product_cross_account_copy", True)),
    Case(no.ParavirtualCopyRefused, "CopyImage", {"source_image_id": image_anywhere(lambda image: image.ramdisk_id)}),
    Case(no.InstanceStoreCopyNotEncrypted, "CopyImage", {
        "source_image_id": image_that(is_in_s3), "encrypted": _YES}),
    Case(no.UnencryptedCopyRefused, "CopyImage", {
        "source_image_id": image_that(lambda image: image.encrypted), "encrypted": _NO}),
    Case(no.CompletionDurationUnsupported, "CopyImage", {
        "source_image_id": named(images_in_zone), "snapshot_copy_completion_duration_minutes": one(15)}),
    Case(no.TimeBasedCopyQuotaReached, "CopyImage", {
        "source_image_id": _PLAIN, "snapshot_copy_completion_duration_minutes": one(15)}),
    Case(no.TooManyImageCopies, "CopyImage", {"source_image_id": image_that(is_hvm)}),
    Case(no.IdempotentParameterMismatch, "CopyImage", {"source_image_id": _PLAIN, "client_token": one("once")}),
    Case(no.SnapshotDurationUnsupported, "CopySnapshot", {
        "source_region": named(lambda sight: sight.regions[:1]), "source_snapshot_id": snapshot_that(is_elsewhere),
        "completion_duration_minutes": one(15)}),
    Case(no.TooManySnapshotCopies, "CopySnapshot", {
        "source_region": named(lambda sight: sight.regions[:1]),
        "source_snapshot_id": snapshot_that(lambda snapshot: not is_elsewhere(snapshot))}),

    # Sharing
    _publishing(no.EncryptedImageNotPublic,   lambda image: image.encrypted),
    _publishing(no.ProductCodeImageNotPublic, lambda image: image.product_codes),
    _publishing(no.WatermarkedImageNotPublic, lambda image: image.image_watermarks),
    _publishing(no.PublicImageQuotaReached,   lambda image: is_plain(image) and not image.public),
    Case(no.OverlappingPermissions, "ModifyImageAttribute", {"launch_permission": one(BOTH_WAYS)},
         ("permission_overlap", PermissionOverlap.REFUSED)),
    Case(no.ProductCodesKept, "ModifyImageAttribute", {
        "image_id": image_that(lambda image: image.product_codes), "product_codes": one(["def"])},
        ("product_codes_modifiable", True)),

    # The life of an image
    Case(no.ImageManagedByBackup, "DeregisterImage", {"image_id": image_that(lambda image: BACKUP_TAG in image.tags)}),
    Case(no.SnapshotsArchived, "EnableImage", {
        "image_id": named(lambda sight: sight.images_in(ImageState.DISABLED))}),
    Case(no.CooldownKept, "EnableImageDeregistrationProtection", {
        "image_id": image_that(lambda image: image.deregistration_protection.mode
                           is DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN)}, ("cooldown_can_be_dropped", False)),
    Case(no.BackingSnapshotNotFound, "RestoreImageFromRecycleBin", {
        "image_id": named(lambda sight: sight.binned_images)}),
    Case(no.RulesPerTagQuotaReached, "CreateRule", {"resource_tags": one((("Stage", "test"),))}),
    Case(no.WatermarkLimitReached, "AttachImageWatermark", {
        "image_id": image_that(lambda image: image.image_watermarks), "watermark_name": one("drawn")}),

    # In S3
    Case(no.ImageKindNotStored,   "CreateStoreImageTask", {"image_id": image_that(lambda image: not is_hvm(image))}),
    Case(no.ImageTooLargeToStore, "CreateStoreImageTask", {"image_id": image_that(is_huge)}),
    Case(no.SnapshotsNotShared,   "CreateStoreImageTask", {"image_id": named(lambda sight: sight.images_shared)}),
    Case(no.BucketAccessDenied,   "CreateStoreImageTask", {"image_id": _PLAIN}),
    Case(no.RestoreQuotaReached,  "CreateRestoreImageTask", {}),

    # Snapshots, volumes and settings
    Case(no.SnapshotManagedByBackup, "DeleteSnapshot", {
        "snapshot_id": snapshot_that(lambda snapshot: BACKUP_TAG in snapshot.tags)}),
    Case(no.SnapshotTakenTooSoon,     "CreateSnapshot", {"volume_id": named(snapped_volumes)},
         ("snapshot_interval_is_enforced", True)),
    Case(no.TooManySnapshotsOfVolume, "CreateSnapshot", {"volume_id": named(snapped_volumes)}),
    Case(no.SnapshotSetTooLarge,      "CreateSnapshots", {"instance_specification": large_instance}),
    Case(no.VolumeInWrongState, "DeleteVolume", {
        "volume_id": named(lambda sight: sight.volumes_in(VolumeState.CREATING, VolumeState.DELETING))}),
    Case(no.IdempotentParameterMismatch, "CreateVolume", {"size_gib": one(8), "client_token": one("once")}),
    Case(no.AsymmetricDefaultKey, "ModifyEbsDefaultKmsKeyId", {
        "kms_key_id": named(lambda sight: [arn for arn, key in sight.world.keys.items() if not key.symmetric]
                            or sight.keys)}),
    Case(no.AllowedImagesDisabled, "ReplaceImageCriteriaInAllowedImagesSettings", {},
         ("criteria_replaceable_while_disabled", False)),
    _tagging("CreateVolume", "volume"), _tagging("CreateSnapshot", "snapshot"), _tagging("CopyImage", "image"),
    Case(no.ForeignSharedTag, "CreateTags", {
        "resources": shared_with_caller, "tags": one({"ec2:SharedTag/Team": "drawn"})}),
    Case(no.TagKeyTooLong, "CreateTags", {"tags": one(LONG_TAG)}, ("tag_key_may_have_128_characters", False)),
)
# fmt: on


# What chance often meets, and what meets it for sure: whoever asks for such a refusal does not want to wait for it.
_USUAL: Final[tuple[tuple[type[Refusal], tuple[str, ...], Make], ...]] = (
    (no.ImageNotFound,            ("image_id", "source_image_id"),       one("ami-0ffffffffffffffff")),
    (no.ImageUnavailable,         ("image_id", "source_image_id"),       named(images_to_wait_for)),
    (no.NotAuthorizedForImage,    ("image_id", "source_image_id"),       somebody_elses("images")),
    (no.NotAuthorizedForImages,   ("image_id", "source_image_id"),       somebody_elses("images")),
    (no.SnapshotNotFound,         ("snapshot_id", "source_snapshot_id"), one("snap-0ffffffffffffffff")),
    (no.NotAuthorizedForSnapshot, ("snapshot_id", "source_snapshot_id"), somebody_elses("snapshots")),
    (no.VolumeNotFound,           ("volume_id",),                        one("vol-0ffffffffffffffff")),
    (no.InstanceNotFound,         ("instance_id",),                      one("i-0ffffffffffffffff")),
)  # fmt: skip


def _usual() -> Iterator[Case]:
    for action, kind in ACTIONS.items():
        names = {attribute.name for attribute in fields(kind)}
        for refusal, parameters, make in _USUAL:
            given = {name: make for name in parameters if name in names}
            if given and refusal in kind.refusals:
                yield Case(refusal, action, given)


USUAL: Final = tuple(_usual())


@cache
def cases_of(action: str) -> tuple[Case, ...]:
    """The cases that requests of an action meet."""
    return tuple(case for case in CASES if case.action == action)
