"""A cluster that is being filled: its nodes, namespaces and names, drawn with a seed.

What breaks in it and what only looks broken is put in by the modules of `clusters`.  A live town is where the
learner's environment says, also on a real control plane: there nothing waits longer than it must, and several
towns may be in one cluster, each of which sees its own.
"""

import random
from collections.abc import Callable
from typing import Any

from course.units.u16_troubleshooting.objects import Object
from course.units.u16_troubleshooting.standing import SETTLE, is_settled, is_well, ready
from course.units.u16_troubleshooting.view import View
from insideout.apimachinery.copies import copied
from insideout.client import ApiError
from insideout.cluster import Cluster
from insideout.sim.realtime import RealtimeLoop

__all__ = ["ON_CALL", "RESOURCES", "Town", "names_for", "ready"]

ON_CALL = "on-call"
"""The name that the requests of a repair carry in the log."""
REAL_S = 120
"""The longest that anything is waited for where time is real."""

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


def names_for(rng: random.Random) -> list[str]:
    """Return all names that things may have, in a drawn order."""
    names = [f"{first}-{second}" for first in _FIRST for second in _SECOND]
    rng.shuffle(names)
    return names


class Town:
    """A cluster with a log of its requests, and the client of the admin who fills it.

    Without `live` it is embedded, in virtual time.  `beside` is a town whose cluster this one shares, with
    its nodes; then this one draws other names, and whoever is on call here is known by another name.
    """

    def __init__(self, seed: int, *, live: bool = False, beside: "Town | None" = None) -> None:
        self.seed = seed
        self.rng = random.Random(f"town/{seed}")
        self.replies: list[Object] = []
        """Requests that were refused, each with the Status that answered it."""
        self.later: list[Callable[[], object]] = []
        """What happens once everything stands, before anything breaks."""
        self.before_later: list[Callable[[], object]] = []
        """What must hold before that where time is real, besides that everything stands."""
        self.after_later: list[Callable[[], object]] = []
        """What must hold after that."""
        self.view = View()
        self.on_call = ON_CALL
        self._names = names_for(self.rng)
        if beside is None:
            self.cluster = Cluster.create(nodes=0, seed=seed, log=True, realtime=None if live else False)
            self.towns = 1
        else:
            self.cluster, self._names = beside.cluster, beside._names
            beside.towns += 1
            self.on_call = f"{ON_CALL}-{beside.towns}"
            self.view = View(is_shared=True)
            beside.view.is_shared = True
        self.client = self.cluster.client("admin")
        self._common: list[str] = [self.node() for _ in range(2)] if beside is None else beside._common
        for name in self._common:
            self.view.add(name)

    @property
    def is_real(self) -> bool:
        """Whether time passes really, and so must not be wasted."""
        return isinstance(self.cluster.loop, RealtimeLoop)

    def name(self) -> str:
        """Return a name that nothing has yet."""
        return self._names.pop()

    def namespace(self) -> str:
        """Create a namespace and return its name."""
        name = self.name()
        self.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        # Pods are refused, and somebody warns of it, as long as a namespace has no account for them.
        self.wait(lambda: self.objects("serviceaccounts", name), 0)
        return name

    def node(self, **options: Any) -> str:
        """Let a node join and return its name; `options` are those of `HollowNodes.add`."""
        name = f"node-{self.name().partition('-')[0]}-{self.rng.randrange(10, 100)}"
        while name in self.cluster.nodes.nodes:  # another town's, that was drawn alike
            name = f"{name.rpartition('-')[0]}-{self.rng.randrange(10, 100)}"
        self.view.add(name)
        self.cluster.nodes.add(name, **options)
        if options.get("network", True):
            self.wait(
                lambda: any(is_well(n) for n in self.objects("nodes") if n["metadata"]["name"] == name), 0
            )
        return name

    def create(self, *objects: Object) -> None:
        """Create objects as an admin."""
        for obj in objects:
            self.view.add(obj["metadata"]["name"])
            self.client.create(RESOURCES[obj["kind"]], obj, obj["metadata"].get("namespace"))

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.cluster.run(seconds=seconds)

    def wait(self, holds: Callable[[], object], seconds: float) -> None:
        """Let `seconds` pass in virtual time, and where time is real as many as it takes until `holds()`."""
        if self.is_real:
            self.cluster.wait(holds, timeout_s=REAL_S)
        elif seconds:
            self.cluster.run(seconds=seconds)

    def stands(self) -> bool:
        """Tell whether everything is there that can be: workloads, endpoints, budgets, groups of the API."""
        return all(is_settled(resource, obj) for resource in SETTLE for obj in self.objects(resource))

    def objects(self, resource: str, namespace: str | None = None, label_selector: str = "") -> list[Object]:
        """Return the objects of a resource, of this town only."""
        items: list[Object] = self.client.list(resource, namespace, label_selector=label_selector)["items"]
        return self.view.own(resource, items)

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
