"""The life of an image: the table of rule C 1.3, with the settlements above it."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.examples import PENDING, WEB
from amimodel.images import (
    DeregistrationProtection,
    DeregistrationProtectionMode,
    Image,
    StateReason,
)
from amimodel.lifecycle import (
    COUNTING,
    HOLDING_THEIR_SNAPSHOTS,
    TRANSITIONS,
    ImageEvent,
    Refused,
    Stage,
    after,
    deregistration_refusal,
    failed,
    holds_its_name,
    is_deprecated,
    last_launched_time,
    launched,
    refusal,
    stage_of,
    transition,
)
from amimodel.permissions import EVERYONE, AccountPermission, Permissions
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import DeregistrationProtected, ImageNotFound, ImageUnavailable
from amimodel.testing import strategies as amis
from amimodel.transitions import Kept, Never
from amimodel.vocabulary import ImageState

# Rule C 1.3 as it is printed there, but for the cells that a settlement stands above: CopyImage of a disabled image
# (S 6), ResetImageAttribute (S 20), DescribeImageAttribute of a pending or failed one (S 28).
BOOK = """
    event                                pending    available  disabled   failed        deregistered  in the Recycle Bin
    all snapshots are completed          available  -          -          -             -             -
    RunInstances                         U          =          U          U             U             U
    CopyImage                            U          =          U          U             U             U
    CreateImage                          =          =          =          =             =             =
    CreateStoreImageTask                 U          =          U          U             U             U
    ExportImage                          U          =          U          U             U             U
    ModifyImageAttribute                 U          =          U          U             U             U
    ResetImageAttribute                  U          =          =          U             U             U
    CreateTags                           =          =          =          =             NF            =
    EnableImageDeprecation               U          =          =          U             U             U
    DisableImageDeprecation              U          =          =          U             U             U
    DisableImage                         U          disabled   =          U             U             U
    EnableImage                          U          =          available  U             U             U
    EnableImageDeregistrationProtection  U          =          =          U             U             U
    DisableImageDeregistrationProtection U          =          =          U             U             U
    EnableFastLaunch                     U          =          U          U             U             U
    CreateReplaceRootVolumeTask          U          =          U          U             U             U
    DeregisterImage                      gone       gone       gone       gone          U             U
    RestoreImageFromRecycleBin           NF         NF         NF         NF            NF            =
    DescribeImageAttribute               =          =          =          =             U             U
"""


def _book_rows() -> list[tuple[ImageEvent, Stage, str]]:
    import re

    header, *lines = (line.strip() for line in BOOK.strip().splitlines())
    stages = [Stage(word) for word in re.split(r"\s{2,}", header)[1:]]
    rows: list[tuple[ImageEvent, Stage, str]] = []
    for line in lines:
        name, *cells = re.split(r"\s{2,}|(?<=Protection) ", line)
        rows.extend((ImageEvent(name), stage, cell) for stage, cell in zip(stages, cells, strict=True))
    return rows


SPELLED = {
    "=": Kept.SAME,
    "U": Refused.UNAVAILABLE,
    "NF": Refused.NOT_FOUND,
    "-": Never.NEVER,
    "gone": ImageState.DEREGISTERED,
}


@pytest.mark.parametrize(("event", "stage", "cell"), _book_rows())
def test_the_table_says_what_the_book_says(event: ImageEvent, stage: Stage, cell: str) -> None:
    assert TRANSITIONS[stage, event] == (SPELLED[cell] if cell in SPELLED else ImageState(cell))


def test_every_event_has_a_cell_for_every_stage() -> None:
    assert set(TRANSITIONS) == {(stage, event) for stage in Stage for event in ImageEvent}


IMAGES = amis.images(state=st.sampled_from(ImageState))
EVENTS = st.sampled_from(ImageEvent)


@given(image=IMAGES, event=EVENTS, in_bin=st.booleans())
def test_what_a_stage_refuses_is_raised_and_what_it_grants_is_not(
    image: Image, event: ImageEvent, in_bin: bool
) -> None:
    expected = refusal(image, event, in_recycle_bin=in_bin)
    if expected is None:
        assert isinstance(after(image, event, in_recycle_bin=in_bin), Image)
    else:
        with pytest.raises(type(expected)) as raised:
            after(image, event, in_recycle_bin=in_bin)
        assert raised.value == expected


@given(image=IMAGES, event=EVENTS)
def test_an_event_changes_nothing_but_the_state_and_what_it_empties(image: Image, event: ImageEvent) -> None:
    """Frame law: rules C 3.15, C 5.17."""
    if refusal(image, event) is None:
        changed = after(image, event)
        assert evolve(changed, state=image.state, launch_permissions=image.launch_permissions) == image


@given(image=amis.images(state=ImageState.AVAILABLE))
def test_disable_then_enable_leaves_no_grantee(image: Image) -> None:
    """Rules C 3.4, C 3.18, C 3.19."""
    back = after(after(image, ImageEvent.DISABLE), ImageEvent.ENABLE)
    assert back.state is ImageState.AVAILABLE
    assert len(back.launch_permissions) == 0
    assert back.launch_permissions.complete
    assert not back.public


@given(image=IMAGES)
def test_disabling_twice_is_disabling_once(image: Image) -> None:
    """Rule C 3.20."""
    if refusal(image, ImageEvent.DISABLE) is None:
        once = after(image, ImageEvent.DISABLE)
        assert after(once, ImageEvent.DISABLE) == once


@given(image=IMAGES)
def test_nothing_leaves_deregistered_but_a_restore(image: Image) -> None:
    gone = evolve(image, state=ImageState.DEREGISTERED)
    for event in ImageEvent:
        if refusal(gone, event) is None:
            assert after(gone, event).state is ImageState.DEREGISTERED


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (PENDING, "The AMI ID 'ami-12345678' is currently pending and may not be used for this operation"),
        (
            evolve(WEB, state="disabled"),
            "The AMI ID 'ami-12345678' is currently disabled and may not be used for this operation",
        ),
        (evolve(WEB, state="deregistered"), "The image id '[ami-12345678]' is no longer available"),
    ],
)
def test_a_launch_that_the_state_forbids_is_refused_in_ec2s_words(image: Image, message: str) -> None:
    """Settlement S 5, rule A 5.4."""
    against = refusal(image, ImageEvent.RUN)
    assert isinstance(against, ImageUnavailable)
    assert (against.code, against.message) == ("InvalidAMIID.Unavailable", message)


def test_what_lies_in_the_recycle_bin_is_refused_as_no_longer_available() -> None:
    against = refusal(WEB, ImageEvent.RUN, in_recycle_bin=True)
    assert str(against) == "The image id '[ami-12345678]' is no longer available"


@pytest.mark.parametrize("image", [PENDING, WEB, evolve(WEB, state="disabled")])
def test_nothing_befalls_what_lies_in_the_recycle_bin(image: Image) -> None:
    """Rule C 1.3: the last rows."""
    for event in (
        ImageEvent.SNAPSHOTS_COMPLETED,
        ImageEvent.CREATION_FAILED,
        ImageEvent.BUNDLE_CHANGED,
        ImageEvent.FAULT,
    ):
        assert after(image, event, in_recycle_bin=True) == image


def test_what_is_not_in_the_recycle_bin_is_not_found_there() -> None:
    against = refusal(WEB, ImageEvent.RESTORE_FROM_RECYCLE_BIN)
    assert against == ImageNotFound.of("ami-12345678")


@pytest.mark.parametrize(
    ("stages", "expected", "rule"),
    [
        (HOLDING_THEIR_SNAPSHOTS, {"pending", "available", "disabled"}, "C 8.27"),
        (COUNTING, {"pending", "available", "disabled", "in the Recycle Bin"}, "C 5.20"),
        (
            frozenset(filter(holds_its_name, Stage)),
            {"pending", "available", "disabled", "invalid", "transient", "error", "failed"},
            "A NM-8",
        ),
    ],
)
def test_sets_of_stages_are_the_books(stages: frozenset[Stage], expected: set[str], rule: str) -> None:
    assert {stage.value for stage in stages} == expected, rule


def test_every_state_has_a_stage() -> None:
    for state in ImageState:
        assert stage_of(evolve(WEB, state=state)).value == state.value


def test_a_creation_that_fails_says_why_and_one_that_is_over_cannot_fail() -> None:
    """Rules C 1.2.3, C 1.2.4."""
    reason = StateReason("Client.InvalidSnapshot.NotFound", "gone")
    assert failed(PENDING, reason).state is ImageState.FAILED
    assert failed(PENDING, reason).state_reason == reason
    assert failed(WEB, reason) == WEB


NOW = datetime(2026, 6, 1, tzinfo=UTC)
INSTANTS = st.integers(-10_000, 10_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
DAY = timedelta(hours=24)


@given(at=INSTANTS)
def test_an_image_is_deprecated_from_its_time_on(at: datetime) -> None:
    """Rule A DP-1."""
    assert is_deprecated(evolve(WEB, deprecation_time=at), NOW) is (at <= NOW)


@given(launches=st.lists(INSTANTS), later=st.integers(0, 20_000))
def test_the_last_launch_shows_a_day_late_whatever_is_forgotten(launches: list[datetime], later: int) -> None:
    """Rules A LL-1, C 11.1: forgetting launches must not change what any later moment shows."""
    image, remembered = WEB, []
    for at in sorted(launches):
        image = launched(image, at)
        remembered.append(at)
        now = at + timedelta(minutes=later)
        expected = max((launch for launch in remembered if launch + DAY <= now), default=None)
        assert last_launched_time(image, now) == expected


PROTECTED = evolve(
    WEB, deregistration_protection=DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN)
)


def test_a_launch_shows_from_the_very_end_of_the_day_on() -> None:
    """Rule A LL-1, at its edge."""
    image = launched(WEB, NOW)
    assert last_launched_time(image, NOW + DAY - timedelta(microseconds=1)) is None
    assert last_launched_time(image, NOW + DAY) == NOW
    assert launched(launched(WEB, NOW - DAY * 2), NOW - DAY).launches == (NOW - DAY * 2, NOW - DAY)
    assert launched(image, NOW + DAY).launches == (NOW, NOW + DAY)
    assert launched(launched(image, NOW + DAY), NOW + 2 * DAY).launches == (NOW + DAY, NOW + 2 * DAY)


def test_the_refusal_of_a_protected_image_says_which_and_how() -> None:
    assert deregistration_refusal(PROTECTED, NOW) == DeregistrationProtected(
        error_code=ErrorCode.OPERATION_NOT_PERMITTED, image_id="ami-12345678", protection="enabled-with-cooldown"
    )


@given(launches=st.lists(INSTANTS, max_size=40))
def test_launches_do_not_pile_up(launches: list[datetime]) -> None:
    image = WEB
    for at in sorted(launches):
        image = launched(image, at)
        assert sum(launch + DAY <= at for launch in image.launches) <= 1


@pytest.mark.parametrize(
    ("protection", "refused"),
    [
        (DeregistrationProtection(), False),
        (DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITHOUT_COOLDOWN), True),
        (DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN), True),
        (DeregistrationProtection(cooldown_until=NOW + timedelta(seconds=1)), True),
        (DeregistrationProtection(cooldown_until=NOW), False),
    ],
)
def test_a_protected_image_is_not_deregistered_until_its_cooldown_is_over(
    protection: DeregistrationProtection, refused: bool
) -> None:
    """Rules C 4, C 4.4, C 4.5."""
    against = deregistration_refusal(evolve(WEB, deregistration_protection=protection), NOW)
    assert (against is not None) is refused
    if against is not None:
        assert isinstance(against, DeregistrationProtected)
        assert against.code == "OperationNotPermitted"


def test_deregistering_takes_permissions_away() -> None:
    shared = evolve(WEB, launch_permissions=Permissions([EVERYONE, AccountPermission("999988887777")]))
    assert len(after(shared, ImageEvent.DEREGISTER).launch_permissions) == 0


@pytest.mark.parametrize(
    ("quirks", "stage", "event", "cell"),
    [
        (Quirks(owner_may_copy_disabled_image=True), Stage.DISABLED, ImageEvent.COPY, Kept.SAME),
        (Quirks(disabled_image_may_be_stored=True), Stage.DISABLED, ImageEvent.STORE, Kept.SAME),
        (Quirks(repeated_disabling_succeeds=False), Stage.DISABLED, ImageEvent.DISABLE, Refused.UNAVAILABLE),
        (Quirks(repeated_disabling_succeeds=False), Stage.AVAILABLE, ImageEvent.ENABLE, Refused.UNAVAILABLE),
    ],
)
def test_a_quirk_changes_its_own_cells_and_no_other(
    quirks: Quirks, stage: Stage, event: ImageEvent, cell: object
) -> None:
    """Settlement S 6; rules C 3.20, C 15 (points 5 and 7)."""
    changed = {place for place in TRANSITIONS if transition(*place, quirks) != TRANSITIONS[place]}
    assert transition(stage, event, quirks) == cell
    assert (stage, event) in changed
    assert {at for at, _ in changed} <= {Stage.DISABLED, Stage.AVAILABLE}
    assert len(changed) <= 2


def test_what_a_quirk_forbids_is_refused() -> None:
    strict = Quirks(repeated_disabling_succeeds=False)
    with pytest.raises(ImageUnavailable):
        after(after(WEB, ImageEvent.DISABLE), ImageEvent.DISABLE, quirks=strict)
    assert after(after(WEB, ImageEvent.DISABLE), ImageEvent.ENABLE, quirks=strict) == WEB


@pytest.mark.parametrize(
    ("quirks", "stage", "held"),
    [
        (Quirks(disabled_image_holds_name=False), Stage.DISABLED, False),
        (Quirks(failed_image_holds_name=False), Stage.FAILED, False),
        (Quirks(binned_image_holds_name=True), Stage.IN_RECYCLE_BIN, True),
    ],
)
def test_a_quirk_decides_who_holds_a_name(quirks: Quirks, stage: Stage, held: bool) -> None:
    """Rules A NM-8, A NM-9, A Q6."""
    assert holds_its_name(stage, quirks) is held
    assert all(holds_its_name(other, quirks) is holds_its_name(other) for other in Stage if other is not stage)
