"""Billing codes: which licence a launch from an image pays for.

Source: EC2 User Guide, "AMI billing information fields"; rules A 7.1, A BI-1 to BI-7.
"""

from enum import Enum, Flag, auto, unique
from typing import Final, Self

from amimodel.vocabulary import Platform


class Licence(Flag):
    """What a billing code is composed of (rule A BI-2)."""

    WINDOWS = auto()
    WINDOWS_BYOL = auto()
    SQL_SERVER_STANDARD = auto()
    SQL_SERVER_WEB = auto()
    SQL_SERVER_ENTERPRISE = auto()
    RED_HAT = auto()
    RED_HAT_BYOL = auto()
    HIGH_AVAILABILITY = auto()
    SUSE = auto()
    UBUNTU_PRO = auto()


# Where a licence stands in the four characters of a code, and the digit it adds there (rule A BI-2). AWS counts past 9
# with letters; `g` is 16.
_PLACES: Final = {
    Licence.HIGH_AVAILABILITY:     (0, 1),
    Licence.SQL_SERVER_ENTERPRISE: (1, 1),
    Licence.SQL_SERVER_WEB:        (1, 2),
    Licence.WINDOWS_BYOL:          (1, 8),
    Licence.UBUNTU_PRO:            (1, 16),
    Licence.RED_HAT:               (2, 1),
    Licence.RED_HAT_BYOL:          (2, 16),
    Licence.WINDOWS:               (3, 2),
    Licence.SQL_SERVER_STANDARD:   (3, 4),
    Licence.SUSE:                  (3, 16),
}  # fmt: skip
_WINDOWS: Final = Licence.WINDOWS | Licence.WINDOWS_BYOL
_DIGITS: Final = "0123456789abcdefg"
_OPERATION: Final = "RunInstances"


@unique
class BillingCode(Enum):
    """A row of EC2's table: a platform and the licences that it comes with.

    >>> code = BillingCode.WINDOWS_WITH_SQL_SERVER_STANDARD
    >>> code.platform_details, code.usage_operation
    ('Windows with SQL Server Standard', 'RunInstances:0006')
    >>> BillingCode.of_usage_operation("RunInstances:00g0")
    <BillingCode.RED_HAT_BYOL_LINUX: 'Red Hat BYOL Linux'>

    Source: rule A 7.1, all 19 rows.
    """

    _licences: Licence
    _platform: Platform | None

    LINUX = ("Linux/UNIX", Licence(0))
    RED_HAT_BYOL_LINUX = ("Red Hat BYOL Linux", Licence.RED_HAT_BYOL)
    RED_HAT = ("Red Hat Enterprise Linux", Licence.RED_HAT)
    RED_HAT_WITH_HA = ("Red Hat Enterprise Linux with HA", Licence.RED_HAT | Licence.HIGH_AVAILABILITY)
    RED_HAT_WITH_SQL_SERVER_STANDARD_AND_HA = (
        "Red Hat Enterprise Linux with SQL Server Standard and HA",
        Licence.RED_HAT | Licence.SQL_SERVER_STANDARD | Licence.HIGH_AVAILABILITY,
    )
    RED_HAT_WITH_SQL_SERVER_ENTERPRISE_AND_HA = (
        "Red Hat Enterprise Linux with SQL Server Enterprise and HA",
        Licence.RED_HAT | Licence.SQL_SERVER_ENTERPRISE | Licence.HIGH_AVAILABILITY,
    )
    RED_HAT_WITH_SQL_SERVER_STANDARD = (
        "Red Hat Enterprise Linux with SQL Server Standard",
        Licence.RED_HAT | Licence.SQL_SERVER_STANDARD,
    )
    RED_HAT_WITH_SQL_SERVER_WEB = (
        "Red Hat Enterprise Linux with SQL Server Web",
        Licence.RED_HAT | Licence.SQL_SERVER_WEB,
    )
    RED_HAT_WITH_SQL_SERVER_ENTERPRISE = (
        "Red Hat Enterprise Linux with SQL Server Enterprise",
        Licence.RED_HAT | Licence.SQL_SERVER_ENTERPRISE,
    )
    SQL_SERVER_ENTERPRISE = ("SQL Server Enterprise", Licence.SQL_SERVER_ENTERPRISE)
    SQL_SERVER_STANDARD = ("SQL Server Standard", Licence.SQL_SERVER_STANDARD)
    SQL_SERVER_WEB = ("SQL Server Web", Licence.SQL_SERVER_WEB)
    SUSE_LINUX = ("SUSE Linux", Licence.SUSE)
    UBUNTU_PRO = ("Ubuntu Pro", Licence.UBUNTU_PRO)
    WINDOWS = ("Windows", Licence.WINDOWS)
    WINDOWS_BYOL = ("Windows BYOL", Licence.WINDOWS_BYOL)
    WINDOWS_WITH_SQL_SERVER_ENTERPRISE = (
        "Windows with SQL Server Enterprise",
        Licence.WINDOWS | Licence.SQL_SERVER_ENTERPRISE,
    )
    WINDOWS_WITH_SQL_SERVER_STANDARD = (
        "Windows with SQL Server Standard",
        Licence.WINDOWS | Licence.SQL_SERVER_STANDARD,
    )
    WINDOWS_WITH_SQL_SERVER_WEB = ("Windows with SQL Server Web", Licence.WINDOWS | Licence.SQL_SERVER_WEB)

    def __new__(cls, platform_details: str, licences: Licence) -> Self:
        """Take a row: its first text is its value."""
        code = object.__new__(cls)
        code._value_ = platform_details
        code._licences = licences
        code._platform = Platform.WINDOWS if licences & _WINDOWS else None
        return code

    @property
    def platform_details(self) -> str:
        """EC2's PlatformDetails."""
        details: str = self.value
        return details

    @property
    def licences(self) -> Licence:
        """What it is composed of."""
        return self._licences

    @property
    def usage_operation(self) -> str:
        """EC2's UsageOperation: the sum of its licences' digits, place by place (rule A BI-2)."""
        digits = [0, 0, 0, 0]
        for licence in self._licences:
            place, digit = _PLACES[licence]
            digits[place] += digit
        return f"{_OPERATION}:{''.join(_DIGITS[digit] for digit in digits)}" if any(digits) else _OPERATION

    @property
    def platform(self) -> Platform | None:
        """EC2's Platform: `windows` for the rows that begin with Windows (rule A BI-7)."""
        return self._platform

    @classmethod
    def of_usage_operation(cls, text: str) -> "BillingCode | None":
        """The row with a UsageOperation; None where EC2's table has no such row."""
        return _BY_USAGE_OPERATION.get(text)

    @classmethod
    def of_platform_details(cls, text: str) -> "BillingCode | None":
        """The row with a PlatformDetails; None where EC2's table has no such row."""
        return _BY_PLATFORM_DETAILS.get(text)


_BY_USAGE_OPERATION: Final = {code.usage_operation: code for code in BillingCode}
_BY_PLATFORM_DETAILS: Final = {code.platform_details: code for code in BillingCode}
