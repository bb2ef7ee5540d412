"""Block public access: keeping one's images, and one's snapshots, from becoming everyone's.

The two know nothing of each other: an image can be made public though its snapshots cannot (rule B SBP-6). What is
shared with accounts, organizations and units by name is no matter to either (rules B BPA-8, B SBP-7).

Source: EC2 User Guide, "Block public access to your AMIs"; EBS User Guide, "Block public access for Amazon EBS
snapshots"; rules B BPA-1 to B BPA-10, B SBP-1 to B SBP-8; settlement S 18.
"""

from datetime import timedelta
from typing import ClassVar, Final

from attrs import evolve, field, frozen

from amimodel.actions._settling import given, own_settings, pending_blocks, settling, unmanaged
from amimodel.callers import Caller
from amimodel.malformed import invalid_value
from amimodel.refusals import ManagedByDeclarativePolicy, Refusal
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Query, Request
from amimodel.settings import (
    ImageBlockPublicAccess,
    ImageBlockPublicAccessState,
    SnapshotBlockPublicAccess,
    SnapshotBlockPublicAccessState,
)
from amimodel.tasks import BlockImagePublicAccess
from amimodel.world import World

_NO_TIME: Final = timedelta()


def _image_state(text: str) -> ImageBlockPublicAccessState:
    state = ImageBlockPublicAccessState(given(text, "ImageBlockPublicAccessState"))
    if state is ImageBlockPublicAccessState.UNBLOCKED:
        raise invalid_value("ImageBlockPublicAccessState", text, "Expected block-new-sharing.")
    return state


def _snapshot_state(text: str) -> SnapshotBlockPublicAccessState:
    state = SnapshotBlockPublicAccessState(given(text, "State"))
    if state is SnapshotBlockPublicAccessState.UNBLOCKED:
        raise invalid_value("State", text, "Expected block-all-sharing or block-new-sharing.")
    return state


def _of_images(world: World, by: Caller) -> Finding[ImageBlockPublicAccess]:
    setting = own_settings(world, by).image_block_public_access
    yield from unmanaged(world, "block public access for AMIs", setting.managed_by, setting.exception_message)
    return setting


def _of_snapshots(world: World, by: Caller) -> Finding[SnapshotBlockPublicAccess]:
    setting = own_settings(world, by).snapshot_block_public_access
    yield from unmanaged(world, "block public access for snapshots", setting.managed_by, setting.exception_message)
    return setting


# --- images -----------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class EnableImageBlockPublicAccess(Request[ImageBlockPublicAccessState]):
    """Let no image of one's own become public any more. Those that are public stay so.

    EC2 may need some minutes for it (`Timing.block_public_access_delay`). Until then the setting is still `unblocked`,
    and images can still be made public; the answer is what it will be.

    >>> EnableImageBlockPublicAccess(image_block_public_access_state="unblocked")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: ... Expected block-new-sharing.

    Source: EC2 API Reference, EnableImageBlockPublicAccess; rules B BPA-3, B BPA-4, B BPA-7, B BPA-9.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ManagedByDeclarativePolicy,)

    image_block_public_access_state: ImageBlockPublicAccessState = field(converter=_image_state)

    def decide(self, world: World, by: Caller) -> Deciding[ImageBlockPublicAccessState]:
        """Go through the checks in order, then block, or begin to."""
        setting = yield from _of_images(world, by)
        yield GRANTED
        state, delay = self.image_block_public_access_state, world.timing.block_public_access_delay
        if setting.blocks_new_sharing or pending_blocks(world, by.account, by.region):
            return Outcome(world, state)
        if delay > _NO_TIME:
            return Outcome(
                world.with_task(delay, BlockImagePublicAccess(account_id=by.account, region=by.region)), state
            )
        blocking = evolve(setting, state=state)
        return Outcome(settling(world, by.account, by.region, image_block_public_access=blocking), state)


@frozen(kw_only=True)
class DisableImageBlockPublicAccess(Request[ImageBlockPublicAccessState]):
    """Let images of one's own become public again, at once.

    Source: EC2 API Reference, DisableImageBlockPublicAccess; rules B BPA-5, B BPA-9.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ManagedByDeclarativePolicy,)

    def decide(self, world: World, by: Caller) -> Deciding[ImageBlockPublicAccessState]:
        """Go through the checks in order, then unblock; what was to be blocked later no longer is."""
        setting = yield from _of_images(world, by)
        yield GRANTED
        unblocked = evolve(setting, state=ImageBlockPublicAccessState.UNBLOCKED)
        world = world.without_tasks(pending_blocks(world, by.account, by.region))
        world = settling(world, by.account, by.region, image_block_public_access=unblocked)
        return Outcome(world, unblocked.state)


@frozen(kw_only=True)
class GetImageBlockPublicAccessState(Query[ImageBlockPublicAccess]):
    """Ask whether images of one's own can become public, and who decides that.

    What a declarative policy says to those it refuses, EC2 does not tell here.

    Source: EC2 API Reference, GetImageBlockPublicAccessState; rules B BPA-4, B BPA-6.
    """

    def answer(self, world: World, by: Caller) -> Finding[ImageBlockPublicAccess]:
        """Read the setting."""
        yield GRANTED
        return evolve(own_settings(world, by).image_block_public_access, exception_message=None)


# --- snapshots --------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class EnableSnapshotBlockPublicAccess(Request[SnapshotBlockPublicAccessState]):
    """Let no snapshot of one's own become public any more; with `block-all-sharing`, none is public any more either.

    Permissions stay as they are written: public snapshots only count as private, and are public again as soon as the
    setting is another one. A second call may choose the other of the two states.

    Source: EC2 API Reference, EnableSnapshotBlockPublicAccess; rules B SBP-2 to B SBP-5, B SBP-8.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ManagedByDeclarativePolicy,)

    state: SnapshotBlockPublicAccessState = field(converter=_snapshot_state)

    def decide(self, world: World, by: Caller) -> Deciding[SnapshotBlockPublicAccessState]:
        """Go through the checks in order, then block."""
        setting = yield from _of_snapshots(world, by)
        yield GRANTED
        blocking = evolve(setting, state=self.state)
        world = settling(world, by.account, by.region, snapshot_block_public_access=blocking)
        return Outcome(world, self.state)


@frozen(kw_only=True)
class DisableSnapshotBlockPublicAccess(Request[SnapshotBlockPublicAccessState]):
    """Let snapshots of one's own become public; those whose permissions say so are public again.

    Source: EC2 API Reference, DisableSnapshotBlockPublicAccess; rules B SBP-4, B SBP-8.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ManagedByDeclarativePolicy,)

    def decide(self, world: World, by: Caller) -> Deciding[SnapshotBlockPublicAccessState]:
        """Go through the checks in order, then unblock."""
        setting = yield from _of_snapshots(world, by)
        yield GRANTED
        unblocked = evolve(setting, state=SnapshotBlockPublicAccessState.UNBLOCKED)
        world = settling(world, by.account, by.region, snapshot_block_public_access=unblocked)
        return Outcome(world, unblocked.state)


@frozen(kw_only=True)
class GetSnapshotBlockPublicAccessState(Query[SnapshotBlockPublicAccess]):
    """Ask whether snapshots of one's own can become public, and who decides that.

    Source: EC2 API Reference, GetSnapshotBlockPublicAccessState; rules B SBP-1, B SBP-8.
    """

    def answer(self, world: World, by: Caller) -> Finding[SnapshotBlockPublicAccess]:
        """Read the setting."""
        yield GRANTED
        return evolve(own_settings(world, by).snapshot_block_public_access, exception_message=None)
