"""What looks at a step that was taken and says what is wrong with it: a function for each law."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast

import attrs
from attrs import evolve

from amimodel._table import Table
from amimodel.callers import Caller
from amimodel.clock import to_millisecond
from amimodel.comparing import Change, Changed, Created, Removed, changes
from amimodel.engine import ANY_REQUEST, advance, explain
from amimodel.events import Event, SnapshotNotification
from amimodel.history import Advance
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.integrity import Extent, problems
from amimodel.lifecycle import deregistration_refusal
from amimodel.malformed import Malformed
from amimodel.permissions import AccountPermission
from amimodel.refusals import Refusal
from amimodel.requests import Query
from amimodel.stored_images import StoredImage, StoreImageTask, StoreTaskState
from amimodel.tags import Tags
from amimodel.testing._taken import Taken
from amimodel.world import World

# --- what comes of a request ------------------------------------------------------------------------------------------


def declared(taken: Taken) -> Iterator[str]:
    """It is refused for none of the reasons that its action declares."""
    refusal, request = taken.result, taken.request
    if isinstance(refusal, Refusal) and (request is None or type(refusal) not in {*ANY_REQUEST, *request.refusals}):
        yield f"{taken.step} is refused with {type(refusal).__name__}: {refusal}"


def explained(taken: Taken) -> Iterator[str]:
    """Its explanation says another thing, or does not begin with EC2's own reason."""
    request, by = taken.request, taken.by
    if request is None or by is None:
        return
    decision = explain(taken.before, request, by=by)
    if not isinstance(taken.result, Refusal):
        if decision.allowed is not True:
            yield f"it is granted, and the explanation is: {decision}"
    # What is not known is in the way, too; an explanation names it after what is known to be.
    elif decision.allowed is True or not (decision.unknowns or decision.refusals[0] == taken.result):
        yield f"it is refused ({taken.result}), and the explanation is: {decision}"


def repeated(taken: Taken) -> Iterator[str]:
    """Taken once more, it gives another result."""
    (result,) = taken.again.results
    if result != taken.result:
        yield f"it gave {taken.result!r}, and gives {result!r}"


def refused(taken: Taken) -> Iterator[str]:
    """It was refused, and something has changed."""
    if isinstance(taken.result, Refusal) and taken.again.world is not taken.before:
        yield f"it is refused or else does this: {taken.again.changes}"


def asked(taken: Taken) -> Iterator[str]:
    """It only asks, and something has changed."""
    if isinstance(taken.request, Query) and taken.after is not taken.before:
        yield f"{taken.request.action} gives another world: {taken.changes}"


def dry(taken: Taken) -> Iterator[str]:
    """It is a dry run, and was done."""
    if taken.request is not None and taken.request.dry_run and not isinstance(taken.result, Refusal):
        yield f"{taken.request.action} was granted"


# --- whom it reaches --------------------------------------------------------------------------------------------------


def _of_thing(_: object, thing: Any) -> tuple[object, object]:  # noqa: ANN401 - each part of a world has its own
    return thing.owner_id, thing.region


def _of_tombstone(_: object, tombstone: Any) -> tuple[object, object]:  # noqa: ANN401 - as above
    return tombstone.image.owner_id, tombstone.image.region


def _of_event(_: object, event: Any) -> tuple[object, object]:  # noqa: ANN401 - as above
    return event.account, event.region


def _of_key(key: Any, _: object) -> tuple[object, object]:  # noqa: ANN401 - as above
    return key[0], key[1]


def _of_bundle(_: object, bundle: Any) -> tuple[object, object]:  # noqa: ANN401 - as above
    return bundle.account, None  # a bucket is in no Region of EC2's


_WHOSE: Final[Mapping[str, Callable[[Any, Any], tuple[object, object]]]] = MappingProxyType({
    "images":          _of_thing,
    "snapshots":       _of_thing,
    "volumes":         _of_thing,
    "instances":       _of_thing,
    "recycle_bin":     _of_thing,
    "retention_rules": _of_thing,
    "tombstones":      _of_tombstone,
    "bundles":         _of_bundle,
    "buckets":         _of_thing,
    "store_tasks":     _of_thing,
    "events":          _of_event,
    "region_settings": _of_key,
    "latest_copies":   _of_key,
    "client_tokens":   _of_key,
})  # fmt: skip
"""Of each part of a world, to which account in which Region a thing in it belongs. Of all others, nobody owns any."""

_COUNTED: Final = frozenset({"issued", "tasks"})  # every request may give out ids and take work on


def others(taken: Taken) -> Iterator[str]:
    """Something that is not the caller's in its Region has changed. AWS itself may change everything."""
    by = taken.by
    if by is None or by.is_provider:
        return
    for change in taken.changes:
        if change.part not in _COUNTED and not (_is_of(by, change, taken.before) or _may_reach(by, change)):
            yield str(change)


def _is_of(by: Caller, change: Change, before: World) -> bool:
    if change.part == "foreign_tags":
        return _may_tag(by, change, before)
    if change.part == "stored_images":
        return _may_write(by, change, before)
    whose = _WHOSE.get(change.part)
    if whose is None:
        return False
    owners = (whose(change.key, value) for value in _values(change) if value is not None)
    return all(account == by.account and region in {by.region, None} for account, region in owners)


def _values(change: Change) -> tuple[object, object]:
    """What there was and what there is; None where there is nothing."""
    if isinstance(change, Changed):
        return change.before, change.after
    return change.value, None


_Written: TypeAlias = Table[AccountId, Tags]


def _may_tag(by: Caller, change: Change, before: World) -> bool:
    """Whether tags are of the caller's writing, or on a thing of the caller's, with which they go (rule B TG-16)."""
    thing = before.resource(str(change.key))
    if thing is not None and _of_thing(None, thing) == (by.account, by.region):
        return True
    old, new = (cast("_Written", value) if value is not None else _Written() for value in _values(change))
    return {*old.differing(new), *new.differing(old)} <= {by.account}


def _may_write(by: Caller, change: Change, before: World) -> bool:
    """Whether the caller may write in the bucket that an object is in (rule C 7.2)."""
    bucket = before.buckets.get(cast("tuple[str, str]", change.key)[0])
    return bucket is not None and bucket.region == by.region and bucket.lets_write(by.account)


def _may_reach(by: Caller, change: Change) -> bool:
    """Whether an image was launched, or given up by the caller, or a sharing told, or a store task has failed.

    Source: rules C 11.2b, B CL-1, C 9.3, C 7.12.
    """
    was, now = _values(change)
    if isinstance(was, StoredImage):
        return isinstance(change, Removed) and was.store_time is None
    if isinstance(was, StoreImageTask) and isinstance(now, StoreImageTask):
        return was.in_progress and now.store_task_state is StoreTaskState.FAILED
    if isinstance(was, Event) and isinstance(change, Created):
        told = was.occurrence
        return isinstance(told, SnapshotNotification) and (told.event, told.source) == ("shareSnapshot", by.account)
    if change.part != "images" or not isinstance(was, Image) or not isinstance(now, Image):
        return False
    given_up = was.launch_permissions.removing([AccountPermission(by.account)])
    return now in {evolve(was, launches=now.launches), evolve(was, launch_permissions=given_up)}


# --- where it leads ---------------------------------------------------------------------------------------------------


def well_formed(taken: Taken) -> Iterator[str]:
    """Something new is not what building it anew gives."""
    for part, key, value in taken.present:
        kind: Any = type(value)
        if attrs.has(kind):
            try:
                anew: Any = evolve(cast("Any", value))
            except Malformed as error:
                yield f"in {part}, {key} could not be built anew: {error}"
                continue
            if anew != value:
                yield f"in {part}, {key} is {value!r}, and should be {anew!r}"


def sound(taken: Taken) -> tuple[str, ...]:
    """The world had no problems, and has some."""
    if taken.after is taken.before:
        return ()
    for extent in Extent:  # a world that was made of answers is only part of one: it is asked for less
        found = problems(taken.after, extent, since=taken.before)
        if not found:
            return ()
        if not problems(taken.before, extent):
            return tuple(map(str, found))
    return ()


def added_up(taken: Taken) -> Iterator[str]:
    """What has changed, made to the world before, gives another one."""
    if taken.changes.applied_to(taken.before) != taken.after:
        yield f"this does not lead there: {taken.changes}"


def kept_private(taken: Taken) -> Iterator[str]:
    """An encrypted image has become public, or a public one encrypted."""
    for _, _, image in taken.present:
        if isinstance(image, Image) and _is_open(image, taken.after):
            was = taken.before.images.get(image.image_id)
            if was is None or not _is_open(was, taken.before):
                yield f"{image.image_id} is encrypted and public"


def _is_open(image: Image, world: World) -> bool:
    snapshots = (world.snapshots.get(one) for one in image.snapshot_ids)
    return image.public and (image.encrypted or any(one is not None and one.encrypted for one in snapshots))


def protected(taken: Taken) -> Iterator[str]:
    """An image is gone, and was protected."""
    for change in taken.changes.removed:
        image = change.value
        if change.part == "images" and isinstance(image, Image):
            against = deregistration_refusal(image, taken.before.now, taken.before.quirks)
            if against is not None:
                yield f"{image.image_id} is gone, and its protection was {against.protection}"


_NUMBERED: Final = frozenset({"images", "snapshots", "volumes", "instances"})


def numbered(taken: Taken) -> Iterator[str]:
    """Something new has an id that was given out before, or will be once more."""
    before, after = taken.before, taken.after
    for change in taken.changes.created:
        if change.part not in _NUMBERED or change.key in before.recycle_bin:  # what was there comes back
            continue
        number = int(str(change.key).partition("-")[2], 16)
        if change.key in before.tombstones or not before.issued < number <= after.issued:
            yield f"{change.key} is new, and {before.issued:,} ids had been given out, and {after.issued:,} are now"
    if after.issued < before.issued:
        yield f"{before.issued:,} ids had been given out, and {after.issued:,} are now"


# --- time -------------------------------------------------------------------------------------------------------------


def on_time(taken: Taken) -> Iterator[str]:
    """It is not the time that it should be."""
    due = to_millisecond(taken.before.now + taken.passed)
    if taken.after.now != due:
        yield f"it is {taken.after.now}, and should be {due}"


def told(taken: Taken) -> Iterator[str]:
    """An event that was told is another one now, or gone."""
    kept = taken.before.events.common(taken.after.events)
    if kept < len(taken.before.events):
        yield f"event {kept + 1} is not what it was"


def in_parts(taken: Taken) -> Iterator[str]:
    """Time that passes in two parts leads elsewhere."""
    if isinstance(taken.step, Advance):
        after = advance(advance(taken.before, taken.passed / 2), until=taken.before.now + taken.passed)
        if after != taken.after:
            yield f"in two parts it leads elsewhere: {changes(taken.after, after)}"
