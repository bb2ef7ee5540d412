"""What AWS itself does: rules A NF-3, A RI-25, A SR-1, B EN-7, B LP-36, C 1.1, C 1.2, C 8.9, C 9.2, C 12.6, C 12.15."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import (
    ACTIONS,
    ChangeBundle,
    ChangeKeyState,
    CreateStoreImageTask,
    DescribeImages,
    FailImage,
    FailLaunch,
    FailSnapshot,
    FailStoreImageTask,
    FaultImage,
    PublishParameter,
    ScanImage,
    ShutDownFromWithin,
    UnpublishUnusedImages,
)
from amimodel.actions.provider import _months_after
from amimodel.clock import parse
from amimodel.encryption import KeyState
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.images import StateReason
from amimodel.instances import InstanceState
from amimodel.integrity import problems
from amimodel.lifecycle import TRANSITIONS, ImageEvent, Stage
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, AccountPermission
from amimodel.refusals import (
    BundleNotFound,
    ImageNotFound,
    InstanceNotFound,
    KeyNotFound,
    NothingToBringAbout,
    NotTheProvider,
    Refusal,
    SnapshotNotFound,
)
from amimodel.requests import Request
from amimodel.scan_results import ScanResults
from amimodel.snapshots import SnapshotState
from amimodel.tasks import FinishSnapshots, MoveInstance
from amimodel.transitions import Never
from amimodel.vocabulary import ImageState
from amimodel.world import World
from worlds import FRANKFURT, ami, inst, rich_world, snap

WORLD = apply(rich_world(), CreateStoreImageTask(image_id=ami(w.WEB), bucket=w.BUCKET), by=w.alice).world
OTHER_KEY = w.KEY.replace("1f2e", "ffff")
KINDS = [
    ChangeBundle, ChangeKeyState, FailImage, FailLaunch, FailSnapshot, FailStoreImageTask, FaultImage, PublishParameter,
    ScanImage, ShutDownFromWithin, UnpublishUnusedImages,
]  # fmt: skip


def state_of(world: World, number: int) -> ImageState:
    return w.the(world, number).state


# --- refusals ---------------------------------------------------------------------------------------------------------

RESULTS = ScanResults(finding_scan_date=w.NOW)
REQUESTS: dict[type[Request[Any]], Request[Any]] = {
    ChangeBundle: ChangeBundle(image_location=w.LOCATION),
    ChangeKeyState: ChangeKeyState(kms_key_id=w.KEY, key_state="Disabled"),
    FailImage: FailImage(image_id=ami(w.PENDING)),
    FailLaunch: FailLaunch(instance_id=inst(0x103)),
    FailSnapshot: FailSnapshot(snapshot_id=snap(w.PENDING)),
    FailStoreImageTask: FailStoreImageTask(image_id=ami(w.WEB), bucket=w.BUCKET),
    FaultImage: FaultImage(image_id=ami(w.WEB)),
    PublishParameter: PublishParameter(name="/aws/service/x", image_id=ami(w.WEB)),
    ScanImage: ScanImage(image_id=ami(w.WEB), scan_results=RESULTS),
    ShutDownFromWithin: ShutDownFromWithin(instance_id=inst(0x101)),
    UnpublishUnusedImages: UnpublishUnusedImages(),
}
WITNESSES: list[tuple[Request[Any], Refusal]] = [
    (
        ChangeBundle(image_location="amis/x/image.manifest.xml"),
        BundleNotFound(image_location="amis/x/image.manifest.xml"),
    ),
    (ChangeKeyState(kms_key_id=OTHER_KEY, key_state="Enabled"), KeyNotFound(kms_key_id=OTHER_KEY)),
    (FailImage(image_id=ami(w.FAR)), ImageNotFound.of(ami(w.FAR))),
    (FailImage(image_id=ami(w.WEB)), NothingToBringAbout(subject=ami(w.WEB), state="available")),
    (FailLaunch(instance_id=inst(0x999)), InstanceNotFound.of(inst(0x999))),
    (FailLaunch(instance_id=inst(0x101)), NothingToBringAbout(subject=inst(0x101), state="running")),
    (FailSnapshot(snapshot_id=snap(0x999)), SnapshotNotFound(snapshot_id=snap(0x999))),
    (FailSnapshot(snapshot_id=snap(w.WEB)), NothingToBringAbout(subject=snap(w.WEB), state="completed")),
    (
        FailStoreImageTask(image_id=ami(w.FAR), bucket=w.BUCKET),
        NothingToBringAbout(subject=f"{ami(w.FAR)} for {w.BUCKET}", state="not being stored"),
    ),
    (FaultImage(image_id=ami(w.FORMER)), ImageNotFound.of(ami(w.FORMER))),
    (FaultImage(image_id=ami(w.FAILED)), NothingToBringAbout(subject=ami(w.FAILED), state="failed")),
    (PublishParameter(name="/aws/service/x", image_id=ami(w.BINNED)), ImageNotFound.of(ami(w.BINNED))),
    (ScanImage(image_id=ami(0x999), scan_results=RESULTS), ImageNotFound.of(ami(0x999))),
    (ShutDownFromWithin(instance_id=inst(0x999)), InstanceNotFound.of(inst(0x999))),
    (ShutDownFromWithin(instance_id=inst(0x103)), NothingToBringAbout(subject=inst(0x103), state="pending")),
]


@pytest.mark.parametrize(("request_", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness(request_: Request[Any], refusal: Refusal) -> None:
    assert attempt(WORLD, request_, by=w.aws) == refusal
    assert explain(WORLD, request_, by=w.aws).refusals == (refusal,)


@pytest.mark.parametrize("kind", KINDS)
def test_only_aws_brings_it_about(kind: type[Request[Any]]) -> None:
    """It is refused to everybody else, whatever there is, and nothing more is said."""
    request = REQUESTS[kind]
    for by in w.CALLERS:
        assert attempt(WORLD, request, by=by) == NotTheProvider(action=kind.__name__)
        assert explain(WORLD, request, by=by).refusals == (NotTheProvider(action=kind.__name__),)
    assert explain(WORLD, request, by=w.aws).allowed is True


@pytest.mark.parametrize("kind", KINDS)
def test_every_refusal_that_is_declared_has_a_witness(kind: type[Request[Any]]) -> None:
    met = {type(refusal) for request, refusal in WITNESSES if type(request) is kind}
    assert {NotTheProvider, *met} == set(kind.refusals)
    assert kind.service == "aws"
    assert ACTIONS[kind.__name__] is kind


@given(steps=st.lists(st.sampled_from([*REQUESTS.values(), *(request for request, _ in WITNESSES)]), max_size=6),
       hours=st.integers(0, 3))  # fmt: skip
def test_whatever_aws_does_the_world_holds_together(steps: list[Request[Any]], hours: int) -> None:
    world = WORLD
    for request in steps:
        answer = attempt(world, request, by=w.aws)
        if isinstance(answer, Refusal):
            assert type(answer) in request.refusals
        else:
            world = advance(answer.world, hours=hours)
    assert problems(world) == ()
    assert all(getattr(world, name).is_in_step() for name in ("images", "snapshots", "volumes", "instances"))


# --- failures ---------------------------------------------------------------------------------------------------------


def test_a_snapshot_fails_and_with_it_the_image_that_waits_for_it() -> None:
    """Rules C 1.2.3, C 1.2.4, C 9.2, C 9.3."""
    world, snapshot = apply(WORLD, FailSnapshot(snapshot_id=snap(w.PENDING), state_message="no key"), by=w.aws)
    assert (snapshot.state, snapshot.state_message) == (SnapshotState.ERROR, "no key")
    image = w.the(world, w.PENDING)
    assert (image.state, image.state_reason) == (ImageState.FAILED, StateReason("Client.InternalError", "no key"))
    told = [event.envelope()["detail"] for event in world.events]
    assert [detail.get("result", detail.get("State")) for detail in told] == ["failed", "failed"]  # type: ignore[attr-defined]  # they are mappings
    assert told[1]["ErrorMessage"] == "no key"  # type: ignore[index]  # it is a mapping
    assert len(advance(world, hours=1).events) == len(world.events) + 2  # of the other snapshot, and of an instance


def test_of_a_set_all_fail() -> None:
    """Rules C 8.9, C 9.4."""
    others = WORLD.without_tasks(task for task in WORLD.tasks if isinstance(task.work, FinishSnapshots))
    together = FinishSnapshots(snapshot_ids=[snap(w.PENDING), snap(0xD03)], event="createSnapshots")
    world = apply(
        others.with_task(timedelta(minutes=5), together), FailSnapshot(snapshot_id=snap(0xD03)), by=w.aws
    ).world
    for number in (w.PENDING, 0xD03):
        assert world.snapshots.records[snap(number)].state is SnapshotState.ERROR
    detail = world.events[0].envelope()["detail"]
    assert isinstance(detail, dict)
    assert detail["cause"] == f"Snapshot {snap(w.PENDING)} is in status error"
    assert not any(isinstance(task.work, FinishSnapshots) for task in world.tasks)


def test_a_snapshot_that_nothing_would_finish_fails_as_well() -> None:
    world = WORLD.without_tasks(WORLD.tasks)
    after = apply(world, FailSnapshot(snapshot_id=snap(0xD03)), by=w.aws)
    assert after.value.state is SnapshotState.ERROR


def test_an_image_fails_and_its_snapshots_are_finished_all_the_same() -> None:
    """Rules C 1.2.3, C 1.2.4, C 9.2."""
    reason = StateReason("Client.InstanceTerminated", "Instance terminated")
    world, image = apply(WORLD, FailImage(image_id=ami(w.PENDING), state_reason=reason), by=w.aws)
    assert (image.state, image.state_reason) == (ImageState.FAILED, reason)
    detail = world.events[0].envelope()["detail"]
    assert isinstance(detail, dict)
    assert (detail["State"], detail["ErrorMessage"]) == ("failed", "Instance terminated")
    after = advance(world, minutes=5)
    assert state_of(after, w.PENDING) is ImageState.FAILED
    assert after.snapshots.records[snap(w.PENDING)].state is SnapshotState.COMPLETED
    assert apply(WORLD, FailImage(image_id=ami(w.PENDING)), by=w.aws).value.state_reason == StateReason(
        "Server.InternalError", "Internal error"
    )


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in {Stage.DEREGISTERED, Stage.IN_RECYCLE_BIN}])
def test_a_fault_spoils_what_the_table_lets_it(stage: Stage) -> None:
    """Rule C 1.1."""
    world = w.with_changed(WORLD, w.WEB, state=stage.value)
    answer = attempt(world, FaultImage(image_id=ami(w.WEB)), by=w.aws)
    if isinstance(TRANSITIONS[stage, ImageEvent.FAULT], Never):
        assert answer == NothingToBringAbout(subject=ami(w.WEB), state=stage.value)
    else:
        assert not isinstance(answer, Refusal)
        assert state_of(answer.world, w.WEB) is ImageState.ERROR


def test_a_bundle_that_is_changed_makes_its_images_invalid_and_no_others() -> None:
    """Rules A RI-25, C 1.1: wherever they are, but not those that are ends already."""
    s3 = {"root_device_type": "instance-store", "image_location": w.LOCATION, "block_device_mappings": []}
    world = WORLD
    for number, fields in ((1, {}), (2, {"region": w.VIRGINIA}), (3, {"state": "disabled"}), (4, {"state": "failed"}),
                           (5, {"image_location": "amis/other/image.manifest.xml"})):  # fmt: skip
        world = world.with_image(w.image(number, **(s3 | fields)))
    world = world.with_image(w.image(6, image_location=w.LOCATION))  # a name that looks the same, but of EBS
    after, invalid = apply(world, ChangeBundle(image_location=w.LOCATION), by=w.aws)
    assert [image.image_id for image in invalid] == [ami(1), ami(2), ami(3)]
    states = [state_of(after, number) for number in range(1, 7)]
    assert states == ["invalid", "invalid", "invalid", "failed", "available", "available"]
    assert apply(after, ChangeBundle(image_location=w.LOCATION), by=w.aws).value == ()


def test_a_launch_fails_and_its_instance_is_terminated() -> None:
    """Rule C 12.15."""
    reason = StateReason("Client.VolumeLimitExceeded", "Volume limit exceeded")
    world, instance = apply(WORLD, FailLaunch(instance_id=inst(0x103), state_reason=reason), by=w.aws)
    assert (instance.state, instance.state_reason) == (InstanceState.TERMINATED, reason)
    assert world.instances.records[inst(0x103)] == instance
    assert not any(isinstance(task.work, MoveInstance) for task in world.tasks)
    assert advance(world, minutes=5).instances.records[inst(0x103)].state is InstanceState.TERMINATED
    assert inst(0x103) not in advance(world, hours=2).instances
    (event,) = world.events
    assert event.envelope()["detail"] == {"instance-id": inst(0x103), "state": "terminated"}
    assert event.account == w.BOB


def test_an_instance_that_was_started_again_is_stopped_again() -> None:
    """Rule B LD-28."""
    others = WORLD.without_tasks(task for task in WORLD.tasks if isinstance(task.work, MoveInstance))
    work = MoveInstance(instance_id=inst(0x103), leaving=InstanceState.PENDING, restarting=True)
    world, instance = apply(
        others.with_task(timedelta(seconds=30), work), FailLaunch(instance_id=inst(0x103)), by=w.aws
    )
    assert instance.state is InstanceState.STOPPED
    assert world.instances.records[inst(0x103)] == instance


@pytest.mark.parametrize(("behavior", "state"), [("stop", "stopping"), ("terminate", "shutting-down")])
def test_a_system_shuts_down_by_itself(behavior: str, state: str) -> None:
    """Rule C 12.6."""
    instance = evolve(WORLD.instances.records[inst(0x101)], instance_initiated_shutdown_behavior=behavior)
    world, leaving = apply(WORLD.with_instance(instance), ShutDownFromWithin(instance_id=inst(0x101)), by=w.aws)
    assert leaving.state == state
    arrived = advance(world, minutes=1).instances.records[inst(0x101)].state
    assert arrived is (InstanceState.STOPPED if behavior == "stop" else InstanceState.TERMINATED)


# --- what AWS says of things ------------------------------------------------------------------------------------------


def test_a_key_changes_its_state_and_keeps_its_names() -> None:
    """Rules B EN-7, B EN-11."""
    world, key = apply(WORLD, ChangeKeyState(kms_key_id=w.KEY, key_state="PendingDeletion"), by=w.aws)
    assert key.key_state is KeyState.PENDING_DELETION
    assert world.keys[w.KEY] == key
    assert world.key_aliases == WORLD.key_aliases
    with pytest.raises(Malformed):
        ChangeKeyState(kms_key_id="alias/golden", key_state="Enabled")


def test_a_scan_is_seen_by_whoever_can_use_the_image() -> None:
    """Rules A SR-1, B FI-2."""
    world = apply(WORLD, ScanImage(image_id=ami(w.TO_BOB), scan_results=RESULTS), by=w.aws).world
    (seen,) = ask(world, DescribeImages(image_ids=[ami(w.TO_BOB)]), by=w.bob)
    assert seen.scan_results == RESULTS


def test_a_parameter_leads_to_the_new_image_and_remembers_the_old() -> None:
    """Rules A 10.4, A NF-3."""
    world = apply(WORLD, PublishParameter(name=w.PARAMETER, image_id=ami(w.OPEN)), by=w.aws).world
    assert world.parameters[FRANKFURT, w.PARAMETER] == (ami(w.OLD_LINUX), ami(w.LINUX), ami(w.OPEN))
    assert world.parameter_of(ami(w.OPEN)) == w.PARAMETER
    assert world.parameter_of(ami(w.LINUX)) is None
    again = apply(world, PublishParameter(name=w.PARAMETER, image_id=ami(w.OPEN)), by=w.aws).world
    assert again == world


@pytest.mark.parametrize(
    ("created", "deprecated", "launched", "unpublished"),
    [
        # B LP-36: past its deprecation, and six months without a launch
        ("2025-11-30T00:00:00Z", "2026-05-01T00:00:00Z", None,                   True),
        ("2025-12-01T00:00:00Z", "2026-05-01T00:00:00Z", None,                   True),
        ("2025-12-01T00:00:01Z", "2026-05-01T00:00:00Z", None,                   False),
        ("2025-11-30T00:00:00Z", "2026-06-01T00:00:00Z", None,                   True),
        ("2025-11-30T00:00:00Z", "2026-06-01T00:00:01Z", None,                   False),
        ("2025-11-30T00:00:00Z", None,                   None,                   False),
        ("2025-01-01T00:00:00Z", "2026-05-01T00:00:00Z", "2025-12-01T00:00:00Z", True),
        ("2025-01-01T00:00:00Z", "2026-05-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
    ],
)  # fmt: skip
def test_aws_unpublishes_what_is_deprecated_and_nobody_launches(
    created: str, deprecated: str | None, launched: str | None, unpublished: bool
) -> None:
    image = w.image(
        1, creation_date=parse(created), deprecation_time=deprecated and parse(deprecated),
        launches=[parse(launched)] if launched else [], launch_permissions=[EVERYONE, AccountPermission(w.BOB)],
    )  # fmt: skip
    world = World(now=w.NOW).with_image(image).with_image(evolve(image, image_id=ami(2), region=w.VIRGINIA))
    after, found = apply(world, UnpublishUnusedImages(), by=w.aws)
    assert found == ((ami(1),) if unpublished else ())
    assert w.the(after, 1).public is not unpublished
    assert list(w.the(after, 1).launch_permissions.accounts) == [w.BOB]
    assert w.the(after, 1).deprecation_time == image.deprecation_time  # B LP-35
    assert w.the(after, 2).public


@pytest.mark.parametrize(
    ("instant", "months", "later"),
    [
        ("2026-01-15T01:02:03Z", 6, "2026-07-15T01:02:03Z"),
        ("2026-08-15T00:00:00Z", 6, "2027-02-15T00:00:00Z"),
        ("2026-08-31T00:00:00Z", 6, "2027-03-01T00:00:00Z"),  # 2027 has no 31st of February
        ("2027-08-29T00:00:00Z", 6, "2028-02-29T00:00:00Z"),
        ("2026-06-30T00:00:00Z", 6, "2026-12-30T00:00:00Z"),
        ("2026-12-31T00:00:00Z", 12, "2027-12-31T00:00:00Z"),
    ],
)
def test_months_go_by_the_calendar(instant: str, months: int, later: str) -> None:
    assert _months_after(parse(instant), months) == parse(later)


@given(instant=st.datetimes(datetime(2006, 1, 1), datetime(2100, 1, 1)), months=st.integers(1, 30))  # noqa: DTZ001 - a zone does not matter
def test_months_are_neither_too_short_nor_too_long(instant: datetime, months: int) -> None:
    days = (_months_after(instant, months) - instant).days
    assert 28 * months <= days <= 31 * months + 1
