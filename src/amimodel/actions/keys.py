"""The keys of KMS, as far as a world knows them: DescribeKey, ListKeys, ListAliases.

Which key a name means, `amimodel.kms` says, as for everything that is encrypted. The key that AWS keeps for EBS is
there in every account and Region; those that it keeps for other services are not modelled.

Source: KMS API Reference, DescribeKey, ListKeys and ListAliases; botocore 1.44.5, kms, shape KeyMetadata; rules B EN-2,
B EN-6, B EN-11, B EN-17.
"""

from collections.abc import Sequence
from enum import unique
from typing import ClassVar, Final, TypeVar

from attrs import evolve, field, frozen
from attrs.converters import optional

from amimodel.actions._neighbours import bounded, root_arn
from amimodel.callers import Caller
from amimodel.encryption import AWS_MANAGED_ALIAS, KeyManager, KeyState, KmsKey, KmsKeyArn, KmsKeyId, kms_key_id
from amimodel.identifiers import AccountId
from amimodel.kms import KeyFault, fault, resolve
from amimodel.malformed import Malformed
from amimodel.names import text_or_none
from amimodel.paging import Page, PageBounds, page
from amimodel.refusals import (
    InvalidMarker,
    InvalidNextToken,
    KeyAccessDenied,
    KeyAliasNotFound,
    KeyInOtherRegion,
    KeyNotFound,
    Refusal,
)
from amimodel.requests import Finding, Query, nothing
from amimodel.vocabulary import Word
from amimodel.world import World

T = TypeVar("T")

_KEY_PAGES: Final = PageBounds(1, 1000, 100)
_ALIAS_PAGES: Final = PageBounds(1, 100, 50)  # the API's own words; its shape takes 1000, as for keys


def _unreadable(text: str) -> Malformed:
    return Malformed("NotFoundException", f"Invalid keyId {text}", member="KeyId", value=text)


def _key_id(text: str) -> KmsKeyId:
    try:
        return kms_key_id(text, "KeyId")
    except Malformed:
        raise _unreadable(text) from None


def _key_not_alias(text: str) -> KmsKeyId | None:
    if not text:
        return None
    named = _key_id(text)
    if _resource(named).startswith("alias/"):
        raise _unreadable(text)
    return named


def _resource(name: str) -> str:
    """A key's name without the ARN around it."""
    return name.split(":", 5)[-1]


def _size_of_keys(number: int | None) -> int | None:
    return bounded(number, "Limit", _KEY_PAGES.least, 1000)


def _size_of_aliases(number: int | None) -> int | None:
    return bounded(number, "Limit", _ALIAS_PAGES.least, 100)


# --- finding keys -----------------------------------------------------------------------------------------------------

_NO_SUCH_KEY: Final[tuple[type[Refusal], ...]] = (KeyInOtherRegion, KeyNotFound, KeyAliasNotFound, KeyAccessDenied)


def _key(world: World, by: Caller, name: KmsKeyId, action: str) -> Finding[KmsKey]:
    """The key that a name means, where the caller may see it.

    Refuses with `KeyInOtherRegion`, `KeyNotFound`, `KeyAliasNotFound` and `KeyAccessDenied`. Of another account's key
    KMS does not say whether it is there; one whose policy may let the caller at it is taken to do so (rule B EN-11).
    """
    what = arn = str(name)
    owner: str = by.account
    if what.startswith("arn:"):
        _, partition, _, region, owner, what = what.split(":", 5)
        if (partition, region) != (by.region.partition.value, by.region.name):
            return (yield from nothing(KeyInOtherRegion(kms_key_id=name, region=region)))
    else:
        resource = what if what.startswith("alias/") else f"key/{what}"
        arn = f"arn:{by.region.partition}:kms:{by.region}:{owner}:{resource}"
    key = resolve(name, account=by.account, region=by.region, keys=world.keys, aliases=world.key_aliases)
    if owner != by.account:
        denied = KeyAccessDenied(kms_key_id=arn, principal=root_arn(by), action=action)
        wrong = fault(key, account=by.account, organizations=world.organizations)
        if key is None or wrong is KeyFault.NOT_PERMITTED:
            return (yield from nothing(denied))
    if key is None:
        return (yield from nothing(_missing(arn)))
    return key


def _kept_by_aws(world: World, by: Caller) -> KmsKey | None:
    """The key that AWS keeps for EBS for the caller's account (rule B EN-2)."""
    return resolve(AWS_MANAGED_ALIAS, account=by.account, region=by.region, keys=world.keys, aliases=world.key_aliases)


def _missing(arn: str) -> Refusal:
    is_alias = _resource(arn).startswith("alias/")
    return KeyAliasNotFound(alias_arn=arn) if is_alias else KeyNotFound(kms_key_id=arn)


def _part(query: "ListKeys | ListAliases", by: Caller, items: Sequence[T], bounds: PageBounds) -> Finding[Page[T]]:
    asked = query.action, by.account, by.region, evolve(query, limit=None, marker=None)
    try:
        return page(items, bounds=bounds, max_results=query.limit, next_token=query.marker, query=asked)
    except InvalidNextToken as refusal:
        return (yield from nothing(InvalidMarker(marker=refusal.next_token)))


# --- one key ----------------------------------------------------------------------------------------------------------


@unique
class KeyOrigin(Word):
    """Where the material of a key comes from (KMS's words)."""

    AWS_KMS = "AWS_KMS"
    EXTERNAL = "EXTERNAL"
    AWS_CLOUDHSM = "AWS_CLOUDHSM"
    EXTERNAL_KEY_STORE = "EXTERNAL_KEY_STORE"


@frozen(kw_only=True)
class KeyMetadata:
    """What KMS tells of a key, as far as a world knows it. What an asymmetric key is for is not known."""

    aws_account_id: AccountId
    key_id: str
    arn: str
    enabled: bool
    key_state: KeyState
    key_manager: KeyManager
    origin: KeyOrigin
    key_usage: str | None = None
    key_spec: str | None = None
    customer_master_key_spec: str | None = None
    encryption_algorithms: tuple[str, ...] = ()
    multi_region: bool

    @classmethod
    def of(cls, key: KmsKey) -> "KeyMetadata":
        """What there is to tell of a key.

        >>> from amimodel.kms import aws_managed_key
        >>> told = KeyMetadata.of(aws_managed_key("111122223333", "eu-central-1"))
        >>> told.key_manager.value, told.key_state.value, told.key_spec
        ('AWS', 'Enabled', 'SYMMETRIC_DEFAULT')

        KMS has made its material, unless it waits for some to be imported.
        """
        waits = key.key_state is KeyState.PENDING_IMPORT
        spec = "SYMMETRIC_DEFAULT" if key.symmetric else None
        return cls(
            aws_account_id=key.arn.account_id,
            key_id=key.arn.key_id,
            arn=str(key.arn),
            enabled=key.key_state is KeyState.ENABLED,
            key_state=key.key_state,
            key_manager=key.key_manager,
            origin=KeyOrigin.EXTERNAL if waits else KeyOrigin.AWS_KMS,
            key_usage="ENCRYPT_DECRYPT" if key.symmetric else None,
            key_spec=spec,
            customer_master_key_spec=spec,
            encryption_algorithms=() if spec is None else (spec,),
            multi_region=key.arn.key_id.startswith("mrk-"),
        )


@frozen(kw_only=True)
class DescribeKey(Query[KeyMetadata]):
    """See a key: one's own by its id, its name or an ARN, somebody else's by an ARN, if its policy allows it.

    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import BUILD, example_world
    >>> answer = ask(
    ...     example_world(), DescribeKey(key_id="alias/golden"), by=Caller(account=BUILD, region="eu-central-1")
    ... )
    >>> answer.key_manager.value, answer.key_id
    ('CUSTOMER', '1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9')

    Raises `Malformed` (`NotFoundException`) for what can be no key's name.

    Source: KMS API Reference, DescribeKey; rules B EN-2, B EN-6, B EN-11, B EN-17.
    """

    service: ClassVar[str] = "kms"
    refusals: ClassVar[tuple[type[Refusal], ...]] = _NO_SUCH_KEY

    key_id: KmsKeyId = field(converter=_key_id)

    def answer(self, world: World, by: Caller) -> Finding[KeyMetadata]:
        """Find the key."""
        key = yield from _key(world, by, self.key_id, "kms:DescribeKey")
        return KeyMetadata.of(key)


# --- all of them ------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class KeyListEntry:
    """A key in a list."""

    key_id: str
    key_arn: str


@frozen(kw_only=True)
class ListedKeys:
    """What ListKeys answers: some keys, and where to go on if there are more."""

    keys: tuple[KeyListEntry, ...] = ()
    next_marker: str | None = None
    truncated: bool = False


@frozen(kw_only=True)
class ListKeys(Query[ListedKeys]):
    """List one's own keys in the Region, by their ids, with the one that AWS keeps for EBS.

    Raises `Malformed` (`ValidationException`) for a Limit that is not from 1 to 1000.

    Source: KMS API Reference, ListKeys; rules B EN-2, A DI-1, A DI-3.
    """

    service: ClassVar[str] = "kms"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (InvalidMarker,)

    limit: int | None = field(default=None, converter=_size_of_keys)
    marker: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[ListedKeys]:
        """Go through the checks in order, then find the keys."""
        home = by.account, by.region
        own = {key.arn for key in world.keys.values() if (key.arn.account_id, key.arn.region) == home}
        managed = _kept_by_aws(world, by)
        if managed is not None:
            own.add(managed.arn)
        part = yield from _part(self, by, sorted(own), _KEY_PAGES)
        keys = tuple(KeyListEntry(key_id=arn.key_id, key_arn=str(arn)) for arn in part)
        return ListedKeys(keys=keys, next_marker=part.next_token, truncated=part.next_token is not None)


@frozen(kw_only=True)
class AliasListEntry:
    """A key's name in a list."""

    alias_name: str
    alias_arn: str
    target_key_id: str | None = None


@frozen(kw_only=True)
class ListedAliases:
    """What ListAliases answers: some names, and where to go on if there are more."""

    aliases: tuple[AliasListEntry, ...] = ()
    next_marker: str | None = None
    truncated: bool = False


@frozen(kw_only=True)
class ListAliases(Query[ListedAliases]):
    """List the names that one's own keys have in the Region, or those of one key, in the order of the alphabet.

    Raises `Malformed`: `NotFoundException` for what can be no key's id or ARN, and for a name; `ValidationException`
    for a Limit that is not from 1 to 100.

    Source: KMS API Reference, ListAliases; rules B EN-2, B EN-6, A DI-1, A DI-3.
    """

    service: ClassVar[str] = "kms"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (KeyInOtherRegion, KeyNotFound, KeyAccessDenied, InvalidMarker)

    key_id: KmsKeyId | None = field(default=None, converter=optional(_key_not_alias))
    limit: int | None = field(default=None, converter=_size_of_aliases)
    marker: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[ListedAliases]:
        """Go through the checks in order, then find the names."""
        wanted = None if self.key_id is None else (yield from _key(world, by, self.key_id, "kms:ListAliases")).arn
        home = by.account, by.region
        named = {alias: arn for (account, region, alias), arn in world.key_aliases.items() if (account, region) == home}
        managed = _kept_by_aws(world, by)
        if managed is not None:
            named = {AWS_MANAGED_ALIAS: str(managed.arn), **named}
        found = sorted(alias for alias, arn in named.items() if wanted is None or arn == str(wanted))
        part = yield from _part(self, by, found, _ALIAS_PAGES)
        aliases = tuple(_entry(alias, KmsKeyArn.parse(named[alias]), by) for alias in part)
        return ListedAliases(aliases=aliases, next_marker=part.next_token, truncated=part.next_token is not None)


def _entry(alias: str, target: KmsKeyArn, by: Caller) -> AliasListEntry:
    arn = f"arn:{by.region.partition}:kms:{by.region}:{by.account}:{alias}"
    return AliasListEntry(alias_name=alias, alias_arn=arn, target_key_id=target.key_id)
