"""The world as a value: rules A ID-1, A NM-6 to NM-9, A TG-9, A NF-3, B G-1, C 0.1, C 0.A, C 5.9 to C 5.15."""

import copy
import pickle
from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds as w
from amimodel import _indexes
from amimodel._catalogue import Catalogue
from amimodel.buckets import Bucket
from amimodel.bundles import ImageBundle
from amimodel.encryption import KmsKey
from amimodel.events import InstanceStateChange, as_uuid
from amimodel.images import Image
from amimodel.instances import InstanceState
from amimodel.lifecycle import Stage
from amimodel.organizations import Organizations
from amimodel.permissions import EVERYONE, AccountPermission, OrganizationPermission
from amimodel.quirks import Quirks
from amimodel.retention import RecycleBinEntry, RetentionRule
from amimodel.settings import EbsEncryption, RegionSettings
from amimodel.stored_images import StoredImage, StoreImageTask
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import EndCooldown, ForgetInstance
from amimodel.timing import Timing
from amimodel.vocabulary import OwnerAlias
from amimodel.volumes import Volume
from amimodel.world import World
from worlds import ALICE, BOB, FRANKFURT, VIRGINIA, ami, inst, rich_world, snap, vol

WORLD = rich_world()
CATALOGUES = ("images", "snapshots", "volumes", "instances", "recycle_bin", "retention_rules", "tombstones")


STORED = StoredImage(bucket=w.BUCKET, object_key="a.bin", image=w.image(w.WEB), store_time=w.NOW)
STORING = StoreImageTask(
    ami_id=ami(w.WEB), task_start_time=w.NOW, bucket=w.BUCKET, s3object_key="a.bin", owner_id=ALICE, region=FRANKFURT
)


def entry(world: World, number: int) -> RecycleBinEntry:
    return RecycleBinEntry(
        resource=w.the(world, number), recycle_bin_enter_time=world.now, recycle_bin_exit_time=w.at(24)
    )


def rule(letter: str) -> RetentionRule:
    return RetentionRule(
        identifier=letter * 11, owner_id=ALICE, region=FRANKFURT, resource_type="EC2_IMAGE", retention_days=7
    )


VOLUME = Volume(volume_id=vol(0x9), owner_id=ALICE, size_gib=1, availability_zone="us-east-1a", create_time=w.NOW)

# Every method that gives another world. A step that has nothing to take away leaves the world as it is.
STEPS: dict[str, Callable[[World], World]] = {
    "with_image": lambda world: world.with_image(w.image(0x9, tags={"a": "b"}, launch_permissions=[EVERYONE])),
    "with_image, over another": lambda world: world.with_image(w.image(w.WEB, name="other", source_image_id=ami(1))),
    "with_snapshot": lambda world: world.with_snapshot(w.snapshot(0x9, state="error", tags={"a": "b"})),
    "with_volume": lambda world: world.with_volume(VOLUME),
    "with_instance": lambda world: world.with_instance(w.instance(0x9, w.WEB)),
    "with_copy": lambda world: world.with_copy(w.snapshot(0x8), "vol-12345678"),
    "without_snapshot": lambda world: world.without_snapshot(snap(0xD02)) if snap(0xD02) in world.snapshots else world,
    "without_volume": lambda world: world.without_volume(vol(0x101)) if vol(0x101) in world.volumes else world,
    "without_instance": lambda world: world.without_instance(inst(0x102)) if inst(0x102) in world.instances else world,
    "burying": lambda world: world.burying(w.the(world, w.OPEN)) if ami(w.OPEN) in world.images else world,
    "burying from the bin": lambda world: world.burying(w.image(w.BINNED))
    if ami(w.BINNED) in world.recycle_bin else world,
    "binning": lambda world: world.binning(entry(world, w.TO_BOB)) if ami(w.TO_BOB) in world.images else world,
    "binning a snapshot": lambda world: world.binning(
        RecycleBinEntry(resource=w.snapshot(0xD08), recycle_bin_enter_time=w.NOW, recycle_bin_exit_time=w.at(1))
    ) if snap(0xD08) in world.snapshots else world,
    "with_binned": lambda world: world.with_binned(
        evolve(found, recycle_bin_exit_time=w.at(2))
    ) if (found := world.recycle_bin.get(ami(w.OTHERS_BINNED))) else world,
    "emptied_of": lambda world: world.emptied_of(ami(w.OTHERS_BINNED))
    if ami(w.OTHERS_BINNED) in world.recycle_bin else world,
    "with_foreign_tags": lambda world: world.with_foreign_tags(BOB, ami(w.OPEN), Tags({"x": "y"})),
    "with_foreign_tags, none": lambda world: world.with_foreign_tags(BOB, ami(w.OPEN), NO_TAGS),
    "with_settings": lambda world: world.with_settings(BOB, VIRGINIA, RegionSettings()),
    "with_retention_rule": lambda world: world.with_retention_rule(rule("a")),
    "without_retention_rule": lambda world: world.without_retention_rule("a" * 11)
    if "a" * 11 in world.retention_rules else world,
    "with_organizations": lambda world: world.with_organizations(Organizations([])),
    "with_key": lambda world: world.with_key(KmsKey(arn=w.KEY.replace("1f2e", "ffff")), ["alias/x"]),
    "with_parameter": lambda world: world.with_parameter(VIRGINIA, w.PARAMETER, ami(w.FAR)),
    "with_bundle": lambda world: world.with_bundle(
        ImageBundle(location="amis/other/image.manifest.xml", account=BOB, architecture="i386")
    ),
    "with_bucket": lambda world: world.with_bucket(Bucket(name="other", owner_id=BOB, region=VIRGINIA)),
    "with_stored_image": lambda world: world.with_stored_image(STORED),
    "without_stored_image": lambda world: world.without_stored_image(STORED.bucket, STORED.object_key)
    if (STORED.bucket, STORED.object_key) in world.stored_images else world,
    "with_store_task": lambda world: world.with_store_task(len(world.store_tasks) + 1, STORING),
    "with_subscription": lambda world: world.with_subscription(BOB, "abc"),
    "without_subscription": lambda world: world.without_subscription(BOB, "abc"),
    "with_owner_alias": lambda world: world.with_owner_alias(BOB, OwnerAlias.AWS_MARKETPLACE),
    "with_client_token": lambda world: world.with_client_token(w.bob, "CopyImage", "t", "request", "value"),
    "at": lambda world: world.at(world.now + timedelta(hours=1)),
    "with_task": lambda world: world.with_task(timedelta(hours=1), EndCooldown(image_id=ami(w.WEB))),
    "without_tasks": lambda world: world.without_tasks(world.tasks[:1]),
    "emitting": lambda world: world.emitting(
        InstanceStateChange(instance_id=inst(0x101), state=InstanceState.RUNNING), account=ALICE, region=FRANKFURT
    ),
}  # fmt: skip


def test_no_method_that_makes_worlds_is_forgotten_here() -> None:
    made = {
        name
        for name in vars(World)
        if name.startswith(("with", "at", "burying", "binning", "emptied", "emitting"))
        and callable(getattr(World, name))
    }
    assert made == {name.split(",")[0].split(" ")[0] for name in STEPS}


@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_indexes_are_in_step_with_the_records_after_every_method(steps: list[str]) -> None:
    world = WORLD
    for step in steps:
        world = STEPS[step](world)
    for name in CATALOGUES:
        assert getattr(world, name).is_in_step(), name


@pytest.mark.parametrize("step", STEPS)
def test_a_step_gives_another_world_and_leaves_the_first_alone(step: str) -> None:
    before = dict(vars(WORLD))
    after = STEPS[step](WORLD)
    assert all(vars(WORLD)[name] is value for name, value in before.items())
    nothing_there = {
        "with_foreign_tags, none", "without_retention_rule", "without_stored_image", "without_subscription",
    }  # fmt: skip
    assert (after == WORLD) is (step in nothing_there)


def test_a_world_survives_pickling_and_copying() -> None:
    world = WORLD
    for step in STEPS.values():
        world = step(world)
    for twin in (pickle.loads(pickle.dumps(world)), copy.copy(world), copy.deepcopy(world)):
        assert twin == world
        assert hash(twin) == hash(world)
        assert repr(twin) == repr(world)
        assert list(twin.images_owned(ALICE, FRANKFURT)) == list(world.images_owned(ALICE, FRANKFURT))


@settings(max_examples=30)
@given(order=st.permutations(range(6)))
def test_worlds_are_equal_by_what_they_say_and_not_by_their_indexes(order: list[int]) -> None:
    """The indexes of one were built at once, those of the other have known other images, too."""
    empty, images = World(now=w.NOW), [w.image(number, name="same") for number in range(6)]
    at_once = evolve(
        empty, issued=7, images=Catalogue(_indexes.IMAGES, {str(image.image_id): image for image in images})
    )
    grown = empty.with_image(w.image(0x99))
    for number in order:
        grown = grown.with_image(w.image(number, name="different")).with_image(images[number])
    grown = evolve(grown, images=grown.images.drop(ami(0x99)))
    assert grown == at_once
    assert hash(grown) == hash(at_once)
    assert set(grown.images) == set(at_once.images)
    assert list(grown.images_named(ALICE, FRANKFURT, "different")) == []


def test_a_world_never_changes() -> None:
    with pytest.raises(AttributeError):
        WORLD.now = w.LONG_AGO  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    ("world", "told"),
    [
        (World(now=w.NOW), "<World of 2026-06-01 00:00:00Z: empty>"),
        (World(now=w.NOW).with_volume(VOLUME), "<World of 2026-06-01 00:00:00Z: 1 volume>"),
        (World(now=w.NOW).with_binned(entry(WORLD, w.WEB)),
         "<World of 2026-06-01 00:00:00Z: 1 thing in the Recycle Bin>"),
        (World(now=w.NOW).with_binned(entry(WORLD, w.WEB)).with_binned(entry(WORLD, w.OPEN)).with_volume(VOLUME),
         "<World of 2026-06-01 00:00:00Z: 1 volume, 2 things in the Recycle Bin>"),
    ],
)  # fmt: skip
def test_a_world_shows_what_there_is(world: World, told: str) -> None:
    assert repr(world) == told


# --- what is there ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "one"),
    [
        ("image", ami(w.WEB)),
        ("snapshot", snap(w.WEB)),
        ("volume", vol(0x101)),
        ("instance", inst(0x101)),
        ("binned", ami(w.BINNED)),
        ("tombstone", ami(w.FORMER)),
        ("former_image", ami(w.WEB)),
        ("former_image", ami(w.BINNED)),
        ("former_image", ami(w.FORMER)),
    ],
)
def test_a_thing_is_found_in_its_region_alone(method: str, one: str) -> None:
    """Rules A ID-1, B G-1."""
    find = getattr(WORLD, method)
    assert find(one, FRANKFURT) is not None
    assert find(one, VIRGINIA) is None
    assert find("ami-0fffffffffffffff0", FRANKFURT) is None


@pytest.mark.parametrize("one", [ami(w.WEB), snap(w.WEB), vol(0x101), inst(0x101), ami(w.BINNED)])
def test_a_resource_is_found_wherever_it_is_also_in_the_bin(one: str) -> None:
    resource = WORLD.resource(one)
    ids = {getattr(resource, name, None) for name in ("image_id", "snapshot_id", "volume_id", "instance_id")}
    assert one in ids
    assert WORLD.resource(ami(w.FORMER)) is None


def test_where_an_image_stands_is_told_as_long_as_its_id_is_known() -> None:
    """Rules C 5.9 to C 5.13; settlement S 11."""
    stages = {number: (found := WORLD.former_image(ami(number), FRANKFURT)) and found[1]
              for number in (w.WEB, w.PENDING, w.BINNED, w.FORMER, w.LONG_GONE)}  # fmt: skip
    assert stages == {
        w.WEB: Stage.AVAILABLE, w.PENDING: Stage.PENDING, w.BINNED: Stage.IN_RECYCLE_BIN,
        w.FORMER: Stage.DEREGISTERED, w.LONG_GONE: None,
    }  # fmt: skip
    gone = WORLD.tombstones.records[ami(w.FORMER)].deregistered_at
    last = gone + WORLD.timing.gone_after
    assert WORLD.at(last - timedelta(milliseconds=1)).former_image(ami(w.FORMER), FRANKFURT)
    assert WORLD.at(last).former_image(ami(w.FORMER), FRANKFURT) is None
    kept = evolve(WORLD, quirks=Quirks(live_instance_keeps_tombstone=True)).at(last)
    assert kept.former_image(ami(w.FORMER), FRANKFURT)
    ended = kept.with_instance(evolve(kept.instances.records[inst(0x102)], state="terminated"))
    assert ended.former_image(ami(w.FORMER), FRANKFURT) is None


def test_an_account_that_has_settled_nothing_has_what_a_new_one_has() -> None:
    """Settlement S 18."""
    assert WORLD.settings(BOB, VIRGINIA).image_block_public_access.blocks_new_sharing
    older = evolve(WORLD, quirks=Quirks(new_accounts_block_public_images=False))
    assert not older.settings(BOB, VIRGINIA).image_block_public_access.blocks_new_sharing
    settled = RegionSettings(ebs_encryption=EbsEncryption(by_default=True))
    world = WORLD.with_settings(BOB, VIRGINIA, settled)
    assert world.settings(BOB, VIRGINIA) == settled
    assert world.settings(BOB, FRANKFURT) == world.settings(ALICE, VIRGINIA) == RegionSettings()


def test_tags_are_those_of_the_account_that_asks() -> None:
    """Rules A TG-9, B TG-1."""
    assert WORLD.tags(ALICE, ami(w.TO_BOB))["Name"] == "secret"
    assert dict(WORLD.tags(BOB, ami(w.TO_BOB))) == {"Stage": "test"}
    assert WORLD.tags(w.CAROL, ami(w.TO_BOB)) == NO_TAGS
    assert WORLD.tags(BOB, "ami-0fffffffffffffff0") == NO_TAGS
    world = WORLD.with_foreign_tags(BOB, ami(w.TO_BOB), NO_TAGS)
    assert ami(w.TO_BOB) not in world.foreign_tags
    both = WORLD.with_foreign_tags(w.CAROL, ami(w.TO_BOB), Tags({"c": ""}))
    assert dict(both.with_foreign_tags(BOB, ami(w.TO_BOB), NO_TAGS).foreign_tags[ami(w.TO_BOB)]) == {
        w.CAROL: Tags({"c": ""})
    }


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "holder"),
    [("web", w.WEB), ("disabled", w.DISABLED), ("failed", w.FAILED), ("spoilt", w.INVALID), ("WEB", None),
     ("binned", None), (f"former {w.FORMER:x}", None), ("image b02", None), ("free", None)],
)  # fmt: skip
def test_a_name_is_held_by_the_accounts_own_images_in_the_region(name: str, holder: int | None) -> None:
    """Rules A NM-6 to NM-9, C 5.14, C 6.25."""
    found = WORLD.holder_of_name(ALICE, FRANKFURT, name)
    assert (found.image_id if found else None) == (ami(holder) if holder else None)
    assert WORLD.holder_of_name(w.CAROL, FRANKFURT, name) is None


@pytest.mark.parametrize(
    ("quirk", "value", "name", "holder"),
    [
        ("image_names_are_case_sensitive", False, "WEB",    w.WEB),
        ("disabled_image_holds_name",      False, "disabled", None),
        ("failed_image_holds_name",        False, "failed",   None),
        ("binned_image_holds_name",        True,  "binned",   w.BINNED),
        ("binned_image_holds_name",        True,  "Binned",   None),
    ],
)  # fmt: skip
def test_names_by_quirk(quirk: str, value: bool, name: str, holder: int | None) -> None:
    quirks = Quirks(**{quirk: value})  # type: ignore[arg-type]  # it is a flag
    world = evolve(WORLD, quirks=quirks)
    found = world.holder_of_name(ALICE, FRANKFURT, name)
    assert (found.image_id if found else None) == (ami(holder) if holder else None)


def test_without_case_a_name_is_held_in_the_bin_and_after_the_end_as_well() -> None:
    quirks = Quirks(image_names_are_case_sensitive=False, binned_image_holds_name=True)
    world = evolve(WORLD, quirks=quirks, timing=evolve(Timing(), name_release_delay=timedelta(days=2)))
    for name, number in (("BINNED", w.BINNED), (f"FORMER {w.FORMER:X}", w.FORMER)):
        found = world.holder_of_name(ALICE, FRANKFURT, name)
        assert found is not None
        assert found.image_id == ami(number)


def test_a_name_is_free_at_once_unless_ec2_takes_its_time() -> None:
    """Rule C 5.14."""
    slow = evolve(WORLD, timing=evolve(Timing(), name_release_delay=timedelta(days=1, hours=1)))
    name = f"former {w.FORMER:x}"
    assert slow.holder_of_name(ALICE, FRANKFURT, name)
    assert slow.holder_of_name(BOB, FRANKFURT, name) is slow.holder_of_name(ALICE, VIRGINIA, name) is None
    assert slow.at(w.at(1)).holder_of_name(ALICE, FRANKFURT, name) is None
    assert slow.holder_of_name(ALICE, FRANKFURT, f"former {w.LONG_GONE:x}") is None


# --- through an index -------------------------------------------------------------------------------------------------


def test_indexes_lead_to_what_a_loop_finds() -> None:
    everything = list(WORLD.images)
    by_date = attrgetter("image_id")

    def found(images: object) -> list[Image]:
        return sorted(images, key=by_date)  # type: ignore[call-overload,no-any-return]  # they are images

    for account, region in ((ALICE, FRANKFURT), (BOB, FRANKFURT), (ALICE, VIRGINIA)):
        owned = [image for image in everything if (image.owner_id, image.region) == (account, region)]
        assert found(WORLD.images_owned(account, region)) == found(owned)
    using = [image for image in everything if snap(w.WEB) in image.snapshot_ids]
    assert len(using) == 2
    assert found(WORLD.images_using(snap(w.WEB))) == found(using)
    copies = [image for image in everything if image.source_image_id == ami(w.WEB)]
    assert found(WORLD.copies_of(ami(w.WEB))) == found(copies) != []
    for item in (EVERYONE, AccountPermission(BOB), OrganizationPermission(w.ORGANIZATION.arn)):
        granted = [image for image in everything if image.region == FRANKFURT and item in image.launch_permissions]
        assert found(WORLD.images_granted(FRANKFURT, item)) == found(granted) != []
    assert [volume.volume_id for volume in WORLD.volumes_of(inst(0x101))] == [vol(0x101)]
    assert [one.instance_id for one in WORLD.instances_of(ami(w.WEB))] == [inst(0x101)]
    assert len(list(WORLD.snapshots_of_volume("vol-ffffffff"))) == len(WORLD.snapshots)


def test_a_permission_is_the_very_item_and_not_one_that_reads_like_it() -> None:
    """Rule B OR-10: of two ARNs of one organization, only one has its management account."""
    other = OrganizationPermission(str(w.ORGANIZATION.arn).replace("112233445566", BOB))
    assert list(WORLD.images_granted(FRANKFURT, other)) == []


def test_a_parameter_names_one_image_and_remembers_the_others_each_once() -> None:
    """Rule A NF-3."""
    assert WORLD.parameter_of(ami(w.LINUX)) == w.PARAMETER
    assert WORLD.parameter_of(ami(w.OLD_LINUX)) is None
    assert WORLD.parameters_of(ami(w.OLD_LINUX)) == (w.PARAMETER,)
    again = WORLD.with_parameter(FRANKFURT, w.PARAMETER, ami(w.OLD_LINUX))
    assert again.parameters[FRANKFURT, w.PARAMETER] == (ami(w.LINUX), ami(w.OLD_LINUX))
    assert World(now=w.NOW).parameters_of(ami(w.LINUX)) == ()
    assert World(now=w.NOW).parameter_of(ami(w.LINUX)) is None


# --- ids --------------------------------------------------------------------------------------------------------------


def test_ids_are_given_out_in_a_row_and_never_twice() -> None:
    """Rules A ID-1, C 5.15."""
    world, given = World(now=w.NOW), []
    for _ in range(5):
        one = world.new_id("ami-")
        given.append(one)
        image = w.image(1, image_id=one, name=one)
        world = world.with_image(image).burying(evolve(image, state="deregistered"))
        snapshot = w.snapshot(1, snapshot_id=world.new_id("snap-"))
        given.append(snapshot.snapshot_id)
        world = world.with_snapshot(snapshot).without_snapshot(snapshot.snapshot_id)
    assert given == [f"{'ami-' if number % 2 else 'snap-'}{number:017x}" for number in range(1, 11)]


@pytest.mark.parametrize(
    ("prefix", "occupied"),
    [
        ("ami-", lambda world, one: world.with_image(w.image(1, image_id=one))),
        ("ami-", lambda world, one: world.with_image(w.image(1, image_id=one)).burying(w.image(1, image_id=one))),
        ("ami-", lambda world, one: world.with_binned(
            RecycleBinEntry(resource=w.image(1, image_id=one), recycle_bin_enter_time=w.NOW,
                            recycle_bin_exit_time=w.at(1)))),
        ("snap-", lambda world, one: world.with_snapshot(w.snapshot(1, snapshot_id=one))),
        ("snap-", lambda world, one: world.with_binned(
            RecycleBinEntry(resource=w.snapshot(1, snapshot_id=one), recycle_bin_enter_time=w.NOW,
                            recycle_bin_exit_time=w.at(1)))),
        ("vol-", lambda world, one: world.with_volume(evolve(VOLUME, volume_id=one))),
        ("i-", lambda world, one: world.with_instance(w.instance(1, w.WEB, instance_id=one))),
    ],
)  # fmt: skip
def test_an_id_that_was_brought_along_is_not_given_out(prefix: str, occupied: Callable[[World, str], World]) -> None:
    first = World(now=w.NOW).new_id(prefix)
    world = evolve(occupied(World(now=w.NOW), first), issued=0)
    assert world.new_id(prefix) == f"{prefix}{2:017x}"


def test_requests_are_told_apart_by_what_came_of_them() -> None:
    assert World(now=w.NOW).request_id == as_uuid(1)
    assert len({STEPS[step](WORLD).request_id for step in ("with_image", "emitting")} | {WORLD.request_id}) == 2
    event = STEPS["emitting"](WORLD).events[0]
    assert (event.number, event.request_id, event.time) == (1, WORLD.request_id, w.NOW)


# --- the end of things ------------------------------------------------------------------------------------------------


def test_what_goes_for_good_takes_along_what_was_written_on_it() -> None:
    """Rules A TG-10, B TG-16."""
    ends: Callable[[World], World]
    for one, ends in (
        (ami(w.OPEN), lambda world: world.burying(w.the(world, w.OPEN))),
        (snap(0xD02), lambda world: world.without_snapshot(snap(0xD02))),
        (snap(0xD02), lambda world: world.binning(
            RecycleBinEntry(resource=world.snapshots.records[snap(0xD02)], recycle_bin_enter_time=w.NOW,
                            recycle_bin_exit_time=w.at(1))).without_snapshot(snap(0xD02))),
        (vol(0x101), lambda world: world.without_volume(vol(0x101))),
        (inst(0x102), lambda world: world.without_instance(inst(0x102))),
    ):  # fmt: skip
        world: World = ends(WORLD.with_foreign_tags(BOB, one, Tags({"x": ""})))
        assert one not in world.foreign_tags
        assert world.resource(one) is None
        assert world.binned(one, FRANKFURT) is None


def test_what_lies_in_the_bin_keeps_what_was_written_on_it() -> None:
    """Rule C 6.34."""
    world = WORLD.binning(entry(WORLD, w.TO_BOB))
    assert ami(w.TO_BOB) in world.foreign_tags
    assert world.image(ami(w.TO_BOB), FRANKFURT) is None
    assert world.resource(ami(w.TO_BOB)) == w.the(WORLD, w.TO_BOB)
    assert world.emptied_of(ami(w.TO_BOB)).resource(ami(w.TO_BOB)) is None


def test_a_tombstone_has_no_tags() -> None:
    """Rule C 5.17."""
    tombstone = WORLD.burying(w.the(WORLD, w.WEB)).tombstones.records[ami(w.WEB)]
    assert (tombstone.image.tags, tombstone.deregistered_at) == (NO_TAGS, w.NOW)


# --- tasks ------------------------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(delays=st.lists(st.integers(0, 5), max_size=8))
def test_tasks_are_kept_in_the_order_in_which_they_fall_due(delays: list[int]) -> None:
    """Rule C 0.1."""
    world = World(now=w.NOW)
    for delay in delays:
        world = world.with_task(timedelta(minutes=delay), ForgetInstance(instance_id=inst(delay)))
    assert list(world.tasks) == sorted(world.tasks, key=attrgetter("due", "number"))
    assert len({task.number for task in world.tasks}) == len(delays)
    left = world.without_tasks(world.tasks[::2])
    assert left.tasks == world.tasks[1::2]
    assert left.without_tasks([]) is left


def test_a_copy_is_remembered_as_the_latest_of_its_lineage() -> None:
    """Rule C 8.21."""
    world = WORLD.with_copy(w.snapshot(0x7), "vol-12345678").with_copy(w.snapshot(0x8), "vol-12345678")
    assert world.latest_copies[ALICE, FRANKFURT, "vol-12345678"] == snap(0x8)
    assert snap(0x7) in world.snapshots
