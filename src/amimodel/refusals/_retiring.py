"""Refusals of what an owner does with an image towards its end."""

from datetime import datetime

from amimodel.clock import render
from amimodel.refusals._refusal import DoubtfulRefusal, Refusal, facts_of


@facts_of
class DeprecationInThePast(DoubtfulRefusal):
    """An image can only be deprecated at a time that is still to come."""

    rules = "C 2.5, C 2.8"

    image_id: str
    deprecate_at: datetime

    @property
    def message(self) -> str:
        return f"Value ({render(self.deprecate_at)}) for parameter deprecateAt is invalid. It must not be in the past."


@facts_of
class DeprecationTooLate(DoubtfulRefusal):
    """A private image is deprecated within ten years, a public one within two of its creation."""

    rules = "C 2.6, C 2.7, C 2.8, C 2.10"

    image_id: str
    deprecate_at: datetime
    latest: datetime
    public: bool

    @property
    def message(self) -> str:
        return (
            f"Value ({render(self.deprecate_at)}) for parameter deprecateAt is invalid. The latest time for"
            f" {self.image_id} is {render(self.latest)}."
        )

    @property
    def remedy(self) -> str:
        return "take everyone out of its launch permissions first (ModifyImageAttribute)" if self.public else ""


@facts_of
class PublicDeprecationKept(DoubtfulRefusal):
    """While an image is public, its deprecation cannot be cancelled."""

    rules = "C 2.12, B LP-33"

    image_id: str

    @property
    def message(self) -> str:
        return f"The deprecation of {self.image_id} cannot be cancelled while the image is public."

    @property
    def remedy(self) -> str:
        return "take everyone out of its launch permissions first (ModifyImageAttribute)"


@facts_of
class SnapshotsArchived(DoubtfulRefusal):
    """An image whose snapshots lie in the archive cannot be enabled."""

    rules = "C 3.17, C 15 (point 8)"

    image_id: str
    snapshot_ids: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"The image {self.image_id} cannot be enabled: archived are {', '.join(self.snapshot_ids)}."

    @property
    def remedy(self) -> str:
        return "restore them for good first (RestoreSnapshotTier with PermanentRestore)"


@facts_of
class CooldownKept(Refusal):
    """A protection with cooldown cannot be changed into one without."""

    code = "OperationNotPermitted"
    rules = "C 4, C 15 (point 3)"

    image_id: str

    @property
    def message(self) -> str:
        return f"The deregistration protection of {self.image_id} has a cooldown, which cannot be taken off."
