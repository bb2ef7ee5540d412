"""An end of sharing, by the owner or the other: ResetImageAttribute, CancelImageLaunchPermission.

Source: EC2 User Guide, "Shared AMI" and "Cancel having an AMI shared with your account"; rules B 1.4, B 1.6, C 1.3;
settlements S 20, S 25, S 29.
"""

from typing import ClassVar, Final

from attrs import field, frozen

from amimodel import lifecycle, sharing
from amimodel.access import permissions_are_told
from amimodel.actions._finding import own_image
from amimodel.actions._seeing import Viewer
from amimodel.attributes import ImageAttributeName
from amimodel.callers import Caller
from amimodel.decisions import PermissionsNotTold
from amimodel.identifiers import ImageId, image_id
from amimodel.images import Image
from amimodel.lifecycle import ImageEvent
from amimodel.malformed import invalid_value
from amimodel.refusals import ImageNotFound, ImageUnavailable, NotAuthorizedForImage, NotSharedWithAccount, Refusal
from amimodel.requests import GRANTED, Deciding, Doubt, Finding, Outcome, Request, nothing
from amimodel.world import World

_LAUNCH_PERMISSION: Final = ImageAttributeName.LAUNCH_PERMISSION


def _only_launch_permission(text: str) -> ImageAttributeName:
    if text.lower() != _LAUNCH_PERMISSION.lower():
        raise invalid_value("Attribute", text, "Only launchPermission can be reset.")
    return _LAUNCH_PERMISSION


@frozen(kw_only=True)
class ResetImageAttribute(Request[Image]):
    """Take back every launch permission of an image of one's own.

    Source: EC2 API Reference, ResetImageAttribute; rules B RS-1 to B RS-3; settlement S 20.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ImageNotFound, NotAuthorizedForImage, ImageUnavailable)

    image_id: ImageId = field(converter=image_id)
    attribute: ImageAttributeName = field(default=_LAUNCH_PERMISSION, converter=_only_launch_permission)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then take them back."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.RESET_ATTRIBUTE)
        yield GRANTED
        after = sharing.reset(image)
        return Outcome(world.with_image(after), after)


@frozen(kw_only=True)
class CancelImageLaunchPermission(Request[bool]):
    """Give up an image that somebody has shared with one's own account by name.

    What flows through an organization or a unit, and what is public, cannot be given up.

    Source: EC2 API Reference, CancelImageLaunchPermission; rules B CL-1 to B CL-8, C 1.3; settlement S 29.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ImageNotFound, NotSharedWithAccount, ImageUnavailable)

    image_id: ImageId = field(converter=image_id)

    def decide(self, world: World, by: Caller) -> Deciding[bool]:
        """Go through the checks in order, then give it up."""
        image = yield from _to_give_up(world, by, self.image_id)
        not_shared = NotSharedWithAccount(image_id=self.image_id, account_id=by.account)
        if by.account not in image.launch_permissions.accounts:
            if permissions_are_told(image):
                return (yield from nothing(not_shared))
            yield Doubt(PermissionsNotTold(self.image_id), not_shared)
        spoilt = lifecycle.refusal(image, ImageEvent.MODIFY_ATTRIBUTE, quirks=world.quirks)
        if spoilt is not None:
            yield spoilt if world.quirks.cancel_share_names_unavailable_image else not_shared
        yield GRANTED
        return Outcome(world.with_image(sharing.cancel(image, by.account)), True)


def _to_give_up(world: World, by: Caller, one: str) -> Finding[Image]:
    image = world.image(one, by.region)
    if image is None:
        return (yield from nothing(ImageNotFound.of(one)))
    hidden = not world.quirks.cancel_share_ignores_allowed_images and not Viewer.of(world, by).is_allowed(image)
    if hidden:
        yield ImageNotFound.of(one)
    return image
