"""The instance types, as far as an image meets them: what each can boot, and which disks of its own it has.

A launch asks whether image and type fit: architecture, virtualization, root device, boot mode, ENA, NitroTPM. Each
answer is a field here. The families and their sizes are rows of `amimodel._instance_families`.

Source: botocore 1.44.5, shapes InstanceType and InstanceTypeInfo; rules A 4.3, 5.2, 5.3, 5.6, BO-1 to BO-3, TP-1, TP-5;
B LD-13 to LD-18. What the rules leave open: DescribeInstanceTypes as recorded in moto 5.2.5.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import unique
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from attrs import field, frozen

from amimodel._instance_families import EXCEPTIONS, FAMILIES, METAL_BUILDS, PREVIOUS_GENERATION, Build, Disks
from amimodel.malformed import Malformed, invalid_value
from amimodel.vocabulary import Architecture, BootMode, RootDeviceType, VirtualizationType, Word


@unique
class EnaSupport(Word):
    """Whether a type has the Elastic Network Adapter, and whether it has nothing else (rule B LD-16).

    An image that does not support ENA can be launched where it is `supported`, not where it is `required`.
    """

    UNSUPPORTED = "unsupported"
    SUPPORTED = "supported"
    REQUIRED = "required"


@unique
class InstanceTypeHypervisor(Word):
    """What runs a type's virtual machines. An image's own `Hypervisor` says nothing about it (rule A VR-4)."""

    XEN = "xen"
    NITRO = "nitro"


_MOST_VOLUMES: Final = 24


@frozen(kw_only=True)
class InstanceStoreVolumes:
    """The disks of the host that come with a type.

    Where they are not NVMe, the volumes `ephemeral0` to `ephemeral<count - 1>` can be mapped, and a volume that is not
    mapped is not there. NVMe volumes are always there, mapped or not. `count` is None where the volumes are known to
    exist but their number is not; that is never so where they have to be mapped.

    >>> instance_type("m3.xlarge").instance_store
    InstanceStoreVolumes(count=2, nvme=False)

    Raises `Malformed`.

    Source: botocore 1.44.5, InstanceStorageInfo; rules A IS-2 to IS-5, A IS-9.
    """

    count: int | None = field()
    nvme: bool

    def __attrs_post_init__(self) -> None:
        if self.count is None and not self.nvme:
            raise invalid_value("Count", None, "Volumes that have to be mapped are counted.")
        if self.count is not None and not 1 <= self.count <= _MOST_VOLUMES:
            raise invalid_value("Count", self.count, f"Expected 1 to {_MOST_VOLUMES}.")


@frozen(kw_only=True)
class InstanceType:
    """A kind of machine that an image can be launched on.

    The tuples are what EC2 calls the supported ones: `architectures` is ProcessorInfo.SupportedArchitectures,
    `boot_modes` is SupportedBootModes, and so on. An instance boots with legacy BIOS or UEFI, so `uefi-preferred`,
    which is an image's wish, is no boot mode here. Bare metal has no `hypervisor`; a type without disks has no
    `instance_store`.

    The table of this release is `instance_type`. A type that it does not know can be built by hand.

    >>> graviton = instance_type("m7g.large")
    >>> [mode.value for mode in graviton.boot_modes], graviton.ena_support.value, graviton.nitro_tpm_support
    (['uefi'], 'required', True)
    >>> graviton.family, graviton.size
    ('m7g', 'large')

    Raises `Malformed` for what no machine can be: a NitroTPM without UEFI, a paravirtual machine on Nitro, ...

    Source: botocore 1.44.5, InstanceTypeInfo; rules A 5.2, 5.3, 5.6, RT-1, BO-1, BO-3, TP-1.
    """

    name: str
    architectures: tuple[Architecture, ...]
    virtualization_types: tuple[VirtualizationType, ...]
    boot_modes: tuple[BootMode, ...]
    hypervisor: InstanceTypeHypervisor | None
    ena_support: EnaSupport
    nitro_tpm_support: bool
    root_device_types: tuple[RootDeviceType, ...]
    instance_store: InstanceStoreVolumes | None
    bare_metal: bool
    current_generation: bool

    def __attrs_post_init__(self) -> None:
        for member, value, holds, why in _LAWS:
            if not holds(self):
                raise invalid_value(member, value(self), why)

    @property
    def family(self) -> str:
        """The part of the name before the dot: `m7g` of `m7g.large`."""
        return self.name.partition(".")[0]

    @property
    def size(self) -> str:
        """The part of the name after the dot: `large` of `m7g.large`."""
        return self.name.partition(".")[2]

    def __str__(self) -> str:
        return self.name


_is_name = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", re.ASCII).fullmatch
_BOOTED: Final = frozenset({BootMode.LEGACY_BIOS, BootMode.UEFI})
_PARAVIRTUAL: Final = VirtualizationType.PARAVIRTUAL
_INSTANCE_STORE: Final = RootDeviceType.INSTANCE_STORE

_XEN: Final = InstanceTypeHypervisor.XEN
_NITRO: Final = InstanceTypeHypervisor.NITRO

# (member at fault, its value, what holds of every machine, why)
_Law = tuple[str, Callable[[InstanceType], object], Callable[[InstanceType], bool], str]
# fmt: off
_LAWS: Final[tuple[_Law, ...]] = (
    ("InstanceType", lambda t: t.name,
     lambda t: _is_name(t.name) is not None,
     "Expected a family, a dot and a size."),
    ("SupportedArchitectures", lambda t: t.architectures,
     lambda t: bool(t.architectures),
     "A machine has an architecture."),
    ("SupportedVirtualizationTypes", lambda t: t.virtualization_types,
     lambda t: bool(t.virtualization_types),
     "A machine has a virtualization type; that of bare metal is hvm."),
    ("SupportedVirtualizationTypes", lambda t: t.virtualization_types,
     lambda t: _PARAVIRTUAL not in t.virtualization_types or t.hypervisor is _XEN,
     "Paravirtual machines run on Xen."),
    ("SupportedBootModes", lambda t: t.boot_modes,
     lambda t: bool(t.boot_modes) and _BOOTED.issuperset(t.boot_modes),
     "A machine boots with legacy-bios, uefi or either."),
    ("Hypervisor", lambda t: t.hypervisor,
     lambda t: t.bare_metal == (t.hypervisor is None),
     "Bare metal has no hypervisor, and everything else has one."),
    ("NitroTpmSupport", lambda t: t.nitro_tpm_support,
     lambda t: not t.nitro_tpm_support or (t.hypervisor is _NITRO and BootMode.UEFI in t.boot_modes),
     "NitroTPM is a device of Nitro's virtual machines, and needs uefi."),
    ("SupportedRootDeviceTypes", lambda t: t.root_device_types,
     lambda t: bool(t.root_device_types),
     "A machine has a root device."),
    ("SupportedRootDeviceTypes", lambda t: t.root_device_types,
     lambda t: _INSTANCE_STORE not in t.root_device_types or (t.hypervisor is _XEN and t.instance_store is not None),
     "A root device in the instance store needs Xen and an instance store."),
)
# fmt: on


class _Facts(NamedTuple):
    """What all types of one build have in common."""

    architectures: tuple[Architecture, ...]
    virtualization_types: tuple[VirtualizationType, ...]
    boot_modes: tuple[BootMode, ...]
    hypervisor: InstanceTypeHypervisor | None
    ena_support: EnaSupport
    nitro_tpm_support: bool
    root_device_types: tuple[RootDeviceType, ...]


_X86: Final = (Architecture.X86_64,)
_X86_32: Final = (Architecture.I386, Architecture.X86_64)  # in the order in which EC2's messages join them
_ARM: Final = (Architecture.ARM64,)
_MAC_X86: Final = (Architecture.X86_64_MAC,)
_MAC_ARM: Final = (Architecture.ARM64_MAC,)

_HVM: Final = (VirtualizationType.HVM,)
# Rule A 5.6: M1, M2, C1 and T1 are paravirtual only. DescribeInstanceTypes names hvm, too, for Windows' sake: what EC2
# refuses there is an hvm image of any other platform (rule A VR-2).
_PV: Final = (VirtualizationType.PARAVIRTUAL,)
_PV_HVM: Final = (VirtualizationType.HVM, VirtualizationType.PARAVIRTUAL)

_BIOS: Final = (BootMode.LEGACY_BIOS,)
_UEFI: Final = (BootMode.UEFI,)
_BOTH: Final = (BootMode.LEGACY_BIOS, BootMode.UEFI)

_NO: Final = EnaSupport.UNSUPPORTED
_MAY: Final = EnaSupport.SUPPORTED
_MUST: Final = EnaSupport.REQUIRED

_TPM: Final = True
_NO_TPM: Final = False

_EBS: Final = (RootDeviceType.EBS,)
_EBS_S3: Final = (RootDeviceType.EBS, RootDeviceType.INSTANCE_STORE)

# fmt: off
_BUILDS: Final[Mapping[Build, _Facts]] = MappingProxyType({
    #                       processor virtual  boot   hypervisor ENA    NitroTPM root
    "xen pv micro":  _Facts(_X86_32,  _PV,     _BIOS, _XEN,      _NO,   _NO_TPM, _EBS),
    "xen pv":        _Facts(_X86,     _PV,     _BIOS, _XEN,      _NO,   _NO_TPM, _EBS_S3),
    "xen pv 32":     _Facts(_X86_32,  _PV,     _BIOS, _XEN,      _NO,   _NO_TPM, _EBS_S3),
    "xen pv hvm":    _Facts(_X86,     _PV_HVM, _BIOS, _XEN,      _NO,   _NO_TPM, _EBS_S3),
    "xen pv hvm 32": _Facts(_X86_32,  _PV_HVM, _BIOS, _XEN,      _NO,   _NO_TPM, _EBS_S3),
    "xen":           _Facts(_X86,     _HVM,    _BIOS, _XEN,      _NO,   _NO_TPM, _EBS),
    "xen 32":        _Facts(_X86_32,  _HVM,    _BIOS, _XEN,      _NO,   _NO_TPM, _EBS),
    "xen s3":        _Facts(_X86,     _HVM,    _BIOS, _XEN,      _NO,   _NO_TPM, _EBS_S3),
    "xen ena":       _Facts(_X86,     _HVM,    _BIOS, _XEN,      _MAY,  _NO_TPM, _EBS),
    "xen ena s3":    _Facts(_X86,     _HVM,    _BIOS, _XEN,      _MAY,  _NO_TPM, _EBS_S3),
    "nitro":         _Facts(_X86,     _HVM,    _BOTH, _NITRO,    _MUST, _NO_TPM, _EBS),
    "nitro tpm":     _Facts(_X86,     _HVM,    _BOTH, _NITRO,    _MUST, _TPM,    _EBS),
    "nitro bios":    _Facts(_X86,     _HVM,    _BIOS, _NITRO,    _MUST, _NO_TPM, _EBS),
    "arm":           _Facts(_ARM,     _HVM,    _UEFI, _NITRO,    _MUST, _NO_TPM, _EBS),
    "arm tpm":       _Facts(_ARM,     _HVM,    _UEFI, _NITRO,    _MUST, _TPM,    _EBS),
    "metal x86":     _Facts(_X86,     _HVM,    _BIOS, None,      _MUST, _NO_TPM, _EBS),  # rule A Q16
    "metal arm":     _Facts(_ARM,     _HVM,    _UEFI, None,      _MUST, _NO_TPM, _EBS),
    "mac x86":       _Facts(_MAC_X86, _HVM,    _UEFI, None,      _MUST, _NO_TPM, _EBS),
    "mac arm":       _Facts(_MAC_ARM, _HVM,    _UEFI, None,      _MUST, _NO_TPM, _EBS),
})
# fmt: on


def instance_type(name: str) -> InstanceType:
    """Look an instance type up by its name; the same name gives the same object.

    >>> kind = instance_type("t3.micro")
    >>> kind is instance_type("t3.micro"), [mode.value for mode in kind.boot_modes]
    (True, ['legacy-bios', 'uefi'])
    >>> instance_type("m5.bogus")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Invalid value 'm5.bogus' for InstanceType.

    Raises `Malformed` for every other text.

    Source: rules A 5.6, E-5.
    """
    if name not in _rows():
        message = f"Invalid value '{name}' for InstanceType."
        raise Malformed("InvalidParameterValue", message, member="InstanceType", value=name)
    return _built(name)


def instance_types() -> Iterator[InstanceType]:
    """Every instance type this release knows, family by family.

    >>> sum(1 for kind in instance_types() if kind.nitro_tpm_support), sum(1 for _ in instance_types())
    (1118, 1437)
    """
    return map(_built, _rows())


@cache
def instance_families() -> Mapping[str, tuple[InstanceType, ...]]:
    """Every family this release knows, in the order of the table, with its types: the smallest first, bare metal last.

    >>> len(instance_families()), [kind.size for kind in instance_families()["c7gn"]][-2:]
    (210, ['16xlarge', 'metal'])
    """
    families: dict[str, tuple[InstanceType, ...]] = {}
    for kind in instance_types():
        families[kind.family] = (*families.get(kind.family, ()), kind)
    return MappingProxyType(families)


class _Row(NamedTuple):
    """One type as the table has it, before it is built."""

    name: str
    build: Build
    instance_store: InstanceStoreVolumes | None
    current_generation: bool


@cache
def _rows() -> Mapping[str, _Row]:
    """Write the table out: a row for each name."""
    previous = PREVIOUS_GENERATION.split()
    exceptions: dict[str, Build] = {}
    for family, sizes, build in EXCEPTIONS:
        exceptions |= {f"{family}.{size}": build for size in _full(sizes)}
    rows: dict[str, _Row] = {}
    for family, build, virtual, metal, disks in FAMILIES:
        usual: dict[str, Build] = dict.fromkeys(_full(virtual), build)
        if metal:
            usual |= dict.fromkeys(metal.split(), METAL_BUILDS[build])
        for size, volumes in zip(usual, _volumes(disks, len(usual)), strict=True):
            name = f"{family}.{size}"
            rows[name] = _Row(name, exceptions.get(name, usual[size]), volumes, family not in previous)
    return rows


def _full(ladder: str) -> list[str]:
    return ladder.replace("xl", "xlarge").split()


def _volumes(disks: Disks | None, sizes: int) -> list[InstanceStoreVolumes | None]:
    if disks is None:
        return [None] * sizes
    return [
        InstanceStoreVolumes(count=None if count == "?" else int(count), nvme=disks.nvme)
        for count in disks.counts.split()
    ]


@cache
def _built(name: str) -> InstanceType:
    row = _rows()[name]
    facts = _BUILDS[row.build]
    return InstanceType(
        name=row.name,
        instance_store=row.instance_store,
        bare_metal=facts.hypervisor is None,
        current_generation=row.current_generation,
        **facts._asdict(),
    )
