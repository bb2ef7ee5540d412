"""Events: what EC2 publishes when something has happened, in EventBridge's words.

Each kind of event is a class with typed facts; `envelope` is the JSON that a rule of EventBridge would see.

Source: EC2 User Guide, "Monitor your AMI events"; EBS User Guide, "EventBridge for EBS", "Monitor Recycle
Bin using Amazon EventBridge"; rules C 9.1 to C 9.5.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import unique
from typing import ClassVar, Final, TypeAlias

from attrs import field, frozen
from attrs.converters import optional

from amimodel.clock import TextForm, render, utc
from amimodel.identifiers import (
    AccountId,
    ImageId,
    InstanceId,
    SnapshotId,
    VolumeId,
    account_id,
    image_arn,
    snapshot_arn,
)
from amimodel.instances import InstanceState
from amimodel.quirks import Quirks, SnapshotEventArn
from amimodel.regions import Region, as_region
from amimodel.retention import rule_arn
from amimodel.vocabulary import ImageState, Word

_AS_RULED: Final = Quirks()


@frozen(kw_only=True)
class ImageStateChange:
    """An image became available, failed, was disabled or deregistered (rule C 9.2)."""

    detail_type: ClassVar[str] = "EC2 AMI State Change"

    image_id: ImageId
    state: ImageState
    error_message: str = ""

    def resources(self, region: Region, _account: str) -> tuple[str, ...]:
        """The image's ARN, whose account field is empty (rule C 0.9)."""
        return (image_arn(region, self.image_id),)

    def detail(self, request_id: str, _region: Region, _quirks: Quirks) -> Mapping[str, object]:
        """What happened, in EventBridge's words."""
        return {
            "RequestId": request_id,
            "ImageId": self.image_id,
            "State": self.state.value,
            "ErrorMessage": self.error_message,
        }


@frozen(kw_only=True)
class SnapshotNotification:
    """A snapshot was completed, copied or shared, or was not (rule C 9.3).

    `event` is createSnapshot, copySnapshot or shareSnapshot; `source` is what the snapshot was made of, or the account
    that shares it.
    """

    detail_type: ClassVar[str] = "EBS Snapshot Notification"

    event: str
    snapshot_id: SnapshotId
    source: str
    start_time: datetime = field(converter=utc)
    end_time: datetime = field(converter=utc)
    succeeded: bool = True
    cause: str = ""
    incremental: bool | None = None

    def resources(self, region: Region, _account: str) -> tuple[str, ...]:
        """The snapshot's ARN."""
        return (snapshot_arn(region, self.snapshot_id),)

    def detail(self, request_id: str, region: Region, quirks: Quirks) -> Mapping[str, object]:
        """What happened, in EventBridge's words."""
        detail: dict[str, object] = {
            "event": self.event,
            "result": _result(succeeded=self.succeeded),
            "cause": self.cause,
            "request-id": request_id,
            "snapshot_id": _event_arn(region, self.snapshot_id, quirks),
            "source": self.source,
            "startTime": render(self.start_time, TextForm.SECONDS),
            "endTime": render(self.end_time, TextForm.SECONDS),
        }
        if self.incremental is not None:
            detail["Incremental"] = "true" if self.incremental else "false"
        return detail


@frozen(kw_only=True)
class SnapshotSetMember:
    """A snapshot of a set, and the volume it is of."""

    snapshot_id: SnapshotId
    volume_id: VolumeId
    completed: bool


def _members(members: Iterable[SnapshotSetMember]) -> tuple[SnapshotSetMember, ...]:
    return tuple(members)


@frozen(kw_only=True)
class SnapshotSetNotification:
    """All snapshots that CreateSnapshots took at once are completed, or one is in error (rule C 9.4)."""

    detail_type: ClassVar[str] = "EBS Multi-Volume Snapshots Completion Status"

    snapshots: tuple[SnapshotSetMember, ...] = field(converter=_members)
    start_time: datetime = field(converter=utc)
    end_time: datetime = field(converter=utc)
    cause: str = ""

    def resources(self, region: Region, _account: str) -> tuple[str, ...]:
        """The ARN of each snapshot."""
        return tuple(snapshot_arn(region, member.snapshot_id) for member in self.snapshots)

    def detail(self, request_id: str, region: Region, quirks: Quirks) -> Mapping[str, object]:
        """What happened, in EventBridge's words."""
        return {
            "event": "createSnapshots",
            "result": _result(succeeded=all(member.completed for member in self.snapshots)),
            "cause": self.cause,
            "request-id": request_id,
            "startTime": render(self.start_time, TextForm.SECONDS),
            "endTime": render(self.end_time, TextForm.SECONDS),
            "snapshots": [
                {
                    "snapshot_id": _event_arn(region, member.snapshot_id, quirks),
                    "source": f"arn:{region.partition}:ec2:{region}::volume/{member.volume_id}",
                    "status": "completed" if member.completed else "error",
                }
                for member in self.snapshots
            ],
        }


@frozen(kw_only=True)
class VolumeNotification:
    """A volume was created, deleted, attached or detached (rule C 9.4)."""

    detail_type: ClassVar[str] = "EBS Volume Notification"

    event: str
    volume_id: VolumeId
    succeeded: bool = True
    cause: str = ""

    def resources(self, region: Region, account: str) -> tuple[str, ...]:
        """The volume's ARN."""
        return (f"arn:{region.partition}:ec2:{region}:{account}:volume/{self.volume_id}",)

    def detail(self, request_id: str, _region: Region, _quirks: Quirks) -> Mapping[str, object]:
        """What happened, in EventBridge's words."""
        return {
            "event": self.event,
            "result": _VOLUME_RESULTS[self.event] if self.succeeded else "failed",
            "cause": self.cause,
            "request-id": request_id,
        }


@frozen(kw_only=True)
class InstanceStateChange:
    """An instance moved on in its life (rule C 9.4)."""

    detail_type: ClassVar[str] = "EC2 Instance State-change Notification"

    instance_id: InstanceId
    state: InstanceState

    def resources(self, region: Region, account: str) -> tuple[str, ...]:
        """The instance's ARN."""
        return (f"arn:{region.partition}:ec2:{region}:{account}:instance/{self.instance_id}",)

    def detail(self, _request_id: str, _region: Region, _quirks: Quirks) -> Mapping[str, object]:
        """What happened, in EventBridge's words."""
        return {"instance-id": self.instance_id, "state": self.state.value}


@unique
class LockChange(Word):
    """What the Recycle Bin tells of the lock of a rule, in EventBridge's words (rule C 9.5).

    EventBridge has one more, `Recycle Bin Rule Change Attempted`, for an update or a deletion that a lock has refused.
    Nothing happens in a world when a request is refused, so nothing is published either: the refusal itself tells it.
    """

    LOCKED = "Recycle Bin Rule Locked"
    UNLOCK_SCHEDULED = "Recycle Bin Rule Unlock Scheduled"
    UNLOCKING_NOTICE = "Recycle Bin Rule Unlocking Notice"
    UNLOCKED = "Recycle Bin Rule Unlocked"


@frozen(kw_only=True)
class RetentionRuleLockChange:
    """A rule of the Recycle Bin was locked, is being unlocked, or is unlocked (rule C 9.5).

    `api_name` is the action that locked it; `scheduled_unlock_time` is when the unlock delay ends.
    """

    identifier: str
    description: str
    change: LockChange = field(converter=LockChange)
    unlock_delay_days: int
    api_name: str | None = None
    scheduled_unlock_time: datetime | None = field(default=None, converter=optional(utc))

    @property
    def detail_type(self) -> str:
        """EventBridge's name for the kind of event."""
        return self.change.value

    def resources(self, region: Region, account: str) -> tuple[str, ...]:
        """The rule's ARN."""
        return (rule_arn(region, account, self.identifier),)

    def detail(self, _request_id: str, _region: Region, _quirks: Quirks) -> Mapping[str, object]:
        """What happened, in EventBridge's words."""
        detail: dict[str, object] = {
            "detail-version": " 1.0.0",  # with the space that the User Guide has in every sample
            "rule-id": self.identifier,
            "rule-description": self.description,
            "unlock-delay-period": f"{self.unlock_delay_days} days",
        }
        if self.api_name is not None:
            detail["api-name"] = self.api_name
        if self.scheduled_unlock_time is not None:
            detail["scheduled-unlock-time"] = render(self.scheduled_unlock_time, TextForm.SECONDS)
        return detail


Occurrence: TypeAlias = (
    ImageStateChange
    | SnapshotNotification
    | SnapshotSetNotification
    | VolumeNotification
    | InstanceStateChange
    | RetentionRuleLockChange
)


@frozen(kw_only=True)
class Event:
    """Something that happened, when, where, and to whom it is told.

    `request_id` is that of the request that caused it, `number` its place in the log.

    >>> happened = ImageStateChange(image_id=ImageId("ami-12345678"), state=ImageState.AVAILABLE)
    >>> event = Event(
    ...     number=1,
    ...     time=datetime.fromisoformat("2026-01-01T00:00:00Z"),
    ...     account="111122223333",
    ...     region="eu-central-1",
    ...     request_id="",
    ...     occurrence=happened,
    ... )
    >>> envelope = event.envelope()
    >>> envelope["detail-type"], envelope["resources"]
    ('EC2 AMI State Change', ['arn:aws:ec2:eu-central-1::image/ami-12345678'])

    Source: rule C 9.1.
    """

    number: int
    time: datetime = field(converter=utc)
    account: AccountId = field(converter=account_id)
    region: Region = field(converter=as_region)
    request_id: str
    occurrence: Occurrence

    @property
    def detail_type(self) -> str:
        """EventBridge's name for the kind of event."""
        return self.occurrence.detail_type

    def envelope(self, quirks: Quirks = _AS_RULED) -> dict[str, object]:
        """The event as EventBridge delivers it (rule C 9.1)."""
        return {
            "version": "0",
            "id": as_uuid(self.number),
            "detail-type": self.detail_type,
            "source": "aws.rbin" if isinstance(self.occurrence, RetentionRuleLockChange) else "aws.ec2",
            "account": self.account,
            "time": render(self.time, TextForm.SECONDS),
            "region": str(self.region),
            "resources": list(self.occurrence.resources(self.region, self.account)),
            "detail": dict(self.occurrence.detail(self.request_id, self.region, quirks)),
        }

    def __str__(self) -> str:
        return f"{render(self.time, TextForm.SECONDS)} {self.account} {self.region}: {_told(self.occurrence)}"


def _told(facts: Occurrence) -> str:
    match facts:
        case ImageStateChange():
            return f"{facts.image_id} is {facts.state}"
        case InstanceStateChange():
            return f"{facts.instance_id} is {facts.state}"
        case SnapshotNotification():
            return f"{facts.event} {facts.snapshot_id}: {_result(succeeded=facts.succeeded)}"
        case SnapshotSetNotification():
            result = _result(succeeded=all(member.completed for member in facts.snapshots))
            return f"createSnapshots {', '.join(member.snapshot_id for member in facts.snapshots)}: {result}"
        case VolumeNotification():
            return f"{facts.event} {facts.volume_id}: {_result(succeeded=facts.succeeded)}"
        case RetentionRuleLockChange():
            return f"{facts.change} {facts.identifier}"


def as_uuid(number: int) -> str:
    """Write a number in the form of a UUID, as the ids of requests and of events are.

    >>> as_uuid(255)
    '00000000-0000-4000-8000-0000000000ff'
    """
    return f"00000000-0000-4000-8000-{number:012x}"


def _result(*, succeeded: bool) -> str:
    return "succeeded" if succeeded else "failed"


_VOLUME_RESULTS: Final = {
    "createVolume": "available",
    "deleteVolume": "deleted",
    "attachVolume": "attached",
    "detachVolume": "detached",
}


def _event_arn(region: Region, snapshot: SnapshotId, quirks: Quirks) -> str:
    match quirks.snapshot_event_arn:
        case SnapshotEventArn.AS_ELSEWHERE:
            return snapshot_arn(region, snapshot)
        case SnapshotEventArn.AS_IN_THE_SAMPLES:
            return f"arn:{region.partition}:ec2::{region}:snapshot/{snapshot}"
