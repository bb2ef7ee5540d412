"""What is odd in EC2's answers: the leaves, and the members that are no field of the model's own.

Source: botocore 1.44.5, the output shapes of the actions; rules A 8.8, C 6.9, C 12.1; settlement S 23.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from dateutil.tz import tzutc

from amimodel.boto._parameters import RETENTION, UNLOCK_DELAY, write_rule_tag
from amimodel.instances import Instance, InstanceBlockDevice, InstanceState
from amimodel.retention import RetentionRule
from amimodel.volumes import Volume
from amimodel.wire._leaves import write_instant
from amimodel.zone_ids import zone_id

Writer: TypeAlias = Callable[[Any], Any]

_UTC: Final = tzutc()


# --- leaves -----------------------------------------------------------------------------------------------------------


def timestamp(instant: datetime) -> datetime:
    """An instant as botocore's parser makes it."""
    return instant.replace(tzinfo=_UTC)


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever is one text, one number or one truth
    """A text, a number or a truth, as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool | int | str):
        return value
    return write_instant(value) if isinstance(value, datetime) else str(value)


# --- what is odd ------------------------------------------------------------------------------------------------------


def _state(state: InstanceState) -> dict[str, Any]:
    return {"Code": state.code, "Name": state.value}


def _attachments(volume: Volume) -> list[dict[str, Any]]:
    attached = volume.attachment
    if attached is None:
        return []
    return [{
        "VolumeId": volume.volume_id,
        "InstanceId": attached.instance_id,
        "Device": attached.device_name,
        "State": "attached",
        "DeleteOnTermination": attached.delete_on_termination,
    }]  # fmt: skip


def _ebs(device: InstanceBlockDevice) -> dict[str, Any]:
    return {"VolumeId": device.volume_id, "DeleteOnTermination": device.delete_on_termination, "Status": "attached"}


def _placement(instance: Instance) -> dict[str, Any]:
    zone = instance.availability_zone
    return {"AvailabilityZone": str(zone), "AvailabilityZoneId": zone_id(zone)}


def _metadata_options(instance: Instance) -> dict[str, Any]:
    return {
        "HttpTokens": instance.http_tokens.value,
        "HttpPutResponseHopLimit": instance.http_put_response_hop_limit,
    }


def _platform_details(thing: Any) -> str | None:  # noqa: ANN401 - whatever is billed
    return None if thing.billing is None else thing.billing.platform_details


def _usage_operation(instance: Instance) -> str | None:
    return None if instance.billing is None else instance.billing.usage_operation


def _lock(rule: RetentionRule) -> dict[str, Any] | None:
    return None if rule.unlock_delay_days is None else UNLOCK_DELAY.write(rule.unlock_delay_days)


def _retention(rule: Any) -> dict[str, Any]:  # noqa: ANN401 - a rule or its summary
    period: dict[str, Any] = RETENTION.write(rule.retention_days)
    return period


def itself(value: Any) -> Any:  # noqa: ANN401 - whatever the answer is
    """A fact that is written already."""
    return value


_RULES: Final = ("CreateRuleResponse", "GetRuleResponse", "LockRuleResponse", "UnlockRuleResponse")

ODD: Final[Mapping[tuple[str, str], Writer]] = MappingProxyType({
    ("Volume", "Attachments"):                _attachments,
    ("Volume", "AvailabilityZoneId"):         lambda volume: zone_id(volume.availability_zone),
    ("Instance", "MetadataOptions"):          _metadata_options,
    ("Instance", "Placement"):                _placement,
    ("Instance", "PlatformDetails"):          _platform_details,
    ("Instance", "UsageOperation"):           _usage_operation,
    ("InstanceBlockDeviceMapping", "Ebs"):    _ebs,
    ("KeyMetadata", "AWSAccountId"):          attrgetter("aws_account_id"),
    ("Parameter", "ARN"):                     attrgetter("arn"),
    ("AttachImageWatermarkResult", "WatermarkKey"):                          str,
    ("GetImageBlockPublicAccessStateResult", "ImageBlockPublicAccessState"): lambda told: told.state.value,
    **{(shape, "LockConfiguration"): _lock for shape in _RULES},
    **{(shape, "RetentionPeriod"): _retention for shape in (*_RULES, "UpdateRuleResponse", "RuleSummary")},
})  # fmt: skip
"""Members that are no field of their own: how each is made of the whole."""

STRUCTURES: Final[Mapping[str, Writer]] = MappingProxyType(
    {
        "InstanceState": _state,
        "InstanceTypeItem": lambda pattern: {"InstanceType": pattern},
        "ResourceTag": write_rule_tag,
    }
)
"""Structures that are one word, one text or two."""

EVEN_IF_EMPTY: Final = frozenset({
    ("Volume", "Attachments"), ("Instance", "BlockDeviceMappings"), ("Instance", "ProductCodes"),
})  # fmt: skip
"""Lists that EC2 does not leave out where there is nothing in them."""
