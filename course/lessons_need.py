"""What each unit needs of a backend, seen by running its notebook there: `course doctor --lessons` shows it.

Every unit runs on the embedded cluster.  A reason says what a unit uses that the backend has not; with none
its notebook runs there from top to bottom.
"""

from collections.abc import Iterator
from typing import NamedTuple

from insideout import KUBERNETES_VERSION

BACKENDS = ("embedded", "controlplane", "kubeconfig")

LOG = "it reads the log of the API server, which a real one does not hand out"
INSIDE = "it looks into the API server of the embedded cluster"
RAFT = "it puts the API server's data on a Raft group"
VIRTUAL = "it lives through minutes or hours, which only virtual time makes short"
NAMESPACES = (
    "it makes a namespace and pods in it at once; a real server first wants the service account there"
)
SLICES = "it takes the first EndpointSlice of a namespace, where a real server keeps one of its own"
PARTS = "it replaces or stops parts of the cluster"
NODES = "it adds, watches or cuts off nodes of ours"
EVERYWHERE = "it changes what belongs to the whole cluster"


class Needs(NamedTuple):
    """A unit: why it does not run on a backend ("" where it runs), and what is otherwise before 1.36."""

    controlplane: str
    kubeconfig: str
    on_1_34: str = ""

    def why_not(self, backend: str) -> str:
        """Return why the unit does not run on one of BACKENDS, "" when it does."""
        return {"embedded": "", "controlplane": self.controlplane, "kubeconfig": self.kubeconfig}[backend]


NEEDS = {
    "01_components": Needs(LOG, PARTS),
    "02_watch": Needs("", ""),
    "03_raft": Needs(RAFT, RAFT),
    "04_scheduling": Needs(
        LOG,
        NODES,
        "the scheduler's message names the taint, and the balance of a node is scored by itself, "
        "not by what a pod changes in it",
    ),
    "05_pods": Needs(VIRTUAL, NODES),
    "06_qos": Needs(VIRTUAL, NODES),
    "07_node_failure": Needs(VIRTUAL, NODES),
    "08_rollouts": Needs(VIRTUAL, NODES),
    "09_statefulsets": Needs(VIRTUAL, NODES),
    "10_operators": Needs(VIRTUAL, EVERYWHERE),
    "11_services": Needs(SLICES, NODES),
    "12_kube_proxy": Needs("", "", "the mode ipvs is not deprecated yet"),
    "13_networking": Needs(NAMESPACES, EVERYWHERE),
    "14_exec": Needs(
        f"{INSIDE}; and exec has no way from a real API server to our nodes",
        INSIDE,
        "the right to get pods/exec is enough for a WebSocket, and the API server always translates it",
    ),
    "15_monitoring": Needs(LOG, LOG),
    "16_troubleshooting": Needs(LOG, LOG),
    "17_capstone": Needs(VIRTUAL, NODES),
}
"""The units in the order of the course."""


def lines() -> Iterator[str]:
    """Yield the table, then for each unit that does not run everywhere, or differs on 1.34, why."""
    yield f"{'':20}" + "".join(f"{name:14}" for name in BACKENDS).rstrip()
    for unit, needs in NEEDS.items():
        told = ("no" if needs.why_not(name) else "yes" for name in BACKENDS)
        yield f"{unit:20}" + "".join(f"{each:14}" for each in told).rstrip()
    reasons: dict[tuple[str, str], list[str]] = {}
    for unit, needs in NEEDS.items():
        for name in BACKENDS:
            if why := needs.why_not(name):
                reasons.setdefault((name, why), []).append(unit.partition("_")[0])
    yield ""
    for (name, why), units in sorted(reasons.items()):
        yield f"no {name} for {', '.join(units)}: {why}"
    yield ""
    yield f"The texts are about {KUBERNETES_VERSION}. On 1.34, which environment.yml has:"
    for unit, needs in NEEDS.items():
        if needs.on_1_34:
            yield f"{unit}: {needs.on_1_34}"
