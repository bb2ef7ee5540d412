"""Regions, their partitions, and the zones within them.

Source: botocore 1.44.5, partitions.json (names, descriptions, patterns); AWS Account Management, "Enable or disable
AWS Regions in your account" (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html: Regions
launched before 20 March 2019 are enabled by default); rules A RG-1 to RG-5.
"""

import re
from enum import StrEnum, unique
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from amimodel.malformed import Malformed


@unique
class Partition(StrEnum):
    """A group of Regions with accounts and ARNs of its own. No image is copied from one to another (rule B CI-1)."""

    AWS = "aws"
    AWS_CN = "aws-cn"
    AWS_US_GOV = "aws-us-gov"
    AWS_EUSC = "aws-eusc"
    AWS_ISO = "aws-iso"
    AWS_ISO_B = "aws-iso-b"
    AWS_ISO_E = "aws-iso-e"
    AWS_ISO_F = "aws-iso-f"


# Rule A RG-1. `\w` in AWS's patterns also takes capitals, digits and underscores, which no Region has: letters only.
_PATTERNS: Final = (
    (Partition.AWS_CN,     r"cn-[a-z]+-\d+"),
    (Partition.AWS_US_GOV, r"us-gov-[a-z]+-\d+"),
    (Partition.AWS_EUSC,   r"eusc-de-[a-z]+-\d+"),
    (Partition.AWS_ISO,    r"us-iso-[a-z]+-\d+"),
    (Partition.AWS_ISO_B,  r"us-isob-[a-z]+-\d+"),
    (Partition.AWS_ISO_E,  r"eu-isoe-[a-z]+-\d+"),
    (Partition.AWS_ISO_F,  r"us-isof-[a-z]+-\d+"),
    (Partition.AWS,        r"(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+"),
)  # fmt: skip

_which_partition = re.compile("|".join(f"({pattern})" for _, pattern in _PATTERNS), re.ASCII).fullmatch

# (name, description, whether an account must opt in before it can use the Region)
_KNOWN: Final = (
    ("af-south-1",     "Africa (Cape Town)",                     True),
    ("ap-east-1",      "Asia Pacific (Hong Kong)",               True),
    ("ap-east-2",      "Asia Pacific (Taipei)",                  True),
    ("ap-northeast-1", "Asia Pacific (Tokyo)",                   False),
    ("ap-northeast-2", "Asia Pacific (Seoul)",                   False),
    ("ap-northeast-3", "Asia Pacific (Osaka)",                   False),
    ("ap-south-1",     "Asia Pacific (Mumbai)",                  False),
    ("ap-south-2",     "Asia Pacific (Hyderabad)",               True),
    ("ap-southeast-1", "Asia Pacific (Singapore)",               False),
    ("ap-southeast-2", "Asia Pacific (Sydney)",                  False),
    ("ap-southeast-3", "Asia Pacific (Jakarta)",                 True),
    ("ap-southeast-4", "Asia Pacific (Melbourne)",               True),
    ("ap-southeast-5", "Asia Pacific (Malaysia)",                True),
    ("ap-southeast-6", "Asia Pacific (New Zealand)",             True),
    ("ap-southeast-7", "Asia Pacific (Thailand)",                True),
    ("ca-central-1",   "Canada (Central)",                       False),
    ("ca-west-1",      "Canada West (Calgary)",                  True),
    ("eu-central-1",   "Europe (Frankfurt)",                     False),
    ("eu-central-2",   "Europe (Zurich)",                        True),
    ("eu-north-1",     "Europe (Stockholm)",                     False),
    ("eu-south-1",     "Europe (Milan)",                         True),
    ("eu-south-2",     "Europe (Spain)",                         True),
    ("eu-west-1",      "Europe (Ireland)",                       False),
    ("eu-west-2",      "Europe (London)",                        False),
    ("eu-west-3",      "Europe (Paris)",                         False),
    ("il-central-1",   "Israel (Tel Aviv)",                      True),
    ("me-central-1",   "Middle East (UAE)",                      True),
    ("me-south-1",     "Middle East (Bahrain)",                  True),
    ("me-west-1",      "Middle East (Saudi Arabia)",             True),
    ("mx-central-1",   "Mexico (Central)",                       True),
    ("sa-east-1",      "South America (Sao Paulo)",              False),
    ("sa-west-1",      "South America (Chile)",                  True),
    ("us-east-1",      "US East (N. Virginia)",                  False),
    ("us-east-2",      "US East (Ohio)",                         False),
    ("us-west-1",      "US West (N. California)",                False),
    ("us-west-2",      "US West (Oregon)",                       False),
    ("cn-north-1",     "China (Beijing)",                        False),
    ("cn-northwest-1", "China (Ningxia)",                        False),
    ("eusc-de-east-1", "AWS European Sovereign Cloud (Germany)", False),
    ("us-iso-east-1",  "US ISO East",                            False),
    ("us-iso-west-1",  "US ISO WEST",                            False),
    ("us-isob-east-1", "US ISOB East (Ohio)",                    False),
    ("us-isob-west-1", "US ISOB West",                           False),
    ("eu-isoe-west-1", "EU ISOE West",                           False),
    ("us-isof-east-1", "US ISOF EAST",                           False),
    ("us-isof-south-1", "US ISOF SOUTH",                         False),
    ("us-gov-east-1",  "AWS GovCloud (US-East)",                 False),
    ("us-gov-west-1",  "AWS GovCloud (US-West)",                 False),
)  # fmt: skip

_DESCRIPTIONS: Final = {name: description for name, description, _ in _KNOWN}
_OPT_IN: Final = {name: opt_in for name, _, opt_in in _KNOWN}


def _region_name(name: str, member: str = "Region") -> str:
    if isinstance(name, str) and _which_partition(name):
        return name
    raise Malformed("InvalidRegion", f"The region '{name}' is not valid.", member=member, value=name)


@frozen(order=True)
class Region:
    """A Region, known by its name alone.

    A name that this release has never heard of is a Region all the same, as long as it is spelled like one: AWS opens
    Regions more often than tools are updated.

    >>> frankfurt = Region("eu-central-1")
    >>> frankfurt.partition, frankfurt.description, frankfurt.opt_in
    (<Partition.AWS: 'aws'>, 'Europe (Frankfurt)', False)
    >>> str(Region("eu-west-9")), Region("eu-west-9").is_known
    ('eu-west-9', False)

    Raises `Malformed` (`InvalidRegion`).

    Source: rules A RG-1, A RG-2, A RG-3.
    """

    name: str = field(converter=_region_name)

    def __str__(self) -> str:
        return self.name

    @property
    def partition(self) -> Partition:
        """The partition that its name tells."""
        match = _which_partition(self.name)
        if match is None or match.lastindex is None:  # the converter has matched it before
            raise AssertionError(self.name)
        return _PATTERNS[match.lastindex - 1][0]

    @property
    def is_known(self) -> bool:
        """Whether this release knows the Region, and so its description and opt-in status."""
        return self.name in _DESCRIPTIONS

    @property
    def description(self) -> str | None:
        """What AWS calls it in prose; None for a Region not known here."""
        return _DESCRIPTIONS.get(self.name)

    @property
    def opt_in(self) -> bool | None:
        """Whether an account must opt in to use it; None for a Region not known here."""
        return _OPT_IN.get(self.name)


@lru_cache(maxsize=256)
def _interned(name: str) -> Region:
    return Region(name)


def as_region(name: str | Region, member: str = "Region") -> Region:
    """Take a Region or its name; the same name gives the same object.

    >>> as_region("us-east-1") is as_region("us-east-1")
    True
    """
    return name if isinstance(name, Region) else _interned(_region_name(name, member))


def known_regions() -> tuple[Region, ...]:
    """Every Region this release knows, in all partitions.

    >>> len(known_regions())
    48
    """
    return tuple(as_region(name) for name in _DESCRIPTIONS)


@unique
class ZoneType(StrEnum):
    """The three kinds of zone (botocore shape AvailabilityZone.ZoneType)."""

    AVAILABILITY_ZONE = "availability-zone"
    LOCAL_ZONE = "local-zone"
    WAVELENGTH_ZONE = "wavelength-zone"


_ZONE_PATTERNS: Final = (
    (ZoneType.AVAILABILITY_ZONE, re.compile(r"(?P<region>[a-z-]+-\d+)[a-z]", re.ASCII).fullmatch),
    (ZoneType.LOCAL_ZONE,        re.compile(r"(?P<region>[a-z-]+-\d+)-[a-z]{3,4}-\d+[a-z]", re.ASCII).fullmatch),
    (ZoneType.WAVELENGTH_ZONE,   re.compile(r"(?P<region>[a-z-]+-\d+)-wl\d+-[a-z]{3,4}-wlz-\d+", re.ASCII).fullmatch),
)  # fmt: skip


@frozen(order=True)
class AvailabilityZone:
    """A zone, known by its name: an Availability Zone, a Local Zone or a Wavelength Zone.

    >>> zone = AvailabilityZone("us-west-2-lax-1b")
    >>> zone.zone_type.value, str(zone.region)
    ('local-zone', 'us-west-2')

    Raises `Malformed` (`InvalidAvailabilityZone`).

    Source: rule A RG-4.
    """

    name: str = field()
    zone_type: ZoneType = field(init=False, eq=False, repr=False)
    region: Region = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for zone_type, fullmatch in _ZONE_PATTERNS:
            match = fullmatch(self.name) if isinstance(self.name, str) else None
            if match is not None and _which_partition(match["region"]):
                object.__setattr__(self, "zone_type", zone_type)
                object.__setattr__(self, "region", as_region(match["region"]))
                return
        raise Malformed(
            "InvalidAvailabilityZone",
            f"Invalid availability zone: [{self.name}]",
            member="AvailabilityZone",
            value=self.name,
        )

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=1024)
def _interned_zone(name: str) -> AvailabilityZone:
    return AvailabilityZone(name)


def as_zone(name: str | AvailabilityZone) -> AvailabilityZone:
    """Take a zone or its name; the same name gives the same object.

    >>> as_zone("eu-west-1b").region.name
    'eu-west-1'

    Raises `Malformed` (`InvalidAvailabilityZone`).
    """
    return name if isinstance(name, AvailabilityZone) else _interned_zone(name)
