"""Waiters: what boto3 polls with, without sleeping. Between two polls time passes in the world.

Source: botocore 1.44.5, `botocore.waiter`.
"""

from datetime import timedelta
from typing import Any

from botocore import xform_name
from botocore.waiter import NormalizedOperationMethod, Waiter

from amimodel.boto._simulation import Simulation


class _Pausing:
    """An operation that is polled: before every poll but the first, time passes."""

    def __init__(self, operation: Any, simulation: Simulation, pause: timedelta) -> None:  # noqa: ANN401 - botocore's
        self._operation = NormalizedOperationMethod(operation)
        self._simulation = simulation
        self._pause = pause
        self._polled = False

    def __call__(self, **parameters: object) -> object:
        if self._polled:
            _ = self._simulation.advance(self._pause)
        self._polled = True
        return self._operation(**parameters)


class SimulatedWaiter:
    """A waiter of boto3's, whose delay passes in the world."""

    def __init__(self, client: Any, waiter: Any, simulation: Simulation) -> None:  # noqa: ANN401 - botocore's
        self.name: str = waiter.name
        self.config: Any = waiter.config
        self._operation = getattr(client, xform_name(waiter.config.operation))
        self._simulation = simulation

    def wait(self, **parameters: Any) -> None:  # noqa: ANN401 - whatever the operation takes
        """Poll until what is waited for is so. `WaiterConfig` says how often at most, and how long between two polls.

        Raises botocore's `WaiterError`.
        """
        config: dict[str, Any] = {**parameters.pop("WaiterConfig", {})}
        delay = timedelta(seconds=config.pop("Delay", self.config.delay))
        pause = delay if self._simulation.each_poll is None else self._simulation.each_poll
        polled = Waiter(self.name, self.config, _Pausing(self._operation, self._simulation, pause))
        polled.wait(WaiterConfig={**config, "Delay": 0}, **parameters)


def waiting(client: Any, waiter: Any, simulation: Simulation) -> SimulatedWaiter:  # noqa: ANN401 - botocore makes both
    """The same waiter, without sleep."""
    return SimulatedWaiter(client, waiter, simulation)
