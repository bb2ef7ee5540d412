"""Pages: long answers given in parts.

A query may say how many results it wants at most. If there are more, the answer carries a token, and the same query
with the token goes on where that answer ended.

Source: EC2 API Reference, "Pagination"; rules A 8.1, A DI-1 to DI-4; settlements S 17, S 21, S 51.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import Enum
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Generic, NamedTuple, TypeVar, cast

import attrs

from amimodel.limits import Limits
from amimodel.refusals import InvalidNextToken, PageSizeRefused

T = TypeVar("T")


class PageBounds(NamedTuple):
    """What MaxResults takes: at least and at most so many; and how many come where it is not given (None: all)."""

    least: int
    most: int | None = None
    unasked: int | None = None


_B: Final = PageBounds

# fmt: off
PAGE_BOUNDS: Final[Mapping[str, Callable[[Limits], PageBounds]]] = MappingProxyType({
    "DescribeImages":                  lambda limits: _B(limits.min_images_page, limits.max_images_page),
    "DescribeSnapshots":               lambda limits: _B(limits.min_snapshots_page, limits.max_snapshots_page),
    "DescribeInstances":               lambda limits: _B(limits.min_instances_page, limits.max_instances_page),
    "DescribeVolumes":                 lambda limits: _B(limits.min_volumes_page, limits.max_volumes_page),
    "DescribeTags":                    lambda limits: _B(limits.min_tags_page, limits.max_tags_page),
    "DescribeInstanceImageMetadata":   lambda limits: _B(limits.min_instance_image_metadata_page,
                                                         limits.max_instance_image_metadata_page,
                                                         limits.max_instance_image_metadata_page),
    "DescribeLockedSnapshots":         lambda limits: _B(limits.min_locked_snapshots_page,
                                                         limits.max_locked_snapshots_page),
    "DescribeFastSnapshotRestores":    lambda limits: _B(limits.min_fast_snapshot_restores_page,
                                                         limits.max_fast_snapshot_restores_page),
    "DescribeFastLaunchImages":        lambda limits: _B(limits.min_fast_launch_images_page,
                                                         limits.max_fast_launch_images_page),
    "DescribeStoreImageTasks":         lambda limits: _B(limits.min_store_image_tasks_page,
                                                         limits.max_store_image_tasks_page),
    "DescribeExportImageTasks":        lambda limits: _B(limits.min_export_image_tasks_page,
                                                         limits.max_export_image_tasks_page),
    "DescribeReplaceRootVolumeTasks":  lambda limits: _B(limits.min_replace_root_volume_tasks_page,
                                                         limits.max_replace_root_volume_tasks_page),
    "DescribeImageReferences":         lambda limits: _B(limits.min_image_references_page),
    "DescribeImageUsageReports":       lambda limits: _B(limits.min_usage_reports_page),
    "DescribeImageUsageReportEntries": lambda limits: _B(limits.min_usage_report_entries_page),
    "GetImageFindings":                lambda limits: _B(limits.min_image_findings_page,
                                                         limits.max_image_findings_page),
    "ListRules":                       lambda limits: _B(limits.min_retention_rules_page,
                                                         limits.max_retention_rules_page),
    "ListImagesInRecycleBin":          lambda limits: _B(limits.min_recycle_bin_images_page,
                                                         limits.max_recycle_bin_images_page,
                                                         limits.max_recycle_bin_images_page),
    "ListSnapshotsInRecycleBin":       lambda limits: _B(limits.min_recycle_bin_snapshots_page,
                                                         limits.max_recycle_bin_snapshots_page),
    "ListVolumesInRecycleBin":         lambda limits: _B(limits.min_recycle_bin_volumes_page,
                                                         limits.max_recycle_bin_volumes_page),
})
# fmt: on
"""What MaxResults takes in each action that has pages."""


@attrs.frozen
class Page(Generic[T]):
    """A part of an answer, and the token for the next; the last page has none (rule A DI-1)."""

    items: tuple[T, ...]
    next_token: str | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def page_size_refusal(max_results: int | None, bounds: PageBounds) -> PageSizeRefused | None:
    """What speaks against asking for so many results at a time.

    >>> bounds = PAGE_BOUNDS["DescribeSnapshots"](Limits())
    >>> print(page_size_refusal(1, bounds))
    Value ( 1 ) for parameter maxResults is invalid. Expecting a value greater than 5.

    Source: rule A 8.1; settlements S 21, S 51.
    """
    if max_results is None:
        return None
    if max_results >= bounds.least and (bounds.most is None or max_results <= bounds.most):
        return None
    return PageSizeRefused(max_results=max_results, least=bounds.least, most=bounds.most)


def page(
    items: Sequence[T],
    *,
    bounds: PageBounds,
    max_results: int | None = None,
    next_token: str | None = None,
    query: object = None,
) -> Page[T]:
    """Cut out of an answer the part that a query asks for.

    `items` is the whole answer, in its order; no more of it is read than the page. `query` is all that the answer hangs
    on - the action, who asks and where, the other parameters - as values: texts, numbers, instants, words, and
    tuples, sets, mappings and attrs classes of them. A token goes on with the same query only.

    >>> bounds = PAGE_BOUNDS["DescribeImages"](Limits())
    >>> first = page("abcde", bounds=bounds, max_results=3, query="letters")
    >>> first.items, page("abcde", bounds=bounds, next_token=first.next_token, query="letters")
    (('a', 'b', 'c'), Page(items=('d', 'e'), next_token=None))
    >>> page("12345", bounds=bounds, next_token=first.next_token, query="digits")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.refusals.InvalidNextToken: The token '...' is invalid

    Another MaxResults may be given with a token, and none, which gives the rest. An empty token counts as none
    (settlement S 17). Where items have gone in the meantime, a page may be empty (rule A DI-1).

    Raises `PageSizeRefused`, `InvalidNextToken`.

    Source: rules A 8.1, A DI-1, A DI-3; settlements S 17, S 21, S 51.
    """
    against = page_size_refusal(max_results, bounds)
    if against is not None:
        raise against
    start = _offset(next_token, query) if next_token else 0
    size = max_results or bounds.unasked  # a page of 0, where it may be asked for, is one of any size
    if size is None or start + size >= len(items):
        return Page(tuple(items[start:]))
    return Page(tuple(items[start : start + size]), _token(start + size, query))


# --- tokens -----------------------------------------------------------------------------------------------------------

_OFFSET_BYTES: Final = 6
_DIGEST_BYTES: Final = 18  # 24 bytes with the offset, which base64 writes without padding


def _token(offset: int, query: object) -> str:
    place = offset.to_bytes(_OFFSET_BYTES, "big")
    return urlsafe_b64encode(place + _digest(place, query)).decode("ascii")


def _offset(token: str, query: object) -> int:
    try:
        place = urlsafe_b64decode(token.encode("ascii"))[:_OFFSET_BYTES]
    except ValueError:  # no text of ours: other letters, another length
        raise InvalidNextToken(next_token=token) from None
    offset = int.from_bytes(place, "big")
    if token != _token(offset, query):
        raise InvalidNextToken(next_token=token)
    return offset


def _digest(place: bytes, query: object) -> bytes:
    return sha256(place + _spelled(query).encode()).digest()[:_DIGEST_BYTES]


def _spelled(value: object) -> str:
    """Write a value down, the same one alike on every machine."""
    match value:
        case None | int() | str() | datetime() | Enum():
            return repr(value)
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            return "{" + ",".join(sorted(f"{_spelled(key)}:{_spelled(each)}" for key, each in items)) + "}"
        case AbstractSet():  # whose order differs from one process to the next
            return "<" + ",".join(sorted(map(_spelled, cast("AbstractSet[object]", value)))) + ">"
        case tuple() | list():
            return "(" + "".join(f"{_spelled(each)}," for each in cast("Sequence[object]", value)) + ")"
        case _:
            fields = attrs.fields(type(cast("attrs.AttrsInstance", value)))
            parts = (f"{each.name}={_spelled(getattr(value, each.name))}" for each in fields if each.eq)
            return f"{type(value).__name__}({','.join(parts)})"
