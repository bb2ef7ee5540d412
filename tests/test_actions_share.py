"""Who may launch an image: rules B 1.2 (LP-9 to LP-36), B 1.3, B 1.4, B 1.6, B OR-12, A PC-2 to A PC-4;
settlements S 16, S 17, S 18, S 20, S 25, S 29, S 44, S 45.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import (
    CancelImageLaunchPermission,
    DeregisterImage,
    DisableImage,
    DisableImageDeprecation,
    EnableImageDeprecation,
    ModifyImageAttribute,
    ResetImageAttribute,
    UnpublishUnusedImages,
)
from amimodel.callers import Caller
from amimodel.decisions import PermissionsNotTold
from amimodel.encryption import KmsKey
from amimodel.engine import ANY_REQUEST, apply, attempt, explain
from amimodel.image_criteria import ImageCriterion
from amimodel.images import Image
from amimodel.kms import aws_managed_key
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permission_requests import LaunchPermissionModifications, NewDescription, NewImdsSupport
from amimodel.permissions import (
    EVERYONE,
    NOBODY,
    NOT_PUBLIC,
    AccountPermission,
    EveryonePermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
    Permissions,
)
from amimodel.product_codes import ProductCode
from amimodel.quirks import ErrorCode, PermissionOverlap, Quirks
from amimodel.refusals import (
    DeprecationTooLate,
    EncryptedImageNotPublic,
    ImageNotFound,
    ImageUnavailable,
    ManagedKeyNotShared,
    NotAuthorizedForImage,
    NotSharedWithAccount,
    OverlappingPermissions,
    PermissionOfAnotherPartition,
    ProductCodeImageNotPublic,
    ProductCodesKept,
    ProductCodesNotModifiable,
    PublicDeprecationKept,
    PublicImageQuotaReached,
    PublicSharingBlocked,
    Refusal,
    SharingQuotaReached,
    TooManyPermissionChanges,
    WatermarkedImageNotPublic,
)
from amimodel.requests import Outcome, Request
from amimodel.retention import RetentionRule
from amimodel.settings import AllowedImagesSettings, ImageBlockPublicAccess
from amimodel.testing import strategies as amis
from amimodel.vocabulary import ImageState, ImdsSupport
from amimodel.watermarks import ImageWatermark
from amimodel.world import World
from worlds import ami, snap

ALICE, BOB, CAROL = map(AccountPermission, (w.ALICE, w.BOB, w.CAROL))
ORG = OrganizationPermission(w.ORGANIZATION.arn)
UNIT = OrganizationalUnitPermission(w.ORGANIZATION.arn_of("ou-ab12-outer123"))
CHINESE = OrganizationPermission("arn:aws-cn:organizations::112233445566:organization/o-a1b2c3d4e5")
MANAGED = str(aws_managed_key(w.ALICE, w.FRANKFURT).arn)
ITEMS = st.lists(
    st.one_of(st.sampled_from([ALICE, BOB, CAROL, ORG, UNIT, EVERYONE]), amis.account_permissions()), max_size=4
)
WATERMARK = ImageWatermark(
    watermark_key="111122223333:golden",
    source_image_region="us-east-1",
    source_image_id="ami-12345678",
    source_image_creation_time=w.LONG_AGO,
    watermark_creation_time=w.LONG_AGO,
)


def unblocked(world: World, account: Any = w.ALICE) -> World:
    """The world, with an account that does not block public access."""
    setting = ImageBlockPublicAccess(state="unblocked")
    settings = evolve(world.settings(account, w.FRANKFURT), image_block_public_access=setting)
    return world.with_settings(account, w.FRANKFURT, settings)


WORLD = unblocked(w.rich_world())


def change(number: int = w.WEB, *, add: Any = (), remove: Any = (), **more: Any) -> ModifyImageAttribute:
    wanted = LaunchPermissionModifications(add=add, remove=remove)
    return ModifyImageAttribute(image_id=ami(number), launch_permission=wanted, **more)


def older(operation: str, items: list[LaunchPermission], number: int = w.WEB) -> ModifyImageAttribute:
    """The same in the older shape."""
    return ModifyImageAttribute(
        image_id=ami(number),
        attribute="launchPermission",
        operation_type=operation,
        user_ids=[item.user_id for item in items if isinstance(item, AccountPermission)],
        user_groups=["all" for item in items if isinstance(item, EveryonePermission)],
        organization_arns=[str(item.organization_arn) for item in items if isinstance(item, OrganizationPermission)],
        organizational_unit_arns=[
            str(item.organizational_unit_arn) for item in items if isinstance(item, OrganizationalUnitPermission)
        ],
    )


def after(request: Request[Any], world: World = WORLD, by: Caller = w.alice, number: int = w.WEB) -> Image:
    outcome = apply(world, request, by=by)
    found = w.the(outcome.world, number)
    assert outcome.value in {found, True}
    return found


def refused(request: Request[Any], world: World = WORLD, by: Caller = w.alice) -> Refusal:
    result = attempt(world, request, by=by)
    assert isinstance(result, Refusal), result
    assert result in explain(world, request, by=by).refusals
    return result


def kinds_in_the_way(request: Request[Any], world: World = WORLD, by: Caller = w.alice) -> list[type[Refusal]]:
    return [type(refusal) for refusal in explain(world, request, by=by).refusals]


# --- one attribute, in one shape or the other -------------------------------------------------------------------------


@given(items=ITEMS.filter(bool))
def test_both_shapes_ask_for_the_same(items: list[LaunchPermission]) -> None:
    """Rule B 1.2: S1 and S2; the lists have an order of their own."""
    for operation, new in (("add", change(add=items)), ("remove", change(remove=items))):
        old = older(operation, items)
        ours, theirs = new.modification, old.modification
        assert isinstance(ours, LaunchPermissionModifications)
        assert isinstance(theirs, LaunchPermissionModifications)
        assert [{*side} for side in ours.sides] == [{*side} for side in theirs.sides]
        for request in (new, old):
            outcome = attempt(WORLD, request, by=w.alice)
            assert isinstance(outcome, Outcome)
        assert after(new) == after(old)


@pytest.mark.parametrize(
    ("parameters", "value"),
    [
        ({"description": "new"}, NewDescription("new")),
        ({"description": ""}, NewDescription("")),
        ({"attribute": "description", "value": "new"}, NewDescription("new")),
        ({"attribute": "description", "value": ""}, NewDescription("")),
        ({"attribute": "Description", "description": "x"}, NewDescription("x")),
        ({"imds_support": "v2.0"}, NewImdsSupport(ImdsSupport.V2_0)),
        ({"attribute": "imdsSupport", "value": "v2.0"}, NewImdsSupport(ImdsSupport.V2_0)),
    ],
)
def test_a_description_and_imds_support_have_two_shapes_as_well(parameters: dict[str, Any], value: object) -> None:
    """Rules B 1.3, A DS-1. Ansible writes the attribute with a capital letter, beside the structure."""
    assert ModifyImageAttribute(image_id=ami(w.WEB), **parameters).modification == value


@pytest.mark.parametrize(
    "more",
    [
        {"attribute": "launchPermission"},  # Terraform
        {"attribute": "LaunchPermission"},  # Ansible
        {"user_ids": [w.BOB]},  # Packer
        {"operation_type": "add"},  # S 16
        {"attribute": "", "operation_type": "", "user_groups": [], "value": "", "imds_support": ""},  # S 17
    ],
)
def test_what_real_clients_send_beside_the_structure_is_no_matter(more: dict[str, Any]) -> None:
    assert change(add=[BOB], **more).modification == change(add=[BOB]).modification


def item(value: str, kind: str) -> str:
    return f'Invalid attribute item value "{value}" for {kind} item type.'


COMBINATION, MISSING, VALUE = "InvalidParameterCombination", "MissingParameter", "InvalidParameterValue"
ITEM = "InvalidAMIAttributeItemValue"
ONE_AT_A_TIME = "Only one attribute can be modified at a time."
NO_OPERATION = "An operation goes with launchPermission alone."
NO_VALUE = "A value goes with the attributes description and imdsSupport."
GIVEN = LaunchPermissionModifications(add=[BOB])
LAUNCH = {"attribute": "launchPermission"}
MALFORMED: list[tuple[str, dict[str, Any], str, str]] = [
    ("A 1.1", {"image_id": "ami-1", "description": "x"}, "InvalidAMIID.Malformed", 'Invalid id: "ami-1"'),
    ("B 1.3", {}, COMBINATION, "No attributes specified."),
    ("LP-10", {"description": "x", "imds_support": "v2.0"}, COMBINATION, ONE_AT_A_TIME),
    ("LP-10", {"description": "x", "launch_permission": GIVEN}, COMBINATION, ONE_AT_A_TIME),
    ("LP-10", {"description": "x", "attribute": "imdsSupport", "value": "v2.0"}, COMBINATION, ONE_AT_A_TIME),
    ("LP-10", {"launch_permission": GIVEN, "attribute": "description", "value": "x"}, COMBINATION, ONE_AT_A_TIME),
    ("LP-11", {**LAUNCH, "operation_type": "add", "user_ids": ["12345"]}, ITEM, item("12345", "userId")),
    ("LP-11", {**LAUNCH, "operation_type": "add", "user_groups": ["some"]}, ITEM, item("some", "UserGroup")),
    (
        "LP-11",
        {**LAUNCH, "operation_type": "add", "organization_arns": ["o-a1b2c3d4e5"]},
        ITEM,
        item("o-a1b2c3d4e5", "OrganizationArn"),
    ),
    (
        "LP-12",
        {**LAUNCH, "operation_type": "remove", "user_ids": [w.BOB, "1"], "user_groups": ["all"]},
        ITEM,
        item("1", "userId"),
    ),
    ("LP-12", {"launch_permission": GIVEN, "user_ids": ["1"]}, ITEM, item("1", "userId")),
    ("LP-13", {"user_ids": [w.BOB]}, MISSING, "The request must contain the parameter LaunchPermission"),
    (
        "LP-13",
        {"user_ids": [w.BOB], "operation_type": "add"},
        MISSING,
        "The request must contain the parameter LaunchPermission",
    ),
    ("LP-14", {**LAUNCH, "user_ids": [w.BOB]}, COMBINATION, "The attribute launchPermission needs an operation."),
    ("LP-14", {"operation_type": "add", "description": "x"}, COMBINATION, NO_OPERATION),
    (
        "LP-14",
        {"operation_type": "add", "attribute": "description", "value": "x"},
        COMBINATION,
        NO_OPERATION,
    ),
    (
        "LP-14",
        {"user_ids": [w.BOB], "attribute": "description", "value": "x"},
        COMBINATION,
        "Lists of accounts, groups and ARNs go with launchPermission alone.",
    ),
    ("LP-15", {**LAUNCH, "operation_type": "add"}, MISSING, "The request must contain the parameter UserIds"),
    (
        "LP-15",
        {"launch_permission": LaunchPermissionModifications()},
        MISSING,
        "The request must contain the parameter LaunchPermission",
    ),
    (
        "S 16",
        {"launch_permission": GIVEN, "operation_type": "remove"},
        COMBINATION,
        "The operation remove contradicts LaunchPermission.",
    ),
    ("B 1.2", {**LAUNCH, "operation_type": "reset"}, VALUE, "Invalid value 'reset' for operationType."),
    (
        "B 1.3",
        {"attribute": "kernel", "value": "aki-1"},
        VALUE,
        "Value (kernel) for parameter attribute is invalid. Unknown attribute.",
    ),
    ("B 1.3", {"attribute": "description"}, MISSING, "The request must contain the parameter Value"),
    ("B 1.3", {"attribute": "imdsSupport"}, MISSING, "The request must contain the parameter Value"),
    ("B 1.3", {"attribute": "imdsSupport", "value": "v1.0"}, VALUE, "Invalid value 'v1.0' for imdsSupport."),
    ("B 1.3", {"imds_support": "v1.0"}, VALUE, "Invalid value 'v1.0' for imdsSupport."),
    ("B 1.3", {"attribute": "productCodes"}, MISSING, "The request must contain the parameter ProductCodes"),
    ("B 1.3", {"launch_permission": GIVEN, "value": "x"}, COMBINATION, NO_VALUE),
    ("B 1.3", {"description": "x", "value": "x"}, COMBINATION, NO_VALUE),
    (
        "A DS-1",
        {"description": "x" * 256},
        VALUE,
        f"Value ({'x' * 256}) for parameter description is invalid. Descriptions have at most 255 characters.",
    ),
    ("A DS-2", {"description": "Größe"}, VALUE, "Character sets beyond ASCII are not supported."),
    (
        "A DS-2",
        {"attribute": "description", "value": "Größe"},
        VALUE,
        "Character sets beyond ASCII are not supported.",
    ),
    ("B MP-12", {"product_codes": ["a-b"]}, "InvalidProductInfo", "The product code 'a-b' is not valid."),
]


@pytest.mark.parametrize(("rule", "parameters", "code", "message"), MALFORMED)
def test_what_no_world_could_grant_is_malformed(rule: str, parameters: dict[str, Any], code: str, message: str) -> None:
    told: dict[str, Any] = {"image_id": ami(w.WEB), **parameters}
    with pytest.raises(Malformed) as raised:
        ModifyImageAttribute(**told)
    assert (raised.value.code, raised.value.message) == (code, message), rule


MISPLACED = [
    ("Attribute",     {}),
    ("Attribute",     {"description": "x", "imds_support": "v2.0"}),
    ("Attribute",     {"attribute": "kernel", "value": "aki-1"}),
    ("OperationType", {"operation_type": "add", "description": "x"}),
    ("Value",         {"description": "x", "value": "x"}),
    ("UserIds",       {"user_ids": [w.BOB], "attribute": "description", "value": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("member", "parameters"), MISPLACED)
def test_what_is_malformed_names_the_member_that_is_out_of_place(member: str, parameters: dict[str, Any]) -> None:
    told: dict[str, Any] = {"image_id": ami(w.WEB), **parameters}
    with pytest.raises(Malformed) as raised:
        ModifyImageAttribute(**told)
    assert raised.value.member == member


@pytest.mark.parametrize("attribute", ["description", "", "imdsSupport"])
def test_only_launch_permission_can_be_reset(attribute: str) -> None:
    """Rule B RS-1."""
    with pytest.raises(Malformed) as raised:
        ResetImageAttribute(image_id=ami(w.WEB), attribute=attribute)
    message = f"Value ({attribute}) for parameter attribute is invalid. Only launchPermission can be reset."
    assert (raised.value.member, raised.value.message) == ("Attribute", message)
    assert ResetImageAttribute(image_id=ami(w.WEB)) == ResetImageAttribute(
        image_id=ami(w.WEB), attribute="launchPermission"
    )


# --- what comes of it -------------------------------------------------------------------------------------------------


@given(add=ITEMS, remove=ITEMS, before=ITEMS)
def test_a_list_ends_with_what_was_added_and_without_what_was_removed(
    add: list[LaunchPermission], remove: list[LaunchPermission], before: list[LaunchPermission]
) -> None:
    """Rules B LP-5, B LP-9, B LP-17, B LP-20: also the owner's own account, which is stored and does no harm."""
    world = w.with_changed(WORLD, w.WEB, launch_permissions=before)
    if add or remove:
        found = after(change(add=add, remove=remove), world)
        assert set(found.launch_permissions) == {*before, *add} - {*remove}
        assert after(change(add=add, remove=remove), world.with_image(found)) == found


OVERLAPS = {PermissionOverlap.REMOVED: {BOB}, PermissionOverlap.ADDED: {BOB, EVERYONE}}


@pytest.mark.parametrize(("overlap", "left"), OVERLAPS.items())
def test_what_is_added_and_removed_ends_as_the_quirk_says(
    overlap: PermissionOverlap, left: set[LaunchPermission]
) -> None:
    """Rules B LP-17, B 14."""
    world = evolve(WORLD, quirks=Quirks(permission_overlap=overlap))
    assert set(after(change(add=[BOB, EVERYONE], remove=[EVERYONE, CAROL]), world).launch_permissions) == left


def test_what_is_not_added_in_the_end_is_not_checked_either() -> None:
    """Rule B LP-17: everyone is added and removed, and nothing becomes public."""
    blocked = w.rich_world()
    assert after(change(add=[EVERYONE, BOB], remove=[EVERYONE]), blocked).deprecation_time is None


@given(data=st.data())
def test_nothing_but_the_permissions_and_the_deprecation_of_the_one_image_changes(data: st.DataObject) -> None:
    """Rules B G-1, B LP-16 of the frame: nothing of anybody else, and nothing else of one's own."""
    requests = st.one_of(
        st.tuples(ITEMS.filter(bool), ITEMS).map(lambda drawn: change(w.TO_BOB, add=drawn[0], remove=drawn[1])),
        st.just(ResetImageAttribute(image_id=ami(w.TO_BOB))),
    )
    outcome = attempt(WORLD, data.draw(requests), by=w.alice)
    if isinstance(outcome, Outcome):
        new = outcome.world
        assert w.of_others(new, w.alice) == w.of_others(WORLD, w.alice)
        assert new.with_image(w.the(WORLD, w.TO_BOB)) == WORLD
        old, changed = w.the(WORLD, w.TO_BOB), w.the(new, w.TO_BOB)
        assert old == evolve(changed, launch_permissions=old.launch_permissions, deprecation_time=old.deprecation_time)
        assert not list(new.events.since(len(WORLD.events)))


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (ModifyImageAttribute(image_id=ami(w.WEB), description=""), {"description": ""}),
        (ModifyImageAttribute(image_id=ami(w.WEB), description="new"), {"description": "new"}),
        (ModifyImageAttribute(image_id=ami(w.WEB), imds_support="v2.0"), {"imds_support": "v2.0"}),
    ],
)
def test_another_attribute_changes_alone_and_twice_is_as_good_as_once(
    request_: ModifyImageAttribute, fields: dict[str, Any]
) -> None:
    """Rule B 1.3."""
    new = apply(WORLD, request_, by=w.alice).world
    assert new == w.with_changed(WORLD, w.WEB, **fields)
    assert apply(new, request_, by=w.alice).world == new


# --- what is refused: a witness for each ------------------------------------------------------------------------------

Change = Callable[[World], World]


def with_limits(**fields: Any) -> Change:
    return lambda world: evolve(world, limits=evolve(world.limits, **fields))


def with_quirks(**fields: Any) -> Change:
    return lambda world: evolve(world, quirks=evolve(world.quirks, **fields))


def with_image(**fields: Any) -> Change:
    return lambda world: w.with_changed(world, w.WEB, **fields)


def encrypted(key: str) -> Change:
    def written(world: World) -> World:
        return world.with_key(KmsKey(arn=w.KEY)).with_snapshot(w.snapshot(w.WEB, encrypted=True, kms_key_id=key))

    return written


def blocking(world: World) -> World:
    settings = evolve(world.settings(w.ALICE, w.FRANKFURT), image_block_public_access=ImageBlockPublicAccess())
    return world.with_settings(w.ALICE, w.FRANKFURT, settings)


def as_it_is(world: World) -> World:
    return world


CODES = ModifyImageAttribute(image_id=ami(w.WEB), product_codes=["abc"])
PUBLISH = change(add=[EVERYONE])
WATERMARKED = WatermarkedImageNotPublic(error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id=ami(w.WEB))
WITNESSES: list[tuple[ModifyImageAttribute, Caller, Change, Refusal]] = [
    (change(0xFFF, add=[BOB]), w.alice, as_it_is, ImageNotFound.of(ami(0xFFF))),
    (change(add=[BOB]), w.bob, as_it_is, NotAuthorizedForImage(image_id=ami(w.WEB))),  # LP-21, S 25
    (change(w.TO_BOB, add=[CAROL]), w.bob, as_it_is, NotAuthorizedForImage(image_id=ami(w.TO_BOB))),  # LP-7
    (
        change(w.PENDING, add=[BOB]),
        w.alice,
        as_it_is,
        ImageUnavailable(image_id=ami(w.PENDING), state=ImageState.PENDING),
    ),
    (CODES, w.alice, as_it_is, ProductCodesNotModifiable(image_id=ami(w.WEB))),
    (
        evolve(CODES, product_codes=["abc", "def"]),
        w.alice,
        with_quirks(product_codes_modifiable=True),
        ProductCodesKept(image_id=ami(w.WEB), product_codes=("abc", "def")),
    ),
    (
        change(add=[BOB], remove=[CAROL]),
        w.alice,
        with_limits(accounts_per_permission_request=1),
        TooManyPermissionChanges(changes=2, limit=1),
    ),  # LP-18
    (
        change(add=[CHINESE]),
        w.alice,
        as_it_is,
        PermissionOfAnotherPartition(
            arn=str(CHINESE.organization_arn), item_type="OrganizationArn", region="eu-central-1"
        ),
    ),  # OR-12
    (
        change(add=[BOB, EVERYONE], remove=[EVERYONE]),
        w.alice,
        with_quirks(permission_overlap=PermissionOverlap.REFUSED),
        OverlappingPermissions(permissions=("everyone",)),
    ),  # LP-17
    (PUBLISH, w.alice, encrypted(w.KEY), EncryptedImageNotPublic(image_id=ami(w.WEB))),  # LP-25, S 44
    (
        PUBLISH,
        w.alice,
        with_image(product_codes=[ProductCode("abc")]),
        ProductCodeImageNotPublic(image_id=ami(w.WEB)),
    ),  # LP-26, S 45
    (PUBLISH, w.alice, with_image(image_watermarks=[WATERMARK]), WATERMARKED),  # LP-27
    (
        change(add=[ORG]),
        w.alice,
        encrypted(MANAGED),
        ManagedKeyNotShared(image_id=ami(w.WEB), snapshot_id=snap(w.WEB)),
    ),  # LP-28
    (PUBLISH, w.alice, blocking, PublicSharingBlocked(image_id=ami(w.WEB))),  # LP-24
    (PUBLISH, w.alice, with_limits(public_images_per_region=2), PublicImageQuotaReached(quota=2)),  # LP-23
    (
        change(add=[BOB, ORG]),
        w.alice,
        with_limits(shared_entities_per_image=1),
        SharingQuotaReached(image_id=ami(w.WEB), entities=2, quota=1),
    ),  # LP-19
]


@pytest.mark.parametrize(
    ("request_", "by", "spoilt", "refusal"), WITNESSES, ids=[type(row[3]).__name__ for row in WITNESSES]
)
def test_each_refusal_has_its_case(
    request_: ModifyImageAttribute, by: Caller, spoilt: Change, refusal: Refusal
) -> None:
    assert refused(request_, spoilt(WORLD), by) == refusal


def test_every_declared_refusal_has_a_case() -> None:
    assert {type(row[3]) for row in WITNESSES} == {*ModifyImageAttribute.refusals}
    assert not {*ANY_REQUEST} & {*ModifyImageAttribute.refusals}


def test_an_organization_of_another_partition_is_no_item_in_ec2s_words() -> None:
    """Rules B OR-12, B LP-11."""
    message = str(refused(change(remove=[CHINESE])))
    assert message == item(str(CHINESE.organization_arn), "OrganizationArn")
    unit = OrganizationalUnitPermission("arn:aws-cn:organizations::112233445566:ou/o-a1b2c3d4e5/ou-ab12-outer123")
    assert str(refused(change(add=[unit]))) == item(str(unit.organizational_unit_arn), "OrganizationalUnitArn")


def test_a_key_is_aws_own_if_the_world_says_so() -> None:
    """Rule B LP-28: its name alone does not tell."""
    key = "arn:aws:kms:eu-central-1:111122223333:key/99999999-8888-7777-6666-555555555555"
    kept = encrypted(key)(WORLD)
    assert isinstance(attempt(kept, change(add=[BOB]), by=w.alice), Outcome)
    managed = kept.with_key(KmsKey(arn=key, key_manager="AWS"))
    refusal = ManagedKeyNotShared(image_id=ami(w.WEB), snapshot_id=snap(w.WEB))
    assert attempt(managed, change(add=[BOB]), by=w.alice) == refusal


def test_taking_an_item_back_does_not_deprecate_a_public_image() -> None:
    """Rule B LP-32: becoming public does."""
    public = WORLD.with_image(evolve(WORLD.images.records[ami(w.WEB)], launch_permissions=[EVERYONE, BOB]))
    left = after(change(remove=[BOB]), public)
    assert (left.public, left.deprecation_time) == (True, None)


def test_faults_are_told_in_ec2s_order_and_each_repair_uncovers_the_next() -> None:
    """The order of rule B 1.2: ownership, state, the items, LP-25 to LP-28, LP-24, LP-23, and the entities."""
    overlapping = with_quirks(permission_overlap=PermissionOverlap.REFUSED)
    faults: list[tuple[list[type[Refusal]], Change, Change]] = [
        ([ImageUnavailable], with_image(state="pending"), with_image(state="available")),
        (
            [TooManyPermissionChanges],
            with_limits(accounts_per_permission_request=1),
            with_limits(accounts_per_permission_request=9),
        ),
        ([OverlappingPermissions], overlapping, with_quirks(permission_overlap=PermissionOverlap.ADDED)),
        # What AWS's key encrypts is encrypted: the two faults come and go together.
        (
            [EncryptedImageNotPublic, ManagedKeyNotShared],
            encrypted(MANAGED),
            lambda world: world.with_snapshot(w.snapshot(w.WEB)),
        ),
        (
            [ProductCodeImageNotPublic],
            with_image(product_codes=[ProductCode("abc")]),
            with_image(product_codes=[]),
        ),
        ([WatermarkedImageNotPublic], with_image(image_watermarks=[WATERMARK]), with_image(image_watermarks=[])),
        ([PublicSharingBlocked], blocking, unblocked),
        (
            [PublicImageQuotaReached],
            with_limits(public_images_per_region=0),
            with_limits(public_images_per_region=9),
        ),
        (
            [SharingQuotaReached],
            with_limits(shared_entities_per_image=0),
            with_limits(shared_entities_per_image=9),
        ),
    ]
    declared = [*ModifyImageAttribute.refusals]
    request, mended = change(add=[EVERYONE, BOB, ORG], remove=[BOB, CAROL]), WORLD
    for _, spoil, _ in faults:
        mended = spoil(mended)
    left = [kind for kinds, _, _ in faults for kind in kinds]
    everything = evolve(request, launch_permission=LaunchPermissionModifications(
        add=[EVERYONE, BOB, CHINESE], remove=[BOB, CAROL]))  # fmt: skip
    expected = sorted([NotAuthorizedForImage, PermissionOfAnotherPartition, *left], key=declared.index)
    assert kinds_in_the_way(everything, mended, w.bob) == expected
    assert kinds_in_the_way(request, mended) == sorted(left, key=declared.index)
    for kinds, _, mend in faults:
        first = type(attempt(mended, request, by=w.alice))
        assert first is min(left, key=declared.index)
        mended = mend(mended)
        left = [kind for kind in left if kind not in kinds]
        assert kinds_in_the_way(request, mended) == sorted(left, key=declared.index)
    assert isinstance(attempt(mended, request, by=w.alice), Outcome)


@pytest.mark.parametrize(
    "request_",
    [change(add=[BOB]), ModifyImageAttribute(image_id=ami(w.WEB), description="x")],
    ids=["share", "describe"],
)
@pytest.mark.parametrize("state", ["pending", "disabled", "failed", "invalid", "error", "transient"])
def test_only_an_available_image_can_be_modified(request_: ModifyImageAttribute, state: str) -> None:
    """Rules B LP-22, B 0.3; settlement S 20."""
    world = w.with_changed(WORLD, w.WEB, state=state)
    assert refused(request_, world) == ImageUnavailable(image_id=ami(w.WEB), state=ImageState(state))


def test_by_a_quirk_a_disabled_image_can_be_described_anew_and_still_not_shared() -> None:
    """Rules B LP-22, C 1.3, C 15 (point 7)."""
    world = with_quirks(disabled_image_may_be_modified=True)(w.with_changed(WORLD, w.WEB, state="disabled"))
    assert after(ModifyImageAttribute(image_id=ami(w.WEB), description="x"), world).description == "x"
    assert isinstance(refused(change(add=[BOB]), world), ImageUnavailable)
    assert isinstance(refused(ModifyImageAttribute(image_id=ami(w.WEB), imds_support="v2.0"), world), ImageUnavailable)


@pytest.mark.parametrize("number", [w.FORMER, w.BINNED])
def test_an_image_that_is_gone_is_unavailable(number: int) -> None:
    """Rules C 1.3, C 5.12, C 6.21."""
    for request in (change(number, add=[BOB]), ResetImageAttribute(image_id=ami(number))):
        assert refused(request) == ImageUnavailable(image_id=ami(number), state=ImageState.DEREGISTERED)


# --- the checks in their detail ---------------------------------------------------------------------------------------


def test_nothing_but_the_state_keeps_a_permission_from_being_taken_back() -> None:
    """Rule B LP-30: "Removing items is never blocked by BPA, product codes, encryption or quota"."""
    world = encrypted(MANAGED)(blocking(WORLD))
    world = w.with_changed(
        world, w.WEB, launch_permissions=[EVERYONE, BOB], product_codes=[ProductCode("abc")],
        image_watermarks=[WATERMARK],
    )  # fmt: skip
    world = with_limits(shared_entities_per_image=0, public_images_per_region=0)(world)
    assert after(change(remove=[EVERYONE]), world).launch_permissions == Permissions([BOB])
    assert after(ResetImageAttribute(image_id=ami(w.WEB)), world).launch_permissions == NOBODY


@pytest.mark.parametrize("items", [[BOB], [ORG, UNIT], [ALICE]])
def test_what_a_customers_key_encrypts_is_shared_with_accounts_organizations_and_units(
    items: list[LaunchPermission],
) -> None:
    """Rule B LP-29: "EC2 does not check that the target can use the key". Nor do product codes keep it (B MP-4)."""
    world = w.with_changed(encrypted(w.KEY)(blocking(WORLD)), w.WEB, product_codes=[ProductCode("abc")])
    assert {*after(change(add=items), world).launch_permissions} == {*items}


def test_publishing_again_is_no_new_sharing_but_by_a_quirk() -> None:
    """Rule B LP-31."""
    public = w.with_changed(blocking(WORLD), w.WEB, launch_permissions=[EVERYONE], deprecation_time=w.at(1))
    assert apply(public, PUBLISH, by=w.alice).world == public
    strict = with_quirks(republishing_while_blocked_succeeds=False)(public)
    assert isinstance(refused(PUBLISH, strict), PublicSharingBlocked)


def test_a_new_account_blocks_public_access_but_by_a_quirk() -> None:
    """Rules B BPA-2, B LP-24; settlement S 18."""
    assert isinstance(refused(PUBLISH, w.rich_world()), PublicSharingBlocked)
    older_account = with_quirks(new_accounts_block_public_images=False)(w.rich_world())
    assert after(PUBLISH, older_account).public


def test_the_code_for_a_watermark_is_a_doubt() -> None:
    """Rules B LP-27, B 14."""
    world = with_quirks(watermark_on_public_image_code=ErrorCode.INVALID_REQUEST)(WORLD)
    assert refused(PUBLISH, w.with_changed(world, w.WEB, image_watermarks=[WATERMARK])).code == "InvalidRequest"


def test_the_quota_of_public_images_counts_those_in_the_recycle_bin() -> None:
    """Rules B LP-23, A 9: one public image moves into the bin and still counts; for good, it would not."""
    two = with_limits(public_images_per_region=2)
    rule = RetentionRule(
        identifier="a" * 11, owner_id=w.ALICE, region=w.FRANKFURT, resource_type="EC2_IMAGE", retention_days=7
    )
    gone = DeregisterImage(image_id=ami(w.OPEN))
    binned = apply(two(WORLD).with_retention_rule(rule), gone, by=w.alice).world
    assert ami(w.OPEN) in binned.recycle_bin
    assert refused(PUBLISH, binned) == PublicImageQuotaReached(quota=2)
    assert after(PUBLISH, apply(two(WORLD), gone, by=w.alice).world).public


def test_the_quotas_are_those_of_the_account_in_the_region() -> None:
    """Rule A 9: Bob's public image, Amazon's and those of another Region do not count for Alice."""
    world = with_limits(public_images_per_region=1)(unblocked(WORLD, w.BOB))
    assert isinstance(refused(change(w.BOBS, add=[EVERYONE]), world, w.bob), PublicImageQuotaReached)
    world = with_limits(public_images_per_region=2)(world)
    assert after(change(w.BOBS, add=[EVERYONE]), world, w.bob, w.BOBS).public


@given(items=st.lists(st.sampled_from([ALICE, BOB, CAROL, ORG, UNIT, EVERYONE]), min_size=1, max_size=8))
def test_the_quota_of_entities_counts_each_once_and_everyone_not_at_all(items: list[LaunchPermission]) -> None:
    """Rule B LP-19: "orgs + OUs + accounts"; "Check the count after dedupe"."""
    world = with_limits(shared_entities_per_image=2)(w.with_changed(WORLD, w.WEB, launch_permissions=[BOB]))
    entities = {*items, BOB} - {EVERYONE}
    result = attempt(world, change(add=items), by=w.alice)
    assert isinstance(result, SharingQuotaReached if len(entities) > 2 else Outcome)


def test_as_many_accounts_as_the_limit_says_can_be_named_in_one_request() -> None:
    """Rule B LP-18: 10,000, of both lists, each once; organizations do not count."""
    assert Limits.aws().accounts_per_permission_request == 10_000
    world = with_limits(accounts_per_permission_request=2)(WORLD)
    fits = change(add=[BOB, BOB, ORG, UNIT, EVERYONE], remove=[BOB, CAROL])
    assert isinstance(attempt(world, fits, by=w.alice), Outcome)
    assert isinstance(refused(change(add=[BOB], remove=[CAROL, ALICE]), world), TooManyPermissionChanges)


# --- becoming public, and private again -------------------------------------------------------------------------------

TWO_YEARS = w.the(WORLD, w.WEB).creation_date.replace(year=2028)


@pytest.mark.parametrize(
    ("before", "then", "clamps"),
    [
        (None, TWO_YEARS, True),
        (w.at(1), w.at(1), True),
        (TWO_YEARS + timedelta(days=1), TWO_YEARS, True),
        (TWO_YEARS + timedelta(days=1), TWO_YEARS + timedelta(days=1), False),
    ],
)
def test_an_image_that_becomes_public_is_deprecated_in_two_years_at_the_latest(
    before: Any, then: Any, clamps: bool
) -> None:
    """Rules B LP-32, B 14."""
    world = with_quirks(publishing_clamps_deprecation=clamps)(w.with_changed(WORLD, w.WEB, deprecation_time=before))
    assert after(PUBLISH, world).deprecation_time == then


def test_an_old_image_that_becomes_public_is_deprecated_at_once() -> None:
    """Rule B LP-34."""
    world = w.with_changed(WORLD, w.WEB, creation_date=w.NOW.replace(year=2020))
    deprecated = after(PUBLISH, world).deprecation_time
    assert deprecated == w.NOW.replace(year=2022)
    assert w.NOW.replace(year=2022) < world.now


def test_a_public_image_keeps_its_deprecation_until_it_is_private_again() -> None:
    """Rules B LP-33, B LP-35."""
    public = apply(WORLD, PUBLISH, by=w.alice).world
    cancel = DisableImageDeprecation(image_id=ami(w.WEB))
    later = EnableImageDeprecation(image_id=ami(w.WEB), deprecate_at=TWO_YEARS + timedelta(days=30))
    assert isinstance(refused(cancel, public), PublicDeprecationKept)
    assert isinstance(refused(later, public), DeprecationTooLate)
    earlier = EnableImageDeprecation(image_id=ami(w.WEB), deprecate_at=w.at(48))
    assert after(earlier, public).deprecation_time == w.at(48)
    private = apply(public, change(remove=[EVERYONE]), by=w.alice).world
    assert w.the(private, w.WEB).deprecation_time == TWO_YEARS
    assert after(cancel, private).deprecation_time is None
    assert isinstance(attempt(private, later, by=w.alice), Outcome)


def test_a_public_image_that_nobody_uses_any_more_is_made_private_by_aws() -> None:
    """Rule B LP-36: and keeps whom else it is shared with."""
    long_ago = w.NOW - timedelta(days=400)
    world = w.with_changed(
        WORLD,
        w.WEB,
        launch_permissions=[EVERYONE, BOB],
        creation_date=long_ago,
        launches=[],
        deprecation_time=w.LONG_AGO,
    )
    swept = apply(world, UnpublishUnusedImages(), by=w.aws).world
    assert w.the(swept, w.WEB).launch_permissions == Permissions([BOB])


# --- product codes ----------------------------------------------------------------------------------------------------


def test_product_codes_are_set_once_and_that_only_by_a_quirk() -> None:
    """Rules A PC-2 to A PC-4, B 1.3."""
    world = with_quirks(product_codes_modifiable=True)(WORLD)
    first = apply(world, CODES, by=w.alice).world
    assert w.the(first, w.WEB).product_codes == (ProductCode("abc"),)
    assert apply(first, CODES, by=w.alice).world == first
    named = ModifyImageAttribute(image_id=ami(w.WEB), attribute="productCodes", product_codes=["abc"])
    assert named.modification == CODES.modification
    assert isinstance(refused(evolve(CODES, product_codes=["def"]), first), ProductCodesKept)
    public = evolve(CODES, image_id=ami(w.OPEN))
    assert refused(public, world) == ProductCodeImageNotPublic(image_id=ami(w.OPEN))


# --- resetting --------------------------------------------------------------------------------------------------------


@given(before=ITEMS)
def test_resetting_takes_everyone_and_everybody_and_twice_is_as_good_as_once(before: list[LaunchPermission]) -> None:
    """Rule B RS-2."""
    world = w.with_changed(WORLD, w.WEB, launch_permissions=before)
    reset = apply(world, ResetImageAttribute(image_id=ami(w.WEB)), by=w.alice).world
    assert w.the(reset, w.WEB) == evolve(w.the(world, w.WEB), launch_permissions=[])
    assert apply(reset, ResetImageAttribute(image_id=ami(w.WEB)), by=w.alice).world == reset


def test_a_disabled_image_can_be_reset_to_no_effect() -> None:
    """Rule B RS-3; settlement S 20: not so one that is pending or failed."""
    request = ResetImageAttribute(image_id=ami(w.DISABLED))
    assert apply(WORLD, request, by=w.alice).world == WORLD
    for number in (w.PENDING, w.FAILED):
        assert isinstance(refused(ResetImageAttribute(image_id=ami(number))), ImageUnavailable)


def test_only_an_owner_resets_an_image() -> None:
    """Rules B RS-3, B 0.3; settlement S 25."""
    request = ResetImageAttribute(image_id=ami(w.TO_BOB))
    assert refused(request, by=w.bob) == NotAuthorizedForImage(image_id=ami(w.TO_BOB))
    assert refused(request, by=w.alice_in_virginia) == ImageNotFound.of(ami(w.TO_BOB))


# --- giving up --------------------------------------------------------------------------------------------------------


def cancel(number: int) -> CancelImageLaunchPermission:
    return CancelImageLaunchPermission(image_id=ami(number))


def test_an_account_gives_up_what_was_shared_with_it_by_name_and_nothing_else() -> None:
    """Rules B CL-1, B CL-4, B CL-7."""
    world = w.with_changed(WORLD, w.TO_BOB, launch_permissions=[BOB, CAROL, ORG, EVERYONE])
    new, value = apply(world, cancel(w.TO_BOB), by=w.bob)
    assert value is True
    assert new == w.with_changed(world, w.TO_BOB, launch_permissions=[CAROL, ORG, EVERYONE])
    assert refused(cancel(w.TO_BOB), new, w.bob) == NotSharedWithAccount(image_id=ami(w.TO_BOB), account_id=w.BOB)


def test_what_was_given_up_can_be_shared_again() -> None:
    """Rule B CL-5."""
    new = apply(WORLD, cancel(w.TO_BOB), by=w.bob).world
    assert BOB not in w.the(new, w.TO_BOB).launch_permissions
    assert apply(new, change(w.TO_BOB, add=[BOB]), by=w.alice).world == WORLD


@pytest.mark.parametrize("number", [w.TO_ORG, w.TO_OU, w.OPEN, w.WEB, w.BOBS, w.PENDING, w.DISABLED, w.FAILED])
def test_without_an_item_of_its_own_an_account_has_nothing_to_give_up(number: int) -> None:
    """Rules B CL-2, B CL-3, B CL-6; settlement S 29: whatever the state."""
    against = refused(cancel(number), by=w.bob)
    assert against == NotSharedWithAccount(image_id=ami(number), account_id=w.BOB)
    assert (against.code, str(against)) == ("InvalidAMIID.NotFound", f"The image id '[{ami(number)}]' does not exist")


@pytest.mark.parametrize("number", [0xFFF, w.FORMER, w.BINNED, w.LONG_GONE, w.FAR_SHARED])
def test_what_is_gone_or_elsewhere_cannot_be_given_up(number: int) -> None:
    """Rules B CL-3, B CL-8, B 0.3."""
    assert refused(cancel(number), by=w.bob) == ImageNotFound.of(ami(number))


def test_an_owner_whose_own_account_is_listed_can_give_that_up() -> None:
    """Rules B CL-6, B LP-20."""
    new = apply(WORLD, cancel(w.OWN_LISTED), by=w.alice).world
    assert w.the(new, w.OWN_LISTED).launch_permissions == NOBODY


@pytest.mark.parametrize("state", ["pending", "failed", "invalid", "error"])
def test_an_image_that_is_not_available_cannot_be_given_up(state: str) -> None:
    """Rule C 1.3: one that was spoilt after it had been shared."""
    world = w.with_changed(WORLD, w.TO_BOB, state=state)
    assert refused(cancel(w.TO_BOB), world, w.bob) == ImageUnavailable(image_id=ami(w.TO_BOB), state=ImageState(state))
    silent = with_quirks(cancel_share_names_unavailable_image=False)(world)
    assert isinstance(refused(cancel(w.TO_BOB), silent, w.bob), NotSharedWithAccount)


def test_what_allowed_amis_hides_can_be_given_up_but_by_a_quirk() -> None:
    """Rule B 0.3."""
    only_own = AllowedImagesSettings(state="enabled", image_criteria=[ImageCriterion(image_providers=["none"])])
    settings = evolve(WORLD.settings(w.BOB, w.FRANKFURT), allowed_images=only_own)
    hiding = WORLD.with_settings(w.BOB, w.FRANKFURT, settings)
    assert isinstance(attempt(hiding, cancel(w.TO_BOB), by=w.bob), Outcome)
    strict = with_quirks(cancel_share_ignores_allowed_images=False)(hiding)
    assert refused(cancel(w.TO_BOB), strict, w.bob) == ImageNotFound.of(ami(w.TO_BOB))


def test_whether_there_is_something_to_give_up_may_not_be_known() -> None:
    """In a world made of answers: rules B 1.5 DA-6, B CL-3."""
    world = w.with_changed(WORLD, w.TO_BOB, launch_permissions=NOT_PUBLIC)
    decision = explain(world, cancel(w.TO_BOB), by=w.bob)
    assert (decision.allowed, decision.because) == (None, (PermissionsNotTold(ami(w.TO_BOB)),))
    assert isinstance(attempt(world, cancel(w.TO_BOB), by=w.bob), NotSharedWithAccount)


def test_giving_up_touches_nothing_but_the_one_list() -> None:
    """Rule B CL-1: it is the only request that changes what is somebody else's."""
    new = apply(WORLD, cancel(w.TO_BOB), by=w.bob).world
    assert new.with_image(w.the(WORLD, w.TO_BOB)) == WORLD


def test_the_refusals_of_resetting_and_giving_up_are_all_met() -> None:
    assert {*ResetImageAttribute.refusals} == {ImageNotFound, NotAuthorizedForImage, ImageUnavailable}
    assert {*CancelImageLaunchPermission.refusals} == {ImageNotFound, NotSharedWithAccount, ImageUnavailable}


def test_disabling_leaves_nothing_to_give_up() -> None:
    """Rules C 3.4, B CL-3."""
    disabled = apply(WORLD, DisableImage(image_id=ami(w.TO_BOB)), by=w.alice).world
    assert isinstance(refused(cancel(w.TO_BOB), disabled, w.bob), NotSharedWithAccount)
