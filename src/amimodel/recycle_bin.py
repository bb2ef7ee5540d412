"""The Recycle Bin: what is kept when it is deleted, for how long, and how it comes back.

Source: EBS User Guide, "Recycle Bin"; rules C 6.2, C 6.12 to C 6.18, C 6.33, C 6.34, C 6.37,
C 5.7, C 5.8; settlement S 7.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from amimodel._copies import changed
from amimodel.images import Image
from amimodel.permissions import EVERYONE
from amimodel.quirks import Quirks
from amimodel.retention import IN_BIN, RetainedResourceType, RetentionRule, RetentionRuleStatus
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tags import Tags
from amimodel.vocabulary import ImageState, RootDeviceType

_UNFINISHED: Final = frozenset({ImageState.PENDING, ImageState.FAILED})
_AS_RULED: Final = Quirks()


def applies(rule: RetentionRule, resource_type: RetainedResourceType, tags: Mapping[str, str]) -> bool:
    """Whether a rule keeps a thing of a type that has these tags when it is deleted.

    A tag-level rule keeps what has one of its tags; a rule for the Region, what has none of its exclusion tags.

    >>> rule = RetentionRule(
    ...     identifier="abcdefghijk",
    ...     owner_id="111122223333",
    ...     region="eu-central-1",
    ...     resource_type="EC2_IMAGE",
    ...     retention_days=14,
    ...     exclude_resource_tags=[("stage", "test")],
    ... )
    >>> images = RetainedResourceType.EC2_IMAGE
    >>> applies(rule, images, {"stage": "prod"}), applies(rule, images, {"stage": "test"})
    (True, False)

    Source: rule C 6.2 (steps 1 to 3).
    """
    if rule.resource_type is not resource_type or rule.status is not RetentionRuleStatus.AVAILABLE:
        return False
    if rule.is_region_level:
        return not any(tags.get(key) == value for key, value in rule.exclude_resource_tags)
    return any(tags.get(key) == value for key, value in rule.resource_tags)


def retention(
    resource: Image | Snapshot, rules: Iterable[RetentionRule], quirks: Quirks = _AS_RULED
) -> timedelta | None:
    """How long an image or a snapshot is kept if it is deleted now; None if it is not kept at all.

    Of several rules the longest holds. `rules` are those of the owner's Region. An image that lies in S3 is never kept,
    nor one whose creation has not come to a good end.

    Source: rules C 6.2 (steps 4 and 5), C 5.6 to C 5.8, C 6.12.
    """
    if isinstance(resource, Image):
        unfinished = resource.state in _UNFINISHED and not quirks.unfinished_image_enters_bin
        if resource.root_device_type is RootDeviceType.INSTANCE_STORE or unfinished:
            return None
        kind = RetainedResourceType.EC2_IMAGE
    else:
        kind = RetainedResourceType.EBS_SNAPSHOT
    days = [rule.retention_days for rule in rules if applies(rule, kind, resource.tags)]
    return timedelta(days=max(days)) if days else None


def marked(tags: Tags) -> Tags:
    """Tags with the one that only things in the bin have (rule C 6.16)."""
    return tags.setting({IN_BIN: "true"})


def unmarked(tags: Tags) -> Tags:
    """Tags without it, for what returns (rule C 6.16)."""
    return tags.removing([IN_BIN])


def entering(resource: Image | Snapshot) -> Image | Snapshot:
    """What lies in the bin: the thing as it was, with the bin's mark.

    Source: rules C 6.16, C 6.17.
    """
    return changed(resource, tags=marked(resource.tags))


def returning(image: Image, *, blocked: bool, quirks: Quirks = _AS_RULED) -> Image:
    """The image that comes back: as it was, with everybody it was shared with.

    Whom it was shared with returns too, unlike at EnableImage (rule C 3.18). But where the account blocks public images
    (`blocked`), everyone is left out. What is written on it is what it says now, the bin's mark apart.

    >>> from amimodel.examples import WEB
    >>> returning(entering(WEB), blocked=True) == WEB
    True

    Source: rules C 6.16 to C 6.18, C 6.33, C 6.34, B BPA-10, C 15 (point 10); settlement S 7.
    """
    image = changed(image, tags=unmarked(image.tags))
    if image.state is ImageState.DISABLED and not quirks.bin_restores_disabled_state:
        image = changed(image, state=ImageState.AVAILABLE)
    if blocked and not quirks.bin_restore_republishes_blocked_image:
        image = changed(image, launch_permissions=image.launch_permissions.removing([EVERYONE]))
    return image


_COMPLETE: Final = frozenset({SnapshotState.COMPLETED, SnapshotState.RECOVERING})


def recovering(snapshot: Snapshot, *, at_once: bool = True) -> Snapshot:
    """The snapshot that comes back: as it was, with its permissions; `at_once`, or recovering at first.

    One that ended in error, or never ended, stays as it is.

    Source: rules C 6.16, C 6.17, C 6.37.
    """
    snapshot = changed(snapshot, tags=unmarked(snapshot.tags))
    if snapshot.state not in _COMPLETE:
        return snapshot
    if at_once:
        return changed(snapshot, state=SnapshotState.COMPLETED, progress="100%")
    return changed(snapshot, state=SnapshotState.RECOVERING, progress="0%")
