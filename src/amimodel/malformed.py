"""What cannot be well formed: the one error that needs no world.

EC2 says no in two ways. A request can be *refused*: it was well formed, but not granted (`amimodel.refusals`).
Or it can be *malformed*: no account, Region or moment could make it right. Values that would be malformed cannot be
built, so everything above this module may rely on what it holds.
"""

from typing import final


@final
class Malformed(ValueError):  # noqa: N818 - named for what it says, as its counterpart Refusal is
    """A value that EC2 would reject without looking at anything else.

    `code` and `message` are EC2's own; `member` names the parameter or response member at fault, in EC2's spelling,
    and `value` is what was given there.

    >>> from amimodel.identifiers import image_id
    >>> try:
    ...     image_id("ami-xyz")
    ... except Malformed as error:
    ...     print(error.code, "|", error.message, "|", error.member)
    InvalidAMIID.Malformed | Invalid id: "ami-xyz" | ImageId

    Source: EC2 API Reference, "Error codes"; rules A 0.2, A 0.3 (steps 1, 2 and 7).
    """

    __slots__ = ("code", "member", "message", "value")

    def __init__(self, code: str, message: str, *, member: str, value: object = None) -> None:
        super().__init__(code, message)
        self.code: str = code
        self.message: str = message
        self.member: str = member
        self.value: object = value

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    def __repr__(self) -> str:
        return f"Malformed({self.code!r}, {self.message!r}, member={self.member!r}, value={self.value!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Malformed):
            return NotImplemented
        return self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash((self.code, self.message, self.member))

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, self._facts())

    def _facts(self) -> tuple[str, str, str, object]:
        return (self.code, self.message, self.member, self.value)


def _rebuild(code: str, message: str, member: str, value: object) -> Malformed:
    return Malformed(code, message, member=member, value=value)


def invalid_value(member: str, value: object, why: str) -> Malformed:
    """Name a value that a parameter does not take: EC2's `InvalidParameterValue`.

    >>> print(invalid_value("VolumeSize", 0, "It must be at least 1."))
    InvalidParameterValue: Value (0) for parameter volumeSize is invalid. It must be at least 1.

    Source: rule A E-5.
    """
    name = member[:1].lower() + member[1:]
    return Malformed(
        "InvalidParameterValue", f"Value ({value}) for parameter {name} is invalid. {why}", member=member, value=value
    )
