"""What speaks against a registration: the checks of RegisterImage, in their order.

Source: the rules that each check names.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from attrs import frozen

from amimodel.block_devices import EbsBlockDevice
from amimodel.bundles import ImageBundle
from amimodel.device_names import is_any_device_name
from amimodel.identifiers import KernelId, RamdiskId, SnapshotId
from amimodel.limits import Limits
from amimodel.quirks import Quirks
from amimodel.refusals import (
    BillingProductsNotAuthorized,
    BootVolumeTypeUnsupported,
    DeviceParameterUnsupported,
    DuplicateDeviceName,
    EncryptedFlagWithSnapshot,
    ImageNotFound,
    InitializationRateWithoutSnapshot,
    InvalidDeviceName,
    IopsRequired,
    ManifestCombinationRefused,
    ManifestDeviceRefused,
    ManifestKernelNotFound,
    ManifestNotRead,
    ManifestNotUnderstood,
    ManifestRootTooLarge,
    NoRootSnapshot,
    NoSizeNorSnapshot,
    ParavirtualUefi,
    Refusal,
    SnapshotLocationsDiffer,
    SnapshotNotFound,
    SnapshotNotOwned,
    SnapshotNotUsable,
    TpmOnArm,
    TpmRequiresUefi,
    VolumeCombinationRefused,
    VolumeOnInstanceStoreImage,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
)
from amimodel.regions import Region
from amimodel.registrations import Registration, conflicts
from amimodel.snapshots import Snapshot, Snapshots, SnapshotState, StorageTier
from amimodel.vocabulary import Architecture, BootMode, VirtualizationType

_is_device_name: Final = lru_cache(maxsize=1024)(is_any_device_name)  # the same few, again and again
_OF_AWS: Final = Limits.aws()
_AS_RULED: Final = Quirks()


@frozen(kw_only=True)
class RegistrationFacts:
    """What must be known beyond the request.

    `snapshots` has at least those that the request names, as far as they exist and the caller may see them; `bundle` is
    what lies at the ImageLocation; `kernels` are the kernels and RAM disks that the caller may see, where somebody
    wants to know (settlement S 15); `billing_accounts` may specify billing products (rule A RI-17).
    """

    account_id: str
    region: Region
    snapshots: Snapshots
    bundle: ImageBundle | None = None
    kernels: Collection[str] | None = None
    billing_accounts: Collection[str] = frozenset()
    limits: Limits = _OF_AWS
    quirks: Quirks = _AS_RULED


class Case(NamedTuple):
    """The request, and what it refers to."""

    wanted: Registration
    facts: RegistrationFacts
    volumes: Sequence[tuple[str, EbsBlockDevice]]
    """The EBS volumes, each with its device."""
    devices: Mapping[str, SnapshotId]
    """The devices made of snapshots."""
    snapshots: tuple[Snapshot, ...]
    """Those that are there, each once, in the order of the mapping."""
    bundle: ImageBundle | None
    """What EC2 can make out of the bundle."""
    root: str | None

    @property
    def architecture(self) -> Architecture:
        """What the request says, or the manifest, or i386 (rule A RI-5)."""
        if self.wanted.architecture is not None:
            return self.wanted.architecture
        return Architecture.I386 if self.bundle is None else self.bundle.architecture

    @property
    def virtualization_type(self) -> VirtualizationType:
        """What the request says, or paravirtual (rule A RI-5)."""
        return self.wanted.virtualization_type or VirtualizationType.PARAVIRTUAL

    @property
    def kernel_id(self) -> KernelId | None:
        """What the request says, or the manifest."""
        return self.wanted.kernel_id or (self.bundle.kernel_id if self.bundle else None)

    @property
    def ramdisk_id(self) -> RamdiskId | None:
        """What the request says, or the manifest."""
        return self.wanted.ramdisk_id or (self.bundle.ramdisk_id if self.bundle else None)


def case_of(wanted: Registration, facts: RegistrationFacts) -> Case:
    """Look up what a request refers to."""
    volumes = [
        (entry.device_name, entry.device)
        for entry in wanted.block_device_mappings
        if isinstance(entry.device, EbsBlockDevice)
    ]
    devices = {name: volume.snapshot_id for name, volume in volumes if volume.snapshot_id is not None}
    found = [snapshot for each in dict.fromkeys(devices.values()) if (snapshot := facts.snapshots.get(each))]
    bundle, root = None, wanted.root_device
    if wanted.image_location is not None:
        if facts.bundle is not None and facts.bundle.readable and facts.bundle.well_formed:
            bundle = facts.bundle
        root = wanted.root_device_name or (bundle.root_device_name if bundle else None)
    return Case(wanted, facts, volumes, devices, tuple(found), bundle, root)


_Refusals: TypeAlias = Sequence[Refusal]
_NONE: Final[_Refusals] = ()


def _billing_products(case: Case) -> _Refusals:
    account = case.facts.account_id
    if not case.wanted.billing_products or account in case.facts.billing_accounts:
        return _NONE
    return [BillingProductsNotAuthorized(account_id=account)]


def _snapshots_exist(case: Case) -> _Refusals:
    wanted = dict.fromkeys(case.devices.values())
    if len(wanted) == len(case.snapshots):
        return _NONE
    return [SnapshotNotFound(snapshot_id=each) for each in wanted if each not in case.facts.snapshots]


def _kernels_exist(case: Case) -> _Refusals:
    wanted, kernels = case.wanted, case.facts.kernels
    if kernels is None or not case.facts.quirks.register_checks_kernel_exists:
        return _NONE
    named = (wanted.kernel_id, wanted.ramdisk_id)
    refusals: list[Refusal] = [ImageNotFound.of(each) for each in named if each is not None and each not in kernels]
    if case.bundle is not None:
        kernel = None if wanted.kernel_id else case.bundle.kernel_id
        ramdisk = None if wanted.ramdisk_id else case.bundle.ramdisk_id
        refusals += [
            ManifestKernelNotFound(kernel_id=each) for each in (kernel, ramdisk) if each and each not in kernels
        ]
    return refusals


def _manifest_is_read(case: Case) -> _Refusals:
    location, bundle = case.wanted.image_location, case.facts.bundle
    if location is None:
        return _NONE
    if bundle is None or not bundle.readable:
        return [ManifestNotRead(image_location=location, found=bundle is not None)]
    return _NONE if bundle.well_formed else [ManifestNotUnderstood(image_location=location)]


def _manifest_fits(case: Case) -> _Refusals:
    bundle = case.bundle
    if bundle is None:
        return _NONE
    most = case.facts.limits.max_instance_store_root_gib
    refusals: list[Refusal] = [
        ManifestDeviceRefused(device_name=device)
        for _, device in bundle.block_device_mapping
        if not (_is_device_name(device) or _is_device_name(f"/dev/{device}"))
    ]
    if bundle.size_gib > most:
        refusals.append(ManifestRootTooLarge(size_gib=bundle.size_gib, most_gib=most))
    faults = conflicts(case.wanted, case.architecture, case.kernel_id, case.ramdisk_id)
    return refusals + [ManifestCombinationRefused(detail=fault.message) for fault in faults]


def _snapshots_are_own(case: Case) -> _Refusals:
    account = case.facts.account_id
    if case.facts.quirks.register_accepts_shared_snapshots:
        return _NONE
    return [
        SnapshotNotOwned(snapshot_id=snapshot.snapshot_id, account_id=account)
        for snapshot in case.snapshots
        if snapshot.owner_id != account
    ]


def _snapshots_are_usable(case: Case) -> _Refusals:
    return [
        SnapshotNotUsable(snapshot_id=snapshot.snapshot_id, state=snapshot.state, storage_tier=snapshot.storage_tier)
        for snapshot in case.snapshots
        if snapshot.state is not SnapshotState.COMPLETED or snapshot.storage_tier is not StorageTier.STANDARD
    ]


def _root_has_snapshot(case: Case) -> _Refusals:
    return _NONE if case.root in case.devices or case.wanted.image_location is not None else [NoRootSnapshot()]


def _firmware(case: Case) -> _Refusals:
    wanted, quirks = case.wanted, case.facts.quirks
    refusals: list[Refusal] = []
    if case.virtualization_type is VirtualizationType.PARAVIRTUAL and not quirks.register_accepts_paravirtual_uefi:
        asked = {
            "bootMode": wanted.boot_mode not in {None, BootMode.LEGACY_BIOS},
            "tpmSupport": wanted.tpm_support is not None,
            "uefiData": wanted.uefi_data is not None,
        }
        refusals += [ParavirtualUefi(parameter=parameter) for parameter, given in asked.items() if given]
    if wanted.tpm_support is None:
        return refusals
    if wanted.boot_mode is not BootMode.UEFI:
        refusals.append(TpmRequiresUefi(error_code=quirks.tpm_without_uefi_code, boot_mode=wanted.boot_mode))
    if case.architecture is Architecture.ARM64 and not quirks.arm64_may_have_tpm:
        refusals.append(TpmOnArm())
    return refusals


def _device_names(case: Case) -> _Refusals:
    # The root of an image from S3 has no entry, and its name is taken all the same.
    taken = None if case.wanted.image_location is None else case.root
    return [
        InvalidDeviceName(device_name=entry.device_name)
        for entry in case.wanted.block_device_mappings
        if entry.device_name == taken or not _is_device_name(entry.device_name)
    ]


def _only_instance_store(case: Case) -> _Refusals:
    if case.wanted.image_location is None:
        return _NONE
    return [VolumeOnInstanceStoreImage(device_name=name) for name, _ in case.volumes]


def _encrypted_flags(case: Case) -> _Refusals:
    return [
        EncryptedFlagWithSnapshot(device_name=name)
        for name, volume in case.volumes
        if volume.encrypted is not None and volume.snapshot_id is not None
    ]


def _volume_parameters(case: Case) -> _Refusals:
    return [
        DeviceParameterUnsupported(device_name=name, parameter=parameter)
        for name, volume in case.volumes
        for parameter, given in (
            ("kmsKeyId", volume.kms_key_id),
            ("availabilityZone", volume.availability_zone),
            ("availabilityZoneId", volume.availability_zone_id),
            ("outpostArn", volume.outpost_arn and _names_another_place(volume, case)),
        )
        if given
    ]


def _names_another_place(volume: EbsBlockDevice, case: Case) -> bool:
    """Whether a volume's Outpost is more than a word on where its snapshot is."""
    snapshot = None if volume.snapshot_id is None else case.facts.snapshots.get(volume.snapshot_id)
    return snapshot is None or snapshot.outpost_arn != volume.outpost_arn


def _initialization_rates(case: Case) -> _Refusals:
    return [
        InitializationRateWithoutSnapshot(device_name=name)
        for name, volume in case.volumes
        if volume.volume_initialization_rate_mibps is not None and volume.snapshot_id is None
    ]


def _locations(case: Case) -> _Refusals:
    local = {snapshot.outpost_arn or snapshot.availability_zone for snapshot in case.snapshots}
    if len(local) <= 1:
        return _NONE
    # An Outpost's snapshots go with those of its Region, a Local Zone's do not.
    zones = [snapshot.availability_zone for snapshot in case.snapshots if snapshot.outpost_arn is None]
    if len(local - {None}) == 1 and not any(zones):
        return _NONE
    return [SnapshotLocationsDiffer(locations=tuple(sorted(place for place in local if place is not None)))]


# First the steps 3 to 6 of rule A 0.3; then, as settlement S 10 has it, the order of the rules. `mapping.completed` has
# the last word.
CHECKS: Final[tuple[Callable[[Case], _Refusals], ...]] = (
    _billing_products,      # A RI-17: step 3, who may
    _snapshots_exist,       # A RB-6:  step 4, what is there
    _kernels_exist,         # A RI-12
    _manifest_is_read,      # A RI-21
    _snapshots_are_own,     # A RB-7:  step 5, whose it is
    _snapshots_are_usable,  # A RB-8:  step 6, in which state
    _root_has_snapshot,     # A RI-3, A RI-7, A RI-8
    _firmware,              # A RI-11, A RI-14
    _manifest_fits,         # A RI-4, A RI-9, A RI-10, A RI-12, A RI-21
    _device_names,          # A DN-5, S 13
    _only_instance_store,   # A RI-24
    _encrypted_flags,       # A RB-10
    _volume_parameters,     # A RB-13
    _initialization_rates,  # A VT-11
    _locations,             # A RB-17
)  # fmt: skip

REFUSALS: Final[tuple[type[Refusal], ...]] = (
    BillingProductsNotAuthorized,
    SnapshotNotFound,
    ImageNotFound,
    ManifestKernelNotFound,
    ManifestNotRead,
    ManifestNotUnderstood,
    SnapshotNotOwned,
    SnapshotNotUsable,
    NoRootSnapshot,
    ParavirtualUefi,
    TpmRequiresUefi,
    TpmOnArm,
    ManifestDeviceRefused,
    ManifestRootTooLarge,
    ManifestCombinationRefused,
    InvalidDeviceName,
    VolumeOnInstanceStoreImage,
    EncryptedFlagWithSnapshot,
    DeviceParameterUnsupported,
    InitializationRateWithoutSnapshot,
    SnapshotLocationsDiffer,
    DuplicateDeviceName,
    NoSizeNorSnapshot,
    VolumeValueRefused,
    VolumeCombinationRefused,
    IopsRequired,
    VolumeSmallerThanSnapshot,
    BootVolumeTypeUnsupported,
)
"""What can speak against a registration, in order; from `DuplicateDeviceName` on, what `amimodel.mapping` refuses."""
