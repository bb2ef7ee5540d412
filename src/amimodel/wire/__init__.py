"""EC2's JSON: what the AWS CLI prints and boto3 returns, as values, and back.

>>> import json
>>> answer = '''
... {"Images": [{
...     "ImageId": "ami-12345678", "OwnerId": "111122223333", "Name": "web", "Public": false, "Architecture": "arm64",
...     "CreationDate": "2026-01-01T00:00:00.000Z", "State": "available", "Operator": {"Managed": false}
... }]}
... '''
>>> (response,) = read_text(answer, region="eu-central-1")
>>> image = response.values[0]
>>> image.name, str(image.region), image.launch_permissions.complete
('web', 'eu-central-1', False)
>>> write(response) == json.loads(answer)
True

Three laws hold:

1. What was read is written again as it was: the same JSON, in another order of members at most. What no value knows is
   kept beside it, in the record's `residue`.
2. What cannot be read is named, record by record and member by member, in `faults`, and never stops the rest.
3. What an answer does not tell is unknown.

Beside EC2's answers, whatever the model holds can be written and read: worlds, requests, outcomes, traces.

>>> from amimodel.actions import DeregisterImage
>>> from amimodel.wire import read_request, write_request
>>> write_request(DeregisterImage(image_id="ami-12345678"))
{'action': 'DeregisterImage', 'parameters': {'ImageId': 'ami-12345678'}}
>>> read_request({"action": "DeregisterImage", "parameters": {"ImageId": "ami-12345678"}})
DeregisterImage(dry_run=False, image_id='ami-12345678', delete_associated_snapshots=False)

Source: botocore 1.44.5, the output shapes of DescribeImages, DescribeImageAttribute, DescribeSnapshots,
DescribeSnapshotAttribute, DescribeInstanceImageMetadata and GetImageBlockPublicAccessState.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from amimodel.attributes import (
    ImageAttribute,
    ImageAttributeName,
    ImageAttributeValue,
    SnapshotAttribute,
    SnapshotAttributeName,
    SnapshotAttributeValue,
)
from amimodel.wire._actions import Action
from amimodel.wire._faults import Fault, NotAResponse
from amimodel.wire._residue import ABSENT, Absence, Difference, Item
from amimodel.wire._responses import Progress, Record, Response, Unread, read, read_text, write, write_text
from amimodel.wire.values._unreadable import Unreadable

if TYPE_CHECKING:
    from amimodel.wire._traces import (
        read_answer,
        read_outcome,
        read_refusal,
        read_request,
        read_request_text,
        read_step,
        read_trace,
        read_trace_text,
        read_world,
        read_world_text,
        write_answer,
        write_outcome,
        write_refusal,
        write_request,
        write_request_text,
        write_step,
        write_trace,
        write_trace_text,
        write_world,
        write_world_text,
    )

__all__ = [
    "ABSENT",
    "Absence",
    "Action",
    "Difference",
    "Fault",
    "ImageAttribute",
    "ImageAttributeName",
    "ImageAttributeValue",
    "Item",
    "NotAResponse",
    "Progress",
    "Record",
    "Response",
    "SnapshotAttribute",
    "SnapshotAttributeName",
    "SnapshotAttributeValue",
    "Unread",
    "Unreadable",
    "read",
    "read_answer",
    "read_outcome",
    "read_refusal",
    "read_request",
    "read_request_text",
    "read_step",
    "read_text",
    "read_trace",
    "read_trace_text",
    "read_world",
    "read_world_text",
    "write",
    "write_answer",
    "write_outcome",
    "write_refusal",
    "write_request",
    "write_request_text",
    "write_step",
    "write_text",
    "write_trace",
    "write_trace_text",
    "write_world",
    "write_world_text",
]


def __getattr__(name: str) -> object:
    """Fetch what reads and writes worlds when it is first used: whoever reads answers needs no world."""
    if name in __all__:
        value: object = getattr(import_module("amimodel.wire._traces"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
