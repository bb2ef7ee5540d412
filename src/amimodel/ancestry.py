"""Ancestry: the images that an image was made of, back to the first one that is known.

Every image tells its direct source, if it has one. Their sources tell the rest, whether or not they are still there,
and whoever may use them: what an image was made of is no secret of those who own the images on the way.

Source: EC2 User Guide, "AMI ancestry"; botocore 1.44.5, shape ImageAncestryEntry; rules A 11.3, B AN-1 to B AN-7;
settlement S 40.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias

from attrs import field, frozen
from attrs.converters import optional

from amimodel.clock import utc
from amimodel.identifiers import ImageId, image_id
from amimodel.images import AnyImageId, Image, any_image_id
from amimodel.limits import Limits
from amimodel.regions import Region, as_region
from amimodel.vocabulary import ImageState, OwnerAlias

_AS_ALLOWED: Final = Limits.aws()

Known: TypeAlias = Callable[[ImageId, Region], Image | None]
"""What tells of an image in a Region, also of one that is gone."""


def _source_image_id(text: str) -> ImageId:
    return image_id(text, "SourceImageId")


def _source_image_region(region: str | Region) -> Region:
    return as_region(region, "SourceImageRegion")


@frozen(kw_only=True)
class ImageAncestryEntry:
    """An image on the way back: when it was made, by whom if that is a name AWS gives, and what of.

    Source: rules A AN-2, B AN-2.
    """

    image_id: AnyImageId = field(converter=any_image_id)
    creation_date: datetime = field(converter=utc)
    image_owner_alias: OwnerAlias | None = field(default=None, converter=optional(OwnerAlias))
    source_image_id: ImageId | None = field(default=None, converter=optional(_source_image_id))
    source_image_region: Region | None = field(default=None, converter=optional(_source_image_region))

    @classmethod
    def of(cls, image: Image) -> "ImageAncestryEntry":
        """What ancestry tells of an image. It tells the source of the last one, too (rule B AN-4)."""
        return cls(
            image_id=image.image_id,
            creation_date=image.creation_date,
            image_owner_alias=image.image_owner_alias,
            source_image_id=image.source_image_id,
            source_image_region=image.source_image_region,
        )


def ancestry(image: Image, known: Known, limits: Limits = _AS_ALLOWED) -> tuple[ImageAncestryEntry, ...]:
    """An image, the image that it was made of, the image that one was made of, and so on.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> copy = evolve(WEB, image_id="ami-87654321", source_image_id="ami-12345678", source_image_region="us-east-1")
    >>> [entry.image_id for entry in ancestry(copy, lambda image_id, region: WEB)]
    ['ami-87654321', 'ami-12345678']

    It ends with the first image that has no recorded source, has one in another partition, or has one of which nothing
    is known; with an image that AWS offers to everyone (`is_root`); and when the list is full.

    Source: rules A AN-1 to A AN-3, B AN-1 to B AN-7; settlement S 40.
    """
    entries: list[ImageAncestryEntry] = []
    one: Image | None = image
    while one is not None and len(entries) < limits.ancestry_entries:
        entries.append(ImageAncestryEntry.of(one))
        one = _made_of(one, known)
    return tuple(entries)


_ROOTS: Final = frozenset({OwnerAlias.AMAZON, OwnerAlias.AWS_MARKETPLACE})
_WITHOUT_PERMISSIONS: Final = frozenset({ImageState.DISABLED, ImageState.DEREGISTERED})


def is_root(image: Image) -> bool:
    """Whether ancestry ends with an image whatever it was made of: a public one of Amazon or of AWS Marketplace.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> from amimodel.permissions import EVERYONE
    >>> private = evolve(WEB, image_owner_alias="amazon")
    >>> is_root(private), is_root(evolve(private, launch_permissions=[EVERYONE]))
    (False, True)

    An image that is disabled or gone has lost its permissions (rules C 3.4, C 5.17). What can be said of it is who had
    it, and that is taken to be enough: an ancestry must not grow longer because AWS withdraws an image (rule B AN-6).

    Source: rules A AN-2, B AN-3; settlement S 40.
    """
    return image.image_owner_alias in _ROOTS and (image.public or image.state in _WITHOUT_PERMISSIONS)


def _made_of(image: Image, known: Known) -> Image | None:
    source, region = image.source_image_id, image.source_image_region
    if source is None or region is None or is_root(image):
        return None
    elsewhere = image.region is not None and image.region.partition is not region.partition
    return None if elsewhere else known(source, region)
