"""What lies between two worlds: it says all of it, makes it again, and looks at nothing that they share."""

import importlib
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import amimodel
from amimodel._code import code_of
from amimodel._differences import Difference, differences
from amimodel._log import Log
from amimodel._table import Table
from amimodel._wording import NOUNS, subject
from amimodel.actions import DeregisterImage
from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.buckets import Bucket
from amimodel.bundles import ImageBundle
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.comparing import Changed, Changes, Created, Removed, changes
from amimodel.copy_places import Site
from amimodel.encryption import KmsKey
from amimodel.engine import apply
from amimodel.events import ImageStateChange
from amimodel.examples import WEB
from amimodel.identifiers import AccountId, ImageId, SnapshotId
from amimodel.instances import Instance
from amimodel.limits import Limits
from amimodel.organizations import Organization, Organizations
from amimodel.permissions import EVERYONE, NOT_PUBLIC, AccountPermission, Permissions
from amimodel.quirks import Quirks
from amimodel.regions import Region
from amimodel.retention import RecycleBinEntry, RetentionRule
from amimodel.settings import ImageBlockPublicAccess, RegionSettings
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask
from amimodel.tags import Tags
from amimodel.tasks import EndCooldown, FinishSnapshots
from amimodel.testing import strategies as amis
from amimodel.timing import Timing
from amimodel.tombstones import Tombstone
from amimodel.vocabulary import ImageState, OwnerAlias
from amimodel.volumes import Volume
from amimodel.world import World

NOW = parse("2026-06-01T00:00:00Z")
AN_HOUR = timedelta(hours=1)
FRANKFURT = Region("eu-central-1")
ALICE, BOB, CAROL = AccountId("111122223333"), AccountId("444455556666"), AccountId("777788889999")
ASKER = Caller(account=ALICE, region=FRANKFURT)
IMAGE = evolve(WEB, region=FRANKFURT)
EMPTY = World(now=NOW)
START = EMPTY.with_image(IMAGE)
SNAPSHOT = Snapshot(
    snapshot_id="snap-12345678", owner_id=ALICE, volume_id="vol-12345678", volume_size_gib=8, start_time=NOW,
    region=FRANKFURT,
)  # fmt: skip
VOLUME = Volume(
    volume_id="vol-12345678", owner_id=ALICE, size_gib=8, availability_zone="eu-central-1a", create_time=NOW
)
INSTANCE = Instance(
    instance_id="i-12345678", owner_id=ALICE, image_id="ami-12345678", instance_type="t3.micro", architecture="x86_64",
    availability_zone="eu-central-1a", launch_time=NOW,
)  # fmt: skip
RULE = RetentionRule(
    identifier="abcdefghijk", owner_id=ALICE, region=FRANKFURT, resource_type="EC2_IMAGE", retention_days=14
)
KEY = KmsKey(arn="arn:aws:kms:eu-central-1:111122223333:key/68425528-9938-4a15-90f2-f1755263b836")
ENTRY = RecycleBinEntry(resource=IMAGE, recycle_bin_enter_time=NOW, recycle_bin_exit_time=NOW + AN_HOUR)
UNBLOCKED = RegionSettings(image_block_public_access=ImageBlockPublicAccess(state="unblocked"))
HAPPENED = ImageStateChange(image_id=ImageId("ami-12345678"), state=ImageState.AVAILABLE)
BUCKET = Bucket(name="golden", owner_id=ALICE, region=FRANKFURT)
STORED = StoredImage(bucket="golden", object_key="a.bin", image=IMAGE)
STORING = StoreImageTask(
    ami_id="ami-12345678", task_start_time=NOW, bucket="golden", s3object_key="a.bin", owner_id=ALICE, region=FRANKFURT
)
BUNDLE = ImageBundle(location="amis/web/image.manifest.xml", account=ALICE, architecture="x86_64")
ORGANIZATION = Organization(
    organization_id="o-xyzabc123w", management_account_id=ALICE, root_id="r-1xyz", accounts=[ALICE]
)


# --- the law: what was found can be made again ------------------------------------------------------------------------

Edit: TypeAlias = Callable[[World], World]
OTHER_IDS = ["ami-12345678", "ami-00000001", "ami-00000002", "ami-00000003"]


def dropped(world: World) -> World:
    first = next(iter(world.images), None)
    return world if first is None else evolve(world, images=world.images.drop(first.image_id))


EDITS: list[Edit] = [
    *(lambda world, one=one: world.with_image(evolve(IMAGE, image_id=one)) for one in OTHER_IDS),
    *(lambda world, one=one: world.with_image(evolve(IMAGE, image_id=one, state="disabled")) for one in OTHER_IDS),
    dropped,
    lambda world: world.with_snapshot(SNAPSHOT),
    lambda world: world.with_snapshot(evolve(SNAPSHOT, tags={"a": "b"})),
    lambda world: world.with_volume(VOLUME),
    lambda world: world.with_instance(INSTANCE),
    lambda world: world.with_retention_rule(RULE),
    lambda world: evolve(world, recycle_bin=world.recycle_bin.put("ami-12345678", ENTRY)),
    lambda world: world.with_settings(ALICE, FRANKFURT, UNBLOCKED),
    lambda world: world.with_key(KEY, ["alias/mine"]),
    lambda world: world.with_parameter(FRANKFURT, "/golden/web", ImageId("ami-12345678")),
    lambda world: world.with_bundle(BUNDLE),
    lambda world: world.with_bucket(BUCKET),
    lambda world: world.with_bucket(evolve(BUCKET, readers=[BOB])),
    lambda world: world.with_stored_image(STORED),
    lambda world: evolve(world, stored_images=Table()),
    lambda world: world.with_store_task(1, STORING),
    lambda world: world.with_store_task(1, evolve(STORING, store_task_state="Completed")),
    lambda world: world.with_subscription(ALICE, "abc"),
    lambda world: world.without_subscription(ALICE, "abc"),
    lambda world: world.with_owner_alias(ALICE, OwnerAlias.AMAZON),
    lambda world: world.with_organizations(Organizations([ORGANIZATION])),
    lambda world: world.with_foreign_tags(BOB, "ami-12345678", Tags({"a": "b"})),
    lambda world: world.with_foreign_tags(BOB, "ami-12345678", Tags()),
    lambda world: world.with_client_token(ASKER, "CopyImage", "token", "request", "value"),
    lambda world: world.with_task(AN_HOUR, EndCooldown(image_id=ImageId("ami-12345678"))),
    lambda world: world.with_task(-AN_HOUR, EndCooldown(image_id=ImageId("ami-12345678"))),
    lambda world: world.without_tasks(world.tasks[:1]),
    lambda world: world.emitting(HAPPENED, account=ALICE, region=FRANKFURT),
    lambda world: evolve(world, events=Log(tuple(world.events)[:-1])),
    lambda world: evolve(world, events=Log(())),
    lambda world: world.at(world.now + AN_HOUR),
    lambda world: evolve(world, billing_product_accounts=world.billing_product_accounts ^ {BOB}),
    lambda world: evolve(world, limits=Limits.tiny()),
    lambda world: evolve(world, quirks=Quirks(request_tags_win=False)),
    lambda world: evolve(world, timing=Timing.instant()),
    lambda world: evolve(world, tombstones=world.tombstones.put(
        "ami-12345678", Tombstone(image=IMAGE, deregistered_at=NOW))),
]  # fmt: skip


def edited(world: World, edits: list[Edit]) -> World:
    for edit in edits:
        world = edit(world)
    return world


SOME = st.lists(st.sampled_from(EDITS), max_size=12)


@given(common=SOME, one=SOME, other=SOME)
def test_changes_make_of_the_one_world_the_other(common: list[Edit], one: list[Edit], other: list[Edit]) -> None:
    start = edited(START, common)
    before, after = edited(start, one), edited(start, other)
    found = changes(before, after)
    assert found.applied_to(before) == after
    assert found.undone.applied_to(after) == before
    assert bool(found) == (before != after)
    assert len(found) == len(list(found)) == len(found.created) + len(found.changed) + len(found.removed)
    assert len(str(found).splitlines()) == len(found)


@given(before=amis.images(region=FRANKFURT), after=amis.images(region=FRANKFURT))
def test_any_image_can_become_any_other(before: Any, after: Any) -> None:
    worlds = [evolve(EMPTY, images=EMPTY.images.put("ami-1", one), issued=1) for one in (before, after)]
    found = changes(*worlds)
    assert found.applied_to(worlds[0]) == worlds[1]
    assert found.applied_to(worlds[0]).images.is_in_step()
    told = {
        difference.path.split(".")[0].split("[")[0] for change in found.changed for difference in change.differences
    }
    assert told == {
        field.name for field in attrs.fields(type(before)) if getattr(before, field.name) != getattr(after, field.name)
    }


@given(edits=SOME)
def test_nothing_lies_between_a_world_and_itself(edits: list[Edit]) -> None:
    world, again = edited(START, edits), edited(START, edits)
    assert changes(world, world) == changes(world, again) == Changes()
    assert not changes(world, again)
    assert str(Changes()) == ""


def test_what_a_request_changes_can_be_made_without_asking_again() -> None:
    before = START.with_snapshot(SNAPSHOT)
    after, _ = apply(before, DeregisterImage(image_id="ami-12345678", delete_associated_snapshots=True), by=ASKER)
    assert changes(before, after).applied_to(before) == after


def test_every_part_of_a_world_has_its_place_in_a_plan() -> None:
    """Without a noun of its own, a field would go by its name, at the end."""
    assert set(NOUNS) == {field.name for field in attrs.fields(World)}


def test_a_part_without_a_noun_goes_by_its_name() -> None:
    assert subject("golden_images", "web") == "golden_images web"
    assert subject("golden_images", None) == "golden_images"


def test_changes_of_a_part_that_a_world_has_otherwise_do_not_fit() -> None:
    found = changes(START, START.with_image(evolve(IMAGE, state="disabled")))
    with pytest.raises(ValueError, match="image ami-12345678 is not as it was before these changes"):
        found.applied_to(EMPTY)
    with pytest.raises(ValueError, match="image ami-12345678 is not as it was"):
        found.applied_to(found.applied_to(START))
    elsewhere = START.with_snapshot(SNAPSHOT)
    assert found.applied_to(elsewhere) == elsewhere.with_image(evolve(IMAGE, state="disabled"))


def test_events_are_written_only_behind_those_that_they_came_after() -> None:
    told = EMPTY.emitting(HAPPENED, account=ALICE, region=FRANKFURT)
    found = changes(told, told.emitting(HAPPENED, account=ALICE, region=FRANKFURT))
    with pytest.raises(ValueError, match="event 2 is not as it was"):
        found.applied_to(EMPTY)


# --- what they share is not looked at ---------------------------------------------------------------------------------


class Untouchable:
    """A record that must not be compared."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError(other)

    def __hash__(self) -> int:
        return 0


def test_records_that_two_worlds_share_are_not_compared() -> None:
    many: Table[Any, Any] = Table((number, Untouchable()) for number in range(5000))
    before: Any = evolve(EMPTY, bundles=many)
    after = evolve(before, bundles=many.set("new", 1).remove(0))
    found = changes(before, after)
    assert [one.key for one in found.created] == ["new"]
    assert [one.key for one in found.removed] == [0]


ITEMS = st.dictionaries(st.integers(0, 200), st.integers(0, 2), max_size=80)


@given(start=ITEMS, one=ITEMS, other=ITEMS, gone=st.sets(st.integers(0, 200)), size=st.sampled_from([0, 50, 1500]))
def test_two_tables_differ_where_two_dicts_do(
    start: dict[int, int], one: dict[int, int], other: dict[int, int], gone: set[int], size: int
) -> None:
    """Whether they share what they have in common or were made apart."""
    common = Table(dict.fromkeys(range(size), 0) | start)
    before, after = common, common
    for key, value in one.items():
        before = before.set(key, value)
    for key, value in other.items():
        after = after.set(key, value)
    for key in gone & after.keys():
        after = after.remove(key)
    expected = [key for key in before if key not in after or after[key] != before[key]]
    assert list(before.differing(after)) == list(Table(dict(before.items())).differing(after)) == expected


# --- as a plan --------------------------------------------------------------------------------------------------------

SHARED: Permissions[Any] = Permissions([AccountPermission(BOB), EVERYONE])
PLANS: list[tuple[Edit, Edit, str]] = [
    (lambda _: EMPTY, lambda world: evolve(world, images=START.images),
     "+ image ami-12345678 'web' (eu-central-1, 111122223333)"),
    (lambda world: world.with_image(evolve(IMAGE, launch_permissions=SHARED)),
     lambda world: world.with_image(evolve(IMAGE, state="disabled", launch_permissions=())),
     "~ image ami-12345678: state available -> disabled, launch_permissions -account 444455556666 -everyone"),
    (lambda world: world, lambda world: world.with_image(evolve(IMAGE, launch_permissions=NOT_PUBLIC)),
     "~ image ami-12345678: launch_permissions.complete True -> False"),
    (lambda world: world.with_snapshot(SNAPSHOT), lambda world: world.without_snapshot(SnapshotId("snap-12345678")),
     "- snapshot snap-12345678"),
    (lambda world: world, lambda world: evolve(world.with_snapshot(SNAPSHOT), issued=1),
     "+ snapshot snap-12345678 (eu-central-1, 111122223333)"),
    (lambda world: world, lambda world: evolve(world.with_volume(VOLUME), issued=1),
     "+ volume vol-12345678 (eu-central-1, 111122223333)"),
    (lambda world: world, lambda world: evolve(world.with_instance(INSTANCE), issued=1),
     "+ instance i-12345678 (eu-central-1, 111122223333)"),
    (lambda world: world, lambda world: world.with_binned(ENTRY),
     "+ in the Recycle Bin: ami-12345678 'web' (eu-central-1, 111122223333) until 2026-06-01T01:00:00Z"),
    (lambda world: world, lambda world: evolve(
        world, tombstones=world.tombstones.put("ami-12345678", Tombstone(image=IMAGE, deregistered_at=NOW))),
     "+ deregistered image ami-12345678 'web' (eu-central-1, 111122223333)"),
    (lambda world: world, lambda world: world.with_retention_rule(RULE),
     "+ retention rule abcdefghijk (eu-central-1, 111122223333)"),
    (lambda world: world.with_settings(ALICE, FRANKFURT, RegionSettings()),
     lambda world: world.with_settings(ALICE, FRANKFURT, UNBLOCKED),
     "~ settings of 111122223333 eu-central-1: image_block_public_access.state block-new-sharing -> unblocked"),
    (lambda world: world.with_foreign_tags(BOB, "ami-12345678", Tags({"a": "b"})),
     lambda world: world.with_foreign_tags(BOB, "ami-12345678", Tags({"a": "c d"})),
     "~ tags of others on ami-12345678: [444455556666][a] b -> 'c d'"),
    (lambda world: world, lambda world: world.with_foreign_tags(BOB, "ami-12345678", Tags({"a": "b"})),
     "+ tags of others on ami-12345678: 444455556666 {'a': 'b'}"),
    (lambda world: world, lambda world: world
        .with_foreign_tags(BOB, "ami-12345678", Tags({"a": "b"}))
        .with_foreign_tags(CAROL, "ami-12345678", Tags({"c": "d"})),
     "+ tags of others on ami-12345678: 444455556666 {'a': 'b'}, 777788889999 {'c': 'd'}"),
    (lambda world: world, lambda world: world.with_key(KEY, ["alias/mine"]),
     f"+ key {KEY.arn}\n+ key alias of 111122223333 eu-central-1 alias/mine: {KEY.arn}"),
    (lambda world: world, lambda world: world.with_subscription(ALICE, "abc"), "+ subscription of 111122223333 abc"),
    (lambda world: world, lambda world: evolve(world, billing_product_accounts=frozenset({BOB})),
     "+ right to name billing products of 444455556666"),
    (lambda world: world, lambda world: world.with_organizations(Organizations([ORGANIZATION])),
     f"~ organizations: organizations[o-xyzabc123w] none -> {code_of(ORGANIZATION)}"),
    (lambda world: world.with_organizations(Organizations([ORGANIZATION])),
     lambda world: world.with_organizations(Organizations([evolve(ORGANIZATION, accounts=[ALICE, BOB])])),
     "~ organizations: organizations[o-xyzabc123w].accounts +444455556666"),
    (lambda world: world, lambda world: world.with_task(
        AN_HOUR, FinishSnapshots(snapshot_ids=[SnapshotId("snap-12345678")])),
     "+ task 2 at 2026-06-01T01:00:00Z: FinishSnapshots(snapshot_ids=('snap-12345678',))"),
    (lambda world: world, lambda world: world.emitting(HAPPENED, account=ALICE, region=FRANKFURT),
     "+ event 1: 2026-06-01T00:00:00Z 111122223333 eu-central-1: ami-12345678 is available"),
    (lambda world: world, lambda world: evolve(world, limits=Limits(images_per_region=1)),
     "~ limits: images_per_region 50000 -> 1"),
    (lambda world: world, lambda world: world.at(NOW + AN_HOUR),
     "~ clock: 2026-06-01T00:00:00.000Z -> 2026-06-01T01:00:00.000Z"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "plan"), PLANS)
def test_changes_read_as_a_plan(before: Edit, after: Edit, plan: str) -> None:
    world = before(START)
    then = after(world)
    assert str(changes(world, evolve(then, issued=world.issued))) == plan


def test_a_plan_goes_through_a_world_in_one_order() -> None:
    before = START.with_snapshot(SNAPSHOT)
    after, _ = apply(before, DeregisterImage(image_id="ami-12345678", delete_associated_snapshots=True), by=ASKER)
    assert str(changes(before, after)).splitlines() == [
        "- image ami-12345678",
        "- snapshot snap-12345678",
        "+ deregistered image ami-12345678 'web' (eu-central-1, 111122223333)",
        "+ event 1: 2026-06-01T00:00:00Z 111122223333 eu-central-1: ami-12345678 is deregistered",
    ]


def test_within_a_part_what_is_new_comes_first_then_what_has_changed_then_what_is_gone() -> None:
    before = EMPTY.with_image(IMAGE).with_image(evolve(IMAGE, image_id="ami-00000001"))
    after = evolve(before, images=before.images.drop("ami-12345678"))
    after = after.with_image(evolve(IMAGE, image_id="ami-00000001", state="disabled"))
    after = after.with_image(evolve(IMAGE, image_id="ami-00000002"))
    found = list(changes(before, evolve(after, issued=before.issued)))
    assert [type(one) for one in found] == [Created, Changed, Removed]


# --- how two values differ --------------------------------------------------------------------------------------------

ROOT = IMAGE.block_device_mappings[0]
assert ROOT.ebs is not None
LARGER = BlockDeviceMapping("/dev/xvda", evolve(ROOT.ebs, volume_size_gib=16))
DATA = BlockDeviceMapping("/dev/sdb", EbsBlockDevice(volume_size_gib=1))
DIFFERENCES = [
    ({"description": "the web tier"}, ["description none -> 'the web tier'"]),
    ({"description": ""}, ["description none -> ''"]),
    ({"tags": {"Name": "web"}}, ["tags[Name] none -> web"]),
    ({"block_device_mappings": [LARGER]}, ["block_device_mappings[/dev/xvda].device.volume_size_gib 8 -> 16"]),
    ({"block_device_mappings": [ROOT, DATA]},
     [f"block_device_mappings[/dev/sdb] none -> {code_of(DATA)}"]),
    ({"launches": [NOW]}, ["launches +2026-06-01T00:00:00.000Z"]),
    ({"ena_support": None}, ["ena_support True -> none"]),
    ({"deprecation_time": NOW}, ["deprecation_time none -> 2026-06-01T00:00:00.000Z"]),
    ({"owner_id": BOB, "region": "eu-west-1"},
     ["owner_id 111122223333 -> 444455556666", "region eu-central-1 -> eu-west-1"]),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "told"), DIFFERENCES)
def test_values_differ_field_by_field(fields: dict[str, Any], told: list[str]) -> None:
    assert [str(difference) for difference in differences(IMAGE, evolve(IMAGE, **fields))] == told


def test_items_that_only_stand_in_another_order_are_a_difference_too() -> None:
    one, other = (evolve(IMAGE, block_device_mappings=order) for order in ([ROOT, DATA], [DATA, ROOT]))
    assert list(differences(one, other)) == [Difference("block_device_mappings", (ROOT, DATA), (DATA, ROOT))]
    assert str(Difference("accounts", ("1", "2"), ("2", "1"))) == "accounts (1, 2) -> (2, 1)"


def test_parts_are_told_by_their_names_where_each_has_another_one_and_they_have_an_order() -> None:
    larger = evolve(DATA, device=EbsBlockDevice(volume_size_gib=2))
    twice, once = (DATA, larger), (DATA,)
    assert list(differences(twice, once, "mapped")) == [Difference("mapped", twice, once)]
    one, other = frozenset({DATA}), frozenset({larger})
    assert list(differences(one, other, "mapped")) == [Difference("mapped", one, other)]
    assert [each.path for each in differences(once, (larger,), "mapped")] == ["mapped[/dev/sdb].device.volume_size_gib"]


def test_a_word_of_ec2s_is_shown_as_ec2_spells_it() -> None:
    assert str(Difference("site", Site.REGION, Site.LOCAL_ZONE)) == "site Region -> Local Zone"


def test_a_list_that_was_not_there_is_shown_whole() -> None:
    assert str(Difference("accounts", None, ("1", "2"))) == "accounts none -> (1, 2)"
    assert str(Difference("accounts", ("1", "2"), None)) == "accounts (1, 2) -> none"


@given(one=amis.images(), other=amis.images())
def test_values_differ_in_what_is_not_equal(one: Any, other: Any) -> None:
    assert bool(list(differences(one, other))) == (one != other)
    assert list(differences(one, one)) == []


# --- values as code ---------------------------------------------------------------------------------------------------


def names() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(amimodel.__path__):
        if not module.name.startswith("__"):
            found.update(vars(importlib.import_module(f"amimodel.{module.name}")))
    return found | {"datetime": importlib.import_module("datetime")}


NAMES = names()


@given(st.one_of(amis.images(), amis.snapshots(), amis.instances(), amis.region_settings(), amis.image_criteria()))
def test_code_makes_the_value_again(value: object) -> None:
    assert eval(code_of(value), NAMES) == value  # noqa: S307 - what is read here was written here


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "None"),
        ((), "()"),
        ((1,), "(1,)"),
        ([1, "a"], "[1, 'a']"),
        (frozenset[str](), "frozenset()"),
        (frozenset({"b", "a"}), "frozenset({'a', 'b'})"),
        ({"a": True}, "{'a': True}"),
        (Table({"a": Tags({"b": "c"})}), "Table({'a': Tags({'b': 'c'})})"),
        (ImageState.PENDING, "ImageState.PENDING"),
        (AN_HOUR, "datetime.timedelta(seconds=3600)"),
        (FRANKFURT, "Region(name='eu-central-1')"),
    ],
)
def test_code_is_what_python_would_read(value: object, code: str) -> None:
    assert code_of(value) == code
    assert eval(code, NAMES) == value  # noqa: S307 - as above
