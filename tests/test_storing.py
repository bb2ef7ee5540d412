"""The rules of storing and restoring, on single values: rules C 7.1, C 7.3, C 7.4, C 7.6, C 7.10, C 7.13 to C 7.16."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.billing_codes import BillingCode
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.clock import parse
from amimodel.copying import SAME_IN_COPY
from amimodel.decisions import Owner, PermissionsNotTold, Permitted, SnapshotNotTold
from amimodel.examples import WEB
from amimodel.images import Image
from amimodel.limits import Limits
from amimodel.permissions import EVERYONE, NOT_PUBLIC, AccountPermission, OrganizationPermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import ImageKindNotStored, ImageTooLargeToStore, NotAuthorizedForImage, SnapshotsNotShared
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.stored_images import StoredImage
from amimodel.storing import (
    kept_of,
    kept_of_snapshot,
    may_store,
    may_store_snapshots,
    object_key_of,
    objections,
    progress,
    restored,
    restored_snapshot,
    size_gib,
)
from amimodel.tags import NO_TAGS, Tags
from amimodel.vocabulary import ImageState
from amimodel.watermarks import ImageWatermark

NOW = parse("2026-06-01T00:00:00Z")
OWNER, FRIEND = "111122223333", "999988887777"
TO_FRIEND: Permissions[Any] = Permissions([AccountPermission(FRIEND)])
TO_ALL: Permissions[Any] = Permissions([EVERYONE])
TO_HOME: Permissions[Any] = Permissions(
    [OrganizationPermission("arn:aws:organizations::112233445566:organization/o-a1b2c3d4e5")]
)
(SNAPSHOT_ID,) = WEB.snapshot_ids
DISK = Snapshot(
    snapshot_id=SNAPSHOT_ID, owner_id=OWNER, volume_id="vol-12345678", volume_size_gib=8, start_time=NOW,
)  # fmt: skip
KEY = "arn:aws:kms:eu-central-1:111122223333:key/68425528-9938-4a15-90f2-f1755263b836"


def test_the_key_of_an_object_follows_from_the_image() -> None:
    """Rule C 7.1."""
    assert object_key_of("ami-0abcdef0123456789") == "ami-0abcdef0123456789.bin"


@pytest.mark.parametrize(
    ("permissions", "account", "allowed"),
    [
        (Permissions([]), OWNER, True),
        (TO_FRIEND, FRIEND, True),
        (TO_ALL, FRIEND, False),
        (TO_HOME, FRIEND, False),
        (Permissions([]), FRIEND, False),
        (NOT_PUBLIC, FRIEND, None),
    ],
)
def test_an_image_is_stored_by_its_owner_and_by_whom_it_is_shared_with_by_name(
    permissions: Any, account: str, allowed: bool | None
) -> None:
    """Rule C 7.4."""
    decision = may_store(evolve(WEB, launch_permissions=permissions), account)
    assert decision.allowed is allowed
    if allowed is True:
        grant = Owner() if account == OWNER else Permitted(AccountPermission(FRIEND))
        assert decision.because == (grant,)
    if allowed is False:
        assert decision.because == (NotAuthorizedForImage(image_id=WEB.image_id),)
    if allowed is None:
        assert decision.because == (PermissionsNotTold(WEB.image_id),)


@pytest.mark.parametrize(
    ("permissions", "account", "allowed"),
    [
        (Permissions([]), OWNER, True),
        (TO_FRIEND, FRIEND, True),
        (TO_ALL, FRIEND, False),
        (None, FRIEND, None),
        (None, OWNER, True),
    ],
)
def test_the_same_holds_of_its_snapshots(permissions: Any, account: str, allowed: bool | None) -> None:
    """Rule C 7.4."""
    disk = evolve(DISK, create_volume_permissions=permissions)
    decision = may_store_snapshots(WEB, account, {SNAPSHOT_ID: disk})
    assert decision.allowed is allowed
    if allowed is False:
        closed = SnapshotsNotShared(image_id=WEB.image_id, snapshot_ids=(SNAPSHOT_ID,))
        assert decision.because == (closed,)
        assert closed.remedy == (
            f"the owner must share {SNAPSHOT_ID} with the account itself (ModifySnapshotAttribute)"
        )
    if allowed is None:
        assert decision.because == (PermissionsNotTold(SNAPSHOT_ID),)
    assert may_store_snapshots(WEB, account, {}).because == (SnapshotNotTold(SNAPSHOT_ID),)


@pytest.mark.parametrize(
    ("facts", "size", "met"),
    [
        ({}, 5000, []),
        ({}, 5001, [ImageTooLargeToStore]),
        ({"virtualization_type": "paravirtual"}, 8, [ImageKindNotStored]),
        ({"root_device_type": "instance-store"}, 5001, [ImageKindNotStored, ImageTooLargeToStore]),
    ],
)
def test_what_is_of_another_kind_or_too_large_is_not_stored(facts: dict[str, Any], size: int, met: list[Any]) -> None:
    """Rules C 7.3, C 7.6."""
    image, snapshots = evolve(WEB, **facts), {SNAPSHOT_ID: evolve(DISK, volume_size_gib=size)}
    assert size_gib(image, snapshots) == size
    assert [type(objection) for objection in objections(image, snapshots)] == met


def test_an_objection_tells_what_stands_against_what_with_the_codes_of_the_quirks() -> None:
    """Rules C 7.3, C 7.6, C 15 (point 13)."""
    image = evolve(WEB, root_device_type="instance-store", virtualization_type="paravirtual")
    for quirks in (
        Quirks(),
        Quirks(store_kind_code=ErrorCode.INCORRECT_STATE, store_size_code=ErrorCode.INVALID_REQUEST),
    ):
        kind = ImageKindNotStored(
            error_code=quirks.store_kind_code,
            image_id=WEB.image_id,
            root_device_type="instance-store",
            virtualization_type="paravirtual",
        )
        size = ImageTooLargeToStore(error_code=quirks.store_size_code, image_id=WEB.image_id, size_gib=8, limit=7)
        limits = Limits(max_stored_image_gb=7)
        assert [*objections(image, {SNAPSHOT_ID: DISK}, limits, quirks)] == [kind, size]


def with_devices(*devices: EbsBlockDevice) -> Image:
    entries = [BlockDeviceMapping(f"/dev/sd{letter}", one) for letter, one in zip("af", devices, strict=True)]
    return evolve(WEB, root_device_name="/dev/sda", block_device_mappings=entries)


def test_a_snapshot_behind_two_devices_is_stored_once() -> None:
    twice = EbsBlockDevice(snapshot_id=SNAPSHOT_ID, volume_size_gib=8)
    assert size_gib(with_devices(twice, twice), {SNAPSHOT_ID: DISK}) == 8


def test_what_belongs_to_a_place_is_not_kept() -> None:
    """Rules C 7.13, C 7.14."""
    placed = EbsBlockDevice(
        snapshot_id=SNAPSHOT_ID, volume_size_gib=8, encrypted=True, availability_zone="eu-central-1a",
        availability_zone_id="euc1-az2",
        outpost_arn="arn:aws:outposts:eu-central-1:111122223333:outpost/op-1234567890abcdef0",
    )  # fmt: skip
    blank = EbsBlockDevice(volume_size_gib=8, encrypted=True)
    image = evolve(
        WEB, block_device_mappings=[BlockDeviceMapping("/dev/xvda", placed), BlockDeviceMapping("/dev/sdb", blank)]
    )
    root, data = kept_of(image, NO_TAGS).block_device_mappings
    assert root.ebs == EbsBlockDevice(snapshot_id=SNAPSHOT_ID, volume_size_gib=8, encrypted=False)
    assert data.ebs == blank


def test_a_snapshot_is_kept_decrypted_and_without_those_it_is_shared_with() -> None:
    """Rules C 7.13, C 7.14."""
    disk = evolve(
        DISK, encrypted=True, kms_key_id=KEY, create_volume_permissions=TO_FRIEND, tags={"a": "b"}, description="root",
        full_snapshot_size_bytes=4096,
    )  # fmt: skip
    kept = kept_of_snapshot(disk, Tags({"c": "d", "aws:x": "y"}))
    assert kept == evolve(DISK, tags={"c": "d"}, full_snapshot_size_bytes=4096)


@pytest.mark.parametrize("kept", [True, False])
def test_of_a_snapshot_its_place_and_licence_are_kept_and_by_a_quirk_its_product_codes(kept: bool) -> None:
    """Rules C 7.17, A BI-10."""
    disk = evolve(DISK, region="eu-central-1", billing=BillingCode.RED_HAT, product_codes=[ProductCode("abc123")])
    quirks = Quirks(store_keeps_product_codes=kept)
    assert kept_of_snapshot(disk, NO_TAGS, quirks) == (disk if kept else evolve(disk, product_codes=()))


@pytest.mark.parametrize("kept", [True, False])
def test_of_an_image_codes_marks_and_deprecation_are_kept_by_their_quirks(kept: bool) -> None:
    """Rules C 7.16, C 7.17, B W-7."""
    mark = ImageWatermark(
        watermark_key="111122223333:golden", source_image_region="eu-central-1", source_image_id=WEB.image_id,
        source_image_creation_time=NOW, watermark_creation_time=NOW,
    )  # fmt: skip
    image = evolve(WEB, product_codes=[ProductCode("abc123")], image_watermarks=[mark], deprecation_time=NOW)
    quirks = Quirks(store_keeps_product_codes=kept, store_keeps_watermarks=kept, store_keeps_deprecation=kept)
    lost = evolve(image, product_codes=(), image_watermarks=(), deprecation_time=None)
    assert kept_of(image, Tags({"a": "b", "aws:x": "y"}), quirks) == evolve(image if kept else lost, tags={"a": "b"})


def test_keeping_what_was_kept_keeps_it() -> None:
    described = evolve(WEB, description="the web tier", launch_permissions=TO_FRIEND, source_image_id="ami-87654321")
    kept = kept_of(described, Tags({"a": "b"}))
    assert kept_of(kept, kept.tags) == kept
    assert (kept.description, kept.source_image_id, len(kept.launch_permissions)) == ("the web tier", None, 0)


@pytest.mark.parametrize(
    ("seconds", "per_cent"), [(-1, 0), (0, 0), (1, 2), (10, 25), (20, 50), (39, 97), (39.9, 99), (40, 99), (41, 99)]
)
def test_progress_is_the_part_of_the_time_that_is_over_in_whole_per_cent(seconds: float, per_cent: int) -> None:
    """Rules C 7.10, C 13."""
    assert progress(NOW, NOW + timedelta(seconds=40), NOW + timedelta(seconds=seconds)) == per_cent


@given(wait=st.integers(0, 100), lasts=st.integers(0, 100), at=st.integers(0, 300), later=st.integers(0, 300))
def test_progress_goes_from_nothing_to_nearly_all_and_never_back(wait: int, lasts: int, at: int, later: int) -> None:
    """Rule C 7.10."""
    begins = NOW + timedelta(seconds=wait)
    due = begins + timedelta(seconds=lasts)
    one, other = (progress(begins, due, NOW + timedelta(seconds=moment)) for moment in sorted((at, later)))
    assert 0 <= one <= other <= 99
    assert progress(begins, due, begins) == 0
    assert progress(begins, due, due + timedelta(seconds=1)) == 99


# --- what is made of it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, BillingCode.LINUX),
        ({"billing": BillingCode.RED_HAT}, BillingCode.RED_HAT),
        ({"platform": "windows", "billing": BillingCode.WINDOWS}, BillingCode.WINDOWS),
        ({"platform": "windows"}, None),
    ],
)
def test_a_restored_image_is_what_was_kept_and_pays_for_what_it_paid(
    facts: dict[str, Any], code: BillingCode | None
) -> None:
    """Rules C 7.30, C 7.32, A 7.4, A T-1."""
    image = evolve(
        WEB, description="the web tier", region="eu-central-1", product_codes=[ProductCode("abc123")], **facts
    )
    now = NOW + timedelta(milliseconds=500)
    fields = restored(StoredImage(bucket="golden-images", object_key="x", image=image), now)
    assert fields == {name: getattr(image, name) for name in SAME_IN_COPY} | {
        "name": "web",
        "description": "the web tier",
        "state": ImageState.PENDING,
        "creation_date": NOW,
        "deprecation_time": None,
        "billing": code,
        "source_image_id": WEB.image_id,
        "source_image_region": image.region,
    }


@pytest.mark.parametrize(("hours", "kept"), [(-1, False), (0, False), (1, True)])
def test_a_deprecation_time_is_restored_as_long_as_it_has_not_come(hours: int, kept: bool) -> None:
    """Rules C 7.16, C 2.5."""
    time = NOW + timedelta(hours=hours)
    stored = StoredImage(bucket="golden-images", object_key="x", image=evolve(WEB, deprecation_time=time))
    assert restored(stored, NOW)["deprecation_time"] == (time if kept else None)


def test_a_restored_snapshot_is_written_anew_and_remembers_the_licence_of_its_image() -> None:
    """Rules C 7.35, C 7.36, A BI-10."""
    disk = evolve(DISK, full_snapshot_size_bytes=4096, product_codes=[ProductCode("abc123")])
    assert restored_snapshot(disk, evolve(WEB, billing=BillingCode.RED_HAT)) == {
        "volume_id": "vol-ffffffff",
        "volume_size_gib": 8,
        "full_snapshot_size_bytes": 4096,
        "state": SnapshotState.PENDING,
        "progress": "0%",
        "product_codes": (ProductCode("abc123"),),
        "billing": BillingCode.RED_HAT,
    }
