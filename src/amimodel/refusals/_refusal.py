"""What every refusal is: a frozen exception with EC2's code, EC2's message and the facts of the case."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, dataclass_transform

import attrs

from amimodel.quirks import ErrorCode

_R = TypeVar("_R", bound="Refusal")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def facts_of(cls: type[_R]) -> type[_R]:
    """Make a class of refusals out of its fields. Equality and hash stay the base's, by type and facts."""
    return attrs.frozen(kw_only=True, auto_exc=False, eq=False)(cls)


class Refusal(Exception):  # noqa: N818 - EC2 refuses; an Error would say that something broke
    """EC2 understood the request and does not grant it.

    `code` and `message` are EC2's, the message in words of our own where EC2's have not been seen; `http_status` is
    400 unless the rules say otherwise; `rules` names the rules that refuse.

    >>> from amimodel.refusals import NotAuthorizedForImages
    >>> refusal = NotAuthorizedForImages(image_id="ami-12345678")
    >>> print(refusal.code, "|", refusal)
    AuthFailure | Not authorized for images: [ami-12345678]
    >>> refusal == NotAuthorizedForImages(image_id="ami-12345678")
    True
    """

    code: ClassVar[str]
    rules: ClassVar[str]
    http_status: ClassVar[int] = 400

    @property
    def message(self) -> str:
        """What EC2 says."""
        return self.code

    @property
    def remedy(self) -> str:
        """What would help, in words of ours; empty where the message says it, or where nothing would."""
        return ""

    def __str__(self) -> str:
        return self.message

    def __eq__(self, other: object) -> bool:
        return _facts(self) == _facts(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), _facts(self)))

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (_rebuilt, (type(self), {name: getattr(self, name) for name in _names(type(self))}))


def _names(kind: type[Refusal]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in attrs.fields(kind)) if attrs.has(kind) else ()


def _facts(refusal: Refusal) -> tuple[Any, ...]:
    return tuple(getattr(refusal, name) for name in _names(type(refusal)))


def _rebuilt(kind: type[_R], facts: dict[str, Any]) -> _R:
    return kind(**facts)


@facts_of
class DoubtfulRefusal(Refusal):
    """A refusal whose code no source has seen: it has the one that `Quirks` names, in a field that ends in `_code`."""

    error_code: ErrorCode

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "code", self.error_code.value)  # an exception has room for it
