"""CreateImage: an image out of an instance, as it is at that moment.

Source: EC2 API Reference, CreateImage; EC2 User Guide, "Create an Amazon EBS-backed AMI"; rules A 3, C 1.2, C 12.16 to
C 12.20; settlement S 31.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel.actions._finding import (
    TAGS_ON_CREATION,
    name_is_free,
    own_instance,
    readable_snapshots,
    room_for_an_image,
    tags_on_creation,
)
from amimodel.actions._snapshots import SNAPSHOT_LIMITS, begun, increment_gib, room_for_snapshots, volume_arn
from amimodel.block_devices import BlockDeviceMapping, SuppressedDevice, as_mappings
from amimodel.callers import Caller
from amimodel.creating import (
    BootModeOverride,
    ImageCreation,
    SnapshotLocation,
    filled_in,
    inherited,
    is_rebooted,
    mapping,
    objections,
    snapshot_description,
)
from amimodel.decisions import Settled, VolumeNotTold
from amimodel.identifiers import ImageId, InstanceId, VolumeId, instance_id
from amimodel.images import Image
from amimodel.instances import Instance
from amimodel.names import image_description, image_name
from amimodel.refusals import (
    AttachedDeviceChanged,
    BootModeOverrideRefused,
    DeviceParameterUnsupported,
    DuplicateDeviceName,
    EncryptedFlagWithSnapshot,
    ImageNameInUse,
    ImageQuotaReached,
    InstanceNotFound,
    InstanceStateNotImageable,
    IopsRequired,
    NoRootVolume,
    NoSizeNorSnapshot,
    Refusal,
    RootDeviceSuppressed,
    SnapshotLocationNotSupported,
    SnapshotNotFound,
    SnapshotNotOwned,
    SnapshotNotUsable,
    TooManyImagesOfInstance,
    VolumeCombinationRefused,
    VolumeNotFound,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
)
from amimodel.requests import GRANTED, Deciding, Doubt, Finding, Outcome, Request, each, nothing
from amimodel.tag_requests import ResourceType, TagSpecification, as_tag_specifications
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import FinishSnapshots
from amimodel.vocabulary import ImageState
from amimodel.volumes import Volume
from amimodel.world import World


def _boot_mode(text: str) -> BootModeOverride | None:
    return BootModeOverride(text) if text else None  # an empty text counts as absent (settlement S 17)


def _location(text: str) -> SnapshotLocation | None:
    return SnapshotLocation(text) if text else None


def _tag_specifications(specifications: Iterable[TagSpecification]) -> tuple[TagSpecification, ...]:
    return as_tag_specifications(specifications)


_OBJECTIONS: Final[tuple[type[Refusal], ...]] = (
    InstanceStateNotImageable,
    NoRootVolume,
    BootModeOverrideRefused,
    SnapshotLocationNotSupported,
    DuplicateDeviceName,
    DeviceParameterUnsupported,
    RootDeviceSuppressed,
    AttachedDeviceChanged,
    SnapshotNotFound,
    SnapshotNotOwned,
    SnapshotNotUsable,
    EncryptedFlagWithSnapshot,
    NoSizeNorSnapshot,
    VolumeValueRefused,
    VolumeCombinationRefused,
    IopsRequired,
    VolumeSmallerThanSnapshot,
    TooManyImagesOfInstance,
)
"""What `creating.objections` can say; but for what it says of Outposts, on which no instance here is."""


@frozen(kw_only=True)
class CreateImage(Request[Image]):
    """Make an image of an instance of one's own: of the volumes attached to it now, each by a new snapshot.

    A running instance is rebooted first, unless `no_reboot` says not to; its state does not show it. The image is
    pending until all the snapshots are completed, and fails if one of them does. It has what the instance has, and what
    only the instance's image tells as long as that is known; its description and tags are those of the request.

    Raises `Malformed`.

    Source: EC2 API Reference, CreateImage; rules A 3.1 to A 3.5, A NM-6, A 9, C 1.2.1 to C 1.2.3, C 12.11, C 12.16 to
    C 12.20; settlements S 17, S 31.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        InstanceNotFound,
        VolumeNotFound,
        *_OBJECTIONS,
        *TAGS_ON_CREATION,
        ImageNameInUse,
        ImageQuotaReached,
        *SNAPSHOT_LIMITS,
    )

    instance_id: InstanceId = field(converter=instance_id)
    name: str = field(converter=image_name)
    description: str | None = field(default=None, converter=image_description)
    no_reboot: bool = False
    block_device_mappings: tuple[BlockDeviceMapping, ...] = field(default=(), converter=as_mappings)
    boot_mode_override: BootModeOverride | None = field(default=None, converter=optional(_boot_mode))
    snapshot_location: SnapshotLocation | None = field(default=None, converter=optional(_location))
    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tag_specifications)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then make the image."""
        instance = yield from own_instance(world, by, self.instance_id)
        creation = yield from self._creation(world, by, instance)
        for objection in objections(creation):
            if isinstance(objection, NoRootVolume):  # there is nothing to make an image of
                yield from nothing(objection)
            yield objection
        tags = yield from tags_on_creation(world, self.tag_specifications)
        yield from name_is_free(world, by, self.name)
        yield from room_for_an_image(world, by)
        yield from each(room_for_snapshots(world, by, self._to_be_taken(creation)))
        if is_rebooted(creation):
            yield Settled(subject=self.instance_id, outcome="it is rebooted first", rules="A CI-8, A CI-9, C 12.17")
        yield GRANTED
        return self._created(world, by, creation, tags)

    def _creation(self, world: World, by: Caller, instance: Instance) -> Finding[ImageCreation]:
        """All that the rules must know. A volume that no answer tells of is in doubt, and what is said of any device.

        Refuses with `VolumeNotFound`.
        """
        volumes = {volume.volume_id: volume for volume in world.volumes_of(instance.instance_id)}
        untold = [device.volume_id for device in instance.block_device_mappings if device.volume_id not in volumes]
        for one in untold:
            yield Doubt(VolumeNotTold(one), VolumeNotFound(volume_id=one))
        named = (entry.ebs.snapshot_id for entry in self.block_device_mappings if entry.ebs is not None)
        pending = world.images.having("state", (ImageState.PENDING, by.region))
        return ImageCreation(
            instance=instance,
            volumes={**volumes, **{one: _stand_in(one, instance) for one in untold}},
            block_device_mappings=() if untold else self.block_device_mappings,
            no_reboot=self.no_reboot,
            boot_mode_override=self.boot_mode_override,
            snapshot_location=self.snapshot_location,
            snapshots=readable_snapshots(world, by, (one for one in named if one is not None)),
            images_in_progress=sum(image.source_instance_id == self.instance_id for image in pending),
            limits=world.limits,
            quirks=world.quirks,
        )

    def _to_be_taken(self, creation: ImageCreation) -> tuple[Volume, ...]:
        """The volumes that a snapshot is made of: those attached, in their order, but for devices that are suppressed.

        Source: rules A CI-11, A 3.4.
        """
        left_out = {
            entry.device_name for entry in self.block_device_mappings if isinstance(entry.device, SuppressedDevice)
        }
        return tuple(
            creation.volumes[device.volume_id]
            for device in creation.instance.block_device_mappings
            if device.device_name not in left_out
        )

    def _created(self, world: World, by: Caller, creation: ImageCreation, tags: Mapping[str, Tags]) -> Outcome[Image]:
        request_id, image_id = world.request_id, ImageId(world.new_id("ami-"))
        volumes = self._to_be_taken(creation)
        after = world.timing.create_image_duration(sum(increment_gib(world, volume) for volume in volumes))
        known = world.former_image(creation.instance.image_id, by.region)
        fields = inherited(creation, None if known is None else known[0])
        world, snapshots = begun(
            world,
            volumes,
            text=snapshot_description(self.instance_id, image_id),
            tags=dict.fromkeys((volume.volume_id for volume in volumes), tags.get(ResourceType.SNAPSHOT, NO_TAGS)),
            location=self.snapshot_location or SnapshotLocation.REGIONAL,
            licence=fields["billing"],
        )
        taken = {snapshot.volume_id: snapshot.snapshot_id for snapshot in snapshots}
        image = Image(
            image_id=image_id,
            owner_id=by.account,
            name=self.name,
            description=self.description,
            creation_date=world.now.replace(microsecond=0),  # rule A T-1
            state=ImageState.PENDING,
            image_owner_alias=world.owner_aliases.get(by.account),
            tags=tags.get(ResourceType.IMAGE, NO_TAGS),
            block_device_mappings=filled_in(mapping(creation), taken),
            **fields,
        )
        world = world.with_image(image)
        for volume in volumes:
            work = FinishSnapshots(snapshot_ids=[taken[volume.volume_id]], source=volume_arn(volume))
            world = world.with_task(after, work, request_id)
        return Outcome(world, image)


def _stand_in(volume_id: VolumeId, instance: Instance) -> Volume:
    """Something to go on with in place of a volume that is not known; no answer is drawn from it."""
    return Volume(
        volume_id=volume_id,
        owner_id=instance.owner_id,
        size_gib=1,
        availability_zone=instance.availability_zone,
        create_time=instance.launch_time,
    )
