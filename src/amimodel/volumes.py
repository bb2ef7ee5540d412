"""EBS volumes, as far as snapshots are made of them and instances stand on them.

Source: botocore 1.44.5, shapes Volume and VolumeAttachment; rules A 2.5, A RB-14, A RB-16, B MP-3, C 8.2, C 12.4.
"""

from datetime import datetime
from enum import unique

from attrs import field, frozen
from attrs.converters import optional

from amimodel.billing_codes import BillingCode
from amimodel.clock import utc
from amimodel.encryption import KmsKeyId, kms_key_id
from amimodel.identifiers import AccountId, InstanceId, SnapshotId, VolumeId, account_id, instance_id, volume_id
from amimodel.identifiers import snapshot_id as as_snapshot_id
from amimodel.malformed import invalid_value
from amimodel.product_codes import ProductCode, as_product_codes
from amimodel.regions import AvailabilityZone, Region, as_zone
from amimodel.tags import NO_TAGS, Tags, as_tags
from amimodel.vocabulary import Word
from amimodel.volume_types import VOLUME_LIMITS, VolumeType, volume_faults


@unique
class VolumeState(Word):
    """Where a volume is in its life. A snapshot can be made of one that is available or in use (rule C 8.2)."""

    CREATING = "creating"
    AVAILABLE = "available"
    IN_USE = "in-use"
    DELETING = "deleting"
    DELETED = "deleted"
    ERROR = "error"


@frozen(kw_only=True)
class VolumeAttachment:
    """Where a volume is attached, and whether it goes when the instance does (rules A 4.4, C 12.4)."""

    instance_id: InstanceId = field(converter=instance_id)
    device_name: str
    delete_on_termination: bool = False


def _snapshot_id(text: str) -> SnapshotId:
    return as_snapshot_id(text)


@frozen(kw_only=True)
class Volume:
    """An EBS volume. Sizes are in GiB, throughput in MiB/s.

    >>> volume = Volume(
    ...     volume_id="vol-12345678",
    ...     owner_id="111122223333",
    ...     size_gib=8,
    ...     volume_type="gp3",
    ...     availability_zone="eu-central-1a",
    ...     create_time=datetime.fromisoformat("2026-01-01T00:00:00Z"),
    ... )
    >>> volume.iops, volume.throughput_mibps, volume.state.value, str(volume.region)
    (3000, 125, 'available', 'eu-central-1')

    `product_codes` and `billing` come from the snapshot it was made of, and go into those that are made of it (rules
    B MP-3, A 7.4); no DescribeVolumes answer has the latter.

    Raises `Malformed` for a size, IOPS or throughput that its type does not take, and for a key without encryption.

    Source: rules A 2.5, A RB-16, A VT-3 to A VT-9, B EN-12.
    """

    volume_id: VolumeId = field(converter=volume_id)
    owner_id: AccountId = field(converter=account_id)
    size_gib: int
    availability_zone: AvailabilityZone = field(converter=as_zone)
    create_time: datetime = field(converter=utc)
    volume_type: VolumeType = field(default=VolumeType.GP2, converter=VolumeType)
    iops: int | None = None
    throughput_mibps: int | None = None
    state: VolumeState = field(default=VolumeState.AVAILABLE, converter=VolumeState)
    snapshot_id: SnapshotId | None = field(default=None, converter=optional(_snapshot_id))
    encrypted: bool = False
    kms_key_id: KmsKeyId | None = field(default=None, converter=optional(kms_key_id))
    attachment: VolumeAttachment | None = None
    product_codes: tuple[ProductCode, ...] = field(default=(), converter=as_product_codes)
    billing: BillingCode | None = None
    tags: Tags = field(default=NO_TAGS, converter=as_tags)

    def __attrs_post_init__(self) -> None:
        limits = VOLUME_LIMITS[self.volume_type]
        if self.iops is None and limits.default_iops is not None:
            object.__setattr__(self, "iops", limits.default_iops)
        if self.throughput_mibps is None and limits.default_throughput_mibps is not None:
            object.__setattr__(self, "throughput_mibps", limits.default_throughput_mibps)
        for fault in volume_faults(
            self.volume_type, size_gib=self.size_gib, iops=self.iops, throughput_mibps=self.throughput_mibps
        ):
            raise fault
        if self.kms_key_id is not None and not self.encrypted:
            raise invalid_value("KmsKeyId", self.kms_key_id, "A volume that is not encrypted has no key.")

    @property
    def region(self) -> Region:
        """The Region of its zone."""
        return self.availability_zone.region
