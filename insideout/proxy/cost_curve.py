"""The cost of the three modes on clusters of growing size, counted as `insideout.proxy.cost` says.

Every Service has a cluster IP and three endpoints.  A packet comes from a pod; iptables' count is the mean
over Services from the first to the last.  A change replaces one endpoint of one Service.
"""

from collections.abc import Sequence
from typing import NamedTuple

from insideout.client import Object
from insideout.proxy import cost
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.text import kube_proxy_text
from insideout.proxy.netfilter.tracer import Tracer
from insideout.proxy.nftables import ruleset as nftables
from insideout.proxy.nftables.tracer import NftTracer

_POD = "10.244.200.7"
_SAMPLES = 11


class Cost(NamedTuple):
    """One mode at one size: rules looked at for a connection's first packet, and written for a change."""

    mode: str
    services: int
    looked_at: float
    written: int


def measure(sizes: Sequence[int]) -> list[Cost]:
    """Return the cost of every mode at each number of Services."""
    return [cost_at for size in sizes for cost_at in _measure(size)]


def _measure(size: int) -> list[Cost]:
    config = ProxyConfig()
    services, slices = cluster(size)
    changed_services, changed_slices = cluster(size, replaced=True)
    tracer = Tracer(kube_proxy_text(services, slices, config))
    asked = sorted({round(i * (size - 1) / (_SAMPLES - 1)) for i in range(_SAMPLES)})
    visited = [tracer.trace(_POD, _address(i), 80)[0].visited for i in asked]
    before, after = (
        nftables.build(*objects, config)
        for objects in ((services, slices), (changed_services, changed_slices))
    )
    in_maps = NftTracer(before).trace(_POD, _address(0), 80)[0].visited
    written = cost.iptables_written(changed_services, changed_slices, config, {("demo", "s00000")})
    return [
        Cost("iptables", size, sum(visited) / len(visited), written),
        Cost("ipvs", size, sum(cost.IPVS_LOOKED_AT.values()), cost.ipvs_written(2)),
        Cost("nftables", size, in_maps, cost.nftables_written(before, after)),
    ]


def cluster(size: int, *, replaced: bool = False) -> tuple[list[Object], list[Object]]:
    """Return that many Services with three endpoints each; one endpoint of the first can be another."""
    services: list[Object] = []
    slices: list[Object] = []
    for i in range(size):
        metadata = {"namespace": "demo", "name": f"s{i:05}"}
        services.append({"metadata": metadata, "spec": {"clusterIP": _address(i), "ports": [{"port": 80}]}})
        lasts = (1, 2, 4 if replaced and i == 0 else 3)
        slices.append(
            {
                "metadata": {**metadata, "labels": {"kubernetes.io/service-name": f"s{i:05}"}},
                "addressType": "IPv4",
                "ports": [{"name": "", "port": 8080}],
                "endpoints": [{"addresses": [f"10.244.{i % 100}.{last}"]} for last in lasts],
            }
        )
    return services, slices


def _address(i: int) -> str:
    return f"10.96.{i // 250}.{i % 250 + 1}"
