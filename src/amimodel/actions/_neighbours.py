"""What the services beside EC2 have in common: how they call the caller, and say that a value has the wrong size.

Source: botocore 1.44.5, the bounds in the service models of ssm, sts, kms and organizations; rule B G-6.
"""

from collections.abc import Iterable
from typing import Final

from amimodel.callers import Caller
from amimodel.malformed import Malformed, invalid_value

VALIDATION_EXCEPTION: Final = "ValidationException"
"""The code for a value that does not fit, with Systems Manager and KMS; STS says `ValidationError`."""


def root_arn(by: Caller) -> str:
    """What the caller is called where users and roles are not told apart: its account (rule B G-6).

    >>> root_arn(Caller(account="111122223333", region="us-gov-west-1"))
    'arn:aws-us-gov:iam::111122223333:root'
    """
    return f"arn:{by.region.partition}:iam::{by.account}:root"


def bounded(number: int | None, member: str, least: int, most: int, code: str = VALIDATION_EXCEPTION) -> int | None:
    """Take a number that may be left out, and is from `least` to `most` where it is not.

    >>> bounded(11, "Limit", 1, 10)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: ValidationException: 1 validation error detected: Value '11' at 'limit' failed ...

    Raises `Malformed`.
    """
    if number is None or least <= number <= most:
        return number
    bound = f"greater than or equal to {least}" if number < least else f"less than or equal to {most}"
    raise unfit(member, number, f"Member must have value {bound}", code)


def unfit(member: str, value: object, constraint: str, code: str = VALIDATION_EXCEPTION) -> Malformed:
    """Name a value that does not fit what the service's model says of it, as the services themselves do."""
    name = member[:1].lower() + member[1:]
    message = f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: {constraint}"
    return Malformed(code, message, member=member, value=value)


def texts(given: Iterable[str], member: str) -> tuple[str, ...]:
    """Take a list of texts; raises `Malformed` for a single one, which is a list of its letters."""
    if isinstance(given, str):
        raise invalid_value(member, given, "Expected a list.")
    return tuple(given)
