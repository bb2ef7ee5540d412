"""Every way EC2 says no to a well-formed request.

A refusal is a value: a frozen exception with typed facts, EC2's error code, and EC2's message where one has been seen.
Two refusals with the same facts are equal. Rules raise them; `amimodel.decisions.Decision` lists them.

Source: EC2 API Reference, "Error codes"; rules A 12, B 13, C 14.
"""

from amimodel.refusals._block_devices import (
    BootVolumeTypeUnsupported,
    DuplicateDeviceName,
    InvalidDeviceName,
    IopsRequired,
    NoRootSnapshot,
    NoSizeNorSnapshot,
    ReplacementSnapshotTooSmall,
    RootDeviceSuppressed,
    RootSnapshotChanged,
    SnapshotOnInstanceStoreDevice,
    VolumeCombinationRefused,
    VolumeSmallerThanSnapshot,
    VolumeValueRefused,
)
from amimodel.refusals._copying import (
    MarketplaceCopyRefused,
    NoStoragePermission,
)
from amimodel.refusals._images import (
    DeregistrationProtected,
    ImageNotFound,
    ImageUnavailable,
    NotAuthorizedForImage,
    NotAuthorizedForImages,
)
from amimodel.refusals._launching import (
    ArchitectureMismatch,
    BootModeUnsupported,
    EnaRequired,
    InstanceTypeNotAllowed,
    KernelRequired,
    NotAMachineImage,
    RootDeviceTypeMismatch,
    TpmUnsupported,
    VirtualizationMismatch,
)
from amimodel.refusals._refusal import (
    Refusal,
)
from amimodel.refusals._sharing import (
    EncryptedImageNotPublic,
    ManagedKeyNotShared,
    NotSharedWithAccount,
    ProductCodeImageNotPublic,
    PublicImageQuotaReached,
    PublicSharingBlocked,
    SharingQuotaReached,
    WatermarkedImageNotPublic,
)

__all__ = [
    "ArchitectureMismatch",
    "BootModeUnsupported",
    "BootVolumeTypeUnsupported",
    "DeregistrationProtected",
    "DuplicateDeviceName",
    "EnaRequired",
    "EncryptedImageNotPublic",
    "ImageNotFound",
    "ImageUnavailable",
    "InstanceTypeNotAllowed",
    "InvalidDeviceName",
    "IopsRequired",
    "KernelRequired",
    "ManagedKeyNotShared",
    "MarketplaceCopyRefused",
    "NoRootSnapshot",
    "NoSizeNorSnapshot",
    "NoStoragePermission",
    "NotAMachineImage",
    "NotAuthorizedForImage",
    "NotAuthorizedForImages",
    "NotSharedWithAccount",
    "ProductCodeImageNotPublic",
    "PublicImageQuotaReached",
    "PublicSharingBlocked",
    "Refusal",
    "ReplacementSnapshotTooSmall",
    "RootDeviceSuppressed",
    "RootDeviceTypeMismatch",
    "RootSnapshotChanged",
    "SharingQuotaReached",
    "SnapshotOnInstanceStoreDevice",
    "TpmUnsupported",
    "VirtualizationMismatch",
    "VolumeCombinationRefused",
    "VolumeSmallerThanSnapshot",
    "VolumeValueRefused",
    "WatermarkedImageNotPublic",
]

for _name in __all__:  # a reader of a traceback wants to know where to import it from, not in which file it stands
    globals()[_name].__module__ = __name__
