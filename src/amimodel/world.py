"""The world: everything that decides an answer of EC2, as one value.

A world never changes. Every method that begins with `with` gives another one, which shares nearly everything with the
first. Nothing but these methods makes worlds, so the indexes that they keep are always what the records say.

Source: rules B G-1, C 0.1, C 0.A.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sized
from datetime import datetime, timedelta
from typing import Any, Final, final

from attrs import frozen

from amimodel import _indexes
from amimodel._catalogue import Catalogue
from amimodel._copies import changed
from amimodel._loading import loaded
from amimodel._table import Table
from amimodel._world_fields import moment
from amimodel._world_lookups import Lookups
from amimodel.buckets import Bucket
from amimodel.bundles import ImageBundle
from amimodel.callers import Caller
from amimodel.clock import utc
from amimodel.encryption import KmsKey
from amimodel.events import Event, Occurrence, as_uuid
from amimodel.identifiers import AccountId, ImageId, InstanceId, SnapshotId, VolumeId, account_id
from amimodel.images import Image
from amimodel.instances import Instance
from amimodel.inventory import Answer, Inventory
from amimodel.limits import Limits
from amimodel.organizations import NOTHING_KNOWN, Organizations
from amimodel.quirks import Quirks
from amimodel.regions import Region, as_region
from amimodel.retention import RecycleBinEntry, RetentionRule
from amimodel.settings import RegionSettings
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import Task, Work
from amimodel.timing import Timing
from amimodel.tombstones import Tombstone
from amimodel.vocabulary import OwnerAlias
from amimodel.volumes import Volume

_MILLISECOND: Final = timedelta(milliseconds=1)


@final
@frozen(kw_only=True, repr=False, slots=False)
class World(Lookups):
    """Everything that exists, at one moment.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> from attrs import evolve
    >>> before = World(now=parse("2026-06-01T00:00:00Z"))
    >>> after = before.with_image(evolve(WEB, region="eu-central-1"))
    >>> len(before.images), len(after.images), after.image("ami-12345678", Region("eu-central-1")).name
    (0, 1, 'web')
    >>> after
    <World of 2026-06-01 00:00:00Z: 1 image>

    `parameters` are the public parameters of Systems Manager that name images, each with every image it has ever named,
    the present one last (rules A 10.4, A NF-3). `subscriptions` are accounts with the Marketplace product codes they
    are subscribed to (rule B LD-10), `owner_aliases` the accounts to which AWS has given an alias (rule B MP-10), and
    `billing_product_accounts` those that may name billing products (rule A RI-17). `foreign_tags` are what accounts
    have written on what others own; an owner's tags are on the thing itself (rule A TG-9). `stored_images` are the
    objects in S3 that keep images, and `store_tasks` the tasks that have written them, or will (rules C 7.10, C 7.11).

    Source: rules B G-1, C 0.1, C 0.A.
    """

    @classmethod
    def from_responses(
        cls,
        responses: Inventory | Iterable[tuple[str, Answer]],
        *,
        now: datetime,
        account: str | None = None,
        region: str | Region | None = None,
        limits: Limits | None = None,
        quirks: Quirks | None = None,
        timing: Timing | None = None,
    ) -> "World":
        """The world of a real account, as far as EC2's answers tell it: so every what-if can be asked of it.

        >>> from amimodel.clock import parse
        >>> from amimodel.wire import read
        >>> answer = {
        ...     "Images": [
        ...         {
        ...             "ImageId": "ami-12345678",
        ...             "OwnerId": "111122223333",
        ...             "Name": "web",
        ...             "Public": False,
        ...             "Architecture": "x86_64",
        ...             "CreationDate": "2026-01-01T00:00:00.000Z",
        ...             "State": "pending",
        ...         }
        ...     ]
        ... }
        >>> inventory = Inventory.of_responses([("describe-images.json", read(answer))])
        >>> print(*inventory.unread) or World.from_responses(
        ...     inventory, now=parse("2026-06-01T00:00:00Z"), region="eu-central-1"
        ... )
        <BLANKLINE>
        <World of 2026-06-01 00:00:00Z: 1 image, 1 task>

        `responses` are named answers, or the inventory that was joined of them: join it first to see in its `unread`
        what could not be taken. `account` is who asked, on whose side tags on other accounts' things are written;
        without it, it is told from the answers if it can be, or else every owner is taken to have asked for itself.
        `region` holds for whatever does not say where it is; without it, zones, keys and sources may tell.

        What EC2 had under way gets done as time advances. An image that only its instances tell of has no mapping. Of
        snapshots that no answer tells of there are those that an image needs, unless their owner showed others; keys
        that snapshots name are there, too, and work. Whom an image is shared with stays unknown where no answer tells
        it, and so do the organizations: `with_organizations`, `with_settings` and `with_key` tell more. What Allowed
        AMIs says of an image (`image_allowed`) is not kept: it follows from the settings.

        Raises `Malformed` (`MissingParameter`) where a Region or the account is needed and cannot be told.

        Source: rules A TG-9, A NF-1, A NF-3, B G-1, B TG-2, C 1.2, C 11.3.
        """
        pace = Timing.typical() if timing is None else timing
        parts = loaded(
            responses if isinstance(responses, Inventory) else Inventory.of_responses(responses),
            now=utc(now),
            account=None if account is None else account_id(account, "account"),
            region=None if region is None else as_region(region),
            timing=pace,
        )
        return cls(
            now=now,
            limits=Limits.aws() if limits is None else limits,
            quirks=Quirks() if quirks is None else quirks,
            timing=pace,
            organizations=NOTHING_KNOWN,
            owner_aliases=parts.owner_aliases,
            keys=parts.keys,
            parameters=parts.parameters,
            region_settings=parts.region_settings,
            foreign_tags=parts.foreign_tags,
            images=Catalogue(_indexes.IMAGES, parts.images),
            snapshots=Catalogue(_indexes.SNAPSHOTS, parts.snapshots),
            instances=Catalogue(_indexes.INSTANCES, parts.instances),
            tombstones=Catalogue(_indexes.TOMBSTONES, parts.tombstones),
            tasks=parts.tasks,
            issued=parts.issued,
        )

    # --- another world ------------------------------------------------------------------------------------------------

    def _with(self, **changes: Any) -> "World":  # noqa: ANN401 - the methods below know each field's type
        world = object.__new__(World)
        object.__setattr__(world, "__dict__", self.__dict__ | changes)
        return world

    def new_id(self, prefix: str) -> str:
        """The id that the next new thing gets: `ami-`, `snap-`, `vol-` or `i-` and a number that grows.

        >>> from amimodel.clock import parse
        >>> World(now=parse("2026-06-01T00:00:00Z")).new_id("ami-")
        'ami-00000000000000001'

        Source: rule A ID-1.
        """
        number = self.issued + 1
        while self._is_taken(candidate := f"{prefix}{number:017x}"):
            number += 1
        return candidate

    def _is_taken(self, candidate: str) -> bool:
        """Whether a thing has an id that this world has not given out: one that was loaded, or made by hand."""
        match candidate[: candidate.index("-")]:
            case "ami":
                return candidate in self.images or candidate in self.tombstones or candidate in self.recycle_bin
            case "snap":
                return candidate in self.snapshots or candidate in self.recycle_bin
            case "vol":
                return candidate in self.volumes
            case _:
                return candidate in self.instances

    @property
    def request_id(self) -> str:
        """The id of the request that is being granted, as events tell it."""
        return as_uuid(self.issued + len(self.events) + 1)

    def with_image(self, image: Image) -> "World":
        """Write an image, new or over the one with its id."""
        images = self.images.put(image.image_id, image)
        return self._with(images=images, issued=self._counting(self.images, images))

    def _counting(self, before: Catalogue[Any], after: Catalogue[Any]) -> int:
        return self.issued + len(after) - len(before)

    def with_snapshot(self, snapshot: Snapshot) -> "World":
        """Write a snapshot, new or over the one with its id."""
        snapshots = self.snapshots.put(snapshot.snapshot_id, snapshot)
        return self._with(snapshots=snapshots, issued=self._counting(self.snapshots, snapshots))

    def with_volume(self, volume: Volume) -> "World":
        """Write a volume, new or over the one with its id."""
        volumes = self.volumes.put(volume.volume_id, volume)
        return self._with(volumes=volumes, issued=self._counting(self.volumes, volumes))

    def with_instance(self, instance: Instance) -> "World":
        """Write an instance, new or over the one with its id."""
        instances = self.instances.put(instance.instance_id, instance)
        return self._with(instances=instances, issued=self._counting(self.instances, instances))

    def with_copy(self, copy: Snapshot, lineage: str) -> "World":
        """Write a copy of a snapshot, and remember it as the latest of its lineage (rule C 8.21)."""
        if copy.region is None:
            raise AssertionError(copy)  # `integrity`: everything in a world is in a Region
        snapshot_id, latest = copy.snapshot_id, (copy.owner_id, copy.region, lineage)
        snapshots = self.snapshots.put(snapshot_id, copy)
        return self._with(
            snapshots=snapshots,
            latest_copies=self.latest_copies.set(latest, snapshot_id),
            issued=self._counting(self.snapshots, snapshots),
        )

    def without_snapshot(self, snapshot_id: SnapshotId) -> "World":
        """Delete a snapshot for good, from among the snapshots or from the Recycle Bin, and all that was written on it.

        Source: rules A TG-10, B TG-16, C 6.40.
        """
        in_bin = snapshot_id in self.recycle_bin
        return self._with(
            snapshots=self.snapshots if in_bin else self.snapshots.drop(snapshot_id),
            recycle_bin=self.recycle_bin.drop(snapshot_id) if in_bin else self.recycle_bin,
            foreign_tags=self._untagged(snapshot_id),
        )

    def without_volume(self, volume_id: VolumeId) -> "World":
        """Delete a volume for good."""
        return self._with(volumes=self.volumes.drop(volume_id), foreign_tags=self._untagged(volume_id))

    def without_instance(self, instance_id: InstanceId) -> "World":
        """Forget a terminated instance."""
        return self._with(instances=self.instances.drop(instance_id), foreign_tags=self._untagged(instance_id))

    def burying(self, image: Image) -> "World":
        """Take an image out for good, from among the images or from the Recycle Bin, and remember it.

        `image` is what shall be remembered of it. What anybody has written on it is lost (rules B TG-16, C 5.17).
        """
        image_id = image.image_id
        in_bin = image_id in self.recycle_bin
        tombstone = Tombstone(image=changed(image, tags=NO_TAGS), deregistered_at=self.now)
        return self._with(
            images=self.images if in_bin else self.images.drop(image_id),
            recycle_bin=self.recycle_bin.drop(image_id) if in_bin else self.recycle_bin,
            tombstones=self.tombstones.put(image_id, tombstone),
            foreign_tags=self._untagged(image_id),
        )

    def binning(self, entry: RecycleBinEntry) -> "World":
        """Put an image or a snapshot into the Recycle Bin, out of sight of everything but the bin (rule C 6.21)."""
        resource_id, resource = entry.resource_id, entry.resource
        return self._with(
            images=self.images.drop(resource_id) if isinstance(resource, Image) else self.images,
            snapshots=self.snapshots if isinstance(resource, Image) else self.snapshots.drop(resource_id),
            recycle_bin=self.recycle_bin.put(resource_id, entry),
        )

    def with_binned(self, entry: RecycleBinEntry) -> "World":
        """Write over what lies in the Recycle Bin, whose tags can be changed there (rule C 6.20)."""
        return self._with(recycle_bin=self.recycle_bin.put(entry.resource_id, entry))

    def emptied_of(self, resource_id: str) -> "World":
        """Take something out of the Recycle Bin that returns from it; `with_image` or `with_snapshot` puts it back."""
        return self._with(recycle_bin=self.recycle_bin.drop(resource_id))

    def _untagged(self, resource_id: str) -> Table[str, Table[AccountId, Tags]]:
        return self.foreign_tags.remove(resource_id) if resource_id in self.foreign_tags else self.foreign_tags

    def with_foreign_tags(self, account: AccountId, resource_id: str, tags: Tags) -> "World":
        """Write what an account says of a thing that it does not own (rule A TG-9)."""
        others = self.foreign_tags.get(resource_id, _NO_FOREIGN_TAGS)
        if tags:
            return self._with(foreign_tags=self.foreign_tags.set(resource_id, others.set(account, tags)))
        if account not in others:
            return self
        left = others.remove(account)
        return self._with(
            foreign_tags=self.foreign_tags.set(resource_id, left) if left else self._untagged(resource_id)
        )

    def with_settings(self, account: AccountId, region: Region, settings: RegionSettings) -> "World":
        """Let an account have settled this for a Region."""
        return self._with(region_settings=self.region_settings.set((account, region), settings))

    def with_retention_rule(self, rule: RetentionRule) -> "World":
        """Write a rule of the Recycle Bin, new or over the one with its identifier."""
        rules = self.retention_rules.put(rule.identifier, rule)
        return self._with(retention_rules=rules, issued=self._counting(self.retention_rules, rules))

    def without_retention_rule(self, identifier: str) -> "World":
        """Delete a rule of the Recycle Bin."""
        return self._with(retention_rules=self.retention_rules.drop(identifier))

    def with_organizations(self, organizations: Organizations) -> "World":
        """Let these be the organizations there are."""
        return self._with(organizations=organizations)

    def with_key(self, key: KmsKey, aliases: Iterable[str] = ()) -> "World":
        """Write a key, and let its account call it by these names in its Region."""
        arn = key.arn
        named = self.key_aliases
        for alias in aliases:
            named = named.set((arn.account_id, arn.region, alias), str(arn))
        return self._with(keys=self.keys.set(str(arn), key), key_aliases=named)

    def with_parameter(self, region: Region, name: str, image_id: ImageId) -> "World":
        """Let a public parameter name an image from now on, and remember those that it has named (rule A 10.4)."""
        before = (one for one in self.parameters.get((region, name), ()) if one != image_id)
        named = (*before, image_id)
        return self._with(parameters=self.parameters.set((region, name), named))

    def with_bundle(self, bundle: ImageBundle) -> "World":
        """Let a bundle lie in S3."""
        return self._with(bundles=self.bundles.set(bundle.location, bundle))

    def with_bucket(self, bucket: Bucket) -> "World":
        """Write a bucket, new or over the one of its name."""
        return self._with(buckets=self.buckets.set(bucket.name, bucket))

    def with_stored_image(self, stored: StoredImage) -> "World":
        """Let an object in S3 keep an image, or be written for one."""
        return self._with(stored_images=self.stored_images.set((stored.bucket, stored.object_key), stored))

    def without_stored_image(self, bucket: str, object_key: str) -> "World":
        """Delete an object that keeps an image, or give up writing it."""
        return self._with(stored_images=self.stored_images.remove((bucket, object_key)))

    def with_store_task(self, number: int, task: StoreImageTask) -> "World":
        """Write a store task: a new one at the next place, or one over what it was."""
        return self._with(store_tasks=self.store_tasks.set(number, task))

    def with_subscription(self, account: AccountId, product_code: str) -> "World":
        """Subscribe an account to a product of AWS Marketplace (rule B LD-10)."""
        return self._with(subscriptions=self.subscriptions.set((account, product_code), None))

    def without_subscription(self, account: AccountId, product_code: str) -> "World":
        """End a subscription; what runs goes on (rule B MP-6)."""
        key = account, product_code
        return self._with(subscriptions=self.subscriptions.remove(key)) if key in self.subscriptions else self

    def with_owner_alias(self, account: AccountId, alias: OwnerAlias) -> "World":
        """Let AWS give an account an alias (rule B MP-10)."""
        return self._with(owner_aliases=self.owner_aliases.set(account, alias))

    def with_client_token(self, by: Caller, action: str, token: str, request: object, value: object) -> "World":
        """Remember what was answered to a request, for when it is made again (rule B CI-17)."""
        key = by.account, by.region, action, token
        return self._with(client_tokens=self.client_tokens.set(key, (request, value)))

    # --- time ---------------------------------------------------------------------------------------------------------

    def at(self, instant: datetime) -> "World":
        """The same world at another moment. What falls due until then does not happen: `amimodel.engine.advance`."""
        return self._with(now=moment(instant))

    def with_task(self, after: timedelta, work: Work, request_id: str = "") -> "World":
        """Take a piece of work on, to be done after so long: at the first moment of the world that is not earlier."""
        task = Task(
            due=self.now - -after // _MILLISECOND * _MILLISECOND,
            number=self.issued + 1,
            request_id=request_id,
            work=work,
        )
        place = bisect_right(self.tasks, task.order, key=_order)
        return self._with(tasks=(*self.tasks[:place], task, *self.tasks[place:]), issued=self.issued + 1)

    def without_tasks(self, gone: Iterable[Task]) -> "World":
        """Drop pieces of work: they are done, or will not be."""
        numbers = {task.number for task in gone}
        return self._with(tasks=tuple(task for task in self.tasks if task.number not in numbers)) if numbers else self

    def emitting(self, occurrence: Occurrence, *, account: AccountId, region: Region, request_id: str = "") -> "World":
        """Publish an event to an account."""
        event = Event(
            number=len(self.events) + 1,
            time=self.now,
            account=account,
            region=region,
            request_id=request_id or self.request_id,
            occurrence=occurrence,
        )
        return self._with(events=self.events.adding(event))

    def __repr__(self) -> str:
        kinds: Mapping[str, Sized] = {
            "image": self.images, "snapshot": self.snapshots, "volume": self.volumes, "instance": self.instances,
            "thing in the Recycle Bin": self.recycle_bin, "task": self.tasks, "event": self.events,
        }  # fmt: skip
        told = ", ".join(_counted(len(things), kind) for kind, things in kinds.items() if things)
        return f"<World of {self.now:%Y-%m-%d %H:%M:%S}Z: {told or 'empty'}>"


_NO_FOREIGN_TAGS: Final = Table[AccountId, Tags]()


def _order(task: Task) -> tuple[datetime, int]:
    return task.order


def _counted(number: int, kind: str) -> str:
    plural = kind.replace("thing", "things") if "thing" in kind else f"{kind}s"
    return f"{number:,} {kind if number == 1 else plural}"
