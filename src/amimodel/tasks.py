"""Tasks: what EC2 has taken on and will bring about at a certain moment, unless something comes between.

A world keeps them in the order in which they fall due; `amimodel.engine.advance` lets them happen. What can be told
from the time alone, such as whether an image is deprecated, needs no task.

Source: rules B BPA-4, C 0.1, C 13.
"""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import TypeAlias

from attrs import field, frozen

from amimodel.clock import utc
from amimodel.identifiers import AccountId, ImageId, InstanceId, SnapshotId
from amimodel.images import StateReason
from amimodel.instances import InstanceState
from amimodel.regions import Region


def _ids(ids: Iterable[SnapshotId]) -> tuple[SnapshotId, ...]:
    return tuple(ids)


@frozen(kw_only=True)
class FinishSnapshots:
    """A snapshot, or all of a set, will be completed; or end in error, if something is wrong already (rule B EN-7).

    `event` is what EventBridge calls it; it is empty where only the image is told of, as for what is restored of S3
    (rule C 9.2). `source` is what a single snapshot was made of. `mibps` is what a copy by time takes until then of the
    throughput between the two Regions (rule B CI-20).
    """

    snapshot_ids: tuple[SnapshotId, ...] = field(converter=_ids)
    event: str = "createSnapshot"
    source: str = ""
    failure: str | None = None
    incremental: bool | None = None
    mibps: Fraction | None = None


@frozen(kw_only=True)
class RemoveSnapshot:
    """A snapshot that was deleted while it was pending will go once it is completed (rule C 8.31)."""

    snapshot_id: SnapshotId


@frozen(kw_only=True)
class FinishImage:
    """An image that waits for no snapshot will be available (rules C 1.2.9, B CI-26)."""

    image_id: ImageId


@frozen(kw_only=True)
class MoveInstance:
    """An instance will leave the state it is in for the next, or fail to launch for this reason (rules C 12.1, 12.15).

    One that has left it in the meantime stays where it is. `restarting` tells one that had been stopped, and will be
    again if it fails, from one that was never up.
    """

    instance_id: InstanceId
    leaving: InstanceState
    failure: StateReason | None = None
    restarting: bool = False


@frozen(kw_only=True)
class ForgetInstance:
    """A terminated instance will no longer be described (rule C 12.1)."""

    instance_id: InstanceId


@frozen(kw_only=True)
class EndCooldown:
    """The cooldown of an image's deregistration protection will be over (rule C 4.4)."""

    image_id: ImageId


@frozen(kw_only=True)
class EmptyRecycleBin:
    """What lies in the Recycle Bin will be deleted for good (rule C 6.40)."""

    resource_id: str


@frozen(kw_only=True)
class BlockImagePublicAccess:
    """No image of an account in a Region can be made public any more: the account has asked for it (rule B BPA-4)."""

    account_id: AccountId
    region: Region


@frozen(kw_only=True)
class FinishRecovery:
    """A snapshot that has come back from the Recycle Bin will be completed (rule C 6.37)."""

    snapshot_id: SnapshotId


@frozen(kw_only=True)
class ActivateRetentionRule:
    """A rule of the Recycle Bin will begin to retain (rule C 6.9)."""

    identifier: str


@frozen(kw_only=True)
class AnnounceUnlocking:
    """It will be told once more that a rule of the Recycle Bin is being unlocked (rule C 9.5)."""

    identifier: str


@frozen(kw_only=True)
class EndUnlockDelay:
    """A rule of the Recycle Bin will be unlocked (rule C 6, lock states)."""

    identifier: str


@frozen(kw_only=True)
class FinishStoreTask:
    """An image will be stored, or fail to be (rules C 7.10 to C 7.12).

    `number` is the place of the store task among all there have been. Its turn comes at the moment `begins`.
    """

    number: int
    begins: datetime = field(converter=utc)


Work: TypeAlias = (
    FinishSnapshots
    | RemoveSnapshot
    | FinishImage
    | FinishStoreTask
    | MoveInstance
    | ForgetInstance
    | EndCooldown
    | EmptyRecycleBin
    | FinishRecovery
    | ActivateRetentionRule
    | AnnounceUnlocking
    | EndUnlockDelay
    | BlockImagePublicAccess
)


@frozen(kw_only=True)
class Task:
    """A piece of work with the moment at which it is done. Of two at one moment, the one taken on first comes first.

    >>> from datetime import UTC
    >>> task = Task(due=datetime(2026, 1, 1, tzinfo=UTC), number=1, work=EndCooldown(image_id=ImageId("ami-12345678")))
    >>> task.order < Task(due=task.due, number=2, work=task.work).order
    True

    Source: rule C 0.1.
    """

    due: datetime = field(converter=utc)
    number: int
    request_id: str = ""
    work: Work

    @property
    def order(self) -> tuple[datetime, int]:
        """By what tasks are sorted."""
        return self.due, self.number
