"""The API server's data on a group of Raft nodes: etcd with somebody's own Raft in it.

Source: how kube-apiserver answers when etcd does, k8s.io/apiserver/pkg/storage/etcd3/store.go@v1.36.2.
"""

from collections.abc import Mapping
from typing import Any

from insideout.apiserver.status import StatusError
from insideout.apiserver.views import from_json, to_json
from insideout.raft.lasting import LastingStore
from insideout.raft.messages import MakeNode
from insideout.raft.store import RaftStore, RequestTimedOutError
from insideout.sim.loop import Loop

ELSEWHERE = ("/registry/events/", "/registry/leases/")
"""What lies in another store in a cluster that lasts."""


class ReplicatedStore(RaftStore):
    """A RaftStore of API objects; a write that finds no majority becomes the answer 500."""

    def __init__(self, make: MakeNode, loop: Loop, *, nodes: int, seed: int) -> None:
        super().__init__(make, lambda: loop.now_s, nodes=nodes, seed=seed, encode=to_json, decode=from_json)

    def transact(self, expected: Mapping[str, int], changes: Mapping[str, Any]) -> int | None:
        """Write through the group; StatusError 500 when no majority agreed in time."""
        try:
            return super().transact(expected, changes)
        except RequestTimedOutError as error:
            raise StatusError(500, "", str(error)) from None


class LastingReplicatedStore(ReplicatedStore, LastingStore):
    """A ReplicatedStore for a cluster that lives for a day, and that goes on when its group fails.

    Events and Leases, half of all writes, are not on the group: large clusters keep them in an etcd of their
    own.  Source: kube-apiserver --etcd-servers-overrides.
    """

    def __init__(self, make: MakeNode, loop: Loop, *, nodes: int, seed: int) -> None:
        LastingStore.__init__(
            self, make, lambda: loop.now_s, nodes=nodes, seed=seed, encode=to_json, decode=from_json,
            elsewhere=ELSEWHERE,
        )  # fmt: skip
