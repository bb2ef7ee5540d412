"""The criteria of Allowed AMIs: what can be said in one, and what is wrong with the rest (rules B 4.2, B AA-9)."""

import pickle
import re
import string
from collections.abc import Callable
from typing import Any

import attrs
import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.image_criteria import (
    CreationDateCondition,
    DeprecationTimeCondition,
    ImageCriterion,
    ImageProvider,
    ImageWatermarkFilter,
    ScanResultCondition,
    image_criteria,
    image_provider,
)
from amimodel.malformed import Malformed
from amimodel.vocabulary import Severity

NAME_CHARACTERS = string.ascii_letters + string.digits + " ()[]./-'@_"


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("ImageCriterion", ImageCriterion),
        ("CreationDateCondition", CreationDateCondition),
        ("DeprecationTimeCondition", DeprecationTimeCondition),
        ("ImageWatermarkFilterResponse", ImageWatermarkFilter),
        ("ScanResultCondition", ScanResultCondition),
    ],
)
def test_members_are_those_of_the_service_model(shape: str, kind: type[attrs.AttrsInstance]) -> None:
    model: Any = botocore.session.get_session().get_service_model("ec2")
    snake_case = {re.sub(r"(?<!^)(?=[A-Z])", "_", member).lower() for member in model.shape_for(shape).members}
    assert set(attrs.fields_dict(kind)) == snake_case


ACCEPTED: list[dict[str, Any]] = [
    {"image_providers": ["amazon", "aws-marketplace", "aws-backup-vault", "000011112222"]},
    {"image_providers": ["none"]},
    {"image_names": ["a", "*", "al2023-ami-*", "w?b", "x" * 128, "a b([./-'@_])"]},
    {"marketplace_product_codes": ["a", "abc123DEF", "9" * 25]},
    {"creation_date_condition": CreationDateCondition(maximum_days_since_created=0)},
    {"deprecation_time_condition": DeprecationTimeCondition(maximum_days_since_deprecated=2_147_483_647)},
    {"image_watermarks": [ImageWatermarkFilter(watermark_key="111122223333:golden")]},
    {"image_watermarks": [ImageWatermarkFilter(watermark_key="*")]},
    {"image_watermarks": [ImageWatermarkFilter(watermark_key="1111*:gold?n/base")]},
    {"image_watermarks": [ImageWatermarkFilter(source_image_region="eu-*-?")]},
    {"image_watermarks": [ImageWatermarkFilter(maximum_days_since_watermark_created=0)]},
    {"scan_result_condition": ScanResultCondition(maximum_severity_label=Severity.HIGH)},
    {"scan_result_condition": ScanResultCondition(max_days_since_last_finding_scan=0)},
]


@pytest.mark.parametrize("said", ACCEPTED)
def test_what_can_be_said(said: dict[str, Any]) -> None:
    criterion = ImageCriterion(**said)
    for name, value in said.items():
        assert getattr(criterion, name) == (tuple(value) if isinstance(value, list) else value)
    assert image_criteria([criterion]) == (criterion,)
    assert pickle.loads(pickle.dumps(criterion)) == criterion
    assert hash(criterion) == hash(ImageCriterion(**said))


NAMES = "Expected 1 to 128 letters, digits, spaces and any of ()[]./-'@_*?."
PROVIDERS = "Expected a 12-digit account ID or one of amazon, aws-marketplace, aws-backup-vault, none."
DAYS = "Expected a number of days from 0 to 2147483647."
KEYS = "Expected account:name, with the wildcards * and ? if need be."

MALFORMED: list[tuple[Callable[..., object], dict[str, Any], str, object, str]] = [
    (ImageCriterion, {"image_providers": ["Amazon"]}, "ImageProviders", "Amazon", PROVIDERS),
    (ImageCriterion, {"image_providers": ["12345678901"]}, "ImageProviders", "12345678901", PROVIDERS),
    (ImageCriterion, {"image_providers": ["amazon", ""]}, "ImageProviders", "", PROVIDERS),
    (ImageCriterion, {"image_providers": "amazon"}, "ImageProviders", "amazon", "Expected a list."),
    (ImageCriterion, {"image_names": [""]}, "ImageNames", "", NAMES),
    (ImageCriterion, {"image_names": ["x" * 129]}, "ImageNames", "x" * 129, NAMES),
    (ImageCriterion, {"image_names": ["web", "c++"]}, "ImageNames", "c++", NAMES),
    (ImageCriterion, {"image_names": ["caf\u00e9"]}, "ImageNames", "caf\u00e9", NAMES),
    (ImageCriterion, {"image_names": ["a?"]}, "ImageNames", "a?",
     "A name with the wildcard ? has at least 3 characters."),
    (ImageCriterion, {"image_names": "web"}, "ImageNames", "web", "Expected a list."),
    (ImageCriterion, {"marketplace_product_codes": [""]}, "MarketplaceProductCodes", "",
     "Expected 1 to 25 letters and digits."),
    (ImageCriterion, {"marketplace_product_codes": ["a-b"]}, "MarketplaceProductCodes", "a-b",
     "Expected 1 to 25 letters and digits."),
    (ImageCriterion, {"marketplace_product_codes": ["a" * 26]}, "MarketplaceProductCodes", "a" * 26,
     "Expected 1 to 25 letters and digits."),
    (CreationDateCondition, {"maximum_days_since_created": -1}, "MaximumDaysSinceCreated", -1, DAYS),
    (CreationDateCondition, {"maximum_days_since_created": 2**31}, "MaximumDaysSinceCreated", 2**31, DAYS),
    (CreationDateCondition, {"maximum_days_since_created": True}, "MaximumDaysSinceCreated", True, DAYS),
    (CreationDateCondition, {"maximum_days_since_created": None}, "MaximumDaysSinceCreated", None, DAYS),
    (DeprecationTimeCondition, {"maximum_days_since_deprecated": 0.5}, "MaximumDaysSinceDeprecated", 0.5, DAYS),
    (ImageWatermarkFilter, {"watermark_key": ""}, "WatermarkKey", "", KEYS),
    (ImageWatermarkFilter, {"watermark_key": "acme:golden"}, "WatermarkKey", "acme:golden", KEYS),
    (ImageWatermarkFilter, {"watermark_key": "1:2:3"}, "WatermarkKey", "1:2:3", KEYS),
    (ImageWatermarkFilter, {"source_image_region": "EU"}, "SourceImageRegion", "EU",
     "Expected a Region, with the wildcards * and ? if need be."),
    (ImageWatermarkFilter, {"maximum_days_since_source_image_created": -1},
     "MaximumDaysSinceSourceImageCreated", -1, DAYS),
    (ImageWatermarkFilter, {"maximum_days_since_watermark_created": -1}, "MaximumDaysSinceWatermarkCreated", -1, DAYS),
    (ScanResultCondition, {"max_days_since_last_finding_scan": -1}, "MaxDaysSinceLastFindingScan", -1, DAYS),
    (ScanResultCondition, {"max_days_since_critical_fix_available": -1}, "MaxDaysSinceCriticalFixAvailable", -1, DAYS),
    (ImageCriterion, {}, "ImageCriterion", "", "At least one condition must be given."),
    (ImageCriterion, {"image_names": []}, "ImageCriterion", "", "At least one condition must be given."),
    (ImageWatermarkFilter, {}, "ImageWatermarkFilter", "", "At least one condition must be given."),
    (ScanResultCondition, {}, "ScanResultCondition", "", "At least one condition must be given."),
    (ImageCriterion, {"image_providers": ["none", "amazon"]}, "ImageProviders", "none, amazon",
     "'none' must be the only image provider."),
    (ImageCriterion, {"image_providers": ["none"], "image_names": ["web"]}, "ImageProviders", "none",
     "'none' cannot be combined with any other condition."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "member", "value", "why"), MALFORMED)
def test_what_is_malformed(
    kind: Callable[..., object], said: dict[str, Any], member: str, value: object, why: str
) -> None:
    with pytest.raises(Malformed) as caught:
        kind(**said)
    assert caught.value.code == "InvalidParameterValue"
    assert caught.value.message == f"Value ({value}) for parameter {member[:1].lower()}{member[1:]} is invalid. {why}"
    assert (caught.value.member, caught.value.value) == (member, value)


def test_an_unknown_severity_is_malformed() -> None:
    with pytest.raises(Malformed) as caught:
        ScanResultCondition(maximum_severity_label="awful")
    assert caught.value.code == "InvalidParameterValue"
    assert "awful" in caught.value.message


@pytest.mark.parametrize("said", [said for said in ACCEPTED if "image_providers" not in said])
def test_none_tolerates_no_other_condition(said: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match="'none' cannot be combined with any other condition"):
        ImageCriterion(image_providers=["none"], **said)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_none_tolerates_no_other_criterion(position: int) -> None:
    criteria = [ImageCriterion(image_providers=["amazon"]), ImageCriterion(image_names=["web"])]
    criteria.insert(position, ImageCriterion(image_providers=["none"]))
    with pytest.raises(Malformed) as caught:
        image_criteria(criteria)
    assert caught.value == Malformed(
        "InvalidParameterValue",
        "Value (none) for parameter imageProviders is invalid. 'none' cannot be combined with any other criterion.",
        member="ImageProviders",
        value="none",
    )


def test_only_none_allows_nobody() -> None:
    assert ImageCriterion(image_providers=["none"]).allows_nobody
    assert not ImageCriterion(image_providers=["amazon"]).allows_nobody
    assert not ImageCriterion(image_names=["none"]).allows_nobody


def test_a_list_may_be_empty_and_may_repeat_itself() -> None:
    criterion = ImageCriterion(image_providers=["amazon", "amazon"])
    assert image_criteria([]) == ()
    assert image_criteria([criterion, criterion]) == (criterion, criterion)
    assert len(criterion.image_providers) == 2


@given(st.text(st.sampled_from(NAME_CHARACTERS + "*?"), min_size=1, max_size=128))
def test_name_patterns(text: str) -> None:
    if "?" in text and len(text) < 3:
        with pytest.raises(Malformed, match="at least 3 characters"):
            ImageCriterion(image_names=[text])
    else:
        assert ImageCriterion(image_names=[text]).image_names == (text,)


@given(st.text(max_size=140))
def test_a_name_of_any_other_character_or_length_is_malformed(text: str) -> None:
    if 1 <= len(text) <= 128 and set(text) <= {*NAME_CHARACTERS, "*", "?"}:
        return
    with pytest.raises(Malformed) as caught:
        ImageCriterion(image_names=[text])
    assert caught.value.member == "ImageNames"


@given(st.text(st.sampled_from("0123456789amzon-"), max_size=14) | st.from_regex(r"\d{12}", fullmatch=True))
def test_a_provider_is_a_word_or_twelve_digits(text: str) -> None:
    if text in set(ImageProvider) or re.fullmatch(r"[0-9]{12}", text, re.ASCII):
        assert image_provider(text) == text
    else:
        with pytest.raises(Malformed, match="12-digit account ID"):
            image_provider(text)


@given(st.integers(-(2**32), 2**32))
def test_days(days: int) -> None:
    if 0 <= days <= 2_147_483_647:
        assert CreationDateCondition(maximum_days_since_created=days).maximum_days_since_created == days
        assert (
            ScanResultCondition(max_days_since_low_fix_available=days).max_days_since_fix_available(Severity.LOW)
            == days
        )
    else:
        with pytest.raises(Malformed):
            CreationDateCondition(maximum_days_since_created=days)


@pytest.mark.parametrize("severity", list(Severity))
def test_every_severity_has_its_own_days(severity: Severity) -> None:
    given: dict[str, Any] = {f"max_days_since_{severity.value}_fix_available": 7}
    condition = ScanResultCondition(**given)
    assert [condition.max_days_since_fix_available(each) for each in Severity].count(7) == 1
    assert condition.max_days_since_fix_available(severity) == 7
