"""Whose images are asked for: the parameters Owners and ExecutableUsers.

Source: botocore 1.44.5, DescribeImages and DescribeSnapshots; EC2 User Guide, "Shared AMI"; rules A 8.6, A AC-3, B 1.7
(VI-1 to VI-3), C 8.92; settlement S 12.
"""

from collections.abc import Iterable
from enum import unique
from typing import Final, TypeAlias

from amimodel.access import covers
from amimodel.identifiers import AccountId, account_id
from amimodel.images import Image
from amimodel.malformed import Malformed
from amimodel.organizations import NOTHING_KNOWN, Organizations
from amimodel.permissions import EveryonePermission
from amimodel.quirks import Quirks
from amimodel.vocabulary import Word

_AS_RULED: Final = Quirks()


@unique
class OwnerWord(Word):
    """What may stand for owners, where it is not the number of an account."""

    SELF = "self"
    AMAZON = "amazon"
    AWS_BACKUP_VAULT = "aws-backup-vault"
    AWS_MARKETPLACE = "aws-marketplace"
    MICROSOFT = "microsoft"
    """From old documentation: it is taken, and nobody has it (rule A 8.1)."""


@unique
class UserWord(Word):
    """What may stand for users of an image, where it is not the number of an account."""

    SELF = "self"
    ALL = "all"


OwnerScope: TypeAlias = OwnerWord | AccountId
UserScope: TypeAlias = UserWord | AccountId

_OF_SNAPSHOTS: Final = frozenset({OwnerWord.SELF, OwnerWord.AMAZON})


def image_owner(text: str) -> OwnerScope:
    """Read an item of Owners: `self`, an alias of AWS's, or the number of an account.

    >>> image_owner("amazon"), image_owner("111122223333")
    (<OwnerWord.AMAZON: 'amazon'>, '111122223333')
    >>> image_owner("all")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidUserID.Malformed: Invalid user id: "all"

    Raises `Malformed` (`InvalidUserID.Malformed`).

    Source: rules A OW-1, A OW-2, A AC-3.
    """
    try:
        return OwnerWord(text)
    except Malformed:
        return account_id(text, "Owners")


def snapshot_owner(text: str) -> OwnerScope:
    """Read an item of OwnerIds of DescribeSnapshots: `self`, `amazon`, or the number of an account.

    >>> snapshot_owner("self")
    <OwnerWord.SELF: 'self'>

    Raises `Malformed` (`InvalidUserID.Malformed`).

    Source: rules C 8.92, A AC-3.
    """
    try:
        word = OwnerWord(text)
    except Malformed:
        return account_id(text, "OwnerIds")
    return word if word in _OF_SNAPSHOTS else account_id(text, "OwnerIds")


def executable_user(text: str, member: str = "ExecutableUsers") -> UserScope:
    """Read an item of ExecutableUsers, or of DescribeSnapshots' RestorableByUserIds.

    >>> executable_user("all"), executable_user("111122223333")
    (<UserWord.ALL: 'all'>, '111122223333')

    Raises `Malformed` (`InvalidUserID.Malformed`).

    Source: rules A EX-5, A AC-3, B VI-3.
    """
    try:
        return UserWord(text)
    except Malformed:
        return account_id(text, member)


def image_owners(texts: Iterable[str]) -> tuple[OwnerScope, ...]:
    """Read Owners (`image_owner`)."""
    return tuple(image_owner(text) for text in texts)


def snapshot_owners(texts: Iterable[str]) -> tuple[OwnerScope, ...]:
    """Read OwnerIds of DescribeSnapshots (`snapshot_owner`)."""
    return tuple(snapshot_owner(text) for text in texts)


def executable_users(texts: Iterable[str]) -> tuple[UserScope, ...]:
    """Read ExecutableUsers (`executable_user`)."""
    return tuple(executable_user(text) for text in texts)


def owned_by(image: Image, owner: OwnerScope, account: str) -> bool:
    """Whether an image is one of an owner's, for the account that asks.

    >>> from amimodel.examples import WEB
    >>> owned_by(WEB, OwnerWord.SELF, "111122223333"), owned_by(WEB, OwnerWord.SELF, "999988887777")
    (True, False)

    A number finds the images of an account that has an alias, too.

    Source: rule A OW-1.
    """
    if owner is OwnerWord.SELF:
        return image.owner_id == account
    return owner in {image.owner_id, image.image_owner_alias}


def executable_by(
    image: Image,
    user: UserScope,
    account: str,
    organizations: Organizations = NOTHING_KNOWN,
    quirks: Quirks = _AS_RULED,
) -> bool:
    """Whether an image's launch permissions are meant for a user, for the account that asks.

    Everyone's permission is meant for `all` alone. What reaches an account through an organization or a unit counts
    where the account asks for itself, as far as its membership is known; of another account only its number counts.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> from amimodel.permissions import AccountPermission
    >>> shared = evolve(WEB, launch_permissions=[AccountPermission("999988887777")])
    >>> executable_by(shared, UserWord.SELF, "999988887777"), executable_by(shared, UserWord.ALL, "999988887777")
    (True, False)

    Source: rules A EX-1 to EX-3, B VI-1 to VI-3; settlement S 12.
    """
    if user is UserWord.ALL:
        return image.public
    if user not in {UserWord.SELF, account}:
        return user in image.launch_permissions.accounts
    if image.owner_id == account:
        return account in image.launch_permissions.accounts and quirks.executable_by_self_includes_own
    return any(
        covers(permission, account, organizations) is True
        for permission in image.launch_permissions
        if not isinstance(permission, EveryonePermission)
    )
