"""A real kube-apiserver on the door: pods become Ready; what it says when the majority is gone."""

import json
import time

import pytest
from kubernetes.client import ApiException

from insideout import Cluster
from insideout.backends.controlplane import programs
from insideout.backends.controlplane.backend import ControlPlaneBackend
from insideout.components import places_beside
from insideout.etcd.shared import SharedStore
from insideout.raft.broken import Broken
from insideout.store import MemoryStore
from tests.insideout.raft.reference import names

Raft = names()["Raft"]
CONTAINER = {"name": "app", "image": "nginx"}


@pytest.fixture(autouse=True)
def _needs_the_programs():
    try:
        programs.find(without=("etcd",))
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))


def await_running(cluster: Cluster, count: int) -> None:
    def running() -> bool:
        pods = cluster.core.list_namespaced_pod("default").items
        return [pod.status.phase for pod in pods].count("Running") == count

    cluster.wait(running, timeout_s=60)


def test_pods_become_ready_over_a_store_in_memory_which_holds_them_as_json():
    store = SharedStore(MemoryStore())
    real = ControlPlaneBackend(store=store)
    with Cluster(real, places_beside(real, None), nodes=1) as cluster:
        real.loop.call(real.controllers.settle)
        real.await_accounts()
        cluster.core.create_namespaced_pod(
            "default", {"metadata": {"name": "a"}, "spec": {"containers": [CONTAINER]}}
        )
        await_running(cluster, 1)
        found = store.get("/registry/pods/default/a")
        assert json.loads(found.value.value)["spec"]["containers"][0]["image"] == "nginx"
        cluster.core.create_namespaced_event(
            "default",
            {"metadata": {"name": "e"}, "involvedObject": {"namespace": "default"}, "reason": "Tried"},
        )
        assert store.get("/registry/events/default/e").value.lease


def test_a_cluster_on_a_learners_raft_outlives_its_leader_and_says_when_the_majority_is_gone():
    with Cluster.create(backend="controlplane", nodes=1, raft=Raft, raft_nodes=5, seed=3) as cluster:
        labels = {"app": "web"}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [CONTAINER]}}
        spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
        cluster.apps.create_namespaced_deployment("default", {"metadata": {"name": "web"}, "spec": spec})
        await_running(cluster, 1)
        cluster.store.crash(old := cluster.store.leader())
        scale = cluster.apps.patch_namespaced_deployment_scale
        scale("web", "default", {"spec": {"replicas": 2}})
        await_running(cluster, 2)
        alive = [id for id in cluster.store.group.members if id != old]
        cluster.store.partition(alive[:2], alive[2:])
        began_s = time.monotonic()
        with pytest.raises(ApiException) as refused:
            scale("web", "default", {"spec": {"replicas": 1}})
        assert refused.value.status == 500
        assert json.loads(refused.value.body)["message"] == "etcdserver: request timed out"
        assert 3 < time.monotonic() - began_s < 12
        remembered = cluster.core.list_namespaced_pod("default", resource_version="0").items
        assert len(remembered) == 2
        cluster.store.heal()
        cluster.store.restart(old)
        cluster.run(seconds=5)
        scale("web", "default", {"spec": {"replicas": 3}})
        await_running(cluster, 3)
        histories = cluster.store.histories()
        assert len(set(map(tuple, histories.values()))) == 1


def test_a_raft_that_breaks_a_rule_at_once_is_told_before_anybody_waits_for_the_api_server():
    class Hasty(Raft):
        def on_append_entries(self, message):
            super().on_append_entries(message)
            self.commit = self.last["index"] + 3

    began_s = time.monotonic()
    with pytest.raises(Broken):
        Cluster.create(backend="controlplane", nodes=1, raft=Hasty)
    assert time.monotonic() - began_s < 30
