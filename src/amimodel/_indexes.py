"""How a world finds things: the indexes of its catalogues.

An index is derived, never part of what a world says. Each row gives the keys of a record, and the attributes they come
from: a change that leaves those attributes alone leaves the index alone.
"""

from collections.abc import Collection, Hashable, Mapping
from typing import Final

from amimodel._catalogue import Index
from amimodel.images import Image
from amimodel.instances import Instance
from amimodel.retention import RecycleBinEntry, RetentionRule
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tombstones import Tombstone
from amimodel.vocabulary import ImageState
from amimodel.volumes import Volume


def _owner(record: Image | Snapshot | Volume | Instance | RetentionRule | RecycleBinEntry) -> Collection[Hashable]:
    return ((record.owner_id, record.region),)


def _name(image: Image) -> Collection[Hashable]:
    # In lower case, so that names can be compared with and without it (the quirk image_names_are_case_sensitive).
    return () if image.name is None else ((image.owner_id, image.region, image.name.lower()),)


def _alias(image: Image) -> Collection[Hashable]:
    return () if image.image_owner_alias is None else ((image.image_owner_alias, image.region),)


def _snapshots(image: Image) -> Collection[Hashable]:
    return image.snapshot_ids


def _source(image: Image) -> Collection[Hashable]:
    return () if image.source_image_id is None else (image.source_image_id,)


def _grantees(image: Image) -> Collection[Hashable]:
    return [(image.region, item) for item in image.launch_permissions.items]


def _public(image: Image) -> Collection[Hashable]:
    return ((image.owner_id, image.region),) if image.public else ()


def _state(image: Image) -> Collection[Hashable]:
    return () if image.state is ImageState.AVAILABLE else ((image.state, image.region),)


def _tags(record: Image | Snapshot | Volume | Instance) -> Collection[Hashable]:
    return [key for item in record.tags.items() for key in (item[0], item)]


def _reached(snapshot: Snapshot) -> Collection[Hashable]:
    permissions = snapshot.create_volume_permissions
    return () if permissions is None else [(snapshot.region, item) for item in permissions.items]


def _unfinished(snapshot: Snapshot) -> Collection[Hashable]:
    if snapshot.state is SnapshotState.COMPLETED:
        return ()
    return ((snapshot.state, snapshot.owner_id, snapshot.region),)


def _owner_alias(snapshot: Snapshot) -> Collection[Hashable]:
    return () if snapshot.owner_alias is None else ((snapshot.owner_alias, snapshot.region),)


def _volume(snapshot: Snapshot) -> Collection[Hashable]:
    return (snapshot.volume_id,)


def _attached(volume: Volume) -> Collection[Hashable]:
    return () if volume.attachment is None else (volume.attachment.instance_id,)


def _image(instance: Instance) -> Collection[Hashable]:
    return (instance.image_id,)


# fmt: off
IMAGES: Final[Mapping[str, Index[Image]]] = {
    "owner":    Index(_owner,     "owner_id", "region"),
    "name":     Index(_name,      "owner_id", "region", "name"),
    "alias":    Index(_alias,     "image_owner_alias", "region"),
    "snapshot": Index(_snapshots, "block_device_mappings"),
    "source":   Index(_source,    "source_image_id"),
    "grantee":  Index(_grantees,  "launch_permissions", "region"),
    "public":   Index(_public,    "launch_permissions", "owner_id", "region"),
    "state":    Index(_state,     "state", "region"),  # available images are the rule, and have no key
    "tag":      Index(_tags,      "tags"),
}
SNAPSHOTS: Final[Mapping[str, Index[Snapshot]]] = {
    "owner":    Index(_owner,       "owner_id", "region"),
    "volume":   Index(_volume,      "volume_id"),
    "grantee":  Index(_reached,     "create_volume_permissions", "region"),
    "state":    Index(_unfinished,  "state", "owner_id", "region"),  # completed ones are the rule, and have no key
    "alias":    Index(_owner_alias, "owner_alias", "region"),
    "tag":      Index(_tags,        "tags"),
}
VOLUMES: Final[Mapping[str, Index[Volume]]] = {
    "owner":    Index(_owner,    "owner_id", "availability_zone"),
    "instance": Index(_attached, "attachment"),
    "tag":      Index(_tags,     "tags"),
}
INSTANCES: Final[Mapping[str, Index[Instance]]] = {
    "owner":    Index(_owner, "owner_id", "availability_zone"),
    "image":    Index(_image, "image_id"),
    "tag":      Index(_tags,  "tags"),
}
RECYCLE_BIN: Final[Mapping[str, Index[RecycleBinEntry]]] = {"owner": Index(_owner, "resource")}
RETENTION_RULES: Final[Mapping[str, Index[RetentionRule]]] = {"owner": Index(_owner, "owner_id", "region")}
TOMBSTONES: Final[Mapping[str, Index[Tombstone]]] = {}
# fmt: on
