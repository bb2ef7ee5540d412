"""Deregistration protection: what switching it on and off does, as a table.

Source: EC2 User Guide, "Protect an Amazon EC2 AMI from deregistration"; rules C 4; settlement S 33.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, unique
from types import MappingProxyType
from typing import Final

from amimodel.images import UNPROTECTED, DeregistrationProtection, DeregistrationProtectionMode
from amimodel.quirks import Quirks

_AS_RULED: Final = Quirks()


@unique
class Protection(Enum):
    """How an image is protected at a moment: as its mode says, or by a cooldown that still runs."""

    DISABLED = "disabled"
    WITHOUT_COOLDOWN = "enabled-without-cooldown"
    WITH_COOLDOWN = "enabled-with-cooldown"
    COOLING_DOWN = "disabled after ..."


@unique
class ProtectionEvent(Enum):
    """What is done about it, or happens to it."""

    ENABLE = "EnableImageDeregistrationProtection"
    ENABLE_WITH_COOLDOWN = "EnableImageDeregistrationProtection WithCooldown"
    DISABLE = "DisableImageDeregistrationProtection"
    COOLDOWN_ENDS = "24 hours pass"


_P, _E = Protection, ProtectionEvent
_OFF, _ON, _WITH, _COOLING = _P.DISABLED, _P.WITHOUT_COOLDOWN, _P.WITH_COOLDOWN, _P.COOLING_DOWN

# A cooldown starts when protection ends, not when it begins (rule C 4.4); switching on again stops it.
# fmt: off
_COLUMNS: Final = (_E.ENABLE, _E.ENABLE_WITH_COOLDOWN, _E.DISABLE, _E.COOLDOWN_ENDS)
_ROWS: Final = (
    # protection   enable   with cooldown  disable    24 hours
    (_OFF,        (_ON,     _WITH,         _OFF,      _OFF)),
    (_ON,         (_ON,     _WITH,         _OFF,      _ON)),
    (_WITH,       (_ON,     _WITH,         _COOLING,  _WITH)),  # whether a cooldown can be dropped so is a quirk
    (_COOLING,    (_ON,     _WITH,         _COOLING,  _OFF)),
)
# fmt: on

TRANSITIONS: Final[Mapping[tuple[Protection, ProtectionEvent], Protection]] = MappingProxyType(
    {(at, event): to for at, row in _ROWS for event, to in zip(_COLUMNS, row, strict=True)}
)
"""What becomes of an image's protection (rule C 4, transitions)."""


def protection_of(setting: DeregistrationProtection, now: datetime) -> Protection:
    """How an image is protected now.

    >>> from amimodel.clock import parse
    >>> cooling = DeregistrationProtection(cooldown_until=parse("2026-01-02T00:00:00Z"))
    >>> protection_of(cooling, parse("2026-01-01T12:00:00Z")), protection_of(cooling, parse("2026-01-02T00:00:00Z"))
    (<Protection.COOLING_DOWN: 'disabled after ...'>, <Protection.DISABLED: 'disabled'>)

    Source: rule C 4 (the table of rendered texts).
    """
    match setting.mode:
        case DeregistrationProtectionMode.ENABLED_WITHOUT_COOLDOWN:
            return _ON
        case DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN:
            return _WITH
        case DeregistrationProtectionMode.DISABLED:
            return _COOLING if setting.cooldown_until is not None and setting.cooldown_until > now else _OFF


def after(
    setting: DeregistrationProtection,
    event: ProtectionEvent,
    now: datetime,
    cooldown: timedelta,
    quirks: Quirks = _AS_RULED,
) -> DeregistrationProtection:
    """What becomes of an image's protection.

    >>> from amimodel.clock import parse
    >>> protected = DeregistrationProtection("enabled-with-cooldown")
    >>> print(after(protected, ProtectionEvent.DISABLE, parse("2026-01-01T00:00:00Z"), timedelta(hours=24)))
    disabled after 2026-01-02T00:00:00.000Z

    Source: rules C 4.1, C 4.2, C 4.4, C 4 (transitions), C 15 (point 3).
    """
    at = protection_of(setting, now)
    match TRANSITIONS[at, event]:
        case Protection.DISABLED:
            return UNPROTECTED
        case Protection.WITHOUT_COOLDOWN:
            return DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITHOUT_COOLDOWN)
        case Protection.WITH_COOLDOWN:
            return DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN)
        case Protection.COOLING_DOWN:
            if at is _COOLING and not quirks.cooldown_restarts_on_disable:
                return setting
            return DeregistrationProtection(cooldown_until=now + cooldown)
