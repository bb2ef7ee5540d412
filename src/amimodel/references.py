"""What refers to an image, and what becomes of that when the image goes.

EC2 lets an image be deregistered whoever uses it, and DescribeImageReferences shows an account only what is its own. A
world knows all of it.

Source: EC2 User Guide, "Identify your resources referencing specified AMIs"; rules B RF-1 to RF-6, C 5.5, C 5.6,
C 5.19, C 8.26 to C 8.28, C 12.11.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from attrs import field, frozen

from amimodel.access import accounts_told, permissions_are_told
from amimodel.actions import DeregisterImage
from amimodel.actions._deleting import image_using, without_image
from amimodel.callers import Caller
from amimodel.decisions import Decision
from amimodel.engine import explain
from amimodel.identifiers import AccountId, ImageId, SnapshotId
from amimodel.images import Image
from amimodel.instances import Instance, InstanceState
from amimodel.lifecycle import ImageEvent
from amimodel.lifecycle import refusal as stage_refusal
from amimodel.permissions import AccountPermission, LaunchPermission
from amimodel.refusals import ImageNotFound
from amimodel.regions import Region, as_region
from amimodel.world import World


def _held(held: Mapping[SnapshotId, ImageId]) -> Mapping[SnapshotId, ImageId]:
    return MappingProxyType(dict(held))


@frozen(kw_only=True)
class References:
    """Everything that hangs on an image. As text, it says so in sentences.

    - `deregistration`: whether its owner can deregister it now, and what is in the way.
    - `instances`: those launched from it that are not terminated, whoever owns them.
    - `descendants`: images that name it as their source, its copies and images of its instances, in every Region.
    - `launchers`: the accounts known to be able to launch it now, the owner first; `permissions`, what lets all but the
      owner do so; `launchers_are_told`, whether there are no others.
    - `parameters`: public parameters that lead to it.
    - `freed`: snapshots that nothing keeps from being deleted once it is gone; `held`: those that another image keeps,
      each with that image; `missing`: those that are not there.
    - `kept_for`: how long the Recycle Bin would keep it; None if it would be gone for good.
    """

    image: Image
    deregistration: Decision
    instances: tuple[Instance, ...]
    descendants: tuple[Image, ...]
    launchers: tuple[AccountId, ...]
    permissions: tuple[LaunchPermission, ...]
    launchers_are_told: bool
    parameters: tuple[str, ...]
    freed: tuple[SnapshotId, ...]
    held: Mapping[SnapshotId, ImageId] = field(converter=_held, hash=False)
    missing: tuple[SnapshotId, ...]
    kept_for: timedelta | None

    def sentences(self) -> Iterator[str]:
        """What there is to say, the most urgent first."""
        yield from self._of_the_image()
        yield from self._of_launches()
        yield from self._of_descendants()
        yield from self._of_snapshots()

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def _of_the_image(self) -> Iterator[str]:
        image = self.image
        named = f" ({image.name})" if image.name else ""
        yield f"{image.image_id}{named} of account {image.owner_id} in {image.region} is {image.state}."
        for ground in self.deregistration.because if self.deregistration.allowed is False else ():
            yield f"It cannot be deregistered now: {str(ground).rstrip('.')}."
        if self.kept_for is None:
            yield "Deregistered, it is gone for good: no retention rule keeps it."
        else:
            yield f"Deregistered, it stays in the Recycle Bin for {_days(self.kept_for)} and can be restored."

    def _of_launches(self) -> Iterator[str]:
        image_id = self.image.image_id
        if self.instances:
            shown = _listed(f"{one.instance_id} ({one.state}, account {one.owner_id})" for one in self.instances)
            yield f"{_counted(len(self.instances), 'instance')} of it would run on but could not be replaced: {shown}."
        else:
            yield "No instance of it is known."
        if self.permissions:
            yield f"It could no longer be launched by those it is shared with: {_listed(map(str, self.permissions))}."
            others = self.launchers[1:]
            if others and not all(isinstance(one, AccountPermission) for one in self.permissions):
                yield f"Known accounts among them: {_listed(others)}."
        elif self.launchers_are_told:
            yield "It is shared with nobody."
        if not self.launchers_are_told:
            yield f"With whom else {image_id} is shared is not known (describe-image-attribute tells it to the owner)."
        for parameter in self.parameters:
            yield f"Launches by resolve:ssm:{parameter} lead to it."

    def _of_descendants(self) -> Iterator[str]:
        for image in self.descendants:
            how = (
                "a copy of it"
                if image.source_instance_id is None
                else f"made of its instance {image.source_instance_id}"
            )
            where = f"account {image.owner_id} in {image.region}"
            yield f"{image.image_id} ({where}) is {how}: it stays, and still names it as its source."

    def _of_snapshots(self) -> Iterator[str]:
        if self.freed:
            yield f"{_listed(self.freed)} would be used by no image any more, and could be deleted."
            if self.kept_for is not None:
                yield "Whoever deletes what it is made of can restore it, but not launch it again."
        for snapshot_id, image_id in self.held.items():
            yield f"{snapshot_id} would stay in use by {image_id}."
        if self.missing:
            yield f"{_listed(self.missing)} would stay as it is: it is not there, or not known here."


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _days(span: timedelta) -> str:
    return _counted(span.days, "day")


def references(world: World, image_id: str, *, region: str | Region) -> References:
    """What refers to an image, and what would become of it if the image were deregistered.

    >>> from amimodel.example_worlds import example_world
    >>> world = example_world()
    >>> print(references(world, "ami-0ea00000000000410", region="us-east-1"))
    ami-0ea00000000000410 (golden-2026.10) of account 222233334444 in us-east-1 is available.
    Deregistered, it is gone for good: no retention rule keeps it.
    1 instance of it would run on but could not be replaced: i-0ea00000000000641 (running, account 444455556666).
    It could no longer be launched by those it is shared with: organization o-a1b2c3d4e5.
    Known accounts among them: 111122223333, 444455556666, 777788889999, 112233445566.
    snap-0ea00000000000410 would be used by no image any more, and could be deleted.

    Raises `ImageNotFound` where there is no such image in the Region.

    Source: rules B RF-1 to RF-6, C 5.5, C 5.6, C 5.19, C 8.26 to C 8.28, C 12.11.
    """
    where = as_region(region)
    image = world.image(image_id, where)
    if image is None:
        raise ImageNotFound.of(image_id)
    owner = Caller(account=image.owner_id, region=where)
    after, kept_for = _after(world, image)
    snapshots = {snapshot_id: world.snapshots.get(snapshot_id) for snapshot_id in image.snapshot_ids}
    holders = {key: image_using(after, one) for key, one in snapshots.items() if one is not None}
    return References(
        image=image,
        deregistration=explain(world, DeregisterImage(image_id=image_id), by=owner),
        instances=tuple(one for one in world.instances_of(image_id) if one.state is not InstanceState.TERMINATED),
        descendants=tuple(world.copies_of(image_id)),
        launchers=_launchers(world, image),
        permissions=image.launch_permissions.items,
        launchers_are_told=permissions_are_told(image),
        parameters=tuple(_parameters(world, image_id, where)),
        freed=tuple(key for key, holder in holders.items() if holder is None),
        held={key: ImageId(holder.image_id) for key, holder in holders.items() if holder is not None},
        missing=tuple(key for key, one in snapshots.items() if one is None),
        kept_for=kept_for,
    )


def _after(world: World, image: Image) -> tuple[World, timedelta | None]:
    """The world without the image, and how long the Recycle Bin would keep it."""
    after, _ = without_image(world, image)
    entry = after.recycle_bin.get(image.image_id)
    return after, None if entry is None else entry.recycle_bin_exit_time - entry.recycle_bin_enter_time


def _parameters(world: World, image_id: str, region: Region) -> Iterator[str]:
    for (home, name), named in world.parameters.items():
        if home == region and named[-1] == image_id:
            yield name


def _launchers(world: World, image: Image) -> tuple[AccountId, ...]:
    if stage_refusal(image, ImageEvent.RUN, quirks=world.quirks) is not None:
        return ()
    return accounts_told(image, world.organizations)
