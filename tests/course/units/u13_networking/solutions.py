"""Solutions of lesson 13 as learners write them: wrong ones, each with its misconception, and right ones.

Each is the text that goes into a cell of an exercise.  A wrong one names the test cells that must take
points; no other test of its exercise may.
"""

from tests.course.units.graded import Wrong

_MTU = """
def mtu(underlay, encap, outer=4):
    cost = {{"vxlan": {vxlan}, "wireguard": 60, "ipip": 20, "native": 0, "bgp": 0}}[encap]
    if {longer}:
        cost += 20
    return underlay {sign} cost
"""
_MTU_PARTS = {"vxlan": "50", "longer": "cost and outer == 6", "sign": "-"}

_CAPACITY = """
import ipaddress
def capacity(cluster, node, max_pods):
    net = ipaddress.ip_network(cluster)
    if {too_big}:
        raise ValueError(node)
    nodes = 1 << (node - net.prefixlen)
    room = (1 << (net.max_prefixlen - node)) - {kept}
    return nodes, {pods}
"""
_CAPACITY_PARTS = {
    "too_big": "net.version == 6 and node - net.prefixlen > 16",
    "kept": "2",
    "pods": "nodes * max(0, min(room, max_pods))",
}
_EACH = "max(0, min(room, max_pods))"
_BOTH_BOUND = "node - net.prefixlen > 16"

_ROUTES = """
import ipaddress
def routes(nodes, me):
    mine = ipaddress.ip_interface(nodes[me]["ip"])
    result = {{}}
    for name in nodes:
        other = ipaddress.ip_interface(nodes[name]["ip"])
        if name == me:
            result[nodes[name]["podCIDR"]] = "local"
        elif {near}:
            result[nodes[name]["podCIDR"]] = "via %s" % {hop}
        else:
            result[nodes[name]["podCIDR"]] = "tunnel %s" % other.ip
    return result
"""
_ROUTES_PARTS = {"near": "other.ip in mine.network", "hop": "other.ip"}

_ALLOWED = """
from ipaddress import ip_address, ip_network
def allowed(policies, namespaces, pods, src, dst, port, proto):
    by = {{p["namespace"] + "/" + p["name"]: p for p in pods}}
    by.update({{p["ip"]: p for p in pods}})
    a, b = by.get(src), by.get(dst)
    a_ip, b_ip = a["ip"] if a else src, b["ip"] if b else dst

    def sel(s, labels):
        for k, v in s.get("matchLabels", {{}}).items():
            if labels.get(k) != v:
                return False
        for e in s.get("matchExpressions", []):
            has, value = e["key"] in labels, labels.get(e["key"])
            ok = {{"In": has and value in e.get("values", []), "NotIn": {not_in},
                  "Exists": has, "DoesNotExist": not has}}[e["operator"]]
            if not ok:
                return False
        return True

    def peer(p, home, pod, ip, rule_peers):
        if "ipBlock" in p:
            holes = {holes}
            return ip_address(ip) in ip_network(p["ipBlock"]["cidr"]) and all(
                ip_address(ip) not in ip_network(h) for h in holes)
        if not pod:
            return False
        there = {home}
        if "namespaceSelector" in p:
            there = sel(p["namespaceSelector"], namespaces[pod["namespace"]])
        labels = sel(p["podSelector"], pod["labels"]) if "podSelector" in p else True
        return {both}

    def ports(q):
        if {protocol} != proto:
            return False
        if "port" not in q:
            return True
        if isinstance(q["port"], str):
            return any(x["name"] == q["port"] and {same} and x["containerPort"] == port
                       for x in (b["ports"] if b else []))
        return q["port"] <= port <= {end}

    def rule(r, key, home, pod, ip):
        return (not r.get(key) or any(peer(p, home, pod, ip, r[key]) for p in r[key])) and (
            not r.get("ports") or any(ports(q) for q in r["ports"]))

    def side(kind, key, pod, other, ip):
        if not pod:
            return True
        chosen = [p for p in policies if p["metadata"]["namespace"] == pod["namespace"]
                  and sel(p["spec"]["podSelector"], pod["labels"])
                  and kind in (p["spec"].get("policyTypes") or {types})]
        return not chosen or {some}(any(rule(r, key, p["metadata"]["namespace"], other, ip)
                                        for r in p["spec"].get(kind.lower(), [])) for p in chosen)

    return {sides}
"""
_ALLOWED_PARTS = {
    "not_in": 'value not in e.get("values", [])',
    "holes": 'p["ipBlock"].get("except", [])',
    "home": 'pod["namespace"] == home',
    "both": "there and labels",
    "protocol": 'q.get("protocol", "TCP")',
    "same": 'x["protocol"] == proto',
    "end": 'q.get("endPort", q["port"])',
    "types": '(["Ingress", "Egress"] if p["spec"].get("egress") else ["Ingress"])',
    "some": "any",
    "sides": 'side("Ingress", "from", b, a, a_ip) and side("Egress", "to", a, b, b_ip)',
}


_END = 'q.get("endPort", q["port"] + 1) - 1'
_ANY = 'q.get("protocol", proto)'
_KEYED = 'has and value not in e.get("values", [])'


def _mtu(**parts: str) -> str:
    return _MTU.format(**{**_MTU_PARTS, **parts})


def _capacity(**parts: str) -> str:
    return _CAPACITY.format(**{**_CAPACITY_PARTS, **parts})


def _routes(**parts: str) -> str:
    return _ROUTES.format(**{**_ROUTES_PARTS, **parts})


def _allowed(**parts: str) -> str:
    return _ALLOWED.format(**{**_ALLOWED_PARTS, **parts})


EXAMPLES, E2E, RECORDS, UNSEEN, WORK = "examples", "e2e", "records", "unseen", "at-work"


def _wrong(exercise: str, belief: str, cells: tuple[str, ...], code: str) -> Wrong:
    return Wrong(exercise, belief, tuple(f"{exercise}-{cell}" for cell in cells), code)


WRONG = (
    _wrong("mtu", "headers are added", (EXAMPLES, UNSEEN), _mtu(sign="+")),
    _wrong("mtu", "the outer header is always IPv4", (EXAMPLES, UNSEEN), _mtu(longer="False")),
    _wrong("mtu", "the inner Ethernet header does not count", (EXAMPLES, UNSEEN), _mtu(vxlan="36")),
    _wrong("mtu", "IPv6 costs where nothing is wrapped", (EXAMPLES, UNSEEN), _mtu(longer="outer == 6")),
    _wrong(
        "capacity",
        "pods are counted for one node",
        (EXAMPLES, UNSEEN),
        _capacity(pods=_EACH),
    ),
    _wrong("capacity", "the kubelet alone decides", (EXAMPLES, UNSEEN), _capacity(pods="nodes * max_pods")),
    _wrong("capacity", "only addresses count", (EXAMPLES, UNSEEN), _capacity(pods="nodes * max(0, room)")),
    _wrong("capacity", "the first and last address are for pods", (EXAMPLES, UNSEEN), _capacity(kept="0")),
    _wrong("capacity", "IPv6 has no bound", (EXAMPLES, UNSEEN), _capacity(too_big="False")),
    _wrong(
        "capacity",
        "IPv4 has the same bound",
        (EXAMPLES, UNSEEN),
        _capacity(too_big=_BOTH_BOUND),
    ),
    _wrong(
        "allowed",
        "an empty list of ports is no port",
        (EXAMPLES,),
        _allowed().replace('not r.get("ports")', '"ports" not in r'),
    ),
    _wrong(
        "allowed",
        "an empty list of peers is nobody",
        (EXAMPLES, RECORDS),
        _allowed().replace("not r.get(key)", "key not in r"),
    ),
    _wrong("routes", "all nodes are in one network", (EXAMPLES, UNSEEN), _routes(near="True")),
    _wrong("routes", "everything is wrapped", (EXAMPLES, UNSEEN), _routes(near="False")),
    _wrong(
        "routes",
        "three equal numbers are one network",
        (EXAMPLES, UNSEEN),
        _routes(near='str(other.ip).rpartition(".")[0] == str(mine.ip).rpartition(".")[0]'),
    ),
    _wrong("routes", "one's own address is the next hop", (EXAMPLES, UNSEEN), _routes(hop="mine.ip")),
    _wrong(
        "allowed",
        "every policy that selects a pod must agree",
        (EXAMPLES, E2E, RECORDS, UNSEEN, WORK),
        _allowed(some="all"),
    ),
    _wrong(
        "allowed",
        "only the destination's side is asked",
        (EXAMPLES, E2E, RECORDS, UNSEEN, WORK),
        _allowed(sides='side("Ingress", "from", b, a, a_ip)'),
    ),
    _wrong(
        "allowed",
        "of two selectors in one peer one is enough",
        (EXAMPLES, E2E, RECORDS, UNSEEN, WORK),
        _allowed(
            both='(there or labels) if "namespaceSelector" in p and "podSelector" in p else there and labels'
        ),
    ),
    _wrong(
        "allowed",
        "egress: [] isolates egress",
        (EXAMPLES, RECORDS, UNSEEN),
        _allowed(types='(["Ingress", "Egress"] if "egress" in p["spec"] else ["Ingress"])'),
    ),
    _wrong(
        "allowed",
        "a podSelector selects in the whole cluster",
        (EXAMPLES, E2E, RECORDS, UNSEEN, WORK),
        _allowed(home="True"),
    ),
    _wrong(
        "allowed",
        "an exception counts for all blocks of a rule",
        (EXAMPLES, RECORDS, UNSEEN),
        _allowed(holes='[h for q in rule_peers if "ipBlock" in q for h in q["ipBlock"].get("except", [])]'),
    ),
    _wrong(
        "allowed",
        "endPort is outside",
        (EXAMPLES, UNSEEN),
        _allowed(end='q.get("endPort", q["port"] + 1) - 1'),
    ),
    _wrong(
        "allowed",
        "a missing protocol is any",
        (EXAMPLES, UNSEEN),
        _allowed(protocol=_ANY),
    ),
    _wrong(
        "allowed",
        "NotIn needs the key",
        (EXAMPLES, RECORDS, UNSEEN),
        _allowed(not_in=_KEYED),
    ),
    _wrong("allowed", "a name is good for every protocol", (EXAMPLES,), _allowed(same="True")),
    _wrong(
        "allowed",
        "an address is outside the cluster, whoever has it",
        (EXAMPLES, WORK),
        _allowed().replace('    by.update({p["ip"]: p for p in pods})\n', ""),
    ),
)

RIGHT = {
    "tables and templates": {
        "mtu": _mtu(),
        "capacity": _capacity(),
        "routes": _routes(),
        "allowed": _allowed(),
    },
    "names for everything": {
        "mtu": """
IP = {4: 20, 6: 40}
def mtu(underlay, encap, outer=4):
    headers = []
    if encap == "vxlan":
        headers = [IP[outer], 8, 8, 14]
    elif encap == "wireguard":
        headers = [IP[outer], 8, 32]
    elif encap == "ipip":
        headers = [IP[outer]]
    for size in headers:
        underlay -= size
    return underlay
""",
        "capacity": """
def capacity(cluster, node, max_pods):
    address, mask = cluster.split("/")
    width = 128 if ":" in address else 32
    more = node - int(mask)
    if width == 128 and more >= 17:
        raise ValueError("too many ranges")
    usable = 2 ** (width - node) - 2
    each = max_pods if max_pods < usable else usable
    if each < 0:
        each = 0
    return [2 ** more, each * 2 ** more]
""",
        "routes": """
from ipaddress import ip_network
def routes(nodes, me):
    def net(node):
        return ip_network(node["ip"], strict=False)
    home = net(nodes[me])
    def way(name):
        node = nodes[name]
        bare = node["ip"].split("/")[0]
        if name == me:
            return "local"
        return ("via " if ip_network(bare).subnet_of(home) else "tunnel ") + bare
    return {nodes[name]["podCIDR"]: way(name) for name in nodes}
""",
        "allowed": """
import ipaddress as ipa
def allowed(policies, namespaces, pods, src, dst, port, proto):
    class Side:
        def __init__(self, name):
            found = [p for p in pods if p["ip"] == name or "/".join((p["namespace"], p["name"])) == name]
            self.pod = found[0] if found else None
            self.ip = ipa.ip_address(found[0]["ip"] if found else name)
    def labels_match(selector, labels):
        labels = dict(labels)
        exact = all(labels.get(k) == v for k, v in (selector.get("matchLabels") or {}).items())
        def one(e):
            op, key, values = e["operator"], e["key"], e.get("values") or []
            if op == "In": return labels.get(key) in values
            if op == "NotIn": return labels.get(key) not in values
            return (op == "Exists") is (key in labels)
        return exact and all(map(one, selector.get("matchExpressions") or []))
    def peer_ok(peer, namespace, side):
        block = peer.get("ipBlock")
        if block:
            inside = side.ip in ipa.ip_network(block["cidr"])
            return inside and not any(side.ip in ipa.ip_network(x) for x in block.get("except") or [])
        if side.pod is None:
            return False
        spaces = peer.get("namespaceSelector")
        if spaces is None and side.pod["namespace"] != namespace:
            return False
        if spaces is not None and not labels_match(spaces, namespaces[side.pod["namespace"]]):
            return False
        return labels_match(peer.get("podSelector") or {}, side.pod["labels"])
    def port_ok(entry, target):
        if (entry.get("protocol") or "TCP") != proto: return False
        wanted = entry.get("port")
        if wanted is None: return True
        if type(wanted) is str:
            named = target.pod["ports"] if target.pod else []
            return any((p["name"], p["containerPort"], p["protocol"]) == (wanted, port, proto) for p in named)
        return port in range(wanted, (entry.get("endPort") or wanted) + 1)
    start, end = Side(src), Side(dst)
    def passes(direction, mine, other):
        if mine.pod is None: return True
        key = "to" if direction == "egress" else "from"
        isolated = False
        for policy in policies:
            spec, home = policy["spec"], policy["metadata"]["namespace"]
            if home != mine.pod["namespace"]:
                continue
            if not labels_match(spec.get("podSelector") or {}, mine.pod["labels"]):
                continue
            types = spec.get("policyTypes")
            if not types:
                types = ["Ingress"] if not spec.get("egress") else ["Ingress", "Egress"]
            if direction.capitalize() not in types:
                continue
            isolated = True
            for rule in spec.get(direction) or []:
                ports, peers = rule.get("ports") or [], rule.get(key) or []
                if ports and not any(port_ok(p, end) for p in ports): continue
                if peers and not any(peer_ok(p, home, other) for p in peers): continue
                return True
        return not isolated
    return passes("egress", start, end) and passes("ingress", end, start)
""",
    },
    "sets of what passes": {
        "mtu": """
def mtu(underlay, encap, outer=4):
    table = {("vxlan", 4): 50, ("vxlan", 6): 70, ("ipip", 4): 20, ("wireguard", 4): 60, ("wireguard", 6): 80}
    return underlay - table.get((encap, outer), 0)
""",
        "capacity": """
from ipaddress import ip_network
def capacity(cluster, node, max_pods):
    net = ip_network(cluster)
    if net.version == 6 and net.prefixlen + 16 < node:
        raise ValueError("the node CIDR size is too big")
    first = next(net.subnets(new_prefix=node)) if node > net.prefixlen else net
    per_node = sorted([0, first.num_addresses - 2, max_pods])[1]
    nodes = net.num_addresses // first.num_addresses
    return (nodes, nodes * per_node)
""",
        "routes": """
import ipaddress
def routes(nodes, me):
    near = {n for n, node in nodes.items()
            if ipaddress.ip_interface(node["ip"]).ip in ipaddress.ip_interface(nodes[me]["ip"]).network}
    words = {n: ("via" if n in near else "tunnel") + " " + nodes[n]["ip"].split("/")[0] for n in nodes}
    words[me] = "local"
    return dict((nodes[n]["podCIDR"], words[n]) for n in nodes)
""",
        "allowed": """
import ipaddress
def allowed(policies, namespaces, pods, src, dst, port, proto):
    names = {f"{p['namespace']}/{p['name']}": p for p in pods} | {p["ip"]: p for p in pods}
    def match(selector, labels):
        tests = [labels.get(k) == v for k, v in selector.get("matchLabels", {}).items()]
        for e in selector.get("matchExpressions", []):
            k, vs = e["key"], set(e.get("values", []))
            tests.append({"In": labels.get(k) in vs, "NotIn": labels.get(k) not in vs,
                          "Exists": k in labels, "DoesNotExist": k not in labels}[e["operator"]])
        return all(tests)
    def those(peers, home):
        for peer in peers:
            if "ipBlock" in peer:
                yield lambda who, b=peer["ipBlock"]: inside(who, b["cidr"]) and not any(
                    inside(who, x) for x in b.get("except", []))
            else:
                yield lambda who, p=peer: who in names and (
                    match(p["namespaceSelector"], namespaces[names[who]["namespace"]])
                    if "namespaceSelector" in p else names[who]["namespace"] == home
                ) and match(p.get("podSelector", {}), names[who]["labels"])
    def inside(who, cidr):
        ip = names[who]["ip"] if who in names else who
        return ipaddress.ip_address(ip) in ipaddress.ip_network(cidr)
    def numbers(entry):
        if entry.get("protocol", "TCP") != proto: return []
        if "port" not in entry: return range(65536)
        if isinstance(entry["port"], str):
            listed = names[dst]["ports"] if dst in names else []
            listed = [p for p in listed if p["protocol"] == proto]
            return [p["containerPort"] for p in listed if p["name"] == entry["port"]]
        return range(entry["port"], entry.get("endPort", entry["port"]) + 1)
    def default(spec):
        return ["Ingress", "Egress"][:1 + bool(spec.get("egress"))]
    for kind, key, mine, other in (("Egress", "to", src, dst), ("Ingress", "from", dst, src)):
        if mine not in names: continue
        chosen = [p for p in policies if p["metadata"]["namespace"] == names[mine]["namespace"]
                  and match(p["spec"]["podSelector"], names[mine]["labels"])
                  and kind in (p["spec"].get("policyTypes") or default(p["spec"]))]
        rules = [(p["metadata"]["namespace"], r) for p in chosen for r in p["spec"].get(kind.lower(), [])]
        if chosen and not any(
                (not r.get("ports") or any(port in numbers(e) for e in r["ports"]))
                and (not r.get(key) or any(test(other) for test in those(r[key], home)))
                for home, r in rules):
            return False
    return True
""",
    },
}
"""Whole sets of answers, each by exercise; all of them earn everything."""
