"""Scenarios about sharing images, changing them and describing them."""

from typing import Any

from amimodel.testing.conformance._pen import (
    ALICE,
    ALICE_IN_VIRGINIA,
    BOB,
    EVERYBODY,
    NO_IMAGE,
    NO_VOLUME,
    ROOT,
    STAGE,
    UNBLOCKED,
    WITH_BOB,
    Pen,
)


def sharing() -> tuple[Pen, ...]:
    """Who an image is shared with, and what they can do with it then."""
    pens = (Pen("sharing"), Pen("publishing", UNBLOCKED), Pen("publishing under block public access"))
    pen, public, blocked = pens
    image_id = pen.image()
    launch: dict[str, Any] = {"ImageId": image_id, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    _ = pen(BOB, "DescribeImages", ImageIds=[image_id])
    _ = pen(ALICE, "ModifyImageAttribute", ImageId=image_id, LaunchPermission=WITH_BOB)
    _ = pen(ALICE, "DescribeImageAttribute", ImageId=image_id, Attribute="launchPermission")
    _ = pen(ALICE, "DescribeImages", ExecutableUsers=[BOB.account])
    _ = pen(BOB, "DescribeImages", ImageIds=[image_id])
    _ = pen(BOB, "DescribeImages", ExecutableUsers=["self"])
    _ = pen(BOB, "DescribeImageAttribute", ImageId=image_id, Attribute="launchPermission")
    _ = pen(BOB, "RunInstances", **launch)
    _ = pen(ALICE, "ModifyImageAttribute", ImageId=image_id, LaunchPermission={"Remove": [{"UserId": BOB.account}]})
    _ = pen(ALICE, "DescribeImageAttribute", ImageId=image_id, Attribute="launchPermission")
    _ = pen(BOB, "DescribeImages", ImageIds=[image_id])
    image_id = public.image()
    _ = public(ALICE, "ModifyImageAttribute", ImageId=image_id, LaunchPermission=EVERYBODY)
    _ = public(ALICE, "DescribeImages", ImageIds=[image_id])
    _ = public(ALICE, "DescribeImages", Filters=[{"Name": "is-public", "Values": ["true"]}])
    _ = public(BOB, "DescribeImages", ImageIds=[image_id])
    _ = public(BOB, "DescribeImages", Owners=[ALICE.account])
    _ = public(ALICE, "DescribeImages", ExecutableUsers=["all"])
    _ = blocked(ALICE, "ModifyImageAttribute", ImageId=blocked.image(), LaunchPermission=EVERYBODY)
    return pens


def modifying_in_vain() -> tuple[Pen, ...]:
    """Why ModifyImageAttribute refuses, and what else it changes."""
    rows: dict[str, dict[str, Any]] = {
        "with nobody": {"LaunchPermission": {"Add": [{"UserId": "12"}]}},
        "with a group that there is not": {"LaunchPermission": {"Add": [{"Group": "friends"}]}},
        "with what is not there to take back": {"LaunchPermission": {"Remove": [{"UserId": BOB.account}]}},
        "by user ids": {"Attribute": "launchPermission", "OperationType": "add", "UserIds": [BOB.account]},
        "by user ids alone": {"OperationType": "add", "UserIds": [BOB.account]},
        "with nothing said": {},
        "in its product codes": {"ProductCodes": ["abc"]},
        "in words": {"Description": {"Value": "the shop"}},
        "in words by attribute": {"Attribute": "description", "Value": "the shop"},
        "in its metadata service": {"ImdsSupport": {"Value": "v2.0"}},
        "in a way that there is not": {"Attribute": "kernel", "Value": "aki-12345678"},
        "with an organization": {
            "LaunchPermission": {
                "Add": [{"OrganizationArn": f"arn:aws:organizations::{ALICE.account}:organization/o-a1b2c3d4e5"}]
            }
        },
        "with oneself": {"LaunchPermission": {"Add": [{"UserId": ALICE.account}]}},
        "dry": {"LaunchPermission": WITH_BOB, "DryRun": True},
    }  # fmt: skip
    pens: list[Pen] = []
    for name, parameters in rows.items():
        pen = Pen(f"changing an image {name}")
        image_id = pen.image()
        _ = pen(ALICE, "ModifyImageAttribute", ImageId=image_id, **parameters)
        _ = pen(ALICE, "DescribeImageAttribute", ImageId=image_id, Attribute="launchPermission")
        _ = pen(ALICE, "DescribeImages", ImageIds=[image_id])
        pens.append(pen)
    foreign, none = Pen("changing another's image"), Pen("changing no image")
    _ = foreign(BOB, "ModifyImageAttribute", ImageId=foreign.image(), LaunchPermission=WITH_BOB)
    _ = none(ALICE, "ModifyImageAttribute", ImageId=NO_IMAGE, LaunchPermission=WITH_BOB)
    return (*pens, foreign, none)


def describing_images() -> tuple[Pen, ...]:
    """DescribeImages: what is found by what, and what it refuses."""
    rows: dict[str, dict[str, Any]] = {
        "by a name": {"Filters": [{"Name": "name", "Values": ["web"]}]},
        "by a pattern": {"Filters": [{"Name": "name", "Values": ["w*"]}]},
        "by a question mark": {"Filters": [{"Name": "name", "Values": ["we?"]}]},
        "by a question mark too many": {"Filters": [{"Name": "name", "Values": ["web?"]}]},
        "by a tag": {"Filters": [{"Name": "tag:Stage", "Values": ["prod"]}]},
        "by a tag's key": {"Filters": [{"Name": "tag-key", "Values": ["Stage"]}]},
        "by a tag's value alone": {"Filters": [{"Name": "tag-value", "Values": ["prod"]}]},
        "by state": {"Filters": [{"Name": "state", "Values": ["available"]}]},
        "by architecture": {"Filters": [{"Name": "architecture", "Values": ["x86_64"]}]},
        "by virtualization": {"Filters": [{"Name": "virtualization-type", "Values": ["hvm"]}]},
        "by root device": {"Filters": [{"Name": "root-device-type", "Values": ["ebs"]}]},
        "by root device name": {"Filters": [{"Name": "root-device-name", "Values": [ROOT]}]},
        "by description": {"Filters": [{"Name": "description", "Values": ["the*"]}]},
        "by owner": {"Filters": [{"Name": "owner-id", "Values": [ALICE.account]}]},
        "by location": {"Filters": [{"Name": "manifest-location", "Values": [f"{ALICE.account}/web"]}]},
        "by type": {"Filters": [{"Name": "image-type", "Values": ["machine"]}]},
        "by hypervisor": {"Filters": [{"Name": "hypervisor", "Values": ["xen"]}]},
        "by ENA": {"Filters": [{"Name": "ena-support", "Values": ["true"]}]},
        "by being private": {"Filters": [{"Name": "is-public", "Values": ["false"]}]},
        "by volume type": {"Filters": [{"Name": "block-device-mapping.volume-type", "Values": ["gp2"]}]},
        "by volume size": {"Filters": [{"Name": "block-device-mapping.volume-size", "Values": ["8"]}]},
        "by encryption": {"Filters": [{"Name": "block-device-mapping.encrypted", "Values": ["false"]}]},
        "by creation date": {"Filters": [{"Name": "creation-date", "Values": ["20*"]}]},
        "by two filters": {
            "Filters": [{"Name": "name", "Values": ["web"]}, {"Name": "architecture", "Values": ["arm64"]}]
        },
        "by a filter that there is not": {"Filters": [{"Name": "colour", "Values": ["red"]}]},
        "by owner's alias": {"Owners": ["amazon"]},
        "by an owner that is none": {"Owners": ["somebody"]},
        "by a user that is none": {"ExecutableUsers": ["somebody"]},
        "by an unknown id": {"ImageIds": [NO_IMAGE]},
        "by an id that is none": {"ImageIds": ["ami-1"]},
        "by another thing's id": {"ImageIds": [NO_VOLUME]},
        "by pages": {"Owners": ["self"], "MaxResults": 5},
        "by a page that there is not": {"NextToken": "nonsense"},
        "dry": {"DryRun": True},
    }  # fmt: skip
    pens: list[Pen] = []
    for name, parameters in rows.items():
        pen = Pen(f"describing images {name}")
        tags = [{"ResourceType": "image", "Tags": [STAGE]}]
        _ = pen.image(Description="the shop", TagSpecifications=tags)
        _ = pen(ALICE, "DescribeImages", **parameters)
        pens.append(pen)
    two = Pen("describing two images of which one does not exist")
    _ = two(ALICE, "DescribeImages", ImageIds=[two.image(), NO_IMAGE])
    filtered = Pen("describing images by an id and a filter")
    _ = filtered(ALICE, "DescribeImages", ImageIds=[filtered.image()], Filters=[{"Name": "name", "Values": ["other"]}])
    far = Pen("describing an image in another Region")
    _ = far(ALICE_IN_VIRGINIA, "DescribeImages", ImageIds=[far.image()])
    return (*pens, two, filtered, far)


def describing_attributes() -> tuple[Pen, ...]:
    """DescribeImageAttribute: each attribute, and whose image it is."""
    pen, foreign, none = Pen("attributes"), Pen("another's attributes"), Pen("attributes of nothing")
    image_id = pen.image(Description="the shop")
    for attribute in (
        "description", "kernel", "ramdisk", "launchPermission", "productCodes", "blockDeviceMapping", "sriovNetSupport",
        "bootMode", "tpmSupport", "uefiData", "lastLaunchedTime", "imdsSupport", "deregistrationProtection", "colour",
    ):  # fmt: skip
        _ = pen(ALICE, "DescribeImageAttribute", ImageId=image_id, Attribute=attribute)
    _ = pen(ALICE, "DescribeImageAttribute", ImageId=image_id, Attribute="description", DryRun=True)
    _ = foreign(BOB, "DescribeImageAttribute", ImageId=foreign.image(), Attribute="launchPermission")
    _ = none(ALICE, "DescribeImageAttribute", ImageId=NO_IMAGE, Attribute="launchPermission")
    return pen, foreign, none


SHARING_SCENARIOS = (sharing, modifying_in_vain, describing_images, describing_attributes)
