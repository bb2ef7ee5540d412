"""The filters of snapshots, volumes, instances, what instances tell of their images, tags and store tasks.

Source: botocore 1.44.5, the parameter Filters of each; rules A 8.4, C 7.22, C 11.7; settlements S 21, S 23, S 35.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from attrs import frozen

from amimodel.filters import FilterRow, FilterTable, Kind
from amimodel.images import StateReason
from amimodel.instances import Instance, InstanceImageMetadata
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoreImageTask
from amimodel.volumes import Volume, VolumeAttachment
from amimodel.zone_ids import zone_id

_TEXT, _NUMBER, _BOOL, _TIME = Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN, Kind.TIME

_NO_REASON: Final = StateReason()


class SeenSnapshot(NamedTuple):
    """A snapshot, and the tags of the account that looks at it: one's own (rule A TG-9)."""

    snapshot: Snapshot
    tags: Mapping[str, str]


def _snapshot_tags(seen: SeenSnapshot) -> Mapping[str, str]:
    return seen.tags


_OfSnapshot = FilterRow[SeenSnapshot]

SNAPSHOT_FILTERS: Final = FilterTable(
    rows=(
        _OfSnapshot("description",   _TEXT,   lambda seen: seen.snapshot.description),
        _OfSnapshot("encrypted",     _BOOL,   lambda seen: seen.snapshot.encrypted),
        _OfSnapshot("owner-alias",   _TEXT,   lambda seen: seen.snapshot.owner_alias),
        _OfSnapshot("owner-id",      _TEXT,   lambda seen: seen.snapshot.owner_id),
        _OfSnapshot("progress",      _TEXT,   lambda seen: seen.snapshot.progress),
        _OfSnapshot("snapshot-id",   _TEXT,   lambda seen: seen.snapshot.snapshot_id),
        _OfSnapshot("start-time",    _TIME,   lambda seen: seen.snapshot.start_time),
        _OfSnapshot("status",        _TEXT,   lambda seen: seen.snapshot.state),
        _OfSnapshot("storage-tier",  _TEXT,   lambda seen: seen.snapshot.storage_tier),
        _OfSnapshot("tag-key",       _TEXT,   lambda seen: tuple(seen.tags)),
        # Copies alone have one (rule C 8.1).
        _OfSnapshot("transfer-type", _TEXT,   lambda seen: seen.snapshot.transfer_type),
        _OfSnapshot("volume-id",     _TEXT,   lambda seen: seen.snapshot.volume_id),
        _OfSnapshot("volume-size",   _NUMBER, lambda seen: seen.snapshot.volume_size_gib),
    ),
    tags=_snapshot_tags,
)  # fmt: skip
"""The filters of DescribeSnapshots: 13 rows, and `tag:K` (settlement S 21)."""


def _attachment(volume: Volume, read: Callable[[VolumeAttachment], object]) -> object:
    return None if volume.attachment is None else read(volume.attachment)


def _volume_tags(volume: Volume) -> Mapping[str, str]:
    return volume.tags


_OfVolume = FilterRow[Volume]

VOLUME_FILTERS: Final = FilterTable(
    rows=(
        _OfVolume("attachment.delete-on-termination", _BOOL,
                  lambda own: _attachment(own, lambda there: there.delete_on_termination)),
        _OfVolume("attachment.device",                _TEXT,   lambda own: _attachment(own, lambda at: at.device_name)),
        _OfVolume("attachment.instance-id",           _TEXT,   lambda own: _attachment(own, lambda at: at.instance_id)),
        # What is being attached or detached is no state here.
        _OfVolume("attachment.status",                _TEXT,   lambda own: _attachment(own, lambda _: "attached")),
        _OfVolume("availability-zone",                _TEXT,   lambda own: own.availability_zone.name),
        _OfVolume("availability-zone-id",             _TEXT,   lambda own: zone_id(own.availability_zone)),
        _OfVolume("create-time",                      _TIME,   lambda own: own.create_time),
        _OfVolume("encrypted",                        _BOOL,   lambda own: own.encrypted),
        _OfVolume("size",                             _NUMBER, lambda own: own.size_gib),
        _OfVolume("snapshot-id",                      _TEXT,   lambda own: own.snapshot_id),
        _OfVolume("status",                           _TEXT,   lambda own: own.state),
        _OfVolume("tag-key",                          _TEXT,   lambda own: tuple(own.tags)),
        _OfVolume("volume-id",                        _TEXT,   lambda own: own.volume_id),
        _OfVolume("volume-type",                      _TEXT,   lambda own: own.volume_type),
    ),
    tags=_volume_tags,
    silent=frozenset({
        "attachment.attach-time", "fast-restored", "multi-attach-enabled", "operator.managed", "operator.principal",
    }),
)  # fmt: skip
"""The filters of DescribeVolumes: 14 rows, `tag:K`, and the names of what the model has no fact for."""


def _delete_on_termination(instance: Instance) -> tuple[bool, ...]:
    return tuple(device.delete_on_termination for device in instance.block_device_mappings)


def _device_names(instance: Instance) -> tuple[str, ...]:
    return tuple(device.device_name for device in instance.block_device_mappings)


def _volume_ids(instance: Instance) -> tuple[str, ...]:
    return tuple(device.volume_id for device in instance.block_device_mappings)


def _product_codes(instance: Instance) -> tuple[str, ...]:
    return tuple(code.product_code_id for code in instance.product_codes)


def _product_code_types(instance: Instance) -> tuple[str, ...]:
    return tuple(code.product_code_type for code in instance.product_codes)


def _platform_details(instance: Instance) -> str | None:
    return None if instance.billing is None else instance.billing.platform_details


def _usage_operation(instance: Instance) -> str | None:
    return None if instance.billing is None else instance.billing.usage_operation


def _reason(instance: Instance) -> StateReason:
    return instance.state_reason or _NO_REASON


def _instance_tags(instance: Instance) -> Mapping[str, str]:
    return instance.tags


_OfInstance = FilterRow[Instance]

# What the model has no fact for: networks and addresses, hosts and reservations, keys and roles.
_SILENT_FOR_INSTANCES: Final = frozenset(
    """
    affinity block-device-mapping.attach-time block-device-mapping.status capacity-reservation-id
    capacity-reservation-specification.capacity-reservation-preference
    capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id
    capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn
    client-token dns-name ebs-optimized enclave-options.enabled hibernation-options.configured host-id
    iam-instance-profile.arn iam-instance-profile.id instance-lifecycle instance.group-id instance.group-name
    ip-address ipv6-address key-name maintenance-options.auto-recovery metadata-options.http-endpoint
    metadata-options.http-protocol-ipv4 metadata-options.http-protocol-ipv6 metadata-options.instance-metadata-tags
    metadata-options.state monitoring-state
    network-interface.addresses.association.allocation-id network-interface.addresses.association.association-id
    network-interface.addresses.association.carrier-ip network-interface.addresses.association.customer-owned-ip
    network-interface.addresses.association.ip-owner-id network-interface.addresses.association.public-dns-name
    network-interface.addresses.association.public-ip network-interface.addresses.primary
    network-interface.addresses.private-dns-name network-interface.addresses.private-ip-address
    network-interface.association.allocation-id network-interface.association.association-id
    network-interface.association.carrier-ip network-interface.association.customer-owned-ip
    network-interface.association.ip-owner-id network-interface.association.public-dns-name
    network-interface.association.public-ip network-interface.attachment.attach-time
    network-interface.attachment.attachment-id network-interface.attachment.delete-on-termination
    network-interface.attachment.device-index network-interface.attachment.instance-id
    network-interface.attachment.instance-owner-id network-interface.attachment.network-card-index
    network-interface.attachment.status network-interface.availability-zone
    network-interface.deny-all-igw-traffic network-interface.description network-interface.group-id
    network-interface.group-name network-interface.ipv4-prefixes.ipv4-prefix network-interface.ipv6-address
    network-interface.ipv6-addresses.ipv6-address network-interface.ipv6-addresses.is-primary-ipv6
    network-interface.ipv6-native network-interface.ipv6-prefixes.ipv6-prefix network-interface.mac-address
    network-interface.network-interface-id network-interface.operator.managed network-interface.operator.principal
    network-interface.outpost-arn network-interface.owner-id network-interface.private-dns-name
    network-interface.private-ip-address network-interface.public-dns-name network-interface.requester-id
    network-interface.requester-managed network-interface.source-dest-check network-interface.status
    network-interface.subnet-id network-interface.tag-key network-interface.tag-value network-interface.vpc-id
    network-performance-options.bandwidth-weighting operator.managed operator.principal outpost-arn
    placement-group-name placement-partition-number private-dns-name
    private-dns-name-options.enable-resource-name-dns-a-record
    private-dns-name-options.enable-resource-name-dns-aaaa-record private-dns-name-options.hostname-type
    private-ip-address reason requester-id source-dest-check spot-instance-request-id subnet-id tenancy
    usage-operation-update-time vpc-id
    """.split()  # noqa: SIM905 - names in quotes would fill two pages
)

INSTANCE_FILTERS: Final = FilterTable(
    rows=(
        _OfInstance("architecture",                               _TEXT,   lambda own: own.architecture),
        _OfInstance("availability-zone",                          _TEXT,   lambda own: own.availability_zone.name),
        _OfInstance("availability-zone-id",                       _TEXT,   lambda own: zone_id(own.availability_zone)),
        _OfInstance("block-device-mapping.delete-on-termination", _BOOL,   _delete_on_termination),
        _OfInstance("block-device-mapping.device-name",           _TEXT,   _device_names),
        _OfInstance("block-device-mapping.volume-id",             _TEXT,   _volume_ids),
        _OfInstance("boot-mode",                                  _TEXT,   lambda own: own.boot_mode),
        _OfInstance("current-instance-boot-mode",                 _TEXT,   lambda own: own.current_instance_boot_mode),
        # As with images, its absence is a no (rule A FI-8).
        _OfInstance("ena-support",                                _BOOL,   lambda own: own.ena_support is True),
        _OfInstance("hypervisor",                                 _TEXT,   lambda own: own.hypervisor),
        _OfInstance("image-id",                                   _TEXT,   lambda own: own.image_id),
        _OfInstance("instance-id",                                _TEXT,   lambda own: own.instance_id),
        _OfInstance("instance-state-code",                        _NUMBER, lambda own: own.state.code),
        _OfInstance("instance-state-name",                        _TEXT,   lambda own: own.state),
        _OfInstance("instance-type",                              _TEXT,   lambda own: own.instance_type),
        _OfInstance("kernel-id",                                  _TEXT,   lambda own: own.kernel_id),
        _OfInstance("launch-index",                               _NUMBER, lambda own: own.ami_launch_index),
        _OfInstance("launch-time",                                _TIME,   lambda own: own.launch_time),
        _OfInstance("metadata-options.http-put-response-hop-limit",
                                                                  _NUMBER, lambda own: own.http_put_response_hop_limit),
        _OfInstance("metadata-options.http-tokens",               _TEXT,   lambda own: own.http_tokens),
        _OfInstance("owner-id",                                   _TEXT,   lambda own: own.owner_id),
        _OfInstance("platform",                                   _TEXT,   lambda own: own.platform),
        _OfInstance("platform-details",                           _TEXT,   _platform_details),
        _OfInstance("product-code",                               _TEXT,   _product_codes),
        _OfInstance("product-code.type",                          _TEXT,   _product_code_types),
        _OfInstance("ramdisk-id",                                 _TEXT,   lambda own: own.ramdisk_id),
        _OfInstance("reservation-id",                             _TEXT,   lambda own: own.reservation_id),
        _OfInstance("root-device-name",                           _TEXT,   lambda own: own.root_device_name),
        _OfInstance("root-device-type",                           _TEXT,   lambda own: own.root_device_type),
        _OfInstance("state-reason-code",                          _TEXT,   lambda own: _reason(own).code),
        _OfInstance("state-reason-message",                       _TEXT,   lambda own: _reason(own).message),
        _OfInstance("tag-key",                                    _TEXT,   lambda own: tuple(own.tags)),
        _OfInstance("tpm-support",                                _TEXT,   lambda own: own.tpm_support),
        _OfInstance("usage-operation",                            _TEXT,   _usage_operation),
        _OfInstance("virtualization-type",                        _TEXT,   lambda own: own.virtualization_type),
    ),
    tags=_instance_tags,
    silent=_SILENT_FOR_INSTANCES,
)  # fmt: skip
"""The filters of DescribeInstances: 35 rows, `tag:K`, and the names of what the model has no fact for."""


def _metadata_tags(item: InstanceImageMetadata) -> Mapping[str, str]:
    return item.tags


_OfMetadata = FilterRow[InstanceImageMetadata]

INSTANCE_IMAGE_METADATA_FILTERS: Final = FilterTable(
    rows=(
        _OfMetadata("availability-zone",   _TEXT, lambda item: item.availability_zone.name),
        # As in DescribeImages: while Allowed AMIs is disabled, every image is allowed (settlement S 35).
        _OfMetadata("image-allowed",       _BOOL, lambda item: item.image_metadata.image_allowed is not False),
        _OfMetadata("instance-id",         _TEXT, lambda item: item.instance_id),
        _OfMetadata("instance-state-name", _TEXT, lambda item: item.state),
        _OfMetadata("instance-type",       _TEXT, lambda item: item.instance_type),
        _OfMetadata("launch-time",         _TIME, lambda item: item.launch_time),
        # The image's owner: botocore's words are those of DescribeImages, and the instance's is always the caller.
        _OfMetadata("owner-alias",         _TEXT, lambda item: item.image_metadata.image_owner_alias),
        _OfMetadata("owner-id",            _TEXT, lambda item: item.image_metadata.owner_id),
        _OfMetadata("tag-key",             _TEXT, lambda item: tuple(item.tags)),
        _OfMetadata("zone-id",             _TEXT, lambda item: item.zone_id),
    ),
    tags=_metadata_tags,
)  # fmt: skip
"""The filters of DescribeInstanceImageMetadata: 10 rows, and `tag:K` (rule C 11.7)."""


@frozen
class TagDescription:
    """A tag of the account's on one of its resources, or on somebody else's: an item of DescribeTags."""

    resource_id: str
    resource_type: str
    key: str
    value: str


def _tag(description: TagDescription) -> Mapping[str, str]:
    return {description.key: description.value}


_OfTag = FilterRow[TagDescription]

TAG_FILTERS: Final = FilterTable(
    rows=(
        _OfTag("key",           _TEXT, lambda tag: tag.key),
        _OfTag("resource-id",   _TEXT, lambda tag: tag.resource_id),
        _OfTag("resource-type", _TEXT, lambda tag: tag.resource_type),
        _OfTag("value",         _TEXT, lambda tag: tag.value),
    ),
    tags=_tag,
)  # fmt: skip
"""The filters of DescribeTags: 4 rows, and `tag:K`, which finds the tag itself (settlement S 23)."""


_OfStoreTask = FilterRow[StoreImageTask]

STORE_TASK_FILTERS: Final = FilterTable(
    rows=(
        _OfStoreTask("bucket",     _TEXT, lambda task: task.bucket),
        _OfStoreTask("task-state", _TEXT, lambda task: task.store_task_state),
    ),
)  # fmt: skip
"""The filters of DescribeStoreImageTasks: 2 rows (rule C 7.22)."""
