"""What single actions take in their own way, and the shapes that their requests have.

A shape names what a request is given beyond what EC2 requires: nearly every request of its kind has that, or it takes
all of it together to bring a case about.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import NOTHING, Attribute, fields

from amimodel.actions import ACTIONS
from amimodel.attributes import SnapshotAttributeName
from amimodel.filters import Filter
from amimodel.instances import InstanceState
from amimodel.snapshots import SnapshotState
from amimodel.tag_requests import TagToDelete
from amimodel.testing.strategies import _request_parts as parts
from amimodel.testing.strategies._filling import Filling, Make, named, one
from amimodel.testing.strategies._neighbour_values import OF_NEIGHBOURING_ACTIONS
from amimodel.testing.strategies._request_values import of_parameter
from amimodel.testing.strategies._sight import Ids, Sight
from amimodel.vocabulary import ImageState
from amimodel.volumes import VolumeState


def _launchable(sight: Sight) -> Ids:
    return (*sight.images_in(ImageState.AVAILABLE), *(f"resolve:ssm:{name}" for name in sight.parameters))


def _tags_to_delete(filling: Filling) -> object:
    few = (TagToDelete("Name"), TagToDelete("Stage", "test"), TagToDelete("ec2:SharedTag/Team"))
    return filling.pick(((few[0],), (few[1],), (few[2],), (*few, TagToDelete("Backup"))))


# fmt: off
_OF_ACTIONS: Final[Mapping[tuple[str, str], Make]] = MappingProxyType({
    ("CancelImageLaunchPermission", "image_id"):   named(lambda sight: sight.images_shared),
    ("ChangeKeyState", "kms_key_id"):              named(lambda sight: sight.key_arns),
    ("CopyImage", "source_region"):                parts.region_of_source,
    ("CopyImage", "tag_specifications"):           parts.specifications("image", "snapshot"),
    ("CopySnapshot", "source_snapshot_id"):        parts.snapshot_of_source,
    ("CreateImage", "instance_id"):                named(lambda sight: sight.instances_in(InstanceState.RUNNING,
                                                                                          InstanceState.STOPPED)),
    ("CreateImage", "tag_specifications"):         parts.specifications("image", "snapshot"),
    ("CreateBucket", "bucket"):                    named(lambda sight: (f"bucket-{sight.world.issued}",
                                                                        *sight.buckets[:1])),
    ("CreateRestoreImageTask", "tag_specifications"): parts.specifications("image", "snapshot"),
    ("CreateStoreImageTask", "image_id"):          named(lambda sight: sight.images_in(ImageState.AVAILABLE)),
    ("CreateVolume", "snapshot_id"):               named(lambda sight: sight.snapshots_in(SnapshotState.COMPLETED)),
    ("CreateVolume", "tag_specifications"):        parts.specifications("volume"),
    ("DeleteTags", "tags"):                        _tags_to_delete,
    ("DeleteVolume", "volume_id"):                 named(lambda sight: sight.volumes_in(VolumeState.AVAILABLE)),
    ("DescribeImages", "filters"):                 parts.filters(Filter("tag-key", ["Name"]),
                                                                 Filter("state", ["disabled"]),
                                                                 Filter("name", ["*-2026*"]),
                                                                 Filter("owner-alias", ["amazon"]),
                                                                 Filter("image-watermark-key", ["x"])),
    ("DescribeSnapshotAttribute", "attribute"):    one(*SnapshotAttributeName),
    ("DescribeStoreImageTasks", "filters"):        parts.filters(Filter("task-state", ["Completed"]),
                                                                 Filter("bucket", ["*-images"]),
                                                                 Filter("bucket", ["a", "b", "c", "d"])),
    ("DescribeTags", "filters"):                   parts.filters(Filter("key", ["Name"]),
                                                                 Filter("value", ["a", "b", "c", "d"])),
    ("EnableImage", "image_id"):                   named(lambda sight: sight.images_in(ImageState.DISABLED)),
    ("EnableSnapshotBlockPublicAccess", "state"):  one("block-new-sharing", "block-all-sharing"),
    ("FailImage", "image_id"):                     named(lambda sight: sight.images_in(ImageState.PENDING)),
    ("FailLaunch", "instance_id"):                 named(lambda sight: sight.instances_in(InstanceState.PENDING)),
    ("FailSnapshot", "snapshot_id"):               named(lambda sight: sight.snapshots_in(SnapshotState.PENDING)),
    ("FailStoreImageTask", "image_id"):            named(lambda sight: sight.images_being_stored),
    ("GrantKey", "kms_key_id"):                    named(parts.granted_keys),
    ("ModifyImageAttribute", "attribute"):         one("launchPermission"),
    ("ModifySnapshotAttribute", "attribute"):      one("createVolumePermission"),
    ("PublishParameter", "name"):                  named(lambda sight: sight.parameters),
    ("RegisterImage", "block_device_mappings"):    parts.root_mapping,
    ("RegisterImage", "tag_specifications"):       parts.specifications("image"),
    ("ResetImageAttribute", "attribute"):          one("launchPermission"),
    ("ResetSnapshotAttribute", "attribute"):       one("createVolumePermission"),
    ("RestoreImageFromRecycleBin", "image_id"):    named(lambda sight: sight.binned_images),
    ("RestoreSnapshotFromRecycleBin", "snapshot_id"): named(lambda sight: sight.binned_snapshots),
    ("RevokeKey", "kms_key_id"):                   named(parts.granted_keys),
    ("RunInstances", "image_id"):                  named(_launchable),
    ("RunInstances", "tag_specifications"):        parts.specifications("instance", "volume"),
    ("ShutDownFromWithin", "instance_id"):         named(lambda sight: sight.instances_in(InstanceState.RUNNING)),
    ("StartInstances", "instance_ids"):            lambda filling: filling.some(
                                                       filling.sight.instances_in(InstanceState.STOPPED)),
    **OF_NEIGHBOURING_ACTIONS,
})
_SHAPES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType({
    "ApplyDeclarativePolicy":  (("image_block_public_access",), ("allowed_images",), ("snapshot_block_public_access",),
                                ("instance_metadata_defaults",)),
    "CreateVolume":            (("size_gib",), ("snapshot_id",)),
    "ModifyImageAttribute":    (("launch_permission",),
                                ("attribute", "operation_type", "user_ids"),
                                ("attribute", "operation_type", "organization_arns"),
                                ("description",), ("imds_support",), ("product_codes",)),
    "ModifySnapshotAttribute": (("create_volume_permission",),
                                ("attribute", "operation_type", "user_ids"),
                                ("attribute", "operation_type", "group_names")),
    "RegisterImage":           (("root_device_name", "block_device_mappings", "virtualization_type"),
                                ("image_location",)),
    "ReplaceImageCriteriaInAllowedImagesSettings": (("image_criteria",),),
    "ReplaceImageInstanceTypeSpecification":       (("instance_type_specification",), ()),
})
# fmt: on


def value_of(action: str, name: str) -> Make:
    """What a parameter of an action is drawn from."""
    return _OF_ACTIONS.get((action, name)) or of_parameter(name)


Shape: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""The parameters that a request has, and those that it may have besides."""


@cache
def shapes_of(action: str) -> tuple[Shape, ...]:
    """The shapes of an action's requests.

    Whether it is a dry run is not among them: every request may be one.
    """
    return tuple(_shape(action, shape) for shape in _SHAPES.get(action, ((),)))


@cache
def needed_by(action: str) -> Shape:
    """The shape of a request that is given nothing but what EC2 requires."""
    return _shape(action, ())


def _shape(action: str, shape: tuple[str, ...]) -> Shape:
    told: list[Attribute[Any]] = [one for one in fields(ACTIONS[action]) if one.init and one.name != "dry_run"]
    given = tuple(one.name for one in told if one.default is NOTHING or one.name in shape)
    return given, tuple(one.name for one in told if one.name not in given)
