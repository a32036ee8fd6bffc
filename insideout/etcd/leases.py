"""Leases: a time to live that keys are attached to; when it has passed they are deleted in one revision.

They are the door's own: the Store knows no more of a lease than its number beside each value.

Source: server/lease/lessor.go in etcd 3.6.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil

from insideout.etcd import errors
from insideout.etcd.values import Stored

MIN_TTL_S = 2
"""etcd's shortest: one and a half election timeouts, rounded up."""
MAX_TTL_S = 9_000_000_000


@dataclass
class Lease:
    """A lease: how long it was granted for, in seconds, when it ends by the clock, and its keys."""

    id: int
    granted_s: int
    ends_s: float
    keys: set[str] = field(default_factory=set)


class Leases:
    """The leases of a Store by their numbers, by a clock in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._leases: dict[int, Lease] = {}
        self._of_key: dict[str, int] = {}

    def __contains__(self, id: object) -> bool:
        return id in self._leases

    def __iter__(self) -> Iterator[int]:
        return iter(self._leases)

    def grant(self, id: int, ttl_s: int) -> Lease:
        """Grant a lease; `id` 0 leaves the choice to us."""
        if ttl_s > MAX_TTL_S:
            raise errors.lease_too_long()
        if id in self._leases:
            raise errors.lease_exists()
        id = id or secrets.randbelow(2**62) + 1
        granted_s = max(ttl_s, MIN_TTL_S)
        self._leases[id] = Lease(id, granted_s, self._clock() + granted_s)
        return self._leases[id]

    def find(self, id: int) -> Lease:
        """Return a lease."""
        if id not in self._leases:
            raise errors.lease_not_found()
        return self._leases[id]

    def keep(self, id: int) -> int:
        """Let a lease begin anew; return for how many seconds, 0 when there is none."""
        lease = self._leases.get(id)
        if lease is None:
            return 0
        lease.ends_s = self._clock() + lease.granted_s
        return lease.granted_s

    def left_s(self, id: int) -> int:
        """Return how many seconds a lease has, -1 when there is none."""
        lease = self._leases.get(id)
        return max(ceil(lease.ends_s - self._clock()) - 1, 0) if lease else -1

    def end(self, id: int) -> None:
        """Forget a lease, whose keys are gone."""
        for key in self._leases.pop(id).keys:
            del self._of_key[key]

    def due(self) -> list[Lease]:
        """Return the leases whose time has passed."""
        now_s = self._clock()
        return [lease for lease in self._leases.values() if lease.ends_s <= now_s]

    def note(self, changes: Mapping[str, Stored | None]) -> None:
        """Attach keys that were written to their leases, and no longer to those that they had."""
        for key, stored in changes.items():
            before = self._of_key.pop(key, 0)
            if before:
                self._leases[before].keys.discard(key)
            if stored is not None and stored.lease in self._leases:
                self._leases[stored.lease].keys.add(key)
                self._of_key[key] = stored.lease
