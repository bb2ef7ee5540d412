"""Visibility: which of the images that an account can use DescribeImages shows it.

Being deprecated or disabled takes an image out of listings, not out of sight: whoever knows its id, or asks for such
images with a flag, still sees it, as far as the table says. That the account may use the image at all is another
question (`amimodel.access.may_describe`).

Source: EC2 User Guide, "Deprecate an Amazon EC2 AMI", "Disable an Amazon EC2 AMI"; rules A 8.3, A DP-1 to A DP-4,
C 2.30, C 3.12, C 3.14; settlement S 3.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum, unique
from types import MappingProxyType
from typing import Final

from amimodel.images import Image
from amimodel.lifecycle import is_deprecated
from amimodel.quirks import Quirks
from amimodel.vocabulary import ImageState

_AS_RULED: Final = Quirks()


@unique
class Veil(Enum):
    """What takes an image out of listings."""

    DEPRECATED = "deprecated"
    DISABLED = "disabled"


@unique
class Looker(Enum):
    """Who looks."""

    OWNER = "its owner"
    OTHER = "another account"


@unique
class Look(Enum):
    """How an image is asked for. The flag is IncludeDeprecated or IncludeDisabled, as the veil has it."""

    BY_ID = "by its id, whatever the flag"
    WITH_FLAG = "in a listing with the flag"
    WITHOUT_FLAG = "in a listing"


_V, _L = Veil, Looker

# A disabled image has no permissions left, so nobody but its owner could see it (rule C 3.5). That a disabled image is
# shown by its id without the flag is a quirk (settlement S 3).
# fmt: off
_COLUMNS: Final = (Look.BY_ID, Look.WITH_FLAG, Look.WITHOUT_FLAG)
_ROWS: Final = (
    # veil            looker     by id  with flag  without
    ((_V.DEPRECATED, _L.OWNER), (True,  True,      True)),
    ((_V.DEPRECATED, _L.OTHER), (True,  True,      False)),
    ((_V.DISABLED,   _L.OWNER), (True,  True,      False)),
    ((_V.DISABLED,   _L.OTHER), (False, False,     False)),
)
# fmt: on

SHOWN: Final[Mapping[tuple[Veil, Looker, Look], bool]] = MappingProxyType(
    {(*who, look): shown for who, row in _ROWS for look, shown in zip(_COLUMNS, row, strict=True)}
)
"""Whether a veiled image is shown (rules A 8.3, C 2.30, C 3.12)."""


def veils(image: Image, now: datetime) -> Iterator[Veil]:
    """What takes an image out of listings now; of two veils, neither may hide it (rule A DP-4)."""
    if image.state is ImageState.DISABLED:
        yield Veil.DISABLED
    if is_deprecated(image, now):
        yield Veil.DEPRECATED


def is_shown(
    image: Image,
    now: datetime,
    *,
    owned: bool,
    by_id: bool = False,
    include_deprecated: bool = False,
    include_disabled: bool = False,
    quirks: Quirks = _AS_RULED,
) -> bool:
    """Whether an account that can use an image is shown it.

    >>> from attrs import evolve
    >>> from amimodel.clock import parse
    >>> from amimodel.examples import WEB
    >>> now = parse("2026-06-01T00:00:00Z")
    >>> outdated = evolve(WEB, deprecation_time=parse("2026-02-01T00:00:00Z"))
    >>> is_shown(outdated, now, owned=True), is_shown(outdated, now, owned=False)
    (True, False)

    Source: rules A 8.3, A DP-1, A DP-4, C 2.30, C 3.12, C 3.14; settlement S 3.
    """
    for veil in veils(image, now):
        named = by_id and (veil is Veil.DEPRECATED or quirks.disabled_image_described_by_id)
        flag = include_deprecated if veil is Veil.DEPRECATED else include_disabled
        look = Look.BY_ID if named else Look.WITH_FLAG if flag else Look.WITHOUT_FLAG
        if not SHOWN[veil, Looker.OWNER if owned else Looker.OTHER, look]:
            return False
    return True
