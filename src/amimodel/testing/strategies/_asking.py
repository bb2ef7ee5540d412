"""How a request is drawn: which action, who asks for it, and what it says."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import Any, Final

from hypothesis import strategies as st

from amimodel.actions import ACTIONS
from amimodel.callers import Caller
from amimodel.history import Asked
from amimodel.malformed import Malformed
from amimodel.regions import Region
from amimodel.requests import Query, Request
from amimodel.testing.strategies._action_values import Shape, needed_by, shapes_of, value_of
from amimodel.testing.strategies._cases import Case, cases_of
from amimodel.testing.strategies._filling import Filling, Make, at_last, below
from amimodel.testing.strategies._sight import Sight

# --- which action, and who --------------------------------------------------------------------------------------------

# What makes things, in as few steps as can be, and of which part of a world; all the others are about these.
_MAKING: Final[Mapping[str, str]] = MappingProxyType({
    "CopyImage":      "images",
    "CreateVolume":   "volumes",
    "CreateSnapshot": "snapshots",
    "RunInstances":   "instances",
    "CreateImage":    "images",
    "RegisterImage":  "images",
    "CopySnapshot":   "snapshots",
})  # fmt: skip

# Of which part of a world a parameter names something; without it, there is little to ask.
_NAMED_OF: Final[Mapping[str, str]] = MappingProxyType({
    "block_device_mappings":  "snapshots",
    "bucket":                 "buckets",
    "identifier":             "retention_rules",
    "image_id":               "images",
    "image_location":         "bundles",
    "instance_id":            "instances",
    "instance_ids":           "instances",
    "instance_specification": "instances",
    "kms_key_id":             "keys",
    "object_key":             "stored_images",
    "snapshot_id":            "snapshots",
    "source_image_id":        "images",
    "source_snapshot_id":     "snapshots",
    "volume_id":              "volumes",
})  # fmt: skip
_NAMED_OF_BIN: Final = MappingProxyType({"image_id": "recycle_bin", "snapshot_id": "recycle_bin"})
_SHOWN: Final = 3


class Menu(tuple[str, ...]):
    """Actions to pick from; short where a strategy shows what it is made of."""

    __slots__ = ()

    def __repr__(self) -> str:
        names = list(dict.fromkeys(self))
        return f"<{', '.join(names[:_SHOWN])}{' and others' if len(names) > _SHOWN else ''}>"


def menu(actions: tuple[str, ...], sight: Sight) -> Menu:
    """What to ask of a world, the simplest first.

    A third of the time something is made, and a third something else is done, as far as there is something to name;
    half of the time something is made of which there is none yet. Every action comes up.
    """
    return _menu(actions, sight.parts)


@lru_cache(maxsize=512)
def _menu(actions: tuple[str, ...], there: frozenset[str]) -> Menu:
    fit = [name for name in actions if _needs(name, there)]
    making = [name for name in _MAKING if name in fit]
    doing = [name for name in fit if not issubclass(ACTIONS[name], Query) and name not in making]
    rest = [name for name in actions if name not in making and name not in doing]
    lacking = [name for name in making if _MAKING[name] not in there]
    return Menu((
        *_times(lacking, 2 * len(actions)), *_times(making, len(actions)), *_times(doing, len(actions)), *rest
    ))  # fmt: skip


def _times(names: Sequence[str], wanted: int) -> Sequence[str]:
    return [name for _ in range(-(-wanted // max(1, len(names)))) for name in names]  # all of them each time


def _needs(action: str, there: frozenset[str]) -> bool:
    return any(_is_fit(action, given, there) for given, _ in shapes_of(action))


def _is_fit(action: str, given: Sequence[str], there: frozenset[str]) -> bool:
    """Whether there is something of every kind that a request of this shape names."""
    return _named_in(action, given) <= there


def _named_in(action: str, given: Sequence[str]) -> frozenset[str]:
    named = _NAMED_OF_BIN if action.endswith("FromRecycleBin") else _NAMED_OF
    return frozenset(named[name] for name in given if name in named)


@cache
def _named_by(action: str) -> frozenset[str]:
    """Of which parts of a world a request of the action mostly names something."""
    return _named_in(action, shapes_of(action)[0][0])


@lru_cache(maxsize=2048)
def _shapes(action: str, there: frozenset[str]) -> Sequence[Shape]:
    return [shape for shape in shapes_of(action) if _is_fit(action, shape[0], there)] or shapes_of(action)


def people(sight: Sight, accounts: Iterable[str] | None, regions: Iterable[str | Region] | None) -> tuple[Caller, ...]:
    """Who asks, where that is settled: these accounts, or else those in sight, in these Regions or those in sight."""
    if accounts is None and regions is None:
        return ()
    places = tuple(sight.regions if regions is None else regions)
    owners = sight.accounts if accounts is None else accounts
    return tuple(Caller(account=owner, region=place) for owner in owners for place in places)


def drawn_asking(draw: st.DrawFn, sight: Sight, action: str, case: Case | None = None) -> Asked:
    """A request of an action, and who makes it: whose sight it is, or else AWS itself mostly what only AWS may do."""
    if sight.by is not None:
        return Asked(sight.by, drawn_request(draw, sight, action, case))
    match ACTIONS[action].service:
        case "aws":
            there = sight.providers
        case "organizations":
            there = sight.managers
        case _:
            there = sight.askers_about(_named_by(action))
    by = there[draw(below(len(there)))]
    return Asked(by, drawn_request(draw, sight.of(by), action, case))


# --- the parameters ---------------------------------------------------------------------------------------------------

_MOST_EXTRAS: Final = 3
_CHANCES: Final = 16
_ENOUGH: Final = 8
_A_CASE: Final = 13
_DRY: Final = 15


def drawn_request(draw: st.DrawFn, sight: Sight, action: str, case: Case | None = None) -> Request[Any]:
    """A request of an action: what it needs, and a few of the parameters that it may have.

    Without a case that it is to be of, it is of one now and then.
    """
    return at_last(partial(_filled_in, draw, sight, action, case))


def _filled_in(draw: st.DrawFn, sight: Sight, action: str, case: Case | None) -> Request[Any] | None:
    filling = Filling(draw, sight)
    given, optional, makes = _begun(filling, action, case)
    for name in given:
        filling.taken[name] = (makes.get(name) or value_of(action, name))(filling)
    for _ in range(_MOST_EXTRAS if optional else 0):
        if draw(below(_CHANCES)) < _ENOUGH:
            break
        name = filling.pick(optional)
        if name not in filling.taken:
            filling.taken[name] = value_of(action, name)(filling)
    if draw(below(_CHANCES)) == _DRY:
        filling.taken["dry_run"] = True
    return _well_formed(ACTIONS[action], filling.taken, given)


def _begun(filling: Filling, action: str, case: Case | None) -> tuple[Sequence[str], Sequence[str], Mapping[str, Make]]:
    """What the request is given, what it may have besides, and what the case has to say about it."""
    cases = cases_of(action)
    if case is None and cases and filling.draw(below(_CHANCES)) >= _A_CASE:
        case = filling.pick(cases)
    if case is None:
        return *filling.pick(_shapes(action, filling.sight.parts)), _NOTHING_SAID
    needed, optional = needed_by(action)
    return (*case.given, *(name for name in needed if name not in case.given)), optional, case.given


_NOTHING_SAID: Final[Mapping[str, Make]] = MappingProxyType({})


def _well_formed(kind: type[Request[Any]], parameters: dict[str, Any], given: Sequence[str]) -> Request[Any] | None:
    """The request, with as many of the optional parameters as do not contradict each other."""
    try:
        return kind(**parameters)
    except Malformed:
        pass
    taken = {name: parameters[name] for name in given}
    found: Request[Any] | None = None
    for name in ("", *parameters):
        try:
            found = kind(**taken, **({name: parameters[name]} if name and name not in taken else {}))
        except Malformed:
            continue
        taken = taken if not name else taken | {name: parameters[name]}
    return found
