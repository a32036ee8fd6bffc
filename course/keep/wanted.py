"""The functions and classes of earlier units that can be parts of a cluster, and where they are written."""

from typing import NamedTuple


class Part(NamedTuple):
    """Where a part comes from: `exercise` is the id of the cell that defines it, there called `written`.

    `name` is what it is called as a part; the exercise's own name where nothing else is given.
    """

    name: str
    unit: str
    exercise: str
    other: str = ""

    @property
    def written(self) -> str:
        """What the exercise calls it."""
        return self.other or self.name


PARTS = (
    Part("reconcile", "01_components", "reconcile"),
    Part("Reflector", "02_watch", "reflector"),
    Part("WorkQueue", "02_watch", "work-queue"),
    Part("Raft", "03_raft", "persistence"),
    Part("filters", "04_scheduling", "filters"),
    Part("score", "04_scheduling", "score"),
    Part("next_starts", "05_pods", "next-starts"),
    Part("term_at", "05_pods", "term-at"),
    Part("evict_order", "06_qos", "evict-order"),
    Part("unknown_at", "07_node_failure", "unknown-at"),
    Part("taints_for", "07_node_failure", "taints-for"),
    Part("evict_after", "07_node_failure", "evict-after"),
    Part("taint_qps", "07_node_failure", "taint-qps"),
    Part("rolling_step", "08_rollouts", "rolling-step"),
    Part("sts_sync", "09_statefulsets", "sts-sync"),
    Part("operator", "10_operators", "reconcile", "reconcile"),
    Part("endpoint_groups", "11_services", "endpoint-groups"),
    Part("plan", "11_services", "plan"),
    Part("nat_rules", "12_kube_proxy", "nat-rules"),
    Part("allowed", "13_networking", "allowed"),
)
