"""What a person is shown of a value: `text` for a terminal, `html` for a notebook.

Each kind of value has one sheet, and both ways of showing it are written from that. What has no sheet of its own is
shown field by field. A further kind of value gets its sheet by `sheet.register`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import singledispatch
from itertools import islice
from typing import Any, Final, TypeVar, cast

import attrs

from amimodel._cli._describing import encryption, who
from amimodel._code import code_of
from amimodel._list_sheets import deprecated, grid, stated
from amimodel._log import Log
from amimodel._sheets import Grid, Part, Sheet, Span, Tone, Words, as_html, as_text, line
from amimodel._world_sheets import MOST, and_more, sheet_of_changes, sheet_of_world
from amimodel.clock import TextForm, render
from amimodel.comparing import Changes
from amimodel.decisions import Decision, Ground, Settled, Unknown
from amimodel.images import Image
from amimodel.paging import Page
from amimodel.references import References
from amimodel.refusals import Refusal
from amimodel.retention import RecycleBinEntry
from amimodel.tombstones import Tombstone
from amimodel.vocabulary import ImageState
from amimodel.world import World

T = TypeVar("T")


def text(value: object, now: datetime | None = None) -> str:
    """Write a value down for a person to read.

    >>> from amimodel.refusals import NotAuthorizedForImages
    >>> print(text(NotAuthorizedForImages(image_id="ami-12345678")))
    refused AuthFailure
      Not authorized for images: [ami-12345678]
      the owner must share it with the account (ModifyImageAttribute, launchPermission)
      rules A 5.4, B LD-6, S 2

    `now` tells whether what lies at a certain time is past: whether an image is deprecated.
    """
    return as_text(sheet(value, now))


def html(value: object, now: datetime | None = None) -> str:
    """The same as HTML, with its style, for light and for dark pages.

    >>> from amimodel.examples import WEB
    >>> "<b>" in html([WEB, "<b>"])
    False
    """
    return as_html(sheet(value, now))


@singledispatch
def sheet(value: object, now: datetime | None = None) -> Sheet:
    """What is to be shown of a value. Without a sheet of its own, it is its text, or else its fields."""
    if not _has_fields(value):
        return Sheet("", [_said(value)])
    rows: list[Iterable[Words]] = []
    grids: list[Part] = []
    for name, held in _fields(value):
        list_of_it = grid(held, now)
        if list_of_it is None:
            rows.append((Span(name, Tone.FAINT), _said(held)))
        else:
            grids.append(list_of_it)
    return Sheet(Span(type(value).__name__, Tone.STRONG), [*([Grid(rows)] if rows else []), *grids])


def _has_fields(value: object) -> bool:
    return attrs.has(type(value)) and type(value).__str__ is object.__str__


def _fields(value: object) -> Iterator[tuple[str, object]]:
    """What is known of a value, apart from what is too long to be read."""
    for attribute in attrs.fields(cast("Any", type(value))):
        held: object = getattr(value, attribute.name)
        if held is not None and held != () and attribute.repr:
            yield attribute.name, held


def _said(value: object) -> str:
    match value:
        case Enum():
            return str(value.value)
        case datetime():
            return render(value, TextForm.SECONDS)
        case tuple() | list():
            return ", ".join(map(_said, cast("Sequence[object]", value)))
        case Mapping():
            written = cast("Mapping[object, object]", value).items()
            return ", ".join(f"{_said(key)}={_said(item)}" for key, item in written)
        case _:
            return code_of(value) if _has_fields(value) else str(value)


# --- lists ------------------------------------------------------------------------------------------------------------


@sheet.register(tuple)
@sheet.register(list)
@sheet.register(Log)
def _sheet_of_items(items: Sequence[object], now: datetime | None = None) -> Sheet:
    if not items:
        return Sheet(Span("nothing", Tone.FAINT))
    found = grid(items, now)
    parts: list[Part] = [line(_said(item)) for item in islice(items, MOST)] if found is None else [found]
    return Sheet("", [*parts, *and_more(len(items))])


@sheet.register(Page)
def _sheet_of_page(page: Page[object], now: datetime | None = None) -> Sheet:
    shown = _sheet_of_items(page.items, now)
    rest = [] if page.next_token is None else [line(Span(f"more with next_token {page.next_token}", Tone.FAINT))]
    return Sheet(shown.title, [*shown.parts, *rest])


# --- an image ---------------------------------------------------------------------------------------------------------


def _facts(facts: Mapping[str, Words | None]) -> Grid:
    return Grid((Span(name, Tone.FAINT), told) for name, told in facts.items() if told)


@sheet.register(Image)
def _sheet_of_image(image: Image, now: datetime | None = None) -> Sheet:
    reason = image.state_reason
    why = "" if reason is None else f"({reason.message or reason.code})"
    protection = str(image.deregistration_protection)
    facts: dict[str, Words | None] = {
        "Owner": f"{image.owner_id} {f'({image.image_owner_alias})' if image.image_owner_alias else ''}",
        "Region": None if image.region is None else str(image.region),
        "State": [stated(image.state), why],
        "Created": render(image.creation_date, TextForm.SECONDS),
        "Who may launch it": [", ".join(("its owner", *_others(image)))] if image.state is _AVAILABLE else who(image),
        "Deprecated": deprecated(image, now) or "no",
        "Deregistration": {"disabled": "not protected"}.get(protection, f"protected: {protection}"),
        "Encryption": encryption(image),
        "Size": f"{image.size_gib} GiB" if image.size_gib else None,
        "Boots": " ".join(str(word) for word in (image.architecture, image.boot_mode) if word),
        "Metadata service": "tokens required (IMDSv2)" if image.imds_support else None,
        "Snapshots": [Span(" ".join(image.snapshot_ids), Tone.ID)] if image.snapshot_ids else None,
        "Made of": _source(image),
        "Tags": ", ".join(f"{key}={written}" for key, written in image.tags.items()) or None,
        "Description": image.description,
    }
    title = [Span(image.name or "without a name", Tone.STRONG), Span(image.image_id, Tone.ID)]
    return Sheet(title, [_facts(facts)])


_AVAILABLE: Final = ImageState.AVAILABLE


def _others(image: Image) -> tuple[str, ...]:
    return tuple(told for told in who(image) if told != "its owner")


def _source(image: Image) -> Words | None:
    if image.source_instance_id is not None:
        return ["instance", Span(image.source_instance_id, Tone.ID)]
    if image.source_image_id is None:
        return None
    return [Span(image.source_image_id, Tone.ID), f"in {image.source_image_region}"]


@sheet.register(Tombstone)
def _sheet_of_tombstone(tombstone: Tombstone, now: datetime | None = None) -> Sheet:
    image = sheet(tombstone.image, now)
    return Sheet(image.title, [f"deregistered {render(tombstone.deregistered_at, TextForm.SECONDS)}", *image.parts])


@sheet.register(RecycleBinEntry)
def _sheet_of_entry(entry: RecycleBinEntry, now: datetime | None = None) -> Sheet:
    resource = sheet(entry.resource, now)
    enters, leaves = (
        render(one, TextForm.SECONDS) for one in (entry.recycle_bin_enter_time, entry.recycle_bin_exit_time)
    )
    return Sheet(resource.title, [f"in the Recycle Bin from {enters} to {leaves}", *resource.parts])


# --- decisions and refusals -------------------------------------------------------------------------------------------

_ANSWERS: Final = {
    True: Span("yes", Tone.GOOD, badge=True),
    False: Span("no", Tone.BAD, badge=True),
    None: Span("not known", Tone.WARNING, badge=True),
}


@sheet.register(Decision)
def _sheet_of_decision(decision: Decision, _: datetime | None = None) -> Sheet:
    against = decision.refusals
    remark = f"{len(against)} reasons; EC2 would name the first" if len(against) > 1 else ""
    title = [_ANSWERS[decision.allowed], Span(remark, Tone.FAINT)]
    return Sheet(title, [Grid(map(_ground, decision.because))] if decision.because else [])


def _ground(ground: Ground) -> Iterable[Words]:
    rules = Span(ground.rules, Tone.FAINT_NAME)
    if isinstance(ground, Refusal):
        return Span(ground.code, Tone.BAD), [str(ground), Span(_remedy(ground), Tone.FAINT)], rules
    if isinstance(ground, Unknown):
        return Span("not known", Tone.WARNING), str(ground), rules
    if isinstance(ground, Settled):
        return Span(ground.subject, Tone.FAINT), ground.outcome, rules
    return Span("because", Tone.GOOD), str(ground), rules


def _remedy(refusal: Refusal) -> str:
    return f"- {refusal.remedy}" if refusal.remedy else ""


@sheet.register(Refusal)
def _sheet_of_refusal(refusal: Refusal, _: datetime | None = None) -> Sheet:
    remedy = [line(refusal.remedy)] if refusal.remedy else []
    title = [Span("refused", Tone.BAD, badge=True), Span(refusal.code, Tone.STRONG)]
    return Sheet(title, [line(str(refusal)), *remedy, line(Span(f"rules {refusal.rules}", Tone.FAINT))])


@sheet.register(References)
def _sheet_of_references(found: References, _: datetime | None = None) -> Sheet:
    return Sheet(Span(f"What hangs on {found.image.image_id}", Tone.STRONG), found.sentences())


# --- worlds -----------------------------------------------------------------------------------------------------------


@sheet.register(Changes)
def _sheet_of_changes(changes: Changes, _: datetime | None = None) -> Sheet:
    return sheet_of_changes(changes)


@sheet.register(World)
def _sheet_of_world(world: World, _: datetime | None = None) -> Sheet:
    return sheet_of_world(world)
