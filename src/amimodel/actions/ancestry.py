"""Where an image comes from: GetImageAncestry.

Source: EC2 User Guide, "AMI ancestry"; EC2 API Reference, GetImageAncestry; rules A 11.3, B 8.2; settlement S 40.
"""

from typing import ClassVar

from attrs import field, frozen

from amimodel import access
from amimodel.actions._seeing import Viewer
from amimodel.ancestry import ImageAncestryEntry, ancestry
from amimodel.callers import Caller
from amimodel.identifiers import ImageId, image_id
from amimodel.images import Image
from amimodel.refusals import ImageNotFound, ImageUnavailable, Refusal
from amimodel.regions import Region
from amimodel.requests import Finding, Query, decided, nothing
from amimodel.vocabulary import ImageState
from amimodel.world import World


@frozen(kw_only=True)
class GetImageAncestry(Query[tuple[ImageAncestryEntry, ...]]):
    """See what an image was made of, and that in turn, back to the first image that is known.

    The account must see the image itself, and its settings must allow it (rule B AA-14). Those before it need neither
    be there any more nor be open to the account, and may be in other Regions of the partition.

    Source: EC2 API Reference, GetImageAncestry; rules A AN-1 to A AN-4, B AN-1 to B AN-7, B AA-14; settlement S 40.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ImageNotFound, ImageUnavailable)

    image_id: ImageId = field(converter=image_id)

    def answer(self, world: World, by: Caller) -> Finding[tuple[ImageAncestryEntry, ...]]:
        """Go through the checks in order, then go back from image to image."""
        image = world.image(self.image_id, by.region)
        if image is None:
            return (yield from nothing(self._missing(world, by)))
        not_found = ImageNotFound.of(self.image_id)
        yield from decided(access.may_describe(image, by.account, world.organizations), not_found)
        viewer = Viewer.of(world, by)
        if viewer.has_permission(image) and not viewer.sees(image):
            yield not_found

        def known(one: ImageId, region: Region) -> Image | None:
            return _known(world, one, region)

        return ancestry(image, known, world.limits)

    def _missing(self, world: World, by: Caller) -> Refusal:
        """What is said of an image that is gone: that it is, as long as EC2 remembers it (rule B 0.3)."""
        if world.former_image(self.image_id, by.region) is None:
            return ImageNotFound.of(self.image_id)
        return ImageUnavailable(image_id=self.image_id, state=ImageState.DEREGISTERED)


def _known(world: World, one: ImageId, region: Region) -> Image | None:
    """An image wherever it is by now, however long ago it went: nothing forgets a lineage (rule B AN-6)."""
    image, binned, gone = world.image(one, region), world.binned(one, region), world.tombstone(one, region)
    if image is not None:
        return image
    if binned is not None and isinstance(binned.resource, Image):
        return binned.resource
    return None if gone is None else gone.image
