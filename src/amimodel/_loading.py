"""How answers of EC2 become the things of a world, each in its place.

What an answer tells of its asker alone goes where it belongs: tags on what others own are that account's, not the
owner's. What EC2 had under way when it answered gets its tasks, so that time can finish it. And what no answer tells,
but must be so for what is told, is supplied: an image whose snapshots nobody described has them all the same.

Source: rules A 0.5, A TG-9, A NF-1, A NF-3, B TG-1, B TG-2, C 1.2, C 4.4, C 8.1, C 11.3, C 12.1, C 13.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from amimodel import instance_lifecycle
from amimodel._copies import changed
from amimodel._placing import Places, account_of
from amimodel._table import Table
from amimodel.clock import to_millisecond
from amimodel.encryption import KmsKey, KmsKeyArn
from amimodel.identifiers import COPIED_SNAPSHOTS_VOLUME, AccountId, ImageId
from amimodel.images import Image
from amimodel.instance_types import instance_type
from amimodel.instances import Instance, InstanceImageMetadata, InstanceState
from amimodel.inventory import Inventory
from amimodel.malformed import Malformed
from amimodel.permissions import NOBODY, NOT_PUBLIC, PUBLIC_AT_LEAST
from amimodel.regions import Region
from amimodel.settings import RegionSettings
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import EndCooldown, FinishImage, FinishSnapshots, ForgetInstance, MoveInstance, Task, Work
from amimodel.timing import Timing
from amimodel.tombstones import Tombstone
from amimodel.vocabulary import Architecture, ImageState, OwnerAlias


@frozen(kw_only=True)
class Loaded:
    """What a world is made of, as far as answers tell it."""

    images: Mapping[str, Image]
    snapshots: Mapping[str, Snapshot]
    instances: Mapping[str, Instance]
    tombstones: Mapping[str, Tombstone]
    foreign_tags: Table[str, Table[AccountId, Tags]]
    owner_aliases: Table[AccountId, OwnerAlias]
    parameters: Table[tuple[Region, str], tuple[ImageId, ...]]
    keys: Table[str, KmsKey]
    region_settings: Table[tuple[AccountId, Region], RegionSettings]
    tasks: tuple[Task, ...]

    @property
    def issued(self) -> int:
        """How many ids a world would have given out to hold all this."""
        return len(self.images) + len(self.snapshots) + len(self.instances) + len(self.tasks)


def loaded(
    inventory: Inventory, *, now: datetime, account: AccountId | None, region: Region | None, timing: Timing
) -> Loaded:
    """Put an inventory's things in their places. Raises `Malformed` where one cannot be told."""
    places = Places.of(inventory, region)
    asker = account or account_of(inventory)
    told = {key: changed(image, region=places.of_image(image)) for key, image in inventory.images.items()}
    last_launches: dict[str, datetime] = {}
    for item in inventory.instances:
        image_id = item.image_metadata.image_id
        if image_id not in told:
            told[image_id] = _remembered(item)
        last_launches[image_id] = max(item.launch_time, last_launches.get(image_id, item.launch_time))
    images = {key: image for key, image in told.items() if image.state is not ImageState.DEREGISTERED}
    snapshots = {key: changed(one, region=places.of_snapshot(one)) for key, one in inventory.snapshots.items()}
    snapshots |= _supplied(images.values(), snapshots)
    instances: dict[str, Instance] = {
        item.instance_id: _instance(item, told[item.image_metadata.image_id]) for item in inventory.instances
    }
    under_way = (
        *_snapshots_under_way(snapshots.values(), timing),
        *_images_under_way(images.values(), snapshots, timing),
        *_instances_under_way(instances.values(), now, timing),
    )
    return Loaded(
        images={key: _owners_view(image, asker) for key, image in images.items()},
        snapshots={key: _with_tags(one, _owners_tags(one, asker)) for key, one in snapshots.items()},
        instances=instances,
        tombstones={
            key: _tombstone(image, last_launches.get(key), now) for key, image in told.items() if key not in images
        },
        foreign_tags=Table(_foreign_tags((*images.values(), *snapshots.values()), asker)),
        owner_aliases=Table(_aliases(told.values(), snapshots.values())),
        parameters=Table(_parameters(images.values())),
        keys=Table(_keys(snapshots.values())),
        region_settings=Table(_settings(inventory, asker, places)),
        tasks=_tasks(under_way, now, first=len(images) + len(snapshots) + len(instances) + 1),
    )


# --- whose tags, settings and names -----------------------------------------------------------------------------------


def _owners_tags(resource: Image | Snapshot, asker: AccountId | None) -> Tags:
    """The tags that are the owner's: on another account's image, those that it shows to all (rule B TG-2)."""
    if asker is None or resource.owner_id == asker or not resource.tags:
        return resource.tags
    return resource.tags.shared if isinstance(resource, Image) else NO_TAGS


def _foreign_tags(
    resources: Iterable[Image | Snapshot], asker: AccountId | None
) -> Iterator[tuple[str, Table[AccountId, Tags]]]:
    for resource in resources:
        if asker is not None and resource.tags:
            written = resource.tags.removing(_owners_tags(resource, asker))
            if written:
                resource_id = resource.image_id if isinstance(resource, Image) else resource.snapshot_id
                yield resource_id, Table({asker: written})


def _owners_view(image: Image, asker: AccountId | None) -> Image:
    tags = _owners_tags(image, asker)
    if tags is image.tags and image.image_allowed is None:
        return image
    return changed(image, tags=tags, image_allowed=None)


def _with_tags(snapshot: Snapshot, tags: Tags) -> Snapshot:
    return snapshot if tags is snapshot.tags else changed(snapshot, tags=tags)


def _aliases(images: Iterable[Image], snapshots: Iterable[Snapshot]) -> Iterator[tuple[AccountId, OwnerAlias]]:
    for image in images:
        if image.image_owner_alias is not None:
            yield image.owner_id, image.image_owner_alias
    for snapshot in snapshots:
        alias = _alias(snapshot.owner_alias)
        if alias is not None:
            yield snapshot.owner_id, alias


_ALIASES: Final = {alias.value: alias for alias in OwnerAlias}


def _alias(text: str | None) -> OwnerAlias | None:
    """An alias of AWS's; where an account has none, real answers name the account itself."""
    return None if text is None else _ALIASES.get(text)


def _parameters(images: Iterable[Image]) -> Iterator[tuple[tuple[Region, str], tuple[ImageId, ...]]]:
    for image in images:
        if image.public_ssm_parameter_name and image.region is not None:
            yield (image.region, image.public_ssm_parameter_name), (ImageId(image.image_id),)


def _keys(snapshots: Iterable[Snapshot]) -> Iterator[tuple[str, KmsKey]]:
    """The keys that snapshots name by their ARNs; EC2 shows no other name."""
    for name in dict.fromkeys(one.kms_key_id for one in snapshots if one.kms_key_id is not None):
        try:
            arn = KmsKeyArn.parse(name)
        except Malformed:
            continue
        yield str(arn), KmsKey(arn=arn)


def _settings(
    inventory: Inventory, asker: AccountId | None, places: Places
) -> Iterator[tuple[tuple[AccountId, Region], RegionSettings]]:
    told = inventory.block_public_access
    if told is None:
        return
    if asker is None:
        message = "Whose block public access setting it is, no answer tells: give it as account."
        raise Malformed("MissingParameter", message, member="account", value=told.state)
    yield (asker, places.of_settings()), RegionSettings(image_block_public_access=told)


# --- what is told of one thing by another -----------------------------------------------------------------------------


def _architecture(type_name: str) -> Architecture:
    """What runs on a type that nothing else is known of; types that also run i386 run x86_64 today."""
    try:
        known = instance_type(type_name).architectures
    except Malformed:
        return Architecture.X86_64
    return Architecture.X86_64 if Architecture.X86_64 in known else known[0]


def _remembered(item: InstanceImageMetadata) -> Image:
    """An image that no DescribeImages answer tells of, as an instance of it remembers it (rule C 11.3)."""
    told = item.image_metadata
    return Image(
        image_id=told.image_id,
        owner_id=told.owner_id,
        name=told.name,
        creation_date=told.creation_date or item.launch_time,
        architecture=_architecture(item.instance_type),
        state=told.state,
        image_owner_alias=_alias(told.image_owner_alias),
        deprecation_time=told.deprecation_time,
        image_watermarks=told.image_watermarks,
        launch_permissions=PUBLIC_AT_LEAST if told.is_public else NOT_PUBLIC,
        region=item.availability_zone.region,
    )


_INHERITED: Final = (
    "architecture", "virtualization_type", "hypervisor", "root_device_type", "root_device_name", "kernel_id",
    "ramdisk_id", "boot_mode", "tpm_support", "uefi_data", "ena_support", "sriov_net_support", "billing", "platform",
    "product_codes",
)  # fmt: skip


def _instance(item: InstanceImageMetadata, image: Image) -> Instance:
    """An instance, as far as its image tells what it is (rules C 12.2, A 7.4, B MP-3)."""
    return Instance(
        instance_id=item.instance_id,
        owner_id=item.owner_id,
        image_id=item.image_metadata.image_id,
        instance_type=item.instance_type,
        availability_zone=item.availability_zone,
        launch_time=item.launch_time,
        state=item.state,
        tags=item.tags,
        image_watermarks=item.image_metadata.image_watermarks,
        **{name: getattr(image, name) for name in _INHERITED},
    )


def _supplied(images: Iterable[Image], told: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
    """The snapshots that images are made of and no answer tells of.

    An account that showed some of its snapshots showed them all, and one that is missing is gone; but for those of a
    pending image, which are only just being made.
    """
    showed = {snapshot.owner_id for snapshot in told.values()}
    return {
        entry.ebs.snapshot_id: Snapshot(
            snapshot_id=entry.ebs.snapshot_id,
            owner_id=image.owner_id,
            volume_id=COPIED_SNAPSHOTS_VOLUME,
            volume_size_gib=entry.ebs.volume_size_gib or 1,
            start_time=image.creation_date,
            state=SnapshotState.PENDING if image.state is ImageState.PENDING else SnapshotState.COMPLETED,
            encrypted=entry.ebs.encrypted is True,
            region=image.region,
            create_volume_permissions=None,
        )
        for image in images
        for entry in image.block_device_mappings
        if entry.ebs is not None
        and entry.ebs.snapshot_id is not None
        and entry.ebs.snapshot_id not in told
        and (image.state is ImageState.PENDING or image.owner_id not in showed)
    }


def _tombstone(image: Image, last_launch: datetime | None, now: datetime) -> Tombstone:
    """What is remembered of an image that is gone; it was there when the last of its instances was launched."""
    last_seen = max(image.creation_date, last_launch or image.creation_date)
    buried = changed(image, tags=NO_TAGS, launch_permissions=NOBODY, image_allowed=None)
    return Tombstone(image=buried, deregistered_at=min(last_seen, now))


# --- what EC2 had under way -------------------------------------------------------------------------------------------


def _snapshots_under_way(snapshots: Iterable[Snapshot], timing: Timing) -> Iterator[tuple[datetime, Work]]:
    for snapshot in snapshots:
        if snapshot.state is SnapshotState.PENDING:
            copied = snapshot.volume_id == COPIED_SNAPSHOTS_VOLUME
            work = FinishSnapshots(
                snapshot_ids=(snapshot.snapshot_id,), event="copySnapshot" if copied else "createSnapshot"
            )
            yield _completed_at(snapshot, timing), work


def _completed_at(snapshot: Snapshot, timing: Timing) -> datetime:
    copied = snapshot.volume_id == COPIED_SNAPSHOTS_VOLUME
    duration = timing.copy_snapshot_duration if copied else timing.snapshot_duration
    return snapshot.start_time + duration(snapshot.volume_size_gib)


def _images_under_way(
    images: Iterable[Image], snapshots: Mapping[str, Snapshot], timing: Timing
) -> Iterator[tuple[datetime, Work]]:
    for image in images:
        cooldown = image.deregistration_protection.cooldown_until
        if cooldown is not None:
            yield cooldown, EndCooldown(image_id=ImageId(image.image_id))
        # Pending snapshots complete their image with the last of them.
        waits = any(snapshots[one].state is SnapshotState.PENDING for one in image.snapshot_ids if one in snapshots)
        if image.state is ImageState.PENDING and not waits:
            copied = image.source_image_id is not None and image.source_instance_id is None
            duration = timing.copy_image_duration if copied else timing.create_image_duration
            yield image.creation_date + duration(image.size_gib), FinishImage(image_id=ImageId(image.image_id))


def _instances_under_way(
    instances: Iterable[Instance], now: datetime, timing: Timing
) -> Iterator[tuple[datetime, Work]]:
    for instance in instances:
        arriving = instance_lifecycle.time_to_arrive(instance.state, timing)
        if arriving is not None:
            yield now + arriving, MoveInstance(instance_id=instance.instance_id, leaving=instance.state)
        elif instance.state is InstanceState.TERMINATED:
            yield now + timing.terminated_instance_shown, ForgetInstance(instance_id=instance.instance_id)


def _tasks(under_way: Iterable[tuple[datetime, Work]], now: datetime, *, first: int) -> tuple[Task, ...]:
    """Tasks in their order; what should have been done before now is done now."""
    in_turn = enumerate(sorted(under_way, key=_due), start=first)
    return tuple(Task(due=_whole(max(due, now)), number=number, work=work) for number, (due, work) in in_turn)


def _whole(instant: datetime) -> datetime:
    """The first moment of a world that is not earlier: its time goes by milliseconds."""
    whole = to_millisecond(instant)
    return whole if whole == instant else whole + timedelta(milliseconds=1)


def _due(due: tuple[datetime, Work]) -> datetime:
    return due[0]
