"""A call as somebody on call has it: a symptom, tables, the official client, and a clock that goes on.

Each look costs time, as it does at night: a table or a request 20 seconds.  In virtual time they pass in the
cluster; where time is real nobody waits for them, and the clock counts them alone.
"""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from course.units.u16_troubleshooting.calls import call_of
from course.units.u16_troubleshooting.clusters import Broken, Link
from course.units.u16_troubleshooting.door import Api
from course.units.u16_troubleshooting.judge import Before, heal, is_reworded, verdict
from course.units.u16_troubleshooting.scene import GROUPS, HEALTHY_SEED, Quiet, broken, healthy
from insideout.apiserver.requestlog import RequestMade
from insideout.view.tables import Table

if TYPE_CHECKING:
    import kubernetes.client

LOOK_S = 20


class OnCall:
    """One broken cluster; `symptom` is what you are told, `cluster` is what you have."""

    def __init__(self, number: int | str) -> None:
        if isinstance(number, str):
            seed = HEALTHY_SEED
            self._broken: Broken = Quiet(healthy(GROUPS[number], seed, live=True))
        else:
            cause, seed = call_of(number)
            self._broken = broken(cause, seed, live=True)
        self._town = self._broken.town
        self.cluster = self._town.cluster
        self.cluster.api_client.user_agent = f"{self._town.on_call}/1"
        self.symptom = self._broken.symptom
        self.number = number
        self._seed = seed
        self._began_s = self.cluster.loop.now_s
        self._tables = 0
        self._passed = 0
        self._before = Before(self._town, self._broken.may_go())
        self._before.watch_sizes()

    def __repr__(self) -> str:
        return f"call {self.number}, {self.clock()}: {self.symptom}"

    def clock(self) -> str:
        """Return the time since the call: on a cluster in real time, what looking would have cost."""
        looks = self._looks()
        real = self._town.is_real
        seconds = LOOK_S * looks if real else round(self.cluster.loop.now_s - self._began_s)
        return f"{seconds // 60}:{seconds % 60:02} min"

    def table(self, resource: str, namespace: str = "", **options: Any) -> Table:
        """Return what `kubectl get` shows, of all namespaces unless one is named; it costs 20 seconds."""
        self._tables += 1
        self._looks()
        return self.cluster.table(resource, namespace, **options)

    def _looks(self) -> int:
        """Return how many tables and requests there were; in virtual time their seconds pass."""
        log = self.cluster.log
        asked = sum(isinstance(one, RequestMade) and one.client == self._town.on_call for one in log)
        looks = self._tables + asked
        if not self._town.is_real:
            self.cluster.run(seconds=LOOK_S * (looks - self._passed))
        self._passed = looks
        return looks

    @property
    def core(self) -> "kubernetes.client.CoreV1Api":
        """The official API object of the core group."""
        return self.cluster.core

    @property
    def apps(self) -> "kubernetes.client.AppsV1Api":
        """The official API object of apps/v1."""
        return self.cluster.apps

    @property
    def replies(self) -> list[dict[str, Any]]:
        """The requests that were refused lately, each with the Status that answered it."""
        return list(self._town.replies)

    def snapshot(self) -> dict[str, Any]:
        """Return everything there is now, as plain data."""
        return Api(self._town, reworded=is_reworded(self._seed)).snapshot()

    def chain(self) -> list[Link]:
        """Return the evidence from the symptom to the cause: the answer, told."""
        return self._broken.chain()

    def repair(self, function: Callable[[Any], Any]) -> None:
        """Let a function repair it."""
        function(Api(self._town, reworded=is_reworded(self._seed)))

    def judged(self) -> list[str]:
        """Let time pass until a repair has had its effect; return what is to be said of it."""
        clock = self.clock()
        heal(self._town, self._broken)
        first, *rest = verdict(self._broken, self._before)
        return [f"{first} (your last look was at {clock})", *rest]


@functools.cache
def evidence(number: int) -> tuple[dict[str, Any], list[Link]]:
    """Open a call, look at all there is, and close it; return the snapshot and the chain."""
    call = on_call(number)
    with call.cluster:
        return call.snapshot(), call.chain()


def on_call(number: int | str) -> OnCall:
    """Return the call with this number, such as 101; "conditions", "fields", "others": nothing is wrong."""
    return OnCall(number)
