"""The generations of Amazon Linux, how their images are named, and until when AWS supports them.

Source: Amazon Linux 2023 User Guide, "Release cadence"; Amazon Linux 2 FAQs; rules A 10.2, A 10.3.
"""

import re
from datetime import date
from enum import unique
from types import MappingProxyType
from typing import Final

from attrs import frozen

from amimodel.images import Image
from amimodel.vocabulary import Word


@unique
class Generation(Word):
    """A generation of Amazon Linux."""

    AMAZON_LINUX = "Amazon Linux AMI"
    AMAZON_LINUX_2 = "Amazon Linux 2"
    AMAZON_LINUX_2023 = "Amazon Linux 2023"


@frozen
class Support:
    """The last days of a generation: of standard support, and of any."""

    standard_ends: date
    ends: date


SUPPORT: Final = MappingProxyType({
    Generation.AMAZON_LINUX:      Support(standard_ends=date(2020, 12, 31), ends=date(2023, 12, 31)),
    Generation.AMAZON_LINUX_2:    Support(standard_ends=date(2026, 6, 30),  ends=date(2026, 6, 30)),
    Generation.AMAZON_LINUX_2023: Support(standard_ends=date(2027, 6, 30),  ends=date(2029, 6, 30)),
})  # fmt: skip
"""When AWS stops caring for each generation (rule A 10.3; the end of Amazon Linux AMI is from memory there)."""

# A generation is told by the name AWS gives (rule A 10.2), which copies often keep as part of theirs, or by the
# description, which CreateImage and CopyImage let through.
_PATTERNS: Final = (
    (Generation.AMAZON_LINUX_2023, re.compile(r"\bal2023-ami-|\bAmazon Linux 2023\b")),
    (Generation.AMAZON_LINUX_2, re.compile(r"\bamzn2-(?:ami|x86_64)-|\bAmazon Linux 2\b")),
    (Generation.AMAZON_LINUX, re.compile(r"\bamzn-ami-|\bAmazon Linux AMI\b")),
)


def generation_of(image: Image) -> Generation | None:
    """Which generation an image says it is of; None where neither its name nor its description says so.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> generation_of(evolve(WEB, name="amzn2-ami-hvm-2.0.20260216.0-x86_64-gp2"))
    <Generation.AMAZON_LINUX_2: 'Amazon Linux 2'>
    >>> print(generation_of(WEB))
    None

    Source: rule A 10.2.
    """
    for text in (image.name, image.description):
        for generation, pattern in _PATTERNS:
            if text is not None and pattern.search(text):
                return generation
    return None


def end_of_life(image: Image) -> date | None:
    """The last day on which AWS supports the system inside an image, where it is an Amazon Linux.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> end_of_life(evolve(WEB, name="amzn-ami-hvm-2018.03.0.20231218.0-x86_64-gp2"))
    datetime.date(2023, 12, 31)

    Source: rule A 10.3.
    """
    generation = generation_of(image)
    return None if generation is None else SUPPORT[generation].ends
