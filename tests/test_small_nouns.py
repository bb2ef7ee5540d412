"""The small nouns: product codes, watermarks, findings, instance type specifications, licences."""

import pickle
import re
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.billing_codes import BillingCode, Licence
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.malformed import Malformed
from amimodel.product_codes import ProductCode, ProductCodeType
from amimodel.scan_results import ScanResults
from amimodel.testing import strategies as ec2
from amimodel.vocabulary import Platform, Severity
from amimodel.watermarks import ImageWatermark, WatermarkKey

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def model() -> Any:
    return pytest.importorskip("botocore.session").get_session().get_service_model("ec2")


# --- product codes ----------------------------------------------------------------------------------------------------


@given(ec2.product_codes())
def test_a_product_code_is_1_to_25_letters_and_digits(code: ProductCode) -> None:
    """Rules A PC-1, B MP-2."""
    assert re.fullmatch("[A-Za-z0-9]{1,25}", code.product_code_id)
    assert ProductCode(code.product_code_id, code.product_code_type.value) == code
    assert pickle.loads(pickle.dumps(code)) == code


@pytest.mark.parametrize("text", ["", "x" * 26, "a-b", "a b", "caf\u00e9", "abc\n", "\u0661", None, 5])
def test_nothing_else_is_a_product_code(text: object) -> None:
    """Rules A PC-1, B MP-12."""
    with pytest.raises(Malformed) as caught:
        ProductCode(text)  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.member) == ("InvalidProductInfo", "ProductCodeId")


def test_product_codes_are_of_the_marketplace_unless_said(model: Any) -> None:
    """Rules A PC-1, B MP-1."""
    assert ProductCode("abc").product_code_type is ProductCodeType.MARKETPLACE
    assert set(model.shape_for("ProductCodeValues").enum) == set(ProductCodeType)
    assert set(model.shape_for("ProductCode").members) == {"ProductCodeId", "ProductCodeType"}


# --- watermarks -------------------------------------------------------------------------------------------------------


@given(ec2.watermark_keys())
def test_a_watermarks_key_is_account_and_name(key: WatermarkKey) -> None:
    """Rules A WM-1, B 0.1."""
    assert str(key) == f"{key.account_id}:{key.name}"
    assert WatermarkKey.parse(str(key)) == key


@given(ec2.image_watermarks())
def test_a_watermark_is_no_older_than_the_image_it_was_made_on(watermark: ImageWatermark) -> None:
    """Rule B W-5."""
    assert watermark.source_image_creation_time <= watermark.watermark_creation_time
    assert attrs.evolve(watermark, watermark_key=str(watermark.watermark_key)) == watermark
    assert pickle.loads(pickle.dumps(watermark)) == watermark


@pytest.mark.parametrize(
    "text", ["", "golden", "111122223333:", "111122223333:ab", ":golden", "1111:golden", "111122223333:a:b:c", None, 5]
)
def test_what_is_no_key_of_a_watermark(text: object) -> None:
    """Rule B 0.1: the whole key is what is wrong."""
    with pytest.raises(Malformed) as caught:
        WatermarkKey.parse(text)  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.member, caught.value.value) == (
        "InvalidParameterValue",
        "WatermarkKey",
        text,
    )


@pytest.mark.parametrize("name", ["ab", "x" * 129, "a+b", None])
def test_a_watermark_is_named_like_an_image(name: str) -> None:
    """Rules A WM-1, B 0.1."""
    with pytest.raises(Malformed) as caught:
        WatermarkKey("111122223333", name)
    assert (caught.value.code, caught.value.member) == ("InvalidParameterValue", "WatermarkName")


WATERMARK = {
    "WatermarkKey": "watermark_key",
    "SourceImageRegion": "source_image_region",
    "SourceImageId": "source_image_id",
    "SourceImageCreationTime": "source_image_creation_time",
    "WatermarkCreationTime": "watermark_creation_time",
}
FINDINGS = {
    "FindingScanDate": "finding_scan_date",
    "HighestFindingSeverityLabel": "highest_finding_severity_label",
    "InformationalFixAvailableSince": "informational_fix_available_since",
    "LowFixAvailableSince": "low_fix_available_since",
    "MediumFixAvailableSince": "medium_fix_available_since",
    "HighFixAvailableSince": "high_fix_available_since",
    "CriticalFixAvailableSince": "critical_fix_available_since",
}
SPECIFICATION = {
    "SupportedInstanceTypes": "supported_instance_types",
    "UnsupportedInstanceTypes": "unsupported_instance_types",
}


@pytest.mark.parametrize(
    ("shape", "noun", "places"),
    [
        ("ImageWatermark", ImageWatermark, WATERMARK),
        ("ScanResults", ScanResults, FINDINGS),
        ("InstanceTypeSpecification", InstanceTypeSpecification, SPECIFICATION),
    ],
)
def test_every_member_has_its_place(shape: str, noun: type, places: dict[str, str], model: Any) -> None:
    """Rules A WM-1, A SR-1, A IT-1."""
    assert set(model.shape_for(shape).members) == set(places)
    assert set(attrs.fields_dict(noun)) == set(places.values())


# --- findings ---------------------------------------------------------------------------------------------------------


@given(ec2.scan_results())
def test_no_finding_is_worse_than_the_worst(results: ScanResults) -> None:
    """Rule A SR-1."""
    order = list(Severity)
    fixed = [severity for severity in Severity if results.fix_available_since(severity) is not None]
    if results.highest_finding_severity_label is None:
        assert fixed == []
    else:
        assert all(order.index(severity) <= order.index(results.highest_finding_severity_label) for severity in fixed)
    assert results.finding_scan_date is not None
    assert all(
        (results.fix_available_since(severity) or NEW_YEAR) <= max(results.finding_scan_date, NEW_YEAR)
        for severity in fixed
    )


@pytest.mark.parametrize("severity", Severity)
def test_each_severity_has_its_own_date(severity: Severity) -> None:
    """Rules A SR-1, A SR-2."""
    dates: dict[str, Any] = {f"{severity.value}_fix_available_since": NEW_YEAR}
    results = ScanResults(**dates)
    assert [found for found in Severity if results.fix_available_since(found)] == [severity]


def test_severities_go_from_the_mildest_up() -> None:
    """Rule A SR-2."""
    assert [severity.value for severity in Severity] == ["informational", "low", "medium", "high", "critical"]


# --- instance type specifications -------------------------------------------------------------------------------------


@given(
    ec2.instance_type_specifications(),
    st.sampled_from(["t3.micro", "m5.large", "m5.metal", "c7g.24xlarge", "r6i.large"]),
)
def test_a_type_is_allowed_where_it_is_supported_and_not_unsupported(
    specification: InstanceTypeSpecification, name: str
) -> None:
    """Rules A IT-2, A IT-3, B IT-2, said a second time with regular expressions."""

    def matches(patterns: tuple[str, ...]) -> bool:
        return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) for pattern in patterns)

    supported, unsupported = specification.supported_instance_types, specification.unsupported_instance_types
    assert specification.allows(name) is ((not supported or matches(supported)) and not matches(unsupported))


# (supported, unsupported, type, whether it is allowed): rules A IT-2, A IT-3
ALLOWED = [
    (["t3.*"],  [],          "t3.micro",  True),
    (["t3.*"],  [],          "t3a.micro", False),
    (["t3.*"],  ["t3.nano"], "t3.nano",   False),
    ([],        ["*.metal"], "m5.metal",  False),
    ([],        ["*.metal"], "m5.large",  True),
    (["m*.large"], [],       "m5.large",  True),
    (["m*.large"], [],       "m5.xlarge", False),
    (["m5"],    [],          "m5.large",  False),
    (["m5.large"], [],       "m5_large",  False),
    (["*"],     [],          "anything",  True),
    ([],        ["*"],       "anything",  False),
    (["5.larg*"], [],        "m5.large",  False),
]  # fmt: skip


@pytest.mark.parametrize(("supported", "unsupported", "name", "allowed"), ALLOWED)
def test_only_the_star_is_wild_and_it_must_match_to_the_end(
    supported: list[str], unsupported: list[str], name: str, allowed: bool
) -> None:
    specification = InstanceTypeSpecification(
        supported_instance_types=supported, unsupported_instance_types=unsupported
    )
    assert specification.allows(name) is allowed


@pytest.mark.parametrize(
    ("supported", "unsupported"),
    [
        ([], []),
        (["t3.**"], []),
        ([""], []),
        (["x" * 25], []),
        (["t3.micro?"], []),
        (["t3 micro"], []),
        ([None], []),
        (["t3.*", "t3.*"], []),
        ([], ["t3.*", "t3.*"]),
        (["t3.*"], ["t3.*"]),
        ([f"t{number}.*" for number in range(101)], []),
        ([], [f"t{number}.*" for number in range(101)]),
    ],
)
def test_what_is_no_specification(supported: list[str], unsupported: list[str]) -> None:
    """Rules A IT-1, A IT-4, B IT-1, B IT-4."""
    with pytest.raises(Malformed) as caught:
        InstanceTypeSpecification(supported_instance_types=supported, unsupported_instance_types=unsupported)
    assert caught.value.code == "InvalidParameterValue"


def test_a_hundred_of_each_can_be_given() -> None:
    """Rule A IT-1."""
    specification = InstanceTypeSpecification(
        supported_instance_types=[f"t{number}.*" for number in range(100)],
        unsupported_instance_types=[f"m{number}.*" for number in range(100)],
    )
    assert len(specification.supported_instance_types) == len(specification.unsupported_instance_types) == 100


# --- licences ---------------------------------------------------------------------------------------------------------

# Rule A 7.1, all 19 rows.
ROWS = [
    ("Linux/UNIX",                                                 "RunInstances"),
    ("Red Hat BYOL Linux",                                         "RunInstances:00g0"),
    ("Red Hat Enterprise Linux",                                   "RunInstances:0010"),
    ("Red Hat Enterprise Linux with HA",                           "RunInstances:1010"),
    ("Red Hat Enterprise Linux with SQL Server Standard and HA",   "RunInstances:1014"),
    ("Red Hat Enterprise Linux with SQL Server Enterprise and HA", "RunInstances:1110"),
    ("Red Hat Enterprise Linux with SQL Server Standard",          "RunInstances:0014"),
    ("Red Hat Enterprise Linux with SQL Server Web",               "RunInstances:0210"),
    ("Red Hat Enterprise Linux with SQL Server Enterprise",        "RunInstances:0110"),
    ("SQL Server Enterprise",                                      "RunInstances:0100"),
    ("SQL Server Standard",                                        "RunInstances:0004"),
    ("SQL Server Web",                                             "RunInstances:0200"),
    ("SUSE Linux",                                                 "RunInstances:000g"),
    ("Ubuntu Pro",                                                 "RunInstances:0g00"),
    ("Windows",                                                    "RunInstances:0002"),
    ("Windows BYOL",                                               "RunInstances:0800"),
    ("Windows with SQL Server Enterprise",                         "RunInstances:0102"),
    ("Windows with SQL Server Standard",                           "RunInstances:0006"),
    ("Windows with SQL Server Web",                                "RunInstances:0202"),
]  # fmt: skip


def test_the_table_of_licences() -> None:
    """Rule A 7.1."""
    assert sorted((code.platform_details, code.usage_operation) for code in BillingCode) == sorted(ROWS)
    assert len({code.licences for code in BillingCode}) == len(BillingCode), "no two are composed alike"


@pytest.mark.parametrize("text", ["RunInstances:", "RunInstances:9999", "runinstances", "Linux/UNIX", ""])
def test_what_is_no_usage_operation_has_no_row(text: str) -> None:
    assert BillingCode.of_usage_operation(text) is None


def test_the_two_texts_say_the_same() -> None:
    """Rule A BI-1: a bijection."""
    assert len(BillingCode) == 19
    assert (
        len({code.platform_details for code in BillingCode})
        == len({code.usage_operation for code in BillingCode})
        == 19
    )


@given(ec2.billing_codes())
def test_a_licence_is_found_by_either_text(code: BillingCode) -> None:
    """Rule A BI-1."""
    assert BillingCode.of_platform_details(code.platform_details) is code
    assert BillingCode.of_usage_operation(code.usage_operation) is code
    assert pickle.loads(pickle.dumps(code)) is code


@given(st.text(max_size=20))
def test_no_other_text_is_a_licence(text: str) -> None:
    """Rule A BI-4: a Spot suffix is none of an image's."""
    known = {part for row in ROWS for part in row}
    assert (BillingCode.of_usage_operation(text) is None) or text in known
    assert BillingCode.of_usage_operation("RunInstances:0010:SV006") is None
    assert BillingCode.of_platform_details("windows") is None


# Rule A BI-2: what each licence adds to the four characters.
DIGITS = {
    Licence.HIGH_AVAILABILITY:     "1000",
    Licence.SQL_SERVER_ENTERPRISE: "0100",
    Licence.SQL_SERVER_WEB:        "0200",
    Licence.WINDOWS_BYOL:          "0800",
    Licence.UBUNTU_PRO:            "0g00",
    Licence.RED_HAT:               "0010",
    Licence.RED_HAT_BYOL:          "00g0",
    Licence.WINDOWS:               "0002",
    Licence.SQL_SERVER_STANDARD:   "0004",
    Licence.SUSE:                  "000g",
}  # fmt: skip


@pytest.mark.parametrize("code", BillingCode)
def test_a_code_is_the_sum_of_its_licences_digit_by_digit(code: BillingCode) -> None:
    """Rule A BI-2."""
    columns = zip(*(DIGITS[licence] for licence in code.licences), strict=True)
    total = "".join("0123456789abcdefg"[sum(int(digit, 17) for digit in column)] for column in columns)
    assert code.usage_operation == (f"RunInstances:{total}" if total else "RunInstances")
    assert set(DIGITS) == set(Licence)


@pytest.mark.parametrize("code", BillingCode)
def test_the_details_name_the_licences(code: BillingCode) -> None:
    """Rules A BI-2, A BI-3."""
    words = {
        Licence.RED_HAT: "Red Hat Enterprise",
        Licence.RED_HAT_BYOL: "Red Hat BYOL",
        Licence.HIGH_AVAILABILITY: "HA",
        Licence.SUSE: "SUSE",
        Licence.UBUNTU_PRO: "Ubuntu Pro",
        Licence.WINDOWS_BYOL: "Windows BYOL",
        Licence.SQL_SERVER_ENTERPRISE: "SQL Server Enterprise",
        Licence.SQL_SERVER_STANDARD: "SQL Server Standard",
        Licence.SQL_SERVER_WEB: "SQL Server Web",
    }
    named = {licence for licence, word in words.items() if word in code.platform_details}
    assert named == set(code.licences) - {Licence.WINDOWS}
    assert (code.platform is Platform.WINDOWS) is code.platform_details.startswith("Windows")  # rule A BI-7
