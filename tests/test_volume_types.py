"""Volume types: the table of rule A 2.5, and rules A VT-1 to VT-11."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.block_devices import EbsBlockDevice
from amimodel.malformed import Malformed
from amimodel.testing import strategies as ec2
from amimodel.volume_types import INITIALIZATION_RATE_MIBPS, VOLUME_LIMITS, Span, VolumeType, volume_faults

# Rule A 2.5: type, size, IOPS, whether IOPS are required, IOPS for each GiB, throughput, whether it can hold a root.
TABLE = [
    ("gp2",      (1, 16_384),   None,            False, None, None,        True),
    ("gp3",      (1, 65_536),   (3000, 80_000),  False, 500,  (125, 2000), True),
    ("io1",      (4, 16_384),   (100, 64_000),   True,  50,   None,        True),
    ("io2",      (4, 65_536),   (100, 256_000),  True,  1000, None,        True),
    ("st1",      (125, 16_384), None,            False, None, None,        False),
    ("sc1",      (125, 16_384), None,            False, None, None,        False),
    ("standard", (1, 1024),     None,            False, None, None,        True),
]  # fmt: skip

Bounds = tuple[int, int] | None


def bounds(span: Span | None) -> Bounds:
    return None if span is None else (span.least, span.most)


def test_the_table() -> None:
    """Rule A 2.5."""
    assert [
        (
            volume_type.value,
            bounds(limits.size_gib),
            bounds(limits.iops),
            limits.iops_required,
            limits.most_iops_per_gib,
            bounds(limits.throughput_mibps),
            limits.boots,
        )
        for volume_type, limits in VOLUME_LIMITS.items()
    ] == TABLE
    assert set(VOLUME_LIMITS) == set(VolumeType)


def test_only_gp3_has_defaults() -> None:
    """Rules A 2.5, A RB-16."""
    defaults = {
        volume_type.value: (limits.default_iops, limits.default_throughput_mibps)
        for volume_type, limits in VOLUME_LIMITS.items()
    }
    assert {name for name, default in defaults.items() if default != (None, None)} == {"gp3"}
    assert defaults["gp3"] == (3000, 125)


def test_the_types_are_those_of_botocore() -> None:
    session = pytest.importorskip("botocore.session").get_session()
    assert set(session.get_service_model("ec2").shape_for("VolumeType").enum) == set(VolumeType)


@pytest.mark.parametrize("name", ["", "gp9", "GP2", "gp2 ", None])
def test_any_other_type_is_unknown(name: object) -> None:
    """Rule A VT-1."""
    with pytest.raises(Malformed) as caught:
        VolumeType(name)  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.member) == ("UnknownVolumeType", "VolumeType")
    assert caught.value.message == f"Unsupported volume type '{name}' for volume creation."


# --- messages ---------------------------------------------------------------------------------------------------------

VALUE, PAIR = "InvalidParameterValue", "InvalidParameterCombination"

# Each row: a type, a size, IOPS and throughput; then what EC2 says.
FAULTS = [
    # A VT-3
    ("gp2",      0,      None,   None, VALUE, "Volume of 0GiB is too small; minimum is 1GiB."),
    ("st1",      124,    None,   None, VALUE, "Volume of 124GiB is too small; minimum is 125GiB."),
    ("io1",      3,      None,   None, VALUE, "Volume of 3GiB is too small; minimum is 4GiB."),
    ("gp2",      16_385, None,   None, VALUE,
     "Volume of 16385GiB is too large for volume type gp2; maximum is 16384GiB."),
    ("standard", 1025,   None,   None, VALUE,
     "Volume of 1025GiB is too large for volume type standard; maximum is 1024GiB."),
    ("gp3",      65_537, None,   None, VALUE,
     "Volume of 65537GiB is too large for volume type gp3; maximum is 65536GiB."),
    # A VT-5
    ("gp2",      8,      3000,   None, PAIR,  "The parameter iops is not supported for gp2 volumes."),
    ("st1",      125,    3000,   None, PAIR,  "The parameter iops is not supported for st1 volumes."),
    ("sc1",      125,    3000,   None, PAIR,  "The parameter iops is not supported for sc1 volumes."),
    ("standard", 8,      100,    None, PAIR,  "The parameter iops is not supported for standard volumes."),
    # A VT-6
    ("gp3",      8,      2999,   None, VALUE, "Volume iops of 2999 is too low; minimum is 3000."),
    ("gp3",      65_536, 80_001, None, VALUE, "Volume iops of 80001 is too high; maximum is 80000."),
    ("io1",      4,      99,     None, VALUE, "Volume iops of 99 is too low; minimum is 100."),
    ("io1",      16_384, 64_001, None, VALUE, "Volume iops of 64001 is too high; maximum is 64000."),
    ("io2",      65_536, 256_001, None, VALUE, "Volume iops of 256001 is too high; maximum is 256000."),
    # A VT-7
    ("gp3",      7,      3501,   None, VALUE, "Iops to volume size ratio of 500.142857 is too high; maximum is 500"),
    ("io1",      4,      201,    None, VALUE, "Iops to volume size ratio of 50.250000 is too high; maximum is 50"),
    ("io2",      4,      4001,   None, VALUE, "Iops to volume size ratio of 1000.250000 is too high; maximum is 1000"),
    # A VT-8
    ("gp2",      8,      None,   125,  PAIR,  "The parameter throughput is not supported for gp2 volumes."),
    ("io1",      8,      100,    125,  PAIR,  "The parameter throughput is not supported for io1 volumes."),
    ("standard", 8,      None,   125,  PAIR,  "The parameter throughput is not supported for standard volumes."),
    # A VT-9
    ("gp3",      8,      3000,   124,  VALUE, "Volume throughput of 124 is too low; minimum is 125."),
    ("gp3",      500,    80_000, 2001, VALUE, "Volume throughput of 2001 is too high; maximum is 2000."),
    ("gp3",      8,      3000,   751,  VALUE,
     "Throughput (MiBps) to iops ratio of 0.250333 is too high; maximum is 0.250000 MiBps per iops."),
    ("gp3",      8,      None,   1000, VALUE,
     "Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops."),
]  # fmt: skip


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row[-1])
def test_what_ec2_says_of_each_fault(row: tuple[str, int, int | None, int | None, str, str]) -> None:
    volume_type, size, iops, throughput, *said = row
    (fault,) = volume_faults(VolumeType(volume_type), size_gib=size, iops=iops, throughput_mibps=throughput)
    assert [fault.code, fault.message] == said


# (type, size, IOPS, throughput): the last ones that EC2 takes
BOUNDS = [
    ("gp3", 7,      3500,    None),
    ("gp3", 1,      3000,    750),   # below 3,001 IOPS the size does not matter
    ("gp3", 160,    80_000,  2000),
    ("gp3", 16,     8000,    2000),
    ("gp3", 8,      None,    750),
    ("io1", 4,      200,     None),
    ("io2", 256,    256_000, None),
    ("st1", 125,    None,    None),
    ("gp2", 16_384, None,    None),
]  # fmt: skip


@pytest.mark.parametrize(("volume_type", "size", "iops", "throughput"), BOUNDS)
def test_what_is_just_within_the_bounds_is_taken(
    volume_type: str, size: int, iops: int | None, throughput: int | None
) -> None:
    """Rules A VT-3 to VT-9."""
    assert list(volume_faults(VolumeType(volume_type), size_gib=size, iops=iops, throughput_mibps=throughput)) == []


# --- laws -------------------------------------------------------------------------------------------------------------

TYPES = st.sampled_from(VolumeType)
SIZES = st.one_of(st.none(), st.integers(0, 70_000))
IOPS = st.one_of(st.none(), st.integers(0, 300_000))
THROUGHPUTS = st.one_of(st.none(), st.integers(0, 2500))


@given(ec2.ebs_block_devices())
def test_every_legal_volume_is_without_fault(device: EbsBlockDevice) -> None:
    """Rule A 2.5."""
    assert device.volume_type is not None
    faults = volume_faults(
        device.volume_type, size_gib=device.volume_size_gib, iops=device.iops, throughput_mibps=device.throughput_mibps
    )
    assert list(faults) == []


@given(TYPES, SIZES, IOPS, THROUGHPUTS)
def test_a_volume_without_fault_is_within_every_bound_of_the_table(
    volume_type: VolumeType, size: int | None, iops: int | None, throughput: int | None
) -> None:
    """Rules A VT-3 to VT-9, said a second time and in another way."""
    _, sizes, some_iops, _, ratio, throughputs, _ = next(row for row in TABLE if row[0] == volume_type)
    right = size is None or sizes[0] <= size <= sizes[1]
    if iops is not None:
        right &= some_iops is not None and some_iops[0] <= iops <= some_iops[1]
        if size and ratio is not None:
            right &= iops <= ratio * size or (volume_type is VolumeType.GP3 and iops <= 3000)
    if throughput is not None:
        right &= throughputs is not None and throughputs[0] <= throughput <= throughputs[1]
        right &= throughput * 4 <= (iops or 3000)
    assert (not list(volume_faults(volume_type, size_gib=size, iops=iops, throughput_mibps=throughput))) is right


@given(TYPES, SIZES, IOPS, THROUGHPUTS)
def test_what_is_not_given_is_not_judged(
    volume_type: VolumeType, size: int | None, iops: int | None, throughput: int | None
) -> None:
    given_parts = {"size_gib": size, "iops": iops, "throughput_mibps": throughput}
    faults = {fault.member for fault in volume_faults(volume_type, **given_parts)}
    members = {"size_gib": "VolumeSize", "iops": "Iops", "throughput_mibps": "Throughput"}
    assert faults <= {members[name] for name, value in given_parts.items() if value is not None}
    assert list(volume_faults(volume_type)) == []


@given(st.integers(0, 10), st.integers(0, 10), st.integers(-1, 11))
def test_a_span_holds_both_its_ends(least: int, most: int, number: int) -> None:
    assert (number in Span(least, most)) is (least <= number <= most)


def test_the_rate_of_initialization() -> None:
    """Rule A VT-11."""
    assert bounds(INITIALIZATION_RATE_MIBPS) == (100, 300)
