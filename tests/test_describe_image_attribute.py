"""DescribeImageAttribute: rules A 8.8, B DA-1 to B DA-9, C 11.1; settlements S 27, S 28, S 42."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import worlds as w
from amimodel.actions import DescribeImageAttribute
from amimodel.attributes import ImageAttribute, ImageAttributeName
from amimodel.callers import Caller
from amimodel.engine import ask, attempt, explain
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode
from amimodel.malformed import Malformed
from amimodel.permissions import NOBODY
from amimodel.refusals import (
    AttributeAccessRestricted,
    ImageNotFound,
    ImageUnavailable,
    NotAuthorizedForImage,
    Refusal,
)
from amimodel.requests import Outcome
from amimodel.timing import Timing
from amimodel.vocabulary import BootMode, ImageState, ImdsSupport, SriovNetSupport, TpmSupport
from worlds import ami, rich_world

NAMES = ImageAttributeName
WORLD = rich_world()


def asked(number: int, attribute: str) -> DescribeImageAttribute:
    return DescribeImageAttribute(image_id=ami(number), attribute=attribute)


VALUES: list[tuple[int, str, Any]] = [
    (w.WEB,       "description",              "the web tier"),
    (w.OPEN,      "description",              None),  # B DA-5
    (w.INVALID,   "kernel",                   "aki-5c21674b"),
    (w.WEB,       "kernel",                   None),
    (w.INVALID,   "ramdisk",                  "ari-12345678"),
    (w.TO_BOB,    "launchPermission",         w.to(w.BOB)),  # B DA-6: the list as it is stored
    (w.TO_ORG,    "launchPermission",         w.TO_ORGANIZATION),
    (w.OPEN,      "launchPermission",         w.PUBLIC),
    (w.WEB,       "launchPermission",         NOBODY),
    (w.WEB,       "productCodes",             ()),
    (w.TO_OU,     "sriovNetSupport",          SriovNetSupport.SIMPLE),
    (w.WEB,       "bootMode",                 BootMode.UEFI),
    (w.OPEN,      "bootMode",                 None),
    (w.WEB,       "tpmSupport",               TpmSupport.V2_0),
    (w.WEB,       "uefiData",                 "QU1aTlVFRkk="),  # which DescribeImages never tells
    (w.WEB,       "lastLaunchedTime",         w.NOW - timedelta(days=2)),  # B DA-8: not the launch of an hour ago
    (w.OPEN,      "lastLaunchedTime",         None),
    (w.TO_ORG,    "imdsSupport",              ImdsSupport.V2_0),
    (w.PROTECTED, "deregistrationProtection",
     DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN)),
    (w.COOLING,   "deregistrationProtection", DeregistrationProtection(cooldown_until=w.at(3))),
    (w.WEB,       "deregistrationProtection", DeregistrationProtection()),
]  # fmt: skip


@pytest.mark.parametrize(("number", "attribute", "value"), VALUES)
def test_each_attribute_is_told_to_the_owner(number: int, attribute: str, value: Any) -> None:
    """Rules B DA-1, B DA-5 to B DA-9."""
    world = w.with_changed(WORLD, w.INVALID, kernel_id="aki-5c21674b", ramdisk_id="ari-12345678")
    answer = ask(world, asked(number, attribute), by=w.alice)
    assert answer == ImageAttribute(image_id=ami(number), attribute=attribute, value=value)


def test_all_thirteen_are_known_and_one_is_told_to_nobody() -> None:
    """Rules A 8.8, B DA-1, B DA-2; settlement S 42."""
    told = {attribute for _, attribute, _ in VALUES} | {"blockDeviceMapping"}
    assert told == {name.value for name in NAMES}
    assert len(told) == 13
    for by in (w.alice, w.bob):
        refusal = explain(WORLD, asked(w.TO_BOB, "blockDeviceMapping"), by=by).refusals[-1]
        assert refusal == AttributeAccessRestricted(attribute="blockDeviceMapping")
        assert (refusal.code, refusal.http_status) == ("AuthFailure", 401)
        assert str(refusal) == "Unauthorized attempt to access restricted resource"


def test_a_launch_is_told_when_its_time_has_come() -> None:
    """Rules B DA-8, A LL-1, C 11.1."""
    later = WORLD.at(w.NOW + timedelta(hours=23))
    assert ask(later, asked(w.WEB, "lastLaunchedTime"), by=w.alice).value == w.NOW - timedelta(hours=1)
    quick = evolve(WORLD, timing=evolve(Timing(), last_launched_lag=timedelta()))
    assert ask(quick, asked(w.WEB, "lastLaunchedTime"), by=w.alice).value == w.NOW - timedelta(hours=1)


def test_an_unknown_attribute_is_malformed_whoever_asks() -> None:
    """Settlement S 27."""
    for attribute in ("enaSupport", "LaunchPermission", ""):
        with pytest.raises(Malformed) as caught:
            asked(w.WEB, attribute)
        assert (caught.value.code, caught.value.message) == ("InvalidRequest", "The request received was invalid.")
    with pytest.raises(Malformed) as caught:
        DescribeImageAttribute(image_id="ami-1", attribute="description")
    assert caught.value.code == "InvalidAMIID.Malformed"


@pytest.mark.parametrize("state", [state for state in ImageState if state is not ImageState.DEREGISTERED])
def test_it_works_in_every_state_of_an_image_that_is_there(state: ImageState) -> None:
    """Settlement S 28; rule B DA-4b."""
    world = w.with_changed(WORLD, w.WEB, state=state)
    assert ask(world, asked(w.WEB, "description"), by=w.alice).value == "the web tier"


WITNESSES: list[tuple[int, Caller, Refusal]] = [
    (w.LONG_GONE, w.alice,             ImageNotFound.of(ami(w.LONG_GONE))),
    (w.WEB,       w.alice_in_virginia, ImageNotFound.of(ami(w.WEB))),
    (w.TO_BOB,    w.bob,               NotAuthorizedForImage(image_id=ami(w.TO_BOB))),  # B DA-4
    (w.WEB,       w.bob,               NotAuthorizedForImage(image_id=ami(w.WEB))),  # S 25
    (w.FORMER,    w.alice,             ImageUnavailable(image_id=ami(w.FORMER), state=ImageState.DEREGISTERED)),
    (w.BINNED,    w.alice,             ImageUnavailable(image_id=ami(w.BINNED), state=ImageState.DEREGISTERED)),
    (w.WEB,       w.alice,             AttributeAccessRestricted(attribute="blockDeviceMapping")),
]  # fmt: skip


@pytest.mark.parametrize(("number", "by", "refusal"), WITNESSES)
def test_each_refusal_has_its_witness_and_the_order_is_the_declared_one(
    number: int, by: Caller, refusal: Refusal
) -> None:
    """Asked for what nobody is told, so that whatever comes first comes before that."""
    assert attempt(WORLD, asked(number, "blockDeviceMapping"), by=by) == refusal
    kinds = [type(each) for each in explain(WORLD, asked(number, "blockDeviceMapping"), by=by).refusals]
    assert kinds == sorted(kinds, key=DescribeImageAttribute.refusals.index)


def test_every_refusal_that_is_declared_has_a_witness() -> None:
    assert {type(refusal) for _, _, refusal in WITNESSES} == set(DescribeImageAttribute.refusals)


def test_somebody_elses_image_that_is_gone_is_refused_for_both_reasons() -> None:
    against = explain(WORLD, asked(w.FORMER, "description"), by=w.bob).refusals
    assert [type(each) for each in against] == [NotAuthorizedForImage, ImageUnavailable]


@given(one=st.sampled_from([image.image_id for image in WORLD.images if image.image_id.startswith("ami-")]
                           + [ami(w.FORMER), ami(w.BINNED), ami(0xFFF)]),
       attribute=st.sampled_from(NAMES), by=st.sampled_from(w.CALLERS))  # fmt: skip
def test_only_the_owner_is_told_and_nothing_else_comes_out(one: str, attribute: ImageAttributeName, by: Caller) -> None:
    answer = attempt(WORLD, DescribeImageAttribute(image_id=one, attribute=attribute), by=by)
    if isinstance(answer, Outcome):
        assert answer.world is WORLD
        assert WORLD.images.records[one].owner_id == by.account
        assert answer.value.image_id == one
    else:
        assert type(answer) in DescribeImageAttribute.refusals
