"""Informers shared by all controllers of one process: one list and one watch for each resource.

Source: staging/src/k8s.io/client-go/informers/factory.go:SharedInformerFactory@v1.36.2.
"""

from insideout.apimachinery import volumes
from insideout.client import Client, Object
from insideout.client.informer import Informer
from insideout.controllers.standing import standing
from insideout.sim import Loop

BY_NODE = "node"
BY_CONTROLLER = "controller"
BY_CLAIM = "claim"
STANDINGS = "standings"


class Informers:
    """Informers by resource, made when first asked for; indexed by controller, Pods by node and claim too.

    Pods are also counted by controller and standing.
    """

    def __init__(self, client: Client, loop: Loop) -> None:
        self._client = client
        self._loop = loop
        self._informers: dict[str, Informer] = {}
        self._users = 0

    def of(self, resource: str) -> Informer:
        """Return the informer of a resource, such as "pods"."""
        informer = self._informers.get(resource)
        if informer is None:
            informer = self._informers[resource] = Informer(self._client, self._loop, resource)
            informer.add_index(BY_CONTROLLER, lambda obj: [_controller_uid(obj)])
            if resource == "pods":
                informer.add_count(STANDINGS, _controller_uid, standing)
                informer.add_index(BY_NODE, _node_name)
                informer.add_index(BY_CLAIM, claim_keys)
            if self._users:
                informer.start()
        return informer

    def all(self) -> list[Informer]:
        """Return those there are."""
        return list(self._informers.values())

    def start(self) -> None:
        """Start all of them, and later ones as they are made; each start wants one stop."""
        self._users += 1
        for informer in self._informers.values():
            informer.start()

    def stop(self) -> None:
        """Stop all of them when nobody uses them any more."""
        self._users -= 1
        if not self._users:
            for informer in self._informers.values():
                informer.stop()


def _controller_uid(obj: Object) -> str:
    """Return the UID of an object's controller, or "" as the key of orphans in their namespace."""
    metadata = obj["metadata"]
    for owner in metadata.get("ownerReferences") or ():
        if owner.get("controller"):
            return str(owner["uid"])
    return f"orphans/{metadata.get('namespace', '')}"


def _node_name(pod: Object) -> list[str]:
    name = pod["spec"].get("nodeName")
    return [name] if name else []


def claim_keys(pod: Object) -> list[str]:
    """Return "namespace/name" of each claim that a pod's volumes use."""
    namespace = pod["metadata"]["namespace"]
    return [f"{namespace}/{name}" for name, _ in volumes.claims_of(pod)]
