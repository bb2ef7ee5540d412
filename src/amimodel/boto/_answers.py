"""Answers: EC2's responses, as boto3 gives them, out of what the model answers.

What an answer looks like is told by botocore's output shapes: each member is the field of the same name, wherever it
stands. `amimodel.boto._odd_answers` has those for which that is not so. A member that the model has nothing for is left
out, as EC2 leaves out what it has nothing for.

Source: botocore 1.44.5, the output shapes of the actions; rules A 8.8, B SP-15, C 6.9, C 12.1; settlement S 23.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs
from botocore.model import ListShape, OperationModel, Shape, StructureShape

from amimodel.attributes import ImageAttribute, SnapshotAttribute
from amimodel.boto._odd_answers import EVEN_IF_EMPTY, ODD, STRUCTURES, Writer, itself, plain, timestamp
from amimodel.boto._parameters import write_tags
from amimodel.instances import Instance
from amimodel.paging import Page
from amimodel.requests import Request
from amimodel.tags import Tags
from amimodel.wire import Record, write
from amimodel.wire._codecs import codec
from amimodel.wire._forms import FORM_OF
from amimodel.wire.values._forms import answer_type
from amimodel.wire.values._spelling import member

# --- shapes -----------------------------------------------------------------------------------------------------------


def _writer(shape: Shape, kind: Any) -> Writer:  # noqa: ANN401 - whatever stands in an annotation
    """How a value of a type is written in a shape."""
    if get_origin(kind) in {Union, UnionType}:
        some = [each for each in get_args(kind) if each is not NoneType]
        return _writer(shape, some[0]) if len(some) == 1 else plain
    if shape.name in STRUCTURES:
        return STRUCTURES[shape.name]
    if kind is Tags:
        return write_tags
    if isinstance(shape, ListShape):
        return _list_writer(_writer(shape.member, get_args(kind)[0]))
    if isinstance(shape, StructureShape):
        return _whole_noun(shape, kind) or _members_writer(shape, kind)
    return timestamp if shape.type_name == "timestamp" else plain


def _list_writer(item: Writer) -> Writer:
    return lambda values: [item(value) for value in values]


def _whole_noun(shape: StructureShape, kind: Any) -> Writer | None:  # noqa: ANN401 - as above
    """The way that `amimodel.wire` writes a noun, with its texts of instants made what boto3 makes of them."""
    if kind not in FORM_OF or shape.name != kind.__name__:
        return None
    written, times = codec(kind).write, _times(shape)
    if times is None:
        return written

    def write_noun(value: object) -> object:
        answer = written(value)
        times(answer)
        return answer

    return write_noun


def _times(shape: Shape) -> Callable[[Any], None] | None:
    """What makes the texts of instants within a written value what boto3 makes of them; None where there are none."""
    if isinstance(shape, ListShape):
        of_item = _times(shape.member)
        return None if of_item is None else _in_each(of_item)
    if not isinstance(shape, StructureShape):
        return None
    instants = [name for name, each in shape.members.items() if each.type_name == "timestamp"]
    within = [(name, found) for name, each in shape.members.items() if (found := _times(each)) is not None]
    return _in_members(instants, within) if instants or within else None


def _in_each(times: Callable[[Any], None]) -> Callable[[Any], None]:
    def in_each(items: list[Any]) -> None:
        for item in items:
            times(item)

    return in_each


def _in_members(instants: list[str], within: list[tuple[str, Callable[[Any], None]]]) -> Callable[[Any], None]:
    def in_members(written: dict[str, Any]) -> None:
        for name in instants:
            if name in written:
                written[name] = timestamp(datetime.fromisoformat(written[name]))
        for name, times in within:
            if name in written:
                times(written[name])

    return in_members


@attrs.frozen
class _Row:
    name: str
    read: Callable[[Any], Any]
    write: Writer
    even_if_empty: bool


def _members_writer(shape: StructureShape, kind: Any) -> Writer:  # noqa: ANN401 - as above
    rows = tuple(_rows(shape, kind))

    def write_members(value: object) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for row in rows:
            fact = row.read(value)
            if fact is None or (not row.even_if_empty and fact in _EMPTY):
                continue
            written[row.name] = row.write(fact)
        return written

    return write_members


_EMPTY: Final = ((), Tags())


def _rows(shape: StructureShape, kind: Any) -> Iterator[_Row]:  # noqa: ANN401 - as above
    hints = get_type_hints(kind)
    fields = {member(kind, name): name for name in (*hints, *_properties(kind)) if not name.startswith("_")}
    for name, each in shape.members.items():
        even_if_empty = (shape.name, name) in EVEN_IF_EMPTY
        if (shape.name, name) in ODD:
            yield _Row(name, ODD[shape.name, name], itself, even_if_empty)
        elif name in fields:
            hint = hints.get(fields[name], str)
            yield _Row(name, attrgetter(fields[name]), _writer(each, hint), even_if_empty)


def _properties(kind: type[Any]) -> Iterator[str]:
    return (name for name in dir(kind) if isinstance(getattr(kind, name, None), property))


# --- whole answers ----------------------------------------------------------------------------------------------------


def _of_attribute(value: ImageAttribute | SnapshotAttribute) -> dict[str, Any]:
    return write(Record(value))


def _by_reservation(of_instance: Writer, instances: Iterable[Instance]) -> list[dict[str, Any]]:
    """Instances as DescribeInstances groups them; what is not known to come with others stands alone."""
    groups: dict[tuple[str, str], list[Instance]] = {}
    for instance in instances:
        groups.setdefault((instance.owner_id, instance.reservation_id or instance.instance_id), []).append(instance)
    return [
        {
            "ReservationId": reservation_id.replace("i-", "r-"),
            "OwnerId": owner_id,
            "Groups": [],
            "Instances": [of_instance(instance) for instance in group],
        }
        for (owner_id, reservation_id), group in groups.items()
    ]


_TOKENS: Final = ("NextToken", "NextMarker")
_TRUNCATED: Final = "Truncated"
_DONE: Final = frozenset({"Return", "ReturnValue"})


def answer_writer(operation: OperationModel, kind: type[Request[Any]]) -> Callable[[Any], dict[str, Any]]:
    """How the answers to a class of requests become what boto3 gives."""
    shape, answer = operation.output_shape, answer_type(kind)
    if shape is None or not shape.members:
        return lambda _: {}
    if answer is ImageAttribute or answer is SnapshotAttribute:
        return _of_attribute
    if get_origin(answer) is Page:
        return _page_writer(shape, get_args(answer)[0])
    if set(shape.members) <= _DONE and attrs.has(answer):
        return lambda _: dict.fromkeys(shape.members, True)
    if isinstance(answer, type) and attrs.has(answer) and _is_spread_over(shape, answer):
        return _members_writer(shape, answer)
    return _single_writer(shape, answer)


def _is_spread_over(shape: StructureShape, kind: type[Any]) -> bool:
    """Whether the members are the fields of an answer, rather than one of them the whole of it."""
    return len(shape.members) > 1 or next(_rows(shape, kind), None) is not None


def _listings(shape: StructureShape) -> Iterator[tuple[str, Shape]]:
    """The lists among the members, with the shapes of what is in them."""
    return ((name, each.member) for name, each in shape.members.items() if isinstance(each, ListShape))


def nothing_of(operation: OperationModel) -> dict[str, Any]:
    """What an action answers that has found nothing."""
    shape = operation.output_shape
    return {} if shape is None else {name: [] for name, _ in _listings(shape)}


def _page_writer(shape: StructureShape, item: Any) -> Callable[[Any], dict[str, Any]]:  # noqa: ANN401 - an annotation
    ((listing, of_item),) = _listings(shape)
    token = next(name for name in _TOKENS if name in shape.members)
    if of_item.name == "Reservation" and isinstance(of_item, StructureShape):
        of_instance = dict(_listings(of_item))["Instances"]
        write_items: Writer = partial(_by_reservation, _writer(of_instance, item))
    else:
        write_items = _list_writer(_writer(of_item, item))

    def write_page(page: Page[Any]) -> dict[str, Any]:
        written = {listing: write_items(page.items)}
        if page.next_token is not None:
            written[token] = page.next_token
        if _TRUNCATED in shape.members:
            written[_TRUNCATED] = page.next_token is not None
        return written

    return write_page


def _single_writer(shape: StructureShape, kind: Any) -> Callable[[Any], dict[str, Any]]:  # noqa: ANN401 - an annotation
    """An answer that is the only member, or the first of its type."""
    wanted = "boolean" if kind is bool else None
    name = next(name for name, each in shape.members.items() if wanted in {None, each.type_name})
    write_value = _writer(shape.members[name], kind)
    return lambda value: {name: write_value(value)}
