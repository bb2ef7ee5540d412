"""How Hypothesis shows a failing example: as code that makes it again, with nothing that goes without saying.

Without this, Hypothesis writes out every field, and of a world everything that is in it.
"""

import sys
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import attrs
from hypothesis.vendor.pretty import for_type_by_name

from amimodel._code import given_to
from amimodel.example_worlds import example_world
from amimodel.history import Advance, Asked, Trace
from amimodel.limits import Limits
from amimodel.testing.corners import corner_world
from amimodel.timing import Timing
from amimodel.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.vendor.pretty import RepresentationPrinter

_SETTLED: Final = ("now", "limits", "quirks", "timing", "organizations")


def _as_call(value: object, printer: "RepresentationPrinter", _: bool) -> None:  # noqa: FBT001 - Hypothesis calls it
    printer.repr_call(type(value).__name__, (), dict(given_to(value)))


def _as_member(value: Enum, printer: "RepresentationPrinter", _: bool) -> None:  # noqa: FBT001 - as above
    printer.text(f"{type(value).__name__}.{value.name}")


def _as_named(value: object, printer: "RepresentationPrinter", cycle: bool) -> None:  # noqa: FBT001 - as above
    for named, name in _NAMED.items():
        if value == named:
            printer.text(name)
            return
    _as_call(value, printer, cycle)


_NAMED: Final = {Limits.tiny(): "Limits.tiny()", Timing.instant(): "Timing.instant()"}


def _step(step: Asked | Advance, printer: "RepresentationPrinter", _: bool) -> None:  # noqa: FBT001 - as above
    parts = (step.by, step.request) if isinstance(step, Asked) else (step.by,)
    printer.repr_call(type(step).__name__, parts, {})


def _trace(trace: Trace, printer: "RepresentationPrinter", _: bool) -> None:  # noqa: FBT001 - as above
    printer.repr_call("Trace", (trace.start,), {})
    if trace.steps:
        printer.repr_call(".then", trace.steps, {}, force_split=True)


def _world(world: World, printer: "RepresentationPrinter", _: bool) -> None:  # noqa: FBT001 - as above
    if world is example_world():
        printer.text("example_world()")
    elif world is corner_world():
        printer.text("corner_world()")
    elif world == World(**{name: getattr(world, name) for name in _SETTLED}):
        printer.repr_call("World", (), dict(given_to(world)))
    else:
        printer.text(repr(world))


_BY_THEMSELVES: Final[dict[type[Any], "Callable[[Any, RepresentationPrinter, bool], None]"]] = {
    Limits: _as_named, Timing: _as_named, Asked: _step, Advance: _step, Trace: _trace, World: _world,
}  # fmt: skip


def teach() -> None:
    """Let Hypothesis show all values of amimodel so that have been imported."""
    for name, module in list(sys.modules.items()):
        if name.startswith("amimodel."):
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__module__ == name and (shown := _printer(value)):
                    _ = for_type_by_name(name, value.__qualname__, shown)


def _printer(kind: type[Any]) -> "Callable[[Any, RepresentationPrinter, bool], None] | None":
    if issubclass(kind, Enum):
        return _as_member
    return _BY_THEMSELVES.get(kind, _as_call) if attrs.has(kind) else None
