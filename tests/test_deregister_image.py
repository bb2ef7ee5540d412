"""DeregisterImage: rules C 5.1 to C 5.30, C 1.3, C 4.5, C 6.2, C 8.31, C 9.2; settlements S 11, S 25, S 32."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel._table import Table
from amimodel.actions import DeregisterImage, DescribeImages, SnapshotReturnCode
from amimodel.callers import Caller
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.images import UNPROTECTED
from amimodel.integrity import problems
from amimodel.lifecycle import TRANSITIONS, ImageEvent, Refused, Stage
from amimodel.malformed import Malformed
from amimodel.permissions import NOBODY
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    DeregistrationProtected,
    ImageManagedByBackup,
    ImageNotFound,
    ImageUnavailable,
    NotAuthorizedForImage,
    Refusal,
)
from amimodel.requests import Outcome
from amimodel.retention import IN_BIN, RetentionRule
from amimodel.snapshots import SnapshotState
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import FinishImage, FinishSnapshots
from amimodel.vocabulary import ImageState
from amimodel.world import World
from worlds import FRANKFURT, ami, rich_world, snap

WORLD = rich_world()
PROTECTION = ErrorCode.OPERATION_NOT_PERMITTED


def rule(days: int = 7, kind: str = "EC2_IMAGE", letter: str = "a", **fields: Any) -> RetentionRule:
    return RetentionRule(
        identifier=letter * 11, owner_id=w.ALICE, region=FRANKFURT, resource_type=kind, retention_days=days, **fields
    )


def deregistered(world: World, number: int, *, snapshots: bool = False, by: Caller = w.alice) -> World:
    return apply(world, DeregisterImage(image_id=ami(number), delete_associated_snapshots=snapshots), by=by).world


def codes(world: World, number: int, by: Caller = w.alice) -> dict[str, str]:
    request = DeregisterImage(image_id=ami(number), delete_associated_snapshots=True)
    return {
        each.snapshot_id: each.return_code.value for each in apply(world, request, by=by).value.delete_snapshot_results
    }


# --- refusals ---------------------------------------------------------------------------------------------------------

WITNESSES: list[tuple[int, Caller, Refusal]] = [
    (w.LONG_GONE, w.alice,             ImageNotFound.of(ami(w.LONG_GONE))),  # C 5.12, third phase
    (0xFFF,       w.alice,             ImageNotFound.of(ami(0xFFF))),
    (w.WEB,       w.alice_in_virginia, ImageNotFound.of(ami(w.WEB))),
    (w.WEB,       w.bob,               NotAuthorizedForImage(image_id=ami(w.WEB))),  # S 25: not even visible
    (w.TO_BOB,    w.bob,               NotAuthorizedForImage(image_id=ami(w.TO_BOB))),
    (w.FORMER,    w.alice,             ImageUnavailable(image_id=ami(w.FORMER), state=ImageState.DEREGISTERED)),
    (w.BINNED,    w.alice,             ImageUnavailable(image_id=ami(w.BINNED), state=ImageState.DEREGISTERED)),
    (w.TRANSIENT, w.alice,             ImageUnavailable(image_id=ami(w.TRANSIENT), state=ImageState.TRANSIENT)),
    (w.BACKUP,    w.alice,             ImageManagedByBackup(image_id=ami(w.BACKUP))),
    (w.PROTECTED, w.alice,             DeregistrationProtected(error_code=PROTECTION, image_id=ami(w.PROTECTED),
                                                               protection="enabled-with-cooldown")),
    (w.COOLING,   w.alice,             DeregistrationProtected(error_code=PROTECTION, image_id=ami(w.COOLING),
                                                               protection="disabled after 2026-06-01T03:00:00.000Z")),
]  # fmt: skip


@pytest.mark.parametrize(("number", "by", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness(number: int, by: Caller, refusal: Refusal) -> None:
    request = DeregisterImage(image_id=ami(number), delete_associated_snapshots=True)
    assert attempt(WORLD, request, by=by) == refusal
    assert explain(WORLD, request, by=by).refusals[0] == refusal


def test_every_refusal_that_is_declared_has_a_witness() -> None:
    assert {type(refusal) for _, _, refusal in WITNESSES} == set(DeregisterImage.refusals)


def test_a_second_time_it_is_no_longer_available() -> None:
    """Rules C 1.3.1, C 5.12."""
    refusal = attempt(deregistered(WORLD, w.WEB), DeregisterImage(image_id=ami(w.WEB)), by=w.alice)
    assert str(refusal) == f"The image id '[{ami(w.WEB)}]' is no longer available"


def test_the_order_of_refusals_is_the_declared_one() -> None:
    """Settlement S 10."""
    protected = w.the(WORLD, w.PROTECTED).deregistration_protection
    world = w.with_changed(
        WORLD, w.WEB, state="transient", tags={"aws:backup:source-resource": "x"}, deregistration_protection=protected
    )
    request, met = DeregisterImage(image_id=ami(w.WEB)), []
    for by, mended in (
        (w.alice_in_virginia, world),
        (w.bob, world),
        (w.alice, world),
        (w.alice, w.with_changed(world, w.WEB, state="available")),
        (w.alice, w.with_changed(world, w.WEB, state="available", tags={})),
    ):
        refusal = attempt(mended, request, by=by)
        assert isinstance(refusal, Refusal)
        against = explain(mended, request, by=by).refusals
        assert against[0] == refusal
        met.append(type(refusal))
        if by is w.bob:
            assert tuple(map(type, against)) == DeregisterImage.refusals[1:]
    assert tuple(met) == DeregisterImage.refusals
    done = w.with_changed(world, w.WEB, state="available", tags={}, deregistration_protection=UNPROTECTED)
    assert isinstance(attempt(done, request, by=w.alice), Outcome)


@given(number=st.sampled_from([*range(w.WEB, w.FAILED + 1), *range(w.OUTDATED, w.TWO + 1), w.FORMER, w.BINNED, w.FAR]),
       by=st.sampled_from(w.CALLERS), snapshots=st.booleans())  # fmt: skip
def test_nothing_else_comes_out_others_keep_what_they_have_and_the_world_holds_together(
    number: int, by: Caller, snapshots: bool
) -> None:
    """Rule C 5.16; a frame law."""
    world = WORLD.with_retention_rule(rule(resource_tags=[("Stage", "prod")]))
    request = DeregisterImage(image_id=ami(number), delete_associated_snapshots=snapshots)
    answer = attempt(world, request, by=by)
    if isinstance(answer, Refusal):
        assert type(answer) in DeregisterImage.refusals
        return
    kept = [(one, tags) for one, tags in WORLD.foreign_tags.items() if one != ami(number)]
    assert w.of_others(evolve(world, foreign_tags=Table(kept)), by) == w.of_others(
        evolve(answer.world, foreign_tags=Table(kept)), by
    )
    assert problems(answer.world) == ()
    assert problems(advance(answer.world, days=30)) == ()


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in {Stage.DEREGISTERED, Stage.IN_RECYCLE_BIN}])
def test_the_states_that_can_be_deregistered_are_those_of_the_table(stage: Stage) -> None:
    """Rules C 1.3, C 5.4."""
    world = w.with_changed(WORLD, w.WEB, state=stage.value)
    refused = isinstance(TRANSITIONS[stage, ImageEvent.DEREGISTER], Refused)
    assert isinstance(attempt(world, DeregisterImage(image_id=ami(w.WEB)), by=w.alice), Refusal) is refused


def test_protection_keeps_everything_and_its_code_is_a_quirk() -> None:
    """Rules C 4.5, C 4.6."""
    world = evolve(WORLD, quirks=Quirks(protected_image_code=ErrorCode.INCORRECT_STATE))
    request = DeregisterImage(image_id=ami(w.PROTECTED), delete_associated_snapshots=True)
    refusal = attempt(world, request, by=w.alice)
    assert isinstance(refusal, DeregistrationProtected)
    assert refusal.code == "IncorrectState"
    assert snap(w.PROTECTED) in world.snapshots


def test_protection_ends_with_its_cooldown() -> None:
    """Rule C 4.4."""
    request = DeregisterImage(image_id=ami(w.COOLING))
    assert isinstance(attempt(advance(WORLD, hours=2, minutes=59), request, by=w.alice), DeregistrationProtected)
    assert isinstance(attempt(advance(WORLD, hours=3), request, by=w.alice), Outcome)


def test_no_image_is_malformed() -> None:
    with pytest.raises(Malformed) as caught:
        DeregisterImage(image_id="snap-12345678")
    assert caught.value.code == "InvalidAMIID.Malformed"


# --- what comes of it -------------------------------------------------------------------------------------------------


def test_the_image_is_gone_and_remembered_and_nothing_that_used_it_is_touched() -> None:
    """Rules C 5.5, C 5.6, C 5.14, C 5.17, C 5.19."""
    world = deregistered(w.with_changed(WORLD, w.TO_BOB, deregistration_protection=UNPROTECTED), w.TO_BOB)
    assert world.image(ami(w.TO_BOB), FRANKFURT) is None
    tombstone = world.tombstones.records[ami(w.TO_BOB)]
    assert (tombstone.image.state, tombstone.image.launch_permissions) == (ImageState.DEREGISTERED, NOBODY)
    assert (tombstone.image.tags, tombstone.deregistered_at) == (NO_TAGS, w.NOW)
    assert ami(w.TO_BOB) not in world.foreign_tags
    assert world.snapshots == WORLD.snapshots
    assert world.instances == WORLD.instances
    assert world.holder_of_name(w.ALICE, FRANKFURT, "to bob") is None
    for by in (w.alice, w.bob):
        assert ask(world, DescribeImages(image_ids=[ami(w.TO_BOB)]), by=by).items == ()


def test_the_answer_says_true_and_lists_no_snapshot_unless_asked() -> None:
    """Rules C 0.10, C 5.30."""
    answer = apply(WORLD, DeregisterImage(image_id=ami(w.WEB)), by=w.alice).value
    assert answer.return_ is True
    assert answer.delete_snapshot_results == ()
    invalid = DeregisterImage(image_id=ami(w.INVALID), delete_associated_snapshots=True)
    assert apply(WORLD, invalid, by=w.alice).value.delete_snapshot_results == ()  # it is in S3 (C 5.30)


def test_the_event_tells_that_it_is_deregistered() -> None:
    """Rules C 5.18, C 9.2, C 1.3.4."""
    world = deregistered(WORLD, w.WEB)
    (event,) = world.events
    told = event.envelope()
    assert told["detail"] == {
        "RequestId": WORLD.request_id, "ImageId": ami(w.WEB), "State": "deregistered", "ErrorMessage": "",
    }  # fmt: skip
    assert (told["account"], told["region"]) == (w.ALICE, "eu-central-1")


@pytest.mark.parametrize(("told", "events"), [(True, 1), (False, 0)])
def test_whether_an_image_that_enters_the_bin_is_told_of_is_a_quirk(told: bool, events: int) -> None:
    """Rule C 5.18."""
    world = evolve(WORLD, quirks=Quirks(binning_emits_deregistered=told)).with_retention_rule(rule())
    assert len(deregistered(world, w.WEB).events) == events
    assert len(deregistered(world, w.FAILED).events) == 1  # which never enters it


@pytest.mark.parametrize(
    ("number", "kept"),
    [(w.WEB, True), (w.DISABLED, True), (w.OPEN, True), (w.PENDING, False), (w.FAILED, False), (w.INVALID, False),
     (w.ERROR, True)],
)  # fmt: skip
def test_a_rule_keeps_what_it_applies_to(number: int, kept: bool) -> None:
    """Rules C 5.6 to C 5.8, C 6.2, C 6.12, C 6.13."""
    world = deregistered(WORLD.with_retention_rule(rule(3)).with_retention_rule(rule(9, letter="b")), number)
    assert (ami(number) in world.recycle_bin) is kept
    assert (ami(number) in world.tombstones) is not kept
    if kept:
        entry = world.recycle_bin.records[ami(number)]
        before = w.the(WORLD, number)
        assert entry.resource == evolve(before, tags=before.tags.setting({IN_BIN: "true"}))  # with its permissions
        assert (entry.recycle_bin_enter_time, entry.recycle_bin_exit_time) == (w.NOW, w.NOW + timedelta(days=9))


def test_an_unfinished_image_enters_the_bin_by_a_quirk() -> None:
    """Rule C 15 (point 11)."""
    world = evolve(WORLD.with_retention_rule(rule()), quirks=Quirks(unfinished_image_enters_bin=True))
    for number in (w.PENDING, w.FAILED):
        assert ami(number) in deregistered(world, number).recycle_bin


def test_a_rule_elsewhere_or_of_others_keeps_nothing() -> None:
    """Rules B G-1, C 6.2."""
    elsewhere = RetentionRule(
        identifier="c" * 11, owner_id=w.ALICE, region=w.VIRGINIA, resource_type="EC2_IMAGE", retention_days=7
    )
    world = WORLD.with_retention_rule(elsewhere).with_retention_rule(evolve(elsewhere, owner_id=w.BOB, region=FRANKFURT,
                                                                            identifier="d" * 11))  # fmt: skip
    assert ami(w.WEB) in deregistered(world, w.WEB).tombstones
    assert ami(w.FAR) in deregistered(world, w.FAR, by=w.alice_in_virginia).recycle_bin


def test_what_lies_in_the_bin_goes_when_its_time_is_over() -> None:
    """Rules C 6.40, C 5.9: then it is remembered for as long again."""
    world = deregistered(WORLD.with_retention_rule(rule(5)), w.WEB)
    assert ami(w.WEB) in advance(world, by=timedelta(days=5) - timedelta(milliseconds=1)).recycle_bin
    after = advance(world, days=5)
    assert ami(w.WEB) not in after.recycle_bin
    assert after.tombstones.records[ami(w.WEB)].deregistered_at == w.NOW + timedelta(days=5)
    assert after.tombstones.records[ami(w.WEB)].image.state is ImageState.DEREGISTERED
    request = DeregisterImage(image_id=ami(w.WEB))
    assert isinstance(attempt(advance(world, days=11), request, by=w.alice), ImageUnavailable)
    assert isinstance(attempt(advance(world, days=12), request, by=w.alice), ImageNotFound)


def test_a_snapshot_goes_from_the_bin_with_all_that_was_written_on_it() -> None:
    """Rules C 6.40, B TG-16."""
    kept = WORLD.with_retention_rule(rule(5, kind="EBS_SNAPSHOT"))
    world = deregistered(kept, w.OPEN, snapshots=True)
    assert snap(w.OPEN) in world.recycle_bin
    world = world.with_foreign_tags(w.BOB, snap(w.OPEN), Tags({"x": ""}))
    after = advance(world, days=5)
    assert snap(w.OPEN) not in after.recycle_bin
    assert after.resource(snap(w.OPEN)) is None
    assert snap(w.OPEN) not in after.foreign_tags


# --- its snapshots ----------------------------------------------------------------------------------------------------


def test_snapshots_go_along_if_asked_each_once_in_the_order_of_the_mapping() -> None:
    """Rule C 5.30."""
    assert codes(WORLD, w.TWO) == {snap(w.TWO): "success", snap(0xD01): "success"}
    world = deregistered(WORLD, w.TWO, snapshots=True)
    assert snap(w.TWO) not in world.snapshots
    twice = w.with_changed(WORLD, w.TWO, block_device_mappings=[w.mapped(f"/dev/sd{x}", w.TWO) for x in "abc"])
    assert list(codes(twice, w.TWO)) == [snap(w.TWO)]


@pytest.mark.parametrize(
    ("state", "code"),
    [("available", "skipped"), ("pending", "skipped"), ("disabled", "skipped"), ("failed", "success"),
     ("error", "success")],
)  # fmt: skip
def test_a_snapshot_that_another_image_needs_is_skipped(state: str, code: str) -> None:
    """Rules C 5.30, C 8.27."""
    world = w.with_changed(WORLD, w.SHARING_A_SNAPSHOT, state=state)
    assert codes(world, w.WEB) == {snap(w.WEB): code}
    assert (snap(w.WEB) in deregistered(world, w.WEB, snapshots=True).snapshots) is (code == "skipped")


def test_an_image_in_the_bin_needs_its_snapshot_no_longer() -> None:
    """Rules C 6.22, C 8.28."""
    world = deregistered(WORLD.with_retention_rule(rule()), w.SHARING_A_SNAPSHOT)
    assert codes(world, w.WEB) == {snap(w.WEB): "success"}


def test_by_a_quirk_only_a_root_needs_its_snapshot() -> None:
    """Rule C 8.27."""
    data = w.with_changed(WORLD, w.SHARING_A_SNAPSHOT, root_device_name="/dev/sdz")
    assert codes(data, w.WEB) == {snap(w.WEB): "skipped"}
    relaxed = evolve(data, quirks=Quirks(data_snapshots_are_in_use=False))
    assert codes(relaxed, w.WEB) == {snap(w.WEB): "success"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"owner_id": w.BOB}, "client-error"), ({"tags": {"aws:backup:source-resource": "x"}}, "client-error"),
     ({"state": "error"}, "success"), ({"storage_tier": "archive"}, "success")],
)  # fmt: skip
def test_a_snapshot_that_cannot_be_deleted_stays(changes: dict[str, Any], code: str) -> None:
    """Rule C 5.30."""
    world = WORLD.with_snapshot(evolve(WORLD.snapshots.records[snap(w.OPEN)], **changes))
    assert codes(world, w.OPEN) == {snap(w.OPEN): code}


def test_a_snapshot_that_is_not_there_is_a_client_error() -> None:
    assert codes(WORLD.without_snapshot(snap(w.OPEN)), w.OPEN) == {snap(w.OPEN): "client-error"}


def test_without_permission_to_delete_snapshots_the_image_goes_all_the_same() -> None:
    """Rules C 5.19, C 5.30."""
    by = evolve(w.alice, denied=["ec2:DeleteSnapshot"])
    assert codes(WORLD, w.WEB, by=by) == {snap(w.WEB): "missing-permissions"}
    world = deregistered(WORLD, w.OPEN, snapshots=True, by=by)
    assert ami(w.OPEN) not in world.images
    assert snap(w.OPEN) in world.snapshots


def test_a_snapshot_rule_puts_the_snapshots_into_the_bin() -> None:
    """Rule C 5.30."""
    world = WORLD.with_retention_rule(rule(kind="EBS_SNAPSHOT"))
    assert codes(world, w.OPEN) == {snap(w.OPEN): "success"}
    after = deregistered(world, w.OPEN, snapshots=True)
    assert after.recycle_bin.records[snap(w.OPEN)].resource_id == snap(w.OPEN)
    assert ami(w.OPEN) in after.tombstones


def test_every_code_but_the_servers_own_fault_comes_out() -> None:
    """Rule C 5.30; nothing in this model breaks by itself."""
    assert {code.value for code in SnapshotReturnCode} == {
        "success", "skipped", "missing-permissions", "client-error", "internal-error",
    }  # fmt: skip


# --- a pending image --------------------------------------------------------------------------------------------------


def test_deregistering_stops_a_creation_and_its_snapshots_are_finished_all_the_same() -> None:
    """Rules C 1.3.2, C 15 (point 12)."""
    world = advance(deregistered(WORLD, w.PENDING), minutes=5)
    assert ami(w.PENDING) in world.tombstones
    assert world.snapshots.records[snap(w.PENDING)].state is SnapshotState.COMPLETED


def test_by_a_quirk_the_snapshots_of_a_stopped_creation_end_in_error() -> None:
    """Rule C 15 (point 12)."""
    world = deregistered(evolve(WORLD, quirks=Quirks(orphaned_snapshots_complete=False)), w.PENDING)
    assert world.snapshots.records[snap(w.PENDING)].state is SnapshotState.PENDING
    after = advance(world, minutes=5)
    failed = after.snapshots.records[snap(w.PENDING)]
    assert failed.state is SnapshotState.ERROR
    assert failed.state_message == f"The image {ami(w.PENDING)} was deregistered."
    assert after.snapshots.records[snap(0xD03)].state is SnapshotState.COMPLETED
    assert sorted((task.due, task.request_id) for task in world.tasks) == sorted(
        (task.due, task.request_id) for task in WORLD.tasks
    )
    assert deregistered(world, w.WEB).tasks == world.tasks


def test_a_pending_snapshot_goes_when_it_is_finished_and_the_others_of_its_set_stay() -> None:
    """Rules C 8.11, C 8.31."""
    together = FinishSnapshots(snapshot_ids=[snap(w.PENDING), snap(0xD03)], event="createSnapshots")
    world = WORLD.without_tasks(
        task for task in WORLD.tasks if isinstance(task.work, FinishSnapshots)
    ).with_task(timedelta(minutes=5), together)  # fmt: skip
    assert codes(world, w.PENDING) == {snap(w.PENDING): "success"}
    after = deregistered(world, w.PENDING, snapshots=True)
    assert snap(w.PENDING) in after.snapshots
    done = advance(after, minutes=5)
    assert snap(w.PENDING) not in done.snapshots
    assert done.snapshots.records[snap(0xD03)].state is SnapshotState.COMPLETED


def test_an_image_that_is_gone_is_never_finished() -> None:
    world = WORLD.with_task(timedelta(minutes=1), FinishImage(image_id=ami(w.PENDING)))
    after = deregistered(world, w.PENDING)
    assert not any(isinstance(task.work, FinishImage) for task in after.tasks)
    assert ami(w.PENDING) not in advance(after, minutes=9).images


def test_who_has_deregistered_an_image_does_not_matter_to_its_copies() -> None:
    """Rule C 5.16."""
    world = deregistered(WORLD, w.WEB)
    assert w.the(world, w.TO_BOB).source_image_id == ami(w.WEB)
    assert w.the(world, w.TO_BOB) == w.the(WORLD, w.TO_BOB)
