"""What the requests to AWS Organizations have in common: whose organization it is, its ids, and its pages.

Source: Organizations API Reference; botocore 1.44.5, organizations; rules B 0.1, B OR-1 to B OR-4, B OR-12.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from attrs import evolve

from amimodel.actions._neighbours import bounded
from amimodel.callers import Caller
from amimodel.identifiers import AccountId, account_id
from amimodel.malformed import Malformed
from amimodel.organizations import (
    Organization,
    OrganizationalUnitId,
    RootId,
    organizational_unit_id,
    root_id,
)
from amimodel.paging import Page, PageBounds, page
from amimodel.refusals import (
    InvalidNextToken,
    InvalidOrganizationsToken,
    NotInAnOrganization,
    OrganizationAccessDenied,
    Refusal,
)
from amimodel.requests import Finding, nothing
from amimodel.world import World

T = TypeVar("T")

_PAGES: Final = PageBounds(1, 20, 20)
_INVALID_INPUT: Final = "InvalidInputException"

OF_THE_MANAGEMENT: Final[tuple[type[Refusal], ...]] = (NotInAnOrganization, OrganizationAccessDenied)
"""What everything is refused with that only the management account may ask."""


def _no_such_pattern(member: str, value: object) -> Malformed:
    message = "You provided a value that does not match the required pattern."
    return Malformed(_INVALID_INPUT, message, member=member, value=value)


def as_account_id(text: str) -> AccountId:
    """Read an account's id; raises `Malformed` (`InvalidInputException`), as the next three do."""
    try:
        return account_id(text, "AccountId")
    except Malformed:
        raise _no_such_pattern("AccountId", text) from None


def as_unit_id(text: str) -> OrganizationalUnitId:
    """Read a unit's id."""
    try:
        return organizational_unit_id(text)
    except Malformed:
        raise _no_such_pattern("OrganizationalUnitId", text) from None


def as_parent_id(text: str) -> RootId | OrganizationalUnitId:
    """Read the id of a root or a unit."""
    try:
        return root_id(text) if isinstance(text, str) and text.startswith("r-") else organizational_unit_id(text)
    except Malformed:
        raise _no_such_pattern("ParentId", text) from None


def as_child_id(text: str) -> AccountId | OrganizationalUnitId:
    """Read the id of an account or a unit."""
    try:
        return organizational_unit_id(text) if isinstance(text, str) and text.startswith("ou-") else account_id(text)
    except Malformed:
        raise _no_such_pattern("ChildId", text) from None


def page_size(number: int | None) -> int | None:
    """Take a MaxResults from 1 to 20; raises `Malformed` (`InvalidInputException`)."""
    return bounded(number, "MaxResults", _PAGES.least, 20, _INVALID_INPUT)


# --- who may ask ------------------------------------------------------------------------------------------------------


def own_organization(world: World, by: Caller) -> Finding[Organization]:
    """The organization of the caller, in the partition that is asked. Refuses with `NotInAnOrganization`."""
    home = world.organizations.of(by.account)
    if home is None or home.partition is not by.region.partition:
        known = world.organizations.complete
        return (yield from nothing(NotInAnOrganization(account_id=by.account, organizations_known=known)))
    return home


def managed_organization(world: World, by: Caller) -> Finding[Organization]:
    """The organization that the caller manages. Refuses with `NotInAnOrganization` and `OrganizationAccessDenied`."""
    home = yield from own_organization(world, by)
    if home.management_account_id != by.account:
        yield OrganizationAccessDenied(account_id=by.account, management_account_id=home.management_account_id)
    return home


def part(query: Any, by: Caller, items: Sequence[T]) -> Finding[Page[T]]:  # noqa: ANN401 - any of those with pages
    """The page that a query asks for. Refuses with `InvalidOrganizationsToken`."""
    asked = query.action, by.account, evolve(query, max_results=None, next_token=None)
    try:
        return page(items, bounds=_PAGES, max_results=query.max_results, next_token=query.next_token, query=asked)
    except InvalidNextToken as refusal:
        return (yield from nothing(InvalidOrganizationsToken(next_token=refusal.next_token)))


def path_to(organization: Organization, *below: str) -> str:
    """How Organizations writes the way to a unit or an account."""
    return "/".join((organization.organization_id, organization.root_id, *below, ""))
