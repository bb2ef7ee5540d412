"""Refusals of what administrators do beside EC2: in AWS Organizations, and with the policies of keys."""

from amimodel.refusals._refusal import Refusal, facts_of


@facts_of
class OrganizationNotFound(Refusal):
    """No organization has this id."""

    code = "AWSOrganizationsNotInUseException"
    rules = "B OR-1"

    organization_id: str

    @property
    def message(self) -> str:
        return f"There is no organization {self.organization_id}."


@facts_of
class OrganizationalUnitNotFound(Refusal):
    """The organization has no such unit."""

    code = "DestinationParentNotFoundException"
    rules = "B OR-1"

    organization_id: str
    organizational_unit_id: str

    @property
    def message(self) -> str:
        return f"The organization {self.organization_id} has no unit {self.organizational_unit_id}."


@facts_of
class AccountInOrganization(Refusal):
    """An account is in one organization at most."""

    code = "HandshakeConstraintViolationException"
    rules = "B OR-1"

    account_id: str
    organization_id: str

    @property
    def message(self) -> str:
        return f"The account {self.account_id} is in the organization {self.organization_id} already."

    @property
    def remedy(self) -> str:
        return f"the account must leave {self.organization_id} first"


@facts_of
class AccountNotInOrganization(Refusal):
    """The account is in no organization that is known."""

    code = "AccountNotFoundException"
    rules = "B OR-1"

    account_id: str

    @property
    def message(self) -> str:
        return f"The account {self.account_id} is in no organization."


@facts_of
class ManagementAccountStays(Refusal):
    """An organization is its management account's: that one never leaves."""

    code = "MasterCannotLeaveOrganizationException"
    rules = "B OR-2, B OR-4"

    account_id: str
    organization_id: str

    @property
    def message(self) -> str:
        return f"The account {self.account_id} manages the organization {self.organization_id} and cannot leave it."


@facts_of
class ManagedKeyNotGranted(Refusal):
    """Nobody decides who may use a key that AWS keeps: its own account, and no other."""

    code = "UnsupportedOperationException"
    rules = "B EN-11"

    kms_key_id: str

    @property
    def message(self) -> str:
        return f"{self.kms_key_id} is an AWS managed key: it works for its own account alone."

    @property
    def remedy(self) -> str:
        return "encrypt with a customer managed key what other accounts shall use"
