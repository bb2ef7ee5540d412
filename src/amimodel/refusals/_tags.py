"""Refusals of tags."""

from amimodel.refusals._refusal import DoubtfulRefusal, Refusal, facts_of


@facts_of
class ReservedTagKey(DoubtfulRefusal):
    """CreateTags cannot write the tags that only AWS writes."""

    rules = "A TG-3, B TG-8, S 54"

    key: str

    @property
    def message(self) -> str:
        return (
            f"Value ( {self.key} ) for parameter key is invalid."
            " Tag keys starting with 'aws:' are reserved for internal use"
        )


@facts_of
class ReservedTagKeySpecified(DoubtfulRefusal):
    """Nor can an action that tags what it creates; EC2 words it otherwise there."""

    rules = "A TG-3, B TG-8, S 54"

    key: str

    @property
    def message(self) -> str:
        return "Tag keys starting with 'aws:' are reserved for internal use"


@facts_of
class TagKeyTooLong(Refusal):
    """The key has more characters than the API reference allows, though no more than the user guide does."""

    code = "InvalidParameterValue"
    rules = "A TG-2, A Q14, B TG-7"

    key: str
    longest: int

    @property
    def message(self) -> str:
        return f"Value ({self.key}) for parameter key is invalid. Tag keys have at most {self.longest} characters."


@facts_of
class MisplacedSharedTag(DoubtfulRefusal):
    """Tags that others see can be written on images alone."""

    rules = "B TG-4"

    key: str
    resource_type: str

    @property
    def message(self) -> str:
        return f"The tag key '{self.key}' is for images only; a resource of type {self.resource_type} cannot have it."


@facts_of
class ForeignSharedTag(DoubtfulRefusal):
    """Tags that others see are written and deleted by the image's owner alone."""

    rules = "B TG-3"

    image_id: str
    key: str

    @property
    def message(self) -> str:
        return f"Only the owner of the image {self.image_id} can create, change or delete its tag '{self.key}'."

    @property
    def remedy(self) -> str:
        return "a key without the prefix ec2:SharedTag/ makes a tag that the account alone sees"


@facts_of
class TagLimitExceeded(Refusal):
    """The account would have more tags on the resource than it may; those of AWS do not count."""

    code = "TagLimitExceeded"
    rules = "A TG-1, B TG-6, B CI-31"

    tags: int
    quota: int

    @property
    def message(self) -> str:
        return "The maximum number of Tags for a resource has been reached."


@facts_of
class TagRequestTooLarge(Refusal):
    """One request names more resources, or more tags to delete, than it may."""

    code = "InvalidParameterValue"
    rules = "A TG-8, B TG-9, B TG-13"

    parameter: str
    given: int
    most: int

    @property
    def message(self) -> str:
        return f"The request has {self.given} values for {self.parameter}; it can have at most {self.most}."
