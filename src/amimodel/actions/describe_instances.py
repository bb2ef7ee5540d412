"""What can be asked about instances: DescribeInstances, and which images they were launched from.

Source: EC2 API Reference, DescribeInstances and DescribeInstanceImageMetadata; rules A 8.9, B AA-15, B AA-16, C 11.3 to
C 11.7, C 12.1; settlements S 17, S 23, S 35.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import ClassVar, Final, TypeVar

from attrs import field, frozen

from amimodel.actions._finding import own_instances
from amimodel.actions._seeing import Viewer
from amimodel.callers import Caller
from amimodel.filters import Filter, FilterTable, as_filters, limit_refusal, select
from amimodel.identifiers import InstanceId, image_id, instance_id
from amimodel.images import Image
from amimodel.instances import ImageMetadata, Instance, InstanceImageMetadata
from amimodel.names import text_or_none
from amimodel.paging import PAGE_BOUNDS, Page, page, page_size_refusal
from amimodel.refusals import (
    FilterLimitExceeded,
    IdsNotPaged,
    InstanceNotFound,
    InvalidNextToken,
    PageSizeRefused,
    Refusal,
)
from amimodel.requests import Finding, Query, nothing, unless
from amimodel.resource_filters import INSTANCE_FILTERS, INSTANCE_IMAGE_METADATA_FILTERS
from amimodel.vocabulary import ImageState
from amimodel.world import World
from amimodel.zone_ids import zone_id

T = TypeVar("T")

_INSTANCES: Final = "instancesSet"


def _instance_ids(ids: Iterable[str]) -> tuple[InstanceId, ...]:
    return tuple(dict.fromkeys(instance_id(one) for one in ids))


def _instance_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    return _known(filters, INSTANCE_FILTERS)


def _metadata_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    return _known(filters, INSTANCE_IMAGE_METADATA_FILTERS)


def _known(filters: Iterable[Filter], table: FilterTable[T]) -> tuple[Filter, ...]:
    given = as_filters(filters)
    table.check(given)
    return given


def _by_launch(instance: Instance) -> tuple[datetime, str]:
    return instance.launch_time, instance.instance_id


@frozen(kw_only=True)
class DescribeInstances(Query[Page[Instance]]):
    """See one's own instances, in whatever state; terminated ones for a while.

    An instance of somebody else's is left out without a word, also where its id is named; an id that is nobody's fails
    the whole request. The answer is sorted by launch time and id; EC2 promises no order, and groups it by reservation.

    Raises `Malformed` for a filter that EC2 does not have.

    Source: EC2 API Reference, DescribeInstances; rules A FI-1 to FI-12, A DI-2, C 12.1, C 13; settlement S 23.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        FilterLimitExceeded,
        PageSizeRefused,
        IdsNotPaged,
        InstanceNotFound,
        InvalidNextToken,
    )

    instance_ids: tuple[InstanceId, ...] = field(default=(), converter=_instance_ids)
    filters: tuple[Filter, ...] = field(default=(), converter=_instance_filters)
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[Instance]]:
        """Go through the checks in order, then find the instances."""
        yield from unless(limit_refusal(self.filters, world.limits))
        yield from unless(page_size_refusal(self.max_results, PAGE_BOUNDS[self.action](world.limits)))
        if self.max_results and self.instance_ids:
            yield IdsNotPaged(parameter=_INSTANCES)
        named = [world.instance(one, by.region) for one in self.instance_ids]
        unknown = tuple(one for one, found in zip(self.instance_ids, named, strict=True) if found is None)
        if unknown:
            return (yield from nothing(InstanceNotFound(instance_ids=unknown)))
        seen = [one for one in named if one is not None and one.owner_id == by.account]
        candidates = seen if self.instance_ids else list(world.instances.having("owner", (by.account, by.region)))
        chosen = sorted(select(candidates, self.filters, INSTANCE_FILTERS, world.quirks), key=_by_launch)
        return (yield from _page(self, world, by, chosen))


@frozen(kw_only=True)
class DescribeInstanceImageMetadata(Query[Page[InstanceImageMetadata]]):
    """See which images one's own instances were launched from, whatever has become of the images.

    An image that is deprecated, no longer shared, not allowed or gone is told of all the same; one that is gone, or in
    the Recycle Bin, as `deregistered`. An instance whose image the world has never known is left out: nothing could be
    said of it.

    Raises `Malformed` for a filter that EC2 does not have.

    Source: EC2 API Reference, DescribeInstanceImageMetadata; rules A 8.9, B AA-15, B AA-16, C 11.3 to C 11.7;
    settlement S 35.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        FilterLimitExceeded,
        PageSizeRefused,
        InstanceNotFound,
        InvalidNextToken,
    )

    instance_ids: tuple[InstanceId, ...] = field(default=(), converter=_instance_ids)
    filters: tuple[Filter, ...] = field(default=(), converter=_metadata_filters)
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[InstanceImageMetadata]]:
        """Go through the checks in order, then find what is remembered."""
        yield from unless(limit_refusal(self.filters, world.limits))
        yield from unless(page_size_refusal(self.max_results, PAGE_BOUNDS[self.action](world.limits)))
        if self.instance_ids:
            candidates = yield from own_instances(world, by, self.instance_ids)
        else:
            candidates = list(world.instances.having("owner", (by.account, by.region)))
        candidates.sort(key=_by_launch)
        viewer = Viewer.of(world, by)
        items = (item for instance in candidates for item in _remembered(viewer, instance))
        chosen = list(select(items, self.filters, INSTANCE_IMAGE_METADATA_FILTERS, world.quirks))
        return (yield from _page(self, world, by, chosen))


def _page(
    query: DescribeInstances | DescribeInstanceImageMetadata, world: World, by: Caller, items: list[T]
) -> Finding[Page[T]]:
    try:
        return page(
            items,
            bounds=PAGE_BOUNDS[query.action](world.limits),
            max_results=query.max_results,
            next_token=query.next_token,
            query=(query.action, by.account, by.region, query.instance_ids, query.filters),
        )
    except (InvalidNextToken, PageSizeRefused) as refusal:
        return (yield from nothing(refusal))


# --- what is remembered of an image -----------------------------------------------------------------------------------


def _remembered(viewer: Viewer, instance: Instance) -> Iterator[InstanceImageMetadata]:
    """The instance with its image, as far as the world knows it: there, in the Recycle Bin, or gone (rule C 11.3)."""
    image, state = _image(viewer.world, instance)
    if image is None:
        return
    alias = image.image_owner_alias
    yield InstanceImageMetadata(
        instance_id=instance.instance_id,
        owner_id=instance.owner_id,
        instance_type=instance.instance_type,
        launch_time=instance.launch_time,
        availability_zone=instance.availability_zone,
        zone_id=zone_id(instance.availability_zone),
        state=instance.state,
        tags=instance.tags,
        image_metadata=ImageMetadata(
            image_id=image_id(image.image_id),
            owner_id=image.owner_id,
            state=state,
            name=image.name,
            image_owner_alias=None if alias is None else alias.value,
            creation_date=image.creation_date,
            deprecation_time=image.deprecation_time,
            image_allowed=viewer.image_allowed(image),
            is_public=image.public and state is not ImageState.DEREGISTERED,
            image_watermarks=image.image_watermarks,
        ),
    )


def _image(world: World, instance: Instance) -> tuple[Image | None, ImageState]:
    image = world.image(instance.image_id, instance.region)
    if image is not None:
        return image, image.state
    entry = world.binned(instance.image_id, instance.region)
    if entry is not None and isinstance(entry.resource, Image):
        return entry.resource, ImageState.DEREGISTERED
    tombstone = world.tombstone(instance.image_id, instance.region)
    return None if tombstone is None else tombstone.image, ImageState.DEREGISTERED
