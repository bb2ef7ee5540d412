"""Buckets, stored images and store tasks as values: rules C 7, C 7.1, C 7.2, C 7.9 to C 7.11, C 7.15."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.buckets import Bucket, bucket_name
from amimodel.clock import parse
from amimodel.examples import WEB
from amimodel.malformed import Malformed
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask, StoreTaskState, object_key, object_tags
from amimodel.tags import Tags

NOW = parse("2026-06-01T00:00:00Z")
OWNER, READER, WRITER = "111122223333", "444455556666", "777788889999"
BUCKET = Bucket(name="golden-images", owner_id=OWNER, region="eu-central-1", readers=[READER], writers=[WRITER])
TASK = StoreImageTask(
    ami_id="ami-12345678", task_start_time=NOW, bucket="golden-images", s3object_key="ami-12345678.bin",
    owner_id=OWNER, region="eu-central-1",
)  # fmt: skip
DISK = Snapshot(
    snapshot_id="snap-12345678", owner_id=OWNER, volume_id="vol-12345678", volume_size_gib=8, start_time=NOW
)


@pytest.mark.parametrize(
    ("account", "reads", "writes"),
    [(OWNER, True, True), (READER, True, False), (WRITER, False, True), ("999988887777", False, False)],
)
def test_a_bucket_lets_its_owner_do_everything_and_others_what_its_policy_says(
    account: str, reads: bool, writes: bool
) -> None:
    """Rule C 7.2."""
    assert (BUCKET.lets_read(account), BUCKET.lets_write(account)) == (reads, writes)


def test_an_account_is_let_at_a_bucket_once() -> None:
    assert evolve(BUCKET, readers=[READER, READER]) == BUCKET


@pytest.mark.parametrize("name", ["abc", "golden-images", "amis.example.com", "0" * 63])
def test_what_is_the_name_of_a_bucket_is_taken(name: str) -> None:
    assert bucket_name(name) == name


@pytest.mark.parametrize("name", ["", "ab", "Golden", "-abc", "abc-", "a_b", "a" * 64, "a\n", None])
def test_what_is_no_name_of_a_bucket_is_malformed(name: Any) -> None:
    with pytest.raises(Malformed) as told:
        _ = bucket_name(name)
    assert told.value.code == "InvalidBucketName"
    assert told.value.member == "Bucket"


def test_an_object_has_a_key() -> None:
    """Settlement S 17."""
    assert object_key("a/b.bin") == "a/b.bin"
    with pytest.raises(Malformed, match="MissingParameter"):
        _ = object_key("")


@given(tags=st.dictionaries(st.text(min_size=1, max_size=128), st.text(max_size=256), max_size=4))
def test_an_object_can_have_every_tag_but_those_of_aws(tags: dict[str, str]) -> None:
    """Rule C 7.9."""
    if any(key.startswith("aws:") for key in tags):
        with pytest.raises(Malformed):
            _ = object_tags(tags)
    else:
        assert object_tags(tags) == Tags(tags)


def test_the_size_of_what_is_stored_is_that_of_its_volumes() -> None:
    """Rule C 7.6."""
    stored = StoredImage(bucket="golden-images", object_key="x", image=WEB)
    assert (stored.size_gib, stored.store_time) == (0, None)
    both = [DISK, evolve(DISK, snapshot_id="snap-87654321", volume_size_gib=20)]
    assert evolve(stored, snapshots=both).size_gib == 28


@pytest.mark.parametrize(
    "facts",
    [
        {"progress_percentage": -1},
        {"progress_percentage": 101},
        {"progress_percentage": True},
        {"store_task_state": "Failed"},
        {"store_task_failure_reason": "Internal error"},
        {"store_task_state": "Completed", "store_task_failure_reason": "Internal error"},
        {"ami_id": "web"},
        {"bucket": "Golden"},
        {"s3object_key": ""},
        {"store_task_state": "Done"},
    ],
)
def test_a_task_that_cannot_be_is_malformed(facts: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        _ = evolve(TASK, **facts)


@pytest.mark.parametrize("state", StoreTaskState)
def test_a_task_in_progress_is_not_over(state: StoreTaskState) -> None:
    """Rule C 7.10."""
    reason = "Internal error" if state is StoreTaskState.FAILED else None
    task = evolve(TASK, store_task_state=state, store_task_failure_reason=reason)
    assert task.in_progress is (state is StoreTaskState.IN_PROGRESS)
