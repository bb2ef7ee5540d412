"""Strategies for an account's settings, and for the choices, numbers and durations that rules are given.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from attrs import evolve, fields
from hypothesis import strategies as st

from amimodel.image_criteria import (
    CreationDateCondition,
    DeprecationTimeCondition,
    ImageCriterion,
    ImageProvider,
    ImageWatermarkFilter,
    ScanResultCondition,
)
from amimodel.limits import Limits
from amimodel.quirks import Quirks
from amimodel.settings import (
    AllowedImagesSettings,
    AllowedImagesSettingsState,
    EbsEncryption,
    ImageBlockPublicAccess,
    ImageBlockPublicAccessState,
    InstanceMetadataDefaults,
    ManagedBy,
    MetadataDefaultHttpTokens,
    MetadataDefaultSwitch,
    RegionSettings,
    SnapshotBlockPublicAccess,
    SnapshotBlockPublicAccessState,
)
from amimodel.testing.strategies._draft import made
from amimodel.testing.strategies._keys import kms_key_ids
from amimodel.testing.strategies._marks import product_codes
from amimodel.testing.strategies._words import NAME_CHARACTERS, account_ids
from amimodel.timing import Timing
from amimodel.vocabulary import Severity, Word

N = TypeVar("N")

_DAYS: Final = st.integers(0, 2_147_483_647)
_MOST_OF_A_KIND: Final = 3
_NOBODY: Final = ImageCriterion(image_providers=[ImageProvider.NONE])
_NAMES: Final = st.text(NAME_CHARACTERS + "*?", min_size=3, max_size=128)
_WATERMARKS: Final = st.one_of(
    made("{}:{}".format, account_ids(), _NAMES), st.sampled_from(("*", "*golden*", "111122223333:*", "??:golden"))
)
_REGIONS: Final = st.sampled_from(("us-east-1", "eu-*", "*", "ap-southeast-?"))


def creation_date_conditions() -> st.SearchStrategy[CreationDateCondition]:
    """Conditions on an image's age.

    >>> find(creation_date_conditions(), lambda condition: True)
    CreationDateCondition(maximum_days_since_created=0)
    """
    return made(lambda days: CreationDateCondition(maximum_days_since_created=days), _DAYS)


def deprecation_time_conditions() -> st.SearchStrategy[DeprecationTimeCondition]:
    """Conditions on an image's deprecation.

    >>> find(deprecation_time_conditions(), lambda condition: True)
    DeprecationTimeCondition(maximum_days_since_deprecated=0)
    """
    return made(lambda days: DeprecationTimeCondition(maximum_days_since_deprecated=days), _DAYS)


@st.composite
def _some_of(draw: st.DrawFn, noun: Callable[..., N], parts: dict[str, st.SearchStrategy[Any]]) -> N:
    """Say at least one of the things that a noun can say."""
    said = draw(st.lists(st.sampled_from(tuple(parts)), min_size=1, max_size=len(parts)))
    return noun(**{name: draw(parts[name]) for name in dict.fromkeys(said)})


def image_watermark_filters() -> st.SearchStrategy[ImageWatermarkFilter]:
    """Conditions on an image's watermarks.

    >>> find(image_watermark_filters(), lambda condition: condition.source_image_region is None).source_image_region
    """
    return _some_of(
        ImageWatermarkFilter,
        {
            "watermark_key": _WATERMARKS,
            "source_image_region": _REGIONS,
            "maximum_days_since_source_image_created": _DAYS,
            "maximum_days_since_watermark_created": _DAYS,
        },
    )


def scan_result_conditions() -> st.SearchStrategy[ScanResultCondition]:
    """Conditions on what Amazon Inspector has found.

    >>> find(scan_result_conditions(), lambda condition: True).max_days_since_last_finding_scan
    0
    """
    fixes = {f"max_days_since_{severity.value}_fix_available": _DAYS for severity in Severity}
    return _some_of(
        ScanResultCondition,
        {
            "max_days_since_last_finding_scan": _DAYS,
            "maximum_severity_label": st.sampled_from(Severity),
            **fixes,
        },
    )


def image_criteria(*, none: bool = True) -> st.SearchStrategy[ImageCriterion]:
    """Single criteria of Allowed AMIs; `none=False` leaves out the one that allows nobody.

    >>> find(image_criteria(), lambda criterion: criterion.allows_nobody)  # doctest: +ELLIPSIS
    ImageCriterion(image_providers=(<ImageProvider.NONE: 'none'>,), image_names=(), ...)
    """
    words = [provider for provider in ImageProvider if provider is not ImageProvider.NONE]
    usual = _some_of(
        ImageCriterion,
        {
            "image_providers": _a_few(st.one_of(st.sampled_from(words), account_ids())),
            "image_names": _a_few(_NAMES),
            "marketplace_product_codes": _a_few(made(lambda code: code.product_code_id, product_codes())),
            "creation_date_condition": creation_date_conditions(),
            "deprecation_time_condition": deprecation_time_conditions(),
            "image_watermarks": _a_few(image_watermark_filters()),
            "scan_result_condition": scan_result_conditions(),
        },
    )
    return st.one_of(usual, usual, st.just(_NOBODY)) if none else usual


def _a_few(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, min_size=1, max_size=_MOST_OF_A_KIND)


def image_criteria_lists(*, max_size: int = 3) -> st.SearchStrategy[tuple[ImageCriterion, ...]]:
    """Whole lists of criteria; the one that allows nobody stands alone.

    >>> find(image_criteria_lists(), lambda criteria: True)
    ()
    """
    usual = st.lists(image_criteria(none=False), max_size=max_size)
    return made(_criteria, usual, st.integers(0, _MOST_OF_A_KIND if max_size else 0))


def _criteria(usual: list[ImageCriterion], number: int) -> tuple[ImageCriterion, ...]:
    return (_NOBODY,) if number == _MOST_OF_A_KIND else tuple(usual)


@st.composite
def _setting(
    draw: st.DrawFn,
    noun: Callable[..., N],
    parts: dict[str, st.SearchStrategy[Any]],
    message: str = "exception_message",
) -> N:
    """A setting of the account's own, or of a declarative policy, which may have something to say."""
    manager = draw(_MANAGERS)
    words = draw(_MESSAGES) if manager is ManagedBy.DECLARATIVE_POLICY else None
    return noun(managed_by=manager, **{message: words}, **{name: draw(part) for name, part in parts.items()})


_MANAGERS: Final = st.sampled_from((ManagedBy.ACCOUNT, ManagedBy.ACCOUNT, ManagedBy.DECLARATIVE_POLICY))
_MESSAGES: Final = st.one_of(st.none(), st.text(max_size=40))


def image_block_public_access() -> st.SearchStrategy[ImageBlockPublicAccess]:
    """Block public access for images.

    >>> find(image_block_public_access(), lambda setting: True).blocks_new_sharing
    False
    """
    return _setting(ImageBlockPublicAccess, {"state": st.sampled_from(ImageBlockPublicAccessState)})


def snapshot_block_public_access() -> st.SearchStrategy[SnapshotBlockPublicAccess]:
    """Block public access for snapshots.

    >>> find(snapshot_block_public_access(), lambda setting: True).blocks_new_sharing
    False
    """
    return _setting(SnapshotBlockPublicAccess, {"state": st.sampled_from(SnapshotBlockPublicAccessState)})


def allowed_images_settings() -> st.SearchStrategy[AllowedImagesSettings]:
    """Allowed AMIs.

    >>> find(allowed_images_settings(), lambda setting: True).image_criteria
    ()
    """
    parts = {"state": st.sampled_from(AllowedImagesSettingsState), "image_criteria": image_criteria_lists()}
    return _setting(AllowedImagesSettings, parts)


def ebs_encryption() -> st.SearchStrategy[EbsEncryption]:
    """Encryption by default, and the default key.

    >>> find(ebs_encryption(), lambda setting: True)
    EbsEncryption(by_default=False, default_kms_key_id=None)
    """
    keys = st.one_of(st.none(), kms_key_ids())
    return made(lambda by, key: EbsEncryption(by_default=by, default_kms_key_id=key), st.booleans(), keys)


def instance_metadata_defaults() -> st.SearchStrategy[InstanceMetadataDefaults]:
    """An account's preferences for the metadata service.

    >>> find(instance_metadata_defaults(), lambda setting: True).http_put_response_hop_limit
    -1
    """
    switch = _last_first(MetadataDefaultSwitch)
    return _setting(
        InstanceMetadataDefaults,
        {
            "http_tokens": _last_first(MetadataDefaultHttpTokens),
            "http_put_response_hop_limit": st.one_of(st.just(-1), st.integers(1, 64)),
            "http_endpoint": switch,
            "instance_metadata_tags": switch,
            "http_tokens_enforced": switch,
        },
        "managed_exception_message",
    )


def _last_first(words: type[Word]) -> st.SearchStrategy[Word]:
    """No preference is the last of its words, and the simplest."""
    return st.sampled_from(tuple(reversed(words)))


def region_settings() -> st.SearchStrategy[RegionSettings]:
    """Everything that an account has settled for a Region.

    >>> find(region_settings(), lambda settings: True).ebs_encryption.by_default
    False
    """
    return st.builds(
        RegionSettings,
        image_block_public_access=image_block_public_access(),
        snapshot_block_public_access=snapshot_block_public_access(),
        allowed_images=allowed_images_settings(),
        ebs_encryption=ebs_encryption(),
        instance_metadata_defaults=instance_metadata_defaults(),
    )


def limits() -> st.SearchStrategy[Limits]:
    """The limits of a new account, or those that a test reaches with two or three things.

    >>> find(limits(), lambda limits: True) == Limits.tiny()
    True
    """
    return st.sampled_from((Limits.tiny(), Limits.aws()))


def quirks() -> st.SearchStrategy[Quirks]:
    """The choices of the rules, with some of them changed.

    >>> find(quirks(), lambda quirks: True) == Quirks()
    True
    """
    return made(_with_choices, st.lists(_CHOICES, max_size=5))


def _with_choices(changed: list[tuple[str, Any]]) -> Quirks:
    return evolve(Quirks(), **dict(changed))


def _choices(default: object) -> list[Any]:
    return (
        [True, False] if isinstance(default, bool) else list(type(default)) if isinstance(default, Word) else [default]
    )


_CHOICES: Final = st.sampled_from(
    [(field.name, choice) for field in fields(Quirks) for choice in _choices(field.default) if choice != field.default]
)


def timings() -> st.SearchStrategy[Timing]:
    """Durations: EC2's typical pace, an EC2 that needs no time for anything, and others between and beyond.

    >>> find(timings(), lambda timing: True) == Timing.instant()
    True
    """
    names = st.sampled_from([field.name for field in fields(Timing)])
    lengths = made(lambda minutes: timedelta(minutes=minutes), st.integers(0, 60 * 24 * 60))
    changes = st.lists(st.tuples(names, lengths), max_size=4)
    return made(
        lambda base, changed: evolve(base, **dict(changed)), st.sampled_from((Timing.instant(), Timing())), changes
    )
