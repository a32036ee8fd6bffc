"""The watches of one stream: what clients ask of them, and what they are told.

What is to be sent is taken in one go, with the store held still, so progress up to a revision is told behind
every event up to it.

Source: server/etcdserver/api/v3rpc/watch.go and server/storage/mvcc/watchable_store.go in etcd 3.6.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from insideout.etcd.keyspace import Span, octets, span
from insideout.etcd.messages import pb
from insideout.etcd.shared import Shared
from insideout.etcd.values import pair
from insideout.store import CompactedError, Event, Watcher

_PUT, _DELETE = range(2)
ALL = -1
"""The watch id of what concerns a whole stream."""
MOST_REVISIONS = 1000
"""Whose events go into one answer."""
DUPLICATE = "mvcc: duplicate watch ID provided on the WatchStream"
EMPTY = "mvcc: watcher range is empty"

Header = Callable[[int], Any]


@dataclass
class Watch:
    """One watch: its keys, where it reads, what it leaves out, and whether it is told of progress.

    `start` is the revision that the client asked for; progress before it is not told.
    `is_idle`: nothing was told since progress was looked at last.
    """

    span: Span
    watcher: Watcher
    start: int
    unwanted: frozenset[int]
    with_before: bool
    wants_progress: bool
    is_idle: bool = True


class Watches:
    """The watches of one stream of a client; `wake` is called when there may be something to take."""

    def __init__(self, store: Shared, header: Header, wake: Callable[[], object]) -> None:
        self._store = store
        self._header = header
        self._wake = wake
        self._watches: dict[int, Watch] = {}
        self._control: deque[Any] = deque()
        self._next_id = 0

    def handle(self, request: Any) -> None:
        """Take in a WatchRequest."""
        with self._store.lock:
            if request.HasField("create_request"):
                self._create(request.create_request)
            elif request.HasField("cancel_request"):
                self._cancel(request.cancel_request.watch_id)
            elif request.HasField("progress_request"):
                self._control.extend(self._progress_of_all())

    def take(self) -> list[Any]:
        """Return what is to be sent now."""
        with self._store.lock:
            answers = []
            while self._control:
                answers.append(self._control.popleft())
            for id, watch in list(self._watches.items()):
                answers.extend(self._read(id, watch))
            return answers

    def progress(self) -> None:
        """Have those that want to know told how far they are, if they heard nothing since the last call."""
        with self._store.lock:
            for id, watch in self._watches.items():
                if watch.wants_progress and watch.is_idle and watch.start <= self._store.revision:
                    self._control.extend(self._read(id, watch))
                    self._control.append(self._answer(id))
                watch.is_idle = True

    def close(self) -> None:
        """End all of them."""
        with self._store.lock:
            for watch in self._watches.values():
                watch.watcher.stop()
            self._watches.clear()

    def _create(self, asked: Any) -> None:
        id = asked.watch_id
        keys = span(asked.key or b"\0", asked.range_end)
        refused = ""
        if id and id in self._watches:
            refused = DUPLICATE
        elif keys.end and keys.end <= keys.first:
            refused = EMPTY
        elif asked.start_revision < 0:
            refused = "etcdserver: mvcc: required revision has been compacted"
        if refused:
            self._control.append(self._answer(ALL, created=True, canceled=True, cancel_reason=refused))
            return
        if not id:
            while self._next_id in self._watches:
                self._next_id += 1
            id = self._next_id
            self._next_id += 1
        self._control.append(self._answer(id, created=True))
        start = asked.start_revision or self._store.revision + 1
        try:
            watcher = self._store.watch(keys.prefix, start, self._wake)
        except CompactedError as gone:
            self._control.append(self._compacted(id, gone.oldest))
            return
        unwanted = frozenset(asked.filters)
        self._watches[id] = Watch(
            keys, watcher, asked.start_revision, unwanted, asked.prev_kv, asked.progress_notify
        )

    def _cancel(self, id: int) -> None:
        watch = self._watches.pop(id, None)
        if watch is not None:
            watch.watcher.stop()
            self._control.append(self._answer(id, canceled=True))

    def _progress_of_all(self) -> Iterator[Any]:
        """Yield what is still to be told, and then how far that is; nothing where a watch begins later."""
        revision = self._store.revision
        if self._watches and all(watch.start <= revision for watch in self._watches.values()):
            for id, watch in list(self._watches.items()):
                yield from self._read(id, watch)
            yield self._answer(ALL)

    def _read(self, id: int, watch: Watch) -> Iterator[Any]:
        """Yield answers with all events that a watch has yet to tell."""
        try:
            while events := watch.watcher.read(MOST_REVISIONS):
                told = [
                    _told(event, watch)
                    for event in events
                    if watch.span.holds(event.key) and _kind(event) not in watch.unwanted
                ]
                if told:
                    watch.is_idle = False
                    yield self._answer(id, events=told)
        except CompactedError as gone:
            watch.watcher.stop()
            del self._watches[id]
            yield self._compacted(id, gone.oldest)

    def _answer(self, id: int, **fields: Any) -> Any:
        return pb.WatchResponse(header=self._header(self._store.revision), watch_id=id, **fields)

    def _compacted(self, id: int, oldest: int) -> Any:
        return pb.WatchResponse(header=self._header(0), watch_id=id, canceled=True, compact_revision=oldest)


def _kind(event: Event) -> int:
    return _DELETE if event.now is None else _PUT


def _told(event: Event, watch: Watch) -> Any:
    """Return an event as a message."""
    if event.now is None:
        told = pb.Event(type=_DELETE, kv=pb.KeyValue(key=octets(event.key), mod_revision=event.revision))
    else:
        told = pb.Event(type=_PUT, kv=pair(event.now))
    if watch.with_before and event.before is not None:
        told.prev_kv.CopyFrom(pair(event.before))
    return told
