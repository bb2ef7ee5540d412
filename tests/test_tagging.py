"""Tags as requests write them, delete them and copy them: rules A 1.5, B 7.4, B 10."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel import tagging
from amimodel.limits import Limits
from amimodel.malformed import Malformed
from amimodel.quirks import ErrorCode, Quirks
from amimodel.refusals import (
    ForeignSharedTag,
    MisplacedSharedTag,
    Refusal,
    ReservedTagKey,
    ReservedTagKeySpecified,
    TagKeyTooLong,
    TagLimitExceeded,
    TagRequestTooLarge,
)
from amimodel.tag_requests import (
    OF_IMAGES,
    ResourceType,
    TagSpecification,
    TagToDelete,
    as_tag_specifications,
    resource_ids,
    resource_type,
    specified,
)
from amimodel.tagging import (
    REFUSALS,
    TaggedResource,
    copied_tags,
    is_reserved,
    merged_tags,
    refusals_of_size,
    refusals_to_tag,
    tagged,
    untagged,
    visible_tags,
)
from amimodel.tags import NO_TAGS, Tags
from amimodel.testing import strategies as amis

OWN: Final = TaggedResource.of("ami-12345678")
FOREIGN: Final = TaggedResource.of("ami-12345678", owned=False)
SNAPSHOT: Final = TaggedResource.of("snap-12345678")
NEW_IMAGE: Final = TaggedResource(resource_type="image")

WRITTEN: Final = amis.tags(max_size=6)  # what a request can write on an own image
HELD: Final = amis.tags(max_size=6, system=True)
PRIVATE: Final = amis.tags(max_size=6, shared=False)
FLAGS: Final = st.booleans()


def kinds(refusals: Any) -> list[type[Refusal]]:
    return [type(refusal) for refusal in refusals]


# --- ids --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "kind"),
    [
        (amis.image_ids(),    "image"),
        (amis.kernel_ids(),   "image"),
        (amis.ramdisk_ids(),  "image"),
        (amis.snapshot_ids(), "snapshot"),
        (amis.volume_ids(),   "volume"),
        (amis.instance_ids(), "instance"),
    ],
)  # fmt: skip
@given(data=st.data())
def test_the_prefix_tells_the_kind(ids: st.SearchStrategy[str], kind: str, data: st.DataObject) -> None:
    """Rule B TG-11."""
    resource_id = data.draw(ids)
    assert resource_type(resource_id) == kind
    assert TaggedResource.of(resource_id) == TaggedResource(resource_type=kind, resource_id=resource_id)
    foreign = TaggedResource(resource_type=kind, resource_id=resource_id, owned=False)
    assert TaggedResource.of(resource_id, owned=False) == foreign


@pytest.mark.parametrize("text", ["", "web", "eni-12345678", "ami-xyz", "ami-", "ami", "AMI-12345678", "i-1", 5, None])
def test_what_no_id_is_or_one_of_another_kind_is_malformed(text: Any) -> None:
    """Rules A TG-8, B TG-11."""
    for read in (resource_type, TaggedResource.of, lambda one: resource_ids(["ami-12345678", one])):
        with pytest.raises(Malformed) as caught:
            read(text)
        error = caught.value
        assert (error.code, error.message, error.value) == ("InvalidID", f"The ID '{text}' is not valid", text)


@given(st.text())
def test_every_text_is_an_id_or_malformed(text: str) -> None:
    try:
        assert resource_type(text) in ResourceType
    except Malformed as error:
        assert error.code == "InvalidID"  # noqa: PT017 - it may also be an id


def test_a_request_without_resources_is_malformed() -> None:
    """Rule B TG-10."""
    with pytest.raises(Malformed) as caught:
        resource_ids([])
    assert str(caught.value) == "MissingParameter: The request must contain the parameter resourceIdSet"


def test_resources_stay_in_their_order() -> None:
    assert resource_ids(iter(["snap-12345678", "ami-12345678"])) == ("snap-12345678", "ami-12345678")


@given(st.integers(0, 9), st.integers(0, 9))
def test_a_request_names_only_so_many_resources_and_tags(resources: int, tags: int) -> None:
    """Rules A TG-8, B TG-9, B TG-13."""
    limits = evolve(Limits.aws(), resources_per_tag_request=4, tags_per_delete_request=6)
    refusals = list(refusals_of_size(resources, tags, limits))
    assert [(refusal.parameter, refusal.given, refusal.most) for refusal in refusals] == [
        *([("resourceIdSet", resources, 4)] if resources > 4 else []),
        *([("tagSet", tags, 6)] if tags > 6 else []),
    ]


def test_a_thousand_of_each_are_not_too_many() -> None:
    """Rules A TG-8, B TG-13."""
    assert kinds(refusals_of_size(1000, 1000)) == []
    resources, _ = refusals_of_size(1001, 1001)
    assert resources == TagRequestTooLarge(parameter="resourceIdSet", given=1001, most=1000)
    assert str(resources) == "The request has 1001 values for resourceIdSet; it can have at most 1000."


# --- tags of what is created ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tags", [{}, [], NO_TAGS])
def test_a_specification_without_tags_is_malformed(tags: Any) -> None:
    """Rules A TG-6, B TG-15."""
    with pytest.raises(Malformed) as caught:
        TagSpecification(resource_type="image", tags=tags)
    assert str(caught.value) == "InvalidParameterValue: Tag specification must have at least one tag"


@given(st.lists(st.tuples(st.sampled_from(OF_IMAGES), amis.tags(min_size=1, max_size=3)), max_size=4))
def test_specifications_of_one_type_are_put_together_and_no_key_is_in_two(given_tags: list[tuple[str, Tags]]) -> None:
    """Rule A TG-4."""
    specifications = [TagSpecification(resource_type=kind, tags=tags) for kind, tags in given_tags]
    pairs = [(kind, key) for kind, tags in given_tags for key in tags]
    if len(set(pairs)) < len(pairs):
        with pytest.raises(Malformed, match="Duplicate tag key"):
            specified(specifications)
        return
    result = specified(specifications)
    assert set(result) == {kind for kind, _ in given_tags}
    assert {(kind, key, value) for kind, tags in result.items() for key, value in tags.items()} == {
        (kind, key, value) for kind, tags in given_tags for key, value in tags.items()
    }


@pytest.mark.parametrize(
    ("allowed", "kind", "fits"),
    [
        (("image",),  "image",    True),   # RegisterImage
        (("image",),  "snapshot", False),
        (OF_IMAGES,   "image",    True),   # CreateImage, CopyImage
        (OF_IMAGES,   "snapshot", True),
        (OF_IMAGES,   "volume",   False),
        (OF_IMAGES,   "Image",    False),
        (OF_IMAGES,   "",         False),
        (("volume",), "volume",   True),
    ],
)  # fmt: skip
def test_an_action_tags_what_it_creates(allowed: tuple[str, ...], kind: str, fits: bool) -> None:
    """Rules A TG-7, B 7.1."""
    specification = TagSpecification(resource_type=kind, tags={"a": "1"})
    if fits:
        assert specified([specification], allowed) == {kind: Tags({"a": "1"})}
    else:
        with pytest.raises(Malformed) as caught:
            specified([specification], allowed)
        message = f"'{kind}' is not a valid taggable resource type for this operation."
        assert (caught.value.code, caught.value.message) == ("InvalidParameterValue", message)


def test_without_specifications_nothing_is_tagged() -> None:
    assert specified([]) == {}
    assert as_tag_specifications([]) == ()


def test_a_request_keeps_its_specifications_as_they_were_given() -> None:
    """Rule A TG-7."""
    given_two = [TagSpecification(resource_type="image", tags={key: ""}) for key in ("a", "b")]
    assert as_tag_specifications(iter(given_two)) == tuple(given_two)
    with pytest.raises(Malformed, match="not a valid taggable resource type"):
        as_tag_specifications(given_two, ["snapshot"])


# --- writing ----------------------------------------------------------------------------------------------------------


@given(HELD, WRITTEN)
def test_what_is_written_is_there_and_the_rest_stays(existing: Tags, new: Tags) -> None:
    """Rules A TG-4, B TG-9."""
    assert dict(tagged(existing, new, OWN)) == {**existing, **new}
    assert tagged(tagged(existing, new, OWN), new, OWN) == tagged(existing, new, OWN)


@given(HELD, amis.tags(max_size=6, system=True), FLAGS, st.sampled_from([OWN, FOREIGN, SNAPSHOT, NEW_IMAGE]))
def test_tags_are_written_if_and_only_if_nothing_speaks_against_it(
    existing: Tags, new: Tags, tiny: bool, resource: TaggedResource
) -> None:
    limits = Limits.tiny() if tiny else Limits.aws()
    against = list(refusals_to_tag(existing, new, resource, limits))
    places = [REFUSALS.index(type(refusal)) for refusal in against]
    assert places == sorted(set(places))
    if not against:
        assert tagged(existing, new, resource, limits) == existing.setting(new)
    else:
        with pytest.raises(REFUSALS) as caught:
            tagged(existing, new, resource, limits)
        assert caught.value == against[0]


@given(HELD, amis.tags(max_size=6, system=True), st.sampled_from([OWN, FOREIGN, SNAPSHOT, NEW_IMAGE]))
def test_each_refusal_has_its_one_reason(existing: Tags, new: Tags, resource: TaggedResource) -> None:
    """Rules A TG-1, A TG-3, B TG-3, B TG-4, B TG-6, said once more in the plainest way."""
    reserved = any(key.lower().startswith("aws:") for key in new)
    shared = any(key.startswith("ec2:SharedTag/") for key in new)
    count = len({key for key in {**existing, **new} if not key.lower().startswith("aws:")})
    faults = {
        ReservedTagKey: reserved and resource is not NEW_IMAGE,
        ReservedTagKeySpecified: reserved and resource is NEW_IMAGE,
        MisplacedSharedTag: shared and resource is SNAPSHOT,
        ForeignSharedTag: shared and resource is FOREIGN,
        TagLimitExceeded: count > 5,
    }
    limits = evolve(Limits.aws(), tags_per_resource=5)
    assert kinds(refusals_to_tag(existing, new, resource, limits)) == [kind for kind, fault in faults.items() if fault]


def test_every_check_has_its_refusal() -> None:
    assert len(tagging._CHECKS) + 1 == len(REFUSALS) == len(set(REFUSALS))  # one check words its refusal in two ways


@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 4))
def test_fifty_tags_of_ones_own_and_any_number_of_those_of_aws(held: int, new: int, system: int) -> None:
    """Rules A TG-1, B TG-6; here with 8 for 50."""
    limits = evolve(Limits.aws(), tags_per_resource=8)
    existing = Tags({f"a{number}": "" for number in range(held)} | {f"aws:{number}": "" for number in range(system)})
    wanted = Tags({f"b{number}": "" for number in range(new)})
    if held + new <= 8:
        assert len(tagged(existing, wanted, OWN, limits)) == held + new + system
        return
    with pytest.raises(TagLimitExceeded) as caught:
        tagged(existing, wanted, OWN, limits)
    assert caught.value == TagLimitExceeded(tags=held + new, quota=8)
    assert caught.value.code == "TagLimitExceeded"
    assert str(caught.value) == "The maximum number of Tags for a resource has been reached."


def test_the_fifty_first_tag_is_one_too_many_but_a_new_value_is_none() -> None:
    """Rules A TG-1, A TG-4."""
    full = Tags({f"k{number}": "" for number in range(50)})
    assert tagged(NO_TAGS, full, OWN) == full
    assert tagged(full, Tags({"k0": "new"}), OWN)["k0"] == "new"
    assert kinds(refusals_to_tag(full, Tags({"one": "more"}), OWN)) == [TagLimitExceeded]


@pytest.mark.parametrize(
    ("key", "ignoring_case", "as_spelled"),
    [
        ("aws:x", True, True),
        ("AWS:x", True, False),
        ("aWs:", True, False),
        ("aws", False, False),
        ("xaws:", False, False),
    ],
)
def test_which_keys_are_reserved(key: str, ignoring_case: bool, as_spelled: bool) -> None:
    """Rule A TG-3."""
    for fits, quirks in ((ignoring_case, Quirks()), (as_spelled, Quirks(reserved_tag_prefix_ignores_case=False))):
        assert is_reserved(key, quirks) is fits
        refusals = kinds(refusals_to_tag(NO_TAGS, Tags({key: ""}), OWN, quirks=quirks))
        assert refusals == ([ReservedTagKey] if fits else [])


def test_by_a_quirk_a_tag_that_is_taken_along_wins_over_the_one_that_is_asked_for() -> None:
    own, asked = Tags({"Stage": "prod"}), Tags({"Stage": "test", "Name": "web"})
    for request_wins, stage in ((True, "test"), (False, "prod")):
        quirks = Quirks(request_tags_win=request_wins)
        copied = copied_tags(own, own, asked, copy_image_tags=True, is_owner=True, quirks=quirks)
        assert copied == Tags({"Stage": stage, "Name": "web"})


def test_where_case_counts_such_tags_are_the_accounts_own() -> None:
    """Rules A TG-1, A TG-3, B TG-13."""
    quirks = Quirks(reserved_tag_prefix_ignores_case=False)
    limits = evolve(Limits.aws(), tags_per_resource=1)
    tags = Tags({"AWS:x": "", "aws:y": ""})
    assert kinds(refusals_to_tag(tags, Tags({"a": ""}), OWN, limits, quirks)) == [TagLimitExceeded]
    assert tagged(NO_TAGS, Tags({"AWS:x": ""}), OWN, quirks=quirks) == Tags({"AWS:x": ""})
    assert untagged(tags, [], OWN, quirks) == Tags({"aws:y": ""})
    assert copied_tags(tags, tags, NO_TAGS, copy_image_tags=True, is_owner=True, quirks=quirks) == Tags({"AWS:x": ""})


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (
            OWN,
            "Value ( aws:x ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use",
        ),
        (NEW_IMAGE, "Tag keys starting with 'aws:' are reserved for internal use"),
    ],
)
@pytest.mark.parametrize("code", [ErrorCode.INVALID_PARAMETER_VALUE, ErrorCode.INVALID_TAG_KEY_MALFORMED])
def test_ec2_words_a_reserved_key_in_two_ways(resource: TaggedResource, message: str, code: ErrorCode) -> None:
    """Rules A TG-3, B TG-8; settlement S 54."""
    quirks = Quirks(reserved_tag_key_code=code)
    (refusal,) = refusals_to_tag(NO_TAGS, Tags({"Name": "web", "aws:x": ""}), resource, quirks=quirks)
    assert (refusal.code, str(refusal)) == (code.value, message)


@given(st.integers(120, 128))
def test_a_key_has_128_characters_or_by_a_quirk_127(length: int) -> None:
    """Rules A TG-2, A Q14, B TG-7."""
    tags, shorter = Tags({"k" * length: ""}), Quirks(tag_key_may_have_128_characters=False)
    assert tagged(NO_TAGS, tags, OWN) == tags
    assert kinds(refusals_to_tag(NO_TAGS, tags, OWN, quirks=shorter)) == ([TagKeyTooLong] if length == 128 else [])


def test_what_is_said_of_a_key_that_is_too_long() -> None:
    """Rule B TG-7."""
    quirks = Quirks(tag_key_may_have_128_characters=False)
    (refusal,) = refusals_to_tag(NO_TAGS, Tags({"k" * 128: ""}), OWN, quirks=quirks)
    message = f"Value ({'k' * 128}) for parameter key is invalid. Tag keys have at most 127 characters."
    assert (refusal.code, str(refusal)) == ("InvalidParameterValue", message)


SHARED: Final = Tags({"ec2:SharedTag/Support": "2027"})


@pytest.mark.parametrize(
    ("resource", "refused"),
    [
        (OWN, None),
        (NEW_IMAGE, None),
        (FOREIGN, ForeignSharedTag),
        (SNAPSHOT, MisplacedSharedTag),
        (TaggedResource.of("snap-12345678", owned=False), MisplacedSharedTag),
        (TaggedResource(resource_type="snapshot"), MisplacedSharedTag),
        (TaggedResource.of("vol-12345678"), MisplacedSharedTag),
        (TaggedResource.of("i-12345678"), MisplacedSharedTag),
    ],
)
def test_shared_tags_are_for_images_and_for_their_owners(
    resource: TaggedResource, refused: type[Refusal] | None
) -> None:
    """Rules B TG-3, B TG-4."""
    assert kinds(refusals_to_tag(NO_TAGS, SHARED, resource)) == ([refused] if refused else [])


@pytest.mark.parametrize(
    ("resource", "field", "usual", "message"),
    [
        (
            FOREIGN,
            "foreign_shared_tag_code",
            "OperationNotPermitted",
            "Only the owner of the image ami-12345678 can create, change or delete its tag 'ec2:SharedTag/Support'.",
        ),
        (
            SNAPSHOT,
            "misplaced_shared_tag_code",
            "InvalidParameterValue",
            "The tag key 'ec2:SharedTag/Support' is for images only; a resource of type snapshot cannot have it.",
        ),
    ],
)
def test_the_codes_of_shared_tags_are_in_doubt(resource: TaggedResource, field: str, usual: str, message: str) -> None:
    """Rules B TG-3, B TG-4, B 14."""
    (refusal,) = refusals_to_tag(NO_TAGS, SHARED, resource)
    assert (refusal.code, str(refusal)) == (usual, message)
    other: dict[str, Any] = {field: ErrorCode.UNAUTHORIZED_OPERATION}
    (refusal,) = refusals_to_tag(NO_TAGS, SHARED, resource, quirks=Quirks(**other))
    assert refusal.code == "UnauthorizedOperation"


def test_whoever_does_not_own_an_image_learns_what_to_do() -> None:
    (refusal,) = refusals_to_tag(NO_TAGS, SHARED, FOREIGN)
    assert refusal.remedy == "a key without the prefix ec2:SharedTag/ makes a tag that the account alone sees"


# --- deleting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deletion", "on_empty", "on_prod"),
    [
        (TagToDelete("Stage"),         True,  True),
        (TagToDelete("Stage", ""),     True,  False),
        (TagToDelete("Stage", "prod"), False, True),
        (TagToDelete("Stage", "Prod"), False, False),
        (TagToDelete("stage"),         False, False),
    ],
)  # fmt: skip
def test_a_deletion_means_the_key_with_any_value_or_with_just_one(
    deletion: TagToDelete, on_empty: bool, on_prod: bool
) -> None:
    """Rule B TG-13."""
    for value, gone in (("", on_empty), ("prod", on_prod)):
        tags = Tags({"Stage": value, "Name": "web"})
        assert untagged(tags, [deletion], OWN) == (Tags({"Name": "web"}) if gone else tags)


@given(HELD, st.data())
def test_only_what_is_named_goes_and_nothing_that_is_of_aws(tags: Tags, data: st.DataObject) -> None:
    """Rule B TG-13: what is not there is no matter."""
    keys = st.sampled_from([*tags, "absent"])
    values = st.sampled_from([None, "", *tags.values()])
    deletions = data.draw(st.lists(st.builds(TagToDelete, keys, values), min_size=1, max_size=4))
    left = untagged(tags, deletions, OWN)
    for key, value in tags.items():
        named = any(one.key == key and (one.value is None or one.value == value) for one in deletions)
        assert (key in left) is (key.lower().startswith("aws:") or not named)
    assert set(left.items()) <= set(tags.items())
    assert untagged(left, deletions, OWN) == left


@given(HELD, st.sampled_from([OWN, FOREIGN, SNAPSHOT]))
def test_to_name_none_is_to_name_all(tags: Tags, resource: TaggedResource) -> None:
    """Rule B TG-13; settlement S 17."""
    left = untagged(tags, [], resource)
    assert set(left) == {key for key in tags if key.lower().startswith("aws:")}
    every = [TagToDelete(key) for key in tags]
    assert untagged(tags, every or [], OWN) == left


@given(HELD, WRITTEN)
def test_what_was_written_can_be_taken_off_again(existing: Tags, new: Tags) -> None:
    """Rules B TG-9, B TG-13."""
    if new:
        written = tagged(existing, new, OWN)
        left = untagged(written, [TagToDelete(key, value) for key, value in new.items()], OWN)
        assert left == existing.removing(new)


def test_another_accounts_shared_tag_cannot_be_deleted() -> None:
    """Rule B TG-3."""
    deletion = TagToDelete("ec2:SharedTag/Support")
    with pytest.raises(ForeignSharedTag) as caught:
        untagged(NO_TAGS, [TagToDelete("Name"), deletion], FOREIGN)
    assert caught.value.key == deletion.key
    assert untagged(SHARED, [deletion], OWN) == NO_TAGS
    assert untagged(NO_TAGS, [deletion], SNAPSHOT) == NO_TAGS  # there is none to delete


@pytest.mark.parametrize(
    "make", [lambda: TagToDelete(""), lambda: TagToDelete("k" * 129), lambda: TagToDelete("k", "v" * 257)]
)
def test_what_no_tag_can_be_cannot_be_deleted(make: Callable[[], TagToDelete]) -> None:
    """Rules A TG-2, A TG-3."""
    with pytest.raises(Malformed):
        make()


# --- what others see, and what a copy takes along ---------------------------------------------------------------------


@given(PRIVATE, HELD, FLAGS)
def test_others_see_their_own_tags_and_the_shared_ones_and_no_more(own: Tags, owners: Tags, can_use: bool) -> None:
    """Rules A TG-9, B TG-1, B TG-2; settlement S 34."""
    seen = visible_tags(own, owners, is_owner=False, can_use=can_use)
    shared = {key: value for key, value in owners.items() if key.startswith("ec2:SharedTag/")}
    assert dict(seen) == {**own, **(shared if can_use else {})}


@given(HELD, FLAGS)
def test_an_owner_sees_what_it_wrote(owners: Tags, can_use: bool) -> None:
    """Rule B TG-1."""
    assert visible_tags(owners, owners, is_owner=True, can_use=can_use) == owners


@given(PRIVATE, HELD, WRITTEN, FLAGS, FLAGS)
def test_a_copy_takes_along_what_the_rule_book_says(
    own: Tags, owners: Tags, requested: Tags, flag: bool, is_owner: bool
) -> None:
    """Rules B CI-28 to CI-32: the caller's own tags and the owner's shared ones, if so asked; the request wins."""
    mine = owners if is_owner else own
    copied = {key: value for key, value in mine.items() if not key.lower().startswith("aws:")} if flag else {}
    if flag and not is_owner:
        copied |= {key: value for key, value in owners.items() if key.startswith("ec2:SharedTag/")}
    result = copied_tags(own, owners, requested, copy_image_tags=flag, is_owner=is_owner)
    assert dict(result) == {**copied, **requested}


@given(PRIVATE, HELD, WRITTEN, FLAGS)
def test_by_a_quirk_shared_tags_are_copied_whatever_the_flag_says(
    own: Tags, owners: Tags, requested: Tags, is_owner: bool
) -> None:
    """Rule B CI-30."""
    quirks = Quirks(shared_tags_copied_without_flag=True)
    without = copied_tags(own, owners, requested, copy_image_tags=False, is_owner=is_owner, quirks=quirks)
    assert dict(without) == {**owners.shared, **requested}
    either_way = [
        copied_tags(own, owners, requested, copy_image_tags=True, is_owner=is_owner, quirks=each)
        for each in (quirks, Quirks())
    ]
    assert either_way[0] == either_way[1]


@given(HELD, WRITTEN)
def test_of_two_tags_with_one_key_the_requests_wins_or_by_a_quirk_the_other(carried: Tags, requested: Tags) -> None:
    """Rules B CI-31, C 7.37."""
    assert dict(merged_tags(carried, requested)) == {**carried, **requested}
    assert dict(merged_tags(carried, requested, Quirks(request_tags_win=False))) == {**requested, **carried}


@given(PRIVATE, WRITTEN, WRITTEN)
def test_what_a_copy_takes_along_can_be_written_on_it_or_is_too_much(own: Tags, owners: Tags, requested: Tags) -> None:
    """Rule B CI-31: nothing else can speak against it, and then there is no copy."""
    wanted = copied_tags(own, owners, requested, copy_image_tags=True, is_owner=False)
    limits = evolve(Limits.aws(), tags_per_resource=8)
    expected = [TagLimitExceeded] if len(wanted) > 8 else []
    assert kinds(refusals_to_tag(NO_TAGS, wanted, NEW_IMAGE, limits)) == expected
