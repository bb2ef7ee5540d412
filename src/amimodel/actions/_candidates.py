"""Where to look for the images that a listing asks for.

Source: rules A 8.4 to A 8.6, A 8.10.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from amimodel.actions._seeing import Viewer
from amimodel.filters import Filter
from amimodel.images import Image
from amimodel.permissions import EVERYONE, AccountPermission
from amimodel.scopes import (
    OwnerScope,
    OwnerWord,
    UserScope,
    UserWord,
)
from amimodel.vocabulary import ImageState, OwnerAlias
from amimodel.world import World


class Asked(NamedTuple):
    """The parts of a query that can lead to images."""

    owners: tuple[OwnerScope, ...]
    executable_users: tuple[UserScope, ...]
    filters: tuple[Filter, ...]


class _Way(NamedTuple):
    """A way to everything that can meet a part of the query: how many images lie on it at most, and which."""

    at_most: int
    images: Callable[[], Iterable[Image]]


def candidates(query: Asked, viewer: Viewer) -> Iterable[Image]:
    """All images that the listing could show, and as few others as an index can leave away.

    Each part of the query leads to the images that can meet it; the shortest way is taken, and everything on it is
    looked at in full. Where even that leads past half of all images, looking at every one in turn is faster.
    """
    world = viewer.world
    ways = [way for part in (_ways_of_filters, _ways_of_owners, _ways_of_users) for way in part(query, viewer)]
    shortest = min(ways, default=_everything_seen(viewer), key=_length)
    if shortest.at_most * 2 < len(world.images):
        return shortest.images()
    return _with_fitting_names(query, world)


def _length(way: _Way) -> int:
    return way.at_most


def _with_fitting_names(query: Asked, world: World) -> Iterable[Image]:
    """Every image whose name fits: names are what millions of images are told apart by, and quickly compared."""
    images: Iterable[Image] = world.images
    for each in query.filters:
        if each.name == "name":
            fits = each.matcher(world.quirks)
            images = [image for image in images if image.name is not None and fits(image.name)]
    return images


def _under(viewer: Viewer, keys: Iterable[tuple[str, Hashable]]) -> _Way:
    """The images under any of several keys of the indexes, each once."""
    images, wanted = viewer.world.images, tuple(keys)

    def found() -> Iterable[Image]:
        ids = dict.fromkeys(one for index, key in wanted for one in images.ids(index, key))
        return (images.records[one] for one in ids)

    return _Way(sum(images.count(index, key) for index, key in wanted), found)


def _everything_seen(viewer: Viewer) -> _Way:
    """The caller's own images, and those of which a permission lets it at them."""
    by = viewer.by
    granted = (("grantee", (by.region, item)) for item in viewer.grants())
    return _under(viewer, (("owner", (by.account, by.region)), *granted))


# A filter's exact values lead to the images under the keys that these functions make of them.
_Keys = Callable[[Viewer, str], Iterable[tuple[str, Hashable]]]
_INDEXED: Final[Mapping[str, _Keys]] = MappingProxyType({
    "block-device-mapping.snapshot-id": lambda _, value: [("snapshot", value)],
    "source-image-id":                  lambda _, value: [("source", value)],
    "owner-id":                         lambda viewer, value: [("owner", (value, viewer.by.region))],
    "owner-alias":                      lambda viewer, value: [("alias", (value, viewer.by.region))],
})  # fmt: skip


def _ways_of_filters(query: Asked, viewer: Viewer) -> Iterator[_Way]:
    for each in query.filters:
        exact = each.exact
        if exact is None:
            continue
        if each.name == "image-id":
            yield _Way(len(exact), partial(_found, viewer.world, exact))
        elif each.name in _INDEXED:
            keys = _INDEXED[each.name]
            yield _under(viewer, [found for value in exact for found in keys(viewer, value)])
        elif each.name == "state" and ImageState.AVAILABLE not in exact:
            yield _under(viewer, [("state", (value, viewer.by.region)) for value in exact])
        elif each.name.startswith("tag:"):
            yield _tagged(viewer, [(each.name.removeprefix("tag:"), value) for value in exact])
        elif each.name == "tag-key":
            yield _tagged(viewer, exact)
        elif each.name == "name" and _only_own(query, viewer):
            by = viewer.by
            yield _under(viewer, [("name", (by.account, by.region, value.lower())) for value in exact])


def _found(world: World, ids: Iterable[str]) -> Iterable[Image]:
    return (image for image in map(world.images.get, ids) if image is not None)


def _only_own(query: Asked, viewer: Viewer) -> bool:
    return bool(query.owners) and all(owner in {OwnerWord.SELF, viewer.by.account} for owner in query.owners)


def _tagged(viewer: Viewer, keys: Sequence[Hashable]) -> _Way:
    """What its owner has tagged so, and all that the caller has written anything on: few as a rule."""
    world, account = viewer.world, viewer.by.account
    by_owner = _under(viewer, [("tag", key) for key in keys])

    def found() -> Iterable[Image]:
        seen: dict[str, Image] = {image.image_id: image for image in by_owner.images()}
        for resource_id, tags in world.foreign_tags.items():
            image = world.images.get(resource_id) if account in tags else None
            if image is not None:
                seen[resource_id] = image
        return seen.values()

    return _Way(by_owner.at_most + len(world.foreign_tags), found)


_ALIASES: Final[Mapping[OwnerScope, OwnerAlias]] = MappingProxyType({
    OwnerWord.AMAZON:           OwnerAlias.AMAZON,
    OwnerWord.AWS_BACKUP_VAULT: OwnerAlias.AWS_BACKUP_VAULT,
    OwnerWord.AWS_MARKETPLACE:  OwnerAlias.AWS_MARKETPLACE,
})  # fmt: skip


def _ways_of_owners(query: Asked, viewer: Viewer) -> Iterator[_Way]:
    if query.owners:
        by = viewer.by
        keys: list[tuple[str, Hashable]] = []
        for owner in query.owners:
            if owner in _ALIASES:
                keys.append(("alias", (_ALIASES[owner], by.region)))
            else:
                keys.append(("owner", (by.account if owner is OwnerWord.SELF else owner, by.region)))
        yield _under(viewer, keys)


def _ways_of_users(query: Asked, viewer: Viewer) -> Iterator[_Way]:
    if query.executable_users:
        region = viewer.by.region
        keys: list[tuple[str, Hashable]] = []
        for user in query.executable_users:
            if user is UserWord.ALL:
                keys.append(("grantee", (region, EVERYONE)))
            elif user in {UserWord.SELF, viewer.by.account}:
                keys.extend(("grantee", (region, item)) for item in viewer.grants())
            else:
                keys.append(("grantee", (region, AccountPermission(user))))
        yield _under(viewer, keys)
