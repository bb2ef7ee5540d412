"""KMS keys, as far as encrypted volumes and snapshots need them.

Source: EC2 User Guide, "Use encryption with EBS-backed AMIs"; KMS Developer Guide, "Key states"; rules B EN-1 to EN-12,
B OR-14.
"""

import re
from collections.abc import Iterable
from enum import unique
from typing import Final, NewType, TypeAlias

from attrs import field, frozen

from amimodel.identifiers import AccountId, account_id
from amimodel.malformed import Malformed, invalid_value
from amimodel.organizations import (
    OrganizationalUnitId,
    OrganizationId,
    RootId,
    organization_id,
    organizational_unit_id,
    root_id,
)
from amimodel.regions import Region, as_region
from amimodel.vocabulary import Word

KmsKeyId = NewType("KmsKeyId", str)
"""Any of the forms in which a request may name a key (rule B EN-6)."""

AWS_MANAGED_ALIAS: Final = KmsKeyId("alias/aws/ebs")
"""The alias of the key that AWS keeps for EBS in every account and Region (rule B EN-2)."""

_KEY: Final = r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})"
_ALIAS: Final = r"alias/[A-Za-z0-9/_-]{1,250}"
_ARN_HEAD: Final = r"arn:(?P<partition>aws[a-z-]*):kms:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):"

_is_key = re.compile(_KEY, re.ASCII).fullmatch
_is_alias = re.compile(_ALIAS, re.ASCII).fullmatch
_key_arn = re.compile(rf"{_ARN_HEAD}key/(?P<key>{_KEY})", re.ASCII).fullmatch
_alias_arn = re.compile(rf"{_ARN_HEAD}(?P<alias>{_ALIAS})", re.ASCII).fullmatch


def kms_key_id(text: str, member: str = "KmsKeyId") -> KmsKeyId:
    """Read a key's name in any form: key id, alias, key ARN or alias ARN.

    >>> kms_key_id("alias/aws/ebs")
    'alias/aws/ebs'
    >>> kms_key_id("arn:aws:kms:us-west-2:644160558196:key/68425528-9938-4a15-90f2-f1755263b836")
    'arn:aws:kms:us-west-2:644160558196:key/68425528-9938-4a15-90f2-f1755263b836'

    Raises `Malformed` (`InvalidParameterValue`). Whether there is such a key is another matter, and one that EC2 finds
    out late (rule B EN-7).

    Source: rule B EN-6.
    """
    if isinstance(text, str) and (_is_key(text) or _is_alias(text) or _key_arn(text) or _alias_arn(text)):
        return KmsKeyId(text)
    raise invalid_value(member, text, "Expected a key ID, alias, key ARN or alias ARN.")


def _key_id(text: str) -> str:
    if isinstance(text, str) and _is_key(text):
        return text
    raise invalid_value("KmsKeyId", text, "Expected a key ID.")


@frozen(order=True)
class KmsKeyArn:
    """The ARN of a key: the one name that says its account and Region.

    >>> arn = KmsKeyArn.parse("arn:aws:kms:us-west-2:644160558196:key/68425528-9938-4a15-90f2-f1755263b836")
    >>> str(arn.region), arn.account_id
    ('us-west-2', '644160558196')

    Raises `Malformed` (`InvalidParameterValue`).

    Source: rules B EN-6, B EN-12.
    """

    region: Region = field(converter=as_region)
    account_id: AccountId = field(converter=account_id)
    key_id: str = field(converter=_key_id)

    @classmethod
    def parse(cls, text: str) -> "KmsKeyArn":
        """Read the text."""
        match = _key_arn(text) if isinstance(text, str) else None
        if match is not None:
            try:
                arn = cls(match["region"], match["account"], match["key"])
            except Malformed:
                arn = None  # the Region is spelled as none is: the ARN as a whole is what is wrong
            if arn is not None and arn.region.partition == match["partition"]:
                return arn
        raise invalid_value("KmsKeyId", text, "Expected the ARN of a key.")

    def __str__(self) -> str:
        return f"arn:{self.region.partition}:kms:{self.region}:{self.account_id}:key/{self.key_id}"


@unique
class KeyManager(Word):
    """Who keeps a key (KMS's words). Keys that AWS manages can be used by their own account alone (rule B EN-11)."""

    AWS = "AWS"
    CUSTOMER = "CUSTOMER"


@unique
class KeyState(Word):
    """The state of a key (KMS's words). Only an enabled key encrypts or decrypts (rule B EN-11)."""

    CREATING = "Creating"
    ENABLED = "Enabled"
    DISABLED = "Disabled"
    PENDING_DELETION = "PendingDeletion"
    PENDING_IMPORT = "PendingImport"
    PENDING_REPLICA_DELETION = "PendingReplicaDeletion"
    UNAVAILABLE = "Unavailable"
    UPDATING = "Updating"


@frozen
class AccountGrant:
    """The key's use, given to one account."""

    account_id: AccountId = field(converter=account_id)


@frozen
class OrganizationGrant:
    """The key's use, given to an organization (`aws:PrincipalOrgID`, rule B OR-14)."""

    organization_id: OrganizationId = field(converter=organization_id)


def _units(units: Iterable[str]) -> tuple[OrganizationalUnitId, ...]:
    return tuple(organizational_unit_id(unit) for unit in units)


@frozen
class OrganizationPathGrant:
    """The key's use, given to whoever stands below a place in an organization (`aws:PrincipalOrgPaths`).

    >>> OrganizationPathGrant.parse("o-xyzabc123w/r-1xyz/ou-1xyz-abc123yz/").organizational_unit_ids
    ('ou-1xyz-abc123yz',)

    Raises `Malformed`.

    Source: rule B OR-14.
    """

    organization_id: OrganizationId = field(converter=organization_id)
    root_id: RootId = field(converter=root_id)
    organizational_unit_ids: tuple[OrganizationalUnitId, ...] = field(default=(), converter=_units)

    @classmethod
    def parse(cls, text: str) -> "OrganizationPathGrant":
        """Read a path such as `o-x/r-x/ou-x/ou-y/`."""
        organization, _, below = text.rstrip("/").partition("/")
        root, *units = below.split("/")
        return cls(organization, root, units)

    def __str__(self) -> str:
        return "/".join((self.organization_id, self.root_id, *self.organizational_unit_ids, ""))


KeyGrant: TypeAlias = AccountGrant | OrganizationGrant | OrganizationPathGrant


def _key_arn_of(arn: str | KmsKeyArn) -> KmsKeyArn:
    return arn if isinstance(arn, KmsKeyArn) else KmsKeyArn.parse(arn)


def _grants(grants: Iterable[KeyGrant]) -> tuple[KeyGrant, ...]:
    return tuple(grants)


@frozen(kw_only=True)
class KmsKey:
    """A key: where it is, who keeps it, whether it works, and who but its own account may use it.

    >>> KmsKey(
    ...     arn="arn:aws:kms:us-west-2:644160558196:key/68425528-9938-4a15-90f2-f1755263b836",
    ...     grants=[AccountGrant("111122223333")],
    ... ).usable
    True

    Raises `Malformed` for a key of AWS with grants: nobody else can ever use one (rule B EN-11).

    Source: rules B EN-3, B EN-11, B OR-14.
    """

    arn: KmsKeyArn = field(converter=_key_arn_of)
    key_manager: KeyManager = field(default=KeyManager.CUSTOMER, converter=KeyManager)
    key_state: KeyState = field(default=KeyState.ENABLED, converter=KeyState)
    symmetric: bool = True
    grants: tuple[KeyGrant, ...] = field(default=(), converter=_grants)

    def __attrs_post_init__(self) -> None:
        if self.grants and self.key_manager is KeyManager.AWS:
            raise invalid_value("KmsKeyId", self.arn, "An AWS managed key cannot be shared.")

    @property
    def usable(self) -> bool:
        """Whether it encrypts and decrypts EBS data for those who may use it."""
        return self.key_state is KeyState.ENABLED and self.symmetric
