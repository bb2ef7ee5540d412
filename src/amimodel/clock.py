"""Instants, and the texts EC2 writes them in.

An instant is an aware `datetime` in UTC. Nothing here asks what time it is: whoever needs a moment is given one.

Source: rules A T-1 to T-3, A WM-1, C 2.3, C 2.4.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import Enum, unique
from typing import Final

from amimodel.malformed import invalid_value

_is_timestamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII).fullmatch

_HALF_A_MINUTE: Final = timedelta(seconds=30)
_MILLISECOND: Final = timedelta(milliseconds=1)


@unique
class TextForm(Enum):
    """The forms in which EC2 writes an instant; each value is an example.

    Source: rules A T-1, A T-2 (milliseconds), A T-3 (seconds), A WM-1 (microseconds).
    """

    MILLISECONDS = "2016-05-07T23:23:30.000Z"
    """CreationDate, DeprecationTime, a snapshot's StartTime."""
    SECONDS = "2022-10-20T07:07:19Z"
    """LastLaunchedTime, and the dates of DescribeInstanceImageMetadata."""
    MICROSECONDS = "2024-01-30T10:33:22.036000+00:00"
    """The times of a watermark, and every timestamp as version 2 of the AWS CLI prints it."""


def utc(value: datetime) -> datetime:
    """Take an instant, in whatever zone it was given, as UTC.

    >>> from datetime import timezone
    >>> utc(datetime(2024, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
    datetime.datetime(2024, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)

    Raises `Malformed` (`InvalidParameterValue`) for a `datetime` without a zone, which names no instant, and for what
    is no `datetime`.
    """
    if not isinstance(value, datetime):
        raise invalid_value("Time", value, "Expected a datetime.")
    if value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise invalid_value("Time", value, "A datetime without a time zone names no instant.")
    return value.astimezone(UTC)


def parse(text: str, member: str = "Time") -> datetime:
    """Read any of EC2's forms, with any number of fractional digits up to six and any offset.

    >>> parse("2016-05-07T23:23:30.000Z")
    datetime.datetime(2016, 5, 7, 23, 23, 30, tzinfo=datetime.timezone.utc)
    >>> parse("2024-01-30T10:33:22.036000+00:00") == parse("2024-01-30T10:33:22.036Z")
    True

    Raises `Malformed` (`InvalidParameterValue`) for any other text and for dates that no calendar has.

    Source: rule C 2.3.
    """
    if isinstance(text, str) and _is_timestamp(text):
        try:
            return utc(datetime.fromisoformat(text))
        except (ValueError, OverflowError):
            pass  # the digits stand in the right places but name no moment: fall through to the one complaint
    raise invalid_value(member, text, "Expected a time such as 2026-01-31T12:00:00.000Z.")


def render(instant: datetime, form: TextForm = TextForm.MILLISECONDS) -> str:
    """Write an instant as EC2 does.

    >>> for form in TextForm:
    ...     print(render(parse("2024-01-30T10:33:22.036Z"), form))
    2024-01-30T10:33:22.036Z
    2024-01-30T10:33:22Z
    2024-01-30T10:33:22.036000+00:00

    What a form has no digits for is cut off, as EC2 cuts it.
    """
    offset = len("+00:00")
    match form:
        case TextForm.MILLISECONDS:
            return utc(instant).isoformat(timespec="milliseconds")[:-offset] + "Z"
        case TextForm.SECONDS:
            return utc(instant).isoformat(timespec="seconds")[:-offset] + "Z"
        case TextForm.MICROSECONDS:
            return utc(instant).isoformat(timespec="microseconds")


def to_nearest_minute(instant: datetime) -> datetime:
    """Round as EC2 rounds the time of a deprecation: to the nearest minute, half a minute up.

    >>> render(to_nearest_minute(parse("2023-01-01T22:57:30Z")))
    '2023-01-01T22:58:00.000Z'

    Source: rules A T-2, C 2.4.
    """
    return (instant + _HALF_A_MINUTE).replace(second=0, microsecond=0)


def to_millisecond(instant: datetime) -> datetime:
    """Cut to the resolution in which EC2 keeps time.

    >>> to_millisecond(parse("2023-01-01T22:57:30.123456Z")) == parse("2023-01-01T22:57:30.123Z")
    True

    Source: rule C 0.1.
    """
    return instant - timedelta(microseconds=instant.microsecond) % _MILLISECOND
