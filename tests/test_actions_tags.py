"""CreateTags, DeleteTags, DescribeTags: rules A 1.5, B 10, C 1.3, C 6.20; settlements S 23, S 24, S 34, S 54."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import CreateTags, DeleteTags, DescribeImages, DescribeTags
from amimodel.callers import Caller
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.filters import Filter
from amimodel.integrity import problems
from amimodel.lifecycle import TRANSITIONS, ImageEvent, Refused, Stage
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    FilterLimitExceeded,
    ForeignSharedTag,
    ImageNotFound,
    InstanceNotFound,
    InvalidNextToken,
    MisplacedSharedTag,
    PageSizeRefused,
    Refusal,
    ReservedTagKey,
    SnapshotNotFound,
    TagKeyTooLong,
    TagLimitExceeded,
    TagRequestTooLarge,
    VolumeNotFound,
)
from amimodel.requests import Outcome
from amimodel.retention import IN_BIN
from amimodel.tag_requests import TagToDelete
from amimodel.world import World
from worlds import ami, inst, rich_world, snap, vol

WORLD = rich_world()
STRICT = evolve(WORLD, quirks=Quirks(tag_key_may_have_128_characters=False))
INVALID, NOT_PERMITTED = ErrorCode.INVALID_PARAMETER_VALUE, ErrorCode.OPERATION_NOT_PERMITTED
SHARED = "ec2:SharedTag/Support"
ELSEWHERE = "none of EC2's"


def create(*resources: str, **tags: str) -> CreateTags:
    return CreateTags(resources=resources, tags=tags)


def written(world: World, one: str, by: Caller = w.alice) -> dict[str, str]:
    return dict(world.tags(by.account, one))


def after(world: World, request: CreateTags | DeleteTags, by: Caller = w.alice) -> World:
    return apply(world, request, by=by).world


# --- refusals ---------------------------------------------------------------------------------------------------------

Row = tuple[World, Any, Caller, Refusal | type[Refusal]]
NO_SNAPSHOT = SnapshotNotFound(snapshot_id=snap(0xD06))
NO_VOLUME = VolumeNotFound(volume_id=vol(0x101))
NO_INSTANCE = InstanceNotFound.of(inst(0x103))
MANY = [ami(number) for number in range(1001)]

CREATING: list[Row] = [
    (WORLD, create(*MANY, x=""), w.alice, TagRequestTooLarge(parameter="resourceIdSet", given=1001, most=1000)),
    (WORLD, create(ami(w.BOBS), x=""), w.alice, ImageNotFound.of(ami(w.BOBS))),  # B TG-5
    (WORLD, create(ami(w.FAR), x=""), w.alice, ImageNotFound.of(ami(w.FAR))),
    (WORLD, create(ami(w.FORMER), x=""), w.alice, ImageNotFound.of(ami(w.FORMER))),  # C 1.3, gone
    (WORLD, create(ami(w.OTHERS_BINNED), x=""), w.alice, ImageNotFound.of(ami(w.OTHERS_BINNED))),
    (WORLD, create(snap(0xD06), x=""), w.alice, NO_SNAPSHOT),
    (WORLD, create(vol(0x101), x=""), w.bob, NO_VOLUME),
    (WORLD, create(inst(0x103), x=""), w.alice, NO_INSTANCE),
    (WORLD, create(ami(w.WEB), **{"aws:x": ""}), w.alice, ReservedTagKey(error_code=INVALID, key="aws:x")),
    (WORLD, create(ami(w.WEB), **{"AWS:x": ""}), w.alice, ReservedTagKey(error_code=INVALID, key="AWS:x")),
    (STRICT, create(ami(w.WEB), **{"k" * 128: ""}), w.alice, TagKeyTooLong(key="k" * 128, longest=127)),
    (WORLD, create(snap(w.WEB), **{SHARED: ""}), w.alice,
     MisplacedSharedTag(error_code=INVALID, key=SHARED, resource_type="snapshot")),  # B TG-4
    (WORLD, create(ami(w.OPEN), **{SHARED: ""}), w.bob,
     ForeignSharedTag(error_code=NOT_PERMITTED, image_id=ami(w.OPEN), key=SHARED)),  # B TG-3
    (WORLD, create(ami(w.OPEN), **{str(number): "" for number in range(51)}), w.bob,
     TagLimitExceeded(tags=51, quota=50)),  # B TG-6
]  # fmt: skip
DELETING: list[Row] = [
    (WORLD, DeleteTags(resources=MANY), w.alice, TagRequestTooLarge(parameter="resourceIdSet", given=1001, most=1000)),
    (WORLD, DeleteTags(resources=[ami(w.WEB)], tags=[TagToDelete(str(number)) for number in range(1001)]), w.alice,
     TagRequestTooLarge(parameter="tagSet", given=1001, most=1000)),  # B TG-13
    (WORLD, DeleteTags(resources=[ami(w.BOBS)]), w.alice, ImageNotFound.of(ami(w.BOBS))),
    (WORLD, DeleteTags(resources=[snap(0xD06)]), w.alice, NO_SNAPSHOT),
    (WORLD, DeleteTags(resources=[vol(0x101)]), w.bob, NO_VOLUME),
    (WORLD, DeleteTags(resources=[inst(0x103)]), w.alice, NO_INSTANCE),
    (WORLD, DeleteTags(resources=[ami(w.TO_BOB)], tags=[TagToDelete(SHARED)]), w.bob,
     ForeignSharedTag(error_code=NOT_PERMITTED, image_id=ami(w.TO_BOB), key=SHARED)),
]  # fmt: skip
DESCRIBING: list[Row] = [
    (WORLD, DescribeTags(filters=[Filter("key", ["x" * 256])]), w.alice, FilterLimitExceeded),
    (WORLD, DescribeTags(max_results=4), w.alice, PageSizeRefused(max_results=4, least=5, most=1000)),
    (WORLD, DescribeTags(next_token=ELSEWHERE), w.alice, InvalidNextToken(next_token=ELSEWHERE)),
]


@pytest.mark.parametrize(("world", "request_", "by", "refusal"), [*CREATING, *DELETING, *DESCRIBING])
def test_each_refusal_has_its_witness(world: World, request_: Any, by: Caller, refusal: Any) -> None:
    given = attempt(world, request_, by=by)
    assert isinstance(given, refusal) if isinstance(refusal, type) else given == refusal
    assert explain(world, request_, by=by).refusals[0] == given


@pytest.mark.parametrize(("kind", "rows"), [(CreateTags, CREATING), (DeleteTags, DELETING), (DescribeTags, DESCRIBING)])
def test_every_refusal_that_is_declared_has_a_witness(kind: Any, rows: list[Row]) -> None:
    met = {refusal if isinstance(refusal, type) else type(refusal) for _, _, _, refusal in rows}
    assert met == set(kind.refusals)


def test_the_order_of_refusals_is_the_declared_one() -> None:
    """Settlement S 10: every fault at once, then one after the other mended."""
    things = [*MANY, ami(w.WEB), snap(w.WEB), vol(0x101), inst(0x101), snap(0xD07), ami(w.OPEN)]
    keys = {"aws:x": "", "k" * 128: "", SHARED: "", **{str(number): "" for number in range(51)}}
    met, tags = [], keys
    for resources, gone in (
        (things, None), (things[1001:], None), (things[1002:], None), (things[1003:], None), (things[1004:], None),
        (things[1005:], None), (things[1005:], "aws:x"), (things[1005:], "k" * 128), (things[1006:], None),
        (things[1006:], SHARED),
    ):  # fmt: skip
        tags = {key: value for key, value in tags.items() if key != gone}
        refusal = attempt(STRICT, CreateTags(resources=resources, tags=tags), by=w.bob)
        assert isinstance(refusal, Refusal)
        met.append(type(refusal))
    assert tuple(met) == CreateTags.refusals


def test_deleting_asks_in_the_same_order() -> None:
    things = [*MANY, ami(w.WEB), snap(w.WEB), vol(0x101), inst(0x101), ami(w.OPEN)]
    met = []
    for resources in (things, *(things[number:] for number in range(1001, 1006))):
        request = DeleteTags(resources=resources, tags=[TagToDelete(SHARED)])
        refusal = attempt(STRICT, request, by=w.bob)
        assert isinstance(refusal, Refusal)
        met.append(type(refusal))
    assert tuple(met) == DeleteTags.refusals


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: create(x=""), "MissingParameter"),  # B TG-10
        (lambda: create(ami(w.WEB)), "MissingParameter"),
        (lambda: DeleteTags(resources=[]), "MissingParameter"),
        (lambda: create("web", x=""), "InvalidID"),  # B TG-11
        (lambda: create("subnet-12345678", x=""), "InvalidID"),
        (lambda: create("ami-1", x=""), "InvalidID"),
        (lambda: create(ami(w.WEB), **{"": ""}), "InvalidTagKey.Malformed"),  # A TG-3
        (lambda: create(ami(w.WEB), x="v" * 257), "InvalidParameterValue"),  # B TG-7
        (lambda: create(ami(w.WEB), **{"k" * 129: ""}), "InvalidParameterValue"),
        (lambda: create(ami(w.WEB), x=None), "InvalidParameterValue"),  # type: ignore[arg-type]  # B TG-9
        (lambda: DescribeTags(filters=[Filter("name", ["x"])]), "InvalidParameterValue"),
    ],
)
def test_what_no_world_could_take_is_malformed(make: Any, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        make()
    assert caught.value.code == code


# --- whose tags -------------------------------------------------------------------------------------------------------


def test_tags_are_private_to_who_writes_them() -> None:
    """Rules A TG-9, B TG-1, B TG-5."""
    world = after(WORLD, create(ami(w.OPEN), Mine="yes"), w.bob)
    assert written(world, ami(w.OPEN), w.bob) == {"Mine": "yes"}
    assert written(world, ami(w.OPEN)) == {"Name": "open"}
    assert written(world, ami(w.OPEN), w.carol) == {}
    (seen,) = ask(world, DescribeImages(image_ids=[ami(w.OPEN)]), by=w.bob)
    assert dict(seen.tags) == {"Mine": "yes"}


def test_a_shared_tag_is_seen_by_all_who_can_use_the_image() -> None:
    """Rule B TG-2, settlement S 34."""
    world = after(WORLD, create(ami(w.OPEN), **{SHARED: "2030", "Private": ""}))
    for by in (w.bob, w.carol):
        (seen,) = ask(world, DescribeImages(image_ids=[ami(w.OPEN)]), by=by)
        assert dict(seen.tags) == {SHARED: "2030"}


def test_a_key_that_is_there_takes_the_new_value_and_the_others_stay() -> None:
    """Rules A TG-4, B TG-9."""
    world = after(WORLD, create(ami(w.WEB), Stage="test", New=""))
    assert written(world, ami(w.WEB)) == {"Name": "web", "Stage": "test", "ec2:SharedTag/Support": "2027", "New": ""}


def test_all_things_are_tagged_or_none() -> None:
    """Rule B G-3."""
    everything = [
        ami(w.WEB),
        snap(w.WEB),
        vol(0x101),
        inst(0x101),
        ami(w.BINNED),
        ami(w.LINUX),
        snap(0xD07),
        snap(0xD05),
    ]
    world = after(WORLD, create(*everything, *everything, Cost="web"))
    assert all(written(world, one)["Cost"] == "web" for one in everything)
    assert problems(world) == ()
    assert attempt(WORLD, create(*everything, ami(w.BOBS), Cost="web"), by=w.alice) == ImageNotFound.of(ami(w.BOBS))


def test_a_pending_snapshot_can_be_tagged() -> None:
    """Settlement S 24."""
    world = after(WORLD, create(snap(w.PENDING), x="y"))
    assert written(world, snap(w.PENDING)) == {"x": "y"}
    assert written(advance(world, minutes=5), snap(w.PENDING)) == {"x": "y"}


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in {Stage.DEREGISTERED, Stage.IN_RECYCLE_BIN}])
def test_an_image_can_be_tagged_in_every_state(stage: Stage) -> None:
    """Rule C 1.3, row CreateTags / DeleteTags."""
    world = w.with_changed(WORLD, w.WEB, state=stage.value)
    assert not isinstance(TRANSITIONS[stage, ImageEvent.TAG], Refused)
    assert written(after(world, create(ami(w.WEB), x="y")), ami(w.WEB))["x"] == "y"
    assert written(after(world, DeleteTags(resources=[ami(w.WEB)])), ami(w.WEB)) == {}


def test_what_lies_in_the_bin_can_be_tagged_but_for_the_bins_own_mark() -> None:
    """Rules C 6.16, C 6.20."""
    world = after(WORLD, create(ami(w.BINNED), Stage="test", x="y"))
    assert written(world, ami(w.BINNED)) == {"Stage": "test", "x": "y", IN_BIN: "true"}
    assert written(after(world, DeleteTags(resources=[ami(w.BINNED)])), ami(w.BINNED)) == {IN_BIN: "true"}
    assert isinstance(attempt(WORLD, create(ami(w.BINNED), **{IN_BIN: "false"}), by=w.alice), ReservedTagKey)


@pytest.mark.parametrize(("own", "more", "refused"), [(0, 50, False), (0, 51, True), (49, 1, False), (50, 1, True)])
def test_the_quota_counts_what_the_account_has_written(own: int, more: int, refused: bool) -> None:
    """Rules A TG-1, B TG-6: AWS's own tags do not count, nor do those of others."""
    tags = {f"a{number}": "" for number in range(own)}
    world = w.with_changed(WORLD, w.OPEN, tags={"aws:x": "", "aws:y": "", **tags})
    request = CreateTags(resources=[ami(w.OPEN)], tags={f"b{number}": "" for number in range(more)})
    assert isinstance(attempt(world, request, by=w.alice), TagLimitExceeded) is refused
    if more <= 50:
        assert isinstance(attempt(world, request, by=w.bob), Outcome)
    if own:
        same = CreateTags(resources=[ami(w.OPEN)], tags=dict.fromkeys(tags, "changed"))
        assert isinstance(attempt(world, same, by=w.alice), Outcome)


def test_a_tiny_quota_is_reached_soon() -> None:
    world = evolve(WORLD, limits=evolve(Limits.aws(), tags_per_resource=3))
    assert isinstance(attempt(world, create(ami(w.WEB), x=""), by=w.alice), TagLimitExceeded)


def test_the_reserved_prefix_is_lower_case_alone_by_a_quirk() -> None:
    """Rule A TG-3."""
    world = evolve(WORLD, quirks=Quirks(reserved_tag_prefix_ignores_case=False))
    assert written(after(world, create(ami(w.WEB), **{"AWS:x": ""})), ami(w.WEB))["AWS:x"] == ""
    other = evolve(WORLD, quirks=Quirks(reserved_tag_key_code=ErrorCode.INVALID_TAG_KEY_MALFORMED))
    refusal = attempt(other, create(ami(w.WEB), **{"aws:x": ""}), by=w.alice)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "InvalidTagKey.Malformed"


# --- deleting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deleted", "left"),
    [
        # B TG-13
        ([TagToDelete("Stage")],                          {"Name", SHARED}),
        ([TagToDelete("Stage", "prod")],                  {"Name", SHARED}),
        ([TagToDelete("Stage", "test")],                  {"Name", "Stage", SHARED}),
        ([TagToDelete("Stage", "")],                      {"Name", "Stage", SHARED}),
        ([TagToDelete("absent"), TagToDelete("Name")],    {"Stage", SHARED}),
        ([TagToDelete(SHARED)],                           {"Name", "Stage"}),
        ([],                                              set()),
    ],
)  # fmt: skip
def test_what_is_deleted(deleted: list[TagToDelete], left: set[str]) -> None:
    world = after(WORLD, DeleteTags(resources=[ami(w.WEB)], tags=deleted))
    assert set(written(world, ami(w.WEB))) == left


def test_the_tags_of_aws_are_never_deleted() -> None:
    """Rule B TG-13."""
    for tags in ([], [TagToDelete("aws:backup:source-resource")]):
        world = after(WORLD, DeleteTags(resources=[ami(w.BACKUP)], tags=tags))
        assert world == WORLD


def test_deleting_all_takes_ones_own_tags_alone() -> None:
    """Rules B TG-1, B TG-3, B TG-13."""
    world = after(WORLD, DeleteTags(resources=[ami(w.TO_BOB)]), w.bob)
    assert written(world, ami(w.TO_BOB), w.bob) == {}
    assert written(world, ami(w.TO_BOB)) == written(WORLD, ami(w.TO_BOB))
    assert ami(w.TO_BOB) not in world.foreign_tags


# --- describing -------------------------------------------------------------------------------------------------------


def told(world: World, by: Caller = w.alice, **query: Any) -> list[tuple[str, str, str, str]]:
    found = ask(world, DescribeTags(**query), by=by)
    return [(tag.resource_type, tag.resource_id, tag.key, tag.value) for tag in found]


def test_an_account_lists_what_it_has_written_in_the_region() -> None:
    """Rules A TG-9, B TG-1; settlement S 23."""
    assert told(WORLD, w.bob) == [
        ("image", ami(w.TO_BOB), "Stage", "test"),
        ("image", ami(w.OTHERS_BINNED), "Stage", "prod"),
        ("image", ami(w.OTHERS_BINNED), IN_BIN, "true"),
        ("image", ami(w.BOBS), "Stage", "prod"),
    ]
    assert told(WORLD, w.carol) == told(WORLD, w.alice_in_virginia) == []
    kinds = {row[0] for row in told(WORLD)}
    assert kinds == {"image", "snapshot", "instance"}
    assert ("image", ami(w.LINUX), "Name", "base") in told(WORLD)
    assert ("image", ami(w.BINNED), "Stage", "prod") in told(WORLD)


@pytest.mark.parametrize(
    ("filters", "keep"),
    [
        ([Filter("key", ["Name"])],                lambda row: row[2] == "Name"),
        ([Filter("resource-id", [ami(w.WEB)])],    lambda row: row[1] == ami(w.WEB)),
        ([Filter("resource-type", ["snapshot"])],  lambda row: row[0] == "snapshot"),
        ([Filter("value", ["web*"])],              lambda row: row[3].startswith("web")),
        ([Filter("tag:Stage", ["prod"])],          lambda row: row[2:] == ("Stage", "prod")),
        ([Filter("key", ["N*"]), Filter("value", ["base"])], lambda row: row[2:] == ("Name", "base")),
    ],
)  # fmt: skip
def test_filters(filters: list[Filter], keep: Any) -> None:
    """Settlement S 23."""
    expected = [row for row in told(WORLD) if keep(row)]
    assert told(WORLD, filters=filters) == expected != []


@given(size=st.integers(5, 12))
def test_the_pages_together_are_the_whole_answer(size: int) -> None:
    query, found = DescribeTags(max_results=size), []
    while True:
        page = ask(WORLD, query, by=w.alice)
        found += list(page)
        if page.next_token is None:
            break
        query = evolve(query, next_token=page.next_token)
    assert found == list(ask(WORLD, DescribeTags(), by=w.alice))


# --- laws -------------------------------------------------------------------------------------------------------------

THINGS = st.sampled_from([
    *(ami(number) for number in (w.WEB, w.TO_BOB, w.OPEN, w.BINNED, w.FORMER, w.BOBS, w.FAR, w.LINUX)),
    snap(w.WEB), snap(0xD05), snap(0xD06), snap(0xD07), vol(0x101), inst(0x101), inst(0x103), "aki-12345678",
])  # fmt: skip
TAGS = st.dictionaries(
    st.sampled_from(["Name", "Stage", "aws:x", SHARED, "ec2:x", "k" * 128]), st.sampled_from(["", "a", "prod"]),
    min_size=1, max_size=3,
)  # fmt: skip


@given(resources=st.lists(THINGS, min_size=1, max_size=3), tags=TAGS, by=st.sampled_from(w.CALLERS),
       world=st.sampled_from([WORLD, STRICT, evolve(WORLD, limits=Limits.tiny())]), deleting=st.booleans())  # fmt: skip
def test_tags_are_written_as_asked_or_refused_as_declared(
    resources: list[str], tags: dict[str, str], by: Caller, world: World, deleting: bool
) -> None:
    """Rules B TG-9, B TG-13; a frame law."""
    request = (
        DeleteTags(resources=resources, tags=[TagToDelete(*tag) for tag in tags.items()])
        if deleting else CreateTags(resources=resources, tags=tags)
    )  # fmt: skip
    answer = attempt(world, request, by=by)
    if isinstance(answer, Refusal):
        assert type(answer) in request.refusals
        return
    for one in resources:
        before, now = written(world, one, by), written(answer.world, one, by)
        gone = {key for key, value in tags.items() if before.get(key) == value and not key.startswith("aws:")}
        assert now == ({key: before[key] for key in before if key not in gone} if deleting else before | tags)
    assert w.of_others(answer.world, by) == w.of_others(world, by)
    assert problems(answer.world) == problems(world)
    assert answer.world.events == world.events  # rule C 9.2: tagging tells nobody
    assert all(getattr(answer.world, name).is_in_step() for name in ("images", "snapshots", "volumes", "instances"))
