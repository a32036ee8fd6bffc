"""Names: of a Service's port, and of the chains made for it.

A chain is found by its name, so the name must be short, legal and the same on every sync.  iptables allows 28
characters, so its names are hashes.  nftables allows 256, so its names can be read.

Source: pkg/proxy/types.go, pkg/proxy/iptables/proxier.go (portProtoHash, servicePortEndpointChainName) and
pkg/proxy/nftables/proxier.go (hashAndTruncate)@v1.36.2.
"""

import base64
import hashlib
from typing import NamedTuple

NFT_NAME_BASE_MAX = 240
"""nftables' 256 characters less 16 kept for the prefix."""


class ServicePortName(NamedTuple):
    """One port of one Service; `protocol` is upper case as in the API."""

    namespace: str
    service: str
    port: str
    protocol: str

    def __str__(self) -> str:
        """Return "ns/name:port", or "ns/name" for a port without a name."""
        return f"{self.namespace}/{self.service}" + (f":{self.port}" if self.port else "")

    @property
    def l4proto(self) -> str:
        """The protocol as rules spell it: tcp, udp or sctp."""
        return self.protocol.lower()


def _base32_sha256(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()


def iptables_chain(kind: str, name: ServicePortName, endpoint: str = "") -> str:
    """Return a chain's name: `kind` is SVC, SVL, EXT, FW or SEP; only SEP has an endpoint, "ip:port"."""
    return f"KUBE-{kind}-{_base32_sha256(f'{name}{name.l4proto}{endpoint}')[:16]}"


def nftables_chain(prefix: str, name: ServicePortName, endpoint: str = "") -> str:
    """Return a chain's or set's name; `prefix`: service, local, external, firewall, endpoint, affinity."""
    base = f"{name.namespace}/{name.service}/{name.l4proto}/{name.port}"
    if endpoint:
        ip, _, port = endpoint.rpartition(":")
        base += f"__{ip}/{port}"
    base = f"{_base32_sha256(base)[:8]}-{base}"
    if len(base) > NFT_NAME_BASE_MAX:
        base = base[: NFT_NAME_BASE_MAX - 3] + "..."
    return f"{prefix}-{base}"
