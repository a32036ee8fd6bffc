"""Two copies of a scheduler elect a leader through the Lease; it is killed, and the other takes over."""

import math
from functools import partial
from typing import NamedTuple, cast

from course.units.u04_scheduling.shop import pod
from course.units.u04_scheduling.work import beside
from insideout.client.leaderelection import MayAcquire, may_acquire
from insideout.cluster import Cluster
from insideout.guard import GuardedComponent
from insideout.scheduler.scheduler import Scheduler

COPIES = ("copy-1", "copy-2")
ELECTED_S = 10.0
"""How long they have to agree before the leader is killed."""


class Takeover(NamedTuple):
    """Which copies led; the seconds from the kill until a pod was bound, inf for not within a minute.

    `errors` are the reports of copies that crashed.
    """

    led: dict[str, bool]
    waited_s: float
    errors: list[str]


def kill_the_leader(rule: MayAcquire = may_acquire) -> Takeover:
    """Let two copies that take the Lease by `rule` elect a leader, and kill it as a power cut would.

    The pod that they are to bind is created in the moment of the kill.
    """
    with Cluster.create(nodes=2) as cluster:
        cluster.replace("kube-scheduler", None)
        copies = {name: _copy(cluster, name, rule) for name in COPIES}
        cluster.run(seconds=ELECTED_S)
        led = {name: _leads(copy) for name, copy in copies.items()}
        leader = next((copies[name] for name in COPIES if led[name]), None)
        if leader is not None:
            cluster.loop.call(partial(cast(Scheduler, leader.component).stop, release=False))
        core = cluster.core
        core.create_namespaced_pod("default", pod("late"))
        try:
            waited_s = cluster.wait(lambda: core.read_namespaced_pod("late", "default").spec.node_name)
        except TimeoutError:
            waited_s = math.inf
        return Takeover(led, waited_s, [error for copy in copies.values() for error in copy.errors])


def _copy(cluster: Cluster, name: str, rule: MayAcquire) -> GuardedComponent:
    return beside(
        cluster, name, lambda client, loop: Scheduler(client, loop, identity=name, may_acquire=rule)
    )


def _leads(copy: GuardedComponent) -> bool:
    return copy.component is not None and cast(Scheduler, copy.component).leads
