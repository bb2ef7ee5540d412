"""boto3 on the model, on moto, and on a hook that answers a constant, in an account that has 10,000 images.

The three are real clients of boto3. The worlds of the model and of moto hold the same: so many images of its own, of
which ten are tagged, and a snapshot to register others from. A client whose hook answers a constant is what boto3
itself costs, whatever answers.
"""

import gc
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, Final, TypeAlias

import pytest
from attrs import evolve

from amimodel import _indexes
from amimodel._catalogue import Catalogue
from amimodel.boto import Simulator
from amimodel.clock import parse
from amimodel.examples import WEB
from amimodel.images import Image
from amimodel.regions import as_region
from amimodel.snapshots import Snapshot
from amimodel.tags import Tags
from amimodel.world import World

boto3 = pytest.importorskip("boto3")
moto = pytest.importorskip("moto")
models = pytest.importorskip("moto.ec2.models")

Benchmark: TypeAlias = Any  # pytest-benchmark has no types

IMAGES: Final = 10_000
TAGGED: Final = 10
ACCOUNT: Final = "123456789012"
REGION: Final = "eu-central-1"
HERE: Final = as_region(REGION)
NOW: Final = parse("2026-06-01T00:00:00Z")
SNAPSHOT: Final = "snap-fffffffffffffffff"
ROUNDS: Final = {"amimodel": 300, "moto": 40, "constant": 300}
GOLDEN: Final = {"Name": "tag:Stage", "Values": ["golden"]}


def _image(number: int) -> Image:
    return evolve(
        WEB,
        image_id=f"ami-{number + 0x1000:017x}",
        owner_id=ACCOUNT,
        region=HERE,
        name=f"web-{number}",
        tags=Tags({"Stage": "golden"}) if number < TAGGED else Tags(),
    )


def _simulated() -> tuple[Any, list[str]]:
    images = {str(image.image_id): image for image in map(_image, range(IMAGES))}
    snapshot = Snapshot(
        snapshot_id=SNAPSHOT, owner_id=ACCOUNT, volume_id="vol-12345678", volume_size_gib=8, start_time=NOW,
        region=HERE,
    )  # fmt: skip
    world = World(now=NOW, images=Catalogue(_indexes.IMAGES, images)).with_snapshot(snapshot)
    return Simulator(world).client("ec2", account=ACCOUNT, region=REGION), list(images)


def _in_moto() -> tuple[Any, list[str]]:
    backend = models.ec2_backends[ACCOUNT][REGION]
    backend.amis.clear()  # moto's own images: the model's world has none either
    images = [backend.register_image(f"web-{number}", "") for number in range(IMAGES)]
    for image in images[:TAGGED]:
        backend.create_tags([image.id], {"Stage": "golden"})
    return boto3.client("ec2", region_name=REGION), [image.id for image in images]


def _constant() -> tuple[Any, list[str]]:
    client = boto3.client("ec2", region_name=REGION)
    answers: dict[str, dict[str, Any]] = {
        "RegisterImage": {"ImageId": "ami-12345678"},
        "DescribeImages": {"Images": [{"ImageId": "ami-12345678", "Name": "web"}]},
    }
    response = type("Response", (), {"status_code": 200})()

    def answer(model: Any, **_: object) -> tuple[object, dict[str, Any]]:
        return response, {**answers.get(model.name, {}), "ResponseMetadata": {"HTTPStatusCode": 200}}

    client.meta.events.register_first("before-call", answer)
    return client, [f"ami-{number + 0x1000:017x}" for number in range(IMAGES)]


WAYS: Final[dict[str, Callable[[], tuple[Any, list[str]]]]] = {
    "amimodel": _simulated, "moto": _in_moto, "constant": _constant,
}  # fmt: skip


@pytest.fixture(scope="module", params=WAYS)
def case(request: pytest.FixtureRequest) -> Iterable[tuple[str, Any, list[str]]]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        with moto.mock_aws():
            made = WAYS[request.param]()
            gc.freeze()  # or every collection looks at all the images once more, and is what is measured
            yield request.param, *made
            gc.unfreeze()


def _measure(benchmark: Benchmark, way: str, group: str, call: Callable[[], object]) -> None:
    benchmark.group = f"boto3: {group}"
    benchmark.pedantic(call, rounds=ROUNDS[way], iterations=1, warmup_rounds=3)


def bench_describe_by_id(benchmark: Benchmark, case: tuple[str, Any, list[str]]) -> None:
    way, ec2, images = case
    assert len(ec2.describe_images(ImageIds=[images[7]])["Images"]) == 1
    _measure(benchmark, way, "describe by id", lambda: ec2.describe_images(ImageIds=[images[7]]))


def bench_describe_by_tag(benchmark: Benchmark, case: tuple[str, Any, list[str]]) -> None:
    way, ec2, _ = case
    assert len(ec2.describe_images(Filters=[GOLDEN])["Images"]) == (1 if way == "constant" else TAGGED)
    _measure(benchmark, way, "describe by tag", lambda: ec2.describe_images(Filters=[GOLDEN]))


def bench_share(benchmark: Benchmark, case: tuple[str, Any, list[str]]) -> None:
    way, ec2, images = case
    others = (f"{number:012d}" for number in count(200_000_000_000))

    def share() -> None:
        permission = {"Add": [{"UserId": next(others)}]}
        ec2.modify_image_attribute(ImageId=next(some), LaunchPermission=permission)

    some = iter(images * 2)
    _measure(benchmark, way, "share", share)


def bench_register(benchmark: Benchmark, case: tuple[str, Any, list[str]]) -> None:
    way, ec2, _ = case
    names = (f"new-{number}" for number in count())
    root = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": SNAPSHOT} if way != "moto" else {"VolumeSize": 8}}

    def register() -> None:
        ec2.register_image(
            Name=next(names), Architecture="x86_64", VirtualizationType="hvm", RootDeviceName="/dev/xvda",
            BlockDeviceMappings=[root],
        )  # fmt: skip

    _measure(benchmark, way, "register", register)


def bench_deregister(benchmark: Benchmark, case: tuple[str, Any, list[str]]) -> None:
    way, ec2, images = case
    some = iter(reversed(images))
    _measure(benchmark, way, "deregister", lambda: ec2.deregister_image(ImageId=next(some)))
