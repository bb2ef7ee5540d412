"""Names, descriptions and tags: rules A 1.3, A DS-1, A 1.5, B 10."""

import pickle
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.malformed import Malformed
from amimodel.names import description, image_name, is_image_name
from amimodel.tags import NO_TAGS, SHARED_PREFIX, SYSTEM_PREFIX, Tags, is_system_key
from amimodel.testing import strategies as ec2

ALLOWED = set(string.ascii_letters + string.digits + " ()[]./-'@_")  # rule A NM-2

NAME_MESSAGE = (  # rule A NM-3
    "AMI names must be between 3 and 128 characters long,"
    " and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'"
)

# --- names ------------------------------------------------------------------------------------------------------------


@given(ec2.image_names())
def test_three_to_128_of_the_allowed_characters_are_a_name(name: str) -> None:
    """Rules A NM-2, A NM-5."""
    assert image_name(name) == name
    assert 3 <= len(name) <= 128
    assert ALLOWED.issuperset(name)


@given(st.one_of(st.text(max_size=140), st.text(sorted(ALLOWED), max_size=140), st.text(string.printable, max_size=8)))
def test_nothing_else_is(name: str) -> None:
    """Rules A NM-2, A NM-3."""
    if 3 <= len(name) <= 128 and ALLOWED.issuperset(name):
        assert image_name(name) == name
        return
    assert not is_image_name(name)
    with pytest.raises(Malformed) as caught:
        image_name(name)
    assert (caught.value.code, caught.value.message) == ("InvalidAMIName.Malformed", NAME_MESSAGE)


@pytest.mark.parametrize("character", [*sorted(set(map(chr, range(128))) - ALLOWED), "\u00e9", "\u0663", "\u2019"])
def test_each_character_beyond_the_allowed_ones_makes_a_name_malformed(character: str) -> None:
    """Rules A NM-2, A NM-5."""
    assert is_image_name("web")
    assert not is_image_name(f"we{character}b")
    assert not is_image_name(f"web{character}")


@pytest.mark.parametrize("value", [None, 123, b"web", ["web"]])
def test_what_is_no_text_is_no_name(value: object) -> None:
    assert not is_image_name(value)  # type: ignore[arg-type]  # what a caller without types may give


# --- descriptions -----------------------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_a_description_has_up_to_255_characters(text: str) -> None:
    """Rule A DS-1."""
    if len(text) <= 255:
        assert description(text) == text
    else:
        with pytest.raises(Malformed) as caught:
            description(text)
        assert (caught.value.code, caught.value.member) == ("InvalidParameterValue", "Description")


@pytest.mark.parametrize(("length", "fits"), [(0, True), (255, True), (256, False)])
def test_the_bounds_of_a_description(length: int, fits: bool) -> None:
    """Rule A DS-1."""
    if fits:
        assert description("x" * length) == "x" * length
    else:
        with pytest.raises(Malformed):
            description("x" * length)


def test_no_description_and_an_empty_one_are_two_things() -> None:
    """Rule A DS-1."""
    assert description(None) is None
    assert description("") == ""


@pytest.mark.parametrize("value", [5, b"x", ["x"]])
def test_what_is_no_text_is_no_description(value: object) -> None:
    with pytest.raises(Malformed):
        description(value)  # type: ignore[arg-type]  # what a caller without types may give


# --- tags -------------------------------------------------------------------------------------------------------------


@given(ec2.tags(system=True))
def test_tags_are_a_mapping_that_keeps_its_order(tags: Tags) -> None:
    pairs = list(tags.items())
    assert Tags(pairs) == Tags(dict(pairs)) == tags
    assert list(Tags(reversed(pairs))) == list(tags)[::-1]
    assert Tags(reversed(pairs)) == tags
    assert hash(Tags(reversed(pairs))) == hash(tags)
    assert len(tags) == len(pairs) == len(set(tags))
    assert pickle.loads(pickle.dumps(tags)) == tags
    assert eval(repr(tags), {"Tags": Tags}) == tags  # noqa: S307 - its own repr


@given(ec2.tags(), ec2.tags())
def test_setting_overwrites_what_has_the_key_and_adds_the_rest(tags: Tags, more: Tags) -> None:
    """Rule A TG-4."""
    assert dict(tags.setting(more)) == {**tags, **more}
    assert tags.setting(tags) == tags
    assert list(tags.setting(more))[: len(tags)] == list(tags)


@given(ec2.tags(max_size=8), st.data())
def test_removing_takes_off_what_is_there_and_minds_nothing_else(tags: Tags, data: st.DataObject) -> None:
    """Rule B TG-13."""
    keys = data.draw(st.lists(st.one_of(st.sampled_from([*tags, ""]), st.text())))
    left = tags.removing(keys)
    assert dict(left) == {key: value for key, value in tags.items() if key not in keys}
    assert left.removing(keys) == left
    assert tags.removing(tags) == NO_TAGS


@given(ec2.tags(system=True, max_size=12))
def test_system_tags_do_not_count_and_shared_tags_are_seen_by_others(tags: Tags) -> None:
    """Rules A TG-1, B TG-2."""
    assert set(tags.user) == {key for key in tags if not key.lower().startswith("aws:")}
    assert set(tags.shared) == {key for key in tags if key.startswith("ec2:SharedTag/")}
    assert all(tags[key] == value for key, value in [*tags.user.items(), *tags.shared.items()])


@pytest.mark.parametrize(
    ("key", "system"),
    [("aws:", True), ("AWS:x", True), ("aWs:x", True), ("aws", False), ("awsx:", False), ("xaws:", False), ("", False)],
)
def test_aws_own_keys_begin_with_aws_in_any_case(key: str, system: bool) -> None:
    """Rule A TG-3."""
    assert is_system_key(key) is system


def test_the_prefixes() -> None:
    """Rules A TG-3, B TG-2."""
    assert (SYSTEM_PREFIX, SHARED_PREFIX) == ("aws:", "ec2:SharedTag/")


def test_keys_and_values_are_case_sensitive() -> None:
    """Rule A TG-2."""
    assert Tags({"Name": "web", "name": "Web"}) != Tags({"Name": "Web", "name": "web"})


@pytest.mark.parametrize(
    ("tags", "code", "message", "member"),
    [
        ([("", "x")],               "InvalidTagKey.Malformed", "Tag key cannot be empty.", "Key"),
        ([(None, "x")],             "InvalidTagKey.Malformed", "Tag key cannot be empty.", "Key"),
        ([("a", "1"), ("a", "2")],  "InvalidParameterValue", "Duplicate tag key 'a' specified.", "Tag"),
        ([("a", "1"), ("a", "1")],  "InvalidParameterValue", "Duplicate tag key 'a' specified.", "Tag"),
        ([("a", None)],             "InvalidParameterValue", "Tag value cannot be null. Use empty string instead.",
         "Value"),
        ([("k" * 129, "")],         "InvalidParameterValue",
         f"Value ({'k' * 129}) for parameter key is invalid. Tag keys have at most 128 characters.", "Key"),
        ([("k", "v" * 257)],        "InvalidParameterValue",
         f"Value ({'v' * 257}) for parameter value is invalid. Tag values have at most 256 characters.", "Value"),
    ],
)  # fmt: skip
def test_what_no_tags_can_be(tags: list[tuple[str, str]], code: str, message: str, member: str) -> None:
    """Rules A TG-2 to TG-5, B TG-7."""
    with pytest.raises(Malformed) as caught:
        Tags(tags)
    assert (caught.value.code, caught.value.message, caught.value.member) == (code, message, member)


def test_what_is_set_is_judged_as_well() -> None:
    tags = Tags({"Name": "web"})
    for more in ({"": "x"}, {"k" * 129: "x"}, {"k": "x" * 257}):
        with pytest.raises(Malformed):
            _ = tags.setting(more)


def test_the_longest_key_and_value() -> None:
    """Rules A TG-2, A Q14."""
    assert len(Tags({"k" * 128: "v" * 256})) == 1


def test_tags_never_change() -> None:
    tags = Tags({"a": "1"})
    with pytest.raises(AttributeError):
        tags.other = 1
    with pytest.raises(TypeError):
        tags["a"] = "2"  # type: ignore[index]  # that is the point
    source = {"a": "1"}
    kept = Tags(source)
    source["a"] = "2"
    assert kept["a"] == "1"


def test_tags_are_not_equal_to_a_plain_mapping() -> None:
    assert Tags({"a": "1"}) != {"a": "1"}
