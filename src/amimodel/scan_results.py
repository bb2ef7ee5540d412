"""What Amazon Inspector found in an image.

Source: botocore 1.44.5, shape ScanResults; rules A SR-1, A SR-2.
"""

from datetime import datetime

from attrs import field, frozen
from attrs.converters import optional

from amimodel.clock import utc
from amimodel.vocabulary import Severity


@frozen(kw_only=True)
class ScanResults:
    """The findings of the last scan, by severity. Each date says since when a fix has been there.

    >>> ScanResults(highest_finding_severity_label="high").highest_finding_severity_label
    <Severity.HIGH: 'high'>

    Source: rule A SR-1.
    """

    finding_scan_date: datetime | None = field(default=None, converter=optional(utc))
    highest_finding_severity_label: Severity | None = field(default=None, converter=optional(Severity))
    informational_fix_available_since: datetime | None = field(default=None, converter=optional(utc))
    low_fix_available_since: datetime | None = field(default=None, converter=optional(utc))
    medium_fix_available_since: datetime | None = field(default=None, converter=optional(utc))
    high_fix_available_since: datetime | None = field(default=None, converter=optional(utc))
    critical_fix_available_since: datetime | None = field(default=None, converter=optional(utc))

    def fix_available_since(self, severity: Severity) -> datetime | None:
        """Since when a fix for findings of one severity has been there."""
        found: datetime | None = getattr(self, f"{severity.value}_fix_available_since")
        return found
