"""`python -m amimodel.testing.vectors`: hold the model, or another program, to the vectors.

Exit status: 0 where every vector holds or is skipped, 1 where one does not, 2 for bad input and for a program that does
not reply.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from amimodel.malformed import Malformed
from amimodel.testing.vectors import (
    Decide,
    Ids,
    NoReply,
    NotVectors,
    Program,
    Vector,
    Verdict,
    check,
    decide,
    read_vectors,
    vectors,
)
from amimodel.testing.vectors._program import PATIENCE

OK: Final = 0
DIFFERENT: Final = 1
BAD_INPUT: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the vectors and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        wanted = tuple(_wanted(options))
        with _asked(options) as program:
            judge: Decide = decide if program is None else program.decide
            return _told(_checked(wanted, judge, options.ids))
    except (Malformed, NotVectors, NoReply) as error:
        print(f"vectors: {error}", file=sys.stderr)
        return BAD_INPUT


def _wanted(options: argparse.Namespace) -> Iterator[Vector]:
    """The vectors of the files that are named, or those of the package; of all of them, or of some actions."""
    if not options.file:
        return vectors(options.action)
    read = (vector for file in options.file for vector in read_vectors(Path(file)))
    return (vector for vector in read if options.action is None or vector.action in options.action)


def _asked(options: argparse.Namespace) -> "Program | nullcontext[None]":
    return nullcontext() if options.command is None else Program(options.command, patience=options.patience)


def _parser() -> argparse.ArgumentParser:
    # fmt: off
    parser = argparse.ArgumentParser(
        prog="python -m amimodel.testing.vectors", description="Hold the model, or another program, to the vectors.")
    _ = parser.add_argument(
        "file", nargs="*", metavar="FILE", help="a file of vectors (default: all that ship with amimodel)")
    _ = parser.add_argument(
        "--command", metavar="PROGRAM",
        help="ask this program: one line of JSON each way, as docs/vectors.md tells (default: ask the model)")
    _ = parser.add_argument(
        "--action", action="append", metavar="NAME", help="only the vectors of this action; can be given several times")
    _ = parser.add_argument(
        "--ids", type=Ids, default=Ids.AS_GIVEN, metavar="HOW",
        help="as-given: new things have the model's ids (default); renamed: any, if they are at the same places")
    _ = parser.add_argument(
        "--patience", type=float, default=PATIENCE, metavar="SECONDS", help=f"wait so long for a reply ({PATIENCE:g})")
    # fmt: on
    return parser


def _checked(wanted: Sequence[Vector], judge: Decide, ids: Ids) -> Iterator[Verdict]:
    """Check one after the other, and let a person who waits see how far it is."""
    shown = sys.stderr.isatty()
    for number, vector in enumerate(wanted, 1):
        if shown:
            print(f"\r{number} of {len(wanted)}", end="", file=sys.stderr, flush=True)
        yield check(vector, judge, ids=ids)
    if shown:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _told(verdicts: Iterable[Verdict]) -> int:
    """Print what differs as it is found, and at the end how much there was."""
    counted = Counter[str]()
    actions = set[str]()
    for verdict in verdicts:
        actions.add(verdict.vector.action)
        counted["skipped" if verdict.skipped is not None else "hold" if verdict.holds else "differ"] += 1
        if verdict.differences:
            print(verdict)
    told = ", ".join(f"{counted[what]} {what}" for what in ("hold", "differ", "skipped"))
    print(f"{counted.total()} vectors of {len(actions)} actions: {told}")
    return DIFFERENT if counted["differ"] else OK


if __name__ == "__main__":
    sys.exit(main())
