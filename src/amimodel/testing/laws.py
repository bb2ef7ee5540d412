"""Laws of every step: what holds whatever is asked of whatever world, and however much time passes.

A law looks at a step that was taken and says what is wrong with it; nothing, where the law holds. So it can be held
against a single step (`broken`), against the steps that Hypothesis makes up, and against all that there are in a small
scope (`amimodel.testing.exploring`). `LAWS` has those of the model; a law of one's own is a sentence and a function.

What holds of a world by itself is for `amimodel.integrity` to say, and one of the laws asks it.

Source: the principles in docs/design.md; the rules that each law names.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from attrs import field, frozen

from amimodel.history import Result, Trace
from amimodel.testing import _law_checks as checks
from amimodel.testing._taken import AnyStep, Taken, take
from amimodel.world import World

__all__ = ["LAWS", "AnyStep", "Broken", "Complaints", "Law", "Taken", "against", "broken", "take"]

Complaints: TypeAlias = Callable[[Taken], Iterable[str]]
"""What looks at a step that was taken and says what is wrong with it."""


@frozen
class Law:
    """A sentence that holds of every step, what tells where it does not, and the rules that it follows from.

    >>> def none_goes(taken):
    ...     for gone in taken.changes.removed:
    ...         yield f"{gone.key} is gone"
    >>> print(Law("what is there stays there", none_goes))
    what is there stays there
    """

    sentence: str
    complaints: Complaints = field(repr=False)
    rules: str = field(default="", kw_only=True)
    of_world: Callable[[World], Iterable[str]] | None = field(default=None, kw_only=True, repr=False)
    """What tells what is wrong with a world by itself, where the law is about nothing else."""

    @classmethod
    def of_worlds(cls, sentence: str, complaints: Callable[[World], Iterable[str]], *, rules: str = "") -> "Law":
        """Make a law that is about the world after a step alone, whatever the step was.

        >>> law = Law.of_worlds(
        ...     "no image is public", lambda world: (f"{one.name} is" for one in world.images if one.public)
        ... )
        >>> law.sentence
        'no image is public'
        """

        def of_the_world_after(taken: Taken) -> Iterable[str]:
            return complaints(taken.after)

        return cls(sentence, of_the_world_after, rules=rules, of_world=complaints)

    def __str__(self) -> str:
        return f"{self.sentence} ({self.rules})" if self.rules else self.sentence


@frozen
class Broken:
    """A law that a step has broken, and what is wrong."""

    law: Law
    complaints: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'; '.join(self.complaints)}, but {self.law}"


# fmt: off
DECLARED: Final = Law(
    "a request is granted, or refused for a reason that its action declares", checks.declared, rules="A 0.3, A E-6"
)
"""The law that is broken, too, where a step ends in an error."""

LAWS: Final = (
    DECLARED,
    Law("what is granted is explained as granted, and what is refused by EC2's own reason first",
        checks.explained, rules="A 0.3, B CI-17"),
    Law("the same step from the same world gives the same", checks.repeated, rules="A 0.3, C 0.1"),
    Law("what is refused changes nothing", checks.refused, rules="B G-3"),
    Law("what only asks changes nothing", checks.asked, rules="A 0.3"),
    Law("a dry run is never done", checks.dry, rules="B G-2"),
    Law("of others nothing changes, but that an image is launched or given up, a sharing told, and a storing fails",
        checks.others, rules="B G-1, B CL-1, B TG-16, C 7.12, C 9.3, C 11.2b"),
    Law("whatever is new is what building it anew would give", checks.well_formed),
    Law("a world without problems stays one", checks.sound),
    Law("what has changed leads from the one world to the other", checks.added_up),
    Law("an encrypted image does not become public", checks.kept_private, rules="B LP-25"),
    Law("an image goes only when no protection holds it", checks.protected, rules="C 4.5"),
    Law("no id is given twice", checks.numbered, rules="A ID-1, C 5.15"),
    Law("a request takes no time, and time passes as long as it is said to", checks.on_time, rules="C 0.1"),
    Law("what has been told stays told", checks.told, rules="C 9.1"),
    Law("time that passes in parts is time that passes at once", checks.in_parts, rules="C 0.1"),
)
"""The laws of the model, each true of every step."""
# fmt: on


def against(taken: Taken, laws: Iterable[Law] = LAWS) -> tuple[Broken, ...]:
    """Find the laws that a step has broken."""
    found = ((law, tuple(law.complaints(taken))) for law in laws)
    return tuple(Broken(law, complaints) for law, complaints in found if complaints)


def broken(
    before: World, step: AnyStep, result: Result | None = None, *, laws: Iterable[Law] = LAWS
) -> tuple[Broken, ...]:
    """Find the laws that a step breaks. Without its result, the step is taken first.

    >>> from amimodel.actions import DisableImage
    >>> from amimodel.callers import Caller
    >>> from amimodel.example_worlds import BUILD, FRANKFURT, example_world
    >>> disabling = Caller(account=BUILD, region=FRANKFURT), DisableImage(image_id="ami-0fa00000000000410")
    >>> broken(example_world(), disabling)
    ()
    >>> def stays_shared(taken):
    ...     for image in taken.before.images:
    ...         if image.launch_permissions and not taken.after.images.get(image.image_id).launch_permissions:
    ...             yield f"{image.image_id} is shared with nobody"
    >>> for found in broken(example_world(), disabling, laws=[Law("a shared image stays shared", stays_shared)]):
    ...     print(found)
    ami-0fa00000000000410 is shared with nobody, but a shared image stays shared

    What is raised while the step is taken, and is no refusal, is raised here, too.
    """
    if result is None:
        return against(take(before, step), laws)
    (taken,) = Trace(before).then(step).steps
    return against(Taken(before, taken, result), laws)
