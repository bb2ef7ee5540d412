"""How copied snapshots are encrypted: rules B 6.4, B CS-2 to CS-4."""

from functools import partial
from itertools import product
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.clock import parse
from amimodel.copy_encryption import (
    IMAGE_COPY,
    IMAGE_COPY_TO_OUTPOST,
    SNAPSHOT_COPY,
    at_copy_image,
    at_copy_snapshot,
    snapshot_at_copy_image,
)
from amimodel.examples import WEB
from amimodel.identifiers import SnapshotId
from amimodel.images import Image
from amimodel.kms import KeyChoice
from amimodel.quirks import Quirks, RegionalCopyKey
from amimodel.refusals import (
    EncryptedFalseRefused,
    InstanceStoreCopyNotEncrypted,
    KmsKeyRequiresEncrypted,
    Refusal,
    UnencryptedCopyRefused,
)
from amimodel.regions import Region
from amimodel.settings import EbsEncryption
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as amis
from amimodel.volume_encryption import EncryptionTable, ResolvedEncryption
from reference import encryption as reference

OWN, OTHERS = "111122223333", "444455556666"
HERE, THERE = "eu-central-1", "eu-west-1"
KEY = "alias/golden"
PLAIN = Snapshot(
    snapshot_id="snap-12345678",
    owner_id=OWN,
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=parse("2026-01-01T00:00:00Z"),
)
ENCRYPTED = evolve(PLAIN, encrypted=True)
OFF, ON = EbsEncryption(), EbsEncryption(by_default=True, default_kms_key_id="alias/other")

BOOLS = (False, True)
ASKED = (None, False, True)
NAMED = (None, "", KEY)


def copy_outcome(
    snapshot: Snapshot,
    *,
    account: str = OWN,
    destination: str = HERE,
    settings: EbsEncryption = OFF,
    encrypted: bool | None = None,
    key: str | None = None,
    to_outpost: bool = False,
    zone_requires_encryption: bool = False,
    quirks: Quirks | None = None,
) -> str:
    try:
        result = snapshot_at_copy_image(
            snapshot,
            account=account,
            source_region=HERE,
            destination_region=destination,
            settings=settings,
            encrypted=encrypted,
            kms_key_id=key,
            to_outpost=to_outpost,
            zone_requires_encryption=zone_requires_encryption,
            quirks=quirks or Quirks(),
        )
    except Refusal as refusal:
        return refusal.code
    return result.key.value if result.key else "unencrypted"


# --- tables are total -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "facts"),
    [
        (IMAGE_COPY, [BOOLS, BOOLS, BOOLS, BOOLS, ASKED, BOOLS]),
        (IMAGE_COPY_TO_OUTPOST, [BOOLS, ASKED, BOOLS]),
        (SNAPSHOT_COPY, [BOOLS, BOOLS, ASKED, BOOLS]),
    ],
    ids=lambda value: value.name if isinstance(value, EncryptionTable) else "",
)
def test_every_case_is_one_rows_and_every_row_has_a_case(
    table: EncryptionTable, facts: list[tuple[bool | None, ...]]
) -> None:
    met: set[int] = set()
    for case in product(*facts):
        (row,) = [row for row in table.rows if row.takes(*case)]
        assert table.row(*case) is row
        met.add(row.number)
    assert met == {row.number for row in table.rows} == set(range(1, len(table.rows) + 1))
    assert all(len(row.cells) == len(table.columns) for row in table.rows)


def test_the_table_of_image_copies_is_the_books() -> None:
    """Rule B 6.4, row by row, in words."""
    assert [(*(cell.value for cell in row.cells), row.says) for row in IMAGE_COPY.rows] == [
        ("plain",     "any",    "any",   "off", "absent or false", "no",  "unencrypted"),
        ("plain",     "any",    "any",   "on",  "absent or false", "no",  "encrypted, default key"),
        ("plain",     "any",    "any",   "any", "true",            "no",  "encrypted, default key"),
        ("plain",     "any",    "any",   "any", "true",            "yes", "encrypted, specified key"),
        ("encrypted", "own",    "same",  "any", "absent or true",  "no",  "encrypted, same key"),
        ("encrypted", "own",    "other", "any", "absent or true",  "no",  "encrypted, default key"),
        ("encrypted", "any",    "any",   "any", "true",            "yes", "encrypted, specified key"),
        ("encrypted", "shared", "any",   "any", "absent or true",  "no",  "encrypted, default key"),
        ("encrypted", "any",    "any",   "any", "false",           "no",  "error InvalidRequest"),
        ("any",       "any",    "any",   "any", "absent or false", "yes", "error InvalidParameterDependency"),
    ]  # fmt: skip


def test_the_table_of_snapshot_copies_is_the_books() -> None:
    """Rule B CS-4, with CS-2 and CS-3, row by row, in words."""
    assert [(*(cell.value for cell in row.cells), row.says) for row in SNAPSHOT_COPY.rows] == [
        ("off", "plain",     "absent",         "no",  "unencrypted"),
        ("off", "plain",     "true",           "no",  "encrypted, default key"),
        ("off", "encrypted", "absent or true", "no",  "encrypted, aws-managed key"),
        ("on",  "plain",     "absent or true", "no",  "encrypted, default key"),
        ("on",  "encrypted", "absent or true", "no",  "encrypted, default key"),
        ("any", "any",       "true",           "yes", "encrypted, specified key"),
        ("any", "any",       "false",          "any", "error InvalidParameterValue"),
        ("any", "any",       "absent",         "yes", "error InvalidParameterDependency"),
    ]  # fmt: skip


# --- CopyImage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of_encrypted", BOOLS)
@pytest.mark.parametrize("own", BOOLS)
@pytest.mark.parametrize("same_region", BOOLS)
@pytest.mark.parametrize("by_default", BOOLS)
@pytest.mark.parametrize("encrypted", ASKED)
@pytest.mark.parametrize("key", NAMED)
def test_a_snapshot_of_a_copied_image_is_encrypted_as_the_reference_says(
    *, of_encrypted: bool, own: bool, same_region: bool, by_default: bool, encrypted: bool | None, key: str | None
) -> None:
    outcome = copy_outcome(
        ENCRYPTED if of_encrypted else PLAIN,
        account=OWN if own else OTHERS,
        destination=HERE if same_region else THERE,
        settings=ON if by_default else OFF,
        encrypted=encrypted,
        key=key,
    )
    assert outcome == reference.image_copy(
        of_encrypted=of_encrypted,
        own=own,
        same_region=same_region,
        by_default=by_default,
        encrypted=encrypted,
        key=bool(key),
    )


@pytest.mark.parametrize("of_encrypted", BOOLS)
@pytest.mark.parametrize("own", BOOLS)
@pytest.mark.parametrize("encrypted", ASKED)
@pytest.mark.parametrize("key", NAMED)
def test_a_copy_to_an_outpost_is_always_encrypted(
    of_encrypted: bool, own: bool, encrypted: bool | None, key: str | None
) -> None:
    """Rule B EN-19."""
    outcome = copy_outcome(
        ENCRYPTED if of_encrypted else PLAIN,
        account=OWN if own else OTHERS,
        encrypted=encrypted,
        key=key,
        to_outpost=True,
    )
    expected = reference.image_copy_to_outpost(of_encrypted=of_encrypted, encrypted=encrypted, key=bool(key))
    assert outcome == expected


@pytest.mark.parametrize(
    ("snapshot", "expected"), [(PLAIN, "default"), (ENCRYPTED, "same")], ids=["plain", "encrypted"]
)
def test_a_local_zone_may_require_encryption(snapshot: Snapshot, expected: str) -> None:
    """Rule B EN-19: what is encrypted already keeps its state."""
    assert copy_outcome(snapshot, zone_requires_encryption=True) == expected


@pytest.mark.parametrize(
    ("quirk", "expected"),
    [(RegionalCopyKey.DEFAULT_KEY, "default"), (RegionalCopyKey.AWS_MANAGED_KEY, "aws-managed")],
)
@pytest.mark.parametrize("encrypted", [None, True])
def test_a_copy_in_another_region_has_another_key(
    quirk: RegionalCopyKey, expected: str, encrypted: bool | None
) -> None:
    """Rule B 6.4, row 6."""
    quirks = Quirks(cross_region_copy_key=quirk)
    assert copy_outcome(ENCRYPTED, destination=THERE, encrypted=encrypted, quirks=quirks) == expected
    assert copy_outcome(ENCRYPTED, destination=HERE, encrypted=encrypted, quirks=quirks) == "same"
    assert copy_outcome(ENCRYPTED, account=OTHERS, destination=THERE, quirks=quirks) == "default"


def test_the_quirk_of_the_other_region_changes_the_key_and_not_the_row() -> None:
    result = snapshot_at_copy_image(
        ENCRYPTED,
        account=OWN,
        source_region=HERE,
        destination_region=THERE,
        settings=OFF,
        quirks=Quirks(cross_region_copy_key=RegionalCopyKey.AWS_MANAGED_KEY),
    )
    assert result == ResolvedEncryption(key=KeyChoice.AWS_MANAGED, row="B 6.4 row 6")


@pytest.mark.parametrize(
    ("said", "plain", "encrypted"),
    [
        ({}, None, KeyChoice.SAME),
        ({"account": OTHERS}, None, KeyChoice.DEFAULT),
        ({"settings": ON}, KeyChoice.DEFAULT, KeyChoice.SAME),
        ({"encrypted": True}, KeyChoice.DEFAULT, KeyChoice.SAME),
        ({"encrypted": True, "kms_key_id": KEY}, KeyChoice.SPECIFIED, KeyChoice.SPECIFIED),
        ({"destination_region": THERE}, None, KeyChoice.DEFAULT),
        ({"to_outpost": True}, KeyChoice.DEFAULT, KeyChoice.DEFAULT),
        ({"zone_requires_encryption": True}, KeyChoice.DEFAULT, KeyChoice.SAME),
        (
            {
                "destination_region": THERE,
                "quirks": Quirks(cross_region_copy_key=RegionalCopyKey.AWS_MANAGED_KEY),
            },
            None,
            KeyChoice.AWS_MANAGED,
        ),
    ],
)
def test_whatever_is_said_of_a_copy_holds_for_each_snapshot_of_the_image(
    said: dict[str, Any], plain: KeyChoice | None, encrypted: KeyChoice | None
) -> None:
    """Rule B EN-20."""
    second = evolve(ENCRYPTED, snapshot_id="snap-87654321")
    mapped = [
        BlockDeviceMapping(f"/dev/{name}", EbsBlockDevice(snapshot_id=one.snapshot_id))
        for name, one in (("xvda", PLAIN), ("sdf", second))
    ]
    usual: dict[str, Any] = {
        "account": OWN, "source_region": HERE, "destination_region": HERE, "settings": OFF,
    }  # fmt: skip
    image = evolve(WEB, block_device_mappings=mapped)
    copies = at_copy_image(image, {one.snapshot_id: one for one in (PLAIN, second)}, **(usual | said))
    assert {one: copy.key for one, copy in copies.items()} == {PLAIN.snapshot_id: plain, "snap-87654321": encrypted}


@given(
    image=amis.images(root_device_type="ebs"),
    data=st.data(),
    account=amis.account_ids(),
    regions=st.tuples(amis.regions(), amis.regions()),
    settings=amis.ebs_encryption(),
    encrypted=st.sampled_from([None, True]),
    quirks=amis.quirks(),
)
def test_each_snapshot_of_an_image_is_judged_by_itself_and_stays_encrypted(
    *,
    image: Image,
    data: st.DataObject,
    account: str,
    regions: tuple[Region, Region],
    settings: EbsEncryption,
    encrypted: bool | None,
    quirks: Quirks,
) -> None:
    """Rules B EN-9, B EN-20."""
    told = data.draw(st.sets(st.sampled_from(image.snapshot_ids)), "snapshots that are told")
    snapshots = {one: data.draw(amis.snapshots(snapshot_id=one)) for one in image.snapshot_ids if one in told}
    source, destination = regions
    copies = at_copy_image(
        image,
        snapshots,
        account=account,
        source_region=source,
        destination_region=destination,
        settings=settings,
        encrypted=encrypted,
        quirks=quirks,
    )
    assert copies.keys() == snapshots.keys()
    for one, copy in copies.items():
        assert copy == snapshot_at_copy_image(
            snapshots[one],
            account=account,
            source_region=source,
            destination_region=destination,
            settings=settings,
            encrypted=encrypted,
            quirks=quirks,
        )
        if snapshots[one].encrypted or encrypted or settings.by_default:
            assert copy.encrypted
        else:
            assert not copy.encrypted


@given(snapshot=amis.snapshots(), account=amis.account_ids(), settings=amis.ebs_encryption(), key=amis.kms_key_ids())
def test_a_key_never_comes_without_encryption(
    snapshot: Snapshot, account: str, settings: EbsEncryption, key: str
) -> None:
    """Rules B EN-8, B CS-3."""
    for encrypted in (None, False):
        outcome = copy_outcome(snapshot, account=account, settings=settings, encrypted=encrypted, key=key)
        assert outcome == "InvalidParameterDependency"
    of_image: Any = partial(snapshot_at_copy_image, account=account, source_region=HERE, destination_region=HERE)
    for copy in (at_copy_snapshot, of_image):
        with pytest.raises(KmsKeyRequiresEncrypted) as caught:
            _ = copy(snapshot, settings=settings, kms_key_id=key)
        assert caught.value == KmsKeyRequiresEncrypted(kms_key_id=key)
    assert copy_outcome(snapshot, account=account, settings=settings, encrypted=True, key=key) == "specified"


def test_an_unencrypted_copy_of_what_is_encrypted_is_refused_in_ec2s_words() -> None:
    with pytest.raises(UnencryptedCopyRefused) as caught:
        _ = at_copy_image(
            WEB,
            {"snap-12345678": ENCRYPTED},
            account=OWN,
            source_region=HERE,
            destination_region=THERE,
            settings=OFF,
            encrypted=False,
        )
    assert caught.value == UnencryptedCopyRefused(snapshot_id=ENCRYPTED.snapshot_id)
    assert caught.value.code == "InvalidRequest"
    assert str(caught.value) == (
        "Snapshot snap-12345678 is encrypted. Creating an unencrypted copy from an encrypted snapshot is not supported."
    )
    assert "Encrypted" in caught.value.remedy


IN_S3 = Image(
    image_id="ami-87654321",
    owner_id=OWN,
    name="old",
    creation_date=parse("2026-01-01T00:00:00Z"),
    architecture="x86_64",
    root_device_type="instance-store",
)


def copies_of_an_image_in_s3(encrypted: bool | None, key: str | None) -> dict[SnapshotId, ResolvedEncryption]:
    return at_copy_image(
        IN_S3,
        {},
        account=OWN,
        source_region=HERE,
        destination_region=THERE,
        settings=ON,
        encrypted=encrypted,
        kms_key_id=key,
    )


@pytest.mark.parametrize(("encrypted", "key"), [(True, None), (True, KEY), (None, KEY), (False, KEY)])
def test_an_image_that_lies_in_s3_cannot_be_encrypted(encrypted: bool | None, key: str | None) -> None:
    """Rule B EN-18."""
    with pytest.raises(InstanceStoreCopyNotEncrypted) as caught:
        _ = copies_of_an_image_in_s3(encrypted, key)
    assert caught.value.code == "InvalidParameterCombination"
    assert "ami-87654321" in str(caught.value)


@pytest.mark.parametrize(("encrypted", "key"), [(None, None), (False, None), (None, ""), (False, "")])
def test_an_image_that_lies_in_s3_is_copied_where_no_encryption_is_asked_for(
    encrypted: bool | None, key: str | None
) -> None:
    """Rule B EN-18, settlement S 17; Terraform always says Encrypted."""
    assert copies_of_an_image_in_s3(encrypted, key) == {}


# --- CopySnapshot -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_default", BOOLS)
@pytest.mark.parametrize("required", BOOLS)
@pytest.mark.parametrize("of_encrypted", BOOLS)
@pytest.mark.parametrize("encrypted", ASKED)
@pytest.mark.parametrize("key", NAMED)
def test_a_copied_snapshot_is_encrypted_as_the_reference_says(
    by_default: bool, required: bool, of_encrypted: bool, encrypted: bool | None, key: str | None
) -> None:
    try:
        result = at_copy_snapshot(
            ENCRYPTED if of_encrypted else PLAIN,
            settings=ON if by_default else OFF,
            encrypted=encrypted,
            kms_key_id=key,
            encryption_required=required,
        )
    except Refusal as refusal:
        outcome = refusal.code
    else:
        outcome = result.key.value if result.key else "unencrypted"
        assert result.encrypted or not of_encrypted  # rule B EN-9
    assert outcome == reference.snapshot_copy(
        by_default=by_default or required, of_encrypted=of_encrypted, encrypted=encrypted, key=bool(key)
    )


def test_the_two_actions_copy_an_own_encrypted_snapshot_with_different_keys() -> None:
    """Rule B CS-4, row 3, beside B 6.4, row 5."""
    assert at_copy_snapshot(ENCRYPTED, settings=OFF).key is KeyChoice.AWS_MANAGED
    assert copy_outcome(ENCRYPTED) == "same"


@pytest.mark.parametrize("snapshot", [PLAIN, ENCRYPTED], ids=["plain", "encrypted"])
@pytest.mark.parametrize("key", NAMED)
def test_encrypted_false_is_refused_of_every_snapshot_in_ec2s_words(snapshot: Snapshot, key: str | None) -> None:
    """Rule B CS-2, settlement S 46."""
    with pytest.raises(EncryptedFalseRefused) as caught:
        _ = at_copy_snapshot(snapshot, settings=OFF, encrypted=False, kms_key_id=key)
    assert caught.value == EncryptedFalseRefused(snapshot_id=snapshot.snapshot_id)
    assert caught.value.code == "InvalidParameterValue"
    assert str(caught.value) == "The parameter encrypted=false is invalid"
    assert "Encrypted" in caught.value.remedy
