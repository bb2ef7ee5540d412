"""Volumes: rules A 2.5, A RB-14, A RB-16, A VT-3 to A VT-9, B EN-12, B MP-3, C 8.2, C 12.4."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.malformed import Malformed
from amimodel.testing import strategies as ec2
from amimodel.volume_types import VOLUME_LIMITS, VolumeType, volume_faults
from amimodel.volumes import Volume, VolumeAttachment, VolumeState


def volume(**fields: Any) -> Volume:
    told: dict[str, Any] = {
        "volume_id": "vol-12345678", "owner_id": w.ALICE, "size_gib": 200, "availability_zone": "eu-central-1a",
        "create_time": w.NOW,
    }  # fmt: skip
    return Volume(**(told | fields))


@given(
    kind=st.sampled_from(VolumeType), size=st.integers(0, 70_000), iops=st.none() | st.integers(0, 300_000),
    throughput=st.none() | st.integers(0, 3_000),
)  # fmt: skip
def test_a_volume_is_one_that_its_type_can_be(
    kind: VolumeType, size: int, iops: int | None, throughput: int | None
) -> None:
    """Rules A 2.5, A VT-3 to A VT-9, A RB-16."""
    limits = VOLUME_LIMITS[kind]
    iops_then = limits.default_iops if iops is None else iops
    throughput_then = limits.default_throughput_mibps if throughput is None else throughput
    faults = list(volume_faults(kind, size_gib=size, iops=iops_then, throughput_mibps=throughput_then))
    told = {"volume_type": kind, "size_gib": size, "iops": iops, "throughput_mibps": throughput}
    if faults:
        with pytest.raises(Malformed) as caught:
            volume(**told)
        assert str(caught.value) == str(faults[0])
    else:
        made = volume(**told)
        assert (made.iops, made.throughput_mibps) == (iops_then, throughput_then)
        assert evolve(made) == made


@pytest.mark.parametrize(
    ("kind", "iops", "throughput"),
    [("gp2", None, None), ("gp3", 3000, 125), ("st1", None, None), ("sc1", None, None), ("standard", None, None)],
)
def test_what_a_type_has_unasked(kind: str, iops: int | None, throughput: int | None) -> None:
    """Rules A RB-14, A RB-16."""
    made = volume(volume_type=kind)
    assert (made.iops, made.throughput_mibps) == (iops, throughput)
    assert volume().volume_type is VolumeType.GP2


def test_a_key_needs_encryption() -> None:
    """Rule B EN-12."""
    assert volume(encrypted=True, kms_key_id=w.KEY).kms_key_id is not None
    assert volume(encrypted=True).kms_key_id is None
    with pytest.raises(Malformed) as caught:
        volume(kms_key_id=w.KEY)
    assert caught.value.code == "InvalidParameterValue"


@given(zone=ec2.availability_zones())
def test_a_volume_is_in_the_region_of_its_zone(zone: Any) -> None:
    assert volume(availability_zone=zone).region == zone.region


def test_a_new_volume_is_available_and_stands_alone() -> None:
    """Rule C 8.2."""
    made = volume()
    assert made.state is VolumeState.AVAILABLE
    assert (made.attachment, made.snapshot_id, made.billing) == (None, None, None)
    assert made.product_codes == ()
    attached = evolve(
        made, state="in-use", attachment=VolumeAttachment(instance_id="i-12345678", device_name="/dev/sdf")
    )
    assert attached.attachment is not None
    assert not attached.attachment.delete_on_termination  # rule A 4.4
    assert attached.state is VolumeState.IN_USE


@pytest.mark.parametrize(
    "wrong",
    [{"volume_id": "v-1"}, {"snapshot_id": "snap-1"}, {"owner_id": "1"}, {"volume_type": "gp4"}, {"state": "lost"},
     {"availability_zone": "nowhere"}],
)  # fmt: skip
def test_what_is_no_volume_is_malformed(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        volume(**wrong)
