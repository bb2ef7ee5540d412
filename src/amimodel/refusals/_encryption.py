"""Refusals of encryption, and of a launch whose metadata service would be less strict than its account wants."""

from amimodel.refusals._refusal import Refusal, facts_of


@facts_of
class KmsKeyRequiresEncrypted(Refusal):
    """A key is named and encryption is not asked for: not even encryption by default stands in for that."""

    code = "InvalidParameterDependency"
    rules = "A BM-10, B EN-8, B CS-3, B LD-19b, C 8.19, S 30"

    kms_key_id: str

    @property
    def message(self) -> str:
        return "The parameter KmsKeyId requires the parameter Encrypted to be set."

    @property
    def remedy(self) -> str:
        return f"set Encrypted to true, or leave out the key {self.kms_key_id}"


@facts_of
class LaunchEncryptedFlagRefused(Refusal):
    """What a launch once said to an encryption flag beside a snapshot; the quirk that brings it back is named there."""

    code = "InvalidBlockDeviceMapping"
    rules = "A BM-10, B EN-15"

    device_name: str

    @property
    def message(self) -> str:
        return f"the encrypted flag cannot be specified since device {self.device_name} has a snapshot specified."

    @property
    def remedy(self) -> str:
        return "leave Encrypted out: what is encrypted stays so"


@facts_of
class UnencryptedCopyRefused(Refusal):
    """No copy takes the encryption off."""

    code = "InvalidRequest"
    rules = "B 6.4 row 9, B EN-9"

    snapshot_id: str

    @property
    def message(self) -> str:
        return (
            f"Snapshot {self.snapshot_id} is encrypted."
            " Creating an unencrypted copy from an encrypted snapshot is not supported."
        )

    @property
    def remedy(self) -> str:
        return "leave Encrypted out, or set it to true"


@facts_of
class InstanceStoreCopyNotEncrypted(Refusal):
    """An image that lies in S3 has no snapshots to encrypt."""

    code = "InvalidParameterCombination"
    rules = "B EN-18"

    image_id: str

    @property
    def message(self) -> str:
        return f"The image {self.image_id} is backed by instance store: Encrypted and KmsKeyId do not apply to it."


@facts_of
class EncryptedFalseRefused(Refusal):
    """CopySnapshot does not take Encrypted=false, not even where the copy would be unencrypted without it."""

    code = "InvalidParameterValue"
    rules = "B CS-2, C 8.19, S 46"

    snapshot_id: str

    @property
    def message(self) -> str:
        return "The parameter encrypted=false is invalid"

    @property
    def remedy(self) -> str:
        return "leave Encrypted out"


@facts_of
class AsymmetricDefaultKey(Refusal):
    """EBS encrypts with symmetric keys only."""

    code = "InvalidParameterValue"
    rules = "B EN-3"

    kms_key_id: str

    @property
    def message(self) -> str:
        return f"The key {self.kms_key_id} is asymmetric. Amazon EBS supports symmetric KMS keys only."


@facts_of
class HttpTokensEnforced(Refusal):
    """The account lets no instance start that answers IMDSv1."""

    code = "UnsupportedOperation"
    rules = "B IM-4, B LD-19"

    @property
    def message(self) -> str:
        return (
            "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either"
            " launch the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced"
            " using the ModifyInstanceMetadataDefaults API or the account settings in the EC2 console."
        )
