"""What still works while a part of the cluster is stopped: tried out, one part and one action at a time.

Each trial has a cluster of its own with a Deployment behind a Service.  The part is stopped, the action is
tried, and what came of it is looked up where it happens: on the nodes, in the API, in an answer.  etcd and
the container runtime are no parts of their own here: they live in our API server and in our kubelets.
"""

from collections.abc import Callable, Mapping

from insideout.apimachinery import conditions
from insideout.client.interface import ApiError, Client, Object
from insideout.cluster import APISERVER, Cluster
from insideout.components import CONTROLLER_MANAGER
from insideout.view.tables import Table

PARTS = (APISERVER, "kube-scheduler", CONTROLLER_MANAGER, "kubelet", "kube-proxy")
SETTLE_S = 20.0
TRIED_FOR_S = 30.0
LONG_TRIED_FOR_S = 75.0
"""A node is given up after 50 seconds of silence."""

_NODES = ("node-0", "node-1")
_ADDRESSES = {"web": "10.96.1.1", "late": "10.96.1.2"}


def try_all() -> dict[tuple[str, str], bool]:
    """Return for each part stopped and each action, as (part, action), whether the action succeeded."""
    return {(part, action): succeeds(action, part) for part in PARTS for action in ACTIONS}


def succeeds(action: str, part: str = "") -> bool:
    """Try an action on a new cluster in which `part` is stopped; "" stops nothing."""
    attempt = ACTIONS[action]
    with Cluster.create(nodes=len(_NODES), seed=1, realtime=False) as cluster:
        _set_up(cluster)
        stop_part(cluster, part)
        try:
            return attempt(cluster)
        except ApiError:
            return False


def stop_part(cluster: Cluster, part: str) -> None:
    """Stop a part as its process would end; kubelets leave their containers running."""
    if part == "kubelet":
        for name in cluster.nodes.nodes:
            cluster.nodes.halt(name)
    elif part:
        cluster.replace(part, None)


def as_table(outcomes: Mapping[tuple[str, str], bool]) -> Table:
    """Return outcomes as a table: a line for each action, a column for each part that was stopped."""
    actions = dict.fromkeys(action for _, action in outcomes)
    parts = dict.fromkeys(part for part, _ in outcomes)
    rows = [(action, *("works" if outcomes[part, action] else "-" for part in parts)) for action in actions]
    return Table(("STOPPED:", *parts), tuple(rows))


def _set_up(cluster: Cluster) -> None:
    """Create what the actions need, and let it settle."""
    client = cluster.client("set-up")
    cluster.run(seconds=1)
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [_container()]}}
    selector = {"matchLabels": {"app": "web"}}
    client.create("deployments", _named("web", {"replicas": 2, "selector": selector, "template": template}))
    for name, address in _ADDRESSES.items():
        spec = {"clusterIP": address, "selector": {"app": name}, "ports": [{"port": 80}]}
        client.create("services", _named(name, spec))
    client.create("pods", _pod("gated", schedulingGates=[{"name": "wait"}]))
    client.create("pods", _pod("unplaced", schedulerName="nobody"))
    client.create("pods", _pod("fragile", program=f"exit 1 after {SETTLE_S + 5:g}s"))
    client.create("pods", _pod("late", program=f"unready; ready after {SETTLE_S + 5:g}s"))
    cluster.run(seconds=SETTLE_S)


def _named(name: str, spec: Object) -> Object:
    return {"metadata": {"name": name, "namespace": "default"}, "spec": spec}


def _container() -> Object:
    probe = {"httpGet": {"port": 80}, "periodSeconds": 1}
    return {"name": "app", "image": "web:1", "ports": [{"containerPort": 80}], "readinessProbe": probe}


def _pod(name: str, *, program: str = "", **spec: object) -> Object:
    pod = _named(name, {"containers": [_container()], **spec})
    pod["metadata"]["labels"] = {"app": name}
    if program:
        pod["metadata"]["annotations"] = {"program.course/app": program}
    return pod


def _create_pod_object(cluster: Cluster) -> bool:
    """Create a Pod, and say whether the answer is an object."""
    return "uid" in _client(cluster).create("pods", _pod("fresh"))["metadata"]


def _place_pod(cluster: Cluster) -> bool:
    """Open the gate of a Pod that waits for it, and say whether it gets a node."""
    gone: Object = {"spec": {"schedulingGates": None}}
    _client(cluster).patch("pods", "gated", gone, "default")
    cluster.run(seconds=TRIED_FOR_S)
    return bool(_get(cluster, "gated")["spec"].get("nodeName"))


def _start_placed_pod(cluster: Cluster) -> bool:
    """Bind a Pod to a node by hand, and say whether its container runs there."""
    binding = {"metadata": {"name": "unplaced"}, "target": {"kind": "Node", "name": _NODES[0]}}
    _client(cluster).create("pods", binding, "default", name="unplaced", subresource="binding")
    cluster.run(seconds=TRIED_FOR_S)
    return _runs(cluster, "unplaced")


def _restart_crashed_container(cluster: Cluster) -> bool:
    """Wait until a container has crashed, and say whether it runs again on its node."""
    before = _restarts(cluster, "fragile")
    cluster.run(seconds=TRIED_FOR_S)
    return _restarts(cluster, "fragile") > before


def _start_static_pod(cluster: Cluster) -> bool:
    """Put a manifest on a node, and say whether its container runs there."""
    cluster.nodes.nodes[_NODES[0]].add_static_pod(_pod("static"))
    cluster.run(seconds=TRIED_FOR_S)
    return _runs(cluster, f"static-{_NODES[0]}")


def _replace_deleted_replica(cluster: Cluster) -> bool:
    """Delete a Pod of the Deployment, and say whether there is a new Pod object."""
    before = _replicas(cluster)
    _client(cluster).delete("pods", min(before), "default")
    cluster.run(seconds=TRIED_FOR_S)
    return bool(_replicas(cluster) - before)


def _mark_node_unknown(cluster: Cluster) -> bool:
    """Cut a node off, and say whether its condition Ready becomes Unknown."""
    cluster.nodes.silence(_NODES[1])
    cluster.run(seconds=LONG_TRIED_FOR_S)
    return conditions.status_of(_client(cluster).get("nodes", _NODES[1]), "Ready") == "Unknown"


def _update_endpoints(cluster: Cluster) -> bool:
    """Wait until a Pod behind a Service becomes ready, and say whether the Service leads to it."""
    cluster.run(seconds=TRIED_FOR_S)
    return _answers(cluster, "late")


def _existing_service_traffic(cluster: Cluster) -> bool:
    """Call a Service that worked before, and say whether it answers."""
    cluster.run(seconds=1)
    return _answers(cluster, "web")


ACTIONS: Mapping[str, Callable[[Cluster], bool]] = {
    "create_pod_object": _create_pod_object,
    "place_pod": _place_pod,
    "start_placed_pod": _start_placed_pod,
    "restart_crashed_container": _restart_crashed_container,
    "start_static_pod": _start_static_pod,
    "replace_deleted_replica": _replace_deleted_replica,
    "mark_node_unknown": _mark_node_unknown,
    "update_endpoints": _update_endpoints,
    "existing_service_traffic": _existing_service_traffic,
}


def _client(cluster: Cluster) -> Client:
    return cluster.client("outages")


def _get(cluster: Cluster, name: str) -> Object:
    return _client(cluster).get("pods", name, "default")


def _replicas(cluster: Cluster) -> set[str]:
    pods = _client(cluster).list("pods", "default", label_selector="app=web")["items"]
    return {pod["metadata"]["name"] for pod in pods}


def _runs(cluster: Cluster, name: str) -> bool:
    """Say whether the container of a Pod runs, by looking at the nodes themselves."""
    workers = [worker for node in cluster.nodes.nodes.values() for worker in node.pods.workers.values()]
    mine = [worker for worker in workers if worker.pod["metadata"]["name"] == name]
    return any(container.is_running for worker in mine for container in worker.containers)


def _restarts(cluster: Cluster, name: str) -> int:
    workers = [worker for node in cluster.nodes.nodes.values() for worker in node.pods.workers.values()]
    mine = [worker for worker in workers if worker.pod["metadata"]["name"] == name]
    return sum(container.restart_count for worker in mine for container in worker.containers)


def _answers(cluster: Cluster, service: str) -> bool:
    """Call a Service by its address: its name would need the API server, to look the address up."""
    return cluster.request(f"http://{_ADDRESSES[service]}/").status == 200
