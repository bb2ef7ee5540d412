"""The lock of a retention rule: rules C 6.4, C 6.7, C 6 (lock states)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.malformed import Malformed
from amimodel.quirks import Quirks
from amimodel.refusals import RetentionRuleInWrongState
from amimodel.retention import RetentionRule, RetentionRuleLockState
from amimodel.retention_locks import TRANSITIONS, LockEvent, Refused, after_delay, locked, refusal, unlocking
from amimodel.transitions import Kept, Never

LOCKED, UNLOCKING, UNLOCKED = (
    RetentionRuleLockState.LOCKED, RetentionRuleLockState.PENDING_UNLOCK, RetentionRuleLockState.UNLOCKED,
)  # fmt: skip
STATES = [None, *RetentionRuleLockState]
END = w.at(7 * 24)
"""When the rule that is being unlocked will be open."""

DEEDS: dict[LockEvent, Callable[[RetentionRule], RetentionRule]] = {
    LockEvent.LOCK: lambda rule: locked(rule, 9),
    LockEvent.UNLOCK: lambda rule: unlocking(rule, w.NOW),
    LockEvent.DELAY_PASSES: after_delay,
}
CHANGED: dict[LockEvent, dict[str, Any]] = {
    LockEvent.LOCK: {"unlock_delay_days": 9, "lock_end_time": None},
    LockEvent.UNLOCK: {"lock_end_time": END},
    LockEvent.DELAY_PASSES: {"lock_end_time": None},
}


def rule(state: RetentionRuleLockState | None, **fields: Any) -> RetentionRule:
    told: dict[str, Any] = {
        "identifier": "abcdefghijk", "owner_id": w.ALICE, "region": w.FRANKFURT, "resource_type": "EC2_IMAGE",
        "retention_days": 14, "description": "keep it all", "lock_state": state,
        "unlock_delay_days": None if state is None else 7, "lock_end_time": END if state is UNLOCKING else None,
    }  # fmt: skip
    return RetentionRule(**(told | fields))


def conflict(state: RetentionRuleLockState | None) -> RetentionRuleInWrongState:
    return RetentionRuleInWrongState(
        identifier="abcdefghijk",
        lock_state=state,
        unlock_delay_days=None if state is None else 7,
        lock_end_time=END if state is UNLOCKING else None,
    )


def test_the_table_of_locks_is_the_books() -> None:
    """Rule C 6 (lock states)."""
    free = {
        LockEvent.LOCK: LOCKED, LockEvent.UNLOCK: Refused.CONFLICT, LockEvent.UPDATE: Kept.SAME,
        LockEvent.DELETE: Kept.SAME, LockEvent.DELAY_PASSES: Never.NEVER,
    }  # fmt: skip
    shut = dict.fromkeys(LockEvent, Refused.CONFLICT)
    book: dict[RetentionRuleLockState | None, dict[LockEvent, Any]] = {
        None: free,
        UNLOCKED: free,
        LOCKED: shut | {LockEvent.UNLOCK: UNLOCKING, LockEvent.DELAY_PASSES: Never.NEVER},
        UNLOCKING: shut | {LockEvent.LOCK: LOCKED, LockEvent.DELAY_PASSES: UNLOCKED},
    }
    assert dict(TRANSITIONS) == {(state, event): cell for state, cells in book.items() for event, cell in cells.items()}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", LockEvent)
def test_what_the_table_forbids_is_refused_with_all_that_is_known_of_the_lock(
    state: RetentionRuleLockState | None, event: LockEvent
) -> None:
    """Rule C 6.7."""
    forbidden = TRANSITIONS[state, event] is Refused.CONFLICT
    assert refusal(rule(state), event) == (conflict(state) if forbidden else None)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", DEEDS)
def test_a_lock_changes_as_the_table_says_and_nothing_else_of_the_rule_does(
    state: RetentionRuleLockState | None, event: LockEvent
) -> None:
    """Rule C 6 (lock states)."""
    match TRANSITIONS[state, event]:
        case Refused.CONFLICT:
            with pytest.raises(RetentionRuleInWrongState) as caught:
                DEEDS[event](rule(state))
            assert caught.value == conflict(state)
        case RetentionRuleLockState() as led_to:
            assert DEEDS[event](rule(state)) == evolve(rule(state), lock_state=led_to, **CHANGED[event])
        case _:
            assert DEEDS[event](rule(state)) == rule(state)


def test_by_a_quirk_a_rule_that_is_locked_while_it_is_being_unlocked_keeps_its_delay() -> None:
    """EBS User Guide, "Unlock a Recycle Bin retention rule": the delay cannot be changed until it is over."""
    quirks = Quirks(relocking_changes_unlock_delay=False)
    delays = {state: locked(rule(state), 9, quirks).unlock_delay_days for state in (None, UNLOCKED, UNLOCKING)}
    assert delays == {None: 9, UNLOCKED: 9, UNLOCKING: 7}


@given(days=st.integers(1, 30), hours=st.integers(0, 1000))
def test_a_rule_is_open_as_many_days_after_its_unlocking_as_its_lock_says(days: int, hours: int) -> None:
    """Rule C 6.1."""
    end = unlocking(locked(rule(None), days), w.at(hours)).lock_end_time
    assert end == w.at(hours) + timedelta(days=days)


def test_a_lock_that_tells_no_delay_opens_at_once() -> None:
    assert unlocking(rule(LOCKED, unlock_delay_days=None), w.NOW).lock_end_time == w.NOW


def test_a_rule_with_exclusions_is_not_locked() -> None:
    """Rule C 6.4."""
    with pytest.raises(Malformed) as caught:
        locked(rule(None, exclude_resource_tags=[("Stage", "test")]), 9)
    assert caught.value.member == "LockConfiguration"
