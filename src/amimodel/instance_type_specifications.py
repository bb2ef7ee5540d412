"""Which instance types an image's owner lets it be launched on.

Source: botocore 1.44.5, ReplaceImageInstanceTypeSpecification; rules A 11.4, B IT-1 to IT-8.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from amimodel.malformed import invalid_value

_is_pattern = re.compile(r"[A-Za-z0-9_.*-]{1,24}", re.ASCII).fullmatch
_MOST: Final = 100


def _supported(patterns: Iterable[str]) -> tuple[str, ...]:
    return _patterns("SupportedInstanceTypes", patterns)


def _unsupported(patterns: Iterable[str]) -> tuple[str, ...]:
    return _patterns("UnsupportedInstanceTypes", patterns)


def _patterns(member: str, patterns: Iterable[str]) -> tuple[str, ...]:
    taken = tuple(patterns)
    for pattern in taken:
        if not isinstance(pattern, str) or not _is_pattern(pattern) or "**" in pattern:
            raise invalid_value(member, pattern, "Expected an instance type, or part of one with '*' for the rest.")
    if len(taken) > _MOST:
        raise invalid_value(member, len(taken), f"At most {_MOST} instance types can be given.")
    if len(set(taken)) < len(taken):
        twice = next(pattern for pattern in taken if taken.count(pattern) > 1)
        raise invalid_value(member, twice, "It is given twice.")
    return taken


@frozen(kw_only=True)
class InstanceTypeSpecification:
    """Instance types to allow and to forbid, as patterns in which `*` stands for any run of characters.

    >>> specification = InstanceTypeSpecification(
    ...     supported_instance_types=["t3.*", "m5.*"], unsupported_instance_types=["*.metal"]
    ... )
    >>> [t for t in ("t3.micro", "c5.large", "m5.metal") if specification.allows(t)]
    ['t3.micro']

    Raises `Malformed` (`InvalidParameterValue`) for a pattern that is none, for one given twice, in one list or in
    both, for more than 100 in a list, and when both lists are empty: that is no specification.

    Source: rules A IT-1 to IT-4, B IT-1 to IT-4, B IT-8.
    """

    supported_instance_types: tuple[str, ...] = field(default=(), converter=_supported)
    unsupported_instance_types: tuple[str, ...] = field(default=(), converter=_unsupported)

    def __attrs_post_init__(self) -> None:
        both = set(self.supported_instance_types) & set(self.unsupported_instance_types)
        if both:
            raise invalid_value("UnsupportedInstanceTypes", min(both), "It is among SupportedInstanceTypes too.")
        if not self.supported_instance_types and not self.unsupported_instance_types:
            raise invalid_value("InstanceTypeSpecification", "", "It names no instance type.")

    def allows(self, instance_type: str) -> bool:
        """Whether an image so specified may be launched on an instance type (rules A IT-3, B IT-2)."""
        supported = self.supported_instance_types
        return (not supported or _any_matches(supported, instance_type)) and not _any_matches(
            self.unsupported_instance_types, instance_type
        )


def _any_matches(patterns: tuple[str, ...], instance_type: str) -> bool:
    return any(_matcher(pattern).fullmatch(instance_type) for pattern in patterns)


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
