"""Plain members: how each kind of text, number and truth value is read and written.

Nothing is coerced: `"8"` is no number, `"true"` no truth value, `true` no number.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import frozen
from cattrs.fns import identity

from amimodel.billing_codes import BillingCode
from amimodel.clock import TextForm, parse, render, utc
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode
from amimodel.permissions import NOT_PUBLIC, PUBLIC_AT_LEAST, LaunchPermissions
from amimodel.wire._faults import missing, unfit
from amimodel.wire._residue import ABSENT, Shape

Reader: TypeAlias = Callable[[Any, Any], Any]
Writer: TypeAlias = Callable[[Any], Any]


def as_it_is(value: object, _: object = None) -> object:
    """Read what the noun itself judges."""
    return value


@frozen
class Leaf:
    """How one kind of member is read, written and shaped; the reader takes the type as well, as cattrs calls it."""

    read: Reader = as_it_is
    write: Writer = identity
    shape: Shape | None = None


def _or_none(read: Reader) -> Reader:
    def read_or_none(value: object, _: object = None) -> object:
        return None if value is None else read(value, _)

    return read_or_none


def optional(leaf: Leaf) -> Leaf:
    """The same member where null may stand in its place. None is never written, so the writer stays."""
    if leaf.read is as_it_is:
        return leaf
    return _OPTIONAL.get(leaf.read) or Leaf(_or_none(leaf.read), leaf.write, leaf.shape)


def _exactly(kind: type, expected: str) -> tuple[Leaf, Leaf]:
    """A plain value of exactly one type; with null beside it, and without."""

    def read(value: object, _: object = None) -> object:
        if type(value) is kind:
            return value
        raise unfit(expected, value)

    def read_or_none(value: object, _: object = None) -> object:
        if type(value) is kind or value is None:
            return value
        raise unfit(expected, value)

    return Leaf(read), Leaf(read_or_none)


TRUTH, _TRUTH_OR_NONE = _exactly(bool, "true or false")
NUMBER, _NUMBER_OR_NONE = _exactly(int, "a whole number")
TEXT, _TEXT_OR_NONE = _exactly(str, "text")
JUDGED: Final = Leaf()
WORD: Final = Leaf(write=attrgetter("_value_"))
NAMED: Final = Leaf(write=str)
_OPTIONAL: Final[Mapping[Reader, Leaf]] = {
    TRUTH.read: _TRUTH_OR_NONE,
    NUMBER.read: _NUMBER_OR_NONE,
    TEXT.read: _TEXT_OR_NONE,
}


def read_instant(value: object, _: object = None, *, member: str = "Time") -> datetime:
    """Read an instant: text in any of EC2's forms, or the `datetime` that boto3 makes of one."""
    if isinstance(value, str):
        return parse(value, member)
    if isinstance(value, datetime):
        return utc(value)
    raise unfit("a time", value)


def write_instant(instant: datetime, form: TextForm = TextForm.MILLISECONDS) -> str:
    """Write an instant in the form of its member, with more digits only where the instant has them."""
    if instant.microsecond and form is not TextForm.MICROSECONDS:
        form = TextForm.MICROSECONDS if instant.microsecond % 1000 else TextForm.MILLISECONDS
    return render(instant, form)


def instant(member: str, form: TextForm) -> Leaf:
    """An instant that is written in a form of its own."""
    return Leaf(partial(read_instant, member=member), partial(write_instant, form=form))


def packed(read: Callable[[Any], Any], write: Writer = identity) -> Leaf:
    """A value that is read from one text, and may be null."""
    return Leaf(_or_none(lambda value, _: read(value)), write)


def _read_public(value: object, _: object = None) -> LaunchPermissions:
    if value is True:
        return PUBLIC_AT_LEAST
    if value is False:
        return NOT_PUBLIC
    raise missing() if value is ABSENT else unfit("true or false", value)


PUBLIC: Final = Leaf(_read_public, attrgetter("everyone"))


def _read_last_launch(value: object, _: object = None) -> tuple[datetime, ...]:
    return () if value is None else (read_instant(value, member="LastLaunchedTime"),)


def _write_last_launch(launches: tuple[datetime, ...]) -> str:
    return write_instant(launches[-1], TextForm.SECONDS)


LAST_LAUNCH: Final = Leaf(_read_last_launch, _write_last_launch)

USAGE_OPERATIONS: Final = MappingProxyType({code: code.usage_operation for code in BillingCode})


def _read_billing(value: object, _: object = None) -> BillingCode | None:
    if value is None or isinstance(value, str):
        return None if value is None else BillingCode.of_usage_operation(value)
    raise unfit("text", value)


BILLING: Final = Leaf(_read_billing, USAGE_OPERATIONS.get)


def _read_platform(value: object, _: object = None) -> object:
    return value.lower() if isinstance(value, str) else value


PLATFORM: Final = Leaf(_read_platform, lambda platform: platform and platform.value)


# Most images have one of these, so most images share one of these.
_PROTECTIONS: Final = {mode.value: DeregistrationProtection(mode) for mode in DeregistrationProtectionMode}


def _read_protection(value: object, _: object = None) -> DeregistrationProtection:
    if isinstance(value, str):
        return _PROTECTIONS.get(value) or DeregistrationProtection.parse(value)
    raise unfit("text", value)


PROTECTION: Final = Leaf(_read_protection, str)
