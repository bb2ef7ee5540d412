import copy
import gzip
import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.instance_types import (
    EnaSupport,
    InstanceStoreVolumes,
    InstanceType,
    InstanceTypeHypervisor,
    instance_families,
    instance_type,
    instance_types,
)
from amimodel.malformed import Malformed
from amimodel.vocabulary import Architecture, BootMode, RootDeviceType, VirtualizationType

ALL: Final = tuple(instance_types())


def words(text: str) -> set[str]:
    return set(text.split())


# --- the rule book, row by row --------------------------------------------------------------------------------------

EITHER: Final = "ebs instance-store"

# Rule A 5.6, row by row: (types, architectures, hypervisor, boot modes, virtualization, ENA required, NitroTPM, roots)
MATRIX = [
    ("t1.micro",           "i386 x86_64", "xen",   "legacy-bios",      "paravirtual",     False, False, "ebs"),
    ("m1.small c1.medium", "i386 x86_64", "xen",   "legacy-bios",      "paravirtual",     False, False, EITHER),
    ("m3.medium c3.large", "i386 x86_64", "xen",   "legacy-bios",      "hvm paravirtual", False, False, EITHER),
    ("t2.micro",           "i386 x86_64", "xen",   "legacy-bios",      "hvm",             False, False, "ebs"),
    ("m4.large",           "x86_64",      "xen",   "legacy-bios",      "hvm",             False, False, "ebs"),
    ("t3.micro m5.large",  "x86_64",      "nitro", "legacy-bios uefi", "hvm",             True,  True,  "ebs"),
    ("c5.large r5.large",  "x86_64",      "nitro", "legacy-bios uefi", "hvm",             True,  True,  "ebs"),
    ("m6g.large",          "arm64",       "nitro", "uefi",             "hvm",             True,  True,  "ebs"),
    ("c7g.large",          "arm64",       "nitro", "uefi",             "hvm",             True,  True,  "ebs"),
    ("t4g.micro",          "arm64",       "nitro", "uefi",             "hvm",             True,  True,  "ebs"),
    ("a1.medium",          "arm64",       "nitro", "uefi",             "hvm",             True,  False, "ebs"),
    ("m5.metal",           "x86_64",      None,    "legacy-bios",      "hvm",             True,  False, "ebs"),
    ("g4ad.xlarge",        "x86_64",      "nitro", "legacy-bios",      "hvm",             True,  False, "ebs"),
    ("p4d.24xlarge",       "x86_64",      "nitro", "legacy-bios",      "hvm",             True,  False, "ebs"),
    ("dl1.24xlarge",       "x86_64",      "nitro", "legacy-bios",      "hvm",             True,  False, "ebs"),
    ("vt1.3xlarge",        "x86_64",      "nitro", "legacy-bios",      "hvm",             True,  False, "ebs"),
    ("u-6tb1.56xlarge",    "x86_64",      "nitro", "legacy-bios",      "hvm",             True,  False, "ebs"),
    ("mac1.metal",         "x86_64_mac",  None,    "uefi",             "hvm",             True,  False, "ebs"),
    ("mac2.metal",         "arm64_mac",   None,    "uefi",             "hvm",             True,  False, "ebs"),
]  # fmt: skip


ROWS = {name: row for names, *row in MATRIX for name in names.split()}


@pytest.mark.parametrize(("name", "row"), ROWS.items(), ids=ROWS)
def test_the_matrix_of_the_rule_book(name: str, row: list[Any]) -> None:
    kind = instance_type(name)
    assert [
        " ".join(kind.architectures),
        kind.hypervisor,
        " ".join(kind.boot_modes),
        " ".join(kind.virtualization_types),
        kind.ena_support is EnaSupport.REQUIRED,
        kind.nitro_tpm_support,
        " ".join(kind.root_device_types),
    ] == row
    assert kind.bare_metal == (row[1] is None)


# Rule A 4.3 (sample counts), and one row for each family of disks that have to be mapped.
DISKS = [
    ("m1.small", 1, False),
    ("m1.large", 2, False),
    ("m1.xlarge", 4, False),
    ("m2.4xlarge", 2, False),
    ("m3.medium", 1, False),
    ("m3.xlarge", 2, False),
    ("c1.medium", 1, False),
    ("c1.xlarge", 4, False),
    ("c3.large", 2, False),
    ("c3.8xlarge", 2, False),
    ("cc1.4xlarge", 2, False),
    ("cc2.8xlarge", 4, False),
    ("cg1.4xlarge", 2, False),
    ("cr1.8xlarge", 2, False),
    ("d2.8xlarge", 24, False),
    ("g2.2xlarge", 1, False),
    ("g2.8xlarge", 2, False),
    ("h1.16xlarge", 8, False),
    ("hi1.4xlarge", 2, False),
    ("hs1.8xlarge", 24, False),
    ("i2.4xlarge", 4, False),
    ("r3.4xlarge", 1, False),
    ("r3.8xlarge", 2, False),
    ("x1.32xlarge", 2, False),
    ("x1e.16xlarge", 1, False),
    ("m5d.large", 1, True),
    ("m5d.24xlarge", 4, True),
    ("m5d.metal", 4, True),
    ("m6gd.medium", 1, True),
    ("i3.metal", 8, True),
    ("f1.16xlarge", 4, True),
    ("m9gd.metal-24xl", None, True),
    ("p6e-gb200.36xlarge", None, True),
]


@pytest.mark.parametrize(("name", "count", "nvme"), DISKS, ids=[row[0] for row in DISKS])
def test_instance_store_volumes(name: str, count: int | None, nvme: bool) -> None:
    assert instance_type(name).instance_store == InstanceStoreVolumes(count=count, nvme=nvme)


@pytest.mark.parametrize("family", ["t2", "t3", "m5", "c5"])
def test_families_without_disks(family: str) -> None:
    assert {kind.instance_store for kind in instance_families()[family]} == {None}


# --- whole families -------------------------------------------------------------------------------------------------


def families(holds: Callable[[InstanceType], bool]) -> set[str]:
    return {kind.family for kind in ALL if holds(kind)}


def test_paravirtual_families() -> None:
    """Rules A 5.3, A Q11, B LD-14."""
    assert families(lambda kind: VirtualizationType.PARAVIRTUAL in kind.virtualization_types) == words(
        "c1 c3 m1 m2 m3 t1"
    )
    assert families(lambda kind: VirtualizationType.HVM not in kind.virtualization_types) == words("c1 m1 m2 t1")


def test_families_with_instance_store_roots() -> None:
    """Rules A 5.2, A Q12, B LD-15."""
    assert families(lambda kind: RootDeviceType.INSTANCE_STORE in kind.root_device_types) == words(
        "c1 c3 d2 i2 m1 m2 m3 r3 x1"
    )
    assert all(RootDeviceType.EBS in kind.root_device_types for kind in ALL)


TP_5 = """
    m5* m6* m7* m8* t3 t3a t4g c5* c6* c7* c8* r5* r6* r7* r8* u7i-* u7in-* x2idn x2iedn x2iezn x8* z1d d3 d3en
    i3en i4i i7i i7ie i8g i8ge im4gn f2 g4dn g5 g6 g6e g6f gr6 gr6f g7e inf1 inf2 p5* p6* trn2* hpc6a hpc6id hpc8a
"""
AFTER_TP_5 = "m9g m9gd c9g c9gd r9g r9gd t8i g7"  # newer than the list of rule A TP-5


def test_nitro_tpm_families() -> None:
    listed = {name for name in instance_families() for pattern in TP_5.split() if fnmatchcase(name, pattern)}
    assert families(lambda kind: kind.nitro_tpm_support) == listed | words(AFTER_TP_5)
    for name in listed:  # a family has it in all its virtualized sizes or in none
        virtualized = [kind for kind in instance_families()[name] if not kind.bare_metal]
        assert all(kind.nitro_tpm_support for kind in virtualized)


BO_3 = "dl1 g4ad p4d p4de u-3tb1 u-6tb1 u-9tb1 u-12tb1 u-18tb1 u-24tb1 vt1"


def test_nitro_boots_both_ways_but_for_the_families_of_bo_3() -> None:
    x86 = [kind for kind in ALL if kind.hypervisor == "nitro" and Architecture.X86_64 in kind.architectures]
    assert {kind.family for kind in x86 if BootMode.UEFI not in kind.boot_modes} == words(BO_3)
    assert all(BootMode.LEGACY_BIOS in kind.boot_modes for kind in x86)


def test_xen_types_that_have_ena() -> None:
    some = {kind.name for kind in ALL if kind.ena_support is EnaSupport.SUPPORTED}
    assert {name.partition(".")[0] for name in some} == words("f1 g3 g3s h1 i3 m4 p2 p3 r4 x1 x1e")
    assert {name for name in some if name.startswith("m4")} == {"m4.16xlarge"}


def test_types_of_32_bits() -> None:
    assert {kind.name for kind in ALL if Architecture.I386 in kind.architectures} == words(
        "t1.micro m1.small m1.medium c1.medium m3.medium c3.large t2.nano t2.micro t2.small t2.medium"
    )


# --- laws -----------------------------------------------------------------------------------------------------------

NITRO, XEN = InstanceTypeHypervisor.NITRO, InstanceTypeHypervisor.XEN
MAC = frozenset({Architecture.X86_64_MAC, Architecture.ARM64_MAC})
ARM = frozenset({Architecture.ARM64, Architecture.ARM64_MAC})


def every(_: InstanceType) -> bool:
    return True


# (what must hold, of which types, what holds of them)
LAWS: list[tuple[str, Callable[[InstanceType], bool], Callable[[InstanceType], bool]]] = [
    ("every type has an architecture, a virtualization, a boot mode and a root",
     every,
     lambda kind: all((kind.architectures, kind.virtualization_types, kind.boot_modes, kind.root_device_types))),
    ("no type says anything twice",
     every,
     lambda kind: all(len(set(words)) == len(words) for words in
                      (kind.architectures, kind.virtualization_types, kind.boot_modes, kind.root_device_types))),
    ("every type boots with legacy-bios or uefi",
     every,
     lambda kind: {"legacy-bios", "uefi"}.issuperset(kind.boot_modes)),
    ("Arm is Arm alone, uefi and hvm",
     lambda kind: not ARM.isdisjoint(kind.architectures),
     lambda kind: (len(kind.architectures), kind.boot_modes, kind.virtualization_types) == (1, ("uefi",), ("hvm",))),
    ("a Mac is bare metal",
     lambda kind: not MAC.isdisjoint(kind.architectures),
     lambda kind: kind.bare_metal and kind.family.startswith("mac")),
    ("32 bits come with 64, on Xen",
     lambda kind: Architecture.I386 in kind.architectures,
     lambda kind: kind.architectures == ("i386", "x86_64") and kind.hypervisor is XEN),
    ("NitroTPM is Nitro, uefi and virtual",
     lambda kind: kind.nitro_tpm_support,
     lambda kind: kind.hypervisor is NITRO and "uefi" in kind.boot_modes and not kind.bare_metal),
    ("paravirtual is Xen and legacy-bios",
     lambda kind: "paravirtual" in kind.virtualization_types,
     lambda kind: kind.hypervisor is XEN and kind.boot_modes == ("legacy-bios",)),
    ("Xen is legacy-bios alone",
     lambda kind: kind.hypervisor is XEN,
     lambda kind: kind.boot_modes == ("legacy-bios",) and kind.ena_support is not EnaSupport.REQUIRED),
    ("Nitro and bare metal require ENA, and boot from EBS",
     lambda kind: kind.hypervisor is not XEN,
     lambda kind: kind.ena_support is EnaSupport.REQUIRED and kind.root_device_types == ("ebs",)),
    ("an instance store root is Xen, with volumes",
     lambda kind: "instance-store" in kind.root_device_types,
     lambda kind: kind.hypervisor is XEN and kind.instance_store is not None),
    ("bare metal is what is called metal, without hypervisor",
     lambda kind: kind.bare_metal or kind.hypervisor is None or kind.size.startswith("metal"),
     lambda kind: kind.bare_metal and kind.hypervisor is None and kind.size.startswith("metal")),
    ("x86 metal is legacy-bios alone",
     lambda kind: kind.bare_metal and Architecture.X86_64 in kind.architectures,
     lambda kind: kind.boot_modes == ("legacy-bios",)),
    ("volumes to be mapped are counted, and on Xen",
     lambda kind: kind.instance_store is not None and not kind.instance_store.nvme,
     lambda kind: kind.instance_store is not None and kind.instance_store.count is not None and kind.hypervisor is XEN),
    ("a d in the name of a newer family says disks",
     lambda kind: kind.family in words("m5d r5d c5d c6gd m6gd r6gd c6id m6id r6id m7gd c8gd m8id r9gd"),
     lambda kind: kind.instance_store is not None and kind.instance_store.nvme),
    ("the name is family and size",
     every,
     lambda kind: str(kind) == kind.name == f"{kind.family}.{kind.size}" and "." not in kind.family + kind.size),
]  # fmt: skip


@pytest.mark.parametrize(("of", "holds"), [law[1:] for law in LAWS], ids=[law[0] for law in LAWS])
def test_laws(of: Callable[[InstanceType], bool], holds: Callable[[InstanceType], bool]) -> None:
    subjects = [kind for kind in ALL if of(kind)]
    assert subjects  # no law is about nothing
    assert [kind.name for kind in subjects if not holds(kind)] == []


# --- names ----------------------------------------------------------------------------------------------------------


def test_every_name_of_ec2_resolves_and_no_other_is_known() -> None:
    session = pytest.importorskip("botocore.session").get_session()
    if session.user_agent_name != "Botocore" or not session.user_agent_version.startswith("1.44.5"):
        pytest.skip("the table is that of botocore 1.44.5")
    names = session.get_service_model("ec2").shape_for("InstanceType").enum
    assert {instance_type(name).name for name in names} == set(names) == {kind.name for kind in ALL}
    assert set(instance_families()) == {name.partition(".")[0] for name in names}


def test_names_are_known_once() -> None:
    assert len(ALL) == len({kind.name for kind in ALL}) == 1437
    assert len(instance_families()) == 210


def test_families_hold_their_types() -> None:
    assert [kind for family in instance_families().values() for kind in family] == list(ALL)
    assert all({kind.family for kind in types} == {name} for name, types in instance_families().items())
    assert tuple(kind.size for kind in instance_families()["c8gn"]) == (
        *("medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge"),
        *("12xlarge", "16xlarge", "24xlarge", "48xlarge", "metal-24xl", "metal-48xl"),
    )
    with pytest.raises(TypeError):
        instance_families()["m0"] = ()  # type: ignore[index] # what the caller gets is read-only


def unknown(name: str) -> Malformed:
    return Malformed(
        "InvalidParameterValue", f"Invalid value '{name}' for InstanceType.", member="InstanceType", value=name
    )


@pytest.mark.parametrize(
    "name",
    ["", ".", "m5", "m5.", ".large", "m5.bogus", "m5.metal-24xl", "M5.large", "m5.large ", "m5.2xl", "m5.large.x"],
)
def test_unknown_names_are_malformed(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        instance_type(name)
    assert caught.value == unknown(name)


CROSSED = st.builds("{0.family}.{1.size}".format, st.sampled_from(ALL), st.sampled_from(ALL))


@given(st.text() | CROSSED)
def test_any_text_is_a_name_or_malformed(name: str) -> None:
    if any(kind.name == name for kind in instance_families().get(name.partition(".")[0], ())):
        assert instance_type(name).name == name
    else:
        with pytest.raises(Malformed) as caught:
            instance_type(name)
        assert caught.value == unknown(name)


@given(st.sampled_from(ALL))
def test_the_same_name_is_the_same_type(kind: InstanceType) -> None:
    assert instance_type(kind.name) is kind
    assert instance_type("".join(kind.name)) is kind
    twin = pickle.loads(pickle.dumps(kind))
    assert twin == kind == copy.deepcopy(kind)
    assert hash(twin) == hash(kind)


class Shouting(str):
    __slots__ = ()


def test_a_name_that_only_looks_like_text_leaves_no_trace() -> None:
    assert type(instance_type(Shouting("x8g.medium")).name) is str


# --- what no machine can be -----------------------------------------------------------------------------------------

FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("m7i.large", {"name": "large"}, "InstanceType"),
    ("m7i.large", {"architectures": ()}, "SupportedArchitectures"),
    ("m7i.large", {"virtualization_types": ()}, "SupportedVirtualizationTypes"),
    ("m7i.large", {"virtualization_types": (VirtualizationType.PARAVIRTUAL,)}, "SupportedVirtualizationTypes"),
    ("m7i.large", {"boot_modes": ()}, "SupportedBootModes"),
    ("m7i.large", {"boot_modes": (BootMode.UEFI_PREFERRED,)}, "SupportedBootModes"),
    ("m7i.large", {"boot_modes": (BootMode.LEGACY_BIOS,)}, "NitroTpmSupport"),
    ("m7i.large", {"hypervisor": XEN}, "NitroTpmSupport"),
    ("m7i.large", {"hypervisor": None}, "Hypervisor"),
    ("m7i.large", {"bare_metal": True}, "Hypervisor"),
    ("m7i.large", {"root_device_types": ()}, "SupportedRootDeviceTypes"),
    ("m6id.large", {"root_device_types": (RootDeviceType.INSTANCE_STORE,)}, "SupportedRootDeviceTypes"),
    ("d2.xlarge", {"instance_store": None}, "SupportedRootDeviceTypes"),
]


@pytest.mark.parametrize(("name", "changes", "member"), FAULTS, ids=lambda value: str(value)[:60])
def test_impossible_machines_cannot_be_built(name: str, changes: dict[str, Any], member: str) -> None:
    with pytest.raises(Malformed) as caught:
        attrs.evolve(instance_type(name), **changes)
    assert (caught.value.code, caught.value.member) == ("InvalidParameterValue", member)


def test_a_type_newer_than_the_table_can_be_built_by_hand() -> None:
    assert attrs.evolve(instance_type("m8i.large"), name="m10i.large").family == "m10i"


@pytest.mark.parametrize(("count", "nvme"), [(None, False), (0, True), (0, False), (25, False), (-1, True)])
def test_impossible_volumes_cannot_be_built(count: int | None, nvme: bool) -> None:
    with pytest.raises(Malformed) as caught:
        InstanceStoreVolumes(count=count, nvme=nvme)
    assert caught.value.member == "Count"


# --- beside what EC2 answers ----------------------------------------------------------------------------------------

# (types, fact, what the rule book says, what EC2 answered): everywhere else the two agree.
DIVERGENCES = [
    ("m1.* m2.* c1.* t1.*",   "virtualization_types", ["paravirtual"],         ["hvm", "paravirtual"]),
    ("m3.medium",             "architectures",        ["i386", "x86_64"],      ["x86_64"]),
    ("mac*",                  "boot_modes",           ["uefi"],                ["legacy-bios"]),
    ("trn1.* trn1n.*",        "boot_modes",           ["legacy-bios", "uefi"], ["legacy-bios"]),
    ("trn2.3xlarge",          "nitro_tpm_support",    True,                    False),
]  # fmt: skip


def recorded(answer: Mapping[str, Any]) -> dict[str, Any]:
    storage = answer.get("InstanceStorageInfo")
    disks = storage and (sum(disk["Count"] for disk in storage["Disks"]), storage["NvmeSupport"] == "required")
    return {
        "architectures": answer["ProcessorInfo"]["SupportedArchitectures"],
        "virtualization_types": answer["SupportedVirtualizationTypes"],
        "boot_modes": answer["SupportedBootModes"],
        "hypervisor": answer.get("Hypervisor"),
        "ena_support": answer["NetworkInfo"]["EnaSupport"],
        "nitro_tpm_support": answer["NitroTpmSupport"] == "supported",
        "root_device_types": answer["SupportedRootDeviceTypes"],
        "instance_store": disks,
        "bare_metal": answer["BareMetal"],
        "current_generation": answer["CurrentGeneration"],
    }


def modelled(kind: InstanceType) -> dict[str, Any]:
    facts = attrs.asdict(kind, recurse=False, filter=attrs.filters.exclude("name"))
    lists = {name: [str(word) for word in value] for name, value in facts.items() if isinstance(value, tuple)}
    store = kind.instance_store
    return facts | lists | {"instance_store": store and (store.count, store.nvme)}


def test_the_table_agrees_with_the_recorded_answers_of_ec2() -> None:
    moto = pytest.importorskip("moto")
    spec = find_spec("moto")
    if moto.__version__ != "5.2.5" or spec is None or spec.origin is None:
        pytest.skip("the table was written beside the recording in moto 5.2.5")
    recording = Path(spec.origin).parent / "ec2" / "resources" / "instance_types.json.gz"
    answers = json.loads(gzip.decompress(recording.read_bytes()))
    asked = [kind for kind in ALL if kind.name in answers]
    assert len(asked) == 1395
    differing = [
        (kind.name, fact, modelled(kind)[fact], there)
        for kind in asked
        for fact, there in recorded(answers[kind.name]).items()
        if modelled(kind)[fact] != there
    ]
    expected = [
        (kind.name, fact, here, there)
        for kind in ALL
        for patterns, fact, here, there in DIVERGENCES
        if any(fnmatchcase(kind.name, pattern) for pattern in patterns.split())
    ]
    assert differing == expected


def test_the_table_is_not_written_out_before_it_is_asked_for() -> None:
    code = (
        "from amimodel import instance_types as types\n"
        "assert types._rows.cache_info().currsize == types._built.cache_info().currsize == 0\n"
        "types.instance_type('t3.micro')\n"
        "assert types._built.cache_info().currsize == 1\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code, in our own interpreter
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
