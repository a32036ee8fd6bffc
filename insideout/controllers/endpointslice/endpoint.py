"""What a Pod looks like in an EndpointSlice: address, conditions, place and ports.

Source: staging/src/k8s.io/endpointslice/utils.go, util/controller_utils.go:ShouldPodBeInEndpoints,
podEndpointsChanged@v1.36.2.
"""

import ipaddress
import json

from insideout.apimachinery import pods as podutil
from insideout.client import Object

ZONE_LABEL = "topology.kubernetes.io/zone"


def belongs(pod: Object, *, include_terminating: bool = True) -> bool:
    """Tell whether a selected Pod is listed at all: it has an address and is not at its end."""
    if podutil.is_terminal(pod) or not addresses(pod):
        return False
    return include_terminating or not podutil.is_terminating(pod)


def addresses(pod: Object) -> list[str]:
    """Return the Pod's addresses, the main one first."""
    status = pod.get("status") or {}
    listed = [entry["ip"] for entry in status.get("podIPs") or ()]
    return listed or ([status["podIP"]] if status.get("podIP") else [])


def addresses_of_family(pod: Object, address_type: str) -> list[str]:
    """Return the Pod's addresses of one family, "IPv4" or "IPv6"."""
    version = 6 if address_type == "IPv6" else 4
    parsed = [ipaddress.ip_address(address) for address in addresses(pod)]
    return [str(address) for address in parsed if address.version == version]


def changed(before: Object, pod: Object) -> bool:
    """Tell whether an update of a Pod is a reason to look at its Services again.

    Any write to a terminating Pod is one (the source compares pointers to its time of deletion).  The phase
    is none: a Pod that only turns Succeeded or Failed stays listed until something else happens.
    """
    return (
        podutil.is_terminating(before)
        or podutil.is_terminating(pod)
        or podutil.is_ready(before) != podutil.is_ready(pod)
        or _all_ips(before) != _all_ips(pod)
    )


def belonging_changed(before: Object, pod: Object) -> bool:
    """Tell whether an update of a Pod may make it another Service's."""
    before_labels, labels = (one["metadata"].get("labels") or {} for one in (before, pod))
    return bool(before_labels != labels)


def _all_ips(pod: Object) -> list[str]:
    return [entry["ip"] for entry in (pod.get("status") or {}).get("podIPs") or ()]


def of_pod(pod: Object, node: Object | None, service: Object, address_type: str) -> Object:
    """Return the Pod's endpoint; `addresses` is empty when it has none of this family."""
    serving = podutil.is_ready(pod)
    terminating = podutil.is_terminating(pod)
    publish = bool(service["spec"].get("publishNotReadyAddresses"))
    metadata = pod["metadata"]
    endpoint: Object = {
        "addresses": addresses_of_family(pod, address_type),
        "conditions": {
            "ready": publish or (serving and not terminating),
            "serving": serving,
            "terminating": terminating,
        },
        "targetRef": {"kind": "Pod", **{key: metadata[key] for key in ("namespace", "name", "uid")}},
    }
    if pod["spec"].get("nodeName"):
        endpoint["nodeName"] = pod["spec"]["nodeName"]
    if node and (zone := (node["metadata"].get("labels") or {}).get(ZONE_LABEL)):
        endpoint["zone"] = zone
    if _names_its_host(pod, service):
        endpoint["hostname"] = pod["spec"]["hostname"]
    return endpoint


def ports_of(pod: Object, service: Object) -> list[Object]:
    """Return the ports on which the Pod serves the Service; one whose name the Pod lacks is left out."""
    ports = []
    for service_port in service["spec"].get("ports") or ():
        number = find_port(pod, service_port)
        if number is None:
            continue
        port: Object = {
            "name": service_port.get("name", ""),
            "port": number,
            "protocol": service_port.get("protocol", "TCP"),
        }
        if "appProtocol" in service_port:
            port["appProtocol"] = service_port["appProtocol"]
        ports.append(port)
    return ports


def find_port(pod: Object, service_port: Object) -> int | None:
    """Resolve a targetPort: a number is itself, a name is looked up in containers, then in sidecars."""
    target = service_port.get("targetPort", service_port["port"])
    if isinstance(target, int):
        return target
    containers = list(pod["spec"]["containers"])
    containers += [c for c in pod["spec"].get("initContainers") or () if c.get("restartPolicy") == "Always"]
    for container in containers:
        for port in container.get("ports") or ():
            same_protocol = port.get("protocol", "TCP") == service_port.get("protocol", "TCP")
            if port.get("name") == target and same_protocol:
                return int(port["containerPort"])
    return None


def port_key(ports: list[Object] | None) -> str:
    """Return one text for each set of ports; Pods of different sets go to different slices."""
    return json.dumps(sorted(json.dumps(port, sort_keys=True) for port in ports or ()))


def identity_of(endpoint: Object) -> str:
    """Return what makes two endpoints the same one, whatever its conditions: addresses, host name and Pod."""
    target = endpoint.get("targetRef") or {}
    identity = [sorted(endpoint["addresses"]), endpoint.get("hostname", "")]
    return json.dumps([*identity, target.get("namespace"), target.get("name")])


def _names_its_host(pod: Object, service: Object) -> bool:
    spec = pod["spec"]
    same_namespace = pod["metadata"]["namespace"] == service["metadata"]["namespace"]
    return (
        bool(spec.get("hostname")) and spec.get("subdomain") == service["metadata"]["name"] and same_namespace
    )
