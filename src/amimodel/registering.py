"""Registering an image: what RegisterImage takes, what speaks against it, and what image comes of it.

There are two ways. An image that boots from EBS is made of a snapshot; one that boots from the instance store, of a
bundle in S3. Which one is meant, the parameters tell: the second gives an ImageLocation.

These are the rules for one request. What they need to know beyond it - the snapshots, the bundle, who asks, and where -
is passed in. That the name is free, and that the account may have another image, is for the world to say.

Source: botocore 1.44.5, RegisterImage; EC2 User Guide, "Create an EBS-backed AMI" and "Create an Amazon S3-backed AMI";
rules A 2 (RI-1 to RI-26, RB-1 to RB-17); settlements S 13 to S 15, S 17, S 48.
"""

from collections.abc import Iterator
from typing import Any, Final

from amimodel import billing
from amimodel._registration_checks import CHECKS, REFUSALS, Case, RegistrationFacts, case_of
from amimodel.billing_codes import BillingCode
from amimodel.images import Image
from amimodel.kernels import default_kernel
from amimodel.mapping import Mappings, completed
from amimodel.refusals import Refusal
from amimodel.registrations import Registration
from amimodel.vocabulary import Platform, RootDeviceType, VirtualizationType

__all__ = ["REFUSALS", "RegistrationFacts", "is_out_of_reach", "objections", "registered"]

_PV: Final = VirtualizationType.PARAVIRTUAL


def objections(wanted: Registration, facts: RegistrationFacts) -> Iterator[Refusal]:
    """Everything that speaks against registering an image, in EC2's order.

    >>> from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
    >>> from amimodel.regions import Region
    >>> root = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id="snap-12345678", encrypted=True))
    >>> wanted = Registration(name="web", block_device_mappings=[root], root_device_name="/dev/sda1")
    >>> nothing = RegistrationFacts(account_id="111122223333", region=Region("eu-central-1"), snapshots={})
    >>> for refusal in objections(wanted, nothing):
    ...     print(refusal.code, "|", refusal)
    InvalidSnapshot.NotFound | The snapshot 'snap-12345678' does not exist.
    InvalidBlockDeviceMapping | No root snapshot specified in device mapping.
    InvalidParameter | Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a snapshot
    id in a block device mapping.

    Source: `REFUSALS` has the order; rules A 0.3, A 2.3, A 2.4, A 2.6; settlements S 10, S 13 to S 15.
    """
    case = case_of(wanted, facts)
    for check in CHECKS:
        yield from check(case)
    try:
        _ = _mappings(case)
    except Refusal as refusal:
        yield refusal


# --- what comes of it -------------------------------------------------------------------------------------------------


def registered(wanted: Registration, facts: RegistrationFacts) -> dict[str, Any]:
    """The image that comes of it, as the fields of `Image` that the request decides.

    >>> from datetime import datetime
    >>> from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
    >>> from amimodel.regions import Region
    >>> from amimodel.snapshots import Snapshot
    >>> snapshot = Snapshot(
    ...     snapshot_id="snap-12345678",
    ...     owner_id="111122223333",
    ...     volume_id="vol-12345678",
    ...     volume_size_gib=8,
    ...     start_time=datetime.fromisoformat("2026-01-01T00:00:00Z"),
    ... )
    >>> root = BlockDeviceMapping("/dev/xvda", EbsBlockDevice(snapshot_id="snap-12345678"))
    >>> fields = registered(
    ...     Registration(name="web", block_device_mappings=[root], architecture="x86_64", virtualization_type="hvm"),
    ...     RegistrationFacts(
    ...         account_id="111122223333", region=Region("eu-central-1"), snapshots={snapshot.snapshot_id: snapshot}
    ...     ),
    ... )
    >>> image = Image(image_id="ami-12345678", owner_id="111122223333", creation_date=snapshot.start_time, **fields)
    >>> image.root_device_name, image.size_gib, image.billing.platform_details
    ('/dev/xvda', 8, 'Linux/UNIX')

    What is left for the caller: id, owner, Region, time and tags. The image has no source and no permissions, and is
    available at once.

    Raises the first of `objections`.

    Source: rules A 2.7, A RI-5, A RI-12, A RI-18, A RI-19, A RI-22, A RI-23, A 2.2 (KernelId), A LO-3.
    """
    case = case_of(wanted, facts)
    for check in CHECKS:
        for refusal in check(case):
            raise refusal
    mappings = _mappings(case)
    kernel, ramdisk = case.kernel_id, case.ramdisk_id
    if kernel is None and ramdisk is None and case.virtualization_type is _PV:  # PV-GRUB takes no RAM disk
        kernel = default_kernel(facts.region, case.architecture)
    return {
        "name": wanted.name,
        "description": wanted.description,
        "architecture": case.architecture,
        "virtualization_type": case.virtualization_type,
        "root_device_type": RootDeviceType.INSTANCE_STORE if wanted.image_location else RootDeviceType.EBS,
        "root_device_name": case.root,
        "block_device_mappings": mappings,
        "image_location": wanted.image_location,
        "kernel_id": kernel,
        "ramdisk_id": ramdisk,
        "boot_mode": wanted.boot_mode,
        "tpm_support": wanted.tpm_support,
        "uefi_data": wanted.uefi_data,
        "imds_support": wanted.imds_support,
        "ena_support": wanted.ena_support,
        "sriov_net_support": wanted.sriov_net_support,
        "billing": _billing(case),
        "product_codes": tuple(dict.fromkeys(code for each in case.snapshots for code in each.product_codes)),
    }


def _mappings(case: Case) -> Mappings:
    """The image's mapping: the request's, filled in; where there is a manifest, after what that maps."""
    own = case.wanted.block_device_mappings
    facts = case.facts
    kept = completed(own, root_device_name=case.root, snapshots=facts.snapshots, quirks=facts.quirks)
    if case.bundle is None:
        return kept
    replaced = {entry.device_name for entry in own}
    return tuple(entry for entry in case.bundle.instance_store_mappings if entry.device_name not in replaced) + kept


def _billing(case: Case) -> BillingCode:
    if case.bundle is not None or case.root is None:
        return BillingCode.LINUX  # an image from S3 is never a Windows one (rule A RI-26)
    remembered = billing.of_registered(case.facts.snapshots[case.devices[case.root]], quirks=case.facts.quirks)
    if case.virtualization_type is _PV and remembered.platform is Platform.WINDOWS:
        return BillingCode.LINUX  # nor is a paravirtual one (rule A 5.3)
    return remembered


def is_out_of_reach(image: Image) -> bool:
    """Whether instances of an image may not be reached, because it claims what paravirtual machines do not have.

    >>> from attrs import evolve
    >>> from amimodel.examples import WEB
    >>> is_out_of_reach(WEB), is_out_of_reach(evolve(WEB, virtualization_type="paravirtual"))
    (False, True)

    RegisterImage accepts it: this is a warning.

    Source: rule A RI-13.
    """
    claims = image.ena_support or image.sriov_net_support is not None
    return image.virtualization_type is _PV and bool(claims)
