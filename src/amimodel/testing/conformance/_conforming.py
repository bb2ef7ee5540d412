"""Asking an implementation everything, and gathering where it differs."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from attrs import evolve, frozen

from amimodel.history import Trace
from amimodel.testing.conformance._calls import Script
from amimodel.testing.conformance._divergences import Divergence, Kind, Signature
from amimodel.testing.conformance._known import KnownDivergences
from amimodel.testing.conformance._running import run
from amimodel.testing.conformance._shrinking import Shrinking
from amimodel.testing.conformance._targets import Target

Progress: TypeAlias = Callable[[str, int, int], object]
"""What hears of what is being done, and how much of how much is."""


def _nobody_listens(_: str, __: int, ___: int) -> None:
    return None


@frozen(kw_only=True)
class Conformance:
    """What came of it: how much was asked, and each divergence once, shown by the shortest script."""

    target: str
    version: str
    traces: int
    calls: int
    divergences: tuple[Divergence, ...]
    known: KnownDivergences

    @property
    def new(self) -> tuple[Divergence, ...]:
        """The divergences that are not known."""
        return tuple(each for each in self.divergences if each.signature not in self.known.divergences)

    @property
    def gone(self) -> tuple[Signature, ...]:
        """What is known, and has not been seen this time."""
        seen = {each.signature for each in self.divergences}
        return tuple(signature for signature in self.known.divergences if signature not in seen)

    @property
    def unknown_actions(self) -> tuple[str, ...]:
        """The actions that the other side does not have."""
        return tuple(each.signature.action for each in self.divergences if each.lacks_the_action)


def conform(
    target: Target,
    traces: Iterable[Trace | Script],
    *,
    known: KnownDivergences | None = None,
    shrink: bool = True,
    progress: Progress = _nobody_listens,
) -> Conformance:
    """Run every trace on the model and on the target, and tell where they differ.

    >>> from amimodel.actions import DescribeImages
    >>> from amimodel.callers import Caller
    >>> from amimodel.example_worlds import example_world
    >>> from amimodel.testing.conformance import simulated
    >>> alice = Caller(account="111122223333", region="eu-central-1")
    >>> trace = Trace(example_world()).asking(DescribeImages(owners=["self"]), by=alice)
    >>> conform(simulated(example_world()), [trace]).divergences
    ()

    What another implementation is known for is told by `known`, or else by the file that amimodel has for it. Of each
    divergence, the shortest script that shows it is kept, and made shorter unless `shrink` says otherwise.
    """
    known = KnownDivergences.of(target.name) if known is None else known
    scripts = [trace if isinstance(trace, Script) else Script.of(trace) for trace in traces]
    found: dict[Signature, Divergence] = {}
    calls, actions = 0, set[str]()
    for number, script in enumerate(scripts, 1):
        _ = progress("Asking", number, len(scripts))
        came = run(script, target)
        calls += came.calls
        actions |= came.actions
        for each in came.divergences:
            before = found.get(each.signature)
            if before is None or _length(each) < _length(before):
                found[each.signature] = each
    shown: dict[Signature, Divergence] = {}
    shrinking = Shrinking(target)
    for number, each in enumerate(found.values(), 1):
        _ = progress("Shrinking", number, len(found))
        least = _named(shrinking.of(each) if shrink else each, actions)
        before = shown.get(least.signature)
        if before is None or _length(least) < _length(before):
            shown[least.signature] = least
    return Conformance(
        target=target.name,
        version=target.version,
        traces=len(scripts),
        calls=calls,
        divergences=tuple(shown[signature] for signature in sorted(shown, key=_rank)),
        known=known,
    )


def _named(divergence: Divergence, actions: set[str]) -> Divergence:
    """The divergence by its last name: an action that the other side does not have at all is missing once."""
    signature = divergence.signature
    if signature.kind is not Kind.UNKNOWN:
        return divergence
    detail = (signature.detail or _A_PART) if signature.action in actions else ""
    return evolve(divergence, signature=evolve(signature, detail=detail))


def _length(divergence: Divergence) -> tuple[int, int]:
    return len(divergence.script), len(repr(divergence.script.steps))


_A_PART = "a part of it"
_SUBJECTS = ("Image", "Snapshot", "Tags", "Instances", "Volume")
_KINDS = list(Kind)


def _rank(signature: Signature) -> tuple[int, str, int, str]:
    """Images first, then snapshots, tags, instances and volumes; of one action the gravest first."""
    subject = next((place for place, name in enumerate(_SUBJECTS) if name in signature.action), len(_SUBJECTS))
    return subject, signature.action, _KINDS.index(signature.kind), signature.detail
