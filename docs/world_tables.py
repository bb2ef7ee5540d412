"""The tables of docs/tables.md about worlds and actions."""

from itertools import product
from typing import TYPE_CHECKING, Any

from tables import table

from amimodel import refusals as all_refusals
from amimodel.actions import ACTIONS
from amimodel.allowed_images import EFFECTS, Standing
from amimodel.filters import FilterTable
from amimodel.image_filters import IMAGE_FILTERS
from amimodel.instance_lifecycle import TRANSITIONS, InstanceEvent, Refused
from amimodel.instances import InstanceState
from amimodel.protection import TRANSITIONS as PROTECTION
from amimodel.protection import Protection, ProtectionEvent
from amimodel.refusals import DoubtfulRefusal, Refusal
from amimodel.requests import Query
from amimodel.resource_filters import (
    INSTANCE_FILTERS,
    INSTANCE_IMAGE_METADATA_FILTERS,
    SNAPSHOT_FILTERS,
    STORE_TASK_FILTERS,
    TAG_FILTERS,
    VOLUME_FILTERS,
)
from amimodel.retention import RetentionRuleLockState
from amimodel.retention_locks import TRANSITIONS as RETENTION_LOCKS
from amimodel.retention_locks import LockEvent
from amimodel.retention_locks import Refused as RetentionRefused
from amimodel.settings import AllowedImagesSettingsState
from amimodel.transitions import Kept, Never
from amimodel.visibility import SHOWN, Look, Looker, Veil
from amimodel.volume_encryption import EncryptionTable

if TYPE_CHECKING:
    from collections.abc import Mapping


def encryption(outcomes: EncryptionTable) -> str:
    """What comes out of a launch or a copy."""
    return table(
        ["row", *outcomes.columns, "result"],
        ([str(row.number), *(cell.value for cell in row.cells), row.says] for row in outcomes.rows),
    )


def visibility() -> str:
    """Whether DescribeImages shows an image."""
    return table(
        ["the image is", "who looks", *(look.value for look in Look)],
        (
            [veil.value, looker.value, *("shown" if SHOWN[veil, looker, look] else "-" for look in Look)]
            for veil, looker in product(Veil, Looker)
        ),
    )


def allowed_images() -> str:
    """What Allowed AMIs makes of an image."""
    said = {True: "true", False: "false", None: "absent"}
    return table(
        ["state", *(standing.value for standing in Standing)],
        (
            [
                state.value,
                *(
                    f"{'usable' if effect.usable else 'hidden'}, ImageAllowed {said[effect.image_allowed]}"
                    for effect in (EFFECTS[state, standing] for standing in Standing)
                ),
            ]
            for state in AllowedImagesSettingsState
        ),
    )


def protection() -> str:
    """What becomes of an image's deregistration protection."""
    return table(
        ["protection", *(event.value for event in ProtectionEvent)],
        ([at.value, *(PROTECTION[at, event].value for event in ProtectionEvent)] for at in Protection),
    )


def instances() -> str:
    """What each operation does to an instance in each state."""
    return table(
        ["state", *(event.value for event in InstanceEvent)],
        ([state.value, *(_cell(TRANSITIONS[state, event]) for event in InstanceEvent)] for state in InstanceState),
    )


def _cell(cell: InstanceState | Kept | Refused | Never) -> str:
    match cell:
        case InstanceState():
            return f"**{cell.value}**"
        case Kept():
            return "="
        case Refused():
            return cell.value
        case Never():
            return ""


def retention_locks() -> str:
    """What becomes of the lock of a retention rule."""
    states = (None, *RetentionRuleLockState)
    return table(
        ["lock", *(event.value for event in LockEvent)],
        (
            [
                "never locked" if state is None else state.value,
                *(_lock(RETENTION_LOCKS[state, event]) for event in LockEvent),
            ]
            for state in states
        ),
    )


def _lock(cell: RetentionRuleLockState | Kept | RetentionRefused | Never) -> str:
    match cell:
        case RetentionRuleLockState():
            return f"**{cell.value}**"
        case Kept() | RetentionRefused():
            return str(cell.value)
        case Never():
            return ""


def filters(known: FilterTable[Any]) -> str:
    """The filters that an action knows, and how what they compare is spelled."""
    rows = [[f"`{name}`", row.kind.value] for name, row in sorted(known.rows.items())]
    return table(["filter", "spelled as"], [*rows, ["`tag:K`", "text"]])


def image_filters() -> str:
    """The filters of DescribeImages."""
    return filters(IMAGE_FILTERS)


def other_filters() -> str:
    """The filters of the other Describe actions, in a line each."""
    actions: Mapping[str, FilterTable[Any]] = {
        "DescribeSnapshots": SNAPSHOT_FILTERS,
        "DescribeVolumes": VOLUME_FILTERS,
        "DescribeInstances": INSTANCE_FILTERS,
        "DescribeInstanceImageMetadata": INSTANCE_IMAGE_METADATA_FILTERS,
        "DescribeTags": TAG_FILTERS,
        "DescribeStoreImageTasks": STORE_TASK_FILTERS,
    }
    return table(
        ["action", "filters"],
        (
            [action, ", ".join(f"`{name}`" for name in (*sorted(known.rows), *(["tag:K"] if known.tags else [])))]
            for action, known in actions.items()
        ),
    )


def actions() -> str:
    """Every action with its refusals in EC2's order."""
    return table(
        ["action", "", "refuses with, in this order"],
        (
            [
                f"`{name}`",
                "asks" if issubclass(kind, Query) else "acts",
                ", ".join(f"`{refusal.__name__}`" for refusal in kind.refusals) or "nothing",
            ]
            for name, kind in sorted(ACTIONS.items())
        ),
    )


def refusals() -> str:
    """Every refusal with EC2's code."""
    kinds = (getattr(all_refusals, name) for name in all_refusals.__all__)
    return table(
        ["refusal", "EC2's code", "what it says", "rules"],
        (
            [f"`{kind.__name__}`", _code(kind), _summary(kind), kind.rules]
            for kind in kinds
            if issubclass(kind, Refusal) and kind not in {Refusal, DoubtfulRefusal}
        ),
    )


def _code(kind: type[Refusal]) -> str:
    return "a field of `Quirks`" if issubclass(kind, DoubtfulRefusal) else f"`{kind.code}`"


def _summary(kind: type[Refusal]) -> str:
    return (kind.__doc__ or "").splitlines()[0]
