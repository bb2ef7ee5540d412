"""RunInstances: instances out of an image.

Source: EC2 API Reference, RunInstances; rules B 5, A 4.5, A 5, A 6, C 12.1, C 12.2; settlements S 2, S 5, S 9, S 38.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel import billing, instance_types, lifecycle
from amimodel._copies import changed
from amimodel.actions._effects import instance_moved
from amimodel.actions._finding import TAGS_ON_CREATION, tags_on_creation
from amimodel.actions._launching import (
    FITTING,
    existing_kernels,
    fitting,
    image_reference,
    launchable_image,
    metadata_service,
    named_image,
)
from amimodel.actions._storage import STORAGE, PlannedStorage, VolumeOwner, planned_storage, with_volumes
from amimodel.block_devices import BlockDeviceMapping, as_mappings
from amimodel.booting import Place
from amimodel.callers import Caller
from amimodel.identifiers import AccountId, InstanceId, KernelId, RamdiskId, kernel_id, ramdisk_id
from amimodel.images import Image
from amimodel.instance_store import instance_store_devices
from amimodel.instance_types import InstanceType
from amimodel.instances import Instance, InstanceInitiatedShutdownBehavior
from amimodel.malformed import Malformed, invalid_value
from amimodel.metadata_options import NOTHING_SAID, InstanceMetadataOptions, MetadataOptions
from amimodel.names import client_token
from amimodel.product_codes import ProductCode
from amimodel.refusals import (
    DryRunOperation,
    HttpTokensEnforced,
    IdempotentParameterMismatch,
    ImageNotFound,
    ImageUnavailable,
    NotAuthorizedForImages,
    ParameterNotResolved,
    Refusal,
    ShutdownBehaviorRefused,
    ZoneNotInRegion,
)
from amimodel.regions import AvailabilityZone, as_zone
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Request
from amimodel.tag_requests import ResourceType, TagSpecification, as_tag_specifications
from amimodel.tags import NO_TAGS, Tags
from amimodel.vocabulary import BootMode, RootDeviceType, VirtualizationType
from amimodel.world import World

_TAGGED: Final = (ResourceType.INSTANCE, ResourceType.VOLUME)
_STOP, _TERMINATE = InstanceInitiatedShutdownBehavior.STOP, InstanceInitiatedShutdownBehavior.TERMINATE


def _image(text: str) -> str:
    if not text:
        raise Malformed("MissingParameter", "The request must contain the parameter ImageId", member="ImageId")
    return image_reference(text)


def _instance_type(name: str) -> str:
    return instance_types.instance_type(name).name


def _zone(name: str | AvailabilityZone | None) -> AvailabilityZone | None:
    return as_zone(name) if name else None


def _kernel(text: str | None) -> KernelId | None:
    return kernel_id(text) if text else None


def _ramdisk(text: str | None) -> RamdiskId | None:
    return ramdisk_id(text) if text else None


def _tags(specifications: Iterable[TagSpecification]) -> tuple[TagSpecification, ...]:
    return as_tag_specifications(specifications, _TAGGED)


def _token(text: str | None) -> str | None:
    return client_token(text)


def _metadata_options(options: MetadataOptions | None) -> MetadataOptions:
    return NOTHING_SAID if options is None else options


def _instances(instances: Iterable[Instance]) -> tuple[Instance, ...]:
    return tuple(instances)


@frozen(kw_only=True)
class Reservation:
    """What one launch has brought about: EC2's Reservation."""

    reservation_id: str
    owner_id: AccountId
    instances: tuple[Instance, ...] = field(converter=_instances)


@frozen(kw_only=True)
class RunInstances(Request[Reservation]):
    """Launch instances of an image that the caller owns or that is shared with it.

    >>> RunInstances(image_id="resolve:ssm:/golden/web", instance_type="t3.micro", max_count=2).min_count
    1
    >>> RunInstances(image_id="ami-12345678", instance_type="t3.tiny")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Invalid value 't3.tiny' for InstanceType.

    `image_id` may also be `resolve:ssm:` and the name of a parameter, with or without a version. `availability_zone` is
    EC2's Placement.AvailabilityZone, by default the first zone of the Region. EC2 launches as many instances as it has
    room for, from `min_count` to `max_count`; here there always is.

    A launch that is granted may still fail: EC2 looks at keys and snapshots when it makes the volumes. Then the
    instances go from pending to terminated, with the reason, and leave no volumes.

    What becomes of the image afterwards is no matter to its instances. Deprecation stands in nobody's way.

    Raises `Malformed`.

    Source: EC2 API Reference, RunInstances; rules B LD-1 to LD-28, A 4.5, A 5, A 6, A ID-10, C 12.10 to C 12.15;
    settlements S 2, S 5, S 9, S 14, S 15, S 17, S 30, S 38, S 39, S 53.
    """

    dry_run_comes_first: ClassVar[bool] = False
    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        IdempotentParameterMismatch,
        ParameterNotResolved,
        ImageNotFound,
        NotAuthorizedForImages,
        ImageUnavailable,
        ZoneNotInRegion,
        *FITTING,
        ShutdownBehaviorRefused,
        HttpTokensEnforced,
        *STORAGE,
        *TAGS_ON_CREATION,
    )

    image_id: str = field(converter=_image)
    instance_type: str = field(converter=_instance_type)
    min_count: int = 1
    max_count: int = 1
    availability_zone: AvailabilityZone | None = field(default=None, converter=_zone)
    block_device_mappings: tuple[BlockDeviceMapping, ...] = field(default=(), converter=as_mappings)
    kernel_id: KernelId | None = field(default=None, converter=_kernel)
    ramdisk_id: RamdiskId | None = field(default=None, converter=_ramdisk)
    metadata_options: MetadataOptions = field(default=NOTHING_SAID, converter=_metadata_options)
    disable_api_termination: bool = False
    instance_initiated_shutdown_behavior: InstanceInitiatedShutdownBehavior | None = field(
        default=None, converter=optional(InstanceInitiatedShutdownBehavior)
    )
    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tags)
    client_token: str | None = field(default=None, converter=_token)

    def __attrs_post_init__(self) -> None:
        for member, count in (("MinCount", self.min_count), ("MaxCount", self.max_count)):
            if type(count) is not int or count < 1:
                raise invalid_value(member, count, "It must be a whole number, and at least 1.")
        if self.min_count > self.max_count:
            raise invalid_value(
                "MinCount", self.min_count, f"It must not be above MaxCount, which is {self.max_count}."
            )

    @property
    def token(self) -> str | None:
        """The client token."""
        return self.client_token

    def decide(self, world: World, by: Caller) -> Deciding[Reservation]:
        """Go through the checks in order, then launch."""
        if self.dry_run and not world.quirks.dry_run_checks_compatibility:
            yield DryRunOperation()
        image = yield from launchable_image(world, by, (yield from named_image(world, by, self.image_id)))
        kind = instance_types.instance_type(self.instance_type)
        zone = yield from self._placed(by)
        boot_mode = yield from fitting(
            world, by, image, kind, place=Place(zone.zone_type.value), kernel_id=self.kernel_id
        )
        yield from existing_kernels(world, by, self.kernel_id or image.kernel_id, self.ramdisk_id or image.ramdisk_id)
        if (
            image.root_device_type is RootDeviceType.INSTANCE_STORE
            and self.instance_initiated_shutdown_behavior is _STOP
        ):
            yield ShutdownBehaviorRefused(image_id=image.image_id)
        metadata = yield from metadata_service(world, by, image, self.metadata_options)
        storage = yield from planned_storage(world, by, image, kind, self.block_device_mappings)
        tags = yield from tags_on_creation(world, self.tag_specifications)
        if self.dry_run:
            yield DryRunOperation()
        yield GRANTED

        plan = _Plan(
            request=self, by=by, image=image, kind=kind, zone=zone,
            boot_mode=boot_mode, metadata=metadata, storage=storage, tags=tags,
        )  # fmt: skip
        return _launched(world, plan)

    def _placed(self, by: Caller) -> Finding[AvailabilityZone]:
        """The zone, which is of the caller's Region. Refuses with `ZoneNotInRegion` (rule A RG-4)."""
        zone = self.availability_zone or as_zone(f"{by.region}a")
        if zone.region != by.region:
            yield ZoneNotInRegion(availability_zone=zone.name, region=by.region.name)
        return zone


# --- what comes of it -------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class _Plan:
    """A launch that nothing speaks against, with all that its checks have found."""

    request: RunInstances
    by: Caller
    image: Image
    kind: InstanceType
    zone: AvailabilityZone
    boot_mode: BootMode | None
    metadata: InstanceMetadataOptions
    storage: PlannedStorage
    tags: Mapping[str, Tags]


def _launched(world: World, plan: _Plan) -> Outcome[Reservation]:
    request_id, reservation_id = world.request_id, world.new_id("r-")
    if world.now not in plan.image.launches:
        image = lifecycle.launched(plan.image, world.now, world.timing.last_launched_lag)
        world = world.with_image(image)
    model = changed(_instance(world, plan), reservation_id=reservation_id)
    owner = VolumeOwner(plan.by, plan.zone, plan.tags.get(ResourceType.VOLUME, NO_TAGS))
    instances: list[Instance] = []
    for index in range(plan.request.max_count):
        instance_id = InstanceId(world.new_id("i-"))
        world, devices = with_volumes(world, plan.storage, instance_id, owner, request_id)
        instance = changed(model, instance_id=instance_id, ami_launch_index=index, block_device_mappings=devices)
        world = instance_moved(world, instance, request_id, failure=plan.storage.failure)
        instances.append(instance)
    return Outcome(world, Reservation(reservation_id=reservation_id, owner_id=plan.by.account, instances=instances))


def _instance(world: World, plan: _Plan) -> Instance:
    """What all instances of the launch have in common (rules B LD-27, A 7.4, A BO-1, A IS-7, B MP-3, B W-8)."""
    request, image = plan.request, plan.image
    ephemeral = instance_store_devices(image.block_device_mappings, request.block_device_mappings, plan.kind)
    stoppable = image.root_device_type is RootDeviceType.EBS
    paravirtual = image.virtualization_type is VirtualizationType.PARAVIRTUAL
    return Instance(
        instance_id=world.new_id("i-"),
        owner_id=plan.by.account,
        image_id=image.image_id,
        instance_type=plan.kind.name,
        architecture=image.architecture,
        availability_zone=plan.zone,
        launch_time=world.now,
        virtualization_type=image.virtualization_type,
        hypervisor=image.hypervisor,
        root_device_type=image.root_device_type,
        root_device_name=image.root_device_name,
        instance_store_devices=[BlockDeviceMapping(name, device) for name, device in ephemeral],
        # An HVM instance finds its boot loader on its own disk, whatever the launch names (rules A 5.3, A RI-12).
        kernel_id=(request.kernel_id or image.kernel_id) if paravirtual else None,
        ramdisk_id=(request.ramdisk_id or image.ramdisk_id) if paravirtual else None,
        boot_mode=image.boot_mode,
        current_instance_boot_mode=plan.boot_mode,
        tpm_support=image.tpm_support,
        uefi_data=image.uefi_data,
        ena_support=image.ena_support,
        sriov_net_support=image.sriov_net_support,
        http_tokens=plan.metadata.http_tokens,
        http_put_response_hop_limit=plan.metadata.http_put_response_hop_limit,
        disable_api_termination=request.disable_api_termination,
        instance_initiated_shutdown_behavior=request.instance_initiated_shutdown_behavior
        or (_STOP if stoppable else _TERMINATE),
        billing=billing.of_launched(image),
        platform=image.platform,
        product_codes=dict.fromkeys((*image.product_codes, *_codes_of_snapshots(plan.storage))),
        image_watermarks=image.image_watermarks,
        tags=plan.tags.get(ResourceType.INSTANCE, NO_TAGS),
    )


def _codes_of_snapshots(storage: PlannedStorage) -> Iterator[ProductCode]:
    return (code for volume in storage.volumes if volume.snapshot is not None for code in volume.snapshot.product_codes)
