"""What becomes of a call, on either side."""

from typing import Any, TypeAlias

from attrs import frozen


@frozen
class Answered:
    """It was granted: what boto3 gives, without what only the network knows."""

    answer: dict[str, Any]


@frozen(kw_only=True)
class Refused:
    """It was refused. Of the model's refusals, the class and the rules are known, too."""

    code: str
    message: str
    reason: str = ""
    rules: str = ""


@frozen
class Unknown:
    """The other side does not have the action, and says so."""

    why: str


@frozen
class Broken:
    """The other side has failed over it: an error that is none of EC2's."""

    why: str


Reply: TypeAlias = Answered | Refused | Unknown | Broken
