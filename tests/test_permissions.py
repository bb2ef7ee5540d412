"""Permission lists: rules B 1.1, B LP-1 to LP-11, B SP-1."""

import pickle

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from amimodel.malformed import Malformed
from amimodel.organizations import OrganizationalUnitArn, OrganizationArn
from amimodel.permissions import (
    EVERYONE,
    NOBODY,
    NOT_PUBLIC,
    PUBLIC_AT_LEAST,
    AccountPermission,
    EveryonePermission,
    LaunchPermission,
    LaunchPermissions,
    OrganizationalUnitPermission,
    OrganizationPermission,
    Permissions,
)
from amimodel.testing import strategies as ec2

ITEMS = st.lists(ec2.launch_permissions(), max_size=5)
ORGANIZATION = "arn:aws:organizations::112233445566:organization/o-xyzabc123w"
UNIT = "arn:aws:organizations::112233445566:ou/o-xyzabc123w/ou-1xyz-abc123yz"


# --- the kinds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permission", "text"),
    [
        (AccountPermission("111122223333"),            "account 111122223333"),
        (OrganizationPermission(ORGANIZATION),         "organization o-xyzabc123w"),
        (OrganizationalUnitPermission(UNIT),           "organizational unit ou-1xyz-abc123yz"),
        (EVERYONE,                                     "everyone"),
    ],
)  # fmt: skip
def test_each_kind_names_whom_it_permits(permission: LaunchPermission, text: str) -> None:
    """Rule B 1.1."""
    assert str(permission) == text


@given(ec2.organization_arns(), ec2.organizational_unit_arns())
def test_an_arn_may_be_given_as_text_or_as_itself(arn: OrganizationArn, unit: OrganizationalUnitArn) -> None:
    assert OrganizationPermission(str(arn)) == OrganizationPermission(arn)
    assert OrganizationalUnitPermission(str(unit)) == OrganizationalUnitPermission(unit)


# (make, value, EC2's word for the kind): rules B 1.1, B LP-11, B OR-6, B OR-8
MALFORMED_ITEMS = [
    (AccountPermission,            "1234",                                                     "userId"),
    (AccountPermission,            "1111-2222-3333",                                           "userId"),
    (AccountPermission,            "all",                                                      "userId"),
    (AccountPermission,            "",                                                         "userId"),
    (OrganizationPermission,       "o-xyzabc123w",                                             "OrganizationArn"),
    (OrganizationPermission,       UNIT,                                                       "OrganizationArn"),
    (OrganizationPermission,       "arn:aws:organizations::112233445566:account/o-xyzabc123w/1",   "OrganizationArn"),
    (OrganizationPermission,       "arn:aws:organizations::112233445566:root/o-xyzabc123w/r-1xyz", "OrganizationArn"),
    (OrganizationPermission,       ORGANIZATION + "\n",                                        "OrganizationArn"),
    (OrganizationPermission,       ORGANIZATION.replace("arn:aws:", "arn:aws-xx:"),            "OrganizationArn"),
    (OrganizationPermission,       ORGANIZATION.replace("::", ":us-east-1:"),                  "OrganizationArn"),
    (OrganizationalUnitPermission, "ou-1xyz-abc123yz",                                         "OrganizationalUnitArn"),
    (OrganizationalUnitPermission, ORGANIZATION,                                               "OrganizationalUnitArn"),
    (OrganizationalUnitPermission, UNIT.replace("ou-1xyz-abc123yz", "ou-1xyz"),                "OrganizationalUnitArn"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "value", "word"), MALFORMED_ITEMS)
def test_what_is_no_item_is_malformed_in_ec2s_words(
    make: type[AccountPermission | OrganizationPermission | OrganizationalUnitPermission], value: str, word: str
) -> None:
    with pytest.raises(Malformed) as caught:
        make(value)
    assert caught.value.code == "InvalidAMIAttributeItemValue"
    assert caught.value.message == f'Invalid attribute item value "{value}" for {word} item type.'
    assert caught.value.member == word[0].upper() + word[1:]


def test_a_malformed_account_does_not_speak_of_the_reader_behind_it() -> None:
    with pytest.raises(Malformed) as caught:
        AccountPermission("x")
    assert caught.value.__suppress_context__


# --- the list ---------------------------------------------------------------------------------------------------------


@given(ITEMS)
def test_a_list_is_a_set_that_remembers_the_order(items: list[LaunchPermission]) -> None:
    """Rule B LP-5."""
    permissions = Permissions([*items, *items])
    assert list(permissions) == list(dict.fromkeys(items))
    assert len(permissions) == len(set(items))
    assert permissions == Permissions(reversed(items))
    assert hash(permissions) == hash(Permissions(reversed(items)))
    assert all(item in permissions for item in items)
    assert pickle.loads(pickle.dumps(permissions)) == permissions


@given(ITEMS)
def test_everyone_is_permitted_exactly_where_the_group_all_is_listed(items: list[LaunchPermission]) -> None:
    """Rules B LP-2, B LP-3."""
    permissions = Permissions(items)
    assert permissions.everyone is any(isinstance(item, EveryonePermission) for item in items)
    assert permissions.accounts == {item.user_id for item in items if isinstance(item, AccountPermission)}


@given(ec2.launch_permission_lists(complete=None), ITEMS)
def test_adding_keeps_what_is_there_and_can_be_done_twice(
    permissions: LaunchPermissions, items: list[LaunchPermission]
) -> None:
    """Rule B LP-9."""
    added = permissions.adding(items)
    assert set(added) == {*permissions, *items}
    assert list(added)[: len(permissions)] == list(permissions)
    assert added.adding(items) == added
    assert added.complete is permissions.complete
    assert added.everyone is (EVERYONE in added.items)


@given(ec2.launch_permission_lists(complete=None), ITEMS)
def test_removing_minds_nothing_that_is_not_there(
    permissions: LaunchPermissions, items: list[LaunchPermission]
) -> None:
    """Rule B LP-9."""
    left = permissions.removing(items)
    assert set(left) == set(permissions) - set(items)
    assert left.removing(items) == left
    assert left.complete is permissions.complete
    assert permissions.adding(items).removing(items) == left
    assert left.everyone is (EVERYONE in left.items)


@given(ITEMS)
def test_what_is_known_in_part_is_not_what_is_known_in_full(items: list[LaunchPermission]) -> None:
    assert Permissions(items, complete=False) != Permissions(items)


def test_what_describe_images_tells_of_permissions() -> None:
    """Rules B LP-3, B LP-4."""
    assert (len(NOBODY), NOBODY.everyone, NOBODY.complete) == (0, False, True)
    assert (PUBLIC_AT_LEAST.everyone, PUBLIC_AT_LEAST.complete) == (True, False)
    assert (NOT_PUBLIC.everyone, NOT_PUBLIC.complete) == (False, False)
    assert NOBODY.accounts == frozenset()


def test_a_list_never_changes() -> None:
    with pytest.raises(FrozenInstanceError):
        NOBODY.items = (EVERYONE,)  # type: ignore[misc]  # that is the point
