"""Restoring an image of the object in S3 in which it is stored.

Source: EC2 API Reference, CreateRestoreImageTask; EC2 User Guide, "Store and restore an AMI using S3"; rules C 7.30 to
C 7.39, A 0.3, A NM-1, A 7.4, A 11.3; settlements S 17, S 41.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from attrs import evolve, field, frozen
from attrs.converters import optional

from amimodel import storing
from amimodel.actions._encrypting import KeyInUse, key_in_use
from amimodel.actions._finding import TAGS_ON_CREATION, name_is_free, room_for_an_image, tags_on_creation
from amimodel.actions._settling import given, own_settings
from amimodel.actions._snapshots import quota_of_snapshots
from amimodel.actions._storing import (
    bucket_denied,
    restores_in_progress_gib,
    time_to_restore,
    usable_bucket,
)
from amimodel.callers import Caller
from amimodel.copying import filled_in
from amimodel.decisions import Settled
from amimodel.identifiers import ImageId
from amimodel.images import Image
from amimodel.kms import SNAPSHOT_STATE_MESSAGE, KeyChoice
from amimodel.names import image_name
from amimodel.refusals import (
    BucketAccessDenied,
    BucketNotUsable,
    ImageNameInUse,
    ImageQuotaReached,
    Refusal,
    RestoreQuotaReached,
    SnapshotQuotaReached,
    StoredImageNotFound,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, nothing
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage
from amimodel.tag_requests import ResourceType, TagSpecification, as_tag_specifications
from amimodel.tags import Tags
from amimodel.tasks import FinishSnapshots
from amimodel.volume_encryption import ResolvedEncryption
from amimodel.world import World


def _bucket(text: str) -> str:
    return given(text, "Bucket")


def _object_key(text: str) -> str:
    return given(text, "ObjectKey")


def _tag_specifications(specifications: Iterable[TagSpecification]) -> tuple[TagSpecification, ...]:
    return as_tag_specifications(specifications)


def _name(text: str) -> str | None:
    return image_name(text) if text else None  # an empty text counts as absent (settlement S 17)


@frozen(kw_only=True)
class CreateRestoreImageTask(Request[Image]):
    """Begin to restore an image of the object in which it is stored. It is pending, and one's own, in one's Region.

    Without a name it is called as it was when it was stored. Its snapshots are new ones, encrypted only where the
    caller encrypts everything by default; a key that does not work shows later, when image and snapshots fail. There is
    no task to ask for: the image tells how far it has come.

    Source: EC2 API Reference, CreateRestoreImageTask; rules C 7.30 to C 7.39, A 0.3, A NM-1, A 7.4, A 11.3;
    settlements S 17, S 41.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        BucketNotUsable,
        BucketAccessDenied,
        StoredImageNotFound,
        *TAGS_ON_CREATION,
        ImageNameInUse,
        ImageQuotaReached,
        RestoreQuotaReached,
        SnapshotQuotaReached,
    )

    bucket: str = field(converter=_bucket)
    object_key: str = field(converter=_object_key)
    name: str | None = field(default=None, converter=optional(_name))
    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tag_specifications)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then begin to restore it."""
        stored = yield from self._object(world, by)
        tags, snapshot_tags = yield from self._tags(world, stored)  # C 7.37
        name = self.name or stored.image.name
        if name is not None:
            yield from name_is_free(world, by, name)  # C 7.32
        yield from room_for_an_image(world, by)
        in_progress, quota = restores_in_progress_gib(world, by), world.limits.restores_in_progress_gb
        if in_progress >= quota:  # C 7.33
            code = world.quirks.store_progress_code
            yield RestoreQuotaReached(error_code=code, in_progress_gib=in_progress, quota=quota)
        yield from quota_of_snapshots(world, by, len(stored.snapshots))
        by_default = own_settings(world, by).ebs_encryption.by_default  # C 7.36
        encryption = ResolvedEncryption(key=KeyChoice.DEFAULT if by_default else None, row="C 7.36")
        yield Settled(subject="the restored snapshots", outcome=str(encryption), rules=encryption.row)
        yield GRANTED
        restoring = _Restoring(
            stored=stored,
            name=name,
            key=key_in_use(world, by, encryption),
            tags=tags,
            snapshot_tags=snapshot_tags,
        )
        return _begun(world, by, restoring)

    def _object(self, world: World, by: Caller) -> Finding[StoredImage]:
        """The stored image. Refuses with `BucketNotUsable`, `BucketAccessDenied` and `StoredImageNotFound`."""
        bucket = yield from usable_bucket(world, by, self.bucket)  # C 7.31
        if bucket is not None and not bucket.lets_read(by.account):
            yield bucket_denied(world, by, bucket, "s3:GetObject")
        stored = world.stored_image(self.bucket, self.object_key)
        if stored is None:  # C 7.34
            code = world.quirks.restore_object_code
            missing = StoredImageNotFound(error_code=code, bucket=self.bucket, object_key=self.object_key)
            return (yield from nothing(missing))
        return stored

    def _tags(self, world: World, stored: StoredImage) -> Finding[tuple[Tags, Mapping[str, Tags]]]:
        """The tags of the image and of each snapshot: what was stored with it, under what the request specifies."""
        wanted = self.tag_specifications
        of_image = [one for one in wanted if one.resource_type == ResourceType.IMAGE]
        of_snapshots = [one for one in wanted if one.resource_type == ResourceType.SNAPSHOT]
        image = yield from tags_on_creation(world, of_image, {ResourceType.IMAGE: stored.image.tags})
        snapshots: dict[str, Tags] = {}
        for one in stored.snapshots:
            tags = yield from tags_on_creation(world, of_snapshots, {ResourceType.SNAPSHOT: one.tags})
            snapshots[one.snapshot_id] = tags[ResourceType.SNAPSHOT]
        return image[ResourceType.IMAGE], snapshots


@frozen(kw_only=True)
class _Restoring:
    """What shall be restored, when nothing speaks against it."""

    stored: StoredImage
    name: str | None
    key: KeyInUse
    tags: Tags
    snapshot_tags: Mapping[str, Tags]


def _begun(world: World, by: Caller, restoring: _Restoring) -> Outcome[Image]:
    stored, key = restoring.stored, restoring.key
    request_id, new_id = world.request_id, ImageId(world.new_id("ami-"))
    duration, alias = time_to_restore(world, by, stored), world.owner_aliases.get(by.account)
    facts: dict[str, Any] = {**storing.restored(stored, world.now), "name": restoring.name, "tags": restoring.tags}
    image = Image(**facts, image_id=new_id, owner_id=by.account, region=by.region, image_owner_alias=alias)
    made: dict[str, Snapshot] = {}
    for one in stored.snapshots:
        snapshot = Snapshot(
            **storing.restored_snapshot(one, image),
            snapshot_id=world.new_id("snap-"),
            owner_id=by.account,
            region=by.region,
            start_time=world.now,
            encrypted=key.kms_key_id is not None,
            kms_key_id=key.kms_key_id,
            owner_alias=alias,
            tags=restoring.snapshot_tags[one.snapshot_id],
        )
        world = world.with_snapshot(snapshot)
        made[one.snapshot_id] = snapshot
    image = evolve(image, block_device_mappings=filled_in(stored.image, made))
    work = FinishSnapshots(
        snapshot_ids=(one.snapshot_id for one in made.values()),
        event="createSnapshot" if world.quirks.restored_snapshots_are_told_of else "",
        failure=None if key.cause is None else SNAPSHOT_STATE_MESSAGE,
    )
    return Outcome(world.with_image(image).with_task(duration, work, request_id), image)
