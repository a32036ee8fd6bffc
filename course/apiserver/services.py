"""What the API server itself decides about a Service: its IP families, cluster IP and node ports.

Addresses and ports in use are read off the stored Services, so nothing is ever leaked.  The cluster has IPv4
only.  Left out: health check node ports, several address ranges.

Source: pkg/registry/core/service/storage/{alloc,storage}.go, pkg/registry/core/service/ipallocator,
.../portallocator@v1.36.2.
"""

import ipaddress
import random
from collections.abc import Callable
from typing import Any

from course.apiserver import keys
from course.apiserver.kinds import Kind
from course.apiserver.objects.field import invalid as invalid_value
from course.apiserver.status import internal_error, invalid
from course.store import KeyValue, Store

Object = dict[str, Any]

ADDRESSES = ipaddress.IPv4Network("10.96.0.0/16")
FIRST_PORT, LAST_PORT = 30000, 32767
_STATIC_ADDRESSES = 256  # the lower end of each range is left for those who choose themselves
_STATIC_PORTS = 86
_HEADLESS = "None"


class Allocator:
    """Gives Services their addresses and ports."""

    def __init__(self, store: Store, kind: Kind, rng: random.Random) -> None:
        self._kind = kind
        self._rng = rng
        self._addresses: dict[str, str] = {}  # who has it, by key
        self._ports: dict[int, str] = {}
        prefix = keys.prefix(kind)
        for pair in store.range(prefix).items:
            self._note(pair)
        self._reader = store.watch(prefix, store.revision + 1, self._follow)

    def begin_create(self, service: Object) -> None:
        """Complete a new Service; raise 422 when what it asks for is taken."""
        _synchronize(service, None)
        self._complete(service, None)

    def begin_update(self, service: Object, old: Object) -> None:
        """Complete a changed Service; what it leaves out stays as it was."""
        _synchronize(service, old)
        _keep_allocated(service["spec"], old["spec"])
        self._complete(service, old)

    def _complete(self, service: Object, old: Object | None) -> None:
        spec = service.get("spec")
        if not isinstance(spec, dict):
            return  # validation will say so
        if spec.get("type") != "ExternalName":
            _set_families(spec, old["spec"] if old else {})
            self._set_address(service, old)
        if spec.get("type") in ("NodePort", "LoadBalancer"):
            self._set_ports(service, old)

    def _set_address(self, service: Object, old: Object | None) -> None:
        spec = service["spec"]
        asked = spec.get("clusterIPs") or []
        if asked[:1] == [_HEADLESS] or (old and asked and asked == old["spec"].get("clusterIPs")):
            return
        if not asked:
            spec["clusterIPs"] = [self._free_address()]
            spec["clusterIP"] = spec["clusterIPs"][0]
            return
        try:
            address = ipaddress.IPv4Address(asked[0])
        except ValueError:
            return  # validation will say so
        if old is not None and old["spec"].get("clusterIPs"):
            return  # it may not change: validation will say so
        problem = self._address_problem(address)
        if problem:
            message = f"failed to allocate IP {address}: {problem}"
            raise invalid(self._kind, _name(service), [invalid_value("spec.clusterIPs", asked, message)])
        spec.setdefault("clusterIP", asked[0])

    def _address_problem(self, address: ipaddress.IPv4Address) -> str:
        outside = address not in ADDRESSES or address in (
            ADDRESSES.network_address,
            ADDRESSES.broadcast_address,
        )
        if outside:
            return f"the provided IP ({address}) is not in the valid range. The range of valid IPs is {ADDRESSES}"
        return "provided IP is already allocated" if str(address) in self._addresses else ""

    def _free_address(self) -> str:
        first, size = int(ADDRESSES.network_address), ADDRESSES.num_addresses
        offset = self._free(
            range(_STATIC_ADDRESSES, size - 1),
            lambda number: str(ipaddress.IPv4Address(first + number)) in self._addresses,
        )
        if offset is None:
            raise internal_error("failed to allocate a serviceIP: range is full")
        return str(ipaddress.IPv4Address(first + offset))

    def _set_ports(self, service: Object, old: Object | None) -> None:
        """Give every port a node port; equal ports of different protocols share one."""
        spec = service["spec"]
        if spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is False:
            return
        kept = {each.get("nodePort") for each in (old or {}).get("spec", {}).get("ports") or []}
        chosen: dict[int, int] = {}
        for index, port in enumerate(spec.get("ports") or []):
            asked = port.get("nodePort")
            if not asked:
                same = (each.get("nodePort") for each in spec["ports"] if each.get("port") == port.get("port"))
                port["nodePort"] = chosen.get(port["port"]) or next(filter(None, same), None)
                if not port["nodePort"]:
                    port["nodePort"] = self._free_port(set(chosen.values()))
            elif asked not in kept and asked not in chosen.values():
                self._check_port(service, index, asked)
            chosen.setdefault(port["port"], port["nodePort"])

    def _check_port(self, service: Object, index: int, port: int) -> None:
        problem = "provided port is already allocated" if port in self._ports else ""
        if not FIRST_PORT <= port <= LAST_PORT:
            problem = f"provided port is not in the valid range. The range of valid ports is {FIRST_PORT}-{LAST_PORT}"
        if problem:
            cause = invalid_value(f"spec.ports[{index}].nodePort", port, problem)
            raise invalid(self._kind, _name(service), [cause])

    def _free_port(self, also_taken: set[int]) -> int:
        port = self._free(
            range(FIRST_PORT + _STATIC_PORTS, LAST_PORT + 1),
            lambda number: number in self._ports or number in also_taken,
        )
        if port is None:
            raise internal_error("failed to allocate a nodePort: range is full")
        return port

    def _free(self, numbers: range, taken: Callable[[int], bool]) -> int | None:
        """Return a number that is not taken, beginning at a random place."""
        start = self._rng.randrange(len(numbers))
        for step in range(len(numbers)):
            number = numbers[(start + step) % len(numbers)]
            if not taken(number):
                return number
        return None

    def _follow(self) -> None:
        for event in self._reader.read():
            if event.before is not None:
                self._forget(event.before)
            if event.now is not None:
                self._note(event.now)

    def _note(self, pair: KeyValue) -> None:
        addresses, ports = _allocated(pair)
        self._addresses.update(dict.fromkeys(addresses, pair.key))
        self._ports.update(dict.fromkeys(ports, pair.key))

    def _forget(self, pair: KeyValue) -> None:
        addresses, ports = _allocated(pair)
        for address in addresses:
            self._addresses.pop(address, None)
        for port in ports:
            self._ports.pop(port, None)


def _allocated(pair: KeyValue) -> tuple[list[str], list[int]]:
    spec = pair.value.object["spec"]
    addresses = [each for each in spec.get("clusterIPs") or [] if each != _HEADLESS]
    ports = [each["nodePort"] for each in spec.get("ports") or [] if each.get("nodePort")]
    return addresses, ports


def _synchronize(service: Object, old: Object | None) -> None:
    """Make clusterIPs follow clusterIP where only that was set: older clients know no other field."""
    spec = service.get("spec") or {}
    address, addresses = spec.get("clusterIP", ""), spec.get("clusterIPs") or []
    if old is None:
        if address and not addresses:
            spec["clusterIPs"] = [address]
        return
    before, all_before = old["spec"].get("clusterIP", ""), old["spec"].get("clusterIPs") or []
    if address == before and not addresses:
        addresses = all_before
    elif address != before and addresses == all_before:
        addresses = [address] if address else []
    if addresses:
        spec["clusterIPs"] = addresses
    else:
        spec.pop("clusterIPs", None)


def _keep_allocated(spec: Object, old: Object) -> None:
    if "ExternalName" not in (spec.get("type"), old.get("type")):
        for field in ("clusterIP", "clusterIPs"):
            if not spec.get(field) and old.get(field):
                spec[field] = old[field]
    ports_before = {each.get("name", ""): each.get("nodePort") for each in old.get("ports") or []}
    if spec.get("type") in ("NodePort", "LoadBalancer") and any(ports_before.values()):
        used = {each.get("nodePort") for each in spec.get("ports") or []}
        for port in spec.get("ports") or []:
            before = ports_before.get(port.get("name", ""))
            if not port.get("nodePort") and before and before not in used:
                port["nodePort"] = before
                used.add(before)


def _set_families(spec: Object, old: Object) -> None:
    headless_alone = spec.get("clusterIP") == _HEADLESS and not spec.get("selector")
    if not spec.get("ipFamilyPolicy"):
        default = "RequireDualStack" if headless_alone else "SingleStack"
        spec["ipFamilyPolicy"] = old.get("ipFamilyPolicy") or default
    if not spec.get("ipFamilies"):
        both = headless_alone and spec["ipFamilyPolicy"] != "SingleStack"
        spec["ipFamilies"] = ["IPv4", "IPv6"] if both else ["IPv4"]


def _name(service: Object) -> str:
    return str(service["metadata"].get("name", ""))
