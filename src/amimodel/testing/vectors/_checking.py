"""Holding somebody to a vector: the model itself, or another program.

Source: rules A 0.3, A ID-1, B G-3.
"""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from attrs import frozen

from amimodel._differences import differences
from amimodel.comparing import changes
from amimodel.engine import attempt
from amimodel.history import Asked
from amimodel.refusals import Refusal
from amimodel.testing.vectors._files import NotVectors
from amimodel.testing.vectors._ids import Ids, renamed, uncounted
from amimodel.testing.vectors._patches import patch_of, patched
from amimodel.testing.vectors._vector import Vector
from amimodel.wire import (
    Unreadable,
    read_answer,
    read_request,
    read_step,
    read_world,
    write_answer,
    write_refusal,
    write_world,
)
from amimodel.wire._faults import Json, JsonObject, is_object, kind_of, one_line
from amimodel.wire.values._unreadable import within
from amimodel.world import World

Decide: TypeAlias = Callable[[JsonObject], Json]
"""Whoever is held to a vector: takes `pre`, `by` and `request`, and gives a reply."""

_WORLDS_KEPT: Final = 64


@frozen(kw_only=True)
class Verdict:
    """What has come of a vector: where the reply differs, or why there is none."""

    vector: Vector
    differences: tuple[str, ...] = ()
    skipped: str | None = None

    @property
    def holds(self) -> bool:
        """Whether there was a reply, and the right one."""
        return not self.differences and self.skipped is None

    def __str__(self) -> str:
        if self.skipped is not None:
            return f"{self.vector}\n    skipped: {one_line(self.skipped)}"
        return "\n".join((str(self.vector), *(f"    {line}" for line in self.differences)))


# --- the model as the one who replies ---------------------------------------------------------------------------------


def decide(question: JsonObject) -> JsonObject:
    """What the model replies.

    >>> world = {"now": "2026-06-01T00:00:00Z"}
    >>> alice = {"account": "111122223333", "region": "eu-central-1"}
    >>> request = {"action": "DisableImage", "parameters": {"ImageId": "ami-12345678"}}
    >>> decide({"pre": world, "by": alice, "request": request})["refusal"]["code"]
    'InvalidAMIID.NotFound'

    Raises `Unreadable`.
    """
    try:
        world = _world(json.dumps(question["pre"], sort_keys=True))
    except Unreadable as error:
        raise within(error, "pre") from None
    asked = _asked(question)
    outcome = attempt(world, asked.request, by=asked.by)
    if isinstance(outcome, Refusal):
        return {"refusal": write_refusal(outcome)}
    post = [] if outcome.world is world else patch_of(question["pre"], write_world(outcome.world))
    return {"answer": write_answer(asked.request, outcome.value), "post": post}


@lru_cache(maxsize=_WORLDS_KEPT)
def _world(text: str) -> World:
    """Read a world whose members are sorted: in JSON, no order of theirs means anything."""
    return read_world(json.loads(text))


def _asked(question: JsonObject) -> Asked:
    try:
        step = read_step({"by": question["by"], **question["request"]})
    except Unreadable as error:
        raise within(error, *(() if error.path.startswith("by") else ("request",))) from None
    if isinstance(step, Asked):
        return step
    raise AssertionError(step)  # what has a caller is no time that passes


def _alike(one: Json, other: Json) -> bool:
    """Whether two values are the same JSON, in which true is not 1."""
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


# --- the verdict ------------------------------------------------------------------------------------------------------


def check(vector: Vector, decide: Decide = decide, *, ids: Ids = Ids.AS_GIVEN) -> Verdict:
    """Ask, and hold the reply against what is expected.

    >>> from amimodel.testing.vectors import vectors
    >>> vector = next(vector for vector in vectors(["DisableImage"]) if vector.is_granted)
    >>> print(*check(vector, lambda question: {"refusal": {"code": "AuthFailure"}}).differences)
    It is granted, and was refused: AuthFailure
    >>> check(vector, lambda question: {"skip": "Images cannot be disabled here."}).skipped
    'Images cannot be disabled here.'

    Raises `NotVectors` for a vector in which there is what the model cannot read.
    """
    try:
        return judged(vector, decide(vector.question), ids=ids)
    except Unreadable as error:
        raise NotVectors(vector.place or vector.name, str(error)) from None


def judged(vector: Vector, reply: Json, *, ids: Ids = Ids.AS_GIVEN) -> Verdict:
    """Hold a reply against what is expected.

    A reply is an object. It has a `refusal` with its `code`; or an `answer` and the `post`, or instead of that the
    whole `world` after the request; or it says why it does `skip` the vector. The order of a table does not count, nor
    does a member that says what is so by default. Of refusals, the code has to be the same, and the model's own
    `refusal` and `facts` where they are given; the message is for people.
    """
    if not is_object(reply):
        return Verdict(vector=vector, differences=(f"A reply is an object, not {kind_of(reply)}.",))
    if "skip" in reply:
        return Verdict(vector=vector, skipped=str(reply["skip"]))
    return Verdict(vector=vector, differences=tuple(_differences(vector, reply, ids)))


def _differences(vector: Vector, reply: JsonObject, ids: Ids) -> Iterator[str]:
    if "refusal" in reply:
        yield from _of_refusals(vector, reply["refusal"])
    elif not vector.is_granted:
        yield f"It is refused, and was granted: {_told(vector.expected['refusal'])}"
    elif "answer" not in reply:
        yield "A reply has a refusal, or an answer, or says why it does skip the vector."
    else:
        try:
            outcome = _outcome(vector, reply)
        except Unreadable as error:
            yield str(error)
        else:
            yield from _of_outcomes(vector, outcome, ids)


def _of_refusals(vector: Vector, refusal: Json) -> Iterator[str]:
    if not is_object(refusal):
        yield f"A refusal is an object, not {kind_of(refusal)}."
    elif vector.is_granted:
        yield f"It is granted, and was refused: {_told(refusal)}"
    else:
        for member in ("code", "refusal", "facts"):
            if member in refusal or member == "code":
                found = differences(vector.expected["refusal"][member], refusal.get(member), member)
                yield from map(str, found)


def _told(refusal: JsonObject) -> str:
    return one_line(": ".join(str(refusal[member]) for member in ("code", "message") if member in refusal))


def _outcome(vector: Vector, told: JsonObject) -> JsonObject:
    """An answer and the whole world after it, from a reply or from what is expected."""
    if "world" in told:
        return {"answer": told["answer"], "world": told["world"]}
    try:
        return {"answer": told["answer"], "world": patched(vector.pre, told.get("post", []))}
    except Unreadable as error:
        raise within(error, "post") from None


def _of_outcomes(vector: Vector, replied: JsonObject, ids: Ids) -> Iterator[str]:
    expected = _outcome(vector, vector.expected)
    if ids is Ids.RENAMED:
        replied = renamed(replied, expected, vector.question)
        replied, expected = uncounted(replied), uncounted(expected)
    yield from _of_answers(vector, expected["answer"], replied["answer"])
    yield from _of_worlds(expected["world"], replied["world"])


def _of_answers(vector: Vector, expected: Json, replied: Json) -> Iterator[str]:
    if _alike(expected, replied):
        return
    request = read_request(vector.request)
    wanted = read_answer(request, expected)
    try:
        answered = read_answer(request, replied)
    except Unreadable as error:
        yield str(within(error, "answer"))
    else:
        yield from map(str, differences(wanted, answered, "answer"))


def _of_worlds(expected: JsonObject, replied: Json) -> Iterator[str]:
    """In what the worlds differ; what is told alike need not be read."""
    if _alike(expected, replied):
        return
    wanted = read_world(expected)
    try:
        world = read_world(replied)
    except Unreadable as error:
        yield str(within(error, "world"))
    else:
        yield from str(changes(wanted, world)).splitlines()
