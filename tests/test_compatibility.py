from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel import compatibility
from amimodel.booting import Place, boot_mode
from amimodel.compatibility import REFUSALS, check, fits
from amimodel.examples import WEB
from amimodel.identifiers import kernel_id
from amimodel.images import Image
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.instance_types import EnaSupport, InstanceType, instance_type, instance_types
from amimodel.quirks import InstanceStoreFamilies, Quirks
from amimodel.refusals import (
    ArchitectureMismatch,
    BootModeUnsupported,
    EnaRequired,
    InstanceTypeNotAllowed,
    KernelRequired,
    NotAMachineImage,
    Refusal,
    RootDeviceTypeMismatch,
    TpmUnsupported,
    VirtualizationMismatch,
)
from amimodel.vocabulary import (
    Architecture,
    BootMode,
    ImageType,
    Platform,
    RootDeviceType,
    TpmSupport,
    VirtualizationType,
)

ALL: Final = tuple(instance_types())
KERNEL: Final = kernel_id("aki-5c21674b")
ONLY_T3: Final = InstanceTypeSpecification(supported_instance_types=["t3.*"])
NO_METAL: Final = InstanceTypeSpecification(unsupported_instance_types=["*.metal"])

specifications = st.sampled_from([None, ONLY_T3, NO_METAL])
images = st.builds(
    lambda **parts: evolve(WEB, **parts),
    architecture=st.sampled_from(Architecture),
    virtualization_type=st.sampled_from(VirtualizationType),
    root_device_type=st.sampled_from(RootDeviceType),
    platform=st.sampled_from([None, Platform.WINDOWS]),
    ena_support=st.sampled_from([None, False, True]),
    boot_mode=st.none() | st.sampled_from(BootMode),
    tpm_support=st.sampled_from([None, TpmSupport.V2_0]),
    kernel_id=st.sampled_from([None, KERNEL]),
    instance_type_specification=specifications,
)


def kinds_of(refusals: tuple[Refusal, ...]) -> list[type[Refusal]]:
    return [type(refusal) for refusal in refusals]


def naive(image: Image, kind: InstanceType) -> list[type[Refusal]]:
    """The steps LD-12 to LD-18 of rule B 5 and rule A VR-3, written down once more in the plainest way."""
    named = {None: True, ONLY_T3: kind.name.startswith("t3."), NO_METAL: not kind.name.endswith(".metal")}
    paravirtual = image.virtualization_type == "paravirtual"
    virtual = image.virtualization_type in kind.virtualization_types
    faults: dict[type[Refusal], bool] = {
        InstanceTypeNotAllowed: not named[image.instance_type_specification],
        ArchitectureMismatch: image.architecture not in kind.architectures,
        VirtualizationMismatch: not virtual and (paravirtual or image.platform is None),
        RootDeviceTypeMismatch: image.root_device_type not in kind.root_device_types,
        EnaRequired: kind.ena_support is EnaSupport.REQUIRED and image.ena_support is not True,
        BootModeUnsupported: boot_mode(image.boot_mode, image.architecture, kind.boot_modes) is None,
        TpmUnsupported: image.tpm_support == "v2.0" and not kind.nitro_tpm_support,
        KernelRequired: paravirtual and image.kernel_id is None,
    }
    return [refusal for refusal, fault in faults.items() if fault]


@given(image=images, kind=st.sampled_from(ALL))
def test_an_image_fits_where_no_step_of_the_rule_book_speaks_against_it(image: Image, kind: InstanceType) -> None:
    decision = fits(image, kind)
    assert kinds_of(decision.refusals) == naive(image, kind)
    assert decision.allowed == (not decision.because)


@given(image=images, kind=st.sampled_from(ALL))
def test_ec2_gives_the_first_of_all_that_speaks_against_it(image: Image, kind: InstanceType) -> None:
    decision = fits(image, kind)
    if decision.allowed:
        check(image, kind)
    else:
        with pytest.raises(REFUSALS) as caught:
            check(image, kind)
        assert caught.value == decision.because[0]


@given(image=images, kind=st.sampled_from(ALL))
def test_what_speaks_against_it_stands_in_the_declared_order_each_once(image: Image, kind: InstanceType) -> None:
    places = [REFUSALS.index(refusal) for refusal in kinds_of(fits(image, kind).refusals)]
    assert places == sorted(set(places))


def test_there_is_one_check_for_each_refusal() -> None:
    assert len(compatibility._CHECKS) == len(REFUSALS) == len(set(REFUSALS))


# An image with everything wrong, on m5.metal; each row mends what the row before is refused for.
EVERYTHING_WRONG: Final = evolve(
    WEB,
    image_id="aki-5c21674b",
    image_type=ImageType.KERNEL,
    architecture="arm64",
    virtualization_type="paravirtual",
    root_device_type="instance-store",
    ena_support=False,
    boot_mode="uefi",
    tpm_support="v2.0",
    instance_type_specification=NO_METAL,
)
MENDING: list[tuple[type[Refusal], dict[str, Any]]] = [
    (NotAMachineImage, {"image_id": WEB.image_id, "image_type": ImageType.MACHINE}),
    (InstanceTypeNotAllowed, {"instance_type_specification": None}),
    (ArchitectureMismatch, {"architecture": "x86_64"}),
    (VirtualizationMismatch, {"virtualization_type": "hvm"}),  # with which the missing kernel is no fault any more
    (RootDeviceTypeMismatch, {"root_device_type": "ebs"}),
    (EnaRequired, {"ena_support": True}),
    (BootModeUnsupported, {"boot_mode": None}),
    (TpmUnsupported, {"tpm_support": None}),
]


def test_mending_one_fault_after_the_other_walks_the_order_of_the_refusals() -> None:
    kind = instance_type("m5.metal")
    image = EVERYTHING_WRONG
    assert kinds_of(fits(image, kind).refusals) == list(REFUSALS)
    for refusal, mended in MENDING:
        with pytest.raises(refusal):
            check(image, kind)
        image = evolve(image, **mended)
    check(image, kind)


# --- EC2's messages -------------------------------------------------------------------------------------------------


def refusal_of(image: Image, name: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        check(image, instance_type(name))
    return caught.value


# (what the image is besides WEB, the type, EC2's code, EC2's message)
MESSAGES: list[tuple[dict[str, Any], str, str, str]] = [
    (
        {"instance_type_specification": ONLY_T3},
        "m5.large",
        "InvalidParameterCombination",
        (
            "This AMI does not support the specified instance type."
            " Check DescribeImages for InstanceTypeSpecification, and try again."
        ),
    ),
    (
        {"architecture": "arm64"},
        "t2.micro",
        "InvalidParameterValue",
        (
            "The architecture 'i386,x86_64' of the specified instance type does not match the architecture 'arm64' of"
            " the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again."
            " You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance"
            " type or AMI."
        ),
    ),
    (
        {"virtualization_type": "paravirtual", "kernel_id": KERNEL},
        "t3.micro",
        "InvalidParameterCombination",
        (
            "Virtualization type 'hvm' is required for instances of type 't3.micro'. Ensure that you are using an AMI"
            " with virtualization type 'hvm'. For more information, see"
            " http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html"
        ),
    ),
    (
        {},
        "t1.micro",
        "InvalidParameterCombination",
        "Non-Windows instances with a virtualization type of 'hvm' are currently not supported for this instance type.",
    ),
    (
        {"ena_support": False},
        "t3.micro",
        "InvalidParameterCombination",
        (
            "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 't3.micro' instance type."
            " Ensure that you are using an AMI that is enabled for ENA."
        ),
    ),
    (
        {"boot_mode": "uefi"},
        "m4.large",
        "InvalidParameterValue",
        (
            "The m4.large instance type does not support an AMI with a boot mode of UEFI. Only instance types built on"
            " the Nitro System support UEFI. Specify an instance type that supports UEFI, and try again."
        ),
    ),
]


@pytest.mark.parametrize(("parts", "name", "code", "message"), MESSAGES)
def test_what_ec2_says(parts: dict[str, Any], name: str, code: str, message: str) -> None:
    refusal = refusal_of(evolve(WEB, **parts), name)
    assert (refusal.code, str(refusal)) == (code, message)


# Codes that the rules choose where no message has been seen: rules B LD-9, A RT-1, A TP-2 (S 53), A VR-3
CODES: list[tuple[dict[str, Any], str, str]] = [
    ({"image_id": KERNEL, "image_type": "kernel"}, "t3.micro", "InvalidParameterValue"),
    ({"root_device_type": "instance-store"}, "t3.micro", "InvalidParameterCombination"),
    ({"tpm_support": "v2.0", "boot_mode": "uefi"}, "g4ad.xlarge", "InvalidParameterValue"),  # boot mode comes first
    ({"tpm_support": "v2.0"}, "g4ad.xlarge", "InvalidParameterCombination"),
    ({"virtualization_type": "paravirtual"}, "m3.medium", "InvalidParameterCombination"),
]


@pytest.mark.parametrize(("parts", "name", "code"), CODES)
def test_the_codes_that_the_rules_choose(parts: dict[str, Any], name: str, code: str) -> None:
    assert refusal_of(evolve(WEB, **parts), name).code == code


# --- single checks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["t1.micro", "m1.small", "c1.medium", "m2.4xlarge"])
def test_windows_is_hvm_even_where_everything_else_is_paravirtual(name: str) -> None:
    windows = evolve(WEB, platform=Platform.WINDOWS)
    assert fits(windows, instance_type(name)).allowed
    assert kinds_of(fits(WEB, instance_type(name)).refusals) == [VirtualizationMismatch]


PARAVIRTUAL_FAMILIES: Final = {"c1", "c3", "m1", "m2", "m3", "t1"}  # rules A 5.3, B LD-14


def test_paravirtual_images_fit_the_families_of_the_rule_book_alone() -> None:
    image = evolve(WEB, virtualization_type="paravirtual", kernel_id=KERNEL)
    fitting = {kind.family for kind in ALL if VirtualizationMismatch not in kinds_of(fits(image, kind).refusals)}
    assert fitting == PARAVIRTUAL_FAMILIES


def test_hs1_once_ran_paravirtual_images() -> None:
    image = evolve(WEB, virtualization_type="paravirtual", kernel_id=KERNEL)
    kind = instance_type("hs1.8xlarge")
    assert fits(image, kind).allowed is False
    assert fits(image, kind, quirks=Quirks(hs1_is_paravirtual=True)).allowed
    assert not fits(image, instance_type("h1.2xlarge"), quirks=Quirks(hs1_is_paravirtual=True)).allowed


@pytest.mark.parametrize("families", InstanceStoreFamilies)
def test_images_from_s3_fit_the_families_of_their_year_alone(families: InstanceStoreFamilies) -> None:
    image = evolve(WEB, root_device_type="instance-store")
    quirks = Quirks(instance_store_families=families)
    fitting = {
        kind.family for kind in ALL if RootDeviceTypeMismatch not in kinds_of(fits(image, kind, quirks=quirks).refusals)
    }
    assert fitting == set(families.value.split())


@given(image=images, kind=st.sampled_from(ALL))
def test_a_root_on_ebs_fits_every_type(image: Image, kind: InstanceType) -> None:
    for families in InstanceStoreFamilies:
        decision = fits(evolve(image, root_device_type="ebs"), kind, quirks=Quirks(instance_store_families=families))
        assert RootDeviceTypeMismatch not in kinds_of(decision.refusals)


@pytest.mark.parametrize(
    ("name", "ena_support", "refused"),
    [
        ("t3.micro", True, False),
        ("t3.micro", False, True),
        ("t3.micro", None, True),
        ("i3.large", None, False),  # has ENA, and can do without
        ("t2.micro", None, False),
    ],
)
def test_an_image_that_does_not_say_that_it_supports_ena_does_not(
    name: str, ena_support: bool | None, refused: bool
) -> None:
    decision = fits(evolve(WEB, ena_support=ena_support), instance_type(name))
    assert (EnaRequired in kinds_of(decision.refusals)) == refused


@pytest.mark.parametrize("place", Place)
def test_there_is_no_tpm_outside_the_zones_of_a_region(place: Place) -> None:
    image = evolve(WEB, tpm_support="v2.0", boot_mode="uefi")
    refused = kinds_of(fits(image, instance_type("t3.micro"), place=place).refusals)
    assert (TpmUnsupported in refused) == (place is not Place.AVAILABILITY_ZONE)
    assert (BootModeUnsupported in refused) == (place is Place.WAVELENGTH_ZONE)


@pytest.mark.parametrize(("of_image", "of_launch"), [(KERNEL, None), (None, KERNEL), (KERNEL, KERNEL)])
def test_a_paravirtual_image_needs_one_kernel_from_anywhere(of_image: str | None, of_launch: Any) -> None:
    image = evolve(WEB, virtualization_type="paravirtual", kernel_id=of_image)
    assert fits(image, instance_type("m3.medium"), kernel_id=of_launch).allowed
    check(image, instance_type("m3.medium"), kernel_id=of_launch)


def test_the_kernel_of_a_launch_mends_nothing_else() -> None:
    assert kinds_of(fits(WEB, instance_type("m1.small"), kernel_id=KERNEL).refusals) == [VirtualizationMismatch]


def test_a_quirk_of_booting_counts_here_too() -> None:
    uefi_only = evolve(instance_type("t3.micro"), boot_modes=(BootMode.UEFI,))
    assert fits(WEB, uefi_only).allowed
    assert kinds_of(fits(WEB, uefi_only, quirks=Quirks(untyped_image_boots_as_uefi=False)).refusals) == [
        BootModeUnsupported
    ]


@given(image=images, kind=st.sampled_from(ALL))
def test_what_an_image_is_made_of_and_who_may_launch_it_do_not_count(image: Image, kind: InstanceType) -> None:
    bare = evolve(image, block_device_mappings=(), description="other", state="disabled", owner_id="444455556666")
    assert fits(bare, kind) == fits(image, kind)


PARTS_AND_REFUSALS: list[tuple[dict[str, Any], str, Refusal]] = [
    (
        {"image_id": "aki-5c21674b", "image_type": "kernel"},
        "t3.micro",
        NotAMachineImage(image_id="aki-5c21674b", image_type=ImageType.KERNEL),
    ),
    (
        {"instance_type_specification": ONLY_T3},
        "m5.large",
        InstanceTypeNotAllowed(image_id="ami-12345678", instance_type="m5.large"),
    ),
    (
        {"architecture": "arm64"},
        "t2.micro",
        ArchitectureMismatch(
            image_architecture=Architecture.ARM64,
            instance_type="t2.micro",
            instance_type_architectures=(Architecture.I386, Architecture.X86_64),
        ),
    ),
    (
        {"virtualization_type": "paravirtual"},
        "t2.micro",
        VirtualizationMismatch(virtualization_type=VirtualizationType.PARAVIRTUAL, instance_type="t2.micro"),
    ),
    (
        {"root_device_type": "instance-store"},
        "m5.large",
        RootDeviceTypeMismatch(root_device_type=RootDeviceType.INSTANCE_STORE, instance_type="m5.large"),
    ),
    ({"ena_support": None}, "m5.large", EnaRequired(instance_type="m5.large")),
    ({"boot_mode": "uefi"}, "t2.micro", BootModeUnsupported(boot_mode=BootMode.UEFI, instance_type="t2.micro")),
    ({"tpm_support": "v2.0", "boot_mode": "uefi"}, "t2.micro", TpmUnsupported(instance_type="t2.micro")),
    ({"virtualization_type": "paravirtual"}, "m1.small", KernelRequired(image_id="ami-12345678")),
]


@pytest.mark.parametrize(("parts", "name", "refusal"), PARTS_AND_REFUSALS)
def test_a_refusal_has_the_facts_of_the_case(parts: dict[str, Any], name: str, refusal: Refusal) -> None:
    assert refusal in fits(evolve(WEB, **parts), instance_type(name)).because
