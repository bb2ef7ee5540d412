"""With which key a new volume or snapshot is encrypted in a world, and what is wrong with the keys that it needs.

Source: rules B 6.1, B EN-7, B EN-11, B EN-16, B EN-21, B CS-8.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from amimodel.callers import Caller
from amimodel.encryption import AWS_MANAGED_ALIAS, KmsKey, KmsKeyId
from amimodel.kms import KeyChoice, KeyFault, chosen_key, fault, resolve
from amimodel.snapshots import Snapshot
from amimodel.volume_encryption import ResolvedEncryption
from amimodel.world import World

_words_of: Final = re.compile(r"[A-Z][a-z]+").findall


@frozen(kw_only=True)
class KeyInUse:
    """The key of something new, by name; None where it is not encrypted. `cause` says why the work will fail.

    EC2 looks at keys when the work begins, so that a wrong one is no refusal (rule B EN-7).
    """

    kms_key_id: KmsKeyId | None = None
    cause: str | None = None


NO_KEY: Final = KeyInUse()


def key_in_use(
    world: World,
    by: Caller,
    encryption: ResolvedEncryption,
    *,
    source: Snapshot | None = None,
    specified: KmsKeyId | None = None,
) -> KeyInUse:
    """The key of what a caller makes in its Region: of a snapshot, if `source` is one, with the key it names, if any.

    What is made of an encrypted snapshot needs the snapshot's key as well. Where the world does not tell which key that
    is, nothing is held against it.

    Source: rules B EN-5 to B EN-7, B EN-16, B EN-21.
    """
    if encryption.key is None:
        return NO_KEY
    name, needed = needed_keys(world, by, encryption.key, source=source, specified=specified)
    return KeyInUse(kms_key_id=name, cause=next(_causes(world, by, needed), None))


def needed_keys(
    world: World,
    by: Caller,
    choice: KeyChoice,
    *,
    source: Snapshot | None = None,
    specified: KmsKeyId | None = None,
) -> tuple[KmsKeyId | None, Mapping[KmsKeyId, KmsKey | None]]:
    """The name of the new thing's key, and the keys that it takes: the snapshot's, if it has one, and its own.

    Source: rules B EN-5, B EN-6, B EN-16, B EN-21.
    """
    settings = world.settings(by.account, by.region).ebs_encryption
    needed: dict[KmsKeyId, KmsKey | None] = {}
    if source is not None and source.kms_key_id is not None:
        needed[source.kms_key_id] = _key_of(world, source, source.kms_key_id)
    if choice is KeyChoice.SAME:
        name = None if source is None else source.kms_key_id
    else:
        key = chosen_key(
            choice,
            specified=specified,
            settings=settings,
            account=by.account,
            region=by.region,
            keys=world.keys,
            aliases=world.key_aliases,
        )
        asked = {KeyChoice.SPECIFIED: specified, KeyChoice.DEFAULT: settings.default_kms_key_id}.get(choice)
        name = (asked or AWS_MANAGED_ALIAS) if key is None else KmsKeyId(str(key.arn))
        needed[name] = key
    return name, needed


def _key_of(world: World, source: Snapshot, name: KmsKeyId) -> KmsKey | None:
    if source.region is None:
        raise AssertionError(source)  # `integrity`: everything in a world is in a Region
    return resolve(
        name, account=source.owner_id, region=source.region, keys=world.keys, aliases=world.key_aliases
    )  # an id or an alias is one of the owner's (rule B EN-6)


_CAUSES: Final[Mapping[KeyFault, str]] = MappingProxyType({
    KeyFault.NOT_FOUND:     "does not exist",
    KeyFault.NOT_PERMITTED: "is not accessible",
    KeyFault.INVALID_STATE: "is {state}",  # EventBridge says so of a disabled key (EBS User Guide)
    KeyFault.ASYMMETRIC:    "is asymmetric",
})  # fmt: skip


def _causes(world: World, by: Caller, needed: Mapping[KmsKeyId, KmsKey | None]) -> Iterator[str]:
    for name, key in needed.items():
        wrong = fault(key, account=by.account, organizations=world.organizations)
        if wrong is not None:
            state = "" if key is None else " ".join(_words_of(key.key_state)).lower()
            yield f"{name} {_CAUSES[wrong].format(state=state)}."
