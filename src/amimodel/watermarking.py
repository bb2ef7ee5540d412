"""Watermarking: putting a mark of origin on an image, and taking one off again.

A watermark follows an image into everything that is made of it (`amimodel.copying`, `amimodel.creating`), and from then
on each image has its own: what is detached from one stays on all the others.

Source: EC2 User Guide, "AMI watermarks"; rules B W-1 to B W-11, A WM-1.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from amimodel._copies import changed
from amimodel.images import Image
from amimodel.limits import Limits
from amimodel.quirks import Quirks
from amimodel.refusals import PublicImageNotWatermarked, Refusal, WatermarkLimitReached
from amimodel.regions import Region
from amimodel.watermarks import ImageWatermark, WatermarkKey

_AS_RULED: Final = Quirks()
_AS_ALLOWED: Final = Limits.aws()


def watermark_of(image: Image, key: WatermarkKey) -> ImageWatermark | None:
    """The watermark with this key, where the image has it."""
    return next((mark for mark in image.image_watermarks if mark.watermark_key == key), None)


def refusals_to_attach(
    image: Image, key: WatermarkKey, limits: Limits = _AS_ALLOWED, quirks: Quirks = _AS_RULED
) -> Iterator[Refusal]:
    """What speaks against attaching a watermark. One that the image has already takes no more room.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> from amimodel.permissions import EVERYONE
    >>> public = evolve(WEB, launch_permissions=[EVERYONE])
    >>> for refusal in refusals_to_attach(public, WatermarkKey.parse("111122223333:golden")):
    ...     print(refusal.code, "|", refusal)
    OperationNotPermitted | The image ami-12345678 is public, and no watermark can be attached to it.

    Source: rules B W-2 to B W-4.
    """
    if image.public:
        yield PublicImageNotWatermarked(error_code=quirks.watermark_on_public_image_code, image_id=image.image_id)
    limit = limits.watermarks_per_image
    if watermark_of(image, key) is None and len(image.image_watermarks) >= limit:
        yield WatermarkLimitReached(error_code=quirks.watermark_limit_code, image_id=image.image_id, limit=limit)


def attached(image: Image, key: WatermarkKey, region: Region, now: datetime, quirks: Quirks = _AS_RULED) -> Image:
    """The image with a watermark, which remembers this image as the one that it was first attached to.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> marked = attached(
    ...     WEB, WatermarkKey.parse("111122223333:golden"), Region("eu-central-1"), parse("2026-06-01T00:00:00Z")
    ... )
    >>> [str(mark.watermark_key) for mark in marked.image_watermarks], marked.image_watermarks[0].source_image_id
    (['111122223333:golden'], 'ami-12345678')

    A watermark that the image has already stays as it was, also one that it inherited; by a quirk it is made anew, in
    its place.

    Source: rules B W-1, B W-4, B W-5.
    """
    there = watermark_of(image, key)
    if there is not None and quirks.reattached_watermark_keeps_times:
        return image
    new = ImageWatermark(
        watermark_key=key,
        source_image_region=region,
        source_image_id=image.image_id,
        source_image_creation_time=image.creation_date,
        watermark_creation_time=now,
    )
    marks = image.image_watermarks
    placed = (*marks, new) if there is None else tuple(new if mark is there else mark for mark in marks)
    return changed(image, image_watermarks=placed)


def detached(image: Image, key: WatermarkKey) -> Image:
    """The image without a watermark, whoever has made it; where it has none with this key, the image as it is.

    Source: rule B W-6.
    """
    if watermark_of(image, key) is None:
        return image
    return changed(image, image_watermarks=tuple(mark for mark in image.image_watermarks if mark.watermark_key != key))
