"""How a new volume is encrypted: at a launch, and by CreateVolume.

Two tables say it, one for volumes made of a snapshot and one for empty ones. Nothing that is encrypted ever becomes
unencrypted. Whether the key works is another matter, and shows later (`amimodel.kms`).

That an instance type cannot have encrypted volumes (`EncryptedVolumesNotSupported`, rules A BM-12, B LD-22) does not
happen here: every type can, the previous generation included.

Source: EBS User Guide, "Amazon EBS encryption examples" (the table of outcomes) and "Requirements for Amazon EBS
encryption" (instance types); EC2 User Guide, "Use encryption with EBS-backed AMIs"; rules B 6.2, B 6.3, B EN-5, B EN-8,
B EN-9, B EN-13 to EN-15, A BM-10; settlements S 17, S 30.
"""

from enum import Enum, unique
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import frozen

from amimodel.block_devices import EbsBlockDevice
from amimodel.kms import KeyChoice
from amimodel.quirks import Quirks
from amimodel.refusals import KmsKeyRequiresEncrypted, LaunchEncryptedFlagRefused, Refusal
from amimodel.settings import EbsEncryption
from amimodel.snapshots import Snapshot

_AS_RULED: Final = Quirks()

# --- what a table of outcomes is --------------------------------------------------------------------------------------


@unique
class Cell(Enum):
    """What a row asks of one fact of the case, in the words of the column."""

    ANY = "any"
    PLAIN = "plain"
    ENCRYPTED = "encrypted"
    OWN = "own"
    SHARED = "shared"
    SAME = "same"
    OTHER = "other"
    OFF = "off"
    ON = "on"
    NO = "no"
    YES = "yes"
    ABSENT = "absent"
    FALSE = "false"
    TRUE = "true"
    NOT_TRUE = "absent or false"
    NOT_FALSE = "absent or true"

    def takes(self, fact: bool | None) -> bool:  # noqa: FBT001 - a fact is a truth value, or is absent
        """Whether the fact is as the cell says. None stands for a parameter that is absent."""
        return fact in _TAKES[self]


_FALSE, _TRUE, _ALL = (False,), (True,), (None, False, True)

_TAKES: Final = MappingProxyType({
    Cell.ANY:       _ALL,
    Cell.PLAIN:     _FALSE,
    Cell.ENCRYPTED: _TRUE,
    Cell.OWN:       _TRUE,
    Cell.SHARED:    _FALSE,
    Cell.SAME:      _TRUE,
    Cell.OTHER:     _FALSE,
    Cell.OFF:       _FALSE,
    Cell.ON:        _TRUE,
    Cell.NO:        (None, False),  # of a parameter that counts as absent when it is false
    Cell.YES:       _TRUE,
    Cell.ABSENT:    (None,),
    Cell.FALSE:     _FALSE,
    Cell.TRUE:      _TRUE,
    Cell.NOT_TRUE:  (None, False),
    Cell.NOT_FALSE: (None, True),
})  # fmt: skip

EncryptionResult: TypeAlias = KeyChoice | type[Refusal] | None
"""How the key is chosen; None for no encryption; or the refusal that EC2 gives."""

UNENCRYPTED: Final = None


@frozen
class EncryptionRow:
    """One row: what it asks of the facts, column by column, and what comes of it."""

    number: int
    cells: tuple[Cell, ...]
    result: EncryptionResult

    def takes(self, *facts: bool | None) -> bool:
        """Whether the case is this row's."""
        return all(cell.takes(fact) for cell, fact in zip(self.cells, facts, strict=True))

    @property
    def says(self) -> str:
        """The result in a few words.

        >>> [row.says for row in (NEW_VOLUME.rows[0], NEW_VOLUME.rows[1], NEW_VOLUME.rows[4])]
        ['unencrypted', 'encrypted, default key', 'error InvalidParameterDependency']
        """
        match self.result:
            case None:
                return "unencrypted"
            case KeyChoice():
                return f"encrypted, {self.result.value} key"
            case _ as refusal:
                return f"error {refusal.code}"


@frozen
class EncryptionTable:
    """A table of outcomes: every case is one row's and no other's.

    >>> VOLUME_FROM_SNAPSHOT.row(True, False, False, None, False).number
    8
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[EncryptionRow, ...]

    def row(self, *facts: bool | None) -> EncryptionRow:
        """The row that decides a case, its facts given in the order of the columns."""
        return next(row for row in self.rows if row.takes(*facts))

    def name_of(self, row: EncryptionRow) -> str:
        """What an explanation calls a row: `B 6.2 row 8`."""
        return f"{self.name} row {row.number}"


@frozen(kw_only=True)
class ResolvedEncryption:
    """How a new volume or snapshot is encrypted, and which row says so.

    >>> print(ResolvedEncryption(key=KeyChoice.DEFAULT, row="B 6.2 row 8"))
    encrypted, default key (B 6.2 row 8)

    Source: rules B 6.2 to 6.4, B CS-4.
    """

    key: KeyChoice | None
    row: str

    @property
    def encrypted(self) -> bool:
        """Whether it is encrypted: there is no encryption without a key, and no key without encryption."""
        return self.key is not None

    @property
    def rules(self) -> str:
        """The rules that decide: the row, and that nothing loses its encryption."""
        return f"{self.row}, B EN-9"

    def __str__(self) -> str:
        return f"encrypted, {self.key} key ({self.row})" if self.key else f"unencrypted ({self.row})"


# --- the tables -------------------------------------------------------------------------------------------------------

_ANY, _PLAIN, _ENCRYPTED, _OWN, _SHARED = Cell.ANY, Cell.PLAIN, Cell.ENCRYPTED, Cell.OWN, Cell.SHARED
_OFF, _ON, _NO, _YES = Cell.OFF, Cell.ON, Cell.NO, Cell.YES
_SAME, _DEFAULT, _SPECIFIED = KeyChoice.SAME, KeyChoice.DEFAULT, KeyChoice.SPECIFIED
_REFUSED: Final = KmsKeyRequiresEncrypted
_row: Final = EncryptionRow

# Encrypted=false counts as absent here: it takes no encryption off, and does not hold encryption by default up either.
VOLUME_FROM_SNAPSHOT: Final = EncryptionTable(
    "B 6.2",
    ("Snapshot", "Owned by", "Encryption by default", "Encrypted", "KmsKeyId"),
    (
        _row(1,  (_PLAIN,     _ANY,    _OFF, _NO,  _NO),  UNENCRYPTED),
        _row(2,  (_PLAIN,     _ANY,    _ON,  _NO,  _NO),  _DEFAULT),
        _row(3,  (_PLAIN,     _ANY,    _ANY, _YES, _NO),  _DEFAULT),
        _row(4,  (_PLAIN,     _ANY,    _ANY, _YES, _YES), _SPECIFIED),
        _row(5,  (_ENCRYPTED, _OWN,    _ANY, _NO,  _NO),  _SAME),       # whatever the default key is
        _row(6,  (_ENCRYPTED, _OWN,    _ANY, _YES, _NO),  _SAME),
        _row(7,  (_ENCRYPTED, _OWN,    _ANY, _YES, _YES), _SPECIFIED),
        _row(8,  (_ENCRYPTED, _SHARED, _ANY, _NO,  _NO),  _DEFAULT),    # never with the key of somebody else
        _row(9,  (_ENCRYPTED, _SHARED, _ANY, _YES, _NO),  _DEFAULT),
        _row(10, (_ENCRYPTED, _SHARED, _ANY, _YES, _YES), _SPECIFIED),
        _row(11, (_ANY,       _ANY,    _ANY, _NO,  _YES), _REFUSED),    # even where encryption is the default
    ),
)  # fmt: skip
"""A volume made of a snapshot (rule B 6.2)."""

NEW_VOLUME: Final = EncryptionTable(
    "B 6.3",
    ("Encryption by default", "Encrypted", "KmsKeyId"),
    (
        _row(1, (_OFF, _NO,  _NO),  UNENCRYPTED),
        _row(2, (_OFF, _YES, _NO),  _DEFAULT),
        _row(3, (_ANY, _YES, _YES), _SPECIFIED),
        _row(4, (_ON,  _ANY, _NO),  _DEFAULT),
        _row(5, (_ANY, _NO,  _YES), _REFUSED),
    ),
)  # fmt: skip
"""An empty volume (rule B 6.3)."""


# --- what they come to ------------------------------------------------------------------------------------------------


def at_create_volume(
    snapshot: Snapshot | None,
    *,
    account: str,
    settings: EbsEncryption,
    encrypted: bool | None = None,
    kms_key_id: str | None = None,
) -> ResolvedEncryption:
    """How CreateVolume encrypts a volume, made of a snapshot or, where that is None, empty.

    >>> print(at_create_volume(None, account="111122223333", settings=EbsEncryption(by_default=True)))
    encrypted, default key (B 6.3 row 4)

    Whether a snapshot is one's own is decided by who owns the snapshot, and never by an image made of it.

    Raises `KmsKeyRequiresEncrypted`.

    Source: rules B 6.2, B 6.3, B EN-8, B EN-9, B EN-14; settlements S 17, S 30.
    """
    named = bool(kms_key_id)  # an empty text is no key (settlement S 17)
    if snapshot is None:
        table, row = NEW_VOLUME, NEW_VOLUME.row(settings.by_default, encrypted, named)
    else:
        own = snapshot.owner_id == account
        table = VOLUME_FROM_SNAPSHOT
        row = table.row(snapshot.encrypted, own, settings.by_default, encrypted, named)
    if isinstance(row.result, type):
        raise KmsKeyRequiresEncrypted(kms_key_id=kms_key_id or "")
    return ResolvedEncryption(key=row.result, row=table.name_of(row))


def at_launch(
    snapshot: Snapshot | None,
    *,
    device_name: str,
    account: str,
    settings: EbsEncryption,
    encrypted: bool | None = None,
    kms_key_id: str | None = None,
    quirks: Quirks = _AS_RULED,
) -> ResolvedEncryption:
    """How a launch encrypts the volume of a device, made of a snapshot or, where that is None, empty.

    >>> settings = EbsEncryption(by_default=True)
    >>> try:
    ...     at_launch(
    ...         None, device_name="/dev/sdb", account="111122223333", settings=settings, kms_key_id="alias/golden"
    ...     )
    ... except KmsKeyRequiresEncrypted as refusal:
    ...     print(refusal)
    The parameter KmsKeyId requires the parameter Encrypted to be set.

    `encrypted` is what `asked_at_launch` makes of the image's entry and the launch's.

    Raises `KmsKeyRequiresEncrypted`; and `LaunchEncryptedFlagRefused` where the quirk `launch_ignores_encrypted_false`
    is off.

    Source: rules B 6.2, B 6.3, A BM-10, B EN-15, B LD-19b; settlements S 17, S 30.
    """
    result = at_create_volume(snapshot, account=account, settings=settings, encrypted=encrypted, kms_key_id=kms_key_id)
    taken_off = snapshot is not None and snapshot.encrypted and encrypted is False
    if taken_off and not quirks.launch_ignores_encrypted_false:
        raise LaunchEncryptedFlagRefused(device_name=device_name)
    return result


def asked_at_launch(image_device: EbsBlockDevice | None, launch_device: EbsBlockDevice | None) -> bool | None:
    """What is asked of a device's volume: by the launch, or else by the image; None where nobody asks.

    >>> print(asked_at_launch(EbsBlockDevice(snapshot_id="snap-12345678", encrypted=True), None))
    None
    >>> asked_at_launch(EbsBlockDevice(volume_size_gib=8, encrypted=True), None)
    True

    In an image's entry, `encrypted` only asks for something where the volume is empty. Beside a snapshot it tells how
    the snapshot is: a launch that names a key must ask for encryption itself.

    Source: rules A RB-11, A RB-12, A BM-2, B EN-8, B EN-13.
    """
    if launch_device is not None and launch_device.encrypted is not None:
        return launch_device.encrypted
    return image_device.encrypted if image_device is not None and image_device.snapshot_id is None else None
