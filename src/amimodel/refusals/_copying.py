"""Refusals of a copy."""

from amimodel.refusals._refusal import Refusal, facts_of


@facts_of
class NoStoragePermission(Refusal):
    """Permission to launch an image is not permission to read its snapshots."""

    code = "InvalidRequest"
    rules = "B CI-6"

    image_id: str
    snapshot_ids: tuple[str, ...]
    """The snapshots that may not be read."""

    @property
    def message(self) -> str:
        return "You do not have permission to access the storage of this ami"

    @property
    def remedy(self) -> str:
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
