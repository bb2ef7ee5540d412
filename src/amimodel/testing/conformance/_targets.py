"""The other side: whatever answers boto3."""

import os
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any, Final, TypeAlias
from urllib.request import Request, urlopen

import boto3
from attrs import field, frozen

from amimodel.boto import Simulator
from amimodel.malformed import invalid_value
from amimodel.testing.conformance._calls import EC2
from amimodel.world import World

ClientFactory: TypeAlias = Callable[[str, str], Any]
"""What gives a boto3 client of EC2 for an account and a Region."""

_UNKNOWN: Final = frozenset({"InvalidAction", "NotImplemented", "NotImplementedException", "501"})
"""The codes with which emulators say that they do not have an action."""

_BROKEN: Final = frozenset({"InternalError", "InternalFailure", "500"})
"""The codes with which emulators say that they have failed."""


def _nothing_to_do() -> AbstractContextManager[object]:
    return nullcontext()


def _nothing_passes(_: timedelta) -> None:
    return None


@frozen(kw_only=True)
class Target:
    """An implementation of EC2, and how to reach it.

    - `client` gives a boto3 client of EC2 for an account and a Region.
    - `fresh` is entered before each script, and left after it: between the two, the target has nothing but what the
      script makes. Without it, whatever was there stays.
    - `wait` lets time pass there. Without it, none does.
    """

    name: str
    client: ClientFactory
    version: str = ""
    fresh: Callable[[], AbstractContextManager[object]] = field(default=_nothing_to_do)
    wait: Callable[[timedelta], object] = field(default=_nothing_passes)
    unknown: frozenset[str] = _UNKNOWN
    broken: frozenset[str] = _BROKEN


# --- moto -------------------------------------------------------------------------------------------------------------

_SECRET: Final = "nothing-is-checked"  # noqa: S105 - whoever takes it asks for none
_NO_SEEDS: Final = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
"""moto's own images stay out: they are nobody's in the model."""


def moto() -> Target:
    """Give moto, in this process: empty, with every account of its own.

    Raises `ImportError` where there is none.
    """
    mock_aws = import_module("moto").mock_aws  # slow to import, and seldom wanted
    session = boto3.Session()  # moto answers the clients of sessions that are made after it was imported

    @contextmanager
    def fresh() -> Generator[None]:
        before = {name: os.environ.get(name) for name in _NO_SEEDS}
        os.environ.update(_NO_SEEDS)
        try:
            with mock_aws():
                yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    @cache
    def client(account: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients as it goes
        return _client(session, account, region)

    return Target(name="moto", version=version("moto"), client=client, fresh=fresh)


def _named(account: str) -> Callable[..., None]:
    def name_the_account(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's request
        request.headers["x-moto-account-id"] = account

    return name_the_account


def _client(session: Any, account: str, region: str, url: str | None = None) -> Any:  # noqa: ANN401 - boto3's
    """A client whose account its keys tell, and a header that moto heeds."""
    made = session.client(
        EC2, region_name=region, endpoint_url=url, aws_access_key_id=account, aws_secret_access_key=_SECRET
    )
    made.meta.events.register("before-sign.ec2", _named(account))
    return made


# --- others -----------------------------------------------------------------------------------------------------------


def endpoint(url: str, *, reset: str | None = None, name: str = "endpoint") -> Target:
    """Give an emulator that listens somewhere. `reset` is where to post what makes it forget everything.

    Its accounts are told by their access keys, which are the account numbers, as LocalStack has it.
    """
    session = boto3.Session()

    @cache
    def client(account: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients as it goes
        return _client(session, account, region, url)

    @contextmanager
    def fresh() -> Generator[None]:
        if reset is not None:
            with urlopen(Request(reset, method="POST")):  # noqa: S310 - whoever runs this names the place
                pass
        yield

    return Target(name=name, client=client, fresh=fresh)


def simulated(start: World, *, name: str = "amimodel") -> Target:
    """Give the model itself, through a client of boto3: what there is no divergence from.

    >>> from amimodel.example_worlds import example_world
    >>> simulated(example_world()).name
    'amimodel'
    """
    simulators: list[Simulator] = []
    clients: dict[tuple[str, str], Any] = {}

    @contextmanager
    def fresh() -> Generator[None]:
        simulators[:] = [Simulator(start)]
        for (account, _), client in clients.items():
            simulators[0].attach(client, account=account)
        yield

    def client(account: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients as it goes
        if (account, region) not in clients:
            clients[account, region] = simulators[0].client(EC2, account=account, region=region)
        return clients[account, region]

    def wait(span: timedelta) -> None:
        _ = simulators[0].advance(span)

    return Target(name=name, client=client, fresh=fresh, wait=wait)


def target_at(place: str) -> Target:
    """Give the target that a name means: `moto`, or `MODULE:FUNCTION`.

    The function takes nothing and gives a `Target`, or takes an account and a Region and gives a client of EC2.

    Raises `Malformed` where there is no such thing.
    """
    if place == "moto":
        return moto()
    module, _, function = place.partition(":")
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise invalid_value("Target", place, f"Expected moto or MODULE:FUNCTION. {error}") from None
    if found.__code__.co_argcount:
        return Target(name=place, client=found)
    made = found()
    if isinstance(made, Target):
        return made
    raise invalid_value("Target", place, "The function gives no Target.")
