"""Answers that EC2 once gave. They lie beside the repository where they are present; without them there is no test.

Some were shortened by hand, so a few records are malformed. Which, and in what, is written down here: a record that is
read is written again exactly as it was, and one that is not is in this list.
"""

import json
from pathlib import Path

import pytest

from amimodel.wire import Action, read_text, write

RECORDED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "ec2-responses"
FILES = sorted(RECORDED.glob("*.json"))

# file -> the members at fault, in the order of the records
MALFORMED = {
    "DescribeImageAttribute-02": [  # the ARNs lack a colon
        ("LaunchPermissions[2].OrganizationArn", "InvalidAMIAttributeItemValue"),
        ("LaunchPermissions[3].OrganizationalUnitArn", "InvalidAMIAttributeItemValue"),
    ],
    "DescribeImageAttribute-07": [("LaunchPermissions[0].OrganizationalUnitArn", "InvalidAMIAttributeItemValue")],
    "DescribeImages-07": [
        ("Images[0].DeprecationTime", "InvalidParameterValue"),  # 456 seconds past 13:31
        ("Images[1].ImageId", "InvalidAMIID.Malformed"),  # an x among its digits
        ("Images[1].BlockDeviceMappings[0].Ebs.SnapshotId", "InvalidSnapshotID.Malformed"),  # an s among its digits
    ],
    "DescribeImages-16": [
        ("Images[0].ImageId", "InvalidAMIID.Malformed"),
        ("Images[0].OwnerId", "InvalidUserID.Malformed"),
        ("Images[0].BlockDeviceMappings[0].Ebs.SnapshotId", "InvalidSnapshotID.Malformed"),
    ],
    "DescribeSnapshots-01": [
        ("Snapshots[0].SnapshotId", "InvalidSnapshotID.Malformed"),
        ("Snapshots[0].OwnerId", "InvalidUserID.Malformed"),
        ("Snapshots[0].VolumeId", "InvalidVolumeID.Malformed"),
    ],
    "DescribeSnapshots-20": [  # owners and keys were blanked
        ("Snapshots[0].OwnerId", "InvalidUserID.Malformed"),
        ("Snapshots[1].OwnerId", "InvalidUserID.Malformed"),
        ("Snapshots[1].KmsKeyId", "InvalidParameterValue"),
        ("Snapshots[2].OwnerId", "InvalidUserID.Malformed"),
        ("Snapshots[2].KmsKeyId", "InvalidParameterValue"),
    ],
}

pytestmark = pytest.mark.skipif(not FILES, reason="the recorded responses are not present")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_record_comes_back_or_is_named(path: Path) -> None:
    (response,) = read_text(path.read_bytes())
    assert response.action == Action(path.stem.rpartition("-")[0])
    assert [(fault.member, fault.code) for fault in response.faults] == MALFORMED.get(path.stem, [])
    assert write(response) == json.loads(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_record_is_either_read_or_unread(path: Path) -> None:
    (response,) = read_text(path.read_bytes())
    source = json.loads(path.read_bytes())
    lists = [value for value in source.values() if isinstance(value, list) and response.action.startswith("Describe")]
    expected = len(lists[0]) if "Attribute" not in response.action and lists else 1
    assert len(response.records) + len(response.unread) == expected


def test_the_list_of_the_malformed_names_no_file_that_is_not_there() -> None:
    assert set(MALFORMED) <= {path.stem for path in FILES}
