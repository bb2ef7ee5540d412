"""Regions, partitions and zones: rules A RG-1 to RG-5."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.malformed import Malformed
from amimodel.regions import AvailabilityZone, Partition, Region, ZoneType, as_region, known_regions
from amimodel.testing import strategies as ec2


@pytest.fixture(scope="module")
def partitions() -> list[dict[str, Any]]:
    """What botocore knows of partitions."""
    botocore = pytest.importorskip("botocore")
    text = Path(botocore.__file__).parent.joinpath("data", "partitions.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["partitions"]
    return found


def is_a_region(name: str) -> bool:
    """Botocore lists `aws-global` and its like among the Regions; no image lives there."""
    return not name.endswith("-global")


# --- beside botocore --------------------------------------------------------------------------------------------------


def test_every_region_of_botocore_is_known_with_its_partition_and_description(partitions: list[dict[str, Any]]) -> None:
    """Rule A RG-1."""
    theirs = {
        name: (partition["id"], facts["description"])
        for partition in partitions
        for name, facts in partition["regions"].items()
        if is_a_region(name)
    }
    ours = {region.name: (region.partition.value, region.description) for region in known_regions()}
    assert ours == theirs


def test_the_partitions_are_those_of_botocore(partitions: list[dict[str, Any]]) -> None:
    assert {partition["id"] for partition in partitions} == set(Partition)


def test_the_pattern_of_each_partition_says_what_botocores_says(partitions: list[dict[str, Any]]) -> None:
    """Rules A RG-1, A RG-2. Every name that is a Region here is one there, in the same partition."""
    patterns = {partition["id"]: re.compile(partition["regionRegex"]) for partition in partitions}

    @given(ec2.regions())
    def agrees(region: Region) -> None:
        matching = [name for name, pattern in patterns.items() if pattern.match(region.name)]
        assert matching == [region.partition.value]

    agrees()


# The Regions enabled by default: those launched before 20 March 2019, and all outside of the partition aws.
BY_DEFAULT = """
    ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1
    eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2
"""


def test_accounts_opt_in_to_the_newer_regions_of_the_partition_aws() -> None:
    commercial = [region for region in known_regions() if region.partition is Partition.AWS]
    assert {region.name for region in commercial if not region.opt_in} == set(BY_DEFAULT.split())
    assert all(region.opt_in is False for region in known_regions() if region.partition is not Partition.AWS)


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "partition"),
    [
        ("us-east-1",      "aws"),
        ("mx-central-1",   "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1",  "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1",  "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
    ],
)  # fmt: skip
def test_a_region_says_its_partition_by_its_name(name: str, partition: str) -> None:
    """Rules A RG-1, A RG-2."""
    assert Region(name).partition.value == partition


@given(ec2.regions(known=False))
def test_a_region_of_tomorrow_is_a_region_of_which_little_is_known(region: Region) -> None:
    assert (region.is_known, region.description, region.opt_in) == (False, None, None)
    assert region not in known_regions()
    assert isinstance(region.partition, Partition)


@given(ec2.regions(known=True))
def test_of_a_known_region_everything_is_known(region: Region) -> None:
    assert region.is_known
    assert region.description
    assert isinstance(region.opt_in, bool)


@pytest.mark.parametrize(
    "name",
    ["", "us-east", "us-east-1a", "US-EAST-1", "us_east_1", "xx-east-1", "aws-global", "us-east-1\n", "us--1",
     "us-gov-1-1", "eusc-fr-west-1", "us-east-\u0661", None, 1, Partition],
)  # fmt: skip
def test_what_is_not_spelled_like_a_region_is_malformed(name: object) -> None:
    """Rule A RG-3."""
    for make in (Region, as_region):
        with pytest.raises(Malformed) as caught:
            make(name)  # type: ignore[arg-type]  # what a caller without types may give
        assert (caught.value.code, caught.value.member, caught.value.value) == ("InvalidRegion", "Region", name)


@given(ec2.regions(), ec2.regions())
def test_regions_are_equal_and_ordered_as_their_names(one: Region, other: Region) -> None:
    assert (one == other) is (one.name == other.name)
    assert (one < other) is (one.name < other.name)
    assert as_region(one) is one
    assert as_region(one.name) == one == Region(str(one))
    assert hash(as_region(one.name)) == hash(one)


# --- zones ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "zone_type", "region"),
    [
        ("us-east-1a",              "availability-zone", "us-east-1"),
        ("ap-northeast-1d",         "availability-zone", "ap-northeast-1"),
        ("us-gov-west-1b",          "availability-zone", "us-gov-west-1"),
        ("us-west-2-lax-1b",        "local-zone",        "us-west-2"),
        ("us-east-1-bos-1a",        "local-zone",        "us-east-1"),
        ("us-east-1-wl1-bos-wlz-1", "wavelength-zone",   "us-east-1"),
        ("eu-west-2-wl1-lon-wlz-1", "wavelength-zone",   "eu-west-2"),
    ],
)  # fmt: skip
def test_a_zone_says_its_kind_and_its_region_by_its_name(name: str, zone_type: str, region: str) -> None:
    """Rule A RG-4."""
    zone = AvailabilityZone(name)
    assert (zone.zone_type.value, str(zone.region), str(zone)) == (zone_type, region, name)


@given(ec2.regions(), st.data())
def test_every_zone_of_a_region_is_in_it(region: Region, data: st.DataObject) -> None:
    """Rule A RG-4."""
    zone = data.draw(ec2.availability_zones(region))
    assert zone.region == region
    assert zone.name.startswith(region.name)
    assert isinstance(zone.zone_type, ZoneType)
    assert zone == AvailabilityZone(zone.name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "us-east-1",
        "us-east-1A",
        "us-east-1aa",
        "use1-az1",
        "xx-east-1a",
        "us-west-2-lax-1",
        "us-east-1a\n",
        None,
        1,
    ],
)
def test_what_is_not_spelled_like_a_zone_is_malformed(name: object) -> None:
    """Rule A RG-4. A zone's id is not its name."""
    with pytest.raises(Malformed) as caught:
        AvailabilityZone(name)  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.member) == ("InvalidAvailabilityZone", "AvailabilityZone")
