"""The Recycle Bin's rules, and what lies in it: rules C 6.1 to C 6.4, C 5.6 to C 5.8, C 6.12 to C 6.17."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.malformed import Malformed
from amimodel.quirks import Quirks
from amimodel.recycle_bin import applies, entering, marked, retention, unmarked
from amimodel.retention import IN_BIN, RecycleBinEntry, RetainedResourceType, RetentionRule, RetentionRuleStatus
from amimodel.tags import Tags
from amimodel.vocabulary import ImageState, RootDeviceType

IMAGES, SNAPSHOTS = RetainedResourceType.EC2_IMAGE, RetainedResourceType.EBS_SNAPSHOT
PAIRS = st.lists(
    st.sampled_from([("Stage", "prod"), ("Stage", "test"), ("Name", "web"), ("stage", "prod")]), max_size=3
)


def rule(**fields: Any) -> RetentionRule:
    told: dict[str, Any] = {
        "identifier": "abcdefghijk", "owner_id": w.ALICE, "region": w.FRANKFURT, "resource_type": IMAGES,
        "retention_days": 7,
    }  # fmt: skip
    return RetentionRule(**(told | fields))


@st.composite
def rules(draw: st.DrawFn) -> RetentionRule:
    tags, excluded = draw(PAIRS), draw(PAIRS)
    return rule(
        resource_type=draw(st.sampled_from(RetainedResourceType)),
        retention_days=draw(st.integers(1, 365)),
        status=draw(st.sampled_from(RetentionRuleStatus)),
        resource_tags=tags,
        exclude_resource_tags=[] if tags else excluded,
    )


@given(rule=rules(), kind=st.sampled_from(RetainedResourceType), tags=PAIRS)
def test_a_rule_applies_as_the_book_has_it(
    rule: RetentionRule, kind: RetainedResourceType, tags: list[tuple[str, str]]
) -> None:
    """Rule C 6.2, steps 1 to 3."""
    written = dict(tags)
    candidate = rule.resource_type is kind and rule.status.value == "available"
    pairs = set(written.items())
    if rule.resource_tags:
        expected = bool(pairs & set(rule.resource_tags))
    else:
        expected = not pairs & set(rule.exclude_resource_tags)
    assert applies(rule, kind, written) is (candidate and expected)


@given(given_rules=st.lists(rules(), max_size=5), tags=PAIRS, what=st.sampled_from(["image", "snapshot"]))
def test_the_longest_of_the_rules_holds(
    given_rules: list[RetentionRule], tags: list[tuple[str, str]], what: str
) -> None:
    """Rule C 6.2, steps 4 and 5."""
    image = what == "image"
    thing = w.image(1, tags=dict(tags)) if image else w.snapshot(1, tags=dict(tags))
    days = [one.retention_days for one in given_rules if applies(one, IMAGES if image else SNAPSHOTS, dict(tags))]
    kept = retention(thing, given_rules)
    assert kept == (timedelta(days=max(days)) if days else None)
    assert retention(thing, reversed(given_rules)) == kept


@pytest.mark.parametrize("state", [state for state in ImageState if state is not ImageState.DEREGISTERED])
def test_only_an_image_whose_creation_came_to_a_good_end_is_kept(state: ImageState) -> None:
    """Rules C 5.8, C 6.13; by the quirk the others are, too."""
    unfinished = state in {ImageState.PENDING, ImageState.FAILED}
    image = w.image(1, state=state)
    assert (retention(image, [rule()]) is None) is unfinished
    assert retention(image, [rule()], Quirks(unfinished_image_enters_bin=True)) == timedelta(days=7)


def test_an_image_in_s3_is_never_kept() -> None:
    """Rules C 5.7, C 6.12."""
    image = w.image(1, root_device_type=RootDeviceType.INSTANCE_STORE, block_device_mappings=[])
    assert retention(image, [rule()], Quirks(unfinished_image_enters_bin=True)) is None


@given(tags=PAIRS)
def test_what_enters_is_marked_and_nothing_else_is_changed(tags: list[tuple[str, str]]) -> None:
    """Rules C 6.16, C 6.17."""
    image = w.image(1, tags=dict(tags), launch_permissions=w.PUBLIC, state="disabled")
    binned = entering(image)
    assert binned == evolve(image, tags={**dict(tags), IN_BIN: "true"})
    assert unmarked(marked(Tags(dict(tags)))) == Tags(dict(tags))
    assert entering(w.snapshot(1)).tags[IN_BIN] == "true"


def test_an_entry_knows_whose_it_is_and_where() -> None:
    """Rule C 6.10."""
    for thing, one in ((w.image(1), w.ami(1)), (w.snapshot(1), w.snap(1))):
        entry = RecycleBinEntry(resource=thing, recycle_bin_enter_time=w.NOW, recycle_bin_exit_time=w.at(24))
        assert (entry.resource_id, entry.owner_id, entry.region) == (one, w.ALICE, w.FRANKFURT)


def test_a_rule_knows_its_arn_and_its_reach() -> None:
    """Rule C 6.1."""
    assert rule().rule_arn == "arn:aws:rbin:eu-central-1:111122223333:rule/abcdefghijk"
    assert rule(region="us-gov-west-1").rule_arn.startswith("arn:aws-us-gov:rbin:us-gov-west-1:")
    assert rule().is_region_level
    assert rule(exclude_resource_tags=[("a", "b")]).is_region_level
    assert not rule(resource_tags=[("a", "b")]).is_region_level


@pytest.mark.parametrize(
    "wrong",
    [
        {"identifier": "abc"},
        {"identifier": "abcdefghij-"},
        {"identifier": None},
        {"description": "x" * 256},
        {"description": "two\nlines"},
        {"description": None},
        {"resource_tags": [("a", "")], "exclude_resource_tags": [("b", "")]},
        {"resource_tags": [("a", "")], "lock_state": "locked"},
        {"exclude_resource_tags": [("a", "")], "lock_state": "locked"},
        {"retention_days": 0},
        {"retention_days": True},
        {"retention_days": 1.5},
    ],
)
def test_what_is_no_rule_is_malformed(wrong: dict[str, Any]) -> None:
    """Rules C 6.1, C 6.3, C 6.4."""
    with pytest.raises(Malformed) as caught:
        rule(**wrong)
    assert caught.value.code == "ValidationException"


def test_a_rule_for_the_whole_region_may_be_locked() -> None:
    """Rule C 6.1."""
    locked = rule(lock_state="pending_unlock", unlock_delay_days=7, lock_end_time=w.NOW, description="keep it all")
    assert (locked.lock_state, locked.lock_end_time) == ("pending_unlock", w.NOW)
    assert rule().lock_state is None
