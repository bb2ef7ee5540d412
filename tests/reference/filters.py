"""Filters: a second implementation, from rules A 8.4 and A 8.5 alone, that reads EC2's JSON and knows no nouns.

Where the first compiles an expression, this one walks over a text with all the places where the pattern may stand.
"""

from collections.abc import Iterable
from typing import Any


def fits(pattern: str, text: str, *, exactly_one: bool = False) -> bool:
    """Rules A FI-3 to FI-5."""
    places = {0}  # how much of the text may have been used up
    characters = iter(pattern)
    for character in characters:
        if character == "*":
            places = set(range(min(places, default=len(text) + 1), len(text) + 1))
        elif character == "?":
            places = {place + 1 for place in places if place < len(text)} | (set() if exactly_one else places)
        else:
            literal = next(characters) if character == "\\" else character
            places = {place + 1 for place in places if text[place : place + 1] == literal}
    return len(text) in places


# Rule A 8.5: where the JSON of DescribeImages has what a filter compares.
IMAGE_MEMBERS = {
    "architecture": "Architecture",
    "block-device-mapping.delete-on-termination": "BlockDeviceMappings.Ebs.DeleteOnTermination",
    "block-device-mapping.device-name": "BlockDeviceMappings.DeviceName",
    "block-device-mapping.encrypted": "BlockDeviceMappings.Ebs.Encrypted",
    "block-device-mapping.snapshot-id": "BlockDeviceMappings.Ebs.SnapshotId",
    "block-device-mapping.volume-size": "BlockDeviceMappings.Ebs.VolumeSize",
    "block-device-mapping.volume-type": "BlockDeviceMappings.Ebs.VolumeType",
    "boot-mode": "BootMode",
    "creation-date": "CreationDate",
    "description": "Description",
    "ena-support": "EnaSupport",
    "free-tier-eligible": "FreeTierEligible",
    "hypervisor": "Hypervisor",
    "image-allowed": "ImageAllowed",
    "image-id": "ImageId",
    "image-type": "ImageType",
    "image-watermark.source-image-creation-time": "ImageWatermarks.SourceImageCreationTime",
    "image-watermark.source-image-id": "ImageWatermarks.SourceImageId",
    "image-watermark.source-image-region": "ImageWatermarks.SourceImageRegion",
    "image-watermark.watermark-creation-time": "ImageWatermarks.WatermarkCreationTime",
    "image-watermark.watermark-key": "ImageWatermarks.WatermarkKey",
    "instance-type-specification.supported-instance-type":
        "InstanceTypeSpecification.SupportedInstanceTypes.InstanceType",
    "instance-type-specification.unsupported-instance-type":
        "InstanceTypeSpecification.UnsupportedInstanceTypes.InstanceType",
    "is-public": "Public",
    "kernel-id": "KernelId",
    "manifest-location": "ImageLocation",
    "name": "Name",
    "owner-alias": "ImageOwnerAlias",
    "owner-id": "OwnerId",
    "platform": "Platform",
    "product-code": "ProductCodes.ProductCodeId",
    "product-code.type": "ProductCodes.ProductCodeType",
    "public-ssm-parameter-name": "PublicSsmParameterName",
    "ramdisk-id": "RamdiskId",
    "root-device-name": "RootDeviceName",
    "root-device-type": "RootDeviceType",
    "scan-result.critical-fix-available-since": "ScanResults.CriticalFixAvailableSince",
    "scan-result.finding-scan-date": "ScanResults.FindingScanDate",
    "scan-result.high-fix-available-since": "ScanResults.HighFixAvailableSince",
    "scan-result.highest-finding-severity-label": "ScanResults.HighestFindingSeverityLabel",
    "scan-result.informational-fix-available-since": "ScanResults.InformationalFixAvailableSince",
    "scan-result.low-fix-available-since": "ScanResults.LowFixAvailableSince",
    "scan-result.medium-fix-available-since": "ScanResults.MediumFixAvailableSince",
    "source-image-id": "SourceImageId",
    "source-image-region": "SourceImageRegion",
    "source-instance-id": "SourceInstanceId",
    "sriov-net-support": "SriovNetSupport",
    "state": "State",
    "state-reason-code": "StateReason.Code",
    "state-reason-message": "StateReason.Message",
    "tag-key": "Tags.Key",
    "virtualization-type": "VirtualizationType",
}  # fmt: skip

SNAPSHOT_MEMBERS = {
    "description": "Description",
    "encrypted": "Encrypted",
    "owner-alias": "OwnerAlias",
    "owner-id": "OwnerId",
    "progress": "Progress",
    "snapshot-id": "SnapshotId",
    "start-time": "StartTime",
    "status": "State",
    "storage-tier": "StorageTier",
    "tag-key": "Tags.Key",
    "transfer-type": "TransferType",
    "volume-id": "VolumeId",
    "volume-size": "VolumeSize",
}

METADATA_MEMBERS = {
    "availability-zone": "AvailabilityZone",
    "image-allowed": "ImageMetadata.ImageAllowed",
    "instance-id": "InstanceId",
    "instance-state-name": "State.Name",
    "instance-type": "InstanceType",
    "launch-time": "LaunchTime",
    "owner-alias": "ImageMetadata.ImageOwnerAlias",
    "owner-id": "ImageMetadata.OwnerId",
    "tag-key": "Tags.Key",
    "zone-id": "ZoneId",
}

ABSENT_IS = {"ena-support": "false", "image-allowed": "true"}  # rule A FI-8, settlement S 35


def texts(name: str, item: dict[str, Any], members: dict[str, str]) -> list[str]:
    """What the values of a filter are compared with."""
    if name.startswith("tag:"):
        return [tag["Value"] for tag in item.get("Tags", ()) if tag["Key"] == name[4:]]
    found = [_spelled(value) for value in _walk(item, members[name].split("."))]
    return found or [ABSENT_IS[name]] if name in ABSENT_IS else found


def _walk(value: Any, path: list[str]) -> Iterable[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _walk(each, path)
    elif not path:
        yield value
    elif path[0] in value:
        yield from _walk(value[path[0]], path[1:])


def _spelled(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def meets(filters: Iterable[tuple[str, list[str]]], item: dict[str, Any], members: dict[str, str]) -> bool:
    """Rules A FI-1, A FI-7, A FI-9, A FI-10."""
    return all(
        any(fits(value, text) for value in values for text in texts(name, item, members)) for name, values in filters
    )
