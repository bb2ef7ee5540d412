"""The rules of the Recycle Bin and their locks: rules C 6.1 to C 6.10, C 6 (lock states), C 9.5; settlement S 19."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import (
    CreateRule,
    DeleteRule,
    DeregisterImage,
    GetRule,
    ListRules,
    LockRule,
    RuleSummary,
    UnlockRule,
    UpdateRule,
)
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.events import LockChange, RetentionRuleLockChange, as_uuid
from amimodel.integrity import problems
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.quirks import Quirks
from amimodel.refusals import (
    ExclusionTagsRefused,
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
    UnauthorizedOperation,
    UnlockDelayRefused,
)
from amimodel.requests import Outcome, Request
from amimodel.retention import RetainedResourceType, RetentionRule, RetentionRuleLockState, RetentionRuleStatus
from amimodel.tasks import AnnounceUnlocking, EndUnlockDelay
from amimodel.timing import Timing
from amimodel.world import World
from worlds import FRANKFURT, alice, alice_in_virginia, ami, bob, rich_world

WORLD = evolve(rich_world(), timing=Timing.instant())
SLOW = rich_world()
IMAGES, SNAPSHOTS, VOLUMES = (
    RetainedResourceType.EC2_IMAGE, RetainedResourceType.EBS_SNAPSHOT, RetainedResourceType.EBS_VOLUME,
)  # fmt: skip
LOCKED, UNLOCKING, UNLOCKED = (
    RetentionRuleLockState.LOCKED, RetentionRuleLockState.PENDING_UNLOCK, RetentionRuleLockState.UNLOCKED,
)  # fmt: skip
PROD, TEST = ("Stage", "prod"), ("Stage", "test")
A_DAY = timedelta(days=1)


def create(days: int = 7, kind: str = "EC2_IMAGE", **fields: Any) -> CreateRule:
    return CreateRule(resource_type=kind, retention_days=days, **fields)


def made(world: World, *requests: Request[Any], by: Caller = alice) -> World:
    for request in requests:
        world = apply(world, request, by=by).world
    return world


def only_rule(world: World) -> RetentionRule:
    (rule,) = world.retention_rules
    return rule


def one_rule(world: World = WORLD, **fields: Any) -> tuple[World, str]:
    world = made(world, create(**fields))
    return world, only_rule(world).identifier


RULED, RULE = one_rule()
BY_TAG, TAG_RULE = one_rule(resource_tags=[PROD])
EXCLUDING, EXCLUDING_RULE = one_rule(exclude_resource_tags=[TEST])
SHUT, SHUT_RULE = one_rule(unlock_delay_days=7)
OPENING = made(SHUT, UnlockRule(identifier=SHUT_RULE))
FULL = evolve(RULED, limits=Limits(retention_rules_per_region=1))
STRICT = evolve(BY_TAG, limits=Limits(retention_rules_per_tag=1))
TINY = evolve(RULED, limits=Limits.tiny())
NOBODYS, NONSENSE = "0123456789Z", "nonsense"

# --- refusals ---------------------------------------------------------------------------------------------------------


def conflict(state: RetentionRuleLockState | None, end: datetime | None = None) -> RetentionRuleInWrongState:
    delay = None if state is None else 7
    identifier = RULE if state is None else SHUT_RULE
    return RetentionRuleInWrongState(
        identifier=identifier, lock_state=state, unlock_delay_days=delay, lock_end_time=end
    )


AT_SEVEN_DAYS = w.NOW + 7 * A_DAY
MISSING = RetentionRuleNotFound(identifier=NOBODYS)
TOO_LONG = RetentionPeriodRefused(resource_type=IMAGES, retention_days=366, least=1, most=365)
THREE = [("a", ""), ("b", ""), ("c", "")]

WITNESSES: list[tuple[World, Request[Any], Refusal]] = [
    (RULED,     create(366),                                    TOO_LONG),
    (RULED,     create(366, "EBS_SNAPSHOT"),                    RetentionPeriodRefused(
        resource_type=SNAPSHOTS, retention_days=366, least=1, most=365)),
    (RULED,     create(8, "EBS_VOLUME"),                        RetentionPeriodRefused(
        resource_type=VOLUMES, retention_days=8, least=1, most=7)),
    (RULED,     create(unlock_delay_days=6),                    UnlockDelayRefused(
        unlock_delay_days=6, least=7, most=30)),
    (RULED,     create(unlock_delay_days=31),                   UnlockDelayRefused(
        unlock_delay_days=31, least=7, most=30)),
    (TINY,      create(resource_tags=THREE),                    TooManyTagsOfRule(
        parameter="ResourceTags", tags=3, limit=2)),
    (TINY,      create(exclude_resource_tags=THREE),            TooManyTagsOfRule(
        parameter="ExcludeResourceTags", tags=3, limit=1)),
    (TINY,      create(tags=THREE),                             TagsPerRuleQuotaReached(tags=3, quota=2)),
    (STRICT,    create(resource_tags=[TEST, PROD]),             RulesPerTagQuotaReached(
        key="Stage", value="prod", quota=1)),
    (FULL,      create(),                                       RetentionRuleQuotaReached(quota=1)),
    (FULL,      create(kind="EBS_VOLUME"),                      RetentionRuleQuotaReached(quota=1)),
    (RULED,     GetRule(identifier=NOBODYS),                    MISSING),
    (RULED,     UpdateRule(identifier=NOBODYS),                 MISSING),
    (SHUT,      UpdateRule(identifier=SHUT_RULE),               conflict(LOCKED)),
    (OPENING,   UpdateRule(identifier=SHUT_RULE),               conflict(UNLOCKING, AT_SEVEN_DAYS)),
    (RULED,     UpdateRule(identifier=RULE, resource_type=SNAPSHOTS), RetainedTypeKept(
        identifier=RULE, resource_type=IMAGES)),
    (BY_TAG,    UpdateRule(identifier=TAG_RULE, exclude_resource_tags=[TEST]), ExclusionTagsRefused(
        identifier=TAG_RULE)),
    (EXCLUDING, UpdateRule(identifier=EXCLUDING_RULE, resource_tags=[PROD]), ExclusionTagsRefused(
        identifier=EXCLUDING_RULE)),
    (RULED,     UpdateRule(identifier=RULE, retention_days=366), TOO_LONG),
    (TINY,      UpdateRule(identifier=RULE, resource_tags=THREE), TooManyTagsOfRule(
        parameter="ResourceTags", tags=3, limit=2)),
    (made(STRICT, create()), UpdateRule(identifier=f"{STRICT.issued + 1:011x}", resource_tags=[PROD]),
     RulesPerTagQuotaReached(key="Stage", value="prod", quota=1)),
    (RULED,     DeleteRule(identifier=NOBODYS),                 MISSING),
    (SHUT,      DeleteRule(identifier=SHUT_RULE),               conflict(LOCKED)),
    (OPENING,   DeleteRule(identifier=SHUT_RULE),               conflict(UNLOCKING, AT_SEVEN_DAYS)),
    (TINY,      ListRules(resource_type=IMAGES, resource_tags=THREE), TooManyTagsOfRule(
        parameter="ResourceTags", tags=3, limit=2)),
    (RULED,     ListRules(resource_type=IMAGES, max_results=0), RulesPageSizeRefused(
        max_results=0, least=1, most=1000)),
    (RULED,     ListRules(resource_type=IMAGES, max_results=1001), RulesPageSizeRefused(
        max_results=1001, least=1, most=1000)),
    (RULED,     ListRules(resource_type=IMAGES, next_token=NONSENSE), InvalidRulesToken(next_token=NONSENSE)),
    (RULED,     LockRule(identifier=NOBODYS, unlock_delay_days=7), MISSING),
    (SHUT,      LockRule(identifier=SHUT_RULE, unlock_delay_days=9), conflict(LOCKED)),
    (BY_TAG,    LockRule(identifier=TAG_RULE, unlock_delay_days=7), RetentionRuleNotLockable(identifier=TAG_RULE)),
    (EXCLUDING, LockRule(identifier=EXCLUDING_RULE, unlock_delay_days=7), RetentionRuleNotLockable(
        identifier=EXCLUDING_RULE)),
    (RULED,     LockRule(identifier=RULE, unlock_delay_days=6), UnlockDelayRefused(
        unlock_delay_days=6, least=7, most=30)),
    (RULED,     UnlockRule(identifier=NOBODYS),                 MISSING),
    (RULED,     UnlockRule(identifier=RULE),                    conflict(None)),
    (OPENING,   UnlockRule(identifier=SHUT_RULE),               conflict(UNLOCKING, AT_SEVEN_DAYS)),
]  # fmt: skip
ACTIONS = (CreateRule, UpdateRule, DeleteRule, GetRule, ListRules, LockRule, UnlockRule)


@pytest.mark.parametrize(("world", "request_", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness(world: World, request_: Request[Any], refusal: Refusal) -> None:
    assert attempt(world, request_, by=alice) == refusal
    assert explain(world, request_, by=alice).refusals[0] == refusal


@pytest.mark.parametrize("action", ACTIONS)
def test_every_refusal_that_is_declared_has_a_witness(action: type[Request[Any]]) -> None:
    met = {type(refusal) for _, request, refusal in WITNESSES if type(request) is action}
    assert met == set(action.refusals)
    assert action.service == "rbin"


@pytest.mark.parametrize(
    ("request_", "world"),
    [
        (create(366, unlock_delay_days=31, tags=THREE), evolve(RULED, limits=Limits.tiny())),
        (create(366, resource_tags=[*THREE, PROD], tags=THREE),
         evolve(BY_TAG, limits=evolve(Limits.tiny(), retention_rules_per_region=1))),
        (UpdateRule(identifier=SHUT_RULE, resource_type=SNAPSHOTS, retention_days=366, resource_tags=THREE),
         evolve(SHUT, limits=Limits.tiny())),
        (LockRule(identifier=TAG_RULE, unlock_delay_days=6), BY_TAG),
    ],
)  # fmt: skip
def test_an_explanation_names_the_refusals_in_the_declared_order(request_: Request[Any], world: World) -> None:
    """Settlement S 10."""
    declared = list(type(request_).refusals)
    met = [declared.index(type(refusal)) for refusal in explain(world, request_, by=alice).refusals]
    assert len(met) > 1
    assert met == sorted(met)
    assert attempt(world, request_, by=alice) == explain(world, request_, by=alice).refusals[0]


@pytest.mark.parametrize(
    ("refusal", "code", "status", "reason"),
    [
        (MISSING, "ResourceNotFoundException", 404, "RULE_NOT_FOUND"),
        (conflict(LOCKED), "ConflictException", 409, "INVALID_RULE_STATE"),
        (RetentionRuleQuotaReached(quota=250), "ServiceQuotaExceededException", 402, "SERVICE_QUOTA_EXCEEDED"),
        (RulesPerTagQuotaReached(key="a", value="b", quota=5), "ServiceQuotaExceededException", 402,
         "SERVICE_QUOTA_EXCEEDED"),
        (TOO_LONG, "ValidationException", 400, "INVALID_PARAMETER_VALUE"),
        (InvalidRulesToken(next_token=NONSENSE), "ValidationException", 400, "INVALID_PAGE_TOKEN"),
    ],
)  # fmt: skip
def test_errors_are_those_of_rbin(refusal: Any, code: str, status: int, reason: str) -> None:
    """Rules C 6.1 to C 6.7; botocore 1.44.5, rbin."""
    assert (refusal.code, refusal.http_status, refusal.reason) == (code, status, reason)


def test_a_refusal_by_a_lock_says_what_helps() -> None:
    assert conflict(LOCKED).remedy == "unlock it first (UnlockRule), and wait 7 days"
    assert conflict(UNLOCKING, AT_SEVEN_DAYS).remedy == (
        "wait until its unlock delay is over, at 2026-06-08T00:00:00.000Z"
    )
    assert str(conflict(None)) == f"The retention rule {RULE} is not locked, and does not allow this."


@pytest.mark.parametrize("by", [bob, alice_in_virginia])
def test_a_rule_is_known_in_its_own_account_and_region_alone(by: Caller) -> None:
    """Rule C 6.10."""
    for request in (
        GetRule(identifier=RULE), UpdateRule(identifier=RULE), DeleteRule(identifier=RULE),
        UnlockRule(identifier=RULE), LockRule(identifier=RULE, unlock_delay_days=7),
    ):  # fmt: skip
        assert attempt(RULED, request, by=by) == RetentionRuleNotFound(identifier=RULE)
    assert ask(RULED, ListRules(resource_type=IMAGES), by=by).items == ()
    assert isinstance(attempt(FULL, create(), by=by), Outcome)


def test_who_may_not_is_told_the_name_of_the_service() -> None:
    denied = evolve(alice, denied=["rbin:CreateRule"])
    assert attempt(WORLD, create(), by=denied) == UnauthorizedOperation(action="rbin:CreateRule")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: create(0),
        lambda: create(True),
        lambda: create(description="two\nlines"),
        lambda: create(resource_tags=[PROD], exclude_resource_tags=[TEST]),
        lambda: create(resource_tags=[PROD], unlock_delay_days=7),
        lambda: create(exclude_resource_tags=[TEST], unlock_delay_days=7),
        lambda: create(resource_tags=[("", "x")]),
        lambda: create(resource_tags=[("k" * 129, "")]),
        lambda: create(exclude_resource_tags=[("k", "v" * 257)]),
        lambda: create(unlock_delay_days=0),
        lambda: create(tags={"aws:x": ""}),
        lambda: create(tags={"": "x"}),
        lambda: UpdateRule(identifier=RULE, resource_tags=[PROD], exclude_resource_tags=[TEST]),
        lambda: GetRule(identifier="short"),
        lambda: LockRule(identifier=RULE, unlock_delay_days=False),
    ],
)
def test_what_no_world_could_make_right_is_malformed(wrong: Any) -> None:
    """Rules C 6.1, C 6.3, C 6.4."""
    with pytest.raises(Malformed) as caught:
        wrong()
    assert caught.value.code == "ValidationException"


# --- making a rule ----------------------------------------------------------------------------------------------------


def test_a_rule_is_as_it_was_asked_for() -> None:
    """Rule C 6.1."""
    request = create(30, "EBS_SNAPSHOT", description="all of prod", resource_tags=[PROD, PROD], tags={"Owner": "me"})
    world, rule = apply(WORLD, request, by=alice)
    assert rule == RetentionRule(
        identifier=rule.identifier, owner_id=w.ALICE, region=FRANKFURT, resource_type=SNAPSHOTS, retention_days=30,
        description="all of prod", resource_tags=[PROD], tags={"Owner": "me"},
    )  # fmt: skip
    assert ask(world, GetRule(identifier=rule.identifier), by=alice) == rule
    assert not [event for event in world.events if isinstance(event.occurrence, RetentionRuleLockChange)]


@given(st.lists(st.sampled_from(["make", "drop"]), max_size=8))
def test_an_identifier_has_eleven_characters_and_is_never_given_twice(steps: list[str]) -> None:
    """Rule C 6.1."""
    world, given_out = WORLD, list[str]()
    for step in steps:
        if step == "make":
            world, rule = apply(world, create(), by=alice)
            assert len(rule.identifier) == 11
            given_out.append(rule.identifier)
        elif world.retention_rules.records:
            world = made(world, DeleteRule(identifier=next(iter(world.retention_rules)).identifier))
    assert len(set(given_out)) == len(given_out)
    assert problems(world) == ()


def test_an_identifier_that_was_made_by_hand_is_left_alone() -> None:
    taken = evolve(only_rule(RULED), identifier=f"{WORLD.issued + 2:011x}")
    world, rule = apply(WORLD.with_retention_rule(taken), create(), by=alice)
    assert rule.identifier != taken.identifier
    assert len(world.retention_rules) == 2


def test_the_first_rule_of_a_region_retains_after_half_an_hour_and_the_next_at_once() -> None:
    """Rule C 6.9; settlement S 19."""
    world, first = apply(SLOW, create(), by=alice)
    assert first.status is RetentionRuleStatus.PENDING
    assert problems(world) == ()
    gone = made(world, DeregisterImage(image_id=ami(w.WEB)))
    assert ami(w.WEB) not in gone.recycle_bin
    assert only_rule(advance(world, minutes=29)).status is RetentionRuleStatus.PENDING
    later = advance(world, minutes=30)
    assert only_rule(later) == evolve(first, status=RetentionRuleStatus.AVAILABLE)
    assert ami(w.WEB) in made(later, DeregisterImage(image_id=ami(w.WEB))).recycle_bin
    _, second = apply(world, create(kind="EBS_SNAPSHOT"), by=alice)
    assert second.status is RetentionRuleStatus.AVAILABLE
    for by in (bob, alice_in_virginia):
        assert apply(world, create(), by=by).value.status is RetentionRuleStatus.PENDING


def test_every_rule_may_take_its_time_and_none_need_take_any() -> None:
    """Rule C 6.9; settlement S 19."""
    assert only_rule(RULED).status is RetentionRuleStatus.AVAILABLE
    slow = evolve(RULED, timing=Timing(later_retention_rule_delay=timedelta(minutes=1)))
    world, second = apply(slow, create(), by=alice)
    assert second.status is RetentionRuleStatus.PENDING
    assert {rule.status for rule in advance(world, minutes=1).retention_rules} == {RetentionRuleStatus.AVAILABLE}


def test_a_rule_that_is_deleted_before_it_retains_never_does() -> None:
    world, rule = apply(SLOW, create(), by=alice)
    world = made(world, DeleteRule(identifier=rule.identifier))
    assert not advance(world, hours=1).retention_rules.records


# --- changing it ------------------------------------------------------------------------------------------------------

CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "retention_days": st.integers(1, 365),
    "description": st.sampled_from(["", "new"]),
    "resource_type": st.just(IMAGES),
    "resource_tags": st.lists(st.sampled_from([PROD, TEST]), unique=True).map(tuple),
    "exclude_resource_tags": st.lists(st.sampled_from([PROD, TEST]), unique=True).map(tuple),
}


@given(start=st.sampled_from([RULED, BY_TAG, EXCLUDING]), changes=st.fixed_dictionaries({}, optional=CHANGES))
def test_what_an_update_names_is_changed_and_nothing_else(start: World, changes: dict[str, Any]) -> None:
    """Rules C 6.3, C 6.6; an empty list takes the tags off."""
    before = only_rule(start)
    try:
        request = UpdateRule(identifier=before.identifier, **changes)
    except Malformed:
        assert changes["resource_tags"]
        assert changes["exclude_resource_tags"]
        return
    tags = changes.get("resource_tags", before.resource_tags)
    excluded = changes.get("exclude_resource_tags", before.exclude_resource_tags)
    answer = attempt(start, request, by=alice)
    if tags and excluded:
        assert answer == ExclusionTagsRefused(identifier=before.identifier)
    else:
        assert isinstance(answer, Outcome)
        assert answer.value == only_rule(answer.world) == evolve(before, **changes)


def test_a_rule_may_keep_a_tag_that_is_in_as_many_rules_as_may_be() -> None:
    """Rule C 6.2: a rule does not count against itself."""
    world = made(STRICT, UpdateRule(identifier=TAG_RULE, resource_tags=[PROD, TEST]))
    assert only_rule(world).resource_tags == (PROD, TEST)


def test_exclusions_do_not_count_as_tags_of_rules() -> None:
    """Rule C 6.2."""
    world = evolve(WORLD, limits=Limits(retention_rules_per_tag=1))
    world = made(world, *(create(exclude_resource_tags=[PROD]) for _ in range(3)), create(resource_tags=[PROD]))
    assert len(world.retention_rules) == 4


@given(
    changes=st.lists(st.sampled_from(["shorter", "longer", "elsewhere", "delete"]), max_size=4),
    start=st.sampled_from([RULED, EXCLUDING]),
)
def test_no_change_of_a_rule_alters_the_time_of_what_is_in_the_bin(changes: list[str], start: World) -> None:
    """Rule C 6.8."""
    identifier = only_rule(start).identifier
    world = made(start, DeregisterImage(image_id=ami(w.WEB)))
    before = world.recycle_bin.records[ami(w.WEB)]
    assert before.recycle_bin_exit_time == w.NOW + 7 * A_DAY
    for change in changes:
        request: Request[Any] = {
            "shorter": UpdateRule(identifier=identifier, retention_days=1),
            "longer": UpdateRule(identifier=identifier, retention_days=300),
            "elsewhere": UpdateRule(identifier=identifier, resource_tags=[TEST], exclude_resource_tags=[]),
            "delete": DeleteRule(identifier=identifier),
        }[change]
        answer = attempt(world, request, by=alice)
        world = answer.world if isinstance(answer, Outcome) else world
        assert world.recycle_bin.records[ami(w.WEB)] == before
    assert ami(w.WEB) in advance(world, days=7, seconds=-1).recycle_bin
    assert ami(w.WEB) not in advance(world, days=7).recycle_bin


def test_a_later_deletion_meets_the_rule_as_it_is_then() -> None:
    """Rule C 6.8."""
    world = made(RULED, UpdateRule(identifier=RULE, retention_days=30), DeregisterImage(image_id=ami(w.WEB)))
    assert world.recycle_bin.records[ami(w.WEB)].recycle_bin_exit_time == w.NOW + 30 * A_DAY
    world = made(RULED, DeleteRule(identifier=RULE), DeregisterImage(image_id=ami(w.WEB)))
    assert ami(w.WEB) not in world.recycle_bin


# --- listing them -----------------------------------------------------------------------------------------------------

MANY = made(
    WORLD, create(1), create(2, resource_tags=[PROD]), create(3, resource_tags=[PROD, TEST]),
    create(4, exclude_resource_tags=[TEST]), create(5, "EBS_SNAPSHOT"), create(6, unlock_delay_days=7),
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({}, [1, 2, 3, 4, 6]),
        ({"resource_type": SNAPSHOTS}, [5]),
        ({"resource_type": VOLUMES}, []),
        ({"lock_state": LOCKED}, [6]),
        ({"lock_state": UNLOCKED}, []),
        ({"resource_tags": [PROD]}, [2, 3]),
        ({"resource_tags": [TEST]}, [3]),
        ({"resource_tags": [TEST, ("a", "b")]}, [3]),
        ({"resource_tags": [("Stage", "")]}, []),
        ({"exclude_resource_tags": [TEST]}, [4]),
        ({"exclude_resource_tags": [PROD]}, []),
        ({"resource_tags": [PROD], "exclude_resource_tags": [TEST]}, []),
        ({"resource_tags": [], "next_token": ""}, [1, 2, 3, 4, 6]),
    ],
)
def test_rules_are_found_by_what_they_are_for(asked: dict[str, Any], days: list[int]) -> None:
    """Rule C 6.1; settlement S 17."""
    wanted: dict[str, Any] = {"resource_type": IMAGES} | asked
    found = ask(MANY, ListRules(**wanted), by=alice)
    assert [rule.retention_days for rule in found] == days


def test_a_list_tells_little_and_comes_in_pages() -> None:
    query = ListRules(resource_type=IMAGES, max_results=2)
    first = ask(MANY, query, by=alice)
    assert first.items[0] == RuleSummary(
        identifier=(rule := next(iter(MANY.retention_rules))).identifier, description="", retention_days=1,
        lock_state=None, rule_arn=rule.rule_arn,
    )  # fmt: skip
    second = ask(MANY, evolve(query, next_token=first.next_token, max_results=None), by=alice)
    assert [rule.retention_days for rule in (*first, *second)] == [1, 2, 3, 4, 6]
    other = ListRules(resource_type=SNAPSHOTS, next_token=first.next_token)
    assert attempt(MANY, other, by=alice) == InvalidRulesToken(next_token=first.next_token or "")


# --- locks ------------------------------------------------------------------------------------------------------------


STEPS = st.one_of(
    st.sampled_from([
        UpdateRule(identifier=SHUT_RULE, retention_days=1), DeleteRule(identifier=SHUT_RULE),
        UnlockRule(identifier=SHUT_RULE), UnlockRule(identifier=SHUT_RULE),
        LockRule(identifier=SHUT_RULE, unlock_delay_days=9),
    ]),
    st.sampled_from([A_DAY, 7 * A_DAY, 9 * A_DAY]),
)  # fmt: skip


@given(steps=st.lists(STEPS, max_size=12), by=st.sampled_from([alice, alice, bob]))
def test_a_locked_rule_survives_everything_until_its_unlock_delay_is_over(steps: list[Any], by: Caller) -> None:
    """Rules C 6.7, C 6 (lock states); against a second account of what a lock is."""
    world, delay, opens = SHUT, 7, None  # when it will be open; None while it is locked
    for step in steps:
        if isinstance(step, timedelta):
            world = advance(world, step)
        else:
            answer = attempt(world, step, by=by)
            is_open = opens is not None and opens <= world.now
            if isinstance(answer, Outcome):
                world = answer.world
                match step:
                    case UnlockRule():
                        assert opens is None
                        opens = world.now + delay * A_DAY
                    case LockRule():
                        assert opens is not None
                        opens, delay = None, 9
                    case _:
                        assert is_open
                        return
        assert only_rule(world).retention_days == 7
        assert only_rule(world).is_locked is (opens is None or opens > world.now)
        assert problems(world) == ()


def test_a_rule_cannot_be_changed_until_the_last_moment_and_can_be_then() -> None:
    """Rule C 6 (lock states)."""
    just_before = advance(OPENING, days=7, seconds=-1)
    assert isinstance(attempt(just_before, DeleteRule(identifier=SHUT_RULE), by=alice), RetentionRuleInWrongState)
    after = advance(OPENING, days=7)
    rule = only_rule(after)
    assert (rule.lock_state, rule.lock_end_time, rule.unlock_delay_days) == (UNLOCKED, None, 7)
    assert only_rule(made(after, UpdateRule(identifier=SHUT_RULE, resource_tags=[PROD]))).lock_state is UNLOCKED
    assert not made(after, DeleteRule(identifier=SHUT_RULE)).retention_rules.records


def test_a_rule_that_is_locked_again_stays_locked_and_takes_the_new_delay() -> None:
    """Rule C 6 (lock states)."""
    world = made(advance(OPENING, days=3), LockRule(identifier=SHUT_RULE, unlock_delay_days=9))
    assert not [task for task in world.tasks if isinstance(task.work, AnnounceUnlocking | EndUnlockDelay)]
    later = advance(world, days=60)
    assert only_rule(later) == evolve(only_rule(SHUT), unlock_delay_days=9)
    again = made(later, UnlockRule(identifier=SHUT_RULE))
    assert only_rule(again).lock_end_time == later.now + 9 * A_DAY


def test_by_a_quirk_a_rule_that_is_locked_again_keeps_its_delay() -> None:
    """EBS User Guide, "Unlock a Recycle Bin retention rule": the delay cannot be changed until it is over."""
    world = evolve(OPENING, quirks=Quirks(relocking_changes_unlock_delay=False))
    request = LockRule(identifier=SHUT_RULE, unlock_delay_days=9)
    assert only_rule(made(world, request)).unlock_delay_days == 7
    assert only_rule(made(advance(world, days=7), request)).unlock_delay_days == 9


# --- what is published ------------------------------------------------------------------------------------------------


def told(world: World) -> list[tuple[str, float]]:
    return [
        (event.detail_type.removeprefix("Recycle Bin Rule "), (event.time - w.NOW) / A_DAY)
        for event in world.events
        if isinstance(event.occurrence, RetentionRuleLockChange)
    ]


@given(delay=st.integers(7, 30))
def test_an_unlocking_is_told_every_day_the_last_time_a_day_before(delay: int) -> None:
    """Rule C 9.5."""
    world, rule = one_rule(unlock_delay_days=delay)
    world = advance(made(world, UnlockRule(identifier=rule)), days=40)
    assert told(world) == [
        ("Locked", 0), ("Unlock Scheduled", 0),
        *(("Unlocking Notice", day) for day in range(1, delay)),
        ("Unlocked", delay),
    ]  # fmt: skip


def test_the_notices_have_their_own_interval_or_none() -> None:
    for interval, days in ((timedelta(days=3), [3, 6]), (timedelta(days=7), []), (timedelta(), [])):
        world = evolve(SHUT, timing=evolve(Timing.instant(), unlocking_notice_interval=interval))
        world = advance(made(world, UnlockRule(identifier=SHUT_RULE)), days=8)
        assert [day for what, day in told(world) if what == "Unlocking Notice"] == days


def test_a_lock_on_a_refused_change_tells_nothing() -> None:
    """Rule C 9.5: a refusal changes nothing in a world, so `Recycle Bin Rule Change Attempted` is never published."""
    assert isinstance(attempt(SHUT, DeleteRule(identifier=SHUT_RULE), by=alice), RetentionRuleInWrongState)
    assert "Change Attempted" not in "".join(LockChange)


def test_an_event_is_the_json_of_the_user_guide() -> None:
    """Rules C 9.1, C 9.5."""
    world, rule = one_rule(description="locked account level rule", unlock_delay_days=30)
    world = advance(made(world, UnlockRule(identifier=rule)), days=30)
    events = [event for event in world.events if isinstance(event.occurrence, RetentionRuleLockChange)]
    common = {
        "detail-version": " 1.0.0", "rule-id": rule, "rule-description": "locked account level rule",
        "unlock-delay-period": "30 days",
    }  # fmt: skip
    assert json.loads(json.dumps(events[0].envelope())) == {
        "version": "0",
        "id": as_uuid(events[0].number),
        "detail-type": "Recycle Bin Rule Locked",
        "source": "aws.rbin",
        "account": w.ALICE,
        "time": "2026-06-01T00:00:00Z",
        "region": "eu-central-1",
        "resources": [f"arn:aws:rbin:eu-central-1:{w.ALICE}:rule/{rule}"],
        "detail": common | {"api-name": "CreateRule"},
    }
    scheduled = common | {"scheduled-unlock-time": "2026-07-01T00:00:00Z"}
    assert [event.envelope()["detail"] for event in events[1:]] == [scheduled] * 31
    assert {event.request_id for event in events[1:]} == {events[1].request_id}
    assert str(events[-1]) == f"2026-07-01T00:00:00Z {w.ALICE} eu-central-1: Recycle Bin Rule Unlocked {rule}"


def test_locking_later_names_the_action() -> None:
    world = made(RULED, LockRule(identifier=RULE, unlock_delay_days=7))
    *_, event = world.events
    assert event.envelope()["detail"] == {
        "detail-version": " 1.0.0", "rule-id": RULE, "rule-description": "", "unlock-delay-period": "7 days",
        "api-name": "LockRule",
    }  # fmt: skip
    assert event.time == parse("2026-06-01T00:00:00Z")
