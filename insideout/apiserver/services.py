"""Cluster IPs and node ports: what the API server gives each Service, and takes back when it is gone.

Addresses and ports in use are read off the stored Services, so nothing is ever leaked.  Which fields a
Service may leave out, and its IP families, are in insideout.apiserver.objects.service_addresses.  Left out:
several address ranges, IPv6.

Source: pkg/registry/core/service/storage/alloc.go,
pkg/registry/core/service/{ipallocator,portallocator}@v1.36.2.
"""

import ipaddress
import random
from collections.abc import Callable, Collection
from typing import Any

from insideout.apiserver import keys
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects.field import invalid as invalid_value
from insideout.apiserver.objects.service_addresses import NONE, checks_health, family_rules
from insideout.apiserver.status import internal_error, invalid
from insideout.store import KeyValue, Store

Object = dict[str, Any]

ADDRESSES = ipaddress.IPv4Network("10.96.0.0/16")
FIRST_PORT, LAST_PORT = 30000, 32767
_STATIC_ADDRESSES = 256  # the lower end of each range is left for those who choose themselves
_STATIC_PORTS = 86


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

    def allocate(self, service: Object, old: Object | None) -> None:
        """Complete a new or changed Service; raise 422 when what it asks for is taken.

        Whatever is wrong with the Service itself is left to validation.
        """
        spec = service["spec"]
        before = old["spec"] if old is not None else None
        if family_rules(spec, before):
            return
        if spec.get("type") != "ExternalName":
            self._set_address(service, before)
        if spec.get("type") in ("NodePort", "LoadBalancer"):
            self._set_ports(service, before)
        if checks_health(spec) and not (before and checks_health(before)):
            self._set_health_port(spec)

    def _set_address(self, service: Object, before: Object | None) -> None:
        spec = service["spec"]
        asked = spec.get("clusterIPs") or []
        if not asked:
            spec["clusterIPs"] = [self._free_address()]
            spec["clusterIP"] = spec["clusterIPs"][0]
        elif asked[0] != NONE and not (before or {}).get("clusterIPs"):
            problem = self._address_problem(ipaddress.IPv4Address(asked[0]))
            if problem:
                message = f"failed to allocate IP {asked[0]}: {problem}"
                cause = invalid_value("spec.clusterIPs", asked, message)
                raise invalid(self._kind, service["metadata"].get("name", ""), [cause])

    def _address_problem(self, address: ipaddress.IPv4Address) -> str:
        outside = address not in ADDRESSES or address in (
            ADDRESSES.network_address,
            ADDRESSES.broadcast_address,
        )
        if outside:
            valid = f"The range of valid IPs is {ADDRESSES}"
            return f"the provided IP ({address}) is not in the valid range. {valid}"
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

    def _set_ports(self, service: Object, before: Object | None) -> None:
        """Give every port a node port; equal ports of different protocols share one."""
        spec = service["spec"]
        if spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is False:
            return
        kept = {each.get("nodePort") for each in (before or {}).get("ports") or []}
        chosen: dict[int, int] = {}
        for index, port in enumerate(spec.get("ports") or []):
            asked = port.get("nodePort")
            if not asked:
                same = (
                    each.get("nodePort") for each in spec["ports"] if each.get("port") == port.get("port")
                )
                port["nodePort"] = chosen.get(port["port"]) or next(filter(None, same), None)
                if not port["nodePort"]:
                    port["nodePort"] = self._free_port(set(chosen.values()))
            elif asked not in kept and asked not in chosen.values():
                self._check_port(service, index, asked)
            chosen.setdefault(port["port"], port["nodePort"])

    def _set_health_port(self, spec: Object) -> None:
        """Give a balancer the port at which it asks a node whether it has endpoints."""
        own = {each.get("nodePort", 0) for each in spec.get("ports") or []}
        asked = spec.get("healthCheckNodePort", 0)
        if not asked:
            spec["healthCheckNodePort"] = self._free_port(own)
        elif problem := self._port_problem(asked, own):
            raise internal_error(f"failed to allocate requested HealthCheck NodePort {asked}: {problem}")

    def _port_problem(self, port: int, also_taken: Collection[int] = ()) -> str:
        if not FIRST_PORT <= port <= LAST_PORT:
            valid = f"The range of valid ports is {FIRST_PORT}-{LAST_PORT}"
            return f"provided port is not in the valid range. {valid}"
        return "provided port is already allocated" if port in self._ports or port in also_taken else ""

    def _check_port(self, service: Object, index: int, port: int) -> None:
        if problem := self._port_problem(port):
            cause = invalid_value(f"spec.ports[{index}].nodePort", port, problem)
            raise invalid(self._kind, service["metadata"].get("name", ""), [cause])

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
    addresses = [each for each in spec.get("clusterIPs") or [] if each != NONE]
    ports = [each["nodePort"] for each in spec.get("ports") or [] if each.get("nodePort")]
    if spec.get("healthCheckNodePort"):
        ports.append(spec["healthCheckNodePort"])
    return addresses, ports
