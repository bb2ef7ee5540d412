"""Whether a world holds together: the laws that every sequence of requests keeps.

A world that breaks one was put together by hand, or a request has done what EC2 would not have. `amimodel.consistency`
has the laws of a single image; this module asks it, and adds what holds between things.

What cannot break needs no law: a volume or snapshot with a key is encrypted, and an instance is in the Region of its
zone, by construction. Nor is there one for what tasks are about: it may be gone by the time they fall due, and then
nothing happens.

Source: the rules that each law names.
"""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from amimodel import _integrity_images, _integrity_retention, _integrity_storing, _integrity_things, consistency
from amimodel._integrity_laws import Extent, Law
from amimodel.images import Image
from amimodel.world import World

__all__ = ["Extent", "Law", "Problem", "problems"]


@frozen
class Problem:
    """A law that a world breaks: where, and by what."""

    law: Law | consistency.Law
    subject: str
    detail: str

    def __str__(self) -> str:
        rules = f" ({self.law.rules})" if self.law.rules else ""
        return f"{self.subject}: {self.detail}, but {self.law.sentence}{rules}"


def problems(world: World, extent: Extent = Extent.WHOLE, *, since: World | None = None) -> tuple[Problem, ...]:
    """Every law that a world breaks, with everything that breaks it.

    >>> from attrs import evolve
    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> image = evolve(WEB, region="eu-central-1")
    >>> world = World(now=parse("2026-06-01T00:00:00Z")).with_image(image)
    >>> for problem in problems(world):
    ...     print(problem)
    ami-12345678: snap-12345678 is gone, but a snapshot that an image uses is not deleted (C 8.26, C 8.27, C 6.32)
    >>> problems(world, Extent.PART)
    ()

    A snapshot that an image names may be missing from a world that was made of answers: an account is shown only the
    snapshots that are shared with it, whoever reads an inventory may have asked for the images alone, and an image may
    have outlived its snapshot before EC2 refused to delete what is in use. So that law, as every law about what should
    be there, is one of whole worlds alone; whoever has made a world of answers asks about a part.

    `since` is an earlier world in which nothing was found. What has not changed from it is not looked at again, so that
    to look at every step of a long life costs no more than what the steps change.

    >>> sound = World(now=parse("2026-06-01T00:00:00Z"))
    >>> problems(sound), len(problems(world, since=sound))
    ((), 1)

    Source: the rules that each law names.
    """
    found = (
        Problem(check.law, subject, detail)
        for check in _CHECKS
        if (extent is Extent.WHOLE or check.law.extent is Extent.PART) and check.is_due(world, since)
        for subject, detail in check.find(world)
    )
    return (*_contradictory(world, since), *found)


_CHECKS: Final = tuple(
    sorted(
        (
            *_integrity_images.CHECKS,
            *_integrity_retention.CHECKS,
            *_integrity_storing.CHECKS,
            *_integrity_things.CHECKS,
        ),
        key=lambda check: list(Law).index(check.law),
    )
)

# The limits and quirks of a world have a say in these, so they are asked here.
_ASKED_HERE: Final = frozenset(
    {consistency.Law.DEPRECATED_AFTER_CREATION, consistency.Law.PUBLIC_IS_DEPRECATED_IN_TWO_YEARS}
)


def _contradictory(world: World, since: World | None) -> Iterator[Problem]:
    for image in _images(world, since):
        for contradiction in consistency.contradictions(image, world.snapshots.records):
            if contradiction.law not in _ASKED_HERE:
                yield Problem(contradiction.law, image.image_id, contradiction.detail)


def _images(world: World, since: World | None) -> Iterator[Image]:
    """Every image, those in the Recycle Bin included; of an earlier world, those that differ, or their snapshots."""
    if since is None:
        yield from world.images
    else:
        changed = dict.fromkeys(world.images.records.differing(since.images.records))
        for snapshot_id in world.snapshots.records.differing(since.snapshots.records):
            changed.update(dict.fromkeys(world.images.ids("snapshot", snapshot_id)))
        yield from (world.images.records[image_id] for image_id in changed)
    if since is None or (world.recycle_bin, world.snapshots) != (since.recycle_bin, since.snapshots):
        yield from (entry.resource for entry in world.recycle_bin if isinstance(entry.resource, Image))
