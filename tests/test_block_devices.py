"""Entries of a block device mapping: rules A BD-1 to BD-3, A 2.5, A VT-11, settlement S 13."""

import pickle

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.block_devices import (
    NO_DEVICE,
    BlockDeviceMapping,
    EbsBlockDevice,
    InstanceStoreDevice,
    SuppressedDevice,
)
from amimodel.malformed import Malformed
from amimodel.testing import strategies as ec2
from amimodel.vocabulary import Platform
from amimodel.volume_types import VOLUME_LIMITS

MAPPING = "InvalidBlockDeviceMapping"

# --- EBS volumes ------------------------------------------------------------------------------------------------------


@given(ec2.ebs_block_devices(partial=True))
def test_every_part_of_a_volume_may_be_left_out(device: EbsBlockDevice) -> None:
    """Rules A BD-1, A BD-3."""
    assert pickle.loads(pickle.dumps(device)) == device
    assert evolve(device) == device


def test_a_volume_may_say_nothing_at_all() -> None:
    assert EbsBlockDevice() == EbsBlockDevice(snapshot_id=None, volume_type=None)


@given(ec2.ebs_block_devices(boots=True))
def test_root_volumes_are_of_types_that_boot(device: EbsBlockDevice) -> None:
    """Rule A VT-2."""
    assert device.volume_type is not None
    assert VOLUME_LIMITS[device.volume_type].boots


@given(ec2.ebs_block_devices(volume_type="gp3", of_snapshot=False, encrypted=True))
def test_volumes_can_be_asked_for(device: EbsBlockDevice) -> None:
    assert (device.volume_type, device.snapshot_id, device.encrypted) == ("gp3", None, True)
    assert device.iops is not None
    assert device.throughput_mibps is not None


@given(ec2.ebs_block_devices(partial=True))
def test_a_fault_is_found_only_where_the_type_is_told(device: EbsBlockDevice) -> None:
    """Rules A VT-3 to VT-9: without its type, nothing can be said of a volume."""
    unknown = evolve(device, volume_type=None, iops=1, throughput_mibps=1_000_000)
    assert unknown.iops == 1
    with pytest.raises(Malformed) as caught:
        evolve(unknown, volume_type="st1")
    assert caught.value.code in {"InvalidParameterValue", "InvalidParameterCombination"}


@pytest.mark.parametrize(
    ("parts", "code", "member"),
    [
        ({"volume_size_gib": 0},                          "InvalidParameterValue",       "VolumeSize"),
        ({"volume_size_gib": -8},                         "InvalidParameterValue",       "VolumeSize"),
        ({"volume_size_gib": 1, "volume_type": "st1"},    "InvalidParameterValue",       "VolumeSize"),
        ({"volume_type": "gp2", "iops": 3000},            "InvalidParameterCombination", "Iops"),
        ({"volume_type": "gp2", "throughput_mibps": 125}, "InvalidParameterCombination", "Throughput"),
        ({"volume_type": "gp9"},                          "UnknownVolumeType",           "VolumeType"),
        ({"snapshot_id": "ami-12345678"},                 "InvalidSnapshotID.Malformed", "SnapshotId"),
        ({"kms_key_id": "golden"},                        "InvalidParameterValue",       "KmsKeyId"),
        ({"volume_initialization_rate_mibps": 99},        "InvalidParameterValue",       "VolumeInitializationRate"),
        ({"volume_initialization_rate_mibps": 301},       "InvalidParameterValue",       "VolumeInitializationRate"),
    ],
)  # fmt: skip
def test_what_no_volume_can_be(parts: dict[str, object], code: str, member: str) -> None:
    """Rules A 2.5, A VT-1, A VT-3 to VT-11, B EN-6."""
    with pytest.raises(Malformed) as caught:
        EbsBlockDevice(**parts)  # type: ignore[arg-type]  # each row says what it gives
    assert (caught.value.code, caught.value.member) == (code, member)


def test_the_first_fault_in_ec2s_order_is_the_one_reported() -> None:
    """Rules A VT-3, A VT-5, A VT-8."""
    with pytest.raises(Malformed, match="too small"):
        EbsBlockDevice(volume_type="st1", volume_size_gib=8, iops=1, throughput_mibps=1)
    with pytest.raises(Malformed, match="parameter iops"):
        EbsBlockDevice(volume_type="st1", volume_size_gib=125, iops=1, throughput_mibps=1)


@pytest.mark.parametrize("rate", [100, 300])
def test_the_bounds_of_the_rate_of_initialization(rate: int) -> None:
    """Rule A VT-11."""
    assert EbsBlockDevice(volume_initialization_rate_mibps=rate).volume_initialization_rate_mibps == rate


# --- the host's own disks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(24))
def test_the_instance_store_has_volumes_0_to_23(number: int) -> None:
    """Rules A BD-1, A BD-2, A IS-9."""
    device = InstanceStoreDevice(f"ephemeral{number}")
    assert (device.virtual_name, device.number) == (f"ephemeral{number}", number)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ephemeral",
        "ephemeral24",
        "ephemeral00",
        "ephemeral-1",
        "Ephemeral0",
        "ephemeral0\n",
        "ephemeral\u0661",
        None,
        0,
    ],
)
def test_it_has_no_others(name: object) -> None:
    """Rule A BD-2."""
    with pytest.raises(Malformed) as caught:
        InstanceStoreDevice(name)  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.member, caught.value.value) == (MAPPING, "VirtualName", name)


# --- entries ----------------------------------------------------------------------------------------------------------


@given(ec2.block_device_mappings(partial=True))
def test_an_entry_is_exactly_one_of_three_things(entry: BlockDeviceMapping) -> None:
    """Rules A BD-1, A RB-3."""
    kinds = [isinstance(entry.device, kind) for kind in (EbsBlockDevice, InstanceStoreDevice, SuppressedDevice)]
    assert kinds.count(True) == 1
    assert (entry.ebs is entry.device) is kinds[0]
    assert (entry.ebs is None) is not kinds[0]


def test_there_is_one_device_to_leave_out() -> None:
    """Rules A BD-1, A RB-4."""
    assert SuppressedDevice() == NO_DEVICE


@pytest.mark.parametrize("name", ["/dev/sda1", "/dev/xvda", "xvdf", "/dev/sda", "/dev/nvme0n1", "sda", "/dev/hda15"])
def test_any_printable_name_is_a_device_name(name: str) -> None:
    """Settlement S 13; rules A BD-5, A DN-1."""
    assert BlockDeviceMapping(name, NO_DEVICE).device_name == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("",           "Missing device name"),                   # A RB-1
        (None,         "Missing device name"),
        (5,            "Missing device name"),
        ("/dev/sd a",  "Invalid device name /dev/sd a"),         # A DN-5
        ("/dev/sda\n", "Invalid device name /dev/sda\n"),
        ("\x00",       "Invalid device name \x00"),
    ],
)  # fmt: skip
def test_what_is_no_device_name(name: object, message: str) -> None:
    """Rules A RB-1, A DN-5."""
    with pytest.raises(Malformed) as caught:
        BlockDeviceMapping(name, NO_DEVICE)  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.message, caught.value.member) == (MAPPING, message, "DeviceName")


# --- whole mappings ---------------------------------------------------------------------------------------------------


@given(st.data(), st.sampled_from(["/dev/xvda", "/dev/sda1"]), st.sampled_from([None, Platform.WINDOWS]), st.booleans())
def test_a_whole_mapping_has_one_root_of_a_snapshot_and_no_device_twice(
    data: st.DataObject, root: str, platform: Platform | None, encrypted: bool
) -> None:
    """Rules A BD-4, A RB-2, A RI-3."""
    entries = data.draw(ec2.block_device_mapping_lists(root_device_name=root, platform=platform, encrypted=encrypted))
    names = [entry.device_name for entry in entries]
    assert names.count(root) == 1
    assert len(set(names)) == len(names)
    device = entries[0].ebs
    assert device is not None
    assert device.snapshot_id is not None
    assert device.encrypted is encrypted
    assert encrypted or not any(entry.ebs is not None and entry.ebs.encrypted for entry in entries)
    numbers = [entry.device.number for entry in entries if isinstance(entry.device, InstanceStoreDevice)]
    assert numbers == list(range(len(numbers)))
