"""The actions whose answers can be read, and what the records of each are made of.

Source: botocore 1.44.5, the output shapes of the six actions; rules A 8.8, B DA-5, B SP-15, B BPA-1, C 11.4.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum, unique
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import frozen

from amimodel.attributes import (
    ImageAttribute,
    ImageAttributeName,
    SnapshotAttribute,
    SnapshotAttributeName,
)
from amimodel.identifiers import kernel_id, ramdisk_id, snapshot_id
from amimodel.images import DeregistrationProtection, Image, any_image_id
from amimodel.instances import InstanceImageMetadata
from amimodel.malformed import invalid_value
from amimodel.permissions import Permissions
from amimodel.product_codes import ProductCode
from amimodel.regions import Region
from amimodel.settings import ImageBlockPublicAccess
from amimodel.snapshots import Snapshot
from amimodel.vocabulary import BootMode, ImdsSupport, SriovNetSupport, TpmSupport
from amimodel.wire._codecs import codec, listed, reasons
from amimodel.wire._faults import JsonObject, Path
from amimodel.wire._items import CreateVolumeItem, Entry, InstantItem, LaunchItem, TextItem
from amimodel.wire._leaves import Leaf
from amimodel.wire._residue import Shape


@unique
class Action(StrEnum):
    """The actions whose answers can be read."""

    DESCRIBE_IMAGES = "DescribeImages"
    DESCRIBE_IMAGE_ATTRIBUTE = "DescribeImageAttribute"
    DESCRIBE_SNAPSHOTS = "DescribeSnapshots"
    DESCRIBE_SNAPSHOT_ATTRIBUTE = "DescribeSnapshotAttribute"
    DESCRIBE_INSTANCE_IMAGE_METADATA = "DescribeInstanceImageMetadata"
    GET_IMAGE_BLOCK_PUBLIC_ACCESS_STATE = "GetImageBlockPublicAccessState"


Reasons: TypeAlias = list[tuple[Path, str | None, str]]


@frozen(kw_only=True)
class RecordKind:
    """How the records of one kind are read and written.

    `signs` are the members by which a response is known to have such records. With `listed`, the only sign lists them;
    otherwise the `members` at the top of the response are the only one. `explain` says why a source cannot be read,
    member by member.
    """

    action: Action
    noun: type[Any]
    attribute: str | None
    signs: tuple[str, ...]
    members: tuple[str, ...]
    id_member: str | None
    listed: bool
    read: Callable[[JsonObject, Region | None], Any]
    explain: Callable[[JsonObject], Reasons]
    write: Callable[[Any], JsonObject]
    shape: Shape


def _noun(
    action: Action,
    noun: type[Any],
    sign: str,
    *,
    others: tuple[str, ...] = (),
    id_member: str | None,
    told: Mapping[str, object] | None = None,
    in_a_region: bool = False,
) -> RecordKind:
    """A kind whose records are nouns. `told` is what the action alone says of each."""
    leaf, thorough = codec(noun), codec(noun, thorough=True)
    facts = tuple((told or {}).items())

    def read(source: JsonObject, region: Region | None) -> object:
        value = leaf.read(source, noun)
        # The value has just been built, and nobody has seen it: no frozen value changes.
        for name, fact in facts:
            object.__setattr__(value, name, fact)
        if in_a_region and region is not None:
            object.__setattr__(value, "region", region)
        return value

    def explain(source: JsonObject) -> Reasons:
        return _reasons_of(lambda: thorough.read(source, noun))

    return RecordKind(
        action=action, noun=noun, attribute=None, signs=(sign,), members=(sign, *others), id_member=id_member,
        listed=id_member is not None, read=read, explain=explain, write=leaf.write, shape=leaf.shape or Shape({}),
    )  # fmt: skip


def _reasons_of(read: Callable[[], object], path: Path = ()) -> Reasons:
    try:
        _ = read()
    except Exception as error:  # noqa: BLE001 - whatever does not fit is reported, not raised
        return list(reasons(error, path))
    return []


def _permissions(item: type[Any], *, thorough: bool) -> Leaf:
    """A whole permission list; an item given twice is no list of EC2's."""
    items = listed(codec(item, thorough=thorough), thorough=thorough)

    def read(value: object, kind: object = None) -> Permissions[Any]:
        permissions = items.read(value, kind)
        for index, permission in enumerate(permissions):
            if permission in permissions[:index]:
                raise invalid_value("Permission", permission, "It is given twice.")
        return Permissions(permissions)

    return Leaf(read, lambda permissions: items.write(permissions.items), items.shape)


def _boxed(read: Callable[[str], Any] = str, write: Callable[[Any], str] = str, *, thorough: bool) -> Leaf:
    """An attribute in a box: `{"Value": text}`, or `{}` where it is not set."""
    box = _box(TextItem, thorough=thorough)

    def read_boxed(value: object, kind: object = None) -> object:
        text = box.read(value, kind)
        return None if text is None else read(text)

    return Leaf(read_boxed, lambda value: box.write(None if value is None else write(value)), box.shape)


def _box(item: type[Any], *, thorough: bool) -> Leaf:
    box = codec(item, thorough=thorough)
    return Leaf(lambda value, kind: box.read({} if value is None else value, kind), box.write, box.shape)


def _list_of(item: type[Any], *, thorough: bool) -> Leaf:
    return listed(codec(item, thorough=thorough), thorough=thorough)


_N: Final = ImageAttributeName
_S: Final = SnapshotAttributeName

_IMAGE_ATTRIBUTES: Final = (
    (_N.LAUNCH_PERMISSION,         "LaunchPermissions",        partial(_permissions, LaunchItem)),
    (_N.PRODUCT_CODES,             "ProductCodes",             partial(_list_of, ProductCode)),
    (_N.BLOCK_DEVICE_MAPPING,      "BlockDeviceMappings",      partial(_list_of, Entry)),
    (_N.DESCRIPTION,               "Description",              _boxed),
    (_N.KERNEL,                    "KernelId",                 partial(_boxed, kernel_id)),
    (_N.RAMDISK,                   "RamdiskId",                partial(_boxed, ramdisk_id)),
    (_N.SRIOV_NET_SUPPORT,         "SriovNetSupport",          partial(_boxed, SriovNetSupport)),
    (_N.BOOT_MODE,                 "BootMode",                 partial(_boxed, BootMode)),
    (_N.TPM_SUPPORT,               "TpmSupport",               partial(_boxed, TpmSupport)),
    (_N.UEFI_DATA,                 "UefiData",                 _boxed),
    (_N.LAST_LAUNCHED_TIME,        "LastLaunchedTime",         partial(_box, InstantItem)),
    (_N.IMDS_SUPPORT,              "ImdsSupport",              partial(_boxed, ImdsSupport)),
    (_N.DEREGISTRATION_PROTECTION, "DeregistrationProtection", partial(_boxed, DeregistrationProtection.parse)),
)  # fmt: skip
_SNAPSHOT_ATTRIBUTES: Final = (
    (_S.CREATE_VOLUME_PERMISSION, "CreateVolumePermissions", partial(_permissions, CreateVolumeItem)),
    (_S.PRODUCT_CODES,            "ProductCodes",            partial(_list_of, ProductCode)),
)  # fmt: skip

_ATTRIBUTE_NOUNS: Final[Mapping[str, tuple[type[Any], str, Callable[[str], str]]]] = {
    "ImageId": (ImageAttribute, "image_id", any_image_id),
    "SnapshotId": (SnapshotAttribute, "snapshot_id", snapshot_id),
}


def _attribute(action: Action, id_member: str, name: str, member: str, leaf_of: Callable[..., Leaf]) -> RecordKind:
    """A kind whose only record is one attribute of the thing with the id."""
    noun, id_field, read_id = _ATTRIBUTE_NOUNS[id_member]
    leaf, thorough = leaf_of(thorough=False), leaf_of(thorough=True)

    def read(source: JsonObject, _: Region | None) -> object:
        facts: dict[str, Any] = {id_field: read_id(source[id_member]), "attribute": name}
        return noun(**facts, value=leaf.read(source[member], None))

    def explain(source: JsonObject) -> Reasons:
        return [
            *_reasons_of(lambda: read_id(source[id_member]), (id_member,)),
            *_reasons_of(lambda: thorough.read(source[member], None), (member,)),
        ]

    def write(value: Any) -> JsonObject:  # noqa: ANN401 - either kind of attribute
        return {id_member: getattr(value, id_field), member: leaf.write(value.value)}

    members = (id_member, member)
    return RecordKind(
        action=action, noun=noun, attribute=name, signs=members, members=members, id_member=id_member, listed=False,
        read=read, explain=explain, write=write, shape=Shape({id_member: None, member: leaf.shape}),
    )  # fmt: skip


KINDS: Final = (
    _noun(Action.DESCRIBE_IMAGES, Image, "Images", id_member="ImageId", in_a_region=True),
    _noun(
        Action.DESCRIBE_SNAPSHOTS,
        Snapshot,
        "Snapshots",
        id_member="SnapshotId",
        in_a_region=True,
        told={"create_volume_permissions": None},
    ),
    _noun(
        Action.DESCRIBE_INSTANCE_IMAGE_METADATA, InstanceImageMetadata, "InstanceImageMetadata", id_member="InstanceId"
    ),
    _noun(
        Action.GET_IMAGE_BLOCK_PUBLIC_ACCESS_STATE,
        ImageBlockPublicAccess,
        "ImageBlockPublicAccessState",
        others=("ManagedBy",),
        id_member=None,
    ),
    *(_attribute(Action.DESCRIBE_IMAGE_ATTRIBUTE, "ImageId", *row) for row in _IMAGE_ATTRIBUTES),
    *(_attribute(Action.DESCRIBE_SNAPSHOT_ATTRIBUTE, "SnapshotId", *row) for row in _SNAPSHOT_ATTRIBUTES),
)
"""Every kind of record."""


def kinds_in(source: JsonObject) -> tuple[RecordKind, ...]:
    """The kinds of record that a response has: one, or the attributes of one thing; none if it is no response."""
    found = [kind for kind in KINDS if all(sign in source for sign in kind.signs)]
    return tuple(kind for kind in found if kind.action is found[0].action)


_KIND_OF: Final = MappingProxyType({(kind.noun, kind.attribute): kind for kind in KINDS})


def kind_of_record(value: object) -> RecordKind:
    """The kind of record that a value makes."""
    attribute = value.attribute if isinstance(value, ImageAttribute | SnapshotAttribute) else None
    kind = _KIND_OF.get((type(value), attribute))
    if kind is None:
        raise TypeError(f"No answer that can be written here has a {type(value).__name__} in it.")
    return kind


def list_member(action: Action) -> str | None:
    """The member that lists an action's records; None where the answer itself is the record."""
    return next((kind.signs[0] for kind in KINDS if kind.action is action and kind.listed), None)
