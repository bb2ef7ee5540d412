"""The metadata service of a new instance: who says how it is set up, and which launches an account forbids.

Each option is settled by itself. Four may speak, and the first that says something about the option is heard: the
launch, the account, the image, and EC2.

Source: EC2 User Guide, "Configure the Instance Metadata Service options" (the order of precedence); botocore 1.44.5,
shape InstanceMetadataOptionsRequest; rules B 5.3 (IM-1 to IM-5), B LD-19, A RI-16.
"""

from collections.abc import Mapping
from enum import unique
from types import MappingProxyType
from typing import Any, Final

from attrs import field, fields_dict, frozen
from attrs.converters import optional

from amimodel.instances import HttpTokens
from amimodel.malformed import invalid_value
from amimodel.refusals import HttpTokensEnforced
from amimodel.settings import (
    NO_PREFERENCE_HOP_LIMIT,
    InstanceMetadataDefaults,
    MetadataDefaultHttpTokens,
    MetadataDefaultSwitch,
)
from amimodel.vocabulary import ImdsSupport, Word

_MOST_HOPS: Final = 64


@unique
class HttpEndpoint(Word):
    """Whether the metadata service answers at all."""

    DISABLED = "disabled"
    ENABLED = "enabled"


@unique
class HttpProtocolIpv6(Word):
    """Whether it answers by IPv6 as well."""

    DISABLED = "disabled"
    ENABLED = "enabled"


@unique
class InstanceMetadataTags(Word):
    """Whether it tells the instance's tags."""

    DISABLED = "disabled"
    ENABLED = "enabled"


@frozen(kw_only=True)
class MetadataOptions:
    """What somebody says about the metadata service: the parameter of RunInstances; None is nothing said.

    >>> MetadataOptions(http_tokens="required").http_tokens
    <HttpTokens.REQUIRED: 'required'>
    >>> MetadataOptions(http_put_response_hop_limit=0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Value (0) for parameter httpPutResponseHopLimit is invalid...

    Raises `Malformed`.

    Source: botocore 1.44.5, shape InstanceMetadataOptionsRequest; rule B IM-1.
    """

    http_tokens: HttpTokens | None = field(default=None, converter=optional(HttpTokens))
    http_put_response_hop_limit: int | None = None
    http_endpoint: HttpEndpoint | None = field(default=None, converter=optional(HttpEndpoint))
    http_protocol_ipv6: HttpProtocolIpv6 | None = field(default=None, converter=optional(HttpProtocolIpv6))
    instance_metadata_tags: InstanceMetadataTags | None = field(default=None, converter=optional(InstanceMetadataTags))

    def __attrs_post_init__(self) -> None:
        hops = self.http_put_response_hop_limit
        if hops is not None and (type(hops) is not int or not 1 <= hops <= _MOST_HOPS):
            raise invalid_value("HttpPutResponseHopLimit", hops, f"Expected a number from 1 to {_MOST_HOPS}.")


@frozen(kw_only=True)
class InstanceMetadataOptions:
    """How the metadata service of an instance is set up.

    >>> SERVICE_DEFAULTS.http_put_response_hop_limit
    1

    Source: botocore 1.44.5, shape InstanceMetadataOptionsResponse; rule B IM-3.
    """

    http_tokens: HttpTokens = HttpTokens.OPTIONAL
    http_put_response_hop_limit: int = 1
    http_endpoint: HttpEndpoint = HttpEndpoint.ENABLED
    http_protocol_ipv6: HttpProtocolIpv6 = HttpProtocolIpv6.DISABLED
    instance_metadata_tags: InstanceMetadataTags = InstanceMetadataTags.DISABLED


SERVICE_DEFAULTS: Final = InstanceMetadataOptions()
"""What holds where nobody says anything (rule B IM-3)."""

NOTHING_SAID: Final = MetadataOptions()

IMAGE_SAYS: Final[Mapping[ImdsSupport | None, MetadataOptions]] = MappingProxyType({
    None:             NOTHING_SAID,
    ImdsSupport.V2_0: MetadataOptions(http_tokens=HttpTokens.REQUIRED, http_put_response_hop_limit=2),
})  # fmt: skip
"""What an image says by its ImdsSupport (rules A RI-16, B IM-2)."""

_TOKENS: Final = {
    MetadataDefaultHttpTokens.OPTIONAL: HttpTokens.OPTIONAL,
    MetadataDefaultHttpTokens.REQUIRED: HttpTokens.REQUIRED,
    MetadataDefaultHttpTokens.NO_PREFERENCE: None,
}
_ENDPOINT: Final = {
    MetadataDefaultSwitch.DISABLED: HttpEndpoint.DISABLED,
    MetadataDefaultSwitch.ENABLED: HttpEndpoint.ENABLED,
    MetadataDefaultSwitch.NO_PREFERENCE: None,
}
_TAGS: Final = {
    MetadataDefaultSwitch.DISABLED: InstanceMetadataTags.DISABLED,
    MetadataDefaultSwitch.ENABLED: InstanceMetadataTags.ENABLED,
    MetadataDefaultSwitch.NO_PREFERENCE: None,
}


def account_says(defaults: InstanceMetadataDefaults) -> MetadataOptions:
    """What an account says by its defaults; where it prefers nothing, nothing.

    >>> account_says(InstanceMetadataDefaults()) == NOTHING_SAID
    True

    Source: rules B IM-1, B IM-3.
    """
    hops = defaults.http_put_response_hop_limit
    return MetadataOptions(
        http_tokens=_TOKENS[defaults.http_tokens],
        http_put_response_hop_limit=None if hops == NO_PREFERENCE_HOP_LIMIT else hops,
        http_endpoint=_ENDPOINT[defaults.http_endpoint],
        instance_metadata_tags=_TAGS[defaults.instance_metadata_tags],
    )


@unique
class MetadataSource(Word):
    """Who may say something about the metadata service, the first to be heard first (rule B IM-1)."""

    LAUNCH = "launch"
    ACCOUNT = "account"
    IMAGE = "image"
    SERVICE = "service"


def sources(
    requested: MetadataOptions = NOTHING_SAID,
    *,
    defaults: InstanceMetadataDefaults,
    imds_support: ImdsSupport | None = None,
) -> dict[str, MetadataSource]:
    """Who settles each option.

    >>> lenient = MetadataOptions(http_tokens="optional")
    >>> settled = sources(lenient, defaults=InstanceMetadataDefaults(), imds_support=ImdsSupport.V2_0)
    >>> settled["http_tokens"].value, settled["http_put_response_hop_limit"].value, settled["http_endpoint"].value
    ('launch', 'image', 'service')

    Source: rules B IM-1, B IM-5.
    """
    return {option: source for option, (source, _) in _settled(requested, defaults, imds_support).items()}


def resolve(
    requested: MetadataOptions = NOTHING_SAID,
    *,
    defaults: InstanceMetadataDefaults,
    imds_support: ImdsSupport | None = None,
) -> InstanceMetadataOptions:
    """How the metadata service of a new instance is set up.

    >>> strict = resolve(defaults=InstanceMetadataDefaults(), imds_support=ImdsSupport.V2_0)
    >>> strict.http_tokens.value, strict.http_put_response_hop_limit
    ('required', 2)

    Whether the account lets it start is for `check_enforced` to say.

    Source: rules B IM-1 to IM-3, B IM-5, A RI-16.
    """
    settled = _settled(requested, defaults, imds_support)
    return InstanceMetadataOptions(**{option: value for option, (_, value) in settled.items()})


def _settled(
    requested: MetadataOptions, defaults: InstanceMetadataDefaults, imds_support: ImdsSupport | None
) -> dict[str, tuple[MetadataSource, Any]]:
    said = {
        MetadataSource.LAUNCH: requested,
        MetadataSource.ACCOUNT: account_says(defaults),
        MetadataSource.IMAGE: IMAGE_SAYS[imds_support],
        MetadataSource.SERVICE: SERVICE_DEFAULTS,
    }
    return {
        option: next((source, value) for source in said if (value := getattr(said[source], option)) is not None)
        for option in fields_dict(InstanceMetadataOptions)
    }


def check_enforced(options: InstanceMetadataOptions, defaults: InstanceMetadataDefaults) -> None:
    """Refuse an instance without required tokens where the account enforces them, whoever has settled them so.

    >>> try:
    ...     check_enforced(SERVICE_DEFAULTS, InstanceMetadataDefaults(http_tokens_enforced="enabled"))
    ... except HttpTokensEnforced as refusal:
    ...     print(refusal.code)
    UnsupportedOperation

    Raises `HttpTokensEnforced`.

    Source: rules B IM-4, B LD-19.
    """
    if defaults.enforces_http_tokens and options.http_tokens is not HttpTokens.REQUIRED:
        raise HttpTokensEnforced
