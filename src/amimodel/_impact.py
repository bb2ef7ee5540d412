"""What a request would change about who may launch what, as a value."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from attrs import field, frozen

from amimodel.decisions import Owner, PermissionsNotTold, Permitted
from amimodel.identifiers import AccountId, ImageId
from amimodel.images import Image
from amimodel.permissions import OrganizationalUnitPermission, OrganizationPermission
from amimodel.refusals import Refusal

Ground: TypeAlias = Owner | Permitted
"""Through what an account may launch an image; the first, where there are several."""


@frozen(kw_only=True)
class Access:
    """That an account may launch an image, and through what."""

    account_id: AccountId
    image: Image
    ground: Ground

    @property
    def through(self) -> str:
        """Through what, as a sentence names it."""
        return "its owner" if isinstance(self.ground, Owner) else str(self.ground.permission)


def _named(image: Image) -> str:
    return image.image_id if image.name is None else f"{image.image_id} {image.name!r}"


@frozen
class MembersNotTold:
    """An image's permissions change for an organization or a unit whose accounts are not known (rule B OR-9)."""

    image_id: ImageId
    permission: OrganizationPermission | OrganizationalUnitPermission

    def __str__(self) -> str:
        return f"which accounts gain or lose {self.image_id} through {self.permission} is not known here"


Untold: TypeAlias = PermissionsNotTold | MembersNotTold


def _accesses(accesses: Iterable[Access]) -> tuple[Access, ...]:
    return tuple(accesses)


def _images(images: Iterable[Image]) -> tuple[Image, ...]:
    return tuple(images)


def _unknowns(unknowns: Iterable[Untold]) -> tuple[Untold, ...]:
    return tuple(unknowns)


@frozen(kw_only=True)
class Impact:
    """Who gains and who loses launch access through a request. As text, it says so in sentences.

    - `refusal`: why EC2 would not grant the request; then nothing changes.
    - `gained`, `lost`: accounts that the world knows of, each with an image, and through what it may launch that, or
      could until then.
    - `published`, `withdrawn`: images that become everyone's, or cease to be; that goes for unknown accounts, too.
    - `untold`: where it is not known whom else the change reaches.
    """

    refusal: Refusal | None = None
    gained: tuple[Access, ...] = field(default=(), converter=_accesses)
    lost: tuple[Access, ...] = field(default=(), converter=_accesses)
    published: tuple[Image, ...] = field(default=(), converter=_images)
    withdrawn: tuple[Image, ...] = field(default=(), converter=_images)
    untold: tuple[Untold, ...] = field(default=(), converter=_unknowns)

    def sentences(self) -> Iterator[str]:
        """What there is to say, the widest first."""
        if self.refusal is not None:
            yield f"refused: {self.refusal.code}: {self.refusal}"
            return
        for image in self.published:
            yield f"{_named(image)} becomes public: accounts that are not named here gain it, too"
        for image in self.withdrawn:
            yield f"{_named(image)} is public no longer: accounts that are not named here lose it, too"
        for one in self.gained:
            yield f"account {one.account_id} gains {_named(one.image)} (now: {one.through})"
        for one in self.lost:
            yield f"account {one.account_id} loses {_named(one.image)} (was: {one.through})"
        yield from map(str, self.untold)

    def __str__(self) -> str:
        return "\n".join(self.sentences()) or "no account gains or loses an image"
