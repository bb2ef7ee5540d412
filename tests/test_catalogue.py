"""The catalogue against plain dicts: the records, and the indexes computed anew at every step."""

import copy
import pickle
from collections.abc import Collection, Hashable, Iterator
from typing import Any, NamedTuple

import attrs
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from amimodel import _catalogue, _indexes
from amimodel._catalogue import Catalogue, Index, _Indexes, _spelling
from amimodel._copies import changed
from amimodel.examples import WEB
from amimodel.permissions import OrganizationPermission, Permissions
from amimodel.testing import strategies as amis


class Pet(NamedTuple):
    kind: str
    colours: tuple[str, ...]
    age: int


def _kind(pet: Pet) -> Collection[Hashable]:
    return (pet.kind,)


def _colours(pet: Pet) -> Collection[Hashable]:
    return pet.colours


def _old(pet: Pet) -> Collection[Hashable]:
    return () if pet.age < 2 else ((pet.kind, pet.age),)


INDEXES = {
    "kind": Index(_kind, "kind"),
    "colour": Index(_colours, "colours"),
    "age": Index(_old),  # reads are not told: every change looks
}


@pytest.fixture(autouse=True, scope="module")
def small_crowds() -> Iterator[None]:
    """A few pets are a crowd here, so that its table comes and goes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_catalogue, "_CROWD", 5)
        yield


IDS = st.integers(0, 40).map("pet-{}".format)
PETS = st.builds(
    Pet,
    st.sampled_from(["cat", "cat", "cat", "dog"]),
    st.lists(st.sampled_from(["black", "white", "red"]), max_size=3).map(tuple),  # one colour may be named twice
    st.integers(0, 3),
)
RECORDS = st.dictionaries(IDS, PETS, max_size=30)


def found(model: dict[str, Pet], index: str) -> dict[Hashable, set[str]]:
    keys: dict[Hashable, set[str]] = {}
    for pet_id, pet in model.items():
        for key in INDEXES[index].keys(pet):
            keys.setdefault(key, set()).add(pet_id)
    return keys


class CatalogueAgainstDict(RuleBasedStateMachine):
    """Every change is made to a dict, too; every version is kept beside a copy of the dict of its time."""

    def __init__(self) -> None:
        super().__init__()
        self.catalogue: Catalogue[Pet] = Catalogue(INDEXES)
        self.model: dict[str, Pet] = {}
        self.kept: list[tuple[Catalogue[Pet], dict[str, Pet]]] = []

    @initialize(records=RECORDS)
    def load(self, records: dict[str, Pet]) -> None:
        self.catalogue, self.model = Catalogue(INDEXES, records), dict(records)

    @rule(pet_id=IDS, pet=PETS)
    def put(self, pet_id: str, pet: Pet) -> None:
        self.catalogue = self.catalogue.put(pet_id, pet)
        self.model[pet_id] = pet

    @rule(data=st.data(), age=st.integers(0, 3))
    def grow_older(self, data: st.DataObject, age: int) -> None:
        """Change one field and keep the others as they are: what `reads` can see."""
        if self.model:
            pet_id = data.draw(st.sampled_from(list(self.model)))
            self.put(pet_id, self.model[pet_id]._replace(age=age))

    @rule(pets=RECORDS)
    def put_many(self, pets: dict[str, Pet]) -> None:
        for pet_id, pet in pets.items():
            self.put(pet_id, pet)

    @rule(pet_id=IDS)
    def drop(self, pet_id: str) -> None:
        if pet_id in self.model:
            self.catalogue = self.catalogue.drop(pet_id)
            del self.model[pet_id]
        else:
            with pytest.raises(KeyError, match=pet_id):
                self.catalogue.drop(pet_id)

    @rule()
    def drop_all(self) -> None:
        for pet_id in list(self.model):
            self.drop(pet_id)

    @rule()
    def keep(self) -> None:
        self.kept.append((self.catalogue, dict(self.model)))

    @rule(data=st.data())
    def go_back(self, data: st.DataObject) -> None:
        if self.kept:
            self.catalogue, model = data.draw(st.sampled_from(self.kept))
            self.model = dict(model)

    @invariant()
    def is_like_the_dict(self) -> None:
        assert_like(self.catalogue, self.model)

    def teardown(self) -> None:
        for catalogue, model in self.kept:
            assert_like(catalogue, model)


def assert_like(catalogue: Catalogue[Pet], model: dict[str, Pet]) -> None:
    assert len(catalogue) == len(model)
    assert list(catalogue) == list(model.values())
    assert dict(catalogue.records.items()) == model
    assert all(pet_id in catalogue and catalogue.get(pet_id) == pet for pet_id, pet in model.items())
    assert catalogue.get("pet-none") is None
    for name in INDEXES:
        keys = found(model, name)
        assert set(catalogue.keys(name)) == set(map(_spelling, keys))
        for key, ids in keys.items():
            listed = list(catalogue.ids(name, key))
            assert set(listed) == ids
            assert len(listed) == len(ids) == catalogue.count(name, key)
            assert list(catalogue.having(name, key)) == [model[pet_id] for pet_id in listed]
        assert list(catalogue.ids(name, "no such key")) == []
        assert catalogue.count(name, "no such key") == 0
    assert catalogue.is_in_step()
    assert catalogue == catalogue.of(catalogue.records) == Catalogue(INDEXES, model)


TestCatalogueAgainstDict = CatalogueAgainstDict.TestCase
TestCatalogueAgainstDict.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@given(records=RECORDS)
def test_loading_at_once_is_putting_one_by_one(records: dict[str, Pet]) -> None:
    loaded, grown = Catalogue(INDEXES, records), Catalogue(INDEXES)
    for pet_id, pet in records.items():
        grown = grown.put(pet_id, pet)
    assert loaded == grown
    assert hash(loaded) == hash(grown)
    for name in INDEXES:
        for key in loaded.keys(name):
            assert list(loaded.ids(name, key)) == list(grown.ids(name, key))


def test_ids_under_a_key_stand_in_the_order_in_which_they_came_there() -> None:
    pets = Catalogue(INDEXES)
    for number in range(40):
        pets = pets.put(f"pet-{number}", Pet("cat", (), 0))
    pets = pets.put("pet-3", Pet("dog", (), 0)).put("pet-3", Pet("cat", (), 0)).put("pet-7", Pet("cat", (), 1))
    assert list(pets.ids("kind", "cat")) == [f"pet-{n}" for n in range(40) if n != 3] + ["pet-3"]


def test_an_index_is_no_part_of_what_a_catalogue_says() -> None:
    records = {"a": Pet("cat", (), 0)}
    assert Catalogue(INDEXES, records) == Catalogue({}, records)
    assert Catalogue(INDEXES, records) != Catalogue(INDEXES)
    assert Catalogue(INDEXES, records) != records


def test_a_catalogue_that_was_told_too_little_of_what_an_index_reads_is_found_out_of_step() -> None:
    forgetful = {"kind": Index(_kind, "colours")}
    colours = ("red",)
    pets = Catalogue(forgetful).put("a", Pet("cat", colours, 0)).put("a", Pet("dog", colours, 0))
    assert not pets.is_in_step()
    assert pets.of(pets.records).is_in_step()


def test_a_record_put_where_it_is_leaves_the_catalogue_itself() -> None:
    pet = Pet("cat", (), 0)
    pets = Catalogue(INDEXES, {"a": pet})
    assert pets.put("a", pet) is pets


@given(records=RECORDS)
def test_a_pickle_and_a_copy_give_an_equal_catalogue_in_step(records: dict[str, Pet]) -> None:
    catalogue = Catalogue(INDEXES, records)
    for again in (pickle.loads(pickle.dumps(catalogue)), copy.copy(catalogue), copy.deepcopy(catalogue)):
        assert again == catalogue
        assert again.is_in_step()
        assert list(again) == list(catalogue)


def test_attributes_cannot_be_set() -> None:
    catalogue: Any = Catalogue(INDEXES)
    with pytest.raises(AttributeError, match="a Catalogue never changes: 'records' cannot be set"):
        catalogue.records = {}


@given(images=st.lists(amis.images(), max_size=4), again=st.lists(amis.images(), max_size=4))
def test_the_indexes_of_images_read_all_that_their_keys_come_from(images: list[Any], again: list[Any]) -> None:
    """Any image written over any other: what `reads` leaves out would leave the catalogue out of step."""
    catalogue = Catalogue(_indexes.IMAGES)
    for number, image in enumerate((*images, *again)):
        catalogue = catalogue.put(f"ami-{number % 4}", image)
    assert catalogue.is_in_step()


RECORDS_OF = [
    (_indexes.IMAGES, amis.images()),
    (_indexes.SNAPSHOTS, amis.snapshots()),
    (_indexes.INSTANCES, amis.instances()),
]


@pytest.mark.parametrize(("indexes", "records"), RECORDS_OF)
@given(data=st.data())
def test_an_index_reads_every_attribute_that_its_keys_come_from(
    indexes: Any, records: Any, data: st.DataObject
) -> None:
    """A record that takes from another one what an index reads takes its keys along."""
    one, other = data.draw(records), data.draw(records)
    for name, index in indexes.items():
        fields = {attribute.name for attribute in attrs.fields(type(one))}
        alike = changed(other, **{each: getattr(one, each) for each in index.reads if each in fields})
        assert name not in _Indexes(indexes).concerned(one, alike)
        assert tuple(index.keys(one)) == tuple(index.keys(alike))


def test_keys_that_are_spelled_alike_are_kept_as_one() -> None:
    """The spelling of an organization leaves out who manages it."""
    organization = "arn:aws:organizations::{}:organization/o-xyzabc123w"
    both = Permissions(OrganizationPermission(organization.format(account)) for account in ("1" * 12, "2" * 12))
    image = evolve(WEB, region="eu-central-1", launch_permissions=both)
    images = Catalogue(_indexes.IMAGES).put("a", image).put("b", image).drop("a")
    assert images.is_in_step()
    assert [list(images.ids("grantee", (image.region, item))) for item in both] == [["b"], ["b"]]
    assert len(images.drop("b")) == 0
