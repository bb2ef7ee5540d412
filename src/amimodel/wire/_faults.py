"""What could not be read: where it stands, and why.

Source: settlement S 36 for the messages about ids; the others are the nouns' own.
"""

from collections.abc import Mapping
from types import NoneType
from typing import Any, Final, TypeAlias, TypeGuard, final

from attrs import frozen

Path: TypeAlias = tuple[str | int, ...]
"""The way to a member: names of members, and places in lists."""

Json: TypeAlias = Any
"""What `json.loads` makes, with the `datetime` objects that boto3 makes beside it."""

JsonObject: TypeAlias = dict[str, Json]

_LONGEST: Final = 300


def is_object(value: Json) -> TypeGuard[JsonObject]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: Json) -> TypeGuard[list[Json]]:
    """Whether a value is a JSON list."""
    return isinstance(value, list)


def path_text(path: Path) -> str:
    """Write a path as jq and boto3's documentation do.

    >>> path_text(("Images", 3, "BlockDeviceMappings", 0, "Ebs"))
    'Images[3].BlockDeviceMappings[0].Ebs'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def one_line(text: str) -> str:
    """Keep text readable on one line: what cannot be printed is escaped, what is too long is cut."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text[:_LONGEST])
    return shown if len(text) <= _LONGEST else f"{shown}..."


@frozen(kw_only=True)
class Fault:
    """One reason why a record could not be read.

    >>> from amimodel.wire import read
    >>> response = read({"Snapshots": [{"SnapshotId": "snap-1", "VolumeSize": "8"}]})
    >>> for fault in response.faults[:2]:
    ...     print(fault)
    Snapshots[0].SnapshotId (snap-1): InvalidSnapshotID.Malformed: The snapshot ID 'snap-1' is not valid.
    Snapshots[0].OwnerId (snap-1): It is missing.
    >>> response.faults[3].member, response.faults[3].message
    ('Snapshots[0].VolumeSize', 'Expected a whole number, not text.')

    `path` leads from the top of the response to the member at fault, `record_id` is the id of the record it is in, as
    far as that is told. `code` is EC2's, where EC2 has one; otherwise the message is a plain sentence.
    """

    path: Path
    record_id: str | None = None
    code: str | None = None
    message: str

    @property
    def member(self) -> str:
        """The path as text: `Images[3].OwnerId`."""
        return path_text(self.path)

    def __str__(self) -> str:
        where = f"{self.member} ({self.record_id})" if self.record_id else self.member
        why = self.message if self.code is None else f"{self.code}: {self.message}"
        return one_line(f"{where}: {why}")


@final
class NotAResponse(ValueError):  # noqa: N818 - it says what the text is not, which is the whole of the error
    """What was given is none of the responses that can be read here.

    >>> from amimodel.wire import read_text
    >>> read_text('{"Images": [')
    Traceback (most recent call last):
    amimodel.wire._faults.NotAResponse: line 1, column 13: The text ends in the middle of a document.

    `line` and `column` count from 1, as editors do; they are None where what was given is not text.
    """

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message, line, column)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return one_line(
            self.message if self.line is None else f"line {self.line}, column {self.column}: {self.message}"
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.message, self.line, self.column))


def _rebuild(message: str, line: int | None, column: int | None) -> NotAResponse:
    return NotAResponse(message, line=line, column=column)


class Unfit(ValueError):  # noqa: N818 - the counterpart of Malformed where EC2 has no code
    """What EC2 never writes there, in a plain sentence; `member` names it where the place alone does not."""

    def __init__(self, message: str, *, member: str | None = None) -> None:
        super().__init__(message)
        self.member = member


_KINDS: Final[Mapping[type, str]] = {
    NoneType: "null",
    bool: "a truth value",
    int: "a whole number",
    float: "a fraction",
    str: "text",
    list: "a list",
    dict: "an object",
}


def kind_of(value: Json) -> str:
    """Say what a JSON value is.

    >>> [kind_of(value) for value in (None, True, 8, "8", [], {})]
    ['null', 'a truth value', 'a whole number', 'text', 'a list', 'an object']
    """
    return _KINDS.get(value.__class__) or f"a {value.__class__.__name__}"


def unfit(expected: str, value: Json, *, member: str | None = None) -> Unfit:
    """Say what was expected, and what was there instead."""
    return Unfit(f"Expected {expected}, not {kind_of(value)}.", member=member)


def missing() -> Unfit:
    """Say that a member is not there which EC2 always writes."""
    return Unfit("It is missing.")
