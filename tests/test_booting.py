from typing import Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.booting import (
    BOOTS_BY,
    GUEST_BOOTS,
    PROCESSORS,
    GuestBoot,
    Place,
    Processor,
    boot_mode,
    guest_boot,
    has_uefi,
    modes_of,
    resolve,
    wishes,
)
from amimodel.examples import WEB
from amimodel.instance_types import InstanceType, instance_type, instance_types
from amimodel.quirks import Quirks
from amimodel.refusals import BootModeUnsupported
from amimodel.regions import ZoneType
from amimodel.vocabulary import Architecture, BootMode

BIOS, UEFI, PREFERRED = BootMode.LEGACY_BIOS, BootMode.UEFI, BootMode.UEFI_PREFERRED
ALL_TYPES: Final = tuple(instance_types())

X86: Final = ("i386", "x86_64")
MAC: Final = ("x86_64_mac", "arm64_mac")
ANY: Final = (*X86, "arm64", *MAC)
HAS_UEFI: Final = ((UEFI,), (BIOS, UEFI))
HAS_LEGACY: Final = ((BIOS,), (BIOS, UEFI))
LEGACY_ONLY: Final = ((BIOS,),)
UEFI_ONLY: Final = ((UEFI,),)

# Rules A 6.2 and B 5.2, row by row: (image's mode, architectures, what the type supports, result)
TABLE = [
    (UEFI,      ANY,        HAS_UEFI,    UEFI),
    (UEFI,      ANY,        LEGACY_ONLY, None),  # BO-E1
    (BIOS,      X86,        HAS_LEGACY,  BIOS),
    (BIOS,      ANY,        UEFI_ONLY,   None),  # BO-E2
    (PREFERRED, ANY,        HAS_UEFI,    UEFI),
    (PREFERRED, ANY,        LEGACY_ONLY, BIOS),
    (None,      ("arm64",), HAS_UEFI,    UEFI),
    (None,      X86,        HAS_LEGACY,  BIOS),
    (None,      X86,        UEFI_ONLY,   UEFI),  # settlement S 39
    (None,      MAC,        HAS_UEFI,    UEFI),
]  # fmt: skip

CELLS = [
    (mode, architecture, type_modes, result)
    for mode, architectures, supported, result in TABLE
    for architecture in architectures
    for type_modes in supported
]


@pytest.mark.parametrize(("mode", "architecture", "type_modes", "result"), CELLS)
def test_the_table_of_boot_modes(
    mode: BootMode | None, architecture: str, type_modes: tuple[BootMode, ...], result: BootMode | None
) -> None:
    assert boot_mode(mode, Architecture(architecture), type_modes) is result
    assert boot_mode(mode, Architecture(architecture), type_modes[::-1]) is result


# Rule A 6.2, second table: (image's mode, architecture, the guest, what the type supports, documented result). Where
# the guide says "UEFI" of a type, a type that supports both has it, too.
GUEST_TABLE = [
    (UEFI,      "x86_64", UEFI, HAS_UEFI,       UEFI),
    (BIOS,      "x86_64", BIOS, HAS_LEGACY,     BIOS),
    (PREFERRED, "x86_64", UEFI, UEFI_ONLY,      UEFI),
    (PREFERRED, "x86_64", UEFI, ((BIOS, UEFI),), UEFI),
    (PREFERRED, "x86_64", BIOS, LEGACY_ONLY,    BIOS),
    (PREFERRED, "x86_64", BIOS, ((BIOS, UEFI),), BIOS),
    (None,      "arm64",  UEFI, UEFI_ONLY,      UEFI),
    (None,      "x86_64", BIOS, ((BIOS, UEFI),), BIOS),
]  # fmt: skip

GUEST_CELLS = [(*row[:3], type_modes, row[4]) for row in GUEST_TABLE for type_modes in row[3]]


@pytest.mark.parametrize(("mode", "architecture", "guest", "type_modes", "result"), GUEST_CELLS)
def test_the_table_of_guests(
    mode: BootMode | None, architecture: str, guest: BootMode, type_modes: tuple[BootMode, ...], result: BootMode
) -> None:
    assert boot_mode(mode, Architecture(architecture), type_modes, guest_os_boot=guest) is result
    assert GUEST_BOOTS[result, guest] is GuestBoot.BOOTS


# Some of what the second table does not list: (image's mode, architecture, the guest, type, what becomes of it)
UNLISTED = [
    (UEFI,      "x86_64", BIOS,      "t3.micro",  GuestBoot.FAILS),
    (BIOS,      "x86_64", UEFI,      "t3.micro",  GuestBoot.FAILS),
    (BIOS,      "x86_64", PREFERRED, "t3.micro",  GuestBoot.BOOTS),
    (PREFERRED, "x86_64", UEFI,      "t2.micro",  GuestBoot.FAILS),
    (PREFERRED, "arm64",  BIOS,      "t4g.micro", GuestBoot.FAILS),
    (None,      "x86_64", UEFI,      "t3.micro",  GuestBoot.FAILS),
    (None,      "arm64",  BIOS,      "t4g.micro", GuestBoot.FAILS),
    (UEFI,      "x86_64", None,      "t3.micro",  GuestBoot.NOT_KNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "architecture", "guest", "name", "outcome"), UNLISTED)
def test_a_guest_that_does_not_suit_its_firmware_does_not_boot(
    mode: BootMode | None, architecture: str, guest: BootMode | None, name: str, outcome: GuestBoot
) -> None:
    image = evolve(WEB, boot_mode=mode, architecture=architecture, guest_os_boot=guest)
    assert guest_boot(image, instance_type(name)) is outcome


modes = st.none() | st.sampled_from(BootMode)
supported = st.sampled_from([(BIOS,), (UEFI,), (BIOS, UEFI)])
quirky = st.builds(Quirks, untyped_image_boots_as_uefi=st.booleans(), firmware_falls_back_to_legacy_guest=st.booleans())


def test_the_rows_cover_every_image_and_every_guest() -> None:
    assert set(BOOTS_BY) == {(mode, processor) for mode in (None, *BootMode) for processor in Processor}
    assert set(PROCESSORS) == set(Architecture)
    assert set(GUEST_BOOTS) == {(mode, guest) for mode in (BIOS, UEFI) for guest in (None, *BootMode)}


@given(mode=modes, architecture=st.sampled_from(Architecture), type_modes=supported, guest=modes, quirks=quirky)
def test_an_instance_boots_in_a_mode_that_its_type_has_and_its_image_bears(
    mode: BootMode | None,
    architecture: Architecture,
    type_modes: tuple[BootMode, ...],
    guest: BootMode | None,
    quirks: Quirks,
) -> None:
    wanted = wishes(mode, architecture, guest_os_boot=guest, quirks=quirks)
    result = boot_mode(mode, architecture, type_modes, guest_os_boot=guest, quirks=quirks)
    assert (result is None) == set(wanted).isdisjoint(type_modes)
    if result is not None:
        assert result in type_modes
        assert mode in {None, PREFERRED, result}


@given(mode=modes, architecture=st.sampled_from(Architecture), guest=modes)
def test_a_type_that_has_both_modes_takes_every_image(
    mode: BootMode | None, architecture: Architecture, guest: BootMode | None
) -> None:
    assert boot_mode(mode, architecture, (BIOS, UEFI), guest_os_boot=guest) is not None


@given(kind=st.sampled_from(ALL_TYPES), mode=modes, data=st.data())
def test_resolving_is_the_table_read_for_an_image_and_a_type(
    kind: InstanceType, mode: BootMode | None, data: st.DataObject
) -> None:
    image = evolve(WEB, boot_mode=mode, architecture=data.draw(st.sampled_from(kind.architectures)))
    expected = boot_mode(mode, image.architecture, kind.boot_modes)
    if expected is None:
        with pytest.raises(BootModeUnsupported) as caught:
            resolve(image, kind)
        assert caught.value.boot_mode not in kind.boot_modes
        assert caught.value.instance_type == kind.name
    else:
        assert resolve(image, kind) is expected


@given(kind=st.sampled_from(ALL_TYPES), data=st.data())
def test_an_image_without_boot_mode_launches_on_every_type_of_its_architecture(
    kind: InstanceType, data: st.DataObject
) -> None:
    image = evolve(WEB, architecture=data.draw(st.sampled_from(kind.architectures)))
    assert resolve(image, kind) in kind.boot_modes


def test_what_ec2_says_of_a_uefi_image_on_a_type_without_uefi() -> None:
    with pytest.raises(BootModeUnsupported) as caught:
        resolve(evolve(WEB, boot_mode=UEFI), instance_type("t2.micro"))
    assert caught.value.code == "InvalidParameterValue"
    assert str(caught.value) == (
        "The t2.micro instance type does not support an AMI with a boot mode of UEFI. Only instance types built on the"
        " Nitro System support UEFI. Specify an instance type that supports UEFI, and try again."
    )


def test_what_ec2_says_of_a_bios_image_on_a_type_without_bios() -> None:
    with pytest.raises(BootModeUnsupported) as caught:
        resolve(evolve(WEB, boot_mode=BIOS, architecture="arm64"), instance_type("t4g.micro"))
    assert str(caught.value).startswith(
        "The t4g.micro instance type does not support an AMI with a boot mode of legacy-bios."
    )


# --- the doubts -----------------------------------------------------------------------------------------------------


def test_an_image_without_boot_mode_may_be_refused_where_there_is_only_uefi() -> None:
    strict = Quirks(untyped_image_boots_as_uefi=False)
    assert boot_mode(None, Architecture.X86_64, [UEFI], quirks=strict) is None
    assert boot_mode(None, Architecture.X86_64, [BIOS, UEFI], quirks=strict) is BIOS
    assert boot_mode(None, Architecture.ARM64, [UEFI], quirks=strict) is UEFI
    uefi_only = evolve(instance_type("t3.micro"), boot_modes=(UEFI,))
    assert resolve(WEB, uefi_only) is UEFI
    with pytest.raises(BootModeUnsupported) as caught:
        resolve(WEB, uefi_only, quirks=strict)
    assert caught.value.boot_mode is BIOS


def test_firmware_may_not_fall_back_to_a_guest_that_needs_bios() -> None:
    image = evolve(WEB, boot_mode=PREFERRED, guest_os_boot=BIOS)
    rigid = Quirks(firmware_falls_back_to_legacy_guest=False)
    assert resolve(image, instance_type("t3.micro")) is BIOS
    assert resolve(image, instance_type("t3.micro"), quirks=rigid) is UEFI
    assert guest_boot(image, instance_type("t3.micro"), quirks=rigid) is GuestBoot.FAILS


@pytest.mark.parametrize(
    ("name", "modes_by_rule", "modes_by_quirk"),
    [
        ("m5.metal",   (BIOS,),      (BIOS, UEFI)),
        ("t3.micro",   (BIOS, UEFI), (BIOS, UEFI)),
        ("t2.micro",   (BIOS,),      (BIOS,)),
        ("m6g.metal",  (UEFI,),      (UEFI,)),
        ("mac1.metal", (UEFI,),      (UEFI,)),
    ],
)  # fmt: skip
def test_bare_metal_of_x86_may_have_uefi(
    name: str, modes_by_rule: tuple[BootMode, ...], modes_by_quirk: tuple[BootMode, ...]
) -> None:
    kind = instance_type(name)
    assert modes_of(kind) == modes_by_rule
    relaxed = Quirks(bare_metal_x86_has_uefi=True)
    assert modes_of(kind, quirks=relaxed) == modes_by_quirk
    if UEFI in modes_by_quirk:
        assert resolve(evolve(WEB, boot_mode=UEFI), kind, quirks=relaxed) is UEFI


# Rule A BO-4: (place, has UEFI, had it as of 2023)
PLACES = [
    (Place.AVAILABILITY_ZONE, True,  True),
    (Place.LOCAL_ZONE,        True,  False),
    (Place.WAVELENGTH_ZONE,   False, False),
    (Place.OUTPOST,           True,  False),
]  # fmt: skip


@pytest.mark.parametrize(("place", "now", "in_2023"), PLACES)
def test_where_there_is_uefi(place: Place, now: bool, in_2023: bool) -> None:
    older = Quirks(local_zones_have_uefi=False, outposts_have_uefi=False)
    assert (has_uefi(place), has_uefi(place, older)) == (now, in_2023)
    kind = instance_type("t3.micro")
    assert (UEFI in modes_of(kind, place=place), UEFI in modes_of(kind, place=place, quirks=older)) == (now, in_2023)
    assert BIOS in modes_of(kind, place=place)


def test_a_uefi_image_does_not_launch_in_a_wavelength_zone_and_one_that_only_prefers_uefi_does() -> None:
    kind, place = instance_type("t3.micro"), Place.WAVELENGTH_ZONE
    assert resolve(evolve(WEB, boot_mode=PREFERRED), kind, place=place) is BIOS
    with pytest.raises(BootModeUnsupported):
        resolve(evolve(WEB, boot_mode=UEFI), kind, place=place)
    ready = evolve(WEB, boot_mode=PREFERRED, guest_os_boot=UEFI)
    assert guest_boot(ready, kind) is GuestBoot.BOOTS
    assert guest_boot(ready, kind, place=place) is GuestBoot.FAILS


@pytest.mark.parametrize("zone_type", ZoneType)
def test_every_type_of_zone_is_a_place(zone_type: ZoneType) -> None:
    assert Place(zone_type.value).name == zone_type.name
