import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel import billing
from amimodel.billing_codes import BillingCode, Licence
from amimodel.clock import parse
from amimodel.examples import WEB
from amimodel.instances import Instance
from amimodel.quirks import Quirks
from amimodel.snapshots import Snapshot
from amimodel.vocabulary import Platform

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

# Rule A 7.1, all rows
CODES = [
    ("Linux/UNIX", "RunInstances"),
    ("Red Hat BYOL Linux", "RunInstances:00g0"),
    ("Red Hat Enterprise Linux", "RunInstances:0010"),
    ("Red Hat Enterprise Linux with HA", "RunInstances:1010"),
    ("Red Hat Enterprise Linux with SQL Server Standard and HA", "RunInstances:1014"),
    ("Red Hat Enterprise Linux with SQL Server Enterprise and HA", "RunInstances:1110"),
    ("Red Hat Enterprise Linux with SQL Server Standard", "RunInstances:0014"),
    ("Red Hat Enterprise Linux with SQL Server Web", "RunInstances:0210"),
    ("Red Hat Enterprise Linux with SQL Server Enterprise", "RunInstances:0110"),
    ("SQL Server Enterprise", "RunInstances:0100"),
    ("SQL Server Standard", "RunInstances:0004"),
    ("SQL Server Web", "RunInstances:0200"),
    ("SUSE Linux", "RunInstances:000g"),
    ("Ubuntu Pro", "RunInstances:0g00"),
    ("Windows", "RunInstances:0002"),
    ("Windows BYOL", "RunInstances:0800"),
    ("Windows with SQL Server Enterprise", "RunInstances:0102"),
    ("Windows with SQL Server Standard", "RunInstances:0006"),
    ("Windows with SQL Server Web", "RunInstances:0202"),
]


@pytest.mark.parametrize(("platform_details", "usage_operation"), CODES)
def test_the_table_of_billing_codes(platform_details: str, usage_operation: str) -> None:
    code = BillingCode.of_platform_details(platform_details)
    assert code is not None
    assert (code.platform_details, code.usage_operation) == (platform_details, usage_operation)
    assert BillingCode.of_usage_operation(usage_operation) is code
    expected = Platform.WINDOWS if platform_details.startswith("Windows") else None  # rule A BI-7
    assert code.platform is expected


def test_there_is_no_other_billing_code_and_no_two_are_composed_alike() -> None:
    assert {code.platform_details for code in BillingCode} == {details for details, _ in CODES}
    assert len({code.licences for code in BillingCode}) == len(BillingCode)
    assert BillingCode.LINUX.licences == Licence(0)


@pytest.mark.parametrize("text", ["RunInstances:", "RunInstances:9999", "runinstances", "Linux/UNIX", ""])
def test_what_is_no_usage_operation_has_no_row(text: str) -> None:
    assert BillingCode.of_usage_operation(text) is None


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
