"""The two shapes in which permissions are changed: rules B LP-9 to B LP-17, B SP-2; settlements S 16, S 17."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.malformed import Malformed
from amimodel.permission_requests import (
    CreateVolumePermissionModifications,
    LaunchPermissionModifications,
    OperationType,
    asked,
    group,
    listed_permissions,
    told_apart,
)
from amimodel.permissions import EVERYONE, AccountPermission, LaunchPermission, Permissions
from amimodel.quirks import PermissionOverlap
from amimodel.testing import strategies as amis

ITEMS = st.lists(st.one_of(amis.launch_permissions(), st.just(EVERYONE)), max_size=4)
ONE, OTHER = AccountPermission("111122223333"), AccountPermission("999988887777")
ORG = "arn:aws:organizations::112233445566:organization/o-xyzabc123w"
UNIT = "arn:aws:organizations::112233445566:ou/o-xyzabc123w/ou-1xyz-abc123yz"
Sides = tuple[tuple[LaunchPermission, ...], tuple[LaunchPermission, ...]]


def ask(
    structure: Sides | None = None,
    listed: tuple[LaunchPermission, ...] = (),
    operation: OperationType | None = None,
    *,
    named: bool = False,
) -> Sides | None:
    return asked(structure, listed, operation, named=named, member="LaunchPermission")


@given(add=ITEMS, remove=ITEMS)
def test_a_structure_has_every_item_once(add: list[LaunchPermission], remove: list[LaunchPermission]) -> None:
    """Rule B LP-5: what is added is a set that remembers its order."""
    found = LaunchPermissionModifications(add=add, remove=remove)
    assert found.sides == (tuple(dict.fromkeys(add)), tuple(dict.fromkeys(remove)))
    assert hash(found) == hash(LaunchPermissionModifications(add=add, remove=remove))


def test_a_snapshots_structure_has_every_item_once() -> None:
    found = CreateVolumePermissionModifications(add=[ONE, ONE, EVERYONE], remove=[OTHER])
    assert found.sides == ((ONE, EVERYONE), (OTHER,))


def test_the_lists_are_read_in_the_order_of_their_kinds() -> None:
    items = listed_permissions([ONE.user_id], ["all"], [ORG], [UNIT])
    assert [str(item) for item in items] == [
        "account 111122223333", "everyone", "organization o-xyzabc123w", "organizational unit ou-1xyz-abc123yz",
    ]  # fmt: skip


BAD: list[tuple[dict[str, list[str]], str]] = [
    ({"user_ids": ["1234"]}, 'Invalid attribute item value "1234" for userId item type.'),
    ({"user_ids": ["1111-2222-3333"]}, 'Invalid attribute item value "1111-2222-3333" for userId item type.'),
    ({"user_ids": [""]}, 'Invalid attribute item value "" for userId item type.'),
    ({"user_groups": ["everyone"]}, 'Invalid attribute item value "everyone" for UserGroup item type.'),
    (
        {"organization_arns": ["o-xyzabc123w"]},
        'Invalid attribute item value "o-xyzabc123w" for OrganizationArn item type.',
    ),
    ({"organization_arns": [UNIT]}, f'Invalid attribute item value "{UNIT}" for OrganizationArn item type.'),
    (
        {"organization_arns": ["arn:aws:organizations::112233445566:account/o-xyzabc123w"]},
        (
            'Invalid attribute item value "arn:aws:organizations::112233445566:account/o-xyzabc123w"'
            " for OrganizationArn item type."
        ),
    ),
    (
        {"organizational_unit_arns": ["ou-1xyz-abc123yz"]},
        'Invalid attribute item value "ou-1xyz-abc123yz" for OrganizationalUnitArn item type.',
    ),
    (
        {"organizational_unit_arns": ["arn:aws:organizations::112233445566:root/o-xyzabc123w/r-1xyz"]},
        (
            'Invalid attribute item value "arn:aws:organizations::112233445566:root/o-xyzabc123w/r-1xyz"'
            " for OrganizationalUnitArn item type."
        ),
    ),
]


@pytest.mark.parametrize(("lists", "message"), BAD)
def test_what_is_no_item_is_named_in_ec2s_words(lists: dict[str, list[str]], message: str) -> None:
    """Rules B LP-11, B OR-6, B OR-8, A AC-2."""
    with pytest.raises(Malformed) as raised:
        listed_permissions(**lists)
    assert (raised.value.code, raised.value.message) == ("InvalidAMIAttributeItemValue", message)


def test_one_bad_item_among_good_ones_spoils_them_all() -> None:
    """Rules B LP-12, B G-3."""
    with pytest.raises(Malformed, match="InvalidAMIAttributeItemValue"):
        listed_permissions([ONE.user_id, "1234", OTHER.user_id])


def test_there_is_one_group() -> None:
    assert group("all") is EVERYONE
    with pytest.raises(Malformed):
        group("All")


# --- what is asked for ------------------------------------------------------------------------------------------------

ADD, REMOVE = OperationType.ADD, OperationType.REMOVE
ADDED, REMOVED, BOTH = ((ONE,), ()), ((), (ONE,)), ((ONE,), (OTHER,))

# Structure, lists, operation, whether Attribute names the list: what they come to.
GOOD: list[tuple[Sides | None, tuple[LaunchPermission, ...], OperationType | None, bool, Sides | None]] = [
    (None,     (),       None,   False, None),
    (ADDED,    (),       None,   False, ADDED),
    (REMOVED,  (),       None,   False, REMOVED),
    (BOTH,     (),       None,   True,  BOTH),     # LP-17
    (None,     (ONE,),   ADD,    True,  ADDED),
    (None,     (ONE,),   REMOVE, True,  REMOVED),
    (ADDED,    (),       ADD,    False, ADDED),    # S 16
    (REMOVED,  (),       REMOVE, False, REMOVED),
    (BOTH,     (),       ADD,    False, BOTH),
    (ADDED,    (ONE,),   None,   False, ADDED),    # as Packer sends it
    (ADDED,    (OTHER,), ADD,    True,  ADDED),    # the structure holds
    (((), ()), (ONE,),   ADD,    True,  ADDED),    # S 17: an empty one is as good as none
]  # fmt: skip


@pytest.mark.parametrize(("structure", "listed", "operation", "named", "sides"), GOOD)
def test_both_shapes_come_to_what_is_added_and_what_is_removed(
    structure: Sides | None,
    listed: tuple[LaunchPermission, ...],
    operation: OperationType | None,
    named: bool,
    sides: Sides | None,
) -> None:
    assert ask(structure, listed, operation, named=named) == sides


COMBINATION, MISSING = "InvalidParameterCombination", "MissingParameter"
THE_STRUCTURE = "The request must contain the parameter LaunchPermission"
WRONG: list[tuple[Sides | None, tuple[LaunchPermission, ...], OperationType | None, bool, tuple[str, str]]] = [
    (None,     (ONE,), None,   False, (MISSING, THE_STRUCTURE)),    # LP-13
    (None,     (ONE,), ADD,    False, (MISSING, THE_STRUCTURE)),
    (((), ()), (),     None,   False, (MISSING, THE_STRUCTURE)),    # LP-15
    (((), ()), (),     ADD,    False, (MISSING, THE_STRUCTURE)),
    (None,     (),     ADD,    True,  (MISSING, "The request must contain the parameter UserIds")),
    (None,     (ONE,), None,   True,  (COMBINATION, "The attribute launchPermission needs an operation.")),  # LP-14
    (None,     (),     None,   True,  (COMBINATION, "The attribute launchPermission needs an operation.")),
    (REMOVED,  (),     ADD,    False, (COMBINATION, "The operation add contradicts LaunchPermission.")),     # S 16
    (ADDED,    (ONE,), REMOVE, True,  (COMBINATION, "The operation remove contradicts LaunchPermission.")),
]  # fmt: skip


@pytest.mark.parametrize(("structure", "listed", "operation", "named", "error"), WRONG)
def test_what_does_not_go_together_is_malformed(
    structure: Sides | None,
    listed: tuple[LaunchPermission, ...],
    operation: OperationType | None,
    named: bool,
    error: tuple[str, str],
) -> None:
    with pytest.raises(Malformed) as raised:
        ask(structure, listed, operation, named=named)
    assert (raised.value.code, raised.value.message) == error


@given(add=ITEMS, remove=ITEMS, before=amis.launch_permission_lists())
def test_adding_and_then_removing_ends_as_telling_them_apart_does(
    add: list[LaunchPermission], remove: list[LaunchPermission], before: Permissions[LaunchPermission]
) -> None:
    """Rule B LP-17: "Apply Remove after Add"; or, by the quirk, the other way round."""
    added, removed = told_apart(tuple(add), tuple(remove), PermissionOverlap.REMOVED)
    assert before.adding(added).removing(removed) == before.adding(add).removing(remove)
    added, removed = told_apart(tuple(add), tuple(remove), PermissionOverlap.ADDED)
    assert before.adding(added).removing(removed) == before.removing(remove).adding(add)
    assert not {*added} & {*removed}
