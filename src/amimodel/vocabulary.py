"""The closed sets of words that EC2 uses for images, instance types and instances alike.

Every member's value is EC2's own spelling. A set is closed on purpose: code that handles one matches every member and
has no default branch, so a word that EC2 adds becomes a type error here before it becomes a wrong answer elsewhere.

Source: botocore 1.44.5, shapes ArchitectureValues, BootModeValues, DeviceType, HypervisorType, ImageState,
ImageTypeValues, ImdsSupportValues, PlatformValues, TpmSupportValues, VirtualizationType.
"""

from enum import StrEnum, unique
from typing import Final, Never

from amimodel.malformed import Malformed

# Sets that EC2's members do not share their names with.
_MEMBERS: Final = {
    "DeregistrationProtectionMode": "DeregistrationProtection",
    "ImageState": "State",
    "InstanceState": "State",
    "OwnerAlias": "ImageOwnerAlias",
    "Severity": "HighestFindingSeverityLabel",
    "SnapshotState": "State",
}


class Word(StrEnum):
    """A closed set of EC2's words. Calling it reads one: `Architecture("arm64")`.

    Any other text raises `Malformed` (`InvalidParameterValue`; settlement S 48).
    """

    @classmethod
    def _missing_(cls, value: object) -> Never:
        name = _MEMBERS.get(cls.__name__, cls.__name__)
        message = f"Invalid value '{value}' for {name[:1].lower()}{name[1:]}."
        raise Malformed("InvalidParameterValue", message, member=name, value=value)


@unique
class Architecture(Word):
    """The processor architecture an image is built for.

    >>> Architecture("arm64")
    <Architecture.ARM64: 'arm64'>
    >>> Architecture("sparc")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Invalid value 'sparc' for architecture.
    """

    I386 = "i386"
    X86_64 = "x86_64"
    ARM64 = "arm64"
    X86_64_MAC = "x86_64_mac"
    ARM64_MAC = "arm64_mac"


@unique
class BootMode(Word):
    """How an image asks to be booted. An instance boots as one of the first two (rule A BO-1)."""

    LEGACY_BIOS = "legacy-bios"
    UEFI = "uefi"
    UEFI_PREFERRED = "uefi-preferred"


@unique
class VirtualizationType(Word):
    """Hardware virtual machine, or the paravirtual machine of EC2's first years (rule A 5.3)."""

    HVM = "hvm"
    PARAVIRTUAL = "paravirtual"


@unique
class Hypervisor(Word):
    """What DescribeImages calls the hypervisor: `xen` always, `ovm` never (rule A VR-4)."""

    XEN = "xen"
    OVM = "ovm"


@unique
class RootDeviceType(Word):
    """Where the root volume comes from: an EBS snapshot, or a template in S3 (rule A 5.2)."""

    EBS = "ebs"
    INSTANCE_STORE = "instance-store"


@unique
class ImageType(Word):
    """A machine image, or one of the kernels and RAM disks of paravirtual machines (rule A KR-1)."""

    MACHINE = "machine"
    KERNEL = "kernel"
    RAMDISK = "ramdisk"


@unique
class ImageState(Word):
    """Where an image is in its life (rules A 0.5, C 1.1)."""

    PENDING = "pending"
    AVAILABLE = "available"
    INVALID = "invalid"
    DEREGISTERED = "deregistered"
    TRANSIENT = "transient"
    FAILED = "failed"
    ERROR = "error"
    DISABLED = "disabled"


@unique
class Platform(Word):
    """The only platform EC2 names; images of any other carry none (rule A BI-6)."""

    WINDOWS = "windows"


@unique
class TpmSupport(Word):
    """The NitroTPM version an image asks for (rule A TP-1)."""

    V2_0 = "v2.0"


@unique
class ImdsSupport(Word):
    """The version of the instance metadata service an image asks for (rule A RI-16)."""

    V2_0 = "v2.0"


@unique
class SriovNetSupport(Word):
    """Enhanced networking with the Intel 82599 Virtual Function interface (rule A RI-13)."""

    SIMPLE = "simple"


@unique
class OwnerAlias(Word):
    """The names that AWS gives to owners of its own choosing; nobody else has one (rules A 10.1, A NF-1)."""

    AMAZON = "amazon"
    AWS_BACKUP_VAULT = "aws-backup-vault"
    AWS_MARKETPLACE = "aws-marketplace"


@unique
class Severity(Word):
    """How bad a finding of Amazon Inspector is, from the mildest up (rule A SR-2)."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
