"""How long reading DescribeImages takes, against `json.loads` of the same text (target: at most 8 times as long).

Both are measured in the same run, on 2,000 images such as an account finds them: its own with tags and several volumes,
and those of Amazon, Canonical, Microsoft and Red Hat. `python benchmarks/bench_wire.py` prints the ratio.
"""

import json
import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from amimodel.billing_codes import BillingCode
from amimodel.wire import read, read_text, write

IMAGES = 2_000
SEED = 20260101

# owner, alias, name, description, billing code, share of all
_SELLERS = (
    ("111122223333", None, "web-server-{n}-arm64", None, BillingCode.LINUX, 50),
    ("137112412989", "amazon", "al2023-ami-2023.{n}.0-kernel-6.1-x86_64",
     "Amazon Linux 2023 AMI 2023.{n}.0 x86_64 HVM kernel-6.1", BillingCode.LINUX, 20),
    ("099720109477", None, "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-{n}",
     "Canonical, Ubuntu, 24.04, amd64 noble image", BillingCode.LINUX, 15),
    ("801119661308", "amazon", "Windows_Server-2022-English-Full-Base-{n}",
     "Microsoft Windows Server 2022 Full Locale English AMI provided by Amazon", BillingCode.WINDOWS, 10),
    ("309956199498", None, "RHEL-9.{n}.0_HVM-x86_64-0-Hourly2-GP3",
     "Provided by Red Hat, Inc.", BillingCode.RED_HAT, 5),
)  # fmt: skip


def _id(chance: Random, prefix: str) -> str:
    return f"{prefix}-0{chance.getrandbits(64):016x}"


def _volume(chance: Random, device: str, *, encrypted: bool) -> dict[str, Any]:
    return {
        "DeviceName": device,
        "Ebs": {
            "DeleteOnTermination": True,
            "Iops": 3000,
            "SnapshotId": _id(chance, "snap"),
            "VolumeSize": chance.choice((8, 10, 30, 100)),
            "VolumeType": "gp3",
            "Throughput": 125,
            "Encrypted": encrypted,
        },
    }


def realistic_images(count: int = IMAGES, seed: int = SEED) -> dict[str, Any]:
    """Make an answer of DescribeImages; the same seed makes the same one."""
    chance = Random(seed)
    return {"Images": [_realistic_image(chance, n) for n in range(count)]}


def _realistic_image(chance: Random, n: int) -> dict[str, Any]:
    (seller,) = chance.choices(_SELLERS, [share for *_, share in _SELLERS])
    owner, alias, name, description, billing, _ = seller
    own = owner == "111122223333"
    day = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    root = "/dev/xvda" if alias else "/dev/sda1"
    mapping = [_volume(chance, root, encrypted=own and n % 2 == 0)]
    if own:
        mapping += [_volume(chance, f"/dev/sd{letter}", encrypted=n % 2 == 0) for letter in "fg"[: n % 3]]
    if owner == "099720109477":
        mapping += [
            {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
            {"DeviceName": "/dev/sdc", "VirtualName": "ephemeral1"},
        ]
    image: dict[str, Any] = {
        "PlatformDetails": billing.platform_details,
        "UsageOperation": billing.usage_operation,
        "BlockDeviceMappings": mapping,
        "EnaSupport": True,
        "Hypervisor": "xen",
        "Name": name.format(n=n),
        "RootDeviceName": root,
        "RootDeviceType": "ebs",
        "SriovNetSupport": "simple",
        "VirtualizationType": "hvm",
        "BootMode": "uefi-preferred",
        "DeregistrationProtection": "disabled",
        "ImageId": _id(chance, "ami"),
        "ImageLocation": f"{alias or owner}/{name.format(n=n)}",
        "State": "available",
        "OwnerId": owner,
        "CreationDate": f"{day}T10:33:{n % 60:02}.000Z",
        "Public": not own,
        "Architecture": "arm64" if own else "x86_64",
        "ImageType": "machine",
    }
    if description is not None:
        image["Description"] = description.format(n=n)
    if alias is not None:
        image |= {"ImageOwnerAlias": alias, "ImdsSupport": "v2.0"}
    if billing is BillingCode.WINDOWS:
        image["Platform"] = "windows"
    if own:
        image["Tags"] = [
            {"Key": "Name", "Value": f"web {n}"},
            {"Key": "Stage", "Value": chance.choice(("dev", "test", "prod"))},
            {"Key": "Team", "Value": "platform"},
            {"Key": "BuiltFrom", "Value": _id(chance, "ami")},
        ]
        image |= {"LastLaunchedTime": f"{day}T11:07:19Z", "SourceInstanceId": _id(chance, "i")}
    else:
        image["DeprecationTime"] = f"2027{day[4:]}T10:33:00.000Z"
    return image


TEXT = json.dumps(realistic_images(), indent=4)


@pytest.fixture
def answer() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(TEXT)
    return loaded


def bench_json_loads_the_yardstick(benchmark: Any) -> None:
    assert len(benchmark(json.loads, TEXT)["Images"]) == IMAGES


def bench_read_text(benchmark: Any) -> None:
    (response,) = benchmark(read_text, TEXT)
    assert len(response.records) == IMAGES


def bench_read(benchmark: Any, answer: dict[str, Any]) -> None:
    assert len(benchmark(read, answer).records) == IMAGES


def bench_write(benchmark: Any, answer: dict[str, Any]) -> None:
    assert benchmark(write, read(answer)) == answer


def _seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def ratio(rounds: int = 15) -> tuple[float, float]:
    """The least time of each, in turns, so that a busy machine is busy for both."""
    both = [(_seconds(lambda: json.loads(TEXT)), _seconds(lambda: read_text(TEXT))) for _ in range(rounds)]
    return min(loads for loads, _ in both), min(reads for _, reads in both)


if __name__ == "__main__":
    loads, reads = ratio()
    print(f"{IMAGES:,} images, {len(TEXT):,} characters")
    print(f"json.loads  {loads * 1e3:8.1f} ms  {loads / IMAGES * 1e6:6.1f} us an image")
    print(f"read_text   {reads * 1e3:8.1f} ms  {reads / IMAGES * 1e6:6.1f} us an image  {reads / loads:.1f} times")
