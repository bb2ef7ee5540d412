"""An inventory: what several answers of EC2 tell together.

DescribeImages tells what an image is; DescribeImageAttribute, with whom it is shared; DescribeSnapshots, what it is
made of. An inventory joins such answers, whatever their order, and keeps what it could not join.

Source: rules B 1.5 (DescribeImageAttribute), B SP-15, C 11.3.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

from attrs import evolve, field, frozen

from amimodel.attributes import ImageAttribute, ImageAttributeName, SnapshotAttribute, SnapshotAttributeName
from amimodel.images import Image
from amimodel.instances import InstanceImageMetadata
from amimodel.permissions import Permissions
from amimodel.settings import ImageBlockPublicAccess
from amimodel.snapshots import Snapshot


class Told(Protocol):
    """A record of an answer, as far as an inventory needs it."""

    @property
    def value(self) -> object:
        """What was told: an image, a snapshot, an attribute of either, an instance, or a setting."""
        ...


class Answer(Protocol):
    """An answer of EC2, as far as an inventory needs it: `amimodel.wire.Response` is one."""

    @property
    def records(self) -> Iterable[Told]:
        """What could be read."""
        ...

    @property
    def faults(self) -> Iterable[object]:
        """What could not be read; each says as text where it was, and why."""
        ...


@frozen
class Unread:
    """A record that could not be taken into the inventory: where it was, and why."""

    source: str
    why: str

    def __str__(self) -> str:
        return f"{self.source}: {self.why}"


@frozen(kw_only=True)
class Inventory:
    """Images, snapshots and instances as several answers tell them.

    `unread` is what could not be taken: records that could not be read, attributes of images that are not here, and
    records told twice in different ways (the later one holds).
    """

    images: Mapping[str, Image] = field(factory=dict[str, Image])
    snapshots: Mapping[str, Snapshot] = field(factory=dict[str, Snapshot])
    instances: tuple[InstanceImageMetadata, ...] = ()
    block_public_access: ImageBlockPublicAccess | None = None
    unread: tuple[Unread, ...] = ()

    @classmethod
    def of_images(cls, images: Iterable[Image], snapshots: Iterable[Snapshot] = ()) -> "Inventory":
        """Take values that are at hand.

        >>> from amimodel.examples import WEB
        >>> list(Inventory.of_images([WEB]).images)
        ['ami-12345678']
        """
        return cls(
            images={image.image_id: image for image in images},
            snapshots={snapshot.snapshot_id: snapshot for snapshot in snapshots},
        )

    @classmethod
    def of_responses(cls, responses: Iterable[tuple[str, Answer]]) -> "Inventory":
        """Join answers, each with the name of where it came from.

        >>> from amimodel.wire import read
        >>> answer = read({"ImageId": "ami-12345678", "LaunchPermissions": []})
        >>> print(Inventory.of_responses([("attributes.json", answer)]).unread[0])
        attributes.json: launchPermission of ami-12345678, which no DescribeImages answer here tells of
        """
        joined = _Joining()
        for source, response in responses:
            joined.take(source, response)
        return joined.inventory()


class _Joining:
    """An inventory in the making: the one place where something changes."""

    def __init__(self) -> None:
        self._images: dict[str, Image] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._instances: dict[str, InstanceImageMetadata] = {}
        self._image_attributes: list[tuple[str, ImageAttribute]] = []
        self._snapshot_attributes: list[tuple[str, SnapshotAttribute]] = []
        self._block_public_access: ImageBlockPublicAccess | None = None
        self._unread: list[Unread] = []

    def take(self, source: str, response: Answer) -> None:
        self._unread.extend(Unread(source, str(fault)) for fault in response.faults)
        for record in response.records:
            self._take_value(source, record.value)

    def _take_value(self, source: str, value: object) -> None:
        match value:
            case Image():
                self._note_a_second(source, value.image_id, self._images.get(value.image_id), value)
                self._images[value.image_id] = value
            case Snapshot():
                self._note_a_second(source, value.snapshot_id, self._snapshots.get(value.snapshot_id), value)
                self._snapshots[value.snapshot_id] = value
            case InstanceImageMetadata():
                self._note_a_second(source, value.instance_id, self._instances.get(value.instance_id), value)
                self._instances[value.instance_id] = value
            case ImageAttribute():
                self._image_attributes.append((source, value))
            case SnapshotAttribute():
                self._snapshot_attributes.append((source, value))
            case ImageBlockPublicAccess():
                self._block_public_access = value
            case _:
                raise TypeError(value)

    def _note_a_second(self, source: str, subject: str, first: object, second: object) -> None:
        if first is not None and first != second:
            self._unread.append(Unread(source, f"{subject} is told a second time and differently; this one holds"))

    def inventory(self) -> Inventory:
        for source, attribute in self._image_attributes:
            self._join_image_attribute(source, attribute)
        for source, snapshot_attribute in self._snapshot_attributes:
            self._join_snapshot_attribute(source, snapshot_attribute)
        return Inventory(
            images=MappingProxyType(self._images),
            snapshots=MappingProxyType(self._snapshots),
            instances=tuple(self._instances.values()),
            block_public_access=self._block_public_access,
            unread=tuple(self._unread),
        )

    def _join_image_attribute(self, source: str, attribute: ImageAttribute) -> None:
        image = self._images.get(attribute.image_id)
        if image is None:
            why = f"{attribute.attribute} of {attribute.image_id}, which no DescribeImages answer here tells of"
            self._unread.append(Unread(source, why))
            return
        if attribute.attribute is ImageAttributeName.LAUNCH_PERMISSION and image.public is not _is_public(attribute):
            why = f"{image.image_id} is public in one answer and not in another; its launch permissions hold"
            self._unread.append(Unread(source, why))
        self._images[image.image_id] = evolve(image, **_told_of_image(attribute))

    def _join_snapshot_attribute(self, source: str, attribute: SnapshotAttribute) -> None:
        snapshot = self._snapshots.get(attribute.snapshot_id)
        if snapshot is None:
            why = f"{attribute.attribute} of {attribute.snapshot_id}, which no DescribeSnapshots answer here tells of"
            self._unread.append(Unread(source, why))
            return
        told: dict[str, Any] = {_FIELD_OF_SNAPSHOT[attribute.attribute]: attribute.value}
        self._snapshots[snapshot.snapshot_id] = evolve(snapshot, **told)


_FIELD_OF_IMAGE: Final = MappingProxyType({
    ImageAttributeName.DESCRIPTION:               "description",
    ImageAttributeName.KERNEL:                    "kernel_id",
    ImageAttributeName.RAMDISK:                   "ramdisk_id",
    ImageAttributeName.LAUNCH_PERMISSION:         "launch_permissions",
    ImageAttributeName.PRODUCT_CODES:             "product_codes",
    ImageAttributeName.BLOCK_DEVICE_MAPPING:      "block_device_mappings",
    ImageAttributeName.SRIOV_NET_SUPPORT:         "sriov_net_support",
    ImageAttributeName.BOOT_MODE:                 "boot_mode",
    ImageAttributeName.TPM_SUPPORT:               "tpm_support",
    ImageAttributeName.UEFI_DATA:                 "uefi_data",
    ImageAttributeName.LAST_LAUNCHED_TIME:        "launches",
    ImageAttributeName.IMDS_SUPPORT:              "imds_support",
    ImageAttributeName.DEREGISTRATION_PROTECTION: "deregistration_protection",
})  # fmt: skip
_FIELD_OF_SNAPSHOT: Final = MappingProxyType({
    SnapshotAttributeName.PRODUCT_CODES:            "product_codes",
    SnapshotAttributeName.CREATE_VOLUME_PERMISSION: "create_volume_permissions",
})  # fmt: skip


def _told_of_image(attribute: ImageAttribute) -> dict[str, Any]:
    value: Any = attribute.value
    if attribute.attribute is ImageAttributeName.LAST_LAUNCHED_TIME:
        value = () if value is None else (value,)
    elif attribute.attribute is ImageAttributeName.DEREGISTRATION_PROTECTION and value is None:
        return {}
    return {_FIELD_OF_IMAGE[attribute.attribute]: value}


def _is_public(attribute: ImageAttribute) -> bool:
    return isinstance(attribute.value, Permissions) and attribute.value.everyone
