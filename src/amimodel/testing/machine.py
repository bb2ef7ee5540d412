"""A life of a world as a state machine of Hypothesis: whatever anybody asks, and time that passes.

    from amimodel.testing.machine import AmiMachine

    class MyMachine(AmiMachine):
        def after_step(self, taken):
            assert my_system.does(taken.request) == taken.result

    TestMyMachine = MyMachine.TestCase

Each run begins with the same world, and each step is held against the laws of `amimodel.testing.laws`.

Source: the principles in docs/design.md; rules A 0.3, C 0.1.
"""

from collections.abc import Iterable
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from amimodel.example_worlds import example_world
from amimodel.history import Step, Trace
from amimodel.regions import Region
from amimodel.testing.laws import LAWS, Law, Taken, against, take
from amimodel.testing.strategies import steps
from amimodel.world import World

__all__ = ["AmiMachine"]


class AmiMachine(RuleBasedStateMachine):
    """A world to which things happen: requests of all actions, by everybody, and time that passes.

    >>> from hypothesis import settings
    >>> from hypothesis.stateful import run_state_machine_as_test
    >>> run_state_machine_as_test(AmiMachine, settings=settings(max_examples=5))

    A class derived from it may say another `start`, who asks (`accounts` and `regions`; or else everybody who has
    something in the world), what is asked (`actions`; or else everything) and which `laws` are held against each step.
    It may have rules and invariants of its own, which find the world in `world` and all that has happened in `trace`;
    and `after_step` puts a system beside the model.

    A failure is shown as the calls that lead to it, such as `state.take(step=Advance(...))`, which can be pasted into a
    test; where the last has failed, `trace` has them, too.
    """

    start: ClassVar[World] = example_world()
    accounts: ClassVar[Iterable[str] | None] = None
    regions: ClassVar[Iterable[str | Region] | None] = None
    actions: ClassVar[Iterable[str] | None] = None
    laws: ClassVar[Iterable[Law]] = LAWS

    def __init__(self) -> None:
        super().__init__()
        self.world: World = self.start
        self.trace: Trace = Trace(self.start)

    def after_step(self, taken: Taken) -> None:
        """Do what is to be done after each step; here, nothing.

        `taken` has the step with its request and who makes it, the result (an outcome, or the refusal), and the world
        before and after.
        """

    @rule(step=st.runner().flatmap(lambda machine: machine.steps()))
    def take(self, step: Step) -> None:
        """Let somebody ask something, or time pass."""
        taken = take(self.world, step)
        self.trace = self.trace.then(step)
        if broken := against(taken, self.laws):
            raise AssertionError("\n".join(map(str, broken)))
        self.world = taken.after
        self.after_step(taken)

    def steps(self) -> st.SearchStrategy[Step]:
        """What may happen next."""
        return steps(self.world, accounts=self.accounts, regions=self.regions, actions=self.actions)
