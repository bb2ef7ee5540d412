"""Steps and questions on worlds of 1,000 to 1,000,000 images, each beside its yardstick in the same run.

Of each world the caller owns 40 images, of which ten are tagged and five disabled, and ten of another account's are
shared with it; all the rest belongs to others. So what is asked for is the same however large the world is.
"""

import gc
import re
import resource
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeAlias

import pytest
from attrs import evolve

from amimodel import _indexes
from amimodel._catalogue import Catalogue
from amimodel._copies import changed
from amimodel.actions import (
    CreateTags,
    DeregisterImage,
    DescribeImages,
    DisableImage,
    EnableImageDeprecation,
    RegisterImage,
)
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.engine import apply, ask
from amimodel.examples import WEB
from amimodel.filters import Filter
from amimodel.images import Image
from amimodel.permissions import NOBODY, NOT_PUBLIC, AccountPermission
from amimodel.regions import as_region
from amimodel.snapshots import Snapshot
from amimodel.tags import Tags
from amimodel.vocabulary import ImageState
from amimodel.world import World

Benchmark: TypeAlias = Any  # pytest-benchmark has no types

SIZES: Final = [1_000, 10_000, 100_000, 1_000_000]
NOW: Final = parse("2026-06-01T00:00:00Z")
HERE: Final = as_region("eu-central-1")
ME: Final = Caller(account="111122223333", region=HERE)
OTHERS: Final = tuple(f"{number:012d}" for number in range(200_000_000_000, 200_000_000_100))
OWN: Final = 40
TAGGED: Final = 10
DISABLED: Final = 5
SHARED: Final = 10
ROUNDS: Final = 1_000


class Case(NamedTuple):
    world: World
    images: dict[str, Image]
    some: str
    """One of the caller's images."""


def _mapping(number: int) -> tuple[BlockDeviceMapping, ...]:
    device = EbsBlockDevice(
        snapshot_id=f"snap-{number:017x}",
        volume_size_gib=8,
        volume_type="gp3",
        iops=3000,
        throughput_mibps=125,
        delete_on_termination=True,
        encrypted=False,
    )
    return (BlockDeviceMapping("/dev/xvda", device),)


def _image(number: int, size: int) -> Image:
    own, shared = number < OWN, OWN <= number < OWN + SHARED
    return changed(
        WEB,
        image_id=f"ami-{number + size:017x}",
        owner_id=ME.account if own else OTHERS[number % len(OTHERS)],
        name=f"web-server-release-{number}",
        creation_date=NOW - timedelta(seconds=number),
        region=HERE,
        tags=Tags({"Stage": "golden"}) if number < TAGGED else WEB.tags,
        state=ImageState.DISABLED if TAGGED <= number < TAGGED + DISABLED else ImageState.AVAILABLE,
        launch_permissions=evolve(NOBODY, items=(AccountPermission(ME.account),)) if shared else NOBODY,
        block_device_mappings=_mapping(number),
    )


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"of_{size}_")
def case(request: pytest.FixtureRequest) -> Iterable[Case]:
    size: int = request.param
    images = {str(image.image_id): image for image in (_image(number, 0x1000) for number in range(size))}
    snapshot = Snapshot(
        snapshot_id="snap-fffffffffffffffff",
        owner_id=ME.account,
        volume_id="vol-12345678",
        volume_size_gib=8,
        start_time=NOW,
        region=HERE,
    )
    world = World(now=NOW, images=Catalogue(_indexes.IMAGES, images)).with_snapshot(snapshot)
    gc.freeze()  # or every collection looks at all the images once more, and is what is measured
    yield Case(world, images, next(iter(images)))
    gc.unfreeze()


def _measure(benchmark: Benchmark, group: str, case: Case, call: Callable[[], object], rounds: int = ROUNDS) -> None:
    benchmark.group = f"{group} {len(case.images):>9,}"
    benchmark.pedantic(call, rounds=rounds, iterations=1, warmup_rounds=10)


# --- steps ------------------------------------------------------------------------------------------------------------


def bench_one_image_change_in_a_dict(benchmark: Benchmark, case: Case) -> None:
    images, one = dict(case.images), case.some

    def disable() -> None:
        images[one] = evolve(images[one], state=ImageState.DISABLED, launch_permissions=NOBODY)

    _measure(benchmark, "change", case, disable)


@pytest.mark.parametrize(
    "request_",
    [
        lambda one: DisableImage(image_id=one),
        lambda one: EnableImageDeprecation(image_id=one, deprecate_at=NOW + timedelta(days=30)),
        lambda one: CreateTags(resources=[one], tags=Tags({"Stage": "prod"})),
        lambda one: DeregisterImage(image_id=one),
    ],
    ids=["disable", "deprecate", "tag", "deregister"],
)
def bench_one_image_change(benchmark: Benchmark, case: Case, request_: Callable[[str], Any]) -> None:
    _measure(benchmark, "change", case, lambda: apply(case.world, request_(case.some), by=ME))


def _registration(name: str = "a-new-image") -> RegisterImage:
    return RegisterImage(
        name=name,
        architecture="x86_64",
        virtualization_type="hvm",
        ena_support=True,
        root_device_name="/dev/xvda",
        block_device_mappings=[BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id="snap-fffffffffffffffff"))],
    )


def bench_register(benchmark: Benchmark, case: Case) -> None:
    request = _registration()
    _measure(benchmark, "register", case, lambda: apply(case.world, request, by=ME))


def bench_register_in_moto(benchmark: Benchmark, case: Case) -> None:
    models = pytest.importorskip("moto.ec2.models")
    backend = models.ec2_backends[ME.account]["eu-central-1"]
    # Moto's own images come first, as every user of moto meets them; what it registers stays, as it does there.
    _measure(benchmark, "register", case, lambda: backend.register_image("a-new-image", "new"), rounds=500)


# --- questions --------------------------------------------------------------------------------------------------------


def _seen(image: Image) -> Image:
    return changed(image, launch_permissions=NOT_PUBLIC)


def bench_by_id_in_a_dict(benchmark: Benchmark, case: Case) -> None:
    images, one = case.images, case.some
    _measure(benchmark, "by id", case, lambda: [_seen(images[one])])


def bench_by_id(benchmark: Benchmark, case: Case) -> None:
    query = DescribeImages(image_ids=[case.some])
    _measure(benchmark, "by id", case, lambda: ask(case.world, query, by=ME))


# What is asked for, as a query and as a condition on one image.
QUESTIONS: Final[dict[str, tuple[DescribeImages, Callable[[Image], bool]]]] = {
    "owner": (
        DescribeImages(owners=["self"]),
        lambda image: image.owner_id == ME.account and image.state is not ImageState.DISABLED,
    ),
    "name": (
        DescribeImages(owners=["self"], filters=[Filter("name", ["web-server-release-7"])]),
        lambda image: image.owner_id == ME.account and image.name == "web-server-release-7",
    ),
    "tag": (
        DescribeImages(filters=[Filter("tag:Stage", ["golden"])]),
        lambda image: image.owner_id == ME.account and image.tags.get("Stage") == "golden",
    ),
    "state": (
        DescribeImages(filters=[Filter("state", ["disabled"])], include_disabled=True),
        lambda image: image.owner_id == ME.account and image.state is ImageState.DISABLED,
    ),
    "executable by": (
        DescribeImages(executable_users=["self"]),
        lambda image: ME.account in image.launch_permissions.accounts,
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def bench_a_list_comprehension(benchmark: Benchmark, case: Case, question: str) -> None:
    _, holds = QUESTIONS[question]
    images = case.images
    rounds = max(3, 200_000 // len(images))
    _measure(benchmark, f"by {question}", case, lambda: [_seen(one) for one in images.values() if holds(one)], rounds)


@pytest.mark.parametrize("question", QUESTIONS)
def bench_a_question(benchmark: Benchmark, case: Case, question: str) -> None:
    query, holds = QUESTIONS[question]
    found = ask(case.world, query, by=ME)
    assert {image.image_id for image in found} == {key for key, image in case.images.items() if holds(image)}
    _measure(benchmark, f"by {question}", case, lambda: ask(case.world, query, by=ME), rounds=200)


WILD: Final = "web-*-release-*77"


def bench_one_expression_over_all_names(benchmark: Benchmark, case: Case) -> None:
    names = [image.name or "" for image in case.images.values()]
    fits = re.compile("web-.*-release-.*77", re.DOTALL).fullmatch
    _measure(benchmark, "wildcard", case, lambda: [name for name in names if fits(name)], rounds=5)


def bench_a_wildcard_over_all_names(benchmark: Benchmark, case: Case) -> None:
    public = Caller(account="999988887777", region=HERE)
    query = DescribeImages(filters=[Filter("name", [WILD])], owners=list(OTHERS), executable_users=["all"])
    everything = DescribeImages(filters=[Filter("name", [WILD])], owners=list(OTHERS))
    assert len(ask(case.world, query, by=public)) == 0
    _measure(benchmark, "wildcard", case, lambda: ask(case.world, everything, by=ME), rounds=5)


# --- memory -----------------------------------------------------------------------------------------------------------


def bench_memory_of_a_catalogue(benchmark: Benchmark, case: Case) -> None:
    """What the catalogue with its indexes takes beyond the images; the resident set is what the machine lends."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = Catalogue(_indexes.IMAGES, case.images)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    benchmark.extra_info["bytes_an_image"] = round((after - before) * 1024 / len(kept))
    _measure(benchmark, "memory", case, lambda: kept.get(case.some), rounds=5)
