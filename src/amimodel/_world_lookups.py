"""What a world can be asked: the look-ups, by id and through the indexes.

Source: rules A ID-1, A NM-6 to A NM-9, A TG-9, A NF-3, C 5.9 to C 5.13, C 7.11; settlement S 11.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Final

from attrs import frozen

from amimodel._table import Table
from amimodel._world_fields import WorldFields
from amimodel.identifiers import AccountId, ImageId
from amimodel.images import Image
from amimodel.instances import Instance, InstanceState
from amimodel.lifecycle import Stage, holds_its_name, stage_of
from amimodel.permissions import LaunchPermission
from amimodel.regions import Region
from amimodel.retention import RecycleBinEntry
from amimodel.settings import RegionSettings
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage
from amimodel.tags import NO_TAGS, Tags
from amimodel.tombstones import Tombstone
from amimodel.volumes import Volume

_NO_TIME: Final = timedelta()
_NO_FOREIGN_TAGS: Final = Table[AccountId, Tags]()


@frozen(kw_only=True, repr=False, slots=False)
class Lookups(WorldFields):
    """A world as far as it answers questions."""

    # --- what is there ------------------------------------------------------------------------------------------------

    def image(self, image_id: str, region: Region) -> Image | None:
        """The image with this id, in whatever state; None if it is in another Region, or gone (rule A ID-1)."""
        image = self.images.get(image_id)
        return image if image is not None and image.region == region else None

    def snapshot(self, snapshot_id: str, region: Region) -> Snapshot | None:
        """The snapshot with this id, in whatever state; None if it is in another Region."""
        snapshot = self.snapshots.get(snapshot_id)
        return snapshot if snapshot is not None and snapshot.region == region else None

    def volume(self, volume_id: str, region: Region) -> Volume | None:
        """The volume with this id, in whatever state; None if it is in another Region."""
        volume = self.volumes.get(volume_id)
        return volume if volume is not None and volume.region == region else None

    def instance(self, instance_id: str, region: Region) -> Instance | None:
        """The instance with this id, in whatever state; None if it is in another Region."""
        instance = self.instances.get(instance_id)
        return instance if instance is not None and instance.region == region else None

    def binned(self, resource_id: str, region: Region) -> RecycleBinEntry | None:
        """What lies in the Recycle Bin under this id."""
        entry = self.recycle_bin.get(resource_id)
        return entry if entry is not None and entry.region == region else None

    def tombstone(self, image_id: str, region: Region) -> Tombstone | None:
        """What is remembered of an image that is gone, however long it has been gone."""
        tombstone = self.tombstones.get(image_id)
        return tombstone if tombstone is not None and tombstone.image.region == region else None

    def former_image(self, image_id: str, region: Region) -> tuple[Image, Stage] | None:
        """An image with where it stands, as far as EC2 still knows the id.

        A deregistered image is known for `Timing.gone_after`, and by a quirk as long as an instance of it lives; one
        in the Recycle Bin as long as it is there.

        Source: rules C 5.9 to C 5.13; settlement S 11.
        """
        image = self.image(image_id, region)
        if image is not None:
            return image, stage_of(image)
        entry = self.binned(image_id, region)
        if entry is not None and isinstance(entry.resource, Image):
            return entry.resource, Stage.IN_RECYCLE_BIN
        tombstone = self.tombstone(image_id, region)
        if tombstone is not None and self._is_remembered(tombstone):
            return tombstone.image, Stage.DEREGISTERED
        return None

    def _is_remembered(self, tombstone: Tombstone) -> bool:
        if self.now < tombstone.deregistered_at + self.timing.gone_after:
            return True
        return self.quirks.live_instance_keeps_tombstone and any(
            instance.state is not InstanceState.TERMINATED for instance in self.instances_of(tombstone.image.image_id)
        )

    def settings(self, account: AccountId, region: Region) -> RegionSettings:
        """What an account has settled for a Region; what a new account finds, until it changes something."""
        settled = self.region_settings.get((account, region))
        return RegionSettings.of_new_account(self.quirks) if settled is None else settled

    def tags(self, account: str, resource_id: str) -> Tags:
        """What an account has written on a thing: the owner's tags are on it, everybody else's are kept beside it.

        Source: rules A TG-9, B TG-1.
        """
        resource = self.resource(resource_id)
        if resource is not None and resource.owner_id == account:
            return resource.tags
        return self.foreign_tags.get(resource_id, _NO_FOREIGN_TAGS).get(AccountId(account), NO_TAGS)

    def resource(self, resource_id: str) -> Image | Snapshot | Volume | Instance | None:
        """The thing with this id, wherever it is; also in the Recycle Bin."""
        found = (
            self.images.get(resource_id)
            or self.snapshots.get(resource_id)
            or self.volumes.get(resource_id)
            or self.instances.get(resource_id)
        )
        entry = self.recycle_bin.get(resource_id) if found is None else None
        return found if entry is None else entry.resource

    def stored_image(self, bucket: str, object_key: str) -> StoredImage | None:
        """The image that an object in S3 keeps; None where there is no such object, or not yet (rule C 7.11)."""
        stored = self.stored_images.get((bucket, object_key))
        return stored if stored is not None and stored.store_time is not None else None

    # --- what is found through an index -------------------------------------------------------------------------------

    def images_owned(self, account: str, region: Region) -> Iterator[Image]:
        """An account's images in a Region, in whatever state, the oldest entry first."""
        return self.images.having("owner", (account, region))

    def images_named(self, account: str, region: Region, name: str) -> Iterator[Image]:
        """An account's images of a name, which may be one that failed and one that did not."""
        found = self.images.having("name", (account, region, name.lower()))
        return (image for image in found if self._is_called(image, name))

    def _is_called(self, image: Image, name: str) -> bool:
        if image.name is None or self.quirks.image_names_are_case_sensitive:
            return image.name == name
        return image.name.lower() == name.lower()

    def holder_of_name(self, account: str, region: Region, name: str) -> Image | None:
        """The image that keeps a name from being given to another one of the account (rules A NM-6 to A NM-9)."""
        for image in self.images_named(account, region, name):
            if holds_its_name(stage_of(image), self.quirks):
                return image
        if self.quirks.binned_image_holds_name:
            for entry in self.recycle_bin.having("owner", (account, region)):
                if isinstance(entry.resource, Image) and self._is_called(entry.resource, name):
                    return entry.resource
        return self._still_named(account, region, name) if self.timing.name_release_delay > _NO_TIME else None

    def _still_named(self, account: str, region: Region, name: str) -> Image | None:
        for tombstone in self.tombstones:
            image = tombstone.image
            kept = self.now < tombstone.deregistered_at + self.timing.name_release_delay
            if kept and (image.owner_id, image.region) == (account, region) and self._is_called(image, name):
                return image
        return None

    def images_using(self, snapshot_id: str) -> Iterator[Image]:
        """The images whose mapping names a snapshot, in whatever state and of whatever owner."""
        return self.images.having("snapshot", snapshot_id)

    def copies_of(self, image_id: str) -> Iterator[Image]:
        """The images that were made of an image: copies, and images of its instances."""
        return self.images.having("source", image_id)

    def images_granted(self, region: Region, permission: LaunchPermission) -> Iterator[Image]:
        """The images of a Region whose launch permissions have this very item."""
        found = self.images.having("grantee", (region, permission))
        return (image for image in found if permission in image.launch_permissions)

    def snapshots_of_volume(self, volume_id: str) -> Iterator[Snapshot]:
        """The snapshots of a volume that are still there."""
        return self.snapshots.having("volume", volume_id)

    def volumes_of(self, instance_id: str) -> Iterator[Volume]:
        """The volumes that are attached to an instance."""
        return self.volumes.having("instance", instance_id)

    def instances_of(self, image_id: str) -> Iterator[Instance]:
        """The instances that were launched from an image, of whatever owner and in whatever state."""
        return self.instances.having("image", image_id)

    def parameters_of(self, image_id: str) -> tuple[str, ...]:
        """The public parameters that name an image or have ever named it (rule A NF-3)."""
        return _by_image(self.parameters).get(image_id, ()) if self.parameters else ()

    def parameter_of(self, image_id: str) -> str | None:
        """A public parameter that names an image now (rule A NF-3)."""
        image = self.images.get(image_id) if self.parameters else None
        names = () if image is None else self.parameters_of(image_id)
        return next((name for name in names if self._names_now(name, image)), None)

    def _names_now(self, name: str, image: Image | None) -> bool:
        if image is None or image.region is None:
            return False
        return self.parameters.get((image.region, name), ())[-1:] == (image.image_id,)


@lru_cache(maxsize=8)  # whoever lists images asks for each of them, in one world after the other
def _by_image(parameters: Table[tuple[Region, str], tuple[ImageId, ...]]) -> Mapping[str, tuple[str, ...]]:
    """The parameters that have ever named each image."""
    names: dict[str, list[str]] = {}
    for (_, name), image_ids in parameters.items():
        for image_id in dict.fromkeys(image_ids):
            names.setdefault(image_id, []).append(name)
    return {image_id: tuple(found) for image_id, found in names.items()}
