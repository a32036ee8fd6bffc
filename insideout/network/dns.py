"""The cluster's name server, as far as a client in a pod sees it: names of Services become addresses.

Modelled: the search path of a pod, cluster IPs, headless Services (the ready endpoints' addresses), external
names.  Left out: SRV records, pods' own names, caching.

Source: the DNS specification of Kubernetes (kubernetes/dns docs/specification.md, version 1.1.0); the search
path from pkg/kubelet/network/dns/dns.go@v1.36.2.
"""

from typing import Protocol

from insideout.client import ApiError, Object

DOMAIN = "cluster.local"


class Names(Protocol):
    """What a name server reads: a client, or what keeps itself current by watches."""

    def get(self, resource: str, name: str, namespace: str | None = None) -> Object:
        """Return an object; ApiError where there is none."""

    def list(self, resource: str, namespace: str | None = None, *, label_selector: str = "") -> Object:
        """Return the List of a namespace's objects with these labels."""


class NoSuchHostError(Exception):
    """No Service has this name, or it has no address."""


def resolve(names: Names, name: str, namespace: str) -> list[str]:
    """Return the addresses of `name` for a client in `namespace`; NoSuchHostError when there are none."""
    service = _service(names, name, namespace)
    if service is None:
        raise NoSuchHostError(name)
    spec = service["spec"]
    if spec.get("type") == "ExternalName":
        return resolve(names, spec["externalName"], namespace)
    addresses = [spec["clusterIP"]] if spec.get("clusterIP") != "None" else _ready_addresses(names, service)
    if not addresses:
        raise NoSuchHostError(name)
    return addresses


def _service(names: Names, name: str, namespace: str) -> Object | None:
    """Return the Service that the search path finds: web, web.shop, web.shop.svc.cluster.local."""
    labels = name.removesuffix(".").removesuffix(f".svc.{DOMAIN}").removesuffix(".svc").split(".")
    if len(labels) > 2:
        return None
    try:
        return names.get("services", labels[0], labels[1] if len(labels) == 2 else namespace)
    except ApiError as problem:
        if problem.code != 404:
            raise
        return None


def _ready_addresses(names: Names, service: Object) -> list[str]:
    metadata = service["metadata"]
    slices = names.list(
        "endpointslices.discovery.k8s.io",
        metadata["namespace"],
        label_selector=f"kubernetes.io/service-name={metadata['name']}",
    )["items"]
    return sorted(
        endpoint["addresses"][0]
        for one in slices
        for endpoint in one.get("endpoints") or ()
        if (endpoint.get("conditions") or {}).get("ready") is not False
    )
