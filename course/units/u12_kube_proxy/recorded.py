"""Cases of lesson 12_kube_proxy from the golden records: what a real kube-proxy wrote."""

from collections.abc import Iterator

from course.checks.report import Case, kept
from course.units.u12_kube_proxy.answers import NODE, POD_CIDR, by_chain, service_lines, stored
from course.units.u12_kube_proxy.cases import chain_name_case
from insideout import records
from insideout.proxy.endpoints import endpoints_by_port
from insideout.proxy.netfilter.parse import parse
from insideout.proxy.services import service_ports


@kept
def chain_name_cases() -> Iterator[Case]:
    """Yield the name of every chain in the golden records that belongs to a Service."""
    for row in records.read("kubeproxy-iptables"):
        chains = parse(row["rules"]["nat"])["nat"]
        objects = [stored(one) for one in row["objects"]]
        slices = [one for one in objects if one["kind"] == "EndpointSlice"]
        endpoints = endpoints_by_port(slices, NODE)
        for one in objects:
            for port in service_ports(one) if one["kind"] == "Service" else ():
                at = {"": "", **{str(each): str(each) for each in endpoints.get(port.name, [])}}
                for kind in ("SVC", "SVL", "EXT", "SEP"):
                    for where in at.values():
                        case = chain_name_case(_record_rule(kind), kind, port.name, where)
                        if bool(where) == (kind == "SEP") and case.expected in chains:
                            yield case


def _record_rule(kind: str) -> str:
    return "recorded chains of endpoints" if kind == "SEP" else "recorded chains of Services"


_RECORDED = {
    "not-ready": "recorded: readiness",
    "no-endpoints": "recorded: readiness",
    "terminating-only": "recorded: readiness",
    "session-affinity": "recorded: session affinity and external addresses",
    "external-ip": "recorded: session affinity and external addresses",
    "nodeport": "recorded: node ports and policies",
    "nodeport-local": "recorded: node ports and policies",
    "internal-local": "recorded: node ports and policies",
}


@kept
def nat_cases() -> Iterator[Case]:
    """Yield every Service of the golden records with the rules that kube-proxy wrote for it."""
    for row in records.read("kubeproxy-iptables"):
        objects = [stored(one) for one in row["objects"]]
        slices = [one for one in objects if one["kind"] == "EndpointSlice"]
        for one in objects:
            if one["kind"] == "Service":
                expected = by_chain(service_lines(row["rules"]["nat"], one))
                rule = _RECORDED.get(row["case"], "recorded: cluster IPs")
                yield Case(rule, (one, slices, NODE, POD_CIDR), expected, by_chain)
