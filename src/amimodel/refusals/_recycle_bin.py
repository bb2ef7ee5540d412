"""Refusals of the Recycle Bin: about its rules, in the words of a service of its own, and about what lies in it."""

from datetime import datetime
from typing import ClassVar

from amimodel.clock import render
from amimodel.refusals._refusal import Refusal, facts_of
from amimodel.refusals._snapshots import SnapshotNotFound
from amimodel.retention import RetainedResourceType, RetentionRuleLockState
from amimodel.snapshots import SnapshotState

# --- the rules --------------------------------------------------------------------------------------------------------


@facts_of
class RetentionRuleNotFound(Refusal):
    """The account has no rule of that identifier in this Region."""

    code = "ResourceNotFoundException"
    rules = "C 6.5, C 6.10"
    http_status = 404
    reason: ClassVar[str] = "RULE_NOT_FOUND"

    identifier: str

    @property
    def message(self) -> str:
        return f"The retention rule {self.identifier} does not exist."


@facts_of
class RetentionRuleInWrongState(Refusal):
    """The rule is locked, or is not, and so this cannot be done with it."""

    code = "ConflictException"
    rules = "C 6.7, C 6 (lock states)"
    http_status = 409
    reason: ClassVar[str] = "INVALID_RULE_STATE"

    identifier: str
    lock_state: RetentionRuleLockState | None
    unlock_delay_days: int | None = None
    lock_end_time: datetime | None = None

    @property
    def message(self) -> str:
        state = "not locked" if self.lock_state is None else self.lock_state.value
        return f"The retention rule {self.identifier} is {state}, and does not allow this."

    @property
    def remedy(self) -> str:
        match self.lock_state:
            case RetentionRuleLockState.LOCKED:
                days = self.unlock_delay_days
                return "unlock it first (UnlockRule), and wait" + (f" {days} days" if days else "")
            case RetentionRuleLockState.PENDING_UNLOCK:
                end = self.lock_end_time
                return "wait until its unlock delay is over" + (f", at {render(end)}" if end else "")
            case RetentionRuleLockState.UNLOCKED | None:
                return "nothing needs to be unlocked: it can be changed and deleted"


@facts_of
class RetentionPeriodRefused(Refusal):
    """What is of this type is not kept for so long, or not for so short a time."""

    code = "ValidationException"
    rules = "C 6.1, C 6.4"
    reason: ClassVar[str] = "INVALID_PARAMETER_VALUE"

    resource_type: RetainedResourceType
    retention_days: int
    least: int
    most: int

    @property
    def message(self) -> str:
        return (
            f"A retention period of {self.retention_days} days is invalid: {self.resource_type} is retained for"
            f" {self.least} to {self.most} days."
        )


@facts_of
class UnlockDelayRefused(Refusal):
    """A rule does not take so long to be unlocked, or not so short a time."""

    code = "ValidationException"
    rules = "C 6.1, C 6.4"
    reason: ClassVar[str] = "INVALID_PARAMETER_VALUE"

    unlock_delay_days: int
    least: int
    most: int

    @property
    def message(self) -> str:
        return (
            f"An unlock delay of {self.unlock_delay_days} days is invalid: it lasts {self.least} to {self.most} days."
        )


@facts_of
class TooManyTagsOfRule(Refusal):
    """A rule knows what it is for, or what it is not for, by fewer tags than that."""

    code = "ValidationException"
    rules = "C 6.1"
    reason: ClassVar[str] = "INVALID_PARAMETER_VALUE"

    parameter: str
    """`ResourceTags` or `ExcludeResourceTags`."""
    tags: int
    limit: int

    @property
    def message(self) -> str:
        return f"{self.parameter} has {self.tags} tags; {self.limit} are allowed."


@facts_of
class ExclusionTagsRefused(Refusal):
    """A rule that is for certain tags has no exclusions, and one with exclusions is not for certain tags."""

    code = "ValidationException"
    rules = "C 6.3"
    reason: ClassVar[str] = "INVALID_PARAMETER_VALUE"

    identifier: str

    @property
    def message(self) -> str:
        return f"The retention rule {self.identifier} would have resource tags and exclusion tags."

    @property
    def remedy(self) -> str:
        return "take the others off in the same request, with an empty list"


@facts_of
class RetainedTypeKept(Refusal):
    """What a rule is about cannot be changed."""

    code = "ValidationException"
    rules = "C 6.6"
    reason: ClassVar[str] = "INVALID_PARAMETER_VALUE"

    identifier: str
    resource_type: RetainedResourceType

    @property
    def message(self) -> str:
        return f"The retention rule {self.identifier} retains {self.resource_type}, which cannot be changed."

    @property
    def remedy(self) -> str:
        return "create a rule for the other type (CreateRule)"


@facts_of
class RetentionRuleNotLockable(Refusal):
    """Only a rule for the whole Region, without exclusions, can be locked."""

    code = "ValidationException"
    rules = "C 6.4"
    reason: ClassVar[str] = "INVALID_PARAMETER_VALUE"

    identifier: str

    @property
    def message(self) -> str:
        return (
            f"The retention rule {self.identifier} cannot be locked: it has resource tags or exclusion tags, and only"
            " Region-level rules without them can be."
        )


@facts_of
class RetentionRuleQuotaReached(Refusal):
    """The account has as many rules in the Region as it may, of all types together."""

    code = "ServiceQuotaExceededException"
    rules = "C 6.1"
    http_status = 402
    reason: ClassVar[str] = "SERVICE_QUOTA_EXCEEDED"

    quota: int

    @property
    def message(self) -> str:
        return f"You have reached your quota of {self.quota} retention rules in this Region."


@facts_of
class RulesPerTagQuotaReached(Refusal):
    """The tag stands in as many rules as it may."""

    code = "ServiceQuotaExceededException"
    rules = "C 6.2"
    http_status = 402
    reason: ClassVar[str] = "SERVICE_QUOTA_EXCEEDED"

    key: str
    value: str
    quota: int

    @property
    def message(self) -> str:
        return f"The tag {self.key}={self.value} is in {self.quota} retention rules, and can be in no more."


@facts_of
class TagsPerRuleQuotaReached(Refusal):
    """The account writes no more tags than that on a rule."""

    code = "ServiceQuotaExceededException"
    rules = "C 6.1"
    http_status = 402
    reason: ClassVar[str] = "SERVICE_QUOTA_EXCEEDED"

    tags: int
    quota: int

    @property
    def message(self) -> str:
        return f"The retention rule would have {self.tags} tags; {self.quota} are allowed."


@facts_of
class RulesPageSizeRefused(Refusal):
    """MaxResults is more than ListRules gives at a time, or less."""

    code = "ValidationException"
    rules = "C 6.1"
    reason: ClassVar[str] = "INVALID_PARAMETER_VALUE"

    max_results: int
    least: int
    most: int | None

    @property
    def message(self) -> str:
        return f"MaxResults is {self.max_results}; it is {self.least} at least, and {self.most} at most."


@facts_of
class InvalidRulesToken(Refusal):
    """The token is none of ListRules, or continues a query that was another one."""

    code = "ValidationException"
    rules = "C 6.1"
    reason: ClassVar[str] = "INVALID_PAGE_TOKEN"

    next_token: str

    @property
    def message(self) -> str:
        return f"The token {self.next_token} is invalid."

    @property
    def remedy(self) -> str:
        return "repeat the query that gave the token, with the token and nothing else changed"


# --- what lies in the bin ---------------------------------------------------------------------------------------------


@facts_of
class TooManyImagesListed(Refusal):
    """One request names no more images of the Recycle Bin than that."""

    code = "InvalidParameterValue"
    rules = "C 6.27"

    image_ids: int
    limit: int

    @property
    def message(self) -> str:
        return f"The request names {self.image_ids} images; {self.limit} are allowed."


@facts_of
class BackingSnapshotNotFound(SnapshotNotFound):
    """The image cannot return: one of its snapshots is not there, or is of no use yet."""

    rules = "C 6.23, C 6.32"

    image_id: str
    state: SnapshotState | None
    """`recoverable` if it lies in the Recycle Bin, None if it is gone for good."""
    archived: bool = False

    @property
    def remedy(self) -> str:
        if self.archived:
            return "restore it from the archive first (RestoreSnapshotTier)"
        match self.state:
            case SnapshotState.RECOVERABLE:
                return "restore it from the Recycle Bin first (RestoreSnapshotFromRecycleBin)"
            case SnapshotState.PENDING | SnapshotState.RECOVERING:
                return "wait until it is completed"
            case SnapshotState.COMPLETED | SnapshotState.ERROR | None:
                return ""
