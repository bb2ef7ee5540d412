"""What an owner does with an image as long as it has it: deprecate, disable and protect it, and take that back.

Source: EC2 User Guide, "Deprecate an Amazon EC2 AMI", "Disable an Amazon EC2 AMI", "Protect an Amazon EC2 AMI from
deregistration"; rules C 2, C 3, C 4.
"""

from datetime import datetime
from typing import ClassVar, Final

from attrs import field, frozen

from amimodel import lifecycle
from amimodel._copies import changed
from amimodel.actions._finding import name_is_free, own_image
from amimodel.callers import Caller
from amimodel.clock import TextForm, parse, render, utc
from amimodel.deprecation import deprecation_time, refusal_to_cancel, refusal_to_deprecate
from amimodel.events import ImageStateChange
from amimodel.identifiers import ImageId, image_id
from amimodel.images import DeregistrationProtectionMode, Image
from amimodel.lifecycle import ImageEvent
from amimodel.protection import ProtectionEvent, after
from amimodel.quirks import CooldownTime
from amimodel.refusals import (
    CooldownKept,
    DeprecationInThePast,
    DeprecationTooLate,
    ImageNameInUse,
    ImageNotFound,
    ImageUnavailable,
    NotAuthorizedForImage,
    PublicDeprecationKept,
    Refusal,
    SnapshotsArchived,
)
from amimodel.requests import GRANTED, Deciding, Outcome, Request, unless
from amimodel.snapshots import StorageTier
from amimodel.tasks import EndCooldown
from amimodel.vocabulary import ImageState
from amimodel.world import World

_OF_AN_OWNER: Final[tuple[type[Refusal], ...]] = (ImageNotFound, NotAuthorizedForImage, ImageUnavailable)


def _deprecate_at(instant: datetime | str) -> datetime:
    return parse(instant, "DeprecateAt") if isinstance(instant, str) else utc(instant)


# --- deprecation ------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class EnableImageDeprecation(Request[Image]):
    """Let an image of one's own be deprecated from a time on; a second call replaces the first.

    Source: EC2 API Reference, EnableImageDeprecation; rules C 2.1 to C 2.10, C 2.20 to C 2.22.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (*_OF_AN_OWNER, DeprecationInThePast, DeprecationTooLate)

    image_id: ImageId = field(converter=image_id)
    deprecate_at: datetime = field(converter=_deprecate_at)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then set the time."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.ENABLE_DEPRECATION)
        yield from unless(refusal_to_deprecate(image, self.deprecate_at, world.now, world.limits, world.quirks))
        yield GRANTED
        deprecated = changed(image, deprecation_time=deprecation_time(self.deprecate_at))
        return Outcome(world.with_image(deprecated), deprecated)


@frozen(kw_only=True)
class DisableImageDeprecation(Request[Image]):
    """Take the time back at which an image of one's own is deprecated.

    Source: EC2 API Reference, DisableImageDeprecation; rules C 2.11, C 2.12.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (*_OF_AN_OWNER, PublicDeprecationKept)

    image_id: ImageId = field(converter=image_id)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then take the time back."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.DISABLE_DEPRECATION)
        yield from unless(refusal_to_cancel(image, world.quirks))
        yield GRANTED
        kept = changed(image, deprecation_time=None)
        return Outcome(world.with_image(kept), kept)


# --- disabling --------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class DisableImage(Request[Image]):
    """Stop new launches from an image of one's own, and hide it from everybody it was shared with.

    Enabling it again gives no permission back. What runs of it runs on.

    Source: EC2 API Reference, DisableImage; rules C 3.1 to C 3.9, C 3.15, C 3.20 to C 3.23.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = _OF_AN_OWNER

    image_id: ImageId = field(converter=image_id)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then disable it."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.DISABLE)
        yield GRANTED
        return _in_state(world, by, image, ImageEvent.DISABLE)


@frozen(kw_only=True)
class EnableImage(Request[Image]):
    """Let a disabled image of one's own be launched again, by oneself for a start.

    Source: EC2 API Reference, EnableImage; rules C 3.17 to C 3.20, C 3.23.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (*_OF_AN_OWNER, SnapshotsArchived, ImageNameInUse)

    image_id: ImageId = field(converter=image_id)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then enable it."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.ENABLE)
        if image.state is ImageState.DISABLED:
            archived = tuple(_archived(world, image))
            if archived:
                code = world.quirks.archived_snapshots_code
                yield SnapshotsArchived(error_code=code, image_id=image.image_id, snapshot_ids=archived)
            if not world.quirks.disabled_image_holds_name and image.name is not None:
                yield from name_is_free(world, by, image.name)
        yield GRANTED
        return _in_state(world, by, image, ImageEvent.ENABLE)


def _archived(world: World, image: Image) -> list[str]:
    """The image's snapshots that are in the archive, or out of it only for a time (rule C 3.17)."""
    lent = not world.quirks.temporary_restore_enables_image
    snapshots = (world.snapshots.get(one) for one in image.snapshot_ids)
    return [
        snapshot.snapshot_id
        for snapshot in snapshots
        if snapshot is not None
        and (snapshot.storage_tier is StorageTier.ARCHIVE or (lent and snapshot.restore_expiry_time is not None))
    ]


def _in_state(world: World, by: Caller, image: Image, event: ImageEvent) -> Outcome[Image]:
    """Let the state follow, and tell of it if it is another one (rules C 3.20, C 3.23)."""
    moved = lifecycle.after(image, event, quirks=world.quirks)
    if moved.state is image.state:
        return Outcome(world, image)
    request_id = world.request_id
    change = ImageStateChange(image_id=ImageId(image.image_id), state=moved.state)
    world = world.with_image(moved).emitting(change, account=by.account, region=by.region, request_id=request_id)
    return Outcome(world, moved)


# --- protection -------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class EnableImageDeregistrationProtection(Request[str]):
    """Keep an image of one's own from being deregistered. The answer is the protection that it has now.

    Source: EC2 API Reference, EnableImageDeregistrationProtection; rules C 4.1, C 4.3, C 4.7, C 4.10.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (*_OF_AN_OWNER, CooldownKept)

    image_id: ImageId = field(converter=image_id)
    with_cooldown: bool = False

    def decide(self, world: World, by: Caller) -> Deciding[str]:
        """Go through the checks in order, then protect it."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.ENABLE_PROTECTION)
        mode = image.deregistration_protection.mode
        drops = mode is DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN and not self.with_cooldown
        if drops and not world.quirks.cooldown_can_be_dropped:
            yield CooldownKept(image_id=self.image_id)
        yield GRANTED
        event = ProtectionEvent.ENABLE_WITH_COOLDOWN if self.with_cooldown else ProtectionEvent.ENABLE
        return _protected(world, image, event)


@frozen(kw_only=True)
class DisableImageDeregistrationProtection(Request[str]):
    """Let an image of one's own be deregistered again: at once, or a day from now if its protection has a cooldown.

    Source: EC2 API Reference, DisableImageDeregistrationProtection; rules C 4.2 to C 4.4, C 4.10.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = _OF_AN_OWNER

    image_id: ImageId = field(converter=image_id)

    def decide(self, world: World, by: Caller) -> Deciding[str]:
        """Go through the checks in order, then end the protection."""
        image = yield from own_image(world, by, self.image_id, ImageEvent.DISABLE_PROTECTION)
        yield GRANTED
        return _protected(world, image, ProtectionEvent.DISABLE)


def _protected(world: World, image: Image, event: ProtectionEvent) -> Outcome[str]:
    before = image.deregistration_protection
    setting = after(before, event, world.now, world.timing.deregistration_cooldown, world.quirks)
    if setting != before:
        world = world.with_image(changed(image, deregistration_protection=setting))
        if setting.cooldown_until is not None:
            world = world.with_task(setting.cooldown_until - world.now, EndCooldown(image_id=ImageId(image.image_id)))
    until = setting.cooldown_until
    if until is None or not world.quirks.cooldown_end_is_returned:
        return Outcome(world, setting.mode.value)
    form = {CooldownTime.MILLISECONDS: TextForm.MILLISECONDS, CooldownTime.SECONDS: TextForm.SECONDS}
    return Outcome(world, f"{setting.mode} after {render(until, form[world.quirks.cooldown_time])}")
