"""What EC2's neighbours answer, by example, where `test_neighbours.py` tries whatever there may be."""

from amimodel.actions import CallerIdentity, DescribeOrganizationalUnit, GetCallerIdentity, UnitSummary
from amimodel.callers import Caller
from amimodel.engine import ask
from amimodel.organizations import OrganizationalUnitId, Organizations
from amimodel.world import World
from worlds import ALICE, FRANKFURT, NOW, ORGANIZATION

WORLD = World(now=NOW).with_organizations(Organizations([ORGANIZATION]))


def test_a_customer_is_the_root_of_its_account() -> None:
    told = ask(WORLD, GetCallerIdentity(), by=Caller(account=ALICE, region=FRANKFURT))
    assert told == CallerIdentity(user_id=ALICE, account=ALICE, arn=f"arn:aws:iam::{ALICE}:root")


def test_the_management_account_is_told_of_a_unit_within_another() -> None:
    manager = Caller(account=ORGANIZATION.management_account_id, region=FRANKFURT)
    path = "o-a1b2c3d4e5/r-ab12/ou-ab12-outer123/ou-ab12-inner123/"
    told = ask(WORLD, DescribeOrganizationalUnit(organizational_unit_id="ou-ab12-inner123"), by=manager)
    arn = str(ORGANIZATION.arn_of("ou-ab12-inner123"))
    assert told == UnitSummary(id=OrganizationalUnitId("ou-ab12-inner123"), name="Inner", arn=arn, path=path)
