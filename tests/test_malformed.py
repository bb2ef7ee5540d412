"""What cannot be well formed: rules A 0.2, A E-5."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.malformed import Malformed, invalid_value

FACTS = st.tuples(st.text(), st.text(), st.text(), st.one_of(st.none(), st.integers(), st.text()))


def malformed(facts: tuple[str, str, str, object]) -> Malformed:
    code, message, member, value = facts
    return Malformed(code, message, member=member, value=value)


@given(FACTS)
def test_it_holds_what_it_was_given_and_says_code_and_message(facts: tuple[str, str, str, object]) -> None:
    error = malformed(facts)
    assert (error.code, error.message, error.member, error.value) == facts
    assert str(error) == f"{facts[0]}: {facts[1]}"
    assert isinstance(error, ValueError)


@given(FACTS, FACTS)
def test_two_are_equal_if_and_only_if_their_facts_are(
    one: tuple[str, str, str, object], other: tuple[str, str, str, object]
) -> None:
    assert (malformed(one) == malformed(other)) is (one == other)
    assert malformed(one) == malformed(one)
    assert hash(malformed(one)) == hash(malformed(one))
    assert malformed(one) != ValueError(one[0], one[1])


@given(FACTS)
def test_it_survives_pickling(facts: tuple[str, str, str, object]) -> None:
    error = malformed(facts)
    twin = pickle.loads(pickle.dumps(error))
    assert type(twin) is Malformed
    assert (twin, repr(twin)) == (error, repr(error))


def test_its_value_need_not_be_hashable() -> None:
    assert isinstance(hash(Malformed("A", "b", member="C", value=["unhashable"])), int)


def test_it_shows_itself_as_it_can_be_written() -> None:
    error = Malformed("InvalidAMIID.Malformed", "Invalid id: ''", member="ImageId", value="")
    assert eval(repr(error), {"Malformed": Malformed}) == error  # noqa: S307 - its own repr


def test_it_can_be_raised_from_another_and_noted_upon() -> None:
    cause = ValueError("x")
    with pytest.raises(Malformed) as caught:
        raise Malformed("A", "b", member="C") from cause
    caught.value.add_note("while reading")
    assert caught.value.__cause__ is cause
    assert caught.value.__notes__ == ["while reading"]


@pytest.mark.parametrize(
    ("member", "spelled"),
    [("VolumeSize", "volumeSize"), ("Iops", "iops"), ("attribute", "attribute"), ("", "")],
)
def test_an_invalid_value_names_the_parameter_as_ec2_spells_it(member: str, spelled: str) -> None:
    """Rules A E-3, A E-5."""
    error = invalid_value(member, 0, "Why.")
    assert error.code == "InvalidParameterValue"
    assert error.message == f"Value (0) for parameter {spelled} is invalid. Why."
    assert (error.member, error.value) == (member, 0)
