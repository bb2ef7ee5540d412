"""Who may launch what, in a whole world, and what a request would change about it.

`amimodel.access` answers for one image and one account; it stands below the world, and knows of none. Here the same
answer is given for all of them: `who_may_launch` goes from an image to accounts, `what_may_launch` from an account to
images, and `impact` says who would gain and who would lose if a request were granted. (Whoever looks for
`access.impact` finds it here.)

To launch, an account must own an available image or be reached by its permissions, and must not have forbidden the
image to itself (Allowed AMIs). What a launch needs besides - a subscription, a key, a fitting instance type - is the
business of `amimodel.engine.explain`, asked about a RunInstances.

Source: EC2 User Guide, "Shared AMI"; rules B 1.7, B LP-1, B LP-6, B OR-4 to B OR-11, B 4.3, B LD-6, B LD-7.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from amimodel import access
from amimodel._accounts import accounts, members
from amimodel._impact import Access, Ground, Impact, MembersNotTold, Untold
from amimodel.actions._seeing import Viewer
from amimodel.callers import Caller
from amimodel.comparing import Change, Changed, Changes, Created, Removed, changes
from amimodel.decisions import Owner, PermissionsNotTold, Permitted
from amimodel.engine import attempt
from amimodel.identifiers import AccountId, ImageId
from amimodel.images import Image
from amimodel.organizations import Organizations
from amimodel.permissions import LaunchPermission, OrganizationalUnitPermission, OrganizationPermission
from amimodel.refusals import ImageNotFound, Refusal
from amimodel.regions import Region, as_region
from amimodel.requests import Request
from amimodel.vocabulary import ImageState
from amimodel.world import World

__all__ = [
    "Access", "Ground", "Impact", "Launchable", "Launcher", "MembersNotTold", "Untold", "accounts", "impact",
    "what_may_launch", "who_may_launch",
]  # fmt: skip


class Launcher(NamedTuple):
    """An account that may launch an image."""

    account_id: AccountId
    ground: Ground


class Launchable(NamedTuple):
    """An image that an account may launch."""

    image: Image
    ground: Ground


# --- who may launch what ----------------------------------------------------------------------------------------------


def who_may_launch(world: World, image_id: str, region: str | Region) -> tuple[Launcher, ...]:
    """Every account of a world that may launch an image, with what lets it: the owner first.

    >>> from amimodel.example_worlds import example_world
    >>> for account, ground in who_may_launch(example_world(), "ami-0fa00000000000440", "eu-central-1"):
    ...     print(account, "-", ground)
    222233334444 - the account owns it
    111122223333 - it is shared with organizational unit ou-ab12-workload1
    444455556666 - it is shared with organizational unit ou-ab12-workload1

    A public image every account may launch that the world knows of (`accounts`), unless the account's Allowed AMIs
    forbid it. One that is gone nobody may launch. An account of which it is not known is left out.

    Raises `ImageNotFound` for an id that EC2 knows nothing of.

    Source: rules B 1.7, B LP-1, B OR-4, B OR-5, B 4.3.
    """
    where = as_region(region)
    image = world.image(image_id, where)
    if image is None and world.former_image(image_id, where) is None:
        raise ImageNotFound.of(image_id)
    return tuple(Launcher(account, ground) for account, ground in _launchers(world, image).items())


def what_may_launch(world: World, account: str, region: str | Region) -> tuple[Launchable, ...]:
    """Every image of a Region that an account may launch, with what lets it: its own first, then what is shared.

    >>> from amimodel.example_worlds import PARTNER, PROD, example_world
    >>> for image, ground in what_may_launch(example_world(), PROD, "eu-central-1"):
    ...     if image.owner_id == PARTNER:
    ...         print(image.name, "-", ground)
    appliance-4.1 - it is shared with account 111122223333

    Only what the account owns and what it is reached by is looked at, however many images there are.

    Source: rules B 1.7, B LP-1, B OR-4, B OR-5, B 4.3.
    """
    viewer = Viewer.of(world, Caller(account=account, region=region))
    images = {image.image_id: image for image in _candidates(viewer)}
    grounds = ((image, _ground(viewer, image)) for image in images.values())
    return tuple(Launchable(image, ground) for image, ground in grounds if ground is not None)


def _candidates(viewer: Viewer) -> Iterator[Image]:
    world, by = viewer.world, viewer.by
    yield from world.images_owned(by.account, by.region)
    for item in viewer.grants():
        yield from world.images_granted(by.region, item)


def _ground(viewer: Viewer, image: Image) -> Ground | None:
    world = viewer.world
    decision = access.may_launch(image, viewer.by.account, world.organizations, world.quirks)
    if decision.allowed is not True or not viewer.is_allowed(image):
        return None
    return next(ground for ground in decision.because if isinstance(ground, Owner | Permitted))


def _launchers(world: World, image: Image | None) -> Mapping[AccountId, Ground]:
    if image is None or image.region is None or image.state is not ImageState.AVAILABLE:
        return {}
    told = access.accounts_told(image, world.organizations)
    others = accounts(world) if image.launch_permissions.everyone else ()
    viewers = (Viewer.of(world, Caller(account=one, region=image.region)) for one in dict.fromkeys((*told, *others)))
    grounds = {AccountId(viewer.by.account): _ground(viewer, image) for viewer in viewers}
    return {account: ground for account, ground in grounds.items() if ground is not None}


# --- what a request would change --------------------------------------------------------------------------------------


def impact(world: World, request: Request[Any], *, by: Caller) -> Impact:
    """Who would gain and who would lose launch access at once, if a request were granted. Nothing is done.

    >>> from amimodel.actions import DisableImage
    >>> from amimodel.example_worlds import BUILD, example_world
    >>> print(
    ...     impact(
    ...         example_world(),
    ...         DisableImage(image_id="ami-0fa00000000000440"),
    ...         by=Caller(account=BUILD, region="eu-central-1"),
    ...     )
    ... )
    account 222233334444 loses ami-0fa00000000000440 'agent' (was: its owner)
    account 111122223333 loses ami-0fa00000000000440 'agent' (was: organizational unit ou-ab12-workload1)
    account 444455556666 loses ami-0fa00000000000440 'agent' (was: organizational unit ou-ab12-workload1)

    Whoever keeps what it had, only through something else, neither gains nor loses (rule B OR-11). Only what the
    request touches is looked at: images, organizations, and what accounts allow themselves. What gets done later, as
    time passes, such as a copy, is not in it.

    Source: rules B 1.7, B LP-7, B OR-9, B OR-11, C 3.4, C 5.5.
    """
    outcome = attempt(world, request, by=by)
    if isinstance(outcome, Refusal):
        return Impact(refusal=outcome)
    return _between(world, outcome.world)


def _between(before: World, after: World) -> Impact:
    touched = changes(before, after)
    images = tuple(_touched_images(touched))
    gained: list[Access] = []
    lost: list[Access] = []
    for account, image in dict.fromkeys(_touched_pairs(before, after, touched, images)):
        had, has = _of_pair(before, account, image), _of_pair(after, account, image)
        if had is None and has is not None:
            gained.append(has)
        if has is None and had is not None:
            lost.append(had)
    return Impact(
        gained=gained,
        lost=lost,
        published=(new for old, new in images if new is not None and _is_open(new) and not _is_open(old)),
        withdrawn=(old for old, new in images if old is not None and _is_open(old) and not _is_open(new)),
        untold=dict.fromkeys(unknown for old, new in images for unknown in _untold(after.organizations, old, new)),
    )


def _of_pair(world: World, account: AccountId, image_id: str) -> Access | None:
    image = world.images.get(image_id)
    if image is None or image.region is None:
        return None
    ground = _ground(Viewer.of(world, Caller(account=account, region=image.region)), image)
    return None if ground is None else Access(account_id=account, image=image, ground=ground)


_Turn: TypeAlias = tuple[Image | None, Image | None]
"""An image as it was, and as it is."""


def _touched_images(touched: Changes) -> Iterator[_Turn]:
    return (cast("_Turn", _turn(change)) for change in touched if change.part == "images")


def _turn(change: Change) -> tuple[object, object]:
    match change:
        case Created():
            return None, change.value
        case Changed():
            return change.before, change.after
        case Removed():
            return change.value, None


def _touched_pairs(
    before: World, after: World, touched: Changes, images: Iterable[_Turn]
) -> Iterator[tuple[AccountId, str]]:
    """Every account with every image for which the answer may be another one."""
    for old, new in images:
        for world, image in ((before, old), (after, new)):
            if image is not None:
                yield from ((account, image.image_id) for account in _launchers(world, image))
    if before.organizations is not after.organizations:
        yield from _pairs_of_members(before, after)
    for change in touched:
        if change.part == "region_settings":
            account, region = cast("tuple[AccountId, Region]", change.key)
            if before.settings(account, region).allowed_images != after.settings(account, region).allowed_images:
                for world in (before, after):
                    yield from ((account, image.image_id) for image, _ in what_may_launch(world, account, region))


def _pairs_of_members(before: World, after: World) -> Iterator[tuple[AccountId, str]]:
    """Accounts that have joined an organization, left it or moved in it, and what is shared with the place (B OR-9)."""
    regions = dict.fromkeys(key.split("\0")[-1] for key in after.images.keys("owner"))
    for account in dict.fromkeys((*members(before), *members(after))):
        for region in map(as_region, regions):
            by = Caller(account=account, region=region)
            old, new = ({*Viewer.of(world, by).grants()} for world in (before, after))
            granted = (image for item in sorted(old ^ new, key=str) for image in after.images_granted(region, item))
            yield from ((account, image.image_id) for image in granted)


def _is_open(image: Image | None) -> bool:
    return image is not None and image.public and image.state is ImageState.AVAILABLE


def _untold(organizations: Organizations, old: Image | None, new: Image | None) -> Iterator[Untold]:
    """What is not known of those that a change of an image reaches."""
    image = old or new
    had, has = _shared_with(old), _shared_with(new)
    if image is None or had == has:
        return
    image_id = ImageId(image.image_id)
    if None in had ^ has:
        yield PermissionsNotTold(image_id)
    for item in sorted(had ^ has, key=str):
        if isinstance(item, OrganizationPermission | OrganizationalUnitPermission) and not organizations.complete:
            arn = item.organization_arn if isinstance(item, OrganizationPermission) else item.organizational_unit_arn
            if organizations.get(arn.organization_id) is None:
                yield MembersNotTold(image_id, item)


def _shared_with(image: Image | None) -> set[LaunchPermission | None]:
    """Whom an image may be launched by beside its owner; None among them stands for whoever is not told."""
    if image is None or image.state is not ImageState.AVAILABLE:
        return set()
    items: set[LaunchPermission | None] = {*image.launch_permissions}
    return items if access.permissions_are_told(image) else {*items, None}
