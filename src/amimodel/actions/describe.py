"""DescribeImages: what images there are, as far as the caller can see them.

Source: EC2 API Reference, DescribeImages; rules A 8, B 1.7, C 2.30, C 3.12 to C 3.14.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from attrs import field, frozen

from amimodel.actions._candidates import Asked, candidates
from amimodel.actions._seeing import Viewer
from amimodel.callers import Caller
from amimodel.filters import Filter, as_filters, limit_refusal, matcher
from amimodel.image_filters import GUIDE_IMAGE_FILTERS, disabled_refusal, guide_refusal
from amimodel.images import AnyImageId, Image, any_image_id
from amimodel.lifecycle import Stage
from amimodel.names import text_or_none
from amimodel.paging import PAGE_BOUNDS, Page, page, page_size_refusal
from amimodel.refusals import (
    DisabledImagesNotIncluded,
    FilterLimitExceeded,
    IdsNotPaged,
    ImageNotFound,
    InvalidNextToken,
    PageSizeRefused,
    Refusal,
    UnknownFilter,
)
from amimodel.requests import Finding, Query, nothing, unless
from amimodel.scopes import (
    OwnerScope,
    UserScope,
    executable_by,
    executable_users,
    image_owners,
    owned_by,
)
from amimodel.visibility import is_shown
from amimodel.world import World


def _image_ids(ids: Iterable[str]) -> tuple[AnyImageId, ...]:
    return tuple(any_image_id(one) for one in ids)


def _known_filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    given = as_filters(filters)
    GUIDE_IMAGE_FILTERS.check(given)
    return given


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
    next_token: str | None = field(default=None, converter=text_or_none)

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
        for image in candidates(Asked(self.owners, self.executable_users, self.filters), viewer):
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
