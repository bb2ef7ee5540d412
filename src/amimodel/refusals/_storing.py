"""Refusals of storing an image to S3, of restoring it, and of what lies there.

No source has seen what EC2 says in these cases: the sentences are ours, and most codes are those that `Quirks` names.
"""

from amimodel.refusals._refusal import DoubtfulRefusal, Refusal, facts_of

# --- the bucket -------------------------------------------------------------------------------------------------------


@facts_of
class BucketNotUsable(DoubtfulRefusal):
    """There is no such bucket, or it is in another Region than the request."""

    rules = "C 7.2, C 7.31, C 15 (point 13)"

    bucket: str
    region: str
    bucket_region: str | None = None
    """Where the bucket is; None where there is none."""

    @property
    def message(self) -> str:
        if self.bucket_region is None:
            return f"The bucket '{self.bucket}' does not exist."
        return f"The bucket '{self.bucket}' is in {self.bucket_region}, and the request is made in {self.region}."

    @property
    def remedy(self) -> str:
        if self.bucket_region is None:
            return f"make a bucket in {self.region}, and name that one"
        return f"make the request in {self.bucket_region}, or name a bucket in {self.region}"


@facts_of
class BucketAccessDenied(DoubtfulRefusal):
    """The bucket is somebody else's, who does not let the account write there, or read."""

    rules = "C 7.2, C 7.40, C 15 (point 13)"

    bucket: str
    account_id: str
    permission: str
    """What the account would need: `s3:PutObject` or `s3:GetObject`."""

    @property
    def message(self) -> str:
        return f"Access to the bucket '{self.bucket}' is denied."

    @property
    def remedy(self) -> str:
        return f"the owner of the bucket must allow {self.permission} there to account {self.account_id}"


# --- storing ----------------------------------------------------------------------------------------------------------


@facts_of
class SnapshotsNotShared(Refusal):
    """To be stored, an image must be shared with the account by name, and so must its snapshots."""

    code = "AuthFailure"
    rules = "C 7.4, C 1.4, C 0.6"

    image_id: str
    snapshot_ids: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"Not authorized for image:{self.image_id}"

    @property
    def remedy(self) -> str:
        return f"the owner must share {', '.join(self.snapshot_ids)} with the account itself (ModifySnapshotAttribute)"


@facts_of
class ImageKindNotStored(DoubtfulRefusal):
    """An image is stored only if it is backed by EBS, and not paravirtual."""

    rules = "C 7.3, C 15 (point 13)"

    image_id: str
    root_device_type: str
    virtualization_type: str

    @property
    def message(self) -> str:
        return (
            f"The image {self.image_id} cannot be stored: its root device type is {self.root_device_type}, and its"
            f" virtualization type {self.virtualization_type}."
        )


@facts_of
class ImageTooLargeToStore(DoubtfulRefusal):
    """The volumes of the image hold more than an object may."""

    rules = "C 7.6, C 15 (point 13)"

    image_id: str
    size_gib: int
    limit: int

    @property
    def message(self) -> str:
        return (
            f"The image {self.image_id} cannot be stored: it has {self.size_gib} GB, and {self.limit} GB are allowed."
        )


@facts_of
class ImageStoredAlready(DoubtfulRefusal):
    """The bucket has an object of the image, or is getting one."""

    rules = "C 7.8, C 15 (point 13)"

    bucket: str
    object_key: str
    in_progress: bool

    @property
    def message(self) -> str:
        how = "is being stored" if self.in_progress else "is stored already"
        return f"The image {how} as '{self.object_key}' in the bucket '{self.bucket}'."

    @property
    def remedy(self) -> str:
        return "wait for the task" if self.in_progress else "delete the object, or store the image in another bucket"


@facts_of
class StoreQuotaReached(DoubtfulRefusal):
    """As much as may be at a time is being stored."""

    rules = "C 7.7, A 9, C 15 (point 13)"

    in_progress_gib: int
    quota: int

    @property
    def message(self) -> str:
        return f"Store tasks in progress have {self.in_progress_gib} GB, and {self.quota} GB are allowed at a time."

    @property
    def remedy(self) -> str:
        return "wait until some of them are over (DescribeStoreImageTasks)"


# --- restoring --------------------------------------------------------------------------------------------------------


@facts_of
class StoredImageNotFound(DoubtfulRefusal):
    """The bucket has no such object, or it keeps no image."""

    rules = "C 7.34, C 15 (point 13)"

    bucket: str
    object_key: str

    @property
    def message(self) -> str:
        return f"The bucket '{self.bucket}' has no stored image '{self.object_key}'."


@facts_of
class RestoreQuotaReached(DoubtfulRefusal):
    """As much as may be at a time is being restored."""

    rules = "C 7.33, A 9, C 15 (point 13)"

    in_progress_gib: int
    quota: int

    @property
    def message(self) -> str:
        return f"Restore tasks in progress have {self.in_progress_gib} GB, and {self.quota} GB are allowed at a time."

    @property
    def remedy(self) -> str:
        return "wait until some of the images are available"


# --- asking -----------------------------------------------------------------------------------------------------------


@facts_of
class TooManyStoredImagesDescribed(Refusal):
    """One request asks about the tasks of no more images than that."""

    code = "InvalidParameterValue"
    rules = "C 7.20"

    image_ids: int
    limit: int

    @property
    def message(self) -> str:
        return f"The request names {self.image_ids} images; {self.limit} are allowed."


@facts_of
class StoreTasksNotPaged(DoubtfulRefusal):
    """The tasks of images that are named come all at once."""

    rules = "C 7.21, C 15 (point 13)"

    @property
    def message(self) -> str:
        return "The parameter imageIds cannot be used with the parameter maxResults"


# --- what is done in S3 -----------------------------------------------------------------------------------------------


@facts_of
class BucketAlreadyExists(Refusal):
    """Two buckets never have one name, whoever owns them."""

    code = "BucketAlreadyExists"
    rules = "C 7.2"
    http_status = 409

    bucket: str

    @property
    def message(self) -> str:
        return f"The requested bucket name is not available: {self.bucket}"


@facts_of
class BucketNotFound(Refusal):
    """There is no bucket of the name."""

    code = "NoSuchBucket"
    rules = "C 7.2"
    http_status = 404

    bucket: str

    @property
    def message(self) -> str:
        return f"The specified bucket does not exist: {self.bucket}"


@facts_of
class ObjectNotFound(Refusal):
    """The bucket has no object of the key."""

    code = "NoSuchKey"
    rules = "C 7.11, C 7.34"
    http_status = 404

    bucket: str
    object_key: str

    @property
    def message(self) -> str:
        return f"The specified key does not exist: {self.bucket}/{self.object_key}"
