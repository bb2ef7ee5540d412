"""The boto3 client on the model: what every call has in common, whatever it asks.

Source: botocore 1.44.5, the models of the services; rules A E-1, A E-6, B G-1, B CI-17; settlements S 9, S 23, S 42.
"""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from typing import Any, Final

import boto3
import botocore.session
import pytest
from attrs import evolve
from botocore import xform_name
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError, WaiterError
from botocore.model import ListShape, Shape, StructureShape
from botocore.validate import ParamValidator
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amimodel.actions import ACTIONS, DescribeImages
from amimodel.boto import NotModelled, Simulator
from amimodel.boto._answers import answer_writer
from amimodel.boto._beyond import BEYOND
from amimodel.boto._hook import KINDS
from amimodel.boto._parameters import members_of, parameters_of, request_of
from amimodel.callers import Caller
from amimodel.engine import advance, attempt
from amimodel.example_worlds import BUILD, FRANKFURT, PROD, example_world
from amimodel.history import replay
from amimodel.malformed import Malformed
from amimodel.refusals import Refusal
from amimodel.requests import Request
from amimodel.testing.strategies import callers, requests
from amimodel.timing import Timing

WORLD: Final = example_world()
MODELS: Final = botocore.session.get_session()
BY_ACTION: Final = sorted(KINDS)
PROD_HERE: Final = Caller(account=PROD, region=FRANKFURT)
IMAGE: Final = next(WORLD.images_owned(PROD, FRANKFURT))
NOBODYS: Final[Any] = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "string": str, "character": str, "boolean": bool, "integer": int, "long": int, "float": float, "double": float,
    "timestamp": datetime, "blob": bytes,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked, nobody opens a socket."""

    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", opened)
    monkeypatch.setattr(socket, "create_connection", opened)
    monkeypatch.setattr(socket, "getaddrinfo", opened)


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(WORLD)


@pytest.fixture
def ec2(simulator: Simulator) -> Any:
    return simulator.client("ec2", account=PROD, region=FRANKFURT)


@cache
def model(service: str) -> Any:
    return MODELS.get_service_model(service)


@cache
def client(service: str) -> Any:
    return Simulator(WORLD).client(service, account=PROD, region=FRANKFURT)


def said(caught: pytest.ExceptionInfo[ClientError]) -> Any:
    """What came back with an error."""
    return caught.value.response


def as_it_is(request: Request[Any]) -> Request[Any]:
    return request


def really(request: Request[Any]) -> Request[Any]:
    return evolve(request, dry_run=False)


def misfits(shape: Shape | None, value: Any, path: str = "") -> Iterator[str]:
    """Where a value does not fit a shape: members that it does not have, and values of another type."""
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no structure"
            return
        for name, item in value.items():
            if name not in shape.members:
                yield f"{path}.{name}: {shape.name} has no such member"
            else:
                yield from misfits(shape.members[name], item, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for index, item in enumerate(value):
            yield from misfits(shape.member, item, f"{path}[{index}]")
    elif (
        shape is None
        or not isinstance(value, _TYPES[shape.type_name])
        or (isinstance(value, bool) and shape.type_name != "boolean")
    ):
        yield f"{path}: {value!r} does not fit {shape}"


# --- every action -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("service", "action"), BY_ACTION)
@settings(max_examples=max(5, settings().max_examples // 10))
@given(data=st.data())
def test_every_request_is_answered_through_boto3_as_the_model_decides(
    service: str, action: str, data: st.DataObject
) -> None:
    """The request is the same on the other side, and the answer has the members and the types of botocore's shape."""
    operation = model(service).operation_model(action)
    can_be_dry = operation.input_shape is not None and "DryRun" in operation.input_shape.members
    request = data.draw(requests(WORLD, actions=[action]).map(as_it_is if can_be_dry else really))
    by = data.draw(callers(WORLD).map(partial(evolve, region=FRANKFURT)))
    parameters = parameters_of(request)
    assert request_of(type(request), parameters) == request
    if operation.input_shape is not None:  # botocore has bounds of its own, for instance of MaxResults
        assume(not ParamValidator().validate(parameters, operation.input_shape).has_errors())

    to_ask, simulator = client(service), Simulator(WORLD)
    simulator.attach(to_ask, account=by.account, denied=by.denied)
    result = attempt(WORLD, request, by=by)
    if isinstance(result, Refusal):
        with pytest.raises(ClientError) as caught:
            getattr(to_ask, xform_name(action))(**parameters)
        assert said(caught)["Error"] == {"Code": result.code, "Message": result.message}
        assert said(caught)["ResponseMetadata"]["HTTPStatusCode"] == result.http_status
        assert simulator.world == WORLD
    else:
        answer = getattr(to_ask, xform_name(action))(**parameters)
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        assert answer == answer_writer(operation, type(request))(result.value)
        assert list(misfits(operation.output_shape, answer)) == [] if operation.output_shape else answer == {}
        assert simulator.world == result.world


@pytest.mark.parametrize(("service", "action"), BY_ACTION)
def test_every_parameter_is_read_or_said_to_be_beyond_the_model(service: str, action: str) -> None:
    if botocore.__version__ != "1.44.5":
        pytest.skip("the tables are of botocore 1.44.5")
    shape = model(service).operation_model(action).input_shape
    there = set() if shape is None else set(shape.members)
    known, beyond = set(members_of(KINDS[service, action])), set(BEYOND.get(action, ()))
    assert not known & beyond
    assert there - known - beyond == set()
    assert known | beyond <= there | {"DryRun"}


def test_every_action_of_an_account_has_a_method() -> None:
    assert {name for _, name in KINDS} == {name for name, kind in ACTIONS.items() if kind.service != "aws"}
    assert all(action in model(service).operation_names for service, action in KINDS)


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_a_refusal_is_a_client_error_with_the_code_the_message_and_the_status_of_ec2(ec2: Any) -> None:
    with pytest.raises(ClientError, match=r"An error occurred \(InvalidAMIID.NotFound\) when calling the") as caught:
        ec2.deregister_image(ImageId="ami-12345678")
    assert caught.value.operation_name == "DeregisterImage"
    assert said(caught)["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert said(caught)["ResponseMetadata"]["RetryAttempts"] == 0


def test_a_dry_run_is_an_error_that_says_it_would_have_been_done(ec2: Any, simulator: Simulator) -> None:
    with pytest.raises(ClientError) as caught:
        ec2.deregister_image(ImageId=IMAGE.image_id, DryRun=True)
    assert said(caught)["Error"]["Code"] == "DryRunOperation"
    assert said(caught)["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert simulator.world == WORLD


@pytest.mark.parametrize(
    ("method", "parameters", "code"),
    [
        ("deregister_image", {"ImageId": "ami-1"}, "InvalidAMIID.Malformed"),
        ("run_instances", {"MinCount": 1, "MaxCount": 1}, "MissingParameter"),
        ("create_tags", {"Resources": ["web"], "Tags": [{"Key": "a", "Value": "b"}]}, "InvalidID"),
        ("describe_images", {"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidParameterValue"),
        ("describe_images", {"Filters": [{"Values": ["red"]}]}, "MissingParameter"),
        ("register_image", {"Name": "web", "Architecture": "vax"}, "InvalidParameterValue"),
        (
            "copy_image",
            {
                "SourceImageId": "ami-12345678", "SourceRegion": "eu-central-1", "Name": "web",
                "TagSpecifications": [{"ResourceType": "image"}],
            },
            "InvalidParameterValue",
        ),
        (
            "register_image",
            {"Name": "web", "BlockDeviceMappings": [{"DeviceName": "/dev/sda"}]},
            "InvalidBlockDeviceMapping",
        ),
        (
            "register_image",
            {"Name": "web", "BlockDeviceMappings": [{"DeviceName": "/dev/sda", "Ebs": {}, "VirtualName": "swap0"}]},
            "InvalidBlockDeviceMapping",
        ),
    ],
)  # fmt: skip
def test_what_botocore_takes_and_ec2_does_not_is_ec2s_error(
    ec2: Any, simulator: Simulator, method: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(ec2, method)(**parameters)
    assert said(caught)["Error"]["Code"] == code
    assert said(caught)["Error"]["Message"]
    assert simulator.world is WORLD
    assert len(simulator.trace) == 0


def test_what_botocore_does_not_take_never_reaches_the_model(ec2: Any, simulator: Simulator) -> None:
    with pytest.raises(ParamValidationError):
        ec2.deregister_image(ImageID="ami-12345678")
    assert len(simulator.trace) == 0


def test_the_exceptions_of_a_service_are_its_own(simulator: Simulator) -> None:
    rbin = simulator.client("rbin", account=PROD, region=FRANKFURT)
    with pytest.raises(rbin.exceptions.ResourceNotFoundException) as caught:
        rbin.get_rule(Identifier="abcdefghijk")
    assert said(caught)["Reason"] == "RULE_NOT_FOUND"


@pytest.mark.parametrize(
    ("service", "method", "parameters"),
    [
        ("ec2", "describe_vpcs", {}), ("s3", "list_buckets", {}), ("iam", "list_users", {}),
        ("sts", "get_session_token", {}),
    ],
)  # fmt: skip
def test_what_is_not_modelled_is_said_plainly_and_is_no_refusal(
    simulator: Simulator, service: str, method: str, parameters: dict[str, Any]
) -> None:
    to_ask = simulator.client(service, account=PROD, region=FRANKFURT)
    with pytest.raises(NotModelled, match=f"amimodel does not model {service}:"):
        getattr(to_ask, method)(**parameters)
    assert not issubclass(NotModelled, ClientError)


def test_a_parameter_that_would_change_the_answer_is_not_passed_over(ec2: Any) -> None:
    with pytest.raises(NotModelled, match="parameter LaunchTemplate of RunInstances"):
        ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate={"LaunchTemplateName": "web"})


def test_services_can_be_said_to_have_nothing() -> None:
    simulator = Simulator(WORLD, finds_nothing=["autoscaling:*", "ec2:DescribeLaunchTemplate*"])
    here: dict[str, Any] = {"account": PROD, "region": FRANKFURT}
    ec2, autoscaling = simulator.client("ec2", **here), simulator.client("autoscaling", **here)
    assert autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"] == []
    assert ec2.describe_launch_templates()["LaunchTemplates"] == []
    assert ec2.describe_images(Owners=["self"])["Images"]
    with pytest.raises(NotModelled, match="autoscaling:DeleteAutoScalingGroup"):  # to ask is not to do
        autoscaling.delete_auto_scaling_group(AutoScalingGroupName="web")
    with pytest.raises(NotModelled):
        ec2.describe_vpcs()
    assert simulator.branch().finds_nothing == simulator.finds_nothing


@pytest.mark.parametrize("wrong", ["ec2:DescribeVpcs", ["DescribeVpcs"]])
def test_what_finds_nothing_is_a_list_of_services_with_actions(wrong: Any) -> None:
    with pytest.raises(Malformed, match="findsNothing"):
        Simulator(WORLD, finds_nothing=wrong)


def test_a_parameter_without_a_say_is_passed_over(ec2: Any) -> None:
    launch = {"ImageId": IMAGE.image_id, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    answer = ec2.run_instances(**launch, KeyName="mine", UserData="#!/bin/sh", SecurityGroupIds=["sg-12345678"])
    assert [instance["State"] for instance in answer["Instances"]] == [{"Code": 0, "Name": "pending"}]


def test_a_client_without_an_answer_sends_nothing(ec2: Any) -> None:
    ec2.meta.events.unregister("before-call", unique_id="amimodel.before-call")
    with pytest.raises(NotModelled, match="sends nothing"):
        ec2.describe_images(Owners=["self"])


# --- what boto3 makes of answers --------------------------------------------------------------------------------------


def test_paginators_go_through_all_pages(ec2: Any) -> None:
    pages = list(ec2.get_paginator("describe_images").paginate(Owners=["amazon"], PaginationConfig={"PageSize": 5}))
    every = ec2.describe_images(Owners=["amazon"])["Images"]
    assert [image["ImageId"] for page in pages for image in page["Images"]] == [image["ImageId"] for image in every]
    assert len(pages) > 1


def test_waiters_let_their_delay_pass_in_the_world_and_do_not_sleep(
    ec2: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    copy = ec2.copy_image(SourceImageId=IMAGE.image_id, SourceRegion=str(FRANKFURT), Name="copy")["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[copy], WaiterConfig={"Delay": 30})
    assert ec2.describe_images(ImageIds=[copy])["Images"][0]["State"] == "available"
    assert simulator.world.now > WORLD.now
    assert (simulator.world.now - WORLD.now) % timedelta(seconds=30) == timedelta()
    assert set(slept) <= {0}


def test_what_never_comes_is_not_waited_for_for_ever(ec2: Any, simulator: Simulator) -> None:
    with pytest.raises(WaiterError, match=r"InvalidAMIID\.NotFound"):
        ec2.get_waiter("image_available").wait(ImageIds=["ami-12345678"])
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        ec2.get_waiter("instance_terminated").wait(
            Filters=[{"Name": "image-id", "Values": [IMAGE.image_id]}], WaiterConfig={"MaxAttempts": 3, "Delay": 60}
        )
    assert simulator.world.now == WORLD.now + timedelta(minutes=2)


def test_how_much_time_passes_between_two_polls_can_be_said() -> None:
    simulator = Simulator(WORLD, each_poll=timedelta(hours=1))
    ec2 = simulator.client("ec2", account=PROD, region=FRANKFURT)
    copy = ec2.copy_image(SourceImageId=IMAGE.image_id, SourceRegion=str(FRANKFURT), Name="copy")["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[copy])
    assert simulator.world.now == WORLD.now + timedelta(hours=1)


def test_a_program_that_polls_by_itself_is_given_another_sleep(
    ec2: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setattr(time, "sleep", simulator.sleep)
    copy = ec2.copy_image(SourceImageId=IMAGE.image_id, SourceRegion=str(FRANKFURT), Name="copy")["ImageId"]
    while ec2.describe_images(ImageIds=[copy])["Images"][0]["State"] == "pending":
        time.sleep(15)
    assert simulator.world.now > WORLD.now


def test_in_a_world_in_which_nothing_takes_time_the_next_call_finds_it_done() -> None:
    simulator = Simulator(evolve(WORLD, timing=Timing.instant()))
    ec2 = simulator.client("ec2", account=PROD, region=FRANKFURT)
    copy = ec2.copy_image(SourceImageId=IMAGE.image_id, SourceRegion=str(FRANKFURT), Name="copy")["ImageId"]
    assert ec2.describe_images(ImageIds=[copy])["Images"][0]["State"] == "available"
    assert simulator.world.now == WORLD.now


@given(hours=st.integers(0, 99), offset=st.integers(-12, 12))
def test_time_passes_as_in_the_engine_until_a_moment_of_any_time_zone(hours: int, offset: int) -> None:
    until = (WORLD.now + timedelta(hours=hours)).astimezone(timezone(timedelta(hours=offset)))
    simulator = Simulator(WORLD)
    assert simulator.advance(until=until, minutes=1) == advance(WORLD, until=until, minutes=1)
    assert replay(simulator.trace).world == simulator.world


def test_each_call_can_take_its_time() -> None:
    simulator = Simulator(WORLD, each_call=timedelta(seconds=2))
    ec2 = simulator.client("ec2", account=PROD, region=FRANKFURT)
    ec2.describe_images(Owners=["self"])
    ec2.describe_images(Owners=["self"])
    assert simulator.world.now == WORLD.now + timedelta(seconds=4)
    with pytest.raises(Malformed, match="Time goes forward"):
        Simulator(WORLD, each_call=timedelta(seconds=-1))


def test_resources_are_boto3s_own(simulator: Simulator) -> None:
    resource: Any = simulator.session(account=PROD, region=FRANKFURT).resource("ec2")
    image = resource.Image(IMAGE.image_id)
    assert image.name == IMAGE.name
    image.create_tags(Tags=[{"Key": "Seen", "Value": "yes"}])
    image.reload()
    assert {"Key": "Seen", "Value": "yes"} in image.tags
    (instance,) = resource.create_instances(ImageId=image.id, InstanceType="t3.micro", MinCount=1, MaxCount=1)
    instance.wait_until_running()
    instance.reload()
    assert instance.state["Name"] == "running"
    assert [volume.id for volume in instance.volumes.all()] == [
        device["Ebs"]["VolumeId"] for device in instance.block_device_mappings
    ]


def test_every_call_has_a_request_id_of_its_own(ec2: Any) -> None:
    ids = {ec2.describe_images(Owners=["self"])["ResponseMetadata"]["RequestId"] for _ in range(3)}
    with pytest.raises(ClientError) as caught:
        ec2.deregister_image(ImageId="ami-1")
    assert len({*ids, said(caught)["ResponseMetadata"]["RequestId"]}) == 4


def test_the_token_that_botocore_makes_up_says_nothing_and_one_that_is_given_does(
    ec2: Any, simulator: Simulator
) -> None:
    launch = {"ImageId": IMAGE.image_id, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    first, second = (ec2.run_instances(**launch)["Instances"][0]["InstanceId"] for _ in range(2))
    assert first != second
    assert all(step.request.client_token is None for step in simulator.trace)  # type: ignore[union-attr] # all Asked
    third, fourth = (ec2.run_instances(**launch, ClientToken="a")["Instances"][0]["InstanceId"] for _ in range(2))
    assert third == fourth


def test_an_image_is_stored_waited_for_and_restored() -> None:
    """Rules C 7.1, C 7.10, C 7.20, C 7.23, C 7.30."""
    simulator = Simulator(WORLD)
    ec2 = simulator.client("ec2", account=BUILD, region=FRANKFURT)
    image, bucket = "ami-0fa00000000000440", "golden-images"
    tags = [{"Key": "Team", "Value": "platform"}]
    key = ec2.create_store_image_task(ImageId=image, Bucket=bucket, S3ObjectTags=tags)["ObjectKey"]
    running = [{"Name": "task-state", "Values": ["InProgress"]}]
    assert ec2.describe_store_image_tasks(Filters=running)["StoreImageTaskResults"] == [{
        "AmiId": image, "TaskStartTime": WORLD.now, "Bucket": bucket, "S3objectKey": key, "ProgressPercentage": 0,
        "StoreTaskState": "InProgress",
    }]  # fmt: skip
    ec2.get_waiter("store_image_task_complete").wait(ImageIds=[image])
    assert simulator.world.now == WORLD.now + timedelta(seconds=40)
    stored = simulator.world.stored_image(bucket, key)
    assert stored is not None
    assert dict(stored.s3_object_tags) == {"Team": "platform"}
    paginator = ec2.get_paginator("describe_store_image_tasks")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 1}))
    tasks = [task["AmiId"] for page in pages for task in page["StoreImageTaskResults"]]
    assert (tasks, len(pages)) == ([image, "ami-0fa00000000000410"], 2)
    named = [{"ResourceType": "snapshot", "Tags": tags}]
    restored = ec2.create_restore_image_task(Bucket=bucket, ObjectKey=key, Name="again", TagSpecifications=named)
    ec2.get_waiter("image_available").wait(ImageIds=[restored["ImageId"]])
    (snapshot,) = ec2.describe_snapshots(Filters=[{"Name": "tag:Team", "Values": ["platform"]}])["Snapshots"]
    assert (snapshot["State"], snapshot["VolumeId"]) == ("completed", "vol-ffffffff")


def test_a_store_task_that_fails_ends_the_waiting() -> None:
    """Rule C 7.23."""
    simulator = Simulator(WORLD)
    ec2 = simulator.client("ec2", account=BUILD, region=FRANKFURT)
    image = "ami-0fa00000000000440"
    ec2.create_store_image_task(ImageId=image, Bucket="golden-images")
    ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    with pytest.raises(WaiterError, match="terminal failure state"):
        ec2.get_waiter("store_image_task_complete").wait(ImageIds=[image])
    (failed,) = ec2.describe_store_image_tasks(ImageIds=[image])["StoreImageTaskResults"]
    assert failed["StoreTaskFailureReason"] == "The snapshot snap-0fa00000000000440 does not exist."
    with pytest.raises(ClientError, match=r"InvalidParameterCombination.*imageIds"):
        ec2.describe_store_image_tasks(ImageIds=[image], MaxResults=5)


# --- who asks, and where ----------------------------------------------------------------------------------------------


def test_a_session_is_an_account_and_its_clients_are_where_they_say(simulator: Simulator) -> None:
    session = simulator.session(account=PROD, region=FRANKFURT)
    here, there = session.client("ec2"), session.client("ec2", region_name="us-east-1")
    copy = there.copy_image(SourceImageId=IMAGE.image_id, SourceRegion=str(FRANKFURT), Name="far")["ImageId"]
    assert there.describe_images(ImageIds=[copy])["Images"][0]["OwnerId"] == PROD
    with pytest.raises(ClientError, match=r"InvalidAMIID\.NotFound"):
        here.describe_images(ImageIds=[copy])


def test_accounts_see_what_is_theirs(simulator: Simulator) -> None:
    one = simulator.client("ec2", account=PROD, region=FRANKFURT)
    other = simulator.client("ec2", account="555566667777", region=FRANKFURT)
    assert one.describe_images(Owners=["self"])["Images"]
    assert other.describe_images(Owners=["self"])["Images"] == []
    one.modify_image_attribute(ImageId=IMAGE.image_id, LaunchPermission={"Add": [{"UserId": "555566667777"}]})
    shared = other.describe_images(ExecutableUsers=["self"])["Images"]
    assert [image["ImageId"] for image in shared] == [IMAGE.image_id]


def test_an_account_that_is_none_is_said_at_once(simulator: Simulator) -> None:
    with pytest.raises(Malformed, match='Invalid user id: "123"'):
        simulator.client("ec2", account="123", region=FRANKFURT)
    with pytest.raises(Malformed, match="The region 'nowhere' is not valid"):
        simulator.client("ec2", account=PROD, region="nowhere")


def test_a_region_that_is_none_cannot_be_reached(simulator: Simulator) -> None:
    nowhere = simulator.session(account=PROD, region=FRANKFURT).client("ec2", region_name="nowhere")
    with pytest.raises(EndpointConnectionError, match="nowhere"):
        nowhere.describe_images()


def test_iam_can_keep_an_action_from_a_client(simulator: Simulator) -> None:
    ec2 = simulator.client("ec2", account=PROD, region=FRANKFURT, denied=["ec2:DeregisterImage"])
    with pytest.raises(ClientError) as caught:
        ec2.deregister_image(ImageId=IMAGE.image_id)
    assert said(caught)["Error"]["Code"] == "UnauthorizedOperation"
    assert said(caught)["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_whoever_assumes_a_role_is_of_the_roles_account(simulator: Simulator) -> None:
    session = simulator.session(account=PROD, region=FRANKFURT)
    assert session.client("sts").get_caller_identity()["Account"] == PROD
    given = session.client("sts").assume_role(
        RoleArn="arn:aws:iam::555566667777:role/cleaner", RoleSessionName="nightly"
    )["Credentials"]
    there = session.client(
        "sts",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    assert there.get_caller_identity()["Account"] == "555566667777"


def test_the_machine_has_no_say_in_a_session(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    session = simulator.session(account=PROD, region=FRANKFURT)
    assert session.region_name == str(FRANKFURT)
    assert session.client("ec2").describe_images(ImageIds=[IMAGE.image_id])["Images"]


# --- clients and programs that are there already ----------------------------------------------------------------------


def test_a_client_that_exists_can_be_attached_and_attached_anew() -> None:
    first, second = Simulator(WORLD), Simulator(WORLD)
    own = boto3.client("ec2", region_name=str(FRANKFURT), **NOBODYS)
    first.attach(own, account=PROD)
    assert own.deregister_image(ImageId=IMAGE.image_id)["Return"] is True
    second.attach(own, account=PROD)
    copy = own.copy_image(SourceImageId=IMAGE.image_id, SourceRegion=str(FRANKFURT), Name="copy")["ImageId"]
    own.get_waiter("image_available").wait(ImageIds=[copy])
    assert IMAGE.image_id not in {image.image_id for image in first.world.images}
    assert second.world.now > WORLD.now == first.world.now


def test_a_program_that_makes_its_own_sessions_runs_as_it_is(simulator: Simulator) -> None:
    def program() -> list[str]:
        return [image["ImageId"] for image in boto3.client("ec2").describe_images(Owners=["self"])["Images"]]

    import os

    before, sessions = dict(os.environ), boto3.DEFAULT_SESSION
    with simulator.installed(account=PROD, region=FRANKFURT) as the_same:
        assert the_same is simulator
        found = program()
        assert boto3.Session().client("sts").get_caller_identity()["Account"] == PROD
        with pytest.raises(NotModelled):
            boto3.client("s3").list_buckets()
    assert IMAGE.image_id in found
    assert dict(os.environ) == before
    assert boto3.DEFAULT_SESSION is sessions


def test_after_the_block_new_sessions_are_nobodys(simulator: Simulator) -> None:
    with pytest.raises(RuntimeError), simulator.installed(account=PROD, region=FRANKFURT):
        raise RuntimeError
    fresh = boto3.client("ec2", region_name=str(FRANKFURT), **NOBODYS)
    assert fresh.meta.events.unregister("before-call", unique_id="amimodel.before-call") is None
    assert type(fresh).get_waiter.__qualname__ == "BaseClient.get_waiter"


# --- the world, its past and its branches -----------------------------------------------------------------------------


def test_what_was_done_is_a_trace_that_gives_the_same_world_again(ec2: Any, simulator: Simulator) -> None:
    ec2.create_tags(Resources=[IMAGE.image_id], Tags=[{"Key": "Stage", "Value": "old"}])
    ec2.describe_images(Owners=["self"])
    with pytest.raises(ClientError):
        ec2.deregister_image(ImageId="ami-12345678")
    simulator.advance(days=1)
    ec2.deregister_image(ImageId=IMAGE.image_id)
    trace = simulator.trace
    assert len(trace) == 4  # what is only asked leaves no trace
    assert replay(trace).world == simulator.world
    again = Simulator.of(trace)
    assert again.world == simulator.world
    assert again.trace == trace


def test_a_step_can_be_undone_and_what_was_refused_goes_with_it(ec2: Any, simulator: Simulator) -> None:
    ec2.create_tags(Resources=[IMAGE.image_id], Tags=[{"Key": "Stage", "Value": "old"}])
    tagged = simulator.world
    ec2.deregister_image(ImageId=IMAGE.image_id)
    with pytest.raises(ClientError):
        ec2.deregister_image(ImageId=IMAGE.image_id)
    assert simulator.undo() == tagged
    assert len(simulator.trace) == 1
    with pytest.raises(ValueError, match="there are 1 steps to undo, not 2"):
        simulator.undo(2)
    assert simulator.undo() == WORLD
    assert simulator.undo(0) == WORLD


def test_a_branch_has_a_future_of_its_own(ec2: Any, simulator: Simulator) -> None:
    ec2.create_tags(Resources=[IMAGE.image_id], Tags=[{"Key": "Stage", "Value": "old"}])
    twin = simulator.branch()
    twin.client("ec2", account=PROD, region=FRANKFURT).deregister_image(ImageId=IMAGE.image_id)
    assert ec2.describe_images(ImageIds=[IMAGE.image_id])["Images"]
    assert len(twin.trace) == len(simulator.trace) + 1
    assert twin.undo() == simulator.world


def test_what_has_changed_is_said_like_a_plan(ec2: Any, simulator: Simulator) -> None:
    ec2.deregister_image(ImageId=IMAGE.image_id)
    assert f"- image {IMAGE.image_id}" in str(simulator.changes)


def test_many_threads_take_their_steps_one_after_the_other(simulator: Simulator) -> None:
    ec2 = simulator.client("ec2", account=PROD, region=FRANKFURT)

    def work(number: int) -> None:
        ec2.create_tags(Resources=[IMAGE.image_id], Tags=[{"Key": f"T{number}", "Value": "x"}])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    assert len(simulator.trace) == 24
    (found,) = ec2.describe_images(ImageIds=[IMAGE.image_id])["Images"]
    assert {f"T{number}" for number in range(24)} <= {tag["Key"] for tag in found["Tags"]}
    assert replay(simulator.trace).world == simulator.world


def test_the_way_back_from_an_answer_of_the_model_is_the_value_that_it_has() -> None:
    answer = attempt(WORLD, DescribeImages(owners=["self"]), by=PROD_HERE)
    assert not isinstance(answer, Refusal)
    written = answer_writer(model("ec2").operation_model("DescribeImages"), DescribeImages)(answer.value)
    from amimodel.wire import read

    assert [image.name for image in read(written, "eu-central-1").values] == [image.name for image in answer.value]


def test_the_class_of_every_request_is_found_by_its_service() -> None:
    assert all(isinstance(kind, type) and issubclass(kind, Request) for kind in KINDS.values())
