"""The filters of DescribeImages: rules A 8.5, A 8.7, B W-9, C 3.13; settlements S 4, S 34, S 35."""

import re
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.clock import parse
from amimodel.examples import PENDING, WEB
from amimodel.filters import Filter, FilterTable, Kind, matcher, select
from amimodel.image_filters import GUIDE_IMAGE_FILTERS, IMAGE_FILTERS, SeenImage, disabled_refusal, guide_refusal
from amimodel.images import Image, StateReason
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE
from amimodel.product_codes import ProductCode
from amimodel.quirks import Quirks
from amimodel.refusals import DisabledImagesNotIncluded, UnknownFilter
from amimodel.scan_results import ScanResults
from amimodel.tags import Tags
from amimodel.testing import strategies as amis
from amimodel.vocabulary import ImageState, OwnerAlias
from amimodel.watermarks import ImageWatermark
from amimodel.wire import Record, write
from reference import filters as reference

NAMES = sorted(IMAGE_FILTERS.rows)
WATERMARK = ImageWatermark(
    watermark_key="111122223333:golden",
    source_image_region="us-east-1",
    source_image_id="ami-87654321",
    source_image_creation_time=parse("2024-01-30T10:33:22.036Z"),
    watermark_creation_time=parse("2024-02-01T00:00:00.123456Z"),
)


def documented(action: str) -> set[str]:
    """The filters that botocore describes; what is not a name there is a value of one."""
    model = pytest.importorskip("botocore.session").get_session().get_service_model("ec2")
    text = model.operation_model(action).input_shape.members["Filters"].documentation
    names = set(re.findall(r"<li>\s*<p>\s*<code>([^<]*)</code>", text))
    return names - {"tag:&lt;key&gt;", "informational", "low", "medium", "high", "critical"}


def test_the_table_has_the_names_that_botocore_has() -> None:
    """Rule A 8.5: 53 names, `tag:K` among them."""
    assert set(IMAGE_FILTERS.rows) == documented("DescribeImages") == set(reference.IMAGE_MEMBERS)
    assert len(IMAGE_FILTERS.rows) + 1 == 53
    assert not IMAGE_FILTERS.silent


def test_the_table_is_in_the_order_of_the_alphabet() -> None:
    assert list(IMAGE_FILTERS.rows) == NAMES


def test_kinds_are_those_of_the_rule_book() -> None:
    """Rule A 8.5, last column."""
    kinds = {kind: {name for name in NAMES if IMAGE_FILTERS.row(name).kind is kind} for kind in Kind}
    assert kinds[Kind.NUMBER] == {"block-device-mapping.volume-size"}
    assert kinds[Kind.BOOLEAN] == {
        "block-device-mapping.delete-on-termination", "block-device-mapping.encrypted", "ena-support",
        "free-tier-eligible", "image-allowed", "is-public",
    }  # fmt: skip
    assert kinds[Kind.TIME] == {
        "creation-date", "scan-result.critical-fix-available-since", "scan-result.finding-scan-date",
        "scan-result.high-fix-available-since", "scan-result.informational-fix-available-since",
        "scan-result.low-fix-available-since", "scan-result.medium-fix-available-since",
    }  # fmt: skip
    assert kinds[Kind.WATERMARK_TIME] == {
        "image-watermark.source-image-creation-time", "image-watermark.watermark-creation-time",
    }  # fmt: skip


# --- beside EC2's JSON ------------------------------------------------------------------------------------------------


def in_json(image: Image) -> dict[str, Any]:
    item: Any = write(Record(image))
    return dict(item)


@given(image=amis.images())
def test_every_row_compares_what_describe_images_shows(image: Image) -> None:
    """Rule A 8.5: each filter against the member that it is about."""
    item = in_json(image)
    for name in NAMES:
        shown = reference.texts(name, item, reference.IMAGE_MEMBERS)
        assert list(IMAGE_FILTERS.row(name).texts(SeenImage.of(image))) == shown, name


@st.composite
def filters_about(draw: st.DrawFn, images: list[Image]) -> list[tuple[str, list[str]]]:
    """Filters that have a chance: names of all kinds, values made of what there is."""
    keys = sorted({f"tag:{key}" for image in images for key in image.tags})
    names = st.sampled_from([*NAMES, *keys]) if keys else st.sampled_from(NAMES)
    wanted: list[tuple[str, list[str]]] = []
    for name in draw(st.lists(names, max_size=3)):
        told = [text for image in images for text in IMAGE_FILTERS.row(name).texts(SeenImage.of(image))]
        values = [draw(_changed(text)) for text in draw(st.lists(st.sampled_from(told or ["x"]), max_size=3))]
        wanted.append((name, values))
    return wanted


def _changed(text: str) -> st.SearchStrategy[str]:
    parts = [_literal(text), "*", f"{_literal(text[:1])}*", f"*{_literal(text[3:])}", f"{_literal(text)}?"]
    return st.sampled_from([*parts, f"?{_literal(text[1:])}", "other"])


def _literal(text: str) -> str:
    return re.sub(r"([*?\\])", r"\\\1", text)


@given(images=st.lists(amis.images(), max_size=4), data=st.data())
def test_selecting_is_what_a_loop_over_the_answer_finds(images: list[Image], data: st.DataObject) -> None:
    """Rules A FI-1 to FI-13 together."""
    wanted = data.draw(filters_about(images))
    filters = [Filter(name, values) for name, values in wanted]
    found = select(map(SeenImage.of, images), filters, IMAGE_FILTERS)
    expected = [image for image in images if reference.meets(wanted, in_json(image), reference.IMAGE_MEMBERS)]
    assert [seen.image for seen in found] == expected


# --- single rows ------------------------------------------------------------------------------------------------------


def meets(image: Image, name: str, *values: str, **seen: Any) -> bool:
    return matcher([Filter(name, values)], IMAGE_FILTERS)(SeenImage.of(image)._replace(**seen))


def sold(*codes: ProductCode) -> Image:
    return evolve(WEB, product_codes=codes)


@pytest.mark.parametrize(
    ("image", "name", "fitting", "failing"),
    [
        (WEB, "architecture", "x86_*", "arm64"),
        (WEB, "block-device-mapping.delete-on-termination", "true", "false"),
        (WEB, "block-device-mapping.device-name", "/dev/xvd?", "/dev/sda1"),
        (WEB, "block-device-mapping.encrypted", "false", "true"),
        (WEB, "block-device-mapping.snapshot-id", "snap-12345678", "snap-1234567"),
        (WEB, "block-device-mapping.volume-size", "8", "8.0"),
        (WEB, "block-device-mapping.volume-type", "gp?", "gp3"),
        (evolve(WEB, boot_mode="uefi-preferred"), "boot-mode", "uefi*", "uefi"),
        (WEB, "creation-date", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z"),
        (evolve(WEB, description=""), "description", "", "?x"),
        (WEB, "ena-support", "true", "false"),
        (evolve(WEB, ena_support=None), "ena-support", "false", "true"),  # rule A FI-8
        (evolve(WEB, free_tier_eligible=True), "free-tier-eligible", "true", "false"),
        (WEB, "hypervisor", "xen", "ovm"),
        (WEB, "image-id", "ami-12345678", "ami-1234567"),
        (WEB, "image-type", "machine", "kernel"),
        (evolve(WEB, image_watermarks=[WATERMARK]), "image-watermark.source-image-creation-time",
         "2024-01-30T10:33:22.036000+00:00", "2024-01-30T10:33:22.036Z"),
        (evolve(WEB, image_watermarks=[WATERMARK]), "image-watermark.source-image-id", "ami-87654321", "ami-12345678"),
        (evolve(WEB, image_watermarks=[WATERMARK]), "image-watermark.source-image-region", "us-*", "eu-*"),
        (evolve(WEB, image_watermarks=[WATERMARK]), "image-watermark.watermark-creation-time", "2024-02-01T*", "2024"),
        (evolve(WEB, image_watermarks=[WATERMARK]), "image-watermark.watermark-key", "*:golden", "golden"),
        (WEB, "is-public", "false", "true"),
        (evolve(WEB, launch_permissions=[EVERYONE]), "is-public", "true", "false"),
        (evolve(WEB, kernel_id="aki-12345678"), "kernel-id", "aki-*", "ari-*"),
        (WEB, "manifest-location", "111122223333/web", "web"),
        (WEB, "name", "w?b", "?"),
        (evolve(WEB, image_owner_alias=OwnerAlias.AMAZON), "owner-alias", "amazon", "self"),
        (WEB, "owner-id", "111122223333", "11112222333"),
        (evolve(WEB, platform="windows"), "platform", "windows", "Windows"),
        (sold(ProductCode("abc"), ProductCode("def", "devpay")), "product-code", "def", "abcdef"),
        (sold(ProductCode("abc"), ProductCode("def", "devpay")), "product-code.type", "devpay", "market"),
        (evolve(WEB, ramdisk_id="ari-12345678"), "ramdisk-id", "ari-12345678", "aki-12345678"),
        (WEB, "root-device-name", "/dev/xvda", "/dev/xvd"),
        (WEB, "root-device-type", "ebs", "instance-store"),
        (evolve(WEB, scan_results=ScanResults(highest_finding_severity_label="high")),
         "scan-result.highest-finding-severity-label", "high", "critical"),
        (evolve(WEB, source_image_id="ami-87654321"), "source-image-id", "ami-87654321", "ami-12345678"),
        (evolve(WEB, source_image_region="eu-west-1"), "source-image-region", "eu-west-?", "eu"),
        (evolve(WEB, source_instance_id="i-12345678"), "source-instance-id", "i-*", "ami-*"),
        (evolve(WEB, sriov_net_support="simple"), "sriov-net-support", "simple", "Simple"),
        (PENDING, "state", "pending", "available"),
        (evolve(WEB, state=ImageState.DEREGISTERED), "state", "deregistered", "available"),  # rule A 0.5
        (evolve(WEB, state_reason=StateReason("Client.InternalError", "Oh?")), "state-reason-code", "*.*", "Internal"),
        (evolve(WEB, state_reason=StateReason("Client.InternalError", "Oh?")), "state-reason-message", "Oh?", "Oh"),
        (evolve(WEB, tags={"Name": "", "Stage": "prod"}), "tag-key", "S*", "prod"),
        (evolve(WEB, tags={"Name": "", "Stage": "prod"}), "tag:Stage", "prod", ""),
        (evolve(WEB, tags={"Name": "", "Stage": "prod"}), "tag:Name", "", "?*e"),
        (WEB, "virtualization-type", "hvm", "paravirtual"),
    ],
    ids=lambda cell: cell if isinstance(cell, str) else "",
)  # fmt: skip
def test_rows_by_example(image: Image, name: str, fitting: str, failing: str) -> None:
    assert meets(image, name, "no such thing", fitting)
    assert not meets(image, name, failing)


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("finding-scan-date", "finding_scan_date"),
        ("informational-fix-available-since", "informational_fix_available_since"),
        ("low-fix-available-since", "low_fix_available_since"),
        ("medium-fix-available-since", "medium_fix_available_since"),
        ("high-fix-available-since", "high_fix_available_since"),
        ("critical-fix-available-since", "critical_fix_available_since"),
    ],
)
def test_dates_of_a_scan_are_told_each_by_its_own_filter(label: str, told: str) -> None:
    scan: Any = {told: parse("2026-02-03T04:05:06.789Z")}
    image = evolve(WEB, scan_results=ScanResults(**scan))
    for name in NAMES:
        if name.startswith("scan-result."):
            assert meets(image, name, "2026-02-03T04:05:06.789Z") == (name == f"scan-result.{label}")


def test_patterns_of_instance_types_are_compared_as_they_were_written() -> None:
    """Rule A 8.5: `t3.*` finds the stored `t3.micro` and the stored `t3.*`."""
    supported, unsupported = (f"instance-type-specification.{prefix}supported-instance-type" for prefix in ("", "un"))
    lists = InstanceTypeSpecification(supported_instance_types=["t3.micro"], unsupported_instance_types=["t3.*"])
    image = evolve(WEB, instance_type_specification=lists)
    assert meets(image, supported, "t3.*")
    assert meets(image, unsupported, "t3.*")
    assert meets(image, unsupported, r"t3.\*")
    assert not meets(image, supported, r"t3.\*")
    assert not meets(image, unsupported, "t3.micro")
    assert not meets(WEB, supported, "*")


def test_two_filters_on_volumes_may_be_met_by_two_volumes() -> None:
    """Rule A FI-9."""
    image = evolve(
        WEB,
        block_device_mappings=[
            BlockDeviceMapping("/dev/xvda", EbsBlockDevice(volume_size_gib=8)),
            BlockDeviceMapping("/dev/sdb", EbsBlockDevice(volume_size_gib=100)),
            BlockDeviceMapping("/dev/sdc", InstanceStoreDevice("ephemeral0")),
        ],
    )
    both = [
        Filter("block-device-mapping.device-name", ["/dev/sdc"]),
        Filter("block-device-mapping.volume-size", ["8"]),
    ]
    assert matcher(both, IMAGE_FILTERS)(SeenImage.of(image))
    assert not meets(image, "block-device-mapping.volume-type", "*")


# --- what the account sees beside the image ---------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "names"), [(None, ()), ("/golden/web", ("/golden/web",))])
@pytest.mark.parametrize("allowed", [True, False, None])
def test_an_answer_has_what_the_account_sees(name: str | None, names: tuple[str, ...], allowed: bool | None) -> None:
    image = evolve(WEB, tags={"Stage": "prod"}, image_allowed=allowed, public_ssm_parameter_name=name)
    assert SeenImage.of(image) == SeenImage(image, image.tags, allowed, names, owned=True)


@pytest.mark.parametrize(("allowed", "text"), [(True, "true"), (False, "false"), (None, "true")])
def test_while_allowed_amis_is_disabled_every_image_is_allowed(allowed: bool | None, text: str) -> None:
    """Settlement S 35."""
    assert IMAGE_FILTERS.row("image-allowed").texts(SeenImage(WEB, {}, image_allowed=allowed)) == (text,)


def test_an_accounts_tags_are_not_the_images() -> None:
    """Rules A FI-13, A TG-9: only what the account itself sees is compared."""
    image = evolve(WEB, tags={"Stage": "prod"})
    assert not meets(image, "tag:Stage", "*", tags=Tags({"Mine": "1"}))
    assert meets(image, "tag:Mine", "1", tags=Tags({"Mine": "1"}))
    assert not meets(image, "tag-key", "Stage", tags={})


def test_all_parameters_that_ever_led_to_an_image_find_it() -> None:
    """Rule A NF-3."""
    names = ("/aws/service/now", "/aws/service/then")
    assert all(meets(WEB, "public-ssm-parameter-name", name, public_ssm_parameter_names=names) for name in names)
    now = evolve(WEB, public_ssm_parameter_name="/aws/service/now")
    assert meets(now, "public-ssm-parameter-name", "/aws/service/now")
    assert not meets(WEB, "public-ssm-parameter-name", "*")


def test_only_the_owner_finds_an_image_by_its_instance() -> None:
    """Rule A 8.7."""
    image = evolve(WEB, source_instance_id="i-12345678")
    assert meets(image, "source-instance-id", "i-12345678")
    assert not meets(image, "source-instance-id", "*", owned=False)


# --- the guide's name, and disabled images ----------------------------------------------------------------------------

GUIDE = "image-watermark-key"


def test_the_guides_name_is_known_to_one_table_alone() -> None:
    """Rule B W-9."""
    tables: list[FilterTable[SeenImage]] = [IMAGE_FILTERS, GUIDE_IMAGE_FILTERS]
    assert set(tables[1].rows) - set(tables[0].rows) == {GUIDE}
    seen = SeenImage.of(evolve(WEB, image_watermarks=[WATERMARK]))
    assert matcher([Filter(GUIDE, ["*:golden"])], GUIDE_IMAGE_FILTERS)(seen)
    with pytest.raises(Malformed, match=f"The filter '{GUIDE}' is invalid"):
        IMAGE_FILTERS.check([Filter(GUIDE, ["*:golden"])])


@pytest.mark.parametrize("works", [False, True])
def test_the_guides_name_is_a_quirk(works: bool) -> None:
    """Rule B W-9."""
    quirks = Quirks(guide_watermark_filter_works=works)
    against = guide_refusal([Filter("state", ["available"]), Filter(GUIDE, ["*"])], quirks)
    assert against == (None if works else UnknownFilter(name=GUIDE))
    assert guide_refusal([Filter("image-watermark.watermark-key", ["*"])], quirks) is None


def test_an_unknown_filter_is_refused_in_the_words_of_a_malformed_one() -> None:
    """Rule A FI-6."""
    refusal = UnknownFilter(name="image-watermark-key")
    assert (refusal.code, str(refusal)) == ("InvalidParameterValue", "The filter 'image-watermark-key' is invalid")


@pytest.mark.parametrize(
    ("name", "values", "include_disabled", "refused"),
    [
        ("state", ["disabled"],              False, True),
        ("state", ["available", "disabled"], False, True),
        ("state", ["disabled"],              True,  False),
        ("state", ["available"],             False, False),
        ("state", ["*", "dis*"],             False, False),
        ("name",  ["disabled"],              False, False),
    ],
)  # fmt: skip
def test_disabled_images_are_asked_for_with_their_flag(
    name: str, values: list[str], include_disabled: bool, refused: bool
) -> None:
    """Rule C 3.13; settlement S 4."""
    against = disabled_refusal([Filter(name, values)], include_disabled=include_disabled)
    assert against == (DisabledImagesNotIncluded() if refused else None)


def test_the_missing_flag_is_told_in_ec2s_words() -> None:
    """Rule C 3.13."""
    message = "When filtering by the 'disabled' state, 'IncludeDisabled' must be set to 'true' in the request."
    assert (DisabledImagesNotIncluded().code, str(DisabledImagesNotIncluded())) == ("InvalidParameter", message)
