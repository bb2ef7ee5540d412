"""Strategies for permissions and permission lists.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from typing import TypeVar

from hypothesis import strategies as st

from amimodel.permissions import (
    EVERYONE,
    NOBODY,
    AccountPermission,
    CreateVolumePermission,
    CreateVolumePermissions,
    EveryonePermission,
    LaunchPermission,
    LaunchPermissions,
    OrganizationalUnitPermission,
    OrganizationPermission,
    Permissions,
)
from amimodel.regions import Partition
from amimodel.testing.strategies._draft import made
from amimodel.testing.strategies._organizations import (
    organization_arns,
    organizational_unit_arns,
)
from amimodel.testing.strategies._words import account_ids

P = TypeVar("P", bound=LaunchPermission)


def account_permissions() -> st.SearchStrategy[AccountPermission]:
    """Permissions of one account.

    >>> find(account_permissions(), lambda permission: True)
    AccountPermission(user_id='000000000000')
    """
    return made(AccountPermission, account_ids())


def organization_permissions(*, partition: Partition | str | None = None) -> st.SearchStrategy[OrganizationPermission]:
    """Permissions of an organization; `partition` keeps to one.

    >>> str(find(organization_permissions(), lambda permission: True))
    'organization o-0000000000'
    """
    return made(OrganizationPermission, organization_arns(partition=partition))


def organizational_unit_permissions(
    *, partition: Partition | str | None = None
) -> st.SearchStrategy[OrganizationalUnitPermission]:
    """Permissions of an organizational unit; `partition` keeps to one.

    >>> str(find(organizational_unit_permissions(), lambda permission: True))
    'organizational unit ou-0000-00000000'
    """
    return made(OrganizationalUnitPermission, organizational_unit_arns(partition=partition))


def everyone_permissions() -> st.SearchStrategy[EveryonePermission]:
    """The permission of everyone, of which there is one.

    >>> find(everyone_permissions(), lambda permission: True)
    EveryonePermission()
    """
    return st.just(EVERYONE)


def launch_permissions(
    *, everyone: bool = True, partition: Partition | str | None = None
) -> st.SearchStrategy[LaunchPermission]:
    """Single items of a launch permission list.

    `everyone=False` leaves the group `all` out; `partition` keeps organizations and units to one partition, as an image
    does (rule B OR-12).

    >>> find(launch_permissions(everyone=False), lambda permission: True)
    AccountPermission(user_id='000000000000')
    """
    kinds: list[st.SearchStrategy[LaunchPermission]] = [
        account_permissions(),
        organization_permissions(partition=partition),
        organizational_unit_permissions(partition=partition),
    ]
    return st.one_of(*kinds, everyone_permissions()) if everyone else st.one_of(kinds)


def create_volume_permissions(*, everyone: bool = True) -> st.SearchStrategy[CreateVolumePermission]:
    """Single items of a snapshot's permission list; `everyone=False` leaves the group `all` out.

    >>> find(create_volume_permissions(everyone=False), lambda permission: True)
    AccountPermission(user_id='000000000000')
    """
    return st.one_of(account_permissions(), everyone_permissions()) if everyone else account_permissions()


def launch_permission_lists(
    *,
    everyone: bool | None = None,
    complete: bool | None = True,
    partition: Partition | str | None = None,
    max_size: int = 5,
) -> st.SearchStrategy[LaunchPermissions]:
    """Launch permission lists.

    `everyone` says whether the group `all` is among the items; None leaves it open, as does `complete=None` whether the
    list is all there is. `partition` keeps organizations and units to one.

    >>> find(launch_permission_lists(), lambda permissions: permissions.everyone).items
    (EveryonePermission(),)
    """
    return _lists(
        launch_permissions(everyone=everyone is None, partition=partition),
        everyone=everyone,
        complete=complete,
        max_size=max_size,
    )


def create_volume_permission_lists(
    *, everyone: bool | None = None, complete: bool | None = True, max_size: int = 5
) -> st.SearchStrategy[CreateVolumePermissions]:
    """Snapshots' permission lists; the arguments mean what they mean in `launch_permission_lists`.

    >>> len(find(create_volume_permission_lists(everyone=False), lambda permissions: True))
    0
    """
    return _lists(
        create_volume_permissions(everyone=everyone is None), everyone=everyone, complete=complete, max_size=max_size
    )


def _lists(
    items: st.SearchStrategy[P],
    *,
    everyone: bool | None,
    complete: bool | None,
    max_size: int,
) -> st.SearchStrategy[Permissions[P]]:
    if max_size == 0:
        return st.just(NOBODY)
    found = st.lists(items, max_size=max_size - bool(everyone))
    whole = st.sampled_from((True, False)) if complete is None else st.just(complete)

    def listed(some: list[P], is_whole: bool) -> Permissions[P]:  # noqa: FBT001 - it is drawn, not written
        return Permissions((EVERYONE, *some) if everyone else some, complete=is_whole)  # type: ignore[arg-type]  # everyone is an item of either list

    return made(listed, found, whole)
