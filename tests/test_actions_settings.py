"""What an account settles for a Region: rules B 3, B 4.1, B 4.2, B 5.3, B 6.1 (EN-1 to EN-7); S 8, S 17, S 18, S 35."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import (
    ACTIONS,
    CopyImage,
    CreateVolume,
    DescribeImages,
    DescribeSnapshotAttribute,
    DescribeSnapshots,
    DisableAllowedImagesSettings,
    DisableEbsEncryptionByDefault,
    DisableImageBlockPublicAccess,
    DisableSnapshotBlockPublicAccess,
    EnableAllowedImagesSettings,
    EnableEbsEncryptionByDefault,
    EnableImageBlockPublicAccess,
    EnableSnapshotBlockPublicAccess,
    GetAllowedImagesSettings,
    GetEbsDefaultKmsKeyId,
    GetEbsEncryptionByDefault,
    GetImageBlockPublicAccessState,
    GetInstanceMetadataDefaults,
    GetSnapshotBlockPublicAccessState,
    ModifyEbsDefaultKmsKeyId,
    ModifyImageAttribute,
    ModifyInstanceMetadataDefaults,
    ModifySnapshotAttribute,
    ReplaceImageCriteriaInAllowedImagesSettings,
    ResetEbsDefaultKmsKeyId,
    RunInstances,
)
from amimodel.callers import Caller
from amimodel.encryption import KeyState, KmsKey
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.image_criteria import ImageCriterion, ImageWatermarkFilter
from amimodel.instances import HttpTokens
from amimodel.integrity import problems
from amimodel.kms import aws_managed_key
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.permission_requests import CreateVolumePermissionModifications, LaunchPermissionModifications
from amimodel.permissions import EVERYONE, AccountPermission
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    AllowedImagesDisabled,
    AsymmetricDefaultKey,
    HttpTokensEnforced,
    ImageNotFound,
    ManagedByDeclarativePolicy,
    PublicSharingBlocked,
    Refusal,
    SnapshotNotFound,
    SnapshotPublicSharingBlocked,
    TooManyCriterionValues,
    TooManyImageCriteria,
)
from amimodel.requests import Outcome, Query, Request
from amimodel.settings import (
    AllowedImagesSettings,
    AllowedImagesSettingsState,
    EbsEncryption,
    ImageBlockPublicAccess,
    ImageBlockPublicAccessState,
    InstanceMetadataDefaults,
    ManagedBy,
    RegionSettings,
    SnapshotBlockPublicAccess,
    SnapshotBlockPublicAccessState,
)
from amimodel.tasks import BlockImagePublicAccess
from amimodel.testing import strategies as amis
from amimodel.world import World
from worlds import ALICE, BOB, FRANKFURT, ami, rich_world, snap

WORLD = rich_world()
TEN_MINUTES = timedelta(minutes=10)
NO_TASKS = WORLD.without_tasks(WORLD.tasks)
SLOW = evolve(NO_TASKS, timing=evolve(WORLD.timing, block_public_access_delay=TEN_MINUTES))
ONLY_OWN = [ImageCriterion(image_providers=["none"])]
OF_AMAZON = [ImageCriterion(image_providers=["amazon"])]
IMAGE_STATES = tuple(ImageBlockPublicAccessState)
SNAPSHOT_STATES = tuple(SnapshotBlockPublicAccessState)
ALLOWED_STATES = tuple(AllowedImagesSettingsState)
MANAGED_KEY = str(aws_managed_key(ALICE, FRANKFURT).arn)
ASYMMETRIC = w.KEY.replace("1f2e", "aaaa")
NO_KEY = w.KEY.replace("1f2e", "ffff")

ENABLE = EnableImageBlockPublicAccess(image_block_public_access_state="block-new-sharing")
DISABLE = DisableImageBlockPublicAccess()
BLOCK_NEW = EnableSnapshotBlockPublicAccess(state="block-new-sharing")
BLOCK_ALL = EnableSnapshotBlockPublicAccess(state="block-all-sharing")
UNBLOCK = DisableSnapshotBlockPublicAccess()
CHANGES: list[Request[Any]] = [
    ENABLE,
    DISABLE,
    BLOCK_NEW,
    BLOCK_ALL,
    UNBLOCK,
    EnableAllowedImagesSettings(allowed_images_settings_state="enabled"),
    EnableAllowedImagesSettings(allowed_images_settings_state="audit-mode"),
    DisableAllowedImagesSettings(),
    ReplaceImageCriteriaInAllowedImagesSettings(image_criteria=OF_AMAZON),
    ReplaceImageCriteriaInAllowedImagesSettings(),
    EnableEbsEncryptionByDefault(),
    DisableEbsEncryptionByDefault(),
    ModifyEbsDefaultKmsKeyId(kms_key_id="alias/golden"),
    ModifyEbsDefaultKmsKeyId(kms_key_id=NO_KEY),
    ResetEbsDefaultKmsKeyId(),
    ModifyInstanceMetadataDefaults(http_tokens="required", http_put_response_hop_limit=2),
    ModifyInstanceMetadataDefaults(http_tokens_enforced="enabled"),
    ModifyInstanceMetadataDefaults(),
]
QUESTIONS: list[Query[Any]] = [
    GetImageBlockPublicAccessState(),
    GetSnapshotBlockPublicAccessState(),
    GetAllowedImagesSettings(),
    GetEbsEncryptionByDefault(),
    GetEbsDefaultKmsKeyId(),
    GetInstanceMetadataDefaults(),
]
KINDS = list(dict.fromkeys(type(request) for request in [*CHANGES, *QUESTIONS]))


def settled(world: World = NO_TASKS, by: Caller = w.alice, **settings: Any) -> World:
    """The world in which an account has settled this, and nothing else."""
    return world.with_settings(by.account, by.region, RegionSettings(**settings))


def in_effect(world: World, by: Caller = w.alice) -> RegionSettings:
    return world.settings(by.account, by.region)


# Settings that are all the account's own.
OWN = st.builds(
    RegionSettings,
    image_block_public_access=st.sampled_from([ImageBlockPublicAccess(state=one) for one in IMAGE_STATES]),
    snapshot_block_public_access=st.sampled_from([SnapshotBlockPublicAccess(state=one) for one in SNAPSHOT_STATES]),
    allowed_images=st.builds(
        AllowedImagesSettings,
        state=st.sampled_from(ALLOWED_STATES),
        image_criteria=st.sampled_from([[], ONLY_OWN, OF_AMAZON]),
    ),
    ebs_encryption=st.builds(
        EbsEncryption, by_default=st.booleans(), default_kms_key_id=st.sampled_from([None, w.KEY, "alias/none"])
    ),
    instance_metadata_defaults=st.sampled_from(
        [InstanceMetadataDefaults(), InstanceMetadataDefaults(http_tokens="optional", http_tokens_enforced="disabled")]
    ),
)
changes = st.sampled_from(CHANGES)
starts = st.builds(lambda world, own: settled(world).with_settings(ALICE, FRANKFURT, own),
                   st.sampled_from([NO_TASKS, SLOW]), OWN)  # fmt: skip


# --- what holds of every setting --------------------------------------------------------------------------------------


@given(world=starts, request=changes)
def test_settling_twice_is_settling_once(world: World, request: Request[Any]) -> None:
    once, value = apply(world, request, by=w.alice)
    assert apply(once, request, by=w.alice) == Outcome(once, value)


@given(world=starts, request=changes)
def test_nothing_that_is_there_changes(world: World, request: Request[Any]) -> None:
    """No image is unshared, no volume or snapshot encrypted, no instance touched (rules B BPA-7, B SBP-4, B EN-1)."""
    after = apply(world, request, by=w.alice).world
    for name in ("images", "snapshots", "volumes", "instances", "recycle_bin", "events", "keys"):
        assert getattr(after, name) is getattr(world, name)


@pytest.mark.parametrize("request_", CHANGES, ids=lambda request: request.action)
def test_a_world_stays_sound(request_: Request[Any]) -> None:
    assert problems(apply(SLOW, request_, by=w.alice).world) == problems(SLOW)


@given(world=starts, request=changes, by=st.sampled_from(w.CALLERS))
def test_settings_are_of_one_account_in_one_region(world: World, request: Request[Any], by: Caller) -> None:
    """Rule B G-1."""
    after = apply(world, request, by=by).world
    assert w.of_others(after, by) == w.of_others(world, by)
    for other in w.CALLERS:
        for question in QUESTIONS if other != by else ():
            assert ask(after, question, by=other) == ask(world, question, by=other)


@given(world=starts, request=changes)
def test_each_request_touches_one_setting(world: World, request: Request[Any]) -> None:
    before, after = (ask_all(one) for one in (world, apply(world, request, by=w.alice).world))
    assert sum(old != new for old, new in zip(before, after, strict=True)) <= 1


def ask_all(world: World) -> list[Any]:
    return [ask(world, question, by=w.alice) for question in QUESTIONS]


def test_a_new_account_finds_the_defaults() -> None:
    """Rules B BPA-2, B SBP-1, B AA-1, B EN-1, B EN-2, B IM-3; settlement S 18."""
    settings = RegionSettings()
    assert ask_all(WORLD) == [
        ImageBlockPublicAccess(state="block-new-sharing"),
        SnapshotBlockPublicAccess(state="unblocked"),
        AllowedImagesSettings(state="disabled", image_criteria=[]),
        False,
        MANAGED_KEY,
        settings.instance_metadata_defaults,
    ]
    older = evolve(WORLD, quirks=Quirks(new_accounts_block_public_images=False))
    assert ask(older, GetImageBlockPublicAccessState(), by=w.alice).state == "unblocked"


# --- what speaks against it -------------------------------------------------------------------------------------------

WORDS = "Ask the platform team."
TAKEN_OVER: dict[str, Any] = {
    "image_block_public_access": ImageBlockPublicAccess(managed_by="declarative-policy", exception_message=WORDS),
    "snapshot_block_public_access": SnapshotBlockPublicAccess(managed_by="declarative-policy", exception_message=WORDS),
    "allowed_images": AllowedImagesSettings(managed_by="declarative-policy", exception_message=WORDS),
    "instance_metadata_defaults": InstanceMetadataDefaults(
        managed_by="declarative-policy", managed_exception_message=WORDS
    ),
}
MANAGED: dict[type[Request[Any]], str] = {
    EnableImageBlockPublicAccess: "block public access for AMIs",
    DisableImageBlockPublicAccess: "block public access for AMIs",
    EnableSnapshotBlockPublicAccess: "block public access for snapshots",
    DisableSnapshotBlockPublicAccess: "block public access for snapshots",
    EnableAllowedImagesSettings: "Allowed AMIs",
    DisableAllowedImagesSettings: "Allowed AMIs",
    ReplaceImageCriteriaInAllowedImagesSettings: "Allowed AMIs",
    ModifyInstanceMetadataDefaults: "instance metadata defaults",
}


@pytest.mark.parametrize("request_", CHANGES, ids=lambda request: request.action)
def test_what_a_policy_manages_is_out_of_the_accounts_hands(request_: Request[Any]) -> None:
    """Rules B BPA-9, B SBP-8, B AA-6. The default key and encryption by default no policy manages."""
    world = settled(**TAKEN_OVER)
    answer = attempt(world, request_, by=w.alice)
    if type(request_) not in MANAGED:
        assert isinstance(answer, Outcome)
        return
    assert isinstance(answer, ManagedByDeclarativePolicy)
    assert (answer.setting, answer.code, str(answer)) == (MANAGED[type(request_)], "OperationNotPermitted", WORDS)
    for free in (w.bob, w.alice_in_virginia):
        assert isinstance(attempt(world, request_, by=free), Outcome)


def test_a_policy_without_words_says_what_organizations_says() -> None:
    """AWS Organizations User Guide, "Custom error messages"; the code is a quirk (rule B 14)."""
    silent = ImageBlockPublicAccess(managed_by="declarative-policy")
    world = settled(evolve(WORLD, quirks=Quirks(declarative_policy_code=ErrorCode.UNAUTHORIZED_OPERATION)),
                    image_block_public_access=silent)  # fmt: skip
    refusal = attempt(world, ENABLE, by=w.alice)
    assert isinstance(refusal, ManagedByDeclarativePolicy)
    assert str(refusal) == "This action is denied due to an organizational policy in effect."
    assert refusal.code == "UnauthorizedOperation"
    assert "declarative policy on block public access for AMIs" in refusal.remedy


def test_what_a_policy_manages_can_be_asked_for_without_its_words() -> None:
    """Rules B BPA-6, B AA-5; only the metadata defaults tell them (botocore, InstanceMetadataDefaultsResponse)."""
    images, snapshots, allowed, _, _, metadata = ask_all(settled(**TAKEN_OVER))
    for setting in (images, snapshots, allowed):
        assert (setting.managed_by, setting.exception_message) == (ManagedBy.DECLARATIVE_POLICY, None)
    assert metadata == TAKEN_OVER["instance_metadata_defaults"]


def named(*names: str) -> ImageCriterion:
    return ImageCriterion(image_names=names)


PICKY = evolve(NO_TASKS, quirks=Quirks(criteria_replaceable_while_disabled=False))
TINY = evolve(NO_TASKS, limits=Limits.tiny())
WITH_ASYMMETRIC = NO_TASKS.with_key(KmsKey(arn=ASYMMETRIC, symmetric=False), ["alias/signing"])
_REPLACE = ReplaceImageCriteriaInAllowedImagesSettings
WITNESSES: list[tuple[World, Request[Any], Refusal]] = [
    (PICKY, _REPLACE(image_criteria=OF_AMAZON), AllowedImagesDisabled()),
    (TINY, _REPLACE(image_criteria=[named("abc")] * 3), TooManyImageCriteria(criteria=3, limit=2)),
    (TINY, _REPLACE(image_criteria=[named("abc"), named("a*", "b*", "c*")]),
     TooManyCriterionValues(member="ImageNames", values=3, limit=2)),
    (WITH_ASYMMETRIC, ModifyEbsDefaultKmsKeyId(kms_key_id="alias/signing"),
     AsymmetricDefaultKey(kms_key_id=ASYMMETRIC)),
]  # fmt: skip


@pytest.mark.parametrize(("world", "request_", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness(world: World, request_: Request[Any], refusal: Refusal) -> None:
    assert attempt(world, request_, by=w.alice) == refusal
    assert explain(world, request_, by=w.alice).refusals == (refusal,)


@pytest.mark.parametrize("kind", KINDS)
def test_every_refusal_that_is_declared_has_a_witness(kind: type[Request[Any]]) -> None:
    met: set[type[Refusal]] = {type(refusal) for _, request, refusal in WITNESSES if type(request) is kind}
    assert met | ({ManagedByDeclarativePolicy} if kind in MANAGED else set()) == set(kind.refusals)
    assert ACTIONS[kind.__name__] is kind


def test_whoever_asks_for_reasons_hears_them_in_order() -> None:
    world = evolve(PICKY, limits=Limits.tiny())
    request = _REPLACE(image_criteria=[named("a*", "b*", "c*")] * 3)
    against = explain(settled(world, **TAKEN_OVER), request, by=w.alice).refusals
    assert tuple(type(refusal) for refusal in against) == _REPLACE.refusals


@pytest.mark.parametrize(
    ("kind", "parameters", "code", "member"),
    [
        # B BPA-3, B SBP-2, B AA-2: what the other action is for is no value of this one
        (EnableImageBlockPublicAccess, {"image_block_public_access_state": "unblocked"}, "InvalidParameterValue",
         "ImageBlockPublicAccessState"),
        (EnableImageBlockPublicAccess, {"image_block_public_access_state": "block-all-sharing"},
         "InvalidParameterValue", "ImageBlockPublicAccessState"),
        (EnableImageBlockPublicAccess, {"image_block_public_access_state": ""}, "MissingParameter",
         "ImageBlockPublicAccessState"),
        (EnableSnapshotBlockPublicAccess, {"state": "unblocked"}, "InvalidParameterValue", "State"),
        (EnableSnapshotBlockPublicAccess, {"state": ""}, "MissingParameter", "State"),
        (EnableAllowedImagesSettings, {"allowed_images_settings_state": "disabled"}, "InvalidParameterValue",
         "AllowedImagesSettingsState"),
        (EnableAllowedImagesSettings, {"allowed_images_settings_state": ""}, "MissingParameter",
         "AllowedImagesSettingsState"),
        (ReplaceImageCriteriaInAllowedImagesSettings, {"image_criteria": [*ONLY_OWN, *OF_AMAZON]},
         "InvalidParameterValue", "ImageProviders"),  # B AA-9
        (ModifyEbsDefaultKmsKeyId, {"kms_key_id": ""}, "MissingParameter", "KmsKeyId"),
        (ModifyEbsDefaultKmsKeyId, {"kms_key_id": "golden"}, "InvalidParameterValue", "KmsKeyId"),
        (ModifyInstanceMetadataDefaults, {"http_put_response_hop_limit": 0}, "InvalidParameterValue",
         "HttpPutResponseHopLimit"),
        (ModifyInstanceMetadataDefaults, {"http_put_response_hop_limit": 65}, "InvalidParameterValue",
         "HttpPutResponseHopLimit"),
        (ModifyInstanceMetadataDefaults, {"http_tokens": "sometimes"}, "InvalidParameterValue",
         "MetadataDefaultHttpTokens"),
    ],
)  # fmt: skip
def test_what_no_world_could_grant_is_malformed(
    kind: type[Request[Any]], parameters: dict[str, Any], code: str, member: str
) -> None:
    with pytest.raises(Malformed) as caught:
        kind(**parameters)
    assert (caught.value.code, caught.value.member) == (code, member)


# --- block public access for images -----------------------------------------------------------------------------------

PUBLISH = LaunchPermissionModifications(add=[EVERYONE])
HIDE = LaunchPermissionModifications(remove=[EVERYONE])
TELL = LaunchPermissionModifications(add=[AccountPermission(BOB)])
SHARED = (w.OPEN, w.TO_ORG)
STEPS = st.one_of(
    st.sampled_from([ENABLE, DISABLE, TEN_MINUTES / 2, TEN_MINUTES]),
    st.tuples(st.sampled_from(SHARED), st.sampled_from([PUBLISH, HIDE, TELL])),
)


def share(number: int, modifications: LaunchPermissionModifications) -> ModifyImageAttribute:
    return ModifyImageAttribute(image_id=ami(number), launch_permission=modifications)


def is_blocked(world: World) -> bool:
    return ask(world, GetImageBlockPublicAccessState(), by=w.alice).blocks_new_sharing


@given(world=st.sampled_from([NO_TASKS, SLOW]), steps=st.lists(STEPS, max_size=10))
def test_a_block_lets_no_image_become_public_and_takes_nothing_back(world: World, steps: list[Any]) -> None:
    """Rules B BPA-5, B BPA-7, B BPA-8, whenever the block comes to hold (rule B BPA-4)."""
    for step in steps:
        before = {number: w.the(world, number).launch_permissions for number in SHARED}
        if not isinstance(step, tuple):
            done = advance(world, step) if isinstance(step, timedelta) else apply(world, step, by=w.alice).world
            assert {number: w.the(done, number).launch_permissions for number in SHARED} == before
            world = done
            continue
        number, modifications = step
        answer = attempt(world, share(number, modifications), by=w.alice)
        if modifications is PUBLISH and not before[number].everyone and is_blocked(world):
            assert answer == PublicSharingBlocked(image_id=ami(number))
        else:
            assert isinstance(answer, Outcome)
            world = answer.world


def test_a_block_can_take_its_time() -> None:
    """Rule B BPA-4: the answer is what will be, asking tells what is, and images can still be made public."""
    open_world = settled(SLOW, image_block_public_access=ImageBlockPublicAccess(state="unblocked"))
    world, answer = apply(open_world, ENABLE, by=w.alice)
    assert answer == "block-new-sharing"
    world = advance(world, TEN_MINUTES - timedelta(seconds=1))
    assert not is_blocked(world)
    assert apply(world, ENABLE, by=w.alice).world == world  # asking again does not put it off
    world = apply(world, share(w.TO_ORG, PUBLISH), by=w.alice).world
    world = advance(world, seconds=1)
    assert is_blocked(world)
    assert w.the(world, w.TO_ORG).public
    assert world.tasks == ()


def test_what_is_disabled_before_it_holds_never_holds() -> None:
    """Rule B BPA-5."""
    world = apply(apply(SLOW, DISABLE, by=w.alice).world, ENABLE, by=w.alice).world
    others = apply(apply(world, DISABLE, by=w.bob).world, ENABLE, by=w.bob).world
    world, answer = apply(others, DISABLE, by=w.alice)
    assert answer == "unblocked"
    assert [task.work for task in world.tasks] == [BlockImagePublicAccess(account_id=BOB, region=FRANKFURT)]
    world = advance(world, TEN_MINUTES)
    assert not is_blocked(world)
    assert ask(world, GetImageBlockPublicAccessState(), by=w.bob).blocks_new_sharing


def test_a_block_on_its_way_gives_way_to_a_policy() -> None:
    """Rules B BPA-4, B BPA-9."""
    world = apply(apply(SLOW, DISABLE, by=w.alice).world, ENABLE, by=w.alice).world
    policy = ImageBlockPublicAccess(state="unblocked", managed_by="declarative-policy")
    after = advance(settled(world, image_block_public_access=policy), TEN_MINUTES)
    assert in_effect(after).image_block_public_access == policy


# --- block public access for snapshots --------------------------------------------------------------------------------

BOBS_PUBLIC, BOBS_SHARED = snap(0xD07), snap(0xD05)
MAKE: dict[str, Any] = {"availability_zone": "eu-central-1a"}


@given(requests=st.lists(st.sampled_from([BLOCK_NEW, BLOCK_ALL, UNBLOCK]), max_size=5))
def test_public_snapshots_count_as_private_as_long_as_all_sharing_is_blocked(requests: list[Request[Any]]) -> None:
    """Rules B SBP-2 to B SBP-5, B SBP-7: what is stored stays, and what is shared by name is no matter."""
    world = NO_TASKS
    for request in requests:
        world, answer = apply(world, request, by=w.bob)
        assert ask(world, GetSnapshotBlockPublicAccessState(), by=w.bob).state is answer
    private = in_effect(world, w.bob).snapshot_block_public_access.state == "block-all-sharing"
    seen = {snapshot.snapshot_id for snapshot in ask(world, DescribeSnapshots(), by=w.carol)}
    assert (BOBS_PUBLIC in seen) is not private
    made = attempt(world, CreateVolume(snapshot_id=BOBS_PUBLIC, **MAKE), by=w.carol)
    assert (made == SnapshotNotFound(snapshot_id=BOBS_PUBLIC)) is private
    stored = DescribeSnapshotAttribute(snapshot_id=BOBS_PUBLIC, attribute="createVolumePermission")
    assert ask(world, stored, by=w.bob).value == w.PUBLIC
    assert isinstance(attempt(world, CreateVolume(snapshot_id=BOBS_SHARED, **MAKE), by=w.alice), Outcome)
    assert isinstance(attempt(world, CreateVolume(snapshot_id=BOBS_PUBLIC, **MAKE), by=w.bob), Outcome)
    publish = ModifySnapshotAttribute(
        snapshot_id=snap(0xD06), create_volume_permission=CreateVolumePermissionModifications(add=[EVERYONE])
    )
    published = attempt(world, publish, by=w.bob)
    blocked = in_effect(world, w.bob).snapshot_block_public_access.state != "unblocked"
    assert isinstance(published, SnapshotPublicSharingBlocked if blocked else Outcome)


def test_images_are_made_public_and_launched_whatever_their_snapshots_may() -> None:
    """Rule B SBP-6."""
    world = apply(apply(NO_TASKS, BLOCK_ALL, by=w.alice).world, DISABLE, by=w.alice).world
    world = apply(world, share(w.TO_ORG, PUBLISH), by=w.alice).world
    launch = RunInstances(image_id=ami(w.TO_ORG), instance_type="t3.micro")
    assert isinstance(attempt(world, launch, by=w.carol), Outcome)


# --- Allowed AMIs -----------------------------------------------------------------------------------------------------

LISTS = amis.image_criteria_lists(max_size=2)
USES: list[Request[Any]] = [
    DescribeImages(owners=["self"]),
    DescribeImages(image_ids=[ami(w.WEB)]),
    RunInstances(image_id=ami(w.WEB), instance_type="t3.micro"),
    CopyImage(source_image_id=ami(w.WEB), source_region="eu-central-1", name="a copy"),
]


@given(criteria=LISTS, state=st.sampled_from(["enabled", "audit-mode"]), use=st.sampled_from(USES))
def test_ones_own_images_are_always_allowed(criteria: tuple[ImageCriterion, ...], state: str, use: Any) -> None:
    """Rule B AA-8."""
    world = apply(NO_TASKS, _REPLACE(image_criteria=criteria), by=w.alice).world
    world = apply(world, EnableAllowedImagesSettings(allowed_images_settings_state=state), by=w.alice).world
    allowed, plain = (apply(one, use, by=w.alice).value for one in (world, NO_TASKS))
    if isinstance(use, DescribeImages):
        assert [image.image_allowed for image in allowed] == [True] * len(plain)
        assert [evolve(image, image_allowed=None) for image in allowed] == [*plain]
    else:
        assert allowed == plain


def test_others_images_are_found_and_used_as_the_criteria_say() -> None:
    """Rules B 4.3, B AA-2, B AA-3, B AA-14, B AA-15; settlement S 35."""
    others, amazons = ami(w.BOBS_OPEN), ami(w.LINUX)
    uses: list[Request[Any]] = [
        RunInstances(image_id=others, instance_type="t3.micro"),
        CopyImage(source_image_id=others, source_region="eu-central-1", name="a copy"),
    ]
    running = apply(NO_TASKS, uses[0], by=w.alice).world
    world = apply(running, _REPLACE(image_criteria=OF_AMAZON), by=w.alice).world
    look = DescribeImages(image_ids=[others, amazons])
    enable, audit = CHANGES[5], CHANGES[6]
    steps: list[tuple[Request[Any], dict[str, bool | None]]] = [
        (audit, {others: False, amazons: True}),
        (enable, {amazons: True}),
        (DisableAllowedImagesSettings(), {others: None, amazons: None}),
        (enable, {amazons: True}),  # the criteria were kept
    ]
    for step, seen in steps:
        world, state = apply(world, step, by=w.alice)
        assert ask(world, GetAllowedImagesSettings(), by=w.alice).state is state
        assert {image.image_id: image.image_allowed for image in ask(world, look, by=w.alice)} == seen
        assert len(ask(world, look, by=w.carol)) == 2
        assert world.instances == running.instances
    for use in uses:
        assert attempt(world, use, by=w.alice) == ImageNotFound.of(others)


def test_criteria_are_replaced_as_a_whole_in_any_state() -> None:
    """Rules B AA-3, B AA-4; the quirk asks for enabling first."""
    world = apply(NO_TASKS, _REPLACE(image_criteria=OF_AMAZON), by=w.alice)
    assert world.value is True
    assert ask(world.world, GetAllowedImagesSettings(), by=w.alice) == AllowedImagesSettings(image_criteria=OF_AMAZON)
    replaced = apply(world.world, _REPLACE(image_criteria=[named("web*")]), by=w.alice).world
    assert in_effect(replaced).allowed_images.image_criteria == (named("web*"),)
    cleared = apply(replaced, _REPLACE(image_criteria=[]), by=w.alice).world
    assert in_effect(cleared).allowed_images.image_criteria == ()
    picky = settled(PICKY, allowed_images=AllowedImagesSettings(state="audit-mode"))
    assert isinstance(attempt(picky, _REPLACE(image_criteria=OF_AMAZON), by=w.alice), Outcome)


@pytest.mark.parametrize(
    ("member", "limit", "made"),
    [
        ("ImageProviders", 200, lambda many: {"image_providers": [f"{number:012d}" for number in range(many)]}),
        ("ImageNames", 50, lambda many: {"image_names": ["web*"] * many}),
        ("MarketplaceProductCodes", 50, lambda many: {"marketplace_product_codes": ["abc"] * many}),
        ("ImageWatermarks", 50,
         lambda many: {"image_watermarks": [ImageWatermarkFilter(watermark_key="*:golden")] * many}),
    ],
)  # fmt: skip
def test_a_criterion_lists_so_many_values_at_most(member: str, limit: int, made: Any) -> None:
    """Rule B 4.2."""
    for many, refused in ((limit, False), (limit + 1, True)):
        answer = attempt(NO_TASKS, _REPLACE(image_criteria=[ImageCriterion(**made(many))]), by=w.alice)
        excess = TooManyCriterionValues(member=member, values=many, limit=limit)
        assert answer == excess if refused else isinstance(answer, Outcome)


def test_an_account_has_ten_criteria_at_most() -> None:
    """Rule B 4.2."""
    assert isinstance(attempt(NO_TASKS, _REPLACE(image_criteria=OF_AMAZON * 10), by=w.alice), Outcome)
    refusal = attempt(NO_TASKS, _REPLACE(image_criteria=OF_AMAZON * 11), by=w.alice)
    assert refusal == TooManyImageCriteria(criteria=11, limit=10)
    assert str(refusal) == "ImageCriteria has 11 criteria; it may have 10 at most."


# --- encryption -------------------------------------------------------------------------------------------------------


def test_what_is_made_afterwards_is_encrypted_by_default() -> None:
    """Rules B EN-1, B EN-5."""
    make = CreateVolume(size_gib=8, **MAKE)
    world, answer = apply(NO_TASKS, EnableEbsEncryptionByDefault(), by=w.alice)
    assert answer is True
    assert ask(world, GetEbsEncryptionByDefault(), by=w.alice) is True
    assert [apply(one, make, by=w.alice).value.encrypted for one in (NO_TASKS, world)] == [False, True]
    assert apply(world, make, by=w.bob).value.encrypted is False
    off, answer = apply(world, DisableEbsEncryptionByDefault(), by=w.alice)
    assert answer is False
    assert apply(off, make, by=w.alice).value.encrypted is False


@pytest.mark.parametrize(
    "name", [w.KEY, w.KEY.rpartition("/")[2], "alias/golden", "arn:aws:kms:eu-central-1:111122223333:alias/golden"]
)
@pytest.mark.parametrize("by_default", [False, True])
def test_the_default_key_may_be_named_in_four_ways(name: str, by_default: bool) -> None:
    """Rules B EN-3, B EN-5, B EN-6: whether or not encryption is the default."""
    start = settled(ebs_encryption=EbsEncryption(by_default=by_default))
    world, answer = apply(start, ModifyEbsDefaultKmsKeyId(kms_key_id=name), by=w.alice)
    assert answer == ask(world, GetEbsDefaultKmsKeyId(), by=w.alice) == w.KEY
    volume = apply(world, CreateVolume(size_gib=8, encrypted=True, **MAKE), by=w.alice).value
    assert volume.kms_key_id == w.KEY
    assert ask(world, GetEbsEncryptionByDefault(), by=w.alice) is by_default


@pytest.mark.parametrize("name", [NO_KEY, "alias/none", w.KEY.replace("eu-central-1", "us-east-1")])
def test_a_key_that_is_not_there_is_taken_and_fails_later(name: str) -> None:
    """Rules B EN-3, B EN-7."""
    world, answer = apply(NO_TASKS, ModifyEbsDefaultKmsKeyId(kms_key_id=name), by=w.alice)
    assert answer == ask(world, GetEbsDefaultKmsKeyId(), by=w.alice) == name
    world, volume = apply(world, CreateVolume(size_gib=8, encrypted=True, **MAKE), by=w.alice)
    assert world.volumes.records[volume.volume_id].state == "error"


def test_a_disabled_key_is_taken_as_well() -> None:
    """Rule B EN-7."""
    world = NO_TASKS.with_key(KmsKey(arn=w.KEY, key_state=KeyState.DISABLED))
    assert apply(world, ModifyEbsDefaultKmsKeyId(kms_key_id=w.KEY), by=w.alice).value == w.KEY


def test_resetting_brings_the_key_of_aws_back() -> None:
    """Rules B EN-2, B EN-4; the quirk is about asking."""
    world = apply(NO_TASKS, ModifyEbsDefaultKmsKeyId(kms_key_id="alias/golden"), by=w.alice).world
    world, answer = apply(world, ResetEbsDefaultKmsKeyId(), by=w.alice)
    assert answer == ask(world, GetEbsDefaultKmsKeyId(), by=w.alice) == MANAGED_KEY
    by_alias = evolve(world, quirks=Quirks(default_key_shown_as_alias=True))
    assert ask(by_alias, GetEbsDefaultKmsKeyId(), by=w.alice) == "alias/aws/ebs"
    assert apply(by_alias, ResetEbsDefaultKmsKeyId(), by=w.alice).value == MANAGED_KEY


# --- the metadata service ---------------------------------------------------------------------------------------------

PREFERENCES = st.fixed_dictionaries(
    {},
    optional={
        "http_tokens": st.sampled_from(["optional", "required", "no-preference"]),
        "http_put_response_hop_limit": st.sampled_from([-1, 1, 64]),
        "http_endpoint": st.sampled_from(["enabled", "disabled", "no-preference"]),
        "instance_metadata_tags": st.sampled_from(["enabled", "disabled", "no-preference"]),
        "http_tokens_enforced": st.sampled_from(["enabled", "disabled", "no-preference"]),
    },
)


@given(preferences=st.lists(PREFERENCES, max_size=4))
def test_what_a_modification_leaves_out_stays(preferences: list[dict[str, Any]]) -> None:
    """Rules B IM-1, B IM-3."""
    world, told = NO_TASKS, dict[str, Any]()
    for preferred in preferences:
        world, answer = apply(world, ModifyInstanceMetadataDefaults(**preferred), by=w.alice)
        assert answer is True
        told |= preferred
    assert ask(world, GetInstanceMetadataDefaults(), by=w.alice) == InstanceMetadataDefaults(**told)


def test_empty_texts_prefer_nothing_new() -> None:
    """Settlement S 17."""
    assert ModifyInstanceMetadataDefaults(http_tokens="", http_endpoint="") == ModifyInstanceMetadataDefaults()


def test_a_preference_is_heard_at_the_next_launch() -> None:
    """Rules B IM-1, B IM-4."""
    launch = RunInstances(image_id=ami(w.OPEN), instance_type="t3.micro")
    strict = ModifyInstanceMetadataDefaults(http_tokens="required", http_put_response_hop_limit=3)
    world = apply(NO_TASKS, strict, by=w.alice).world
    (instance,) = apply(world, launch, by=w.alice).value.instances
    assert (instance.http_tokens, instance.http_put_response_hop_limit) == (HttpTokens.REQUIRED, 3)
    enforced = apply(NO_TASKS, ModifyInstanceMetadataDefaults(http_tokens_enforced="enabled"), by=w.alice).world
    assert attempt(enforced, launch, by=w.alice) == HttpTokensEnforced()
    assert isinstance(attempt(enforced, launch, by=w.bob), Outcome)
