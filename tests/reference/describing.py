"""DescribeImages: a second implementation, from rules A 8.1 to A 8.7, A 8.10, C 2.30 and C 3.12 to C 3.14 alone.

It looks at every image there is, one after the other, and knows of no index.
"""

from datetime import timedelta
from typing import Any

from attrs import evolve

from amimodel.actions import DescribeImages
from amimodel.block_devices import BlockDeviceMapping
from amimodel.callers import Caller
from amimodel.images import DeregistrationProtection, Image
from amimodel.permissions import NOT_PUBLIC, PUBLIC_AT_LEAST, AccountPermission, EveryonePermission
from amimodel.settings import RegionSettings
from amimodel.wire import Record, write
from amimodel.world import World
from reference.access import launch_permitted
from reference.allowed_images import allowed
from reference.filters import IMAGE_MEMBERS, meets

LAG = timedelta(hours=24)  # rule A LL-1


class Unknown(Exception):  # noqa: N818 - it is what EC2 says, and no error of this file
    """Some ids lead nowhere (rules A ID-7, C 5.11)."""

    def __init__(self, *image_ids: str) -> None:
        super().__init__(*image_ids)
        self.image_ids = image_ids


def answer(world: World, query: DescribeImages, by: Caller) -> list[Image] | Unknown:
    """What is answered, or which ids are unknown."""
    try:
        return described(world, query, by)
    except Unknown as unknown:
        return unknown


def described(world: World, query: DescribeImages, by: Caller) -> list[Image]:
    """Rule A 8.10, from step 2 on, but for the pages."""
    found = [shown(world, image, by) for image in _chosen(world, query, by)]
    return sorted(found, key=lambda image: (image.creation_date, image.image_id))


def _chosen(world: World, query: DescribeImages, by: Caller) -> list[Image]:
    here = [image for image in world.images if image.region == by.region]
    if query.image_ids:
        here = _named(world, query, by, here)
    else:
        named = {one for each in query.filters if each.name == "image-id" for one in each.values}
        counts = named if world.quirks.image_id_filter_counts_as_id else set()
        here = [image for image in here if _listed(world, query, by, image) or image.image_id in counts]
    here = [image for image in here if _sees(world, by, image)]
    if query.owners:
        here = [image for image in here if any(_owned(image, owner, by) for owner in query.owners)]
    if query.executable_users:
        here = [image for image in here if any(_executable(world, image, user, by) for user in query.executable_users)]
    wanted = [(each.name, list(each.values)) for each in query.filters]
    return [image for image in here if meets(wanted, _facts(world, image, by), IMAGE_MEMBERS)]


def _named(world: World, query: DescribeImages, by: Caller, here: list[Image]) -> list[Image]:
    """Settlements S 1, S 3, S 11."""
    by_id = {image.image_id: image for image in here}
    remembered = {
        tombstone.image.image_id
        for tombstone in world.tombstones
        if tombstone.image.region == by.region and world.now - tombstone.deregistered_at < timedelta(days=7)
    } | {entry.resource_id for entry in world.recycle_bin if entry.region == by.region}
    hidden = {one for one, image in by_id.items() if not _sees(world, by, image)}
    known = {*by_id, *remembered} - (set() if world.quirks.invisible_images_are_left_out else hidden)
    unknown = [one for one in dict.fromkeys(query.image_ids) if one not in known]
    if unknown:
        raise Unknown(*unknown)
    found = [by_id[one] for one in dict.fromkeys(query.image_ids) if one in by_id]
    if world.quirks.disabled_image_described_by_id or query.include_disabled:
        return found
    return [image for image in found if image.state != "disabled"]


def _listed(world: World, query: DescribeImages, by: Caller, image: Image) -> bool:
    """Rule A 8.3, the column without ids."""
    deprecated = image.deprecation_time is not None and image.deprecation_time <= world.now
    if deprecated and image.owner_id != by.account and not query.include_deprecated:
        return False
    return image.state != "disabled" or query.include_disabled


def _sees(world: World, by: Caller, image: Image) -> bool:
    """Rules A 8.2, A VS-4, A VS-5; B VI-4."""
    if image.state == "disabled" and image.owner_id != by.account:
        return False
    usable = _allowed(world, by, image) is not False or _settings(world, by).allowed_images.state != "enabled"
    return launch_permitted(image, by.account, world.organizations) and usable


def _settings(world: World, by: Caller) -> RegionSettings:
    return world.region_settings.get((by.account, by.region)) or RegionSettings()


def _allowed(world: World, by: Caller, image: Image) -> bool | None:
    settings = _settings(world, by).allowed_images
    return allowed(settings.state, settings.image_criteria, image, by.account, world.now)


def _owned(image: Image, owner: str, by: Caller) -> bool:
    """Rules A OW-1 to A OW-3."""
    return image.owner_id == by.account if owner == "self" else owner in {image.owner_id, image.image_owner_alias}


def _executable(world: World, image: Image, user: str, by: Caller) -> bool:
    """Rules A EX-1 to A EX-3; settlement S 12."""
    items = set(image.launch_permissions)
    if user == "all":
        return EveryonePermission() in items
    account = by.account if user == "self" else user
    if account != by.account:
        return AccountPermission(account) in items
    if image.owner_id == account:
        return AccountPermission(account) in items and world.quirks.executable_by_self_includes_own
    explicit = evolve(image, launch_permissions=items - {EveryonePermission()})
    return launch_permitted(explicit, account, world.organizations)


def _facts(world: World, image: Image, by: Caller) -> dict[str, Any]:
    told: Any = write(Record(shown(world, image, by)))
    item = dict(told)
    if image.state == "pending":  # the filters know the snapshots, whatever is shown
        whole: Any = write(Record(image))
        item["BlockDeviceMappings"] = whole["BlockDeviceMappings"]
    named = [name for (_, name), ids in world.parameters.items() if image.image_id in ids]
    return item | {"PublicSsmParameterName": named}


def shown(world: World, image: Image, by: Caller) -> Image:
    """Rules A 8.7, A TG-9, A NF-3, A NF-4; settlements S 34, S 35."""
    owned = image.owner_id == by.account
    told = [launch for launch in image.launches if launch + LAG <= world.now]
    written = world.foreign_tags.get(image.image_id)
    own_tags = dict(written[by.account]) if written is not None and by.account in written else {}
    shared = {key: value for key, value in image.tags.items() if key.startswith("ec2:SharedTag/")}
    parameters = [name for (_, name), ids in world.parameters.items() if ids[-1] == image.image_id]
    mappings = image.block_device_mappings
    if image.state == "pending" and not world.quirks.pending_image_shows_snapshots:
        mappings = tuple(
            BlockDeviceMapping(entry.device_name, evolve(entry.ebs, snapshot_id=None)) if entry.ebs else entry
            for entry in mappings
        )
    return evolve(
        image,
        launch_permissions=PUBLIC_AT_LEAST if image.public else NOT_PUBLIC,
        uefi_data=None,
        guest_os_boot=None,
        launches=told[-1:] if owned else [],
        tags=image.tags if owned else {**own_tags, **shared},
        deregistration_protection=image.deregistration_protection if owned else DeregistrationProtection(),
        source_instance_id=image.source_instance_id if owned else None,
        image_allowed=_allowed(world, by, image),
        public_ssm_parameter_name=parameters[0] if parameters else None,
        block_device_mappings=mappings,
    )
