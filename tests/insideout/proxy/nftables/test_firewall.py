from typing import Any

import pytest

from insideout.proxy.config import ProxyConfig
from insideout.proxy.nftables.ruleset import build


@pytest.mark.parametrize(
    ("ranges", "allowed"),
    [
        (["10.0.0.0/8"], "10.0.0.0/8"),
        (["10.1.2.3/32"], "10.1.2.3"),
        (["10.0.0.0/8", "11.0.0.0/8"], "{ 10.0.0.0/7 }"),
        (["12.0.0.0/8", "11.0.0.0/8", "10.0.0.0/8"], "{ 10.0.0.0-12.255.255.255 }"),
        (["10.0.0.0/8", "10.1.0.0/16"], "{ 10.0.0.0/8 }"),
        (["10.0.0.2/32", "10.0.0.1/32"], "{ 10.0.0.1, 10.0.0.2 }"),
        (["192.168.1.0/24"], "{ 192.168.1.0/24, 203.0.113.1 }"),
    ],
)
def test_ranges_are_printed_as_nft_merges_them(service: Any, ranges: list[str], allowed: str) -> None:
    balancer = service(
        type="LoadBalancer",
        loadBalancerSourceRanges=ranges,
        status={"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}},
    )
    table = build([balancer], [], ProxyConfig(node_ip="192.168.1.10"))
    [chain] = [chain for name, chain in table.chains.items() if name.startswith("firewall-") and "/" in name]
    assert chain.rules == [f"ip saddr != {allowed} drop"]
