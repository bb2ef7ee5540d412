"""DescribeInstances and DescribeInstanceImageMetadata: rules A 8.9, C 11.3 to C 11.7; settlements S 23, S 35."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from attrs import evolve

from amimodel.actions import (
    DeregisterImage,
    DescribeInstanceImageMetadata,
    DescribeInstances,
    DisableImage,
    RunInstances,
    TerminateInstances,
)
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.engine import advance, apply, ask, attempt
from amimodel.examples import WEB
from amimodel.filters import Filter
from amimodel.image_criteria import ImageCriterion
from amimodel.instances import ImageMetadata
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE
from amimodel.refusals import (
    FilterLimitExceeded,
    IdsNotPaged,
    InstanceNotFound,
    InvalidNextToken,
    PageSizeRefused,
    Refusal,
)
from amimodel.regions import Region
from amimodel.requests import Query
from amimodel.retention import RetentionRule
from amimodel.settings import AllowedImagesSettings
from amimodel.snapshots import Snapshot
from amimodel.tag_requests import TagSpecification
from amimodel.vocabulary import ImageState
from amimodel.world import World

HOME: Final = Region("eu-central-1")
ALICE: Final = Caller(account="111122223333", region=HOME)
BOB: Final = Caller(account="444455556666", region=HOME)
NOW: Final = parse("2026-06-01T00:00:00Z")
IMAGE: Final = evolve(
    WEB,
    region=HOME,
    launch_permissions=[EVERYONE],
    deprecation_time=parse("2028-01-01T00:00:00Z"),
    image_owner_alias="amazon",
)
SNAPSHOT: Final = Snapshot(
    snapshot_id="snap-12345678",
    owner_id=ALICE.account,
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=WEB.creation_date,
    region=HOME,
)


def _world() -> tuple[World, list[str]]:
    """Seven instances of Bob's, launched minute by minute, and one of Alice's."""
    world = World(now=NOW).with_image(IMAGE).with_snapshot(SNAPSHOT)
    ids: list[str] = []
    for number, by in enumerate([BOB] * 7 + [ALICE]):
        tags = [TagSpecification(resource_type="instance", tags={"Number": str(number)})]
        request = RunInstances(
            image_id=IMAGE.image_id,
            instance_type="t3.micro" if number % 2 else "m5.large",
            availability_zone="eu-central-1b" if number == 3 else None,
            tag_specifications=tags,
        )
        world, reservation = apply(world, request, by=by)
        ids += [instance.instance_id for instance in reservation.instances]
        world = advance(world, minutes=1)
    return world, ids


WORLD, IDS = _world()
OF_BOB, OF_ALICE = IDS[:7], IDS[7]
QUERIES: Final = [DescribeInstances, DescribeInstanceImageMetadata]


def described(world: World = WORLD, by: Caller = BOB, **parameters: Any) -> list[str]:
    return [instance.instance_id for instance in ask(world, DescribeInstances(**parameters), by=by)]


def remembered(world: World = WORLD, by: Caller = BOB, **parameters: Any) -> list[str]:
    return [item.instance_id for item in ask(world, DescribeInstanceImageMetadata(**parameters), by=by)]


def metadata(world: World, by: Caller = BOB) -> ImageMetadata:
    (item,) = ask(world, DescribeInstanceImageMetadata(instance_ids=[OF_BOB[0]]), by=by)
    return item.image_metadata


def refused(query: Query[Any], world: World = WORLD, by: Caller = BOB) -> Refusal:
    answer = attempt(world, query, by=by)
    assert isinstance(answer, Refusal), answer
    return answer


# --- which instances --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [described, remembered])
def test_everybody_sees_the_own_instances_in_the_order_of_their_launches(found: Callable[..., list[str]]) -> None:
    assert found() == OF_BOB
    assert found(by=ALICE) == [OF_ALICE]
    assert found(by=Caller(account=BOB.account, region="us-east-1")) == []
    assert found(instance_ids=[OF_BOB[2], OF_BOB[1], OF_BOB[2]]) == OF_BOB[1:3]


def test_an_instance_of_somebody_else_is_left_out_and_an_unknown_id_fails() -> None:
    """The API reference of DescribeInstances."""
    assert described(instance_ids=[OF_ALICE]) == []
    assert described(instance_ids=[OF_ALICE, OF_BOB[0]]) == OF_BOB[:1]
    query = DescribeInstances(instance_ids=["i-0000000f", OF_BOB[0], "i-0000000e"])
    assert refused(query) == InstanceNotFound(instance_ids=("i-0000000f", "i-0000000e"))


def test_what_is_remembered_is_told_of_own_instances_only() -> None:
    """Rule C 11.5."""
    query = DescribeInstanceImageMetadata(instance_ids=[OF_ALICE, OF_BOB[0]])
    assert refused(query) == InstanceNotFound.of(OF_ALICE)


@pytest.mark.parametrize("found", [described, remembered])
@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ([Filter("instance-type", ["m5.*"])], [0, 2, 4, 6]),
        ([Filter("availability-zone", ["eu-central-1b"])], [3]),
        ([Filter("tag:Number", ["1", "5"])], [1, 5]),
        ([Filter("tag-key", ["Name"])], []),
        ([Filter("instance-type", ["t3.micro"]), Filter("tag:Number", ["1", "2"])], [1]),
        ([Filter("launch-time", ["2026-06-01T00:02*"])], [2]),
        ([Filter("instance-state-name", ["running"])], [0, 1, 2, 3, 4, 5, 6]),
        ([Filter("instance-id", [OF_BOB[4], OF_ALICE])], [4]),
    ],
)
def test_filters_choose(found: Callable[..., list[str]], filters: list[Filter], numbers: list[int]) -> None:
    """Settlement S 23; rule C 11.7."""
    assert found(filters=filters) == [OF_BOB[number] for number in numbers]


def test_instances_are_found_by_their_image() -> None:
    """Settlement S 23."""
    assert described(filters=[Filter("image-id", [IMAGE.image_id])]) == OF_BOB
    assert described(filters=[Filter("image-id", ["ami-0000000f"])]) == []


def test_a_terminated_instance_is_told_of_for_an_hour() -> None:
    """Rules C 11.6, C 12.1."""
    world, _ = apply(WORLD, TerminateInstances(instance_ids=OF_BOB[1:]), by=BOB)
    world = advance(world, minutes=1)
    terminated = [Filter("instance-state-name", ["terminated"])]
    assert described(world, filters=terminated) == remembered(world, filters=terminated) == OF_BOB[1:]
    assert described(advance(world, hours=1)) == remembered(advance(world, hours=1)) == OF_BOB[:1]


# --- pages and limits -------------------------------------------------------------------------------------------------


def test_a_long_answer_comes_in_parts() -> None:
    """Rules A DI-1, A DI-3, C 11.6."""
    first = ask(WORLD, DescribeInstances(max_results=5), by=BOB)
    second = ask(WORLD, DescribeInstances(max_results=5, next_token=first.next_token), by=BOB)
    assert [instance.instance_id for instance in (*first, *second)] == OF_BOB
    assert (len(first), second.next_token) == (5, None)
    one = ask(WORLD, DescribeInstanceImageMetadata(max_results=1), by=BOB)
    assert (len(one), one.next_token is None) == (1, False)
    few = evolve(WORLD, limits=evolve(Limits.aws(), max_instance_image_metadata_page=3))
    assert len(ask(few, DescribeInstanceImageMetadata(), by=BOB)) == 3


def test_a_token_belongs_to_one_query_of_one_account() -> None:
    token = ask(WORLD, DescribeInstances(max_results=5), by=BOB).next_token
    for query, by in (
        (DescribeInstances(next_token=token), ALICE),
        (DescribeInstances(next_token=token, filters=[Filter("instance-type", ["*"])]), BOB),
        (DescribeInstanceImageMetadata(next_token=token), BOB),
    ):
        assert type(refused(query, by=by)) is InvalidNextToken


@pytest.mark.parametrize(("query", "least"), [(DescribeInstances, 5), (DescribeInstanceImageMetadata, 1)])
def test_the_size_of_a_page_has_bounds(query: Callable[..., Query[Any]], least: int) -> None:
    """Settlement S 23; rule C 11.6."""
    for size in (least - 1, 1001):
        assert refused(query(max_results=size)) == PageSizeRefused(max_results=size, least=least, most=1000)


def test_instances_asked_for_by_id_come_all_at_once() -> None:
    """Rule A DI-2."""
    refusal = refused(DescribeInstances(instance_ids=OF_BOB, max_results=5))
    assert refusal == IdsNotPaged(parameter="instancesSet")
    assert ask(WORLD, DescribeInstanceImageMetadata(instance_ids=OF_BOB, max_results=1), by=BOB).next_token


@pytest.mark.parametrize("query", QUERIES)
def test_filters_are_limited_and_known(query: Callable[..., Query[Any]]) -> None:
    """Rules A FI-2, A FI-6."""
    many = query(filters=[Filter("instance-id", OF_BOB[:1])] * 51)
    assert type(refused(many)) is FilterLimitExceeded
    with pytest.raises(Malformed, match="The filter 'colour' is invalid"):
        query(filters=[Filter("colour", ["blue"])])


def test_every_declared_refusal_is_given_above() -> None:
    assert set(DescribeInstances.refusals) == {
        FilterLimitExceeded, PageSizeRefused, IdsNotPaged, InstanceNotFound, InvalidNextToken,
    }  # fmt: skip
    assert set(DescribeInstances.refusals) - {IdsNotPaged} == set(DescribeInstanceImageMetadata.refusals)


# --- what is remembered of an image -----------------------------------------------------------------------------------


def test_an_instance_tells_its_image() -> None:
    """Rules A 8.9, C 11.4."""
    (item,) = ask(WORLD, DescribeInstanceImageMetadata(instance_ids=[OF_BOB[0]]), by=BOB)
    instance = WORLD.instances.records[OF_BOB[0]]
    for name in ("instance_id", "owner_id", "instance_type", "launch_time", "availability_zone", "state", "tags"):
        assert getattr(item, name) == getattr(instance, name)
    assert item.image_metadata == ImageMetadata(
        image_id=IMAGE.image_id,
        owner_id=ALICE.account,
        state=ImageState.AVAILABLE,
        name="web",
        image_owner_alias="amazon",
        creation_date=IMAGE.creation_date,
        deprecation_time=IMAGE.deprecation_time,
        is_public=True,
    )


def _gone(world: World) -> World:
    return advance(apply(world, DeregisterImage(image_id=IMAGE.image_id), by=ALICE).world, days=365)


def _binned(world: World) -> World:
    rule = RetentionRule(
        identifier="abcdefghijk", owner_id=ALICE.account, region=HOME, resource_type="EC2_IMAGE", retention_days=7
    )
    world = apply(world.with_retention_rule(rule), DeregisterImage(image_id=IMAGE.image_id), by=ALICE).world
    assert IMAGE.image_id in world.recycle_bin
    return world


@pytest.mark.parametrize("fate", [_gone, _binned])
def test_it_tells_it_when_the_image_is_gone(fate: Callable[[World], World]) -> None:
    """Rules C 11.3, C 11.4."""
    assert metadata(fate(WORLD)) == evolve(metadata(WORLD), state=ImageState.DEREGISTERED, is_public=False)


def test_it_tells_it_when_the_image_is_disabled_deprecated_or_shared_no_more() -> None:
    """Rules A 8.9, C 11.3."""
    disabled = apply(WORLD, DisableImage(image_id=IMAGE.image_id), by=ALICE).world
    assert metadata(disabled) == evolve(metadata(WORLD), state=ImageState.DISABLED, is_public=False)
    deprecated = WORLD.with_image(evolve(WORLD.images.records[IMAGE.image_id], deprecation_time=NOW))
    assert metadata(deprecated).deprecation_time == NOW


ONLY_OWN: Final = AllowedImagesSettings(state="enabled", image_criteria=[ImageCriterion(image_providers=["none"])])


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [(AllowedImagesSettings(), None), (ONLY_OWN, False), (evolve(ONLY_OWN, state="audit-mode"), False)],
)
def test_it_tells_whether_the_image_is_allowed_and_is_shown_if_it_is_not(
    settings: AllowedImagesSettings, allowed: bool | None
) -> None:
    """Rules B AA-15, B AA-16; settlement S 35."""
    own = evolve(WORLD.settings(BOB.account, HOME), allowed_images=settings)
    for fate in (lambda world: world, _gone, _binned):
        world = fate(WORLD.with_settings(BOB.account, HOME, own))
        assert metadata(world).image_allowed is allowed
        assert remembered(world, filters=[Filter("image-allowed", ["true"])]) == ([] if allowed is False else OF_BOB)
        assert remembered(world, filters=[Filter("image-allowed", ["false"])]) == (OF_BOB if allowed is False else [])


def test_owner_filters_are_about_the_image() -> None:
    """Rule C 11.7."""
    assert remembered(filters=[Filter("owner-id", [ALICE.account])]) == OF_BOB
    assert remembered(filters=[Filter("owner-id", [BOB.account])]) == []
    assert remembered(filters=[Filter("owner-alias", ["amazon"])]) == OF_BOB


def test_an_instance_of_an_image_that_the_world_has_never_known_is_left_out() -> None:
    stray = evolve(WORLD.instances.records[OF_BOB[0]], instance_id="i-0000000f", image_id="ami-0000000f")
    world = WORLD.with_instance(stray)
    assert "i-0000000f" in described(world)
    assert remembered(world) == OF_BOB
