"""A world to try things in: an organization with its accounts, a partner, and what Amazon offers to everyone.

It is the night before 2026-11-01, and nothing in it ever changes from one call to the next. An id tells where a thing
is and its number: `ami-0fa00000000000410` is image 410 in Frankfurt (`fa`; Virginia is `ea`, Sydney `5d`), made of
`snap-0fa00000000000410`. Instances and volumes have numbers of their own.

| account | constant | where in the organization | what it has |
|---|---|---|---|
| 112233445566 | `MANAGEMENT` | under the root | nothing but the organization |
| 222233334444 | `BUILD` | Infrastructure | the images that the others launch, a key, a Recycle Bin in use |
| 111122223333 | `PROD` | Workloads / Production | web and database servers; a subscription on the Marketplace |
| 444455556666 | `STAGING` | Workloads / Test | a copy's instance, Windows, Allowed AMIs in audit mode |
| 777788889999 | `SANDBOX` | Sandbox | a public image, an image in S3 |
| 888877776666 | `PARTNER` | in none | an appliance, shared with `PROD` |

| image | owner | name | what it is an example of |
|---|---|---|---|
| `ami-0fa00000000000410` | `BUILD` | golden-2026.10 | shared with the organization; protected; tagged by others too |
| `ami-0ea00000000000410` | `BUILD` | golden-2026.10 | its copy in Virginia |
| `ami-0fa00000000000420` | `BUILD` | golden-2026.07 | deprecated, and still shared with the organization |
| `ami-0fa00000000000430` | `BUILD` | base-encrypted | encrypted with a key that the organization may use |
| `ami-0fa00000000000440` | `BUILD` | agent | shared with the unit Workloads |
| `ami-0fa00000000000450` | `BUILD` | golden-2025.10 | disabled |
| `ami-0fa00000000000460` | `BUILD` | golden-2026.04 | in the Recycle Bin until 2026-11-08 |
| `ami-0fa00000000000510` | `PROD` | web-2026.10 | made of an instance of golden-2026.10; two volumes |
| `ami-0fa00000000000520` | `PROD` | db-2026.10 | encrypted with the AWS managed key, which nobody can share |
| `ami-05d00000000000520` | `PROD` | db-2026.10 | its copy in Sydney |
| `ami-0fa00000000000530` | `PROD` | web-2026.07 | deregistered, and an instance of it runs on |
| `ami-0fa00000000000710` | `SANDBOX` | demo | public |
| `ami-0fa00000000000720` | `SANDBOX` | legacy | paravirtual, from the instance store |
| `ami-0fa00000000000810` | `PARTNER` | appliance-4.1 | shared with one account, its snapshot too |

The bucket `golden-images` in Frankfurt is `BUILD`'s, and `PROD` may read there. golden-2026.10 is stored in it.

Amazon's images have numbers from 101, Windows from 201, and the seller's image is 301, in every Region. The public
parameters lead to them, and remember those they have led to before.

Source: rules A 10, A KR-6, B OR-1, B OR-14, B BPA-7, B AA-3, B MP-6, C 2.17, C 3.4, C 4, C 5.9, C 6.2, C 7.2,
C 7.14, C 11.3.
"""

from functools import cache
from typing import Final

from attrs import evolve

from amimodel._furnishing import fixed_id, launched, snapshot_of, with_image
from amimodel._public_images import ALIASES, AMAZON_LINUX, PRODUCT, SELLER, WINDOWS, public_images, sold_image
from amimodel.buckets import Bucket
from amimodel.bundles import ImageBundle
from amimodel.clock import parse
from amimodel.copying import snapshot_description
from amimodel.encryption import KmsKey, OrganizationGrant
from amimodel.identifiers import COPIED_SNAPSHOTS_VOLUME, AccountId, ImageId, image_id
from amimodel.image_criteria import ImageCriterion
from amimodel.images import DeregistrationProtection, DeregistrationProtectionMode, Image
from amimodel.instances import InstanceState
from amimodel.kernels import default_kernel
from amimodel.kms import aws_managed_key
from amimodel.organizations import Organization, OrganizationalUnit, Organizations
from amimodel.permissions import (
    EVERYONE,
    AccountPermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
    Permissions,
)
from amimodel.recycle_bin import entering
from amimodel.regions import Region, as_region
from amimodel.retention import RecycleBinEntry, RetentionRule
from amimodel.settings import AllowedImagesSettings, EbsEncryption, ImageBlockPublicAccess, RegionSettings
from amimodel.snapshots import Snapshot
from amimodel.stored_images import StoredImage, StoreImageTask
from amimodel.storing import kept_of, kept_of_snapshot, object_key_of
from amimodel.tags import NO_TAGS, Tags
from amimodel.tasks import EmptyRecycleBin
from amimodel.vocabulary import Architecture, ImageState
from amimodel.volumes import Volume
from amimodel.world import World

__all__ = [
    "AMAZON_LINUX", "BUILD", "FRANKFURT", "MANAGEMENT", "NOW", "ORGANIZATION", "PARTNER", "PROD", "PRODUCT", "SANDBOX",
    "SELLER", "STAGING", "SYDNEY", "VIRGINIA", "WINDOWS", "example_world",
]  # fmt: skip

NOW: Final = parse("2026-11-01T00:00:00Z")
"""The moment at which the example world begins."""

FRANKFURT: Final = as_region("eu-central-1")
VIRGINIA: Final = as_region("us-east-1")
SYDNEY: Final = as_region("ap-southeast-2")

MANAGEMENT: Final = AccountId("112233445566")
BUILD: Final = AccountId("222233334444")
PROD: Final = AccountId("111122223333")
STAGING: Final = AccountId("444455556666")
SANDBOX: Final = AccountId("777788889999")
PARTNER: Final = AccountId("888877776666")

_WORKLOADS: Final = "ou-ab12-workload1"

ORGANIZATION: Final = Organization(
    organization_id="o-a1b2c3d4e5",
    management_account_id=MANAGEMENT,
    root_id="r-ab12",
    organizational_units=[
        OrganizationalUnit(organizational_unit_id="ou-ab12-infrastr1", name="Infrastructure", accounts=[BUILD]),
        OrganizationalUnit(
            organizational_unit_id=_WORKLOADS,
            name="Workloads",
            organizational_units=[
                OrganizationalUnit(organizational_unit_id="ou-ab12-product1", name="Production", accounts=[PROD]),
                OrganizationalUnit(organizational_unit_id="ou-ab12-testing1", name="Test", accounts=[STAGING]),
            ],
        ),
        OrganizationalUnit(organizational_unit_id="ou-ab12-sandbox1", name="Sandbox", accounts=[SANDBOX]),
    ],
)
"""The organization of all the accounts but the partner's."""

_TO_ALL: Final = OrganizationPermission(ORGANIZATION.arn)
_TO_WORKLOADS: Final = OrganizationalUnitPermission(ORGANIZATION.arn_of(_WORKLOADS))
_KEY: Final = KmsKey(
    arn="arn:aws:kms:eu-central-1:222233334444:key/1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9",
    grants=[OrganizationGrant(ORGANIZATION.organization_id)],
)
_KEPT: Final = DeregistrationProtection(DeregistrationProtectionMode.ENABLED_WITH_COOLDOWN)


@cache
def example_world() -> World:
    """The example world; always the same value.

    >>> world = example_world()
    >>> world.image("ami-0fa00000000000410", FRANKFURT).name, len(world.images), len(world.instances)
    ('golden-2026.10', 57, 8)

    What there is in it, the documentation of this module tells.

    Source: rules A 10, B OR-1.
    """
    world = World(now=NOW, organizations=Organizations([ORGANIZATION]))
    parts = (
        _offered, _settled, _built, _binned, _stored, _in_production, _in_staging, _in_the_sandbox, _of_the_partner,
    )  # fmt: skip
    for part in parts:
        world = part(world)
    return world


def _offered(world: World) -> World:
    for owner, alias in ALIASES:
        world = world.with_owner_alias(owner, alias)
    for region in (FRANKFURT, VIRGINIA, SYDNEY):
        for image, snapshot, parameters in public_images(region):
            world = world.with_image(image)
            world = world if snapshot is None else world.with_snapshot(snapshot)
            for parameter in parameters:
                world = world.with_parameter(region, parameter, ImageId(image.image_id))
        image, snapshot = sold_image(region, (PROD, STAGING))
        world = world.with_image(image).with_snapshot(snapshot)
    return world.with_subscription(PROD, PRODUCT)


def _settled(world: World) -> World:
    watching = AllowedImagesSettings(
        state="audit-mode", image_criteria=[ImageCriterion(image_providers=["amazon", BUILD])]
    )
    unblocked = ImageBlockPublicAccess(state="unblocked")
    settings = (
        (SANDBOX, FRANKFURT, RegionSettings(image_block_public_access=unblocked)),
        (STAGING, VIRGINIA, RegionSettings(allowed_images=watching)),
        (STAGING, FRANKFURT, RegionSettings(ebs_encryption=EbsEncryption(by_default=True))),
    )
    for account, region, settled in settings:
        world = world.with_settings(account, region, settled)
    return world.with_key(_KEY, aliases=["alias/golden"])


def _image(world: World, region: Region, number: int) -> Image:
    return world.images.records[fixed_id("ami-", region, number)]


def _made_of(image: Image, instance: int) -> dict[str, object]:
    """What an image says of the instance that it was made of, and of that one's image (rule A 11.3)."""
    if image.region is None:
        raise AssertionError(image)
    return {**_copy_of(image), "source_instance_id": fixed_id("i-", image.region, instance)}


def _copy_of(image: Image) -> dict[str, object]:
    """What a copy says of its source (rule A 11.3)."""
    return {"source_image_id": image.image_id, "source_image_region": image.region}


def _copied(world: World, source: Image, target: Region, number: int, created: str) -> Snapshot:
    """The snapshot of a copy; one of an encrypted image has the AWS managed key (rules B CI-24, B EN-16)."""
    old = world.snapshots.records[source.snapshot_ids[0]]
    described = snapshot_description(fixed_id("ami-", target, number), source.image_id, old.snapshot_id, parse(created))
    key = str(aws_managed_key(old.owner_id, target).arn) if old.encrypted else None
    return snapshot_of(
        target, number, old.owner_id, created,
        volume_id=COPIED_SNAPSHOTS_VOLUME, volume_size_gib=old.volume_size_gib, encrypted=old.encrypted, kms_key_id=key,
        description=described, transfer_type="standard",
    )  # fmt: skip


# --- BUILD ------------------------------------------------------------------------------------------------------------

_TAGS: Final = Tags({"Name": "golden", "Release": "2026.10", "ec2:SharedTag/Release": "2026.10"})


def _built(world: World) -> World:
    base, former = _image(world, FRANKFURT, 106), _image(world, FRANKFURT, 105)
    for number, name, created, facts in (
        (410, "golden-2026.10", "2026-10-20T06:00:00Z",
         {**_made_of(base, 401), "launch_permissions": [_TO_ALL], "deregistration_protection": _KEPT, "tags": _TAGS}),
        (420, "golden-2026.07", "2026-07-28T06:00:00Z",
         {**_made_of(former, 402), "launch_permissions": [_TO_ALL], "deprecation_time": parse("2026-10-20T00:00:00Z")}),
        (440, "agent", "2026-10-21T06:00:00Z", {**_made_of(base, 403), "launch_permissions": [_TO_WORKLOADS]}),
        (450, "golden-2025.10", "2025-10-20T06:00:00Z", {"state": ImageState.DISABLED}),
    ):  # fmt: skip
        world = with_image(world, name, snapshot_of(FRANKFURT, number, BUILD, created), **facts)
    encrypted = snapshot_of(
        FRANKFURT, 430, BUILD, "2026-10-20T06:30:00Z",
        encrypted=True, kms_key_id=str(_KEY.arn),
        create_volume_permissions=Permissions([AccountPermission(PROD), AccountPermission(STAGING)]),
    )  # fmt: skip
    world = with_image(world, "base-encrypted", encrypted, launch_permissions=[_TO_ALL], **_made_of(base, 404))
    golden = _image(world, FRANKFURT, 410)
    copy = _copied(world, golden, VIRGINIA, 410, "2026-10-20T07:00:00Z")
    world = with_image(world, "golden-2026.10", copy, launch_permissions=[_TO_ALL], **_copy_of(golden))
    return world.with_foreign_tags(PROD, golden.image_id, Tags({"Approved": "2026-10-22"}))


def _binned(world: World) -> World:
    """The Recycle Bin of BUILD: its rule, and an image in it whose snapshot has stayed behind (rules C 6.2, C 6.23)."""
    rule = RetentionRule(
        identifier="goldenimage", owner_id=BUILD, region=FRANKFURT, resource_type="EC2_IMAGE", retention_days=14
    )
    world = world.with_retention_rule(rule)
    world = with_image(world, "golden-2026.04", snapshot_of(FRANKFURT, 460, BUILD, "2026-04-20T06:00:00Z"))
    entry = RecycleBinEntry(
        resource=entering(_image(world, FRANKFURT, 460)),
        recycle_bin_enter_time=parse("2026-10-25T00:00:00Z"),
        recycle_bin_exit_time=parse("2026-11-08T00:00:00Z"),
    )
    emptying = EmptyRecycleBin(resource_id=entry.resource_id)
    return world.binning(entry).with_task(entry.recycle_bin_exit_time - NOW, emptying)


# --- PROD -------------------------------------------------------------------------------------------------------------


def _stored(world: World) -> World:
    image, stored_at = _image(world, FRANKFURT, 410), parse("2026-10-25T04:00:40Z")
    stored = StoredImage(
        bucket="golden-images",
        object_key=object_key_of(image.image_id),
        image=kept_of(image, image.tags),
        snapshots=[kept_of_snapshot(world.snapshots.records[one], NO_TAGS) for one in image.snapshot_ids],
        store_time=stored_at,
    )
    task = StoreImageTask(
        ami_id=image.image_id,
        task_start_time=parse("2026-10-25T04:00:00Z"),
        bucket=stored.bucket,
        s3object_key=stored.object_key,
        progress_percentage=100,
        store_task_state="Completed",
        owner_id=BUILD,
        region=FRANKFURT,
    )
    bucket = Bucket(name=stored.bucket, owner_id=BUILD, region=FRANKFURT, readers=[PROD])
    return world.with_bucket(bucket).with_stored_image(stored).with_store_task(1, task)


def _in_production(world: World) -> World:
    golden, former = _image(world, FRANKFURT, 410), _image(world, FRANKFURT, 420)
    web = (
        snapshot_of(FRANKFURT, 510, PROD, "2026-10-23T08:00:00Z"),
        snapshot_of(FRANKFURT, 511, PROD, "2026-10-23T08:00:00Z", volume_size_gib=20),
    )
    tags = {"Name": "web", "Release": "2026.10"}
    world = with_image(world, "web-2026.10", *web, tags=tags, **_made_of(golden, 501))
    encrypted = snapshot_of(
        FRANKFURT, 520, PROD, "2026-10-24T08:00:00Z",
        volume_size_gib=100, encrypted=True, kms_key_id=str(aws_managed_key(PROD, FRANKFURT).arn),
    )  # fmt: skip
    world = with_image(world, "db-2026.10", encrypted, tags={"Name": "db"}, **_made_of(golden, 502))
    database = _image(world, FRANKFURT, 520)
    copy = _copied(world, database, SYDNEY, 520, "2026-10-24T09:00:00Z")
    world = with_image(world, "db-2026.10", copy, **_copy_of(database))
    old = snapshot_of(FRANKFURT, 530, PROD, "2026-08-03T08:00:00Z")
    world = with_image(world, "web-2026.07", old, **_made_of(former, 503))
    for number, source, instance_type, since, name in (
        (541, 510, "t3.small",  "2026-10-23T10:00:00Z", "web-1"),
        (543, 510, "t3.small",  "2026-10-23T10:05:00Z", "web-2"),
        (545, 520, "m5.large",  "2026-10-24T10:00:00Z", "db"),
        (547, 530, "t3.small",  "2026-08-03T10:00:00Z", "web-3"),
        (549, 410, "t3.micro",  "2026-10-22T10:00:00Z", "bastion"),
        (551, 107, "t4g.small", "2026-10-26T10:00:00Z", "worker"),
    ):  # fmt: skip
        image = _image(world, FRANKFURT, source)
        world = launched(world, image, instance_type, number=number, owner=PROD, since=since, tags={"Name": name})
    gone = evolve(_image(world, FRANKFURT, 530), state=ImageState.DEREGISTERED)
    world = world.at(parse("2026-10-26T00:00:00Z")).burying(gone).at(NOW)
    return _with_leftovers(world)


def _with_leftovers(world: World) -> World:
    """Things that are paid for and used by nothing: a volume, and a backup whose volume is gone."""
    volume = Volume(
        volume_id=fixed_id("vol-", FRANKFURT, 590),
        owner_id=PROD,
        size_gib=50,
        volume_type="gp3",
        availability_zone="eu-central-1b",
        create_time=parse("2026-02-11T14:00:00Z"),
    )
    rule = RetentionRule(
        identifier="prodbackups",
        owner_id=PROD,
        region=FRANKFURT,
        resource_type="EBS_SNAPSHOT",
        retention_days=7,
        resource_tags=[("Backup", "yes")],
    )
    backup = snapshot_of(
        FRANKFURT, 595, PROD, "2026-05-30T02:00:00Z",
        volume_size_gib=100, description="before the migration", tags=Tags({"Backup": "yes"}),
    )  # fmt: skip
    return world.with_volume(volume).with_snapshot(backup).with_retention_rule(rule)


# --- STAGING, SANDBOX and PARTNER -------------------------------------------------------------------------------------


def _in_staging(world: World) -> World:
    golden, windows = _image(world, VIRGINIA, 410), _image(world, VIRGINIA, 201)
    world = launched(
        world, golden, "t3.micro", number=641, owner=STAGING, since="2026-10-27T10:00:00Z", tags={"Name": "web"}
    )
    world = launched(
        world, windows, "m5.large", number=643, owner=STAGING, since="2026-10-15T10:00:00Z",
        state=InstanceState.STOPPED, tags={"Name": "reports"},
    )  # fmt: skip
    return world.with_snapshot(snapshot_of(VIRGINIA, 695, STAGING, "2026-06-12T02:00:00Z", description="a test"))


def _in_the_sandbox(world: World) -> World:
    created = parse("2026-09-01T12:00:00Z")
    root = snapshot_of(FRANKFURT, 710, SANDBOX, "2026-09-01T12:00:00Z")
    world = with_image(
        world, "demo", root,
        launch_permissions=[EVERYONE], deprecation_time=parse("2028-09-01T12:00:00Z"),
        **_made_of(_image(world, FRANKFURT, 105), 701),
    )  # fmt: skip
    bundle = ImageBundle(
        location="sandbox-amis/legacy/image.manifest.xml",
        account=SANDBOX,
        architecture=Architecture.X86_64,
        kernel_id=default_kernel(FRANKFURT, Architecture.X86_64),
        block_device_mapping=[("ami", "sda"), ("root", "/dev/sda1"), ("ephemeral0", "sdb")],
    )
    image = Image(
        image_id=image_id(fixed_id("ami-", FRANKFURT, 720)),
        owner_id=SANDBOX,
        name="legacy",
        image_location=bundle.location,
        creation_date=created,
        architecture=bundle.architecture,
        virtualization_type="paravirtual",
        root_device_type="instance-store",
        root_device_name=bundle.root_device_name,
        block_device_mappings=bundle.instance_store_mappings,
        kernel_id=bundle.kernel_id,
        region=FRANKFURT,
    )
    return world.with_bundle(bundle).with_image(image)


def _of_the_partner(world: World) -> World:
    shared = Permissions([AccountPermission(PROD)])
    root = snapshot_of(
        FRANKFURT, 810, PARTNER, "2026-03-15T12:00:00Z", volume_size_gib=16, create_volume_permissions=shared
    )
    return with_image(world, "appliance-4.1", root, launch_permissions=shared, description="Partner appliance 4.1")
