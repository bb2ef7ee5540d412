"""Scenarios about images: each action granted, and refused for what people run into."""

from typing import Any

from amimodel.testing.conformance._pen import (
    ALICE,
    ALICE_IN_VIRGINIA,
    BOB,
    NO_IMAGE,
    NO_INSTANCE,
    NO_SNAPSHOT,
    ROOT,
    Pen,
)

VIRGINIA = str(ALICE_IN_VIRGINIA.region)
FRANKFURT = str(ALICE.region)


def _root(snapshot_id: str, **more: object) -> list[dict[str, object]]:
    return [{"DeviceName": ROOT, "Ebs": {"SnapshotId": snapshot_id, **more}}]


def registering() -> Pen:
    """What RegisterImage makes, and how it is described."""
    pen = Pen("registering an image")
    snapshot_id = pen.snapshot()
    image_id = pen.image(snapshot_id=snapshot_id, Description="the shop")
    _ = pen(ALICE, "DescribeImages", ImageIds=[image_id])
    _ = pen(ALICE, "DescribeImages", Owners=["self"])
    _ = pen(ALICE, "DescribeSnapshots", SnapshotIds=[snapshot_id])
    _ = pen(ALICE, "DescribeSnapshots")
    _ = pen(ALICE, "RegisterImage", Name="plain", RootDeviceName=ROOT, BlockDeviceMappings=_root(snapshot_id))
    _ = pen(ALICE, "DescribeImages", Filters=[{"Name": "name", "Values": ["plain"]}])
    return pen


def registering_with_everything() -> Pen:
    """What RegisterImage is told, and DescribeImages tells again."""
    pen = Pen("registering an image with everything")
    snapshot_id = pen.snapshot()
    data = {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "DeleteOnTermination": True}}
    store = {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}
    image_id = pen.image(
        snapshot_id=snapshot_id,
        Architecture="arm64",
        BlockDeviceMappings=[*_root(snapshot_id, VolumeSize=10, VolumeType="gp3"), data, store],
        BootMode="uefi",
        TpmSupport="v2.0",
        ImdsSupport="v2.0",
        SriovNetSupport="simple",
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "Stage", "Value": "prod"}]}],
    )
    _ = pen(ALICE, "DescribeImages", ImageIds=[image_id])
    _ = pen(ALICE, "DescribeTags", Filters=[{"Name": "resource-id", "Values": [image_id]}])
    for attribute in ("description", "bootMode", "tpmSupport", "imdsSupport", "sriovNetSupport", "launchPermission"):
        _ = pen(ALICE, "DescribeImageAttribute", ImageId=image_id, Attribute=attribute)
    return pen


def registering_in_vain() -> tuple[Pen, ...]:
    """Why RegisterImage refuses."""
    rows: dict[str, dict[str, Any]] = {
        "a name with a sign that names do not have": {"Name": "web{1}"},
        "no snapshot for the root": {"BlockDeviceMappings": [{"DeviceName": ROOT, "Ebs": {"VolumeSize": 8}}]},
        "no mapping": {"BlockDeviceMappings": []},
        "a snapshot that does not exist": {"BlockDeviceMappings": _root(NO_SNAPSHOT)},
        "an id that is none": {"BlockDeviceMappings": _root("snap-1")},
        "an architecture that there is not": {"Architecture": "sparc"},
        "a virtualization that there is not": {"VirtualizationType": "none"},
        "a boot mode that there is not": {"BootMode": "bios"},
        "a device name that is none": {"RootDeviceName": "root"},
        "a description that is too long": {"Description": "x" * 256},
        "legacy BIOS on arm64": {"Architecture": "arm64", "BootMode": "legacy-bios"},
        "a TPM without UEFI": {"TpmSupport": "v2.0"},
        "ENA on a paravirtual image": {"VirtualizationType": "paravirtual"},
        "tags for what is not made": {
            "TagSpecifications": [{"ResourceType": "snapshot", "Tags": [{"Key": "a", "Value": "b"}]}]
        },
        "a reserved tag": {"TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "aws:a", "Value": "b"}]}]},
        "a dry run": {"DryRun": True},
        "a manifest that does not exist": {"BlockDeviceMappings": [], "ImageLocation": "bucket/missing.manifest.xml"},
    }  # fmt: skip
    pens: list[Pen] = []
    for name, parameters in rows.items():
        pen = Pen(f"registering with {name}")
        snapshot_id = pen.snapshot()
        usual = {
            "Name": "web", "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": True,
            "RootDeviceName": ROOT, "BlockDeviceMappings": _root(snapshot_id),
        }  # fmt: skip
        _ = pen(ALICE, "RegisterImage", **{**usual, **parameters})
        pens.append(pen)
    return tuple(pens)


def registering_what_is_there() -> tuple[Pen, ...]:
    """Names that are taken, sizes that do not do, snapshots that are another's."""
    pens = tuple(map(Pen, (
        "a name that is taken", "a root that is too small", "another's snapshot", "a key for a device",
        "a device given twice", "a device name that is none",
    )))  # fmt: skip
    taken, small, foreign, *added = pens
    devices: tuple[list[dict[str, Any]], ...] = (
        [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 8, "Encrypted": True, "KmsKeyId": "alias/aws/ebs"}}],
        [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 8}}] * 2,
        [{"DeviceName": "xyz", "Ebs": {"VolumeSize": 8}}],
    )
    for pen, more in zip(added, devices, strict=True):
        mapping = [*_root(pen.snapshot()), *more]
        _ = pen(ALICE, "RegisterImage", Name="web", RootDeviceName=ROOT, BlockDeviceMappings=mapping)
    _ = taken.image()
    _ = taken(ALICE, "RegisterImage", Name="web", RootDeviceName=ROOT, BlockDeviceMappings=_root(taken.snapshot()))
    _ = small(
        ALICE, "RegisterImage", Name="web", RootDeviceName=ROOT,
        BlockDeviceMappings=_root(small.snapshot(), VolumeSize=4),
    )  # fmt: skip
    snapshot_id = foreign.snapshot(BOB)
    _ = foreign(ALICE, "RegisterImage", Name="web", RootDeviceName=ROOT, BlockDeviceMappings=_root(snapshot_id))
    return pens


def creating() -> Pen:
    """What CreateImage makes of an instance."""
    pen = Pen("creating an image")
    instance_id = pen.instance()
    tags = [{"ResourceType": "image", "Tags": [{"Key": "Stage", "Value": "prod"}]}]
    created = pen(
        ALICE, "CreateImage", InstanceId=instance_id, Name="golden", Description="of web", TagSpecifications=tags
    )
    _ = pen(ALICE, "DescribeImages", ImageIds=[created["ImageId"]])
    _ = pen(ALICE, "DescribeSnapshots", OwnerIds=["self"])
    _ = pen(ALICE, "DescribeInstances", InstanceIds=[instance_id])
    _ = pen(ALICE, "StopInstances", InstanceIds=[instance_id])
    _ = pen(ALICE, "CreateImage", InstanceId=instance_id, Name="stopped", NoReboot=True)
    return pen


def creating_in_vain() -> tuple[Pen, ...]:
    """Why CreateImage refuses."""
    pens = tuple(map(Pen, (
        "creating of no instance", "creating under a name that is taken", "creating with a bad name",
        "creating of a terminated instance", "creating of another's instance", "creating with tags of snapshots",
        "creating with tags of volumes", "creating with a device left out", "creating dry", "creating locally",
    )))  # fmt: skip
    none, taken, named, ended, foreign, tagged, mistagged, mapped, dry, local = pens
    _ = none(ALICE, "CreateImage", InstanceId=NO_INSTANCE, Name="golden")
    _ = taken(ALICE, "CreateImage", InstanceId=taken.instance(), Name="web")
    _ = named(ALICE, "CreateImage", InstanceId=named.instance(), Name="gold{1}")
    instance_id = ended.instance()
    _ = ended(ALICE, "TerminateInstances", InstanceIds=[instance_id])
    _ = ended(ALICE, "CreateImage", InstanceId=instance_id, Name="golden")
    _ = foreign(ALICE, "CreateImage", InstanceId=foreign.instance(BOB, foreign.image(BOB)), Name="golden")
    for pen, kind in ((tagged, "snapshot"), (mistagged, "volume")):
        tags = [{"ResourceType": kind, "Tags": [{"Key": "Stage", "Value": "prod"}]}]
        _ = pen(ALICE, "CreateImage", InstanceId=pen.instance(), Name="golden", TagSpecifications=tags)
    _ = tagged(ALICE, "DescribeSnapshots", OwnerIds=["self"])
    added = [{"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 4}}]
    created = mapped(ALICE, "CreateImage", InstanceId=mapped.instance(), Name="golden", BlockDeviceMappings=added)
    _ = mapped(ALICE, "DescribeImages", ImageIds=[created["ImageId"]])
    _ = dry(ALICE, "CreateImage", InstanceId=dry.instance(), Name="golden", DryRun=True)
    _ = local(ALICE, "CreateImage", InstanceId=local.instance(), Name="golden", SnapshotLocation="local")
    return pens


def copying() -> Pen:
    """What CopyImage makes, in another Region and in the same."""
    pen = Pen("copying an image")
    tags = [{"ResourceType": "image", "Tags": [{"Key": "Stage", "Value": "prod"}]}]
    image_id = pen.image(Description="the shop", TagSpecifications=tags)
    to_virginia = {"SourceImageId": image_id, "SourceRegion": FRANKFURT, "Name": "web"}
    copy = pen(ALICE_IN_VIRGINIA, "CopyImage", **to_virginia)["ImageId"]
    _ = pen(ALICE_IN_VIRGINIA, "DescribeImages", ImageIds=[copy])
    _ = pen(ALICE_IN_VIRGINIA, "DescribeSnapshots", OwnerIds=["self"])
    tagged = pen(ALICE_IN_VIRGINIA, "CopyImage", **{**to_virginia, "Name": "tagged"}, CopyImageTags=True)["ImageId"]
    _ = pen(ALICE_IN_VIRGINIA, "DescribeImages", ImageIds=[tagged])
    same = pen(ALICE, "CopyImage", SourceImageId=image_id, SourceRegion=FRANKFURT, Name="again", Encrypted=True)
    _ = pen(ALICE, "DescribeImages", ImageIds=[same["ImageId"]])
    return pen


def copying_in_vain() -> tuple[Pen, ...]:
    """Why CopyImage refuses."""
    pens = tuple(map(Pen, (
        "copying nothing", "copying under a name that is taken", "copying another's image", "copying a disabled image",
        "copying with a bad name", "copying from where it is not", "copying dry", "copying with a key unencrypted",
        "copying from another partition",
    )))  # fmt: skip
    none, taken, foreign, disabled, named, elsewhere, dry, keyed, far = pens
    here = {"SourceRegion": FRANKFURT, "Name": "copy"}
    _ = none(ALICE, "CopyImage", SourceImageId=NO_IMAGE, **here)
    image_id = taken.image()
    _ = taken(ALICE, "CopyImage", SourceImageId=image_id, SourceRegion=FRANKFURT, Name="web")
    _ = foreign(BOB, "CopyImage", SourceImageId=foreign.image(), **here)
    image_id = disabled.image()
    _ = disabled(ALICE, "DisableImage", ImageId=image_id)
    _ = disabled(ALICE, "CopyImage", SourceImageId=image_id, **here)
    _ = named(ALICE, "CopyImage", SourceImageId=named.image(), SourceRegion=FRANKFURT, Name="web{1}")
    _ = elsewhere(ALICE, "CopyImage", SourceImageId=elsewhere.image(), SourceRegion=VIRGINIA, Name="copy")
    _ = dry(ALICE, "CopyImage", SourceImageId=dry.image(), **here, DryRun=True)
    _ = far(ALICE, "CopyImage", SourceImageId=NO_IMAGE, SourceRegion="cn-north-1", Name="copy")
    _ = keyed(ALICE, "CopyImage", SourceImageId=keyed.image(), **here, KmsKeyId="alias/aws/ebs")
    return pens


def deregistering() -> tuple[Pen, ...]:
    """What DeregisterImage leaves behind, and why it refuses."""
    pens = tuple(map(Pen, (
        "deregistering", "deregistering nothing", "deregistering another's", "deregistering with its snapshots",
        "deregistering a disabled image", "deregistering dry",
    )))  # fmt: skip
    pen, none, foreign, wholly, disabled, dry = pens
    snapshot_id = pen.snapshot()
    image_id = pen.image(snapshot_id=snapshot_id)
    used = pen.branch("deleting an image's snapshot")
    _ = used(ALICE, "DeleteSnapshot", SnapshotId=snapshot_id)
    _ = pen(ALICE, "DeregisterImage", ImageId=image_id)
    _ = pen(ALICE, "DescribeImages", ImageIds=[image_id])
    _ = pen(ALICE, "DescribeImageAttribute", ImageId=image_id, Attribute="launchPermission")
    _ = pen(ALICE, "DeregisterImage", ImageId=image_id)
    _ = pen(ALICE, "DescribeSnapshots", SnapshotIds=[snapshot_id])
    _ = pen(ALICE, "DeleteSnapshot", SnapshotId=snapshot_id)
    _ = none(ALICE, "DeregisterImage", ImageId=NO_IMAGE)
    _ = none(ALICE, "DeregisterImage", ImageId="ami-1")
    _ = foreign(BOB, "DeregisterImage", ImageId=foreign.image())
    snapshot_id = wholly.snapshot()
    image_id = wholly.image(snapshot_id=snapshot_id)
    _ = wholly(ALICE, "DeregisterImage", ImageId=image_id, DeleteAssociatedSnapshots=True)
    _ = wholly(ALICE, "DescribeSnapshots", SnapshotIds=[snapshot_id])
    image_id = disabled.image()
    _ = disabled(ALICE, "DisableImage", ImageId=image_id)
    _ = disabled(ALICE, "DeregisterImage", ImageId=image_id)
    _ = dry(ALICE, "DeregisterImage", ImageId=dry.image(), DryRun=True)
    return (*pens, used)


def disabling() -> tuple[Pen, ...]:
    """What DisableImage hides and forbids, and what EnableImage brings back."""
    pens = tuple(map(Pen, (
        "disabling", "disabling nothing", "disabling another's", "disabling a shared image",
        "enabling what is enabled", "changing what is disabled", "launching what is disabled",
    )))  # fmt: skip
    pen, none, foreign, shared, enabled, changed, launched = pens
    image_id = pen.image()
    _ = pen(ALICE, "DisableImage", ImageId=image_id)
    _ = pen(ALICE, "DescribeImages", ImageIds=[image_id])
    _ = pen(ALICE, "DescribeImages", Owners=["self"])
    _ = pen(ALICE, "DescribeImages", Owners=["self"], IncludeDisabled=True)
    _ = pen(ALICE, "DescribeImages", Filters=[{"Name": "state", "Values": ["disabled"]}])
    _ = pen(ALICE, "DisableImage", ImageId=image_id)
    _ = pen(ALICE, "EnableImage", ImageId=image_id)
    _ = pen(ALICE, "DescribeImages", Owners=["self"])
    _ = none(ALICE, "DisableImage", ImageId=NO_IMAGE)
    _ = none(ALICE, "EnableImage", ImageId=NO_IMAGE)
    image_id = foreign.image()
    _ = foreign(BOB, "DisableImage", ImageId=image_id)
    _ = foreign(BOB, "EnableImage", ImageId=image_id)
    image_id = shared.image()
    _ = shared(ALICE, "ModifyImageAttribute", ImageId=image_id, LaunchPermission={"Add": [{"UserId": BOB.account}]})
    _ = shared(ALICE, "DisableImage", ImageId=image_id)
    _ = shared(ALICE, "DescribeImageAttribute", ImageId=image_id, Attribute="launchPermission")
    _ = enabled(ALICE, "EnableImage", ImageId=enabled.image())
    image_id = changed.image()
    _ = changed(ALICE, "DisableImage", ImageId=image_id)
    _ = changed(ALICE, "ModifyImageAttribute", ImageId=image_id, LaunchPermission={"Add": [{"UserId": BOB.account}]})
    image_id = launched.image()
    _ = launched(ALICE, "DisableImage", ImageId=image_id)
    _ = launched(ALICE, "RunInstances", ImageId=image_id, InstanceType="t3.micro", MinCount=1, MaxCount=1)
    return pens


def deprecating_and_protecting() -> tuple[Pen, ...]:
    """Deprecation, protection, and what else an owner can say of an image."""
    pens = tuple(map(Pen, ("deprecating", "protecting", "what few emulators have")))
    old, kept, rest = pens
    image_id = old.image()
    _ = old(ALICE, "EnableImageDeprecation", ImageId=image_id, DeprecateAt="2030-01-01T00:00:00Z")
    _ = old(ALICE, "DescribeImages", ImageIds=[image_id])
    _ = old(ALICE, "DisableImageDeprecation", ImageId=image_id)
    image_id = kept.image()
    _ = kept(ALICE, "EnableImageDeregistrationProtection", ImageId=image_id)
    _ = kept(ALICE, "DeregisterImage", ImageId=image_id, DryRun=True)
    _ = kept(ALICE, "DisableImageDeregistrationProtection", ImageId=image_id)
    _ = kept(ALICE, "DeregisterImage", ImageId=image_id)
    image_id, instance_id = rest.image(name="other"), rest.instance()
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("AttachImageWatermark", {"ImageId": image_id, "WatermarkName": "seal"}),
        ("DetachImageWatermark", {"ImageId": image_id, "WatermarkKey": f"{ALICE.account}:seal"}),
        ("ReplaceImageInstanceTypeSpecification", {"ImageId": image_id, "InstanceTypeSpecification": {}}),
        ("GetImageAncestry", {"ImageId": image_id}),
        ("DescribeInstanceImageMetadata", {"InstanceIds": [instance_id]}),
        ("ListImagesInRecycleBin", {}),
        ("ListSnapshotsInRecycleBin", {}),
        ("RestoreImageFromRecycleBin", {"ImageId": image_id}),
        ("RestoreSnapshotFromRecycleBin", {"SnapshotId": NO_SNAPSHOT}),
        ("CreateStoreImageTask", {"ImageId": image_id, "Bucket": "nowhere"}),
        ("DescribeStoreImageTasks", {}),
        ("CreateRestoreImageTask", {"Bucket": "nowhere", "ObjectKey": f"{image_id}.bin"}),
        ("ResetImageAttribute", {"ImageId": image_id, "Attribute": "launchPermission"}),
        ("CancelImageLaunchPermission", {"ImageId": image_id}),
    )  # fmt: skip
    for action, parameters in asked:
        _ = rest(ALICE, action, **parameters)
    return pens


IMAGE_SCENARIOS = (
    registering, registering_with_everything, registering_in_vain, registering_what_is_there, creating,
    creating_in_vain, copying, copying_in_vain, deregistering, disabling, deprecating_and_protecting,
)  # fmt: skip
