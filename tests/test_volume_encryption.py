"""How new volumes are encrypted: rules B 6.2, B 6.3, A BM-10."""

from functools import partial
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.block_devices import EbsBlockDevice
from amimodel.clock import parse
from amimodel.kms import KeyChoice
from amimodel.quirks import Quirks
from amimodel.refusals import KmsKeyRequiresEncrypted, LaunchEncryptedFlagRefused, Refusal
from amimodel.settings import EbsEncryption
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as amis
from amimodel.volume_encryption import (
    NEW_VOLUME,
    VOLUME_FROM_SNAPSHOT,
    Cell,
    EncryptionRow,
    EncryptionTable,
    ResolvedEncryption,
    asked_at_launch,
    at_create_volume,
    at_launch,
)
from reference import encryption as reference

OWN, OTHERS = "111122223333", "444455556666"
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
OLD = Quirks(launch_ignores_encrypted_false=False)


def outcome_of_create(
    snapshot: Snapshot | None, account: str, settings: EbsEncryption, encrypted: bool | None, key: str | None
) -> str:
    try:
        result = at_create_volume(snapshot, account=account, settings=settings, encrypted=encrypted, kms_key_id=key)
    except Refusal as refusal:
        return refusal.code
    return result.key.value if result.key else "unencrypted"


# --- tables are total -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "facts"),
    [
        (VOLUME_FROM_SNAPSHOT, [BOOLS, BOOLS, BOOLS, ASKED, BOOLS]),
        (NEW_VOLUME, [BOOLS, ASKED, BOOLS]),
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


def test_the_table_of_volumes_from_snapshots_is_the_books() -> None:
    """Rule B 6.2, row by row, in words."""
    assert [(*(cell.value for cell in row.cells), row.says) for row in VOLUME_FROM_SNAPSHOT.rows] == [
        ("plain",     "any",    "off", "no",  "no",  "unencrypted"),
        ("plain",     "any",    "on",  "no",  "no",  "encrypted, default key"),
        ("plain",     "any",    "any", "yes", "no",  "encrypted, default key"),
        ("plain",     "any",    "any", "yes", "yes", "encrypted, specified key"),
        ("encrypted", "own",    "any", "no",  "no",  "encrypted, same key"),
        ("encrypted", "own",    "any", "yes", "no",  "encrypted, same key"),
        ("encrypted", "own",    "any", "yes", "yes", "encrypted, specified key"),
        ("encrypted", "shared", "any", "no",  "no",  "encrypted, default key"),
        ("encrypted", "shared", "any", "yes", "no",  "encrypted, default key"),
        ("encrypted", "shared", "any", "yes", "yes", "encrypted, specified key"),
        ("any",       "any",    "any", "no",  "yes", "error InvalidParameterDependency"),
    ]  # fmt: skip


def test_the_table_of_empty_volumes_is_the_books() -> None:
    """Rule B 6.3, row by row, in words."""
    assert [(*(cell.value for cell in row.cells), row.says) for row in NEW_VOLUME.rows] == [
        ("off", "no",  "no",  "unencrypted"),
        ("off", "yes", "no",  "encrypted, default key"),
        ("any", "yes", "yes", "encrypted, specified key"),
        ("on",  "any", "no",  "encrypted, default key"),
        ("any", "no",  "yes", "error InvalidParameterDependency"),
    ]  # fmt: skip


@pytest.mark.parametrize("cell", Cell)
def test_a_cell_that_takes_everything_is_any(cell: Cell) -> None:
    assert all(cell.takes(fact) for fact in ASKED) is (cell is Cell.ANY)
    assert any(cell.takes(fact) for fact in ASKED)


def test_a_row_has_as_many_facts_as_cells() -> None:
    row = EncryptionRow(1, (Cell.ANY, Cell.YES), KeyChoice.DEFAULT)
    with pytest.raises(ValueError, match="zip"):
        _ = row.takes(True)


# --- what they come to ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_default", BOOLS)
@pytest.mark.parametrize("encrypted", ASKED)
@pytest.mark.parametrize("key", NAMED)
def test_an_empty_volume_is_encrypted_as_the_reference_says(
    by_default: bool, encrypted: bool | None, key: str | None
) -> None:
    expected = reference.new_volume(by_default=by_default, encrypted=encrypted, key=bool(key))
    assert outcome_of_create(None, OWN, ON if by_default else OFF, encrypted, key) == expected


@pytest.mark.parametrize("of_encrypted", BOOLS)
@pytest.mark.parametrize("own", BOOLS)
@pytest.mark.parametrize("by_default", BOOLS)
@pytest.mark.parametrize("encrypted", ASKED)
@pytest.mark.parametrize("key", NAMED)
def test_a_volume_from_a_snapshot_is_encrypted_as_the_reference_says(
    of_encrypted: bool, own: bool, by_default: bool, encrypted: bool | None, key: str | None
) -> None:
    expected = reference.volume_from_snapshot(
        of_encrypted=of_encrypted, own=own, by_default=by_default, encrypted=encrypted, key=bool(key)
    )
    snapshot = ENCRYPTED if of_encrypted else PLAIN
    account, settings = OWN if own else OTHERS, ON if by_default else OFF
    assert outcome_of_create(snapshot, account, settings, encrypted, key) == expected


SOURCES = st.none() | amis.snapshots()


@given(
    snapshot=SOURCES,
    account=amis.account_ids(),
    settings=amis.ebs_encryption(),
    encrypted=st.sampled_from(ASKED),
    key=st.sampled_from(NAMED) | amis.kms_key_ids(),
)
def test_a_launch_encrypts_as_create_volume_does(
    snapshot: Snapshot | None, account: str, settings: EbsEncryption, encrypted: bool | None, key: str | None
) -> None:
    expected = outcome_of_create(snapshot, account, settings, encrypted, key)
    launch = partial(
        at_launch,
        snapshot,
        device_name="/dev/sdb",
        account=account,
        settings=settings,
        encrypted=encrypted,
        kms_key_id=key,
    )
    if expected == "InvalidParameterDependency":
        with pytest.raises(KmsKeyRequiresEncrypted):
            _ = launch()
    else:
        assert launch() == at_create_volume(
            snapshot, account=account, settings=settings, encrypted=encrypted, kms_key_id=key
        )


@given(
    snapshot=amis.snapshots(encrypted=True),
    own=st.booleans(),
    settings=amis.ebs_encryption(),
    encrypted=st.sampled_from(ASKED),
)
def test_nothing_encrypted_becomes_unencrypted(
    snapshot: Snapshot, own: bool, settings: EbsEncryption, encrypted: bool | None
) -> None:
    """Rule B EN-9."""
    account = snapshot.owner_id if own else OTHERS
    result = at_create_volume(snapshot, account=account, settings=settings, encrypted=encrypted)
    assert result.encrypted
    assert "B EN-9" in result.rules


@given(snapshot=SOURCES, account=amis.account_ids(), settings=amis.ebs_encryption(), key=amis.kms_key_ids())
def test_a_key_never_comes_without_encryption(
    snapshot: Snapshot | None, account: str, settings: EbsEncryption, key: str
) -> None:
    """Rule B EN-8: not even encryption by default stands in for the parameter."""
    asked = at_create_volume(snapshot, account=account, settings=settings, encrypted=True, kms_key_id=key)
    assert asked.key is KeyChoice.SPECIFIED
    for encrypted in (None, False):
        with pytest.raises(KmsKeyRequiresEncrypted):
            _ = at_create_volume(snapshot, account=account, settings=settings, encrypted=encrypted, kms_key_id=key)


@given(snapshot=SOURCES, account=amis.account_ids(), settings=amis.ebs_encryption(), encrypted=st.sampled_from(ASKED))
def test_encryption_by_default_leaves_nothing_unencrypted(
    snapshot: Snapshot | None, account: str, settings: EbsEncryption, encrypted: bool | None
) -> None:
    """Rule B EN-1."""
    result = at_create_volume(
        snapshot, account=account, settings=evolve(settings, by_default=True), encrypted=encrypted
    )
    assert result.encrypted


@pytest.mark.parametrize("settings", [OFF, ON])
def test_an_own_snapshots_key_stays_whatever_the_default_key_is(settings: EbsEncryption) -> None:
    """Rule B 6.2, rows 5 and 6."""
    assert at_create_volume(ENCRYPTED, account=OWN, settings=settings).key is KeyChoice.SAME
    assert at_create_volume(ENCRYPTED, account=OTHERS, settings=settings).key is KeyChoice.DEFAULT


def test_a_key_alone_is_refused_in_ec2s_words() -> None:
    with pytest.raises(KmsKeyRequiresEncrypted) as caught:
        _ = at_launch(PLAIN, device_name="/dev/sdb", account=OWN, settings=ON, kms_key_id=KEY)
    assert caught.value == KmsKeyRequiresEncrypted(kms_key_id=KEY)
    assert caught.value.code == "InvalidParameterDependency"
    assert str(caught.value) == "The parameter KmsKeyId requires the parameter Encrypted to be set."
    assert KEY in caught.value.remedy


def test_the_result_names_its_row() -> None:
    result = at_create_volume(ENCRYPTED, account=OTHERS, settings=OFF)
    assert result == ResolvedEncryption(key=KeyChoice.DEFAULT, row="B 6.2 row 8")
    assert str(result) == "encrypted, default key (B 6.2 row 8)"
    assert result.rules == "B 6.2 row 8, B EN-9"
    assert str(at_create_volume(None, account=OWN, settings=OFF)) == "unencrypted (B 6.3 row 1)"


# --- Encrypted=false, as it once was ----------------------------------------------------------------------------------


def test_taking_the_encryption_off_was_refused_once() -> None:
    """Rules A BM-10, B EN-15."""
    launch = partial(at_launch, ENCRYPTED, device_name="/dev/sdb", account=OWN, settings=OFF, encrypted=False)
    assert launch().key is KeyChoice.SAME
    with pytest.raises(LaunchEncryptedFlagRefused) as caught:
        _ = launch(quirks=OLD)
    assert caught.value == LaunchEncryptedFlagRefused(device_name="/dev/sdb")
    assert caught.value.code == "InvalidBlockDeviceMapping"
    assert str(caught.value) == (
        "the encrypted flag cannot be specified since device /dev/sdb has a snapshot specified."
    )
    assert "Encrypted" in caught.value.remedy


@pytest.mark.parametrize(
    ("snapshot", "encrypted"), [(ENCRYPTED, None), (ENCRYPTED, True), (PLAIN, False), (PLAIN, True), (None, False)]
)
def test_nothing_else_was_refused_once(snapshot: Snapshot | None, encrypted: bool | None) -> None:
    launch = partial(at_launch, snapshot, device_name="/dev/sdb", account=OWN, settings=OFF, encrypted=encrypted)
    assert launch(quirks=OLD) == launch()


def test_a_parameter_that_is_missing_is_found_before_the_snapshot_is_looked_at() -> None:
    """Rule B G-4."""
    with pytest.raises(KmsKeyRequiresEncrypted):
        _ = at_launch(
            ENCRYPTED,
            device_name="/dev/sdb",
            account=OWN,
            settings=OFF,
            encrypted=False,
            kms_key_id=KEY,
            quirks=OLD,
        )


# --- what is asked ----------------------------------------------------------------------------------------------------

SNAP = "snap-12345678"


@pytest.mark.parametrize(
    ("image_device", "launch_device", "asked"),
    [
        (None,                                                None,                                     None),
        (EbsBlockDevice(snapshot_id=SNAP, encrypted=True),    None,                                     None),
        (EbsBlockDevice(snapshot_id=SNAP, encrypted=True),    EbsBlockDevice(kms_key_id=KEY),           None),
        (EbsBlockDevice(snapshot_id=SNAP, encrypted=True),    EbsBlockDevice(encrypted=False),          False),
        (EbsBlockDevice(snapshot_id=SNAP, encrypted=False),   EbsBlockDevice(encrypted=True),           True),
        (EbsBlockDevice(volume_size_gib=8, encrypted=True),   None,                                     True),
        (EbsBlockDevice(volume_size_gib=8, encrypted=True),   EbsBlockDevice(volume_size_gib=9),        True),
        (EbsBlockDevice(volume_size_gib=8, encrypted=True),   EbsBlockDevice(encrypted=False),          False),
        (EbsBlockDevice(volume_size_gib=8, encrypted=False),  None,                                     False),
        (None,                                                EbsBlockDevice(encrypted=True),           True),
        (None,                                                EbsBlockDevice(volume_size_gib=8),        None),
    ],
)  # fmt: skip
def test_an_images_entry_asks_only_for_empty_volumes(
    image_device: EbsBlockDevice | None, launch_device: EbsBlockDevice | None, asked: bool | None
) -> None:
    """Rules A RB-11, A RB-12, A BM-2."""
    assert asked_at_launch(image_device, launch_device) is asked
