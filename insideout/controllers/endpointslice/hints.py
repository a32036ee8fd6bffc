"""Hints: which zone, or node, an endpoint should serve, when the Service asks for near ones.

Left out: the older annotation `service.kubernetes.io/topology-mode: Auto`, which shares endpoints out by the
zones' CPU.

Source: staging/src/k8s.io/endpointslice/trafficdist/trafficdist.go@v1.36.2.
"""

from insideout.client import Object

_NEAR = ("PreferClose", "PreferSameZone", "PreferSameNode")


def add_hints(endpoint: Object, traffic_distribution: str | None) -> None:
    """Give a ready endpoint its own zone, and its own node when asked for, as hints."""
    if traffic_distribution not in _NEAR or not endpoint["conditions"]["ready"]:
        return
    hints = {}
    if "zone" in endpoint:
        hints["forZones"] = [{"name": endpoint["zone"]}]
    if "nodeName" in endpoint and traffic_distribution == "PreferSameNode":
        hints["forNodes"] = [{"name": endpoint["nodeName"]}]
    if hints:
        endpoint["hints"] = hints
