"""What is done in S3 beside EC2 that decides its answers: buckets, and the objects in which images are stored.

A bucket is made, its policy is written, and an object is copied or deleted with S3's own actions, by whoever may. Here
only `Caller.provider(region)` asks for it, as for all that is done beside EC2, and it is decided as any other request.

Source: S3 API Reference, CreateBucket, PutBucketPolicy, CopyObject, DeleteObject; rules C 7.2, C 7.8, C 7.18, C 7.31,
C 7.40.
"""

from collections.abc import Iterable
from typing import ClassVar

from attrs import evolve, field, frozen
from attrs.converters import optional

from amimodel.actions._finding import the_provider
from amimodel.buckets import Bucket, bucket_name
from amimodel.callers import Caller
from amimodel.identifiers import AccountId, account_id
from amimodel.refusals import (
    BucketAlreadyExists,
    BucketNotFound,
    NothingToBringAbout,
    NotTheProvider,
    ObjectNotFound,
    Refusal,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, nothing
from amimodel.stored_images import StoredImage
from amimodel.world import World


def _account_id(text: str) -> AccountId:
    return account_id(text, "AccountId")


def _accounts(accounts: Iterable[str]) -> tuple[AccountId, ...]:
    return tuple(_account_id(one) for one in accounts)


def _key(text: str) -> str | None:
    return text or None  # an empty text counts as absent (settlement S 17)


def _bucket(world: World, name: str) -> Finding[Bucket]:
    bucket = world.buckets.get(name)
    return (yield from nothing(BucketNotFound(bucket=name))) if bucket is None else bucket


def _object(world: World, bucket: str, object_key: str) -> Finding[StoredImage]:
    stored = world.stored_image(bucket, object_key)
    if stored is None:
        return (yield from nothing(ObjectNotFound(bucket=bucket, object_key=object_key)))
    return stored


@frozen(kw_only=True)
class CreateBucket(Request[Bucket]):
    """Let an account make a bucket in the Region of the request. Nobody else may read or write there yet.

    Raises `Malformed` (`InvalidBucketName`).

    Source: S3 API Reference, CreateBucket; rules C 7.2, C 7.31.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, BucketAlreadyExists)

    bucket: str = field(converter=bucket_name)
    account_id: AccountId = field(converter=_account_id)

    def decide(self, world: World, by: Caller) -> Deciding[Bucket]:
        """Go through the checks in order, then make it."""
        yield from the_provider(by, self.action)
        if self.bucket in world.buckets:
            yield BucketAlreadyExists(bucket=self.bucket)
        yield GRANTED
        made = Bucket(name=self.bucket, owner_id=self.account_id, region=by.region)
        return Outcome(world.with_bucket(made), made)


@frozen(kw_only=True)
class ChangeBucketPolicy(Request[Bucket]):
    """Let a bucket's policy be written anew: who beside its owner may read there, and who may write.

    What is under way feels it at its end.

    Source: S3 API Reference, PutBucketPolicy; rules C 7.2, C 7.40.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, BucketNotFound)

    bucket: str
    readers: tuple[AccountId, ...] = field(default=(), converter=_accounts)
    writers: tuple[AccountId, ...] = field(default=(), converter=_accounts)

    def decide(self, world: World, by: Caller) -> Deciding[Bucket]:
        """Go through the checks in order, then write the policy."""
        yield from the_provider(by, self.action)
        bucket = yield from _bucket(world, self.bucket)
        yield GRANTED
        changed = evolve(bucket, readers=self.readers, writers=self.writers)
        return Outcome(world.with_bucket(changed), changed)


@frozen(kw_only=True)
class CopyStoredImage(Request[StoredImage]):
    """Copy an object in which an image is stored to another bucket, wherever that is: so an image leaves a partition.

    The copy has the key that is named, or else that of the object, and stands in place of what had it. It is refused
    (`NothingToBringAbout`) where an object of that key is being written.

    Source: S3 API Reference, CopyObject; EC2 User Guide, "Store and restore an AMI using S3"; rule C 7.18.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        NotTheProvider,
        BucketNotFound,
        ObjectNotFound,
        NothingToBringAbout,
    )

    bucket: str
    object_key: str
    destination_bucket: str
    destination_object_key: str | None = field(default=None, converter=optional(_key))

    def decide(self, world: World, by: Caller) -> Deciding[StoredImage]:
        """Go through the checks in order, then copy it."""
        yield from the_provider(by, self.action)
        _ = yield from _bucket(world, self.bucket)
        _ = yield from _bucket(world, self.destination_bucket)
        stored = yield from _object(world, self.bucket, self.object_key)
        copy = evolve(stored, bucket=self.destination_bucket, object_key=self.destination_object_key or self.object_key)
        there = world.stored_images.get((copy.bucket, copy.object_key))
        if there is not None and there.store_time is None:
            yield NothingToBringAbout(subject=f"{copy.bucket}/{copy.object_key}", state="being written")
        yield GRANTED
        return Outcome(world.with_stored_image(copy), copy)


@frozen(kw_only=True)
class DeleteStoredImage(Request[None]):
    """Delete an object in which an image is stored; what was restored of it stays, and is restored to the end.

    Source: S3 API Reference, DeleteObject; rule C 7.8.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, BucketNotFound, ObjectNotFound)

    bucket: str
    object_key: str

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        """Go through the checks in order, then delete it."""
        yield from the_provider(by, self.action)
        _ = yield from _bucket(world, self.bucket)
        _ = yield from _object(world, self.bucket, self.object_key)
        yield GRANTED
        return Outcome(world.without_stored_image(self.bucket, self.object_key), None)
