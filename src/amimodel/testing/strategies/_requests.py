"""Requests that mostly name things a world has, and callers who are there to make them."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from hypothesis import strategies as st

from amimodel.actions import ACTIONS
from amimodel.callers import Caller
from amimodel.engine import attempt
from amimodel.history import Asked
from amimodel.refusals import Refusal
from amimodel.regions import Region
from amimodel.requests import Request
from amimodel.testing.strategies._asking import Menu, drawn_asking, drawn_request, menu, people
from amimodel.testing.strategies._filling import at_last, below
from amimodel.testing.strategies._sight import Sight
from amimodel.world import World


def callers(world: World, *, provider: bool = False, denied: Iterable[str] = ()) -> st.SearchStrategy[Caller]:
    """Accounts that own something in a world or belong to an organization there, and one that does not.

    With `provider`, AWS itself may be the caller, too. Some callers are kept by IAM from the actions in `denied`.

    >>> from hypothesis import find
    >>> from amimodel.example_worlds import example_world
    >>> find(callers(example_world()), lambda caller: caller.account == "999988887777").account
    '999988887777'
    """
    there = Sight(world).callers
    aws = tuple(map(Caller.provider, dict.fromkeys(one.region for one in there))) if provider else ()
    kept = frozenset(denied)
    everybody = (*there, *aws)
    restricted = [Caller(account=one.account, region=one.region, denied=kept) for one in everybody if kept]
    return st.sampled_from([*everybody, *restricted])


def requests(
    world: World, *, by: Caller | None = None, granted: bool | None = None, actions: Iterable[str] | None = None
) -> st.SearchStrategy[Request[Any]]:
    """Requests of every action, or of those named, that mostly name what is there: granted ones and refused ones.

    >>> from hypothesis import find
    >>> from amimodel.example_worlds import example_world
    >>> find(requests(example_world(), actions=["DeleteVolume"]), lambda request: True).action
    'DeleteVolume'

    With `by`, they mostly name what this caller owns, and are of actions that this caller is there for: those of
    `amimodel.actions.provider` and `administration` for `Caller.provider`, all others for accounts. With `granted`,
    only those that are granted, or only those that are refused: to `by`, or else to somebody of `callers(world)`.

    >>> from amimodel.engine import attempt
    >>> from amimodel.refusals import Refusal
    >>> build = Caller(account="222233334444", region="eu-central-1")
    >>> request = find(
    ...     requests(example_world(), by=build, granted=True, actions=["DisableImage"]), lambda request: True
    ... )
    >>> isinstance(attempt(example_world(), request, by=build), Refusal)
    False
    """
    sight = Sight(world)
    wanted = menu(_fit_for(by) if actions is None else tuple(actions), sight)
    return _requests(sight if by is None else sight.of(by), wanted, granted=granted)


def askings(
    world: World,
    *,
    granted: bool | None = None,
    accounts: Iterable[str] | None = None,
    regions: Iterable[str | Region] | None = None,
    actions: Iterable[str] | None = None,
) -> st.SearchStrategy[Asked]:
    """Requests with those who make them, of every action or of those named; all of them granted or refused, if wanted.

    >>> from hypothesis import find
    >>> from amimodel.example_worlds import example_world
    >>> find(askings(example_world(), granted=True, actions=["DisableImage"]), lambda asked: True).request.action
    'DisableImage'

    Those who ask are of `accounts`, in `regions`; where neither is given, everybody who has something there.
    """
    sight = Sight(world, there=people(Sight(world), accounts, regions))
    return _askings(sight, menu(Menu(ACTIONS if actions is None else actions), sight), granted=granted)


@st.composite
def _requests(draw: st.DrawFn, sight: Sight, wanted: Menu, *, granted: bool | None) -> Request[Any]:
    if granted is None:
        return drawn_request(draw, sight, wanted[draw(below(len(wanted)))])
    return at_last(partial(_fitting, draw, sight, wanted, granted=granted)).request


@st.composite
def _askings(draw: st.DrawFn, sight: Sight, wanted: Menu, *, granted: bool | None) -> Asked:
    return at_last(partial(_fitting, draw, sight, wanted, granted=granted))


def _fitting(draw: st.DrawFn, sight: Sight, wanted: Menu, *, granted: bool | None) -> Asked | None:
    asked = drawn_asking(draw, sight, wanted[draw(below(len(wanted)))])
    return asked if granted is None or is_granted(sight.world, asked) is granted else None


def is_granted(world: World, asked: Asked) -> bool:
    """Whether a request is granted."""
    return not isinstance(attempt(world, asked.request, by=asked.by), Refusal)


def _fit_for(by: Caller | None) -> tuple[str, ...]:
    return tuple(name for name, kind in ACTIONS.items() if by is None or (kind.service == "aws") is by.is_provider)
