"""`conform`: another implementation of EC2 beside the model."""

import argparse
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from amimodel._cli._reading import BadInput

if TYPE_CHECKING:
    from amimodel.testing.conformance import Conformance, KnownDivergences, Target


def run_conform(options: argparse.Namespace) -> int:
    """Print what differs, or write the report; 1 when there is anything that is not known."""
    try:
        from amimodel.testing.conformance import KnownDivergences, conform, drawn, scenarios
    except ImportError as error:
        needs = "conform needs boto3 and Hypothesis: pip install 'amimodel[boto3,testing,cli]'"
        raise BadInput(f"{needs} ({error})") from None
    from amimodel._cli._screen import show_conformance, stages

    target = _target(options)
    known = KnownDivergences.of(target.name) if options.known is None else KnownDivergences.at(options.known)
    traces = list(chain(scenarios(), drawn(options.drawn, number=options.seed, actions=_there(known))))
    with stages(shown=not options.quiet) as progress:
        found = conform(target, traces, known=known, progress=progress)
    if options.report is not None:
        _write(options.report, found)
    show_conformance(found)
    return 1 if found.new else 0


def _target(options: argparse.Namespace) -> "Target":
    from amimodel.testing.conformance import endpoint, target_at

    if options.endpoint is not None:
        return endpoint(options.endpoint, reset=options.reset)
    try:
        return target_at(options.target)
    except ImportError as error:
        raise BadInput(f"{options.target} is not installed ({error})") from None


def _there(known: "KnownDivergences") -> list[str]:
    """The actions that are worth drawing: all of EC2's that the other side is not known to lack."""
    from amimodel.actions import ACTIONS
    from amimodel.testing.conformance import Kind, Signature

    return [
        name
        for name, kind in ACTIONS.items()
        if kind.service == "ec2" and Signature(name, Kind.UNKNOWN) not in known.divergences
    ]


def _write(report: str, found: "Conformance") -> None:
    from amimodel.testing.conformance import markdown

    try:
        _ = Path(report).write_text(markdown(found), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{report}: {error.strerror or error}") from None
