"""In what two JSON documents differ, as a JSON Patch (RFC 6902) of which only `add`, `remove` and `replace` are used.

A place is written as a JSON Pointer (RFC 6901): `/images/3/Tags/Name`.
"""

import json
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from amimodel.wire._faults import Json, JsonObject, Unfit, is_list, is_object
from amimodel.wire._leaves import TEXT, Leaf
from amimodel.wire.values._containers import items_of, members_of
from amimodel.wire.values._unreadable import MISFITS, within


def patch_of(before: Json, after: Json) -> list[JsonObject]:
    """The patch that makes one document of the other.

    >>> patch_of({"images": [{"State": "pending"}]}, {"images": [{"State": "available"}], "issued": 1})
    [{'op': 'replace', 'path': '/images/0/State', 'value': 'available'}, {'op': 'add', 'path': '/issued', 'value': 1}]
    """
    return [*_operations(before, after, "")]


def _operations(before: Json, after: Json, path: str) -> Iterator[JsonObject]:
    if is_object(before) and is_object(after):
        yield from _of_objects(before, after, path)
    elif is_list(before) and is_list(after):
        yield from _of_lists(before, after, path)
    elif type(before) is not type(after) or before != after:
        yield {"op": "replace", "path": path, "value": after}


def _of_objects(before: JsonObject, after: JsonObject, path: str) -> Iterator[JsonObject]:
    for name in before:
        if name not in after:
            yield {"op": "remove", "path": f"{path}/{_escaped(name)}"}
    for name, value in after.items():
        inner = f"{path}/{_escaped(name)}"
        if name in before:
            yield from _operations(before[name], value, inner)
        else:
            yield {"op": "add", "path": inner, "value": value}


def _of_lists(before: Sequence[Json], after: Sequence[Json], path: str) -> Iterator[JsonObject]:
    """From the end to the front: so every place is still where it was when its turn comes."""
    matcher = SequenceMatcher(None, [_text(item) for item in before], [_text(item) for item in after], autojunk=False)
    for tag, start, end, new_start, new_end in reversed(matcher.get_opcodes()):
        if tag == "equal":
            continue
        both = min(end - start, new_end - new_start)
        yield from ({"op": "remove", "path": f"{path}/{place}"} for place in reversed(range(start + both, end)))
        for item in reversed(after[new_start + both : new_end]):
            yield {"op": "add", "path": f"{path}/{start + both}", "value": item}
        for number in reversed(range(both)):
            yield from _of_items(before[start + number], after[new_start + number], f"{path}/{start + number}")


def _of_items(before: Json, after: Json, path: str) -> Iterator[JsonObject]:
    """What has changed in an item; the whole of it where that says it in fewer words."""
    whole: JsonObject = {"op": "replace", "path": path, "value": after}
    parts = [*_operations(before, after, path)]
    yield from parts if len(_text(parts)) < len(_text([whole])) else [whole]


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _unescaped(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")


# --- applying ---------------------------------------------------------------------------------------------------------

_OPERATION: Final = {"op": TEXT, "path": TEXT, "value": Leaf()}
_WITH_VALUE: Final = frozenset({"add", "replace"})
_OPS: Final = frozenset({"remove", *_WITH_VALUE})


def patched(document: Json, patch: Json) -> Json:
    """The document with a patch applied; the one given stays as it is.

    >>> patched({"events": [1, 2]}, [{"op": "remove", "path": "/events/0"}])
    {'events': [2]}
    >>> patched({"events": [1, 2]}, [{"op": "remove", "path": "/events/2"}])
    Traceback (most recent call last):
    amimodel.wire.values._unreadable.Unreadable: [0]: There is nothing at /events/2.

    Raises `Unreadable`.
    """
    try:
        operations = [*items_of(Leaf(_read_operation), patch)]
    except MISFITS as error:
        raise within(error) from None
    for number, (op, path, value) in enumerate(operations):
        way = [_unescaped(step) for step in path.split("/")[1:]]
        try:
            document = _applied(document, way, op, value)
        except LookupError:
            raise within(Unfit(f"There is nothing at {path}."), number) from None
    return document


def _read_operation(source: object, _: object = None) -> tuple[str, str, Json]:
    found = members_of(_OPERATION, source, optional=frozenset({"value"}))
    op, path = found["op"], found["path"]
    if op not in _OPS:
        raise Unfit(f"Expected the operation add, remove or replace, not '{op}'.")
    if (op in _WITH_VALUE) != ("value" in found):
        raise Unfit(f"The operation {op} has {'a' if op in _WITH_VALUE else 'no'} value.")
    if not path.startswith("/"):
        raise Unfit(f"A path begins with a slash, unlike '{path}'.")
    return op, path, found.get("value")


def _applied(holder: Json, way: Sequence[str], op: str, value: Json) -> Json:
    """What holds something, with the change made at the end of the way; what is not on the way is shared."""
    if not way:
        return value
    step, *rest = way
    place = _place(holder, step, adding=op == "add" and not rest)
    changed = holder.copy()
    if op == "remove" and not rest:
        del changed[place]
    elif op == "add" and not rest and is_list(changed):
        changed.insert(place, value)
    else:
        changed[place] = _applied(changed.get(place) if is_object(changed) else changed[place], rest, op, value)
    return changed


def _place(holder: Json, step: str, *, adding: bool) -> Any:  # noqa: ANN401 - a name or a number
    if is_object(holder) and (adding or step in holder):
        return step
    if is_list(holder) and step.isdecimal() and step.isascii() and int(step) < len(holder) + adding:
        return int(step)
    raise LookupError(step)
