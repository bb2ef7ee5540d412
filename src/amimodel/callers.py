"""Who asks, and where: the account whose credentials sign a request, and the Region it is sent to.

Source: rules B G-1, B G-6, A 0.3.
"""

from collections.abc import Iterable
from typing import Final

from attrs import field, frozen

from amimodel.identifiers import AccountId, account_id
from amimodel.malformed import invalid_value
from amimodel.regions import Region, as_region

PROVIDER_ACCOUNT: Final = AccountId("000000000000")
"""The account under which AWS itself acts. No customer has it."""


def _account(text: str) -> AccountId:
    return account_id(text, "Account")


def _denied(actions: Iterable[str]) -> frozenset[str]:
    if isinstance(actions, str):  # a text is a list of its letters, which nobody ever means
        raise invalid_value("Denied", actions, "Expected a list.")
    return frozenset(actions)


@frozen(kw_only=True)
class Caller:
    """An account in a Region.

    >>> alice = Caller(account="111122223333", region="eu-central-1")
    >>> (
    ...     alice.may("ec2:RunInstances"),
    ...     Caller(account="111122223333", region="eu-central-1", denied=["ec2:*"]).may("ec2:Run"),
    ... )
    (True, False)

    The whole account is one caller: users and roles are not modelled, but for `denied`, the actions that IAM keeps from
    this one (`ec2:DeleteSnapshot`; `ec2:*` for all of a service; `*` for everything). Raises `Malformed`.

    Source: rules B G-1, B G-6.
    """

    account: AccountId = field(converter=_account)
    region: Region = field(converter=as_region)
    denied: frozenset[str] = field(default=frozenset(), converter=_denied)

    @classmethod
    def provider(cls, region: str | Region) -> "Caller":
        """AWS itself, which lets copies fail and keys be disabled.

        >>> Caller.provider("eu-central-1").is_provider
        True
        """
        return cls(account=PROVIDER_ACCOUNT, region=region)

    @property
    def is_provider(self) -> bool:
        """Whether AWS itself acts."""
        return self.account == PROVIDER_ACCOUNT

    def may(self, action: str) -> bool:
        """Whether IAM lets the caller do this, by the action's name with its service."""
        if not self.denied:
            return True
        service, _, _ = action.partition(":")
        return not {action, f"{service}:*", "*"} & self.denied

    def __str__(self) -> str:
        return f"{self.account} in {self.region}"
