"""The strategies, and Hypothesis's entry point: what is drawn is what EC2 could show."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import entry_points
from typing import Any, get_args

import attrs
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from amimodel import consistency, limits, quirks, timing
from amimodel.block_devices import EbsBlockDevice, InstanceStoreDevice
from amimodel.identifiers import AccountId, ImageId
from amimodel.image_criteria import ImageCriterion
from amimodel.images import UNPROTECTED, DeregistrationProtectionMode, Image
from amimodel.permissions import (
    EVERYONE,
    CreateVolumePermission,
    CreateVolumePermissions,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
    Permissions,
)
from amimodel.regions import Partition, Region
from amimodel.settings import RegionSettings
from amimodel.testing import _hypothesis_plugin as plugin
from amimodel.testing import strategies as ec2
from amimodel.vocabulary import (
    Architecture,
    BootMode,
    ImageState,
    ImageType,
    Platform,
    RootDeviceType,
    VirtualizationType,
)

HVM, PARAVIRTUAL = VirtualizationType.HVM, VirtualizationType.PARAVIRTUAL

# --- images -----------------------------------------------------------------------------------------------------------


@given(ec2.images())
def test_an_image_contradicts_nothing(image: Image) -> None:
    assert consistency.contradictions(image) == ()


@given(ec2.images(root_device_type="ebs", image_type="machine"))
def test_an_ebs_backed_image_has_its_root_of_a_snapshot_that_boots(image: Image) -> None:
    """Rules A BD-4, A RI-3, A VT-2, A RB-4, B EN-13."""
    assert image.root_device is not None
    assert image.root_device.ebs is not None
    assert image.root_device.ebs.snapshot_id is not None
    assert all(isinstance(entry.device, EbsBlockDevice | InstanceStoreDevice) for entry in image.block_device_mappings)
    assert all(entry.ebs is None or entry.ebs.kms_key_id is None for entry in image.block_device_mappings)


@given(ec2.images(root_device_type="instance-store"))
def test_an_image_in_s3_is_linux_and_lies_at_its_manifest(image: Image) -> None:
    """Rules A LO-3, A RI-4, A RI-26, A RI-24."""
    assert image.platform is None
    assert str(image.image_location).endswith(".manifest.xml")
    assert image.snapshot_ids == ()


@given(ec2.images())
def test_a_paravirtual_image_is_of_ec2s_first_years(image: Image) -> None:
    """Rules A RI-9, A RI-11, A RI-12, A 5.3."""
    paravirtual = image.virtualization_type is PARAVIRTUAL
    machine = image.image_type is ImageType.MACHINE
    assert (image.kernel_id is not None) is (paravirtual and machine)
    if paravirtual:
        assert image.architecture in {Architecture.I386, Architecture.X86_64}
        assert (image.boot_mode, image.tpm_support, image.uefi_data, image.platform) == (None, None, None, None)
        assert (image.ena_support, image.sriov_net_support) == (None, None)


@given(ec2.images())
def test_an_image_asks_for_firmware_that_its_architecture_has(image: Image) -> None:
    """Rules A RI-10, A RI-14, A RI-15, A 6.2."""
    if image.architecture in {Architecture.ARM64, *MACS}:
        assert image.boot_mode is not BootMode.LEGACY_BIOS
    if image.tpm_support is not None:
        assert image.boot_mode is BootMode.UEFI
    if image.uefi_data is not None:
        assert image.boot_mode in {BootMode.UEFI, BootMode.UEFI_PREFERRED}


MACS = (Architecture.X86_64_MAC, Architecture.ARM64_MAC)


@given(ec2.images())
def test_what_is_public_is_not_encrypted_sold_or_watermarked_and_ends(image: Image) -> None:
    """Rules B LP-25, B LP-26, B LP-27, B LP-32, C 2.12."""
    if image.public:
        assert not image.encrypted
        assert (image.product_codes, image.image_watermarks) == ((), ())
        assert image.deprecation_time is not None
        assert image.deprecation_time <= image.creation_date + timedelta(days=730)
    if len(image.launch_permissions):
        assert image.state is ImageState.AVAILABLE


@given(ec2.images())
def test_nothing_happens_to_an_image_before_it_is_made(image: Image) -> None:
    """Rules C 2.5, C 11.1, A T-2."""
    later = [*image.launches, image.deprecation_time, image.deregistration_protection.cooldown_until]
    assert all(moment > image.creation_date for moment in later if moment is not None)
    if image.deprecation_time is not None:
        assert (image.deprecation_time.second, image.deprecation_time.microsecond) == (0, 0)


@given(ec2.images())
def test_a_failed_image_says_why_and_no_other_does(image: Image) -> None:
    """Rule C 1.2.3."""
    assert (image.state_reason is not None) is (image.state is ImageState.FAILED)
    if image.state in {ImageState.FAILED, ImageState.PENDING}:
        assert (image.launches, image.deprecation_time, image.deregistration_protection) == ((), None, UNPROTECTED)


@given(ec2.images())
def test_all_that_belongs_to_an_image_is_in_its_partition(image: Image) -> None:
    """Rules B CI-1, B OR-12, A 11.3."""
    found = [region.partition for region in (image.region, image.source_image_region) if region is not None]
    for item in image.launch_permissions:
        if isinstance(item, OrganizationPermission):
            found.append(item.organization_arn.partition)
        if isinstance(item, OrganizationalUnitPermission):
            found.append(item.organizational_unit_arn.partition)
    found += [mark.source_image_region.partition for mark in image.image_watermarks]
    assert len(set(found)) <= 1
    if image.source_instance_id is not None:
        assert image.source_image_id is not None
        assert image.region in {None, image.source_image_region}


@given(ec2.images())
def test_no_image_carries_the_same_mark_twice(image: Image) -> None:
    """Rules B W-3, A PC-1."""
    assert len({mark.watermark_key for mark in image.image_watermarks}) == len(image.image_watermarks) <= 5
    assert len({code.product_code_id for code in image.product_codes}) == len(image.product_codes)


# Each row fixes some fields; what follows is that a consistent image has them.
FIXED: list[dict[str, Any]] = [{"state": state} for state in ImageState if state is not ImageState.INVALID] + [
    {"state": "invalid", "root_device_type": "instance-store"},
    {"image_type": "kernel"},
    {"image_type": "ramdisk"},
    {"image_id": "aki-5c21674b"},
    {"architecture": "arm64"},
    {"architecture": "arm64", "boot_mode": "uefi", "tpm_support": "v2.0"},
    {"tpm_support": "v2.0"},
    {"platform": "windows"},
    {"billing": ec2.billing_codes(platform="windows")},
    {"virtualization_type": "paravirtual"},
    {"virtualization_type": "paravirtual", "root_device_type": "ebs"},
    {"kernel_id": ec2.kernel_ids()},
    {"root_device_type": "instance-store"},
    {"boot_mode": "legacy-bios"},
    {"launch_permissions": Permissions([EVERYONE])},
    {"launch_permissions": ec2.launch_permission_lists(everyone=False)},
    {"product_codes": st.lists(ec2.product_codes(), min_size=1)},
    {"image_watermarks": st.lists(ec2.image_watermarks(), min_size=1, max_size=1)},
    {"block_device_mappings": ec2.block_device_mapping_lists(encrypted=True)},
    {"block_device_mappings": ec2.block_device_mapping_lists(root_device_name="/dev/sda1")},
    {"deprecation_time": datetime(2026, 1, 1, tzinfo=UTC)},
    {"deprecation_time": datetime(2026, 1, 1, tzinfo=UTC), "launch_permissions": Permissions([EVERYONE])},
    {"deprecation_time": None},
    {"creation_date": datetime(2050, 1, 1, tzinfo=UTC)},
    {"creation_date": datetime(1999, 1, 1, tzinfo=UTC)},
    {"launches": [datetime(2020, 1, 1, tzinfo=UTC)]},
    {"region": "cn-north-1"},
    {"source_image_region": Region("us-gov-west-1"), "source_image_id": "ami-12345678"},
    {"image_owner_alias": "aws-backup-vault"},
    {"owner_id": st.sampled_from([AccountId("111122223333"), AccountId("444455556666")]), "name": "web"},
]


@pytest.mark.parametrize(
    "fields", FIXED, ids=lambda fields: ", ".join(f"{name}={value}"[:50] for name, value in fields.items())
)
@settings(max_examples=10)
@given(data=st.data())
def test_what_is_fixed_is_kept_and_the_rest_is_made_to_fit(fields: dict[str, Any], data: st.DataObject) -> None:
    image = data.draw(ec2.images(**fields))
    assert consistency.contradictions(image) == ()
    for name, value in fields.items():
        if not isinstance(value, st.SearchStrategy):
            assert getattr(attrs.evolve(image, **{name: value}), name) == getattr(image, name)


@given(ec2.images(platform="windows", virtualization_type="paravirtual"))
def test_what_is_fixed_is_kept_even_where_nothing_fits(image: Image) -> None:
    assert (image.platform, image.virtualization_type) == (Platform.WINDOWS, PARAVIRTUAL)
    assert consistency.contradictions(image) != ()


def is_in_state(state: ImageState, image: Image) -> bool:
    return image.state is state


# What a thousand images should have among them.
SEEN: dict[str, Callable[[Image], bool]] = {
    "Linux for x86_64": lambda image: image.architecture is Architecture.X86_64 and image.platform is None,
    "Linux for arm64": lambda image: image.architecture is Architecture.ARM64,
    "Windows": lambda image: image.platform is Platform.WINDOWS,
    "macOS": lambda image: image.architecture in MACS,
    "paravirtual": lambda image: image.virtualization_type is PARAVIRTUAL and image.image_type is ImageType.MACHINE,
    "of S3": lambda image: image.root_device_type is RootDeviceType.INSTANCE_STORE,
    "a kernel": lambda image: image.image_type is ImageType.KERNEL,
    "a RAM disk": lambda image: image.image_type is ImageType.RAMDISK,
    "public": lambda image: image.public,
    "shared": lambda image: len(image.launch_permissions) > 0 and not image.public,
    "encrypted": lambda image: image.encrypted,
    "encrypted in part": lambda image: image.encrypted and any(
        entry.ebs is not None and not entry.ebs.encrypted for entry in image.block_device_mappings
    ),
    "with data volumes": lambda image: len(image.block_device_mappings) > 1,
    "failed": lambda image: image.state is ImageState.FAILED,
    "disabled": lambda image: image.state is ImageState.DISABLED,
    "deprecated some day": lambda image: image.deprecation_time is not None,
    "sold": lambda image: bool(image.product_codes),
    "watermarked": lambda image: bool(image.image_watermarks),
    "with a TPM": lambda image: image.tpm_support is not None,
    "protected": lambda image: image.deregistration_protection.mode is not DeregistrationProtectionMode.DISABLED,
    "cooling down": lambda image: image.deregistration_protection.cooldown_until is not None,
    "tagged": lambda image: len(image.tags) > 0,
    "with an ancestor": lambda image: image.source_image_id is not None,
    "made of an instance": lambda image: image.source_instance_id is not None,
    "of Amazon": lambda image: image.image_owner_alias is not None,
    **{str(state): partial(is_in_state, state) for state in ImageState},
}  # fmt: skip


@pytest.fixture(scope="module")
def sorts_met() -> set[str]:
    """The sorts that are among the first two thousand images."""
    met: set[str] = set()

    @settings(max_examples=2000, database=None, derandomize=True, phases=[Phase.generate])
    @given(ec2.images())
    def look(image: Image) -> None:
        met.update(sort for sort, holds in SEEN.items() if sort not in met and holds(image))

    look()
    return met


@pytest.mark.parametrize("sort", SEEN)
def test_every_sort_of_image_is_met(sort: str, sorts_met: set[str]) -> None:
    assert sort in sorts_met


def simplest(strategy: st.SearchStrategy[Any], holds: Callable[[Any], Any] = lambda _: True) -> Any:
    unexplained = settings(max_examples=5000, database=None, phases=[Phase.generate, Phase.shrink])
    return find(strategy, holds, settings=unexplained)


def test_the_simplest_image_is_a_plain_one() -> None:
    image = simplest(ec2.images())
    plain = Image(
        image_id="ami-00000000000000000",
        owner_id="000000000000",
        name="000",
        creation_date=datetime(2006, 1, 1, tzinfo=UTC),
        architecture="x86_64",
        billing=image.billing,
        root_device_name="/dev/xvda",
        block_device_mappings=image.block_device_mappings,
    )
    assert image == plain
    (root,) = image.block_device_mappings
    assert root.ebs == EbsBlockDevice(
        snapshot_id="snap-00000000000000000",
        volume_size_gib=1,
        volume_type="gp2",
        delete_on_termination=True,
        encrypted=False,
    )


def test_a_failing_image_shrinks_to_what_the_failure_needs() -> None:
    image = simplest(ec2.images(), lambda image: image.public)
    assert (image.image_id, image.name, image.architecture) == ("ami-00000000000000000", "000", Architecture.X86_64)
    assert image.launch_permissions.items == (EVERYONE,)
    assert (image.tags, image.launches, image.region, image.source_image_id) == (simplest(ec2.tags()), (), None, None)


def test_a_field_that_no_image_has_is_refused_at_once() -> None:
    for strategy in (ec2.images, ec2.snapshots, ec2.instances, ec2.image_metadata, ec2.instance_image_metadata):
        with pytest.raises(TypeError, match="has no field nmae"):
            strategy(nmae="web")


# --- the others -------------------------------------------------------------------------------------------------------


@given(st.data(), st.integers(0, 10**9), st.integers(0, 10**9))
def test_instants_keep_to_their_bounds_and_to_milliseconds(data: st.DataObject, start: int, length: int) -> None:
    least = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    most = least + timedelta(seconds=length)
    instant = data.draw(ec2.instants(min_value=least, max_value=most))
    assert least <= instant <= most
    assert instant.microsecond % 1000 == 0
    assert instant.tzinfo is UTC


@pytest.mark.parametrize("partition", Partition)
@given(data=st.data())
@settings(max_examples=5)
def test_regions_and_arns_keep_to_a_partition(partition: Partition, data: st.DataObject) -> None:
    assert data.draw(ec2.regions(partition)).partition is partition
    assert data.draw(ec2.organization_arns(partition=partition)).partition is partition
    assert data.draw(ec2.image_watermarks(partition=partition.value)).source_image_region.partition is partition


@given(ec2.region_settings())
def test_settings_of_every_kind_are_drawn(drawn: RegionSettings) -> None:
    assert isinstance(drawn, RegionSettings)
    assert attrs.evolve(drawn) == drawn


@given(ec2.image_criteria_lists())
def test_the_criterion_that_allows_nobody_stands_alone(criteria: tuple[ImageCriterion, ...]) -> None:
    """Rule B AA-9."""
    assert len(criteria) <= 3
    assert len(criteria) == 1 or not any(criterion.allows_nobody for criterion in criteria)


@given(ec2.limits(), ec2.quirks(), ec2.timings())
def test_numbers_choices_and_durations_are_drawn(
    some_limits: limits.Limits, some_quirks: quirks.Quirks, some_timing: timing.Timing
) -> None:
    assert some_limits in {limits.Limits.tiny(), limits.Limits.aws()}
    assert attrs.evolve(some_quirks) == some_quirks
    assert attrs.evolve(some_timing) == some_timing


def test_every_strategy_is_named_and_explained() -> None:
    assert ec2.__all__ == sorted(ec2.__all__)
    for name in ec2.__all__:
        assert f"find({name}(" in (getattr(ec2, name).__doc__ or ""), name


# --- the entry point --------------------------------------------------------------------------------------------------

NOUNS = list(plugin._nouns())
each_noun = pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__qualname__)


def is_one_of(value: object, noun: Any) -> bool:
    return isinstance(value, getattr(noun, "__supertype__", noun))


@each_noun
@settings(max_examples=3)
@given(data=st.data())
def test_from_type_knows_every_noun(noun: Any, data: st.DataObject) -> None:
    strategy = plugin.strategy_for(noun)
    assert strategy is not None
    assert is_one_of(data.draw(strategy), noun)
    assert is_one_of(data.draw(st.from_type(noun)), noun)


@settings(max_examples=30)
@given(st.data())
def test_from_type_knows_what_nouns_are_parts_of(data: st.DataObject) -> None:
    parts: list[Any] = [list[Image], Image | None, ImageId]
    images, image, image_id = (data.draw(st.from_type(part)) for part in parts)
    assert all(consistency.contradictions(one) == () for one in [*images, *([image] if image else [])])
    assert image_id.startswith("ami-")


@given(st.from_type(CreateVolumePermissions), st.from_type(Permissions[LaunchPermission]))
def test_a_permission_list_is_one_of_what_it_says(
    of_snapshot: Permissions[CreateVolumePermission], of_image: Permissions[LaunchPermission]
) -> None:
    """Rule B OR-15: a snapshot is shared with no organization."""
    assert all(isinstance(item, get_args(CreateVolumePermission)) for item in of_snapshot)
    assert all(isinstance(item, get_args(LaunchPermission)) for item in of_image)


@pytest.mark.parametrize(
    "thing", [int, str, list[int], Any, None, "Image", object(), Architecture, int | str, type("Image", (), {})]
)
def test_the_entry_point_leaves_everything_else_alone(thing: object) -> None:
    assert plugin.strategy_for(thing) is None


def test_every_noun_class_has_a_strategy() -> None:
    """A frozen class of the modules below the rules is drawn, or it is a row of one of their tables."""
    rows = {"Span", "VolumeLimits"}
    drawn = {noun.__qualname__ for noun in NOUNS}
    for module in plugin._NOUNS:
        found = {
            name
            for name, value in vars(sys.modules[module]).items()
            if isinstance(value, type) and attrs.has(value) and value.__module__ == module and not name.startswith("_")
        }
        assert found - rows <= drawn


def test_the_entry_point_is_the_one_that_is_declared() -> None:
    points = [point for point in entry_points(group="hypothesis") if point.name == "amimodel"]
    if not points:
        pytest.skip("amimodel is not installed")
    assert points[0].load() is plugin.register


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 - our own code, in our own interpreter
    return done.stdout.strip()


def test_importing_hypothesis_imports_no_noun() -> None:
    code = "import sys, hypothesis; print(*(name for name in sys.modules if name.startswith(('amimodel', 'attr'))))"
    assert set(run(code).split()) <= {"amimodel", "amimodel.testing", "amimodel.testing._hypothesis_plugin"}


def test_the_strategies_need_no_pytest() -> None:
    code = "import sys, amimodel.testing.strategies; print('pytest' in sys.modules, 'amimodel.images' in sys.modules)"
    assert run(code) == "False True"


def test_a_hypothesis_without_resolvers_is_told_of_every_noun_in_the_public_way() -> None:
    code = """
import hypothesis.strategies as st
from hypothesis.strategies._internal import types
types._global_extra_lookup.pop("amimodel", None)
del types._global_extra_lookup
from amimodel.testing import _hypothesis_plugin as plugin
plugin.register()
types._global_extra_lookup = {}
from hypothesis import find
print(all(noun in types._global_type_lookup for noun in plugin._nouns()))
from amimodel.images import Image
print(find(st.from_type(Image), lambda _: True).image_id)
"""
    assert run(code).split() == ["True", "ami-00000000000000000"]
