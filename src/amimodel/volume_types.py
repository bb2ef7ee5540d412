"""The EBS volume types and what each of them takes.

Source: botocore 1.44.5, shapes EbsBlockDevice and CreateVolume; EBS User Guide, "Amazon EBS volume types"; rules A 2.5,
A VT-1 to VT-11.
"""

from collections.abc import Iterator
from enum import unique
from types import MappingProxyType
from typing import Final, Never

from attrs import field, frozen

from amimodel.malformed import Malformed
from amimodel.vocabulary import Word


@unique
class VolumeType(Word):
    """A kind of EBS volume.

    >>> VolumeType("gp9")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: UnknownVolumeType: Unsupported volume type 'gp9' for volume creation.

    Source: rules A 2.5, A VT-1.
    """

    GP2 = "gp2"
    GP3 = "gp3"
    IO1 = "io1"
    IO2 = "io2"
    ST1 = "st1"
    SC1 = "sc1"
    STANDARD = "standard"

    @classmethod
    def _missing_(cls, value: object) -> Never:
        message = f"Unsupported volume type '{value}' for volume creation."
        raise Malformed("UnknownVolumeType", message, member="VolumeType", value=value)


@frozen
class Span:
    """Numbers from `least` to `most`, both included; `default` where EC2 fills one in."""

    least: int
    most: int
    default: int | None = field(default=None, kw_only=True)

    def __contains__(self, number: int) -> bool:
        return self.least <= number <= self.most


@frozen(kw_only=True)
class VolumeLimits:
    """What one volume type takes. None: the parameter is not taken at all.

    `most_iops_per_gib` holds above `always_iops`, which a volume of any size may have.
    """

    size_gib: Span
    iops: Span | None
    iops_required: bool = False
    most_iops_per_gib: int | None = None
    always_iops: int = 0
    throughput_mibps: Span | None
    boots: bool

    @property
    def default_iops(self) -> int | None:
        """What EC2 fills in when none is asked for."""
        return self.iops.default if self.iops else None

    @property
    def default_throughput_mibps(self) -> int | None:
        """What EC2 fills in when none is asked for."""
        return self.throughput_mibps.default if self.throughput_mibps else None


_NO = None
_gp3_iops, _gp3_throughput = Span(3000, 80_000, default=3000), Span(125, 2000, default=125)

# Rule A 2.5. gp2 has a throughput and a baseline of IOPS, but by its size: neither is a parameter.
VOLUME_LIMITS: Final = MappingProxyType({
    VolumeType.GP2:      VolumeLimits(size_gib=Span(1, 16_384),   iops=_NO, throughput_mibps=_NO, boots=True),
    VolumeType.GP3:      VolumeLimits(size_gib=Span(1, 65_536),   iops=_gp3_iops, always_iops=3000,
                                      most_iops_per_gib=500,  throughput_mibps=_gp3_throughput, boots=True),
    VolumeType.IO1:      VolumeLimits(size_gib=Span(4, 16_384),   iops=Span(100, 64_000), iops_required=True,
                                      most_iops_per_gib=50,   throughput_mibps=_NO, boots=True),
    VolumeType.IO2:      VolumeLimits(size_gib=Span(4, 65_536),   iops=Span(100, 256_000), iops_required=True,
                                      most_iops_per_gib=1000, throughput_mibps=_NO, boots=True),
    VolumeType.ST1:      VolumeLimits(size_gib=Span(125, 16_384), iops=_NO, throughput_mibps=_NO, boots=False),
    VolumeType.SC1:      VolumeLimits(size_gib=Span(125, 16_384), iops=_NO, throughput_mibps=_NO, boots=False),
    VolumeType.STANDARD: VolumeLimits(size_gib=Span(1, 1024),     iops=_NO, throughput_mibps=_NO, boots=True),
})  # fmt: skip
"""Every volume type with its limits: the table of rule A 2.5."""

INITIALIZATION_RATE_MIBPS: Final = Span(100, 300)
"""What VolumeInitializationRate takes (rule A VT-11)."""

_MOST_THROUGHPUT_PER_IOPS: Final = 0.25


def volume_faults(
    volume_type: VolumeType,
    *,
    size_gib: int | None = None,
    iops: int | None = None,
    throughput_mibps: int | None = None,
) -> Iterator[Malformed]:
    """Say what is wrong with a volume of this type, in EC2's order; what is not given is not judged.

    >>> for fault in volume_faults(VolumeType.ST1, size_gib=8, iops=3000):
    ...     print(fault)
    InvalidParameterValue: Volume of 8GiB is too small; minimum is 125GiB.
    InvalidParameterCombination: The parameter iops is not supported for st1 volumes.

    Source: rules A VT-3 to VT-9. That io1 and io2 must be given IOPS is judged where a volume is made
    (`amimodel.mapping`), because an entry that only changes another one may leave them out.
    """
    limits = VOLUME_LIMITS[volume_type]
    if size_gib is not None:
        yield from _size_faults(volume_type, limits, size_gib)
    if iops is not None:
        yield from _iops_faults(volume_type, limits, iops, size_gib)
    if throughput_mibps is not None:
        yield from _throughput_faults(volume_type, limits, throughput_mibps, iops)


def _bad(code: str, message: str, member: str, value: object) -> Malformed:
    return Malformed(code, message, member=member, value=value)


def _size_faults(volume_type: VolumeType, limits: VolumeLimits, size: int) -> Iterator[Malformed]:
    span = limits.size_gib
    if size < span.least:
        message = f"Volume of {size}GiB is too small; minimum is {span.least}GiB."
        yield _bad("InvalidParameterValue", message, "VolumeSize", size)
    if size > span.most:
        message = f"Volume of {size}GiB is too large for volume type {volume_type}; maximum is {span.most}GiB."
        yield _bad("InvalidParameterValue", message, "VolumeSize", size)


def _iops_faults(volume_type: VolumeType, limits: VolumeLimits, iops: int, size: int | None) -> Iterator[Malformed]:
    if limits.iops is None:
        message = f"The parameter iops is not supported for {volume_type} volumes."
        yield _bad("InvalidParameterCombination", message, "Iops", iops)
        return
    if iops < limits.iops.least:
        message = f"Volume iops of {iops} is too low; minimum is {limits.iops.least}."
        yield _bad("InvalidParameterValue", message, "Iops", iops)
    if iops > limits.iops.most:
        message = f"Volume iops of {iops} is too high; maximum is {limits.iops.most}."
        yield _bad("InvalidParameterValue", message, "Iops", iops)
    most = limits.most_iops_per_gib
    if size and most is not None and iops > limits.always_iops and iops > most * size:
        message = f"Iops to volume size ratio of {iops / size:.6f} is too high; maximum is {most}"
        yield _bad("InvalidParameterValue", message, "Iops", iops)


def _throughput_faults(
    volume_type: VolumeType, limits: VolumeLimits, throughput: int, iops: int | None
) -> Iterator[Malformed]:
    span = limits.throughput_mibps
    if span is None:
        message = f"The parameter throughput is not supported for {volume_type} volumes."
        yield _bad("InvalidParameterCombination", message, "Throughput", throughput)
        return
    if throughput not in span:
        word, bound, which = (
            ("low", span.least, "minimum") if throughput < span.least else ("high", span.most, "maximum")
        )
        message = f"Volume throughput of {throughput} is too {word}; {which} is {bound}."
        yield _bad("InvalidParameterValue", message, "Throughput", throughput)
    against = iops or limits.default_iops
    if against and throughput > _MOST_THROUGHPUT_PER_IOPS * against:
        ratio = f"{throughput / against:.6f}"
        message = f"Throughput (MiBps) to iops ratio of {ratio} is too high; maximum is 0.250000 MiBps per iops."
        yield _bad("InvalidParameterValue", message, "Throughput", throughput)
