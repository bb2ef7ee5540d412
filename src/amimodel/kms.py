"""Keys: which one is meant, who may use it, and how it shows when it cannot be used.

A request names a key in one of four ways, or leaves the choice to EC2. EC2 looks at the key only when the work begins,
so a wrong key is no refusal: the call succeeds, and the instance, image or snapshot fails afterwards.

Source: EBS User Guide, "Amazon EBS encryption"; EC2 User Guide, "Allow organizations and OUs to use a KMS key"; rules
B 6.1 (EN-2 to EN-7, EN-11), B EN-16, B EN-17, B EN-21, B OR-14, B LD-20, B CI-21, B CS-8, C 1.2.5, C 1.2.6;
settlement S 43.
"""

from collections.abc import Mapping
from enum import unique
from functools import lru_cache, partial
from hashlib import sha256
from types import MappingProxyType
from typing import Final, TypeAlias

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
    kms_key_id,
)
from amimodel.identifiers import AccountId
from amimodel.images import StateReason
from amimodel.malformed import Malformed
from amimodel.organizations import NOTHING_KNOWN, Organizations
from amimodel.quirks import Quirks
from amimodel.refusals import AsymmetricDefaultKey
from amimodel.regions import Region, as_region
from amimodel.settings import EbsEncryption
from amimodel.vocabulary import Word

_AS_RULED: Final = Quirks()

Keys: TypeAlias = Mapping[str, KmsKey]
"""Keys by the text of their ARN. Those that AWS keeps need not be among them: they always exist."""

Aliases: TypeAlias = Mapping[tuple[AccountId, Region, str], str]
"""For an account, a Region and an alias (`alias/...`), the text of the key's ARN."""

_NO_KEYS: Final[Keys] = MappingProxyType({})
_NO_ALIASES: Final[Aliases] = MappingProxyType({})


# --- which key is meant -----------------------------------------------------------------------------------------------


@unique
class KeyChoice(Word):
    """How the key of something encrypted is chosen: the words of the outcome tables (rules B 6.2 to 6.4, B CS-4)."""

    SAME = "same"
    DEFAULT = "default"
    SPECIFIED = "specified"
    AWS_MANAGED = "aws-managed"


def aws_managed_key(account: str, region: Region | str) -> KmsKey:
    """The key that AWS keeps for EBS in every account and Region, `alias/aws/ebs`.

    >>> key = aws_managed_key("111122223333", "eu-central-1")
    >>> str(key.arn.region), key.arn.account_id, key.key_manager.value
    ('eu-central-1', '111122223333', 'AWS')
    >>> aws_managed_key("111122223333", "eu-central-1") == key
    True

    Its id is made out of the account and the Region, so that it is the same in every world.

    Raises `Malformed`.

    Source: rules B EN-2, B EN-4; settlement S 43.
    """
    return _aws_managed_key(account, as_region(region))


@lru_cache(maxsize=4096)
def _aws_managed_key(account: str, region: Region) -> KmsKey:
    digits = sha256(f"{account} {region}".encode()).hexdigest()
    key_id = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
    return KmsKey(arn=KmsKeyArn(region, account, key_id), key_manager=KeyManager.AWS)


def resolve(
    name: str, *, account: str, region: Region | str, keys: Keys = _NO_KEYS, aliases: Aliases = _NO_ALIASES
) -> KmsKey | None:
    """The key that a name means, for an account in a Region; None where it means none.

    >>> resolve("alias/aws/ebs", account="111122223333", region="eu-central-1").key_manager.value
    'AWS'
    >>> arn = "arn:aws:kms:us-west-2:644160558196:key/68425528-9938-4a15-90f2-f1755263b836"
    >>> keys = {arn: KmsKey(arn=arn)}
    >>> resolve(arn, account="111122223333", region="us-west-2", keys=keys) == keys[arn]
    True
    >>> print(resolve(arn, account="111122223333", region="eu-central-1", keys=keys))
    None

    A key id or an alias means a key of the account; an ARN says whose key it means, and must be of the Region. The keys
    of a multi-Region key are as many keys.

    Source: rules B EN-6, B EN-7, B EN-17.
    """
    try:
        named = kms_key_id(name)
    except Malformed:
        return None  # EC2 does not look at it before the work begins (rule B EN-7)
    place, owner, what = as_region(region), account, str(named)
    if what.startswith("arn:"):
        _, partition, _, region_of_arn, owner, what = what.split(":")
        if (partition, region_of_arn) != (place.partition.value, place.name):
            return None
    if what.startswith("alias/"):
        return _by_alias(what, AccountId(owner), place, keys, aliases)
    return _by_arn(KmsKeyArn(place, owner, what.removeprefix("key/")), keys)


def _by_alias(alias: str, owner: AccountId, region: Region, keys: Keys, aliases: Aliases) -> KmsKey | None:
    arn = aliases.get((owner, region, alias))
    if arn is not None:
        return _by_arn(KmsKeyArn.parse(arn), keys)
    return _aws_managed_key(owner, region) if alias == AWS_MANAGED_ALIAS else None


def _by_arn(arn: KmsKeyArn, keys: Keys) -> KmsKey | None:
    key = keys.get(str(arn))
    if key is None and arn == (managed := _aws_managed_key(arn.account_id, arn.region)).arn:
        return managed
    return key


def is_aws_managed(name: str, keys: Keys = _NO_KEYS) -> bool:
    """Whether the key of a volume or snapshot is one that AWS keeps, which nobody else can be given.

    >>> is_aws_managed("alias/aws/ebs"), is_aws_managed(str(aws_managed_key("111122223333", "eu-central-1").arn))
    (True, True)

    A customer's key is none of these, even where it is the default key.

    Source: rules B SP-9, B LP-28, B EN-11; settlement S 43.
    """
    if name.endswith(f":{AWS_MANAGED_ALIAS}") or name == AWS_MANAGED_ALIAS:
        return True
    try:
        key = _by_arn(KmsKeyArn.parse(name), keys)
    except Malformed:
        return False
    return key is not None and key.key_manager is KeyManager.AWS


def default_key(
    settings: EbsEncryption,
    *,
    account: str,
    region: Region | str,
    keys: Keys = _NO_KEYS,
    aliases: Aliases = _NO_ALIASES,
) -> KmsKey | None:
    """The account's default key in a Region, whether or not encryption is the default there.

    >>> key = default_key(EbsEncryption(), account="111122223333", region="eu-central-1")
    >>> key == aws_managed_key("111122223333", "eu-central-1")
    True

    It is None where the account has made a key its default that is not there, or no longer.

    Source: rules B EN-2, B EN-3, B EN-5.
    """
    name = settings.default_kms_key_id or AWS_MANAGED_ALIAS
    return resolve(name, account=account, region=region, keys=keys, aliases=aliases)


def shown_default_key(
    settings: EbsEncryption,
    *,
    account: str,
    region: Region | str,
    keys: Keys = _NO_KEYS,
    aliases: Aliases = _NO_ALIASES,
    quirks: Quirks = _AS_RULED,
) -> KmsKeyId:
    """What GetEbsDefaultKmsKeyId answers: the default key's ARN, or what the account has named where it means no key.

    >>> shown_default_key(
    ...     EbsEncryption(),
    ...     account="111122223333",
    ...     region="eu-central-1",
    ...     quirks=Quirks(default_key_shown_as_alias=True),
    ... )
    'alias/aws/ebs'

    Source: rule B EN-2.
    """
    key = default_key(settings, account=account, region=region, keys=keys, aliases=aliases)
    if key is None:
        return settings.default_kms_key_id or AWS_MANAGED_ALIAS
    if quirks.default_key_shown_as_alias and key.key_manager is KeyManager.AWS:
        return AWS_MANAGED_ALIAS
    return KmsKeyId(str(key.arn))


def check_default_key(key: KmsKey | None) -> None:
    """Refuse a default key that can never encrypt. Whatever else is wrong with a key shows later.

    >>> check_default_key(aws_managed_key("111122223333", "eu-central-1"))

    Raises `AsymmetricDefaultKey`.

    Source: rules B EN-3, B EN-7.
    """
    if key is not None and not key.symmetric:
        raise AsymmetricDefaultKey(kms_key_id=str(key.arn))


def chosen_key(
    choice: KeyChoice,
    *,
    source: KmsKey | None = None,
    specified: str | None = None,
    settings: EbsEncryption,
    account: str,
    region: Region | str,
    keys: Keys = _NO_KEYS,
    aliases: Aliases = _NO_ALIASES,
) -> KmsKey | None:
    """The key that a choice comes to, for an account in the Region where the new volume or snapshot is to be.

    >>> key = chosen_key(KeyChoice.DEFAULT, settings=EbsEncryption(), account="111122223333", region="us-east-1")
    >>> key == aws_managed_key("111122223333", "us-east-1")
    True

    `source` is the key of the snapshot it is made of, `specified` what the request names. None is a key that is not
    there, which `fault` knows what to do with.

    Source: rules B 6.2, B EN-5, B EN-6.
    """
    named = partial(resolve, account=account, region=region, keys=keys, aliases=aliases)
    match choice:
        case KeyChoice.SAME:
            return source
        case KeyChoice.DEFAULT:
            return named(settings.default_kms_key_id or AWS_MANAGED_ALIAS)
        case KeyChoice.AWS_MANAGED:
            return named(AWS_MANAGED_ALIAS)
        case KeyChoice.SPECIFIED:
            return named(specified or "")


# --- who may use it ---------------------------------------------------------------------------------------------------


def may_use(key: KmsKey, account: str, organizations: Organizations = NOTHING_KNOWN) -> bool | None:
    """Whether a key works for an account; None where that depends on a membership that is not known.

    >>> key = KmsKey(
    ...     arn="arn:aws:kms:us-west-2:644160558196:key/68425528-9938-4a15-90f2-f1755263b836",
    ...     grants=[AccountGrant("111122223333")],
    ... )
    >>> may_use(key, "644160558196"), may_use(key, "111122223333"), may_use(key, "999988887777")
    (True, True, False)

    A key of AWS works for its own account alone.

    Source: rules B EN-11, B OR-9, B OR-14.
    """
    return _permits(key, account, organizations) if key.usable else False


def _permits(key: KmsKey, account: str, organizations: Organizations) -> bool | None:
    if key.arn.account_id == account:
        return True
    answers = [_reaches(grant, account, organizations) for grant in key.grants]
    if True in answers:
        return True
    return None if None in answers else False


def _reaches(grant: KeyGrant, account: str, organizations: Organizations) -> bool | None:
    if isinstance(grant, AccountGrant):
        return grant.account_id == account
    home = organizations.of(account)
    if home is None:
        known = organizations.complete or organizations.get(grant.organization_id) is not None
        return False if known else None
    if home.organization_id != grant.organization_id:
        return False
    if isinstance(grant, OrganizationGrant):
        return True
    path, above = home.path_of(account) or (), grant.organizational_unit_ids
    return home.root_id == grant.root_id and path[: len(above)] == above


# --- how it shows when it cannot be used ------------------------------------------------------------------------------


@unique
class KeyFault(Word):
    """Why a key does not work for an account (rules B EN-7, B EN-11)."""

    NOT_FOUND = "not-found"
    NOT_PERMITTED = "not-permitted"
    INVALID_STATE = "invalid-state"
    ASYMMETRIC = "asymmetric"


def fault(*needed: KmsKey | None, account: str, organizations: Organizations = NOTHING_KNOWN) -> KeyFault | None:
    """What is wrong with the first of some keys that does not work for an account; None if they all work.

    What is made of an encrypted snapshot needs the snapshot's key as well as its own.

    >>> own = aws_managed_key("111122223333", "eu-central-1")
    >>> print(fault(own, account="111122223333"))
    None
    >>> fault(own, account="444455556666"), fault(own, None, account="111122223333")
    (<KeyFault.NOT_PERMITTED: 'not-permitted'>, <KeyFault.NOT_FOUND: 'not-found'>)

    A key that is None is not there. Where it is not known whether a key is granted to the account, it is no fault.

    Source: rules B EN-7, B EN-11, B EN-16, B EN-21.
    """
    return next((found for key in needed if (found := _fault(key, account, organizations)) is not None), None)


def _fault(key: KmsKey | None, account: str, organizations: Organizations) -> KeyFault | None:
    if key is None:
        return KeyFault.NOT_FOUND
    if _permits(key, account, organizations) is False:  # first: nobody is told the state of a key that is not theirs
        return KeyFault.NOT_PERMITTED
    if key.key_state is not KeyState.ENABLED:
        return KeyFault.INVALID_STATE
    return None if key.symmetric else KeyFault.ASYMMETRIC


SNAPSHOT_STATE_MESSAGE: Final = "Given key ID is not accessible"
"""The StateMessage of a copied snapshot that ends in `error` for its keys (rules B CI-21, B CS-8, C 1.2.6)."""

IMAGE_STATE_REASON: Final = StateReason("Client.InternalError", "Copy image failed with an internal error")
"""The reason of a copied image that is `failed` because one of its snapshots is (rules B CI-21, C 1.2.5)."""

_NOT_LAUNCHED: Final = StateReason("Client.InternalError", "Client.InternalError: Client error on launch")
_WRONG_STATE: Final = StateReason(
    "Client.InvalidKMSKey.InvalidState",
    "Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state",
)

INSTANCE_STATE_REASONS: Final[Mapping[KeyFault, StateReason]] = MappingProxyType({
    KeyFault.NOT_FOUND:     _NOT_LAUNCHED,
    KeyFault.NOT_PERMITTED: _NOT_LAUNCHED,
    KeyFault.INVALID_STATE: _WRONG_STATE,
    KeyFault.ASYMMETRIC:    _NOT_LAUNCHED,
})  # fmt: skip
"""The reason of an instance that ends `terminated` instead of running, for each fault (rule B LD-20)."""
