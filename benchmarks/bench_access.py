"""`access.may_launch` on values, beside a bare function that does one look-up in a frozenset (budget: 5 times that)."""

from collections.abc import Callable

import pytest
from attrs import evolve

from amimodel.access import may_launch
from amimodel.examples import WEB
from amimodel.organizations import Organization, OrganizationalUnit, Organizations
from amimodel.permissions import EVERYONE, AccountPermission, OrganizationalUnitPermission, Permissions

ACCOUNTS = [f"{number:012d}" for number in range(100)]
GRANTED = frozenset(ACCOUNTS)
ORGANIZATION = Organization(
    organization_id="o-a1b2c3d4e5",
    management_account_id="777777777777",
    root_id="r-a1b2",
    organizational_units=[
        OrganizationalUnit(organizational_unit_id="ou-a1b2-aaaaaaaa", accounts=["200000000000"]),
    ],
)
KNOWN = Organizations([ORGANIZATION])
SHARED = evolve(WEB, launch_permissions=Permissions(map(AccountPermission, ACCOUNTS)))
PUBLIC = evolve(WEB, launch_permissions=Permissions([EVERYONE]))
THROUGH_UNIT = evolve(
    WEB, launch_permissions=Permissions([OrganizationalUnitPermission(ORGANIZATION.arn_of("ou-a1b2-aaaaaaaa"))])
)


def bare(account: str) -> bool:
    return account in GRANTED


CASES: dict[str, Callable[[], object]] = {
    "yardstick: a frozenset": lambda: bare("000000000042"),
    "owner": lambda: may_launch(WEB, "111122223333"),
    "one of 100 accounts": lambda: may_launch(SHARED, "000000000042"),
    "everyone": lambda: may_launch(PUBLIC, "999988887777"),
    "refused": lambda: may_launch(SHARED, "999988887777"),
    "through a unit": lambda: may_launch(THROUGH_UNIT, "200000000000", KNOWN),
}


@pytest.mark.benchmark(group="may_launch")
@pytest.mark.parametrize("case", CASES)
def bench_may_launch(benchmark: Callable[..., object], case: str) -> None:
    benchmark(CASES[case])
