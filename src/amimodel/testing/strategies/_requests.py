"""Requests that mostly name things a world has, and callers who are there to make them."""

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from amimodel.actions import ACTIONS
from amimodel.callers import Caller
from amimodel.history import Asked
from amimodel.refusals import Refusal
from amimodel.regions import Region
from amimodel.requests import Request
from amimodel.testing.strategies._asking import Menu, drawn_request, menu, people
from amimodel.testing.strategies._filling import below
from amimodel.testing.strategies._sight import Sight
from amimodel.testing.strategies._wishes import Wish, fitting, wish_for
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
    world: World,
    *,
    by: Caller | None = None,
    granted: bool | None = None,
    refused_with: Iterable[type[Refusal]] | None = None,
    actions: Iterable[str] | None = None,
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
    >>> build = Caller(account="222233334444", region="eu-central-1")
    >>> request = find(
    ...     requests(example_world(), by=build, granted=True, actions=["DisableImage"]), lambda request: True
    ... )
    >>> isinstance(attempt(example_world(), request, by=build), Refusal)
    False

    With `refused_with`, only those that are refused for one of these reasons, where the world has what that takes;
    `amimodel.testing.corners` has a world that has it for every reason.

    >>> from amimodel.refusals import ImageUnavailable
    >>> copies = requests(example_world(), by=build, refused_with=[ImageUnavailable], actions=["CopyImage"])
    >>> find(copies, lambda request: True).source_image_id  # it is disabled
    'ami-0fa00000000000450'

    Raises `ValueError` where no request of these actions can be refused so.
    """
    sight = Sight(world)
    able = _fit_for(by) if actions is None else tuple(actions)
    wish = wish_for(able, granted=granted, refused_with=refused_with)
    return _requests(sight if by is None else sight.of(by), menu(wish.actions, sight), wish)


def askings(
    world: World,
    *,
    granted: bool | None = None,
    refused_with: Iterable[type[Refusal]] | None = None,
    accounts: Iterable[str] | None = None,
    regions: Iterable[str | Region] | None = None,
    actions: Iterable[str] | None = None,
) -> st.SearchStrategy[Asked]:
    """Requests with those who make them, of every action or of those named; all of them granted or refused, if wanted.

    >>> from hypothesis import find
    >>> from amimodel.example_worlds import example_world
    >>> find(askings(example_world(), granted=True, actions=["DisableImage"]), lambda asked: True).request.action
    'DisableImage'

    Those who ask are of `accounts`, in `regions`; where neither is given, everybody who has something there. What
    `refused_with` is, and raises, `requests` says.
    """
    sight = Sight(world, there=people(Sight(world), accounts, regions))
    able = tuple(ACTIONS if actions is None else actions)
    wish = wish_for(able, granted=granted, refused_with=refused_with)
    return _askings(sight, menu(wish.actions, sight), wish)


@st.composite
def _requests(draw: st.DrawFn, sight: Sight, wanted: Menu, wish: Wish) -> Request[Any]:
    if wish.is_open:
        return drawn_request(draw, sight, wanted[draw(below(len(wanted)))])
    return fitting(draw, sight, wanted, wish).request


@st.composite
def _askings(draw: st.DrawFn, sight: Sight, wanted: Menu, wish: Wish) -> Asked:
    return fitting(draw, sight, wanted, wish)


def _fit_for(by: Caller | None) -> tuple[str, ...]:
    return tuple(name for name, kind in ACTIONS.items() if by is None or (kind.service == "aws") is by.is_provider)
