"""What each member of EC2's answers is read as, and what is said of one that cannot be read."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from amimodel.billing_codes import BillingCode
from amimodel.block_devices import NO_DEVICE, InstanceStoreDevice
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode, Image
from amimodel.instances import InstanceState
from amimodel.malformed import Malformed
from amimodel.permissions import NOT_PUBLIC, PUBLIC_AT_LEAST, AccountPermission, Permissions
from amimodel.regions import Region
from amimodel.settings import ImageBlockPublicAccessState, ManagedBy
from amimodel.tags import Tags
from amimodel.vocabulary import BootMode, ImageType, ImdsSupport, Platform, SriovNetSupport, TpmSupport
from amimodel.wire import (
    ABSENT,
    Action,
    Fault,
    ImageAttribute,
    ImageAttributeName,
    NotAResponse,
    Record,
    Response,
    SnapshotAttribute,
    Unread,
    read,
    read_text,
    write,
    write_text,
)
from amimodel.wire._actions import kinds_in
from amimodel.wire._responses import _read_record

SAMPLES = Path(__file__).resolve().parent / "samples"

IMAGE = {
    "ImageId": "ami-12345678",
    "OwnerId": "111122223333",
    "Name": "web",
    "CreationDate": "2026-01-01T00:00:00.000Z",
    "Architecture": "x86_64",
    "Public": False,
}
SNAPSHOT = {
    "SnapshotId": "snap-12345678",
    "OwnerId": "111122223333",
    "VolumeId": "vol-12345678",
    "VolumeSize": 8,
    "StartTime": "2026-01-01T00:00:00.000Z",
}


def image_of(**members: Any) -> Any:
    (record,) = read({"Images": [IMAGE | members]}).records
    return record.value


def described(**members: Any) -> dict[str, Any]:
    return {"Images": [IMAGE | members]}


def sample(name: str) -> tuple[Response[Any], ...]:
    return read_text((SAMPLES / f"{name}.json").read_bytes())


# --- images


def test_a_sample_image_is_read_member_by_member() -> None:
    image = sample("describe-images")[0].values[0]
    root, store, none = image.block_device_mappings
    assert (root.ebs.volume_size_gib, root.ebs.throughput_mibps, root.ebs.encrypted) == (8, 125, False)
    assert (store.device, none.device) == (InstanceStoreDevice("ephemeral0"), NO_DEVICE)
    assert image.tags == Tags({"Stage": "prod", "Name": ""})
    assert image.launches == (datetime(2026, 2, 1, 8, 30, tzinfo=UTC),)
    assert image.billing is BillingCode.LINUX
    assert image.deregistration_protection == DeregistrationProtection(cooldown_until=datetime(2026, 3, 1, tzinfo=UTC))
    assert image.source_image_region == Region("eu-west-1")
    assert image.image_watermarks[0].watermark_creation_time == datetime(2025, 12, 1, 1, 0, 0, 500_000, tzinfo=UTC)
    assert image.instance_type_specification.supported_instance_types == ("t3.*",)
    assert image.scan_results.high_fix_available_since == datetime(2026, 1, 20, tzinfo=UTC)


def test_kernels_are_images_too() -> None:
    kernel = sample("describe-images")[0].values[2]
    assert (kernel.image_id, kernel.image_type, kernel.name) == ("aki-12345678", ImageType.KERNEL, None)
    assert kernel.state_reason.code == "Server.InternalError"


@pytest.mark.parametrize(("public", "permissions"), [(True, PUBLIC_AT_LEAST), (False, NOT_PUBLIC)])
def test_public_says_whether_everyone_may_launch_and_nothing_of_others(public: bool, permissions: object) -> None:
    assert image_of(Public=public).launch_permissions == permissions


@pytest.mark.parametrize("spelling", ["windows", "Windows", "WINDOWS"])
def test_the_platform_is_read_in_any_letter_case_and_comes_back_in_its_own(spelling: str) -> None:
    answer = described(Platform=spelling)
    assert read(answer).values[0].platform is Platform.WINDOWS
    assert write(read(answer)) == answer


@pytest.mark.parametrize(
    ("operation", "details", "billing"),
    [
        ("RunInstances:0002", "Windows",    BillingCode.WINDOWS),
        ("RunInstances:0002", None,         BillingCode.WINDOWS),
        (None,                "Windows",    BillingCode.WINDOWS),
        (None,                None,         None),
        ("RunInstances:0002", "Linux/UNIX", None),
        ("RunInstances:9999", "Windows",    None),
        ("RunInstances:9999", None,         None),
        ("RunInstances",      "Plan 9",     None),
    ],
)  # fmt: skip
def test_the_two_billing_texts_are_one_code_if_they_agree(
    operation: str | None, details: str | None, billing: BillingCode | None
) -> None:
    told = {"UsageOperation": operation, "PlatformDetails": details}
    answer = described(**{member: text for member, text in told.items() if text is not None})
    image = read(answer).values[0]
    assert image.billing is billing
    assert image.platform is (Platform.WINDOWS if billing is BillingCode.WINDOWS else None)
    assert write(read(answer)) == answer


@pytest.mark.parametrize("code", BillingCode)
def test_every_billing_code_is_read(code: BillingCode) -> None:
    image = image_of(UsageOperation=code.usage_operation, PlatformDetails=code.platform_details)
    assert image.billing is code


@pytest.mark.parametrize(
    "nothing",
    [None, {}, {"SupportedInstanceTypes": []}, {"SupportedInstanceTypes": [], "UnsupportedInstanceTypes": None}],
)
def test_a_specification_of_no_instance_type_is_none(nothing: object) -> None:
    answer = described(InstanceTypeSpecification=nothing)
    assert read(answer).values[0].instance_type_specification is None
    assert write(read(answer)) == answer


def test_a_region_is_set_where_it_is_given() -> None:
    assert read(described(), region="eu-central-1").values[0].region == Region("eu-central-1")
    assert read({"Snapshots": [SNAPSHOT]}, region=Region("eu-central-1")).values[0].region == Region("eu-central-1")
    assert read(described()).values[0].region is None
    with pytest.raises(Malformed, match="InvalidRegion"):
        read(described(), region="atlantis")


# --- the other actions


def test_permissions_of_snapshots_are_not_told_by_describe_snapshots() -> None:
    assert read({"Snapshots": [SNAPSHOT]}).values[0].create_volume_permissions is None


def test_one_attribute_of_an_image_is_read_with_all_it_says() -> None:
    permissions, launched, kernel = (response.values[0] for response in sample("describe-image-attribute"))
    assert permissions.value.complete
    assert permissions.value.everyone
    assert [str(item) for item in permissions.value] == [
        "account 444455556666",
        "everyone",
        "organization o-a1b2c3d4e5",
        "organizational unit ou-a1b2-c3d4e5f6",
    ]
    assert launched.value == datetime(2026, 2, 1, 8, 30, tzinfo=UTC)
    assert kernel == ImageAttribute(image_id="ami-0123456789abcdef0", attribute=ImageAttributeName.KERNEL, value=None)


ATTRIBUTES: list[tuple[str, str, object, Any]] = [
    ("description",              "Description",              {"Value": ""},             ""),
    ("kernel",                   "KernelId",                 {"Value": "aki-12345678"}, "aki-12345678"),
    ("ramdisk",                  "RamdiskId",                {"Value": "ari-12345678"}, "ari-12345678"),
    ("launchPermission",         "LaunchPermissions",        [],                        Permissions()),
    ("productCodes",             "ProductCodes",             [],                        ()),
    ("blockDeviceMapping",       "BlockDeviceMappings",      [],                        ()),
    ("sriovNetSupport",          "SriovNetSupport",          {"Value": "simple"},       SriovNetSupport.SIMPLE),
    ("bootMode",                 "BootMode",                 {"Value": "uefi"},         BootMode.UEFI),
    ("tpmSupport",               "TpmSupport",               {"Value": "v2.0"},         TpmSupport.V2_0),
    ("uefiData",                 "UefiData",                 {"Value": "QU1J"},         "QU1J"),
    ("lastLaunchedTime",         "LastLaunchedTime",         {},                        None),
    ("imdsSupport",              "ImdsSupport",              {"Value": "v2.0"},         ImdsSupport.V2_0),
    ("deregistrationProtection", "DeregistrationProtection", {"Value": "enabled-with-cooldown"},
     DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN)),
]  # fmt: skip


@pytest.mark.parametrize(("attribute", "member", "told", "value"), ATTRIBUTES)
def test_each_attribute_has_its_member(attribute: str, member: str, told: object, value: Any) -> None:
    answer = {"ImageId": "ami-12345678", member: told}
    response = read(answer)
    assert response.action is Action.DESCRIBE_IMAGE_ATTRIBUTE
    assert response.values == (ImageAttribute(image_id="ami-12345678", attribute=attribute, value=value),)
    assert write(response) == answer


def test_the_attribute_table_is_complete() -> None:
    assert {attribute for attribute, *_ in ATTRIBUTES} == {name.value for name in ImageAttributeName}


def test_an_answer_with_two_attributes_has_two_records() -> None:
    answer = {"ImageId": "ami-12345678", "LaunchPermissions": [], "ProductCodes": [], "ResponseMetadata": {"X": 1}}
    assert [value.attribute.value for value in read(answer).values] == ["launchPermission", "productCodes"]
    assert write(read(answer)) == answer


def test_a_value_of_another_attribute_is_malformed() -> None:
    with pytest.raises(Malformed, match="It is no value of bootMode"):
        ImageAttribute(image_id="ami-12345678", attribute="bootMode", value=Permissions())
    with pytest.raises(Malformed, match="It is no value of createVolumePermission"):
        SnapshotAttribute(snapshot_id="snap-12345678", attribute="createVolumePermission", value=())


def test_instances_remember_their_image() -> None:
    (item,) = sample("describe-instance-image-metadata")[0].values
    assert item.state is InstanceState.RUNNING
    assert item.image_metadata.image_owner_alias == "amazon"
    assert item.image_metadata.image_allowed is True
    assert str(item.region if hasattr(item, "region") else item.availability_zone.region) == "eu-central-1"


def test_the_high_byte_of_a_state_code_comes_back() -> None:
    response = sample("describe-instance-image-metadata")[0]
    assert write(response)["InstanceImageMetadata"][0]["State"] == {"Code": 272, "Name": "running"}


def test_block_public_access_is_read_with_who_manages_it() -> None:
    (setting,) = sample("get-image-block-public-access-state")[0].values
    assert setting.state is ImageBlockPublicAccessState.BLOCK_NEW_SHARING
    assert setting.managed_by is ManagedBy.DECLARATIVE_POLICY


# --- the residue


def test_a_canonical_record_leaves_no_residue() -> None:
    (record,) = read(write(Response(action=Action.DESCRIBE_IMAGES, records=(Record(image_of()),)))).records
    assert record.residue == ()


def test_the_residue_says_what_differs() -> None:
    (record,) = read(
        {"Snapshots": [SNAPSHOT | {"StartTime": "2026-01-01T00:00:00Z", "Tags": [], "SseType": "none"}]}
    ).records
    assert sorted(map(str, record.residue)) == [
        "Description: left out for ",
        "Encrypted: left out for False",
        "Progress: left out for 100%",
        "SseType: none",
        "StartTime: 2026-01-01T00:00:00Z for 2026-01-01T00:00:00.000Z",
        "State: left out for completed",
        "StorageTier: left out for standard",
        "Tags: []",
    ]


def changed(source: dict[str, Any], **fields: Any) -> dict[str, Any]:
    (record,) = read({"Images": [source]}).records
    return write(evolve(record, value=evolve(record.value, **fields)))


def test_a_changed_instant_is_written_and_an_unchanged_one_as_it_was_spelled() -> None:
    source = IMAGE | {"CreationDate": "2026-01-01T01:00:00+01:00", "DeprecationTime": "2027-01-01T00:00:00Z"}
    written = changed(source, deprecation_time=datetime(2028, 1, 1, tzinfo=UTC))
    assert written == source | {"DeprecationTime": "2028-01-01T00:00:00.000Z"}


def test_a_member_left_out_is_written_once_it_says_something() -> None:
    assert changed(IMAGE, description="new") == IMAGE | {"Description": "new"}
    assert changed(IMAGE, state="disabled") == IMAGE | {"State": "disabled"}
    assert changed(IMAGE | {"Tags": []}, tags=Tags({"a": "b"}))["Tags"] == [{"Key": "a", "Value": "b"}]


def test_billing_texts_that_disagree_give_way_to_a_code() -> None:
    source = IMAGE | {"UsageOperation": "RunInstances:0002", "PlatformDetails": "Linux/UNIX"}
    written = changed(source, billing=BillingCode.SUSE_LINUX)
    assert (written["UsageOperation"], written["PlatformDetails"]) == ("RunInstances:000g", "SUSE Linux")


def test_unknown_members_stay_with_the_entry_they_were_in() -> None:
    entries = [
        {"DeviceName": f"/dev/sd{letter}", "Ebs": {"SnapshotId": "snap-12345678", "Note": letter}} for letter in "abc"
    ]
    (record,) = read(described(BlockDeviceMappings=entries)).records
    fewer = evolve(record, value=evolve(record.value, block_device_mappings=record.value.block_device_mappings[1:]))
    assert write(fewer)["BlockDeviceMappings"] == entries[1:]


def test_what_is_written_can_be_changed_without_changing_the_record() -> None:
    answer = described(Operator={"Managed": False})
    response = read(answer)
    answer["Images"][0]["Operator"]["Managed"] = True
    write(response)["Images"][0]["Operator"]["Managed"] = True
    assert write(response)["Images"][0]["Operator"] == {"Managed": False}


def test_records_and_responses_can_be_keys() -> None:
    response = read(described(Operator={"Managed": False}))
    assert {response: 1, response.records[0]: 2}[response.records[0]] == 2
    assert response == read(described(Operator={"Managed": False}))
    assert repr(ABSENT) == "ABSENT"


def test_an_answer_can_be_made_of_values_alone() -> None:
    image = Image(
        image_id="ami-12345678",
        owner_id="111122223333",
        name=None,
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),
        architecture="arm64",
        launch_permissions=Permissions([AccountPermission("444455556666")]),
    )
    (written,) = write(Response(action=Action.DESCRIBE_IMAGES, records=(Record(image),)))["Images"]
    assert written["Public"] is False
    assert "Name" not in written
    with pytest.raises(TypeError, match="has a str in it"):
        write(Record("ami-12345678"))


def test_an_instant_is_written_with_the_digits_it_has() -> None:
    at = datetime(2026, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC)
    assert changed(IMAGE, launches=[at])["LastLaunchedTime"] == "2026-01-01T00:00:00.123456+00:00"
    assert changed(IMAGE, launches=[at.replace(microsecond=1000)])["LastLaunchedTime"] == "2026-01-01T00:00:00.001Z"


# --- faults


def faults_of(**members: Any) -> list[str]:
    response = read(described(**members))
    assert write(response) == described(**members)
    return [str(fault) for fault in response.faults]


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"ImageId": "ami-1"}, 'ImageId (ami-1): InvalidAMIID.Malformed: Invalid id: "ami-1"'),
        ({"ImageId": "x"}, 'ImageId (x): InvalidAMIID.Malformed: Invalid id: "x" (expecting "ami-...")'),
        ({"ImageId": "ami-12345678", "ImageType": "kernel"},
         ("ImageId (ami-12345678): InvalidParameterValue: Value (ami-12345678) for parameter imageId is invalid. "
         "The id of a kernel image begins with aki-")),
        ({"ImageId": None}, "ImageId: Expected text, not null."),
        ({"KernelId": []}, "KernelId (ami-12345678): Expected text, not a list."),
        ({"BootMode": "bios"},
         "BootMode (ami-12345678): InvalidParameterValue: Invalid value 'bios' for bootMode."),
        ({"OwnerId": ""}, 'OwnerId (ami-12345678): InvalidUserID.Malformed: Invalid user id: ""'),
        ({"Public": "yes"}, "Public (ami-12345678): Expected true or false, not text."),
        ({"Public": 1}, "Public (ami-12345678): Expected true or false, not a whole number."),
        ({"EnaSupport": "true"}, "EnaSupport (ami-12345678): Expected true or false, not text."),
        ({"RootDeviceName": 5}, "RootDeviceName (ami-12345678): Expected text, not a whole number."),
        ({"Architecture": "sparc"},
         "Architecture (ami-12345678): InvalidParameterValue: Invalid value 'sparc' for architecture."),
        ({"State": True}, "State (ami-12345678): Expected text, not a truth value."),
        ({"CreationDate": 5}, "CreationDate (ami-12345678): Expected a time, not a whole number."),
        ({"CreationDate": "today"},
         ("CreationDate (ami-12345678): InvalidParameterValue: Value (today) for parameter creationDate is invalid. "
         "Expected a time such as 2026-01-31T12:00:00.000Z.")),
        ({"LastLaunchedTime": "now"},
         ("LastLaunchedTime (ami-12345678): InvalidParameterValue: Value (now) for parameter lastLaunchedTime is "
         "invalid. Expected a time such as 2026-01-31T12:00:00.000Z.")),
        ({"PlatformDetails": 5}, "PlatformDetails (ami-12345678): Expected text, not a whole number."),
        ({"UsageOperation": []}, "UsageOperation (ami-12345678): Expected text, not a list."),
        ({"UsageOperation": 5}, "UsageOperation (ami-12345678): Expected text, not a whole number."),
        ({"Tags": {}}, "Tags (ami-12345678): Expected a list, not an object."),
        ({"Tags": ["x"]}, "Tags[0] (ami-12345678): Expected an object, not text."),
        ({"Tags": [{"Key": "a"}]}, "Tags[0].Value (ami-12345678): It is missing."),
        ({"Tags": [{"Key": "a", "Value": "1"}] * 2},
         "Tags (ami-12345678): InvalidParameterValue: Duplicate tag key 'a' specified."),
        ({"BlockDeviceMappings": [{"DeviceName": "/dev/sda1"}]},
         "BlockDeviceMappings[0] (ami-12345678): Expected exactly one of Ebs, VirtualName, NoDevice."),
        ({"BlockDeviceMappings": [{"Ebs": {}}]}, "BlockDeviceMappings[0].DeviceName (ami-12345678): It is missing."),
        ({"BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": "8"}}]},
         "BlockDeviceMappings[0].Ebs.VolumeSize (ami-12345678): Expected a whole number, not text."),
        ({"BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "VolumeType": "st1"}}]},
         ("BlockDeviceMappings[0].Ebs.VolumeSize (ami-12345678): InvalidParameterValue: "
         "Volume of 8GiB is too small; minimum is 125GiB.")),
        ({"BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": "x"}]},
         "BlockDeviceMappings[0].Ebs (ami-12345678): Expected an object, not text."),
        ({"BlockDeviceMappings": [{"DeviceName": "sdb", "VirtualName": "ephemeral99"}]},
         ("BlockDeviceMappings[0].VirtualName (ami-12345678): InvalidBlockDeviceMapping: "
         "Invalid virtual name ephemeral99; expected ephemeral0 to ephemeral23.")),
        ({"InstanceTypeSpecification": {"SupportedInstanceTypes": [{"InstanceType": "t3.*"}] * 2}},
         ("InstanceTypeSpecification.SupportedInstanceTypes (ami-12345678): InvalidParameterValue: "
         "Value (t3.*) for parameter supportedInstanceTypes is invalid. It is given twice.")),
        ({"DeregistrationProtection": {}}, "DeregistrationProtection (ami-12345678): Expected text, not an object."),
        ({"ImageWatermarks": [{"WatermarkKey": "x"}]},
         ("ImageWatermarks[0].WatermarkKey (ami-12345678): InvalidParameterValue: "
         "Value (x) for parameter watermarkKey is invalid. Expected account:name.")),
    ],
)  # fmt: skip
def test_a_fault_names_the_member_and_says_why(members: dict[str, Any], fault: str) -> None:
    assert faults_of(**members)[0] == f"Images[0].{fault}"


@pytest.mark.parametrize("member", ["ImageId", "OwnerId", "CreationDate", "Architecture", "Public"])
def test_a_member_that_is_missing_is_named(member: str) -> None:
    record = {name: value for name, value in IMAGE.items() if name != member}
    (fault,) = read({"Images": [record]}).faults
    assert (fault.member, fault.code, fault.message) == (f"Images[0].{member}", None, "It is missing.")


@pytest.mark.parametrize(
    ("records", "faults"),
    [
        ({}, ["Images: Expected a list, not an object."]),
        (None, ["Images: Expected a list, not null."]),
        ([None], ["Images[0]: Expected an object, not null."]),
        (["ami-12345678", IMAGE], ["Images[0]: Expected an object, not text."]),
    ],
)
def test_what_is_no_record_is_named(records: Any, faults: list[str]) -> None:
    response = read({"Images": records})
    assert [str(fault) for fault in response.faults] == faults
    assert write(response) == {"Images": records}


@pytest.mark.parametrize(
    ("permissions", "fault"),
    [
        ([{}], ("LaunchPermissions[0] (ami-12345678): "
               "Expected exactly one of UserId, Group, OrganizationArn, OrganizationalUnitArn.")),
        ([{"Group": "some"}], ("LaunchPermissions[0].Group (ami-12345678): InvalidAMIAttributeItemValue: "
                              'Invalid attribute item value "some" for UserGroup item type.')),
        ([{"UserId": "1"}], ("LaunchPermissions[0].UserId (ami-12345678): InvalidAMIAttributeItemValue: "
                            'Invalid attribute item value "1" for userId item type.')),
        ([{"Group": "all"}] * 2, ("LaunchPermissions (ami-12345678): InvalidParameterValue: "
                                 "Value (everyone) for parameter permission is invalid. It is given twice.")),
        ("all", "LaunchPermissions (ami-12345678): Expected a list, not text."),
    ],
)  # fmt: skip
def test_a_fault_in_a_permission_list_names_the_item(permissions: object, fault: str) -> None:
    answer = {"ImageId": "ami-12345678", "LaunchPermissions": permissions}
    assert [str(found) for found in read(answer).faults] == [fault]
    assert write(read(answer)) == answer


def test_every_member_at_fault_is_named() -> None:
    members = {"OwnerId": "1", "Public": 0, "BlockDeviceMappings": [{"Ebs": {"SnapshotId": "snap-1", "Iops": "x"}}]}
    assert [fault.member for fault in read(described(**members)).faults] == [
        "Images[0].OwnerId",
        "Images[0].BlockDeviceMappings[0].DeviceName",
        "Images[0].BlockDeviceMappings[0].Ebs.SnapshotId",
        "Images[0].BlockDeviceMappings[0].Ebs.Iops",
        "Images[0].Public",
    ]


def test_a_state_code_that_is_not_the_names_is_a_fault() -> None:
    answer = json.loads((SAMPLES / "describe-instance-image-metadata.json").read_text())
    answer["InstanceImageMetadata"][0]["State"]["Code"] = 17
    (fault,) = read(answer).faults
    assert str(fault) == (
        "InstanceImageMetadata[0].State (i-0123456789abcdef0): Expected the code 16 with the name running, not 17."
    )


def test_a_fault_is_one_readable_line() -> None:
    fault = Fault(path=("Images", 0, "Name"), record_id="ami-\n\ud800", code="C", message="x" * 1000)
    text = str(fault)
    assert text.isprintable()
    assert text.startswith("Images[0].Name (ami-\\n\\ud800): C: xxx")
    assert text.endswith("...")


def test_unread_records_return_to_their_places() -> None:
    good, bad = IMAGE, {"ImageId": "ami-1"}
    answer = {"Images": [bad, good, None, good, bad]}
    response = read(answer)
    assert [unread.index for unread in response.unread] == [0, 2, 4]
    assert write(response) == answer
    assert write(evolve(response, unread=())) == {"Images": [good, good]}


# --- should a mistake of this package's own ever make it lose something, it says so


def faults_with(source: dict[str, Any], **changes: Any) -> list[str]:
    (kind,) = kinds_in(described())
    result = _read_record(evolve(kind, **changes), source, ("Images", 7), 7, None)
    assert isinstance(result, Unread)
    assert result.source == source
    return [str(fault) for fault in result.faults]


@pytest.mark.parametrize(
    ("member", "written"),
    [
        ("OwnerId", {}),
        ("Name", IMAGE | {"Name": "another"}),
        ("Tags", IMAGE | {"Tags": []}),
        ("CreationDate", IMAGE | {"CreationDate": "2026-01-01T00:00:01.000Z"}),
    ],
)
def test_a_record_that_would_not_come_back_is_not_taken(member: str, written: dict[str, Any]) -> None:
    source = IMAGE | {"Tags": [{"Key": "a", "Value": "b"}]}
    wrong = {"Tags": source["Tags"], **written, "ImageId": "ami-12345678"}
    assert faults_with(source, write=lambda _: wrong) == [
        f"Images[7].{member} (ami-12345678): It would not be written again as it is."
    ]


def test_a_record_that_nobody_can_explain_is_named_all_the_same() -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    assert faults_with(IMAGE, read=fail, explain=lambda _: []) == [
        "Images[7] (ami-12345678): It cannot be read: ZeroDivisionError: division by zero"
    ]


# --- what is no response


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "Expected a whole answer of EC2, which is an object, not null."),
        ([], "Expected a whole answer of EC2, which is an object, not a list."),
        ({}, "It is no answer that can be read here. Its members: none."),
        (
            {"Reservations": [], "NextToken": ""},
            "It is no answer that can be read here. Its members: Reservations, NextToken.",
        ),
        ({"ImageId": "ami-12345678"}, "It is no answer that can be read here. Its members: ImageId."),
    ],
)
def test_what_is_no_response_is_said_to_be_none(value: object, message: str) -> None:
    with pytest.raises(NotAResponse) as caught:
        read(value)
    assert (str(caught.value), caught.value.line) == (message, None)


@pytest.mark.parametrize(
    ("member", "can_be_read"),
    [("BlockDeviceMappings", False), ("Description", False), ("StateReason", True), ("Unknown", True)],
)
def test_an_object_that_contains_itself_stops_nothing(member: str, can_be_read: bool) -> None:
    endless: dict[str, Any] = {}
    endless["Tags"] = [endless]
    endless["Ebs"] = endless
    response = read({"Images": [IMAGE | {member: endless}, IMAGE]})
    assert len(response.records) == (2 if can_be_read else 1)


def test_only_json_can_be_printed() -> None:
    response = read(described(Unknown={1, 2}))
    with pytest.raises(TypeError, match=r"JSON has no set\."):
        write_text(response)


def test_whoever_waits_is_told_how_many_records_are_done() -> None:
    steps: list[tuple[int, int]] = []
    images = [{"ImageId": f"ami-{number:08x}"} for number in range(600)]
    response = read({"Images": images}, progress=lambda done, of: steps.append((done, of)))
    assert len(response.unread) == 600, "what cannot be read is done, too"
    assert steps == [(1, 600), (257, 600), (513, 600)]
