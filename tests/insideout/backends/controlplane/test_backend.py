"""A cluster whose control plane is four processes: hollow nodes of ours, parts replaced, over HTTPS."""

import gc
import time

import pytest

from insideout import Cluster
from insideout.backends.controlplane import programs
from insideout.backends.controlplane.backend import CONTROLLERS
from insideout.backends.controlplane.programs import ProgramError
from insideout.controllers import manager

KUBERNETES_NAMES = {
    *("endpoints-controller", "endpointslice-controller", "endpointslice-mirroring-controller"),
    *("replicationcontroller-controller", "pod-garbage-collector-controller", "resourcequota-controller"),
    *("namespace-controller", "serviceaccount-controller", "garbage-collector-controller"),
    *("daemonset-controller", "job-controller", "deployment-controller", "replicaset-controller"),
    *("horizontal-pod-autoscaler-controller", "disruption-controller", "statefulset-controller"),
    *("cronjob-controller", "node-lifecycle-controller", "taint-eviction-controller"),
    *("clusterrole-aggregation-controller", "root-ca-certificate-publisher-controller"),
    *("persistentvolume-binder-controller", "ephemeral-volume-controller", "ttl-after-finished-controller"),
    "validatingadmissionpolicy-status-controller",
    *("persistentvolumeclaim-protection-controller", "persistentvolume-protection-controller"),
}
"""Of cmd/kube-controller-manager/names/controller_names.go@v1.36.2, those that there are here."""


def test_every_controller_has_the_name_by_which_the_real_program_knows_it():
    names = {CONTROLLERS.get(kind.name, kind.name) for kind in manager.CONTROLLERS}
    assert names <= KUBERNETES_NAMES


def test_a_program_that_fails_is_told_to_whoever_wanted_a_cluster(standins):
    standins(kube_controller_manager="fail")
    with pytest.raises(ProgramError, match="kube-controller-manager ended with status 1: E1129"):
        Cluster.create(backend="controlplane", nodes=1)


def test_a_cluster_on_the_real_programs_where_there_are_any():
    try:
        programs.find()
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))
    a_cluster_works()


def test_pods_of_a_deployment_become_ready_and_a_part_is_replaced(standins, monkeypatch):
    monkeypatch.setenv("COURSE_BACKEND", "controlplane")
    standins()
    a_cluster_works()


def test_a_cluster_that_nobody_holds_any_more_ends(standins, gone):
    standins()
    cluster = Cluster.create(backend="controlplane", nodes=1)
    cluster.core.list_node()
    plane = cluster.backend.plane
    pids = [plane.pid(name) for name in ("etcd", "kube-apiserver", "kube-scheduler")]
    del cluster
    await_end(plane, pids, gone)


def test_a_cluster_that_only_itself_holds_ends_when_the_next_one_begins(standins, gone):
    standins()
    cluster = Cluster.create(backend="controlplane", nodes=0)
    cluster.itself = cluster
    plane = cluster.backend.plane
    pids = [plane.pid(name) for name in ("etcd", "kube-apiserver", "kube-scheduler")]
    gc.disable()  # so that nothing but the next cluster looks for it
    try:
        del cluster
        with Cluster.create(backend="controlplane", nodes=0):
            await_end(plane, pids, gone)
    finally:
        gc.enable()


def await_end(plane, pids, gone):
    end_s = time.monotonic() + 60
    while plane.folder.exists() or not all(map(gone, pids)):
        assert time.monotonic() < end_s, "its programs run on"
        time.sleep(0.05)


def a_cluster_works():
    with Cluster.create(backend="controlplane", nodes=2) as cluster:
        labels = {"app": "web"}
        container = {"name": "web", "image": "nginx"}
        at_once = {"metadata": {"name": "at-once"}, "spec": {"containers": [container]}}
        cluster.core.create_namespaced_pod("default", at_once)
        cluster.core.delete_namespaced_pod("at-once", "default", grace_period_seconds=0)
        body = {
            "metadata": {"name": "web"},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        }
        cluster.apps.create_namespaced_deployment("default", body)
        cluster.wait(
            lambda: cluster.apps.read_namespaced_deployment("web", "default").status.ready_replicas == 2,
            timeout_s=60,
        )
        assert str(cluster.table("pods")).count("Running") == 2
        plane = cluster.backend.plane
        before = plane.pid("kube-controller-manager")
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        cluster.core.create_namespaced_persistent_volume_claim(
            "default", {"metadata": {"name": "data"}, "spec": claim}
        )
        cluster.wait(
            lambda: (
                cluster.core.read_namespaced_persistent_volume_claim("data", "default").status.phase
                == "Bound"
            ),
            timeout_s=60,
        )
        cluster.replace("replicaset-controller", None)
        cluster.wait(lambda: plane.pid("kube-controller-manager") not in (before, None), timeout_s=60)
        cluster.core.delete_collection_namespaced_pod("default")
        cluster.run(seconds=2)
        assert cluster.core.list_namespaced_pod("default").items == []
        cluster.replace("kube-scheduler", None)
        assert not plane.is_running("kube-scheduler")
