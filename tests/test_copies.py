"""Copies of values with some fields changed: as `attrs.evolve` makes them, for values that need no converter."""

import pickle
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel._copies import _by_a_twin, changed
from amimodel.identifiers import ImageId
from amimodel.images import Image
from amimodel.permissions import EVERYONE, AccountPermission, Permissions
from amimodel.snapshots import Snapshot
from amimodel.tasks import FinishImage
from amimodel.testing import strategies as ec2
from amimodel.vocabulary import ImageState

NOUNS = st.one_of(
    ec2.images(), ec2.snapshots(), ec2.instances(), ec2.kms_keys(), ec2.image_watermarks(), ec2.scan_results(),
    ec2.account_permissions(), ec2.region_settings(),
)  # fmt: skip


@given(noun=NOUNS)
def test_a_copy_with_nothing_changed_is_equal_and_another(noun: Any) -> None:
    copy = changed(noun)
    assert copy == noun
    assert copy is not noun
    assert hash(copy) == hash(noun)
    assert repr(copy) == repr(noun)
    assert pickle.loads(pickle.dumps(copy)) == noun


@given(one=ec2.images(), other=ec2.images(), data=st.data())
def test_a_copy_is_what_evolve_makes(one: Image, other: Image, data: st.DataObject) -> None:
    names = ["state", "tags", "launch_permissions", "deprecation_time", "launches", "description", "scan_results"]
    fields = {name: getattr(other, name) for name in data.draw(st.sets(st.sampled_from(names)))}
    before = attrs.evolve(one)
    assert changed(one, **fields) == attrs.evolve(one, **fields)
    assert one == before


def test_a_value_of_a_single_field_is_copied_as_well() -> None:
    assert changed(AccountPermission("111122223333"), user_id="999988887777") == AccountPermission("999988887777")
    work = FinishImage(image_id=ImageId("ami-12345678"))
    assert changed(work, image_id=ImageId("ami-87654321")).image_id == "ami-87654321"


@pytest.mark.parametrize("kind", [Image, Snapshot])
def test_what_steps_copy_most_is_laid_out_so_that_a_twin_can_be_turned_into_it(kind: type[Any]) -> None:
    assert _by_a_twin(kind, tuple(attribute.name for attribute in attrs.fields(kind))) is not None


def test_what_was_derived_stays_as_it_was() -> None:
    public = Permissions([EVERYONE])
    assert changed(public, complete=False).everyone


def test_a_field_that_is_none_is_an_error() -> None:
    with pytest.raises(KeyError):
        changed(AccountPermission("111122223333"), name="Alice")
    with pytest.raises(AttributeError):
        changed(FinishImage(image_id=ImageId("ami-12345678"))).image_id = ImageId("ami-87654321")  # type: ignore[misc]  # that is the point


def test_nothing_is_converted() -> None:
    permission: Any = changed(AccountPermission("111122223333"), user_id=ImageState.PENDING)
    assert permission.user_id is ImageState.PENDING
