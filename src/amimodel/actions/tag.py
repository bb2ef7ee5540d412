"""CreateTags, DeleteTags and DescribeTags.

Tags belong to whoever writes them: on an image that it can see an account has tags of its own, which nobody else sees,
but for those whose keys begin with `ec2:SharedTag/`, which the owner shows to everyone who can use the image.

Source: EC2 User Guide, "Tag your Amazon EC2 resources"; rules A 1.5, B 10, C 1.3, C 6.20; settlements S 23, S 24, S 34.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from attrs import field, frozen

from amimodel._copies import changed
from amimodel.actions._finding import may_read
from amimodel.actions._seeing import Viewer
from amimodel.callers import Caller
from amimodel.filters import Filter, as_filters, limit_refusal, select
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.instances import Instance
from amimodel.malformed import Malformed
from amimodel.names import text_or_none
from amimodel.paging import PAGE_BOUNDS, Page, page, page_size_refusal
from amimodel.refusals import (
    FilterLimitExceeded,
    ForeignSharedTag,
    ImageNotFound,
    InstanceNotFound,
    InvalidNextToken,
    MisplacedSharedTag,
    PageSizeRefused,
    Refusal,
    ReservedTagKey,
    SnapshotNotFound,
    TagKeyTooLong,
    TagLimitExceeded,
    TagRequestTooLarge,
    VolumeNotFound,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Query, Request, nothing, unless
from amimodel.resource_filters import TAG_FILTERS, TagDescription
from amimodel.snapshots import Snapshot
from amimodel.tag_requests import ResourceType, TagToDelete, resource_ids, resource_type
from amimodel.tagging import TaggedResource, refusals_of_size, refusals_to_tag, untagged
from amimodel.tags import Tags, as_tags
from amimodel.volumes import Volume
from amimodel.world import World

_NOT_FOUND: tuple[type[Refusal], ...] = (ImageNotFound, SnapshotNotFound, VolumeNotFound, InstanceNotFound)


def _deletions(tags: Iterable[TagToDelete]) -> tuple[TagToDelete, ...]:
    return tuple(tags)


def _some_tags(tags: Mapping[str, str] | Iterable[tuple[str, str]]) -> Tags:
    taken = as_tags(tags)
    if taken:
        return taken
    raise Malformed("MissingParameter", "The request must contain the parameter Tags", member="Tags", value=tags)


@frozen(kw_only=True)
class CreateTags(Request[None]):
    """Write tags on things that one owns, or on images and snapshots of others that one can see.

    A key that is there takes the new value. Either all the tags are written on all the things, or none.

    Source: EC2 API Reference, CreateTags; rules A TG-1 to A TG-9, B TG-1 to B TG-12, C 1.3; settlements S 24, S 54.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        TagRequestTooLarge,
        *_NOT_FOUND,
        ReservedTagKey,
        TagKeyTooLong,
        MisplacedSharedTag,
        ForeignSharedTag,
        TagLimitExceeded,
    )

    resources: tuple[str, ...] = field(converter=resource_ids)
    tags: Tags = field(converter=_some_tags)

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        """Go through the checks in order, then write the tags."""
        yield from refusals_of_size(len(self.resources), limits=world.limits)
        for one in self.resources:
            yield from _taggable(world, by, one)
        for one in self.resources:
            existing = world.tags(by.account, one)
            resource = TaggedResource.of(one, owned=_is_owned(world, by, one))
            yield from refusals_to_tag(existing, self.tags, resource, world.limits, world.quirks)
        yield GRANTED

        for one in self.resources:
            world = _with_tags(world, by.account, one, world.tags(by.account, one).setting(self.tags))
        return Outcome(world, None)


@frozen(kw_only=True)
class DeleteTags(Request[None]):
    """Take tags off; all of one's own if none is named. What is not there is no matter, and AWS's own tags stay.

    Source: EC2 API Reference, DeleteTags; rules B TG-3, B TG-10 to B TG-13, C 1.3.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (TagRequestTooLarge, *_NOT_FOUND, ForeignSharedTag)

    resources: tuple[str, ...] = field(converter=resource_ids)
    tags: tuple[TagToDelete, ...] = field(default=(), converter=_deletions)

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        """Go through the checks in order, then take the tags off."""
        yield from refusals_of_size(len(self.resources), len(self.tags), world.limits)
        for one in self.resources:
            yield from _taggable(world, by, one)
        left: dict[str, Tags] = {}
        for one in self.resources:
            resource = TaggedResource.of(one, owned=_is_owned(world, by, one))
            try:
                left[one] = untagged(world.tags(by.account, one), self.tags, resource, world.quirks)
            except ForeignSharedTag as refusal:
                yield refusal
        yield GRANTED

        for one, tags in left.items():
            world = _with_tags(world, by.account, one, tags)
        return Outcome(world, None)


def _taggable(world: World, by: Caller, resource_id: str) -> Finding[None]:
    """Something the caller can write tags on: its own, also in the Recycle Bin, or what it can see of others'.

    Source: rules B TG-5, B TG-12, C 1.3 (CreateTags), C 6.20.
    """
    entry = world.binned(resource_id, by.region)
    if entry is not None and entry.owner_id == by.account:
        return
    match resource_type(resource_id):
        case ResourceType.IMAGE:
            image = world.image(resource_id, by.region)
            if image is None or not Viewer.of(world, by).sees(image):
                yield from nothing(ImageNotFound.of(resource_id))
        case ResourceType.SNAPSHOT:
            snapshot = world.snapshot(resource_id, by.region)
            if snapshot is None or not may_read(world, by, snapshot):
                yield from nothing(SnapshotNotFound(snapshot_id=resource_id))
        case ResourceType.VOLUME:
            volume = world.volume(resource_id, by.region)
            if volume is None or volume.owner_id != by.account:
                yield from nothing(VolumeNotFound(volume_id=resource_id))
        case ResourceType.INSTANCE:
            instance = world.instance(resource_id, by.region)
            if instance is None or instance.owner_id != by.account:
                yield from nothing(InstanceNotFound.of(resource_id))


def _is_owned(world: World, by: Caller, resource_id: str) -> bool:
    resource = world.resource(resource_id)
    return resource is not None and resource.owner_id == by.account


def _with_tags(world: World, account: AccountId, resource_id: str, tags: Tags) -> World:
    """Write an account's tags where they belong: on its own thing, or beside somebody else's."""
    entry = world.recycle_bin.get(resource_id)
    if entry is not None and entry.owner_id == account:
        return world.with_binned(changed(entry, resource=changed(entry.resource, tags=tags)))
    resource = world.resource(resource_id)
    if resource is None or resource.owner_id != account:
        return world.with_foreign_tags(account, resource_id, tags)
    tagged = changed(resource, tags=tags)
    match tagged:
        case Image():
            return world.with_image(tagged)
        case Snapshot():
            return world.with_snapshot(tagged)
        case Volume():
            return world.with_volume(tagged)
        case Instance():
            return world.with_instance(tagged)


def _known_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    given = as_filters(filters)
    TAG_FILTERS.check(given)
    return given


@frozen(kw_only=True)
class DescribeTags(Query[Page[TagDescription]]):
    """List the tags that the caller has written in the Region, on its own things and on others'.

    Source: EC2 API Reference, DescribeTags; rules A TG-9, B TG-1; settlement S 23.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (FilterLimitExceeded, PageSizeRefused, InvalidNextToken)

    filters: tuple[Filter, ...] = field(default=(), converter=_known_filters)
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[TagDescription]]:
        """Go through the checks in order, then list the tags."""
        yield from unless(limit_refusal(self.filters, world.limits))
        bounds = PAGE_BOUNDS[self.action](world.limits)
        yield from unless(page_size_refusal(self.max_results, bounds))
        found = sorted(select(_descriptions(world, by), self.filters, TAG_FILTERS, world.quirks), key=_by_resource)
        try:
            return page(
                found,
                bounds=bounds,
                max_results=self.max_results,
                next_token=self.next_token,
                query=(by.account, by.region, self.filters),
            )
        except (InvalidNextToken, PageSizeRefused) as refusal:
            return (yield from nothing(refusal))


def _by_resource(tag: TagDescription) -> tuple[str, str]:
    return tag.resource_id, tag.key


def _descriptions(world: World, by: Caller) -> Iterator[TagDescription]:
    key = by.account, by.region
    for catalogue in (world.images, world.snapshots, world.volumes, world.instances):
        for one in catalogue.ids("owner", key):
            yield from _of(one, catalogue.records[one].tags)
    for entry in world.recycle_bin.having("owner", key):
        yield from _of(entry.resource_id, entry.resource.tags)
    for one, tags in world.foreign_tags.items():
        resource = world.resource(one)
        if resource is not None and resource.region == by.region and by.account in tags:
            yield from _of(one, tags[by.account])


def _of(resource_id: str, tags: Tags) -> Iterator[TagDescription]:
    kind = resource_type(resource_id)
    return (TagDescription(resource_id, kind, key, value) for key, value in tags.items())
