"""RegisterImage: an image out of snapshots that are there, or out of a bundle in S3.

Source: EC2 API Reference, RegisterImage; rules A 2, C 1.2.9; settlements S 13 to S 15.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, ClassVar, Final

from attrs import evolve, field, frozen

from amimodel._copies import changed
from amimodel.actions._finding import (
    TAGS_ON_CREATION,
    name_is_free,
    readable_snapshots,
    room_for_an_image,
    tags_on_creation,
)
from amimodel.actions._seeing import Viewer
from amimodel.callers import PROVIDER_ACCOUNT, Caller
from amimodel.events import ImageStateChange
from amimodel.identifiers import ImageId
from amimodel.images import Image
from amimodel.refusals import ImageNameInUse, ImageQuotaReached, MisplacedSharedTag, Refusal
from amimodel.registering import REFUSALS, RegistrationFacts, objections, registered
from amimodel.registrations import Registration
from amimodel.requests import GRANTED, Deciding, Outcome, Request
from amimodel.tag_requests import ResourceType, TagSpecification, as_tag_specifications
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import FinishImage
from amimodel.vocabulary import Architecture, ImageState
from amimodel.world import World

_IMAGES_ALONE: Final = (ResourceType.IMAGE,)

# What every field of a new image is that the request does not decide. Registration has read all the others already: to
# build the image of them would read them once more.
_NEW: Final = Image(
    image_id="ami-00000000",
    owner_id=PROVIDER_ACCOUNT,
    name=None,
    creation_date=datetime(2006, 8, 25, tzinfo=UTC),
    architecture=Architecture.I386,
)


def _tag_specifications(specifications: Iterable[TagSpecification]) -> tuple[TagSpecification, ...]:
    return as_tag_specifications(specifications, _IMAGES_ALONE)


@frozen(kw_only=True)
class RegisterImage(Registration, Request[Image]):
    """Make an image of one's own snapshots, or of a bundle in S3. Its parameters are those of `Registration`.

    The image is available at once, private, and has nothing of the machines that the snapshots came from but their
    product codes, and the licence that the root snapshot remembers.

    Source: EC2 API Reference, RegisterImage; rules A 2.1 to A 2.7, A NM-6, A 9, C 1.2.9.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        *REFUSALS,
        *(kind for kind in TAGS_ON_CREATION if kind is not MisplacedSharedTag),  # an image may have shared tags
        ImageNameInUse,
        ImageQuotaReached,
    )

    tag_specifications: tuple[TagSpecification, ...] = field(default=(), converter=_tag_specifications)

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then make the image."""
        facts = _facts(self, world, by)
        fields: dict[str, Any] = {}
        try:
            fields = registered(self, facts)
        except Refusal:
            yield from objections(self, facts)
        tags = (yield from tags_on_creation(world, self.tag_specifications)) if self.tag_specifications else _NO_TAGS
        yield from name_is_free(world, by, self.name)
        yield from room_for_an_image(world, by)
        yield GRANTED

        delay, request_id = world.timing.register_image, world.request_id
        new_id = ImageId(world.new_id("ami-"))
        location, billing = fields.pop("image_location"), fields["billing"]
        image = changed(
            _NEW,
            image_id=new_id,
            owner_id=by.account,
            region=by.region,
            creation_date=world.now.replace(microsecond=0),  # rule A T-1
            state=ImageState.PENDING if delay else ImageState.AVAILABLE,
            image_owner_alias=world.owner_aliases.get(by.account),
            tags=tags.get(ResourceType.IMAGE, NO_TAGS),
            platform=billing.platform,
            **fields,
        )
        if location is not None:
            image = evolve(image, image_location=location)
        world = world.with_image(image)
        if delay:
            return Outcome(world.with_task(delay, FinishImage(image_id=new_id), request_id), image)
        change = ImageStateChange(image_id=new_id, state=ImageState.AVAILABLE)
        return Outcome(world.emitting(change, account=by.account, region=by.region, request_id=request_id), image)


_NO_TAGS: Final[Mapping[str, Tags]] = MappingProxyType({})


def _facts(wanted: Registration, world: World, by: Caller) -> RegistrationFacts:
    location = wanted.image_location
    return RegistrationFacts(
        account_id=by.account,
        region=by.region,
        snapshots=readable_snapshots(world, by, (snapshot_id for _, snapshot_id in wanted.snapshot_devices)),
        bundle=None if location is None else world.bundles.get(location),
        kernels=_kernels(wanted, world, by) if world.quirks.register_checks_kernel_exists else None,
        billing_accounts=world.billing_product_accounts,
        limits=world.limits,
        quirks=world.quirks,
    )


def _kernels(wanted: Registration, world: World, by: Caller) -> frozenset[str]:
    """The kernel and the RAM disk that the request names, where the caller can use them (settlement S 15)."""
    viewer = Viewer.of(world, by)
    bundle = None if wanted.image_location is None else world.bundles.get(wanted.image_location)
    named = {wanted.kernel_id, wanted.ramdisk_id, *((bundle.kernel_id, bundle.ramdisk_id) if bundle else ())}
    found = (world.image(one, by.region) for one in named if one is not None)
    return frozenset(image.image_id for image in found if image is not None and viewer.sees(image))
