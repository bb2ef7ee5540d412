"""Deprecation: until when an image is shown to those it was shared with, and what keeps its owner from moving that.

Nothing but being listed depends on it (`amimodel.lifecycle.is_deprecated`).

Source: EC2 User Guide, "Deprecate an Amazon EC2 AMI"; rules C 2.1 to C 2.25, B LP-32 to B LP-35.
"""

from datetime import datetime, timedelta
from typing import Final

from amimodel.clock import to_nearest_minute
from amimodel.images import Image
from amimodel.limits import Limits
from amimodel.quirks import Quirks
from amimodel.refusals import DeprecationInThePast, DeprecationTooLate, PublicDeprecationKept, Refusal

_AS_RULED: Final = Quirks()
_OF_AWS: Final = Limits.aws()
_YEAR: Final = timedelta(days=365)


def years_after(instant: datetime, years: int, quirks: Quirks = _AS_RULED) -> datetime:
    """The same moment so many years on; the 29th of February becomes the 1st of March where there is none.

    >>> from amimodel.clock import parse, render
    >>> render(years_after(parse("2024-02-29T12:00:00Z"), 2))
    '2026-03-01T12:00:00.000Z'

    Source: rules C 2.6, C 2.7; the quirk `deprecation_years_follow_the_calendar`.
    """
    if not quirks.deprecation_years_follow_the_calendar:
        return instant + years * _YEAR
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        return instant.replace(year=instant.year + years, month=3, day=1)


def latest(image: Image, now: datetime, limits: Limits = _OF_AWS, quirks: Quirks = _AS_RULED) -> datetime:
    """The latest time at which an image can be deprecated: sooner for a public one, which counts from its creation.

    Source: rules C 2.6, C 2.7.
    """
    if image.public:
        return years_after(image.creation_date, limits.max_public_deprecation_years, quirks)
    return years_after(now, limits.max_deprecation_years, quirks)


def deprecation_time(deprecate_at: datetime) -> datetime:
    """The time that EC2 keeps of the one that it is told: the nearest minute.

    Source: rule C 2.4.
    """
    return to_nearest_minute(deprecate_at)


def refusal_to_deprecate(
    image: Image, deprecate_at: datetime, now: datetime, limits: Limits = _OF_AWS, quirks: Quirks = _AS_RULED
) -> Refusal | None:
    """What speaks against deprecating an image at a time: it is past, or too far ahead.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> now = parse("2026-06-01T00:00:00Z")
    >>> print(refusal_to_deprecate(WEB, parse("2026-06-01T00:00:00Z"), now).code)
    InvalidParameterValue
    >>> print(refusal_to_deprecate(WEB, parse("2036-06-01T00:00:00Z"), now))
    None

    Source: rules C 2.5 to C 2.10.
    """
    code = quirks.deprecation_bounds_code
    told = deprecate_at if quirks.deprecate_at_checked_before_rounding else deprecation_time(deprecate_at)
    if told <= now:
        return DeprecationInThePast(error_code=code, image_id=image.image_id, deprecate_at=deprecate_at)
    bound = latest(image, now, limits, quirks)
    if told > bound:
        return DeprecationTooLate(
            error_code=code, image_id=image.image_id, deprecate_at=deprecate_at, latest=bound, public=image.public
        )
    return None


def refusal_to_cancel(image: Image, quirks: Quirks = _AS_RULED) -> Refusal | None:
    """What speaks against cancelling a deprecation: while an image is public, it has one.

    Source: rules C 2.11, C 2.12, B LP-33.
    """
    if image.public and image.deprecation_time is not None:
        return PublicDeprecationKept(error_code=quirks.public_deprecation_code, image_id=image.image_id)
    return None
