"""Tags: the names an account gives to things, for itself.

Source: EC2 User Guide, "Tag your Amazon EC2 resources"; rules A 1.5, B 10.
"""

from collections.abc import ItemsView, Iterable, Iterator, Mapping
from typing import Final, cast, final

from amimodel.malformed import Malformed, invalid_value

SYSTEM_PREFIX: Final = "aws:"
"""Keys that only AWS itself sets (rule A TG-3)."""

SHARED_PREFIX: Final = "ec2:SharedTag/"
"""Keys that an image's owner shows to every account that can use the image (rule B TG-2, settlement S 34)."""

_LONGEST_KEY: Final = 128
_LONGEST_VALUE: Final = 256


@final
class Tags(Mapping[str, str]):
    """What one account has written on one resource: an immutable mapping from key to value.

    >>> tags = Tags({"Name": "web", "Stage": "prod"})
    >>> tags["Name"], len(tags), "name" in tags
    ('web', 2, False)
    >>> tags.setting({"Stage": "test"}).removing(["Name"])
    Tags({'Stage': 'test'})
    >>> Tags([("a", "1"), ("a", "2")])
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Duplicate tag key 'a' specified.

    Raises `Malformed`: `InvalidTagKey.Malformed` for an empty key, `InvalidParameterValue` for a key over 128 or a
    value over 256 characters, and for a key given twice. System tags (`aws:`) may be held; requests may not set them.

    Source: rules A TG-2, A TG-3, A TG-4, B TG-7; A Q14 (128, not 127).
    """

    __slots__ = ("_hash", "_tags")

    _hash: int | None
    _tags: dict[str, str]

    def __init__(self, tags: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        held: dict[str, str] = {}
        for key, value in _pairs(tags):
            _check(key, value)
            if key in held:
                message = f"Duplicate tag key '{key}' specified."
                raise Malformed("InvalidParameterValue", message, member="Tag", value=key)
            held[key] = value
        _hold(self, held)

    def __setattr__(self, name: str, value: object) -> None:
        message = f"Tags never change; there is no setting {name}"
        raise AttributeError(message)

    def __getitem__(self, key: str) -> str:
        return self._tags[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tags)

    def __len__(self) -> int:
        return len(self._tags)

    # What a mapping inherits instead looks up key after key, and raises for one that is not there.

    def __contains__(self, key: object) -> bool:
        return key in self._tags

    def items(self) -> ItemsView[str, str]:
        """View the tags, each with its value."""
        return self._tags.items()

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(frozenset(self._tags.items())))
        return self._hash or 0

    def __eq__(self, other: object) -> bool:
        return self._tags == other._tags if isinstance(other, Tags) else NotImplemented

    def __repr__(self) -> str:
        return f"Tags({self._tags!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return (Tags, (self._tags,))

    def setting(self, tags: Mapping[str, str]) -> "Tags":
        """Write tags; a key that is there takes the new value (rule A TG-4)."""
        return _holding({**self._tags, **as_tags(tags)})

    def removing(self, keys: Iterable[str]) -> "Tags":
        """Take keys off; those not there are no matter (rule B TG-13)."""
        gone = frozenset(keys)
        return _holding({key: value for key, value in self._tags.items() if key not in gone})

    @property
    def user(self) -> "Tags":
        """The tags that count towards the limit: all but AWS's own (rule A TG-1)."""
        return _holding({key: value for key, value in self._tags.items() if not is_system_key(key)})

    @property
    def shared(self) -> "Tags":
        """The tags that others who can use the image see as well (rule B TG-2)."""
        return _holding({key: value for key, value in self._tags.items() if key.startswith(SHARED_PREFIX)})


def _hold(tags: Tags, held: dict[str, str]) -> None:
    object.__setattr__(tags, "_tags", held)
    object.__setattr__(tags, "_hash", None)


def _holding(held: dict[str, str]) -> Tags:
    """Tags that come of other tags, and need no check any more."""
    tags = object.__new__(Tags)
    _hold(tags, held)
    return tags


def is_system_key(key: str) -> bool:
    """Whether a key is one that only AWS sets; the case of `aws:` does not matter (rule A TG-3).

    >>> is_system_key("aws:backup:source-resource"), is_system_key("aws")
    (True, False)
    """
    return key[: len(SYSTEM_PREFIX)].lower() == SYSTEM_PREFIX


def _pairs(tags: Mapping[str, str] | Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    if isinstance(tags, Mapping):
        mapping = cast("Mapping[str, str]", tags)  # a type checker must allow for a Mapping that iterates over pairs
        return mapping.items()
    return tags


def _check(key: object, value: object) -> None:
    if not isinstance(key, str) or not key:
        raise Malformed("InvalidTagKey.Malformed", "Tag key cannot be empty.", member="Key", value=key)
    if len(key) > _LONGEST_KEY:
        raise invalid_value("Key", key, f"Tag keys have at most {_LONGEST_KEY} characters.")
    if not isinstance(value, str):
        message = "Tag value cannot be null. Use empty string instead."
        raise Malformed("InvalidParameterValue", message, member="Value", value=value)
    if len(value) > _LONGEST_VALUE:
        raise invalid_value("Value", value, f"Tag values have at most {_LONGEST_VALUE} characters.")


NO_TAGS: Final = Tags()


def as_tags(tags: Mapping[str, str] | Iterable[tuple[str, str]]) -> Tags:
    """Take tags as they are, or make them of a mapping or of pairs."""
    return tags if isinstance(tags, Tags) else Tags(tags)
