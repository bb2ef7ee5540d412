"""Who may launch what in a world: a second implementation, over all pairs, with no eye to speed.

It looks at every account and every image, knows of no index, and finds what a request has changed by doing it twice:
before and after.
"""

from amimodel.encryption import AccountGrant
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.permissions import AccountPermission, EveryonePermission
from amimodel.settings import RegionSettings
from amimodel.world import World
from reference.access import covers, launch_permitted
from reference.allowed_images import allowed

Pairs = dict[tuple[str, str], frozenset[str]]


def everybody(world: World) -> set[str]:
    """Every account that anything in the world names."""
    things = [*world.images, *world.snapshots, *world.volumes, *world.instances, *world.recycle_bin]
    found: set[str] = {thing.owner_id for thing in things}
    found |= {rule.owner_id for rule in world.retention_rules}
    found |= {tombstone.image.owner_id for tombstone in world.tombstones}
    resources = [*world.images, *world.snapshots, *(entry.resource for entry in world.recycle_bin)]
    for resource in resources:
        listed = resource.launch_permissions if isinstance(resource, Image) else resource.create_volume_permissions
        found |= {item.user_id for item in listed or () if isinstance(item, AccountPermission)}
    for organization in world.organizations.organizations:
        found |= {*organization.members, organization.management_account_id}
    for key in world.keys.values():
        found |= {key.arn.account_id, *(grant.account_id for grant in key.grants if isinstance(grant, AccountGrant))}
    found |= {account for account, _ in [*world.region_settings, *world.subscriptions]}
    found |= {*world.owner_aliases, *world.billing_product_accounts}
    found |= {bundle.account for bundle in world.bundles.values()}
    for bucket in world.buckets.values():
        found |= {bucket.owner_id, *bucket.readers, *bucket.writers}
    found |= {stored.image.owner_id for stored in world.stored_images.values()}
    found |= {task.owner_id for task in world.store_tasks.values()}
    return found | {account for tags in world.foreign_tags.values() for account in tags}


def pairs(world: World, accounts: set[str]) -> Pairs:
    """Every account and image for which a launch is open, with all that opens it (rules B 1.7, B 4.3, B LD-7)."""
    return {
        (account, image.image_id): _grounds(world, account, image)
        for image in world.images
        for account in accounts
        if image.state == "available"
        and launch_permitted(image, account, world.organizations)
        and _allows(world, account, image)
    }


def _grounds(world: World, account: str, image: Image) -> frozenset[str]:
    found = {str(item) for item in image.launch_permissions if covers(item, account, world.organizations)}
    return frozenset(found | ({"owner"} if image.owner_id == account else set()))


def _allows(world: World, account: str, image: Image) -> bool:
    assert image.region is not None
    found = world.region_settings.get((AccountId(account), image.region), RegionSettings()).allowed_images
    answer = allowed(found.state.value, found.image_criteria, image, account, world.now)
    return found.state.value != "enabled" or answer is True


def public(world: World) -> set[str]:
    """The images that everyone may launch."""
    return {
        image.image_id
        for image in world.images
        if image.state == "available" and EveryonePermission() in image.launch_permissions.items
    }
