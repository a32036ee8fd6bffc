"""IP addresses and ranges of them.

Source: k8s.io/apiserver/pkg/cel/library/{ip,cidr}.go@v1.36.2; net/netip of Go.
"""

import ipaddress
from dataclasses import dataclass
from typing import Any, ClassVar

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.cel.values import EvaluationError, no_such_overload

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_METADATA = ("224.0.0.0/24", "ff02::/16")


@dataclass(frozen=True, slots=True)
class IP:
    """An address as a value."""

    address: Address
    TYPE: ClassVar[str] = "net.IP"

    @property
    def size(self) -> int:
        """The number of its bytes, by which its comparisons cost."""
        return self.address.max_prefixlen // 8

    def as_text(self) -> str:
        """Return what string() makes of it."""
        return str(self.address)


@dataclass(frozen=True, slots=True)
class CIDR:
    """A range as a value: an address and how many bits of it count."""

    address: Address
    bits: int
    TYPE: ClassVar[str] = "net.CIDR"

    @property
    def size(self) -> int:
        """The number of bytes that count."""
        return -(-self.bits // 8)

    @property
    def network(self) -> Any:
        """The range as Python has it."""
        return ipaddress.ip_network(f"{self.address}/{self.bits}", strict=False)

    def as_text(self) -> str:
        """Return what string() makes of it."""
        return f"{self.address}/{self.bits}"


def parse_ip(text: Any) -> IP:
    """Read an address."""
    if not isinstance(text, str):
        raise no_such_overload()
    if "%" in text:
        raise EvaluationError(f"IP address {go_quote(text)} with zone value is not allowed")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        why = f"ParseAddr({go_quote(text)}): {_address_fault(text)}"
        raise EvaluationError(
            f"IP Address {go_quote(text)} parse error during conversion from string: {why}"
        ) from None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        raise EvaluationError(f"IPv4-mapped IPv6 address {go_quote(text)} is not allowed")
    return IP(address)


def _address_fault(text: str) -> str:
    if ":" in text:
        return "invalid IPv6 address"
    if "." not in text:
        return "unable to parse IP"
    for part in text.split("."):
        if part.isdigit() and len(part) > 1 and part[0] == "0":
            return "IPv4 field has octet with leading zero"
        if part.isdigit() and int(part) > 255:
            return "IPv4 field has value >255"
        if not part.isdigit():
            return (
                f'unexpected character (at "{part}")' if part else "IPv4 field must have at least one digit"
            )
    return "IPv4 address too long" if text.count(".") > 3 else "IPv4 address too short"


def parse_cidr(text: Any) -> CIDR:
    """Read a range; bits after its prefix may be set."""
    if not isinstance(text, str):
        raise no_such_overload()
    base, slash, bits = text.partition("/")
    head = "network address parse error during conversion from string: netip.ParsePrefix"
    if not slash:
        raise EvaluationError(f"{head}({go_quote(text)}): no '/'")
    try:
        address = ipaddress.ip_address(base)
    except ValueError:
        why = f"ParseAddr({go_quote(base)}): {_address_fault(base)}"
        raise EvaluationError(f"{head}({go_quote(text)}): {why}") from None
    if not bits.isdigit() or (len(bits) > 1 and bits[0] == "0"):
        raise EvaluationError(f"{head}({go_quote(text)}): bad bits after slash: {go_quote(bits)}")
    if int(bits) > address.max_prefixlen:
        raise EvaluationError(f"{head}({go_quote(text)}): prefix length out of range")
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        raise EvaluationError(f"IPv4-mapped IPv6 address {go_quote(text)} is not allowed")
    return CIDR(address, int(bits))


def _readable(read: Any) -> Any:
    def readable(text: Any) -> bool:
        if not isinstance(text, str):
            raise no_such_overload()
        try:
            read(text)
        except EvaluationError:
            return False
        return True

    return readable


def _ip(value: Any) -> IP:
    return IP(value.address) if isinstance(value, CIDR) else parse_ip(value)


def _contains_ip(cidr: CIDR, other: Any) -> bool:
    address = (other if isinstance(other, IP) else parse_ip(other)).address
    return address.version == cidr.address.version and address in cidr.network


def _contains_cidr(cidr: CIDR, other: Any) -> bool:
    inner = other if isinstance(other, CIDR) else parse_cidr(other)
    if inner.address.version != cidr.address.version:
        return False
    return inner.bits >= cidr.bits and inner.network.network_address in cidr.network


def _global_unicast(value: IP) -> bool:
    address = value.address
    broadcast = str(address) == "255.255.255.255"
    return not (
        address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address.is_link_local
        or broadcast
    )


def _link_local_multicast(value: IP) -> bool:
    network = ipaddress.ip_network(_METADATA[value.address.version == 6])
    return value.address in network or (
        value.address.version == 6 and str(value.address)[:4] in ("ff12", "ff02")
    )


FUNCTIONS: dict[str, Any] = {
    "ip": _ip,
    "isIP": _readable(parse_ip),
    "ip.isCanonical": lambda text: parse_ip(text).as_text() == text,
    "family": lambda value: value.address.version,
    "isUnspecified": lambda value: value.address.is_unspecified,
    "isLoopback": lambda value: value.address.is_loopback,
    "isLinkLocalMulticast": _link_local_multicast,
    "isLinkLocalUnicast": lambda value: value.address.is_link_local,
    "isGlobalUnicast": _global_unicast,
    "cidr": parse_cidr,
    "isCIDR": _readable(parse_cidr),
    "containsIP": _contains_ip,
    "containsCIDR": _contains_cidr,
    "prefixLength": lambda value: value.bits,
    "masked": lambda value: CIDR(value.network.network_address, value.bits),
}
