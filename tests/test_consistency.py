"""Laws that every image keeps: each is broken once here, and none by what EC2 can have made."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from amimodel.billing_codes import BillingCode
from amimodel.block_devices import NO_DEVICE, BlockDeviceMapping
from amimodel.consistency import Contradiction, Law, contradictions
from amimodel.examples import WEB
from amimodel.images import Image
from amimodel.permissions import EVERYONE, Permissions
from amimodel.product_codes import ProductCode
from amimodel.sharing import latest_deprecation_of_public_image
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as amis
from amimodel.watermarks import ImageWatermark

ROOT = WEB.block_device_mappings[0]
assert ROOT.ebs is not None
PUBLIC = evolve(WEB, launch_permissions=Permissions([EVERYONE]))
SNAPSHOT = Snapshot(
    snapshot_id="snap-12345678",
    owner_id="111122223333",
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=WEB.creation_date,
)
WATERMARK = ImageWatermark(
    watermark_key="111122223333:golden",
    source_image_region="us-east-1",
    source_image_id="ami-12345678",
    source_image_creation_time=WEB.creation_date,
    watermark_creation_time=WEB.creation_date,
)


def rooted(**changes: Any) -> Image:
    assert ROOT.ebs is not None
    return evolve(WEB, block_device_mappings=[BlockDeviceMapping("/dev/xvda", evolve(ROOT.ebs, **changes))])


def with_entry(entry: BlockDeviceMapping) -> Image:
    return evolve(WEB, block_device_mappings=[ROOT, entry])


BROKEN = [
    (Law.ROOT_DEVICE_IS_MAPPED, evolve(WEB, root_device_name="/dev/sda1"), "its root device /dev/sda1 is not mapped"),
    (Law.ROOT_DEVICE_IS_MAPPED, evolve(WEB, root_device_name=None), "its root device (not named) is not mapped"),
    (Law.ROOT_DEVICE_HAS_A_SNAPSHOT, rooted(snapshot_id=None), "its root device /dev/xvda has no snapshot"),
    (Law.ROOT_VOLUME_BOOTS, rooted(volume_type="st1", volume_size_gib=125), "its root volume is of type st1"),
    (Law.DEVICE_NAMES_DIFFER, with_entry(ROOT), "/dev/xvda is mapped 2 times"),
    (
        Law.NOTHING_SUPPRESSED_IS_KEPT,
        with_entry(BlockDeviceMapping("/dev/sdb", NO_DEVICE)),
        "it keeps an entry that leaves /dev/sdb out",
    ),
    (Law.NO_KEY_IN_A_MAPPING, rooted(kms_key_id="alias/mine"), "/dev/xvda names the key alias/mine"),
    (Law.PROVISIONED_VOLUMES_HAVE_IOPS, rooted(volume_type="io1"), "/dev/xvda is of type io1 and has no IOPS"),
    (
        Law.WHAT_IS_ENCRYPTED_IS_NOT_PUBLIC,
        evolve(rooted(encrypted=True), launch_permissions=Permissions([EVERYONE])),
        "it is encrypted and public",
    ),
    (
        Law.WHAT_IS_SOLD_IS_NOT_PUBLIC,
        evolve(PUBLIC, product_codes=[ProductCode("abc")]),
        "it is public and carries the product code abc",
    ),
    (
        Law.WHAT_IS_WATERMARKED_IS_NOT_PUBLIC,
        evolve(PUBLIC, image_watermarks=[WATERMARK]),
        "it is public and carries the watermark 111122223333:golden",
    ),
    (
        Law.DISABLED_IS_SHARED_WITH_NOBODY,
        evolve(PUBLIC, state="disabled"),
        "it is disabled and shared with everyone",
    ),
    (
        Law.PARAVIRTUAL_IS_X86,
        evolve(WEB, virtualization_type="paravirtual", architecture="arm64"),
        "it is paravirtual and built for arm64",
    ),
    (
        Law.PARAVIRTUAL_IS_NOT_WINDOWS,
        evolve(WEB, virtualization_type="paravirtual", platform="windows"),
        "it is paravirtual and runs Windows",
    ),
    (Law.HVM_HAS_NO_KERNEL, evolve(WEB, kernel_id="aki-5c21674b"), "it is HVM and has aki-5c21674b"),
    (
        Law.ARM_DOES_NOT_BOOT_BIOS,
        evolve(WEB, architecture="arm64", boot_mode="legacy-bios"),
        "it is built for arm64 and asks for legacy-bios",
    ),
    (
        Law.TPM_NEEDS_UEFI,
        evolve(WEB, tpm_support="v2.0", boot_mode="uefi-preferred"),
        "it asks for a TPM and for uefi-preferred",
    ),
    (
        Law.WINDOWS_IS_EBS_BACKED,
        evolve(WEB, root_device_type="instance-store", platform="windows"),
        "it runs Windows from the instance store",
    ),
    (
        Law.PLATFORM_FITS_BILLING,
        evolve(WEB, billing=BillingCode.LINUX, platform="windows"),
        "its platform is windows and its PlatformDetails Linux/UNIX",
    ),
    (
        Law.PLATFORM_FITS_BILLING,
        evolve(WEB, billing=BillingCode.WINDOWS),
        "its platform is not named and its PlatformDetails Windows",
    ),
    (
        Law.DEPRECATED_AFTER_CREATION,
        evolve(WEB, deprecation_time=WEB.creation_date - timedelta(days=1)),
        "it was created 2026-01-01 and deprecated 2025-12-31",
    ),
    (
        Law.PUBLIC_IS_DEPRECATED_IN_TWO_YEARS,
        evolve(PUBLIC, deprecation_time=WEB.creation_date + timedelta(days=732)),
        "it is public, created 2026-01-01 and deprecated 2028-01-03",
    ),
    (
        Law.LAUNCHED_AFTER_CREATION,
        evolve(WEB, launches=[WEB.creation_date - timedelta(days=1)]),
        "it was created 2026-01-01 and launched 2025-12-31",
    ),
    (
        Law.SNAPSHOT_IS_AS_ENCRYPTED,
        rooted(encrypted=True),
        "/dev/xvda is shown as encrypted and snap-12345678 is not",
    ),
    (Law.VOLUME_HOLDS_ITS_SNAPSHOT, rooted(volume_size_gib=4), "/dev/xvda has 4 GiB and snap-12345678 8 GiB"),
]


@pytest.mark.parametrize(("law", "image", "detail"), BROKEN)
def test_a_broken_law_is_named_with_what_breaks_it(law: Law, image: Image, detail: str) -> None:
    assert Contradiction(law, detail) in contradictions(image, {"snap-12345678": SNAPSHOT})


def test_every_law_is_broken_once_above() -> None:
    assert {law for law, _, _ in BROKEN} == set(Law)


def test_every_law_cites_its_rules() -> None:
    for law in Law:
        assert law.rules[:2] in {"A ", "B ", "C "}
        assert law.sentence


@given(image=amis.images())
def test_no_image_that_ec2_could_show_breaks_a_law(image: Image) -> None:
    assert contradictions(image) == ()


def test_an_unencrypted_device_on_an_encrypted_snapshot_is_named_as_well() -> None:
    encrypted = {"snap-12345678": evolve(SNAPSHOT, encrypted=True)}
    detail = "/dev/xvda is shown as not encrypted and snap-12345678 is encrypted"
    assert Contradiction(Law.SNAPSHOT_IS_AS_ENCRYPTED, detail) in contradictions(rooted(encrypted=False), encrypted)


@pytest.mark.parametrize(
    "image",
    [
        evolve(WEB, deprecation_time=WEB.creation_date),
        evolve(WEB, launches=[WEB.creation_date]),
        evolve(PUBLIC, deprecation_time=latest_deprecation_of_public_image(WEB.creation_date)),
    ],
)
def test_the_very_instant_breaks_no_law(image: Image) -> None:
    assert contradictions(image) == ()


def test_a_snapshot_that_is_encrypted_keeps_an_image_from_being_public() -> None:
    """Rule B LP-25: whatever the mapping shows."""
    untold = evolve(rooted(encrypted=None), launch_permissions=Permissions([EVERYONE]))
    encrypted = {"snap-12345678": evolve(SNAPSHOT, encrypted=True)}
    assert contradictions(untold) == ()
    assert [found.law for found in contradictions(untold, encrypted)] == [Law.WHAT_IS_ENCRYPTED_IS_NOT_PUBLIC]


def test_a_contradiction_reads_as_a_sentence() -> None:
    (found,) = contradictions(evolve(WEB, tpm_support="v2.0"))
    assert str(found) == (
        "it asks for a TPM and for no boot mode, but an image that asks for a TPM asks for uefi (A RI-14)"
    )
