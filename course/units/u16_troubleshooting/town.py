"""A cluster that is being filled: its nodes, namespaces and names, drawn with a seed.

What breaks in it and what only looks broken is put in by the modules of `clusters`.
"""

import random
from collections.abc import Callable
from typing import Any

from course.units.u16_troubleshooting.objects import Object
from insideout.apimachinery.copies import copied
from insideout.client import ApiError
from insideout.cluster import Cluster

_FIRST = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "hazel", "inlet", "jade", "krill"),
    *("linen", "maple", "nectar", "onyx", "pearl", "quartz", "river", "slate", "thyme", "umber", "violet"),
)
_SECOND = (
    *("cart", "mail", "feed", "auth", "bill", "chat", "file", "form", "gate", "news", "pay", "rank"),
    *("stock", "tags", "tour", "vote", "wiki", "zone"),
)
RESOURCES = {
    "Namespace": "namespaces",
    "Node": "nodes",
    "Pod": "pods",
    "Service": "services",
    "ConfigMap": "configmaps",
    "ResourceQuota": "resourcequotas",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "Deployment": "deployments",
    "ReplicaSet": "replicasets",
    "StatefulSet": "statefulsets",
    "DaemonSet": "daemonsets",
    "PodDisruptionBudget": "poddisruptionbudgets",
    "NetworkPolicy": "networkpolicies",
    "StorageClass": "storageclasses",
    "ValidatingWebhookConfiguration": "validatingwebhookconfigurations",
    "APIService": "apiservices",
}
"""The resource of each kind that there is here."""


class Town:
    """A cluster with a log of its requests, and the client of the admin who fills it."""

    def __init__(self, seed: int) -> None:
        self.cluster = Cluster.create(nodes=0, seed=seed, log=True, realtime=False)
        self.client = self.cluster.client("admin")
        self.seed = seed
        self.rng = random.Random(f"town/{seed}")
        self.replies: list[Object] = []
        """Requests that were refused, each with the Status that answered it."""
        self.later: list[Callable[[], object]] = []
        """What happens once everything stands, before anything breaks."""
        self._names = [f"{first}-{second}" for first in _FIRST for second in _SECOND]
        self.rng.shuffle(self._names)
        for _ in range(2):
            self.node()

    def name(self) -> str:
        """Return a name that nothing has yet."""
        return self._names.pop()

    def namespace(self) -> str:
        """Create a namespace and return its name."""
        name = self.name()
        self.client.create(
            "namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        )
        return name

    def node(self, **options: Any) -> str:
        """Let a node join and return its name; `options` are those of `HollowNodes.add`."""
        name = f"node-{self.name().partition('-')[0]}-{self.rng.randrange(10, 100)}"
        self.cluster.nodes.add(name, **options)
        return name

    def create(self, *objects: Object) -> None:
        """Create objects as an admin."""
        for obj in objects:
            self.client.create(RESOURCES[obj["kind"]], obj, obj["metadata"].get("namespace"))

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.cluster.run(seconds=seconds)

    def objects(self, resource: str, namespace: str | None = None, label_selector: str = "") -> list[Object]:
        """Return the objects of a resource."""
        items: list[Object] = self.client.list(resource, namespace, label_selector=label_selector)["items"]
        return items

    def pods(self, namespace: str, app: str) -> list[Object]:
        """Return the pods of a workload, those that are being deleted left out."""
        found = self.objects("pods", namespace, label_selector=f"app={app}")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def asks(self, who: str, resource: str, obj: Object, **options: Any) -> bool:
        """Let somebody create something; keep the reply where it is refused, and say whether it was not."""
        namespace = obj["metadata"].get("namespace")
        try:
            self.cluster.client(who).create(resource, obj, namespace, **options)
        except ApiError as refused:
            subresource = options.get("subresource", "")
            request = {
                "user": who,
                "verb": "create",
                "resource": f"{resource}/{subresource}" if subresource else resource,
                "namespace": namespace,
                "name": obj["metadata"].get("name", ""),
            }
            self.replies.append({"request": request, "status": copied(refused.status)})
            return False
        return True


def ready(pod: Object) -> bool:
    """Tell whether a pod says that it is ready."""
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
