"""Refusals about which image is meant, and what state it is in."""

from typing import Final, Self

from amimodel.refusals._refusal import DoubtfulRefusal, Refusal, facts_of
from amimodel.vocabulary import ImageState


@facts_of
class ImageNotFound(Refusal):
    """No image of that id that the caller could see, in this Region."""

    code = "InvalidAMIID.NotFound"
    rules = "A ID-7, B 0.3, C 0.3"

    image_ids: tuple[str, ...]

    @classmethod
    def of(cls, image_id: str) -> Self:
        """One image that is not there."""
        return cls(image_ids=(image_id,))

    @property
    def message(self) -> str:
        if len(self.image_ids) == 1:
            return f"The image id '[{self.image_ids[0]}]' does not exist"
        return f"The image ids '[{', '.join(self.image_ids)}]' do not exist"


_WAYS_OUT: Final = {
    ImageState.PENDING: "wait until it is available",
    ImageState.DISABLED: "the owner must enable it (EnableImage) and share it again",
    ImageState.FAILED: "deregister it and create it anew",
}


@facts_of
class ImageUnavailable(Refusal):
    """The image is not in a state that allows this."""

    code = "InvalidAMIID.Unavailable"
    rules = "A 5.4, C 1.3, S 5"

    image_id: str
    state: ImageState

    @property
    def message(self) -> str:
        if self.state is ImageState.DEREGISTERED:
            return f"The image id '[{self.image_id}]' is no longer available"
        return f"The AMI ID '{self.image_id}' is currently {self.state} and may not be used for this operation"

    @property
    def remedy(self) -> str:
        return _WAYS_OUT.get(self.state, "")


@facts_of
class NotAuthorizedForImages(Refusal):
    """The image exists, and the caller has no permission to launch it."""

    code = "AuthFailure"
    rules = "A 5.4, B LD-6, S 2"

    image_id: str

    @property
    def message(self) -> str:
        return f"Not authorized for images: [{self.image_id}]"

    @property
    def remedy(self) -> str:
        return "the owner must share it with the account (ModifyImageAttribute, launchPermission)"


@facts_of
class NotAuthorizedForImage(Refusal):
    """Only the image's owner may do this."""

    code = "AuthFailure"
    rules = "B 0.3, C 0.6, S 25"

    image_id: str

    @property
    def message(self) -> str:
        return f"Not authorized for image:{self.image_id}"


@facts_of
class DeregistrationProtected(DoubtfulRefusal):
    """The image is protected from being deregistered, or its cooldown still runs."""

    rules = "C 4.5, C 15 (point 1)"

    image_id: str
    protection: str

    @property
    def message(self) -> str:
        return f"The image {self.image_id} cannot be deregistered: its deregistration protection is {self.protection}."


@facts_of
class ImageNameInUse(Refusal):
    """Another image of the account has the name, in this Region."""

    code = "InvalidAMIName.Duplicate"
    rules = "A NM-6, A NM-7, A NM-8"

    name: str
    image_id: str

    @property
    def message(self) -> str:
        return f"AMI name {self.name} is already in use by AMI {self.image_id}"

    @property
    def remedy(self) -> str:
        return f"take another name, or deregister {self.image_id} first"


@facts_of
class ImageQuotaReached(Refusal):
    """The account has as many images in the Region as it may."""

    code = "ResourceLimitExceeded"
    rules = "A 9, B CI-13, C 5.20, C 5.22"

    quota: int

    @property
    def message(self) -> str:
        return f"You have reached your quota of {self.quota} for the number of images allowed in this Region."

    @property
    def remedy(self) -> str:
        return "deregister images that nobody needs; those in the Recycle Bin count until they leave it"


@facts_of
class ImageManagedByBackup(Refusal):
    """AWS Backup made the image, and only AWS Backup deletes it."""

    code = "AuthFailure"
    rules = "A 10.1, C 5.2, S 32"

    image_id: str

    @property
    def message(self) -> str:
        return (
            "This image is managed by AWS Backup and cannot be deleted via EC2 APIs. To delete this image, please use"
            " the AWS Backup APIs, CLI, or console."
        )
