"""Worlds, requests, outcomes and traces as JSON: what is written is read again, and what is wrong is named."""

import gzip
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from fractions import Fraction
from importlib import resources
from types import NoneType, UnionType
from typing import Any, Generic, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
import pytest
from attrs import evolve
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from amimodel import encryption, refusals, wire
from amimodel import organizations as organizations_module
from amimodel._catalogue import Catalogue
from amimodel.actions import ACTIONS, CreateTags, DeregisterImage, DisableImage, RegisterImage
from amimodel.attributes import ImageAttribute
from amimodel.block_devices import NO_DEVICE, BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.bundles import ImageBundle
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.encryption import KmsKey
from amimodel.engine import advance, apply, attempt
from amimodel.events import ImageStateChange
from amimodel.example_worlds import BUILD, FRANKFURT, PROD, example_world
from amimodel.examples import WEB
from amimodel.history import Advance, Asked, Trace, replay
from amimodel.identifiers import AccountId, ImageId, InstanceId, KernelId, RamdiskId, SnapshotId, VolumeId
from amimodel.images import DeregistrationProtection, Image, StateReason
from amimodel.instances import ImageMetadata, Instance, InstanceImageMetadata, InstanceState
from amimodel.limits import Limits
from amimodel.organizations import NOTHING_KNOWN, Organizations
from amimodel.paging import Page
from amimodel.permission_requests import CreateVolumePermissionModifications, LaunchPermissionModifications
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    CreateVolumePermissions,
    LaunchPermission,
    LaunchPermissions,
    Permissions,
)
from amimodel.quirks import Quirks
from amimodel.refusals import DoubtfulRefusal, ImageNotFound, Refusal
from amimodel.regions import AvailabilityZone, Region
from amimodel.requests import Outcome, Request
from amimodel.retention import RecycleBinEntry, RetentionRule
from amimodel.settings import RegionSettings
from amimodel.snapshots import Snapshot
from amimodel.tags import Tags
from amimodel.tasks import FinishSnapshots, MoveInstance
from amimodel.testing import strategies as ours
from amimodel.timing import Timing
from amimodel.tombstones import Tombstone
from amimodel.vocabulary import ImageState, ImdsSupport, TpmSupport
from amimodel.volumes import Volume, VolumeAttachment
from amimodel.watermarks import WatermarkKey
from amimodel.wire import (
    Unreadable,
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
from amimodel.wire._items import Entry
from amimodel.wire.values._forms import answer_of, leaf_of, members
from amimodel.wire.values._plain import is_text
from amimodel.wire.values._spelling import member
from amimodel.world import World

ALICE = Caller(account="111122223333", region="eu-central-1")
NOW = parse("2026-06-01T00:00:00Z")
EMPTY = World(now=NOW)


SOME = settings(max_examples=max(1, settings().max_examples // 8))
FEW = settings(max_examples=max(1, settings().max_examples // 20))


def through_text(written: Any) -> Any:
    """What is left of JSON after it has been a text: what has no place in JSON is an error."""
    return json.loads(json.dumps(written, allow_nan=False))


def there_and_back(kind: Any, value: object) -> object:
    leaf = leaf_of(kind)
    return leaf.read(through_text(leaf.write(value)), None)


# --- nouns ------------------------------------------------------------------------------------------------------------

NOUNS: dict[Any, st.SearchStrategy[Any]] = {
    AvailabilityZone: ours.availability_zones(),
    BlockDeviceMapping: ours.block_device_mappings(),
    CreateVolumePermissions: ours.create_volume_permission_lists(),
    DeregistrationProtection: ours.deregistration_protections(),
    EbsBlockDevice: ours.ebs_block_devices(),
    Image: ours.images(),
    ImageMetadata: ours.image_metadata(),
    InstanceImageMetadata: ours.instance_image_metadata(),
    Instance: ours.instances(),
    KmsKey: ours.kms_keys(),
    LaunchPermission: ours.launch_permissions(),
    LaunchPermissions: ours.launch_permission_lists(),
    Limits: ours.limits(),
    Organizations: ours.organizations(),
    Quirks: ours.quirks(),
    Region: ours.regions(),
    RegionSettings: ours.region_settings(),
    Snapshot: ours.snapshots(),
    Tags: ours.tags(),
    Timing: ours.timings(),
    WatermarkKey: ours.watermark_keys(),
}


@pytest.mark.parametrize("kind", NOUNS, ids=str)
@SOME
@given(data=st.data())
def test_every_noun_is_read_as_what_was_written(kind: Any, data: st.DataObject) -> None:
    value = data.draw(NOUNS[kind])
    found = there_and_back(kind, value)
    assert found == value
    assert repr(found) == repr(value)  # in the same order, and words are words again
    assert pickle.loads(pickle.dumps(found)) == value


@given(ours.images())
def test_what_is_as_it_is_by_default_is_not_written(image: Image) -> None:
    written = leaf_of(Image).write(image)
    assert written.keys() >= {"ImageId", "OwnerId", "Name", "CreationDate", "Architecture"}
    assert ("Tags" in written, "State" in written) == (bool(image.tags), image.state is not ImageState.AVAILABLE)
    assert not {"Everyone", "Accounts", "everyone", "accounts"} & json.loads(json.dumps(written)).keys()


def test_an_image_is_written_in_the_spelling_of_ec2() -> None:
    assert leaf_of(Image).write(evolve(WEB, tags={"Stage": "prod"}, launch_permissions=[EVERYONE])) == {
        "ImageId": "ami-12345678",
        "OwnerId": "111122223333",
        "Name": "web",
        "CreationDate": "2026-01-01T00:00:00Z",
        "Architecture": "x86_64",
        "Tags": {"Stage": "prod"},
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {
                    "SnapshotId": "snap-12345678",
                    "VolumeSize": 8,
                    "VolumeType": "gp2",
                    "DeleteOnTermination": True,
                    "Encrypted": False,
                },
            }
        ],
        "EnaSupport": True,
        "LaunchPermissions": {"items": [{"Group": "all"}]},
    }


@pytest.mark.parametrize(
    ("mapping", "written"),
    [
        (BlockDeviceMapping("/dev/sdb", InstanceStoreDevice("ephemeral0")),
         {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}),
        (BlockDeviceMapping("/dev/sdc", NO_DEVICE), {"DeviceName": "/dev/sdc", "NoDevice": ""}),
        (BlockDeviceMapping("/dev/sdd", EbsBlockDevice()), {"DeviceName": "/dev/sdd", "Ebs": {}}),
    ],
)  # fmt: skip
def test_a_block_device_mapping_is_written_as_ec2_writes_it(mapping: BlockDeviceMapping, written: object) -> None:
    assert leaf_of(BlockDeviceMapping).write(mapping) == written
    assert there_and_back(BlockDeviceMapping, mapping) == mapping


@pytest.mark.parametrize(
    ("attribute", "value", "written"),
    [
        ("description",     "web",                                {"kind": "text", "value": "web"}),
        ("kernel",          None,                                 None),
        ("imdsSupport",     ImdsSupport.V2_0,                     {"kind": "ImdsSupport", "value": "v2.0"}),
        ("tpmSupport",      TpmSupport.V2_0,                      {"kind": "TpmSupport", "value": "v2.0"}),
        ("lastLaunchedTime", NOW,                                 {"kind": "instant", "value": "2026-06-01T00:00:00Z"}),
        ("launchPermission", Permissions([EVERYONE]),             {"kind": "Permissions", "items": [{"Group": "all"}]}),
        ("deregistrationProtection", DeregistrationProtection(),  {"kind": "DeregistrationProtection"}),
        ("blockDeviceMapping", (BlockDeviceMapping("/dev/sdc", NO_DEVICE),),
         {"kind": "BlockDeviceMappings", "value": [{"DeviceName": "/dev/sdc", "NoDevice": ""}]}),
    ],
)  # fmt: skip
def test_where_types_mix_a_kind_tells_them_apart(attribute: str, value: Any, written: object) -> None:
    answer = ImageAttribute(image_id="ami-12345678", attribute=attribute, value=value)
    assert leaf_of(ImageAttribute).write(answer).get("Value") == written
    assert repr(there_and_back(ImageAttribute, answer)) == repr(answer)


@given(ours.instants())
def test_instants_end_in_z_and_have_no_more_digits_than_they_need(instant: Any) -> None:
    text = leaf_of(type(instant)).write(instant)
    assert text.endswith("Z")
    assert not text.endswith("000Z")
    assert parse(text) == instant


@given(st.timedeltas(timedelta(days=-36_500), timedelta(days=36_500)), st.fractions())
def test_spans_of_time_are_seconds_and_fractions_are_texts(span: timedelta, fraction: Fraction) -> None:
    assert there_and_back(timedelta, span) == span
    assert there_and_back(Fraction, fraction) == fraction


def test_whole_seconds_are_whole_numbers() -> None:
    assert through_text(leaf_of(timedelta).write(timedelta(minutes=5))) == 300
    assert json.dumps(leaf_of(timedelta).write(timedelta(minutes=5))) == "300"
    assert leaf_of(timedelta).write(timedelta(milliseconds=1500)) == 1.5


# --- worlds -----------------------------------------------------------------------------------------------------------


def in_region(region: Region, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return strategy.map(lambda noun: evolve(noun, region=region))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A world with something of everything in it; nothing needs to fit to anything else."""
    region = Region("eu-central-1")
    world = World(
        now=draw(ours.instants()), limits=draw(ours.limits()), quirks=draw(ours.quirks()), timing=draw(ours.timings()),
        organizations=draw(ours.organizations()), billing_product_accounts=draw(st.frozensets(ours.account_ids())),
    )  # fmt: skip
    for image in draw(st.lists(in_region(region, ours.images()), max_size=3)):
        world = world.with_image(image)
    for snapshot in draw(st.lists(in_region(region, ours.snapshots()), max_size=3)):
        world = world.with_snapshot(snapshot)
    for instance in draw(st.lists(ours.instances(), max_size=2)):
        world = world.with_instance(instance)
    for key in draw(st.lists(ours.kms_keys(), max_size=2)):
        world = world.with_key(key, ["alias/one", "alias/two"])
    world = world.with_settings(ALICE.account, region, draw(ours.region_settings()))
    tags = draw(ours.tags())
    return world.with_foreign_tags(ALICE.account, "ami-12345678", tags)


@SOME
@given(worlds())
def test_a_world_is_read_as_what_was_written(world: World) -> None:
    found = read_world(through_text(write_world(world)))
    assert found == world
    assert pickle.loads(pickle.dumps(found)) == world
    for part in attrs.fields(World):
        held = getattr(found, part.name)
        assert not isinstance(held, Catalogue) or held.is_in_step()
        if isinstance(held, Catalogue | Mapping):
            assert list(held) == list(getattr(world, part.name))


def furnished() -> World:
    """A world with what no strategy gives: what is under way, remembered, published."""
    image = evolve(WEB, region=Region("eu-central-1"))
    volume = Volume(
        volume_id="vol-12345678", owner_id="111122223333", size_gib=8, availability_zone="eu-central-1a",
        create_time=NOW, attachment=VolumeAttachment(instance_id="i-12345678", device_name="/dev/xvda"),
    )  # fmt: skip
    rule = RetentionRule(
        identifier="abcdefghijk", owner_id="111122223333", region="eu-central-1", resource_type="EC2_IMAGE",
        retention_days=7, resource_tags=[("Stage", "prod")],
    )  # fmt: skip
    entry = RecycleBinEntry(resource=image, recycle_bin_enter_time=NOW, recycle_bin_exit_time=NOW + timedelta(days=7))
    bundle = ImageBundle(location="amis/web.manifest.xml", account="111122223333", architecture="x86_64")
    request = DeregisterImage(image_id="ami-12345678")
    world = evolve(EMPTY, tombstones=EMPTY.tombstones.put("ami-12345678", Tombstone(image=image, deregistered_at=NOW)))
    world = world.with_volume(volume).with_retention_rule(rule).with_binned(entry).with_bundle(bundle)
    world = world.with_parameter(ALICE.region, "/aws/service/web", ImageId("ami-12345678"))
    world = world.with_subscription(ALICE.account, "a1b2c3d4e5f6g7h8i9j0k1l2m").with_organizations(NOTHING_KNOWN)
    world = world.with_task(
        timedelta(minutes=1), FinishSnapshots(snapshot_ids=[SnapshotId("snap-12345678")], failure="Lost")
    )
    reason = StateReason("Client.InternalError", None)
    world = world.with_task(
        timedelta(0),
        MoveInstance(instance_id=InstanceId("i-12345678"), leaving=InstanceState.PENDING, failure=reason),
        "r-1",
    )
    change = ImageStateChange(image_id=ImageId("ami-12345678"), state=ImageState.AVAILABLE)
    world = world.emitting(change, account=ALICE.account, region=ALICE.region)
    _, answer = apply(evolve(EMPTY).with_image(image), request, by=ALICE)
    return world.with_client_token(ALICE, request.action, "once", request, answer)


def test_what_is_under_way_remembered_and_published_is_read_again() -> None:
    world = furnished()
    found = read_world(through_text(write_world(world)))
    assert found == world
    assert advance(found, minutes=5) == advance(world, minutes=5)
    (answered,) = write_world(world)["client_tokens"]
    assert answered == {
        "key": ["111122223333", "eu-central-1", "DeregisterImage", "once"],
        "value": {"action": "DeregisterImage", "parameters": {"ImageId": "ami-12345678"}, "answer": {}},
    }


def test_the_example_world_is_read_as_what_was_written_and_stays_as_it_is() -> None:
    world = example_world()
    found = read_world_text(write_world_text(world))
    assert found == world
    assert write_world_text(found) == write_world_text(world)
    assert list(found.images_owned(BUILD, FRANKFURT)) == list(world.images_owned(BUILD, FRANKFURT))


def test_what_follows_in_a_world_that_was_read_is_what_follows_in_the_first() -> None:
    world = example_world()
    read_again = read_world(write_world(world))
    by = Caller(account=PROD, region="eu-central-1")
    for image in world.images_owned(PROD, FRANKFURT):
        request = DeregisterImage(image_id=image.image_id, delete_associated_snapshots=True)
        assert attempt(read_again, request, by=by) == attempt(world, request, by=by)


# --- requests ---------------------------------------------------------------------------------------------------------

_TEXTS = (
    st.sampled_from(["web", "abcdefghijk", "ami-12345678", "/dev/sdf", "8", "alias/web", "eu-central-1"])
    | ours.image_ids()
)
_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    **NOUNS,
    bool: st.booleans(),
    int: st.integers(1, 20),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: _TEXTS,
    NoneType: st.none(),
    timedelta: ours.timings().map(lambda timing: timing.copy_image_base),
    type(NOW): ours.instants(),
    AccountId: ours.account_ids(),
    ImageId: ours.image_ids(),
    InstanceId: ours.instance_ids(),
    KernelId: ours.kernel_ids(),
    RamdiskId: ours.ramdisk_ids(),
    SnapshotId: ours.snapshot_ids(),
    VolumeId: ours.volume_ids(),
    encryption.KmsKeyId: ours.kms_key_ids(),
    organizations_module.OrganizationId: ours.organization_ids(),
    organizations_module.OrganizationalUnitId: ours.organizational_unit_ids(),
    organizations_module.RootId: ours.root_ids(),
    encryption.KmsKeyArn: ours.kms_key_arns(),
    organizations_module.OrganizationArn: ours.organization_arns(),
    organizations_module.OrganizationalUnitArn: ours.organizational_unit_arns(),
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one for each sort of type
    """Values of a type; they need not be ones that a class takes."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if isinstance(kind, NewType):
        return values_of(kind.__supertype__)
    if isinstance(kind, TypeVar):
        return values_of(kind.__bound__)
    if origin in {Union, UnionType}:
        return st.one_of(*map(values_of, arguments))
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if origin is frozenset:
        return st.frozensets(values_of(arguments[0]), max_size=2)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    return built(origin or kind)


@st.composite
def built(draw: st.DrawFn, kind: type[Any]) -> Any:
    """An instance of a class: what it must be given, and as much of the rest as it takes."""
    hints = get_type_hints(kind)
    fields = [field for field in attrs.fields(kind) if field.init]
    needed = [field for field in fields if field.default is attrs.NOTHING]
    spare = [field for field in fields if field.default is not attrs.NOTHING]
    some = st.lists(st.sampled_from(spare), max_size=4, unique_by=id) if spare else st.just([])
    base = draw(st.sampled_from(_BASES.get(kind.__name__, [{}])))

    def given_to(chosen: list[Any]) -> dict[str, Any]:
        return {field.alias: draw(values_of(hints[field.name])) for field in chosen}

    for attempts in range(20):  # some need one thing or another of what they need not have
        facts = given_to(needed) | (given_to(draw(some)) if attempts else {}) | base
        if taken(kind, facts) is not None:
            break
    else:
        reject()
    for name, value in given_to(draw(some)).items():
        facts = facts | {name: value} if taken(kind, facts | {name: value}) is not None else facts
    return taken(kind, facts)


# What these need is more than values of the right types. An action of which nothing can be generated gets a row here.
_ROOT = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id="snap-12345678"))
_BASES: dict[str, list[dict[str, Any]]] = {
    "AssumeRole": [{"role_arn": "arn:aws:iam::111122223333:role/reader", "role_session_name": "nightly"}],
    "CreateTags": [{"resources": ["ami-12345678"], "tags": {"Stage": "prod"}}],
    "CreateVolume": [{"size_gib": 8, "availability_zone": "eu-central-1a"}],
    "DeleteTags": [{"resources": ["ami-12345678"]}],
    "InstanceSpecification": [{"instance_id": "i-12345678"}],
    "ModifyImageAttribute": [
        {"description": "web"},
        {
            "launch_permission": LaunchPermissionModifications(
                add=[EVERYONE], remove=[AccountPermission("111122223333")]
            )
        },
    ],
    "ModifySnapshotAttribute": [
        {"create_volume_permission": CreateVolumePermissionModifications(add=[EVERYONE])},
        {"attribute": "createVolumePermission", "operation_type": "remove", "user_ids": ["111122223333"]},
    ],
    "RegisterImage": [
        {"name": "web", "root_device_name": "/dev/xvda", "block_device_mappings": [_ROOT]},
        {"name": "web", "image_location": "amis/web.manifest.xml"},
    ],
    "RunInstances": [{"image_id": "ami-12345678", "instance_type": "t3.micro", "min_count": 1, "max_count": 2}],
}


def taken(kind: Callable[..., Any], facts: dict[str, Any]) -> Any:
    try:
        return kind(**facts)
    except (ValueError, TypeError, AttributeError):
        return None


@pytest.mark.parametrize("action", ACTIONS)
@SOME
@given(data=st.data())
def test_every_request_is_read_as_what_was_written(action: str, data: st.DataObject) -> None:
    request = data.draw(built(ACTIONS[action]))
    written = through_text(write_request(request))
    assert written["action"] == action
    found = read_request(written)
    assert found == request
    assert repr(found) == repr(request)
    assert pickle.loads(pickle.dumps(found)) == request


def test_a_request_is_written_as_a_call_of_the_api() -> None:
    request = RegisterImage(
        name="web",
        root_device_name="/dev/xvda",
        block_device_mappings=WEB.block_device_mappings,
        tag_specifications=[],
    )
    assert write_request(request) == {
        "action": "RegisterImage",
        "parameters": {
            "Name": "web",
            "RootDeviceName": "/dev/xvda",
            "BlockDeviceMappings": leaf_of(Image).write(WEB)["BlockDeviceMappings"],
        },
    }
    assert read_request_text(write_request_text(request)) == request


# Parameters that stand one level deeper in EC2's own shapes.
_DEEPER = {"RunInstances": {"AvailabilityZone"}}


@pytest.mark.parametrize("action", [name for name, kind in ACTIONS.items() if kind.service == "ec2"])
def test_every_parameter_has_the_name_that_ec2_has_for_it(action: str, ec2: Mapping[str, Any]) -> None:
    assert set(strangers(ACTIONS[action], ec2["operations"][action]["input"]["shape"], ec2["shapes"])) <= _DEEPER.get(
        action, set()
    )


def strangers(kind: Any, name: str, shapes: Mapping[str, Any]) -> Iterator[str]:
    """The members of a class, and of the classes in it, that EC2's shape does not have."""
    shape = shapes[name]
    while shape["type"] == "list":
        shape = shapes[shape["member"]["shape"]]
    named = get_origin(kind) or kind
    for argument in get_args(kind):
        yield from strangers(argument, name, shapes)
    if shape["type"] != "structure" or not isinstance(named, type) or not attrs.has(named) or is_text(named):
        return
    stand_in = Entry if named is BlockDeviceMapping else named
    hints = get_type_hints(stand_in)
    for field in (field for field in attrs.fields(stand_in) if field.init):
        told = member(stand_in, field.alias)
        if told not in shape["members"]:
            yield told
        else:
            yield from strangers(hints[field.name], shape["members"][told]["shape"], shapes)


@pytest.fixture(scope="module")
def ec2() -> Any:
    """EC2's own description of its API, as boto3 ships it."""
    pytest.importorskip("botocore")
    folder = resources.files("botocore") / "data" / "ec2" / "2016-11-15"
    return json.loads(gzip.decompress((folder / "service-2.json.gz").read_bytes()))


# --- what became of them ----------------------------------------------------------------------------------------------

REFUSALS = {
    name: kind
    for name, kind in vars(refusals).items()
    if isinstance(kind, type) and issubclass(kind, Refusal) and kind not in {Refusal, DoubtfulRefusal}
}


@pytest.mark.parametrize("name", REFUSALS)
@FEW
@given(data=st.data())
def test_every_refusal_is_read_as_what_was_written(name: str, data: st.DataObject) -> None:
    refusal = data.draw(built(REFUSALS[name]))
    written = through_text(write_refusal(refusal))
    assert (written["refusal"], written["code"], written["message"]) == (name, refusal.code, str(refusal))
    assert read_refusal(written) == refusal
    assert read_refusal({"refusal": name, "facts": written["facts"]}) == refusal


@pytest.mark.parametrize("action", ACTIONS)
def test_the_class_of_a_request_says_how_its_answer_is_written(action: str) -> None:
    assert answer_of(ACTIONS[action]) is not None


def test_everything_that_a_world_a_request_or_an_answer_can_hold_has_a_form() -> None:
    seen: set[Any] = set()
    _ = members(World).rows
    for kind in [World, *ACTIONS.values()]:
        visit(kind, seen)
    assert {World, Image, EbsBlockDevice, Organizations} <= seen


def visit(kind: Any, seen: set[Any]) -> None:
    """Find the form of every field of a class, and of the classes that these hold."""
    for argument in get_args(kind):
        visit(argument, seen)
    named = get_origin(kind) or kind
    if named in seen or not isinstance(named, type) or not attrs.has(named):
        return
    seen.add(named)
    assert len(members(named).rows) == sum(field.init for field in attrs.fields(named)) or get_args(kind)
    for hint in get_type_hints(named).values():
        visit(hint, seen)


def test_a_page_is_written_with_what_is_on_it() -> None:
    page = Page((WEB,), "more")
    assert there_and_back(Page[Image], page) == page


def test_an_answer_is_read_by_the_request_that_it_answers() -> None:
    request = DeregisterImage(image_id="ami-12345678", delete_associated_snapshots=True)
    world = EMPTY.with_image(evolve(WEB, region=Region("eu-central-1")))
    answer = apply(world, request, by=ALICE).value
    assert read_answer(request, through_text(write_answer(request, answer))) == answer
    tagging = CreateTags(resources=["ami-12345678"], tags=Tags({"Stage": "prod"}))
    assert write_answer(tagging, None) is None
    assert read_answer(tagging, None) is None


def test_an_outcome_is_a_refusal_or_an_answer_and_a_world() -> None:
    world = EMPTY.with_image(evolve(WEB, region=Region("eu-central-1")))
    granted = DisableImage(image_id="ami-12345678")
    refused = DisableImage(image_id="ami-87654321")
    for request in (granted, refused):
        outcome = attempt(world, request, by=ALICE)
        assert read_outcome(request, through_text(write_outcome(request, outcome))) == outcome
    assert isinstance(attempt(world, granted, by=ALICE), Outcome)
    assert write_outcome(refused, attempt(world, refused, by=ALICE)).keys() == {"refusal", "code", "message", "facts"}


# --- traces -----------------------------------------------------------------------------------------------------------


def _requests() -> st.SearchStrategy[Request[Any]]:
    ids = st.deferred(
        lambda: st.sampled_from([one for one in example_world().images.records if one.startswith("ami-")])
    )
    return st.one_of(
        ids.map(lambda one: DisableImage(image_id=one)), ids.map(lambda one: DeregisterImage(image_id=one))
    )


def _callers() -> st.SearchStrategy[Caller]:
    accounts = st.sampled_from([BUILD, PROD])
    denied = st.sampled_from([(), ("ec2:DisableImage", "ec2:*")])
    return st.builds(Caller, account=accounts, region=st.just("eu-central-1"), denied=denied)


_STEPS = st.builds(Asked, _callers(), _requests()) | st.timedeltas(
    min_value=timedelta(0), max_value=timedelta(days=30)
).map(Advance)


@given(_STEPS)
def test_a_step_is_read_as_what_was_written(step: Any) -> None:
    assert read_step(through_text(write_step(step))) == step


@SOME
@given(st.lists(_STEPS, max_size=5))
def test_a_trace_is_read_as_what_was_written_and_does_the_same_again(steps: Any) -> None:
    trace = Trace(example_world(), steps)
    found = read_trace(through_text(write_trace(trace)))
    assert found == trace
    assert replay(found).results == replay(trace).results


def test_what_came_of_a_trace_can_be_written_too() -> None:
    trace = Trace(example_world()).asking(DisableImage(image_id="ami-0fa00000000000510"), by=ALICE).advancing(days=1)
    end = replay(trace).world
    assert read_world(through_text(write_world(end))) == end
    assert read_trace_text(write_trace_text(trace).encode("utf-16")) == trace


# --- what cannot be read ----------------------------------------------------------------------------------------------

_IMAGE = {
    "ImageId": "ami-12345678", "OwnerId": "111122223333", "Name": "web", "CreationDate": "2026-01-01T00:00:00Z",
    "Architecture": "x86_64",
}  # fmt: skip


def world_with(**members: Any) -> dict[str, Any]:
    return {"now": "2026-06-01T00:00:00Z", **members}


def image_with(**members: Any) -> dict[str, Any]:
    return world_with(images=[_IMAGE, _IMAGE | {"ImageId": "ami-87654321"} | members])


def mapped(**members: Any) -> dict[str, Any]:
    return image_with(BlockDeviceMappings=[{"DeviceName": "/dev/sdf", **members}])


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (None,                                    "Expected an object, not null."),
        ([],                                      "Expected an object, not a list."),
        ({},                                      "now: It is missing."),
        (world_with(now=5),                       "now: Expected a time, not a whole number."),
        (world_with(now="today"),                 "now: InvalidParameterValue:"),
        (world_with(moon=1),                      "moon: World has no such member; there are now, limits, "),
        (world_with(issued="many"),               "issued: Expected a whole number, not text."),
        (world_with(issued=True),                 "issued: Expected a whole number, not a truth value."),
        (world_with(quirks={"be_kind": True}),    "quirks.be_kind: Quirks has no such member; "),
        (world_with(quirks={"question_mark_matches": "two"}), "quirks.question_mark_matches: "),
        (world_with(timing={"gone_after": "1h"}), "timing.gone_after: Expected a number of seconds, not text."),
        (world_with(timing={"gone_after": 1e300}), "timing.gone_after: No span of time has 1e+300 seconds."),
        (world_with(images={}),                   "images: Expected a list, not an object."),
        (world_with(images=[_IMAGE, _IMAGE]),     "images[1]: There are two of ami-12345678."),
        (image_with(Name=1),                      "images[1].Name: Expected text, not a whole number."),
        (image_with(Name="w"),                    "images[1].Name: InvalidAMIName.Malformed: "),
        (image_with(OwnerId="web"),               "images[1].OwnerId: "),
        (image_with(State="lost"),                "images[1].State: InvalidParameterValue: "),
        (image_with(state="available"),           "images[1].state: Image has no such member; there are ImageId, "),
        (image_with(Region="Frankfurt"),          "images[1].Region: InvalidRegion: "),
        (image_with(PlatformDetails="Plan 9"),    "images[1].PlatformDetails: Expected one of Linux/UNIX, "),
        (image_with(Launches=["2026-01-01T00:00:00Z", None]), "images[1].Launches[1]: Expected a time, not null."),
        (image_with(Tags=[]),                     "images[1].Tags: Expected an object, not a list."),
        (image_with(Tags={"": "x"}),              "images[1].Tags: InvalidTagKey.Malformed: Tag key cannot be empty."),
        (image_with(Tags={"Name": None}),         "images[1].Tags: InvalidParameterValue: "),
        (image_with(LaunchPermissions={"items": [{"UserId": "1"}]}),
         "images[1].LaunchPermissions.items[0].UserId: InvalidAMIAttributeItemValue: "),
        (image_with(LaunchPermissions={"items": [{"Group": "all", "UserId": "111122223333"}]}),
         "images[1].LaunchPermissions.items[0]: Expected exactly one of UserId, "),
        (mapped(),                                "images[1].BlockDeviceMappings[0]: Expected exactly one of Ebs, "),
        (mapped(Ebs={"VolumeSize": "8"}),
         "images[1].BlockDeviceMappings[0].Ebs.VolumeSize: Expected a whole number, not text."),
        (mapped(Ebs={"Size": 8}),                 "images[1].BlockDeviceMappings[0].Ebs.Size: EbsBlockDevice has no"),
        (mapped(NoDevice="x"),                    "images[1].BlockDeviceMappings[0].NoDevice: Expected an empty text"),
        (world_with(owner_aliases={"111122223333": "me"}), "owner_aliases.111122223333: InvalidParameterValue: "),
        (world_with(region_settings=[{"key": ["111122223333", "eu-central-1"], "value": {}}] * 2),
         "region_settings[1].key: It is given twice."),
        (world_with(region_settings=[{"key": ["111122223333"], "value": {}}]),
         "region_settings[0].key: Expected 2 items, not 1."),
        (world_with(region_settings=[{"key": ["111122223333", "moon"], "value": {}}]),
         "region_settings[0].key[1]: InvalidRegion: "),
        (world_with(region_settings=[{"key": ["111122223333", "eu-central-1"]}]),
         "region_settings[0].value: It is missing."),
        (world_with(subscriptions=[{"key": ["111122223333", "code"], "value": 1}]),
         "subscriptions[0].value: Expected null, not a whole number."),
        (world_with(tasks=[{"due": "2026-06-01T00:00:00Z", "number": 1, "work": {}}]),
         "tasks[0].work.kind: It is missing."),
        (world_with(tasks=[{"due": "2026-06-01T00:00:00Z", "number": 1, "work": {"kind": "Rest"}}]),
         "tasks[0].work.kind: Expected one of FinishSnapshots, "),
        (world_with(tasks=[{"due": "2026-06-01T00:00:00Z", "number": 1, "work": {"kind": []}}]),
         "tasks[0].work.kind: Expected one of FinishSnapshots, "),
        (world_with(tasks=[{"due": "2026-06-01T00:00:00Z", "number": 1, "work": {"kind": "FinishImage"}}]),
         "tasks[0].work.image_id: It is missing."),
        (world_with(client_tokens=[{"key": ["111122223333", "eu-central-1", "DeregisterImage", "t"],
                                    "value": {"action": "Deregister", "parameters": {}, "answer": {}}}]),
         "client_tokens[0].value.action: There is no action 'Deregister' here."),
        (world_with(client_tokens=[{"key": ["111122223333", "eu-central-1", "DeregisterImage", "t"],
                                    "value": {"action": "DeregisterImage", "parameters": {"ImageId": "ami-12345678"},
                                              "answer": {"Return": "yes"}}}]),
         "client_tokens[0].value.answer.Return: Expected true or false, not text."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_world_is_named_with_its_place(source: Any, complaint: str) -> None:
    assert_complaint(read_world, source, complaint)


def assert_complaint(read: Callable[[Any], object], source: Any, complaint: str) -> None:
    """The complaint begins so; most lists of what there is are left out."""
    with pytest.raises(Unreadable) as raised:
        read(source)
    assert str(raised.value).startswith(complaint)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("DeregisterImage",                                  "Expected an object, not text."),
        ({"parameters": {}},                                 "action: It is missing."),
        ({"action": 1},                                      "action: Expected text, not a whole number."),
        ({"action": "DeregisterImage"},                      "parameters.ImageId: It is missing."),
        ({"action": "DeregisterImage", "parameters": []},    "parameters: Expected an object, not a list."),
        ({"action": "MakeImage", "parameters": {}},          "action: There is no action 'MakeImage' here."),
        ({"action": "DeregisterImage", "params": {}},        "params: There is no such member; there are"),
        ({"action": "DeregisterImage", "parameters": {"ImageId": "ami-1"}},
         "parameters.ImageId: InvalidAMIID.Malformed: "),
        ({"action": "DeregisterImage", "parameters": {"ImageId": "ami-12345678", "DryRun": 1}},
         "parameters.DryRun: Expected true or false, not a whole number."),
        ({"action": "CreateTags", "parameters": {"Resources": [], "Tags": {"a": "b"}}},
         "parameters.Resources: MissingParameter: "),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_request_is_named_with_its_place(source: Any, complaint: str) -> None:
    assert_complaint(read_request, source, complaint)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ({"start": world_with()},                                        "steps: It is missing."),
        ({"start": world_with(), "steps": [5]},                          "steps[0]: Expected an object"),
        ({"start": world_with(), "steps": [{}]},                         "steps[0].by: It is missing."),
        ({"start": world_with(), "steps": [{"advance": -1}]},            "steps[0].advance: Inv"),
        ({"start": world_with(), "steps": [{"advance": 1, "by": {}}]},   "steps[0].by: There is no such member; "),
        ({"start": world_with(), "steps": [{"by": {"account": "1", "region": "eu-central-1"}}]},
         "steps[0].by.account: "),
        ({"start": world_with(), "steps": [{"by": {"account": "111122223333", "region": "eu-central-1"}}]},
         "steps[0].action: It is missing."),
        ({"start": world_with(now=0), "steps": []},                      "start.now: Expected a time"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_trace_is_named_with_its_place(source: Any, complaint: str) -> None:
    assert_complaint(read_trace, source, complaint)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ({"refusal": "ImageLost"},                                "refusal: There is no refusal 'ImageLost' here."),
        ({"refusal": "Refusal"},                                  "refusal: There is no refusal 'Refusal' here."),
        ({"refusal": "ImageNotFound"},                            "facts.image_ids: It is missing."),
        ({"refusal": "ImageNotFound", "facts": {"image_ids": "ami-12345678"}},
         "facts.image_ids: Expected a list, not text."),
        ({"refusal": "ImageNotFound", "code": "AuthFailure", "facts": {"image_ids": []}},
         "code: Expected InvalidAMIID.NotFound, as the facts have it."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_refusal_is_named_with_its_place(source: Any, complaint: str) -> None:
    assert_complaint(read_refusal, source, complaint)


def test_the_message_of_a_refusal_may_be_worded_in_another_way() -> None:
    told = {"refusal": "ImageNotFound", "message": "Not there!", "facts": {"image_ids": ["ami-12345678"]}}
    assert read_refusal(told) == ImageNotFound(image_ids=("ami-12345678",))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("",                "The text is empty."),
        ("{",               "line 1, column 2: The text ends in the middle of a document."),
        ("{} {}",           "Expected one document, not 2."),
        ('{"now": NaN}',    "line 1, column 9: JSON has no number NaN."),
        (b"\xff{}",         "From here on, the bytes are no text in utf-8."),
        ("[" * 100_000,     "line 1, column 1: The document is nested too deeply."),
        ('{"now": "2026-06-01T00:00:00Z", "issued": 1.5}', "issued: Expected a whole number, not a fraction."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("read", [read_world_text, read_trace_text, read_request_text])
def test_what_is_no_json_is_refused_with_the_same_error(
    text: str | bytes, complaint: str, read: Callable[[str | bytes], object]
) -> None:
    with pytest.raises(Unreadable) as raised:
        read(text)
    if read is read_world_text:
        assert str(raised.value).endswith(complaint)


def test_units_that_are_nested_too_deeply_are_refused() -> None:
    unit: dict[str, Any] = {"organizational_unit_id": "ou-ab12-12345678"}
    for _ in range(5_000):
        unit = {"organizational_unit_id": "ou-ab12-12345678", "organizational_units": [unit]}
    organization = {
        "organization_id": "o-a1b2c3d4e5", "management_account_id": "111122223333", "root_id": "r-ab12",
        "organizational_units": [unit],
    }  # fmt: skip
    with pytest.raises(Unreadable, match="nested too deeply"):
        read_world(world_with(organizations={"organizations": [organization]}))


def test_an_error_can_be_pickled_and_knows_its_place() -> None:
    with pytest.raises(Unreadable) as raised:
        read_world(image_with(Region="Frankfurt"))
    assert (raised.value.path, raised.value.fault.code) == ("images[1].Region", "InvalidRegion")
    again = pickle.loads(pickle.dumps(raised.value))
    assert (str(again), again.fault) == (str(raised.value), raised.value.fault)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def spoilt(draw: st.DrawFn, whole: Any) -> Any:
    """JSON in which something has been replaced, at any depth."""
    if isinstance(whole, dict) and whole and draw(st.integers(0, 9)):
        name = draw(st.sampled_from(sorted(whole)))
        return {**whole, name: draw(spoilt(whole[name]))}
    if isinstance(whole, list) and whole and draw(st.integers(0, 9)):
        index = draw(st.integers(0, len(whole) - 1))
        return [*whole[:index], draw(spoilt(whole[index])), *whole[index + 1 :]]
    return draw(_JSON)


@given(st.deferred(lambda: spoilt(through_text(write_world(furnished())))))
def test_whatever_is_wrong_there_is_only_one_error(source: Any) -> None:
    found = None
    with suppress(Unreadable):
        found = read_world(source)
    assert found is None or read_world(write_world(found)) == found


def test_a_permission_list_says_whether_it_is_complete() -> None:
    told = Permissions([AccountPermission("111122223333")], complete=False)
    assert leaf_of(LaunchPermissions).write(told) == {"items": [{"UserId": "111122223333"}], "complete": False}
    assert there_and_back(LaunchPermissions, told) == told


def test_whoever_reads_answers_of_ec2_imports_no_world() -> None:
    code = "import sys, amimodel.wire as w; print('amimodel.world' in sys.modules, w.write_world, hasattr(w, 'no'))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code, in our own interpreter
    assert run.stdout.startswith("False <function write_world")
    assert run.stdout.endswith("False\n")


def test_the_names_of_the_wire_are_listed() -> None:
    assert {"read", "read_trace", "Unreadable"} <= set(dir(wire))


# --- types ------------------------------------------------------------------------------------------------------------

T = TypeVar("T")


@attrs.frozen
class Box(Generic[T]):
    """A class of the kind that a new answer may be."""

    held: T
    share: float = 0.5
    anything: frozenset[Image] = frozenset()


def test_a_class_from_elsewhere_is_written_by_the_same_rule() -> None:
    assert leaf_of(Box[Region]).write(Box(Region("eu-central-1"), 1.0)) == {"Held": "eu-central-1", "Share": 1.0}
    assert there_and_back(Box[Region], Box(Region("eu-central-1"), 1.0)) == Box(Region("eu-central-1"), 1.0)
    refused = Box(ImageNotFound(image_ids=("ami-12345678",)))
    assert there_and_back(Box[ImageNotFound], refused) == refused
    assert there_and_back(Box[RegisterImage | None], Box(None)) == Box(None)


@pytest.mark.parametrize("kind", [object, complex, T, type[Image]])
def test_a_type_without_a_form_is_an_error_that_names_it(kind: Any) -> None:
    with pytest.raises(TypeError, match="There is no JSON for"):
        leaf_of(kind)
    with pytest.raises(TypeError, match="There is no JSON for") as raised:
        members(Box[kind]).rows  # noqa: B018 - it is looked up when it is asked for
    assert raised.value.__notes__ == ["in Box.held"]


def test_an_answer_that_no_class_tells_of_is_an_error() -> None:
    with pytest.raises(TypeError, match="Request does not say what it answers"):
        answer_of(Request)  # type: ignore[type-abstract] # this is what is wrong with it


def test_a_value_that_no_alternative_fits_is_an_error() -> None:
    with pytest.raises(TypeError, match="Expected one of Image, Snapshot, not a str"):
        leaf_of(Image | Snapshot).write("web")


@pytest.mark.parametrize(
    ("kind", "source", "complaint"),
    [
        (float,       "1",            "Expected a number, not text."),
        (float,       True,           "Expected a number, not a truth value."),
        (float,       10**400,        "The number is too large."),
        (timedelta,   None,           "Expected a number of seconds, not null."),
        (Fraction,    0.5,            "Expected text, not a fraction."),
        (Fraction,    "1/0",          "Expected a fraction such as 1/3."),
        (Fraction,    "9" * 9000,     "Expected a fraction such as 1/3."),
        (ImageState,  1,              "Expected text, not a whole number."),
        (Region,      1,              "Expected text, not a whole number."),
        (Tags | None, [],             "Expected an object, not a list."),
    ],
)  # fmt: skip
def test_what_a_plain_value_cannot_be_read_from_is_said(kind: Any, source: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        leaf_of(kind).read(source, None)


def test_what_a_class_itself_does_not_take_is_reported_as_such() -> None:
    @attrs.frozen
    class Picky:
        number: int

        def __attrs_post_init__(self) -> None:
            raise KeyError(self.number)

    with pytest.raises(Unreadable, match="It cannot be read: KeyError: 5"):
        leaf_of(Picky).read({"Number": 5}, None)
