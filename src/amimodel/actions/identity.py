"""Who asks, and who else one can be: GetCallerIdentity and AssumeRole of STS.

The whole account is one caller: users and roles are not modelled (rule B G-6). So everybody is the root of its account,
and any role of any account can be assumed by anyone, whether a world has heard of the account or not.

Source: STS API Reference, GetCallerIdentity and AssumeRole; rules B G-1, B G-6.
"""

import re
from base64 import b32encode
from datetime import timedelta
from hashlib import sha256
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel.actions._neighbours import bounded, root_arn, unfit
from amimodel.callers import Caller
from amimodel.credentials import Credentials
from amimodel.malformed import Malformed
from amimodel.names import text_or_none
from amimodel.regions import Partition
from amimodel.requests import Finding, Query
from amimodel.world import World

_VALIDATION_ERROR: Final = "ValidationError"
_SHORTEST_SESSION: Final = 900
_LONGEST_SESSION: Final = 43_200
_SESSION: Final = 3600
_CHARACTERS_OF_AN_ID: Final = 17

_role_arn = re.compile(
    rf"arn:(?P<partition>{'|'.join(Partition)}):iam::(?P<account>\d{{12}}):role/(?:[!-.0-~]+/)*(?P<role>[\w+=,.@-]{{1,64}})",
    re.ASCII,
).fullmatch
_is_name = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII).fullmatch


def _role(text: str) -> str:
    if isinstance(text, str) and _role_arn(text):
        return text
    raise Malformed(_VALIDATION_ERROR, f"{text} is invalid", member="RoleArn", value=text)


def _session_name(text: str, member: str = "RoleSessionName") -> str:
    if isinstance(text, str) and _is_name(text):
        return text
    constraint = "Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}"
    raise unfit(member, text, constraint, _VALIDATION_ERROR)


def _source_identity(text: str) -> str:
    return _session_name(text, "SourceIdentity")


def _duration(seconds: int | None) -> int:
    given = bounded(seconds, "DurationSeconds", _SHORTEST_SESSION, _LONGEST_SESSION, _VALIDATION_ERROR)
    return _SESSION if given is None else given


@frozen(kw_only=True)
class CallerIdentity:
    """Who asks, in STS's words."""

    user_id: str
    account: str
    arn: str


@frozen(kw_only=True)
class GetCallerIdentity(Query[CallerIdentity]):
    """See in which account one is.

    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import PROD, example_world
    >>> ask(example_world(), GetCallerIdentity(), by=Caller(account=PROD, region="eu-central-1")).arn
    'arn:aws:iam::111122223333:root'

    Source: STS API Reference, GetCallerIdentity; rules B G-1, B G-6.
    """

    service: ClassVar[str] = "sts"

    def answer(self, world: World, by: Caller) -> Finding[CallerIdentity]:  # noqa: ARG002 - it is so in every world
        """Tell it."""
        yield from ()
        return CallerIdentity(user_id=by.account, account=by.account, arn=root_arn(by))


@frozen(kw_only=True)
class AssumedRoleUser:
    """Who one is in an assumed role, in STS's words."""

    assumed_role_id: str
    arn: str


@frozen(kw_only=True)
class AssumedRole:
    """What AssumeRole answers: whom one is now, and what to sign with as that one."""

    credentials: Credentials
    assumed_role_user: AssumedRoleUser
    source_identity: str | None = None


@frozen(kw_only=True)
class AssumeRole(Query[AssumedRole]):
    """Be an account's role for a while: what is signed with the answer is asked by the role's account.

    >>> from amimodel.credentials import account_of_access_key
    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import BUILD, PROD, example_world
    >>> assuming = AssumeRole(role_arn=f"arn:aws:iam::{BUILD}:role/ci/ImageBuilder", role_session_name="nightly")
    >>> answer = ask(example_world(), assuming, by=Caller(account=PROD, region="eu-central-1"))
    >>> answer.assumed_role_user.arn
    'arn:aws:sts::222233334444:assumed-role/ImageBuilder/nightly'
    >>> account_of_access_key(answer.credentials.access_key_id) == BUILD
    True

    IAM is not modelled: every role is there, trusts everyone and may do everything, with or without an ExternalId and
    an MFA device. What would narrow a session down, such as a policy, it does not take.

    Raises `Malformed` (`ValidationError`) for what is no role's ARN, for a session's name, and for a session of less
    than 15 minutes or more than 12 hours.

    Source: STS API Reference, AssumeRole; rules B G-1, B G-6.
    """

    service: ClassVar[str] = "sts"

    role_arn: str = field(converter=_role)
    role_session_name: str = field(converter=_session_name)
    duration_seconds: int = field(default=_SESSION, converter=_duration)
    external_id: str | None = field(default=None, converter=text_or_none)
    serial_number: str | None = field(default=None, converter=text_or_none)
    token_code: str | None = field(default=None, converter=text_or_none)
    source_identity: str | None = field(default=None, converter=optional(_source_identity))

    def answer(self, world: World, by: Caller) -> Finding[AssumedRole]:  # noqa: ARG002 - whoever asks may
        """Hand out the credentials."""
        yield from ()
        role = _role_arn(self.role_arn)
        if role is None:  # the converter has matched it before
            raise AssertionError(self.role_arn)
        account, name = role["account"], self.role_session_name
        return AssumedRole(
            credentials=Credentials.of(account, world.now + timedelta(seconds=self.duration_seconds)),
            assumed_role_user=AssumedRoleUser(
                assumed_role_id=f"{_role_id(self.role_arn)}:{name}",
                arn=f"arn:{role['partition']}:sts::{account}:assumed-role/{role['role']}/{name}",
            ),
            source_identity=self.source_identity,
        )


def _role_id(arn: str) -> str:
    """The id of a role: made out of its ARN, so that it is the same in every world."""
    return f"AROA{b32encode(sha256(arn.encode()).digest()).decode()[:_CHARACTERS_OF_AN_ID]}"
