# %% [markdown] id="where" role="text"
# # 13 · Networking: choosing a network, with numbers
#
# You come from **12 · kube-proxy**, which carries a request to a pod's address. Here is what lies under it: how the packet gets to that pod, and who
# may send it. Next is **14 · exec**.
#
# | section | minutes |
# |---|---|
# | 1. What the model demands | 5 |
# | 2. What an encapsulation costs | 9 |
# | 3. How many nodes, how many pods | 8 |
# | 4. Which way between two nodes | 6 |
# | 5. Who may talk to whom | 22 |
# | 6. Accepted, and enforced by nobody | 5 |
# | 7. Choosing | 4 |
#
# You need to know what an IP address, a mask and a port are. Three questions from earlier units first.

# %% id="imports" role="code"
from kubernetes.client import NetworkingV1Api

from course.learn import predict, review
from course.plots.control import turn
from course.units.u13_networking import at_work, measured, recorded
from course.units.u13_networking.plots import packet, reach
from course.units.u13_networking.town import NAMES, PODS, policy
from insideout import Cluster, records
from insideout.controllers.nodeipam.cidrset import CidrSet
from insideout.network import PolicyEnforcer

# %% id="earlier-units" role="code"
review("13_networking")

# %% [markdown] id="question" role="text"
# The question, as it is asked:
#
# > How do you choose a network for Kubernetes?
#
# The answer that is passed around:
#
# > There are Flannel, Calico and Weave. Flannel is simple and uses VXLAN. Calico uses BGP, is faster and has network policies. Take Flannel for small
# > clusters and Calico for large ones.
#
# It names products and no numbers. "Faster" has none, "large" has none, and it does not say what happens to a NetworkPolicy on the first of the two: it is
# accepted, and nothing changes. In this unit every choice gets its number or its table, from records and from a cluster.

# %% [markdown] id="goals" role="text"
# ## What you will be able to do
#
# - say what Kubernetes demands of any network, and who fulfils it;
# - compute the MTU of pods, and recognise a wrong one by its symptom;
# - compute how many nodes and pods an address plan carries before it is installed, for it cannot be changed afterwards;
# - say for any two pods and any set of policies whether one may talk to the other, and which rule says so.

# %% [markdown] id="model" role="text"
# ## 1. What the model demands
#
# Two sentences:
#
# 1. Every pod has an address of its own, and reaches **every other pod under its address, without translation**, on whatever node it is.
# 2. Agents on a node (kubelet, kube-proxy) reach the pods of that node.
#
# How, is nobody's business in Kubernetes. The kubelet tells the container runtime to run a pod; the **runtime** calls a CNI plugin, and the plugin gives the pod an interface and an
# address. The kubelet hears only whether the network is ready, and makes that part of its node's `Ready` (unit 07).
#
# This town has three namespaces with three pods each. Everybody sends a request to everybody.

# %% id="open-town" role="code"
cluster = Cluster.create(nodes=3)
networking = NetworkingV1Api(cluster.api_client)
addresses = at_work.open_town(cluster)
for source, line in zip(NAMES, at_work.reach(cluster, addresses), strict=True):
    print(f"{source:10} {line}")

# %% [markdown] id="model-why" role="text"
# 72 requests, 72 answers (`#` is a pod to itself). That is the model, and a choice of network is a choice of how it is fulfilled, and of what is built on top of it.

# %% [markdown] id="encapsulation" role="text"
# ## 2. What an encapsulation costs
#
# A packet from a pod of one node to a pod of another has addresses that the network between the nodes may not know. Either that network learns them (routes,
# BGP), or the nodes **wrap** the packet into one of their own.
#
# What is wrapped must fit. The network between the nodes, the **underlay**, carries IP packets up to its MTU, mostly 1500 bytes.

# %% id="predict-mtu" role="code"
pods_mtu = predict(
    "pods-mtu",
    "VXLAN between nodes whose network has an MTU of 1500, over IPv4. What is the largest IP packet of a pod?",
    number=(1300, 1600),
    unit="bytes",
    default=1500,
    answer="?",
)

# %% id="packet-picture" role="code"
examples = {tuple(row[:3]): row[3] for row in records.read("mtu")[0]["examples"]}
pods_mtu.reveal(
    examples[1500, "vxlan", 4], why="Outer IPv4, UDP, VXLAN and the inner Ethernet header take 50 bytes."
)
turn(
    packet.plot_packet,
    encap=["vxlan", "wireguard", "ipip", "native"],
    outer=[4, 6],
    still={"encap": "vxlan", "outer": 4},
)

# %% [markdown] id="measure-text" role="text"
# The outer Ethernet header is not in it: an MTU counts IP packets. The inner one is, because VXLAN carries Ethernet frames. WireGuard and IP-in-IP carry IP packets
# and need none.
#
# **The symptom of a wrong MTU:** the connection is made, small answers come, large ones hang. The handshake and a short request fit; the first full segment does not. It is dropped where it does not fit, and the
# message that says so (ICMP "fragmentation needed") is often filtered.
#
# Believe it no further than to the next cell. Where your machine allows it (Linux, user namespaces), it makes two nodes of network namespaces, lays a VXLAN tunnel between
# them whose ends are set **wrongly** to the MTU of the cable, and sends packets that may not be divided. Elsewhere it prints what is recorded.

# %% id="measure" role="code"
for underlay, outer in ((1500, 4), (1500, 6)):
    size = measured.largest_packet(underlay, outer)
    print(f"cable {underlay}, IPv{outer}: packets of {size} bytes arrive, of {size + 1} none")

# %% [markdown] id="mtu-task" role="text"
# ### Exercise: `mtu(underlay, encap, outer=4)`
#
# Return the MTU for pods, in bytes.
#
# - `underlay` is the MTU of the network between the nodes, in bytes.
# - `encap` is `"vxlan"`, `"wireguard"`, `"ipip"`, `"native"` or `"bgp"`. The last two wrap nothing.
# - `outer` is 4 or 6: the IP version between the nodes. (`"ipip"` is asked with 4 only.)
# - The sizes are in the picture; turn it.
#
# Example: `mtu(1500, "ipip")` is `1480`.
#
# <details><summary>Hint 1</summary>Return <code>underlay</code> for the two that wrap nothing; the first rule holds.</details>
# <details><summary>Hint 2</summary>Two parts: the outer IP header by its version, and what follows it by the encapsulation.</details>
# <details><summary>Hint 3</summary>What follows: vxlan 8 + 8 + 14, wireguard 8 + 32, ipip nothing.</details>


# %% id="mtu" role="exercise"
def mtu(underlay, encap, outer=4):
    """Return the largest IP packet, in bytes, that a pod may send."""
    ### BEGIN SOLUTION
    if encap in ("native", "bgp"):
        return underlay
    after = {"vxlan": 30, "wireguard": 40, "ipip": 0}[encap]
    return underlay - {4: 20, 6: 40}[outer] - after
    ### END SOLUTION


# %% id="mtu-examples" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.mtu_examples(mtu, points=1)

# %% id="mtu-unseen" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.mtu_unseen(mtu, seed=13, points=1)
### BEGIN HIDDEN TESTS
course.units.u13_networking.checks.mtu_unseen(mtu, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="addresses" role="text"
# ## 3. How many nodes, how many pods
#
# The pods' addresses come from one range for the cluster (`--cluster-cidr`). The controller manager cuts it into ranges for nodes (`--node-cidr-mask-size`, 24 in
# IPv4 and 64 in IPv6), and gives each node one. A node's plugin gives addresses of it to pods.
#
# Four nodes join; the first and the third are deleted; two more join.

# %% id="predict-ranges" role="code"
next_range = predict(
    "next-range",
    "Which range does the next node get?",
    choices=["10.244.0.0/24", "10.244.2.0/24", "10.244.4.0/24"],
    default="10.244.0.0/24",
    answer="?",
)

# %% id="ranges" role="code"
ranges = CidrSet("10.244.0.0/16", 24)
held = [ranges.allocate() for _ in range(4)]
ranges.release(held[0])
ranges.release(held[2])
later = [ranges.allocate() for _ in range(2)]
print("four nodes:", *held)
print("two more:  ", *later, f" ({ranges.allocated} of {ranges.size} taken)")
next_range.reveal(
    later[0], why="Round-robin: a range that was given back rests until the pointer comes round."
)

# %% [markdown] id="ranges-why" role="text"
# An address that somebody may still remember, a client, a log, a firewall, is not given to another pod soon. `records.read("node_cidr")` has 40 such sequences as the controller manager's own code answered
# them; `course verify` holds this cluster to each.
#
# On a node two numbers bound the pods: the addresses of its range, and what its kubelet accepts (`maxPods`, 110 by default). That more than half of the addresses of a /24 stay free is meant: they rest as
# well.

# %% [markdown] id="capacity-task" role="text"
# ### Exercise: `capacity(cluster, node, max_pods)`
#
# Return a pair: how many nodes a plan carries, and how many pods on all of them together.
#
# - `cluster` is the cluster's range as text, such as `"10.244.0.0/16"` or `"fd00::/48"`.
# - `node` is the length of the mask of a node's range, such as 24; never shorter than the cluster's.
# - `max_pods` is what each kubelet accepts.
# - The first and the last address of a node's range are not for pods. A range of one or two addresses has room for none.
# - In IPv6 the node's mask may be at most 16 bits longer than the cluster's; more is a `ValueError`. (The controller manager keeps a bit for each range. In IPv4 there is no
#   such bound.)
#
# Example: `capacity("10.244.0.0/16", 24, 110)` is `(256, 28160)`.
#
# <details><summary>Hint 1</summary><code>ipaddress.ip_network(cluster)</code> has <code>prefixlen</code>, <code>max_prefixlen</code> and <code>version</code>. The number of nodes is
# a power of two; with <code>max_pods</code> for each the first rule holds.</details>
# <details><summary>Hint 2</summary>A node's range has two to the power of <code>max_prefixlen - node</code> addresses.</details>
# <details><summary>Hint 3</summary>Pods on a node: the smaller of <code>max_pods</code> and the addresses less two, but not less than 0.</details>

# %% id="capacity" role="exercise"
import ipaddress


def capacity(cluster, node, max_pods):
    """Return how many nodes, and how many pods in all, an address plan carries."""
    ### BEGIN SOLUTION
    network = ipaddress.ip_network(cluster)
    bits = node - network.prefixlen
    if network.version == 6 and bits > 16:
        raise ValueError("the node range is too small for the cluster's")
    addresses = 2 ** (network.max_prefixlen - node)
    return 2**bits, 2**bits * min(max_pods, max(0, addresses - 2))
    ### END SOLUTION


# %% id="capacity-examples" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.capacity_examples(capacity, points=1)

# %% id="capacity-unseen" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.capacity_unseen(capacity, seed=13, points=1)
### BEGIN HIDDEN TESTS
course.units.u13_networking.checks.capacity_unseen(capacity, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="routes-task" role="text"
# ## 4. Which way between two nodes
#
# Wrapping is not all or nothing. Flannel's `DirectRouting` and Calico's `CrossSubnet` wrap only where they must: to a node **in the same network** the packet goes as it is, with that node
# as its next hop. To a node behind a router it goes in a tunnel, because the router does not know pods.
#
# ### Exercise: `routes(nodes, me)`
#
# Return the routes of node `me`: a dict from each node's range of pods to the way there.
#
# - `nodes` is a dict by name. Each node has `"ip"`, its address **with the mask of its own network**, such as `"172.18.0.2/24"`, and `"podCIDR"`, such as `"10.244.0.0/24"`.
# - Own pods: `"local"`.
# - Pods of a node whose address is in the network of `me`: `"via 172.18.0.3"`, with that node's address.
# - Pods of any other node: `"tunnel 172.19.0.2"`.
#
# Example: with only `me` in `nodes`: `{"10.244.0.0/24": "local"}`.
#
# <details><summary>Hint 1</summary><code>ipaddress.ip_interface("172.18.0.2/24")</code> has <code>ip</code> and <code>network</code>. Say "via" for all others; the first rule holds.</details>
# <details><summary>Hint 2</summary><code>address in network</code> is the question; the network is that of <code>me</code>.</details>
# <details><summary>Hint 3</summary>One loop over <code>nodes.items()</code>, three cases.</details>


# %% id="routes" role="exercise"
def routes(nodes, me):
    """Return the way to each node's pods, by their range."""
    ### BEGIN SOLUTION
    here = ipaddress.ip_interface(nodes[me]["ip"]).network
    ways = {}
    for name, node in nodes.items():
        address = ipaddress.ip_interface(node["ip"]).ip
        way = "local" if name == me else f"via {address}" if address in here else f"tunnel {address}"
        ways[node["podCIDR"]] = way
    return ways
    ### END SOLUTION


# %% id="routes-examples" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.routes_examples(routes, points=1)

# %% id="routes-unseen" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.routes_unseen(routes, seed=13, points=1)
### BEGIN HIDDEN TESTS
course.units.u13_networking.checks.routes_unseen(routes, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS


# %% id="write-selectors" role="code"
def app(name):
    """Write a selector of pods by their app."""
    return {"matchLabels": {"app": name}}


def ns(name):
    """Write a selector of one namespace; every namespace has this label."""
    return {"matchLabels": {"kubernetes.io/metadata.name": name}}


# %% [markdown] id="policies" role="text"
# ## 5. Who may talk to whom
#
# A NetworkPolicy selects pods **of its own namespace**. For each direction, `Ingress` or `Egress`, a pod that no policy selects is open. A pod that some policy selects is **isolated** in that direction: only what a
# rule of such a policy lets through passes. A connection passes when **both sides** let it: the egress side of the source and the ingress side of the destination. Answers belong to
# the connection.
#
# There is no deny rule, and no order.
#
# This policy is for the namespace `shop`. It has no `policyTypes`.

# %% id="predict-egress" role="code"
closed = {"podSelector": {}, "egress": []}
egress_empty = predict(
    "egress-empty",
    "podSelector: {}, egress: [] and nothing else. What can pods of shop still do?",
    choices=["send and be sent to", "send only", "be sent to only", "neither"],
    default="be sent to only",
    answer="?",
)

# %% id="egress-table" role="code"
lines = reach.table([policy(closed)])
sends = "X" not in lines[NAMES.index("shop/web")][3:]
receives = lines[NAMES.index("bank/web")][NAMES.index("shop/web")] == "."
words = {(True, True): "send and be sent to", (True, False): "send only", (False, True): "be sent to only"}
egress_empty.reveal(
    words.get((sends, receives), "neither"),
    why="Missing policyTypes are Ingress, and Egress only where there is an egress rule; here there is none.",
)
stored = cluster.client().create("networkpolicies", policy(closed), "shop", dry_run=True)
print("as the API server stores it:", stored["spec"])

# %% [markdown] id="reach-text" role="text"
# The API server fills `policyTypes` in, so one sees it in the stored object. A better habit is to write them.
#
# Two policies for `shop`: one isolates everybody, one lets in the pods with `app: web` of the same namespace. Choose a cell.

# %% id="reach-picture" role="code"
from_web = {"ingress": [{"from": [{"podSelector": app("web")}]}]}
two = [policy({"policyTypes": ["Ingress"]}, name="closed"), policy(from_web, name="from-web")]
tables = {"before": reach.table([]), "after": reach.table(two)}
turn(
    lambda source, destination: reach.plot_reach(tables, chosen=(source, destination), policies=two),
    source=NAMES,
    destination=NAMES,
    still={"source": "bank/web", "destination": "shop/db"},
)

# %% [markdown] id="e2e" role="text"
# ### Find the rules: peers and ports
#
# What a rule says is in its peers (`from` or `to`) and its `ports`. How they are put together, find out from the truth tables of the upstream e2e tests. Here are all that let in by peers alone, into `x/a`; pods are named by their label `pod`.

# %% id="e2e-tables" role="code"
for peers, sources in recorded.peers().items():
    passing = [source for source, passes in sources.items() if passes]
    denied = [source for source, passes in sources.items() if not passes]
    print(f"{peers}\n      passes: {', '.join(passing) or '-'}   denied: {', '.join(denied) or '-'}")

# %% [markdown] id="cells-task" role="text"
# ### Your examples first
#
# Before you write the evaluator, write down what it should say. An example is a tuple `(spec, source, destination, port, answer)`:
#
# - `spec` is that of one policy in the namespace `shop`; a missing `podSelector` selects all its pods.
# - `source` and `destination` are two of the town's nine pods, such as `"bank/web"`, or `"203.0.113.10"`, an address outside.
# - `port` is text such as `"TCP/80"`. Every pod names TCP 80 `http`, TCP 9100 `metrics` and UDP 53 `dns`.
# - `answer` is `True` when the connection may be.
#
# The namespaces have the labels `team: red` (shop, ops) and `team: blue` (bank); the pods are `10.244.0.10` to `.12` in shop, `10.244.1.…` in bank, `10.244.2.…` in ops. Your examples are tried
# on the real rules and on seven wrong ones that people believe, at most 20 examples. `app("web")` and `ns("bank")` are short for selectors.

# %% id="cells" role="exercise"
cells = [
    ### BEGIN SOLUTION
    ({"egress": []}, "shop/web", "bank/web", "TCP/80", True),
    ({"policyTypes": ["Egress"]}, "shop/web", "bank/web", "TCP/80", False),
    (
        {"ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "db"}}}]}]},
        "bank/db",
        "shop/web",
        "TCP/80",
        False,
    ),
    (
        {
            "ingress": [
                {
                    "from": [
                        {
                            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "bank"}},
                            "podSelector": {"matchLabels": {"app": "db"}},
                        }
                    ]
                }
            ]
        },
        "bank/web",
        "shop/web",
        "TCP/80",
        False,
    ),
    ({"ingress": [{"ports": [{"port": 80, "endPort": 90}]}]}, "bank/web", "shop/web", "TCP/90", True),
    ({"ingress": [{"ports": [{"port": 53}]}]}, "bank/web", "shop/web", "UDP/53", False),
    (
        {
            "ingress": [
                {"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.244.1.0/24"]}}]},
                {"from": [{"ipBlock": {"cidr": "10.244.1.10/32"}}]},
            ]
        },
        "bank/web",
        "shop/web",
        "TCP/80",
        True,
    ),
    ### END SOLUTION
]

# %% id="cells-tried" role="test" points=2
import course.units.u13_networking.checks

course.units.u13_networking.checks.cells_examples(cells, points=2)

# %% [markdown] id="allowed-task" role="text"
# ### Exercise: `allowed(policies, namespaces, pods, src, dst, port, proto)`
#
# Return `True` when `src` may open a connection to `port` of `dst`, else `False`.
#
# - `policies` are NetworkPolicies as dicts, with `metadata.namespace`, `metadata.name` and `spec`. In a spec, `podSelector` is there; `policyTypes`, `ingress`, `egress` and everything in a rule may be missing.
# - `namespaces` is a dict from a namespace's name to its labels.
# - `pods` is a list of dicts with `namespace`, `name`, `labels`, `ip`, `ports` and `hostNetwork`; each of `ports` has `name`, `containerPort` and `protocol`.
# - `src` and `dst` are each `"namespace/name"` of a pod, or an address. An address may be a pod's: then it is that pod. At least one side is a pod. You are not asked about a pod and itself, nor about pods with `hostNetwork`.
# - `port` is a number, `proto` is `"TCP"`, `"UDP"` or `"SCTP"`.
#
# How a rule is read:
#
# - A rule lets a connection through when one of its ports **and** one of its peers matches. No `ports`, or an empty list, is every port; no `from`/`to`, or an empty list, is everybody. So the rule `{}` lets everything through.
# - A peer has an `ipBlock`, or selectors. What selectors alone and together mean, you have found. They only ever select pods, never an address outside. `{}` selects all.
# - `ipBlock` has a `cidr` and perhaps `except`, a list. It looks at addresses, those of pods too. `except` takes out of **this** block only.
# - A port has `port`, a number or a name, and perhaps `protocol` and `endPort`. A missing protocol is TCP; a missing port is every port of the protocol; `endPort` is the last port of a range.
# - A name means whatever number the **destination** pod gives it, in the same protocol. For an address outside no name matches.
# - Selectors have `matchLabels` and `matchExpressions` (`key`, `operator`, `values`), which must all hold. Operators are In, NotIn, Exists and DoesNotExist. NotIn holds also where the key is missing; one well-known engine has that
#   wrong (`netpol_disputed.jsonl`).
#
# Example: without policies everything is `True`.
#
# <details><summary>Hint 1</summary>Find the two pods. For one direction: the policies of the pod's namespace whose podSelector selects it and whose types hold the direction. None: that side allows. Some: refuse for now; the first rule holds.</details>
# <details><summary>Hint 2</summary>Small functions: <code>selects(selector, labels)</code>, <code>peer_matches(peer, home, pod, ip)</code>, <code>port_matches(port)</code>. Both directions use them, with the sides exchanged.</details>
# <details><summary>Hint 3</summary><pre>def side(direction, pod, other, other_ip):
#     if pod is None: return True
#     mine = [policies that isolate pod in direction]
#     return not mine or any(rule lets other through for policy in mine for rule in its rules)
# return side("Egress", source, target, …) and side("Ingress", target, source, …)</pre></details>


# %% id="allowed" role="exercise"
def allowed(policies, namespaces, pods, src, dst, port, proto):
    """Return whether src may open a connection to a port of dst."""

    ### BEGIN SOLUTION
    def find(name):
        for pod in pods:
            if name in (f"{pod['namespace']}/{pod['name']}", pod["ip"]):
                return pod, pod["ip"]
        return None, name

    source, source_ip = find(src)
    target, target_ip = find(dst)

    def holds(expression, labels):
        key, operator = expression["key"], expression["operator"]
        if operator in ("Exists", "DoesNotExist"):
            return (key in labels) == (operator == "Exists")
        return (labels.get(key) in expression["values"]) == (operator == "In")

    def selects(selector, labels):
        wanted = selector.get("matchLabels", {}).items()
        if any(labels.get(key) != value for key, value in wanted):
            return False
        return all(holds(one, labels) for one in selector.get("matchExpressions", []))

    def peer_matches(peer, home, pod, ip):
        if "ipBlock" in peer:
            blocks = [peer["ipBlock"]["cidr"], *peer["ipBlock"].get("except", [])]
            inside = [ipaddress.ip_address(ip) in ipaddress.ip_network(block) for block in blocks]
            return inside[0] and not any(inside[1:])
        if pod is None:
            return False
        if "namespaceSelector" in peer:
            at_home = selects(peer["namespaceSelector"], namespaces[pod["namespace"]])
        else:
            at_home = pod["namespace"] == home
        return at_home and selects(peer.get("podSelector", {}), pod["labels"])

    def port_matches(wanted):
        if wanted.get("protocol", "TCP") != proto:
            return False
        first = wanted.get("port", port)
        if isinstance(first, str):
            named = [
                (one["name"], one["protocol"], one["containerPort"])
                for one in (target or {"ports": []})["ports"]
            ]
            return (first, proto, port) in named
        return first <= port <= wanted.get("endPort", first)

    def side(direction, pod, other, other_ip):
        if pod is None:
            return True
        isolated = False
        for one in policies:
            spec, home = one["spec"], one["metadata"]["namespace"]
            types = spec.get("policyTypes") or ["Ingress"] + ["Egress"] * bool(spec.get("egress"))
            if (
                home != pod["namespace"]
                or direction not in types
                or not selects(spec["podSelector"], pod["labels"])
            ):
                continue
            isolated = True
            for rule in spec.get(direction.lower(), []):
                peers = rule.get("from" if direction == "Ingress" else "to", [])
                ports = rule.get("ports", [])
                if (not ports or any(map(port_matches, ports))) and (
                    not peers or any(peer_matches(peer, home, other, other_ip) for peer in peers)
                ):
                    return True
        return not isolated

    return side("Egress", source, target, target_ip) and side("Ingress", target, source, source_ip)
    ### END SOLUTION


# %% id="allowed-examples" role="test" points=4
import course.units.u13_networking.checks

course.units.u13_networking.checks.allowed_examples(allowed, points=4)

# %% [markdown] id="allowed-records-text" role="text"
# The truth tables of the upstream e2e tests; then random clusters on which three engines agree in every cell, and four on which one of them is wrong.

# %% id="allowed-e2e" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.allowed_e2e(allowed, points=1)

# %% id="allowed-records" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.allowed_records(allowed, points=1)

# %% id="allowed-unseen" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.allowed_unseen(allowed, seed=13, points=1)
### BEGIN HIDDEN TESTS
course.units.u13_networking.checks.allowed_unseen(allowed, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="at-work" role="text"
# ### Your evaluator at work
#
# Now your function guards the town's network: every request of every pod asks it. The two policies of the picture are created, and everybody sends a request to everybody once more.
#
# Beside it, a real kernel's table. The same pods are network namespaces, the same policies are nftables rules in the node between them, as an enforcer of a real network writes them, and everybody opens a
# TCP connection to everybody. Where your machine allows it (Linux, user namespaces, `nft`), these packets are sent now; elsewhere you see the recorded run.


# %% id="guard" role="code"
def guard(api, loop):
    """Make the part of the network that judges each connection by your function."""
    return PolicyEnforcer(api, loop, allowed=allowed)


try:
    allowed([], {}, PODS, "shop/web", "bank/web", 80, "TCP")
    cluster.replace("network-policy", guard)
except NotImplementedError:
    print("Write allowed first; until then the cluster's own evaluator stands in its place.")

# %% id="guarded" role="code"
for each in two:
    name = each["metadata"]["name"]
    if name not in [one.metadata.name for one in networking.list_namespaced_network_policy("shop").items]:
        networking.create_namespaced_network_policy("shop", each)
guarded = at_work.reach(cluster, addresses)
assert not cluster.errors("network-policy"), cluster.errors("network-policy")[0]
packets = measured.reach(two)
print("as in the picture:", guarded == tables["after"], " as real packets:", guarded == packets)
reach.plot_reach({"requests that were answered": guarded, "real packets, nftables": packets})

# %% id="allowed-at-work" role="test" points=1
import course.units.u13_networking.checks

course.units.u13_networking.checks.allowed_at_work(allowed, points=1)

# %% [markdown] id="nobody" role="text"
# ## 6. Accepted, and enforced by nobody
#
# No part of Kubernetes reads NetworkPolicies but the API server, and that only stores them. Enforcing is the network plugin's work. Calico, Cilium, Antrea, OVN-Kubernetes and kube-router do it; **Flannel alone does not**.
#
# What does a cluster without an enforcer say to the policies above?

# %% id="predict-nobody" role="code"
unenforced = predict(
    "unenforced",
    "The enforcing part of the network is taken away. What happens to bank/web's requests to shop/db?",
    choices=[
        "they are denied, and an event says so",
        "they are denied",
        "they are answered, and nothing says why",
    ],
    default="they are denied",
    answer="?",
)

# %% id="enforced-by-nobody" role="code"
cluster.replace("network-policy", None)
without = at_work.reach(cluster, addresses)
said = [
    one.reason for one in cluster.core.list_namespaced_event("shop").items if "olicy" in (one.reason or "")
]
passes = without[NAMES.index("bank/web")][NAMES.index("shop/db")] == "."
print("denied cells:", sum(line.count("X") for line in without), " events about policies:", len(said))
unenforced.reveal(
    "they are answered, and nothing says why" if passes and not said else "they are denied",
    why="The objects are there, kubectl shows them, and nobody looks at them. Test a policy by a request.",
)
cluster.restore("network-policy")

# %% [markdown] id="dns" role="text"
# The opposite accident is as common. A policy that closes all egress of `bank` and then opens one way:

# %% id="dns-accident" role="code"
egress = {"policyTypes": ["Egress"], "egress": [{"to": [{"podSelector": app("db")}]}]}
names = [one.metadata.name for one in networking.list_namespaced_network_policy("bank").items]
if "only-db" not in names:
    networking.create_namespaced_network_policy("bank", policy(egress, "bank", "only-db"))
for url in (f"http://{addresses['bank/db']}/", "http://web/"):
    answer = cluster.request(url, source="job", namespace="bank")
    print("by address:" if "10." in url else "by name:   ", answer.error or answer.status)

# %% [markdown] id="dns-why" role="text"
# By name it does not even get so far as to be denied by `web`: the question to the **name server** is an egress connection too, UDP port 53 to a pod of `kube-system`. Whoever closes egress opens that first.

# %% [markdown] id="choosing" role="text"
# ## 7. Choosing
#
# A procedure, with what each step decides:
#
# | ask | decides | from |
# |---|---|---|
# | Does the underlay know routes to pods, or can it learn them (BGP, cloud routes)? | native, or an encapsulation and its MTU | section 2: `mtu` |
# | How many nodes and pods, in both IP families, in five years? | cluster range and node mask; cannot be changed later | section 3: `capacity` |
# | Are all nodes in one network? | direct routes, or tunnels between networks | section 4: `routes` |
# | Are policies needed? | an enforcing plugin; test it by a denied request | sections 5, 6: `allowed` |
# | Must traffic between nodes be encrypted? | WireGuard or IPsec, and 60 to 80 bytes | section 2 |
# | Does the plugin replace kube-proxy? | it reads EndpointSlices itself; do not run both. The label `service.kubernetes.io/service-proxy-name` takes one Service away from kube-proxy | unit 12 |
# | Two IP families? | the plugin must give a pod both (`status.podIPs`) | its documentation |

# %% id="a-plan" role="code"
try:
    for underlay, encap, cluster_range, node in (
        (1500, "vxlan", "10.244.0.0/16", 24),
        (1500, "wireguard", "10.244.0.0/14", 25),
    ):
        nodes_pods = capacity(cluster_range, node, 110)
        print(f"{encap:9} {cluster_range} /{node}: MTU {mtu(underlay, encap)}, nodes and pods {nodes_pods}")
except NotImplementedError:
    print("Write mtu and capacity first.")

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** How do you choose a network for Kubernetes?
#
# **The short answer:** By what the underlay can do, by numbers and by who enforces policies. Native routes where the underlay knows pods, else an encapsulation, with an MTU that is smaller by its headers. A range that carries the nodes of the next
# years. An enforcer, if a policy shall mean anything.
#
# **What the common answer gets wrong:**
#
# - VXLAN against BGP is a question about the underlay, not about the size of the cluster.
# - The cost that hurts is a wrong MTU, and its symptom is that large answers hang.
# - A policy is accepted by every cluster and enforced by some.
# - Policies only add. There is no deny rule, no order, and no default beyond "not selected, not isolated".
#
# **Why?** Answer in a sentence: why can a connection be denied although the only policy in the destination's namespace allows it?
#
# **A new situation:** Two networks of 40 nodes each, joined by a router with an MTU of 1450. The plugin runs VXLAN between the networks and direct routes within. Which MTU do pods get, and what hangs if they get 1450? The cluster's range is a /18 with /24 for
# nodes: does it carry them?
#
# **Next:** 14 · exec: a request that does not go to a pod's address at all.
#
# ## Sources
#
# - `staging/src/k8s.io/api/networking/v1/types.go`, `pkg/apis/networking/v1/defaults.go`: policies and what is filled in
# - `test/e2e/network/netpol`: the truth tables
# - `pkg/controller/nodeipam/ipam/cidrset/cidr_set.go`: ranges for nodes
# - `pkg/kubelet/kubelet.go` (`updateRuntimeUp`): the network in a node's Ready
# - [Network Policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/), [Cluster Networking](https://kubernetes.io/docs/concepts/cluster-administration/networking/)
# - The records: `netpol.jsonl`, `netpol_e2e.jsonl`, `netpol_disputed.jsonl`, `node_cidr.jsonl`, `mtu.json`
