"""Worlds, requests, outcomes and traces as JSON, both ways.

A request reads like a call of EC2's API; a world lists everything that is in it:

>>> from amimodel.actions import DeregisterImage
>>> write_request(DeregisterImage(image_id="ami-12345678", delete_associated_snapshots=True))
{'action': 'DeregisterImage', 'parameters': {'ImageId': 'ami-12345678', 'DeleteAssociatedSnapshots': True}}
>>> from amimodel.example_worlds import example_world
>>> world = example_world()
>>> written = write_world(world)
>>> written["images"][-1]["Name"], written["now"], read_world(written) == world
('appliance-4.1', '2026-11-01T00:00:00Z', True)

Three laws hold:

1. What was written is read as what it was: `read_world(write_world(world)) == world`, in the same order.
2. What follows from the rest is not written, and neither is what is as it is by default.
3. What cannot be read is refused with one error, `Unreadable`, which names the place. That goes for members that
   nothing has, too.

Which form each type has is told in `docs/adr/0007-json-follows-the-annotations.md`.
"""

import json
from datetime import timedelta
from typing import Any, Final, TypeVar

from amimodel.callers import Caller
from amimodel.history import Advance, Asked, Step, Trace
from amimodel.refusals import Refusal
from amimodel.requests import Outcome, Request
from amimodel.wire._faults import Json, JsonObject, NotAResponse, is_object, unfit
from amimodel.wire._leaves import Leaf
from amimodel.wire._text import decoded, documents
from amimodel.wire.values._containers import listed, members_of
from amimodel.wire.values._forms import REFUSAL, REQUEST, answer_of, leaf_of
from amimodel.wire.values._unreadable import MISFITS, at, within
from amimodel.world import World

T = TypeVar("T")


def _read(leaf: Leaf, source: Json) -> Any:  # noqa: ANN401 - whatever the leaf reads
    try:
        return leaf.read(source, None)
    except MISFITS as error:
        raise within(error) from None
    except RecursionError:
        raise at((), "It is nested too deeply.") from None


def one_document(text: str | bytes) -> Json:
    """Read a text that is one document. Raises `Unreadable`, also for what is not JSON."""
    try:
        found = [document for _, document in documents(decoded(text))]
    except NotAResponse as error:
        raise within(error) from None
    if len(found) == 1:
        return found[0]
    raise at((), f"Expected one document, not {len(found)}.")


def _text(written: JsonObject) -> str:
    return json.dumps(written, indent=4)


# --- worlds -----------------------------------------------------------------------------------------------------------


def write_world(world: World) -> JsonObject:
    """Write a world: its things as EC2 spells them, in order, and what decides how EC2 answers.

    >>> from amimodel.clock import parse
    >>> from amimodel.quirks import Quirks
    >>> write_world(World(now=parse("2026-06-01T00:00:00Z"), quirks=Quirks(image_names_are_case_sensitive=False)))
    {'now': '2026-06-01T00:00:00Z', 'quirks': {'image_names_are_case_sensitive': False}}
    """
    written: JsonObject = leaf_of(World).write(world)
    return written


def read_world(source: Json) -> World:
    """Read a world.

    >>> read_world({"now": "2026-06-01T00:00:00Z", "images": [{"ImageId": "ami-12345678", "State": "lost"}]})
    Traceback (most recent call last):
    amimodel.wire.values._unreadable.Unreadable: images[0].State: InvalidParameterValue: Invalid value 'lost' for state.

    Raises `Unreadable`.
    """
    world: World = _read(leaf_of(World), source)
    return world


def write_world_text(world: World) -> str:
    """Write a world as text."""
    return _text(write_world(world))


def read_world_text(text: str | bytes) -> World:
    """Read a world from a text, or from the bytes of one. Raises `Unreadable`, also for what is not JSON."""
    return read_world(one_document(text))


# --- requests ---------------------------------------------------------------------------------------------------------


def write_request(request: Request[Any]) -> JsonObject:
    """Write a request: its action, and the parameters that are not as EC2 takes them to be.

    >>> from amimodel.actions import CreateTags
    >>> write_request(CreateTags(resources=["ami-12345678"], tags={"Stage": "prod"}))
    {'action': 'CreateTags', 'parameters': {'Resources': ['ami-12345678'], 'Tags': {'Stage': 'prod'}}}

    Every class in `amimodel.actions.ACTIONS` is written, and read, by this rule.
    """
    written: JsonObject = REQUEST.write(request)
    return written


def read_request(source: Json) -> Request[Any]:
    """Read a request.

    >>> read_request({"action": "DeregisterImage", "parameters": {"ImageId": "ami-12345678"}})
    DeregisterImage(dry_run=False, image_id='ami-12345678', delete_associated_snapshots=False)
    >>> read_request({"action": "DeregisterImage", "parameters": {"ImageID": "ami-12345678"}})
    Traceback (most recent call last):
    amimodel.wire.values._unreadable.Unreadable: parameters.ImageID: DeregisterImage has no such member; there are...

    Raises `Unreadable`.
    """
    request: Request[Any] = _read(REQUEST, source)
    return request


def write_request_text(request: Request[Any]) -> str:
    """Write a request as text."""
    return _text(write_request(request))


def read_request_text(text: str | bytes) -> Request[Any]:
    """Read a request from a text, or from the bytes of one. Raises `Unreadable`, also for what is not JSON."""
    return read_request(one_document(text))


# --- what became of them ----------------------------------------------------------------------------------------------


def write_refusal(refusal: Refusal) -> JsonObject:
    """Write a refusal, with EC2's code and message beside its facts.

    >>> from amimodel.refusals import NotAuthorizedForImages
    >>> write_refusal(NotAuthorizedForImages(image_id="ami-12345678"))
    {'refusal': 'NotAuthorizedForImages', 'code': 'AuthFailure',
     'message': 'Not authorized for images: [ami-12345678]', 'facts': {'image_id': 'ami-12345678'}}
    """
    written: JsonObject = REFUSAL.write(refusal)
    return written


def read_refusal(source: Json) -> Refusal:
    """Read a refusal. Code and message may be left out: they follow from the facts.

    >>> read_refusal({"refusal": "ImageNotFound", "facts": {"image_ids": ["ami-12345678"]}}).code
    'InvalidAMIID.NotFound'

    Another code than the facts have is `Unreadable`. The message is for people, and may be worded in another way.
    """
    refusal: Refusal = _read(REFUSAL, source)
    return refusal


def write_answer(request: Request[T], answer: T) -> Json:
    """Write what EC2 answers to a request."""
    return answer_of(type(request)).write(answer)


def read_answer(request: Request[T], source: Json) -> T:
    """Read what EC2 answers to a request. Raises `Unreadable`."""
    answer: T = _read(answer_of(type(request)), source)
    return answer


def write_outcome(request: Request[T], outcome: Outcome[T] | Refusal) -> JsonObject:
    """Write what became of a request, as `amimodel.engine.attempt` tells it: a refusal, or an answer and a world.

    >>> from amimodel.actions import DescribeImages
    >>> from amimodel.engine import attempt
    >>> from amimodel.example_worlds import example_world
    >>> request = DescribeImages(image_ids=["ami-12345678"])
    >>> outcome = attempt(example_world(), request, by=Caller(account="111122223333", region="eu-central-1"))
    >>> write_outcome(request, outcome)["code"]
    'InvalidAMIID.NotFound'
    """
    if isinstance(outcome, Refusal):
        return write_refusal(outcome)
    return {"answer": write_answer(request, outcome.value), "world": write_world(outcome.world)}


def read_outcome(request: Request[T], source: Json) -> Outcome[T] | Refusal:
    """Read what became of a request. Raises `Unreadable`."""
    if is_object(source) and "refusal" in source:
        return read_refusal(source)
    found = _read(_each_member(answer=answer_of(type(request)), world=leaf_of(World)), source)
    return Outcome(found["world"], found["answer"])


def _each_member(**leaves: Leaf) -> Leaf:
    def read(source: object, _: object = None) -> dict[str, Any]:
        return members_of(leaves, source)

    return Leaf(read)


# --- traces -----------------------------------------------------------------------------------------------------------

_SPAN: Final = leaf_of(timedelta)
_CALLER: Final = leaf_of(Caller)


def write_step(step: Step) -> JsonObject:
    """Write a step: a request with its caller, or so many seconds that pass.

    >>> from amimodel.actions import DisableImage
    >>> alice = Caller(account="111122223333", region="eu-central-1")
    >>> write_step(Asked(alice, DisableImage(image_id="ami-12345678")))
    {'by': {'account': '111122223333', 'region': 'eu-central-1'},
     'action': 'DisableImage', 'parameters': {'ImageId': 'ami-12345678'}}
    >>> write_step(Advance(timedelta(minutes=5)))
    {'advance': 300}
    """
    match step:
        case Asked(by=by, request=request):
            return {"by": _CALLER.write(by), **write_request(request)}
        case Advance(by=span):
            return {"advance": _SPAN.write(span)}


def read_step(source: Json) -> Step:
    """Read a step. Raises `Unreadable`."""
    step: Step = _read(_STEP, source)
    return step


def _read_step(source: object, _: object = None) -> Step:
    if not is_object(source):
        raise unfit("an object", source)
    if "advance" in source:
        step: Advance = members_of({"advance": Leaf(_read_advance)}, source)["advance"]
        return step
    if "by" not in source:
        raise at(("by",), "It is missing.")
    rest = {member: value for member, value in source.items() if member != "by"}
    return Asked(members_of({"by": _CALLER}, {"by": source["by"]})["by"], read_request(rest))


def _read_advance(value: object, _: object = None) -> Advance:
    return Advance(_SPAN.read(value, None))


_STEP: Final = Leaf(_read_step, write_step)
_STEPS: Final = listed(_STEP)


def write_trace(trace: Trace) -> JsonObject:
    """Write a trace: the world at its start, and its steps.

    >>> from amimodel.clock import parse
    >>> write_trace(Trace(World(now=parse("2026-06-01T00:00:00Z"))).advancing(days=1))
    {'start': {'now': '2026-06-01T00:00:00Z'}, 'steps': [{'advance': 86400}]}
    """
    return {"start": write_world(trace.start), "steps": _STEPS.write(trace.steps)}


def read_trace(source: Json) -> Trace:
    """Read a trace.

    >>> read_trace({"start": {"now": "2026-06-01T00:00:00Z"}, "steps": [{"advance": -1}]})
    Traceback (most recent call last):
    amimodel.wire.values._unreadable.Unreadable: steps[0].advance: InvalidParameterValue: ...

    Raises `Unreadable`.
    """
    found = _read(_each_member(start=leaf_of(World), steps=_STEPS), source)
    return Trace(found["start"], found["steps"])


def write_trace_text(trace: Trace) -> str:
    """Write a trace as text."""
    return _text(write_trace(trace))


def read_trace_text(text: str | bytes) -> Trace:
    """Read a trace from a text, or from the bytes of one. Raises `Unreadable`, also for what is not JSON."""
    return read_trace(one_document(text))
