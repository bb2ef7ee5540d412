"""Reading the files of the vectors: one for each action, and one of the worlds that they share."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, TypeVar, final

from amimodel.malformed import invalid_value
from amimodel.testing.vectors._patches import patched
from amimodel.testing.vectors._vector import FORMAT, Vector
from amimodel.wire import Unreadable
from amimodel.wire._faults import Json, JsonObject, Unfit, is_object, one_line, unfit
from amimodel.wire._leaves import TEXT, Leaf
from amimodel.wire._traces import one_document
from amimodel.wire.values._containers import by_text, items_of, members_of
from amimodel.wire.values._unreadable import MISFITS, within

T = TypeVar("T")

WORLDS: Final = "worlds.json"
"""The file of the worlds that are shared."""


@final
class NotVectors(ValueError):  # noqa: N818 - it says what the file is not, as NotAResponse does
    """A file is none of vectors: which file, where in it, and why."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(file, why)
        self.file = file
        self.why = why

    def __str__(self) -> str:
        return one_line(f"{self.file}: {self.why}")


def _located(file: str, read: Callable[[], T]) -> T:
    """Read, and name the file where that fails."""
    try:
        return read()
    except OSError as error:
        raise NotVectors(file, f"It cannot be read: {error.strerror}.") from None
    except MISFITS as error:
        raise NotVectors(file, str(within(error))) from None


# --- what ships with the package --------------------------------------------------------------------------------------


def vectors(actions: Iterable[str] | None = None) -> Iterator[Vector]:
    """Every vector that ships with the package, action by action, or those of some actions.

    >>> {vector.action for vector in vectors(["EnableImage", "DisableImage"])} == {"EnableImage", "DisableImage"}
    True

    Raises `Malformed` for an action that has no vectors.
    """
    files = _shipped()
    wanted = tuple(files) if actions is None else tuple(actions)
    for action in wanted:
        if action not in files:
            raise invalid_value("Action", action, "There are no vectors of it.")
    return (vector for action in wanted for vector in _vectors_in(files[action], shipped_worlds()))


def _shipped() -> Mapping[str, Traversable]:
    found = {file.name.removesuffix(".json"): file for file in _directory().iterdir() if file.name.endswith(".json")}
    return {name: found[name] for name in sorted(found) if found[name].name != WORLDS}


def _directory() -> Traversable:
    return resources.files("amimodel.testing.vectors") / "files"


@cache
def shipped_worlds() -> Mapping[str, JsonObject]:
    """The worlds that the vectors of the package share, by their names. They are for reading only."""
    return _worlds_in(_directory() / WORLDS)


# --- files ------------------------------------------------------------------------------------------------------------


def read_vectors(file: Path) -> tuple[Vector, ...]:
    """Read a file of vectors. The worlds that it does not hold itself are those of a `worlds.json` beside it.

    Raises `NotVectors`, which names the file and the place.
    """
    beside = file.with_name(WORLDS)
    return _vectors_in(file, _worlds_in(beside) if beside.exists() else {})


def _vectors_in(file: Traversable, worlds: Mapping[str, JsonObject]) -> tuple[Vector, ...]:
    return _located(file.name, lambda: vectors_of(one_document(file.read_bytes()), worlds, file=file.name))


def _worlds_in(file: Traversable) -> Mapping[str, JsonObject]:
    return _located(file.name, lambda: members_of(_WORLDS_FILE, one_document(file.read_bytes()))["worlds"])


# --- documents --------------------------------------------------------------------------------------------------------


def _format(value: object, _: object = None) -> int:
    if value == FORMAT and type(value) is int:
        return FORMAT
    raise Unfit(f"This release reads format {FORMAT}, not {value}.")


def _object(value: object, _: object = None) -> JsonObject:
    if is_object(value):
        return value
    raise unfit("an object", value)


_FORMAT: Final = Leaf(_format)
_OBJECT: Final = Leaf(_object)
_NAMED_WORLDS: Final = by_text(TEXT, _OBJECT, dict[str, JsonObject])
_WORLDS_FILE: Final = {"format": _FORMAT, "worlds": _NAMED_WORLDS}
_FILE: Final = {**_WORLDS_FILE, "action": TEXT, "vectors": Leaf()}
_PRE: Final = {"world": TEXT, "patch": Leaf()}
_REFUSAL: Final = {"refusal": TEXT, "code": TEXT, "message": TEXT, "facts": _OBJECT}
_ASKED: Final = {"name": TEXT, "rules": TEXT, "test": TEXT, "pre": Leaf(), "by": _OBJECT, "request": _OBJECT}


def _read_refusal(value: object, _: object = None) -> JsonObject:
    return members_of(_REFUSAL, value)


# What there is to be read where a vector is of a refusal, and where it is not.
_REFUSED: Final = {**_ASKED, "refusal": Leaf(_read_refusal)}
_GRANTED: Final = {**_ASKED, "answer": Leaf(), "post": Leaf()}


def vectors_of(document: Json, worlds: Mapping[str, JsonObject], *, file: str = "") -> tuple[Vector, ...]:
    """The vectors of a document, each with its world; worlds that it does not hold itself are looked up in `worlds`.

    Raises `Unreadable`, which names the place.
    """
    try:
        found = members_of(_FILE, document, optional=frozenset({"worlds"}))
        return _vectors(found["action"], found["vectors"], {**worlds, **found.get("worlds", {})}, file)
    except MISFITS as error:
        raise within(error) from None


def _vectors(action: str, told: Json, worlds: Mapping[str, JsonObject], file: str) -> tuple[Vector, ...]:
    def read(value: object, _: object = None) -> dict[str, Any]:
        leaves = _REFUSED if is_object(value) and "refusal" in value else _GRANTED
        found = members_of({**leaves, "pre": Leaf(pre)}, value)
        _ = _within("post", lambda: patched(found["pre"], found.get("post", [])))
        if found["request"].get("action") != action:
            raise within(Unfit(f"Expected {action}, as all vectors of the file have it."), "request", "action")
        return found

    def pre(value: object, _: object = None) -> JsonObject:
        found = members_of(_PRE, value, optional=frozenset({"patch"}))
        if found["world"] not in worlds:
            raise within(Unfit(f"There is no world '{found['world']}'."), "world")
        whole = _within("patch", lambda: patched(worlds[found["world"]], found.get("patch", [])))
        return _object(whole)

    try:
        return tuple(
            _vector(action, each, f"{file}: vectors[{number}]" if file else f"vectors[{number}]")
            for number, each in enumerate(items_of(Leaf(read), told))
        )
    except MISFITS as error:
        raise within(error, "vectors") from None


def _within(member: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except Unreadable as error:
        raise within(error, member) from None


def _vector(action: str, told: Mapping[str, Any], place: str) -> Vector:
    return Vector(
        action=action,
        place=place,
        expected={member: told[member] for member in ("refusal", "answer", "post") if member in told},
        **{member: told[member] for member in _ASKED},
    )
