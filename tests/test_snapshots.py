"""Snapshots: rules C 8.1, B SP-1, B SP-8, A BI-10."""

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given, settings
from hypothesis import strategies as st

from amimodel.malformed import Malformed
from amimodel.permissions import NOBODY
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier, TransferType
from amimodel.testing import strategies as ec2

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def a_snapshot(**fields: object) -> Snapshot:
    given_fields: dict[str, object] = {
        "snapshot_id": "snap-12345678",
        "owner_id": "111122223333",
        "volume_id": "vol-12345678",
        "volume_size_gib": 8,
        "start_time": NEW_YEAR,
        **fields,
    }
    return Snapshot(**given_fields)  # type: ignore[arg-type]  # each test says what it gives


def test_a_new_snapshot_is_its_owners_alone() -> None:
    """Rules C 8.1, B SP-15."""
    snapshot = a_snapshot()
    assert snapshot.state is SnapshotState.COMPLETED
    assert snapshot.storage_tier is StorageTier.STANDARD
    assert snapshot.create_volume_permissions == NOBODY
    assert (snapshot.progress, snapshot.encrypted, len(snapshot.tags), snapshot.billing) == ("100%", False, 0, None)


@given(ec2.snapshots())
def test_a_snapshot_survives_pickling_and_evolving(snapshot: Snapshot) -> None:
    assert pickle.loads(pickle.dumps(snapshot)) == snapshot
    assert evolve(snapshot) == snapshot
    assert hash(evolve(snapshot)) == hash(snapshot)


@given(ec2.snapshots())
def test_a_drawn_snapshot_is_consistent(snapshot: Snapshot) -> None:
    """Rules C 8.1, B SP-8, B MP-5."""
    assert (snapshot.kms_key_id is not None) is snapshot.encrypted
    assert snapshot.encrypted or snapshot.data_encryption_key_id is None
    permissions = snapshot.create_volume_permissions
    assert permissions is not None
    if permissions.everyone:
        assert not snapshot.encrypted
        assert not snapshot.product_codes
    if snapshot.completion_time is not None:
        assert snapshot.start_time <= snapshot.completion_time
    if snapshot.state in {SnapshotState.PENDING, SnapshotState.ERROR}:
        assert snapshot.progress != "100%"
        assert snapshot.completion_time is None
        assert len(permissions) == 0
    assert (snapshot.state_message is not None) is (snapshot.state is SnapshotState.ERROR)
    if snapshot.region is not None and snapshot.kms_key_id is not None:
        assert f":{snapshot.region}:{snapshot.owner_id}:" in snapshot.kms_key_id
    if snapshot.full_snapshot_size_bytes is not None:
        assert snapshot.full_snapshot_size_bytes <= snapshot.volume_size_gib * 2**30


@pytest.mark.parametrize("state", SnapshotState)
@settings(max_examples=20)
@given(data=st.data())
def test_a_snapshot_can_be_asked_for_in_any_state(state: SnapshotState, data: st.DataObject) -> None:
    """Rule C 8.1."""
    assert data.draw(ec2.snapshots(state=state.value)).state is state


@given(ec2.snapshots(encrypted=True, create_volume_permissions=ec2.create_volume_permission_lists(everyone=True)))
def test_what_is_fixed_is_kept_even_where_ec2_would_not_have_it(snapshot: Snapshot) -> None:
    assert snapshot.encrypted
    assert snapshot.create_volume_permissions is not None
    assert snapshot.create_volume_permissions.everyone


@given(ec2.snapshots(create_volume_permissions=None))
def test_whether_a_snapshot_is_shared_need_not_be_told(snapshot: Snapshot) -> None:
    """Rule B SP-15: DescribeSnapshots does not tell."""
    assert snapshot.create_volume_permissions is None
    assert snapshot != evolve(snapshot, create_volume_permissions=NOBODY)


@pytest.mark.parametrize("text", ["", "0%", "7%", "99%", "100%"])
def test_progress_is_a_percentage(text: str) -> None:
    """Rules C 8.1, C 8.2 (row 8.1)."""
    assert a_snapshot(progress=text).progress == text


@pytest.mark.parametrize(
    ("fields", "code", "member"),
    [
        ({"progress": "101%"},                 "InvalidParameterValue",       "Progress"),
        ({"progress": "50"},                   "InvalidParameterValue",       "Progress"),
        ({"progress": "%"},                    "InvalidParameterValue",       "Progress"),
        ({"progress": "100%\n"},               "InvalidParameterValue",       "Progress"),
        ({"progress": None},                   "InvalidParameterValue",       "Progress"),
        ({"volume_size_gib": 0},               "InvalidParameterValue",       "VolumeSize"),
        ({"kms_key_id": "alias/aws/ebs"},      "InvalidParameterValue",       "KmsKeyId"),
        ({"snapshot_id": "ami-12345678"},      "InvalidSnapshotID.Malformed", "SnapshotId"),
        ({"volume_id": "vol-1"},               "InvalidVolumeID.Malformed",   "VolumeId"),
        ({"owner_id": "self"},                 "InvalidUserID.Malformed",     "OwnerId"),
        ({"state": "ready"},                   "InvalidParameterValue",       "State"),
        ({"storage_tier": "glacier"},          "InvalidParameterValue",       "StorageTier"),
        ({"transfer_type": "fast"},            "InvalidParameterValue",       "TransferType"),
        ({"start_time": datetime(2026, 1, 1)}, "InvalidParameterValue",       "Time"),  # noqa: DTZ001 - that is the point
        ({"description": "x" * 256},           "InvalidParameterValue",       "Description"),
        ({"region": "us-east"},                "InvalidRegion",               "Region"),
    ],
)  # fmt: skip
def test_what_no_snapshot_can_be(fields: dict[str, object], code: str, member: str) -> None:
    """Rules C 8.1, B EN-12."""
    with pytest.raises(Malformed) as caught:
        a_snapshot(**fields)
    assert (caught.value.code, caught.value.member) == (code, member)


def test_an_encrypted_snapshot_names_its_key() -> None:
    """Rule B EN-12."""
    assert a_snapshot(encrypted=True, kms_key_id="alias/aws/ebs").kms_key_id == "alias/aws/ebs"


def test_times_are_kept_in_utc() -> None:
    moved = NEW_YEAR.astimezone(timezone(timedelta(hours=9)))
    snapshot = a_snapshot(start_time=moved, completion_time=moved)
    assert (snapshot.start_time, snapshot.start_time.tzinfo) == (NEW_YEAR, UTC)
    assert snapshot == a_snapshot(completion_time=NEW_YEAR)


def test_a_snapshot_never_changes() -> None:
    with pytest.raises(FrozenInstanceError):
        a_snapshot().encrypted = True  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    ("words", "shape"), [(SnapshotState, "SnapshotState"), (StorageTier, "StorageTier"), (TransferType, "TransferType")]
)
def test_the_words_are_those_of_botocore(words: type[SnapshotState], shape: str) -> None:
    session = pytest.importorskip("botocore.session").get_session()
    assert set(session.get_service_model("ec2").shape_for(shape).enum) == set(words)
