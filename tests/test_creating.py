"""Images made of instances: rules A 3 (CI-1 to CI-17), B W-8, C 12.16 to C 12.20; settlement S 31."""

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel._image_creation import _FIXED, _UNSUPPORTED  # pyright: ignore[reportPrivateUsage] - the table is tested
from amimodel.block_devices import NO_DEVICE, BlockDeviceMapping, Device, EbsBlockDevice, InstanceStoreDevice
from amimodel.booting import Place
from amimodel.creating import (
    IMAGEABLE,
    INSTANCE_TERMINATED,
    ImageCreation,
    filled_in,
    inherited,
    interrupted,
    is_rebooted,
    mapping,
    objections,
    snapshot_description,
)
from amimodel.examples import PENDING, WEB
from amimodel.images import Image
from amimodel.instances import Instance, InstanceBlockDevice, InstanceState
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.quirks import Quirks
from amimodel.refusals import (
    AttachedDeviceChanged,
    BootModeOverrideRefused,
    BootVolumeTypeUnsupported,
    DeviceParameterUnsupported,
    DuplicateDeviceName,
    EncryptedFlagWithSnapshot,
    InstanceStateNotImageable,
    NoRootVolume,
    NoSizeNorSnapshot,
    Refusal,
    RootDeviceSuppressed,
    SnapshotLocationNotSupported,
    SnapshotLocationRequired,
    SnapshotNotFound,
    SnapshotNotOwned,
    SnapshotNotUsable,
    TooManyImagesOfInstance,
    VolumeSmallerThanSnapshot,
)
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier
from amimodel.testing import strategies as ec2
from amimodel.vocabulary import BootMode, ImageState, ImdsSupport
from amimodel.volume_types import VolumeType
from amimodel.volumes import Volume

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ME = "111122223333"

# --- an instance with a root of gp3, a plain data volume, an encrypted one, and two disks of its host -----------------


def volume(volume_id: str, **fields: Any) -> Volume:
    told: dict[str, Any] = {
        "owner_id": ME,
        "size_gib": 8,
        "availability_zone": "us-east-1a",
        "create_time": NOW,
        **fields,
    }
    return Volume(volume_id=volume_id, **told)


KEY = "arn:aws:kms:us-east-1:111122223333:key/68425528-9938-4a15-90f2-f1755263b836"
VOLUMES = {
    each.volume_id: each
    for each in (
        volume("vol-00000001", volume_type="gp3", iops=4000),
        volume("vol-00000002", size_gib=20),
        volume("vol-00000003", size_gib=500, volume_type="st1", encrypted=True, kms_key_id=KEY),
    )
}
ROOT, PLAIN, SECRET, STORE, FREE = "/dev/xvda", "/dev/sdf", "/dev/sdg", "/dev/sdb", "/dev/sdz"


def attached(name: str, volume_id: str, *, delete: bool) -> InstanceBlockDevice:
    return InstanceBlockDevice(device_name=name, volume_id=volume_id, delete_on_termination=delete)


SERVER = Instance(
    instance_id="i-12345678",
    owner_id=ME,
    image_id="ami-87654321",
    instance_type="t3.micro",
    architecture="x86_64",
    availability_zone="us-east-1a",
    launch_time=NOW,
    state="running",
    root_device_name=ROOT,
    current_instance_boot_mode="legacy-bios",
    block_device_mappings=[
        attached(ROOT, "vol-00000001", delete=True),
        attached(PLAIN, "vol-00000002", delete=False),
        attached(SECRET, "vol-00000003", delete=True),
    ],
    instance_store_devices=[
        BlockDeviceMapping(STORE, InstanceStoreDevice("ephemeral0")),
        BlockDeviceMapping("/dev/sdc", InstanceStoreDevice("ephemeral1")),
    ],
)
SNAPSHOT = Snapshot(
    snapshot_id="snap-12345678", owner_id=ME, volume_id="vol-0000000f", volume_size_gib=10, start_time=NOW
)


def creation(*entries: tuple[str, Device], instance: Instance = SERVER, **fields: Any) -> ImageCreation:
    mappings = [BlockDeviceMapping(name, device) for name, device in entries]
    told: dict[str, Any] = {"volumes": VOLUMES, "snapshots": {SNAPSHOT.snapshot_id: SNAPSHOT}, **fields}
    return ImageCreation(instance=instance, block_device_mappings=mappings, **told)


def against(*entries: tuple[str, Device], **fields: Any) -> list[Refusal]:
    return list(objections(creation(*entries, **fields)))


def mapped(*entries: tuple[str, Device], **fields: Any) -> dict[str, EbsBlockDevice | InstanceStoreDevice]:
    return {planned.device_name: planned.device for planned in mapping(creation(*entries, **fields))}


# --- the instance -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", InstanceState)
def test_an_instance_is_imaged_while_it_runs_stops_or_is_stopped(state: InstanceState) -> None:
    """Rules A CI-2, C 12.16; settlement S 31."""
    refused = against(instance=evolve(SERVER, state=state))
    if state.value in {"running", "stopping", "stopped"}:
        assert (refused, state in IMAGEABLE) == ([], True)
    else:
        assert refused == [InstanceStateNotImageable(instance_id="i-12345678", state=state)]
        assert str(refused[0]) == (
            "Invalid value 'i-12345678' for instanceId. Instance is not in state 'running' or 'stopping' or 'stopped'"
        )


def test_the_root_volume_must_be_there() -> None:
    """Rule A CI-3."""
    detached = evolve(SERVER, block_device_mappings=SERVER.block_device_mappings[1:])
    (refused,) = against(instance=detached)
    assert refused == NoRootVolume(instance_id="i-12345678", root_device_name=ROOT)
    assert str(refused) == (
        "Invalid value 'i-12345678' for instanceId. Instance does not have a volume attached at root (/dev/xvda)"
    )
    null = NoRootVolume(instance_id="i-12345678", root_device_name="null")
    of_s3 = evolve(SERVER, root_device_type="instance-store", block_device_mappings=[])
    assert against(instance=of_s3) == against(instance=evolve(detached, root_device_name=None)) == [null]
    assert str(null).endswith("Instance does not have a volume attached at root (null)")


def test_what_is_put_in_the_place_of_a_root_that_is_gone_must_boot_too() -> None:
    """Rule A VT-2."""
    detached = evolve(SERVER, block_device_mappings=SERVER.block_device_mappings[1:])
    throughput = EbsBlockDevice(volume_size_gib=125, volume_type="st1")
    refused = against((ROOT, throughput), (FREE, throughput), instance=detached)
    assert refused == [
        NoRootVolume(instance_id="i-12345678", root_device_name=ROOT),
        BootVolumeTypeUnsupported(volume_type=VolumeType.ST1),
    ]


@pytest.mark.parametrize("current", [None, BootMode.LEGACY_BIOS, BootMode.UEFI])
def test_only_what_has_booted_by_uefi_can_be_said_to_need_it(current: BootMode | None) -> None:
    """Rule A 3.2 (BootModeOverride)."""
    instance = evolve(SERVER, current_instance_boot_mode=current)
    wanted = creation(instance=instance, boot_mode_override="uefi")
    if current is BootMode.UEFI:
        assert list(objections(wanted)) == []
        assert inherited(wanted)["boot_mode"] is BootMode.UEFI
    else:
        assert list(objections(wanted)) == [BootModeOverrideRefused(instance_id="i-12345678")]


@pytest.mark.parametrize("mode", ["legacy-bios", "uefi-preferred", "UEFI", ""])
def test_no_boot_mode_but_uefi_overrides(mode: str) -> None:
    """Rule A 3.2; botocore, BootModeOverrideValues."""
    with pytest.raises(Malformed, match="for bootModeOverride"):
        creation(boot_mode_override=mode)


LOCATIONS = {
    # zone, on an Outpost: nothing said, something said
    ("us-east-1a",                 False): (None, SnapshotLocationNotSupported),
    ("us-east-1-wl1-bos-wlz-1",    False): (None, SnapshotLocationNotSupported),
    ("us-west-2-lax-1a",           False): (None, None),
    ("us-east-1a",                 True):  (SnapshotLocationRequired, None),
}  # fmt: skip


@pytest.mark.parametrize("where", LOCATIONS)
@pytest.mark.parametrize("location", [None, "regional", "local"])
def test_where_the_snapshots_lie_is_a_choice_in_local_zones_and_a_duty_on_outposts(
    where: tuple[str, bool], location: str | None
) -> None:
    """Rule A 3.2 (SnapshotLocation)."""
    zone, on_outpost = where
    place: dict[str, Any] = {"place": Place.OUTPOST} if on_outpost else {}
    refused = against(instance=evolve(SERVER, availability_zone=zone), snapshot_location=location, **place)
    expected = LOCATIONS[where][location is not None]
    assert refused == ([] if expected is None else [expected(instance_id="i-12345678")])
    assert all(refusal.code == "InvalidParameterValue" for refusal in refused)


@pytest.mark.parametrize(("in_progress", "no_reboot"), [(0, True), (1, True), (2, True), (1, False)])
def test_so_many_images_of_an_instance_are_made_at_once_without_reboot(in_progress: int, *, no_reboot: bool) -> None:
    """Rules A CI-5, C 12.19."""
    refused = against(no_reboot=no_reboot, images_in_progress=in_progress, limits=Limits.tiny())
    too_many = no_reboot and in_progress >= Limits.tiny().concurrent_no_reboot_images_per_instance
    assert refused == ([TooManyImagesOfInstance(instance_id="i-12345678", quota=1)] if too_many else [])


def test_the_objections_stand_in_ec2s_order() -> None:
    """Rule A 0.3."""
    everything = creation(
        (FREE, EbsBlockDevice()),
        (SECRET, EbsBlockDevice(volume_size_gib=600)),
        ("/dev/sdy", EbsBlockDevice(volume_size_gib=1, kms_key_id="alias/mine")),
        ("/dev/sdx", EbsBlockDevice(snapshot_id="snap-00000000")),
        (FREE, EbsBlockDevice(volume_size_gib=1)),
        instance=evolve(SERVER, state="pending", root_device_name="/dev/sda1", availability_zone="us-east-1a"),
        boot_mode_override="uefi",
        snapshot_location="local",
        no_reboot=True,
        images_in_progress=100,
    )
    assert [type(refusal) for refusal in objections(everything)] == [
        InstanceStateNotImageable,
        NoRootVolume,
        BootModeOverrideRefused,
        SnapshotLocationNotSupported,
        DuplicateDeviceName,
        DeviceParameterUnsupported,
        AttachedDeviceChanged,
        SnapshotNotFound,
        NoSizeNorSnapshot,
        TooManyImagesOfInstance,
    ]
    with pytest.raises(InstanceStateNotImageable):
        mapping(everything)


# --- the table of rule A 3.4 ------------------------------------------------------------------------------------------


def changed(name: str, parameter: str) -> list[Refusal]:
    return [AttachedDeviceChanged(device_name=name, parameter=parameter)]


ON_THE_INSTANCE: list[tuple[str, Device, list[Refusal]]] = [
    (PLAIN,  EbsBlockDevice(),                            []),
    (PLAIN,  EbsBlockDevice(delete_on_termination=True),  []),
    (PLAIN,  EbsBlockDevice(volume_size_gib=20),          []),
    (PLAIN,  EbsBlockDevice(volume_size_gib=21),          changed(PLAIN, "volumeSize")),
    (PLAIN,  EbsBlockDevice(volume_size_gib=19),          changed(PLAIN, "volumeSize")),
    (PLAIN,  EbsBlockDevice(snapshot_id="snap-12345678"), changed(PLAIN, "snapshotId")),
    (PLAIN,  EbsBlockDevice(snapshot_id="snap-00000000"), changed(PLAIN, "snapshotId")),
    (PLAIN,  EbsBlockDevice(volume_type="gp3"),           changed(PLAIN, "volumeType")),
    (PLAIN,  EbsBlockDevice(volume_type="gp2"),           changed(PLAIN, "volumeType")),
    (ROOT,   EbsBlockDevice(iops=4000),                   changed(ROOT, "iops")),
    (ROOT,   EbsBlockDevice(throughput_mibps=250),        changed(ROOT, "throughput")),
    (ROOT,   EbsBlockDevice(ebs_card_index=1),            changed(ROOT, "ebsCardIndex")),
    (PLAIN,  EbsBlockDevice(encrypted=True),              changed(PLAIN, "encrypted")),
    (SECRET, EbsBlockDevice(encrypted=True),              []),
    (PLAIN,  EbsBlockDevice(encrypted=False),             []),
    (SECRET, EbsBlockDevice(encrypted=False),             []),
    (PLAIN,  InstanceStoreDevice("ephemeral3"),           changed(PLAIN, "virtualName")),
    (ROOT,   InstanceStoreDevice("ephemeral3"),           changed(ROOT, "virtualName")),
    (PLAIN,  NO_DEVICE,                                   []),
    (ROOT,   NO_DEVICE,                                   [RootDeviceSuppressed(device_name=ROOT)]),
    (STORE,  NO_DEVICE,                                   []),
    (STORE,  InstanceStoreDevice("ephemeral3"),           []),
    (STORE,  EbsBlockDevice(volume_size_gib=1),           []),
]  # fmt: skip
NOT_ON_THE_INSTANCE: list[tuple[Device, list[Refusal]]] = [
    (EbsBlockDevice(delete_on_termination=True),       [NoSizeNorSnapshot(device_names=(FREE,))]),
    (EbsBlockDevice(volume_size_gib=1),                []),
    (EbsBlockDevice(volume_size_gib=1, encrypted=True), []),
    (EbsBlockDevice(volume_size_gib=1, encrypted=False), []),
    (EbsBlockDevice(volume_size_gib=4, volume_type="io1", iops=100), []),
    (EbsBlockDevice(volume_size_gib=1, ebs_card_index=1), []),
    (EbsBlockDevice(snapshot_id="snap-12345678"),      []),
    (EbsBlockDevice(snapshot_id="snap-00000000"),      [SnapshotNotFound(snapshot_id="snap-00000000")]),
    (EbsBlockDevice(snapshot_id="snap-12345678", encrypted=False), [EncryptedFlagWithSnapshot(device_name=FREE)]),
    (
        EbsBlockDevice(snapshot_id="snap-12345678", volume_size_gib=9),
        [VolumeSmallerThanSnapshot(snapshot_id="snap-12345678", volume_size_gib=9, snapshot_size_gib=10)],
    ),
    (InstanceStoreDevice("ephemeral3"),                []),
    (NO_DEVICE,                                        []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "device", "refused"), ON_THE_INSTANCE)
def test_what_an_entry_may_say_of_a_device_on_the_instance(name: str, device: Device, refused: list[Refusal]) -> None:
    """Rule A 3.4, first column."""
    assert against((name, device)) == refused
    if refused:
        assert refused[0].code == "InvalidBlockDeviceMapping"


@pytest.mark.parametrize(("device", "refused"), NOT_ON_THE_INSTANCE)
def test_what_an_entry_may_say_of_a_device_that_is_not_on_the_instance(device: Device, refused: list[Refusal]) -> None:
    """Rule A 3.4, second column."""
    assert against((FREE, device)) == refused


UNSUPPORTED = {
    "outpostArn": EbsBlockDevice(volume_size_gib=20, outpost_arn="arn:aws:outposts:us-east-1:1:outpost/op-1"),
    "availabilityZone": EbsBlockDevice(volume_size_gib=20, availability_zone="us-east-1a"),
    "availabilityZoneId": EbsBlockDevice(volume_size_gib=20, availability_zone_id="use1-az1"),
    "volumeInitializationRate": EbsBlockDevice(volume_size_gib=20, volume_initialization_rate_mibps=100),
    "kmsKeyId": EbsBlockDevice(volume_size_gib=20, kms_key_id="alias/mine"),
}


@pytest.mark.parametrize("name", [PLAIN, FREE])
@pytest.mark.parametrize("parameter", UNSUPPORTED)
def test_what_createimage_does_not_take_it_takes_for_no_device(name: str, parameter: str) -> None:
    """Rule A CI-17."""
    refused = against((name, UNSUPPORTED[parameter]))
    assert refused == [DeviceParameterUnsupported(device_name=name, parameter=parameter)]
    assert refused[0].code == "InvalidParameter"


def test_every_part_of_an_entry_is_judged() -> None:
    judged = [*(part for part, _, _ in _FIXED), *(part for part, _ in _UNSUPPORTED)]
    assert sorted([*judged, "delete_on_termination"]) == sorted(attrs.fields_dict(EbsBlockDevice))


@pytest.mark.parametrize(
    ("change", "quirks", "expected"),
    [
        ({"owner_id": "999988887777"}, Quirks(), SnapshotNotOwned(snapshot_id="snap-12345678", account_id=ME)),
        ({"owner_id": "999988887777"}, Quirks(register_accepts_shared_snapshots=True), None),
        (
            {"state": "pending", "progress": "5%"},
            Quirks(),
            SnapshotNotUsable(
                snapshot_id="snap-12345678", state=SnapshotState.PENDING, storage_tier=StorageTier.STANDARD
            ),
        ),
        (
            {"storage_tier": "archive"},
            Quirks(),
            SnapshotNotUsable(
                snapshot_id="snap-12345678", state=SnapshotState.COMPLETED, storage_tier=StorageTier.ARCHIVE
            ),
        ),
    ],
)
def test_a_further_volume_is_made_of_a_complete_snapshot_of_ones_own(
    change: dict[str, Any], quirks: Quirks, expected: Refusal | None
) -> None:
    """Rules A 3.4, A RB-7, A RB-8."""
    snapshots = {SNAPSHOT.snapshot_id: evolve(SNAPSHOT, **change)}
    refused = against((FREE, EbsBlockDevice(snapshot_id="snap-12345678")), snapshots=snapshots, quirks=quirks)
    assert refused == ([] if expected is None else [expected])


def test_a_name_that_stands_twice_is_refused_once() -> None:
    """Rule A RB-2."""
    new = EbsBlockDevice(volume_size_gib=1)
    assert against((FREE, new), (FREE, new), (FREE, NO_DEVICE)) == [DuplicateDeviceName(device_name=FREE)]


def test_all_that_are_made_of_nothing_are_named_at_once() -> None:
    """Rule A RB-5."""
    nothing = EbsBlockDevice()
    assert against(("/dev/sdy", nothing), (FREE, nothing)) == [NoSizeNorSnapshot(device_names=("/dev/sdy", FREE))]


def test_each_snapshot_that_is_missing_is_named() -> None:
    """Rule A RB-6."""
    missing = [(f"/dev/sd{name}", EbsBlockDevice(snapshot_id=f"snap-0000000{name}")) for name in "de"]
    new = ("/dev/sdh", EbsBlockDevice(volume_size_gib=1))
    assert against(new, *missing) == [SnapshotNotFound(snapshot_id=f"snap-0000000{name}") for name in "de"]


@pytest.mark.parametrize("quirk", [False, True])
def test_by_a_quirk_further_volumes_go_with_their_instance(quirk: bool) -> None:
    quirks = Quirks(mapping_default_delete_on_termination=quirk)
    further = mapped((FREE, EbsBlockDevice(volume_size_gib=1)), quirks=quirks)[FREE]
    assert isinstance(further, EbsBlockDevice)
    assert further.delete_on_termination is quirk


# --- what the image maps ----------------------------------------------------------------------------------------------


def test_the_image_maps_what_is_attached_and_the_disks_of_the_launch() -> None:
    """Rules A CI-11, A CI-13, A CI-15, C 12.20."""
    plan = mapping(creation())
    assert [(planned.device_name, planned.volume_id) for planned in plan] == [
        (ROOT, "vol-00000001"),
        (PLAIN, "vol-00000002"),
        (SECRET, "vol-00000003"),
        (STORE, None),
        ("/dev/sdc", None),
    ]
    assert plan[0].device == EbsBlockDevice(
        volume_size_gib=8,
        volume_type="gp3",
        iops=4000,
        throughput_mibps=125,
        delete_on_termination=True,
        encrypted=False,
    )
    assert plan[2].device == EbsBlockDevice(
        volume_size_gib=500, volume_type="st1", delete_on_termination=True, encrypted=True
    )
    assert plan[3].device == InstanceStoreDevice("ephemeral0")


def test_deleteontermination_can_be_chosen_and_nothing_else_changes() -> None:
    """Rule A 3.4."""
    before, after = mapped(), mapped((PLAIN, EbsBlockDevice(delete_on_termination=True, encrypted=False)))
    volume = before[PLAIN]
    assert isinstance(volume, EbsBlockDevice)
    assert after == before | {PLAIN: evolve(volume, delete_on_termination=True)}
    assert mapped((SECRET, EbsBlockDevice(encrypted=False))) == before  # it stays encrypted
    assert mapped((SECRET, EbsBlockDevice(volume_size_gib=500))) == before


def test_a_suppressed_device_is_left_out_and_one_that_is_not_there_is_no_matter() -> None:
    """Rule A 3.4 (NoDevice)."""
    before = mapped()
    assert mapped((PLAIN, NO_DEVICE)) == {name: device for name, device in before.items() if name != PLAIN}
    assert mapped((STORE, NO_DEVICE)) == {name: device for name, device in before.items() if name != STORE}
    assert mapped((FREE, NO_DEVICE)) == before


def test_what_the_request_adds_is_filled_in_as_in_any_mapping() -> None:
    """Rules A 3.4, A RB-9, A RB-11, A RB-12, A RB-14 to A RB-16."""
    plan = mapping(
        creation(
            (FREE, EbsBlockDevice(volume_size_gib=1, volume_type="gp3")),
            ("/dev/sdy", EbsBlockDevice(snapshot_id="snap-12345678")),
            ("/dev/sdx", InstanceStoreDevice("ephemeral3")),
        )
    )
    further = {planned.device_name: planned for planned in plan[5:]}
    assert list(further) == [FREE, "/dev/sdy", "/dev/sdx"]
    assert all(planned.volume_id is None for planned in further.values())
    empty, restored = further[FREE].device, further["/dev/sdy"].device
    assert empty == EbsBlockDevice(
        volume_size_gib=1, volume_type="gp3", iops=3000, throughput_mibps=125, delete_on_termination=False,
        encrypted=False,
    )  # fmt: skip
    assert restored == EbsBlockDevice(
        snapshot_id="snap-12345678", volume_size_gib=10, volume_type="gp2", delete_on_termination=False, encrypted=False
    )


def test_a_disk_of_the_launch_gives_way_to_what_is_asked_for_and_to_what_is_attached() -> None:
    """Rule A 3.4, which says nothing of it: there is no data to lose."""
    assert mapped((STORE, InstanceStoreDevice("ephemeral3")))[STORE] == InstanceStoreDevice("ephemeral3")
    assert isinstance(mapped((STORE, EbsBlockDevice(volume_size_gib=1)))[STORE], EbsBlockDevice)
    later = evolve(
        SERVER, block_device_mappings=(*SERVER.block_device_mappings[:1], attached(STORE, "vol-00000002", delete=False))
    )
    assert mapped(instance=later)[STORE] == mapped()[PLAIN]


@st.composite
def creations(draw: st.DrawFn) -> ImageCreation:
    instance = draw(ec2.instances(root_device_type="ebs", state=st.sampled_from(sorted(IMAGEABLE))))
    volumes = {
        device.volume_id: volume(
            device.volume_id,
            size_gib=draw(st.integers(4, 100)),
            volume_type=draw(st.sampled_from(["gp2", "gp3"])),
            encrypted=draw(st.booleans()),
        )
        for device in instance.block_device_mappings
    }
    names = [device.device_name for device in instance.block_device_mappings]
    entries = draw(
        st.lists(
            st.builds(
                BlockDeviceMapping,
                st.sampled_from([*names, "/dev/sdx", "/dev/sdy"]),
                st.one_of(ec2.devices(partial=True), st.builds(EbsBlockDevice, delete_on_termination=st.booleans())),
            ),
            max_size=3,
        )
    )
    return ImageCreation(instance=instance, volumes=volumes, block_device_mappings=entries)


@given(creations())
def test_what_is_objected_to_is_raised_and_nothing_else_is(wanted: ImageCreation) -> None:
    refused = list(objections(wanted))
    if not refused:
        assert mapping(wanted)
    else:
        with pytest.raises(type(refused[0])) as raised:
            mapping(wanted)
        assert raised.value == refused[0]


@given(creations())
def test_every_attached_volume_is_snapshotted_once_unless_it_is_suppressed(wanted: ImageCreation) -> None:
    """Rule A CI-11."""
    if list(objections(wanted)):
        return
    suppressed = {entry.device_name for entry in wanted.block_device_mappings if entry.device == NO_DEVICE}
    plan = mapping(wanted)
    assert [planned.volume_id for planned in plan if planned.volume_id is not None] == [
        device.volume_id for device in wanted.instance.block_device_mappings if device.device_name not in suppressed
    ]
    assert wanted.instance.root_device_name in {planned.device_name for planned in plan}
    assert len({planned.device_name for planned in plan}) == len(plan)


@given(creations())
def test_an_image_is_as_encrypted_and_as_large_as_what_it_is_made_of(wanted: ImageCreation) -> None:
    """Rules A CI-13, A 3.4, C 12.20."""
    if list(objections(wanted)):
        return
    for planned in mapping(wanted):
        if planned.volume_id is not None:
            assert isinstance(planned.device, EbsBlockDevice)
            assert planned.device.encrypted is wanted.volumes[planned.volume_id].encrypted
            assert planned.device.volume_size_gib == wanted.volumes[planned.volume_id].size_gib
            assert planned.device.snapshot_id is None


@given(creations())
def test_the_new_snapshots_are_put_where_their_volumes_were(wanted: ImageCreation) -> None:
    """Rule A CI-11."""
    if list(objections(wanted)):
        return
    plan = mapping(wanted)
    made = {volume_id: f"snap-{volume_id.removeprefix('vol-')}" for volume_id in wanted.volumes}
    entries = filled_in(plan, made)  # type: ignore[arg-type]  # the volumes are those of the plan
    assert [entry.device_name for entry in entries] == [planned.device_name for planned in plan]
    for entry, planned in zip(entries, plan, strict=True):
        if planned.volume_id is None:
            assert entry.device == planned.device
        else:
            assert entry.ebs is not None
            assert entry.ebs.snapshot_id == made[planned.volume_id]
            assert evolve(entry.ebs, snapshot_id=None) == planned.device


def test_only_what_is_on_the_instance_gets_a_new_snapshot() -> None:
    """Rules A CI-11, A CI-13, A CI-15: a volume that the request adds has none, or its own; a disk has none."""
    added = [(FREE, EbsBlockDevice(volume_size_gib=1)), ("/dev/sdy", EbsBlockDevice(snapshot_id="snap-12345678"))]
    plan = mapping(creation(*added))
    ids = {planned.volume_id: f"snap-{planned.volume_id.removeprefix('vol-')}" for planned in plan if planned.volume_id}
    made = {entry.device_name: entry.ebs and entry.ebs.snapshot_id for entry in filled_in(plan, ids)}
    assert made == {
        ROOT: "snap-00000001", PLAIN: "snap-00000002", SECRET: "snap-00000003", STORE: None, "/dev/sdc": None,
        FREE: None, "/dev/sdy": "snap-12345678",
    }  # fmt: skip


# --- what the image has -----------------------------------------------------------------------------------------------

OF_THE_REQUEST = {
    "image_id", "owner_id", "name", "description", "tags", "creation_date", "state", "block_device_mappings",
}  # fmt: skip
AS_ANY_NEW_IMAGE = {
    "state_reason", "image_type", "image_owner_alias", "instance_type_specification", "launch_permissions",
    "deprecation_time", "deregistration_protection", "launches", "scan_results", "free_tier_eligible",
    "public_ssm_parameter_name", "image_allowed", "_image_location",
}  # fmt: skip


def test_of_every_field_of_an_image_it_is_said_where_it_comes_from() -> None:
    """Rule A 3.5."""
    from_instance = set(inherited(creation()))
    assert from_instance | OF_THE_REQUEST | AS_ANY_NEW_IMAGE == set(attrs.fields_dict(Image))
    assert not from_instance & (OF_THE_REQUEST | AS_ANY_NEW_IMAGE)


IMAGES = st.none() | ec2.images(image_type="machine")


@given(ec2.instances(), IMAGES)
def test_an_image_has_what_its_instance_has(instance: Instance, launch_image: Image | None) -> None:
    """Rules A 3.5, A 7.4, A 11.3, B MP-3, B W-7, B W-8."""
    wanted = ImageCreation(instance=instance, volumes={})
    image = Image(
        image_id="ami-12345678",
        owner_id=instance.owner_id,
        name="web",
        creation_date=NOW,
        state=ImageState.PENDING,
        **inherited(wanted, launch_image),
    )
    for name in (
        "architecture", "virtualization_type", "hypervisor", "root_device_type", "root_device_name", "kernel_id",
        "ramdisk_id", "ena_support", "sriov_net_support", "uefi_data", "tpm_support", "billing", "platform",
        "product_codes", "image_watermarks", "region",
    ):  # fmt: skip
        assert getattr(image, name) == getattr(instance, name)
    assert (image.source_instance_id, image.source_image_id) == (instance.instance_id, instance.image_id)
    assert image.source_image_region == instance.region
    assert not image.public
    assert len(image.launch_permissions) == 0


@given(ec2.instances(boot_mode=st.none() | st.sampled_from(BootMode)))
def test_an_image_asks_for_the_boot_mode_that_its_instance_asked_for_or_booted_in(instance: Instance) -> None:
    """Rules A 3.5, A Q5."""
    told = inherited(ImageCreation(instance=instance, volumes={}))["boot_mode"]
    empty = Quirks(create_image_writes_current_boot_mode=False)
    untold = inherited(ImageCreation(instance=instance, volumes={}, quirks=empty))["boot_mode"]
    assert told == (instance.boot_mode or instance.current_instance_boot_mode)
    assert untold == instance.boot_mode


def test_what_the_instance_does_not_show_comes_from_its_image_while_that_is_there() -> None:
    """Rule A 3.5 (ImdsSupport)."""
    secured = evolve(WEB, imds_support="v2.0", guest_os_boot="uefi")
    assert inherited(creation(), secured)["imds_support"] is ImdsSupport.V2_0
    assert inherited(creation(), secured)["guest_os_boot"] is BootMode.UEFI
    assert inherited(creation(), WEB)["imds_support"] is None
    assert inherited(creation(), None)["imds_support"] is None


def test_a_snapshot_says_what_it_was_made_for() -> None:
    """Rules A CI-12, C 1.2.11."""
    assert snapshot_description("i-1aebf7c0", "ami-1234567890abcdef0") == (
        "Created by CreateImage(i-1aebf7c0) for ami-1234567890abcdef0"
    )


# --- meanwhile --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", InstanceState)
@pytest.mark.parametrize("no_reboot", [True, False])
def test_only_what_runs_is_rebooted_and_only_if_it_may_be(state: InstanceState, *, no_reboot: bool) -> None:
    """Rules A CI-8, A CI-9, C 12.17."""
    wanted = creation(instance=evolve(SERVER, state=state), no_reboot=no_reboot)
    assert is_rebooted(wanted) is (state is InstanceState.RUNNING and not no_reboot)


@pytest.mark.parametrize(
    ("snapshots_taken", "quirks", "fails"),
    [
        (False, Quirks(),                                   True),
        (True,  Quirks(),                                   False),
        (False, Quirks(late_termination_fails_image=True),  True),
        (True,  Quirks(late_termination_fails_image=True),  True),
    ],
)  # fmt: skip
def test_an_image_fails_whose_instance_does_not_hold_still_until_its_snapshots_are_taken(
    quirks: Quirks, *, snapshots_taken: bool, fails: bool
) -> None:
    """Rules A CI-10, C 12.18."""
    after = interrupted(PENDING, snapshots_taken=snapshots_taken, quirks=quirks)
    if fails:
        assert (after.state, after.state_reason) == (ImageState.FAILED, INSTANCE_TERMINATED)
    else:
        assert after == PENDING
    assert interrupted(WEB, snapshots_taken=snapshots_taken, quirks=quirks) == WEB  # it is done


@pytest.mark.parametrize(
    "refused",
    [
        BootModeOverrideRefused(instance_id="i-12345678"),
        SnapshotLocationNotSupported(instance_id="i-12345678"),
        SnapshotLocationRequired(instance_id="i-12345678"),
        TooManyImagesOfInstance(instance_id="i-12345678", quota=20),
        AttachedDeviceChanged(device_name=PLAIN, parameter="volumeSize"),
    ],
)
def test_words_of_our_own_say_what_is_meant(refused: Refusal) -> None:
    assert "i-12345678" in str(refused) or (PLAIN in str(refused) and "volumeSize" in str(refused))


def test_who_wants_to_encrypt_is_told_how() -> None:
    """Rule A 3.4; botocore, CreateImage: "copy the image instead"."""
    assert AttachedDeviceChanged(device_name=PLAIN, parameter="encrypted").remedy == "copy the image to encrypt it"
    assert AttachedDeviceChanged(device_name=PLAIN, parameter="iops").remedy == "change the volume first"
    assert SnapshotLocationNotSupported(instance_id="i-12345678").remedy
    pending = InstanceStateNotImageable(instance_id="i-12345678", state=InstanceState.PENDING)
    gone = InstanceStateNotImageable(instance_id="i-12345678", state=InstanceState.TERMINATED)
    assert (bool(pending.remedy), gone.remedy) == (True, "")
