"""The slices that a Service should have, for each address family and each set of ports.

Pods whose named port resolves to another number stand in other slices.  A Service without any Pod has one
empty slice, so that consumers can tell "nobody" from "not known yet".

Source: staging/src/k8s.io/endpointslice/reconciler.go:Reconcile, reconcileByAddressType, finalize@v1.36.2.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from insideout.apimachinery import owners
from insideout.client import Object
from insideout.controllers.endpointslice import endpoint as endpoints
from insideout.controllers.endpointslice import hints, packing
from insideout.controllers.endpointslice.topology import Said, SliceChange, Topology

MANAGED_BY = "endpointslice-controller.k8s.io"
MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by"
SERVICE_NAME_LABEL = "kubernetes.io/service-name"
HEADLESS_LABEL = "service.kubernetes.io/headless"
_RESERVED = (MANAGED_BY_LABEL, SERVICE_NAME_LABEL, HEADLESS_LABEL)


class Writes(NamedTuple):
    """Whole objects to create and to update, and objects to delete.

    `missing_nodes` asks for another try, `said` for Events about the Service.
    """

    create: list[Object]
    update: list[Object]
    delete: list[Object]
    missing_nodes: list[str]
    said: list[Said]


def reconcile(
    service: Object,
    pods: Iterable[Object],
    nodes: Mapping[str, Object],
    slices: Iterable[Object],
    limit: int = packing.MAX_ENDPOINTS,
    topology: Topology | None = None,
) -> Writes:
    """Return the writes that make a Service's slices list exactly its Pods.

    `pods` are those that the Service selects, `nodes` all Nodes by name, `slices` those that this controller
    manages for it, `topology` what is known of the zones.
    """
    topology = topology if topology is not None else Topology()
    families = address_types(service)
    writes = Writes([], [], [], [], [])
    by_family: dict[str, list[Object]] = {family: [] for family in families}
    for existing in slices:
        by_family.setdefault(existing["addressType"], []).append(existing)
    listed = [pod for pod in pods if endpoints.belongs(pod)]
    for family, existing_slices in by_family.items():
        if family in families:
            _reconcile_family(service, listed, nodes, existing_slices, family, limit, topology, writes)
        else:
            topology.forget(f"{service['metadata']['namespace']}/{service['metadata']['name']}", family)
            writes.delete.extend(existing_slices)
    return writes


def address_types(service: Object) -> list[str]:
    """Return the address families of a Service, its main one first."""
    families = service["spec"].get("ipFamilies")
    if families:
        return list(families)
    cluster_ip = service["spec"].get("clusterIP", "")
    if cluster_ip in ("", "None"):
        return ["IPv4", "IPv6"]
    return ["IPv6" if ":" in cluster_ip else "IPv4"]


def slice_labels(service: Object) -> dict[str, str]:
    """Return the labels of a Service's slices: the Service's own, and three that say whose they are."""
    own = service["metadata"].get("labels") or {}
    labels = {key: value for key, value in own.items() if key not in _RESERVED}
    if service["spec"].get("clusterIP") in (None, "", "None"):
        labels[HEADLESS_LABEL] = ""
    return labels | {SERVICE_NAME_LABEL: service["metadata"]["name"], MANAGED_BY_LABEL: MANAGED_BY}


def new_slice(service: Object, family: str, ports: list[Object], contents: list[Object]) -> Object:
    """Return a slice as it is created; the server completes its name."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "generateName": f"{service['metadata']['name']}-",
            "namespace": service["metadata"]["namespace"],
            "labels": slice_labels(service),
            "ownerReferences": [owners.controller_reference(service)],
        },
        "addressType": family,
        "ports": ports or None,
        "endpoints": contents,
    }


def _reconcile_family(
    service: Object,
    pods: list[Object],
    nodes: Mapping[str, Object],
    slices: list[Object],
    family: str,
    limit: int,
    topology: Topology,
    writes: Writes,
) -> None:
    uid = service["metadata"]["uid"]
    create: list[Object] = []
    update: list[Object] = []
    delete = [s for s in slices if not any(o["uid"] == uid for o in s["metadata"].get("ownerReferences", ()))]
    owned: dict[str, dict[str, Object]] = {}
    for existing in slices:
        if existing not in delete:
            same_ports = owned.setdefault(endpoints.port_key(existing.get("ports")), {})
            same_ports[existing["metadata"]["name"]] = existing
    desired = _desired(service, pods, nodes, family, writes.missing_nodes)
    for key, (ports, wanted) in desired.items():
        same_ports = owned.get(key, {})
        outdated = [name for name, s in same_ports.items() if _labels_differ(s, service)]
        listed = {name: s.get("endpoints") or [] for name, s in same_ports.items()}
        packed = packing.plan(listed, wanted, limit, outdated=outdated)
        create += [new_slice(service, family, ports, contents) for contents in packed.create]
        update += [_refilled(same_ports[name], service, contents) for name, contents in packed.update.items()]
        delete += [same_ports[name] for name in packed.delete]
    for key, same_ports in owned.items():
        if key not in desired:
            delete += same_ports.values()
    if len(delete) == len(slices) and not create:
        placeholder = new_slice(service, family, [], [])
        if len(delete) == 1 and _is_placeholder(delete[0], placeholder):
            delete.clear()
        else:
            create.append(placeholder)
    written = [slice_["metadata"]["name"] for slice_ in [*update, *delete]]
    unchanged = [slice_ for slice_ in slices if slice_["metadata"]["name"] not in written]
    change = SliceChange(create, update, unchanged)
    writes.said.extend(hints.reconcile_hints(service, family, change, topology))
    _reuse(service, create, update, delete)
    writes.create.extend(create)
    writes.update.extend(update)
    writes.delete.extend(delete)


def _desired(
    service: Object,
    pods: list[Object],
    nodes: Mapping[str, Object],
    family: str,
    missing_nodes: list[str],
) -> dict[str, tuple[list[Object], list[Object]]]:
    """Return ports and endpoints for each set of ports that some Pod has."""
    desired: dict[str, tuple[list[Object], list[Object]]] = {}
    for pod in pods:
        ports = endpoints.ports_of(pod, service)
        contents = desired.setdefault(endpoints.port_key(ports), (ports, []))[1]
        node_name = pod["spec"].get("nodeName", "")
        if node_name not in nodes and not service["spec"].get("publishNotReadyAddresses"):
            missing_nodes.append(node_name)
            continue
        endpoint = endpoints.of_pod(pod, nodes.get(node_name), service, family)
        if endpoint["addresses"]:
            contents.append(endpoint)
    return desired


def _labels_differ(existing: Object, service: Object) -> bool:
    current, own = existing["metadata"].get("labels") or {}, service["metadata"].get("labels") or {}
    return {k: v for k, v in current.items() if k not in _RESERVED} != {
        k: v for k, v in own.items() if k not in _RESERVED
    }


def _refilled(existing: Object, service: Object, contents: list[Object]) -> Object:
    changed = copy.copy(existing)
    changed["metadata"] = existing["metadata"] | {"labels": slice_labels(service)}
    changed["endpoints"] = contents
    return changed


def _is_placeholder(existing: Object, placeholder: Object) -> bool:
    return (
        not existing.get("endpoints")
        and not existing.get("ports")
        and existing["metadata"].get("labels") == placeholder["metadata"]["labels"]
    )


def _reuse(service: Object, create: list[Object], update: list[Object], delete: list[Object]) -> None:
    """Turn a creation beside a deletion into one update, of a slice that belongs to this very Service."""
    uid = service["metadata"]["uid"]
    for doomed in list(delete):
        if not create:
            return
        if any(owner["uid"] == uid for owner in doomed["metadata"].get("ownerReferences") or ()):
            replacement = create.pop()
            replacement["metadata"]["name"] = doomed["metadata"]["name"]
            update.append(replacement)
            delete.remove(doomed)
