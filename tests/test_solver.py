"""Laws of access and of the lifecycle whose inputs a solver can think about: `nox -s solve`.

In the profile `solver` Hypothesis does not draw at random: CrossHair runs a property with inputs that stand for all
values at once, asks a solver at every branch which values lead there, and so takes branches that chance would not find
in a lifetime: one account in 10^12. In every other profile these are properties like any other.

What the solver can follow depends on what it is given.

- Account ids stay symbolic through converters, regular expressions, attrs classes, dictionaries, and the sets that a
  property makes itself; so do instants, given in seconds (one of Hypothesis' own datetimes costs a second or two).
- A set made before the property begins hashes what it is asked for, and that ends it: an image with accounts in its
  list is therefore built inside the property.
- A member of an enum, and a `Quirks`, is one of a few and is picked at once. There the solver does no more than to go
  through them one after the other, and the two properties of enums alone say so.

The tests at the end prove the first point: they ask for one account of 10^12 and for one second of 136 years. In the
examples of the default profile chance finds none of them.
"""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from amimodel.access import covers, has_launch_permission, may_copy, may_describe, may_launch
from amimodel.examples import WEB
from amimodel.identifiers import SnapshotId
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode, Image
from amimodel.lifecycle import (
    ImageEvent,
    Stage,
    after,
    deregistration_refusal,
    holds_its_name,
    is_deprecated,
    last_launched_time,
    launched,
    refusal,
    transition,
)
from amimodel.organizations import Organization, OrganizationalUnit, Organizations
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    LaunchPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
    Permissions,
)
from amimodel.quirks import Quirks
from amimodel.snapshots import Snapshot
from amimodel.transitions import Kept, Never
from amimodel.vocabulary import ImageState
from reference import access as reference

SOLVING = settings().backend == "crosshair"

OWNER = WEB.owner_id
ACCOUNTS = st.text("0123456789", min_size=12, max_size=12)
SECONDS = st.integers(-(2**31), 2**31 - 1)
START = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(hours=24)

# Computed, so that they are no constants of the source, which Hypothesis would try of its own.
GRANTEE, MANAGER, MEMBER, INNER, OUTER = (
    str(base**power) for base, power in ((7, 14), (3, 24), (13, 10), (11, 11), (5, 16))
)

ORGANIZATION = Organization(
    organization_id="o-a1b2c3d4e5",
    management_account_id=MANAGER,
    root_id="r-a1b2",
    accounts=[MEMBER],
    organizational_units=[
        OrganizationalUnit(
            organizational_unit_id="ou-a1b2-aaaaaaaa",
            accounts=[OUTER],
            organizational_units=[OrganizationalUnit(organizational_unit_id="ou-a1b2-bbbbbbbb", accounts=[INNER])],
        ),
    ],
)
KNOWN = Organizations([ORGANIZATION])
TOLD_OR_NOT = [Quirks(launch_reveals_invisible_image=reveals) for reveals in (True, False)]
OF_THE_TABLE = [
    Quirks(
        owner_may_copy_disabled_image=copied, disabled_image_may_be_stored=stored, repeated_disabling_succeeds=repeated
    )
    for copied, stored, repeated in product((True, False), repeat=3)
]
THROUGH_MEMBERSHIP = (
    OrganizationPermission(ORGANIZATION.arn),
    OrganizationalUnitPermission(ORGANIZATION.arn_of("ou-a1b2-aaaaaaaa")),
    OrganizationalUnitPermission(ORGANIZATION.arn_of("ou-a1b2-bbbbbbbb")),
)
OF_NAMES = [
    Quirks(disabled_image_holds_name=disabled, failed_image_holds_name=failed, binned_image_holds_name=binned)
    for disabled, failed, binned in product((True, False), repeat=3)
]


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def shared(grantees: list[str], *, everyone: bool = False, complete: bool = True) -> Image:
    items: list[LaunchPermission] = [*map(AccountPermission, grantees), *([EVERYONE] if everyone else [])]
    return evolve(WEB, launch_permissions=Permissions(items, complete=complete))


def told_of(holder: str, readers: list[str], *, public: bool = False) -> dict[SnapshotId, Snapshot]:
    """The image's snapshot, as somebody's who lets some account make volumes of it, or everyone."""
    snapshot = Snapshot(
        snapshot_id=WEB.snapshot_ids[0],
        owner_id=holder,
        volume_id="vol-12345678",
        volume_size_gib=8,
        start_time=WEB.creation_date,
        create_volume_permissions=Permissions([*map(AccountPermission, readers), *([EVERYONE] if public else [])]),
    )
    return {snapshot.snapshot_id: snapshot}


# --- access -----------------------------------------------------------------------------------------------------------


@given(grantee=ACCOUNTS, account=ACCOUNTS)
def test_a_permission_for_an_account_covers_that_account_and_no_other(grantee: str, account: str) -> None:
    """Rule B 1.1."""
    assert covers(AccountPermission(grantee), account) is (grantee == account)


@given(grantees=st.lists(ACCOUNTS, max_size=2), everyone=st.booleans(), account=ACCOUNTS)
def test_a_list_of_accounts_lets_in_whom_the_reference_lets_in(
    grantees: list[str], everyone: bool, account: str
) -> None:
    """Rule B 1.7."""
    image = shared(grantees, everyone=everyone)
    expected = reference.launch_permitted(image, account, Organizations())
    assert has_launch_permission(image, account).allowed is expected


@given(grantees=st.lists(ACCOUNTS, max_size=2), account=ACCOUNTS)
def test_a_list_that_is_not_all_told_never_says_no(grantees: list[str], account: str) -> None:
    told = has_launch_permission(shared(grantees), account).allowed
    half_told = has_launch_permission(shared(grantees, complete=False), account).allowed
    assert half_told is (True if told else None)


@given(permission=st.sampled_from(THROUGH_MEMBERSHIP), account=ACCOUNTS)
def test_an_organization_lets_in_whom_the_reference_lets_in(permission: LaunchPermission, account: str) -> None:
    """Rules B OR-4, B OR-5."""
    assert covers(permission, account, KNOWN) is reference.covers(permission, account, KNOWN)


@given(grantee=ACCOUNTS, account=ACCOUNTS, state=st.sampled_from(ImageState), quirks=st.sampled_from(TOLD_OR_NOT))
def test_who_may_launch_has_permission_and_an_image_that_is_available(
    grantee: str, account: str, state: ImageState, quirks: Quirks
) -> None:
    """Rules B LD-6, B LD-7: whatever a stranger is told."""
    decision = may_launch(evolve(shared([grantee]), state=state), account, quirks=quirks)
    permitted = account in (OWNER, grantee)
    assert decision.allowed is (permitted and state is ImageState.AVAILABLE)
    assert len(decision.refusals) == (not permitted) + (state is not ImageState.AVAILABLE)


@given(grantee=ACCOUNTS, account=ACCOUNTS, reader=ACCOUNTS, public=st.booleans())
def test_who_may_copy_sees_the_image_and_may_read_its_snapshot(
    grantee: str, account: str, reader: str, public: bool
) -> None:
    """Rules B CI-2, B CI-6."""
    image = shared([grantee])
    allowed = may_copy(image, account, told_of(OWNER, [reader], public=public)).allowed
    assert allowed is (account == OWNER or (account == grantee and (public or account == reader)))
    assert not allowed or may_describe(image, account).allowed


@given(account=ACCOUNTS, holder=ACCOUNTS)
def test_whose_a_snapshot_is_copies_what_is_public(account: str, holder: str) -> None:
    """Rule B CI-6: the snapshot's owner need not be the image's."""
    allowed = may_copy(shared([], everyone=True), account, told_of(holder, [])).allowed
    assert allowed is (account in (OWNER, holder))


# --- the lifecycle ----------------------------------------------------------------------------------------------------


@given(
    state=st.sampled_from(ImageState),
    event=st.sampled_from(ImageEvent),
    in_bin=st.booleans(),
    quirks=st.sampled_from(OF_THE_TABLE),
)
def test_what_a_stage_refuses_is_raised_whatever_the_quirks(
    state: ImageState, event: ImageEvent, in_bin: bool, quirks: Quirks
) -> None:
    """Rule C 1.3. Enums and quirks alone: the solver does no more here than to go through them."""
    image = evolve(WEB, state=state)
    expected = refusal(image, event, in_recycle_bin=in_bin, quirks=quirks)
    stage = Stage.IN_RECYCLE_BIN if in_bin else Stage(state.value)
    assert (expected is None) is isinstance(transition(stage, event, quirks), ImageState | Kept | Never)
    if expected is None:
        assert isinstance(after(image, event, in_recycle_bin=in_bin, quirks=quirks), Image)
    else:
        with pytest.raises(type(expected)):
            after(image, event, in_recycle_bin=in_bin, quirks=quirks)


@given(stage=st.sampled_from(Stage), quirks=st.sampled_from(OF_NAMES))
def test_a_name_is_held_unless_the_image_is_gone_or_a_quirk_lets_go_of_it(stage: Stage, quirks: Quirks) -> None:
    """Rules A NM-8, A NM-9. Enums and quirks alone, as above."""
    decided = {
        Stage.DISABLED: quirks.disabled_image_holds_name,
        Stage.FAILED: quirks.failed_image_holds_name,
        Stage.IN_RECYCLE_BIN: quirks.binned_image_holds_name,
        Stage.DEREGISTERED: False,
    }
    assert holds_its_name(stage, quirks) is decided.get(stage, True)


@given(grantee=ACCOUNTS, everyone=st.booleans(), account=ACCOUNTS)
def test_whom_a_disabled_image_was_shared_with_stays_out_when_it_is_enabled_again(
    grantee: str, everyone: bool, account: str
) -> None:
    """Rules C 3.4, C 3.18."""
    back = after(after(shared([grantee], everyone=everyone), ImageEvent.DISABLE), ImageEvent.ENABLE)
    assert may_launch(back, account).allowed is (account == OWNER)


@given(deprecated=SECONDS, now=SECONDS)
def test_an_image_is_deprecated_from_its_second_on(deprecated: int, now: int) -> None:
    """Rule A DP-1."""
    assert is_deprecated(evolve(WEB, deprecation_time=at(deprecated)), at(now)) is (deprecated <= now)


@given(first=SECONDS, second=SECONDS, now=SECONDS)
def test_of_two_launches_the_later_that_is_a_day_old_is_told(first: int, second: int, now: int) -> None:
    """Rules A LL-1, C 11.1: what `launched` forgets, no later moment would have shown."""
    first, second = min(first, second), max(first, second)
    image = launched(launched(WEB, at(first)), at(second))
    if now >= second:
        told = max((launch for launch in (at(first), at(second)) if launch + DAY <= at(now)), default=None)
        assert last_launched_time(image, at(now)) == told


@given(mode=st.sampled_from(DeregistrationProtectionMode), cooldown=st.none() | SECONDS, now=SECONDS)
def test_protection_holds_while_it_is_on_and_until_its_cooldown_is_over(
    mode: DeregistrationProtectionMode, cooldown: int | None, now: int
) -> None:
    """Rules C 4.4, C 4.5."""
    if mode is not DeregistrationProtectionMode.DISABLED:
        cooldown = None  # a cooldown begins when protection ends
    until = None if cooldown is None else at(cooldown)
    image = evolve(WEB, deregistration_protection=DeregistrationProtection(mode, until))
    free = mode is DeregistrationProtectionMode.DISABLED and (cooldown is None or cooldown <= now)
    assert (deregistration_refusal(image, at(now)) is None) is free


# --- what the solver is worth -----------------------------------------------------------------------------------------


@pytest.mark.skipif(not SOLVING, reason="only a solver can be expected to: `nox -s solve`")
@pytest.mark.parametrize("account", [GRANTEE, MANAGER, MEMBER, OUTER, INNER])
def test_the_solver_finds_the_one_account_that_is_let_in(account: str) -> None:
    @given(someone=ACCOUNTS)
    def it_stays_out(someone: str) -> None:
        image = evolve(WEB, launch_permissions=Permissions([AccountPermission(GRANTEE), *THROUGH_MEMBERSHIP]))
        assert not (has_launch_permission(image, someone, KNOWN).allowed and someone == account)

    with pytest.raises(AssertionError, match=account):
        it_stays_out()


@pytest.mark.skipif(not SOLVING, reason="only a solver can be expected to: `nox -s solve`")
def test_the_solver_finds_the_one_second_in_which_a_day_is_over() -> None:
    image = launched(WEB, START)

    @given(now=SECONDS)
    def not_at_the_edge(now: int) -> None:
        told = last_launched_time(image, at(now))
        assert told is None or last_launched_time(image, at(now - 1)) is not None

    with pytest.raises(AssertionError, match="None"):
        not_at_the_edge()
