"""How a strategy fills in a noun of many fields, some of which the caller has fixed."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, cast, overload

from attrs import AttrsInstance, fields_dict
from hypothesis import strategies as st

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
N = TypeVar("N", bound=AttrsInstance)
T = TypeVar("T")


class Draft(Generic[N]):
    """A noun in the making: what is fixed stays, and what is filled in later can look at it.

    `extras` are the parts beyond the simplest noun that this example is to have.
    """

    def __init__(self, draw: st.DrawFn, noun: type[N], fixed: Mapping[str, object], extras: frozenset[str]) -> None:
        self.draw = draw
        self.extras = extras
        self._noun = noun
        self.values: dict[str, Any] = {}
        attributes: dict[str, Any] = dict(fields_dict(noun))
        readers: dict[str, Any] = {field.alias: field.converter for field in attributes.values()}
        for name, value in fixed.items():
            drawn: Any = draw(cast("Any", value)) if isinstance(value, st.SearchStrategy) else value
            self.values[name] = readers[name](drawn) if callable(readers[name]) else drawn

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def get(self, name: str, default: object = None) -> Any:  # noqa: ANN401 - fields have every type
        """The field's value, as far as it is settled."""
        return self.values.get(name, default)

    def fill(self, name: str, strategy: st.SearchStrategy[object]) -> None:
        """Draw a field that is not settled yet."""
        if name not in self.values:
            self.values[name] = self.draw(strategy)

    def put(self, name: str, value: object) -> None:
        """Settle a field that is not settled yet."""
        self.values.setdefault(name, value)

    def build(self) -> N:
        """The noun."""
        return self._noun(**self.values)


def check_fields(noun: type[AttrsInstance], fields: Mapping[str, object]) -> None:
    """Complain about a field that the noun does not have, when the strategy is made and not when it is used."""
    known = {field.alias or name for name, field in fields_dict(noun).items() if field.init}
    for name in fields:
        if name not in known:
            message = f"{noun.__name__} has no field {name}"
            raise TypeError(message)


@overload
def made(make: Callable[[A], T], first: st.SearchStrategy[A], /) -> st.SearchStrategy[T]: ...
@overload
def made(
    make: Callable[[A, B], T], first: st.SearchStrategy[A], second: st.SearchStrategy[B], /
) -> st.SearchStrategy[T]: ...
@overload
def made(
    make: Callable[[A, B, C], T],
    first: st.SearchStrategy[A],
    second: st.SearchStrategy[B],
    third: st.SearchStrategy[C],
    /,
) -> st.SearchStrategy[T]: ...
@overload
def made(
    make: Callable[[A, B, C, D], T],
    first: st.SearchStrategy[A],
    second: st.SearchStrategy[B],
    third: st.SearchStrategy[C],
    fourth: st.SearchStrategy[D],
    /,
) -> st.SearchStrategy[T]: ...
def made(make: Callable[..., T], *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Draw the parts and put them together.

    `st.builds` and `map` do so, too, but they show a failing example by how it was made. What is made here is shown as
    what it is.
    """
    return _made(make, parts)


@st.composite
def _made(draw: st.DrawFn, make: Callable[..., T], parts: tuple[st.SearchStrategy[Any], ...]) -> T:
    return make(*[draw(part) for part in parts])


def extras_of(*names: str) -> st.SearchStrategy[frozenset[str]]:
    """A few of the names, mostly three or four; the simplest is none, and then the first alone."""
    return made(frozenset, st.lists(st.sampled_from(names), max_size=10))
