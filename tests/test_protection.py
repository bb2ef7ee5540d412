"""Deregistration protection (rules C 4)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.clock import parse
from amimodel.images import UNPROTECTED, DeregistrationProtection
from amimodel.protection import TRANSITIONS, Protection, ProtectionEvent, after, protection_of
from amimodel.quirks import Quirks

NOW = parse("2026-06-01T00:00:00Z")
DAY = timedelta(hours=24)
SETTINGS = {
    Protection.DISABLED: UNPROTECTED,
    Protection.WITHOUT_COOLDOWN: DeregistrationProtection("enabled-without-cooldown"),
    Protection.WITH_COOLDOWN: DeregistrationProtection("enabled-with-cooldown"),
    Protection.COOLING_DOWN: DeregistrationProtection(cooldown_until=NOW + timedelta(hours=5)),
}
E = ProtectionEvent


@pytest.mark.parametrize(
    ("at", "event", "to"),
    [
        ("disabled", E.ENABLE, "enabled-without-cooldown"),
        ("disabled", E.ENABLE_WITH_COOLDOWN, "enabled-with-cooldown"),
        ("disabled", E.DISABLE, "disabled"),
        ("enabled-without-cooldown", E.ENABLE_WITH_COOLDOWN, "enabled-with-cooldown"),
        ("enabled-without-cooldown", E.DISABLE, "disabled"),
        ("enabled-with-cooldown", E.ENABLE, "enabled-without-cooldown"),
        ("enabled-with-cooldown", E.DISABLE, "disabled after ..."),
        ("disabled after ...", E.ENABLE, "enabled-without-cooldown"),
        ("disabled after ...", E.ENABLE_WITH_COOLDOWN, "enabled-with-cooldown"),
        ("disabled after ...", E.DISABLE, "disabled after ..."),
        ("disabled after ...", E.COOLDOWN_ENDS, "disabled"),
    ],
)
def test_the_rows_of_the_book(at: str, event: ProtectionEvent, to: str) -> None:
    assert TRANSITIONS[Protection(at), event] is Protection(to)
    assert protection_of(after(SETTINGS[Protection(at)], event, NOW, DAY), NOW) is Protection(to)


def test_every_case_has_a_cell() -> None:
    assert set(TRANSITIONS) == {(at, event) for at in Protection for event in ProtectionEvent}


def test_the_cooldown_runs_for_a_day_from_the_moment_it_is_asked_for() -> None:  # C 4.4
    cooling = after(SETTINGS[Protection.WITH_COOLDOWN], E.DISABLE, NOW, DAY)
    assert cooling.cooldown_until == NOW + DAY
    assert protection_of(cooling, NOW + DAY - timedelta(milliseconds=1)) is Protection.COOLING_DOWN
    assert protection_of(cooling, NOW + DAY) is Protection.DISABLED


def test_asking_again_does_not_start_the_cooldown_again_but_by_a_quirk() -> None:
    cooling = SETTINGS[Protection.COOLING_DOWN]
    assert after(cooling, E.DISABLE, NOW, DAY) == cooling
    again = after(cooling, E.DISABLE, NOW, DAY, Quirks(cooldown_restarts_on_disable=True))
    assert again.cooldown_until == NOW + DAY


@given(events=st.lists(st.sampled_from([E.ENABLE, E.ENABLE_WITH_COOLDOWN, E.DISABLE]), max_size=8))
def test_a_cooldown_only_ever_follows_a_protection_that_had_one(events: list[ProtectionEvent]) -> None:
    setting, seen = UNPROTECTED, []
    for event in events:
        seen.append(protection_of(setting, NOW))
        setting = after(setting, event, NOW, DAY)
    if protection_of(setting, NOW) is Protection.COOLING_DOWN:
        assert Protection.WITH_COOLDOWN in seen
