"""A small world of volumes and snapshots, and what a request has changed in it.

Two accounts, two Regions: enough for a thing to be one's own, somebody else's, or elsewhere.
"""

from typing import Any, Final

from attrs import fields

from amimodel.callers import Caller
from amimodel.clock import parse
from amimodel.encryption import AccountGrant, KeyState, KmsKey
from amimodel.identifiers import AccountId
from amimodel.images import Image
from amimodel.regions import Region, as_region
from amimodel.settings import EbsEncryption, RegionSettings
from amimodel.snapshots import Snapshot
from amimodel.volumes import Volume
from amimodel.world import World

NOW: Final = parse("2026-06-01T12:00:00Z")
HERE: Final[Region] = as_region("eu-central-1")
THERE: Final[Region] = as_region("eu-west-1")
ALICE: Final = Caller(account="111122223333", region=HERE)
BOB: Final = Caller(account="444455556666", region=HERE)

OWN_KEY: Final = "arn:aws:kms:eu-central-1:111122223333:key/11111111-1111-4111-8111-111111111111"
SHARED_KEY: Final = "arn:aws:kms:eu-central-1:444455556666:key/22222222-2222-4222-8222-222222222222"
BOBS_KEY: Final = "arn:aws:kms:eu-central-1:444455556666:key/33333333-3333-4333-8333-333333333333"
DISABLED_KEY: Final = "arn:aws:kms:eu-central-1:111122223333:key/44444444-4444-4444-8444-444444444444"
ASYMMETRIC_KEY: Final = "arn:aws:kms:eu-central-1:111122223333:key/55555555-5555-4555-8555-555555555555"
MISSING_KEY: Final = "arn:aws:kms:eu-central-1:111122223333:key/66666666-6666-4666-8666-666666666666"


def snapshot(snapshot_id: str = "snap-12345678", **facts: Any) -> Snapshot:
    given: dict[str, Any] = {
        "snapshot_id": snapshot_id,
        "owner_id": ALICE.account,
        "region": HERE,
        "volume_id": "vol-0000aaaa",
        "volume_size_gib": 8,
        "start_time": parse("2026-05-01T00:00:00Z"),
        "completion_time": parse("2026-05-01T00:10:00Z"),
    }
    if facts.get("state") == "pending":
        given |= {"completion_time": None, "progress": "0%"}
    return Snapshot(**(given | facts))


def volume(volume_id: str = "vol-12345678", **facts: Any) -> Volume:
    given: dict[str, Any] = {
        "volume_id": volume_id,
        "owner_id": ALICE.account,
        "size_gib": 8,
        "availability_zone": "eu-central-1a",
        "create_time": parse("2026-05-01T00:00:00Z"),
    }
    return Volume(**(given | facts))


def world(*things: Snapshot | Volume | Image, **facts: Any) -> World:
    made = World(now=NOW, **facts)
    for arn in (OWN_KEY, BOBS_KEY):
        made = made.with_key(KmsKey(arn=arn))
    made = made.with_key(KmsKey(arn=SHARED_KEY, grants=[AccountGrant(ALICE.account)]), aliases=["alias/shared"])
    made = made.with_key(KmsKey(arn=DISABLED_KEY, key_state=KeyState.DISABLED))
    made = made.with_key(KmsKey(arn=ASYMMETRIC_KEY, symmetric=False))
    return having(made, *things)


def having(made: World, *things: Snapshot | Volume | Image) -> World:
    for thing in things:
        if isinstance(thing, Snapshot):
            made = made.with_snapshot(thing)
        elif isinstance(thing, Volume):
            made = made.with_volume(thing)
        else:
            made = made.with_image(thing)
    return made


def encrypting(made: World, account: AccountId = ALICE.account, region: Region = HERE, **facts: Any) -> World:
    settings = RegionSettings(ebs_encryption=EbsEncryption(**facts))
    return made.with_settings(account, region, settings)


# --- what others have, and keep ---------------------------------------------------------------------------------------

_CATALOGUES: Final = ("images", "snapshots", "volumes", "instances", "recycle_bin", "retention_rules", "tombstones")
_COUNTING: Final = ("events", "issued", "tasks", "client_tokens", "latest_copies")


def touched(before: World, after: World) -> dict[str, set[str]]:
    """The ids of what is new, changed or gone, by the table it stands in; every other part of the world by its name."""
    found: dict[str, set[str]] = {}
    for part in fields(World):
        old, new = getattr(before, part.name), getattr(after, part.name)
        if part.name in _COUNTING or old == new:
            continue
        if part.name in _CATALOGUES:
            ids = {*old.records, *new.records}
            found[part.name] = {one for one in ids if old.get(one) != new.get(one)}
        else:
            found[part.name] = set()
    return found
