"""Joining answers into an inventory, and what an audit finds in it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from amimodel.amazon_linux import SUPPORT, Generation, end_of_life, generation_of
from amimodel.audit import FindingKind, Gravity, Scope, findings
from amimodel.block_devices import BlockDeviceMapping
from amimodel.examples import WEB
from amimodel.images import Image, StateReason
from amimodel.instances import ImageMetadata, InstanceImageMetadata
from amimodel.inventory import Inventory, Unread
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
    Permissions,
)
from amimodel.snapshots import Snapshot
from amimodel.testing import strategies as amis
from amimodel.wire import read

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROOT = WEB.block_device_mappings[0].ebs
assert ROOT is not None
SAFE = evolve(
    WEB, imds_support="v2.0", block_device_mappings=[BlockDeviceMapping("/dev/xvda", evolve(ROOT, encrypted=True))]
)
SNAPSHOT = Snapshot(
    snapshot_id="snap-12345678",
    owner_id="111122223333",
    volume_id="vol-12345678",
    volume_size_gib=8,
    start_time=WEB.creation_date,
    encrypted=True,
    description="before the migration",
)
ORG = OrganizationPermission("arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5")
OU = OrganizationalUnitPermission("arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-a1b2-c3d4e5f6")


def kinds(inventory: Inventory, **scope: Any) -> list[FindingKind]:
    return [finding.kind for finding in findings(inventory, Scope(now=NOW, **scope))]


def of(*images: Image, snapshots: tuple[Snapshot, ...] = (SNAPSHOT,)) -> Inventory:
    return Inventory.of_images(images, snapshots)


def shared(*items: Any) -> Image:
    return evolve(SAFE, launch_permissions=Permissions(items))


def instance(instance_state: str, **metadata: Any) -> Inventory:
    return Inventory(
        instances=(
            InstanceImageMetadata(
                instance_id="i-12345678",
                owner_id="111122223333",
                instance_type="t3.micro",
                launch_time=WEB.creation_date,
                availability_zone="eu-central-1a",
                state=instance_state,
                image_metadata=ImageMetadata(image_id="ami-12345678", owner_id="111122223333", **metadata),
            ),
        )
    )


def test_there_is_nothing_to_say_against_a_safe_image() -> None:
    assert kinds(of(SAFE)) == []


CASES = [
    (of(shared(EVERYONE)), FindingKind.PUBLIC_IMAGE, "can be launched by everyone"),
    (of(shared(AccountPermission("999988887777"))), FindingKind.SHARED_OUTSIDE, "is shared with account 999988887777"),
    (of(shared(ORG)), FindingKind.SHARED_OUTSIDE, "is shared with organization o-a1b2c3d4e5"),
    (of(shared(OU)), FindingKind.SHARED_OUTSIDE, "is shared with organizational unit ou-a1b2-c3d4e5f6"),
    (
        of(evolve(WEB, imds_support="v2.0"), snapshots=()),
        FindingKind.UNENCRYPTED,
        "has volumes that are not encrypted: /dev/xvda",
    ),
    (of(evolve(SAFE, imds_support=None)), FindingKind.IMDS_V1, "lets its instances answer IMDSv1"),
    (
        of(evolve(SAFE, tpm_support="v2.0")),
        FindingKind.IMPOSSIBLE,
        "cannot be: it asks for a TPM and for no boot mode, but an image that asks for a TPM asks for uefi (A RI-14)",
    ),
    (
        of(evolve(SAFE, state="failed", state_reason=StateReason("Client.InternalError", "bad key"))),
        FindingKind.FAILED_IMAGE,
        "is failed: bad key",
    ),
    (
        of(SAFE, evolve(SAFE, image_id="ami-87654321", owner_id="444455556666")),
        FindingKind.NAME_CLASH,
        "is named 'web', as ami-12345678 of account 111122223333 is",
    ),
    (
        of(SAFE, evolve(SAFE, image_id="ami-87654321")),
        FindingKind.NAME_CLASH,
        "is named 'web', as ami-12345678 of the same account is",
    ),
    (
        instance("running", state="deregistered"),
        FindingKind.IMAGE_GONE,
        "runs from ami-12345678, which is deregistered",
    ),
    (
        instance("running", state="available", image_allowed=False),
        FindingKind.IMAGE_NOT_ALLOWED,
        "runs from ami-12345678, which Allowed AMIs does not admit",
    ),
    (
        of(evolve(SAFE, deprecation_time=NOW)),
        FindingKind.DEPRECATED,
        "has been deprecated since 2026-06-01",
    ),
    (
        of(evolve(SAFE, description="[Copied ami-1 from us-east-1] amzn-ami-hvm-2018.03.0-x86_64-gp2")),
        FindingKind.END_OF_LIFE,
        "runs Amazon Linux AMI, which AWS supported until 2023-12-31",
    ),
    (
        of(evolve(SAFE, virtualization_type="paravirtual", kernel_id="aki-5c21674b")),
        FindingKind.PARAVIRTUAL,
        "is paravirtual",
    ),
    (
        of(evolve(SAFE, root_device_type="instance-store")),
        FindingKind.INSTANCE_STORE,
        "has its root volume in the instance store",
    ),
    (
        of(SAFE, snapshots=(SNAPSHOT, evolve(SNAPSHOT, snapshot_id="snap-87654321"))),
        FindingKind.UNUSED_SNAPSHOT,
        "(8 GiB) is used by no image here: 'before the migration'",
    ),
    (
        of(SAFE, snapshots=(evolve(SNAPSHOT, snapshot_id="snap-87654321", description=""),)),
        FindingKind.MISSING_SNAPSHOT,
        "needs snap-12345678, which is not there",
    ),
]


@pytest.mark.parametrize(("inventory", "kind", "detail"), CASES)
def test_a_finding_says_what_is_the_matter(inventory: Inventory, kind: FindingKind, detail: str) -> None:
    found = findings(inventory, Scope(now=NOW))
    assert [finding.detail for finding in found if finding.kind is kind] == [detail]


def test_every_kind_of_finding_occurs_above() -> None:
    assert {kind for _, kind, _ in CASES} == set(FindingKind)


def test_every_kind_of_finding_has_a_name_of_its_own_and_a_next_step() -> None:
    assert len({kind.label for kind in FindingKind}) == len(FindingKind)
    assert all(kind.next_step for kind in FindingKind)


@pytest.mark.parametrize(
    ("image", "scope"),
    [
        (shared(AccountPermission("444455556666")), {"trusted": ["444455556666"]}),
        (shared(AccountPermission("444455556666")), {"accounts": ["111122223333", "444455556666"]}),
        (shared(ORG, OU), {"organizations": ["o-a1b2c3d4e5"]}),
        (shared(EVERYONE), {"accounts": ["444455556666"]}),
        (evolve(shared(EVERYONE), image_owner_alias="amazon"), {}),
    ],
)
def test_what_one_has_said_to_be_right_is_not_found(image: Image, scope: dict[str, Any]) -> None:
    assert not {FindingKind.PUBLIC_IMAGE, FindingKind.SHARED_OUTSIDE} & set(kinds(of(image), **scope))


def test_an_account_whose_images_are_here_too_is_not_outside() -> None:
    friend = evolve(SAFE, image_id="ami-87654321", owner_id="444455556666", name="other")
    assert kinds(of(shared(AccountPermission("444455556666")), friend)) == []


def test_snapshots_that_were_not_asked_for_are_not_missed() -> None:
    foreign = evolve(SNAPSHOT, snapshot_id="snap-87654321", owner_id="444455556666")
    assert FindingKind.MISSING_SNAPSHOT not in kinds(of(SAFE, snapshots=(foreign,)))


def test_without_images_no_snapshot_is_said_to_be_unused() -> None:
    assert kinds(of(snapshots=(SNAPSHOT,))) == []


def test_a_terminated_instance_runs_from_nothing() -> None:
    assert kinds(instance("terminated", state="deregistered")) == []


@given(images=st.lists(amis.images(), max_size=4, unique_by=lambda image: image.image_id))
def test_findings_come_gravest_first_and_name_something_that_is_there(images: list[Image]) -> None:
    inventory = Inventory.of_images(images)
    found = findings(inventory, Scope(now=NOW))
    order = [list(Gravity).index(finding.kind.gravity) for finding in found]
    assert order == sorted(order)
    assert all(finding.subject in inventory.images for finding in found)
    assert FindingKind.IMPOSSIBLE not in {finding.kind for finding in found}


@pytest.mark.parametrize(
    ("name", "generation"),
    [
        ("amzn-ami-hvm-2018.03.0.20231218.0-x86_64-gp2", Generation.AMAZON_LINUX),
        ("amzn-ami-minimal-pv-2016.09.1.20170119-x86_64-s3", Generation.AMAZON_LINUX),
        ("amzn2-ami-kernel-5.10-hvm-2.0.20260727.0-x86_64-gp2", Generation.AMAZON_LINUX_2),
        ("amzn2-x86_64-MATEDE_DOTNET-2020.12.04", Generation.AMAZON_LINUX_2),
        ("al2023-ami-minimal-2023.12.20260727.0-kernel-6.1-arm64", Generation.AMAZON_LINUX_2023),
        ("test-c7n-amzn-ami-hvm-2017.09.1.20180115-x86_64-gp2", Generation.AMAZON_LINUX),
        ("ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20161020", None),
    ],
)
def test_a_generation_is_known_by_the_name_that_aws_gives(name: str, generation: Generation | None) -> None:
    """Rule A 10.2."""
    image = evolve(WEB, name=name)
    assert generation_of(image) is generation
    assert end_of_life(image) == (None if generation is None else SUPPORT[generation].ends)
    copied = evolve(WEB, name="ours", description=f"[Copied ami-12345678 from us-east-1] {name}")
    assert generation_of(copied) is generation


IMAGES = {
    "Images": [
        {
            "ImageId": "ami-12345678",
            "OwnerId": "111122223333",
            "Name": "web",
            "CreationDate": "2026-01-01T00:00:00.000Z",
            "Architecture": "x86_64",
            "Public": False,
            "State": "available",
            "ImageType": "machine",
            "ImageLocation": "111122223333/web",
            "Hypervisor": "xen",
            "RootDeviceType": "ebs",
            "RootDeviceName": "/dev/xvda",
            "VirtualizationType": "hvm",
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-12345678"}}],
        }
    ]
}
SNAPSHOTS = {
    "Snapshots": [
        {
            "SnapshotId": "snap-12345678",
            "OwnerId": "111122223333",
            "VolumeId": "vol-12345678",
            "VolumeSize": 8,
            "StartTime": "2026-01-01T00:00:00.000Z",
            "State": "completed",
            "Progress": "100%",
            "Description": "",
            "Encrypted": False,
        }
    ]
}


def joined(*answers: dict[str, Any]) -> Inventory:
    return Inventory.of_responses([(f"answer-{number}.json", read(answer)) for number, answer in enumerate(answers)])


PERMISSIONS = {"ImageId": "ami-12345678", "LaunchPermissions": [{"UserId": "444455556666"}]}


@pytest.mark.parametrize("answers", [(IMAGES, PERMISSIONS), (PERMISSIONS, IMAGES)])
def test_launch_permissions_join_their_image_whichever_comes_first(answers: tuple[dict[str, Any], ...]) -> None:
    inventory = joined(*answers)
    assert inventory.unread == ()
    image = inventory.images["ami-12345678"]
    assert image.launch_permissions == Permissions([AccountPermission("444455556666")])
    assert image.launch_permissions.complete


def test_what_no_answer_tells_stays_unknown() -> None:
    inventory = joined(IMAGES, SNAPSHOTS)
    assert not inventory.images["ami-12345678"].launch_permissions.complete
    assert inventory.snapshots["snap-12345678"].create_volume_permissions is None


def test_volume_permissions_join_their_snapshot() -> None:
    inventory = joined({"SnapshotId": "snap-12345678", "CreateVolumePermissions": [{"Group": "all"}]}, SNAPSHOTS)
    permissions = inventory.snapshots["snap-12345678"].create_volume_permissions
    assert permissions is not None
    assert permissions.everyone


@pytest.mark.parametrize(
    ("answer", "attribute", "value"),
    [
        ({"Description": {"Value": "new"}}, "description", "new"),
        ({"LastLaunchedTime": {"Value": "2026-05-01T00:00:00Z"}}, "launches", (datetime(2026, 5, 1, tzinfo=UTC),)),
        ({"LastLaunchedTime": {}}, "launches", ()),
        ({"UefiData": {"Value": "AAAA"}}, "uefi_data", "AAAA"),
        ({"TpmSupport": {"Value": "v2.0"}}, "tpm_support", "v2.0"),
        ({"DeregistrationProtection": {"Value": "enabled-with-cooldown"}}, "deregistration_protection", None),
    ],
)
def test_every_attribute_finds_its_field(answer: dict[str, Any], attribute: str, value: object) -> None:
    public: dict[str, Any] = {"Images": [IMAGES["Images"][0] | {"Public": True}]}
    inventory = joined(public, {"ImageId": "ami-12345678", **answer})
    assert inventory.unread == ()  # only a list of permissions can gainsay that an image is public
    image = inventory.images["ami-12345678"]
    if value is None:
        assert str(getattr(image, attribute)) == answer["DeregistrationProtection"]["Value"]
    else:
        assert getattr(image, attribute) == value


@pytest.mark.parametrize(
    ("answers", "remark"),
    [
        (
            (PERMISSIONS,),
            "answer-0.json: launchPermission of ami-12345678, which no DescribeImages answer here tells of",
        ),
        (
            ({"SnapshotId": "snap-12345678", "CreateVolumePermissions": []},),
            "answer-0.json: createVolumePermission of snap-12345678, which no DescribeSnapshots answer here tells of",
        ),
        (
            (IMAGES, {"Images": [IMAGES["Images"][0] | {"Description": "other"}]}),
            "answer-1.json: ami-12345678 is told a second time and differently; this one holds",
        ),
        (
            (IMAGES, {"ImageId": "ami-12345678", "LaunchPermissions": [{"Group": "all"}]}),
            "answer-1.json: ami-12345678 is public in one answer and not in another; its launch permissions hold",
        ),
    ],
)
def test_what_does_not_fit_together_is_said(answers: tuple[dict[str, Any], ...], remark: str) -> None:
    assert [str(unread) for unread in joined(*answers).unread] == [remark]


PROTECTED = "enabled-without-cooldown"


def test_an_attribute_that_is_told_to_be_empty_is_empty_but_protection_is_what_it_was() -> None:
    """Only DeregistrationProtection has no empty value: an image is protected, or is not."""
    described = {"Images": [IMAGES["Images"][0] | {"Description": "old", "DeregistrationProtection": PROTECTED}]}
    emptied = joined(described, *({"ImageId": "ami-12345678", name: {}} for name in ("Description", "UefiData")))
    image = emptied.images["ami-12345678"]
    assert (image.description, image.uefi_data) == (None, None)
    kept = joined(described, {"ImageId": "ami-12345678", "DeregistrationProtection": {}}).images["ami-12345678"]
    assert kept == joined(described).images["ami-12345678"]
    assert str(kept.deregistration_protection) == PROTECTED


@frozen
class Telling:
    """A record of an answer."""

    value: object


@frozen
class Answered:
    """An answer, as far as an inventory needs it."""

    values: tuple[object, ...] = ()
    faults: tuple[object, ...] = ()

    @property
    def records(self) -> tuple[Telling, ...]:
        return tuple(map(Telling, self.values))


RUNNING = instance("running", state="available").instances[0]


@pytest.mark.parametrize(
    ("one", "other", "subject"),
    [
        (SAFE, evolve(SAFE, description="other"), "ami-12345678"),
        (SNAPSHOT, evolve(SNAPSHOT, description="other"), "snap-12345678"),
        (RUNNING, evolve(RUNNING, tags={"Name": "other"}), "i-12345678"),
    ],
)
def test_of_two_that_differ_the_later_holds_and_it_is_said_where_it_was(one: Any, other: Any, subject: str) -> None:
    twice = [("first.json", Answered((one, one))), ("second.json", Answered((other,)))]
    inventory = Inventory.of_responses(twice)
    assert [*inventory.images.values(), *inventory.snapshots.values(), *inventory.instances] == [other]
    why = f"{subject} is told a second time and differently; this one holds"
    assert inventory.unread == (Unread("second.json", why),)


def test_what_could_not_be_read_is_kept_with_where_it_was() -> None:
    inventory = Inventory.of_responses([("a.json", Answered(faults=(ValueError("no text"), "no image")))])
    assert inventory == Inventory(unread=(Unread("a.json", "no text"), Unread("a.json", "no image")))


def test_what_is_nothing_of_ec2s_is_not_taken() -> None:
    with pytest.raises(TypeError, match="no such thing"):
        Inventory.of_responses([("a.json", Answered(("no such thing",)))])


def test_values_at_hand_are_found_by_their_ids() -> None:
    other = evolve(SAFE, image_id="ami-87654321")
    inventory = Inventory.of_images([SAFE, other], [SNAPSHOT])
    assert inventory.images == {"ami-12345678": SAFE, "ami-87654321": other}
    assert inventory.snapshots == {"snap-12345678": SNAPSHOT}
    assert Inventory.of_images([SAFE]).snapshots == {}


def test_the_same_answer_twice_is_no_matter() -> None:
    assert joined(IMAGES, IMAGES, SNAPSHOTS, SNAPSHOTS).unread == ()


def test_block_public_access_is_kept() -> None:
    setting = joined({"ImageBlockPublicAccessState": "unblocked", "ManagedBy": "account"}).block_public_access
    assert setting is not None
    assert setting.state.value == "unblocked"
