"""The lock of a retention rule: what can be done with the rule in which state, and where that leads, as a table.

The table is the specification; everything else here reads it.

Source: EBS User Guide, "Lock Recycle Bin retention rules", "Unlock a Recycle Bin retention rule"; botocore 1.44.5, rbin
LockRule and UnlockRule; rules C 6.4, C 6.7, C 6 (lock states).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, unique
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import evolve

from amimodel.quirks import Quirks
from amimodel.refusals import RetentionRuleInWrongState
from amimodel.retention import RetentionRule, RetentionRuleLockState
from amimodel.transitions import Kept, Never


@unique
class LockEvent(Enum):
    """What is done with a rule; the last comes to pass by itself."""

    LOCK = "LockRule"
    UNLOCK = "UnlockRule"
    UPDATE = "UpdateRule"
    DELETE = "DeleteRule"
    DELAY_PASSES = "the unlock delay is over"


@unique
class Refused(Enum):
    """The state forbids the operation."""

    CONFLICT = "ConflictException"


Cell: TypeAlias = RetentionRuleLockState | Kept | Refused | Never

_E, _L = LockEvent, RetentionRuleLockState
_LOCKED, _UNLOCKING, _UNLOCKED = _L.LOCKED, _L.PENDING_UNLOCK, _L.UNLOCKED
_S, _X, _N = Kept.SAME, Refused.CONFLICT, Never.NEVER

# fmt: off
_COLUMNS: Final = (_E.LOCK,  _E.UNLOCK,    _E.UPDATE,  _E.DELETE,  _E.DELAY_PASSES)
_ROWS: Final[tuple[tuple[RetentionRuleLockState | None, tuple[Cell, ...]], ...]] = (
    # state         lock      unlock       update      delete      the delay passes
    (None,         (_LOCKED,  _X,          _S,         _S,         _N)),  # it has never been locked
    (_UNLOCKED,    (_LOCKED,  _X,          _S,         _S,         _N)),
    (_LOCKED,      (_X,       _UNLOCKING,  _X,         _X,         _N)),  # a lock is not locked anew with another delay
    (_UNLOCKING,   (_LOCKED,  _X,          _X,         _X,         _UNLOCKED)),
)
# fmt: on

TRANSITIONS: Final[Mapping[tuple[RetentionRuleLockState | None, LockEvent], Cell]] = MappingProxyType(
    {(state, event): cell for state, cells in _ROWS for event, cell in zip(_COLUMNS, cells, strict=True)}
)
"""What each event does in each state (rule C 6, lock states). A rule that was locked once is never without a state."""

_AS_RULED: Final = Quirks()


def refusal(rule: RetentionRule, event: LockEvent) -> RetentionRuleInWrongState | None:
    """What the lock of a rule says against an operation; None where it says nothing.

    >>> rule = RetentionRule(
    ...     identifier="abcdefghijk",
    ...     owner_id="111122223333",
    ...     region="eu-central-1",
    ...     resource_type="EC2_IMAGE",
    ...     retention_days=14,
    ...     lock_state="locked",
    ...     unlock_delay_days=7,
    ... )
    >>> print(refusal(rule, LockEvent.DELETE).remedy)
    unlock it first (UnlockRule), and wait 7 days

    Source: rule C 6.7, C 6 (lock states).
    """
    if TRANSITIONS[rule.lock_state, event] is not Refused.CONFLICT:
        return None
    return RetentionRuleInWrongState(
        identifier=rule.identifier,
        lock_state=rule.lock_state,
        unlock_delay_days=rule.unlock_delay_days,
        lock_end_time=rule.lock_end_time,
    )


def locked(rule: RetentionRule, unlock_delay_days: int, quirks: Quirks = _AS_RULED) -> RetentionRule:
    """The rule with a lock that takes so many days to be opened.

    Raises `RetentionRuleInWrongState`, and `Malformed` for a rule with tags or exclusions.

    Source: rules C 6.4, C 6 (lock states).
    """
    against = refusal(rule, LockEvent.LOCK)
    if against is not None:
        raise against
    keeps = rule.lock_state is _UNLOCKING and not quirks.relocking_changes_unlock_delay
    days = rule.unlock_delay_days if keeps else unlock_delay_days
    return evolve(rule, lock_state=_LOCKED, unlock_delay_days=days, lock_end_time=None)


def unlocking(rule: RetentionRule, now: datetime) -> RetentionRule:
    """The rule whose unlock delay begins now.

    Raises `RetentionRuleInWrongState`.

    Source: rules C 6 (lock states), C 6.1.
    """
    against = refusal(rule, LockEvent.UNLOCK)
    if against is not None:
        raise against
    end = now + timedelta(days=rule.unlock_delay_days or 0)
    return evolve(rule, lock_state=_UNLOCKING, lock_end_time=end)


def after_delay(rule: RetentionRule) -> RetentionRule:
    """The rule when its unlock delay is over; one that has none stays as it is. The delay is told on.

    Source: rule C 6 (lock states).
    """
    match TRANSITIONS[rule.lock_state, LockEvent.DELAY_PASSES]:
        case RetentionRuleLockState() as state:
            return evolve(rule, lock_state=state, lock_end_time=None)
        case Kept() | Refused() | Never():
            return rule
