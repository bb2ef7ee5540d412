"""Sharing one image: rules B 1.2 (LP-9 to LP-35), B 1.4, B 1.6."""

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.clock import parse
from amimodel.encryption import AWS_MANAGED_ALIAS, KmsKey
from amimodel.examples import PENDING, WEB
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.limits import Limits
from amimodel.permissions import EVERYONE, AccountPermission, LaunchPermission, OrganizationPermission, Permissions
from amimodel.product_codes import ProductCode
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    EncryptedImageNotPublic,
    ImageUnavailable,
    ManagedKeyNotShared,
    NotSharedWithAccount,
    ProductCodeImageNotPublic,
    PublicImageQuotaReached,
    PublicSharingBlocked,
    Refusal,
    SharingQuotaReached,
    WatermarkedImageNotPublic,
)
from amimodel.settings import ImageBlockPublicAccess
from amimodel.sharing import (
    SharingFacts,
    cancel,
    latest_deprecation_of_public_image,
    refusals_to_share,
    reset,
    share,
    unshare,
)
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as amis
from amimodel.vocabulary import ImageState
from amimodel.watermarks import ImageWatermark

FRIEND = AccountPermission("444455556666")
ITEMS = st.lists(
    st.one_of(
        st.sampled_from([EVERYONE, FRIEND, AccountPermission("555566667777")]),
        amis.launch_permissions(),
    ),
    max_size=5,
)
PLAIN = amis.images(state=ImageState.AVAILABLE, product_codes=(), image_watermarks=()).filter(lambda i: not i.encrypted)

KEY = "arn:aws:kms:us-west-2:111122223333:key/68425528-9938-4a15-90f2-f1755263b836"
WATERMARK = ImageWatermark(
    watermark_key="111122223333:golden",
    source_image_region="us-east-1",
    source_image_id="ami-12345678",
    source_image_creation_time=WEB.creation_date,
    watermark_creation_time=WEB.creation_date,
)


def snapshot(kms_key_id: str | None) -> Snapshot:
    return Snapshot(
        snapshot_id="snap-12345678",
        owner_id="111122223333",
        volume_id="vol-12345678",
        volume_size_gib=8,
        start_time=WEB.creation_date,
        encrypted=kms_key_id is not None,
        kms_key_id=kms_key_id,
    )


def facts(kms_key_id: str | None = None, *, manager: str = "CUSTOMER", **others: Any) -> SharingFacts:
    known = {"snap-12345678": snapshot(kms_key_id)}
    keys = {KEY: KmsKey(arn=KEY, key_manager=manager)}
    return SharingFacts(snapshots=known, keys=keys, **others)


@given(image=PLAIN, items=ITEMS)
def test_what_is_shared_is_what_was_asked_for(image: Image, items: list[LaunchPermission]) -> None:
    """Rule B LP-9: nobody beyond those named gains, nobody named is left out, those there stay."""
    after = share(image, items)
    assert set(after.launch_permissions) == set(image.launch_permissions) | set(items)
    assert evolve(after, launch_permissions=image.launch_permissions, deprecation_time=image.deprecation_time) == image


@given(image=PLAIN, items=ITEMS)
def test_sharing_twice_is_sharing_once(image: Image, items: list[LaunchPermission]) -> None:
    """Rule B LP-9."""
    once = share(image, items)
    assert share(once, items) == once
    assert share(once, items).launch_permissions.items == once.launch_permissions.items


@given(image=PLAIN, items=ITEMS)
def test_unsharing_takes_exactly_what_was_named(image: Image, items: list[LaunchPermission]) -> None:
    """Rule B LP-9, B LP-30."""
    after = unshare(share(image, items), items)
    assert set(after.launch_permissions) == set(image.launch_permissions) - set(items)


@given(image=PLAIN, items=ITEMS)
def test_resetting_leaves_the_owner_alone(image: Image, items: list[LaunchPermission]) -> None:
    """Rules B RS-2, B LP-1."""
    after = reset(share(image, items))
    assert len(after.launch_permissions) == 0
    assert after.owner_id == image.owner_id
    assert reset(after) == after


@given(image=PLAIN, items=ITEMS, account=st.sampled_from(["444455556666", "999988887777"]))
def test_an_account_gives_up_its_own_item_and_no_other(
    image: Image, items: list[LaunchPermission], account: str
) -> None:
    """Rules B CL-1 to CL-7; settlement S 29."""
    shared = share(image, items)
    own = AccountPermission(account)
    if own in shared.launch_permissions:
        after = cancel(shared, account)
        assert set(after.launch_permissions) == set(shared.launch_permissions) - {own}
        with pytest.raises(NotSharedWithAccount) as again:
            cancel(after, account)
        assert again.value == NotSharedWithAccount(image_id=image.image_id, account_id=AccountId(account))
    else:
        with pytest.raises(NotSharedWithAccount) as raised:
            cancel(shared, account)
        assert raised.value.code == "InvalidAMIID.NotFound"


def test_access_through_an_organization_or_everyone_cannot_be_given_up() -> None:
    """Rules B CL-2, B CL-3."""
    org = OrganizationPermission("arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5")
    with pytest.raises(NotSharedWithAccount, match=r"The image id '\[ami-12345678\]' does not exist"):
        cancel(evolve(WEB, launch_permissions=Permissions([EVERYONE, org])), "444455556666")


# Every refusal of one sharing call, the first that EC2 would give first; then each fault is repaired in turn.
LADDER: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (
        "B LP-22",
        {"state": "pending"},
        {},
        "The AMI ID 'ami-12345678' is currently pending and may not be used for this operation",
    ),
    (
        "B LP-25, S 44",
        {},
        {"kms_key_id": KEY},
        "Encrypted snapshots can't be shared publicly. Specify another snapshot.",
    ),
    (
        "B LP-26, S 45",
        {"product_codes": (ProductCode("abc"),)},
        {},
        "Images with marketplace product codes may not be made public.",
    ),
    (
        "B LP-27",
        {"image_watermarks": (WATERMARK,)},
        {},
        "The image ami-12345678 has watermarks and cannot be made public. Detach them first.",
    ),
    (
        "B LP-24",
        {},
        {"block_public_access": ImageBlockPublicAccess()},
        (
            "You can\u2019t publicly share this image because block public access for AMIs is enabled for this account."
            " To publicly share the image, you must call the DisableImageBlockPublicAccess API."
        ),
    ),
    (
        "B LP-23",
        {},
        {"public_images": 5},
        (
            "You have reached your quota of 5 for the number of public images allowed in this Region."
            " Deregister unused public images or make them private, or request an increase in your public AMIs quota."
        ),
    ),
    (
        "B LP-19",
        {},
        {"limits": Limits(shared_entities_per_image=0)},
        (
            "The image ami-12345678 would be shared with 1 accounts, organizations and organizational units;"
            " the quota is 0."
        ),
    ),
]


def _messages(image: Image, sharing_facts: SharingFacts) -> list[str]:
    return [str(refusal) for refusal in refusals_to_share(image, [EVERYONE, FRIEND], sharing_facts)]


@pytest.mark.parametrize(("rule", "of_image", "of_facts", "message"), LADDER)
def test_each_fault_alone_is_refused_in_its_words(
    rule: str, of_image: dict[str, Any], of_facts: dict[str, Any], message: str
) -> None:
    assert message in _messages(evolve(WEB, **of_image), facts(**of_facts)), rule


def test_faults_are_told_in_ec2s_order_and_each_repair_uncovers_the_next() -> None:
    """The evaluation order of rule B 1.2, but for LP-28: what it forbids, LP-25 forbids before."""
    for step, (rule, _, _, message) in enumerate(LADDER):
        of_image = {name: fault for _, faults, _, _ in LADDER[step:] for name, fault in faults.items()}
        of_facts = {name: fault for _, _, faults, _ in LADDER[step:] for name, fault in faults.items()}
        with pytest.raises(Refusal) as raised:
            share(evolve(WEB, **of_image), [EVERYONE, FRIEND], facts(**of_facts))
        assert str(raised.value) == message, rule


def test_an_account_share_meets_only_the_checks_that_concern_it() -> None:
    """Rules B LP-29, B BPA-8: a customer's key, a product code, block public access are no matter to it."""
    image = evolve(WEB, product_codes=[ProductCode("abc")], image_watermarks=[WATERMARK])
    known = facts(KEY, block_public_access=ImageBlockPublicAccess(), public_images=99)
    assert FRIEND in share(image, [FRIEND], known).launch_permissions


@pytest.mark.parametrize("key", [KEY, AWS_MANAGED_ALIAS])
def test_what_a_key_of_aws_encrypts_is_shared_with_nobody(key: str) -> None:
    """Rule B LP-28."""
    (refusal,) = refusals_to_share(WEB, [FRIEND], facts(key, manager="AWS"))
    assert refusal.code == "InvalidParameter"
    assert str(refusal) == "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot."


@given(image=amis.images(state=ImageState.AVAILABLE))
def test_an_encrypted_image_is_never_made_public(image: Image) -> None:
    """Rule B LP-25."""
    encrypted = any(entry.ebs is not None and entry.ebs.encrypted for entry in image.block_device_mappings)
    if encrypted and not image.public:
        with pytest.raises(Refusal):
            share(image, [EVERYONE])


@given(image=PLAIN)
def test_block_public_access_lets_no_new_public_image_in_and_takes_none_away(image: Image) -> None:
    """Rules B BPA-7, B LP-24, B LP-31."""
    blocked = SharingFacts(block_public_access=ImageBlockPublicAccess())
    if image.public:
        assert share(image, [EVERYONE], blocked).public
        strict = evolve(blocked, quirks=Quirks(republishing_while_blocked_succeeds=False))
        with pytest.raises(Refusal):
            share(image, [EVERYONE], strict)
    else:
        with pytest.raises(Refusal):
            share(image, [EVERYONE], blocked)


@given(image=PLAIN)
def test_a_public_image_is_deprecated_within_two_years(image: Image) -> None:
    """Rules B LP-32, C 2.13."""
    public = share(image, [EVERYONE])
    latest = latest_deprecation_of_public_image(image.creation_date)
    assert public.deprecation_time is not None
    assert public.deprecation_time <= latest
    assert public.deprecation_time == min(image.deprecation_time or latest, latest)
    assert unshare(public, [EVERYONE]).deprecation_time == public.deprecation_time, "rule B LP-35"


def test_a_later_deprecation_stays_where_the_quirk_says_so() -> None:
    late = parse("2035-01-01T00:00:00Z")
    kept = share(
        evolve(WEB, deprecation_time=late), [EVERYONE], SharingFacts(quirks=Quirks(publishing_clamps_deprecation=False))
    )
    assert kept.deprecation_time == late


@pytest.mark.parametrize(
    ("created", "latest"),
    [
        ("2023-01-25T17:20:40Z", "2025-01-25T17:20:40Z"),
        ("2024-02-29T12:00:00Z", "2026-03-01T12:00:00Z"),
        ("2022-02-28T00:00:00Z", "2024-02-28T00:00:00Z"),
    ],
)
def test_two_years_are_calendar_years_and_keep_their_seconds(created: str, latest: str) -> None:
    """Rule C 2.14; settlement S 37."""
    assert latest_deprecation_of_public_image(parse(created)) == parse(latest)


@pytest.mark.parametrize("change", [lambda image: unshare(image, [FRIEND]), reset])
def test_a_pending_image_is_neither_unshared_nor_reset(change: object) -> None:
    """Rules B LP-22, C 1.3; settlement S 20."""
    assert callable(change)
    with pytest.raises(ImageUnavailable):
        change(PENDING)


def test_a_disabled_image_may_be_reset_but_not_unshared() -> None:
    """Rule B RS-3."""
    disabled = evolve(WEB, state="disabled")
    assert reset(disabled) == disabled
    with pytest.raises(ImageUnavailable):
        unshare(disabled, [FRIEND])


def test_now_is_never_asked_for() -> None:
    """An image created long ago and published today is deprecated at once (rules B LP-34, C 2.15)."""
    old = evolve(WEB, creation_date=datetime(2010, 1, 1, tzinfo=UTC))
    assert share(old, [EVERYONE]).deprecation_time == datetime(2012, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("of_image", "of_facts", "refusal"),
    [
        ({}, {"kms_key_id": KEY}, EncryptedImageNotPublic(image_id="ami-12345678")),
        ({"product_codes": (ProductCode("abc"),)}, {}, ProductCodeImageNotPublic(image_id="ami-12345678")),
        (
            {"image_watermarks": (WATERMARK,)},
            {},
            WatermarkedImageNotPublic(error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id="ami-12345678"),
        ),
        (
            {},
            {"kms_key_id": KEY, "manager": "AWS"},
            ManagedKeyNotShared(image_id="ami-12345678", snapshot_id="snap-12345678"),
        ),
        ({}, {"block_public_access": ImageBlockPublicAccess()}, PublicSharingBlocked(image_id="ami-12345678")),
        ({}, {"public_images": 5}, PublicImageQuotaReached(quota=5)),
        (
            {},
            {"limits": Limits(shared_entities_per_image=0)},
            SharingQuotaReached(image_id="ami-12345678", entities=1, quota=0),
        ),
    ],
)
def test_a_refusal_has_the_facts_of_the_case(
    of_image: dict[str, Any], of_facts: dict[str, Any], refusal: Refusal
) -> None:
    assert refusal in list(refusals_to_share(evolve(WEB, **of_image), [EVERYONE, FRIEND], facts(**of_facts)))


@pytest.mark.parametrize(("entities", "refused"), [(2, False), (3, True)])
def test_a_quota_may_be_reached_and_not_passed(entities: int, refused: bool) -> None:
    """Rule B LP-19: everyone is no entity, and whoever is there already counts once."""
    items = [AccountPermission(f"{number:012d}") for number in range(entities)]
    known = SharingFacts(limits=Limits(shared_entities_per_image=2))
    already = share(WEB, items[:2], known)
    assert bool(list(refusals_to_share(already, [EVERYONE, *items], known))) is refused


@pytest.mark.parametrize(("public_images", "refused"), [(4, False), (5, True)])
def test_the_last_public_image_is_the_one_that_makes_the_quota(public_images: int, refused: bool) -> None:
    """Rule B LP-23."""
    assert bool(list(refusals_to_share(WEB, [EVERYONE], SharingFacts(public_images=public_images)))) is refused


def test_how_long_a_public_image_lasts_is_a_limit() -> None:
    one_year = SharingFacts(limits=Limits(max_public_deprecation_years=1))
    assert share(WEB, [EVERYONE], one_year).deprecation_time == parse("2027-01-01T00:00:00Z")


def test_the_account_that_has_nothing_to_give_up_is_named() -> None:
    with pytest.raises(NotSharedWithAccount) as raised:
        cancel(WEB, "444455556666")
    assert raised.value == NotSharedWithAccount(image_id="ami-12345678", account_id="444455556666")
