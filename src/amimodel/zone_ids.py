"""The ids of zones, which are the same places for every account.

Source: EC2 API Reference, AvailabilityZone; AWS Regions and Availability Zones, "AZ IDs"; rule A RG-4.
"""

import re
from string import ascii_lowercase
from typing import Final

from amimodel.regions import AvailabilityZone, Region, ZoneType

_replaced = re.compile(r"north|south|east|west|central").sub
_ISO: Final = "iso"


def region_code(region: Region) -> str:
    """How the ids of zones abbreviate their Region.

    >>> [region_code(Region(name)) for name in ("us-east-1", "ap-southeast-2", "us-gov-west-1", "us-isob-east-1")]
    ['use1', 'apse2', 'usgw1', 'usibe1']

    Source: rule A RG-4.
    """
    head, *between, direction, number = region.name.split("-")
    middle = (part[0] + part.partition(_ISO)[2] for part in between)  # the ISO partitions differ by what follows
    return "".join((head, *middle, _replaced(_initial, direction), number))


def _initial(match: re.Match[str]) -> str:
    return match[0][0]


def zone_id(zone: AvailabilityZone) -> str:
    """The id of a zone: the same place for every account.

    >>> zone_id(AvailabilityZone("us-east-1b")), zone_id(AvailabilityZone("us-west-2-lax-1a"))
    ('use1-az2', 'usw2-lax1-az1')

    In older Regions EC2 gives the letters out to each account in another order; here `a` is the first for everyone.

    Source: rule A RG-4.
    """
    code, below = region_code(zone.region), zone.name.removeprefix(f"{zone.region}-")
    match zone.zone_type:
        case ZoneType.AVAILABILITY_ZONE:
            return f"{code}-az{_number(zone.name[-1])}"
        case ZoneType.LOCAL_ZONE:
            return f"{code}-{below[:-1].replace('-', '')}-az{_number(zone.name[-1])}"
        case ZoneType.WAVELENGTH_ZONE:
            return f"{code}-{below.replace('wlz-', 'wlz')}"


def _number(letter: str) -> int:
    return ascii_lowercase.index(letter) + 1
