"""A pod that claims devices waits, as in any cluster without a driver, and its condition says why."""

from insideout import Cluster
from tests.insideout.scheduler.builders import pod

CLAIMS = [{"name": "gpu", "resourceClaimName": "mine"}]


def test_it_stays_pending_and_says_so() -> None:
    body = pod("p", resourceClaims=CLAIMS).pod
    with Cluster.create(nodes=2) as cluster:
        cluster.core.create_namespaced_pod("default", body)
        cluster.core.create_namespaced_pod("default", pod("without").pod)
        cluster.run(seconds=10)
        found = cluster.core.read_namespaced_pod("p", "default")
        (condition,) = found.status.conditions
        other = cluster.core.read_namespaced_pod("without", "default").status.phase
    assert (found.status.phase, condition.reason) == ("Pending", "Unschedulable")
    assert condition.message.startswith("0/2 nodes are available: 2 cannot allocate all claims.")
    assert other == "Running"
