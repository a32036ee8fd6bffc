"""The Endpoints controller: the older list of a Service's Pods, one object for all, cut off at a thousand.

Source: pkg/controller/endpoint/endpoints_controller.go, pkg/api/v1/endpoints/util.go:RepackSubsets@v1.36.2.
"""

import json
import math

from insideout.apimachinery import pods as podutil
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.endpointslice import endpoint as endpoints
from insideout.controllers.podcontrol import is_namespace_terminating
from insideout.controllers.servicepods import ServicePodsController

CAPACITY = 1000
OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"
MANAGED_BY_LABEL = "endpoints.kubernetes.io/managed-by"
HEADLESS_LABEL = "service.kubernetes.io/headless"


class EndpointsController(ServicePodsController):
    """Writes each Service's Endpoints, the object of the same name."""

    name = "endpoint-controller"

    def watch(self) -> None:
        """Watch Services, Pods and Endpoints."""
        super().watch()
        self._endpoints = self.on("endpoints", delete=self.enqueue)

    def sync(self, key: Key) -> None:
        """Make a Service's Endpoints list its Pods; those of a Service that is gone go too."""
        namespace, name = key
        service = self.services.get(name, namespace)
        if service is None:
            self._delete(key)
            return
        pods = self.pods_of(service)
        if pods is None:
            return
        wanted = self._wanted(service, subsets_of(service, pods))
        current = self._endpoints.get(name, namespace)
        if current is not None and _comparable(current) == _comparable(wanted):
            return
        try:
            if current is None:
                self.client.create("endpoints", wanted)
            else:
                version = {"resourceVersion": current["metadata"]["resourceVersion"]}
                self.client.update("endpoints", wanted | {"metadata": wanted["metadata"] | version})
        except ApiError as refused:
            if not is_namespace_terminating(refused):
                raise

    def _wanted(self, service: Object, subsets: list[Object]) -> Object:
        labels = dict(service["metadata"].get("labels") or {})
        labels[MANAGED_BY_LABEL] = "endpoint-controller"
        labels.pop(HEADLESS_LABEL, None)
        if service["spec"].get("clusterIP") in (None, "", "None"):
            labels[HEADLESS_LABEL] = ""
        metadata: Object = {
            "name": service["metadata"]["name"],
            "namespace": service["metadata"]["namespace"],
            "labels": labels,
        }
        if truncate(subsets, CAPACITY):
            metadata["annotations"] = {OVER_CAPACITY: "truncated"}
        wanted: Object = {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata}
        return wanted | ({"subsets": subsets} if subsets else {})

    def _delete(self, key: Key) -> None:
        namespace, name = key
        current = self._endpoints.get(name, namespace)
        labels = (current or {"metadata": {}})["metadata"].get("labels") or {}
        if current is None or MANAGED_BY_LABEL not in labels:
            return
        try:
            self.client.delete("endpoints", name, namespace)
        except ApiError as refused:
            if refused.code != 404:
                raise


def subsets_of(service: Object, pods: list[Object]) -> list[Object]:
    """Return the subsets: addresses that share their ports, ready and not ready apart.

    Unlike a slice, Endpoints leave terminating Pods out, unless the Service publishes what is not ready.
    """
    publish = bool(service["spec"].get("publishNotReadyAddresses"))
    family = (service["spec"].get("ipFamilies") or ["IPv4"])[0]
    groups: dict[str, Object] = {}
    for pod in pods:
        addresses = endpoints.addresses_of_family(pod, family)
        if not addresses or not endpoints.belongs(pod, include_terminating=publish):
            continue
        ports = endpoints.ports_of(pod, service)
        if not ports and service["spec"].get("ports"):
            continue
        group = groups.setdefault(endpoints.port_key(ports), {"ports": ports})
        kind = "addresses" if publish or podutil.is_ready(pod) else "notReadyAddresses"
        group.setdefault(kind, []).append(_address(pod, addresses[0], service))
    subsets = []
    for key in sorted(groups):
        group = groups[key]
        listed = {kind: sorted(group[kind], key=_order) for kind in _KINDS if kind in group}
        subsets.append(listed | ({"ports": group["ports"]} if group["ports"] else {}))
    return subsets


_KINDS = ("addresses", "notReadyAddresses")


def truncate(subsets: list[Object], capacity: int) -> bool:
    """Cut a Service's subsets down to `capacity` addresses; say whether any went.

    Ready ones are kept first; what has to go is taken from each subset in proportion.
    """
    totals = {kind: sum(len(subset.get(kind, ())) for subset in subsets) for kind in _KINDS}
    if sum(totals.values()) <= capacity:
        return False
    cut = "addresses" if totals["addresses"] > capacity else "notReadyAddresses"
    most = capacity if cut == "addresses" else capacity - totals["addresses"]
    room = most
    for subset in subsets:
        listed = subset.get(cut, [])
        kept = listed[: min(room, math.ceil(len(listed) / totals[cut] * most))]
        room -= len(kept)
        subset[cut] = kept
        if cut == "addresses":
            subset["notReadyAddresses"] = []
        for kind in _KINDS:
            if not subset.get(kind):
                subset.pop(kind, None)
    return True


def _address(pod: Object, address: str, service: Object) -> Object:
    metadata = pod["metadata"]
    listed: Object = {
        "ip": address,
        "targetRef": {"kind": "Pod", **{key: metadata[key] for key in ("namespace", "name", "uid")}},
    }
    if pod["spec"].get("nodeName"):
        listed["nodeName"] = pod["spec"]["nodeName"]
    if pod["spec"].get("hostname") and pod["spec"].get("subdomain") == service["metadata"]["name"]:
        listed["hostname"] = pod["spec"]["hostname"]
    return listed


def _order(address: Object) -> tuple[str, str]:
    return address["ip"], address["targetRef"]["uid"]


def _comparable(obj: Object) -> str:
    metadata = obj["metadata"]
    annotation = (metadata.get("annotations") or {}).get(OVER_CAPACITY)
    return json.dumps([obj.get("subsets") or [], metadata.get("labels") or {}, annotation], sort_keys=True)
