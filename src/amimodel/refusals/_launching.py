"""Refusals of a launch, and of requests for instances: what is asked for does not fit together, or is not there."""

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


@facts_of
class ParameterNotResolved(Refusal):
    """No parameter of Systems Manager has that name in this Region, or not that version of it.

    The sentence has been seen, with nothing after the name (two reports on launch templates; none says of which
    version).
    """

    code = "SsmInvalidParameter"
    rules = "A ID-10"

    parameter: str

    @property
    def message(self) -> str:
        return f"The following aliases are invalid: {self.parameter}"


@facts_of
class ZoneNotInRegion(Refusal):
    """The zone belongs to another Region than the one that was asked.

    The sentence has been seen (github.com/newsapps/beeswithmachineguns issue 90).
    """

    code = "InvalidParameterValue"
    rules = "A RG-4"

    availability_zone: str
    region: str

    @property
    def message(self) -> str:
        return f"Invalid availability zone: [{self.availability_zone}]"

    @property
    def remedy(self) -> str:
        return f"name a zone of {self.region}, or none"


@facts_of
class SubscriptionRequired(Refusal):
    """The image is a product of AWS Marketplace to which the account is not subscribed."""

    code = "OptInRequired"
    rules = "A PC-5, B LD-10, B MP-6, S 42"
    http_status = 401

    image_id: str
    product_code: str

    @property
    def message(self) -> str:
        return (
            "In order to use this AWS Marketplace product you need to accept terms and subscribe."
            f" To do so please visit https://aws.amazon.com/marketplace/pp?sku={self.product_code}"
        )


@facts_of
class ShutdownBehaviorRefused(Refusal):
    """An instance whose root is in the instance store cannot stop, so nothing can be said about when it should."""

    code = "InvalidParameterCombination"
    rules = "A RT-2"

    image_id: str

    @property
    def message(self) -> str:
        return "The attribute instanceInitiatedShutdownBehavior can only be used for elastic images."


@facts_of
class AttachmentLimitReached(Refusal):
    """Volumes, the network interface and the NVMe disks of a Nitro instance share one limit."""

    code = "AttachmentLimitExceeded"
    rules = "A BM-13"

    instance_type: str
    attachments: int
    limit: int

    @property
    def message(self) -> str:
        return (
            f"The instance would have {self.attachments} attachments; an instance of type '{self.instance_type}' has"
            f" at most {self.limit}."
        )


@facts_of
class InstanceRequestTooLarge(Refusal):
    """One request names more instances than it may."""

    code = "ResourceCountExceeded"
    rules = "C 12.3, A 12.2"

    given: int
    most: int

    @property
    def message(self) -> str:
        return f"The request names {self.given} instances; it can name at most {self.most}."

    @property
    def remedy(self) -> str:
        return "terminate them in smaller batches"
