"""From where to where copies go: Regions, Local Zones and Outposts.

Source: botocore 1.44.5, CopyImage and CopySnapshot; rules B 7.1, B CI-15, B CI-16, B CI-19; settlements S 17, S 49.
"""

import re
from collections.abc import Mapping
from enum import Enum, unique
from types import MappingProxyType
from typing import Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel.images import Image
from amimodel.malformed import Malformed, invalid_value
from amimodel.refusals import CopyRouteRefused, OutpostElsewhere, Refusal
from amimodel.regions import AvailabilityZone, Region, ZoneType, as_zone
from amimodel.snapshots import Snapshot, Snapshots

_outpost_arn = re.compile(
    r"arn:aws[a-z-]*:outposts:(?P<region>[a-z0-9-]+):\d{12}:outpost/op-[0-9a-f]{17}", re.ASCII
).fullmatch
_is_local_zone_id = re.compile(r"[a-z0-9]+-[a-z0-9]+-az\d+", re.ASCII).fullmatch


@unique
class Site(Enum):
    """The kinds of places that snapshots lie in."""

    REGION = "Region"
    LOCAL_ZONE = "Local Zone"
    OUTPOST = "Outpost"


def _outpost(text: str) -> str | None:
    if not text:
        return None
    if isinstance(text, str) and _outpost_arn(text):
        return text
    raise invalid_value("DestinationOutpostArn", text, "Expected the ARN of an Outpost.")


def _local_zone(zone: str | AvailabilityZone) -> AvailabilityZone | None:
    if not zone:
        return None
    wanted = as_zone(zone)
    if wanted.zone_type is ZoneType.LOCAL_ZONE:
        return wanted
    raise invalid_value("DestinationAvailabilityZone", zone, "Expected the name of a Local Zone.")


def _local_zone_id(text: str) -> str | None:
    if not text:
        return None
    if isinstance(text, str) and _is_local_zone_id(text):
        return text
    raise invalid_value("DestinationAvailabilityZoneId", text, "Expected the ID of a Local Zone.")


@frozen(kw_only=True)
class CopyDestination:
    """Where a copy goes if not simply into the Region that is asked for it, and how long it may take.

    >>> CopyDestination(availability_zone="us-west-2-lax-1a").site
    <Site.LOCAL_ZONE: 'Local Zone'>
    >>> CopyDestination(availability_zone="us-west-2-lax-1a", completion_duration_minutes=15)
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterCombination: A completion duration is not supported for a copy to a
    Local Zone.

    Raises `Malformed` (`InvalidParameterCombination`) where two places are named, and for a duration beside one;
    `InvalidParameterValue` for what is no Outpost and no Local Zone. Empty text is nothing (settlement S 17).

    Source: rules B 7.1, B CI-19; settlement S 17.
    """

    outpost_arn: str | None = field(default=None, converter=optional(_outpost))
    availability_zone: AvailabilityZone | None = field(default=None, converter=optional(_local_zone))
    availability_zone_id: str | None = field(default=None, converter=optional(_local_zone_id))
    completion_duration_minutes: int | None = None

    def __attrs_post_init__(self) -> None:
        places = [self.outpost_arn, self.availability_zone, self.availability_zone_id]
        if sum(place is not None for place in places) > 1:
            message = (
                "Only one of DestinationAvailabilityZone, DestinationAvailabilityZoneId, or DestinationOutpostArn can"
                " be specified."
            )
            raise Malformed("InvalidParameterCombination", message, member="DestinationOutpostArn", value=places)
        minutes = self.completion_duration_minutes
        if minutes is not None and self.site is not Site.REGION:
            article = "an" if self.site is Site.OUTPOST else "a"
            message = f"A completion duration is not supported for a copy to {article} {self.site.value}."
            member = "CompletionDurationMinutes"
            raise Malformed("InvalidParameterCombination", message, member=member, value=minutes)

    @property
    def site(self) -> Site:
        """What kind of place it is."""
        if self.outpost_arn is not None:
            return Site.OUTPOST
        in_zone = self.availability_zone is not None or self.availability_zone_id is not None
        return Site.LOCAL_ZONE if in_zone else Site.REGION

    @property
    def place(self) -> str:
        """The name of it; empty where it is the Region of the request."""
        return str(self.outpost_arn or self.availability_zone or self.availability_zone_id or "")

    def is_in(self, region: Region) -> bool:
        """Whether it belongs to a Region, as far as its name tells; the ID of a zone does not."""
        if self.outpost_arn is not None:
            match = _outpost_arn(self.outpost_arn)
            return match is not None and match["region"] == region.name
        return self.availability_zone is None or self.availability_zone.region == region


IN_THE_REGION: Final = CopyDestination()
"""Where copies go of which nothing else is said."""


# --- routes -----------------------------------------------------------------------------------------------------------


@unique
class Route(Enum):
    """How far copies go from one kind of place to another."""

    ANYWHERE = "to every Region"
    WITHIN_REGION = "within the Region that both belong to"
    WITHIN_ZONE_GROUP = "within the group of Local Zones that both belong to"
    TO_ANOTHER_ZONE = "within the Region that both belong to, and not into the zone it comes from"
    NOWHERE = "not at all"


_R, _L, _O = Site.REGION, Site.LOCAL_ZONE, Site.OUTPOST

IMAGE_ROUTES: Final[Mapping[tuple[Site, Site], Route]] = MappingProxyType({
    # from, to
    (_R, _R): Route.ANYWHERE,
    (_R, _L): Route.WITHIN_REGION,
    (_R, _O): Route.WITHIN_REGION,
    (_L, _R): Route.WITHIN_REGION,
    (_L, _L): Route.TO_ANOTHER_ZONE,  # botocore: "for certain Local Zones", and it does not say which; S 49
    (_L, _O): Route.NOWHERE,
    (_O, _R): Route.NOWHERE,
    (_O, _L): Route.NOWHERE,
    (_O, _O): Route.NOWHERE,
})  # fmt: skip
"""What CopyImage copies from where to where (botocore 1.44.5, CopyImage; rule B CI-15; settlement S 49)."""


SNAPSHOT_ROUTES: Final[Mapping[tuple[Site, Site], Route]] = MappingProxyType({
    # from, to
    (_R, _R): Route.ANYWHERE,
    (_R, _L): Route.WITHIN_REGION,
    (_R, _O): Route.WITHIN_REGION,
    (_L, _R): Route.WITHIN_REGION,
    (_L, _L): Route.WITHIN_ZONE_GROUP,  # into the same zone, too, as no image is copied; S 49
    (_L, _O): Route.NOWHERE,
    (_O, _R): Route.NOWHERE,
    (_O, _L): Route.NOWHERE,
    (_O, _O): Route.NOWHERE,
})  # fmt: skip
"""What CopySnapshot copies from where to where (botocore 1.44.5, CopySnapshot; settlement S 49)."""


def places_of(image: Image, snapshots: Snapshots) -> tuple[Site, frozenset[str]]:
    """Where an image's snapshots lie, and the names of those Outposts or Local Zones; a Region has none here.

    A snapshot that is not among `snapshots` lies in the Region. On an Outpost, one is enough: the image is stuck there.
    """
    told = [snapshots[snapshot] for snapshot in image.snapshot_ids if snapshot in snapshots]
    mapped = [entry.ebs.outpost_arn for entry in image.block_device_mappings if entry.ebs is not None]
    outposts = frozenset(arn for arn in (*mapped, *(each.outpost_arn for each in told)) if arn is not None)
    if outposts:
        return Site.OUTPOST, outposts
    zones = {each.availability_zone for each in told if each.availability_zone is not None}
    local = frozenset(zone for zone in zones if as_zone(zone).zone_type is ZoneType.LOCAL_ZONE)
    return (Site.LOCAL_ZONE, local) if local else (Site.REGION, frozenset())


def route_refusal(
    image: Image,
    snapshots: Snapshots,
    *,
    source_region: Region,
    region: Region,
    destination: CopyDestination = IN_THE_REGION,
) -> Refusal | None:
    """What speaks against copying an image from where it is to where it is wanted.

    >>> from amimodel.examples import WEB
    >>> frankfurt, ireland = Region("eu-central-1"), Region("eu-west-1")
    >>> print(route_refusal(WEB, {}, source_region=frankfurt, region=ireland))
    None
    >>> outpost = CopyDestination(outpost_arn="arn:aws:outposts:eu-west-1:111122223333:outpost/op-1234567890abcdef0")
    >>> print(route_refusal(WEB, {}, source_region=frankfurt, region=ireland, destination=outpost).code)
    InvalidParameterValue

    Source: rules B CI-15, B CI-16; settlement S 49.
    """
    source = places_of(image, snapshots)
    return _route_refusal(IMAGE_ROUTES, source, (source_region, region), destination)


def site_of(snapshot: Snapshot) -> tuple[Site, frozenset[str]]:
    """Where a snapshot lies, and the name of that Outpost or Local Zone; a Region has none here."""
    if snapshot.outpost_arn is not None:
        return Site.OUTPOST, frozenset((snapshot.outpost_arn,))
    zone = snapshot.availability_zone
    if zone is not None and as_zone(zone).zone_type is ZoneType.LOCAL_ZONE:
        return Site.LOCAL_ZONE, frozenset((zone,))
    return Site.REGION, frozenset()


def snapshot_route_refusal(
    snapshot: Snapshot, *, source_region: Region, region: Region, destination: CopyDestination = IN_THE_REGION
) -> Refusal | None:
    """What speaks against copying a snapshot from where it is to where it is wanted.

    Source: botocore 1.44.5, CopySnapshot; settlement S 49.
    """
    return _route_refusal(SNAPSHOT_ROUTES, site_of(snapshot), (source_region, region), destination)


def _route_refusal(
    routes: Mapping[tuple[Site, Site], Route],
    source: tuple[Site, frozenset[str]],
    regions: tuple[Region, Region],
    destination: CopyDestination,
) -> Refusal | None:
    (site, names), (source_region, region) = source, regions
    together = source_region == region and destination.is_in(region)
    permitted = {
        Route.ANYWHERE: True,
        Route.WITHIN_REGION: together,
        Route.WITHIN_ZONE_GROUP: together and _group(destination.place) in set(map(_group, names)),
        Route.TO_ANOTHER_ZONE: together and destination.place not in names,
        Route.NOWHERE: False,
    }[routes[site, destination.site]]
    if permitted:
        return None
    if site is Site.REGION and destination.outpost_arn is not None:
        return OutpostElsewhere(outpost_arn=destination.outpost_arn, source_region=source_region.name)
    return CopyRouteRefused(
        source=", ".join(sorted(names)) or source_region.name, destination=destination.place or region.name
    )


def _group(zone: str) -> str:
    """The group of a Local Zone: its name without the last letter, `us-west-2-lax-1` of `us-west-2-lax-1a`."""
    return zone[:-1]
