"""Requests that mostly name things a world has, and callers who are there to make them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from amimodel.actions import ACTIONS
from amimodel.callers import PROVIDER_ACCOUNT, Caller
from amimodel.malformed import Malformed
from amimodel.requests import Request
from amimodel.testing.strategies._request_values import Sight, value_of
from amimodel.world import World


def callers(world: World, *, provider: bool = False) -> st.SearchStrategy[Caller]:
    """Accounts that own something in a world or belong to an organization there, and one that does not.

    With `provider`, AWS itself may be the caller, too.

    >>> from hypothesis import find
    >>> from amimodel.example_worlds import example_world
    >>> find(callers(example_world()), lambda caller: caller.account == "999988887777").account
    '999988887777'
    """
    sight = Sight.of(world)
    accounts = st.sampled_from([*sight.accounts, PROVIDER_ACCOUNT] if provider else sight.accounts)
    return st.builds(Caller, account=accounts, region=st.sampled_from(sight.regions))


def requests(world: World, *, actions: Iterable[str] | None = None) -> st.SearchStrategy[Request[Any]]:
    """Requests of every action, or of those named, that mostly name what is there: granted ones and refused ones.

    >>> from hypothesis import find
    >>> from amimodel.example_worlds import example_world
    >>> find(requests(example_world(), actions=["DeleteVolume"]), lambda request: True).action
    'DeleteVolume'
    """
    sight = Sight.of(world)
    wanted = tuple(ACTIONS) if actions is None else tuple(actions)
    return st.sampled_from(wanted).flatmap(lambda name: _of(ACTIONS[name], sight))


def _of(kind: type[Request[Any]], sight: Sight) -> st.SearchStrategy[Request[Any]]:
    return st.one_of([_in_shape(kind, also, sight) for also in _ALSO.get(kind.action, ((),))])


def _in_shape(kind: type[Request[Any]], also: tuple[str, ...], sight: Sight) -> st.SearchStrategy[Request[Any]]:
    required, optional = _fields(kind.action, also)
    drawn = st.fixed_dictionaries(
        {name: value_of(kind.action, name, sight) for name in required},
        optional={name: value_of(kind.action, name, sight) for name in optional},
    )
    return drawn.map(lambda parameters: _well_formed(kind, parameters, required))


def _well_formed(kind: type[Request[Any]], parameters: Mapping[str, Any], required: Sequence[str]) -> Request[Any]:
    """The request, with as many of the optional parameters as do not contradict each other."""
    taken = {name: parameters[name] for name in required}
    for name, value in parameters.items():
        try:
            _ = kind(**(taken | {name: value}))
        except Malformed:
            continue
        taken[name] = value
    try:
        return kind(**taken)
    except Malformed:
        reject()  # what the action cannot do without does not go together


@cache
def _fields(action: str, also: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parameters that every request of an action is given here in this shape, and the others."""
    told = {attribute.name: attribute for attribute in attrs.fields(ACTIONS[action]) if attribute.init}
    given = tuple(name for name, attribute in told.items() if attribute.default is attrs.NOTHING or name in also)
    return given, tuple(name for name in told if name not in given)


# What EC2 does not require, and nearly every request of the kind has; an action may take several shapes of it.
_ALSO: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType({
    "ApplyDeclarativePolicy": (("image_block_public_access",),),
    "RegisterImage": (("root_device_name", "block_device_mappings", "virtualization_type"),),
    "ModifyImageAttribute": (
        ("launch_permission",),
        ("attribute", "operation_type", "user_ids"),
        ("attribute", "operation_type", "organization_arns"),
        ("description",),
        ("imds_support",),
        ("product_codes",),
    ),
    "ModifySnapshotAttribute": (
        ("create_volume_permission",),
        ("attribute", "operation_type", "user_ids"),
        ("attribute", "operation_type", "group_names"),
    ),
})  # fmt: skip
