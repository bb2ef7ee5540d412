"""Refusals of the services beside EC2 that tools for AMIs ask first, and of EC2's own list of places.

They are Systems Manager, KMS and Organizations; STS refuses nothing here, because IAM is not modelled.
"""

from typing import ClassVar

from amimodel.refusals._refusal import Refusal, facts_of

# --- Systems Manager --------------------------------------------------------------------------------------------------


@facts_of
class ParameterNotFound(Refusal):
    """No public parameter has that name in this Region. The code is all that Systems Manager says."""

    code = "ParameterNotFound"
    rules = "A 10.4"

    name: str
    region: str

    @property
    def message(self) -> str:
        return f"There is no public parameter {self.name} in {self.region}."


@facts_of
class ParameterVersionNotFound(Refusal):
    """The parameter has never had that version. Labels are not modelled: none is known.

    The sentence has been seen (github.com/getmoto/moto, test_ssm_boto3.py, which quotes it).
    """

    code = "ParameterVersionNotFound"
    rules = "A ID-10, A 10.4"

    name: str
    version: str

    @property
    def message(self) -> str:
        return (
            f"Systems Manager could not find version {self.version} of {self.name}. Verify the version and try again."
        )


# --- KMS --------------------------------------------------------------------------------------------------------------


@facts_of
class KeyAliasNotFound(Refusal):
    """The account has no key of that name in the Region.

    The sentence has been seen (github.com/cloudposse/docs issue 152).
    """

    code = "NotFoundException"
    rules = "B EN-6"

    alias_arn: str

    @property
    def message(self) -> str:
        return f"Alias {self.alias_arn} is not found."


@facts_of
class KeyInOtherRegion(Refusal):
    """The ARN is of another Region than the one that is asked, where no key has it.

    The sentence has been seen (github.com/nakedible/openssl-engine-kms issue 1).
    """

    code = "NotFoundException"
    rules = "B EN-6, B EN-17"

    kms_key_id: str
    region: str
    """The Region of the ARN."""

    @property
    def message(self) -> str:
        return f"Invalid arn {self.region}"

    @property
    def remedy(self) -> str:
        return f"ask for {self.kms_key_id} in {self.region}"


@facts_of
class KeyAccessDenied(Refusal):
    """The key of another account is not there, or its policy does not let the caller at it; KMS does not say which.

    The sentence has been seen, in the answer of a service that looked at a key for its caller.
    """

    code = "AccessDeniedException"
    rules = "B EN-11"

    kms_key_id: str
    principal: str
    action: str

    @property
    def message(self) -> str:
        return (
            f"User: {self.principal} is not authorized to perform: {self.action} on this resource because the resource"
            " does not exist in this Region, no resource-based policies allow access, or a resource-based policy"
            " explicitly denies access"
        )

    @property
    def remedy(self) -> str:
        return f"the account of {self.kms_key_id} can let the caller use it (the key's policy)"


@facts_of
class InvalidMarker(Refusal):
    """The marker is none of KMS's, or continues a query that was another one."""

    code = "InvalidMarkerException"
    rules = "A DI-3"

    marker: str

    @property
    def message(self) -> str:
        return f"The marker {self.marker} that says where to go on is not valid."

    @property
    def remedy(self) -> str:
        return "repeat the query that gave the marker, with the marker and nothing else changed"


# --- Organizations ----------------------------------------------------------------------------------------------------


@facts_of
class NotInAnOrganization(Refusal):
    """The caller's account is in no organization of the partition that is known.

    The sentence has been seen (github.com/duo-labs/cloudmapper issue 733).
    """

    code = "AWSOrganizationsNotInUseException"
    rules = "B OR-1"

    account_id: str
    organizations_known: bool = True
    """Whether there are no others than the world knows: a world made of EC2's answers knows none."""

    @property
    def message(self) -> str:
        return "Your account is not a member of an organization."

    @property
    def remedy(self) -> str:
        if self.organizations_known:
            return f"{self.account_id} can join one"
        return f"whether {self.account_id} is in one is not known here: World.with_organizations tells it"


@facts_of
class OrganizationAccessDenied(Refusal):
    """Members see their organization, and no more of it; delegated administrators are not modelled.

    The sentence is the one that Organizations is known for.
    """

    code = "AccessDeniedException"
    rules = "B OR-2"

    account_id: str
    management_account_id: str

    @property
    def message(self) -> str:
        return "You don't have permissions to access this resource."

    @property
    def remedy(self) -> str:
        return f"{self.account_id} is a member: ask as the management account, {self.management_account_id}"


@facts_of
class AccountNotFound(Refusal):
    """The account is no member of the organization. The sentence is as emulators of Organizations have it."""

    code = "AccountNotFoundException"
    rules = "B OR-1"

    account_id: str

    @property
    def message(self) -> str:
        return "You specified an account that doesn't exist."


@facts_of
class ParentNotFound(Refusal):
    """The organization has no root and no unit of that id."""

    code = "ParentNotFoundException"
    rules = "B OR-1"

    parent_id: str

    @property
    def message(self) -> str:
        return "We can't find a root or OU with the ParentId that you specified."


@facts_of
class ChildNotFound(Refusal):
    """The organization has no account and no unit of that id."""

    code = "ChildNotFoundException"
    rules = "B OR-1"

    child_id: str

    @property
    def message(self) -> str:
        return "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified."


@facts_of
class UnitNotFound(Refusal):
    """The organization has no unit of that id. The sentence is as emulators of Organizations have it."""

    code = "OrganizationalUnitNotFoundException"
    rules = "B OR-1"

    organizational_unit_id: str

    @property
    def message(self) -> str:
        return "You specified an organizational unit that doesn't exist."


@facts_of
class InvalidOrganizationsToken(Refusal):
    """The token is none of Organizations, or continues a query that was another one."""

    code = "InvalidInputException"
    rules = "A DI-3"
    reason: ClassVar[str] = "INVALID_NEXT_TOKEN"

    next_token: str

    @property
    def message(self) -> str:
        return f"You specified an invalid token: {self.next_token}"

    @property
    def remedy(self) -> str:
        return "repeat the query that gave the token, with the token and nothing else changed"


# --- places -----------------------------------------------------------------------------------------------------------


@facts_of
class RegionNotFound(Refusal):
    """The Region is in another partition than the one that is asked, or none that is known here."""

    code = "InvalidParameterValue"
    rules = "A RG-1, A RG-3"

    region_name: str
    partition: str

    @property
    def message(self) -> str:
        return f"Invalid region name: [{self.region_name}]"

    @property
    def remedy(self) -> str:
        return f"name a Region of the partition {self.partition}"


@facts_of
class ZoneIdNotFound(Refusal):
    """The Region has no zone of that id."""

    code = "InvalidParameterValue"
    rules = "A RG-4"

    zone_id: str
    region: str

    @property
    def message(self) -> str:
        return f"Invalid availability zone-id: [{self.zone_id}]"

    @property
    def remedy(self) -> str:
        return f"name a zone of {self.region}"
