"""Which images DescribeImages shows (rules A 8.3, A DP-1, A DP-4, C 2.30, C 3.12; settlement S 3)."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.clock import parse
from amimodel.examples import WEB
from amimodel.images import Image
from amimodel.quirks import Quirks
from amimodel.testing.strategies import images
from amimodel.visibility import SHOWN, Look, Looker, Veil, is_shown, veils

NOW = parse("2026-06-01T00:00:00Z")
PLAIN = WEB
DEPRECATED = evolve(WEB, deprecation_time=NOW)
DISABLED = evolve(WEB, state="disabled")
BOTH = evolve(DEPRECATED, state="disabled")
FLAGS = st.booleans()

# As A 8.3 and C 2.30 tell it: image, the caller owns it, by id, IncludeDeprecated, IncludeDisabled, shown.
ROWS = [
    (PLAIN, False, False, False, False, True),
    (DEPRECATED, True, False, False, False, True),
    (DEPRECATED, True, True, False, False, True),
    (DEPRECATED, False, False, False, False, False),
    (DEPRECATED, False, False, True, False, True),
    (DEPRECATED, False, True, False, False, True),
    (DISABLED, True, False, False, False, False),
    (DISABLED, True, False, True, False, False),
    (DISABLED, True, False, False, True, True),
    (DISABLED, True, True, False, False, True),
    (DISABLED, False, False, False, True, False),
    (DISABLED, False, True, False, True, False),
    (BOTH, True, False, True, False, False),
    (BOTH, True, False, False, True, True),
    (BOTH, True, True, False, False, True),
]


@pytest.mark.parametrize("row", ROWS)
def test_the_rows_of_the_book(row: tuple[Image, bool, bool, bool, bool, bool]) -> None:
    image, owned, by_id, deprecated, disabled, shown = row
    asked: dict[str, Any] = {"by_id": by_id, "include_deprecated": deprecated, "include_disabled": disabled}
    assert is_shown(image, NOW, owned=owned, **asked) is shown
    if not any(asked.values()):
        assert is_shown(image, NOW, owned=owned) is shown


def test_by_a_quirk_the_id_of_a_disabled_image_is_not_enough() -> None:
    strict = Quirks(disabled_image_described_by_id=False)
    assert not is_shown(DISABLED, NOW, owned=True, by_id=True, quirks=strict)
    assert is_shown(DISABLED, NOW, owned=True, by_id=True, include_disabled=True, quirks=strict)
    assert is_shown(DEPRECATED, NOW, owned=False, by_id=True, quirks=strict)


def test_an_image_is_veiled_from_the_very_moment_of_its_deprecation() -> None:
    assert list(veils(DEPRECATED, NOW - timedelta(milliseconds=1))) == []
    assert list(veils(DEPRECATED, NOW)) == [Veil.DEPRECATED]


def test_every_case_has_a_cell() -> None:
    assert set(SHOWN) == {(veil, looker, look) for veil in Veil for looker in Looker for look in Look}


@given(image=images(), owned=FLAGS, by_id=FLAGS, deprecated=FLAGS, disabled=FLAGS)
def test_a_flag_never_hides_an_image(image: Image, owned: bool, by_id: bool, deprecated: bool, disabled: bool) -> None:
    less = is_shown(image, NOW, owned=owned, by_id=by_id, include_deprecated=deprecated, include_disabled=disabled)
    more = is_shown(image, NOW, owned=owned, by_id=by_id, include_deprecated=True, include_disabled=True)
    assert more or not less


@given(image=images(), by_id=FLAGS, deprecated=FLAGS, disabled=FLAGS)
def test_an_owner_sees_whatever_others_see(image: Image, by_id: bool, deprecated: bool, disabled: bool) -> None:
    asked: dict[str, Any] = {"by_id": by_id, "include_deprecated": deprecated, "include_disabled": disabled}
    assert is_shown(image, NOW, owned=True, **asked) or not is_shown(image, NOW, owned=False, **asked)
