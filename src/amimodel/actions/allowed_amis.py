"""Allowed AMIs: whose images the account finds and uses beside its own, as the account settles it.

What the criteria mean is in `amimodel.allowed_images`.

Source: EC2 User Guide, "Control the discovery and use of AMIs in Amazon EC2 with Allowed AMIs"; rules B 4.1, B 4.2.
"""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from attrs import evolve, field, frozen

from amimodel.actions._settling import given, own_settings, settling, unmanaged
from amimodel.callers import Caller
from amimodel.image_criteria import ImageCriterion, image_criteria
from amimodel.limits import Limits
from amimodel.malformed import invalid_value
from amimodel.refusals import (
    AllowedImagesDisabled,
    ManagedByDeclarativePolicy,
    Refusal,
    TooManyCriterionValues,
    TooManyImageCriteria,
)
from amimodel.requests import GRANTED, Deciding, Finding, Outcome, Query, Request, each
from amimodel.settings import AllowedImagesSettings, AllowedImagesSettingsState
from amimodel.world import World


def _enabled_state(text: str) -> AllowedImagesSettingsState:
    state = AllowedImagesSettingsState(given(text, "AllowedImagesSettingsState"))
    if state is AllowedImagesSettingsState.DISABLED:
        raise invalid_value("AllowedImagesSettingsState", text, "Expected enabled or audit-mode.")
    return state


def _setting(world: World, by: Caller) -> Finding[AllowedImagesSettings]:
    setting = own_settings(world, by).allowed_images
    yield from unmanaged(world, "Allowed AMIs", setting.managed_by, setting.exception_message)
    return setting


@frozen(kw_only=True)
class EnableAllowedImagesSettings(Request[AllowedImagesSettingsState]):
    """Find and use only those images of others that fit the criteria; or, in audit mode, only be told which do.

    Source: EC2 API Reference, EnableAllowedImagesSettings; rules B AA-2, B AA-6.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ManagedByDeclarativePolicy,)

    allowed_images_settings_state: AllowedImagesSettingsState = field(converter=_enabled_state)

    def decide(self, world: World, by: Caller) -> Deciding[AllowedImagesSettingsState]:
        """Go through the checks in order, then enable it."""
        setting = yield from _setting(world, by)
        yield GRANTED
        enabled = evolve(setting, state=self.allowed_images_settings_state)
        return Outcome(settling(world, by.account, by.region, allowed_images=enabled), enabled.state)


@frozen(kw_only=True)
class DisableAllowedImagesSettings(Request[AllowedImagesSettingsState]):
    """Find and use others' images whatever they are like. The criteria are kept for another time.

    Source: EC2 API Reference, DisableAllowedImagesSettings; rules B AA-2, B AA-3, B AA-6.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (ManagedByDeclarativePolicy,)

    def decide(self, world: World, by: Caller) -> Deciding[AllowedImagesSettingsState]:
        """Go through the checks in order, then disable it."""
        setting = yield from _setting(world, by)
        yield GRANTED
        disabled = evolve(setting, state=AllowedImagesSettingsState.DISABLED)
        return Outcome(settling(world, by.account, by.region, allowed_images=disabled), disabled.state)


@frozen(kw_only=True)
class ReplaceImageCriteriaInAllowedImagesSettings(Request[bool]):
    """Say anew which images of others to allow; what was said before is forgotten, and an empty list says nothing.

    Raises `Malformed` if a criterion with the provider `none` has company.

    Source: EC2 API Reference, ReplaceImageCriteriaInAllowedImagesSettings; rules B AA-4, B AA-6, B AA-9, B 4.2;
    settlement S 17.
    """

    refusals: ClassVar[tuple[type[Refusal], ...]] = (
        ManagedByDeclarativePolicy,
        AllowedImagesDisabled,
        TooManyImageCriteria,
        TooManyCriterionValues,
    )

    image_criteria: tuple[ImageCriterion, ...] = field(default=(), converter=image_criteria)

    def decide(self, world: World, by: Caller) -> Deciding[bool]:
        """Go through the checks in order, then replace them."""
        setting = yield from _setting(world, by)
        disabled = setting.state is AllowedImagesSettingsState.DISABLED
        if disabled and not world.quirks.criteria_replaceable_while_disabled:
            yield AllowedImagesDisabled()
        yield from each(refusals_to_criteria(self.image_criteria, world.limits))
        yield GRANTED
        replaced = evolve(setting, image_criteria=self.image_criteria)
        return Outcome(settling(world, by.account, by.region, allowed_images=replaced), True)


# fmt: off
_LISTS: Final = (
    # member of the criterion,  its field,                   the limit
    ("ImageProviders",          "image_providers",           "image_providers_per_criterion"),
    ("ImageNames",              "image_names",               "image_names_per_criterion"),
    ("MarketplaceProductCodes", "marketplace_product_codes", "marketplace_product_codes_per_criterion"),
    ("ImageWatermarks",         "image_watermarks",          "image_watermarks_per_criterion"),
)
# fmt: on


def refusals_to_criteria(criteria: Iterable[ImageCriterion], limits: Limits) -> Iterator[Refusal]:
    """What there is too much of in a list of criteria.

    >>> golden = ImageCriterion(image_names=["golden-a*", "golden-b*", "golden-c*"])
    >>> [str(refusal) for refusal in refusals_to_criteria([golden], Limits.tiny())]
    ['ImageNames of a criterion has 3 values; it may have 2 at most.']

    Source: rules A 9, B 4.2.
    """
    listed = tuple(criteria)
    if len(listed) > limits.image_criteria:
        yield TooManyImageCriteria(criteria=len(listed), limit=limits.image_criteria)
    for criterion in listed:
        for member, name, limit_name in _LISTS:
            values, limit = len(getattr(criterion, name)), getattr(limits, limit_name)
            if values > limit:
                yield TooManyCriterionValues(member=member, values=values, limit=limit)


@frozen(kw_only=True)
class GetAllowedImagesSettings(Query[AllowedImagesSettings]):
    """Ask which images of others the account finds and uses, and who decides that.

    What a declarative policy says to those it refuses, EC2 does not tell here.

    Source: EC2 API Reference, GetAllowedImagesSettings; rules B AA-1, B AA-5.
    """

    def answer(self, world: World, by: Caller) -> Finding[AllowedImagesSettings]:
        """Read the setting."""
        yield GRANTED
        return evolve(own_settings(world, by).allowed_images, exception_message=None)
