"""What README.md and docs/tables.md show of the code. `cog` calls these; `nox -s write` writes what they say."""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

from amimodel.amazon_linux import SUPPORT
from amimodel.audit import FindingKind
from amimodel.billing_codes import BillingCode
from amimodel.booting import Processor, boot_mode
from amimodel.compatibility import REFUSALS
from amimodel.consistency import Law
from amimodel.lifecycle import TRANSITIONS, ImageEvent, Refused, Stage
from amimodel.transitions import Kept, Never
from amimodel.vocabulary import Architecture, BootMode, ImageState
from amimodel.volume_types import VOLUME_LIMITS, Span

EXAMPLES_OF = {
    Processor.X86: Architecture.X86_64,
    Processor.ARM: Architecture.ARM64,
    Processor.MAC: Architecture.X86_64_MAC,
}


PROGRAMS = Path(__file__).resolve().parent.parent / "tests" / "tools"


def program(name: str, language: str) -> str:
    """Show a program that `nox -s tools` runs, whole."""
    return f"```{language}\n{(PROGRAMS / name).read_text()}```\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown, its columns aligned."""
    cells = [list(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in cells]
    lines = [f"| {' | '.join(row)} |" for row in padded]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def lifecycle() -> str:
    """What each event does in each stage."""
    return table(
        ["event", *(stage.value for stage in Stage)],
        ([event.value, *(_cell(TRANSITIONS[stage, event]) for stage in Stage)] for event in ImageEvent),
    )


def _cell(cell: ImageState | Kept | Refused | Never) -> str:
    match cell:
        case ImageState():
            return f"**{cell.value}**"
        case Kept():
            return "="
        case Refused.UNAVAILABLE:
            return "U"
        case Refused.NOT_FOUND:
            return "NF"
        case Never():
            return ""


def boot_modes() -> str:
    """What an instance boots by, for each boot mode of an image and what a type has."""
    bios, uefi = BootMode.LEGACY_BIOS, BootMode.UEFI
    types = {"legacy-bios": [bios], "both": [bios, uefi], "uefi": [uefi]}
    modes = (None, BootMode.LEGACY_BIOS, BootMode.UEFI, BootMode.UEFI_PREFERRED)
    return table(
        ["image's boot mode", "built for", *(f"type has {name}" for name in types)],
        (
            [
                mode or "none",
                processor.value,
                *(boot_mode(mode, EXAMPLES_OF[processor], has) or "refused" for has in types.values()),
            ]
            for mode, processor in product(modes, Processor)
        ),
    )


def billing() -> str:
    """The billing codes."""
    return table(
        ["PlatformDetails", "UsageOperation", "Platform"],
        ([code.platform_details, f"`{code.usage_operation}`", code.platform or ""] for code in BillingCode),
    )


def volume_types() -> str:
    """What each volume type takes."""
    return table(
        ["type", "size in GiB", "IOPS", "IOPS a GiB at most", "throughput in MiB/s", "boots"],
        (
            [
                volume_type,
                _span(limits.size_gib),
                _span(limits.iops) + (", required" if limits.iops_required else ""),
                str(limits.most_iops_per_gib or ""),
                _span(limits.throughput_mibps),
                "yes" if limits.boots else "no",
            ]
            for volume_type, limits in VOLUME_LIMITS.items()
        ),
    )


def _span(span: Span | None) -> str:
    if span is None:
        return "not taken"
    return f"{span.least:,} to {span.most:,}" + (f", else {span.default:,}" if span.default else "")


def compatibility() -> str:
    """The refusals of an image by an instance type, in order."""
    return table(
        ["", "refusal", "EC2's code", "rules"],
        (
            [str(place), f"`{refusal.__name__}`", f"`{refusal.code}`", refusal.rules]
            for place, refusal in enumerate(REFUSALS, start=1)
        ),
    )


def laws() -> str:
    """What holds of every image."""
    return table(["what always holds", "rules"], ([law.sentence, law.rules] for law in Law))


def findings() -> str:
    """What an audit finds."""
    return table(
        ["finding", "gravity", "what to do", "rules"],
        ([f"`{kind.label}`", kind.gravity.value, kind.next_step, kind.rules] for kind in FindingKind),
    )


def amazon_linux() -> str:
    """Until when AWS supports which Amazon Linux."""
    return table(
        ["generation", "standard support until", "any support until"],
        ([generation, str(support.standard_ends), str(support.ends)] for generation, support in SUPPORT.items()),
    )


def shown(*arguments: str, start: str, lines: int) -> str:
    """What the command line prints, from the line that begins with `start` on."""
    program = [sys.executable, "-m", "amimodel", *arguments, "--as-of", "2026-11-22T00:00:00Z"]
    run = subprocess.run(program, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603 - our own module
    printed = [line.rstrip() for line in run.stdout.splitlines()]
    first = next(number for number, line in enumerate(printed) if line.startswith(start))
    return "\n".join(["```text", *printed[first : first + lines], "```", ""])
