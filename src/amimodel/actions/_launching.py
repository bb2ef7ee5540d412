"""Whether an image can be launched, and on what volumes: the checks of RunInstances, one after the other.

Each finds what the next ones go on with, and refuses in EC2's words where something speaks against it. Their order
stands in `amimodel.actions.launch`.

Source: rules B 5 (LD-4 to LD-21), A 4.5, A 5, A ID-10; settlements S 2, S 5, S 15, S 30.
"""

import re
from typing import Final

from amimodel import access, booting, compatibility, kernels, lifecycle, metadata_options
from amimodel.actions._seeing import Viewer
from amimodel.allowed_images import may_use
from amimodel.booting import Place
from amimodel.callers import Caller
from amimodel.decisions import Settled
from amimodel.identifiers import KernelId
from amimodel.images import Image, any_image_id
from amimodel.instance_types import InstanceType
from amimodel.lifecycle import ImageEvent, Stage
from amimodel.malformed import invalid_value
from amimodel.metadata_options import InstanceMetadataOptions, MetadataOptions
from amimodel.product_codes import ProductCodeType
from amimodel.refusals import (
    BootModeUnsupported,
    HttpTokensEnforced,
    ImageNotFound,
    ImageUnavailable,
    NotAMachineImage,
    NotAuthorizedForImages,
    ParameterNotResolved,
    Refusal,
    SubscriptionRequired,
)
from amimodel.requests import Finding, decided, each, nothing, unless
from amimodel.vocabulary import BootMode, ImageState
from amimodel.world import World

# --- which image ------------------------------------------------------------------------------------------------------

_PREFIX: Final = "resolve:ssm:"
_is_parameter = re.compile(rf"{_PREFIX}[A-Za-z0-9_./-]+(?::[A-Za-z0-9_./-]+)?", re.ASCII).fullmatch
_GONE: Final = frozenset({Stage.DEREGISTERED, Stage.IN_RECYCLE_BIN})


def image_reference(text: str) -> str:
    """Read what a launch may name its image by: an id, or a parameter of Systems Manager.

    >>> image_reference("resolve:ssm:/golden/web:3")
    'resolve:ssm:/golden/web:3'

    Raises `Malformed`.

    Source: rule A ID-10.
    """
    if not isinstance(text, str) or not text.startswith(_PREFIX):
        return any_image_id(text)
    if _is_parameter(text):
        return text
    raise invalid_value("ImageId", text, f"Expected {_PREFIX} and the name of a parameter, with or without a version.")


def named_image(world: World, by: Caller, reference: str) -> Finding[str]:
    """The id that a launch names, or that a parameter named when it was asked.

    A version counts the images that the parameter has named. Labels are not modelled: none is known.

    Refuses with `ParameterNotResolved`.

    Source: rules A ID-10, A 10.4.
    """
    if not reference.startswith(_PREFIX):
        return reference
    parameter = reference.removeprefix(_PREFIX)
    name, _, version = parameter.partition(":")
    named = world.parameters.get((by.region, name), ())
    if not version and named:
        return named[-1]
    if version.isdecimal() and 1 <= int(version) <= len(named):
        return named[int(version) - 1]
    return (yield from nothing(ParameterNotResolved(parameter=parameter)))


def launchable_image(world: World, by: Caller, image_id: str) -> Finding[Image]:
    """The image, which is there, allowed, permitted and available.

    Of an image that is gone EC2 tells everybody that it is; of one that Allowed AMIs hides, that it never was.

    Refuses with `ImageNotFound`, `ImageUnavailable` and `NotAuthorizedForImages`.

    Source: rules B LD-4 to LD-8, B LD-24, B 0.3, C 0.7, C 1.3; settlements S 2, S 5, S 11.
    """
    found = world.former_image(image_id, by.region)
    if found is None:
        return (yield from nothing(ImageNotFound.of(image_id)))
    image, stage = found
    if stage in _GONE:
        return (yield from nothing(ImageUnavailable(image_id=image_id, state=ImageState.DEREGISTERED)))
    settings = world.settings(by.account, by.region).allowed_images
    yield from each(may_use(settings, image, by.account, world.now, world.quirks).refusals)
    permitted = access.has_launch_permission(image, by.account, world.organizations)
    if permitted.allowed is False and not world.quirks.launch_reveals_invisible_image:
        yield ImageNotFound.of(image_id)
    else:
        yield from decided(permitted, NotAuthorizedForImages(image_id=image_id))
    yield from unless(lifecycle.refusal(image, ImageEvent.RUN, quirks=world.quirks))
    return image


# --- whether it fits --------------------------------------------------------------------------------------------------

FITTING: Final[tuple[type[Refusal], ...]] = (NotAMachineImage, SubscriptionRequired, *compatibility.REFUSALS[1:])
"""What `fitting` can say, in EC2's order."""


def fitting(
    world: World, by: Caller, image: Image, kind: InstanceType, *, place: Place, kernel_id: KernelId | None
) -> Finding[BootMode | None]:
    """The mode in which instances of the image boot on the type; None where something is in the way of that.

    Whether a product of AWS Marketplace may be launched on the type and in the Region (rule B LD-11) is not checked:
    only its seller knows.

    Refuses with `FITTING`.

    Source: rules B LD-9 to LD-18, A VR-3, A 6.2; settlement S 53.
    """
    against = compatibility.fits(image, kind, kernel_id=kernel_id, place=place, quirks=world.quirks).refusals
    first = 1 if against and isinstance(against[0], NotAMachineImage) else 0
    yield from each(against[:first])
    yield from _subscribed(world, by, image)
    yield from each(against[first:])
    if any(isinstance(refusal, BootModeUnsupported) for refusal in against):
        return None
    mode = booting.resolve(image, kind, place=place, quirks=world.quirks)
    yield Settled("the boot mode", mode.value, "A 6.2, B 5.2")
    return mode


def _subscribed(world: World, by: Caller, image: Image) -> Finding[None]:
    """Whoever is not the owner has subscribed to what is sold (rules A PC-5, B LD-10)."""
    if image.owner_id == by.account:
        return
    for code in image.product_codes:
        sold = code.product_code_type is ProductCodeType.MARKETPLACE
        if sold and (by.account, code.product_code_id) not in world.subscriptions:
            yield SubscriptionRequired(image_id=image.image_id, product_code=code.product_code_id)


def existing_kernels(world: World, by: Caller, *ids: str | None) -> Finding[None]:
    """The kernel and the RAM disk that a paravirtual instance starts from: images that the caller can see.

    PV-GRUB is in every Region that has it, whether or not the world knows its images.

    Refuses with `ImageNotFound`.

    Source: rules A ID-2, A KR-6, A RI-12; settlement S 15.
    """
    for one in ids:
        if one is None or one in kernels.PV_GRUB_KERNELS.get(by.region.name, {}).values():
            continue
        image = world.image(one, by.region)
        if image is None or not Viewer.of(world, by).sees(image):
            yield ImageNotFound.of(one)


def metadata_service(
    world: World, by: Caller, image: Image, requested: MetadataOptions
) -> Finding[InstanceMetadataOptions]:
    """How the metadata service of the instances is set up. Refuses with `HttpTokensEnforced`.

    Source: rules B IM-1 to IM-5, B LD-19.
    """
    defaults = world.settings(by.account, by.region).instance_metadata_defaults
    options = metadata_options.resolve(requested, defaults=defaults, imds_support=image.imds_support)
    yield Settled("HttpTokens", options.http_tokens.value, "B IM-1 to IM-3")
    try:
        metadata_options.check_enforced(options, defaults)
    except HttpTokensEnforced as refusal:
        yield refusal
    return options
