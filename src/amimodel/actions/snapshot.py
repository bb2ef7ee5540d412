"""Snapshots: CreateSnapshot, CreateSnapshots and DeleteSnapshot.

What they are copied with is in `amimodel.actions.copy_snapshot`, what is told of them in
`amimodel.actions.describe_snapshots`.

Source: EC2 API Reference, CreateSnapshot, CreateSnapshots and DeleteSnapshot; rules C 8.1 to C 8.11, C 8.25 to C 8.36,
A CI-6, A RB-18, B MP-3, C 13.
"""

from collections.abc import Iterable, Iterator
from enum import unique
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel._image_creation import SnapshotLocation
from amimodel.actions._deleting import BACKUP_TAG, deleting, image_using
from amimodel.actions._finding import TAGS_ON_CREATION, own_instance, own_snapshot, own_volume, tags_on_creation
from amimodel.actions._snapshots import SNAPSHOT_LIMITS, begun, duration, room_for_snapshots, volume_arn
from amimodel.callers import Caller
from amimodel.identifiers import InstanceId, SnapshotId, VolumeId, instance_id, snapshot_id, volume_id
from amimodel.instances import Instance
from amimodel.names import description
from amimodel.refusals import (
    InstanceNotFound,
    LocationNotSupported,
    NoVolumesToSnapshot,
    Refusal,
    RootVolumeExcluded,
    SnapshotInUse,
    SnapshotManagedByBackup,
    SnapshotNotFound,
    SnapshotSetTooLarge,
    VolumeInWrongState,
    VolumeNotFound,
)
from amimodel.regions import AvailabilityZone, ZoneType
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, each
from amimodel.snapshots import Snapshot
from amimodel.tag_requests import ResourceType, TagSpecification, as_tag_specifications
from amimodel.tagging import is_reserved
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import FinishSnapshots
from amimodel.vocabulary import Word
from amimodel.volumes import Volume, VolumeState
from amimodel.world import World

_SNAPSHOTS_ALONE: Final = (ResourceType.SNAPSHOT,)
_SNAPPABLE: Final = frozenset({VolumeState.AVAILABLE, VolumeState.IN_USE})


# --- CreateSnapshot ---------------------------------------------------------------------------------------------------


def _description(text: str | None) -> str:
    return description(text) or ""


def _tag_specifications(specifications: Iterable[TagSpecification]) -> tuple[TagSpecification, ...]:
    return as_tag_specifications(specifications, _SNAPSHOTS_ALONE)


def _location(text: str) -> SnapshotLocation | None:
    return SnapshotLocation(text) if text else None  # an empty text counts as absent (settlement S 17)


def _misplaced(location: SnapshotLocation | None, zone: AvailabilityZone, resource_id: str) -> Iterator[Refusal]:
    if location is not None and zone.zone_type is not ZoneType.LOCAL_ZONE:
        yield LocationNotSupported(resource_id=resource_id)


@frozen(kw_only=True)
class CreateSnapshot(Request[Snapshot]):
    """Take a snapshot of a volume of one's own, attached or not: of what is on it at the moment of the call.

    It is pending at first; what is encrypted stays so, with the same key. `location` is for volumes in Local Zones:
    there the snapshot lies in the Region unless it says `local`.

    Source: EC2 API Reference, CreateSnapshot; rules C 8.1 to C 8.7, C 13, B MP-3, A CI-6.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        VolumeNotFound,
        VolumeInWrongState,
        LocationNotSupported,
        *TAGS_ON_CREATION,
        *SNAPSHOT_LIMITS,
    )

    volume_id: VolumeId = field(converter=volume_id)
    description: str = field(default="", converter=_description)
    location: SnapshotLocation | None = field(default=None, converter=optional(_location))
    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tag_specifications)

    def decide(self, world: World, by: Caller) -> Deciding[Snapshot]:
        """Go through the checks in order, then begin the snapshot."""
        volume = yield from own_volume(world, by, self.volume_id)
        if volume.state not in _SNAPPABLE:
            yield VolumeInWrongState(volume_id=self.volume_id, state=volume.state)
        yield from each(_misplaced(self.location, volume.availability_zone, self.volume_id))
        tags = yield from tags_on_creation(world, self.tag_specifications)
        yield from each(room_for_snapshots(world, by, [volume]))
        yield GRANTED

        request_id, after = world.request_id, duration(world, [volume])
        world, (snapshot,) = begun(
            world,
            [volume],
            text=self.description,
            tags={volume.volume_id: tags.get(ResourceType.SNAPSHOT, NO_TAGS)},
            location=self.location or SnapshotLocation.REGIONAL,
        )
        work = FinishSnapshots(snapshot_ids=[snapshot.snapshot_id], source=volume_arn(volume))
        return Outcome(world.with_task(after, work, request_id), snapshot)


# --- CreateSnapshots --------------------------------------------------------------------------------------------------


@unique
class CopyTagsFromSource(Word):
    """Whose tags the snapshots of a set take along (rule C 8.10)."""

    VOLUME = "volume"


def _volume_ids(ids: Iterable[str]) -> tuple[VolumeId, ...]:
    return tuple(dict.fromkeys(volume_id(one, "ExcludeDataVolumeIds") for one in ids))


@frozen(kw_only=True)
class InstanceSpecification:
    """Of which volumes of an instance there shall be snapshots: of all that are attached, but for those named here.

    >>> InstanceSpecification(instance_id="i-12345678", exclude_boot_volume=True).exclude_data_volume_ids
    ()

    Source: botocore 1.44.5, shape InstanceSpecification; rule C 8.8.
    """

    instance_id: InstanceId = field(converter=instance_id)
    exclude_boot_volume: bool = False
    exclude_data_volume_ids: tuple[VolumeId, ...] = field(default=(), converter=_volume_ids)


def _source_of_tags(text: str) -> CopyTagsFromSource | None:
    return CopyTagsFromSource(text) if text else None


@frozen(kw_only=True)
class CreateSnapshots(Request[tuple[Snapshot, ...]]):
    """Take snapshots of the volumes of an instance, all at one moment.

    They are finished together: if one ends in error, all do. Once they are there they have nothing to do with each
    other.

    Source: EC2 API Reference, CreateSnapshots; rules C 8.4 to C 8.11, C 9.4.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        InstanceNotFound,
        RootVolumeExcluded,
        SnapshotSetTooLarge,
        NoVolumesToSnapshot,
        LocationNotSupported,
        *TAGS_ON_CREATION,
        *SNAPSHOT_LIMITS,
    )

    instance_specification: InstanceSpecification
    description: str = field(default="", converter=_description)
    location: SnapshotLocation | None = field(default=None, converter=optional(_location))
    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tag_specifications)
    copy_tags_from_source: CopyTagsFromSource | None = field(default=None, converter=optional(_source_of_tags))

    def decide(self, world: World, by: Caller) -> Deciding[tuple[Snapshot, ...]]:
        """Go through the checks in order, then begin the snapshots."""
        instance = yield from own_instance(world, by, self.instance_specification.instance_id)
        volumes = yield from self._volumes(world, instance)
        yield from each(_misplaced(self.location, instance.availability_zone, instance.instance_id))
        tags: dict[str, Tags] = {}
        for volume in volumes:
            carried = {ResourceType.SNAPSHOT.value: self._carried(world, volume)}
            written = yield from tags_on_creation(world, self.tag_specifications, carried)
            tags[volume.volume_id] = written[ResourceType.SNAPSHOT]
        yield from each(room_for_snapshots(world, by, volumes))
        yield GRANTED

        request_id, after = world.request_id, duration(world, volumes)
        location = self.location or SnapshotLocation.REGIONAL
        world, snapshots = begun(world, volumes, text=self.description, tags=tags, location=location)
        work = FinishSnapshots(snapshot_ids=(one.snapshot_id for one in snapshots), event="createSnapshots")
        return Outcome(world.with_task(after, work, request_id), snapshots)

    def _volumes(self, world: World, instance: Instance) -> Finding[list[Volume]]:
        """The volumes meant, the root first and the others as they were attached."""
        wanted, limits = self.instance_specification, world.limits
        attached = sorted(world.volumes_of(instance.instance_id), key=lambda volume: not _is_root(volume, instance))
        excluded = frozenset(wanted.exclude_data_volume_ids)
        for volume in attached:
            if _is_root(volume, instance) and volume.volume_id in excluded:
                yield RootVolumeExcluded(instance_id=instance.instance_id, volume_id=volume.volume_id)
        volumes = [
            volume
            for volume in attached
            if not (wanted.exclude_boot_volume if _is_root(volume, instance) else volume.volume_id in excluded)
        ]
        counts = (
            ("excludeDataVolumeIds", len(excluded), limits.excluded_volumes_per_snapshot_set),
            ("volumes",              len(volumes),  limits.volumes_per_snapshot_set),
        )  # fmt: skip
        for counted, number, limit in counts:
            if number > limit:
                yield SnapshotSetTooLarge(counted=counted, number=number, limit=limit)
        if not volumes:
            yield NoVolumesToSnapshot(instance_id=instance.instance_id)
        return volumes

    def _carried(self, world: World, volume: Volume) -> Tags:
        if self.copy_tags_from_source is None:
            return NO_TAGS
        return volume.tags.removing(key for key in volume.tags if is_reserved(key, world.quirks))


def _is_root(volume: Volume, instance: Instance) -> bool:
    return volume.attachment is not None and volume.attachment.device_name == instance.root_device_name


# --- DeleteSnapshot ---------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class DeleteSnapshot(Request[None]):
    """Delete a snapshot of one's own: into the Recycle Bin if a rule keeps it, for good if none does.

    An image that is made of it keeps it from going, even a disabled one; a volume does not. One that is pending goes
    when it is completed, and is there until then.

    Source: EC2 API Reference, DeleteSnapshot; rules C 8.11, C 8.25 to C 8.32, A RB-18, B CS-10.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (SnapshotNotFound, SnapshotManagedByBackup, SnapshotInUse)

    snapshot_id: SnapshotId = field(converter=snapshot_id)

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        """Go through the checks in order, then delete it."""
        snapshot = yield from own_snapshot(world, by, self.snapshot_id)
        if BACKUP_TAG in snapshot.tags:
            yield SnapshotManagedByBackup(snapshot_id=self.snapshot_id)
        image = image_using(world, snapshot)
        if image is not None:
            yield SnapshotInUse(snapshot_id=self.snapshot_id, image_id=image.image_id)
        yield GRANTED
        return Outcome(deleting(world, snapshot), None)
