"""Decisions: an answer with what it rests on.

Whether an account may do a thing is never a bare yes or no. A `Decision` says yes, no, or that what is known does not
settle it, and lists every ground: what speaks for it, what against (the refusals EC2 would give), what is not known.
"""

from collections.abc import Iterable
from typing import ClassVar, NoReturn, TypeAlias

from attrs import frozen

from amimodel.permissions import (
    EveryonePermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.refusals import Refusal


@frozen
class Owner:
    """The account owns the thing: a permission nobody can take away (rule B LP-1)."""

    rules: ClassVar[str] = "B LP-1"

    def __str__(self) -> str:
        return "the account owns it"


@frozen
class Permitted:
    """An item of the permission list covers the account (rules B LP-1, B OR-4, B OR-5)."""

    rules: ClassVar[str] = "B 1.7, B OR-10"

    permission: LaunchPermission

    def __str__(self) -> str:
        if isinstance(self.permission, EveryonePermission):
            return "it is public: everyone may"
        return f"it is shared with {self.permission}"


@frozen
class PermissionsNotTold:
    """The rest of the permission list is not known: DescribeImages and DescribeSnapshots do not tell it."""

    rules: ClassVar[str] = "B 1.5 DA-6, B SP-15"

    subject: str
    """What the list belongs to: an image's or a snapshot's id."""

    def __str__(self) -> str:
        action = "describe-snapshot-attribute" if self.subject.startswith("snap-") else "describe-image-attribute"
        return f"with which accounts {self.subject} is shared is not known here ({action} tells it to the owner)"


@frozen
class MembershipNotTold:
    """An organization or a unit may use it, and whether the account belongs there is not known."""

    rules: ClassVar[str] = "B OR-9, B OR-10"

    permission: OrganizationPermission | OrganizationalUnitPermission
    account_id: str

    def __str__(self) -> str:
        return f"it is shared with {self.permission}, and whether {self.account_id} belongs to it is not known here"


@frozen
class SnapshotNotTold:
    """A snapshot that the answer depends on is not known."""

    rules: ClassVar[str] = "B CI-6"

    snapshot_id: str

    def __str__(self) -> str:
        return f"{self.snapshot_id}, which holds a volume of it, is not known here"


@frozen
class VolumeNotTold:
    """A volume that is attached to an instance is not known: DescribeInstances tells no more of it than its id."""

    rules: ClassVar[str] = "A CI-11"

    volume_id: str

    def __str__(self) -> str:
        return f"{self.volume_id}, which is attached to it, is not known here"


@frozen
class StorageNotTold:
    """An image that lies in S3, and whether its bundle may be read is not known: S3 tells it, EC2 does not."""

    rules: ClassVar[str] = "B CI-6"

    image_id: str

    def __str__(self) -> str:
        return f"whether the bundle of {self.image_id} in S3 may be read is not known here"


@frozen
class Settled:
    """What a table of EC2's has settled about a request, and the row that did: not whether it is granted, but how."""

    subject: str
    outcome: str
    rules: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.outcome}"


Support: TypeAlias = Owner | Permitted | Settled
Unknown: TypeAlias = PermissionsNotTold | MembershipNotTold | SnapshotNotTold | VolumeNotTold | StorageNotTold
Ground: TypeAlias = Support | Unknown | Refusal


@frozen
class Decision:
    """An answer, and every ground it rests on.

    `allowed` is True, False, or None where what is known does not settle it. Where it is False, `because` begins with
    the refusals in EC2's order; the first of them is the one that EC2 would give.

    >>> decision = Decision(True, (Owner(),))
    >>> print(decision)
    yes: the account owns it
    >>> if decision:
    ...     print("never printed")
    Traceback (most recent call last):
    TypeError: a Decision is no bool: it may be undecided; ask for .allowed
    """

    allowed: bool | None
    because: tuple[Ground, ...] = ()

    def __bool__(self) -> NoReturn:
        message = "a Decision is no bool: it may be undecided; ask for .allowed"
        raise TypeError(message)

    def __str__(self) -> str:
        word = {True: "yes", False: "no", None: "not known"}[self.allowed]
        return f"{word}: {'; '.join(map(str, self.because))}" if self.because else word

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """What speaks against it, in EC2's order."""
        return tuple(ground for ground in self.because if isinstance(ground, Refusal))

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What would have to be known to settle it."""
        return tuple(ground for ground in self.because if isinstance(ground, Unknown))


def all_of(decisions: Iterable[Decision]) -> Decision:
    """Put checks together that must all be passed: one no is a no, and all its reasons are kept.

    >>> print(all_of([Decision(True, (Owner(),)), Decision(None)]).allowed)
    None
    """
    taken = tuple(decisions)
    answers = [decision.allowed for decision in taken]
    grounds = tuple(ground for decision in taken for ground in decision.because)
    refusals = tuple(ground for ground in grounds if isinstance(ground, Refusal))
    unknowns = tuple(ground for ground in grounds if isinstance(ground, Unknown))
    if False in answers:
        return Decision(False, (*refusals, *unknowns))
    if None in answers:
        return Decision(None, unknowns)
    return Decision(True, grounds)
