"""What holds of every action on every world: an answer or a declared refusal, and nothing broken behind it.

Source: the principles in docs/design.md; rules A 0.3, B G-1, B G-3, C 0.1.
"""

import pickle
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from amimodel.actions import ACTIONS
from amimodel.callers import Caller
from amimodel.comparing import changes
from amimodel.engine import ANY_REQUEST, advance, apply, attempt, explain
from amimodel.example_worlds import example_world
from amimodel.integrity import problems
from amimodel.limits import Limits
from amimodel.permissions import AccountPermission
from amimodel.refusals import IdempotentParameterMismatch, Refusal
from amimodel.requests import Outcome, Query, Request
from amimodel.testing.strategies import callers, requests
from amimodel.timing import Timing
from amimodel.world import World

WORLD = example_world()
INSTANT = evolve(WORLD, timing=Timing.instant())
STEPS = 5
SPANS = st.sampled_from([timedelta(), timedelta(minutes=1), timedelta(hours=2), timedelta(days=8)])


def _declared(request: Request[Any]) -> set[type[Refusal]]:
    return {*ANY_REQUEST, *type(request).refusals}


def _owner_and_region(thing: Any) -> tuple[object, object]:
    return thing.owner_id, thing.region


def _checked_step(world: World, request: Request[Any], by: Caller) -> World:
    """Make a step, and hold everything against it that holds of every step."""
    result = attempt(world, request, by=by)
    decision = explain(world, request, by=by)
    if isinstance(result, Refusal):
        assert type(result) in _declared(request)
        # A token that was used for something else is told by the engine, before the request is looked at.
        if not isinstance(result, IdempotentParameterMismatch):
            assert result in decision.refusals or decision.allowed is None
            assert decision.allowed is None or decision.refusals[0] == result
        return world
    assert decision.allowed is True or request.token
    assert result.world == apply(world, request, by=by).world  # the world before has not changed
    if isinstance(request, Query):
        assert result.world is world
    _nothing_of_others_has_changed(world, result.world, by)
    _everything_new_is_well_formed(world, result.world)
    return result.world


def _nothing_of_others_has_changed(before: World, after: World, by: Caller) -> None:
    """Of another account or another Region nothing changes but that an image was launched, or what is shared with the
    caller given up (rules B G-1, C 11.2b, B CL-1).
    """
    if by.is_provider:
        return
    for name in ("images", "snapshots", "volumes", "instances"):
        old, new = getattr(before, name), getattr(after, name)
        for key in set(new.records.differing(old.records)) | set(old.records.differing(new.records)):
            was, now = old.get(key), new.get(key)
            if _owner_and_region(now or was) == (by.account, by.region):
                continue
            assert name == "images"
            assert was is not None
            assert now is not None
            given_up = was.launch_permissions.removing([AccountPermission(by.account)])
            assert now in {evolve(was, launches=now.launches), evolve(was, launch_permissions=given_up)}


def _everything_new_is_well_formed(before: World, after: World) -> None:
    """What was copied without looking at it is what building it anew would give."""
    for name in ("images", "snapshots", "volumes", "instances"):
        old, new = getattr(before, name), getattr(after, name)
        for key in new.records.differing(old.records):
            assert evolve(new.get(key)) == new.get(key)


@given(data=st.data())
def test_every_request_is_granted_or_refused_for_a_declared_reason(data: st.DataObject) -> None:
    request = data.draw(requests(WORLD))
    _ = _checked_step(WORLD, request, data.draw(callers(WORLD, provider=True)))


@given(data=st.data(), start=st.sampled_from([WORLD, INSTANT, evolve(INSTANT, limits=Limits.tiny())]))
def test_a_life_of_requests_leaves_a_world_without_problems(data: st.DataObject, start: World) -> None:
    world = start
    for _ in range(data.draw(st.integers(1, STEPS))):
        request = data.draw(requests(world))
        world = _checked_step(world, request, data.draw(callers(world, provider=True)))
        world = advance(world, data.draw(SPANS))
        if not problems(start):
            assert problems(world) == ()


@pytest.mark.parametrize("action", sorted(ACTIONS))
@settings(max_examples=max(10, settings().max_examples // 8))  # forty actions share what one property is given
@given(data=st.data())
def test_each_action_keeps_to_its_word(action: str, data: st.DataObject) -> None:
    request = data.draw(requests(WORLD, actions=[action]))
    _ = _checked_step(WORLD, request, data.draw(callers(WORLD, provider=True)))


@given(data=st.data())
def test_what_has_changed_makes_the_next_world_out_of_the_last_one(data: st.DataObject) -> None:
    request = data.draw(requests(WORLD))
    result = attempt(WORLD, request, by=data.draw(callers(WORLD)))
    if isinstance(result, Outcome):
        assert changes(WORLD, result.world).applied_to(WORLD) == result.world


@given(data=st.data())
def test_a_request_can_be_kept_and_made_again(data: st.DataObject) -> None:
    request, by = data.draw(requests(WORLD)), data.draw(callers(WORLD))
    again = pickle.loads(pickle.dumps(request))
    assert again == request
    assert hash(again) == hash(request)
    assert attempt(WORLD, again, by=by) == attempt(WORLD, request, by=by)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_says_what_it_refuses_and_for_which_rules(action: str) -> None:
    kind = ACTIONS[action]
    assert len(set(kind.refusals)) == len(kind.refusals)
    assert not {*ANY_REQUEST} & {*kind.refusals} or action == "RunInstances"
    assert "Source:" in (kind.__doc__ or "")
    assert all(refusal.rules for refusal in kind.refusals)
