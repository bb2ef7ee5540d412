"""What RegisterImage is asked for.

Source: botocore 1.44.5, RegisterImage; rules A 2.1 to A 2.3; settlements S 15, S 17, S 48.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, as_mappings
from amimodel.identifiers import KernelId, RamdiskId, SnapshotId
from amimodel.identifiers import kernel_id as as_kernel_id
from amimodel.identifiers import ramdisk_id as as_ramdisk_id
from amimodel.kernels import BITNESS, bitness, is_pv_grub
from amimodel.malformed import Malformed, invalid_value
from amimodel.names import image_description, image_name
from amimodel.vocabulary import Architecture, BootMode, ImdsSupport, SriovNetSupport, TpmSupport, VirtualizationType

_LONGEST_UEFI_DATA: Final = 64_000
_X86: Final = frozenset(BITNESS)
_PV: Final = VirtualizationType.PARAVIRTUAL


def _text(text: str | None) -> str | None:
    return text or None


def _kernel(text: str | None) -> KernelId | None:
    return as_kernel_id(text) if text else None


def _ramdisk(text: str | None) -> RamdiskId | None:
    return as_ramdisk_id(text) if text else None


def _uefi_data(text: str | None) -> str | None:
    if not text:
        return None
    try:
        _ = b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError):
        message = "The parameter uefiData is not the base64 text of a UEFI variable store."
        raise Malformed("InvalidParameterValue", message, member="UefiData", value=text) from None
    if len(text) > _LONGEST_UEFI_DATA:
        message = f"The parameter uefiData has at most {_LONGEST_UEFI_DATA} characters."
        raise Malformed("InvalidParameterValue", message, member="UefiData", value=text)
    return text


def _flag(flag: bool | None) -> bool | None:  # noqa: FBT001 - it converts one
    if flag is None or isinstance(flag, bool):
        return flag
    raise invalid_value("EnaSupport", flag, "Expected true or false.")


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(texts)


@frozen(kw_only=True, slots=False)  # RegisterImage is a request as well, and of two bases only one can have slots
class Registration:
    """What RegisterImage is asked to make: its parameters, but for the tags and DryRun.

    >>> root = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id="snap-12345678"))
    >>> web = Registration(name="web", block_device_mappings=[root], virtualization_type="hvm", architecture="x86_64")
    >>> web.root_device_name is None, web.ena_support is None
    (True, True)
    >>> Registration(name="web", block_device_mappings=[root], architecture="arm64")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterCombination: The architecture 'arm64' requires the virtualization
    type 'hvm'.

    The last one shows what is easily forgotten: without VirtualizationType an image is paravirtual, and without
    Architecture it is built for i386 (rule A RI-5).

    Raises `Malformed` for what no account and no Region could have.

    Source: rules A 2.2, A RI-1, A RI-2, A RI-9, A RI-10, A RI-12, A RI-13, A RI-15, A DS-1, A DS-2, A NM-2; settlements
    S 15, S 17, S 48.
    """

    name: str = field(converter=image_name)
    description: str | None = field(default=None, converter=image_description)
    architecture: Architecture | None = field(default=None, converter=optional(Architecture))
    virtualization_type: VirtualizationType | None = field(default=None, converter=optional(VirtualizationType))
    root_device_name: str | None = field(default=None, converter=_text)
    block_device_mappings: tuple[BlockDeviceMapping, ...] = field(default=(), converter=as_mappings)
    image_location: str | None = field(default=None, converter=_text)
    kernel_id: KernelId | None = field(default=None, converter=_kernel)
    ramdisk_id: RamdiskId | None = field(default=None, converter=_ramdisk)
    boot_mode: BootMode | None = field(default=None, converter=optional(BootMode))
    tpm_support: TpmSupport | None = field(default=None, converter=optional(TpmSupport))
    uefi_data: str | None = field(default=None, converter=_uefi_data, repr=False)
    imds_support: ImdsSupport | None = field(default=None, converter=optional(ImdsSupport))
    ena_support: bool | None = field(default=None, converter=_flag)
    sriov_net_support: SriovNetSupport | None = field(default=None, converter=optional(SriovNetSupport))
    billing_products: tuple[str, ...] = field(default=(), converter=_texts)

    def __attrs_post_init__(self) -> None:
        if self.image_location is None:
            if not self.block_device_mappings and self.root_device_name is None:
                message = "The request must contain the parameter imageLocation"
                raise Malformed("MissingParameter", message, member="ImageLocation")  # A RI-1
        elif self.root_device in dict(self.snapshot_devices):
            message = "An image is made of a manifest in S3 or of a snapshot, not of both."
            raise _combination("ImageLocation", message)  # A RI-2
        default = Architecture.I386 if self.image_location is None else None  # which only the manifest tells
        for fault in conflicts(self, self.architecture or default, self.kernel_id, self.ramdisk_id):
            raise fault

    @property
    def snapshot_devices(self) -> tuple[tuple[str, SnapshotId], ...]:
        """The devices that are made of snapshots, each with its snapshot."""
        return tuple(
            (entry.device_name, entry.device.snapshot_id)
            for entry in self.block_device_mappings
            if isinstance(entry.device, EbsBlockDevice) and entry.device.snapshot_id is not None
        )

    @property
    def root_device(self) -> str | None:
        """The root device, as far as the request tells it: by name, or as the only one made of a snapshot.

        Source: rule A RI-7.
        """
        if self.root_device_name is not None:
            return self.root_device_name
        devices = self.snapshot_devices
        return devices[0][0] if len(devices) == 1 else None


def _combination(member: str, message: str) -> Malformed:
    return Malformed("InvalidParameterCombination", message, member=member)


def conflicts(
    registration: Registration,
    architecture: Architecture | None,
    kernel: KernelId | None,
    ramdisk: RamdiskId | None,
) -> Iterator[Malformed]:
    """Say what does not go together. Architecture, kernel and RAM disk may come from the manifest of a bundle.

    Source: rules A RI-9, A RI-10, A RI-12, A RI-15, A KR-4.
    """
    boot_mode, virtualization_type = registration.boot_mode, registration.virtualization_type or _PV
    if virtualization_type is _PV and architecture is not None and architecture not in _X86:
        message = f"The architecture '{architecture}' requires the virtualization type 'hvm'."
        yield _combination("Architecture", message)  # A RI-9
    if boot_mode is BootMode.LEGACY_BIOS and architecture is Architecture.ARM64:
        message = "The architecture 'arm64' does not support the boot mode 'legacy-bios'."
        yield _combination("BootMode", message)  # A RI-10
    if boot_mode is BootMode.LEGACY_BIOS and registration.uefi_data is not None:
        message = "The parameter uefiData is not supported for the boot mode 'legacy-bios'."
        yield _combination("UefiData", message)  # A RI-15
    if kernel is None and ramdisk is None:
        return
    if virtualization_type is not _PV:
        kind = "images" if registration.image_location is None else "s3 images"
        yield _combination("KernelId", f"cannot specify kernel/ramdisk on HVM {kind}")  # A RI-12
    if kernel is None:
        return
    bits = bitness(kernel)
    if ramdisk is not None and is_pv_grub(kernel):
        yield _combination("RamdiskId", f"The kernel {kernel} is PV-GRUB, which takes no RAM disk.")  # A KR-4
    if bits is not None and architecture is not None and BITNESS.get(architecture, bits) != bits:
        message = f"The kernel {kernel} starts systems of {bits} bits; the architecture is '{architecture}'."
        yield _combination("KernelId", message)  # A KR-4
