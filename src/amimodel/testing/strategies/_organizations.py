"""Strategies for organizations, their units and their ARNs.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from collections.abc import Iterator
from itertools import count
from typing import Final

from hypothesis import strategies as st

from amimodel.organizations import (
    Organization,
    OrganizationalUnit,
    OrganizationalUnitArn,
    OrganizationalUnitId,
    OrganizationArn,
    OrganizationId,
    Organizations,
    RootId,
)
from amimodel.regions import Partition
from amimodel.testing.strategies._draft import made
from amimodel.testing.strategies._words import account_ids

_BASE36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def _base36(number: int, digits: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _BASE36[digit] + text
    return text.rjust(digits, "0")


def organization_ids() -> st.SearchStrategy[OrganizationId]:
    """Ids of organizations.

    >>> find(organization_ids(), lambda organization_id: True)
    'o-0000000000'
    """
    return made(lambda number: OrganizationId(f"o-{_base36(number, 10)}"), st.integers(0, 36**10 - 1))


def root_ids() -> st.SearchStrategy[RootId]:
    """Ids of organizations' roots.

    >>> find(root_ids(), lambda root_id: True)
    'r-0000'
    """
    return made(lambda number: RootId(f"r-{_base36(number, 4)}"), st.integers(0, 36**4 - 1))


def organizational_unit_ids() -> st.SearchStrategy[OrganizationalUnitId]:
    """Ids of organizational units, below any root.

    >>> find(organizational_unit_ids(), lambda unit_id: True)
    'ou-0000-00000000'
    """
    return made(_unit_id, st.integers(0, 36**12 - 1))


def _unit_id(number: int) -> OrganizationalUnitId:
    return OrganizationalUnitId(f"ou-{_base36(number // 36**8, 4)}-{_base36(number % 36**8, 8)}")


def _partitions(partition: Partition | str | None) -> st.SearchStrategy[Partition]:
    return st.sampled_from(Partition) if partition is None else st.just(Partition(partition))


def organization_arns(*, partition: Partition | str | None = None) -> st.SearchStrategy[OrganizationArn]:
    """ARNs of organizations; `partition` keeps to one.

    >>> str(find(organization_arns(), lambda arn: True))
    'arn:aws:organizations::000000000000:organization/o-0000000000'
    """
    return made(OrganizationArn, _partitions(partition), account_ids(), organization_ids())


def organizational_unit_arns(*, partition: Partition | str | None = None) -> st.SearchStrategy[OrganizationalUnitArn]:
    """ARNs of organizational units; `partition` keeps to one.

    >>> str(find(organizational_unit_arns(), lambda arn: True))
    'arn:aws:organizations::000000000000:ou/o-0000000000/ou-0000-00000000'
    """
    return made(
        OrganizationalUnitArn, _partitions(partition), account_ids(), organization_ids(), organizational_unit_ids()
    )


def _organization(
    draw: st.DrawFn, number: int, accounts: Iterator[int], *, max_units: int, max_accounts: int
) -> Organization:
    suffix = f"{number:04d}"
    # Each unit says which of the units before it is above it, and each account which unit it is in; 0 is the root.
    above = draw(st.lists(st.integers(0, max_units), max_size=max_units))
    homes = draw(st.lists(st.integers(0, len(above)), max_size=max_accounts))
    below: dict[int, list[int]] = {place: [] for place in range(len(above) + 1)}
    members: dict[int, list[str]] = {place: [] for place in below}
    for unit, place in enumerate(above, start=1):
        below[min(place, unit - 1)].append(unit)
    for place in homes:
        members[place].append(f"{next(accounts):012d}")

    def unit_at(place: int) -> OrganizationalUnit:
        return OrganizationalUnit(
            organizational_unit_id=f"ou-{suffix}-{place:08d}",
            accounts=members[place],
            organizational_units=[unit_at(unit) for unit in below[place]],
        )

    return Organization(
        organization_id=f"o-{number:010d}",
        management_account_id=f"{next(accounts):012d}",
        root_id=f"r-{suffix}",
        accounts=members[0],
        organizational_units=[unit_at(unit) for unit in below[0]],
    )


@st.composite
def organizations(
    draw: st.DrawFn, *, min_size: int = 0, max_size: int = 3, max_units: int = 5, max_accounts: int = 6
) -> Organizations:
    """Directories: `min_size` to `max_size` organizations, their units nested at will, every account in one place.

    An organization has at most `max_units` units and `max_accounts` accounts beside its management account. Ids and
    account ids count up from the simplest, so that an account of one example is likely to be met in another.

    >>> find(organizations(), lambda directory: directory.organizations).organizations[0].members
    ('000000000001',)
    """
    accounts = count(1)
    number_of = draw(st.integers(min_size, max_size))
    return Organizations(
        [
            _organization(draw, number, accounts, max_units=max_units, max_accounts=max_accounts)
            for number in range(number_of)
        ]
    )


def single_organizations() -> st.SearchStrategy[Organization]:
    """Organizations one by one, outside of any directory.

    >>> find(single_organizations(), lambda organization: True).organization_id
    'o-0000000000'
    """
    return made(lambda directory: directory.organizations[0], organizations(min_size=1, max_size=1))


def organizational_units() -> st.SearchStrategy[OrganizationalUnit]:
    """Organizational units with the accounts and the units in them, outside of any organization.

    >>> find(organizational_units(), lambda unit: unit.accounts).organizational_unit_id
    'ou-0000-00000001'
    """
    return made(_first_unit, single_organizations())


def _first_unit(organization: Organization) -> OrganizationalUnit:
    return next(
        (unit for _, unit in organization.units()), OrganizationalUnit(organizational_unit_id="ou-0000-00000001")
    )
