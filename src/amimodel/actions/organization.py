"""The caller's organization, as AWS Organizations tells of it, and its accounts.

Every member sees the organization itself; the rest only the management account sees. Delegated administrators are not
modelled, and neither are names of accounts, their mail addresses, and how and when they joined: nothing here hangs on
them, so a world does not know them. Every account is active.

Source: Organizations API Reference; botocore 1.44.5, organizations, shapes Organization and Account; rules
B 0.1, B OR-1 to B OR-4, B OR-12.
"""

from enum import unique
from typing import ClassVar

from attrs import field, frozen

from amimodel.actions._organizations import (
    OF_THE_MANAGEMENT,
    as_account_id,
    managed_organization,
    own_organization,
    page_size,
    part,
    path_to,
)
from amimodel.callers import Caller
from amimodel.identifiers import AccountId
from amimodel.names import text_or_none
from amimodel.organizations import Organization, OrganizationId
from amimodel.paging import Page
from amimodel.refusals import (
    AccountNotFound,
    InvalidOrganizationsToken,
    NotInAnOrganization,
    Refusal,
)
from amimodel.requests import Finding, Query, nothing
from amimodel.vocabulary import Word
from amimodel.world import World

# --- the organization itself ------------------------------------------------------------------------------------------


def _account_arn(organization: Organization, account: AccountId) -> str:
    manager, name = organization.management_account_id, organization.organization_id
    return f"arn:{organization.partition}:organizations::{manager}:account/{name}/{account}"


@frozen(kw_only=True)
class OrganizationSummary:
    """An organization, as it is told to each of its accounts.

    All its features are enabled: declarative policies and sharing with units need that (rules B OR-3, B BPA-9).
    """

    id: OrganizationId
    arn: str
    feature_set: str = "ALL"
    master_account_arn: str
    master_account_id: AccountId


@frozen(kw_only=True)
class DescribeOrganization(Query[OrganizationSummary]):
    """See the organization that one's account belongs to: what an image is shared with is its ARN.

    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import PROD, example_world
    >>> ask(example_world(), DescribeOrganization(), by=Caller(account=PROD, region="eu-central-1")).arn
    'arn:aws:organizations::112233445566:organization/o-a1b2c3d4e5'

    Source: Organizations API Reference, DescribeOrganization; rules B OR-1, B OR-2.
    """

    service: ClassVar[str] = "organizations"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotInAnOrganization,)

    def answer(self, world: World, by: Caller) -> Finding[OrganizationSummary]:
        """Find the organization."""
        home = yield from own_organization(world, by)
        return OrganizationSummary(
            id=home.organization_id,
            arn=str(home.arn),
            master_account_arn=_account_arn(home, home.management_account_id),
            master_account_id=home.management_account_id,
        )


# --- its accounts -----------------------------------------------------------------------------------------------------


@unique
class AccountState(Word):
    """Where an account is in its life (the words of Organizations)."""

    PENDING_ACTIVATION = "PENDING_ACTIVATION"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    PENDING_CLOSURE = "PENDING_CLOSURE"
    CLOSED = "CLOSED"


@frozen(kw_only=True)
class AccountSummary:
    """An account, as its organization tells of it: `paths` lead to it from the organization."""

    id: AccountId
    arn: str
    status: AccountState = AccountState.ACTIVE
    state: AccountState = AccountState.ACTIVE
    paths: tuple[str, ...]


def account_summary(organization: Organization, account: AccountId) -> AccountSummary:
    """What there is to tell of an account."""
    units = organization.path_of(account) or ()
    paths = (path_to(organization, *units, account),)
    return AccountSummary(id=account, arn=_account_arn(organization, account), paths=paths)


@frozen(kw_only=True)
class DescribeAccount(Query[AccountSummary]):
    """See an account of the organization that one manages.

    Source: Organizations API Reference, DescribeAccount; rules B OR-1, B OR-2.
    """

    service: ClassVar[str] = "organizations"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (*OF_THE_MANAGEMENT, AccountNotFound)

    account_id: AccountId = field(converter=as_account_id)

    def answer(self, world: World, by: Caller) -> Finding[AccountSummary]:
        """Go through the checks in order, then find the account."""
        home = yield from managed_organization(world, by)
        if home.path_of(self.account_id) is None:
            return (yield from nothing(AccountNotFound(account_id=self.account_id)))
        return account_summary(home, self.account_id)


@frozen(kw_only=True)
class ListAccounts(Query[Page[AccountSummary]]):
    """List the accounts of the organization that one manages, wherever they stand in it, by their ids.

    Raises `Malformed` (`InvalidInputException`) for more than 20 at a time.

    Source: Organizations API Reference, ListAccounts; rules B OR-1, B OR-2, A DI-1, A DI-3.
    """

    service: ClassVar[str] = "organizations"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (*OF_THE_MANAGEMENT, InvalidOrganizationsToken)

    max_results: int | None = field(default=None, converter=page_size)
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[AccountSummary]]:
        """Go through the checks in order, then find the accounts."""
        home = yield from managed_organization(world, by)
        return (yield from part(self, by, [account_summary(home, one) for one in sorted(home.members)]))
