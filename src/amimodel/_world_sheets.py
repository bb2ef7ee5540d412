"""The sheets of whole worlds: how much there is in one, and what lies between two.

A world may be large: what is long is shown in part.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, TypeAlias

from amimodel._sheets import Grid, Part, Sheet, Span, Tone, Words, line
from amimodel._wording import introduction, subject
from amimodel.clock import TextForm, render
from amimodel.comparing import Change, Changed, Changes, Created, Removed
from amimodel.events import Event
from amimodel.identifiers import AccountId
from amimodel.tasks import (
    ActivateRetentionRule,
    AnnounceUnlocking,
    BlockImagePublicAccess,
    EmptyRecycleBin,
    EndCooldown,
    EndUnlockDelay,
    FinishImage,
    FinishRecovery,
    FinishSnapshots,
    FinishStoreTask,
    ForgetInstance,
    MoveInstance,
    RemoveSnapshot,
    Task,
    Work,
)
from amimodel.world import World

MOST: Final = 100
"""How much of a list is shown."""


def and_more(number: int) -> Iterator[Part]:
    """Say how many of a list of so many are not shown."""
    if number > MOST:
        yield line(Span(f"and {number - MOST:,} more", Tone.FAINT))


# --- changes ----------------------------------------------------------------------------------------------------------

_SIGNS: Final[Mapping[type[Change], Span]] = {
    Created: Span("+", Tone.GOOD),
    Changed: Span("~", Tone.WARNING),
    Removed: Span("-", Tone.BAD),
}
_BOOKKEEPING: Final = frozenset({"tasks", "client_tokens", "now"})
_COUNTER: Final = "issued"  # where the next id comes from: no one's business but the world's


def sheet_of_changes(changes: Changes) -> Sheet:
    """A plan: what is new, what is not as it was, what is gone."""
    shown = [change for change in changes if change.part != _COUNTER]
    if not shown:
        return Sheet(Span("nothing has changed", Tone.FAINT))
    rows = [row for change in islice(shown, MOST) for row in _rows_of(change)]
    return Sheet("", [Grid(rows), *and_more(len(shown))])


def _rows_of(change: Change) -> Iterator[Iterable[Words]]:
    sign = _SIGNS[type(change)]
    faint = change.part in _BOOKKEEPING
    name = Span(subject(change.part, change.key), Tone.FAINT_NAME if faint else Tone.NAME)
    tone = Tone.FAINT if faint else Tone.PLAIN
    match change:
        case Created():
            yield sign, name, _introduced(change.value, tone)
        case Changed():
            for number, difference in enumerate(change.differences):
                yield ("", "", str(difference)) if number else (sign, name, Span(str(difference), tone))
        case Removed():
            yield sign, name, ""


def _introduced(value: object, tone: Tone) -> Span:
    match value:
        case Task():
            return Span(_of_task(value), tone)
        case Event():
            return Span(f"{render(value.time, TextForm.SECONDS)} {what_happened(value)}", tone)
        case _:
            return Span(introduction(value).removeprefix(":").strip(), tone)


def what_happened(event: Event) -> str:
    """What an event says, without the time and the place with which its text begins."""
    return str(event).partition(": ")[2]


# --- the world --------------------------------------------------------------------------------------------------------


def _of_task(task: Task) -> str:
    return f"{render(task.due, TextForm.SECONDS)} {_to_be_done(task.work)}"


def _to_be_done(work: Work) -> str:  # noqa: C901, PLR0911, PLR0912 - one for each kind of work
    match work:
        case FinishSnapshots():
            ids = ", ".join(work.snapshot_ids)
            return f"completes {ids}" if work.failure is None else f"lets {ids} fail: {work.failure}"
        case RemoveSnapshot():
            return f"deletes {work.snapshot_id}"
        case FinishImage():
            return f"makes {work.image_id} available"
        case FinishStoreTask():
            return f"finishes store task {work.number}"
        case MoveInstance():
            return f"lets {work.instance_id} leave {work.leaving}"
        case ForgetInstance():
            return f"forgets {work.instance_id}"
        case EndCooldown():
            return f"ends the cooldown of {work.image_id}"
        case EmptyRecycleBin():
            return f"empties the Recycle Bin of {work.resource_id}"
        case FinishRecovery():
            return f"completes {work.snapshot_id}"
        case ActivateRetentionRule():
            return f"lets the rule {work.identifier} retain"
        case AnnounceUnlocking():
            return f"tells that the rule {work.identifier} is being unlocked"
        case EndUnlockDelay():
            return f"unlocks the rule {work.identifier}"
        case BlockImagePublicAccess():
            return f"blocks public access for images of {work.account_id} in {work.region}"


_Place: TypeAlias = tuple[str, str]


def sheet_of_world(world: World) -> Sheet:
    """How much every account has in every Region, and what is under way."""
    counted = dict(_counts(world))
    places = sorted({place for counts in counted.values() for place in counts}, key=_order(world))
    rows = [
        (
            _named(world, AccountId(account)),
            region,
            *(str(counts[account, region] or "") for counts in counted.values()),
        )
        for account, region in places
    ]
    parts: list[Part] = [Grid(rows, ("Account", "Region", *counted))] if rows else [line("empty")]
    if world.tasks:
        parts.append(line(Span("under way", Tone.FAINT)))
        parts.extend(line(_of_task(task)) for task in world.tasks[:MOST])
        parts.extend(and_more(len(world.tasks)))
    return Sheet(Span(f"The world at {world.now:%Y-%m-%d %H:%M:%S} UTC", Tone.STRONG), parts)


def _counts(world: World) -> Iterator[tuple[str, Counter[_Place]]]:
    """How many of each kind an account has in a Region; the indexes know, and no record is looked at."""
    for heading, catalogue in (
        ("Images", world.images),
        ("Snapshots", world.snapshots),
        ("Recycle Bin", world.recycle_bin),
        ("Volumes", world.volumes),
        ("Instances", world.instances),
    ):
        places = ((_place(key), catalogue.count("owner", key)) for key in catalogue.keys("owner"))
        yield heading, Counter(dict(places))


def _place(key: str) -> _Place:
    account, _, region = key.partition("\0")
    return account, region


def _order(world: World) -> Callable[[_Place], tuple[bool, str, str]]:
    """Customers before AWS and its sellers, each account with its Regions together."""
    return lambda place: (place[0] in world.owner_aliases, *place)


def _named(world: World, account: AccountId) -> Words:
    alias = world.owner_aliases.get(account)
    return [account] if alias is None else [account, Span(f"({alias})", Tone.FAINT)]
