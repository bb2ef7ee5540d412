"""Billing: how the licence of an image travels from one thing to the next.

Nobody sets a billing code. It comes into the world with an image of AWS's or of a seller's, and each thing takes it
over from what it is made of: image -> instance -> image, image -> copy, image -> snapshot -> image. Where the chain
breaks, the licence is lost, and the image looks like plain Linux.

Each function here is one row of rule A 7.4; None is a code that is not known, or not remembered.

Source: EC2 User Guide, "AMI billing information fields"; rules A RI-19, A 7.3, A 7.4, A BI-4, A BI-9, A BI-10.
"""

import re
from typing import Final

from amimodel.billing_codes import BillingCode
from amimodel.images import Image
from amimodel.instances import Instance
from amimodel.quirks import Quirks
from amimodel.snapshots import Snapshot

_AS_RULED: Final = Quirks()


def of_launched(image: Image) -> BillingCode | None:
    """The code of an instance: its image's (rule A 7.4, RunInstances)."""
    return image.billing


def of_created(instance: Instance) -> BillingCode | None:
    """The code of an image made of an instance: the way to make one that keeps a licence (rule A 7.4, CreateImage)."""
    return instance.billing


def of_copied(image: Image) -> BillingCode | None:
    """The code of a copy: its source's (rule A 7.4, CopyImage)."""
    return image.billing


def of_image_snapshot(image: Image) -> BillingCode | None:
    """What a snapshot remembers that comes into being with an image, created or copied (rule A BI-10)."""
    return image.billing


def of_snapshot(volume: BillingCode | None) -> BillingCode | None:
    """What a snapshot of a volume remembers: what the volume does, which as a rule nobody knows.

    Source: rules A 7.4 (CreateSnapshot), A BI-10.
    """
    return volume


def of_registered(root_snapshot: Snapshot, *, quirks: Quirks = _AS_RULED) -> BillingCode:
    """The code of an image registered on a snapshot: what the snapshot remembers, or plain Linux.

    >>> from datetime import datetime
    >>> snapshot = Snapshot(
    ...     snapshot_id="snap-12345678",
    ...     owner_id="111122223333",
    ...     volume_id="vol-12345678",
    ...     volume_size_gib=30,
    ...     start_time=datetime.fromisoformat("2026-01-01T00:00:00Z"),
    ...     billing=BillingCode.WINDOWS,
    ... )
    >>> of_registered(snapshot)
    <BillingCode.WINDOWS: 'Windows'>
    >>> of_registered(snapshot, quirks=Quirks(register_derives_billing=False))
    <BillingCode.LINUX: 'Linux/UNIX'>

    Source: rules A RI-19, A 7.4 (RegisterImage), A BI-10.
    """
    remembered = root_snapshot.billing if quirks.register_derives_billing else None
    return BillingCode.LINUX if remembered is None else remembered


def of_restored(stored: BillingCode | None) -> BillingCode:
    """The code of an image restored from S3: the stored image's, or plain Linux (rule A 7.4, store and restore)."""
    return BillingCode.LINUX if stored is None else stored


def is_usable_for_licensing(expected: BillingCode, image: Image) -> bool:
    """Whether an image pays for the licence that it should; if not, AWS says to discard it.

    >>> from amimodel.examples import WEB
    >>> is_usable_for_licensing(BillingCode.RED_HAT, WEB)
    False

    An image that tells no code pays for none.

    Source: rule A BI-9.
    """
    return image.billing is expected


_spot_suffix = re.compile(r":SV\d{3}\Z", re.ASCII)


def of_cost_report(usage_operation: str) -> BillingCode | None:
    """Read a UsageOperation of the cost and usage report, where that of a Spot instance ends in its place.

    >>> of_cost_report("RunInstances:0010:SV006")
    <BillingCode.RED_HAT: 'Red Hat Enterprise Linux'>

    The answer is None where EC2's table has no such row.

    Source: rule A BI-4.
    """
    return BillingCode.of_usage_operation(_spot_suffix.sub("", usage_operation))
