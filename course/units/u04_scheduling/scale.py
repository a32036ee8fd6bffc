"""Runs several schedulers at once and counts what they do; and looks at a thousand nodes.

Only what does not depend on a machine's speed is counted: attempts, refusals, nodes looked at.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from course.units.u04_scheduling.plots.fill import Placed, placed
from course.units.u04_scheduling.shop import pod
from course.units.u04_scheduling.work import beside
from insideout.apiserver.requestlog import RequestMade
from insideout.backends.embedded import EmbeddedBackend
from insideout.cluster import Cluster
from insideout.components import Factory
from insideout.guard import GuardedComponent
from insideout.scheduler.attempt import Attempt
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.profile import Profile
from insideout.scheduler.scheduler import Scheduler

NODES = ("n1", "n2", "n3", "n4")
CPUS = 4
SETTLED_S = 2.0
"""How long nodes have before the schedulers begin, and the pods after that, a retry included."""


class Run(NamedTuple):
    """What came of it: attempts of each scheduler, bindings refused with 409, where the pods are, crashes."""

    attempts: dict[str, int]
    conflicts: int
    pods: list[Placed]
    errors: list[str]

    @property
    def running(self) -> int:
        """How many pods run."""
        return sum(not each.refused for each in self.pods)

    @property
    def refused(self) -> int:
        """How many pods a kubelet refused."""
        return sum(each.refused for each in self.pods)


def run_schedulers(
    names: Sequence[str],
    *,
    elect: bool = False,
    pods: int = 4,
    cpu: int = 3,
    profile: Profile | None = None,
) -> Run:
    """Let schedulers of these names place `pods` pods of `cpu` CPUs on 4 nodes of 4 CPUs.

    The pods are all there when the schedulers begin, at one moment.  A name may come twice: two copies of one
    scheduler.  With `elect` they elect a leader.  The pods are dealt out among the names.
    """
    with Cluster.create(nodes=0, log=True) as cluster:
        cluster.replace("kube-scheduler", None)
        for node in NODES:
            cluster.nodes.add(node, cpu=str(CPUS), memory="32Gi")
        client = cluster.client("you")
        for number in range(pods):
            wanted = pod(f"p{number:02}", cpu=str(cpu), schedulerName=names[number % len(names)])
            client.create("pods", wanted, "default")
        attempts = {f"{name} {number}": 0 for number, name in enumerate(names, 1)}

        def begin(label: str, name: str) -> GuardedComponent:
            count = _counter(attempts, label)
            return beside(cluster, label, _factory(name, profile, label if elect else "", count))

        cluster.run(seconds=SETTLED_S)
        running = cluster.loop.call(lambda: [begin(*each) for each in zip(attempts, names, strict=True)])
        cluster.run(seconds=SETTLED_S)
        conflicts = sum(
            isinstance(one, RequestMade) and one.subresource == "binding" and one.code == 409
            for one in cluster.log
        )
        return Run(attempts, conflicts, placed(cluster), [error for one in running for error in one.errors])


def _factory(
    name: str, profile: Profile | None, identity: str, count: Callable[[PodInfo, Attempt], None]
) -> Factory:
    return lambda client, loop: Scheduler(
        client, loop, name, profile=profile, identity=identity, on_attempt=count
    )


def _counter(attempts: dict[str, int], label: str) -> Callable[[PodInfo, Attempt], None]:
    def count(pod: PodInfo, attempt: Attempt) -> None:
        attempts[label] += 1

    return count


def big_cluster(nodes: int) -> EmbeddedBackend:
    """Return an API server with this many empty nodes of 8 CPUs, which no kubelet runs."""
    backend = EmbeddedBackend()
    client = backend.client("you")
    amounts = {"cpu": "8", "memory": "32Gi", "pods": "110"}
    status = {
        "allocatable": amounts,
        "capacity": amounts,
        "conditions": [{"type": "Ready", "status": "True"}],
    }
    for number in range(nodes):
        name = f"n{number:04}"
        client.create("nodes", {"metadata": {"name": name}, "status": status})
        client.patch("nodes", name, {"spec": {"taints": None}})
    return backend


class Looked(NamedTuple):
    """How many pods a scheduler placed by how many nodes it looked at for each; `errors` are its crashes."""

    nodes: Counter[int]
    errors: list[str]


def nodes_looked_at(backend: EmbeddedBackend, name: str, pods: int = 5, **profile: Any) -> Looked:
    """Place some pods by a scheduler called `name`; return for how many it looked at how many nodes."""
    looked: Counter[int] = Counter()

    def note(_: PodInfo, attempt: Attempt) -> None:
        if attempt.outcome is not None:
            looked[attempt.outcome.feasible + len(attempt.outcome.diagnosis.rejected)] += 1

    scheduler = GuardedComponent(
        name, _factory(name, Profile(**profile), "", note), backend.client(name), backend.loop
    )
    scheduler.start()
    for number in range(pods):
        wanted = pod(f"{name}-{number}", schedulerName=name)
        backend.client("you").create("pods", wanted, "default")
    backend.loop.run(5)
    scheduler.stop()
    return Looked(looked, scheduler.errors)
