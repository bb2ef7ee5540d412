"""Creating an image of an instance: whether EC2 does it, what the image maps, and what it has from the instance.

An instance is imaged as it is, not as it was launched: a volume attached since is in the image, and one detached is
not. What nobody can see on an instance, and only its image told, comes from that image where it is still known.

Source: botocore 1.44.5, CreateImage; EC2 User Guide, "Create an Amazon EBS-backed AMI"; rules A 3 (CI-1 to CI-17),
A 7.4, B W-7, B W-8, C 12.16 to C 12.20; settlement S 31.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import evolve

from amimodel import billing, lifecycle
from amimodel._image_creation import (
    BootModeOverride,
    ImageCreation,
    PlannedDevice,
    SnapshotLocation,
    Volumes,
    entry_objections,
    planned_devices,
)
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice, InstanceStoreDevice
from amimodel.booting import Place
from amimodel.identifiers import VolumeId
from amimodel.images import Image, StateReason
from amimodel.instances import InstanceState
from amimodel.quirks import Quirks
from amimodel.refusals import (
    BootModeOverrideRefused,
    InstanceStateNotImageable,
    NoRootVolume,
    Refusal,
    SnapshotLocationNotSupported,
    SnapshotLocationRequired,
    TooManyImagesOfInstance,
)
from amimodel.vocabulary import BootMode, RootDeviceType

__all__ = [
    "IMAGEABLE",
    "INSTANCE_TERMINATED",
    "SNAPSHOT_NOT_FOUND",
    "BootModeOverride",
    "ImageCreation",
    "PlannedDevice",
    "SnapshotLocation",
    "Volumes",
    "filled_in",
    "inherited",
    "interrupted",
    "is_rebooted",
    "mapping",
    "objections",
    "snapshot_description",
]

_AS_RULED: Final = Quirks()

# --- what speaks against it -------------------------------------------------------------------------------------------

IMAGEABLE: Final = frozenset({InstanceState.RUNNING, InstanceState.STOPPING, InstanceState.STOPPED})
"""The states in which an instance can be imaged (rule A CI-2; settlement S 31)."""


def objections(creation: ImageCreation) -> Iterator[Refusal]:
    """Everything that speaks against making the image, in EC2's order.

    >>> from amimodel.testing import strategies
    >>> from hypothesis import find
    >>> of_s3 = strategies.instances(instance_id="i-12345678", state="pending", root_device_type="instance-store")
    >>> instance = find(of_s3, lambda instance: True)
    >>> for objection in objections(ImageCreation(instance=instance, volumes={})):
    ...     print(objection)
    Invalid value 'i-12345678' for instanceId. Instance is not in state 'running' or 'stopping' or 'stopped'
    Invalid value 'i-12345678' for instanceId. Instance does not have a volume attached at root (null)

    The image's name and tags, the account's quotas and the limits on snapshots are judged elsewhere.

    Source: rules A CI-2, A CI-3, A 3.2, A CI-17, A 3.4, A CI-5; the order of rule A 0.3; settlement S 31.
    """
    return (objection for check in _CHECKS for objection in check(creation))


def _state(creation: ImageCreation) -> Iterator[Refusal]:
    instance = creation.instance
    if instance.state not in IMAGEABLE:
        yield InstanceStateNotImageable(instance_id=instance.instance_id, state=instance.state)


def _root(creation: ImageCreation) -> Iterator[Refusal]:
    instance = creation.instance
    attached = {device.device_name for device in instance.block_device_mappings}
    if instance.root_device_type is RootDeviceType.INSTANCE_STORE:
        yield NoRootVolume(instance_id=instance.instance_id, root_device_name="null")
    elif instance.root_device_name not in attached:
        yield NoRootVolume(instance_id=instance.instance_id, root_device_name=instance.root_device_name or "null")


def _boot_mode(creation: ImageCreation) -> Iterator[Refusal]:
    instance = creation.instance
    if creation.boot_mode_override is not None and instance.current_instance_boot_mode is not BootMode.UEFI:
        yield BootModeOverrideRefused(instance_id=instance.instance_id)


_NO, _MUST = SnapshotLocationNotSupported, SnapshotLocationRequired
_LocationRefusal: TypeAlias = type[SnapshotLocationNotSupported | SnapshotLocationRequired]

_LOCATION_REFUSED: Final[Mapping[tuple[Place, bool], _LocationRefusal | None]] = MappingProxyType({
    # where the instance is, whether SnapshotLocation is given
    (Place.AVAILABILITY_ZONE, False): None,
    (Place.AVAILABILITY_ZONE, True):  _NO,
    (Place.WAVELENGTH_ZONE,   False): None,
    (Place.WAVELENGTH_ZONE,   True):  _NO,
    (Place.LOCAL_ZONE,        False): None,   # regional
    (Place.LOCAL_ZONE,        True):  None,
    (Place.OUTPOST,           False): _MUST,
    (Place.OUTPOST,           True):  None,
})  # fmt: skip


def _location(creation: ImageCreation) -> Iterator[Refusal]:
    refused = _LOCATION_REFUSED[creation.place, creation.snapshot_location is not None]
    if refused is not None:
        yield refused(instance_id=creation.instance.instance_id)


def _too_many(creation: ImageCreation) -> Iterator[Refusal]:
    quota = creation.limits.concurrent_no_reboot_images_per_instance
    if creation.no_reboot and creation.images_in_progress >= quota:
        yield TooManyImagesOfInstance(instance_id=creation.instance.instance_id, quota=quota)


_CHECKS: Final[tuple[Callable[[ImageCreation], Iterator[Refusal]], ...]] = (
    _state,        # A CI-2, S 31
    _root,         # A CI-3
    _boot_mode,    # A 3.2
    _location,     # A 3.2
    entry_objections,  # A CI-17, A 3.4
    _too_many,     # A CI-5, C 12.19
)  # fmt: skip


# --- the mapping ------------------------------------------------------------------------------------------------------


def mapping(creation: ImageCreation) -> tuple[PlannedDevice, ...]:
    """What the image maps: the attached volumes, the instance store devices of the launch, what the request adds.

    A device that the request suppresses is left out, and no snapshot is made of its volume. An entry of the instance
    store holds no data that could be kept, so that the request may put anything in its place.

    Raises the first of `objections`.

    Source: rules A CI-11, A CI-13, A CI-15, A 3.4, A RB-16; rule C 12.20.
    """
    for objection in objections(creation):
        raise objection
    return planned_devices(creation)


def filled_in(plan: Iterable[PlannedDevice], snapshot_ids: Mapping[VolumeId, str]) -> tuple[BlockDeviceMapping, ...]:
    """Put the new snapshots into the plan: the image's mapping.

    >>> root = PlannedDevice(
    ...     device_name="/dev/xvda", device=EbsBlockDevice(volume_size_gib=8), volume_id="vol-12345678"
    ... )
    >>> filled_in([root], {"vol-12345678": "snap-12345678"})[0].ebs.snapshot_id
    'snap-12345678'

    Source: rule A CI-11.
    """
    return tuple(
        BlockDeviceMapping(planned.device_name, _of_snapshot(planned.device, planned.volume_id, snapshot_ids))
        for planned in plan
    )


def _of_snapshot(
    device: EbsBlockDevice | InstanceStoreDevice, volume_id: VolumeId | None, snapshot_ids: Mapping[VolumeId, str]
) -> EbsBlockDevice | InstanceStoreDevice:
    if volume_id is None or isinstance(device, InstanceStoreDevice):
        return device
    return evolve(device, snapshot_id=snapshot_ids[volume_id])


# --- the image --------------------------------------------------------------------------------------------------------


def inherited(creation: ImageCreation, launch_image: Image | None = None) -> dict[str, Any]:
    """What the new image has from the instance and from the image it was launched from: fields of `Image`, by name.

    `launch_image` is None where that image is gone. Only what the instance does not show is lost with it.

    What is not named here starts as with any new image: nobody but the owner may launch it, and it is neither
    deprecated nor protected nor limited to certain instance types; description and tags are the request's.

    Source: rules A 3.5, A CI-16, A Q5, A 7.4, A TP-4, B MP-3, B W-7, B W-8.
    """
    instance = creation.instance
    return {
        "region":               instance.region,
        "architecture":         instance.architecture,
        "virtualization_type":  instance.virtualization_type,
        "hypervisor":           instance.hypervisor,
        "root_device_type":     instance.root_device_type,
        "root_device_name":     instance.root_device_name,
        "kernel_id":            instance.kernel_id,
        "ramdisk_id":           instance.ramdisk_id,
        "ena_support":          instance.ena_support,
        "sriov_net_support":    instance.sriov_net_support,
        "boot_mode":            _boot_mode_of_image(creation),
        "uefi_data":            instance.uefi_data,
        "tpm_support":          instance.tpm_support,
        "imds_support":         launch_image and launch_image.imds_support,
        "guest_os_boot":        launch_image and launch_image.guest_os_boot,
        "billing":              billing.of_created(instance),
        "platform":             instance.platform,
        "product_codes":        instance.product_codes,
        "image_watermarks":     instance.image_watermarks,
        "source_instance_id":   instance.instance_id,
        "source_image_id":      instance.image_id,
        "source_image_region":  instance.region,
    }  # fmt: skip


def _boot_mode_of_image(creation: ImageCreation) -> BootMode | None:
    instance = creation.instance
    if creation.boot_mode_override is not None:
        return BootMode(creation.boot_mode_override.value)
    if instance.boot_mode is None and creation.quirks.create_image_writes_current_boot_mode:
        return instance.current_instance_boot_mode
    return instance.boot_mode


def snapshot_description(instance_id: str, image_id: str) -> str:
    """What EC2 writes on each snapshot that it makes for an image.

    >>> snapshot_description("i-12345678", "ami-12345678")
    'Created by CreateImage(i-12345678) for ami-12345678'

    Source: rules A CI-12, C 1.2.11.
    """
    return f"Created by CreateImage({instance_id}) for {image_id}"


# --- meanwhile --------------------------------------------------------------------------------------------------------

INSTANCE_TERMINATED: Final = StateReason(
    "Client.InstanceTerminated", "The instance was terminated or rebooted during AMI creation."
)
"""Why an image failed whose instance did not hold still (rule A CI-10)."""

SNAPSHOT_NOT_FOUND: Final = StateReason(
    "Client.InvalidSnapshot.NotFound", "The specified snapshot was not found."
)  # fmt: skip
"""Why an image failed whose snapshot was deleted while it was made (rule A CI-10)."""


def is_rebooted(creation: ImageCreation) -> bool:
    """Whether the instance goes down and comes up again before the snapshots; a stopped one stays stopped.

    Source: rules A CI-8, A CI-9, C 12.17.
    """
    return not creation.no_reboot and creation.instance.state is InstanceState.RUNNING


def interrupted(image: Image, *, snapshots_taken: bool, quirks: Quirks = _AS_RULED) -> Image:
    """What becomes of a pending image whose instance is terminated, or rebooted by somebody.

    Once the snapshots have their point in time, they no longer need the instance.

    Source: rules A CI-10, C 12.18.
    """
    if snapshots_taken and not quirks.late_termination_fails_image:
        return image
    return lifecycle.failed(image, INSTANCE_TERMINATED)
