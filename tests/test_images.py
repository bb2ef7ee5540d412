"""Images: rules A 2.7, A 11.9, A LO-1 to LO-3, A BD-4, B LP-3, C 4; and the place of every member of EC2's answers."""

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from amimodel import vocabulary
from amimodel.billing_codes import BillingCode
from amimodel.block_devices import (
    BlockDeviceMapping,
    EbsBlockDevice,
    InstanceStoreDevice,
    SuppressedDevice,
)
from amimodel.images import (
    UNPROTECTED,
    DeregistrationProtection,
    DeregistrationProtectionMode,
    Image,
    StateReason,
)
from amimodel.malformed import Malformed
from amimodel.permissions import (
    EVERYONE,
    NOBODY,
    PUBLIC_AT_LEAST,
    AccountPermission,
    EveryonePermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as ec2

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def an_image(**fields: object) -> Image:
    given_fields: dict[str, object] = {
        "image_id": "ami-12345678",
        "owner_id": "111122223333",
        "name": "web",
        "creation_date": NEW_YEAR,
        "architecture": "x86_64",
        **fields,
    }
    return Image(**given_fields)  # type: ignore[arg-type]  # each test says what it gives


# --- what a new image is ----------------------------------------------------------------------------------------------

# Rule A 2.7: what is so after RegisterImage unless the request says otherwise.
RESULT: dict[str, object] = {
    "state": "available",
    "public": False,
    "image_type": "machine",
    "hypervisor": "xen",
    "image_location": "111122223333/web",
    "platform": None,
    "source_instance_id": None,
    "source_image_id": None,
    "source_image_region": None,
    "deregistration_protection": UNPROTECTED,
    "launch_permissions": NOBODY,
    "deprecation_time": None,
    "description": None,
    "launches": (),
    "state_reason": None,
}


@pytest.mark.parametrize(("name", "value"), RESULT.items(), ids=RESULT)
def test_what_a_new_image_is(name: str, value: object) -> None:
    assert getattr(an_image(), name) == value


@given(ec2.images())
def test_an_image_survives_pickling_and_evolving(image: Image) -> None:
    twin = pickle.loads(pickle.dumps(image))
    assert twin == image == evolve(image)
    assert hash(twin) == hash(image)
    assert twin.image_location == image.image_location == evolve(image).image_location


@given(ec2.images())
def test_an_image_never_changes(image: Image) -> None:
    for name in attrs.fields_dict(Image):
        with pytest.raises(FrozenInstanceError):
            setattr(image, name, None)


@given(ec2.images(), st.data())
def test_words_may_be_given_as_text(image: Image, data: st.DataObject) -> None:
    names = [field.name for field in attrs.fields(Image) if isinstance(getattr(image, field.name), vocabulary.Word)]
    name = data.draw(st.sampled_from(names))
    assert evolve(image, **{name: getattr(image, name).value}) == image


# --- where it lies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "location"),
    [
        ({},                                                      "111122223333/web"),                # A LO-1
        ({"image_owner_alias": "amazon"},                         "amazon/web"),                      # A LO-2
        ({"image_owner_alias": "aws-marketplace"},                "aws-marketplace/web"),
        ({"image_location": "bucket/web.manifest.xml"},           "bucket/web.manifest.xml"),         # A LO-3
        ({"image_location": ""},                                  ""),
    ],
)  # fmt: skip
def test_the_location_is_owner_and_name_or_the_manifest(fields: dict[str, object], location: str) -> None:
    assert an_image(**fields).image_location == location


@given(ec2.images(root_device_type="ebs"))
def test_a_location_that_could_be_derived_is_not_kept(image: Image) -> None:
    """Rules A LO-1, A LO-2."""
    told = evolve(image, image_location=image.image_location)
    assert told == image
    renamed = evolve(told, name="another name")
    assert renamed.image_location == f"{image.image_owner_alias or image.owner_id}/another name"


# --- what its parts say -----------------------------------------------------------------------------------------------


@given(ec2.images())
def test_an_image_is_public_where_everyone_may_launch_it(image: Image) -> None:
    """Rule B LP-3."""
    assert image.public is (EVERYONE in image.launch_permissions)
    assert evolve(image, launch_permissions=PUBLIC_AT_LEAST).public
    assert not evolve(image, launch_permissions=NOBODY).public


@given(ec2.images())
def test_the_snapshots_of_an_image_are_those_of_its_mapping(image: Image) -> None:
    """Rules A BD-4, C 8.27."""
    volumes = [entry.ebs for entry in image.block_device_mappings if entry.ebs is not None]
    assert set(image.snapshot_ids) == {volume.snapshot_id for volume in volumes if volume.snapshot_id is not None}
    assert len(set(image.snapshot_ids)) == len(image.snapshot_ids)
    assert image.encrypted is any(volume.encrypted for volume in volumes)
    assert image.size_gib == sum(volume.volume_size_gib or 0 for volume in volumes)
    if image.root_device is not None:
        assert image.root_device.device_name == image.root_device_name
        assert image.root_device in image.block_device_mappings


def test_an_image_without_root_device_has_none() -> None:
    """Rule A RI-8."""
    entry = BlockDeviceMapping("/dev/sdb", EbsBlockDevice(volume_size_gib=1))
    assert an_image(block_device_mappings=[entry], root_device_name="/dev/xvda").root_device is None
    assert an_image(block_device_mappings=[entry]).root_device is None
    assert an_image(block_device_mappings=[entry], root_device_name="/dev/sdb").root_device == entry


def test_a_snapshot_behind_two_devices_is_named_once() -> None:
    """Rule A RB-18."""
    device = EbsBlockDevice(snapshot_id="snap-12345678")
    entries = [BlockDeviceMapping("/dev/xvda", device), BlockDeviceMapping("/dev/sdb", device)]
    assert an_image(block_device_mappings=entries).snapshot_ids == ("snap-12345678",)


@pytest.mark.parametrize("code", BillingCode)
def test_the_platform_follows_from_the_licence(code: BillingCode) -> None:
    """Rules A BI-6, A BI-7."""
    assert (an_image(billing=code).platform == "windows") is code.platform_details.startswith("Windows")


def test_a_platform_that_is_told_stands_even_against_the_licence() -> None:
    """An inventory may hold a contradiction (`amimodel.consistency` finds it)."""
    assert an_image(billing=BillingCode.LINUX, platform="windows").platform == "windows"
    assert an_image(platform="windows").platform == "windows"


@given(st.lists(ec2.instants(), max_size=5))
def test_launches_are_kept_in_order(launches: list[datetime]) -> None:
    """Rule C 0.A."""
    assert list(an_image(launches=launches).launches) == sorted(set(launches))


def test_times_are_kept_in_utc() -> None:
    """Rule A T-1."""
    moved = NEW_YEAR.astimezone(timezone(timedelta(hours=-5)))
    image = an_image(creation_date=moved, deprecation_time=moved, launches=[moved])
    assert image == an_image(deprecation_time=NEW_YEAR, launches=[NEW_YEAR])
    assert {image.creation_date.tzinfo, image.launches[0].tzinfo} == {UTC}


# --- what no image can be ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code", "member"),
    [
        ({"image_id": "snap-12345678"},                        "InvalidAMIID.Malformed",     "ImageId"),
        ({"image_id": "aki-12345678"},                         "InvalidParameterValue",      "ImageId"),
        ({"image_type": "kernel"},                             "InvalidParameterValue",      "ImageId"),
        ({"image_id": "aki-1", "image_type": "kernel"},        "InvalidKernelId.Malformed",  "ImageId"),
        ({"owner_id": "amazon"},                               "InvalidUserID.Malformed",    "OwnerId"),
        ({"name": "ab"},                                       "InvalidAMIName.Malformed",   "Name"),
        ({"name": "a+b"},                                      "InvalidAMIName.Malformed",   "Name"),
        ({"description": "x" * 256},                           "InvalidParameterValue",      "Description"),
        ({"creation_date": datetime(2026, 1, 1)},              "InvalidParameterValue",      "Time"),  # noqa: DTZ001 - no zone
        ({"architecture": "sparc"},                            "InvalidParameterValue",      "Architecture"),
        ({"state": "Available"},                               "InvalidParameterValue",      "State"),
        ({"boot_mode": "bios"},                                "InvalidParameterValue",      "BootMode"),
        ({"tpm_support": "v1.2"},                              "InvalidParameterValue",      "TpmSupport"),
        ({"platform": "Windows"},                              "InvalidParameterValue",      "Platform"),
        ({"kernel_id": "ami-12345678"},                        "InvalidKernelId.Malformed",  "KernelId"),
        ({"ramdisk_id": "aki-12345678"},                       "InvalidRamDiskId.Malformed", "RamdiskId"),
        ({"source_image_id": "aki-12345678"},                  "InvalidAMIID.Malformed",     "SourceImageId"),
        ({"source_image_region": "moon"},                      "InvalidRegion",              "SourceImageRegion"),
        ({"source_instance_id": "ami-12345678"},               "InvalidInstanceID.Malformed", "SourceInstanceId"),
        ({"image_owner_alias": "self"},                        "InvalidParameterValue",      "ImageOwnerAlias"),
    ],
)  # fmt: skip
def test_what_no_image_can_be(fields: dict[str, object], code: str, member: str) -> None:
    with pytest.raises(Malformed) as caught:
        an_image(**fields)
    assert (caught.value.code, caught.value.member) == (code, member)


def test_kernels_and_ram_disks_are_images() -> None:
    """Rule A KR-1."""
    assert (
        an_image(image_id="aki-5c21674b", image_type="kernel", name="pv-grub-hd0_1.05-x86_64.gz").image_id
        == "aki-5c21674b"
    )
    assert an_image(image_id="ari-5c21674b", image_type="ramdisk").image_type.value == "ramdisk"


def test_a_failed_copy_may_have_no_name() -> None:
    """Rule C 1.2.8."""
    assert an_image(name=None, state="failed").name is None


# --- its protection ---------------------------------------------------------------------------------------------------


@given(ec2.deregistration_protections())
def test_a_protection_is_read_as_it_is_written(protection: DeregistrationProtection) -> None:
    """Rule C 4, the table of rendered texts."""
    assert DeregistrationProtection.parse(str(protection)) == protection


@pytest.mark.parametrize(
    ("protection", "text"),
    [
        (DeregistrationProtection("disabled"),                   "disabled"),
        (DeregistrationProtection("enabled-without-cooldown"),   "enabled-without-cooldown"),
        (DeregistrationProtection("enabled-with-cooldown"),      "enabled-with-cooldown"),
        (DeregistrationProtection(cooldown_until=NEW_YEAR),      "disabled after 2026-01-01T00:00:00.000Z"),
    ],
)  # fmt: skip
def test_the_texts_of_a_protection(protection: DeregistrationProtection, text: str) -> None:
    """Rule C 4; settlement S 33."""
    assert str(protection) == text


@pytest.mark.parametrize(
    "text", ["", "enabled", "disabled after", "disabled after tomorrow", "disabled-after:2026-01-01", None]
)
def test_no_other_text_is_a_protection(text: str) -> None:
    """Settlement S 33."""
    with pytest.raises(Malformed):
        DeregistrationProtection.parse(text)


@pytest.mark.parametrize("mode", [mode for mode in DeregistrationProtectionMode if mode.value != "disabled"])
def test_no_cooldown_runs_while_the_protection_is_on(mode: DeregistrationProtectionMode) -> None:
    """Rule C 4.4."""
    with pytest.raises(Malformed, match="A cooldown runs only after protection has ended"):
        DeregistrationProtection(mode, NEW_YEAR)


# --- every member has its place ---------------------------------------------------------------------------------------
#
# botocore's shapes, member by member: the field or the property where this model keeps it, or, in words, why it stands
# out. When EC2 gains or loses a member, the test says so.

IMAGE = {
    "Architecture": "architecture",
    "BlockDeviceMappings": "block_device_mappings",
    "BootMode": "boot_mode",
    "CreationDate": "creation_date",
    "DeprecationTime": "deprecation_time",
    "DeregistrationProtection": "deregistration_protection",
    "Description": "description",
    "EnaSupport": "ena_support",
    "FreeTierEligible": "free_tier_eligible",
    "Hypervisor": "hypervisor",
    "ImageAllowed": "image_allowed",
    "ImageId": "image_id",
    "ImageLocation": "image_location",
    "ImageOwnerAlias": "image_owner_alias",
    "ImageType": "image_type",
    "ImageWatermarks": "image_watermarks",
    "ImdsSupport": "imds_support",
    "InstanceTypeSpecification": "instance_type_specification",
    "KernelId": "kernel_id",
    "LastLaunchedTime": "launches",
    "Name": "name",
    "OwnerId": "owner_id",
    "Platform": "platform",
    "PlatformDetails": "billing.platform_details",
    "ProductCodes": "product_codes",
    "Public": "public",
    "PublicSsmParameterName": "public_ssm_parameter_name",
    "RamdiskId": "ramdisk_id",
    "RootDeviceName": "root_device_name",
    "RootDeviceType": "root_device_type",
    "ScanResults": "scan_results",
    "SourceImageId": "source_image_id",
    "SourceImageRegion": "source_image_region",
    "SourceInstanceId": "source_instance_id",
    "SriovNetSupport": "sriov_net_support",
    "State": "state",
    "StateReason": "state_reason",
    "Tags": "tags",
    "TpmSupport": "tpm_support",
    "UsageOperation": "billing.usage_operation",
    "VirtualizationType": "virtualization_type",
}
SNAPSHOT = {
    "AssociatedKmsKeys": "associated_kms_key_ids",
    "AvailabilityZone": "availability_zone",
    "CompletionDurationMinutes": "completion_duration_minutes",
    "CompletionTime": "completion_time",
    "DataEncryptionKeyId": "data_encryption_key_id",
    "Description": "description",
    "Encrypted": "encrypted",
    "FullSnapshotSizeInBytes": "full_snapshot_size_bytes",
    "KmsKeyId": "kms_key_id",
    "OutpostArn": "outpost_arn",
    "OwnerAlias": "owner_alias",
    "OwnerId": "owner_id",
    "Progress": "progress",
    "RestoreExpiryTime": "restore_expiry_time",
    "SnapshotId": "snapshot_id",
    "SseType": "- settlement S 50: reserved by EC2, and says nothing",
    "StartTime": "start_time",
    "State": "state",
    "StateMessage": "state_message",
    "StorageTier": "storage_tier",
    "Tags": "tags",
    "TransferType": "transfer_type",
    "VolumeId": "volume_id",
    "VolumeSize": "volume_size_gib",
}
EBS_BLOCK_DEVICE = {
    "AvailabilityZone": "availability_zone",
    "AvailabilityZoneId": "availability_zone_id",
    "DeleteOnTermination": "delete_on_termination",
    "EbsCardIndex": "ebs_card_index",
    "Encrypted": "encrypted",
    "Iops": "iops",
    "KmsKeyId": "kms_key_id",
    "OutpostArn": "outpost_arn",
    "SnapshotId": "snapshot_id",
    "Throughput": "throughput_mibps",
    "VolumeInitializationRate": "volume_initialization_rate_mibps",
    "VolumeSize": "volume_size_gib",
    "VolumeType": "volume_type",
}
# Where EC2 has one shape of which a part is filled, this model has a type for each part.
BLOCK_DEVICE_MAPPING = {
    "DeviceName": (BlockDeviceMapping, "device_name"),
    "Ebs": (BlockDeviceMapping, "ebs"),
    "VirtualName": (InstanceStoreDevice, "virtual_name"),
    "NoDevice": (SuppressedDevice, ""),
}
LAUNCH_PERMISSION = {
    "UserId": (AccountPermission, "user_id"),
    "Group": (EveryonePermission, ""),
    "OrganizationArn": (OrganizationPermission, "organization_arn"),
    "OrganizationalUnitArn": (OrganizationalUnitPermission, "organizational_unit_arn"),
}
CREATE_VOLUME_PERMISSION = {"UserId": (AccountPermission, "user_id"), "Group": (EveryonePermission, "")}
STATE_REASON = {"Code": "code", "Message": "message"}

Places = Mapping[str, str | tuple[type, str]]

# (shape, noun, places, the fields that EC2's answer does not have)
SHAPES: list[tuple[str, type, Places, str]] = [
    ("Image",            Image,          IMAGE,            "region launch_permissions uefi_data guest_os_boot billing"),
    ("Snapshot",         Snapshot,       SNAPSHOT,         "region create_volume_permissions product_codes billing"),
    ("EbsBlockDevice",   EbsBlockDevice, EBS_BLOCK_DEVICE, ""),
    ("StateReason",      StateReason,    STATE_REASON,     ""),
    ("BlockDeviceMapping",     BlockDeviceMapping, BLOCK_DEVICE_MAPPING,     "device"),
    ("LaunchPermission",       EveryonePermission, LAUNCH_PERMISSION,        ""),
    ("CreateVolumePermission", EveryonePermission, CREATE_VOLUME_PERMISSION, ""),
]  # fmt: skip
each_shape = pytest.mark.parametrize(("shape", "noun", "places", "hidden"), SHAPES, ids=[row[0] for row in SHAPES])


@pytest.fixture(scope="module")
def model() -> Any:
    return pytest.importorskip("botocore.session").get_session().get_service_model("ec2")


@each_shape
def test_every_member_of_ec2s_shape_has_its_place_or_a_reason(
    shape: str,
    noun: type,
    places: Places,
    hidden: str,
    model: Any,
) -> None:
    """Rules A 11.9, C 8.1, A BD-1, B 1.1; settlement S 50."""
    assert set(model.shape_for(shape).members) == set(places)


@each_shape
def test_every_place_is_there(shape: str, noun: type, places: Places, hidden: str) -> None:
    for place in places.values():
        kind, path = place if isinstance(place, tuple) else (noun, place)
        if path.startswith("- "):
            continue  # it stands out, and the table says why
        first, _, second = path.partition(".")
        names = {*attrs.fields_dict(kind), *(name for name, value in vars(kind).items() if isinstance(value, property))}
        assert first in names or not first
        assert not second or isinstance(getattr(BillingCode, second), property)


@each_shape
def test_every_field_is_a_members_place_or_known_to_be_hidden(
    shape: str, noun: type, places: Places, hidden: str
) -> None:
    """Rule A 11.9."""
    kept = {place if isinstance(place, str) else place[1] for place in places.values()}
    fields = {field.alias or field.name for field in attrs.fields(noun)}
    assert fields - {place.partition(".")[0] for place in kept} == set(hidden.split()) - {
        place.partition(".")[0] for place in kept
    }


def test_the_image_has_41_members() -> None:
    """Rule A 11.9."""
    assert len(IMAGE) == 41


# Our word, botocore's shape, and what is spelled there as it is on no wire.
WORDS: list[tuple[type[vocabulary.Word], str, dict[str, str]]] = [
    (vocabulary.Architecture,       "ArchitectureValues", {}),
    (vocabulary.BootMode,           "BootModeValues",     {}),
    (vocabulary.VirtualizationType, "VirtualizationType", {}),
    (vocabulary.Hypervisor,         "HypervisorType",     {}),
    (vocabulary.RootDeviceType,     "DeviceType",         {}),
    (vocabulary.ImageType,          "ImageTypeValues",    {}),
    (vocabulary.ImageState,         "ImageState",         {}),
    (vocabulary.Platform,           "PlatformValues",     {"Windows": "windows"}),  # rule A BI-6
    (vocabulary.TpmSupport,         "TpmSupportValues",   {}),
    (vocabulary.ImdsSupport,        "ImdsSupportValues",  {}),
    (vocabulary.Severity,           "SeverityLabel",      {}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "shape", "spelled"), WORDS, ids=[row[1] for row in WORDS])
def test_the_words_are_those_of_botocore(
    words: type[vocabulary.Word],
    shape: str,
    spelled: dict[str, str],
    model: Any,
) -> None:
    assert {spelled.get(value, value) for value in model.shape_for(shape).enum} == set(words)


@pytest.mark.parametrize("words", [row[0] for row in WORDS])
@pytest.mark.parametrize("text", ["", "x", None, 5])
def test_any_other_word_is_malformed_in_ec2s_words(words: type[vocabulary.Word], text: object) -> None:
    """Rule A E-5; settlement S 48."""
    with pytest.raises(Malformed) as caught:
        words(text)  # type: ignore[arg-type]  # what a caller without types may give
    member = {"ImageState": "State", "Severity": "HighestFindingSeverityLabel"}.get(words.__name__, words.__name__)
    name = member[0].lower() + member[1:]
    assert caught.value.member == member
    assert (caught.value.code, caught.value.message) == ("InvalidParameterValue", f"Invalid value '{text}' for {name}.")
