"""`import amimodel` beside `import attrs` (budget: 1.5 times that), each in a fresh interpreter.

Beside them, what a user pays who builds an image, and what reading EC2's JSON needs.
"""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

STATEMENTS = {
    "yardstick: import attrs": "import attrs",
    "import amimodel": "import amimodel",
    "amimodel.Image": "import amimodel; amimodel.Image",
    "amimodel.wire": "import amimodel.wire",
}
# The interpreter's own start is not counted: the program tells how long the statement took.
PROGRAM = "import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"


def seconds(statement: str) -> float:
    program = [sys.executable, "-c", PROGRAM.format(statement=statement)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(program, capture_output=True, check=True, text=True, env=environment)  # noqa: S603 - the rows above
    return float(done.stdout)


@pytest.mark.benchmark(group="import")
@pytest.mark.parametrize("case", STATEMENTS)
def bench_import(benchmark: Callable[..., object], case: str) -> None:
    """With compiled files at hand, the quickest of 20: `extra_info` has the milliseconds of the statement alone."""
    quickest = min(seconds(STATEMENTS[case]) for _ in range(20))
    benchmark.extra_info["milliseconds"] = round(quickest * 1000, 2)  # type: ignore[attr-defined] # because the fixture is untyped
    benchmark.pedantic(seconds, args=(STATEMENTS[case],), rounds=3)  # type: ignore[attr-defined] # because the fixture is untyped
    print(f"{case}: {quickest * 1000:.2f} ms")
