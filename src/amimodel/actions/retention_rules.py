"""The rules of the Recycle Bin: CreateRule, UpdateRule, DeleteRule, GetRule, ListRules, LockRule and UnlockRule.

They are actions of a service of its own, `rbin`, which words its errors in its own way. What a rule says holds for what
is deleted later; what lies in the bin keeps its time whatever becomes of the rule (rule C 6.8).

EC2 publishes an event when somebody tries to change a locked rule. Here a refusal changes nothing in a world, not even
its events: what a lock refuses is told by the refusal alone.

Source: Recycle Bin API Reference (botocore 1.44.5, rbin 2021-06-15); EBS User Guide, "Recycle Bin"; rules C 6.1 to
C 6.10, C 6 (lock states), C 9.5; settlement S 19.
"""

from collections.abc import Iterable
from typing import ClassVar

from attrs import evolve, field, frozen
from attrs.converters import optional

from amimodel import retention_locks
from amimodel.actions._retention import (
    Pairs,
    beginning,
    delaying,
    own_rule,
    refused_delay,
    refused_period,
    rules_of,
    told,
    too_many_tags,
    too_often,
    without_unlocking,
)
from amimodel.callers import Caller
from amimodel.events import LockChange
from amimodel.names import text_or_none
from amimodel.paging import PAGE_BOUNDS, Page, page, page_size_refusal
from amimodel.refusals import (
    ExclusionTagsRefused,
    InvalidNextToken,
    InvalidRulesToken,
    Refusal,
    RetainedTypeKept,
    RetentionPeriodRefused,
    RetentionRuleInWrongState,
    RetentionRuleNotFound,
    RetentionRuleNotLockable,
    RetentionRuleQuotaReached,
    RulesPageSizeRefused,
    RulesPerTagQuotaReached,
    TagsPerRuleQuotaReached,
    TooManyTagsOfRule,
    UnlockDelayRefused,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Query, Request, each, nothing, unless
from amimodel.retention import (
    RetainedResourceType,
    RetentionRule,
    RetentionRuleLockState,
    check_reach,
    retention_period,
    rule_description,
    rule_identifier,
    rule_resource_tags,
    rule_tags,
    unlock_delay,
)
from amimodel.retention_locks import LockEvent
from amimodel.tags import NO_TAGS, Tags
from amimodel.world import World

# --- making, changing and deleting them -------------------------------------------------------------------------------


@frozen(kw_only=True)
class CreateRule(Request[RetentionRule]):
    """Let the Recycle Bin keep what is deleted from now on: images, snapshots or volumes.

    With `resource_tags` those that have one of the tags, without them all of the Region, but for those that have one of
    `exclude_resource_tags`. With `unlock_delay_days` (EC2's LockConfiguration) the rule is locked from the start.

    >>> CreateRule(resource_type="EC2_IMAGE", retention_days=14).unlock_delay_days is None
    True
    >>> CreateRule(resource_type="EC2_IMAGE", retention_days=14, resource_tags=[("a", "b")], unlock_delay_days=7)
    Traceback (most recent call last):
    amimodel.malformed.Malformed: ValidationException: Only a Region-level rule without exclusions is locked.

    The first rule of an account in a Region may take a while until it retains; it is pending then. Volumes are none of
    this model's deletions: a rule for them can be made, and keeps nothing.

    Source: Recycle Bin API Reference, CreateRule; rules C 6.1 to C 6.4, C 6.9, C 6.10, C 9.5; settlement S 19.
    """

    service: ClassVar[str] = "rbin"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        RetentionPeriodRefused,
        UnlockDelayRefused,
        TooManyTagsOfRule,
        TagsPerRuleQuotaReached,
        RulesPerTagQuotaReached,
        RetentionRuleQuotaReached,
    )

    resource_type: RetainedResourceType = field(converter=RetainedResourceType)
    retention_days: int = field(converter=retention_period)
    description: str = field(default="", converter=rule_description)
    resource_tags: Pairs = field(default=(), converter=rule_resource_tags)
    exclude_resource_tags: Pairs = field(default=(), converter=rule_resource_tags)
    unlock_delay_days: int | None = field(default=None, converter=optional(unlock_delay))
    tags: Tags = field(default=NO_TAGS, converter=rule_tags)

    def __attrs_post_init__(self) -> None:
        check_reach(self.resource_tags, self.exclude_resource_tags, locked=self.unlock_delay_days is not None)

    def decide(self, world: World, by: Caller) -> Deciding[RetentionRule]:
        """Go through the checks in order, then make the rule."""
        limits = world.limits
        yield from each(refused_period(self.resource_type, self.retention_days, limits))
        yield from each(refused_delay(self.unlock_delay_days, limits))
        yield from each(too_many_tags(self.resource_tags, self.exclude_resource_tags, limits))
        if len(self.tags) > limits.tags_per_retention_rule:
            yield TagsPerRuleQuotaReached(tags=len(self.tags), quota=limits.tags_per_retention_rule)
        yield from each(too_often(world, by, self.resource_tags))
        quota = limits.retention_rules_per_region
        if world.retention_rules.count("owner", (by.account, by.region)) >= quota:
            yield RetentionRuleQuotaReached(quota=quota)
        yield GRANTED

        request_id, rule = world.request_id, self._made(world, by)
        world, rule = beginning(world, rule)
        if rule.is_locked:
            world = told(world, rule, LockChange.LOCKED, request_id=request_id, api_name=self.action)
        return Outcome(world, rule)

    def _made(self, world: World, by: Caller) -> RetentionRule:
        rule = RetentionRule(
            identifier=_new_identifier(world),
            owner_id=by.account,
            region=by.region,
            resource_type=self.resource_type,
            retention_days=self.retention_days,
            description=self.description,
            resource_tags=self.resource_tags,
            exclude_resource_tags=self.exclude_resource_tags,
            tags=self.tags,
        )
        return rule if self.unlock_delay_days is None else retention_locks.locked(rule, self.unlock_delay_days)


def _new_identifier(world: World) -> str:
    """Eleven characters that no rule has, out of the world's own counter (rule C 6.1)."""
    number = world.issued + 1
    while (identifier := f"{number:011x}") in world.retention_rules:
        number += 1
    return identifier


@frozen(kw_only=True)
class UpdateRule(Request[RetentionRule]):
    """Change a rule of one's own, unless it is locked: its period, its description, what it is for and what not.

    What is left out stays; an empty list takes the tags off, and an empty description the description. (In `rbin`'s
    JSON they can be told from what is absent.) What lies in the bin keeps its time.

    Source: Recycle Bin API Reference, UpdateRule; rules C 6.2 to C 6.8, C 6 (lock states).
    """

    service: ClassVar[str] = "rbin"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        RetentionRuleNotFound,
        RetentionRuleInWrongState,
        RetainedTypeKept,
        ExclusionTagsRefused,
        RetentionPeriodRefused,
        TooManyTagsOfRule,
        RulesPerTagQuotaReached,
    )

    identifier: str = field(converter=rule_identifier)
    retention_days: int | None = field(default=None, converter=optional(retention_period))
    description: str | None = field(default=None, converter=optional(rule_description))
    resource_type: RetainedResourceType | None = field(default=None, converter=optional(RetainedResourceType))
    resource_tags: Pairs | None = field(default=None, converter=optional(rule_resource_tags))
    exclude_resource_tags: Pairs | None = field(default=None, converter=optional(rule_resource_tags))

    def __attrs_post_init__(self) -> None:
        check_reach(self.resource_tags, self.exclude_resource_tags)

    def decide(self, world: World, by: Caller) -> Deciding[RetentionRule]:
        """Go through the checks in order, then change the rule."""
        rule = yield from own_rule(world, by, self.identifier)
        yield from unless(retention_locks.refusal(rule, LockEvent.UPDATE))
        if self.resource_type not in {None, rule.resource_type}:
            yield RetainedTypeKept(identifier=self.identifier, resource_type=rule.resource_type)
        tags = rule.resource_tags if self.resource_tags is None else self.resource_tags
        excluded = rule.exclude_resource_tags if self.exclude_resource_tags is None else self.exclude_resource_tags
        if tags and excluded:
            yield ExclusionTagsRefused(identifier=self.identifier)
        yield from each(refused_period(rule.resource_type, self.retention_days, world.limits))
        yield from each(too_many_tags(self.resource_tags or (), self.exclude_resource_tags or (), world.limits))
        yield from each(too_often(world, by, self.resource_tags or (), self.identifier))
        yield GRANTED
        updated = evolve(
            rule,
            retention_days=rule.retention_days if self.retention_days is None else self.retention_days,
            description=rule.description if self.description is None else self.description,
            resource_tags=tags,
            exclude_resource_tags=excluded,
        )
        return Outcome(world.with_retention_rule(updated), updated)


@frozen(kw_only=True)
class DeleteRule(Request[None]):
    """Delete a rule of one's own, unless it is locked. What it has put into the bin keeps its time.

    Source: Recycle Bin API Reference, DeleteRule; rules C 6.5, C 6.7, C 6.8, C 6 (lock states).
    """

    service: ClassVar[str] = "rbin"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (RetentionRuleNotFound, RetentionRuleInWrongState)

    identifier: str = field(converter=rule_identifier)

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        """Go through the checks in order, then delete it."""
        rule = yield from own_rule(world, by, self.identifier)
        yield from unless(retention_locks.refusal(rule, LockEvent.DELETE))
        yield GRANTED
        return Outcome(world.without_retention_rule(self.identifier), None)


# --- asking about them ------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class GetRule(Query[RetentionRule]):
    """See a rule of one's own. A pending one does not retain yet.

    Source: Recycle Bin API Reference, GetRule; rules C 6.1, C 6.5, C 6.10.
    """

    service: ClassVar[str] = "rbin"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (RetentionRuleNotFound,)

    identifier: str = field(converter=rule_identifier)

    def answer(self, world: World, by: Caller) -> Finding[RetentionRule]:
        """Find the rule."""
        return (yield from own_rule(world, by, self.identifier))


@frozen(kw_only=True)
class RuleSummary:
    """A rule as ListRules tells it: without what it is for (botocore 1.44.5, rbin RuleSummary)."""

    identifier: str
    description: str
    retention_days: int
    lock_state: RetentionRuleLockState | None
    rule_arn: str


@frozen(kw_only=True)
class ListRules(Query[Page[RuleSummary]]):
    """Find the rules of one's own for a type, in the order in which they were made.

    Of several tags a rule must have one, as a thing needs only one of a rule's tags to be kept.

    Source: Recycle Bin API Reference, ListRules; rules C 6.1, C 6.10; settlement S 17.
    """

    service: ClassVar[str] = "rbin"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (TooManyTagsOfRule, RulesPageSizeRefused, InvalidRulesToken)

    resource_type: RetainedResourceType = field(converter=RetainedResourceType)
    resource_tags: Pairs = field(default=(), converter=rule_resource_tags)
    exclude_resource_tags: Pairs = field(default=(), converter=rule_resource_tags)
    lock_state: RetentionRuleLockState | None = field(default=None, converter=optional(RetentionRuleLockState))
    max_results: int | None = None
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[RuleSummary]]:
        """Go through the checks in order, then find the rules."""
        yield from each(too_many_tags(self.resource_tags, self.exclude_resource_tags, world.limits))
        bounds = PAGE_BOUNDS[self.action](world.limits)
        size = page_size_refusal(self.max_results, bounds)
        if size is not None:
            yield RulesPageSizeRefused(max_results=size.max_results, least=size.least, most=size.most)
        found = [_summary(rule) for rule in rules_of(world, by) if self._means(rule)]
        asked = self.action, by.account, by.region, evolve(self, max_results=None, next_token=None)
        try:
            most = None if size is not None else self.max_results
            return page(found, bounds=bounds, max_results=most, next_token=self.next_token, query=asked)
        except InvalidNextToken as refusal:
            return (yield from nothing(InvalidRulesToken(next_token=refusal.next_token)))

    def _means(self, rule: RetentionRule) -> bool:
        return (
            rule.resource_type is self.resource_type
            and self.lock_state in {None, rule.lock_state}
            and _any_of(self.resource_tags, rule.resource_tags)
            and _any_of(self.exclude_resource_tags, rule.exclude_resource_tags)
        )


def _any_of(wanted: Iterable[tuple[str, str]], there: Iterable[tuple[str, str]]) -> bool:
    asked = frozenset(wanted)
    return not asked or not asked.isdisjoint(there)


def _summary(rule: RetentionRule) -> RuleSummary:
    return RuleSummary(
        identifier=rule.identifier,
        description=rule.description,
        retention_days=rule.retention_days,
        lock_state=rule.lock_state,
        rule_arn=rule.rule_arn,
    )


# --- locking them -----------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class LockRule(Request[RetentionRule]):
    """Keep a rule of one's own from being changed and deleted, by anybody, until so many days after its unlocking.

    Only a rule for the whole Region, without exclusions, can be locked. One whose unlock delay runs is locked again.

    Source: Recycle Bin API Reference, LockRule; rules C 6.1, C 6.4, C 6.5, C 6 (lock states), C 9.5.
    """

    service: ClassVar[str] = "rbin"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        RetentionRuleNotFound,
        RetentionRuleInWrongState,
        RetentionRuleNotLockable,
        UnlockDelayRefused,
    )

    identifier: str = field(converter=rule_identifier)
    unlock_delay_days: int = field(converter=unlock_delay)

    def decide(self, world: World, by: Caller) -> Deciding[RetentionRule]:
        """Go through the checks in order, then lock it."""
        rule = yield from own_rule(world, by, self.identifier)
        yield from unless(retention_locks.refusal(rule, LockEvent.LOCK))
        if rule.resource_tags or rule.exclude_resource_tags:
            yield RetentionRuleNotLockable(identifier=self.identifier)
        yield from each(refused_delay(self.unlock_delay_days, world.limits))
        yield GRANTED
        request_id = world.request_id
        rule = retention_locks.locked(rule, self.unlock_delay_days, world.quirks)
        world = without_unlocking(world, rule).with_retention_rule(rule)
        return Outcome(told(world, rule, LockChange.LOCKED, request_id=request_id, api_name=self.action), rule)


@frozen(kw_only=True)
class UnlockRule(Request[RetentionRule]):
    """Begin to unlock a rule of one's own: when its unlock delay is over, it can be changed and deleted.

    Until then its owner is told every day, the last time a day before.

    Source: Recycle Bin API Reference, UnlockRule; rules C 6.1, C 6.5, C 6 (lock states), C 9.5.
    """

    service: ClassVar[str] = "rbin"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (RetentionRuleNotFound, RetentionRuleInWrongState)

    identifier: str = field(converter=rule_identifier)

    def decide(self, world: World, by: Caller) -> Deciding[RetentionRule]:
        """Go through the checks in order, then let the delay begin."""
        rule = yield from own_rule(world, by, self.identifier)
        yield from unless(retention_locks.refusal(rule, LockEvent.UNLOCK))
        yield GRANTED
        request_id = world.request_id
        rule = retention_locks.unlocking(rule, world.now)
        world = told(world.with_retention_rule(rule), rule, LockChange.UNLOCK_SCHEDULED, request_id=request_id)
        return Outcome(delaying(world, rule, request_id), rule)
