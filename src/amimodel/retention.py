"""The Recycle Bin: what is kept of deleted things, for how long, and the rules that say so.

Source: Recycle Bin API, CreateRule; EBS User Guide, "Recycle Bin"; rules C 6.1 to C 6.3.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import unique
from typing import Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel.clock import utc
from amimodel.identifiers import AccountId, account_id
from amimodel.images import Image
from amimodel.malformed import Malformed
from amimodel.regions import Region, as_region
from amimodel.snapshots import Snapshot
from amimodel.tags import NO_TAGS, SYSTEM_PREFIX, Tags, as_tags
from amimodel.vocabulary import Word

IN_BIN: Final = "aws:recycle-bin:resource-in-bin"
"""The system tag of everything in the bin (rule C 6.16)."""

_is_rule_id = re.compile(r"[0-9a-zA-Z]{11}", re.ASCII).fullmatch
_is_description = re.compile(r"[\S ]{0,255}").fullmatch
_LONGEST_KEY: Final = 128
_LONGEST_VALUE: Final = 256


@unique
class RetainedResourceType(Word):
    """What a retention rule is about (rule C 6.1)."""

    EBS_SNAPSHOT = "EBS_SNAPSHOT"
    EC2_IMAGE = "EC2_IMAGE"
    EBS_VOLUME = "EBS_VOLUME"


@unique
class RetentionRuleStatus(Word):
    """Whether a rule retains yet (rules C 6.1, C 6.9)."""

    PENDING = "pending"
    AVAILABLE = "available"


@unique
class RetentionRuleLockState(Word):
    """Whether a rule can be changed. One that was never locked has no state (rule C 6.1)."""

    LOCKED = "locked"
    PENDING_UNLOCK = "pending_unlock"
    UNLOCKED = "unlocked"


_LOCKED: Final = frozenset({RetentionRuleLockState.LOCKED, RetentionRuleLockState.PENDING_UNLOCK})


def _invalid(member: str, value: object, why: str) -> Malformed:
    return Malformed("ValidationException", why, member=member, value=value)


def rule_identifier(text: str) -> str:
    """Take the identifier of a rule. Raises `Malformed` (`ValidationException`)."""
    if isinstance(text, str) and _is_rule_id(text):
        return text
    raise _invalid("Identifier", text, "The identifier of a rule has 11 letters and digits.")


def rule_arn(region: Region, account: str, identifier: str) -> str:
    """The ARN of a rule (rule C 6.1)."""
    return f"arn:{region.partition}:rbin:{region}:{account}:rule/{identifier}"


def rule_description(text: str) -> str:
    """Take the description of a rule. Raises `Malformed` (`ValidationException`)."""
    if isinstance(text, str) and _is_description(text):
        return text
    raise _invalid("Description", text, "A description has at most 255 characters and no line breaks.")


def rule_resource_tags(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Take the tags by which a rule knows what it is for, or what it is not for: keys and values, each pair once.

    Raises `Malformed` (`ValidationException`).
    """
    taken = tuple(dict.fromkeys((key, value) for key, value in pairs))
    for key, value in taken:
        if not (1 <= len(key) <= _LONGEST_KEY and len(value) <= _LONGEST_VALUE):
            raise _invalid("ResourceTags", (key, value), "A key has 1 to 128 characters, a value at most 256.")
    return taken


def rule_tags(tags: Tags | Mapping[str, str] | Iterable[tuple[str, str]]) -> Tags:
    """Take the tags that an account writes on a rule itself. Raises `Malformed` (`ValidationException`)."""
    try:
        taken = as_tags(tags)
    except Malformed as error:
        raise _invalid("Tags", error.value, error.message) from None
    for key in taken:
        if key.startswith(SYSTEM_PREFIX):
            raise _invalid("Tags", key, "A key does not begin with aws:.")
    return taken


def retention_period(days: int) -> int:
    """Take the days for which a rule retains. Raises `Malformed` (`ValidationException`)."""
    return _whole_days("RetentionPeriod", days)


def unlock_delay(days: int) -> int:
    """Take the days between a rule's unlocking and its change. Raises `Malformed` (`ValidationException`)."""
    return _whole_days("UnlockDelay", days)


def _whole_days(member: str, days: object) -> int:
    if isinstance(days, int) and not isinstance(days, bool) and days >= 1:
        return days
    raise _invalid(member, days, "A period is a whole number of days.")


def check_reach(
    tags: tuple[tuple[str, str], ...] | None, excluded: tuple[tuple[str, str], ...] | None, *, locked: bool = False
) -> None:
    """Raise `Malformed` (`ValidationException`) where tags, exclusions and a lock do not go together.

    Source: rules C 6.3, C 6.4.
    """
    if tags and excluded:
        raise _invalid("ExcludeResourceTags", excluded, "Only a Region-level rule has exclusion tags.")
    if locked and (tags or excluded):
        raise _invalid("LockConfiguration", tags or excluded, "Only a Region-level rule without exclusions is locked.")


@frozen(kw_only=True)
class RetentionRule:
    """A rule that keeps deleted things: those of one type with one of its tags, or all of a Region but a few.

    >>> rule = RetentionRule(
    ...     identifier="abcdefghijk",
    ...     owner_id="111122223333",
    ...     region="eu-central-1",
    ...     resource_type="EC2_IMAGE",
    ...     retention_days=14,
    ... )
    >>> rule.is_region_level, str(rule.rule_arn)
    (True, 'arn:aws:rbin:eu-central-1:111122223333:rule/abcdefghijk')

    Raises `Malformed` (`ValidationException`) for tags and exclusions in one rule, and for a lock that holds a rule
    that is not for the whole Region. One that is unlocked may be changed, so it may get either.

    Source: rules C 6.1, C 6.3, C 6.4.
    """

    identifier: str = field(converter=rule_identifier)
    owner_id: AccountId = field(converter=account_id)
    region: Region = field(converter=as_region)
    resource_type: RetainedResourceType = field(converter=RetainedResourceType)
    retention_days: int = field(converter=retention_period)
    description: str = field(default="", converter=rule_description)
    resource_tags: tuple[tuple[str, str], ...] = field(default=(), converter=rule_resource_tags)
    exclude_resource_tags: tuple[tuple[str, str], ...] = field(default=(), converter=rule_resource_tags)
    status: RetentionRuleStatus = field(default=RetentionRuleStatus.AVAILABLE, converter=RetentionRuleStatus)
    unlock_delay_days: int | None = field(default=None, converter=optional(unlock_delay))
    lock_state: RetentionRuleLockState | None = field(default=None, converter=optional(RetentionRuleLockState))
    lock_end_time: datetime | None = field(default=None, converter=optional(utc))
    tags: Tags = field(default=NO_TAGS, converter=as_tags)

    def __attrs_post_init__(self) -> None:
        check_reach(self.resource_tags, self.exclude_resource_tags, locked=self.is_locked)

    @property
    def is_locked(self) -> bool:
        """Whether it cannot be changed: it is locked, or its unlock delay is not over (rule C 6.7)."""
        return self.lock_state in _LOCKED

    @property
    def is_region_level(self) -> bool:
        """Whether it is for everything of its type in the Region, apart from exclusions."""
        return not self.resource_tags

    @property
    def rule_arn(self) -> str:
        """Its ARN (rule C 6.1)."""
        return rule_arn(self.region, self.owner_id, self.identifier)


@frozen(kw_only=True)
class RecycleBinEntry:
    """An image or a snapshot in the Recycle Bin, as it was when it entered: with its state and its permissions.

    Source: rules C 6.2, C 6.16, C 6.17, C 6.33.
    """

    resource: Image | Snapshot
    recycle_bin_enter_time: datetime = field(converter=utc)
    recycle_bin_exit_time: datetime = field(converter=utc)

    @property
    def resource_id(self) -> str:
        """The id of what lies in the bin."""
        return self.resource.image_id if isinstance(self.resource, Image) else self.resource.snapshot_id

    @property
    def owner_id(self) -> AccountId:
        """Whose it is: the bin is the owner's (rule C 6.10)."""
        return self.resource.owner_id

    @property
    def region(self) -> Region | None:
        """Where the bin is."""
        return self.resource.region
