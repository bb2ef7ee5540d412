"""The Regions and zones of EC2: DescribeRegions and DescribeAvailabilityZones.

Which Regions there are, `amimodel.regions` knows. Every account may act in every Region here; one that must be opted in
for is told as opted in where the account has anything, or asks. A zone is there as soon as it is named, so no list of
them is complete: three are told for every Region, and those that the account uses.

Source: EC2 API Reference, DescribeRegions and DescribeAvailabilityZones; botocore 1.44.5, partitions.json (suffixes of
endpoints); rules A RG-1 to A RG-4, A FI-1 to A FI-6.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import unique
from string import ascii_lowercase
from types import MappingProxyType
from typing import Any, ClassVar, Final, TypeVar

from attrs import field, frozen

from amimodel.actions._neighbours import texts
from amimodel.callers import Caller
from amimodel.filters import Filter, FilterRow, FilterTable, Kind, as_filters, limit_refusal, select
from amimodel.refusals import FilterLimitExceeded, Refusal, RegionNotFound, ZoneIdNotFound, ZoneNotInRegion
from amimodel.regions import AvailabilityZone, Partition, Region, ZoneType, as_region, as_zone, known_regions
from amimodel.requests import Finding, Query, each, unless
from amimodel.vocabulary import Word
from amimodel.world import World
from amimodel.zone_ids import zone_id

T = TypeVar("T")

_TEXT: Final = Kind.TEXT


@unique
class OptInStatus(Word):
    """Whether an account has to ask for a Region or a zone before it can use it, and has."""

    NOT_REQUIRED = "opt-in-not-required"
    OPTED_IN = "opted-in"
    NOT_OPTED_IN = "not-opted-in"


def _known(filters: Iterable[Filter], table: FilterTable[Any]) -> tuple[Filter, ...]:
    given = as_filters(filters)
    table.check(given)
    return given


# --- Regions ----------------------------------------------------------------------------------------------------------

_SUFFIXES: Final[Mapping[Partition, str]] = MappingProxyType({
    Partition.AWS:        "amazonaws.com",
    Partition.AWS_CN:     "amazonaws.com.cn",
    Partition.AWS_US_GOV: "amazonaws.com",
    Partition.AWS_EUSC:   "amazonaws.eu",
    Partition.AWS_ISO:    "c2s.ic.gov",
    Partition.AWS_ISO_B:  "sc2s.sgov.gov",
    Partition.AWS_ISO_E:  "cloud.adc-e.uk",
    Partition.AWS_ISO_F:  "csp.hci.ic.gov",
})  # fmt: skip
"""What the names of endpoints end in."""


@frozen(kw_only=True)
class RegionDescription:
    """A Region, as EC2 tells of it."""

    region_name: str
    endpoint: str
    opt_in_status: OptInStatus


_OfRegion = FilterRow[RegionDescription]

REGION_FILTERS: Final = FilterTable(
    rows=(
        _OfRegion("endpoint",      _TEXT, lambda one: one.endpoint),
        _OfRegion("opt-in-status", _TEXT, lambda one: one.opt_in_status),
        _OfRegion("region-name",   _TEXT, lambda one: one.region_name),
    ),
)  # fmt: skip
"""The filters of DescribeRegions: 3 rows."""


def _regions(names: Iterable[str | Region]) -> tuple[Region, ...]:
    return tuple(dict.fromkeys(as_region(name, "RegionNames") for name in names))


def _region_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    return _known(filters, REGION_FILTERS)


def _is_used(world: World, by: Caller, region: Region) -> bool:
    """Whether the account asks in a Region, has anything there, or has settled anything for it."""
    home = by.account, region
    catalogues: tuple[Any, ...] = (
        world.images, world.snapshots, world.volumes, world.instances, world.recycle_bin,
    )  # fmt: skip
    if region == by.region or home in world.region_settings:
        return True
    return any(catalogue.count("owner", home) for catalogue in catalogues)


def _described_region(world: World, by: Caller, region: Region) -> RegionDescription:
    if region.opt_in is False:
        status = OptInStatus.NOT_REQUIRED
    else:
        status = OptInStatus.OPTED_IN if _is_used(world, by, region) else OptInStatus.NOT_OPTED_IN
    return RegionDescription(
        region_name=region.name, endpoint=f"ec2.{region}.{_SUFFIXES[region.partition]}", opt_in_status=status
    )


@frozen(kw_only=True)
class DescribeRegions(Query[tuple[RegionDescription, ...]]):
    """List the Regions of the partition that the account can use now, or all of them, by their names.

    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import PROD, example_world
    >>> alice = Caller(account=PROD, region="eu-central-1")
    >>> found = ask(example_world(), DescribeRegions(filters=[Filter("region-name", ["eu-*"])]), by=alice)
    >>> [one.region_name for one in found]
    ['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3']

    One that is named is told whether or not the account can use it. Raises `Malformed`: `InvalidRegion` for what is
    spelled as no Region is, `InvalidParameterValue` for a filter that EC2 does not have.

    Source: EC2 API Reference, DescribeRegions; rules A RG-1 to A RG-3, A FI-1 to A FI-6.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (FilterLimitExceeded, RegionNotFound)

    region_names: tuple[Region, ...] = field(default=(), converter=_regions)
    all_regions: bool = False
    filters: tuple[Filter, ...] = field(default=(), converter=_region_filters)

    def answer(self, world: World, by: Caller) -> Finding[tuple[RegionDescription, ...]]:
        """Go through the checks in order, then find the Regions."""
        yield from unless(limit_refusal(self.filters, world.limits))
        partition = by.region.partition
        there = {*(one for one in known_regions() if one.partition == partition), by.region}
        yield from each(
            RegionNotFound(region_name=one.name, partition=partition)
            for one in self.region_names
            if one not in there and (one.partition != partition or not _is_used(world, by, one))
        )
        described = [_described_region(world, by, one) for one in sorted(self.region_names or there)]
        if not self.all_regions and not self.region_names:
            described = [one for one in described if one.opt_in_status is not OptInStatus.NOT_OPTED_IN]
        return tuple(select(described, self.filters, REGION_FILTERS, world.quirks))


# --- zones ------------------------------------------------------------------------------------------------------------

_ALWAYS_TOLD: Final = "abc"
_PARTS_OF_A_GROUP: Final = 4  # us-east-1-wl1, of us-east-1-wl1-bos-wlz-1


@frozen(kw_only=True)
class ZoneDescription:
    """A zone, as EC2 tells of it."""

    region_name: str
    zone_name: str
    zone_id: str
    zone_type: ZoneType
    group_name: str
    network_border_group: str
    opt_in_status: OptInStatus
    state: str = "available"

    @classmethod
    def of(cls, zone: AvailabilityZone) -> "ZoneDescription":
        """What there is to tell of a zone."""
        group, border, status = _belonging(zone)
        return cls(
            region_name=zone.region.name,
            zone_name=zone.name,
            zone_id=zone_id(zone),
            zone_type=zone.zone_type,
            group_name=group,
            network_border_group=border,
            opt_in_status=status,
        )


def _belonging(zone: AvailabilityZone) -> tuple[str, str, OptInStatus]:
    """A zone's group, the group for its addresses, and whether the account has opted in for it.

    Whoever names or uses a Local Zone or a Wavelength Zone is taken to have.
    """
    region, name = zone.region.name, zone.name
    match zone.zone_type:
        case ZoneType.AVAILABILITY_ZONE:
            return f"{region}-zg-1", region, OptInStatus.NOT_REQUIRED
        case ZoneType.LOCAL_ZONE:
            return name[:-1], name[:-1], OptInStatus.OPTED_IN
        case ZoneType.WAVELENGTH_ZONE:
            return "-".join(name.split("-")[:_PARTS_OF_A_GROUP]), name, OptInStatus.OPTED_IN


_OfZone = FilterRow[ZoneDescription]

ZONE_FILTERS: Final = FilterTable(
    rows=(
        _OfZone("group-name",    _TEXT, lambda one: one.group_name),
        _OfZone("opt-in-status", _TEXT, lambda one: one.opt_in_status),
        _OfZone("region-name",   _TEXT, lambda one: one.region_name),
        _OfZone("state",         _TEXT, lambda one: one.state),
        _OfZone("zone-id",       _TEXT, lambda one: one.zone_id),
        _OfZone("zone-name",     _TEXT, lambda one: one.zone_name),
        _OfZone("zone-type",     _TEXT, lambda one: one.zone_type),
    ),
    silent=frozenset({"group-long-name", "message", "parent-zone-id", "parent-zone-name"}),
)  # fmt: skip
"""The filters of DescribeAvailabilityZones: 7 rows, and the names of what the model has no fact for."""


def _zones(names: Iterable[str | AvailabilityZone]) -> tuple[AvailabilityZone, ...]:
    return tuple(dict.fromkeys(as_zone(name) for name in names))


def _zone_ids(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts(ids, "ZoneIds")))


def _zone_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    return _known(filters, ZONE_FILTERS)


@frozen(kw_only=True)
class DescribeAvailabilityZones(Query[tuple[ZoneDescription, ...]]):
    """List zones of the Region, by their names: those that are named, or three and those that the account uses.

    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import PROD, example_world
    >>> found = ask(example_world(), DescribeAvailabilityZones(), by=Caller(account=PROD, region="eu-central-1"))
    >>> [(one.zone_name, one.zone_id) for one in found]
    [('eu-central-1a', 'euc1-az1'), ('eu-central-1b', 'euc1-az2'), ('eu-central-1c', 'euc1-az3')]

    `all_availability_zones` adds none: of zones that nobody has opted in for a world does not know. Raises `Malformed`:
    `InvalidAvailabilityZone` for what is spelled as no zone is, `InvalidParameterValue` for a filter that EC2 does not
    have.

    Source: EC2 API Reference, DescribeAvailabilityZones; rules A RG-4, A FI-1 to A FI-6.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (FilterLimitExceeded, ZoneNotInRegion, ZoneIdNotFound)

    zone_names: tuple[AvailabilityZone, ...] = field(default=(), converter=_zones)
    zone_ids: tuple[str, ...] = field(default=(), converter=_zone_ids)
    all_availability_zones: bool = False
    filters: tuple[Filter, ...] = field(default=(), converter=_zone_filters)

    def answer(self, world: World, by: Caller) -> Finding[tuple[ZoneDescription, ...]]:
        """Go through the checks in order, then find the zones."""
        yield from unless(limit_refusal(self.filters, world.limits))
        yield from each(
            ZoneNotInRegion(availability_zone=zone.name, region=by.region.name)
            for zone in self.zone_names
            if zone.region != by.region
        )
        used = {*_used_zones(world, by)}
        by_id = {zone_id(zone): zone for zone in (*_letters(by.region, ascii_lowercase), *used)}
        yield from each(ZoneIdNotFound(zone_id=one, region=by.region.name) for one in self.zone_ids if one not in by_id)
        named = {*self.zone_names, *(by_id[one] for one in self.zone_ids if one in by_id)}
        zones = sorted(named or {*_letters(by.region, _ALWAYS_TOLD), *used})
        return tuple(select(map(ZoneDescription.of, zones), self.filters, ZONE_FILTERS, world.quirks))


def _letters(region: Region, letters: str) -> Iterator[AvailabilityZone]:
    return (as_zone(f"{region}{letter}") for letter in letters)


def _used_zones(world: World, by: Caller) -> Iterator[AvailabilityZone]:
    home = by.account, by.region
    yield from (volume.availability_zone for volume in world.volumes.having("owner", home))
    yield from (instance.availability_zone for instance in world.instances.having("owner", home))
