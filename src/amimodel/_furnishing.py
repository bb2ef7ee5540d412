"""How the example world gets its things: ids that can be read, images of snapshots, instances with their volumes.

Source: rules A ID-1, A 4.1, A 7.4, A BO-1, A LL-1, B EN-12, B IM-2, C 12.4.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from amimodel._copies import changed
from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.clock import parse
from amimodel.identifiers import AccountId, snapshot_id
from amimodel.images import Image
from amimodel.instances import Instance, InstanceBlockDevice
from amimodel.regions import Region
from amimodel.snapshots import Snapshot
from amimodel.vocabulary import BootMode
from amimodel.volume_types import VolumeType
from amimodel.volumes import Volume, VolumeAttachment
from amimodel.world import World

_PLACES: Final[Mapping[str, str]] = MappingProxyType({
    "eu-central-1": "fa", "us-east-1": "ea", "ap-southeast-2": "5d",
})  # fmt: skip

_FACTS: Final[Mapping[str, Any]] = MappingProxyType({
    "architecture": "x86_64", "ena_support": True, "sriov_net_support": "simple", "boot_mode": "uefi-preferred",
    "imds_support": "v2.0", "billing": BillingCode.LINUX,
})  # fmt: skip
"""What the images of the example world's accounts have in common: they are built on Amazon Linux 2023."""

_DEVICES: Final = ("/dev/xvda", "/dev/sdf")


def fixed_id(prefix: str, region: Region, number: int) -> str:
    """An id that says where a thing is, and its number there: `ami-0fa00000000000410` is number 410 in Frankfurt."""
    return f"{prefix}0{_PLACES[region.name]}{number:014d}"


def mapped(device_name: str, snapshot: Snapshot, volume_type: VolumeType = VolumeType.GP3) -> BlockDeviceMapping:
    """The entry of a mapping whose volume is made of a snapshot, as DescribeImages shows it."""
    fast = volume_type is VolumeType.GP3
    device = EbsBlockDevice(
        snapshot_id=snapshot.snapshot_id,
        volume_size_gib=snapshot.volume_size_gib,
        volume_type=volume_type,
        iops=3000 if fast else None,
        throughput_mibps=125 if fast else None,
        delete_on_termination=True,
        encrypted=snapshot.encrypted,
    )
    return BlockDeviceMapping(device_name, device)


def snapshot_of(
    region: Region,
    number: int,
    owner: AccountId,
    created: str,
    **facts: Any,  # noqa: ANN401 - every field has its own type
) -> Snapshot:
    """A snapshot that is complete, of a volume that is gone, with 8 GiB of Linux if `facts` tell nothing else."""
    usual = {"volume_id": fixed_id("vol-", region, number), "volume_size_gib": 8, "billing": BillingCode.LINUX}
    told: dict[str, Any] = {**usual, **facts}
    return Snapshot(
        snapshot_id=snapshot_id(fixed_id("snap-", region, number)),
        owner_id=owner,
        start_time=parse(created),
        completion_time=parse(created),
        region=region,
        **told,
    )


def with_image(
    world: World,
    name: str,
    *snapshots: Snapshot,
    **facts: Any,  # noqa: ANN401 - every field has its own type
) -> World:
    """Add an image of snapshots. It has the number, the owner and the age of the first, which holds its root volume."""
    root = snapshots[0]
    told: dict[str, Any] = {**_FACTS, **facts}
    image = Image(
        image_id=root.snapshot_id.replace("snap-", "ami-"),
        owner_id=root.owner_id,
        name=name,
        creation_date=root.start_time,
        region=root.region,
        root_device_name=_DEVICES[0],
        block_device_mappings=map(mapped, _DEVICES, snapshots),
        **told,
    )
    for snapshot in snapshots:
        world = world.with_snapshot(snapshot)
    return world.with_image(image)


_BOOTS: Final[Mapping[BootMode | None, BootMode]] = MappingProxyType({
    None:                    BootMode.LEGACY_BIOS,  # none of these images without a wish is built for arm64
    BootMode.LEGACY_BIOS:    BootMode.LEGACY_BIOS,
    BootMode.UEFI:           BootMode.UEFI,
    BootMode.UEFI_PREFERRED: BootMode.UEFI,  # the types launched here all have it
})  # fmt: skip


def launched(
    world: World,
    image: Image,
    instance_type: str,
    *,
    number: int,
    owner: AccountId,
    since: str,
    **facts: Any,  # noqa: ANN401 - every field has its own type
) -> World:
    """Add an instance with the volumes that its image gives it; the image remembers the launch."""
    if image.region is None:
        raise AssertionError(image)
    instance_id = fixed_id("i-", image.region, number)
    volumes = tuple(_volumes(world, number, owner, image, since))
    told: dict[str, Any] = {"state": "running", **facts}
    instance = Instance(
        instance_id=instance_id,
        owner_id=owner,
        image_id=image.image_id,
        instance_type=instance_type,
        availability_zone=f"{image.region}a",
        launch_time=parse(since),
        root_device_name=image.root_device_name,
        block_device_mappings=[_attached(volume) for volume in volumes],
        architecture=image.architecture,
        boot_mode=image.boot_mode,
        current_instance_boot_mode=_BOOTS[image.boot_mode],
        ena_support=image.ena_support,
        sriov_net_support=image.sriov_net_support,
        http_tokens="required" if image.imds_support is not None else "optional",
        http_put_response_hop_limit=2 if image.imds_support is not None else 1,
        billing=image.billing,
        platform=image.platform,
        product_codes=image.product_codes,
        **told,
    )
    for volume in volumes:
        world = world.with_volume(volume)
    return world.with_instance(instance).with_image(changed(image, launches=(*image.launches, parse(since))))


def _volumes(world: World, number: int, owner: AccountId, image: Image, since: str) -> Iterator[Volume]:
    for place, entry in enumerate(image.block_device_mappings):
        snapshot = world.snapshots.records[
            image.snapshot_ids[place]
        ]  # all these images are made of EBS snapshots alone
        if entry.ebs is None or entry.ebs.volume_type is None or snapshot.region is None:
            raise AssertionError(entry)
        yield Volume(
            volume_id=fixed_id("vol-", snapshot.region, number + place),
            owner_id=owner,
            size_gib=snapshot.volume_size_gib,
            volume_type=entry.ebs.volume_type,
            availability_zone=f"{snapshot.region}a",
            create_time=parse(since),
            state="in-use",
            snapshot_id=snapshot.snapshot_id,
            encrypted=snapshot.encrypted,
            kms_key_id=snapshot.kms_key_id,
            product_codes=snapshot.product_codes,
            billing=snapshot.billing,
            attachment=VolumeAttachment(
                instance_id=fixed_id("i-", snapshot.region, number),
                device_name=entry.device_name,
                delete_on_termination=True,
            ),
        )


def _attached(volume: Volume) -> InstanceBlockDevice:
    if volume.attachment is None:
        raise AssertionError(volume)
    return InstanceBlockDevice(
        device_name=volume.attachment.device_name,
        volume_id=volume.volume_id,
        delete_on_termination=volume.attachment.delete_on_termination,
    )
