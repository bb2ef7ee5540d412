"""Strategies for the smallest things: ids, accounts, Regions, zones, instants, names, tags.

>>> from functools import partial
>>> from hypothesis import Phase, find, settings
>>> find = partial(find, settings=settings(phases=[Phase.generate, Phase.shrink], database=None))
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from string import ascii_letters, ascii_lowercase, digits
from typing import Final, TypeVar

from hypothesis import strategies as st

from amimodel.identifiers import (
    COPIED_SNAPSHOTS_VOLUME,
    AccountId,
    ImageId,
    InstanceId,
    KernelId,
    RamdiskId,
    SnapshotId,
    VolumeId,
)
from amimodel.regions import AvailabilityZone, Partition, Region, as_region, known_regions
from amimodel.tags import NO_TAGS, SHARED_PREFIX, SYSTEM_PREFIX, Tags, is_system_key
from amimodel.testing.strategies._draft import made

FIRST_INSTANT: Final = datetime(2006, 1, 1, tzinfo=UTC)  # EC2 opened in that year
LAST_INSTANT: Final = datetime(2040, 1, 1, tzinfo=UTC)
_LONG_IDS: Final = 16**17
_SHORT_IDS: Final = 16**8
_ONE_IN_SO_MANY_IS_SHORT: Final = 5
_MILLISECOND: Final = timedelta(milliseconds=1)
_LONGEST_KEY: Final = 128
_LONGEST_VALUE: Final = 256

T = TypeVar("T")

NAME_CHARACTERS: Final = ascii_lowercase + ascii_letters[26:] + digits + "()[] ./-'@_"
PRINTABLE: Final = st.characters(min_codepoint=32, max_codepoint=126)


def _ids(prefix: str, kind: Callable[[str], T]) -> st.SearchStrategy[T]:
    """Seventeen hex digits or, as before 2016, eight (rule A 1.1); one number decides both, because draws are dear."""

    def spell(number: int) -> T:
        body, rest = divmod(number, _ONE_IN_SO_MANY_IS_SHORT)
        return kind(f"{prefix}{body % _SHORT_IDS:08x}" if rest == 1 else f"{prefix}{body:017x}")

    return made(spell, st.integers(0, _LONG_IDS * _ONE_IN_SO_MANY_IS_SHORT - 1))


def image_ids() -> st.SearchStrategy[ImageId]:
    """AMI ids, of 17 digits and of 8.

    >>> find(image_ids(), lambda image_id: True)
    'ami-00000000000000000'
    """
    return _ids("ami-", ImageId)


def kernel_ids() -> st.SearchStrategy[KernelId]:
    """Ids of kernel images.

    >>> find(kernel_ids(), lambda kernel_id: len(kernel_id) == 12)
    'aki-00000000'
    """
    return _ids("aki-", KernelId)


def ramdisk_ids() -> st.SearchStrategy[RamdiskId]:
    """Ids of RAM disk images.

    >>> find(ramdisk_ids(), lambda ramdisk_id: len(ramdisk_id) == 12)
    'ari-00000000'
    """
    return _ids("ari-", RamdiskId)


def snapshot_ids() -> st.SearchStrategy[SnapshotId]:
    """Snapshot ids.

    >>> find(snapshot_ids(), lambda snapshot_id: len(snapshot_id) == 13)
    'snap-00000000'
    """
    return _ids("snap-", SnapshotId)


def volume_ids(*, of_copies: bool = False) -> st.SearchStrategy[VolumeId]:
    """Volume ids; with `of_copies`, also the volume that every copied snapshot names and that never was.

    >>> find(volume_ids(of_copies=True), lambda volume_id: volume_id.endswith("ff"))
    'vol-ffffffff'
    """
    ids = _ids("vol-", VolumeId)
    return st.one_of(ids, st.just(COPIED_SNAPSHOTS_VOLUME)) if of_copies else ids


def instance_ids() -> st.SearchStrategy[InstanceId]:
    """Instance ids.

    >>> find(instance_ids(), lambda instance_id: len(instance_id) == 10)
    'i-00000000'
    """
    return _ids("i-", InstanceId)


def account_ids() -> st.SearchStrategy[AccountId]:
    """Account ids: twelve digits.

    >>> find(account_ids(), lambda account_id: True)
    '000000000000'
    """
    return made(_account_id, st.integers(0, 10**12 - 1))


def _account_id(number: int) -> AccountId:
    return AccountId(f"{number:012d}")


# How the names of each partition begin (rule A RG-1).
_UNKNOWN_REGION_GROUPS: Final = {
    Partition.AWS: ("us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"),
    Partition.AWS_CN: ("cn",),
    Partition.AWS_US_GOV: ("us-gov",),
    Partition.AWS_EUSC: ("eusc-de",),
    Partition.AWS_ISO: ("us-iso",),
    Partition.AWS_ISO_B: ("us-isob",),
    Partition.AWS_ISO_E: ("eu-isoe",),
    Partition.AWS_ISO_F: ("us-isof",),
}
_COMPASS: Final = ("east", "west", "north", "south", "central", "northeast", "northwest", "southeast", "southwest")


def regions(partition: Partition | str | None = None, *, known: bool | None = None) -> st.SearchStrategy[Region]:
    """Regions, those that this release knows and others that AWS may open.

    `partition` keeps to one partition. `known=True` leaves out what this release does not know, `known=False` what it
    knows.

    >>> str(find(regions(), lambda region: True))
    'us-east-1'
    >>> str(find(regions("aws-cn", known=False), lambda region: True))
    'cn-east-10'
    """
    groups = (
        {Partition(partition): _UNKNOWN_REGION_GROUPS[Partition(partition)]} if partition else _UNKNOWN_REGION_GROUPS
    )
    familiar = [region for region in known_regions() if region.partition in groups]
    familiar.sort(key=lambda region: (region.name != "us-east-1", region.opt_in))
    of_release = st.sampled_from(familiar)
    heads = [f"{group}-{word}" for names in groups.values() for group in names for word in _COMPASS]
    # No Region has a number of two digits yet, so these cannot be among the known ones.
    of_tomorrow = made(_numbered_region, st.sampled_from(heads), st.integers(10, 99))
    if known is None:
        return st.one_of(of_release, of_release, of_tomorrow)
    return of_release if known else of_tomorrow


def _numbered_region(head: str, number: int) -> Region:
    return as_region(f"{head}-{number}")


def availability_zones(region: Region | str | None = None) -> st.SearchStrategy[AvailabilityZone]:
    """Zones: mostly Availability Zones, some Local Zones and Wavelength Zones. `region` keeps to one Region.

    >>> str(find(availability_zones("eu-west-1"), lambda zone: True))
    'eu-west-1a'
    """
    where = regions() if region is None else st.just(as_region(region))
    endings = st.one_of(
        st.sampled_from("abcdef"),
        st.sampled_from("abcdef"),
        made("-{}-{}{}".format, st.sampled_from(("lax", "bos", "phx")), st.integers(1, 3), st.sampled_from("ab")),
        made("-wl{}-{}-wlz-{}".format, st.integers(1, 3), st.sampled_from(("bos", "las", "lon")), st.integers(1, 2)),
    )
    return made(_zone, where, endings)


def _zone(region: Region, ending: str) -> AvailabilityZone:
    return AvailabilityZone(f"{region}{ending}")


def instants(*, min_value: datetime = FIRST_INSTANT, max_value: datetime = LAST_INSTANT) -> st.SearchStrategy[datetime]:
    """Instants in UTC, of whole milliseconds as EC2 keeps them, from `min_value` to `max_value`.

    >>> find(instants(), lambda instant: True)
    datetime.datetime(2006, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    least = -((FIRST_INSTANT - min_value) // _MILLISECOND)
    most = (max_value - FIRST_INSTANT) // _MILLISECOND
    return made(_instant, st.integers(least, most))


def _instant(number: int) -> datetime:
    return FIRST_INSTANT + number * _MILLISECOND


def image_names() -> st.SearchStrategy[str]:
    """Names that an image can have: 3 to 128 letters, digits, spaces and `()[]./-'@_`.

    >>> find(image_names(), lambda name: True)
    '000'
    """
    return st.text(NAME_CHARACTERS, min_size=3, max_size=128)


def descriptions() -> st.SearchStrategy[str]:
    """Descriptions of up to 255 characters of ASCII: EC2 has been seen to take no others.

    >>> find(descriptions(), lambda description: True)
    ''
    """
    return st.text(PRINTABLE, max_size=255)


def tags(
    *, min_size: int = 0, max_size: int = 50, system: bool = False, shared: bool = True
) -> st.SearchStrategy[Tags]:
    """From `min_size` to `max_size` tags with any characters.

    `system` lets AWS's own keys (`aws:...`) in, `shared` those that an owner shows to everyone (`ec2:SharedTag/...`).

    >>> find(tags(), lambda tags: len(tags) == 1)
    Tags({'0': ''})
    >>> find(tags(max_size=0), lambda tags: True)
    Tags({})
    """
    if max_size == 0:
        return st.just(NO_TAGS)
    keys = made(_user_key, st.text(min_size=1, max_size=_LONGEST_KEY))
    heads = [prefix for prefix, wanted in ((SHARED_PREFIX, shared), (SYSTEM_PREFIX, system)) if wanted]
    if heads:
        usual = st.text(min_size=1, max_size=_LONGEST_KEY - len(SHARED_PREFIX))
        keys = st.one_of(keys, keys, made(str.__add__, st.sampled_from(heads), usual))
    pairs = st.dictionaries(keys, st.text(max_size=_LONGEST_VALUE), min_size=min_size, max_size=max_size)
    return made(Tags, pairs)


def _user_key(key: str) -> str:
    return f"_{key[1:]}" if is_system_key(key) else key
