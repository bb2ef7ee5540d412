"""The criteria of Allowed AMIs: what an account writes down about the images it trusts.

These are the nouns alone, each well formed by construction. What an image must be like to match is told elsewhere, and
how many values a criterion may have is told by `amimodel.limits.Limits`, because it is a quota.

Source: EC2 User Guide, "Control the discovery and use of AMIs with Allowed AMIs"; botocore 1.44.5, shapes
ImageCriterion, CreationDateCondition, DeprecationTimeCondition, ImageWatermarkFilterResponse, ScanResultCondition;
rules B 4.2, A 10.1.
"""

import re
from collections.abc import Callable, Iterable
from enum import unique
from typing import Any, Final, TypeVar

from attrs import Attribute, AttrsInstance, field, fields_dict, frozen
from attrs.converters import optional

from amimodel.identifiers import AccountId, account_id
from amimodel.malformed import Malformed, invalid_value
from amimodel.vocabulary import Severity, Word

_MOST_DAYS: Final = 2_147_483_647
_LEAST_LENGTH_WITH_QUESTION_MARK: Final = 3

_is_name_pattern = re.compile(r"[A-Za-z0-9()\[\] ./\-'@_*?]{1,128}", re.ASCII).fullmatch
_is_product_code = re.compile(r"[A-Za-z0-9]{1,25}", re.ASCII).fullmatch
# As account:name, any part of it wild; where there is no colon, a wildcard stands for it.
_is_watermark_pattern = re.compile(r"(?:[0-9*?]+:)?[A-Za-z0-9()\[\] ./\-'@_*?]+", re.ASCII).fullmatch
_is_region_pattern = re.compile(r"[a-z0-9*?-]+", re.ASCII).fullmatch

_T = TypeVar("_T")
_S = TypeVar("_S")


@unique
class ImageProvider(Word):
    """Whose images a criterion speaks of, where it is not the images of an account with a number.

    Source: rules B 4.2, B AA-10, A 10.1.
    """

    AMAZON = "amazon"
    """Amazon, and the providers it has verified."""
    AWS_MARKETPLACE = "aws-marketplace"
    AWS_BACKUP_VAULT = "aws-backup-vault"
    NONE = "none"
    """Nobody but oneself; it tolerates nothing beside itself (rule B AA-9)."""


def image_provider(text: str) -> ImageProvider | AccountId:
    """Read a provider: one of the words, or the number of an account.

    >>> image_provider("amazon"), image_provider("111122223333")
    (<ImageProvider.AMAZON: 'amazon'>, '111122223333')

    Raises `Malformed` (`InvalidParameterValue`).

    Source: rule B 4.2.
    """
    try:
        return ImageProvider(text)
    except Malformed:
        pass  # then it is a number, or nothing that names a provider
    try:
        return account_id(text)
    except Malformed:
        words = ", ".join(ImageProvider)
        raise invalid_value("ImageProviders", text, f"Expected a 12-digit account ID or one of {words}.") from None


def _name_pattern(text: str) -> str:
    if not isinstance(text, str) or not _is_name_pattern(text):
        raise invalid_value("ImageNames", text, "Expected 1 to 128 letters, digits, spaces and any of ()[]./-'@_*?.")
    if "?" in text and len(text) < _LEAST_LENGTH_WITH_QUESTION_MARK:
        raise invalid_value("ImageNames", text, "A name with the wildcard ? has at least 3 characters.")
    return text


def _product_code(text: str) -> str:
    if isinstance(text, str) and _is_product_code(text):
        return text
    raise invalid_value("MarketplaceProductCodes", text, "Expected 1 to 25 letters and digits.")


def _watermark_pattern(text: str) -> str:
    if isinstance(text, str) and _is_watermark_pattern(text):
        return text
    raise invalid_value("WatermarkKey", text, "Expected account:name, with the wildcards * and ? if need be.")


def _region_pattern(text: str) -> str:
    if isinstance(text, str) and _is_region_pattern(text):
        return text
    raise invalid_value("SourceImageRegion", text, "Expected a Region, with the wildcards * and ? if need be.")


def _member(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _days(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if value is None and attribute.default is None:
        return
    if type(value) is not int or not 0 <= value <= _MOST_DAYS:
        raise invalid_value(_member(attribute.name), value, f"Expected a number of days from 0 to {_MOST_DAYS}.")


def _listed(member: str, values: Iterable[_S], each: Callable[[_S], _T]) -> tuple[_T, ...]:
    if isinstance(values, str):  # a text is a list of its letters, which nobody ever means
        raise invalid_value(member, values, "Expected a list.")
    return tuple(each(value) for value in values)


def _image_providers(values: Iterable[str]) -> tuple[ImageProvider | AccountId, ...]:
    return _listed("ImageProviders", values, image_provider)


def _image_names(values: Iterable[str]) -> tuple[str, ...]:
    return _listed("ImageNames", values, _name_pattern)


def _marketplace_product_codes(values: Iterable[str]) -> tuple[str, ...]:
    return _listed("MarketplaceProductCodes", values, _product_code)


def _conditions_given(noun: AttrsInstance) -> tuple[str, ...]:
    given = tuple(name for name in fields_dict(type(noun)) if getattr(noun, name) not in {None, ()})
    if not given:  # EC2's wire format could not even carry it: there, an empty structure is an absent one
        raise invalid_value(type(noun).__name__, "", "At least one condition must be given.")
    return given


@frozen(kw_only=True)
class CreationDateCondition:
    """How old an image may be.

    >>> CreationDateCondition(maximum_days_since_created=300).maximum_days_since_created
    300

    Source: rule B 4.2.
    """

    maximum_days_since_created: int = field(validator=_days)


@frozen(kw_only=True)
class DeprecationTimeCondition:
    """How long ago an image may have been deprecated; 0 allows no deprecated image at all.

    >>> DeprecationTimeCondition(maximum_days_since_deprecated=-1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Value (-1) for parameter maximumDaysSinceDeprecated is ...

    Source: rule B 4.2.
    """

    maximum_days_since_deprecated: int = field(validator=_days)


@frozen(kw_only=True)
class ImageWatermarkFilter:
    """What one of an image's watermarks must be like, in everything that is said here.

    >>> ImageWatermarkFilter(watermark_key="111122223333:golden-*", source_image_region="eu-*").watermark_key
    '111122223333:golden-*'

    Raises `Malformed` (`InvalidParameterValue`), also if nothing is said.

    Source: rules B 4.2, B W-11.
    """

    watermark_key: str | None = field(default=None, converter=optional(_watermark_pattern))
    source_image_region: str | None = field(default=None, converter=optional(_region_pattern))
    maximum_days_since_source_image_created: int | None = field(default=None, validator=_days)
    maximum_days_since_watermark_created: int | None = field(default=None, validator=_days)

    def __attrs_post_init__(self) -> None:
        _ = _conditions_given(self)


@frozen(kw_only=True)
class ScanResultCondition:
    """What Amazon Inspector must have found, or not found, in everything that is said here.

    >>> ScanResultCondition(maximum_severity_label="medium", max_days_since_last_finding_scan=7).maximum_severity_label
    <Severity.MEDIUM: 'medium'>

    Raises `Malformed` (`InvalidParameterValue`), also if nothing is said.

    Source: rules B 4.2, B AA-13, A SR-2.
    """

    max_days_since_last_finding_scan: int | None = field(default=None, validator=_days)
    maximum_severity_label: Severity | None = field(default=None, converter=optional(Severity))
    max_days_since_informational_fix_available: int | None = field(default=None, validator=_days)
    max_days_since_low_fix_available: int | None = field(default=None, validator=_days)
    max_days_since_medium_fix_available: int | None = field(default=None, validator=_days)
    max_days_since_high_fix_available: int | None = field(default=None, validator=_days)
    max_days_since_critical_fix_available: int | None = field(default=None, validator=_days)

    def __attrs_post_init__(self) -> None:
        _ = _conditions_given(self)

    def max_days_since_fix_available(self, severity: Severity) -> int | None:
        """How long a fix for findings of one severity may have been there."""
        days: int | None = getattr(self, f"max_days_since_{severity.value}_fix_available")
        return days


def _filters(filters: Iterable[ImageWatermarkFilter]) -> tuple[ImageWatermarkFilter, ...]:
    return tuple(filters)


@frozen(kw_only=True)
class ImageCriterion:
    """One description of images to allow: an image must fit everything that is said here.

    >>> ImageCriterion(image_providers=["amazon"], image_names=["al2023-ami-*"]).image_names
    ('al2023-ami-*',)
    >>> ImageCriterion(image_providers=["none", "amazon"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Value (none, amazon) for parameter imageProviders is ...

    Raises `Malformed` (`InvalidParameterValue`), also if nothing is said. An empty list says nothing.

    Source: rules B 4.2, B AA-7, B AA-9; settlement S 17.
    """

    image_providers: tuple[ImageProvider | AccountId, ...] = field(default=(), converter=_image_providers)
    image_names: tuple[str, ...] = field(default=(), converter=_image_names)
    marketplace_product_codes: tuple[str, ...] = field(default=(), converter=_marketplace_product_codes)
    creation_date_condition: CreationDateCondition | None = None
    deprecation_time_condition: DeprecationTimeCondition | None = None
    image_watermarks: tuple[ImageWatermarkFilter, ...] = field(default=(), converter=_filters)
    scan_result_condition: ScanResultCondition | None = None

    def __attrs_post_init__(self) -> None:
        given = _conditions_given(self)
        if not self.allows_nobody:
            return
        if len(self.image_providers) > 1:
            raise invalid_value(
                "ImageProviders", ", ".join(self.image_providers), "'none' must be the only image provider."
            )
        if len(given) > 1:
            raise invalid_value("ImageProviders", "none", "'none' cannot be combined with any other condition.")

    @property
    def allows_nobody(self) -> bool:
        """Whether it stands for the wish to allow only one's own images (rule B AA-9)."""
        return ImageProvider.NONE in self.image_providers


def image_criteria(criteria: Iterable[ImageCriterion]) -> tuple[ImageCriterion, ...]:
    """Take a list of criteria, of which an image must fit any one.

    >>> image_criteria([ImageCriterion(image_providers=["none"])])[0].allows_nobody
    True

    Raises `Malformed` (`InvalidParameterValue`) if a criterion with the provider `none` has company.

    Source: rules B AA-7, B AA-9.
    """
    taken = tuple(criteria)
    if len(taken) > 1 and any(criterion.allows_nobody for criterion in taken):
        raise invalid_value("ImageProviders", "none", "'none' cannot be combined with any other criterion.")
    return taken
