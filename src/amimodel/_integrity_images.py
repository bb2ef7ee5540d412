"""Whether a world keeps the laws about images, snapshots, and what lies in the Recycle Bin or is gone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from amimodel._integrity_laws import THINGS, Check, Law
from amimodel.clock import to_nearest_minute
from amimodel.identifiers import AccountId
from amimodel.images import DeregistrationProtectionMode, Image
from amimodel.lifecycle import COUNTING, HOLDING_THEIR_SNAPSHOTS, holds_its_name, stage_of
from amimodel.permissions import EVERYONE
from amimodel.regions import Region
from amimodel.retention import IN_BIN
from amimodel.sharing import latest_deprecation_of_public_image
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tasks import EmptyRecycleBin, EndCooldown, FinishImage, FinishSnapshots
from amimodel.vocabulary import ImageState, RootDeviceType
from amimodel.world import World

_USABLE: Final = frozenset({ImageState.AVAILABLE, ImageState.DISABLED})


def _with_binned(world: World) -> Iterator[Image]:
    """Every image there is, those in the Recycle Bin included."""
    yield from world.images
    yield from (entry.resource for entry in world.recycle_bin if isinstance(entry.resource, Image))


def _to_minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"


# --- images -----------------------------------------------------------------------------------------------------------


def _names(world: World) -> Iterator[tuple[str, str]]:
    holders: dict[tuple[object, ...], Image] = {}
    for image in world.images:
        if image.name is not None and holds_its_name(stage_of(image), world.quirks):
            name = image.name if world.quirks.image_names_are_case_sensitive else image.name.lower()
            first = holders.setdefault((image.owner_id, image.region, name), image)
            if first is not image:
                yield image.image_id, f"it is named {image.name!r}, as {first.image_id} is"


def _deprecated_later(world: World) -> Iterator[tuple[str, str]]:
    # A time is rounded after it was found not to be past, and so may lie half a minute before it (rule C 2.5).
    for image in _with_binned(world):
        until = image.deprecation_time
        if until is not None and until < min(image.creation_date, to_nearest_minute(image.creation_date)):
            yield image.image_id, f"it was created {_to_minute(image.creation_date)} and deprecated {_to_minute(until)}"


def _deprecated_in_time(world: World) -> Iterator[tuple[str, str]]:
    years = world.limits.max_public_deprecation_years
    for image in _with_binned(world):
        if image.public and image.deprecation_time is not None and world.quirks.publishing_clamps_deprecation:
            latest = latest_deprecation_of_public_image(image.creation_date, years)
            if image.deprecation_time > max(latest, to_nearest_minute(latest)):
                yield image.image_id, f"its time is {_to_minute(image.deprecation_time)}, {_to_minute(latest)} at most"


def _deprecated(world: World) -> Iterator[tuple[str, str]]:
    for image in _with_binned(world):
        if image.public and image.deprecation_time is None:
            yield image.image_id, "it is public and has none"


def _needed(world: World, image: Image) -> tuple[str, ...]:
    """The snapshots because of which an image could not be what it is, if they were gone."""
    if stage_of(image) not in HOLDING_THEIR_SNAPSHOTS:
        return ()
    if world.quirks.data_snapshots_are_in_use:
        return image.snapshot_ids
    root = image.root_device
    return () if root is None or root.ebs is None or root.ebs.snapshot_id is None else (root.ebs.snapshot_id,)


def _snapshots_there(world: World) -> Iterator[tuple[str, str]]:
    if world.quirks.register_accepts_shared_snapshots:
        return  # a snapshot that another account shared may be deleted by it, and then nothing tells whose it was
    for image in world.images:
        for snapshot_id in _needed(world, image):
            if snapshot_id not in world.snapshots:
                where = "lies in the Recycle Bin" if snapshot_id in world.recycle_bin else "is gone"
                yield image.image_id, f"{snapshot_id} {where}"


def _snapshots_of(world: World, image: Image) -> Iterator[Snapshot]:
    for snapshot_id in image.snapshot_ids:
        snapshot = world.snapshots.get(snapshot_id)
        if snapshot is not None:
            yield snapshot


def _snapshots_completed(world: World) -> Iterator[tuple[str, str]]:
    for image in world.images:
        for snapshot in _snapshots_of(world, image) if image.state in _USABLE else ():
            if snapshot.owner_id == image.owner_id and snapshot.state is not SnapshotState.COMPLETED:
                yield image.image_id, f"it is {image.state} and {snapshot.snapshot_id} is {snapshot.state}"


def _snapshots_owned(world: World) -> Iterator[tuple[str, str]]:
    for image in () if world.quirks.register_accepts_shared_snapshots else world.images:
        for snapshot in _snapshots_of(world, image):
            if snapshot.owner_id != image.owner_id:
                yield image.image_id, f"it is of {image.owner_id} and {snapshot.snapshot_id} of {snapshot.owner_id}"


def _snapshots_in_region(world: World) -> Iterator[tuple[str, str]]:
    for image in world.images:
        for snapshot in _snapshots_of(world, image):
            if snapshot.region != image.region:
                yield image.image_id, f"it is in {image.region} and {snapshot.snapshot_id} in {snapshot.region}"


def _pending_image(world: World) -> Iterator[tuple[str, str]]:
    finished = {task.work.image_id for task in world.tasks if isinstance(task.work, FinishImage)}
    for image in world.images:
        waits = any(snapshot.state is SnapshotState.PENDING for snapshot in _snapshots_of(world, image))
        if image.state is ImageState.PENDING and not waits and image.image_id not in finished:
            yield image.image_id, "it is pending, and nothing will make it available"


def _cooldown(world: World) -> Iterator[tuple[str, str]]:
    ended = {task.work.image_id for task in world.tasks if isinstance(task.work, EndCooldown)}
    for image in world.images:
        if image.deregistration_protection.cooldown_until is not None and image.image_id not in ended:
            yield image.image_id, f"its protection is {image.deregistration_protection}, and will stay so"


# --- snapshots --------------------------------------------------------------------------------------------------------


def _public_snapshots(world: World) -> Iterator[tuple[str, str]]:
    for snapshot in world.snapshots:
        permissions = snapshot.create_volume_permissions
        if permissions is not None and permissions.everyone and (snapshot.encrypted or snapshot.product_codes):
            yield snapshot.snapshot_id, f"it is {'encrypted' if snapshot.encrypted else 'sold'} and public"


def _pending_snapshot(world: World) -> Iterator[tuple[str, str]]:
    finished = {
        snapshot_id
        for task in world.tasks
        if isinstance(task.work, FinishSnapshots)
        for snapshot_id in task.work.snapshot_ids
    }
    for snapshot in world.snapshots:
        if snapshot.state is SnapshotState.PENDING and snapshot.snapshot_id not in finished:
            yield snapshot.snapshot_id, "it is pending, and nothing will finish it"


# --- the Recycle Bin, and what is gone --------------------------------------------------------------------------------


def _marked(world: World) -> Iterator[tuple[str, str]]:
    for entry in world.recycle_bin:
        if entry.resource.tags.get(IN_BIN) != "true":
            yield entry.resource_id, "it lies in the Recycle Bin without the tag"
    for things in (world.images, world.snapshots, world.volumes, world.instances):
        for thing_id, thing in things.records.items():
            if IN_BIN in thing.tags:
                yield thing_id, "it has the tag and does not lie in the Recycle Bin"


def _left_later(world: World) -> Iterator[tuple[str, str]]:
    for entry in world.recycle_bin:
        if entry.recycle_bin_exit_time <= entry.recycle_bin_enter_time:
            entered, leaves = _to_minute(entry.recycle_bin_enter_time), _to_minute(entry.recycle_bin_exit_time)
            yield entry.resource_id, f"it entered {entered} and leaves {leaves}"


_UNFINISHED: Final = frozenset({ImageState.PENDING, ImageState.FAILED})


def _kept(world: World) -> Iterator[tuple[str, str]]:
    for entry in world.recycle_bin:
        image = entry.resource
        if not isinstance(image, Image):
            continue
        if image.root_device_type is RootDeviceType.INSTANCE_STORE:
            yield image.image_id, "its root volume is in the instance store"
        if image.state in _UNFINISHED and not world.quirks.unfinished_image_enters_bin:
            yield image.image_id, f"it is {image.state}"
        if image.deregistration_protection.mode is not DeregistrationProtectionMode.DISABLED:
            yield image.image_id, f"its protection is {image.deregistration_protection}"


def _emptied(world: World) -> Iterator[tuple[str, str]]:
    tasks = {(task.work.resource_id, task.due) for task in world.tasks if isinstance(task.work, EmptyRecycleBin)}
    due: dict[str, datetime] = {}
    for resource_id, at in tasks:
        due[resource_id] = max(at, due.get(resource_id, at))
    for entry in world.recycle_bin:
        last = due.get(entry.resource_id)
        if last is None or last < entry.recycle_bin_exit_time:  # before its time, a task leaves it where it is
            yield entry.resource_id, "nothing will take it out of the Recycle Bin"


def _remembered(world: World) -> Iterator[tuple[str, str]]:
    for tombstone in world.tombstones:
        image = tombstone.image
        if image.state is not ImageState.DEREGISTERED:
            yield image.image_id, f"it is remembered as {image.state}"
        if len(image.launch_permissions):
            yield image.image_id, f"it is remembered as shared with {image.launch_permissions.items[0]}"
        if image.tags:
            yield image.image_id, "it is remembered with tags"


def _deregistered(world: World) -> Iterator[tuple[str, str]]:
    for image in _with_binned(world):
        if image.state is ImageState.DEREGISTERED:
            yield image.image_id, "it is deregistered, and still there"


# --- quotas -----------------------------------------------------------------------------------------------------------


def _by_account(world: World) -> Mapping[tuple[AccountId, Region | None], list[Image]]:
    """The images that count, of the accounts whose quotas are known: those of AWS itself are not."""
    found: defaultdict[tuple[AccountId, Region | None], list[Image]] = defaultdict(list)
    for image in _with_binned(world):
        in_bin = image.image_id in world.recycle_bin
        if stage_of(image, in_recycle_bin=in_bin) in COUNTING and image.owner_id not in world.owner_aliases:
            found[image.owner_id, image.region].append(image)
    return found


def _image_quota(world: World) -> Iterator[tuple[str, str]]:
    quota = world.limits.images_per_region
    for (account, region), images in _by_account(world).items():
        if len(images) > quota:
            yield account, f"it has {len(images):,} in {region}, and may have {quota:,}"


def _public_quota(world: World) -> Iterator[tuple[str, str]]:
    quota = world.limits.public_images_per_region
    for (account, region), images in _by_account(world).items():
        public = sum(image.public for image in images)
        if public > quota:
            yield account, f"it has {public:,} in {region}, and may have {quota:,}"


def _sharing_quota(world: World) -> Iterator[tuple[str, str]]:
    quota = world.limits.shared_entities_per_image
    for image in world.images:
        entities = sum(item != EVERYONE for item in image.launch_permissions)
        if entities > quota and image.owner_id not in world.owner_aliases:
            yield image.image_id, f"it is shared with {entities:,}, and may be with {quota:,}"


CHECKS: Final[tuple[Check, ...]] = (
    Check(Law.NAME_IS_HELD_ONCE,                 _names,               "images quirks"),
    Check(Law.DEPRECATED_AFTER_CREATION,         _deprecated_later,    "images recycle_bin"),
    Check(Law.PUBLIC_IS_DEPRECATED_IN_TIME,      _deprecated_in_time,  "images recycle_bin limits quirks"),
    Check(Law.PUBLIC_IS_DEPRECATED,              _deprecated,          "images recycle_bin"),
    Check(Law.SNAPSHOTS_ARE_THERE,               _snapshots_there,     "images snapshots recycle_bin quirks"),
    Check(Law.SNAPSHOTS_ARE_COMPLETED,           _snapshots_completed, "images snapshots"),
    Check(Law.SNAPSHOTS_ARE_ITS_OWNERS,          _snapshots_owned,     "images snapshots quirks"),
    Check(Law.SNAPSHOTS_ARE_IN_ITS_REGION,       _snapshots_in_region, "images snapshots"),
    Check(Law.PENDING_IMAGE_WILL_BE_FINISHED,    _pending_image,       "images snapshots tasks"),
    Check(Law.COOLDOWN_WILL_END,                 _cooldown,            "images tasks"),
    Check(Law.CLOSED_SNAPSHOT_IS_NOT_PUBLIC,     _public_snapshots,    "snapshots"),
    Check(Law.PENDING_SNAPSHOT_WILL_BE_FINISHED, _pending_snapshot,    "snapshots tasks"),
    Check(Law.MARKED_IN_BIN,                     _marked,              f"recycle_bin {THINGS}"),
    Check(Law.LEAVES_AFTER_ENTERING,             _left_later,          "recycle_bin"),
    Check(Law.BINNED_CAN_BE_KEPT,                _kept,                "recycle_bin quirks"),
    Check(Law.BIN_WILL_BE_EMPTIED,               _emptied,             "recycle_bin tasks"),
    Check(Law.REMEMBERED_IS_GONE,                _remembered,          "tombstones"),
    Check(Law.DEREGISTERED_IS_GONE,              _deregistered,        "images recycle_bin"),
    Check(Law.IMAGES_WITHIN_QUOTA,               _image_quota,         "images recycle_bin owner_aliases limits"),
    Check(Law.PUBLIC_IMAGES_WITHIN_QUOTA,        _public_quota,        "images recycle_bin owner_aliases limits"),
    Check(Law.SHARING_WITHIN_QUOTA,              _sharing_quota,       "images owner_aliases limits"),
)  # fmt: skip
