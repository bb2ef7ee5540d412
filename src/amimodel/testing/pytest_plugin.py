"""Fixtures for pytest: a world, a simulator on it, and a boto3 client of an account in it.

A test of code that calls EC2 is five lines, wherever amimodel is installed with the extra `boto3`::

    def test_the_cleaner_leaves_what_is_in_use(ami_simulator, ec2_client):
        clean(ec2_client)
        assert "- image" not in str(ami_simulator.changes)

The world is `amimodel.example_world()` and the account one of its own; both are fixtures, so a test, a module or a
`conftest.py` can have others::

    @pytest.fixture
    def ami_world():
        return amimodel.World.from_responses(...)

pytest loads this module in every environment that amimodel is installed in, so it imports nothing until a fixture is
asked for.
"""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from amimodel.boto import Simulator
    from amimodel.callers import Caller
    from amimodel.world import World


@pytest.fixture
def ami_world() -> "World":
    """The world at the start of a test: the example, unless another is given."""
    from amimodel.example_worlds import example_world

    return example_world()


@pytest.fixture
def ami_caller() -> "Caller":
    """The account that the client is of, and its Region: one that owns images of the example."""
    from amimodel.callers import Caller
    from amimodel.example_worlds import FRANKFURT, PROD

    return Caller(account=PROD, region=FRANKFURT)


@pytest.fixture
def ami_simulator(ami_world: "World") -> "Simulator":
    """What answers in the place of EC2, with the world as it is now and all that has happened."""
    from amimodel.boto import Simulator

    return Simulator(ami_world)


@pytest.fixture
def ec2_client(ami_simulator: "Simulator", ami_caller: "Caller") -> Any:  # noqa: ANN401 - boto3 makes its class
    """A real boto3 client for EC2 that the simulator answers."""
    return ami_simulator.client("ec2", account=ami_caller.account, region=ami_caller.region, denied=ami_caller.denied)
