"""What holds for the rules of the Recycle Bin, and what happens to them: they begin to retain, and are unlocked.

Source: EBS User Guide, "Monitor Recycle Bin using Amazon EventBridge"; rules C 6.1, C 6.2, C 6.4, C 6.5, C 6.9,
C 6.10, C 6 (lock states), C 6.37, C 9.5; settlement S 19.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import evolve

from amimodel.callers import Caller
from amimodel.events import LockChange, RetentionRuleLockChange
from amimodel.limits import Limits
from amimodel.recycle_bin import recovering
from amimodel.refusals import (
    RetentionPeriodRefused,
    RetentionRuleNotFound,
    RulesPerTagQuotaReached,
    TooManyTagsOfRule,
    UnlockDelayRefused,
)
from amimodel.requests import Finding, nothing
from amimodel.retention import RetainedResourceType, RetentionRule, RetentionRuleLockState, RetentionRuleStatus
from amimodel.retention_locks import after_delay
from amimodel.snapshots import SnapshotState
from amimodel.tasks import ActivateRetentionRule, AnnounceUnlocking, EndUnlockDelay
from amimodel.world import World

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""The tags by which a rule knows what it is for, or what it is not for."""


def own_rule(world: World, by: Caller, identifier: str) -> Finding[RetentionRule]:
    """The caller's rule; somebody else's, or one of another Region, is as good as none.

    Refuses with `RetentionRuleNotFound`.

    Source: rules C 6.5, C 6.10.
    """
    rule = world.retention_rules.get(identifier)
    if rule is None or (rule.owner_id, rule.region) != (by.account, by.region):
        return (yield from nothing(RetentionRuleNotFound(identifier=identifier)))
    return rule


# --- what speaks against a rule ---------------------------------------------------------------------------------------

_LONGEST: Final[Mapping[RetainedResourceType, str]] = MappingProxyType({
    RetainedResourceType.EC2_IMAGE:    "max_image_retention_days",
    RetainedResourceType.EBS_SNAPSHOT: "max_snapshot_retention_days",
    RetainedResourceType.EBS_VOLUME:   "max_volume_retention_days",
})  # fmt: skip


def refused_period(kind: RetainedResourceType, days: int | None, limits: Limits) -> Iterator[RetentionPeriodRefused]:
    """What the limits say against keeping what is of a type for so long (rules C 6.1, C 6.4)."""
    least, most = limits.min_retention_days, getattr(limits, _LONGEST[kind])
    if days is not None and not least <= days <= most:
        yield RetentionPeriodRefused(resource_type=kind, retention_days=days, least=least, most=most)


def refused_delay(days: int | None, limits: Limits) -> Iterator[UnlockDelayRefused]:
    """What the limits say against unlocking that takes so long (rules C 6.1, C 6.4)."""
    least, most = limits.min_unlock_delay_days, limits.max_unlock_delay_days
    if days is not None and not least <= days <= most:
        yield UnlockDelayRefused(unlock_delay_days=days, least=least, most=most)


def too_many_tags(
    tags: Collection[object], excluded: Collection[object], limits: Limits
) -> Iterator[TooManyTagsOfRule]:
    """What the limits say against so many tags and exclusions of one rule (rule C 6.1)."""
    for parameter, given, limit in (
        ("ResourceTags", len(tags), limits.resource_tags_per_retention_rule),
        ("ExcludeResourceTags", len(excluded), limits.excluded_resource_tags_per_retention_rule),
    ):
        if given > limit:
            yield TooManyTagsOfRule(parameter=parameter, tags=given, limit=limit)


def rules_of(world: World, by: Caller) -> Iterator[RetentionRule]:
    """The caller's rules in the Region, the oldest first (rule C 6.10)."""
    return world.retention_rules.having("owner", (by.account, by.region))


def too_often(
    world: World, by: Caller, tags: Pairs, identifier: str | None = None
) -> Iterator[RulesPerTagQuotaReached]:
    """Tags that stand in too many of the other rules; exclusions do not count (rule C 6.2)."""
    quota = world.limits.retention_rules_per_tag
    others = [rule for rule in rules_of(world, by) if rule.identifier != identifier]
    for key, value in tags:
        if sum((key, value) in rule.resource_tags for rule in others) >= quota:
            yield RulesPerTagQuotaReached(key=key, value=value, quota=quota)


# --- it begins to retain ----------------------------------------------------------------------------------------------


def beginning(world: World, rule: RetentionRule) -> tuple[World, RetentionRule]:
    """Write a new rule: it retains at once, or after a while if it is the account's first in the Region.

    Source: rule C 6.9; settlement S 19.
    """
    is_first = not world.retention_rules.count("owner", (rule.owner_id, rule.region))
    delay = world.timing.first_retention_rule_delay if is_first else world.timing.later_retention_rule_delay
    if not delay:
        return world.with_retention_rule(rule), rule
    rule = evolve(rule, status=RetentionRuleStatus.PENDING)
    work = ActivateRetentionRule(identifier=rule.identifier)
    return world.with_retention_rule(rule).with_task(delay, work), rule


def activated(world: World, identifier: str) -> World:
    """Let a rule retain from now on (rule C 6.9)."""
    rule = world.retention_rules.get(identifier)
    return world if rule is None else world.with_retention_rule(evolve(rule, status=RetentionRuleStatus.AVAILABLE))


# --- its lock ---------------------------------------------------------------------------------------------------------


def told(
    world: World, rule: RetentionRule, change: LockChange, *, request_id: str, api_name: str | None = None
) -> World:
    """Tell the owner what becomes of a rule's lock (rule C 9.5)."""
    occurrence = RetentionRuleLockChange(
        identifier=rule.identifier,
        description=rule.description,
        change=change,
        unlock_delay_days=rule.unlock_delay_days or 0,
        api_name=api_name,
        scheduled_unlock_time=rule.lock_end_time,
    )
    return world.emitting(occurrence, account=rule.owner_id, region=rule.region, request_id=request_id)


def delaying(world: World, rule: RetentionRule, request_id: str) -> World:
    """See to it that a rule which is being unlocked is unlocked in the end, and that its owner is told every day."""
    if rule.lock_end_time is None:
        return world
    work = EndUnlockDelay(identifier=rule.identifier)
    world = world.with_task(rule.lock_end_time - world.now, work, request_id)
    return _to_be_announced(world, rule, request_id)


def _to_be_announced(world: World, rule: RetentionRule, request_id: str) -> World:
    """Take on the next notice, if the lock does not end before it (rule C 9.5)."""
    interval, end = world.timing.unlocking_notice_interval, rule.lock_end_time
    if end is None or interval <= timedelta() or world.now + interval >= end:
        return world
    return world.with_task(interval, AnnounceUnlocking(identifier=rule.identifier), request_id)


def announced(world: World, identifier: str, request_id: str) -> World:
    """Tell that a rule is still being unlocked, and see to the next time (rule C 9.5)."""
    rule = world.retention_rules.get(identifier)
    if rule is None or rule.lock_state is not RetentionRuleLockState.PENDING_UNLOCK:
        return world
    world = told(world, rule, LockChange.UNLOCKING_NOTICE, request_id=request_id)
    return _to_be_announced(world, rule, request_id)


def unlocked(world: World, identifier: str, request_id: str) -> World:
    """Unlock a rule whose delay is over, and tell its owner (rules C 6, C 9.5)."""
    rule = world.retention_rules.get(identifier)
    if rule is None or rule.lock_end_time is None or rule.lock_end_time > world.now:
        return world
    world = told(world, rule, LockChange.UNLOCKED, request_id=request_id)
    return world.with_retention_rule(after_delay(rule))


def without_unlocking(world: World, rule: RetentionRule) -> World:
    """Drop what was to come of unlocking a rule: it is locked again."""
    return world.without_tasks(
        task
        for task in world.tasks
        if isinstance(task.work, AnnounceUnlocking | EndUnlockDelay) and task.work.identifier == rule.identifier
    )


# --- a snapshot that came back ----------------------------------------------------------------------------------------


def recovered(world: World, snapshot_id: str) -> World:
    """Complete a snapshot that has come back from the bin (rule C 6.37)."""
    snapshot = world.snapshots.get(snapshot_id)
    if snapshot is None or snapshot.state is not SnapshotState.RECOVERING:
        return world
    return world.with_snapshot(recovering(snapshot))
