"""Where EC2's behaviour is unknown, disputed or has changed: every such choice, as data.

A rule never decides a doubt in its code: it is given `Quirks`. Each field says what it decides and which rules are in
doubt; its default is the choice that the rules make. Whoever knows better, or needs EC2 as it once was, changes it.

Numbers stand in `amimodel.limits`, durations in `amimodel.timing`.

Source: rules A 13, B 14, C 15, and what the rules call a knob, a choice of the model or a conflict of their sources;
settlements S 1 to S 54.
"""

from attrs import fields, frozen

from amimodel._quirk_choices import (
    CooldownTime,
    CopiedDescription,
    CopyRegion,
    ErrorCode,
    InheritedIops,
    InstanceStoreFamilies,
    PermissionOverlap,
    QuestionMark,
    RegionalCopyKey,
    SnapshotEventArn,
    UndeletedSnapshot,
)
from amimodel.malformed import invalid_value
from amimodel.vocabulary import Word

__all__ = [
    "CooldownTime",
    "CopiedDescription",
    "CopyRegion",
    "ErrorCode",
    "InheritedIops",
    "InstanceStoreFamilies",
    "PermissionOverlap",
    "QuestionMark",
    "Quirks",
    "RegionalCopyKey",
    "SnapshotEventArn",
    "UndeletedSnapshot",
]


@frozen(kw_only=True)
class Quirks:
    """Every choice, with the one that the rules make.

    A name says what happens if the field is true; its docstring, what happens otherwise. A field that is neither true
    nor false names one of the choices beside this class, and its docstring tells them apart.

    >>> Quirks().question_mark_matches
    <QuestionMark.ZERO_OR_ONE: 'zero-or-one'>
    >>> Quirks(block_marketplace_cross_account_copy=False) == Quirks()
    False
    >>> Quirks(empty_criteria_allow_all="no")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: ... for parameter empty_criteria_allow_all is invalid. ...

    Raises `Malformed` (`InvalidParameterValue`) for a value of another kind than the default's.

    Source: rules A 13, B 14, C 15.
    """

    # What is found and shown
    question_mark_matches: QuestionMark = QuestionMark.ZERO_OR_ONE
    """How many characters `?` stands for in a filter: rules A FI-3, A Q1; settlement S 8."""
    criteria_question_mark_matches: QuestionMark = QuestionMark.EXACTLY_ONE
    """How many characters `?` stands for in a criterion of Allowed AMIs: rule B 4.2; settlement S 8."""
    image_id_filter_counts_as_id: bool = False
    """The `image-id` filter shows deprecated and disabled images as ImageIds does. Otherwise it shows what a listing
    would: rules A DP-3, C 2.30."""
    invisible_images_are_left_out: bool = True
    """ImageIds naming an image that is there but hidden leaves it out. Otherwise it is `InvalidAMIID.NotFound`:
    rules A VS-1, A VS-4, B 0.3, C 1.4; settlement S 1."""
    disabled_image_described_by_id: bool = True
    """ImageIds shows an owner's disabled image whatever IncludeDisabled says. Otherwise only with it: rules A 8.3,
    A Q8, C 3.14, C 15 (point 6); settlement S 3."""
    executable_by_self_includes_own: bool = True
    """`ExecutableUsers=self` finds one's own image whose permissions list one's own account. Otherwise never an own
    one: rules A EX-2, B VI-1; settlement S 12."""
    image_ids_may_be_paged: bool = True
    """DescribeImages takes MaxResults together with ImageIds. Otherwise `InvalidParameterCombination`: rule A DI-2."""
    guide_watermark_filter_works: bool = False
    """The guide's filter name `image-watermark-key` works, too. Otherwise it is unknown: rule B W-9."""
    unissued_id_is_malformed: bool = False
    """A well-formed id of 17 digits that was never issued is Malformed, as EC2's hidden check sometimes finds.
    Otherwise NotFound: rules A ID-6, C 0.4."""
    pending_image_shows_snapshots: bool = True
    """A pending image's mappings name their snapshots at once. Otherwise only when it is available: rule C 1.2.10."""
    dry_run_checks_compatibility: bool = True
    """A dry run of RunInstances compares image and instance type first. Otherwise it only asks for permission:
    rules A E-6, B LD-2; settlement S 9."""

    # Names and tags
    image_names_are_case_sensitive: bool = True
    """`web` and `Web` are two names. Otherwise one: rule A NM-6."""
    disabled_image_holds_name: bool = True
    """A disabled image's name is taken. Otherwise free: rules A NM-8, A Q6."""
    failed_image_holds_name: bool = True
    """A failed image's name is taken. Otherwise free: rules A NM-8, A Q6, C 1.2.8."""
    binned_image_holds_name: bool = False
    """The name of an image in the Recycle Bin is taken. Otherwise free: rules A NM-9, C 6.25, C 15 (point 9)."""
    tag_key_may_have_128_characters: bool = True
    """The longest tag key has 128 characters. Otherwise 127: rules A TG-2, A Q14, B TG-7."""
    reserved_tag_prefix_ignores_case: bool = True
    """`AWS:` is reserved as `aws:` is. Otherwise only `aws:`: rule A TG-3."""
    request_tags_win: bool = True
    """Of two tags with one key, that of TagSpecifications replaces the one copied or restored. Otherwise it yields:
    rules B CI-31, C 7.37."""
    shared_tags_copied_without_flag: bool = False
    """CopyImage takes the owner's shared tags along in any case. Otherwise only with CopyImageTags: rule B CI-30."""

    # Registering and creating
    mapping_default_delete_on_termination: bool = False
    """A data volume of a mapping that does not say is deleted with its instance. Otherwise it stays: rules A RB-15,
    A 4.4, A Q2."""
    register_accepts_shared_snapshots: bool = False
    """RegisterImage takes a snapshot that another account shares. Otherwise it must be one's own: rules A RB-7, A Q3,
    B EN-14."""
    register_checks_kernel_exists: bool = False
    """RegisterImage looks for the kernel and RAM disk. Otherwise only the launch does: rule A RI-12;
    settlement S 15."""
    register_accepts_paravirtual_uefi: bool = True
    """A paravirtual image may ask for UEFI or a TPM, and fails to launch. Otherwise it cannot be registered:
    rule A RI-11; settlement S 14."""
    register_derives_billing: bool = True
    """RegisterImage takes the licence over that the root snapshot remembers. Otherwise it is lost, as it once was:
    rules A 7.4, A BI-10."""
    arm64_may_have_tpm: bool = True
    """An arm64 image may ask for a TPM. Otherwise it is refused, as it was until about 2024: rule A RI-14."""
    create_image_writes_current_boot_mode: bool = True
    """An image made of an instance whose image had no boot mode has the mode that the instance booted in. Otherwise it
    has none either: rules A 3.5, A Q5."""
    late_termination_fails_image: bool = False
    """Terminating the instance fails its pending image to the last. Otherwise only until the snapshots' point in time:
    rule C 12.18."""
    snapshot_interval_is_enforced: bool = False
    """A second snapshot of a volume within `Timing.snapshot_interval` is refused. Otherwise it is taken: rules A CI-6,
    C 8.5."""

    # Sharing and publishing
    new_accounts_block_public_images: bool = True
    """An account starts with block-new-sharing for images. Otherwise unblocked, as older accounts are: rule B BPA-2;
    settlement S 18."""
    republishing_while_blocked_succeeds: bool = True
    """Publishing what is public already does nothing under block public access. Otherwise it is refused:
    rule B LP-31."""
    publishing_clamps_deprecation: bool = True
    """Publishing brings a later deprecation forward to what a public image may have. Otherwise it only sets a missing
    one: rules B LP-32, B 14, C 2.13."""
    permission_item_may_combine_kinds: bool = True
    """One item of a permission list may name an account and a group; it counts as several. Otherwise it is refused:
    rules B LP-16, B 14."""
    permission_overlap: PermissionOverlap = PermissionOverlap.REMOVED
    """Whether an item that is both added and removed ends removed, ends added, or is refused: rules B LP-17, B 14."""
    snapshot_permissions_added_and_removed_at_once: bool = False
    """One ModifySnapshotAttribute may add and remove. Otherwise it is refused: rules B SP-3, C 8.34."""
    product_codes_modifiable: bool = False
    """ModifyImageAttribute sets product codes. Otherwise it does not know them: rule B 1.3."""
    cancel_share_ignores_allowed_images: bool = True
    """CancelImageLaunchPermission works on an image that Allowed AMIs hides. Otherwise it is NotFound: rule B 0.3."""
    cancel_share_names_unavailable_image: bool = True
    """CancelImageLaunchPermission of a spoilt image that is shared by name is `InvalidAMIID.Unavailable`. Otherwise
    NotFound: rules B 0.3, C 1.3."""
    reattached_watermark_keeps_times: bool = True
    """A watermark attached again stays as it was. Otherwise its times are new: rule B W-4."""

    # Allowed AMIs
    empty_criteria_allow_all: bool = False
    """Enabled without any criterion, every image is allowed. Otherwise only own ones are: rules B AA-11, B 14."""
    amazon_provider_includes_marketplace: bool = False
    """The provider `amazon` stands for images of AWS Marketplace, too. Otherwise for those of Amazon: rule B AA-12."""
    criteria_replaceable_while_disabled: bool = True
    """Criteria can be replaced in any state. Otherwise only after enabling, as the guide tells it: rule B AA-4."""
    copy_allowed_by_settings_of: CopyRegion = CopyRegion.SOURCE
    """The Region whose settings say whether an image may be copied, of the copy's two: rule B CI-3."""

    # Copying
    copy_reveals_invisible_image: bool = False
    """CopyImage of a hidden image is `AuthFailure`, which tells that it is there. Otherwise NotFound: rules B CI-2,
    B 14, C 1.4; settlement S 26."""
    owner_may_copy_disabled_image: bool = False
    """Owners copy their disabled images, as the console offers. Otherwise `InvalidAMIID.Unavailable`: rules B CI-4,
    B 14, C 1.3, C 15 (point 7); settlement S 6."""
    block_marketplace_cross_account_copy: bool = True
    """Nobody copies another account's image that has a product code of AWS Marketplace. Otherwise they may:
    rules B CI-7, B 14."""
    block_billing_product_cross_account_copy: bool = False
    """Nobody copies another account's image of a licensed system, as it was until about 2020. Otherwise they may:
    rule B CI-9."""
    description_of_copy: CopiedDescription = CopiedDescription.EMPTY
    """Whether a copy without a description has none, the source's, or the text that the console proposes: rules B 7.1,
    B 14."""
    cross_region_copy_key: RegionalCopyKey = RegionalCopyKey.DEFAULT_KEY
    """Whether the account's default key or the AWS managed key encrypts a copy in another Region of an encrypted
    snapshot, if no key is named: rules B 6.4 (row 6), B 14."""
    image_copies_count_as_snapshot_copies: bool = False
    """What CopyImage copies counts towards the limit of CopySnapshot. Otherwise it has its own: rule B CI-25."""
    default_key_shown_as_alias: bool = False
    """GetEbsDefaultKmsKeyId says `alias/aws/ebs` for the AWS managed key. Otherwise the key's ARN: rule B EN-2."""

    # Launching
    launch_reveals_invisible_image: bool = True
    """RunInstances of an image without launch permission is `AuthFailure`. Otherwise NotFound: rules A 5.4, A Q7,
    B LD-6; settlement S 2."""
    launch_ignores_encrypted_false: bool = True
    """Encrypted=false for an encrypted snapshot changes nothing. Otherwise the launch is refused, as it once was:
    rules A BM-10, B EN-15, B 14."""
    launch_may_drop_root: bool = False
    """NoDevice on the root device launches an instance that cannot boot. Otherwise it is refused: rules A BM-3,
    A Q15."""
    inherited_iops: InheritedIops = InheritedIops.DROPPED_FOR_GP2_AND_STANDARD
    """Whether an image's IOPS and throughput are kept, dropped for gp2 and standard alone, or dropped, when a launch
    changes the volume type: rule A BM-6."""
    untyped_image_boots_as_uefi: bool = True
    """An x86 image without boot mode launches on a type that only has UEFI. Otherwise it is refused: rules A 6.2,
    B 5.2; settlement S 39."""
    firmware_falls_back_to_legacy_guest: bool = True
    """A uefi-preferred image whose guest is known to boot by BIOS does so. Otherwise its instance is UEFI:
    rule A 6.2."""
    local_zones_have_uefi: bool = True
    """UEFI works in Local Zones. Otherwise not, as of 2023: rules A BO-4, A Q9."""
    outposts_have_uefi: bool = True
    """UEFI works on Outposts. Otherwise not, as of 2023: rules A BO-4, A Q9."""
    bare_metal_x86_has_uefi: bool = False
    """Bare-metal x86 types boot by UEFI. Otherwise by BIOS alone: rules A BO-3, A Q16."""
    hs1_is_paravirtual: bool = False
    """HS1 instances run paravirtual images, as of 2023. Otherwise not: rules A 5.3, A Q11."""
    instance_store_families: InstanceStoreFamilies = InstanceStoreFamilies.OF_2026
    """Whether the families with instance-store roots are those of the guide of 2026 or of 2023: rules A 5.2, A Q12."""

    # Deprecating, disabling, protecting
    deprecate_at_checked_before_rounding: bool = True
    """A time is in the past as it was given. Otherwise as it was rounded: rule C 2.5."""
    deprecation_years_follow_the_calendar: bool = True
    """A year ends on the same date. Otherwise after 365 days: rules C 2.6, C 2.7."""
    repeated_disabling_succeeds: bool = True
    """DisableImage of a disabled image, and EnableImage of an available one, change nothing. Otherwise they are
    refused: rules C 3.20, C 15 (point 5)."""
    disabled_image_may_be_modified: bool = False
    """An owner may modify a disabled image's description. Otherwise it is `InvalidAMIID.Unavailable`: rules B LP-22,
    C 1.3, C 15 (point 7)."""
    disabled_image_may_be_stored: bool = False
    """A disabled image can be stored to S3. Otherwise it is `InvalidAMIID.Unavailable`: rules C 1.3, C 15 (point 7)."""
    disabled_image_pauses_fast_launch: bool = True
    """No further snapshots are prepared for a disabled image. Otherwise they are: rule C 3.24."""
    temporary_restore_enables_image: bool = False
    """EnableImage is content with archived snapshots that are restored for a time. Otherwise they must be back for
    good: rules C 3.17, C 15 (points 8 and 15)."""
    cooldown_can_be_dropped: bool = True
    """A protection with cooldown can be changed into one without, and so be ended at once. Otherwise not: rules C 4,
    C 15 (point 3)."""
    cooldown_restarts_on_disable: bool = False
    """Disabling the protection again starts the cooldown again. Otherwise it runs on: rule C 4."""
    cooldown_end_is_returned: bool = True
    """DisableImageDeregistrationProtection returns `disabled after ...` if there is a cooldown. Otherwise `disabled`:
    rules C 4.2, C 15 (point 2)."""
    cooldown_time: CooldownTime = CooldownTime.MILLISECONDS
    """Whether the end of a cooldown is written with milliseconds or whole seconds: rules C 4, C 15 (point 2)."""

    # Deregistering, and the Recycle Bin
    live_instance_keeps_tombstone: bool = False
    """A deregistered image's id is remembered as long as an instance of it lives. Otherwise only for
    `Timing.gone_after`: rules A VS-3, C 5.9, C 5.10; settlement S 11."""
    unfinished_image_enters_bin: bool = False
    """A pending or failed image enters the Recycle Bin. Otherwise it is gone: rules C 5.8, C 15 (point 11)."""
    orphaned_snapshots_complete: bool = True
    """The snapshots of a pending image that is deregistered are finished all the same. Otherwise they end in error:
    rule C 15 (point 12)."""
    deregistering_ends_fast_launch: bool = True
    """Fast launch ends with its image, by force. Otherwise its snapshots stay: rules C 5.17, C 10.15."""
    binning_emits_deregistered: bool = True
    """The event `deregistered` also tells of images that enter the Recycle Bin. Otherwise only of those that are gone:
    rule C 5.18."""
    bin_restores_disabled_state: bool = True
    """An image that was disabled returns from the bin disabled. Otherwise available: rules C 6.33, C 15 (point 10)."""
    bin_restore_emits_available: bool = False
    """A return from the bin emits the event `available`. Otherwise nothing: rules C 9.2, C 15 (point 10)."""
    bin_restore_republishes_blocked_image: bool = False
    """A public image returns public although block public access is on. Otherwise it returns without the group `all`:
    rules B BPA-10, C 6.18; settlement S 7."""
    relocking_changes_unlock_delay: bool = True
    """A retention rule that is locked again while its unlock delay runs gets the delay that the request names.
    Otherwise it keeps the one it has until the delay is over, as the guide on unlocking has it: rule C 6 (lock
    states)."""
    locked_snapshot_result: UndeletedSnapshot = UndeletedSnapshot.CLIENT_ERROR
    """What DeregisterImage reports of an associated snapshot that is locked: rules C 5.30, C 15 (point 14)."""

    # Storing and restoring
    store_tasks_queue: bool = True
    """Store and restore tasks are worked off one after the other. Otherwise side by side: rule C 13."""
    store_quota_is_regional: bool = True
    """Tasks in progress count per account and Region. Otherwise per account: rule C 7.7."""
    store_survives_deregistration: bool = True
    """A store task goes on when its image is deregistered. Otherwise it fails: rule C 7.12."""
    store_keeps_product_codes: bool = True
    """A stored image keeps its product codes. Otherwise it loses them: rule C 7.17."""
    store_keeps_watermarks: bool = False
    """A stored image keeps its watermarks. Otherwise it loses them: rule B W-7."""
    store_keeps_deprecation: bool = False
    """A stored image keeps its deprecation time. Otherwise it loses it: rule C 7.16."""
    store_tasks_of_unknown_images_are_left_out: bool = True
    """DescribeStoreImageTasks leaves out ImageIds that name no image. Otherwise it is `InvalidAMIID.NotFound`: rules
    C 7.20, C 7.21."""
    restored_snapshots_are_told_of: bool = False
    """Snapshots restored from S3 emit `createSnapshot` when they are complete. Otherwise only their image is told of:
    rules C 9.2, C 9.3."""

    # Snapshots
    data_snapshots_are_in_use: bool = True
    """A snapshot that an image uses for any device cannot be deleted. Otherwise only a root's cannot: rule C 8.27."""
    temporary_restore_counts_from_completion: bool = True
    """The days of a temporary restore begin when it is complete. Otherwise with the request: rules C 8.49,
    C 15 (point 15)."""
    locked_snapshot_may_be_archived: bool = True
    """A locked snapshot can be archived. Otherwise it is refused: rule C 8.66."""
    archived_snapshot_may_be_locked: bool = True
    """An archived snapshot can be locked. Otherwise it is refused: rule C 8.66."""
    snapshot_event_arn: SnapshotEventArn = SnapshotEventArn.AS_ELSEWHERE
    """Whether events spell a snapshot's ARN as everything else does, or as the guide's samples do: rule C 9.3."""
    restore_expiry_event_is_misspelled: bool = False
    """The event at the end of a temporary restore is `restoryExpiry`, as in the sample. Otherwise `restoreExpiry`:
    rule C 9.3."""

    # Reports and policies
    usage_report_counts_owner: bool = False
    """A usage report counts the owner's own use, too. Otherwise only that of other accounts: rule B UR-8."""
    lifecycle_policy_retries_protected_image: bool = True
    """A policy tries at each run to deregister an image that is protected. Otherwise it gives up: rule C 11.54."""

    # Codes that no source has seen
    tpm_without_uefi_code: ErrorCode = ErrorCode.INVALID_PARAMETER_COMBINATION
    """RegisterImage with a TPM but without boot mode uefi: rules A RI-14, A Q4."""
    watermark_on_public_image_code: ErrorCode = ErrorCode.OPERATION_NOT_PERMITTED
    """Publishing an image with a watermark, and the reverse: rules B LP-27, B W-2, B 14."""
    watermark_limit_code: ErrorCode = ErrorCode.RESOURCE_LIMIT_EXCEEDED
    """One watermark too many: rules B W-3, B 14."""
    encrypted_public_snapshot_code: ErrorCode = ErrorCode.OPERATION_NOT_PERMITTED
    """Publishing an encrypted snapshot: rules B SP-8, B 14."""
    declarative_policy_code: ErrorCode = ErrorCode.OPERATION_NOT_PERMITTED
    """Changing a setting that a declarative policy manages: rules B BPA-9, B SBP-8, B AA-6, B 14."""
    reserved_tag_key_code: ErrorCode = ErrorCode.INVALID_PARAMETER_VALUE
    """A tag key that begins with `aws:`; the other is InvalidTagKey.Malformed: rules A TG-3, B TG-8, B 14;
    settlement S 54."""
    foreign_shared_tag_code: ErrorCode = ErrorCode.OPERATION_NOT_PERMITTED
    """A shared tag on somebody else's image; the other is UnauthorizedOperation: rules B TG-3, B 14."""
    misplaced_shared_tag_code: ErrorCode = ErrorCode.INVALID_PARAMETER_VALUE
    """A shared tag on what is no image: rules B TG-4, B 14."""
    deprecation_bounds_code: ErrorCode = ErrorCode.INVALID_PARAMETER_VALUE
    """A deprecation time that is past or too far ahead: rules C 2.8, C 15 (point 4)."""
    public_deprecation_code: ErrorCode = ErrorCode.OPERATION_NOT_PERMITTED
    """Cancelling the deprecation of a public image: rules C 2.12, C 15 (point 4)."""
    archived_snapshots_code: ErrorCode = ErrorCode.INCORRECT_STATE
    """EnableImage of an image with archived snapshots: rules C 3.17, C 15 (point 8)."""
    protected_image_code: ErrorCode = ErrorCode.OPERATION_NOT_PERMITTED
    """DeregisterImage of a protected image: rules C 4.5, C 15 (point 1)."""
    locked_snapshot_code: ErrorCode = ErrorCode.OPERATION_NOT_PERMITTED
    """DeleteSnapshot of a locked snapshot: rules C 8.60, C 15 (point 14)."""
    store_bucket_code: ErrorCode = ErrorCode.INVALID_PARAMETER_VALUE
    """A bucket that is missing or in another Region: rules C 7.2, C 15 (point 13)."""
    store_access_code: ErrorCode = ErrorCode.AUTH_FAILURE
    """A bucket that refuses access: rules C 7.2, C 15 (point 13)."""
    store_kind_code: ErrorCode = ErrorCode.UNSUPPORTED_OPERATION
    """Storing an image that is not EBS-backed, or paravirtual: rules C 7.3, C 15 (point 13)."""
    store_size_code: ErrorCode = ErrorCode.INVALID_PARAMETER_VALUE
    """Storing an image that is too large: rules C 7.6, C 15 (point 13)."""
    store_progress_code: ErrorCode = ErrorCode.RESOURCE_LIMIT_EXCEEDED
    """A store or restore task while too much is in progress: rules C 7.7, C 7.33, C 15 (point 13)."""
    store_twice_code: ErrorCode = ErrorCode.INVALID_REQUEST
    """Storing an image where it is stored already: rules C 7.8, C 15 (point 13)."""
    store_paging_code: ErrorCode = ErrorCode.INVALID_PARAMETER_COMBINATION
    """MaxResults together with ImageIds in DescribeStoreImageTasks: rules C 7.21, C 15 (point 13)."""
    restore_object_code: ErrorCode = ErrorCode.INVALID_PARAMETER_VALUE
    """Restoring from an object that is missing or no stored image: rules C 7.34, C 15 (point 13)."""

    def __attrs_post_init__(self) -> None:
        for attribute in fields(Quirks):
            default: object = attribute.default
            value: object = getattr(self, attribute.name)
            if type(value) is not type(default):
                words = ", ".join(type(default)) if isinstance(default, Word) else "true, false"
                raise invalid_value(attribute.name, value, f"Expected one of {words}.")
