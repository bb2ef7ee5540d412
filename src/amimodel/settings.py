"""What an account has settled for a Region: who may see its images, whose it may use, how its volumes are encrypted.

All of it holds for one account in one Region (rule B G-1), and each setting is the business of the account unless a
declarative policy of its organization has taken it over.

Source: EC2 User Guide, "Block public access to your AMIs", "Allowed AMIs" and "Set the account-level IMDS defaults";
EBS User Guide, "Block public access for snapshots" and "Encryption by default"; rules B 3, B 4, B 5.3, B 6.1.
"""

from enum import unique
from typing import Any, Final

from attrs import Attribute, field, frozen

from amimodel.encryption import KmsKeyId, kms_key_id
from amimodel.image_criteria import ImageCriterion, image_criteria
from amimodel.malformed import invalid_value
from amimodel.quirks import Quirks
from amimodel.vocabulary import Word

NO_PREFERENCE_HOP_LIMIT: Final = -1
"""What HttpPutResponseHopLimit is where an account prefers nothing (rule B IM-3)."""

_MOST_HOPS: Final = 64


@unique
class ManagedBy(Word):
    """Who decides a setting. What a declarative policy decides, the account cannot change (rules B BPA-9, B AA-6)."""

    ACCOUNT = "account"
    DECLARATIVE_POLICY = "declarative-policy"


@unique
class ImageBlockPublicAccessState(Word):
    """Whether images can be made public. Those that are public stay so (rules B BPA-1, B BPA-7)."""

    UNBLOCKED = "unblocked"
    BLOCK_NEW_SHARING = "block-new-sharing"


@unique
class SnapshotBlockPublicAccessState(Word):
    """Whether snapshots can be made public, and whether those that were are still (rules B SBP-1 to B SBP-4)."""

    UNBLOCKED = "unblocked"
    BLOCK_NEW_SHARING = "block-new-sharing"
    BLOCK_ALL_SHARING = "block-all-sharing"


@unique
class AllowedImagesSettingsState(Word):
    """Whether the criteria for other accounts' images hold, or are only reported on (rules B AA-1, B 4.3)."""

    DISABLED = "disabled"
    ENABLED = "enabled"
    AUDIT_MODE = "audit-mode"


@unique
class MetadataDefaultHttpTokens(Word):
    """Which version of the instance metadata service an account prefers (rules B IM-1, B IM-3)."""

    OPTIONAL = "optional"
    REQUIRED = "required"
    NO_PREFERENCE = "no-preference"


@unique
class MetadataDefaultSwitch(Word):
    """Whether an account prefers one of the other metadata options on or off (rules B IM-1, B IM-3)."""

    DISABLED = "disabled"
    ENABLED = "enabled"
    NO_PREFERENCE = "no-preference"


def _only_of_a_policy(setting: Any, attribute: "Attribute[Any]", value: str | None) -> None:  # noqa: ANN401 - any setting
    if value is not None and setting.managed_by is ManagedBy.ACCOUNT:
        member = "".join(part.capitalize() for part in attribute.name.split("_"))
        raise invalid_value(member, value, "Only a declarative policy has an exception message.")


@frozen(kw_only=True)
class ImageBlockPublicAccess:
    """Block public access for images.

    >>> ImageBlockPublicAccess().state, ImageBlockPublicAccess(state="unblocked").blocks_new_sharing
    (<ImageBlockPublicAccessState.BLOCK_NEW_SHARING: 'block-new-sharing'>, False)

    `exception_message` is what a declarative policy wants said to those it refuses. Raises `Malformed` for one without
    a policy.

    Source: rules B BPA-1, B BPA-2, B BPA-6, B BPA-9; settlement S 18.
    """

    state: ImageBlockPublicAccessState = field(
        default=ImageBlockPublicAccessState.BLOCK_NEW_SHARING, converter=ImageBlockPublicAccessState
    )
    managed_by: ManagedBy = field(default=ManagedBy.ACCOUNT, converter=ManagedBy)
    exception_message: str | None = field(default=None, validator=_only_of_a_policy)

    @property
    def blocks_new_sharing(self) -> bool:
        """Whether no image can be made public (rule B BPA-7)."""
        return self.state is ImageBlockPublicAccessState.BLOCK_NEW_SHARING


@frozen(kw_only=True)
class SnapshotBlockPublicAccess:
    """Block public access for snapshots.

    >>> setting = SnapshotBlockPublicAccess(state="block-new-sharing")
    >>> setting.blocks_new_sharing, setting.blocks_all_sharing
    (True, False)

    `exception_message` is what a declarative policy wants said to those it refuses. Raises `Malformed` for one without
    a policy.

    Source: rules B SBP-1, B SBP-3, B SBP-4, B SBP-8.
    """

    state: SnapshotBlockPublicAccessState = field(
        default=SnapshotBlockPublicAccessState.UNBLOCKED, converter=SnapshotBlockPublicAccessState
    )
    managed_by: ManagedBy = field(default=ManagedBy.ACCOUNT, converter=ManagedBy)
    exception_message: str | None = field(default=None, validator=_only_of_a_policy)

    @property
    def blocks_new_sharing(self) -> bool:
        """Whether no snapshot can be made public (rules B SBP-3, B SBP-4)."""
        return self.state is not SnapshotBlockPublicAccessState.UNBLOCKED

    @property
    def blocks_all_sharing(self) -> bool:
        """Whether public snapshots count as private, too (rules B SBP-4, B SBP-5)."""
        return self.state is SnapshotBlockPublicAccessState.BLOCK_ALL_SHARING


@frozen(kw_only=True)
class AllowedImagesSettings:
    """Allowed AMIs: whose images the account can find and use, beside its own.

    >>> settings = AllowedImagesSettings(state="enabled", image_criteria=[ImageCriterion(image_providers=["amazon"])])
    >>> settings.state, len(settings.image_criteria)
    (<AllowedImagesSettingsState.ENABLED: 'enabled'>, 1)

    The criteria stay where they are while they do not hold (rule B AA-3). Raises `Malformed` if a criterion with the
    provider `none` has company, and for an `exception_message` without a declarative policy.

    Source: rules B AA-1, B AA-3, B AA-5, B AA-6, B AA-9.
    """

    state: AllowedImagesSettingsState = field(
        default=AllowedImagesSettingsState.DISABLED, converter=AllowedImagesSettingsState
    )
    image_criteria: tuple[ImageCriterion, ...] = field(default=(), converter=image_criteria)
    managed_by: ManagedBy = field(default=ManagedBy.ACCOUNT, converter=ManagedBy)
    exception_message: str | None = field(default=None, validator=_only_of_a_policy)


def _default_kms_key_id(text: str | None) -> KmsKeyId | None:
    return kms_key_id(text) if text else None  # an empty text counts as absent (settlement S 17)


@frozen(kw_only=True)
class EbsEncryption:
    """Whether new volumes and snapshots are encrypted unasked, and with which key if none is named.

    >>> EbsEncryption().by_default, EbsEncryption(default_kms_key_id="alias/golden").default_kms_key_id
    (False, 'alias/golden')

    No key stands for the AWS managed key `alias/aws/ebs`. The default key serves whether or not encryption is the
    default (rule B EN-5). Raises `Malformed` for what names no key.

    Source: rules B EN-1, B EN-2, B EN-5.
    """

    by_default: bool = False
    default_kms_key_id: KmsKeyId | None = field(default=None, converter=_default_kms_key_id)


@frozen(kw_only=True)
class InstanceMetadataDefaults:
    """How the account prefers the metadata service of new instances, where a launch does not say.

    >>> InstanceMetadataDefaults(http_tokens="required", http_put_response_hop_limit=2).http_tokens_required
    True
    >>> InstanceMetadataDefaults(http_put_response_hop_limit=65)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Value (65) for parameter httpPutResponseHopLimit is invalid...

    Raises `Malformed` for a hop limit other than 1 to 64, or -1, which prefers nothing; and for a
    `managed_exception_message` without a declarative policy.

    Source: botocore 1.44.5, ModifyInstanceMetadataDefaults, GetInstanceMetadataDefaults; rules B IM-1, B IM-3, B IM-4.
    """

    http_tokens: MetadataDefaultHttpTokens = field(
        default=MetadataDefaultHttpTokens.NO_PREFERENCE, converter=MetadataDefaultHttpTokens
    )
    http_put_response_hop_limit: int = NO_PREFERENCE_HOP_LIMIT
    http_endpoint: MetadataDefaultSwitch = field(
        default=MetadataDefaultSwitch.NO_PREFERENCE, converter=MetadataDefaultSwitch
    )
    instance_metadata_tags: MetadataDefaultSwitch = field(
        default=MetadataDefaultSwitch.NO_PREFERENCE, converter=MetadataDefaultSwitch
    )
    http_tokens_enforced: MetadataDefaultSwitch = field(
        default=MetadataDefaultSwitch.NO_PREFERENCE, converter=MetadataDefaultSwitch
    )
    managed_by: ManagedBy = field(default=ManagedBy.ACCOUNT, converter=ManagedBy)
    managed_exception_message: str | None = field(default=None, validator=_only_of_a_policy)

    def __attrs_post_init__(self) -> None:
        hops = self.http_put_response_hop_limit
        if type(hops) is not int or not (hops == NO_PREFERENCE_HOP_LIMIT or 1 <= hops <= _MOST_HOPS):
            raise invalid_value("HttpPutResponseHopLimit", hops, f"Expected a number from 1 to {_MOST_HOPS}, or -1.")

    @property
    def http_tokens_required(self) -> bool:
        """Whether a launch that says nothing about tokens requires them."""
        return self.http_tokens is MetadataDefaultHttpTokens.REQUIRED

    @property
    def enforces_http_tokens(self) -> bool:
        """Whether a launch without required tokens is refused (rule B IM-4)."""
        return self.http_tokens_enforced is MetadataDefaultSwitch.ENABLED


@frozen(kw_only=True)
class RegionSettings:
    """Everything that an account has settled for a Region; at first, what a new account finds.

    >>> settings = RegionSettings()
    >>> settings.image_block_public_access.blocks_new_sharing, settings.snapshot_block_public_access.blocks_new_sharing
    (True, False)

    Source: rules B G-1, B 12, B BPA-2, B SBP-1, B AA-1, B EN-1, B IM-3; settlement S 18.
    """

    image_block_public_access: ImageBlockPublicAccess = ImageBlockPublicAccess()
    snapshot_block_public_access: SnapshotBlockPublicAccess = SnapshotBlockPublicAccess()
    allowed_images: AllowedImagesSettings = AllowedImagesSettings()
    ebs_encryption: EbsEncryption = EbsEncryption()
    instance_metadata_defaults: InstanceMetadataDefaults = InstanceMetadataDefaults()

    @classmethod
    def of_new_account(cls, quirks: Quirks) -> "RegionSettings":
        """What an account finds in a Region at first.

        >>> RegionSettings.of_new_account(Quirks()) == RegionSettings()
        True
        >>> older = RegionSettings.of_new_account(Quirks(new_accounts_block_public_images=False))
        >>> older.image_block_public_access.blocks_new_sharing
        False

        Source: rule B BPA-2; settlement S 18.
        """
        return _AT_FIRST[quirks.new_accounts_block_public_images]


# Nearly every request asks for them, so they are made once.
_AT_FIRST: Final = {
    True: RegionSettings(),
    False: RegionSettings(
        image_block_public_access=ImageBlockPublicAccess(state=ImageBlockPublicAccessState.UNBLOCKED)
    ),
}
