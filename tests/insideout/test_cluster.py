"""The cluster of a notebook: about ten verbs, every part can be taken out, nothing depends on chance."""

import os
import stat

import pytest

from insideout.cluster import Cluster
from insideout.components import CONTROLLER_MANAGER, default_places

DEPLOYMENT = {
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "app", "image": "nginx:1.27"}]},
        },
    },
}


def phases(cluster) -> list[str]:
    return sorted(pod["status"]["phase"] for pod in cluster.client().list("pods", "default")["items"])


def running(cluster, count: int = 3) -> bool:
    return phases(cluster) == ["Running"] * count


@pytest.fixture
def cluster():
    with Cluster.create(nodes=2) as cluster:
        cluster.client().create("deployments", DEPLOYMENT, "default")
        yield cluster


def test_a_deployment_comes_to_run(cluster):
    assert cluster.wait(lambda: running(cluster), timeout_s=10) < 3


def test_waiting_in_vain_says_how_long(cluster):
    with pytest.raises(TimeoutError, match="did not hold within 2 s"):
        cluster.wait(lambda: False, timeout_s=2)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        pytest.param("kube-scheduler", ["Pending"] * 3, id="without a scheduler pods stay Pending"),
        pytest.param(
            "deployment-controller", [], id="without the Deployment controller there is no ReplicaSet"
        ),
        pytest.param("replicaset-controller", [], id="without the ReplicaSet controller there are no pods"),
        pytest.param(CONTROLLER_MANAGER, [], id="without kube-controller-manager nothing of it happens"),
        pytest.param("kube-proxy", ["Running"] * 3, id="without kube-proxy pods run all the same"),
    ],
)
def test_a_part_that_is_taken_out_leaves_its_work_undone_until_it_is_back(cluster, part, expected):
    cluster.replace(part, None)
    cluster.run(seconds=30)
    assert phases(cluster) == expected
    cluster.restore(part)
    cluster.wait(lambda: running(cluster), timeout_s=30)


def test_pods_outlive_the_api_server_and_nodes_are_ready_again_after_it(cluster):
    cluster.wait(lambda: running(cluster))
    cluster.replace("kube-apiserver", None)
    cluster.run(minutes=3)
    cluster.restore("kube-apiserver")
    cluster.run(seconds=90)
    conditions = [
        condition["status"]
        for node in cluster.client().list("nodes")["items"]
        for condition in node["status"]["conditions"]
        if condition["type"] == "Ready"
    ]
    assert conditions == ["True", "True"]
    assert running(cluster)


def test_an_unknown_part_is_named_with_those_there_are(cluster):
    with pytest.raises(LookupError, match="no component 'etcd'; there are kube-scheduler, "):
        cluster.replace("etcd", None)


def test_a_further_part_can_be_added_once_and_replaced_then(cluster):
    started = []

    class Part:
        def __init__(self, name):
            self.name = name

        def start(self):
            started.append(self.name)

        def stop(self):
            started.append(f"not {self.name}")

    cluster.add("further", lambda client, loop: Part("first"))
    with pytest.raises(LookupError, match="there is a component 'further' already"):
        cluster.add("further", lambda client, loop: Part("again"))
    cluster.replace("further", lambda client, loop: Part("second"))
    assert started == ["first", "not first", "second"]


def test_the_parts_of_the_controller_manager_share_its_name():
    places = default_places()
    assert len([name for name, place in places.items() if place.process == CONTROLLER_MANAGER]) >= 12


def history(seed: int) -> list[tuple]:
    with Cluster.create(nodes=3, seed=seed) as cluster:
        client = cluster.client()
        client.create("deployments", DEPLOYMENT, "default")
        seen: list[tuple] = []
        for resource in ("pods", "events", "replicasets"):
            client.watch(
                resource,
                lambda event: seen.append((cluster.loop.now_s, event.type, event.object["metadata"]["name"])),
            )
        cluster.run(seconds=20)
        cluster.nodes.silence("node-1")
        cluster.run(minutes=8)
        return seen


def test_one_seed_has_one_history_names_included():
    assert history(1) == history(1)
    assert history(1) != history(2)


def test_logs_of_a_pod_come_from_its_node(cluster):
    annotation = {"program.course/app": "log hello every 2s"}
    pod = {
        "metadata": {"name": "talker", "annotations": annotation},
        "spec": {"containers": [{"name": "app", "image": "talker:1"}]},
    }
    cluster.client().create("pods", pod, "default")
    cluster.run(seconds=7)
    lines = cluster.core.read_namespaced_pod_log(
        "talker", "default", _preload_content=False
    ).data.splitlines()
    assert lines[:2] == [b"hello", b"hello"]


def test_tables_are_those_of_kubectl(cluster):
    cluster.wait(lambda: running(cluster))
    cluster.run(seconds=1)
    lines = str(cluster.table("deployments")).splitlines()
    assert lines[0].split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert lines[1].split()[:2] == ["web", "3/3"]


def test_an_unknown_resource_is_named(cluster):
    with pytest.raises(LookupError, match="serves no resource 'podz'"):
        cluster.table("podz")


def test_other_programs_need_real_time(cluster):
    with pytest.raises(RuntimeError, match="realtime=True"):
        assert cluster.kubeconfig


def test_the_kubeconfig_is_for_its_owner_only_and_goes_with_the_cluster():
    cluster = Cluster.create(nodes=0, realtime=True)
    try:
        path = cluster.kubeconfig
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    finally:
        cluster.stop()
    assert not path.exists()
