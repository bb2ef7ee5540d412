"""How an account sees images: which it sees at all, and what of each.

Source: EC2 User Guide, "Shared AMI"; rules A 8.2, A 8.7, B 0.3, B 1.7, B VI-5, B VS-4, C 1.4; settlements S 1, S 34.
"""

from collections.abc import Iterator
from typing import Final

from attrs import evolve, frozen

from amimodel import access, lifecycle
from amimodel._copies import changed
from amimodel.allowed_images import effect_on
from amimodel.block_devices import BlockDeviceMapping
from amimodel.callers import Caller
from amimodel.image_filters import SeenImage
from amimodel.images import UNPROTECTED, Image
from amimodel.permissions import (
    EVERYONE,
    NOT_PUBLIC,
    PUBLIC_AT_LEAST,
    AccountPermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.settings import AllowedImagesSettings, AllowedImagesSettingsState
from amimodel.tagging import visible_tags
from amimodel.tags import Tags
from amimodel.vocabulary import ImageState
from amimodel.world import World

_DISABLED: Final = AllowedImagesSettingsState.DISABLED


@frozen
class Viewer:
    """An account that looks at images, with what it has settled about them."""

    world: World
    by: Caller
    allowed_images: AllowedImagesSettings

    @classmethod
    def of(cls, world: World, by: Caller) -> "Viewer":
        """The caller, as the world knows it."""
        return cls(world, by, world.settings(by.account, by.region).allowed_images)

    def has_permission(self, image: Image) -> bool:
        """Whether the account owns the image or is let at it, whatever state it is in (rule A 8.2)."""
        if image.owner_id == self.by.account or image.launch_permissions.everyone:
            return True
        return access.has_launch_permission(image, self.by.account, self.world.organizations).allowed is True

    def is_allowed(self, image: Image) -> bool:
        """Whether Allowed AMIs lets the account find the image (rules A VS-4, A VS-5)."""
        if self.allowed_images.state is _DISABLED or image.owner_id == self.by.account:
            return True
        return effect_on(self.allowed_images, image, self.by.account, self.world.now, self.world.quirks).usable

    def sees(self, image: Image) -> bool:
        """Whether the account can find the image by its id. A disabled one only its owner finds (rule B VI-4)."""
        if image.state is ImageState.DISABLED and image.owner_id != self.by.account:
            return False
        return self.has_permission(image) and self.is_allowed(image)

    def image_allowed(self, image: Image) -> bool | None:
        """What the account reads as ImageAllowed (rule A NF-4, settlement S 35)."""
        if self.allowed_images.state is _DISABLED:
            return None
        world = self.world
        return effect_on(self.allowed_images, image, self.by.account, world.now, world.quirks).image_allowed

    def tags(self, image: Image) -> Tags:
        """The tags that the account sees on the image: its own, and the owner's shared ones (settlement S 34)."""
        if image.owner_id == self.by.account:
            return image.tags
        own = self.world.tags(self.by.account, image.image_id)
        return visible_tags(own, image.tags, is_owner=False, can_use=True)

    def facts(self, image: Image) -> SeenImage:
        """What the filters compare."""
        return SeenImage(
            image,
            self.tags(image),
            self.image_allowed(image),
            self.world.parameters_of(image.image_id),
            image.owner_id == self.by.account,
        )

    def seen(self, image: Image) -> Image:
        """The image as DescribeImages shows it.

        Of its permissions only that it is public or not; nothing of its UEFI store; of a launch only the last one, a
        day late, and that only to the owner, as the protection and the source instance.

        Source: rules A 8.7, A LL-1, A NF-3, A NF-4, A UD-1, B VI-5, C 11.1; settlement S 35.
        """
        owned = image.owner_id == self.by.account
        world = self.world
        now = world.now
        told: dict[str, object] = {
            "launch_permissions": PUBLIC_AT_LEAST if image.launch_permissions.everyone else NOT_PUBLIC,
            "uefi_data": None,
            "guest_os_boot": None,
            "image_allowed": self.image_allowed(image),
            "public_ssm_parameter_name": world.parameter_of(image.image_id),
        }
        if image.launches:
            last = lifecycle.last_launched_time(image, now, world.timing.last_launched_lag) if owned else None
            told["launches"] = () if last is None else (last,)
        if not owned:
            told["tags"] = self.tags(image)
            told["deregistration_protection"] = UNPROTECTED
            told["source_instance_id"] = None
        if image.state is ImageState.PENDING and not world.quirks.pending_image_shows_snapshots:
            told["block_device_mappings"] = _without_snapshots(image)
        return changed(image, **told)

    def grants(self) -> Iterator[LaunchPermission]:
        """Every item of a permission list that would let the account launch an image (rules B LP-1, B OR-4, B OR-5)."""
        yield EVERYONE
        account = self.by.account
        yield AccountPermission(account)
        home = self.world.organizations.of(account)
        if home is not None:
            yield OrganizationPermission(home.arn)
            for unit in home.path_of(account) or ():
                yield OrganizationalUnitPermission(home.arn_of(unit))


def _without_snapshots(image: Image) -> tuple[BlockDeviceMapping, ...]:
    """A pending image's mapping while EC2 does not yet tell its snapshots (rule C 1.2.10)."""
    return tuple(
        entry if entry.ebs is None else BlockDeviceMapping(entry.device_name, evolve(entry.ebs, snapshot_id=None))
        for entry in image.block_device_mappings
    )
