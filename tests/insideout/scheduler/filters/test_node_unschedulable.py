from insideout.scheduler.filters import node_unschedulable
from tests.insideout.scheduler.builders import node, pod, reasons, snapshot

VIEW = snapshot(node("open"), node("cordoned", unschedulable=True))


def test_a_cordoned_node_takes_no_new_pods() -> None:
    """Only the node that is not cordoned is open."""
    assert reasons(node_unschedulable, pod(), VIEW) == {"cordoned": "node(s) were unschedulable", "open": ""}


def test_a_pod_may_tolerate_cordoned_nodes() -> None:
    """Tolerating the taint that stands for a cordon is enough, even when the node lacks the taint."""
    toleration = {"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}
    assert reasons(node_unschedulable, pod(tolerations=[toleration]), VIEW) == {"cordoned": "", "open": ""}
