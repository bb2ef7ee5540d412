"""Where the things of an inventory are, and whose answers tell of them.

No answer about images says which Region it came from, nor who asked. Both can often be told from what is beside them:
an instance names its zone, an encrypted snapshot the key of its Region, and a list of launch permissions is shown to
the owner alone.

Source: rules B G-1, B DA-1, B SP-15, A KR-6, A 11.3, C 11.4.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.inventory import Inventory
from amimodel.kernels import PV_GRUB_KERNELS
from amimodel.malformed import Malformed
from amimodel.regions import Region, as_region, as_zone
from amimodel.snapshots import Snapshot

_HOMES: Final[Mapping[str, Region]] = MappingProxyType(
    {kernel: as_region(region) for region, kernels in PV_GRUB_KERNELS.items() for kernel in kernels.values()}
)
_REGION_OF_ARN: Final = 3


@frozen(kw_only=True)
class Places:
    """The Region of each thing: its own, or the one that is said to hold for all, or the one that can be told.

    Raises `Malformed` (`MissingParameter`) where none can be.
    """

    said: Region | None
    images: Mapping[str, frozenset[Region]] = field(factory=dict[str, frozenset[Region]])
    snapshots: Mapping[str, frozenset[Region]] = field(factory=dict[str, frozenset[Region]])
    everywhere: frozenset[Region] = frozenset()

    @classmethod
    def of(cls, inventory: Inventory, said: Region | None) -> "Places":
        """Gather what an inventory tells of places; nothing need be gathered where a Region is said to hold for all."""
        if said is not None:
            return cls(said=said)
        snapshots = {key: frozenset(_told_by_snapshot(snapshot)) for key, snapshot in inventory.snapshots.items()}
        zones: defaultdict[str, set[Region]] = defaultdict(set)
        for instance in inventory.instances:
            zones[instance.image_metadata.image_id].add(instance.availability_zone.region)
        images: dict[str, frozenset[Region]] = {}
        used: defaultdict[str, set[Region]] = defaultdict(set)
        for image_id, image in inventory.images.items():
            beside = (snapshots.get(snapshot_id, ()) for snapshot_id in image.snapshot_ids)
            images[image_id] = frozenset(chain(_told_by_image(image), zones.get(image_id, ()), *beside))
            for snapshot_id in image.snapshot_ids:
                used[snapshot_id] |= images[image_id]
        every = frozenset(chain(*images.values(), *snapshots.values(), *zones.values()))
        told = {key: regions | used.get(key, set()) for key, regions in snapshots.items()}
        return cls(said=None, images=images, snapshots=told, everywhere=every)

    def of_image(self, image: Image) -> Region:
        """Where an image is."""
        return image.region or self._one(image.image_id, self.images.get(image.image_id))

    def of_snapshot(self, snapshot: Snapshot) -> Region:
        """Where a snapshot is."""
        return snapshot.region or self._one(snapshot.snapshot_id, self.snapshots.get(snapshot.snapshot_id))

    def of_settings(self) -> Region:
        """Where the answering account's settings hold."""
        return self._one("the block public access setting", None)

    def _one(self, subject: str, told: frozenset[Region] | None) -> Region:
        if self.said is not None:
            return self.said
        candidates = told or self.everywhere
        if len(candidates) == 1:
            return next(iter(candidates))
        found = " and ".join(sorted(region.name for region in candidates))
        why = f"the answers speak of {found}" if found else "no answer tells it"
        message = f"The Region of {subject} is missing, and {why}: give it as region."
        raise Malformed("MissingParameter", message, member="region", value=subject)


def _told_by_image(image: Image) -> Iterator[Region]:
    """The Regions that an image itself speaks of: where its kernel is, and where its instance was (rule A 11.3)."""
    if image.region is not None:
        yield image.region
    if image.kernel_id is not None and image.kernel_id in _HOMES:
        yield _HOMES[image.kernel_id]
    if image.source_instance_id is not None and image.source_image_region is not None:
        yield image.source_image_region
    for entry in image.block_device_mappings:
        if entry.ebs is not None:
            yield from _told((entry.ebs.kms_key_id, entry.ebs.outpost_arn), entry.ebs.availability_zone)


def _told_by_snapshot(snapshot: Snapshot) -> Iterator[Region]:
    if snapshot.region is not None:
        yield snapshot.region
    yield from _told((snapshot.kms_key_id, snapshot.outpost_arn), snapshot.availability_zone)


def _told(arns: Iterable[str | None], zone: str | None) -> Iterator[Region]:
    for arn in arns:
        region = None if arn is None else _of_arn(arn)
        if region is not None:
            yield region
    if zone is not None:
        try:
            yield as_zone(zone).region
        except Malformed:
            return


@lru_cache(maxsize=1024)
def _of_arn(text: str) -> Region | None:
    parts = text.split(":")
    try:
        return as_region(parts[_REGION_OF_ARN]) if len(parts) > _REGION_OF_ARN else None
    except Malformed:
        return None


# --- who asked --------------------------------------------------------------------------------------------------------


def account_of(inventory: Inventory) -> AccountId | None:
    """The account whose answers these are, where one alone can be.

    Instances are shown to their owner. Without any, it is the one that owns all the private things that are told of;
    AWS's own accounts have an alias, and never ask.

    Source: rules C 11.4, A NF-1.
    """
    candidates = (
        {instance.owner_id for instance in inventory.instances},
        {image.owner_id for image in inventory.images.values() if not image.public and not image.image_owner_alias}
        | {snapshot.owner_id for snapshot in inventory.snapshots.values() if not snapshot.owner_alias},
        {image.owner_id for image in inventory.images.values() if not image.image_owner_alias},
    )
    likely = next((accounts for accounts in candidates if accounts), set[AccountId]())
    return next(iter(likely)) if len(likely) == 1 else None
