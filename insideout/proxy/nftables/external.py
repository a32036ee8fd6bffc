"""Traffic from outside: the chain external-…, the counterpart of KUBE-EXT.

Source: syncProxyRules, "Set up external traffic handling", pkg/proxy/nftables/proxier.go@v1.36.2.
"""

from insideout.proxy.config import ProxyConfig
from insideout.proxy.names import nftables_chain
from insideout.proxy.nftables.static import masquerade
from insideout.proxy.nftables.table import Table
from insideout.proxy.traffic import Traffic


def add_external(table: Table, traffic: Traffic, config: ProxyConfig) -> None:
    """Add the rules for one Service port's external chain, if it has one."""
    if not traffic.uses_external_chain:
        return
    name = traffic.port.name
    chain, everyone = nftables_chain("external", name), nftables_chain("service", name)
    if not traffic.port.external_local:
        table.chain(chain, f'{masquerade(config)} comment "masquerade"', f"goto {everyone}")
        return
    table.chain(
        chain,
        f'ip saddr {config.cluster_cidr} goto {everyone} comment "short-circuit pod traffic"',
        f'fib saddr type local {masquerade(config)} comment "masquerade local traffic"',
        f'fib saddr type local goto {everyone} comment "short-circuit local traffic"',
    )
    if not traffic.external_refusal:
        table.chain(chain, f"goto {nftables_chain('local', name)}")
