"""How actions find what they are about: with the refusals that EC2 gives where it is not there, or not the caller's.

Source: rules A 0.3, A ID-7, A ID-8, B 0.3, C 1.3, C 8.25; settlements S 11, S 25.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from amimodel import lifecycle
from amimodel._copies import changed
from amimodel.callers import Caller
from amimodel.decisions import Owner, PermissionsNotTold, Permitted
from amimodel.identifiers import SnapshotId
from amimodel.images import Image
from amimodel.instances import Instance, InstanceState
from amimodel.lifecycle import COUNTING, ImageEvent, Stage
from amimodel.permissions import EVERYONE, AccountPermission
from amimodel.refusals import (
    ImageNameInUse,
    ImageNotFound,
    ImageQuotaReached,
    InstanceNotFound,
    MisplacedSharedTag,
    NotAuthorizedForImage,
    NotTheProvider,
    Refusal,
    ReservedTagKeySpecified,
    SnapshotNotFound,
    SnapshotNotUsable,
    TagKeyTooLong,
    TagLimitExceeded,
    VolumeNotFound,
)
from amimodel.regions import Region
from amimodel.requests import Doubt, Finding, nothing, unless
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier
from amimodel.tag_requests import ResourceType, TagSpecification, specified
from amimodel.tagging import TaggedResource, merged_tags, refusals_to_tag
from amimodel.tags import NO_TAGS, Tags
from amimodel.volumes import Volume
from amimodel.world import World

_GONE: Final = frozenset({Stage.DEREGISTERED, Stage.IN_RECYCLE_BIN})


def own_image(world: World, by: Caller, image_id: str, event: ImageEvent) -> Finding[Image]:
    """The caller's image, in a stage that allows the operation.

    Refuses with `ImageNotFound`, `NotAuthorizedForImage` and what `lifecycle.refusal` says.

    Source: rules B 0.3, C 0.3, C 0.6, C 1.3; settlements S 11, S 25.
    """
    found = world.former_image(image_id, by.region)
    if found is None:
        return (yield from nothing(ImageNotFound.of(image_id)))
    image, stage = found
    if image.owner_id != by.account:
        yield NotAuthorizedForImage(image_id=image_id)
    against = lifecycle.refusal(image, event, in_recycle_bin=stage is Stage.IN_RECYCLE_BIN, quirks=world.quirks)
    if against is not None and stage in _GONE:
        return (yield from nothing(against))
    yield from unless(against)
    return image


def own_snapshot(world: World, by: Caller, snapshot_id: str) -> Finding[Snapshot]:
    """The caller's snapshot; somebody else's is as good as none (rule C 8.25). Refuses with `SnapshotNotFound`."""
    snapshot = world.snapshot(snapshot_id, by.region)
    if snapshot is None or snapshot.owner_id != by.account:
        return (yield from nothing(SnapshotNotFound(snapshot_id=snapshot_id)))
    return snapshot


def own_volume(world: World, by: Caller, volume_id: str) -> Finding[Volume]:
    """The caller's volume. Refuses with `VolumeNotFound`."""
    volume = world.volume(volume_id, by.region)
    if volume is None or volume.owner_id != by.account:
        return (yield from nothing(VolumeNotFound(volume_id=volume_id)))
    return volume


def own_instance(world: World, by: Caller, instance_id: str) -> Finding[Instance]:
    """The caller's instance, in whatever state. Refuses with `InstanceNotFound`."""
    instance = world.instance(instance_id, by.region)
    if instance is None or instance.owner_id != by.account:
        return (yield from nothing(InstanceNotFound.of(instance_id)))
    return instance


def own_instances(world: World, by: Caller, ids: Iterable[str]) -> Finding[list[Instance]]:
    """The caller's instances, all of them. Refuses with `InstanceNotFound`, which names the others.

    Source: rules C 11.5, C 12.3.
    """
    found: list[Instance] = []
    unknown: list[str] = []
    for one in ids:
        instance = world.instance(one, by.region)
        if instance is None or instance.owner_id != by.account:
            unknown.append(one)
        else:
            found.append(instance)
    if unknown:
        return (yield from nothing(InstanceNotFound(instance_ids=tuple(unknown))))
    return found


def name_is_free(world: World, by: Caller, name: str) -> Finding[None]:
    """No image of the caller's has the name. Refuses with `ImageNameInUse` (rules A NM-6 to A NM-9)."""
    holder = world.holder_of_name(by.account, by.region, name)
    if holder is not None:
        yield ImageNameInUse(name=name, image_id=holder.image_id)


def room_for_an_image(world: World, by: Caller) -> Finding[None]:
    """The quota leaves room for one more. Refuses with `ImageQuotaReached` (rules A 9, C 5.20, C 1.2.12)."""
    quota = world.limits.images_per_region
    key = by.account, by.region
    owned = world.images.count("owner", key)
    if owned + world.recycle_bin.count("owner", key) < quota:
        return  # whatever does not count can only make it less
    counting = sum(lifecycle.stage_of(image) in COUNTING for image in world.images_owned(*key))
    binned = sum(isinstance(entry.resource, Image) for entry in world.recycle_bin.having("owner", key))
    if counting + binned >= quota:
        yield ImageQuotaReached(quota=quota)


def lives(instance: Instance) -> bool:
    """Whether an instance is not terminated."""
    return instance.state is not InstanceState.TERMINATED


def readable_snapshots(world: World, by: Caller, snapshot_ids: Iterable[SnapshotId]) -> dict[str, Snapshot]:
    """Those of the snapshots that the caller may make volumes of: its own, those shared with it, and public ones.

    Source: rules A RB-6, B SP-19, B SBP-5.
    """
    found = ((one, world.snapshot(one, by.region)) for one in snapshot_ids)
    return {one: snapshot for one, snapshot in found if snapshot is not None and may_read(world, by, snapshot)}


def may_read(world: World, by: Caller, snapshot: Snapshot) -> bool:
    """Whether the caller may copy a snapshot and make volumes of it.

    A public one counts as private while its owner blocks all sharing.

    Source: rules B SP-1, B SP-19, B SBP-4, B SBP-5.
    """
    permissions = snapshot.create_volume_permissions
    if snapshot.owner_id == by.account:
        return True
    return permissions is not None and (by.account in permissions.accounts or is_public(world, snapshot))


def is_public(world: World, snapshot: Snapshot) -> bool:
    """Whether everyone may read a snapshot: its owner has let everyone at it, and does not block all sharing now.

    Source: rules B SBP-4, B SBP-5.
    """
    permissions = snapshot.create_volume_permissions
    if permissions is None or not permissions.everyone or snapshot.region is None:
        return False
    return not world.settings(snapshot.owner_id, snapshot.region).snapshot_block_public_access.blocks_all_sharing


def counting_permissions(world: World, snapshot: Snapshot) -> Snapshot:
    """A snapshot with those of its permissions that count now (rules B SBP-4, B SBP-5)."""
    permissions = snapshot.create_volume_permissions
    if permissions is None or not permissions.everyone or is_public(world, snapshot):
        return snapshot
    return changed(snapshot, create_volume_permissions=permissions.removing([EVERYONE]))


USABLE_SNAPSHOT: Final[tuple[type[Refusal], ...]] = (SnapshotNotFound, SnapshotNotUsable)
"""What `usable_snapshot` can say."""


def usable_snapshot(world: World, by: Caller, snapshot_id: SnapshotId, region: Region) -> Finding[Snapshot]:
    """A snapshot that the caller can make a volume or a copy of: one that it may read, completed, not in the archive.

    One that is not open to the caller is as good as none. Refuses with `SnapshotNotFound` and `SnapshotNotUsable`.

    Source: rules B CS-1, B SP-18, B SBP-5, C 8.15, C 8.46, A RB-8.
    """
    snapshot, not_found = world.snapshot(snapshot_id, region), SnapshotNotFound(snapshot_id=snapshot_id)
    if snapshot is None:
        return (yield from nothing(not_found))
    permissions = snapshot.create_volume_permissions
    if snapshot.owner_id == by.account:
        yield Owner()
    elif permissions is not None and may_read(world, by, snapshot):
        listed = by.account in permissions.accounts
        yield Permitted(AccountPermission(by.account) if listed else EVERYONE)
    elif permissions is None or not permissions.complete:
        yield Doubt(PermissionsNotTold(snapshot_id), not_found)
    else:
        return (yield from nothing(not_found))
    if snapshot.state is not SnapshotState.COMPLETED or snapshot.storage_tier is StorageTier.ARCHIVE:
        yield SnapshotNotUsable(snapshot_id=snapshot_id, state=snapshot.state, storage_tier=snapshot.storage_tier)
    return snapshot


TAGS_ON_CREATION: Final[tuple[type[Refusal], ...]] = (
    ReservedTagKeySpecified,
    TagKeyTooLong,
    MisplacedSharedTag,
    TagLimitExceeded,
)
"""What can speak against the tags that an action writes on what it creates."""


def tags_on_creation(
    world: World, specifications: Iterable[TagSpecification], carried: Mapping[str, Tags] = MappingProxyType({})
) -> Finding[Mapping[str, Tags]]:
    """The tags of what is created, by its type: those that a request specifies, over those carried along.

    Source: rules A TG-1, A TG-3, B CI-31, B TG-14; the quirk `request_tags_win`.
    """
    wanted = dict(specified(specifications, tuple(ResourceType)))
    tags = {**carried}
    for kind, new in {**dict.fromkeys(carried, NO_TAGS), **wanted}.items():
        existing = carried.get(kind, NO_TAGS)
        resource = TaggedResource(resource_type=kind)
        yield from refusals_to_tag(existing, new, resource, world.limits, world.quirks)
        tags[kind] = merged_tags(existing, new, world.quirks)
    return tags


def the_provider(by: Caller, action: str) -> Finding[None]:
    """AWS itself, which stands for administrators, too. Refuses everybody else with `NotTheProvider`."""
    if not by.is_provider:
        yield from nothing(NotTheProvider(action=action))
