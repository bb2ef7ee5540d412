"""Instances, and what is remembered of their images: rules C 11.3, C 11.4, C 12.1, C 12.2, A IS-7, A BO-1."""

import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.instance_types import InstanceType, instance_type
from amimodel.instances import (
    INSTANCE_STATE_CODES,
    HttpTokens,
    ImageMetadata,
    Instance,
    InstanceImageMetadata,
    InstanceState,
)
from amimodel.malformed import Malformed
from amimodel.regions import Region
from amimodel.testing import strategies as ec2

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def an_instance(**fields: object) -> Instance:
    given_fields: dict[str, object] = {
        "instance_id": "i-12345678",
        "owner_id": "111122223333",
        "image_id": "ami-12345678",
        "instance_type": "t3.micro",
        "architecture": "x86_64",
        "availability_zone": "eu-central-1a",
        "launch_time": NEW_YEAR,
        **fields,
    }
    return Instance(**given_fields)  # type: ignore[arg-type]  # each test says what it gives


@pytest.mark.parametrize(
    ("state", "code"),
    [("pending", 0), ("running", 16), ("shutting-down", 32), ("terminated", 48), ("stopping", 64), ("stopped", 80)],
)
def test_each_state_has_its_number(state: str, code: int) -> None:
    """Rule C 12.1."""
    assert InstanceState(state).code == INSTANCE_STATE_CODES[InstanceState(state)] == code
    assert len(INSTANCE_STATE_CODES) == len(InstanceState) == 6


def test_an_instance_begins_as_ec2_begins_it() -> None:
    """Rules C 12.1, B 5.3."""
    instance = an_instance()
    assert (instance.state.value, instance.http_tokens, instance.http_put_response_hop_limit) == (
        "pending",
        HttpTokens.OPTIONAL,
        1,
    )
    assert instance.region == Region("eu-central-1")


@given(ec2.instances())
def test_an_instance_is_in_the_region_of_its_zone(instance: Instance) -> None:
    """Rule A RG-4."""
    assert instance.availability_zone.name.startswith(instance.region.name)
    assert pickle.loads(pickle.dumps(instance)) == instance
    assert evolve(instance) == instance


@given(ec2.instances())
def test_what_a_drawn_instance_runs_fits_its_type(instance: Instance) -> None:
    """Rules A 5.6, A BO-1, A TP-1."""
    kind = instance_type(instance.instance_type)
    assert instance.architecture in kind.architectures
    assert instance.virtualization_type in kind.virtualization_types
    assert instance.root_device_type in kind.root_device_types
    assert instance.current_instance_boot_mode in kind.boot_modes
    assert instance.tpm_support is None or kind.nitro_tpm_support
    assert instance.platform is (None if instance.billing is None else instance.billing.platform)
    names = [device.device_name for device in instance.block_device_mappings]
    assert names[0] == instance.root_device_name
    assert len(set(names)) == len(names)


@given(ec2.instances(instance_type="z99.huge", state="stopped"))
def test_an_instance_may_be_of_a_type_that_is_not_known(instance: Instance) -> None:
    assert (instance.instance_type, instance.state) == ("z99.huge", InstanceState.STOPPED)


@given(ec2.instance_types(architecture="arm64"))
def test_instance_types_can_be_asked_for_by_architecture(kind: InstanceType) -> None:
    assert "arm64" in kind.architectures
    assert instance_type(kind.name) is kind


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"instance_id": "ami-12345678"},      "InvalidInstanceID.Malformed"),
        ({"image_id": "i-12345678"},           "InvalidAMIID.Malformed"),
        ({"owner_id": "self"},                 "InvalidUserID.Malformed"),
        ({"availability_zone": "us-east-1"},   "InvalidAvailabilityZone"),
        ({"architecture": "sparc"},            "InvalidParameterValue"),
        ({"state": "sleeping"},                "InvalidParameterValue"),
        ({"launch_time": datetime(2026, 1, 1)}, "InvalidParameterValue"),  # noqa: DTZ001 - that is the point
        ({"boot_mode": "bios"},                "InvalidParameterValue"),
    ],
)  # fmt: skip
def test_what_no_instance_can_be(fields: dict[str, object], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        an_instance(**fields)
    assert caught.value.code == code


# --- what is remembered of the image ----------------------------------------------------------------------------------


@given(ec2.image_metadata())
def test_the_memory_of_an_image_is_what_the_image_was(metadata: ImageMetadata) -> None:
    """Rules C 11.3, C 11.4."""
    assert metadata.image_id.startswith("ami-")
    assert (
        metadata.deprecation_time is None
        or metadata.creation_date is None
        or metadata.creation_date < metadata.deprecation_time
    )
    assert not (metadata.is_public and metadata.image_watermarks)
    assert pickle.loads(pickle.dumps(metadata)) == metadata


@given(ec2.instance_image_metadata())
def test_no_instance_is_older_than_its_image(metadata: InstanceImageMetadata) -> None:
    """Rule C 11.3."""
    created = metadata.image_metadata.creation_date
    assert created is None or created <= metadata.launch_time
    assert pickle.loads(pickle.dumps(metadata)) == metadata


def test_the_alias_may_be_an_account_as_real_answers_have_it() -> None:
    """Rule C 11.4."""
    metadata = ImageMetadata(
        image_id="ami-12345678", owner_id="111122223333", state="deregistered", image_owner_alias="111122223333"
    )
    assert metadata.image_owner_alias == metadata.owner_id


# --- beside botocore --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model() -> Any:
    return pytest.importorskip("botocore.session").get_session().get_service_model("ec2")


PLACES: dict[str, tuple[type, dict[str, str | None]]] = {
    "ImageMetadata": (ImageMetadata, {
        "ImageId": "image_id",
        "Name": "name",
        "OwnerId": "owner_id",
        "State": "state",
        "ImageOwnerAlias": "image_owner_alias",
        "CreationDate": "creation_date",
        "DeprecationTime": "deprecation_time",
        "ImageAllowed": "image_allowed",
        "IsPublic": "is_public",
        "ImageWatermarks": "image_watermarks",
    }),
    "InstanceImageMetadata": (InstanceImageMetadata, {
        "InstanceId": "instance_id",
        "InstanceType": "instance_type",
        "LaunchTime": "launch_time",
        "AvailabilityZone": "availability_zone",
        "ZoneId": "zone_id",
        "State": "state",
        "OwnerId": "owner_id",
        "Tags": "tags",
        "ImageMetadata": "image_metadata",
        "Operator": None,  # who manages the instance has nothing to do with its image
    }),
}  # fmt: skip


@pytest.mark.parametrize("shape", PLACES)
def test_every_member_of_the_metadata_has_its_place(shape: str, model: Any) -> None:
    """Rule C 11.4."""
    noun, places = PLACES[shape]
    assert set(model.shape_for(shape).members) == set(places)
    assert {place for place in places.values() if place} == set(attrs.fields_dict(noun))


@pytest.mark.parametrize(("words", "shape"), [(InstanceState, "InstanceStateName"), (HttpTokens, "HttpTokensState")])
def test_the_words_are_those_of_botocore(words: type[InstanceState], shape: str, model: Any) -> None:
    assert set(model.shape_for(shape).enum) == set(words)


@given(st.sampled_from(InstanceState))
def test_states_are_read_by_ec2s_words(state: InstanceState) -> None:
    assert InstanceState(state.value) is state
