"""What ModifyImageAttribute and ModifySnapshotAttribute are asked to change, in either of the shapes that they take.

The older shape names an attribute, an operation and lists of accounts, groups and ARNs. The newer one has a structure
with what to add and what to remove. Both come to the same; `asked` reads them.

Source: botocore 1.44.5, shapes ModifyImageAttributeRequest, LaunchPermissionModifications and their like for snapshots;
rules B 1.2 (LP-9 to LP-17), B 1.3, B SP-2, B SP-6, B SP-7; settlements S 16, S 17.
"""

from collections.abc import Iterable
from enum import unique
from typing import Final, TypeAlias, TypeVar

from attrs import field, frozen

from amimodel.malformed import Malformed
from amimodel.organizations import bad_item
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    CreateVolumePermission,
    EveryonePermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.product_codes import ProductCode
from amimodel.quirks import PermissionOverlap
from amimodel.vocabulary import ImdsSupport, Word

P = TypeVar("P", bound=LaunchPermission)

ALL: Final = "all"
"""EC2's only group (rule A AC-2)."""


@unique
class OperationType(Word):
    """What the older shape does with its lists."""

    ADD = "add"
    REMOVE = "remove"


def _launch(items: Iterable[LaunchPermission]) -> tuple[LaunchPermission, ...]:
    return tuple(dict.fromkeys(items))


def _create_volume(items: Iterable[CreateVolumePermission]) -> tuple[CreateVolumePermission, ...]:
    return tuple(dict.fromkeys(items))


@frozen(kw_only=True)
class LaunchPermissionModifications:
    """Launch permissions to add and to remove. An item of EC2's that names several kinds counts as several here.

    >>> twice = LaunchPermissionModifications(add=[EVERYONE, EVERYONE])
    >>> twice.add, twice.remove
    ((EveryonePermission(),), ())

    Source: rules B LP-9, B LP-16, B LP-17.
    """

    add: tuple[LaunchPermission, ...] = field(default=(), converter=_launch)
    remove: tuple[LaunchPermission, ...] = field(default=(), converter=_launch)

    @property
    def sides(self) -> tuple[tuple[LaunchPermission, ...], tuple[LaunchPermission, ...]]:
        """What is added, and what is removed."""
        return self.add, self.remove


@frozen(kw_only=True)
class CreateVolumePermissionModifications:
    """Create-volume permissions to add and to remove: accounts and everyone, no organizations (rule B SP-1)."""

    add: tuple[CreateVolumePermission, ...] = field(default=(), converter=_create_volume)
    remove: tuple[CreateVolumePermission, ...] = field(default=(), converter=_create_volume)

    @property
    def sides(self) -> tuple[tuple[CreateVolumePermission, ...], tuple[CreateVolumePermission, ...]]:
        """What is added, and what is removed."""
        return self.add, self.remove


@frozen
class NewDescription:
    """Another description."""

    value: str


@frozen
class NewImdsSupport:
    """IMDSv2 for the instances of an image from now on, which nothing takes back (rule B 1.3)."""

    value: ImdsSupport


@frozen
class NewProductCodes:
    """Product codes, which an account sets only where a quirk lets it (rule B 1.3)."""

    product_codes: tuple[ProductCode, ...]


ImageModification: TypeAlias = LaunchPermissionModifications | NewDescription | NewImdsSupport | NewProductCodes


def group(name: str) -> EveryonePermission:
    """Read the name of a group; there is one.

    >>> group("all") is EVERYONE
    True

    Raises `Malformed` (`InvalidAMIAttributeItemValue`, rules A AC-2, B LP-11).
    """
    if name == ALL:
        return EVERYONE
    raise bad_item("Group", name)


def listed_permissions(
    user_ids: Iterable[str] = (),
    user_groups: Iterable[str] = (),
    organization_arns: Iterable[str] = (),
    organizational_unit_arns: Iterable[str] = (),
) -> tuple[LaunchPermission, ...]:
    """Read the lists of the older shape.

    >>> [str(item) for item in listed_permissions(["111122223333"], ["all"])]
    ['account 111122223333', 'everyone']

    Raises `Malformed` (`InvalidAMIAttributeItemValue`) for the first item that is none (rules B LP-11, B LP-12).
    """
    return (
        *map(AccountPermission, user_ids),
        *map(group, user_groups),
        *map(OrganizationPermission, organization_arns),
        *map(OrganizationalUnitPermission, organizational_unit_arns),
    )


_SIDES: Final = (OperationType.ADD, OperationType.REMOVE)


def asked(
    structure: tuple[tuple[P, ...], tuple[P, ...]] | None,
    listed: tuple[P, ...],
    operation_type: OperationType | None,
    *,
    named: bool,
    member: str,
) -> tuple[tuple[P, ...], tuple[P, ...]] | None:
    """What a request adds to a permission list, and what it removes; None where it asks for nothing of the kind.

    >>> asked(None, (EVERYONE,), OperationType.ADD, named=True, member="LaunchPermission")
    ((EveryonePermission(),), ())
    >>> asked(None, (EVERYONE,), None, named=False, member="LaunchPermission")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: MissingParameter: The request must contain the parameter LaunchPermission

    `structure` is what the newer shape adds and removes, `listed` what the older one lists; `named` says whether
    Attribute names the permission list, and `member` is the name of the structure. Where there is a structure, it
    holds, and the lists beside it are read and no more: Packer sends both. An empty one counts as absent.

    Raises `Malformed` for parameters that do not go together.

    Source: rules B LP-13 to B LP-15; settlements S 16, S 17; hashicorp/packer-plugin-amazon.
    """
    if structure is not None and any(structure):
        if operation_type is not None and not structure[_SIDES.index(operation_type)]:
            raise combination("OperationType", f"The operation {operation_type} contradicts {member}.")
        return structure
    if not named:
        if listed or structure is not None:
            raise missing(member)
        return None
    if operation_type is None:
        raise combination("OperationType", f"The attribute {member[:1].lower()}{member[1:]} needs an operation.")
    if not listed:
        raise missing("UserIds")
    return (listed, ()) if operation_type is OperationType.ADD else ((), listed)


def told_apart(
    add: tuple[P, ...], remove: tuple[P, ...], overlap: PermissionOverlap
) -> tuple[tuple[P, ...], tuple[P, ...]]:
    """What is added and what is removed in the end, when both lists may have an item.

    EC2 adds, then removes, so what is in both lists is removed; unless a quirk says that it is added. Where the quirk
    refuses it, what is told here comes to nothing.

    >>> me = AccountPermission("111122223333")
    >>> told_apart((EVERYONE, me), (EVERYONE,), PermissionOverlap.REMOVED)
    ((AccountPermission(user_id='111122223333'),), (EveryonePermission(),))

    Source: rules B LP-17, B 14.
    """
    match overlap:
        case PermissionOverlap.REMOVED:
            return tuple(item for item in add if item not in remove), remove
        case PermissionOverlap.ADDED | PermissionOverlap.REFUSED:
            return add, tuple(item for item in remove if item not in add)


def combination(member: str, message: str) -> Malformed:
    """Name parameters that do not go together (rules B LP-10, B LP-14)."""
    return Malformed("InvalidParameterCombination", message, member=member)


def missing(member: str) -> Malformed:
    """Name a parameter that is not there (rules B LP-13, B LP-15)."""
    return Malformed("MissingParameter", f"The request must contain the parameter {member}", member=member)
