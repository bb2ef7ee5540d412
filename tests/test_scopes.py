"""Owners and ExecutableUsers: rules A 8.6, B 1.7, C 8.92; settlement S 12."""

from collections.abc import Callable

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.access import has_launch_permission
from amimodel.examples import WEB
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.malformed import Malformed
from amimodel.organizations import NOTHING_KNOWN, Organization, Organizations
from amimodel.permissions import EVERYONE, AccountPermission, LaunchPermission, OrganizationPermission
from amimodel.quirks import Quirks
from amimodel.scopes import (
    OwnerWord,
    UserWord,
    executable_by,
    executable_user,
    executable_users,
    image_owner,
    image_owners,
    owned_by,
    snapshot_owner,
    snapshot_owners,
)
from amimodel.testing import strategies as amis
from amimodel.vocabulary import OwnerAlias

OWNER, FRIEND, OTHER = (AccountId(text) for text in ("111122223333", "444455556666", "777788889999"))


def _restorable_by(text: str) -> str:
    return executable_user(text, "RestorableByUserIds")


READERS: list[tuple[Callable[[str], str], str, set[str]]] = [
    (image_owner,     "Owners",              {"self", "amazon", "aws-backup-vault", "aws-marketplace", "microsoft"}),
    (snapshot_owner,  "OwnerIds",            {"self", "amazon"}),
    (executable_user, "ExecutableUsers",     {"self", "all"}),
    (_restorable_by,  "RestorableByUserIds", {"self", "all"}),
]  # fmt: skip
each_reader = pytest.mark.parametrize(("read", "member", "words"), READERS, ids=[row[1] for row in READERS])
EVERY_WORD = sorted({word for _, _, words in READERS for word in words})


@each_reader
@pytest.mark.parametrize(
    "text", [*EVERY_WORD, "Self", "AMAZON", "foo", "", "11112222333", "1111-2222-3333", "111122223333 "]
)
def test_words_are_taken_and_others_are_malformed(
    read: Callable[[str], str], member: str, words: set[str], text: str
) -> None:
    """Rules A OW-1, A OW-2, A EX-5, A AC-3."""
    if text in words:
        assert read(text) == text
        return
    with pytest.raises(Malformed) as caught:
        read(text)
    malformed = caught.value
    assert (malformed.code, malformed.message) == ("InvalidUserID.Malformed", f'Invalid user id: "{text}"')
    assert (malformed.member, malformed.value) == (member, text)


@each_reader
@given(account=amis.account_ids())
def test_every_account_has_a_number(
    read: Callable[[str], str], member: str, words: set[str], account: AccountId
) -> None:
    """Rule A AC-1."""
    assert read(account) == account


def test_lists_are_read_item_by_item() -> None:
    assert image_owners(["self", OWNER]) == (OwnerWord.SELF, OWNER)
    assert snapshot_owners(iter(["amazon"])) == (OwnerWord.AMAZON,)
    assert executable_users(["all", OWNER]) == (UserWord.ALL, OWNER)
    for read_all in (image_owners, snapshot_owners, executable_users):
        with pytest.raises(Malformed, match="InvalidUserID"):
            read_all(["self", "nobody"])


# --- whose images -----------------------------------------------------------------------------------------------------


@given(image=amis.images(), account=amis.account_ids())
def test_an_owner_is_a_number_an_alias_or_oneself(image: Image, account: AccountId) -> None:
    """Rule A OW-1: a number finds aliased owners, too."""
    assert owned_by(image, image.owner_id, account)
    assert owned_by(image, OwnerWord.SELF, image.owner_id)
    assert owned_by(image, OwnerWord.SELF, account) == (account == image.owner_id)
    assert owned_by(image, account, image.owner_id) == (account == image.owner_id)
    for word in set(OwnerWord) - {OwnerWord.SELF}:
        assert owned_by(image, word, account) == (image.image_owner_alias == word.value)


def test_nobody_is_microsoft() -> None:
    """Rule A 8.1: an old word that is still taken."""
    for alias in OwnerAlias:
        assert not owned_by(evolve(WEB, image_owner_alias=alias), image_owner("microsoft"), OWNER)


# --- executable by whom -----------------------------------------------------------------------------------------------

ORGANIZATION = Organization(
    organization_id="o-xyzabc123w", management_account_id="112233445566", root_id="r-ab12", accounts=[OWNER, FRIEND]
)
KNOWN = Organizations([ORGANIZATION])
BY_NUMBER: LaunchPermission = AccountPermission(FRIEND)
OWN_NUMBER: LaunchPermission = AccountPermission(OWNER)
BY_ORGANIZATION: LaunchPermission = OrganizationPermission(ORGANIZATION.arn)
ALL, SELF = UserWord.ALL, UserWord.SELF


@pytest.mark.parametrize(
    ("items", "user", "asking", "found"),
    [
        # everyone is found by `all` alone, one's own image included (rules A EX-1, B VI-3)
        ([EVERYONE],            ALL,    OTHER,  True),
        ([EVERYONE],            ALL,    OWNER,  True),
        ([BY_NUMBER],           ALL,    FRIEND, False),
        ([EVERYONE],            SELF,   FRIEND, False),
        ([EVERYONE],            FRIEND, FRIEND, False),
        # oneself, by word or by number: what is shared by number or through an organization (rules A EX-2, B VI-1)
        ([BY_NUMBER],           SELF,   FRIEND, True),
        ([BY_NUMBER],           FRIEND, FRIEND, True),
        ([BY_NUMBER],           SELF,   OTHER,  False),
        ([BY_ORGANIZATION],     SELF,   FRIEND, True),
        ([BY_ORGANIZATION],     FRIEND, FRIEND, True),
        ([BY_ORGANIZATION],     SELF,   OTHER,  False),
        ([EVERYONE, BY_NUMBER], SELF,   FRIEND, True),
        # an own image only if one's own number is listed (settlement S 12)
        ([],                    SELF,   OWNER,  False),
        ([BY_ORGANIZATION],     SELF,   OWNER,  False),
        ([EVERYONE],            SELF,   OWNER,  False),
        ([OWN_NUMBER],          SELF,   OWNER,  True),
        ([OWN_NUMBER],          OWNER,  OWNER,  True),
        # another's number: that number alone (rules A EX-3, B VI-2)
        ([BY_NUMBER],           FRIEND, OWNER,  True),
        ([BY_NUMBER],           OTHER,  OWNER,  False),
        ([BY_ORGANIZATION],     FRIEND, OWNER,  False),
    ],
)  # fmt: skip
def test_whom_launch_permissions_are_meant_for(
    items: list[LaunchPermission], user: UserWord | AccountId, asking: AccountId, found: bool
) -> None:
    image = evolve(WEB, launch_permissions=items)
    assert executable_by(image, user, asking, KNOWN) is found


def test_an_own_number_in_an_own_list_is_a_quirk() -> None:
    """Settlement S 12."""
    image = evolve(WEB, launch_permissions=[OWN_NUMBER])
    quirks = Quirks(executable_by_self_includes_own=False)
    assert not executable_by(image, SELF, OWNER, KNOWN, quirks)
    assert executable_by(image, SELF, OWNER, KNOWN)
    assert executable_by(evolve(WEB, launch_permissions=[BY_NUMBER]), SELF, FRIEND, KNOWN, quirks)


def test_a_membership_that_is_not_known_does_not_count() -> None:
    image = evolve(WEB, launch_permissions=[BY_ORGANIZATION])
    assert not executable_by(image, SELF, FRIEND, NOTHING_KNOWN)


@given(image=amis.images(), account=amis.account_ids(), user=st.sampled_from(UserWord))
def test_whoever_is_found_by_self_may_launch(image: Image, account: AccountId, user: UserWord) -> None:
    """Rules B 1.7, B VI-1: what is meant for an account reaches it."""
    if executable_by(image, user, account):
        assert has_launch_permission(image, account).allowed
