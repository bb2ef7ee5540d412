"""Whether the parts of an image fit together: the laws that hold for every image EC2 can have made.

A value that breaks one is well formed, so it can be read, kept and shown; but no sequence of requests leads to it. In
an inventory it means that a record was shortened or edited, or that EC2 does something this model does not know.

Source: the rules that each law names.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum, unique
from types import MappingProxyType
from typing import Final

from attrs import frozen

from amimodel.block_devices import EbsBlockDevice, SuppressedDevice
from amimodel.images import Image
from amimodel.sharing import latest_deprecation_of_public_image
from amimodel.snapshots import Snapshot, Snapshots
from amimodel.vocabulary import (
    Architecture,
    BootMode,
    ImageState,
    ImageType,
    Platform,
    RootDeviceType,
    VirtualizationType,
)
from amimodel.volume_types import VOLUME_LIMITS


@unique
class Law(Enum):
    """A law, and the rules that it follows from."""

    ROOT_DEVICE_IS_MAPPED = ("an EBS-backed image has its root device in its mapping", "A BD-4, A RI-8")
    ROOT_DEVICE_HAS_A_SNAPSHOT = ("the root volume of an EBS-backed image comes from a snapshot", "A BD-4, A RI-3")
    ROOT_VOLUME_BOOTS = ("the root volume is of a type that boots", "A VT-2")
    DEVICE_NAMES_DIFFER = ("no device is mapped twice", "A RB-2")
    NOTHING_SUPPRESSED_IS_KEPT = ("an image keeps no entry for a device that is left out", "A RB-4")
    NO_KEY_IN_A_MAPPING = ("the mapping of an image names no KMS key", "B EN-13, A RB-13")
    PROVISIONED_VOLUMES_HAVE_IOPS = ("io1 and io2 volumes have their IOPS", "A VT-4")
    WHAT_IS_ENCRYPTED_IS_NOT_PUBLIC = ("an encrypted image is not public", "B LP-25")
    WHAT_IS_SOLD_IS_NOT_PUBLIC = ("an image with a product code is not public", "A PC-4, B LP-26")
    WHAT_IS_WATERMARKED_IS_NOT_PUBLIC = ("an image with a watermark is not public", "B LP-27")
    DISABLED_IS_SHARED_WITH_NOBODY = ("a disabled image is shared with nobody", "C 3.4, C 3.9")
    PARAVIRTUAL_IS_X86 = ("a paravirtual image is built for i386 or x86_64", "A RI-9")
    PARAVIRTUAL_IS_NOT_WINDOWS = ("a Windows image is not paravirtual", "A 5.3")
    HVM_HAS_NO_KERNEL = ("an HVM image has neither kernel nor RAM disk", "A RI-12")
    ARM_DOES_NOT_BOOT_BIOS = ("an arm64 image does not ask for legacy-bios", "A RI-10")
    TPM_NEEDS_UEFI = ("an image that asks for a TPM asks for uefi", "A RI-14")
    WINDOWS_IS_EBS_BACKED = ("a Windows image is EBS-backed", "A RI-26")
    PLATFORM_FITS_BILLING = ("Platform is windows where PlatformDetails says so, and only there", "A BI-7")
    DEPRECATED_AFTER_CREATION = ("an image is deprecated after its creation", "C 2.5")
    PUBLIC_IS_DEPRECATED_IN_TWO_YEARS = ("a public image is deprecated two years after its creation at most", "C 2.12")
    LAUNCHED_AFTER_CREATION = ("an image is launched after its creation", "C 11.1")
    SNAPSHOT_IS_AS_ENCRYPTED = ("a volume is shown as encrypted as its snapshot is", "A RB-12")
    VOLUME_HOLDS_ITS_SNAPSHOT = ("a volume is no smaller than its snapshot", "A RB-9")

    @property
    def sentence(self) -> str:
        """What always holds."""
        return self.value[0]

    @property
    def rules(self) -> str:
        """The rules it follows from."""
        return self.value[1]


@frozen
class Contradiction:
    """A law that an image breaks, and by what."""

    law: Law
    detail: str

    def __str__(self) -> str:
        return f"{self.detail}, but {self.law.sentence} ({self.law.rules})"


_NO_SNAPSHOTS: Final[Mapping[str, Snapshot]] = MappingProxyType({})


def contradictions(image: Image, snapshots: Snapshots = _NO_SNAPSHOTS) -> tuple[Contradiction, ...]:
    """Every law that an image breaks, alone or together with those of its snapshots that are given.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> contradictions(WEB)
    ()
    >>> for found in contradictions(evolve(WEB, tpm_support="v2.0")):
    ...     print(found)
    it asks for a TPM and for no boot mode, but an image that asks for a TPM asks for uefi (A RI-14)
    """
    return tuple(Contradiction(law, detail) for law, check in _CHECKS for detail in check(image, snapshots))


_Check = Callable[[Image, Snapshots], Iterator[str]]
_X86: Final = frozenset({Architecture.I386, Architecture.X86_64})


def _is_ebs_machine(image: Image) -> bool:
    return image.image_type is ImageType.MACHINE and image.root_device_type is RootDeviceType.EBS


def _root_is_mapped(image: Image, _: Snapshots) -> Iterator[str]:
    if _is_ebs_machine(image) and image.root_device is None:
        yield f"its root device {image.root_device_name or '(not named)'} is not mapped"


def _root_has_snapshot(image: Image, _: Snapshots) -> Iterator[str]:
    root = image.root_device
    if _is_ebs_machine(image) and root is not None and (root.ebs is None or root.ebs.snapshot_id is None):
        yield f"its root device {root.device_name} has no snapshot"


def _root_boots(image: Image, _: Snapshots) -> Iterator[str]:
    root = image.root_device
    volume_type = root.ebs.volume_type if root is not None and root.ebs is not None else None
    if volume_type is not None and not VOLUME_LIMITS[volume_type].boots:
        yield f"its root volume is of type {volume_type}"


def _devices_differ(image: Image, _: Snapshots) -> Iterator[str]:
    names = [entry.device_name for entry in image.block_device_mappings]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield f"{name} is mapped {names.count(name)} times"


def _nothing_suppressed(image: Image, _: Snapshots) -> Iterator[str]:
    for entry in image.block_device_mappings:
        if isinstance(entry.device, SuppressedDevice):
            yield f"it keeps an entry that leaves {entry.device_name} out"


def _no_key(image: Image, _: Snapshots) -> Iterator[str]:
    for entry in image.block_device_mappings:
        if entry.ebs is not None and entry.ebs.kms_key_id is not None:
            yield f"{entry.device_name} names the key {entry.ebs.kms_key_id}"


def _iops(image: Image, _: Snapshots) -> Iterator[str]:
    for entry in image.block_device_mappings:
        ebs = entry.ebs
        volume_type = ebs.volume_type if ebs is not None and ebs.iops is None else None
        if volume_type is not None and VOLUME_LIMITS[volume_type].iops_required:
            yield f"{entry.device_name} is of type {volume_type} and has no IOPS"


def _encrypted_not_public(image: Image, snapshots: Snapshots) -> Iterator[str]:
    encrypted = image.encrypted or any(snapshots[s].encrypted for s in image.snapshot_ids if s in snapshots)
    if image.public and encrypted:
        yield "it is encrypted and public"


def _sold_not_public(image: Image, _: Snapshots) -> Iterator[str]:
    if image.public and image.product_codes:
        yield f"it is public and carries the product code {image.product_codes[0].product_code_id}"


def _watermarked_not_public(image: Image, _: Snapshots) -> Iterator[str]:
    if image.public and image.image_watermarks:
        yield f"it is public and carries the watermark {image.image_watermarks[0].watermark_key}"


def _disabled_not_shared(image: Image, _: Snapshots) -> Iterator[str]:
    if image.state is ImageState.DISABLED and len(image.launch_permissions):
        yield f"it is disabled and shared with {image.launch_permissions.items[0]}"


def _paravirtual_x86(image: Image, _: Snapshots) -> Iterator[str]:
    if image.virtualization_type is VirtualizationType.PARAVIRTUAL and image.architecture not in _X86:
        yield f"it is paravirtual and built for {image.architecture}"


def _paravirtual_windows(image: Image, _: Snapshots) -> Iterator[str]:
    if image.virtualization_type is VirtualizationType.PARAVIRTUAL and image.platform is Platform.WINDOWS:
        yield "it is paravirtual and runs Windows"


def _hvm_kernel(image: Image, _: Snapshots) -> Iterator[str]:
    part = image.kernel_id or image.ramdisk_id
    if image.virtualization_type is VirtualizationType.HVM and image.image_type is ImageType.MACHINE and part:
        yield f"it is HVM and has {part}"


def _arm_bios(image: Image, _: Snapshots) -> Iterator[str]:
    if image.architecture is Architecture.ARM64 and image.boot_mode is BootMode.LEGACY_BIOS:
        yield "it is built for arm64 and asks for legacy-bios"


def _tpm_uefi(image: Image, _: Snapshots) -> Iterator[str]:
    if image.tpm_support is not None and image.boot_mode is not BootMode.UEFI:
        yield f"it asks for a TPM and for {image.boot_mode or 'no boot mode'}"


def _windows_ebs(image: Image, _: Snapshots) -> Iterator[str]:
    if image.platform is Platform.WINDOWS and image.root_device_type is RootDeviceType.INSTANCE_STORE:
        yield "it runs Windows from the instance store"


def _platform_billing(image: Image, _: Snapshots) -> Iterator[str]:
    if image.billing is not None and image.billing.platform is not image.platform:
        details = image.billing.platform_details
        yield f"its platform is {image.platform or 'not named'} and its PlatformDetails {details}"


def _deprecated_later(image: Image, _: Snapshots) -> Iterator[str]:
    if image.deprecation_time is not None and image.deprecation_time < image.creation_date:
        yield f"it was created {image.creation_date:%Y-%m-%d} and deprecated {image.deprecation_time:%Y-%m-%d}"


def _deprecated_in_two_years(image: Image, _: Snapshots) -> Iterator[str]:
    latest = latest_deprecation_of_public_image(image.creation_date)
    if image.public and image.deprecation_time is not None and image.deprecation_time > latest:
        yield f"it is public, created {image.creation_date:%Y-%m-%d} and deprecated {image.deprecation_time:%Y-%m-%d}"


def _launched_later(image: Image, _: Snapshots) -> Iterator[str]:
    if image.launches and image.launches[0] < image.creation_date:
        yield f"it was created {image.creation_date:%Y-%m-%d} and launched {image.launches[0]:%Y-%m-%d}"


def _as_encrypted(image: Image, snapshots: Snapshots) -> Iterator[str]:
    for device_name, ebs, snapshot in _backed(image, snapshots):
        if ebs.encrypted is not None and ebs.encrypted is not snapshot.encrypted:
            shown, real = ("encrypted", "not") if ebs.encrypted else ("not encrypted", "encrypted")
            yield f"{device_name} is shown as {shown} and {snapshot.snapshot_id} is {real}"


def _holds_snapshot(image: Image, snapshots: Snapshots) -> Iterator[str]:
    for device_name, ebs, snapshot in _backed(image, snapshots):
        if ebs.volume_size_gib is not None and ebs.volume_size_gib < snapshot.volume_size_gib:
            sizes = (ebs.volume_size_gib, snapshot.volume_size_gib)
            yield f"{device_name} has {sizes[0]} GiB and {snapshot.snapshot_id} {sizes[1]} GiB"


def _backed(image: Image, snapshots: Snapshots) -> Iterator[tuple[str, EbsBlockDevice, Snapshot]]:
    for entry in image.block_device_mappings:
        if entry.ebs is not None and entry.ebs.snapshot_id is not None and entry.ebs.snapshot_id in snapshots:
            yield entry.device_name, entry.ebs, snapshots[entry.ebs.snapshot_id]


_CHECKS: Final[tuple[tuple[Law, _Check], ...]] = (
    (Law.ROOT_DEVICE_IS_MAPPED, _root_is_mapped),
    (Law.ROOT_DEVICE_HAS_A_SNAPSHOT, _root_has_snapshot),
    (Law.ROOT_VOLUME_BOOTS, _root_boots),
    (Law.DEVICE_NAMES_DIFFER, _devices_differ),
    (Law.NOTHING_SUPPRESSED_IS_KEPT, _nothing_suppressed),
    (Law.NO_KEY_IN_A_MAPPING, _no_key),
    (Law.PROVISIONED_VOLUMES_HAVE_IOPS, _iops),
    (Law.WHAT_IS_ENCRYPTED_IS_NOT_PUBLIC, _encrypted_not_public),
    (Law.WHAT_IS_SOLD_IS_NOT_PUBLIC, _sold_not_public),
    (Law.WHAT_IS_WATERMARKED_IS_NOT_PUBLIC, _watermarked_not_public),
    (Law.DISABLED_IS_SHARED_WITH_NOBODY, _disabled_not_shared),
    (Law.PARAVIRTUAL_IS_X86, _paravirtual_x86),
    (Law.PARAVIRTUAL_IS_NOT_WINDOWS, _paravirtual_windows),
    (Law.HVM_HAS_NO_KERNEL, _hvm_kernel),
    (Law.ARM_DOES_NOT_BOOT_BIOS, _arm_bios),
    (Law.TPM_NEEDS_UEFI, _tpm_uefi),
    (Law.WINDOWS_IS_EBS_BACKED, _windows_ebs),
    (Law.PLATFORM_FITS_BILLING, _platform_billing),
    (Law.DEPRECATED_AFTER_CREATION, _deprecated_later),
    (Law.PUBLIC_IS_DEPRECATED_IN_TWO_YEARS, _deprecated_in_two_years),
    (Law.LAUNCHED_AFTER_CREATION, _launched_later),
    (Law.SNAPSHOT_IS_AS_ENCRYPTED, _as_encrypted),
    (Law.VOLUME_HOLDS_ITS_SNAPSHOT, _holds_snapshot),
)
