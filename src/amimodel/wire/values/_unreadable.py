"""What cannot be read: where it stands, and why."""

from typing import Final, final

from attrs import evolve

from amimodel.malformed import Malformed
from amimodel.wire._faults import Fault, NotAResponse, Path, Unfit, one_line, path_text


@final
class Unreadable(ValueError):  # noqa: N818 - it says of what was given that it cannot be read, as NotAResponse does
    """What was given is not the JSON of what was to be read.

    >>> from amimodel.wire import read_request
    >>> read_request({"action": "DeregisterImage", "parameters": {"ImageId": "ami-1"}})
    Traceback (most recent call last):
    amimodel.wire.values._unreadable.Unreadable: parameters.ImageId: InvalidAMIID.Malformed: Invalid id: "ami-1"

    `fault` says what is wrong and where: the first thing that was found. Its code is EC2's, where EC2 has one for it.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault

    @property
    def path(self) -> str:
        """The way to what is wrong: `steps[3].parameters.ImageId`; empty where it is the whole."""
        return path_text(self.fault.path)

    def __str__(self) -> str:
        return str(self.fault) if self.fault.path else one_line(self.fault.message)


MISFITS: Final = (Unreadable, Unfit, Malformed, NotAResponse)
"""What a reader raises."""


def within(error: Exception, *steps: str | int) -> Unreadable:
    """Say of what a reader raised that it happened in a member, or at a place in a list."""
    match error:
        case Unreadable(fault=fault):
            return Unreadable(evolve(fault, path=(*steps, *fault.path)))
        case Malformed(code=code, message=message):
            return Unreadable(Fault(path=steps, code=code, message=message))
        case _:
            return Unreadable(Fault(path=steps, message=str(error)))


def at(path: Path, message: str) -> Unreadable:
    """Complain about a place."""
    return Unreadable(Fault(path=path, message=message))
