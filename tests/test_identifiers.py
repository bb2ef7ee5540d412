"""Ids and ARNs: rules A 1.1, A 1.2, A ID-9."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel import identifiers as ids
from amimodel.identifiers import account_id, image_arn, image_id, snapshot_arn
from amimodel.images import any_image_id
from amimodel.malformed import Malformed
from amimodel.regions import Region
from amimodel.testing import strategies as ec2

Reader = Callable[..., str]


class Kind(NamedTuple):
    """A row of the table of rule A 1.1."""

    read: Reader
    strategy: Callable[[], st.SearchStrategy[str]]
    prefix: str
    member: str
    code: str


KINDS = [
    Kind(ids.image_id,    ec2.image_ids,    "ami-",  "ImageId",    "InvalidAMIID.Malformed"),
    Kind(ids.kernel_id,   ec2.kernel_ids,   "aki-",  "KernelId",   "InvalidKernelId.Malformed"),
    Kind(ids.ramdisk_id,  ec2.ramdisk_ids,  "ari-",  "RamdiskId",  "InvalidRamDiskId.Malformed"),
    Kind(ids.snapshot_id, ec2.snapshot_ids, "snap-", "SnapshotId", "InvalidSnapshotID.Malformed"),
    Kind(ids.volume_id,   ec2.volume_ids,   "vol-",  "VolumeId",   "InvalidVolumeID.Malformed"),
    Kind(ids.instance_id, ec2.instance_ids, "i-",    "InstanceId", "InvalidInstanceID.Malformed"),
]  # fmt: skip
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.prefix)


def refused(read: Reader, text: object, *arguments: str) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(text, *arguments)
    return caught.value


@each_kind
@given(data=st.data())
def test_a_well_formed_id_is_read_as_it_is(kind: Kind, data: st.DataObject) -> None:
    """Rules A 1.1, A ID-6."""
    text = data.draw(kind.strategy())
    assert kind.read(text) == text
    assert re.fullmatch(rf"{kind.prefix}([0-9a-f]{{8}}|[0-9a-f]{{17}})", text)


@each_kind
@given(body=st.text("0123456789abcdef", max_size=20))
def test_an_id_has_eight_or_seventeen_digits(kind: Kind, body: str) -> None:
    """Rule A 1.1."""
    text = kind.prefix + body
    if len(body) in {8, 17} or text == "vol-ffff":
        assert kind.read(text) == text
    else:
        assert refused(kind.read, text).code == kind.code


@each_kind
@pytest.mark.parametrize(
    "body",
    [
        "",
        "1234567",
        "123456789",
        "1234567G",
        "12345678\n",
        " 12345678",
        "1234567A",
        "123456\u0663\u0664",
        "0" * 16,
        "0" * 18,
    ],
)
def test_no_other_body_is_one(kind: Kind, body: str) -> None:
    """Rule A ID-4."""
    error = refused(kind.read, kind.prefix + body)
    assert (error.code, error.member, error.value) == (kind.code, kind.member, kind.prefix + body)


@each_kind
@pytest.mark.parametrize("value", [None, 12345678, b"ami-12345678", ["ami-12345678"]])
def test_what_is_no_text_is_no_id(kind: Kind, value: object) -> None:
    assert refused(kind.read, value).code == kind.code


@each_kind
def test_the_member_at_fault_can_be_named(kind: Kind) -> None:
    assert refused(kind.read, "", "SourceImageId").member == "SourceImageId"


@given(st.sampled_from(KINDS), st.sampled_from(KINDS), st.text("0123456789abcdef", min_size=8, max_size=8))
def test_no_kind_takes_the_prefix_of_another(kind: Kind, other: Kind, body: str) -> None:
    """Rule A ID-3."""
    text = other.prefix + body
    if kind is other:
        assert kind.read(text) == text
    else:
        assert refused(kind.read, text).code == kind.code


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (ids.image_id,    "snap-12345678", 'Invalid id: "snap-12345678" (expecting "ami-...")'),  # A ID-3, S 36
        (ids.image_id,    "",              'Invalid id: "" (expecting "ami-...")'),
        (ids.image_id,    "ami-xyz",       'Invalid id: "ami-xyz"'),                              # A ID-4, S 36
        (ids.kernel_id,   "ami-12345678",  'Invalid id: "ami-12345678" (expecting "aki-...")'),
        (ids.ramdisk_id,  "ari-1",         'Invalid id: "ari-1"'),
        (ids.volume_id,   "ami-12345678",  'Invalid id: "ami-12345678" (expecting "vol-...")'),
        (ids.instance_id, "i-",            'Invalid id: "i-"'),
        (ids.snapshot_id, "ami-12345678",  "The snapshot ID 'ami-12345678' is not valid."),       # A 12.1
        (ids.snapshot_id, "snap-1",        "The snapshot ID 'snap-1' is not valid."),
    ],
)  # fmt: skip
def test_ec2_says_what_it_expected_only_where_the_prefix_is_wrong(read: Reader, text: str, message: str) -> None:
    assert refused(read, text).message == message


def test_the_volume_of_copied_snapshots_is_read_in_both_spellings() -> None:
    """Rules B CI-24, C 8.1."""
    assert ids.volume_id("vol-ffff") == "vol-ffff"
    assert ids.volume_id(ids.COPIED_SNAPSHOTS_VOLUME) == "vol-ffffffff"


# --- accounts ---------------------------------------------------------------------------------------------------------


@given(ec2.account_ids())
def test_an_account_id_is_twelve_digits_of_text(text: str) -> None:
    """Rule A AC-1."""
    assert account_id(text) == text
    assert len(text) == 12


@given(st.text("0123456789", max_size=15))
def test_no_other_number_of_digits_is_an_account(text: str) -> None:
    """Rules A AC-1, A AC-3."""
    if len(text) == 12:
        assert account_id(text) == text
    else:
        error = refused(account_id, text)
        assert (error.code, error.message) == ("InvalidUserID.Malformed", f'Invalid user id: "{text}"')


@pytest.mark.parametrize(
    "value", ["1111-2222-3333", "11112222333a", "111122223333\n", "\u0661" * 12, "self", "amazon", 111122223333, None]
)
def test_what_is_not_twelve_plain_digits_is_no_account(value: object) -> None:
    """Rules A AC-1, A AC-3."""
    assert refused(account_id, value).code == "InvalidUserID.Malformed"


# --- images of any type -----------------------------------------------------------------------------------------------


@given(st.one_of(ec2.image_ids(), ec2.kernel_ids(), ec2.ramdisk_ids()))
def test_an_image_of_any_type_has_an_id_of_its_type(text: str) -> None:
    """Rule A KR-1."""
    assert any_image_id(text) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("aki-1",         "InvalidKernelId.Malformed"),
        ("ari-1",         "InvalidRamDiskId.Malformed"),
        ("ami-1",         "InvalidAMIID.Malformed"),
        ("snap-12345678", "InvalidAMIID.Malformed"),
        (None,            "InvalidAMIID.Malformed"),
    ],
)  # fmt: skip
def test_the_prefix_says_which_code_a_malformed_image_id_has(text: object, code: str) -> None:
    assert refused(any_image_id, text).code == code


# --- ARNs -------------------------------------------------------------------------------------------------------------


@given(ec2.regions(), ec2.image_ids(), ec2.snapshot_ids())
def test_arns_leave_the_account_empty(region: Region, image: ids.ImageId, snapshot: ids.SnapshotId) -> None:
    """Rules A ID-9, C 0.9."""
    for arn, end in (
        (image_arn(region, image), f"image/{image}"),
        (snapshot_arn(region, snapshot), f"snapshot/{snapshot}"),
    ):
        assert arn.split(":") == ["arn", region.partition.value, "ec2", region.name, "", end]


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("eu-west-1",     "arn:aws:ec2:eu-west-1::image/ami-12345678"),
        ("us-gov-west-1", "arn:aws-us-gov:ec2:us-gov-west-1::image/ami-12345678"),
        ("us-iso-east-1", "arn:aws-iso:ec2:us-iso-east-1::image/ami-12345678"),
    ],
)  # fmt: skip
def test_arns_begin_with_the_partition(region: str, arn: str) -> None:
    assert image_arn(Region(region), image_id("ami-12345678")) == arn
