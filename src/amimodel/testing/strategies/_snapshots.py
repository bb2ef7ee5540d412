"""Strategies for snapshots, each consistent with itself.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from hypothesis import strategies as st

from amimodel.encryption import KmsKeyId
from amimodel.permissions import NOBODY
from amimodel.snapshots import Snapshot, SnapshotState, StorageTier, TransferType
from amimodel.testing.strategies._draft import Draft, check_fields, extras_of, made
from amimodel.testing.strategies._keys import kms_key_arns
from amimodel.testing.strategies._marks import billing_codes, product_codes
from amimodel.testing.strategies._permissions import create_volume_permission_lists
from amimodel.testing.strategies._words import (
    FIRST_INSTANT,
    LAST_INSTANT,
    account_ids,
    descriptions,
    instants,
    regions,
    snapshot_ids,
    tags,
    volume_ids,
)

_EXTRAS: Final = extras_of(
    *(
        "encrypted",
        "state",
        "public",
        "shared",
        "copied",
        "archived",
        "region",
        "tags",
        "description",
        "sold",
        "licence",
    )
)
_LARGEST_GIB: Final = 65_536
_A_QUARTER_HOUR: Final = 15
_USABLE: Final = frozenset({SnapshotState.COMPLETED})


def snapshots(**fields: object) -> st.SearchStrategy[Snapshot]:
    """Snapshots that EC2 could show, in every state.

    Every field can be fixed, to a value or to what a strategy gives; the others are made to fit. What is fixed is kept
    even where nothing fits it.

    >>> find(snapshots(), lambda snapshot: snapshot.encrypted).kms_key_id
    'arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000'
    >>> find(snapshots(state="pending"), lambda snapshot: True).progress
    '0%'

    What holds of every snapshot, unless it is fixed otherwise: only an encrypted one has keys; nothing encrypted or
    sold is public; only what is completed is shared or archived, and nothing pending is at 100%; only an error has a
    message; it was not completed before it was started.

    Source: rules C 8.1, B SP-8, B MP-5.
    """
    check_fields(Snapshot, fields)
    return _snapshots(fields)


@st.composite
def _snapshots(draw: st.DrawFn, fields: Mapping[str, object]) -> Snapshot:
    draft = Draft(draw, Snapshot, fields, draw(_EXTRAS))
    draft.fill("snapshot_id", _SNAPSHOT_IDS)
    draft.fill("owner_id", _ACCOUNT_IDS)
    draft.fill("volume_id", _VOLUMES_OF_COPIES if "copied" in draft.extras else _VOLUMES)
    draft.fill("volume_size_gib", _SIZES)
    if "start_time" not in draft:
        completed: datetime | None = draft.get("completion_time")
        draft.fill(
            "start_time",
            _INSTANTS
            if completed is None
            else instants(min_value=min(FIRST_INSTANT, completed), max_value=min(completed, LAST_INSTANT)),
        )
    _settle_state(draft)
    _settle_encryption(draft)
    _settle_sharing(draft)
    if "tags" in draft.extras:
        draft.fill("tags", _TAGS)
    if "description" in draft.extras:
        draft.fill("description", _DESCRIPTIONS)
    if "licence" in draft.extras:
        draft.fill("billing", _LICENCES)
    return draft.build()


_SNAPSHOT_IDS: Final = snapshot_ids()
_ACCOUNT_IDS: Final = account_ids()
_VOLUMES: Final = volume_ids()
_VOLUMES_OF_COPIES: Final = volume_ids(of_copies=True)
_SIZES: Final = st.integers(1, _LARGEST_GIB)
_INSTANTS: Final = instants()
_REGIONS: Final = regions()
_TAGS: Final = tags(min_size=1, max_size=3)
_DESCRIPTIONS: Final = descriptions()
_LICENCES: Final = billing_codes()
_OTHER_STATES: Final = st.sampled_from([state for state in SnapshotState if state is not SnapshotState.COMPLETED])
_PROGRESS: Final = made("{}%".format, st.integers(0, 99))
_MINUTES: Final = made(lambda number: timedelta(minutes=number), st.integers(0, 48 * 60))
_BYTES_PER_GIB: Final = 2**30
_PRODUCT_CODES: Final = st.lists(product_codes(), min_size=1, max_size=2, unique_by=lambda code: code.product_code_id)
_PUBLIC: Final = create_volume_permission_lists(everyone=True, max_size=3)
_SHARED: Final = create_volume_permission_lists(everyone=False, max_size=3)


def _settle_state(draft: Draft[Snapshot]) -> None:
    if "state" in draft.extras and not any(
        draft.get(name) for name in ("completion_time", "create_volume_permissions")
    ):
        draft.fill("state", _OTHER_STATES)
    draft.put("state", SnapshotState.COMPLETED)
    state, started = draft.get("state"), draft.get("start_time")
    if state in {SnapshotState.PENDING, SnapshotState.ERROR}:
        draft.fill("progress", _PROGRESS)
    elif "completion_time" not in draft:
        draft.put("completion_time", started + draft.draw(_MINUTES))
    if state is SnapshotState.ERROR:
        draft.put("state_message", "Given key ID is not accessible")
    if "copied" in draft.extras:
        draft.fill("transfer_type", st.sampled_from(TransferType))
        if draft.get("transfer_type") is TransferType.TIME_BASED:
            draft.fill("completion_duration_minutes", made(_A_QUARTER_HOUR.__mul__, st.integers(1, 192)))
    if "archived" in draft.extras and state is SnapshotState.COMPLETED:
        draft.fill("storage_tier", st.sampled_from(tuple(reversed(StorageTier))))
        if draft.get("storage_tier") is StorageTier.STANDARD and "restore_expiry_time" not in draft:
            draft.put(
                "restore_expiry_time", draft.get("completion_time", started) + timedelta(days=1) + draft.draw(_MINUTES)
            )
    if "description" in draft.extras and state is SnapshotState.COMPLETED and "full_snapshot_size_bytes" not in draft:
        draft.put("full_snapshot_size_bytes", draft.draw(st.integers(0, draft.get("volume_size_gib"))) * _BYTES_PER_GIB)


def _settle_encryption(draft: Draft[Snapshot]) -> None:
    if "region" in draft.extras:
        draft.fill("region", _REGIONS)
    if "encrypted" not in draft:
        permissions = draft.get("create_volume_permissions")
        public = permissions is not None and permissions.everyone
        draft.put("encrypted", bool(draft.get("kms_key_id")) or ("encrypted" in draft.extras and not public))
    if draft.get("encrypted") is not True:
        return
    draft.fill("kms_key_id", made(_key_of, kms_key_arns(region=draft.get("region"), account_id=draft.get("owner_id"))))
    draft.fill("data_encryption_key_id", made("{:08x}".format, st.integers(0, 16**8 - 1)))


def _key_of(arn: object) -> KmsKeyId:
    return KmsKeyId(str(arn))


def _settle_sharing(draft: Draft[Snapshot]) -> None:
    permissions = draft.get("create_volume_permissions", NOBODY)
    open_to_all = not draft.get("encrypted") and not draft.get("product_codes")
    if draft.get("state") in _USABLE and "create_volume_permissions" not in draft:
        if "public" in draft.extras and open_to_all:
            draft.fill("create_volume_permissions", _PUBLIC)
        elif "shared" in draft.extras:
            draft.fill("create_volume_permissions", _SHARED)
        permissions = draft.get("create_volume_permissions", NOBODY)
    if "sold" in draft.extras and not (permissions is not None and permissions.everyone):
        draft.fill("product_codes", _PRODUCT_CODES)
