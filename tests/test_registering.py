"""What RegisterImage takes and what comes of it: rules A 2."""

from base64 import b64encode
from collections.abc import Iterable
from itertools import combinations
from typing import Any, Final

import pytest
from attrs import evolve, fields, frozen
from hypothesis import assume, given
from hypothesis import strategies as st

from amimodel.billing_codes import BillingCode
from amimodel.block_devices import NO_DEVICE, BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.bundles import ImageBundle
from amimodel.clock import parse
from amimodel.consistency import contradictions
from amimodel.examples import WEB
from amimodel.images import UNPROTECTED, Image
from amimodel.kernels import PV_GRUB_KERNELS, default_kernel
from amimodel.malformed import Malformed
from amimodel.product_codes import ProductCode
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    BillingProductsNotAuthorized,
    BootVolumeTypeUnsupported,
    DeviceParameterUnsupported,
    DuplicateDeviceName,
    EncryptedFlagWithSnapshot,
    ImageNotFound,
    InitializationRateWithoutSnapshot,
    InvalidDeviceName,
    IopsRequired,
    ManifestCombinationRefused,
    ManifestDeviceRefused,
    ManifestKernelNotFound,
    ManifestNotRead,
    ManifestNotUnderstood,
    ManifestRootTooLarge,
    NoRootSnapshot,
    NoSizeNorSnapshot,
    ParavirtualUefi,
    Refusal,
    SnapshotLocationsDiffer,
    SnapshotNotFound,
    SnapshotNotOwned,
    SnapshotNotUsable,
    TpmOnArm,
    TpmRequiresUefi,
    VolumeCombinationRefused,
    VolumeOnInstanceStoreImage,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
)
from amimodel.regions import Region, as_region
from amimodel.registering import REFUSALS, RegistrationFacts, is_out_of_reach, objections, registered
from amimodel.registrations import Registration
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier
from amimodel.testing import strategies as amis
from amimodel.vocabulary import Architecture, BootMode, ImageState, Platform, RootDeviceType, VirtualizationType

OWNER: Final = "111122223333"
STRANGER: Final = "444455556666"
REGION: Final = as_region("eu-central-1")
NOW: Final = parse("2026-01-01T00:00:00Z")
LOCATION: Final = "amis/web/image.manifest.xml"
OUTPOST: Final = "arn:aws:outposts:eu-central-1:111122223333:outpost/op-1234567890abcdef0"
UEFI_DATA: Final = b64encode(b"AMZNUEFI").decode()
KEY: Final = "alias/web"


def snapshot(number: int = 1, **parts: Any) -> Snapshot:
    usual: dict[str, Any] = {
        "snapshot_id": f"snap-{number:08x}",
        "owner_id": OWNER,
        "volume_id": "vol-12345678",
        "volume_size_gib": 8,
        "start_time": NOW,
    }
    return Snapshot(**(usual | parts))


def ebs(device_name: str = "/dev/xvda", **parts: Any) -> BlockDeviceMapping:
    return BlockDeviceMapping(device_name, EbsBlockDevice(**parts))


def store(device_name: str, number: int = 0) -> BlockDeviceMapping:
    return BlockDeviceMapping(device_name, InstanceStoreDevice(f"ephemeral{number}"))


ROOT: Final = ebs(snapshot_id="snap-00000001")
SECOND: Final = ebs("/dev/sdf", snapshot_id="snap-00000002")


def registration(*mappings: BlockDeviceMapping, **parts: Any) -> Registration:
    usual: dict[str, Any] = {"name": "web", "architecture": "x86_64", "virtualization_type": "hvm"}
    usual["block_device_mappings"] = mappings or [ROOT]
    return Registration(**(usual | parts))


def from_s3(*mappings: BlockDeviceMapping, **parts: Any) -> Registration:
    usual: dict[str, Any] = {"name": "web", "block_device_mappings": mappings, "image_location": LOCATION}
    return Registration(**(usual | parts))


def bundle(**parts: Any) -> ImageBundle:
    usual: dict[str, Any] = {"location": LOCATION, "account": OWNER, "architecture": "x86_64"}
    return ImageBundle(**(usual | parts))


def facts(snapshots: Iterable[Snapshot] = (snapshot(),), **parts: Any) -> RegistrationFacts:
    known = {each.snapshot_id: each for each in snapshots}
    usual: dict[str, Any] = {"account_id": OWNER, "region": REGION, "snapshots": known}
    return RegistrationFacts(**(usual | parts))


def by_id(known: RegistrationFacts) -> dict[str | None, Snapshot]:
    return {each.snapshot_id: each for each in known.snapshots.values()}


def image_of(wanted: Registration, known: RegistrationFacts) -> Image:
    return Image(
        image_id="ami-12345678", owner_id=OWNER, creation_date=NOW, region=known.region, **registered(wanted, known)
    )


def against(wanted: Registration, known: RegistrationFacts) -> list[Refusal]:
    return list(objections(wanted, known))


def malformed(**parts: Any) -> Malformed:
    with pytest.raises(Malformed) as caught:
        registration(**parts)
    return caught.value


# --- what anything that can be registered has in common ---------------------------------------------------------------

NAMES: Final = ["/dev/sda1", "/dev/xvda", "/dev/sdf", "/dev/xvdba", "xvdf", "/dev/hdb1"]


@st.composite
def volumes(draw: st.DrawFn, name: str, backing: Snapshot | None) -> BlockDeviceMapping:
    least = 8 if backing is None else backing.volume_size_gib
    sizes = st.integers(least, 1000)
    shape: dict[str, Any] = draw(
        st.sampled_from([{}, {"volume_type": "gp3"}, {"volume_type": "gp2"}, {"volume_type": "io2", "iops": 300}])
    )
    kept = draw(st.sampled_from([{}, {"delete_on_termination": True}, {"delete_on_termination": False}]))
    if backing is None:
        flag = draw(st.sampled_from([{}, {"encrypted": True}, {"encrypted": False}]))
        return ebs(name, volume_size_gib=draw(sizes), **shape, **kept, **flag)
    size = draw(st.one_of(st.just({}), st.builds(lambda gib: {"volume_size_gib": gib}, sizes)))
    return ebs(name, snapshot_id=backing.snapshot_id, **size, **shape, **kept)


@st.composite
def grantable(draw: st.DrawFn) -> tuple[Registration, RegistrationFacts]:
    """A registration on EBS that nothing speaks against."""
    virtualization = draw(st.sampled_from([None, "paravirtual", "hvm"]))
    kinds = [code for code in BillingCode if virtualization == "hvm" or code.platform is None]
    snapshots = [
        snapshot(
            number,
            volume_size_gib=draw(st.integers(4, 900)),
            encrypted=draw(st.booleans()),
            billing=draw(st.sampled_from([None, *kinds])),
            product_codes=draw(st.lists(st.sampled_from([ProductCode("abc"), ProductCode("def")]), max_size=2)),
        )
        for number in range(1, draw(st.integers(1, 3)) + 1)
    ]
    names = draw(st.permutations(NAMES))
    mappings = [draw(volumes(name, each)) for name, each in zip(names, snapshots, strict=False)]
    further = names[len(snapshots) :]
    mappings += [draw(volumes(further[0], None))] * draw(st.integers(0, 1))
    mappings += [store(further[1], draw(st.integers(0, 23)))] * draw(st.integers(0, 1))
    mappings += [BlockDeviceMapping(further[2], NO_DEVICE)] * draw(st.integers(0, 1))
    hvm = virtualization == "hvm"
    firmware: dict[str, Any] = draw(
        st.sampled_from(
            [
                {},
                {"boot_mode": "uefi"},
                {"boot_mode": "uefi-preferred", "uefi_data": UEFI_DATA},
                {"boot_mode": "uefi", "tpm_support": "v2.0"},
            ]
        )
    )
    wanted = Registration(
        name=draw(amis.image_names()),
        description=draw(st.one_of(st.none(), amis.descriptions().filter(str.isascii))),
        architecture=draw(st.sampled_from([*(["arm64", "arm64_mac"] if hvm else []), "x86_64", "i386", None])),
        virtualization_type=virtualization,
        root_device_name=None if len(snapshots) == 1 and draw(st.booleans()) else mappings[0].device_name,
        block_device_mappings=draw(st.permutations(mappings)),
        imds_support=draw(st.sampled_from([None, "v2.0"])),
        ena_support=draw(st.sampled_from([None, True, False])),
        sriov_net_support=draw(st.sampled_from([None, "simple"])),
        **firmware,
    )
    return wanted, facts(snapshots, region=draw(amis.regions()))


@given(case=grantable())
def test_what_nothing_speaks_against_becomes_an_image_without_contradictions(
    case: tuple[Registration, RegistrationFacts],
) -> None:
    wanted, known = case
    assert against(wanted, known) == []
    assert contradictions(image_of(wanted, known), known.snapshots) == ()


@given(case=grantable())
def test_the_image_has_what_was_asked_for(case: tuple[Registration, RegistrationFacts]) -> None:
    """Rule A 2.7."""
    wanted, known = case
    image = image_of(wanted, known)
    for name in ("name", "description", "boot_mode", "tpm_support", "uefi_data", "imds_support", "ena_support"):
        assert getattr(image, name) == getattr(wanted, name)
    assert image.sriov_net_support == wanted.sriov_net_support
    assert (image.state, image.hypervisor, image.image_type) == (ImageState.AVAILABLE, "xen", "machine")
    assert image.root_device_type is RootDeviceType.EBS
    assert image.image_location == f"{OWNER}/{wanted.name}"
    assert (image.public, len(image.launch_permissions)) == (False, 0)
    assert (image.source_image_id, image.source_image_region, image.source_instance_id) == (None, None, None)
    assert image.deregistration_protection == UNPROTECTED
    assert image.deprecation_time is None
    assert image.image_watermarks == ()


@given(case=grantable())
def test_what_is_not_said_is_i386_and_paravirtual(case: tuple[Registration, RegistrationFacts]) -> None:
    """Rule A RI-5."""
    wanted, known = case
    image = image_of(wanted, known)
    assert image.architecture is (wanted.architecture or Architecture.I386)
    assert image.virtualization_type is (wanted.virtualization_type or VirtualizationType.PARAVIRTUAL)


@given(case=grantable())
def test_a_paravirtual_image_has_its_regions_kernel_and_no_other_has_one(
    case: tuple[Registration, RegistrationFacts],
) -> None:
    """Rule A 2.2 (KernelId)."""
    wanted, known = case
    image = image_of(wanted, known)
    pv = image.virtualization_type is VirtualizationType.PARAVIRTUAL
    assert image.kernel_id == (default_kernel(known.region, image.architecture) if pv else None)
    assert image.ramdisk_id is None


@given(case=grantable())
def test_the_mapping_is_the_requests_without_what_is_suppressed(case: tuple[Registration, RegistrationFacts]) -> None:
    """Rules A RB-4, A RB-9, A RB-12, A RB-14, A RB-15."""
    wanted, known = case
    image = image_of(wanted, known)
    kept = [entry for entry in wanted.block_device_mappings if entry.device is not NO_DEVICE]
    assert [entry.device_name for entry in image.block_device_mappings] == [entry.device_name for entry in kept]
    for asked, made in zip(kept, image.block_device_mappings, strict=True):
        if asked.ebs is None or made.ebs is None:
            assert asked == made
            continue
        backing = by_id(known).get(asked.ebs.snapshot_id)
        default = None if backing is None else backing.volume_size_gib
        assert made.ebs.volume_size_gib == (asked.ebs.volume_size_gib or default)
        assert made.ebs.encrypted == (bool(asked.ebs.encrypted) if backing is None else backing.encrypted)
        assert made.ebs.volume_type == (asked.ebs.volume_type or "gp2")
        if asked.ebs.delete_on_termination is None:
            assert made.ebs.delete_on_termination == (made.device_name == image.root_device_name)


@given(case=grantable())
def test_every_snapshot_gives_its_product_codes_and_the_root_its_licence(
    case: tuple[Registration, RegistrationFacts],
) -> None:
    """Rules A RI-18, A RI-19, A PC-2."""
    wanted, known = case
    image = image_of(wanted, known)
    assert set(image.product_codes) == {code for each in known.snapshots.values() for code in each.product_codes}
    assert len(image.product_codes) == len(set(image.product_codes))
    assert image.root_device is not None
    assert image.root_device.ebs is not None
    root = by_id(known)[image.root_device.ebs.snapshot_id]
    licence = root.billing or BillingCode.LINUX
    if image.virtualization_type is VirtualizationType.PARAVIRTUAL and licence.platform is Platform.WINDOWS:
        licence = BillingCode.LINUX  # rule A 5.3: none of these is Windows
    assert (image.billing, image.platform) == (licence, licence.platform)
    without = evolve(known, quirks=Quirks(register_derives_billing=False))
    assert registered(wanted, without)["billing"] is BillingCode.LINUX


# --- malformed --------------------------------------------------------------------------------------------------------


def test_an_image_is_made_of_something() -> None:
    """Rules A RI-1, S 17: what is empty is absent."""
    empty: dict[str, Any] = {"image_location": "", "block_device_mappings": [], "root_device_name": ""}
    for parts in ({}, empty):
        with pytest.raises(Malformed) as caught:
            Registration(name="web", **parts)
        assert caught.value.code == "MissingParameter"
        assert caught.value.message == "The request must contain the parameter imageLocation"


@pytest.mark.parametrize("root", [None, "/dev/xvda"])
def test_an_image_is_not_made_of_two_things(root: str | None) -> None:
    """Rule A RI-2."""
    fault = malformed(image_location=LOCATION, root_device_name=root)
    assert (fault.code, fault.member) == ("InvalidParameterCombination", "ImageLocation")


# Rules A 2.2, A DS-1, A DS-2, A RI-13, A RI-15, S 48.
@pytest.mark.parametrize(
    ("parts", "code", "message"),
    [
        ({"name": "ab"}, "InvalidAMIName.Malformed", None),
        ({"architecture": "sparc"}, "InvalidParameterValue", "Invalid value 'sparc' for architecture."),
        ({"virtualization_type": "pv"}, "InvalidParameterValue", "Invalid value 'pv' for virtualizationType."),
        ({"boot_mode": "bios"}, "InvalidParameterValue", "Invalid value 'bios' for bootMode."),
        ({"tpm_support": "v1.2"}, "InvalidParameterValue", "Invalid value 'v1.2' for tpmSupport."),
        ({"imds_support": "v1.0"}, "InvalidParameterValue", "Invalid value 'v1.0' for imdsSupport."),
        ({"sriov_net_support": "none"}, "InvalidParameterValue", "Invalid value 'none' for sriovNetSupport."),
        ({"ena_support": "yes"}, "InvalidParameterValue", None),
        ({"description": "caf\u00e9"}, "InvalidParameterValue", "Character sets beyond ASCII are not supported."),
        ({"description": "x" * 256}, "InvalidParameterValue", None),
        ({"uefi_data": "not base64"}, "InvalidParameterValue", None),
        ({"uefi_data": "A" * 64_004}, "InvalidParameterValue", None),
        ({"kernel_id": "ami-12345678"}, "InvalidKernelId.Malformed", None),
        ({"ramdisk_id": "ari-1"}, "InvalidRamDiskId.Malformed", None),
    ],
)
def test_a_parameter_takes_some_values_only(parts: dict[str, Any], code: str, message: str | None) -> None:
    fault = malformed(**parts)
    assert fault.code == code
    assert message in {None, fault.message}


def test_as_much_uefi_data_as_the_model_has_is_taken() -> None:
    assert registration(uefi_data="A" * 64_000).uefi_data == "A" * 64_000


@given(architecture=st.sampled_from([None, *Architecture]), virtualization=st.sampled_from([None, *VirtualizationType]))
def test_only_x86_is_paravirtual(architecture: Architecture | None, virtualization: VirtualizationType | None) -> None:
    """Rules A RI-5, A RI-9."""
    parts = {"architecture": architecture, "virtualization_type": virtualization}
    if virtualization == "hvm" or architecture in {None, "i386", "x86_64"}:
        assert registration(**parts).architecture is architecture
    else:
        fault = malformed(**parts)
        assert fault.code == "InvalidParameterCombination"
        assert fault.message == f"The architecture '{architecture}' requires the virtualization type 'hvm'."


@given(architecture=st.sampled_from(Architecture), mode=st.sampled_from([None, *BootMode]))
def test_arm64_boots_by_uefi(architecture: Architecture, mode: BootMode | None) -> None:
    """Rule A RI-10."""
    if (architecture, mode) == ("arm64", "legacy-bios"):
        assert malformed(architecture=architecture, boot_mode=mode).code == "InvalidParameterCombination"
    else:
        assert registration(architecture=architecture, boot_mode=mode).boot_mode is mode


@pytest.mark.parametrize("mode", [None, *BootMode])
def test_uefi_variables_are_for_uefi(mode: BootMode | None) -> None:
    """Rule A RI-15."""
    if mode == "legacy-bios":
        fault = malformed(boot_mode=mode, uefi_data=UEFI_DATA)
        assert (fault.code, fault.member) == ("InvalidParameterCombination", "UefiData")
    else:
        assert registration(boot_mode=mode, uefi_data=UEFI_DATA).uefi_data == UEFI_DATA


@pytest.mark.parametrize("parts", [{"kernel_id": "aki-12345678"}, {"ramdisk_id": "ari-12345678"}])
def test_hvm_images_have_neither_kernel_nor_ram_disk(parts: dict[str, str]) -> None:
    """Rule A RI-12; for images from S3 the text is EC2's."""
    assert malformed(**parts).message == "cannot specify kernel/ramdisk on HVM images"
    with pytest.raises(Malformed, match="cannot specify kernel/ramdisk on HVM s3 images"):
        from_s3(virtualization_type="hvm", **parts)
    kept = registration(virtualization_type="paravirtual", **parts)
    assert (kept.kernel_id, kept.ramdisk_id) == (parts.get("kernel_id"), parts.get("ramdisk_id"))


@given(
    region=st.sampled_from(sorted(PV_GRUB_KERNELS)),
    kernel_of=st.sampled_from(["i386", "x86_64"]),
    architecture=st.sampled_from(["i386", "x86_64", None]),
    ramdisk=st.sampled_from([None, "ari-12345678"]),
)
def test_pv_grub_starts_systems_of_its_own_bitness_and_without_a_ram_disk(
    region: str, kernel_of: str, architecture: str | None, ramdisk: str | None
) -> None:
    """Rules A RI-12, A KR-4."""
    parts = {
        "virtualization_type": "paravirtual",
        "architecture": architecture,
        "kernel_id": PV_GRUB_KERNELS[region][Architecture(kernel_of)],
        "ramdisk_id": ramdisk,
    }
    if ramdisk is None and kernel_of == (architecture or "i386"):
        assert image_of(registration(**parts), facts()).kernel_id == parts["kernel_id"]
    else:
        assert malformed(**parts).code == "InvalidParameterCombination"


def test_another_kernel_may_have_a_ram_disk_and_any_bitness() -> None:
    """Settlement S 15: what there is of kernels, the launch finds out."""
    parts = {"virtualization_type": "paravirtual", "kernel_id": "aki-12345678", "ramdisk_id": "ari-12345678"}
    image = image_of(registration(**parts), facts())
    assert (image.kernel_id, image.ramdisk_id) == ("aki-12345678", "ari-12345678")


def test_a_ram_disk_keeps_pv_grub_away() -> None:
    image = image_of(registration(virtualization_type="paravirtual", ramdisk_id="ari-12345678"), facts())
    assert (image.kernel_id, image.ramdisk_id) == (None, "ari-12345678")


def test_a_request_can_be_a_registration_and_more() -> None:
    """A class of requests may take the parameters over, with their checks."""

    @frozen
    class Request: ...

    @frozen(kw_only=True)
    class RegisterImage(Registration, Request):
        dry_run: bool = False

    request = RegisterImage(name="web", block_device_mappings=[ROOT], dry_run=True)
    assert registered(request, facts())["name"] == "web"
    with pytest.raises(Malformed, match="imageLocation"):
        RegisterImage(name="web")


# --- one fault a row --------------------------------------------------------------------------------------------------

# Each row spoils a registration that is good in every other way: what it changes about the request, and about what is
# known, and what is then refused. The root device stays in its place, so that rows can be joined.
ARM: Final = {"architecture": "arm64", "boot_mode": "uefi", "tpm_support": "v2.0"}
EBS_FAULTS: Final[list[tuple[dict[str, Any], dict[str, Any], Refusal]]] = [
    ({"billing_products": ["bp-6ba54002"]}, {},
     BillingProductsNotAuthorized(account_id=OWNER)),
    ({"more": [ebs("/dev/sdg", snapshot_id="snap-0000000f")]}, {},
     SnapshotNotFound(snapshot_id="snap-0000000f")),
    ({}, {"snapshot": {"owner_id": STRANGER}},
     SnapshotNotOwned(snapshot_id="snap-00000002", account_id=OWNER)),
    ({}, {"snapshot": {"state": "pending", "progress": "3%"}},
     SnapshotNotUsable(
         snapshot_id="snap-00000002", state=SnapshotState.PENDING, storage_tier=StorageTier.STANDARD)),
    ({"root_device_name": "/dev/sdz"}, {},
     NoRootSnapshot()),
    ({"tpm_support": "v2.0"}, {},
     TpmRequiresUefi(error_code=Quirks().tpm_without_uefi_code, boot_mode=None)),
    ({"more": [store("/dev/nvme0n1")]}, {},
     InvalidDeviceName(device_name="/dev/nvme0n1")),
    ({"more": [ebs("/dev/sdh", snapshot_id="snap-00000001", encrypted=False)]}, {},
     EncryptedFlagWithSnapshot(device_name="/dev/sdh")),
    ({"more": [ebs("/dev/sdi", volume_size_gib=8, encrypted=True, kms_key_id=KEY)]}, {},
     DeviceParameterUnsupported(device_name="/dev/sdi", parameter="kmsKeyId")),
    ({"more": [ebs("/dev/sdj", volume_size_gib=8, volume_initialization_rate_mibps=100)]}, {},
     InitializationRateWithoutSnapshot(device_name="/dev/sdj")),
    ({}, {"snapshot": {"availability_zone": "eu-central-1-ham-1a"}},
     SnapshotLocationsDiffer(locations=("eu-central-1-ham-1a",))),
]  # fmt: skip

LAST_FAULTS: Final[list[tuple[list[BlockDeviceMapping], type[Refusal]]]] = [
    ([ebs("/dev/xvda", volume_size_gib=1)],                                        DuplicateDeviceName),
    ([ebs("/dev/sdk", volume_type="gp3")],                                         NoSizeNorSnapshot),
    ([ebs("/dev/sdl", snapshot_id="snap-00000001", volume_type="st1")],            VolumeValueRefused),
    ([ebs("/dev/sdl", volume_size_gib=8, iops=3000)],                              VolumeCombinationRefused),
    ([ebs("/dev/sdm", volume_size_gib=8, volume_type="io1")],                      IopsRequired),
    ([ebs("/dev/sdn", snapshot_id="snap-00000001", volume_size_gib=7)],            VolumeSmallerThanSnapshot),
]  # fmt: skip


def spoiled(
    *rows: tuple[dict[str, Any], dict[str, Any]], more: Iterable[BlockDeviceMapping] = ()
) -> tuple[Registration, RegistrationFacts]:
    parts: dict[str, Any] = {"root_device_name": "/dev/xvda"}
    mappings, second = [ROOT, SECOND], snapshot(2)
    for changed, known in rows:
        mappings += changed.get("more", [])
        parts |= {name: value for name, value in changed.items() if name != "more"}
        second = evolve(second, **known.get("snapshot", {}))
    return registration(*mappings, *more, **parts), facts([snapshot(), second])


def kinds(refusals: Iterable[Refusal]) -> list[type[Refusal]]:
    return [type(each) for each in refusals]


def test_without_a_fault_nothing_is_refused() -> None:
    assert against(*spoiled()) == []


@pytest.mark.parametrize("row", EBS_FAULTS, ids=lambda row: type(row[2]).__name__)
def test_one_fault_is_refused_by_its_refusal_alone(row: tuple[Any, Any, Refusal]) -> None:
    wanted, known = spoiled(row[:2])
    assert against(wanted, known) == [row[2]]
    with pytest.raises(type(row[2])) as caught:
        registered(wanted, known)
    assert caught.value == row[2]


@pytest.mark.parametrize(("more", "refusal"), LAST_FAULTS, ids=lambda row: getattr(row, "__name__", ""))
def test_what_becomes_of_the_mapping_is_judged_last(more: list[BlockDeviceMapping], refusal: type[Refusal]) -> None:
    """Rules A RB-2, A RB-5, A RB-9, A 2.5, A VT-3 to VT-8."""
    assert kinds(against(*spoiled(more=more))) == [refusal]
    for *row, first in EBS_FAULTS:
        wanted, known = spoiled((row[0], row[1]), more=more)
        assert kinds(against(wanted, known)) == [type(first), refusal]


@pytest.mark.parametrize(("row", "other"), list(combinations(EBS_FAULTS, 2)))
def test_of_two_faults_the_first_in_order_is_raised(
    row: tuple[Any, Any, Refusal], other: tuple[Any, Any, Refusal]
) -> None:
    """Rule A 0.3, settlement S 10."""
    assert REFUSALS.index(type(row[2])) < REFUSALS.index(type(other[2]))
    wanted, known = spoiled(row[:2], other[:2])
    assert against(wanted, known) == [row[2], other[2]]
    with pytest.raises(type(row[2])):
        registered(wanted, known)


def test_the_root_volume_is_of_a_type_that_boots() -> None:
    """Rule A VT-2."""
    wanted = registration(ebs(snapshot_id="snap-00000001", volume_size_gib=125, volume_type="st1"))
    assert kinds(against(wanted, facts())) == [BootVolumeTypeUnsupported]


# Rows for a request on S3.
S3_FAULTS: Final[list[tuple[list[BlockDeviceMapping], dict[str, Any], Refusal]]] = [
    ([], {"block_device_mapping": [("ephemeral0", "nvme0n1")]},
     ManifestDeviceRefused(device_name="nvme0n1")),
    ([], {"size_gib": 11},
     ManifestRootTooLarge(size_gib=11, most_gib=10)),
    ([], {"architecture": "arm64"},
     ManifestCombinationRefused(detail="The architecture 'arm64' requires the virtualization type 'hvm'.")),
    ([store("/dev/sda1")], {},
     InvalidDeviceName(device_name="/dev/sda1")),
    ([ebs("/dev/sdf", volume_size_gib=8)], {},
     VolumeOnInstanceStoreImage(device_name="/dev/sdf")),
]  # fmt: skip


@pytest.mark.parametrize("row", S3_FAULTS, ids=lambda row: type(row[2]).__name__)
def test_one_fault_of_a_bundle_is_refused_by_its_refusal_alone(row: tuple[Any, Any, Refusal]) -> None:
    """Rules A RI-4, A RI-9, A RI-21, A RI-24, A DN-5."""
    mappings, parts, refusal = row
    assert against(from_s3(*mappings), facts(bundle=bundle(**parts))) == [refusal]


@pytest.mark.parametrize(("row", "other"), list(combinations(S3_FAULTS, 2)))
def test_of_two_faults_of_a_bundle_the_first_in_order_is_raised(
    row: tuple[Any, Any, Refusal], other: tuple[Any, Any, Refusal]
) -> None:
    wanted, known = from_s3(*row[0], *other[0]), facts(bundle=bundle(**row[1], **other[1]))
    assert REFUSALS.index(type(row[2])) < REFUSALS.index(type(other[2]))
    assert against(wanted, known) == [row[2], other[2]]


def test_every_refusal_that_is_declared_can_come() -> None:
    elsewhere = {  # each has a test of its own below, or above
        BootVolumeTypeUnsupported,
        ImageNotFound,
        ManifestKernelNotFound,
        ManifestNotRead,
        ManifestNotUnderstood,
        ParavirtualUefi,
        TpmOnArm,
    }
    rows = {type(row[2]) for row in (*EBS_FAULTS, *S3_FAULTS)} | {refusal for _, refusal in LAST_FAULTS}
    assert rows | elsewhere == set(REFUSALS)
    assert len(REFUSALS) == len(set(REFUSALS))


# --- rule by rule -----------------------------------------------------------------------------------------------------


def test_billing_products_are_for_the_chosen() -> None:
    """Rule A RI-17."""
    wanted = registration(billing_products=["bp-6ba54002"])
    (refusal,) = against(wanted, facts())
    assert (refusal.code, refusal.message) == (
        "AuthFailure",
        f"Account {OWNER} is not authorized to specify billing products.",
    )
    assert against(wanted, facts(billing_accounts={OWNER})) == []


@pytest.mark.parametrize("virtualization", VirtualizationType)
@pytest.mark.parametrize("licence", [None, BillingCode.LINUX, BillingCode.WINDOWS, BillingCode.RED_HAT])
def test_the_root_remembers_its_licence_but_no_paravirtual_image_is_windows(
    licence: BillingCode | None, virtualization: VirtualizationType
) -> None:
    """Rules A RI-19, A 5.3."""
    wanted = registration(virtualization_type=virtualization)
    windows = licence is BillingCode.WINDOWS and virtualization is VirtualizationType.HVM
    image = image_of(wanted, facts([snapshot(billing=licence)]))
    remembered = BillingCode.RED_HAT if licence is BillingCode.RED_HAT else BillingCode.LINUX
    assert (image.billing, image.platform) == (
        (BillingCode.WINDOWS, Platform.WINDOWS) if windows else (remembered, None)
    )


@pytest.mark.parametrize("quirk", [False, True])
def test_by_a_quirk_further_volumes_of_a_new_image_go_with_their_instance(quirk: bool) -> None:
    known = facts([snapshot(), snapshot(2)], quirks=Quirks(mapping_default_delete_on_termination=quirk))
    image = image_of(registration(ROOT, SECOND, root_device_name="/dev/xvda"), known)
    kept = [entry.ebs and entry.ebs.delete_on_termination for entry in image.block_device_mappings]
    assert kept == [True, quirk]


def test_each_snapshot_that_is_missing_is_named_once() -> None:
    """Rules A RB-6, A ID-8."""
    wanted = registration(ROOT, SECOND, ebs("/dev/sdg", snapshot_id="snap-00000002"), root_device_name="/dev/xvda")
    refusals = against(wanted, facts([]))
    assert refusals == [SnapshotNotFound(snapshot_id="snap-00000001"), SnapshotNotFound(snapshot_id="snap-00000002")]
    assert refusals[0].code == "InvalidSnapshot.NotFound"
    assert refusals[0].message == "The snapshot 'snap-00000001' does not exist."


def test_a_snapshot_that_is_shared_must_be_copied_first() -> None:
    """Rules A RB-7, A Q3."""
    known = facts([snapshot(owner_id=STRANGER)])
    (refusal,) = against(registration(), known)
    assert refusal.code == "InvalidParameterValue"
    assert refusal.message == (f"Invalid value 'snap-00000001' for snapshotId. Snapshot does not belong to {OWNER}")
    accepting = evolve(known, quirks=Quirks(register_accepts_shared_snapshots=True))
    assert image_of(registration(), accepting).snapshot_ids == ("snap-00000001",)


# Rule A RB-8: (state, tier, what EC2 calls it)
@pytest.mark.parametrize(
    ("state", "tier", "called"),
    [
        ("completed", "standard", None),
        ("completed", "archive", "archived"),
        ("pending", "standard", "pending"),
        ("error", "standard", "error"),
        ("recoverable", "standard", "recoverable"),
        ("recovering", "standard", "recovering"),
        ("error", "archive", "error"),
    ],
)
def test_a_snapshot_is_complete_and_at_hand(state: str, tier: str, called: str | None) -> None:
    refusals = against(registration(), facts([snapshot(state=state, storage_tier=tier)]))
    messages = [] if called is None else [f"Snapshot is in invalid state - {called}"]
    assert [(each.code, each.message) for each in refusals] == [("IncorrectState", message) for message in messages]
    assert all(bool(each.remedy) == (called in {"archived", "pending"} or tier == "archive") for each in refusals)


# Rules A RI-3, A RI-7, A RI-8, A RB-4: (entries, RootDeviceName, the root that comes of it)
@pytest.mark.parametrize(
    ("mappings", "named", "root"),
    [
        ([ROOT],                                                     None,        "/dev/xvda"),
        ([ROOT, ebs("/dev/sdf", volume_size_gib=8)],                 None,        "/dev/xvda"),
        ([ROOT, SECOND],                                             None,        None),
        ([ROOT, SECOND],                                             "/dev/sdf",  "/dev/sdf"),
        ([ROOT],                                                     "/dev/sda1", None),
        ([ROOT],                                                     "/dev/xvd",  None),
        ([ebs(volume_size_gib=8)],                                   "/dev/xvda", None),
        ([ebs(volume_size_gib=8)],                                   None,        None),
        ([BlockDeviceMapping("/dev/xvda", NO_DEVICE)],               "/dev/xvda", None),
        ([store("/dev/xvda"), SECOND],                               "/dev/xvda", None),
        ([store("/dev/sdb"), SECOND],                                None,        "/dev/sdf"),
        ([],                                                         "/dev/xvda", None),
    ],
)  # fmt: skip
def test_the_root_device_has_a_snapshot(
    mappings: list[BlockDeviceMapping], named: str | None, root: str | None
) -> None:
    known = facts([snapshot(), snapshot(2)])
    wanted = registration(block_device_mappings=mappings, root_device_name=named)
    if root is None:
        refusals = against(wanted, known)
        assert refusals == [NoRootSnapshot()]
        assert refusals[0].message == "No root snapshot specified in device mapping."
    else:
        assert image_of(wanted, known).root_device_name == root


@given(
    parts=st.fixed_dictionaries(
        {},
        optional={
            "boot_mode": st.sampled_from(["uefi", "uefi-preferred"]),
            "tpm_support": st.just("v2.0"),
            "uefi_data": st.just(UEFI_DATA),
        },
    ),
    virtualization=st.sampled_from([None, "paravirtual", "hvm"]),
)
def test_a_paravirtual_image_may_ask_for_what_it_cannot_have(parts: dict[str, Any], virtualization: str | None) -> None:
    """Rule A RI-11, settlement S 14: a quirk refuses it."""
    wanted = registration(virtualization_type=virtualization, **parts)
    assert ParavirtualUefi not in kinds(against(wanted, facts()))
    strict = against(wanted, facts(quirks=Quirks(register_accepts_paravirtual_uefi=False)))
    refused = {each.parameter for each in strict if isinstance(each, ParavirtualUefi)}
    names = {"boot_mode": "bootMode", "tpm_support": "tpmSupport", "uefi_data": "uefiData"}
    assert refused == (set() if virtualization == "hvm" else {names[part] for part in parts})
    assert {each.code for each in strict} <= {"InvalidParameterCombination"}


def test_a_paravirtual_image_may_always_ask_for_bios() -> None:
    wanted = registration(virtualization_type="paravirtual", boot_mode="legacy-bios")
    assert against(wanted, facts(quirks=Quirks(register_accepts_paravirtual_uefi=False))) == []


@given(mode=st.sampled_from([None, *BootMode]), code=st.sampled_from(ErrorCode))
def test_a_tpm_needs_uefi_and_nothing_less(mode: BootMode | None, code: ErrorCode) -> None:
    """Rule A RI-14."""
    wanted = registration(tpm_support="v2.0", boot_mode=mode)
    refusals = against(wanted, facts(quirks=Quirks(tpm_without_uefi_code=code)))
    assert kinds(refusals) == ([] if mode == "uefi" else [TpmRequiresUefi])
    assert [each.code for each in refusals] == [code.value] * len(refusals)
    assert all((mode or "not specified") in each.message for each in refusals)


def test_arm64_once_had_no_tpm() -> None:
    """Rule A RI-14."""
    assert against(registration(**ARM), facts()) == []
    (refusal,) = against(registration(**ARM), facts(quirks=Quirks(arm64_may_have_tpm=False)))
    assert (type(refusal), refusal.code) == (TpmOnArm, "InvalidParameterValue")
    assert refusal.message == "Invalid machineArchitecture value 'arm64' for tpmSupport"
    others = registration(**(ARM | {"architecture": "x86_64"}))
    assert against(others, facts(quirks=Quirks(arm64_may_have_tpm=False))) == []


@given(kernels=st.sets(st.sampled_from(["aki-12345678", "ari-12345678"])), checks=st.booleans())
def test_whether_there_is_such_a_kernel_only_a_quirk_asks(kernels: set[str], checks: bool) -> None:
    """Rules A RI-12, A ID-2; settlement S 15."""
    wanted = registration(virtualization_type="paravirtual", kernel_id="aki-12345678", ramdisk_id="ari-12345678")
    quirks = Quirks(register_checks_kernel_exists=checks)
    refusals = against(wanted, facts(quirks=quirks, kernels=kernels))
    missing = [each for each in ("aki-12345678", "ari-12345678") if each not in kernels]
    assert refusals == ([ImageNotFound.of(each) for each in missing] if checks else [])
    assert against(wanted, facts(quirks=quirks)) == []


@given(name=st.one_of(amis.device_names(), st.sampled_from(["/dev/nvme0n1", "sda", "/dev/xvdzz", "/dev/sda16", "d"])))
def test_any_name_that_some_platform_has_will_do(name: str) -> None:
    """Settlement S 13."""
    assume(name != "/dev/xvda")
    bad = name in {"/dev/nvme0n1", "sda", "/dev/xvdzz", "/dev/sda16", "d"}
    refusals = against(registration(ROOT, store(name)), facts())
    assert refusals == ([InvalidDeviceName(device_name=name)] if bad else [])


@pytest.mark.parametrize("encrypted", [True, False])
def test_beside_a_snapshot_encrypted_is_not_said(encrypted: bool) -> None:
    """Rule A RB-10."""
    (refusal,) = against(registration(ebs(snapshot_id="snap-00000001", encrypted=encrypted)), facts())
    assert refusal.code == "InvalidParameter"
    assert refusal.message == (
        "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a snapshot id in a block"
        " device mapping."
    )


@pytest.mark.parametrize(
    ("part", "value", "parameter"),
    [
        ("kms_key_id", KEY, "kmsKeyId"),
        ("availability_zone", "eu-central-1a", "availabilityZone"),
        ("availability_zone_id", "euc1-az1", "availabilityZoneId"),
        ("outpost_arn", OUTPOST, "outpostArn"),
    ],
)
def test_some_parameters_of_a_volume_are_for_other_requests(part: str, value: str, parameter: str) -> None:
    """Rule A RB-13."""
    (refusal,) = against(registration(ebs(snapshot_id="snap-00000001", **{part: value})), facts())
    assert refusal == DeviceParameterUnsupported(device_name="/dev/xvda", parameter=parameter)
    assert refusal.code == "InvalidParameter"


def test_where_a_snapshot_is_may_be_said() -> None:
    wanted = registration(ebs(snapshot_id="snap-00000001", outpost_arn=OUTPOST))
    assert against(wanted, facts([snapshot(outpost_arn=OUTPOST)])) == []


def test_a_volume_made_of_a_snapshot_may_be_loaded_at_a_rate() -> None:
    """Rule A VT-11."""
    wanted = registration(ebs(snapshot_id="snap-00000001", volume_initialization_rate_mibps=100))
    assert against(wanted, facts()) == []


OTHER_OUTPOST: Final = OUTPOST.replace("op-1", "op-2")
ZONE: Final = "eu-central-1-ham-1a"


# Rule A RB-17: (where the two snapshots are, whether they go together)
@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ({},                               {},                                True),
        ({},                               {"outpost_arn": OUTPOST},          True),
        ({"outpost_arn": OUTPOST},         {"outpost_arn": OUTPOST},          True),
        ({"outpost_arn": OUTPOST},         {"outpost_arn": OTHER_OUTPOST},    False),
        ({"availability_zone": ZONE},      {"availability_zone": ZONE},       True),
        ({"availability_zone": ZONE},      {},                                False),
        ({"availability_zone": ZONE},      {"outpost_arn": OUTPOST},          False),
    ],
)  # fmt: skip
def test_the_snapshots_of_an_image_lie_together(first: dict[str, str], second: dict[str, str], together: bool) -> None:
    wanted = registration(ROOT, SECOND, root_device_name="/dev/xvda")
    for pair in ((first, second), (second, first)):
        refusals = against(wanted, facts([snapshot(1, **pair[0]), snapshot(2, **pair[1])]))
        places = tuple(sorted({*first.values(), *second.values()}))
        assert refusals == ([] if together else [SnapshotLocationsDiffer(locations=places)])


# What EC2 says has not been seen of these: the words are ours, and they name what is at fault.
@pytest.mark.parametrize(
    ("refusal", "code", "names"),
    [
        (SnapshotLocationsDiffer(locations=(ZONE, OUTPOST)), "InvalidParameterCombination", (ZONE, OUTPOST)),
        (
            DeviceParameterUnsupported(device_name="/dev/sdf", parameter="kmsKeyId"),
            "InvalidParameter",
            ("kmsKeyId", "/dev/sdf"),
        ),
        (InitializationRateWithoutSnapshot(device_name="/dev/sdf"), "InvalidParameterCombination", ("/dev/sdf",)),
        (VolumeOnInstanceStoreImage(device_name="/dev/sdf"), "InvalidBlockDeviceMapping", ("/dev/sdf",)),
        (ParavirtualUefi(parameter="uefiData"), "InvalidParameterCombination", ("uefiData", "paravirtual")),
        (ManifestRootTooLarge(size_gib=11, most_gib=10), "InvalidManifest", ("11GiB", "10GiB")),
    ],
)
def test_words_of_our_own_name_what_is_at_fault(refusal: Refusal, code: str, names: tuple[str, ...]) -> None:
    assert refusal.code == code
    assert all(name in refusal.message for name in names)


@pytest.mark.parametrize(
    ("refusal", "remedy"),
    [
        (BillingProductsNotAuthorized(account_id=OWNER), "AWS Marketplace"),
        (SnapshotNotOwned(snapshot_id="snap-00000001", account_id=OWNER), "CopySnapshot"),
        (EncryptedFlagWithSnapshot(device_name="/dev/xvda"), "leave Encrypted out"),
        (ManifestNotRead(image_location=LOCATION, found=True), "aws-exec-read"),
    ],
)
def test_what_can_be_helped_is_helped(refusal: Refusal, remedy: str) -> None:
    assert remedy in refusal.remedy


# --- images from S3 ---------------------------------------------------------------------------------------------------


def test_an_image_from_s3_is_what_its_manifest_says() -> None:
    """Rules A RI-22, A RI-23, A LO-3, A 2.7."""
    known = facts(
        [],
        bundle=bundle(
            kernel_id="aki-12345678",
            ramdisk_id="ari-12345678",
            block_device_mapping=[("ami", "sda1"), ("root", "/dev/sda1"), ("ephemeral0", "sdb")],
        ),
    )
    image = image_of(from_s3(), known)
    assert image.root_device_type is RootDeviceType.INSTANCE_STORE
    assert (image.architecture, image.virtualization_type) == ("x86_64", "paravirtual")
    assert (image.kernel_id, image.ramdisk_id) == ("aki-12345678", "ari-12345678")
    assert image.root_device_name == "/dev/sda1"
    assert image.block_device_mappings == (store("/dev/sdb"),)
    assert image.image_location == LOCATION
    assert (image.billing, image.platform, image.state) == (BillingCode.LINUX, None, "available")
    assert contradictions(image) == ()


def test_parameters_go_before_the_manifest() -> None:
    wanted = from_s3(
        architecture="i386", kernel_id="aki-87654321", ramdisk_id="ari-87654321", root_device_name="/dev/sda2"
    )
    image = image_of(wanted, facts([], bundle=bundle(kernel_id="aki-12345678", ramdisk_id="ari-12345678")))
    assert (image.architecture, image.root_device_name) == ("i386", "/dev/sda2")
    assert (image.kernel_id, image.ramdisk_id) == ("aki-87654321", "ari-87654321")


def test_without_any_kernel_an_image_from_s3_has_its_regions() -> None:
    image = image_of(from_s3(), facts([], bundle=bundle()))
    assert image.kernel_id == default_kernel(REGION, Architecture.X86_64)


def test_the_requests_entries_replace_the_manifests() -> None:
    """Rule A RI-24."""
    known = facts([], bundle=bundle(block_device_mapping=[("ephemeral0", "sdb"), ("ephemeral1", "sdc")]))
    wanted = from_s3(store("/dev/sdb", 3), BlockDeviceMapping("/dev/sdc", NO_DEVICE), store("/dev/sdd", 2))
    assert image_of(wanted, known).block_device_mappings == (store("/dev/sdb", 3), store("/dev/sdd", 2))
    assert image_of(from_s3(store("/dev/sdd", 2)), known).block_device_mappings == (
        store("/dev/sdb"),
        store("/dev/sdc", 1),
        store("/dev/sdd", 2),
    )


# Rule A RI-21.
@pytest.mark.parametrize(
    ("found", "expected", "message"),
    [
        (
            None,
            ManifestNotRead(image_location=LOCATION, found=False),
            f"HTTP 404 (Not Found) response for URL http://s3.amazonaws.com:80/{LOCATION}",
        ),
        (
            bundle(readable=False, well_formed=False),
            ManifestNotRead(image_location=LOCATION, found=True),
            f"HTTP 403 (Forbidden) response for URL http://s3.amazonaws.com:80/{LOCATION}",
        ),
        (
            bundle(well_formed=False, size_gib=99),
            ManifestNotUnderstood(image_location=LOCATION),
            "Invalid AMI manifest",
        ),
        (
            bundle(block_device_mapping=[("ephemeral0", "sdb"), ("ephemeral1", "c0d1")]),
            ManifestDeviceRefused(device_name="c0d1"),
            "Invalid block device mapping: Invalid device name 'c0d1'",
        ),
    ],
)
def test_a_manifest_must_be_there_and_readable_and_right(
    found: ImageBundle | None, expected: Refusal, message: str
) -> None:
    (refusal,) = against(from_s3(), facts([], bundle=found))
    assert (refusal, refusal.code, refusal.message) == (expected, "InvalidManifest", message)


@pytest.mark.parametrize("size", [1, 10, 11, 100])
def test_an_image_from_s3_has_at_most_ten_gib(size: int) -> None:
    """Rule A RI-4."""
    refusals = against(from_s3(), facts([], bundle=bundle(size_gib=size)))
    assert refusals == ([ManifestRootTooLarge(size_gib=size, most_gib=10)] if size > 10 else [])


@pytest.mark.parametrize(
    ("parts", "manifest", "detail"),
    [
        ({}, {"architecture": "arm64"}, "The architecture 'arm64' requires the virtualization type 'hvm'."),
        (
            {"virtualization_type": "hvm", "boot_mode": "legacy-bios"},
            {"architecture": "arm64"},
            "The architecture 'arm64' does not support the boot mode 'legacy-bios'.",
        ),
        (
            {"virtualization_type": "hvm"},
            {"kernel_id": "aki-12345678"},
            "cannot specify kernel/ramdisk on HVM s3 images",
        ),
        (
            {"ramdisk_id": "ari-12345678"},
            {"kernel_id": "aki-5c21674b"},
            "The kernel aki-5c21674b is PV-GRUB, which takes no RAM disk.",
        ),
        (
            {},
            {"kernel_id": "aki-04206613"},
            "The kernel aki-04206613 starts systems of 32 bits; the architecture is 'x86_64'.",
        ),
    ],
)
def test_request_and_manifest_go_together(parts: dict[str, Any], manifest: dict[str, Any], detail: str) -> None:
    """Rules A RI-9, A RI-10, A RI-12."""
    refusals = against(from_s3(**parts), facts([], bundle=bundle(**manifest)))
    assert refusals == [ManifestCombinationRefused(detail=detail)]
    assert (refusals[0].code, refusals[0].message) == ("InvalidParameterCombination", detail)


AKI, ARI = "aki-87654321", "ari-87654321"
NO_AKI, NO_ARI = ImageNotFound.of("aki-11111111"), ImageNotFound.of("ari-11111111")
OF_MANIFEST = [ManifestKernelNotFound(kernel_id=each) for each in ("aki-12345678", "ari-12345678")]
# what the request names -> what is not there of that, and of what the manifest names where the request does not
KERNELS: Final[list[tuple[str | None, str | None, list[Refusal]]]] = [
    (None,           None,           [*OF_MANIFEST]),
    (AKI,            None,           [OF_MANIFEST[1]]),
    (None,           ARI,            [OF_MANIFEST[0]]),
    (AKI,            ARI,            []),
    ("aki-11111111", None,           [NO_AKI, OF_MANIFEST[1]]),
    (None,           "ari-11111111", [NO_ARI, OF_MANIFEST[0]]),
    ("aki-11111111", "ari-11111111", [NO_AKI, NO_ARI]),
]  # fmt: skip


@pytest.mark.parametrize(("kernel_id", "ramdisk_id", "refused"), KERNELS)
def test_a_request_goes_before_its_manifest_and_what_neither_has_is_named(
    kernel_id: str | None, ramdisk_id: str | None, refused: list[Refusal]
) -> None:
    """Rule A RI-12, settlement S 15."""
    known = facts(
        [],
        bundle=bundle(kernel_id="aki-12345678", ramdisk_id="ari-12345678"),
        quirks=Quirks(register_checks_kernel_exists=True),
        kernels=[AKI, ARI],
    )
    assert against(from_s3(kernel_id=kernel_id, ramdisk_id=ramdisk_id), known) == refused


def test_the_kernel_of_a_manifest_is_looked_for_where_a_quirk_says_so() -> None:
    """Rule A RI-12, settlement S 15."""
    quirks = Quirks(register_checks_kernel_exists=True)
    known = facts([], bundle=bundle(kernel_id="aki-12345678"), quirks=quirks, kernels=["aki-87654321"])
    (refusal,) = against(from_s3(), known)
    assert refusal == ManifestKernelNotFound(kernel_id="aki-12345678")
    assert (refusal.code, refusal.message) == (
        "InvalidManifest",
        "Invalid or unaccessible kernel id in ami manifest: aki-12345678",
    )
    assert against(from_s3(kernel_id="aki-87654321"), known) == []


@given(bundle_mode=st.booleans(), parts=st.sampled_from([{}, {"ramdisk_id": "ari-12345678"}]), region=amis.regions())
def test_registering_is_a_function_of_what_it_is_given(
    bundle_mode: bool, parts: dict[str, str], region: Region
) -> None:
    wanted = (from_s3 if bundle_mode else registration)(virtualization_type="paravirtual", **parts)
    known = facts(bundle=bundle(), region=region)
    assert registered(wanted, known) == registered(wanted, known)
    assert set(registered(wanted, known)) <= {attribute.alias for attribute in fields(Image)}


# --- warnings ---------------------------------------------------------------------------------------------------------


@given(
    virtualization=st.sampled_from(VirtualizationType),
    ena=st.sampled_from([None, True, False]),
    sriov=st.sampled_from([None, "simple"]),
)
def test_enhanced_networking_on_a_paravirtual_image_is_accepted_and_warned_of(
    virtualization: VirtualizationType, ena: bool | None, sriov: str | None
) -> None:
    """Rule A RI-13."""
    wanted = registration(virtualization_type=virtualization, ena_support=ena, sriov_net_support=sriov)
    image = image_of(wanted, facts())
    assert is_out_of_reach(image) == (virtualization == "paravirtual" and (ena is True or sriov is not None))
    assert not is_out_of_reach(WEB)
