"""How a plan of changes calls the parts of a world, and introduces what is new there."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, cast

from amimodel._code import code_of
from amimodel._table import Table
from amimodel.buckets import Bucket
from amimodel.clock import TextForm, render
from amimodel.events import Event
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.instances import Instance
from amimodel.retention import RecycleBinEntry, RetentionRule
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask
from amimodel.tags import Tags
from amimodel.tasks import Task
from amimodel.tombstones import Tombstone
from amimodel.volumes import Volume

NOUNS: Final[Mapping[str, str]] = {
    "images":                   "image",
    "snapshots":                "snapshot",
    "volumes":                  "volume",
    "instances":                "instance",
    "recycle_bin":              "in the Recycle Bin:",
    "tombstones":               "deregistered image",
    "foreign_tags":             "tags of others on",
    "retention_rules":          "retention rule",
    "latest_copies":            "latest copy for",
    "region_settings":          "settings of",
    "keys":                     "key",
    "key_aliases":              "key alias of",
    "parameters":               "public parameter in",
    "bundles":                  "bundle",
    "buckets":                  "bucket",
    "stored_images":            "stored image",
    "store_tasks":              "store task",
    "organizations":            "organizations",
    "owner_aliases":            "owner alias of",
    "subscriptions":            "subscription of",
    "billing_product_accounts": "right to name billing products of",
    "client_tokens":            "client token of",
    "tasks":                    "task",
    "events":                   "event",
    "issued":                   "number of ids given out",
    "limits":                   "limits",
    "quirks":                   "quirks",
    "timing":                   "timing",
    "now":                      "clock",
}  # fmt: skip
"""What each field of a world holds, in the order in which a plan goes through them."""


def subject(part: str, key: Hashable) -> str:
    """Name a thing in a field of a world; a field that holds but one thing has no key.

    >>> subject("images", "ami-12345678"), subject("now", None)
    ('image ami-12345678', 'clock')
    """
    noun = NOUNS.get(part, part)
    if key is None:
        return noun
    words = cast("tuple[object, ...]", key) if isinstance(key, tuple) else (key,)
    return " ".join((noun, *map(str, words)))


def introduction(value: object) -> str:
    """What should be known of a thing that is new, to be written behind its name; nothing, of most things.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> introduction(evolve(WEB, region="eu-central-1"))
    " 'web' (eu-central-1, 111122223333)"
    """
    return _INTRODUCTIONS.get(type(value), _nothing)(value)


def _nothing(_: object) -> str:
    return ""


def _image(image: Image) -> str:
    return f" {image.name!r}{_place(image)}"


def _place(thing: Image | Snapshot | Volume | Instance | RetentionRule | Bucket) -> str:
    return f" ({thing.region}, {thing.owner_id})"


def _stored(stored: StoredImage) -> str:
    return f" {stored.image.name!r}"


def _storing(task: StoreImageTask) -> str:
    return f": {task.ami_id} to {task.bucket}"


def _binned(entry: RecycleBinEntry) -> str:
    return f"{introduction(entry.resource)} until {render(entry.recycle_bin_exit_time, TextForm.SECONDS)}"


def _remembered(tombstone: Tombstone) -> str:
    return _image(tombstone.image)


def _tags(tags: Table[AccountId, Tags]) -> str:
    return ": " + ", ".join(f"{account} {dict(written)}" for account, written in tags.items())


def _work(task: Task) -> str:
    return f" at {render(task.due, TextForm.SECONDS)}: {code_of(task.work)}"


def _text(value: object) -> str:
    return f": {value}"


_INTRODUCTIONS: Final[Mapping[type[Any], Callable[[Any], str]]] = {
    Image:           _image,
    Snapshot:        _place,
    Volume:          _place,
    Instance:        _place,
    RetentionRule:   _place,
    Bucket:          _place,
    StoredImage:     _stored,
    StoreImageTask:  _storing,
    RecycleBinEntry: _binned,
    Tombstone:       _remembered,
    Table:           _tags,
    Task:            _work,
    Event:           _text,
    str:             _text,
}  # fmt: skip
