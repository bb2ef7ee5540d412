"""What an owner hangs on an image for others to go by: watermarks, and the instance types that it is meant for.

Source: EC2 User Guide, "AMI watermarks"; EC2 API Reference, AttachImageWatermark, DetachImageWatermark,
ReplaceImageInstanceTypeSpecification; rules B 8.1, A 11.4, B 5.1; settlements S 17, S 20, S 25.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Final

from attrs import field, frozen

from amimodel._copies import changed
from amimodel.actions._finding import own_image
from amimodel.callers import Caller
from amimodel.identifiers import ImageId, image_id
from amimodel.images import Image
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.lifecycle import ImageEvent
from amimodel.limits import Limits
from amimodel.refusals import (
    ImageNotFound,
    ImageUnavailable,
    MarketplaceSpecificationRefused,
    NotAuthorizedForImage,
    PublicImageNotWatermarked,
    Refusal,
    TooManyInstanceTypes,
    WatermarkLimitReached,
)
from amimodel.requests import GRANTED, Deciding, Outcome, Request, each
from amimodel.vocabulary import OwnerAlias
from amimodel.watermarking import attached, detached, refusals_to_attach
from amimodel.watermarks import WatermarkKey, as_watermark_key, watermark_name
from amimodel.world import World

_OF_AN_OWNER: Final[tuple[type[Refusal], ...]] = (ImageNotFound, NotAuthorizedForImage, ImageUnavailable)

# --- watermarks -------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class AttachImageWatermark(Request[WatermarkKey]):
    """Put a watermark on an image of one's own that is not public. Whatever is made of the image from now on has it.

    Instances that run of it by now have what the image had when they were launched. A second call changes nothing.
    The answer is the watermark's key: the account and the name. Raises `Malformed`.

    Source: EC2 API Reference, AttachImageWatermark; rules B W-1 to B W-5, B W-10.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (*_OF_AN_OWNER, PublicImageNotWatermarked, WatermarkLimitReached)

    image_id: ImageId = field(converter=image_id)
    watermark_name: str = field(converter=watermark_name)

    def decide(self, world: World, by: Caller) -> Deciding[WatermarkKey]:
        """Go through the checks in order, then attach it."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.MODIFY_ATTRIBUTE)
        key = WatermarkKey(by.account, self.watermark_name)
        yield from each(refusals_to_attach(image, key, world.limits, world.quirks))
        yield GRANTED
        return Outcome(world.with_image(attached(image, key, by.region, world.now, world.quirks)), key)


@frozen(kw_only=True)
class DetachImageWatermark(Request[Image]):
    """Take a watermark off an image of one's own, whoever has made it. One that is not there is no matter.

    What was made of the image keeps it. Raises `Malformed`.

    Source: EC2 API Reference, DetachImageWatermark; rules B W-6, B W-10.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = _OF_AN_OWNER

    image_id: ImageId = field(converter=image_id)
    watermark_key: WatermarkKey = field(converter=as_watermark_key)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then detach it."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.MODIFY_ATTRIBUTE)
        yield GRANTED
        left = detached(image, self.watermark_key)
        return Outcome(world.with_image(left), left)


# --- instance types ---------------------------------------------------------------------------------------------------


def _specification(
    given: InstanceTypeSpecification | Mapping[str, Iterable[str]] | None,
) -> InstanceTypeSpecification | None:
    """Take a specification, or its lists by their names; none of them, or empty ones, are no specification."""
    if given is None or isinstance(given, InstanceTypeSpecification):
        return given
    lists = {name: tuple(patterns) for name, patterns in given.items()}
    return InstanceTypeSpecification(**lists) if any(lists.values()) else None


@frozen(kw_only=True)
class ReplaceImageInstanceTypeSpecification(Request[Image]):
    """Say which instance types an image of one's own can be launched on, in place of what was said before.

    >>> ReplaceImageInstanceTypeSpecification(
    ...     image_id="ami-12345678", instance_type_specification={"unsupported_instance_types": []}
    ... ) == ReplaceImageInstanceTypeSpecification(image_id="ami-12345678")
    True

    Without a specification, or with one whose lists are empty, whatever was said is taken back. What runs of the image
    runs on. Raises `Malformed` for what is no specification.

    Source: EC2 API Reference, ReplaceImageInstanceTypeSpecification; rules A IT-1 to A IT-8, B IT-1 to B IT-8;
    settlements S 17, S 25.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        *_OF_AN_OWNER,
        MarketplaceSpecificationRefused,
        TooManyInstanceTypes,
    )

    image_id: ImageId = field(converter=image_id)
    instance_type_specification: InstanceTypeSpecification | None = field(default=None, converter=_specification)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then replace it."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.MODIFY_ATTRIBUTE)
        specification = self.instance_type_specification
        if specification is not None:
            yield from each(_refusals_to_specify(image, specification, world.limits))
        yield GRANTED
        specified = changed(image, instance_type_specification=specification)
        return Outcome(world.with_image(specified), specified)


def _refusals_to_specify(image: Image, specification: InstanceTypeSpecification, limits: Limits) -> Iterator[Refusal]:
    """What speaks against a specification (rules A IT-1, A IT-6, B IT-4, B IT-6, B MP-9).

    What is listed in AWS Marketplace is told by its owner's alias. A product code tells less: it also follows what was
    sold into the private images that a buyer makes (rule B MP-3).
    """
    if image.image_owner_alias is OwnerAlias.AWS_MARKETPLACE:
        yield MarketplaceSpecificationRefused(image_id=image.image_id)
    limit = limits.instance_types_per_list
    for member, patterns in (
        ("SupportedInstanceTypes", specification.supported_instance_types),
        ("UnsupportedInstanceTypes", specification.unsupported_instance_types),
    ):
        if len(patterns) > limit:
            yield TooManyInstanceTypes(member=member, instance_types=len(patterns), limit=limit)
