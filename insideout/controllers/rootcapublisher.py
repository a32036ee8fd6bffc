"""The root CA publisher: every namespace has the ConfigMap kube-root-ca.crt, by which pods know the server.

Runs only where the server has a door for other processes, and so a certificate.

Source: pkg/controller/certificates/rootcacertpublisher/publisher.go@v1.36.2.
"""

from collections.abc import Callable

from insideout.client import ApiError, Client, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller
from insideout.controllers.podcontrol import is_namespace_terminating
from insideout.sim import Loop

NAME = "kube-root-ca.crt"
_DESCRIPTION = {
    "kubernetes.io/description": (
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints "
        "such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across "
        "distributions of Kubernetes clusters."
    )
}
_LOOK_AGAIN_S = 0.5


class RootCAPublisher(Controller):
    """Writes the certificate of the server into every namespace, and mends it where somebody changed it."""

    name = "root-ca-certificate-publisher-controller"

    def __init__(self, client: Client, loop: Loop, certificate: Callable[[], str]) -> None:
        self._certificate = certificate
        super().__init__(client, loop)

    def watch(self) -> None:
        """Watch Namespaces and the ConfigMaps of that name."""
        self._namespaces = self.on(
            "namespaces", add=self.enqueue, update=lambda _, namespace: self.enqueue(namespace)
        )
        self._maps = self.on("configmaps", update=lambda _, found: self._map(found), delete=self._map)

    def sync(self, key: Key) -> None:
        """Make sure that an active namespace has the certificate."""
        namespace = self._namespaces.get(key[1])
        if namespace is None or (namespace.get("status") or {}).get("phase") != "Active":
            return
        certificate = self._certificate()
        if not certificate:  # the door is not open yet
            self.queue.add_after(key, _LOOK_AGAIN_S)
            return
        data, found = {"ca.crt": certificate}, self._maps.get(NAME, key[1])
        try:
            if found is None:
                metadata = {"name": NAME, "namespace": key[1], "annotations": dict(_DESCRIPTION)}
                self.client.create("configmaps", {"metadata": metadata, "data": data})
            elif found.get("data") != data:
                annotations = {**(found["metadata"].get("annotations") or {}), **_DESCRIPTION}
                metadata = found["metadata"] | {"annotations": annotations}
                self.client.update("configmaps", found | {"metadata": metadata, "data": data})
        except ApiError as refused:
            if refused.reason != "AlreadyExists" and not is_namespace_terminating(refused):
                raise

    def _map(self, found: Object) -> None:
        if found["metadata"]["name"] == NAME:
            self.queue.add(("", found["metadata"]["namespace"]))
