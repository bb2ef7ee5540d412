"""Which name on the other side stands for which of the model's."""

import re
from typing import Any, Final

from amimodel.testing.conformance._calls import with_texts

NAMES: Final = re.compile(
    r"\b(?P<kind>ami|snap|vol|i|r|aki|ari)-[0-9a-f]{8,17}\b"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b\d{12}\b"
)
"""Names that a side gives by itself: ids of things, of keys, and account numbers."""


def _kind(found: re.Match[str]) -> str:
    return found["kind"] or str(len(found[0]))


def _template(text: str) -> str:
    return NAMES.sub(lambda found: f"<{_kind(found)}>", text)


class Ids:
    """Pairs of names, learned as answers come: where the two sides say the same but for the names.

    >>> ids = Ids()
    >>> ids.agree("Created for ami-00000000000000001", "Created for ami-12345678")
    True
    >>> ids.theirs({"ImageId": "ami-00000000000000001"}), ids.ours("no ami-12345678")
    ({'ImageId': 'ami-12345678'}, 'no ami-00000000000000001')
    >>> ids.agree("ami-00000000000000002", "ami-12345678")
    False
    """

    def __init__(self) -> None:
        self._theirs: dict[str, str] = {}
        self._ours: dict[str, str] = {}

    def agree(self, ours: str, theirs: str) -> bool:
        """Whether two texts say the same. Names that neither side has used before are one from now on."""
        if _template(ours) != _template(theirs):
            return False
        pairs = list(zip(_names(ours), _names(theirs), strict=True))
        if not all(self._may_be(*pair) for pair in pairs):
            return False
        for our_name, their_name in pairs:
            self._theirs[our_name] = their_name
            self._ours[their_name] = our_name
        return True

    def _may_be(self, ours: str, theirs: str) -> bool:
        if ours in self._theirs or theirs in self._ours:
            return self._theirs.get(ours) == theirs
        return True

    def knows(self, ours: str) -> bool:
        """Whether the other side has a name for everything that a text of the model's names."""
        return all(name in self._theirs for name in _names(ours))

    def theirs(self, value: Any) -> Any:  # noqa: ANN401 - whatever boto3 is given
        """What the model says, in the names of the other side."""
        return with_texts(value, lambda text: _translated(text, self._theirs))

    def ours(self, value: Any) -> Any:  # noqa: ANN401 - whatever boto3 gives
        """What the other side says, in the names of the model."""
        return with_texts(value, lambda text: _translated(text, self._ours))


def names_in(text: str) -> set[str]:
    """Every name in a text.

    >>> names_in("{'ImageId': 'ami-12345678'}")
    {'ami-12345678'}
    """
    return set(_names(text))


def _names(text: str) -> list[str]:
    return [found[0] for found in NAMES.finditer(text)]


def _translated(text: str, names: dict[str, str]) -> str:
    return NAMES.sub(lambda found: names.get(found[0], found[0]), text)
