"""How much of everything EC2 allows: quotas, and the bounds of what a request may ask for.

A quota can be raised for an account, and most bounds have moved from one release of EC2 to the next. So no rule holds a
number of its own: it is given a `Limits`. Each field's docstring says what is counted and which rule says so. What
cannot differ stays out: formats such as the length of a name, and what a volume type takes (`amimodel.volume_types`).

Source: EC2 User Guide, "AMI quotas"; EBS User Guide, "Quotas for Amazon EBS" and "Recycle Bin"; botocore 1.44.5, the
bounds of the EC2, rbin, DLM and Image Builder shapes; rules A 9, B 12, C 5.20, C 6.1; settlement S 51.
"""

from typing import Final, Self

from attrs import Attribute, field, fields, frozen

from amimodel.malformed import invalid_value

_TINY: Final = "amimodel.limits.tiny"
_LEAST: Final = "amimodel.limits.least"


def _whole_number(_: object, attribute: "Attribute[int]", value: object) -> None:
    least: int = attribute.metadata[_LEAST]
    if type(value) is not int or value < least:
        raise invalid_value(attribute.name, value, f"Expected a whole number of at least {least}.")


def _limit(default: int, *, tiny: int | None = None, least: int = 1) -> int:
    """Declare a limit: EC2's own number, the one for tests where it differs, and the least that makes sense."""
    limit: int = field(
        default=default,
        validator=_whole_number,
        metadata={_TINY: default if tiny is None else tiny, _LEAST: least},
    )
    return limit


@frozen(kw_only=True)
class Limits:
    """Every quota and every bound, with the number that a new account meets.

    >>> Limits().public_images_per_region, Limits.tiny().public_images_per_region
    (5, 1)
    >>> Limits(public_images_per_region=100).public_images_per_region
    100
    >>> Limits(finding_paths=0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Value (0) for parameter finding_paths is invalid. Expected ...

    A quota of 0 leaves nothing; everything else is at least 1. Where a least and a most belong together
    (`min_...` and `max_...`), the least is not above the most. Raises `Malformed` (`InvalidParameterValue`).

    Source: rules A 9, B 12, C 5.20; settlement S 51.
    """

    # Images
    images_per_region: int = _limit(50_000, tiny=3, least=0)
    """Images of an account, in the Recycle Bin or out of it: rules A 9, B CI-13, C 5.20."""
    public_images_per_region: int = _limit(5, tiny=1, least=0)
    """Public images of an account, and those in the Recycle Bin that were public: rules A 9, B LP-23, C 5.20."""
    shared_entities_per_image: int = _limit(1000, tiny=2, least=0)
    """Accounts, organizations and OUs that an image is shared with: rules A 9, B LP-19, C 5.20."""
    accounts_per_permission_request: int = _limit(10_000, tiny=3)
    """Account ids that one ModifyImageAttribute adds or removes: rules A 9, B LP-18."""
    watermarks_per_image: int = _limit(5, tiny=1, least=0)
    """Watermarks on an image, inherited ones included: rule B W-3."""
    ancestry_entries: int = _limit(50, tiny=3)
    """Images that GetImageAncestry follows before it stops: rules A AN-2, B AN-3."""
    instance_types_per_list: int = _limit(100, tiny=2, least=0)
    """Entries in each list of an instance type specification: rules A IT-1, B IT-4."""
    concurrent_image_copies: int = _limit(300, tiny=2, least=0)
    """Copies in progress to one destination Region: rule B CI-14."""
    concurrent_no_reboot_images_per_instance: int = _limit(20, tiny=1, least=0)
    """Images being made of one instance without reboot; EC2 does not publish its number: rules A CI-5, C 12.19."""
    max_instance_store_root_gib: int = _limit(10)
    """Root volume of an instance-store image: rules A RI-4, A 5.2."""
    attachments_per_nitro_instance: int = _limit(28, tiny=3)
    """Volumes, interfaces and NVMe stores attached to a Nitro instance: rule A BM-13."""
    finding_paths: int = _limit(10, tiny=1)
    """Paths that GetImageFindings names with a finding: rules A SR-3, B FI-1."""

    # Deprecation
    max_deprecation_years: int = _limit(10)
    """How far ahead a private image can be deprecated, from now: rule C 2.6."""
    max_public_deprecation_years: int = _limit(2)
    """How far ahead a public image can be deprecated, from its creation: rules A DP-2, B LP-32, C 2.7."""
    unused_public_image_months: int = _limit(6)
    """After so long without a launch, a deprecated public image is made private: rule B LP-36."""

    # Allowed AMIs
    image_criteria: int = _limit(10, tiny=2)
    """Criteria in an account's list: rules A 9, B 4.2."""
    image_providers_per_criterion: int = _limit(200, tiny=2)
    """ImageProviders of a criterion: rules A 9, B 4.2."""
    image_names_per_criterion: int = _limit(50, tiny=2)
    """ImageNames of a criterion: rules A 9, B 4.2."""
    marketplace_product_codes_per_criterion: int = _limit(50, tiny=2)
    """MarketplaceProductCodes of a criterion: rules A 9, B 4.2."""
    image_watermarks_per_criterion: int = _limit(50, tiny=2)
    """ImageWatermarks of a criterion: rules A 9, B 4.2."""

    # Tags
    tags_per_resource: int = _limit(50, tiny=3, least=0)
    """User tags that an account puts on a resource: rules A TG-1, B TG-6."""
    resources_per_tag_request: int = _limit(1000, tiny=3)
    """Resources that one CreateTags or DeleteTags names: rules A TG-8, B TG-9."""
    tags_per_delete_request: int = _limit(1000, tiny=3)
    """Tags that one DeleteTags names: rule B TG-13."""

    # Snapshots
    snapshots_per_region: int = _limit(100_000, tiny=3, least=0)
    """Snapshots of an account: rule C 8.6."""
    pending_snapshots_per_account: int = _limit(100, tiny=2, least=0)
    """Snapshots of an account that are not complete yet: rule C 8.6."""
    pending_snapshots_per_volume: int = _limit(5, tiny=2, least=0)
    """Snapshots of one volume that are pending or in error: rule C 8.4."""
    pending_snapshots_per_st1_or_sc1_volume: int = _limit(1, least=0)
    """The same for a volume of type st1 or sc1: rule C 8.4."""
    volumes_per_snapshot_set: int = _limit(40, tiny=2)
    """Volumes that one CreateSnapshots covers: rule C 8.8."""
    excluded_volumes_per_snapshot_set: int = _limit(40, tiny=1)
    """Volumes that one CreateSnapshots leaves out: rule C 8.8."""
    concurrent_snapshot_copies: int = _limit(20, tiny=1, least=0)
    """CopySnapshot copies in progress to one destination Region: rules B CS-5, C 8.18."""
    permission_changes_per_snapshot_request: int = _limit(500, tiny=3)
    """Changes that one ModifySnapshotAttribute makes: rules B SP-4, C 8.34."""

    # Time-based copies
    min_completion_duration_minutes: int = _limit(15)
    """The shortest time a copy can be asked to take: rules B CI-19, C 8.23."""
    max_completion_duration_minutes: int = _limit(2880)
    """The longest time a copy can be asked to take: rules B CI-19, B CS-6, C 8.23."""
    completion_duration_step_minutes: int = _limit(15)
    """A completion duration is a multiple of this: rules B CI-19, C 8.23."""
    time_based_copy_mibps: int = _limit(500, tiny=1)
    """The fastest a single time-based copy goes: rules B CI-20, C 8.23."""
    time_based_copies_mibps: int = _limit(2000, tiny=2)
    """The fastest all time-based copies between two Regions go together: rules B CI-20, C 8.23."""

    # Archive
    archived_snapshots_per_volume: int = _limit(25, tiny=2, least=0)
    """Archived snapshots of one volume: rule C 8.53."""
    concurrent_archives: int = _limit(25, tiny=1, least=0)
    """Snapshots of an account on their way into the archive: rule C 8.53."""
    concurrent_archive_restores: int = _limit(5, tiny=1, least=0)
    """Snapshots of an account on their way out of the archive: rule C 8.53."""
    min_temporary_restore_days: int = _limit(1)
    """The shortest temporary restore: rule C 8.47."""
    max_temporary_restore_days: int = _limit(180)
    """The longest temporary restore: rule C 8.47."""
    default_temporary_restore_days: int = _limit(1)
    """How long a restore holds that says neither days nor permanent: rule C 8.47."""

    # Locks
    min_lock_duration_days: int = _limit(1)
    """The shortest lock, whether by duration or by expiration date: rules C 8.61, C 8.65."""
    max_lock_duration_days: int = _limit(36_500)
    """The longest lock: rule C 8.61."""
    min_cool_off_period_hours: int = _limit(1)
    """The shortest cooling-off of a compliance lock: rule C 8.61."""
    max_cool_off_period_hours: int = _limit(72)
    """The longest cooling-off of a compliance lock: rule C 8.61."""

    # Fast snapshot restore
    fast_snapshot_restores_per_region: int = _limit(5, tiny=1, least=0)
    """Snapshots for which an account has it switched on: rule C 8.78."""
    max_fast_snapshot_restore_gib: int = _limit(16_384)
    """The largest snapshot that can have it: rule C 8.77."""
    fast_snapshot_restore_credits: int = _limit(10, tiny=1)
    """The most volumes that can be saved up, and the most credits an hour brings: rule C 8.81."""
    fast_snapshot_restore_credit_gib: int = _limit(1024)
    """The size that earns one credit an hour; smaller snapshots earn more: rule C 8.81."""

    # Store and restore through S3
    max_stored_image_gb: int = _limit(5000)
    """The largest image that can be stored: rule C 7.6."""
    stores_in_progress_gb: int = _limit(1200, tiny=1)
    """No new store task starts while so much is in progress: rules A 9, C 7.7."""
    restores_in_progress_gb: int = _limit(600, tiny=1)
    """No new restore task starts while so much is in progress: rules A 9, C 7.33."""
    image_ids_per_store_task_query: int = _limit(20, tiny=2)
    """ImageIds of one DescribeStoreImageTasks: rule C 7.20."""

    # Recycle Bin
    retention_rules_per_region: int = _limit(250, tiny=2, least=0)
    """Retention rules of an account, whatever they retain: rule C 6.1."""
    retention_rules_per_tag: int = _limit(5, tiny=1)
    """Rules in which one tag pair may stand: rule C 6.2."""
    tags_per_retention_rule: int = _limit(50, tiny=2, least=0)
    """Tags on a rule itself: rule C 6.1."""
    resource_tags_per_retention_rule: int = _limit(50, tiny=2, least=0)
    """Tag pairs that make a resource fall under a rule: rule C 6.1."""
    excluded_resource_tags_per_retention_rule: int = _limit(5, tiny=1, least=0)
    """Tag pairs that keep a resource out of a rule: rule C 6.1."""
    min_retention_days: int = _limit(1)
    """The shortest retention of anything: rule C 6.1."""
    max_image_retention_days: int = _limit(365)
    """The longest retention of an image: rule C 6.1."""
    max_snapshot_retention_days: int = _limit(365)
    """The longest retention of a snapshot: rule C 6.1."""
    max_volume_retention_days: int = _limit(7)
    """The longest retention of a volume: rule C 6.1."""
    min_unlock_delay_days: int = _limit(7)
    """The shortest wait between the unlocking of a rule and its change: rule C 6.1."""
    max_unlock_delay_days: int = _limit(30)
    """The longest wait between the unlocking of a rule and its change: rule C 6.1."""
    image_ids_per_recycle_bin_query: int = _limit(20, tiny=2)
    """ImageIds of one ListImagesInRecycleBin: rule C 6.27."""

    # Fast launch
    parallel_launches_per_region: int = _limit(40, tiny=6, least=0)
    """MaxParallelLaunches of all images of an account together: rule C 10.6."""
    min_parallel_launches: int = _limit(6)
    """The least MaxParallelLaunches: rule C 10.6."""
    default_parallel_launches: int = _limit(6)
    """MaxParallelLaunches where the request says nothing: rule C 10.6."""
    min_target_resource_count: int = _limit(1)
    """The least TargetResourceCount: rule C 10.7."""
    default_target_resource_count: int = _limit(5, tiny=1)
    """TargetResourceCount where the request says nothing; 10 in one example: rules C 10.7, C 15."""

    # References and usage reports
    image_ids_per_references_query: int = _limit(10, tiny=2)
    """ImageIds of one DescribeImageReferences: rules A 9, B RF-1."""
    min_version_depth: int = _limit(1)
    """The fewest versions of a launch template that a search can be told to read: rules B RF-4, B UR-2."""
    max_version_depth: int = _limit(10_000)
    """The most versions of a launch template that a search can be told to read: rules B RF-4, B UR-2."""
    default_references_version_depth: int = _limit(10)
    """The versions that DescribeImageReferences reads where it is told nothing: rule B RF-4."""
    default_usage_report_version_depth: int = _limit(20)
    """The versions that a usage report reads where it is told nothing: rule B UR-2."""
    pending_usage_reports_per_account: int = _limit(2000, tiny=2, least=0)
    """Usage reports being made: rule B UR-5."""
    pending_usage_reports_per_image: int = _limit(1, least=0)
    """Usage reports being made for one image: rule B UR-5."""
    accounts_per_usage_report: int = _limit(200, tiny=2)
    """AccountIds of one CreateImageUsageReport: rule B UR-1."""
    ids_per_usage_report_query: int = _limit(200, tiny=2)
    """ImageIds, and ReportIds, of one query for usage reports or their entries: rule B UR-9."""

    # Tasks and instances
    volumes_per_imported_image: int = _limit(21, tiny=2)
    """Volumes of a machine that can be imported: rule C 11.25."""
    instances_per_terminate_request: int = _limit(1000, tiny=3)
    """InstanceIds of one TerminateInstances: rule C 12.3."""

    # Filters
    filters_per_request: int = _limit(50, tiny=3)
    """Filters of one query: rule A FI-2."""
    values_per_filter: int = _limit(200, tiny=3)
    """Values of one filter: rule A FI-2."""
    characters_per_filter_text: int = _limit(255)
    """Characters in a filter's name or in one of its values: rule A FI-2."""

    # Pages: what MaxResults takes
    min_images_page: int = _limit(1)
    """DescribeImages; EC2 publishes no bounds: rules A 8.1, A Q10."""
    max_images_page: int = _limit(1000)
    """DescribeImages; EC2 publishes no bounds: rules A 8.1, A Q10."""
    min_snapshots_page: int = _limit(5)
    """DescribeSnapshots: settlement S 21."""
    max_snapshots_page: int = _limit(1000)
    """DescribeSnapshots: settlement S 21."""
    min_locked_snapshots_page: int = _limit(5)
    """DescribeLockedSnapshots: rule C 8.69."""
    max_locked_snapshots_page: int = _limit(1000)
    """DescribeLockedSnapshots: rule C 8.69."""
    min_fast_snapshot_restores_page: int = _limit(0, least=0)
    """DescribeFastSnapshotRestores: settlement S 51."""
    max_fast_snapshot_restores_page: int = _limit(200)
    """DescribeFastSnapshotRestores: settlement S 51."""
    min_fast_launch_images_page: int = _limit(0, least=0)
    """DescribeFastLaunchImages: rule C 10.12."""
    max_fast_launch_images_page: int = _limit(200)
    """DescribeFastLaunchImages: rule C 10.12."""
    min_instances_page: int = _limit(5)
    """DescribeInstances; an older API reference says so, the present one is silent: settlement S 23."""
    max_instances_page: int = _limit(1000)
    """DescribeInstances; an older API reference says so, the present one is silent: settlement S 23."""
    min_volumes_page: int = _limit(5)
    """DescribeVolumes; an older API reference says so, the present one is silent: rules A DI-1, A DI-2."""
    max_volumes_page: int = _limit(1000)
    """DescribeVolumes; an older API reference says so, the present one is silent: rules A DI-1, A DI-2."""
    min_tags_page: int = _limit(5)
    """DescribeTags, in botocore's words: settlement S 23."""
    max_tags_page: int = _limit(1000)
    """DescribeTags, in botocore's words: settlement S 23."""
    min_instance_image_metadata_page: int = _limit(1)
    """DescribeInstanceImageMetadata: rules A 8.9, C 11.6."""
    max_instance_image_metadata_page: int = _limit(1000)
    """DescribeInstanceImageMetadata, and its page where nothing is asked: rules A 8.9, C 11.6."""
    min_image_findings_page: int = _limit(1)
    """GetImageFindings: rules A SR-3, B FI-1."""
    max_image_findings_page: int = _limit(1000)
    """GetImageFindings: rules A SR-3, B FI-1."""
    min_image_references_page: int = _limit(5)
    """DescribeImageReferences, which has no most: rules A 9, B RF-5."""
    min_usage_reports_page: int = _limit(1)
    """DescribeImageUsageReports, which has no most: settlement S 51."""
    min_usage_report_entries_page: int = _limit(1)
    """DescribeImageUsageReportEntries, which has no most: settlement S 51."""
    min_store_image_tasks_page: int = _limit(1)
    """DescribeStoreImageTasks: rule C 7.20."""
    max_store_image_tasks_page: int = _limit(200)
    """DescribeStoreImageTasks: rule C 7.20."""
    min_export_image_tasks_page: int = _limit(1)
    """DescribeExportImageTasks: settlement S 51."""
    max_export_image_tasks_page: int = _limit(500)
    """DescribeExportImageTasks: settlement S 51."""
    min_replace_root_volume_tasks_page: int = _limit(1)
    """DescribeReplaceRootVolumeTasks: settlement S 51."""
    max_replace_root_volume_tasks_page: int = _limit(50)
    """DescribeReplaceRootVolumeTasks: settlement S 51."""
    min_retention_rules_page: int = _limit(1)
    """ListRules, in botocore's words: rule C 6.1."""
    max_retention_rules_page: int = _limit(1000)
    """ListRules, in botocore's words: rule C 6.1."""
    min_recycle_bin_images_page: int = _limit(1)
    """ListImagesInRecycleBin: rule C 6.27."""
    max_recycle_bin_images_page: int = _limit(1000)
    """ListImagesInRecycleBin, and its page where nothing is asked: rule C 6.27."""
    min_recycle_bin_snapshots_page: int = _limit(5)
    """ListSnapshotsInRecycleBin: rule C 6.28."""
    max_recycle_bin_snapshots_page: int = _limit(1000)
    """ListSnapshotsInRecycleBin: rule C 6.28."""
    min_recycle_bin_volumes_page: int = _limit(5)
    """ListVolumesInRecycleBin: rule C 6.42."""
    max_recycle_bin_volumes_page: int = _limit(500)
    """ListVolumesInRecycleBin: rule C 6.42."""

    # Data Lifecycle Manager
    lifecycle_policies_per_region: int = _limit(100, tiny=2, least=0)
    """Policies of an account: rule C 11.40."""
    schedules_per_lifecycle_policy: int = _limit(4, tiny=2)
    """Schedules of a policy: rule C 11.40."""
    target_tags_per_lifecycle_policy: int = _limit(50, tiny=2)
    """Tags that make an instance a policy's target: rule C 11.40."""
    max_retain_count: int = _limit(1000, tiny=3)
    """Images that a schedule can be told to keep, or to leave undeprecated: rules C 11.42, C 11.45."""
    max_retain_interval_days: int = _limit(36_500)
    """The greatest age at which a schedule can be told to deregister: rule C 11.42."""
    cross_region_copies_per_schedule: int = _limit(3, tiny=1, least=0)
    """Regions that a schedule, or a default policy, copies to: rules C 11.48, C 11.53."""
    min_default_policy_create_interval_days: int = _limit(1)
    """The shortest CreateInterval of a default policy, and the one that holds unasked: rule C 11.53."""
    max_default_policy_create_interval_days: int = _limit(7)
    """The longest CreateInterval of a default policy: rule C 11.53."""
    min_default_policy_retain_interval_days: int = _limit(2)
    """The shortest RetainInterval of a default policy: rule C 11.53."""
    max_default_policy_retain_interval_days: int = _limit(14)
    """The longest RetainInterval of a default policy: rule C 11.53."""
    default_policy_retain_interval_days: int = _limit(7)
    """The RetainInterval of a default policy that holds unasked: rule C 11.53."""
    excluded_tags_per_default_policy: int = _limit(50, tiny=2, least=0)
    """Tags that keep an instance out of a default policy: rule C 11.53."""

    # Image Builder lifecycle policies
    rules_per_image_builder_policy: int = _limit(3, tiny=2)
    """Rules of a policy, at most one of each kind: rule C 11.60."""
    selections_per_image_builder_policy: int = _limit(50, tiny=2)
    """Recipes, or tags, that select a policy's images: rule C 11.60."""
    max_image_builder_filter_value: int = _limit(1000, tiny=3)
    """The greatest age or count that a rule's filter takes: rule C 11.61."""
    max_image_builder_retain_at_least: int = _limit(10, tiny=2)
    """Images that a rule by age can be told to keep all the same: rule C 11.61."""
    excluded_accounts_per_image_builder_rule: int = _limit(1536, tiny=2, least=0)
    """Accounts whose shared images a rule leaves alone: rule C 11.63."""
    excluded_tags_per_image_builder_rule: int = _limit(50, tiny=2, least=0)
    """Tags whose images a rule leaves alone: rule C 11.63."""
    max_image_builder_last_launched: int = _limit(365)
    """The longest time since the last launch that a rule can be told to wait, in its own unit: rule C 11.63."""

    def __attrs_post_init__(self) -> None:
        for attribute in fields(Limits):
            most = attribute.name.replace("min_", "max_", 1)
            if attribute.name.startswith("min_") and getattr(self, most, None) is not None:
                _in_order(self, attribute.name, most)
        for most in ("max_image_retention_days", "max_snapshot_retention_days", "max_volume_retention_days"):
            _in_order(self, "min_retention_days", most)

    @classmethod
    def aws(cls) -> Self:
        """EC2's documented defaults: what a new account meets.

        >>> Limits.aws() == Limits()
        True
        """
        return cls()

    @classmethod
    def tiny(cls) -> Self:
        """Quotas so small that a test reaches every one of them with one, two or three things.

        Only what must be filled up has shrunk. The bounds of a number in a request are EC2's own: to pass one, a test
        needs a number, not a crowd. Fast launch, of which a first image must fit, keeps its six launches.

        >>> Limits.tiny().images_per_region, Limits.tiny().max_lock_duration_days
        (3, 36500)
        """
        return cls(**{attribute.name: attribute.metadata[_TINY] for attribute in fields(cls)})


def _in_order(limits: Limits, least: str, most: str) -> None:
    bound: int = getattr(limits, most)
    if getattr(limits, least) > bound:
        raise invalid_value(least, getattr(limits, least), f"Expected no more than {most}, which is {bound}.")
