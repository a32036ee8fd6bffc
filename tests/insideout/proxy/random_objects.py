"""Random Services of every kind with their EndpointSlices, and the addresses at which they can be reached."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from insideout.client import Object

NODE, NODE_IP = "kp-node", "192.168.1.10"
_READY = {"ready": True, "serving": True, "terminating": False}
_CONDITIONS = [
    {},
    _READY,
    _READY,
    {"ready": False, "serving": False, "terminating": False},
    {"ready": False, "serving": True, "terminating": True},
]
_RANGES = [
    "198.51.100.0/24",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.1.0/24",
]  # ranges that nft does not merge


class Target(NamedTuple):
    """An address, port and protocol that some rule may be about."""

    ip: str
    port: int
    protocol: str


def objects(rng: Random) -> tuple[list[Object], list[Object]]:
    """Return up to three Services and their slices."""
    services: list[Object] = []
    slices: list[Object] = []
    for i in range(rng.randint(1, 3)):
        ports = _ports(rng, i)
        services.append(_service(rng, i, ports))
        slices += [_slice(rng, i, suffix, ports) for suffix in "ab"[: rng.choice([0, 1, 1, 2])]]
    return services, slices


def targets(services: list[Object]) -> Iterator[Target]:
    """Yield everything that the Services listen at."""
    for service in services:
        spec = service["spec"]
        ingress = service["status"].get("loadBalancer", {}).get("ingress", [])
        for port in spec["ports"]:
            for ip in (spec["clusterIP"], *spec.get("externalIPs", []), *(one["ip"] for one in ingress)):
                yield Target(ip, port["port"], port["protocol"])
            if "nodePort" in port:
                yield Target(NODE_IP, port["nodePort"], port["protocol"])


def _ports(rng: Random, i: int) -> list[Object]:
    count = rng.choice([1, 1, 2])
    protocols = ["TCP", "TCP", "UDP", "SCTP"]
    return [
        {"name": f"p{n}" if count > 1 else "", "port": 80 + n, "protocol": rng.choice(protocols)}
        for n in range(count)
    ]


def _service(rng: Random, i: int, ports: list[Object]) -> Object:
    kind = rng.choice(["ClusterIP", "NodePort", "LoadBalancer"])
    spec: Object = {"type": kind, "clusterIP": f"10.96.{i}.{rng.randint(2, 250)}"}
    spec["ports"] = [dict(port) for port in ports]
    status: Object = {}
    if kind != "ClusterIP":
        for n, port in enumerate(spec["ports"]):
            port["nodePort"] = 30000 + 10 * i + n
    if rng.random() < 0.4:
        spec["externalIPs"] = [f"192.0.2.{i + 1}", f"192.0.2.{i + 100}"][: rng.randint(1, 2)]
    for policy in ("externalTrafficPolicy", "internalTrafficPolicy"):
        if rng.random() < 0.35:
            spec[policy] = "Local"
    if rng.random() < 0.4:
        spec["sessionAffinity"] = "ClientIP"
        spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": rng.choice([1, 300, 3661, 86400])}}
    if kind == "LoadBalancer":
        spec["healthCheckNodePort"] = 32000 + i
        status = {"loadBalancer": {"ingress": [{"ip": f"203.0.113.{i + 1}"}]}}
        if rng.random() < 0.6:
            spec["loadBalancerSourceRanges"] = rng.sample(_RANGES, rng.randint(1, 4))
    return {
        "kind": "Service",
        "metadata": {"name": f"s{i}", "namespace": "demo"},
        "spec": spec,
        "status": status,
    }


def _slice(rng: Random, i: int, suffix: str, ports: list[Object]) -> Object:
    addresses = dict.fromkeys(
        f"10.244.{rng.randint(0, 2)}.{rng.randint(2, 30)}" for _ in range(rng.randint(0, 7))
    )
    return {
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"s{i}-{suffix}",
            "namespace": "demo",
            "labels": {"kubernetes.io/service-name": f"s{i}"},
        },
        "addressType": "IPv4",
        "ports": [{**port, "port": port["port"] + 8000} for port in ports],
        "endpoints": [
            {
                "addresses": [address],
                "conditions": rng.choice(_CONDITIONS),
                "nodeName": NODE if address.startswith("10.244.0.") else "other",
            }
            for address in addresses
        ],
    }
