"""Rules for IP addresses and ranges.

Source: k8s.io/apimachinery/pkg/util/validation/ip.go@v1.36.2, with StrictIPCIDRValidation on as by default.
"""

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NOT_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
NOT_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_LEADING_ZERO = re.compile(r"(?<![0-9])0+(?=[0-9])")


# Remembered because each write of a pod's status names its addresses and its node's several times.
@lru_cache(maxsize=4096)
def parse(text: str) -> Address | None:
    """Return the address that old fields accept: leading zeros are read as decimal; None for no address."""
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(_LEADING_ZERO.sub("", text) if ":" not in text else text)
    except ValueError:
        return None


def ip(text: str, path: str) -> Causes:
    """Return what is wrong with an address in a field that exists for long."""
    address = parse(text)
    if address is None:
        return [field.invalid(path, text, NOT_IP)]
    causes: Causes = []
    if ":" not in text and str(address) != text:
        causes.append(field.invalid(path, text, "must not have leading 0s"))
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        causes.append(field.invalid(path, text, "must not be an IPv4-mapped IPv6 address"))
    return causes


def canonical_ip(text: str, path: str) -> Causes:
    """Return what is wrong with an address in a newer field, which takes one spelling only."""
    causes, address = ip(text, path), parse(text)
    if not causes and str(address) != text:
        causes.append(field.invalid(path, text, f"must be in canonical form ({go_quote(str(address))})"))
    return causes


def cidr(text: str, path: str) -> Causes:
    """Return what is wrong with a range of addresses."""
    base, slash, bits = text.partition("/")
    address = parse(base)
    if not slash or address is None or not bits.isdigit() or int(bits) > address.max_prefixlen:
        return [field.invalid(path, text, NOT_CIDR)]
    if (":" not in base and str(address) != base) or (len(bits) > 1 and bits[0] == "0"):
        return [field.invalid(path, text, "must not have leading 0s in IP or prefix length")]
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return [field.invalid(path, text, "must not have an IPv4-mapped IPv6 address")]
    whole = network(text)
    if whole is None or whole.network_address != address:
        return [field.invalid(path, text, "must not have bits set beyond the prefix length")]
    return []


def network(text: str) -> Network | None:
    """Return the range that a text writes; None for no range."""
    base, _, bits = text.partition("/")
    try:
        return ipaddress.ip_network(f"{parse(base)}/{bits}", strict=False)
    except ValueError:
        return None


def ip_warnings(text: str, path: str) -> Iterator[str]:
    """Yield a warning about a valid address that is not written as it should be."""
    address = parse(text)
    if isinstance(address, ipaddress.IPv6Address) and str(address) != text:
        quoted = go_quote(str(address))
        yield f"{path}: IPv6 address {go_quote(text)} should be in RFC 5952 canonical format ({quoted})"


def cidr_warnings(text: str, path: str) -> Iterator[str]:
    """Yield a warning about a valid range that is not written as it should be."""
    base, slash, bits = text.partition("/")
    address = parse(base)
    if slash and isinstance(address, ipaddress.IPv6Address) and str(address) != base:
        quoted = go_quote(f"{address}/{bits}")
        yield f"{path}: IPv6 CIDR value {go_quote(text)} should be in RFC 5952 canonical format ({quoted})"
