"""A quota of a whole cluster limits what its namespace asks for, and gives back what has gone."""

from collections.abc import Iterator

import pytest
from kubernetes.client import ApiException

from insideout import Cluster


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a cluster whose namespace default may have two pods and one CPU."""
    made = Cluster.create(nodes=1)
    hard = {"pods": "2", "requests.cpu": "1", "count/configmaps": "10"}
    made.core.create_namespaced_resource_quota("default", {"metadata": {"name": "q"}, "spec": {"hard": hard}})
    made.run(seconds=2)
    yield made
    made.stop()


def pod(cluster: Cluster, name: str, cpu: str, script: str = "") -> None:
    container = {"name": "c", "image": "app:1", "resources": {"requests": {"cpu": cpu}}}
    annotations = {"program.course/c": script} if script else {}
    body = {"metadata": {"name": name, "annotations": annotations}, "spec": {"containers": [container]}}
    body["spec"]["restartPolicy"] = "Never"
    cluster.core.create_namespaced_pod("default", body)


def used(cluster: Cluster) -> dict[str, str]:
    quota = cluster.core.read_namespaced_resource_quota_status("q", "default")
    return dict(quota.status.used or {})


def test_a_new_quota_counts_what_is_there(cluster: Cluster) -> None:
    """Its status says what counts, and what is used already."""
    assert used(cluster) == {"count/configmaps": "0", "pods": "0", "requests.cpu": "0"}


def test_what_would_exceed_it_is_refused(cluster: Cluster) -> None:
    """A pod is charged at once, and the next one finds nothing left."""
    pod(cluster, "a", "700m")
    assert used(cluster)["requests.cpu"] == "700m"
    with pytest.raises(ApiException) as refused:
        pod(cluster, "b", "700m")
    assert refused.value.status == 403


def test_a_pod_that_has_gone_gives_back_what_it_had(cluster: Cluster) -> None:
    """After its deletion there is room again."""
    pod(cluster, "a", "700m")
    cluster.run(seconds=2)
    cluster.core.delete_namespaced_pod("a", "default", grace_period_seconds=0)
    cluster.run(seconds=3)
    assert used(cluster) == {"count/configmaps": "0", "pods": "0", "requests.cpu": "0"}
    pod(cluster, "b", "700m")


def test_a_pod_that_has_run_to_its_end_costs_nothing(cluster: Cluster) -> None:
    """It is still there, and counts for no more."""
    pod(cluster, "a", "700m", "exit 0 after 3s")
    cluster.run(seconds=10)
    assert used(cluster)["requests.cpu"] == "0"
    pod(cluster, "b", "700m")


def test_a_changed_quota_is_counted_anew(cluster: Cluster) -> None:
    """What is limited later counts what came before."""
    pod(cluster, "a", "300m")
    patch = {"spec": {"hard": {"limits.memory": "1Gi", "requests.cpu": "2"}}}
    cluster.core.patch_namespaced_resource_quota("q", "default", patch)
    cluster.run(seconds=2)
    status = cluster.core.read_namespaced_resource_quota_status("q", "default").status
    assert (status.hard["requests.cpu"], status.used["requests.cpu"]) == ("2", "300m")
    assert status.used["limits.memory"] == "0"
