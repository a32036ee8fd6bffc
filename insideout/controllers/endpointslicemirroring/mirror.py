"""The slices that mirror hand-made Endpoints: one for each set of ports and each address family.

A mirrored endpoint says whether it is ready and nothing more, for Endpoints know nothing more.

Source: pkg/controller/endpointslicemirroring/{reconciler,reconciler_helpers,utils}.go@v1.36.2.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from insideout.apimachinery import owners
from insideout.client import Object
from insideout.controllers.endpointslice.endpoint import identity_of, port_key
from insideout.controllers.endpointslice.reconciler import MANAGED_BY_LABEL, SERVICE_NAME_LABEL

MANAGED_BY = "endpointslicemirroring-controller.k8s.io"
SKIP_LABEL = "endpointslice.kubernetes.io/skip-mirror"
LEADER_ANNOTATION = "control-plane.alpha.kubernetes.io/leader"
MAX_PER_SUBSET = 1000
"""Default of kube-controller-manager's --mirroring-max-endpoints-per-subset, whose help text says 100."""
_NOT_COPIED = (
    "endpoints.kubernetes.io/last-change-trigger-time",
    "kubectl.kubernetes.io/last-applied-configuration",
)


class Mirroring(NamedTuple):
    """What to write, and how many addresses are left out because a subset has too many."""

    create: list[Object]
    update: list[Object]
    delete: list[Object]
    skipped: int


class _Group(NamedTuple):
    family: str
    ports: list[Object]
    endpoints: dict[str, Object]


def should_mirror(endpoints: Object) -> bool:
    """Tell whether Endpoints may be mirrored: they are not if they say so, or are a lock of the old kind."""
    metadata = endpoints["metadata"]
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    return labels.get(SKIP_LABEL) != "true" and LEADER_ANNOTATION not in annotations


def mirrored(endpoints: Object, slices: Iterable[Object], limit: int = MAX_PER_SUBSET) -> Mirroring:
    """Return the writes that make `slices`, those which mirror `endpoints`, say what these say."""
    groups, skipped = _desired(endpoints, limit)
    existing: dict[tuple[str, str], list[Object]] = {}
    for slice_ in slices:
        key = (slice_["addressType"], port_key(slice_.get("ports")))
        existing.setdefault(key, []).append(slice_)
    writes = Mirroring([], [], [], skipped)
    for key, group in groups.items():
        _reconcile(endpoints, existing.get(key, []), group, limit, writes)
    for key, listed in existing.items():
        if key not in groups:
            writes.delete.extend(listed)
    _recycle(writes)
    return writes


def new_slice(endpoints: Object, family: str, ports: list[Object], contents: list[Object]) -> Object:
    """Return a mirroring slice as it is created."""
    metadata = endpoints["metadata"]
    labels = {**(metadata.get("labels") or {}), SERVICE_NAME_LABEL: metadata["name"]}
    slice_: Object = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "generateName": f"{metadata['name']}-",
            "namespace": metadata["namespace"],
            "labels": labels | {MANAGED_BY_LABEL: MANAGED_BY},
            "ownerReferences": [owners.controller_reference(endpoints)],
        },
        "addressType": family,
        "ports": ports or None,
        "endpoints": contents,
    }
    if annotations := _copied_annotations(endpoints):
        slice_["metadata"]["annotations"] = annotations
    return slice_


def _desired(endpoints: Object, limit: int) -> tuple[dict[tuple[str, str], _Group], int]:
    groups: dict[tuple[str, str], _Group] = {}
    skipped = 0
    for subset in endpoints.get("subsets") or ():
        ports = [_port(port) for port in subset.get("ports") or ()]
        for family in ("IPv4", "IPv6"):
            groups.setdefault((family, port_key(ports)), _Group(family, ports, {}))
        listed = [(address, True) for address in subset.get("addresses") or ()]
        listed += [(address, False) for address in subset.get("notReadyAddresses") or ()]
        skipped += max(0, len(listed) - limit)
        for address, ready in listed[:limit]:
            endpoint = _endpoint(address, ready)
            family = "IPv6" if ":" in endpoint["addresses"][0] else "IPv4"
            groups[family, port_key(ports)].endpoints[identity_of(endpoint)] = endpoint
    return groups, skipped


def _reconcile(
    endpoints: Object, existing: list[Object], group: _Group, limit: int, writes: Mirroring
) -> None:
    """Leave one slice for a group, right, and none where nothing is wanted."""
    if not group.endpoints:
        writes.delete.extend(existing)
        return
    writes.delete.extend(existing[1:])
    if existing and _says(existing[0], endpoints, group.endpoints):
        return
    made = new_slice(endpoints, group.family, group.ports, list(group.endpoints.values())[:limit])
    if existing:
        _take_over(made, existing[0])
        writes.update.append(made)
    else:
        writes.create.append(made)


def _says(slice_: Object, endpoints: Object, wanted: Mapping[str, Object]) -> bool:
    """Tell whether a slice already has these endpoints, labels and annotations."""
    own = endpoints["metadata"].get("labels") or {}
    labels = {**own, SERVICE_NAME_LABEL: endpoints["metadata"]["name"], MANAGED_BY_LABEL: MANAGED_BY}
    metadata = slice_["metadata"]
    listed = {identity_of(endpoint): endpoint for endpoint in slice_.get("endpoints") or ()}
    return (
        listed == wanted
        and metadata.get("labels") == labels
        and (metadata.get("annotations") or {}) == _copied_annotations(endpoints)
    )


def _recycle(writes: Mirroring) -> None:
    """Turn a creation beside a deletion of the same family into an update."""
    for made in list(writes.create):
        doomed = next((s for s in writes.delete if s["addressType"] == made["addressType"]), None)
        if doomed is not None:
            writes.create.remove(made)
            writes.delete.remove(doomed)
            _take_over(made, doomed)
            writes.update.append(made)


def _take_over(made: Object, existing: Object) -> None:
    """Give a new slice the name of the one that it replaces."""
    del made["metadata"]["generateName"]
    made["metadata"]["name"] = existing["metadata"]["name"]


def _copied_annotations(endpoints: Object) -> dict[str, str]:
    annotations = endpoints["metadata"].get("annotations") or {}
    return {key: value for key, value in annotations.items() if key not in _NOT_COPIED}


def _port(port: Object) -> Object:
    made = {"name": port.get("name", ""), "port": port["port"], "protocol": port.get("protocol", "TCP")}
    return made | ({"appProtocol": port["appProtocol"]} if "appProtocol" in port else {})


def _endpoint(address: Object, ready: bool) -> Object:
    endpoint: Object = {
        "addresses": [str(ipaddress.ip_address(address["ip"]))],
        "conditions": {"ready": ready},
    }
    for field in ("nodeName", "hostname", "targetRef"):
        if address.get(field):
            endpoint[field] = address[field]
    return endpoint
