"""Storing an image to S3 and restoring it: who may, what speaks against it, what is kept, and what is made of it.

Between the two, an image is a single object, which may be taken anywhere, into another partition, too (rule C 7.18).

Source: EC2 User Guide, "Store and restore an AMI using S3"; rules C 7, C 13, A 7.4, A 11.3, B W-7; settlement S 41.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import evolve

from amimodel import billing
from amimodel.access import permissions_are_told
from amimodel.block_devices import BlockDeviceMapping
from amimodel.copying import SAME_IN_COPY
from amimodel.decisions import Decision, Owner, PermissionsNotTold, Permitted, SnapshotNotTold, all_of
from amimodel.identifiers import COPIED_SNAPSHOTS_VOLUME, AccountId
from amimodel.images import UNPROTECTED, Image
from amimodel.limits import Limits
from amimodel.permissions import NOBODY, AccountPermission
from amimodel.quirks import Quirks
from amimodel.refusals import (
    ImageKindNotStored,
    ImageTooLargeToStore,
    NotAuthorizedForImage,
    Refusal,
    SnapshotsNotShared,
)
from amimodel.snapshots import Snapshot, Snapshots, SnapshotState
from amimodel.stored_images import StoredImage
from amimodel.tags import Tags
from amimodel.vocabulary import ImageState, RootDeviceType, VirtualizationType

_AS_RULED: Final = Quirks()
_AWS_LIMITS: Final = Limits()


def object_key_of(image_id: str) -> str:
    """The key of the object in which an image is stored; it cannot be chosen.

    >>> object_key_of("ami-12345678")
    'ami-12345678.bin'

    Source: rule C 7.1.
    """
    return f"{image_id}.bin"


# --- who may ----------------------------------------------------------------------------------------------------------


def may_store(image: Image, account: str) -> Decision:
    """Whether an account may store an image, as far as the image has a say: it is its own, or shared with it by name.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> from amimodel.permissions import EVERYONE
    >>> print(may_store(evolve(WEB, launch_permissions=[EVERYONE]), "999988887777"))
    no: Not authorized for image:ami-12345678

    That everyone may launch it, or an organization of the account, is not enough.

    Source: rules C 7.4, C 1.4, C 0.6.
    """
    if image.owner_id == account:
        return Decision(True, (Owner(),))
    if account in image.launch_permissions.accounts:
        return Decision(True, (Permitted(AccountPermission(AccountId(account))),))
    if not permissions_are_told(image):
        return Decision(None, (PermissionsNotTold(image.image_id),))
    return Decision(False, (NotAuthorizedForImage(image_id=image.image_id),))


def may_store_snapshots(image: Image, account: str, snapshots: Snapshots) -> Decision:
    """Whether an account may store an image, as far as its snapshots have a say: each is its own, or shared by name.

    Source: rules C 7.4, C 1.4.
    """
    answers = {one: lets_store(snapshots.get(one), account) for one in image.snapshot_ids}
    closed = tuple(one for one, answer in answers.items() if answer is False)
    refused = [Decision(False, (SnapshotsNotShared(image_id=image.image_id, snapshot_ids=closed),))] if closed else []
    in_doubt = [
        Decision(None, (PermissionsNotTold(one) if one in snapshots else SnapshotNotTold(one),))
        for one, answer in answers.items()
        if answer is None
    ]
    return all_of((*refused, *in_doubt))


def lets_store(snapshot: Snapshot | None, account: str) -> bool | None:
    """Whether a snapshot is an account's own, or shared with it by name; None where that is not known (rule C 7.4)."""
    if snapshot is None:
        return None
    permissions = snapshot.create_volume_permissions
    if snapshot.owner_id == account or (permissions is not None and account in permissions.accounts):
        return True
    return False if permissions is not None and permissions.complete else None


# --- what speaks against it -------------------------------------------------------------------------------------------


def size_gib(image: Image, snapshots: Snapshots) -> int:
    """How much there is to store: the volumes of the image's snapshots, each once, before compression (rule C 7.6)."""
    return sum(snapshots[one].volume_size_gib for one in image.snapshot_ids if one in snapshots)


def objections(
    image: Image, snapshots: Snapshots, limits: Limits = _AWS_LIMITS, quirks: Quirks = _AS_RULED
) -> Iterator[Refusal]:
    """Everything that speaks against storing an image that the account may store.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> for objection in objections(evolve(WEB, virtualization_type="paravirtual"), {}):
    ...     print(objection.code, "-", objection)
    UnsupportedOperation - The image ami-12345678 cannot be stored: its root device type is ebs, and its virtualization
    type paravirtual.

    Source: rules C 7.3, C 7.6.
    """
    stored = image.root_device_type is RootDeviceType.EBS and image.virtualization_type is VirtualizationType.HVM
    if not stored:
        yield ImageKindNotStored(
            error_code=quirks.store_kind_code,
            image_id=image.image_id,
            root_device_type=image.root_device_type,
            virtualization_type=image.virtualization_type,
        )
    size, most = size_gib(image, snapshots), limits.max_stored_image_gb
    if size > most:
        yield ImageTooLargeToStore(
            error_code=quirks.store_size_code, image_id=image.image_id, size_gib=size, limit=most
        )


# --- what is kept -----------------------------------------------------------------------------------------------------

# What the object does not keep, and what stands there in its place.
_LOST: Final[Mapping[str, Any]] = {
    "launch_permissions":        NOBODY,       # C 7.14
    "deregistration_protection": UNPROTECTED,  # C 7.16
    "launches":                  (),           # C 7.16
    "source_image_id":           None,         # C 7.16
    "source_image_region":       None,         # C 7.16
    "source_instance_id":        None,         # C 7.16
    "image_owner_alias":         None,
    "image_location":            None,
    "scan_results":              None,
    "free_tier_eligible":        None,
    "public_ssm_parameter_name": None,
    "image_allowed":             None,
    "state":                     ImageState.AVAILABLE,
    "state_reason":              None,
}  # fmt: skip

# What a quirk has a say in: the field, the quirk that keeps it, and what is there if it is lost.
_KEPT_BY_QUIRK: Final[tuple[tuple[str, str, Any], ...]] = (
    ("product_codes",    "store_keeps_product_codes", ()),    # C 7.17
    ("image_watermarks", "store_keeps_watermarks",    ()),    # B W-7
    ("deprecation_time", "store_keeps_deprecation",   None),  # C 7.16
)  # fmt: skip


def kept_of(image: Image, tags: Tags, quirks: Quirks = _AS_RULED) -> Image:
    """What an object keeps of an image: all that is of no Region and no account, and the tags that the caller sees.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> kept = kept_of(evolve(WEB, description="the web tier", source_image_id="ami-87654321"), Tags({"aws:x": "y"}))
    >>> kept.name, kept.description, kept.source_image_id, kept.tags
    ('web', 'the web tier', None, Tags({}))

    Tags of AWS's own are not kept: nobody could write them on what is restored (rule A TG-3).

    Source: rules C 7.13, C 7.14, C 7.16, C 7.17, B W-7.
    """
    by_quirk = {name: lost for name, quirk, lost in _KEPT_BY_QUIRK if not getattr(quirks, quirk)}
    mapping = tuple(_placeless(entry) for entry in image.block_device_mappings)
    return evolve(image, **_LOST, **by_quirk, tags=tags.user, block_device_mappings=mapping)


def _placeless(entry: BlockDeviceMapping) -> BlockDeviceMapping:
    """An entry without what belongs to a place; decrypted, where a snapshot is behind it (rules C 7.13, C 7.14)."""
    volume = entry.ebs
    if volume is None:
        return entry
    plain = volume.snapshot_id is not None and volume.encrypted is True
    return evolve(
        entry,
        device=evolve(
            volume,
            encrypted=False if plain else volume.encrypted,
            availability_zone=None,
            availability_zone_id=None,
            outpost_arn=None,
        ),
    )


def kept_of_snapshot(snapshot: Snapshot, tags: Tags, quirks: Quirks = _AS_RULED) -> Snapshot:
    """What an object keeps of a snapshot: its blocks, decrypted, and the tags that the caller sees.

    Source: rules C 7.13, C 7.14, C 7.17.
    """
    return Snapshot(
        snapshot_id=snapshot.snapshot_id,
        owner_id=snapshot.owner_id,
        volume_id=snapshot.volume_id,
        volume_size_gib=snapshot.volume_size_gib,
        full_snapshot_size_bytes=snapshot.full_snapshot_size_bytes,
        start_time=snapshot.start_time,
        region=snapshot.region,
        product_codes=snapshot.product_codes if quirks.store_keeps_product_codes else (),
        billing=snapshot.billing,
        tags=tags.user,
    )


_WHOLE: Final = 100


def progress(begins: datetime, due: datetime, now: datetime) -> int:
    """How far a task in progress has come, in per cent; it is never all done before it is over.

    >>> from amimodel.clock import parse
    >>> begins, due = parse("2026-01-01T00:00:00Z"), parse("2026-01-01T00:00:40Z")
    >>> [progress(begins, due, parse(f"2026-01-01T00:00:{second}Z")) for second in ("00", "10", "39", "40")]
    [0, 25, 97, 99]

    Source: rules C 7.10, C 13.
    """
    if now <= begins:
        return 0
    return _WHOLE * (now - begins) // (due - begins) if now < due else _WHOLE - 1


# --- what is made of it -----------------------------------------------------------------------------------------------


def restored(stored: StoredImage, now: datetime) -> dict[str, Any]:
    """What an image restored of an object is: fields of `Image`, by name.

    Whose it is and where, its id, its tags and its mapping are not among them; and what is not named here starts as
    with any new image. What is known to be Windows and tells no code is not made Linux. A deprecation time that a quirk
    has kept is lost once it has come: nothing is deprecated before it is made (rule C 2.5).

    Source: rules C 7.30 to C 7.32, A 7.4, A 11.3; settlement S 41.
    """
    image, deprecation = stored.image, stored.image.deprecation_time
    code = image.billing if image.platform is not None else billing.of_restored(image.billing)
    return {name: getattr(image, name) for name in SAME_IN_COPY} | {
        "name": image.name,
        "description": image.description,
        "state": ImageState.PENDING,
        "creation_date": now.replace(microsecond=0),  # rule A T-1
        "deprecation_time": deprecation if deprecation is not None and deprecation > now else None,
        "billing": code,
        "source_image_id": image.image_id,
        "source_image_region": image.region,
    }


def restored_snapshot(snapshot: Snapshot, image: Image) -> dict[str, Any]:
    """What a snapshot that an object keeps becomes: fields of `Snapshot`, by name. `image` is the restored one.

    It is written anew, of no volume that there is. Encryption and tags are not among them.

    Source: rules C 7.35, C 7.36, A BI-10.
    """
    return {
        "volume_id": COPIED_SNAPSHOTS_VOLUME,
        "volume_size_gib": snapshot.volume_size_gib,
        "full_snapshot_size_bytes": snapshot.full_snapshot_size_bytes,
        "state": SnapshotState.PENDING,
        "progress": "0%",
        "product_codes": snapshot.product_codes,
        "billing": billing.of_image_snapshot(image),
    }
