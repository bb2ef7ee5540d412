"""What a table of states may say besides a new state and a refusal: that nothing changes, or that it never happens."""

from enum import Enum, unique


@unique
class Kept(Enum):
    """The event comes to pass, and the state stays what it was."""

    SAME = "="


@unique
class Never(Enum):
    """Not an operation that is asked for: in this state it does not come to pass."""

    NEVER = "-"
