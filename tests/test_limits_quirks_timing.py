"""What differs between accounts and releases: numbers, choices and durations, each with the rule it comes from."""

import ast
import inspect
import pickle
import re
import sys
from datetime import timedelta
from functools import cache
from typing import Any

import attrs
import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.quirks import CopiedDescription, CopyRegion, ErrorCode, InheritedIops, QuestionMark, Quirks
from amimodel.timing import Timing
from amimodel.vocabulary import Word

RULE = re.compile(r"\b[ABC] (?:[A-Z]{1,3}-\d+[a-z]?|Q\d+|\d+(?:\.\d+)*)|\bS \d+")


@cache
def docstrings(kind: type) -> dict[str, str]:
    """The text under each field of a class, on one line."""
    (tree,) = (
        node
        for node in ast.parse(inspect.getsource(sys.modules[kind.__module__])).body
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__
    )
    texts: dict[str, str] = {}
    for statement, following in zip(tree.body, tree.body[1:], strict=False):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=field)), ast.Expr(value=ast.Constant(value=str(text))):
                texts[field] = " ".join(text.split())
            case _:
                pass
    return texts


CLASSES: list[type[Limits] | type[Quirks] | type[Timing]] = [Limits, Quirks, Timing]
FIELDS = [(kind, field.name) for kind in CLASSES for field in attrs.fields(kind)]


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=[field for _, field in FIELDS])
def test_every_field_says_what_it_is_and_which_rule_says_so(kind: type, field: str) -> None:
    text = docstrings(kind).get(field, "")
    assert RULE.search(text), f"{kind.__name__}.{field} cites no rule"
    assert text.endswith(".")


@pytest.mark.parametrize("kind", CLASSES)
def test_a_value_is_a_value(kind: type[Limits] | type[Quirks] | type[Timing]) -> None:
    assert kind() == kind()
    assert len({kind(), kind()}) == 1
    assert pickle.loads(pickle.dumps(kind())) == kind()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(kind(), attrs.fields(kind)[0].name, 1)


# Limits

BOOK_LIMITS = [
    ("images_per_region", 50_000, "A 9"),
    ("public_images_per_region", 5, "B LP-23"),
    ("shared_entities_per_image", 1000, "B LP-19"),
    ("accounts_per_permission_request", 10_000, "B LP-18"),
    ("watermarks_per_image", 5, "B W-3"),
    ("ancestry_entries", 50, "A AN-2"),
    ("instance_types_per_list", 100, "B IT-4"),
    ("concurrent_image_copies", 300, "B CI-14"),
    ("max_instance_store_root_gib", 10, "A RI-4"),
    ("attachments_per_nitro_instance", 28, "A BM-13"),
    ("finding_paths", 10, "B FI-1"),
    ("max_deprecation_years", 10, "C 2.6"),
    ("max_public_deprecation_years", 2, "C 2.7"),
    ("unused_public_image_months", 6, "B LP-36"),
    ("image_criteria", 10, "B 4.2"),
    ("image_providers_per_criterion", 200, "B 4.2"),
    ("image_names_per_criterion", 50, "B 4.2"),
    ("marketplace_product_codes_per_criterion", 50, "B 4.2"),
    ("image_watermarks_per_criterion", 50, "B 4.2"),
    ("tags_per_resource", 50, "B TG-6"),
    ("resources_per_tag_request", 1000, "B TG-9"),
    ("tags_per_delete_request", 1000, "B TG-13"),
    ("snapshots_per_region", 100_000, "C 8.6"),
    ("pending_snapshots_per_account", 100, "C 8.6"),
    ("pending_snapshots_per_volume", 5, "C 8.4"),
    ("pending_snapshots_per_st1_or_sc1_volume", 1, "C 8.4"),
    ("volumes_per_snapshot_set", 40, "C 8.8"),
    ("excluded_volumes_per_snapshot_set", 40, "C 8.8"),
    ("concurrent_snapshot_copies", 20, "C 8.18"),
    ("permission_changes_per_snapshot_request", 500, "B SP-4"),
    ("min_completion_duration_minutes", 15, "B CI-19"),
    ("max_completion_duration_minutes", 2880, "C 8.23"),
    ("completion_duration_step_minutes", 15, "C 8.23"),
    ("time_based_copy_mibps", 500, "B CI-20"),
    ("time_based_copies_mibps", 2000, "B CI-20"),
    ("archived_snapshots_per_volume", 25, "C 8.53"),
    ("concurrent_archives", 25, "C 8.53"),
    ("concurrent_archive_restores", 5, "C 8.53"),
    ("max_temporary_restore_days", 180, "C 8.47"),
    ("default_temporary_restore_days", 1, "C 8.47"),
    ("max_lock_duration_days", 36_500, "C 8.61"),
    ("max_cool_off_period_hours", 72, "C 8.61"),
    ("fast_snapshot_restores_per_region", 5, "C 8.78"),
    ("max_fast_snapshot_restore_gib", 16_384, "C 8.77"),
    ("fast_snapshot_restore_credits", 10, "C 8.81"),
    ("fast_snapshot_restore_credit_gib", 1024, "C 8.81"),
    ("max_stored_image_gb", 5000, "C 7.6"),
    ("stores_in_progress_gb", 1200, "C 7.7"),
    ("restores_in_progress_gb", 600, "C 7.33"),
    ("image_ids_per_store_task_query", 20, "C 7.20"),
    ("retention_rules_per_region", 250, "C 6.1"),
    ("retention_rules_per_tag", 5, "C 6.2"),
    ("resource_tags_per_retention_rule", 50, "C 6.1"),
    ("excluded_resource_tags_per_retention_rule", 5, "C 6.1"),
    ("max_image_retention_days", 365, "C 6.1"),
    ("max_volume_retention_days", 7, "C 6.1"),
    ("min_unlock_delay_days", 7, "C 6.1"),
    ("max_unlock_delay_days", 30, "C 6.1"),
    ("image_ids_per_recycle_bin_query", 20, "C 6.27"),
    ("parallel_launches_per_region", 40, "C 10.6"),
    ("min_parallel_launches", 6, "C 10.6"),
    ("default_target_resource_count", 5, "C 10.7"),
    ("image_ids_per_references_query", 10, "B RF-1"),
    ("max_version_depth", 10_000, "B RF-4"),
    ("default_references_version_depth", 10, "B RF-4"),
    ("default_usage_report_version_depth", 20, "B UR-2"),
    ("pending_usage_reports_per_account", 2000, "B UR-5"),
    ("pending_usage_reports_per_image", 1, "B UR-5"),
    ("accounts_per_usage_report", 200, "B UR-1"),
    ("ids_per_usage_report_query", 200, "B UR-9"),
    ("volumes_per_imported_image", 21, "C 11.25"),
    ("instances_per_terminate_request", 1000, "C 12.3"),
    ("filters_per_request", 50, "A FI-2"),
    ("values_per_filter", 200, "A FI-2"),
    ("characters_per_filter_text", 255, "A FI-2"),
    ("max_images_page", 1000, "A Q10"),
    ("min_snapshots_page", 5, "S 21"),
    ("max_snapshots_page", 1000, "S 21"),
    ("max_instance_image_metadata_page", 1000, "C 11.6"),
    ("lifecycle_policies_per_region", 100, "C 11.40"),
    ("schedules_per_lifecycle_policy", 4, "C 11.40"),
    ("max_retain_count", 1000, "C 11.42"),
    ("cross_region_copies_per_schedule", 3, "C 11.48"),
    ("max_default_policy_retain_interval_days", 14, "C 11.53"),
    ("rules_per_image_builder_policy", 3, "C 11.60"),
    ("excluded_accounts_per_image_builder_rule", 1536, "C 11.63"),
]


@pytest.mark.parametrize(("field", "value", "rule"), BOOK_LIMITS, ids=[row[0] for row in BOOK_LIMITS])
def test_limits_are_those_of_the_rules(field: str, value: int, rule: str) -> None:
    assert getattr(Limits.aws(), field) == value
    assert rule in docstrings(Limits)[field]


PAGES = [
    ("DescribeExportImageTasks", "export_image_tasks"),
    ("DescribeFastLaunchImages", "fast_launch_images"),
    ("DescribeFastSnapshotRestores", "fast_snapshot_restores"),
    ("DescribeImageReferences", "image_references"),
    ("DescribeImageUsageReportEntries", "usage_report_entries"),
    ("DescribeImageUsageReports", "usage_reports"),
    ("DescribeInstanceImageMetadata", "instance_image_metadata"),
    ("DescribeLockedSnapshots", "locked_snapshots"),
    ("DescribeReplaceRootVolumeTasks", "replace_root_volume_tasks"),
    ("DescribeStoreImageTasks", "store_image_tasks"),
    ("GetImageFindings", "image_findings"),
    ("ListImagesInRecycleBin", "recycle_bin_images"),
    ("ListSnapshotsInRecycleBin", "recycle_bin_snapshots"),
]


@pytest.mark.parametrize(("action", "things"), PAGES, ids=[row[0] for row in PAGES])
def test_pages_are_those_of_the_service_model(action: str, things: str) -> None:
    model: Any = botocore.session.get_session().get_service_model("ec2")
    bounds = model.operation_model(action).input_shape.members["MaxResults"].metadata
    assert getattr(Limits(), f"min_{things}_page") == bounds["min"]
    assert getattr(Limits(), f"max_{things}_page", None) == bounds.get("max")


MODEL_BOUNDS = [
    ("ec2", "SnapshotCompletionDurationMinutesRequest", "max", "max_completion_duration_minutes"),
    ("ec2", "CoolOffPeriodRequestHours", "min", "min_cool_off_period_hours"),
    ("ec2", "CoolOffPeriodRequestHours", "max", "max_cool_off_period_hours"),
    ("ec2", "RetentionPeriodRequestDays", "min", "min_lock_duration_days"),
    ("ec2", "RetentionPeriodRequestDays", "max", "max_lock_duration_days"),
    ("ec2", "DescribeImageReferencesImageIdStringList", "max", "image_ids_per_references_query"),
    ("ec2", "ImageUsageReportUserIdStringList", "max", "accounts_per_usage_report"),
    ("ec2", "ImageUsageReportIdStringList", "max", "ids_per_usage_report_query"),
    ("rbin", "ResourceTags", "max", "resource_tags_per_retention_rule"),
    ("rbin", "ExcludeResourceTags", "max", "excluded_resource_tags_per_retention_rule"),
    ("rbin", "RetentionPeriodValue", "min", "min_retention_days"),
    ("rbin", "UnlockDelayValue", "min", "min_unlock_delay_days"),
    ("rbin", "UnlockDelayValue", "max", "max_unlock_delay_days"),
    ("dlm", "Count", "max", "max_retain_count"),
    ("dlm", "ScheduleList", "max", "schedules_per_lifecycle_policy"),
    ("dlm", "TargetTagList", "max", "target_tags_per_lifecycle_policy"),
]


@pytest.mark.parametrize(("service", "shape", "bound", "field"), MODEL_BOUNDS)
def test_bounds_are_those_of_the_service_models(service: str, shape: str, bound: str, field: str) -> None:
    model: Any = botocore.session.get_session().get_service_model(service)
    assert getattr(Limits(), field) == model.shape_for(shape).metadata[bound]


def test_aws_is_the_default() -> None:
    assert Limits.aws() == Limits()


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(Limits)])
def test_tiny_is_never_more_generous(field: str) -> None:
    assert getattr(Limits.tiny(), field) <= getattr(Limits.aws(), field)


@pytest.mark.parametrize(
    "field", [name for name in attrs.fields_dict(Limits) if getattr(Limits.tiny(), name) != getattr(Limits(), name)]
)
def test_what_is_tiny_is_filled_up_by_a_handful(field: str) -> None:
    assert 1 <= getattr(Limits.tiny(), field) <= (6 if field == "parallel_launches_per_region" else 3)


def test_a_first_image_can_be_launched_fast_even_where_all_is_tiny() -> None:
    assert Limits.tiny().parallel_launches_per_region == Limits.tiny().default_parallel_launches


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"images_per_region": -1}, "(-1) for parameter images_per_region is invalid. {} of at least 0."),
        ({"ancestry_entries": 0},   "(0) for parameter ancestry_entries is invalid. {} of at least 1."),
        ({"image_criteria": True},  "(True) for parameter image_criteria is invalid. {} of at least 1."),
        ({"image_criteria": 5.0},   "(5.0) for parameter image_criteria is invalid. {} of at least 1."),
        ({"max_tags_page": 4},      "(5) for parameter min_tags_page is invalid. {} max_tags_page, which is 4."),
    ],
)  # fmt: skip
def test_malformed_limits(given: dict[str, int], message: str) -> None:
    expected = "Expected no more than" if "max" in message else "Expected a whole number"
    with pytest.raises(Malformed) as caught:
        Limits(**given)
    assert caught.value.code == "InvalidParameterValue"
    assert caught.value.message == "Value " + message.format(expected)


def test_the_least_retention_fits_everything() -> None:
    with pytest.raises(Malformed, match="Expected no more than max_volume_retention_days, which is 7"):
        Limits(min_retention_days=8)


BOUNDS = [name for name in attrs.fields_dict(Limits) if name.startswith(("min_", "max_"))]


@given(st.dictionaries(st.sampled_from(BOUNDS), st.integers(-1, 3000), max_size=6))
def test_limits_that_can_be_built_are_in_order(given: dict[str, int]) -> None:
    try:
        built = Limits(**given)
    except Malformed as malformed:
        assert malformed.member in BOUNDS  # noqa: PT017 - most draws are malformed, and either way is fine
        return
    for least in BOUNDS:
        most = least.replace("min_", "max_")
        if hasattr(built, most):
            assert getattr(built, least) <= getattr(built, most)


# Quirks

BOOK_QUIRKS = [
    # settlements that say so
    ("disabled_image_described_by_id", True, "S 3"),
    ("owner_may_copy_disabled_image", False, "S 6"),
    ("bin_restore_republishes_blocked_image", False, "S 7"),
    ("question_mark_matches", QuestionMark.ZERO_OR_ONE, "S 8"),
    ("criteria_question_mark_matches", QuestionMark.EXACTLY_ONE, "S 8"),
    ("executable_by_self_includes_own", True, "S 12"),
    ("register_accepts_paravirtual_uefi", True, "S 14"),
    ("register_checks_kernel_exists", False, "S 15"),
    ("new_accounts_block_public_images", True, "S 18"),
    ("copy_reveals_invisible_image", False, "S 26"),
    ("untyped_image_boots_as_uefi", True, "S 39"),
    # knobs
    ("republishing_while_blocked_succeeds", True, "B LP-31"),
    ("product_codes_modifiable", False, "B 1.3"),
    ("empty_criteria_allow_all", False, "B AA-11"),
    ("amazon_provider_includes_marketplace", False, "B AA-12"),
    ("default_key_shown_as_alias", False, "B EN-2"),
    ("launch_ignores_encrypted_false", True, "B EN-15"),
    ("description_of_copy", CopiedDescription.EMPTY, "B 7.1"),
    ("block_marketplace_cross_account_copy", True, "B CI-7"),
    ("block_billing_product_cross_account_copy", False, "B CI-9"),
    ("reattached_watermark_keeps_times", True, "B W-4"),
    ("reserved_tag_key_code", ErrorCode.INVALID_PARAMETER_VALUE, "S 54"),
    ("snapshot_permissions_added_and_removed_at_once", False, "B SP-3"),
    ("copy_allowed_by_settings_of", CopyRegion.SOURCE, "B CI-3"),
    # the lists of doubts
    ("mapping_default_delete_on_termination", False, "A Q2"),
    ("register_accepts_shared_snapshots", False, "A Q3"),
    ("tpm_without_uefi_code", ErrorCode.INVALID_PARAMETER_COMBINATION, "A Q4"),
    ("create_image_writes_current_boot_mode", True, "A Q5"),
    ("disabled_image_holds_name", True, "A Q6"),
    ("failed_image_holds_name", True, "A Q6"),
    ("launch_reveals_invisible_image", True, "A Q7"),
    ("local_zones_have_uefi", True, "A Q9"),
    ("outposts_have_uefi", True, "A Q9"),
    ("hs1_is_paravirtual", False, "A Q11"),
    ("tag_key_may_have_128_characters", True, "A Q14"),
    ("launch_may_drop_root", False, "A Q15"),
    ("bare_metal_x86_has_uefi", False, "A Q16"),
    ("inherited_iops", InheritedIops.DROPPED_FOR_GP2_AND_STANDARD, "A BM-6"),
    ("protected_image_code", ErrorCode.OPERATION_NOT_PERMITTED, "C 15 (point 1)"),
    ("cooldown_end_is_returned", True, "C 15 (point 2)"),
    ("cooldown_can_be_dropped", True, "C 15 (point 3)"),
    ("deprecation_bounds_code", ErrorCode.INVALID_PARAMETER_VALUE, "C 15 (point 4)"),
    ("public_deprecation_code", ErrorCode.OPERATION_NOT_PERMITTED, "C 15 (point 4)"),
    ("repeated_disabling_succeeds", True, "C 15 (point 5)"),
    ("disabled_image_may_be_stored", False, "C 15 (point 7)"),
    ("store_tasks_of_unknown_images_are_left_out", True, "C 7.20"),
    ("restored_snapshots_are_told_of", False, "C 9.3"),
    ("archived_snapshots_code", ErrorCode.INCORRECT_STATE, "C 15 (point 8)"),
    ("binned_image_holds_name", False, "C 15 (point 9)"),
    ("bin_restores_disabled_state", True, "C 15 (point 10)"),
    ("unfinished_image_enters_bin", False, "C 15 (point 11)"),
    ("orphaned_snapshots_complete", True, "C 15 (point 12)"),
    ("store_access_code", ErrorCode.AUTH_FAILURE, "C 15 (point 13)"),
    ("locked_snapshot_code", ErrorCode.OPERATION_NOT_PERMITTED, "C 15 (point 14)"),
    ("temporary_restore_counts_from_completion", True, "C 15 (point 15)"),
]


@pytest.mark.parametrize(("field", "choice", "rule"), BOOK_QUIRKS, ids=[row[0] for row in BOOK_QUIRKS])
def test_quirks_are_as_the_rules_choose(field: str, choice: object, rule: str) -> None:
    assert getattr(Quirks(), field) is choice
    assert rule in docstrings(Quirks)[field]


def alternatives(field: str) -> list[bool | Word]:
    """Every other choice that a field has."""
    chosen: bool | Word = getattr(Quirks(), field)
    choices: list[bool | Word] = [True, False] if isinstance(chosen, bool) else [*type(chosen)]
    return [choice for choice in choices if choice is not chosen]


@pytest.mark.parametrize("field", list(attrs.fields_dict(Quirks)))
def test_every_quirk_has_an_alternative_and_takes_nothing_else(field: str) -> None:
    given: dict[str, Any]
    assert alternatives(field)
    for choice in alternatives(field):
        given = {field: choice}
        other = Quirks(**given)
        assert getattr(other, field) is choice
        assert other != Quirks()
    for foreign in (None, 1, "yes"):
        given = {field: foreign}
        with pytest.raises(Malformed) as caught:
            Quirks(**given)
        assert caught.value.code == "InvalidParameterValue"
        assert caught.value.member == field


def test_a_malformed_quirk_names_the_choices() -> None:
    with pytest.raises(Malformed, match=r"Expected one of zero-or-one, exactly-one\.$"):
        Quirks(question_mark_matches="two")  # type: ignore[arg-type]
    with pytest.raises(Malformed, match=r"Expected one of true, false\.$"):
        Quirks(empty_criteria_allow_all=0)  # type: ignore[arg-type]


def test_a_whether_says_what_happens_otherwise() -> None:
    texts = docstrings(Quirks)
    for field in attrs.fields(Quirks):
        assert ("Otherwise" in texts[field.name]) == (field.type is bool), field.name


# Timing

BOOK_TIMES = [
    ("create_image_base", timedelta(seconds=60), "C 13"),
    ("create_image_per_gib", timedelta(seconds=1), "C 13"),
    ("copy_image_base", timedelta(seconds=120), "C 13"),
    ("copy_image_per_gib", timedelta(seconds=2), "C 13"),
    ("snapshot_base", timedelta(seconds=30), "C 13"),
    ("snapshot_per_gib", timedelta(seconds=1), "C 13"),
    ("register_image", timedelta(0), "C 13"),
    ("store_image_per_gib", timedelta(seconds=5), "C 13"),
    ("restore_image_per_gib", timedelta(seconds=5), "C 13"),
    ("archive_snapshot", timedelta(minutes=60), "C 13"),
    ("restore_archived_snapshot", timedelta(hours=24), "C 13"),
    ("fast_snapshot_restore_per_tib", timedelta(minutes=60), "C 13"),
    ("replace_root_volume", timedelta(seconds=25), "C 13"),
    ("instance_pending", timedelta(seconds=30), "C 13"),
    ("instance_stopping", timedelta(seconds=30), "C 13"),
    ("instance_shutting_down", timedelta(seconds=30), "C 13"),
    ("windows_launch", timedelta(seconds=900), "C 13"),
    ("windows_fast_launch", timedelta(seconds=315), "C 13"),
    ("terminated_instance_shown", timedelta(hours=1), "C 13"),
    ("deregistered_shown", timedelta(0), "C 5.10"),
    ("gone_after", timedelta(days=7), "S 11"),
    ("deregistration_cooldown", timedelta(hours=24), "C 4.4"),
    ("last_launched_lag", timedelta(hours=24), "C 11.1"),
    ("first_retention_rule_delay", timedelta(minutes=30), "S 19"),
    ("later_retention_rule_delay", timedelta(0), "C 6.9"),
    ("public_listing_delay", timedelta(0), "C 13"),
    ("lifecycle_policy_jitter", timedelta(0), "C 13"),
    ("block_public_access_delay", timedelta(0), "B BPA-4"),
    ("propagation_delay", timedelta(0), "C 1.3.5"),
    ("usage_report_expiry", timedelta(days=30), "B UR-4"),
    ("usage_report_instance_lag", timedelta(0), "B UR-7"),
    ("store_task_shown", timedelta(days=31), "C 7.20"),
    ("import_task_shown", timedelta(days=7), "C 11.26"),
    ("snapshot_interval", timedelta(seconds=15), "C 8.5"),
    ("minimum_archive_period", timedelta(days=90), "C 8.52"),
]


@pytest.mark.parametrize(("field", "value", "rule"), BOOK_TIMES, ids=[row[0] for row in BOOK_TIMES])
def test_durations_are_those_of_the_rules(field: str, value: timedelta, rule: str) -> None:
    assert getattr(Timing.typical(), field) == value
    assert rule in docstrings(Timing)[field]


def test_typical_is_the_default() -> None:
    assert Timing.typical() == Timing()


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(Timing)])
def test_in_an_instant_work_takes_no_time_and_terms_stay(field: str) -> None:
    typical, instant = getattr(Timing.typical(), field), getattr(Timing.instant(), field)
    assert instant <= typical
    if docstrings(Timing)[field].startswith("Term. "):
        assert instant == typical > timedelta(0)
    else:
        assert docstrings(Timing)[field].startswith("Speed")
        assert instant == timedelta(0)


PACES = [name for name in vars(Timing) if name.endswith("_duration")]
SIZES = st.floats(0, 65_536) | st.integers(0, 65_536)


@pytest.mark.parametrize(
    ("pace", "size_gib", "duration"),
    [
        ("create_image_duration", 8, timedelta(seconds=68)),
        ("copy_image_duration", 8, timedelta(seconds=136)),
        ("copy_snapshot_duration", 8, timedelta(seconds=136)),
        ("snapshot_duration", 0, timedelta(seconds=30)),
        ("snapshot_duration", 100, timedelta(seconds=130)),
        ("store_image_duration", 8, timedelta(seconds=40)),
        ("restore_image_duration", 8, timedelta(seconds=40)),
        ("export_image_duration", 8, timedelta(seconds=40)),
        ("import_duration", 8, timedelta(seconds=40)),
        ("fast_snapshot_restore_duration", 1024, timedelta(hours=1)),
    ],
)
def test_durations_that_depend_on_a_size(pace: str, size_gib: float, duration: timedelta) -> None:
    assert getattr(Timing(), pace)(size_gib) == duration


@given(st.sampled_from(PACES), SIZES, SIZES)
def test_more_takes_no_less_time_and_in_an_instant_none(pace: str, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert timedelta(0) <= getattr(Timing(), pace)(less) <= getattr(Timing(), pace)(more)
    assert getattr(Timing.instant(), pace)(more) == timedelta(0)


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("size_gib", [-1, float("nan")])
def test_no_size_is_negative(pace: str, size_gib: float) -> None:
    with pytest.raises(Malformed, match="Expected a size that is not negative"):
        getattr(Timing(), pace)(size_gib)


@pytest.mark.parametrize("value", [timedelta(seconds=-1), 30, None])
def test_malformed_durations(value: object) -> None:
    with pytest.raises(Malformed) as caught:
        Timing(gone_after=value)  # type: ignore[arg-type]
    assert caught.value == Malformed(
        "InvalidParameterValue",
        f"Value ({value}) for parameter gone_after is invalid. Expected a duration that is not negative.",
        member="gone_after",
        value=value,
    )
