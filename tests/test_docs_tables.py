"""The rows of docs/tables.md, read as a reader would read them, and held against what the code does.

The page is written by the code's tables; here it is compared with the functions that use them, and with the second
implementations in tests/reference.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from amimodel.actions import ACTIONS
from amimodel.allowed_images import effect_on
from amimodel.booting import boot_mode
from amimodel.clock import parse
from amimodel.examples import WEB
from amimodel.image_criteria import ImageCriterion
from amimodel.images import UNPROTECTED, DeregistrationProtection
from amimodel.instance_lifecycle import InstanceEvent, after, refusal
from amimodel.instances import Instance, InstanceState
from amimodel.lifecycle import ImageEvent
from amimodel.lifecycle import after as image_after
from amimodel.lifecycle import refusal as image_refusal
from amimodel.malformed import Malformed
from amimodel.protection import ProtectionEvent
from amimodel.protection import after as protection_after
from amimodel.settings import AllowedImagesSettings
from amimodel.visibility import is_shown
from amimodel.vocabulary import Architecture, BootMode, ImageState
from reference import encryption

PAGE = Path(__file__).parent.parent / "docs" / "tables.md"
NOW = parse("2026-06-01T00:00:00Z")
Row = Mapping[str, str]


def rows(section: str) -> list[Row]:
    """The rows of the table under a heading, each as a mapping from the head of the column to the cell."""
    text = PAGE.read_text(encoding="utf-8")
    part = re.split(r"^## ", text.split(f"## {section}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def cases(section: str) -> list[Any]:
    return [pytest.param(row, id=" ".join(list(row.values())[:2])) for row in rows(section)]


# --- states -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", cases("The life of an image"))
def test_the_life_of_an_image(row: Row) -> None:
    event = ImageEvent(row["event"])
    for stage, cell in list(row.items())[1:]:
        binned = stage == "in the Recycle Bin"
        image = evolve(WEB, state="available" if binned else stage)
        refused = image_refusal(image, event, in_recycle_bin=binned)
        code = {"U": "InvalidAMIID.Unavailable", "NF": "InvalidAMIID.NotFound"}.get(cell)
        assert (None if refused is None else refused.code) == code
        if code is None:
            state = cell.strip("*") if "*" in cell else image.state.value
            assert image_after(image, event, in_recycle_bin=binned).state == state


INSTANCE = Instance(
    instance_id="i-12345678",
    owner_id="111122223333",
    image_id="ami-12345678",
    instance_type="t3.micro",
    architecture="x86_64",
    availability_zone="eu-central-1a",
    launch_time=NOW,
)


@pytest.mark.parametrize("row", cases("The life of an instance"))
def test_the_life_of_an_instance(row: Row) -> None:
    instance = evolve(INSTANCE, state=row["state"])
    for event, cell in list(row.items())[1:]:
        refused = refusal(instance, InstanceEvent(event))
        if cell.strip("*") in {state.value for state in InstanceState}:
            assert after(instance, InstanceEvent(event)).state == cell.strip("*")
        elif cell in {"=", ""}:
            assert refused is None
            assert after(instance, InstanceEvent(event)).state is instance.state
        else:
            assert refused is not None
            assert refused.code == cell


SETTINGS = {
    "disabled": UNPROTECTED,
    "enabled-without-cooldown": DeregistrationProtection("enabled-without-cooldown"),
    "enabled-with-cooldown": DeregistrationProtection("enabled-with-cooldown"),
    "disabled after ...": DeregistrationProtection(cooldown_until=NOW + timedelta(hours=1)),
}


@pytest.mark.parametrize("row", cases("Deregistration protection"))
def test_deregistration_protection(row: Row) -> None:
    for event, cell in list(row.items())[1:]:
        setting = protection_after(SETTINGS[row["protection"]], ProtectionEvent(event), NOW, timedelta(hours=24))
        assert re.sub(r"after .*", "after ...", str(setting)) == cell


# --- what is seen -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", cases("What is shown"))
def test_what_is_shown(row: Row) -> None:
    veiled = {"deprecated": evolve(WEB, deprecation_time=NOW), "disabled": evolve(WEB, state=ImageState.DISABLED)}
    owned = row["who looks"] == "its owner"
    flags = ("by its id, whatever the flag", "in a listing with the flag", "in a listing")
    for head, by_id, flag in ((flags[0], True, False), (flags[1], False, True), (flags[2], False, False)):
        shown = is_shown(
            veiled[row["the image is"]],
            NOW,
            owned=owned,
            by_id=by_id,
            include_deprecated=flag,
            include_disabled=flag,
        )
        assert shown is (row[head] == "shown")


@pytest.mark.parametrize("row", cases("Allowed AMIs"))
def test_allowed_amis(row: Row) -> None:
    said = {"true": True, "false": False, "absent": None}
    lookers = {
        "own image": "111122223333",
        "another's image, matching": "4" * 12,
        "another's image, not matching": "5" * 12,
    }
    for head, account in lookers.items():
        owner = "999988887777" if "not matching" in head else "111122223333"
        criterion = ImageCriterion(image_providers=[owner])
        settings = AllowedImagesSettings(state=row["state"], image_criteria=[criterion])
        effect = effect_on(settings, WEB, account, NOW)
        usable, told = row[head].split(", ImageAllowed ")
        assert (effect.usable, effect.image_allowed) == (usable == "usable", said[told])


# --- boot modes and encryption ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", cases("Boot modes"))
def test_boot_modes(row: Row) -> None:
    mode = None if row["image's boot mode"] == "none" else BootMode(row["image's boot mode"])
    bios, uefi = BootMode.LEGACY_BIOS, BootMode.UEFI
    types = {"type has legacy-bios": [bios], "type has both": [bios, uefi], "type has uefi": [uefi]}
    for architecture in row["built for"].split(", "):
        for head, modes in types.items():
            got = boot_mode(mode, Architecture(architecture), modes)
            assert ("refused" if got is None else got.value) == row[head]


FACTS: dict[str, list[Any]] = {
    "any": [True, False],
    "plain": [False], "encrypted": [True], "own": [True], "shared": [False], "same": [True], "other": [False],
    "off": [False], "on": [True], "no": [False], "yes": [True],
    "absent": [None], "false": [False], "true": [True],
    "absent or false": [None, False], "absent or true": [None, True],
}  # fmt: skip
PARAMETERS = {
    "Snapshot": "of_encrypted",
    "Owned by": "own",
    "Region": "same_region",
    "Encryption by default": "by_default",
    "Encrypted": "encrypted",
    "KmsKeyId": "key",
}


def outcome(result: str) -> str:
    """A result of the page in the words of the second implementation."""
    if result.startswith("error "):
        return result.removeprefix("error ")
    return re.sub(r"encrypted, (\S+) key", r"\1", result)


@pytest.mark.parametrize(
    ("section", "implementation"),
    [
        ("Encryption at launch: a volume of a snapshot", encryption.volume_from_snapshot),
        ("Encryption at launch: an empty volume", encryption.new_volume),
        ("Encryption of a copied image", encryption.image_copy),
        ("Encryption of a copied snapshot", encryption.snapshot_copy),
    ],
)
def test_encryption(section: str, implementation: Any) -> None:
    decided: dict[tuple[Any, ...], str] = {}
    for row in rows(section):
        heads = [head for head in row if head in PARAMETERS]
        for facts in product(*(FACTS[row[head]] for head in heads)):
            case = dict(zip((PARAMETERS[head] for head in heads), facts, strict=True))
            assert implementation(**case) == outcome(row["result"]), row
            assert facts not in decided, "two rows decide one case"
            decided[facts] = row["row"]
    assert decided


# --- filters, actions and refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", cases("The filters of DescribeImages"))
def test_a_filter_is_one_that_describe_images_takes(row: Row) -> None:
    name = row["filter"].strip("`").replace(":K", ":Stage")
    query: Any = ACTIONS["DescribeImages"]
    from amimodel.filters import Filter

    assert query(filters=[Filter(name, ["x"])], include_disabled=True).filters[0].name == name
    with pytest.raises(Malformed):
        query(filters=[Filter(f"{name}s", ["x"])]) if ":" not in name else query(filters=[Filter("tag:", ["x"])])


def test_all_the_filters_of_the_book_are_on_the_page() -> None:
    assert len(rows("The filters of DescribeImages")) == 53


def test_every_action_is_on_the_page() -> None:
    assert [row["action"].strip("`") for row in rows("The actions")] == sorted(ACTIONS)


@pytest.mark.parametrize("row", cases("The actions"))
def test_an_actions_refusals_are_on_the_page_in_order(row: Row) -> None:
    kind = ACTIONS[row["action"].strip("`")]
    told = [name.strip("`") for name in row["refuses with, in this order"].split(", ")]
    assert told == ([refused.__name__ for refused in kind.refusals] or ["nothing"])
