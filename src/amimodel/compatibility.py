"""Compatibility: whether an image can be launched on an instance type.

The checks stand in EC2's order and know nothing of each other. `check` stops at the first that fails, as EC2 does;
`fits` makes them all, so that a person sees everything that is in the way.

Who may launch the image, and in which state it must be, is in `amimodel.access` and `amimodel.lifecycle`.

Source: EC2 User Guide, "AMI types and characteristics in Amazon EC2"; rules B 5 (LD-9, LD-12 to LD-18), A 5.2 to 5.4,
A VR-1 to VR-3, A TP-1, A TP-2.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

from amimodel.booting import Place, resolve
from amimodel.decisions import Decision
from amimodel.identifiers import KernelId
from amimodel.images import Image
from amimodel.instance_types import EnaSupport, InstanceType
from amimodel.quirks import InstanceStoreFamilies, Quirks
from amimodel.refusals import (
    ArchitectureMismatch,
    BootModeUnsupported,
    EnaRequired,
    InstanceTypeNotAllowed,
    KernelRequired,
    NotAMachineImage,
    Refusal,
    RootDeviceTypeMismatch,
    TpmUnsupported,
    VirtualizationMismatch,
)
from amimodel.vocabulary import ImageType, Platform, RootDeviceType, VirtualizationType

_AS_RULED: Final = Quirks()


class _Launch(NamedTuple):
    """What is compared."""

    image: Image
    instance_type: InstanceType
    kernel_id: KernelId | None
    place: Place
    quirks: Quirks


def _image_type(launch: _Launch) -> Refusal | None:
    image = launch.image
    if image.image_type is ImageType.MACHINE:
        return None
    return NotAMachineImage(image_id=image.image_id, image_type=image.image_type)


def _specification(launch: _Launch) -> Refusal | None:
    specification, instance_type = launch.image.instance_type_specification, launch.instance_type.name
    if specification is None or specification.allows(instance_type):
        return None
    return InstanceTypeNotAllowed(image_id=launch.image.image_id, instance_type=instance_type)


def _architecture(launch: _Launch) -> Refusal | None:
    image, instance_type = launch.image, launch.instance_type
    if image.architecture in instance_type.architectures:
        return None
    return ArchitectureMismatch(
        image_architecture=image.architecture,
        instance_type=instance_type.name,
        instance_type_architectures=instance_type.architectures,
    )


def _virtualization(launch: _Launch) -> Refusal | None:
    image, instance_type = launch.image, launch.instance_type
    supported = image.virtualization_type in instance_type.virtualization_types
    # What EC2 refuses on the oldest types are "Non-Windows instances": Windows is HVM even there (rule A VR-2).
    windows = image.virtualization_type is VirtualizationType.HVM and image.platform is Platform.WINDOWS
    old_storage = instance_type.family == "hs1" and launch.quirks.hs1_is_paravirtual
    if supported or windows or old_storage:
        return None
    return VirtualizationMismatch(virtualization_type=image.virtualization_type, instance_type=instance_type.name)


def _root_device_type(launch: _Launch) -> Refusal | None:
    root, instance_type = launch.image.root_device_type, launch.instance_type
    if root in _root_device_types(instance_type, launch.quirks):
        return None
    return RootDeviceTypeMismatch(root_device_type=root, instance_type=instance_type.name)


def _root_device_types(instance_type: InstanceType, quirks: Quirks) -> tuple[RootDeviceType, ...]:
    match quirks.instance_store_families:
        case InstanceStoreFamilies.OF_2026:  # which the table of types says
            return instance_type.root_device_types
        case InstanceStoreFamilies.OF_2023 as families:
            both = (RootDeviceType.EBS, RootDeviceType.INSTANCE_STORE)
            return both if instance_type.family in families.split() else (RootDeviceType.EBS,)


def _ena(launch: _Launch) -> Refusal | None:
    if launch.instance_type.ena_support is not EnaSupport.REQUIRED or launch.image.ena_support:
        return None
    return EnaRequired(instance_type=launch.instance_type.name)


def _boot_mode(launch: _Launch) -> Refusal | None:
    try:
        _ = resolve(launch.image, launch.instance_type, place=launch.place, quirks=launch.quirks)
    except BootModeUnsupported as refusal:
        return refusal
    return None


def _tpm(launch: _Launch) -> Refusal | None:
    # A NitroTPM is nowhere but in the zones of a Region (rule A TP-1).
    has_tpm = launch.instance_type.nitro_tpm_support and launch.place is Place.AVAILABILITY_ZONE
    if launch.image.tpm_support is None or has_tpm:
        return None
    return TpmUnsupported(instance_type=launch.instance_type.name)


def _kernel(launch: _Launch) -> Refusal | None:
    image = launch.image
    if image.virtualization_type is VirtualizationType.HVM or image.kernel_id or launch.kernel_id:
        return None
    return KernelRequired(image_id=image.image_id)


_Check: TypeAlias = Callable[[_Launch], Refusal | None]

_CHECKS: Final[tuple[_Check, ...]] = (
    _image_type,        # B LD-9
    _specification,     # B LD-12
    _architecture,      # B LD-13
    _virtualization,    # B LD-14
    _root_device_type,  # B LD-15
    _ena,               # B LD-16
    _boot_mode,         # B LD-17
    _tpm,               # B LD-18
    _kernel,            # A VR-3, which has no place in B's list
)  # fmt: skip

REFUSALS: Final[tuple[type[Refusal], ...]] = (
    NotAMachineImage,
    InstanceTypeNotAllowed,
    ArchitectureMismatch,
    VirtualizationMismatch,
    RootDeviceTypeMismatch,
    EnaRequired,
    BootModeUnsupported,
    TpmUnsupported,
    KernelRequired,
)
"""What can speak against an image and a type, in EC2's order."""


def _refusals(launch: _Launch) -> Iterator[Refusal]:
    return (refusal for check in _CHECKS if (refusal := check(launch)) is not None)


def fits(
    image: Image,
    instance_type: InstanceType,
    *,
    kernel_id: KernelId | None = None,
    place: Place = Place.AVAILABILITY_ZONE,
    quirks: Quirks = _AS_RULED,
) -> Decision:
    """Whether an image can be launched on an instance type, and all that speaks against it.

    >>> from amimodel.examples import WEB
    >>> from amimodel.instance_types import instance_type
    >>> fits(WEB, instance_type("t3.micro")).allowed
    True
    >>> [refusal.code for refusal in fits(WEB, instance_type("m7g.large")).refusals]
    ['InvalidParameterValue']

    `kernel_id` is the one that the launch gives. An image that does not say whether it supports ENA does not.

    Source: rules B LD-9, B LD-12 to LD-18, A 5.2 to 5.4, A VR-1 to VR-3, A TP-1, A TP-2, A IT-3; settlement S 53.
    """
    against = tuple(_refusals(_Launch(image, instance_type, kernel_id, place, quirks)))
    return Decision(not against, against)


def check(
    image: Image,
    instance_type: InstanceType,
    *,
    kernel_id: KernelId | None = None,
    place: Place = Place.AVAILABILITY_ZONE,
    quirks: Quirks = _AS_RULED,
) -> None:
    """Refuse, as EC2 does, to launch an image on an instance type that it does not fit.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> from amimodel.instance_types import instance_type
    >>> try:
    ...     check(evolve(WEB, ena_support=None), instance_type("t3.micro"))
    ... except EnaRequired as refusal:
    ...     print(refusal)
    Enhanced networking with the Elastic Network Adapter (ENA) is required for the 't3.micro' instance type. Ensure
    that you are using an AMI that is enabled for ENA.

    Raises the first of `REFUSALS` that holds.

    Source: as `fits`.
    """
    for refusal in _refusals(_Launch(image, instance_type, kernel_id, place, quirks)):
        raise refusal
