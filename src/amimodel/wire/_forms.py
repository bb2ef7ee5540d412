"""Which members each noun has on the wire: one `Form` a noun, one row where a member is not simply the field's name.

A field `root_device_name` is the member `RootDeviceName`, is read and written as its type says, and stands in every
answer unless it holds nothing. A form names the fields for which any of that is not so.

Source: botocore 1.44.5, shapes Image, Snapshot, InstanceImageMetadata and what they consist of; rule A 11.9.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from attrs import fields, frozen

from amimodel.billing_codes import BillingCode
from amimodel.block_devices import EbsBlockDevice, InstanceStoreDevice
from amimodel.clock import TextForm
from amimodel.identifiers import ImageId
from amimodel.images import Image, StateReason, any_image_id
from amimodel.instance_type_specifications import InstanceTypeSpecification
from amimodel.instances import ImageMetadata, InstanceImageMetadata
from amimodel.permissions import AccountPermission, OrganizationalUnitPermission, OrganizationPermission
from amimodel.product_codes import ProductCode
from amimodel.scan_results import ScanResults
from amimodel.settings import ImageBlockPublicAccess
from amimodel.snapshots import Snapshot
from amimodel.watermarks import ImageWatermark
from amimodel.wire._faults import Json, JsonObject, Unfit, is_list, unfit
from amimodel.wire._items import (
    CreateVolumeItem,
    Entry,
    InstanceTypeItem,
    InstantItem,
    KmsKeyItem,
    LaunchItem,
    StateItem,
    TagItem,
    TextItem,
    create_volume_permission_of,
    entry_object,
    everyone,
    launch_permission_of,
    mapping_of,
    permission_object,
    read_no_device,
    read_usual_entry,
)
from amimodel.wire._leaves import (
    BILLING,
    LAST_LAUNCH,
    NAMED,
    PLATFORM,
    PROTECTION,
    PUBLIC,
    USAGE_OPERATIONS,
    Leaf,
    Writer,
    packed,
)
from amimodel.wire._residue import ABSENT, LOW_BYTE, is_empty


def as_given(source: JsonObject) -> JsonObject:
    """Nothing to mend."""
    return source


def done(_: Any, __: JsonObject) -> None:  # noqa: ANN401 - any noun
    """Nothing to add."""


def itself(value: Any) -> Any:  # noqa: ANN401 - any noun
    """No stand-in."""
    return value


Field: TypeAlias = Any
"""An `attrs.Attribute`; type checkers know its converter by another type than the callable it is."""

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@frozen(kw_only=True)
class Form:
    """How one noun looks on the wire.

    - `members`: fields whose member has another name.
    - `types`: fields that are written as if they were of another type.
    - `leaves`: fields with ways of their own.
    - `checks`: what judges a field that the noun judges only as a part of the whole.
    - `never`: fields that no answer has.
    - `kept`: members that may be left to the residue.
    - `text_form`: how its instants are written.
    - `prepare` mends a source before it is read; `finish` adds to a writing what no single field says.
    - `unpack` and `pack` lead from a stand-in to the value it stands for, and back.
    - `write` writes that value without a stand-in, and `shortcut` reads the usual source at once or answers None; both
      are given the way to the leaves of other nouns.
    """

    noun: type[Any]
    members: Mapping[str, str] = _NONE
    types: Mapping[str, Any] = _NONE
    leaves: Mapping[str, Leaf] = _NONE
    checks: Mapping[str, Callable[[Any], Any]] = _NONE
    never: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    text_form: TextForm = TextForm.MILLISECONDS
    prepare: Callable[[JsonObject], JsonObject] = as_given
    finish: Callable[[Any, JsonObject], None] = done
    unpack: Callable[[Any], Any] = itself
    pack: Callable[[Any], Any] = itself
    write: Callable[[Callable[[type[Any]], Leaf]], Writer] | None = None
    shortcut: Callable[[Callable[[type[Any]], Leaf]], Callable[[JsonObject], Any]] | None = None

    def fields(self) -> tuple[Field, ...]:
        """The fields of the noun that an answer can have."""
        attributes: tuple[Field, ...] = fields(self.noun)
        return tuple(a for a in attributes if a.init and a.name not in self.never)

    def member(self, name: str) -> str:
        """The member that says a field."""
        return self.members.get(name) or "".join(part.capitalize() for part in name.split("_"))


_BILLING: Final = ("UsageOperation", "PlatformDetails")
_AGREEING: Final = frozenset({(None, None)} | {(USAGE_OPERATIONS[row], row.platform_details) for row in BillingCode})


def _without(source: JsonObject, left_out: str) -> JsonObject:
    return {member: value for member, value in source.items() if member != left_out}


def _says_nothing(specification: Json) -> bool:
    """Whether it is a specification of no instance type, which is none."""
    return is_empty(specification) and not is_list(specification)


def _prepare_image(source: JsonObject) -> JsonObject:
    """Bring the two texts of the billing code to one, and mark what EC2 never leaves out."""
    if source.get("Platform", "") is None:
        source = _without(source, "Platform")
    if _says_nothing(source.get("InstanceTypeSpecification", "")):
        source = _without(source, "InstanceTypeSpecification")
    operation, details = source.get("UsageOperation"), source.get("PlatformDetails")
    try:
        if (operation, details) in _AGREEING and "Name" in source and "Public" in source:
            return source
    except TypeError:  # a list or an object, which cannot be looked up
        pass
    told = {member: value for member, value in source.items() if member not in _BILLING}
    return {"Name": None, "Public": ABSENT, "UsageOperation": _one_billing_text(operation, details), **told}


def _one_billing_text(operation: object, details: object) -> str | None:
    """The UsageOperation that both texts mean, or the only one there; None if they are of no row, or of two."""
    rows: set[BillingCode | None] = set()
    if operation is not None:
        rows.add(BillingCode.of_usage_operation(_billing_text("UsageOperation", operation)))
    if details is not None:
        rows.add(BillingCode.of_platform_details(_billing_text("PlatformDetails", details)))
    row = rows.pop() if len(rows) == 1 else None
    return None if row is None else USAGE_OPERATIONS[row]


def _billing_text(member: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise unfit("text", value, member=member)


def _finish_image(image: Image, writing: JsonObject) -> None:
    writing["ImageLocation"] = image.image_location
    if image.billing is not None:
        writing["PlatformDetails"] = image.billing.platform_details
    for member in ("Name", "Platform"):
        if writing[member] is None:
            del writing[member]


def _prepare_snapshot(source: JsonObject) -> JsonObject:
    return _without(source, "Description") if source.get("Description", "") is None else source


def _finish_snapshot(snapshot: Snapshot, writing: JsonObject) -> None:
    if snapshot.description is None:
        del writing["Description"]


def _state_of(item: StateItem) -> Any:  # noqa: ANN401 - an InstanceState, which this table need not know
    if item.code is not None and item.code & LOW_BYTE != item.name.code:
        raise Unfit(f"Expected the code {item.name.code} with the name {item.name}, not {item.code}.")
    return item.name


FORMS: Final = (
    Form(
        noun=Image,
        members={"_image_location": "ImageLocation", "launch_permissions": "Public",
                 "launches": "LastLaunchedTime", "billing": "UsageOperation"},
        types={"image_id": ImageId, "block_device_mappings": tuple[Entry, ...]},
        leaves={"launch_permissions": PUBLIC, "launches": LAST_LAUNCH, "billing": BILLING, "platform": PLATFORM,
                "deregistration_protection": PROTECTION},
        checks={"image_id": any_image_id},
        never=frozenset({"uefi_data", "guest_os_boot", "region"}),
        kept=frozenset(_BILLING),
        prepare=_prepare_image,
        finish=_finish_image,
    ),
    Form(
        noun=Snapshot,
        members={"volume_size_gib": "VolumeSize", "full_snapshot_size_bytes": "FullSnapshotSizeInBytes",
                 "associated_kms_key_ids": "AssociatedKmsKeys"},
        types={"associated_kms_key_ids": tuple[KmsKeyItem, ...]},
        never=frozenset({"region", "create_volume_permissions", "product_codes", "billing"}),
        prepare=_prepare_snapshot,
        finish=_finish_snapshot,
    ),
    Form(
        noun=Entry,
        leaves={"virtual_name": packed(InstanceStoreDevice), "no_device": Leaf(read_no_device)},
        unpack=mapping_of,
        shortcut=lambda leaf_of: partial(read_usual_entry, read_ebs=leaf_of(EbsBlockDevice).read),
        write=lambda leaf_of: partial(entry_object, write_ebs=leaf_of(EbsBlockDevice).write),
    ),
    Form(
        noun=EbsBlockDevice,
        members={"volume_size_gib": "VolumeSize", "throughput_mibps": "Throughput",
                 "volume_initialization_rate_mibps": "VolumeInitializationRate"},
    ),
    Form(noun=StateReason),
    Form(noun=ProductCode),
    Form(noun=ScanResults),
    Form(noun=ImageWatermark, leaves={"watermark_key": NAMED}, text_form=TextForm.MICROSECONDS),
    Form(
        noun=InstanceTypeSpecification,
        types={"supported_instance_types": tuple[InstanceTypeItem, ...],
               "unsupported_instance_types": tuple[InstanceTypeItem, ...]},
    ),
    Form(noun=InstanceImageMetadata, types={"state": StateItem}),
    Form(noun=ImageMetadata, text_form=TextForm.SECONDS),
    Form(noun=ImageBlockPublicAccess, members={"state": "ImageBlockPublicAccessState"},
         never=frozenset({"exception_message"})),
    Form(noun=StateItem, unpack=_state_of, pack=lambda state: StateItem(code=state.code, name=state)),
    Form(noun=TagItem, unpack=lambda item: (item.key, item.value),
         pack=lambda tag: TagItem(key=tag[0], value=tag[1])),
    Form(noun=InstanceTypeItem, unpack=lambda item: item.instance_type,
         pack=lambda pattern: InstanceTypeItem(instance_type=pattern)),
    Form(noun=KmsKeyItem, unpack=lambda item: item.kms_key_id, pack=lambda key: KmsKeyItem(kms_key_id=key)),
    Form(
        noun=LaunchItem,
        leaves={"user_id": packed(AccountPermission), "group": packed(everyone),
                "organization_arn": packed(OrganizationPermission),
                "organizational_unit_arn": packed(OrganizationalUnitPermission)},
        unpack=launch_permission_of,
        write=lambda _: permission_object,
    ),
    Form(
        noun=CreateVolumeItem,
        leaves={"user_id": packed(AccountPermission), "group": packed(everyone)},
        unpack=create_volume_permission_of,
        write=lambda _: permission_object,
    ),
    Form(noun=TextItem, unpack=lambda item: item.value, pack=lambda text: TextItem(value=text)),
    Form(noun=InstantItem, unpack=lambda item: item.value, pack=lambda instant: InstantItem(value=instant),
         text_form=TextForm.SECONDS),
)  # fmt: skip
"""Every noun that has a form of its own; the last ones are stand-ins."""

FORM_OF: Final[Mapping[type[Any], Form]] = MappingProxyType({form.noun: form for form in FORMS})
