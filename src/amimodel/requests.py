"""Requests: what can be asked of EC2, as values, and what it means to decide one.

There is one class for each action, with the action's parameters and no others. To decide a request is to go through
its checks in EC2's order and then, if none refuses, to make the next world. `Request.decide` does both in one piece, as
a generator: it yields a ground for every check that has something to say, then `GRANTED`, and returns the outcome.
Whoever drives it may stop at the first refusal, as EC2 does, or go on to `GRANTED` and hear all of them
(`amimodel.engine`). So the order of lines is the order of refusals, and an explanation can never differ from the deed.

Source: rules A 0.3, A E-6, B G-2 to B G-4, C 0.5; settlements S 9, S 10.
"""

from abc import abstractmethod
from collections.abc import Generator, Iterable, Iterator
from enum import Enum, unique
from typing import ClassVar, Final, Generic, NamedTuple, Never, TypeAlias, TypeVar

from attrs import frozen

from amimodel.callers import Caller
from amimodel.decisions import Decision, Support, Unknown
from amimodel.refusals import Refusal
from amimodel.world import World

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Outcome(NamedTuple, Generic[T_co]):
    """What became of a request that was granted: the next world, and EC2's answer."""

    world: World
    value: T_co


@unique
class Granted(Enum):
    """The point at which nothing speaks against a request any more."""

    GRANTED = "granted"


GRANTED: Final = Granted.GRANTED


class Nothing(NamedTuple):
    """A refusal after which no question is left: what the rest would be asked of is not there."""

    refusal: Refusal


class Doubt(NamedTuple):
    """A check that what is known does not settle. Who asks EC2 is refused; who asks for reasons hears of the doubt.

    Only a world made of answers has doubts: they do not tell with whom other accounts share an image.
    """

    unknown: Unknown
    refusal: Refusal


Step: TypeAlias = Refusal | Support | Nothing | Doubt | Granted
Deciding: TypeAlias = Generator[Step, None, Outcome[T]]
"""A request being decided: grounds in order, then `GRANTED`, then the outcome."""

Finding: TypeAlias = Generator[Step, None, T]
"""A check that finds what the rest of a decision goes on with."""


@frozen(kw_only=True)
class Request(Generic[T_co]):
    """What an account asks of EC2.

    `refusals` names every reason for which EC2 refuses it, in order of precedence, but for the two that all requests
    have: IAM may deny it (`UnauthorizedOperation`), and a dry run never does what it would (`DryRunOperation`).

    An empty text and an empty list count as absent, as they do for EC2 (settlement S 17).

    Source: rules A E-6, A 0.3.
    """

    action: ClassVar[str] = ""
    service: ClassVar[str] = "ec2"
    refusals: ClassVar[tuple[type[Refusal], ...]] = ()
    dry_run_comes_first: ClassVar[bool] = True
    """Whether a dry run ends before the request is looked at; RunInstances looks first (settlement S 9)."""

    dry_run: bool = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.action = cls.__name__

    @property
    def token(self) -> str | None:
        """What makes a repeated request harmless, for the actions that take a ClientToken (rule B CI-17)."""
        return None

    @abstractmethod
    def decide(self, world: World, by: Caller) -> Deciding[T_co]:
        """Go through the checks in order, then make the next world."""
        raise NotImplementedError


@frozen(kw_only=True)
class Query(Request[T_co]):
    """A request that only asks: the world stays as it is."""

    @abstractmethod
    def answer(self, world: World, by: Caller) -> Finding[T_co]:
        """Go through the checks in order, then find the answer."""
        raise NotImplementedError

    def decide(self, world: World, by: Caller) -> Deciding[T_co]:
        """Find the answer; nothing changes."""
        value = yield from self.answer(world, by)
        return Outcome(world, value)


def nothing(refusal: Refusal) -> Finding[Never]:
    """Refuse, and ask no further: the rest would be about what is not there."""
    yield Nothing(refusal)
    raise AssertionError(refusal)  # whoever drives a decision stops here


def unless(refusal: Refusal | None) -> Iterator[Step]:
    """Refuse, where a rule has a refusal to give."""
    return iter(() if refusal is None else (refusal,))


def each(refusals: Iterable[Refusal]) -> Iterator[Step]:
    """Refuse for each of several reasons."""
    return iter(refusals)


def decided(decision: Decision, refusal: Refusal) -> Iterator[Step]:
    """Take the grounds of a decision on a value for one's own; `refusal` is what EC2 says where it is a doubt."""
    if decision.allowed is None:
        return iter(Doubt(unknown, refusal) for unknown in decision.unknowns)
    return (ground for ground in decision.because if isinstance(ground, Refusal | Support))
