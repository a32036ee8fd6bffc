"""What the name server knows of Services without asking the API server for each question.

It has watches, as CoreDNS has, so a question costs no request over HTTPS.  A Service that the watches have
not told of yet is asked for: whoever has just created one finds it.

Source: CoreDNS, plugin/kubernetes/controller.go (informers of Services and EndpointSlices).
"""

from insideout.apimachinery import selectors
from insideout.client.informer import Informer
from insideout.client.interface import Client, Object
from insideout.sim.loop import Loop


class WatchedNames:
    """Services and EndpointSlices as `dns.resolve` reads them; until both are listed the server is asked."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self._client = client
        self._services = Informer(client, loop, "services")
        self._slices = Informer(client, loop, "endpointslices.discovery.k8s.io")
        self._services.start()
        self._slices.start()

    def get(self, resource: str, name: str, namespace: str | None = None) -> Object:
        """Return a Service; ApiError where there is none."""
        found = self._services.get(name, namespace or "")
        return found if found is not None else self._client.get(resource, name, namespace)

    def list(self, resource: str, namespace: str | None = None, *, label_selector: str = "") -> Object:
        """Return a list with the EndpointSlices of a namespace that have the labels."""
        if not self._slices.synced:
            return self._client.list(resource, namespace, label_selector=label_selector)
        wanted = selectors.parse(label_selector)
        there = self._slices.list(namespace or "")
        return {"items": [one for one in there if wanted.matches(one["metadata"].get("labels") or {})]}
