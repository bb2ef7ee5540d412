"""Refusals of a copy."""

from amimodel.refusals._refusal import Refusal, facts_of


@facts_of
class NoStoragePermission(Refusal):
    """Permission to launch an image is not permission to read its snapshots."""

    code = "InvalidRequest"
    rules = "B CI-6"

    image_id: str
    snapshot_ids: tuple[str, ...]
    """The snapshots that may not be read; none where it is the bundle of an image in S3."""

    @property
    def message(self) -> str:
        return "You do not have permission to access the storage of this ami"

    @property
    def remedy(self) -> str:
        if not self.snapshot_ids:
            return "the owner must let the account read the bundle in S3"
        return f"the owner must share {', '.join(self.snapshot_ids)} as well (ModifySnapshotAttribute)"


@facts_of
class MarketplaceCopyRefused(Refusal):
    """An image with a Marketplace product code does not leave its account by being copied."""

    code = "InvalidRequest"
    rules = "B CI-7"

    image_id: str

    @property
    def message(self) -> str:
        return "Images from AWS Marketplace cannot be copied to another AWS account."


@facts_of
class BillingProductCopyRefused(Refusal):
    """Until about 2020, an image of a licensed system did not leave its account by being copied."""

    code = "InvalidRequest"
    rules = "B CI-9"

    image_id: str

    @property
    def message(self) -> str:
        return "Images with EC2 BillingProduct codes cannot be copied to another AWS account."


@facts_of
class SourceRegionUnusable(Refusal):
    """The Region to copy from is in another partition, or the account has not enabled it."""

    code = "InvalidRegion"
    rules = "B CI-1"

    source_region: str
    region: str

    @property
    def message(self) -> str:
        return f"The region '{self.source_region}' cannot be copied from to {self.region}."

    @property
    def remedy(self) -> str:
        return "enable the Region; between partitions, store the image to S3 and restore it (CreateStoreImageTask)"


@facts_of
class ParavirtualCopyRefused(Refusal):
    """A paravirtual image goes to no Region that does not run such images, or has no kernel for it."""

    code = "InvalidRequest"
    rules = "B CI-12, B 7.3"

    image_id: str
    region: str

    @property
    def message(self) -> str:
        return f"The paravirtual image {self.image_id} cannot be copied to {self.region}, which has no kernel for it."


@facts_of
class CopyRouteRefused(Refusal):
    """Between these two places nothing is copied."""

    code = "InvalidRequest"
    rules = "B CI-15, S 49"

    source: str
    destination: str

    @property
    def message(self) -> str:
        return f"What is in {self.source} cannot be copied to {self.destination}."


@facts_of
class OutpostElsewhere(Refusal):
    """What goes to an Outpost comes from the Outpost's Region."""

    code = "InvalidParameterValue"
    rules = "B CI-16"

    outpost_arn: str
    source_region: str

    @property
    def message(self) -> str:
        return f"Invalid value '{self.outpost_arn}' for destinationOutpostArn. It is not in {self.source_region}."


@facts_of
class CompletionDurationRefused(Refusal):
    """A copy can be asked to take a whole number of quarters of an hour, up to two days."""

    code = "InvalidParameterValue"
    rules = "B CI-19, B CS-6, C 8.23"

    minutes: int
    least: int
    most: int
    step: int

    @property
    def message(self) -> str:
        return (
            f"Invalid value '{self.minutes}' for completionDurationMinutes."
            f" It must be a multiple of {self.step} from {self.least} to {self.most}."
        )


@facts_of
class CompletionDurationUnsupported(Refusal):
    """A copy from a Local Zone takes the time that it takes."""

    code = "InvalidParameterCombination"
    rules = "B CI-19"

    image_id: str

    @property
    def message(self) -> str:
        return (
            "The parameter snapshotCopyCompletionDurationMinutes is not supported when copying from a Local Zone,"
            f" where {self.image_id} is."
        )


@facts_of
class TimeBasedCopyQuotaReached(Refusal):
    """The copies under way between the two Regions have all the throughput that there is for copies by time."""

    code = "ResourceLimitExceeded"
    rules = "B CI-20, C 8.23"

    quota_mibps: int

    @property
    def message(self) -> str:
        return (
            f"The cumulative throughput of time-based copies between the two Regions has reached its quota of"
            f" {self.quota_mibps} MiB/s."
        )

    @property
    def remedy(self) -> str:
        return "wait for a copy to complete, or copy without a completion duration"


@facts_of
class TooManyImageCopies(Refusal):
    """So many images are being copied to the Region that no other is begun."""

    code = "ResourceLimitExceeded"
    rules = "B CI-14"

    quota: int

    @property
    def message(self) -> str:  # EC2's words for snapshots
        return f"Too many image copies in progress. The limit is {self.quota} for this destination region."


@facts_of
class TooManySnapshotCopies(Refusal):
    """So many snapshots are being copied to the Region that no other is begun."""

    code = "ResourceLimitExceeded"
    rules = "B CS-5, C 8.18"

    quota: int

    @property
    def message(self) -> str:
        return f"Too many snapshot copies in progress. The limit is {self.quota} for this destination region."
