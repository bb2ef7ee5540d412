"""What holds of every action on every world: an answer or a declared refusal, and nothing broken behind it.

Source: the principles in docs/design.md; rules A 0.3, B G-1, B G-3, C 0.1.
"""

import pickle
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from amimodel.actions import ACTIONS
from amimodel.engine import ANY_REQUEST, attempt
from amimodel.example_worlds import example_world
from amimodel.limits import Limits
from amimodel.testing.laws import against, broken, take
from amimodel.testing.strategies import askings, callers, requests
from amimodel.timing import Timing
from amimodel.world import World

WORLD = example_world()
INSTANT = evolve(WORLD, timing=Timing.instant())
STEPS = 5
SPANS = st.sampled_from([timedelta(), timedelta(minutes=1), timedelta(hours=2), timedelta(days=8)])


@given(data=st.data())
def test_whoever_asks_for_whatever_no_law_is_broken(data: st.DataObject) -> None:
    request = data.draw(requests(WORLD))
    assert broken(WORLD, (data.draw(callers(WORLD, provider=True)), request)) == ()


@given(data=st.data(), start=st.sampled_from([WORLD, INSTANT, evolve(INSTANT, limits=Limits.tiny())]))
def test_a_life_of_requests_breaks_no_law(data: st.DataObject, start: World) -> None:
    world = start
    for _ in range(data.draw(st.integers(1, STEPS))):
        for step in (data.draw(askings(world)), data.draw(SPANS)):
            taken = take(world, step)
            assert against(taken) == ()
            world = taken.after


@pytest.mark.parametrize("action", sorted(ACTIONS))
@settings(max_examples=max(5, settings().max_examples // 12))  # a hundred actions share what one property is given
@given(data=st.data())
def test_each_action_breaks_no_law(action: str, data: st.DataObject) -> None:
    assert broken(WORLD, data.draw(askings(WORLD, actions=[action]))) == ()


@given(data=st.data())
def test_a_request_can_be_kept_and_made_again(data: st.DataObject) -> None:
    asked = data.draw(askings(WORLD))
    again = pickle.loads(pickle.dumps(asked))
    assert again == asked
    assert hash(again) == hash(asked)
    assert attempt(WORLD, again.request, by=again.by) == attempt(WORLD, asked.request, by=asked.by)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_says_what_it_refuses_and_for_which_rules(action: str) -> None:
    kind = ACTIONS[action]
    assert len(set(kind.refusals)) == len(kind.refusals)
    assert not {*ANY_REQUEST} & {*kind.refusals} or action == "RunInstances"
    assert "Source:" in (kind.__doc__ or "")
    assert all(refusal.rules for refusal in kind.refusals)
