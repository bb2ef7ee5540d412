"""The laws of a world, each with the rules it follows from and the worlds it holds in, and what a check of one is."""

from collections.abc import Callable, Iterator
from enum import Enum, unique
from typing import Final

from attrs import field, frozen

from amimodel.world import World


@unique
class Extent(Enum):
    """How much of what there is a world holds.

    A *whole* world holds all that matters to anything in it. So it is as long as it is changed by requests alone, from
    a whole one on. A *part* was made of answers: EC2 does not show everything to everyone, and an account may have
    been granted other quotas than those that are published.
    """

    WHOLE = "whole"
    PART = "part"


_WHOLE, _PART = Extent.WHOLE, Extent.PART


@unique
class Law(Enum):
    """A law: what always holds, the rules it follows from, and the least extent of the worlds that it holds in."""

    # Everything in its place. Where there are no rules, the law is about how a world is kept.
    UNDER_ITS_OWN_ID = ("everything stands under its own id", "A ID-1", _PART)
    IN_A_REGION = ("everything is in a Region", "A ID-1, B G-1", _PART)
    IN_ONE_PLACE = ("an id is never given twice, and what is gone is nowhere else", "C 5.15, C 5.17, C 6.21", _PART)
    INDEXES_ARE_IN_STEP = ("an index leads to what the records say", "", _PART)
    BEGUN_BEFORE_NOW = ("nothing has begun after now", "C 0.1", _PART)

    # Images; those of `amimodel.consistency` come first
    NAME_IS_HELD_ONCE = ("an image that holds its name holds it alone", "A NM-6, A NM-8", _PART)
    DEPRECATED_AFTER_CREATION = ("an image is deprecated after its creation, to the minute", "C 2.5", _PART)
    PUBLIC_IS_DEPRECATED_IN_TIME = (
        "a public image is deprecated so many years after its creation at most",
        "B LP-32, B LP-33, C 2.12",
        _PART,
    )
    PUBLIC_IS_DEPRECATED = ("a public image has a time of deprecation", "B LP-32, B LP-33, C 2.13", _WHOLE)
    SNAPSHOTS_ARE_THERE = ("a snapshot that an image uses is not deleted", "C 8.26, C 8.27, C 6.32", _WHOLE)
    SNAPSHOTS_ARE_COMPLETED = ("an image is available when all its snapshots are completed", "C 1.2.2, C 6.32", _WHOLE)
    SNAPSHOTS_ARE_ITS_OWNERS = ("an image is made of its owner's snapshots", "A RB-7, B EN-14", _WHOLE)
    SNAPSHOTS_ARE_IN_ITS_REGION = ("an image is made of snapshots of its Region", "A RB-7, A ID-1", _PART)
    PENDING_IMAGE_WILL_BE_FINISHED = (
        "a pending image waits for a pending snapshot, or has a task",
        "C 1.2.2, C 1.2.9, C 13",
        _WHOLE,
    )
    COOLDOWN_WILL_END = ("a cooldown that runs has a task that ends it", "C 4.4, C 13", _WHOLE)

    # Snapshots
    CLOSED_SNAPSHOT_IS_NOT_PUBLIC = (
        "a snapshot that is encrypted or has a product code is not public",
        "B SP-8, B SP-10, C 8.34",
        _PART,
    )
    PENDING_SNAPSHOT_WILL_BE_FINISHED = ("a pending snapshot has a task that finishes it", "C 8.1, C 13", _WHOLE)

    # Stored images
    STORED_IN_A_BUCKET = ("what is stored lies in a bucket that is there", "C 7.2", _PART)
    STORED_KEEPS_NO_SHARING = ("what is stored is shared with nobody, and is not encrypted", "C 7.13, C 7.14", _PART)
    WRITTEN_BY_A_TASK = ("what is being written is what store tasks in progress write", "C 7.11", _PART)
    STORED_IN_ITS_REGION = ("an image is stored in a bucket of its Region", "C 7.2", _PART)
    STORE_TASKS_ARE_NUMBERED = ("store tasks are numbered as they stand", "", _PART)
    STORE_TASK_WILL_END = ("a store task in progress has a task that finishes it", "C 7.10, C 13", _WHOLE)

    # Instances and their volumes
    ATTACHED_IS_IN_USE = ("a volume is in use as long as it is attached", "A RB-14, C 8.2", _PART)
    ATTACHED_TO_WHAT_IS_THERE = ("a volume is attached to an instance that is there", "C 12.4", _WHOLE)
    ATTACHED_IN_ITS_ZONE = ("a volume is attached in its own zone and account", "C 12.39", _PART)
    MAPPING_NAMES_ITS_VOLUMES = ("an instance's mapping names its volumes, as they are attached", "A IS-7", _WHOLE)
    TERMINATED_HAS_NO_VOLUMES = ("a terminated instance has no volumes", "C 12.4", _PART)
    INSTANCE_WILL_ARRIVE = ("an instance on its way has a task that lets it arrive", "C 12.1, C 13", _WHOLE)
    TERMINATED_WILL_BE_FORGOTTEN = ("a terminated instance has a task that forgets it", "C 12.1, C 13", _WHOLE)
    IMAGE_IS_REMEMBERED = ("the image of an instance is there, or remembered", "C 5.5, C 11.3, C 12.10", _WHOLE)

    # The Recycle Bin, and what is gone
    MARKED_IN_BIN = ("what lies in the Recycle Bin has the bin's tag, and nothing else has", "C 6.16", _PART)
    LEAVES_AFTER_ENTERING = ("what enters the Recycle Bin leaves it later", "C 6.2", _PART)
    BINNED_CAN_BE_KEPT = (
        "only an image on EBS that was finished and is not protected enters the Recycle Bin",
        "C 5.6 to C 5.8, C 6.12, C 6.14",
        _PART,
    )
    BIN_WILL_BE_EMPTIED = ("what lies in the Recycle Bin has a task that takes it out", "C 6.40, C 13", _WHOLE)
    RECOVERING_SNAPSHOT_WILL_BE_COMPLETED = (
        "a snapshot that comes back from the Recycle Bin has a task that completes it",
        "C 6.37, C 13",
        _WHOLE,
    )
    PENDING_RULE_WILL_RETAIN = ("a pending retention rule has a task that lets it retain", "C 6.9, C 13", _WHOLE)
    UNLOCKING_WILL_END = ("a retention rule that is being unlocked has a task that unlocks it", "C 6, C 13", _WHOLE)
    UNLOCKING_HAS_AN_END = ("a retention rule has the end of a delay as long as it is being unlocked", "C 6.1", _PART)
    REMEMBERED_IS_GONE = (
        "what is remembered of an image is deregistered, shared with nobody and has no tags",
        "C 5.17, B TG-16",
        _PART,
    )
    DEREGISTERED_IS_GONE = ("a deregistered image is nowhere but remembered", "C 5.6, C 5.9", _PART)

    # What others write on things
    FOREIGN_TAGS_ARE_ON_SOMETHING = ("tags go with what they are written on", "A TG-10, B TG-16", _PART)
    FOREIGN_TAGS_ARE_NOT_THE_OWNERS = ("an owner's tags are on the thing itself", "A TG-9, B TG-1", _PART)
    FOREIGN_TAGS_ARE_PRIVATE = ("only an image's owner writes tags for all who can use it", "B TG-3", _PART)
    FOREIGN_TAGS_ARE_SOME = ("where nobody has written anything, nothing is kept", "", _PART)

    # Keys
    ALIAS_NAMES_A_KEY = ("an alias names a key that is there", "B EN-6", _PART)

    # Time
    TASKS_ARE_IN_ORDER = ("tasks stand in the order in which they fall due, each with its own number", "C 0.1", _PART)
    TASKS_ARE_TO_COME = ("what was due has been done", "C 0.1", _PART)
    EVENTS_ARE_NUMBERED = ("events are numbered as they stand", "", _PART)
    EVENTS_ARE_IN_ORDER = ("events stand in the order of their times, and none is of the future", "C 0.1", _PART)

    # Quotas, where a request would have been refused
    IMAGES_WITHIN_QUOTA = ("an account has no more images in a Region than its quota", "A 9, B CI-13, C 5.20", _WHOLE)
    PUBLIC_IMAGES_WITHIN_QUOTA = (
        "an account has no more public images in a Region than its quota",
        "A 9, B LP-23, C 5.20",
        _WHOLE,
    )
    SHARING_WITHIN_QUOTA = ("an image is shared with no more entities than the quota", "A 9, B LP-19, C 5.20", _WHOLE)
    RETENTION_RULES_WITHIN_QUOTA = (
        "an account has no more retention rules in a Region than its quota",
        "C 6.1",
        _WHOLE,
    )
    TAGS_WITHIN_LIMIT = ("an account writes no more tags on a thing than the limit", "A TG-1, B TG-6", _WHOLE)

    @property
    def sentence(self) -> str:
        """What always holds."""
        return self.value[0]

    @property
    def rules(self) -> str:
        """The rules it follows from; none, where it is about how a world is kept."""
        return self.value[1]

    @property
    def extent(self) -> Extent:
        """The least extent of the worlds that it holds in."""
        return self.value[2]


THINGS: Final = "images snapshots volumes instances"
"""The parts of a world that have things with tags."""


def _parts(parts: str) -> tuple[str, ...]:
    return tuple(parts.split())


@frozen
class Check:
    """What looks for things that break a law, each with what breaks it; and the parts of a world that it looks at.

    What it finds depends on nothing else: where those parts are what they were, it finds what it found.
    """

    law: Law
    find: Callable[[World], Iterator[tuple[str, str]]]
    parts: tuple[str, ...] = field(converter=_parts)

    def is_due(self, world: World, since: World | None) -> bool:
        """Whether anything that it looks at is another than it was, as far as there is an earlier world."""
        return since is None or any(getattr(world, part) is not getattr(since, part) for part in self.parts)
