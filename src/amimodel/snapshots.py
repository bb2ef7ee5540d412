"""Snapshots: what the volumes of an image are made of.

Source: botocore 1.44.5, shape Snapshot; EBS User Guide, "Amazon EBS snapshots"; rules C 8.1, B 11.1.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import unique
from typing import TypeAlias

from attrs import field, frozen
from attrs.converters import optional

from amimodel.billing_codes import BillingCode
from amimodel.clock import utc
from amimodel.encryption import KmsKeyId, kms_key_id
from amimodel.identifiers import AccountId, SnapshotId, VolumeId, account_id, snapshot_id, volume_id
from amimodel.malformed import invalid_value
from amimodel.names import description
from amimodel.permissions import NOBODY, CreateVolumePermissions
from amimodel.product_codes import ProductCode, as_product_codes
from amimodel.regions import Region, as_region
from amimodel.tags import NO_TAGS, Tags, as_tags
from amimodel.vocabulary import Word

_is_progress = re.compile(r"(?:(?:\d{1,2}|100)%)?", re.ASCII).fullmatch


@unique
class SnapshotState(Word):
    """Where a snapshot is in its life; the last two are stations of the Recycle Bin (rules C 8.1, C 6.21)."""

    PENDING = "pending"
    COMPLETED = "completed"
    ERROR = "error"
    RECOVERABLE = "recoverable"
    RECOVERING = "recovering"


@unique
class StorageTier(Word):
    """Where a snapshot's blocks lie. An archived one must be restored before use (rule C 8.46)."""

    STANDARD = "standard"
    ARCHIVE = "archive"


@unique
class TransferType(Word):
    """How a copy was made: as fast as it goes, or within a time that was asked for (rule C 8.1)."""

    TIME_BASED = "time-based"
    STANDARD = "standard"


def _progress(text: str) -> str:
    if isinstance(text, str) and _is_progress(text):
        return text
    raise invalid_value("Progress", text, "Expected a percentage such as 99%.")


def _keys(keys: Iterable[str]) -> tuple[KmsKeyId, ...]:
    return tuple(kms_key_id(key) for key in keys)


def _size(gib: int) -> int:
    if type(gib) is int and gib >= 1:
        return gib
    raise invalid_value("VolumeSize", gib, "It must be a whole number, and at least 1.")


@frozen(kw_only=True, weakref_slot=False)  # so that a copy takes half the time (`amimodel._copies`)
class Snapshot:
    """A snapshot of a volume. Sizes are in GiB unless the name says otherwise.

    >>> snapshot = Snapshot(
    ...     snapshot_id="snap-12345678",
    ...     owner_id="111122223333",
    ...     volume_id="vol-12345678",
    ...     volume_size_gib=8,
    ...     start_time=datetime.fromisoformat("2026-01-01T00:00:00Z"),
    ... )
    >>> snapshot.state.value, snapshot.encrypted, len(snapshot.create_volume_permissions)
    ('completed', False, 0)

    Fields that no DescribeSnapshots answer has: `region`, `create_volume_permissions`, `product_codes` (both told by
    DescribeSnapshotAttribute) and `billing`, the licence EC2 remembers for images made of the snapshot (rule A BI-10).
    `create_volume_permissions` of None are not told: whoever read the snapshot does not even know if it is public.

    Raises `Malformed`.

    Source: rules C 8.1, B SP-1, A BI-10; settlement S 50 for `associated_kms_key_ids`.
    """

    snapshot_id: SnapshotId = field(converter=snapshot_id)
    owner_id: AccountId = field(converter=account_id)
    volume_id: VolumeId = field(converter=volume_id)
    volume_size_gib: int = field(converter=_size)
    start_time: datetime = field(converter=utc)
    state: SnapshotState = field(default=SnapshotState.COMPLETED, converter=SnapshotState)
    state_message: str | None = None
    progress: str = field(default="100%", converter=_progress)
    completion_time: datetime | None = field(default=None, converter=optional(utc))
    description: str | None = field(default="", converter=description)
    encrypted: bool = False
    kms_key_id: KmsKeyId | None = field(default=None, converter=optional(kms_key_id))
    data_encryption_key_id: str | None = None
    associated_kms_key_ids: tuple[KmsKeyId, ...] = field(default=(), converter=_keys)
    owner_alias: str | None = None
    storage_tier: StorageTier = field(default=StorageTier.STANDARD, converter=StorageTier)
    restore_expiry_time: datetime | None = field(default=None, converter=optional(utc))
    full_snapshot_size_bytes: int | None = None
    transfer_type: TransferType | None = field(default=None, converter=optional(TransferType))
    completion_duration_minutes: int | None = None
    availability_zone: str | None = None
    outpost_arn: str | None = None
    tags: Tags = field(default=NO_TAGS, converter=as_tags)
    region: Region | None = field(default=None, converter=optional(as_region))
    create_volume_permissions: CreateVolumePermissions | None = NOBODY
    product_codes: tuple[ProductCode, ...] = field(default=(), converter=as_product_codes)
    billing: BillingCode | None = None

    def __attrs_post_init__(self) -> None:
        if self.kms_key_id is not None and not self.encrypted:
            raise invalid_value("KmsKeyId", self.kms_key_id, "A snapshot that is not encrypted has no key.")


Snapshots: TypeAlias = Mapping[SnapshotId, Snapshot] | Mapping[str, Snapshot]
"""Snapshots by id, as functions take them that must know what an image is made of."""
