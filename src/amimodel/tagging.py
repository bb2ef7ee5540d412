"""Tagging: what a request may write on a resource and take off it, what others see of it, what a copy takes along.

Tags belong to whoever wrote them: an account has its own on every resource it can see, and sees no other account's, but
for those that an image's owner shares (`ec2:SharedTag/`). So every rule here is about one account's tags on one thing.

Source: EC2 User Guide, "Tag your Amazon EC2 resources"; botocore 1.44.5, CreateTags, DeleteTags, CopyImage; rules
A 1.5, B 7.4, B 10; settlements S 17, S 24, S 34, S 54.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, Self, TypeAlias

from attrs import field, frozen

from amimodel.limits import Limits
from amimodel.quirks import Quirks
from amimodel.refusals import (
    ForeignSharedTag,
    MisplacedSharedTag,
    Refusal,
    ReservedTagKey,
    ReservedTagKeySpecified,
    TagKeyTooLong,
    TagLimitExceeded,
    TagRequestTooLarge,
)
from amimodel.tag_requests import ResourceType, TagToDelete, resource_type
from amimodel.tags import NO_TAGS, SHARED_PREFIX, SYSTEM_PREFIX, Tags, is_system_key

_AS_RULED: Final = Quirks()
_AWS_LIMITS: Final = Limits.aws()
_LONGEST_KEY_OF_THE_API: Final = 127


def refusals_of_size(
    resources: int, tags_to_delete: int = 0, limits: Limits = _AWS_LIMITS
) -> Iterator[TagRequestTooLarge]:
    """What speaks against so many resources, or so many tags to delete, in one request.

    >>> [str(refusal) for refusal in refusals_of_size(1001)]
    ['The request has 1001 values for resourceIdSet; it can have at most 1000.']

    Source: rules A TG-8, B TG-9, B TG-13.
    """
    for parameter, given, most in (
        ("resourceIdSet", resources, limits.resources_per_tag_request),
        ("tagSet", tags_to_delete, limits.tags_per_delete_request),
    ):
        if given > most:
            yield TagRequestTooLarge(parameter=parameter, given=given, most=most)


def is_reserved(key: str, quirks: Quirks = _AS_RULED) -> bool:
    """Whether only AWS writes tags with this key.

    >>> is_reserved("AWS:x"), is_reserved("AWS:x", Quirks(reserved_tag_prefix_ignores_case=False))
    (True, False)

    Source: rule A TG-3.
    """
    return is_system_key(key) if quirks.reserved_tag_prefix_ignores_case else key.startswith(SYSTEM_PREFIX)


def _user(tags: Tags, quirks: Quirks) -> Tags:
    """The tags that count, that can be deleted and that are copied."""
    return tags.removing(key for key in tags if is_reserved(key, quirks))


@frozen(kw_only=True)
class TaggedResource:
    """What an account tags, as far as its tags depend on it. What is being created is its own, and has no id yet.

    >>> TaggedResource.of("snap-12345678").resource_type
    <ResourceType.SNAPSHOT: 'snapshot'>
    """

    resource_type: ResourceType = field(converter=ResourceType)
    resource_id: str | None = None
    owned: bool = True

    @classmethod
    def of(cls, resource_id: str, *, owned: bool = True) -> Self:
        """Take a resource that is there; raises `Malformed` as `resource_type` does."""
        return cls(resource_type=resource_type(resource_id), resource_id=resource_id, owned=owned)


class _Writing(NamedTuple):
    existing: Tags
    new: Tags
    resource: TaggedResource
    limits: Limits
    quirks: Quirks


def _reserved(writing: _Writing) -> Refusal | None:
    key = next((key for key in writing.new if is_reserved(key, writing.quirks)), None)
    if key is None:
        return None
    refused = ReservedTagKeySpecified if writing.resource.resource_id is None else ReservedTagKey
    return refused(error_code=writing.quirks.reserved_tag_key_code, key=key)


def _too_long(writing: _Writing) -> Refusal | None:
    if writing.quirks.tag_key_may_have_128_characters:
        return None
    key = next((key for key in writing.new if len(key) > _LONGEST_KEY_OF_THE_API), None)
    return None if key is None else TagKeyTooLong(key=key, longest=_LONGEST_KEY_OF_THE_API)


def _misplaced(writing: _Writing) -> Refusal | None:
    kind = writing.resource.resource_type
    key = None if kind is ResourceType.IMAGE else next(iter(writing.new.shared), None)
    if key is None:
        return None
    return MisplacedSharedTag(error_code=writing.quirks.misplaced_shared_tag_code, key=key, resource_type=kind)


def _foreign(writing: _Writing) -> Refusal | None:
    return _not_the_owners(writing.new, writing.resource, writing.quirks)


def _not_the_owners(keys: Iterable[str], resource: TaggedResource, quirks: Quirks) -> Refusal | None:
    key = next((key for key in keys if key.startswith(SHARED_PREFIX)), None)
    if (
        key is None
        or resource.owned
        or resource.resource_id is None
        or resource.resource_type is not ResourceType.IMAGE
    ):
        return None
    return ForeignSharedTag(error_code=quirks.foreign_shared_tag_code, image_id=resource.resource_id, key=key)


def _too_many(writing: _Writing) -> Refusal | None:
    quota = writing.limits.tags_per_resource
    if len(writing.existing) + len(writing.new) <= quota:
        return None  # what is there already or does not count can only make it less
    tags = len(_user(writing.existing.setting(writing.new), writing.quirks))
    return TagLimitExceeded(tags=tags, quota=quota) if tags > quota else None


_Check: TypeAlias = Callable[[_Writing], Refusal | None]

# The keys first, one by one as they are spelled, then what depends on the resource; no source tells the order.
_CHECKS: Final[tuple[_Check, ...]] = (
    _reserved,   # A TG-3, B TG-8, S 54
    _too_long,   # A TG-2, A Q14
    _misplaced,  # B TG-4
    _foreign,    # B TG-3
    _too_many,   # A TG-1, B TG-6, B CI-31
)  # fmt: skip

REFUSALS: Final[tuple[type[Refusal], ...]] = (
    ReservedTagKey,
    ReservedTagKeySpecified,
    TagKeyTooLong,
    MisplacedSharedTag,
    ForeignSharedTag,
    TagLimitExceeded,
)
"""What can speak against writing tags, in order. Of the first two, one is CreateTags', one the creating actions'."""


def refusals_to_tag(
    existing: Tags,
    new: Tags,
    resource: TaggedResource,
    limits: Limits = _AWS_LIMITS,
    quirks: Quirks = _AS_RULED,
) -> Iterator[Refusal]:
    """Everything that speaks against writing tags beside those that the account has there.

    >>> from amimodel.tags import NO_TAGS
    >>> image = TaggedResource.of("ami-12345678", owned=False)
    >>> [refusal.code for refusal in refusals_to_tag(NO_TAGS, Tags({"aws:x": "", "ec2:SharedTag/y": ""}), image)]
    ['InvalidParameterValue', 'OperationNotPermitted']

    Source: rules A TG-1 to TG-3, B TG-3, B TG-4, B TG-6 to TG-8; settlement S 54.
    """
    writing = _Writing(existing, new, resource, limits, quirks)
    return (refusal for check in _CHECKS if (refusal := check(writing)) is not None)


def tagged(
    existing: Tags,
    new: Tags,
    resource: TaggedResource,
    limits: Limits = _AWS_LIMITS,
    quirks: Quirks = _AS_RULED,
) -> Tags:
    """Write tags; a key that is there takes the new value.

    >>> image = TaggedResource.of("ami-12345678")
    >>> tagged(Tags({"Name": "web"}), Tags({"Name": "web-2", "Stage": "prod"}), image)
    Tags({'Name': 'web-2', 'Stage': 'prod'})

    What is being created begins with no tags, or with those it was given to take along (`copied_tags`).

    Raises the first refusal of `refusals_to_tag`; then nothing is written, and nothing created (rule B TG-14).

    Source: rules A TG-4, B TG-9, B TG-14; settlement S 24.
    """
    for refusal in refusals_to_tag(existing, new, resource, limits, quirks):
        raise refusal
    return existing.setting(new)


def untagged(
    existing: Tags, deletions: Iterable[TagToDelete], resource: TaggedResource, quirks: Quirks = _AS_RULED
) -> Tags:
    """Take tags off, or all if none is named. Those of AWS stay, and tags that are not there are no matter.

    >>> tags = Tags({"Name": "web", "Stage": "prod", "aws:x": ""})
    >>> untagged(tags, [TagToDelete("Name"), TagToDelete("Stage", "test")], TaggedResource.of("ami-12345678"))
    Tags({'Stage': 'prod', 'aws:x': ''})
    >>> untagged(tags, [], TaggedResource.of("ami-12345678"))
    Tags({'aws:x': ''})

    Raises `ForeignSharedTag` if another account's shared tag is named.

    Source: rules B TG-3, B TG-13; settlement S 17.
    """
    named = tuple(deletions)
    against = _not_the_owners((deletion.key for deletion in named), resource, quirks)
    if against is not None:
        raise against
    user = _user(existing, quirks).items()
    return existing.removing(
        key for key, value in user if not named or any(deletion.means(key, value) for deletion in named)
    )


# --- what others see, and what a copy takes along ---------------------------------------------------------------------


def visible_tags(own_tags: Tags, owner_tags: Tags, *, is_owner: bool, can_use: bool) -> Tags:
    """What an account sees on an image: its own tags, and the owner's shared ones if it can use the image.

    >>> owner_tags = Tags({"Name": "web", "ec2:SharedTag/Support": "2027"})
    >>> visible_tags(Tags({"Seen": "yes"}), owner_tags, is_owner=False, can_use=True)
    Tags({'Seen': 'yes', 'ec2:SharedTag/Support': '2027'})

    Tags that the account wrote stay its own, whether or not it can still use the image.

    Source: rules A TG-9, B TG-1, B TG-2, B TG-17; settlement S 34.
    """
    if is_owner:
        return owner_tags
    return own_tags.setting(owner_tags.shared) if can_use else own_tags


def copied_tags(
    caller_tags: Tags,
    owner_tags: Tags,
    requested: Tags,
    *,
    copy_image_tags: bool,
    is_owner: bool,
    quirks: Quirks = _AS_RULED,
) -> Tags:
    """What a copy of an image is tagged with: what the caller sees on it and wants copied, and what it asks for.

    >>> owner_tags = Tags({"Name": "web", "ec2:SharedTag/Support": "2027"})
    >>> mine, asked = Tags({"Stage": "prod"}), Tags({"Stage": "test"})
    >>> copied_tags(mine, owner_tags, asked, copy_image_tags=True, is_owner=False)
    Tags({'Stage': 'test', 'ec2:SharedTag/Support': '2027'})
    >>> copied_tags(mine, owner_tags, asked, copy_image_tags=False, is_owner=False)
    Tags({'Stage': 'test'})

    Nobody's tags are taken along but the caller's own and the owner's shared ones, and never those of AWS. Whether that
    is too many says `tagged`, which writes them on the copy.

    Source: rules B CI-28 to CI-32.
    """
    seen = visible_tags(caller_tags, owner_tags, is_owner=is_owner, can_use=True)
    if copy_image_tags:
        carried = _user(seen, quirks)
    else:
        carried = seen.shared if quirks.shared_tags_copied_without_flag else NO_TAGS
    return merged_tags(carried, requested, quirks)


def merged_tags(carried: Tags, requested: Tags, quirks: Quirks = _AS_RULED) -> Tags:
    """What an image is tagged with that takes tags along, of a copied or of a stored image, and is given others.

    >>> merged_tags(Tags({"Stage": "prod"}), Tags({"Stage": "test"}))
    Tags({'Stage': 'test'})

    Source: rules B CI-31, C 7.37.
    """
    return carried.setting(requested if quirks.request_tags_win else requested.removing(carried))
