"""The laws of reading and writing, for any answer."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from amimodel import clock
from amimodel.images import Image
from amimodel.malformed import Malformed
from amimodel.permissions import NOT_PUBLIC, PUBLIC_AT_LEAST
from amimodel.testing.strategies import (
    block_device_mapping_lists,
    create_volume_permission_lists,
    deregistration_protections,
    descriptions,
    image_block_public_access,
    image_ids,
    images,
    instance_image_metadata,
    instants,
    kernel_ids,
    launch_permission_lists,
    product_codes,
    ramdisk_ids,
    snapshot_ids,
    snapshots,
)
from amimodel.vocabulary import BootMode, ImdsSupport, SriovNetSupport, TpmSupport
from amimodel.wire import (
    Action,
    ImageAttribute,
    ImageAttributeName,
    NotAResponse,
    Record,
    Response,
    SnapshotAttribute,
    SnapshotAttributeName,
    read,
    read_text,
    write,
    write_text,
)

SAMPLES = Path(__file__).resolve().parent / "samples"
TEXTS = {path.stem: path.read_text() for path in sorted(SAMPLES.glob("*.json"))}


def exactly(value: object) -> str:
    """JSON as text, so that 1, 1.0 and true are three things."""
    return json.dumps(value, sort_keys=True, default=repr)


# --- answers of every action, made from values


def _none_or(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


_ATTRIBUTE_VALUES: dict[ImageAttributeName, st.SearchStrategy[Any]] = {
    ImageAttributeName.DESCRIPTION: _none_or(descriptions()),
    ImageAttributeName.KERNEL: _none_or(kernel_ids()),
    ImageAttributeName.RAMDISK: _none_or(ramdisk_ids()),
    ImageAttributeName.LAUNCH_PERMISSION: launch_permission_lists(),
    ImageAttributeName.PRODUCT_CODES: st.lists(product_codes(), max_size=2).map(tuple),
    ImageAttributeName.BLOCK_DEVICE_MAPPING: block_device_mapping_lists().map(tuple),
    ImageAttributeName.SRIOV_NET_SUPPORT: _none_or(st.sampled_from(SriovNetSupport)),
    ImageAttributeName.BOOT_MODE: _none_or(st.sampled_from(BootMode)),
    ImageAttributeName.TPM_SUPPORT: _none_or(st.sampled_from(TpmSupport)),
    ImageAttributeName.UEFI_DATA: _none_or(st.sampled_from(["", "QU1JTU9ERUw="])),
    ImageAttributeName.LAST_LAUNCHED_TIME: _none_or(instants()),
    ImageAttributeName.IMDS_SUPPORT: _none_or(st.sampled_from(ImdsSupport)),
    ImageAttributeName.DEREGISTRATION_PROTECTION: _none_or(deregistration_protections()),
}


@st.composite
def image_attributes(draw: st.DrawFn) -> ImageAttribute:
    name = draw(st.sampled_from(ImageAttributeName))
    return ImageAttribute(image_id=draw(image_ids()), attribute=name, value=draw(_ATTRIBUTE_VALUES[name]))


@st.composite
def snapshot_attributes(draw: st.DrawFn) -> SnapshotAttribute:
    name = draw(st.sampled_from(SnapshotAttributeName))
    codes = name is SnapshotAttributeName.PRODUCT_CODES
    values: st.SearchStrategy[Any] = (
        st.lists(product_codes(), max_size=2).map(tuple) if codes else create_volume_permission_lists()
    )
    return SnapshotAttribute(snapshot_id=draw(snapshot_ids()), attribute=name, value=draw(values))


VALUES: dict[Action, st.SearchStrategy[Any]] = {
    Action.DESCRIBE_IMAGES: images(),
    Action.DESCRIBE_IMAGE_ATTRIBUTE: image_attributes(),
    Action.DESCRIBE_SNAPSHOTS: snapshots(),
    Action.DESCRIBE_SNAPSHOT_ATTRIBUTE: snapshot_attributes(),
    Action.DESCRIBE_INSTANCE_IMAGE_METADATA: instance_image_metadata(),
    Action.GET_IMAGE_BLOCK_PUBLIC_ACCESS_STATE: image_block_public_access(),
}
_LISTED = {Action.DESCRIBE_IMAGES, Action.DESCRIBE_SNAPSHOTS, Action.DESCRIBE_INSTANCE_IMAGE_METADATA}


@st.composite
def responses(draw: st.DrawFn) -> Response[Any]:
    action = draw(st.sampled_from(Action))
    most = 3 if action in _LISTED else 1
    values = draw(st.lists(VALUES[action], min_size=0 if action in _LISTED else 1, max_size=most))
    return Response(action=action, records=tuple(map(Record, values)))


def as_told(value: Any) -> Any:
    """A value as far as its action's answer tells it."""
    if isinstance(value, Image):
        return evolve(
            value,
            launch_permissions=PUBLIC_AT_LEAST if value.public else NOT_PUBLIC,
            launches=value.launches[-1:],
            uefi_data=None,
            guest_os_boot=None,
            region=None,
        )
    hidden: dict[str, dict[str, Any]] = {
        "Snapshot": {"create_volume_permissions": None, "product_codes": (), "billing": None, "region": None},
        "ImageBlockPublicAccess": {"exception_message": None},
    }
    return evolve(value, **hidden.get(type(value).__name__, {}))


SAMPLED = [response for text in TEXTS.values() for response in read_text(text)]
ANSWERS = (responses() | st.sampled_from(SAMPLED)).map(write)  # a fresh writing each time, to be changed at will

SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=8)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with every key in it, from the top down."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def objects(value: Any) -> list[dict[str, Any]]:
    return [value, *(place[key] for place, key in places(value) if isinstance(place[key], dict))]


# --- law 1: what was read is written again


@given(responses())
def test_what_is_written_reads_as_the_same_value(response: Response[Any]) -> None:
    again = read(write(response))
    assert again.faults == ()
    assert again.action is response.action
    assert again.values == tuple(map(as_told, response.values))
    assert all(record.residue == () for record in again.records)
    assert exactly(write(again)) == exactly(write(response))


@given(st.data())
def test_members_that_no_value_knows_come_back(data: st.DataObject) -> None:
    answer = data.draw(ANSWERS)
    before = read(answer)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(objects(answer)))
        place[f"X{data.draw(st.text(max_size=4))}"] = data.draw(JSON)
    after = read(answer)
    assert after.faults == ()
    assert after.values == before.values
    assert exactly(write(after)) == exactly(answer)


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SPELLINGS = st.one_of(
    st.sampled_from(["seconds", "milliseconds", "microseconds", "auto"]).flatmap(
        lambda spec: OFFSETS.map(lambda zone: lambda at: at.astimezone(zone).isoformat(timespec=spec))
    ),
    OFFSETS.map(lambda zone: lambda at: at.astimezone(zone)),
    st.just(lambda at: at.isoformat().replace("+00:00", "Z")),
)


@given(st.data())
def test_instants_come_back_as_they_were_spelled(data: st.DataObject) -> None:
    answer = data.draw(ANSWERS)
    for place, key in list(places(answer)):
        with suppress(Malformed):
            if key not in {"Description", "Message", "Name"} and "T" in str(place[key]):
                place[key] = data.draw(SPELLINGS)(clock.parse(place[key]))
    response = read(answer)
    assert response.faults == ()
    assert exactly(write(response)) == exactly(answer)


# What each noun cannot do without: null there is no way to leave it out.
REQUIRED = {
    Action.DESCRIBE_IMAGES: {"ImageId", "OwnerId", "CreationDate", "Architecture", "Public", "ImageType"},
    Action.DESCRIBE_SNAPSHOTS: {"SnapshotId", "OwnerId", "VolumeId", "VolumeSize", "StartTime", "Encrypted"},
    Action.DESCRIBE_INSTANCE_IMAGE_METADATA: {
        "InstanceId", "OwnerId", "InstanceType", "LaunchTime", "AvailabilityZone", "State", "ImageMetadata"},
}  # fmt: skip


@given(st.data())
def test_nulls_in_place_of_what_may_be_left_out_say_nothing(data: st.DataObject) -> None:
    action = data.draw(st.sampled_from(sorted(_LISTED)))
    answer = write(Response(action=action, records=(Record(data.draw(VALUES[action])),)))
    ((sign, (record,)),) = answer.items()
    optional = sorted(set(record) - REQUIRED[Action(action)])
    for member in data.draw(st.sets(st.sampled_from(optional), max_size=5)) if optional else ():
        record[member] = None
    without = {sign: [{member: value for member, value in record.items() if value is not None}]}
    assert read(answer).values == read(without).values
    assert exactly(write(read(answer))) == exactly(answer)


# --- law 2: what cannot be read is named, and stops nothing


@given(st.data())
def test_one_corrupt_member_disturbs_nothing_else(data: st.DataObject) -> None:
    action = data.draw(st.sampled_from(sorted(_LISTED)))
    values = data.draw(st.lists(VALUES[action], min_size=1, max_size=3))
    answer = write(Response(action=action, records=tuple(map(Record, values))))
    (sign,) = answer
    sound = read(answer)
    index = data.draw(st.integers(0, len(values) - 1))
    place, key = data.draw(st.sampled_from([*places(answer[sign][index]), (answer[sign], index)]))
    if isinstance(place, dict) and data.draw(st.booleans()):
        del place[key]
    else:
        place[key] = data.draw(JSON | st.text(alphabet="ami-snap0123456789abcdefTZ:.+", max_size=24))
    response = read(answer)
    assert exactly(write(response)) == exactly(answer)
    others = [value for at, value in enumerate(sound.values) if at != index]
    read_again = list(response.values)
    if response.unread:
        assert [unread.index for unread in response.unread] == [index]
    else:
        del read_again[index]
    assert read_again == others
    for fault in response.faults:
        assert fault.path[:2] == (sign, index)
        assert "It cannot be read" not in fault.message
        assert "\n" not in str(fault)


KNOWN_MEMBERS = sorted(
    {key for response in SAMPLED for place, key in places(write(response)) if isinstance(place, dict)}
)
LIKELY_JSON = st.recursive(
    SCALARS | st.sampled_from(["ami-12345678", "available", "all", "disabled", "2026-01-01T00:00:00Z"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KNOWN_MEMBERS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(LIKELY_JSON)
@example({"Images": [{"ImageId": "ami-12345678"}, None, []]})
@example({"Images": {}})
@example({"SnapshotId": [], "ProductCodes": [[]]})
@example({"ImageBlockPublicAccessState": None})
@example({"Images": [{"UsageOperation": [], "PlatformDetails": {}}]})
@example({"Images": [{"Platform": 1, "DeregistrationProtection": {}, "LastLaunchedTime": 5, "Tags": {}}]})
def test_any_json_is_read_or_is_no_response(value: Any) -> None:
    with suppress(NotAResponse):
        response = read(value)
        assert exactly(write(response)) == exactly(value)
        assert not [fault for fault in response.faults if "It cannot be read" in fault.message]


@given(st.binary() | st.text().map(str.encode) | LIKELY_JSON.map(lambda value: json.dumps(value).encode("utf-16")))
def test_any_bytes_are_read_or_are_no_response(text: bytes) -> None:
    with suppress(NotAResponse):
        assert read_text(text)


@given(st.text(alphabet='{}[]",:0123456789.eE+-NaInfity \n\\u"Images'))
def test_any_text_is_read_or_is_no_response(text: str) -> None:
    with suppress(NotAResponse):
        assert read_text(text)


# --- law 3: what is not told is unknown


@given(images(), snapshots())
def test_what_is_not_told_is_unknown(image: Image, snapshot: Any) -> None:
    (record,) = write(Response(action=Action.DESCRIBE_IMAGES, records=(Record(image),)))["Images"]
    told = read({"Images": [record]}).values[0]
    assert not told.launch_permissions.complete
    assert told.public is image.public
    (record,) = write(Response(action=Action.DESCRIBE_SNAPSHOTS, records=(Record(snapshot),)))["Snapshots"]
    assert read({"Snapshots": [record]}).values[0].create_volume_permissions is None


# --- the samples


@pytest.mark.parametrize("name", TEXTS)
def test_samples_come_back(name: str) -> None:
    decoder, text = json.JSONDecoder(), TEXTS[name].strip()
    answers = read_text(text)
    for answer in answers:
        document, end = decoder.raw_decode(text)
        assert answer.faults == ()
        assert exactly(write(answer)) == exactly(document)
        assert exactly(json.loads(write_text(answer))) == exactly(document)
        text = text[end:].strip()
    assert text == ""


def test_the_samples_cover_every_action() -> None:
    assert {answer.action for text in TEXTS.values() for answer in read_text(text)} == set(Action)


def test_datetimes_of_boto3_are_printed_as_the_cli_prints_them() -> None:
    start = datetime(2026, 1, 1, 10, tzinfo=UTC)
    answer = json.loads(TEXTS["describe-snapshots"])
    answer["Snapshots"][1]["StartTime"] = start
    response = read(answer)
    assert response.values[1].start_time == start
    assert write(response)["Snapshots"][1]["StartTime"] is not None
    assert json.loads(write_text(response))["Snapshots"][1]["StartTime"] == "2026-01-01T10:00:00+00:00"
