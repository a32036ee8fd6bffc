"""Runs several schedulers at once and counts what they do; and looks at a thousand nodes.

Only what does not depend on a machine's speed is counted: attempts, refusals, nodes looked at.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from course.units.u04_scheduling.plots.fill import Placed, placed
from course.units.u04_scheduling.shop import pod
from insideout.apiserver.requestlog import RequestMade
from insideout.backends.embedded import EmbeddedBackend
from insideout.cluster import Cluster
from insideout.scheduler.attempt import Attempt
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.profile import Profile
from insideout.scheduler.scheduler import Scheduler

NODES = ("n1", "n2", "n3", "n4")
CPUS = 4


class Run(NamedTuple):
    """What came of it: attempts of each scheduler, bindings refused with 409, and where the pods are."""

    attempts: dict[str, int]
    conflicts: int
    pods: list[Placed]

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
    pods: int = 16,
    cpu: int = 1,
    profile: Profile | None = None,
) -> Run:
    """Let schedulers of these names place `pods` pods of `cpu` CPUs on 4 nodes of 4 CPUs, all at one moment.

    A name may come twice: two copies of one scheduler.  With `elect` they elect a leader.  The pods are dealt
    out among the names.
    """
    cluster = Cluster.create(nodes=0, log=True)
    cluster.replace("kube-scheduler", None)
    for node in NODES:
        cluster.nodes.add(node, cpu=str(CPUS), memory="32Gi")
    attempts = {f"{name} {number}": 0 for number, name in enumerate(names, 1)}
    for number, name in enumerate(names, 1):
        label = f"{name} {number}"
        Scheduler(
            cluster.client(label),
            cluster.loop,
            name,
            profile=profile,
            identity=label if elect else "",
            on_attempt=_counter(attempts, label),
        ).start()
    cluster.run(seconds=5)
    client = cluster.client("you")
    for number in range(pods):
        wanted = pod(f"p{number:02}", cpu=str(cpu), schedulerName=names[number % len(names)])
        client.create("pods", wanted, "default")
    cluster.run(seconds=60)
    conflicts = sum(
        isinstance(one, RequestMade) and one.subresource == "binding" and one.code == 409
        for one in cluster.log
    )
    return Run(attempts, conflicts, placed(cluster))


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


def nodes_looked_at(backend: EmbeddedBackend, name: str, pods: int = 5, **profile: Any) -> Counter[int]:
    """Place some pods by a scheduler called `name`; return for how many it looked at how many nodes."""
    looked: Counter[int] = Counter()

    def note(_: PodInfo, attempt: Attempt) -> None:
        if attempt.outcome is not None:
            looked[attempt.outcome.feasible + len(attempt.outcome.diagnosis.rejected)] += 1

    chosen = Profile(**profile)
    scheduler = Scheduler(backend.client(name), backend.loop, name, profile=chosen, on_attempt=note)
    scheduler.start()
    for number in range(pods):
        wanted = pod(f"{name}-{number}", schedulerName=name)
        backend.client("you").create("pods", wanted, "default")
    backend.loop.run(5)
    scheduler.stop()
    return looked
