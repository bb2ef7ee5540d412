"""Bundles: what an image without EBS is made of, in S3.

A bundle is a disk in parts, and a manifest that tells how to put them together. RegisterImage is given the place of the
manifest; what it reads there is all that it knows.

Source: EC2 User Guide, "Create an Amazon S3-backed AMI"; rules A 2.6 (RI-20 to RI-26), A LO-3.
"""

import re
from collections.abc import Iterable
from typing import Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel.block_devices import BlockDeviceMapping, InstanceStoreDevice
from amimodel.identifiers import AccountId, KernelId, RamdiskId, account_id, kernel_id, ramdisk_id
from amimodel.malformed import invalid_value
from amimodel.vocabulary import Architecture

_is_location = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^\s/][^\r\n]*", re.ASCII).fullmatch
_is_instance_store = re.compile(r"ephemeral(?:\d|1\d|2[0-3])", re.ASCII).fullmatch

ROOT: Final = "root"
"""What a manifest calls the device of the root volume."""

DEFAULT_ROOT_DEVICE: Final = "/dev/sda1"
"""The root device of a manifest that names none (rule A RI-23)."""


def bundle_location(text: str) -> str:
    """Read the place of a manifest: a bucket and a key.

    >>> bundle_location("amis/web/image.manifest.xml")
    'amis/web/image.manifest.xml'

    Raises `Malformed` (`InvalidParameterValue`).

    Source: rules A RI-20, A LO-3.
    """
    if isinstance(text, str) and _is_location(text):
        return text
    raise invalid_value("ImageLocation", text, "Expected the path of a manifest in S3, beginning with its bucket.")


def _pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((_word(virtual), _word(device)) for virtual, device in pairs)


def _word(text: str) -> str:
    if isinstance(text, str) and text and text.isprintable() and " " not in text:
        return text
    raise invalid_value("BlockDeviceMapping", text, "Expected a name.")


def _size(gib: int) -> int:
    if type(gib) is int and gib >= 1:
        return gib
    raise invalid_value("Size", gib, "It must be a whole number, and at least 1.")


@frozen(kw_only=True)
class ImageBundle:
    """A bundle in S3, as its manifest tells it and as EC2 finds it.

    >>> bundle = ImageBundle(
    ...     location="amis/web/image.manifest.xml",
    ...     account="111122223333",
    ...     architecture="x86_64",
    ...     block_device_mapping=[("ami", "sda"), ("root", "/dev/sda1"), ("ephemeral0", "sdb")],
    ... )
    >>> bundle.root_device_name, [entry.device_name for entry in bundle.instance_store_mappings]
    ('/dev/sda1', ['/dev/sdb'])

    `block_device_mapping` has the pairs of the manifest as they stand there, wrong ones too: EC2 judges them when the
    image is registered. `readable` says that EC2 may read the bundle (the ACL `aws-exec-read`), `well_formed` that its
    manifest can be understood. `account` is whose key signed it, and `size_gib` the size of the disk.

    Raises `Malformed`.

    Source: rules A RI-20, A RI-22, A RI-23.
    """

    location: str = field(converter=bundle_location)
    account: AccountId = field(converter=account_id)
    architecture: Architecture = field(converter=Architecture)
    kernel_id: KernelId | None = field(default=None, converter=optional(kernel_id))
    ramdisk_id: RamdiskId | None = field(default=None, converter=optional(ramdisk_id))
    block_device_mapping: tuple[tuple[str, str], ...] = field(
        default=(("ami", "sda"), (ROOT, DEFAULT_ROOT_DEVICE)), converter=_pairs
    )
    size_gib: int = field(default=10, converter=_size)
    readable: bool = True
    well_formed: bool = True

    @property
    def root_device_name(self) -> str:
        """The root device that the manifest names, or the usual one (rule A RI-23)."""
        return next((device for virtual, device in self.block_device_mapping if virtual == ROOT), DEFAULT_ROOT_DEVICE)

    @property
    def instance_store_mappings(self) -> tuple[BlockDeviceMapping, ...]:
        """The volumes of the instance store that the manifest maps, as entries of a mapping (rules A RI-22, A RI-24).

        A manifest writes names without their directory (`sdb`); of two pairs for one device, the last holds.
        """
        volumes = {
            device if device.startswith("/") else f"/dev/{device}": InstanceStoreDevice(virtual)
            for virtual, device in self.block_device_mapping
            if _is_instance_store(virtual)
        }
        return tuple(BlockDeviceMapping(name, volume) for name, volume in volumes.items())
