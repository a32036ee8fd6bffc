"""Leader election: of several copies of a component one works, and holds a Lease to say so.

The leader renews the Lease at once and then every 2 seconds, and gives up when it has tried in vain for 10.
The others look every 2 to 4.4 seconds and take the Lease over once they have seen no change of it for 15
seconds on their own clock; what the Lease says about time is never compared with it, so clocks may differ.

Source: k8s.io/client-go/tools/leaderelection/leaderelection.go@v1.36.2.  Coordinated leader election (beta,
off) is left out.
"""

from collections.abc import Callable
from datetime import datetime

from insideout.apimachinery import timestamps
from insideout.apimachinery.copies import copied
from insideout.client.interface import ApiError, Client, Object
from insideout.sim.loop import Loop, Timer

LEASES = "leases.coordination.k8s.io"
LEASE_S = 15.0
RENEW_DEADLINE_S = 10.0
RETRY_S = 2.0
AT_ONCE_S = 0.005
"""After it has won, a leader renews: as long as a request takes, about."""
JITTER = 1.2


def may_acquire(now_s: float, seen_at_s: float, duration_s: float, holder: str, me: str) -> bool:
    """Return whether `me` may take a Lease whose last change was seen at `seen_at_s`."""
    return holder in ("", me) or now_s >= seen_at_s + duration_s


MayAcquire = Callable[[float, float, float, str, str], bool]


class LeaderElector:
    """One candidate, `identity`; `on_started` is called when it begins to lead, `on_stopped` when it ceases.

    `may_acquire` is the rule by which it takes the Lease.
    After `on_stopped` it is over: upstream's process exits then, and a new one begins anew.
    """

    def __init__(
        self,
        client: Client,
        loop: Loop,
        identity: str,
        *,
        name: str,
        namespace: str = "kube-system",
        on_started: Callable[[], object],
        on_stopped: Callable[[], object],
        may_acquire: MayAcquire = may_acquire,
    ) -> None:
        self.identity = identity
        self._client = client
        self._loop = loop
        self._rng = loop.rng(f"leaderelection/{namespace}/{name}/{identity}")
        self._name = name
        self._namespace = namespace
        self._may_acquire = may_acquire
        self._on_started = on_started
        self._on_stopped = on_stopped
        self._seen: Object = {}
        self._seen_at_s = 0.0
        self._renewed_s = 0.0
        self._leads = False
        self._timer: Timer | None = None

    @property
    def is_leader(self) -> bool:
        """Return whether this candidate leads now."""
        return self._leads

    @property
    def leader(self) -> str:
        """Return who held the Lease when it was last seen, "" for nobody."""
        return str((self._seen.get("spec") or {}).get("holderIdentity") or "")

    def start(self) -> None:
        """Begin to try; the first try is a callback of the loop."""
        if self._timer is None:
            self._timer = self._loop.call_soon(self._tick)

    def stop(self, *, release: bool = True) -> None:
        """Leave the election; a leader that leaves in good order releases the Lease, a crash does not."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        if self._leads:
            self._leads = False
            if release:
                self._release()
            self._on_stopped()

    def _tick(self) -> None:
        now_s = self._loop.now_s
        if self._leads and round(now_s - self._renewed_s, 6) >= RETRY_S + RENEW_DEADLINE_S:
            self.stop()  # the deadline runs from the first try after the last success
            return
        won = self._try()
        delay_s = RETRY_S
        if won:
            self._renewed_s = now_s
        elif not self._leads:
            delay_s *= 1 + JITTER * self._rng.random()
        if won and not self._leads:
            delay_s = AT_ONCE_S
        self._timer = self._loop.call_later(delay_s, self._tick)
        if won and not self._leads:
            self._leads = True
            self._on_started()

    def _try(self) -> bool:
        """Take or renew the Lease; return whether it is held now."""
        try:
            return self._acquire_or_renew()
        except ApiError:  # somebody was faster, or the server is away: the next try will show
            return False

    def _acquire_or_renew(self) -> bool:
        if self._leads and not self._has_expired():
            # Nobody else can have taken it, so a leader need not look before it writes.
            try:
                return self._write(self._renewed(self._seen))
            except ApiError:
                pass  # changed by somebody all the same: look, as everybody else does
        try:
            lease = self._client.get(LEASES, self._name, self._namespace)
        except ApiError as problem:
            if problem.code != 404:
                raise
            self._observe(self._client.create(LEASES, self._renewed({}), self._namespace))
            return True
        if lease.get("spec") != self._seen.get("spec"):
            self._observe(lease)
        spec = lease.get("spec") or {}
        duration_s = float(spec.get("leaseDurationSeconds") or 0)
        holder = spec.get("holderIdentity") or ""
        if not self._may_acquire(self._loop.now_s, self._seen_at_s, duration_s, holder, self.identity):
            return False
        return self._write(self._renewed(lease))

    def _renewed(self, lease: Object) -> Object:
        """Return the Lease as this candidate would hold it from now on."""
        now = timestamps.micros(self._now())
        result = copied(lease) or {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": self._name, "namespace": self._namespace},
        }
        old = result.get("spec") or {}
        mine = old.get("holderIdentity") == self.identity
        transitions = old.get("leaseTransitions") or 0
        result["spec"] = {
            "holderIdentity": self.identity,
            "leaseDurationSeconds": int(LEASE_S),
            "acquireTime": old.get("acquireTime", now) if mine else now,
            "renewTime": now,
            "leaseTransitions": transitions if mine or not old else transitions + 1,
        }
        return result

    def _release(self) -> None:
        now = timestamps.micros(self._now())
        lease = copied(self._seen)
        lease["spec"] |= {
            "holderIdentity": "",
            "leaseDurationSeconds": 1,
            "acquireTime": now,
            "renewTime": now,
        }
        try:
            self._write(lease)
        except ApiError:
            return  # others take it when it expires

    def _write(self, lease: Object) -> bool:
        self._observe(self._client.update(LEASES, lease, self._namespace))
        return True

    def _observe(self, lease: Object) -> None:
        self._seen = lease
        self._seen_at_s = self._loop.now_s

    def _has_expired(self) -> bool:
        return self._loop.now_s >= self._seen_at_s + LEASE_S

    def _now(self) -> datetime:
        return self._loop.time()
