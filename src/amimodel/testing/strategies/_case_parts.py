"""The things of a world that a case is about, and the parts of requests that bring it about."""

from collections.abc import Callable
from typing import Final

from amimodel.actions.snapshot import InstanceSpecification
from amimodel.block_devices import BlockDeviceMapping, Device, EbsBlockDevice
from amimodel.images import Image
from amimodel.permission_requests import LaunchPermissionModifications
from amimodel.permissions import EVERYONE, AccountPermission
from amimodel.snapshots import Snapshot
from amimodel.testing.strategies._filling import Filling, Make, named
from amimodel.testing.strategies._request_parts import LONG_KEY, root_device
from amimodel.testing.strategies._sight import STRANGER, Ids, Sight
from amimodel.vocabulary import ImageState, RootDeviceType, VirtualizationType
from amimodel.volume_types import VolumeType

# --- things -----------------------------------------------------------------------------------------------------------


def image_that(wanted: Callable[[Image], object]) -> Make:
    """One of the caller's available images of a kind."""

    def fits(image: Image) -> object:
        return image.state is ImageState.AVAILABLE and wanted(image)

    return named(lambda sight: sight.those("images", fits))


def image_anywhere(wanted: Callable[[Image], object]) -> Make:
    """An image of a kind, wherever and whosever it is."""
    return named(lambda sight: sight.all_of("images", wanted))


def shared_image(wanted: Callable[[Image], object]) -> Make:
    """An image of a kind that somebody shares with the caller."""
    return named(lambda sight: sight.images_let(wanted))


def snapshot_that(wanted: Callable[[Snapshot], object]) -> Make:
    """One of the caller's snapshots of a kind."""
    return named(lambda sight: sight.those("snapshots", wanted))


def any_snapshot(_: Snapshot) -> bool:
    """Take every snapshot."""
    return True


def is_hvm(image: Image) -> bool:
    """Whether an image is not paravirtual."""
    return image.virtualization_type is VirtualizationType.HVM


def is_plain(image: Image) -> bool:
    """Whether nothing is special about an image."""
    return is_hvm(image) and image.ena_support is True and not image.product_codes and not image.encrypted


def is_in_s3(image: Image) -> bool:
    """Whether an image is a bundle in S3."""
    return image.root_device_type is RootDeviceType.INSTANCE_STORE


def is_elsewhere(snapshot: Snapshot) -> bool:
    """Whether a snapshot is in a zone or on an Outpost."""
    return snapshot.availability_zone is not None or snapshot.outpost_arn is not None


def has_data(image: Image) -> bool:
    """Whether an image has more than a root volume."""
    return len(image.snapshot_ids) > 1


def is_huge(image: Image) -> bool:
    """Whether the volumes of an image are larger than what is stored in S3."""
    volumes = (entry.ebs.volume_size_gib for entry in image.block_device_mappings if entry.ebs is not None)
    return sum(size for size in volumes if size is not None) > _STORED_GIB


def has_slow_root(image: Image) -> bool:
    """Whether the root volume is of a type that has no IOPS of its own."""
    root = image.root_device
    return root is not None and root.ebs is not None and root.ebs.iops is None


def images_in_zone(sight: Sight) -> Ids:
    """Images whose snapshots are in a zone, then all the others."""
    zoned = {snapshot.snapshot_id for snapshot in sight.world.snapshots if snapshot.availability_zone is not None}
    return sight.those("images", lambda image: zoned & {*image.snapshot_ids})


def images_to_wait_for(sight: Sight) -> Ids:
    """The caller's images that are not available, then all the others."""
    return sight.those("images", lambda image: image.state is not ImageState.AVAILABLE)


def somebody_elses(part: str) -> Make:
    """A thing that belongs to somebody else in the caller's Region, then all the others."""

    def drawn(sight: Sight) -> Ids:
        by = sight.by
        if by is None:
            return sight.all_of(part, lambda thing: thing)
        return sight.all_of(part, lambda thing: thing.region == by.region and thing.owner_id != by.account)

    return named(drawn)


def protected_instances(filling: Filling) -> list[str]:
    """An instance that is protected from being terminated."""
    return [filling.pick(filling.sight.those("instances", lambda instance: instance.disable_api_termination))]


def shared_with_caller(filling: Filling) -> list[str]:
    """An image that is shared with the caller."""
    return [filling.pick(filling.sight.images_shared)]


def large_instance(filling: Filling) -> InstanceSpecification:
    """An instance with many volumes."""
    instances = filling.sight.those("instances", lambda instance: len(instance.block_device_mappings) > _A_FEW)
    return InstanceSpecification(instance_id=filling.pick(instances))


def snapped_volumes(sight: Sight) -> Ids:
    """Volumes of which there are snapshots, then all the others."""
    return sight.those("volumes", lambda volume: any(sight.world.snapshots_of_volume(volume.volume_id)))


def location(filling: Filling) -> str:
    """The place of a bundle."""
    return filling.pick(filling.sight.locations)


# --- block device mappings --------------------------------------------------------------------------------------------


def mapped_at(device_name: str, *devices: Device) -> Make:
    """One entry of a mapping, at this device or at the root."""

    def drawn(filling: Filling) -> list[BlockDeviceMapping]:
        name = root_device(filling) if device_name == "root" else device_name
        return [BlockDeviceMapping(name, filling.pick(devices))]

    return drawn


def mapped_of(wanted: Callable[[Snapshot], object], device_name: str, *others: Device) -> Make:
    """An entry made of one of the caller's snapshots of a kind, and others behind it."""

    def drawn(filling: Filling) -> list[BlockDeviceMapping]:
        snapshot = filling.pick(filling.sight.those("snapshots", wanted))
        name = root_device(filling) if device_name == "root" else device_name
        more = [BlockDeviceMapping(f"/dev/sd{letter}", other) for letter, other in zip("gh", others, strict=False)]
        return [BlockDeviceMapping(name, EbsBlockDevice(snapshot_id=snapshot)), *more]

    return drawn


def mapped_to_st1(filling: Filling) -> list[BlockDeviceMapping]:
    """A root of a type that boots nothing."""
    snapshot = filling.pick(filling.sight.snapshots)
    volume = EbsBlockDevice(snapshot_id=snapshot, volume_size_gib=200, volume_type=VolumeType.ST1)
    return [BlockDeviceMapping("/dev/sdg", volume)]


def mapped_of_others(filling: Filling) -> list[BlockDeviceMapping]:
    """A root made of a snapshot that somebody else shares with the caller."""
    account = filling.sight.accounts[0] if filling.sight.by is None else filling.sight.by.account
    item = AccountPermission(account)
    shared = [
        snapshot.snapshot_id
        for snapshot in filling.sight.world.snapshots
        if snapshot.owner_id != account and item in (snapshot.create_volume_permissions or ())
    ]
    drawn = filling.pick([*shared, *filling.sight.snapshots])
    return [BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id=drawn))]


def mapped_here_and_there(filling: Filling) -> list[BlockDeviceMapping]:
    """A root made of a snapshot of the Region, and a volume made of one in a zone or on an Outpost."""
    there = filling.pick(filling.sight.those("snapshots", is_elsewhere))
    here = filling.pick(filling.sight.those("snapshots", lambda snapshot: not is_elsewhere(snapshot)))
    return [
        BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id=here)),
        BlockDeviceMapping("/dev/sdf", EbsBlockDevice(snapshot_id=there)),
    ]


IO1: Final = EbsBlockDevice(volume_size_gib=8, volume_type=VolumeType.IO1)
TOO_FAST: Final = EbsBlockDevice(iops=90_000)
IOPS_OF_GP2: Final = EbsBlockDevice(volume_size_gib=8, iops=3000)
HURRIED: Final = EbsBlockDevice(volume_size_gib=8, volume_initialization_rate_mibps=100)
IN_THE_CLEAR: Final = EbsBlockDevice(encrypted=False)
TOO_LARGE: Final = EbsBlockDevice(volume_size_gib=20_000)
TO_EVERYONE: Final = LaunchPermissionModifications(add=[EVERYONE])
BOTH_WAYS: Final = LaunchPermissionModifications(
    add=[AccountPermission(STRANGER)], remove=[AccountPermission(STRANGER)]
)
LONG_TAG: Final = {LONG_KEY: ""}
SMALL: Final = 8
_A_FEW: Final = 2
_STORED_GIB: Final = 5000
