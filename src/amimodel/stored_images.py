"""Stored images, and the tasks that store them: an image as a single object in a bucket of S3.

Source: EC2 User Guide, "Store and restore an AMI using S3"; botocore 1.44.5, shape StoreImageTaskResult; rules C 7.1,
C 7.10, C 7.11, C 7.14 to C 7.16.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import unique
from typing import Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel.buckets import bucket_name
from amimodel.clock import utc
from amimodel.identifiers import AccountId, ImageId, account_id, image_id
from amimodel.images import Image
from amimodel.malformed import invalid_value
from amimodel.permission_requests import missing
from amimodel.regions import Region, as_region
from amimodel.snapshots import Snapshot
from amimodel.tags import NO_TAGS, SYSTEM_PREFIX, Tags, as_tags
from amimodel.vocabulary import Word


def object_key(text: str) -> str:
    """Read the key of an object. Raises `Malformed` (`MissingParameter`) for an empty text (settlement S 17)."""
    if not text:
        raise missing("ObjectKey")
    return text


def object_tags(tags: Mapping[str, str] | Iterable[tuple[str, str]]) -> Tags:
    """Take the tags of an object in S3, none of which begins with `aws:`.

    >>> object_tags({"Team": "platform"})
    Tags({'Team': 'platform'})
    >>> object_tags({"aws:x": "y"})
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Value (aws:x) for parameter s3ObjectTags is invalid. The key...

    Raises `Malformed`, as `Tags` does, and for a key of AWS's.

    Source: rule C 7.9.
    """
    taken = as_tags(tags)
    for key in taken:
        if key.startswith(SYSTEM_PREFIX):
            raise invalid_value("S3ObjectTags", key, f"The key of a tag may not begin with {SYSTEM_PREFIX}")
    return taken


def _snapshots(snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    return tuple(snapshots)


@frozen(kw_only=True)
class StoredImage:
    """What an object in S3 keeps of an image: enough to make another one of it, wherever the object is taken.

    `image` and `snapshots` are what was stored, without what is lost on the way: whom they were shared with, their
    keys, and all that has come to pass with them. Their ids, and the Region, tell where a restored image is from; what
    is restored has ids of its own. S3's metadata of the object are the name, description, creation date and owner of
    `image`, and `store_time`. As long as that is None, the object is being written, and nobody finds it.

    Source: rules C 7.1, C 7.11, C 7.13 to C 7.16; settlement S 41.
    """

    bucket: str = field(converter=bucket_name)
    object_key: str = field(converter=object_key)
    image: Image
    snapshots: tuple[Snapshot, ...] = field(default=(), converter=_snapshots)
    store_time: datetime | None = field(default=None, converter=optional(utc))
    s3_object_tags: Tags = field(default=NO_TAGS, converter=object_tags)

    @property
    def size_gib(self) -> int:
        """The sizes of its volumes together, before anything is compressed (rule C 7.6)."""
        return sum(snapshot.volume_size_gib for snapshot in self.snapshots)


@unique
class StoreTaskState(Word):
    """What has become of a store task (rule C 7.10)."""

    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"


_WHOLE: Final = 100


def _percentage(number: int) -> int:
    if type(number) is int and 0 <= number <= _WHOLE:
        return number
    raise invalid_value("ProgressPercentage", number, f"Expected a whole number from 0 to {_WHOLE}.")


@frozen(kw_only=True)
class StoreImageTask:
    """The storing of an image: which one, where to, and how far it has come.

    >>> from amimodel.clock import parse
    >>> task = StoreImageTask(
    ...     ami_id="ami-12345678",
    ...     task_start_time=parse("2026-01-01T00:00:00Z"),
    ...     bucket="golden-images",
    ...     s3object_key="ami-12345678.bin",
    ...     owner_id="111122223333",
    ...     region="eu-central-1",
    ... )
    >>> task.store_task_state.value, task.progress_percentage, task.store_task_failure_reason
    ('InProgress', 0, None)

    `owner_id` and `region` tell whose task it is, and where; no answer of EC2's has them. In a world, a task in
    progress is at 0 per cent: how far it has come follows from the time, and is told when it is asked for.

    Raises `Malformed`; also where there is a reason for a failure and none has come to pass, or the other way round.

    Source: botocore 1.44.5, shape StoreImageTaskResult; rules C 7, C 7.10.
    """

    ami_id: ImageId = field(converter=image_id)
    task_start_time: datetime = field(converter=utc)
    bucket: str = field(converter=bucket_name)
    s3object_key: str = field(converter=object_key)
    progress_percentage: int = field(default=0, converter=_percentage)
    store_task_state: StoreTaskState = field(default=StoreTaskState.IN_PROGRESS, converter=StoreTaskState)
    store_task_failure_reason: str | None = None
    owner_id: AccountId = field(converter=account_id)
    region: Region = field(converter=as_region)

    def __attrs_post_init__(self) -> None:
        if (self.store_task_failure_reason is not None) is not (self.store_task_state is StoreTaskState.FAILED):
            why = "There is one if the task has failed, and no other."
            raise invalid_value("StoreTaskFailureReason", self.store_task_failure_reason, why)

    @property
    def in_progress(self) -> bool:
        """Whether it is not over yet."""
        return self.store_task_state is StoreTaskState.IN_PROGRESS
