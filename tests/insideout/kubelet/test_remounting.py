"""What running containers see of a ConfigMap, a Secret or a label that changes, and when.

Source: pkg/kubelet/pod_workers.go:completeWork, test/e2e/common/storage/*_volume.go@v1.36.2.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from insideout import Cluster
from insideout.kubelet.files import FileError, Files

Object = dict[str, Any]
VOLUMES: list[Object] = [
    {"name": "config", "configMap": {"name": "cm", "optional": True}},
    {"name": "secret", "secret": {"secretName": "sec", "optional": True}},
    {
        "name": "own",
        "downwardAPI": {"items": [{"path": "app", "fieldRef": {"fieldPath": "metadata.labels['app']"}}]},
    },
    {"name": "all", "projected": {"sources": [{"configMap": {"name": "cm", "optional": True}}]}},
]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster.create(nodes=1) as made:
        made.core.create_namespaced_config_map(
            "default", {"metadata": {"name": "cm"}, "data": {"a": "1", "b": "1"}}
        )
        made.core.create_namespaced_secret(
            "default", {"metadata": {"name": "sec"}, "stringData": {"key": "1"}}
        )
        yield made


def run(cluster: Cluster, *mounts: Object, volumes: list[Object] | None = None) -> Callable[[], Files]:
    """Run a Pod with these mounts; return how to see its container's files."""
    given = mounts or tuple({"name": each["name"], "mountPath": f"/{each['name']}"} for each in VOLUMES)
    entry = {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "cm", "key": "a"}}}
    container = {"name": "main", "image": "i", "volumeMounts": list(given), "env": [entry]}
    spec = {"containers": [container], "volumes": volumes or VOLUMES}
    body = {"metadata": {"name": "p", "labels": {"app": "one"}}, "spec": spec}
    uid = cluster.core.create_namespaced_pod("default", body).metadata.uid
    cluster.run(seconds=5)
    worker = cluster.nodes.nodes["node-0"].pods.workers[uid]

    def files() -> Files:
        container = worker.container("main")
        assert container is not None
        assert container.process is not None
        assert container.process.env["A"] == "1"
        return container.process.files

    return files


def change(cluster: Cluster, **data: str | None) -> None:
    cluster.core.patch_namespaced_config_map("cm", "default", {"data": data})


def test_a_change_reaches_files_within_a_minute_and_variables_never(cluster: Cluster) -> None:
    files = run(cluster)
    change(cluster, a="2")
    cluster.core.patch_namespaced_secret("sec", "default", {"stringData": {"key": "2"}})
    cluster.run(seconds=50)
    assert files().read("/config/a") == b"1"
    cluster.run(seconds=10)
    assert [files().read(path) for path in ("/config/a", "/secret/key", "/all/a")] == [b"2", b"2", b"2"]
    change(cluster, a="3")
    cluster.run(seconds=60)
    assert files().read("/config/a") == b"3"


def test_keys_come_and_go(cluster: Cluster) -> None:
    files = run(cluster)
    assert files().names("/config") == ["a", "b"]
    change(cluster, b=None, c="1")
    cluster.run(seconds=60)
    assert files().names("/config") == ["a", "c"]


def test_files_that_nobody_has_looked_at_are_current_too(cluster: Cluster) -> None:
    files = run(cluster, {"name": "config", "mountPath": "/config"})
    change(cluster, a="2", b=None)
    cluster.run(seconds=60)
    assert files().read("/config/a") == b"2"
    assert files().names("/config") == ["a"]


def test_what_is_mounted_by_sub_path_stays(cluster: Cluster) -> None:
    files = run(
        cluster,
        {"name": "config", "mountPath": "/config/a", "subPath": "a"},
        {"name": "config", "mountPath": "/config"},
    )
    assert files().read("/config/a") == b"1"
    change(cluster, a="2", b="2")
    cluster.run(seconds=60)
    assert files().read("/config/a") == b"1"
    assert files().read("/config/b") == b"2"


def test_a_label_reaches_files_at_once_and_brings_the_rest_with_it(cluster: Cluster) -> None:
    files = run(cluster)
    change(cluster, a="2")
    cluster.run(seconds=2)
    assert files().read("/config/a") == b"1"
    cluster.core.patch_namespaced_pod("p", "default", {"metadata": {"labels": {"app": "two"}}})
    cluster.run(seconds=1)
    assert files().read("/own/app") == b"two"
    assert files().read("/config/a") == b"2"


def test_an_immutable_source_is_not_read_again(cluster: Cluster) -> None:
    cluster.core.patch_namespaced_config_map("cm", "default", {"immutable": True})
    files = run(cluster)
    cluster.core.delete_namespaced_config_map("cm", "default")
    cluster.core.create_namespaced_config_map("default", {"metadata": {"name": "cm"}, "data": {"a": "2"}})
    cluster.run(minutes=3)
    assert files().read("/config/a") == b"1"


def test_one_that_is_optional_and_gone_is_empty(cluster: Cluster) -> None:
    files = run(cluster)
    cluster.core.delete_namespaced_config_map("cm", "default")
    cluster.run(seconds=60)
    with pytest.raises(FileError):
        files().read("/config/a")


def test_one_that_is_wanted_and_gone_is_told(cluster: Cluster) -> None:
    volumes = [{"name": "config", "configMap": {"name": "cm"}}]
    files = run(cluster, {"name": "config", "mountPath": "/config"}, volumes=volumes)
    cluster.core.delete_namespaced_config_map("cm", "default")
    cluster.run(seconds=60)
    assert files().read("/config/a") == b"1"
    said = {
        each.message
        for each in cluster.core.list_namespaced_event("default").items
        if each.reason == "FailedMount"
    }
    assert said == {'MountVolume.SetUp failed for volume "config" : configmap "cm" not found'}


def test_a_kubelet_that_does_not_run_brings_nothing(cluster: Cluster) -> None:
    files = run(cluster)
    cluster.nodes.halt("node-0")
    change(cluster, a="2")
    cluster.run(minutes=2)
    assert files().read("/config/a") == b"1"
    cluster.nodes.revive("node-0")
    cluster.run(seconds=60)
    assert files().read("/config/a") == b"2"


def test_a_container_that_starts_again_has_variables_and_files_of_now(cluster: Cluster) -> None:
    run(cluster)
    change(cluster, a="2")
    (worker,) = cluster.nodes.nodes["node-0"].pods.workers.values()
    container = worker.container("main")
    assert container is not None
    assert container.process is not None
    container.process.exit(1)
    cluster.run(seconds=20)
    assert container.process.env["A"] == "2"
    assert container.process.files.read("/config/a") == b"2"
