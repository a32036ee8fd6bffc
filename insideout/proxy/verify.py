"""Hold the rules against golden records: the same objects in, the same rules out.

The order of rules inside a chain is part of the rules.  Two orders are not, because kube-proxy walks a Go
map: that of Services in the chains they share, and that of elements and chains in nftables.  A record was
taken in namespace demo, on a server whose own Service default/kubernetes had no endpoint; both are added
here.
"""

import re
from collections.abc import Iterable
from typing import Any

from insideout.client import Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables import ruleset as iptables
from insideout.proxy.iptables.rule import SERVICES
from insideout.proxy.iptables.save import save_text
from insideout.proxy.nftables import ruleset as nftables
from insideout.proxy.nftables.listing import list_text

RECORDED_WITH = ProxyConfig(node="kp-node", cluster_cidr="10.244.0.0/16", service_cidr="10.96.0.0/16")
"""How kube-proxy was started for the records."""

API_SERVICE: Object = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "kubernetes", "namespace": "default"},
    "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
}


def recorded_objects(row: dict[str, Any]) -> tuple[list[Object], list[Object]]:
    """Return a record's Services and EndpointSlices as kube-proxy saw them: in demo, no posted status."""
    placed = [{**one, "metadata": {"namespace": "demo", **one["metadata"]}} for one in row["objects"]]
    services = [
        {key: value for key, value in one.items() if key != "status"}
        for one in placed
        if one["kind"] == "Service"
    ]
    return [API_SERVICE, *services], [one for one in placed if one["kind"] == "EndpointSlice"]


def verify(rows: Iterable[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return each record's case with the differences between its rules and ours, an empty list when equal."""
    return [(row["case"], differences(row)) for row in rows]


def differences(row: dict[str, Any]) -> list[str]:
    """Return one line for each rule, element or chain of a record that we write otherwise."""
    services, slices = recorded_objects(row)
    if "nft" in row["rules"]:
        listing = list_text(nftables.build(services, slices, RECORDED_WITH))
        return _compare("nft", nftables_parts(row["rules"]["nft"]), nftables_parts(listing))
    found = []
    for table in iptables.build(services, slices, RECORDED_WITH):
        expected = iptables_parts(row["rules"][table.name])
        found += _compare(table.name, expected, iptables_parts(save_text(table)))
    return found


def iptables_parts(text: str) -> dict[str, list[str]]:
    """Split iptables-save's text into ordered parts: a chain's rules, in shared chains one Service's."""
    parts: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith(":"):
            parts[f"chain {line[1:]}"] = []
        elif line.startswith("-A "):
            chain = line.split()[1]
            owner = re.search(r'--comment "([a-z0-9.-]+/[a-z0-9.:-]+)', line)
            shared = not re.match(r"KUBE-(SVC|SVL|SEP|EXT|FW)-", chain)
            key = f"{chain} {owner[1]}" if shared and owner else chain
            parts.setdefault(key, []).append(line)
            if chain == SERVICES:
                parts[f"end of {chain}"] = [line] if not owner else []
    return parts


def nftables_parts(text: str) -> dict[str, list[str]]:
    """Split nft's listing into its sets, maps and chains; elements are sorted, rules are not."""
    joined = re.sub(r",\n\t\t\t +", ", ", text)
    parts: dict[str, list[str]] = {}
    for block in re.finditer(r"^\t((?:set|map|chain) \S+) \{\n((?:\t\t.*\n)*)\t\}$", joined, re.MULTILINE):
        lines = [line.strip() for line in block[2].splitlines()]
        parts[block[1]] = [line for line in lines if not line.startswith("elements = ")]
        for line in lines:
            if line.startswith("elements = { "):
                elements = line.removeprefix("elements = { ").removesuffix(" }").split(", ")
                parts[block[1] + " elements"] = sorted(elements)
    return parts


def _compare(where: str, expected: dict[str, list[str]], got: dict[str, list[str]]) -> list[str]:
    found = []
    for key in sorted({*expected, *got}):
        if key not in got:
            found.append(f"{where}: missing {key}: {expected[key]}")
        elif key not in expected:
            found.append(f"{where}: not in the record: {key}: {got[key]}")
        elif expected[key] != got[key]:
            found.append(f"{where}: {key}: expected {expected[key]}, got {got[key]}")
    return found
