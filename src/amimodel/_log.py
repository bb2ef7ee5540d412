"""A record of what happened, to which a line can be added without copying what stands there."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice, takewhile
from typing import Any, Final, Generic, NoReturn, TypeVar, cast, final, overload

T = TypeVar("T")

_PAGE: Final = 64
_assign: Final = object.__setattr__


@final
class Log(Sequence[T], Generic[T]):
    """A sequence that never changes and only ever grows at its end: adding to it gives another one.

    The new log shares all full pages with the old one, so adding costs the same however long the log is.

    >>> log = Log(["created"])
    >>> longer = log.adding("completed")
    >>> list(longer), len(log), longer[-1]
    (['created', 'completed'], 1, 'completed')
    >>> list(longer.since(1))
    ['completed']
    """

    __slots__ = ("_before", "_hash", "_last", "_length")

    _before: "Log[T] | None"
    _last: tuple[T, ...]
    _length: int
    _hash: int

    def __init__(self, items: Sequence[T] = ()) -> None:
        before: Log[T] | None = None
        full = max(0, (len(items) - 1) // _PAGE)
        for number in range(full):
            before = _page(before, tuple(items[number * _PAGE : (number + 1) * _PAGE]))
        _write(self, before, tuple(items[full * _PAGE :]))

    def adding(self, *items: T) -> "Log[T]":
        """Write further lines at the end."""
        log = self
        for item in items:
            full = len(log._last) == _PAGE
            log = _page(log, (item,)) if full else _page(log._before, (*log._last, item))
        return log

    def since(self, length: int) -> Iterator[T]:
        """Read what has been added since the log was so long."""
        pages: list[tuple[T, ...]] = []
        page: Log[T] | None = self
        while page is not None and page._length > length:
            pages.append(page._last)
            page = page._before
        read = 0 if page is None else page._length
        return islice(chain.from_iterable(reversed(pages)), length - read, None)

    def common(self, other: "Log[T]") -> int:
        """How many lines the two have in common from the beginning on. What they share is not read.

        >>> log = Log(["created"])
        >>> log.adding("completed").common(log.adding("failed"))
        1
        """
        mine, theirs = self._up_to(len(other)), other._up_to(len(self))
        while mine is not None and theirs is not None and mine is not theirs:
            mine, theirs = mine._before, theirs._before
        shared = 0 if mine is None else mine._length
        pairs = zip(self.since(shared), other.since(shared), strict=False)
        return shared + sum(1 for _ in takewhile(_are_equal, pairs))

    def _up_to(self, length: int) -> "Log[T] | None":
        """The pages that begin before the log has so many lines: those that a log of this length has, too."""
        page: Log[T] | None = self
        while page is not None and page._length - len(page._last) >= length:
            page = page._before
        return page

    def __iter__(self) -> Iterator[T]:
        return self.since(0)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return tuple(self)[index]
        number = index + self._length if index < 0 else index
        if not 0 <= number < self._length:
            raise IndexError(index)
        return next(self.since(number))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Log):
            return NotImplemented
        if self is other:
            return True
        if self._length != other._length:
            return False
        mine: Log[Any] | None = self
        theirs = cast("Log[Any] | None", other)
        while mine is not None and theirs is not None and mine is not theirs:
            if mine._last != theirs._last:  # pages of two logs of one length begin at the same lines
                return False
            mine, theirs = mine._before, theirs._before
        return True

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            content = hash(tuple(self))
            _assign(self, "_hash", content)
            return content

    def __repr__(self) -> str:
        return f"Log({list(self)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return Log, (tuple(self),)  # a chain of pages would be pickled by recursion

    def __setattr__(self, name: str, value: object) -> NoReturn:
        message = f"a Log never changes: {name!r} cannot be set"
        raise AttributeError(message)


def _page(before: Log[T] | None, last: tuple[T, ...]) -> Log[T]:
    log = cast("Log[T]", object.__new__(Log))
    _write(log, before, last)
    return log


def _are_equal(pair: tuple[object, object]) -> bool:
    return pair[0] is pair[1] or pair[0] == pair[1]


def _write(log: Log[T], before: Log[T] | None, last: tuple[T, ...]) -> None:
    _assign(log, "_before", before)
    _assign(log, "_last", last)
    _assign(log, "_length", len(last) + (0 if before is None else len(before)))
