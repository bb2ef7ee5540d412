"""What requests say about tags: on which resources, which to write on what is created, which to delete.

These are values that need no world. What may be written where, and by whom, is told by `amimodel.tagging`.

Source: botocore 1.44.5, CreateTags, DeleteTags, shape TagSpecification; rules A TG-4 to TG-8, B TG-10 to TG-15.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import unique
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from amimodel.identifiers import image_id, instance_id, kernel_id, ramdisk_id, snapshot_id, volume_id
from amimodel.malformed import Malformed
from amimodel.tags import Tags, as_tags
from amimodel.vocabulary import Word


@unique
class ResourceType(Word):
    """The kinds of resources whose tags matter to images, in EC2's words (rule A TG-7)."""

    IMAGE = "image"
    SNAPSHOT = "snapshot"
    VOLUME = "volume"
    INSTANCE = "instance"


_KINDS: Final[Mapping[str, tuple[ResourceType, Callable[[str], str]]]] = MappingProxyType({
    "ami":  (ResourceType.IMAGE,    image_id),
    "aki":  (ResourceType.IMAGE,    kernel_id),  # kernels and RAM disks are images, too (rule A KR-1)
    "ari":  (ResourceType.IMAGE,    ramdisk_id),
    "snap": (ResourceType.SNAPSHOT, snapshot_id),
    "vol":  (ResourceType.VOLUME,   volume_id),
    "i":    (ResourceType.INSTANCE, instance_id),
})  # fmt: skip


def resource_type(resource_id: str) -> ResourceType:
    """What kind of resource an id names.

    >>> resource_type("snap-12345678")
    <ResourceType.SNAPSHOT: 'snapshot'>
    >>> resource_type("web")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidID: The ID 'web' is not valid

    Raises `Malformed` (`InvalidID`) for an id of another kind, and for one that is none: where any kind may stand, EC2
    does not say what is wrong with it.

    Source: rules A TG-8, B TG-11.
    """
    try:
        kind, read = _KINDS[resource_id.partition("-")[0]]
        _ = read(resource_id)
    except (AttributeError, KeyError, Malformed):
        message = f"The ID '{resource_id}' is not valid"
        raise Malformed("InvalidID", message, member="Resources", value=resource_id) from None
    return kind


def resource_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """Take the resources of CreateTags or DeleteTags.

    >>> resource_ids(["ami-12345678", "snap-12345678"])
    ('ami-12345678', 'snap-12345678')
    >>> resource_ids([])
    Traceback (most recent call last):
    amimodel.malformed.Malformed: MissingParameter: The request must contain the parameter resourceIdSet

    Raises `Malformed` (`MissingParameter`, `InvalidID`).

    Source: rules A TG-8, B TG-10, B TG-11.
    """
    taken = tuple(ids)
    if not taken:
        message = "The request must contain the parameter resourceIdSet"
        raise Malformed("MissingParameter", message, member="Resources", value=taken)
    for resource_id in taken:
        _ = resource_type(resource_id)
    return taken


def _some_tags(tags: Mapping[str, str] | Iterable[tuple[str, str]]) -> Tags:
    taken = as_tags(tags)
    if taken:
        return taken
    message = "Tag specification must have at least one tag"
    raise Malformed("InvalidParameterValue", message, member="TagSpecifications", value=taken)


@frozen(kw_only=True)
class TagSpecification:
    """The tags that an action writes on all it creates of a type.

    >>> TagSpecification(resource_type="image", tags={"Name": "web"}).tags
    Tags({'Name': 'web'})
    >>> TagSpecification(resource_type="image", tags={})
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Tag specification must have at least one tag

    Which types there are depends on the action (`specified`). Raises `Malformed`, as `Tags` does, and without any tag.

    Source: rules A TG-2, A TG-4 to TG-6, B TG-15.
    """

    resource_type: str
    tags: Tags = field(converter=_some_tags)


OF_IMAGES: Final = (ResourceType.IMAGE, ResourceType.SNAPSHOT)
"""What CreateImage and CopyImage create; RegisterImage creates images alone (rule A TG-7)."""


def specified(specifications: Iterable[TagSpecification], allowed: Collection[str] = OF_IMAGES) -> Mapping[str, Tags]:
    """The tags that a request specifies, by the type of what it creates.

    >>> name, stage = ({"Name": "web"}, {"Stage": "prod"})
    >>> specified([TagSpecification(resource_type="image", tags=tags) for tags in (name, stage)])
    {'image': Tags({'Name': 'web', 'Stage': 'prod'})}
    >>> specified([TagSpecification(resource_type="snapshot", tags=name)], allowed=["image"])
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: 'snapshot' is not a valid taggable resource type for this...

    Raises `Malformed` (`InvalidParameterValue`) for a type that is not `allowed`, and for a key that is given twice for
    one type, be it in two specifications.

    Source: rules A TG-4, A TG-7, B 7.1, B TG-15.
    """
    pairs: dict[str, list[tuple[str, str]]] = {}
    for specification in specifications:
        kind = specification.resource_type
        if kind not in allowed:
            message = f"'{kind}' is not a valid taggable resource type for this operation."
            raise Malformed("InvalidParameterValue", message, member="TagSpecifications", value=kind)
        pairs.setdefault(kind, []).extend(specification.tags.items())
    return {kind: Tags(given) for kind, given in pairs.items()}


def as_tag_specifications(
    specifications: Iterable[TagSpecification], allowed: Collection[str] = OF_IMAGES
) -> tuple[TagSpecification, ...]:
    """Take tag specifications from any iterable, for an action that creates things of these types.

    Raises `Malformed` as `specified` does.
    """
    taken = tuple(specifications)
    if taken:
        _ = specified(taken, allowed)
    return taken


@frozen
class TagToDelete:
    """A tag to take off: whatever its value if none is given, otherwise only if it has this one, which may be empty.

    >>> [TagToDelete(*given).means("Stage", "") for given in (["Stage"], ["Stage", ""], ["Stage", "prod"])]
    [True, True, False]

    Raises `Malformed` for what no tag can be, as `Tags` does.

    Source: rule B TG-13.
    """

    key: str
    value: str | None = None

    def __attrs_post_init__(self) -> None:
        _ = Tags([(self.key, "" if self.value is None else self.value)])

    def means(self, key: str, value: str) -> bool:
        """Whether it is this tag that is to be taken off."""
        return key == self.key and self.value in {None, value}
