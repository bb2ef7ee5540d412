"""What CopyImage must know of a world: who may copy an image there, how many are being copied, what lies in S3.

Source: rules B CI-2 to B CI-8, B CI-14, B CI-26, B SBP-5; settlements S 6, S 26.
"""

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from amimodel import access
from amimodel.actions._finding import counting_permissions
from amimodel.allowed_images import may_use
from amimodel.callers import Caller
from amimodel.copying import ImageCopy
from amimodel.decisions import (
    Decision,
    MembershipNotTold,
    Owner,
    PermissionsNotTold,
    Permitted,
    SnapshotNotTold,
)
from amimodel.images import Image
from amimodel.quirks import CopyRegion
from amimodel.refusals import (
    ImageNotFound,
    ImageUnavailable,
    MarketplaceCopyRefused,
    NoStoragePermission,
    NotAuthorizedForImages,
    Refusal,
)
from amimodel.requests import Doubt, Finding, decided, each
from amimodel.vocabulary import ImageState
from amimodel.world import World

MAY_COPY: Final[tuple[type[Refusal], ...]] = (
    ImageNotFound,
    NotAuthorizedForImages,
    ImageUnavailable,
    NoStoragePermission,
    MarketplaceCopyRefused,
)
"""What `may_copy` can say, in order."""


def may_copy(world: World, by: Caller, copy: ImageCopy) -> Finding[None]:
    """The caller sees the image, its own settings allow it, and it may read what the image is made of.

    A snapshot that is needed and not known is in doubt, for the owner as well.

    Refuses with `MAY_COPY`.

    Source: rules B CI-2 to B CI-8, B SBP-5; settlements S 6, S 26.
    """
    source, location = copy.source, copy.source.image_location
    bundle = None if location is None else world.bundles.get(location)
    decision = access.may_copy(
        source,
        by.account,
        {one: counting_permissions(world, snapshot) for one, snapshot in copy.snapshots.items()},
        world.organizations,
        world.quirks,
        bundle_readable=None if bundle is None else bundle.readable,
    )
    of_image, of_storage = _parted(decision, source)
    yield from decided(of_image, ImageNotFound.of(source.image_id))
    settings_of = {CopyRegion.SOURCE: copy.source_region, CopyRegion.DESTINATION: copy.region}
    allowed = world.settings(by.account, settings_of[world.quirks.copy_allowed_by_settings_of]).allowed_images
    yield from each(may_use(allowed, source, by.account, world.now, world.quirks).refusals)
    closed = NoStoragePermission(image_id=source.image_id, snapshot_ids=source.snapshot_ids)
    yield from decided(of_storage, closed)
    if source.owner_id == by.account:
        missing = (one for one in source.snapshot_ids if one not in copy.snapshots)
        yield from (Doubt(SnapshotNotTold(one), closed) for one in missing)


_OF_THE_IMAGE: Final = (Owner, Permitted, ImageNotFound, NotAuthorizedForImages, MembershipNotTold)


def _parted(decision: Decision, source: Image) -> tuple[Decision, Decision]:
    """Part what lets the caller see the image from all the rest: Allowed AMIs come between (rule B CI-3)."""
    untold = PermissionsNotTold(source.image_id)
    of_image = tuple(one for one in decision.because if isinstance(one, _OF_THE_IMAGE) or one == untold)
    rest = tuple(one for one in decision.because if one not in of_image)
    return Decision(decision.allowed, of_image), Decision(decision.allowed, rest)


def copies_in_progress(world: World, by: Caller) -> Iterator[Image]:
    """The images that the caller is having copied to its Region (rule B CI-14)."""
    for image in world.images.having("state", (ImageState.PENDING, by.region)):
        if image.owner_id == by.account and image.source_image_id is not None and image.source_instance_id is None:
            snapshots = map(world.snapshots.get, image.snapshot_ids)
            if all(one is None or one.transfer_type is not None for one in snapshots):  # else it is being restored
                yield image


# --- images in S3 -----------------------------------------------------------------------------------------------------


def with_bundle_copied(world: World, source: Image, copy: Image) -> World:
    """Let the bundle of an image in S3 lie in the copier's bucket as well (rules B 7.3, B CI-26)."""
    bundle = None if source.image_location is None else world.bundles.get(source.image_location)
    if bundle is None or copy.image_location is None:
        return world
    return world.with_bundle(evolve(bundle, location=copy.image_location, account=copy.owner_id))


def size_gib(world: World, source: Image) -> int:
    """How much an image without snapshots has to copy, as far as that is known."""
    bundle = None if source.image_location is None else world.bundles.get(source.image_location)
    return source.size_gib if bundle is None else bundle.size_gib
