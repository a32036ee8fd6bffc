"""What a learner wrote takes the place of a real program's part: scheduler, controller, kube-proxy."""

import pytest

from insideout import Cluster
from insideout.backends.controlplane import programs
from insideout.client.informer import Informer
from insideout.controllers.replicaset.controller import ReplicaSetController
from insideout.network import NodeProxies
from insideout.proxy.iptables.text import kube_proxy_text
from insideout.proxy.proxier import KubeProxy

LABELS = {"app": "web"}
CONTAINER = {"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}


class ToTheLast:
    """A scheduler that binds every pod to the node whose name is the last."""

    def __init__(self, client, loop):
        self._client = client
        self._pods = Informer(client, loop, "pods")
        self._pods.add_handler(on_add=self._place)

    def start(self):
        self._pods.start()

    def stop(self):
        self._pods.stop()

    def _place(self, pod):
        if pod["spec"].get("nodeName"):
            return
        name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
        node = max(one["metadata"]["name"] for one in self._client.list("nodes")["items"])
        binding = {"metadata": {"name": name}, "target": {"kind": "Node", "name": node}}
        self._client.create("pods", binding, namespace, name=name, subresource="binding")


def one_more(wanted, pods):
    """Decide as no real ReplicaSet controller does: a pod more than asked for."""
    return max(wanted + 1 - len(pods), 0), []


def learners_parts_work():
    written = []

    def proxy(client, loop, node):
        def write(services, slices, config):
            written.append(config.node)
            return kube_proxy_text(services, slices, config)

        return KubeProxy(client, loop, node, write=write)

    with Cluster.create(backend="controlplane", nodes=2) as cluster:
        plane = cluster.backend.plane
        cluster.replace("kube-scheduler", ToTheLast)
        cluster.replace(
            "replicaset-controller",
            lambda client, loop: ReplicaSetController(client, loop, reconcile=one_more),
        )
        cluster.replace("kube-proxy", lambda client, loop: NodeProxies(client, loop, make=proxy))
        assert not plane.is_running("kube-scheduler")
        spec = {"selector": LABELS, "ports": [{"port": 80}]}
        cluster.core.create_namespaced_service("default", {"metadata": {"name": "web"}, "spec": spec})
        template = {"metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER]}}
        body = {"selector": {"matchLabels": LABELS}, "replicas": 2, "template": template}
        cluster.apps.create_namespaced_replica_set("default", {"metadata": {"name": "web"}, "spec": body})

        def running():
            pods = cluster.core.list_namespaced_pod("default").items
            return [pod.spec.node_name for pod in pods if pod.status.phase == "Running"]

        cluster.wait(lambda: len(running()) == 3, timeout_s=60)
        assert running() == ["node-1"] * 3
        cluster.wait(lambda: cluster.request("http://web/").ok, timeout_s=60)
        assert "node-0" in written  # whose rules carried the request
        for place in ("kube-scheduler", "replicaset-controller", "kube-proxy"):
            assert cluster.errors(place) == []

        cluster.restore("kube-scheduler")
        cluster.restore("replicaset-controller")
        assert plane.is_running("kube-scheduler")
        cluster.wait(lambda: len(running()) == 2, timeout_s=60)  # the real one takes the third away


def test_a_learner_s_parts_take_the_places_of_the_programs_parts(standins):
    standins()
    learners_parts_work()


def test_a_learner_s_parts_take_the_real_ones_places_where_there_are_any():
    try:
        programs.find()
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))
    learners_parts_work()
