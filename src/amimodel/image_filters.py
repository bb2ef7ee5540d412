"""The filters of DescribeImages, each with what it compares.

Source: botocore 1.44.5, DescribeImages, parameter Filters; rules A 8.5, A 8.7, B W-9; settlements S 4, S 34, S 35.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from attrs import frozen

from amimodel.block_devices import EbsBlockDevice
from amimodel.filters import Filter, FilterRow, FilterTable, Kind
from amimodel.identifiers import InstanceId
from amimodel.images import Image, StateReason
from amimodel.quirks import Quirks
from amimodel.refusals import DisabledImagesNotIncluded, UnknownFilter
from amimodel.scan_results import ScanResults
from amimodel.vocabulary import ImageState, Severity
from amimodel.watermarks import ImageWatermark


class SeenImage(NamedTuple):
    """An image, and what the account that looks at it sees beside it.

    `tags` are those the account sees: its own, and of the owner's the shared ones (rule A TG-9, settlement S 34).
    `image_allowed` is what Allowed AMIs says, or None where it is disabled (settlement S 35).
    `public_ssm_parameter_names` are all the names that ever led to the image (rule A NF-3). Whoever does not own the
    image (`owned`) is not told which instance it was made of (rule A 8.7).

    Source: rules A FI-13, A TG-9, A NF-3, A 8.7; settlements S 34, S 35.
    """

    image: Image
    tags: Mapping[str, str]
    image_allowed: bool | None = None
    public_ssm_parameter_names: tuple[str, ...] = ()
    owned: bool = True

    @classmethod
    def of(cls, image: Image) -> "SeenImage":
        """Take an image as DescribeImages answered it: what the account sees is in it.

        >>> from amimodel.examples import WEB
        >>> IMAGE_FILTERS.row("manifest-location").texts(SeenImage.of(WEB))
        ('111122223333/web',)
        """
        name = image.public_ssm_parameter_name
        return cls(image, image.tags, image.image_allowed, () if name is None else (name,))


_NO_REASON: Final = StateReason()
_NOT_SCANNED: Final = ScanResults()


def _device_names(seen: SeenImage) -> tuple[str, ...]:
    return tuple(entry.device_name for entry in seen.image.block_device_mappings)


@frozen
class _Volumes:
    """Reads something of each volume that an image maps."""

    part: Callable[[EbsBlockDevice], object]

    def __call__(self, seen: SeenImage) -> tuple[object, ...]:
        return tuple(self.part(entry.ebs) for entry in seen.image.block_device_mappings if entry.ebs is not None)


@frozen
class _Watermarks:
    """Reads something of each watermark of an image."""

    part: Callable[[ImageWatermark], object]

    def __call__(self, seen: SeenImage) -> tuple[object, ...]:
        return tuple(self.part(watermark) for watermark in seen.image.image_watermarks)


def _time_of_source(watermark: ImageWatermark) -> datetime:
    return watermark.source_image_creation_time


def _region_of_source(watermark: ImageWatermark) -> str:
    return watermark.source_image_region.name


def _time_of_watermark(watermark: ImageWatermark) -> datetime:
    return watermark.watermark_creation_time


def _supported_instance_types(seen: SeenImage) -> tuple[str, ...]:
    specification = seen.image.instance_type_specification
    return () if specification is None else specification.supported_instance_types


def _unsupported_instance_types(seen: SeenImage) -> tuple[str, ...]:
    specification = seen.image.instance_type_specification
    return () if specification is None else specification.unsupported_instance_types


def _product_codes(seen: SeenImage) -> tuple[str, ...]:
    return tuple(code.product_code_id for code in seen.image.product_codes)


def _product_code_types(seen: SeenImage) -> tuple[str, ...]:
    return tuple(code.product_code_type for code in seen.image.product_codes)


def _scan(seen: SeenImage) -> ScanResults:
    return seen.image.scan_results or _NOT_SCANNED


def _severity_label(seen: SeenImage) -> Severity | None:
    return _scan(seen).highest_finding_severity_label


def _fix(seen: SeenImage, severity: Severity) -> datetime | None:
    return _scan(seen).fix_available_since(severity)


def _source_region(seen: SeenImage) -> str | None:
    region = seen.image.source_image_region
    return None if region is None else region.name


def _source_instance_id(seen: SeenImage) -> InstanceId | None:
    return seen.image.source_instance_id if seen.owned else None


def _reason(seen: SeenImage) -> StateReason:
    return seen.image.state_reason or _NO_REASON


def _tags(seen: SeenImage) -> Mapping[str, str]:
    return seen.tags


_Row = FilterRow[SeenImage]
_TEXT, _NUMBER, _BOOL, _TIME, _WATERMARK_TIME = Kind

# fmt: off
_ROWS: Final = (
    _Row("architecture",                                          _TEXT,   lambda s: s.image.architecture),
    _Row("block-device-mapping.delete-on-termination",            _BOOL,   _Volumes(lambda v: v.delete_on_termination)),
    _Row("block-device-mapping.device-name",                      _TEXT,   _device_names),
    _Row("block-device-mapping.encrypted",                        _BOOL,   _Volumes(lambda v: v.encrypted)),
    _Row("block-device-mapping.snapshot-id",                      _TEXT,   _Volumes(lambda v: v.snapshot_id)),
    _Row("block-device-mapping.volume-size",                      _NUMBER, _Volumes(lambda v: v.volume_size_gib)),
    _Row("block-device-mapping.volume-type",                      _TEXT,   _Volumes(lambda v: v.volume_type)),
    _Row("boot-mode",                                             _TEXT,   lambda s: s.image.boot_mode),
    _Row("creation-date",                                         _TIME,   lambda s: s.image.creation_date),
    _Row("description",                                           _TEXT,   lambda s: s.image.description),
    # The one attribute whose absence is a no (rule A FI-8).
    _Row("ena-support",                                           _BOOL,   lambda s: s.image.ena_support is True),
    _Row("free-tier-eligible",                                    _BOOL,   lambda s: s.image.free_tier_eligible),
    _Row("hypervisor",                                            _TEXT,   lambda s: s.image.hypervisor),
    # While Allowed AMIs is disabled every image is allowed, though no answer says so (settlement S 35).
    _Row("image-allowed",                                         _BOOL,   lambda s: s.image_allowed is not False),
    _Row("image-id",                                              _TEXT,   lambda s: s.image.image_id),
    _Row("image-type",                                            _TEXT,   lambda s: s.image.image_type),
    _Row("image-watermark.source-image-creation-time",            _WATERMARK_TIME, _Watermarks(_time_of_source)),
    _Row("image-watermark.source-image-id",                       _TEXT,   _Watermarks(lambda w: w.source_image_id)),
    _Row("image-watermark.source-image-region",                   _TEXT,   _Watermarks(_region_of_source)),
    _Row("image-watermark.watermark-creation-time",               _WATERMARK_TIME, _Watermarks(_time_of_watermark)),
    _Row("image-watermark.watermark-key",                         _TEXT,   _Watermarks(lambda w: str(w.watermark_key))),
    # The entries as the owner wrote them, their wildcards taken as letters: `t3.*` finds `t3.micro` and `t3.*`, but
    # `t3.micro` does not find `t3.*`.
    _Row("instance-type-specification.supported-instance-type",   _TEXT,   _supported_instance_types),
    _Row("instance-type-specification.unsupported-instance-type", _TEXT,   _unsupported_instance_types),
    _Row("is-public",                                             _BOOL,   lambda s: s.image.public),
    _Row("kernel-id",                                             _TEXT,   lambda s: s.image.kernel_id),
    _Row("manifest-location",                                     _TEXT,   lambda s: s.image.image_location),
    _Row("name",                                                  _TEXT,   lambda s: s.image.name),
    # Never `self`: that is a word of the parameter Owners, and nobody's alias.
    _Row("owner-alias",                                           _TEXT,   lambda s: s.image.image_owner_alias),
    _Row("owner-id",                                              _TEXT,   lambda s: s.image.owner_id),
    _Row("platform",                                              _TEXT,   lambda s: s.image.platform),
    _Row("product-code",                                          _TEXT,   _product_codes),
    _Row("product-code.type",                                     _TEXT,   _product_code_types),
    _Row("public-ssm-parameter-name",                             _TEXT,   lambda s: s.public_ssm_parameter_names),
    _Row("ramdisk-id",                                            _TEXT,   lambda s: s.image.ramdisk_id),
    _Row("root-device-name",                                      _TEXT,   lambda s: s.image.root_device_name),
    _Row("root-device-type",                                      _TEXT,   lambda s: s.image.root_device_type),
    _Row("scan-result.critical-fix-available-since",              _TIME,   lambda s: _fix(s, Severity.CRITICAL)),
    _Row("scan-result.finding-scan-date",                         _TIME,   lambda s: _scan(s).finding_scan_date),
    _Row("scan-result.high-fix-available-since",                  _TIME,   lambda s: _fix(s, Severity.HIGH)),
    _Row("scan-result.highest-finding-severity-label",            _TEXT,   _severity_label),
    _Row("scan-result.informational-fix-available-since",         _TIME,   lambda s: _fix(s, Severity.INFORMATIONAL)),
    _Row("scan-result.low-fix-available-since",                   _TIME,   lambda s: _fix(s, Severity.LOW)),
    _Row("scan-result.medium-fix-available-since",                _TIME,   lambda s: _fix(s, Severity.MEDIUM)),
    _Row("source-image-id",                                       _TEXT,   lambda s: s.image.source_image_id),
    _Row("source-image-region",                                   _TEXT,   _source_region),
    _Row("source-instance-id",                                    _TEXT,   _source_instance_id),
    _Row("sriov-net-support",                                     _TEXT,   lambda s: s.image.sriov_net_support),
    # Documented are available, pending and failed; the other states work as well (rule A 0.5).
    _Row("state",                                                 _TEXT,   lambda s: s.image.state),
    _Row("state-reason-code",                                     _TEXT,   lambda s: _reason(s).code),
    _Row("state-reason-message",                                  _TEXT,   lambda s: _reason(s).message),
    _Row("tag-key",                                               _TEXT,   lambda s: tuple(s.tags)),
    _Row("virtualization-type",                                   _TEXT,   lambda s: s.image.virtualization_type),
)
# fmt: on

_GUIDE_NAME: Final = "image-watermark-key"

IMAGE_FILTERS: Final = FilterTable(rows=_ROWS, tags=_tags)
"""The filters of DescribeImages: 52 rows, and `tag:K` (rule A 8.5)."""

GUIDE_IMAGE_FILTERS: Final = FilterTable(
    rows=(*_ROWS, _Row(_GUIDE_NAME, _TEXT, IMAGE_FILTERS.row("image-watermark.watermark-key").read)), tags=_tags
)
"""The same, and `image-watermark-key`, which stands in a sample of the user guide (rule B W-9).

A request may name it: whether the guide is right is for `guide_refusal` to say, which knows the quirks.
"""


def guide_refusal(filters: Iterable[Filter], quirks: Quirks) -> UnknownFilter | None:
    """What speaks against the name that only the guide's sample has.

    >>> print(guide_refusal([Filter("image-watermark-key", ["111122223333:golden"])], Quirks()))
    The filter 'image-watermark-key' is invalid

    Source: rules A FI-6, B W-9.
    """
    named = any(each.name == _GUIDE_NAME for each in filters)
    return UnknownFilter(name=_GUIDE_NAME) if named and not quirks.guide_watermark_filter_works else None


def disabled_refusal(filters: Iterable[Filter], *, include_disabled: bool) -> DisabledImagesNotIncluded | None:
    """What speaks against asking for disabled images by their state, if the listing leaves them out.

    >>> print(disabled_refusal([Filter("state", ["disabled"])], include_disabled=False))
    When filtering by the 'disabled' state, 'IncludeDisabled' must be set to 'true' in the request.

    A value with a wildcard does not name the state, and is not refused.

    Source: rule C 3.13; settlement S 4.
    """
    asked = any(each.name == "state" and ImageState.DISABLED in each.values for each in filters)
    return DisabledImagesNotIncluded() if asked and not include_disabled else None
