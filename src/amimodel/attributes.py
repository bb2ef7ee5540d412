"""One attribute of an image or a snapshot: what DescribeImageAttribute and DescribeSnapshotAttribute answer.

Source: botocore 1.44.5, shapes ImageAttribute, ImageAttributeName, DescribeSnapshotAttributeResult; rules A 8.8,
B DA-1, C 11.2.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import unique
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import Attribute, field, frozen

from amimodel.block_devices import BlockDeviceMapping
from amimodel.identifiers import KernelId, RamdiskId, SnapshotId, snapshot_id
from amimodel.images import AnyImageId, DeregistrationProtection, any_image_id
from amimodel.malformed import invalid_value
from amimodel.permissions import CreateVolumePermissions, LaunchPermissions, Permissions
from amimodel.product_codes import ProductCode
from amimodel.vocabulary import BootMode, ImdsSupport, SriovNetSupport, TpmSupport, Word


@unique
class ImageAttributeName(Word):
    """The attributes that DescribeImageAttribute answers one at a time."""

    DESCRIPTION = "description"
    KERNEL = "kernel"
    RAMDISK = "ramdisk"
    LAUNCH_PERMISSION = "launchPermission"
    PRODUCT_CODES = "productCodes"
    BLOCK_DEVICE_MAPPING = "blockDeviceMapping"
    SRIOV_NET_SUPPORT = "sriovNetSupport"
    BOOT_MODE = "bootMode"
    TPM_SUPPORT = "tpmSupport"
    UEFI_DATA = "uefiData"
    LAST_LAUNCHED_TIME = "lastLaunchedTime"
    IMDS_SUPPORT = "imdsSupport"
    DEREGISTRATION_PROTECTION = "deregistrationProtection"


@unique
class SnapshotAttributeName(Word):
    """The attributes that DescribeSnapshotAttribute answers one at a time."""

    PRODUCT_CODES = "productCodes"
    CREATE_VOLUME_PERMISSION = "createVolumePermission"


ImageAttributeValue: TypeAlias = (
    LaunchPermissions
    | tuple[ProductCode, ...]
    | tuple[BlockDeviceMapping, ...]
    | DeregistrationProtection
    | BootMode
    | ImdsSupport
    | SriovNetSupport
    | TpmSupport
    | KernelId
    | RamdiskId
    | datetime
    | str
    | None
)
SnapshotAttributeValue: TypeAlias = CreateVolumePermissions | tuple[ProductCode, ...]

# Which Python type a value has; every one but the lists may also be None: not set.
_VALUES: Final[Mapping[str, type[Any]]] = MappingProxyType({
    ImageAttributeName.DESCRIPTION:               str,
    ImageAttributeName.KERNEL:                    str,
    ImageAttributeName.RAMDISK:                   str,
    ImageAttributeName.LAUNCH_PERMISSION:         Permissions,
    ImageAttributeName.PRODUCT_CODES:             tuple,
    ImageAttributeName.BLOCK_DEVICE_MAPPING:      tuple,
    ImageAttributeName.SRIOV_NET_SUPPORT:         SriovNetSupport,
    ImageAttributeName.BOOT_MODE:                 BootMode,
    ImageAttributeName.TPM_SUPPORT:               TpmSupport,
    ImageAttributeName.UEFI_DATA:                 str,
    ImageAttributeName.LAST_LAUNCHED_TIME:        datetime,
    ImageAttributeName.IMDS_SUPPORT:              ImdsSupport,
    ImageAttributeName.DEREGISTRATION_PROTECTION: DeregistrationProtection,
    SnapshotAttributeName.CREATE_VOLUME_PERMISSION: Permissions,
})  # fmt: skip
_LISTS: Final = (Permissions, tuple)


def _fits(attribute_of: Any, _: "Attribute[Any]", value: object) -> None:  # noqa: ANN401 - either of the classes below
    name = attribute_of.attribute
    expected = _VALUES[name]
    if not (isinstance(value, expected) or (value is None and expected not in _LISTS)):
        raise invalid_value("Attribute", value, f"It is no value of {name}.")


@frozen(kw_only=True)
class ImageAttribute:
    """One attribute of an image. None: it is not set.

    >>> attribute = ImageAttribute(image_id="ami-12345678", attribute="bootMode", value=BootMode.UEFI)
    >>> attribute.attribute
    <ImageAttributeName.BOOT_MODE: 'bootMode'>

    The type of the value is the attribute's: permissions, product codes, a mapping, a word, an id, a time or text.
    Unlike DescribeImages, which tells only whether an image is public, this answer has the whole permission list.

    Raises `Malformed` if the value is none of the attribute's.

    Source: rules A 8.8, B DA-1, C 11.2.
    """

    image_id: AnyImageId = field(converter=any_image_id)
    attribute: ImageAttributeName = field(converter=ImageAttributeName)
    value: ImageAttributeValue = field(validator=_fits)


@frozen(kw_only=True)
class SnapshotAttribute:
    """One attribute of a snapshot.

    >>> from amimodel.permissions import EVERYONE
    >>> attribute = SnapshotAttribute(
    ...     snapshot_id="snap-12345678", attribute="createVolumePermission", value=Permissions([EVERYONE])
    ... )
    >>> attribute.value.everyone
    True

    Raises `Malformed` if the value is none of the attribute's.

    Source: rules B SP-1, B SP-15; settlement S 22.
    """

    snapshot_id: SnapshotId = field(converter=snapshot_id)
    attribute: SnapshotAttributeName = field(converter=SnapshotAttributeName)
    value: SnapshotAttributeValue = field(validator=_fits)
