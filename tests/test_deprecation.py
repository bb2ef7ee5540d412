"""When an image can be deprecated, and when that can be taken back (rules C 2.4 to C 2.12, B LP-33)."""

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.clock import parse, to_nearest_minute
from amimodel.deprecation import deprecation_time, latest, refusal_to_cancel, refusal_to_deprecate, years_after
from amimodel.examples import WEB
from amimodel.images import Image
from amimodel.limits import Limits
from amimodel.permissions import EVERYONE
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import DeprecationInThePast, DeprecationTooLate, PublicDeprecationKept, Refusal

NOW = parse("2026-06-01T00:00:00Z")
PUBLIC = evolve(WEB, launch_permissions=[EVERYONE])
SECOND = timedelta(seconds=1)
TEN_YEARS, TWO_YEARS = parse("2036-06-01T00:00:00Z"), parse("2028-01-01T00:00:00Z")
CODE = Quirks().deprecation_bounds_code


def past(deprecate_at: datetime) -> Refusal:
    return DeprecationInThePast(error_code=CODE, image_id="ami-12345678", deprecate_at=deprecate_at)


def too_late(deprecate_at: datetime, bound: datetime, *, public: bool) -> Refusal:
    return DeprecationTooLate(
        error_code=CODE, image_id="ami-12345678", deprecate_at=deprecate_at, latest=bound, public=public
    )


@pytest.mark.parametrize(
    ("image", "deprecate_at", "refused"),
    [
        (WEB, NOW - SECOND, past(NOW - SECOND)),  # C 2.5
        (WEB, NOW, past(NOW)),
        (WEB, NOW + SECOND, None),
        (WEB, TEN_YEARS, None),  # C 2.6
        (WEB, TEN_YEARS + SECOND, too_late(TEN_YEARS + SECOND, TEN_YEARS, public=False)),
        (PUBLIC, TWO_YEARS, None),  # C 2.7: from its creation
        (PUBLIC, TWO_YEARS + SECOND, too_late(TWO_YEARS + SECOND, TWO_YEARS, public=True)),
    ],
)
def test_the_bounds(image: Image, deprecate_at: datetime, refused: Refusal | None) -> None:
    assert refusal_to_deprecate(image, deprecate_at, NOW) == refused


def test_an_old_public_image_has_no_time_left() -> None:  # C 2.10
    late = parse("2028-01-01T00:00:00Z")
    assert all(refusal_to_deprecate(PUBLIC, late + timedelta(days=days), late) is not None for days in (-1, 0, 1, 365))


def test_the_codes_are_those_of_the_quirks() -> None:
    other = Quirks(deprecation_bounds_code=ErrorCode.INVALID_REQUEST, public_deprecation_code=ErrorCode.INVALID_REQUEST)
    refusal = refusal_to_deprecate(WEB, NOW, NOW, quirks=other)
    assert refusal is not None
    assert refusal.code == "InvalidRequest"
    kept = refusal_to_cancel(evolve(PUBLIC, deprecation_time=NOW), other)
    assert kept is not None
    assert kept.code == "InvalidRequest"


def test_what_is_past_once_it_is_rounded_is_past_by_a_quirk() -> None:  # C 2.5
    strict = Quirks(deprecate_at_checked_before_rounding=False)
    assert refusal_to_deprecate(WEB, NOW + timedelta(seconds=29), NOW) is None
    assert isinstance(refusal_to_deprecate(WEB, NOW + timedelta(seconds=29), NOW, quirks=strict), DeprecationInThePast)
    assert refusal_to_deprecate(WEB, NOW + timedelta(seconds=30), NOW, quirks=strict) is None


def test_only_a_public_images_deprecation_cannot_be_cancelled() -> None:  # C 2.11, C 2.12
    kept = PublicDeprecationKept(error_code=Quirks().public_deprecation_code, image_id="ami-12345678")
    assert refusal_to_cancel(evolve(PUBLIC, deprecation_time=NOW)) == kept
    assert refusal_to_cancel(PUBLIC) is None
    assert refusal_to_cancel(evolve(WEB, deprecation_time=NOW)) is None


def test_what_a_person_reads() -> None:
    assert str(refusal_to_deprecate(PUBLIC, parse("2030-01-01T00:00:00Z"), NOW)) == (
        "Value (2030-01-01T00:00:00.000Z) for parameter deprecateAt is invalid. The latest time for ami-12345678 is"
        " 2028-01-01T00:00:00.000Z."
    )


@given(instant=st.datetimes(datetime(2006, 1, 1), datetime(2090, 1, 1)), years=st.integers(1, 10))  # noqa: DTZ001 - drawn, then given a zone
def test_years_go_by_the_calendar_unless_a_quirk_counts_days(instant: datetime, years: int) -> None:
    at = parse(instant.isoformat(timespec="milliseconds") + "Z")
    later = years_after(at, years)
    assert later.year == at.year + years
    assert (later.month, later.day) in {(at.month, at.day), (3, 1)}
    assert years_after(at, years, Quirks(deprecation_years_follow_the_calendar=False)) == at + timedelta(
        days=365 * years
    )


@pytest.mark.parametrize(
    ("years", "later"), [(1, "2025-03-01T12:30:00Z"), (2, "2026-03-01T12:30:00Z"), (4, "2028-02-29T12:30:00Z")]
)
def test_a_leap_day_comes_back_or_becomes_the_first_of_march(years: int, later: str) -> None:
    assert years_after(parse("2024-02-29T12:30:00Z"), years) == parse(later)


@pytest.mark.parametrize("image", [WEB, PUBLIC])
def test_by_a_quirk_the_bounds_are_counted_in_days(image: Image) -> None:
    """Between the calendar's bound and that of 365 days a year there are the leap days."""
    by_days = Quirks(deprecation_years_follow_the_calendar=False)
    bound = latest(image, NOW, quirks=by_days)
    expected = WEB.creation_date + timedelta(days=730) if image.public else NOW + timedelta(days=3650)
    assert bound == expected
    assert refusal_to_deprecate(image, bound, NOW, quirks=by_days) is None
    refused = too_late(bound + SECOND, bound, public=image.public)
    assert refusal_to_deprecate(image, bound + SECOND, NOW, quirks=by_days) == refused
    over_a_leap_day = evolve(PUBLIC, creation_date=parse("2027-06-01T00:00:00Z"))
    assert latest(over_a_leap_day, NOW, quirks=by_days) == over_a_leap_day.creation_date + timedelta(days=730)


@given(seconds=st.integers(1, 10 * 365 * 86_400))
def test_the_time_kept_is_the_nearest_minute(seconds: int) -> None:  # C 2.4
    told = NOW + timedelta(seconds=seconds)
    kept = deprecation_time(told)
    assert kept == to_nearest_minute(told)
    assert abs(kept - told) <= timedelta(seconds=30)
    assert (kept.second, kept.microsecond) == (0, 0)


def test_the_bounds_are_limits() -> None:
    assert latest(WEB, NOW, Limits(max_deprecation_years=1)) == parse("2027-06-01T00:00:00Z")
    assert latest(PUBLIC, NOW, Limits(max_public_deprecation_years=1)) == parse("2027-01-01T00:00:00Z")
