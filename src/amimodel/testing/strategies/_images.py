"""Strategies for images. One is consistent: what EC2 would never say of an image, it is not.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from amimodel.images import UNPROTECTED, Image
from amimodel.permissions import NOBODY, LaunchPermissions
from amimodel.regions import Partition
from amimodel.testing.strategies._draft import Draft, check_fields, extras_of
from amimodel.testing.strategies._image_kinds import (
    MACHINE,
    S3,
    TWO_YEARS,
    cached_regions,
    partition_of,
    settle_identity,
    settle_kind,
)
from amimodel.testing.strategies._image_parts import (
    settle_devices,
    settle_firmware,
    settle_licence,
    settle_marks,
    settle_origin,
    settle_times,
)
from amimodel.testing.strategies._marks import (
    state_reasons,
)
from amimodel.testing.strategies._permissions import launch_permission_lists
from amimodel.testing.strategies._words import (
    FIRST_INSTANT,
)
from amimodel.vocabulary import (
    ImageState,
    OwnerAlias,
)

if TYPE_CHECKING:
    from amimodel.block_devices import BlockDeviceMapping

_EXTRAS: Final = extras_of(
    *("volumes", "encrypted", "public", "shared", "state", "tags", "description", "region", "licence", "deprecation"),
    *("launches", "protection", "ancestry", "sold", "watermarks", "instance types", "firmware", "network", "metadata"),
    *("scan", "alias"),
    *("encrypted", "state"),  # twice as likely: much depends on them, and not every kind of image lets them in
)


def images(**fields: object) -> st.SearchStrategy[Image]:
    """Images that EC2 could show: Linux, Windows and macOS, HVM and paravirtual, of EBS and of S3, kernels, RAM disks.

    Every field can be fixed, to a value or to what a strategy gives; the others are made to fit. What is fixed is kept
    even where nothing fits it.

    >>> image = find(images(), lambda image: True)
    >>> image.image_id, image.owner_id, image.name, image.architecture.value
    ('ami-00000000000000000', '000000000000', '000', 'x86_64')
    >>> find(images(state="failed"), lambda image: True).state_reason.code
    'Client.InternalError'
    >>> public = launch_permission_lists(everyone=True)
    >>> find(images(launch_permissions=public), lambda image: True).deprecation_time
    datetime.datetime(2006, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)

    What holds of every image, unless it is fixed otherwise: its root device is in its mapping, and made of a snapshot;
    a boot mode, a TPM, a kernel are there only where they can be; nothing encrypted, sold or watermarked is public;
    what is public is deprecated within two years; only what is available is shared; what failed says why; no launch,
    and no deprecation, is older than the image.

    Source: rules A 2.3, 2.4, 4.1, 5, 6, B LP-25 to LP-27, LP-32, W-2, C 1.2.3, 3.4.
    """
    check_fields(Image, fields)
    return _images(fields)


@st.composite
def _images(draw: st.DrawFn, fields: Mapping[str, object]) -> Image:
    draft = Draft(draw, Image, fields, draw(_EXTRAS))
    settle_kind(draft)
    settle_identity(draft)
    _settle_state(draft)
    _settle_sharing(draft)
    settle_devices(draft)
    settle_firmware(draft)
    settle_licence(draft)
    settle_times(draft)
    settle_origin(draft)
    settle_marks(draft)
    return draft.build()


# --- what may be done with it -----------------------------------------------------------------------------------------

_STATES_OF_ANY: Final = (
    ImageState.PENDING,
    ImageState.FAILED,
    ImageState.DISABLED,
    ImageState.DEREGISTERED,
    ImageState.ERROR,
    ImageState.TRANSIENT,
)
_OTHER_STATES: Final = st.sampled_from(_STATES_OF_ANY)
_OTHER_STATES_IN_S3: Final = st.sampled_from((*_STATES_OF_ANY, *(ImageState.INVALID,) * 4))  # only here is there one
_STATE_REASONS: Final = state_reasons()


def _settle_state(draft: Draft[Image]) -> None:
    if draft.get("state_reason") is not None:
        draft.put("state", ImageState.FAILED)
    elif "state" in draft.extras and draft.get("image_type") is MACHINE and not _is_used(draft):
        states = _OTHER_STATES_IN_S3 if draft.get("root_device_type") is S3 else _OTHER_STATES
        draft.fill("state", states)
    draft.put("state", ImageState.AVAILABLE)
    if draft.get("state") is ImageState.FAILED:
        draft.fill("state_reason", _STATE_REASONS)


def _is_used(draft: Draft[Image]) -> bool:
    """Whether a field that is fixed says that the image is available, or was."""
    protection = draft.get("deregistration_protection", UNPROTECTED)
    return (
        any(draft.get(name) for name in ("launches", "launch_permissions", "deprecation_time"))
        or protection != UNPROTECTED
    )


def _settle_sharing(draft: Draft[Image]) -> None:
    if "region" in draft.extras:
        source = draft.get("source_image_region")
        if source is not None and draft.get("source_instance_id"):
            draft.put("region", source)
        draft.fill("region", cached_regions(source.partition if source else None))
    if draft.get("state") is not ImageState.AVAILABLE:
        draft.put("launch_permissions", NOBODY)
    elif "public" in draft.extras and _may_be_public(draft):
        draft.fill("launch_permissions", _permissions(True, partition_of(draft)))  # noqa: FBT003 - a cache keeps no names
    elif "shared" in draft.extras:
        draft.fill("launch_permissions", _permissions(False, partition_of(draft)))  # noqa: FBT003 - a cache keeps no names
    draft.put("launch_permissions", NOBODY)


@cache
def _permissions(everyone: bool, partition: Partition) -> st.SearchStrategy[LaunchPermissions]:  # noqa: FBT001 - it is the key of a cache
    return launch_permission_lists(everyone=everyone, partition=partition, max_size=3)


def _may_be_public(draft: Draft[Image]) -> bool:
    entries: tuple[BlockDeviceMapping, ...] = draft.get("block_device_mappings", ())
    return (
        not any(entry.ebs is not None and entry.ebs.encrypted for entry in entries)
        and not draft.get("product_codes")
        and not draft.get("image_watermarks")
        and draft.get("image_owner_alias") is not OwnerAlias.AWS_BACKUP_VAULT
        and draft.get("deprecation_time", FIRST_INSTANT) is not None
        and _deprecated_within(draft, TWO_YEARS)
    )


def _deprecated_within(draft: Draft[Image], term: timedelta) -> bool:
    deprecation: datetime | None = draft.get("deprecation_time")
    return deprecation is None or deprecation <= draft.get("creation_date") + term
