"""RegisterImage in a world: rules A 2, A NM-6 to NM-9, A TG-3, A TG-7, A 9, C 1.2.9, C 5.20, C 9.2, B TG-14."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import DescribeImages, RegisterImage
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.bundles import ImageBundle
from amimodel.callers import Caller
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.images import Image
from amimodel.integrity import problems
from amimodel.malformed import Malformed
from amimodel.permissions import NOBODY
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    BillingProductsNotAuthorized,
    BootVolumeTypeUnsupported,
    DeviceParameterUnsupported,
    DuplicateDeviceName,
    EncryptedFlagWithSnapshot,
    ImageNameInUse,
    ImageNotFound,
    ImageQuotaReached,
    InitializationRateWithoutSnapshot,
    InvalidDeviceName,
    IopsRequired,
    ManifestCombinationRefused,
    ManifestDeviceRefused,
    ManifestKernelNotFound,
    ManifestNotRead,
    ManifestNotUnderstood,
    ManifestRootTooLarge,
    MisplacedSharedTag,
    NoRootSnapshot,
    NoSizeNorSnapshot,
    ParavirtualUefi,
    Refusal,
    ReservedTagKeySpecified,
    SnapshotLocationsDiffer,
    SnapshotNotFound,
    SnapshotNotOwned,
    SnapshotNotUsable,
    TagKeyTooLong,
    TagLimitExceeded,
    TpmOnArm,
    TpmRequiresUefi,
    VolumeCombinationRefused,
    VolumeOnInstanceStoreImage,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
)
from amimodel.retention import IN_BIN
from amimodel.tag_requests import TagSpecification
from amimodel.timing import Timing
from amimodel.vocabulary import ImageState, OwnerAlias, RootDeviceType
from amimodel.world import World
from worlds import ALICE, FRANKFURT, ami, rich_world, snap

WORLD = rich_world()
OUTPOST = "arn:aws:outposts:eu-central-1:111122223333:outpost/op-1234567890abcdef0"


def ebs(device: str = "/dev/xvda", number: int | None = 0xD02, **fields: Any) -> BlockDeviceMapping:
    told: dict[str, Any] = {} if number is None else {"snapshot_id": snap(number)}
    return BlockDeviceMapping(device, EbsBlockDevice(**(told | fields)))


def register(*mappings: BlockDeviceMapping, **parts: Any) -> RegisterImage:
    told: dict[str, Any] = {
        "name": "new", "architecture": "x86_64", "virtualization_type": "hvm",
        "block_device_mappings": mappings or [ebs()],
    }  # fmt: skip
    return RegisterImage(**(told | parts))


def from_s3(*mappings: BlockDeviceMapping, location: str = w.LOCATION, **parts: Any) -> RegisterImage:
    told: dict[str, Any] = {"name": "new", "image_location": location, "block_device_mappings": mappings}
    return RegisterImage(**(told | parts))


def tagging(**tags: str) -> list[TagSpecification]:
    return [TagSpecification(resource_type="image", tags=tags)]


def bundled(**fields: Any) -> World:
    told: dict[str, Any] = {"location": w.LOCATION, "account": ALICE, "architecture": "x86_64"}
    return WORLD.with_bundle(ImageBundle(**(told | fields)))


def strict(**quirks: Any) -> World:
    return evolve(WORLD, quirks=Quirks(**quirks))


def with_quota(quota: int, world: World = WORLD) -> World:
    return evolve(world, limits=evolve(world.limits, images_per_region=quota))


# --- refusals ---------------------------------------------------------------------------------------------------------

CHECKED = strict(register_checks_kernel_exists=True)
ON_OUTPOST = WORLD.with_snapshot(evolve(WORLD.snapshots.records[snap(0xD02)], outpost_arn=OUTPOST)).with_snapshot(
    evolve(WORLD.snapshots.records[snap(0xD08)], availability_zone="eu-central-1a")
)
KERNEL_IN_MANIFEST = evolve(bundled(kernel_id="aki-87654321"), quirks=CHECKED.quirks)
NO_VALUE = ErrorCode.INVALID_PARAMETER_VALUE

WITNESSES: list[tuple[World, RegisterImage, type[Refusal]]] = [
    (WORLD, register(billing_products=["bp-1"]), BillingProductsNotAuthorized),  # A RI-17
    (WORLD, register(ebs(number=0xD06)), SnapshotNotFound),  # A RB-6: Bob's own
    (WORLD, register(ebs(number=w.FAR)), SnapshotNotFound),  # in another Region
    (CHECKED, register(kernel_id="aki-87654321", virtualization_type="paravirtual"), ImageNotFound),  # S 15
    (KERNEL_IN_MANIFEST, from_s3(), ManifestKernelNotFound),  # A RI-12
    (WORLD, from_s3(location="amis/nothing/image.manifest.xml"), ManifestNotRead),  # A RI-21
    (bundled(readable=False), from_s3(), ManifestNotRead),
    (bundled(well_formed=False), from_s3(), ManifestNotUnderstood),
    (WORLD, register(ebs(number=0xD05)), SnapshotNotOwned),  # A RB-7
    (WORLD, register(ebs(number=0xD07)), SnapshotNotOwned),  # public, and Bob's
    (WORLD, register(ebs(number=0xD03)), SnapshotNotUsable),  # A RB-8
    (WORLD, register(ebs(number=0xD04)), SnapshotNotUsable),
    (WORLD, register(ebs("/dev/sdb", None, volume_size_gib=1), root_device_name="/dev/sdb"), NoRootSnapshot),  # RI-3
    (strict(register_accepts_paravirtual_uefi=False), register(virtualization_type="paravirtual", boot_mode="uefi"),
     ParavirtualUefi),  # S 14
    (WORLD, register(tpm_support="v2.0", boot_mode="uefi-preferred"), TpmRequiresUefi),  # A RI-14
    (strict(arm64_may_have_tpm=False), register(architecture="arm64", tpm_support="v2.0", boot_mode="uefi"), TpmOnArm),
    (bundled(block_device_mapping=[("root", "/dev/sda1"), ("ephemeral0", "zz")]), from_s3(), ManifestDeviceRefused),
    (bundled(size_gib=11), from_s3(), ManifestRootTooLarge),  # A RI-4
    (bundled(architecture="arm64"), from_s3(), ManifestCombinationRefused),  # A RI-9
    (WORLD, register(ebs("/dev/zz")), InvalidDeviceName),  # A DN-5
    (WORLD, from_s3(ebs("/dev/sdb", None, volume_size_gib=1)), VolumeOnInstanceStoreImage),  # A RI-24
    (WORLD, register(ebs(encrypted=False)), EncryptedFlagWithSnapshot),  # A RB-10
    (WORLD, register(ebs(kms_key_id=w.KEY)), DeviceParameterUnsupported),  # A RB-13
    (WORLD, register(ebs(), ebs("/dev/sdb", None, volume_size_gib=8, volume_initialization_rate_mibps=200)),
     InitializationRateWithoutSnapshot),  # A VT-11
    (ON_OUTPOST, register(ebs(), ebs("/dev/sdb", 0xD08), root_device_name="/dev/xvda"), SnapshotLocationsDiffer),
    (WORLD, register(ebs(), ebs("/dev/sdb", None, volume_size_gib=1), ebs("/dev/sdb", None, volume_size_gib=1)),
     DuplicateDeviceName),  # A RB-2
    (WORLD, register(ebs(), ebs("/dev/sdb", None)), NoSizeNorSnapshot),  # A RB-5
    (WORLD, register(ebs(volume_size_gib=99_999)), VolumeValueRefused),  # A VT-3
    (WORLD, register(ebs(iops=100)), VolumeCombinationRefused),  # A VT-5
    (WORLD, register(ebs(volume_type="io1")), IopsRequired),  # A VT-4
    (WORLD, register(ebs(number=0xD08, volume_size_gib=29)), VolumeSmallerThanSnapshot),  # A RB-9
    (WORLD, register(ebs(volume_type="st1", volume_size_gib=125)), BootVolumeTypeUnsupported),  # A VT-2
    (WORLD, register(tag_specifications=tagging(**{"aws:x": ""})), ReservedTagKeySpecified),  # A TG-3
    (strict(tag_key_may_have_128_characters=False), register(tag_specifications=tagging(**{"k" * 128: ""})),
     TagKeyTooLong),
    (WORLD, register(tag_specifications=tagging(**{str(number): "" for number in range(51)})), TagLimitExceeded),
    (WORLD, register(name="web"), ImageNameInUse),  # A NM-7
    (with_quota(3), register(), ImageQuotaReached),  # C 5.22
]  # fmt: skip


@pytest.mark.parametrize(("world", "request_", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness(world: World, request_: RegisterImage, refusal: type[Refusal]) -> None:
    answer = attempt(world, request_, by=w.alice)
    assert isinstance(answer, refusal)
    assert explain(world, request_, by=w.alice).refusals[0] == answer


def test_every_refusal_that_is_declared_has_a_witness() -> None:
    assert {kind for _, _, kind in WITNESSES} == set(RegisterImage.refusals)
    assert MisplacedSharedTag not in RegisterImage.refusals  # an image may have shared tags (B TG-4)


def test_the_messages_are_ec2s() -> None:
    """Rules A NM-7, A TG-3."""
    assert attempt(WORLD, register(name="web"), by=w.alice) == ImageNameInUse(name="web", image_id=ami(w.WEB))
    refusal = attempt(WORLD, register(tag_specifications=tagging(**{"aws:x": ""})), by=w.alice)
    assert refusal == ReservedTagKeySpecified(error_code=NO_VALUE, key="aws:x")
    assert str(refusal) == "Tag keys starting with 'aws:' are reserved for internal use"


def test_the_order_of_refusals_is_the_declared_one() -> None:
    """Rule A 0.3, settlement S 10: who may, what is there, whose it is, its state, values, tags, name, quota."""
    world = with_quota(3, evolve(WORLD, quirks=Quirks(tag_key_may_have_128_characters=False)))
    keys = {"aws:x": "", "k" * 128: "", **{str(number): "" for number in range(51)}}

    def faulty(number: int, tags: dict[str, str] = keys, **parts: Any) -> RegisterImage:
        spoilt = ebs(number=number, encrypted=True) if number != 0xD02 else ebs()
        more = {"tag_specifications": tagging(**tags)} if tags else {}
        return register(spoilt, **({"name": "web", **more} | parts))

    ladder = (
        faulty(0xD06, billing_products=["bp-1"]), faulty(0xD06), faulty(0xD07), faulty(0xD03), faulty(0xD08),
        faulty(0xD02),
        faulty(0xD02, {key: "" for key in keys if key != "aws:x"}),
        faulty(0xD02, dict.fromkeys(map(str, range(51)), "")),
        faulty(0xD02, {}), faulty(0xD02, {}, name="new"),
    )  # fmt: skip
    met = []
    for request in ladder:
        answer = attempt(world, request, by=w.alice)
        assert isinstance(answer, Refusal)
        assert explain(world, request, by=w.alice).refusals[0] == answer
        met.append(type(answer))
    assert met == [
        BillingProductsNotAuthorized, SnapshotNotFound, SnapshotNotOwned, SnapshotNotUsable, EncryptedFlagWithSnapshot,
        ReservedTagKeySpecified, TagKeyTooLong, TagLimitExceeded, ImageNameInUse, ImageQuotaReached,
    ]  # fmt: skip
    assert met == sorted(met, key=RegisterImage.refusals.index)


def test_an_explanation_names_everything_in_the_way() -> None:
    request = register(ebs(number=0xD07, encrypted=True), name="web", tag_specifications=tagging(**{"aws:x": ""}))
    against = explain(with_quota(3), request, by=w.alice).refusals
    assert [type(refusal) for refusal in against] == [
        SnapshotNotOwned, EncryptedFlagWithSnapshot, ReservedTagKeySpecified, ImageNameInUse, ImageQuotaReached,
    ]  # fmt: skip


def test_only_images_are_tagged() -> None:
    """Rule A TG-7."""
    with pytest.raises(Malformed) as caught:
        register(tag_specifications=[TagSpecification(resource_type="snapshot", tags={"a": "b"})])
    assert caught.value.message == "'snapshot' is not a valid taggable resource type for this operation."


# --- what comes of it -------------------------------------------------------------------------------------------------


def test_the_image_is_the_callers_available_at_once_and_private() -> None:
    """Rule A 2.7."""
    world = WORLD.at(w.NOW + timedelta(milliseconds=999))
    after, image = apply(world, register(tag_specifications=tagging(Name="new")), by=w.alice)
    assert image == after.image(image.image_id, FRANKFURT)
    assert image.image_id == world.new_id("ami-")
    assert (image.owner_id, image.region, image.state) == (ALICE, FRANKFURT, ImageState.AVAILABLE)
    assert image.creation_date == w.NOW  # whole seconds (A T-1)
    assert (image.launch_permissions, image.deprecation_time) == (NOBODY, None)
    assert (image.source_image_id, image.source_instance_id, image.image_owner_alias) == (None, None, None)
    assert dict(image.tags) == {"Name": "new"}
    assert image.image_location == f"{ALICE}/new"
    assert list(after.images_using(snap(0xD02))) == [image]
    assert ask(after, DescribeImages(image_ids=[image.image_id]), by=w.alice).items[0].name == "new"


def test_the_images_of_an_account_with_an_alias_have_it() -> None:
    """Rules A LO-2, B MP-10."""
    world = WORLD.with_owner_alias(ALICE, OwnerAlias.AWS_MARKETPLACE)
    image = apply(world, register(), by=w.alice).value
    assert (image.image_owner_alias, image.image_location) == (OwnerAlias.AWS_MARKETPLACE, "aws-marketplace/new")


def test_the_event_tells_that_it_is_available() -> None:
    """Rules C 1.2.9, C 9.2."""
    after, image = apply(WORLD, register(), by=w.alice)
    (event,) = after.events
    assert event.envelope()["detail"] == {
        "RequestId": WORLD.request_id, "ImageId": image.image_id, "State": "available", "ErrorMessage": "",
    }  # fmt: skip
    assert (event.account, event.region) == (ALICE, FRANKFURT)


def test_ec2_may_take_its_time() -> None:
    """Rules A 2.7 (pending briefly), C 13."""
    world = evolve(WORLD, timing=evolve(Timing(), register_image=timedelta(seconds=20)))
    after, image = apply(world, register(), by=w.alice)
    assert image.state is ImageState.PENDING
    assert not after.events
    done = advance(after, seconds=20)
    assert done.images.records[image.image_id].state is ImageState.AVAILABLE
    assert [event.request_id for event in done.events] == [world.request_id]
    assert advance(after, seconds=19).images.records[image.image_id].state is ImageState.PENDING


def test_a_name_is_free_where_nobody_of_the_account_has_it() -> None:
    """Rules A NM-6, A NM-8, A NM-9, C 5.14."""
    for by, name in ((w.alice, "binned"), (w.alice, f"former {w.FORMER:x}"), (w.carol, "web"), (w.alice, "WEB")):
        own = WORLD.with_snapshot(w.snapshot(0xE01, owner_id=by.account))
        assert isinstance(apply(own, register(ebs(number=0xE01), name=name), by=by).value, Image)
    for name in ("disabled", "failed", "spoilt"):
        assert isinstance(attempt(WORLD, register(name=name), by=w.alice), ImageNameInUse)


def test_the_quota_counts_what_is_there_and_what_lies_in_the_bin() -> None:
    """Rules C 5.20, C 1.2.12: but nothing that failed."""
    owned = [image for image in WORLD.images if (image.owner_id, image.region) == (ALICE, FRANKFURT)]
    counting = sum(image.state in {"pending", "available", "disabled"} for image in owned) + 1  # and one in the bin
    assert isinstance(attempt(with_quota(counting), register(), by=w.alice), ImageQuotaReached)
    assert not isinstance(attempt(with_quota(counting + 1), register(), by=w.alice), Refusal)
    assert counting < len(owned) + 1
    far = register(ebs(number=w.FAR))
    assert not isinstance(attempt(with_quota(3), far, by=w.alice_in_virginia), Refusal)
    snapshots_in_bin = with_quota(counting + 1).binning(
        evolve(WORLD.recycle_bin.records[ami(w.BINNED)], resource=WORLD.snapshots.records[snap(0xD08)])
    )
    assert not isinstance(attempt(snapshots_in_bin, register(), by=w.alice), Refusal)


def test_a_shared_snapshot_will_do_by_a_quirk() -> None:
    """Rule A RB-7."""
    world = strict(register_accepts_shared_snapshots=True)
    for number in (0xD05, 0xD07):
        assert apply(world, register(ebs(number=number)), by=w.alice).value.snapshot_ids == (snap(number),)
    assert isinstance(attempt(world, register(ebs(number=0xD06)), by=w.alice), SnapshotNotFound)


def test_a_kernel_is_looked_for_by_a_quirk_among_what_the_caller_sees() -> None:
    """Settlement S 15."""
    request = register(kernel_id="aki-12345678", virtualization_type="paravirtual")
    assert apply(CHECKED, request, by=w.alice).value.kernel_id == "aki-12345678"
    own = CHECKED.with_snapshot(w.snapshot(0xE01, owner_id=w.CAROL))
    carols = evolve(request, block_device_mappings=[ebs(number=0xE01)])
    assert attempt(own, carols, by=w.carol) == ImageNotFound.of("aki-12345678")
    manifest = evolve(bundled(kernel_id="aki-12345678"), quirks=CHECKED.quirks)
    assert apply(manifest, from_s3(), by=w.alice).value.kernel_id == "aki-12345678"


def test_an_image_from_s3() -> None:
    """Rules A RI-20 to RI-24, A LO-3."""
    store = BlockDeviceMapping("/dev/sdc", InstanceStoreDevice("ephemeral1"))
    image = apply(WORLD, from_s3(store), by=w.alice).value
    assert (image.root_device_type, image.root_device_name) == (RootDeviceType.INSTANCE_STORE, "/dev/sda1")
    assert (image.image_location, image.architecture) == (w.LOCATION, "x86_64")
    assert image.snapshot_ids == ()
    assert store in image.block_device_mappings


# --- laws -------------------------------------------------------------------------------------------------------------

NUMBERS = st.sampled_from([0xD01, 0xD02, 0xD03, 0xD05, 0xD06, 0xD07, 0xD08, w.WEB, w.FAR])
DEVICES = st.sampled_from(["/dev/xvda", "/dev/sdb", "/dev/sda1", "/dev/zz"])


@st.composite
def mappings(draw: st.DrawFn) -> list[BlockDeviceMapping]:
    optional = {
        "volume_size_gib": st.sampled_from([1, 8, 30, 99_999]), "volume_type": st.sampled_from(["gp3", "io1", "st1"]),
        "encrypted": st.booleans(), "iops": st.just(3000), "delete_on_termination": st.booleans(),
    }  # fmt: skip
    volumes = draw(
        st.lists(st.tuples(DEVICES, st.none() | NUMBERS, st.fixed_dictionaries({}, optional=optional)), max_size=3)
    )
    return [ebs(device, number, **fields) for device, number, fields in volumes]


@st.composite
def requests(draw: st.DrawFn) -> RegisterImage | None:
    kinds: dict[str, st.SearchStrategy[Any]] = {"architecture": st.sampled_from(["x86_64", "arm64"]),
             "virtualization_type": st.sampled_from(["hvm", "paravirtual"]),
             "boot_mode": st.sampled_from(["uefi", "uefi-preferred"]), "tpm_support": st.just("v2.0"),
             "root_device_name": DEVICES, "kernel_id": st.just("aki-12345678"),
             "image_location": st.sampled_from([w.LOCATION, "amis/nothing/image.manifest.xml"]),
             "tag_specifications": st.sampled_from([tagging(a="b"), tagging(**{"aws:x": ""})]),
             "billing_products": st.just(["bp-1"])}  # fmt: skip
    parts = draw(st.fixed_dictionaries({"name": st.sampled_from(["new", "web", "binned"])}, optional=kinds))
    try:
        told: dict[str, Any] = parts
        return RegisterImage(block_device_mappings=draw(mappings()), **told)
    except Malformed:
        return None


@given(request_=requests(), by=st.sampled_from(w.CALLERS),
       world=st.sampled_from([WORLD, CHECKED, KERNEL_IN_MANIFEST, with_quota(3)]))  # fmt: skip
def test_an_image_is_made_or_a_declared_refusal_comes_out(
    request_: RegisterImage | None, by: Caller, world: World
) -> None:
    if request_ is None:
        return
    answer = attempt(world, request_, by=by)
    if isinstance(answer, Refusal):
        assert type(answer) in RegisterImage.refusals
        return
    assert len(answer.world.images) == len(world.images) + 1
    assert w.of_others(answer.world, by) == w.of_others(world, by)
    assert problems(answer.world) == problems(world)
    assert answer.world.images.is_in_step()
    assert IN_BIN not in answer.value.tags
