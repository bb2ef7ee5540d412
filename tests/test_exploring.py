"""Exploring: every state of a small scope is found, and whatever breaks a law is found on the shortest way."""

import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, ClassVar, Final

import pytest
from attrs import evolve, frozen
from networkx import MultiDiGraph, single_source_shortest_path_length

from amimodel.actions import CreateVolume, DeleteSnapshot, DeleteVolume, TerminateInstances
from amimodel.callers import Caller
from amimodel.engine import advance, apply
from amimodel.history import Asked, Trace
from amimodel.malformed import Malformed
from amimodel.refusals import ImageNotFound, Refusal
from amimodel.requests import GRANTED, Deciding, Outcome, Request
from amimodel.testing.exploring import Exploration, alike, explore
from amimodel.testing.laws import DECLARED, LAWS, Law, Taken, broken, take
from amimodel.vocabulary import ImageState
from amimodel.world import World
from one_image import (
    DEPRECATE,
    DEREGISTER,
    DISABLE,
    ENABLE,
    IMAGE,
    LAUNCH,
    NOW,
    PROTECT,
    RESTORE,
    RETAIN,
    SHARE,
    UNPROTECT,
    UNSHARE,
    WEEK,
    other,
    owner,
    small_world,
    whole_life,
)

START: Final = small_world()


@pytest.fixture(scope="module")
def life() -> Exploration:
    """The whole life of one image with two accounts."""
    return explore(START, whole_life, advances=[WEEK])


# --- a whole life -----------------------------------------------------------------------------------------------------


def test_the_whole_life_of_an_image_is_explored_and_no_law_is_broken(life: Exploration) -> None:
    assert str(life) == "320 states, 4,800 steps (1,806 refused): no law is broken, and nothing is left to find"
    assert (len(life), len(life.edges), life.refused, life.depth) == (320, 4800, 1806, 9)
    assert life.complete
    assert life.counterexample is None
    assert life.broken == ()
    assert repr(life) == f"<Exploration: {life}>"


def test_every_stage_of_the_life_is_among_the_states(life: Exploration) -> None:
    images = [world.images.get(IMAGE) for world in life.worlds]
    assert {image.state for image in images if image} == {ImageState.AVAILABLE, ImageState.DISABLED}
    assert any(IMAGE in world.recycle_bin for world in life.worlds)
    assert any(IMAGE in world.tombstones for world in life.worlds)
    assert any(image is None and world.instances for image, world in zip(images, life.worlds, strict=True))


def test_every_step_is_taken_from_every_state_once(life: Exploration) -> None:
    taken = [(edge.source, edge.step) for edge in life.edges]
    assert len(set(taken)) == len(taken) == sum(len([*whole_life(world)]) + 1 for world in life.worlds)


def test_a_step_leads_to_the_state_that_it_says(life: Exploration) -> None:
    for edge in life.edges[::7]:
        taken = take(life.worlds[edge.source], edge.step)
        assert WHAT_MATTERS(taken.after) == WHAT_MATTERS(life.worlds[edge.target])
        assert edge.refusal == (taken.result if isinstance(taken.result, Refusal) else None)


def test_no_two_states_are_the_same(life: Exploration) -> None:
    assert len({WHAT_MATTERS(world) for world in life.worlds}) == len(life)


def test_a_state_is_found_on_a_shortest_way(life: Exploration) -> None:
    away = single_source_shortest_path_length(life.graph(refused=False), 0)
    for state in range(len(life)):
        assert len(life.trace(state)) == away[state]
    assert max(away.values()) == life.depth


def test_the_way_to_a_state_leads_to_its_world(life: Exploration) -> None:
    for state in range(0, len(life), 5):
        assert life.trace(state).world() == life.worlds[state]


# --- what is one state behaves as one ---------------------------------------------------------------------------------

WHAT_MATTERS: Final = alike(START, whole_life(START))


def test_worlds_that_are_one_state_go_the_same_ways(life: Exploration) -> None:
    """Whatever led to a state, the same steps are granted from there, and they lead to the same states."""
    numbers = {WHAT_MATTERS(world): state for state, world in enumerate(life.worlds)}
    ways: dict[int, list[tuple[int, str | None]]] = {}
    for edge in life.edges:
        ways.setdefault(edge.source, []).append((edge.target, code_of_refusal(edge.refusal)))
    latest = {edge.target: edge for edge in life.edges}  # not the step that the state was found by
    for state, edge in [*latest.items()][::6]:
        world = take(life.worlds[edge.source], edge.step).after
        taken = [take(world, step) for step in Trace(world, whole_life(world)).then(WEEK).steps]
        led = [(numbers[WHAT_MATTERS(one.after)], code_of_refusal(one.result)) for one in taken]
        assert led == ways[state]


def code_of_refusal(result: object) -> str | None:
    return result.code if isinstance(result, Refusal) else None


def test_nothing_is_missed_by_taking_worlds_for_one_state() -> None:
    requests = [(owner, request) for request in (DISABLE, ENABLE, RETAIN, DEREGISTER, RESTORE)]
    merged = explore(START, requests, 3, laws=[], advances=[WEEK])
    every = explore(START, requests, 3, laws=[], advances=[WEEK], same=lambda world: world)
    what_matters = alike(START, requests)
    assert {what_matters(world) for world in every.worlds} == {what_matters(world) for world in merged.worlds}
    assert len(merged) < len(every)


def after(*requests: tuple[Caller, Request[Any]] | timedelta) -> World:
    return Trace(START, requests).world()


def launched_anew(world: World) -> World:
    world, launch = apply(world, evolve(LAUNCH, client_token=None), by=owner)
    world = advance(world, WEEK)
    stopping = TerminateInstances(instance_ids=[launch.instances[0].instance_id])
    return advance(apply(world, stopping, by=owner).world, WEEK)


LAUNCHED: Final = launched_anew(START)
LAUNCHED_TWICE: Final = launched_anew(LAUNCHED)
VOLUME: Final = CreateVolume(size_gib=1, availability_zone="eu-central-1a")
COOLING: Final = (owner, PROTECT), (owner, UNPROTECT)
(DELETE,) = (DeleteSnapshot(snapshot_id=snapshot.snapshot_id) for snapshot in START.snapshots)
EARLY, LATE = NOW + WEEK / 2, NOW + 2 * WEEK

# Two worlds, what is asked, and whether they are one state.
# fmt: off
PAIRS: Final = (
    ("only time has passed", START, after(WEEK), (), True),
    ("a moment that is asked for has come", START, after(WEEK), (EARLY,), False),
    ("a moment that is asked for is nearer", START, after(WEEK), (LATE,), False),
    ("something has changed", START, after((owner, DISABLE)), (), False),
    ("something has changed back", START, after((owner, DISABLE), (owner, ENABLE)), (), True),
    ("something is to come, and is nearer", after((owner, DEPRECATE)), after((owner, DEPRECATE), WEEK / 16), (), False),
    ("something has come, sooner or later",
     after((owner, DEPRECATE), WEEK), after((owner, DEPRECATE), WEEK, WEEK), (), True),
    ("the same work was taken on twice", after(*COOLING), after(*COOLING, *COOLING), (), True),
    ("it was launched once, or twice", LAUNCHED, LAUNCHED_TWICE, (), True),
    ("it was never launched", START, LAUNCHED, (), False),
    ("another id was given out", after((owner, VOLUME)), apply(LAUNCHED, VOLUME, by=owner).world, (), False),
    ("another id was given out, and nothing else differs",
     apply(LAUNCHED, VOLUME, by=owner).world, apply(LAUNCHED_TWICE, VOLUME, by=owner).world, (), True),
    ("an id is asked for that one has given out",
     apply(LAUNCHED, VOLUME, by=owner).world, apply(LAUNCHED_TWICE, VOLUME, by=owner).world,
     ((owner, DeleteVolume(volume_id=LAUNCHED.new_id("vol-"))),), False),
    ("two rules that differ in their ids",
     apply(LAUNCHED, RETAIN, by=owner).world, apply(LAUNCHED_TWICE, RETAIN, by=owner).world, (), True),
    ("it is shared", START, after((owner, SHARE)), (), False),
    ("it is shared no more", START, after((owner, SHARE), (owner, UNSHARE)), (), True),
    ("it is gone", START, after((owner, DEREGISTER)), (), False),
    ("something that was there is there no more",
     after((owner, DEREGISTER)), after((owner, DEREGISTER), (owner, DELETE)), (), False),
    ("it is in the bin, and not gone",
     after((owner, DEREGISTER), (owner, RETAIN)), after((owner, RETAIN), (owner, DEREGISTER)), (), False),
)
# fmt: on


@pytest.mark.parametrize(
    ("one", "another", "asked", "are_one"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS]
)
def test_worlds_are_one_state_where_they_differ_only_in_what_counts(
    one: World, another: World, asked: tuple[object, ...], are_one: bool
) -> None:
    what_matters = alike(START, asked)
    assert (what_matters(one) == what_matters(another)) is are_one


def test_what_is_to_come_of_the_start_counts_though_nothing_has_changed() -> None:
    start = after((owner, DEPRECATE))
    what_matters = alike(start)
    sooner, later, past = (what_matters(advance(start, WEEK * weeks)) for weeks in (1 / 16, 1, 2))
    assert what_matters(start) != sooner != later
    assert later == past


# --- counterexamples --------------------------------------------------------------------------------------------------


def never(what: Callable[[World], bool]) -> Law:
    return Law.of_worlds("it never comes to that", lambda world: ["it has come"] if what(world) else [])


def is_running_without_its_image(world: World) -> bool:
    return bool(world.instances) and IMAGE in world.tombstones


# What shall never be, and in how few steps it comes to that.
EVENTS: Final[tuple[tuple[Callable[[World], bool], int], ...]] = (
    (lambda world: IMAGE in world.tombstones, 1),
    (lambda world: IMAGE in world.recycle_bin, 2),
    (is_running_without_its_image, 3),  # share, launch, deregister
    (lambda world: IMAGE in world.tombstones and bool(world.retention_rules), 2),
    (lambda world: any(image.deprecation_time and image.launches for image in world.images), 3),
)


@pytest.mark.parametrize(("what", "steps"), EVENTS)
def test_the_counterexample_is_the_shortest_and_breaks_the_law_again(what: Callable[[World], bool], steps: int) -> None:
    law = never(what)
    found = explore(START, whole_life, laws=[law], advances=[WEEK])
    assert found.counterexample is not None
    assert not found.complete
    assert len(found.counterexample) == steps
    assert what(found.counterexample.world())
    assert explore(START, whole_life, steps - 1, laws=[law], advances=[WEEK]).counterexample is None
    *_, last = found.counterexample
    assert broken(found.counterexample.undone().world(), last, laws=[law]) == found.broken


def test_a_counterexample_is_told_step_by_step() -> None:
    found = explore(
        START, [(owner, RETAIN), (owner, DEREGISTER)], laws=[never(lambda world: IMAGE in world.recycle_bin)]
    )
    assert str(found).splitlines() == [
        "5 states, 4 steps (0 refused): a law is broken after 2 steps",
        "1. 111122223333 in eu-central-1: CreateRule(resource_type=RetainedResourceType.EC2_IMAGE, retention_days=7)",
        "2. 111122223333 in eu-central-1: DeregisterImage(image_id='ami-00000000000000004')",
        "it has come, but it never comes to that",
    ]
    assert repr(found) == "<Exploration: 5 states, 4 steps (0 refused): a law is broken after 2 steps>"


def test_a_law_that_the_start_breaks_is_broken_by_no_step() -> None:
    found = explore(START, whole_life, laws=[never(lambda world: world == START)])
    assert found.counterexample == Trace(START)
    assert [str(one) for one in found.broken] == ["it has come, but it never comes to that"]
    assert (len(found), found.edges) == (1, ())


@frozen(kw_only=True)
class BreakImage(Request[None]):
    """What there is not: a request that ends in an error, or is refused for what it does not declare."""

    refusals: ClassVar[tuple[type[Refusal], ...]] = ()
    fails: bool = True

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        del by
        if IMAGE not in world.images:
            if self.fails:
                raise LookupError(IMAGE)
            yield ImageNotFound(image_ids=(IMAGE,))
        yield GRANTED
        return Outcome(world, None)


@pytest.mark.parametrize("laws", [LAWS, []])
def test_a_step_that_ends_in_an_error_is_a_counterexample(laws: Iterable[Law]) -> None:
    found = explore(START, [(owner, BreakImage()), (owner, DEREGISTER)], laws=laws)
    assert found.counterexample is not None
    assert [*found.counterexample] == [Asked(owner, DEREGISTER), Asked(owner, BreakImage())]
    (one,) = found.broken
    assert one.law is DECLARED
    assert one.complaints == (f"{Asked(owner, BreakImage())} ends in LookupError('{IMAGE}')",)


def test_a_refusal_that_is_not_declared_is_a_counterexample() -> None:
    found = explore(START, [(owner, BreakImage(fails=False)), (owner, DEREGISTER)])
    assert [one.law for one in found.broken] == [DECLARED]
    assert len(found.counterexample or ()) == 2


def test_a_law_that_fails_says_on_which_trace() -> None:
    def none_is_protected(taken: Taken) -> Iterable[str]:
        return (one.deregistration_protection.nonsense for one in taken.after.images if one.launch_permissions)  # type: ignore[attr-defined]

    with pytest.raises(AttributeError, match="nonsense") as failure:
        explore(START, [(owner, SHARE)], laws=[Law("it is well made", none_is_protected)])
    assert failure.value.__notes__ == [f"The law 'it is well made' was asked about: {Trace(START, [(owner, SHARE)])}"]


# --- the scope --------------------------------------------------------------------------------------------------------


def test_what_makes_something_new_has_no_end_but_the_depth() -> None:
    found = explore(START, [(owner, VOLUME)], 4, laws=[])
    assert str(found) == "5 states, 4 steps (0 refused): no law is broken, and there is more behind step 4"
    assert not found.complete
    assert found.trace(3) == Trace(START, [(owner, VOLUME)] * 3)


@pytest.mark.parametrize(("depth", "told"), [
    (0, "1 state, 0 steps (0 refused): no law is broken, and there is more behind step 0"),
    (1, "2 states, 2 steps (1 refused): no law is broken, and there is more behind step 1"),
    (2, "2 states, 4 steps (3 refused): no law is broken, and nothing is left to find"),
    (None, "2 states, 4 steps (3 refused): no law is broken, and nothing is left to find"),
])  # fmt: skip
def test_the_depth_says_how_far_to_go(depth: int | None, told: str) -> None:
    requests = (step for step in [(owner, DEREGISTER), (owner, RESTORE)])  # what can be gone through but once
    assert str(explore(START, requests, depth)) == told


def test_a_depth_is_no_less_than_nothing() -> None:
    with pytest.raises(Malformed, match="depth"):
        explore(START, [], -1)


# --- the graph --------------------------------------------------------------------------------------------------------


def test_the_graph_has_the_states_and_the_steps() -> None:
    found = explore(START, [(owner, DEREGISTER), (other, DISABLE)], advances=[WEEK])
    graph = found.graph()
    assert isinstance(graph, MultiDiGraph)
    assert [graph.nodes[state]["world"] for state in graph] == [*found.worlds]
    assert [(one, another, told["label"]) for one, another, told in graph.edges(data=True)] == [
        (0, 1, "111122223333: DeregisterImage"),
        (0, 0, "444455556666: DisableImage: AuthFailure"),
        (0, 0, "8 days, 0:00:00 later"),
        (1, 1, "111122223333: DeregisterImage: InvalidAMIID.Unavailable"),
        (1, 1, "444455556666: DisableImage: AuthFailure"),
        (1, 1, "8 days, 0:00:00 later"),
    ]
    assert {told["step"] for *_, told in graph.edges(data=True)} == {edge.step for edge in found.edges}
    assert len(found.graph(refused=False).edges) == 3


def test_a_graph_without_networkx_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(ImportError, match=r"pip install 'amimodel\[testing\]'"):
        explore(START, []).graph()
