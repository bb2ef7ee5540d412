"""Clients, resources and sessions of boto3 that talk to a world.

Source: botocore 1.44.5, `botocore.handlers.BUILTIN_HANDLERS`, `botocore.session.Session`.
"""

import os
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, Final

import boto3
import botocore.session
from botocore import handlers
from botocore.loaders import Loader, create_loader

from amimodel.boto._hook import Hook, region_of
from amimodel.boto._simulation import Simulation
from amimodel.boto._waiting import SimulatedWaiter, waiting
from amimodel.callers import Caller
from amimodel.credentials import AccessKeyKind, access_key_id
from amimodel.history import Asked, Trace
from amimodel.regions import Region

_SECRET: Final = "nothing-is-ever-signed-with-this"  # noqa: S105 - it protects nothing, and is told to everybody

_NO_FILES: Final[Mapping[str, tuple[None, None, str | None, None]]] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""What a session of a simulation does not look at: whoever's machine it runs on."""

_ENVIRONMENT: Final = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
)  # fmt: skip


@cache
def _loader() -> Loader:
    """One reader of botocore's models for all sessions, so that they are read once."""
    return create_loader()


class Simulator(Simulation):
    """A world that boto3 talks to.

    >>> from amimodel.example_worlds import PROD, example_world
    >>> simulator = Simulator(example_world())
    >>> ec2 = simulator.client("ec2", account=PROD, region="eu-central-1")
    >>> image = ec2.describe_images(Owners=["self"])["Images"][0]
    >>> ec2.deregister_image(ImageId=image["ImageId"])["Return"]
    True
    >>> print(simulator.changes)  # doctest: +ELLIPSIS
    -  image ami-0fa00000000000510...

    Clients are boto3's own, with its checks, paginators, waiters, resources and errors; nothing they ask leaves the
    machine. What is not modelled raises `NotModelled`. A program that also asks other services what they have can be
    told that they have nothing: with `finds_nothing=["autoscaling:*", "ec2:DescribeLaunchTemplate*"]` every list in the
    answers to such calls is empty. Only calls that ask (`Describe...`, `Get...`, `List...`) are answered so.

    Time stands still unless it is told to pass: by `advance`; by a waiter, which lets its delay pass in the world
    instead of sleeping (or `each_poll`, if that is given); and by `each_call`, which passes before every call. A
    program that polls by itself is given `simulator.sleep` for `time.sleep`.

    Many threads may call; their steps come one after the other. Raises `Malformed` for time that goes back.
    """

    @classmethod
    def of(cls, trace: Trace) -> "Simulator":
        """A simulation that has come as far as a trace, with the trace for its past."""
        simulator = cls(trace.start)
        for step in trace:
            match step:
                case Asked(by=by, request=request):
                    _ = simulator.do(request, by=by)
                case advance:
                    _ = simulator.advance(advance.by)
        return simulator

    def branch(self) -> "Simulator":
        """Another simulation with the same past, whose future is its own."""
        with self._lock:
            twin = Simulator(
                self._start,
                each_call=self.each_call,
                each_poll=self.each_poll,
                finds_nothing=self.finds_nothing,
            )
            twin._past = [*self._past]
            twin._world = self._world
            return twin

    def session(self, *, account: str, region: str | Region, denied: Iterable[str] = ()) -> boto3.Session:
        """A session of boto3 for an account, with a Region for its clients to begin with.

        `denied` are the actions that IAM keeps from it (`ec2:DeleteSnapshot`). Files and variables of the machine have
        no say in it. Its clients for other Regions are that account's, too, and its clients with keys that AssumeRole
        gave are of the account that the role belongs to.

        Raises `Malformed`.
        """
        by = Caller(account=account, region=region, denied=denied)
        core = botocore.session.Session(session_vars=dict(_NO_FILES))
        core.register_component("data_loader", _loader())
        core.set_credentials(access_key_id(by.account, AccessKeyKind.LONG_TERM), _SECRET)
        Hook(self, by).register(core.get_component("event_emitter"))
        return boto3.Session(botocore_session=core, region_name=by.region.name)

    def client(
        self,
        service: str = "ec2",
        *,
        account: str,
        region: str | Region,
        denied: Iterable[str] = (),
        **options: Any,  # noqa: ANN401 - whatever boto3's `client` takes
    ) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients as it goes
        """A client of boto3 for an account in a Region, from a session of its own; further options are boto3's.

        Raises `Malformed`.
        """
        session = self.session(account=account, region=region, denied=denied)
        return session.client(service, **options)  # type: ignore[call-overload] # any service's name

    def attach(self, client: Any, *, account: str, denied: Iterable[str] = ()) -> None:  # noqa: ANN401 - any client
        """Answer the calls of a client that exists, whatever it is signed with, as if the account made them.

        One that was attached to another simulation leaves it. Raises `Malformed`.
        """
        by = Caller(account=account, region=region_of(client.meta.region_name), denied=denied)
        Hook(self, by, everybody=True).register(client.meta.events)
        client.get_waiter = partial(self._waiter_of, client)

    def _waiter_of(self, client: Any, waiter_name: str) -> SimulatedWaiter:  # noqa: ANN401 - any client
        of_its_class: Any = type(client)  # pyright: ignore[reportUnknownVariableType] # boto3 makes it as it goes
        return waiting(client, of_its_class.get_waiter(client, waiter_name), self)

    @contextmanager
    def installed(
        self, *, account: str, region: str | Region, denied: Iterable[str] = ()
    ) -> "Generator[Simulator, None, None]":
        """Answer every session of boto3 and botocore that is made from here to the end of the block.

        So a program that makes its own sessions runs as it is. The environment names the account's keys and the Region
        meanwhile, and no files. Clients that were there before go on as they did: they are for `attach`.

        Raises `Malformed`.
        """
        by = Caller(account=account, region=region, denied=denied)
        hook = Hook(self, by)
        specs: list[Any] = [
            (each.event, each.handle, handlers.REGISTER_FIRST if each.first else handlers.REGISTER_LAST)
            for each in hook.handlers
        ]
        default, boto3.DEFAULT_SESSION = boto3.DEFAULT_SESSION, None
        kept = {name: os.environ.pop(name, None) for name in _ENVIRONMENT}
        os.environ.update(
            {
                "AWS_ACCESS_KEY_ID": access_key_id(by.account, AccessKeyKind.LONG_TERM),
                "AWS_SECRET_ACCESS_KEY": _SECRET,
                "AWS_DEFAULT_REGION": by.region.name,
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            }
        )
        handlers.BUILTIN_HANDLERS[:0] = specs
        try:
            yield self
        finally:
            del handlers.BUILTIN_HANDLERS[: len(specs)]
            for name, value in kept.items():
                _ = os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
            boto3.DEFAULT_SESSION = default
