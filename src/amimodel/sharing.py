"""Sharing an image: adding to its launch permissions, taking from them, resetting them, giving one's own up.

These are the rules for one image. What they need to know beyond it - the account's quotas, whether it blocks public
access, the snapshots behind the image - is passed in; a check whose facts are not given is not made.

Source: EC2 User Guide, "Shared AMI"; rules B 1.2 (LP-9 to LP-35), B 1.4, B 1.6.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum, unique
from typing import Final

from attrs import field, frozen

from amimodel._copies import changed
from amimodel.encryption import KmsKey
from amimodel.images import Image
from amimodel.kms import is_aws_managed
from amimodel.lifecycle import ImageEvent
from amimodel.lifecycle import refusal as stage_refusal
from amimodel.limits import Limits
from amimodel.permissions import EVERYONE, NOBODY, AccountPermission, LaunchPermission
from amimodel.quirks import Quirks
from amimodel.refusals import (
    EncryptedImageNotPublic,
    ManagedKeyNotShared,
    NotSharedWithAccount,
    ProductCodeImageNotPublic,
    PublicImageQuotaReached,
    PublicSharingBlocked,
    Refusal,
    SharingQuotaReached,
    WatermarkedImageNotPublic,
)
from amimodel.settings import ImageBlockPublicAccess
from amimodel.snapshots import Snapshot, Snapshots


@frozen(kw_only=True)
class SharingFacts:
    """What the checks need to know beyond the image. What is left out is taken not to stand in the way.

    `public_images` counts the account's public images in the Region, those in the Recycle Bin included (rule A 9).
    """

    snapshots: Snapshots = field(factory=dict[str, Snapshot])
    keys: Mapping[str, KmsKey] = field(factory=dict[str, KmsKey])
    block_public_access: ImageBlockPublicAccess | None = None
    public_images: int = 0
    limits: Limits = field(factory=Limits.aws)
    quirks: Quirks = field(factory=Quirks)


NO_FURTHER_FACTS: Final = SharingFacts()


def share(image: Image, items: Iterable[LaunchPermission], facts: SharingFacts = NO_FURTHER_FACTS) -> Image:
    """Let more accounts launch an image.

    >>> from amimodel.examples import WEB
    >>> share(WEB, [AccountPermission("999988887777")]).launch_permissions.items
    (AccountPermission(user_id='999988887777'),)

    An image that becomes public is deprecated two years after its creation at the latest (rule B LP-32).

    Raises the first refusal of `refusals_to_share`.

    Source: rules B LP-9, B LP-19 to LP-35.
    """
    wanted = tuple(items)
    for refusal in refusals_to_share(image, wanted, facts):
        raise refusal
    return widened(image, wanted, facts)


def widened(image: Image, items: Iterable[LaunchPermission], facts: SharingFacts = NO_FURTHER_FACTS) -> Image:
    """What becomes of an image that nothing keeps from being shared: `share`, for who has asked `refusals_to_share`.

    Source: rules B LP-9, B LP-32.
    """
    shared = changed(image, launch_permissions=image.launch_permissions.adding(items))
    return _deprecated_when_public(shared, facts)


def unshare(image: Image, items: Iterable[LaunchPermission]) -> Image:
    """Take launch permissions back. Items that are not there are no matter, and nothing but the state can forbid it.

    >>> from amimodel.examples import WEB
    >>> public = share(WEB, [EVERYONE])
    >>> unshare(public, [EVERYONE]).public
    False

    What an account has through an organization or a unit stays with it (rule B OR-11); a deprecation time that came
    with being public stays as well (rule B LP-35).

    Raises `ImageUnavailable`.

    Source: rules B LP-9, B LP-22, B LP-30.
    """
    against = stage_refusal(image, ImageEvent.MODIFY_ATTRIBUTE)
    if against is not None:
        raise against
    return changed(image, launch_permissions=image.launch_permissions.removing(items))


def reset(image: Image) -> Image:
    """Take every launch permission back; the owner keeps the one that is in no list.

    >>> from amimodel.examples import WEB
    >>> len(reset(share(WEB, [EVERYONE, AccountPermission("999988887777")])).launch_permissions)
    0

    Raises `ImageUnavailable`.

    Source: rules B RS-1 to RS-3; settlement S 20.
    """
    against = stage_refusal(image, ImageEvent.RESET_ATTRIBUTE)
    if against is not None:
        raise against
    return changed(image, launch_permissions=NOBODY)


def cancel(image: Image, account: str) -> Image:
    """Let an account give up what was shared with it by name.

    >>> from amimodel.examples import WEB
    >>> cancel(share(WEB, [AccountPermission("999988887777")]), "999988887777") == WEB
    True

    Raises `NotSharedWithAccount` where there is no item of the account's own, whatever else lets it launch the image.

    Source: rules B CL-1 to CL-7; settlement S 29.
    """
    own = AccountPermission(account)
    if own not in image.launch_permissions:
        raise NotSharedWithAccount(image_id=image.image_id, account_id=own.user_id)
    return changed(image, launch_permissions=image.launch_permissions.removing([own]))


def refusals_to_share(
    image: Image, items: Iterable[LaunchPermission], facts: SharingFacts = NO_FURTHER_FACTS
) -> Iterator[Refusal]:
    """Everything that speaks against sharing an image, in EC2's order.

    >>> from amimodel.examples import PENDING
    >>> [refusal.code for refusal in refusals_to_share(PENDING, [EVERYONE])]
    ['InvalidAMIID.Unavailable']

    Source: the order of rule B 1.2: state, LP-25 to LP-28, LP-24, LP-23, and last the number of entities (LP-19).
    """
    wanted = tuple(items)
    goes_public = EVERYONE in wanted and not (image.public and facts.quirks.republishing_while_blocked_succeeds)
    for when, check in _CHECKS:
        if when is _ALWAYS or goes_public:
            refusal = check(image, wanted, facts)
            if refusal is not None:
                yield refusal


@unique
class _When(Enum):
    ALWAYS = "whatever is shared with whom"
    GOING_PUBLIC = "everyone is added who was not there"


_ALWAYS, _GOING_PUBLIC = _When

_Items = tuple[LaunchPermission, ...]
_Check = Callable[[Image, _Items, SharingFacts], Refusal | None]


def _state(image: Image, _items: _Items, _facts: SharingFacts) -> Refusal | None:
    return stage_refusal(image, ImageEvent.MODIFY_ATTRIBUTE)


def _encrypted(image: Image, _items: _Items, facts: SharingFacts) -> Refusal | None:
    snapshots = (facts.snapshots.get(snapshot_id) for snapshot_id in image.snapshot_ids)
    encrypted = image.encrypted or any(snapshot is not None and snapshot.encrypted for snapshot in snapshots)
    return EncryptedImageNotPublic(image_id=image.image_id) if encrypted else None


def _sold(image: Image, _items: _Items, _facts: SharingFacts) -> Refusal | None:
    return ProductCodeImageNotPublic(image_id=image.image_id) if image.product_codes else None


def _watermarked(image: Image, _items: _Items, facts: SharingFacts) -> Refusal | None:
    if not image.image_watermarks:
        return None
    return WatermarkedImageNotPublic(error_code=facts.quirks.watermark_on_public_image_code, image_id=image.image_id)


def _aws_key(image: Image, _items: _Items, facts: SharingFacts) -> Refusal | None:
    for snapshot_id in image.snapshot_ids:
        snapshot = facts.snapshots.get(snapshot_id)
        if snapshot is not None and snapshot.kms_key_id is not None and is_aws_managed(snapshot.kms_key_id, facts.keys):
            return ManagedKeyNotShared(image_id=image.image_id, snapshot_id=snapshot_id)
    return None


def _blocked(image: Image, _items: _Items, facts: SharingFacts) -> Refusal | None:
    setting = facts.block_public_access
    if setting is None or not setting.blocks_new_sharing:
        return None
    return PublicSharingBlocked(image_id=image.image_id)


def _too_many_public(_image: Image, _items: _Items, facts: SharingFacts) -> Refusal | None:
    quota = facts.limits.public_images_per_region
    return PublicImageQuotaReached(quota=quota) if facts.public_images >= quota else None


def _too_many_entities(image: Image, items: _Items, facts: SharingFacts) -> Refusal | None:
    quota = facts.limits.shared_entities_per_image
    if len(image.launch_permissions) + len(items) <= quota:
        return None  # nothing that is counted once or not at all can make it more
    entities = sum(item != EVERYONE for item in image.launch_permissions.adding(items))
    return SharingQuotaReached(image_id=image.image_id, entities=entities, quota=quota) if entities > quota else None


# Adding everyone to a list that has everyone already is no new sharing, and none of its checks is made, unless the
# quirk says otherwise (rule B LP-31).
_CHECKS: Final[tuple[tuple[_When, _Check], ...]] = (
    (_ALWAYS,       _state),              # B LP-22
    (_GOING_PUBLIC, _encrypted),          # B LP-25, S 44
    (_GOING_PUBLIC, _sold),               # B LP-26, S 45
    (_GOING_PUBLIC, _watermarked),        # B LP-27
    (_ALWAYS,       _aws_key),            # B LP-28
    (_GOING_PUBLIC, _blocked),            # B LP-24
    (_GOING_PUBLIC, _too_many_public),    # B LP-23
    (_ALWAYS,       _too_many_entities),  # B LP-19
)  # fmt: skip


def latest_deprecation_of_public_image(creation_date: datetime, years: int = 2) -> datetime:
    """Until when a public image may go without being deprecated: two calendar years, seconds kept.

    >>> from amimodel.clock import parse, render
    >>> render(latest_deprecation_of_public_image(parse("2023-01-25T17:20:40Z")))
    '2025-01-25T17:20:40.000Z'

    The 29th of February becomes the 1st of March where there is none.

    Source: rules C 2.7, C 2.13, C 2.14; settlement S 37.
    """
    year = creation_date.year + years
    try:
        return creation_date.replace(year=year)
    except ValueError:
        return creation_date.replace(year=year, month=3, day=1)


def _deprecated_when_public(image: Image, facts: SharingFacts) -> Image:
    if not image.public:
        return image
    latest = latest_deprecation_of_public_image(image.creation_date, facts.limits.max_public_deprecation_years)
    already = image.deprecation_time
    if already is not None and (already <= latest or not facts.quirks.publishing_clamps_deprecation):
        return image
    return changed(image, deprecation_time=latest)
