"""Known divergences of an implementation: data, one file for each, so that a run tells what is new.

Each has its signature, the rules that the implementation breaks, how sure they are, and what is wrong, in words.
"""

import tomllib
from collections.abc import Iterable, Mapping
from enum import unique
from functools import cached_property
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from amimodel.malformed import Malformed, invalid_value
from amimodel.testing.conformance._divergences import Kind, Signature
from amimodel.vocabulary import Word


@unique
class Sure(Word):
    """How sure it is that the other side is wrong, as `docs/divergences.md` tells it of the model."""

    DOCUMENTED = "documented"
    """AWS says so in words."""

    SEEN = "seen"
    """Somebody has recorded an answer of EC2's."""

    CHOSEN = "chosen"
    """No source settles it: the model has made a choice, and the other side another. It is no fault."""


@frozen(kw_only=True)
class Known:
    """A divergence that has been looked into."""

    signature: Signature
    rules: str
    wrong: str
    sure: Sure = field(converter=Sure, default=Sure.DOCUMENTED)


def _all(known: Iterable[Known]) -> tuple[Known, ...]:
    return tuple(known)


@frozen(kw_only=True)
class KnownDivergences:
    """All that is known of an implementation.

    >>> moto = KnownDivergences.of("moto")
    >>> moto.name, Signature("EnableImageDeprecation", Kind.UNKNOWN) in moto.divergences
    ('moto', True)
    """

    name: str
    version: str = ""
    rows: tuple[Known, ...] = field(default=(), converter=_all)

    @cached_property
    def divergences(self) -> Mapping[Signature, Known]:
        """The rows by what they are known by."""
        return MappingProxyType({each.signature: each for each in self.rows})

    @classmethod
    def of(cls, name: str) -> "KnownDivergences":
        """What amimodel knows of an implementation; nothing, where it has no file."""
        file = resources.files("amimodel.testing.conformance") / "implementations" / f"{name}.toml"
        return cls.read(file.read_text(encoding="utf-8")) if file.is_file() else cls(name=name)

    @classmethod
    def at(cls, path: str | Path) -> "KnownDivergences":
        """What a file says. Raises `Malformed` where it cannot be read."""
        try:
            return cls.read(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise invalid_value("Known", str(path), error.strerror or str(error)) from None

    @classmethod
    def read(cls, text: str) -> "KnownDivergences":
        """Read a file's text.

        >>> print(
        ...     *KnownDivergences.read('''
        ... name = "another"
        ... [[divergence]]
        ... action = "DeleteVolume"
        ... kind = "refused"
        ... detail = "Busy"
        ... rules = "C 8.2"
        ... wrong = "It keeps volumes that nothing uses."
        ... ''').divergences
        ... )
        DeleteVolume refused: Busy

        Raises `Malformed`.
        """
        try:
            told = tomllib.loads(text)
            return cls(
                name=told["name"],
                version=told.get("version", ""),
                rows=[_known(row) for row in told.get("divergence", ())],
            )
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise invalid_value("Known", text[:40], f"It is no list of divergences: {error}") from None


_MEMBERS: Final = ("action", "kind", "detail", "rules", "wrong", "sure")


def _known(row: Mapping[str, Any]) -> Known:
    unexpected = [name for name in row if name not in _MEMBERS]
    if unexpected:
        raise Malformed("InvalidParameterValue", f"A divergence has no {unexpected[0]}.", member=unexpected[0])
    return Known(
        signature=Signature(row["action"], Kind(row["kind"]), row.get("detail", "")),
        rules=row["rules"],
        wrong=row["wrong"],
        sure=Sure(row.get("sure", "documented")),
    )
