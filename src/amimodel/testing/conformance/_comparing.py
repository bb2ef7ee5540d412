"""Two answers to one call, member by member.

They are compared as what they say: names are translated, of times only that they are told counts, and a list that is
empty is one that is left out. Lists of EC2 have no order; their items are known by what names them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import unique
from typing import Any, Final

from attrs import frozen
from botocore.model import ListShape, Shape, StructureShape

from amimodel.testing.conformance._ids import Ids
from amimodel.vocabulary import Word
from amimodel.wire._faults import is_list, is_object


@unique
class How(Word):
    """How a member differs."""

    MISSING = "missing"
    """The model tells it, the other side does not."""

    EXTRA = "extra"
    """The other side tells it, the model does not."""

    OTHER = "other"
    """The two tell different things."""


@frozen
class Difference:
    """A member that differs, wherever in a list it stands, and what the two say there."""

    path: str
    how: How
    ours: Any
    theirs: Any


_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z?")

_NAMED_BY: Final = (
    ("DeviceName",), ("InstanceId",), ("ImageId",), ("VolumeId", "Attachments"), ("SnapshotId",), ("VolumeId",),
    ("ResourceId", "Key"), ("Key",), ("RegionName",), ("ZoneName",),
)  # fmt: skip
"""What an item of a list is known by: the first of these that it has. A volume names its snapshot, and a snapshot its
volume; an instance names its image.
"""

_PARTLY_MODELLED: Final = frozenset({
    "Reservation", "Instance", "InstanceBlockDeviceMapping", "EbsInstanceBlockDevice", "Placement",
    "InstanceMetadataOptionsResponse", "Volume", "VolumeAttachment", "Region", "AvailabilityZone",
})  # fmt: skip
"""Structures of which the model tells only what has to do with images: what else there is speaks against nobody."""

_NOT_COMPARED: Final = frozenset({"ResponseMetadata", "NextToken", "NextMarker", "ReservationId"})


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any], ids: Ids, shape: Shape | None) -> list[Difference]:
    """Where two answers differ; names that they both tell for the first time are learned on the way.

    >>> found = differences({"ImageId": "ami-00000000000000001"}, {"ImageId": "ami-12345678", "Tags": []}, Ids(), None)
    >>> found
    []
    """
    return list(_structures("", ours, theirs, ids, shape))


def _values(path: str, ours: Any, theirs: Any, ids: Ids, shape: Shape | None) -> Iterator[Difference]:  # noqa: ANN401 - any member
    if is_object(ours) and is_object(theirs):
        yield from _structures(path, ours, theirs, ids, shape)
    elif is_list(ours) and is_list(theirs):
        yield from _lists(f"{path}[]", ours, theirs, ids, shape.member if isinstance(shape, ListShape) else None)
    elif not _same(ours, theirs, ids):
        yield Difference(path, How.OTHER, ours, ids.ours(theirs))


def _structures(
    path: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], ids: Ids, shape: Shape | None
) -> Iterator[Difference]:
    members = shape.members if isinstance(shape, StructureShape) else {}
    partly = shape is not None and shape.name in _PARTLY_MODELLED
    for name in dict.fromkeys((*ours, *theirs)):
        here = f"{path}.{name}" if path else name
        our, their = ours.get(name), theirs.get(name)
        if name in _NOT_COMPARED or (_is_nothing(our) and _is_nothing(their)) or (partly and our is None):
            continue
        if is_list(our) or is_list(their):
            yield from _values(here, our or [], their or [], ids, members.get(name))
        elif _is_nothing(their):
            yield Difference(here, How.MISSING, our, None)
        elif _is_nothing(our):
            yield Difference(here, How.EXTRA, None, ids.ours(their))
        else:
            yield from _values(here, our, their, ids, members.get(name))


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, list | Mapping) and not value)


def _same(ours: object, theirs: object, ids: Ids) -> bool:
    if isinstance(ours, datetime) and isinstance(theirs, datetime):
        return True
    if isinstance(ours, str) and isinstance(theirs, str):
        return (_TIME.fullmatch(ours) and _TIME.fullmatch(theirs)) is not None or ids.agree(ours, theirs)
    return type(ours) is type(theirs) and ours == theirs


# --- lists ------------------------------------------------------------------------------------------------------------


def _lists(
    path: str, ours: Sequence[Any], theirs: Sequence[Any], ids: Ids, shape: Shape | None
) -> Iterator[Difference]:
    pairs, only_ours, only_theirs = _paired(ours, theirs, ids)
    for our, their in pairs:
        yield from _values(path, our, their, ids, shape)
    for item in only_ours:
        yield Difference(path, How.MISSING, item, None)
    for item in only_theirs:
        yield Difference(path, How.EXTRA, None, ids.ours(item))


def _paired(ours: Sequence[Any], theirs: Sequence[Any], ids: Ids) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
    """Which items are the same thing: first by the names that are known, then by the order of those that are not."""
    left = list(theirs)
    pairs: list[tuple[Any, Any]] = []
    unmatched: list[Any] = []
    for our in ours:
        match = next((their for their in left if _key(ids.theirs(our)) == _key(their)), None)
        if match is None:
            unmatched.append(our)
        else:
            left.remove(match)
            pairs.append((our, match))
    only_ours: list[Any] = []
    for our in unmatched:
        match = next((their for their in left if _may_be_one(our, their, ids)), None)
        if match is None:
            only_ours.append(our)
        else:
            left.remove(match)
            pairs.append((our, match))
    return pairs, only_ours, left


def _may_be_one(ours: Any, theirs: Any, ids: Ids) -> bool:  # noqa: ANN401 - any items
    """Whether two items can be one thing, of which neither side has told the name before."""
    if is_object(ours) and is_object(theirs) and "Instances" in ours and "Instances" in theirs:
        return _may_be_one(ours["Instances"][0], theirs["Instances"][0], ids)
    our_key, their_key = _key(ours), _key(theirs)
    return our_key is not None and their_key is not None and ids.agree(our_key, their_key)


def _key(item: Any) -> str | None:  # noqa: ANN401 - any item
    """What an item is known by; an item without a name of its own, by all that it says."""
    if not is_object(item):
        return str(item)
    if item.get("Instances"):
        return _key(item["Instances"][0])
    for names in _NAMED_BY:
        if all(name in item for name in names):
            return "/".join(str(item[name]) for name in names if isinstance(item[name], str))
    return repr(sorted(item.items()))
