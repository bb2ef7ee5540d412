"""Whether a world keeps the laws about places and ids, instances and volumes, tags, keys, and time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain, pairwise
from typing import Final

from amimodel._integrity_laws import THINGS, Check, Law
from amimodel.images import Image
from amimodel.instance_lifecycle import time_to_arrive
from amimodel.instances import InstanceState
from amimodel.tags import Tags
from amimodel.tasks import ForgetInstance, MoveInstance
from amimodel.volumes import VolumeState
from amimodel.world import World

# --- everything in its place ------------------------------------------------------------------------------------------


_DATED: Final = "recycle_bin tombstones stored_images store_tasks"
_REGISTERS: Final = f"{THINGS} recycle_bin retention_rules tombstones"


def _own_ids(world: World) -> Iterator[tuple[str, str]]:
    own: tuple[Iterable[tuple[str, str]], ...] = (
        ((held, image.image_id) for held, image in world.images.records.items()),
        ((held, snapshot.snapshot_id) for held, snapshot in world.snapshots.records.items()),
        ((held, volume.volume_id) for held, volume in world.volumes.records.items()),
        ((held, instance.instance_id) for held, instance in world.instances.records.items()),
        ((held, entry.resource_id) for held, entry in world.recycle_bin.records.items()),
        ((held, rule.identifier) for held, rule in world.retention_rules.records.items()),
        ((held, tombstone.image.image_id) for held, tombstone in world.tombstones.records.items()),
        ((held, str(key.arn)) for held, key in world.keys.items()),
        ((held, bundle.location) for held, bundle in world.bundles.items()),
        ((held, bucket.name) for held, bucket in world.buckets.items()),
        (("/".join(held), f"{one.bucket}/{one.object_key}") for held, one in world.stored_images.items()),
    )
    for held, its_own in chain.from_iterable(own):
        if held != its_own:
            yield held, f"what stands there is {its_own}"


def _regions(world: World) -> Iterator[tuple[str, str]]:
    for image in chain(world.images, (tombstone.image for tombstone in world.tombstones)):
        if image.region is None:
            yield image.image_id, "it is in none"
    for snapshot in world.snapshots:
        if snapshot.region is None:
            yield snapshot.snapshot_id, "it is in none"
    for entry in world.recycle_bin:
        if entry.region is None:
            yield entry.resource_id, "it is in none"


def _one_place(world: World) -> Iterator[tuple[str, str]]:
    for resource_id in world.recycle_bin.records:
        if resource_id in world.images or resource_id in world.snapshots:
            yield resource_id, "it is in use and in the Recycle Bin"
    for image_id in world.tombstones.records:
        if image_id in world.images:
            yield image_id, "it is gone and in use"
        if image_id in world.recycle_bin:
            yield image_id, "it is gone and in the Recycle Bin"


def _in_step(world: World, *, name: str) -> Iterator[tuple[str, str]]:
    if not getattr(world, name).is_in_step():
        yield name, "an index is out of step"


def _begun(world: World) -> Iterator[tuple[str, datetime]]:
    for image in world.images:
        yield image.image_id, max((image.creation_date, *image.launches))
    for snapshot in world.snapshots:
        yield snapshot.snapshot_id, max(snapshot.start_time, snapshot.completion_time or snapshot.start_time)
    for volume in world.volumes:
        yield volume.volume_id, volume.create_time
    for instance in world.instances:
        yield instance.instance_id, instance.launch_time
    for entry in world.recycle_bin:
        yield entry.resource_id, entry.recycle_bin_enter_time
    for tombstone in world.tombstones:
        yield tombstone.image.image_id, tombstone.deregistered_at
    for place, stored in world.stored_images.items():
        if stored.store_time is not None:
            yield "/".join(place), stored.store_time
    for number, task in world.store_tasks.items():
        yield f"store task {number}", task.task_start_time


def _before_now(world: World) -> Iterator[tuple[str, str]]:
    for subject, at in _begun(world):
        if at > world.now:
            yield subject, f"something of it is of {at:%Y-%m-%d %H:%M:%S}, and it is {world.now:%Y-%m-%d %H:%M:%S}"


# --- instances and their volumes --------------------------------------------------------------------------------------


def _in_use(world: World) -> Iterator[tuple[str, str]]:
    for volume in world.volumes:
        if (volume.state is VolumeState.IN_USE) is not (volume.attachment is not None):
            where = "nothing" if volume.attachment is None else volume.attachment.instance_id
            yield volume.volume_id, f"it is {volume.state} and attached to {where}"


def _attached(world: World) -> Iterator[tuple[str, str]]:
    for volume in world.volumes:
        if volume.attachment is not None and volume.attachment.instance_id not in world.instances:
            yield volume.volume_id, f"it is attached to {volume.attachment.instance_id}, which is not there"


def _nearby(world: World) -> Iterator[tuple[str, str]]:
    for volume in world.volumes:
        instance = None if volume.attachment is None else world.instances.get(volume.attachment.instance_id)
        if instance is None:
            continue
        if instance.availability_zone != volume.availability_zone:
            yield volume.volume_id, f"it is in {volume.availability_zone}, its instance in {instance.availability_zone}"
        if instance.owner_id != volume.owner_id:
            yield volume.volume_id, f"it is of {volume.owner_id}, its instance of {instance.owner_id}"


def _mapped(world: World) -> Iterator[tuple[str, str]]:
    for instance in world.instances:
        named = {
            (device.volume_id, device.device_name, device.delete_on_termination)
            for device in instance.block_device_mappings
        }
        attached = {
            (volume.volume_id, volume.attachment.device_name, volume.attachment.delete_on_termination)
            for volume in world.volumes_of(instance.instance_id)
            if volume.attachment is not None
        }
        for volume_id, device_name, _ in sorted(named - attached):
            yield instance.instance_id, f"it names {volume_id} as {device_name}, which is not attached so"
        for volume_id, device_name, _ in sorted(attached - named):
            yield instance.instance_id, f"{volume_id} is attached as {device_name}, and it does not name it so"


def _terminated(world: World) -> Iterator[tuple[str, str]]:
    for instance in world.instances:
        if instance.state is InstanceState.TERMINATED:
            named = (device.volume_id for device in instance.block_device_mappings)
            attached = (volume.volume_id for volume in world.volumes_of(instance.instance_id))
            for volume_id in dict.fromkeys(chain(named, attached)):
                yield instance.instance_id, f"it is terminated and has {volume_id}"


def _arriving(world: World) -> Iterator[tuple[str, str]]:
    moves = {(task.work.instance_id, task.work.leaving) for task in world.tasks if isinstance(task.work, MoveInstance)}
    for instance in world.instances:
        on_its_way = time_to_arrive(instance.state, world.timing) is not None
        if on_its_way and (instance.instance_id, instance.state) not in moves:
            yield instance.instance_id, f"it is {instance.state}, and nothing will change that"


def _forgotten(world: World) -> Iterator[tuple[str, str]]:
    forgotten = {task.work.instance_id for task in world.tasks if isinstance(task.work, ForgetInstance)}
    for instance in world.instances:
        if instance.state is InstanceState.TERMINATED and instance.instance_id not in forgotten:
            yield instance.instance_id, "it is terminated, and nothing will forget it"


def _image_of(world: World, image_id: str) -> Image | None:
    image, entry, tombstone = (
        world.images.get(image_id), world.recycle_bin.get(image_id), world.tombstones.get(image_id),
    )  # fmt: skip
    if entry is not None and isinstance(entry.resource, Image):
        return entry.resource
    return tombstone.image if image is None and tombstone is not None else image


def _launched(world: World) -> Iterator[tuple[str, str]]:
    for instance in world.instances:
        image = _image_of(world, instance.image_id)
        if image is None:
            yield instance.instance_id, f"nothing is known of {instance.image_id}"
        elif image.region != instance.region:
            yield instance.instance_id, f"it is in {instance.region}, and {instance.image_id} in {image.region}"


# --- tags and keys ----------------------------------------------------------------------------------------------------


def _foreign(world: World) -> Iterator[tuple[str, str, Tags]]:
    for resource_id, written in world.foreign_tags.items():
        for account, tags in written.items():
            yield resource_id, account, tags


def _on_something(world: World) -> Iterator[tuple[str, str]]:
    for resource_id in world.foreign_tags:
        if world.resource(resource_id) is None:
            yield resource_id, "it is not there, and others have written on it"


def _not_owners(world: World) -> Iterator[tuple[str, str]]:
    for resource_id, account, _ in _foreign(world):
        resource = world.resource(resource_id)
        if resource is not None and resource.owner_id == account:
            yield resource_id, f"the tags of {account}, which owns it, stand among those of others"


def _private(world: World) -> Iterator[tuple[str, str]]:
    for resource_id, account, tags in _foreign(world):
        for key in tags.shared:
            yield resource_id, f"{account} has written {key}"


def _some(world: World) -> Iterator[tuple[str, str]]:
    for resource_id, written in world.foreign_tags.items():
        if not written or not all(written.values()):
            yield resource_id, "there are tags of others on it, but none is written"


def _tag_limit(world: World) -> Iterator[tuple[str, str]]:
    limit = world.limits.tags_per_resource
    things = (world.images, world.snapshots, world.volumes, world.instances)
    own = ((thing_id, "its owner", thing.tags) for register in things for thing_id, thing in register.records.items())
    binned = ((entry.resource_id, "its owner", entry.resource.tags) for entry in world.recycle_bin)
    for resource_id, account, tags in chain(own, binned, _foreign(world)):
        if len(tags) > limit and len(tags.user) > limit:
            yield resource_id, f"{account} has written {len(tags.user)} on it, and may write {limit}"


def _aliases(world: World) -> Iterator[tuple[str, str]]:
    for (account, region, alias), arn in world.key_aliases.items():
        if arn not in world.keys:
            yield alias, f"for {account} in {region} it names {arn}, which is not there"


# --- time -------------------------------------------------------------------------------------------------------------


def _in_order(world: World) -> Iterator[tuple[str, str]]:
    for one, other in pairwise(world.tasks):
        if one.order >= other.order:
            yield f"task {other.number}", f"it stands behind task {one.number}"
    seen: set[int] = set()
    for task in world.tasks:
        if task.number in seen:
            yield f"task {task.number}", "there are two of this number"
        seen.add(task.number)


def _to_come(world: World) -> Iterator[tuple[str, str]]:
    for task in world.tasks:
        if task.due < world.now:
            yield f"task {task.number}", f"it was due at {task.due:%Y-%m-%d %H:%M:%S}"


def _numbered(world: World) -> Iterator[tuple[str, str]]:
    for place, event in enumerate(world.events, 1):
        if event.number != place:
            yield f"event {event.number}", f"it stands at {place}"


def _told_in_order(world: World) -> Iterator[tuple[str, str]]:
    latest: datetime | None = None
    for event in world.events:
        if event.time > world.now:
            yield f"event {event.number}", "it is of the future"
        if latest is not None and event.time < latest:
            yield f"event {event.number}", "it stands behind a later one"
        latest = event.time


CHECKS: Final[tuple[Check, ...]] = (
    Check(Law.UNDER_ITS_OWN_ID,                _own_ids,       f"{_REGISTERS} keys bundles buckets stored_images"),
    Check(Law.IN_A_REGION,                     _regions,       "images snapshots recycle_bin tombstones"),
    Check(Law.IN_ONE_PLACE,                    _one_place,     "images snapshots recycle_bin tombstones"),
    *(Check(Law.INDEXES_ARE_IN_STEP, partial(_in_step, name=name), name) for name in _REGISTERS.split()),
    Check(Law.BEGUN_BEFORE_NOW,                _before_now,    f"now {_DATED} {THINGS}"),
    Check(Law.ATTACHED_IS_IN_USE,              _in_use,        "volumes"),
    Check(Law.ATTACHED_TO_WHAT_IS_THERE,       _attached,      "volumes instances"),
    Check(Law.ATTACHED_IN_ITS_ZONE,            _nearby,        "volumes instances"),
    Check(Law.MAPPING_NAMES_ITS_VOLUMES,       _mapped,        "volumes instances"),
    Check(Law.TERMINATED_HAS_NO_VOLUMES,       _terminated,    "volumes instances"),
    Check(Law.INSTANCE_WILL_ARRIVE,            _arriving,      "instances tasks timing"),
    Check(Law.TERMINATED_WILL_BE_FORGOTTEN,    _forgotten,     "instances tasks"),
    Check(Law.IMAGE_IS_REMEMBERED,             _launched,      "instances images recycle_bin tombstones"),
    Check(Law.FOREIGN_TAGS_ARE_ON_SOMETHING,   _on_something,  f"foreign_tags recycle_bin {THINGS}"),
    Check(Law.FOREIGN_TAGS_ARE_NOT_THE_OWNERS, _not_owners,    f"foreign_tags recycle_bin {THINGS}"),
    Check(Law.FOREIGN_TAGS_ARE_PRIVATE,        _private,       "foreign_tags"),
    Check(Law.FOREIGN_TAGS_ARE_SOME,           _some,          "foreign_tags"),
    Check(Law.TAGS_WITHIN_LIMIT,               _tag_limit,     f"foreign_tags recycle_bin limits {THINGS}"),
    Check(Law.ALIAS_NAMES_A_KEY,               _aliases,       "keys key_aliases"),
    Check(Law.TASKS_ARE_IN_ORDER,              _in_order,      "tasks"),
    Check(Law.TASKS_ARE_TO_COME,               _to_come,       "now tasks"),
    Check(Law.EVENTS_ARE_NUMBERED,             _numbered,      "events"),
    Check(Law.EVENTS_ARE_IN_ORDER,             _told_in_order, "now events"),
)  # fmt: skip
