"""Credentials that say whose they are: so that a request that is signed with them has a caller.

A key of AWS's own making names its account in a way that only AWS reads. The keys of this model spell the account out.
Nothing is ever signed or checked with them; they protect nothing.

Source: IAM User Guide, "IAM identifiers" (the prefixes AKIA and ASIA); botocore 1.44.5, sts, shape Credentials;
rules B G-1, B G-6.
"""

import re
from datetime import datetime
from enum import unique
from typing import Final

from attrs import field, frozen

from amimodel.clock import utc
from amimodel.identifiers import AccountId, account_id
from amimodel.vocabulary import Word

_TAIL: Final = "AMIM"
"""What makes twelve digits and a prefix as long as a key id is: twenty characters."""

_read = re.compile(rf"(?:AKIA|ASIA)(?P<account>[0-9]{{12}}){_TAIL}", re.ASCII).fullmatch

_NEVER_SIGNED_WITH: Final = "amimodel/never/checks/signatures/0000000"  # forty characters, as EC2's have
_NEVER_CHECKED: Final = "amimodel//" + "never/checks/tokens/" * 9


@unique
class AccessKeyKind(Word):
    """How long a key lasts: one of a user's own, or a temporary one that comes with a session token."""

    LONG_TERM = "AKIA"
    TEMPORARY = "ASIA"


def access_key_id(account: str, kind: AccessKeyKind = AccessKeyKind.TEMPORARY) -> str:
    """The id of the key that signs for an account.

    >>> access_key_id("111122223333")
    'ASIA111122223333AMIM'
    >>> access_key_id("111122223333", AccessKeyKind.LONG_TERM)
    'AKIA111122223333AMIM'

    Raises `Malformed` (`InvalidUserID.Malformed`).

    Source: rules A AC-1, B G-1.
    """
    return f"{kind}{account_id(account)}{_TAIL}"


def account_of_access_key(text: str) -> AccountId | None:
    """The account that a key signs for; None for a key that does not say it.

    >>> account_of_access_key("AKIA111122223333AMIM")
    '111122223333'
    >>> print(account_of_access_key("AKIAIOSFODNN7EXAMPLE"))
    None

    Source: rule B G-1.
    """
    match = _read(text)
    return None if match is None else AccountId(match["account"])


@frozen(kw_only=True)
class Credentials:
    """What AssumeRole gives to sign with: the account in the key's id, and texts that nothing looks at.

    >>> from amimodel.clock import parse
    >>> given = Credentials.of("111122223333", parse("2026-06-01T01:00:00Z"))
    >>> account_of_access_key(given.access_key_id), len(given.access_key_id), len(given.secret_access_key)
    ('111122223333', 20, 40)

    That they expire is told, and never enforced.

    Source: rules B G-1, B G-6.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: datetime = field(converter=utc)

    @classmethod
    def of(cls, account: str, expiration: datetime) -> "Credentials":
        """The credentials for an account, until a moment: always the same ones."""
        return cls(
            access_key_id=access_key_id(account),
            secret_access_key=_NEVER_SIGNED_WITH,
            session_token=_NEVER_CHECKED,
            expiration=expiration,
        )
