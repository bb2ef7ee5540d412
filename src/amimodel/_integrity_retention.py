"""Whether a world keeps the laws about the rules of the Recycle Bin, and about what has come back from it."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from amimodel._integrity_laws import Check, Law
from amimodel.retention import RetentionRuleLockState, RetentionRuleStatus
from amimodel.snapshots import SnapshotState
from amimodel.tasks import ActivateRetentionRule, EndUnlockDelay, FinishRecovery
from amimodel.world import World


def _recovering(world: World) -> Iterator[tuple[str, str]]:
    finished = {task.work.snapshot_id for task in world.tasks if isinstance(task.work, FinishRecovery)}
    for snapshot in world.snapshots:
        if snapshot.state is SnapshotState.RECOVERING and snapshot.snapshot_id not in finished:
            yield snapshot.snapshot_id, "it is recovering, and nothing will complete it"


def _pending(world: World) -> Iterator[tuple[str, str]]:
    activated = {task.work.identifier for task in world.tasks if isinstance(task.work, ActivateRetentionRule)}
    for rule in world.retention_rules:
        if rule.status is RetentionRuleStatus.PENDING and rule.identifier not in activated:
            yield rule.identifier, "it is pending, and nothing will let it retain"


def _unlocking(world: World) -> Iterator[tuple[str, str]]:
    unlocked = {(task.work.identifier, task.due) for task in world.tasks if isinstance(task.work, EndUnlockDelay)}
    for rule in world.retention_rules:
        is_unlocking = rule.lock_state is RetentionRuleLockState.PENDING_UNLOCK
        if is_unlocking and (rule.identifier, rule.lock_end_time) not in unlocked:
            yield rule.identifier, "it is being unlocked, and nothing will bring that to an end"


def _ending(world: World) -> Iterator[tuple[str, str]]:
    for rule in world.retention_rules:
        is_unlocking = rule.lock_state is RetentionRuleLockState.PENDING_UNLOCK
        if is_unlocking is (rule.lock_end_time is None):
            ends = "an end" if rule.lock_end_time is not None else "no end"
            yield rule.identifier, f"it is {rule.lock_state or 'not locked'}, and its unlock delay has {ends}"


def _quota(world: World) -> Iterator[tuple[str, str]]:
    quota = world.limits.retention_rules_per_region
    for (account, region), count in Counter((rule.owner_id, rule.region) for rule in world.retention_rules).items():
        if count > quota:
            yield account, f"it has {count:,} retention rules in {region}, and may have {quota:,}"


CHECKS: Final[tuple[Check, ...]] = (
    Check(Law.RECOVERING_SNAPSHOT_WILL_BE_COMPLETED, _recovering, "snapshots tasks"),
    Check(Law.PENDING_RULE_WILL_RETAIN,              _pending,    "retention_rules tasks"),
    Check(Law.UNLOCKING_WILL_END,                    _unlocking,  "retention_rules tasks"),
    Check(Law.UNLOCKING_HAS_AN_END,                  _ending,     "retention_rules"),
    Check(Law.RETENTION_RULES_WITHIN_QUOTA,          _quota,      "retention_rules limits"),
)  # fmt: skip
