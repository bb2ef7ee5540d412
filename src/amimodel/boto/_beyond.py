"""The parameters of EC2's that no request of the model has, and what becomes of them.

Source: botocore 1.44.5, the input shapes of the actions.
"""

from collections.abc import Mapping
from enum import Enum, unique
from types import MappingProxyType
from typing import Final


@unique
class Beyond(Enum):
    """What becomes of a parameter that no request has."""

    WITHOUT_EFFECT = "without effect"
    """It is passed over: it has no say in anything that the model knows."""

    NOT_MODELLED = "not modelled"
    """It is refused, unless it is empty or false: without it, the answer would be another."""


_PASSED, _REFUSED = Beyond.WITHOUT_EFFECT, Beyond.NOT_MODELLED

BEYOND: Final[Mapping[str, Mapping[str, Beyond]]] = MappingProxyType({
    "CopySnapshot": dict.fromkeys(("DestinationRegion", "PresignedUrl"), _PASSED),  # botocore itself adds them
    "CreateSnapshot": {"OutpostArn": _REFUSED},
    "CreateSnapshots": {"OutpostArn": _REFUSED},
    "CreateVolume": {
        **dict.fromkeys(("AvailabilityZoneId", "MultiAttachEnabled", "OutpostArn"), _REFUSED),
        **dict.fromkeys(("Operator", "VolumeInitializationRate"), _PASSED),
    },
    "DescribeInstances": {"IncludeManagedResources": _PASSED},
    "DescribeVolumes": {"IncludeManagedResources": _PASSED},
    "DescribeKey": {"GrantTokens": _PASSED},
    "ListKeys": {"ResourceOwners": _REFUSED},
    "GetParametersByPath": {"ParameterFilters": _REFUSED},
    "AssumeRole": {
        **dict.fromkeys(("MinimumSessionTokenSize", "ProvidedContexts", "Tags", "TransitiveTagKeys"), _PASSED),
        **dict.fromkeys(("Policy", "PolicyArns"), _REFUSED),
    },
    "StartInstances": {"AdditionalInfo": _PASSED},
    "StopInstances": {"Force": _PASSED, "Hibernate": _REFUSED, "SkipOsShutdown": _PASSED},
    "TerminateInstances": dict.fromkeys(("Force", "SkipOsShutdown"), _PASSED),
    "RunInstances": {
        # What else an instance is made of decides nothing about its image.
        **dict.fromkeys((
            "AdditionalInfo", "CapacityReservationSpecification", "CpuOptions", "CreditSpecification", "DisableApiStop",
            "EbsOptimized", "ElasticGpuSpecification", "ElasticInferenceAccelerators", "EnablePrimaryIpv6",
            "EnclaveOptions", "IamInstanceProfile", "InstanceMarketOptions", "Ipv6AddressCount", "Ipv6Addresses",
            "KeyName", "LicenseSpecifications", "MaintenanceOptions", "Monitoring", "NetworkInterfaces",
            "NetworkPerformanceOptions", "Operator", "PrivateDnsNameOptions", "PrivateIpAddress",
            "SecondaryInterfaces", "SecurityGroupIds", "SecurityGroups", "SubnetId", "UserData",
        ), _PASSED),
        # A template names an image of its own, and hibernation asks for an encrypted root.
        **dict.fromkeys(("HibernationOptions", "LaunchTemplate"), _REFUSED),
    },
})  # fmt: skip
"""The parameters of EC2's that no request has, by action."""
