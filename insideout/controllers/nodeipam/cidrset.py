"""Divides a cluster's range of Pod addresses into ranges for nodes, one after the other.

Round-robin, not lowest free: a range that was given back is used again only when the pointer comes round, so
that an address which others may still remember rests as long as possible.  Occupying moves no pointer.

Source: pkg/controller/nodeipam/ipam/cidrset/cidr_set.go@v1.36.2.
"""

from ipaddress import IPv4Network, IPv6Network, ip_network

IPNetwork = IPv4Network | IPv6Network

MOST_BITS_IPV6 = 16
"""By how much an IPv6 node mask may be longer than the cluster's: the set is one bit for each node range."""


class SubnetTooBigError(ValueError):
    """The node mask is too much longer than the cluster's, as upstream's ErrCIDRSetSubNetTooBig."""

    def __init__(self) -> None:
        super().__init__("New CIDR set failed; the node CIDR size is too big")


class NoRangesRemainingError(Exception):
    """Every node range is taken, as upstream's ErrCIDRRangeNoCIDRsRemaining."""

    def __init__(self) -> None:
        super().__init__(
            "CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range"
        )


class CidrSet:
    """The node ranges of one cluster range; `size` is how many there are, `allocated` how many are taken."""

    def __init__(self, cluster: str, node_mask: int) -> None:
        """Divide `cluster`, such as "10.244.0.0/16", into ranges of `node_mask` bits.

        Raises SubnetTooBigError beyond 16 bits in IPv6.
        """
        self._cluster = ip_network(cluster)
        self._node_mask = node_mask
        bits = node_mask - self._cluster.prefixlen
        if bits < 0:
            raise ValueError(f"a node range of /{node_mask} is larger than the cluster's, {cluster}")
        if self._cluster.version == 6 and bits > MOST_BITS_IPV6:
            raise SubnetTooBigError
        self.size = 1 << bits
        self._used: set[int] = set()
        self._next = 0

    @property
    def allocated(self) -> int:
        """How many node ranges are taken."""
        return len(self._used)

    def allocate(self) -> str:
        """Take the next free node range; NoRangesRemainingError when there is none."""
        if len(self._used) == self.size:
            raise NoRangesRemainingError
        index = self._next
        while index in self._used:
            index = (index + 1) % self.size
        self._next = (index + 1) % self.size
        self._used.add(index)
        return str(self._range(index))

    def occupy(self, cidr: str) -> None:
        """Take every node range that overlaps `cidr`; ValueError when it is outside the cluster's range."""
        self._used.update(self._indices(cidr))

    def release(self, cidr: str) -> None:
        """Give back every node range that overlaps `cidr`; ValueError when it is outside the cluster's."""
        self._used.difference_update(self._indices(cidr))

    def _indices(self, cidr: str) -> range:
        network = ip_network(cidr, strict=False)
        if network.version != self._cluster.version or not _overlap(network, self._cluster):
            raise ValueError(f"cidr {cidr} is out the range of cluster cidr {self._cluster}")
        if network.prefixlen <= self._cluster.prefixlen:
            return range(self.size)
        first, last = (self._index(int(address)) for address in (network[0], network[-1]))
        return range(first, last + 1)

    def _index(self, address: int) -> int:
        return (address - int(self._cluster.network_address)) >> self._host_bits

    def _range(self, index: int) -> IPNetwork:
        base = int(self._cluster.network_address) + (index << self._host_bits)
        kind = IPv4Network if self._cluster.version == 4 else IPv6Network
        return kind((base, self._node_mask))

    @property
    def _host_bits(self) -> int:
        return self._cluster.max_prefixlen - self._node_mask


def _overlap(one: IPNetwork, other: IPNetwork) -> bool:
    return one.overlaps(other)
