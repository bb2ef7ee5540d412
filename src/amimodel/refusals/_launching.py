"""Refusals of a launch: the image and the instance type do not fit each other."""

from amimodel.refusals._refusal import Refusal, facts_of
from amimodel.vocabulary import Architecture, BootMode, ImageType, RootDeviceType, VirtualizationType


@facts_of
class NotAMachineImage(Refusal):
    """Kernels and RAM disks are parts of a machine, not one."""

    code = "InvalidParameterValue"
    rules = "B LD-9"

    image_id: str
    image_type: ImageType

    @property
    def message(self) -> str:
        return f"The image {self.image_id} is a {self.image_type}; only machine images can be launched."


@facts_of
class InstanceTypeNotAllowed(Refusal):
    """The image's owner has not allowed this instance type."""

    code = "InvalidParameterCombination"
    rules = "A IT-7, B LD-12"

    image_id: str
    instance_type: str

    @property
    def message(self) -> str:
        return (
            "This AMI does not support the specified instance type."
            " Check DescribeImages for InstanceTypeSpecification, and try again."
        )


@facts_of
class ArchitectureMismatch(Refusal):
    """The image is built for another processor than the instance type has."""

    code = "InvalidParameterValue"
    rules = "A 5.4, B LD-13"

    image_architecture: Architecture
    instance_type: str
    instance_type_architectures: tuple[Architecture, ...]

    @property
    def message(self) -> str:
        return (
            f"The architecture '{','.join(self.instance_type_architectures)}' of the specified instance type does not"
            f" match the architecture '{self.image_architecture}' of the specified AMI. Specify an instance type and an"
            " AMI that have matching architectures, and try again. You can use 'describe-instance-types' or"
            " 'describe-images' to discover the architecture of the instance type or AMI."
        )


@facts_of
class VirtualizationMismatch(Refusal):
    """A paravirtual image on a type that is HVM only, or an HVM image on a type that is paravirtual only."""

    code = "InvalidParameterCombination"
    rules = "A VR-1, A VR-2, B LD-14"

    virtualization_type: VirtualizationType
    instance_type: str

    @property
    def message(self) -> str:
        if self.virtualization_type is VirtualizationType.HVM:
            return (
                "Non-Windows instances with a virtualization type of 'hvm' are currently not supported for this"
                " instance type."
            )
        return (
            f"Virtualization type 'hvm' is required for instances of type '{self.instance_type}'. Ensure that you are"
            " using an AMI with virtualization type 'hvm'. For more information, see"
            " http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html"
        )


@facts_of
class RootDeviceTypeMismatch(Refusal):
    """An image from S3 on a type that boots from EBS only."""

    code = "InvalidParameterCombination"
    rules = "A RT-1, B LD-15"

    root_device_type: RootDeviceType
    instance_type: str

    @property
    def message(self) -> str:
        return (
            f"Instances of type '{self.instance_type}' may not be launched from an AMI with root device type"
            f" '{self.root_device_type}'."
        )


@facts_of
class EnaRequired(Refusal):
    """The instance type's network needs a driver that the image does not claim to have."""

    code = "InvalidParameterCombination"
    rules = "A 5.4, B LD-16"

    instance_type: str

    @property
    def message(self) -> str:
        return (
            "Enhanced networking with the Elastic Network Adapter (ENA) is required for the"
            f" '{self.instance_type}' instance type. Ensure that you are using an AMI that is enabled for ENA."
        )


@facts_of
class BootModeUnsupported(Refusal):
    """The instance type does not boot the way the image must."""

    code = "InvalidParameterValue"
    rules = "A BO-E1, A BO-E2, B LD-17"

    boot_mode: BootMode
    instance_type: str

    @property
    def message(self) -> str:
        if self.boot_mode is BootMode.LEGACY_BIOS:
            return (
                f"The {self.instance_type} instance type does not support an AMI with a boot mode of legacy-bios."
                " Specify an instance type that supports legacy-bios, and try again."
            )
        return (
            f"The {self.instance_type} instance type does not support an AMI with a boot mode of UEFI. Only instance"
            " types built on the Nitro System support UEFI. Specify an instance type that supports UEFI, and try again."
        )


@facts_of
class TpmUnsupported(Refusal):
    """The image asks for a NitroTPM, and the instance type has none."""

    code = "InvalidParameterCombination"
    rules = "A TP-1, A TP-2, B LD-18, S 53"

    instance_type: str

    @property
    def message(self) -> str:
        return f"The {self.instance_type} instance type does not support NitroTPM, which the specified AMI requires."


@facts_of
class KernelRequired(Refusal):
    """A paravirtual image without a kernel of its own, and none was given."""

    code = "InvalidParameterCombination"
    rules = "A VR-3"

    image_id: str

    @property
    def message(self) -> str:
        return f"The paravirtual image {self.image_id} has no kernel; specify one to launch it."
