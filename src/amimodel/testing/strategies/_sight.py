"""What there is to name in a world, as somebody sees it: what is theirs stands first, and comes up most."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

from attrs import evolve

from amimodel._catalogue import Catalogue
from amimodel.buckets import Bucket
from amimodel.callers import Caller
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.instances import Instance, InstanceState
from amimodel.permissions import AccountPermission
from amimodel.regions import Region, as_region
from amimodel.retention import RetentionRule
from amimodel.snapshots import Snapshot, SnapshotState
from amimodel.vocabulary import ImageState
from amimodel.volumes import Volume, VolumeState
from amimodel.world import World

Thing: TypeAlias = Image | Snapshot | Volume | Instance
Ids: TypeAlias = tuple[str, ...]

T = TypeVar("T")

STRANGER: Final = "999988887777"
ELSEWHERE: Final = as_region("eu-north-1")
NO_KEY: Final = "12345678-1234-1234-1234-123456789012"
_UNKNOWN: Final = "0ffffffffffffffff"
_MOST: Final = 200
_NAMES: Final = 4
_SELDOM: Final = 24
_OFTENER: Final = 4
_OWNED: Final = frozenset({"images", "instances", "recycle_bin", "retention_rules", "snapshots", "volumes"})
_ID_OF: Final = MappingProxyType({
    "images": "image_id", "snapshots": "snapshot_id", "volumes": "volume_id", "instances": "instance_id",
})  # fmt: skip
_PARTS: Final = (
    "buckets", "bundles", "images", "instances", "keys", "recycle_bin", "retention_rules", "snapshots", "stored_images",
    "volumes",
)  # fmt: skip


class Sight:
    """What there is to name in a world: of each kind the newest first, and before that what belongs to `by`.

    Of a crowd only the newest are seen, and one in twenty or so of what is named does not exist. Whoever is in `there`
    is known before anything is theirs, and nobody else asks. What has been looked for once is kept.
    """

    def __init__(self, world: World, by: Caller | None = None, *, there: Sequence[Caller] = ()) -> None:
        self.world = world
        self.by = by
        self._there = tuple(there)

    def __repr__(self) -> str:
        return repr(self.world) if self.by is None else f"<{self.world!r} as {self.by} sees it>"

    def of(self, by: Caller) -> "Sight":
        """The same world as this caller sees it."""
        seen = self._of.get(by)
        if seen is None:
            seen = self._of[by] = Sight(self.world, by, there=self._there)
        return seen

    @cached_property
    def _of(self) -> dict[Caller, "Sight"]:
        return {}

    @cached_property
    def parts(self) -> frozenset[str]:
        """Of which parts of a world there is something to name."""
        return frozenset(part for part in _PARTS if getattr(self.world, part))

    # --- who is there -------------------------------------------------------------------------------------------------

    @cached_property
    def callers(self) -> tuple[Caller, ...]:
        """Everybody in every Region where something is, one who has nothing among them.

        First, and mostly, those who have something there, the latest first.
        """
        known = dict.fromkeys(self._there) or dict.fromkeys(
            _caller(account, region) for account in self.accounts for region in self.regions
        )
        owning = dict.fromkeys(_caller(account, region) for account, region in self._owning)
        busy = [one for one in owning if one in known]
        return first(busy, [one for one in known if one not in owning])

    @cached_property
    def askers(self) -> tuple[Caller, ...]:
        """Everybody, and seldom one whom IAM keeps from everything."""
        return (*self.callers * -(-_SELDOM // len(self.callers)), evolve(self.callers[0], denied=["*"]))

    def askers_about(self, parts: frozenset[str]) -> tuple[Caller, ...]:
        """Mostly those who own something in each of these parts of the world."""
        found = self._askers_about.get(parts)
        if found is None:
            owning = [set(self._owning_in(part)) for part in parts if part in _OWNED]
            busy = [one for one in dict.fromkeys(self.callers) if all(one in each for each in owning)]
            found = self._askers_about[parts] = first(busy, self.askers) if owning else self.askers
        return found

    @cached_property
    def _askers_about(self) -> dict[frozenset[str], tuple[Caller, ...]]:
        return {}

    def _owning_in(self, part: str) -> Sequence[Caller]:
        there: Catalogue[Any] = getattr(self.world, part)
        things = islice(there.records.values(), _MOST)
        return [_caller(thing.owner_id, thing.region) for thing in things if thing.region is not None]

    @cached_property
    def managers(self) -> tuple[Caller, ...]:
        """Mostly those who manage an organization, and everybody else."""
        accounts = {each.management_account_id for each in self.world.organizations.organizations}
        return first([one for one in dict.fromkeys(self.callers) if one.account in accounts], self.askers)

    @cached_property
    def providers(self) -> tuple[Caller, ...]:
        """AWS itself in every Region where something is, and one who is not AWS."""
        aws = tuple(map(Caller.provider, self.regions))
        return (*aws * 3, self.callers[0])

    @cached_property
    def _owning(self) -> Sequence[tuple[AccountId, Region]]:
        """Which accounts own something where. What AWS and its sellers own interests nobody but their customers."""
        sellers = frozenset(self.world.owner_aliases)
        found = [
            (thing.owner_id, thing.region)
            for catalogue in self._catalogues
            for thing in islice(catalogue.records.values(), _MOST)
            if thing.region is not None and thing.owner_id not in sellers
        ]
        return list(dict.fromkeys(reversed(found)))

    @cached_property
    def _catalogues(self) -> tuple[Catalogue[Any], ...]:
        world = self.world
        return world.volumes, world.snapshots, world.instances, world.images

    # --- things -------------------------------------------------------------------------------------------------------

    @cached_property
    def images(self) -> Ids:
        """Images, those that are gone or in the Recycle Bin among them."""
        gone = (*islice(self.world.tombstones.records, _MOST), *self._binned("ami-"))
        return self._named("images", gone, f"ami-{_UNKNOWN}")

    @cached_property
    def snapshots(self) -> Ids:
        """Snapshots, those in the Recycle Bin among them."""
        return self._named("snapshots", self._binned("snap-"), f"snap-{_UNKNOWN}")

    @cached_property
    def volumes(self) -> Ids:
        """Volumes."""
        return self._named("volumes", (), f"vol-{_UNKNOWN}")

    @cached_property
    def instances(self) -> Ids:
        """Instances."""
        return self._named("instances", (), f"i-{_UNKNOWN}")

    @cached_property
    def binned_images(self) -> Ids:
        """Images in the Recycle Bin, then all the others."""
        return first(self._binned("ami-"), self.images)

    @cached_property
    def binned_snapshots(self) -> Ids:
        """Snapshots in the Recycle Bin, then all the others."""
        return first(self._binned("snap-"), self.snapshots)

    def _binned(self, prefix: str) -> Ids:
        ids = islice(self.world.recycle_bin.records, _MOST)
        return tuple(one for one in ids if one.startswith(prefix))

    def _named(self, part: str, gone: Iterable[str], unknown: str) -> Ids:
        own, others = self._seen(getattr(self.world, part))
        rest = [*(str(getattr(one, _ID_OF[part])) for one in others), *gone]
        rest += [unknown] * (1 + len(rest) // 20)
        return first([str(getattr(one, _ID_OF[part])) for one in own], rest)

    def _seen(self, catalogue: Catalogue[Any]) -> tuple[Sequence[Thing], Sequence[Thing]]:
        """What is the caller's own, and what is not."""
        seen = list(islice(catalogue.records.values(), _MOST))
        if len(seen) == _MOST and self.by is not None:  # a crowd may hide what is theirs
            mine = islice(catalogue.having("owner", (self.by.account, self.by.region)), _MOST)
            seen = [*(one for one in seen if not self._is_own(one)), *mine]
        seen.reverse()
        return [one for one in seen if self._is_own(one)], [one for one in seen if not self._is_own(one)]

    def _is_own(self, thing: Thing) -> bool:
        if self.by is None or thing.region != self.by.region:
            return False
        return self.by.is_provider or thing.owner_id == self.by.account

    def those(self, part: str, wanted: Callable[[Any], object]) -> Ids:
        """The caller's things of a kind in a part of the world, then all the others."""
        own = self._seen(getattr(self.world, part))[0]
        return first([str(getattr(one, _ID_OF[part])) for one in own if wanted(one)], getattr(self, part))

    def all_of(self, part: str, wanted: Callable[[Any], object]) -> Ids:
        """Things of a kind, whosever they are, then all the others."""
        there = islice(getattr(self.world, part), _MOST)
        return first([str(getattr(one, _ID_OF[part])) for one in there if wanted(one)], getattr(self, part))

    @cached_property
    def images_shared(self) -> Ids:
        """Images that are shared with the caller's account by its name, then all the others."""
        return self.images_let(lambda _: True)

    def images_let(self, wanted: Callable[[Image], object]) -> Ids:
        """Images of a kind that are shared with the caller's account by its name, then all the others."""
        item = None if self.by is None else AccountPermission(self.by.account)
        here = (one for one in islice(self.world.images, _MOST) if self.by is not None and one.region == self.by.region)
        return first(
            [one.image_id for one in here if item in one.launch_permissions.items and wanted(one)], self.images
        )

    def images_in(self, *states: ImageState) -> Ids:
        """The caller's images in these states, then all the others."""
        return self.those("images", lambda image: image.state in states)

    def snapshots_in(self, *states: SnapshotState) -> Ids:
        """The caller's snapshots in these states, then all the others."""
        return self.those("snapshots", lambda snapshot: snapshot.state in states)

    def volumes_in(self, *states: VolumeState) -> Ids:
        """The caller's volumes in these states, then all the others."""
        return self.those("volumes", lambda volume: volume.state in states)

    def instances_in(self, *states: InstanceState) -> Ids:
        """The caller's instances in these states, then all the others."""
        return self.those("instances", lambda instance: instance.state in states)

    def snapshots_of(self, region: Region) -> Ids:
        """The snapshots of a Region, then all the others."""
        seen: tuple[Sequence[Any], Sequence[Any]] = self._seen(self.world.snapshots)
        there = [one for part in seen for one in part if one.region == region]
        return first([one.snapshot_id for one in there], self.snapshots)

    # --- words --------------------------------------------------------------------------------------------------------

    @cached_property
    def accounts(self) -> Ids:
        """Accounts that own something or belong to an organization, and one that does not."""
        owners = {
            thing.owner_id for catalogue in self._catalogues for thing in islice(catalogue.records.values(), _MOST)
        }
        members = (account for each in self.world.organizations.organizations for account in each.members)
        known = (one.account for one in self._there)
        return tuple(dict.fromkeys([*known, *members, *sorted(owners), STRANGER]))

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The caller's Region, those where something is, and one where nothing is."""
        here = () if self.by is None else (self.by.region,)
        found: set[Region | None] = {
            thing.region for catalogue in self._catalogues for thing in islice(catalogue.records.values(), _MOST)
        }
        there = [region for region in found if region is not None]
        known = (one.region for one in self._there)
        return tuple(dict.fromkeys([*here, *known, *sorted(there), ELSEWHERE]))

    @cached_property
    def names(self) -> Ids:
        """A name that nothing has, and those of a few images."""
        own: Sequence[Any] = self._seen(self.world.images)[0] if self.by else tuple(self.world.images)[:_MOST]
        binned = (entry.resource for entry in islice(self.world.recycle_bin, _MOST))
        named = (image.name for image in (*own, *(one for one in binned if isinstance(one, Image))) if image.name)
        return first([f"image-{self.world.issued}"], tuple(islice(dict.fromkeys(named), _NAMES)))

    @cached_property
    def keys(self) -> Ids:
        """Keys by their ARNs and in other ways, those of the caller first."""
        there = tuple(self.world.keys)
        own = [arn for arn in there if self.by is not None and f":{self.by.region}:{self.by.account}:" in arn]
        aliases = (alias for _, _, alias in self.world.key_aliases)
        return first(own, (*there, *dict.fromkeys(aliases), "alias/aws/ebs", NO_KEY))

    @cached_property
    def key_arns(self) -> Ids:
        """Keys by their ARNs, and one that does not exist."""
        return (*self.world.keys, f"arn:aws:kms:eu-central-1:111122223333:key/{NO_KEY}")

    @cached_property
    def parameters(self) -> Ids:
        """Public parameters, and one that does not exist."""
        return (*dict.fromkeys(name for _, name in self.world.parameters), "/aws/service/none")

    @cached_property
    def locations(self) -> Ids:
        """Manifests of bundles, and one that does not exist."""
        return (*self.world.bundles, "bucket/missing.manifest.xml")

    @cached_property
    def buckets(self) -> Ids:
        """Buckets, those first in which the caller may do something, and one that does not exist."""
        found = self.world.buckets
        open_ = [name for name, bucket in found.items() if self.by is not None and _is_open(bucket, self.by)]
        return first(open_, (*found, f"bucket-{self.world.issued}"))

    @cached_property
    def object_keys(self) -> Ids:
        """Keys of stored images, and one that does not exist."""
        return (*dict.fromkeys(key for _, key in self.world.stored_images), "missing.bin")

    def objects_in(self, bucket: str) -> Ids:
        """The keys of the images that are stored in a bucket, then all the others."""
        return first([key for name, key in self.world.stored_images if name == bucket], self.object_keys)

    @cached_property
    def images_being_stored(self) -> Ids:
        """Images that are being stored, then all the others."""
        tasks = self.world.store_tasks.values()
        return first([task.ami_id for task in tasks if task.in_progress], self.images)

    @cached_property
    def rules(self) -> Ids:
        """Rules of the Recycle Bin, and one that does not exist."""
        rules = [one for one in self.world.retention_rules if self.by is None or _is_theirs(one, self.by)]
        all_of_them = (*self.world.retention_rules.records, "0123456789z")
        return first([rule.identifier for rule in reversed(rules)], all_of_them)

    @cached_property
    def zones(self) -> Ids:
        """Zones of the Regions, the caller's first."""
        own, *others = (f"{region}a" for region in self.regions)
        return first([own], (*others, "us-west-2-lax-1a"))


@lru_cache(maxsize=1024)
def _caller(account: AccountId, region: Region) -> Caller:
    return Caller(account=account, region=region)


def _is_open(bucket: Bucket, by: Caller) -> bool:
    return bucket.region == by.region and (bucket.lets_read(by.account) or bucket.lets_write(by.account))


def _is_theirs(rule: RetentionRule, by: Caller) -> bool:
    return rule.owner_id == by.account and rule.region == by.region


def first(wanted: Sequence[T], rest: Sequence[T]) -> tuple[T, ...]:
    """What is wanted before the rest, and four times as often as all of that together."""
    if not wanted:
        return tuple(rest)
    times = max(1, -(-_OFTENER * len(rest) // len(wanted)))
    return (*tuple(wanted) * times, *rest)
