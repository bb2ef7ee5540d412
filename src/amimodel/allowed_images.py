"""Allowed AMIs: whether an image fits an account's criteria, and what follows from it.

The settings are always those of the account that looks or launches, never those of the image's owner (rule B AA-18),
and nobody's own images are ever restricted (rules B AA-8, A VS-5). How criteria are spelled is in
`amimodel.image_criteria`.

Source: EC2 User Guide, "Control the discovery and use of AMIs in Amazon EC2 with Allowed AMIs"; rules B 4.2, B 4.3,
A NF-4, A VS-4, A VS-5; settlements S 8, S 35.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum, unique
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import frozen

from amimodel.decisions import Decision, Owner
from amimodel.identifiers import AccountId
from amimodel.image_criteria import (
    CreationDateCondition,
    DeprecationTimeCondition,
    ImageCriterion,
    ImageProvider,
    ImageWatermarkFilter,
    ScanResultCondition,
)
from amimodel.images import Image
from amimodel.patterns import pattern
from amimodel.product_codes import ProductCodeType
from amimodel.quirks import Quirks
from amimodel.refusals import ImageNotFound
from amimodel.settings import AllowedImagesSettings, AllowedImagesSettingsState
from amimodel.vocabulary import OwnerAlias, Severity
from amimodel.watermarks import ImageWatermark

_AS_RULED: Final = Quirks()
_DAY: Final = timedelta(days=1)
_SEVERITIES: Final = tuple(Severity)

_Providers: TypeAlias = tuple[ImageProvider | AccountId, ...]

# --- one criterion ----------------------------------------------------------------------------------------------------

PROVIDERS: Final[Mapping[ImageProvider, OwnerAlias | None]] = MappingProxyType({
    ImageProvider.AMAZON:           OwnerAlias.AMAZON,
    ImageProvider.AWS_MARKETPLACE:  OwnerAlias.AWS_MARKETPLACE,
    ImageProvider.AWS_BACKUP_VAULT: OwnerAlias.AWS_BACKUP_VAULT,
    ImageProvider.NONE:             None,  # nobody is meant, not those who have no alias
})  # fmt: skip
"""The alias by which the images of each provider are told. An account's are told by its number (rule B AA-10)."""


def _is_of(provider: ImageProvider | AccountId, image: Image, quirks: Quirks) -> bool:
    if not isinstance(provider, ImageProvider):
        return image.owner_id == provider
    alias = image.image_owner_alias
    if provider is ImageProvider.AMAZON and alias is OwnerAlias.AWS_MARKETPLACE:
        return quirks.amazon_provider_includes_marketplace  # rule B AA-12
    return alias is not None and alias is PROVIDERS[provider]


def _days_since(then: datetime, now: datetime) -> int:
    """The days since an instant, where a day that has begun counts: N days are N times 86,400 seconds, not one more."""
    return -((then - now) // _DAY)


def _fits(text: str, wanted: str, quirks: Quirks) -> bool:
    return pattern(wanted, quirks.criteria_question_mark_matches).fullmatch(text) is not None


def _provider(providers: _Providers, image: Image, _now: datetime, quirks: Quirks) -> bool:
    return any(_is_of(provider, image, quirks) for provider in providers)


def _name(names: tuple[str, ...], image: Image, _now: datetime, quirks: Quirks) -> bool:
    return image.name is not None and any(_fits(image.name, wanted, quirks) for wanted in names)


def _product_code(codes: tuple[str, ...], image: Image, _now: datetime, _quirks: Quirks) -> bool:
    sold = (code for code in image.product_codes if code.product_code_type is ProductCodeType.MARKETPLACE)
    return any(code.product_code_id in codes for code in sold)


def _creation_date(condition: CreationDateCondition, image: Image, now: datetime, _quirks: Quirks) -> bool:
    return _days_since(image.creation_date, now) <= condition.maximum_days_since_created


def _deprecation_time(condition: DeprecationTimeCondition, image: Image, now: datetime, _quirks: Quirks) -> bool:
    since, most = image.deprecation_time, condition.maximum_days_since_deprecated
    if since is None or since > now:
        return True
    return most > 0 and _days_since(since, now) <= most  # 0 allows no deprecated image, not even one of this moment


def _watermark(filters: tuple[ImageWatermarkFilter, ...], image: Image, now: datetime, quirks: Quirks) -> bool:
    return any(
        _watermark_fits(watermark, wanted, now, quirks) for watermark in image.image_watermarks for wanted in filters
    )


def _watermark_fits(watermark: ImageWatermark, wanted: ImageWatermarkFilter, now: datetime, quirks: Quirks) -> bool:
    texts = (
        (wanted.watermark_key, str(watermark.watermark_key)),
        (wanted.source_image_region, str(watermark.source_image_region)),
    )
    ages = (
        (wanted.maximum_days_since_source_image_created, watermark.source_image_creation_time),
        (wanted.maximum_days_since_watermark_created, watermark.watermark_creation_time),
    )
    return all(given is None or _fits(text, given, quirks) for given, text in texts) and all(
        most is None or _days_since(then, now) <= most for most, then in ages
    )


def _scan_result(condition: ScanResultCondition, image: Image, now: datetime, _quirks: Quirks) -> bool:
    results = image.scan_results
    if results is None:  # what nobody has scanned never fits
        return False
    most, scanned = condition.max_days_since_last_finding_scan, results.finding_scan_date
    if most is not None and (scanned is None or _days_since(scanned, now) > most):
        return False
    worst, found = condition.maximum_severity_label, results.highest_finding_severity_label
    if worst is not None and found is not None and _SEVERITIES.index(found) > _SEVERITIES.index(worst):
        return False
    fixes = (
        (condition.max_days_since_fix_available(severity), results.fix_available_since(severity))
        for severity in Severity
    )
    return all(most is None or since is None or _days_since(since, now) <= most for most, since in fixes)


_Check: TypeAlias = Callable[[Any, Image, datetime, Quirks], bool]

# A field of the criterion, and what it asks of an image where it says something. What it lists are alternatives (rule
# B AA-7).
_CHECKS: Final[tuple[tuple[str, _Check], ...]] = (
    ("image_providers",            _provider),          # B AA-9, B AA-10, B AA-12
    ("image_names",                _name),              # B 4.2, S 8
    ("marketplace_product_codes",  _product_code),      # B 4.2
    ("creation_date_condition",    _creation_date),     # B 4.2
    ("deprecation_time_condition", _deprecation_time),  # B 4.2
    ("image_watermarks",           _watermark),         # B 4.2, B W-11
    ("scan_result_condition",      _scan_result),       # B AA-13
)  # fmt: skip


def _unmet(criterion: ImageCriterion, image: Image, now: datetime, quirks: Quirks) -> Iterator[str]:
    for name, check in _CHECKS:
        said = getattr(criterion, name)
        if said and not check(said, image, now, quirks):
            yield name


def unmet_conditions(
    criterion: ImageCriterion, image: Image, now: datetime, quirks: Quirks = _AS_RULED
) -> tuple[str, ...]:
    """What an image does not fit of the things that a criterion says, by the names of its fields.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> golden = ImageCriterion(image_providers=["444455556666"], image_names=["web*"])
    >>> unmet_conditions(golden, WEB, parse("2026-06-01T00:00:00Z"))
    ('image_providers',)

    Source: rules B 4.2, B AA-7.
    """
    return tuple(_unmet(criterion, image, now, quirks))


def criterion_matches(criterion: ImageCriterion, image: Image, now: datetime, quirks: Quirks = _AS_RULED) -> bool:
    """Whether an image fits everything that a criterion says, whoever owns it.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> from amimodel.image_criteria import CreationDateCondition
    >>> young = ImageCriterion(creation_date_condition=CreationDateCondition(maximum_days_since_created=30))
    >>> criterion_matches(young, WEB, parse("2026-01-31T00:00:00Z"))
    True
    >>> criterion_matches(young, WEB, parse("2026-01-31T00:00:01Z"))
    False

    Source: rules B 4.2, B AA-7, B AA-9, B AA-10, B AA-12, B AA-13; settlement S 8.
    """
    return next(_unmet(criterion, image, now, quirks), None) is None


# --- the settings of an account ---------------------------------------------------------------------------------------


def matches(settings: AllowedImagesSettings, image: Image, now: datetime, quirks: Quirks = _AS_RULED) -> bool:
    """Whether an image fits any of the criteria, whoever owns it and whether or not they hold.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> settings = AllowedImagesSettings(image_criteria=[ImageCriterion(image_providers=["111122223333"])])
    >>> matches(settings, WEB, parse("2026-06-01T00:00:00Z"))
    True

    Where there is no criterion, no image fits, unless a quirk says that all do.

    Source: rules B AA-7, B AA-9, B AA-11.
    """
    criteria = settings.image_criteria
    if not criteria:
        return quirks.empty_criteria_allow_all
    return any(criterion_matches(criterion, image, now, quirks) for criterion in criteria)


@unique
class Standing(Enum):
    """What an image is to an account that looks at it."""

    OWN = "own image"
    MATCHING = "another's image, matching"
    NOT_MATCHING = "another's image, not matching"


@frozen
class Effect:
    """What Allowed AMIs makes of an image: whether it can be found and used, and what is said of it."""

    usable: bool
    image_allowed: bool | None
    """ImageAllowed in the answers; None where they do not have it."""


_State: Final = AllowedImagesSettingsState
_UNTOLD, _ALLOWED = Effect(usable=True, image_allowed=None), Effect(usable=True, image_allowed=True)
_FLAGGED, _HIDDEN = Effect(usable=True, image_allowed=False), Effect(usable=False, image_allowed=False)

# DescribeImages leaves what is hidden out, so it never says false in this state; DescribeInstanceImageMetadata tells of
# the images of running instances, and does (rule B AA-15).
# fmt: off
_ROWS: Final = (
    # state               own       matching  not matching
    (_State.DISABLED,   (_UNTOLD,  _UNTOLD,  _UNTOLD)),
    (_State.AUDIT_MODE, (_ALLOWED, _ALLOWED, _FLAGGED)),
    (_State.ENABLED,    (_ALLOWED, _ALLOWED, _HIDDEN)),
)
# fmt: on

EFFECTS: Final[Mapping[tuple[AllowedImagesSettingsState, Standing], Effect]] = MappingProxyType(
    {(state, standing): effect for state, row in _ROWS for standing, effect in zip(Standing, row, strict=True)}
)
"""What Allowed AMIs makes of each image in each state (rule B 4.3)."""


def effect_on(
    settings: AllowedImagesSettings, image: Image, account: str, now: datetime, quirks: Quirks = _AS_RULED
) -> Effect:
    """What an account's settings make of an image.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> only_own = AllowedImagesSettings(state="enabled", image_criteria=[ImageCriterion(image_providers=["none"])])
    >>> effect_on(only_own, WEB, "999988887777", parse("2026-06-01T00:00:00Z"))
    Effect(usable=False, image_allowed=False)

    Source: rules B 4.3, B AA-8, B AA-18.
    """
    if image.owner_id == account:
        standing = Standing.OWN
    else:
        standing = Standing.MATCHING if matches(settings, image, now, quirks) else Standing.NOT_MATCHING
    return EFFECTS[settings.state, standing]


def image_allowed(
    settings: AllowedImagesSettings, image: Image, account: str, now: datetime, quirks: Quirks = _AS_RULED
) -> bool | None:
    """What an account reads as ImageAllowed of an image; None where the answer does not have it.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> print(image_allowed(AllowedImagesSettings(), WEB, "999988887777", parse("2026-06-01T00:00:00Z")))
    None
    >>> image_allowed(AllowedImagesSettings(state="audit-mode"), WEB, "999988887777", parse("2026-06-01T00:00:00Z"))
    False

    Source: rules B 4.3, B AA-15, B AA-16, A NF-4; settlement S 35.
    """
    return effect_on(settings, image, account, now, quirks).image_allowed


def may_use(
    settings: AllowedImagesSettings, image: Image, account: str, now: datetime, quirks: Quirks = _AS_RULED
) -> Decision:
    """Whether an account's own settings let it find and use an image; who may launch it is another question.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> settings = AllowedImagesSettings(state="enabled", image_criteria=[ImageCriterion(image_providers=["amazon"])])
    >>> print(may_use(settings, WEB, "999988887777", parse("2026-06-01T00:00:00Z")))
    no: The image id '[ami-12345678]' does not exist
    >>> print(may_use(settings, WEB, "111122223333", parse("2026-06-01T00:00:00Z")))
    yes: the account owns it

    EC2 answers as if the image were not there; a listing leaves it out. Instances that run already run on.

    Source: rules B 4.3, B AA-8, B AA-14, B AA-15, B AA-18, A VS-4, A VS-5; settlement S 1.
    """
    if not effect_on(settings, image, account, now, quirks).usable:
        return Decision(False, (ImageNotFound.of(image.image_id),))
    return Decision(True, (Owner(),) if image.owner_id == account else ())
