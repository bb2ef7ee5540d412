"""Images that AWS and a seller on its Marketplace offer, in every Region of the example world.

Source: rules A 10.1, A 10.2, A 10.4, A KR-6, A 7.1, B MP-4, B MP-10, C 2.12.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from amimodel._copies import changed
from amimodel._furnishing import fixed_id, mapped, snapshot_of
from amimodel.billing_codes import BillingCode
from amimodel.clock import parse
from amimodel.identifiers import AccountId, image_id
from amimodel.images import Image
from amimodel.kernels import AMAZON_LINUX_ACCOUNT, default_kernel, kernel_images
from amimodel.permissions import EVERYONE, AccountPermission, CreateVolumePermissions, Permissions
from amimodel.product_codes import ProductCode
from amimodel.regions import Region
from amimodel.sharing import latest_deprecation_of_public_image
from amimodel.snapshots import Snapshot
from amimodel.vocabulary import Architecture, OwnerAlias, VirtualizationType
from amimodel.volume_types import VolumeType

AMAZON_LINUX: Final = AccountId(AMAZON_LINUX_ACCOUNT)
WINDOWS: Final = AccountId("801119661308")
SELLER: Final = AccountId("679593333241")

PRODUCT: Final = "a1b2c3d4e5f6g7h8i9j0k1l2m"
"""The product code of what the seller offers."""

_PRODUCT: Final = ProductCode(PRODUCT)
_PUBLIC: Final[CreateVolumePermissions] = Permissions((EVERYONE,))

ALIASES: Final = (
    (AMAZON_LINUX, OwnerAlias.AMAZON),
    (WINDOWS, OwnerAlias.AMAZON),
    (SELLER, OwnerAlias.AWS_MARKETPLACE),
)
"""The aliases that AWS has given to these owners (rules A 10.1, B MP-10)."""


class _Build(NamedTuple):
    """What all images of one build have in common."""

    owner: AccountId
    root_device_name: str
    size_gib: int
    volume_type: VolumeType
    facts: Mapping[str, Any]


class _Offer(NamedTuple):
    """An image as one release of a build, and the public parameters that name it or once did."""

    number: int
    build: str
    created: str
    deprecated: str | None
    name: str
    description: str
    parameters: tuple[str, ...]


_GP2, _GP3, _MAGNETIC = VolumeType.GP2, VolumeType.GP3, VolumeType.STANDARD
_X86: Final[Mapping[str, Any]] = {"architecture": "x86_64", "ena_support": True, "sriov_net_support": "simple"}
_ARM: Final[Mapping[str, Any]] = {"architecture": "arm64", "ena_support": True, "sriov_net_support": "simple"}
_PV: Final[Mapping[str, Any]] = {"architecture": "x86_64", "virtualization_type": "paravirtual"}
_AL2023: Final[Mapping[str, Any]] = {"imds_support": "v2.0", "billing": BillingCode.LINUX, "free_tier_eligible": True}
_AL2: Final[Mapping[str, Any]] = {"billing": BillingCode.LINUX, "free_tier_eligible": True}
_WINDOWS: Final[Mapping[str, Any]] = {**_X86, "billing": BillingCode.WINDOWS, "free_tier_eligible": True}
_TPM: Final[Mapping[str, Any]] = {"boot_mode": "uefi", "tpm_support": "v2.0"}

# fmt: off
_BUILDS: Final[Mapping[str, _Build]] = MappingProxyType({
    "al1 hvm":        _Build(AMAZON_LINUX, "/dev/xvda",  8, _GP2, {**_X86, "billing": BillingCode.LINUX}),
    "al1 pv":         _Build(AMAZON_LINUX, "/dev/sda1",  8, _MAGNETIC, {**_PV, "billing": BillingCode.LINUX}),
    "al2 x86":        _Build(AMAZON_LINUX, "/dev/xvda",  8, _GP2, {**_X86, **_AL2}),
    "al2 arm":        _Build(AMAZON_LINUX, "/dev/xvda",  8, _GP2, {**_ARM, **_AL2, "boot_mode": "uefi"}),
    "al2023 x86":     _Build(AMAZON_LINUX, "/dev/xvda",  8, _GP3, {**_X86, **_AL2023, "boot_mode": "uefi-preferred"}),
    "al2023 arm":     _Build(AMAZON_LINUX, "/dev/xvda",  8, _GP3, {**_ARM, **_AL2023, "boot_mode": "uefi"}),
    "al2023 minimal": _Build(AMAZON_LINUX, "/dev/xvda",  2, _GP3, {**_X86, **_AL2023, "boot_mode": "uefi-preferred"}),
    "windows":        _Build(WINDOWS,      "/dev/sda1", 30, _GP2, _WINDOWS),
    "windows tpm":    _Build(WINDOWS,      "/dev/sda1", 30, _GP2, {**_WINDOWS, **_TPM}),
})
# fmt: on

_LINUX: Final = "/aws/service/ami-amazon-linux-latest/"
_SERVERS: Final = "/aws/service/ami-windows-latest/"

# A former release comes before the one that took its parameters over.
_OFFERS: Final = (
    _Offer(101, "al1 hvm", "2023-12-18T21:01:38Z", None,
           "amzn-ami-hvm-2018.03.0.20231218.0-x86_64-gp2",
           "Amazon Linux AMI 2018.03.0.20231218.0 x86_64 HVM gp2",
           (f"{_LINUX}amzn-ami-hvm-x86_64-gp2",)),
    _Offer(102, "al1 pv", "2023-12-18T21:08:12Z", None,
           "amzn-ami-pv-2018.03.0.20231218.0-x86_64-ebs",
           "Amazon Linux AMI 2018.03.0.20231218.0 x86_64 PV EBS",
           (f"{_LINUX}amzn-ami-pv-x86_64-ebs",)),
    _Offer(103, "al2 x86", "2026-07-27T22:49:15Z", "2026-10-25T22:49:00Z",
           "amzn2-ami-kernel-5.10-hvm-2.0.20260727.0-x86_64-gp2",
           "Amazon Linux 2 Kernel 5.10 AMI 2.0.20260727.0 x86_64 HVM gp2",
           (f"{_LINUX}amzn2-ami-kernel-5.10-hvm-x86_64-gp2", f"{_LINUX}amzn2-ami-kernel-default-hvm-x86_64-gp2")),
    _Offer(104, "al2 arm", "2026-07-27T22:52:41Z", "2026-10-25T22:53:00Z",
           "amzn2-ami-kernel-5.10-hvm-2.0.20260727.0-arm64-gp2",
           "Amazon Linux 2 LTS Arm64 Kernel 5.10 AMI 2.0.20260727.0 arm64 HVM gp2",
           (f"{_LINUX}amzn2-ami-kernel-5.10-hvm-arm64-gp2", f"{_LINUX}amzn2-ami-kernel-default-hvm-arm64-gp2")),
    _Offer(105, "al2023 x86", "2026-07-27T18:20:33Z", "2026-10-25T18:20:00Z",
           "al2023-ami-2023.12.20260727.0-kernel-6.1-x86_64",
           "Amazon Linux 2023 AMI 2023.12.20260727.0 x86_64 HVM kernel-6.1",
           (f"{_LINUX}al2023-ami-kernel-6.1-x86_64", f"{_LINUX}al2023-ami-kernel-default-x86_64")),
    _Offer(106, "al2023 x86", "2026-10-19T18:14:07Z", "2027-01-17T18:14:00Z",
           "al2023-ami-2023.12.20261019.0-kernel-6.1-x86_64",
           "Amazon Linux 2023 AMI 2023.12.20261019.0 x86_64 HVM kernel-6.1",
           (f"{_LINUX}al2023-ami-kernel-6.1-x86_64", f"{_LINUX}al2023-ami-kernel-default-x86_64")),
    _Offer(107, "al2023 arm", "2026-10-19T18:15:52Z", "2027-01-17T18:16:00Z",
           "al2023-ami-2023.12.20261019.0-kernel-6.1-arm64",
           "Amazon Linux 2023 AMI 2023.12.20261019.0 arm64 HVM kernel-6.1",
           (f"{_LINUX}al2023-ami-kernel-6.1-arm64", f"{_LINUX}al2023-ami-kernel-default-arm64")),
    _Offer(108, "al2023 x86", "2026-10-19T18:21:19Z", "2027-01-17T18:21:00Z",
           "al2023-ami-2023.12.20261019.0-kernel-6.12-x86_64",
           "Amazon Linux 2023 AMI 2023.12.20261019.0 x86_64 HVM kernel-6.12",
           (f"{_LINUX}al2023-ami-kernel-6.12-x86_64",)),
    _Offer(109, "al2023 arm", "2026-10-19T18:22:46Z", "2027-01-17T18:23:00Z",
           "al2023-ami-2023.12.20261019.0-kernel-6.12-arm64",
           "Amazon Linux 2023 AMI 2023.12.20261019.0 arm64 HVM kernel-6.12",
           (f"{_LINUX}al2023-ami-kernel-6.12-arm64",)),
    _Offer(110, "al2023 minimal", "2026-10-19T18:30:05Z", "2027-01-17T18:30:00Z",
           "al2023-ami-minimal-2023.12.20261019.0-kernel-6.1-x86_64",
           "Amazon Linux 2023 AMI 2023.12.20261019.0 x86_64 Minimal HVM kernel-6.1",
           (f"{_LINUX}al2023-ami-minimal-kernel-6.1-x86_64", f"{_LINUX}al2023-ami-minimal-kernel-default-x86_64")),
    _Offer(201, "windows", "2026-10-14T05:12:30Z", None,
           "Windows_Server-2022-English-Full-Base-2026.10.14",
           "Microsoft Windows Server 2022 Full Locale English AMI provided by Amazon",
           (f"{_SERVERS}Windows_Server-2022-English-Full-Base",)),
    _Offer(202, "windows tpm", "2026-10-14T05:31:02Z", None,
           "TPM-Windows_Server-2022-English-Full-Base-2026.10.14",
           "Microsoft Windows Server 2022 Full Locale English AMI provided by Amazon, with NitroTPM",
           (f"{_SERVERS}TPM-Windows_Server-2022-English-Full-Base",)),
)  # fmt: skip


class Offered(NamedTuple):
    """An image of a Region with the snapshot it is made of, if it is, and the parameters that have named it."""

    image: Image
    snapshot: Snapshot | None
    parameters: tuple[str, ...]


def public_images(region: Region) -> Iterator[Offered]:
    """What AWS offers to everyone in a Region: its kernels, its Linux of three generations, and Windows.

    Anyone may copy these images, so their snapshots are public as well. The kernels are as old as PV-GRUB, and so
    deprecated as every public image is that was made more than two years ago.

    >>> from amimodel.regions import as_region
    >>> next(public_images(as_region("eu-central-1"))).image.name
    'pv-grub-hd0_1.05-i386.gz'

    Source: rules A 10.2, A 10.4, A KR-6, B CI-6, B LP-34.
    """
    for kernel in kernel_images(region, creation_date=parse("2016-02-01T00:00:00Z")):
        deprecated = latest_deprecation_of_public_image(kernel.creation_date)
        yield Offered(changed(kernel, deprecation_time=deprecated), None, ())
    for offer in _OFFERS:
        build = _BUILDS[offer.build]
        snapshot = snapshot_of(
            region, offer.number, build.owner, offer.created,
            volume_size_gib=build.size_gib, billing=build.facts["billing"], create_volume_permissions=_PUBLIC,
        )  # fmt: skip
        yield Offered(_image(region, offer, build, snapshot), snapshot, offer.parameters)


def _image(region: Region, offer: _Offer, build: _Build, snapshot: Snapshot) -> Image:
    created = parse(offer.created)
    paravirtual = build.facts.get("virtualization_type") == VirtualizationType.PARAVIRTUAL
    return Image(
        image_id=image_id(fixed_id("ami-", region, offer.number)),
        owner_id=build.owner,
        image_owner_alias=OwnerAlias.AMAZON,
        name=offer.name,
        description=offer.description,
        creation_date=created,
        deprecation_time=parse(offer.deprecated) if offer.deprecated else latest_deprecation_of_public_image(created),
        root_device_name=build.root_device_name,
        block_device_mappings=[mapped(build.root_device_name, snapshot, build.volume_type)],
        kernel_id=default_kernel(region, Architecture.X86_64) if paravirtual else None,
        launch_permissions=[EVERYONE],
        region=region,
        **build.facts,
    )


def sold_image(region: Region, buyers: tuple[AccountId, ...]) -> tuple[Image, Snapshot]:
    """What the seller offers to some accounts: whoever launches it must be subscribed, too.

    Source: rules B MP-4, B MP-6, B LD-10, A PC-4.
    """
    created = "2026-03-02T09:00:00Z"
    snapshot = snapshot_of(region, 301, SELLER, created, volume_size_gib=20, product_codes=[_PRODUCT])
    image = Image(
        image_id=image_id(fixed_id("ami-", region, 301)),
        owner_id=SELLER,
        image_owner_alias=OwnerAlias.AWS_MARKETPLACE,
        name="example-firewall-7.2",
        description="Example Firewall 7.2, from AWS Marketplace",
        creation_date=parse(created),
        root_device_name="/dev/xvda",
        block_device_mappings=[mapped("/dev/xvda", snapshot)],
        product_codes=[_PRODUCT],
        billing=BillingCode.LINUX,
        launch_permissions=[AccountPermission(buyer) for buyer in buyers],
        region=region,
        **_X86,
    )
    return image, snapshot
