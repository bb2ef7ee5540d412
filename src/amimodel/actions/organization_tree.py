"""Where accounts stand in the caller's organization: its root and its units, which only the management account sees.

Source: Organizations API Reference; botocore 1.44.5, organizations, shapes Root, OrganizationalUnit and Parent; rules
B 0.1, B OR-1 to B OR-4.
"""

from collections.abc import Sequence
from enum import unique
from typing import ClassVar

from attrs import field, frozen

from amimodel.actions._organizations import (
    OF_THE_MANAGEMENT,
    as_child_id,
    as_parent_id,
    as_unit_id,
    managed_organization,
    page_size,
    part,
    path_to,
)
from amimodel.actions.organization import AccountSummary, account_summary
from amimodel.callers import Caller
from amimodel.identifiers import AccountId
from amimodel.names import text_or_none
from amimodel.organizations import Organization, OrganizationalUnit, OrganizationalUnitId, RootId
from amimodel.paging import Page
from amimodel.refusals import (
    ChildNotFound,
    InvalidOrganizationsToken,
    ParentNotFound,
    Refusal,
    UnitNotFound,
)
from amimodel.requests import Finding, Query, nothing
from amimodel.vocabulary import Word
from amimodel.world import World


@frozen(kw_only=True)
class RootSummary:
    """The root of an organization, which AWS has named."""

    id: RootId
    arn: str
    name: str = "Root"


@frozen(kw_only=True)
class ListRoots(Query[Page[RootSummary]]):
    """List the roots of the organization that one manages: there is one.

    Source: Organizations API Reference, ListRoots; rules B OR-1, B OR-2, A DI-3.
    """

    service: ClassVar[str] = "organizations"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (*OF_THE_MANAGEMENT, InvalidOrganizationsToken)

    max_results: int | None = field(default=None, converter=page_size)
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[RootSummary]]:
        """Go through the checks in order, then tell of it."""
        home = yield from managed_organization(world, by)
        head = f"arn:{home.partition}:organizations::{home.management_account_id}"
        root = RootSummary(id=home.root_id, arn=f"{head}:root/{home.organization_id}/{home.root_id}")
        return (yield from part(self, by, [root]))


@frozen(kw_only=True)
class UnitSummary:
    """An organizational unit: what an image is shared with to share it with the unit's accounts is its ARN."""

    id: OrganizationalUnitId
    arn: str
    name: str | None = None
    path: str


def _unit(organization: Organization, path: Sequence[str], unit: OrganizationalUnit) -> UnitSummary:
    unit_id = unit.organizational_unit_id
    return UnitSummary(
        id=unit_id, arn=str(organization.arn_of(unit_id)), name=unit.name or None, path=path_to(organization, *path)
    )


@frozen(kw_only=True)
class DescribeOrganizationalUnit(Query[UnitSummary]):
    """See a unit of the organization that one manages.

    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import MANAGEMENT, example_world
    >>> query = DescribeOrganizationalUnit(organizational_unit_id="ou-ab12-product1")
    >>> answer = ask(example_world(), query, by=Caller(account=MANAGEMENT, region="us-east-1"))
    >>> answer.name, answer.path
    ('Production', 'o-a1b2c3d4e5/r-ab12/ou-ab12-workload1/ou-ab12-product1/')

    Source: Organizations API Reference, DescribeOrganizationalUnit; rules B OR-1 to B OR-3.
    """

    service: ClassVar[str] = "organizations"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (*OF_THE_MANAGEMENT, UnitNotFound)

    organizational_unit_id: OrganizationalUnitId = field(converter=as_unit_id)

    def answer(self, world: World, by: Caller) -> Finding[UnitSummary]:
        """Go through the checks in order, then find the unit."""
        home = yield from managed_organization(world, by)
        for path, unit in home.units():
            if unit.organizational_unit_id == self.organizational_unit_id:
                return _unit(home, path, unit)
        return (yield from nothing(UnitNotFound(organizational_unit_id=self.organizational_unit_id)))


def _place(organization: Organization, parent_id: str) -> Finding[tuple[OrganizationalUnitId, ...]]:
    """The units that lead to a root or a unit, itself included. Refuses with `ParentNotFound`."""
    if parent_id == organization.root_id:
        return ()
    for path, _ in organization.units():
        if path[-1] == parent_id:
            return path
    return (yield from nothing(ParentNotFound(parent_id=parent_id)))


@frozen(kw_only=True)
class ListOrganizationalUnitsForParent(Query[Page[UnitSummary]]):
    """List the units directly below the root or a unit of the organization that one manages.

    Source: Organizations API Reference, ListOrganizationalUnitsForParent; rules B OR-1, B OR-2, A DI-1, A DI-3.
    """

    service: ClassVar[str] = "organizations"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (*OF_THE_MANAGEMENT, ParentNotFound, InvalidOrganizationsToken)

    parent_id: RootId | OrganizationalUnitId = field(converter=as_parent_id)
    max_results: int | None = field(default=None, converter=page_size)
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[UnitSummary]]:
        """Go through the checks in order, then find the units."""
        home = yield from managed_organization(world, by)
        place = yield from _place(home, self.parent_id)
        below = [_unit(home, path, unit) for path, unit in home.units() if path[:-1] == place]
        return (yield from part(self, by, below))


@frozen(kw_only=True)
class ListAccountsForParent(Query[Page[AccountSummary]]):
    """List the accounts directly under the root or in a unit of the organization that one manages, by their ids.

    Source: Organizations API Reference, ListAccountsForParent; rules B OR-1, B OR-2, A DI-1, A DI-3.
    """

    service: ClassVar[str] = "organizations"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (*OF_THE_MANAGEMENT, ParentNotFound, InvalidOrganizationsToken)

    parent_id: RootId | OrganizationalUnitId = field(converter=as_parent_id)
    max_results: int | None = field(default=None, converter=page_size)
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[AccountSummary]]:
        """Go through the checks in order, then find the accounts."""
        home = yield from managed_organization(world, by)
        place = yield from _place(home, self.parent_id)
        there = [account_summary(home, one) for one in sorted(home.members) if home.path_of(one) == place]
        return (yield from part(self, by, there))


@unique
class ParentType(Word):
    """What can be above an account or a unit (the words of Organizations)."""

    ROOT = "ROOT"
    ORGANIZATIONAL_UNIT = "ORGANIZATIONAL_UNIT"


@frozen(kw_only=True)
class Parent:
    """What is above an account or a unit."""

    id: RootId | OrganizationalUnitId
    type: ParentType


@frozen(kw_only=True)
class ListParents(Query[Page[Parent]]):
    """See what an account or a unit of the organization that one manages stands under: one root, or one unit.

    Source: Organizations API Reference, ListParents; rules B OR-1, B OR-2, A DI-3.
    """

    service: ClassVar[str] = "organizations"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (*OF_THE_MANAGEMENT, ChildNotFound, InvalidOrganizationsToken)

    child_id: AccountId | OrganizationalUnitId = field(converter=as_child_id)
    max_results: int | None = field(default=None, converter=page_size)
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[Parent]]:
        """Go through the checks in order, then find what is above it."""
        home = yield from managed_organization(world, by)
        above = self._above(home)
        if above is None:
            return (yield from nothing(ChildNotFound(child_id=self.child_id)))
        unit = Parent(id=above[-1], type=ParentType.ORGANIZATIONAL_UNIT) if above else None
        return (yield from part(self, by, [unit or Parent(id=home.root_id, type=ParentType.ROOT)]))

    def _above(self, organization: Organization) -> tuple[OrganizationalUnitId, ...] | None:
        if not self.child_id.startswith("ou-"):
            return organization.path_of(self.child_id)
        return next((path[:-1] for path, _ in organization.units() if path[-1] == self.child_id), None)
