"""What can be asked about images: DescribeImages and DescribeImageAttribute.

Source: EC2 API Reference, DescribeImages and DescribeImageAttribute; rules A 8, B 1.5, B 1.7, C 2.30, C 3.12 to C 3.14.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, Final, NamedTuple

from attrs import field, frozen

from amimodel import lifecycle
from amimodel.actions._finding import own_image
from amimodel.actions._seeing import Viewer
from amimodel.attributes import ImageAttribute, ImageAttributeName
from amimodel.callers import Caller
from amimodel.filters import Filter, as_filters, limit_refusal, matcher
from amimodel.identifiers import ImageId, image_id
from amimodel.image_filters import GUIDE_IMAGE_FILTERS, disabled_refusal, guide_refusal
from amimodel.images import AnyImageId, Image, any_image_id
from amimodel.lifecycle import ImageEvent, Stage
from amimodel.malformed import Malformed
from amimodel.paging import PAGE_BOUNDS, Page, page, page_size_refusal
from amimodel.permissions import EVERYONE, AccountPermission
from amimodel.refusals import (
    AttributeAccessRestricted,
    DisabledImagesNotIncluded,
    FilterLimitExceeded,
    IdsNotPaged,
    ImageNotFound,
    ImageUnavailable,
    InvalidNextToken,
    NotAuthorizedForImage,
    PageSizeRefused,
    Refusal,
    UnknownFilter,
)
from amimodel.requests import GRANTED, Finding, Query, nothing, unless
from amimodel.scopes import (
    OwnerScope,
    OwnerWord,
    UserScope,
    UserWord,
    executable_by,
    executable_users,
    image_owners,
    owned_by,
)
from amimodel.visibility import is_shown
from amimodel.vocabulary import ImageState, OwnerAlias
from amimodel.world import World


def _image_ids(ids: Iterable[str]) -> tuple[AnyImageId, ...]:
    return tuple(any_image_id(one) for one in ids)


def _known_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    given = as_filters(filters)
    GUIDE_IMAGE_FILTERS.check(given)
    return given


def _text_or_none(text: str | None) -> str | None:
    return text or None  # an empty text counts as absent (settlement S 17)


@frozen(kw_only=True)
class DescribeImages(Query[Page[Image]]):
    """Find images, and see of each what the caller may see.

    Without `image_ids` it lists: every image that the caller can launch, less the disabled ones, and less the
    deprecated ones of others, unless the flags ask for them. An image named by its id is shown whatever the flags say;
    one that is there but hidden from the caller is left out without a word, and one that never was fails the whole
    request.

    The answer is sorted by creation date and id; EC2 promises no order. Each image is as the caller sees it: with its
    own tags, and of the launch permissions only whether it is public.

    Source: EC2 API Reference, DescribeImages; rules A 8.1 to A 8.7, A 8.10, C 2.30, C 3.12 to C 3.14; settlements S 1,
    S 3, S 4, S 8, S 11, S 12, S 35.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        FilterLimitExceeded,
        UnknownFilter,
        DisabledImagesNotIncluded,
        PageSizeRefused,
        IdsNotPaged,
        ImageNotFound,
        InvalidNextToken,
    )

    image_ids: tuple[AnyImageId, ...] = field(default=(), converter=_image_ids)
    owners: tuple[OwnerScope, ...] = field(default=(), converter=image_owners)
    executable_users: tuple[UserScope, ...] = field(default=(), converter=executable_users)
    filters: tuple[Filter, ...] = field(default=(), converter=_known_filters)
    include_deprecated: bool = False
    include_disabled: bool = False
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=_text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[Image]]:
        """Go through the checks in order, then find the images."""
        if self.filters:
            yield from unless(limit_refusal(self.filters, world.limits))
            yield from unless(guide_refusal(self.filters, world.quirks))
            yield from unless(disabled_refusal(self.filters, include_disabled=self.include_disabled))
        bounds = PAGE_BOUNDS[self.action](world.limits)
        yield from unless(page_size_refusal(self.max_results, bounds))
        if self.max_results and self.image_ids and not world.quirks.image_ids_may_be_paged:
            yield IdsNotPaged(parameter="imagesSet")
        viewer = Viewer.of(world, by)
        candidates = (yield from self._named(viewer)) if self.image_ids else self._listed(viewer)
        found = self._chosen(viewer, candidates)
        if self.max_results is None and self.next_token is None:
            return Page(tuple(viewer.seen(image) for image in found))
        asked = (by.account, by.region, self.image_ids, self.owners, self.executable_users, self.filters,
                 self.include_deprecated, self.include_disabled)  # fmt: skip
        try:
            part = page(found, bounds=bounds, max_results=self.max_results, next_token=self.next_token, query=asked)
        except (InvalidNextToken, PageSizeRefused) as refusal:
            return (yield from nothing(refusal))
        return Page(tuple(viewer.seen(image) for image in part.items), part.next_token)

    def _named(self, viewer: Viewer) -> Finding[Sequence[Image]]:
        """The images with these ids; the hidden and the gone are left out, the unknown fail (rules A VS-1, C 5.11)."""
        world, by = viewer.world, viewer.by
        found: list[Image] = []
        unknown: list[str] = []
        for one in dict.fromkeys(self.image_ids):
            image = world.image(one, by.region)
            if image is None:
                former = world.former_image(one, by.region)
                if former is None:
                    unknown.append(one)
                elif _is_still_shown(viewer, former):
                    found.append(former[0])
            elif viewer.sees(image):
                if self._shows(viewer, image, by_id=True):
                    found.append(image)
            elif not world.quirks.invisible_images_are_left_out:
                unknown.append(one)
        if unknown:
            return (yield from nothing(ImageNotFound(image_ids=tuple(unknown))))
        return found

    def _shows(self, viewer: Viewer, image: Image, *, by_id: bool) -> bool:
        """Whether an image that the caller sees is shown, deprecated or disabled as it may be (rule A 8.3)."""
        return is_shown(
            image,
            viewer.world.now,
            owned=image.owner_id == viewer.by.account,
            by_id=by_id,
            include_deprecated=self.include_deprecated,
            include_disabled=self.include_disabled,
            quirks=viewer.world.quirks,
        )

    def _listed(self, viewer: Viewer) -> Iterator[Image]:
        """The images of a listing, before anything was asked of them (rules A 8.3, A DP-1 to A DP-4)."""
        world, by = viewer.world, viewer.by
        by_id = _ids_asked_for(self.filters) if world.quirks.image_id_filter_counts_as_id else frozenset[str]()
        for image in _candidates(self, viewer):
            if image.region != by.region or not viewer.sees(image):
                continue
            if self._shows(viewer, image, by_id=image.image_id in by_id):
                yield image

    def _chosen(self, viewer: Viewer, candidates: Iterable[Image]) -> list[Image]:
        """Those that meet the owners, the users and every filter, in their order (rules A 8.6, A FI-12, A DI-4)."""
        world, account = viewer.world, viewer.by.account
        if self.owners:
            candidates = (
                image for image in candidates if any(owned_by(image, owner, account) for owner in self.owners)
            )
        if self.executable_users:
            candidates = (
                image
                for image in candidates
                if any(
                    executable_by(image, user, account, world.organizations, world.quirks)
                    for user in self.executable_users
                )
            )
        if self.filters:
            meets = matcher(self.filters, GUIDE_IMAGE_FILTERS, world.quirks)
            facts = viewer.facts
            candidates = (image for image in candidates if meets(facts(image)))
        chosen = list(candidates)
        if len(chosen) > 1:
            chosen.sort(key=_by_creation)
        return chosen


def _by_creation(image: Image) -> tuple[object, str]:
    return image.creation_date, image.image_id


def _ids_asked_for(filters: Iterable[Filter]) -> frozenset[str]:
    named = (each.exact for each in filters if each.name == "image-id")
    return frozenset(one for exact in named if exact is not None for one in exact)


def _is_still_shown(viewer: Viewer, former: tuple[Image, Stage]) -> bool:
    """Whether its owner still sees a deregistered image for a while (rule C 5.9, phase 1)."""
    image, stage = former
    tombstone = viewer.world.tombstones.get(image.image_id)
    if stage is not Stage.DEREGISTERED or tombstone is None or image.owner_id != viewer.by.account:
        return False
    return viewer.world.now < tombstone.deregistered_at + viewer.world.timing.deregistered_shown


# --- where to look ----------------------------------------------------------------------------------------------------


class _Way(NamedTuple):
    """A way to everything that can meet a part of the query: how many images lie on it at most, and which."""

    at_most: int
    images: Callable[[], Iterable[Image]]


def _candidates(query: DescribeImages, viewer: Viewer) -> Iterable[Image]:
    """All images that the listing could show, and as few others as an index can leave away.

    Each part of the query leads to the images that can meet it; the shortest way is taken, and everything on it is
    looked at in full. Where even that leads past half of all images, looking at every one in turn is faster.
    """
    world = viewer.world
    ways = [way for part in (_ways_of_filters, _ways_of_owners, _ways_of_users) for way in part(query, viewer)]
    shortest = min(ways, default=_everything_seen(viewer), key=_length)
    if shortest.at_most * 2 < len(world.images):
        return shortest.images()
    return _with_fitting_names(query, world)


def _length(way: _Way) -> int:
    return way.at_most


def _with_fitting_names(query: DescribeImages, world: World) -> Iterable[Image]:
    """Every image whose name fits: names are what millions of images are told apart by, and quickly compared."""
    images: Iterable[Image] = world.images
    for each in query.filters:
        if each.name == "name":
            fits = each.matcher(world.quirks)
            images = [image for image in images if image.name is not None and fits(image.name)]
    return images


def _under(viewer: Viewer, keys: Iterable[tuple[str, Hashable]]) -> _Way:
    """The images under any of several keys of the indexes, each once."""
    images, wanted = viewer.world.images, tuple(keys)

    def found() -> Iterable[Image]:
        ids = dict.fromkeys(one for index, key in wanted for one in images.ids(index, key))
        return (images.records[one] for one in ids)

    return _Way(sum(images.count(index, key) for index, key in wanted), found)


def _everything_seen(viewer: Viewer) -> _Way:
    """The caller's own images, and those of which a permission lets it at them."""
    by = viewer.by
    granted = (("grantee", (by.region, item)) for item in viewer.grants())
    return _under(viewer, (("owner", (by.account, by.region)), *granted))


# A filter's exact values lead to the images under the keys that these functions make of them.
_Keys = Callable[[Viewer, str], Iterable[tuple[str, Hashable]]]
_INDEXED: Final[Mapping[str, _Keys]] = MappingProxyType({
    "block-device-mapping.snapshot-id": lambda _, value: [("snapshot", value)],
    "source-image-id":                  lambda _, value: [("source", value)],
    "owner-id":                         lambda viewer, value: [("owner", (value, viewer.by.region))],
    "owner-alias":                      lambda viewer, value: [("alias", (value, viewer.by.region))],
})  # fmt: skip


def _ways_of_filters(query: DescribeImages, viewer: Viewer) -> Iterator[_Way]:
    for each in query.filters:
        exact = each.exact
        if exact is None:
            continue
        if each.name == "image-id":
            yield _Way(len(exact), partial(_found, viewer.world, exact))
        elif each.name in _INDEXED:
            keys = _INDEXED[each.name]
            yield _under(viewer, [found for value in exact for found in keys(viewer, value)])
        elif each.name == "state" and ImageState.AVAILABLE not in exact:
            yield _under(viewer, [("state", (value, viewer.by.region)) for value in exact])
        elif each.name.startswith("tag:"):
            yield _tagged(viewer, [(each.name.removeprefix("tag:"), value) for value in exact])
        elif each.name == "tag-key":
            yield _tagged(viewer, exact)
        elif each.name == "name" and _only_own(query, viewer):
            by = viewer.by
            yield _under(viewer, [("name", (by.account, by.region, value.lower())) for value in exact])


def _found(world: World, ids: Iterable[str]) -> Iterable[Image]:
    return (image for image in map(world.images.get, ids) if image is not None)


def _only_own(query: DescribeImages, viewer: Viewer) -> bool:
    return bool(query.owners) and all(owner in {OwnerWord.SELF, viewer.by.account} for owner in query.owners)


def _tagged(viewer: Viewer, keys: Sequence[Hashable]) -> _Way:
    """What its owner has tagged so, and all that the caller has written anything on: few as a rule."""
    world, account = viewer.world, viewer.by.account
    by_owner = _under(viewer, [("tag", key) for key in keys])

    def found() -> Iterable[Image]:
        seen: dict[str, Image] = {image.image_id: image for image in by_owner.images()}
        for resource_id, tags in world.foreign_tags.items():
            image = world.images.get(resource_id) if account in tags else None
            if image is not None:
                seen[resource_id] = image
        return seen.values()

    return _Way(by_owner.at_most + len(world.foreign_tags), found)


_ALIASES: Final[Mapping[OwnerScope, OwnerAlias]] = MappingProxyType({
    OwnerWord.AMAZON:           OwnerAlias.AMAZON,
    OwnerWord.AWS_BACKUP_VAULT: OwnerAlias.AWS_BACKUP_VAULT,
    OwnerWord.AWS_MARKETPLACE:  OwnerAlias.AWS_MARKETPLACE,
})  # fmt: skip


def _ways_of_owners(query: DescribeImages, viewer: Viewer) -> Iterator[_Way]:
    if query.owners:
        by = viewer.by
        keys: list[tuple[str, Hashable]] = []
        for owner in query.owners:
            if owner in _ALIASES:
                keys.append(("alias", (_ALIASES[owner], by.region)))
            else:
                keys.append(("owner", (by.account if owner is OwnerWord.SELF else owner, by.region)))
        yield _under(viewer, keys)


def _ways_of_users(query: DescribeImages, viewer: Viewer) -> Iterator[_Way]:
    if query.executable_users:
        region = viewer.by.region
        keys: list[tuple[str, Hashable]] = []
        for user in query.executable_users:
            if user is UserWord.ALL:
                keys.append(("grantee", (region, EVERYONE)))
            elif user in {UserWord.SELF, viewer.by.account}:
                keys.extend(("grantee", (region, item)) for item in viewer.grants())
            else:
                keys.append(("grantee", (region, AccountPermission(user))))
        yield _under(viewer, keys)


# --- one attribute ----------------------------------------------------------------------------------------------------


def _attribute_name(text: str) -> ImageAttributeName:
    try:
        return ImageAttributeName(text)
    except Malformed:
        message = "The request received was invalid."
        raise Malformed("InvalidRequest", message, member="Attribute", value=text) from None


_Read = Callable[[Image, World], Any]
_ATTRIBUTES: Final[Mapping[ImageAttributeName, _Read]] = MappingProxyType({
    ImageAttributeName.DESCRIPTION:               lambda image, _: image.description,
    ImageAttributeName.KERNEL:                    lambda image, _: image.kernel_id,
    ImageAttributeName.RAMDISK:                   lambda image, _: image.ramdisk_id,
    ImageAttributeName.LAUNCH_PERMISSION:         lambda image, _: image.launch_permissions,
    ImageAttributeName.PRODUCT_CODES:             lambda image, _: image.product_codes,
    ImageAttributeName.SRIOV_NET_SUPPORT:         lambda image, _: image.sriov_net_support,
    ImageAttributeName.BOOT_MODE:                 lambda image, _: image.boot_mode,
    ImageAttributeName.TPM_SUPPORT:               lambda image, _: image.tpm_support,
    ImageAttributeName.UEFI_DATA:                 lambda image, _: image.uefi_data,
    ImageAttributeName.LAST_LAUNCHED_TIME:        lambda image, world: lifecycle.last_launched_time(
                                                      image, world.now, world.timing.last_launched_lag),
    ImageAttributeName.IMDS_SUPPORT:              lambda image, _: image.imds_support,
    ImageAttributeName.DEREGISTRATION_PROTECTION: lambda image, _: image.deregistration_protection,
})  # fmt: skip
"""What each attribute is read from. The thirteenth, the mapping, is told to nobody (rule B DA-2)."""


@frozen(kw_only=True)
class DescribeImageAttribute(Query[ImageAttribute]):
    """See one attribute of an image of one's own, in whatever state it is.

    Asking for `blockDeviceMapping` is refused to everybody, even the owner. Raises `Malformed` (`InvalidRequest`) for
    an attribute that EC2 does not have.

    Source: EC2 API Reference, DescribeImageAttribute; rules A 8.8, B DA-1 to B DA-9, C 11.2; settlements S 27, S 28,
    S 42.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        ImageNotFound,
        NotAuthorizedForImage,
        ImageUnavailable,
        AttributeAccessRestricted,
    )

    image_id: ImageId = field(converter=image_id)
    attribute: ImageAttributeName = field(converter=_attribute_name)

    def answer(self, world: World, by: Caller) -> Finding[ImageAttribute]:
        """Go through the checks in order, then read the attribute."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.DESCRIBE_ATTRIBUTE)
        if self.attribute is ImageAttributeName.BLOCK_DEVICE_MAPPING:
            return (yield from nothing(AttributeAccessRestricted(attribute=self.attribute)))
        yield GRANTED
        value = _ATTRIBUTES[self.attribute](image, world)
        return ImageAttribute(image_id=image.image_id, attribute=self.attribute, value=value)
