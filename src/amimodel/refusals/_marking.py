"""Refusals of what an owner hangs on an image: watermarks, and instance types to allow."""

from amimodel.refusals._refusal import DoubtfulRefusal, Refusal, facts_of


@facts_of
class PublicImageNotWatermarked(DoubtfulRefusal):
    """A watermark is for images that are not public."""

    rules = "B W-2"

    image_id: str

    @property
    def message(self) -> str:
        return f"The image {self.image_id} is public, and no watermark can be attached to it."

    @property
    def remedy(self) -> str:
        return "take everyone out of its launch permissions first (ModifyImageAttribute)"


@facts_of
class WatermarkLimitReached(DoubtfulRefusal):
    """The image has as many watermarks as it may have; those that it inherited count."""

    rules = "B W-3"

    image_id: str
    limit: int

    @property
    def message(self) -> str:
        return f"The image {self.image_id} has reached the limit of {self.limit} for the watermarks of an image."

    @property
    def remedy(self) -> str:
        return "detach one first (DetachImageWatermark); an inherited one can be detached as well"


@facts_of
class MarketplaceSpecificationRefused(Refusal):
    """What is listed in AWS Marketplace is offered on the types that the listing names."""

    code = "OperationNotPermitted"
    rules = "A IT-6, B IT-6, B MP-9"

    image_id: str

    @property
    def message(self) -> str:
        return f"The image {self.image_id} is listed in AWS Marketplace and takes no instance type specification."


@facts_of
class TooManyInstanceTypes(Refusal):
    """A specification lists so many instance types at most, in each of its lists."""

    code = "InvalidParameterValue"
    rules = "A IT-1, B IT-4"

    member: str
    instance_types: int
    limit: int

    @property
    def message(self) -> str:
        name = self.member[:1].lower() + self.member[1:]
        return (
            f"Value ({self.instance_types}) for parameter {name} is invalid."
            f" At most {self.limit} instance types can be given."
        )

    @property
    def remedy(self) -> str:
        return "let a pattern such as t3.* stand for all the sizes of a family"
