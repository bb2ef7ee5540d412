"""A request in the making: how its parameters are drawn, one after the other, each in sight of those before.

A test of a whole life draws thousands of parameters, and a strategy that is built anew for each world costs more than
what it draws. So a parameter is picked from a sequence by an integer: the first is the simplest.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeVar

from hypothesis import reject
from hypothesis import strategies as st

from amimodel.testing.strategies._sight import Ids, Sight

T = TypeVar("T")

_TRIES: Final = 12


@lru_cache(maxsize=1024)
def below(number: int) -> st.SearchStrategy[int]:
    """Whole numbers from 0 on, so many."""
    return st.integers(0, number - 1)


def at_last(drawn: Callable[[], T | None]) -> T:
    """What fits, of so many that are drawn; where none does, Hypothesis is told so."""
    found = next((one for one in (drawn() for _ in range(_TRIES)) if one is not None), None)
    if found is None:
        reject()
    return found


class Filling:
    """What draws, what there is to name, and which parameters the request has so far."""

    __slots__ = ("draw", "sight", "taken")

    def __init__(self, draw: st.DrawFn, sight: Sight) -> None:
        self.draw = draw
        self.sight = sight
        self.taken: dict[str, Any] = {}

    def pick(self, items: Sequence[T]) -> T:
        """One of a few things; the simplest is the first."""
        return items[self.draw(below(len(items)))] if len(items) > 1 else items[0]

    def some(self, items: Sequence[T], most: int = 3) -> list[T]:
        """One to so many different things; the simplest is the first alone."""
        drawn = [self.pick(items) for _ in range(1 + self.draw(below(most)))]
        return list(dict.fromkeys(drawn))

    def rarely(self, one_in: int = 8) -> bool:
        """Now and then; the simplest is not."""
        return self.draw(below(one_in)) == one_in - 1


Make: TypeAlias = Callable[[Filling], Any]
"""How a parameter is drawn."""


def one(*values: object) -> Make:
    """One of these values."""
    return lambda filling: filling.pick(values)


def named(part: Callable[[Sight], Sequence[Any]]) -> Make:
    """One of the things that are in sight."""
    return lambda filling: filling.pick(part(filling.sight))


def several(part: Callable[[Sight], Ids], most: int = 3) -> Make:
    """A few of the things that are in sight."""
    return lambda filling: filling.some(part(filling.sight), most)


def flag(filling: Filling) -> bool:
    """Whether or not."""
    return filling.pick((False, True))
