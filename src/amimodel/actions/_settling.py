"""How an account settles something for a Region: what its own setting is, and what a policy has taken out of its hands.

Source: rules B G-1, B BPA-9, B SBP-8, B AA-6; settlement S 17.
"""

from typing import Any

from attrs import evolve

from amimodel.callers import Caller
from amimodel.identifiers import AccountId
from amimodel.permission_requests import missing
from amimodel.refusals import ManagedByDeclarativePolicy
from amimodel.regions import Region
from amimodel.requests import Finding
from amimodel.settings import ManagedBy, RegionSettings
from amimodel.tasks import BlockImagePublicAccess, Task
from amimodel.world import World


def given(text: str, member: str) -> str:
    """Take a parameter that there must be; raises `Malformed` for an empty text, which counts as absent (S 17)."""
    if not text:
        raise missing(member)
    return text


def own_settings(world: World, by: Caller) -> RegionSettings:
    """What the caller has settled for its Region."""
    return world.settings(by.account, by.region)


def unmanaged(world: World, setting: str, managed_by: ManagedBy, exception_message: str | None = None) -> Finding[None]:
    """Nobody but the account decides the setting. Refuses with `ManagedByDeclarativePolicy` (rules B BPA-9, B AA-6)."""
    if managed_by is ManagedBy.DECLARATIVE_POLICY:
        code = world.quirks.declarative_policy_code
        yield ManagedByDeclarativePolicy(error_code=code, setting=setting, exception_message=exception_message)


def settling(world: World, account: AccountId, region: Region, **changes: Any) -> World:  # noqa: ANN401 - every setting has its own type
    """Change settings of an account in a Region; the same world, if they are so already."""
    before = world.settings(account, region)
    after = evolve(before, **changes)
    return world if after == before else world.with_settings(account, region, after)


def pending_blocks(world: World, account: AccountId, region: Region) -> tuple[Task, ...]:
    """The work that will block public access for an account's images (rule B BPA-4)."""
    work = BlockImagePublicAccess(account_id=account, region=region)
    return tuple(task for task in world.tasks if task.work == work)
