"""Instants and the texts they are written in: rules A T-1 to T-3, A WM-1, C 2.3, C 2.4."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.clock import TextForm, parse, render, to_millisecond, to_nearest_minute, utc
from amimodel.malformed import Malformed
from amimodel.testing import strategies as ec2

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ANY_INSTANTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=OFFSETS)  # noqa: DTZ001 - zones are drawn


# --- taking instants --------------------------------------------------------------------------------------------------


@given(ANY_INSTANTS)
def test_an_instant_is_the_same_in_utc(instant: datetime) -> None:
    assert utc(instant) == instant
    assert utc(instant).tzinfo is UTC
    assert utc(utc(instant)) is utc(instant) or utc(utc(instant)) == utc(instant)


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), None, "2026-01-01T00:00:00Z", 0])  # noqa: DTZ001 - that is the point
def test_what_names_no_instant_is_malformed(value: object) -> None:
    with pytest.raises(Malformed) as caught:
        utc(value)  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.member) == ("InvalidParameterValue", "Time")


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", TextForm)
def test_each_form_writes_its_own_example(form: TextForm) -> None:
    assert render(parse(form.value), form) == form.value


@given(ec2.instants())
def test_milliseconds_are_kept_by_reading_what_was_written(instant: datetime) -> None:
    """Rules A T-1, C 0.1."""
    assert parse(render(instant)) == instant
    assert parse(render(instant, TextForm.MICROSECONDS)) == instant


@given(ec2.instants())
def test_seconds_cut_off_what_is_less(instant: datetime) -> None:
    """Rule A T-3."""
    assert parse(render(instant, TextForm.SECONDS)) == instant.replace(microsecond=0)


@given(ANY_INSTANTS)
def test_every_offset_is_read(instant: datetime) -> None:
    assert parse(instant.isoformat()) == instant
    assert parse(instant.isoformat()).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-01-30T10:33:22Z",             datetime(2024, 1, 30, 10, 33, 22, tzinfo=UTC)),
        ("2024-01-30T10:33:22.5Z",           datetime(2024, 1, 30, 10, 33, 22, 500_000, tzinfo=UTC)),
        ("2024-01-30T10:33:22.036000+00:00", datetime(2024, 1, 30, 10, 33, 22, 36_000, tzinfo=UTC)),
        ("2024-01-30T10:33:22-02:30",        datetime(2024, 1, 30, 13, 3, 22, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_each_form_that_ec2_takes_is_read(text: str, instant: datetime) -> None:
    """Rule C 2.3."""
    assert parse(text) == instant


@pytest.mark.parametrize(
    "text",
    ["", "2024-01-30", "2024-01-30T10:33Z", "2024-01-30T10:33:22", "2024-01-30 10:33:22Z", "2024-01-30t10:33:22z",
     "1706610802", "2024-02-30T00:00:00Z", "2024-01-30T24:33:22Z", "2024-01-30T10:33:22.1234567Z",
     "2024-01-30T10:33:22Z\n", "now", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
     "2024-01-30T10:33:22.Z", None, 5],
)  # fmt: skip
def test_no_other_text_is_a_time(text: object) -> None:
    """Rule C 2.3."""
    with pytest.raises(Malformed) as caught:
        parse(text, "DeprecateAt")  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.member, caught.value.value) == (
        "InvalidParameterValue",
        "DeprecateAt",
        text,
    )


# --- rounding ---------------------------------------------------------------------------------------------------------

HALF_A_MINUTE = timedelta(seconds=30)


@given(ec2.instants())
def test_a_deprecation_is_rounded_to_the_nearest_minute_half_a_minute_up(instant: datetime) -> None:
    """Rules A T-2, C 2.4."""
    rounded = to_nearest_minute(instant)
    assert (rounded.second, rounded.microsecond) == (0, 0)
    assert -HALF_A_MINUTE < rounded - instant <= HALF_A_MINUTE
    assert to_nearest_minute(rounded) == rounded


@pytest.mark.parametrize(
    ("instant", "rounded"),
    [
        ("2023-01-01T22:57:29.999Z", "2023-01-01T22:57:00.000Z"),
        ("2023-01-01T22:57:30.000Z", "2023-01-01T22:58:00.000Z"),
        ("2023-12-31T23:59:30.000Z", "2024-01-01T00:00:00.000Z"),
    ],
)  # fmt: skip
def test_rounding_carries(instant: str, rounded: str) -> None:
    """Rule A T-2."""
    assert render(to_nearest_minute(parse(instant))) == rounded


@given(ANY_INSTANTS.map(utc))
def test_ec2_keeps_time_in_milliseconds(instant: datetime) -> None:
    """Rule C 0.1."""
    cut = to_millisecond(instant)
    assert cut.microsecond % 1000 == 0
    assert timedelta() <= instant - cut < timedelta(milliseconds=1)
    assert render(cut) == render(instant)
