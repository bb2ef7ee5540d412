"""Words and numbers for what is shown of an image, to people and to tools."""

from datetime import datetime
from typing import Any, Final

from amimodel.clock import render
from amimodel.decisions import Decision, Ground
from amimodel.images import Image
from amimodel.lifecycle import is_deprecated
from amimodel.permissions import (
    AccountPermission,
    LaunchPermissions,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.refusals import Refusal
from amimodel.vocabulary import ImageState

_DAYS_A_MONTH: Final = 30.4375
_DAYS_A_YEAR: Final = 365.25


def age(image: Image, now: datetime) -> str:
    """How old an image is, in the unit a person would choose.

    >>> from datetime import timedelta
    >>> from amimodel.examples import WEB
    >>> [age(WEB, WEB.creation_date + timedelta(days=days)) for days in (0, 45, 800)]
    ['0 days', '1 month', '2 years']
    """
    days = max(0, (now - image.creation_date).days)
    if days >= _DAYS_A_YEAR:
        return _counted(int(days / _DAYS_A_YEAR), "year")
    if days >= _DAYS_A_MONTH:
        return _counted(int(days / _DAYS_A_MONTH), "month")
    return _counted(days, "day")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def who(image: Image) -> tuple[str, ...]:
    """Who may launch an image besides its owner, and through what; and what of that is not told."""
    if image.state is not ImageState.AVAILABLE:
        return (f"nobody while it is {image.state}",)
    permissions = image.launch_permissions
    named = tuple(str(permission) for permission in permissions)
    rest = () if permissions.complete or permissions.everyone else ("others: not told",)
    return (*named, *rest) or ("its owner",)


def deprecation(image: Image, now: datetime) -> str:
    """Since when, or from when on, an image is deprecated."""
    if image.deprecation_time is None:
        return "-"
    return f"{'since' if is_deprecated(image, now) else 'from'} {image.deprecation_time:%Y-%m-%d}"


def encryption(image: Image) -> str:
    """Whether an image's EBS volumes are encrypted, as far as its mapping tells."""
    told = {entry.ebs.encrypted for entry in image.block_device_mappings if entry.ebs is not None}
    match sorted(map(str, told)):
        case ["True"]:
            return "encrypted"
        case ["False"]:
            return "not encrypted"
        case ["False", "True"]:
            return "partly encrypted"
        case []:
            return "no EBS volume"
        case _:
            return "encryption not told"


def image_as_json(image: Image, now: datetime) -> dict[str, Any]:
    """What is shown of an image, for tools; times in EC2's form, sizes in GiB."""
    return {
        "image_id": image.image_id,
        "name": image.name,
        "owner_id": image.owner_id,
        "owner_alias": image.image_owner_alias,
        "creation_date": render(image.creation_date),
        "age_days": (now - image.creation_date).days,
        "state": image.state,
        "architecture": image.architecture,
        "launch_permissions": _permissions_as_json(image.launch_permissions),
        "deprecation_time": None if image.deprecation_time is None else render(image.deprecation_time),
        "deprecated": is_deprecated(image, now),
        "encryption": encryption(image),
        "size_gib": image.size_gib,
        "snapshot_ids": list(image.snapshot_ids),
    }


def _permissions_as_json(permissions: LaunchPermissions) -> dict[str, Any]:
    items = permissions.items
    return {
        "everyone": permissions.everyone,
        "accounts": [item.user_id for item in items if isinstance(item, AccountPermission)],
        "organizations": [str(item.organization_arn) for item in items if isinstance(item, OrganizationPermission)],
        "organizational_units": [
            str(item.organizational_unit_arn) for item in items if isinstance(item, OrganizationalUnitPermission)
        ],
        "complete": permissions.complete,
    }


def decision_as_json(decision: Decision) -> dict[str, Any]:
    """A decision with its grounds, for tools; `allowed` is null where what is known does not settle it."""
    return {"allowed": decision.allowed, "because": [_ground_as_json(ground) for ground in decision.because]}


def _ground_as_json(ground: Ground) -> dict[str, Any]:
    refusal = ground if isinstance(ground, Refusal) else None
    return {
        "ground": type(ground).__name__,
        "code": None if refusal is None else refusal.code,
        "message": str(ground),
        "remedy": "" if refusal is None else refusal.remedy,
        "rules": ground.rules,
    }
