"""Who may do what with an image, and through what.

Each question is answered with a `Decision`: yes, no, or that what is known does not settle it, with every ground.
An answer that DescribeImages alone supports is often the last: it says whether an image is public, and not a word about
the accounts, organizations and units it is shared with.

Source: EC2 User Guide, "Shared AMI"; rules B 0.3, B 1.7, B 2, B 5 (LD-4 to LD-7), B CI-2 to CI-8.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from amimodel.decisions import (
    Decision,
    MembershipNotTold,
    Owner,
    PermissionsNotTold,
    Permitted,
    SnapshotNotTold,
    StorageNotTold,
    Unknown,
    all_of,
)
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.lifecycle import ImageEvent
from amimodel.lifecycle import refusal as stage_refusal
from amimodel.organizations import NOTHING_KNOWN, Organizations
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    EveryonePermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.product_codes import ProductCodeType
from amimodel.quirks import Quirks
from amimodel.refusals import ImageNotFound, MarketplaceCopyRefused, NoStoragePermission, NotAuthorizedForImages
from amimodel.snapshots import Snapshot, Snapshots
from amimodel.vocabulary import ImageState, RootDeviceType

_AS_RULED: Final = Quirks()
_AS_OWNER: Final = Decision(True, (Owner(),))
_AS_EVERYONE: Final = Decision(True, (Permitted(EVERYONE),))


_AVAILABLE: Final = (
    ImageState.AVAILABLE
)  # a name of its own: looking a member up in its class costs as much as the answer


@lru_cache(maxsize=4096)
def _as_account(account: str) -> Decision:
    return Decision(True, (Permitted(AccountPermission(account)),))


@lru_cache(maxsize=4096)
def _not_authorized(image_id: str) -> Decision:
    return Decision(False, (NotAuthorizedForImages(image_id=image_id),))


def _not_found(image_id: str) -> Decision:
    return Decision(False, (ImageNotFound.of(image_id),))


def covers(permission: LaunchPermission, account: str, organizations: Organizations = NOTHING_KNOWN) -> bool | None:
    """Whether a permission reaches an account; None where that depends on a membership that is not known.

    An organization's ARN names its management account; a permission whose ARN names another one reaches nobody.

    >>> covers(AccountPermission("111122223333"), "111122223333")
    True
    >>> org = OrganizationPermission("arn:aws:organizations::112233445566:organization/o-xyzabc123w")
    >>> print(covers(org, "111122223333"), covers(org, "111122223333", Organizations()))
    None False

    Source: rules B OR-4, B OR-5, B OR-8 to OR-10.
    """
    match permission:
        case EveryonePermission():
            return True
        case AccountPermission():
            return permission.user_id == account
        case OrganizationPermission():
            return _covers_member(permission, account, organizations)
        case OrganizationalUnitPermission():
            return _covers_member(permission, account, organizations)


def _covers_member(
    permission: OrganizationPermission | OrganizationalUnitPermission, account: str, organizations: Organizations
) -> bool | None:
    arn, unit = (
        (permission.organization_arn, None)
        if isinstance(permission, OrganizationPermission)
        else (permission.organizational_unit_arn, permission.organizational_unit_arn.organizational_unit_id)
    )
    home = organizations.of(account)
    if home is None:
        known = organizations.complete or organizations.get(arn.organization_id) is not None
        return False if known else None
    if home.organization_id != arn.organization_id or home.management_account_id != arn.management_account_id:
        return False
    return unit is None or unit in (home.path_of(account) or ())


def launch_grounds(
    image: Image, account: str, organizations: Organizations = NOTHING_KNOWN
) -> Iterator[Owner | Permitted | MembershipNotTold | PermissionsNotTold]:
    """Everything that lets an account launch an image, or might: ownership first, then the list in its order.

    >>> from amimodel.examples import WEB
    >>> [str(ground) for ground in launch_grounds(WEB, "111122223333")]
    ['the account owns it']

    Source: rule B 1.7.
    """
    if image.owner_id == account:
        yield Owner()
    for permission in image.launch_permissions:
        reaches = covers(permission, account, organizations)
        if reaches:
            yield Permitted(permission)
        elif reaches is None and not isinstance(permission, AccountPermission | EveryonePermission):
            yield MembershipNotTold(permission, AccountId(account))
    if not permissions_are_told(image):
        yield PermissionsNotTold(image.image_id)


def has_launch_permission(image: Image, account: str, organizations: Organizations = NOTHING_KNOWN) -> Decision:
    """Whether an account owns an image or is reached by its launch permissions, whatever state the image is in.

    >>> from amimodel.examples import WEB
    >>> print(has_launch_permission(WEB, "999988887777"))
    no: Not authorized for images: [ami-12345678]

    Source: rules B 1.7, B LP-1, B LD-6; settlement S 2.
    """
    if image.owner_id == account:
        return _AS_OWNER
    permissions = image.launch_permissions
    if account in permissions.accounts:
        return _as_account(account)
    if permissions.everyone:
        return _AS_EVERYONE
    if permissions.complete and not permissions.through_membership:
        return _not_authorized(image.image_id)
    return _through_organizations(image, account, organizations)


def _through_organizations(image: Image, account: str, organizations: Organizations) -> Decision:
    unknown: list[Unknown] = []
    for permission in image.launch_permissions.through_membership:
        reaches = _covers_member(permission, account, organizations)
        if reaches:
            return Decision(True, (Permitted(permission),))
        if reaches is None:
            unknown.append(MembershipNotTold(permission, AccountId(account)))
    if not permissions_are_told(image):
        unknown.append(PermissionsNotTold(image.image_id))
    return Decision(None, tuple(unknown)) if unknown else _not_authorized(image.image_id)


def permissions_are_told(image: Image) -> bool:
    """Whether it is known with whom an image is shared.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> from amimodel.permissions import NOT_PUBLIC
    >>> half_told = evolve(WEB, launch_permissions=NOT_PUBLIC)
    >>> permissions_are_told(half_told), permissions_are_told(evolve(half_told, state="disabled"))
    (False, True)

    Disabling takes every permission away: of a disabled image there is nothing left to tell.

    Source: rule C 3.4.
    """
    return image.launch_permissions.complete or image.state is ImageState.DISABLED


def may_launch(
    image: Image, account: str, organizations: Organizations = NOTHING_KNOWN, quirks: Quirks = _AS_RULED
) -> Decision:
    """Whether an account may launch an image: it is available, and the account has permission.

    Whether the image fits an instance type is another question (`amimodel.compatibility`). Permission to the snapshots
    is not needed, and a deprecated image launches like any other (rules B LP-6, B LD-8).

    >>> from amimodel.examples import PENDING, WEB
    >>> print(may_launch(WEB, "111122223333"))
    yes: the account owns it
    >>> for ground in may_launch(PENDING, "999988887777").because:
    ...     print(ground.code, "-", ground)
    AuthFailure - Not authorized for images: [ami-12345678]
    InvalidAMIID.Unavailable - The AMI ID 'ami-12345678' is currently pending and may not be used for this operation

    Source: rules B LD-6, B LD-7; settlements S 2, S 5.
    """
    permitted = has_launch_permission(image, account, organizations)
    if permitted.allowed is False and not quirks.launch_reveals_invisible_image:
        permitted = _not_found(image.image_id)
    return permitted if image.state is _AVAILABLE else all_of((permitted, _stage(image, ImageEvent.RUN, quirks)))


def _stage(image: Image, event: ImageEvent, quirks: Quirks) -> Decision:
    against = stage_refusal(image, event, quirks=quirks)
    return Decision(True) if against is None else Decision(False, (against,))


def may_describe(image: Image, account: str, organizations: Organizations = NOTHING_KNOWN) -> Decision:
    """Whether DescribeImages can show an image to an account.

    Whoever may launch it sees it. A disabled image has lost its permissions, so its owner alone sees it; whether it is
    in a *listing* also depends on the flags of the request (rules A 8.3, C 3.12). An image that is gone shows
    to nobody.

    >>> from amimodel.examples import WEB
    >>> print(may_describe(WEB, "999988887777"))
    no: The image id '[ami-12345678]' does not exist

    What EC2 answers to a *no* is silence: the image is left out (settlement S 1).

    Source: rules A 8.2, C 1.3 (last rows); settlement S 1.
    """
    permitted = has_launch_permission(image, account, organizations)
    gone = image.state is ImageState.DEREGISTERED
    return _not_found(image.image_id) if gone or permitted.allowed is False else permitted


def may_copy(
    image: Image,
    account: str,
    snapshots: Snapshots,
    organizations: Organizations = NOTHING_KNOWN,
    quirks: Quirks = _AS_RULED,
    *,
    bundle_readable: bool | None = None,
) -> Decision:
    """Whether an account may copy an image: it sees it, in a state to be copied, and may read what it is made of.

    Permission to launch is not permission to copy. Whoever is not the owner must also be let at every snapshot, and a
    snapshot can be shared with accounts or with everyone, never with an organization (rules B CI-6, B OR-15).

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> from amimodel.permissions import Permissions
    >>> shared = evolve(WEB, launch_permissions=Permissions([AccountPermission("999988887777")]))
    >>> print(may_copy(shared, "999988887777", {}))
    not known: snap-12345678, which holds a volume of it, is not known here

    `bundle_readable` says whether the bundle of an image in S3 may be read; None where that is not known.

    Source: rules B CI-2, B CI-4, B CI-6, B CI-7, B CI-8; settlements S 6, S 26.
    """
    owns = image.owner_id == account
    permitted = has_launch_permission(image, account, organizations)
    if permitted.allowed is False and not quirks.copy_reveals_invisible_image:
        permitted = _not_found(image.image_id)
    checks = [permitted, _stage(image, ImageEvent.COPY, quirks)]
    if not owns:
        checks.append(_may_read_storage(image, account, snapshots, bundle_readable=bundle_readable))
        sold = any(code.product_code_type is ProductCodeType.MARKETPLACE for code in image.product_codes)
        if sold and quirks.block_marketplace_cross_account_copy:
            checks.append(Decision(False, (MarketplaceCopyRefused(image_id=image.image_id),)))
    return all_of(checks)


def _may_read_storage(image: Image, account: str, snapshots: Snapshots, *, bundle_readable: bool | None) -> Decision:
    checks: list[Decision] = []
    if image.root_device_type is RootDeviceType.INSTANCE_STORE:
        checks.append(_may_read_bundle(image, readable=bundle_readable))
    readable = {snapshot: _may_read(account, snapshots.get(snapshot)) for snapshot in image.snapshot_ids}
    closed = tuple(snapshot for snapshot, answer in readable.items() if answer is False)
    if closed:
        checks.append(Decision(False, (NoStoragePermission(image_id=image.image_id, snapshot_ids=closed),)))
    for snapshot in (snapshot for snapshot, answer in readable.items() if answer is None):
        known = snapshot in snapshots
        checks.append(Decision(None, (PermissionsNotTold(snapshot) if known else SnapshotNotTold(snapshot),)))
    return all_of(checks)


def _may_read_bundle(image: Image, *, readable: bool | None) -> Decision:
    match readable:
        case None:
            return Decision(None, (StorageNotTold(image.image_id),))
        case False:
            return Decision(False, (NoStoragePermission(image_id=image.image_id, snapshot_ids=()),))
        case True:
            return Decision(True)


def _may_read(account: str, snapshot: Snapshot | None) -> bool | None:
    if snapshot is None:
        return None
    permissions = snapshot.create_volume_permissions
    if snapshot.owner_id == account:
        return True
    if permissions is None:
        return None
    if account in permissions.accounts or permissions.everyone:
        return True
    return False if permissions.complete else None


def accounts_told(image: Image, organizations: Organizations = NOTHING_KNOWN) -> tuple[AccountId, ...]:
    """Every account known to have launch permission: the owner, those listed, and the members of what is listed.

    For a public image that is not everyone who may launch it; for one whose list is not told, it is the least.

    Source: rules B 1.7, B OR-4, B OR-5.
    """
    named: Iterable[AccountId] = (
        account for permission in image.launch_permissions for account in _accounts_of(permission, organizations)
    )
    return tuple(dict.fromkeys((image.owner_id, *named)))


def _accounts_of(permission: LaunchPermission, organizations: Organizations) -> Iterator[AccountId]:
    if isinstance(permission, AccountPermission):
        yield permission.user_id
        return
    if isinstance(permission, EveryonePermission):
        return
    for organization in organizations.organizations:
        for account in organization.members:
            if covers(permission, account, organizations):
                yield account
