"""What the door answers to each method, on plain messages: no sockets, no threads.

An answer that may have to wait for a majority blocks; the door gives it a thread.

Source: server/etcdserver/api/v3rpc in etcd 3.6.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc

from insideout.etcd import errors, ranges, transactions
from insideout.etcd.errors import EtcdError
from insideout.etcd.keyspace import octets
from insideout.etcd.leases import Lease, Leases
from insideout.etcd.messages import pb
from insideout.etcd.ranges import Current
from insideout.etcd.replicated import NoLeaderError
from insideout.etcd.shared import Shared
from insideout.etcd.transactions import Attempt
from insideout.raft.broken import Broken
from insideout.raft.store import RequestTimedOutError
from insideout.store import CompactedError, FutureRevisionError

VERSION = "3.6.8"
"""The etcd whose answers these are: by it kube-apiserver knows that it may ask watches for their progress."""
_CLUSTER = 0x494E_5349_4445
_ID = 0x4F55_5400
"""Added to a member's number."""


class Service:
    """The KV, Lease, Cluster and Maintenance services over a store.

    `url` is where clients find it; `clock` is in seconds.
    """

    def __init__(self, store: Shared, url: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._url = url
        self._leases = Leases(clock)
        self._compacted = -1

    def header(self, revision: int) -> Any:
        """Return an answer's header."""
        standing = self.store.standing()
        member = _ID + (standing.members.index(standing.leader) if standing.leader else 0)
        return pb.ResponseHeader(
            cluster_id=_CLUSTER, member_id=member, revision=revision, raft_term=standing.term
        )

    def answer(self, method: str, asked: Any) -> Any:
        """Answer a request; EtcdError where etcd has an error.

        What the store cannot do is said as etcd says it, and a rule of Raft that a member broke by its name.
        """
        work: Callable[[Any], Any] = getattr(self, f"_{method}")
        try:
            answer = work(asked)
        except NoLeaderError:
            raise errors.deadline_exceeded() from None
        except RequestTimedOutError:
            raise errors.timed_out() from None
        except Broken as broken:
            text = f"{broken.rule.value} ({broken.section}): {broken.what}"
            raise EtcdError(grpc.StatusCode.INTERNAL, text) from None
        revision = answer.header.revision or self.store.revision
        answer.header.CopyFrom(self.header(revision))
        return answer

    def expire(self) -> None:
        """Delete what hangs on leases whose time has passed; what finds no majority is left for later.

        A store that has ended has nothing to expire; whoever asks it is told why.
        """
        with self.store.lock:
            due = self._leases.due()
        for lease in due:
            try:
                self._revoke(lease)
            except (RequestTimedOutError, Broken):
                return

    # KV

    def _Range(self, asked: Any) -> Any:  # noqa: N802  the methods' own names
        ranges.check(asked)
        if not asked.serializable:
            self.store.confirm()
        with self.store.lock:
            return ranges.read(Current(self.store), asked)

    def _Put(self, asked: Any) -> Any:  # noqa: N802
        transactions.check_put(asked)
        return self._write(lambda attempt: attempt.put(asked))

    def _DeleteRange(self, asked: Any) -> Any:  # noqa: N802
        transactions.check_delete(asked)
        return self._write(lambda attempt: attempt.delete(asked))

    def _Txn(self, asked: Any) -> Any:  # noqa: N802
        transactions.check_txn(asked)
        return self._write(lambda attempt: attempt.decide(asked))

    def _Compact(self, asked: Any) -> Any:  # noqa: N802
        with self.store.lock:
            if asked.revision <= self._compacted:
                raise errors.compacted()
            try:
                self.store.compact(asked.revision)
            except FutureRevisionError:
                raise errors.future_revision() from None
            except CompactedError:
                raise errors.compacted() from None
            self._compacted = asked.revision
            return pb.CompactionResponse()

    def _write(self, work: Callable[[Attempt], Any]) -> Any:
        with self.store.lock:  # so that no lease ends between the write and the note of it
            answer, attempt = transactions.write(self.store, self._leases, work)
            self._leases.note(attempt.changes)
        if not attempt.changes:
            self.store.confirm()
        return answer

    # Lease

    def _LeaseGrant(self, asked: Any) -> Any:  # noqa: N802
        with self.store.lock:
            self.store.transact({}, {})  # it takes an agreement, as any write
            lease = self._leases.grant(asked.ID, asked.TTL)
        return pb.LeaseGrantResponse(ID=lease.id, TTL=lease.granted_s)

    def _LeaseRevoke(self, asked: Any) -> Any:  # noqa: N802
        self._revoke(self._leases.find(asked.ID))
        return pb.LeaseRevokeResponse()

    def _LeaseKeepAlive(self, asked: Any) -> Any:  # noqa: N802
        return pb.LeaseKeepAliveResponse(ID=asked.ID, TTL=self._leases.keep(asked.ID))

    def _LeaseTimeToLive(self, asked: Any) -> Any:  # noqa: N802
        with self.store.lock:
            left_s = self._leases.left_s(asked.ID)
            answer = pb.LeaseTimeToLiveResponse(ID=asked.ID, TTL=left_s)
            if left_s >= 0:
                lease = self._leases.find(asked.ID)
                answer.grantedTTL = lease.granted_s
                if asked.keys:
                    answer.keys.extend(octets(key) for key in sorted(lease.keys))
            return answer

    def _LeaseLeases(self, asked: Any) -> Any:  # noqa: N802
        with self.store.lock:
            return pb.LeaseLeasesResponse(leases=[pb.LeaseStatus(ID=id) for id in self._leases])

    def _revoke(self, lease: Lease) -> None:
        with self.store.lock:
            if lease.id not in self._leases:  # somebody else was faster
                return
            gone = dict.fromkeys(lease.keys)
            if gone:
                self.store.transact({}, gone)
            self._leases.end(lease.id)

    # Cluster and Maintenance

    def _MemberList(self, asked: Any) -> Any:  # noqa: N802
        if asked.linearizable:
            self.store.confirm()
        return pb.MemberListResponse(members=list(self._members()))

    def _members(self) -> Iterator[Any]:
        for number, name in enumerate(self.store.standing().members):
            yield pb.Member(ID=_ID + number, name=name, peerURLs=[self._url], clientURLs=[self._url])

    def _Alarm(self, asked: Any) -> Any:  # noqa: N802
        return pb.AlarmResponse()

    def _Status(self, asked: Any) -> Any:  # noqa: N802
        standing = self.store.standing()
        return pb.StatusResponse(
            version=VERSION,
            leader=_ID + standing.members.index(standing.leader) if standing.leader else 0,
            raftTerm=standing.term,
            raftIndex=standing.applied,
            raftAppliedIndex=standing.applied,
            errors=[] if standing.leader else [errors.no_leader().text],
        )
