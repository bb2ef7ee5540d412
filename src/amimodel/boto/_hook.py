"""The way in: botocore's events, at which the model answers in the place of the network.

botocore asks its handlers before it sends anything (`before-call`), and takes what one of them gives for the response.
By then it has checked the parameters; they are remembered from `before-parameter-build`, because the event itself has
only what would have been sent.

Source: botocore 1.44.5, `botocore.client.BaseClient._make_api_call`; settlement S 23.
"""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Final, NamedTuple

from attrs import evolve
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError
from botocore.hooks import BaseEventHooks
from botocore.model import OperationModel

from amimodel.actions import ACTIONS
from amimodel.boto._answers import answer_writer, nothing_of
from amimodel.boto._not_modelled import NotModelled
from amimodel.boto._parameters import request_of
from amimodel.boto._simulation import Simulation
from amimodel.boto._waiting import waiting
from amimodel.callers import Caller
from amimodel.credentials import account_of_access_key
from amimodel.malformed import Malformed
from amimodel.refusals import Refusal
from amimodel.regions import Region, as_region
from amimodel.requests import Request

KINDS: Final[Mapping[tuple[str, str], type[Request[Any]]]] = {
    (kind.service, name): kind for name, kind in ACTIONS.items() if kind.service != "aws"
}
"""The classes of requests, by botocore's names of the service and the action."""

_ASKING: Final = ("Describe", "Get", "List")
_GIVEN: Final = "amimodel.given"
_PARAMETERS: Final = "amimodel.parameters"
_TOKEN: Final = "ClientToken"  # noqa: S105 - the name of a parameter
_OK: Final = 200
_HOME: Final = {
    "aws-global": "us-east-1", "aws-cn-global": "cn-northwest-1", "aws-us-gov-global": "us-gov-west-1",
    "aws-iso-global": "us-iso-east-1", "aws-iso-b-global": "us-isob-east-1", "aws-iso-e-global": "eu-isoe-west-1",
    "aws-iso-f-global": "us-isof-south-1",
}  # fmt: skip
"""Where the services are that botocore has in no Region."""

_WRITERS: Final[dict[type[Request[Any]], Callable[[Any], dict[str, Any]]]] = {}


class Handler(NamedTuple):
    """An event of botocore's, and what is done at it, before or after everybody else."""

    event: str
    handle: Callable[..., Any]
    first: bool


class Hook:
    """What answers the calls of clients with a simulation.

    Whose calls they are is told by the credentials: keys that `amimodel.credentials` makes name their account. All
    others are the default caller's, and with `everybody` so is every call.
    """

    def __init__(self, simulation: Simulation, by: Caller, *, everybody: bool = False) -> None:
        self.simulation: Simulation = simulation
        self.by: Caller = by
        self.everybody: bool = everybody

    @cached_property
    def handlers(self) -> tuple[Handler, ...]:
        """What is done at which event."""
        return (
            Handler("provide-client-params", _remember_what_is_given, first=True),
            Handler("before-parameter-build", _remember_parameters, first=False),
            Handler("before-call", self.answer, first=True),
            Handler("before-send", _stop, first=True),
            Handler("creating-client-class", self.with_waiters, first=False),
        )

    def register(self, events: BaseEventHooks) -> None:
        """Answer every call of the clients that hear of these events."""
        for event, handle, first in self.handlers:
            unique_id = f"amimodel.{event}"
            events.unregister(event, unique_id=unique_id)  # who is attached anew leaves the old simulation
            (events.register_first if first else events.register_last)(event, handle, unique_id=unique_id)

    def answer(
        self, model: OperationModel, context: dict[str, Any], request_signer: object = None, **_: object
    ) -> tuple[AWSResponse, dict[str, Any]]:
        """Answer a call: botocore's `before-call`."""
        service, action = model.service_model.service_name, model.name
        kind = KINDS.get((service, action))
        if kind is None and self._finds_nothing(service, action):
            return self._response(_OK, nothing_of(model))
        if kind is None:
            message = f"amimodel does not model {service}:{action}. Nothing was sent."
            raise NotModelled(message)
        by = self._caller(context["client_region"], request_signer)
        try:
            request = request_of(kind, _meant(context))
        except Malformed as error:
            return self._refused(model, error)
        result = self.simulation.do(request, by=by)
        if isinstance(result, Refusal):
            return self._refused(model, result)
        if kind not in _WRITERS:
            _WRITERS[kind] = answer_writer(model, kind)
        return self._response(_OK, _WRITERS[kind](result.value))

    def _finds_nothing(self, service: str, action: str) -> bool:
        asked = f"{service}:{action}"
        return action.startswith(_ASKING) and any(fnmatchcase(asked, each) for each in self.simulation.finds_nothing)

    def _caller(self, region: str, signer: object) -> Caller:
        key = getattr(getattr(signer, "_credentials", None), "access_key", None)  # botocore tells it nowhere else
        account = None if self.everybody or key is None else account_of_access_key(key)
        there = self.by.region if region == self.by.region.name else region_of(region)
        if account is None or account == self.by.account:
            return self.by if there is self.by.region else evolve(self.by, region=there)
        return Caller(account=account, region=there)

    def _refused(self, model: OperationModel, error: Refusal | Malformed) -> tuple[AWSResponse, dict[str, Any]]:
        status = error.http_status if isinstance(error, Refusal) else Refusal.http_status
        answer: dict[str, Any] = {"Error": {"Code": error.code, "Message": error.message}}
        shape: Any = model.service_model.shape_for_error_code(error.code)  # type: ignore[arg-type] # a code is a text
        for name in () if shape is None else shape.members:
            told = getattr(error, name.lower(), None)
            if told is not None:
                answer[name] = told
        return self._response(status, answer)

    def _response(self, status: int, answer: dict[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
        request_id = self.simulation.next_request_id()
        headers: Any = {"x-amzn-requestid": request_id}
        answer["ResponseMetadata"] = {
            "RequestId": request_id, "HTTPStatusCode": status, "HTTPHeaders": headers, "RetryAttempts": 0,
        }  # fmt: skip
        return AWSResponse("", status, headers, None), answer

    def with_waiters(self, class_attributes: dict[str, Any], base_classes: list[type[Any]], **_: object) -> None:
        """Give new clients waiters that do not sleep: botocore's `creating-client-class`."""
        inherited = base_classes[-1].get_waiter

        def get_waiter(client: Any, waiter_name: str) -> Any:  # noqa: ANN401 - botocore makes both as it goes
            return waiting(client, inherited(client, waiter_name), self.simulation)

        class_attributes["get_waiter"] = get_waiter


def region_of(name: str) -> Region:
    """The Region of a client, which for services that are in none is the one that they run in.

    Raises botocore's `EndpointConnectionError` for what is no Region.
    """
    try:
        return as_region(_HOME.get(name, name))
    except Malformed:
        raise EndpointConnectionError(endpoint_url=f"https://ec2.{name}.amazonaws.com/") from None


def _remember_what_is_given(params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
    context[_GIVEN] = _TOKEN in params


def _remember_parameters(params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
    context[_PARAMETERS] = params


def _meant(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a call, without the token that botocore makes up: one that is never used again says nothing."""
    parameters: Mapping[str, Any] = context.get(_PARAMETERS) or {}
    if _TOKEN in parameters and not context.get(_GIVEN):
        return {name: value for name, value in parameters.items() if name != _TOKEN}
    return parameters


def _stop(**_: object) -> None:
    message = "amimodel sends nothing. A call that it does not answer cannot be made."
    raise NotModelled(message)
