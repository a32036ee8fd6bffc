"""Range: the keys of a span at a revision, pruned, sorted, counted.

Source: server/etcdserver/txn/range.go (executeRange) in etcd 3.6.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from insideout.etcd import errors
from insideout.etcd.keyspace import Span, span
from insideout.etcd.messages import pb
from insideout.etcd.values import pair
from insideout.store import CompactedError, FutureRevisionError, KeyValue, Page, Store

_NONE, _ASCEND, _DESCEND = range(3)
_TARGETS: Sequence[Callable[[KeyValue], Any]] = (
    lambda found: found.key,
    lambda found: found.value.version,
    lambda found: found.create_revision,
    lambda found: found.mod_revision,
    lambda found: found.value.value,
)
"""What keys are sorted by: KEY, VERSION, CREATE, MOD, VALUE."""


class Readable(Protocol):
    """What ranges are read from: a Store, or a transaction that has begun to change one."""

    @property
    def revision(self) -> int:
        """The revision that an answer's header has."""

    def page(self, asked: Span, revision: int, limit: int) -> Page:
        """Return keys of a span at a revision (0: now); `limit` 0 means all."""


class Current:
    """A Store, read as it is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def revision(self) -> int:
        """The revision of the newest transaction."""
        return self._store.revision

    def page(self, asked: Span, revision: int, limit: int) -> Page:
        """Return keys of a span at a revision (0: now)."""
        if asked.is_whole:
            return self._store.range(asked.prefix, revision, asked.first, limit)
        if asked.end == asked.first + "\0":  # nearly always: one key
            found = self._store.get(asked.first, revision)
            return Page([found] if found else [], revision or self._store.revision, 0)
        page = self._store.range(asked.prefix, revision, asked.first)
        kept = [found for found in page.items if asked.holds(found.key)]
        shown = kept[:limit] if limit else kept
        return Page(shown, page.revision, len(kept) - len(shown))


def read(source: Readable, asked: Any) -> Any:
    """Answer a RangeRequest; EtcdError for a revision that cannot be shown."""
    check(asked)
    order = asked.sort_order or (_ASCEND if asked.sort_target else _NONE)
    bounds = (
        (asked.min_mod_revision, asked.max_mod_revision, _TARGETS[3]),
        (asked.min_create_revision, asked.max_create_revision, _TARGETS[2]),
    )
    needs_all = bool(asked.sort_order) or any(low or high for low, high, _ in bounds)
    limit = 1 if asked.count_only else asked.limit + 1 if asked.limit > 0 and not needs_all else 0
    try:
        page = source.page(span(asked.key, asked.range_end), max(asked.revision, 0), limit)
    except CompactedError:
        raise errors.compacted() from None
    except FutureRevisionError:
        raise errors.future_revision() from None
    count = len(page.items) + page.remaining
    answer = pb.RangeResponse(header=pb.ResponseHeader(revision=source.revision), count=count)
    if asked.count_only:
        return answer
    found = [
        each
        for each in page.items
        if all((not low or of(each) >= low) and (not high or of(each) <= high) for low, high, of in bounds)
    ]
    if order:
        found.sort(key=_TARGETS[asked.sort_target], reverse=order == _DESCEND)
    shown = found[: asked.limit] if asked.limit > 0 else found
    answer.more = len(shown) < len(found)
    answer.kvs.extend(pair(each, keys_only=asked.keys_only) for each in shown)
    return answer


def check(asked: Any) -> None:
    """Refuse, with EtcdError, a RangeRequest that asks for nothing."""
    if not asked.key:
        raise errors.empty_key()
    if not (0 <= asked.sort_order <= _DESCEND and 0 <= asked.sort_target < len(_TARGETS)):
        raise errors.invalid_sort()
