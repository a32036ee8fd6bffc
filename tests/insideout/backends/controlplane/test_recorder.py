"""A log of a control plane of other programs: each is known by its name, and what it was told is there."""

import threading

import pytest
import urllib3

from insideout import Cluster
from insideout.apiserver.requestlog import EventDelivered, RequestMade
from insideout.backends.controlplane import programs

WEB = {
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "nginx"}]},
        },
    },
}
WRITES = [
    ("OpenAPI-Generator", "create", "deployments", ""),
    ("kube-controller-manager", "create", "replicasets", ""),
    ("kube-controller-manager", "create", "pods", ""),
    ("kube-scheduler", "create", "pods", "binding"),
    ("kubelet", "patch", "pods", "status"),
]


def test_a_log_of_stand_ins(standins):
    standins()
    the_birth_of_a_pod_is_in_the_log(is_real=False)


def test_a_log_of_the_real_programs_where_there_are_any():
    try:
        programs.find()
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))
    the_birth_of_a_pod_is_in_the_log(is_real=True)


def the_birth_of_a_pod_is_in_the_log(*, is_real):
    with Cluster.create(backend="controlplane", nodes=1, log=True) as cluster:
        cluster.log.clear()
        began_s = cluster.loop.clock_s()
        cluster.apps.create_namespaced_deployment("default", WEB)
        apps = cluster.apps
        cluster.wait(lambda: apps.read_namespaced_deployment("web", "default").status.ready_replicas == 1)
        entries = list(cluster.log)
        made = [one for one in entries if isinstance(one, RequestMade) and one.code < 300]
        first = [
            next(one for one in made if (one.client, one.verb, one.resource, one.subresource) == write)
            for write in WRITES
        ]
        times = [one.time_s for one in first]
        assert began_s <= times[0] <= times[-1] <= cluster.loop.clock_s()
        assert times == sorted(times)
        if is_real:  # the stand-ins are ours, and say no more than the program's name
            parts = [one.part for one in first]
            assert parts == ["", "deployment-controller", "replicaset-controller", "scheduler", ""]
        created, bound = first[2], first[3]
        assert created.name == bound.name != ""
        told = [one for one in entries if isinstance(one, EventDelivered) and one.name == bound.name]
        assert {"kube-scheduler", "kube-controller-manager", "kubelet"} <= {one.client for one in told}
        seen = next(one for one in told if one.client == "kube-scheduler")
        assert (seen.type, seen.state) == ("ADDED", "Pending, no node")
        assert created.time_s < seen.time_s < bound.time_s


def test_a_server_that_is_paused_is_out_of_reach_for_everybody(standins):
    standins()
    with Cluster.create(backend="controlplane", nodes=0, log=True) as cluster:
        cluster.core.list_node()
        cluster.replace("kube-apiserver", None)
        cluster.log.clear()
        with pytest.raises(urllib3.exceptions.HTTPError):
            cluster.core.read_node("n1")
        mine = [one for one in cluster.log if one.client == "OpenAPI-Generator"]
        assert mine
        assert {(one.verb, one.name, one.code) for one in mine} == {("get", "n1", 0)}
        cluster.restore("kube-apiserver")
        assert cluster.core.list_node().items == []
    assert "recorder" not in {thread.name for thread in threading.enumerate()}


def test_a_cluster_without_a_log_has_no_door(standins):
    standins()
    with Cluster.create(backend="controlplane", nodes=0) as cluster:
        plane = cluster.backend.plane
        for user in ("admin", "kube-scheduler", "kube-controller-manager", "learner"):
            assert plane.url in plane.credentials.kubeconfig(user).read_text()
        with pytest.raises(LookupError, match="log=True"):
            _ = cluster.log
