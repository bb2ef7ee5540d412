"""Kernels of paravirtual images: rules A 5.3, A 5.5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.clock import parse
from amimodel.consistency import contradictions
from amimodel.kernels import (
    AMAZON_LINUX_ACCOUNT,
    BITNESS,
    MENU_PATHS,
    PARAVIRTUAL_REGIONS,
    PV_GRUB_KERNELS,
    PvGrub,
    bitness,
    default_kernel,
    equivalent_kernel,
    has_paravirtual_instances,
    is_pv_grub,
    kernel_images,
)
from amimodel.malformed import Malformed
from amimodel.regions import Region, known_regions
from amimodel.testing import strategies as amis
from amimodel.vocabulary import Architecture, ImageType

I386, X86_64 = Architecture.I386, Architecture.X86_64
EVERY_KERNEL = [kernel for kernels in PV_GRUB_KERNELS.values() for kernel in kernels.values()]
KERNELS = st.sampled_from(EVERY_KERNEL)
REGIONS = st.sampled_from(sorted(PV_GRUB_KERNELS))
CREATED = parse("2016-02-01T00:00:00Z")


def test_the_table_has_every_kernel_once() -> None:
    """Rule A KR-6."""
    assert len(EVERY_KERNEL) == len(set(EVERY_KERNEL)) == 20
    assert set(PV_GRUB_KERNELS) <= {region.name for region in known_regions()}


# Rule A KR-6, three of its rows as the book has them.
@pytest.mark.parametrize(
    ("region", "i386", "x86_64"),
    [
        ("us-east-1", "aki-04206613", "aki-5c21674b"),
        ("us-gov-west-1", "aki-5ee9573f", "aki-9ee55bff"),
        ("sa-east-1", "aki-7cd34110", "aki-912fbcfd"),
    ],
)
def test_a_paravirtual_image_without_a_kernel_has_its_regions(region: str, i386: str, x86_64: str) -> None:
    assert default_kernel(region, I386) == i386
    assert default_kernel(Region(region), X86_64) == x86_64


@given(region=amis.regions(), architecture=st.sampled_from(Architecture))
def test_there_is_a_default_kernel_where_the_table_has_one(region: Region, architecture: Architecture) -> None:
    found = default_kernel(region, architecture)
    assert (found is not None) == (region.name in PV_GRUB_KERNELS and architecture in BITNESS)
    assert found is None or (is_pv_grub(found) and bitness(found) == BITNESS[architecture])


def test_every_region_with_paravirtual_instances_has_kernels_for_them() -> None:
    """Rule A 5.3: us-gov-west-1 has kernels, too."""
    assert set(PV_GRUB_KERNELS) - PARAVIRTUAL_REGIONS == {"us-gov-west-1"}
    assert all(region in PV_GRUB_KERNELS for region in PARAVIRTUAL_REGIONS)


@given(region=amis.regions())
def test_a_region_runs_paravirtual_instances_if_it_is_one_of_nine(region: Region) -> None:
    """Rule A 5.3."""
    assert has_paravirtual_instances(region) == (region.name in PARAVIRTUAL_REGIONS)
    assert len(PARAVIRTUAL_REGIONS) == 9


@given(kernel=KERNELS, region=REGIONS)
def test_the_equivalent_kernel_starts_the_same_systems(kernel: str, region: str) -> None:
    """Rule B 7.3."""
    found = equivalent_kernel(kernel, region)
    assert found in PV_GRUB_KERNELS[region].values()
    assert bitness(str(found)) == bitness(kernel)


@given(kernel=KERNELS, there=REGIONS, elsewhere=REGIONS)
def test_the_equivalent_of_an_equivalent_is_the_equivalent(kernel: str, there: str, elsewhere: str) -> None:
    assert equivalent_kernel(str(equivalent_kernel(kernel, there)), elsewhere) == equivalent_kernel(kernel, elsewhere)


@given(region=REGIONS, architecture=st.sampled_from([I386, X86_64]))
def test_at_home_a_kernel_is_its_own_equivalent(region: str, architecture: Architecture) -> None:
    kernel = PV_GRUB_KERNELS[region][architecture]
    assert equivalent_kernel(kernel, region) == kernel


@given(kernel=amis.kernel_ids().filter(lambda kernel: kernel not in EVERY_KERNEL), region=amis.regions())
def test_of_a_kernel_that_is_not_known_nothing_is_known(kernel: str, region: Region) -> None:
    assert not is_pv_grub(kernel)
    assert bitness(kernel) is None
    assert equivalent_kernel(kernel, region) is None


@given(region=amis.regions().filter(lambda region: region.name not in PV_GRUB_KERNELS), kernel=KERNELS)
def test_where_there_are_no_kernels_there_is_no_equivalent(region: Region, kernel: str) -> None:
    """Rule B CI-12."""
    assert equivalent_kernel(kernel, region) is None
    assert kernel_images(region, creation_date=CREATED) == ()


@given(region=REGIONS)
def test_kernels_are_public_images_of_amazons(region: str) -> None:
    """Rules A KR-1, A KR-2."""
    small, large = kernel_images(region, creation_date=CREATED)
    assert (small.name, small.description) == ("pv-grub-hd0_1.05-i386.gz", "PV-GRUB release 1.05, 32-bit")
    assert (large.name, large.description) == ("pv-grub-hd0_1.05-x86_64.gz", "PV-GRUB release 1.05, 64-bit")
    for image in (small, large):
        assert image.image_type is ImageType.KERNEL
        assert (image.owner_id, image.image_owner_alias) == (AMAZON_LINUX_ACCOUNT, "amazon")
        assert image.public
        assert image.image_id == default_kernel(region, image.architecture)
        assert str(image.region) == region
        assert contradictions(image) == ()


@given(
    disk=st.sampled_from(["hd0", "hd00"]),
    major=st.integers(0, 9),
    minor=st.integers(0, 99),
    architecture=st.sampled_from([I386, X86_64]),
)
def test_a_build_is_told_by_its_name(disk: str, major: int, minor: int, architecture: Architecture) -> None:
    """Rule A KR-2."""
    build = PvGrub(disk=disk, release=f"{major}.{minor:02}", architecture=architecture)
    assert PvGrub.of_name(build.image_name) == build
    assert build.boots_gpt == ((major, minor) > (1, 3))


@pytest.mark.parametrize("name", ["", "web", "pv-grub-hd1_1.05-i386.gz", "pv-grub-hd0_1.05-arm64.gz", "pv-grub-hd0.gz"])
def test_other_images_are_no_builds(name: str) -> None:
    assert PvGrub.of_name(name) is None


@pytest.mark.parametrize(
    "parts",
    [{"architecture": "arm64"}, {"architecture": "i386", "disk": "hd1"}, {"architecture": "i386", "release": "1"}],
)
def test_there_are_no_other_builds(parts: dict[str, str]) -> None:
    with pytest.raises(Malformed, match=r"Expected|PV-GRUB is built"):
        PvGrub(**parts)


def test_the_menu_is_looked_for_in_nine_places() -> None:
    """Rule A KR-7."""
    assert MENU_PATHS == (
        "(hd0)/boot/grub",
        "(hd0,0)/boot/grub",
        "(hd0,0)/grub",
        "(hd0,1)/boot/grub",
        "(hd0,1)/grub",
        "(hd0,2)/boot/grub",
        "(hd0,2)/grub",
        "(hd0,3)/boot/grub",
        "(hd0,3)/grub",
    )
