"""Strategies for what hangs on an image: product codes, watermarks, findings, licences, protection.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from datetime import datetime
from string import ascii_letters, digits
from typing import Final

from hypothesis import strategies as st

from amimodel.billing_codes import BillingCode
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode, StateReason
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.product_codes import ProductCode, ProductCodeType
from amimodel.regions import Partition
from amimodel.scan_results import ScanResults
from amimodel.testing.strategies._draft import made
from amimodel.testing.strategies._words import (
    FIRST_INSTANT,
    LAST_INSTANT,
    account_ids,
    image_ids,
    image_names,
    instants,
    regions,
)
from amimodel.vocabulary import Platform, Severity
from amimodel.watermarks import ImageWatermark, WatermarkKey

_CODE_CHARACTERS: Final = digits + ascii_letters

# What EC2 says when an image could not be made (rules A 11.9, C 1.2.4).
_STATE_REASONS: Final = (
    StateReason("Client.InternalError", "Client.InternalError: Client error on launch"),
    StateReason("Client.InstanceTerminated", "Client.InstanceTerminated: Instance terminated during creation"),
    StateReason("Client.InvalidSnapshot.NotFound", "Client.InvalidSnapshot.NotFound: The snapshot was not found"),
    StateReason("Client.VolumeLimitExceeded", "Client.VolumeLimitExceeded: Volume limit exceeded"),
    StateReason("Server.InternalError", "Server.InternalError: Internal error on launch"),
)


def product_codes() -> st.SearchStrategy[ProductCode]:
    """Product codes, mostly of AWS Marketplace.

    >>> find(product_codes(), lambda code: True).product_code_id
    '0'
    """
    types = st.sampled_from((ProductCodeType.MARKETPLACE, ProductCodeType.MARKETPLACE, ProductCodeType.DEVPAY))
    return made(ProductCode, st.text(_CODE_CHARACTERS, min_size=1, max_size=25), types)


def watermark_keys() -> st.SearchStrategy[WatermarkKey]:
    """Keys of watermarks.

    >>> str(find(watermark_keys(), lambda key: True))
    '000000000000:000'
    """
    return made(WatermarkKey, account_ids(), image_names())


@st.composite
def image_watermarks(draw: st.DrawFn, *, partition: Partition | str | None = None) -> ImageWatermark:
    """Watermarks; none is older than the image it was first attached to. `partition` keeps that image to one.

    >>> find(image_watermarks(), lambda watermark: True).source_image_id
    'ami-00000000000000000'
    """
    created = draw(instants())
    return ImageWatermark(
        watermark_key=draw(watermark_keys()),
        source_image_region=draw(regions(partition)),
        source_image_id=draw(image_ids()),
        source_image_creation_time=created,
        watermark_creation_time=draw(instants(min_value=created)),
    )


@st.composite
def scan_results(draw: st.DrawFn, *, min_value: datetime = FIRST_INSTANT) -> ScanResults:
    """Findings of one scan: no severity above the highest, and no fix that came after the scan.

    The scan was not before `min_value`.

    >>> find(scan_results(), lambda results: True).highest_finding_severity_label
    """
    scanned = draw(instants(min_value=min_value, max_value=max(min_value, LAST_INSTANT)))
    label = draw(st.one_of(st.none(), st.sampled_from(Severity)))
    found = [] if label is None else list(Severity)[: list(Severity).index(label) + 1]
    fixed = draw(st.sets(st.sampled_from(found))) if found else set[Severity]()
    return ScanResults(
        finding_scan_date=scanned,
        highest_finding_severity_label=label,
        **{
            f"{severity.value}_fix_available_since": draw(
                instants(min_value=min(FIRST_INSTANT, scanned), max_value=scanned)
            )
            for severity in found
            if severity in fixed
        },
    )


def instance_type_patterns() -> st.SearchStrategy[str]:
    """Patterns of an instance type specification: families, sizes and whole names, with `*` for any part.

    >>> find(instance_type_patterns(), lambda pattern: "*" in pattern)
    't3.*'
    """
    families = st.sampled_from(("t3", "m5", "c7g", "r6i", "*", "m*", "c7*", "p5", "u-6tb1"))
    sizes = st.sampled_from(("micro", "*", "large", "metal*", "*xlarge", "24xlarge"))
    return made("{}.{}".format, families, sizes)


@st.composite
def instance_type_specifications(draw: st.DrawFn, *, max_size: int = 4) -> InstanceTypeSpecification:
    """Instance types to allow and to forbid, up to `max_size` together; none is both.

    >>> find(instance_type_specifications(), lambda specification: specification.allows("t3.micro")).allows(
    ...     "mac1.metal"
    ... )
    False
    """
    patterns = draw(st.lists(instance_type_patterns(), min_size=1, max_size=max_size, unique=True))
    forbidden = draw(st.integers(0, len(patterns)))
    kept = len(patterns) - forbidden
    return InstanceTypeSpecification(
        supported_instance_types=patterns[:kept], unsupported_instance_types=patterns[kept:]
    )


def billing_codes(*, platform: Platform | str | None = None) -> st.SearchStrategy[BillingCode]:
    """Licences; `platform="windows"` keeps to those of Windows.

    >>> find(billing_codes(), lambda code: True).platform_details
    'Linux/UNIX'
    """
    codes = (
        list(BillingCode) if platform is None else [code for code in BillingCode if code.platform is Platform(platform)]
    )
    return st.sampled_from(codes)


def state_reasons() -> st.SearchStrategy[StateReason]:
    """The reasons that EC2 gives for an image that could not be made.

    >>> find(state_reasons(), lambda reason: True).code
    'Client.InternalError'
    """
    return st.sampled_from(_STATE_REASONS)


def deregistration_protections() -> st.SearchStrategy[DeregistrationProtection]:
    """Protections: none, either kind, and one whose cooldown runs or has run.

    >>> str(find(deregistration_protections(), lambda protection: True))
    'disabled'
    """
    modes = made(DeregistrationProtection, st.sampled_from(DeregistrationProtectionMode))
    cooling = made(lambda until: DeregistrationProtection(cooldown_until=until), instants())
    return st.one_of(modes, cooling)
