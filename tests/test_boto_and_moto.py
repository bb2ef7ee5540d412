"""The same program, written against boto3, on amimodel and on moto, wherever moto does as EC2 does.

Where it does not, docs/divergences.md and docs/conformance/ say so, with the rules.
"""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from amimodel import World
from amimodel.boto import Simulator
from amimodel.clock import parse

OWNER = "123456789012"
OTHER = "555566667777"
REGION = "eu-central-1"


@pytest.fixture(params=["amimodel", "moto"])
def ec2(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an account that owns nothing yet, and whose Region holds what it is given."""
    if request.param == "amimodel":
        world = World(now=parse("2026-06-01T00:00:00Z"))
        yield Simulator(world).client("ec2", account=OWNER, region=REGION)
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield boto3.client("ec2", region_name=REGION)


def a_snapshot(ec2: Any, size: int = 8) -> str:
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=size)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    snapshot: str = ec2.create_snapshot(VolumeId=volume, Description="of the root")["SnapshotId"]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
    return snapshot


def an_image(ec2: Any, name: str = "web", **more: Any) -> str:
    image: str = ec2.register_image(
        Name=name, Architecture="x86_64", VirtualizationType="hvm", RootDeviceName="/dev/sda1",
        BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": a_snapshot(ec2)}}], **more,
    )["ImageId"]  # fmt: skip
    ec2.get_waiter("image_available").wait(ImageIds=[image])
    return image


def the_image(ec2: Any, image_id: str) -> Any:
    (image,) = ec2.describe_images(ImageIds=[image_id])["Images"]
    return image


def refused(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    said: Any = caught.value.response
    code: str = said["Error"]["Code"]
    return code


def test_a_registered_image_is_described_as_it_was_registered(ec2: Any) -> None:
    image = the_image(ec2, an_image(ec2, Description="of the shop"))
    assert {key: image[key] for key in ("Name", "Description", "State", "OwnerId", "Public")} == {
        "Name": "web", "Description": "of the shop", "State": "available", "OwnerId": OWNER, "Public": False,
    }  # fmt: skip
    assert image["RootDeviceName"] == "/dev/sda1"
    assert image["BlockDeviceMappings"][0]["DeviceName"] == "/dev/sda1"


def test_a_copy_is_another_image_of_the_same_content(ec2: Any) -> None:
    source = an_image(ec2)
    copy = ec2.copy_image(SourceImageId=source, SourceRegion=REGION, Name="web-copy")["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[copy])
    found = the_image(ec2, copy)
    assert copy != source
    assert found["Name"] == "web-copy"
    assert found["RootDeviceName"] == the_image(ec2, source)["RootDeviceName"]


def test_what_is_deregistered_is_gone(ec2: Any) -> None:
    image = an_image(ec2)
    ec2.deregister_image(ImageId=image)
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert refused(ec2.deregister_image, ImageId="ami-0123456789abcdef0") == "InvalidAMIID.NotFound"


def test_launch_permissions_are_given_and_taken(ec2: Any) -> None:
    image = an_image(ec2)

    def granted() -> Any:
        return ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")["LaunchPermissions"]

    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": OTHER}]})
    assert granted() == [{"UserId": OTHER}]
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Remove": [{"UserId": OTHER}]})
    assert granted() == []
    ec2.modify_image_attribute(ImageId=image, Attribute="launchPermission", OperationType="add", UserIds=[OTHER])
    assert granted() == [{"UserId": OTHER}]


def test_tags_are_seen_and_found_and_taken_off(ec2: Any) -> None:
    tagged, _ = an_image(ec2, "one"), an_image(ec2, "two")
    ec2.create_tags(Resources=[tagged], Tags=[{"Key": "Stage", "Value": "old"}])
    assert the_image(ec2, tagged)["Tags"] == [{"Key": "Stage", "Value": "old"}]
    found = ec2.describe_images(Owners=["self"], Filters=[{"Name": "tag:Stage", "Values": ["old"]}])["Images"]
    assert [image["ImageId"] for image in found] == [tagged]
    ec2.delete_tags(Resources=[tagged], Tags=[{"Key": "Stage"}])
    assert the_image(ec2, tagged).get("Tags", []) == []


def test_names_are_found_by_patterns(ec2: Any) -> None:
    for name in ("web-1", "web-2", "database-1"):
        an_image(ec2, name)
    found = ec2.describe_images(Owners=["self"], Filters=[{"Name": "name", "Values": ["web-*"]}])["Images"]
    assert sorted(image["Name"] for image in found) == ["web-1", "web-2"]


def test_an_image_of_an_instance_has_what_the_instance_has(ec2: Any) -> None:
    image = an_image(ec2, EnaSupport=True)
    instance = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance["InstanceId"]])
    made = ec2.create_image(InstanceId=instance["InstanceId"], Name="golden")["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[made])
    assert the_image(ec2, made)["Name"] == "golden"
    (reservation,) = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"]
    assert reservation["Instances"][0]["ImageId"] == image
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance["InstanceId"]])


def test_a_snapshot_is_described_and_deleted(ec2: Any) -> None:
    snapshot = a_snapshot(ec2, size=12)
    (found,) = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert (found["VolumeSize"], found["State"], found["OwnerId"]) == (12, "completed", OWNER)
    ec2.delete_snapshot(SnapshotId=snapshot)
    assert refused(ec2.describe_snapshots, SnapshotIds=[snapshot]) == "InvalidSnapshot.NotFound"


def test_the_snapshot_of_an_image_is_in_use(ec2: Any) -> None:
    mapping = the_image(ec2, an_image(ec2))["BlockDeviceMappings"][0]
    assert refused(ec2.delete_snapshot, SnapshotId=mapping["Ebs"]["SnapshotId"]) == "InvalidSnapshot.InUse"


def test_what_is_there_is_not_asked_for_by_another_name(ec2: Any) -> None:
    assert refused(ec2.describe_images, ImageIds=["ami-0123456789abcdef0"]) == "InvalidAMIID.NotFound"
    assert refused(ec2.create_image, InstanceId="i-0123456789abcdef0", Name="golden") == "InvalidInstanceID.NotFound"


def test_a_dry_run_only_says_that_it_would_have_been_done(ec2: Any) -> None:
    image = an_image(ec2)
    assert (
        refused(ec2.create_tags, Resources=[image], Tags=[{"Key": "a", "Value": "b"}], DryRun=True) == "DryRunOperation"
    )
    assert the_image(ec2, image).get("Tags", []) == []
