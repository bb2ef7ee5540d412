import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel import billing
from amimodel.billing_codes import BillingCode
from amimodel.clock import parse
from amimodel.examples import WEB
from amimodel.instances import Instance
from amimodel.quirks import Quirks
from amimodel.snapshots import Snapshot

SNAPSHOT = Snapshot(
    snapshot_id="snap-12345678",
    owner_id="111122223333",
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=parse("2026-01-01T00:00:00Z"),
)
INSTANCE = Instance(
    instance_id="i-12345678",
    owner_id="111122223333",
    image_id=WEB.image_id,
    instance_type="t3.micro",
    architecture="x86_64",
    availability_zone="eu-central-1a",
    launch_time=parse("2026-01-01T00:00:00Z"),
)

codes = st.sampled_from(BillingCode)


# --- propagation (rule A 7.4) ---------------------------------------------------------------------------------------


@given(code=st.none() | codes)
def test_launching_creating_copying_and_snapshots_hand_the_code_on_as_it_is(code: BillingCode | None) -> None:
    image = evolve(WEB, billing=code)
    assert billing.of_launched(image) is code
    assert billing.of_created(evolve(INSTANCE, billing=code)) is code
    assert billing.of_copied(image) is code
    assert billing.of_image_snapshot(image) is code
    assert billing.of_snapshot(code) is code


@given(code=codes)
def test_an_image_registered_or_restored_has_the_code_that_was_remembered(code: BillingCode) -> None:
    assert billing.of_registered(evolve(SNAPSHOT, billing=code)) is code
    assert billing.of_restored(code) is code


def test_where_nothing_is_remembered_an_image_is_plain_linux() -> None:
    assert billing.of_registered(SNAPSHOT) is BillingCode.LINUX
    assert billing.of_restored(None) is BillingCode.LINUX


@given(code=st.none() | codes)
def test_registering_once_lost_the_licence(code: BillingCode | None) -> None:
    lossy = Quirks(register_derives_billing=False)
    assert billing.of_registered(evolve(SNAPSHOT, billing=code), quirks=lossy) is BillingCode.LINUX


@given(code=codes)
def test_a_licence_survives_the_way_through_an_instance_and_through_the_snapshots_of_an_image(
    code: BillingCode,
) -> None:
    instance = evolve(INSTANCE, billing=billing.of_launched(evolve(WEB, billing=code)))
    image = evolve(WEB, billing=billing.of_created(instance))
    assert billing.is_usable_for_licensing(code, image)
    snapshot = evolve(SNAPSHOT, billing=billing.of_image_snapshot(image))
    assert billing.is_usable_for_licensing(code, evolve(WEB, billing=billing.of_registered(snapshot)))


@given(expected=codes, actual=st.none() | codes)
def test_only_the_expected_code_serves_for_licensing(expected: BillingCode, actual: BillingCode | None) -> None:
    assert billing.is_usable_for_licensing(expected, evolve(WEB, billing=actual)) == (actual == expected)


@given(code=codes, place=st.integers(0, 999))
def test_a_spot_instances_code_is_read_without_its_place(code: BillingCode, place: int) -> None:
    assert billing.of_cost_report(code.usage_operation) is code
    assert billing.of_cost_report(f"{code.usage_operation}:SV{place:03}") is code


@pytest.mark.parametrize("text", ["RunInstances:0010:SV6", "RunInstances:0010:006", "RunInstances:SV006:0010", "SV006"])
def test_a_suffix_that_is_none_is_not_read(text: str) -> None:
    assert billing.of_cost_report(text) is None
