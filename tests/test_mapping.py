from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest
from attrs import evolve, fields
from hypothesis import given, reject
from hypothesis import strategies as st

from amimodel.block_devices import (
    NO_DEVICE,
    BlockDeviceMapping,
    Device,
    EbsBlockDevice,
    InstanceStoreDevice,
    SuppressedDevice,
)
from amimodel.clock import parse
from amimodel.device_names import (
    DeviceNaming,
    DeviceUse,
    DiskAndPartition,
    SameEnding,
    check_device_names,
    clashes,
    device_naming,
    is_any_device_name,
    is_device_name,
    is_recommended,
)
from amimodel.identifiers import SnapshotId, snapshot_id
from amimodel.instance_store import instance_store_devices, instance_store_volumes
from amimodel.instance_types import InstanceStoreVolumes, InstanceType, instance_type, instance_types
from amimodel.malformed import Malformed
from amimodel.mapping import completed, merge
from amimodel.quirks import InheritedIops, Quirks
from amimodel.refusals import (
    BootVolumeTypeUnsupported,
    DuplicateDeviceName,
    InvalidDeviceName,
    IopsRequired,
    NoSizeNorSnapshot,
    Refusal,
    ReplacementSnapshotTooSmall,
    RootDeviceSuppressed,
    RootSnapshotChanged,
    SnapshotOnInstanceStoreDevice,
    VolumeCombinationRefused,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
)
from amimodel.snapshots import Snapshot
from amimodel.vocabulary import Platform, VirtualizationType
from amimodel.volume_types import VOLUME_LIMITS, VolumeType

HVM, PV = VirtualizationType.HVM, VirtualizationType.PARAVIRTUAL
ROOT: Final = "/dev/xvda"
AS_RULED: Final = Quirks()
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def snapshot(number: int, size: int, *, encrypted: bool = False) -> Snapshot:
    return Snapshot(
        snapshot_id=f"snap-{number:08x}",
        owner_id="111122223333",
        volume_id="vol-12345678",
        volume_size_gib=size,
        start_time=parse("2026-01-01T00:00:00Z"),
        encrypted=encrypted,
    )


SMALL, MIDDLE, LARGE = snapshot(1, 8), snapshot(2, 20, encrypted=True), snapshot(3, 200)
UNKNOWN: Final = snapshot_id("snap-0000000f")
SNAPSHOTS: Final = {each.snapshot_id: each for each in (SMALL, MIDDLE, LARGE)}


def ebs(name: str, **parts: Any) -> BlockDeviceMapping:
    return BlockDeviceMapping(name, EbsBlockDevice(**parts))


def store(name: str, number: int) -> BlockDeviceMapping:
    return BlockDeviceMapping(name, InstanceStoreDevice(f"ephemeral{number}"))


def none(name: str) -> BlockDeviceMapping:
    return BlockDeviceMapping(name, NO_DEVICE)


def complete(*mappings: BlockDeviceMapping, quirks: Quirks = AS_RULED) -> tuple[BlockDeviceMapping, ...]:
    return completed(mappings, root_device_name=ROOT, snapshots=SNAPSHOTS, quirks=quirks)


def merged(
    image: Iterable[BlockDeviceMapping], request: Iterable[BlockDeviceMapping], quirks: Quirks = AS_RULED
) -> tuple[BlockDeviceMapping, ...]:
    return merge(image, request, root_device_name=ROOT, snapshots=SNAPSHOTS, quirks=quirks)


def volume(entry: BlockDeviceMapping) -> EbsBlockDevice:
    assert entry.ebs is not None
    return entry.ebs


def refusal_of(call: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value


# --- device names (rule A 4.2) --------------------------------------------------------------------------------------

# A row for each range of the table and of DN-1, DN-2: (platform, virtualization, prefix, endings)
DIGITS: Final = [str(number) for number in range(1, 16)]
AVAILABLE = [
    (None,             PV,  "/dev/sd",   LETTERS),
    (None,             PV,  "/dev/hd",   LETTERS),
    (None,             PV,  "/dev/sda",  DIGITS),
    (None,             PV,  "/dev/hdz",  DIGITS),
    (None,             HVM, "/dev/sd",   LETTERS),
    (None,             HVM, "/dev/xvd",  LETTERS),
    (None,             HVM, "/dev/xvda", LETTERS),
    (None,             HVM, "/dev/xvdb", LETTERS),
    (None,             HVM, "/dev/xvdc", LETTERS),
    (None,             HVM, "/dev/xvdd", LETTERS[:24]),
    (None,             HVM, "/dev/sda",  "12"),
    (Platform.WINDOWS, HVM, "xvd",       LETTERS),
    (Platform.WINDOWS, HVM, "xvda",      LETTERS),
    (Platform.WINDOWS, HVM, "xvdc",      LETTERS),
    (Platform.WINDOWS, HVM, "xvdd",      LETTERS[:24]),
    (Platform.WINDOWS, HVM, "/dev/sda",  "1"),
    (Platform.WINDOWS, HVM, "/dev/sd",   "bcde"),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "virtualization", "prefix", "endings"), AVAILABLE)
def test_the_table_of_device_names(
    platform: Platform | None, virtualization: VirtualizationType, prefix: str, endings: Iterable[str]
) -> None:
    for ending in endings:
        assert is_device_name(prefix + ending, virtualization, platform), ending
        assert is_any_device_name(prefix + ending)


NOT_AVAILABLE = [
    (None,             PV,  "/dev/sda0 /dev/sda16 /dev/xvda sda1 /dev/sdaa /dev/SDA"),
    (None,             HVM, "/dev/sdb1 /dev/sda3 /dev/hda /dev/xvda1 /dev/xvddy /dev/xvdea xvda /dev/nvme0n1 /dev/sd"),
    (Platform.WINDOWS, HVM, "/dev/xvda /dev/sda /dev/sdf xvddz xvda1 D: /dev/sda2"),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "virtualization", "names"), NOT_AVAILABLE)
def test_what_is_no_device_name(platform: Platform | None, virtualization: VirtualizationType, names: str) -> None:
    for name in names.split():
        assert not is_device_name(name, virtualization, platform), name
    for name in ("", "/dev/sdf\n", " /dev/sdf", "/dev/sdf "):
        assert not is_any_device_name(name)


def test_registering_asks_only_for_a_name_that_some_platform_has() -> None:
    assert is_any_device_name("/dev/hda1")
    assert is_any_device_name("xvdf")
    assert not is_any_device_name("/dev/nvme1n1")
    refusal = refusal_of(lambda: check_device_names([ebs("/dev/sdf"), ebs("/dev/hda1"), ebs("xvdf")], HVM))
    assert refusal == InvalidDeviceName(device_name="/dev/hda1")
    assert (refusal.code, str(refusal)) == ("InvalidBlockDeviceMapping", "Invalid device name /dev/hda1")
    check_device_names([ebs("/dev/sdf"), ebs("/dev/hda1")], PV)


def test_windows_has_devices_of_its_own() -> None:
    """Rule A 4.2: on Nitro, unless it is said to be older."""
    check_device_names([ebs("/dev/sda1"), ebs("xvdf")], HVM, Platform.WINDOWS)
    refusal = refusal_of(lambda: check_device_names([ebs("xvdf"), ebs("/dev/xvdf")], HVM, Platform.WINDOWS))
    assert refusal == InvalidDeviceName(device_name="/dev/xvdf")
    assert device_naming(HVM, Platform.WINDOWS) is DeviceNaming.WINDOWS_NITRO
    assert device_naming(HVM, Platform.WINDOWS, nitro=False) is DeviceNaming.WINDOWS_XEN


NAMINGS = [
    (PV,  None,             True,  DeviceNaming.LINUX_PARAVIRTUAL),
    (HVM, None,             True,  DeviceNaming.LINUX_HVM),
    (HVM, None,             False, DeviceNaming.LINUX_HVM),
    (HVM, Platform.WINDOWS, True,  DeviceNaming.WINDOWS_NITRO),
    (HVM, Platform.WINDOWS, False, DeviceNaming.WINDOWS_XEN),
]  # fmt: skip


@pytest.mark.parametrize(("virtualization", "platform", "nitro", "naming"), NAMINGS)
def test_how_devices_are_named(
    virtualization: VirtualizationType, platform: Platform | None, nitro: bool, naming: DeviceNaming
) -> None:
    assert device_naming(virtualization, platform, nitro=nitro) is naming


# The recommendations of rule A 4.2: (naming, root, data, instance store), first and last name of each range
RECOMMENDED = [
    ("LINUX_PARAVIRTUAL", "/dev/sda1",           "/dev/sdf /dev/sdp /dev/sdf1 /dev/sdp6",   "/dev/sdb /dev/sde"),
    ("LINUX_HVM",         "/dev/sda1 /dev/xvda", "/dev/sdb /dev/sdz /dev/xvdbb /dev/xvdbz", "/dev/sdb /dev/sde"),
    ("WINDOWS_NITRO",     "/dev/sda1",           "xvdb xvdz xvdbb xvdbz",                   ""),
    ("WINDOWS_XEN",       "/dev/sda1",           "xvdf xvdz xvdca xvdcx",                   "xvda xvde"),
]  # fmt: skip


@pytest.mark.parametrize(("naming", "root", "data", "instance_store"), RECOMMENDED)
def test_the_table_of_recommended_names(naming: str, root: str, data: str, instance_store: str) -> None:
    for use, names in zip(DeviceUse, (root, data, instance_store), strict=True):
        for name in names.split():
            assert is_recommended(name, use, DeviceNaming[naming]), (name, use)


NOT_RECOMMENDED = [
    ("LINUX_PARAVIRTUAL", DeviceUse.EBS,            "/dev/sde /dev/sdq /dev/sdf7"),
    ("LINUX_HVM",         DeviceUse.EBS,            "/dev/sda /dev/xvdba /dev/xvdf"),
    ("LINUX_HVM",         DeviceUse.ROOT,           "/dev/sda /dev/xvdb"),
    ("LINUX_HVM",         DeviceUse.INSTANCE_STORE, "/dev/sda /dev/sdf"),
    ("WINDOWS_NITRO",     DeviceUse.EBS,            "xvda xvdba"),
    ("WINDOWS_NITRO",     DeviceUse.INSTANCE_STORE, "xvda xvdb /dev/sdb"),
    ("WINDOWS_XEN",       DeviceUse.EBS,            "xvde xvdcy"),
    ("WINDOWS_XEN",       DeviceUse.INSTANCE_STORE, "xvdf"),
]  # fmt: skip


@pytest.mark.parametrize(("naming", "use", "names"), NOT_RECOMMENDED)
def test_what_is_not_recommended(naming: str, use: DeviceUse, names: str) -> None:
    for name in names.split():
        assert not is_recommended(name, use, DeviceNaming[naming]), name


@pytest.mark.parametrize(("name", "last"), [("h1.16xlarge", "h"), ("d2.8xlarge", "y"), ("i2.8xlarge", "i")])
def test_types_with_many_disks_have_more_recommended_names(name: str, last: str) -> None:
    for letter in LETTERS:
        device = f"/dev/sd{letter}"
        wide = is_recommended(device, DeviceUse.INSTANCE_STORE, DeviceNaming.LINUX_HVM, name)
        assert wide == ("b" <= letter <= last)
        assert is_recommended(device, DeviceUse.INSTANCE_STORE, DeviceNaming.LINUX_PARAVIRTUAL, name) == (
            "b" <= letter <= "e"
        )
        assert is_recommended(device, DeviceUse.INSTANCE_STORE, DeviceNaming.LINUX_HVM, "m1.small") == (
            "b" <= letter <= "e"
        )


@pytest.mark.parametrize(
    ("virtualization", "names", "expected"),
    [
        (HVM, "/dev/xvdf xvdf", [SameEnding("/dev/xvdf", "xvdf")]),
        (HVM, "/dev/xvdf /dev/sdf", [SameEnding("/dev/xvdf", "/dev/sdf")]),
        (HVM, "/dev/sdf /dev/sdg /dev/xvdba", []),
        (HVM, "/dev/sda1 /dev/sda2", []),
        (HVM, "/dev/sda /dev/sda1", []),  # rule A BD-5: two names
        (PV, "/dev/sdc /dev/sdc1", [DiskAndPartition("/dev/sdc", "/dev/sdc1")]),
        (PV, "/dev/sdc1 /dev/sdc", [DiskAndPartition("/dev/sdc1", "/dev/sdc")]),
        (PV, "/dev/sdc1 /dev/sdc2", []),
        (PV, "/dev/sdc1 /dev/hdc1", [SameEnding("/dev/sdc1", "/dev/hdc1")]),
        (
            HVM,
            "/dev/sdf xvdf /dev/xvdf",
            [
                SameEnding("/dev/sdf", "xvdf"),
                SameEnding("/dev/sdf", "/dev/xvdf"),
                SameEnding("xvdf", "/dev/xvdf"),
            ],
        ),
    ],
)
def test_which_names_get_into_each_others_way(
    virtualization: VirtualizationType, names: str, expected: list[SameEnding | DiskAndPartition]
) -> None:
    assert list(clashes([ebs(name) for name in names.split()], virtualization)) == expected


def test_a_suppressed_device_is_in_nobodys_way() -> None:
    assert clashes([ebs("/dev/xvdf"), none("xvdf")], HVM) == ()


def test_only_what_a_name_begins_with_is_its_prefix() -> None:
    assert clashes([ebs("/dev/xvdsdf"), ebs("/dev/sdf")], HVM) == ()


def test_a_clash_is_a_sentence() -> None:
    assert str(SameEnding("/dev/sdf", "xvdf")) == "/dev/sdf and xvdf may be the same device"
    assert str(DiskAndPartition("/dev/sdc", "/dev/sdc1")) == "/dev/sdc1 is hidden by /dev/sdc"


# --- strategies -----------------------------------------------------------------------------------------------------


def _built(parts: dict[str, Any]) -> EbsBlockDevice | None:
    try:
        return EbsBlockDevice(**parts)
    except Malformed:
        return None


snapshot_ids: st.SearchStrategy[SnapshotId | None] = st.sampled_from([None, *SNAPSHOTS, UNKNOWN])
volumes = (
    st.fixed_dictionaries(
        {},
        optional={
            "snapshot_id": snapshot_ids,
            "volume_size_gib": st.sampled_from([1, 8, 20, 125, 200, 2000, 20_000]),
            "volume_type": st.sampled_from(VolumeType),
            "iops": st.sampled_from([100, 3000, 5000, 100_000]),
            "throughput_mibps": st.sampled_from([125, 500, 1000]),
            "delete_on_termination": st.booleans(),
            "encrypted": st.booleans(),
        },
    )
    .map(_built)
    .filter(lambda built: built is not None)
    .map(lambda built: built or EbsBlockDevice())
)
stores = st.builds(lambda number: InstanceStoreDevice(f"ephemeral{number}"), st.integers(0, 23))
devices: st.SearchStrategy[Device] = volumes | stores | st.just(NO_DEVICE)
names = st.sampled_from([ROOT, "/dev/sdb", "/dev/sdc", "/dev/sdd", "/dev/sdf"])


def mappings_of(
    kinds: st.SearchStrategy[Device], of_names: st.SearchStrategy[str] = names
) -> st.SearchStrategy[tuple[BlockDeviceMapping, ...]]:
    entries = st.builds(BlockDeviceMapping, of_names, kinds)
    return st.lists(entries, max_size=4, unique_by=lambda entry: entry.device_name).map(tuple)


requests = mappings_of(devices)
image_mappings = mappings_of(volumes | stores)
quirky = st.builds(
    Quirks,
    mapping_default_delete_on_termination=st.booleans(),
    launch_may_drop_root=st.booleans(),
    inherited_iops=st.sampled_from(InheritedIops),
)


# --- completing -----------------------------------------------------------------------------------------------------


def test_what_a_snapshot_tells_is_filled_in() -> None:
    small, middle, unknown = (
        volume(entry)
        for entry in complete(
            ebs("/dev/sdb", snapshot_id=SMALL.snapshot_id),
            ebs("/dev/sdc", snapshot_id=MIDDLE.snapshot_id, volume_size_gib=30),
            ebs("/dev/sdd", snapshot_id=UNKNOWN),
        )
    )
    assert (small.volume_size_gib, small.encrypted) == (8, False)
    assert (middle.volume_size_gib, middle.encrypted) == (30, True)
    assert (unknown.volume_size_gib, unknown.encrypted) == (None, None)


# Rules A RB-14, A RB-16, A 2.5: what is filled in for (a type) is (type, IOPS, throughput)
TYPE_DEFAULTS = [
    (None,       "gp2",      None, None),
    ("gp2",      "gp2",      None, None),
    ("gp3",      "gp3",      3000, 125),
    ("st1",      "st1",      None, None),
    ("sc1",      "sc1",      None, None),
    ("standard", "standard", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("given_type", "volume_type", "iops", "throughput"), TYPE_DEFAULTS)
def test_the_defaults_of_a_volume_type(
    given_type: str | None, volume_type: str, iops: int | None, throughput: int | None
) -> None:
    (entry,) = complete(ebs("/dev/sdb", volume_size_gib=500, volume_type=given_type))
    filled = volume(entry)
    assert (filled.volume_type, filled.iops, filled.throughput_mibps) == (volume_type, iops, throughput)
    assert filled.encrypted is False  # rule A RB-11


# Rule A 4.4: (device, told, default, default by the quirk)
DELETED = [
    (ROOT,       None,  True,  True),
    (ROOT,       False, False, False),
    ("/dev/sdb", None,  False, True),
    ("/dev/sdb", True,  True,  True),
    ("/dev/sdb", False, False, False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "told", "default", "quirk"), DELETED)
def test_the_table_of_delete_on_termination(name: str, told: bool | None, default: bool, quirk: bool) -> None:
    entry = ebs(name, snapshot_id=SMALL.snapshot_id, delete_on_termination=told)
    assert volume(complete(entry)[0]).delete_on_termination is default
    other = Quirks(mapping_default_delete_on_termination=True)
    assert volume(complete(entry, quirks=other)[0]).delete_on_termination is quirk


@given(mappings=requests, quirks=quirky)
def test_completing_twice_is_completing_once(mappings: tuple[BlockDeviceMapping, ...], quirks: Quirks) -> None:
    try:
        once = complete(*mappings, quirks=quirks)
    except Refusal:
        reject()
    assert complete(*once, quirks=quirks) == once


@given(mappings=requests, quirks=quirky)
def test_completing_changes_nothing_that_was_told(mappings: tuple[BlockDeviceMapping, ...], quirks: Quirks) -> None:
    try:
        filled = complete(*mappings, quirks=quirks)
    except Refusal:
        reject()
    kept = [entry for entry in mappings if not isinstance(entry.device, SuppressedDevice)]
    assert [entry.device_name for entry in filled] == [entry.device_name for entry in kept]
    for before, after in zip(kept, filled, strict=True):
        if before.ebs is None:
            assert after == before
            continue
        for part in fields(EbsBlockDevice):
            told = getattr(before.ebs, part.name)
            assert told is None or getattr(after.ebs, part.name) == told


@given(mappings=requests)
def test_what_was_completed_is_a_volume_that_ec2_can_make(mappings: tuple[BlockDeviceMapping, ...]) -> None:
    try:
        filled = complete(*mappings)
    except Refusal:
        reject()
    for entry in filled:
        if entry.ebs is None:
            continue
        made = entry.ebs
        assert made.volume_type is not None
        limits = VOLUME_LIMITS[made.volume_type]
        assert made.delete_on_termination is not None
        assert (made.iops is None) == (limits.iops is None)
        assert (made.throughput_mibps is None) == (limits.throughput_mibps is None)
        assert made.snapshot_id == UNKNOWN or made.volume_size_gib is not None
        assert made.snapshot_id == UNKNOWN or made.encrypted is not None
        assert limits.boots or entry.device_name != ROOT


# What is refused, its code, its message, and the entries that it is refused for
COMPLETING_REFUSED = [
    (
        DuplicateDeviceName(device_name="/dev/sdb"),
        "InvalidBlockDeviceMapping",
        "Invalid device name /dev/sdb: it is given more than once",
        [ebs("/dev/sdb", volume_size_gib=8), ebs("/dev/sdc"), store("/dev/sdb", 0)],
    ),
    (
        NoSizeNorSnapshot(device_names=("/dev/sdb", "/dev/sdd")),
        "InvalidBlockDeviceMapping",
        "Either snapshot ID or volume size must be provided for: /dev/sdb, /dev/sdd",
        [
            ebs("/dev/sdc", volume_size_gib=8, volume_type="io1"),
            ebs("/dev/sdb"),
            ebs("/dev/sdd", volume_type="gp3"),
            none("/dev/sde"),
        ],
    ),
    (
        VolumeValueRefused(device_name="/dev/sdb", detail="Volume of 8GiB is too small; minimum is 125GiB."),
        "InvalidParameterValue",
        "Volume of 8GiB is too small; minimum is 125GiB.",
        [ebs("/dev/sdb", snapshot_id=SMALL.snapshot_id, volume_type="st1")],
    ),
    (
        VolumeCombinationRefused(device_name="/dev/sdb", detail="The parameter iops is not supported for gp2 volumes."),
        "InvalidParameterCombination",
        "The parameter iops is not supported for gp2 volumes.",
        [ebs("/dev/sdb", volume_size_gib=8, iops=3000)],
    ),
    (
        IopsRequired(volume_type=VolumeType.IO2),
        "InvalidParameterCombination",
        "The parameter iops must be specified for io2 volumes.",
        [ebs("/dev/sdb", volume_size_gib=8, volume_type="io2")],
    ),
    (
        VolumeSmallerThanSnapshot(snapshot_id=MIDDLE.snapshot_id, volume_size_gib=19, snapshot_size_gib=20),
        "InvalidBlockDeviceMapping",
        "Volume of size 19GB is smaller than  snapshot 'snap-00000002', expect size >= 20GB",
        [ebs("/dev/sdb", snapshot_id=MIDDLE.snapshot_id, volume_size_gib=19)],
    ),
    (
        BootVolumeTypeUnsupported(volume_type=VolumeType.SC1),
        "BootForVolumeTypeUnsupported",
        "Volumes of type sc1 cannot be boot volumes.",
        [ebs(ROOT, snapshot_id=LARGE.snapshot_id, volume_type="sc1")],
    ),
]


@pytest.mark.parametrize(("refusal", "code", "message", "entries"), COMPLETING_REFUSED)
def test_what_cannot_be_completed_is_refused(
    refusal: Refusal, code: str, message: str, entries: list[BlockDeviceMapping]
) -> None:
    found = refusal_of(lambda: complete(*entries))
    assert found == refusal
    assert (found.code, str(found)) == (code, message)


def test_the_size_of_the_snapshot_is_the_smallest_that_does() -> None:
    (entry,) = complete(ebs("/dev/sdb", snapshot_id=MIDDLE.snapshot_id, volume_size_gib=20))
    assert volume(entry).volume_size_gib == 20


@pytest.mark.parametrize("volume_type", VolumeType)
def test_only_volumes_on_disks_do_not_boot(volume_type: VolumeType) -> None:
    entry = ebs(
        ROOT, snapshot_id=LARGE.snapshot_id, volume_type=volume_type, iops=3000 if "io" in volume_type else None
    )
    if volume_type in {VolumeType.ST1, VolumeType.SC1}:
        assert isinstance(refusal_of(lambda: complete(entry)), BootVolumeTypeUnsupported)
    else:
        assert volume(complete(entry)[0]).volume_type is volume_type


def test_suppressed_devices_are_left_out() -> None:
    assert [entry.device_name for entry in complete(none("/dev/sdb"), store("/dev/sdc", 0))] == ["/dev/sdc"]


# --- merging: laws --------------------------------------------------------------------------------------------------


@given(image=image_mappings, quirks=quirky)
def test_a_launch_without_mapping_takes_the_images(image: tuple[BlockDeviceMapping, ...], quirks: Quirks) -> None:
    assert merged(image, (), quirks) == image


@given(request=requests)
def test_an_image_without_mapping_takes_the_launchs(request: tuple[BlockDeviceMapping, ...]) -> None:
    data_volumes = tuple(entry for entry in request if entry.device_name != ROOT)
    wanted = tuple(entry for entry in data_volumes if not isinstance(entry.device, SuppressedDevice))
    completion = outcome(lambda: complete(*wanted))
    expected = completion if isinstance(completion, Refusal) else wanted
    assert outcome(lambda: merged((), data_volumes)) == expected


def outcome(call: Callable[[], tuple[BlockDeviceMapping, ...]]) -> tuple[BlockDeviceMapping, ...] | Refusal:
    try:
        return call()
    except Refusal as refusal:
        return refusal


def attempt(
    image: tuple[BlockDeviceMapping, ...], request: tuple[BlockDeviceMapping, ...], quirks: Quirks
) -> tuple[BlockDeviceMapping, ...]:
    """Merge, and skip the example if it is refused."""
    try:
        return merged(image, request, quirks)
    except Refusal:
        reject()


@given(image=image_mappings, request=requests, quirks=quirky)
def test_the_images_devices_come_first_and_no_device_comes_twice(
    image: tuple[BlockDeviceMapping, ...], request: tuple[BlockDeviceMapping, ...], quirks: Quirks
) -> None:
    result = [entry.device_name for entry in attempt(image, request, quirks)]
    suppressed = {entry.device_name for entry in request if isinstance(entry.device, SuppressedDevice)}
    in_order = dict.fromkeys(entry.device_name for entry in (*image, *request))
    assert result == [name for name in in_order if name not in suppressed]


@given(image=image_mappings, request=requests, quirks=quirky)
def test_the_launch_wins_part_by_part_and_the_image_fills_the_rest(
    image: tuple[BlockDeviceMapping, ...], request: tuple[BlockDeviceMapping, ...], quirks: Quirks
) -> None:
    result = {entry.device_name: entry for entry in attempt(image, request, quirks)}
    before = {entry.device_name: entry for entry in image}
    for entry in request:
        if entry.ebs is None:
            continue
        after = volume(result[entry.device_name])
        inherited = before[entry.device_name].ebs if entry.device_name in before else None
        another = entry.ebs.snapshot_id is not None
        for part in fields(EbsBlockDevice):
            wanted = getattr(entry.ebs, part.name)
            became = getattr(after, part.name)
            if wanted is not None or inherited is None:
                assert became == wanted
            else:
                gone = {"iops", "throughput_mibps"} if entry.ebs.volume_type is not None else set[str]()
                gone |= {"encrypted", "volume_size_gib"} if another else set()
                assert became == getattr(inherited, part.name) or (became is None and part.name in gone)


@given(image=image_mappings, request=requests, quirks=quirky)
def test_what_the_launch_does_not_touch_stays_as_it_is(
    image: tuple[BlockDeviceMapping, ...], request: tuple[BlockDeviceMapping, ...], quirks: Quirks
) -> None:
    touched = {entry.device_name for entry in request}
    result = attempt(image, request, quirks)
    assert [e for e in result if e.device_name not in touched] == [e for e in image if e.device_name not in touched]


@given(image=image_mappings, request=requests, quirks=quirky)
def test_the_same_launch_again_changes_nothing(
    image: tuple[BlockDeviceMapping, ...], request: tuple[BlockDeviceMapping, ...], quirks: Quirks
) -> None:
    once = attempt(image, request, quirks)
    assert merged(once, request, quirks) == once


@given(image=image_mappings, request=requests, quirks=quirky)
def test_what_the_launch_touches_can_be_completed(
    image: tuple[BlockDeviceMapping, ...], request: tuple[BlockDeviceMapping, ...], quirks: Quirks
) -> None:
    result = attempt(image, request, quirks)
    touched = {entry.device_name for entry in request}
    complete(*(entry for entry in result if entry.device_name in touched), quirks=quirks)


@given(image=image_mappings, request=requests)
def test_a_root_device_that_was_there_is_there_still(
    image: tuple[BlockDeviceMapping, ...], request: tuple[BlockDeviceMapping, ...]
) -> None:
    before = next((entry for entry in image if entry.device_name == ROOT and entry.ebs), None)
    after = next((entry for entry in attempt(image, request, Quirks()) if entry.device_name == ROOT), None)
    if before is not None:
        assert after is not None
        assert volume(after).snapshot_id == volume(before).snapshot_id


# --- merging: rules -------------------------------------------------------------------------------------------------

IMAGE: Final = (
    ebs(
        ROOT,
        snapshot_id=SMALL.snapshot_id,
        volume_size_gib=8,
        volume_type="gp3",
        iops=3000,
        throughput_mibps=125,
        delete_on_termination=True,
        encrypted=False,
    ),
    ebs(
        "/dev/sdb",
        snapshot_id=MIDDLE.snapshot_id,
        volume_size_gib=30,
        volume_type="gp2",
        delete_on_termination=False,
        encrypted=True,
    ),
    store("/dev/sdc", 0),
)

# What is refused, its message, and the launch's entries that it is refused for
MERGING_REFUSED = [
    (
        DuplicateDeviceName(device_name="/dev/sdf"),
        "Invalid device name /dev/sdf: it is given more than once",
        [ebs("/dev/sdf", volume_size_gib=8), none(ROOT), none("/dev/sdf")],
    ),
    (
        RootDeviceSuppressed(device_name=ROOT),
        f"The root device {ROOT} cannot be suppressed",
        [none(ROOT), ebs("/dev/sdf")],
    ),
    (
        RootDeviceSuppressed(device_name=ROOT),
        f"The root device {ROOT} cannot be suppressed",
        [store(ROOT, 0)],
    ),
    (
        RootSnapshotChanged(device_name=ROOT),
        "snapshotId cannot be modified on root device",
        [ebs(ROOT, snapshot_id=LARGE.snapshot_id)],
    ),
    (
        SnapshotOnInstanceStoreDevice(device_name="/dev/sdc"),
        "snapshotId can only be modified on EBS devices",
        [ebs("/dev/sdc", snapshot_id=SMALL.snapshot_id)],
    ),
    (
        ReplacementSnapshotTooSmall(
            device_name="/dev/sdb", snapshot_id=SMALL.snapshot_id, snapshot_size_gib=8, replaced_size_gib=20
        ),
        "Snapshot 'snap-00000001' of 8GB is smaller than the one it replaces on /dev/sdb, expect size >= 20GB",
        [ebs("/dev/sdb", snapshot_id=SMALL.snapshot_id, volume_size_gib=100)],
    ),
    (
        VolumeCombinationRefused(device_name=ROOT, detail="The parameter iops is not supported for st1 volumes."),
        "The parameter iops is not supported for st1 volumes.",  # before BootForVolumeTypeUnsupported: rule A VT-2
        [ebs(ROOT, volume_type="st1", volume_size_gib=125)],
    ),
    (
        VolumeValueRefused(
            device_name=ROOT,
            detail="Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops.",
        ),
        "Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops.",
        [ebs(ROOT, throughput_mibps=1000)],
    ),
    (
        NoSizeNorSnapshot(device_names=("/dev/sdf", "/dev/sdg")),
        "Either snapshot ID or volume size must be provided for: /dev/sdf, /dev/sdg",
        [ebs("/dev/sdf"), ebs(ROOT, volume_size_gib=7), ebs("/dev/sdg", delete_on_termination=True)],
    ),
    (
        VolumeSmallerThanSnapshot(snapshot_id=SMALL.snapshot_id, volume_size_gib=7, snapshot_size_gib=8),
        "Volume of size 7GB is smaller than  snapshot 'snap-00000001', expect size >= 8GB",
        [ebs(ROOT, volume_size_gib=7)],
    ),
    (
        IopsRequired(volume_type=VolumeType.IO1),
        "The parameter iops must be specified for io1 volumes.",
        [ebs("/dev/sdb", volume_type="io1")],
    ),
]


@pytest.mark.parametrize(("refusal", "message", "request_mappings"), MERGING_REFUSED)
def test_what_a_launch_may_not_change(
    refusal: Refusal, message: str, request_mappings: list[BlockDeviceMapping]
) -> None:
    found = refusal_of(lambda: merged(IMAGE, request_mappings))
    assert found == refusal
    assert str(found) == message


def test_the_code_of_a_refused_mapping_is_that_of_the_fault() -> None:
    codes = {type(refusal): refusal.code for refusal, _, _ in MERGING_REFUSED}
    other: dict[type[Refusal], str] = {
        VolumeCombinationRefused: "InvalidParameterCombination",
        VolumeValueRefused: "InvalidParameterValue",
        IopsRequired: "InvalidParameterCombination",
    }
    assert codes == {kind: other.get(kind, "InvalidBlockDeviceMapping") for kind in codes}


def test_a_bigger_root_keeps_its_snapshot() -> None:
    root, *_ = merged(IMAGE, [ebs(ROOT, volume_size_gib=50)])
    assert volume(root) == evolve(volume(IMAGE[0]), volume_size_gib=50)


def test_the_snapshot_of_the_root_may_be_repeated() -> None:
    assert merged(IMAGE, [ebs(ROOT, snapshot_id=SMALL.snapshot_id)]) == IMAGE


def test_a_data_volume_may_be_left_out_and_what_is_not_there_is_left_out_without_a_word() -> None:
    assert merged(IMAGE, [none("/dev/sdb"), none("/dev/sdz")]) == (IMAGE[0], IMAGE[2])


def test_a_launch_without_root_may_be_allowed() -> None:
    assert merged(IMAGE, [none(ROOT)], Quirks(launch_may_drop_root=True)) == IMAGE[1:]


def test_an_empty_volume_may_stand_where_the_image_has_an_instance_store_volume() -> None:
    wanted = ebs("/dev/sdc", volume_size_gib=8)
    assert merged(IMAGE, [wanted])[2] == wanted


def test_an_instance_store_volume_may_stand_where_the_image_has_a_data_volume() -> None:
    assert merged(IMAGE, [store("/dev/sdb", 1)]) == (IMAGE[0], store("/dev/sdb", 1), IMAGE[2])


def test_the_root_device_name_of_an_image_from_s3_is_taken() -> None:
    found = refusal_of(lambda: merged([store("/dev/sdb", 0)], [ebs(ROOT, volume_size_gib=8)]))
    assert found == InvalidDeviceName(device_name=ROOT)


# Rule A BM-8: (the new snapshot, the size asked for, size and encryption when completed)
REPLACEMENTS = [
    (LARGE,  None, 200, False),
    (LARGE,  300,  300, False),
    (MIDDLE, None, 30,  True),
]  # fmt: skip


@pytest.mark.parametrize(("new", "asked", "size", "encrypted"), REPLACEMENTS)
def test_a_data_volume_may_be_made_of_another_snapshot_that_is_as_large(
    new: Snapshot, asked: int | None, size: int, encrypted: bool
) -> None:
    result = merged(IMAGE, [ebs("/dev/sdb", snapshot_id=new.snapshot_id, volume_size_gib=asked)])
    made = volume(complete(*result)[1])
    assert (made.snapshot_id, made.volume_size_gib, made.encrypted) == (new.snapshot_id, size, encrypted)
    assert made.delete_on_termination is False


def test_another_snapshot_of_the_very_same_size_is_large_enough() -> None:
    """Rule A BM-8, at its edge."""
    twin = snapshot(4, MIDDLE.volume_size_gib)
    (made,) = merge(
        [ebs("/dev/sdb", snapshot_id=MIDDLE.snapshot_id)],
        [ebs("/dev/sdb", snapshot_id=twin.snapshot_id)],
        root_device_name=ROOT,
        snapshots={**SNAPSHOTS, twin.snapshot_id: twin},
        quirks=AS_RULED,
    )
    assert volume(made).snapshot_id == twin.snapshot_id


def test_an_empty_volume_that_was_to_be_encrypted_still_is_when_a_snapshot_fills_it() -> None:
    empty = ebs("/dev/sdf", volume_size_gib=8, encrypted=True)
    (made,) = merged([empty], [ebs("/dev/sdf", snapshot_id=SMALL.snapshot_id)])
    assert (volume(made).encrypted, volume(made).volume_size_gib) == (True, 8)


def test_a_snapshot_that_is_not_known_is_not_judged() -> None:
    result = merged(IMAGE, [ebs("/dev/sdb", snapshot_id=UNKNOWN)])
    assert (volume(result[1]).snapshot_id, volume(result[1]).volume_size_gib) == (UNKNOWN, 30)


KEPT, DROPPED = (3000, 125), (None, None)

# Rule A BM-6: what a gp3 root with 3000 IOPS and 125 MiB/s passes on if a launch changes its type. The types that take
# no IOPS refuse what they inherit; io2 refuses the throughput, and misses the IOPS if they are dropped.
TYPE_CHANGES = [
    # to          kept                      dropped for gp2, standard  dropped
    ("gp3",      [KEPT,                     KEPT,                      KEPT]),
    ("gp2",      [VolumeCombinationRefused, DROPPED,                   DROPPED]),
    ("standard", [VolumeCombinationRefused, DROPPED,                   DROPPED]),
    ("st1",      [VolumeCombinationRefused, VolumeCombinationRefused,  BootVolumeTypeUnsupported]),
    ("io2",      [VolumeCombinationRefused, VolumeCombinationRefused,  IopsRequired]),
]  # fmt: skip


@pytest.mark.parametrize("place", range(3), ids=list(InheritedIops))
@pytest.mark.parametrize(("volume_type", "row"), TYPE_CHANGES)
def test_the_table_of_inherited_iops(volume_type: str, row: list[object], place: int) -> None:
    wanted = ebs(ROOT, volume_type=volume_type, volume_size_gib=125)
    result = outcome(lambda: merged(IMAGE, [wanted], Quirks(inherited_iops=list(InheritedIops)[place])))
    if isinstance(result, Refusal):
        assert type(result) is row[place]
    else:
        root = volume(result[0])
        assert (root.iops, root.throughput_mibps) == row[place]


def test_iops_that_the_launch_gives_itself_are_never_dropped() -> None:
    wanted = ebs(ROOT, volume_type="io2", iops=5000, volume_size_gib=100)
    made = volume(merged(IMAGE, [wanted], Quirks(inherited_iops=InheritedIops.DROPPED))[0])
    assert (made.volume_type, made.iops, made.throughput_mibps) == (VolumeType.IO2, 5000, None)


def test_neither_the_image_nor_the_launch_is_changed_by_merging() -> None:
    request = (ebs(ROOT, volume_size_gib=50), none("/dev/sdb"))
    before = (IMAGE, request)
    merged(*before)
    assert before == (IMAGE, (ebs(ROOT, volume_size_gib=50), none("/dev/sdb")))


# --- the instance store (rule A 4.3) --------------------------------------------------------------------------------

FOUR: Final = tuple(store(f"/dev/sd{letter}", number) for number, letter in enumerate("bcde"))

# Sample counts of rule A 4.3, and IS-2 to IS-6: (type, of four entries in the image, in the launch, in effect;
# volumes there)
EFFECTS = [
    ("m1.small",     True,  False, 1, {0}),
    ("m1.large",     True,  False, 2, {0, 1}),
    ("m1.large",     False, True,  2, {0, 1}),
    ("m1.large",     False, False, 0, set()),
    ("c1.xlarge",    True,  False, 4, {0, 1, 2, 3}),
    ("c3.large",     True,  True,  2, {0, 1}),
    ("m3.medium",    True,  False, 0, set()),
    ("m3.medium",    False, True,  1, {0}),
    ("m3.xlarge",    True,  True,  2, {0, 1}),
    ("hs1.8xlarge",  False, False, 0, set(range(24))),
    ("hs1.8xlarge",  True,  False, 4, set(range(24))),
    ("m5d.large",    True,  True,  0, {0}),
    ("m5d.24xlarge", False, False, 0, {0, 1, 2, 3}),
    ("m6gd.medium",  False, False, 0, {0}),
    ("t2.micro",     True,  True,  0, set()),
    ("t3.micro",     True,  True,  0, set()),
    ("m5.large",     True,  True,  0, set()),
    ("c5.large",     True,  True,  0, set()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "in_image", "in_launch", "effective", "there"), EFFECTS)
def test_which_entries_for_the_instance_store_take_effect(
    name: str, in_image: bool, in_launch: bool, effective: int, there: set[int]
) -> None:
    image, launch = FOUR if in_image else (), FOUR if in_launch else ()
    kind = instance_type(name)
    assert instance_store_devices(image, launch, kind) == tuple(
        (entry.device_name, entry.device) for entry in FOUR[:effective]
    )
    assert instance_store_volumes(image, launch, kind) == frozenset(there)


def test_an_hs1_has_all_its_volumes_but_those_that_a_launch_removes() -> None:
    kind = instance_type("hs1.8xlarge")
    assert instance_store_volumes(FOUR, [none("/dev/sdc")], kind) == frozenset(range(24)) - {1}
    assert instance_store_volumes(FOUR, [none("/dev/sdc"), store("/dev/sdx", 1)], kind) == frozenset(range(24))


def test_of_two_entries_for_one_volume_the_first_has_it() -> None:
    assert instance_store_devices([store("/dev/sdb", 0)], [store("/dev/sdf", 0)], instance_type("m1.small")) == (
        ("/dev/sdb", InstanceStoreDevice("ephemeral0")),
    )


def test_how_many_volumes_there_are_may_not_be_known() -> None:
    kind = evolve(instance_type("m5d.large"), instance_store=InstanceStoreVolumes(count=None, nvme=True))
    assert instance_store_volumes(FOUR, (), kind) is None
    assert instance_store_devices(FOUR, (), kind) == ()


@given(image=image_mappings, request=requests, kind=st.sampled_from(tuple(instance_types())))
def test_what_takes_effect_is_asked_for_and_is_there(
    image: tuple[BlockDeviceMapping, ...], request: tuple[BlockDeviceMapping, ...], kind: InstanceType
) -> None:
    effective = instance_store_devices(image, request, kind)
    there = instance_store_volumes(image, request, kind)
    asked = {(entry.device_name, entry.device) for entry in (*image, *request)}
    assert set(effective) <= asked
    assert len({device.number for _, device in effective}) == len(effective)
    if there is None:
        assert effective == ()
    else:
        assert {device.number for _, device in effective} <= there
        assert len(there) <= (kind.instance_store.count or 0 if kind.instance_store else 0)
