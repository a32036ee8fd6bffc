"""What each unit needs of a backend, seen by running its notebook there: `course doctor --lessons` shows it.

Every notebook runs to its end on the control plane, too: what needs the embedded cluster has one there, and a
line in the notebook says so.  `make test BACKEND=controlplane` looks whether it was so.
"""

from collections.abc import Iterator
from typing import NamedTuple

from insideout import KUBERNETES_VERSION
from insideout.backends.choice import BACKENDS

YES, IN_PART, NO, NONE = "yes", "in part", "no", "needs none"
RUNS = (YES, IN_PART, NO, NONE)
"""How much of a unit runs on a backend; NONE for a unit without a cluster."""

LOG = "a log of requests takes an API server whose clients are started here"
RAFT = "its cluster keeps the API server's data on the learner's Raft group"
VIRTUAL = "stories of minutes or hours, and checks that play many, are in virtual time"
CHECKS = "its checks play many clusters, in virtual time"
TURNED = "a control plays a story each time that it is turned, in virtual time"
DISASTERS = "three disasters of minutes are in virtual time, beside the record of real ones"
PARTS = "it replaces or stops parts of the cluster"
NODES = "it adds, watches or cuts off nodes of ours"
EVERYWHERE = "it changes what belongs to the whole cluster"


class On(NamedTuple):
    """How much of a unit runs on a backend, one of RUNS, and what keeps the rest away ("" for nothing)."""

    runs: str
    why: str = ""


class Needs(NamedTuple):
    """A unit: what of it runs on the backends that are not embedded, and what is otherwise before 1.36."""

    controlplane: On
    kubeconfig: On
    on_1_34: str = ""

    def on(self, backend: str) -> On:
        """Return what runs on one of BACKENDS."""
        return {"embedded": On(YES), "controlplane": self.controlplane, "kubeconfig": self.kubeconfig}[
            backend
        ]


NEEDS = {
    "01_components": Needs(On(IN_PART, CHECKS), On(NO, PARTS)),
    "02_watch": Needs(On(YES), On(YES)),
    "03_raft": Needs(On(YES), On(NO, RAFT)),
    "04_scheduling": Needs(
        On(IN_PART, CHECKS),
        On(NO, NODES),
        "the scheduler's message names the taint, and the balance of a node is scored by itself, "
        "not by what a pod changes in it",
    ),
    "05_pods": Needs(On(IN_PART, f"{TURNED}; {CHECKS}"), On(NO, NODES)),
    "06_qos": Needs(On(YES), On(NO, NODES)),
    "07_node_failure": Needs(On(IN_PART, f"{DISASTERS}; {CHECKS}"), On(NO, NODES)),
    "08_rollouts": Needs(On(IN_PART, CHECKS), On(NO, NODES)),
    "09_statefulsets": Needs(On(IN_PART, f"{TURNED}; {CHECKS}"), On(NO, NODES)),
    "10_operators": Needs(On(IN_PART, CHECKS), On(NO, EVERYWHERE)),
    "11_services": Needs(On(IN_PART, CHECKS), On(NO, NODES)),
    "12_kube_proxy": Needs(On(YES), On(NO, PARTS), "the mode ipvs is not deprecated yet"),
    "13_networking": Needs(On(YES), On(NO, EVERYWHERE)),
    "14_exec": Needs(
        On(YES),
        On(NO, NODES),
        "the right to get pods/exec is enough for a WebSocket, and the API server always translates it",
    ),
    "15_monitoring": Needs(On(IN_PART, VIRTUAL), On(NO, LOG)),
    "16_troubleshooting": Needs(On(IN_PART, CHECKS), On(NO, LOG)),
    "17_capstone": Needs(On(IN_PART, VIRTUAL), On(NO, f"{NODES}; {VIRTUAL}")),
}
"""The units in the order of the course."""


def lines() -> Iterator[str]:
    """Yield the table, then for each unit that does not run everywhere, or differs on 1.34, why."""
    yield f"{'':20}" + "".join(f"{name:14}" for name in BACKENDS).rstrip()
    for unit, needs in NEEDS.items():
        cells = (needs.on(name).runs for name in BACKENDS)
        yield f"{unit:20}" + "".join(f"{each:14}" for each in cells).rstrip()
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for unit, needs in NEEDS.items():
        for name in BACKENDS:
            runs, why = needs.on(name)
            if why:
                reasons.setdefault((name, runs, why), []).append(unit.partition("_")[0])
    yield ""
    for (name, runs, why), units in sorted(reasons.items()):
        yield f"{runs} {name} for {', '.join(units)}: {why}"
    yield ""
    yield f"The texts are about {KUBERNETES_VERSION}. On 1.34, which environment.yml has:"
    for unit, needs in NEEDS.items():
        if needs.on_1_34:
            yield f"{unit}: {needs.on_1_34}"
