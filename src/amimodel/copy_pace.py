"""The pace of copies: how many there may be at once, and how fast one goes that must be done by a certain time.

Source: EBS User Guide, "Time-based copies"; rules B CI-14, B CI-19, B CI-20, B CI-25, B CS-5, B CS-6, C 8.18, C 8.22,
C 8.23.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from attrs import frozen

from amimodel.limits import Limits
from amimodel.quirks import Quirks
from amimodel.refusals import (
    CompletionDurationRefused,
    TimeBasedCopyQuotaReached,
    TooManyImageCopies,
    TooManySnapshotCopies,
)

_AS_RULED: Final = Quirks()
_AS_DOCUMENTED: Final = Limits.aws()

_MIB_PER_GIB: Final = 1024
_MICROSECONDS: Final = 1_000_000

NOTHING_IN_USE: Final = Fraction(0)
"""What the copies between two Regions take where there are none by time."""


def completion_duration_refusal(minutes: int, limits: Limits = _AS_DOCUMENTED) -> CompletionDurationRefused | None:
    """What speaks against asking for a copy to take so long.

    >>> print(completion_duration_refusal(20))
    Invalid value '20' for completionDurationMinutes. It must be a multiple of 15 from 15 to 2880.

    Source: rules B CI-19, B CS-6, C 8.23.
    """
    least, most = limits.min_completion_duration_minutes, limits.max_completion_duration_minutes
    step = limits.completion_duration_step_minutes
    if least <= minutes <= most and minutes % step == 0:
        return None
    return CompletionDurationRefused(minutes=minutes, least=least, most=most, step=step)


@frozen(kw_only=True)
class Pace:
    """How fast a copy goes, and so how long it takes. The rate is exact, so that rates add up to a quota exactly."""

    mibps: Fraction
    duration: timedelta


def pace(
    size_gib: int,
    completion_duration_minutes: int,
    *,
    in_use_mibps: Fraction = NOTHING_IN_USE,
    limits: Limits = _AS_DOCUMENTED,
) -> Pace:
    """How fast a copy by time goes: as fast as it must, unless that is more than is left, or than any copy goes.

    >>> granted = pace(100, 30)
    >>> round(float(granted.mibps), 1), str(granted.duration)
    (56.9, '0:30:00')
    >>> print(pace(100, 30, in_use_mibps=Fraction(1990)).duration)
    2:50:40

    `in_use_mibps` is what the copies by time between the same two Regions take at that moment. A copy that gets less
    than it needs is slower than was asked; EC2 accepts it all the same.

    Raises `TimeBasedCopyQuotaReached` where nothing is left.

    Source: rules B CI-20, C 8.23.
    """
    left = limits.time_based_copies_mibps - in_use_mibps
    if left <= 0:
        raise TimeBasedCopyQuotaReached(quota_mibps=limits.time_based_copies_mibps)
    asked = timedelta(minutes=completion_duration_minutes)
    size_mib = size_gib * _MIB_PER_GIB
    needed = Fraction(size_mib, completion_duration_minutes * 60)
    granted = min(needed, Fraction(limits.time_based_copy_mibps), left)
    if granted == needed:
        return Pace(mibps=granted, duration=asked)
    return Pace(mibps=granted, duration=timedelta(microseconds=round(size_mib / granted * _MICROSECONDS)))


def paces(
    sizes_gib: Iterable[int],
    completion_duration_minutes: int,
    *,
    in_use_mibps: Fraction = NOTHING_IN_USE,
    limits: Limits = _AS_DOCUMENTED,
) -> tuple[Pace, ...]:
    """How fast each snapshot of an image goes; each is to be done by the same time, and takes from what is left.

    >>> [round(float(each.mibps)) for each in paces([1000, 1000], 60, in_use_mibps=Fraction(1600))]
    [284, 116]

    Raises `TimeBasedCopyQuotaReached` where nothing is left for one of them.

    Source: rules B CI-19, B CI-20.
    """
    granted: list[Pace] = []
    for size_gib in sizes_gib:
        in_use = in_use_mibps + sum(each.mibps for each in granted)
        granted.append(pace(size_gib, completion_duration_minutes, in_use_mibps=in_use, limits=limits))
    return tuple(granted)


def image_copies_refusal(in_progress: int, limits: Limits = _AS_DOCUMENTED) -> TooManyImageCopies | None:
    """What the images that are being copied to a Region say against another one; copies by time count as all others.

    Source: rule B CI-14.
    """
    quota = limits.concurrent_image_copies
    return TooManyImageCopies(quota=quota) if in_progress >= quota else None


def snapshot_copies_refusal(
    in_progress: int, *, of_images: int = 0, limits: Limits = _AS_DOCUMENTED, quirks: Quirks = _AS_RULED
) -> TooManySnapshotCopies | None:
    """What the snapshots that are being copied to a Region say against another CopySnapshot.

    >>> print(snapshot_copies_refusal(20, of_images=300))
    Too many snapshot copies in progress. The limit is 20 for this destination region.

    `of_images` are those that CopyImage copies, which count only where a quirk says so.

    Source: rules B CS-5, B CI-25, C 8.18.
    """
    quota = limits.concurrent_snapshot_copies
    counted = in_progress + (of_images if quirks.image_copies_count_as_snapshot_copies else 0)
    return TooManySnapshotCopies(quota=quota) if counted >= quota else None


def begins(now: datetime, earlier: Iterable[datetime] = ()) -> datetime:
    """When a copy begins: now, or when the last of the earlier copies of the same snapshot is done.

    Source: rule C 8.22.
    """
    return max((now, *earlier))
