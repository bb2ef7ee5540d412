"""Who may launch what, and what a request would change about it: rules B 1.7, B OR-4 to B OR-11, B 4.3, C 3.4."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel._catalogue import Catalogue
from amimodel.access import covers
from amimodel.actions import (
    DeregisterImage,
    DisableImage,
    EnableAllowedImagesSettings,
    EnableImage,
    EnableImageBlockPublicAccess,
    JoinOrganization,
    LeaveOrganization,
    ModifyImageAttribute,
    RegisterImage,
    ResetImageAttribute,
    RunInstances,
)
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.comparing import changes
from amimodel.decisions import Owner, PermissionsNotTold, Permitted
from amimodel.engine import apply, attempt, explain
from amimodel.example_worlds import BUILD, FRANKFURT, MANAGEMENT, ORGANIZATION, PARTNER, PROD, SANDBOX, example_world
from amimodel.identifiers import ImageId
from amimodel.images import Image
from amimodel.permission_requests import LaunchPermissionModifications
from amimodel.permissions import EVERYONE, AccountPermission, OrganizationPermission
from amimodel.reach import Impact, MembersNotTold, accounts, impact, what_may_launch, who_may_launch
from amimodel.refusals import ImageNotFound, NotAuthorizedForImages
from amimodel.requests import Outcome, Request
from amimodel.settings import ImageBlockPublicAccess
from amimodel.testing.strategies import callers, requests
from amimodel.world import World
from reference import reach as reference

WORLD, RICH = example_world(), w.rich_world()
WORLDS = [WORLD, RICH]
UNBLOCKED = ImageBlockPublicAccess(state="unblocked")
each_world = pytest.mark.parametrize("world", WORLDS, ids=["example", "rich"])
GOLDEN, AGENT, DEMO, APPLIANCE = (f"ami-0fa00000000000{number}" for number in (410, 440, 710, 810))
STRANGER = "999900001111"
build, sandbox, partner = (Caller(account=account, region=FRANKFURT) for account in (BUILD, SANDBOX, PARTNER))
aws = Caller.provider(FRANKFURT)


def image_of(world: World, image_id: str) -> Image:
    return world.images.records[image_id]


def change(image_id: str, *, add: Any = (), remove: Any = ()) -> ModifyImageAttribute:
    return ModifyImageAttribute(
        image_id=image_id, launch_permission=LaunchPermissionModifications(add=add, remove=remove)
    )


def told(ground: object) -> str:
    return "owner" if isinstance(ground, Owner) else str(ground.permission) if isinstance(ground, Permitted) else ""


# --- who may launch what ----------------------------------------------------------------------------------------------


@each_world
def test_a_world_knows_every_account_that_anything_in_it_names(world: World) -> None:
    assert set(accounts(world)) == reference.everybody(world)
    assert list(accounts(world)) == sorted(accounts(world))


@each_world
def test_from_an_image_to_accounts_and_from_an_account_to_images_is_the_same_answer(world: World) -> None:
    """Rules B 1.7, B LP-1, B OR-4, B OR-5: and it is the one that looking at every pair gives."""
    expected = reference.pairs(world, {*reference.everybody(world), STRANGER})
    from_images = {
        (account, image.image_id): told(ground)
        for image in world.images
        for account, ground in who_may_launch(world, image.image_id, image.region or "")
    }
    from_accounts = {
        (account, image.image_id): told(ground)
        for account in (*accounts(world), STRANGER)
        for region in {str(image.region) for image in world.images}
        for image, ground in what_may_launch(world, account, region)
    }
    assert from_accounts.keys() == expected.keys()
    assert all(ground in expected[pair] for pair, ground in from_accounts.items())
    assert from_images == {pair: ground for pair, ground in from_accounts.items() if pair[0] != STRANGER}


def test_the_owner_comes_first_and_what_is_owned_comes_first() -> None:
    assert who_may_launch(WORLD, GOLDEN, FRANKFURT)[0] == (BUILD, Owner())
    owned = [image.owner_id == BUILD for image, _ in what_may_launch(WORLD, BUILD, FRANKFURT)]
    assert owned == sorted(owned, reverse=True)
    assert any(owned)


def test_an_image_that_is_gone_nobody_may_launch_and_one_that_never_was_is_not_found() -> None:
    """Rules B LD-5, B LD-7, C 5.13, C 6.21."""
    for number in (450, 460, 530):  # disabled, in the Recycle Bin, deregistered
        launchers = who_may_launch(WORLD, f"ami-0fa00000000000{number}", FRANKFURT)
        assert launchers == ()
    with pytest.raises(ImageNotFound):
        who_may_launch(WORLD, "ami-0ffffffffffffffff", FRANKFURT)
    with pytest.raises(ImageNotFound):
        who_may_launch(WORLD, GOLDEN, "us-west-2")


def test_to_find_what_an_account_may_launch_no_world_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = what_may_launch(WORLD, PROD, FRANKFURT), who_may_launch(WORLD, AGENT, FRANKFURT)

    def searched(_: object) -> Any:
        raise AssertionError

    monkeypatch.setattr(Catalogue, "__iter__", searched)
    assert (what_may_launch(WORLD, PROD, FRANKFURT), who_may_launch(WORLD, AGENT, FRANKFURT)) == expected


@each_world
def test_who_may_launch_an_image_is_not_refused_it_by_run_instances(world: World) -> None:
    """Rule B LD-6: what else is in the way of a launch is another question."""
    for image in world.images:
        launchers = {account for account, _ in who_may_launch(world, image.image_id, image.region or "")}
        request = RunInstances(image_id=image.image_id, instance_type="t3.micro", min_count=1, max_count=1)
        for account in accounts(world):
            decision = explain(world, request, by=Caller(account=account, region=image.region or ""))
            hidden = any(isinstance(refusal, NotAuthorizedForImages) for refusal in decision.refusals)
            assert not (hidden and account in launchers)


# --- what a request would change --------------------------------------------------------------------------------------


def checked(world: World, request: Request[Any], by: Caller) -> Impact:
    """The impact of a request, held against the second implementation."""
    found, outcome = impact(world, request, by=by), attempt(world, request, by=by)
    if not isinstance(outcome, Outcome):
        assert found == Impact(refusal=outcome)
        return found
    everybody = reference.everybody(world) | reference.everybody(outcome.world)
    before, after = reference.pairs(world, everybody), reference.pairs(outcome.world, everybody)
    gained = {(one.account_id, one.image.image_id): told(one.ground) for one in found.gained}
    lost = {(one.account_id, one.image.image_id): told(one.ground) for one in found.lost}
    assert gained.keys() == after.keys() - before.keys()
    assert lost.keys() == before.keys() - after.keys()
    assert all(ground in after[pair] for pair, ground in gained.items())
    assert all(ground in before[pair] for pair, ground in lost.items())
    was, now = reference.public(world), reference.public(outcome.world)
    assert {image.image_id for image in found.published} == now - was
    assert {image.image_id for image in found.withdrawn} == was - now
    assert found.untold == ()  # these worlds know everything
    return found


SHARING = ("ModifyImageAttribute", "ResetImageAttribute", "CancelImageLaunchPermission", "DisableImage", "EnableImage")
TOUCHING = (
    *SHARING, "DeregisterImage", "EnableAllowedImagesSettings", "ReplaceImageCriteriaInAllowedImagesSettings",
    "JoinOrganization", "LeaveOrganization", "MoveAccount",
)  # fmt: skip


@given(data=st.data())
def test_the_impact_of_any_request_is_what_comparing_all_pairs_finds(data: st.DataObject) -> None:
    request = data.draw(requests(WORLD))
    _ = checked(WORLD, request, data.draw(callers(WORLD, provider=True)))


@given(data=st.data(), world=st.sampled_from(WORLDS))
def test_the_impact_of_what_touches_access_is_what_comparing_all_pairs_finds(data: st.DataObject, world: World) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        request, by = data.draw(requests(world, actions=TOUCHING)), data.draw(callers(world, provider=True))
        _ = checked(world, request, by)
        outcome = attempt(world, request, by=by)
        world = outcome.world if isinstance(outcome, Outcome) else world


def test_an_impact_reads_as_sentences() -> None:
    assert str(impact(WORLD, change(AGENT, add=[AccountPermission(PARTNER)]), by=build)) == (
        f"account {PARTNER} gains {AGENT} 'agent' (now: account {PARTNER})"
    )
    assert str(impact(WORLD, ResetImageAttribute(image_id=APPLIANCE), by=partner)) == (
        f"account {PROD} loses {APPLIANCE} 'appliance-4.1' (was: account {PROD})"
    )
    lines = str(impact(WORLD, ResetImageAttribute(image_id=DEMO), by=sandbox)).splitlines()
    assert lines[0] == f"{DEMO} 'demo' is public no longer: accounts that are not named here lose it, too"
    assert f"account {PROD} loses {DEMO} 'demo' (was: everyone)" in lines
    assert not any(SANDBOX in line for line in lines), "its owner keeps it"
    private = apply(WORLD, ResetImageAttribute(image_id=DEMO), by=sandbox).world
    again = str(impact(private, change(DEMO, add=[EVERYONE]), by=sandbox)).splitlines()
    assert again[0] == f"{DEMO} 'demo' becomes public: accounts that are not named here gain it, too"
    assert len(again) == len(accounts(private))


def test_a_setting_that_is_none_of_access_touches_nobody() -> None:
    """Rule B G-1: only what an account allows itself decides what it may launch."""
    request = EnableImageBlockPublicAccess(image_block_public_access_state="block-new-sharing")
    assert impact(WORLD, request, by=sandbox) == Impact()
    assert apply(WORLD, request, by=sandbox).world.region_settings != WORLD.region_settings


def test_an_image_without_a_name_is_named_by_its_id_alone() -> None:
    nameless = w.with_changed(RICH, w.TO_BOB, name=None)
    lines = str(impact(nameless, ResetImageAttribute(image_id=w.ami(w.TO_BOB)), by=w.alice))
    assert lines == f"account {w.BOB} loses {w.ami(w.TO_BOB)} (was: account {w.BOB})"


def test_a_request_that_nobody_feels_says_so() -> None:
    request = ModifyImageAttribute(image_id=AGENT, description="new")
    assert str(impact(WORLD, request, by=build)) == "no account gains or loses an image"


def test_the_impact_of_a_refused_request_is_the_refusal_and_nothing_else() -> None:
    found = impact(WORLD, DisableImage(image_id=GOLDEN), by=partner)
    assert found == Impact(refusal=attempt(WORLD, DisableImage(image_id=GOLDEN), by=partner))  # type: ignore[arg-type]  # it is a refusal
    assert str(found) == f"refused: AuthFailure: Not authorized for image:{GOLDEN}"


def test_a_new_image_is_its_owners_alone() -> None:
    """Rule B LP-4."""
    root = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id=w.snap(w.WEB)))
    request = RegisterImage(name="new", root_device_name="/dev/xvda", block_device_mappings=[root])
    found = checked(RICH, request, w.alice)
    assert [(one.account_id, one.image.name, one.through) for one in found.gained] == [(w.ALICE, "new", "its owner")]


def test_deregistering_takes_an_image_from_everyone_who_had_it() -> None:
    """Rule C 5.5: nothing that uses an image keeps it."""
    found = impact(RICH, DeregisterImage(image_id=w.ami(w.TO_ORG)), by=w.alice)
    assert {one.account_id for one in found.lost} == {w.ALICE, w.BOB, "112233445566"}
    assert found.gained == ()


def test_joining_an_organization_gains_what_it_was_given_and_leaving_loses_it() -> None:
    """Rule B OR-9."""
    joining = JoinOrganization(account_id=PARTNER, organization_id=ORGANIZATION.organization_id)
    found = checked(WORLD, joining, aws)
    assert {one.account_id for one in found.gained} == {PARTNER}
    assert {one.image.name for one in found.gained} == {"golden-2026.10", "golden-2026.07", "base-encrypted"}
    left = checked(apply(WORLD, joining, by=aws).world, LeaveOrganization(account_id=PARTNER), aws)
    assert {(one.account_id, one.image) for one in left.lost} == {(one.account_id, one.image) for one in found.gained}
    assert f"account {PARTNER} loses {GOLDEN} 'golden-2026.10' (was: organization o-a1b2c3d4e5)" in str(left)


def test_an_account_loses_what_its_own_criteria_forbid_and_nobody_else_does() -> None:
    """Rules B 4.3, B AA-8: an owner is never affected, other accounts are not either."""
    by = Caller(account=PROD, region=FRANKFURT)
    found = checked(WORLD, EnableAllowedImagesSettings(allowed_images_settings_state="enabled"), by)
    kept = {image.owner_id for image, _ in what_may_launch(WORLD, PROD, FRANKFURT)} - {
        one.image.owner_id for one in found.lost
    }
    assert {one.account_id for one in found.lost} == {PROD}
    assert kept == {PROD}


def test_what_is_not_known_of_a_change_is_said() -> None:
    """A world made of answers does not know whom others' images are shared with, nor who is in an organization."""
    org = OrganizationPermission("arn:aws:organizations::112233445566:organization/o-xyzabc123w")
    responses = {
        "OwnerId": "111122223333", "Public": False, "Architecture": "x86_64", "State": "available",
        "CreationDate": "2026-01-01T00:00:00.000Z", "Name": "web", "ImageId": "ami-12345678",
    }  # fmt: skip
    from amimodel.wire import read

    answer = ("describe-images.json", read({"Images": [responses]}))
    world = World.from_responses([answer], now=parse("2026-06-01T00:00:00Z"), region="eu-central-1")
    owner = Caller(account="111122223333", region="eu-central-1")
    assert impact(world, change("ami-12345678", add=[org]), by=owner).untold == (
        MembersNotTold(ImageId("ami-12345678"), org),
    )
    found = impact(world, DisableImage(image_id="ami-12345678"), by=owner)
    assert found.untold == (PermissionsNotTold("ami-12345678"),)
    assert "with which accounts ami-12345678 is shared is not known here" in str(found)
    gone = impact(world, ResetImageAttribute(image_id="ami-12345678"), by=owner)
    assert gone.untold == (PermissionsNotTold("ami-12345678"),)
    assert impact(world, ModifyImageAttribute(image_id="ami-12345678", description="x"), by=owner) == Impact()


# --- laws, for everyone to read ---------------------------------------------------------------------------------------


@given(data=st.data(), world=st.sampled_from(WORLDS))
def test_sharing_never_widens_access_beyond_the_named_grantees(data: st.DataObject, world: World) -> None:
    """Rules B LP-7, B LP-9: "Sharing lets others launch only"; who gains is reached by an item that was added."""
    request = data.draw(requests(world, actions=["ModifyImageAttribute"]))
    found = impact(world, request, by=data.draw(callers(world)))
    assert isinstance(request, ModifyImageAttribute)
    added = getattr(request.modification, "add", ())
    for one in found.gained:
        assert one.image.image_id == request.image_id
        assert any(covers(item, one.account_id, world.organizations) for item in added)


@given(data=st.data())
def test_block_public_access_lets_no_new_public_image_in(data: st.DataObject) -> None:
    """Rule B BPA-7: "Only new Group=all adds fail". Alice and Bob block it, as all new accounts do (S 18)."""
    request = data.draw(requests(RICH, actions=["ModifyImageAttribute"]))
    assert impact(RICH, request, by=data.draw(callers(RICH))).published == ()


@given(data=st.data(), world=st.sampled_from(WORLDS))
def test_block_public_access_removes_no_existing_grant(data: st.DataObject, world: World) -> None:
    """Rule B BPA-7: "Existing public AMIs stay public"; B BPA-8: others are "unaffected"."""
    block = EnableImageBlockPublicAccess(image_block_public_access_state="block-new-sharing")
    assert impact(world, block, by=data.draw(callers(world))) == Impact()


@pytest.mark.parametrize("number", [w.WEB, w.TO_BOB, w.TO_ORG, w.TO_OU, w.OPEN, w.OWN_LISTED])
def test_disabling_and_enabling_an_image_leaves_no_grantee(number: int) -> None:
    """Rules C 3.4, C 3.18: enabling gives no permission back."""
    disabled = apply(RICH, DisableImage(image_id=w.ami(number)), by=w.alice).world
    assert who_may_launch(disabled, w.ami(number), w.FRANKFURT) == ()
    enabled = apply(disabled, EnableImage(image_id=w.ami(number)), by=w.alice).world
    assert who_may_launch(enabled, w.ami(number), w.FRANKFURT) == ((w.ALICE, Owner()),)


@given(data=st.data(), world=st.sampled_from(WORLDS))
def test_an_encrypted_image_is_never_public(data: st.DataObject, world: World) -> None:
    """Rules B LP-25, S 44, whatever is asked, and also where public access is not blocked."""
    for account in (w.ALICE, w.BOB, BUILD, PROD):
        settings = evolve(world.settings(account, FRANKFURT), image_block_public_access=UNBLOCKED)
        world = world.with_settings(account, FRANKFURT, settings)
    for _ in range(data.draw(st.integers(1, 4))):
        outcome = attempt(world, data.draw(requests(world, actions=SHARING)), by=data.draw(callers(world)))
        world = outcome.world if isinstance(outcome, Outcome) else world
        for image in world.images:
            snapshots = [world.snapshots.get(one) for one in image.snapshot_ids]
            encrypted = image.encrypted or any(one is not None and one.encrypted for one in snapshots)
            assert not (image.public and encrypted)


@pytest.mark.parametrize("account", [MANAGEMENT, PROD, SANDBOX])
def test_unsharing_from_an_account_does_not_cut_what_it_has_through_its_organization(account: str) -> None:
    """Rule B OR-11: "the API still returns success"."""
    shared = apply(WORLD, change(GOLDEN, add=[AccountPermission(account)]), by=build).world
    for world in (shared, WORLD):  # also where it was never shared by name
        unsharing = change(GOLDEN, remove=[AccountPermission(account)])
        assert impact(world, unsharing, by=build) == Impact()
        after = apply(world, unsharing, by=build).world
        assert account in dict(who_may_launch(after, GOLDEN, FRANKFURT))


@given(data=st.data(), world=st.sampled_from(WORLDS))
def test_asking_for_an_impact_does_nothing(data: st.DataObject, world: World) -> None:
    before = evolve(world)
    _ = impact(world, data.draw(requests(world)), by=data.draw(callers(world)))
    assert len(changes(before, world)) == 0
