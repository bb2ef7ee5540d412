"""Divergences: what another implementation does otherwise than the model, and by what it is known again."""

from enum import unique
from typing import Final

from attrs import evolve, field, frozen

from amimodel.testing.conformance._calls import Script
from amimodel.testing.conformance._replies import Reply
from amimodel.vocabulary import Word


@unique
class Kind(Word):
    """In what way the two sides differ, the gravest first."""

    GRANTED = "granted"
    """The model refuses, the other side grants."""

    REFUSED = "refused"
    """The model grants, the other side refuses."""

    BROKEN = "broken"
    """The other side fails with an error that is none of EC2's."""

    UNKNOWN = "unknown"
    """The other side does not have the action, or a part of it, and says so."""

    CODE = "code"
    """Both refuse, with different codes."""

    MEMBER = "member"
    """Both grant, and a member of the answer differs."""

    MESSAGE = "message"
    """Both refuse with the same code, and say it in different words."""


BY: Final = " by "
"""What stands in a detail before the parameters that a listing was asked with."""


@frozen(order=True)
class Signature:
    """By what a divergence is known again: the action, the kind, and what exactly.

    - `granted`: the model's code, and the class of its refusal.
    - `refused`: the other side's code.
    - `code`: both codes.
    - `message`: the code, and the class of the model's refusal.
    - `member`: the member, and whether it is missing, extra or another; of a listing's items, by what was asked.
    - `unknown`: nothing, where the whole action is not there; else what the other side says it does not have.

    >>> print(Signature("RegisterImage", Kind.GRANTED, "InvalidAMIName.Duplicate (ImageNameTaken)"))
    RegisterImage granted: InvalidAMIName.Duplicate (ImageNameTaken)
    """

    action: str
    kind: Kind = field(converter=Kind)
    detail: str = ""

    @property
    def cause(self) -> "Signature":
        """The same, whatever a listing was asked by: what a shorter call must show to show the same."""
        return evolve(self, detail=self.detail.partition(BY)[0])

    def __str__(self) -> str:
        return f"{self.action} {self.kind}" + (f": {self.detail}" if self.detail else "")


@frozen(kw_only=True)
class Divergence:
    """One divergence, with the script whose last call shows it, and what the two sides reply to that call.

    `ours` and `theirs` are what they say of the member that differs, where it is one; names are the model's.
    """

    signature: Signature
    script: Script
    model: Reply
    other: Reply
    ours: object = None
    theirs: object = None

    @property
    def lacks_the_action(self) -> bool:
        """Whether the other side does not have the action at all."""
        return self.signature.kind is Kind.UNKNOWN and not self.signature.detail
