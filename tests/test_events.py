"""The JSON that EventBridge delivers: rules C 9.1 to C 9.4."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.clock import parse
from amimodel.events import (
    Event,
    ImageStateChange,
    InstanceStateChange,
    Occurrence,
    SnapshotNotification,
    SnapshotSetMember,
    SnapshotSetNotification,
    VolumeNotification,
    as_uuid,
)
from amimodel.identifiers import ImageId, InstanceId, SnapshotId, VolumeId
from amimodel.instances import InstanceState
from amimodel.quirks import Quirks, SnapshotEventArn
from amimodel.regions import as_region
from amimodel.vocabulary import ImageState

ALICE, BOB = "111122223333", "999988887777"
START, END = parse("2026-06-01T00:00:00.250Z"), parse("2026-06-01T00:05:00Z")
REQUEST = as_uuid(7)
SNAP, OTHER = SnapshotId("snap-12345678"), SnapshotId("snap-87654321")
SNAP_ARN = "arn:aws:ec2:eu-central-1::snapshot/snap-12345678"
VOLUME_ARN = "arn:aws:ec2:eu-central-1::volume/vol-12345678"

CREATED = SnapshotNotification(
    event="createSnapshot", snapshot_id=SNAP, source=VOLUME_ARN, start_time=START, end_time=END
)


def sent(occurrence: Occurrence, region: str = "eu-central-1", quirks: Quirks | None = None) -> dict[str, Any]:
    event = Event(number=3, time=END, account=ALICE, region=region, request_id=REQUEST, occurrence=occurrence)
    told: dict[str, Any] = json.loads(json.dumps(event.envelope(quirks or Quirks())))
    return told


def enveloped(detail_type: str, resources: list[str], detail: dict[str, object]) -> dict[str, object]:
    return {
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000003",
        "detail-type": detail_type,
        "source": "aws.ec2",
        "account": ALICE,
        "time": "2026-06-01T00:05:00Z",
        "region": "eu-central-1",
        "resources": resources,
        "detail": detail,
    }


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (ImageState.AVAILABLE, ""),
        (ImageState.FAILED, "no key"),
        (ImageState.DEREGISTERED, ""),
        (ImageState.DISABLED, ""),
    ],
)
def test_an_image_in_another_state(state: ImageState, message: str) -> None:
    """Rule C 9.2."""
    change = ImageStateChange(image_id=ImageId("ami-12345678"), state=state, error_message=message)
    assert sent(change) == enveloped(
        "EC2 AMI State Change",
        ["arn:aws:ec2:eu-central-1::image/ami-12345678"],
        {"RequestId": REQUEST, "ImageId": "ami-12345678", "State": state.value, "ErrorMessage": message},
    )


def test_a_snapshot_completed() -> None:
    """Rule C 9.3; times in whole seconds, as in the samples of the EBS User Guide."""
    assert sent(CREATED) == enveloped(
        "EBS Snapshot Notification",
        [SNAP_ARN],
        {
            "event": "createSnapshot", "result": "succeeded", "cause": "", "request-id": REQUEST,
            "snapshot_id": SNAP_ARN, "source": VOLUME_ARN, "startTime": "2026-06-01T00:00:00Z",
            "endTime": "2026-06-01T00:05:00Z",
        },
    )  # fmt: skip


@pytest.mark.parametrize(("incremental", "written"), [(True, "true"), (False, "false")])
def test_a_copy_says_whether_it_is_incremental_and_that_as_text(incremental: bool, written: str) -> None:
    """Rule C 9.3."""
    copied = SnapshotNotification(
        event="copySnapshot", snapshot_id=SNAP, source=SNAP_ARN, start_time=START, end_time=END,
        incremental=incremental,
    )  # fmt: skip
    assert sent(copied)["detail"]["Incremental"] == written
    assert "Incremental" not in sent(CREATED)["detail"]


def test_a_failure_says_why() -> None:
    """Rule C 9.3."""
    failed = SnapshotNotification(
        event="copySnapshot", snapshot_id=SNAP, source=SNAP_ARN, start_time=START, end_time=END, succeeded=False,
        cause="Given key ID is not accessible",
    )  # fmt: skip
    detail = sent(failed)["detail"]
    assert (detail["result"], detail["cause"]) == ("failed", "Given key ID is not accessible")


def test_a_shared_snapshot_is_told_with_the_account_that_shares_it() -> None:
    """Rule C 9.3."""
    shared = SnapshotNotification(event="shareSnapshot", snapshot_id=SNAP, source=BOB, start_time=START, end_time=END)
    assert sent(shared)["detail"]["source"] == BOB


@pytest.mark.parametrize("completed", [True, False])
def test_a_set_of_snapshots(completed: bool) -> None:
    """Rule C 9.4."""
    members = [
        SnapshotSetMember(snapshot_id=SNAP, volume_id=VolumeId("vol-12345678"), completed=True),
        SnapshotSetMember(snapshot_id=OTHER, volume_id=VolumeId("vol-87654321"), completed=completed),
    ]
    cause = "" if completed else "Snapshot snap-87654321 is in status error"
    told = SnapshotSetNotification(snapshots=members, start_time=START, end_time=END, cause=cause)
    assert sent(told) == enveloped(
        "EBS Multi-Volume Snapshots Completion Status",
        [SNAP_ARN, SNAP_ARN.replace("12345678", "87654321")],
        {
            "event": "createSnapshots", "result": "succeeded" if completed else "failed", "cause": cause,
            "request-id": REQUEST, "startTime": "2026-06-01T00:00:00Z", "endTime": "2026-06-01T00:05:00Z",
            "snapshots": [
                {"snapshot_id": SNAP_ARN, "source": VOLUME_ARN, "status": "completed"},
                {"snapshot_id": SNAP_ARN.replace("12345678", "87654321"),
                 "source": VOLUME_ARN.replace("12345678", "87654321"), "status": "completed" if completed else "error"},
            ],
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("event", "succeeded", "result"),
    [
        ("createVolume", True,  "available"),
        ("deleteVolume", True,  "deleted"),
        ("attachVolume", True,  "attached"),
        ("detachVolume", True,  "detached"),
        ("createVolume", False, "failed"),
        ("attachVolume", False, "failed"),
    ],
)  # fmt: skip
def test_a_volume(event: str, succeeded: bool, result: str) -> None:
    """Rule C 9.4."""
    cause = "" if succeeded else "no key"
    told = VolumeNotification(event=event, volume_id=VolumeId("vol-12345678"), succeeded=succeeded, cause=cause)
    assert sent(told) == enveloped(
        "EBS Volume Notification",
        [f"arn:aws:ec2:eu-central-1:{ALICE}:volume/vol-12345678"],
        {"event": event, "result": result, "cause": cause, "request-id": REQUEST},
    )


@pytest.mark.parametrize("state", InstanceState)
def test_an_instance_in_another_state(state: InstanceState) -> None:
    """Rule C 9.4."""
    assert sent(InstanceStateChange(instance_id=InstanceId("i-12345678"), state=state)) == enveloped(
        "EC2 Instance State-change Notification",
        [f"arn:aws:ec2:eu-central-1:{ALICE}:instance/i-12345678"],
        {"instance-id": "i-12345678", "state": state.value},
    )


def test_arns_are_those_of_the_partition() -> None:
    """Rule C 0.9."""
    told = sent(CREATED, region="cn-north-1")
    assert told["resources"] == ["arn:aws-cn:ec2:cn-north-1::snapshot/snap-12345678"] == [told["detail"]["snapshot_id"]]
    assert told["region"] == "cn-north-1"


def test_the_arn_in_a_snapshots_event_may_be_spelled_as_in_the_samples() -> None:
    """Rule C 9.3, by the quirk."""
    told = sent(CREATED, quirks=Quirks(snapshot_event_arn=SnapshotEventArn.AS_IN_THE_SAMPLES))
    assert told["detail"]["snapshot_id"] == "arn:aws:ec2::eu-central-1:snapshot/snap-12345678"
    assert told["resources"] == [SNAP_ARN]


@given(one=st.integers(0, 10**9), other=st.integers(0, 10**9))
def test_ids_of_events_are_uuids_and_tell_them_apart(one: int, other: int) -> None:
    """Rule C 9.1."""
    assert str(UUID(as_uuid(one))) == as_uuid(one)
    assert (as_uuid(one) == as_uuid(other)) is (one == other)


@pytest.mark.parametrize(
    ("occurrence", "told"),
    [
        (ImageStateChange(image_id=ImageId("ami-12345678"), state=ImageState.FAILED), "ami-12345678 is failed"),
        (InstanceStateChange(instance_id=InstanceId("i-12345678"), state=InstanceState.STOPPED),
         "i-12345678 is stopped"),
        (CREATED, "createSnapshot snap-12345678: succeeded"),
        (SnapshotSetNotification(
            snapshots=[SnapshotSetMember(snapshot_id=one, volume_id=VolumeId("vol-12345678"), completed=one == SNAP)
                       for one in (SNAP, OTHER)], start_time=START, end_time=END),
         "createSnapshots snap-12345678, snap-87654321: failed"),
        (VolumeNotification(event="attachVolume", volume_id=VolumeId("vol-12345678")),
         "attachVolume vol-12345678: succeeded"),
    ],
)  # fmt: skip
def test_an_event_can_be_read(occurrence: Occurrence, told: str) -> None:
    event = Event(number=1, time=END, account=ALICE, region="eu-central-1", request_id="", occurrence=occurrence)
    assert str(event) == f"2026-06-01T00:05:00Z {ALICE} eu-central-1: {told}"
    assert event.detail_type == occurrence.detail_type


def test_an_event_is_a_value() -> None:
    event = Event(number=1, time=datetime.fromisoformat("2026-06-01T02:05:00+02:00"), account=ALICE,
                  region=as_region("eu-central-1"), request_id="", occurrence=CREATED)  # fmt: skip
    assert event.time == parse("2026-06-01T00:05:00Z")
    assert hash(event) == hash(event)
