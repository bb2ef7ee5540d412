"""What has changed from one world to another, as a value: it can be printed, compared, and made again.

Worlds share nearly everything with those they came from, and what is shared is not looked at: to find what a request
has changed costs as much as the change.

Source: rules A 0.3, C 0.1.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final, TypeAlias

import attrs
from attrs import evolve, field, frozen

from amimodel._catalogue import Catalogue
from amimodel._differences import Difference, differences
from amimodel._log import Log
from amimodel._table import Table
from amimodel._wording import NOUNS, introduction, subject
from amimodel.events import Event
from amimodel.identifiers import AccountId
from amimodel.limits import Limits
from amimodel.organizations import Organizations
from amimodel.quirks import Quirks
from amimodel.tasks import Task
from amimodel.timing import Timing
from amimodel.world import World

_ABSENT: Final[Any] = object()


@frozen(kw_only=True)
class Created:
    """Something that is there now. `part` is the field of `World` that holds it, `key` what it is known by there."""

    part: str
    key: Hashable
    value: object

    def __str__(self) -> str:
        return f"+ {subject(self.part, self.key)}{introduction(self.value)}"


@frozen(kw_only=True)
class Changed:
    """Something that has changed. Where the field of `World` holds one value and no table, its key is None."""

    part: str
    key: Hashable
    before: object
    after: object

    @property
    def differences(self) -> tuple[Difference, ...]:
        """In what it differs from what it was, field by field."""
        return tuple(differences(self.before, self.after))

    def __str__(self) -> str:
        return f"~ {subject(self.part, self.key)}: {', '.join(map(str, self.differences))}"


@frozen(kw_only=True)
class Removed:
    """Something that is there no more, as it was."""

    part: str
    key: Hashable
    value: object

    def __str__(self) -> str:
        return f"- {subject(self.part, self.key)}"


Change: TypeAlias = Created | Changed | Removed


def _created(created: Iterable[Created]) -> tuple[Created, ...]:
    return tuple(created)


def _changed(changed: Iterable[Changed]) -> tuple[Changed, ...]:
    return tuple(changed)


def _removed(removed: Iterable[Removed]) -> tuple[Removed, ...]:
    return tuple(removed)


@frozen(kw_only=True)
class Changes:
    """All that lies between two worlds: what was created, changed and removed. Printed, it reads as a plan.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> before = World(now=parse("2026-06-01T00:00:00Z")).with_image(evolve(WEB, region="eu-central-1"))
    >>> after = before.with_image(evolve(before.images.get("ami-12345678"), state="disabled"))
    >>> print(changes(before, after))
    ~ image ami-12345678: state available -> disabled
    >>> len(changes(before, after)), bool(changes(before, before))
    (1, False)
    """

    created: tuple[Created, ...] = field(default=(), converter=_created)
    changed: tuple[Changed, ...] = field(default=(), converter=_changed)
    removed: tuple[Removed, ...] = field(default=(), converter=_removed)

    def __len__(self) -> int:
        return len(self.created) + len(self.changed) + len(self.removed)

    def __iter__(self) -> Iterator[Change]:
        """Every change, part of the world by part: first what is new there, then what is not as it was, or gone."""
        every: tuple[Change, ...] = (*self.created, *self.changed, *self.removed)
        return iter(sorted(every, key=_place))

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    @property
    def undone(self) -> "Changes":
        """The way back.

        >>> from amimodel.clock import parse
        >>> one, two = World(now=parse("2026-06-01T00:00:00Z")), World(now=parse("2026-06-02T00:00:00Z"))
        >>> changes(one, two).undone == changes(two, one)
        True
        """
        return Changes(
            created=(Created(part=one.part, key=one.key, value=one.value) for one in self.removed),
            changed=(Changed(part=one.part, key=one.key, before=one.after, after=one.before) for one in self.changed),
            removed=(Removed(part=one.part, key=one.key, value=one.value) for one in self.created),
        )

    def applied_to(self, world: World) -> World:
        """Make the same changes to a world: to the one they were found in, they give the other one.

        A table of the new world may have its entries in another order than that one.

        >>> from amimodel.clock import parse
        >>> before = World(now=parse("2026-06-01T00:00:00Z"))
        >>> after = before.at(parse("2026-06-02T00:00:00Z"))
        >>> changes(before, after).applied_to(before) == after
        True

        Raises `ValueError` for a world in which something is not as it was before these changes.
        """
        written: dict[str, dict[Hashable, object]] = {}
        dropped: dict[str, list[Hashable]] = {}
        for change in self:
            was = _ABSENT if isinstance(change, Created) else _before(change)
            if _held(getattr(world, change.part), change.key) != was:
                message = f"{subject(change.part, change.key)} is not as it was before these changes"
                raise ValueError(message)
            if isinstance(change, Removed):
                dropped.setdefault(change.part, []).append(change.key)
            else:
                now = change.after if isinstance(change, Changed) else change.value
                written.setdefault(change.part, {})[change.key] = now
        rebuilt: dict[str, Any] = {
            part: _rebuilt(getattr(world, part), written.get(part, {}), dropped.get(part, ()))
            for part in (*written, *(part for part in dropped if part not in written))
        }
        return evolve(world, **rebuilt)


def changes(before: World, after: World) -> Changes:
    """Find what lies between two worlds.

    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> empty = World(now=parse("2026-06-01T00:00:00Z"))
    >>> print(changes(empty, empty.with_image(evolve(WEB, region="eu-central-1"))))
    + image ami-12345678 'web' (eu-central-1, 111122223333)
    ~ number of ids given out: 0 -> 1
    """
    created: list[Created] = []
    changed: list[Changed] = []
    removed: list[Removed] = []
    for part in _PARTS:
        for key, old, new in _compared(getattr(before, part), getattr(after, part)):
            if old is _ABSENT:
                created.append(Created(part=part, key=key, value=new))
            elif new is _ABSENT:
                removed.append(Removed(part=part, key=key, value=old))
            else:
                changed.append(Changed(part=part, key=key, before=old, after=new))
    return Changes(created=created, changed=changed, removed=removed)


# --- the parts of a world ---------------------------------------------------------------------------------------------

_FIELDS: Final = tuple(attribute.name for attribute in attrs.fields(World) if attribute.eq)
_PARTS: Final = tuple(sorted(_FIELDS, key=[*NOUNS, *_FIELDS].index))


def _place(change: Change) -> int:
    return _PARTS.index(change.part)


def _before(change: Changed | Removed) -> object:
    return change.before if isinstance(change, Changed) else change.value


_Entries: TypeAlias = Mapping[Any, Any]
_Part: TypeAlias = (
    Catalogue[Any] | Table[Any, Any] | Log[Event] | frozenset[AccountId] | tuple[Task, ...]
    | Organizations | Limits | Quirks | Timing | datetime | int
)  # fmt: skip


def _compared(before: _Part, after: _Part) -> Iterator[tuple[Hashable, Any, Any]]:
    """Every key under which two parts differ, with what is there in the one and in the other."""
    if before is after:
        return
    if isinstance(before, Log) and isinstance(after, Log):
        same = before.common(after)
        lines = zip_longest(before.since(same), after.since(same), fillvalue=_ABSENT)
        yield from ((number, old, new) for number, (old, new) in enumerate(lines, same + 1) if old != new)
        return
    old, new = _entries(before), _entries(after)
    for key in _differing(new, old):
        yield key, old.get(key, _ABSENT), new[key]
    for key in _differing(old, new):
        if key not in new:
            yield key, old[key], _ABSENT


def _differing(one: _Entries, other: _Entries) -> Iterable[Hashable]:
    if isinstance(one, Table) and isinstance(other, Table):
        return one.differing(other)
    return (key for key, value in one.items() if key not in other or other[key] != value)


def _entries(part: _Part) -> _Entries:
    match part:
        case Catalogue():
            return part.records
        case Table():
            return part
        case frozenset():
            return dict.fromkeys(sorted(part))
        case tuple():
            return {task.number: task for task in part}
        case _:
            return {None: part}


def _held(part: _Part, key: Any) -> object:  # noqa: ANN401 - each part has its own
    """What a part has under a key. A line can only be written at the end of a log, so behind that there is nothing."""
    if isinstance(part, Log):
        return next(part.since(key - 1), _ABSENT)
    return _entries(part).get(key, _ABSENT)


def _rebuilt(part: _Part, written: _Entries, dropped: Sequence[Any]) -> _Part:
    match part:
        case Catalogue():
            return _catalogue(part, written, dropped)
        case Table():
            return _table(part, written, dropped)
        case frozenset():
            return part.difference(dropped).union(written)
        case tuple():
            kept = (task for task in part if task.number not in dropped and task.number not in written)
            return tuple(sorted((*kept, *written.values()), key=_order))
        case Log():
            return _log(part, written, dropped)
        case _:
            whole: _Part = written[None]
            return whole


def _catalogue(catalogue: Catalogue[Any], written: _Entries, dropped: Sequence[str]) -> Catalogue[Any]:
    for key in dropped:
        catalogue = catalogue.drop(key)
    for key, record in written.items():
        catalogue = catalogue.put(key, record)
    return catalogue


def _table(table: Table[Any, Any], written: _Entries, dropped: Sequence[Any]) -> Table[Any, Any]:
    for key in dropped:
        table = table.remove(key)
    for key, value in written.items():
        table = table.set(key, value)
    return table


def _log(log: Log[Event], written: _Entries, dropped: Sequence[int]) -> Log[Event]:
    first = min((*written, *dropped))
    if first > len(log) and [*written] == [*range(len(log) + 1, len(log) + len(written) + 1)]:
        return log.adding(*written.values())
    lines = {number: line for number, line in enumerate(log, 1) if number not in dropped} | {**written}
    if sorted(lines) != [*range(1, len(lines) + 1)]:
        message = f"{subject('events', first)} is not as it was before these changes"
        raise ValueError(message)
    return Log([lines[number] for number in sorted(lines)])


def _order(task: Task) -> tuple[datetime, int]:
    return task.order
