"""Copying an image: what speaks against it, and what the copy has from its source.

Who may copy is in `amimodel.access`, how the snapshots of the copy are encrypted in `amimodel.copy_encryption`, from
where to where copies go in `amimodel.copy_places`, and how fast in `amimodel.copy_pace`.

Source: botocore 1.44.5, CopyImage; EC2 User Guide, "Copy an Amazon EC2 AMI"; rules B 7.1 to B 7.3, A 7.4, B W-7,
C 1.2.11; settlement S 17.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final
from zlib import crc32

from attrs import evolve, field, frozen

from amimodel import billing
from amimodel.billing_codes import Licence
from amimodel.block_devices import BlockDeviceMapping
from amimodel.clock import utc
from amimodel.copy_pace import NOTHING_IN_USE, completion_duration_refusal, image_copies_refusal, paces
from amimodel.copy_places import IN_THE_REGION, CopyDestination, Site, places_of, route_refusal
from amimodel.identifiers import COPIED_SNAPSHOTS_VOLUME, AccountId, KernelId, account_id
from amimodel.images import Image
from amimodel.kernels import equivalent_kernel, has_paravirtual_instances
from amimodel.limits import Limits
from amimodel.quirks import CopiedDescription, Quirks
from amimodel.refusals import (
    BillingProductCopyRefused,
    CompletionDurationUnsupported,
    ParavirtualCopyRefused,
    Refusal,
    SourceRegionUnusable,
    TimeBasedCopyQuotaReached,
)
from amimodel.regions import Region, as_region
from amimodel.snapshots import Snapshot, Snapshots, SnapshotState, TransferType
from amimodel.vocabulary import ImageState, RootDeviceType, VirtualizationType

_AS_RULED: Final = Quirks()


def _caller(account: str) -> AccountId:
    return account_id(account, "Account")


@frozen(kw_only=True)
class ImageCopy:
    """What CopyImage is asked for, and all that the rules here must know.

    `account` copies, in `region`, an image of `source_region`; the snapshots behind it are among `snapshots`.
    `copies_in_progress` counts the images being copied to the Region; `in_use_mibps` is the throughput that copies by
    time between the two Regions take.

    Source: rules B 7.1, B CI-14, B CI-20.
    """

    source: Image
    account: AccountId = field(converter=_caller)
    region: Region = field(converter=as_region)
    source_region: Region = field(converter=as_region)
    destination: CopyDestination = IN_THE_REGION
    snapshots: Snapshots = field(factory=dict[str, Snapshot])
    copies_in_progress: int = 0
    in_use_mibps: Fraction = NOTHING_IN_USE
    limits: Limits = field(factory=Limits.aws)
    quirks: Quirks = _AS_RULED

    @property
    def changes_region(self) -> bool:
        """Whether the copy is in another Region than its source."""
        return self.region != self.source_region


# --- what speaks against it -------------------------------------------------------------------------------------------


def source_region_refusal(
    source_region: Region, region: Region, *, enabled: bool = True
) -> SourceRegionUnusable | None:
    """What speaks against copying from a Region to another: a border of partitions, or that it is not enabled.

    >>> print(source_region_refusal(Region("cn-north-1"), Region("eu-west-1")))
    The region 'cn-north-1' cannot be copied from to eu-west-1.

    EC2 looks at the Regions before it looks for the image.

    Source: rules B CI-1, B CS-1, C 8.16.
    """
    if enabled and source_region.partition is region.partition:
        return None
    return SourceRegionUnusable(source_region=source_region.name, region=region.name)


def objections(copy: ImageCopy) -> Iterator[Refusal]:
    """Everything that speaks against copying an image which the account may copy, in EC2's order.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> copy = ImageCopy(source=WEB, account="111122223333", region="eu-west-1", source_region="us-east-1")
    >>> list(objections(copy))
    []
    >>> for objection in objections(
    ...     evolve(copy, source=evolve(WEB, virtualization_type="paravirtual"), region="eu-west-3")
    ... ):
    ...     print(objection)
    The paravirtual image ami-12345678 cannot be copied to eu-west-3, which has no kernel for it.

    Source: rules B CI-9, B CI-12, B CI-14 to B CI-16, B CI-19, B CI-20.
    """
    return (objection for check in _CHECKS if (objection := check(copy)) is not None)


_BILLING_PRODUCTS: Final = (
    Licence.WINDOWS
    | Licence.RED_HAT
    | Licence.SUSE
    | Licence.SQL_SERVER_STANDARD
    | Licence.SQL_SERVER_WEB
    | Licence.SQL_SERVER_ENTERPRISE
)


def _billing_product(copy: ImageCopy) -> Refusal | None:
    code = copy.source.billing
    foreign = copy.source.owner_id != copy.account
    if copy.quirks.block_billing_product_cross_account_copy and foreign and code and code.licences & _BILLING_PRODUCTS:
        return BillingProductCopyRefused(image_id=copy.source.image_id)
    return None


def _paravirtual(copy: ImageCopy) -> Refusal | None:
    source = copy.source
    if source.virtualization_type is VirtualizationType.HVM or not copy.changes_region:
        return None
    kernel_found = source.kernel_id is None or equivalent_kernel(source.kernel_id, copy.region) is not None
    # No RAM disk has an equivalent elsewhere: PV-GRUB, the one kernel that does, takes none (rule A RI-12).
    if has_paravirtual_instances(copy.region) and kernel_found and source.ramdisk_id is None:
        return None
    return ParavirtualCopyRefused(image_id=source.image_id, region=copy.region.name)


def _too_many(copy: ImageCopy) -> Refusal | None:
    return image_copies_refusal(copy.copies_in_progress, copy.limits)


def _route(copy: ImageCopy) -> Refusal | None:
    return route_refusal(
        copy.source,
        copy.snapshots,
        source_region=copy.source_region,
        region=copy.region,
        destination=copy.destination,
    )


def _duration(copy: ImageCopy) -> Refusal | None:
    minutes = copy.destination.completion_duration_minutes
    return None if minutes is None else completion_duration_refusal(minutes, copy.limits)


def _duration_from_zone(copy: ImageCopy) -> Refusal | None:
    site, _ = places_of(copy.source, copy.snapshots)
    if copy.destination.completion_duration_minutes is None or site is not Site.LOCAL_ZONE:
        return None
    return CompletionDurationUnsupported(image_id=copy.source.image_id)


def _throughput(copy: ImageCopy) -> Refusal | None:
    minutes = copy.destination.completion_duration_minutes
    if minutes is None or minutes < 1:
        return None
    sizes = [copy.snapshots[name].volume_size_gib for name in copy.source.snapshot_ids if name in copy.snapshots]
    try:
        _ = paces(sizes, minutes, in_use_mibps=copy.in_use_mibps, limits=copy.limits)
    except TimeBasedCopyQuotaReached as refusal:
        return refusal
    return None


_CHECKS: Final[tuple[Callable[[ImageCopy], Refusal | None], ...]] = (
    _billing_product,     # B CI-9
    _paravirtual,         # B CI-12
    _too_many,            # B CI-14
    _route,               # B CI-15, B CI-16, S 49
    _duration,            # B CI-19
    _duration_from_zone,  # B CI-19
    _throughput,          # B CI-20
)  # fmt: skip


# --- the image --------------------------------------------------------------------------------------------------------

SAME_IN_COPY: Final = (
    "architecture", "virtualization_type", "hypervisor", "image_type", "root_device_type", "root_device_name",
    "ena_support", "sriov_net_support", "boot_mode", "tpm_support", "uefi_data", "guest_os_boot", "imds_support",
    "instance_type_specification", "platform", "product_codes", "image_watermarks",
)  # fmt: skip
"""The fields of an image that its copy has from it unchanged (rules B 7.3, B W-7)."""


def copied(
    copy: ImageCopy, *, image_id: str, name: str, creation_date: datetime, description: str | None = None
) -> dict[str, Any]:
    """What the copy is: fields of `Image`, by name, but for tags and block device mappings.

    >>> from amimodel.examples import WEB
    >>> copy = ImageCopy(source=WEB, account="999988887777", region="eu-west-1", source_region="us-east-1")
    >>> fields = copied(copy, image_id="ami-87654321", name="web", creation_date=WEB.creation_date)
    >>> image = Image(**fields)
    >>> image.image_location, image.state.value, image.source_image_id, str(image.source_image_region)
    ('999988887777/web', 'pending', 'ami-12345678', 'us-east-1')

    What is not named here starts as with any new image: it has no alias, nobody else may launch it, and it is neither
    deprecated nor protected, nor launched or scanned yet.

    Source: rules B 7.3, B CI-26, A 7.4.
    """
    source = copy.source
    return {name: getattr(source, name) for name in SAME_IN_COPY} | {
        "image_id": image_id,
        "owner_id": copy.account,
        "region": copy.region,
        "name": name,
        "description": description or _description(copy),
        "state": ImageState.PENDING,
        "creation_date": creation_date,
        "billing": billing.of_copied(source),
        "kernel_id": _kernel(copy),
        "ramdisk_id": None if copy.changes_region else source.ramdisk_id,
        "source_image_id": source.image_id,
        "source_image_region": copy.source_region,
        "image_location": _location(copy, image_id),
    }


_LONGEST_DESCRIPTION: Final = 255


def _description(copy: ImageCopy) -> str | None:
    source = copy.source
    match copy.quirks.description_of_copy:
        case CopiedDescription.EMPTY:
            return ""
        case CopiedDescription.OF_THE_SOURCE:
            return source.description
        case CopiedDescription.AS_IN_THE_CONSOLE:
            text = f"[Copied {source.image_id} from {copy.source_region}] {source.description or source.name or ''}"
            return text.rstrip()[:_LONGEST_DESCRIPTION]


def _kernel(copy: ImageCopy) -> KernelId | None:
    kernel = copy.source.kernel_id
    return equivalent_kernel(kernel, copy.region) if kernel is not None and copy.changes_region else kernel


def _location(copy: ImageCopy, image_id: str) -> str | None:
    """Where a copy lies that is backed by S3; None for any other, whose location is its name."""
    if copy.source.root_device_type is RootDeviceType.EBS:
        return None
    _, _, path = (copy.source.image_location or "").strip("/").partition("/")
    return f"{bucket_of_copies(copy.account, copy.region)}/{image_id}-{path or 'image.manifest.xml'}"


def bucket_of_copies(account: str, region: Region) -> str:
    """The bucket into which CopyImage puts the copies of images from S3: one for each account and Region.

    >>> bucket_of_copies("111122223333", Region("eu-west-1"))
    'amis-for-111122223333-in-eu-west-1-99bb0996'

    Nobody knows how EC2 makes the last part; it is the same every time.

    Source: rules B 7.3 (ImageLocation), B CI-26.
    """
    return f"amis-for-{account}-in-{region}-{crc32(f'{account} {region}'.encode()):08x}"


def filled_in(source: Image, copies: Snapshots) -> tuple[BlockDeviceMapping, ...]:
    """The mapping of the copy: the same devices, made of the copies of their snapshots, which are given by the old ids.

    Size, type and DeleteOnTermination stay, and so does what is made of no snapshot.

    Source: rule B 7.3 (BlockDeviceMappings).
    """
    return tuple(_of_copy(entry, copies) for entry in source.block_device_mappings)


def _of_copy(entry: BlockDeviceMapping, copies: Snapshots) -> BlockDeviceMapping:
    if entry.ebs is None or entry.ebs.snapshot_id is None:
        return entry
    made = copies[entry.ebs.snapshot_id]
    volume = evolve(entry.ebs, snapshot_id=made.snapshot_id, encrypted=made.encrypted, outpost_arn=made.outpost_arn)
    return evolve(entry, device=volume)


# --- the snapshots ----------------------------------------------------------------------------------------------------


def copied_snapshot(
    source: Snapshot, *, completion_duration_minutes: int | None = None, image: Image | None = None
) -> dict[str, Any]:
    """What the copy of a snapshot has, whichever action copies it: fields of `Snapshot`, by name.

    Encryption is not among them, nor permissions and user tags: of those it has none. `image` is the image for which it
    is copied, whose licence it remembers.

    Source: rules B CI-24, B CS-7, B CS-9, C 8.1, C 8.17, A BI-10.
    """
    by_time = completion_duration_minutes is not None
    return {
        "volume_id": COPIED_SNAPSHOTS_VOLUME,
        "volume_size_gib": source.volume_size_gib,
        "full_snapshot_size_bytes": source.full_snapshot_size_bytes,
        "state": SnapshotState.PENDING,
        "progress": "0%",
        "transfer_type": TransferType.TIME_BASED if by_time else TransferType.STANDARD,
        "completion_duration_minutes": completion_duration_minutes,
        "product_codes": source.product_codes,
        "billing": source.billing if image is None else billing.of_image_snapshot(image),
    }


_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00Z")


def snapshot_description(image_id: str, source_image_id: str, source_snapshot_id: str, task_created: datetime) -> str:
    """What EC2 writes on each snapshot that it copies for an image.

    >>> from amimodel.clock import parse
    >>> snapshot_description("ami-22222222", "ami-11111111", "snap-12345678", parse("2020-09-13T12:26:40.123Z"))
    'Copied for DestinationAmi ami-22222222 from SourceAmi ami-11111111 for SourceSnapshot snap-12345678. Task created
    on 1,600,000,000,123.'

    Source: rules B CI-24, C 1.2.11.
    """
    milliseconds = (utc(task_created) - _EPOCH) // timedelta(milliseconds=1)
    return (
        f"Copied for DestinationAmi {image_id} from SourceAmi {source_image_id}"
        f" for SourceSnapshot {source_snapshot_id}. Task created on {milliseconds:,}."
    )
