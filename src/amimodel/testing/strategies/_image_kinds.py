"""What belongs together in an image: its type, its architecture, its root, and how it boots."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final

from attrs import frozen
from hypothesis import strategies as st

from amimodel.images import Image
from amimodel.regions import Partition
from amimodel.testing.strategies._draft import Draft
from amimodel.testing.strategies._words import (
    FIRST_INSTANT,
    LAST_INSTANT,
    account_ids,
    image_ids,
    image_names,
    instants,
    kernel_ids,
    ramdisk_ids,
    regions,
)
from amimodel.vocabulary import (
    Architecture,
    BootMode,
    ImageState,
    ImageType,
    Platform,
    RootDeviceType,
    VirtualizationType,
)

if TYPE_CHECKING:
    from amimodel.block_devices import BlockDeviceMapping

TWO_YEARS: Final = timedelta(days=729)
A_DAY: Final = timedelta(days=1)

MACHINE, KERNEL, RAMDISK = ImageType.MACHINE, ImageType.KERNEL, ImageType.RAMDISK
HVM, PV = VirtualizationType.HVM, VirtualizationType.PARAVIRTUAL
EBS, S3 = RootDeviceType.EBS, RootDeviceType.INSTANCE_STORE
BIOS, UEFI, PREFERRED = BootMode.LEGACY_BIOS, BootMode.UEFI, BootMode.UEFI_PREFERRED
X86, _X86_32, _ARM = Architecture.X86_64, Architecture.I386, Architecture.ARM64
MACS: Final = (Architecture.X86_64_MAC, Architecture.ARM64_MAC)


@frozen
class _Kind:
    """What belongs together in an image; the names are those of its fields."""

    image_type: ImageType
    architecture: Architecture
    virtualization_type: VirtualizationType
    root_device_type: RootDeviceType
    platform: Platform | None
    boot_mode: BootMode | None


# The simplest first. Rules A RI-4, RI-9, RI-10, RI-11, RI-26, KR-1, BO-3 (32 bits are Xen, and Xen is BIOS), VR-1.
# fmt: off
_ROWS: Final = (
    # image type  architectures   virtual root    platform             boot modes
    ((MACHINE,),  (X86,),         (HVM,), (EBS,), (None,),             (None, BIOS, UEFI, PREFERRED)),
    ((MACHINE,),  (_ARM,),        (HVM,), (EBS,), (None,),             (None, UEFI, PREFERRED)),
    ((MACHINE,),  (X86,),         (HVM,), (EBS,), (Platform.WINDOWS,), (None, BIOS, UEFI, PREFERRED)),
    ((MACHINE,),  (_X86_32,),     (HVM,), (EBS,), (None,),             (None, BIOS)),
    ((MACHINE,),  (X86, _X86_32), (PV,),  (EBS,), (None,),             (None,)),
    ((MACHINE,),  (X86, _X86_32), (PV,),  (S3,),  (None,),             (None,)),
    ((MACHINE,),  (X86,),         (HVM,), (S3,),  (None,),             (None,)),
    ((MACHINE,),  MACS,           (HVM,), (EBS,), (None,),             (None, UEFI)),
    ((KERNEL,),   (X86, _X86_32), (PV,),  (S3,),  (None,),             (None,)),
    ((RAMDISK,),  (X86, _X86_32), (PV,),  (S3,),  (None,),             (None,)),
)
# fmt: on
_KINDS: Final = tuple(_Kind(*facts) for row in _ROWS for facts in product(*row))
_KIND_FIELDS: Final = tuple(_Kind.__annotations__)


def settle_kind(draft: Draft[Image]) -> None:
    """Choose among the kinds that what is fixed leaves."""
    wanted = frozenset((name, draft.get(name)) for name in _KIND_FIELDS if name in draft) | _hints(draft)
    kind = draft.draw(_kinds(wanted))
    for name in _KIND_FIELDS:
        draft.put(name, getattr(kind, name))


def _hints(draft: Draft[Image]) -> frozenset[tuple[str, object]]:
    """What other fields that are fixed say about the kind."""
    told: dict[str, object] = {}
    entries: tuple[BlockDeviceMapping, ...] = draft.get("block_device_mappings", ())
    if "billing" in draft and draft.get("billing") is not None:
        told["platform"] = draft.get("billing").platform
    if "image_id" in draft:
        told["image_type"] = {"aki-": KERNEL, "ari-": RAMDISK}.get(draft.get("image_id")[:4], MACHINE)
    if draft.get("kernel_id") or draft.get("ramdisk_id"):
        told |= {"virtualization_type": PV, "image_type": MACHINE}
    if any(
        draft.get(name) for name in ("tpm_support", "ena_support", "sriov_net_support", "imds_support", "uefi_data")
    ):
        told["virtualization_type"] = HVM
    if draft.get("tpm_support"):
        told["boot_mode"] = UEFI
    if entries:
        told["root_device_type"] = EBS if any(entry.ebs and entry.ebs.snapshot_id for entry in entries) else S3
    if draft.get("state") is ImageState.INVALID:
        told["root_device_type"] = S3
    if draft.get("state", ImageState.AVAILABLE) is not ImageState.AVAILABLE or draft.get("launches"):
        told["image_type"] = MACHINE
    return frozenset(told.items())


@cache
def _kinds(wanted: frozenset[tuple[str, object]]) -> st.SearchStrategy[_Kind]:
    fitting = [kind for kind in _KINDS if all(getattr(kind, name) == value for name, value in wanted)]
    return st.sampled_from(fitting or _KINDS)


def settle_identity(draft: Draft[Image]) -> None:
    """Give it an id, an owner, a name, and a creation before everything that is fixed to come later."""
    draft.fill("image_id", IDS[draft.get("image_type")])
    draft.fill("owner_id", _ACCOUNT_IDS)
    draft.fill("name", _NAMES)
    if "creation_date" not in draft:
        deprecation: datetime | None = draft.get("deprecation_time")
        known = [*draft.get("launches", ()), *([] if deprecation is None else [deprecation - A_DAY])]
        earliest = FIRST_INSTANT if deprecation is None else deprecation - TWO_YEARS
        latest = min((LAST_INSTANT, *known))
        draft.fill("creation_date", instants(min_value=min(earliest, latest), max_value=latest) if known else _INSTANTS)


IDS: Final[Mapping[ImageType, st.SearchStrategy[str]]] = {
    MACHINE: image_ids(),
    KERNEL: kernel_ids(),
    RAMDISK: ramdisk_ids(),
}
_ACCOUNT_IDS: Final = account_ids()
_NAMES: Final = image_names()
_INSTANTS: Final = instants()


# --- what the parts ask ----------------------------------------------------------------------------------------------

ALIVE: Final = frozenset({ImageState.AVAILABLE, ImageState.DISABLED})
cached_regions: Final = cache(regions)


def partition_of(draft: Draft[Image]) -> Partition:
    """Where everything that it names has to be (rules B CI-1, B OR-12)."""
    place = draft.get("region") or draft.get("source_image_region")
    return place.partition if place else Partition.AWS


def is_public(draft: Draft[Image]) -> bool:
    """Whether everyone may launch it, once that is settled."""
    return bool(draft.get("launch_permissions").everyone)
