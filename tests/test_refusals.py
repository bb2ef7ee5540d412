"""Every way EC2 says no: rules A 12, B 13, C 14."""

import copy
import pickle
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args, get_origin

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amimodel import refusals
from amimodel.identifiers import AccountId, ImageId, SnapshotId
from amimodel.malformed import Malformed
from amimodel.refusals import Refusal
from amimodel.vocabulary import (
    Architecture,
    BootMode,
    ImageState,
    ImageType,
    RootDeviceType,
    VirtualizationType,
)
from amimodel.volume_types import VolumeType

AMI, SNAP = ImageId("ami-12345678"), SnapshotId("snap-12345678")


def every_kind() -> Iterator[type[Refusal]]:
    for value in vars(refusals).values():
        if isinstance(value, type) and issubclass(value, Refusal) and value is not Refusal:
            yield value


KINDS = sorted(every_kind(), key=lambda kind: kind.__name__)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)

# Refusal, code, and EC2's own message where the rules give one; None where the words are ours.
CASES: list[tuple[Refusal, str, str | None]] = [
    # which image
    (refusals.ImageNotFound(image_ids=(AMI,)), "InvalidAMIID.NotFound", "The image id '[ami-12345678]' does not exist"),
    (
        refusals.ImageNotFound(image_ids=(AMI, "ami-0abcdef1234567890")),
        "InvalidAMIID.NotFound",
        "The image ids '[ami-12345678, ami-0abcdef1234567890]' do not exist",
    ),
    (
        refusals.ImageUnavailable(image_id=AMI, state=ImageState.PENDING),
        "InvalidAMIID.Unavailable",
        "The AMI ID 'ami-12345678' is currently pending and may not be used for this operation",
    ),
    (
        refusals.ImageUnavailable(image_id=AMI, state=ImageState.DISABLED),
        "InvalidAMIID.Unavailable",
        "The AMI ID 'ami-12345678' is currently disabled and may not be used for this operation",
    ),
    (
        refusals.ImageUnavailable(image_id=AMI, state=ImageState.DEREGISTERED),
        "InvalidAMIID.Unavailable",
        "The image id '[ami-12345678]' is no longer available",
    ),
    (refusals.NotAuthorizedForImages(image_id=AMI), "AuthFailure", "Not authorized for images: [ami-12345678]"),
    (refusals.NotAuthorizedForImage(image_id=AMI), "AuthFailure", "Not authorized for image:ami-12345678"),
    (refusals.DeregistrationProtected(image_id=AMI, protection="enabled-with-cooldown"), "OperationNotPermitted", None),
    # launching
    (refusals.NotAMachineImage(image_id="aki-12345678", image_type=ImageType.KERNEL), "InvalidParameterValue", None),
    (refusals.InstanceTypeNotAllowed(image_id=AMI, instance_type="t3.micro"), "InvalidParameterCombination", None),
    (
        refusals.ArchitectureMismatch(
            image_architecture=Architecture.ARM64,
            instance_type="t2.micro",
            instance_type_architectures=(Architecture.I386, Architecture.X86_64),
        ),
        "InvalidParameterValue",
        (
            "The architecture 'i386,x86_64' of the specified instance type does not match the architecture"
            " 'arm64' of the specified AMI. Specify an instance type and an AMI that have matching"
            " architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to"
            " discover the architecture of the instance type or AMI."
        ),
    ),
    (
        refusals.VirtualizationMismatch(virtualization_type=VirtualizationType.PARAVIRTUAL, instance_type="t3.micro"),
        "InvalidParameterCombination",
        (
            "Virtualization type 'hvm' is required for instances of type 't3.micro'. Ensure that you are"
            " using an AMI with virtualization type 'hvm'. For more information, see"
            " http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html"
        ),
    ),
    (
        refusals.VirtualizationMismatch(virtualization_type=VirtualizationType.HVM, instance_type="m1.small"),
        "InvalidParameterCombination",
        "Non-Windows instances with a virtualization type of 'hvm' are currently not supported for this instance type.",
    ),
    (
        refusals.RootDeviceTypeMismatch(root_device_type=RootDeviceType.INSTANCE_STORE, instance_type="t3.micro"),
        "InvalidParameterCombination",
        None,
    ),
    (
        refusals.EnaRequired(instance_type="m5.large"),
        "InvalidParameterCombination",
        (
            "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 'm5.large'"
            " instance type. Ensure that you are using an AMI that is enabled for ENA."
        ),
    ),
    (
        refusals.BootModeUnsupported(boot_mode=BootMode.UEFI, instance_type="t2.micro"),
        "InvalidParameterValue",
        (
            "The t2.micro instance type does not support an AMI with a boot mode of UEFI. Only instance"
            " types built on the Nitro System support UEFI. Specify an instance type that supports UEFI, and"
            " try again."
        ),
    ),
    (
        refusals.BootModeUnsupported(boot_mode=BootMode.LEGACY_BIOS, instance_type="t4g.micro"),
        "InvalidParameterValue",
        None,
    ),
    (refusals.TpmUnsupported(instance_type="t2.micro"), "InvalidParameterCombination", None),
    (refusals.KernelRequired(image_id=AMI), "InvalidParameterCombination", None),
    # copying
    (
        refusals.NoStoragePermission(image_id=AMI, snapshot_ids=(SNAP,)),
        "InvalidRequest",
        "You do not have permission to access the storage of this ami",
    ),
    (refusals.MarketplaceCopyRefused(image_id=AMI), "InvalidRequest", None),
    # sharing
    (
        refusals.EncryptedImageNotPublic(image_id=AMI),
        "UnsupportedOperation",
        "Encrypted snapshots can't be shared publicly. Specify another snapshot.",
    ),
    (
        refusals.ProductCodeImageNotPublic(image_id=AMI),
        "OperationNotPermitted",
        "Images with marketplace product codes may not be made public.",
    ),
    (refusals.WatermarkedImageNotPublic(image_id=AMI), "OperationNotPermitted", None),
    (
        refusals.ManagedKeyNotShared(image_id=AMI, snapshot_id=SNAP),
        "InvalidParameter",
        "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
    ),
    (
        refusals.PublicSharingBlocked(image_id=AMI),
        "OperationNotPermitted",
        (
            "You can\u2019t publicly share this image because block public access for AMIs is enabled for"
            " this account. To publicly share the image, you must call the DisableImageBlockPublicAccess"
            " API."
        ),
    ),
    (
        refusals.PublicImageQuotaReached(quota=5),
        "ResourceLimitExceeded",
        (
            "You have reached your quota of 5 for the number of public images allowed in this Region."
            " Deregister unused public images or make them private, or request an increase in your public"
            " AMIs quota."
        ),
    ),
    (refusals.SharingQuotaReached(image_id=AMI, entities=1001, quota=1000), "ResourceLimitExceeded", None),
    (
        refusals.NotSharedWithAccount(image_id=AMI, account_id=AccountId("111122223333")),
        "InvalidAMIID.NotFound",
        "The image id '[ami-12345678]' does not exist",
    ),
    # block devices
    (refusals.InvalidDeviceName(device_name="/dev/zz"), "InvalidBlockDeviceMapping", "Invalid device name /dev/zz"),
    (refusals.DuplicateDeviceName(device_name="/dev/sdb"), "InvalidBlockDeviceMapping", None),
    (refusals.NoRootSnapshot(), "InvalidBlockDeviceMapping", "No root snapshot specified in device mapping."),
    (
        refusals.NoSizeNorSnapshot(device_names=("/dev/sdb", "/dev/sdc")),
        "InvalidBlockDeviceMapping",
        "Either snapshot ID or volume size must be provided for: /dev/sdb, /dev/sdc",
    ),
    (
        refusals.VolumeSmallerThanSnapshot(snapshot_id=SNAP, volume_size_gib=8, snapshot_size_gib=30),
        "InvalidBlockDeviceMapping",
        "Volume of size 8GB is smaller than  snapshot 'snap-12345678', expect size >= 30GB",
    ),
    (refusals.RootDeviceSuppressed(device_name="/dev/xvda"), "InvalidBlockDeviceMapping", None),
    (
        refusals.RootSnapshotChanged(device_name="/dev/xvda"),
        "InvalidBlockDeviceMapping",
        "snapshotId cannot be modified on root device",
    ),
    (
        refusals.SnapshotOnInstanceStoreDevice(device_name="/dev/sdb"),
        "InvalidBlockDeviceMapping",
        "snapshotId can only be modified on EBS devices",
    ),
    (
        refusals.ReplacementSnapshotTooSmall(
            device_name="/dev/sdb", snapshot_id=SNAP, snapshot_size_gib=1, replaced_size_gib=2
        ),
        "InvalidBlockDeviceMapping",
        None,
    ),
    (refusals.BootVolumeTypeUnsupported(volume_type=VolumeType.ST1), "BootForVolumeTypeUnsupported", None),
    (
        refusals.IopsRequired(volume_type=VolumeType.IO1),
        "InvalidParameterCombination",
        "The parameter iops must be specified for io1 volumes.",
    ),
    (
        refusals.VolumeValueRefused(device_name="/dev/sdb", detail="Volume of 0GiB is too small; minimum is 1GiB."),
        "InvalidParameterValue",
        "Volume of 0GiB is too small; minimum is 1GiB.",
    ),
    (
        refusals.VolumeCombinationRefused(
            device_name="/dev/sdb", detail="The parameter iops is not supported for st1 volumes."
        ),
        "InvalidParameterCombination",
        "The parameter iops is not supported for st1 volumes.",
    ),
]
each_case = pytest.mark.parametrize(("refusal", "code", "message"), CASES, ids=[type(row[0]).__name__ for row in CASES])

# The codes of rules A 12 and B 13 that the modelled rules use.
CODES = {
    "AuthFailure", "BootForVolumeTypeUnsupported", "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable",
    "InvalidBlockDeviceMapping", "InvalidParameter", "InvalidParameterCombination", "InvalidParameterValue",
    "InvalidRequest", "OperationNotPermitted", "ResourceLimitExceeded", "UnsupportedOperation",
}  # fmt: skip


def test_every_refusal_has_its_row() -> None:
    assert {type(refusal) for refusal, _, _ in CASES} == set(KINDS)


def test_the_codes_are_ec2s() -> None:
    """Rules A 12, B 13."""
    assert {kind.code for kind in KINDS} == CODES


@each_case
def test_each_refusal_has_ec2s_code_and_ec2s_words_where_they_are_known(
    refusal: Refusal, code: str, message: str | None
) -> None:
    assert refusal.code == code
    assert str(refusal) == refusal.message
    if message is not None:
        assert refusal.message == message
    else:  # the words are ours: a sentence, and more than the code
        assert refusal.message[0].isupper()
        assert refusal.message != refusal.code
        assert len(refusal.message.split()) > 4


@pytest.mark.parametrize(
    "refusal", [row[0] for row in CASES if row[2] is None], ids=lambda refusal: type(refusal).__name__
)
def test_words_of_our_own_name_the_image_or_the_device(refusal: Refusal) -> None:
    facts = facts_of(refusal)
    names = [facts[name] for name in ("image_id", "device_name", "instance_type") if name in facts]
    if not isinstance(refusal, EC2_NAMES_NOBODY):
        assert not names or any(name in refusal.message for name in names)


# Seen or worded after what has been seen; EC2 does not say there which image it speaks of.
EC2_NAMES_NOBODY = (refusals.InstanceTypeNotAllowed, refusals.MarketplaceCopyRefused)


def facts_of(refusal: Refusal) -> dict[str, Any]:
    return {field.name: getattr(refusal, field.name) for field in fields_of(type(refusal))}


def fields_of(kind: Any) -> tuple["attrs.Attribute[Any]", ...]:
    """The facts of a kind; that every kind is an attrs class, only attrs knows."""
    return tuple(attrs.fields(kind))


@each_kind
def test_each_kind_says_what_it_means_and_which_rules_refuse(kind: type[Refusal]) -> None:
    assert kind.__doc__
    assert kind.rules
    assert all(part.strip().split()[0] in {"A", "B", "C", "S"} for part in kind.rules.split(","))
    assert kind.http_status == 400  # settlement S 42 has the exceptions, and none is modelled here
    assert kind.__name__ in refusals.__all__


# --- a refusal is a value ---------------------------------------------------------------------------------------------


def facts(kind: type[Refusal]) -> st.SearchStrategy[dict[str, Any]]:
    """Any facts that the kind can hold."""
    return st.fixed_dictionaries({field.name: values(field.type) for field in fields_of(kind)})


def values(annotation: Any) -> st.SearchStrategy[Any]:
    base = getattr(annotation, "__supertype__", annotation)
    if get_origin(base) is tuple:
        return st.lists(values(get_args(base)[0]), min_size=1, max_size=3).map(tuple)
    if isinstance(base, type) and issubclass(base, Enum):
        return st.sampled_from(base)
    return {str: st.text(max_size=5), int: st.integers(0, 3)}[base]


@each_kind
@settings(max_examples=20)
@given(data=st.data())
def test_two_refusals_are_equal_if_and_only_if_their_facts_are(kind: type[Refusal], data: st.DataObject) -> None:
    one, other = data.draw(facts(kind)), data.draw(facts(kind))
    assert (kind(**one) == kind(**other)) is (one == other)
    assert hash(kind(**one)) == hash(kind(**one))
    assert len({kind(**one), kind(**one)}) == 1


@given(st.sampled_from(CASES), st.sampled_from(CASES))
def test_refusals_of_two_kinds_are_never_equal(one: tuple[Refusal, str, str], other: tuple[Refusal, str, str]) -> None:
    if type(one[0]) is not type(other[0]):
        assert one[0] != other[0]
    assert one[0] != ValueError(str(one[0]))


@each_case
def test_a_refusal_survives_pickling_and_copying(refusal: Refusal, code: str, message: str | None) -> None:
    for twin in (pickle.loads(pickle.dumps(refusal)), copy.copy(refusal), copy.deepcopy(refusal)):
        assert type(twin) is type(refusal)
        assert twin == refusal
        assert str(twin) == str(refusal)


@each_case
def test_a_refusal_never_changes(refusal: Refusal, code: str, message: str | None) -> None:
    for name in [*facts_of(refusal), "new"]:
        with pytest.raises(AttributeError):
            setattr(refusal, name, "changed")
    assert not hasattr(refusal, "new")


@each_case
def test_a_refusal_can_be_raised_from_another_exception(refusal: Refusal, code: str, message: str | None) -> None:
    cause = LookupError("elsewhere")
    with pytest.raises(type(refusal)) as caught:
        raise refusal from cause
    assert caught.value is refusal
    assert caught.value.__cause__ is cause
    assert caught.value.__traceback__ is not None


@each_case
def test_a_refusal_can_be_raised_twice_noted_upon_and_caught_as_one(
    refusal: Refusal, code: str, message: str | None
) -> None:
    fresh = copy.copy(refusal)
    for note in ("first", "second"):
        with pytest.raises(Refusal) as caught:
            raise fresh
        caught.value.add_note(note)
    assert fresh.__notes__ == ["first", "second"]
    assert fresh == refusal


@each_kind
def test_a_refusal_takes_its_facts_by_name_and_no_others(kind: type[Refusal]) -> None:
    with pytest.raises(TypeError):
        kind("by position")
    with pytest.raises(TypeError):
        kind(unknown="fact")  # type: ignore[call-arg]  # that is the point


def test_a_refusal_is_not_malformed() -> None:
    assert not issubclass(Refusal, ValueError)
    assert not issubclass(Malformed, Refusal)


def test_one_image_that_is_not_there() -> None:
    """Rule A ID-7."""
    assert refusals.ImageNotFound.of(AMI) == refusals.ImageNotFound(image_ids=(AMI,))
