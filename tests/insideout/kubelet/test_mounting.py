"""A Pod whose ConfigMap or Secret is missing does not run, and says so where a real one does.

Source: pkg/kubelet/kubelet_pods.go, pkg/volume/util/operationexecutor@v1.36.2.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from insideout import Cluster

VOLUMES = {
    "config": {"configMap": {"name": "cm"}},
    "keys": {"secret": {"secretName": "sec", "items": [{"key": "key", "path": "deep/key.txt"}]}},
    "own": {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
}


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster.create(nodes=1) as made:
        made.run(seconds=2)
        yield made


def create(cluster: Cluster, name: str = "web", volumes: Any = (), **container: Any) -> None:
    wanted = {"name": "main", "image": "nginx", **container}
    wanted["volumeMounts"] = [{"name": each, "mountPath": f"/etc/{each}"} for each in volumes]
    spec = {"containers": [wanted], "volumes": [{"name": each, **VOLUMES[each]} for each in volumes]}
    body = {"metadata": {"name": name, "labels": {"app": "web", "tier": "front"}}, "spec": spec}
    cluster.core.create_namespaced_pod("default", body)


def config_map(cluster: Cluster, **data: str) -> None:
    cluster.core.create_namespaced_config_map("default", {"metadata": {"name": "cm"}, "data": data})


def secret(cluster: Cluster) -> None:
    body = {"metadata": {"name": "sec"}, "stringData": {"key": "hush"}}
    cluster.core.create_namespaced_secret("default", body)


def waiting(cluster: Cluster) -> tuple[str, str | None]:
    pod = cluster.core.read_namespaced_pod("web", "default")
    state = pod.status.container_statuses[0].state
    return (state.waiting.reason, state.waiting.message) if state.waiting else (pod.status.phase, None)


def log(cluster: Cluster) -> str:
    answer = cluster.core.read_namespaced_pod_log("web", "default", _preload_content=False)
    return answer.data.decode()


def warnings(cluster: Cluster) -> list[tuple[str, str, int]]:
    events = cluster.core.list_namespaced_event("default").items
    return [(each.reason, each.message, each.count) for each in events if each.type == "Warning"]


def test_a_container_waits_for_the_config_map_of_its_variables(cluster: Cluster) -> None:
    """It is tried again every ten seconds, and starts once the ConfigMap is there."""
    variable = {"name": "MODE", "valueFrom": {"configMapKeyRef": {"name": "cm", "key": "mode"}}}
    create(cluster, env=[variable], command=["sh", "-c", "echo mode $MODE; sleep 1000"])
    cluster.run(seconds=5)
    assert waiting(cluster) == ("CreateContainerConfigError", 'configmap "cm" not found')
    assert warnings(cluster) == [("Failed", 'Error: configmap "cm" not found', 1)]
    config_map(cluster, other="x")
    cluster.run(seconds=10)
    assert waiting(cluster) == (
        "CreateContainerConfigError",
        "couldn't find key mode in ConfigMap default/cm",
    )
    cluster.core.patch_namespaced_config_map("cm", "default", {"data": {"mode": "fast"}})
    cluster.run(seconds=11)
    assert waiting(cluster) == ("Running", None)
    assert log(cluster) == "mode fast\n"


def test_nothing_of_a_pod_starts_before_its_volumes_are_there(cluster: Cluster) -> None:
    """Each is tried again later and later; the Pod has no network until then."""
    create(cluster, volumes=["config", "keys"])
    cluster.run(seconds=10)
    assert waiting(cluster) == ("ContainerCreating", None)
    assert cluster.core.read_namespaced_pod("web", "default").status.pod_ip is None
    assert warnings(cluster) == [
        ("FailedMount", 'MountVolume.SetUp failed for volume "config" : configmap "cm" not found', 5),
        ("FailedMount", 'MountVolume.SetUp failed for volume "keys" : secret "sec" not found', 5),
    ]
    config_map(cluster)
    secret(cluster)
    cluster.run(seconds=10)
    assert waiting(cluster) == ("Running", None)


def test_a_container_finds_the_files_of_its_volumes(cluster: Cluster) -> None:
    """Of a Secret the key that is named, below the path that it is given."""
    config_map(cluster, mode="fast", size="3")
    secret(cluster)
    script = (
        "ls /etc/config; cat /etc/config/mode /etc/keys/deep/key.txt; cat /etc/own/labels; echo; sleep 1000"
    )
    create(cluster, volumes=list(VOLUMES), command=["sh", "-c", script])
    cluster.run(seconds=5)
    assert log(cluster) == 'mode\nsize\nfasthushapp="web"\ntier="front"\n'


def test_a_container_that_starts_again_finds_what_there_is_then(cluster: Cluster) -> None:
    """What was deleted meanwhile stays as it was."""
    config_map(cluster, mode="fast\n")
    create(cluster, volumes=["config"], command=["sh", "-c", "cat /etc/config/mode; sleep 15; false"])
    cluster.run(seconds=5)
    cluster.core.patch_namespaced_config_map("cm", "default", {"data": {"mode": "slow\n"}})
    cluster.run(seconds=15)
    assert log(cluster) == "slow\n"
    cluster.core.delete_namespaced_config_map("cm", "default")
    cluster.run(seconds=40)
    assert log(cluster) == "slow\n"
    assert cluster.core.read_namespaced_pod("web", "default").status.container_statuses[0].restart_count == 2


def test_a_pod_that_is_deleted_waits_for_no_volume(cluster: Cluster) -> None:
    create(cluster, volumes=["config"])
    cluster.run(seconds=3)
    cluster.core.delete_namespaced_pod("web", "default")
    config_map(cluster)
    cluster.run(seconds=200)
    assert cluster.core.list_namespaced_pod("default").items == []


def test_a_kubelet_that_was_stopped_meanwhile_brings_the_volume_when_it_runs_again(cluster: Cluster) -> None:
    create(cluster, volumes=["config"])
    cluster.run(seconds=3)
    cluster.nodes.halt("node-0")
    config_map(cluster)
    cluster.run(seconds=30)
    assert waiting(cluster) == ("ContainerCreating", None)
    cluster.nodes.revive("node-0")
    cluster.run(seconds=60)
    assert waiting(cluster) == ("Running", None)


def test_a_container_that_starts_again_finds_its_pod_s_labels_as_they_are_then(cluster: Cluster) -> None:
    create(cluster, volumes=["own"], command=["sh", "-c", "cat /etc/own/labels; echo; sleep 15; false"])
    cluster.run(seconds=5)
    cluster.core.patch_namespaced_pod("web", "default", {"metadata": {"labels": {"tier": "back"}}})
    cluster.run(seconds=15)
    assert log(cluster) == 'app="web"\ntier="back"\n'
