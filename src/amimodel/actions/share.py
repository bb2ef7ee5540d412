"""Who may launch an image, and what else an owner may change of it: ModifyImageAttribute.

Source: EC2 User Guide, "Shared AMI"; EC2 API Reference, ModifyImageAttribute; rules B 1.2, B 1.3, B OR-12, C 1.3;
settlements S 16, S 17, S 20, S 25, S 44, S 45.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.converters import optional

from amimodel import sharing
from amimodel._copies import changed
from amimodel.actions._finding import own_image
from amimodel.attributes import ImageAttributeName
from amimodel.callers import Caller
from amimodel.identifiers import AccountId, ImageId, image_id
from amimodel.images import Image
from amimodel.lifecycle import ImageEvent
from amimodel.malformed import invalid_value
from amimodel.names import image_description
from amimodel.organizations import OrganizationalUnitArn, OrganizationArn
from amimodel.permission_requests import (
    ImageModification,
    LaunchPermissionModifications,
    NewDescription,
    NewImdsSupport,
    NewProductCodes,
    OperationType,
    asked,
    combination,
    listed_permissions,
    missing,
    told_apart,
)
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    EveryonePermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)
from amimodel.product_codes import ProductCode
from amimodel.quirks import PermissionOverlap
from amimodel.refusals import (
    EncryptedImageNotPublic,
    ImageNotFound,
    ImageUnavailable,
    ManagedKeyNotShared,
    NotAuthorizedForImage,
    OverlappingPermissions,
    PermissionOfAnotherPartition,
    ProductCodeImageNotPublic,
    ProductCodesKept,
    ProductCodesNotModifiable,
    PublicImageQuotaReached,
    PublicSharingBlocked,
    Refusal,
    SharingQuotaReached,
    TooManyPermissionChanges,
    WatermarkedImageNotPublic,
)
from amimodel.regions import Region
from amimodel.requests import GRANTED, Deciding, Outcome, Request
from amimodel.sharing import SharingFacts
from amimodel.vocabulary import ImdsSupport
from amimodel.world import World

_OF_AN_OWNER: Final[tuple[type[Refusal], ...]] = (ImageNotFound, NotAuthorizedForImage, ImageUnavailable)
_MODIFIABLE: Final[Mapping[str, ImageAttributeName]] = {
    # Ansible writes "LaunchPermission" and "Description", and EC2 takes it.
    attribute.value.lower(): attribute
    for attribute in (
        ImageAttributeName.DESCRIPTION,
        ImageAttributeName.LAUNCH_PERMISSION,
        ImageAttributeName.IMDS_SUPPORT,
        ImageAttributeName.PRODUCT_CODES,
    )
}
_BY_VALUE: Final = frozenset({ImageAttributeName.DESCRIPTION, ImageAttributeName.IMDS_SUPPORT})
_LAUNCH_PERMISSION: Final = ImageAttributeName.LAUNCH_PERMISSION


def _attribute(text: str | None) -> ImageAttributeName | None:
    if not text:
        return None
    if text.lower() not in _MODIFIABLE:
        raise invalid_value("Attribute", text, "Unknown attribute.")
    return _MODIFIABLE[text.lower()]


def _operation_type(text: str | None) -> OperationType | None:
    return OperationType(text) if text else None


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(texts)


def _imds_support(text: str | None) -> ImdsSupport | None:
    return ImdsSupport(text) if text else None


def _product_codes(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(ProductCode(code).product_code_id for code in codes)


@frozen(kw_only=True)
class ModifyImageAttribute(Request[Image]):
    """Change an image of one's own: whom it is shared with, its description, or that its instances require IMDSv2.

    One attribute at a time, in either of two shapes: `launch_permission`, `description` or `imds_support`;
    or `attribute` with `value`, or with `operation_type` and lists of whom it is about. `modification` is what they
    come to. Where the first shape is used, it holds, and what else names the same attribute adds nothing to it.

    >>> from amimodel.permissions import EVERYONE
    >>> new = ModifyImageAttribute(
    ...     image_id="ami-12345678", launch_permission=LaunchPermissionModifications(add=[EVERYONE])
    ... )
    >>> old = ModifyImageAttribute(
    ...     image_id="ami-12345678", attribute="launchPermission", operation_type="add", user_groups=["all"]
    ... )
    >>> new.modification == old.modification
    True

    What is added and is there, and what is removed and is not, are no matter. An image that becomes public is
    deprecated two years after its creation at the latest. An empty description is one, and not as good as none.

    Raises `Malformed` for parameters that do not go together.

    Source: EC2 API Reference, ModifyImageAttribute; rules B LP-9 to B LP-35, B OR-12, B 1.3, A DS-1, A DS-2, A PC-2
    to A PC-4; settlements S 16, S 17, S 20.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        *_OF_AN_OWNER,
        ProductCodesNotModifiable,
        ProductCodesKept,
        TooManyPermissionChanges,
        PermissionOfAnotherPartition,
        OverlappingPermissions,
        EncryptedImageNotPublic,
        ProductCodeImageNotPublic,
        WatermarkedImageNotPublic,
        ManagedKeyNotShared,
        PublicSharingBlocked,
        PublicImageQuotaReached,
        SharingQuotaReached,
    )

    image_id: ImageId = field(converter=image_id)
    attribute: ImageAttributeName | None = field(default=None, converter=_attribute)
    value: str | None = None
    operation_type: OperationType | None = field(default=None, converter=_operation_type)
    user_ids: tuple[str, ...] = field(default=(), converter=_texts)
    user_groups: tuple[str, ...] = field(default=(), converter=_texts)
    organization_arns: tuple[str, ...] = field(default=(), converter=_texts)
    organizational_unit_arns: tuple[str, ...] = field(default=(), converter=_texts)
    launch_permission: LaunchPermissionModifications | None = None
    description: str | None = field(default=None, converter=optional(image_description))
    imds_support: ImdsSupport | None = field(default=None, converter=_imds_support)
    product_codes: tuple[str, ...] = field(default=(), converter=_product_codes)
    modification: ImageModification = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "modification", self._modification())

    def _modification(self) -> ImageModification:
        given = self._structures()
        if self.attribute is not None and self.attribute not in given:
            given[self.attribute] = self._by_value(self.attribute)
        if len(given) > 1:
            raise combination("Attribute", "Only one attribute can be modified at a time.")  # B LP-10
        if not given:
            raise combination("Attribute", "No attributes specified.")
        ((name, change),) = given.items()
        if self.operation_type is not None and name is not _LAUNCH_PERMISSION:
            raise combination("OperationType", "An operation goes with launchPermission alone.")  # B LP-14
        if self.value and self.attribute not in _BY_VALUE:
            raise combination("Value", "A value goes with the attributes description and imdsSupport.")
        return change

    def _structures(self) -> dict[ImageAttributeName, ImageModification]:
        """What the newer shape asks for, and what the lists of the older one come to."""
        given: dict[ImageAttributeName, ImageModification] = {}
        listed = listed_permissions(
            self.user_ids, self.user_groups, self.organization_arns, self.organizational_unit_arns
        )
        structure = None if self.launch_permission is None else self.launch_permission.sides
        named = self.attribute is _LAUNCH_PERMISSION
        if listed and structure is None and not named and self.attribute is not None:
            raise combination("UserIds", "Lists of accounts, groups and ARNs go with launchPermission alone.")
        sides = asked(structure, listed, self.operation_type, named=named, member="LaunchPermission")
        if sides is not None:
            given[_LAUNCH_PERMISSION] = LaunchPermissionModifications(add=sides[0], remove=sides[1])
        if self.description is not None:
            given[ImageAttributeName.DESCRIPTION] = NewDescription(self.description)
        if self.imds_support is not None:
            given[ImageAttributeName.IMDS_SUPPORT] = NewImdsSupport(self.imds_support)
        if self.product_codes:
            given[ImageAttributeName.PRODUCT_CODES] = NewProductCodes(tuple(map(ProductCode, self.product_codes)))
        return given

    def _by_value(self, attribute: ImageAttributeName) -> ImageModification:
        """What the older shape asks for, where it has a value."""
        if attribute is ImageAttributeName.DESCRIPTION and self.value is not None:
            return NewDescription(image_description(self.value) or "")
        if attribute is ImageAttributeName.IMDS_SUPPORT and self.value:
            return NewImdsSupport(ImdsSupport(self.value))
        raise missing("Value" if attribute in _BY_VALUE else "ProductCodes")

    def decide(self, world: World, by: Caller) -> Deciding[Image]:
        """Go through the checks in order, then change the attribute."""
        change = self.modification
        # Beside enabling, resetting is what a disabled image lets its owner do; so it is for a description, by a quirk.
        relaxed = isinstance(change, NewDescription) and world.quirks.disabled_image_may_be_modified
        event = ImageEvent.RESET_ATTRIBUTE if relaxed else ImageEvent.MODIFY_ATTRIBUTE
        image = yield from own_image(world, by, self.image_id, event)
        match change:
            case LaunchPermissionModifications():
                return (yield from _shared(world, by, image, change))
            case NewProductCodes():
                yield from _against_codes(world, image, change)
            case NewDescription() | NewImdsSupport():
                pass
        yield GRANTED
        modified = _modified(image, change)
        return Outcome(world.with_image(modified), modified)


def _against_codes(world: World, image: Image, change: NewProductCodes) -> Iterator[Refusal]:
    """What speaks against product codes, which only a quirk lets an account set (rules A PC-2 to A PC-4, B 1.3)."""
    if not world.quirks.product_codes_modifiable:
        yield ProductCodesNotModifiable(image_id=image.image_id)
    wanted = dict.fromkeys(change.product_codes)
    new = [code for code in wanted if code not in image.product_codes]
    if new and len(image.product_codes) + len(new) > 1:
        yield ProductCodesKept(image_id=image.image_id, product_codes=tuple(code.product_code_id for code in wanted))
    if new and image.public:
        yield ProductCodeImageNotPublic(image_id=image.image_id)


def _modified(image: Image, change: NewDescription | NewImdsSupport | NewProductCodes) -> Image:
    match change:
        case NewDescription():
            return changed(image, description=change.value)
        case NewImdsSupport():
            return changed(image, imds_support=change.value)
        case NewProductCodes():
            return changed(image, product_codes=tuple(dict.fromkeys((*image.product_codes, *change.product_codes))))


def _shared(world: World, by: Caller, image: Image, change: LaunchPermissionModifications) -> Deciding[Image]:
    """Add, then remove: what is in both lists is removed in the end, unless a quirk says otherwise (rule B LP-17)."""
    yield from _against_items(world, by, change)
    added, removed = told_apart(change.add, change.remove, world.quirks.permission_overlap)
    facts = _sharing_facts(world, image, publishes=EVERYONE in added)
    if added:
        for refusal in sharing.refusals_to_share(image, added, facts):
            if not isinstance(refusal, ImageUnavailable):  # which has been said already
                yield refusal
    yield GRANTED
    after = sharing.widened(image, added, facts) if added else image
    after = sharing.unshare(after, removed) if removed else after
    return Outcome(world.with_image(after), after)


def _against_items(world: World, by: Caller, change: LaunchPermissionModifications) -> Iterator[Refusal]:
    """What speaks against the items themselves, whatever the image (rules B LP-12, B LP-17, B LP-18, B OR-12)."""
    items = dict.fromkeys((*change.add, *change.remove))
    accounts = sum(isinstance(item, AccountPermission) for item in items)
    most = world.limits.accounts_per_permission_request
    if accounts > most:
        yield TooManyPermissionChanges(changes=accounts, limit=most)
    for item in items:
        arn = _arn(item)
        if arn is not None and arn.partition is not by.region.partition:
            kind = type(arn).__name__
            yield PermissionOfAnotherPartition(arn=str(arn), item_type=kind, region=str(by.region))
    both = tuple(str(item) for item in change.add if item in change.remove)
    if both and world.quirks.permission_overlap is PermissionOverlap.REFUSED:
        yield OverlappingPermissions(permissions=both)


def _arn(item: LaunchPermission) -> OrganizationArn | OrganizationalUnitArn | None:
    match item:
        case OrganizationPermission():
            return item.organization_arn
        case OrganizationalUnitPermission():
            return item.organizational_unit_arn
        case AccountPermission() | EveryonePermission():
            return None


def _sharing_facts(world: World, image: Image, *, publishes: bool) -> SharingFacts:
    """What the rules of sharing need to know beyond the image (`amimodel.sharing`)."""
    region = image.region
    if region is None:
        raise AssertionError(image)  # `integrity`: everything in a world is in a Region
    return SharingFacts(
        snapshots=world.snapshots.records,
        keys=world.keys,
        block_public_access=world.settings(image.owner_id, region).image_block_public_access,
        public_images=_public_images(world, (image.owner_id, region)) if publishes else 0,
        limits=world.limits,
        quirks=world.quirks,
    )


def _public_images(world: World, key: tuple[AccountId, Region]) -> int:
    """An account's public images in a Region, those in the Recycle Bin included (rules A 9, B LP-23)."""
    binned = (entry.resource for entry in world.recycle_bin.having("owner", key))
    return world.images.count("public", key) + sum(isinstance(kept, Image) and kept.public for kept in binned)
