"""Refusals of sharing: what an image may not be shared with, and why."""

from amimodel.refusals._refusal import Refusal, facts_of


@facts_of
class EncryptedImageNotPublic(Refusal):
    """What is encrypted is never everyone's."""

    code = "UnsupportedOperation"
    rules = "B LP-25, S 44"

    image_id: str

    @property
    def message(self) -> str:
        return "Encrypted snapshots can't be shared publicly. Specify another snapshot."


@facts_of
class ProductCodeImageNotPublic(Refusal):
    """What is sold is never given to everyone."""

    code = "OperationNotPermitted"
    rules = "A PC-4, B LP-26, S 45"

    image_id: str

    @property
    def message(self) -> str:
        return "Images with marketplace product codes may not be made public."


@facts_of
class WatermarkedImageNotPublic(Refusal):
    """A watermark is for images that are not public."""

    code = "OperationNotPermitted"
    rules = "B LP-27"

    image_id: str

    @property
    def message(self) -> str:
        return f"The image {self.image_id} has watermarks and cannot be made public. Detach them first."


@facts_of
class ManagedKeyNotShared(Refusal):
    """What is encrypted with a key of AWS's cannot be opened by anyone else."""

    code = "InvalidParameter"
    rules = "B LP-28"

    image_id: str
    snapshot_id: str

    @property
    def message(self) -> str:
        return "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot."


@facts_of
class PublicSharingBlocked(Refusal):
    """The account keeps its images from becoming public."""

    code = "OperationNotPermitted"
    rules = "B LP-24"

    image_id: str

    @property
    def message(self) -> str:
        return (
            "You can\u2019t publicly share this image because block public access for AMIs is enabled for this account."
            " To publicly share the image, you must call the DisableImageBlockPublicAccess API."
        )


@facts_of
class PublicImageQuotaReached(Refusal):
    """The account has as many public images in this Region as it may have."""

    code = "ResourceLimitExceeded"
    rules = "A 9, B LP-23, C 5.21"

    quota: int

    @property
    def message(self) -> str:
        return (
            f"You have reached your quota of {self.quota} for the number of public images allowed in this Region."
            " Deregister unused public images or make them private, or request an increase in your public AMIs quota."
        )


@facts_of
class SharingQuotaReached(Refusal):
    """The image would be shared with more accounts, organizations and units than it may be."""

    code = "ResourceLimitExceeded"
    rules = "A 9, B LP-19"

    image_id: str
    entities: int
    quota: int

    @property
    def message(self) -> str:
        return (
            f"The image {self.image_id} would be shared with {self.entities} accounts, organizations and organizational"
            f" units; the quota is {self.quota}."
        )


@facts_of
class NotSharedWithAccount(Refusal):
    """There is no item of the account's own to give up (what flows through an organization cannot be given up)."""

    code = "InvalidAMIID.NotFound"
    rules = "B CL-2, B CL-3, S 29"

    image_id: str
    account_id: str

    @property
    def message(self) -> str:
        return f"The image id '[{self.image_id}]' does not exist"
