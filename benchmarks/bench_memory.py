"""Memory an image (budget: 1.2 KB), in a plain dict and in the table that a world will keep its images in.

Every image has an id, a name, a creation date and a snapshot of its own; what real images share, these share.
"""

import gc
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from attrs import evolve

from amimodel._table import Table
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.examples import WEB
from amimodel.images import Image

IMAGES = 100_000


def images() -> dict[str, Image]:
    made = (
        evolve(
            WEB,
            image_id=f"ami-{number:017x}",
            name=f"web-server-release-{number}",
            creation_date=WEB.creation_date + timedelta(seconds=number),
            block_device_mappings=(
                BlockDeviceMapping(
                    "/dev/xvda",
                    EbsBlockDevice(
                        snapshot_id=f"snap-{number:017x}",
                        volume_size_gib=8,
                        volume_type="gp3",
                        iops=3000,
                        throughput_mibps=125,
                        delete_on_termination=True,
                        encrypted=False,
                    ),
                ),
            ),
        )
        for number in range(IMAGES)
    )
    return {image.image_id: image for image in made}


KEEPERS: dict[str, Callable[[dict[str, Image]], Mapping[str, Image]]] = {
    "yardstick: a dict of images": dict,
    "a table of images": Table,
}


@pytest.mark.benchmark(group="memory")
@pytest.mark.parametrize("case", KEEPERS)
def bench_memory(benchmark: Callable[..., object], case: str) -> None:
    gc.collect()
    tracemalloc.start()
    kept = KEEPERS[case](images())
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    benchmark.extra_info["bytes_an_image"] = round(size / len(kept))  # type: ignore[attr-defined] # because the fixture is untyped
    benchmark.pedantic(lambda: kept[f"ami-{IMAGES // 2:017x}"], rounds=5)  # type: ignore[attr-defined] # because the fixture is untyped
    print(f"{case}: {size / len(kept):.0f} bytes an image")
