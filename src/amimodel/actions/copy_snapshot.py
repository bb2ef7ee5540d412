"""Copies of snapshots: CopySnapshot, and how a copy begins, be it one of CopyImage's.

Source: EC2 API Reference, CopySnapshot; EBS User Guide, "Copy an Amazon EBS snapshot" and "Time-based copies"; rules
B 11.3 (CS-1 to CS-9), B CI-20, B CI-24, B CI-25, C 8.15 to C 8.23; settlements S 17, S 30, S 46, S 49.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import ClassVar, Final

from attrs import Factory, field, frozen
from attrs.converters import optional

from amimodel.actions._encrypting import key_in_use
from amimodel.actions._finding import TAGS_ON_CREATION, USABLE_SNAPSHOT, tags_on_creation, usable_snapshot
from amimodel.actions._snapshots import quota_of_snapshots
from amimodel.callers import Caller
from amimodel.copy_encryption import at_copy_snapshot
from amimodel.copy_pace import NOTHING_IN_USE, begins, completion_duration_refusal, pace, snapshot_copies_refusal
from amimodel.copy_places import CopyDestination, Site, site_of, snapshot_route_refusal
from amimodel.copying import copied_snapshot, source_region_refusal
from amimodel.decisions import Settled
from amimodel.encryption import KmsKeyId, kms_key_id
from amimodel.identifiers import COPIED_SNAPSHOTS_VOLUME, SnapshotId, snapshot_arn
from amimodel.identifiers import snapshot_id as as_snapshot_id
from amimodel.kms import SNAPSHOT_STATE_MESSAGE
from amimodel.names import description
from amimodel.refusals import (
    CompletionDurationRefused,
    CopyRouteRefused,
    EncryptedFalseRefused,
    KmsKeyRequiresEncrypted,
    OutpostElsewhere,
    Refusal,
    SnapshotDurationUnsupported,
    SnapshotQuotaReached,
    SourceRegionUnusable,
    TimeBasedCopyQuotaReached,
    TooManySnapshotCopies,
)
from amimodel.regions import Region, as_region
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, Step, unless
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.tag_requests import ResourceType, TagSpecification, as_tag_specifications
from amimodel.tags import NO_TAGS
from amimodel.tasks import FinishSnapshots, Task
from amimodel.vocabulary import ImageState
from amimodel.volume_encryption import ResolvedEncryption
from amimodel.world import World

_COPY: Final = "copySnapshot"
_OLD_VOLUME_OF_COPIES: Final = "vol-ffff"


# --- copies on their way ----------------------------------------------------------------------------------------------


def _under_way(world: World, by: Caller) -> Iterator[tuple[Task, FinishSnapshots]]:
    """The copies that the caller has begun in its Region, and that are not finished."""
    for task in world.tasks:
        work = task.work
        if isinstance(work, FinishSnapshots) and work.event == _COPY:
            copy = world.snapshots.get(work.snapshot_ids[0])
            if copy is not None and (copy.owner_id, copy.region) == (by.account, by.region):
                yield task, work


def copies_in_progress(world: World, by: Caller) -> tuple[int, int]:
    """How many snapshots are being copied to the Region: by CopySnapshot, and for images (rules B CS-5, B CI-25)."""
    pending = world.snapshots.having("state", (SnapshotState.PENDING, by.account, by.region))
    copies = [snapshot for snapshot in pending if snapshot.transfer_type is not None]
    of_images = sum(_is_for_an_image(world, copy) for copy in copies)
    return len(copies) - of_images, of_images


def _is_for_an_image(world: World, copy: Snapshot) -> bool:
    return any(image.state is ImageState.PENDING for image in world.images_using(copy.snapshot_id))


def throughput_in_use(world: World, by: Caller, source_region: Region) -> Fraction:
    """What the caller's copies by time take of the throughput from a Region to its own, in MiB/s (rule B CI-20)."""
    whence = snapshot_arn(source_region, SnapshotId(""))
    return sum(
        (work.mibps for _, work in _under_way(world, by) if work.mibps is not None and work.source.startswith(whence)),
        start=NOTHING_IN_USE,
    )


# --- how a copy begins ------------------------------------------------------------------------------------------------


def _lineage(source: Snapshot) -> str:
    """What a snapshot and its successors have in common: their volume; a copy begins a lineage of its own (C 8.36)."""
    is_copy = source.volume_id in {COPIED_SNAPSHOTS_VOLUME, _OLD_VOLUME_OF_COPIES}
    return source.snapshot_id if is_copy else source.volume_id


def _sealed(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.owner_id, snapshot.region, snapshot.encrypted, snapshot.kms_key_id, site_of(snapshot)


def is_incremental(world: World, source: Snapshot, copy: Snapshot) -> bool:
    """Whether a copy needs only what an earlier one does not have: that one is still there, and has the same key.

    Where account, Region and key are those of the source itself, nothing needs to be copied at all.

    Source: rule C 8.21.
    """
    if _sealed(source) == _sealed(copy):
        return True
    if copy.region is None:
        raise AssertionError(copy)  # `integrity`: everything in a world is in a Region
    known = world.latest_copies.get((copy.owner_id, copy.region, _lineage(source)))
    latest = None if known is None else world.snapshots.get(known)
    return latest is not None and latest.state is not SnapshotState.ERROR and _sealed(latest) == _sealed(copy)


def with_copy_begun(
    world: World, by: Caller, source: Snapshot, copy: Snapshot, *, cause: str | None = None, request_id: str
) -> World:
    """Write the pending copy of a snapshot, and take on to finish it; `cause` is why its keys do not work.

    It takes as long as it was asked to, or as its size makes it; what is only an increment has no size, since the model
    does not know what was written. One of a snapshot that is being copied to the Region already waits for that.

    Raises `TimeBasedCopyQuotaReached`.

    Source: rules B CI-20, B CI-21, B CS-6, B CS-8, C 8.20 to C 8.23, C 13.
    """
    if source.region is None:
        raise AssertionError(source)  # `integrity`: everything in a world is in a Region
    arn, incremental = snapshot_arn(source.region, source.snapshot_id), is_incremental(world, source, copy)
    minutes, rate = copy.completion_duration_minutes, None
    if minutes is None:
        duration = world.timing.copy_snapshot_duration(0 if incremental else source.volume_size_gib)
    else:
        in_use = throughput_in_use(world, by, source.region)
        granted = pace(source.volume_size_gib, minutes, in_use_mibps=in_use, limits=world.limits)
        duration, rate = granted.duration, granted.mibps
    earlier = [task.due for task, work in _under_way(world, by) if work.source == arn]
    work = FinishSnapshots(
        snapshot_ids=[copy.snapshot_id],
        event=_COPY,
        source=arn,
        failure=None if cause is None else SNAPSHOT_STATE_MESSAGE,
        incremental=incremental if cause is None else None,  # only a success tells (rule C 9.3)
        mibps=rate,
    )
    after = begins(world.now, earlier) + duration - world.now
    return world.with_copy(copy, _lineage(source)).with_task(after, work, request_id)


# --- CopySnapshot -----------------------------------------------------------------------------------------------------


def _source_region(name: str | Region) -> Region:
    return as_region(name, "SourceRegion")


def _source_snapshot_id(text: str) -> SnapshotId:
    return as_snapshot_id(text, "SourceSnapshotId")


def _description(text: str | None) -> str:
    return description(text) or ""


def _text(text: str) -> str | None:
    return text or None  # an empty text counts as absent (settlement S 17)


def _key(text: str) -> KmsKeyId | None:
    return kms_key_id(text) if text else None


def _tag_specifications(specifications: Iterable[TagSpecification]) -> tuple[TagSpecification, ...]:
    return as_tag_specifications(specifications, (ResourceType.SNAPSHOT,))


def _destination(request: "CopySnapshot") -> CopyDestination:
    return CopyDestination(
        outpost_arn=request.destination_outpost_arn,
        availability_zone=request.destination_availability_zone,
        completion_duration_minutes=request.completion_duration_minutes,
    )


@frozen(kw_only=True)
class CopySnapshot(Request[Snapshot]):
    """Copy a snapshot that one may read to the Region that is asked, where it is one's own and pending at first.

    The copy has neither tags nor permissions of its source, and names a volume that does not exist. What is encrypted
    stays encrypted; a key that does not work shows later, when the copy ends in error.

    `destination` is where it goes, as the parameters say. Raises `Malformed` (`InvalidParameterCombination`) for two
    places, and for a completion duration beside one.

    Source: EC2 API Reference, CopySnapshot; rules B CS-1 to B CS-9, C 8.15 to C 8.23; settlements S 17, S 30, S 46,
    S 49.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        SourceRegionUnusable,
        *USABLE_SNAPSHOT,
        OutpostElsewhere,
        CopyRouteRefused,
        EncryptedFalseRefused,
        KmsKeyRequiresEncrypted,
        CompletionDurationRefused,
        SnapshotDurationUnsupported,
        *TAGS_ON_CREATION,
        TooManySnapshotCopies,
        TimeBasedCopyQuotaReached,
        SnapshotQuotaReached,
    )

    source_region: Region = field(converter=_source_region)
    source_snapshot_id: SnapshotId = field(converter=_source_snapshot_id)
    description: str = field(default="", converter=_description)
    encrypted: bool | None = None
    kms_key_id: KmsKeyId | None = field(default=None, converter=optional(_key))
    completion_duration_minutes: int | None = None
    destination_outpost_arn: str | None = field(default=None, converter=optional(_text))
    destination_availability_zone: str | None = field(default=None, converter=optional(_text))
    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tag_specifications)
    destination: CopyDestination = field(
        init=False, eq=False, repr=False, default=Factory(_destination, takes_self=True)
    )

    def decide(self, world: World, by: Caller) -> Deciding[Snapshot]:
        """Go through the checks in order, then begin the copy."""
        yield from unless(source_region_refusal(self.source_region, by.region))
        source = yield from usable_snapshot(world, by, self.source_snapshot_id, self.source_region)
        yield from unless(
            snapshot_route_refusal(
                source, source_region=self.source_region, region=by.region, destination=self.destination
            )
        )
        encryption = yield from self._encryption(world, by, source)
        yield from self._against_duration(world, source)
        tags = yield from tags_on_creation(world, self.tag_specifications)
        yield from self._quotas(world, by)
        yield GRANTED

        request_id = world.request_id
        key = key_in_use(world, by, encryption, source=source, specified=self.kms_key_id)
        zone = self.destination.availability_zone
        copy = Snapshot(
            **copied_snapshot(source, completion_duration_minutes=self.completion_duration_minutes),
            snapshot_id=world.new_id("snap-"),
            owner_id=by.account,
            region=by.region,
            start_time=world.now,
            description=self.description,
            encrypted=encryption.encrypted,
            kms_key_id=key.kms_key_id,
            owner_alias=world.owner_aliases.get(by.account),
            outpost_arn=self.destination.outpost_arn,
            availability_zone=None if zone is None else zone.name,
            tags=tags.get(ResourceType.SNAPSHOT, NO_TAGS),
        )
        return Outcome(with_copy_begun(world, by, source, copy, cause=key.cause, request_id=request_id), copy)

    def _encryption(self, world: World, by: Caller, source: Snapshot) -> Finding[ResolvedEncryption]:
        try:
            encryption = at_copy_snapshot(
                source,
                settings=world.settings(by.account, by.region).ebs_encryption,
                encrypted=self.encrypted,
                kms_key_id=self.kms_key_id,
                encryption_required=self.destination.site is Site.OUTPOST,
            )
        except (EncryptedFalseRefused, KmsKeyRequiresEncrypted) as refusal:
            yield refusal
            return ResolvedEncryption(key=None, row="")
        yield Settled(subject="the copy", outcome=str(encryption), rules=encryption.rules)
        return encryption

    def _against_duration(self, world: World, source: Snapshot) -> Iterator[Step]:
        if self.completion_duration_minutes is None:
            return
        yield from unless(completion_duration_refusal(self.completion_duration_minutes, world.limits))
        site, _ = site_of(source)
        if site is not Site.REGION:
            yield SnapshotDurationUnsupported(snapshot_id=source.snapshot_id)

    def _quotas(self, world: World, by: Caller) -> Iterator[Step]:
        in_progress, of_images = copies_in_progress(world, by)
        yield from unless(
            snapshot_copies_refusal(in_progress, of_images=of_images, limits=world.limits, quirks=world.quirks)
        )
        if self.completion_duration_minutes is not None:
            quota = world.limits.time_based_copies_mibps
            if throughput_in_use(world, by, self.source_region) >= quota:
                yield TimeBasedCopyQuotaReached(quota_mibps=quota)
        yield from quota_of_snapshots(world, by)
