"""Right answers to the exercises of unit 11, from the cluster's own controllers and kube-proxy."""

import copy
from typing import Any

from insideout.apimachinery import selectors
from insideout.controllers.endpointslice import endpoint as controller
from insideout.controllers.endpointslice.endpoint import identity_of
from insideout.controllers.endpointslice.packing import plan as pack
from insideout.proxy.endpoints import Endpoint
from insideout.proxy.topology import near
from insideout.proxy.topology import usable as ready_or_serving

Object = dict[str, Any]
Ports = tuple[tuple[str, int, str], ...]
Plan = tuple[list[list[Object]], dict[str, list[Object]], list[str]]


def endpoint_groups(
    service: Object, pods: list[Object], nodes: list[Object], family: str
) -> dict[Ports, list[Object]] | None:
    """Return a Service's endpoints by their ports; None when its slices are not the controller's to write."""
    spec = service["spec"]
    if spec.get("type") == "ExternalName" or not spec.get("selector"):
        return None
    selector = selectors.from_labels(spec["selector"])
    by_name = {node["metadata"]["name"]: node for node in nodes}
    groups: dict[Ports, list[Object]] = {}
    for pod in pods:
        metadata = pod["metadata"]
        if metadata["namespace"] != service["metadata"]["namespace"]:
            continue
        if not selector.matches(metadata.get("labels") or {}) or not controller.belongs(pod):
            continue
        node = by_name.get(pod["spec"].get("nodeName", ""))
        if node is None and not spec.get("publishNotReadyAddresses"):
            continue
        endpoint = controller.of_pod(_whole(pod), node, service, family)
        if endpoint["addresses"]:
            wanted = ("addresses", "conditions", "nodeName", "zone")
            ports = tuple(
                (port["name"], port["port"], port["protocol"]) for port in controller.ports_of(pod, service)
            )
            groups.setdefault(ports, []).append({key: endpoint[key] for key in wanted if key in endpoint})
    return groups


def usable(endpoints: list[Object], zone: str, node: str) -> set[str]:
    """Return the addresses that kube-proxy on `node` in `zone` sends connections to."""
    read = [_endpoint(one) for one in endpoints]
    return {one.ip for one in ready_or_serving(near(read, node, zone))}


def plan(slices: dict[str, list[Object]], desired: list[Object], limit: int = 100) -> Plan:
    """Return the writes that make `slices` hold exactly `desired`."""
    packed = pack(copy.deepcopy(slices), copy.deepcopy(desired), limit)
    while packed.create and packed.delete:
        packed.update[packed.delete.pop(0)] = packed.create.pop()
    return packed.create, packed.update, packed.delete


def bytes_sent(sizes: list[int], flips: list[list[int]], watchers: int) -> int:
    """Return the bytes that all watchers together are sent."""
    return watchers * sum(sizes[number] for flip in flips for number in set(flip))


def identity(endpoint: Object) -> str:
    """Return what makes two endpoints the same one."""
    return identity_of(endpoint)


def _whole(pod: Object) -> Object:
    """Return the pod with a UID, which cases leave out."""
    return {**pod, "metadata": {"uid": "", **pod["metadata"]}}


def _endpoint(item: Object) -> Endpoint:
    conditions, hints = item.get("conditions") or {}, item.get("hints") or {}
    return Endpoint(
        ip=item["addresses"][0],
        port=80,
        ready=conditions.get("ready") is not False,
        serving=conditions.get("serving") is not False,
        terminating=conditions.get("terminating") is True,
        zone_hints=frozenset(one["name"] for one in hints.get("forZones") or ()),
        node_hints=frozenset(one["name"] for one in hints.get("forNodes") or ()),
    )
