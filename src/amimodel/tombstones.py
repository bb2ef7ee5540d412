"""Tombstones: what is remembered of an image that is gone.

EC2 remembers an id for some time, answers for it with an empty list, and tells an instance's owner for good which image
the instance was launched from.

Source: rules A VS-3, B AN-6, C 5.9 to C 5.13, C 11.3; settlement S 11.
"""

from datetime import datetime

from attrs import field, frozen

from amimodel.clock import utc
from amimodel.images import Image


@frozen(kw_only=True)
class Tombstone:
    """An image as it was when it was deregistered, and when that was, or when it left the Recycle Bin for good.

    Source: rules C 5.9, C 6.40.
    """

    image: Image
    deregistered_at: datetime = field(converter=utc)
