# pyright: reportUnusedCallResult=false
# because argparse gives back what it has just been told.
"""The command line: `audit`, `explain` and `conform`.

Exit status: 0 when there is nothing to say against, 1 with findings (`audit`), where the launch is refused or cannot be
told (`explain`) or where something new differs (`conform`), 2 for bad input.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Final

from amimodel._cli._audit import run_audit
from amimodel._cli._conform import run_conform
from amimodel._cli._explain import run_explain
from amimodel._cli._reading import BadInput
from amimodel.clock import parse
from amimodel.identifiers import account_id
from amimodel.malformed import Malformed
from amimodel.organizations import organization_id

OK: Final = 0
BAD_INPUT: Final = 2

_DESCRIPTION: Final = """\
Read what the AWS CLI prints for describe-images, describe-image-attribute, describe-snapshots,
describe-snapshot-attribute and describe-instance-image-metadata, in any mix, and say what it means.
Without a FILE, a small example inventory is used."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; every complaint is one line on standard error."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        _check_for_rich(options)
        status = run(options)
        sys.stdout.flush()
    except (BadInput, Malformed) as error:
        print(f"amimodel: {error}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # Whoever read the output has seen enough (`| head`). Python would complain once more when it closes the pipe.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return 130
    return status


def _check_for_rich(options: argparse.Namespace) -> None:
    if not options.json and find_spec("rich") is None:
        raise BadInput("tables need rich: pip install 'amimodel[cli]', or ask for --json")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="amimodel", description=_DESCRIPTION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    # fmt: off
    audit = commands.add_parser("audit", help="list the images, and what a cleaner or an auditor should look at")
    _add_files(audit)
    audit.add_argument(
        "--account", action="append", default=[], type=_account, metavar="ID",
        help="an account of yours; without it, every owner without an AWS alias is taken as yours")
    audit.add_argument(
        "--trusted", action="append", default=[], type=_account, metavar="ID",
        help="another account that images may be shared with")
    audit.add_argument(
        "--organization", action="append", default=[], type=_organization, metavar="ID",
        help="an organization (o-...) that images may be shared with, in whole or by unit")
    # fmt: on
    audit.set_defaults(run=run_audit)

    explain = commands.add_parser("explain", help="say whether an account may launch an image, and every reason")
    explain.add_argument("image", metavar="IMAGE", help="an image's id, or its name")
    _add_files(explain)
    explain.add_argument(
        "--account", required=True, type=_account, metavar="ID", help="the account that would launch it"
    )
    explain.add_argument("--instance-type", metavar="TYPE", help="the instance type to launch it on, such as m7g.large")
    explain.set_defaults(run=run_explain)

    # fmt: off
    conform = commands.add_parser("conform", help="ask another implementation of EC2 what the model is asked")
    where = conform.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--target", metavar="NAME",
        help="moto, or MODULE:FUNCTION that gives a Target, or a client for an account and a Region")
    where.add_argument("--endpoint", metavar="URL", help="an emulator that listens there")
    conform.add_argument("--reset", metavar="URL", help="where to post what makes the emulator forget everything")
    conform.add_argument("--known", metavar="FILE", help="what is known (default: what ships for the target)")
    conform.add_argument("--report", metavar="FILE", help="write the report there, as Markdown")
    conform.add_argument(
        "--drawn", type=int, default=60, metavar="N", help="so many drawn traces, besides the scenarios (60)")
    conform.add_argument("--seed", type=int, default=0, metavar="N", help="which ones are drawn (0)")
    conform.add_argument("--quiet", action="store_true", help="show no progress")
    # fmt: on
    conform.set_defaults(run=run_conform, json=False)
    return parser


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="JSON as the AWS CLI prints it; - for standard input")
    parser.add_argument("--json", action="store_true", help="print JSON, for tools")
    # fmt: off
    parser.add_argument(
        "--as-of", type=_instant, default=datetime.now(UTC), metavar="TIME",
        help="the moment to judge by, such as 2026-11-22T00:00:00Z (default: now)")
    # fmt: on


def _type(read: Callable[[str], str], text: str) -> str:
    try:
        return read(text)
    except Malformed as error:
        raise argparse.ArgumentTypeError(error.message) from None


def _account(text: str) -> str:
    return _type(account_id, text)


def _organization(text: str) -> str:
    return _type(organization_id, text)


def _instant(text: str) -> datetime:
    try:
        return parse(text)
    except Malformed as error:
        raise argparse.ArgumentTypeError(error.message) from None
