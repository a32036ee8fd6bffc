"""Wrong solutions of lesson 12: each is the lesson's own with one belief changed.

A wrong one names the test cells that must take points; no other test of its exercise may.
"""

from typing import NamedTuple


class Wrong(NamedTuple):
    """A misconception: in which exercise, in one sentence, the test cells meant for it, and the change."""

    exercise: str
    belief: str
    caught_by: tuple[str, ...]
    old: str
    new: str


_NAME = ("chain-name-examples", "chain-name-records", "chain-name-unseen")
_SHARE = ("probabilities-examples",)
_REFUSAL = ("refusal-examples",)
_NAT = ("nat-rules-examples", "nat-rules-records", "nat-rules-unseen")
_NOT_DRAWN = ("nat-rules-examples", "nat-rules-records")
_EXAMPLES_ONLY = ("nat-rules-examples",)
_NOT_RECORDED = ("nat-rules-examples", "nat-rules-unseen")
_TRACE = ("trace-examples", "trace-unseen")

_IN_NAME = 'f"{namespace}/{service}:{port}" if port else f"{namespace}/{service}"'
_PRINTED = '(text, f"{round(float(text) * 2**31) / 2**31:.11f}")'
_STRANGERS = 'rule(first, f"! -s {pod_cidr}", cluster_ip, "-j KUBE-MARK-MASQ")'
_CHANCES = 'f"-m statistic --mode random --probability {p}" for _, p in probabilities(len(ends))'

WRONG = [
    Wrong(
        "chain-name", "an unnamed port leaves its colon", _NAME, _IN_NAME, 'f"{namespace}/{service}:{port}"'
    ),
    Wrong("chain-name", "the protocol is hashed as the API spells it", _NAME, "protocol.lower()", "protocol"),
    Wrong(
        "chain-name",
        "the hash is written in hex",
        _NAME,
        "b32encode(digest).decode()",
        "digest.hex().upper()",
    ),
    Wrong("chain-name", "eight characters, as in nftables mode", _NAME, "[:16]", "[:8]"),
    Wrong("chain-name", "the kind is hashed too", _NAME, "(owner + protocol", "(kind + owner + protocol"),
    Wrong("chain-name", "endpoints share their Service's hash", _NAME, " + endpoint)", ")"),
    Wrong("chain-name", "an endpoint is its address", _NAME, "+ endpoint)", "+ endpoint.split(':')[0])"),
    Wrong("chain-name", "namespaces do not matter", _NAME, "{namespace}/", ""),
    Wrong("probabilities", "1/n on every rule", _SHARE, "1 / left", "1 / n"),
    Wrong(
        "probabilities",
        "the last rule has a probability of one",
        _SHARE,
        "range(n, 1, -1)",
        "range(n, 0, -1)",
    ),
    Wrong("probabilities", "small shares first", _SHARE, "range(n, 1, -1)", "range(2, n + 1)"),
    Wrong("probabilities", "what is printed is what was written", _SHARE, _PRINTED, '(text, text + "0")'),
    Wrong("probabilities", "ten decimals are printed", _SHARE, ':.11f}"', ':.10f}"'),
    Wrong(
        "probabilities",
        "the kernel cuts off",
        _SHARE,
        "round(float(text) * 2**31)",
        "int(float(text) * 2**31)",
    ),
    Wrong("probabilities", "the kernel keeps 32 bits", _SHARE, "2**31", "2**32"),
    Wrong(
        "probabilities",
        "the kernel gets the exact share",
        _SHARE,
        "for text in written",
        "for text, left in zip(written, range(n, 1, -1)) for text_ in [text] for text in [repr(1 / left)]",
    ),
    Wrong("refusal", "REJECT for Local without a local endpoint", _REFUSAL, '"DROP" if', '"REJECT" if'),
    Wrong("refusal", "DROP for everything", _REFUSAL, 'return "REJECT"', 'return "DROP"'),
    Wrong(
        "refusal",
        "every listed endpoint is usable",
        _REFUSAL,
        'if e["conditions"].get("ready") is not False',
        "",
    ),
    Wrong("refusal", "a missing condition is false", _REFUSAL, '.get("ready") is not False', '.get("ready")'),
    Wrong("refusal", "terminating endpoints are gone", _REFUSAL, "ready or leaving", "ready"),
    Wrong(
        "refusal",
        "terminating endpoints need not serve",
        _REFUSAL,
        'e["conditions"].get("serving") is not False and ',
        "",
    ),
    Wrong(
        "refusal",
        "here only those may be chosen that may be chosen anywhere",
        _REFUSAL,
        "here = [e for e in endpoints if",
        "here = [e for e in usable(endpoints) if",
    ),
    Wrong("refusal", "policies change nothing", _REFUSAL, 'policy == "Local"', "False"),
    Wrong("refusal", "without a local endpoint it is dropped anyway", _REFUSAL, 'policy == "Local" and', ""),
    Wrong(
        "nat-rules",
        "all cluster IP traffic is masqueraded",
        _NAT,
        _STRANGERS,
        'rule(first, cluster_ip, "-j KUBE-MARK-MASQ")',
    ),
    Wrong(
        "nat-rules", "pods are masqueraded, strangers are not", _NAT, 'f"! -s {pod_cidr}"', 'f"-s {pod_cidr}"'
    ),
    Wrong(
        "nat-rules",
        "endpoints are sorted as addresses",
        _NOT_RECORDED,
        "return sorted(ready or leaving)",
        "return sorted(ready or leaving, key=lambda at: [int(n) for n in at.replace(':', '.').split('.')])",
    ),
    Wrong(
        "nat-rules",
        "every rule takes 1/n",
        _NAT,
        _CHANCES,
        'f"-m statistic --mode random --probability {1 / len(ends):.11f}" for _ in ends[1:]',
    ),
    Wrong(
        "nat-rules",
        "the last rule has a probability too",
        _NAT,
        '+ [""]',
        '+ ["-m statistic --mode random --probability 1.00000000000"]',
    ),
    Wrong(
        "nat-rules", "the number that was written is printed", _NAT, "for _, p in prob", "for p, _ in prob"
    ),
    Wrong("nat-rules", "every listed endpoint is used", _NAT, "sorted(ready or leaving)", "sorted(found)"),
    Wrong("nat-rules", "terminating endpoints are gone", _NAT, "sorted(ready or leaving)", "sorted(ready)"),
    Wrong(
        "nat-rules",
        "ready and terminating endpoints are mixed",
        _NOT_RECORDED,
        "sorted(ready or leaving)",
        "sorted(set(ready + leaving))",
    ),
    Wrong(
        "nat-rules",
        "the slices of all Services are this one's",
        _NOT_DRAWN,
        'one["metadata"]["labels"].get("kubernetes.io/service-name") == metadata["name"]',
        "True",
    ),
    Wrong(
        "nat-rules",
        "the first slice holds all endpoints",
        _NAT,
        "for one in slices:",
        "for one in [o for o in slices if o['metadata']['name'].startswith(metadata['name'] + '-')][:1]:",
    ),
    Wrong(
        "nat-rules",
        "ports are told apart by protocol alone",
        _NOT_RECORDED,
        'same_name = slice_port["name"] == port.get("name", "")',
        "same_name = True",
    ),
    Wrong(
        "nat-rules", "ports are told apart by name alone", _EXAMPLES_ONLY, ' == port["protocol"]:', '!= "":'
    ),
    Wrong(
        "nat-rules",
        "a slice has the Service's target port",
        _NOT_RECORDED,
        "{slice_port['port']}",
        "{port['targetPort']}",
    ),
    Wrong(
        "nat-rules",
        "a hairpin needs no mark",
        _NAT,
        "rule(sep, f\"-s {at.split(':')[0]}/32 -j KUBE-MARK-MASQ\")",
        "sep",
    ),
    Wrong(
        "nat-rules", "affinity is always three hours", _NOT_RECORDED, "--seconds {seconds}", "--seconds 10800"
    ),
    Wrong(
        "nat-rules",
        "affinity is remembered for the Service",
        _NAT,
        "--reap --name {name('SEP', at)}",
        "--reap --name {chain}",
    ),
    Wrong(
        "nat-rules",
        "affinity is never renewed",
        _NAT,
        'rsource " if sticky else ""',
        'rsource " if False else ""',
    ),
    Wrong("nat-rules", "affinity needs no rules", _NAT, 'spec["sessionAffinity"] == "ClientIP"', "False"),
    Wrong(
        "nat-rules",
        "a headless Service has rules",
        _NOT_DRAWN,
        'if spec["clusterIP"] == "None":',
        "if False:",
    ),
    Wrong(
        "nat-rules",
        "the cluster IP always leads to all endpoints",
        _NAT,
        "first = svl if internal_local else svc",
        "first = svc",
    ),
    Wrong(
        "nat-rules",
        "the internal policy is the external one",
        _NAT,
        'spec["internalTrafficPolicy"] ==',
        'spec.get("externalTrafficPolicy") ==',
    ),
    Wrong(
        "nat-rules",
        "the external policy changes nothing",
        _NAT,
        'external_local = spec.get("externalTrafficPolicy") == "Local"',
        "external_local = False",
    ),
    Wrong(
        "nat-rules",
        "under policy Local pods see local endpoints only",
        _NAT,
        'rule(ext, f"-s {pod_cidr} -j {svc}")',
        'rule(ext, f"-s {pod_cidr} -j {svl}")',
    ),
    Wrong(
        "nat-rules",
        "under policy Local nobody is masqueraded",
        _NAT,
        'rule(ext, "-m addrtype --src-type LOCAL -j KUBE-MARK-MASQ")',
        "ext",
    ),
    Wrong(
        "nat-rules",
        "an empty KUBE-SVL is jumped to",
        _NOT_RECORDED,
        "if here:\n                    rule",
        "if True:\n                    rule",
    ),
    Wrong("nat-rules", "external traffic keeps its source", _NAT, 'rule(ext, "-j KUBE-MARK-MASQ")', "ext"),
    Wrong(
        "nat-rules",
        "node ports lead straight to the endpoints",
        _NAT,
        'rule("KUBE-NODEPORTS", to(port["nodePort"]), f"-j {ext}")',
        'rule("KUBE-NODEPORTS", to(port["nodePort"]), f"-j {svc}")',
    ),
    Wrong(
        "nat-rules",
        "node ports do not answer at localhost",
        _NAT,
        'rule("KUBE-NODEPORTS", "-d 127.0.0.0/8", to(port["nodePort"]), counted, f"-j {ext}")',
        "counted",
    ),
    Wrong(
        "nat-rules",
        "external addresses are internal",
        _NAT,
        "{to(port['port'])} -j {ext}",
        "{to(port['port'])} -j {svc}",
    ),
    Wrong(
        "nat-rules",
        "what is refused keeps its rules",
        _NAT,
        "if here if internal_local else everywhere:",
        "if True:",
    ),
    Wrong(
        "nat-rules",
        "there is a chain for every known endpoint",
        _NAT,
        "for at in sorted({at for ends in chosen.values() for at in ends}):",
        "for at in sorted(found):",
    ),
    Wrong(
        "nat-rules",
        "everything is TCP",
        _NAT,
        'port["protocol"].lower(), endpoints_of',
        '"tcp", endpoints_of',
    ),
    Wrong(
        "trace",
        "a mark is lost on the way back",
        _TRACE,
        "left, marked = walk(table,",
        "left, _ = walk(table,",
    ),
    Wrong("trace", "every rule sees the whole packet", _TRACE, "            share -= taken\n", ""),
    Wrong(
        "trace",
        "the table filter is not asked",
        _TRACE,
        'for chain in ("KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES"):',
        "for chain in ():",
    ),
    Wrong(
        "trace",
        "only cluster IPs are refused",
        _TRACE,
        'in ("KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES"):',
        'in ("KUBE-SERVICES",):',
    ),
    Wrong(
        "trace",
        "nobody comes back from a chain",
        _TRACE,
        "                share += left\n",
        "                return 0, marked\n",
    ),
    Wrong("trace", "negation is overlooked", _TRACE, '"not source" in rule', '"no source" in rule'),
    Wrong(
        "trace",
        "ranges are compared as text",
        _TRACE,
        "ip_address(address) in ip_network(network)",
        'network in (address + "/32", "0.0.0.0/0")',
    ),
    Wrong(
        "trace",
        "protocols do not matter",
        _TRACE[:1],
        'rule.get("protocol", packet["protocol"]) == packet["protocol"]',
        "True",
    ),
    Wrong(
        "trace",
        "ports do not matter",
        _TRACE[:1],
        'rule.get("port", packet["port"]) == packet["port"]',
        "True",
    ),
    Wrong(
        "trace",
        "the node is a stranger like others",
        _TRACE,
        '(packet["from node"] or not rule.get("from node"))',
        'not rule.get("from node")',
    ),
    Wrong(
        "trace",
        "every address is the node's",
        _TRACE[:1],
        '(packet["to node"] or not rule.get("to node"))',
        "True",
    ),
    Wrong("trace", "a new client is on every list", _TRACE, '"seen within" not in rule', "True"),
    Wrong("trace", "chance is left out", _TRACE, 'rule.get("probability", 1)', "1"),
    Wrong(
        "trace",
        "all traffic is masqueraded",
        _TRACE,
        'ends.append(["as sent" if end == "ACCEPT" else end, marked, taken])',
        "ends.append([end, True, taken])",
    ),
]

RIGHT = {
    "chains in another order, ports in another order, comments left in": (
        "nat-rules",
        """
written_by_lesson = nat_rules

def nat_rules(service, slices, node, pod_cidr):
    spec = {**service["spec"], "ports": service["spec"]["ports"][::-1]}
    lines = written_by_lesson({**service, "spec": spec}, slices, node, pod_cidr)
    own = [line for line in lines if "-A KUBE-S" not in line]
    rest = [line for line in lines if "-A KUBE-S" in line]
    return [line.replace(" -j ", ' -m comment --comment "why -j" -j ') for line in own + rest]
""",
    ),
    "tuples, and the least likely end first": (
        "trace",
        """
written_by_lesson_too = trace

def trace(rules, packet):
    ends = sorted(written_by_lesson_too(rules, packet), key=lambda end: end[2])
    return tuple(tuple(end) for end in ends)
""",
    ),
    "a list and not a generator of pairs": (
        "probabilities",
        """
def probabilities(n):
    pairs = []
    while n > 1:
        text = "%.10f" % (1 / n)
        pairs.append([text, "%.11f" % (round(float(text) * 2147483648) / 2147483648)])
        n -= 1
    return pairs
""",
    ),
}
