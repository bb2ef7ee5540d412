"""Parameters: what boto3 is given for an action, as the request that it means, and back.

A parameter `BlockDeviceMappings` is the field `block_device_mappings` of the request, and the same holds of every
member within it, so the classes of requests and nouns say themselves how they are read. The tables below have what EC2
spells in another way, and the parameters that no request has.

Source: botocore 1.44.5, the input shapes of the actions; rules A E-5, A RB-3, B LP-9, C 6.1.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, NewType, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs
from botocore.utils import parse_to_aware_datetime

from amimodel.block_devices import (
    NO_DEVICE,
    BlockDeviceMapping,
    Device,
    EbsBlockDevice,
    InstanceStoreDevice,
)
from amimodel.boto._beyond import BEYOND, Beyond
from amimodel.boto._not_modelled import NotModelled
from amimodel.malformed import Malformed, invalid_value
from amimodel.permission_requests import listed_permissions
from amimodel.permissions import CreateVolumePermission, LaunchPermission
from amimodel.requests import Request
from amimodel.tags import Tags
from amimodel.wire._items import entry_object, permission_object
from amimodel.wire.values._spelling import member

Reader: TypeAlias = Callable[[Any], Any]
Writer: TypeAlias = Callable[[Any], Any]


@attrs.frozen
class Way:
    """How one kind of value is read from what boto3 is given, and written for it."""

    read: Reader
    write: Writer


@attrs.frozen
class Parameter:
    """A parameter or a member, the field that it is, the way between them, and the fact that is not worth saying."""

    name: str
    field: str
    way: Way
    required: bool = attrs.field(default=False, kw_only=True)
    silent: object = attrs.field(default=None, kw_only=True)


def _as_given(value: Any) -> Any:  # noqa: ANN401 - whatever the request itself judges
    return value


def _plain(value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, bool | int):
        return value
    return str(value.value if isinstance(value, Enum) else value)


PLAIN: Final = Way(_as_given, _plain)


def _read_tags(items: Iterable[Mapping[str, str]]) -> Tags:
    return Tags([(item.get("Key", ""), item.get("Value", "")) for item in items])


def write_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Write tags as EC2 lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _read_rule_tag(tag: Mapping[str, str]) -> tuple[str, str]:
    return tag["ResourceTagKey"], tag.get("ResourceTagValue", "")


def write_rule_tag(tag: tuple[str, str]) -> dict[str, str]:
    """Write a tag as a rule of the Recycle Bin names it."""
    key, value = tag
    return {"ResourceTagKey": key, "ResourceTagValue": value}


def _device(entry: Mapping[str, Any]) -> Device:
    """What an entry maps: NoDevice wins, and of the other two there is one (rule A RB-3)."""
    if entry.get("NoDevice") is not None:
        return NO_DEVICE
    ebs, virtual_name = entry.get("Ebs"), entry.get("VirtualName")
    if ebs is not None and virtual_name:
        name = entry.get("DeviceName", "")
        message = f"Only one of ebs, virtualName and noDevice may be given for device {name}"
        raise Malformed("InvalidBlockDeviceMapping", message, member="BlockDeviceMapping", value=entry)
    if ebs is not None:
        device: EbsBlockDevice = way_of(EbsBlockDevice).read(ebs)
        return device
    if virtual_name:
        return InstanceStoreDevice(virtual_name)
    message = f"Nothing is mapped to {entry.get('DeviceName', '')}"
    raise Malformed("InvalidBlockDeviceMapping", message, member="BlockDeviceMapping", value=entry)


def _read_entry(entry: Mapping[str, Any]) -> BlockDeviceMapping:
    return BlockDeviceMapping(entry.get("DeviceName", ""), _device(entry))


def _write_entry(mapping: BlockDeviceMapping) -> dict[str, Any]:
    return entry_object(mapping, way_of(EbsBlockDevice).write)


_GRANTEES: Final = ("UserId", "Group", "OrganizationArn", "OrganizationalUnitArn")


def _read_permissions(items: Iterable[Mapping[str, str]]) -> tuple[LaunchPermission, ...]:
    """Read items, of which one that names several kinds counts as several (rule B LP-16)."""
    return tuple(
        permission
        for item in items
        for permission in listed_permissions(*(filter(None, [item.get(kind, "")]) for kind in _GRANTEES))
    )


def _write_permissions(permissions: Iterable[LaunchPermission | CreateVolumePermission]) -> list[dict[str, Any]]:
    return [permission_object(permission) for permission in permissions]


def _read_instant(value: Any) -> datetime:  # noqa: ANN401 - a datetime, a text or seconds: whatever boto3 takes
    return parse_to_aware_datetime(value)


PERMISSIONS: Final = Way(_read_permissions, _write_permissions)

_WAYS: Final[Mapping[Any, Way]] = MappingProxyType({
    datetime:                             Way(_read_instant, _as_given),
    Tags:                                 Way(_read_tags, write_tags),
    BlockDeviceMapping:                   Way(_read_entry, _write_entry),
    tuple[str, str]:                      Way(_read_rule_tag, write_rule_tag),
    tuple[LaunchPermission, ...]:         PERMISSIONS,
    tuple[CreateVolumePermission, ...]:   PERMISSIONS,
})  # fmt: skip
"""What EC2 writes in another way than its type has it."""


def _boxed(read: Reader = _as_given) -> Way:
    """An attribute in a box: `{"Value": text}`; an empty box says nothing."""
    return Way(lambda box: read(box["Value"]) if "Value" in box else None, lambda value: {"Value": _plain(value)})


def _days(value: str, unit: str) -> Way:
    """A number of days, beside its unit, of which there is one."""

    def read(period: Mapping[str, Any]) -> int:
        if period.get(unit) != _DAYS:
            raise invalid_value(unit, period.get(unit), f"It must be {_DAYS}.")
        days: int = period[value]
        return days

    return Way(read, lambda days: {value: days, unit: _DAYS})


_DAYS: Final = "DAYS"
RETENTION: Final = _days("RetentionPeriodValue", "RetentionPeriodUnit")
_DELAY: Final = _days("UnlockDelayValue", "UnlockDelayUnit")
UNLOCK_DELAY: Final = Way(
    lambda lock: _DELAY.read(lock["UnlockDelay"]), lambda days: {"UnlockDelay": _DELAY.write(days)}
)
_ZONE: Final = Way(lambda placement: placement.get("AvailabilityZone"), lambda zone: {"AvailabilityZone": str(zone)})

_ODD: Final[Mapping[tuple[str, str], Parameter]] = MappingProxyType({
    ("RunInstances", "availability_zone"):       Parameter("Placement", "availability_zone", _ZONE),
    ("ModifyImageAttribute", "description"):     Parameter("Description", "description", _boxed()),
    ("ModifyImageAttribute", "imds_support"):    Parameter("ImdsSupport", "imds_support", _boxed()),
    ("CreateRule", "retention_days"):            Parameter("RetentionPeriod", "retention_days", RETENTION),
    ("CreateRule", "unlock_delay_days"):         Parameter("LockConfiguration", "unlock_delay_days", UNLOCK_DELAY),
    ("UpdateRule", "retention_days"):            Parameter("RetentionPeriod", "retention_days", RETENTION),
    ("LockRule", "unlock_delay_days"):           Parameter("LockConfiguration", "unlock_delay_days", UNLOCK_DELAY),
})  # fmt: skip
"""Parameters that stand elsewhere than their field does."""


# --- the ways ---------------------------------------------------------------------------------------------------------


@cache
def way_of(kind: Any) -> Way:  # noqa: ANN401 - whatever stands in an annotation
    """How values of a type are read from what boto3 is given, and written for it."""
    return _WAYS.get(kind) or _way_of(kind)


def _way_of(kind: Any) -> Way:  # noqa: ANN401 - as above
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        some = [argument for argument in arguments if argument is not NoneType]
        return way_of(some[0]) if len(some) == 1 else PLAIN  # ids and words, which are texts
    if origin is tuple:
        return _listed(way_of(arguments[0]))
    if isinstance(kind, type) and attrs.has(kind) and not _is_text(kind):
        return _structure(kind)
    return PLAIN


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - as above
    return isinstance(kind, NewType) or hasattr(kind, "parse") or kind.__name__ in {"Region", "AvailabilityZone"}


def _listed(item: Way) -> Way:
    return Way(lambda items: tuple(map(item.read, items)), lambda items: [item.write(one) for one in items])


def _structure(kind: type[Any]) -> Way:
    def read(source: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a value of the class
        return _built(kind, _facts(kind.__name__, members_of(kind), source))

    return Way(read, lambda value: _written(members_of(kind), value))


_MEMBERS: Final[dict[type[Any], Mapping[str, Parameter]]] = {}


def members_of(kind: type[Any]) -> Mapping[str, Parameter]:
    """The members of a class, or the parameters of a class of requests, by EC2's names."""
    if kind not in _MEMBERS:
        hints = get_type_hints(kind)
        found = (_parameter(kind, each, hints[each.name]) for each in attrs.fields(kind) if each.init)
        _MEMBERS[kind] = MappingProxyType({parameter.name: parameter for parameter in found})
    return _MEMBERS[kind]


def _parameter(kind: type[Any], attribute: "attrs.Attribute[Any]", hint: Any) -> Parameter:  # noqa: ANN401 - as above
    odd = _ODD.get((kind.__name__, attribute.name))
    if odd is not None:
        return attrs.evolve(odd, required=attribute.default is attrs.NOTHING)
    return Parameter(
        member(kind, attribute.name),
        attribute.name,
        way_of(hint),
        required=attribute.default is attrs.NOTHING,
        silent=_silent(attribute),
    )


def _silent(attribute: "attrs.Attribute[Any]") -> object:
    """What an absent member means, where that is nothing: no value, no items, a switch that is off.

    Where it is something, what is required must be said whatever it is; and where it is to change nothing, to have no
    items is another thing.
    """
    made: Callable[[], object] | None = getattr(attribute.default, "factory", None)
    default = attribute.default if made is None else made()
    return default if default in ((), Tags()) or default is False else None


def _facts(where: str, known: Mapping[str, Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, value in given.items():
        parameter = known.get(name)
        if parameter is None:
            _pass_over(where, name, value)
        elif value is not None:
            facts[parameter.field] = parameter.way.read(value)
    return facts


def _built(kind: type[Any], facts: dict[str, Any]) -> Any:  # noqa: ANN401 - a value of the class
    for parameter in members_of(kind).values():
        if parameter.required and parameter.field not in facts:
            if parameter.way is _WAYS[Tags]:
                facts[parameter.field] = Tags()  # a list that is empty is not there (settlement S 17)
                continue
            message = f"The request must contain the parameter {parameter.name}"
            raise Malformed("MissingParameter", message, member=parameter.name)
    return kind(**facts)


def _pass_over(where: str, name: str, value: object) -> None:
    if value and BEYOND.get(where, {}).get(name) is not Beyond.WITHOUT_EFFECT:
        message = f"amimodel does not model the parameter {name} of {where}."
        raise NotModelled(message)


def _written(known: Mapping[str, Parameter], value: Any) -> dict[str, Any]:  # noqa: ANN401 - a value of the class
    written: dict[str, Any] = {}
    for name, parameter in known.items():
        fact = getattr(value, parameter.field)
        if fact is not None and fact != parameter.silent:
            written[name] = parameter.way.write(fact)
    return written


# --- requests ---------------------------------------------------------------------------------------------------------


def request_of(kind: type[Request[Any]], given: Mapping[str, Any]) -> Request[Any]:
    """The request that parameters mean.

    >>> from amimodel.actions import CopyImage
    >>> request_of(CopyImage, {"SourceImageId": "ami-12345678", "SourceRegion": "us-east-1", "Name": "web"}).name
    'web'

    Raises `Malformed` for what EC2 would not take, also where EC2 wants a parameter that botocore does not ask for, and
    `NotModelled` for a parameter that would change the answer, if the model knew of it.
    """
    request: Request[Any] = _built(kind, _facts(kind.action, members_of(kind), given))
    return request


def parameters_of(request: Request[Any]) -> dict[str, Any]:
    """The parameters that mean a request.

    >>> from amimodel.actions import DescribeImages
    >>> from amimodel.filters import Filter
    >>> parameters_of(DescribeImages(owners=["self"], filters=[Filter(name="state", values=["available"])]))
    {'Owners': ['self'], 'Filters': [{'Name': 'state', 'Values': ['available']}]}
    """
    written = _written(members_of(type(request)), request)
    return {name: value for name, value in written.items() if value != {}}
