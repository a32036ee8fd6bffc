"""Hollow nodes and an API server."""

import pytest

from insideout.apimachinery import conditions
from insideout.backends.embedded import EmbeddedBackend
from insideout.client import Client, Object
from insideout.kubelet.hollow import HollowNodes
from insideout.kubelet.host import Timing
from insideout.kubelet.programs import Program
from insideout.sim import Loop


class Nodes:
    """An API server, one node, and nobody else: Pods are bound by their own nodeName."""

    def __init__(self) -> None:
        backend = EmbeddedBackend()
        self.loop: Loop = backend.loop
        self.client: Client = backend.client("test")
        self.server = backend.server
        self.hollow = HollowNodes(
            backend.client("kubelet"),
            self.loop,
            timing=Timing(0.2, 0.1, 0.1),
            connections=backend.server.node_connections,
        )
        self.hollow.start()
        self.node = self.hollow.add("n", cpu="2", memory="1Gi", first_renewal_s=5)
        self.loop.run(1)

    def create(self, name: str, *, script: str | None = "serve", **spec: object) -> Object:
        """Create a Pod on the node and let two seconds pass; without a script its image's program runs."""
        metadata = {"name": name, "namespace": "default"}
        if script is not None:
            metadata["annotations"] = {"program.course/c": script}
        containers = spec.pop("containers", [{"name": "c", "image": "i"}])
        self.client.create(
            "pods",
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": metadata,
                "spec": {"nodeName": "n", "containers": containers, **spec},
            },
        )
        self.loop.run(2)
        return self.pod(name)

    def pod(self, name: str) -> Object:
        """Return a Pod."""
        return self.client.get("pods", name, "default")

    def names(self) -> list[str]:
        """Return the names of the Pods there are."""
        return [pod["metadata"]["name"] for pod in self.client.list("pods", "default")["items"]]


@pytest.fixture
def nodes() -> Nodes:
    """Return a node for one test."""
    return Nodes()


def asking(cpu: str = "", memory: str = "") -> list[Object]:
    """Return a container that requests something."""
    requests = {"cpu": cpu, "memory": memory}
    asked = {name: amount for name, amount in requests.items() if amount}
    return [{"name": "c", "image": "i", "resources": {"requests": asked}}]


def test_a_node_registers_with_a_lease_that_it_owns_and_renews(nodes: Nodes) -> None:
    """Every ten seconds; the status is written every five minutes only."""
    node = nodes.client.get("nodes", "n")
    assert conditions.status_of(node, "Ready") == "True"
    assert conditions.status_of(node, "MemoryPressure") == "False"
    lease = nodes.client.get("leases", "n", "kube-node-lease")
    assert lease["metadata"]["ownerReferences"][0]["uid"] == node["metadata"]["uid"]
    nodes.loop.run(30)
    assert (
        nodes.client.get("leases", "n", "kube-node-lease")["spec"]["renewTime"]
        == "2026-01-01T00:00:25.000000Z"
    )
    written = node["metadata"]["resourceVersion"]
    assert nodes.client.get("nodes", "n")["metadata"]["resourceVersion"] == written
    nodes.loop.run(300)
    assert nodes.client.get("nodes", "n")["metadata"]["resourceVersion"] != written


def test_a_pod_runs_and_says_so(nodes: Nodes) -> None:
    """Phase, addresses, conditions and containers."""
    status = nodes.create("p")["status"]
    assert (status["phase"], status["podIP"], status["hostIP"]) == ("Running", "10.244.0.3", "172.18.0.2")
    assert {c["type"]: c["status"] for c in status["conditions"]} == dict.fromkeys(
        ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"), "True"
    )
    assert not any("reason" in condition for condition in status["conditions"])
    assert status["containerStatuses"][0]["state"]["running"]["startedAt"] == "2026-01-01T00:00:01Z"


def test_a_deleted_pod_stops_and_goes(nodes: Nodes) -> None:
    """Within its grace period."""
    nodes.create("p", script="stop 3s")
    nodes.client.delete("pods", "p", "default")
    nodes.loop.run(2)
    assert nodes.names() == ["p"]
    nodes.loop.run(2)
    assert nodes.names() == []


REJECTED = {
    "too much CPU": (
        {"containers": asking(cpu="3")},
        "OutOfcpu",
        "Node didn't have enough resource: cpu, requested: 3000, used: 0, capacity: 2000",
    ),
    "too much memory": (
        {"containers": asking(memory="2Gi")},
        "OutOfmemory",
        "Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824",
    ),
    "another node's labels": (
        {"nodeSelector": {"disk": "ssd"}},
        "NodeAffinity",
        "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ),
    "another system": (
        {"os": {"name": "windows"}},
        "PodOSNotSupported",
        "Failed to admit pod as the OS field doesn't match node OS",
    ),
}


@pytest.mark.parametrize(("spec", "reason", "message"), REJECTED.values(), ids=REJECTED)
def test_a_pod_that_does_not_fit_fails_before_it_begins(
    nodes: Nodes, spec: Object, reason: str, message: str
) -> None:
    """Whoever bound it; and it stays as it is."""
    status = nodes.create("p", **spec)["status"]
    assert (status["phase"], status["reason"]) == ("Failed", reason)
    assert status["message"] == f"Pod was rejected: {message}"


def listening(port: int, address: str = "", protocol: str = "TCP") -> list[Object]:
    """Return a container that takes a port of its node."""
    wanted = {"containerPort": 80, "hostPort": port, "protocol": protocol}
    return [{"name": "c", "image": "i", "ports": [wanted | ({"hostIP": address} if address else {})]}]


@pytest.mark.parametrize(
    ("second", "fits"),
    [
        (listening(80), False),
        (listening(80, "10.0.0.1"), False),
        (listening(80, "10.0.0.2"), True),
        (listening(81), True),
        (listening(80, protocol="UDP"), True),
        ([{"name": "c", "image": "i"}], True),
    ],
)
def test_a_port_of_the_node_is_taken_once(nodes: Nodes, second: list[Object], fits: bool) -> None:
    """Until the Pod that has it is gone."""
    nodes.create("a", containers=listening(80, "10.0.0.1"))
    status = nodes.create("b", containers=second)["status"]
    assert (status["phase"] == "Running") is fits
    if not fits:
        assert (status["reason"], status["message"]) == (
            "NodePorts",
            "Pod was rejected: Predicate NodePorts failed: "
            "node(s) didn't have free ports for the requested pod ports",
        )
    nodes.client.delete("pods", "a", "default")
    nodes.loop.run(2)
    nodes.client.delete("pods", "b", "default")
    nodes.loop.run(2)
    assert nodes.create("c", containers=second)["status"]["phase"] == "Running"


def test_requests_add_up_and_are_given_back(nodes: Nodes) -> None:
    """A Pod that is gone makes room."""
    nodes.create("a", containers=asking(cpu="1500m"))
    assert nodes.create("b", containers=asking(cpu="600m"))["status"]["phase"] == "Failed"
    nodes.client.delete("pods", "a", "default")
    nodes.loop.run(2)
    assert nodes.create("c", containers=asking(cpu="600m"))["status"]["phase"] == "Running"


def test_what_happened_during_a_silence_is_made_up_for(nodes: Nodes) -> None:
    """Containers went on; deletions and new Pods are taken in; what others wrote meanwhile is put right."""
    nodes.create("kept", script="log hello after 30s")
    nodes.create("deleted")
    nodes.hollow.silence("n")
    nodes.client.delete("pods", "deleted", "default")
    marked = {"status": {"conditions": [{"type": "Ready", "status": "False"}]}}
    nodes.client.patch("pods", "kept", marked, "default", type="strategic", subresource="status")
    nodes.create("new")
    nodes.loop.run(60)
    assert nodes.names() == ["deleted", "kept", "new"]
    assert nodes.pod("new")["status"]["phase"] == "Pending"
    nodes.hollow.revive("n")
    nodes.loop.run(2)
    assert nodes.names() == ["kept", "new"]
    assert conditions.status_of(nodes.pod("kept"), "Ready") == "True"
    assert nodes.pod("new")["status"]["phase"] == "Running"
    assert nodes.node.connection.log(nodes.pod("kept"), "c", {}) == "hello\n"


def test_logs_and_commands(nodes: Nodes) -> None:
    """Of this run and of the one before."""
    pod = nodes.create("p", script="log one; log two after 1s; exit 1 after 1.2s")
    connection = nodes.server.node_connections["n"]
    assert connection.log(pod, "c", {"previous": "true"}) == "one\ntwo\n"
    assert connection.log(pod, "c", {"tailLines": "1"}) == "one\n"
    first, second = connection.log(pod, "c", {"previous": "true", "timestamps": "true"}).splitlines()
    since = f"{second[:19]}Z"  # the second in which the last line was written
    assert connection.log(pod, "c", {"previous": "true", "sinceTime": since}) == "two\n"
    assert connection.log(pod, "c", {"previous": "true", "sinceTime": f"{first[:19]}Z"}) == "one\ntwo\n"
    assert connection.log(pod, "c", {"sinceTime": "2099-01-01T00:00:00Z"}) == ""
    assert connection.run(pod, "c", ["echo", "a", "b"]) == (0, "a b\n", "")
    assert connection.run(pod, "c", ["nonsense"])[0] == 127


def test_memory_pressure_evicts_one_pod_and_refuses_those_that_ask_for_nothing(nodes: Nodes) -> None:
    """The Pod above its request goes, with the words and the condition; the node says so for five minutes."""
    nodes.create("modest", containers=asking(memory="500Mi"), script="memory 400Mi")
    nodes.create("greedy", script="memory 600Mi after 10s")
    nodes.loop.run(20)
    status = nodes.pod("greedy")["status"]
    assert (status["phase"], status["reason"]) == ("Failed", "Evicted")
    assert status["message"] == (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 24Mi. "
        "Container c was using 600Mi, request is 0, has larger consumption of memory. "
    )
    target = conditions.find(nodes.pod("greedy"), "DisruptionTarget")
    assert target is not None
    assert target["reason"] == "TerminationByKubelet"
    assert nodes.pod("modest")["status"]["phase"] == "Running"
    assert conditions.status_of(nodes.client.get("nodes", "n"), "MemoryPressure") == "True"
    refused = nodes.create("best-effort")["status"]
    assert (refused["phase"], refused["reason"]) == ("Failed", "Evicted")
    assert refused["message"] == "Pod was rejected: The node had condition: [MemoryPressure]. "
    nodes.loop.run(320)
    assert conditions.status_of(nodes.client.get("nodes", "n"), "MemoryPressure") == "False"


def test_a_static_pod_runs_without_the_api_and_its_mirror_comes_back(nodes: Nodes) -> None:
    """Deleting the mirror ends nothing."""
    manifest = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    nodes.node.add_static_pod(manifest)
    nodes.loop.run(2)
    mirror = nodes.pod("web-n")
    assert mirror["status"]["phase"] == "Running"
    assert mirror["metadata"]["annotations"]["kubernetes.io/config.source"] == "file"
    nodes.client.delete("pods", "web-n", "default")
    nodes.loop.run(2)
    again = nodes.pod("web-n")
    assert again["metadata"]["uid"] != mirror["metadata"]["uid"]
    assert again["status"]["containerStatuses"][0]["restartCount"] == 0
    assert again["status"]["startTime"] == mirror["status"]["startTime"]
    nodes.node.remove_static_pod("web")
    nodes.loop.run(5)
    assert nodes.names() == []


def test_containers_go_on_without_their_kubelet_and_nobody_restarts_them(nodes):
    nodes.create("steady")
    nodes.create("fragile", script="exit 1 after 5s")
    nodes.hollow.halt("n")
    nodes.loop.run(20)
    running = {
        worker.pod["metadata"]["name"]: worker.containers[0].is_running
        for worker in nodes.node.pods.workers.values()
    }
    assert running == {"steady": True, "fragile": False}
    nodes.hollow.revive("n")
    nodes.loop.run(2)
    status = nodes.pod("fragile")["status"]["containerStatuses"][0]
    assert (status["restartCount"], status["ready"]) == (1, True)


def test_a_readiness_gate_is_judged_again_when_somebody_writes_its_condition(nodes: Nodes) -> None:
    """Ready waits for a condition that the kubelet never writes, and follows it both ways."""
    gated = nodes.create("gated", readinessGates=[{"conditionType": "shop/approved"}])
    assert conditions.status_of(gated, "ContainersReady") == "True"
    assert conditions.status_of(gated, "Ready") == "False"
    for status in ("True", "False"):
        written = {"status": {"conditions": [{"type": "shop/approved", "status": status}]}}
        nodes.client.patch("pods", "gated", written, "default", type="strategic", subresource="status")
        nodes.loop.run(1)
        assert conditions.status_of(nodes.pod("gated"), "Ready") == status


def test_a_kubelet_in_trouble_says_so_as_long_as_it_lasts(nodes: Nodes) -> None:
    """Ready is False with the reason, and signs of life go on."""
    nodes.hollow.trouble("n", "container runtime is down")
    nodes.loop.run(30)
    ready = conditions.find(nodes.client.get("nodes", "n"), "Ready")
    assert ready is not None
    assert (ready["status"], ready["reason"]) == ("False", "KubeletNotReady")
    assert ready["message"] == "container runtime is down"
    lease = nodes.client.get("leases", "n", "kube-node-lease")
    nodes.loop.run(10)
    assert nodes.client.get("leases", "n", "kube-node-lease")["spec"] != lease["spec"]
    nodes.hollow.trouble("n", "")
    assert conditions.status_of(nodes.client.get("nodes", "n"), "Ready") == "True"


def test_a_node_without_a_network_is_not_ready_until_a_plugin_runs_on_it(nodes):
    class Plugin(Program):
        sets_up_network = True

    nodes.hollow.programs.register("plugin", Plugin())
    nodes.hollow.add("bare", network=False, first_renewal_s=5)
    nodes.loop.run(1)

    def ready() -> tuple[str, str]:
        found = conditions.find(nodes.client.get("nodes", "bare"), "Ready")
        return found["status"], found["reason"]

    assert ready() == ("False", "KubeletNotReady")
    waiting = nodes.create("web", nodeName="bare")
    assert waiting["status"].get("podIP") is None
    events = nodes.client.list("events", "default")["items"]
    assert [event["reason"] for event in events if event["involvedObject"]["name"] == "web"] == [
        "NetworkNotReady"
    ]
    agent = nodes.create(
        "agent", nodeName="bare", hostNetwork=True, script=None, containers=[{"name": "c", "image": "plugin"}]
    )
    assert agent["status"]["phase"] == "Running"
    nodes.loop.run(5)
    assert ready() == ("True", "KubeletReady")
    nodes.loop.run(10)
    assert nodes.pod("web")["status"]["phase"] == "Running"


def test_a_node_that_is_not_ready_says_so_from_the_first(nodes: Nodes) -> None:
    """Between a Node without conditions and its first report somebody could take its taint away."""
    seen: list[Object] = []
    version = nodes.client.list("nodes")["metadata"]["resourceVersion"]
    nodes.client.watch("nodes", lambda event: seen.append(event.object), resource_version=version)
    nodes.hollow.add("bare", network=False, first_renewal_s=5)
    nodes.loop.run(1)
    assert conditions.find(seen[0], "Ready")["reason"] == "KubeletNotReady"
