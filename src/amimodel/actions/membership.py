"""Who belongs to which organization, and where in it: accounts join, leave and move.

It is asked about when a permission is used, so that all that an organization or a unit has been given comes and goes
with the membership. As what AWS does (`amimodel.actions.provider`), only `Caller.provider(region)` may ask for it here,
in whichever Region.

Source: rules B 2 (OR-1, OR-2, OR-4, OR-5, OR-9).
"""

from collections.abc import Iterable
from typing import ClassVar

from attrs import evolve, field, frozen
from attrs.converters import optional

from amimodel.actions._finding import the_provider
from amimodel.callers import Caller
from amimodel.identifiers import AccountId, account_id
from amimodel.organizations import (
    Organization,
    OrganizationalUnit,
    OrganizationalUnitId,
    OrganizationId,
    organization_id,
    organizational_unit_id,
)
from amimodel.refusals import (
    AccountInOrganization,
    AccountNotInOrganization,
    ManagementAccountStays,
    NotTheProvider,
    OrganizationalUnitNotFound,
    OrganizationNotFound,
    Refusal,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, nothing
from amimodel.world import World


def _account_id(text: str) -> AccountId:
    return account_id(text, "AccountId")


@frozen(kw_only=True)
class JoinOrganization(Request[Organization]):
    """Let an account join an organization, in a unit of it or directly under its root.

    From then on it has what the organization, or the unit, has been given (rule B OR-9).

    Source: rules B OR-1, B OR-4, B OR-5, B OR-9.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        NotTheProvider,
        OrganizationNotFound,
        AccountInOrganization,
        OrganizationalUnitNotFound,
    )

    account_id: AccountId = field(converter=_account_id)
    organization_id: OrganizationId = field(converter=organization_id)
    organizational_unit_id: OrganizationalUnitId | None = field(
        default=None, converter=optional(organizational_unit_id)
    )

    def decide(self, world: World, by: Caller) -> Deciding[Organization]:
        """Go through the checks in order, then place the account."""
        yield from the_provider(by, self.action)
        organization = world.organizations.get(self.organization_id)
        if organization is None:
            return (yield from nothing(OrganizationNotFound(organization_id=self.organization_id)))
        home = world.organizations.of(self.account_id)
        if home is not None:
            yield AccountInOrganization(account_id=self.account_id, organization_id=home.organization_id)
        yield from _existing_unit(organization, self.organizational_unit_id)
        yield GRANTED
        return _reorganized(world, _placed(organization, self.account_id, self.organizational_unit_id))


@frozen(kw_only=True)
class LeaveOrganization(Request[Organization]):
    """Let an account leave its organization, and lose what it had through it.

    The answer is the organization without it. What a declarative policy has settled for the account stays as it is.

    Source: rules B OR-2, B OR-9.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, AccountNotInOrganization, ManagementAccountStays)

    account_id: AccountId = field(converter=_account_id)

    def decide(self, world: World, by: Caller) -> Deciding[Organization]:
        """Go through the checks in order, then take the account out."""
        yield from the_provider(by, self.action)
        home = yield from _home(world, self.account_id)
        if home.management_account_id == self.account_id:
            yield ManagementAccountStays(account_id=self.account_id, organization_id=home.organization_id)
        yield GRANTED
        return _reorganized(world, _without(home, self.account_id))


@frozen(kw_only=True)
class MoveAccount(Request[Organization]):
    """Let an account stand elsewhere in its organization: in this unit, or directly under the root if none is named.

    Source: rules B OR-1, B OR-5, B OR-9.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        NotTheProvider,
        AccountNotInOrganization,
        OrganizationalUnitNotFound,
    )

    account_id: AccountId = field(converter=_account_id)
    organizational_unit_id: OrganizationalUnitId | None = field(
        default=None, converter=optional(organizational_unit_id)
    )

    def decide(self, world: World, by: Caller) -> Deciding[Organization]:
        """Go through the checks in order, then move the account."""
        yield from the_provider(by, self.action)
        home = yield from _home(world, self.account_id)
        yield from _existing_unit(home, self.organizational_unit_id)
        yield GRANTED
        return _reorganized(
            world, _placed(_without(home, self.account_id), self.account_id, self.organizational_unit_id)
        )


def _home(world: World, account: AccountId) -> Finding[Organization]:
    home = world.organizations.of(account)
    return (yield from nothing(AccountNotInOrganization(account_id=account))) if home is None else home


def _existing_unit(organization: Organization, unit_id: OrganizationalUnitId | None) -> Finding[None]:
    if unit_id is not None and all(unit.organizational_unit_id != unit_id for _, unit in organization.units()):
        yield OrganizationalUnitNotFound(organization_id=organization.organization_id, organizational_unit_id=unit_id)


def _reorganized(world: World, organization: Organization) -> Outcome[Organization]:
    there = world.organizations
    after = [
        organization if one.organization_id == organization.organization_id else one for one in there.organizations
    ]
    return Outcome(world.with_organizations(evolve(there, organizations=after)), organization)


def _without(organization: Organization, account: AccountId) -> Organization:
    return evolve(
        organization,
        accounts=_others(organization.accounts, account),
        organizational_units=_units_without(organization.organizational_units, account),
    )


def _units_without(units: Iterable[OrganizationalUnit], account: AccountId) -> list[OrganizationalUnit]:
    return [
        evolve(
            unit,
            accounts=_others(unit.accounts, account),
            organizational_units=_units_without(unit.organizational_units, account),
        )
        for unit in units
    ]


def _others(accounts: Iterable[AccountId], account: AccountId) -> list[AccountId]:
    return [one for one in accounts if one != account]


def _placed(organization: Organization, account: AccountId, unit_id: OrganizationalUnitId | None) -> Organization:
    if unit_id is None:
        return evolve(organization, accounts=(*organization.accounts, account))
    units = _units_with(organization.organizational_units, account, unit_id)
    return evolve(organization, organizational_units=units)


def _units_with(
    units: Iterable[OrganizationalUnit], account: AccountId, unit_id: OrganizationalUnitId
) -> list[OrganizationalUnit]:
    return [
        evolve(
            unit,
            accounts=(*unit.accounts, account) if unit.organizational_unit_id == unit_id else unit.accounts,
            organizational_units=_units_with(unit.organizational_units, account, unit_id),
        )
        for unit in units
    ]
