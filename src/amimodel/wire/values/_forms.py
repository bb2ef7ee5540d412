"""The JSON of every type that a world, a request or an answer can hold, found in its annotation.

A new action, noun or refusal needs nothing here: its fields say what it is made of.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import attrs

from amimodel import refusals
from amimodel._catalogue import Catalogue
from amimodel._log import Log
from amimodel._table import Table
from amimodel.actions import ACTIONS
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.permissions import CreateVolumePermission, LaunchPermission
from amimodel.refusals import Refusal
from amimodel.requests import Query, Request
from amimodel.tags import Tags
from amimodel.wire._faults import Json, JsonObject, Unfit
from amimodel.wire._items import (
    CreateVolumeItem,
    Entry,
    LaunchItem,
    create_volume_permission_of,
    entry_object,
    launch_permission_of,
    mapping_of,
    permission_object,
)
from amimodel.wire._leaves import TEXT, Leaf
from amimodel.wire.values._containers import (
    TAGS,
    by_key,
    by_text,
    catalogued,
    each,
    gathered,
    listed,
    members_of,
)
from amimodel.wire.values._objects import Members
from amimodel.wire.values._plain import PLAIN, is_text, text
from amimodel.wire.values._unions import NOTHING, one_of, or_null
from amimodel.wire.values._unreadable import MISFITS, at, within
from amimodel.world import World

_LEAVES: Final[dict[Any, Leaf]] = {}
_MEMBERS: Final[dict[Any, Members]] = {}


def leaf_of(kind: Any) -> Leaf:  # noqa: ANN401 - whatever stands in an annotation
    """How a value of this type is read and written."""
    if kind not in _LEAVES:
        _LEAVES[kind] = _leaf_of(kind)
    return _LEAVES[kind]


def members(kind: Any) -> Members:  # noqa: ANN401 - a class, or one with types
    """The members of a class of values."""
    if kind not in _MEMBERS:
        _MEMBERS[kind] = Members(kind, _leaf_of_field)
    return _MEMBERS[kind]


def _leaf_of(kind: Any) -> Leaf:  # noqa: ANN401 - whatever stands in an annotation
    origin, arguments = get_origin(kind), get_args(kind)
    if is_text(kind):
        return text(kind)
    if origin in {Union, UnionType}:
        return _union(arguments)
    if origin in _CONTAINERS:
        return _CONTAINERS[origin](*arguments)
    if isinstance(kind, TypeVar) and kind.__bound__ is not None:
        return leaf_of(kind.__bound__)
    return _SINGLE.get(kind) or _leaf_of_class(kind, origin or kind)


_SINGLE: Final[Mapping[Any, Leaf]] = {**PLAIN, None: NOTHING, NoneType: NOTHING, Tags: TAGS}


def _leaf_of_class(kind: Any, named: Any) -> Leaf:  # noqa: ANN401 - a class, or one with types
    if named is BlockDeviceMapping:
        return _stand_in(Entry, mapping_of, partial(entry_object, write_ebs=members(EbsBlockDevice).write))
    if _is_a(named, Refusal):
        return REFUSAL
    if _is_a(named, Request):
        return REQUEST
    if _is_a(named, object) and attrs.has(named):
        return Leaf(members(kind).read, members(kind).write)
    raise TypeError(f"There is no JSON for {kind}.")


def _is_a(named: Any, kind: type[Any]) -> bool:  # noqa: ANN401 - whatever stands in an annotation
    return isinstance(named, type) and issubclass(named, kind)


def _leaf_of_field(kind: type[Any], field: Any, hint: Any) -> Leaf:  # noqa: ANN401 - attrs and typing hide their types
    if (kind, field.name) == (World, "client_tokens"):
        key, _ = get_args(hint)
        return by_key(leaf_of(key), ANSWERED, Table)
    if get_origin(hint) is Catalogue:
        (record,) = get_args(hint)
        return catalogued(record, leaf_of(record), field.default.factory())
    try:
        return leaf_of(hint)
    except TypeError as error:
        error.add_note(f"in {kind.__name__}.{field.name}")
        raise


# --- containers -------------------------------------------------------------------------------------------------------


def _tuple(*items: Any) -> Leaf:  # noqa: ANN401 - whatever stands in an annotation
    if items[1:] == (...,):
        return listed(leaf_of(items[0]))
    return each(*map(leaf_of, items))


def _mapping(build: Callable[[dict[Any, Any]], Any], key: Any, value: Any) -> Leaf:  # noqa: ANN401 - as above
    return (by_text if is_text(key) else by_key)(leaf_of(key), leaf_of(value), build)


def _set(item: Any) -> Leaf:  # noqa: ANN401 - as above
    return gathered(leaf_of(item))


def _log(item: Any) -> Leaf:  # noqa: ANN401 - as above
    return listed(leaf_of(item), Log)


_CONTAINERS: Final[Mapping[Any, Callable[..., Leaf]]] = {
    tuple:     _tuple,
    frozenset: _set,
    Log:       _log,
    Table:     partial(_mapping, Table),
    Mapping:   partial(_mapping, dict),
}  # fmt: skip


# --- unions -----------------------------------------------------------------------------------------------------------


def _stand_in(item: type[Any], unpack: Callable[[Any], Any], write: Callable[[Any], Json]) -> Leaf:
    """What is written as EC2 writes it: not as its class has it, but as a stand-in of the wire."""
    of_item = members(item)

    def read(value: object, _: object = None) -> object:
        found = of_item.read(value)
        try:
            return unpack(found)
        except Exception as error:  # noqa: BLE001 - whatever does not fit is reported as such
            raise of_item.blamed(error) from None

    return Leaf(read, write)


_STAND_INS: Final[Mapping[frozenset[Any], tuple[type[Any], Callable[[Any], Any], Callable[[Any], Json]]]] = {
    frozenset(get_args(LaunchPermission)):       (LaunchItem, launch_permission_of, permission_object),
    frozenset(get_args(CreateVolumePermission)): (CreateVolumeItem, create_volume_permission_of, permission_object),
}  # fmt: skip


def _union(kinds: tuple[Any, ...]) -> Leaf:
    some = tuple(kind for kind in kinds if kind is not NoneType)
    stand_in = _STAND_INS.get(frozenset(some))
    leaf = one_of(some, leaf_of) if stand_in is None else _stand_in(*stand_in)
    return leaf if len(some) == len(kinds) else or_null(leaf)


# --- requests, answers and refusals -----------------------------------------------------------------------------------


def _write_request(request: Request[Any]) -> JsonObject:
    return {"action": request.action, "parameters": members(type(request)).write(request)}


def _read_request(source: object, _: object = None) -> Request[Any]:
    found = members_of({"action": _ACTION, "parameters": _AS_IT_IS}, source, optional=frozenset({"parameters"}))
    request: Request[Any] = _facts(found["action"], "parameters", found)
    return request


def _facts(kind: type[Any], member: str, found: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a value of the class
    try:
        return members(kind).read(found.get(member, {}))
    except MISFITS as error:
        raise within(error, member) from None


def _read_action(value: object, _: object = None) -> type[Request[Any]]:
    name = TEXT.read(value, None)
    if name in ACTIONS:
        return ACTIONS[name]
    raise Unfit(f"There is no action '{name}' here.")


_AS_IT_IS: Final = Leaf()
_ACTION: Final = Leaf(_read_action)
REQUEST: Final = Leaf(_read_request, _write_request)


def answer_type(kind: type[Request[Any]]) -> Any:  # noqa: ANN401 - whatever stands in an annotation
    """What a class of requests is answered with, as the class says it."""
    for base in kind.__mro__:
        for generic in base.__dict__.get("__orig_bases__", ()):
            arguments = get_args(generic)
            if get_origin(generic) in {Request, Query} and not isinstance(arguments[0], TypeVar):
                return arguments[0]
    raise TypeError(f"{kind.__name__} does not say what it answers.")


def answer_of(kind: type[Request[Any]]) -> Leaf:
    """How the answers of a class of requests are read and written."""
    return leaf_of(answer_type(kind))


def _write_answered(answered: tuple[Request[Any], object]) -> JsonObject:
    request, answer = answered
    return {**_write_request(request), "answer": answer_of(type(request)).write(answer)}


def _read_answered(source: object, _: object = None) -> tuple[Request[Any], object]:
    found = members_of({"action": _AS_IT_IS, "parameters": _AS_IT_IS, "answer": _AS_IT_IS}, source)
    answer = found.pop("answer")
    request = _read_request(found)
    try:
        return request, answer_of(type(request)).read(answer, None)
    except MISFITS as error:
        raise within(error, "answer") from None


ANSWERED: Final = Leaf(_read_answered, _write_answered)

_REFUSALS: Final[Mapping[str, type[Refusal]]] = {
    name: kind for name, kind in vars(refusals).items() if _is_a(kind, Refusal) and kind is not Refusal
}


def _write_refusal(refusal: Refusal) -> JsonObject:
    return {
        "refusal": type(refusal).__name__,
        "code": refusal.code,
        "message": refusal.message,
        "facts": members(type(refusal)).write(refusal),
    }


def _read_refusal(source: object, _: object = None) -> Refusal:
    leaves = {"refusal": Leaf(_read_kind_of_refusal), "code": TEXT, "message": TEXT, "facts": _AS_IT_IS}
    found = members_of(leaves, source, optional=frozenset({"code", "message", "facts"}))
    refusal: Refusal = _facts(found["refusal"], "facts", found)
    if found.get("code", refusal.code) != refusal.code:
        raise at(("code",), f"Expected {refusal.code}, as the facts have it.")
    return refusal


def _read_kind_of_refusal(value: object, _: object = None) -> type[Refusal]:
    name = TEXT.read(value, None)
    if name in _REFUSALS:
        return _REFUSALS[name]
    raise Unfit(f"There is no refusal '{name}' here.")


REFUSAL: Final = Leaf(_read_refusal, _write_refusal)
