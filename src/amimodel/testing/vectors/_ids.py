"""The ids of what a request makes: a program that does not count as the model does gives others.

Source: rule A ID-1.
"""

import json
import re
from enum import unique
from typing import Any, Final

from amimodel.vocabulary import Word
from amimodel.wire._faults import Json, JsonObject, is_list, is_object


@unique
class Ids(Word):
    """How the ids are compared of things that a request makes.

    The model counts, so its ids follow from the world. Another program may give out ids as it likes: then it has to
    give as many, of the same kinds, to the same things.
    """

    AS_GIVEN = "as-given"
    RENAMED = "renamed"


_GIVEN_OUT: Final = re.compile(
    r"(?<![\w-])(?P<kind>ami|snap|vol|i|r)-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![\w-])"  # things
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # requests
    r'|(?<="Identifier": ")[^"]+|(?<="identifier": ")[^"]+|(?<="NextToken": ")[^"]+'
)
"""In JSON, what the one who answers has thought of: ids, and the tokens of pages."""


def renamed(replied: JsonObject, expected: JsonObject, question: JsonObject) -> JsonObject:
    """The outcome with the model's ids in the place of others: the first new one of a kind for the first, and so on."""
    known = json.dumps(question)
    names: dict[str, str] = {}
    wanted = _new(expected, known)
    for kind, given in _new(replied, known).items():
        names.update(zip(given, wanted.get(kind, ()), strict=False))
    text = _GIVEN_OUT.sub(lambda found: names.get(found[0], found[0]), json.dumps(replied, sort_keys=True))
    told: JsonObject = json.loads(text)
    return told


def _new(outcome: JsonObject, known: str) -> dict[str, list[str]]:
    """The ids that were not known before, by their kinds, in the order in which they come first."""
    found: dict[str, list[str]] = {}
    for each in _GIVEN_OUT.finditer(json.dumps(outcome, sort_keys=True)):
        given = found.setdefault(each["kind"] or "", [])
        if each[0] not in given and each[0] not in known:
            given.append(each[0])
    return found


def uncounted(outcome: JsonObject) -> JsonObject:
    """The outcome without how many ids its world has given out; its tasks are numbered by when they are due."""
    world = outcome["world"]
    if not is_object(world):
        return outcome
    told: dict[str, Any] = {member: value for member, value in world.items() if member != "issued"}
    tasks = told.get("tasks")
    if is_list(tasks):
        in_order = sorted(filter(is_object, tasks), key=_due)
        told["tasks"] = [{**task, "number": number} for number, task in enumerate(in_order, 1)]
    return {**outcome, "world": told}


def _due(task: Json) -> str:
    return str(task.get("due"))
