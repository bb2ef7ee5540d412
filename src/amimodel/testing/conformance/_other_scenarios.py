"""Scenarios about snapshots, volumes, instances, tags and settings."""

from typing import Any

from amimodel.testing.conformance._pen import (
    ALICE,
    ALICE_IN_VIRGINIA,
    BOB,
    EVERYBODY,
    NO_IMAGE,
    NO_INSTANCE,
    NO_SNAPSHOT,
    NO_VOLUME,
    ROOT,
    STAGE,
    WITH_BOB,
    Pen,
    each_alone,
)


def snapshots() -> tuple[Pen, ...]:
    """Snapshots: made, described, copied, shared, deleted."""
    pens = tuple(map(Pen, (
        "snapshots", "snapshots in vain", "sharing snapshots", "copying snapshots", "deleting snapshots",
        "snapshots at once",
    )))  # fmt: skip
    pen, vain, shared, copied, deleted, many = pens
    volume_id = pen.volume()
    tags = [{"ResourceType": "snapshot", "Tags": [STAGE]}]
    made = pen(ALICE, "CreateSnapshot", VolumeId=volume_id, Description="nightly", TagSpecifications=tags)
    asked: tuple[dict[str, Any], ...] = (
        {"SnapshotIds": [made["SnapshotId"]]}, {"OwnerIds": ["self"]}, {"OwnerIds": [BOB.account]},
        {"RestorableByUserIds": ["self"]}, {"MaxResults": 5}, {"SnapshotIds": [NO_SNAPSHOT]},
        {"SnapshotIds": ["snap-1"]},
        *({"Filters": [{"Name": name, "Values": [value]}]} for name, value in (
            ("status", "completed"), ("volume-id", volume_id), ("volume-size", "8"), ("description", "night*"),
            ("encrypted", "false"), ("tag:Stage", "prod"), ("owner-id", ALICE.account), ("colour", "red"),
            ("progress", "100%"), ("storage-tier", "standard"),
        )),
    )  # fmt: skip
    for parameters in asked:
        _ = pen(ALICE, "DescribeSnapshots", **parameters)
    volume_id = vain.volume()
    alone = each_alone(vain, (("CreateSnapshot", row) for row in (
        {"VolumeId": NO_VOLUME}, {"VolumeId": "vol-1"}, {"VolumeId": volume_id, "Description": "x" * 256},
        {"VolumeId": vain.volume(BOB)}, {"VolumeId": volume_id, "DryRun": True},
        {"VolumeId": volume_id, "Location": "regional"},
    )))  # fmt: skip
    snapshot_id = shared.snapshot()
    about: dict[str, Any] = {"SnapshotId": snapshot_id, "Attribute": "createVolumePermission"}
    _ = shared(BOB, "DescribeSnapshots", SnapshotIds=[snapshot_id])
    _ = shared(ALICE, "DescribeSnapshotAttribute", **about)
    _ = shared(ALICE, "ModifySnapshotAttribute", SnapshotId=snapshot_id, CreateVolumePermission=WITH_BOB)
    _ = shared(ALICE, "DescribeSnapshotAttribute", **about)
    _ = shared(BOB, "DescribeSnapshots", SnapshotIds=[snapshot_id])
    _ = shared(ALICE, "ModifySnapshotAttribute", **about, OperationType="remove", UserIds=[BOB.account])
    _ = shared(ALICE, "DescribeSnapshotAttribute", **about)
    _ = shared(ALICE, "ResetSnapshotAttribute", **about)
    for one in (snapshot_id, NO_SNAPSHOT):
        _ = shared(ALICE, "DescribeSnapshotAttribute", SnapshotId=one, Attribute="productCodes")
    alone += each_alone(shared, (("ModifySnapshotAttribute", row) for row in (
        {"SnapshotId": NO_SNAPSHOT, "CreateVolumePermission": WITH_BOB},
        {**about, "OperationType": "add", "UserIds": ["12"]}, {**about, "CreateVolumePermission": EVERYBODY},
        {**about}, {**about, "OperationType": "add", "UserIds": [BOB.account], "DryRun": True},
    )))  # fmt: skip
    alone += each_alone(shared, [("ModifySnapshotAttribute", {**about, "CreateVolumePermission": WITH_BOB})], BOB)
    snapshot_id = copied.snapshot(Description="nightly")
    _ = copied(ALICE, "CopySnapshot", SourceSnapshotId=NO_SNAPSHOT, SourceRegion="eu-central-1")
    _ = copied(ALICE, "CopySnapshot", SourceSnapshotId=NO_SNAPSHOT, SourceRegion="cn-north-1")
    copy = copied(ALICE_IN_VIRGINIA, "CopySnapshot", SourceSnapshotId=snapshot_id, SourceRegion="eu-central-1")
    _ = copied(ALICE_IN_VIRGINIA, "DescribeSnapshots", SnapshotIds=[copy["SnapshotId"]])
    sealed = copied(
        ALICE, "CopySnapshot", SourceSnapshotId=snapshot_id, SourceRegion="eu-central-1", Encrypted=True,
        Description="sealed", TagSpecifications=tags,
    )  # fmt: skip
    _ = copied(ALICE, "DescribeSnapshots", SnapshotIds=[sealed["SnapshotId"]])
    alone += each_alone(copied, [("CopySnapshot", {
        "SourceSnapshotId": snapshot_id, "SourceRegion": "eu-central-1", "Description": "x" * 256,
    })])  # fmt: skip
    _ = copied(BOB, "CopySnapshot", SourceSnapshotId=snapshot_id, SourceRegion="eu-central-1")
    _ = deleted(ALICE, "DeleteSnapshot", SnapshotId=NO_SNAPSHOT)
    _ = deleted(ALICE, "DeleteSnapshot", SnapshotId="snap-1")
    _ = deleted(BOB, "DeleteSnapshot", SnapshotId=deleted.snapshot())
    snapshot_id = deleted.snapshot()
    _ = deleted(ALICE, "DeleteSnapshot", SnapshotId=snapshot_id, DryRun=True)
    _ = deleted(ALICE, "DeleteSnapshot", SnapshotId=snapshot_id)
    _ = deleted(ALICE, "DescribeSnapshots", SnapshotIds=[snapshot_id])
    instance_id = many.instance()
    _ = many(ALICE, "CreateSnapshots", InstanceSpecification={"InstanceId": instance_id}, Description="all")
    _ = many(ALICE, "CreateSnapshots", InstanceSpecification={"InstanceId": NO_INSTANCE})
    _ = many(ALICE, "CreateSnapshots", InstanceSpecification={"InstanceId": instance_id, "ExcludeBootVolume": True})
    return (pen, shared, copied, deleted, many, *alone)


def volumes() -> tuple[Pen, ...]:
    """Volumes: made, described, deleted."""
    pen, made_of = Pen("volumes"), Pen("volumes of snapshots")
    zone = "eu-central-1a"
    tags = [{"ResourceType": "volume", "Tags": [STAGE]}]
    volume_id = pen(ALICE, "CreateVolume", AvailabilityZone=zone, Size=8, TagSpecifications=tags)["VolumeId"]
    _ = pen(ALICE, "CreateVolume", AvailabilityZone=zone, Size=8, VolumeType="gp3")
    _ = pen(ALICE, "CreateVolume", AvailabilityZone=zone, Size=8, VolumeType="io1", Iops=100)
    _ = pen(ALICE, "CreateVolume", AvailabilityZone=zone, Size=8, Encrypted=True)
    _ = pen(ALICE, "DescribeVolumes", VolumeIds=[volume_id])
    _ = pen(ALICE, "DescribeVolumes", VolumeIds=[NO_VOLUME])
    _ = pen(ALICE, "DescribeVolumes", VolumeIds=["vol-1"])
    _ = pen(ALICE, "DeleteVolume", VolumeId=volume_id)
    _ = pen(ALICE, "DeleteVolume", VolumeId=volume_id)
    rows: tuple[dict[str, Any], ...] = (
        {}, {"Size": 0}, {"Size": 8, "VolumeType": "gp4"}, {"Size": 8, "VolumeType": "io1"},
        {"Size": 8, "VolumeType": "gp2", "Iops": 100}, {"Size": 8, "VolumeType": "io1", "Iops": 10_000},
        {"Size": 8, "VolumeType": "st1"}, {"Size": 8, "KmsKeyId": "alias/aws/ebs"}, {"SnapshotId": NO_SNAPSHOT},
        {"Size": 20_000}, {"Size": 8, "VolumeType": "gp2", "Throughput": 200},
        *({"Size": 8, "AvailabilityZone": "us-east-1a", **more} for more in ({}, {"KmsKeyId": "alias/aws/ebs"})),
        {"SnapshotId": NO_SNAPSHOT, "AvailabilityZone": "us-east-1a"},
    )  # fmt: skip
    alone = each_alone(Pen("volumes in vain"), (("CreateVolume", {"AvailabilityZone": zone, **row}) for row in rows))
    snapshot_id = made_of.snapshot()
    _ = made_of(ALICE, "CreateVolume", AvailabilityZone=zone, SnapshotId=snapshot_id)
    _ = made_of(ALICE, "CreateVolume", AvailabilityZone=zone, SnapshotId=snapshot_id, Size=20)
    _ = made_of(ALICE, "CreateVolume", AvailabilityZone=zone, SnapshotId=snapshot_id, Size=4)
    return (pen, made_of, *alone)


def instances() -> tuple[Pen, ...]:
    """Instances, as far as images are concerned."""
    pens = tuple(map(Pen, (
        "instances", "launching in vain", "launching another's image", "life of an instance", "used by an instance",
        "a terminated instance",
    )))  # fmt: skip
    pen, vain, foreign, life, used, ended = pens
    tags = [{"ResourceType": "instance", "Tags": [STAGE]}, {"ResourceType": "volume", "Tags": [STAGE]}]
    image_id = pen.image()
    instance_id = pen.instance(image_id=image_id, TagSpecifications=tags)
    _ = pen(ALICE, "DescribeInstances", InstanceIds=[instance_id])
    _ = pen(ALICE, "DescribeInstances", Filters=[{"Name": "image-id", "Values": [image_id]}])
    _ = pen(ALICE, "DescribeVolumes")
    _ = pen(ALICE, "DescribeInstances", InstanceIds=[NO_INSTANCE])
    _ = pen(ALICE, "DescribeInstances", InstanceIds=["i-1"])
    _ = pen(ALICE, "DescribeInstances", NextToken="nonsense")
    root = [{"DeviceName": ROOT, "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "DeleteOnTermination": False}}]
    bigger = pen.instance(image_id=image_id, BlockDeviceMappings=root)
    _ = pen(ALICE, "DescribeInstances", InstanceIds=[bigger])
    _ = pen(ALICE, "DescribeVolumes")
    image_id = vain.image()
    launch: dict[str, Any] = {"ImageId": image_id, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    rows: tuple[dict[str, Any], ...] = (
        {"ImageId": NO_IMAGE}, {"ImageId": "ami-1"}, {"InstanceType": "t9.micro"}, {"InstanceType": "t4g.micro"},
        {"MinCount": 2}, {"MinCount": 0, "MaxCount": 0}, {"DryRun": True},
        {"BlockDeviceMappings": [{"DeviceName": ROOT, "Ebs": {"VolumeSize": 4}}]},
        {"BlockDeviceMappings": [{"DeviceName": ROOT, "NoDevice": ""}]},
        {"BlockDeviceMappings": [{"DeviceName": "/dev/sdf", "Ebs": {}}]},
        {"InstanceType": "m1.small"}, {"InstanceType": "mac1.metal"},
        {"TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "aws:a", "Value": "b"}]}]},
        {"TagSpecifications": [{"ResourceType": "image", "Tags": [STAGE]}]},
        {"Placement": {"AvailabilityZone": "us-east-1a"}},
        {"KernelId": "aki-0ffffffffffffffff"}, {"ImageId": "resolve:ssm:/aws/service/none"},
        {"ImageId": NO_IMAGE, "DryRun": True}, {"ImageId": "resolve:ssm:/aws/service/none", "DryRun": True},
    )  # fmt: skip
    alone = each_alone(vain, (("RunInstances", {**launch, **row}) for row in rows))
    _ = foreign(BOB, "RunInstances", **{**launch, "ImageId": foreign.image()})
    instance_id = life.instance()
    for action in (
        "StartInstances", "StopInstances", "StopInstances", "StartInstances", "RebootInstances", "TerminateInstances",
        "TerminateInstances",
    ):  # fmt: skip
        _ = life(ALICE, action, InstanceIds=[instance_id])
        _ = life(ALICE, "DescribeInstances", InstanceIds=[instance_id])
    _ = life(ALICE, "TerminateInstances", InstanceIds=[NO_INSTANCE])
    _ = life(ALICE, "DescribeVolumes")
    instance_id = ended.instance()
    _ = ended(ALICE, "TerminateInstances", InstanceIds=[instance_id])
    after = each_alone(ended, (
        (action, {"InstanceIds": [instance_id]})
        for action in ("StartInstances", "StopInstances", "RebootInstances", "TerminateInstances")
    ))  # fmt: skip
    image_id = used.image()
    instance_id = used.instance(image_id=image_id)
    _ = used(ALICE, "DeregisterImage", ImageId=image_id)
    _ = used(ALICE, "DescribeInstances", InstanceIds=[instance_id])
    _ = used(ALICE, "RunInstances", **{**launch, "ImageId": image_id})
    return (pen, *alone, foreign, life, used, *after)


def tagging() -> tuple[Pen, ...]:
    """Tags: written, read, taken away; on what is one's own and what is not."""
    pens = tuple(map(Pen, ("tags", "tags in vain", "tags on another's image")))
    pen, vain, foreign = pens
    image_id, snapshot_id = pen.image(), pen.snapshot()
    _ = pen(ALICE, "CreateTags", Resources=[image_id, snapshot_id], Tags=[STAGE, {"Key": "Team", "Value": ""}])
    _ = pen(ALICE, "DescribeTags")
    _ = pen(ALICE, "DescribeTags", Filters=[{"Name": "resource-type", "Values": ["image"]}])
    _ = pen(ALICE, "DescribeTags", Filters=[{"Name": "key", "Values": ["St*"]}])
    _ = pen(ALICE, "DescribeTags", Filters=[{"Name": "tag:Stage", "Values": ["prod"]}])
    _ = pen(ALICE, "DescribeTags", Filters=[{"Name": "colour", "Values": ["red"]}])
    _ = pen(ALICE, "DescribeTags", MaxResults=1)
    _ = pen(ALICE, "DescribeTags", NextToken="nonsense")
    _ = pen(ALICE, "CreateTags", Resources=[image_id], Tags=[{"Key": "Stage", "Value": "test"}])
    _ = pen(ALICE, "DeleteTags", Resources=[image_id], Tags=[{"Key": "Stage", "Value": "prod"}])
    _ = pen(ALICE, "DescribeTags")
    _ = pen(ALICE, "DeleteTags", Resources=[image_id])
    _ = pen(ALICE, "DescribeTags")
    image_id = vain.image()
    many = [{"Key": f"key-{number:02}", "Value": ""} for number in range(51)]
    all_tags: tuple[list[dict[str, str]], ...] = (
        [{"Key": "aws:a", "Value": "b"}], [{"Key": "k" * 129, "Value": ""}], [{"Key": "k", "Value": "v" * 257}],
        many, [STAGE, STAGE],
    )  # fmt: skip
    rows: tuple[tuple[str, dict[str, Any]], ...] = (
        *(("CreateTags", {"Resources": [image_id], "Tags": tags}) for tags in all_tags),
        ("CreateTags", {"Resources": [NO_IMAGE], "Tags": [STAGE]}),
        ("CreateTags", {"Resources": [NO_INSTANCE], "Tags": [STAGE]}),
        *(("CreateTags", {"Resources": [one], "Tags": [STAGE]}) for one in ("web", NO_VOLUME, NO_SNAPSHOT)),
        ("CreateTags", {"Resources": [image_id], "Tags": [STAGE], "DryRun": True}),
        *(("DeleteTags", {"Resources": [one]}) for one in ("web", NO_IMAGE, NO_VOLUME, NO_SNAPSHOT, NO_INSTANCE)),
        ("DeleteTags", {"Resources": [image_id], "Tags": [STAGE], "DryRun": True}),
    )
    image_id = foreign.image()
    _ = foreign(ALICE, "ModifyImageAttribute", ImageId=image_id, LaunchPermission=WITH_BOB)
    _ = foreign(BOB, "CreateTags", Resources=[image_id], Tags=[STAGE])
    return (pen, foreign, *each_alone(vain, rows))


def settings() -> tuple[Pen, ...]:
    """Settings of an account in a Region, and what there is to know of places."""
    pens = tuple(map(Pen, ("encryption by default", "settings that few emulators have", "places")))
    sealed, rest, places = pens
    _ = sealed(ALICE, "GetEbsEncryptionByDefault")
    _ = sealed(ALICE, "EnableEbsEncryptionByDefault")
    _ = sealed(ALICE, "GetEbsEncryptionByDefault")
    _ = sealed(ALICE, "CreateVolume", AvailabilityZone="eu-central-1a", Size=8)
    _ = sealed(ALICE, "DisableEbsEncryptionByDefault")
    _ = sealed(ALICE, "GetEbsDefaultKmsKeyId")
    _ = sealed(ALICE, "ModifyEbsDefaultKmsKeyId", KmsKeyId="alias/none")
    _ = sealed(ALICE, "ModifyEbsDefaultKmsKeyId", KmsKeyId="12345678-1234-1234-1234-123456789012")
    _ = sealed(ALICE, "ResetEbsDefaultKmsKeyId")
    for action, parameters in (
        ("GetImageBlockPublicAccessState", {}),
        ("DisableImageBlockPublicAccess", {}),
        ("EnableImageBlockPublicAccess", {"ImageBlockPublicAccessState": "block-new-sharing"}),
        ("GetSnapshotBlockPublicAccessState", {}),
        ("EnableSnapshotBlockPublicAccess", {"State": "block-all-sharing"}),
        ("DisableSnapshotBlockPublicAccess", {}),
        ("GetAllowedImagesSettings", {}),
        ("EnableAllowedImagesSettings", {"AllowedImagesSettingsState": "audit-mode"}),
        ("ReplaceImageCriteriaInAllowedImagesSettings", {"ImageCriteria": [{"ImageProviders": ["amazon"]}]}),
        ("DisableAllowedImagesSettings", {}),
        ("GetInstanceMetadataDefaults", {}),
        ("ModifyInstanceMetadataDefaults", {"HttpTokens": "required"}),
    ):
        _ = rest(ALICE, action, **parameters)
    _ = places(ALICE, "DescribeRegions", RegionNames=["eu-central-1"])
    _ = places(ALICE, "DescribeAvailabilityZones", ZoneNames=["eu-central-1a"])
    _ = places(ALICE, "DescribeRegions")
    _ = places(ALICE, "DescribeRegions", RegionNames=["mars-1"])
    _ = places(ALICE, "DescribeRegions", RegionNames=["cn-north-1"])
    _ = places(ALICE, "DescribeAvailabilityZones", ZoneIds=["use1-az1"])
    return pens


OTHER_SCENARIOS = (snapshots, volumes, instances, tagging, settings)
