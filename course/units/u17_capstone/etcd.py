"""What the day's data lies on: three nodes of somebody's Raft, or ours, whose one member never dies."""

from collections.abc import Callable

from insideout.cluster import Cluster
from insideout.raft.lasting import Election, LastingStore

NODES = 3


class Etcd:
    """The members, by what is done to them; where the data is ours, nothing can be.

    `did` notes what is done.  The members rest until `wake`.
    """

    def __init__(self, cluster: Cluster, did: Callable[[str], object], *, raft: bool) -> None:
        self._did = did
        store = cluster.store if raft else None
        self._store = store if isinstance(store, LastingStore) else None

    @property
    def carries(self) -> bool:
        """Whether somebody's Raft takes the writes."""
        return self._store is not None and self._store.carries

    @property
    def fault(self) -> str:
        """Why somebody's Raft was given up, "" when it was not."""
        return self._store.fault if self._store is not None else ""

    @property
    def fault_s(self) -> float | None:
        """When it was given up, in seconds of the loop."""
        return self._store.fault_s if self._store is not None and self._store.fault else None

    @property
    def elections(self) -> list[Election]:
        """The elections after a leader was killed."""
        return list(self._store.elections) if self._store is not None else []

    def wake(self) -> None:
        """Let the members take the data."""
        if self._store is not None:
            self._store.wake()
        else:
            self._did("etcd is ours: it has one member, and nobody is killed")

    def kill_leader(self) -> None:
        """Kill the leader; it starts again after the next write."""
        killed = self._store.kill_leader() if self._store is not None else ""
        if killed:
            self._did(f"etcd: the leader {killed} is killed")

    def lose_majority(self) -> list[str]:
        """Take all members down but one; return who is down."""
        if self._store is None or not self._store.carries:
            return []
        down = [f"n{number}" for number in range(NODES - 1)]
        self._did(f"etcd: {' and '.join(down)} are down")
        self._store.crash(*down)
        return down

    def bring_back(self, *down: str) -> None:
        """Start members again."""
        if self._store is not None and down:
            self._store.restart(*down)
            self._did(f"etcd: {' and '.join(down)} are back")

    def fail_power(self) -> None:
        """Let all members crash at once, and start again with what their disks hold."""
        if self._store is not None and self._store.carries:
            members = [f"n{number}" for number in range(NODES)]
            self._did("etcd: all members lose power, and start again")
            self._store.crash(*members)
            self._store.restart(*members)

    def recover(self) -> None:
        """Start every member that is down."""
        if self._store is not None:
            self._store.restart(*[f"n{number}" for number in range(NODES)])

    def differing(self) -> list[str]:
        """Return the members that do not hold what the API server shows."""
        return self._store.differing() if self._store is not None else []
