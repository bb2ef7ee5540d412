"""Findings: what a person who cleans up or checks an inventory should look at.

A finding names the image or snapshot, says what is the matter, and what to do next. What an inventory does not tell is
never taken as good news: an image whose permission list is not told is said to be so.

Source: the rules that each kind names.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import Enum, unique
from itertools import chain
from typing import Final

from attrs import field, frozen

from amimodel.amazon_linux import SUPPORT, generation_of
from amimodel.consistency import contradictions
from amimodel.identifiers import AccountId, SnapshotId, account_id
from amimodel.images import Image
from amimodel.inventory import Inventory
from amimodel.lifecycle import holds_its_name, is_deprecated, stage_of
from amimodel.organizations import OrganizationId, organization_id
from amimodel.permissions import (
    AccountPermission,
    EveryonePermission,
    LaunchPermission,
    OrganizationalUnitPermission,
)
from amimodel.vocabulary import ImageState, ImageType, RootDeviceType, VirtualizationType


@unique
class Gravity(Enum):
    """How much a kind of finding matters, from the worst down."""

    EXPOSED = "exposed"
    """Others can use what they perhaps should not."""
    BROKEN = "broken"
    """Something does not work, or cannot be."""
    OUTDATED = "outdated"
    """Something works, and should be replaced."""
    WASTE = "waste"
    """Something costs money and serves nobody."""


@unique
class FindingKind(Enum):
    """A kind of finding: its name, how much it matters, what to do, and the rules behind it."""

    PUBLIC_IMAGE = (
        "public-image",
        Gravity.EXPOSED,
        "take everyone out of its launch permissions, unless it is meant for everyone",
        "B LP-3",
    )
    SHARED_OUTSIDE = (
        "shared-outside",
        Gravity.EXPOSED,
        "check that the account, organization or unit is meant to launch it",
        "B LP-1, B LP-7",
    )
    UNENCRYPTED = (
        "unencrypted",
        Gravity.EXPOSED,
        "copy it with encryption, and use the copy",
        "B 6.4",
    )
    IMDS_V1 = (
        "imds-v1",
        Gravity.EXPOSED,
        "set its imdsSupport to v2.0, so that its instances require session tokens",
        "A RI-16, B IM-2",
    )
    IMPOSSIBLE = (
        "impossible",
        Gravity.BROKEN,
        "find out whether the record was edited",
        "",
    )
    MISSING_SNAPSHOT = (
        "missing-snapshot",
        Gravity.BROKEN,
        "it cannot be launched; restore the snapshot from the Recycle Bin or deregister the image",
        "B LD-21, C 6.23",
    )
    FAILED_IMAGE = (
        "failed-image",
        Gravity.BROKEN,
        "deregister it: it holds its name and will never be available",
        "C 1.1, A NM-8",
    )
    NAME_CLASH = (
        "name-clash",
        Gravity.BROKEN,
        "look images up by id, or by name and owner",
        "A NM-6",
    )
    IMAGE_GONE = (
        "image-gone",
        Gravity.BROKEN,
        "the instance runs on, but cannot be replaced: make an image of it, or move it to another one",
        "C 5.5, C 12.11",
    )
    IMAGE_NOT_ALLOWED = (
        "image-not-allowed",
        Gravity.EXPOSED,
        "the instance runs on an image that Allowed AMIs does not admit: move it to another one",
        "B AA-15",
    )
    DEPRECATED = (
        "deprecated",
        Gravity.OUTDATED,
        "move what uses it to a newer image; deprecation alone keeps nobody from launching it",
        "B LD-8, C 2.17",
    )
    END_OF_LIFE = (
        "end-of-life",
        Gravity.OUTDATED,
        "rebuild it on a system that is still supported",
        "A 10.3",
    )
    PARAVIRTUAL = (
        "paravirtual",
        Gravity.OUTDATED,
        "rebuild it as HVM: only types of the first generations launch it",
        "A 5.3, B LD-14",
    )
    INSTANCE_STORE = (
        "instance-store",
        Gravity.OUTDATED,
        "rebuild it on EBS: only a few previous types launch it",
        "A RI-4, B LD-15",
    )
    UNUSED_SNAPSHOT = (
        "unused-snapshot",
        Gravity.WASTE,
        "delete it, unless it is a backup in its own right",
        "C 8.26, C 8.27",
    )

    def __init__(self, label: str, gravity: Gravity, next_step: str, rules: str) -> None:
        self.label = label
        self.gravity = gravity
        self.next_step = next_step
        self.rules = rules


@frozen
class Finding:
    """Something to look at: what kind it is, of which image, snapshot or instance, and what was seen."""

    kind: FindingKind
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind.label}: {self.subject} {self.detail}"


def _accounts(accounts: Iterable[str]) -> frozenset[AccountId]:
    return frozenset(account_id(account, "--account") for account in accounts)


def _organizations(organizations: Iterable[str]) -> frozenset[OrganizationId]:
    return frozenset(organization_id(organization, "--organization") for organization in organizations)


@frozen(kw_only=True)
class Scope:
    """Whose inventory it is, and at what moment it is looked at.

    `accounts` are one's own; where none is named, every owner but those to whom AWS gave an alias counts as one's own,
    so that nothing of one's own is passed over. `trusted` accounts and `organizations` may be shared with.
    """

    now: datetime
    accounts: frozenset[AccountId] = field(default=frozenset(), converter=_accounts)
    trusted: frozenset[AccountId] = field(default=frozenset(), converter=_accounts)
    organizations: frozenset[OrganizationId] = field(default=frozenset(), converter=_organizations)

    def owns(self, image: Image) -> bool:
        """Whether an image is one's own."""
        return image.owner_id in self.accounts if self.accounts else image.image_owner_alias is None

    def trusts(self, permission: LaunchPermission, inside: frozenset[AccountId]) -> bool:
        """Whether a permission stays among one's own; everyone never does."""
        match permission:
            case EveryonePermission():
                return False
            case AccountPermission():
                return permission.user_id in self.trusted or permission.user_id in (self.accounts or inside)
            case OrganizationalUnitPermission():
                return permission.organizational_unit_arn.organization_id in self.organizations
            case _:
                return permission.organization_arn.organization_id in self.organizations


def findings(inventory: Inventory, scope: Scope) -> tuple[Finding, ...]:
    """Everything in an inventory that a cleaner or an auditor should look at, the gravest first.

    >>> from attrs import evolve
    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> from amimodel.permissions import EVERYONE, Permissions
    >>> public = evolve(WEB, launch_permissions=Permissions([EVERYONE]))
    >>> for finding in findings(Inventory.of_images([public]), Scope(now=parse("2026-06-01T00:00:00Z"))):
    ...     print(finding)
    public-image: ami-12345678 can be launched by everyone
    unencrypted: ami-12345678 has volumes that are not encrypted: /dev/xvda
    imds-v1: ami-12345678 lets its instances answer IMDSv1
    """
    gravities = list(Gravity)
    found = chain.from_iterable(look(inventory, scope) for look in _LOOKS)
    return tuple(sorted(found, key=lambda finding: gravities.index(finding.kind.gravity)))


def _own(inventory: Inventory, scope: Scope) -> Iterator[Image]:
    return (image for image in inventory.images.values() if scope.owns(image))


def _own_machines(inventory: Inventory, scope: Scope) -> Iterator[Image]:
    return (image for image in _own(inventory, scope) if image.image_type is ImageType.MACHINE)


def _public(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    for image in _own(inventory, scope):
        if image.public:
            yield Finding(FindingKind.PUBLIC_IMAGE, image.image_id, "can be launched by everyone")


def _shared_outside(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    inside = frozenset(image.owner_id for image in _own(inventory, scope))
    for image in _own(inventory, scope):
        for permission in image.launch_permissions:
            if not isinstance(permission, EveryonePermission) and not scope.trusts(permission, inside):
                yield Finding(FindingKind.SHARED_OUTSIDE, image.image_id, f"is shared with {permission}")


def _unencrypted(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    for image in _own_machines(inventory, scope):
        plain = [
            entry.device_name
            for entry in image.block_device_mappings
            if entry.ebs is not None and _is_plain(inventory, entry.ebs.encrypted, entry.ebs.snapshot_id)
        ]
        if plain:
            detail = f"has volumes that are not encrypted: {', '.join(plain)}"
            yield Finding(FindingKind.UNENCRYPTED, image.image_id, detail)


def _is_plain(inventory: Inventory, shown: bool | None, snapshot: SnapshotId | None) -> bool:  # noqa: FBT001 - EC2's flag
    if shown is not None:
        return not shown
    behind = inventory.snapshots.get(snapshot) if snapshot is not None else None
    return behind is not None and not behind.encrypted


def _imds_v1(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    for image in _own_machines(inventory, scope):
        if image.imds_support is None:
            yield Finding(FindingKind.IMDS_V1, image.image_id, "lets its instances answer IMDSv1")


def _impossible(inventory: Inventory, _: Scope) -> Iterator[Finding]:
    for image in inventory.images.values():
        for contradiction in contradictions(image, inventory.snapshots):
            yield Finding(FindingKind.IMPOSSIBLE, image.image_id, f"cannot be: {contradiction}")


def _missing_snapshots(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    told = frozenset(snapshot.owner_id for snapshot in inventory.snapshots.values())
    for image in _own(inventory, scope):
        if image.owner_id in told:  # of accounts that showed no snapshot, none can be missed
            for snapshot_id in image.snapshot_ids:
                if snapshot_id not in inventory.snapshots:
                    detail = f"needs {snapshot_id}, which is not there"
                    yield Finding(FindingKind.MISSING_SNAPSHOT, image.image_id, detail)


def _failed(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    for image in _own(inventory, scope):
        if image.state in {ImageState.FAILED, ImageState.ERROR, ImageState.INVALID}:
            reason = (
                image.state_reason.message if image.state_reason and image.state_reason.message else "no reason told"
            )
            yield Finding(FindingKind.FAILED_IMAGE, image.image_id, f"is {image.state}: {reason}")


def _name_clashes(inventory: Inventory, _: Scope) -> Iterator[Finding]:
    named: defaultdict[str, list[Image]] = defaultdict(list)
    for image in inventory.images.values():
        if image.name is not None and holds_its_name(stage_of(image)):
            named[image.name].append(image)
    for name, images in named.items():
        for image in images[1:]:
            first = images[0]
            whose = "of the same account" if image.owner_id == first.owner_id else f"of account {first.owner_id}"
            yield Finding(FindingKind.NAME_CLASH, image.image_id, f"is named {name!r}, as {first.image_id} {whose} is")


def _gone(inventory: Inventory, _: Scope) -> Iterator[Finding]:
    for item in inventory.instances:
        state = item.image_metadata.state
        if state in {ImageState.DEREGISTERED, ImageState.DISABLED} and item.state.value != "terminated":
            detail = f"runs from {item.image_metadata.image_id}, which is {state}"
            yield Finding(FindingKind.IMAGE_GONE, item.instance_id, detail)


def _not_allowed(inventory: Inventory, _: Scope) -> Iterator[Finding]:
    for item in inventory.instances:
        if item.image_metadata.image_allowed is False:
            detail = f"runs from {item.image_metadata.image_id}, which Allowed AMIs does not admit"
            yield Finding(FindingKind.IMAGE_NOT_ALLOWED, item.instance_id, detail)


def _deprecated(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    for image in _own(inventory, scope):
        if is_deprecated(image, scope.now):
            detail = f"has been deprecated since {image.deprecation_time:%Y-%m-%d}"
            yield Finding(FindingKind.DEPRECATED, image.image_id, detail)


def _end_of_life(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    for image in _own_machines(inventory, scope):
        generation = generation_of(image)
        if generation is not None and SUPPORT[generation].ends < scope.now.date():
            detail = f"runs {generation}, which AWS supported until {SUPPORT[generation].ends}"
            yield Finding(FindingKind.END_OF_LIFE, image.image_id, detail)


def _paravirtual(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    for image in _own_machines(inventory, scope):
        if image.virtualization_type is VirtualizationType.PARAVIRTUAL:
            yield Finding(FindingKind.PARAVIRTUAL, image.image_id, "is paravirtual")


def _instance_store(inventory: Inventory, scope: Scope) -> Iterator[Finding]:
    for image in _own_machines(inventory, scope):
        if image.root_device_type is RootDeviceType.INSTANCE_STORE:
            yield Finding(FindingKind.INSTANCE_STORE, image.image_id, "has its root volume in the instance store")


def _unused_snapshots(inventory: Inventory, _: Scope) -> Iterator[Finding]:
    if not inventory.images:  # of an inventory without images, no snapshot can be said to be unused
        return
    used = frozenset(chain.from_iterable(image.snapshot_ids for image in inventory.images.values()))
    for snapshot in inventory.snapshots.values():
        if snapshot.snapshot_id not in used:
            detail = f"({snapshot.volume_size_gib} GiB) is used by no image here"
            yield Finding(
                FindingKind.UNUSED_SNAPSHOT, snapshot.snapshot_id, f"{detail}{_made_for(snapshot.description)}"
            )


def _made_for(description: str | None) -> str:
    return f": {description!r}" if description else ""


_LOOKS: Final[tuple[Callable[[Inventory, Scope], Iterator[Finding]], ...]] = (
    _public,
    _shared_outside,
    _unencrypted,
    _imds_v1,
    _not_allowed,
    _impossible,
    _missing_snapshots,
    _failed,
    _name_clashes,
    _gone,
    _deprecated,
    _end_of_life,
    _paravirtual,
    _instance_store,
    _unused_snapshots,
)
