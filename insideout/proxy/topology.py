"""Which endpoints a packet may reach: ready ones, near ones, local ones, terminating ones if all else fails.

Source: pkg/proxy/topology.go (CategorizeEndpoints, topologyModeFromHints)@v1.36.2.
"""

from collections.abc import Sequence
from typing import NamedTuple

from insideout.proxy.endpoints import Endpoint
from insideout.proxy.services import ServicePort


class Reachable(NamedTuple):
    """The endpoints of one Service port as seen from one node.

    `cluster` serves traffic policy Cluster and `local` policy Local; `all` is everything this node may send
    to. `any` tells whether there is a usable endpoint on any node at all: without one, traffic is refused,
    while with one that this node may not use, it is dropped.
    """

    cluster: list[Endpoint]
    local: list[Endpoint]
    all: list[Endpoint]
    any: bool


def usable(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """Return the ready endpoints, or, when none is ready, those that terminate but still serve."""
    ready = [endpoint for endpoint in endpoints if endpoint.ready]
    return ready or [endpoint for endpoint in endpoints if endpoint.serving and endpoint.terminating]


def near(endpoints: Sequence[Endpoint], node: str, zone: str) -> list[Endpoint]:
    """Return the endpoints hinted for `node`, else for `zone`, else all.

    A kind of hint counts only when every ready endpoint carries it and at least one names this place: half a
    set of hints would overload the endpoints that have them.
    """
    ready = [endpoint for endpoint in endpoints if endpoint.ready]
    if ready and all(endpoint.node_hints for endpoint in ready):
        hinted = [endpoint for endpoint in ready if node in endpoint.node_hints]
        if hinted:
            return hinted
    if ready and all(endpoint.zone_hints for endpoint in ready):
        hinted = [endpoint for endpoint in ready if zone in endpoint.zone_hints]
        if hinted:
            return hinted
    return list(endpoints)


def categorize(endpoints: Sequence[Endpoint], port: ServicePort, node: str, zone: str) -> Reachable:
    """Sort `endpoints` into what `port`'s traffic policies allow from `node` in `zone`."""
    cluster = usable(near(endpoints, node, zone)) if port.uses_cluster_endpoints else []
    local = usable([one for one in endpoints if one.is_local]) if port.uses_local_endpoints else []
    reachable = {str(endpoint): endpoint for endpoint in [*cluster, *local]}
    return Reachable(
        cluster=cluster,
        local=local,
        all=[reachable[key] for key in sorted(reachable)],
        any=bool(usable(endpoints)),
    )
