"""Encryption by default, and the key that encrypts where none is named.

What is encrypted and what is not stays so, whatever is settled here: only what is made afterwards knows of it.

Source: EBS User Guide, "Amazon EBS encryption"; rules B 6.1 (EN-1 to EN-6).
"""

from typing import ClassVar, Final

from attrs import evolve, field, frozen

from amimodel.actions._settling import given, own_settings, settling
from amimodel.callers import Caller
from amimodel.encryption import KmsKeyId, kms_key_id
from amimodel.kms import check_default_key, default_key, shown_default_key
from amimodel.quirks import Quirks
from amimodel.refusals import AsymmetricDefaultKey, Refusal
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Query, Request
from amimodel.settings import EbsEncryption
from amimodel.world import World

_AS_RULED: Final = Quirks()  # the quirk is about what is told to whoever asks, not to whoever chooses (rule B EN-2)


def _settled(world: World, by: Caller, encryption: EbsEncryption) -> World:
    return settling(world, by.account, by.region, ebs_encryption=encryption)


@frozen(kw_only=True)
class EnableEbsEncryptionByDefault(Request[bool]):
    """Let everything new be encrypted, whether or not it is asked for. Volumes and snapshots that are there stay.

    Source: EC2 API Reference, EnableEbsEncryptionByDefault; rule B EN-1.
    """

    def decide(self, world: World, by: Caller) -> Deciding[bool]:
        """Settle it."""
        yield GRANTED
        return Outcome(_settled(world, by, evolve(own_settings(world, by).ebs_encryption, by_default=True)), True)


@frozen(kw_only=True)
class DisableEbsEncryptionByDefault(Request[bool]):
    """Encrypt only what is asked for, and what is made of something encrypted.

    Source: EC2 API Reference, DisableEbsEncryptionByDefault; rules B EN-1, B EN-9.
    """

    def decide(self, world: World, by: Caller) -> Deciding[bool]:
        """Settle it."""
        yield GRANTED
        return Outcome(_settled(world, by, evolve(own_settings(world, by).ebs_encryption, by_default=False)), False)


@frozen(kw_only=True)
class GetEbsEncryptionByDefault(Query[bool]):
    """Ask whether everything new is encrypted.

    Source: EC2 API Reference, GetEbsEncryptionByDefault; rule B EN-1.
    """

    def answer(self, world: World, by: Caller) -> Finding[bool]:
        """Read the setting."""
        yield GRANTED
        return own_settings(world, by).ebs_encryption.by_default


# --- the default key --------------------------------------------------------------------------------------------------


def _key(text: str) -> KmsKeyId:
    return kms_key_id(given(text, "KmsKeyId"))


def _shown(world: World, by: Caller, encryption: EbsEncryption, quirks: Quirks) -> KmsKeyId:
    return shown_default_key(
        encryption,
        account=by.account,
        region=by.region,
        keys=world.keys,
        aliases=world.key_aliases,
        quirks=quirks,
    )


@frozen(kw_only=True)
class ModifyEbsDefaultKmsKeyId(Request[KmsKeyId]):
    """Choose the key that encrypts where none is named. The answer is its ARN.

    EC2 looks at the key only when it is used, so that one that is not there, or does not work, is taken as well: the
    answer is then what was named. Raises `Malformed` for what names no key.

    Source: EC2 API Reference, ModifyEbsDefaultKmsKeyId; rules B EN-3, B EN-6, B EN-7.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (AsymmetricDefaultKey,)

    kms_key_id: KmsKeyId = field(converter=_key)

    def decide(self, world: World, by: Caller) -> Deciding[KmsKeyId]:
        """Go through the checks in order, then choose it."""
        chosen = evolve(own_settings(world, by).ebs_encryption, default_kms_key_id=self.kms_key_id)
        key = default_key(chosen, account=by.account, region=by.region, keys=world.keys, aliases=world.key_aliases)
        try:
            check_default_key(key)
        except AsymmetricDefaultKey as refusal:
            yield refusal
        yield GRANTED
        return Outcome(_settled(world, by, chosen), _shown(world, by, chosen, _AS_RULED))


@frozen(kw_only=True)
class ResetEbsDefaultKmsKeyId(Request[KmsKeyId]):
    """Let the key that AWS keeps for the account encrypt again where none is named. The answer is its ARN.

    Source: EC2 API Reference, ResetEbsDefaultKmsKeyId; rules B EN-2, B EN-4.
    """

    def decide(self, world: World, by: Caller) -> Deciding[KmsKeyId]:
        """Settle it."""
        yield GRANTED
        reset = evolve(own_settings(world, by).ebs_encryption, default_kms_key_id=None)
        return Outcome(_settled(world, by, reset), _shown(world, by, reset, _AS_RULED))


@frozen(kw_only=True)
class GetEbsDefaultKmsKeyId(Query[KmsKeyId]):
    """Ask which key encrypts where none is named: by its ARN, or by a quirk as `alias/aws/ebs` where AWS keeps it.

    Source: EC2 API Reference, GetEbsDefaultKmsKeyId; rules B EN-2, B EN-5.
    """

    def answer(self, world: World, by: Caller) -> Finding[KmsKeyId]:
        """Find the key."""
        yield GRANTED
        return _shown(world, by, own_settings(world, by).ebs_encryption, world.quirks)
