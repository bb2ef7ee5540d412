"""Strategies for KMS keys.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from typing import Final

from hypothesis import strategies as st

from amimodel.encryption import (
    AWS_MANAGED_ALIAS,
    AccountGrant,
    KeyGrant,
    KeyManager,
    KeyState,
    KmsKey,
    KmsKeyArn,
    KmsKeyId,
    OrganizationGrant,
    OrganizationPathGrant,
)
from amimodel.identifiers import AccountId
from amimodel.regions import Region, as_region
from amimodel.testing.strategies._draft import made
from amimodel.testing.strategies._organizations import (
    organization_ids,
    organizational_unit_ids,
    root_ids,
)
from amimodel.testing.strategies._words import account_ids, regions

_ALIAS_CHARACTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz/_-"


def kms_key_arns(*, region: Region | str | None = None, account_id: str | None = None) -> st.SearchStrategy[KmsKeyArn]:
    """ARNs of keys; `region` and `account_id` keep to one.

    >>> str(find(kms_key_arns(), lambda arn: True))
    'arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000'
    """
    where = regions() if region is None else st.just(as_region(region))
    whose = account_ids() if account_id is None else st.just(AccountId(account_id))
    return made(_key_arn, where, whose, st.integers(0, 2 * 16**32 - 1))


def _key_arn(region: Region, account: AccountId, number: int) -> KmsKeyArn:
    return KmsKeyArn(region, account, _key_id(number))


def _key_id(number: int) -> str:
    digits = f"{number % 16**32:032x}"
    if number >= 16**32:
        return f"mrk-{digits}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def kms_key_ids() -> st.SearchStrategy[KmsKeyId]:
    """Keys named in any of the forms that a request can use: key id, alias, key ARN, alias ARN.

    >>> find(kms_key_ids(), lambda key: True)
    'alias/aws/ebs'
    """
    names = st.text(_ALIAS_CHARACTERS, min_size=1, max_size=30)
    return st.one_of(
        st.just(AWS_MANAGED_ALIAS),
        made(lambda name: KmsKeyId(f"alias/{name}"), names),
        made(lambda arn: KmsKeyId(str(arn)), kms_key_arns()),
        made(lambda arn: KmsKeyId(arn.key_id), kms_key_arns()),
        made(lambda arn, name: KmsKeyId(f"{str(arn).partition('key/')[0]}alias/{name}"), kms_key_arns(), names),
    )


def account_grants() -> st.SearchStrategy[AccountGrant]:
    """A key's use, given to an account.

    >>> find(account_grants(), lambda grant: True)
    AccountGrant(account_id='000000000000')
    """
    return made(AccountGrant, account_ids())


def organization_grants() -> st.SearchStrategy[OrganizationGrant]:
    """A key's use, given to an organization.

    >>> find(organization_grants(), lambda grant: True)
    OrganizationGrant(organization_id='o-0000000000')
    """
    return made(OrganizationGrant, organization_ids())


def organization_path_grants() -> st.SearchStrategy[OrganizationPathGrant]:
    """A key's use, given to a place in an organization and what is below it.

    >>> str(find(organization_path_grants(), lambda grant: True))
    'o-0000000000/r-0000/'
    """
    units = st.lists(organizational_unit_ids(), max_size=3)
    return made(OrganizationPathGrant, organization_ids(), root_ids(), units)


@st.composite
def kms_keys(draw: st.DrawFn, *, region: Region | str | None = None, account_id: str | None = None) -> KmsKey:
    """Keys: those of AWS and those of customers, in any state, the latter perhaps granted to others.

    `region` and `account_id` keep to one.

    >>> find(kms_keys(), lambda key: True).usable
    True
    """
    arn = draw(kms_key_arns(region=region, account_id=account_id))
    manager = draw(st.sampled_from((KeyManager.CUSTOMER, KeyManager.AWS)))
    if manager is KeyManager.AWS:
        return KmsKey(arn=arn, key_manager=manager)
    kinds: list[st.SearchStrategy[KeyGrant]] = [account_grants(), organization_grants(), organization_path_grants()]
    return KmsKey(
        arn=arn,
        key_state=draw(st.sampled_from((KeyState.ENABLED, *KeyState))),
        symmetric=draw(st.sampled_from((True, True, False))),
        grants=draw(st.lists(st.one_of(kinds), max_size=3)),
    )
