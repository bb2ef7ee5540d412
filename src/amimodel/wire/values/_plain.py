"""What is one text or one number: instants, spans of time, words, Regions, ARNs and ids."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from fractions import Fraction
from operator import attrgetter
from typing import Any, Final, NewType

from amimodel.block_devices import InstanceStoreDevice, SuppressedDevice
from amimodel.encryption import KmsKeyArn
from amimodel.organizations import OrganizationalUnitArn, OrganizationArn
from amimodel.permissions import (
    AccountPermission,
    EveryonePermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.regions import AvailabilityZone, Region, as_region, as_zone
from amimodel.vocabulary import Word
from amimodel.watermarks import WatermarkKey
from amimodel.wire._faults import Unfit, unfit
from amimodel.wire._items import everyone, read_no_device
from amimodel.wire._leaves import NUMBER, TEXT, TRUTH, Leaf, read_instant

_MILLISECOND: Final = 1000
_is_fraction = re.compile(r"-?\d{1,4000}(?:/[1-9]\d{0,3999})?", re.ASCII).fullmatch  # Python reads no longer numbers


def _write_instant(instant: datetime) -> str:
    timespec = "seconds" if not instant.microsecond else "microseconds"
    if timespec == "microseconds" and not instant.microsecond % _MILLISECOND:
        timespec = "milliseconds"
    return instant.isoformat(timespec=timespec).removesuffix("+00:00") + "Z"


def _write_span(span: timedelta) -> int | float:
    seconds = span.total_seconds()
    return seconds if span.microseconds else int(seconds)


def _read_float(value: object, _: object = None) -> float:
    if type(value) not in {int, float}:
        raise unfit("a number", value)
    try:
        return float(value)  # type: ignore[arg-type] # it is a number
    except OverflowError:
        raise Unfit("The number is too large.") from None


def _read_span(value: object, _: object = None) -> timedelta:
    if type(value) not in {int, float}:
        raise unfit("a number of seconds", value)
    try:
        return timedelta(seconds=value)  # type: ignore[arg-type] # it is a number
    except (OverflowError, ValueError):  # what is no number, too, if it came from elsewhere than JSON
        raise Unfit(f"No span of time has {value} seconds.") from None


def _read_fraction(value: object, _: object = None) -> Fraction:
    if not isinstance(value, str):
        raise unfit("text", value)
    if _is_fraction(value):
        return Fraction(value)
    raise Unfit("Expected a fraction such as 1/3.")


def _text(read: Callable[[str], Any], write: Callable[[Any], str] = str) -> Leaf:
    """What is read from one text."""

    def read_text(value: object, _: object = None) -> object:
        if isinstance(value, str):
            return read(value)
        raise unfit("text", value)

    return Leaf(read_text, write)


def _nothing(_: object) -> str:
    return ""


def _everyone(_: object) -> str:
    return "all"


INSTANT: Final = Leaf(read_instant, _write_instant)

TEXTS: Final[Mapping[Any, Leaf]] = {
    str:                          TEXT,
    Region:                       _text(as_region),
    AvailabilityZone:             _text(as_zone),
    KmsKeyArn:                    _text(KmsKeyArn.parse),
    OrganizationArn:              _text(OrganizationArn.parse),
    OrganizationalUnitArn:        _text(OrganizationalUnitArn.parse),
    WatermarkKey:                 _text(WatermarkKey.parse),
    InstanceStoreDevice:          _text(InstanceStoreDevice, attrgetter("virtual_name")),
    SuppressedDevice:             Leaf(read_no_device, _nothing),
    AccountPermission:            _text(AccountPermission, attrgetter("user_id")),
    EveryonePermission:           _text(everyone, _everyone),
    OrganizationPermission:       _text(OrganizationPermission, lambda item: str(item.organization_arn)),
    OrganizationalUnitPermission: _text(OrganizationalUnitPermission, lambda item: str(item.organizational_unit_arn)),
}  # fmt: skip
"""What is written as one text."""

PLAIN: Final[Mapping[Any, Leaf]] = {
    bool:      TRUTH,
    int:       NUMBER,
    float:     Leaf(_read_float),
    datetime:  INSTANT,
    timedelta: Leaf(_read_span, _write_span),
    Fraction:  Leaf(_read_fraction, str),
}  # fmt: skip
"""What is written as one number, or as a text that is not its name."""


def is_text(kind: object) -> bool:
    """Whether what is of this type is written as a text, and so may be the name of a member."""
    return kind in TEXTS or isinstance(kind, NewType) or (isinstance(kind, type) and issubclass(kind, Enum))


def text(kind: Any) -> Leaf:  # noqa: ANN401 - whatever stands in an annotation
    """How a type for which `is_text` holds is read and written."""
    if isinstance(kind, NewType):
        return text(kind.__supertype__)
    return TEXTS.get(kind) or _words(kind)


def _words(kind: type[Enum]) -> Leaf:
    words = {member.value: member for member in kind}

    def read(value: object, _: object = None) -> object:
        if not isinstance(value, str):
            raise unfit("text", value)
        if value in words:
            return words[value]
        if issubclass(kind, Word):
            return kind(value)  # which says in EC2's words what is wrong
        raise Unfit(f"Expected one of {', '.join(words)}.")

    return Leaf(read, attrgetter("_value_"))
