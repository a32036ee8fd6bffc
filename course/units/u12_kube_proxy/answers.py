"""The right answers of lesson 12_kube_proxy, from golden records and from the package's own kube-proxy.

Rules are compared as the lesson promises: without comments, in order inside a chain, in any order between
chains, and in any order between the ports of a Service in the chains that all Services share.
"""

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from insideout.client import Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.text import kube_proxy_text
from insideout.proxy.netfilter.parse import ParsedRule, parse
from insideout.proxy.netfilter.tracer import Tracer, Verdict

NODE, POD_CIDR, NODE_IP = "kp-node", "10.244.0.0/16", "192.168.1.10"
CONFIG = ProxyConfig(node=NODE, cluster_cidr=POD_CIDR, node_ip=NODE_IP)

_COMMENT = re.compile(r' -m comment --comment (?:"[^"]*"|\S+)')
_OWN_CHAIN = re.compile(r"KUBE-(SVC|SVL|SEP|EXT|FW)-")
_NOT_FOR_SERVICES = ("KUBE-POSTROUTING", "KUBE-FORWARD", "KUBE-FIREWALL", "KUBE-PROXY-CANARY")
_SHARED = ("KUBE-SERVICES", "KUBE-NODEPORTS")


def stored(obj: Object) -> Object:
    """Return the object as the API server stores it: in namespace demo, with its defaults filled in."""
    metadata = {"namespace": "demo", **obj["metadata"]}
    if obj["kind"] != "Service":
        return {**obj, "metadata": metadata}
    spec = {"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster", **obj["spec"]}
    if spec["sessionAffinity"] == "ClientIP":
        spec.setdefault("sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 10800}})
    if spec["type"] == "NodePort" or spec.get("externalIPs"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    spec["ports"] = [{"protocol": "TCP", "targetPort": port["port"], **port} for port in spec["ports"]]
    return {**obj, "metadata": metadata, "spec": spec}


def rules_text(services: list[Object], slices: list[Object]) -> str:
    """Return the tables nat and filter that kube-proxy writes for these objects on the lesson's node."""
    return kube_proxy_text(services, slices, CONFIG)


def service_lines(nat: str, service: Object) -> list[str]:
    """Return the rules of one Service in iptables-save's table nat, without comments."""
    metadata = service["metadata"]
    name = re.escape(f"{metadata['namespace']}/{metadata['name']}")
    about = re.compile(rf'--comment "(?:[a-zA-Z ]* for )?{name}[ :"]')
    lines = [line for line in nat.splitlines() if line.startswith("-A ")]
    own = {line.split()[1] for line in lines if about.search(line)}
    return [
        without_comment(line)
        for line in lines
        if about.search(line) or (line.split()[1] in own and _OWN_CHAIN.match(line.split()[1]))
    ]


def without_comment(line: str) -> str:
    """Return a rule without its comments and with single spaces."""
    return " ".join(_COMMENT.sub("", line).split())


def by_chain(answer: Any) -> Any:
    """Return rules sorted for comparison; an answer that is no list of rules is returned as it is."""
    if not isinstance(answer, list) or not all(isinstance(line, str) for line in answer):
        return answer
    lines = [without_comment(line) for line in answer]
    return sorted(lines, key=_place)


def only(chains: str) -> Callable[[Any], Any]:
    """Return the part of an answer that is in the chains whose names match the pattern, sorted as above."""

    def part(answer: Any) -> Any:
        lines = by_chain(answer)
        if not isinstance(lines, list):
            return answer
        return [line for line in lines if isinstance(line, str) and re.match(rf"-A (?:{chains})", line)]

    return part


def _place(line: str) -> tuple[str, str]:
    """Return where a rule is compared: its chain, and in a shared chain its protocol and port."""
    words = line.split()
    chain = words[1] if len(words) > 1 else ""
    if chain not in _SHARED:
        return chain, ""
    values = dict(pairwise(words))
    return chain, f"{values.get('-p', '')} {values.get('--dport', '')}"


def readable(text: str) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return the rules of the Services' chains as plain data, for `trace(rules, packet)`."""
    tables = parse(text)
    return {
        table: {
            name: [_plain(rule) for rule in chain.rules]
            for name, chain in sorted(tables[table].items())
            if name.startswith("KUBE-") and name not in _NOT_FOR_SERVICES
        }
        for table in ("nat", "filter")
    }


def _plain(rule: ParsedRule) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for option in rule.header:
        plain[f"{'not ' if option.negated else ''}{option.name}"] = option.values[0]
    for match in rule.matches:
        for option in match.options:
            match option.name:
                case "--dport":
                    plain["port"] = int(option.values[0])
                case "--dst-type":
                    plain["to node"] = True
                case "--src-type":
                    plain["from node"] = True
                case "--probability":
                    plain["probability"] = float(option.values[0])
                case "--seconds":
                    plain["seen within"] = int(option.values[0])
    plain["target"] = rule.target
    if rule.target == "DNAT":
        plain["to"] = rule.target_words[1]
    return plain


def packet(source: str, destination: str, port: int, protocol: str = "tcp") -> dict[str, Any]:
    """Return a packet as `trace` takes it."""
    return {
        "source": source,
        "destination": destination,
        "protocol": protocol,
        "port": port,
        "from node": source == NODE_IP,
        "to node": destination == NODE_IP,
    }


def ends(text: str, sent: dict[str, Any]) -> list[list[Any]]:
    """Return what `trace` should answer for a packet, by the package's own tracer."""
    tracer = Tracer(text, [NODE_IP])
    found = tracer.trace(sent["source"], sent["destination"], sent["port"], sent["protocol"])
    answer: list[list[Any]] = rounded(
        [[_end(one, sent), one.masquerade, float(one.probability)] for one in found]
    )
    return answer


def _end(verdict: Verdict, sent: dict[str, Any]) -> str:
    as_sent = f"{sent['destination']}:{sent['port']}"
    return "as sent" if verdict.destination == as_sent else verdict.destination or verdict.action


def rounded(answer: Any) -> Any:
    """Return the ends in order with six decimals; an answer of another shape is returned as it is."""
    if not isinstance(answer, list) or not all(_is_end(one) for one in answer):
        return answer
    return sorted([end, marked, round(float(share), 6)] for end, marked, share in answer)


def _is_end(one: Any) -> bool:
    return (
        isinstance(one, list)
        and len(one) == 3
        and isinstance(one[0], str)
        and isinstance(one[1], bool)
        and isinstance(one[2], int | float)
    )


def show_objects(*arguments: Iterable[Any]) -> str:
    """Write a Service and its slices for a report: what matters, a line for each endpoint."""
    service, slices, *rest = arguments
    assert isinstance(service, dict)
    spec = service["spec"]
    lines = [f"Service {service['metadata']['namespace']}/{service['metadata']['name']}:"]
    lines += [f"  {key}: {value}" for key, value in spec.items() if key not in ("selector", "ports")]
    lines += [f"  port {port}" for port in spec["ports"]]
    for one in slices:
        assert isinstance(one, dict)
        lines.append(
            f"slice of {one['metadata']['labels']['kubernetes.io/service-name']}: ports {one['ports']}"
        )
        lines += [f"  {_endpoint(endpoint)}" for endpoint in one["endpoints"]]
    return "\n".join(
        [*lines, *(f"{name} = {value!r}" for name, value in zip(("node", "pod_cidr"), rest, strict=False))]
    )


def _endpoint(endpoint: dict[str, Any]) -> str:
    conditions = endpoint.get("conditions") or {}
    said = ", ".join(f"{name} {str(value).lower()}" for name, value in conditions.items())
    return f"{endpoint['addresses'][0]} on {endpoint.get('nodeName')}: {said or 'no conditions'}"
