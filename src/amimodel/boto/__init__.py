"""A real boto3 client on the model: run code that calls EC2, unchanged, and see what it would have done.

>>> from amimodel.example_worlds import PROD, example_world
>>> simulator = Simulator(example_world())
>>> ec2 = simulator.client("ec2", account=PROD, region="eu-central-1")
>>> [image["Name"] for image in ec2.describe_images(Owners=["self"])["Images"]]
['web-2026.10', 'db-2026.10']

botocore checks the parameters, the model decides, and EC2's response comes back: with EC2's codes and messages, request
ids, pages and waiters. It takes milliseconds, needs no server, and nothing leaves the machine.

Needs the extra `boto3`: `pip install "amimodel[boto3]"`.
"""

try:
    import boto3 as _  # noqa: F401 - to say what is missing, where it is
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError("amimodel.boto needs boto3: pip install 'amimodel[boto3]'", name="boto3") from _error

from amimodel.boto._beyond import Beyond
from amimodel.boto._not_modelled import NotModelled
from amimodel.boto._simulator import Simulator

__all__ = ["Beyond", "NotModelled", "Simulator"]
