"""A small scope: one image, its owner, and another account, with all that the two may ask about it."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Final

from amimodel.actions import (
    CancelImageLaunchPermission,
    CreateRule,
    CreateSnapshot,
    CreateVolume,
    DeleteRule,
    DeleteVolume,
    DeregisterImage,
    DescribeImages,
    DisableImage,
    DisableImageDeprecation,
    DisableImageDeregistrationProtection,
    EnableImage,
    EnableImageDeprecation,
    EnableImageDeregistrationProtection,
    ModifyImageAttribute,
    RegisterImage,
    RestoreImageFromRecycleBin,
    RunInstances,
)
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.engine import advance, apply
from amimodel.identifiers import ImageId
from amimodel.permission_requests import LaunchPermissionModifications
from amimodel.permissions import AccountPermission
from amimodel.testing.exploring import Asking
from amimodel.timing import Timing
from amimodel.world import World

owner, other = (Caller(account=account, region="eu-central-1") for account in ("111122223333", "444455556666"))
IMAGE: Final = ImageId("ami-00000000000000004")
NOW: Final = parse("2026-06-01T00:00:00Z")
WEEK: Final = timedelta(days=8)  # longer than whatever is under way in this scope
TO_OTHER: Final = [AccountPermission(other.account)]

DISABLE, ENABLE = DisableImage(image_id=IMAGE), EnableImage(image_id=IMAGE)
DEREGISTER, RESTORE = DeregisterImage(image_id=IMAGE), RestoreImageFromRecycleBin(image_id=IMAGE)
DEPRECATE: Final = EnableImageDeprecation(image_id=IMAGE, deprecate_at=NOW + timedelta(days=1))
PROTECT: Final = EnableImageDeregistrationProtection(image_id=IMAGE, with_cooldown=True)
UNPROTECT: Final = DisableImageDeregistrationProtection(image_id=IMAGE)
SHARE: Final = ModifyImageAttribute(image_id=IMAGE, launch_permission=LaunchPermissionModifications(add=TO_OTHER))
UNSHARE: Final = ModifyImageAttribute(image_id=IMAGE, launch_permission=LaunchPermissionModifications(remove=TO_OTHER))
RETAIN: Final = CreateRule(resource_type="EC2_IMAGE", retention_days=7)
LAUNCH: Final = RunInstances(image_id=IMAGE, instance_type="t3.micro", client_token="once")  # noqa: S106 - no secret

_OF_THE_OWNER: Final = (
    DISABLE, ENABLE, DEPRECATE, DisableImageDeprecation(image_id=IMAGE),
    PROTECT, UNPROTECT, SHARE, UNSHARE, DEREGISTER, RESTORE,
)  # fmt: skip
_OF_THE_OTHER: Final = (LAUNCH, CancelImageLaunchPermission(image_id=IMAGE), DescribeImages(image_ids=[IMAGE]))


@cache
def small_world() -> World:
    """An image of one volume, available at once, and its snapshot."""
    world, volume = apply(
        World(now=NOW, timing=Timing.instant()), CreateVolume(size_gib=8, availability_zone="eu-central-1a"), by=owner
    )
    world, snapshot = apply(world, CreateSnapshot(volume_id=volume.volume_id), by=owner)
    world, _ = apply(advance(world), DeleteVolume(volume_id=volume.volume_id), by=owner)
    root = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id=snapshot.snapshot_id))
    registering = RegisterImage(
        name="web",
        architecture="x86_64",
        virtualization_type="hvm",
        ena_support=True,
        root_device_name="/dev/xvda",
        block_device_mappings=[root],
    )
    world, image = apply(world, registering, by=owner)
    assert image.image_id == IMAGE
    return advance(world)


def whole_life(world: World) -> Iterator[Asking]:
    """All that is asked about the image, with one retention rule at most: it is made, or else deleted."""
    yield from ((owner, request) for request in _OF_THE_OWNER)
    yield from ((owner, DeleteRule(identifier=rule.identifier)) for rule in world.retention_rules)
    if not world.retention_rules:
        yield owner, RETAIN
    yield from ((other, request) for request in _OF_THE_OTHER)
