"""What administrators do beside EC2: rules B 2 (OR-1 to OR-15), B BPA-9, B SBP-8, B AA-6, B EN-7, B EN-11."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import (
    ACTIONS,
    ApplyDeclarativePolicy,
    CopyImage,
    CreateVolume,
    DescribeImages,
    DisableImageBlockPublicAccess,
    EnableImageBlockPublicAccess,
    GetAllowedImagesSettings,
    GetImageBlockPublicAccessState,
    GetInstanceMetadataDefaults,
    GetSnapshotBlockPublicAccessState,
    GrantKey,
    JoinOrganization,
    LeaveOrganization,
    ModifyImageAttribute,
    MoveAccount,
    RevokeKey,
    RunInstances,
)
from amimodel.encryption import AccountGrant, KeyGrant, KmsKey, OrganizationGrant, OrganizationPathGrant
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.image_criteria import ImageCriterion
from amimodel.integrity import problems
from amimodel.kms import aws_managed_key
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.organizations import NOTHING_KNOWN, Organizations
from amimodel.permission_requests import LaunchPermissionModifications
from amimodel.permissions import AccountPermission, OrganizationPermission
from amimodel.refusals import (
    AccountInOrganization,
    AccountNotInOrganization,
    KeyNotFound,
    ManagedByDeclarativePolicy,
    ManagedKeyNotGranted,
    ManagementAccountStays,
    NoStoragePermission,
    NotAuthorizedForImages,
    NotTheProvider,
    OrganizationalUnitNotFound,
    OrganizationNotFound,
    Refusal,
    TooManyCriterionValues,
    TooManyImageCriteria,
)
from amimodel.requests import Outcome, Query, Request
from amimodel.settings import (
    AllowedImagesSettings,
    ImageBlockPublicAccess,
    InstanceMetadataDefaults,
    ManagedBy,
    RegionSettings,
    SnapshotBlockPublicAccess,
)
from amimodel.testing import strategies as amis
from amimodel.world import World
from worlds import ALICE, BOB, CAROL, FRANKFURT, ami, rich_world, snap

WORLD = rich_world()
HOME, MANAGEMENT = w.ORGANIZATION.organization_id, w.ORGANIZATION.management_account_id
OUTER, INNER = "ou-ab12-outer123", "ou-ab12-inner123"
NO_UNIT, NO_HOME = "ou-ab12-00000000", "o-0000000000"
NO_KEY = w.KEY.replace("1f2e", "ffff")
MANAGED_KEY = str(aws_managed_key(ALICE, FRANKFURT).arn)
BLOCKED = ImageBlockPublicAccess(state="block-new-sharing")
TO_BOB = AccountGrant(BOB)
REQUESTS: list[Request[Any]] = [
    ApplyDeclarativePolicy(account_id=BOB, image_block_public_access=BLOCKED),
    JoinOrganization(account_id=CAROL, organization_id=HOME),
    LeaveOrganization(account_id=BOB),
    MoveAccount(account_id=BOB, organizational_unit_id=OUTER),
    GrantKey(kms_key_id=w.KEY, grant=TO_BOB),
    RevokeKey(kms_key_id=w.KEY, grant=TO_BOB),
]


def saying(*names: str, times: int = 1) -> ApplyDeclarativePolicy:
    """A policy with so many criteria, each with these names."""
    criteria = [ImageCriterion(image_names=names)] * times
    return ApplyDeclarativePolicy(account_id=BOB, allowed_images=AllowedImagesSettings(image_criteria=criteria))


TINY = evolve(WORLD, limits=Limits.tiny())
WITNESSES: list[tuple[World, Request[Any], Refusal]] = [
    (WORLD, ApplyDeclarativePolicy(account_id=CAROL, image_block_public_access=BLOCKED),
     AccountNotInOrganization(account_id=CAROL)),
    (TINY, saying("abc", times=3), TooManyImageCriteria(criteria=3, limit=2)),
    (TINY, saying("a*", "b*", "c*"), TooManyCriterionValues(member="ImageNames", values=3, limit=2)),
    (WORLD, JoinOrganization(account_id=CAROL, organization_id=NO_HOME), OrganizationNotFound(organization_id=NO_HOME)),
    (WORLD, JoinOrganization(account_id=BOB, organization_id=HOME),
     AccountInOrganization(account_id=BOB, organization_id=HOME)),
    (WORLD, JoinOrganization(account_id=CAROL, organization_id=HOME, organizational_unit_id=NO_UNIT),
     OrganizationalUnitNotFound(organization_id=HOME, organizational_unit_id=NO_UNIT)),
    (WORLD, LeaveOrganization(account_id=CAROL), AccountNotInOrganization(account_id=CAROL)),
    (WORLD, LeaveOrganization(account_id=MANAGEMENT),
     ManagementAccountStays(account_id=MANAGEMENT, organization_id=HOME)),
    (WORLD, MoveAccount(account_id=CAROL), AccountNotInOrganization(account_id=CAROL)),
    (WORLD, MoveAccount(account_id=BOB, organizational_unit_id=NO_UNIT),
     OrganizationalUnitNotFound(organization_id=HOME, organizational_unit_id=NO_UNIT)),
    *((WORLD, kind(kms_key_id=NO_KEY, grant=TO_BOB), KeyNotFound(kms_key_id=NO_KEY)) for kind in (GrantKey, RevokeKey)),
    *((WORLD, kind(kms_key_id=MANAGED_KEY, grant=TO_BOB), ManagedKeyNotGranted(kms_key_id=MANAGED_KEY))
      for kind in (GrantKey, RevokeKey)),
]  # fmt: skip


@pytest.mark.parametrize(("world", "request_", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness(world: World, request_: Request[Any], refusal: Refusal) -> None:
    assert attempt(world, request_, by=w.aws) == refusal
    assert explain(world, request_, by=w.aws).refusals == (refusal,)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.action)
def test_no_customer_asks_for_it_here(request_: Request[Any]) -> None:
    for by in w.CALLERS:
        assert attempt(WORLD, request_, by=by) == NotTheProvider(action=request_.action)
    world = apply(WORLD, request_, by=w.aws).world
    assert problems(world) == problems(WORLD)
    assert (world.images, world.snapshots, world.instances) == (WORLD.images, WORLD.snapshots, WORLD.instances)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.action)
def test_every_refusal_that_is_declared_has_a_witness(request_: Request[Any]) -> None:
    kind = type(request_)
    met: set[type[Refusal]] = {type(refusal) for _, request, refusal in WITNESSES if type(request) is kind}
    assert met | {NotTheProvider} == set(kind.refusals)
    assert (kind.service, ACTIONS[kind.__name__]) == ("aws", kind)


def test_whoever_asks_for_reasons_hears_them_in_order() -> None:
    request = evolve(saying("a*", "b*", "c*", times=3), account_id=CAROL)
    met = tuple(type(refusal) for refusal in explain(TINY, request, by=w.aws).refusals)
    assert (NotTheProvider, *met) == ApplyDeclarativePolicy.refusals


# --- declarative policies ---------------------------------------------------------------------------------------------

_POLICY: dict[str, Any] = {"managed_by": "declarative-policy"}
BEFORE = st.sampled_from(
    [
        RegionSettings(),
        RegionSettings(
            image_block_public_access=ImageBlockPublicAccess(**_POLICY, exception_message="No."),
            allowed_images=AllowedImagesSettings(**_POLICY, state="enabled"),
        ),
        RegionSettings(
            snapshot_block_public_access=SnapshotBlockPublicAccess(**_POLICY),
            instance_metadata_defaults=InstanceMetadataDefaults(**_POLICY, managed_exception_message="No."),
        ),
    ]
)
SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "image_block_public_access": amis.image_block_public_access(),
    "snapshot_block_public_access": amis.snapshot_block_public_access(),
    "allowed_images": amis.allowed_images_settings(),
    "instance_metadata_defaults": amis.instance_metadata_defaults(),
}
MESSAGES = {"instance_metadata_defaults": "managed_exception_message"}
WORDS = "Ask the platform team."


def _own(setting: Any, name: str) -> Any:
    return evolve(setting, managed_by=ManagedBy.ACCOUNT, **{MESSAGES.get(name, "exception_message"): None})


@given(before=BEFORE, policy=st.fixed_dictionaries({}, optional=SETTINGS).filter(bool),
       words=st.sampled_from([None, WORDS]))  # fmt: skip
def test_a_policy_takes_over_what_it_speaks_of_and_nothing_else(
    before: RegionSettings, policy: dict[str, Any], words: str | None
) -> None:
    """Rules B BPA-9, B SBP-8, B AA-6, B G-1."""
    world = WORLD.with_settings(BOB, FRANKFURT, before).with_settings(BOB, w.VIRGINIA, before)
    request = ApplyDeclarativePolicy(account_id=BOB, exception_message=words, **policy)
    after, value = apply(world, request, by=w.aws)
    assert value == after.settings(BOB, FRANKFURT)
    for name in SETTINGS:
        setting = getattr(value, name)
        if name in policy:
            told = getattr(setting, MESSAGES.get(name, "exception_message"))
            assert (setting.managed_by, told) == (ManagedBy.DECLARATIVE_POLICY, words)
            assert _own(setting, name) == _own(policy[name], name)
        else:
            assert setting == getattr(before, name)
    assert value.ebs_encryption == before.ebs_encryption
    assert after.settings(BOB, w.VIRGINIA) == before
    assert w.of_others(after, w.bob) == w.of_others(world, w.bob)
    assert apply(after, request, by=w.aws).world == after


def test_an_account_sees_what_a_policy_has_settled_and_cannot_change_it() -> None:
    """Rules B BPA-6, B BPA-9, B AA-5."""
    everything = ApplyDeclarativePolicy(
        account_id=BOB,
        image_block_public_access=ImageBlockPublicAccess(state="unblocked"),
        snapshot_block_public_access=SnapshotBlockPublicAccess(state="block-all-sharing"),
        allowed_images=AllowedImagesSettings(state="audit-mode"),
        instance_metadata_defaults=InstanceMetadataDefaults(http_tokens="required"),
        exception_message=WORDS,
    )
    world = apply(WORLD, everything, by=w.aws).world
    asking: list[Query[Any]] = [
        GetImageBlockPublicAccessState(),
        GetSnapshotBlockPublicAccessState(),
        GetAllowedImagesSettings(),
        GetInstanceMetadataDefaults(),
    ]
    assert {ask(world, query, by=w.bob).managed_by for query in asking} == {ManagedBy.DECLARATIVE_POLICY}
    enable = EnableImageBlockPublicAccess(image_block_public_access_state="block-new-sharing")
    refusal = attempt(world, enable, by=w.bob)
    assert isinstance(refusal, ManagedByDeclarativePolicy)
    assert str(refusal) == WORDS


def test_what_was_on_its_way_gives_way_to_the_policy() -> None:
    """Rules B BPA-4, B BPA-9."""
    slow = evolve(WORLD, timing=evolve(WORLD.timing, block_public_access_delay=timedelta(minutes=10)))
    world = apply(slow, DisableImageBlockPublicAccess(), by=w.bob).world
    enable = EnableImageBlockPublicAccess(image_block_public_access_state="block-new-sharing")
    waiting = apply(world, enable, by=w.bob).world
    about_snapshots = ApplyDeclarativePolicy(account_id=BOB, snapshot_block_public_access=SnapshotBlockPublicAccess())
    assert apply(waiting, about_snapshots, by=w.aws).world.tasks == waiting.tasks
    unblocked = ApplyDeclarativePolicy(
        account_id=BOB, image_block_public_access=ImageBlockPublicAccess(state="unblocked")
    )
    after = apply(waiting, unblocked, by=w.aws).world
    assert after.tasks == world.tasks
    state = ask(advance(after, hours=1), GetImageBlockPublicAccessState(), by=w.bob)
    assert (state.state, state.managed_by) == ("unblocked", "declarative-policy")


def test_where_organizations_are_not_told_an_account_may_be_in_one() -> None:
    world = WORLD.with_organizations(NOTHING_KNOWN)
    request = ApplyDeclarativePolicy(account_id=CAROL, image_block_public_access=BLOCKED)
    assert isinstance(attempt(world, request, by=w.aws), Outcome)


def test_a_policy_speaks_of_something() -> None:
    with pytest.raises(Malformed) as caught:
        ApplyDeclarativePolicy(account_id=BOB, exception_message=WORDS)
    assert caught.value.code == "MissingParameter"


# --- organizations ----------------------------------------------------------------------------------------------------

PLACES: dict[str, set[int]] = {  # where Carol stands, and which images she can launch there
    "nowhere": set(),
    "root": {w.TO_ORG},
    OUTER: {w.TO_ORG, w.TO_OU},
    INNER: {w.TO_ORG, w.TO_OU, w.WEB},
}
SHARED = w.with_changed(WORLD, w.WEB, launch_permissions=w.TO_INNER)


def _way(world: World, place: str) -> Request[Any] | None:
    """What brings Carol to a place."""
    member = world.organizations.of(CAROL) is not None
    if place == "nowhere":
        return LeaveOrganization(account_id=CAROL) if member else None
    unit = None if place == "root" else place
    if member:
        return MoveAccount(account_id=CAROL, organizational_unit_id=unit)
    return JoinOrganization(account_id=CAROL, organization_id=HOME, organizational_unit_id=unit)


@given(places=st.lists(st.sampled_from(list(PLACES)), max_size=6))
def test_access_comes_and_goes_with_the_place_in_an_organization(places: list[str]) -> None:
    """Rules B OR-4, B OR-5, B OR-9: joining gives access, moving changes it, leaving ends it."""
    world = SHARED
    for place in places:
        request = _way(world, place)
        if request is not None:
            world, organization = apply(world, request, by=w.aws)
            assert world.organizations.get(HOME) == organization
        for number in (w.WEB, w.TO_ORG, w.TO_OU):
            launch = RunInstances(image_id=ami(number), instance_type="t3.micro")
            look = DescribeImages(image_ids=[ami(number)])
            answer = attempt(world, launch, by=w.carol)
            if number in PLACES[place]:
                assert isinstance(answer, Outcome)
            else:
                assert answer == NotAuthorizedForImages(image_id=ami(number))
            assert bool(ask(world, look, by=w.carol)) is (number in PLACES[place])
    assert world.organizations.of(BOB) is not None
    assert world.images == SHARED.images


@given(directory=amis.organizations(min_size=1), data=st.data())
def test_whoever_comes_and_goes_leaves_the_others_alone(directory: Organizations, data: st.DataObject) -> None:
    """Rule B OR-1."""
    newcomer = "999999999999"
    world = World(now=w.NOW).with_organizations(directory)
    places = [
        (organization, unit)
        for organization in directory.organizations
        for unit in (None, *(unit.organizational_unit_id for _, unit in organization.units()))
    ]
    organization, unit = data.draw(st.sampled_from(places))
    join = JoinOrganization(
        account_id=newcomer, organization_id=organization.organization_id, organizational_unit_id=unit
    )
    joined, value = apply(world, join, by=w.aws)
    path = value.path_of(newcomer)
    assert path is not None
    assert (path[-1] if path else None) == unit
    assert [paths_of(one, newcomer) for one in joined.organizations.organizations] == [
        paths_of(one) for one in directory.organizations
    ]
    assert apply(joined, LeaveOrganization(account_id=newcomer), by=w.aws).world == world

    _, elsewhere = data.draw(st.sampled_from([place for place in places if place[0] is organization]))
    mover = data.draw(st.sampled_from(organization.members))
    moved = apply(world, MoveAccount(account_id=mover, organizational_unit_id=elsewhere), by=w.aws).value
    path = moved.path_of(mover)
    assert path is not None
    assert (path[-1] if path else None) == elsewhere
    assert paths_of(moved, mover) == paths_of(organization, mover)


def paths_of(organization: Any, but_for: str = "") -> dict[str, tuple[str, ...]]:
    return {account: organization.path_of(account) for account in organization.members if account != but_for}


def test_taking_an_account_off_the_list_leaves_it_what_it_has_as_a_member() -> None:
    """Rule B OR-11: the API succeeds all the same."""
    both = [OrganizationPermission(w.ORGANIZATION.arn), AccountPermission(BOB)]
    world = w.with_changed(WORLD, w.TO_ORG, launch_permissions=both)
    launch = RunInstances(image_id=ami(w.TO_ORG), instance_type="t3.micro")
    off = ModifyImageAttribute(
        image_id=ami(w.TO_ORG), launch_permission=LaunchPermissionModifications(remove=[AccountPermission(BOB)])
    )
    world = apply(world, off, by=w.alice).world
    assert isinstance(attempt(world, launch, by=w.bob), Outcome)
    left = apply(world, LeaveOrganization(account_id=BOB), by=w.aws).world
    assert attempt(left, launch, by=w.bob) == NotAuthorizedForImages(image_id=ami(w.TO_ORG))


def test_an_image_is_shared_with_an_organization_that_is_not_there_yet() -> None:
    """Rules B OR-7, B OR-8: it reaches nobody, until there is one and somebody joins it."""
    later = evolve(w.ORGANIZATION, organization_id="o-later12345", management_account_id="123456789012", accounts=[],
                   organizational_units=[])  # fmt: skip
    give = ModifyImageAttribute(
        image_id=ami(w.WEB),
        launch_permission=LaunchPermissionModifications(add=[OrganizationPermission(later.arn)]),
    )
    launch = RunInstances(image_id=ami(w.WEB), instance_type="t3.micro")
    world = apply(WORLD, give, by=w.alice).world
    assert attempt(world, launch, by=w.carol) == NotAuthorizedForImages(image_id=ami(w.WEB))
    world = world.with_organizations(Organizations([w.ORGANIZATION, later]))
    join = JoinOrganization(account_id=CAROL, organization_id=later.organization_id)
    assert isinstance(attempt(apply(world, join, by=w.aws).world, launch, by=w.carol), Outcome)


def test_what_an_organization_may_launch_its_members_may_not_copy() -> None:
    """Rule B OR-15: snapshots are shared with no organization."""
    copy = CopyImage(source_image_id=ami(w.TO_ORG), source_region="eu-central-1", name="a copy")
    assert isinstance(attempt(WORLD, copy, by=w.bob), NoStoragePermission)


# --- keys -------------------------------------------------------------------------------------------------------------

ENCRYPTED = snap(0xD01)
SHARED_SNAPSHOT = WORLD.with_snapshot(
    evolve(WORLD.snapshots.records[ENCRYPTED], create_volume_permissions=w.to(BOB, CAROL))
)
GRANTS: list[KeyGrant] = [
    TO_BOB,
    OrganizationGrant(HOME),
    OrganizationPathGrant.parse(f"{HOME}/r-ab12/{OUTER}/"),
]


def works(world: World, by: Any) -> bool:
    """Whether a volume can be made of a shared snapshot that is encrypted with Alice's key."""
    made = apply(world, CreateVolume(snapshot_id=ENCRYPTED, availability_zone="eu-central-1a"), by=by)
    return made.world.volumes.records[made.value.volume_id].state == "available"


@given(steps=st.lists(st.tuples(st.sampled_from([GrantKey, RevokeKey]), st.sampled_from(GRANTS)), max_size=6))
def test_a_key_works_for_whom_its_policy_grants_it(steps: list[tuple[Any, KeyGrant]]) -> None:
    """Rules B EN-11, B OR-14. Bob is meant by every grant, Carol by none."""
    world, granted = SHARED_SNAPSHOT, dict[KeyGrant, None]()
    for kind, grant in steps:
        request = kind(kms_key_id=w.KEY, grant=grant)
        world, key = apply(world, request, by=w.aws)
        assert apply(world, request, by=w.aws) == Outcome(world, key)
        if kind is GrantKey:
            granted[grant] = None
        else:
            _ = granted.pop(grant, None)
        assert key == world.keys[w.KEY] == KmsKey(arn=w.KEY, grants=[*granted])
    assert works(world, w.bob) is bool(granted)
    assert works(world, w.alice)
    assert not works(world, w.carol)
    assert world.key_aliases == WORLD.key_aliases


def test_a_key_of_an_organization_works_for_as_long_as_one_is_in_it() -> None:
    """Rules B OR-9, B OR-14."""
    world = apply(SHARED_SNAPSHOT, GrantKey(kms_key_id=w.KEY, grant=OrganizationGrant(HOME)), by=w.aws).world
    joined = apply(world, JoinOrganization(account_id=CAROL, organization_id=HOME), by=w.aws).world
    left = apply(joined, LeaveOrganization(account_id=CAROL), by=w.aws).world
    assert [works(one, w.carol) for one in (world, joined, left)] == [False, True, False]


def test_a_key_is_named_by_its_arn() -> None:
    with pytest.raises(Malformed):
        GrantKey(kms_key_id="alias/golden", grant=TO_BOB)
