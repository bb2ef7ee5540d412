"""What refers to an image: that it is all there, and that the deed bears it out."""

import pytest

from amimodel._copies import changed
from amimodel.actions import DeregisterImage, SnapshotReturnCode
from amimodel.callers import Caller
from amimodel.engine import apply
from amimodel.example_worlds import BUILD, FRANKFURT, MANAGEMENT, PROD, SANDBOX, STAGING, VIRGINIA, example_world
from amimodel.images import UNPROTECTED, Image
from amimodel.permissions import NOT_PUBLIC
from amimodel.references import references
from amimodel.refusals import ImageNotFound
from amimodel.world import World

WORLD = example_world()
OWNED = [one for one in WORLD.images if one.owner_id in {BUILD, PROD, STAGING, SANDBOX}]
GOLDEN, WEB = "ami-0fa00000000000410", "ami-0fa00000000000510"


def with_another_of_its_snapshots(image_id: str) -> World:
    image = WORLD.images.records[image_id]
    return WORLD.with_image(changed(image, image_id="ami-0fa00000000000999", name="another"))


@pytest.mark.parametrize("image", OWNED, ids=lambda image: image.image_id)
@pytest.mark.parametrize("doubled", [False, True])
def test_what_is_said_of_snapshots_is_what_happens(image: Image, doubled: bool) -> None:
    if image.region is None:
        pytest.fail("it is nowhere")
    world = with_another_of_its_snapshots(image.image_id) if doubled else WORLD
    world = world.with_image(changed(image, deregistration_protection=UNPROTECTED))
    found = references(world, image.image_id, region=image.region)
    assert {*found.freed, *found.held, *found.missing} == set(image.snapshot_ids)
    request = DeregisterImage(image_id=image.image_id, delete_associated_snapshots=True)
    after, answer = apply(world, request, by=Caller(account=image.owner_id, region=image.region))
    codes = {result.snapshot_id: result.return_code for result in answer.delete_snapshot_results}
    assert [codes[one] for one in found.freed] == [SnapshotReturnCode.SUCCESS] * len(found.freed)
    assert [codes[one] for one in found.held] == [SnapshotReturnCode.SKIPPED] * len(found.held)
    assert (found.kept_for is not None) is (image.image_id in after.recycle_bin)


def test_an_image_that_stays_keeps_the_snapshots_of_one_that_goes() -> None:
    found = references(with_another_of_its_snapshots(WEB), WEB, region=FRANKFURT)
    assert found.freed == ()
    assert set(found.held.values()) == {"ami-0fa00000000000999"}
    assert "snap-0fa00000000000510 would stay in use by ami-0fa00000000000999." in found.sentences()


def test_a_snapshot_that_is_gone_is_said_to_be_missing() -> None:
    (first, second) = WORLD.images.records[WEB].snapshot_ids
    found = references(WORLD.without_snapshot(first), WEB, region=FRANKFURT)
    assert (found.missing, found.freed) == ((first,), (second,))
    assert f"{first} would stay as it is: it is not there, or not known here." in found.sentences()


def test_everything_that_hangs_on_the_golden_image_is_found() -> None:
    found = references(WORLD, GOLDEN, region="eu-central-1")
    assert found.deregistration.allowed is False
    assert [one.instance_id for one in found.instances] == ["i-0fa00000000000549"]
    assert [(str(one.region), one.name) for one in found.descendants] == [
        ("us-east-1", "golden-2026.10"),
        ("eu-central-1", "web-2026.10"),
        ("eu-central-1", "db-2026.10"),
    ]
    assert set(found.launchers) == {BUILD, PROD, STAGING, SANDBOX, MANAGEMENT}
    assert found.launchers[0] == BUILD
    assert found.launchers_are_told
    assert found.kept_for is not None
    assert found.kept_for.days == 14
    stays = "it stays, and still names it as its source"
    assert str(found).splitlines() == [
        f"{GOLDEN} (golden-2026.10) of account {BUILD} in eu-central-1 is available.",
        f"It cannot be deregistered now: {str(found.deregistration.because[0]).rstrip('.')}.",
        "Deregistered, it stays in the Recycle Bin for 14 days and can be restored.",
        f"1 instance of it would run on but could not be replaced: i-0fa00000000000549 (running, account {PROD}).",
        "It could no longer be launched by those it is shared with: organization o-a1b2c3d4e5.",
        f"Known accounts among them: {PROD}, {STAGING}, {SANDBOX}, {MANAGEMENT}.",
        f"ami-0ea00000000000410 (account {BUILD} in us-east-1) is a copy of it: {stays}.",
        f"{WEB} (account {PROD} in eu-central-1) is made of its instance i-0fa00000000000501: {stays}.",
        f"ami-0fa00000000000520 (account {PROD} in eu-central-1) is made of its instance i-0fa00000000000502: {stays}.",
        "snap-0fa00000000000410 would be used by no image any more, and could be deleted.",
        "Whoever deletes what it is made of can restore it, but not launch it again.",
    ]


def test_only_the_parameters_that_lead_to_it_now_are_named() -> None:
    former, latest = (references(WORLD, f"ami-0fa00000000000{number}", region=FRANKFURT) for number in (105, 106))
    assert former.parameters == ()
    assert [name.rpartition("/")[2] for name in latest.parameters] == [
        "al2023-ami-kernel-6.1-x86_64",
        "al2023-ami-kernel-default-x86_64",
    ]
    assert f"Launches by resolve:ssm:{latest.parameters[0]} lead to it." in latest.sentences()


def test_whom_an_image_is_shared_with_may_be_unknown() -> None:
    world = WORLD.with_image(changed(WORLD.images.records[WEB], launch_permissions=NOT_PUBLIC))
    found = references(world, WEB, region=FRANKFURT)
    assert not found.launchers_are_told
    assert "It is shared with nobody." not in found.sentences()
    assert "With whom else ami-0fa00000000000510 is shared is not known" in str(found)
    assert "It is shared with nobody." in references(WORLD, WEB, region=FRANKFURT).sentences()


def test_a_disabled_image_is_launched_by_nobody() -> None:
    found = references(WORLD, "ami-0fa00000000000450", region=FRANKFURT)
    assert found.launchers == ()
    assert "No instance of it is known." in found.sentences()


@pytest.mark.parametrize("region", [VIRGINIA, "ap-southeast-2"], ids=str)
def test_an_image_that_is_elsewhere_is_not_found(region: str) -> None:
    with pytest.raises(ImageNotFound):
        references(WORLD, WEB, region=region)
