"""Watermarks and instance type specifications as actions (rules B 8.1, A 11.4, B 5.1)."""

from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from amimodel.actions import (
    AttachImageWatermark,
    CopyImage,
    CreateImage,
    DescribeImages,
    DescribeInstanceImageMetadata,
    DetachImageWatermark,
    ModifyImageAttribute,
    RegisterImage,
    ReplaceImageInstanceTypeSpecification,
    RunInstances,
)
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.callers import Caller
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.filters import Filter
from amimodel.identifiers import ImageId, InstanceId
from amimodel.image_criteria import ImageCriterion, ImageWatermarkFilter
from amimodel.images import Image
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.instances import Instance
from amimodel.integrity import problems
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permission_requests import LaunchPermissionModifications
from amimodel.permissions import EVERYONE
from amimodel.product_codes import ProductCode
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    ImageNotFound,
    ImageUnavailable,
    InstanceTypeNotAllowed,
    MarketplaceSpecificationRefused,
    NotAuthorizedForImage,
    PublicImageNotWatermarked,
    Refusal,
    TooManyInstanceTypes,
    WatermarkedImageNotPublic,
    WatermarkLimitReached,
)
from amimodel.requests import Outcome, Request
from amimodel.settings import AllowedImagesSettings, AllowedImagesSettingsState, RegionSettings
from amimodel.testing import strategies as amis
from amimodel.vocabulary import ImageState
from amimodel.watermarks import ImageWatermark, WatermarkKey
from amimodel.world import World
from reference.stores import touched
from worlds import (
    ALICE,
    BINNED,
    BOB,
    BOBS,
    BOBS_OPEN,
    CALLERS,
    DISABLED,
    FAILED,
    FORMER,
    FRANKFURT,
    LONG_GONE,
    NOW,
    OPEN,
    PENDING,
    TO_BOB,
    TWO,
    VIRGINIA,
    WEB,
    alice,
    alice_in_virginia,
    ami,
    bob,
    image,
    rich_world,
    snap,
    snapshot,
    the,
    to,
    with_changed,
)

GOLDEN: Final = f"{ALICE}:golden"
T3: Final = InstanceTypeSpecification(supported_instance_types=["t3.*"])
WIDE: Final = InstanceTypeSpecification(
    supported_instance_types=["t3.*", "m5.*", "c5.*"], unsupported_instance_types=["*.metal", "t3.nano", "m5.large"]
)
TINY: Final = evolve(rich_world(), limits=Limits.tiny())


def attaching(number: int, name: str = "golden") -> AttachImageWatermark:
    return AttachImageWatermark(image_id=ami(number), watermark_name=name)


def detaching(number: int, key: str = GOLDEN) -> DetachImageWatermark:
    return DetachImageWatermark(image_id=ami(number), watermark_key=key)


def specifying(number: int, specification: Any = T3) -> ReplaceImageInstanceTypeSpecification:
    return ReplaceImageInstanceTypeSpecification(image_id=ami(number), instance_type_specification=specification)


def marked(*keys: str) -> tuple[ImageWatermark, ...]:
    return tuple(
        ImageWatermark(
            watermark_key=key,
            source_image_region=VIRGINIA,
            source_image_id=ami(0xFF0),
            source_image_creation_time=NOW - timedelta(days=40),
            watermark_creation_time=NOW - timedelta(days=30),
        )
        for key in keys
    )


def keys_of(image_or_instance: Image | Instance) -> list[str]:
    return [str(mark.watermark_key) for mark in image_or_instance.image_watermarks]


FIVE: Final = marked(*(f"{BOB}:{name}" for name in ("one", "two", "three", "four", "five")))
ACTIONS: Final[tuple[Request[Any], ...]] = (
    attaching(WEB), detaching(WEB), specifying(WEB), specifying(WEB, None)
)  # fmt: skip
ACTION_IDS: Final = ["attach", "detach", "specify", "unspecify"]
each_action = pytest.mark.parametrize("request_", ACTIONS, ids=ACTION_IDS)


# --- what stands in the way -------------------------------------------------------------------------------------------


@each_action
@pytest.mark.parametrize(
    ("number", "by", "refusal"),
    [
        (0xFFF, alice, ImageNotFound.of(ami(0xFFF))),
        (WEB, alice_in_virginia, ImageNotFound.of(ami(WEB))),
        (LONG_GONE, alice, ImageNotFound.of(ami(LONG_GONE))),
        (WEB, bob, NotAuthorizedForImage(image_id=ami(WEB))),  # S 25
        (TO_BOB, bob, NotAuthorizedForImage(image_id=ami(TO_BOB))),  # A IT-5
        (BOBS_OPEN, alice, NotAuthorizedForImage(image_id=ami(BOBS_OPEN))),
        (PENDING, alice, ImageUnavailable(image_id=ami(PENDING), state=ImageState.PENDING)),
        (DISABLED, alice, ImageUnavailable(image_id=ami(DISABLED), state=ImageState.DISABLED)),  # B W-10
        (FAILED, alice, ImageUnavailable(image_id=ami(FAILED), state=ImageState.FAILED)),
        (FORMER, alice, ImageUnavailable(image_id=ami(FORMER), state=ImageState.DEREGISTERED)),
        (BINNED, alice, ImageUnavailable(image_id=ami(BINNED), state=ImageState.DEREGISTERED)),
    ],
)
def test_only_the_owner_of_an_available_image_may(request_: Any, number: int, by: Caller, refusal: Refusal) -> None:
    assert attempt(rich_world(), evolve(request_, image_id=ami(number)), by=by) == refusal


PUBLIC_NOT: Final = PublicImageNotWatermarked(error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id=ami(WEB))
FULL: Final = WatermarkLimitReached(error_code=ErrorCode.RESOURCE_LIMIT_EXCEEDED, image_id=ami(WEB), limit=5)
SOLD: Final = MarketplaceSpecificationRefused(image_id=ami(WEB))
LONG: Final = TooManyInstanceTypes(member="SupportedInstanceTypes", instance_types=3, limit=2)
LONG_TOO: Final = TooManyInstanceTypes(member="UnsupportedInstanceTypes", instance_types=3, limit=2)

# Everything wrong, then one thing after another put right (rule A 0.3): the changes, and what EC2 says until then.
ATTACHING_LADDER: Final[tuple[tuple[dict[str, Any], Refusal], ...]] = (
    ({"owner_id": ALICE}, NotAuthorizedForImage(image_id=ami(WEB))),
    ({"state": "available"}, ImageUnavailable(image_id=ami(WEB), state=ImageState.PENDING)),
    ({"launch_permissions": []}, PUBLIC_NOT),
    ({"image_watermarks": FIVE[:4]}, FULL),
)
SPECIFYING_LADDER: Final[tuple[tuple[dict[str, Any], Refusal], ...]] = (
    ({"owner_id": ALICE}, NotAuthorizedForImage(image_id=ami(WEB))),
    ({"state": "available"}, ImageUnavailable(image_id=ami(WEB), state=ImageState.PENDING)),
    ({"image_owner_alias": None}, SOLD),
)
ALL_WRONG: Final[dict[str, Any]] = {
    "owner_id": "444455556666", "state": "pending", "launch_permissions": [EVERYONE], "image_watermarks": FIVE,
    "image_owner_alias": "aws-marketplace",
}  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "ladder", "start", "values"),
    [
        (attaching(WEB), ATTACHING_LADDER, rich_world(), []),
        (specifying(WEB), SPECIFYING_LADDER, rich_world(), []),
        (specifying(WEB, WIDE), SPECIFYING_LADDER, TINY, [LONG, LONG_TOO]),
    ],
    ids=["attach", "specify", "specify too much"],
)
def test_with_everything_wrong_each_fault_put_right_brings_the_next_to_light(
    request_: Request[Any], ladder: Any, start: World, values: list[Refusal]
) -> None:
    world = with_changed(start, WEB, **ALL_WRONG)
    expected = [refusal for _, refusal in ladder] + values
    order = list(dict.fromkeys([ImageNotFound, *(type(refusal) for refusal in expected)]))
    assert order == [kind for kind in request_.refusals if kind in order]
    for right, refusal in ladder:
        assert attempt(world, request_, by=alice) == refusal
        assert list(explain(world, request_, by=alice).refusals) == expected
        world, expected = with_changed(world, WEB, **right), expected[1:]
    assert list(explain(world, request_, by=alice).refusals) == values
    assert isinstance(attempt(world, request_, by=alice), TooManyInstanceTypes if values else Outcome)


def test_every_declared_refusal_has_a_witness() -> None:
    of_an_owner = {ImageNotFound, NotAuthorizedForImage, ImageUnavailable}
    assert {*AttachImageWatermark.refusals} == of_an_owner | {type(PUBLIC_NOT), type(FULL)}
    assert {*DetachImageWatermark.refusals} == of_an_owner
    assert {*ReplaceImageInstanceTypeSpecification.refusals} == of_an_owner | {type(SOLD), type(LONG)}


def test_a_watermark_that_is_there_takes_no_room_and_may_still_be_attached() -> None:  # B W-3, B W-4
    full = with_changed(rich_world(), WEB, image_watermarks=(*FIVE[:4], *marked(GOLDEN)))
    assert apply(full, attaching(WEB), by=alice).world == full
    assert isinstance(attempt(full, attaching(WEB, "silver"), by=alice), WatermarkLimitReached)
    public = with_changed(full, WEB, launch_permissions=[EVERYONE])
    assert attempt(public, attaching(WEB), by=alice) == PUBLIC_NOT


def test_the_codes_are_the_quirks_to_say() -> None:
    quirks = Quirks(
        watermark_on_public_image_code=ErrorCode.INVALID_PARAMETER_VALUE,
        watermark_limit_code=ErrorCode.INVALID_PARAMETER_VALUE,
    )
    world = evolve(rich_world(), quirks=quirks, limits=Limits(watermarks_per_image=0))
    decision = explain(world, attaching(OPEN), by=alice)
    assert [refusal.code for refusal in decision.refusals] == ["InvalidParameterValue"] * 2


@pytest.mark.parametrize(
    ("kind", "facts", "complaint"),
    [
        (AttachImageWatermark, {"image_id": "snap-12345678", "watermark_name": "golden"}, "InvalidAMIID.Malformed"),
        (
            AttachImageWatermark,
            {"image_id": ami(WEB), "watermark_name": "ab"},
            "Invalid.* watermarkName",
        ),
        (
            DetachImageWatermark,
            {"image_id": ami(WEB), "watermark_key": "golden"},
            "Invalid.* watermarkKey",
        ),
        (
            DetachImageWatermark,
            {"image_id": ami(WEB), "watermark_key": "1:golden"},
            "Invalid.* watermarkKey",
        ),
    ],
)
def test_what_no_world_could_make_right_is_malformed(kind: Any, facts: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        kind(**facts)


# --- frame laws -------------------------------------------------------------------------------------------------------

ANY_ACTION: Final = st.builds(
    lambda request, number: evolve(request, image_id=ami(number)),
    st.sampled_from([*ACTIONS, attaching(WEB, "silver"), detaching(WEB, f"{BOB}:one"), specifying(WEB, WIDE)]),
    st.sampled_from([WEB, TO_BOB, OPEN, TWO, PENDING, DISABLED, BOBS, BOBS_OPEN, BINNED, FORMER]),
)


@given(ANY_ACTION, st.sampled_from(CALLERS))
def test_nothing_but_the_one_image_changes_and_nobody_is_told(request_: Any, by: Caller) -> None:
    before = with_changed(rich_world(), TO_BOB, image_watermarks=FIVE[:2], instance_type_specification=T3)
    done = attempt(before, request_, by=by)
    if isinstance(done, Refusal):
        assert type(done) in request_.refusals
        assert explain(before, request_, by=by).refusals[0] == done
        return
    after = done.world
    assert touched(before, after).get("images", set()) <= {request_.image_id}
    assert set(touched(before, after)) <= {"images"}
    assert (after.events, after.tasks, after.issued) == (before.events, before.tasks, before.issued)
    old, new = before.images.records[request_.image_id], after.images.records[request_.image_id]
    kept = {name: getattr(old, name) for name in ("image_watermarks", "instance_type_specification")}
    assert evolve(new, **kept) == old
    assert problems(after) == problems(before) == ()


@given(st.lists(st.tuples(st.sampled_from([attaching, detaching]), st.sampled_from("abcdefg")), max_size=20))
def test_an_image_has_what_was_attached_to_it_and_not_detached_since(steps: list[tuple[Any, str]]) -> None:
    world, expected = rich_world(), dict[str, None]()
    for step, letter in steps:
        name, key = letter * 3, f"{ALICE}:{letter * 3}"
        request_ = step(WEB, name if step is attaching else key)
        done = attempt(world, request_, by=alice)
        if step is detaching:
            _ = expected.pop(key, None)
        elif key in expected or len(expected) < 5:
            expected[key] = None
        else:
            assert isinstance(done, WatermarkLimitReached)
        world = done.world if isinstance(done, Outcome) else world
        assert keys_of(the(world, WEB)) == list(expected)


# --- watermarks -------------------------------------------------------------------------------------------------------


def test_a_watermark_is_the_callers_and_tells_where_it_was_made() -> None:  # B W-1, B W-5
    world, key = apply(rich_world(), attaching(WEB), by=alice)
    assert key == WatermarkKey.parse(GOLDEN)
    image_ = the(world, WEB)
    assert image_.image_watermarks == (
        ImageWatermark(
            watermark_key=key,
            source_image_region=FRANKFURT,
            source_image_id=ami(WEB),
            source_image_creation_time=image_.creation_date,
            watermark_creation_time=NOW,
        ),
    )


def test_by_a_quirk_a_watermark_that_is_attached_again_has_new_times() -> None:  # B W-4
    world = with_changed(rich_world(), WEB, image_watermarks=marked(GOLDEN))
    assert apply(world, attaching(WEB), by=alice).world == world
    anew = evolve(world, quirks=Quirks(reattached_watermark_keeps_times=False))
    (mark,) = the(apply(anew, attaching(WEB), by=alice).world, WEB).image_watermarks
    assert (mark.watermark_creation_time, mark.source_image_id) == (NOW, ami(WEB))


def test_what_others_have_made_may_be_detached_and_what_is_not_there_as_well() -> None:  # B W-6
    world = with_changed(rich_world(), WEB, image_watermarks=FIVE)
    after, image_ = apply(world, detaching(WEB, str(FIVE[2].watermark_key)), by=alice)
    assert image_.image_watermarks == (*FIVE[:2], *FIVE[3:]) == the(after, WEB).image_watermarks
    assert apply(after, detaching(WEB), by=alice).world == after


FEW: Final = settings(max_examples=max(10, settings().max_examples // 4))  # each builds a small history
# An image that launches on nearly everything, and its snapshot.
PLAIN: Final = 0xE01


def plain(**facts: Any) -> World:
    return World(now=NOW).with_snapshot(snapshot(PLAIN)).with_image(image(PLAIN, name="plain", **facts))


def launched(world: World, number: int | str = PLAIN, instance_type: str = "t3.micro") -> tuple[World, Instance]:
    image_id = number if isinstance(number, str) else ami(number)
    after, reservation = apply(world, RunInstances(image_id=image_id, instance_type=instance_type), by=alice)
    after = advance(after, minutes=5)
    return after, after.instances.records[reservation.instances[0].instance_id]


def imaged(world: World, instance_id: InstanceId, name: str = "imaged") -> tuple[World, Image]:
    after, made = apply(world, CreateImage(instance_id=instance_id, name=name), by=alice)
    after = advance(after, days=1)
    return after, after.images.records[made.image_id]


def copied(world: World, source: ImageId, name: str = "copied") -> tuple[World, Image]:
    copying = CopyImage(source_image_id=source, source_region=FRANKFURT, name=name)
    after, made = apply(world, copying, by=alice)
    after = advance(after, days=1)
    return after, after.images.records[made.image_id]


MARKS: Final = st.lists(
    amis.image_watermarks(partition="aws"), max_size=5, unique_by=lambda mark: mark.watermark_key
)  # fmt: skip
WAYS: Final = st.lists(st.sampled_from(["CopyImage", "CreateImage"]), min_size=1, max_size=3)


@FEW
@given(MARKS, WAYS)
def test_whatever_is_made_of_an_image_carries_its_watermarks_unchanged(
    marks: list[ImageWatermark], ways: list[str]
) -> None:  # B W-7, B W-8
    world, source = plain(image_watermarks=marks), ImageId(ami(PLAIN))
    for number, way in enumerate(ways):
        if way == "CopyImage":
            world, made = copied(world, source, f"made {number}")
        else:
            world, instance = launched(world, source)
            assert instance.image_watermarks == tuple(marks)
            world, made = imaged(world, instance.instance_id, f"made {number}")
        assert made.state is ImageState.AVAILABLE
        assert made.image_watermarks == tuple(marks)
        source = ImageId(made.image_id)
    assert problems(world) == ()


@FEW
@given(MARKS.filter(len), st.data())
def test_detaching_never_touches_what_was_made_before(marks: list[ImageWatermark], data: st.DataObject) -> None:
    world, instance = launched(plain(image_watermarks=marks))  # B W-6
    world, copy = copied(world, ami(PLAIN))
    world, made = imaged(world, instance.instance_id)
    key = str(data.draw(st.sampled_from(marks)).watermark_key)
    after, left = apply(world, detaching(PLAIN, key), by=alice)
    assert len(left.image_watermarks) == len(marks) - 1
    for derived in (copy, made):
        assert after.images.records[derived.image_id] is world.images.records[derived.image_id]
        assert keys_of(after.images.records[derived.image_id]) == [str(mark.watermark_key) for mark in marks]
    assert after.instances == world.instances


def test_an_image_of_an_instance_has_what_the_instances_image_had_when_it_was_launched() -> None:  # B W-8
    world, instance = launched(plain(image_watermarks=FIVE[:2]))
    world = apply(world, attaching(PLAIN), by=alice).world
    world = apply(world, detaching(PLAIN, str(FIVE[0].watermark_key)), by=alice).world
    assert imaged(world, instance.instance_id)[1].image_watermarks == FIVE[:2]
    assert imaged(*_again(world))[1].image_watermarks == the(world, PLAIN).image_watermarks


def _again(world: World) -> tuple[World, InstanceId]:
    after, instance = launched(world)
    return after, InstanceId(instance.instance_id)


def test_a_registered_image_starts_without_watermarks() -> None:  # B W-7
    world = plain(image_watermarks=FIVE)
    registering = RegisterImage(
        name="registered",
        root_device_name="/dev/xvda",
        architecture="x86_64",
        virtualization_type="hvm",
        block_device_mappings=[BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id=snap(PLAIN)))],
    )
    made = apply(world, registering, by=alice).value
    assert (made.snapshot_ids, made.image_watermarks) == ((snap(PLAIN),), ())


def test_an_image_with_a_watermark_cannot_be_made_public_until_it_is_detached() -> None:  # B LP-27
    public = ModifyImageAttribute(
        image_id=ami(WEB), launch_permission=LaunchPermissionModifications(add=[EVERYONE])
    )  # fmt: skip
    world = apply(rich_world(), attaching(WEB), by=alice).world
    assert WatermarkedImageNotPublic in map(type, explain(world, public, by=alice).refusals)
    world = apply(world, detaching(WEB), by=alice).world
    assert WatermarkedImageNotPublic not in map(type, explain(world, public, by=alice).refusals)


def test_whoever_sees_an_image_sees_its_watermarks_and_finds_it_by_them() -> None:  # B W-9
    world = apply(rich_world(), attaching(TO_BOB), by=alice).world
    found = ask(world, DescribeImages(filters=[Filter("image-watermark.watermark-key", [GOLDEN])]), by=bob)
    assert [(one.image_id, keys_of(one)) for one in found] == [(ami(TO_BOB), [GOLDEN])]


def test_a_watermark_can_be_what_an_account_allows_images_by() -> None:  # B W-11
    criterion = ImageCriterion(image_watermarks=[ImageWatermarkFilter(watermark_key=f"{ALICE}:gold*")])
    allowed = AllowedImagesSettings(state=AllowedImagesSettingsState.ENABLED, image_criteria=[criterion])
    world = rich_world().with_settings(bob.account, FRANKFURT, RegionSettings(allowed_images=allowed))
    describing = DescribeImages(image_ids=[ami(TO_BOB)])
    assert not ask(world, describing, by=bob).items
    marked_ = apply(world, attaching(TO_BOB), by=alice).world
    assert [one.image_id for one in ask(marked_, describing, by=bob).items] == [ami(TO_BOB)]


def test_the_owner_of_an_instance_is_told_the_watermarks_of_its_image() -> None:  # B W-11
    world, instance = launched(plain())
    world = apply(world, attaching(PLAIN), by=alice).world
    asking = DescribeInstanceImageMetadata(instance_ids=[instance.instance_id])
    (told,) = ask(world, asking, by=alice)
    assert told.image_metadata is not None
    assert told.image_metadata.image_watermarks == the(world, PLAIN).image_watermarks


# --- instance types ---------------------------------------------------------------------------------------------------

NOTHING_SAID: Final[tuple[Any, ...]] = (
    None,
    {},
    {"supported_instance_types": []},
    {"supported_instance_types": (), "unsupported_instance_types": ()},
)


@pytest.mark.parametrize("nothing", NOTHING_SAID, ids=str)
def test_no_specification_and_an_empty_one_take_back_what_was_said(nothing: Any) -> None:  # A IT-4, B IT-8, S 17
    world = with_changed(rich_world(), WEB, instance_type_specification=T3)
    after, image_ = apply(world, specifying(WEB, nothing), by=alice)
    assert image_.instance_type_specification is None
    assert after == with_changed(world, WEB, instance_type_specification=None)


@given(amis.instance_type_specifications(), amis.instance_type_specifications())
def test_a_specification_takes_the_place_of_the_one_before(
    first: InstanceTypeSpecification, second: InstanceTypeSpecification
) -> None:  # B IT-5
    world = apply(rich_world(), specifying(WEB, first), by=alice).world
    world, image_ = apply(world, specifying(WEB, second), by=alice)
    assert image_.instance_type_specification == the(world, WEB).instance_type_specification == second
    lists = {
        "supported_instance_types": list(second.supported_instance_types),
        "unsupported_instance_types": list(second.unsupported_instance_types),
    }
    assert specifying(WEB, lists) == specifying(WEB, second)


@pytest.mark.parametrize(
    "lists",
    [
        {"supported_instance_types": ["t3.**"]},
        {"supported_instance_types": ["t3.micro", "t3.micro"]},
        {"supported_instance_types": ["t3.micro"], "unsupported_instance_types": ["t3.micro"]},
        {"unsupported_instance_types": ["a" * 25]},
        {"unsupported_instance_types": [f"t{number}.micro" for number in range(101)]},
    ],
    ids=["two stars", "twice", "in both", "too long", "too many"],
)
def test_what_is_no_specification_is_malformed(lists: dict[str, list[str]]) -> None:  # A IT-1, B IT-3, B IT-4
    with pytest.raises(Malformed) as caught:
        _ = specifying(WEB, lists)
    assert caught.value.code == "InvalidParameterValue"


TYPES: Final = ("t3.micro", "t3.nano", "t2.micro", "m5.large", "c5.xlarge", "m5d.large", "r6i.large")
WORDED: Final = st.builds(
    lambda listed, split: {"supported_instance_types": listed[:split], "unsupported_instance_types": listed[split:]},
    st.lists(st.sampled_from([*TYPES, "t*", "t3.*", "*.large", "m5*", "*", "*.m*", "c5.x*e"]), unique=True, max_size=5),
    st.integers(0, 5),
)


def matches(pattern: str, name: str) -> bool:
    """Rule B IT-3, letter by letter: a star stands for any run."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(matches(pattern[1:], name[start:]) for start in range(len(name) + 1))
    return bool(name) and pattern[0] == name[0] and matches(pattern[1:], name[1:])


@given(WORDED, st.sampled_from(TYPES))
def test_a_launch_is_refused_exactly_on_the_types_that_the_two_lists_do_not_allow(
    lists: dict[str, list[str]], instance_type: str
) -> None:  # A IT-2, A IT-3, A IT-7, B IT-2
    world = apply(plain(), specifying(PLAIN, lists), by=alice).world
    supported, unsupported = lists["supported_instance_types"], lists["unsupported_instance_types"]
    allowed = (not supported or any(matches(one, instance_type) for one in supported)) and not any(
        matches(one, instance_type) for one in unsupported
    )
    done = attempt(world, RunInstances(image_id=ami(PLAIN), instance_type=instance_type), by=alice)
    if allowed:
        assert isinstance(done, Outcome)
    else:
        assert isinstance(done, InstanceTypeNotAllowed)
        assert done == InstanceTypeNotAllowed(image_id=ami(PLAIN), instance_type=instance_type)
        assert done.code == "InvalidParameterCombination"


def test_a_copy_keeps_the_specification_and_an_image_of_an_instance_does_not() -> None:  # B IT-7
    world, instance = launched(plain(instance_type_specification=T3))
    world, copy = copied(world, ami(PLAIN))
    world, made = imaged(world, instance.instance_id)
    assert (copy.instance_type_specification, made.instance_type_specification) == (T3, None)


def test_what_runs_of_an_image_runs_on_whatever_is_said_later() -> None:  # B IT-7
    world, instance = launched(plain())
    after = apply(world, specifying(PLAIN, {"unsupported_instance_types": ["t3.*"]}), by=alice).world
    assert after.instances == world.instances
    assert advance(after, days=1).instances.records[instance.instance_id].state == instance.state


def test_what_is_listed_in_the_marketplace_takes_no_specification_and_may_be_rid_of_one() -> None:  # A IT-6, B MP-9
    world = with_changed(
        rich_world(), WEB, image_owner_alias="aws-marketplace", instance_type_specification=T3
    )  # fmt: skip
    assert attempt(world, specifying(WEB), by=alice) == SOLD
    assert str(SOLD) == f"The image {ami(WEB)} is listed in AWS Marketplace and takes no instance type specification."
    assert isinstance(attempt(world, specifying(WEB, None), by=alice), Outcome)


def test_a_private_image_made_of_what_was_sold_is_not_listed() -> None:  # B MP-3
    world = plain(product_codes=[ProductCode("abc123")], launch_permissions=to("999988887777"))
    assert isinstance(attempt(world, specifying(PLAIN), by=alice), Outcome)


def test_how_much_can_be_listed_is_a_limit() -> None:  # A IT-1, B IT-4
    assert isinstance(attempt(rich_world(), specifying(WEB, WIDE), by=alice), Outcome)
    assert list(explain(TINY, specifying(WEB, WIDE), by=alice).refusals) == [LONG, LONG_TOO]
    assert str(LONG) == (
        "Value (3) for parameter supportedInstanceTypes is invalid. At most 2 instance types can be given."
    )
    assert LONG.remedy == "let a pattern such as t3.* stand for all the sizes of a family"
    most = {"supported_instance_types": ["t3.*", "m5.*"], "unsupported_instance_types": ["*.metal", "t3.nano"]}
    assert isinstance(attempt(TINY, specifying(WEB, most), by=alice), Outcome)
