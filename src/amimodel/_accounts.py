"""The accounts of a world: nothing in a world is an account, but nearly everything names one."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from amimodel.encryption import AccountGrant
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.world import World


def accounts(world: World) -> tuple[AccountId, ...]:
    """Every account that a world knows of: owners, members of organizations, and whoever is named anywhere.

    >>> from amimodel.example_worlds import MANAGEMENT, PARTNER, example_world
    >>> {MANAGEMENT, PARTNER} <= {*accounts(example_world())}
    True

    Images and snapshots are asked through their indexes, so that many of them cost no more than few.
    """
    return tuple(AccountId(account) for account in sorted({one for ways in _WAYS for one in ways(world)}))


def _owners(world: World) -> Iterator[str]:
    catalogues: tuple[Any, ...] = (
        world.images, world.snapshots, world.volumes, world.instances, world.recycle_bin, world.retention_rules,
    )  # fmt: skip
    for catalogue in catalogues:
        for key in catalogue.keys("owner"):
            yield key.split("\0")[0]
    yield from (tombstone.image.owner_id for tombstone in world.tombstones)


_ACCOUNT: Final = "account "  # how the item of a permission list that names one is spelled


def _named_in_permissions(world: World) -> Iterator[str]:
    for keys in (world.images.keys("grantee"), world.snapshots.keys("grantee")):
        for key in keys:
            item = key.split("\0")[-1]
            if item.startswith(_ACCOUNT):
                yield item.removeprefix(_ACCOUNT)
    for entry in world.recycle_bin:
        if isinstance(entry.resource, Image):
            yield from entry.resource.launch_permissions.accounts


def members(world: World) -> Iterator[AccountId]:
    """The accounts that belong to an organization."""
    for organization in world.organizations.organizations:
        yield from organization.members


def _of_keys(world: World) -> Iterator[str]:
    for key in world.keys.values():
        yield key.arn.account_id
        yield from (grant.account_id for grant in key.grants if isinstance(grant, AccountGrant))


def _settled(world: World) -> Iterator[str]:
    yield from (account for account, _ in world.region_settings)
    yield from (account for account, _ in world.subscriptions)
    yield from (*world.owner_aliases, *world.billing_product_accounts)
    yield from (bundle.account for bundle in world.bundles.values())
    for tags in world.foreign_tags.values():
        yield from tags


def _of_s3(world: World) -> Iterator[str]:
    for bucket in world.buckets.values():
        yield from (bucket.owner_id, *bucket.readers, *bucket.writers)
    yield from (stored.image.owner_id for stored in world.stored_images.values())
    yield from (task.owner_id for task in world.store_tasks.values())


_WAYS: Final[tuple[Callable[[World], Iterable[str]], ...]] = (
    _owners, _named_in_permissions, members, _of_keys, _settled, _of_s3,
)  # fmt: skip
