"""Which images are allowed: a second implementation, from rules B 4.2 and B 4.3 alone, with no eye to speed."""

from datetime import datetime
from functools import cache

from amimodel.image_criteria import ImageCriterion, ImageWatermarkFilter, ScanResultCondition
from amimodel.images import Image
from amimodel.scan_results import ScanResults
from amimodel.watermarks import ImageWatermark

SECONDS_OF_A_DAY = 86_400
MICROSECONDS_OF_A_SECOND = 1_000_000
SEVERITIES = ["informational", "low", "medium", "high", "critical"]  # rule A SR-2


@cache
def glob(wanted: str, text: str) -> bool:
    """Rule B 4.2: `*` is any run of characters, `?` one."""
    if not wanted:
        return not text
    if wanted[0] == "*":
        return any(glob(wanted[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and wanted[0] in {"?", text[0]} and glob(wanted[1:], text[1:])


def within(then: datetime, now: datetime, days: int) -> bool:
    """Rule B 4.2: compare seconds to N * 86,400, inclusive."""
    age = now - then
    seconds = age.days * SECONDS_OF_A_DAY + age.seconds
    limit = days * SECONDS_OF_A_DAY
    return seconds * MICROSECONDS_OF_A_SECOND + age.microseconds <= limit * MICROSECONDS_OF_A_SECOND


def provider_matches(provider: str, image: Image) -> bool:
    """Rules B AA-9, B AA-10, B AA-12."""
    if provider == "none":
        return False
    if provider.isdigit():
        return image.owner_id == provider
    return image.image_owner_alias == provider


def watermark_matches(watermark: ImageWatermark, wanted: ImageWatermarkFilter, now: datetime) -> bool:
    """Rules B 4.2, B W-11."""
    if wanted.watermark_key is not None and not glob(wanted.watermark_key, str(watermark.watermark_key)):
        return False
    if wanted.source_image_region is not None and not glob(
        wanted.source_image_region, str(watermark.source_image_region)
    ):
        return False
    days = wanted.maximum_days_since_source_image_created
    if days is not None and not within(watermark.source_image_creation_time, now, days):
        return False
    days = wanted.maximum_days_since_watermark_created
    return days is None or within(watermark.watermark_creation_time, now, days)


def scan_matches(condition: ScanResultCondition, results: ScanResults | None, now: datetime) -> bool:
    """Rule B AA-13."""
    if results is None:
        return False
    days = condition.max_days_since_last_finding_scan
    if days is not None and (results.finding_scan_date is None or not within(results.finding_scan_date, now, days)):
        return False
    worst, highest = condition.maximum_severity_label, results.highest_finding_severity_label
    if worst is not None and highest is not None and highest not in SEVERITIES[: SEVERITIES.index(worst) + 1]:
        return False
    for days, since in (
        (condition.max_days_since_informational_fix_available, results.informational_fix_available_since),
        (condition.max_days_since_low_fix_available, results.low_fix_available_since),
        (condition.max_days_since_medium_fix_available, results.medium_fix_available_since),
        (condition.max_days_since_high_fix_available, results.high_fix_available_since),
        (condition.max_days_since_critical_fix_available, results.critical_fix_available_since),
    ):
        if days is not None and since is not None and not within(since, now, days):
            return False
    return True


def criterion_matches(criterion: ImageCriterion, image: Image, now: datetime) -> bool:
    """Rules B 4.2, B AA-7, for the quirks as they are ruled."""
    providers, names = criterion.image_providers, criterion.image_names
    wanted_codes, codes = criterion.marketplace_product_codes, image.product_codes
    created, scan = criterion.creation_date_condition, criterion.scan_result_condition
    return all(
        [
            not providers or any(provider_matches(provider, image) for provider in providers),
            not names or any(image.name is not None and glob(wanted, image.name) for wanted in names),
            not wanted_codes
            or any(code.product_code_type == "marketplace" and code.product_code_id in wanted_codes for code in codes),
            created is None or within(image.creation_date, now, created.maximum_days_since_created),
            not_deprecated_too_long(criterion, image, now),
            not criterion.image_watermarks
            or any(
                watermark_matches(watermark, wanted, now)
                for watermark in image.image_watermarks
                for wanted in criterion.image_watermarks
            ),
            scan is None or scan_matches(scan, image.scan_results, now),
        ]
    )


def not_deprecated_too_long(criterion: ImageCriterion, image: Image, now: datetime) -> bool:
    """Rule B 4.2: 0 is no deprecated image."""
    condition, since = criterion.deprecation_time_condition, image.deprecation_time
    if condition is None or since is None or since > now:
        return True
    days = condition.maximum_days_since_deprecated
    return days != 0 and within(since, now, days)


def allowed(state: str, criteria: tuple[ImageCriterion, ...], image: Image, account: str, now: datetime) -> bool | None:
    """Rule B 4.3: what is read as ImageAllowed; an image is unusable if this is False and the state is `enabled`."""
    if state == "disabled":
        return None
    return image.owner_id == account or any(criterion_matches(criterion, image, now) for criterion in criteria)
