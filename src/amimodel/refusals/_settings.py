"""Refusals of what an account wants to settle for a Region."""

from amimodel.refusals._refusal import DoubtfulRefusal, Refusal, facts_of


@facts_of
class ManagedByDeclarativePolicy(DoubtfulRefusal):
    """A declarative policy of the account's organization decides this; the account only sees it."""

    rules = "B BPA-9, B SBP-8, B AA-6"

    setting: str
    exception_message: str | None

    @property
    def message(self) -> str:
        # What a policy says that has no words of its own: Organizations User Guide, "Custom error messages".
        return self.exception_message or "This action is denied due to an organizational policy in effect."

    @property
    def remedy(self) -> str:
        return f"whoever administers the organization must change its declarative policy on {self.setting}"


@facts_of
class TooManyImageCriteria(Refusal):
    """A list of criteria has so many at most."""

    code = "InvalidParameterValue"
    rules = "A 9, B 4.2"

    criteria: int
    limit: int

    @property
    def message(self) -> str:
        return f"ImageCriteria has {self.criteria} criteria; it may have {self.limit} at most."


@facts_of
class TooManyCriterionValues(Refusal):
    """What a criterion lists under one of its members is so many values at most."""

    code = "InvalidParameterValue"
    rules = "A 9, B 4.2"

    member: str
    values: int
    limit: int

    @property
    def message(self) -> str:
        return f"{self.member} of a criterion has {self.values} values; it may have {self.limit} at most."


@facts_of
class AllowedImagesDisabled(Refusal):
    """Allowed AMIs must be enabled before it is given criteria; the quirk that asks for it is named there."""

    code = "IncorrectState"
    rules = "B AA-4"

    @property
    def message(self) -> str:
        return "The criteria of Allowed AMIs can be replaced only while it is enabled or in audit mode."

    @property
    def remedy(self) -> str:
        return "call EnableAllowedImagesSettings first; audit-mode restricts nothing"
