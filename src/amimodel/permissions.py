"""Permission lists: who an owner lets launch an image, or make volumes of a snapshot.

The owner's own permission is implicit, stands in no list and cannot be taken away (rule B LP-1). Whether an image is
public is not a fact beside its list; it is one item of it (rule B LP-3).

Source: botocore 1.44.5, shapes LaunchPermission and CreateVolumePermission; rules B 1.1, B SP-1.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, Generic, TypeAlias, TypeVar

from attrs import field, frozen

from amimodel.identifiers import AccountId, account_id
from amimodel.malformed import Malformed
from amimodel.organizations import OrganizationalUnitArn, OrganizationArn, bad_item


def _user_id(text: str) -> AccountId:
    try:
        return account_id(text)
    except Malformed:
        raise bad_item("UserId", text) from None


def _organization(arn: str | OrganizationArn) -> OrganizationArn:
    return arn if isinstance(arn, OrganizationArn) else OrganizationArn.parse(arn)


def _organizational_unit(arn: str | OrganizationalUnitArn) -> OrganizationalUnitArn:
    return arn if isinstance(arn, OrganizationalUnitArn) else OrganizationalUnitArn.parse(arn)


@frozen
class AccountPermission:
    """One account.

    >>> AccountPermission("111122223333")
    AccountPermission(user_id='111122223333')

    Raises `Malformed` (`InvalidAMIAttributeItemValue`, rule B LP-11).
    """

    user_id: AccountId = field(converter=_user_id)

    def __str__(self) -> str:
        return f"account {self.user_id}"


@frozen
class OrganizationPermission:
    """Every account of an organization, whichever they are when the permission is used (rules B OR-4, B OR-9).

    >>> str(OrganizationPermission("arn:aws:organizations::112233445566:organization/o-xyzabc123w"))
    'organization o-xyzabc123w'

    Raises `Malformed` (`InvalidAMIAttributeItemValue`, rule B LP-11).
    """

    organization_arn: OrganizationArn = field(converter=_organization)

    def __str__(self) -> str:
        return f"organization {self.organization_arn.organization_id}"


@frozen
class OrganizationalUnitPermission:
    """Every account in an organizational unit or below it (rules B OR-5, B OR-9).

    >>> arn = "arn:aws:organizations::112233445566:ou/o-xyzabc123w/ou-1xyz-abc123yz"
    >>> str(OrganizationalUnitPermission(arn))
    'organizational unit ou-1xyz-abc123yz'

    Raises `Malformed` (`InvalidAMIAttributeItemValue`, rule B LP-11).
    """

    organizational_unit_arn: OrganizationalUnitArn = field(converter=_organizational_unit)

    def __str__(self) -> str:
        return f"organizational unit {self.organizational_unit_arn.organizational_unit_id}"


@frozen
class EveryonePermission:
    """Every account there is: the group `all`, EC2's only group (rule A AC-2)."""

    def __str__(self) -> str:
        return "everyone"


EVERYONE: Final = EveryonePermission()

LaunchPermission: TypeAlias = (
    AccountPermission | OrganizationPermission | OrganizationalUnitPermission | EveryonePermission
)
CreateVolumePermission: TypeAlias = AccountPermission | EveryonePermission

P = TypeVar("P", bound=LaunchPermission)


def _each_once(items: Iterable[P]) -> tuple[P, ...]:
    return tuple(dict.fromkeys(items))


@frozen
class Permissions(Generic[P]):
    """A permission list: a set that remembers the order in which its items came (rule B LP-5).

    `complete` says whether the list is all there is. What DescribeImages answers is not: it tells whether an image is
    public, and is silent about accounts, organizations and units. Whether *everyone* is in the list is always known.

    >>> shared = Permissions([AccountPermission("111122223333"), EVERYONE, EVERYONE])
    >>> len(shared), shared.everyone, "111122223333" in shared.accounts
    (2, True, True)
    >>> shared == Permissions([EVERYONE, AccountPermission("111122223333")])
    True

    Source: rules B LP-2, B LP-3, B LP-5.
    """

    items: tuple[P, ...] = field(default=(), converter=_each_once, eq=frozenset)
    complete: bool = field(default=True, kw_only=True)
    everyone: bool = field(init=False, eq=False, repr=False)
    accounts: frozenset[AccountId] = field(init=False, eq=False, repr=False)
    through_membership: tuple[OrganizationPermission | OrganizationalUnitPermission, ...] = field(
        init=False, eq=False, repr=False
    )

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "everyone", EVERYONE in self.items)
        accounts = (item.user_id for item in self.items if isinstance(item, AccountPermission))
        object.__setattr__(self, "accounts", frozenset(accounts))
        members = (OrganizationPermission, OrganizationalUnitPermission)
        object.__setattr__(self, "through_membership", tuple(item for item in self.items if isinstance(item, members)))

    def __iter__(self) -> Iterator[P]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, item: object) -> bool:
        return item in self.items

    def adding(self, items: Iterable[P]) -> "Permissions[P]":
        """Add items; those already there keep their place (rule B LP-9)."""
        return Permissions((*self.items, *items), complete=self.complete)

    def removing(self, items: Iterable[P]) -> "Permissions[P]":
        """Take items out; those not there are no matter (rule B LP-9)."""
        gone = frozenset(items)
        return Permissions((item for item in self.items if item not in gone), complete=self.complete)


LaunchPermissions: TypeAlias = Permissions[LaunchPermission]
CreateVolumePermissions: TypeAlias = Permissions[CreateVolumePermission]

NOBODY: Final[Permissions[Any]] = Permissions(())
"""The owner alone: what every new image and snapshot starts with (rule B LP-4)."""

PUBLIC_AT_LEAST: Final[Permissions[Any]] = Permissions((EVERYONE,), complete=False)
"""Everyone, and whoever else is not told: what DescribeImages says of a public image."""

NOT_PUBLIC: Final[Permissions[Any]] = Permissions((), complete=False)
"""Not everyone; who else is not told: what DescribeImages says of an image that is not public."""


def as_launch_permissions(permissions: "LaunchPermissions | Iterable[LaunchPermission]") -> LaunchPermissions:
    """Take a permission list as it is, or make a complete one of its items."""
    return permissions if isinstance(permissions, Permissions) else Permissions(permissions)
