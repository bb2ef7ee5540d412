"""Shrinking: the shortest script that still shows a divergence, by leaving out what does not matter."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve

from amimodel.history import Advance
from amimodel.testing.conformance._calls import Script, born
from amimodel.testing.conformance._divergences import Divergence
from amimodel.testing.conformance._ids import names_in
from amimodel.testing.conformance._running import Run, run
from amimodel.testing.conformance._targets import Target
from amimodel.wire._faults import is_list, is_object


def shrunk(divergence: Divergence, target: Target) -> Divergence:
    """Give the same divergence, shown by as little as can be: fewer calls first, then fewer parameters.

    What does not show it a second time is given back as it is.
    """
    return Shrinking(target).of(divergence)


class Shrinking:
    """Shrinking several divergences, which often lead to the same scripts: each is run once."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._runs: dict[tuple[int, str], tuple[Script, Run]] = {}

    def of(self, divergence: Divergence) -> Divergence:
        """Leave out calls in ever smaller groups (Zeller's ddmin), then parameters, then what stands in them."""
        best = self._shown(divergence.script, divergence)
        if best is None:
            return divergence
        needed = list(_needed(best.script))
        best = self._shown(best.script.only(needed), best) or best  # mostly nothing else matters
        best = self._with_fewer_parameters(self._with_fewer_calls(best))
        return self._with_fewer_calls(best)

    def _shown(self, script: Script, like: Divergence) -> Divergence | None:
        """What a script shows of a divergence, if it does, up to there; what the model grants it still has to grant."""
        key = id(script.start), repr(script.steps)
        if key not in self._runs:
            self._runs[key] = script, run(script, self.target)
        found = self._runs[key][1].divergences
        same = (each for each in found if each.signature.cause == like.signature.cause)
        return next((each for each in same if type(each.model) is type(like.model)), None)

    def _with_fewer_calls(self, best: Divergence) -> Divergence:
        size = max(1, (len(best.script) - 1) // 2)
        while size:
            found = (self._shown(made(), best) for made in _parts_left_out(best.script, size))
            smaller = next((each for each in found if each is not None), None)
            if smaller is None:
                size //= 2
            else:
                best = smaller
                size = min(size, len(best.script) - 1)
        return best

    def _with_fewer_parameters(self, best: Divergence) -> Divergence:
        for index in range(len(best.script)):
            tried = 0
            while True:
                step = best.script.steps[index]
                smaller = [] if isinstance(step, Advance) else list(_smaller(step.parameters))
                if tried >= len(smaller) or isinstance(step, Advance):
                    break
                changed = best.script.with_step(index, evolve(step, parameters=smaller[tried]))
                found = self._shown(changed, best)
                if found is not None and len(found.script) == len(best.script):
                    best = found  # what stood there is gone, and what comes next is in its place
                else:
                    tried += 1
        return best


def _needed(script: Script) -> Iterator[int]:
    """The steps that bring about what the last one names, and what those name in turn."""
    worlds = script.worlds
    last = len(script) - 1
    wanted, kept = names_in(repr(script.steps[last])), [last]
    for index in reversed(range(last)):
        if wanted & set(born(worlds[index], worlds[index + 1])):
            wanted |= names_in(repr(script.steps[index]))
            kept.append(index)
    return reversed(kept)


def _parts_left_out(script: Script, size: int) -> Iterator[Callable[[], Script]]:
    """The script without each of its parts of so many steps; the last step, which shows it, is in none of them."""
    last = len(script) - 1

    def without(start: int) -> Callable[[], Script]:
        return lambda: script.only([*range(start), *range(min(start + size, last), last + 1)])

    return (without(start) for start in range(0, last, size))


def _smaller(value: Any) -> Iterator[Any]:  # noqa: ANN401 - parameters, or what stands in them
    """The value without each of its members or items, then with each of them smaller."""
    if is_object(value):
        for name in value:
            yield {other: item for other, item in value.items() if other != name}
        for name, item in value.items():
            yield from ({**value, name: smaller} for smaller in _smaller(item))
    elif is_list(value):
        for place in range(len(value) if len(value) > 1 else 0):
            yield [*value[:place], *value[place + 1 :]]
        for place, item in enumerate(value):
            yield from ([*value[:place], smaller, *value[place + 1 :]] for smaller in _smaller(item))
