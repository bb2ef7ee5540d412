"""What a vector is, and how it tells a world by the one that it has been made of.

Source: rules A 0.3, B G-3.
"""

from typing import Final

from attrs import frozen

from amimodel.wire._faults import JsonObject

FORMAT: Final = 1
"""The number of the format. It changes when a program that reads the vectors would have to."""


@frozen(kw_only=True)
class Vector:
    """A request of a caller, the world it is made of, and what becomes of it.

    `expected` has a `refusal`, or it has an `answer` and the `post`: a patch that makes of the world before the request
    the world after it. `rules` are those that refuse, or of the action as a whole; `test` is where amimodel's own tests
    ask it, and `place` the file and the place in it where the vector stands.

    Source: `docs/adr/0007-json-follows-the-annotations.md` for the JSON of worlds, requests, answers and refusals.
    """

    action: str
    name: str
    rules: str
    test: str
    pre: JsonObject
    by: JsonObject
    request: JsonObject
    expected: JsonObject
    place: str = ""

    @property
    def is_granted(self) -> bool:
        """Whether the request is granted."""
        return "refusal" not in self.expected

    @property
    def question(self) -> JsonObject:
        """What a program is told: the world, the caller and the request."""
        return {"pre": self.pre, "by": self.by, "request": self.request}

    def __str__(self) -> str:
        return f"{self.place}: {self.name}" if self.place else self.name
