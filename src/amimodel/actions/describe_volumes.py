"""What can be asked about volumes: DescribeVolumes.

Source: EC2 API Reference, DescribeVolumes; rules A 8.4, A DI-1 to A DI-4, A 12.1, C 8.2, C 12.4.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from amimodel.actions._finding import own_volume
from amimodel.callers import Caller
from amimodel.filters import Filter, as_filters, limit_refusal, select
from amimodel.identifiers import VolumeId, volume_id
from amimodel.names import text_or_none
from amimodel.paging import PAGE_BOUNDS, Page, page, page_size_refusal
from amimodel.refusals import (
    FilterLimitExceeded,
    IdsNotPaged,
    InvalidNextToken,
    PageSizeRefused,
    Refusal,
    VolumeNotFound,
)
from amimodel.requests import Finding, Query, nothing, unless
from amimodel.resource_filters import VOLUME_FILTERS
from amimodel.volumes import Volume
from amimodel.world import World


def _volume_ids(ids: Iterable[str]) -> tuple[VolumeId, ...]:
    return tuple(dict.fromkeys(volume_id(one, "VolumeIds") for one in ids))


def _known_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    given = as_filters(filters)
    VOLUME_FILTERS.check(given)
    return given


def _by_creation(volume: Volume) -> tuple[datetime, str]:
    return volume.create_time, volume.volume_id


@frozen(kw_only=True)
class DescribeVolumes(Query[Page[Volume]]):
    """See one's own volumes in the Region.

    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import PROD, example_world
    >>> alice = Caller(account=PROD, region="eu-central-1")
    >>> unused = ask(example_world(), DescribeVolumes(filters=[Filter("status", ["available"])]), by=alice)
    >>> [(one.volume_id, one.size_gib) for one in unused]
    [('vol-0fa00000000000590', 50)]

    A volume is its owner's alone: an id of somebody else's, or nobody's, fails the whole request. The answer is sorted
    by the time of creation and id; EC2 promises no order.

    Raises `Malformed` for a filter that EC2 does not have.

    Source: EC2 API Reference, DescribeVolumes; rules A FI-1 to A FI-12, A DI-1 to A DI-4, A 12.1, C 8.2.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        FilterLimitExceeded,
        PageSizeRefused,
        IdsNotPaged,
        VolumeNotFound,
        InvalidNextToken,
    )

    volume_ids: tuple[VolumeId, ...] = field(default=(), converter=_volume_ids)
    filters: tuple[Filter, ...] = field(default=(), converter=_known_filters)
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[Volume]]:
        """Go through the checks in order, then find the volumes."""
        yield from unless(limit_refusal(self.filters, world.limits))
        bounds = PAGE_BOUNDS[self.action](world.limits)
        yield from unless(page_size_refusal(self.max_results, bounds))
        if self.max_results and self.volume_ids:
            yield IdsNotPaged(parameter="volumeSet")
        named = yield from self._named(world, by)
        candidates = named.values() if self.volume_ids else world.volumes.having("owner", (by.account, by.region))
        found = sorted(select(candidates, self.filters, VOLUME_FILTERS, world.quirks), key=_by_creation)
        asked = self.action, by.account, by.region, self.volume_ids, self.filters
        try:
            return page(found, bounds=bounds, max_results=self.max_results, next_token=self.next_token, query=asked)
        except (InvalidNextToken, PageSizeRefused) as refusal:
            return (yield from nothing(refusal))

    def _named(self, world: World, by: Caller) -> Finding[dict[str, Volume]]:
        """The caller's volumes with these ids (rules A 12.1, C 8.2)."""
        found: dict[str, Volume] = {}
        for one in self.volume_ids:
            found[one] = yield from own_volume(world, by, one)
        return found
