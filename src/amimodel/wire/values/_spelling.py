"""What the fields of a class are called in JSON.

What EC2 has a name for has EC2's name: a field `volume_size_gib` is the member `VolumeSize`, so that a trace reads like
calls of the API. What is the model's own, such as a world or its quirks, has the name that the field has in Python.

Source: botocore 1.44.5, the input shapes of EC2's actions.
"""

from typing import Any, Final

_OURS: Final = frozenset({
    "bundles", "callers", "events", "history", "limits", "organizations", "permissions", "quirks", "refusals", "tasks",
    "timing", "tombstones", "world",
})  # fmt: skip
"""The modules whose classes EC2 has no shapes for."""

_UNITS: Final = ("_gib", "_mibps")
"""Units that EC2 does not name."""

_ODD: Final = {
    "billing": "PlatformDetails",
    "full_snapshot_size_bytes": "FullSnapshotSizeInBytes",
}
"""Fields whose members EC2 spells in another way than the rule has it."""


def member(kind: type[Any], field: str) -> str:
    """What a field of a class is called.

    >>> from amimodel.block_devices import EbsBlockDevice
    >>> from amimodel.limits import Limits
    >>> member(EbsBlockDevice, "volume_size_gib"), member(Limits, "images_per_region")
    ('VolumeSize', 'images_per_region')
    """
    if kind.__module__.removeprefix("amimodel.").partition(".")[0] in _OURS:
        return field
    for unit in _UNITS:
        field = field.removesuffix(unit)
    return _ODD.get(field) or "".join(part.capitalize() for part in field.split("_"))
