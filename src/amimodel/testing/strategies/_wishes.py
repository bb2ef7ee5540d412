"""What is wished of a request: that it is granted, or refused, or refused for a reason; and how such a one is drawn."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from attrs import frozen
from hypothesis import strategies as st

from amimodel.actions import ACTIONS
from amimodel.engine import ANY_REQUEST, attempt
from amimodel.history import Asked
from amimodel.refusals import Refusal
from amimodel.testing.strategies._asking import Menu, drawn_asking
from amimodel.testing.strategies._cases import CASES, USUAL, Case
from amimodel.testing.strategies._filling import at_last, below
from amimodel.testing.strategies._sight import Sight

_CHANCES: Final = 4


@frozen(kw_only=True)
class Wish:
    """The actions that a request may be of, and what becomes of one that fits; and the cases that bring that about."""

    actions: tuple[str, ...]
    granted: bool | None
    refusals: frozenset[type[Refusal]] = frozenset()
    cases: tuple[Case, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether every request fits."""
        return self.granted is None

    def fits(self, sight: Sight, asked: Asked) -> bool:
        """Whether it becomes of a request what is wished."""
        if self.granted is None:
            return True
        result = attempt(sight.world, asked.request, by=asked.by)
        if isinstance(result, Refusal):
            return not self.granted and (not self.refusals or type(result) in self.refusals)
        return self.granted


def wish_for(actions: tuple[str, ...], *, granted: bool | None, refused_with: Iterable[type[Refusal]] | None) -> Wish:
    """What is wished, with the actions that can fulfil it. Raises `ValueError` where none can."""
    if refused_with is None:
        return Wish(actions=actions, granted=granted)
    refusals = frozenset(refused_with)
    names = ", ".join(sorted(refusal.__name__ for refusal in refusals)) or "nothing"
    if granted:
        message = f"What is granted is not refused with {names}."
        raise ValueError(message)
    able = tuple(action for action in actions if refusals & {*ANY_REQUEST, *ACTIONS[action].refusals})
    if not able:
        message = f"No request of these actions is refused with {names}."
        raise ValueError(message)
    cases = tuple(case for case in (*CASES, *USUAL) if case.refusal in refusals and case.action in able)
    return Wish(actions=able, granted=False, refusals=refusals, cases=cases)


def fitting(draw: st.DrawFn, sight: Sight, wanted: Menu, wish: Wish) -> Asked:
    """A request that fits, and who makes it: mostly of a case, where there is one."""
    return at_last(partial(_fitting, draw, sight, wanted, wish))


def _fitting(draw: st.DrawFn, sight: Sight, wanted: Menu, wish: Wish) -> Asked | None:
    case = None
    if wish.cases and draw(below(_CHANCES)) > 0:
        case = wish.cases[draw(below(len(wish.cases)))]
    action = wanted[draw(below(len(wanted)))] if case is None else case.action
    asked = drawn_asking(draw, sight, action, case)
    return asked if wish.fits(sight, asked) else None
