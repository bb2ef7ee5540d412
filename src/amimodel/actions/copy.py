"""CopyImage: an image of one's own out of an image that one may read, in the same Region or in another.

Source: EC2 API Reference, CopyImage; EC2 User Guide, "Copy an Amazon EC2 AMI"; rules B 6.4, B 7, C 1.2, C 1.3;
settlements S 6, S 17, S 26, S 30, S 38, S 49.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import ClassVar, Final

from attrs import Factory, field, frozen
from attrs.converters import optional

from amimodel.actions._copying import MAY_COPY, copies_in_progress, may_copy, size_gib, with_bundle_copied
from amimodel.actions._encrypting import key_in_use
from amimodel.actions._finding import TAGS_ON_CREATION, name_is_free, room_for_an_image, tags_on_creation
from amimodel.actions._snapshots import quota_of_snapshots
from amimodel.actions.copy_snapshot import throughput_in_use, with_copy_begun
from amimodel.callers import Caller
from amimodel.copy_encryption import at_copy_image
from amimodel.copy_pace import NOTHING_IN_USE
from amimodel.copy_places import CopyDestination, Site
from amimodel.copying import (
    ImageCopy,
    copied,
    copied_snapshot,
    filled_in,
    objections,
    snapshot_description,
    source_region_refusal,
)
from amimodel.decisions import (
    Settled,
)
from amimodel.encryption import KmsKeyId, kms_key_id
from amimodel.identifiers import ImageId, SnapshotId, image_id
from amimodel.images import Image
from amimodel.lifecycle import Stage
from amimodel.malformed import invalid_value
from amimodel.names import client_token, image_description, image_name
from amimodel.refusals import (
    BillingProductCopyRefused,
    CompletionDurationRefused,
    CompletionDurationUnsupported,
    CopyRouteRefused,
    IdempotentParameterMismatch,
    ImageNameInUse,
    ImageNotFound,
    ImageQuotaReached,
    ImageUnavailable,
    InstanceStoreCopyNotEncrypted,
    KmsKeyRequiresEncrypted,
    OutpostElsewhere,
    ParavirtualCopyRefused,
    Refusal,
    SnapshotQuotaReached,
    SourceRegionUnusable,
    TimeBasedCopyQuotaReached,
    TooManyImageCopies,
    UnencryptedCopyRefused,
)
from amimodel.regions import Region, as_region
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, nothing, unless
from amimodel.snapshots import Snapshot
from amimodel.tag_requests import ResourceType, TagSpecification, as_tag_specifications
from amimodel.tagging import copied_tags
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import FinishImage
from amimodel.vocabulary import ImageState
from amimodel.volume_encryption import ResolvedEncryption
from amimodel.world import World

_GONE: Final = frozenset({Stage.DEREGISTERED, Stage.IN_RECYCLE_BIN})
_LONGEST_TOKEN: Final = 128


def _source_region(name: str | Region) -> Region:
    return as_region(name, "SourceRegion")


def _source_image_id(text: str) -> ImageId:
    return image_id(text, "SourceImageId")


def _text(text: str) -> str | None:
    return text or None  # an empty text counts as absent (settlement S 17)


def _key(text: str) -> KmsKeyId | None:
    return kms_key_id(text) if text else None


def _minutes(minutes: int) -> int:
    if type(minutes) is int:
        return minutes
    raise invalid_value("SnapshotCopyCompletionDurationMinutes", minutes, "Expected a whole number.")


def _tag_specifications(specifications: Iterable[TagSpecification]) -> tuple[TagSpecification, ...]:
    return as_tag_specifications(specifications)


def _token(text: str) -> str | None:
    return client_token(text, _LONGEST_TOKEN)


def _destination(request: "CopyImage") -> CopyDestination:
    return CopyDestination(
        outpost_arn=request.destination_outpost_arn,
        availability_zone=request.destination_availability_zone,
        availability_zone_id=request.destination_availability_zone_id,
        completion_duration_minutes=request.snapshot_copy_completion_duration_minutes,
    )


@frozen(kw_only=True)
class CopyImage(Request[Image]):
    """Copy an image that one may use, and whose snapshots one may read, to the Region that is asked.

    The copy is one's own, private and pending. Its snapshots are new ones, each encrypted as rule B 6.4 has it; what is
    encrypted stays so. Keys that do not work show later: the snapshot ends in error, and the copy fails. From then on
    source and copy have nothing to do with each other.

    `destination` is where it goes, as the parameters say. Raises `Malformed` (`InvalidParameterCombination`) for two
    places, and for a completion duration beside one.

    Source: EC2 API Reference, CopyImage; rules B 7.1 to B 7.4 (CI-1 to CI-32), B 6.4, B EN-8, B EN-16 to B EN-21,
    B SBP-5, C 1.2, C 1.3; settlements S 6, S 17, S 26, S 30, S 38, S 49.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        IdempotentParameterMismatch,
        SourceRegionUnusable,
        *MAY_COPY,
        BillingProductCopyRefused,
        ImageNameInUse,
        ParavirtualCopyRefused,
        ImageQuotaReached,
        TooManyImageCopies,
        CopyRouteRefused,
        OutpostElsewhere,
        InstanceStoreCopyNotEncrypted,
        KmsKeyRequiresEncrypted,
        UnencryptedCopyRefused,
        CompletionDurationRefused,
        CompletionDurationUnsupported,
        TimeBasedCopyQuotaReached,
        *TAGS_ON_CREATION,
        SnapshotQuotaReached,
    )

    source_image_id: ImageId = field(converter=_source_image_id)
    source_region: Region = field(converter=_source_region)
    name: str = field(converter=image_name)
    description: str | None = field(default=None, converter=image_description)
    encrypted: bool | None = None
    kms_key_id: KmsKeyId | None = field(default=None, converter=optional(_key))
    copy_image_tags: bool = False
    destination_outpost_arn: str | None = field(default=None, converter=optional(_text))
    destination_availability_zone: str | None = field(default=None, converter=optional(_text))
    destination_availability_zone_id: str | None = field(default=None, converter=optional(_text))
    snapshot_copy_completion_duration_minutes: int | None = field(default=None, converter=optional(_minutes))
    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tag_specifications)
    client_token: str | None = field(default=None, converter=optional(_token))
    destination: CopyDestination = field(
        init=False, eq=False, repr=False, default=Factory(_destination, takes_self=True)
    )

    @property
    def token(self) -> str | None:
        """The client token."""
        return self.client_token

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then begin the copy."""
        yield from unless(source_region_refusal(self.source_region, by.region))  # B CI-1
        copy = yield from self._copy(world, by)
        yield from may_copy(world, by, copy)  # B CI-2 to CI-7
        against = tuple(objections(copy))
        yield from _among(against, BillingProductCopyRefused)  # B CI-9
        yield from name_is_free(world, by, self.name)  # B CI-10
        yield from _among(against, ParavirtualCopyRefused)  # B CI-12
        yield from room_for_an_image(world, by)  # B CI-13
        yield from _among(against, TooManyImageCopies, CopyRouteRefused, OutpostElsewhere)  # B CI-14 to CI-16
        encryption = yield from self._encryption(world, by, copy)  # B CI-18
        yield from _among(
            against, CompletionDurationRefused, CompletionDurationUnsupported, TimeBasedCopyQuotaReached
        )  # B CI-19, CI-20
        tags = yield from tags_on_creation(world, self.tag_specifications, self._carried(world, by, copy.source))
        yield from quota_of_snapshots(world, by, len(copy.source.snapshot_ids))
        yield GRANTED
        return self._begun(world, by, copy, encryption, tags)

    def _copy(self, world: World, by: Caller) -> Finding[ImageCopy]:
        """The source, in whatever state, with all that the rules must know. One that is gone is gone for everybody.

        Refuses with `ImageNotFound` and `ImageUnavailable`.

        Source: rules B 0.3, B CI-2, C 1.3; settlement S 11.
        """
        found = world.former_image(self.source_image_id, self.source_region)
        if found is None:
            return (yield from nothing(ImageNotFound.of(self.source_image_id)))
        source, stage = found
        if stage in _GONE:
            gone = ImageUnavailable(image_id=self.source_image_id, state=ImageState.DEREGISTERED)
            return (yield from nothing(gone))
        snapshots = ((one, world.snapshot(one, self.source_region)) for one in source.snapshot_ids)
        return ImageCopy(
            source=source,
            account=by.account,
            region=by.region,
            source_region=self.source_region,
            destination=self.destination,
            snapshots={one: snapshot for one, snapshot in snapshots if snapshot is not None},
            copies_in_progress=sum(1 for _ in copies_in_progress(world, by)),
            in_use_mibps=self._in_use(world, by),
            limits=world.limits,
            quirks=world.quirks,
        )

    def _in_use(self, world: World, by: Caller) -> Fraction:
        by_time = self.snapshot_copy_completion_duration_minutes is not None
        return throughput_in_use(world, by, self.source_region) if by_time else NOTHING_IN_USE

    def _encryption(
        self, world: World, by: Caller, copy: ImageCopy
    ) -> Finding[Mapping[SnapshotId, ResolvedEncryption]]:
        """How each snapshot of the copy is encrypted, with the row that says so (rules B 6.4, B EN-19)."""
        try:
            encryption = at_copy_image(
                copy.source,
                copy.snapshots,
                account=by.account,
                source_region=self.source_region,
                destination_region=by.region,
                settings=world.settings(by.account, by.region).ebs_encryption,
                encrypted=self.encrypted,
                kms_key_id=self.kms_key_id,
                to_outpost=self.destination.site is Site.OUTPOST,
                quirks=world.quirks,
            )
        except (InstanceStoreCopyNotEncrypted, KmsKeyRequiresEncrypted, UnencryptedCopyRefused) as refusal:
            yield refusal
            return {}
        for one, resolved in encryption.items():
            yield Settled(subject=f"the copy of {one}", outcome=str(resolved), rules=resolved.rules)
        return encryption

    def _carried(self, world: World, by: Caller, source: Image) -> Mapping[str, Tags]:
        """What the copy is tagged with beside what the request specifies (rules B CI-28 to CI-32)."""
        carried = copied_tags(
            world.tags(by.account, source.image_id),
            source.tags,
            NO_TAGS,
            copy_image_tags=self.copy_image_tags,
            is_owner=source.owner_id == by.account,
            quirks=world.quirks,
        )
        return {ResourceType.IMAGE: carried}

    def _begun(
        self,
        world: World,
        by: Caller,
        copy: ImageCopy,
        encryption: Mapping[SnapshotId, ResolvedEncryption],
        tags: Mapping[str, Tags],
    ) -> Outcome[Image]:
        request_id, new_id = world.request_id, ImageId(world.new_id("ami-"))
        copies: dict[str, Snapshot] = {}
        for one, resolved in encryption.items():
            source = copy.snapshots[one]
            key = key_in_use(world, by, resolved, source=source, specified=self.kms_key_id)
            zone = self.destination.availability_zone
            made = Snapshot(
                **copied_snapshot(
                    source,
                    completion_duration_minutes=self.snapshot_copy_completion_duration_minutes,
                    image=copy.source,
                ),
                snapshot_id=world.new_id("snap-"),
                owner_id=by.account,
                region=by.region,
                start_time=world.now,
                description=snapshot_description(new_id, self.source_image_id, one, world.now),
                encrypted=resolved.encrypted,
                kms_key_id=key.kms_key_id,
                owner_alias=world.owner_aliases.get(by.account),
                outpost_arn=self.destination.outpost_arn,
                availability_zone=None if zone is None else zone.name,
                tags=tags.get(ResourceType.SNAPSHOT, NO_TAGS),
            )
            world = with_copy_begun(world, by, source, made, cause=key.cause, request_id=request_id)
            copies[one] = made
        creation_date = world.now.replace(microsecond=0)  # rule A T-1
        image = Image(
            **copied(copy, image_id=new_id, name=self.name, description=self.description, creation_date=creation_date),
            block_device_mappings=filled_in(copy.source, copies),
            image_owner_alias=world.owner_aliases.get(by.account),
            tags=tags[ResourceType.IMAGE],
        )
        world = with_bundle_copied(world.with_image(image), copy.source, image)
        if not copies:
            duration = world.timing.copy_image_duration(size_gib(world, copy.source))
            world = world.with_task(duration, FinishImage(image_id=new_id), request_id)
        return Outcome(world, image)


def _among(against: Iterable[Refusal], *kinds: type[Refusal]) -> Iterator[Refusal]:
    return (refusal for refusal in against if isinstance(refusal, kinds))
