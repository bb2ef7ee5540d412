"""Watermarks: marks of origin that follow an image through every copy.

Source: EC2 User Guide, "AMI watermarks"; botocore 1.44.5, shape ImageWatermark; rules A WM-1, B 8.1.
"""

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from amimodel.clock import utc
from amimodel.identifiers import AccountId, ImageId, account_id, image_id
from amimodel.malformed import Malformed, invalid_value
from amimodel.names import is_image_name
from amimodel.regions import Region, as_region


def watermark_name(text: str) -> str:
    """Check the name of a watermark.

    >>> watermark_name("golden/base")
    'golden/base'

    Raises `Malformed` (`InvalidParameterValue`).

    Source: rule B 0.1.
    """
    if is_image_name(text):
        return text
    raise invalid_value("WatermarkName", text, "Watermark names are spelled like AMI names.")


@frozen(order=True)
class WatermarkKey:
    """Who made a watermark, and its name.

    >>> key = WatermarkKey.parse("111122223333:golden/base")
    >>> key.account_id, key.name, str(key)
    ('111122223333', 'golden/base', '111122223333:golden/base')

    Raises `Malformed` (`InvalidParameterValue`).

    Source: rule B 0.1.
    """

    account_id: AccountId = field(converter=account_id)
    name: str = field(converter=watermark_name)

    @classmethod
    def parse(cls, text: str) -> "WatermarkKey":
        """Read `account:name`."""
        account, colon, name = text.partition(":") if isinstance(text, str) else ("", "", "")
        try:
            if colon:
                return cls(account, name)
        except Malformed:
            pass  # the whole key is what was given, so the whole key is what the complaint names
        raise invalid_value("WatermarkKey", text, "Expected account:name.")

    def __str__(self) -> str:
        return f"{self.account_id}:{self.name}"


def as_watermark_key(value: str | WatermarkKey) -> WatermarkKey:
    """Take a key, or the text that EC2 has for it."""
    return value if isinstance(value, WatermarkKey) else WatermarkKey.parse(value)


@frozen(kw_only=True)
class ImageWatermark:
    """A watermark on an image. The source is the image that it was first attached to (rule B W-5).

    >>> from amimodel.clock import parse
    >>> watermark = ImageWatermark(
    ...     watermark_key="111122223333:golden",
    ...     source_image_region="eu-west-1",
    ...     source_image_id="ami-12345678",
    ...     source_image_creation_time=parse("2026-01-01T00:00:00Z"),
    ...     watermark_creation_time=parse("2026-01-02T00:00:00Z"),
    ... )
    >>> str(watermark.watermark_key)
    '111122223333:golden'

    Source: rules A WM-1, B W-5.
    """

    watermark_key: WatermarkKey = field(converter=as_watermark_key)
    source_image_region: Region = field(converter=as_region)
    source_image_id: ImageId = field(converter=image_id)
    source_image_creation_time: datetime = field(converter=utc)
    watermark_creation_time: datetime = field(converter=utc)


def as_watermarks(watermarks: Iterable[ImageWatermark]) -> tuple[ImageWatermark, ...]:
    """Take watermarks from any iterable."""
    return tuple(watermarks)
