"""DescribeVolumes: rules A FI-1 to A FI-12, A DI-1 to A DI-4, A 12.1, C 8.2, C 12.4."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import CreateVolume, DescribeVolumes, RunInstances, TerminateInstances
from amimodel.callers import Caller
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.examples import WEB
from amimodel.filters import Filter
from amimodel.malformed import Malformed
from amimodel.refusals import (
    FilterLimitExceeded,
    IdsNotPaged,
    InvalidNextToken,
    PageSizeRefused,
    Refusal,
    VolumeNotFound,
)
from amimodel.testing import strategies as amis
from amimodel.volumes import Volume, VolumeAttachment
from amimodel.world import World
from reference.stores import ALICE, BOB, HERE, NOW, THERE, snapshot, volume, world

OWN, OTHER, THEIRS, ELSEWHERE, MISSING = (f"vol-0000000{number}" for number in range(1, 6))
STORE = world(
    volume(OTHER, create_time=NOW),
    volume(OWN, tags={"Name": "web"}),
    volume(THEIRS, owner_id=BOB.account),
    volume(ELSEWHERE, availability_zone=f"{THERE}a"),
)
TOO_MANY = [Filter("status", ["in-use"])] * 51


def listed(before: World, by: Caller = ALICE, **asked: Any) -> list[str]:
    return [one.volume_id for one in ask(before, DescribeVolumes(**asked), by=by)]


# --- what is refused --------------------------------------------------------------------------------------------------

WITNESSES: list[tuple[dict[str, Any], type[Refusal], str]] = [
    ({"filters": TOO_MANY}, FilterLimitExceeded, "The maximum number of filters specified on a single call is 50"),
    (
        {"max_results": 4},
        PageSizeRefused,
        "Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
    ),
    (
        {"max_results": 1001},
        PageSizeRefused,
        "Value ( 1001 ) for parameter maxResults is invalid. Expecting a value less than 1000.",
    ),
    (
        {"max_results": 5, "volume_ids": [OWN]},
        IdsNotPaged,
        "The parameter volumeSet cannot be used with the parameter maxResults",
    ),
    ({"volume_ids": [OWN, MISSING]}, VolumeNotFound, f"The volume '{MISSING}' does not exist."),
    ({"volume_ids": [THEIRS]}, VolumeNotFound, f"The volume '{THEIRS}' does not exist."),
    ({"volume_ids": [ELSEWHERE]}, VolumeNotFound, f"The volume '{ELSEWHERE}' does not exist."),
    ({"next_token": "next"}, InvalidNextToken, "The token 'next' is invalid"),
]


@pytest.mark.parametrize(("asked", "refusal", "message"), WITNESSES)
def test_each_reason_to_refuse_has_its_witness(asked: dict[str, Any], refusal: type[Refusal], message: str) -> None:
    told = attempt(STORE, DescribeVolumes(**asked), by=ALICE)
    assert type(told) is refusal
    assert str(told) == message


def test_every_declared_refusal_has_a_witness() -> None:
    assert {refusal for _, refusal, _ in WITNESSES} == set(DescribeVolumes.refusals)


def test_what_is_in_the_way_is_named_in_order() -> None:
    query = DescribeVolumes(filters=TOO_MANY, max_results=4, volume_ids=[MISSING], next_token="next")  # noqa: S106
    told = [type(refusal) for refusal in explain(STORE, query, by=ALICE).refusals]
    assert told == [FilterLimitExceeded, PageSizeRefused, IdsNotPaged, VolumeNotFound]


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"volume_ids": ["vol-1"]}, 'InvalidVolumeID.Malformed: Invalid id: "vol-1"'),
        ({"filters": [Filter("state", ["in-use"])]}, "The filter 'state' is invalid"),
    ],
)
def test_what_no_world_could_answer_is_malformed(asked: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        DescribeVolumes(**asked)


# --- which volumes ----------------------------------------------------------------------------------------------------


def test_everybody_sees_the_own_volumes_in_the_region_in_the_order_of_their_making() -> None:
    assert listed(STORE) == [OWN, OTHER]
    assert listed(STORE, volume_ids=[OTHER, OWN, OTHER]) == [OWN, OTHER]
    assert listed(STORE, BOB) == [THEIRS]
    assert listed(STORE, Caller(account=ALICE.account, region=THERE)) == [ELSEWHERE]
    assert listed(STORE, Caller(account=BOB.account, region=THERE)) == []


def test_ids_and_filters_are_both_met() -> None:
    """Rule A DI-1."""
    named_web = [Filter("tag:Name", ["web"])]
    assert listed(STORE, volume_ids=[OWN, OTHER], filters=named_web) == [OWN]
    assert listed(STORE, volume_ids=[OTHER], filters=named_web) == []


def test_the_volume_of_an_instance_says_where_it_is_attached_and_goes_with_it() -> None:
    """Rule C 12.4."""
    before = world(snapshot("snap-12345678"), evolve(WEB, region=HERE))
    launch = RunInstances(image_id=WEB.image_id, instance_type="t3.micro")
    after, reservation = apply(before, launch, by=ALICE)
    (instance,) = reservation.instances
    attached = [Filter("attachment.instance-id", [instance.instance_id]), Filter("status", ["in-use"])]
    (found,) = ask(after, DescribeVolumes(filters=attached), by=ALICE)
    assert found.attachment is not None
    assert found.attachment.device_name == instance.root_device_name
    after, _ = apply(advance(after, minutes=1), TerminateInstances(instance_ids=[instance.instance_id]), by=ALICE)
    assert listed(advance(after, hours=1), filters=attached) == []


def test_a_new_volume_is_found_by_the_snapshot_that_it_is_made_of() -> None:
    before = world(snapshot("snap-12345678"))
    request = CreateVolume(availability_zone=f"{HERE}a", snapshot_id="snap-12345678")
    after, made = apply(before, request, by=ALICE)
    assert listed(after, filters=[Filter("snapshot-id", ["snap-12345678"])]) == [made.volume_id]


# --- pages and a second implementation --------------------------------------------------------------------------------

VOLUMES = st.builds(
    volume,
    amis.volume_ids(),
    owner_id=st.sampled_from([ALICE.account, ALICE.account, BOB.account]),
    availability_zone=st.sampled_from([f"{HERE}a", f"{HERE}b", f"{THERE}a"]),
    create_time=st.sampled_from([NOW, NOW - timedelta(days=1)]),
    size_gib=st.sampled_from([8, 80]),
    attachment=st.sampled_from([None, VolumeAttachment(instance_id="i-12345678", device_name="/dev/sdb")]),
    tags=st.sampled_from([{}, {"Name": "web"}, {"Name": "db"}]),
)
STORES = st.lists(VOLUMES, max_size=12, unique_by=lambda one: one.volume_id).map(lambda found: world(*found))


@given(before=STORES, size=st.integers(5, 8))
def test_the_pages_together_are_the_answer(before: World, size: int) -> None:
    """Rules A DI-1, A DI-3."""
    whole = listed(before)
    first = ask(before, DescribeVolumes(max_results=size), by=ALICE)
    pages = [first]
    while pages[-1].next_token is not None:
        pages.append(ask(before, DescribeVolumes(max_results=size, next_token=pages[-1].next_token), by=ALICE))
    assert [one.volume_id for page in pages for one in page] == whole
    assert all(len(page) == size for page in pages[:-1])
    if first.next_token is not None:
        other = DescribeVolumes(filters=[Filter("size", ["*"])], max_results=size, next_token=first.next_token)
        assert isinstance(attempt(before, other, by=ALICE), InvalidNextToken)


WAYS: list[tuple[Filter, Any]] = [
    (Filter("size", ["80"]), lambda one: one.size_gib == 80),
    (Filter("availability-zone", ["*b"]), lambda one: str(one.availability_zone).endswith("b")),
    (Filter("tag:Name", ["web", "d?"]), lambda one: "Name" in one.tags),
    (Filter("attachment.device", ["/dev/sdb"]), lambda one: one.attachment is not None),
    (Filter("create-time", ["2026-06-01T12:00:00.000Z"]), lambda one: one.create_time == NOW),
]


@given(before=STORES, ways=st.lists(st.sampled_from(WAYS), max_size=2, unique_by=lambda way: way[0].name))
def test_what_is_found_is_what_looking_at_every_volume_finds(before: World, ways: list[tuple[Filter, Any]]) -> None:
    def is_meant(one: Volume) -> bool:
        return (one.owner_id, one.region) == (ALICE.account, HERE) and all(meets(one) for _, meets in ways)

    found = sorted(filter(is_meant, before.volumes), key=lambda one: (one.create_time, one.volume_id))
    assert listed(before, filters=[way for way, _ in ways]) == [one.volume_id for one in found]
