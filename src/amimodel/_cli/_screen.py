"""What people see: tables and paragraphs, made with rich."""

import sys
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from amimodel._cli._describing import age, deprecation, encryption, who
from amimodel._cli._explain import Answer
from amimodel.access import permissions_are_told
from amimodel.audit import Finding, Scope
from amimodel.decisions import Decision, Ground
from amimodel.inventory import Inventory
from amimodel.refusals import Refusal

if TYPE_CHECKING:
    from amimodel.testing.conformance import Conformance

_WIDTH_OF_NO_TERMINAL: Final = 120


def _console() -> Console:
    # Names may hold what rich would take for markup or emoji: everything is printed as Text.
    return Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else _WIDTH_OF_NO_TERMINAL)


@contextmanager
def progress(what: str) -> Generator[Callable[[int, int], None]]:
    """Show a bar on standard error while the caller reports how much of how much is done."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(what), total=None)  # it pulses until the first report
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def stages(*, shown: bool) -> Generator[Callable[[str, int, int], None]]:
    """Show a bar for each stage of some work, where the caller reports what is being done and how far it is."""
    with Progress(console=Console(stderr=True), transient=True, disable=not shown) as bar:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(escape(what), total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield show


def show_audit(inventory: Inventory, scope: Scope, found: Sequence[Finding], *, example: bool) -> None:
    """Print every image, then the findings, then what could not be taken and what is not told."""
    screen = _console()
    if example:
        screen.print(Text("No FILE was given: this is the example inventory that ships with amimodel.", style="dim"))
    screen.print(_images(inventory, scope))
    screen.print(Text(f"{_census(inventory)}, judged as of {scope.now:%Y-%m-%d %H:%M} UTC.", style="dim"))
    _show_findings(screen, inventory, found)
    _show_unread(screen, inventory)
    _show_untold(screen, inventory, scope)
    screen.print(Text(_verdict(found, inventory), style="bold"))


def _images(inventory: Inventory, scope: Scope) -> Table:
    table = Table(box=SIMPLE, header_style="bold", pad_edge=False)
    for heading in ("Image", "Owner", "State", "Who else may launch it", "Deprecated", "Volumes"):
        table.add_column(heading, overflow="fold")
    for image in inventory.images.values():
        cells = (
            f"{image.image_id}\n{image.name or '(no name)'}",
            f"{image.image_owner_alias or image.owner_id}\n{age(image, scope.now)} old",
            f"{image.state}\n{image.architecture}",
            "\n".join(who(image)),
            deprecation(image, scope.now),
            f"{image.size_gib} GiB\n{encryption(image)}" if image.size_gib else encryption(image),
        )
        table.add_row(*map(Text, cells))
    return table


def _census(inventory: Inventory) -> str:
    counts = (
        (len(inventory.images), "image"),
        (len(inventory.snapshots), "snapshot"),
        (len(inventory.instances), "instance"),
    )
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)


def _show_findings(screen: Console, inventory: Inventory, found: Sequence[Finding]) -> None:
    for gravity, of_gravity in groupby(found, key=lambda finding: finding.kind.gravity):
        screen.print()
        screen.print(Text(gravity.value.capitalize(), style="bold underline"))
        for kind, of_kind in groupby(of_gravity, key=lambda finding: finding.kind):
            screen.print(Text.assemble((kind.label, "bold"), f": {kind.next_step} ", (_cited(kind.rules), "dim")))
            lines = (f"{_named(inventory, finding.subject)} {finding.detail}" for finding in of_kind)
            screen.print(_indented("\n".join(lines)))
    screen.print()


def _indented(text: str | Text) -> Padding:
    return Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, 4), expand=False)


def _cited(rules: str) -> str:
    return f"({rules})" if rules else ""


def _named(inventory: Inventory, subject: str) -> str:
    image = inventory.images.get(subject)
    return subject if image is None or image.name is None else f"{subject} {image.name!r}"


def _show_unread(screen: Console, inventory: Inventory) -> None:
    if inventory.unread:
        screen.print(Text("On the input", style="bold underline"))
        screen.print(_indented("\n".join(map(str, inventory.unread))))
        screen.print()


def _show_untold(screen: Console, inventory: Inventory, scope: Scope) -> None:
    untold = [
        image.image_id for image in inventory.images.values() if scope.owns(image) and not permissions_are_told(image)
    ]
    if untold:
        line = (
            f"With which accounts {_few(untold)} {'is' if len(untold) == 1 else 'are'} shared is not told here."
            " `aws ec2 describe-image-attribute --attribute launchPermission --image-id ID` tells it to the owner."
        )
        screen.print(Text(line, style="dim"))


def _few(ids: Sequence[str], most: int = 3) -> str:
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more images" if len(ids) > most else "")


def _verdict(found: Sequence[Finding], inventory: Inventory) -> str:
    count = len(found)
    parts = [f"{count} finding{'' if count == 1 else 's'}" if count else "No findings"]
    if inventory.unread:
        unread = len(inventory.unread)
        parts.append(f"{unread} remark{'' if unread == 1 else 's'} on the input")
    return ", ".join(parts) + "."


_WORDS: Final = {True: "may launch", False: "may not launch", None: "may or may not launch"}


def show_explanation(answer: Answer, now: datetime) -> None:
    """Print the answer, its grounds, and what else is worth knowing."""
    screen = _console()
    image = answer.image
    on = "" if answer.instance_type is None else f" on {answer.instance_type}"
    screen.print(
        Text(
            f"Account {answer.account} {_WORDS[answer.launch.allowed]} {image.image_id} {image.name!r}{on}.",
            style="bold",
        )
    )
    screen.print(
        Text(f"Owner {image.owner_id}, {image.state}, {image.architecture}, {age(image, now)} old.", style="dim")
    )
    _show_grounds(screen, answer.launch)
    if len(answer.launch.refusals) > 1 and not answer.launch.unknowns:
        screen.print(Text("EC2 would name the first of these.", style="dim"))
    screen.print()
    copying = {True: "It may copy it.", False: "It may not copy it.", None: "It may or may not copy it."}
    screen.print(Text(copying[answer.copy.allowed], style="bold"))
    _show_grounds(screen, answer.copy)
    for remark in answer.remarks:
        screen.print(Text(remark))


def _show_grounds(screen: Console, decision: Decision) -> None:
    for ground in decision.because:
        line = Text.assemble(f"{_said(ground)} ", (f"({ground.rules})", "dim"))
        screen.print(_indented(line))


def _said(ground: Ground) -> str:
    if not isinstance(ground, Refusal):
        return str(ground)
    return f"{ground.code}: {ground}" + (f" - {ground.remedy}" if ground.remedy else "")


def show_conformance(found: "Conformance") -> None:
    """Print how much was asked, in what ways the other side differs, and what of that is new."""
    screen = _console()
    table = Table(box=SIMPLE, header_style="bold", pad_edge=False)
    table.add_column("Kind")
    table.add_column("Divergences", justify="right")
    for kind, number in Counter(each.signature.kind for each in found.divergences).items():
        table.add_row(kind, str(number))
    screen.print(table)
    for each in found.new:
        screen.print(Text.assemble(("New: ", "bold"), str(each.signature)))
    for signature in found.gone:
        screen.print(Text(f"Known, but not seen: {signature}", style="dim"))
    counts = f"{found.traces} traces, {found.calls} calls, {len(found.divergences)} divergences, {len(found.new)} new"
    screen.print(Text(f"{found.target} {found.version}".rstrip() + f": {counts}.", style="bold"))
