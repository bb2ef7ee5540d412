"""The instance store: which of a host's own disks an instance gets, and under which names.

Source: EC2 User Guide, "Instance store"; rules A 4.3, A IS-1 to IS-9.
"""

from collections.abc import Iterable
from typing import Final

from amimodel.block_devices import BlockDeviceMapping, Device, InstanceStoreDevice, SuppressedDevice
from amimodel.instance_types import InstanceType

# Rule A IS-6. M3 heeds the launch's entries alone; an HS1 has all its volumes, mapped or not, unless they are removed.
_HEED_LAUNCH_ONLY: Final = frozenset({"m3"})
_HAVE_ALL: Final = frozenset({"hs1"})


def instance_store_devices(
    image_mappings: Iterable[BlockDeviceMapping],
    request_mappings: Iterable[BlockDeviceMapping],
    instance_type: InstanceType,
) -> tuple[tuple[str, InstanceStoreDevice], ...]:
    """The entries for the instance store that take effect: name and volume, the image's before the launch's own.

    >>> from amimodel.instance_types import instance_type
    >>> entries = [BlockDeviceMapping(f"/dev/sd{x}", InstanceStoreDevice(f"ephemeral{n}")) for n, x in enumerate("bcd")]
    >>> [name for name, _ in instance_store_devices(entries, [], instance_type("c3.large"))]
    ['/dev/sdb', '/dev/sdc']
    >>> instance_store_devices(entries, [], instance_type("m5d.large"))
    ()

    What has no effect is ignored, not refused: entries beyond the type's volumes, on a type without any, and on one
    whose volumes are NVMe and always there. Of two entries for one volume, the first has it.

    Source: rules A IS-2 to IS-6, A IS-9.
    """
    store = instance_type.instance_store
    if store is None or store.count is None or store.nvme:
        return ()
    of_image = {} if instance_type.family in _HEED_LAUNCH_ONLY else _by_name(image_mappings)
    volumes: dict[InstanceStoreDevice, str] = {}
    for name, entry in (of_image | _by_name(request_mappings)).items():
        if isinstance(entry.device, InstanceStoreDevice) and entry.device.number < store.count:
            _ = volumes.setdefault(entry.device, name)
    return tuple((name, device) for device, name in volumes.items())


def instance_store_volumes(
    image_mappings: Iterable[BlockDeviceMapping],
    request_mappings: Iterable[BlockDeviceMapping],
    instance_type: InstanceType,
) -> frozenset[int] | None:
    """The numbers of the instance store's volumes that an instance has; None where their number is not known.

    >>> from amimodel.instance_types import instance_type
    >>> instance_store_volumes([], [], instance_type("c3.large"))
    frozenset()
    >>> sorted(instance_store_volumes([], [], instance_type("m5d.24xlarge")))
    [0, 1, 2, 3]

    Source: rules A IS-2 to IS-6, A IS-9.
    """
    store = instance_type.instance_store
    if store is None:
        return frozenset()
    if store.count is None:
        return None
    if store.nvme:
        return frozenset(range(store.count))
    image, launch = _by_name(image_mappings), _by_name(request_mappings)
    mapped = _numbers(device for _, device in instance_store_devices(image.values(), launch.values(), instance_type))
    if instance_type.family not in _HAVE_ALL:
        return mapped
    removed = _numbers(
        entry.device
        for name, entry in image.items()
        if name in launch and isinstance(launch[name].device, SuppressedDevice)
    )
    return frozenset(range(store.count)) - removed | mapped


def _by_name(mappings: Iterable[BlockDeviceMapping]) -> dict[str, BlockDeviceMapping]:
    return {entry.device_name: entry for entry in mappings}


def _numbers(devices: Iterable[Device]) -> frozenset[int]:
    return frozenset(device.number for device in devices if isinstance(device, InstanceStoreDevice))
