"""Copies of images: rules B 7.1 to B 7.3, B CS-5, B CS-6, B W-7, C 8.18, C 8.22, C 8.23; settlements S 17, S 49."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.copy_pace import (
    Pace,
    begins,
    completion_duration_refusal,
    image_copies_refusal,
    pace,
    paces,
    snapshot_copies_refusal,
)
from amimodel.copy_places import (
    IMAGE_ROUTES,
    IN_THE_REGION,
    SNAPSHOT_ROUTES,
    CopyDestination,
    Site,
    places_of,
    route_refusal,
    site_of,
    snapshot_route_refusal,
)
from amimodel.copying import (
    SAME_IN_COPY,
    ImageCopy,
    bucket_of_copies,
    copied,
    copied_snapshot,
    filled_in,
    objections,
    snapshot_description,
    source_region_refusal,
)
from amimodel.examples import WEB
from amimodel.images import Image
from amimodel.kernels import PARAVIRTUAL_REGIONS, PV_GRUB_KERNELS
from amimodel.limits import Limits
from amimodel.malformed import Malformed, invalid_value
from amimodel.quirks import CopiedDescription, Quirks
from amimodel.refusals import (
    BillingProductCopyRefused,
    CompletionDurationRefused,
    CompletionDurationUnsupported,
    CopyRouteRefused,
    OutpostElsewhere,
    ParavirtualCopyRefused,
    SourceRegionUnusable,
    TimeBasedCopyQuotaReached,
    TooManyImageCopies,
    TooManySnapshotCopies,
)
from amimodel.regions import Region, as_zone
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as ec2
from amimodel.vocabulary import Architecture, ImageState, RootDeviceType

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOB = "999988887777"
HERE, THERE = Region("us-west-2"), Region("eu-west-1")
OUTPOST = "arn:aws:outposts:us-west-2:111122223333:outpost/op-1234567890abcdef0"
LAX_A, LAX_B = "us-west-2-lax-1a", "us-west-2-lax-1b"
SNAPSHOT = Snapshot(
    snapshot_id="snap-12345678", owner_id="111122223333", volume_id="vol-12345678", volume_size_gib=100, start_time=NOW
)


def a_copy(source: Image = WEB, **fields: Any) -> ImageCopy:
    told: dict[str, Any] = {"account": BOB, "region": THERE, "source_region": HERE, **fields}
    return ImageCopy(source=source, **told)


def copy_of(wanted: ImageCopy, **fields: Any) -> Image:
    told: dict[str, Any] = {"image_id": "ami-87654321", "name": "copy", "creation_date": NOW, **fields}
    return Image(**copied(wanted, **told))


# --- what the copy is -------------------------------------------------------------------------------------------------

OF_THE_COPY = {
    "image_id", "owner_id", "region", "name", "description", "state", "creation_date", "billing", "kernel_id",
    "ramdisk_id", "source_image_id", "source_image_region", "image_location",
}  # fmt: skip
ELSEWHERE = {"tags", "block_device_mappings"}
AS_ANY_NEW_IMAGE = {
    "state_reason", "image_owner_alias", "launch_permissions", "deprecation_time", "deregistration_protection",
    "launches", "source_instance_id", "scan_results", "free_tier_eligible", "public_ssm_parameter_name",
    "image_allowed",
}  # fmt: skip
IMAGES = ec2.images(image_type="machine", region=HERE)


def test_of_every_field_of_an_image_it_is_said_where_a_copy_has_it_from() -> None:
    """Rule B 7.3."""
    told = set(copied(a_copy(), image_id="ami-87654321", name="copy", creation_date=NOW))
    assert told == set(SAME_IN_COPY) | OF_THE_COPY
    every = {name.lstrip("_") for name in attrs.fields_dict(Image)}
    assert told | ELSEWHERE | AS_ANY_NEW_IMAGE == every
    assert not told & (ELSEWHERE | AS_ANY_NEW_IMAGE)


@given(IMAGES, st.sampled_from([HERE, THERE]))
def test_a_copy_is_like_its_source_and_belongs_to_who_made_it(source: Image, region: Region) -> None:
    """Rules B 7.3, A 7.4, A 11.3, B W-7."""
    made = copy_of(a_copy(source, region=region))
    for name in (
        "architecture", "virtualization_type", "hypervisor", "image_type", "root_device_name", "root_device_type",
        "ena_support", "sriov_net_support", "platform", "billing", "boot_mode", "tpm_support", "uefi_data",
        "imds_support", "instance_type_specification", "product_codes", "image_watermarks",
    ):  # fmt: skip
        assert getattr(made, name) == getattr(source, name), name
    assert (made.owner_id, made.image_owner_alias, made.state) == (BOB, None, ImageState.PENDING)
    assert (made.source_image_id, made.source_image_region) == (source.image_id, HERE)
    assert (made.region, made.creation_date, made.source_instance_id) == (region, NOW, None)


@given(IMAGES)
def test_nothing_that_was_done_to_the_source_was_done_to_its_copy(source: Image) -> None:
    """Rule B 7.3."""
    made = copy_of(a_copy(source))
    assert (len(made.launch_permissions), made.public, made.deprecation_time) == (0, False, None)
    assert (made.deregistration_protection.mode.value, made.launches, made.scan_results) == ("disabled", (), None)


@given(ec2.images(image_type="machine", root_device_type="ebs", region=HERE))
def test_a_copy_on_ebs_is_located_by_its_owner_and_name(source: Image) -> None:
    """Rules B 7.3 (ImageLocation), A LO-1."""
    assert copy_of(a_copy(source)).image_location == f"{BOB}/copy"


@given(ec2.images(image_type="machine", root_device_type="instance-store", region=HERE))
def test_a_copy_in_s3_lies_in_the_bucket_of_its_account_and_region(source: Image) -> None:
    """Rules B 7.3 (ImageLocation), B CI-26."""
    location = str(copy_of(a_copy(source)).image_location)
    bucket, _, path = location.partition("/")
    assert bucket == bucket_of_copies(BOB, THERE)
    assert path.startswith("ami-87654321-")
    assert path.endswith(str(source.image_location).strip("/").partition("/")[2])


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("my-bucket/linux/image.manifest.xml", "linux/image.manifest.xml"),
        ("/MY-BUCKET/LINUX/", "LINUX"),
        ("odd", "image.manifest.xml"),
    ],
)
def test_the_location_of_a_copy_in_s3_is_spelled_as_ec2_spells_it(location: str, path: str) -> None:
    """Rule B 7.3 (ImageLocation)."""
    source = evolve(WEB, root_device_type="instance-store", block_device_mappings=[], image_location=location)
    bucket = bucket_of_copies(BOB, THERE)
    assert bucket.startswith("amis-for-999988887777-in-eu-west-1-")
    assert copy_of(a_copy(source)).image_location == f"{bucket}/ami-87654321-{path}"


@given(ec2.account_ids(), ec2.account_ids(), ec2.regions(), ec2.regions())
def test_each_account_has_one_bucket_in_each_region(one: str, other: str, here: Region, there: Region) -> None:
    """Rule B CI-26."""
    assert bucket_of_copies(one, here) == bucket_of_copies(one, here)
    assert (bucket_of_copies(one, here) == bucket_of_copies(other, there)) is ((one, here) == (other, there))


DESCRIPTIONS = {
    CopiedDescription.EMPTY: ("", ""),
    CopiedDescription.OF_THE_SOURCE: ("the shop", None),
    CopiedDescription.AS_IN_THE_CONSOLE: (
        "[Copied ami-12345678 from us-west-2] the shop",
        "[Copied ami-12345678 from us-west-2] web",
    ),
}


@pytest.mark.parametrize("quirk", CopiedDescription)
def test_what_a_copy_is_described_as_if_nobody_says(quirk: CopiedDescription) -> None:
    """Rules B 7.1, B 14."""
    quirks = Quirks(description_of_copy=quirk)
    described = a_copy(evolve(WEB, description="the shop"), quirks=quirks)
    assert (copy_of(described).description, copy_of(a_copy(quirks=quirks)).description) == DESCRIPTIONS[quirk]
    assert copy_of(described, description="").description == DESCRIPTIONS[quirk][0]  # settlement S 17
    assert copy_of(described, description="mine").description == "mine"


def test_of_an_image_without_name_and_description_the_console_says_where_it_is_from() -> None:
    bare = a_copy(evolve(WEB, name=None), quirks=Quirks(description_of_copy=CopiedDescription.AS_IN_THE_CONSOLE))
    assert copy_of(bare).description == "[Copied ami-12345678 from us-west-2]"


@given(IMAGES, st.sampled_from(CopiedDescription))
def test_no_description_is_too_long_for_a_copy(source: Image, quirk: CopiedDescription) -> None:
    """Rules B 7.1, A DS-1."""
    lengthy = evolve(source, description="x" * 255)
    made = copy_of(a_copy(lengthy, quirks=Quirks(description_of_copy=quirk)))
    assert len(str(made.description)) <= 255


# --- kernels ----------------------------------------------------------------------------------------------------------

PARAVIRTUAL = evolve(
    WEB, virtualization_type="paravirtual", kernel_id=PV_GRUB_KERNELS["us-west-2"][Architecture.X86_64]
)


@pytest.mark.parametrize("region", ["us-west-2", "eu-west-1", "us-east-2", "us-gov-west-1", "eu-north-1"])
def test_a_paravirtual_image_goes_where_there_is_a_kernel_for_it_and_has_that(region: str) -> None:
    """Rules B CI-12, B 7.3 (KernelId), A 5.3."""
    wanted = a_copy(PARAVIRTUAL, region=region)
    if region in PARAVIRTUAL_REGIONS:
        assert list(objections(wanted)) == []
        assert copy_of(wanted).kernel_id == PV_GRUB_KERNELS[region][Architecture.X86_64]
    else:
        assert list(objections(wanted)) == [ParavirtualCopyRefused(image_id="ami-12345678", region=region)]


@pytest.mark.parametrize(
    ("change", "region", "granted"),
    [
        ({"kernel_id": "aki-00000000"},  "us-west-2", True),   # a kernel of one's own stays in its Region
        ({"kernel_id": "aki-00000000"},  "eu-west-1", False),
        ({"ramdisk_id": "ari-00000000"}, "us-west-2", True),
        ({"ramdisk_id": "ari-00000000"}, "eu-west-1", False),
        ({"kernel_id": None},            "eu-west-1", True),   # the launch will name one (rule A VR-3)
        ({"kernel_id": None},            "eu-west-3", False),
    ],
)  # fmt: skip
def test_what_has_no_equivalent_elsewhere_stays_in_its_region(
    change: dict[str, Any], region: str, *, granted: bool
) -> None:
    """Rules B 7.3 (KernelId, RamdiskId), B CI-12."""
    source = evolve(PARAVIRTUAL, **change)
    wanted = a_copy(source, region=region)
    assert (list(objections(wanted)) == []) is granted
    made = copy_of(wanted)
    if region == "us-west-2":
        assert (made.kernel_id, made.ramdisk_id) == (source.kernel_id, source.ramdisk_id)
    else:
        assert made.ramdisk_id is None


@given(ec2.images(image_type="machine", virtualization_type="hvm", region=HERE), ec2.regions())
def test_no_region_is_without_hvm(source: Image, region: Region) -> None:
    """Rule B CI-12."""
    assert not any(isinstance(refusal, ParavirtualCopyRefused) for refusal in objections(a_copy(source, region=region)))


# --- the mapping ------------------------------------------------------------------------------------------------------


@given(IMAGES, st.booleans())
def test_the_devices_of_a_copy_are_those_of_its_source_made_of_other_snapshots(source: Image, encrypted: bool) -> None:
    """Rule B 7.3 (BlockDeviceMappings)."""
    copies = {
        old: evolve(SNAPSHOT, snapshot_id=f"snap-{number:08x}", encrypted=encrypted)
        for number, old in enumerate(source.snapshot_ids)
    }
    made = filled_in(source, copies)
    assert [entry.device_name for entry in made] == [entry.device_name for entry in source.block_device_mappings]
    for old, new in zip(source.block_device_mappings, made, strict=True):
        if old.ebs is None or old.ebs.snapshot_id is None:
            assert new == old
        else:
            assert new.ebs is not None
            assert new.ebs.snapshot_id == copies[old.ebs.snapshot_id].snapshot_id
            assert new.ebs.encrypted is encrypted
            assert evolve(new.ebs, snapshot_id=old.ebs.snapshot_id, encrypted=old.ebs.encrypted) == old.ebs


@pytest.mark.parametrize("outpost", [OUTPOST, None])
def test_a_copy_maps_the_outpost_of_its_snapshots(outpost: str | None) -> None:
    """Rule B CI-15."""
    (entry,) = filled_in(WEB, {"snap-12345678": evolve(SNAPSHOT, snapshot_id="snap-87654321", outpost_arn=outpost)})
    assert entry.ebs is not None
    assert entry.ebs.outpost_arn == outpost


def test_disks_of_the_host_and_empty_volumes_are_mapped_as_they_were() -> None:
    """Rule B 7.3 (BlockDeviceMappings)."""
    others = (
        BlockDeviceMapping("/dev/sdb", InstanceStoreDevice("ephemeral0")),
        BlockDeviceMapping("/dev/sdf", EbsBlockDevice(volume_size_gib=5, encrypted=False)),
    )
    source = evolve(WEB, block_device_mappings=(*WEB.block_device_mappings, *others))
    made = filled_in(source, {"snap-12345678": evolve(SNAPSHOT, snapshot_id="snap-87654321")})
    assert made[1:] == others


# --- the snapshots ----------------------------------------------------------------------------------------------------


@given(ec2.snapshots(), st.none() | st.integers(1, 192).map(lambda quarters: 15 * quarters))
def test_the_copy_of_a_snapshot_has_its_size_and_codes_and_nothing_that_people_gave_it(
    source: Snapshot, minutes: int | None
) -> None:
    """Rules B CI-24, B CS-7, B CS-9, C 8.1, C 8.17."""
    told = copied_snapshot(source, completion_duration_minutes=minutes)
    made = Snapshot(snapshot_id="snap-87654321", owner_id=BOB, start_time=NOW, **told)
    assert (made.volume_id, made.volume_size_gib) == ("vol-ffffffff", source.volume_size_gib)
    assert (made.product_codes, made.billing) == (source.product_codes, source.billing)
    assert (made.state.value, made.progress, made.description) == ("pending", "0%", "")
    assert made.transfer_type == ("standard" if minutes is None else "time-based")
    assert made.completion_duration_minutes == minutes
    assert made.create_volume_permissions is not None
    assert (len(made.create_volume_permissions), len(made.tags)) == (0, 0)


def test_a_snapshot_that_is_copied_with_an_image_remembers_its_licence() -> None:
    """Rule A BI-10."""
    windows = evolve(WEB, billing=BillingCode.WINDOWS)
    assert copied_snapshot(SNAPSHOT, image=windows)["billing"] is BillingCode.WINDOWS
    assert copied_snapshot(SNAPSHOT)["billing"] is None


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("1970-01-01T00:00:00+00:00", "0"),
        ("1970-01-01T00:00:00.999999+00:00", "999"),
        ("1970-01-01T00:00:01+00:00", "1,000"),
        ("2016-04-14T22:01:12.861+00:00", "1,460,671,272,861"),
        ("2016-04-15T00:01:12.861+02:00", "1,460,671,272,861"),
    ],
)
def test_the_snapshot_of_a_copy_says_what_it_was_copied_for_and_when(instant: str, text: str) -> None:
    """Rules B CI-24, C 1.2.11."""
    assert snapshot_description("ami-3848e742", "ami-c772ddbd", "snap-12345678", datetime.fromisoformat(instant)) == (
        "Copied for DestinationAmi ami-3848e742 from SourceAmi ami-c772ddbd for SourceSnapshot snap-12345678."
        f" Task created on {text}."
    )


# --- Regions and places -----------------------------------------------------------------------------------------------


@given(ec2.regions(), ec2.regions(), st.booleans())
def test_copies_are_made_within_a_partition_and_from_enabled_regions(
    source: Region,
    region: Region,
    enabled: bool,
) -> None:
    """Rules B CI-1, B CS-1."""
    refused = source_region_refusal(source, region, enabled=enabled)
    if enabled and source.partition is region.partition:
        assert refused is None
    else:
        assert refused == SourceRegionUnusable(source_region=source.name, region=region.name)
        assert refused is not None
        assert refused.code == "InvalidRegion"


TO = {
    "Region": IN_THE_REGION,
    "Local Zone": CopyDestination(availability_zone=LAX_B),
    "Outpost": CopyDestination(outpost_arn=OUTPOST),
}
FROM = {
    "Region": SNAPSHOT,
    "Local Zone": evolve(SNAPSHOT, availability_zone=LAX_A),
    "Outpost": evolve(SNAPSHOT, outpost_arn=OUTPOST),
}

# botocore 1.44.5, CopyImage: what it says that it copies, within a Region and (second) from another one.
ROUTES = """
    from        Region   Local Zone  Outpost
    Region      yes yes  yes no      yes no
    Local Zone  yes no   yes no      no no
    Outpost     no no    no no       no no
"""


def _routes() -> list[tuple[str, str, bool, bool]]:
    rows: list[tuple[str, str, bool, bool]] = []
    for source, line in zip(FROM, ROUTES.strip().splitlines()[1:], strict=True):
        answers = line.strip().removeprefix(source).split()
        for destination, within, across in zip(TO, answers[::2], answers[1::2], strict=True):
            rows.append((source, destination, within == "yes", across == "yes"))
    return rows


@pytest.mark.parametrize(("source", "destination", "within", "across"), _routes())
def test_copies_go_where_the_api_reference_says_they_go(
    source: str, destination: str, *, within: bool, across: bool
) -> None:
    """Rules B CI-15, B CI-16; settlement S 49."""
    for source_region, granted in ((HERE, within), (THERE, across)):
        refused = route_refusal(
            WEB,
            {"snap-12345678": FROM[source]},
            source_region=source_region,
            region=HERE,
            destination=TO[destination],
        )
        assert (refused is None) is granted
        if source == "Region" and destination == "Outpost" and refused is not None:
            assert refused == OutpostElsewhere(outpost_arn=OUTPOST, source_region=THERE.name)
        elif refused is not None:
            assert isinstance(refused, CopyRouteRefused)


@pytest.mark.parametrize(("source", "destination", "within", "across"), _routes())
def test_snapshots_go_where_images_go_and_the_refusal_names_both_ends(
    source: str, destination: str, *, within: bool, across: bool
) -> None:
    """Botocore 1.44.5, CopySnapshot; settlement S 49. `LAX_B` is in the group of `LAX_A`."""
    snapshot = FROM[source]
    for source_region, granted in ((HERE, within), (THERE, across)):
        refused = snapshot_route_refusal(
            snapshot, source_region=source_region, region=HERE, destination=TO[destination]
        )
        if granted:
            assert refused is None
        elif source == "Region" and destination == "Outpost":
            assert refused == OutpostElsewhere(outpost_arn=OUTPOST, source_region=THERE.name)
        else:
            assert refused == CopyRouteRefused(
                source=snapshot.outpost_arn or snapshot.availability_zone or source_region.name,
                destination=TO[destination].place or HERE.name,
            )


def test_a_snapshot_is_copied_into_its_own_zone_and_not_into_another_group() -> None:
    """Settlement S 49."""
    for zone, granted in ((LAX_A, True), (LAX_B, True), ("us-west-2-lax-2a", False), ("us-west-2-phx-2a", False)):
        into = CopyDestination(availability_zone=zone)
        refused = snapshot_route_refusal(FROM["Local Zone"], source_region=HERE, region=HERE, destination=into)
        assert refused == (None if granted else CopyRouteRefused(source=LAX_A, destination=zone))


def test_every_two_kinds_of_places_have_a_route() -> None:
    every = {(source, destination) for source in Site for destination in Site}
    assert set(IMAGE_ROUTES) == set(SNAPSHOT_ROUTES) == every


def test_a_snapshot_is_where_it_says() -> None:
    assert site_of(SNAPSHOT) == (Site.REGION, frozenset())
    assert site_of(evolve(SNAPSHOT, availability_zone="us-west-2a")) == (Site.REGION, frozenset())
    assert site_of(FROM["Local Zone"]) == (Site.LOCAL_ZONE, frozenset({LAX_A}))
    assert site_of(FROM["Outpost"]) == (Site.OUTPOST, frozenset({OUTPOST}))


def test_an_image_is_not_copied_into_the_zone_that_it_is_in() -> None:
    """Settlement S 49; botocore 1.44.5, CopyImage."""
    snapshots = {"snap-12345678": FROM["Local Zone"]}
    same = CopyDestination(availability_zone=LAX_A)
    assert route_refusal(WEB, snapshots, source_region=HERE, region=HERE, destination=same) == CopyRouteRefused(
        source=LAX_A, destination=LAX_A
    )
    by_id = CopyDestination(availability_zone_id="usw2-lax1-az1")  # which zone that is, nobody here knows
    assert route_refusal(WEB, snapshots, source_region=HERE, region=HERE, destination=by_id) is None
    elsewhere = CopyDestination(availability_zone="us-east-1-bos-1a")
    assert route_refusal(WEB, {}, source_region=HERE, region=HERE, destination=elsewhere) is not None


def test_where_an_image_is_its_snapshots_tell_or_its_mapping() -> None:
    """Rule B CI-15."""
    assert places_of(WEB, {}) == (Site.REGION, frozenset())
    assert places_of(WEB, {"snap-12345678": SNAPSHOT}) == (Site.REGION, frozenset())
    in_zone = evolve(SNAPSHOT, availability_zone="us-west-2a")  # a zone of the Region is the Region
    assert places_of(WEB, {"snap-12345678": in_zone}) == (Site.REGION, frozenset())
    assert places_of(WEB, {"snap-12345678": FROM["Local Zone"]}) == (Site.LOCAL_ZONE, frozenset({LAX_A}))
    assert places_of(WEB, {"snap-12345678": FROM["Outpost"]}) == (Site.OUTPOST, frozenset({OUTPOST}))
    mapped = [BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id="snap-12345678", outpost_arn=OUTPOST))]
    assert places_of(evolve(WEB, block_device_mappings=mapped), {}) == (Site.OUTPOST, frozenset({OUTPOST}))


def test_a_refusal_names_all_the_zones_that_an_image_is_in() -> None:
    entries = [BlockDeviceMapping(f"/dev/sd{n}", EbsBlockDevice(snapshot_id=f"snap-0000000{n}")) for n in "ab"]
    snapshots = {
        f"snap-0000000{n}": evolve(SNAPSHOT, snapshot_id=f"snap-0000000{n}", availability_zone=zone)
        for n, zone in (("a", LAX_B), ("b", LAX_A))
    }
    refused = route_refusal(
        evolve(WEB, block_device_mappings=entries), snapshots, source_region=THERE, region=HERE,
    )  # fmt: skip
    assert refused == CopyRouteRefused(source=f"{LAX_A}, {LAX_B}", destination=HERE.name)


def test_a_destination_belongs_to_the_region_that_its_name_tells() -> None:
    assert CopyDestination().is_in(HERE)
    assert CopyDestination().is_in(THERE)
    for destination in (CopyDestination(outpost_arn=OUTPOST), CopyDestination(availability_zone=LAX_A)):
        assert (destination.is_in(HERE), destination.is_in(THERE)) == (True, False)
    assert CopyDestination(availability_zone_id="usw2-lax1-az1").is_in(THERE)  # the ID of a zone tells nothing here


PLACES: dict[str, str] = {
    "outpost_arn": OUTPOST,
    "availability_zone": LAX_A,
    "availability_zone_id": "usw2-lax1-az1",
}


SITES = {"outpost_arn": Site.OUTPOST, "availability_zone": Site.LOCAL_ZONE, "availability_zone_id": Site.LOCAL_ZONE}
MALFORMED_COPY = "InvalidParameterCombination"


@pytest.mark.parametrize("minutes", [None, 15])
@pytest.mark.parametrize("chosen", [[], *([name] for name in PLACES)])
def test_a_copy_goes_to_a_place_and_is_timed_only_in_a_region(chosen: list[str], minutes: int | None) -> None:
    """Rules B 7.1, B CI-19."""
    told: dict[str, Any] = {name: PLACES[name] if name in chosen else "" for name in PLACES}  # settlement S 17
    if chosen and minutes:
        with pytest.raises(Malformed) as caught:
            CopyDestination(**told, completion_duration_minutes=minutes)
        where = "an Outpost" if chosen == ["outpost_arn"] else "a Local Zone"
        message = f"A completion duration is not supported for a copy to {where}."
        assert caught.value == Malformed(MALFORMED_COPY, message, member="CompletionDurationMinutes", value=minutes)
    else:
        destination = CopyDestination(**told, completion_duration_minutes=minutes)
        assert destination.site is (SITES[chosen[0]] if chosen else Site.REGION)
        assert destination.place == "".join(PLACES[name] for name in chosen)


@pytest.mark.parametrize("minutes", [None, 15])
@pytest.mark.parametrize("left_out", [*PLACES, None])
def test_a_copy_goes_to_one_place_at_most(left_out: str | None, minutes: int | None) -> None:
    """Rule B 7.1."""
    told: dict[str, Any] = {name: place for name, place in PLACES.items() if name != left_out}
    with pytest.raises(Malformed) as caught:
        CopyDestination(**told, completion_duration_minutes=minutes)
    message = (
        "Only one of DestinationAvailabilityZone, DestinationAvailabilityZoneId, or DestinationOutpostArn can be"
        " specified."
    )
    zone = None if left_out == "availability_zone" else as_zone(LAX_A)
    places = [told.get("outpost_arn"), zone, told.get("availability_zone_id")]
    assert caught.value == Malformed(MALFORMED_COPY, message, member="DestinationOutpostArn", value=places)


@pytest.mark.parametrize(
    ("field", "value", "member", "expected"),
    [
        ("outpost_arn", "op-1234567890abcdef0", "DestinationOutpostArn", "the ARN of an Outpost"),
        ("outpost_arn", 7, "DestinationOutpostArn", "the ARN of an Outpost"),
        ("availability_zone", "us-west-2a", "DestinationAvailabilityZone", "the name of a Local Zone"),
        ("availability_zone_id", "usw2-az1", "DestinationAvailabilityZoneId", "the ID of a Local Zone"),
        ("availability_zone_id", 7, "DestinationAvailabilityZoneId", "the ID of a Local Zone"),
    ],
)
def test_what_is_no_outpost_and_no_local_zone_is_no_destination(
    field: str, value: Any, member: str, expected: str
) -> None:
    """Rule B 7.1; botocore 1.44.5, CopyImage."""
    told: dict[str, Any] = {field: value}
    with pytest.raises(Malformed) as caught:
        CopyDestination(**told)
    assert caught.value == invalid_value(member, value, f"Expected {expected}.")


@pytest.mark.parametrize("account", ["alice", "", None])
def test_who_copies_is_an_account(account: Any) -> None:
    """Rule A AC-1."""
    with pytest.raises(Malformed) as caught:
        a_copy(account=account)
    message = f'Invalid user id: "{account}"'
    assert caught.value == Malformed("InvalidUserID.Malformed", message, member="Account", value=account)


# --- pace -------------------------------------------------------------------------------------------------------------


@given(st.integers(-10, 4000))
def test_a_copy_takes_quarters_of_an_hour_up_to_two_days(minutes: int) -> None:
    """Rules B CI-19, B CS-6, C 8.23."""
    granted = minutes in range(15, 2881, 15)
    refused = completion_duration_refusal(minutes)
    assert refused == (None if granted else CompletionDurationRefused(minutes=minutes, least=15, most=2880, step=15))


SIZES, MINUTES = st.integers(1, 65_536), st.integers(1, 192).map(lambda quarters: 15 * quarters)
IN_USE = st.fractions(0, 2500, max_denominator=900)


@given(SIZES, MINUTES, IN_USE)
def test_a_copy_by_time_is_on_time_if_what_is_left_is_enough_and_late_if_not(
    size: int, minutes: int, in_use: Fraction
) -> None:
    """Rules B CI-20, C 8.23."""
    left = 2000 - in_use
    if left <= 0:
        with pytest.raises(TimeBasedCopyQuotaReached):
            pace(size, minutes, in_use_mibps=in_use)
        return
    granted = pace(size, minutes, in_use_mibps=in_use)
    needed, most = Fraction(size * 1024, minutes * 60), min(left, Fraction(500))
    assert 0 < granted.mibps <= most
    if needed <= most:
        assert (granted.mibps, granted.duration) == (needed, timedelta(minutes=minutes))
    else:
        assert granted.duration > timedelta(minutes=minutes)
        assert granted.mibps == most
        assert abs(granted.duration.total_seconds() * float(granted.mibps) / (size * 1024) - 1) < 1e-6


# GiB, minutes, what others use -> MiB/s, seconds
PACES = [
    (100, 30, 0, Fraction(512, 9), 30 * 60),  # as fast as it must
    (1000, 15, 0, Fraction(500), 2048),  # as fast as any copy goes
    (100, 30, 1990, Fraction(10), 10_240),  # as fast as what is left
    (1000, 15, 1990, Fraction(10), 102_400),
]


@pytest.mark.parametrize(("size", "minutes", "in_use", "mibps", "seconds"), PACES)
def test_a_copy_by_time_goes_as_fast_as_it_must_and_can(
    size: int, minutes: int, in_use: int, mibps: Fraction, seconds: int
) -> None:
    """Rules B CI-20, C 8.23."""
    expected = Pace(mibps=mibps, duration=timedelta(seconds=seconds))
    assert pace(size, minutes, in_use_mibps=Fraction(in_use)) == expected


@given(st.lists(SIZES, max_size=12), MINUTES, IN_USE)
def test_all_copies_between_two_regions_never_take_more_than_there_is(
    sizes: list[int], minutes: int, in_use: Fraction
) -> None:
    """Rule B CI-20."""
    granted = _granted(sizes, minutes, in_use)
    wanted = in_use + sum(min(Fraction(500), Fraction(size * 1024, minutes * 60)) for size in sizes)
    if granted is None:
        assert wanted >= 2000
    else:
        assert len(granted) == len(sizes)
        assert not sizes or in_use + sum(each.mibps for each in granted) == min(wanted, Fraction(2000))


def _granted(sizes: list[int], minutes: int, in_use: Fraction) -> tuple[Pace, ...] | None:
    try:
        return paces(sizes, minutes, in_use_mibps=in_use)
    except TimeBasedCopyQuotaReached:
        return None


def test_the_limits_on_throughput_are_those_that_are_given() -> None:
    """Rule B CI-20."""
    tiny = Limits.tiny()
    slow = paces([900, 900], 15, limits=tiny)
    assert [each.mibps for each in slow] == [1, 1]
    assert slow[0].duration == timedelta(seconds=900 * 1024)
    with pytest.raises(TimeBasedCopyQuotaReached, match="2 MiB/s"):
        paces([900, 900, 900], 15, limits=tiny)


@given(st.integers(0, 40), st.integers(0, 400), st.booleans())
def test_so_many_copies_are_in_progress_at_once(snapshots: int, images: int, counted: bool) -> None:
    """Rules B CI-14, B CI-25, B CS-5, C 8.18."""
    assert image_copies_refusal(images) == (TooManyImageCopies(quota=300) if images >= 300 else None)
    quirks = Quirks(image_copies_count_as_snapshot_copies=counted)
    total = snapshots + images if counted else snapshots
    refused = snapshot_copies_refusal(snapshots, of_images=images, quirks=quirks)
    assert refused == (TooManySnapshotCopies(quota=20) if total >= 20 else None)


# copies in progress, of images, whether those count -> whether there may be another one
LAST_COPIES = [
    (19, 0, False, True),
    (20, 0, False, False),
    (19, 300, False, True),
    (19, 0, True, True),
    (18, 1, True, True),
    (18, 2, True, False),
]


@pytest.mark.parametrize(("in_progress", "of_images", "counted", "granted"), LAST_COPIES)
def test_twenty_copies_of_snapshots_are_made_at_a_time(
    in_progress: int, of_images: int, *, counted: bool, granted: bool
) -> None:
    """Rules B CS-5, B CI-25; no copies of images are told of by default."""
    quirks = Quirks(image_copies_count_as_snapshot_copies=counted)
    refused = snapshot_copies_refusal(in_progress, of_images=of_images, quirks=quirks)
    assert refused == (None if granted else TooManySnapshotCopies(quota=20))
    if not of_images:
        assert snapshot_copies_refusal(in_progress, quirks=quirks) == refused


@given(st.lists(ec2.instants()), ec2.instants())
def test_a_copy_waits_for_the_earlier_ones_of_its_snapshot(earlier: list[datetime], now: datetime) -> None:
    """Rule C 8.22."""
    start = begins(now, earlier)
    assert start >= now
    assert all(start >= end for end in earlier)
    assert start in {now, *earlier}


# --- what speaks against a copy ---------------------------------------------------------------------------------------

LICENSED = {
    code
    for code in BillingCode
    if any(word in code.platform_details for word in ("Windows", "Red Hat Enterprise", "SUSE", "SQL Server"))
} - {BillingCode.WINDOWS_BYOL}


@pytest.mark.parametrize("code", [None, *BillingCode])
@pytest.mark.parametrize("account", [BOB, WEB.owner_id])
@pytest.mark.parametrize("blocked", [True, False])
def test_a_licensed_system_once_did_not_leave_its_account(
    code: BillingCode | None, account: str, *, blocked: bool
) -> None:
    """Rule B CI-9."""
    quirks = Quirks(block_billing_product_cross_account_copy=blocked)
    refused = list(objections(a_copy(evolve(WEB, billing=code), account=account, quirks=quirks)))
    if blocked and account == BOB and code in LICENSED:
        assert refused == [BillingProductCopyRefused(image_id="ami-12345678")]
    else:
        assert refused == []


def test_the_objections_stand_in_ec2s_order() -> None:
    """Rule B 7.2."""
    everything = a_copy(
        evolve(PARAVIRTUAL, billing=BillingCode.WINDOWS),
        region="eu-north-1",
        destination=CopyDestination(completion_duration_minutes=20),
        snapshots={"snap-12345678": FROM["Local Zone"]},
        copies_in_progress=300,
        in_use_mibps=Fraction(2000),
        quirks=Quirks(block_billing_product_cross_account_copy=True),
    )
    assert list(objections(everything)) == [
        BillingProductCopyRefused(image_id="ami-12345678"),
        ParavirtualCopyRefused(image_id="ami-12345678", region="eu-north-1"),
        TooManyImageCopies(quota=300),
        CopyRouteRefused(source=LAX_A, destination="eu-north-1"),
        CompletionDurationRefused(minutes=20, least=15, most=2880, step=15),
        CompletionDurationUnsupported(image_id="ami-12345678"),
        TimeBasedCopyQuotaReached(quota_mibps=2000),
    ]


def test_a_copy_goes_from_its_region_to_its_destination() -> None:
    """Rules B CI-15, B CI-16."""
    between_zones = a_copy(
        region=HERE, source_region=HERE, snapshots={"snap-12345678": FROM["Local Zone"]}, destination=TO["Local Zone"]
    )
    assert list(objections(between_zones)) == []
    refused = CopyRouteRefused(source=LAX_A, destination=LAX_B)
    assert list(objections(evolve(between_zones, source_region=THERE))) == [refused]


def test_a_copy_is_held_to_the_limits_that_are_given() -> None:
    """Rules B CI-14, B CI-19, B CI-20."""
    limits = Limits(concurrent_image_copies=1, min_completion_duration_minutes=30, time_based_copies_mibps=100)
    wanted = a_copy(
        destination=CopyDestination(completion_duration_minutes=15),
        snapshots={"snap-12345678": SNAPSHOT},
        copies_in_progress=1,
        in_use_mibps=Fraction(100),
        limits=limits,
    )
    assert list(objections(wanted)) == [
        TooManyImageCopies(quota=1),
        CompletionDurationRefused(minutes=15, least=30, most=2880, step=15),
        TimeBasedCopyQuotaReached(quota_mibps=100),
    ]
    assert list(objections(evolve(wanted, snapshots={}, copies_in_progress=0))) == [
        CompletionDurationRefused(minutes=15, least=30, most=2880, step=15)  # of what is not told no size is known
    ]


@pytest.mark.parametrize("minutes", [15, 30, 2880])
def test_a_copy_that_must_be_done_by_a_certain_time_meets_no_objection_while_there_is_room(minutes: int) -> None:
    """Rules B CI-19, B CI-20."""
    timed = a_copy(
        destination=CopyDestination(completion_duration_minutes=minutes), snapshots={"snap-12345678": SNAPSHOT}
    )
    assert list(objections(timed)) == []
    assert list(objections(evolve(timed, in_use_mibps=Fraction(1999)))) == []  # accepted, and slower
    assert list(objections(evolve(timed, in_use_mibps=Fraction(2000)))) == [TimeBasedCopyQuotaReached(quota_mibps=2000)]


def test_no_duration_is_too_short_to_be_refused() -> None:
    """Rule B CI-19."""
    a_minute = a_copy(
        destination=CopyDestination(completion_duration_minutes=1),
        snapshots={"snap-12345678": SNAPSHOT},
        in_use_mibps=Fraction(2000),
    )
    assert list(objections(a_minute)) == [
        CompletionDurationRefused(minutes=1, least=15, most=2880, step=15),
        TimeBasedCopyQuotaReached(quota_mibps=2000),
    ]
    at_once = a_copy(destination=CopyDestination(completion_duration_minutes=0), snapshots={"snap-12345678": SNAPSHOT})
    (refused,) = objections(at_once)
    assert str(refused) == (
        "Invalid value '0' for completionDurationMinutes. It must be a multiple of 15 from 15 to 2880."
    )


@given(IMAGES, ec2.regions())
def test_an_image_on_ebs_of_today_is_copied_to_every_region_without_objection(source: Image, region: Region) -> None:
    """Rule B 7.2: what is not said to be in the way is not."""
    if source.root_device_type is RootDeviceType.EBS and source.virtualization_type == "hvm":
        assert list(objections(a_copy(source, region=region))) == []


@pytest.mark.parametrize(
    ("refused", "code", "message"),
    [
        (
            BillingProductCopyRefused(image_id="ami-12345678"),
            "InvalidRequest",
            "Images with EC2 BillingProduct codes cannot be copied to another AWS account.",
        ),
        (
            TooManySnapshotCopies(quota=20),
            "ResourceLimitExceeded",
            "Too many snapshot copies in progress. The limit is 20 for this destination region.",
        ),
    ],
)
def test_refusals_speak_as_ec2_does(refused: BillingProductCopyRefused, code: str, message: str) -> None:
    """Rules B CI-9, B CS-5."""
    assert (refused.code, refused.message) == (code, message)


@pytest.mark.parametrize(
    ("refused", "code", "names"),
    [
        (SourceRegionUnusable(source_region="cn-north-1", region="eu-west-1"), "InvalidRegion", "cn-north-1"),
        (ParavirtualCopyRefused(image_id="ami-12345678", region="eu-west-3"), "InvalidRequest", "eu-west-3"),
        (CopyRouteRefused(source=LAX_A, destination="eu-west-1"), "InvalidRequest", LAX_A),
        (OutpostElsewhere(outpost_arn=OUTPOST, source_region="eu-west-1"), "InvalidParameterValue", OUTPOST),
        (CompletionDurationUnsupported(image_id="ami-12345678"), "InvalidParameterCombination", "ami-12345678"),
        (TimeBasedCopyQuotaReached(quota_mibps=2000), "ResourceLimitExceeded", "2000 MiB/s"),
        (TooManyImageCopies(quota=300), "ResourceLimitExceeded", "300"),
    ],
)
def test_words_of_our_own_say_what_is_meant(refused: SourceRegionUnusable, code: str, names: str) -> None:
    assert refused.code == code
    assert names in refused.message


def test_who_cannot_copy_is_told_what_helps() -> None:
    """Rules B CI-1, B CI-20."""
    assert "CreateStoreImageTask" in SourceRegionUnusable(source_region="cn-north-1", region="eu-west-1").remedy
    assert TimeBasedCopyQuotaReached(quota_mibps=2000).remedy.startswith("wait")
