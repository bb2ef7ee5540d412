"""The filters of the other Describe actions: rules A 8.4, C 11.7; settlements S 21, S 23, S 35."""

import re
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from amimodel.billing_codes import BillingCode
from amimodel.clock import parse
from amimodel.filters import Filter, FilterTable, matcher, select
from amimodel.images import StateReason
from amimodel.instances import Instance, InstanceBlockDevice, InstanceImageMetadata
from amimodel.malformed import Malformed
from amimodel.product_codes import ProductCode
from amimodel.resource_filters import (
    INSTANCE_FILTERS,
    INSTANCE_IMAGE_METADATA_FILTERS,
    SNAPSHOT_FILTERS,
    STORE_TASK_FILTERS,
    TAG_FILTERS,
    VOLUME_FILTERS,
    SeenSnapshot,
    TagDescription,
)
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as amis
from amimodel.volumes import Volume, VolumeAttachment
from amimodel.wire import Record, write
from reference import filters as reference

TABLES: list[tuple[str, FilterTable[Any], int]] = [
    ("DescribeSnapshots",             SNAPSHOT_FILTERS,                14),
    ("DescribeVolumes",               VOLUME_FILTERS,                  20),
    ("DescribeInstances",             INSTANCE_FILTERS,                136),
    ("DescribeInstanceImageMetadata", INSTANCE_IMAGE_METADATA_FILTERS, 11),
    ("DescribeTags",                  TAG_FILTERS,                     5),
    ("DescribeStoreImageTasks",       STORE_TASK_FILTERS,              2),
]  # fmt: skip
each_table = pytest.mark.parametrize(("action", "table", "number"), TABLES, ids=[row[0] for row in TABLES])


@each_table
def test_the_tables_have_the_names_that_botocore_has(action: str, table: FilterTable[Any], number: int) -> None:
    model = pytest.importorskip("botocore.session").get_session().get_service_model("ec2")
    text = model.operation_model(action).input_shape.members["Filters"].documentation
    names = set(re.findall(r"<li>\s*<p>\s*<code>([^<]*)</code>", text))
    assert len(names) == number
    assert {*table.rows, *table.silent} == names - {"tag:&lt;key&gt;", "tag"}  # two spellings of `tag:K`
    assert not table.silent & set(table.rows)


@each_table
def test_the_tables_are_in_the_order_of_the_alphabet(action: str, table: FilterTable[Any], number: int) -> None:
    assert list(table.rows) == sorted(table.rows)


@each_table
def test_every_table_refuses_what_ec2_does_not_know(action: str, table: FilterTable[Any], number: int) -> None:
    """Rule A FI-6."""
    with pytest.raises(Malformed, match="The filter 'nonsense' is invalid"):
        table.check([Filter("nonsense", ["a"])])


# --- beside EC2's JSON ------------------------------------------------------------------------------------------------


@given(amis.snapshots())
def test_every_row_compares_what_describe_snapshots_shows(snapshot: Snapshot) -> None:
    """Settlement S 21."""
    item: Any = write(Record(snapshot))
    for name in SNAPSHOT_FILTERS.rows:
        shown = reference.texts(name, item, reference.SNAPSHOT_MEMBERS)
        assert list(SNAPSHOT_FILTERS.row(name).texts(SeenSnapshot(snapshot, snapshot.tags))) == shown, name


@given(amis.instance_image_metadata())
def test_every_row_compares_what_describe_instance_image_metadata_shows(item: InstanceImageMetadata) -> None:
    """Rule C 11.7; settlement S 35."""
    shown: Any = write(Record(item))
    for name in INSTANCE_IMAGE_METADATA_FILTERS.rows:
        texts = reference.texts(name, shown, reference.METADATA_MEMBERS)
        assert list(INSTANCE_IMAGE_METADATA_FILTERS.row(name).texts(item)) == texts, name
    for key, value in item.tags.items():
        assert INSTANCE_IMAGE_METADATA_FILTERS.row(f"tag:{key}").texts(item) == (value,)


def test_a_snapshots_tags_are_those_of_the_account_that_looks() -> None:
    """Rule A TG-9."""
    snapshot = Snapshot(
        snapshot_id="snap-12345678",
        owner_id="111122223333",
        volume_id="vol-12345678",
        volume_size_gib=8,
        start_time=parse("2026-01-01T00:00:00Z"),
        tags={"Stage": "prod"},
    )
    mine = SeenSnapshot(snapshot, {"Mine": "1"})
    assert [SNAPSHOT_FILTERS.row(name).texts(mine) for name in ("tag-key", "tag:Mine", "tag:Stage")] == [
        ("Mine",),
        ("1",),
        (),
    ]


# --- instances --------------------------------------------------------------------------------------------------------

INSTANCE = Instance(
    instance_id="i-12345678",
    owner_id="111122223333",
    image_id="ami-12345678",
    instance_type="t3.micro",
    architecture="x86_64",
    availability_zone="eu-central-1a",
    launch_time=parse("2026-01-01T00:00:00Z"),
    state="stopped",
    state_reason=StateReason("Client.UserInitiatedShutdown", "Bye"),
    root_device_name="/dev/xvda",
    block_device_mappings=[
        InstanceBlockDevice(device_name="/dev/xvda", volume_id="vol-12345678", delete_on_termination=True),
        InstanceBlockDevice(device_name="/dev/sdb", volume_id="vol-87654321", delete_on_termination=False),
    ],
    reservation_id="r-12345678",
    ami_launch_index=1,
    kernel_id="aki-12345678",
    ramdisk_id="ari-12345678",
    boot_mode="uefi-preferred",
    current_instance_boot_mode="uefi",
    tpm_support="v2.0",
    http_tokens="required",
    http_put_response_hop_limit=2,
    billing=BillingCode.WINDOWS,
    platform="windows",
    product_codes=[ProductCode("abc")],
    tags={"Name": "web"},
)
INSTANCE_TEXTS: dict[str, tuple[str, ...]] = {
    "architecture": ("x86_64",),
    "availability-zone": ("eu-central-1a",),
    "availability-zone-id": ("euc1-az1",),
    "block-device-mapping.delete-on-termination": ("true", "false"),
    "block-device-mapping.device-name": ("/dev/xvda", "/dev/sdb"),
    "block-device-mapping.volume-id": ("vol-12345678", "vol-87654321"),
    "boot-mode": ("uefi-preferred",),
    "current-instance-boot-mode": ("uefi",),
    "ena-support": ("false",),
    "hypervisor": ("xen",),
    "image-id": ("ami-12345678",),
    "instance-id": ("i-12345678",),
    "instance-state-code": ("80",),
    "instance-state-name": ("stopped",),
    "instance-type": ("t3.micro",),
    "kernel-id": ("aki-12345678",),
    "launch-index": ("1",),
    "launch-time": ("2026-01-01T00:00:00.000Z",),
    "metadata-options.http-put-response-hop-limit": ("2",),
    "metadata-options.http-tokens": ("required",),
    "owner-id": ("111122223333",),
    "platform": ("windows",),
    "platform-details": ("Windows",),
    "product-code": ("abc",),
    "product-code.type": ("marketplace",),
    "ramdisk-id": ("ari-12345678",),
    "reservation-id": ("r-12345678",),
    "root-device-name": ("/dev/xvda",),
    "root-device-type": ("ebs",),
    "state-reason-code": ("Client.UserInitiatedShutdown",),
    "state-reason-message": ("Bye",),
    "tag-key": ("Name",),
    "tag:Name": ("web",),
    "tpm-support": ("v2.0",),
    "usage-operation": ("RunInstances:0002",),
    "virtualization-type": ("hvm",),
}


def test_every_row_about_instances_tells_its_part() -> None:
    assert set(INSTANCE_TEXTS) - {"tag:Name"} == set(INSTANCE_FILTERS.rows)
    assert {name: INSTANCE_FILTERS.row(name).texts(INSTANCE) for name in INSTANCE_TEXTS} == INSTANCE_TEXTS


def test_what_an_instance_does_not_have_is_absent() -> None:
    """Rules A FI-8, A FI-10."""
    bare = Instance(
        instance_id="i-12345678",
        owner_id="111122223333",
        image_id="ami-12345678",
        instance_type="t3.micro",
        architecture="x86_64",
        availability_zone="eu-central-1a",
        launch_time=parse("2026-01-01T00:00:00Z"),
    )
    silent = {name for name in INSTANCE_FILTERS.rows if not INSTANCE_FILTERS.row(name).texts(bare)}
    assert silent == {
        "block-device-mapping.delete-on-termination", "block-device-mapping.device-name",
        "block-device-mapping.volume-id", "boot-mode", "current-instance-boot-mode", "kernel-id", "platform",
        "platform-details", "product-code", "product-code.type", "ramdisk-id", "reservation-id", "root-device-name",
        "state-reason-code", "state-reason-message", "tag-key", "tpm-support", "usage-operation",
    }  # fmt: skip
    with_ena = evolve(bare, ena_support=True)
    assert INSTANCE_FILTERS.row("ena-support").texts(with_ena) == ("true",)


@given(amis.instances())
def test_a_name_without_a_fact_is_known_and_finds_nothing(instance: Instance) -> None:
    for name in INSTANCE_FILTERS.silent:
        assert not matcher([Filter(name, ["*"])], INSTANCE_FILTERS)(instance)


# --- volumes ----------------------------------------------------------------------------------------------------------

VOLUME = Volume(
    volume_id="vol-12345678",
    owner_id="111122223333",
    availability_zone="eu-central-1a",
    create_time=parse("2026-05-01T00:00:00Z"),
    size_gib=100,
    volume_type="gp3",
    state="in-use",
    snapshot_id="snap-12345678",
    encrypted=True,
    kms_key_id="alias/web",
    attachment=VolumeAttachment(instance_id="i-12345678", device_name="/dev/sdb", delete_on_termination=True),
    tags={"Name": "web", "Stage": "prod"},
)
VOLUME_TEXTS: dict[str, tuple[str, ...]] = {
    "attachment.delete-on-termination": ("true",),
    "attachment.device": ("/dev/sdb",),
    "attachment.instance-id": ("i-12345678",),
    "attachment.status": ("attached",),
    "availability-zone": ("eu-central-1a",),
    "availability-zone-id": ("euc1-az1",),
    "create-time": ("2026-05-01T00:00:00.000Z",),
    "encrypted": ("true",),
    "size": ("100",),
    "snapshot-id": ("snap-12345678",),
    "status": ("in-use",),
    "tag-key": ("Name", "Stage"),
    "volume-id": ("vol-12345678",),
    "volume-type": ("gp3",),
}


@pytest.mark.parametrize("name", sorted(VOLUME_FILTERS.rows))
def test_every_row_about_volumes_tells_its_part(name: str) -> None:
    texts = VOLUME_TEXTS[name]
    assert VOLUME_FILTERS.row(name).texts(VOLUME) == texts
    assert all(matcher([Filter(name, [text])], VOLUME_FILTERS)(VOLUME) for text in texts)
    assert not matcher([Filter(name, ["none of these"])], VOLUME_FILTERS)(VOLUME)


def test_a_volumes_tags_are_asked_for_by_their_keys() -> None:
    assert VOLUME_FILTERS.row("tag:Stage").texts(VOLUME) == ("prod",)


def test_what_a_volume_does_not_have_no_filter_finds() -> None:
    """Rules A FI-8, A FI-10: it is attached to nothing, and it was empty."""
    bare = evolve(VOLUME, attachment=None, snapshot_id=None, tags={})
    silent = {name for name in VOLUME_FILTERS.rows if not VOLUME_FILTERS.row(name).texts(bare)}
    assert silent == {
        "attachment.delete-on-termination", "attachment.device", "attachment.instance-id", "attachment.status",
        "snapshot-id", "tag-key",
    }  # fmt: skip
    assert not [name for name in silent if matcher([Filter(name, ["*"])], VOLUME_FILTERS)(bare)]


# --- tags -------------------------------------------------------------------------------------------------------------

TAGS = [
    TagDescription("ami-12345678", "image", "Owner", "TeamA"),
    TagDescription("ami-12345678", "image", "Name", "TeamA"),
    TagDescription("snap-12345678", "snapshot", "Owner", "TeamB"),
]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("key",           "Owner",   [0, 2]),
        ("resource-id",   "ami-*",   [0, 1]),
        ("resource-type", "image",   [0, 1]),
        ("value",         "Team?",   [0, 1, 2]),
        ("tag:Owner",     "TeamA",   [0]),
        ("tag:Name",      "*",       [1]),
        ("tag:owner",     "*",       []),
    ],
)  # fmt: skip
def test_tags_are_found_by_their_parts(name: str, value: str, found: list[int]) -> None:
    """Settlement S 23; `tag:K` finds the tag, not the other tags of its resource."""
    assert list(select(TAGS, [Filter(name, [value])], TAG_FILTERS)) == [TAGS[number] for number in found]
