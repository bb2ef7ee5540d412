"""Bundles in S3: rules A RI-20, A RI-22 to RI-24."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.block_devices import BlockDeviceMapping, InstanceStoreDevice
from amimodel.bundles import DEFAULT_ROOT_DEVICE, ImageBundle, bundle_location
from amimodel.malformed import Malformed

LOCATION = "amis/web/image.manifest.xml"


def bundle(**parts: Any) -> ImageBundle:
    usual: dict[str, Any] = {"location": LOCATION, "account": "111122223333", "architecture": "x86_64"}
    return ImageBundle(**(usual | parts))


@pytest.mark.parametrize("location", ["amis/a.manifest.xml", "my.bucket-1/deep/er/image.manifest.xml", "abc/x"])
def test_a_location_is_a_bucket_and_a_key(location: str) -> None:
    assert bundle_location(location) == location
    assert bundle(location=location).location == location


@pytest.mark.parametrize(
    "location", ["", "amis", "amis/", "/image.manifest.xml", "AMIS/a", "a/b", "-amis/a", "amis//a", "amis/a\nb", None]
)
def test_anything_else_is_no_location(location: Any) -> None:
    with pytest.raises(Malformed) as caught:
        bundle_location(location)
    assert (caught.value.code, caught.value.member) == ("InvalidParameterValue", "ImageLocation")


@pytest.mark.parametrize(
    ("part", "value", "member"),
    [
        ("account", "1234", "OwnerId"),
        ("architecture", "sparc", "Architecture"),
        ("kernel_id", "ami-12345678", "KernelId"),
        ("ramdisk_id", "aki-12345678", "RamdiskId"),
        ("size_gib", 0, "Size"),
        ("size_gib", True, "Size"),
        ("block_device_mapping", [("ami", "")], "BlockDeviceMapping"),
        ("block_device_mapping", [("a b", "sda")], "BlockDeviceMapping"),
        ("block_device_mapping", [("ami", 1)], "BlockDeviceMapping"),
    ],
)
def test_a_bundle_is_well_formed_part_by_part(part: str, value: object, member: str) -> None:
    with pytest.raises(Malformed) as caught:
        bundle(**{part: value})
    assert caught.value.member == member


def test_the_root_device_is_what_the_manifest_says_or_the_usual_one() -> None:
    """Rule A RI-23."""
    assert bundle().root_device_name == DEFAULT_ROOT_DEVICE == "/dev/sda1"
    assert bundle(block_device_mapping=[("ami", "sda"), ("root", "/dev/xvda")]).root_device_name == "/dev/xvda"
    assert bundle(block_device_mapping=[]).root_device_name == "/dev/sda1"


@given(numbers=st.lists(st.integers(0, 30), unique=True), absolute=st.booleans())
def test_the_volumes_of_the_instance_store_are_the_pairs_that_name_one(numbers: list[int], absolute: bool) -> None:
    """Rules A RI-22, A BD-2: there are 24 of them, and a manifest may leave the directory out."""
    names = [f"xvd{first}{second}" for first in "bc" for second in "abcdefghijklmnop"]
    pairs = [(f"ephemeral{number}", f"/dev/{names[number]}" if absolute else names[number]) for number in numbers]
    found = bundle(block_device_mapping=[("ami", "sda"), ("root", "/dev/sda1"), *pairs]).instance_store_mappings
    assert found == tuple(
        BlockDeviceMapping(f"/dev/{names[number]}", InstanceStoreDevice(f"ephemeral{number}"))
        for number in numbers
        if number < 24
    )


def test_of_two_pairs_for_one_device_the_last_holds() -> None:
    (entry,) = bundle(block_device_mapping=[("ephemeral0", "sdb"), ("ephemeral1", "/dev/sdb")]).instance_store_mappings
    assert entry == BlockDeviceMapping("/dev/sdb", InstanceStoreDevice("ephemeral1"))
