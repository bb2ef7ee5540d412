"""Responses: what one answer of EC2 holds, read and written again."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any, Final, Generic, TypeAlias, TypeVar

from attrs import field, frozen

from amimodel.regions import Region, as_region
from amimodel.wire._actions import Action, RecordKind, kind_of_record, kinds_in, list_member
from amimodel.wire._codecs import reasons
from amimodel.wire._faults import Fault, Json, JsonObject, NotAResponse, Path, is_list, is_object, kind_of, unfit
from amimodel.wire._residue import ABSENT, Difference, Lost, Shape, differences, overlay
from amimodel.wire._text import at, decoded, documents

T = TypeVar("T")


@frozen
class Record(Generic[T]):
    """A value, and what its source said beside it.

    >>> from attrs import evolve
    >>> answer = {"SnapshotId": "snap-12345678", "CreateVolumePermissions": [], "Mood": "sunny"}
    >>> record = read(answer).records[0]
    >>> write(record)
    {'SnapshotId': 'snap-12345678', 'CreateVolumePermissions': []}

    A record may be given another value; what its source said comes out again wherever the new value does not
    contradict it: members that no value knows always, another spelling of an instant as long as it is that instant,
    and what was left out as long as it is what EC2 means by leaving it out.

    >>> described = {"ImageId": "ami-12345678", "Description": {"Value": "old", "Mood": "sunny"}}
    >>> record = read(described).records[0]
    >>> write(evolve(record, value=evolve(record.value, value="new")))
    {'ImageId': 'ami-12345678', 'Description': {'Value': 'new', 'Mood': 'sunny'}}
    """

    value: T
    residue: tuple[Difference, ...] = ()


@frozen(kw_only=True)
class Unread:
    """What could not be read, as it came, and why.

    `index` is its place among the records of the response; None where the response has no list, or no proper one.
    """

    index: int | None
    source: Json = field(hash=False)
    faults: tuple[Fault, ...]


@frozen(kw_only=True)
class Response(Generic[T]):
    """One answer: the records that could be read, those that could not, and what else stood around them.

    >>> response = read({"Snapshots": [{"SnapshotId": "snap-1"}], "NextToken": "more"})
    >>> response.action.value, len(response.records), len(response.unread)
    ('DescribeSnapshots', 0, 1)
    >>> print(response.faults[0])
    Snapshots[0].SnapshotId (snap-1): InvalidSnapshotID.Malformed: The snapshot ID 'snap-1' is not valid.
    >>> write(response)
    {'Snapshots': [{'SnapshotId': 'snap-1'}], 'NextToken': 'more'}
    """

    action: Action
    records: tuple[Record[T], ...] = ()
    unread: tuple[Unread, ...] = ()
    residue: tuple[Difference, ...] = ()

    @property
    def values(self) -> tuple[T, ...]:
        """The values of the records."""
        return tuple(record.value for record in self.records)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every reason why something could not be read, in the order of the records."""
        return tuple(fault for unread in self.unread for fault in unread.faults)


Progress: TypeAlias = Callable[[int, int], None]
"""What is told, while much is read, how many records of a response are done, and how many there are."""

_RECORDS_A_STEP: Final = 256


def read(source: Json, region: str | Region | None = None, *, progress: Progress | None = None) -> Response[Any]:
    """Read an answer of EC2: the object that `json.loads` makes of the AWS CLI's output, or that boto3 returns.

    >>> response = read({"ImageBlockPublicAccessState": "unblocked", "ManagedBy": "account"})
    >>> response.action, response.values[0].state.value
    (<Action.GET_IMAGE_BLOCK_PUBLIC_ACCESS_STATE: 'GetImageBlockPublicAccessState'>, 'unblocked')

    Which action it answers is seen from its members. Images and snapshots do not say where they are: `region`, if it is
    given, is set on them. What an answer does not tell is unknown, never "nobody": permissions read from DescribeImages
    are not `complete`, and snapshots read from DescribeSnapshots have None for theirs.

    `progress` is called now and then with the number of records read and of all records.

    Raises `NotAResponse` for what is no answer of the actions known here. A record that cannot be read never raises; it
    is found in `unread`, and the rest is read all the same.
    """
    where = None if region is None else as_region(region)
    try:
        return _read(source, where, progress)
    except RecursionError:
        raise NotAResponse("It is nested too deeply.") from None


def _read(source: Json, region: Region | None, progress: Progress | None) -> Response[Any]:
    if not is_object(source):
        raise NotAResponse(f"Expected a whole answer of EC2, which is an object, not {kind_of(source)}.")
    kinds = kinds_in(source)
    if not kinds:
        members = ", ".join(map(str, source)) or "none"
        raise NotAResponse(f"It is no answer that can be read here. Its members: {members}.")
    if kinds[0].listed:
        results = list(_read_list(kinds[0], source[kinds[0].signs[0]], region, progress))
    else:
        results = [_read_only_record(kind, source, region) for kind in kinds]
    known = {member for kind in kinds for member in kind.members}
    return Response(
        action=kinds[0].action,
        records=tuple(result for result in results if isinstance(result, Record)),
        unread=tuple(result for result in results if isinstance(result, Unread)),
        residue=tuple(
            Difference((), member, ABSENT, deepcopy(value)) for member, value in source.items() if member not in known
        ),
    )


def _read_list(
    kind: RecordKind, items: Json, region: Region | None, progress: Progress | None
) -> Iterator[Record[Any] | Unread]:
    (sign,) = kind.signs
    if not is_list(items):
        fault = Fault(path=(sign,), message=str(unfit("a list", items)))
        yield Unread(index=None, source=deepcopy(items), faults=(fault,))
        return
    for index, item in enumerate(items):
        yield _read_record(kind, item, (sign, index), index, region)
        if progress is not None and index % _RECORDS_A_STEP == 0:
            progress(index + 1, len(items))


def _read_only_record(kind: RecordKind, source: JsonObject, region: Region | None) -> Record[Any] | Unread:
    return _read_record(kind, {member: source[member] for member in kind.members if member in source}, (), None, region)


def _read_record(
    kind: RecordKind, source: Json, path: Path, index: int | None, region: Region | None
) -> Record[Any] | Unread:
    if not is_object(source):
        return Unread(
            index=index, source=deepcopy(source), faults=(Fault(path=path, message=str(unfit("an object", source))),)
        )
    try:
        value = kind.read(source, region)
    except Exception as error:  # noqa: BLE001 - whatever does not fit is reported, not raised
        plain = _without_nulls(source, kind.shape)
        try:
            value = kind.read(plain, region)
        except Exception:  # noqa: BLE001 - as above
            return _unread(kind, source, path, index, plain=plain, error=error)
    writing = kind.write(value)
    if writing == source:
        return Record(value)
    try:
        return Record(value, differences(source, writing, kind.shape))
    except Lost as lost:
        fault = _fault(kind, source, (*path, *lost.path), None, "It would not be written again as it is.")
        return Unread(index=index, source=deepcopy(source), faults=(fault,))


def _without_nulls(source: Json, shape: Shape | None) -> Json:
    """Leave out members that are null: null says no more of a member than its absence."""
    if shape is None:
        return source
    if is_list(source):
        return [_without_nulls(item, shape) for item in source]
    if is_object(source):
        members = shape.members
        return {
            member: _without_nulls(value, members.get(member)) for member, value in source.items() if value is not None
        }
    return source


def _unread(
    kind: RecordKind, source: JsonObject, path: Path, index: int | None, *, plain: JsonObject, error: Exception
) -> Unread:
    """Say of every member at fault what is wrong; of one that is null, that it is null, not that it is missing."""
    worded = {where: (code, message) for where, code, message in kind.explain(source)}
    found = kind.explain(plain) or list(reasons(error))
    return Unread(
        index=index,
        source=deepcopy(source),
        faults=tuple(
            _fault(kind, source, (*path, *where), *worded.get(where, (code, message))) for where, code, message in found
        ),
    )


def _fault(kind: RecordKind, source: JsonObject, path: Path, code: str | None, message: str) -> Fault:
    given = source.get(kind.id_member) if kind.id_member is not None else None
    return Fault(path=path, record_id=given if isinstance(given, str) else None, code=code, message=message)


def read_text(
    text: str | bytes, region: str | Region | None = None, *, progress: Progress | None = None
) -> tuple[Response[Any], ...]:
    """Read the answers in a text: one JSON document, or several one after the other.

    >>> text = '''
    ... {"ImageId": "ami-12345678", "Description": {"Value": "web"}}
    ... {"ImageId": "ami-87654321", "Description": {}}
    ... '''
    >>> [response.values[0].value for response in read_text(text)]
    ['web', None]

    Bytes are read as UTF-8, UTF-16 or UTF-32, with or without a byte order mark: PowerShell writes UTF-16. `progress`
    is as for `read`, once for each document.

    Raises `NotAResponse`, which names the place, for text that is not JSON and for JSON that is no answer.
    """
    unicode = decoded(text)
    return tuple(_read_document(unicode, place, document, region, progress) for place, document in documents(unicode))


def _read_document(
    text: str, place: int, document: object, region: str | Region | None, progress: Progress | None
) -> Response[Any]:
    try:
        return read(document, region, progress=progress)
    except NotAResponse as error:
        raise at(text, place, error.message) from None


def write(what: Response[Any] | Record[Any]) -> JsonObject:
    """Write an answer, or one of its records, as EC2 does.

    >>> answer = {"ImageId": "ami-12345678", "BootMode": {"Value": "uefi"}, "ResponseMetadata": {"HTTPStatusCode": 200}}
    >>> write(read(answer)) == answer
    True

    Whatever `read` took, `write` gives back, in another order of members at most. A value that was never read is
    written in EC2's own forms, with every member that it holds something for:

    >>> from amimodel.wire import ImageAttribute
    >>> write(Record(ImageAttribute(image_id="ami-12345678", attribute="kernel", value=None)))
    {'ImageId': 'ami-12345678', 'KernelId': {}}

    What could not be read stands in its old place again.
    """
    match what:
        case Record(value, residue):
            return overlay(kind_of_record(value).write(value), residue)
        case Response():
            return overlay(_write_records(what), what.residue)


def _write_records(response: Response[Any]) -> JsonObject:
    member = list_member(response.action)
    written = [write(record) for record in response.records]
    answer: JsonObject = {}
    if member is None:
        for one in (*written, *(deepcopy(unread.source) for unread in response.unread)):
            answer.update(one)
        return answer
    answer[member] = written
    for unread in response.unread:
        if unread.index is None:
            answer[member] = deepcopy(unread.source)
        else:
            written.insert(unread.index, deepcopy(unread.source))
    return answer


def write_text(response: Response[Any]) -> str:
    """Write an answer as text, laid out as the AWS CLI does it.

    >>> print(write_text(read({"ImageBlockPublicAccessState": "unblocked", "ManagedBy": "account"})))
    {
        "ImageBlockPublicAccessState": "unblocked",
        "ManagedBy": "account"
    }

    The `datetime` objects of boto3 become text as version 2 of the AWS CLI prints them.
    """
    return json.dumps(write(response), indent=4, default=_printed)


def _printed(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"JSON has no {type(value).__name__}.")
