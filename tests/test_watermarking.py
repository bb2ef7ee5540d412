"""Watermarks on a single image (rules B W-1 to B W-6)."""

from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.clock import parse
from amimodel.examples import WEB
from amimodel.images import Image
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import PublicImageNotWatermarked, WatermarkLimitReached
from amimodel.regions import Region
from amimodel.testing import strategies as amis
from amimodel.watermarking import attached, detached, refusals_to_attach, watermark_of
from amimodel.watermarks import ImageWatermark, WatermarkKey, as_watermark_key, watermark_name

NOW: Final = parse("2026-06-01T00:00:00Z")
HERE: Final = Region("eu-central-1")
GOLDEN: Final = WatermarkKey.parse("111122223333:golden")
ANEW: Final = Quirks(reattached_watermark_keeps_times=False)


def marks(*, max_size: int = 5) -> st.SearchStrategy[list[ImageWatermark]]:
    return st.lists(amis.image_watermarks(), max_size=max_size, unique_by=lambda mark: mark.watermark_key)


@st.composite
def marked_images(draw: st.DrawFn) -> tuple[Image, WatermarkKey]:
    """An image with some watermarks, and the key of one of them or of another."""
    image = evolve(WEB, image_watermarks=draw(marks()))
    keys = [mark.watermark_key for mark in image.image_watermarks]
    return image, draw(st.one_of(amis.watermark_keys(), *([st.sampled_from(keys)] if keys else [])))


@given(marked_images(), st.sampled_from([Quirks(), ANEW]))
def test_attaching_gives_the_image_the_watermark_and_leaves_everything_else(
    case: tuple[Image, WatermarkKey], quirks: Quirks
) -> None:
    image, key = case
    marked = attached(image, key, HERE, NOW, quirks)
    assert watermark_of(marked, key) is not None
    assert detached(marked, key) == detached(image, key)
    assert evolve(marked, image_watermarks=image.image_watermarks) == image


@given(marked_images())
def test_a_watermark_remembers_the_image_that_it_was_first_attached_to(case: tuple[Image, WatermarkKey]) -> None:
    image, key = case
    before = watermark_of(image, key)
    first = ImageWatermark(
        watermark_key=key,
        source_image_region=HERE,
        source_image_id=WEB.image_id,
        source_image_creation_time=WEB.creation_date,
        watermark_creation_time=NOW,
    )  # B W-5
    assert watermark_of(attached(image, key, HERE, NOW), key) == (before or first)
    assert watermark_of(attached(image, key, HERE, NOW, ANEW), key) == first


@given(marked_images())
def test_attaching_twice_is_attaching_once_but_by_a_quirk(case: tuple[Image, WatermarkKey]) -> None:  # B W-4
    image, key = case
    once = attached(image, key, HERE, NOW)
    later = NOW + timedelta(days=1)
    assert attached(once, key, HERE, later) is once
    again = attached(once, key, HERE, later, ANEW)
    keys = [mark.watermark_key for mark in once.image_watermarks]
    assert [mark.watermark_key for mark in again.image_watermarks] == keys
    changed = [new for new, old in zip(again.image_watermarks, once.image_watermarks, strict=True) if new != old]
    assert [(mark.watermark_key, mark.watermark_creation_time) for mark in changed] == [(key, later)]


@given(marked_images())
def test_detaching_takes_off_one_watermark_whoever_has_made_it(case: tuple[Image, WatermarkKey]) -> None:  # B W-6
    image, key = case
    left = detached(image, key)
    assert watermark_of(left, key) is None
    assert left.image_watermarks == tuple(mark for mark in image.image_watermarks if mark.watermark_key != key)
    assert evolve(left, image_watermarks=image.image_watermarks) == image
    assert detached(left, key) is left


@given(marked_images(), st.booleans(), st.integers(0, 6))
def test_an_image_takes_a_watermark_while_it_is_not_public_and_has_room(
    case: tuple[Image, WatermarkKey], public: bool, limit: int
) -> None:  # B W-2, B W-3
    image, key = case
    shown = evolve(image, launch_permissions=[EVERYONE] if public else [])
    has_room = watermark_of(image, key) is not None or len(image.image_watermarks) < limit
    quirks, image_id = Quirks(), image.image_id
    is_public = PublicImageNotWatermarked(error_code=quirks.watermark_on_public_image_code, image_id=image_id)
    is_full = WatermarkLimitReached(error_code=quirks.watermark_limit_code, image_id=image_id, limit=limit)
    against = list(refusals_to_attach(shown, key, Limits(watermarks_per_image=limit)))
    assert against == [is_public] * public + [is_full] * (not has_room)


@pytest.mark.parametrize("code", ErrorCode)
def test_the_codes_are_the_quirks_to_say(code: ErrorCode) -> None:  # B 14
    quirks = Quirks(watermark_on_public_image_code=code, watermark_limit_code=code)
    public = evolve(WEB, launch_permissions=[EVERYONE])
    refusals = list(refusals_to_attach(public, GOLDEN, Limits(watermarks_per_image=0), quirks))
    assert [refusal.code for refusal in refusals] == [code.value, code.value]
    assert all(WEB.image_id in str(refusal) and refusal.remedy for refusal in refusals)


def test_a_key_is_read_from_its_text() -> None:
    assert as_watermark_key("111122223333:golden") == as_watermark_key(GOLDEN) == GOLDEN


@pytest.mark.parametrize("name", ["ab", "a" * 129, "gold+en", ""])
def test_a_watermark_is_named_like_an_image(name: str) -> None:  # B 0.1
    with pytest.raises(Malformed, match="for parameter watermarkName is invalid"):
        watermark_name(name)
