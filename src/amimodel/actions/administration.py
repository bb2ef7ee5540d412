"""What administrators do beside EC2 that decides its answers: requests that simulations and tests can choose.

A declarative policy takes settings over, and the policy of a key lets others use it; who belongs to an organization is
in `amimodel.actions.membership`. As what AWS does (`amimodel.actions.provider`), only `Caller.provider(region)` may ask
for it here, and it is decided as any other request.

Source: AWS Organizations User Guide, "Declarative policies"; rules B BPA-9, B SBP-8, B AA-6, B EN-11, B OR-14.
"""

from typing import Any, ClassVar, Final

from attrs import evolve, field, frozen

from amimodel.actions._finding import the_provider
from amimodel.actions._settling import pending_blocks, settling
from amimodel.actions.allowed_amis import refusals_to_criteria
from amimodel.callers import Caller
from amimodel.encryption import KeyGrant, KeyManager, KmsKey, KmsKeyArn
from amimodel.identifiers import AccountId, account_id
from amimodel.kms import resolve
from amimodel.permission_requests import missing
from amimodel.refusals import (
    AccountNotInOrganization,
    KeyNotFound,
    ManagedKeyNotGranted,
    NotTheProvider,
    Refusal,
    TooManyCriterionValues,
    TooManyImageCriteria,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request, each, nothing
from amimodel.settings import (
    AllowedImagesSettings,
    ImageBlockPublicAccess,
    InstanceMetadataDefaults,
    ManagedBy,
    RegionSettings,
    SnapshotBlockPublicAccess,
)
from amimodel.world import World


def _account_id(text: str) -> AccountId:
    return account_id(text, "AccountId")


# --- settings ---------------------------------------------------------------------------------------------------------

# What a policy can take over, and where each setting keeps what the policy says to those it refuses.
_MESSAGES: Final = {
    "image_block_public_access": "exception_message",
    "snapshot_block_public_access": "exception_message",
    "allowed_images": "exception_message",
    "instance_metadata_defaults": "managed_exception_message",
}


@frozen(kw_only=True)
class ApplyDeclarativePolicy(Request[RegionSettings]):
    """Let a declarative policy take settings of an account over, in the Region of the request.

    >>> policy = ApplyDeclarativePolicy(
    ...     account_id="111122223333",
    ...     image_block_public_access=ImageBlockPublicAccess(state="block-new-sharing"),
    ...     exception_message="Ask the platform team.",
    ... )

    What it does not speak of stays the account's; whom a setting that it does speak of was managed by is no matter.
    A policy holds in every Region: let a request be made in each that matters. Raises `Malformed` (`MissingParameter`)
    for a policy that speaks of nothing.

    Source: AWS Organizations User Guide, "Declarative policy syntax and examples"; rules B BPA-9, B SBP-8, B AA-6,
    B 4.2.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        NotTheProvider,
        AccountNotInOrganization,
        TooManyImageCriteria,
        TooManyCriterionValues,
    )

    account_id: AccountId = field(converter=_account_id)
    image_block_public_access: ImageBlockPublicAccess | None = None
    snapshot_block_public_access: SnapshotBlockPublicAccess | None = None
    allowed_images: AllowedImagesSettings | None = None
    instance_metadata_defaults: InstanceMetadataDefaults | None = None
    exception_message: str | None = None

    def __attrs_post_init__(self) -> None:
        if not self._taken_over():
            raise missing("ImageBlockPublicAccess")

    def _taken_over(self) -> dict[str, Any]:
        policy = ManagedBy.DECLARATIVE_POLICY
        return {
            name: evolve(setting, managed_by=policy, **{message: self.exception_message})
            for name, message in _MESSAGES.items()
            if (setting := getattr(self, name)) is not None
        }

    def decide(self, world: World, by: Caller) -> Deciding[RegionSettings]:
        """Go through the checks in order, then take the settings over."""
        yield from the_provider(by, self.action)
        organizations = world.organizations
        if organizations.complete and organizations.of(self.account_id) is None:
            yield AccountNotInOrganization(account_id=self.account_id)
        criteria = () if self.allowed_images is None else self.allowed_images.image_criteria
        yield from each(refusals_to_criteria(criteria, world.limits))
        yield GRANTED

        if self.image_block_public_access is not None:
            world = world.without_tasks(pending_blocks(world, self.account_id, by.region))
        world = settling(world, self.account_id, by.region, **self._taken_over())
        return Outcome(world, world.settings(self.account_id, by.region))


# --- keys -------------------------------------------------------------------------------------------------------------


def _arn(arn: str | KmsKeyArn) -> KmsKeyArn:
    return arn if isinstance(arn, KmsKeyArn) else KmsKeyArn.parse(arn)


def _customer_key(world: World, arn: KmsKeyArn) -> Finding[KmsKey]:
    """A key whose policy is its account's. Refuses with `KeyNotFound` and `ManagedKeyNotGranted`."""
    key = resolve(str(arn), account=arn.account_id, region=arn.region, keys=world.keys)
    if key is None:
        return (yield from nothing(KeyNotFound(kms_key_id=str(arn))))
    if key.key_manager is KeyManager.AWS:
        return (yield from nothing(ManagedKeyNotGranted(kms_key_id=str(arn))))
    return key


@frozen(kw_only=True)
class GrantKey(Request[KmsKey]):
    """Let an account, an organization or a place in one use a key, wherever the request is made.

    Source: EC2 User Guide, "Allow organizations and OUs to use a KMS key"; rules B EN-11, B OR-14.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, KeyNotFound, ManagedKeyNotGranted)

    kms_key_id: KmsKeyArn = field(converter=_arn)
    grant: KeyGrant

    def decide(self, world: World, by: Caller) -> Deciding[KmsKey]:
        """Go through the checks in order, then grant it."""
        yield from the_provider(by, self.action)
        key = yield from _customer_key(world, self.kms_key_id)
        yield GRANTED
        granted = evolve(key, grants=dict.fromkeys((*key.grants, self.grant)))
        return Outcome(world.with_key(granted), granted)


@frozen(kw_only=True)
class RevokeKey(Request[KmsKey]):
    """Take back what a key's policy grants to somebody; a grant that is not there is no matter.

    What is running runs on; what is made or started from now on feels it.

    Source: rules B EN-7, B EN-11, B OR-14.
    """

    service: ClassVar[str] = "aws"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (NotTheProvider, KeyNotFound, ManagedKeyNotGranted)

    kms_key_id: KmsKeyArn = field(converter=_arn)
    grant: KeyGrant

    def decide(self, world: World, by: Caller) -> Deciding[KmsKey]:
        """Go through the checks in order, then take it back."""
        yield from the_provider(by, self.action)
        key = yield from _customer_key(world, self.kms_key_id)
        yield GRANTED
        revoked = evolve(key, grants=[grant for grant in key.grants if grant != self.grant])
        return Outcome(world.with_key(revoked), revoked)
