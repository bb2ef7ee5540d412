"""Who may launch, describe and copy an image: rules B 0.3, B 1.7, B 2, B 5 and B CI-2 to CI-8."""

from itertools import chain

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.access import (
    accounts_told,
    covers,
    has_launch_permission,
    launch_grounds,
    may_copy,
    may_describe,
    may_launch,
)
from amimodel.decisions import (
    Decision,
    MembershipNotTold,
    Owner,
    PermissionsNotTold,
    Permitted,
    SnapshotNotTold,
    StorageNotTold,
    all_of,
)
from amimodel.examples import PENDING, WEB
from amimodel.images import Image
from amimodel.organizations import NOTHING_KNOWN, Organization, OrganizationalUnit, Organizations
from amimodel.permissions import (
    EVERYONE,
    NOT_PUBLIC,
    PUBLIC_AT_LEAST,
    AccountPermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
    Permissions,
)
from amimodel.product_codes import ProductCode
from amimodel.quirks import Quirks
from amimodel.refusals import (
    ImageNotFound,
    ImageUnavailable,
    MarketplaceCopyRefused,
    NoStoragePermission,
    NotAuthorizedForImages,
)
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as amis
from amimodel.vocabulary import ImageState
from reference.access import launch_permitted

OWNER, FRIEND, STRANGER = "111122223333", "444455556666", "999988887777"

ORGANIZATION = Organization(
    organization_id="o-a1b2c3d4e5",
    management_account_id="777777777777",
    root_id="r-a1b2",
    accounts=["100000000000"],
    organizational_units=[
        OrganizationalUnit(
            organizational_unit_id="ou-a1b2-aaaaaaaa",
            accounts=["200000000000"],
            organizational_units=[
                OrganizationalUnit(organizational_unit_id="ou-a1b2-bbbbbbbb", accounts=["300000000000"])
            ],
        ),
        OrganizationalUnit(organizational_unit_id="ou-a1b2-cccccccc", accounts=["400000000000"]),
    ],
)
KNOWN = Organizations([ORGANIZATION])


def shared_with(*items: LaunchPermission, complete: bool = True) -> Image:
    return evolve(WEB, launch_permissions=Permissions(items, complete=complete))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Image, str, Organizations]:
    """An image shared with accounts, organizations and units, some of which are really there, and an account."""
    organizations = draw(amis.organizations())
    members = [account for organization in organizations.organizations for account in organization.members]
    strangers = draw(st.lists(amis.account_ids(), min_size=1, max_size=3))
    accounts = st.sampled_from([*members, *strangers])
    arns = [organization.arn for organization in organizations.organizations]
    units = [
        organization.arn_of(unit.organizational_unit_id)
        for organization in organizations.organizations
        for _, unit in organization.units()
    ]
    items = st.one_of(
        accounts.map(AccountPermission),
        st.one_of(*([st.sampled_from(arns)] if arns else []), amis.organization_arns()).map(OrganizationPermission),
        st.one_of(*([st.sampled_from(units)] if units else []), amis.organizational_unit_arns()).map(
            OrganizationalUnitPermission
        ),
        st.just(EVERYONE),
    )
    permissions = Permissions(draw(st.lists(items, max_size=4)))
    image = evolve(WEB, owner_id=draw(accounts), launch_permissions=permissions)
    concerned = st.sampled_from([image.owner_id, *permissions.accounts])
    return image, draw(st.one_of(concerned, accounts)), organizations


@given(situation=situations())
def test_permission_is_what_the_reference_says(situation: tuple[Image, str, Organizations]) -> None:
    """Rule B 1.7, against an implementation that knows nothing of this one."""
    image, account, organizations = situation
    expected = launch_permitted(image, account, organizations)
    assert has_launch_permission(image, account, organizations).allowed is expected


@given(situation=situations())
def test_knowing_less_never_turns_a_no_into_a_yes_or_a_yes_into_a_no(
    situation: tuple[Image, str, Organizations],
) -> None:
    """What is not told is unknown, never nobody."""
    image, account, organizations = situation
    known = has_launch_permission(image, account, organizations).allowed
    told_less = evolve(image, launch_permissions=evolve(image.launch_permissions, complete=False))
    for less in (
        has_launch_permission(image, account, NOTHING_KNOWN).allowed,
        has_launch_permission(told_less, account, organizations).allowed,
    ):
        assert less in (known, None)


@given(situation=situations())
def test_sharing_never_widens_access_beyond_the_named_grantees(situation: tuple[Image, str, Organizations]) -> None:
    """Rules B LP-1, B OR-4, B OR-5."""
    image, account, organizations = situation
    alone = evolve(image, launch_permissions=Permissions(()))
    if has_launch_permission(image, account, organizations).allowed:
        assert has_launch_permission(alone, account, organizations).allowed or any(
            covers(item, account, organizations) for item in image.launch_permissions
        )


@given(situation=situations())
def test_grounds_and_answer_agree(situation: tuple[Image, str, Organizations]) -> None:
    image, account, organizations = situation
    grounds = tuple(launch_grounds(image, account, organizations))
    decision = has_launch_permission(image, account, organizations)
    assert decision.allowed is any(isinstance(ground, Owner | Permitted) for ground in grounds)
    assert decision.allowed is not False or decision.because == (NotAuthorizedForImages(image_id=image.image_id),)
    assert not decision.allowed or set(decision.because) <= set(grounds)


@given(situation=situations())
def test_an_account_that_may_launch_by_name_is_told(situation: tuple[Image, str, Organizations]) -> None:
    image, _, organizations = situation
    everybody = chain.from_iterable(organization.members for organization in organizations.organizations)
    told = set(accounts_told(image, organizations))
    for account in everybody:
        if not image.public and has_launch_permission(image, account, organizations).allowed:
            assert account in told
    for account in told:
        assert has_launch_permission(image, account, organizations).allowed


ORG = OrganizationPermission(ORGANIZATION.arn)
OU_A = OrganizationalUnitPermission(ORGANIZATION.arn_of("ou-a1b2-aaaaaaaa"))
OU_B = OrganizationalUnitPermission(ORGANIZATION.arn_of("ou-a1b2-bbbbbbbb"))
OTHER = OrganizationPermission("arn:aws:organizations::777777777777:organization/o-zzzzzzzzzz")
WRONG_ACCOUNT = OrganizationPermission("arn:aws:organizations::888888888888:organization/o-a1b2c3d4e5")


@pytest.mark.parametrize(
    ("permission", "account", "expected", "rule"),
    [
        (ORG, "100000000000", True, "B OR-4"),
        (ORG, "300000000000", True, "B OR-4"),
        (ORG, "777777777777", True, "B OR-4: the management account is a member"),
        (ORG, STRANGER, False, "B OR-4"),
        (OU_A, "200000000000", True, "B OR-5"),
        (OU_A, "300000000000", True, "B OR-5: at any depth"),
        (OU_A, "400000000000", False, "B OR-5: siblings are not covered"),
        (OU_A, "100000000000", False, "B OR-5: parents are not covered"),
        (OU_B, "200000000000", False, "B OR-5: parents are not covered"),
        (OTHER, "100000000000", False, "B OR-8: no such organization"),
        (WRONG_ACCOUNT, "100000000000", False, "B OR-10: another management account"),
        (EVERYONE, STRANGER, True, "B 1.1"),
        (AccountPermission(FRIEND), FRIEND, True, "B 1.1"),
        (AccountPermission(FRIEND), STRANGER, False, "B 1.1"),
    ],
)
def test_a_permission_covers_whom_the_book_says(
    permission: LaunchPermission, account: str, expected: bool, rule: str
) -> None:
    assert covers(permission, account, KNOWN) is expected, rule


@pytest.mark.parametrize("permission", [ORG, OU_A])
def test_membership_that_is_not_known_is_not_taken_for_none(
    permission: OrganizationPermission | OrganizationalUnitPermission,
) -> None:
    assert covers(permission, STRANGER, NOTHING_KNOWN) is None
    answer = may_launch(shared_with(permission), STRANGER)
    assert answer.allowed is None
    assert answer.because == (MembershipNotTold(permission, STRANGER),)
    assert "999988887777" in str(answer.because[0])


def test_an_account_known_to_be_elsewhere_is_not_covered_even_if_little_else_is_known() -> None:
    little = Organizations([ORGANIZATION], complete=False)
    assert covers(OTHER, "100000000000", little) is False
    assert covers(OTHER, STRANGER, little) is None
    assert covers(ORG, STRANGER, little) is False


@pytest.mark.parametrize(
    ("image", "account", "allowed", "grounds"),
    [
        (WEB, OWNER, True, [Owner()]),
        (shared_with(EVERYONE), STRANGER, True, [Permitted(EVERYONE)]),
        (shared_with(AccountPermission(FRIEND)), FRIEND, True, [Permitted(AccountPermission(FRIEND))]),
        (shared_with(ORG), "200000000000", True, [Permitted(ORG)]),
        (shared_with(OU_B), "300000000000", True, [Permitted(OU_B)]),
        (WEB, STRANGER, False, [NotAuthorizedForImages(image_id="ami-12345678")]),
        (evolve(WEB, launch_permissions=NOT_PUBLIC), STRANGER, None, [PermissionsNotTold("ami-12345678")]),
        (evolve(WEB, launch_permissions=PUBLIC_AT_LEAST), STRANGER, True, [Permitted(EVERYONE)]),
        (evolve(WEB, launch_permissions=NOT_PUBLIC), OWNER, True, [Owner()]),
    ],
)
def test_may_launch_says_through_what(image: Image, account: str, allowed: bool | None, grounds: list[object]) -> None:
    decision = may_launch(image, account, KNOWN)
    assert decision.allowed is allowed
    assert list(decision.because) == grounds


@given(account=st.sampled_from([OWNER, STRANGER]), state=st.sampled_from(ImageState))
def test_nobody_launches_what_is_not_available(account: str, state: ImageState) -> None:
    """Rule B LD-7: the owner neither."""
    decision = may_launch(evolve(WEB, state=state, launch_permissions=Permissions([EVERYONE])), account)
    assert decision.allowed is (state is ImageState.AVAILABLE)


def test_every_reason_against_a_launch_is_given_in_ec2s_order() -> None:
    """Rules B LD-6, B LD-7."""
    decision = may_launch(PENDING, STRANGER)
    assert decision.allowed is False
    assert decision.because == (
        NotAuthorizedForImages(image_id="ami-12345678"),
        ImageUnavailable(image_id="ami-12345678", state=ImageState.PENDING),
    )
    assert decision.refusals == decision.because


def test_a_disabled_image_is_known_to_be_shared_with_nobody() -> None:
    """Rule C 3.4: what DescribeImages does not tell of a disabled image is not there."""
    disabled = evolve(WEB, state="disabled", launch_permissions=NOT_PUBLIC)
    assert has_launch_permission(disabled, STRANGER).allowed is False


def test_a_deprecated_image_launches_like_any_other() -> None:
    """Rule B LD-8."""
    assert may_launch(evolve(WEB, deprecation_time=WEB.creation_date), OWNER).allowed is True


@pytest.mark.parametrize(
    ("image", "account", "allowed"),
    [
        (WEB, OWNER, True),
        (WEB, STRANGER, False),
        (shared_with(AccountPermission(FRIEND)), FRIEND, True),
        (evolve(WEB, launch_permissions=NOT_PUBLIC), STRANGER, None),
        (PENDING, OWNER, True),
        (evolve(WEB, state="disabled"), OWNER, True),
        (evolve(WEB, state="deregistered"), OWNER, False),
    ],
)
def test_may_describe_follows_visibility(image: Image, account: str, allowed: bool | None) -> None:
    """Rules A 8.2, C 1.3; settlement S 1."""
    assert may_describe(image, account).allowed is allowed


def test_what_cannot_be_described_is_not_found() -> None:
    for image, account in ((WEB, STRANGER), (evolve(WEB, state="deregistered"), OWNER)):
        assert may_describe(image, account).because == (ImageNotFound.of("ami-12345678"),)


def test_a_member_sees_what_is_shared_with_its_organization() -> None:
    assert may_describe(shared_with(ORG), "200000000000", KNOWN).because == (Permitted(ORG),)


def test_every_ground_for_a_launch_is_listed_in_the_order_of_the_list() -> None:
    """Rule B 1.7: ownership first; then what covers the account, or might; then what is not told."""
    items = (OTHER, AccountPermission(STRANGER), AccountPermission("200000000000"), OU_B, ORG, OU_A, EVERYONE)
    image = evolve(shared_with(*items, complete=False), owner_id="200000000000")
    assert list(launch_grounds(image, "200000000000", KNOWN)) == [
        Owner(),
        Permitted(AccountPermission("200000000000")),
        Permitted(ORG),
        Permitted(OU_A),
        Permitted(EVERYONE),
        PermissionsNotTold("ami-12345678"),
    ]
    assert list(launch_grounds(shared_with(OTHER, AccountPermission(FRIEND)), STRANGER)) == [
        MembershipNotTold(OTHER, STRANGER)
    ]


SNAPSHOT = Snapshot(
    snapshot_id="snap-12345678",
    owner_id=OWNER,
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=WEB.creation_date,
)
FRIENDLY = shared_with(AccountPermission(FRIEND))
BY_NAME = Permitted(AccountPermission(FRIEND))


def copying(image: Image, account: str, snapshot: Snapshot | None = SNAPSHOT) -> Decision:
    return may_copy(image, account, {} if snapshot is None else {snapshot.snapshot_id: snapshot}, KNOWN)


@pytest.mark.parametrize(
    ("snapshot", "allowed", "ground"),
    [
        (SNAPSHOT, False, NoStoragePermission(image_id="ami-12345678", snapshot_ids=("snap-12345678",))),
        (evolve(SNAPSHOT, create_volume_permissions=Permissions([AccountPermission(FRIEND)])), True, BY_NAME),
        (evolve(SNAPSHOT, create_volume_permissions=Permissions([EVERYONE])), True, BY_NAME),
        (evolve(SNAPSHOT, create_volume_permissions=None), None, PermissionsNotTold("snap-12345678")),
        (
            evolve(SNAPSHOT, create_volume_permissions=Permissions((), complete=False)),
            None,
            PermissionsNotTold("snap-12345678"),
        ),
        (evolve(SNAPSHOT, owner_id=FRIEND), True, BY_NAME),
        (None, None, SnapshotNotTold("snap-12345678")),
    ],
)
def test_permission_to_launch_is_not_permission_to_copy(
    snapshot: Snapshot | None, allowed: bool | None, ground: object
) -> None:
    """Rule B CI-6."""
    decision = copying(FRIENDLY, FRIEND, snapshot)
    assert decision.allowed is allowed
    assert decision.because == (ground,)


def test_the_refusal_of_a_copy_names_the_snapshots_and_the_next_step() -> None:
    (refusal,) = copying(FRIENDLY, FRIEND).refusals
    assert refusal.code == "InvalidRequest"
    assert str(refusal) == "You do not have permission to access the storage of this ami"
    assert refusal.remedy == "the owner must share snap-12345678 as well (ModifySnapshotAttribute)"


def test_the_owner_copies_without_any_permission() -> None:
    assert copying(WEB, OWNER, None).allowed is True


def test_a_marketplace_image_is_not_copied_to_another_account() -> None:
    """Rules B CI-7, B CI-8."""
    sold = evolve(FRIENDLY, product_codes=[ProductCode("abc")])
    open_snapshot = evolve(SNAPSHOT, create_volume_permissions=Permissions([EVERYONE]))
    assert copying(sold, FRIEND, open_snapshot).because == (MarketplaceCopyRefused(image_id="ami-12345678"),)
    assert copying(sold, OWNER, open_snapshot).allowed is True
    lenient = Quirks(block_marketplace_cross_account_copy=False)
    free = may_copy(sold, FRIEND, {"snap-12345678": open_snapshot}, quirks=lenient)
    assert free.allowed is True


@pytest.mark.parametrize("state", ["pending", "disabled", "failed"])
def test_what_is_not_available_is_not_copied(state: str) -> None:
    """Rule C 1.3; settlement S 6."""
    decision = copying(evolve(WEB, state=state), OWNER)
    assert [refusal.code for refusal in decision.refusals] == ["InvalidAMIID.Unavailable"]


def test_an_image_that_cannot_be_seen_is_not_found_when_copied() -> None:
    """Settlement S 26: whoever may read the snapshot as well."""
    decision = copying(WEB, STRANGER, evolve(SNAPSHOT, owner_id=STRANGER))
    assert decision.allowed is False
    assert decision.because == (ImageNotFound.of("ami-12345678"),)


def test_a_member_copies_what_is_shared_with_its_organization_if_it_may_read_the_snapshot() -> None:
    """Rules B CI-2, B OR-15."""
    open_snapshot = {"snap-12345678": evolve(SNAPSHOT, create_volume_permissions=Permissions([EVERYONE]))}
    assert may_copy(shared_with(ORG), "200000000000", open_snapshot, KNOWN).allowed is True
    assert may_copy(shared_with(ORG), "200000000000", open_snapshot).allowed is None
    assert may_copy(shared_with(ORG), STRANGER, open_snapshot, KNOWN).allowed is False


DECISIONS = st.lists(st.sampled_from([True, False, None]).map(Decision), max_size=5)


@given(decisions=DECISIONS)
def test_all_of_is_no_as_soon_as_one_is_no_and_yes_only_if_all_are(decisions: list[Decision]) -> None:
    answers = [decision.allowed for decision in decisions]
    expected = False if False in answers else None if None in answers else True
    assert all_of(decisions).allowed is expected


def test_a_decision_is_no_bool() -> None:
    with pytest.raises(TypeError, match=r"ask for \.allowed"):
        bool(Decision(True))


@pytest.mark.parametrize(
    ("decision", "text"),
    [
        (Decision(True, (Owner(),)), "yes: the account owns it"),
        (Decision(False, (ImageNotFound.of("ami-12345678"),)), "no: The image id '[ami-12345678]' does not exist"),
        (Decision(None), "not known"),
    ],
)
def test_a_decision_reads_as_a_sentence(decision: Decision, text: str) -> None:
    assert str(decision) == text


def test_whether_a_bundle_in_s3_may_be_read_is_not_known() -> None:
    """Rule B CI-6: S3 decides it."""
    bundled = evolve(FRIENDLY, root_device_type="instance-store", block_device_mappings=())
    assert copying(bundled, FRIEND).because == (StorageNotTold("ami-12345678"),)
    assert copying(bundled, OWNER).allowed is True


@pytest.mark.parametrize(
    ("readable", "allowed", "ground"),
    [
        (True, True, BY_NAME),
        (False, False, NoStoragePermission(image_id="ami-12345678", snapshot_ids=())),
        (None, None, StorageNotTold("ami-12345678")),
    ],
)
def test_whoever_is_let_at_the_bundle_copies_an_image_in_s3(
    readable: bool | None, allowed: bool | None, ground: object
) -> None:
    """Rule B CI-6."""
    bundled = evolve(FRIENDLY, root_device_type="instance-store", block_device_mappings=())
    decision = may_copy(bundled, FRIEND, {}, bundle_readable=readable)
    assert (decision.allowed, decision.because) == (allowed, (ground,))
    assert may_copy(bundled, OWNER, {}, bundle_readable=readable).allowed is True


def test_quirks_decide_what_a_stranger_is_told_and_whether_a_disabled_image_is_copied() -> None:
    """Settlements S 2, S 6, S 26."""
    not_found = (ImageNotFound.of("ami-12345678"),)
    not_authorized = (NotAuthorizedForImages(image_id="ami-12345678"),)
    silent = Quirks(launch_reveals_invisible_image=False)
    talking = Quirks(copy_reveals_invisible_image=True)
    readable = {"snap-12345678": evolve(SNAPSHOT, owner_id=STRANGER)}
    assert may_launch(WEB, STRANGER, quirks=silent).because == not_found
    assert may_launch(WEB, OWNER, quirks=silent).allowed is True
    assert may_launch(WEB, STRANGER).because == not_authorized
    assert may_copy(WEB, STRANGER, readable, quirks=talking).because == not_authorized
    assert may_copy(WEB, STRANGER, readable).because == not_found
    disabled = evolve(WEB, state="disabled")
    assert may_copy(disabled, OWNER, {}).allowed is False
    assert may_copy(disabled, OWNER, {}, quirks=Quirks(owner_may_copy_disabled_image=True)).allowed is True
