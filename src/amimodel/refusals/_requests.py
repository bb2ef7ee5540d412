"""Refusals that any request can meet, whatever it asks for."""

from amimodel.refusals._refusal import Refusal, facts_of


@facts_of
class UnauthorizedOperation(Refusal):
    """IAM does not let the caller do this."""

    code = "UnauthorizedOperation"
    rules = "A E-1, A 12.2, C 0.5"
    http_status = 403

    action: str

    @property
    def message(self) -> str:
        return "You are not authorized to perform this operation."

    @property
    def remedy(self) -> str:
        return f"an administrator of the account must allow {self.action}"


@facts_of
class DryRunOperation(Refusal):
    """The request would have been granted, and was a dry run."""

    code = "DryRunOperation"
    rules = "A E-6, B G-2, C 0.5, S 9"
    http_status = 412

    @property
    def message(self) -> str:
        return "Request would have succeeded, but DryRun flag is set."


@facts_of
class IdempotentParameterMismatch(Refusal):
    """The client token has been used for another request."""

    code = "IdempotentParameterMismatch"
    rules = "B CI-17"

    client_token: str

    @property
    def message(self) -> str:
        return f"The client token {self.client_token} was used for a request with other parameters."
