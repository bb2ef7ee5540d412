"""How long everything takes, and how long everything lasts.

There are two kinds of duration. A *speed* is how long EC2 needs for some work: documented vaguely, observed at best,
and nothing that a rule depends on, so `Timing.instant()` has it at zero. A *term* is a rule told as a duration, such as
the 24 hours of a cooldown; it is the same in both. The docstring of each field says which it is.

Durations that a request asks for, such as a lock's, are bounded by `amimodel.limits.Limits` and stand nowhere else.

Source: rules C 13 (the table), A CI-6, B BPA-4, B UR-4; settlements S 11, S 19.
"""

# ruff: noqa: RUF009 - a duration never changes, so instances may share the one that a field starts with

from datetime import timedelta
from typing import Final, Self

from attrs import Attribute, field, fields, frozen

from amimodel.malformed import invalid_value

_INSTANT: Final = "amimodel.timing.instant"
_NOTHING: Final = timedelta()
_GIB_PER_TIB: Final = 1024


def _not_negative(_: object, attribute: "Attribute[timedelta]", value: object) -> None:
    if not isinstance(value, timedelta) or value < _NOTHING:
        raise invalid_value(attribute.name, value, "Expected a duration that is not negative.")


def _speed(typical: timedelta = _NOTHING) -> timedelta:
    """Declare how long some work takes; nothing but patience depends on it."""
    speed: timedelta = field(default=typical, validator=_not_negative, metadata={_INSTANT: _NOTHING})
    return speed


def _term(length: timedelta) -> timedelta:
    """Declare how long something lasts by rule, however fast the machines are."""
    term: timedelta = field(default=length, validator=_not_negative, metadata={_INSTANT: length})
    return term


def _paced(base: timedelta, per_gib: timedelta, size_gib: float) -> timedelta:
    if not size_gib >= 0:  # not even a size that is no number
        raise invalid_value("SizeGib", size_gib, "Expected a size that is not negative.")
    return base + per_gib * size_gib


@frozen(kw_only=True)
class Timing:
    """Every duration, with the book's guess at EC2's typical pace.

    >>> Timing().deregistration_cooldown == Timing.instant().deregistration_cooldown == timedelta(hours=24)
    True
    >>> print(Timing().copy_image_duration(8), Timing.instant().copy_image_duration(8))
    0:02:16 0:00:00

    Raises `Malformed` (`InvalidParameterValue`) for a negative duration.

    Source: rule C 13; settlements S 11, S 19.
    """

    # Images come into being
    register_image: timedelta = _speed()
    """Speed. From RegisterImage to available: rules C 1.2.9, C 13."""
    create_image_base: timedelta = _speed(timedelta(seconds=60))
    """Speed. What CreateImage takes in any case: rule C 13."""
    create_image_per_gib: timedelta = _speed(timedelta(seconds=1))
    """Speed. What each GiB of new blocks adds to it: rule C 13."""
    copy_image_base: timedelta = _speed(timedelta(seconds=120))
    """Speed. What a copy takes in any case: rule C 13."""
    copy_image_per_gib: timedelta = _speed(timedelta(seconds=2))
    """Speed. What each GiB adds to it: rule C 13."""
    store_image_per_gib: timedelta = _speed(timedelta(seconds=5))
    """Speed. What each GiB of a store task takes: rules C 7.10, C 13."""
    restore_image_per_gib: timedelta = _speed(timedelta(seconds=5))
    """Speed. What each GiB of a restore task takes: rule C 13."""
    export_image_per_gib: timedelta = _speed(timedelta(seconds=5))
    """Speed. What each GiB of an export takes; no source says, so as storing does: rules C 11.11, C 13."""
    import_per_gib: timedelta = _speed(timedelta(seconds=5))
    """Speed. What each GiB of an import takes; no source says, so as storing does: rules C 11.24, C 13."""

    # Images come to an end
    deregistration_cooldown: timedelta = _term(timedelta(hours=24))
    """Term. From the end of a protection with cooldown until the image can be deregistered: rules C 4.4, C 13."""
    deregistered_shown: timedelta = _speed()
    """Speed. How long a deregistered image is still described, as deregistered: rules C 5.9, C 5.10."""
    gone_after: timedelta = _term(timedelta(days=7))
    """Term. How long the id of a deregistered image is remembered: rule C 5.10, settlement S 11."""
    name_release_delay: timedelta = _speed()
    """Speed. From an image's end until its name is free: rules A NM-8, C 5.14."""

    # What is seen, and when
    last_launched_lag: timedelta = _term(timedelta(hours=24))
    """Term. From a launch until LastLaunchedTime tells of it: rules A LL-1, B DA-8, C 11.1."""
    propagation_delay: timedelta = _speed()
    """Speed. From a creation until the new id is known everywhere: rules A T-4, B G-5, C 1.3.5."""
    public_listing_delay: timedelta = _speed()
    """Speed. From (un)publishing until the list of public images shows it: rule C 13."""
    block_public_access_delay: timedelta = _speed()
    """Speed. From EnableImageBlockPublicAccess until it holds; up to ten minutes at EC2: rule B BPA-4."""
    usage_report: timedelta = _speed(timedelta(seconds=60))
    """Speed. How long a usage report is pending; no source says: rule B UR-3."""
    usage_report_expiry: timedelta = _term(timedelta(days=30))
    """Term. How long a usage report is kept: rule B UR-4."""
    usage_report_instance_lag: timedelta = _speed()
    """Speed. How far a usage report lags behind instances; up to 24 hours at EC2: rule B UR-7."""
    usage_report_launch_template_lag: timedelta = _speed()
    """Speed. How far a usage report lags behind launch templates; some days at EC2: rule B UR-7."""
    store_task_shown: timedelta = _term(timedelta(days=31))
    """Term. How long DescribeStoreImageTasks lists a task: rule C 7.20."""
    import_task_shown: timedelta = _term(timedelta(days=7))
    """Term. How long an import that has ended is listed: rule C 11.26."""
    terminated_instance_shown: timedelta = _term(timedelta(hours=1))
    """Term. How long a terminated instance is described: rules C 11.6, C 12.1, C 13."""

    # Snapshots
    snapshot_base: timedelta = _speed(timedelta(seconds=30))
    """Speed. What a snapshot takes in any case: rule C 13."""
    snapshot_per_gib: timedelta = _speed(timedelta(seconds=1))
    """Speed. What each GiB of its increment adds: rule C 13."""
    snapshot_interval: timedelta = _term(timedelta(seconds=15))
    """Term. The least between two snapshots of a volume, where `Quirks` ask for it: rules A CI-6, C 8.5."""
    archive_snapshot: timedelta = _speed(timedelta(minutes=60))
    """Speed. The way into the archive: rule C 13."""
    restore_archived_snapshot: timedelta = _speed(timedelta(hours=24))
    """Speed. The way out of the archive; up to 72 hours at EC2: rules C 8.55, C 13."""
    minimum_archive_period: timedelta = _term(timedelta(days=90))
    """Term. What is billed of a stay in the archive, even if it was shorter: rule C 8.52."""
    fast_snapshot_restore_per_tib: timedelta = _speed(timedelta(minutes=60))
    """Speed. How long each TiB is optimized: rules C 8.76, C 13."""
    fast_snapshot_restore_switch: timedelta = _speed()
    """Speed. How long enabling and disabling each last; no source says: rule C 8.75."""

    # Recycle Bin
    first_retention_rule_delay: timedelta = _speed(timedelta(minutes=30))
    """Speed, by settlement S 19. Until the first retention rule of a Region works: rules C 6.9, C 13."""
    later_retention_rule_delay: timedelta = _speed()
    """Speed. Until any further retention rule of a Region works: rule C 6.9."""
    recycle_bin_restore: timedelta = _speed()
    """Speed. How long a snapshot that comes back from the bin is recovering: rule C 6.37."""
    recycle_bin_expiry_lag: timedelta = _speed()
    """Speed. How long the bin still lists what has left it: rule C 6.30."""
    unlocking_notice_interval: timedelta = _term(timedelta(days=1))
    """Term. Between two notices that a retention rule is about to be unlocked: rule C 9.5."""

    # Instances
    instance_pending: timedelta = _speed(timedelta(seconds=30))
    """Speed. From the launch, or the start, to running: rule C 13."""
    instance_stopping: timedelta = _speed(timedelta(seconds=30))
    """Speed. From the stop to stopped: rule C 13."""
    instance_shutting_down: timedelta = _speed(timedelta(seconds=30))
    """Speed. From the termination to terminated: rule C 13."""
    replace_root_volume: timedelta = _speed(timedelta(seconds=25))
    """Speed. The replacement of a root volume: rule C 13."""
    windows_launch: timedelta = _speed(timedelta(seconds=900))
    """Speed. Until a Windows instance can be used: rule C 13."""
    windows_fast_launch: timedelta = _speed(timedelta(seconds=315))
    """Speed. The same with a snapshot that fast launch has prepared: rule C 13."""
    fast_launch_provisioning: timedelta = _speed(timedelta(seconds=900))
    """Speed. The preparation of one such snapshot; no source says, so as a launch: rules C 10.13, C 13."""
    fast_launch_cleanup: timedelta = _speed()
    """Speed. The removal of the prepared snapshots; no source says: rule C 10.11."""

    # Lifecycle policies
    lifecycle_policy_jitter: timedelta = _speed()
    """Speed. From a policy's appointed time to its run; up to an hour at EC2: rules C 11.41, C 13."""

    @classmethod
    def typical(cls) -> Self:
        """The pace that the sources make likely.

        >>> Timing.typical() == Timing()
        True
        """
        return cls()

    @classmethod
    def instant(cls) -> Self:
        """All work done at once. Terms stay: the cooldown, the lag of LastLaunchedTime, whatever is kept or shown.

        >>> timing = Timing.instant()
        >>> print(timing.snapshot_duration(500), timing.first_retention_rule_delay, timing.last_launched_lag)
        0:00:00 0:00:00 1 day, 0:00:00

        Source: settlement S 19.
        """
        return cls(**{attribute.name: attribute.metadata[_INSTANT] for attribute in fields(cls)})

    def create_image_duration(self, size_gib: float) -> timedelta:
        """From CreateImage to available, for so many GiB of new blocks: rule C 13.

        >>> print(Timing().create_image_duration(8))
        0:01:08
        """
        return _paced(self.create_image_base, self.create_image_per_gib, size_gib)

    def copy_image_duration(self, size_gib: float) -> timedelta:
        """From CopyImage to available, for so many GiB; without a completion duration asked for: rule C 13."""
        return _paced(self.copy_image_base, self.copy_image_per_gib, size_gib)

    def copy_snapshot_duration(self, size_gib: float) -> timedelta:
        """From CopySnapshot to completed. The table has no row for it; a copy is a copy: rules C 8.22, C 13."""
        return self.copy_image_duration(size_gib)

    def snapshot_duration(self, size_gib: float) -> timedelta:
        """From CreateSnapshot to completed, for so many GiB that no earlier snapshot holds: rules C 8.36, C 13.

        >>> print(Timing().snapshot_duration(0.5))
        0:00:30.500000
        """
        return _paced(self.snapshot_base, self.snapshot_per_gib, size_gib)

    def store_image_duration(self, size_gib: float) -> timedelta:
        """How long a store task works, once its turn has come: rule C 13."""
        return _paced(_NOTHING, self.store_image_per_gib, size_gib)

    def restore_image_duration(self, size_gib: float) -> timedelta:
        """How long a restore task works, once its turn has come: rule C 13."""
        return _paced(_NOTHING, self.restore_image_per_gib, size_gib)

    def export_image_duration(self, size_gib: float) -> timedelta:
        """From ExportImage to completed: rule C 11.11."""
        return _paced(_NOTHING, self.export_image_per_gib, size_gib)

    def import_duration(self, size_gib: float) -> timedelta:
        """From ImportImage or ImportSnapshot to completed: rule C 11.24."""
        return _paced(_NOTHING, self.import_per_gib, size_gib)

    def fast_snapshot_restore_duration(self, size_gib: float) -> timedelta:
        """How long a snapshot is optimized for fast restores: rule C 8.76.

        >>> print(Timing().fast_snapshot_restore_duration(512))
        0:30:00
        """
        return _paced(_NOTHING, self.fast_snapshot_restore_per_tib, size_gib / _GIB_PER_TIB)
