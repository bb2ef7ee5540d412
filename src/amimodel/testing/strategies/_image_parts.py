"""The parts of an image that follow from what it is and with whom it is shared."""

from base64 import b64encode
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from hypothesis import strategies as st

from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.clock import to_nearest_minute
from amimodel.identifiers import SnapshotId
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode, Image
from amimodel.regions import Partition
from amimodel.testing.strategies._devices import block_device_mapping_lists
from amimodel.testing.strategies._draft import Draft, made
from amimodel.testing.strategies._image_kinds import (
    ALIVE,
    BIOS,
    EBS,
    HVM,
    IDS,
    KERNEL,
    MACHINE,
    MACS,
    PREFERRED,
    S3,
    UEFI,
    X86,
    cached_regions,
    is_public,
    partition_of,
)
from amimodel.testing.strategies._marks import (
    billing_codes,
    image_watermarks,
    instance_type_specifications,
    product_codes,
    scan_results,
)
from amimodel.testing.strategies._words import (
    descriptions,
    instance_ids,
    snapshot_ids,
    tags,
)
from amimodel.vocabulary import (
    BootMode,
    ImdsSupport,
    OwnerAlias,
    Platform,
    SriovNetSupport,
    TpmSupport,
    VirtualizationType,
)
from amimodel.volume_types import VolumeType
from amimodel.watermarks import ImageWatermark

_MOST_WATERMARKS: Final = 5


# --- what it is made of -----------------------------------------------------------------------------------------------


def settle_devices(draft: Draft[Image]) -> None:
    """Give it a root, data volumes, or the place of its bundle (rules A 2.4, 4.1, LO-3, RI-24)."""
    platform, virtualization_type = draft.get("platform"), draft.get("virtualization_type")
    if draft.get("root_device_type") is S3:
        draft.fill("image_location", _MANIFESTS)
        if draft.get("image_type") is MACHINE:
            draft.put("root_device_name", "/dev/sda1")
            if "volumes" in draft.extras:
                draft.fill("block_device_mappings", _INSTANCE_STORE_LISTS)
        return
    entries: tuple[BlockDeviceMapping, ...] = draft.get("block_device_mappings", ())
    of_snapshot = [
        entry.device_name for entry in entries if entry.ebs is not None and entry.ebs.snapshot_id is not None
    ]
    usual = "/dev/xvda" if platform is None and virtualization_type is HVM else "/dev/sda1"
    draft.put("root_device_name", next(iter(of_snapshot), usual))
    name, encrypted = draft.get("root_device_name"), "encrypted" in draft.extras and not is_public(draft)
    if "volumes" in draft.extras:
        draft.fill("block_device_mappings", _mappings(name, virtualization_type, platform, encrypted))
    else:
        draft.fill("block_device_mappings", _simple_mappings(name, encrypted))


@cache
def _mappings(
    root_device_name: str,
    virtualization_type: VirtualizationType,
    platform: Platform | None,
    encrypted: bool,  # noqa: FBT001 - it is the key of a cache
) -> st.SearchStrategy[tuple[BlockDeviceMapping, ...]]:
    return block_device_mapping_lists(
        root_device_name=root_device_name,
        virtualization_type=virtualization_type,
        platform=platform,
        encrypted=encrypted,
        max_size=4,
    )


@cache
def _simple_mappings(root_device_name: str, encrypted: bool) -> st.SearchStrategy[tuple[BlockDeviceMapping, ...]]:  # noqa: FBT001 - it is the key of a cache
    def root(snapshot: SnapshotId) -> tuple[BlockDeviceMapping, ...]:
        device = EbsBlockDevice(
            snapshot_id=snapshot,
            volume_size_gib=1,
            volume_type=VolumeType.GP2,
            delete_on_termination=True,
            encrypted=encrypted,
        )
        return (BlockDeviceMapping(root_device_name, device),)

    return made(root, snapshot_ids())


def _instance_store_list(length: int) -> tuple[BlockDeviceMapping, ...]:
    return tuple(BlockDeviceMapping(f"/dev/sd{'bcde'[n]}", InstanceStoreDevice(f"ephemeral{n}")) for n in range(length))


_INSTANCE_STORE_LISTS: Final = made(_instance_store_list, st.integers(0, 4))
_MANIFESTS: Final = made("bucket/{}.manifest.xml".format, st.integers(0, 999))


def settle_firmware(draft: Draft[Image]) -> None:
    """Give it what it boots and talks with (rules A RI-12 to RI-16, VR-3)."""
    if draft.get("image_type") is not MACHINE:
        return
    boot_mode: BootMode | None = draft.get("boot_mode")
    hvm = draft.get("virtualization_type") is HVM
    if not hvm:
        draft.fill("kernel_id", IDS[KERNEL])
    elif "firmware" in draft.extras and boot_mode in {UEFI, PREFERRED}:
        if boot_mode is UEFI and draft.get("architecture") not in MACS:
            draft.put("tpm_support", TpmSupport.V2_0)
        draft.fill("uefi_data", _UEFI_DATA)
    if "firmware" in draft.extras and boot_mode in {BIOS, UEFI}:
        draft.put("guest_os_boot", boot_mode)
    if "network" in draft.extras and hvm:
        draft.fill("ena_support", _TRUE_FIRST)
        draft.fill("sriov_net_support", _SRIOV)
    if "metadata" in draft.extras and hvm:
        draft.put("imds_support", ImdsSupport.V2_0)


_TRUE_FIRST: Final = st.sampled_from((True, False))
_SRIOV: Final = st.sampled_from((SriovNetSupport.SIMPLE, None))
_UEFI_DATA: Final = made(lambda data: b64encode(data).decode(), st.binary(max_size=32))


def settle_licence(draft: Draft[Image]) -> None:
    """Give it a licence, product codes, and the types it may be launched on (rules A 7.1, PC-4, IT-6)."""
    windows = draft.get("platform") is not None
    if "licence" in draft.extras and draft.get("architecture") is X86 and draft.get("root_device_type") is EBS:
        draft.fill("billing", _WINDOWS_CODES if windows else _LINUX_CODES)
    draft.put("billing", BillingCode.WINDOWS if windows else BillingCode.LINUX)
    if "sold" in draft.extras and draft.get("image_type") is MACHINE and not is_public(draft):
        draft.fill("product_codes", _PRODUCT_CODES)
    elif "instance types" in draft.extras and draft.get("image_type") is MACHINE and not draft.get("product_codes"):
        draft.fill("instance_type_specification", _SPECIFICATIONS)


_WINDOWS_CODES: Final = billing_codes(platform=Platform.WINDOWS)
_LINUX_CODES: Final = st.sampled_from([code for code in BillingCode if code.platform is None])
_SPECIFICATIONS: Final = instance_type_specifications()
_PRODUCT_CODES: Final = st.lists(product_codes(), min_size=1, max_size=2, unique_by=lambda code: code.product_code_id)


# --- when, and where from ---------------------------------------------------------------------------------------------


def settle_times(draft: Draft[Image]) -> None:
    """Let it be deprecated, protected and launched, all after its creation (rules B LP-32, C 2, C 4, C 11.1)."""
    created: datetime = draft.get("creation_date")
    if is_public(draft):
        _settle_deprecation(draft, _WITHIN_TWO_YEARS)
    if draft.get("image_type") is not MACHINE or draft.get("state") not in ALIVE:
        return
    if "deprecation" in draft.extras:
        _settle_deprecation(draft, _WITHIN_TEN_YEARS)
    if "protection" in draft.extras and "deregistration_protection" not in draft:
        mode = draft.draw(_PROTECTIONS)
        until = created + draft.draw(_WITHIN_TEN_YEARS) if mode is DeregistrationProtectionMode.DISABLED else None
        draft.put("deregistration_protection", DeregistrationProtection(mode, until))
    if "launches" in draft.extras and "launches" not in draft:
        draft.put("launches", tuple(sorted(created + later for later in draft.draw(_LAUNCHES))))


def _settle_deprecation(draft: Draft[Image], later: st.SearchStrategy[timedelta]) -> None:
    if "deprecation_time" not in draft:
        draft.put("deprecation_time", to_nearest_minute(draft.get("creation_date") + draft.draw(later)))


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


_WITHIN_TWO_YEARS: Final = made(_minutes, st.integers(24 * 60, 2 * 364 * 24 * 60))
_WITHIN_TEN_YEARS: Final = made(_minutes, st.integers(24 * 60, 3650 * 24 * 60))
_LAUNCHES: Final = st.lists(_WITHIN_TEN_YEARS, min_size=1, max_size=3)
# Disabled stands for a protection that was lifted and still cools down: that there is none, no extra need say.
_PROTECTIONS: Final = st.sampled_from(tuple(reversed(DeregistrationProtectionMode)))


def settle_origin(draft: Draft[Image]) -> None:
    """Make it of another image, or of an instance of one (rule A 11.3)."""
    if "ancestry" not in draft.extras or draft.get("image_type") is not MACHINE:
        return
    draft.fill("source_image_id", IDS[MACHINE])
    if draft.get("source_image_id") is None:
        return
    of_instance = draft.get("root_device_type") is EBS and draft.draw(st.booleans())
    if of_instance and draft.get("region") is not None:
        draft.put("source_image_region", draft.get("region"))
    draft.fill("source_image_region", cached_regions(partition_of(draft)))
    if of_instance and draft.get("region") in {None, draft.get("source_image_region")}:
        draft.fill("source_instance_id", _INSTANCE_IDS)


_INSTANCE_IDS: Final = instance_ids()


# --- what hangs on it -------------------------------------------------------------------------------------------------


def settle_marks(draft: Draft[Image]) -> None:
    """Hang on it what others read (rules A DS-1, TG-1, NF-1, SR-1, WM-1)."""
    if "description" in draft.extras:
        draft.fill("description", _DESCRIPTIONS)
    if "tags" in draft.extras:
        draft.fill("tags", _TAGS)
    if "watermarks" in draft.extras and draft.get("image_type") is MACHINE and not is_public(draft):
        draft.fill("image_watermarks", _watermarks(partition_of(draft)))
    if "scan" in draft.extras and draft.get("image_type") is MACHINE and draft.get("state") in ALIVE:
        draft.fill("scan_results", scan_results(min_value=draft.get("creation_date")))
    if "alias" in draft.extras:
        draft.fill("image_owner_alias", st.sampled_from(_aliases(draft)))
        if draft.get("image_owner_alias") is OwnerAlias.AMAZON:
            draft.put("free_tier_eligible", True)  # noqa: FBT003 - it is the field's value


_DESCRIPTIONS: Final = descriptions()
_TAGS: Final = tags(min_size=1, max_size=3)


@cache
def _watermarks(partition: Partition) -> st.SearchStrategy[list[ImageWatermark]]:
    marks = image_watermarks(partition=partition)
    return st.lists(marks, min_size=1, max_size=_MOST_WATERMARKS, unique_by=lambda mark: mark.watermark_key)


def _aliases(draft: Draft[Image]) -> tuple[OwnerAlias, ...]:
    if is_public(draft) or draft.get("image_type") is not MACHINE:
        return (OwnerAlias.AMAZON,)
    if draft.get("product_codes"):
        return (OwnerAlias.AWS_MARKETPLACE,)
    return (OwnerAlias.AMAZON, OwnerAlias.AWS_BACKUP_VAULT)
