"""Conformance: another implementation of EC2 beside the model, call by call, and a report of where they differ.

    from amimodel.testing.conformance import conform, markdown, moto, scenarios

    found = conform(moto(), scenarios())
    print(markdown(found))

The other side is whatever boto3 can ask: moto in this process, an emulator that listens somewhere (`endpoint`), a
client of one's own making, a real account's recorded answers (`Target`). Both sides are asked the same calls from the
same empty world; their answers and refusals are compared, with each side's ids translated; and each divergence is shown
by the shortest script that shows it. What is known of an implementation is data (`KnownDivergences`), so a run tells
what is new.

`python -m amimodel conform --target moto` does it from the command line.
"""

from amimodel.testing.conformance._calls import Call, Script
from amimodel.testing.conformance._conforming import Conformance, conform
from amimodel.testing.conformance._divergences import Divergence, Kind, Signature
from amimodel.testing.conformance._drawing import drawn
from amimodel.testing.conformance._known import Known, KnownDivergences, Sure
from amimodel.testing.conformance._replies import Answered, Broken, Refused, Unknown
from amimodel.testing.conformance._report import markdown
from amimodel.testing.conformance._running import Run, run
from amimodel.testing.conformance._scenarios import scenarios
from amimodel.testing.conformance._shrinking import shrunk
from amimodel.testing.conformance._targets import Target, endpoint, moto, simulated, target_at
from amimodel.testing.conformance._writing import as_code

__all__ = [
    "Answered",
    "Broken",
    "Call",
    "Conformance",
    "Divergence",
    "Kind",
    "Known",
    "KnownDivergences",
    "Refused",
    "Run",
    "Script",
    "Signature",
    "Sure",
    "Target",
    "Unknown",
    "as_code",
    "conform",
    "drawn",
    "endpoint",
    "markdown",
    "moto",
    "run",
    "scenarios",
    "shrunk",
    "simulated",
    "target_at",
]
