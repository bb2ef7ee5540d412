"""Refusals of a query: too much is asked, or the next page of something else."""

from enum import Enum, unique

from amimodel.refusals._refusal import Refusal, facts_of


@unique
class FilterCount(Enum):
    """What of a query's filters is counted; the value is EC2's sentence about it."""

    FILTERS = "The maximum number of filters specified on a single call is {limit}"
    VALUES = "The maximum number of filter values specified on a single call is {limit}"
    NAME_CHARACTERS = "The maximum length for a filter name is {limit} characters"
    VALUE_CHARACTERS = "The maximum length for a filter value is {limit} characters"


@facts_of
class FilterLimitExceeded(Refusal):
    """The filters are too many, too long, or have too many values.

    The sentences about values and their length have been seen (github.com/gjbae1212/gossm issue 47,
    github.com/ansible/ansible issue 84327); the other two are worded after them.
    """

    code = "FilterLimitExceeded"
    rules = "A FI-2"

    counted: FilterCount
    number: int
    limit: int

    @property
    def message(self) -> str:
        return self.counted.value.format(limit=self.limit)

    @property
    def remedy(self) -> str:
        return f"{self.number} were given: ask in parts"


@facts_of
class UnknownFilter(Refusal):
    """A name that only the guide's sample knows, where the guide is held to be wrong."""

    code = "InvalidParameterValue"
    rules = "A FI-6, B W-9"

    name: str

    @property
    def message(self) -> str:
        return f"The filter '{self.name}' is invalid"


@facts_of
class DisabledImagesNotIncluded(Refusal):
    """Disabled images are asked for by their state, and the flag that lets them into a listing is not set."""

    code = "InvalidParameter"
    rules = "C 3.13, S 4"

    @property
    def message(self) -> str:
        return "When filtering by the 'disabled' state, 'IncludeDisabled' must be set to 'true' in the request."


@facts_of
class PageSizeRefused(Refusal):
    """MaxResults is more than the action gives at a time, or less.

    The sentence about the least has been seen (github.com/aws/aws-sdk-ruby pull request 2575): EC2 says "greater than"
    and means "at least". The one about the most is worded after it.
    """

    code = "InvalidParameterValue"
    rules = "A 8.1, A Q10, S 51"

    max_results: int
    least: int
    most: int | None

    @property
    def message(self) -> str:
        bound = f"greater than {self.least}" if self.max_results < self.least else f"less than {self.most}"
        return f"Value ( {self.max_results} ) for parameter maxResults is invalid. Expecting a value {bound}."


@facts_of
class InvalidNextToken(Refusal):
    """The token is none of EC2's, or continues a query that was another one."""

    code = "InvalidNextToken"
    rules = "A 8.1, A DI-3"

    next_token: str

    @property
    def message(self) -> str:
        return f"The token '{self.next_token}' is invalid"

    @property
    def remedy(self) -> str:
        return "repeat the query that gave the token, with the token and nothing else changed"


@facts_of
class IdsNotPaged(Refusal):
    """Things asked for by id come all at once."""

    code = "InvalidParameterCombination"
    rules = "A DI-2"

    parameter: str
    """As EC2 calls the list of ids here: `imagesSet`, `instancesSet`, `snapshotSet`, `volumeSet`."""

    @property
    def message(self) -> str:
        return f"The parameter {self.parameter} cannot be used with the parameter maxResults"


@facts_of
class AttributeAccessRestricted(Refusal):
    """The attribute is told to nobody, not even to the owner."""

    code = "AuthFailure"
    rules = "A 8.8, B DA-2, S 42"
    http_status = 401

    attribute: str

    @property
    def message(self) -> str:
        return "Unauthorized attempt to access restricted resource"

    @property
    def remedy(self) -> str:
        return "DescribeImages shows it"
