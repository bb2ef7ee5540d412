"""What a world is made of: its fields, and nothing that is done with them.

Source: rules B G-1, C 0.1, C 0.A.
"""

from datetime import datetime

from attrs import field, frozen

from amimodel import _indexes
from amimodel._catalogue import Catalogue
from amimodel._log import Log
from amimodel._table import Table
from amimodel.buckets import Bucket
from amimodel.bundles import ImageBundle
from amimodel.clock import to_millisecond, utc
from amimodel.encryption import KmsKey
from amimodel.events import Event
from amimodel.identifiers import AccountId, ImageId, SnapshotId
from amimodel.images import Image
from amimodel.instances import Instance
from amimodel.limits import Limits
from amimodel.organizations import Organizations
from amimodel.quirks import Quirks
from amimodel.regions import Region
from amimodel.retention import RecycleBinEntry, RetentionRule
from amimodel.settings import RegionSettings
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask
from amimodel.tags import Tags
from amimodel.tasks import Task
from amimodel.timing import Timing
from amimodel.tombstones import Tombstone
from amimodel.vocabulary import OwnerAlias
from amimodel.volumes import Volume


def moment(instant: datetime) -> datetime:
    """Take an instant in the resolution in which EC2 keeps time (rule C 0.1)."""
    return to_millisecond(utc(instant))


def _images() -> Catalogue[Image]:
    return Catalogue(_indexes.IMAGES)


def _snapshots() -> Catalogue[Snapshot]:
    return Catalogue(_indexes.SNAPSHOTS)


def _volumes() -> Catalogue[Volume]:
    return Catalogue(_indexes.VOLUMES)


def _instances() -> Catalogue[Instance]:
    return Catalogue(_indexes.INSTANCES)


def _recycle_bin() -> Catalogue[RecycleBinEntry]:
    return Catalogue(_indexes.RECYCLE_BIN)


def _retention_rules() -> Catalogue[RetentionRule]:
    return Catalogue(_indexes.RETENTION_RULES)


def _tombstones() -> Catalogue[Tombstone]:
    return Catalogue(_indexes.TOMBSTONES)


@frozen(kw_only=True, repr=False, slots=False)  # a dict is copied at once, slots are copied one by one
class WorldFields:
    """Everything that decides an answer of EC2. What each field holds, `amimodel.world.World` tells."""

    now: datetime = field(converter=moment)
    limits: Limits = field(factory=Limits.aws)
    quirks: Quirks = field(factory=Quirks)
    timing: Timing = field(factory=Timing.typical)

    organizations: Organizations = field(factory=Organizations)
    owner_aliases: Table[AccountId, OwnerAlias] = field(factory=Table[AccountId, OwnerAlias])
    billing_product_accounts: frozenset[AccountId] = frozenset()
    subscriptions: Table[tuple[AccountId, str], None] = field(factory=Table[tuple[AccountId, str], None])
    keys: Table[str, KmsKey] = field(factory=Table[str, KmsKey])
    key_aliases: Table[tuple[AccountId, Region, str], str] = field(factory=Table[tuple[AccountId, Region, str], str])
    parameters: Table[tuple[Region, str], tuple[ImageId, ...]] = field(
        factory=Table[tuple[Region, str], tuple[ImageId, ...]]
    )
    bundles: Table[str, ImageBundle] = field(factory=Table[str, ImageBundle])
    buckets: Table[str, Bucket] = field(factory=Table[str, Bucket])
    stored_images: Table[tuple[str, str], StoredImage] = field(factory=Table[tuple[str, str], StoredImage])
    """By the name of the bucket and the key of the object; what is still being written is among them (rule C 7.11)."""
    store_tasks: Table[int, StoreImageTask] = field(factory=Table[int, StoreImageTask])
    """Every task there has been, by its place among them."""
    region_settings: Table[tuple[AccountId, Region], RegionSettings] = field(
        factory=Table[tuple[AccountId, Region], RegionSettings]
    )
    foreign_tags: Table[str, Table[AccountId, Tags]] = field(factory=Table[str, Table[AccountId, Tags]])

    images: Catalogue[Image] = field(factory=_images)
    snapshots: Catalogue[Snapshot] = field(factory=_snapshots)
    volumes: Catalogue[Volume] = field(factory=_volumes)
    instances: Catalogue[Instance] = field(factory=_instances)
    recycle_bin: Catalogue[RecycleBinEntry] = field(factory=_recycle_bin)
    retention_rules: Catalogue[RetentionRule] = field(factory=_retention_rules)
    tombstones: Catalogue[Tombstone] = field(factory=_tombstones)

    latest_copies: Table[tuple[AccountId, Region, str], SnapshotId] = field(
        factory=Table[tuple[AccountId, Region, str], SnapshotId]
    )
    """For an account, a Region and a volume: the latest copy there of one of the volume's snapshots (rule C 8.21)."""
    client_tokens: Table[tuple[AccountId, Region, str, str], tuple[object, object]] = field(
        factory=Table[tuple[AccountId, Region, str, str], tuple[object, object]]
    )
    tasks: tuple[Task, ...] = ()
    events: Log[Event] = field(factory=Log[Event])
    issued: int = 0
    """How many ids have been given out; the next one follows from it."""
