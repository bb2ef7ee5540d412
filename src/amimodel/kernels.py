"""Kernels: the boot loader that paravirtual images start by, and its ids in each Region.

An HVM instance finds its boot loader on its own disk. A paravirtual one is started from a kernel image, and the only
one AWS still gives out is PV-GRUB, which in its turn reads a menu on the image's disk and loads the kernel named there.

Source: EC2 User Guide of June 2023, "User provided kernels"; rules A 5.3, A 5.5 (KR-1 to KR-7), B 7.3, B CI-12.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from amimodel.identifiers import KernelId
from amimodel.images import Image
from amimodel.malformed import invalid_value
from amimodel.permissions import EVERYONE
from amimodel.regions import Region, as_region
from amimodel.vocabulary import Architecture, ImageType, OwnerAlias, RootDeviceType, VirtualizationType

AMAZON_LINUX_ACCOUNT: Final = "137112412989"
"""The account that PV-GRUB belongs to, as Amazon Linux does."""

PV_GRUB_RELEASE: Final = "1.05"
"""The last release of PV-GRUB (rule A KR-2)."""

_I386, _X86_64 = Architecture.I386, Architecture.X86_64

BITNESS: Final[Mapping[Architecture, int]] = MappingProxyType({_I386: 32, _X86_64: 64})
"""The bits of the architectures that paravirtual machines have (rules A KR-4, A RI-9)."""

PARAVIRTUAL_REGIONS: Final = frozenset({
    "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-central-1", "eu-west-1",
    "sa-east-1", "us-east-1", "us-west-1", "us-west-2",
})  # fmt: skip
"""The Regions that run paravirtual instances (rule A 5.3)."""

PV_GRUB_KERNELS: Final[Mapping[str, Mapping[Architecture, KernelId]]] = MappingProxyType({
    region: MappingProxyType({_I386: KernelId(i386), _X86_64: KernelId(x86_64)})
    for region, i386, x86_64 in (
        ("ap-northeast-1", "aki-f975a998", "aki-7077ab11"),
        ("ap-southeast-1", "aki-17a40074", "aki-73a50110"),
        ("ap-southeast-2", "aki-ba5665d9", "aki-66506305"),
        ("eu-central-1",   "aki-1419e57b", "aki-931fe3fc"),
        ("eu-west-1",      "aki-1c9fd86f", "aki-dc9ed9af"),
        ("sa-east-1",      "aki-7cd34110", "aki-912fbcfd"),
        ("us-east-1",      "aki-04206613", "aki-5c21674b"),
        ("us-gov-west-1",  "aki-5ee9573f", "aki-9ee55bff"),  # has kernels, and no paravirtual types (rule A 5.3)
        ("us-west-1",      "aki-43cf8123", "aki-59cc8239"),
        ("us-west-2",      "aki-7a69931a", "aki-70cb0e10"),
    )
})  # fmt: skip
"""The ids of PV-GRUB 1.05 for a partition image (`hd0`): the table of rule A KR-6."""

_ARCHITECTURES: Final[Mapping[str, Architecture]] = MappingProxyType(
    {kernel: architecture for kernels in PV_GRUB_KERNELS.values() for architecture, kernel in kernels.items()}
)

MENU_PATHS: Final = (
    "(hd0)/boot/grub",
    *(f"(hd0,{partition}){folder}/grub" for partition in range(4) for folder in ("/boot", "")),
)
"""Where PV-GRUB looks for `menu.lst`, in this order (rule A KR-7)."""


def has_paravirtual_instances(region: str | Region) -> bool:
    """Whether a Region runs paravirtual instances; an image of theirs cannot be copied to one that does not.

    >>> has_paravirtual_instances("eu-west-1"), has_paravirtual_instances("eu-west-3")
    (True, False)

    Source: rules A 5.3, B CI-12.
    """
    return as_region(region).name in PARAVIRTUAL_REGIONS


def default_kernel(region: str | Region, architecture: Architecture) -> KernelId | None:
    """The kernel of a paravirtual image that names none; None where the Region, or the architecture, has none.

    >>> default_kernel("us-east-1", Architecture.X86_64)
    'aki-5c21674b'
    >>> print(default_kernel("us-east-2", Architecture.X86_64))
    None

    Source: rules A 2.2 (KernelId), A KR-6.
    """
    return PV_GRUB_KERNELS.get(as_region(region).name, {}).get(architecture)


def is_pv_grub(kernel_id: str) -> bool:
    """Whether a kernel is known to be PV-GRUB.

    >>> is_pv_grub("aki-5c21674b"), is_pv_grub("aki-12345678")
    (True, False)

    Source: rule A KR-6.
    """
    return kernel_id in _ARCHITECTURES


def bitness(kernel_id: str) -> int | None:
    """Of how many bits the systems are that a kernel starts: 32, 64, or None for a kernel that is not known here.

    >>> bitness("aki-04206613"), bitness("aki-5c21674b"), bitness("aki-12345678")
    (32, 64, None)

    Source: rule A KR-4.
    """
    architecture = _ARCHITECTURES.get(kernel_id)
    return None if architecture is None else BITNESS[architecture]


def equivalent_kernel(kernel_id: str, region: str | Region) -> KernelId | None:
    """What a kernel is called in another Region: how CopyImage finds the kernel of a copy.

    >>> equivalent_kernel("aki-5c21674b", "eu-central-1")
    'aki-931fe3fc'
    >>> print(equivalent_kernel("aki-5c21674b", "eu-north-1"))
    None

    The answer is None where that Region has none, and for a kernel that is not known here: CopyImage refuses then.

    Source: rules B 7.3 (KernelId), B CI-12.
    """
    architecture = _ARCHITECTURES.get(kernel_id)
    return None if architecture is None else default_kernel(region, architecture)


# --- the images -------------------------------------------------------------------------------------------------------

_name = re.compile(r"pv-grub-(?P<disk>hd0|hd00)_(?P<release>\d+\.\d+)-(?P<architecture>i386|x86_64)\.gz", re.ASCII)
_is_release = re.compile(r"\d+\.\d+", re.ASCII).fullmatch
_LAST_WITHOUT_GPT: Final = (1, 3)


def _disk(text: str) -> str:
    if text in {"hd0", "hd00"}:
        return text
    raise invalid_value("Name", text, "Expected hd0 or hd00.")


def _release(text: str) -> str:
    if isinstance(text, str) and _is_release(text):
        return text
    raise invalid_value("Name", text, "Expected a release such as 1.05.")


def _paravirtual(architecture: Architecture | str) -> Architecture:
    wanted = Architecture(architecture)
    if wanted in BITNESS:
        return wanted
    raise invalid_value("Architecture", architecture, "PV-GRUB is built for i386 and x86_64.")


@frozen(kw_only=True)
class PvGrub:
    """One build of PV-GRUB, as its image is named.

    >>> build = PvGrub(architecture="x86_64")
    >>> build.image_name, build.description
    ('pv-grub-hd0_1.05-x86_64.gz', 'PV-GRUB release 1.05, 64-bit')
    >>> PvGrub.of_name("pv-grub-hd00_1.03-i386.gz").boots_gpt
    False

    `disk` is `hd0` for images of one partition, as almost all are, and `hd00` for older ones of a whole disk.

    Raises `Malformed`.

    Source: rules A KR-2 to KR-4.
    """

    architecture: Architecture = field(converter=_paravirtual)
    release: str = field(default=PV_GRUB_RELEASE, converter=_release)
    disk: str = field(default="hd0", converter=_disk)

    @classmethod
    def of_name(cls, image_name: str) -> "PvGrub | None":
        """The build that an image's name tells; None if it is not named as PV-GRUB is."""
        match = _name.fullmatch(image_name)
        return None if match is None else cls(**match.groupdict())

    @property
    def image_name(self) -> str:
        """The name of its image."""
        return f"pv-grub-{self.disk}_{self.release}-{self.architecture}.gz"

    @property
    def description(self) -> str:
        """The description of its image."""
        return f"PV-GRUB release {self.release}, {BITNESS[self.architecture]}-bit"

    @property
    def boots_gpt(self) -> bool:
        """Whether it reads disks with a GPT; until 1.03 it only reads those with an MBR (rule A KR-4)."""
        major, minor = self.release.split(".")
        return (int(major), int(minor)) > _LAST_WITHOUT_GPT


def kernel_images(region: str | Region, *, creation_date: datetime) -> tuple[Image, ...]:
    """The images of PV-GRUB that Amazon offers in a Region: what DescribeImages shows to everyone.

    >>> from amimodel.clock import parse
    >>> [image.name for image in kernel_images("us-east-1", creation_date=parse("2016-02-01T00:00:00Z"))]
    ['pv-grub-hd0_1.05-i386.gz', 'pv-grub-hd0_1.05-x86_64.gz']

    Source: rules A KR-1, A KR-2, A KR-6.
    """
    home = as_region(region)
    return tuple(
        _kernel_image(kernel, PvGrub(architecture=architecture), home, creation_date)
        for architecture, kernel in PV_GRUB_KERNELS.get(home.name, {}).items()
    )


def _kernel_image(kernel: KernelId, build: PvGrub, region: Region, creation_date: datetime) -> Image:
    return Image(
        image_id=kernel,
        owner_id=AMAZON_LINUX_ACCOUNT,
        image_owner_alias=OwnerAlias.AMAZON,
        name=build.image_name,
        description=build.description,
        creation_date=creation_date,
        architecture=build.architecture,
        image_type=ImageType.KERNEL,
        virtualization_type=VirtualizationType.PARAVIRTUAL,
        root_device_type=RootDeviceType.INSTANCE_STORE,
        launch_permissions=[EVERYONE],
        region=region,
    )
