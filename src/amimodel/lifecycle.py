"""The life of an image: which operation is possible in which state, and what becomes of the image.

The table is the specification; everything else here reads it.

Source: EC2 User Guide, "Disable an AMI", "Deregister an AMI", "Deprecate an AMI"; rules C 1 to C 4, A NM-8, C 8.27.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, unique
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from amimodel._copies import changed
from amimodel.images import DeregistrationProtectionMode, Image, StateReason
from amimodel.permissions import NOBODY
from amimodel.quirks import Quirks
from amimodel.refusals import DeregistrationProtected, ImageNotFound, ImageUnavailable, Refusal
from amimodel.transitions import Kept, Never
from amimodel.vocabulary import ImageState


@unique
class Stage(Enum):
    """Where an image stands: one of EC2's states, or in the Recycle Bin, which is none of them (rule C 1.1)."""

    PENDING = "pending"
    AVAILABLE = "available"
    DISABLED = "disabled"
    FAILED = "failed"
    INVALID = "invalid"
    ERROR = "error"
    TRANSIENT = "transient"
    DEREGISTERED = "deregistered"
    IN_RECYCLE_BIN = "in the Recycle Bin"


@unique
class ImageEvent(Enum):
    """What an account, or EC2 itself, does with an image. The value is EC2's action; the last four are EC2's doing."""

    RUN = "RunInstances"
    COPY = "CopyImage"
    CREATE_IMAGE_OF_INSTANCE = "CreateImage"
    STORE = "CreateStoreImageTask"
    EXPORT = "ExportImage"
    MODIFY_ATTRIBUTE = "ModifyImageAttribute"
    RESET_ATTRIBUTE = "ResetImageAttribute"
    DESCRIBE_ATTRIBUTE = "DescribeImageAttribute"
    TAG = "CreateTags"
    ENABLE_DEPRECATION = "EnableImageDeprecation"
    DISABLE_DEPRECATION = "DisableImageDeprecation"
    DISABLE = "DisableImage"
    ENABLE = "EnableImage"
    ENABLE_PROTECTION = "EnableImageDeregistrationProtection"
    DISABLE_PROTECTION = "DisableImageDeregistrationProtection"
    ENABLE_FAST_LAUNCH = "EnableFastLaunch"
    REPLACE_ROOT_VOLUME = "CreateReplaceRootVolumeTask"
    DEREGISTER = "DeregisterImage"
    RESTORE_FROM_RECYCLE_BIN = "RestoreImageFromRecycleBin"
    SNAPSHOTS_COMPLETED = "all snapshots are completed"
    CREATION_FAILED = "a snapshot or a step of the creation failed"
    BUNDLE_CHANGED = "the bundle in S3 was changed"
    FAULT = "a fault of the service"


@unique
class Refused(Enum):
    """The two ways in which a stage says no."""

    UNAVAILABLE = "InvalidAMIID.Unavailable"
    NOT_FOUND = "InvalidAMIID.NotFound"


Cell: TypeAlias = ImageState | Kept | Refused | Never

_E: Final = ImageEvent
_U, _NF, _S, _N = Refused.UNAVAILABLE, Refused.NOT_FOUND, Kept.SAME, Never.NEVER
_AVAILABLE, _DISABLED, _FAILED = ImageState.AVAILABLE, ImageState.DISABLED, ImageState.FAILED
_GONE, _INVALID, _ERROR = ImageState.DEREGISTERED, ImageState.INVALID, ImageState.ERROR

# Rule C 1.3, above it the settlements S 6 (a disabled image is not copied), S 20 and S 28 (what "not available"
# blocks), S 5. The columns invalid, error and transient are C 1.1 and C 5.4: they are ends like failed, but for
# transient, of which EC2 says nothing, and which therefore nothing is done with. That the stage allows an operation
# does not say that the caller may, or that nothing else speaks against it.
# fmt: off
_COLUMNS: Final = (Stage.PENDING, Stage.AVAILABLE, Stage.DISABLED, Stage.FAILED, Stage.INVALID, Stage.ERROR,
                   Stage.TRANSIENT, Stage.DEREGISTERED, Stage.IN_RECYCLE_BIN)
_ROWS: Final[tuple[tuple[ImageEvent, tuple[Cell, ...]], ...]] = (
    # event                       pending     available   disabled    failed  invalid  error  trans.  gone  binned
    (_E.RUN,                     (_U,         _S,         _U,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.COPY,                    (_U,         _S,         _U,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.CREATE_IMAGE_OF_INSTANCE,(_S,         _S,         _S,         _S,     _S,      _S,    _S,     _S,   _S)),
    (_E.STORE,                   (_U,         _S,         _U,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.EXPORT,                  (_U,         _S,         _U,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.MODIFY_ATTRIBUTE,        (_U,         _S,         _U,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.RESET_ATTRIBUTE,         (_U,         _S,         _S,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.DESCRIBE_ATTRIBUTE,      (_S,         _S,         _S,         _S,     _S,      _S,    _S,     _U,   _U)),
    (_E.TAG,                     (_S,         _S,         _S,         _S,     _S,      _S,    _S,     _NF,  _S)),
    (_E.ENABLE_DEPRECATION,      (_U,         _S,         _S,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.DISABLE_DEPRECATION,     (_U,         _S,         _S,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.DISABLE,                 (_U,         _DISABLED,  _S,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.ENABLE,                  (_U,         _S,         _AVAILABLE, _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.ENABLE_PROTECTION,       (_U,         _S,         _S,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.DISABLE_PROTECTION,      (_U,         _S,         _S,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.ENABLE_FAST_LAUNCH,      (_U,         _S,         _U,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.REPLACE_ROOT_VOLUME,     (_U,         _S,         _U,         _U,     _U,      _U,    _U,     _U,   _U)),
    (_E.DEREGISTER,              (_GONE,      _GONE,      _GONE,      _GONE,  _GONE,   _GONE, _U,     _U,   _U)),
    (_E.RESTORE_FROM_RECYCLE_BIN,(_NF,        _NF,        _NF,        _NF,    _NF,     _NF,   _NF,    _NF,  _S)),
    (_E.SNAPSHOTS_COMPLETED,     (_AVAILABLE, _N,         _N,         _N,     _N,      _N,    _N,     _N,   _N)),
    (_E.CREATION_FAILED,         (_FAILED,    _N,         _N,         _N,     _N,      _N,    _N,     _N,   _N)),
    (_E.BUNDLE_CHANGED,          (_N,         _INVALID,   _INVALID,   _N,     _N,      _N,    _N,     _N,   _N)),
    (_E.FAULT,                   (_N,         _ERROR,     _ERROR,     _N,     _N,      _N,    _N,     _N,   _N)),
)
# fmt: on


TRANSITIONS: Final[Mapping[tuple[Stage, ImageEvent], Cell]] = MappingProxyType(
    {(stage, event): cell for event, cells in _ROWS for stage, cell in zip(_COLUMNS, cells, strict=True)}
)
"""What each event does in each stage: a new state, no change, a refusal, or nothing because it never happens."""

# Where a quirk has the value that is not its default, a cell of the table is another one.
_CELLS_BY_QUIRK: Final[Mapping[tuple[Stage, ImageEvent], tuple[str, bool, Cell]]] = MappingProxyType({
    (Stage.DISABLED,  _E.COPY):    ("owner_may_copy_disabled_image", True,  _S),
    (Stage.DISABLED,  _E.STORE):   ("disabled_image_may_be_stored",  True,  _S),
    (Stage.DISABLED,  _E.DISABLE): ("repeated_disabling_succeeds",   False, _U),
    (Stage.AVAILABLE, _E.ENABLE):  ("repeated_disabling_succeeds",   False, _U),
})  # fmt: skip

_NAME_HELD_BY_QUIRK: Final = {
    Stage.DISABLED: "disabled_image_holds_name",
    Stage.FAILED: "failed_image_holds_name",
    Stage.IN_RECYCLE_BIN: "binned_image_holds_name",
}

_AS_RULED: Final = Quirks()


def transition(stage: Stage, event: ImageEvent, quirks: Quirks = _AS_RULED) -> Cell:
    """What an event does in a stage: the table's cell, unless a quirk says otherwise.

    >>> transition(Stage.DISABLED, ImageEvent.COPY)
    <Refused.UNAVAILABLE: 'InvalidAMIID.Unavailable'>
    >>> transition(Stage.DISABLED, ImageEvent.COPY, Quirks(owner_may_copy_disabled_image=True))
    <Kept.SAME: '='>

    Source: rule C 1.3; C 15 (points 5 and 7); settlement S 6.
    """
    otherwise = _CELLS_BY_QUIRK.get((stage, event))
    if otherwise is not None:
        name, value, cell = otherwise
        if getattr(quirks, name) is value:
            return cell
    return TRANSITIONS[stage, event]


def holds_its_name(stage: Stage, quirks: Quirks = _AS_RULED) -> bool:
    """Whether an image's name cannot be given to another one of the account.

    >>> holds_its_name(Stage.FAILED), holds_its_name(Stage.IN_RECYCLE_BIN)
    (True, False)

    Source: rules A NM-8, A NM-9, C 6.25.
    """
    quirk = _NAME_HELD_BY_QUIRK.get(stage)
    held: bool = stage is not Stage.DEREGISTERED if quirk is None else getattr(quirks, quirk)
    return held


_STAGES: Final[Mapping[ImageState, Stage]] = MappingProxyType({state: Stage(state.value) for state in ImageState})

HOLDING_THEIR_SNAPSHOTS: Final = frozenset({Stage.PENDING, Stage.AVAILABLE, Stage.DISABLED})
"""Stages in which an image's snapshots cannot be deleted (rules C 8.27, C 8.28)."""

COUNTING: Final = frozenset({Stage.PENDING, Stage.AVAILABLE, Stage.DISABLED, Stage.IN_RECYCLE_BIN})
"""Stages in which an image counts toward the account's quota (rules C 5.20, C 1.2.12)."""


def stage_of(image: Image, *, in_recycle_bin: bool = False) -> Stage:
    """Where an image stands. Whether it lies in the Recycle Bin is not written on the image.

    >>> from amimodel.examples import WEB
    >>> stage_of(WEB)
    <Stage.AVAILABLE: 'available'>
    """
    return Stage.IN_RECYCLE_BIN if in_recycle_bin else _STAGES[image.state]


def refusal(
    image: Image, event: ImageEvent, *, in_recycle_bin: bool = False, quirks: Quirks = _AS_RULED
) -> Refusal | None:
    """What the image's stage says against an operation; None where it says nothing.

    >>> from amimodel.examples import WEB
    >>> print(refusal(WEB, ImageEvent.RUN))
    None
    >>> print(refusal(after(WEB, ImageEvent.DISABLE), ImageEvent.RUN))
    The AMI ID 'ami-12345678' is currently disabled and may not be used for this operation

    Source: rule C 1.3; settlements S 5, S 6, S 20, S 28.
    """
    cell = transition(stage_of(image, in_recycle_bin=in_recycle_bin), event, quirks)
    return _said_by(cell, image, in_recycle_bin=in_recycle_bin)


def _said_by(cell: Cell, image: Image, *, in_recycle_bin: bool) -> Refusal | None:
    match cell:
        case Refused.UNAVAILABLE:
            # In the Recycle Bin an image is deregistered as far as EC2 tells (rule C 1.3, column binned).
            state = ImageState.DEREGISTERED if in_recycle_bin else image.state
            return ImageUnavailable(image_id=image.image_id, state=state)
        case Refused.NOT_FOUND:
            return ImageNotFound.of(image.image_id)
        case ImageState() | Kept() | Never():
            return None


def after(image: Image, event: ImageEvent, *, in_recycle_bin: bool = False, quirks: Quirks = _AS_RULED) -> Image:
    """What becomes of an image.

    >>> from amimodel.examples import WEB
    >>> after(WEB, ImageEvent.DISABLE).state.value
    'disabled'
    >>> after(after(WEB, ImageEvent.DISABLE), ImageEvent.ENABLE) == WEB
    True

    Disabling takes every launch permission away, and enabling gives none back (rules C 3.4, C 3.18). What an event
    changes besides the state and needs further facts for (a deprecation time, a protection) is done by the functions
    below and by `amimodel.sharing`.

    Raises `ImageUnavailable` or `ImageNotFound` where the stage forbids the operation. An event of EC2's own that
    cannot happen in the stage leaves the image as it is.

    Source: rules C 1.3, C 3.4, C 3.18, C 5.17.
    """
    cell = transition(stage_of(image, in_recycle_bin=in_recycle_bin), event, quirks)
    against = _said_by(cell, image, in_recycle_bin=in_recycle_bin)
    if against is not None:
        raise against
    match cell:
        case ImageState() as state:
            return changed(image, state=state, **_EFFECTS.get(event, {}))
        case Kept() | Never() | Refused():
            return image


# What an event changes beside the state.
_EFFECTS: Final[Mapping[ImageEvent, Mapping[str, Any]]] = {
    ImageEvent.DISABLE: {"launch_permissions": NOBODY},
    ImageEvent.DEREGISTER: {"launch_permissions": NOBODY},
}


def failed(image: Image, reason: StateReason) -> Image:
    """Let a creation fail, and say why (rule C 1.2.3).

    >>> from amimodel.examples import PENDING
    >>> failed(PENDING, StateReason("Client.InternalError", "Client error")).state.value
    'failed'

    An image whose creation is over stays as it is.
    """
    if image.state is not ImageState.PENDING:
        return image
    return changed(after(image, ImageEvent.CREATION_FAILED), state_reason=reason)


def is_deprecated(image: Image, now: datetime) -> bool:
    """Whether an image's time of deprecation has come. Nothing but being listed depends on it.

    >>> from amimodel.examples import WEB
    >>> from amimodel.clock import parse
    >>> from attrs import evolve
    >>> outdated = evolve(WEB, deprecation_time=parse("2026-02-01T00:00:00Z"))
    >>> is_deprecated(outdated, parse("2026-01-31T23:59:59Z")), is_deprecated(outdated, parse("2026-02-01T00:00:00Z"))
    (False, True)

    Source: rules A DP-1, C 2, C 2.17.
    """
    return image.deprecation_time is not None and image.deprecation_time <= now


def last_launched_time(image: Image, now: datetime, lag: timedelta = timedelta(hours=24)) -> datetime | None:
    """When the image was last launched, as far as EC2 tells by now: it tells a day late.

    >>> from amimodel.examples import WEB
    >>> from amimodel.clock import parse
    >>> used = launched(WEB, parse("2026-01-02T00:00:00Z"))
    >>> print(last_launched_time(used, parse("2026-01-02T12:00:00Z")))
    None
    >>> print(last_launched_time(used, parse("2026-01-03T00:00:00Z")))
    2026-01-02 00:00:00+00:00

    Source: rules A LL-1, B DA-8, C 11.1.
    """
    return max((launch for launch in image.launches if launch + lag <= now), default=None)


def launched(image: Image, at: datetime, lag: timedelta = timedelta(hours=24)) -> Image:
    """Remember a launch, and forget those that no moment from now on could still show.

    Source: rules C 11.1, C 11.2b.
    """
    launches = sorted({*image.launches, at})
    told = max((launch for launch in launches if launch + lag <= at), default=None)
    return changed(image, launches=tuple(launch for launch in launches if told is None or launch >= told))


def deregistration_refusal(image: Image, now: datetime, quirks: Quirks = _AS_RULED) -> DeregistrationProtected | None:
    """What an image's protection says against deregistering it.

    Source: rules C 4.5, C 4 (table), C 15 (point 1).
    """
    protection = image.deregistration_protection
    cooling = protection.cooldown_until is not None and protection.cooldown_until > now
    if protection.mode is DeregistrationProtectionMode.DISABLED and not cooling:
        return None
    return DeregistrationProtected(
        error_code=quirks.protected_image_code, image_id=image.image_id, protection=str(protection)
    )
