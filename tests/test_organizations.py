"""Organizations: rules B 0.1, B OR-1 to OR-10."""

import contextlib
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.malformed import Malformed
from amimodel.organizations import (
    NOTHING_KNOWN,
    Organization,
    OrganizationalUnit,
    OrganizationalUnitArn,
    OrganizationArn,
    Organizations,
    organization_id,
    organizational_unit_id,
    root_id,
)
from amimodel.regions import Partition
from amimodel.testing import strategies as ec2

Reader = Callable[[str], str]

# --- ids: the table of rule B 0.1 -------------------------------------------------------------------------------------

IDS = [
    (organization_id,        ["o-a1b2c3d4e5", "o-" + "0" * 32],
                             ["", "o-", "o-123456789", "o-" + "0" * 33, "o-A1B2C3D4E5", "r-a1b2"]),
    (root_id,                ["r-a1b2", "r-" + "z" * 32],
                             ["", "r-abc", "r-" + "z" * 33, "r-ABCD", "o-a1b2c3d4e5", "r-a1b2\n"]),
    (organizational_unit_id, ["ou-a1b2-c3d4e5f6", "ou-" + "0" * 32 + "-" + "0" * 32],
                             ["", "ou-a1b2", "ou-a1b2-c3d4e5f", "ou-a1b-c3d4e5f6", "ou-a1b2-" + "0" * 33,
                              "ou-A1B2-c3d4e5f6"]),
]  # fmt: skip


@pytest.mark.parametrize(("read", "text"), [(read, text) for read, good, _ in IDS for text in good])
def test_ids_of_every_length_are_read(read: Reader, text: str) -> None:
    assert read(text) == text


@pytest.mark.parametrize(("read", "text"), [(read, text) for read, _, bad in IDS for text in [*bad, None, 5]])
def test_no_other_text_is_an_id(read: Reader, text: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(text)
    assert (caught.value.code, caught.value.value) == ("InvalidParameterValue", text)


@given(ec2.organization_ids(), ec2.root_ids(), ec2.organizational_unit_ids())
def test_every_drawn_id_is_one(organization: str, root: str, unit: str) -> None:
    assert (organization_id(organization), root_id(root), organizational_unit_id(unit)) == (organization, root, unit)


# --- ARNs -------------------------------------------------------------------------------------------------------------


@given(ec2.organization_arns())
def test_an_organizations_arn_is_read_as_it_is_written(arn: OrganizationArn) -> None:
    """Rules B OR-2, B OR-3: the account is the management account, and there is no Region."""
    assert OrganizationArn.parse(str(arn)) == arn
    *head, end = str(arn).split(":")
    assert head == ["arn", arn.partition, "organizations", "", arn.management_account_id]
    assert end == f"organization/{arn.organization_id}"


@given(ec2.organizational_unit_arns())
def test_a_units_arn_is_read_as_it_is_written(arn: OrganizationalUnitArn) -> None:
    """Rules B OR-2, B OR-3."""
    assert OrganizationalUnitArn.parse(str(arn)) == arn
    *head, end = str(arn).split(":")
    assert head == ["arn", arn.partition, "organizations", "", arn.management_account_id]
    assert end == f"ou/{arn.organization_id}/{arn.organizational_unit_id}"


@given(ec2.organization_arns(), ec2.organizational_unit_arns(), st.data())
def test_an_arn_with_a_character_less_is_none_or_another(
    organization: OrganizationArn, unit: OrganizationalUnitArn, data: st.DataObject
) -> None:
    for kind, arn in ((OrganizationArn, organization), (OrganizationalUnitArn, unit)):
        text = str(arn)
        cut = data.draw(st.integers(0, len(text) - 1))
        with contextlib.suppress(Malformed):
            assert kind.parse(text[:cut] + text[cut + 1 :]) != arn


@pytest.mark.parametrize("kind", [OrganizationArn, OrganizationalUnitArn])
@pytest.mark.parametrize("value", [None, 5, "", "arn:aws:organizations::112233445566:root/o-xyzabc123w/r-1xyz"])
def test_what_is_no_arn_is_malformed(kind: type[OrganizationArn | OrganizationalUnitArn], value: str) -> None:
    """Rules B OR-6, B LP-11."""
    with pytest.raises(Malformed) as caught:
        kind.parse(value)
    assert caught.value.message.startswith(f'Invalid attribute item value "{value}"')


# --- the tree ---------------------------------------------------------------------------------------------------------


@given(ec2.single_organizations())
def test_every_account_has_one_place_and_the_way_to_it(organization: Organization) -> None:
    """Rules B OR-1, B OR-4, B OR-5."""
    units = dict(organization.units())
    for path, unit in units.items():
        assert path[-1] == unit.organizational_unit_id
        assert all(organization.path_of(account) == path for account in unit.accounts)
        assert all((*path, below.organizational_unit_id) in units for below in unit.organizational_units)
    assert all(organization.path_of(account) == () for account in organization.accounts)
    placed = [*organization.accounts, *(account for unit in units.values() for account in unit.accounts)]
    assert sorted({*placed, organization.management_account_id}) == sorted(organization.members)
    assert organization.path_of("999999999999") is None


@given(ec2.single_organizations())
def test_the_management_account_is_a_member(organization: Organization) -> None:
    """Rule B OR-4."""
    assert organization.path_of(organization.management_account_id) is not None
    assert organization.management_account_id in organization.members


@given(ec2.single_organizations())
def test_units_come_depth_first_each_under_its_own(organization: Organization) -> None:
    """Rule B OR-1."""
    paths = [path for path, _ in organization.units()]
    seen: set[tuple[str, ...]] = {()}
    for path in paths:
        assert path[:-1] in seen
        seen.add(path)
    assert len({path[-1] for path in paths}) == len(paths)
    roots = {path[-1].split("-")[1] for path in paths}
    assert roots <= {organization.root_id.removeprefix("r-")}


@given(ec2.single_organizations())
def test_an_organization_is_shared_with_by_arns_of_its_management_account(organization: Organization) -> None:
    """Rules B OR-2, B OR-3."""
    assert organization.arn == OrganizationArn(
        organization.partition, organization.management_account_id, organization.organization_id
    )
    for _, unit in organization.units():
        arn = organization.arn_of(unit.organizational_unit_id)
        assert OrganizationalUnitArn.parse(str(arn)) == arn
        assert arn.management_account_id == organization.management_account_id


def test_the_management_account_may_stand_in_a_unit() -> None:
    """Rule B OR-4."""
    unit = OrganizationalUnit(organizational_unit_id="ou-1xyz-abc123yz", accounts=["112233445566"])
    organization = an_organization(organizational_units=[unit])
    assert organization.path_of("112233445566") == ("ou-1xyz-abc123yz",)
    assert organization.members == ("112233445566",)


def an_organization(**fields: object) -> Organization:
    given: dict[str, object] = {
        "organization_id": "o-xyzabc123w",
        "management_account_id": "112233445566",
        "root_id": "r-1xyz",
        **fields,
    }
    return Organization(**given)  # type: ignore[arg-type]  # each test says what it gives


def a_unit(name: str, *accounts: str, below: tuple[OrganizationalUnit, ...] = ()) -> OrganizationalUnit:
    return OrganizationalUnit(organizational_unit_id=name, accounts=accounts, organizational_units=below)


ACCOUNT = "111122223333"
FAULTS: dict[str, dict[str, object]] = {
    "an account in two units": {
        "organizational_units": [a_unit("ou-1xyz-00000001", ACCOUNT), a_unit("ou-1xyz-00000002", ACCOUNT)]
    },
    "an account twice in a unit": {"organizational_units": [a_unit("ou-1xyz-00000001", ACCOUNT, ACCOUNT)]},
    "an account in a unit and under the root": {
        "accounts": [ACCOUNT],
        "organizational_units": [a_unit("ou-1xyz-00000001", ACCOUNT)],
    },
    "an account above and below": {
        "organizational_units": [a_unit("ou-1xyz-00000001", ACCOUNT, below=(a_unit("ou-1xyz-00000002", ACCOUNT),))]
    },
    "a unit in two places": {
        "organizational_units": [
            a_unit("ou-1xyz-00000001", below=(a_unit("ou-1xyz-00000002"),)),
            a_unit("ou-1xyz-00000002"),
        ]
    },
    "a unit below itself": {"organizational_units": [a_unit("ou-1xyz-00000001", below=(a_unit("ou-1xyz-00000001"),))]},
    "a unit of another root": {"organizational_units": [a_unit("ou-2xyz-00000001")]},
    "no id": {"organization_id": "xyz"},
    "no management account": {"management_account_id": "1"},
    "no root": {"root_id": "ou-1xyz"},
    "no account": {"accounts": ["all"]},
}


@pytest.mark.parametrize("fields", FAULTS.values(), ids=FAULTS)
def test_what_no_organization_can_be(fields: dict[str, object]) -> None:
    """Rules B OR-1, B 0.1."""
    with pytest.raises(Malformed):
        an_organization(**fields)


# --- the directory ----------------------------------------------------------------------------------------------------


@given(ec2.organizations())
def test_a_directory_finds_the_organization_of_every_account(directory: Organizations) -> None:
    """Rules B OR-9, B OR-10."""
    for organization in directory.organizations:
        assert directory.get(organization.organization_id) is organization
        assert all(directory.of(account) is organization for account in organization.members)
    assert directory.of("999999999999") is None
    assert directory.get("o-zzzzzzzzzz") is None
    assert pickle.loads(pickle.dumps(directory)) == directory


@given(ec2.single_organizations())
def test_no_organization_is_given_twice(organization: Organization) -> None:
    with pytest.raises(Malformed, match="The organization is given twice"):
        Organizations([organization, organization])


@given(ec2.single_organizations())
def test_no_account_is_in_two_organizations(organization: Organization) -> None:
    """Rule B OR-1."""
    other = an_organization(accounts=organization.members)
    with pytest.raises(Malformed, match="The account is in two organizations"):
        Organizations([organization, other])


def test_to_know_of_none_is_not_to_know_none() -> None:
    """Rule B OR-9."""
    assert Organizations().complete
    assert not NOTHING_KNOWN.complete
    assert Organizations() != NOTHING_KNOWN
    assert Organizations().organizations == NOTHING_KNOWN.organizations == ()


def test_an_organization_of_china_has_arns_of_china() -> None:
    """Rule B OR-12."""
    organization = an_organization(partition="aws-cn")
    assert organization.partition is Partition.AWS_CN
    assert str(organization.arn).startswith("arn:aws-cn:")
