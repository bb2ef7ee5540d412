"""DescribeImageAttribute: one attribute of an image of one's own.

Source: EC2 API Reference, DescribeImageAttribute; rules A 8.8, B 1.5, C 11.2; settlements S 27, S 28, S 42.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from attrs import field, frozen

from amimodel import lifecycle
from amimodel.actions._finding import own_image
from amimodel.attributes import ImageAttribute, ImageAttributeName
from amimodel.callers import Caller
from amimodel.identifiers import ImageId, image_id
from amimodel.images import Image
from amimodel.lifecycle import ImageEvent
from amimodel.malformed import Malformed
from amimodel.refusals import (
    AttributeAccessRestricted,
    ImageNotFound,
    ImageUnavailable,
    NotAuthorizedForImage,
    Refusal,
)
from amimodel.requests import GRANTED, Finding, Query, nothing
from amimodel.world import World


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
