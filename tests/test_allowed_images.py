"""Allowed AMIs: rules B 4.2, B 4.3, A NF-4, A VS-4, A VS-5."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest
from attrs import AttrsInstance, evolve, fields_dict
from hypothesis import example, given
from hypothesis import strategies as st

from amimodel.allowed_images import (
    EFFECTS,
    PROVIDERS,
    Effect,
    Standing,
    criterion_matches,
    effect_on,
    image_allowed,
    matches,
    may_use,
    unmet_conditions,
)
from amimodel.clock import parse
from amimodel.decisions import Decision, Owner
from amimodel.examples import WEB
from amimodel.image_criteria import (
    CreationDateCondition,
    DeprecationTimeCondition,
    ImageCriterion,
    ImageProvider,
    ImageWatermarkFilter,
    ScanResultCondition,
)
from amimodel.images import Image
from amimodel.product_codes import ProductCode, ProductCodeType
from amimodel.quirks import QuestionMark, Quirks
from amimodel.refusals import ImageNotFound
from amimodel.scan_results import ScanResults
from amimodel.settings import AllowedImagesSettings, AllowedImagesSettingsState
from amimodel.testing import strategies as amis
from amimodel.vocabulary import OwnerAlias, Severity
from amimodel.watermarks import ImageWatermark
from reference import allowed_images as reference

NOW: Final = parse("2026-06-01T00:00:00Z")
STRANGER: Final = "999988887777"
DAY: Final = timedelta(days=1)
MICROSECOND: Final = timedelta(microseconds=1)
MOST_DAYS: Final = 2_147_483_647
WATERMARK: Final = ImageWatermark(
    watermark_key="111122223333:golden/base",
    source_image_region="eu-west-1",
    source_image_id="ami-12345678",
    source_image_creation_time=NOW - 20 * DAY,
    watermark_creation_time=NOW - 10 * DAY,
)

STATES: Final = st.sampled_from(AllowedImagesSettingsState)
NOWS: Final = st.one_of(st.just(NOW), amis.instants())


watermarks = st.builds(
    lambda **parts: evolve(WATERMARK, **parts),
    watermark_key=st.sampled_from(["111122223333:golden/base", "444455556666:base"]),
    source_image_region=st.sampled_from(["eu-west-1", "us-east-1"]),
    source_image_creation_time=amis.instants(),
    watermark_creation_time=amis.instants(),
)


def some_of(noun: type[AttrsInstance]) -> st.SearchStrategy[list[str]]:
    """A few of a noun's fields."""
    return st.lists(st.sampled_from(tuple(fields_dict(noun))), min_size=1, max_size=3, unique=True)


images = st.builds(
    lambda **parts: evolve(WEB, **parts),
    owner_id=st.sampled_from(["111122223333", "444455556666", STRANGER]),
    name=st.none() | st.text("abAB01-/ '", min_size=3, max_size=12),
    creation_date=amis.instants(),
    deprecation_time=st.none() | amis.instants(),
    image_owner_alias=st.none() | st.sampled_from(OwnerAlias),
    product_codes=st.lists(amis.product_codes(), max_size=2),
    image_watermarks=st.lists(watermarks, max_size=2),
    scan_results=st.none() | amis.scan_results(),
)


# Drawn from again and again, so they are made once.
STEPS: Final = st.integers(-1, 2)
HEADS: Final = st.sampled_from(["*", "", "*?"])
TAILS: Final = st.sampled_from(["*", "", "?", "*-"])
CUTS: Final = st.integers(0, 12)
FEW: Final = st.integers(1, 2)
SAID: Final = some_of(ImageCriterion)
SAID_OF_SCANS: Final = some_of(ScanResultCondition)
SAID_OF_WATERMARKS: Final = some_of(ImageWatermarkFilter)
CHOICES: Final = st.integers(0, 4)


class Asking:
    """Draws criteria that an image fits, or nearly."""

    def __init__(self, draw: Callable[[Any], Any], image: Image, now: datetime) -> None:
        self.draw, self.image, self.now = draw, image, now

    def criterion(self) -> ImageCriterion:
        makers: dict[str, Callable[[], Any]] = {
            "image_providers": lambda: self.few(self.provider),
            "image_names": lambda: self.few(self.name),
            "marketplace_product_codes": lambda: self.few(self.product_code),
            "creation_date_condition": lambda: CreationDateCondition(
                maximum_days_since_created=self.about(self.image.creation_date)
            ),
            "deprecation_time_condition": lambda: DeprecationTimeCondition(
                maximum_days_since_deprecated=self.about(self.image.deprecation_time)
            ),
            "image_watermarks": lambda: self.few(self.watermark),
            "scan_result_condition": self.scan,
        }
        return ImageCriterion(**{name: makers[name]() for name in self.draw(SAID)})

    def few(self, one: Callable[[], Any]) -> list[Any]:
        return [one() for _ in range(self.draw(FEW))]

    def choice(self, *values: str) -> str:
        number: int = self.draw(CHOICES)
        return values[number % len(values)]

    def about(self, then: datetime | None) -> int:
        """A number of days that is nearly too small, or nearly too large."""
        age = 0 if then is None else (self.now - then).days
        step: int = self.draw(STEPS)
        return max(0, min(age + step, MOST_DAYS))

    def provider(self) -> str:
        return self.choice(self.image.owner_id, self.image.image_owner_alias or "amazon", "aws-marketplace", STRANGER)

    def name(self) -> str:
        """The name, or a pattern that has much of it; where it begins and ends, a wildcard may stand or nothing."""
        first, last = sorted((self.draw(CUTS), self.draw(CUTS)))
        text = f"{self.draw(HEADS)}{(self.image.name or 'web')[first:last]}{self.draw(TAILS)}"
        return text if len(text) > 2 else f"{text}**"

    def product_code(self) -> str:
        return self.choice("abc123", *(code.product_code_id for code in self.image.product_codes))

    def watermark(self) -> ImageWatermarkFilter:
        kept = self.image.image_watermarks or (WATERMARK,)
        watermark = kept[self.draw(CHOICES) % len(kept)]
        key = watermark.watermark_key
        makers: dict[str, Callable[[], Any]] = {
            "watermark_key": lambda: self.choice(str(key), "*", f"*:{key.name}", f"?{key}"),
            "source_image_region": lambda: self.choice(str(watermark.source_image_region), "eu-*"),
            "maximum_days_since_source_image_created": lambda: self.about(watermark.source_image_creation_time),
            "maximum_days_since_watermark_created": lambda: self.about(watermark.watermark_creation_time),
        }
        return ImageWatermarkFilter(**{name: makers[name]() for name in self.draw(SAID_OF_WATERMARKS)})

    def scan(self) -> ScanResultCondition:
        results = self.image.scan_results or ScanResults()
        makers: dict[str, Callable[[], Any]] = {
            "max_days_since_last_finding_scan": lambda: self.about(results.finding_scan_date),
            "maximum_severity_label": lambda: self.choice(*Severity),
            **{
                f"max_days_since_{severity}_fix_available": partial(self.about, results.fix_available_since(severity))
                for severity in Severity
            },
        }
        return ScanResultCondition(**{name: makers[name]() for name in self.draw(SAID_OF_SCANS)})


RANDOM: Final = amis.image_criteria()
RANDOM_LISTS: Final = amis.image_criteria_lists(max_size=2)


@st.composite
def looks(draw: st.DrawFn) -> tuple[Image, ImageCriterion, datetime]:
    """An image, a criterion that is often about it, and a moment."""
    image, now = draw(images), draw(NOWS)
    return image, Asking(draw, image, now).criterion() if draw(CHOICES) else draw(RANDOM), now


@st.composite
def settings_and_images(draw: st.DrawFn) -> tuple[AllowedImagesSettings, Image, datetime]:
    image, now = draw(images), draw(NOWS)
    asking = Asking(draw, image, now)
    wanted = [asking.criterion() for _ in range(draw(FEW))] if draw(CHOICES) else draw(RANDOM_LISTS)
    return AllowedImagesSettings(state=draw(STATES), image_criteria=wanted), image, now


def criterion(**said: Any) -> ImageCriterion:
    return ImageCriterion(**said)


# --- one criterion ----------------------------------------------------------------------------------------------------


@given(looks())
def test_an_image_fits_a_criterion_as_the_rule_book_has_it(look: tuple[Image, ImageCriterion, datetime]) -> None:
    """Rules B 4.2, B AA-7, B AA-9, B AA-10, B AA-12, B AA-13."""
    image, wanted, now = look
    assert criterion_matches(wanted, image, now) == reference.criterion_matches(wanted, image, now)


@given(looks())
def test_a_criterion_asks_for_everything_it_says(look: tuple[Image, ImageCriterion, datetime]) -> None:
    """Rule B AA-7: fields are joined by and."""
    image, wanted, now = look
    alone = {
        name: criterion_matches(ImageCriterion(**{name: said}), image, now)
        for name in fields_dict(ImageCriterion)
        if (said := getattr(wanted, name))
    }
    assert criterion_matches(wanted, image, now) == all(alone.values())
    assert unmet_conditions(wanted, image, now) == tuple(name for name, fits in alone.items() if not fits)


@given(looks(), st.data())
def test_one_more_value_in_a_list_never_shuts_an_image_out(
    look: tuple[Image, ImageCriterion, datetime], data: st.DataObject
) -> None:
    """Rule B AA-7: the values of a field are joined by or."""
    image, wanted, now = look
    if wanted.allows_nobody:
        return
    more = Asking(data.draw, image, now).criterion()
    lists = ("image_providers", "image_names", "marketplace_product_codes", "image_watermarks")
    longer: dict[str, Any] = {name: (*said, *getattr(more, name)) for name in lists if (said := getattr(wanted, name))}
    assert criterion_matches(evolve(wanted, **longer), image, now) >= criterion_matches(wanted, image, now)


@pytest.mark.parametrize(
    ("provider", "alias", "fits"),
    [
        (provider, alias, alias is not None and provider.value == alias.value)
        for provider in ImageProvider
        for alias in (None, *OwnerAlias)
    ],
)
def test_a_provider_is_told_by_the_alias(provider: ImageProvider, alias: OwnerAlias | None, fits: bool) -> None:
    """Rules B AA-9, B AA-10, B AA-12: `none` is nobody, not those who have no alias."""
    image = evolve(WEB, image_owner_alias=alias)
    assert criterion_matches(criterion(image_providers=[provider]), image, NOW) is fits


def test_every_alias_has_its_provider_and_none_has_no_alias() -> None:
    """Rule B AA-10."""
    assert set(PROVIDERS) == set(ImageProvider)
    assert set(PROVIDERS.values()) == {None, *OwnerAlias}


@pytest.mark.parametrize("alias", [None, *OwnerAlias])
def test_amazon_stands_for_the_marketplace_only_by_a_quirk(alias: OwnerAlias | None) -> None:
    """Rule B AA-12."""
    quirks = Quirks(amazon_provider_includes_marketplace=True)
    image, amazon = evolve(WEB, image_owner_alias=alias), criterion(image_providers=["amazon"])
    admitted = alias in {"amazon", "aws-marketplace"}
    assert criterion_matches(amazon, image, NOW, quirks) is admitted
    assert matches(AllowedImagesSettings(image_criteria=[amazon]), image, NOW, quirks) is admitted
    backup = criterion(image_providers=["aws-backup-vault", "none"][:1])
    assert criterion_matches(backup, image, NOW, quirks) is (alias == "aws-backup-vault")


@given(images, amis.account_ids())
def test_a_number_means_the_images_of_that_account(image: Image, account: str) -> None:
    """Rule B AA-10."""
    assert criterion_matches(criterion(image_providers=[image.owner_id]), image, NOW)
    assert criterion_matches(criterion(image_providers=[account]), image, NOW) is (account == image.owner_id)


@pytest.mark.parametrize(
    ("wanted", "exactly_one", "zero_or_one"),
    [
        ("web-?",  ["web-1"],                   ["web-", "web-1"]),
        ("web-??", ["web-12"],                  ["web-", "web-1", "web-12"]),
        ("web-*",  ["web-", "web-1", "web-12"], ["web-", "web-1", "web-12"]),
        ("web-?*", ["web-1", "web-12"],         ["web-", "web-1", "web-12"]),
        ("w*b-1",  ["web-1"],                   ["web-1"]),
        ("WEB-1",  [],                          []),
        ("web",    [],                          []),
    ],
)  # fmt: skip
def test_a_question_mark_stands_for_one_character_or_by_a_quirk_for_none(
    wanted: str, exactly_one: list[str], zero_or_one: list[str]
) -> None:
    """Rule B 4.2; settlement S 8. Names fit as a whole, and case counts."""
    for mark, fitting in ((QuestionMark.EXACTLY_ONE, exactly_one), (QuestionMark.ZERO_OR_ONE, zero_or_one)):
        quirks = Quirks(criteria_question_mark_matches=mark)
        asked = criterion(image_names=[wanted])
        names = [
            name
            for name in ("web-", "web-1", "web-12", "Web-1")
            if criterion_matches(asked, evolve(WEB, name=name), NOW, quirks)
        ]
        assert names == fitting


def test_the_question_mark_of_filters_is_another_one() -> None:
    """Settlement S 8."""
    quirks = Quirks(question_mark_matches=QuestionMark.ZERO_OR_ONE)
    assert not criterion_matches(criterion(image_names=["web?"]), WEB, NOW, quirks)


def test_an_image_without_a_name_fits_no_name() -> None:
    assert not criterion_matches(criterion(image_names=["*"]), evolve(WEB, name=None), NOW)


@pytest.mark.parametrize("kind", ProductCodeType)
def test_a_product_code_counts_if_it_is_the_marketplaces(kind: ProductCodeType) -> None:
    """Rule B 4.2."""
    sold = evolve(WEB, product_codes=[ProductCode("abc123", kind)])
    wanted = criterion(marketplace_product_codes=["other", "abc123"])
    assert criterion_matches(wanted, sold, NOW) is (kind is ProductCodeType.MARKETPLACE)
    assert not criterion_matches(wanted, WEB, NOW)


@given(st.integers(0, 4000), amis.instants())
def test_a_number_of_days_is_so_many_times_86400_seconds_and_not_a_moment_more(days: int, created: datetime) -> None:
    """Rule B 4.2."""
    image = evolve(WEB, creation_date=created)
    young = criterion(creation_date_condition=CreationDateCondition(maximum_days_since_created=days))
    last = created + timedelta(seconds=86_400 * days)
    assert criterion_matches(young, image, last)
    assert criterion_matches(young, image, created)
    assert not criterion_matches(young, image, last + MICROSECOND)


@given(NOWS)
def test_the_longest_time_that_can_be_asked_for_is_longer_than_any_age(now: datetime) -> None:
    """Rule B 4.2."""
    days = {"maximum_days_since_created": MOST_DAYS}
    assert criterion_matches(criterion(creation_date_condition=CreationDateCondition(**days)), WEB, now)


@pytest.mark.parametrize(
    ("deprecated", "days", "fits"),
    [
        (None,                   0, True),
        (NOW + MICROSECOND,      0, True),   # a deprecation to come is none
        (NOW,                    0, False),  # 0 excludes every deprecated image
        (NOW,                    1, True),
        (NOW - DAY,              0, False),
        (NOW - DAY,              1, True),
        (NOW - DAY - MICROSECOND, 1, False),
    ],
)  # fmt: skip
def test_how_long_ago_an_image_may_have_been_deprecated(deprecated: datetime | None, days: int, fits: bool) -> None:
    """Rule B 4.2."""
    condition = DeprecationTimeCondition(maximum_days_since_deprecated=days)
    image = evolve(WEB, deprecation_time=deprecated)
    assert criterion_matches(criterion(deprecation_time_condition=condition), image, NOW) is fits


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        ({"watermark_key": "111122223333:golden/*"}, True),
        ({"watermark_key": "*golden*"}, True),
        ({"watermark_key": "*:golden"}, False),
        ({"watermark_key": "golden/base"}, False),  # the account is a part of the key
        ({"source_image_region": "eu-*-?"}, True),
        ({"source_image_region": "eu"}, False),
        ({"maximum_days_since_source_image_created": 20}, True),
        ({"maximum_days_since_source_image_created": 19}, False),
        ({"maximum_days_since_watermark_created": 10}, True),
        ({"maximum_days_since_watermark_created": 9}, False),
        ({"watermark_key": "*", "maximum_days_since_watermark_created": 9}, False),
        ({"watermark_key": "*", "source_image_region": "eu-west-1", "maximum_days_since_watermark_created": 10}, True),
    ],
)
def test_a_watermark_must_fit_all_that_a_filter_says(said: dict[str, Any], fits: bool) -> None:
    """Rules B 4.2, B W-11."""
    image = evolve(WEB, image_watermarks=[WATERMARK])
    wanted = criterion(image_watermarks=[ImageWatermarkFilter(**said)])
    assert criterion_matches(wanted, image, NOW) is fits
    assert not criterion_matches(wanted, WEB, NOW)


def test_two_watermarks_do_not_help_each_other_to_fit_one_filter() -> None:
    """Rule B 4.2: all specified fields must match the same watermark."""
    other = evolve(WATERMARK, watermark_key="444455556666:other", source_image_region="us-east-1")
    image = evolve(WEB, image_watermarks=[WATERMARK, other])
    mixed = ImageWatermarkFilter(watermark_key="*:golden/base", source_image_region="us-east-1")
    assert not criterion_matches(criterion(image_watermarks=[mixed]), image, NOW)
    either = [mixed, ImageWatermarkFilter(watermark_key="*:other", source_image_region="us-*")]
    assert criterion_matches(criterion(image_watermarks=either), image, NOW)


SCAN: Final = ScanResults(
    finding_scan_date=NOW - 7 * DAY,
    highest_finding_severity_label="high",
    low_fix_available_since=NOW - 30 * DAY,
    high_fix_available_since=NOW - 3 * DAY,
)


@pytest.mark.parametrize(
    ("said", "results", "fits"),
    [
        ({"max_days_since_last_finding_scan": 7}, SCAN, True),
        ({"max_days_since_last_finding_scan": 6}, SCAN, False),
        ({"max_days_since_last_finding_scan": MOST_DAYS}, ScanResults(), False),
        ({"maximum_severity_label": "high"}, SCAN, True),
        ({"maximum_severity_label": "critical"}, SCAN, True),
        ({"maximum_severity_label": "medium"}, SCAN, False),
        ({"maximum_severity_label": "informational"}, ScanResults(finding_scan_date=NOW), True),  # nothing found
        ({"max_days_since_low_fix_available": 30}, SCAN, True),
        ({"max_days_since_low_fix_available": 29}, SCAN, False),
        ({"max_days_since_high_fix_available": 3}, SCAN, True),
        ({"max_days_since_high_fix_available": 2}, SCAN, False),
        ({"max_days_since_critical_fix_available": 0}, SCAN, True),  # there is no such fix
        ({"maximum_severity_label": "high", "max_days_since_low_fix_available": 29}, SCAN, False),
    ],
)
def test_what_a_scan_must_have_found(said: dict[str, Any], results: ScanResults, fits: bool) -> None:
    """Rule B AA-13."""
    wanted = criterion(scan_result_condition=ScanResultCondition(**said))
    assert criterion_matches(wanted, evolve(WEB, scan_results=results), NOW) is fits


@given(amis.scan_result_conditions(), NOWS)
def test_an_image_that_nobody_has_scanned_fits_no_condition_on_scans(
    condition: ScanResultCondition, now: datetime
) -> None:
    """Rule B AA-13."""
    assert not criterion_matches(criterion(scan_result_condition=condition), evolve(WEB, scan_results=None), now)


@pytest.mark.parametrize("worst", Severity)
@pytest.mark.parametrize("found", Severity)
def test_severities_rise_from_informational_to_critical(worst: Severity, found: Severity) -> None:
    """Rules B AA-13, A SR-2."""
    order = ["informational", "low", "medium", "high", "critical"]
    image = evolve(WEB, scan_results=ScanResults(highest_finding_severity_label=found))
    wanted = criterion(scan_result_condition=ScanResultCondition(maximum_severity_label=worst))
    assert criterion_matches(wanted, image, NOW) is (order.index(found) <= order.index(worst))


@given(looks(), st.timedeltas(min_value=timedelta(0), max_value=4000 * DAY))
def test_an_image_that_has_grown_too_old_stays_so(
    look: tuple[Image, ImageCriterion, datetime], later: timedelta
) -> None:
    """Rule B 4.2: every condition on time is a longest time."""
    image, wanted, now = look
    assert criterion_matches(wanted, image, now) >= criterion_matches(wanted, image, now + later)


# --- the settings -----------------------------------------------------------------------------------------------------


@given(settings_and_images())
def test_an_image_fits_the_settings_if_it_fits_any_criterion(
    case: tuple[AllowedImagesSettings, Image, datetime],
) -> None:
    """Rules B AA-3, B AA-7: in which state they are does not matter here."""
    settings, image, now = case
    assert matches(settings, image, now) == any(criterion_matches(c, image, now) for c in settings.image_criteria)


@given(images, st.booleans())
def test_without_criteria_no_image_fits_but_by_a_quirk_every_one_does(image: Image, quirk: bool) -> None:
    """Rule B AA-11."""
    quirks = Quirks(empty_criteria_allow_all=quirk)
    enabled = AllowedImagesSettings(state="enabled")
    assert matches(enabled, image, NOW, quirks) is quirk
    assert may_use(enabled, image, STRANGER, NOW, quirks).allowed is (quirk or image.owner_id == STRANGER)
    assert image_allowed(enabled, image, STRANGER, NOW, quirks) is (quirk or image.owner_id == STRANGER)


@given(settings_and_images())
def test_that_quirk_changes_nothing_where_there_is_a_criterion(
    case: tuple[AllowedImagesSettings, Image, datetime],
) -> None:
    """Rule B AA-11."""
    settings, image, now = case
    if settings.image_criteria:
        assert matches(settings, image, now, Quirks(empty_criteria_allow_all=True)) == matches(settings, image, now)


@given(images)
def test_the_provider_none_leaves_an_account_its_own_images_alone(image: Image) -> None:
    """Rule B AA-9."""
    settings = AllowedImagesSettings(state="enabled", image_criteria=[criterion(image_providers=["none"])])
    assert not matches(settings, image, NOW)
    assert may_use(settings, image, image.owner_id, NOW).allowed


@pytest.mark.parametrize(
    ("state", "standing", "usable", "told"),
    [
        ("disabled",   Standing.OWN,          True,  None),
        ("disabled",   Standing.MATCHING,     True,  None),
        ("disabled",   Standing.NOT_MATCHING, True,  None),
        ("audit-mode", Standing.OWN,          True,  True),
        ("audit-mode", Standing.MATCHING,     True,  True),
        ("audit-mode", Standing.NOT_MATCHING, True,  False),
        ("enabled",    Standing.OWN,          True,  True),
        ("enabled",    Standing.MATCHING,     True,  True),
        ("enabled",    Standing.NOT_MATCHING, False, False),
    ],
)  # fmt: skip
def test_the_effects(state: str, standing: Standing, usable: bool, told: bool | None) -> None:
    """Rule B 4.3; settlement S 35."""
    effect = EFFECTS[AllowedImagesSettingsState(state), standing]
    assert effect == Effect(usable=usable, image_allowed=told)
    wanted = "444455556666" if standing is Standing.NOT_MATCHING else WEB.owner_id
    settings = AllowedImagesSettings(state=state, image_criteria=[criterion(image_providers=[wanted])])
    looker = WEB.owner_id if standing is Standing.OWN else STRANGER
    assert effect_on(settings, WEB, looker, NOW) == effect
    because = (Owner(),) if standing is Standing.OWN else ()
    granted = Decision(True, because) if usable else Decision(False, (ImageNotFound.of(WEB.image_id),))
    assert may_use(settings, WEB, looker, NOW) == granted


def test_the_table_of_effects_has_every_case() -> None:
    assert set(EFFECTS) == {(state, standing) for state in AllowedImagesSettingsState for standing in Standing}


@given(settings_and_images(), st.booleans())
def test_what_is_told_and_what_may_be_used_is_as_the_rule_book_has_it(
    case: tuple[AllowedImagesSettings, Image, datetime], own: bool
) -> None:
    """Rules B 4.3, B AA-8, A NF-4, A VS-4; settlement S 35."""
    settings, image, now = case
    account = image.owner_id if own else STRANGER
    told = reference.allowed(settings.state, settings.image_criteria, image, account, now)
    assert image_allowed(settings, image, account, now) is told
    decision = may_use(settings, image, account, now)
    assert decision.allowed is not (settings.state == "enabled" and told is False)
    if not decision.allowed:
        assert decision.because == (ImageNotFound.of(image.image_id),)
    else:
        assert decision.because == ((Owner(),) if account == image.owner_id else ())


@given(settings_and_images())
@example((AllowedImagesSettings(state="enabled"), WEB, NOW))
def test_nobodys_own_images_are_ever_restricted(case: tuple[AllowedImagesSettings, Image, datetime]) -> None:
    """Rules B AA-8, A VS-5."""
    settings, image, now = case
    decision = may_use(settings, image, image.owner_id, now)
    assert decision.allowed
    assert decision.because == (Owner(),)
    assert image_allowed(settings, image, image.owner_id, now) is not False


@given(settings_and_images(), amis.account_ids())
def test_all_accounts_but_the_owner_fare_alike_under_the_same_settings(
    case: tuple[AllowedImagesSettings, Image, datetime], account: str
) -> None:
    """Rule B AA-18: it is the settings of whoever acts that count, and nothing else about the account."""
    settings, image, now = case
    if image.owner_id not in {account, STRANGER}:
        assert effect_on(settings, image, account, now) == effect_on(settings, image, STRANGER, now)


@given(settings_and_images())
def test_turning_the_settings_on_hides_just_what_the_audit_flagged(
    case: tuple[AllowedImagesSettings, Image, datetime],
) -> None:
    """Rule B 4.3."""
    settings, image, now = case
    audited = image_allowed(evolve(settings, state="audit-mode"), image, STRANGER, now)
    assert may_use(evolve(settings, state="enabled"), image, STRANGER, now).allowed is audited
    assert may_use(evolve(settings, state="audit-mode"), image, STRANGER, now).allowed
    assert may_use(evolve(settings, state="disabled"), image, STRANGER, now).allowed


def test_what_ec2_says_of_a_hidden_image() -> None:
    """Rules B 4.3, B AA-14."""
    (refusal,) = may_use(AllowedImagesSettings(state="enabled"), WEB, STRANGER, NOW).refusals
    assert (refusal.code, refusal.message) == ("InvalidAMIID.NotFound", "The image id '[ami-12345678]' does not exist")
