"""Strategies for instance types, instances, and what an instance's image is remembered as.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from amimodel.billing_codes import BillingCode
from amimodel.instance_types import InstanceStoreVolumes, InstanceType, instance_type
from amimodel.instance_types import instance_types as _every_instance_type
from amimodel.instances import (
    HttpTokens,
    ImageMetadata,
    Instance,
    InstanceBlockDevice,
    InstanceImageMetadata,
    InstanceInitiatedShutdownBehavior,
    InstanceState,
)
from amimodel.malformed import Malformed
from amimodel.testing.strategies._draft import Draft, check_fields, extras_of, made
from amimodel.testing.strategies._images import images
from amimodel.testing.strategies._marks import image_watermarks, product_codes
from amimodel.testing.strategies._words import (
    account_ids,
    availability_zones,
    image_ids,
    instance_ids,
    instants,
    kernel_ids,
    tags,
    volume_ids,
)
from amimodel.vocabulary import Architecture, BootMode, ImageState, RootDeviceType, TpmSupport, VirtualizationType

_EXTRAS: Final = extras_of(*("state", "volumes", "tags", "boot", "network", "metadata", "end", "sold", "watermarks"))


def instance_types(*, architecture: Architecture | str | None = None) -> st.SearchStrategy[InstanceType]:
    """Every instance type that this release knows; `architecture` keeps to those that have it.

    >>> find(instance_types(architecture="i386"), lambda kind: not kind.current_generation).bare_metal
    False
    """
    return st.deferred(lambda: _instance_types(None if architecture is None else Architecture(architecture)))


@cache
def _instance_types(architecture: Architecture | None) -> st.SearchStrategy[InstanceType]:
    kinds = [kind for kind in _every_instance_type() if architecture is None or architecture in kind.architectures]
    kinds.sort(key=lambda kind: kind.name != "t3.micro")  # the simplest first, where it is among them
    return st.sampled_from(kinds)


def instance_store_volumes() -> st.SearchStrategy[InstanceStoreVolumes]:
    """The disks of the host that a type can come with.

    >>> find(instance_store_volumes(), lambda volumes: True)
    InstanceStoreVolumes(count=1, nvme=False)
    """
    return made(_volumes, st.integers(1, 24), st.sampled_from(("mapped", "nvme", "nvme, not counted")))


def _volumes(count: int, how: str) -> InstanceStoreVolumes:
    return InstanceStoreVolumes(count=None if how == "nvme, not counted" else count, nvme=how != "mapped")


def instance_block_devices() -> st.SearchStrategy[InstanceBlockDevice]:
    """Volumes attached to an instance.

    >>> find(instance_block_devices(), lambda device: True).device_name
    '/dev/sdb'
    """
    return made(_attached, st.sampled_from([f"/dev/sd{letter}" for letter in "bcdefgh"]), _VOLUME_IDS, _TRUE_FIRST)


def _attached(device_name: str, volume_id: str, delete: bool) -> InstanceBlockDevice:  # noqa: FBT001 - it is drawn
    return InstanceBlockDevice(device_name=device_name, volume_id=volume_id, delete_on_termination=delete)


_TRUE_FIRST: Final = st.sampled_from((True, False))
_VOLUME_IDS: Final = volume_ids()


def instances(**fields: object) -> st.SearchStrategy[Instance]:
    """Instances of every type, in every state; what they run fits their type.

    Every field can be fixed, to a value or to what a strategy gives; the others are made to fit. What is fixed is kept
    even where nothing fits it.

    >>> instance = find(instances(), lambda instance: True)
    >>> instance.instance_type, instance.architecture.value, str(instance.availability_zone)
    ('t3.micro', 'x86_64', 'us-east-1a')

    Source: rules C 12.1, C 12.2, A 5.6.
    """
    check_fields(Instance, fields)
    return _instances(fields)


@st.composite
def _instances(draw: st.DrawFn, fields: Mapping[str, object]) -> Instance:
    draft = Draft(draw, Instance, fields, draw(_EXTRAS))
    draft.fill("instance_id", _INSTANCE_IDS)
    draft.fill("owner_id", _ACCOUNT_IDS)
    draft.fill("image_id", _IMAGE_IDS)
    draft.fill("availability_zone", _ZONES)
    draft.fill("launch_time", _INSTANTS)
    kind = _settle_type(draft)
    draft.fill("state", _STATES if "state" in draft.extras else st.just(InstanceState.RUNNING))
    draft.put("billing", BillingCode.LINUX)
    draft.put("platform", draft.get("billing") and draft.get("billing").platform)
    _settle_root(draft)
    if kind is not None:
        _settle_boot(draft, kind)
    if "metadata" in draft.extras:
        draft.put("http_tokens", HttpTokens.REQUIRED)
        draft.fill("http_put_response_hop_limit", st.integers(1, 64))
    if "end" in draft.extras:
        draft.fill("disable_api_termination", _TRUE_FIRST)
        draft.fill("instance_initiated_shutdown_behavior", st.sampled_from(InstanceInitiatedShutdownBehavior))
    if "sold" in draft.extras:
        draft.fill("product_codes", st.lists(_PRODUCT_CODES, max_size=2, unique_by=lambda code: code.product_code_id))
    if "watermarks" in draft.extras:
        draft.fill("image_watermarks", _WATERMARKS)
    if "tags" in draft.extras:
        draft.fill("tags", _TAGS)
    return draft.build()


_INSTANCE_IDS: Final = instance_ids()
_ACCOUNT_IDS: Final = account_ids()
_IMAGE_IDS: Final = image_ids()
_ZONES: Final = availability_zones()
_INSTANTS: Final = instants()
_STATES: Final = st.sampled_from((InstanceState.RUNNING, *InstanceState))
_PRODUCT_CODES: Final = product_codes()
_TAGS: Final = tags(max_size=3)
_KERNEL_IDS: Final = kernel_ids()
_DATA_VOLUMES: Final = st.lists(instance_block_devices(), max_size=3, unique_by=lambda device: device.device_name)
_WATERMARKS: Final = st.lists(image_watermarks(), max_size=2, unique_by=lambda mark: mark.watermark_key)


def _settle_type(draft: Draft[Instance]) -> InstanceType | None:
    """The instance's type; None where the caller has named one that this release does not know."""
    if "instance_type" in draft:
        try:
            kind = instance_type(draft.get("instance_type"))
        except Malformed:
            draft.put("architecture", Architecture.X86_64)
            return None
    else:
        kind = draft.draw(_instance_types(draft.get("architecture")))
        draft.put("instance_type", kind.name)
    draft.put("architecture", kind.architectures[-1])
    draft.put("virtualization_type", kind.virtualization_types[0])
    return kind


def _settle_root(draft: Draft[Instance]) -> None:
    draft.put("root_device_name", "/dev/xvda")
    if draft.get("virtualization_type") is VirtualizationType.PARAVIRTUAL:
        draft.fill("kernel_id", _KERNEL_IDS)
    if draft.get("root_device_type", RootDeviceType.EBS) is RootDeviceType.EBS and "block_device_mappings" not in draft:
        root = InstanceBlockDevice(
            device_name=draft.get("root_device_name"), volume_id=draft.draw(_VOLUME_IDS), delete_on_termination=True
        )
        others = draft.draw(_DATA_VOLUMES) if "volumes" in draft.extras else []
        draft.put("block_device_mappings", (root, *others))


def _settle_boot(draft: Draft[Instance], kind: InstanceType) -> None:
    current = BootMode.UEFI if BootMode.LEGACY_BIOS not in kind.boot_modes else BootMode.LEGACY_BIOS
    if "boot" in draft.extras and "current_instance_boot_mode" not in draft:
        current = draft.draw(st.sampled_from(kind.boot_modes))
        draft.put("boot_mode", current)
        if current is BootMode.UEFI and kind.nitro_tpm_support:
            draft.put("tpm_support", TpmSupport.V2_0)
    draft.put("current_instance_boot_mode", current)
    if "network" in draft.extras:
        draft.put("ena_support", kind.ena_support.value != "unsupported")


def image_metadata(**fields: object) -> st.SearchStrategy[ImageMetadata]:
    """What is remembered of an image: that of any image, in any state. Every field can be fixed as in `images`.

    >>> find(image_metadata(), lambda metadata: True).image_id
    'ami-00000000000000000'
    """
    check_fields(ImageMetadata, fields)
    return _image_metadata(fields)


@st.composite
def _image_metadata(draw: st.DrawFn, fields: Mapping[str, object]) -> ImageMetadata:
    draft = Draft(draw, ImageMetadata, fields, frozenset())
    image = draw(_MACHINES)
    told: dict[str, Any] = {
        name: getattr(image, name)
        for name in ("image_id", "owner_id", "state", "name", "creation_date", "deprecation_time", "image_watermarks")
    }
    alias = image.image_owner_alias
    for name, value in (told | {"is_public": image.public, "image_owner_alias": alias and alias.value}).items():
        draft.put(name, value)
    return draft.build()


_MACHINES: Final = images(image_type="machine")


def instance_image_metadata(**fields: object) -> st.SearchStrategy[InstanceImageMetadata]:
    """Instances with what is remembered of their images. Every field can be fixed as in `instances`.

    The instance was launched no earlier than its image was made.

    >>> find(instance_image_metadata(), lambda metadata: True).image_metadata.name
    '000'
    """
    check_fields(InstanceImageMetadata, fields)
    return _instance_image_metadata(fields)


@st.composite
def _instance_image_metadata(draw: st.DrawFn, fields: Mapping[str, object]) -> InstanceImageMetadata:
    draft = Draft(draw, InstanceImageMetadata, fields, frozenset())
    draft.fill("image_metadata", _METADATA)
    draft.fill("instance_id", _INSTANCE_IDS)
    draft.fill("owner_id", _ACCOUNT_IDS)
    draft.put("instance_type", draft.draw(_TYPES).name)
    draft.fill("availability_zone", _ZONES)
    draft.fill("state", _STATES)
    draft.fill("tags", _TAGS)
    if "launch_time" not in draft:
        created: datetime | None = draft.get("image_metadata").creation_date
        later = draft.draw(_MINUTES)
        draft.put("launch_time", draft.draw(_INSTANTS) if created is None else created + later)
    return draft.build()


_MINUTES: Final = made(lambda number: timedelta(minutes=number), st.integers(0, 10 * 365 * 24 * 60))
_METADATA: Final = image_metadata(
    state=st.sampled_from((ImageState.AVAILABLE, ImageState.DEREGISTERED, ImageState.DISABLED))
)
_TYPES: Final = instance_types()
