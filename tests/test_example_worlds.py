"""The example world: that it is what its documentation says, and that EC2 could have made it."""

import re
from datetime import timedelta

import pytest

from amimodel import example_worlds as worlds
from amimodel.access import has_launch_permission, may_copy, may_launch
from amimodel.actions import DeregisterImage
from amimodel.amazon_linux import end_of_life
from amimodel.billing_codes import BillingCode
from amimodel.callers import Caller
from amimodel.consistency import contradictions
from amimodel.engine import advance, attempt
from amimodel.example_worlds import (
    AMAZON_LINUX,
    BUILD,
    FRANKFURT,
    MANAGEMENT,
    NOW,
    PARTNER,
    PROD,
    PRODUCT,
    SANDBOX,
    SELLER,
    STAGING,
    SYDNEY,
    VIRGINIA,
    WINDOWS,
    example_world,
)
from amimodel.images import Image
from amimodel.integrity import problems
from amimodel.kernels import PV_GRUB_KERNELS
from amimodel.lifecycle import is_deprecated
from amimodel.refusals import DeregistrationProtected
from amimodel.regions import Region
from amimodel.requests import Outcome
from amimodel.tags import Tags
from amimodel.vocabulary import Architecture, ImageState, ImageType, OwnerAlias, RootDeviceType

REGIONS = (FRANKFURT, VIRGINIA, SYDNEY)
WORLD = example_world()
ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in (worlds.__doc__ or "").splitlines()
    if line.startswith("|") and "---" not in line
]
ACCOUNTS = [row for row in ROWS if re.fullmatch(r"\d{12}", row[0])]
IMAGES = [row for row in ROWS if row[0].startswith("ami-")]


def image(number: int, region: str = "fa") -> Image:
    return WORLD.images.records[f"ami-0{region}{number:014d}"]


def test_it_is_the_same_value_however_often_it_is_made() -> None:
    assert example_world() is WORLD
    assert example_world.__wrapped__() == WORLD
    assert WORLD.now == NOW


def test_the_documented_accounts_are_those_of_the_world() -> None:
    assert len(ACCOUNTS) == 6
    for account, constant, place, _ in ACCOUNTS:
        assert getattr(worlds, constant) == account
        organization = WORLD.organizations.of(account)
        assert (organization is None) is (place == "in none")
        if organization is not None:
            names = {unit.organizational_unit_id: unit.name for _, unit in organization.units()}
            path = " / ".join(names[unit] for unit in organization.path_of(account) or ())
            assert place == (path or "under the root")


@pytest.mark.parametrize(("image_id", "owner", "name", "_"), IMAGES)
def test_every_documented_image_is_there(image_id: str, owner: str, name: str, _: str) -> None:
    region = next(region for region in REGIONS if WORLD.former_image(image_id, region))
    found, _stage = WORLD.former_image(image_id, region) or pytest.fail(image_id)
    assert (found.owner_id, found.name) == (getattr(worlds, owner), name)


def test_every_image_of_the_accounts_is_documented() -> None:
    documented = {row[0] for row in IMAGES}
    public = {AMAZON_LINUX, WINDOWS, SELLER}
    assert {one.image_id for one in WORLD.images if one.owner_id not in public} <= documented


def test_no_image_contradicts_the_rules() -> None:
    snapshots = WORLD.snapshots.records
    entries = [entry.resource for entry in WORLD.recycle_bin if isinstance(entry.resource, Image)]
    for one in (*WORLD.images, *entries, *(tombstone.image for tombstone in WORLD.tombstones)):
        assert contradictions(one, snapshots) == ()


def test_it_keeps_the_laws_of_worlds() -> None:
    assert problems(WORLD) == ()


def test_its_indexes_are_what_its_records_say() -> None:
    for catalogue in (WORLD.images, WORLD.snapshots, WORLD.volumes, WORLD.instances, WORLD.recycle_bin):
        assert catalogue.is_in_step()


def test_no_id_is_given_twice() -> None:
    everything = [*WORLD.images.records, *WORLD.snapshots.records, *WORLD.volumes.records, *WORLD.instances.records]
    assert len(everything) == len(set(everything))


def test_every_image_is_made_of_snapshots_that_are_there() -> None:
    for one in WORLD.images:
        for snapshot_id in one.snapshot_ids:
            snapshot = WORLD.snapshots.records[snapshot_id]
            assert (snapshot.region, snapshot.owner_id) == (one.region, one.owner_id)


def test_every_instance_has_the_volumes_of_its_image() -> None:
    assert {one.state.value for one in WORLD.instances} == {"running", "stopped"}
    for one in WORLD.instances:
        found, _ = WORLD.former_image(one.image_id, one.region) or pytest.fail(one.image_id)
        volumes = list(WORLD.volumes_of(one.instance_id))
        assert [volume.snapshot_id for volume in volumes] == list(found.snapshot_ids)
        assert [device.volume_id for device in one.block_device_mappings] == [volume.volume_id for volume in volumes]
        assert one.architecture is found.architecture
        assert one.launch_time in found.launches


# --- what is offered --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", REGIONS, ids=str)
def test_every_region_offers_the_same(region: Region) -> None:
    offered = [one.name for one in WORLD.images if one.region == region and one.image_owner_alias]
    assert offered == [one.name for one in WORLD.images if one.region == FRANKFURT and one.image_owner_alias]
    assert len(offered) == 15


def test_there_are_about_twenty_images_in_a_region() -> None:
    assert all(sum(one.region == region for one in WORLD.images) <= 25 for region in REGIONS)


def test_every_public_parameter_leads_to_a_public_image_of_its_region() -> None:
    assert {region for region, _ in WORLD.parameters} == set(REGIONS)
    for (region, name), image_ids in WORLD.parameters.items():
        assert name.startswith("/aws/service/ami-")
        for image_id in image_ids:
            found = WORLD.image(image_id, region)
            assert found is not None
            assert found.public
            assert found.image_owner_alias is OwnerAlias.AMAZON
        newest = WORLD.images.records[image_ids[-1]]
        assert newest.creation_date == max(WORLD.images.records[one].creation_date for one in image_ids)


def test_a_parameter_remembers_what_it_named_before() -> None:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    assert WORLD.parameters[FRANKFURT, name] == (image(105).image_id, image(106).image_id)
    assert is_deprecated(image(105), NOW)
    assert not is_deprecated(image(106), NOW)


def test_every_amazon_linux_image_has_an_end_of_life() -> None:
    linux = [one for one in WORLD.images if one.owner_id == AMAZON_LINUX and one.image_type is ImageType.MACHINE]
    assert len(linux) == 30
    assert all(end_of_life(one) is not None for one in linux)
    assert {str(end_of_life(one)) for one in linux} == {"2023-12-31", "2026-06-30", "2029-06-30"}


@pytest.mark.parametrize("region", REGIONS, ids=str)
def test_the_paravirtual_image_starts_by_the_kernel_of_its_region(region: Region) -> None:
    found = next(WORLD.images_named(AMAZON_LINUX, region, "amzn-ami-pv-2018.03.0.20231218.0-x86_64-ebs"))
    assert found.kernel_id == PV_GRUB_KERNELS[region.name][Architecture.X86_64]
    assert found.kernel_id in WORLD.images


def test_windows_is_billed_as_windows() -> None:
    assert {one.billing for one in WORLD.images if one.owner_id == WINDOWS} == {BillingCode.WINDOWS}


def test_what_is_sold_is_shared_with_two_accounts_of_which_one_is_subscribed() -> None:
    sold = image(301)
    assert [code.product_code_id for code in sold.product_codes] == [PRODUCT]
    assert all(has_launch_permission(sold, account).allowed for account in (PROD, STAGING))
    assert (PROD, PRODUCT) in WORLD.subscriptions
    assert (STAGING, PRODUCT) not in WORLD.subscriptions


# --- what is the accounts' own ----------------------------------------------------------------------------------------

# who may launch it: everybody in the organization, the unit Workloads, ... (rules B OR-4, B OR-5, C 3.4)
LAUNCHES = [
    (410, {MANAGEMENT, BUILD, PROD, STAGING, SANDBOX}),
    (420, {MANAGEMENT, BUILD, PROD, STAGING, SANDBOX}),
    (430, {MANAGEMENT, BUILD, PROD, STAGING, SANDBOX}),
    (440, {BUILD, PROD, STAGING}),
    (450, set()),
    (510, {PROD}),
    (710, {MANAGEMENT, BUILD, PROD, STAGING, SANDBOX, PARTNER}),
    (810, {PROD, PARTNER}),
]


@pytest.mark.parametrize(("number", "accounts"), LAUNCHES)
def test_an_image_is_launched_by_those_it_is_for(number: int, accounts: set[str]) -> None:
    everybody = (MANAGEMENT, BUILD, PROD, STAGING, SANDBOX, PARTNER)
    found = image(number)
    assert {one for one in everybody if may_launch(found, one, WORLD.organizations).allowed} == accounts


@pytest.mark.parametrize(("account", "copies"), [(PROD, True), (STAGING, True), (SANDBOX, False)])
def test_only_those_with_the_snapshot_copy_what_the_organization_launches(account: str, copies: bool) -> None:
    assert may_copy(image(430), account, WORLD.snapshots.records, WORLD.organizations).allowed is copies


def test_there_is_one_of_each_kind_of_image() -> None:
    assert image(450).state is ImageState.DISABLED
    assert is_deprecated(image(420), NOW)
    assert image(720).root_device_type is RootDeviceType.INSTANCE_STORE
    assert image(720).image_location in WORLD.bundles
    copy = image(410, "ea")
    assert (copy.source_image_id, copy.source_image_region) == (image(410).image_id, FRANKFURT)
    assert image(510).source_instance_id is not None
    assert [WORLD.snapshots.records[one].kms_key_id in WORLD.keys for one in image(430).snapshot_ids] == [True]
    assert WORLD.tags(PROD, image(410).image_id) == Tags({"Approved": "2026-10-22"})


def test_something_is_used_by_nothing() -> None:
    assert any(volume.attachment is None for volume in WORLD.volumes)
    used = {one for found in WORLD.images for one in found.snapshot_ids}
    assert len([one for one in WORLD.snapshots if one.snapshot_id not in used]) >= 2


def test_the_golden_image_is_protected_and_the_servers_are_not() -> None:
    protected = attempt(
        WORLD, DeregisterImage(image_id=image(410).image_id), by=Caller(account=BUILD, region=FRANKFURT)
    )
    assert isinstance(protected, DeregistrationProtected)
    server = attempt(WORLD, DeregisterImage(image_id=image(510).image_id), by=Caller(account=PROD, region=FRANKFURT))
    assert isinstance(server, Outcome)


def test_the_recycle_bin_is_emptied_in_a_week() -> None:
    assert [entry.resource_id for entry in WORLD.recycle_bin] == ["ami-0fa00000000000460"]
    later = advance(WORLD, until=NOW + timedelta(days=7))
    assert len(later.recycle_bin) == 0
    assert later.tombstone("ami-0fa00000000000460", FRANKFURT) is not None
    assert later.tasks == ()
