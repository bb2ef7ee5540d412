"""Booting: by which firmware an instance starts, and whether the system inside its image can.

An image says what it can boot by, an instance type what it has. EC2 compares the two and refuses where they do not
meet. What EC2 cannot see is the system inside: an instance may launch and never come up.

Source: EC2 User Guide, "Amazon EC2 boot modes", "Launch an EC2 instance with a boot mode"; rules A 6.1, A 6.2, B 5.2.
"""

from collections.abc import Collection, Mapping
from enum import Enum, unique
from types import MappingProxyType
from typing import Final

from amimodel.images import Image
from amimodel.instance_types import InstanceType
from amimodel.quirks import Quirks
from amimodel.refusals import BootModeUnsupported
from amimodel.regions import ZoneType
from amimodel.vocabulary import Architecture, BootMode

_AS_RULED: Final = Quirks()


@unique
class Processor(Enum):
    """What the boot rules tell architectures apart by."""

    X86 = "i386, x86_64"
    ARM = "arm64"
    MAC = "x86_64_mac, arm64_mac"


_X86, _ARM, _MAC = Processor.X86, Processor.ARM, Processor.MAC
_BIOS, _UEFI, _EITHER = BootMode.LEGACY_BIOS, BootMode.UEFI, BootMode.UEFI_PREFERRED

PROCESSORS: Final[Mapping[Architecture, Processor]] = MappingProxyType({
    Architecture.I386:       _X86,
    Architecture.X86_64:     _X86,
    Architecture.ARM64:      _ARM,
    Architecture.X86_64_MAC: _MAC,
    Architecture.ARM64_MAC:  _MAC,
})  # fmt: skip
"""Each architecture's processor."""

# The rules list results for an image's mode, a processor and what the type supports. They are all the first of these
# wishes that the type fulfils; where it fulfils none, EC2 refuses, and names the first.
BOOTS_BY: Final[Mapping[tuple[BootMode | None, Processor], tuple[BootMode, ...]]] = MappingProxyType({
    # the image's mode, built for
    (_UEFI,             _X86): (_UEFI,),
    (_UEFI,             _ARM): (_UEFI,),
    (_UEFI,             _MAC): (_UEFI,),
    (_BIOS,             _X86): (_BIOS,),
    (_BIOS,             _ARM): (_BIOS,),        # which no type with such a processor has: refused everywhere
    (_BIOS,             _MAC): (_BIOS,),
    (_EITHER,           _X86): (_UEFI, _BIOS),
    (_EITHER,           _ARM): (_UEFI, _BIOS),
    (_EITHER,           _MAC): (_UEFI, _BIOS),
    (None,              _X86): (_BIOS, _UEFI),  # settlement S 39
    (None,              _ARM): (_UEFI,),
    (None,              _MAC): (_UEFI,),
})  # fmt: skip
"""What an image boots by, best first: the table of rules A 6.2 and B 5.2, without its column for the type."""


def wishes(
    image_mode: BootMode | None,
    architecture: Architecture,
    *,
    guest_os_boot: BootMode | None = None,
    quirks: Quirks = _AS_RULED,
) -> tuple[BootMode, ...]:
    """What an image would boot by, best first.

    >>> [mode.value for mode in wishes(BootMode.UEFI_PREFERRED, Architecture.X86_64)]
    ['uefi', 'legacy-bios']

    A guest known to need BIOS is found by the firmware of a `uefi-preferred` image, which sees no UEFI loader on the
    disk and falls back.

    Source: rules A 6.2, B 5.2; settlement S 39.
    """
    if image_mode is None and PROCESSORS[architecture] is _X86 and not quirks.untyped_image_boots_as_uefi:
        return (_BIOS,)
    if image_mode is _EITHER and guest_os_boot is _BIOS and quirks.firmware_falls_back_to_legacy_guest:
        return (_BIOS, _UEFI)
    return BOOTS_BY[image_mode, PROCESSORS[architecture]]


def boot_mode(
    image_mode: BootMode | None,
    architecture: Architecture,
    type_modes: Collection[BootMode],
    *,
    guest_os_boot: BootMode | None = None,
    quirks: Quirks = _AS_RULED,
) -> BootMode | None:
    """The mode that an instance gets; None where image and type do not meet.

    >>> boot_mode(BootMode.UEFI_PREFERRED, Architecture.X86_64, [BootMode.LEGACY_BIOS])
    <BootMode.LEGACY_BIOS: 'legacy-bios'>
    >>> print(boot_mode(BootMode.UEFI, Architecture.X86_64, [BootMode.LEGACY_BIOS]))
    None

    Source: rules A 6.2, B 5.2.
    """
    wanted = wishes(image_mode, architecture, guest_os_boot=guest_os_boot, quirks=quirks)
    return next((mode for mode in wanted if mode in type_modes), None)


# --- where ------------------------------------------------------------------------------------------------------------


@unique
class Place(Enum):
    """Where an instance is launched: in a zone of one of three types, or on an Outpost."""

    AVAILABILITY_ZONE = ZoneType.AVAILABILITY_ZONE.value
    LOCAL_ZONE = ZoneType.LOCAL_ZONE.value
    WAVELENGTH_ZONE = ZoneType.WAVELENGTH_ZONE.value
    OUTPOST = "outpost"


def has_uefi(place: Place, quirks: Quirks = _AS_RULED) -> bool:
    """Whether instances boot by UEFI in a place, if their type can.

    >>> has_uefi(Place.LOCAL_ZONE), has_uefi(Place.WAVELENGTH_ZONE)
    (True, False)

    Source: rule A BO-4.
    """
    return {
        Place.AVAILABILITY_ZONE: True,
        Place.LOCAL_ZONE: quirks.local_zones_have_uefi,
        Place.WAVELENGTH_ZONE: False,
        Place.OUTPOST: quirks.outposts_have_uefi,
    }[place]


def modes_of(
    instance_type: InstanceType, *, place: Place = Place.AVAILABILITY_ZONE, quirks: Quirks = _AS_RULED
) -> tuple[BootMode, ...]:
    """The modes that instances of a type boot in, in a place.

    >>> from amimodel.instance_types import instance_type
    >>> [mode.value for mode in modes_of(instance_type("t3.micro"))]
    ['legacy-bios', 'uefi']
    >>> [mode.value for mode in modes_of(instance_type("t3.micro"), place=Place.WAVELENGTH_ZONE)]
    ['legacy-bios']

    Source: rules A BO-3, A BO-4, A Q9, A Q16.
    """
    modes = instance_type.boot_modes
    if quirks.bare_metal_x86_has_uefi and instance_type.bare_metal and _BIOS in modes and _UEFI not in modes:
        modes = (*modes, _UEFI)
    return modes if has_uefi(place, quirks) else tuple(mode for mode in modes if mode is not _UEFI)


def resolve(
    image: Image,
    instance_type: InstanceType,
    *,
    place: Place = Place.AVAILABILITY_ZONE,
    quirks: Quirks = _AS_RULED,
) -> BootMode:
    """The mode that an instance of an image boots in: its `CurrentInstanceBootMode`.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> from amimodel.instance_types import instance_type
    >>> resolve(WEB, instance_type("t3.micro"))
    <BootMode.LEGACY_BIOS: 'legacy-bios'>
    >>> try:
    ...     resolve(evolve(WEB, boot_mode="uefi"), instance_type("t2.micro"))
    ... except BootModeUnsupported as refusal:
    ...     print(refusal)
    The t2.micro instance type does not support an AMI with a boot mode of UEFI. Only instance types built on the
    Nitro System support UEFI. Specify an instance type that supports UEFI, and try again.

    Raises `BootModeUnsupported`. That image and type are of one architecture is another check
    (`amimodel.compatibility`).

    Source: rules A BO-1, A 6.2, A BO-E1, A BO-E2, B LD-17, B 5.2; settlements S 39, S 53.
    """
    guest = image.guest_os_boot
    wanted = wishes(image.boot_mode, image.architecture, guest_os_boot=guest, quirks=quirks)
    modes = modes_of(instance_type, place=place, quirks=quirks)
    mode = next((mode for mode in wanted if mode in modes), None)
    if mode is None:
        raise BootModeUnsupported(boot_mode=wanted[0], instance_type=instance_type.name)
    return mode


# --- the guest --------------------------------------------------------------------------------------------------------


@unique
class GuestBoot(Enum):
    """What the operating system does with the firmware it is given; EC2 launches the instance all the same."""

    BOOTS = "boots"
    FAILS = "does not boot"
    NOT_KNOWN = "not known"


_BOOTS, _FAILS, _NOT_KNOWN = GuestBoot.BOOTS, GuestBoot.FAILS, GuestBoot.NOT_KNOWN

GUEST_BOOTS: Final[Mapping[tuple[BootMode, BootMode | None], GuestBoot]] = MappingProxyType({
    # the instance's mode, how the guest can boot
    (_BIOS, _BIOS):   _BOOTS,
    (_BIOS, _UEFI):   _FAILS,
    (_BIOS, _EITHER): _BOOTS,
    (_BIOS, None):    _NOT_KNOWN,
    (_UEFI, _BIOS):   _FAILS,
    (_UEFI, _UEFI):   _BOOTS,
    (_UEFI, _EITHER): _BOOTS,
    (_UEFI, None):    _NOT_KNOWN,
})  # fmt: skip
"""Whether a guest comes up: the second table of rule A 6.2. `uefi-preferred` is a guest prepared for both."""


def guest_boot(
    image: Image,
    instance_type: InstanceType,
    *,
    place: Place = Place.AVAILABILITY_ZONE,
    quirks: Quirks = _AS_RULED,
) -> GuestBoot:
    """Whether the system inside an image comes up on an instance type.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> from amimodel.instance_types import instance_type
    >>> guest_boot(WEB, instance_type("t3.micro"))
    <GuestBoot.NOT_KNOWN: 'not known'>
    >>> guest_boot(evolve(WEB, guest_os_boot="uefi"), instance_type("t3.micro"))
    <GuestBoot.FAILS: 'does not boot'>

    Raises `BootModeUnsupported` where EC2 does not launch it at all.

    Source: rules A BO-5, A 6.2.
    """
    return GUEST_BOOTS[resolve(image, instance_type, place=place, quirks=quirks), image.guest_os_boot]
