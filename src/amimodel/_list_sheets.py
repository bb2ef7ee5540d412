"""What a list shows of its items: images, snapshots, instances and events have columns of their own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast

from amimodel._cli._describing import deprecation, encryption
from amimodel._log import Log
from amimodel._sheets import Grid, Span, Tone, Words
from amimodel._world_sheets import MOST, what_happened
from amimodel.clock import TextForm, render
from amimodel.events import Event
from amimodel.images import Image
from amimodel.instances import Instance, InstanceImageMetadata
from amimodel.snapshots import Snapshot

_Cell: TypeAlias = Callable[[Any, datetime | None], Words]


def _dated(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%Y-%m-%d}"


def stated(state: Enum) -> Span:
    """A state, in the colour of what it means."""
    return Span(str(state.value), _OF_STATES.get(str(state.value), Tone.PLAIN))


_OF_STATES: Final[Mapping[str, Tone]] = MappingProxyType({
    "available":  Tone.GOOD,    "completed":     Tone.GOOD,    "running":      Tone.GOOD,
    "pending":    Tone.WARNING, "shutting-down": Tone.WARNING, "stopping":     Tone.WARNING, "disabled": Tone.WARNING,
    "failed":     Tone.BAD,     "error":         Tone.BAD,     "deregistered": Tone.BAD,     "invalid":  Tone.BAD,
    "terminated": Tone.BAD,
})  # fmt: skip


def deprecated(image: Image, now: datetime | None) -> str:
    """From when on an image is deprecated; or since when, if it is known what time it is."""
    if image.deprecation_time is None:
        return ""
    return f"from {_dated(image.deprecation_time)}" if now is None else deprecation(image, now)


# fmt: off
_COLUMNS: Final[Mapping[type[Any], tuple[tuple[str, _Cell], ...]]] = MappingProxyType({
    Image: (
        ("Image",         lambda image, _: Span(image.image_id, Tone.ID)),
        ("Name",          lambda image, _: image.name or ""),
        ("Owner",         lambda image, _: str(image.image_owner_alias or image.owner_id)),
        ("State",         lambda image, _: stated(image.state)),
        ("Architecture",  lambda image, _: str(image.architecture)),
        ("Created",       lambda image, _: _dated(image.creation_date)),
        ("Deprecated",    deprecated),
        ("GiB",           lambda image, _: str(image.size_gib or "")),
        ("Encryption",    lambda image, _: encryption(image)),
    ),
    Snapshot: (
        ("Snapshot",      lambda snapshot, _: Span(snapshot.snapshot_id, Tone.ID)),
        ("Owner",         lambda snapshot, _: snapshot.owner_alias or snapshot.owner_id),
        ("State",         lambda snapshot, _: stated(snapshot.state)),
        ("Progress",      lambda snapshot, _: snapshot.progress),
        ("Started",       lambda snapshot, _: _dated(snapshot.start_time)),
        ("GiB",           lambda snapshot, _: str(snapshot.volume_size_gib)),
        ("Encryption",    lambda snapshot, _: "encrypted" if snapshot.encrypted else "not encrypted"),
        ("Description",   lambda snapshot, _: snapshot.description or ""),
    ),
    Instance: (
        ("Instance",      lambda instance, _: Span(instance.instance_id, Tone.ID)),
        ("Name",          lambda instance, _: instance.tags.get("Name", "")),
        ("State",         lambda instance, _: stated(instance.state)),
        ("Type",          lambda instance, _: instance.instance_type),
        ("Image",         lambda instance, _: Span(instance.image_id, Tone.ID)),
        ("Zone",          lambda instance, _: str(instance.availability_zone)),
        ("Launched",      lambda instance, _: _dated(instance.launch_time)),
        ("IMDS tokens",   lambda instance, _: str(instance.http_tokens)),
    ),
    InstanceImageMetadata: (
        ("Instance",      lambda told, _: Span(told.instance_id, Tone.ID)),
        ("State",         lambda told, _: stated(told.state)),
        ("Type",          lambda told, _: told.instance_type),
        ("Image",         lambda told, _: Span(told.image_metadata.image_id, Tone.ID)),
        ("Name",          lambda told, _: told.image_metadata.name or ""),
        ("Owner",         lambda told, _: told.image_metadata.image_owner_alias or told.image_metadata.owner_id),
        ("Image state",   lambda told, _: stated(told.image_metadata.state)),
    ),
    Event: (
        ("Time",          lambda event, _: render(event.time, TextForm.SECONDS)),
        ("Account",       lambda event, _: event.account),
        ("Region",        lambda event, _: str(event.region)),
        ("Event",         lambda event, _: event.detail_type),
        ("What happened", lambda event, _: what_happened(event)),
    ),
})
# fmt: on
"""What a list shows of each of its items."""


def grid(value: object, now: datetime | None) -> Grid | None:
    """The items of a list as the rows of a grid, if they are of one kind, and it has columns."""
    if not isinstance(value, tuple | list | Log):
        return None
    items = cast("Sequence[object]", value)
    kinds = {type(item) for item in items}
    columns = _COLUMNS.get(kinds.pop()) if len(kinds) == 1 else None
    if columns is None:
        return None
    rows = [[cell(item, now) for _, cell in columns] for item in islice(items, MOST)]
    return Grid(rows, tuple(heading for heading, _ in columns))
