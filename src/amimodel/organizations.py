"""AWS Organizations, as far as sharing needs them: who belongs where.

Membership is asked about when a permission is used, never stored beside it: an account that joins an organization gains
what the organization was given, and loses it on leaving.

Source: EC2 User Guide, "Share an AMI with organizations and organizational units"; rules B 0.1, B OR-1 to OR-15.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NewType

from attrs import field, frozen

from amimodel.identifiers import AccountId, account_id
from amimodel.malformed import Malformed, invalid_value
from amimodel.regions import Partition

OrganizationId = NewType("OrganizationId", str)
RootId = NewType("RootId", str)
OrganizationalUnitId = NewType("OrganizationalUnitId", str)

_PARTITIONS: Final = "|".join(Partition)
_is_organization_id = re.compile(r"o-[a-z0-9]{10,32}", re.ASCII).fullmatch
_is_root_id = re.compile(r"r-[0-9a-z]{4,32}", re.ASCII).fullmatch
_is_unit_id = re.compile(r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}", re.ASCII).fullmatch
_organization_arn = re.compile(
    rf"arn:(?P<partition>{_PARTITIONS}):organizations::(?P<account>\d{{12}})"
    r":organization/(?P<organization>o-[a-z0-9]{10,32})",
    re.ASCII,
).fullmatch
_unit_arn = re.compile(
    rf"arn:(?P<partition>{_PARTITIONS}):organizations::(?P<account>\d{{12}})"
    r":ou/(?P<organization>o-[a-z0-9]{10,32})/(?P<unit>ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})",
    re.ASCII,
).fullmatch


def organization_id(text: str, member: str = "OrganizationId") -> OrganizationId:
    """Read an organization's id; raises `Malformed`.

    >>> organization_id("o-xyzabc123w")
    'o-xyzabc123w'

    Source: rule B 0.1.
    """
    if isinstance(text, str) and _is_organization_id(text):
        return OrganizationId(text)
    raise invalid_value(member, text, "Expected an id such as o-a1b2c3d4e5.")


def root_id(text: str, member: str = "RootId") -> RootId:
    """Read the id of an organization's root; raises `Malformed`.

    >>> root_id("r-1xyz")
    'r-1xyz'

    Source: rule B 0.1.
    """
    if isinstance(text, str) and _is_root_id(text):
        return RootId(text)
    raise invalid_value(member, text, "Expected an id such as r-a1b2.")


def organizational_unit_id(text: str, member: str = "OrganizationalUnitId") -> OrganizationalUnitId:
    """Read an organizational unit's id; raises `Malformed`.

    >>> organizational_unit_id("ou-1xyz-abc123yz")
    'ou-1xyz-abc123yz'

    Source: rule B 0.1.
    """
    if isinstance(text, str) and _is_unit_id(text):
        return OrganizationalUnitId(text)
    raise invalid_value(member, text, "Expected an id such as ou-a1b2-c3d4e5f6.")


@frozen(order=True)
class OrganizationArn:
    """The ARN of an organization. Its account is the management account (rule B OR-2).

    >>> arn = OrganizationArn.parse("arn:aws:organizations::112233445566:organization/o-xyzabc123w")
    >>> arn.management_account_id, arn.organization_id
    ('112233445566', 'o-xyzabc123w')

    Source: rules B 0.1, B OR-2, B OR-3.
    """

    partition: Partition
    management_account_id: AccountId
    organization_id: OrganizationId

    @classmethod
    def parse(cls, text: str) -> "OrganizationArn":
        """Read the text; raises `Malformed` (`InvalidAMIAttributeItemValue`, rule B LP-11)."""
        match = _organization_arn(text) if isinstance(text, str) else None
        if match is None:
            raise bad_item("OrganizationArn", text)
        return cls(Partition(match["partition"]), AccountId(match["account"]), OrganizationId(match["organization"]))

    def __str__(self) -> str:
        return f"arn:{self.partition}:organizations::{self.management_account_id}:organization/{self.organization_id}"


@frozen(order=True)
class OrganizationalUnitArn:
    """The ARN of an organizational unit. Its account is the organization's management account (rule B OR-2).

    >>> arn = OrganizationalUnitArn.parse("arn:aws:organizations::112233445566:ou/o-xyzabc123w/ou-1xyz-abc123yz")
    >>> arn.organization_id, arn.organizational_unit_id
    ('o-xyzabc123w', 'ou-1xyz-abc123yz')

    Source: rules B 0.1, B OR-2, B OR-3.
    """

    partition: Partition
    management_account_id: AccountId
    organization_id: OrganizationId
    organizational_unit_id: OrganizationalUnitId

    @classmethod
    def parse(cls, text: str) -> "OrganizationalUnitArn":
        """Read the text; raises `Malformed` (`InvalidAMIAttributeItemValue`, rule B LP-11)."""
        match = _unit_arn(text) if isinstance(text, str) else None
        if match is None:
            raise bad_item("OrganizationalUnitArn", text)
        return cls(
            Partition(match["partition"]),
            AccountId(match["account"]),
            OrganizationId(match["organization"]),
            OrganizationalUnitId(match["unit"]),
        )

    def __str__(self) -> str:
        return (
            f"arn:{self.partition}:organizations::{self.management_account_id}"
            f":ou/{self.organization_id}/{self.organizational_unit_id}"
        )


def bad_item(member: str, value: object) -> Malformed:
    """Name an item of a permission list that is none: EC2's `InvalidAMIAttributeItemValue`.

    Source: rules A AC-2, B 1.1 (the word for each kind), B LP-11.
    """
    kind = {"UserId": "userId", "Group": "UserGroup"}.get(member, member)
    return Malformed(
        "InvalidAMIAttributeItemValue",
        f'Invalid attribute item value "{value}" for {kind} item type.',
        member=member,
        value=value,
    )


def _accounts(accounts: Iterable[str]) -> tuple[AccountId, ...]:
    return tuple(account_id(account, "AccountId") for account in accounts)


def _units(units: "Iterable[OrganizationalUnit]") -> "tuple[OrganizationalUnit, ...]":
    return tuple(units)


@frozen(kw_only=True)
class OrganizationalUnit:
    """A unit of an organization: accounts directly in it, and units below it.

    >>> OrganizationalUnit(organizational_unit_id="ou-1xyz-abc123yz", accounts=["111122223333"]).accounts
    ('111122223333',)

    Source: rule B OR-1.
    """

    organizational_unit_id: OrganizationalUnitId = field(converter=organizational_unit_id)
    name: str = ""
    accounts: tuple[AccountId, ...] = field(default=(), converter=_accounts)
    organizational_units: "tuple[OrganizationalUnit, ...]" = field(default=(), converter=_units)


@frozen(kw_only=True)
class Organization:
    """An organization: one root, units nested below it, and every account in exactly one place.

    The management account is a member as well; unless it is placed in a unit, it sits directly under the root.

    >>> organization = Organization(
    ...     organization_id="o-xyzabc123w",
    ...     management_account_id="112233445566",
    ...     root_id="r-1xyz",
    ...     organizational_units=[
    ...         OrganizationalUnit(organizational_unit_id="ou-1xyz-abc123yz", accounts=["111122223333"]),
    ...     ],
    ... )
    >>> organization.path_of("111122223333")
    ('ou-1xyz-abc123yz',)
    >>> organization.path_of("112233445566")
    ()
    >>> print(organization.path_of("999999999999"))
    None

    Raises `Malformed` when an account or a unit stands in two places, or a unit's id does not belong to this root.

    Source: rules B OR-1, B OR-4; B 0.1 for the ids.
    """

    organization_id: OrganizationId = field(converter=organization_id)
    management_account_id: AccountId = field(converter=account_id)
    root_id: RootId = field(converter=root_id)
    accounts: tuple[AccountId, ...] = field(default=(), converter=_accounts)
    organizational_units: tuple[OrganizationalUnit, ...] = field(default=(), converter=_units)
    partition: Partition = field(default=Partition.AWS, converter=Partition)
    _paths: dict[AccountId, tuple[OrganizationalUnitId, ...]] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        paths: dict[AccountId, tuple[OrganizationalUnitId, ...]] = {}
        seen: set[OrganizationalUnitId] = set()
        for path, unit in self.units():
            unit_id = unit.organizational_unit_id
            if unit_id in seen:
                raise invalid_value("OrganizationalUnitId", unit_id, "The unit stands in two places.")
            if unit_id.split("-")[1] != self.root_id.removeprefix("r-"):
                raise invalid_value("OrganizationalUnitId", unit_id, f"Its id does not belong to root {self.root_id}.")
            seen.add(unit_id)
            _place(paths, unit.accounts, path)
        _place(paths, self.accounts, ())
        if self.management_account_id not in paths:
            paths[self.management_account_id] = ()
        object.__setattr__(self, "_paths", paths)

    @property
    def arn(self) -> OrganizationArn:
        """What an image is shared with to share it with every member."""
        return OrganizationArn(self.partition, self.management_account_id, self.organization_id)

    @property
    def members(self) -> tuple[AccountId, ...]:
        """Every account of the organization, at any depth."""
        return tuple(self._paths)

    def arn_of(self, unit: str) -> OrganizationalUnitArn:
        """What an image is shared with to share it with every account in or below a unit."""
        return OrganizationalUnitArn(
            self.partition, self.management_account_id, self.organization_id, organizational_unit_id(unit)
        )

    def path_of(self, account: str) -> tuple[OrganizationalUnitId, ...] | None:
        """The units above an account, outermost first; None when the account is no member."""
        return self._paths.get(AccountId(account))

    def units(self) -> Iterator[tuple[tuple[OrganizationalUnitId, ...], OrganizationalUnit]]:
        """Every unit with the path that leads to it, itself included, in depth-first order."""
        return _walk((), self.organizational_units)


def _walk(
    above: tuple[OrganizationalUnitId, ...], units: Iterable[OrganizationalUnit]
) -> Iterator[tuple[tuple[OrganizationalUnitId, ...], OrganizationalUnit]]:
    for unit in units:
        path = (*above, unit.organizational_unit_id)
        yield path, unit
        yield from _walk(path, unit.organizational_units)


def _place(
    paths: dict[AccountId, tuple[OrganizationalUnitId, ...]],
    accounts: Iterable[AccountId],
    path: tuple[OrganizationalUnitId, ...],
) -> None:
    for account in accounts:
        if account in paths:
            raise invalid_value("AccountId", account, "The account stands in two places.")
        paths[account] = path


def _organizations(organizations: Iterable[Organization]) -> tuple[Organization, ...]:
    return tuple(organizations)


@frozen
class Organizations:
    """The organizations one knows of.

    `complete` says whether there are no others: so it is in a world; so it is not for whoever only holds a few
    answers of EC2, which never tell who the members of an organization are.

    >>> NOTHING_KNOWN.of("111122223333") is None
    True

    Raises `Malformed` when an account or an organization is given twice.

    Source: rules B OR-8, B OR-9, B OR-10.
    """

    organizations: tuple[Organization, ...] = field(default=(), converter=_organizations)
    complete: bool = True
    _homes: dict[AccountId, Organization] = field(init=False, eq=False, repr=False)
    _by_id: dict[OrganizationId, Organization] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        homes: dict[AccountId, Organization] = {}
        by_id: dict[OrganizationId, Organization] = {}
        for organization in self.organizations:
            if organization.organization_id in by_id:
                raise invalid_value("OrganizationId", organization.organization_id, "The organization is given twice.")
            by_id[organization.organization_id] = organization
            for account in organization.members:
                if account in homes:
                    raise invalid_value("AccountId", account, "The account is in two organizations.")
                homes[account] = organization
        object.__setattr__(self, "_homes", homes)
        object.__setattr__(self, "_by_id", by_id)

    def of(self, account: str) -> Organization | None:
        """The organization an account is known to be in."""
        return self._homes.get(AccountId(account))

    def get(self, organization: str) -> Organization | None:
        """The organization with an id, where it is known."""
        return self._by_id.get(OrganizationId(organization))


NOTHING_KNOWN: Final = Organizations(complete=False)
"""There may be organizations, but none is known."""
