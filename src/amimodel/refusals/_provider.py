"""Refusals of what only AWS itself can bring about."""

from amimodel.refusals._refusal import Refusal, facts_of


@facts_of
class NotTheProvider(Refusal):
    """No customer can ask for it: it is AWS's own doing."""

    code = "UnauthorizedOperation"
    rules = "C 1.1, C 1.2.3"
    http_status = 403

    action: str

    @property
    def message(self) -> str:
        return f"{self.action} is no request of a customer: AWS itself brings it about (Caller.provider)."


@facts_of
class NothingToBringAbout(Refusal):
    """It cannot come to pass where the thing stands now."""

    code = "IncorrectState"
    rules = "C 1.1, C 1.3"

    subject: str
    state: str

    @property
    def message(self) -> str:
        return f"{self.subject} is {self.state}: this cannot come to pass now."


@facts_of
class KeyNotFound(Refusal):
    """No key has this ARN."""

    code = "NotFoundException"
    rules = "B EN-6"

    kms_key_id: str

    @property
    def message(self) -> str:
        return f"Key '{self.kms_key_id}' does not exist"


@facts_of
class BundleNotFound(Refusal):
    """No bundle lies in S3 under this location."""

    code = "NoSuchKey"
    rules = "A RI-21, A RI-25"

    image_location: str

    @property
    def message(self) -> str:
        return f"The specified key does not exist: {self.image_location}"
