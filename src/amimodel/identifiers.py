"""Resource ids, account ids and ARNs: how EC2 spells the names of things.

Each kind of id is a type of its own to a type checker and plain text at run time. The function of the same name reads
text into it, or raises `Malformed` with the code EC2 has for that kind.

Source: EC2 User Guide, "Resource IDs"; rules A 1.1, A 1.2.
"""

import re
from collections.abc import Callable
from typing import Final, NewType

from amimodel.malformed import Malformed
from amimodel.regions import Region

ImageId = NewType("ImageId", str)
KernelId = NewType("KernelId", str)
RamdiskId = NewType("RamdiskId", str)
SnapshotId = NewType("SnapshotId", str)
VolumeId = NewType("VolumeId", str)
InstanceId = NewType("InstanceId", str)
AccountId = NewType("AccountId", str)

COPIED_SNAPSHOTS_VOLUME: Final = VolumeId("vol-ffffffff")
"""The volume that every copied snapshot names; there is no such volume (rules B CI-24, C 8.1)."""

# prefix -> the code of a malformed id of that kind (rule A 1.1)
_CODES: Final = {
    "ami-": "InvalidAMIID.Malformed",
    "aki-": "InvalidKernelId.Malformed",
    "ari-": "InvalidRamDiskId.Malformed",
    "snap-": "InvalidSnapshotID.Malformed",
    "vol-": "InvalidVolumeID.Malformed",
    "i-": "InvalidInstanceID.Malformed",
}


def _matcher(prefix: str) -> Callable[[str], object]:
    """Eight hex digits before 2016, seventeen since (rule A 1.1)."""
    return re.compile(rf"{prefix}(?:[0-9a-f]{{8}}|[0-9a-f]{{17}})", re.ASCII).fullmatch


_is_image_id = _matcher("ami-")
_is_kernel_id = _matcher("aki-")
_is_ramdisk_id = _matcher("ari-")
_is_snapshot_id = _matcher("snap-")
_is_volume_id = _matcher("vol-")
_is_instance_id = _matcher("i-")
_is_account_id = re.compile(r"[0-9]{12}", re.ASCII).fullmatch


def _malformed(prefix: str, text: object, member: str) -> Malformed:
    if prefix == "snap-":
        message = f"The snapshot ID '{text}' is not valid."
    elif isinstance(text, str) and text.startswith(prefix):
        message = f'Invalid id: "{text}"'
    else:
        message = f'Invalid id: "{text}" (expecting "{prefix}...")'
    return Malformed(_CODES[prefix], message, member=member, value=text)


def image_id(text: str, member: str = "ImageId") -> ImageId:
    """Read an AMI id.

    >>> image_id("ami-0abcdef1234567890")
    'ami-0abcdef1234567890'
    >>> image_id("snap-12345678")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidAMIID.Malformed: Invalid id: "snap-12345678" (expecting "ami-...")

    Raises `Malformed` (`InvalidAMIID.Malformed`). Real ids carry a hidden check that no model can know; any well-formed
    id counts as one that may exist (rule A ID-6).

    Source: rules A ID-3, A ID-4; settlement S 36.
    """
    if isinstance(text, str) and _is_image_id(text):
        return ImageId(text)
    raise _malformed("ami-", text, member)


def kernel_id(text: str, member: str = "KernelId") -> KernelId:
    """Read the id of a kernel image (AKI); raises `Malformed` (`InvalidKernelId.Malformed`).

    >>> kernel_id("aki-5c21674b")
    'aki-5c21674b'

    Source: rule A 1.1.
    """
    if isinstance(text, str) and _is_kernel_id(text):
        return KernelId(text)
    raise _malformed("aki-", text, member)


def ramdisk_id(text: str, member: str = "RamdiskId") -> RamdiskId:
    """Read the id of a RAM disk image (ARI); raises `Malformed` (`InvalidRamDiskId.Malformed`).

    >>> ramdisk_id("ari-5c21674b")
    'ari-5c21674b'

    Source: rule A 1.1.
    """
    if isinstance(text, str) and _is_ramdisk_id(text):
        return RamdiskId(text)
    raise _malformed("ari-", text, member)


def snapshot_id(text: str, member: str = "SnapshotId") -> SnapshotId:
    """Read a snapshot id; raises `Malformed` (`InvalidSnapshotID.Malformed`).

    >>> snapshot_id("snap-1234567890abcdef0")
    'snap-1234567890abcdef0'

    Source: rules A 1.1, B 0.1.
    """
    if isinstance(text, str) and _is_snapshot_id(text):
        return SnapshotId(text)
    raise _malformed("snap-", text, member)


def volume_id(text: str, member: str = "VolumeId") -> VolumeId:
    """Read a volume id; raises `Malformed` (`InvalidVolumeID.Malformed`).

    Copied snapshots name a volume that never was, `vol-ffffffff`, or `vol-ffff` in older answers; both are read.

    >>> volume_id("vol-ffff")
    'vol-ffff'

    Source: rules A 1.1, C 8.1.
    """
    if isinstance(text, str) and (_is_volume_id(text) or text == "vol-ffff"):
        return VolumeId(text)
    raise _malformed("vol-", text, member)


def instance_id(text: str, member: str = "InstanceId") -> InstanceId:
    """Read an instance id; raises `Malformed` (`InvalidInstanceID.Malformed`).

    >>> instance_id("i-1aebf7c0")
    'i-1aebf7c0'

    Source: rule A 1.1.
    """
    if isinstance(text, str) and _is_instance_id(text):
        return InstanceId(text)
    raise _malformed("i-", text, member)


def account_id(text: str, member: str = "OwnerId") -> AccountId:
    """Read an account id: twelve digits, kept as text because leading zeros count.

    >>> account_id("000011112222")
    '000011112222'
    >>> account_id("1234")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidUserID.Malformed: Invalid user id: "1234"

    Raises `Malformed` (`InvalidUserID.Malformed`).

    Source: rules A AC-1, A AC-3.
    """
    if isinstance(text, str) and _is_account_id(text):
        return AccountId(text)
    raise Malformed("InvalidUserID.Malformed", f'Invalid user id: "{text}"', member=member, value=text)


def image_arn(region: Region, image: ImageId) -> str:
    """Name an image across Regions. The account field of the ARN stays empty.

    >>> image_arn(Region("eu-west-1"), image_id("ami-0abcdef1234567890"))
    'arn:aws:ec2:eu-west-1::image/ami-0abcdef1234567890'

    Source: rules A ID-9, C 0.9.
    """
    return f"arn:{region.partition}:ec2:{region}::image/{image}"


def snapshot_arn(region: Region, snapshot: SnapshotId) -> str:
    """Name a snapshot across Regions. The account field of the ARN stays empty.

    >>> snapshot_arn(Region("cn-north-1"), snapshot_id("snap-facd9a00"))
    'arn:aws-cn:ec2:cn-north-1::snapshot/snap-facd9a00'

    Source: rules A ID-9, C 0.9.
    """
    return f"arn:{region.partition}:ec2:{region}::snapshot/{snapshot}"
