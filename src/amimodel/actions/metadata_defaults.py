"""How the account prefers the metadata service of its new instances, where a launch does not say.

Who is heard first, the launch, the account or the image, is in `amimodel.metadata_options`.

Source: EC2 User Guide, "Configure instance metadata options for new instances"; rules B 5.3 (IM-1, IM-3, IM-4).
"""

from typing import Any, ClassVar

from attrs import asdict, evolve, field, filters, frozen

from amimodel.actions._settling import own_settings, settling, unmanaged
from amimodel.callers import Caller
from amimodel.refusals import ManagedByDeclarativePolicy, Refusal
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Query, Request
from amimodel.settings import InstanceMetadataDefaults, MetadataDefaultHttpTokens, MetadataDefaultSwitch
from amimodel.world import World


def _tokens(text: str | None) -> MetadataDefaultHttpTokens | None:
    return MetadataDefaultHttpTokens(text) if text else None


def _switch(text: str | None) -> MetadataDefaultSwitch | None:
    return MetadataDefaultSwitch(text) if text else None


@frozen(kw_only=True)
class ModifyInstanceMetadataDefaults(Request[bool]):
    """Prefer something else for new instances. What is left out stays; `no-preference` and -1 take a preference back.

    >>> ModifyInstanceMetadataDefaults(http_put_response_hop_limit=0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Value (0) for parameter httpPutResponseHopLimit is invalid...

    Instances that are there stay as they are.

    Source: EC2 API Reference, ModifyInstanceMetadataDefaults; rules B IM-1, B IM-3, B IM-4; settlement S 17.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ManagedByDeclarativePolicy,)

    http_tokens: MetadataDefaultHttpTokens | None = field(default=None, converter=_tokens)
    http_put_response_hop_limit: int | None = None
    http_endpoint: MetadataDefaultSwitch | None = field(default=None, converter=_switch)
    instance_metadata_tags: MetadataDefaultSwitch | None = field(default=None, converter=_switch)
    http_tokens_enforced: MetadataDefaultSwitch | None = field(default=None, converter=_switch)

    def __attrs_post_init__(self) -> None:
        _ = InstanceMetadataDefaults(**self._preferred)

    @property
    def _preferred(self) -> dict[str, Any]:
        given = asdict(self, filter=filters.exclude("dry_run"))
        return {option: value for option, value in given.items() if value is not None}

    def decide(self, world: World, by: Caller) -> Deciding[bool]:
        """Go through the checks in order, then prefer it."""
        before = own_settings(world, by).instance_metadata_defaults
        yield from unmanaged(world, "instance metadata defaults", before.managed_by, before.managed_exception_message)
        yield GRANTED
        after = evolve(before, **self._preferred)
        return Outcome(settling(world, by.account, by.region, instance_metadata_defaults=after), True)


@frozen(kw_only=True)
class GetInstanceMetadataDefaults(Query[InstanceMetadataDefaults]):
    """Ask what the account prefers for new instances, and who decides that.

    Source: EC2 API Reference, GetInstanceMetadataDefaults; rule B IM-3.
    """

    def answer(self, world: World, by: Caller) -> Finding[InstanceMetadataDefaults]:
        """Read the setting."""
        yield GRANTED
        return own_settings(world, by).instance_metadata_defaults
