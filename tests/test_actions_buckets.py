"""What is done in S3 beside EC2: rules C 7.2, C 7.8, C 7.18, C 7.31."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import (
    ACTIONS,
    ChangeBucketPolicy,
    CopyStoredImage,
    CreateBucket,
    CreateStoreImageTask,
    DeleteStoredImage,
)
from amimodel.buckets import Bucket
from amimodel.callers import Caller
from amimodel.engine import advance, apply, attempt
from amimodel.example_worlds import BUILD, FRANKFURT, PARTNER, PROD, VIRGINIA, example_world
from amimodel.integrity import problems
from amimodel.malformed import Malformed
from amimodel.refusals import (
    BucketAlreadyExists,
    BucketNotFound,
    NothingToBringAbout,
    NotTheProvider,
    ObjectNotFound,
    Refusal,
)
from amimodel.requests import Request
from amimodel.tags import NO_TAGS
from reference.stores import touched

WORLD = example_world().with_bucket(Bucket(name="virginia", owner_id=PARTNER, region=VIRGINIA))
AWS, AWS_THERE = Caller.provider(FRANKFURT), Caller.provider(VIRGINIA)
BUILDER = Caller(account=BUILD, region=FRANKFURT)
BUCKET, KEY, OTHER = "golden-images", "ami-0fa00000000000410.bin", "ami-0fa00000000000440"
BUSY = apply(WORLD, CreateStoreImageTask(image_id=OTHER, bucket=BUCKET), by=BUILDER).world
MAKING = CreateBucket(bucket="new", account_id=PARTNER)
COPYING = CopyStoredImage(bucket=BUCKET, object_key=KEY, destination_bucket="virginia")
DELETING = DeleteStoredImage(bucket=BUCKET, object_key=KEY)

WITNESSES: list[tuple[Request[Any], Refusal]] = [
    (CreateBucket(bucket=BUCKET, account_id=PARTNER), BucketAlreadyExists(bucket=BUCKET)),
    (ChangeBucketPolicy(bucket="nowhere"), BucketNotFound(bucket="nowhere")),
    (evolve(COPYING, bucket="nowhere"), BucketNotFound(bucket="nowhere")),
    (evolve(COPYING, destination_bucket="nowhere"), BucketNotFound(bucket="nowhere")),
    (evolve(COPYING, object_key="x"), ObjectNotFound(bucket=BUCKET, object_key="x")),
    (
        evolve(COPYING, destination_bucket=BUCKET, destination_object_key=f"{OTHER}.bin"),
        NothingToBringAbout(subject=f"{BUCKET}/{OTHER}.bin", state="being written"),
    ),
    (evolve(DELETING, bucket="nowhere"), BucketNotFound(bucket="nowhere")),
    (evolve(DELETING, object_key=f"{OTHER}.bin"), ObjectNotFound(bucket=BUCKET, object_key=f"{OTHER}.bin")),
]
REQUESTS: tuple[Request[Any], ...] = (MAKING, ChangeBucketPolicy(bucket=BUCKET), COPYING, DELETING)


@pytest.mark.parametrize(("request_", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness(request_: Request[Any], refusal: Refusal) -> None:
    assert attempt(BUSY, request_, by=AWS) == refusal


@pytest.mark.parametrize("request_", REQUESTS)
def test_nobody_else_asks_for_it_here_and_every_refusal_has_its_witness(request_: Request[Any]) -> None:
    kind = type(request_)
    assert attempt(BUSY, request_, by=BUILDER) == NotTheProvider(action=kind.__name__)
    met = (type(refusal) for request, refusal in WITNESSES if type(request) is kind)
    assert (NotTheProvider, *dict.fromkeys(met)) == kind.refusals
    assert ACTIONS[kind.__name__] is kind
    assert kind.service == "aws"


def test_the_name_of_a_bucket_is_well_formed() -> None:
    with pytest.raises(Malformed, match="InvalidBucketName"):
        _ = CreateBucket(bucket="Golden", account_id=PARTNER)


def test_a_new_bucket_is_its_owners_alone_in_the_region_of_the_request() -> None:
    """Rule C 7.2."""
    after, made = apply(WORLD, MAKING, by=AWS_THERE)
    assert made == Bucket(name="new", owner_id=PARTNER, region=VIRGINIA) == after.buckets["new"]
    assert touched(WORLD, after) == {"buckets": set()}


def test_a_policy_is_written_anew() -> None:
    """Rule C 7.2: those that it does not name are let in no more."""
    after, changed = apply(WORLD, ChangeBucketPolicy(bucket=BUCKET, writers=[PARTNER]), by=AWS)
    assert (changed.readers, changed.writers, changed.owner_id) == ((), (PARTNER,), BUILD)
    assert WORLD.buckets[BUCKET].lets_read(PROD)
    assert not after.buckets[BUCKET].lets_read(PROD)


def test_an_object_is_copied_as_it_is_and_takes_the_place_of_another() -> None:
    """Rule C 7.18."""
    after, copy = apply(WORLD, COPYING, by=AWS)
    assert copy == evolve(WORLD.stored_images[BUCKET, KEY], bucket="virginia")
    assert after.stored_image(BUCKET, KEY) is not None
    renamed = evolve(COPYING, destination_object_key="golden.bin")
    twice = apply(apply(after, renamed, by=AWS).world, renamed, by=AWS).world
    assert [*twice.stored_images] == [(BUCKET, KEY), ("virginia", KEY), ("virginia", "golden.bin")]
    assert evolve(COPYING, destination_object_key="") == COPYING
    assert problems(twice) == ()


def test_what_was_deleted_can_be_stored_again() -> None:
    """Rule C 7.8."""
    after = apply(WORLD, DELETING, by=AWS).world
    assert after.stored_image(BUCKET, KEY) is None
    storing = CreateStoreImageTask(image_id="ami-0fa00000000000410", bucket=BUCKET)
    assert isinstance(attempt(WORLD, storing, by=BUILDER), Refusal)
    stored = advance(apply(after, storing, by=BUILDER).world, hours=1).stored_image(BUCKET, KEY)
    assert stored is not None
    assert stored.s3_object_tags == NO_TAGS


@given(steps=st.lists(st.sampled_from([*REQUESTS, *(request for request, _ in WITNESSES)]), max_size=8))
def test_whatever_is_done_there_the_world_holds_together(steps: list[Request[Any]]) -> None:
    world = BUSY
    for request in steps:
        answer = attempt(world, request, by=AWS)
        world = world if isinstance(answer, Refusal) else answer.world
        assert problems(world) == ()
    assert {*touched(BUSY, world)} <= {"buckets", "stored_images"}
