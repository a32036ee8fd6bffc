"""kube-state-metrics: what the API says, as numbers; it measures nothing itself.

Source: kube-state-metrics internal/store/{pod,deployment,replicaset,node,horizontalpodautoscaler}.go@v2.20.0.
"""

from collections.abc import Iterable, Iterator

from prometheus_client.core import Metric

from insideout.apimachinery import conditions, owners, quantity
from insideout.client import Client, Object
from insideout.monitoring.families import Row, counter, gauge

PHASES = ("Pending", "Succeeded", "Failed", "Unknown", "Running")
STATUSES = ("true", "false", "unknown")
_POD = ("namespace", "pod", "uid")
_INFO = (
    *("host_ip", "pod_ip", "node", "created_by_kind", "created_by_name"),
    *("priority_class", "host_network"),
)
_UNITS = {"cpu": "core", "memory": "byte"}


class StateMetrics:
    """A collector over the API; every scrape lists what there is then."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        yield from _pods(self._client.list("pods")["items"])
        yield from _deployments(self._client.list("deployments")["items"])
        yield from _replica_sets(self._client.list("replicasets")["items"])
        yield from _nodes(self._client.list("nodes")["items"])
        yield from _autoscalers(self._client.list("horizontalpodautoscalers.autoscaling")["items"])


def _pods(pods: list[Object]) -> Iterator[Metric]:
    yield gauge(
        "kube_pod_info",
        "Information about pod.",
        (*_POD, *_INFO),
        (([*_pod(pod), *_info(pod)], 1) for pod in pods),
    )
    yield gauge(
        "kube_pod_status_phase",
        "The pods current phase.",
        (*_POD, "phase"),
        (
            ([*_pod(pod), phase], float(pod["status"].get("phase") == phase))
            for pod in pods
            for phase in PHASES
        ),
    )
    yield gauge(
        "kube_pod_status_ready",
        "Describes whether the pod is ready to serve requests.",
        (*_POD, "condition"),
        (
            ([*_pod(pod), one], float(ready == one))
            for pod in pods
            if (ready := _ready(pod))
            for one in STATUSES
        ),
    )
    statuses = [(pod, one) for pod in pods for one in pod["status"].get("containerStatuses") or ()]
    labels = (*_POD, "container")
    yield counter(
        "kube_pod_container_status_restarts_total",
        "The number of container restarts per container.",
        labels,
        (([*_pod(pod), one["name"]], one["restartCount"]) for pod, one in statuses),
    )
    yield gauge(
        "kube_pod_container_status_ready",
        "Describes whether the containers readiness check succeeded.",
        labels,
        (([*_pod(pod), one["name"]], float(one["ready"])) for pod, one in statuses),
    )
    yield gauge(
        "kube_pod_container_status_waiting_reason",
        "Describes the reason the container is currently in waiting state.",
        (*labels, "reason"),
        (
            ([*_pod(pod), one["name"], one["state"]["waiting"]["reason"]], 1)
            for pod, one in statuses
            if (one.get("state") or {}).get("waiting", {}).get("reason")
        ),
    )
    for kind in ("requests", "limits"):
        yield gauge(
            f"kube_pod_container_resource_{kind}",
            f"The number of {'requested' if kind == 'requests' else 'limit'} resource by a container.",
            (*labels, "node", "resource", "unit"),
            _resources(pods, kind),
        )


def _resources(pods: Iterable[Object], kind: str) -> Iterator[Row]:
    for pod in pods:
        for container in pod["spec"]["containers"]:
            amounts = (container.get("resources") or {}).get(kind) or {}
            for resource in _UNITS:
                if resource in amounts:
                    node = pod["spec"].get("nodeName", "")
                    where = [*_pod(pod), container["name"], node, resource, _UNITS[resource]]
                    yield where, float(quantity.parse(amounts[resource]))


def _deployments(deployments: list[Object]) -> Iterator[Metric]:
    for name, text, path in (
        ("kube_deployment_spec_replicas", "Number of desired pods for a deployment.", "spec/replicas"),
        ("kube_deployment_status_replicas", "The number of replicas per deployment.", "status/replicas"),
        (
            "kube_deployment_status_replicas_available",
            "The number of available replicas per deployment.",
            "status/availableReplicas",
        ),
        (
            "kube_deployment_status_replicas_unavailable",
            "The number of unavailable replicas per deployment.",
            "status/unavailableReplicas",
        ),
        (
            "kube_deployment_status_replicas_updated",
            "The number of updated replicas per deployment.",
            "status/updatedReplicas",
        ),
        (
            "kube_deployment_status_observed_generation",
            "The generation observed by the deployment controller.",
            "status/observedGeneration",
        ),
        (
            "kube_deployment_metadata_generation",
            "Sequence number representing a specific generation of the desired state.",
            "metadata/generation",
        ),
    ):
        yield gauge(name, text, ("namespace", "deployment"), _numbers(deployments, path))


def _replica_sets(sets: list[Object]) -> Iterator[Metric]:
    for name, text, path in (
        ("kube_replicaset_spec_replicas", "Number of desired pods for a ReplicaSet.", "spec/replicas"),
        ("kube_replicaset_status_replicas", "The number of replicas per ReplicaSet.", "status/replicas"),
        (
            "kube_replicaset_status_ready_replicas",
            "The number of ready replicas per ReplicaSet.",
            "status/readyReplicas",
        ),
    ):
        yield gauge(name, text, ("namespace", "replicaset"), _numbers(sets, path))


def _numbers(objects: Iterable[Object], path: str) -> Iterator[Row]:
    part, field = path.split("/")
    for obj in objects:
        number = (obj.get(part) or {}).get(field, 0)
        yield [obj["metadata"]["namespace"], obj["metadata"]["name"]], float(number)


def _nodes(nodes: list[Object]) -> Iterator[Metric]:
    yield gauge(
        "kube_node_status_condition",
        "The condition of a cluster node.",
        ("node", "condition", "status"),
        (
            ([node["metadata"]["name"], one["type"], status], float(one["status"].lower() == status))
            for node in nodes
            for one in node["status"].get("conditions") or ()
            for status in STATUSES
        ),
    )
    yield gauge(
        "kube_node_spec_unschedulable",
        "Whether a node can schedule new pods.",
        ("node",),
        (([node["metadata"]["name"]], float(node["spec"].get("unschedulable", False))) for node in nodes),
    )
    yield gauge(
        "kube_node_status_allocatable",
        "The allocatable for different resources of a node that are available for scheduling.",
        ("node", "resource", "unit"),
        (
            (
                [node["metadata"]["name"], resource, unit],
                float(quantity.parse(node["status"]["allocatable"][resource])),
            )
            for node in nodes
            for resource, unit in _UNITS.items()
            if resource in (node["status"].get("allocatable") or {})
        ),
    )


def _autoscalers(autoscalers: list[Object]) -> Iterator[Metric]:
    for name, text, path in (
        ("spec_min_replicas", "Lower limit for the number of pods that can be set.", "spec/minReplicas"),
        ("spec_max_replicas", "Upper limit for the number of pods that can be set.", "spec/maxReplicas"),
        ("status_current_replicas", "Current number of replicas of pods.", "status/currentReplicas"),
        ("status_desired_replicas", "Desired number of replicas of pods.", "status/desiredReplicas"),
    ):
        labels = ("namespace", "horizontalpodautoscaler")
        yield gauge(f"kube_horizontalpodautoscaler_{name}", text, labels, _numbers(autoscalers, path))


def _pod(pod: Object) -> tuple[str, str, str]:
    metadata = pod["metadata"]
    return metadata["namespace"], metadata["name"], metadata["uid"]


def _info(pod: Object) -> tuple[str, ...]:
    spec, status = pod["spec"], pod.get("status") or {}
    return (
        *(status.get("hostIP", ""), status.get("podIP", ""), spec.get("nodeName", ""), *_creator(pod)),
        *(spec.get("priorityClassName", ""), str(bool(spec.get("hostNetwork"))).lower()),
    )


def _creator(pod: Object) -> tuple[str, str]:
    owner = owners.controller_of(pod)
    return (owner["kind"], owner["name"]) if owner else ("", "")


def _ready(pod: Object) -> str:
    return conditions.status_of(pod, "Ready").lower()
