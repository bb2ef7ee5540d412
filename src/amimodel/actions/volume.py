"""Volumes: CreateVolume and DeleteVolume, as far as snapshots come from them and images end in them.

Source: EC2 API Reference, CreateVolume and DeleteVolume; rules A 2.5, A VT-1 to A VT-9, B 6.2, B 6.3, B EN-7, B MP-3,
C 8.32, C 9.4; settlements S 17, S 30, S 38.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel._copies import changed
from amimodel.actions._encrypting import key_in_use
from amimodel.actions._finding import TAGS_ON_CREATION, USABLE_SNAPSHOT, own_volume, tags_on_creation, usable_snapshot
from amimodel.callers import Caller
from amimodel.decisions import Settled
from amimodel.encryption import KmsKeyId, kms_key_id
from amimodel.events import VolumeNotification
from amimodel.identifiers import SnapshotId, VolumeId, volume_id
from amimodel.identifiers import snapshot_id as as_snapshot_id
from amimodel.malformed import Malformed
from amimodel.names import client_token
from amimodel.refusals import (
    IdempotentParameterMismatch,
    KmsKeyRequiresEncrypted,
    Refusal,
    SnapshotUnfitForVolumeType,
    VolumeInUse,
    VolumeInWrongState,
    VolumeNotFound,
    VolumeSizeBelowSnapshot,
    ZoneNotFound,
)
from amimodel.regions import AvailabilityZone, as_zone
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, each
from amimodel.snapshots import Snapshot
from amimodel.tag_requests import ResourceType, TagSpecification, as_tag_specifications
from amimodel.tags import NO_TAGS
from amimodel.volume_encryption import ResolvedEncryption, at_create_volume
from amimodel.volume_types import VOLUME_LIMITS, VolumeType, volume_faults
from amimodel.volumes import Volume, VolumeState
from amimodel.world import World

_VOLUMES_ALONE: Final = (ResourceType.VOLUME,)


def _zone(zone: str | AvailabilityZone) -> AvailabilityZone:
    if zone:
        return as_zone(zone)
    message = "The request must contain the parameter zone"
    raise Malformed("MissingParameter", message, member="AvailabilityZone", value=zone)


def _snapshot_id(text: str) -> SnapshotId | None:
    return as_snapshot_id(text) if text else None  # an empty text counts as absent (settlement S 17)


def _volume_type(text: str | None) -> VolumeType:
    return VolumeType(text) if text else VolumeType.GP2


def _key(text: str) -> KmsKeyId | None:
    return kms_key_id(text) if text else None


def _tag_specifications(specifications: Iterable[TagSpecification]) -> tuple[TagSpecification, ...]:
    return as_tag_specifications(specifications, _VOLUMES_ALONE)


def _token(text: str) -> str | None:
    return client_token(text)


@frozen(kw_only=True)
class CreateVolume(Request[Volume]):
    """Make a volume: an empty one, or one that holds what a snapshot does.

    >>> CreateVolume(availability_zone="eu-central-1a", size_gib=8, volume_type="io2")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterCombination: The parameter iops must be specified for io2 volumes.

    EC2 answers with the volume in state `creating`; the next who asks finds it available or, if a key does not work for
    the caller, in state `error`. The snapshot's product codes and licence go with it.

    Raises `Malformed` for a volume that is made of nothing (`MissingParameter`), and for a size, IOPS or throughput
    that the type does not take.

    Source: EC2 API Reference, CreateVolume; rules A RG-4, A VT-3 to A VT-9, B 6.2, B 6.3, B EN-7, B EN-8, B MP-3,
    B SBP-5, C 8.46, C 9.4; settlements S 17, S 30, S 38.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        IdempotentParameterMismatch,
        ZoneNotFound,
        *USABLE_SNAPSHOT,
        VolumeSizeBelowSnapshot,
        SnapshotUnfitForVolumeType,
        KmsKeyRequiresEncrypted,
        *TAGS_ON_CREATION,
    )

    availability_zone: AvailabilityZone = field(converter=_zone)
    size_gib: int | None = None
    snapshot_id: SnapshotId | None = field(default=None, converter=optional(_snapshot_id))
    volume_type: VolumeType = field(default=VolumeType.GP2, converter=_volume_type)
    iops: int | None = None
    throughput_mibps: int | None = None
    encrypted: bool | None = None
    kms_key_id: KmsKeyId | None = field(default=None, converter=optional(_key))
    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tag_specifications)
    client_token: str | None = field(default=None, converter=optional(_token))

    def __attrs_post_init__(self) -> None:
        if self.size_gib is None and self.snapshot_id is None:
            message = "The request must contain the parameter size/snapshot"
            raise Malformed("MissingParameter", message, member="Size")
        for fault in volume_faults(
            self.volume_type, size_gib=self.size_gib, iops=self.iops, throughput_mibps=self.throughput_mibps
        ):
            raise fault
        if VOLUME_LIMITS[self.volume_type].iops_required and self.iops is None:
            message = f"The parameter iops must be specified for {self.volume_type} volumes."
            raise Malformed("InvalidParameterCombination", message, member="Iops")

    @property
    def token(self) -> str | None:
        """Its ClientToken."""
        return self.client_token

    def decide(self, world: World, by: Caller) -> Deciding[Volume]:
        """Go through the checks in order, then make the volume."""
        if self.availability_zone.region != by.region:
            yield ZoneNotFound(zone=self.availability_zone.name, region=by.region.name)
        source: Snapshot | None = None
        if self.snapshot_id is not None:
            source = yield from usable_snapshot(world, by, self.snapshot_id, by.region)
            yield from each(self._unfit(source))
        encryption = yield from self._encryption(world, by, source)
        tags = yield from tags_on_creation(world, self.tag_specifications)
        yield GRANTED

        key = key_in_use(world, by, encryption, source=source, specified=self.kms_key_id)
        request_id = world.request_id
        volume = Volume(
            volume_id=world.new_id("vol-"),
            owner_id=by.account,
            size_gib=self._size_of(source),
            availability_zone=self.availability_zone,
            create_time=world.now,
            volume_type=self.volume_type,
            iops=self.iops,
            throughput_mibps=self.throughput_mibps,
            state=VolumeState.AVAILABLE if key.cause is None else VolumeState.ERROR,
            snapshot_id=self.snapshot_id,
            encrypted=encryption.encrypted,
            kms_key_id=key.kms_key_id,
            product_codes=() if source is None else source.product_codes,
            billing=None if source is None else source.billing,
            tags=tags.get(ResourceType.VOLUME, NO_TAGS),
        )
        told = VolumeNotification(
            event="createVolume", volume_id=volume.volume_id, succeeded=key.cause is None, cause=key.cause or ""
        )
        world = world.with_volume(volume).emitting(told, account=by.account, region=by.region, request_id=request_id)
        return Outcome(world, changed(volume, state=VolumeState.CREATING))

    def _size_of(self, source: Snapshot | None) -> int:
        if self.size_gib is not None:
            return self.size_gib
        if source is None:
            raise AssertionError(self)  # Malformed
        return source.volume_size_gib

    def _unfit(self, source: Snapshot) -> Iterable[Refusal]:
        """What speaks against a volume of this size, or of the snapshot's where no other is asked for."""
        if self.size_gib is not None:
            if self.size_gib < source.volume_size_gib:
                yield VolumeSizeBelowSnapshot(
                    snapshot_id=source.snapshot_id,
                    size_gib=self.size_gib,
                    snapshot_size_gib=source.volume_size_gib,
                )
            return
        for fault in volume_faults(self.volume_type, size_gib=source.volume_size_gib, iops=self.iops):
            yield SnapshotUnfitForVolumeType(snapshot_id=source.snapshot_id, detail=fault.message)

    def _encryption(self, world: World, by: Caller, source: Snapshot | None) -> Finding[ResolvedEncryption]:
        try:
            encryption = at_create_volume(
                source,
                account=by.account,
                settings=world.settings(by.account, by.region).ebs_encryption,
                encrypted=self.encrypted,
                kms_key_id=self.kms_key_id,
            )
        except KmsKeyRequiresEncrypted as refusal:
            yield refusal
            return ResolvedEncryption(key=None, row="")
        yield Settled(subject="the volume", outcome=str(encryption), rules=encryption.rules)
        return encryption


@frozen(kw_only=True)
class DeleteVolume(Request[None]):
    """Delete a volume that is attached to nothing. The snapshots that were made of it stay.

    Source: EC2 API Reference, DeleteVolume; rules A 12.1, C 8.32, C 9.4.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (VolumeNotFound, VolumeInUse, VolumeInWrongState)

    volume_id: VolumeId = field(converter=volume_id)

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        """Go through the checks in order, then delete it."""
        volume = yield from own_volume(world, by, self.volume_id)
        if volume.attachment is not None:
            yield VolumeInUse(volume_id=self.volume_id, instance_id=volume.attachment.instance_id)
        elif volume.state not in _DELETABLE:
            yield VolumeInWrongState(volume_id=self.volume_id, state=volume.state)
        yield GRANTED

        told = VolumeNotification(event="deleteVolume", volume_id=volume.volume_id)
        request_id = world.request_id
        world = world.without_volume(volume.volume_id)
        return Outcome(world.emitting(told, account=by.account, region=by.region, request_id=request_id), None)


_DELETABLE: Final = frozenset({VolumeState.AVAILABLE, VolumeState.ERROR})
