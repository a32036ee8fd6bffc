"""Put, DeleteRange and Txn: what they change and answer, worked out on the present state, then written.

A Store writes if the keys have the revisions that they had when the answer was worked out; if not, it is
worked out again.  So a writer holds up nobody, and may wait for a majority meanwhile.  A deletion of a range
is guarded by the keys that it found.

Source: server/etcdserver/txn/{put,delete,txn}.go in etcd 3.6.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from typing import Any

from insideout.etcd import errors, ranges
from insideout.etcd.keyspace import Span, span, text
from insideout.etcd.messages import pb
from insideout.etcd.ranges import Current
from insideout.etcd.values import Stored, pair
from insideout.store import KeyValue, Page, Store

_EQUAL, _GREATER, _LESS, _NOT_EQUAL = range(4)
_VALUE = 3
_TARGETS: Sequence[tuple[str, Callable[[KeyValue], Any]]] = (
    ("version", lambda found: found.value.version),
    ("create_revision", lambda found: found.create_revision),
    ("mod_revision", lambda found: found.mod_revision),
    ("value", lambda found: found.value.value),
    ("lease", lambda found: found.value.lease),
)
"""What a comparison is about: its field, and where a key has it."""


class Attempt:
    """A transaction that is being worked out: the state that it began on, with its own changes on top."""

    def __init__(self, store: Store, leases: Container[int]) -> None:
        self._store = store
        self._below = Current(store)
        self._leases = leases
        self._began = store.revision
        self.expected: dict[str, int] = {}
        """What the keys that it looked at must still have when it is written."""
        self.changes: dict[str, Stored | None] = {}

    @property
    def revision(self) -> int:
        """The revision that it has, as far as it has come."""
        return self._began + bool(self.changes)

    def page(self, asked: Span, revision: int, limit: int) -> Page:
        """Return keys of a span as it sees them; at an earlier revision as they were."""
        if revision and revision != self.revision:
            return self._below.page(asked, revision, limit)
        if not self.changes:
            return self._below.page(asked, 0, limit)
        found = {each.key: each for each in self._below.page(asked, 0, 0).items}
        for key, stored in self.changes.items():
            if stored is None:
                found.pop(key, None)
            elif asked.holds(key):
                created = found[key].create_revision if key in found else self.revision
                found[key] = KeyValue(key, stored, created, self.revision)
        items = [found[key] for key in sorted(found)]
        return Page(
            items[:limit] if limit else items, self.revision, max(0, len(items) - (limit or len(items)))
        )

    def holds(self, compares: Sequence[Any]) -> bool:
        """Tell whether all comparisons hold."""
        return all(self._compares(each) for each in compares)

    def _compares(self, compare: Any) -> bool:
        asked = span(compare.key, compare.range_end)
        found = self._look(asked)
        if not found:
            if compare.target == _VALUE:
                return False  # an absent value is not the empty one
            found = [KeyValue("", Stored(b"", version=0), 0, 0)]
        name, of = _TARGETS[compare.target]
        wanted = getattr(compare, name)
        return all(_relates(of(each), compare.result, wanted) for each in found)

    def _look(self, asked: Span) -> list[KeyValue]:
        """Return the keys of a span, which are expected to stay as they are."""
        found = self.page(asked, 0, 0).items
        if not found and asked.end == asked.first + "\0":
            self._expect(asked.first, 0)
        for each in found:
            self._expect(each.key, each.mod_revision)
        return found

    def _expect(self, key: str, revision: int) -> None:
        if key not in self.changes:
            self.expected.setdefault(key, revision)

    def decide(self, asked: Any) -> Any:
        """Carry out a TxnRequest: every comparison, of those inside it too, is with the state before it."""
        branches = list(self._branches(asked))
        self._check(asked, iter(branches))
        answer = self._carry_out(asked, iter(branches))
        answer.header.revision = self.revision
        return answer

    def _branches(self, asked: Any) -> Iterator[bool]:
        """Yield whether a transaction's comparisons hold, and those of the transactions in its branch."""
        succeeded = self.holds(asked.compare)
        yield succeeded
        for each in asked.success if succeeded else asked.failure:
            if each.HasField("request_txn"):
                yield from self._branches(each.request_txn)

    def _check(self, asked: Any, branches: Iterator[bool]) -> None:
        """Refuse, with EtcdError, what cannot be done to the state before it."""
        for each in asked.success if next(branches) else asked.failure:
            if each.HasField("request_range"):
                ranges.read(self, each.request_range)
            elif each.HasField("request_put"):
                self._may_put(each.request_put, self._look(span(each.request_put.key, b"")))
            elif each.HasField("request_txn"):
                self._check(each.request_txn, branches)

    def _carry_out(self, asked: Any, branches: Iterator[bool]) -> Any:
        succeeded = next(branches)
        answer = pb.TxnResponse(succeeded=succeeded)
        answer.header.SetInParent()  # of a transaction inside another it stays empty
        for each in asked.success if succeeded else asked.failure:
            if each.HasField("request_range"):
                answer.responses.add(response_range=ranges.read(self, each.request_range))
            elif each.HasField("request_put"):
                answer.responses.add(response_put=self.put(each.request_put))
            elif each.HasField("request_delete_range"):
                answer.responses.add(response_delete_range=self.delete(each.request_delete_range))
            else:
                answer.responses.add(response_txn=self._carry_out(each.request_txn, branches))
        return answer

    def _may_put(self, asked: Any, found: Sequence[KeyValue]) -> None:
        if not found and (asked.ignore_value or asked.ignore_lease):
            raise errors.key_not_found()
        if asked.lease and asked.lease not in self._leases:
            raise errors.lease_not_found()

    def put(self, asked: Any) -> Any:
        """Carry out a PutRequest."""
        key = text(asked.key)
        there = self._look(span(asked.key, b""))
        self._may_put(asked, there)
        found = there[0] if there else None
        before: Stored | None = found.value if found else None
        value = before.value if before and asked.ignore_value else asked.value
        lease = before.lease if before and asked.ignore_lease else asked.lease
        answer = pb.PutResponse()
        if found and asked.prev_kv:
            answer.prev_kv.CopyFrom(pair(found))
        self.changes[key] = Stored(value, before.version + 1 if before else 1, lease)
        answer.header.revision = self.revision
        return answer

    def delete(self, asked: Any) -> Any:
        """Carry out a DeleteRangeRequest."""
        found = self._look(span(asked.key, asked.range_end))
        self.changes |= dict.fromkeys(each.key for each in found)
        answer = pb.DeleteRangeResponse(deleted=len(found))
        if asked.prev_kv:
            answer.prev_kvs.extend(map(pair, found))
        answer.header.revision = self.revision
        return answer


def write(store: Store, leases: Container[int], work: Callable[[Attempt], Any]) -> tuple[Any, Attempt]:
    """Work something out and write what it changes, again until nothing came between; return the answer too.

    Raises EtcdError, and what the Store raises.
    """
    while True:
        attempt = Attempt(store, leases)
        answer = work(attempt)
        if not attempt.changes:
            return answer, attempt
        revision = store.transact(attempt.expected, attempt.changes)
        if revision == attempt.revision:
            return answer, attempt
        if revision is not None:  # other keys were written meanwhile
            _renumber(answer, attempt.revision, revision)
            return answer, attempt


def _renumber(answer: Any, supposed: int, real: int) -> None:
    """Say the real revision of what was written, wherever the supposed one stands in an answer."""
    for field, value in answer.ListFields():
        if field.name == "revision" and value == supposed:
            answer.revision = real
        elif field.name in ("create_revision", "mod_revision") and value == supposed:
            setattr(answer, field.name, real)
        elif field.type == field.TYPE_MESSAGE:
            for each in value if hasattr(value, "extend") else (value,):
                _renumber(each, supposed, real)


def _relates(found: Any, how: int, wanted: Any) -> bool:
    if how == _EQUAL:
        return bool(found == wanted)
    if how == _GREATER:
        return bool(found > wanted)
    if how == _LESS:
        return bool(found < wanted)
    return bool(found != wanted)


def check_put(asked: Any) -> None:
    """Refuse, with EtcdError, a PutRequest that cannot be meant."""
    if not asked.key:
        raise errors.empty_key()
    if asked.ignore_value and asked.value:
        raise errors.value_provided()
    if asked.ignore_lease and asked.lease:
        raise errors.lease_provided()


def check_delete(asked: Any) -> None:
    """Refuse, with EtcdError, a DeleteRangeRequest without a key."""
    if not asked.key:
        raise errors.empty_key()


def check_txn(asked: Any) -> None:
    """Refuse, with EtcdError, a TxnRequest that cannot be meant, or that writes a key twice."""
    _check_operations(asked)
    for operations in (asked.success, asked.failure):
        _written(operations)


def _check_operations(asked: Any) -> None:
    if not all(compare.key for compare in asked.compare):
        raise errors.empty_key()
    for operation in (*asked.success, *asked.failure):
        if operation.HasField("request_range"):
            ranges.check(operation.request_range)
        elif operation.HasField("request_put"):
            check_put(operation.request_put)
        elif operation.HasField("request_delete_range"):
            check_delete(operation.request_delete_range)
        elif operation.HasField("request_txn"):
            _check_operations(operation.request_txn)
        else:
            raise errors.key_not_found()


def _written(operations: Sequence[Any]) -> tuple[set[str], list[Span]]:
    """Return which keys are put and which spans deleted; EtcdError where a key is written twice."""
    puts: set[str] = set()
    gone = [
        span(each.request_delete_range.key, each.request_delete_range.range_end)
        for each in operations
        if each.HasField("request_delete_range")
        and each.request_delete_range.range_end != b"\0"  # etcd does not look at those, either
    ]
    for each in operations:
        if each.HasField("request_txn"):
            then, no_more = _written(each.request_txn.success)
            otherwise, nor_these = _written(each.request_txn.failure)
            _meet(then | otherwise, puts, gone)  # of a branch and its alternative only one is written
            puts |= then | otherwise
            gone += no_more + nor_these
    for each in operations:
        if each.HasField("request_put"):
            key = text(each.request_put.key)
            _meet({key}, puts, gone)
            puts.add(key)
    return puts, gone


def _meet(keys: set[str], puts: set[str], gone: Sequence[Span]) -> None:
    if keys & puts or any(each.holds(key) for each in gone for key in keys):
        raise errors.duplicate_key()
