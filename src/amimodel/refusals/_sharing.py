"""Refusals of sharing: what an image or a snapshot may not be shared with, and why."""

from amimodel.refusals._refusal import DoubtfulRefusal, Refusal, facts_of


@facts_of
class EncryptedImageNotPublic(Refusal):
    """What is encrypted is never everyone's."""

    code = "UnsupportedOperation"
    rules = "B LP-25, S 44"

    image_id: str

    @property
    def message(self) -> str:
        return "Encrypted snapshots can't be shared publicly. Specify another snapshot."


@facts_of
class ProductCodeImageNotPublic(Refusal):
    """What is sold is never given to everyone."""

    code = "OperationNotPermitted"
    rules = "A PC-4, B LP-26, S 45"

    image_id: str

    @property
    def message(self) -> str:
        return "Images with marketplace product codes may not be made public."


@facts_of
class WatermarkedImageNotPublic(DoubtfulRefusal):
    """A watermark is for images that are not public."""

    rules = "B LP-27"

    image_id: str

    @property
    def message(self) -> str:
        return f"The image {self.image_id} has watermarks and cannot be made public. Detach them first."


@facts_of
class ManagedKeyNotShared(Refusal):
    """What is encrypted with a key of AWS's cannot be opened by anyone else."""

    code = "InvalidParameter"
    rules = "B LP-28"

    image_id: str
    snapshot_id: str

    @property
    def message(self) -> str:
        return "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot."


@facts_of
class PublicSharingBlocked(Refusal):
    """The account keeps its images from becoming public."""

    code = "OperationNotPermitted"
    rules = "B LP-24"

    image_id: str

    @property
    def message(self) -> str:
        return (
            "You can\u2019t publicly share this image because block public access for AMIs is enabled for this account."
            " To publicly share the image, you must call the DisableImageBlockPublicAccess API."
        )


@facts_of
class PublicImageQuotaReached(Refusal):
    """The account has as many public images in this Region as it may have."""

    code = "ResourceLimitExceeded"
    rules = "A 9, B LP-23, C 5.21"

    quota: int

    @property
    def message(self) -> str:
        return (
            f"You have reached your quota of {self.quota} for the number of public images allowed in this Region."
            " Deregister unused public images or make them private, or request an increase in your public AMIs quota."
        )


@facts_of
class SharingQuotaReached(Refusal):
    """The image would be shared with more accounts, organizations and units than it may be."""

    code = "ResourceLimitExceeded"
    rules = "A 9, B LP-19"

    image_id: str
    entities: int
    quota: int

    @property
    def message(self) -> str:
        return (
            f"The image {self.image_id} would be shared with {self.entities} accounts, organizations and organizational"
            f" units; the quota is {self.quota}."
        )


@facts_of
class NotSharedWithAccount(Refusal):
    """There is no item of the account's own to give up (what flows through an organization cannot be given up)."""

    code = "InvalidAMIID.NotFound"
    rules = "B CL-2, B CL-3, S 29"

    image_id: str
    account_id: str

    @property
    def message(self) -> str:
        return f"The image id '[{self.image_id}]' does not exist"


@facts_of
class TooManyPermissionChanges(Refusal):
    """One request changes the permissions of so many at most."""

    code = "InvalidParameterValue"
    rules = "A 9, B LP-18, B SP-4"

    changes: int
    limit: int

    @property
    def message(self) -> str:
        return f"The request changes the permissions of {self.changes}; it may change those of {self.limit} at most."

    @property
    def remedy(self) -> str:
        return "ask in parts"


@facts_of
class PermissionOfAnotherPartition(Refusal):
    """An organization of another partition has no members in this one."""

    code = "InvalidAMIAttributeItemValue"
    rules = "B OR-12, B LP-11"

    arn: str
    item_type: str
    """OrganizationArn or OrganizationalUnitArn."""
    region: str

    @property
    def message(self) -> str:
        return f'Invalid attribute item value "{self.arn}" for {self.item_type} item type.'

    @property
    def remedy(self) -> str:
        return f"name an organization of the partition that {self.region} is in"


@facts_of
class OverlappingPermissions(Refusal):
    """An item is to be added and removed at once."""

    code = "InvalidParameterCombination"
    rules = "B LP-17"

    permissions: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"These are to be added and removed in one request: {', '.join(self.permissions)}"


@facts_of
class ProductCodesNotModifiable(Refusal):
    """EC2 no longer lets an owner set an image's product codes."""

    code = "InvalidParameterValue"
    rules = "A PC-2, B 1.3"

    image_id: str

    @property
    def message(self) -> str:
        return "Value (productCodes) for parameter attribute is invalid. Unknown attribute."


@facts_of
class ProductCodesKept(Refusal):
    """An image has one product code for good: no other is added to it (a quirk lets an owner set the first)."""

    code = "InvalidParameterValue"
    rules = "A PC-3, B 1.3"

    image_id: str
    product_codes: tuple[str, ...]

    @property
    def message(self) -> str:
        return (
            f"The image {self.image_id} can have one product code and keeps it; given: {', '.join(self.product_codes)}"
        )


# --- snapshots --------------------------------------------------------------------------------------------------------


@facts_of
class SnapshotPermissionsAddedAndRemoved(Refusal):
    """One request adds to a snapshot's permissions or takes from them."""

    code = "InvalidParameterCombination"
    rules = "B SP-3, C 8.34"

    snapshot_id: str

    @property
    def message(self) -> str:
        return f"Permissions of {self.snapshot_id} can be added or removed in one request, but not both."

    @property
    def remedy(self) -> str:
        return "ask twice"


@facts_of
class EncryptedSnapshotNotPublic(DoubtfulRefusal):
    """What is encrypted is never everyone's."""

    rules = "B SP-8, C 8.34"

    snapshot_id: str

    @property
    def message(self) -> str:
        return "Encrypted snapshots can't be shared publicly. Specify another snapshot."


@facts_of
class ManagedKeySnapshotNotShared(Refusal):
    """What is encrypted with a key of AWS's cannot be opened by anyone else."""

    code = "OperationNotPermitted"
    rules = "B SP-9, C 8.34, S 43"

    snapshot_id: str

    @property
    def message(self) -> str:
        return "Encrypted snapshots with EBS default key cannot be shared"

    @property
    def remedy(self) -> str:
        return (
            f"copy {self.snapshot_id} with a key of your own (CopySnapshot), let the account use it, and share the copy"
        )


@facts_of
class ProductCodeSnapshotNotPublic(Refusal):
    """What is sold is never given to everyone."""

    code = "OperationNotPermitted"
    rules = "B SP-10, B MP-5, C 8.34"

    snapshot_id: str

    @property
    def message(self) -> str:
        return f"The snapshot {self.snapshot_id} has product codes and may not be made public."


@facts_of
class SnapshotPublicSharingBlocked(Refusal):
    """The account keeps its snapshots from becoming public."""

    code = "OperationNotPermitted"
    rules = "B SP-11, B SBP-3"

    snapshot_id: str

    @property
    def message(self) -> str:
        return (
            f"The snapshot {self.snapshot_id} cannot be shared publicly because block public access for snapshots is"
            " enabled for this account."
        )

    @property
    def remedy(self) -> str:
        return "call DisableSnapshotBlockPublicAccess first"
