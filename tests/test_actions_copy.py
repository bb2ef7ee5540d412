"""CopyImage: rules B 7 (CI-1 to CI-32), B 6.4, B SBP-5, B EN-7, C 1.2, C 9.2, C 9.3; settlements S 6, S 17, S 26."""

from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import CopyImage, CreateTags, DeleteSnapshot, DeregisterImage, DisableImage
from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.bundles import ImageBundle
from amimodel.callers import Caller
from amimodel.copy_encryption import IMAGE_COPY
from amimodel.decisions import Owner, Permitted, Settled, SnapshotNotTold, StorageNotTold
from amimodel.encryption import KmsKey
from amimodel.engine import advance, apply, attempt, explain
from amimodel.events import ImageStateChange, SnapshotNotification
from amimodel.image_criteria import ImageCriterion
from amimodel.images import Image
from amimodel.integrity import problems
from amimodel.kms import IMAGE_STATE_REASON, SNAPSHOT_STATE_MESSAGE, aws_managed_key
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, AccountPermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.quirks import CopyRegion, Quirks
from amimodel.refusals import (
    BillingProductCopyRefused,
    CompletionDurationRefused,
    CompletionDurationUnsupported,
    CopyRouteRefused,
    IdempotentParameterMismatch,
    ImageNameInUse,
    ImageNotFound,
    ImageQuotaReached,
    ImageUnavailable,
    InstanceStoreCopyNotEncrypted,
    KmsKeyRequiresEncrypted,
    MarketplaceCopyRefused,
    MisplacedSharedTag,
    NoStoragePermission,
    NotAuthorizedForImages,
    OutpostElsewhere,
    ParavirtualCopyRefused,
    Refusal,
    ReservedTagKeySpecified,
    SnapshotQuotaReached,
    SourceRegionUnusable,
    TagKeyTooLong,
    TagLimitExceeded,
    TimeBasedCopyQuotaReached,
    TooManyImageCopies,
    UnencryptedCopyRefused,
)
from amimodel.regions import Region, as_region
from amimodel.settings import AllowedImagesSettings, RegionSettings, SnapshotBlockPublicAccess
from amimodel.snapshots import Snapshot, SnapshotState, TransferType
from amimodel.tag_requests import TagSpecification
from amimodel.tags import Tags
from amimodel.tasks import FinishSnapshots
from amimodel.testing import strategies as amis
from amimodel.vocabulary import ImageState, RootDeviceType
from amimodel.world import World
from reference import encryption as reference
from reference.stores import (
    ALICE,
    ASYMMETRIC_KEY,
    BOB,
    BOBS_KEY,
    DISABLED_KEY,
    HERE,
    MISSING_KEY,
    NOW,
    OWN_KEY,
    SHARED_KEY,
    THERE,
    encrypting,
    having,
    snapshot,
    touched,
    world,
)

SOURCE, ROOT_SNAPSHOT, DATA_SNAPSHOT = "ami-12345678", "snap-12345678", "snap-0000d0d0"
ALICE_THERE, BOB_THERE = (Caller(account=one.account, region=THERE) for one in (ALICE, BOB))
KEY_THERE = "arn:aws:kms:eu-west-1:111122223333:key/77777777-7777-4777-8777-777777777777"
OUTPOST_HERE, OUTPOST_THERE = (
    f"arn:aws:outposts:{region}:111122223333:outpost/op-1234567890abcdef0" for region in (HERE, THERE)
)
ONCE = "once"
TO_BOB: Permissions[Any] = Permissions([AccountPermission(BOB.account)])


def mapped(*snapshots: Snapshot) -> list[BlockDeviceMapping]:
    made = [
        BlockDeviceMapping(
            f"/dev/sd{letter}",
            EbsBlockDevice(
                snapshot_id=one.snapshot_id,
                volume_size_gib=one.volume_size_gib,
                volume_type="gp2",
                delete_on_termination=letter == "a",
                encrypted=one.encrypted,
            ),
        )
        for letter, one in zip("afgh", snapshots, strict=False)
    ]
    return [*made, BlockDeviceMapping("/dev/sdb", InstanceStoreDevice("ephemeral0"))]


def source(*snapshots: Snapshot, **facts: Any) -> Image:
    given_: dict[str, Any] = {
        "image_id": SOURCE,
        "owner_id": ALICE.account,
        "region": HERE,
        "name": "web",
        "creation_date": NOW,
        "architecture": "x86_64",
        "root_device_name": "/dev/sda",
        "block_device_mappings": mapped(*(snapshots or (ROOT,))),
    }
    return Image(**(given_ | facts))


ROOT = snapshot(ROOT_SNAPSHOT)
DATA = snapshot(DATA_SNAPSHOT, volume_id="vol-0000bbbb", volume_size_gib=20, encrypted=True, kms_key_id=OWN_KEY)
ROOT_FOR_BOB, SHARED = evolve(ROOT, create_volume_permissions=TO_BOB), source(launch_permissions=TO_BOB)


def stocked(*things: Snapshot | Image, **facts: Any) -> World:
    """A world with the source, of one snapshot unless other things are given."""
    return having(world(**facts), *(things or (ROOT, source()))).with_key(KmsKey(arn=KEY_THERE))


def copying(**facts: Any) -> CopyImage:
    asked: dict[str, Any] = {"source_image_id": SOURCE, "source_region": HERE, "name": "web"}
    return CopyImage(**(asked | facts))


def tagged(kind: str = "image", **tags: str) -> list[TagSpecification]:
    return [TagSpecification(resource_type=kind, tags=tags)]


def made(before: World, request: CopyImage, by: Caller = ALICE_THERE) -> tuple[World, Image, list[Snapshot]]:
    after, image = apply(before, request, by=by)
    assert after.images.get(image.image_id) == image
    return after, image, [after.snapshots.records[one] for one in image.snapshot_ids]


# --- what is malformed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"source_image_id": "web"}, 'InvalidAMIID.Malformed: Invalid id: "web" (expecting "ami-...")'),
        ({"source_region": "mars"}, "InvalidRegion: The region 'mars' is not valid."),
        ({"name": "a+b"}, "InvalidAMIName.Malformed: "),
        ({"description": "x" * 256}, "InvalidParameterValue: "),
        ({"client_token": "x" * 129}, "InvalidClientToken: The client token has 129 characters"),
        ({"snapshot_copy_completion_duration_minutes": "15"}, "InvalidParameterValue: "),
        (
            {"destination_outpost_arn": OUTPOST_THERE, "destination_availability_zone": "us-west-2-lax-1a"},
            "InvalidParameterCombination: Only one of DestinationAvailabilityZone, ",
        ),
        (
            {"destination_availability_zone_id": "usw2-lax1-az1", "snapshot_copy_completion_duration_minutes": 15},
            "InvalidParameterCombination: A completion duration is not supported for a copy to a Local Zone.",
        ),
        ({"tag_specifications": tagged("volume", a="b")}, "InvalidParameterValue: 'volume' is not a valid taggable"),
    ],
)  # fmt: skip
def test_a_copy_that_no_world_could_make_is_malformed(facts: dict[str, Any], complaint: str) -> None:
    """Rules B 0.1, B 7.1, B CI-11, B CI-19; settlement S 38."""
    with pytest.raises(Malformed) as told:
        _ = copying(**facts)
    assert str(told.value).startswith(complaint)


def test_empty_text_is_no_parameter() -> None:
    """Settlement S 17: real clients send `KmsKeyId=""`."""
    empty = dict.fromkeys(
        ("kms_key_id", "client_token", "destination_outpost_arn", "destination_availability_zone",
         "destination_availability_zone_id"), ""
    )  # fmt: skip
    assert copying(**empty) == copying()
    assert copying(client_token="x" * 128).token == "x" * 128


# --- what is refused, and in which order ------------------------------------------------------------------------------

BUNDLE = ImageBundle(location="bucket/web/image.manifest.xml", account=ALICE.account, architecture="x86_64", size_gib=5)
IN_S3 = source(
    root_device_type="instance-store",
    block_device_mappings=[],
    image_location=BUNDLE.location,
    launch_permissions=TO_BOB,
)
IN_LAX = evolve(ROOT, region="us-west-2", availability_zone="us-west-2-lax-1a")
IN_OREGON = evolve(source(), region="us-west-2")
OREGON, PARIS, CHINA = as_region("us-west-2"), as_region("eu-west-3"), "cn-north-1"
ALICE_IN_OREGON, ALICE_IN_PARIS = (Caller(account=ALICE.account, region=region) for region in (OREGON, PARIS))
SOLD = evolve(SHARED, product_codes=[ProductCode("abc123")])
WINDOWS = evolve(SHARED, billing=BillingCode.WINDOWS)
TAKEN = source(image_id="ami-0000f0f0", region=THERE, block_device_mappings=[])
ENCRYPTED = evolve(ROOT, encrypted=True, kms_key_id=OWN_KEY)
UNREADABLE = stocked(IN_S3).with_bundle(evolve(BUNDLE, readable=False))
BUSY = apply(
    stocked(limits=Limits(time_based_copies_mibps=1)),
    copying(name="first", snapshot_copy_completion_duration_minutes=15),
    by=ALICE_THERE,
).world
PICKY = RegionSettings(
    allowed_images=AllowedImagesSettings(state="enabled", image_criteria=[ImageCriterion(image_providers=["amazon"])])
)

WITNESSES: list[tuple[type[Refusal], World, CopyImage, Caller]] = [
    (
        IdempotentParameterMismatch,
        apply(stocked(), copying(client_token=ONCE), by=ALICE_THERE).world,
        copying(client_token=ONCE, name="web-2"),
        ALICE_THERE,
    ),
    (SourceRegionUnusable, stocked(), copying(source_region=CHINA), ALICE_THERE),
    (ImageNotFound, stocked(), copying(source_image_id="ami-87654321"), ALICE_THERE),
    (ImageNotFound, stocked(), copying(source_region=THERE), ALICE_THERE),
    (ImageNotFound, stocked(), copying(), BOB_THERE),
    (ImageNotFound, stocked(ROOT_FOR_BOB, SHARED).with_settings(BOB.account, HERE, PICKY), copying(), BOB_THERE),
    (NotAuthorizedForImages, stocked(quirks=Quirks(copy_reveals_invisible_image=True)), copying(), BOB_THERE),
    (ImageUnavailable, apply(stocked(), DisableImage(image_id=SOURCE), by=ALICE).world, copying(), ALICE_THERE),
    (ImageUnavailable, apply(stocked(), DeregisterImage(image_id=SOURCE), by=ALICE).world, copying(), BOB_THERE),
    (NoStoragePermission, stocked(ROOT, SHARED), copying(), BOB_THERE),
    (NoStoragePermission, UNREADABLE, copying(), BOB_THERE),
    (MarketplaceCopyRefused, stocked(ROOT_FOR_BOB, SOLD), copying(), BOB_THERE),
    (
        BillingProductCopyRefused,
        stocked(ROOT_FOR_BOB, WINDOWS, quirks=Quirks(block_billing_product_cross_account_copy=True)),
        copying(),
        BOB_THERE,
    ),
    (ImageNameInUse, stocked(ROOT, source(), TAKEN), copying(), ALICE_THERE),
    (ParavirtualCopyRefused, stocked(ROOT, source(virtualization_type="paravirtual")), copying(), ALICE_IN_PARIS),
    (ImageQuotaReached, stocked(limits=Limits(images_per_region=0)), copying(), ALICE_THERE),
    (TooManyImageCopies, stocked(limits=Limits(concurrent_image_copies=0)), copying(), ALICE_THERE),
    (CopyRouteRefused, stocked(evolve(ROOT, outpost_arn=OUTPOST_HERE), source()), copying(), ALICE_THERE),
    (OutpostElsewhere, stocked(), copying(destination_outpost_arn=OUTPOST_THERE), ALICE_THERE),
    (InstanceStoreCopyNotEncrypted, stocked(IN_S3), copying(encrypted=True), ALICE_THERE),
    (KmsKeyRequiresEncrypted, stocked(), copying(kms_key_id=KEY_THERE), ALICE_THERE),
    (UnencryptedCopyRefused, stocked(ENCRYPTED, source(ENCRYPTED)), copying(encrypted=False), ALICE_THERE),
    (CompletionDurationRefused, stocked(), copying(snapshot_copy_completion_duration_minutes=20), ALICE_THERE),
    (
        CompletionDurationUnsupported,
        stocked(IN_LAX, IN_OREGON),
        copying(source_region=OREGON, name="web-2", snapshot_copy_completion_duration_minutes=15),
        ALICE_IN_OREGON,
    ),
    (
        TimeBasedCopyQuotaReached,
        BUSY,
        copying(snapshot_copy_completion_duration_minutes=15),
        ALICE_THERE,
    ),
    (ReservedTagKeySpecified, stocked(), copying(tag_specifications=tagged(**{"aws:x": ""})), ALICE_THERE),
    (
        TagKeyTooLong,
        stocked(quirks=Quirks(tag_key_may_have_128_characters=False)),
        copying(tag_specifications=tagged(**{"k" * 128: ""})),
        ALICE_THERE,
    ),
    (
        MisplacedSharedTag,
        stocked(),
        copying(tag_specifications=tagged("snapshot", **{"ec2:SharedTag/x": ""})),
        ALICE_THERE,
    ),
    (
        TagLimitExceeded,
        stocked(limits=Limits(tags_per_resource=0)),
        copying(tag_specifications=tagged(a="b")),
        ALICE_THERE,
    ),
    (SnapshotQuotaReached, stocked(limits=Limits(snapshots_per_region=0)), copying(), ALICE_THERE),
]


@pytest.mark.parametrize(("kind", "before", "request_", "by"), WITNESSES)
def test_each_reason_to_refuse_has_its_witness(
    kind: type[Refusal], before: World, request_: CopyImage, by: Caller
) -> None:
    assert type(attempt(before, request_, by=by)) is kind


def test_every_declared_refusal_is_reached_in_the_declared_order() -> None:
    assert tuple(dict.fromkeys(kind for kind, *_ in WITNESSES)) == CopyImage.refusals


def test_what_is_in_the_way_is_named_in_the_order_of_the_book() -> None:
    """Rule B 7.2, CI-2 to CI-20; then the tags of CI-31."""
    snapshot_facts: dict[str, Any] = {"outpost_arn": OUTPOST_HERE}
    image_facts: dict[str, Any] = {
        "state": "pending", "product_codes": [ProductCode("abc123")], "billing": BillingCode.WINDOWS,
        "virtualization_type": "paravirtual",
    }  # fmt: skip
    limits: dict[str, Any] = {"images_per_region": 0, "concurrent_image_copies": 0, "snapshots_per_region": 0}
    asked: dict[str, Any] = {
        "kms_key_id": KEY_THERE, "snapshot_copy_completion_duration_minutes": 20,
        "tag_specifications": tagged(**{"aws:x": ""}),
    }  # fmt: skip
    quirks: dict[str, Any] = {"block_billing_product_cross_account_copy": True}
    taken: dict[str, Any] = {"name": "web"}
    ladder: list[tuple[type[Refusal], dict[str, Any], dict[str, Any]]] = [
        (ImageNotFound, image_facts, {"launch_permissions": TO_BOB}),
        (ImageUnavailable, image_facts, {"state": "available"}),
        (NoStoragePermission, snapshot_facts, {"create_volume_permissions": TO_BOB}),
        (MarketplaceCopyRefused, image_facts, {"product_codes": []}),
        (BillingProductCopyRefused, quirks, {"block_billing_product_cross_account_copy": False}),
        (ImageNameInUse, taken, {"name": "another"}),
        (ParavirtualCopyRefused, image_facts, {"virtualization_type": "hvm"}),
        (ImageQuotaReached, limits, {"images_per_region": 9}),
        (TooManyImageCopies, limits, {"concurrent_image_copies": 9}),
        (CopyRouteRefused, snapshot_facts, {"outpost_arn": None}),
        (KmsKeyRequiresEncrypted, asked, {"encrypted": True}),
        (CompletionDurationRefused, asked, {"snapshot_copy_completion_duration_minutes": 30}),
        (ReservedTagKeySpecified, asked, {"tag_specifications": []}),
        (SnapshotQuotaReached, limits, {"snapshots_per_region": 9}),
    ]
    by = Caller(account=BOB.account, region=PARIS)
    for number, (refusal, fault, mended) in enumerate(ladder):
        root = snapshot(ROOT_SNAPSHOT, **snapshot_facts)
        holder = source(image_id="ami-0000f0f0", owner_id=BOB.account, region=PARIS, block_device_mappings=[], **taken)
        before = stocked(root, source(**image_facts), holder, limits=Limits(**limits), quirks=Quirks(**quirks))
        assert type(attempt(before, copying(**asked), by=by)) is refusal
        in_the_way = [type(one) for one in explain(before, copying(**asked), by=by).refusals]
        assert in_the_way == [kind for kind, _, _ in ladder[number:]]
        fault.update(mended)
    before = stocked(snapshot(ROOT_SNAPSHOT, **snapshot_facts), source(**image_facts))
    decision = explain(before, copying(**asked), by=by)
    assert [type(ground) for ground in decision.because] == [Permitted, Settled]
    assert apply(before, copying(**asked), by=by).value.state is ImageState.PENDING


@pytest.mark.parametrize(
    ("before", "request_", "by", "message"),
    [
        (stocked(), copying(), BOB_THERE, "The image id '[ami-12345678]' does not exist"),
        (
            stocked(ROOT, SHARED), copying(), BOB_THERE,
            "You do not have permission to access the storage of this ami",
        ),
        (
            stocked(ROOT_FOR_BOB, SOLD), copying(), BOB_THERE,
            "Images from AWS Marketplace cannot be copied to another AWS account.",
        ),
        (stocked(ROOT, source(), TAKEN), copying(), ALICE_THERE, "AMI name web is already in use by AMI ami-0000f0f0"),
        (
            stocked(), copying(kms_key_id=KEY_THERE), ALICE_THERE,
            "The parameter KmsKeyId requires the parameter Encrypted to be set.",
        ),
        (
            stocked(ENCRYPTED, source(ENCRYPTED)), copying(encrypted=False), ALICE_THERE,
            (
                "Snapshot snap-12345678 is encrypted."
                " Creating an unencrypted copy from an encrypted snapshot is not supported."
            ),
        ),
    ],
)  # fmt: skip
def test_refusals_are_in_ec2s_words(before: World, request_: CopyImage, by: Caller, message: str) -> None:
    """Rules B CI-2, B CI-6, B CI-7, B CI-10, B EN-8, B 6.4 row 9; settlements S 26, S 30."""
    assert str(attempt(before, request_, by=by)) == message


def test_who_lacks_the_storage_hears_what_would_help() -> None:
    """Rule B CI-6."""
    closed, unreadable = (attempt(before, copying(), by=BOB_THERE) for before in (stocked(ROOT, SHARED), UNREADABLE))
    assert isinstance(closed, NoStoragePermission)
    assert isinstance(unreadable, NoStoragePermission)
    assert closed.remedy == "the owner must share snap-12345678 as well (ModifySnapshotAttribute)"
    assert unreadable.remedy == "the owner must let the account read the bundle in S3"


BLOCKED = RegionSettings(snapshot_block_public_access=SnapshotBlockPublicAccess(state="block-all-sharing"))


@pytest.mark.parametrize(
    ("items", "blocked", "granted"),
    [([EVERYONE], False, True), ([EVERYONE], True, False), ([EVERYONE, AccountPermission(BOB.account)], True, True)],
)
def test_a_public_snapshot_counts_as_private_while_its_owner_blocks_all_sharing(
    items: list[Any], blocked: bool, granted: bool
) -> None:
    """Rules B SBP-5, B CI-6."""
    before = stocked(evolve(ROOT, create_volume_permissions=Permissions(items)), SHARED)
    if blocked:
        before = before.with_settings(ALICE.account, HERE, BLOCKED)
    assert explain(before, copying(), by=BOB_THERE).allowed is granted
    assert explain(before, copying(), by=ALICE_THERE).allowed is True


@pytest.mark.parametrize("counts", list(CopyRegion))
@pytest.mark.parametrize("settled_in", [HERE, THERE])
def test_allowed_images_are_those_of_the_region_that_a_quirk_names(counts: CopyRegion, settled_in: Region) -> None:
    """Rule B CI-3."""
    before = stocked(ROOT_FOR_BOB, SHARED, quirks=Quirks(copy_allowed_by_settings_of=counts))
    outcome = attempt(before.with_settings(BOB.account, settled_in, PICKY), copying(), by=BOB_THERE)
    hidden = settled_in == (HERE if counts is CopyRegion.SOURCE else THERE)
    assert (outcome == ImageNotFound.of(SOURCE)) is hidden
    theirs = before.with_settings(ALICE.account, settled_in, PICKY)
    assert not isinstance(attempt(theirs, copying(), by=ALICE_THERE), Refusal)  # the owner is never restricted


def test_what_the_owner_does_not_show_is_in_doubt() -> None:
    """In a world made of answers; and what an image needs and nobody knows, for the owner as well."""
    untold = stocked(ROOT_FOR_BOB, evolve(SHARED, launch_permissions=Permissions((), complete=False)))
    assert explain(untold, copying(), by=BOB_THERE).allowed is None
    assert attempt(untold, copying(), by=BOB_THERE) == ImageNotFound.of(SOURCE)
    closed = NoStoragePermission(image_id=SOURCE, snapshot_ids=(ROOT_SNAPSHOT,))
    for by in (ALICE_THERE, BOB_THERE):
        before = stocked(SHARED)
        assert explain(before, copying(), by=by).because == (SnapshotNotTold(ROOT_SNAPSHOT),)
        assert attempt(before, copying(), by=by) == closed
    assert explain(stocked(IN_S3), copying(), by=BOB_THERE).because == (StorageNotTold(SOURCE),)


def test_a_disabled_image_is_copied_by_its_owner_where_a_quirk_says_so() -> None:
    """Rules B CI-4, C 1.3; settlement S 6."""
    before = stocked(ROOT, source(state="disabled"), quirks=Quirks(owner_may_copy_disabled_image=True))
    assert apply(before, copying(), by=ALICE_THERE).value.state is ImageState.PENDING


REQUESTS = st.builds(
    CopyImage,
    source_image_id=st.sampled_from([SOURCE, SOURCE, SOURCE, "ami-87654321"]),
    source_region=st.sampled_from([HERE, HERE, HERE, THERE, CHINA]),
    name=st.sampled_from(["web", "db-1"]),
    encrypted=st.sampled_from([None, False, True]),
    kms_key_id=st.sampled_from([None, None, KEY_THERE, MISSING_KEY]),
    copy_image_tags=st.booleans(),
    destination_outpost_arn=st.sampled_from([None, None, OUTPOST_HERE, OUTPOST_THERE]),
    tag_specifications=st.sampled_from([[], tagged(a="b"), tagged("snapshot", a="b"), tagged(**{"aws:x": ""})]),
) | st.builds(
    copying, snapshot_copy_completion_duration_minutes=st.sampled_from([0, 15, 20, 60, 2880, 2895]),
    name=st.sampled_from(["web", "db-1"]),
)  # fmt: skip
SOURCES = st.builds(
    source,
    st.sampled_from([ROOT, DATA]),
    launch_permissions=st.sampled_from([TO_BOB, Permissions([EVERYONE]), Permissions(())]),
    state=st.sampled_from(["available", "available", "pending", "disabled", "failed"]),
    product_codes=st.sampled_from([[], [ProductCode("abc123")]]),
    virtualization_type=st.sampled_from(["hvm", "paravirtual"]),
    tags=st.sampled_from([Tags({}), Tags({"Name": "web", "ec2:SharedTag/x": "y"})]),
) | st.just(IN_S3)
READABLE = tuple(evolve(one, create_volume_permissions=TO_BOB) for one in (ROOT, DATA))
SNAPSHOTS = st.sampled_from([(ROOT, DATA), READABLE])
CALLERS = st.sampled_from([ALICE, BOB, ALICE_THERE, BOB_THERE, ALICE_IN_PARIS])


@st.composite
def cases(draw: st.DrawFn) -> tuple[World, CopyImage, Caller]:
    limits = draw(st.sampled_from([Limits.aws(), Limits.aws(), Limits.tiny()]))
    holders = draw(st.sampled_from([(), (TAKEN,)]))
    before = stocked(*draw(SNAPSHOTS), draw(SOURCES), *holders, limits=limits)
    if draw(st.booleans()):
        before = before.with_bundle(BUNDLE)
    return before, draw(REQUESTS), draw(CALLERS)


@given(cases())
def test_nothing_undeclared_comes_out_and_nothing_else_changes(case: tuple[World, CopyImage, Caller]) -> None:
    """The first reason told is EC2's; what is granted touches neither the source nor what anybody else has."""
    before, request_, by = case
    outcome, decision = attempt(before, request_, by=by), explain(before, request_, by=by)
    kinds = [type(refusal) for refusal in decision.refusals]
    assert set(kinds) <= set(CopyImage.refusals)
    if isinstance(outcome, Refusal):
        assert decision.allowed is not True
        assert type(outcome) in CopyImage.refusals
        assert decision.unknowns or decision.refusals[0] == outcome  # where there is doubt, EC2 refuses for that first
        return
    assert decision.allowed is True
    after, image = outcome
    new = touched(before, after)
    assert new.pop("bundles", set()) == set()
    expected = {"images": {str(image.image_id)}, "snapshots": set(map(str, image.snapshot_ids))}
    assert new == {part: ids for part, ids in expected.items() if ids}
    for part in new:
        assert not {*getattr(before, part).records} & new[part]
    assert (image.owner_id, image.region, after.events) == (by.account, by.region, before.events)
    assert {problem.subject for problem in problems(after)} <= {problem.subject for problem in problems(before)}


# --- what the copy is -------------------------------------------------------------------------------------------------


@given(amis.images(image_id=SOURCE, image_type="machine", owner_id=ALICE.account, region=HERE, state="available",
                   root_device_type="ebs", launches=()), st.sampled_from([ALICE, ALICE_THERE]))  # fmt: skip
def test_a_copy_is_like_its_source(image: Image, by: Caller) -> None:
    """Rule B 7.3, row by row."""
    things = [snapshot(one, volume_size_gib=1) for one in image.snapshot_ids]
    outcome = attempt(stocked(*things, image), copying(name="a copy"), by=by)
    if isinstance(outcome, ParavirtualCopyRefused | CopyRouteRefused):
        return
    assert not isinstance(outcome, Refusal)
    copy = outcome.value
    for name in (
        "architecture", "virtualization_type", "hypervisor", "image_type", "root_device_name", "root_device_type",
        "ena_support", "sriov_net_support", "platform", "billing", "boot_mode", "tpm_support", "uefi_data",
        "imds_support", "instance_type_specification", "product_codes", "image_watermarks",
    ):  # fmt: skip
        assert getattr(copy, name) == getattr(image, name), name
    assert (copy.owner_id, copy.image_owner_alias, copy.region) == (ALICE.account, None, by.region)
    assert (copy.name, copy.description, copy.creation_date) == ("a copy", "", NOW)
    assert (copy.source_image_id, copy.source_image_region, copy.source_instance_id) == (SOURCE, HERE, None)
    assert (copy.state, len(copy.launch_permissions), copy.deprecation_time) == (ImageState.PENDING, 0, None)
    assert (len(copy.tags), copy.launches, copy.scan_results) == (0, (), None)
    assert str(copy.deregistration_protection) == "disabled"
    assert copy.image_location == f"{ALICE.account}/a copy"
    assert [entry.device_name for entry in copy.block_device_mappings] == [
        entry.device_name for entry in image.block_device_mappings
    ]
    assert len(copy.snapshot_ids) == len(image.snapshot_ids)
    assert not {*copy.snapshot_ids} & {*image.snapshot_ids}


def test_its_snapshots_are_new_ones() -> None:
    """Rules B CI-24, A BI-10, C 1.2.11, C 8.17."""
    root = evolve(ROOT_FOR_BOB, tags=Tags({"Backup": "no"}), product_codes=[ProductCode("abc123")])
    before = stocked(root, DATA, source(root, DATA, billing=BillingCode.RED_HAT))
    after, image, snapshots = made(before, copying(tag_specifications=tagged("snapshot", Backup="yes")))
    for one, old in zip(snapshots, (root, DATA), strict=True):
        assert (one.owner_id, one.region, one.start_time) == (ALICE.account, THERE, NOW)
        assert (one.state, one.progress, one.volume_id) == (SnapshotState.PENDING, "0%", "vol-ffffffff")
        assert (one.volume_size_gib, one.transfer_type) == (old.volume_size_gib, TransferType.STANDARD)
        assert (one.product_codes, one.billing) == (old.product_codes, BillingCode.RED_HAT)
        assert (len(one.create_volume_permissions or ()), one.tags) == (0, Tags({"Backup": "yes"}))
        assert one.description == (
            f"Copied for DestinationAmi {image.image_id} from SourceAmi {SOURCE} for SourceSnapshot {old.snapshot_id}."
            " Task created on 1,780,315,200,000."
        )
    first, second, ephemeral = image.block_device_mappings
    assert first.ebs is not None
    assert second.ebs is not None
    assert (first.ebs.encrypted, first.ebs.delete_on_termination) == (False, True)
    assert (second.ebs.encrypted, second.ebs.volume_size_gib) == (True, 20)
    assert ephemeral.device == InstanceStoreDevice("ephemeral0")
    assert problems(after) == problems(before)


def test_whoever_may_read_it_copies_it_for_itself() -> None:
    """Rules B 7.3, B CI-6: the copy is the copier's, whoever the source belongs to."""
    decision = explain(stocked(ROOT_FOR_BOB, SHARED), copying(), by=BOB_THERE)
    assert [type(ground) for ground in decision.because] == [Permitted, Settled]
    assert isinstance(explain(stocked(), copying(), by=ALICE_THERE).because[0], Owner)
    _, image, snapshots = made(stocked(ROOT_FOR_BOB, SHARED), copying(), BOB_THERE)
    assert {image.owner_id, *(one.owner_id for one in snapshots)} == {BOB.account}


def test_a_copy_goes_to_an_outpost_or_a_local_zone_of_its_region() -> None:
    """Rules B CI-15, B EN-19."""
    _, image, (on_outpost,) = made(stocked(), copying(destination_outpost_arn=OUTPOST_HERE, name="a copy"), ALICE)
    assert (on_outpost.outpost_arn, on_outpost.encrypted) == (OUTPOST_HERE, True)
    assert on_outpost.kms_key_id == str(aws_managed_key(ALICE.account, HERE).arn)
    assert [entry.ebs.outpost_arn for entry in image.block_device_mappings if entry.ebs] == [OUTPOST_HERE]
    ham = "eu-central-1-ham-1a"
    _, _, (in_zone,) = made(stocked(), copying(destination_availability_zone=ham, name="a copy"), ALICE)
    assert (in_zone.availability_zone, in_zone.encrypted) == (ham, False)


# --- tags -------------------------------------------------------------------------------------------------------------

TAGGED = evolve(SHARED, tags=Tags({"Name": "web", "ec2:SharedTag/Support": "2027"}))
BY_BOB = tagged(Stage="test")


@pytest.mark.parametrize(
    ("by", "facts", "tags"),
    [
        (BOB_THERE, {}, {}),
        (BOB_THERE, {"copy_image_tags": True}, {"Seen": "yes", "Stage": "prod", "ec2:SharedTag/Support": "2027"}),
        (BOB_THERE, {"tag_specifications": BY_BOB}, {"Stage": "test"}),
        (
            BOB_THERE, {"copy_image_tags": True, "tag_specifications": BY_BOB},
            {"Seen": "yes", "Stage": "test", "ec2:SharedTag/Support": "2027"},
        ),
        (ALICE_THERE, {"copy_image_tags": True}, {"Name": "web", "ec2:SharedTag/Support": "2027"}),
    ],
)  # fmt: skip
def test_a_copy_takes_along_the_callers_own_tags_and_the_owners_shared_ones(
    by: Caller, facts: dict[str, Any], tags: dict[str, str]
) -> None:
    """Rules B CI-28 to B CI-32."""
    before = stocked(ROOT_FOR_BOB, TAGGED)
    before = apply(before, CreateTags(resources=[SOURCE], tags=Tags({"Seen": "yes", "Stage": "prod"})), by=BOB).world
    _, image, (one,) = made(before, copying(**facts), by)
    assert (image.tags, one.tags) == (Tags(tags), Tags({}))


def test_own_and_shared_tags_together_may_be_too_many_and_then_nothing_is_created() -> None:
    """Rule B CI-31."""
    before = stocked(ROOT_FOR_BOB, TAGGED, limits=Limits(tags_per_resource=2))
    before = apply(before, CreateTags(resources=[SOURCE], tags=Tags({"Seen": "yes", "Stage": "prod"})), by=BOB).world
    assert attempt(before, copying(copy_image_tags=True), by=BOB_THERE) == TagLimitExceeded(tags=3, quota=2)


# --- encryption -------------------------------------------------------------------------------------------------------


@given(
    st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()),
    st.sampled_from([None, False, True]),
    st.booleans(),
)
def test_each_snapshot_is_encrypted_as_the_table_says(
    case: tuple[bool, bool, bool, bool], encrypted: bool | None, named: bool
) -> None:
    """Rule B 6.4: with the settings of the copier where the copy is to be, and the row is told."""
    of_encrypted, own, same_region, by_default = case
    owner, by = (ALICE if own else BOB), (ALICE if same_region else ALICE_THERE)
    to_alice: Permissions[Any] = Permissions([AccountPermission(ALICE.account)])
    root = evolve(
        ROOT, owner_id=owner.account, create_volume_permissions=to_alice,
        encrypted=of_encrypted, kms_key_id=SHARED_KEY if of_encrypted else None,
    )  # fmt: skip
    before = stocked(root, source(root, owner_id=owner.account, launch_permissions=to_alice))
    before = encrypting(before, region=by.region, by_default=by_default)
    key = OWN_KEY if same_region else KEY_THERE
    request = copying(encrypted=encrypted, kms_key_id=key if named else None, name="a copy")
    expected = reference.image_copy(
        of_encrypted=of_encrypted, own=own, same_region=same_region, by_default=by_default, encrypted=encrypted,
        key=named,
    )  # fmt: skip
    outcome = attempt(before, request, by=by)
    if isinstance(outcome, Refusal):
        assert outcome.code == expected
        return
    keys = {
        "unencrypted": None, "same": SHARED_KEY, "specified": key,
        "default": str(aws_managed_key(ALICE.account, by.region).arn),
    }  # fmt: skip
    after, image = outcome
    made_ = after.snapshots.records[image.snapshot_ids[0]]
    assert (made_.encrypted, made_.kms_key_id) == (expected != "unencrypted", keys[expected])
    assert image.encrypted is made_.encrypted
    row = IMAGE_COPY.row(of_encrypted, own, same_region, by_default, encrypted, named)
    (told,) = [ground for ground in explain(before, request, by=by).because if isinstance(ground, Settled)]
    assert (told.subject, told.outcome.endswith(f"(B 6.4 row {row.number})")) == (f"the copy of {ROOT_SNAPSHOT}", True)
    done = advance(after, minutes=10)
    assert done.images.records[image.image_id].state is ImageState.AVAILABLE


def test_each_snapshot_has_a_row_of_its_own() -> None:
    """Rule B EN-20."""
    before = encrypting(stocked(ROOT, DATA, source(ROOT, DATA)), region=THERE, default_kms_key_id=KEY_THERE)
    told = [str(ground) for ground in explain(before, copying(), by=ALICE_THERE).because if isinstance(ground, Settled)]
    assert told == [
        "the copy of snap-12345678: unencrypted (B 6.4 row 1)",
        "the copy of snap-0000d0d0: encrypted, default key (B 6.4 row 6)",
    ]
    _, _, snapshots = made(before, copying(encrypted=True))
    assert [one.kms_key_id for one in snapshots] == [KEY_THERE, KEY_THERE]


FOREIGN = evolve(ENCRYPTED, owner_id=BOB.account, kms_key_id=BOBS_KEY,
                 create_volume_permissions=Permissions([AccountPermission(ALICE.account)]))  # fmt: skip


@pytest.mark.parametrize(
    ("root", "facts", "by"),
    [
        (ROOT, {"encrypted": True, "kms_key_id": MISSING_KEY}, ALICE),
        (ROOT, {"encrypted": True, "kms_key_id": "alias/unknown"}, ALICE),
        (ROOT, {"encrypted": True, "kms_key_id": DISABLED_KEY}, ALICE),
        (ROOT, {"encrypted": True, "kms_key_id": ASYMMETRIC_KEY}, ALICE),
        (ROOT, {"encrypted": True, "kms_key_id": BOBS_KEY}, ALICE),
        (ROOT, {"encrypted": True, "kms_key_id": OWN_KEY}, ALICE_THERE),  # a key of another Region
        (evolve(ENCRYPTED, kms_key_id=DISABLED_KEY), {}, ALICE),
        (FOREIGN, {}, ALICE),  # the key of the source is Bob's, and not for Alice
        (FOREIGN, {"encrypted": True, "kms_key_id": OWN_KEY}, ALICE),
    ],
)
def test_keys_that_do_not_work_make_a_failed_image(root: Snapshot, facts: dict[str, Any], by: Caller) -> None:
    """Rules B CI-21, B EN-7, B EN-17, B EN-21, C 1.2.5, C 1.2.6, C 9.2, C 9.3: the call succeeds."""
    to_alice: Permissions[Any] = Permissions([AccountPermission(ALICE.account)])
    before = stocked(root, source(root, owner_id=root.owner_id, launch_permissions=to_alice))
    after, image, (one,) = made(before, copying(name="a copy", **facts), by)
    assert (image.state, one.state, one.encrypted) == (ImageState.PENDING, SnapshotState.PENDING, True)
    after = advance(after, minutes=10)
    ended, failed = after.snapshots.records[one.snapshot_id], after.images.records[image.image_id]
    assert (ended.state, ended.state_message) == (SnapshotState.ERROR, SNAPSHOT_STATE_MESSAGE)
    assert (failed.state, failed.state_reason) == (ImageState.FAILED, IMAGE_STATE_REASON)
    of_snapshot, of_image = (event.occurrence for event in after.events)
    assert isinstance(of_snapshot, SnapshotNotification)
    assert (of_snapshot.event, of_snapshot.succeeded, of_snapshot.incremental) == ("copySnapshot", False, None)
    assert of_snapshot.cause == SNAPSHOT_STATE_MESSAGE
    assert isinstance(of_image, ImageStateChange)
    assert (of_image.state, of_image.error_message) == (ImageState.FAILED, "Copy image failed with an internal error")
    assert {(event.account, event.region) for event in after.events} == {(by.account, by.region)}


def test_a_copy_fails_with_one_of_its_snapshots_and_keeps_its_name() -> None:
    """Rules B CI-21, C 1.2.3, C 1.2.8: the snapshots that could be copied are there."""
    before = stocked(ROOT, FOREIGN, source(ROOT, evolve(FOREIGN, snapshot_id=DATA_SNAPSHOT)))
    before = before.with_snapshot(evolve(FOREIGN, snapshot_id=DATA_SNAPSHOT)).with_snapshot(ROOT)
    after, image, snapshots = made(before, copying())
    after = advance(after, minutes=10)
    assert [after.snapshots.records[one.snapshot_id].state.value for one in snapshots] == ["completed", "error"]
    assert after.images.records[image.image_id].state is ImageState.FAILED
    assert isinstance(attempt(after, copying(), by=ALICE_THERE), ImageNameInUse)


# --- when it is done --------------------------------------------------------------------------------------------------


def test_a_copy_is_available_when_all_its_snapshots_are() -> None:
    """Rules C 1.2.2, C 13, C 9.2, C 9.3: two minutes, and two seconds a GiB."""
    before = stocked(ROOT, DATA, source(ROOT, DATA))
    after, image, snapshots = made(before, copying())
    after = advance(after, seconds=120 + 2 * 8)
    assert [after.snapshots.records[one.snapshot_id].state.value for one in snapshots] == ["completed", "pending"]
    assert after.images.records[image.image_id].state is ImageState.PENDING
    after = advance(after, seconds=2 * 12)
    assert after.images.records[image.image_id] == evolve(image, state=ImageState.AVAILABLE)
    first, second, last = (event.occurrence for event in after.events)
    for told, one, old in ((first, snapshots[0], ROOT), (second, snapshots[1], DATA)):
        assert isinstance(told, SnapshotNotification)
        assert (told.event, told.snapshot_id, told.succeeded, told.incremental) == (
            "copySnapshot", one.snapshot_id, True, False,
        )  # fmt: skip
        assert told.source == f"arn:aws:ec2:eu-central-1::snapshot/{old.snapshot_id}"
    assert isinstance(last, ImageStateChange)
    assert (last.image_id, last.state, last.error_message) == (image.image_id, ImageState.AVAILABLE, "")
    assert {(event.account, event.region) for event in after.events} == {(ALICE.account, THERE)}
    assert len({event.request_id for event in after.events}) == 1
    assert after.images.records[SOURCE] == before.images.records[SOURCE]
    assert problems(after) == problems(before)


def test_what_was_copied_before_is_not_copied_again() -> None:
    """Rule C 8.21."""
    after = advance(apply(stocked(), copying(), by=ALICE_THERE).world, minutes=10)
    again, image, _ = made(after, copying(name="web-2"))
    done = advance(again, seconds=120)
    assert done.images.records[image.image_id].state is ImageState.AVAILABLE
    told = [event.occurrence for event in done.events]
    assert [one.incremental for one in told if isinstance(one, SnapshotNotification)] == [False, True]


def test_a_copy_by_time_is_done_at_its_time() -> None:
    """Rules B CI-19, B CI-20, B CI-24: each snapshot has that time, and takes its part of the throughput."""
    before = stocked(ROOT, DATA, source(ROOT, DATA))
    after, image, snapshots = made(before, copying(snapshot_copy_completion_duration_minutes=30))
    told = {(one.transfer_type, one.completion_duration_minutes) for one in snapshots}
    assert told == {(TransferType.TIME_BASED, 30)}
    rates = [task.work.mibps for task in after.tasks if isinstance(task.work, FinishSnapshots)]
    assert rates == [Fraction(8 * 1024, 30 * 60), Fraction(20 * 1024, 30 * 60)]
    assert advance(after, minutes=29).images.records[image.image_id].state is ImageState.PENDING
    assert advance(after, minutes=30).images.records[image.image_id].state is ImageState.AVAILABLE


def test_a_copy_by_time_that_gets_less_than_it_needs_is_slower_and_one_that_gets_nothing_is_refused() -> None:
    """Rule B CI-20: 8 GiB in a quarter of an hour need 9 MiB/s; each copy gets 1 here, and all together get 2."""
    in_time: dict[str, Any] = {"snapshot_copy_completion_duration_minutes": 15}
    limits = Limits(time_based_copy_mibps=1, time_based_copies_mibps=2)
    before = stocked(limits=limits)
    first, image, _ = made(before, copying(name="first", **in_time))
    assert advance(first, seconds=8 * 1024 - 1).images.records[image.image_id].state is ImageState.PENDING
    assert advance(first, seconds=8 * 1024).images.records[image.image_id].state is ImageState.AVAILABLE
    second = apply(first, copying(name="second", **in_time), by=ALICE_THERE).world
    third = copying(name="third", **in_time)
    assert attempt(second, third, by=ALICE_THERE) == TimeBasedCopyQuotaReached(quota_mibps=2)
    assert not isinstance(attempt(second, third, by=ALICE), Refusal)  # another pair of Regions
    assert not isinstance(attempt(second, copying(name="third"), by=ALICE_THERE), Refusal)  # not by time
    both = stocked(ROOT, DATA, source(ROOT, DATA), limits=Limits(time_based_copies_mibps=1))
    assert isinstance(attempt(both, copying(**in_time), by=ALICE_THERE), TimeBasedCopyQuotaReached)


def test_copies_in_progress_are_counted_for_an_account_and_a_region() -> None:
    """Rule B CI-14: images of instances, and images that are restored, are no copies."""
    before = stocked(ROOT_FOR_BOB, SHARED, limits=Limits(concurrent_image_copies=1))
    pending = snapshot("snap-0000e0e0", region=THERE, state="pending")
    others: list[dict[str, Any]] = [
        {"source_instance_id": "i-12345678", "source_image_id": SOURCE},
        {"source_image_id": SOURCE},
    ]
    for number, facts in enumerate(others):
        other = source(
            pending, image_id=f"ami-0000000{number}", region=THERE, state="pending", name=f"no copy {number}"
        )
        before = having(before, pending, evolve(other, **facts))
    after = apply(before, copying(), by=ALICE_THERE).world
    again = copying(name="web-2")
    assert attempt(after, again, by=ALICE_THERE) == TooManyImageCopies(quota=1)
    assert not isinstance(attempt(after, again, by=BOB_THERE), Refusal)
    assert not isinstance(attempt(after, again, by=ALICE), Refusal)
    assert not isinstance(attempt(advance(after, minutes=10), again, by=ALICE_THERE), Refusal)


def test_source_and_copy_have_nothing_to_do_with_each_other() -> None:
    """Rules B CI-22, B CI-23: what becomes of one while it is copied leaves the other alone."""
    after, image, _ = made(stocked(), copying())
    gone = apply(after, DeregisterImage(image_id=SOURCE, delete_associated_snapshots=True), by=ALICE).world
    assert advance(gone, minutes=10).images.records[image.image_id].state is ImageState.AVAILABLE
    stopped = apply(after, DeregisterImage(image_id=image.image_id), by=ALICE_THERE).world
    assert advance(stopped, minutes=10).images.records[SOURCE] == after.images.records[SOURCE]
    assert image.image_id not in stopped.images


def test_a_copy_fails_whose_snapshot_is_deleted_before_it_is_done() -> None:
    """Rule A CI-10, where the quirk `data_snapshots_are_in_use` lets it be deleted."""
    data = evolve(DATA, volume_size_gib=1, encrypted=False, kms_key_id=None)
    before = stocked(ROOT, data, source(ROOT, data), quirks=Quirks(data_snapshots_are_in_use=False))
    after, image, (_, copy) = made(before, copying())
    after = advance(after, seconds=125)
    after = apply(after, DeleteSnapshot(snapshot_id=copy.snapshot_id), by=ALICE_THERE).world
    failed = advance(after, minutes=10).images.records[image.image_id]
    assert failed.state is ImageState.FAILED
    assert failed.state_reason is not None
    assert failed.state_reason.code == "Client.InvalidSnapshot.NotFound"


# --- images in S3 -----------------------------------------------------------------------------------------------------


def test_an_image_in_s3_is_copied_with_its_bundle() -> None:
    """Rules B 7.3, B CI-26, B CI-6: into a bucket of the copier's."""
    before = stocked(IN_S3).with_bundle(BUNDLE)
    after, image, snapshots = made(before, copying(encrypted=False), BOB_THERE)
    assert (snapshots, image.root_device_type) == ([], RootDeviceType.INSTANCE_STORE)
    location = image.image_location or ""
    assert location.startswith(f"amis-for-{BOB.account}-in-eu-west-1-")
    assert location.endswith(f"/{image.image_id}-web/image.manifest.xml")
    assert after.bundles[location] == evolve(BUNDLE, location=location, account=BOB.account)
    assert advance(after, seconds=129).images.records[image.image_id].state is ImageState.PENDING
    done = advance(after, seconds=130)
    assert done.images.records[image.image_id].state is ImageState.AVAILABLE
    (told,) = (event.occurrence for event in done.events)
    assert isinstance(told, ImageStateChange)
    second = apply(after, copying(name="web-2"), by=BOB_THERE).value
    assert (second.image_location or "").partition("/")[0] == location.partition("/")[0]


def test_the_owner_copies_an_image_in_s3_whatever_is_known_of_its_bundle() -> None:
    """Rule B CI-6 asks for the storage of others alone."""
    for before in (stocked(IN_S3), UNREADABLE):
        assert apply(before, copying(), by=ALICE_THERE).value.state is ImageState.PENDING


# --- the client token -------------------------------------------------------------------------------------------------


def test_a_token_makes_a_copy_once_for_an_account_and_a_region() -> None:
    """Rule B CI-17."""
    once = copying(client_token=ONCE)
    after, image = apply(stocked(), once, by=ALICE_THERE)
    again = apply(after, once, by=ALICE_THERE)
    assert (again.world, again.value) == (after, image)
    later = apply(advance(after, minutes=10), once, by=ALICE_THERE)
    assert later.value.image_id == image.image_id
    elsewhere = apply(after, copying(client_token=ONCE, name="web-2"), by=ALICE)
    assert elsewhere.value.image_id != image.image_id
