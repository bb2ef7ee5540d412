"""The Recycle Bin's rules, and what lies in it: rules C 6.1 to C 6.4, C 5.6 to C 5.8, C 6.12 to C 6.17."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, AccountPermission, Permissions
from amimodel.quirks import Quirks
from amimodel.recycle_bin import applies, entering, marked, recovering, retention, returning, unmarked
from amimodel.retention import IN_BIN, RecycleBinEntry, RetainedResourceType, RetentionRule, RetentionRuleStatus
from amimodel.snapshots import SnapshotState
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


# tags of the rule, tags of the image -> whether such a rule keeps it; one with exclusions, the other way round
REACHED = [
    ([("Stage", "prod")], {"Stage": "prod", "Name": "web"}, True),
    ([("Stage", "prod")], {"Stage": "test"}, False),
    ([("Stage", "prod")], {"stage": "prod"}, False),
    ([("Stage", "prod")], {}, False),
    ([("Stage", "prod"), ("Name", "web")], {"Name": "web"}, True),
    ([("Stage", "")], {}, False),
    ([("Stage", "")], {"Stage": ""}, True),
]


@pytest.mark.parametrize(("pairs", "tags", "reached"), REACHED)
def test_one_tag_with_its_value_is_enough_to_be_kept_or_left_out(
    pairs: list[tuple[str, str]], tags: dict[str, str], reached: bool
) -> None:
    """Rule C 6.2, steps 2 and 3."""
    assert applies(rule(resource_tags=pairs), IMAGES, tags) is reached
    assert applies(rule(exclude_resource_tags=pairs), IMAGES, tags) is not reached


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


# --- what comes back --------------------------------------------------------------------------------------------------

SHARED: Permissions[Any] = Permissions([AccountPermission(w.BOB), EVERYONE])
BINNED = evolve(w.image(1, launch_permissions=SHARED), tags={"Stage": "prod", IN_BIN: "true"})


@pytest.mark.parametrize("state", [state for state in ImageState if state is not ImageState.DEREGISTERED])
@pytest.mark.parametrize("restores", [True, False])
def test_an_image_comes_back_in_its_state_but_by_a_quirk_a_disabled_one_is_enabled(
    state: ImageState, restores: bool
) -> None:
    """Rules C 6.33, C 6.34, C 15 (point 10)."""
    back = returning(evolve(BINNED, state=state), blocked=False, quirks=Quirks(bin_restores_disabled_state=restores))
    enabled = state is ImageState.DISABLED and not restores
    assert back == evolve(BINNED, tags={"Stage": "prod"}, state=ImageState.AVAILABLE if enabled else state)


@pytest.mark.parametrize("blocked", [True, False])
@pytest.mark.parametrize("republishes", [True, False])
def test_everyone_is_left_out_where_public_images_are_blocked_and_nobody_else_is(
    blocked: bool, republishes: bool
) -> None:
    """Rules C 6.17, B BPA-10; settlement S 7."""
    quirks = Quirks(bin_restore_republishes_blocked_image=republishes)
    to_whom = [AccountPermission(w.BOB)] if blocked and not republishes else SHARED
    back = returning(BINNED, blocked=blocked, quirks=quirks)
    assert back == evolve(BINNED, tags={"Stage": "prod"}, launch_permissions=to_whom)


# state in the bin -> state and progress when it is back at once, and when that takes its time
RECOVERED = {
    SnapshotState.PENDING:     ((SnapshotState.PENDING, "40%"),     (SnapshotState.PENDING, "40%")),
    SnapshotState.COMPLETED:   ((SnapshotState.COMPLETED, "100%"),  (SnapshotState.RECOVERING, "0%")),
    SnapshotState.ERROR:       ((SnapshotState.ERROR, "40%"),       (SnapshotState.ERROR, "40%")),
    SnapshotState.RECOVERABLE: ((SnapshotState.RECOVERABLE, "40%"), (SnapshotState.RECOVERABLE, "40%")),
    SnapshotState.RECOVERING:  ((SnapshotState.COMPLETED, "100%"),  (SnapshotState.RECOVERING, "0%")),
}  # fmt: skip


@pytest.mark.parametrize("state", SnapshotState)
def test_a_complete_snapshot_comes_back_complete_at_once_or_after_recovering(state: SnapshotState) -> None:
    """Rules C 6.16, C 6.17, C 6.37."""
    binned = w.snapshot(1, state=state, progress="40%", tags={"Stage": "prod", IN_BIN: "true"}, description="data")
    (at_once, progress), (at_first, slow_progress) = RECOVERED[state]
    assert recovering(binned) == evolve(binned, tags={"Stage": "prod"}, state=at_once, progress=progress)
    slowly = recovering(binned, at_once=False)
    assert slowly == evolve(binned, tags={"Stage": "prod"}, state=at_first, progress=slow_progress)


# --- an entry, and a rule ---------------------------------------------------------------------------------------------


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
