"""What one kube-proxy is told about its node and its cluster.

Source: pkg/proxy/apis/config/types.go and the defaults of cmd/kube-proxy/app@v1.36.2.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProxyConfig:
    """The settings that change a rule; the defaults are those of the golden records.

    `zone` is the node's topology.kubernetes.io/zone label.  `node_port_ips` are the addresses that accept
    NodePorts in nftables mode; iptables mode takes every local address.  `nfacct` says that the kernel could
    make the two named counters; without them kube-proxy leaves the counting matches out.
    """

    node: str = "kp-node"
    cluster_cidr: str = "10.244.0.0/16"
    service_cidr: str = "10.96.0.0/16"
    node_ip: str = "127.0.0.1"
    zone: str = ""
    masquerade_all: bool = False
    masquerade_bit: int = 14
    nfacct: bool = True
    node_port_ips: tuple[str, ...] = ()

    @property
    def masquerade_mark(self) -> int:
        """The packet mark that means "masquerade this": 0x4000 unless the bit was moved."""
        return 1 << self.masquerade_bit
