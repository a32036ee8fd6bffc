"""The Pods of one ReplicaSet as a sync sees them: counted, and looked at one by one only where that is asked.

A ReplicaSet is synced again and again while its thousand Pods start.  What each sync wants to know is nearly
always a number, and the informer keeps those.

Source: pkg/controller/replicaset/replica_set.go:syncReplicaSet, claimPods@v1.36.2.
"""

from collections import Counter
from datetime import datetime

from insideout.apimachinery import pods as podutil
from insideout.client import Client, Object
from insideout.client.informer import Informer
from insideout.controllers.belonging import orphans
from insideout.controllers.claims import claim, matcher
from insideout.controllers.informers import BY_CONTROLLER, STANDINGS
from insideout.controllers.standing import Standing, standing


class OwnPods:
    """Who belongs to a ReplicaSet, after adopting orphans and releasing what it does not select any more.

    Raises ApiError when the ReplicaSet is not the one it was.
    """

    def __init__(self, client: Client, informer: Informer, resource: str, replica_set: Object) -> None:
        self._informer = informer
        self._uid: str = replica_set["metadata"]["uid"]
        self._min_ready_s: int = replica_set["spec"].get("minReadySeconds", 0)
        self._selects = matcher(replica_set["spec"].get("selector"))
        counted = informer.count(STANDINGS, self._uid)
        selected = {each: self._selects(dict(each.labels)) for each in counted}
        self.standings: Counter[Standing] = Counter(
            {each: count for each, count in counted.items() if each.is_active and selected[each]}
        )
        """How many active ones there are of each standing."""
        self.terminating = sum(count for each, count in counted.items() if each.is_ending)
        strays: list[Object] = []
        if not all(selected[each] for each in counted if each.is_active):
            strays = [pod for pod in self.all() if podutil.is_active(pod) and not self._is_selected(pod)]
        free = [pod for pod in orphans(informer, replica_set) if podutil.is_active(pod)]
        self._adopted = claim(client, "pods", resource, replica_set, strays + free)
        self.standings.update(map(standing, self._adopted))

    @property
    def count(self) -> int:
        """How many active ones there are."""
        return self.standings.total()

    def all(self) -> list[Object]:
        """Return those it had before, those that ended or are being deleted too."""
        return self._informer.by_index(BY_CONTROLLER, self._uid)

    def active(self) -> list[Object]:
        """Return the active ones."""
        own = [pod for pod in self.all() if podutil.is_active(pod) and self._is_selected(pod)]
        return own + self._adopted

    def available(self, now: datetime) -> int | None:
        """Return how many have been ready for long enough, None when ready is enough."""
        if not self._min_ready_s:
            return None
        return sum(podutil.is_available(pod, self._min_ready_s, now) for pod in self.active())

    def next_available_s(self, now: datetime) -> float | None:
        """Return in how many seconds the next ready one becomes available, None when none will."""
        return podutil.next_available_s(self.active(), self._min_ready_s, now) if self._min_ready_s else None

    def _is_selected(self, pod: Object) -> bool:
        return self._selects(pod["metadata"].get("labels") or {})
