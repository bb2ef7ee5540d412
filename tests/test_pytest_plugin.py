"""The fixtures that pytest finds by itself."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from amimodel.boto import Simulator
from amimodel.callers import Caller
from amimodel.example_worlds import FRANKFURT, PROD, example_world
from amimodel.world import World


def test_a_client_of_an_account_of_the_example(ec2_client: Any, ami_simulator: Simulator, ami_caller: Caller) -> None:
    assert ami_caller == Caller(account=PROD, region=FRANKFURT)
    image = ec2_client.describe_images(Owners=["self"])["Images"][0]
    ec2_client.deregister_image(ImageId=image["ImageId"])
    assert f"- image {image['ImageId']}" in str(ami_simulator.changes)


def test_every_test_begins_with_the_same_world(ami_world: World, ami_simulator: Simulator) -> None:
    assert ami_simulator.world == ami_world == example_world()


class TestWithFixturesOfItsOwn:
    @pytest.fixture
    def ami_caller(self) -> Caller:
        return Caller(account=PROD, region=FRANKFURT, denied=["ec2:DeregisterImage"])

    @pytest.fixture
    def ami_world(self, ami_world: World) -> World:
        return evolve(ami_world)

    def test_another_caller_takes_its_place(self, ec2_client: Any) -> None:
        from botocore.exceptions import ClientError

        image = ec2_client.describe_images(Owners=["self"])["Images"][0]
        with pytest.raises(ClientError, match="UnauthorizedOperation"):
            ec2_client.deregister_image(ImageId=image["ImageId"])


def test_the_plugin_imports_nothing_until_it_is_asked(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n\ndef test_nothing():\n    assert not {'boto3', 'amimodel.world'} & set(sys.modules)\n"
    )
    run = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
