"""Objects of the wire that are no noun of their own: a value stands behind each, or is packed in it.

`{"InstanceType": "t3.*"}` is a pattern in a box; `{"Group": "all"}` is one of four ways to write a permission. Each
class here says which members such an object has; the functions beside it say which value it stands for.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from amimodel.block_devices import (
    NO_DEVICE,
    BlockDeviceMapping,
    Device,
    EbsBlockDevice,
    InstanceStoreDevice,
    SuppressedDevice,
)
from amimodel.encryption import KmsKeyId, kms_key_id
from amimodel.instances import InstanceState
from amimodel.organizations import bad_item
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    CreateVolumePermission,
    EveryonePermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.wire._faults import Unfit


def _the_one(members: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever stands in the only member that is there
    there = [value for value in members.values() if value is not None]
    if len(there) == 1:
        return there[0]
    raise Unfit(f"Expected exactly one of {', '.join(members)}.")


@frozen(kw_only=True)
class Entry:
    """An entry of a block device mapping, with its three ways to say what the device is (rule A BD-1)."""

    device_name: str
    ebs: EbsBlockDevice | None = None
    virtual_name: InstanceStoreDevice | None = None
    no_device: SuppressedDevice | None = None


def mapping_of(entry: Entry) -> BlockDeviceMapping:
    """Read an entry."""
    devices = {
        "Ebs": entry.ebs,
        "VirtualName": entry.virtual_name,
        "NoDevice": entry.no_device,
    }
    device: Device = _the_one(devices)
    return BlockDeviceMapping(entry.device_name, device)


def read_usual_entry(
    source: dict[str, Any], read_ebs: Callable[[Any, Any], EbsBlockDevice]
) -> BlockDeviceMapping | None:
    """Read an entry with a name and an EBS volume and nothing else, as nearly all are; None for any other."""
    if len(source) == _USUAL_MEMBERS and "DeviceName" in source and "Ebs" in source:
        return BlockDeviceMapping(source["DeviceName"], read_ebs(source["Ebs"], None))
    return None


_USUAL_MEMBERS: Final = 2


def entry_object(mapping: BlockDeviceMapping, write_ebs: Callable[[EbsBlockDevice], dict[str, Any]]) -> dict[str, Any]:
    """Write an entry."""
    match mapping.device:
        case EbsBlockDevice() as ebs:
            return {"DeviceName": mapping.device_name, "Ebs": write_ebs(ebs)}
        case InstanceStoreDevice(virtual_name):
            return {"DeviceName": mapping.device_name, "VirtualName": virtual_name}
        case SuppressedDevice():
            return {"DeviceName": mapping.device_name, "NoDevice": ""}


def read_no_device(value: object, _: object = None) -> SuppressedDevice | None:
    """Read NoDevice, which says what it says by being there, and holds nothing."""
    if value is None:
        return None
    if value == "":
        return NO_DEVICE
    raise Unfit("Expected an empty text: NoDevice says enough by being there.")


def everyone(group: str) -> EveryonePermission:
    """Read the name of a group; there is one (rule A AC-2)."""
    if group == "all":
        return EVERYONE
    raise bad_item("Group", group)


@frozen(kw_only=True)
class CreateVolumeItem:
    """An item of CreateVolumePermissions (rule B SP-1)."""

    user_id: AccountPermission | None = None
    group: EveryonePermission | None = None


def create_volume_permission_of(item: CreateVolumeItem) -> CreateVolumePermission:
    """Read an item."""
    permission: CreateVolumePermission = _the_one({"UserId": item.user_id, "Group": item.group})
    return permission


@frozen(kw_only=True)
class LaunchItem:
    """An item of LaunchPermissions (rule B 1.1)."""

    user_id: AccountPermission | None = None
    group: EveryonePermission | None = None
    organization_arn: OrganizationPermission | None = None
    organizational_unit_arn: OrganizationalUnitPermission | None = None


def launch_permission_of(item: LaunchItem) -> LaunchPermission:
    """Read an item."""
    members = {
        "UserId": item.user_id,
        "Group": item.group,
        "OrganizationArn": item.organization_arn,
        "OrganizationalUnitArn": item.organizational_unit_arn,
    }
    permission: LaunchPermission = _the_one(members)
    return permission


def permission_object(permission: LaunchPermission) -> dict[str, Any]:
    """Write an item, of either list."""
    match permission:
        case AccountPermission(user_id):
            return {"UserId": user_id}
        case EveryonePermission():
            return {"Group": "all"}
        case OrganizationPermission(arn):
            return {"OrganizationArn": str(arn)}
        case OrganizationalUnitPermission(arn):
            return {"OrganizationalUnitArn": str(arn)}


@frozen(kw_only=True)
class StateItem:
    """The state of an instance, as a number and a word (rule C 12.1)."""

    code: int | None = None
    name: InstanceState = field(converter=InstanceState)


@frozen(kw_only=True)
class TagItem:
    """A tag."""

    key: str
    value: str


@frozen(kw_only=True)
class InstanceTypeItem:
    """A pattern of InstanceTypeSpecification (rule A IT-8)."""

    instance_type: str


@frozen(kw_only=True)
class KmsKeyItem:
    """A key of AssociatedKmsKeys (settlement S 50)."""

    kms_key_id: KmsKeyId = field(converter=kms_key_id)


@frozen(kw_only=True)
class TextItem:
    """The box that DescribeImageAttribute puts most attributes in; an attribute that is not set is an empty one."""

    value: str | None = None


@frozen(kw_only=True)
class InstantItem:
    """The same box, for the attribute that is an instant."""

    value: datetime | None = None
