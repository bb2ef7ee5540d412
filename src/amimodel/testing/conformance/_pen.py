"""A pen for scenarios: what is asked is answered by the model at once, so the next call can name what came of it."""

# ruff: noqa: ANN401 - parameters are whatever boto3 takes

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from attrs import evolve

from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.history import Advance
from amimodel.quirks import Quirks
from amimodel.testing.conformance._calls import Call, Script, taken
from amimodel.testing.conformance._replies import Answered
from amimodel.timing import Timing
from amimodel.world import World

ALICE: Final = Caller(account="111122223333", region="eu-central-1")
BOB: Final = Caller(account="444455556666", region="eu-central-1")
ALICE_IN_VIRGINIA: Final = Caller(account="111122223333", region="us-east-1")

EVERYBODY: Final = {"Add": [{"Group": "all"}]}
WITH_BOB: Final = {"Add": [{"UserId": BOB.account}]}
STAGE: Final = {"Key": "Stage", "Value": "prod"}

NO_IMAGE: Final = "ami-0ffffffffffffffff"
NO_SNAPSHOT: Final = "snap-0ffffffffffffffff"
NO_VOLUME: Final = "vol-0ffffffffffffffff"
NO_INSTANCE: Final = "i-0ffffffffffffffff"

EMPTY: Final = World(now=parse("2026-06-01T00:00:00Z"), timing=Timing.instant())
"""The world that a new account finds, in which nothing takes time."""

UNBLOCKED: Final = World(now=EMPTY.now, timing=EMPTY.timing, quirks=Quirks(new_accounts_block_public_images=False))
"""The world of accounts that may publish images, as older ones may."""

ROOT: Final = "/dev/sda1"


class Pen:
    """A script being written.

    >>> pen = Pen("a volume")
    >>> pen(ALICE, "CreateVolume", AvailabilityZone="eu-central-1a", Size=8)["State"]
    'creating'
    >>> len(pen.script)
    1
    """

    def __init__(self, name: str, start: World = EMPTY) -> None:
        self.script = Script(name=name, start=start)
        self.world = start

    def __call__(self, by: Caller, action: str, /, **parameters: Any) -> dict[str, Any]:
        """Ask, and give the model's answer; of what the model refuses, there is none."""
        return self._write(Call(by, action, parameters))

    def branch(self, name: str) -> "Pen":
        """Another pen, which goes on from here under a name of its own."""
        pen = Pen(name, self.script.start)
        pen.script = evolve(self.script, name=name)
        pen.world = self.world
        return pen

    def advance(self, span: timedelta) -> None:
        """Let time pass."""
        _ = self._write(Advance(span))

    def _write(self, step: Call | Advance) -> dict[str, Any]:
        self.script = evolve(self.script, steps=(*self.script.steps, step))
        self.world, reply = taken(self.world, step)
        return dict(reply.answer) if isinstance(reply, Answered) else {}

    # --- what most scenarios begin with -------------------------------------------------------------------------------

    def volume(self, by: Caller = ALICE, **more: Any) -> str:
        """Make a volume."""
        zone = f"{by.region}a"
        volume_id: str = self(by, "CreateVolume", **{"AvailabilityZone": zone, "Size": 8, **more})["VolumeId"]
        return volume_id

    def snapshot(self, by: Caller = ALICE, volume_id: str | None = None, **more: Any) -> str:
        """Make a snapshot, of a new volume if there is none to make it of."""
        made = self(by, "CreateSnapshot", VolumeId=volume_id or self.volume(by), **more)
        snapshot_id: str = made["SnapshotId"]
        return snapshot_id

    def image(self, by: Caller = ALICE, name: str = "web", snapshot_id: str | None = None, **more: Any) -> str:
        """Register an image, of a new snapshot if there is none to register it of."""
        root = {"DeviceName": ROOT, "Ebs": {"SnapshotId": snapshot_id or self.snapshot(by)}}
        usual = {
            "Name": name, "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": True,
            "RootDeviceName": ROOT, "BlockDeviceMappings": [root],
        }  # fmt: skip
        image_id: str = self(by, "RegisterImage", **{**usual, **more})["ImageId"]
        return image_id

    def instance(self, by: Caller = ALICE, image_id: str | None = None, **more: Any) -> str:
        """Launch an instance, of a new image if there is none to launch."""
        usual = {"ImageId": image_id or self.image(by), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
        instance_id: str = self(by, "RunInstances", **{**usual, **more})["Instances"][0]["InstanceId"]
        return instance_id


def each_alone(begun: Pen, calls: Iterable[tuple[str, dict[str, Any]]], by: Caller = ALICE) -> tuple[Pen, ...]:
    """A pen for each call, which goes on from where the first has come to: none of them is in another's way."""
    pens: list[Pen] = []
    for number, (action, parameters) in enumerate(calls, 1):
        pen = begun.branch(f"{begun.script.name}, {number}")
        _ = pen(by, action, **parameters)
        pens.append(pen)
    return tuple(pens)
