"""The laws of every step: each holds of what the engine does, and each is broken by something that it would not do."""

from datetime import timedelta
from typing import Any, ClassVar, Final

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from amimodel._copies import changed
from amimodel._log import Log
from amimodel.actions import DescribeImages, DisableImage
from amimodel.buckets import Bucket
from amimodel.bundles import ImageBundle
from amimodel.callers import Caller
from amimodel.comparing import Changes
from amimodel.encryption import KmsKey
from amimodel.engine import apply
from amimodel.events import SnapshotNotification
from amimodel.history import Advance, Asked
from amimodel.images import Image
from amimodel.permissions import NOBODY
from amimodel.refusals import DryRunOperation, ImageNotFound, Refusal, SnapshotNotFound
from amimodel.requests import GRANTED, Deciding, Outcome, Request
from amimodel.settings import RegionSettings
from amimodel.stored_images import StoredImage, StoreImageTask
from amimodel.tags import Tags
from amimodel.testing import _taken
from amimodel.testing.laws import LAWS, Law, Taken, against, broken, take
from amimodel.testing.strategies import askings
from amimodel.tombstones import Tombstone
from amimodel.world import World
from one_image import (
    DEREGISTER,
    DISABLE,
    IMAGE,
    LAUNCH,
    NOW,
    PROTECT,
    RESTORE,
    SHARE,
    other,
    owner,
    small_world,
)
from worlds import KEY, LOCATION, PUBLIC, rich_world

START: Final = small_world()
HOUR: Final = timedelta(hours=1)
SHARED: Final = apply(START, SHARE, by=owner).world
STRANGER: Final = Caller(account="777788889999", region="eu-central-1")


def image_in(world: World) -> Image:
    found = world.images.get(IMAGE)
    assert found is not None
    return found


def with_image(world: World, **fields: Any) -> World:
    return world.with_image(evolve(image_in(world), **fields))


def asking(
    result: World | Refusal, request: Request[Any] = DISABLE, *, by: Caller = owner, before: World = START
) -> Taken:
    """A step that was taken, if the engine is to be believed."""
    return Taken(before, Asked(by, request), result if isinstance(result, Refusal) else Outcome(result, None))


def passing(result: World | Refusal, *, before: World = START) -> Taken:
    return Taken(before, Advance(HOUR), result if isinstance(result, Refusal) else Outcome(result, None))


def encrypted(world: World) -> World:
    (snapshot,) = world.snapshots
    return world.with_snapshot(evolve(snapshot, encrypted=True, kms_key_id=KEY))


def telling(world: World, **fields: Any) -> World:
    """Tell a stranger that the owner has shared a snapshot, or something else."""
    fields = {"event": "shareSnapshot", "source": owner.account} | fields
    snapshot_id = image_in(world).snapshot_ids[0]
    told = SnapshotNotification(snapshot_id=snapshot_id, start_time=NOW, end_time=NOW, **fields)
    return world.emitting(told, account=STRANGER.account, region=STRANGER.region)


PROTECTED: Final = apply(START, PROTECT, by=owner).world
ENCRYPTED: Final = encrypted(START)
NAME: Final = Tags({"Name": "web"})
SETTINGS: Final = RegionSettings()
NUMBER: Final = f"{START.issued + 1:017x}"
BUNDLE: Final = ImageBundle(location=LOCATION, account=owner.account, architecture="x86_64")
BUCKET: Final = Bucket(name="golden", owner_id=owner.account, region=owner.region)
STORED: Final = StoredImage(
    bucket="golden", object_key="a.bin", image=evolve(image_in(START), name="old"), store_time=NOW
)
STORING: Final = StoreImageTask(
    ami_id=IMAGE, task_start_time=NOW, bucket="golden", s3object_key="a.bin", owner_id=owner.account,
    region=owner.region,
)  # fmt: skip
WRITING: Final = (
    START.with_bucket(BUCKET).with_stored_image(evolve(STORED, store_time=None)).with_store_task(1, STORING)
)
FAILED: Final = WRITING.without_stored_image("golden", "a.bin").with_store_task(
    1, evolve(STORING, store_task_state="Failed", store_task_failure_reason="gone")
)
DRY: Final = DisableImage(image_id=IMAGE, dry_run=True)

# What an engine would do that breaks a law: the law, the step as it came out, and what is found to be wrong.
# fmt: off
ROWS: Final[tuple[tuple[str, Taken, str], ...]] = (
    ("a request is granted, or refused for a reason that its action declares",
     asking(SnapshotNotFound(snapshot_id="snap-12345678")), "is refused with SnapshotNotFound: The snapshot"),
    ("a request is granted, or refused for a reason that its action declares",
     passing(ImageNotFound(image_ids=(IMAGE,))), "1:00:00 later is refused with ImageNotFound"),
    ("what is granted is explained as granted",
     asking(START, by=STRANGER), "it is granted, and the explanation is: no: "),
    ("what is granted is explained as granted",
     asking(ImageNotFound(image_ids=(IMAGE,))), "it is refused (The image id '[ami-00000000000000004]' does not"),
    ("what is granted is explained as granted",  # EC2 looks first whether it is allowed at all
     asking(DryRunOperation(), DRY, by=evolve(owner, denied=["*"])), "it is refused (Request would have succeeded"),
    ("the same step from the same world gives the same", asking(START), "it gave Outcome("),
    ("what is refused changes nothing",
     asking(ImageNotFound(image_ids=(IMAGE,))), "it is refused or else does this: ~ image ami-00000000000000004"),
    ("what only asks changes nothing",
     asking(SHARED, DescribeImages()), "DescribeImages gives another world: ~ image ami-00000000000000004"),
    ("a dry run is never done", asking(START, DRY), "DisableImage was granted"),
    ("of others nothing changes",
     asking(with_image(START, description="mine"), by=other), "~ image ami-00000000000000004: description"),
    ("of others nothing changes",  # it is not to the one who gives it up that it was shared
     asking(with_image(SHARED, launch_permissions=[]), by=STRANGER, before=SHARED),
     "~ image ami-00000000000000004: launch_permissions -account 444455556666"),
    ("of others nothing changes",
     asking(START.burying(image_in(START)), by=other), "- image ami-00000000000000004"),
    ("of others nothing changes",
     asking(START.with_foreign_tags(owner.account, IMAGE, NAME), by=other), "+ tags of others on ami-"),
    ("of others nothing changes",
     asking(START, by=other, before=START.with_foreign_tags(owner.account, IMAGE, NAME)), "- tags of others on ami-"),
    ("of others nothing changes",
     asking(START.with_settings(owner.account, owner.region, SETTINGS), by=other), "+ settings of 111122223333"),
    ("of others nothing changes",  # settings of the same account elsewhere
     asking(START.with_settings(owner.account, owner.region, SETTINGS), by=evolve(owner, region="us-east-1")),
     "+ settings of 111122223333"),
    ("of others nothing changes", asking(telling(START, source=other.account)), "+ event 5: 2026-06-01T00:00:00Z 7777"),
    ("of others nothing changes", asking(telling(START, event="createSnapshot")), "+ event 5: 2026-06-01T00:00:00Z 77"),
    ("of others nothing changes", asking(START.with_bundle(BUNDLE), by=other), "+ bundle amis/legacy/image.manifest"),
    ("of others nothing changes", asking(START.with_bucket(BUCKET), by=other), "+ bucket golden (eu-central-1, "),
    ("of others nothing changes",
     asking(START.with_bucket(BUCKET).with_stored_image(STORED), by=other, before=START.with_bucket(BUCKET)),
     "+ stored image golden a.bin 'old'"),
    ("of others nothing changes",  # it is over: nothing makes it fail any more
     asking(START.with_bucket(BUCKET), by=other, before=START.with_bucket(BUCKET).with_stored_image(STORED)),
     "- stored image golden a.bin"),
    ("of others nothing changes",
     asking(START.with_store_task(1, evolve(STORING, store_task_state="Completed")), by=other,
            before=START.with_store_task(1, STORING)), "~ store task 1: store_task_state InProgress -> Completed"),
    ("of others nothing changes", asking(START.with_key(KmsKey(arn=KEY))), "+ key arn:aws:kms"),
    ("whatever is new is what building it anew would give",
     asking(START.with_image(changed(image_in(START), launches=[NOW]))), "in images, ami-00000000000000004 is Image("),
    ("whatever is new is what building it anew would give",
     asking(START.with_image(changed(image_in(START), name="x"))), "ami-00000000000000004 could not be built anew: "),
    ("a world without problems stays one",
     asking(START.without_snapshot(image_in(START).snapshot_ids[0])), "is gone, but a snapshot that an image uses"),
    ("an encrypted image does not become public",
     asking(with_image(ENCRYPTED, launch_permissions=PUBLIC), before=ENCRYPTED), "is encrypted and public"),
    ("an encrypted image does not become public",
     asking(encrypted(with_image(START, launch_permissions=PUBLIC))), "is encrypted and public"),
    ("an image goes only when no protection holds it",
     asking(PROTECTED.burying(image_in(PROTECTED)), before=PROTECTED),
     "ami-00000000000000004 is gone, and its protection was enabled-with-cooldown"),
    ("no id is given twice", asking(with_image(START, image_id=f"ami-{1:017x}")), "is new, and 4 ids had been given"),
    ("no id is given twice", asking(with_image(START, image_id=f"ami-{99:017x}")), "is new, and 4 ids had been given"),
    ("no id is given twice", asking(evolve(START, issued=1)), "4 ids had been given out, and 1 are now"),
    ("no id is given twice",
     asking(with_image(START, image_id=f"ami-{NUMBER}"), before=evolve(START, tombstones=START.tombstones.put(
         f"ami-{NUMBER}", Tombstone(image=image_in(START), deregistered_at=NOW)))), "is new, and 4 ids had been given"),
    ("a request takes no time", asking(START.at(NOW + HOUR)), "it is 2026-06-01 01:00:00+00:00, and should be 2026-06"),
    ("a request takes no time", passing(START), "it is 2026-06-01 00:00:00+00:00, and should be 2026-06-01 01:00:00"),
    ("what has been told stays told", asking(evolve(START, events=Log())), "event 1 is not what it was"),
    ("what has been told stays told",
     asking(evolve(START, events=Log([*START.events][1:]))), "event 1 is not what it was"),
    ("time that passes in parts is time that passes at once",
     passing(SHARED.at(NOW + HOUR)), "in two parts it leads elsewhere: ~ image ami-00000000000000004"),
)
# fmt: on


def test_each_law_is_broken_by_a_step_of_the_table_or_by_a_test_below() -> None:
    told = {sentence for sentence, _, _ in ROWS}
    untold = [law.sentence for law in LAWS if not any(law.sentence.startswith(sentence) for sentence in told)]
    assert untold == ["what has changed leads from the one world to the other"]


@pytest.mark.parametrize(("sentence", "taken", "complaint"), ROWS, ids=[f"{row[0]}-{row[2]}" for row in ROWS])
def test_a_step_that_went_wrong_breaks_its_law(sentence: str, taken: Taken, complaint: str) -> None:
    (found,) = (one for one in against(taken) if one.law.sentence.startswith(sentence))
    assert any(complaint in told for told in found.complaints)
    assert str(found) == f"{'; '.join(found.complaints)}, but {found.law}"


@pytest.mark.parametrize("taken", [taken for _, taken, _ in ROWS], ids=[f"{row[0]}-{row[2]}" for row in ROWS])
def test_the_engine_takes_the_same_step_without_breaking_a_law(taken: Taken) -> None:
    assert against(take(taken.before, taken.step)) == ()


def test_changes_that_pass_something_over_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_taken, "changes", lambda *_worlds: Changes())
    (found,) = against(take(START, (owner, DISABLE)))
    assert found.law.sentence == "what has changed leads from the one world to the other"


# --- what nobody may be blamed for ------------------------------------------------------------------------------------

GIVEN_UP: Final = with_image(SHARED, launch_permissions=NOBODY)
OTHERS_OWN: Final = START.with_image(evolve(image_in(START), image_id="ami-12345678", owner_id=other.account))
TAGGED: Final = OTHERS_OWN.with_foreign_tags(owner.account, "ami-12345678", NAME)
OTHERS: Final = next(law for law in LAWS if law.sentence.startswith("of others"))


@pytest.mark.parametrize(
    "taken",
    [
        asking(with_image(SHARED, launches=[NOW]), LAUNCH, by=other, before=SHARED),
        asking(GIVEN_UP, by=other, before=SHARED),
        asking(TAGGED, by=owner, before=OTHERS_OWN),
        asking(OTHERS_OWN, by=owner, before=TAGGED),
        asking(evolve(TAGGED, foreign_tags=START.foreign_tags), by=other, before=TAGGED),  # they go with the thing
        asking(START.with_settings(owner.account, owner.region, SETTINGS), by=owner),
        asking(telling(START), by=owner),
        asking(START.with_bundle(BUNDLE), by=owner),
        asking(START.with_bucket(BUCKET), by=owner),
        asking(START.with_bucket(BUCKET).with_stored_image(STORED), by=owner, before=START.with_bucket(BUCKET)),
        asking(FAILED, by=other, before=WRITING),
        asking(with_image(START, description="faulty"), by=Caller.provider("eu-central-1")),
        passing(with_image(START, description="in time")),
    ],
)
def test_one_may_change_what_is_ones_own_or_ones_own_doing(taken: Taken) -> None:
    assert against(taken, [OTHERS]) == ()


def test_whoever_may_not_know_is_refused_and_told_why_it_is_not_known() -> None:
    started = World.from_responses([], now=NOW, account=owner.account, region=owner.region)
    taken = take(started.with_image(image_in(SHARED)), (owner, DEREGISTER))
    assert against(taken) == ()


# --- a law is a value -------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class DisableAll(Request[None]):
    """What no account can ask: that everybody's images be disabled."""

    refusals: ClassVar[tuple[type[Refusal], ...]] = ()

    def decide(self, world: World, by: Caller) -> Deciding[None]:
        del by
        yield GRANTED
        for image in world.images:
            world = world.with_image(evolve(image, state="disabled"))
        return Outcome(world, None)


def test_a_request_that_reaches_too_far_is_caught_at_the_first_step() -> None:
    (found,) = broken(START, (other, DisableAll()))
    assert str(found) == f"~ image {IMAGE}: state available -> disabled, but {OTHERS}"


def test_a_result_can_be_handed_in_instead_of_having_the_step_taken() -> None:
    step = owner, DISABLE
    assert broken(START, step, take(START, step).result) == ()
    assert broken(START, step, ImageNotFound(image_ids=(IMAGE,))) == against(asking(ImageNotFound(image_ids=(IMAGE,))))


def test_a_law_of_worlds_looks_at_the_world_after_the_step() -> None:
    def anything_disabled(world: World) -> list[str]:
        return [image.image_id for image in world.images if image.state.value == "disabled"]

    law = Law.of_worlds("nothing is disabled", anything_disabled, rules="of ours")
    assert str(law) == "nothing is disabled (of ours)"
    (found,) = broken(START, (owner, DISABLE), laws=[law])
    assert str(found) == "ami-00000000000000004, but nothing is disabled (of ours)"
    assert broken(START, (owner, RESTORE), laws=[law]) == ()


def test_a_law_without_rules_is_its_sentence() -> None:
    assert str(Law("all is well", lambda _taken_step: ())) == "all is well"


# --- they hold --------------------------------------------------------------------------------------------------------

RICH: Final = rich_world()


@given(data=st.data())
def test_the_laws_hold_of_every_step_from_a_world_with_one_of_everything(data: st.DataObject) -> None:
    assert broken(RICH, data.draw(askings(RICH))) == ()


@settings(max_examples=max(10, settings().max_examples // 4))
@given(st.timedeltas(timedelta(), timedelta(days=800)))
def test_the_laws_hold_while_time_passes(span: timedelta) -> None:
    assert broken(RICH, span) == ()
