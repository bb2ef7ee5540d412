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

Source: botocore 1.44.5, the output shapes of DescribeImages, DescribeImageAttribute, DescribeSnapshots,
DescribeSnapshotAttribute, DescribeInstanceImageMetadata and GetImageBlockPublicAccessState.
"""

from amimodel.wire._actions import Action
from amimodel.wire._attributes import (
    ImageAttribute,
    ImageAttributeName,
    ImageAttributeValue,
    SnapshotAttribute,
    SnapshotAttributeName,
    SnapshotAttributeValue,
)
from amimodel.wire._faults import Fault, NotAResponse
from amimodel.wire._residue import ABSENT, Absence, Difference, Item
from amimodel.wire._responses import Progress, Record, Response, Unread, read, read_text, write, write_text

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
    "read",
    "read_text",
    "write",
    "write_text",
]
