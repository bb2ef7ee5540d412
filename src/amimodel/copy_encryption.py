"""How the copy of a snapshot is encrypted: by CopyImage, for each snapshot of the image, and by CopySnapshot.

The settings that count are the copier's, in the Region where the copy is to be. The two actions differ: CopyImage
copies the copier's own encrypted snapshot with the key it has, CopySnapshot with the default key or the one of AWS; and
CopySnapshot takes no Encrypted=false at all.

Source: EC2 User Guide, "Use encryption with EBS-backed AMIs"; EBS User Guide, "Copy an Amazon EBS snapshot"; rules
B 6.4, B EN-8, B EN-9, B EN-17 to EN-21, B CS-2 to CS-4; settlements S 17, S 30, S 46.
"""

from typing import Final

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
from amimodel.regions import Region, as_region
from amimodel.settings import EbsEncryption
from amimodel.snapshots import Snapshot, Snapshots
from amimodel.vocabulary import RootDeviceType
from amimodel.volume_encryption import (
    UNENCRYPTED,
    Cell,
    EncryptionRow,
    EncryptionTable,
    ResolvedEncryption,
)

_AS_RULED: Final = Quirks()

# --- the tables -------------------------------------------------------------------------------------------------------

_ANY, _PLAIN, _ENCRYPTED, _OWN, _SHARED = Cell.ANY, Cell.PLAIN, Cell.ENCRYPTED, Cell.OWN, Cell.SHARED
_HERE, _OTHER, _OFF, _ON, _NO, _YES = Cell.SAME, Cell.OTHER, Cell.OFF, Cell.ON, Cell.NO, Cell.YES
_ABSENT, _FALSE, _TRUE, _NOT_TRUE, _NOT_FALSE = Cell.ABSENT, Cell.FALSE, Cell.TRUE, Cell.NOT_TRUE, Cell.NOT_FALSE
_SAME, _DEFAULT, _SPECIFIED, _AWS = KeyChoice.SAME, KeyChoice.DEFAULT, KeyChoice.SPECIFIED, KeyChoice.AWS_MANAGED
_row: Final = EncryptionRow

# Keys do not leave their Region, so a copy in another one has another key (the quirk `cross_region_copy_key`).
_ACROSS_REGIONS: Final = _row(6, (_ENCRYPTED, _OWN, _OTHER, _ANY, _NOT_FALSE, _NO), _DEFAULT)

IMAGE_COPY: Final = EncryptionTable(
    "B 6.4",
    ("Snapshot", "Owned by", "Region", "Encryption by default", "Encrypted", "KmsKeyId"),
    (
        _row(1,  (_PLAIN,     _ANY,    _ANY,  _OFF, _NOT_TRUE,  _NO),  UNENCRYPTED),
        _row(2,  (_PLAIN,     _ANY,    _ANY,  _ON,  _NOT_TRUE,  _NO),  _DEFAULT),
        _row(3,  (_PLAIN,     _ANY,    _ANY,  _ANY, _TRUE,      _NO),  _DEFAULT),
        _row(4,  (_PLAIN,     _ANY,    _ANY,  _ANY, _TRUE,      _YES), _SPECIFIED),
        _row(5,  (_ENCRYPTED, _OWN,    _HERE, _ANY, _NOT_FALSE, _NO),  _SAME),
        _ACROSS_REGIONS,
        _row(7,  (_ENCRYPTED, _ANY,    _ANY,  _ANY, _TRUE,      _YES), _SPECIFIED),
        _row(8,  (_ENCRYPTED, _SHARED, _ANY,  _ANY, _NOT_FALSE, _NO),  _DEFAULT),
        _row(9,  (_ENCRYPTED, _ANY,    _ANY,  _ANY, _FALSE,     _NO),  UnencryptedCopyRefused),
        _row(10, (_ANY,       _ANY,    _ANY,  _ANY, _NOT_TRUE,  _YES), KmsKeyRequiresEncrypted),
    ),
)  # fmt: skip
"""A snapshot of an image that CopyImage copies to a Region (rule B 6.4)."""

IMAGE_COPY_TO_OUTPOST: Final = EncryptionTable(
    "B EN-19",
    ("Snapshot", "Encrypted", "KmsKeyId"),
    (
        _row(1, (_PLAIN,     _ANY,       _NO),  _DEFAULT),   # false as well: nothing on an Outpost is unencrypted
        _row(2, (_ENCRYPTED, _NOT_FALSE, _NO),  _DEFAULT),
        _row(3, (_ENCRYPTED, _FALSE,     _NO),  UnencryptedCopyRefused),
        _row(4, (_ANY,       _TRUE,      _YES), _SPECIFIED),
        _row(5, (_ANY,       _NOT_TRUE,  _YES), KmsKeyRequiresEncrypted),
    ),
)  # fmt: skip
"""A snapshot of an image that CopyImage copies to an Outpost (rule B EN-19)."""

SNAPSHOT_COPY: Final = EncryptionTable(
    "B CS-4",
    ("Encryption by default", "Snapshot", "Encrypted", "KmsKeyId"),
    (
        _row(1, (_OFF, _PLAIN,     _ABSENT,    _NO),  UNENCRYPTED),
        _row(2, (_OFF, _PLAIN,     _TRUE,      _NO),  _DEFAULT),
        _row(3, (_OFF, _ENCRYPTED, _NOT_FALSE, _NO),  _AWS),      # not the default key, and not the one it has
        _row(4, (_ON,  _PLAIN,     _NOT_FALSE, _NO),  _DEFAULT),
        _row(5, (_ON,  _ENCRYPTED, _NOT_FALSE, _NO),  _DEFAULT),
        _row(6, (_ANY, _ANY,       _TRUE,      _YES), _SPECIFIED),
        _row(7, (_ANY, _ANY,       _FALSE,     _ANY), EncryptedFalseRefused),  # of a plain one, too: see below
        _row(8, (_ANY, _ANY,       _ABSENT,    _YES), KmsKeyRequiresEncrypted),
    ),
)  # fmt: skip
"""A snapshot that CopySnapshot copies (rule B CS-4; row 7 is B CS-2, row 8 B CS-3).

The service model forbids false without exception, and EC2 has been seen to refuse it for encrypted and unencrypted
snapshots alike (https://github.com/aws/aws-cli/issues/1440). Settlement S 46 gives the code and the text.
"""

_REGIONAL_KEYS: Final = {
    RegionalCopyKey.DEFAULT_KEY: KeyChoice.DEFAULT,
    RegionalCopyKey.AWS_MANAGED_KEY: KeyChoice.AWS_MANAGED,
}


# --- what they come to ------------------------------------------------------------------------------------------------


def snapshot_at_copy_image(
    snapshot: Snapshot,
    *,
    account: str,
    source_region: Region | str,
    destination_region: Region | str,
    settings: EbsEncryption,
    encrypted: bool | None = None,
    kms_key_id: str | None = None,
    to_outpost: bool = False,
    zone_requires_encryption: bool = False,
    quirks: Quirks = _AS_RULED,
) -> ResolvedEncryption:
    """How CopyImage encrypts the copy of one of an image's snapshots.

    `settings` are those of the copier where the copy is to be. A Local Zone that requires encryption does what
    encryption by default would.

    Raises `KmsKeyRequiresEncrypted` and `UnencryptedCopyRefused`.

    Source: rules B 6.4, B EN-19; settlements S 17, S 30.
    """
    named = bool(kms_key_id)  # an empty text is no key (settlement S 17)
    if to_outpost:
        table, row = IMAGE_COPY_TO_OUTPOST, IMAGE_COPY_TO_OUTPOST.row(snapshot.encrypted, encrypted, named)
    else:
        own, here = snapshot.owner_id == account, as_region(source_region) == as_region(destination_region)
        by_default = settings.by_default or zone_requires_encryption
        table = IMAGE_COPY
        row = table.row(snapshot.encrypted, own, here, by_default, encrypted, named)
    resolved = _resolved(table, row, snapshot, kms_key_id)
    if row is _ACROSS_REGIONS:
        return ResolvedEncryption(key=_REGIONAL_KEYS[quirks.cross_region_copy_key], row=resolved.row)
    return resolved


def at_copy_image(
    image: Image,
    snapshots: Snapshots,
    *,
    account: str,
    source_region: Region | str,
    destination_region: Region | str,
    settings: EbsEncryption,
    encrypted: bool | None = None,
    kms_key_id: str | None = None,
    to_outpost: bool = False,
    zone_requires_encryption: bool = False,
    quirks: Quirks = _AS_RULED,
) -> dict[SnapshotId, ResolvedEncryption]:
    """How CopyImage encrypts the copies of all of an image's snapshots: each by itself, all with the same parameters.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> snapshot = Snapshot(
    ...     snapshot_id="snap-12345678",
    ...     owner_id="111122223333",
    ...     volume_id="vol-12345678",
    ...     volume_size_gib=8,
    ...     start_time=parse("2026-01-01T00:00:00Z"),
    ... )
    >>> copies = at_copy_image(
    ...     WEB,
    ...     {snapshot.snapshot_id: snapshot},
    ...     account="111122223333",
    ...     source_region="eu-central-1",
    ...     destination_region="eu-west-1",
    ...     settings=EbsEncryption(),
    ...     encrypted=True,
    ... )
    >>> print(copies["snap-12345678"])
    encrypted, default key (B 6.4 row 3)

    Snapshots that are not among `snapshots` are left out.

    Raises `InstanceStoreCopyNotEncrypted`, and, snapshot by snapshot, what `snapshot_at_copy_image` raises.

    Source: rules B 6.4, B EN-18, B EN-20.
    """
    # Encrypted=false asks an image in S3 for nothing that it does not have, and Terraform always says it.
    if image.root_device_type is RootDeviceType.INSTANCE_STORE and (encrypted or kms_key_id):
        raise InstanceStoreCopyNotEncrypted(image_id=image.image_id)
    return {
        snapshot.snapshot_id: snapshot_at_copy_image(
            snapshot,
            account=account,
            source_region=source_region,
            destination_region=destination_region,
            settings=settings,
            encrypted=encrypted,
            kms_key_id=kms_key_id,
            to_outpost=to_outpost,
            zone_requires_encryption=zone_requires_encryption,
            quirks=quirks,
        )
        for snapshot_id in image.snapshot_ids
        if (snapshot := snapshots.get(snapshot_id)) is not None
    }


def at_copy_snapshot(
    snapshot: Snapshot,
    *,
    settings: EbsEncryption,
    encrypted: bool | None = None,
    kms_key_id: str | None = None,
    encryption_required: bool = False,
) -> ResolvedEncryption:
    """How CopySnapshot encrypts a copy; whose the snapshot is and where it lies does not matter.

    An Outpost, and a Local Zone that requires encryption, do what encryption by default would: `encryption_required`.

    Raises `EncryptedFalseRefused` and `KmsKeyRequiresEncrypted`.

    Source: rules B CS-2 to CS-4, B EN-19; settlements S 17, S 30, S 46.
    """
    by_default = settings.by_default or encryption_required
    row = SNAPSHOT_COPY.row(by_default, snapshot.encrypted, encrypted, bool(kms_key_id))
    return _resolved(SNAPSHOT_COPY, row, snapshot, kms_key_id)


def _resolved(
    table: EncryptionTable, row: EncryptionRow, snapshot: Snapshot, kms_key_id: str | None
) -> ResolvedEncryption:
    if isinstance(row.result, type):
        raise _refusal(row.result, snapshot, kms_key_id)
    return ResolvedEncryption(key=row.result, row=table.name_of(row))


def _refusal(kind: type[Refusal], snapshot: Snapshot, kms_key_id: str | None) -> Refusal:
    if kind is UnencryptedCopyRefused:
        return UnencryptedCopyRefused(snapshot_id=snapshot.snapshot_id)
    if kind is EncryptedFalseRefused:
        return EncryptedFalseRefused(snapshot_id=snapshot.snapshot_id)
    return KmsKeyRequiresEncrypted(kms_key_id=kms_key_id or "")
