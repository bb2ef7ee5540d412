"""Deprecating, disabling and protecting an image (rules C 2, C 3, C 4)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import (
    DeregisterImage,
    DescribeImageAttribute,
    DisableImage,
    DisableImageDeprecation,
    DisableImageDeregistrationProtection,
    EnableImage,
    EnableImageDeprecation,
    EnableImageDeregistrationProtection,
)
from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.engine import advance, apply, ask, attempt, explain
from amimodel.events import ImageStateChange
from amimodel.examples import PENDING, WEB
from amimodel.identifiers import ImageId
from amimodel.images import DeregistrationProtection
from amimodel.malformed import Malformed
from amimodel.permissions import EVERYONE, AccountPermission
from amimodel.quirks import CooldownTime, ErrorCode, Quirks
from amimodel.refusals import (
    CooldownKept,
    DeprecationInThePast,
    DeprecationTooLate,
    DeregistrationProtected,
    ImageNameInUse,
    ImageNotFound,
    ImageUnavailable,
    NotAuthorizedForImage,
    PublicDeprecationKept,
    Refusal,
    SnapshotsArchived,
)
from amimodel.regions import as_region
from amimodel.requests import Outcome, Request
from amimodel.snapshots import Snapshot
from amimodel.vocabulary import ImageState
from amimodel.world import World

NOW = parse("2026-06-01T00:00:00Z")
FRANKFURT = as_region("eu-central-1")
OWNER = Caller(account=WEB.owner_id, region=FRANKFURT)
STRANGER = Caller(account="999988887777", region=FRANKFURT)
ELSEWHERE = Caller(account=WEB.owner_id, region="us-east-1")
ID = ImageId(WEB.image_id)
IMAGE = evolve(WEB, region=FRANKFURT)
LATER = NOW + timedelta(days=30)
ARCHIVED = Snapshot(
    snapshot_id=WEB.snapshot_ids[0],
    owner_id=WEB.owner_id,
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=NOW,
    storage_tier="archive",
    region=FRANKFURT,
)

REQUESTS: list[Request[Any]] = [
    EnableImageDeprecation(image_id=ID, deprecate_at=LATER),
    DisableImageDeprecation(image_id=ID),
    DisableImage(image_id=ID),
    EnableImage(image_id=ID),
    EnableImageDeregistrationProtection(image_id=ID),
    EnableImageDeregistrationProtection(image_id=ID, with_cooldown=True),
    DisableImageDeregistrationProtection(image_id=ID),
]


def world(**changes: Any) -> World:
    return World(now=NOW).with_image(evolve(IMAGE, **changes))


def image_of(after: World) -> Any:
    return after.images.records[ID]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.action)
def test_only_an_owner_may_and_only_where_the_image_is(request_: Request[Any]) -> None:
    assert isinstance(attempt(world(), request_, by=OWNER), Outcome)
    assert attempt(world(), request_, by=STRANGER) == NotAuthorizedForImage(image_id=ID)
    assert attempt(world(), request_, by=ELSEWHERE) == ImageNotFound.of(ID)
    assert attempt(World(now=NOW), request_, by=OWNER) == ImageNotFound.of(ID)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.action)
@pytest.mark.parametrize("state", ["pending", "failed", "invalid", "error"])
def test_an_unfinished_or_spoilt_image_is_unavailable(request_: Request[Any], state: str) -> None:
    assert attempt(world(state=state), request_, by=OWNER) == ImageUnavailable(image_id=ID, state=ImageState(state))


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.action)
def test_an_image_that_is_gone_is_unavailable_and_then_unknown(request_: Request[Any]) -> None:
    gone = apply(world(), DeregisterImage(image_id=ID), by=OWNER).world
    assert attempt(gone, request_, by=OWNER) == ImageUnavailable(image_id=ID, state=ImageState.DEREGISTERED)
    assert attempt(advance(gone, days=7), request_, by=OWNER) == ImageNotFound.of(ID)


# --- deprecation ------------------------------------------------------------------------------------------------------


def test_deprecating_keeps_the_nearest_minute_and_replaces_what_was_there() -> None:  # C 2.4, C 2.9
    after, value = apply(
        world(deprecation_time=NOW), EnableImageDeprecation(image_id=ID, deprecate_at="2026-07-01T10:20:30Z"), by=OWNER
    )
    assert value.deprecation_time == parse("2026-07-01T10:21:00Z")
    assert image_of(after) == value
    assert not list(after.events)  # C 2.22


def test_a_disabled_image_can_be_deprecated() -> None:  # C 1.3
    assert isinstance(attempt(world(state="disabled"), REQUESTS[0], by=OWNER), Outcome)


@pytest.mark.parametrize(
    ("image", "deprecate_at", "refused"),
    [
        ({}, NOW, DeprecationInThePast),
        ({}, NOW + timedelta(days=3660), DeprecationTooLate),
        ({"launch_permissions": [EVERYONE]}, NOW + timedelta(days=900), DeprecationTooLate),
    ],
)
def test_times_out_of_bounds_are_refused(image: dict[str, Any], deprecate_at: datetime, refused: type[Refusal]) -> None:
    request = EnableImageDeprecation(image_id=ID, deprecate_at=deprecate_at)
    assert isinstance(attempt(world(**image), request, by=OWNER), refused)


def test_what_is_no_instant_is_malformed_and_named() -> None:
    with pytest.raises(Malformed) as raised:
        EnableImageDeprecation(image_id=ID, deprecate_at="tomorrow")
    assert raised.value.member == "DeprecateAt"


def test_the_codes_of_a_deprecations_refusals_are_the_quirks() -> None:  # C 2.5, C 2.12
    public = {"deprecation_time": LATER, "launch_permissions": [EVERYONE]}
    other = ErrorCode.INVALID_REQUEST
    quirks = Quirks(deprecation_bounds_code=other, public_deprecation_code=other)
    for request in (EnableImageDeprecation(image_id=ID, deprecate_at=NOW), DisableImageDeprecation(image_id=ID)):
        by_rule, by_quirk = (
            attempt(before, request, by=OWNER) for before in (world(**public), evolve(world(**public), quirks=quirks))
        )
        assert isinstance(by_rule, Refusal)
        assert isinstance(by_quirk, Refusal)
        assert by_rule.code != by_quirk.code == "InvalidRequest"


def test_a_stranger_who_asks_for_reasons_hears_them_all() -> None:
    decision = explain(world(), EnableImageDeprecation(image_id=ID, deprecate_at=NOW), by=STRANGER)
    assert [type(refusal) for refusal in decision.refusals] == [NotAuthorizedForImage, DeprecationInThePast]


def test_a_deprecation_is_cancelled_unless_the_image_is_public() -> None:  # C 2.11, C 2.12
    after, _ = apply(world(deprecation_time=LATER), DisableImageDeprecation(image_id=ID), by=OWNER)
    assert image_of(after).deprecation_time is None
    public = world(deprecation_time=LATER, launch_permissions=[EVERYONE])
    assert isinstance(attempt(public, DisableImageDeprecation(image_id=ID), by=OWNER), PublicDeprecationKept)


# --- disabling --------------------------------------------------------------------------------------------------------


def test_disabling_takes_every_permission_and_enabling_gives_none_back() -> None:  # C 3.4, C 3.18, C 3.19
    shared = world(launch_permissions=[EVERYONE, AccountPermission("999988887777")])
    disabled, value = apply(shared, DisableImage(image_id=ID), by=OWNER)
    assert (value.state, len(value.launch_permissions)) == (ImageState.DISABLED, 0)
    enabled = apply(disabled, EnableImage(image_id=ID), by=OWNER).world
    assert image_of(enabled) == evolve(IMAGE)
    told = [event.occurrence for event in enabled.events]
    assert told == [
        ImageStateChange(image_id=ID, state=ImageState.DISABLED),
        ImageStateChange(image_id=ID, state=ImageState.AVAILABLE),
    ]  # C 3.23


@pytest.mark.parametrize(("request_", "state"), [(REQUESTS[2], "disabled"), (REQUESTS[3], "available")])
def test_doing_it_twice_changes_nothing_and_tells_nobody_but_by_a_quirk(request_: Request[Any], state: str) -> None:
    before = world(state=state)
    assert apply(before, request_, by=OWNER) == Outcome(before, image_of(before))  # C 3.20
    strict = evolve(before, quirks=Quirks(repeated_disabling_succeeds=False))
    assert isinstance(attempt(strict, request_, by=OWNER), ImageUnavailable)


def test_what_disabling_keeps() -> None:  # C 3.15, C 3.21
    full = world(deprecation_time=NOW, deregistration_protection=DeregistrationProtection("enabled-with-cooldown"))
    after = apply(full, DisableImage(image_id=ID), by=OWNER).world
    assert image_of(after) == evolve(image_of(full), state="disabled")


def test_an_image_with_archived_snapshots_cannot_be_enabled() -> None:  # C 3.17
    request = EnableImage(image_id=ID)
    archived = world(state="disabled").with_snapshot(ARCHIVED)
    refusal = attempt(archived, request, by=OWNER)
    assert isinstance(refusal, SnapshotsArchived)
    assert (refusal.image_id, refusal.snapshot_ids) == (ID, (ARCHIVED.snapshot_id,))
    lent = archived.with_snapshot(evolve(ARCHIVED, storage_tier="standard", restore_expiry_time=LATER))
    assert isinstance(attempt(lent, request, by=OWNER), SnapshotsArchived)
    relaxed = evolve(lent, quirks=Quirks(temporary_restore_enables_image=True))
    assert isinstance(attempt(relaxed, request, by=OWNER), Outcome)
    back = archived.with_snapshot(evolve(ARCHIVED, storage_tier="standard"))
    assert isinstance(attempt(back, request, by=OWNER), Outcome)


def test_by_a_quirk_a_name_may_be_taken_while_an_image_is_disabled() -> None:  # A NM-8, A Q6
    free = evolve(world(state="disabled"), quirks=Quirks(disabled_image_holds_name=False))
    taken = free.with_image(evolve(IMAGE, image_id="ami-87654321"))
    assert isinstance(attempt(free, EnableImage(image_id=ID), by=OWNER), Outcome)
    assert attempt(taken, EnableImage(image_id=ID), by=OWNER) == ImageNameInUse(name="web", image_id="ami-87654321")


# --- protection -------------------------------------------------------------------------------------------------------


def test_a_protected_image_cannot_be_deregistered_until_a_day_after_its_protection_ends() -> None:  # C 4.4, C 4.5
    protect = EnableImageDeregistrationProtection(image_id=ID, with_cooldown=True)
    after, answer = apply(world(), protect, by=OWNER)
    assert answer == "enabled-with-cooldown"
    assert isinstance(attempt(after, DeregisterImage(image_id=ID), by=OWNER), DeregistrationProtected)
    after, answer = apply(after, DisableImageDeregistrationProtection(image_id=ID), by=OWNER)
    assert answer == "disabled after 2026-06-02T00:00:00.000Z"
    early = advance(after, hours=23, minutes=59)
    assert isinstance(attempt(early, DeregisterImage(image_id=ID), by=OWNER), DeregistrationProtected)
    late = advance(after, hours=24)
    assert image_of(late).deregistration_protection == DeregistrationProtection()
    assert isinstance(attempt(late, DeregisterImage(image_id=ID), by=OWNER), Outcome)


def test_what_protection_answers_is_for_the_quirks_to_say() -> None:  # C 4.2
    cooling = DisableImageDeregistrationProtection(image_id=ID)
    protected = world(deregistration_protection=DeregistrationProtection("enabled-with-cooldown"))
    brief = evolve(protected, quirks=Quirks(cooldown_end_is_returned=False))
    assert apply(brief, cooling, by=OWNER).value == "disabled"
    whole = evolve(protected, quirks=Quirks(cooldown_time=CooldownTime.SECONDS))
    assert apply(whole, cooling, by=OWNER).value == "disabled after 2026-06-02T00:00:00Z"


def test_a_cooldown_can_be_dropped_but_by_a_quirk() -> None:  # C 15, point 3
    protected = world(deregistration_protection=DeregistrationProtection("enabled-with-cooldown"))
    drop = EnableImageDeregistrationProtection(image_id=ID)
    assert apply(protected, drop, by=OWNER).value == "enabled-without-cooldown"
    strict = evolve(protected, quirks=Quirks(cooldown_can_be_dropped=False))
    assert attempt(strict, drop, by=OWNER) == CooldownKept(image_id=ID)
    for other in ("disabled", "enabled-without-cooldown"):
        kept = strict.with_image(evolve(IMAGE, deregistration_protection=DeregistrationProtection(other)))
        assert apply(kept, drop, by=OWNER).value == "enabled-without-cooldown"


def test_ending_it_twice_starts_the_cooldown_anew_or_not_as_the_quirk_says() -> None:  # C 4, transitions
    end = DisableImageDeregistrationProtection(image_id=ID)
    protected = world(deregistration_protection=DeregistrationProtection("enabled-with-cooldown"))
    answers = []
    for restarts in (True, False):
        once = apply(evolve(protected, quirks=Quirks(cooldown_restarts_on_disable=restarts)), end, by=OWNER).world
        answers.append(apply(advance(once, hours=1), end, by=OWNER).value)
    assert answers == ["disabled after 2026-06-02T01:00:00.000Z", "disabled after 2026-06-02T00:00:00.000Z"]


def test_protecting_again_stops_a_cooldown_for_good() -> None:  # C 4, transitions
    protected = world(deregistration_protection=DeregistrationProtection("enabled-with-cooldown"))
    cooling = apply(protected, DisableImageDeregistrationProtection(image_id=ID), by=OWNER).world
    again = apply(cooling, EnableImageDeregistrationProtection(image_id=ID), by=OWNER).world
    later = advance(again, days=2)
    attribute = DescribeImageAttribute(image_id=ID, attribute="deregistrationProtection")
    assert str(ask(later, attribute, by=OWNER).value) == "enabled-without-cooldown"


# Enabling it without cooldown is the way around the day: EC2's own table has it so (rule C 4, C 15 point 3).
WITH_THE_COOLDOWN = [request for request in REQUESTS if request != EnableImageDeregistrationProtection(image_id=ID)]


@given(
    steps=st.lists(
        st.one_of(st.sampled_from(WITH_THE_COOLDOWN), st.timedeltas(timedelta(), timedelta(hours=30))), max_size=12
    )
)
def test_a_protected_image_survives_every_sequence_of_requests_for_a_day_after_its_protection_ends(
    steps: list[Request[Any] | timedelta],
) -> None:
    now = world(deregistration_protection=DeregistrationProtection("enabled-with-cooldown"))
    lifted = None
    for step in steps:
        if isinstance(step, timedelta):
            now = advance(now, step)
        else:
            done = attempt(now, step, by=OWNER)
            now = done.world if isinstance(done, Outcome) else now
        ended = image_of(now).deregistration_protection.mode.value == "disabled"
        lifted = None if not ended else now.now if lifted is None else lifted
        gone = attempt(now, DeregisterImage(image_id=ID), by=OWNER)
        held = lifted is None or now.now < lifted + timedelta(hours=24)
        assert isinstance(gone, DeregistrationProtected if held else Outcome)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.action)
def test_nothing_of_anybody_else_changes(request_: Request[Any]) -> None:
    other = evolve(PENDING, image_id="ami-87654321", owner_id="999988887777", region=FRANKFURT)
    before = world().with_image(other).with_snapshot(ARCHIVED)
    after = apply(before, request_, by=OWNER).world
    assert after.images.records["ami-87654321"] is before.images.records["ami-87654321"]
    assert after.snapshots == before.snapshots
