# %% [markdown] id="question" role="text"
# # 12 · kube-proxy: from a Service to a packet rule
#
# **Where you are.** You come from **11 · Services**, which says whose addresses are listed. Here they become rules that carry packets. Next is **13 ·
# Networking**, which brings the packet to the pod. You need to know what a Service and an EndpointSlice are. No knowledge of iptables.
#
# | section | minutes |
# |---|---|
# | 1. What kube-proxy does: it writes rules | 10 |
# | 2. Equal shares | 9 |
# | 3. Who may be chosen, and what is refused | 9 |
# | 4. All rules of a Service | 15 |
# | 5. What a packet meets | 8 |
# | 6. Your rules at work | 5 |
# | 7. What a Service more costs | 4 |
#
# Three short questions from earlier units first, from memory.

# %% id="review" role="code"
from course.learn import predict, review

review("12_kube_proxy")

# %% id="imports" role="code"
import hashlib
from base64 import b32encode
from ipaddress import ip_address, ip_network
from random import Random

from course.units.u12_kube_proxy.answers import readable, service_lines, stored
from course.units.u12_kube_proxy.objects import endpoint_slice, leaving, service, unready
from course.units.u12_kube_proxy.plots import proxy_chains, proxy_cost, proxy_shares
from insideout import records
from insideout.proxy import cost_curve, shares
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.text import kube_proxy_text, text_with_nat
from insideout.proxy.kernel.lab import Connections, count, why_not
from insideout.proxy.lab import NODE_IP, ServiceLab
from insideout.proxy.netfilter.tracer import Tracer

# %% [markdown] id="rules" role="text"
# The question, as it is asked:
#
# > How does kube-proxy work, in detail?
#
# The answer that is passed around:
#
# > kube-proxy runs on every node and forwards the traffic of Services to pods. It has three modes: userspace, iptables
# > and ipvs. In iptables mode it makes one rule for each of the n pods, with probability 1/n, so traffic is spread
# > evenly. iptables mode cannot do session affinity. It is slow with many Services; for large clusters use ipvs.
#
# In this unit you test each sentence against the rules that a kube-proxy v1.36.2 wrote. Then you write those
# rules yourself, and they carry a cluster's traffic. You will be able to
#
# - read the rules of any Service in `iptables-save`, and find its chains by name;
# - say where a packet ends, who sees which source address, and what is refused and how;
# - write every rule of a Service: node ports, session affinity, traffic policies, pods that come and go;
# - say what a Service more costs in iptables, ipvs and nftables mode.
#
# ## 1. What kube-proxy does: it writes rules
#
# No packet passes through kube-proxy. It watches Services and EndpointSlices and writes **rules**; the kernel applies
# them to the **first packet of each connection** and remembers the outcome for the rest (connection tracking). Stop
# kube-proxy, and traffic goes on by the last rules it wrote.
#
# `records.read("kubeproxy-iptables")` holds 14 cases: the objects that were created, and what `iptables-save` printed
# after a real kube-proxy had seen them. Its node is `kp-node`, its pods are in 10.244.0.0/16, those on `kp-node` in
# 10.244.0.0/24. Here is a Service with cluster IP 10.96.0.11 and three endpoints, its comments left out:

# %% id="three-endpoints" role="code"
recorded = {row["case"]: row for row in records.read("kubeproxy-iptables")}


def show_rules(case):
    web = stored(recorded[case]["objects"][0])
    for line in service_lines(recorded[case]["rules"]["nat"], web):
        print(line)


show_rules("three-endpoints")

# %% [markdown] id="how-to-read" role="text"
# How to read it:
#
# - `-A CHAIN`: this rule stands in CHAIN. Rules are tried from top to bottom.
# - `-s`, `-d`, `-p`, `--dport`: it matches packets with this source, destination, protocol, destination port; `!` negates.
# - `-m statistic --mode random --probability 0.5`: it matches by chance.
# - `-j KUBE-…`: go through that chain; if it comes to no end there, come back and go on with the next rule.
# - `-j DNAT --to-destination`: rewrite the destination; the table `nat` is done with this packet.
# - `-j KUBE-MARK-MASQ`: mark the packet and come back. When it leaves the node, a marked packet is **masqueraded**:
#   its source becomes the node's address, so that the answer comes back through this node.
#
# Every packet for a Service starts in KUBE-SERVICES: from `PREROUTING` when it comes from a pod or from outside, from
# `OUTPUT` when the node itself sends it.
#
# **Predict:** three clients connect to 10.96.0.11:80. Which source address will the answering pod see: the client's
# `own`, or that of the `node`? The third client is one of the Service's own pods; say what it sees when it reaches itself.

# %% id="my-sources" role="code"
sources_said = predict(
    "source-addresses",
    "Which source address does the answering pod see, the client's own or the node's?",
    choices=["own", "node"],
    each=["10.244.2.7", "198.51.100.7", "10.244.1.6"],
    default=["node", "node", "own"],
    answer="?",
)

# %% id="true-sources" role="code"
text_of_three = "\n".join(recorded["three-endpoints"]["rules"].values())
tracer = Tracer(text_of_three, node_ips=[NODE_IP])
sources = {}
for source in ("10.244.2.7", "198.51.100.7", "10.244.1.6"):
    ends = tracer.trace(source, "10.96.0.11", 80)
    sources[source] = {end.ip: "node" if end.masquerade else "own" for end in ends}
seen = {source: by_pod.get(source, by_pod["10.244.1.5"]) for source, by_pod in sources.items()}
sources_said.reveal(
    seen, why="Only what comes from outside the pods' addresses is marked, and a pod that reaches itself."
)
for source, by_pod in sources.items():
    print(f"{source:13} the rules say {by_pod}")

# %% [markdown] id="masquerade" role="text"
# A pod's packet keeps its source: the first rule of the Service's chain marks only what does **not** come from pods. And
# a pod that reaches itself is masqueraded, or it would answer its own address directly, and the connection would break.
# So "kube-proxy masquerades Service traffic" is wrong for most packets.
#
# Here is the way of one packet through the chains, from outside to the cluster IP. Yellow rules matched.

# %% id="one-way" role="code"
way = tracer.connect("198.51.100.7", "10.96.0.11", 80, "tcp", Random(1), now_s=0)
print("rules looked at:", way.visited, " matched:", len(way.rules), " destination:", way.destination)
proxy_chains.plot_chains(text_of_three, way, sent="198.51.100.7 to 10.96.0.11:80")

# %% [markdown] id="chain-name-task" role="text"
# ### Exercise: `chain_name(kind, namespace, service, port, protocol, endpoint="")`
#
# A chain is found by its name, and iptables allows 28 characters. So kube-proxy hashes what the chain is for:
#
# > `KUBE-` + kind + `-` + the first 16 characters of the base32 text of the SHA-256 hash of
# > `namespace/service:port` + protocol in small letters + endpoint
#
# - `kind` is `"SVC"` (all endpoints), `"SVL"` (those on this node), `"EXT"` (traffic from outside), `"FW"` or `"SEP"` (one
#   endpoint).
# - `port` is the port's **name**. A port without a name is `""`, and then the colon is left out as well.
# - `protocol` is as in the API: `"TCP"`. `endpoint` is `"ip:port"`, and only SEP has one.
#
# Example: `chain_name("SVC", "demo", "web", "", "TCP")` is `"KUBE-SVC-YTGZ2JEENUBCE3T3"`.
#
# <details><summary>Hint 1</summary><code>hashlib.sha256(text.encode()).digest()</code> gives the 32 bytes.</details>
# <details><summary>Hint 2</summary><code>b32encode</code> takes bytes and gives bytes: decode them.</details>
# <details><summary>Hint 3</summary>For the example the text is <code>demo/webtcp</code>.</details>


# %% id="chain-name" role="exercise"
def chain_name(kind, namespace, service, port, protocol, endpoint=""):
    """Return the name of a Service port's chain of this kind."""
    ### BEGIN SOLUTION
    owner = f"{namespace}/{service}:{port}" if port else f"{namespace}/{service}"
    digest = hashlib.sha256((owner + protocol.lower() + endpoint).encode()).digest()
    return f"KUBE-{kind}-{b32encode(digest).decode()[:16]}"
    ### END SOLUTION


# %% id="chain-name-examples" role="test" points=1
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.chain_name_examples(chain_name, points=1)

# %% id="chain-name-records" role="test" points=1
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.chain_name_records(chain_name, points=1)

# %% id="chain-name-unseen" role="test" points=1
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.chain_name_unseen(chain_name, seed=12, points=1)
### BEGIN HIDDEN TESTS
course.units.u12_kube_proxy.checks.chain_name_unseen(
    chain_name, seed=course.checks.instructor_seed(), points=1
)
### END HIDDEN TESTS

# %% [markdown] id="shares" role="text"
# ## 2. Equal shares
#
# The common answer says: n rules, each with probability 1/n.

# %% id="my-fourth" role="code"
fourth_said = predict(
    "fourth-share",
    "Four endpoints, each rule with probability 1/4: how many of 100 connections reach the fourth?",
    number=(0, 100),
    within=3,
    default=25,
    answer="?",
)

# %% id="draw-shares" role="code"
four = [f"10.244.1.{last}" for last in (5, 6, 7, 8)]
text_of_four = kube_proxy_text([service()], [endpoint_slice(*four)], ProxyConfig())
ways = {
    "1/n on every rule": shares.one_nth_everywhere(text_of_four),
    "as kube-proxy writes them": text_of_four,
}
counts = {
    way: shares.count_shares(text, "10.96.0.11", 80, connections=100_000, seed=1)
    for way, text in ways.items()
}
reached = counts["1/n on every rule"]["10.244.1.8:8080"]
fourth_said.reveal(round(reached / 1000), why="The fourth rule sees only what three rules before it left.")
proxy_shares.plot_shares(counts)

# %% [markdown] id="shares-why" role="text"
# Rules are tried in turn, so the second rule sees only what the first one left. With 1/n on every rule, later endpoints get
# less, and nearly a third of the packets match no rule at all: they are not rewritten and go nowhere.
#
# Rule i of n (counted from 0) may take **1/(n−i)** of what is left; then everyone gets 1/n of the whole. The last rule
# has no probability: it takes whatever is there.
#
# The endpoints stand in the order of their `ip:port` as **strings**: `10.244.1.10:80` comes before `10.244.1.9:80`.
#
# kube-proxy writes the number with ten decimals. The kernel keeps it as a whole number of 2³¹ths, rounded, and
# `iptables-save` prints what was kept, with eleven decimals: 0.3333333333 comes back as 0.33333333349.
#
# ### Exercise: `probabilities(n)`
#
# Return the probabilities of the n−1 rules that have one, for `n` endpoints, in order: a list of pairs of strings,
# (what kube-proxy writes, what iptables-save prints).
#
# - `n` is at least 1.
#
# Example: `probabilities(3)` is `[("0.3333333333", "0.33333333349"), ("0.5000000000", "0.50000000000")]`.
#
# <details><summary>Hint 1</summary>What is printed follows from the ten decimals that were written, not from 1/(n−i).
# </details>
# <details><summary>Hint 2</summary>An f-string rounds: <code>f"{x:.10f}"</code>.</details>
# <details><summary>Hint 3</summary><code>round(float(text) * 2**31)</code> is what the kernel keeps.</details>


# %% id="probabilities" role="exercise"
def probabilities(n):
    """Return (written, printed) for each rule with a probability, for n endpoints."""
    ### BEGIN SOLUTION
    written = [f"{1 / left:.10f}" for left in range(n, 1, -1)]
    return [(text, f"{round(float(text) * 2**31) / 2**31:.11f}") for text in written]
    ### END SOLUTION


# %% id="probabilities-examples" role="test" points=2
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.probabilities_examples(probabilities, points=2)

# %% [markdown] id="affinity" role="text"
# ### "iptables mode cannot do session affinity"
#
# The record `session-affinity` has a Service with `sessionAffinity: ClientIP` and two endpoints.
#
# **Predict:** six clients connect 20 times each, once an hour. How many endpoints does each of them see?

# %% id="my-endpoints-seen" role="code"
endpoints_said = predict(
    "sticky-endpoints",
    "How many of the two endpoints does a client see that connects 20 times, once an hour?",
    choices=[1, 2],
    default=2,
    answer="?",
)

# %% id="affinity-seen" role="code"
sticky = Tracer("\n".join(recorded["session-affinity"]["rules"].values()))
rng = Random(1)


def endpoints_seen(client, hours):
    return {sticky.connect(client, "10.96.0.11", 80, "tcp", rng, 3600 * hour).ip for hour in hours}


clients = [f"10.244.2.{last}" for last in range(1, 7)]
hourly = {client: len(endpoints_seen(client, range(20))) for client in clients}
endpoints_said.reveal(max(hourly.values()), why="The rules remember who was where for three hours.")
for client in clients:
    apart = len(endpoints_seen(client, range(100, 600, 25)))
    print(f"{client}: hourly, for 20 hours: {hourly[client]}; once a day, for 20 days: {apart}")
show_rules("session-affinity")

# %% [markdown] id="affinity-why" role="text"
# Each client stays with one endpoint as long as it comes back within three hours of its last connection. The rules above do it:
#
# - `-m recent --set` in an endpoint's chain puts the client's address on that endpoint's list, or renews it there.
# - `-m recent --rcheck --seconds 10800 --reap` at the top of the Service's chain matches a client that is on the list and
#   was seen within the timeout. Only who is on no list is left to chance.
#
# So affinity works. Its limits are real, though: it goes by source address, so all clients behind one address
# translation are one client; and the kernel's lists hold 100 addresses each by default
# (`ip_list_tot` of the module `xt_recent`): endpoints with more clients than that forget the oldest.
#
# ## 3. Who may be chosen, and what is refused
#
# Not every address in an EndpointSlice gets traffic. kube-proxy asks:
#
# 1. Which endpoints are **ready**? Use those.
# 2. If none is ready: which are **terminating and still serving**? Use those. Rather a pod that shuts down
#    than none.
# 3. A condition that is not given counts as ready, serving, and not terminating.
# 4. Under traffic policy **Local** the same is asked among the endpoints **on this node** only.
#
# And when nobody may be chosen?
#
# - No usable endpoint on **any** node: **REJECT**. The client learns at once: "connection refused".
# - Policy Local, a usable endpoint somewhere, but none here: **DROP**. Silence, until the client gives up. A load
#   balancer in front should not have sent this packet here.
#
# These two are rules in the table `filter`; in `nat` there is then no rule for this address.

# %% id="my-answers" role="code"
answers_said = predict(
    "who-answers",
    "What happens to requests in each of these states of a Service?",
    choices=["the ready one answers", "the terminating one answers", "REJECT", "DROP"],
    each=["one ready, one terminating", "one unready, one terminating", "one unready"],
    default=["the ready one answers", "REJECT", "DROP"],
    answer="?",
)

# %% id="true-answers" role="code"
states = {
    "one ready, one terminating": ["10.244.1.5", leaving("10.244.1.6")],
    "one unready, one terminating": [unready("10.244.1.5"), leaving("10.244.1.6")],
    "one unready": [unready("10.244.1.5")],
}
lab, requests = ServiceLab(), {}
lab.apply(service())
for state, endpoints in states.items():
    lab.apply(endpoint_slice(*endpoints))
    lab.run(seconds=2)
    requests[state] = lab.request("10.96.0.11", 80, times=10)

# %% id="answers-seen" role="code"
WHO = {"10.244.1.5:8080": "the ready one answers", "10.244.1.6:8080": "the terminating one answers"}
ends = {state: next(iter(counted)) for state, counted in requests.items()}
answers_said.reveal(
    {state: WHO.get(end, end) for state, end in ends.items()},
    why="A terminating pod that still serves is better than none; with none at all the client learns at once.",
)
print(*(f"{state:30} 10 requests: {counted}" for state, counted in requests.items()), sep="\n")

# %% [markdown] id="refusal-task" role="text"
# ### Exercise: `refusal(endpoints, policy, node)`
#
# Return what happens to traffic on node `node`: `""` when an endpoint may take it, otherwise `"REJECT"` or `"DROP"`.
#
# - `endpoints` is a list of an EndpointSlice's endpoints: dicts with `addresses`, `nodeName` and `conditions`, in which
#   `ready`, `serving` and `terminating` may be missing.
# - `policy` is the traffic policy, `"Cluster"` or `"Local"`.
# - What the function is given stays as it is.
#
# Example: `refusal([], "Local", "kp-node")` is `"REJECT"`.
#
# **Examples first.** Which endpoints would tell the right answer from a wrong one? Write some into the list, each a tuple `(endpoints, policy, node, answer)`;
# `at` makes an endpoint. They are run against what kube-proxy does and against functions that believe something else; the report says which beliefs your
# examples would catch. Then write the function.
#
# <details><summary>Hint 1</summary>Write a function that returns the usable ones of a list of endpoints.</details>
# <details><summary>Hint 2</summary>Ask it twice: for all endpoints, and for those on the node.</details>
# <details><summary>Hint 3</summary><code>conditions.get("ready") is not False</code> is true for a missing one.</details>


# %% id="my-refusals" role="exercise"
def at(node, **conditions):
    """Return an endpoint on `node`, such as at("here", ready=False, serving=True, terminating=True)."""
    return {"addresses": ["10.244.0.5"], "nodeName": node, "conditions": conditions}


my_refusals = [
    ([at("here", ready=True)], "Cluster", "here", ""),
    ### BEGIN SOLUTION
    ([at("here", ready=False)], "Cluster", "here", "REJECT"),
    ([at("here", ready=False, serving=True, terminating=True)], "Cluster", "here", ""),
    ([at("there", ready=True)], "Local", "here", "DROP"),
    ([at("here")], "Local", "here", ""),
    ### END SOLUTION
]

# %% id="my-refusals-caught" role="test" points=1
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.refusal_told(my_refusals, points=1)


# %% id="refusal" role="exercise"
def refusal(endpoints, policy, node):
    """Return "", "REJECT" or "DROP" for traffic under `policy` on `node`."""

    ### BEGIN SOLUTION
    def usable(some):
        ready = [e for e in some if e["conditions"].get("ready") is not False]
        leaving = [
            e
            for e in some
            if e["conditions"].get("serving") is not False and e["conditions"].get("terminating")
        ]
        return ready or leaving

    if not usable(endpoints):
        return "REJECT"
    here = [e for e in endpoints if e.get("nodeName") == node]
    return "DROP" if policy == "Local" and not usable(here) else ""
    ### END SOLUTION


# %% id="refusal-examples" role="test" points=2
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.refusal_examples(refusal, points=2)

# %% [markdown] id="outside" role="text"
# ## 4. All rules of a Service
#
# One kind of traffic is left: what comes **from outside**, to a node port or an external IP. It has a chain of its own,
# KUBE-EXT, between KUBE-SERVICES or KUBE-NODEPORTS and the endpoints. Here is a NodePort Service under
# `externalTrafficPolicy: Local`, with one endpoint on this node and one elsewhere:

# %% id="nodeport-local" role="code"
show_rules("nodeport-local")

# %% id="predict-outside" role="code"
outside_said = predict(
    "outside",
    "Which endpoints can be reached through this node's port 30080?",
    choices=["the one here", "the one elsewhere", "both"],
    each=["from outside", "from a pod", "from the node itself"],
    default=["both", "the one here", "the one here"],
    answer="?",
)

# %% id="outside-ends" role="code"
text_local = "\n".join(recorded["nodeport-local"]["rules"].values())
tracer_local = Tracer(text_local, node_ips=[NODE_IP])
senders = {"from outside": "198.51.100.7", "from a pod": "10.244.1.99", "from the node itself": NODE_IP}
ends = {who: tracer_local.trace(source, NODE_IP, 30080) for who, source in senders.items()}
here = {"10.244.0.5:8080"}
words = {True: "the one here", False: "both"}
outside_said.reveal(
    {who: words[{end.destination for end in found} == here] for who, found in ends.items()},
    why="Local is for what comes from outside; pods and the node itself take no part in it.",
)
for who, found in ends.items():
    print(who, {end.destination: "masqueraded" if end.masquerade else "own source" for end in found})

# %% id="outside-picture" role="code"
from_outside = tracer_local.connect("198.51.100.7", NODE_IP, 30080, "tcp", Random(1), now_s=0)
proxy_chains.plot_chains(text_local, from_outside, sent=f"198.51.100.7 to {NODE_IP}:30080")

# %% [markdown] id="outside-why" role="text"
# Under policy **Local** the client's address survives, and only endpoints here are used. Pods and the node itself do not
# take part in the policy: they reach all endpoints. Under policy **Cluster** KUBE-EXT has two rules: mark everything,
# then go to KUBE-SVC; the pod never sees who called.
#
# ### Exercise: `nat_rules(service, slices, node, pod_cidr)`
#
# Return the rules that kube-proxy writes for this Service into the table `nat`, as `iptables-save` prints them, without
# comments: a list of strings such as those above.
#
# - `service` and `slices` are dicts as the API server stores them: defaults are filled in, `metadata.namespace` is
#   there. A slice may belong to another Service: its label `kubernetes.io/service-name` says to which. A slice's port
#   belongs to the Service's port with the same `name` (`""` when it has none) and `protocol`. No address is in two slices.
# - Types are ClusterIP (also headless, with `clusterIP: "None"`) and NodePort, both also with `externalIPs`. No load
#   balancers, no topology hints, IPv4 only.
# - Order counts **inside a chain**, not between chains. In KUBE-SERVICES and KUBE-NODEPORTS the order of ports does not
#   count; for one port the cluster IP comes first, then the external IPs as listed.
# - The static rules, which exist without any Service, are not part of the answer: nothing in PREROUTING, OUTPUT,
#   POSTROUTING, KUBE-POSTROUTING or KUBE-MARK-MASQ, and not the last rule of KUBE-SERVICES.
# - What the function is given stays as it is.
#
# | chain | when | rules |
# |---|---|---|
# | KUBE-SERVICES | cluster IP, unless that traffic is refused | to KUBE-SVC, or KUBE-SVL under `internalTrafficPolicy: Local` |
# | KUBE-SERVICES | each external IP, if there is a usable endpoint anywhere | to KUBE-EXT |
# | KUBE-NODEPORTS | node port, if there is a usable endpoint anywhere | first the one for 127.0.0.0/8, which counts (`nfacct`), then the other; to KUBE-EXT |
# | KUBE-EXT | node port or external IP, and a usable endpoint anywhere | as in section 4; under Local the last rule, to KUBE-SVL, only with a usable local endpoint |
# | KUBE-SVC | usable endpoints, and something leads here: the cluster IP under Cluster, or KUBE-EXT | mark, if the cluster IP leads here; then affinity; then chance |
# | KUBE-SVL | usable local endpoints, and a policy Local that counts | likewise |
# | KUBE-SEP | each endpoint in one of those two | two rules |
#
# `externalTrafficPolicy` counts only with a node port or external IPs. All the forms are in the three records that were
# printed above; `show_rules` prints the others of `recorded`.
#
# <details><summary>Hint 1</summary>Begin with a ClusterIP Service that has one ready endpoint. Make one small function for
# each chain.</details>
# <details><summary>Hint 2</summary>For each port compute two sorted lists first: the usable endpoints, and the usable local
# ones. Everything else follows from whether they are empty.</details>
# <details><summary>Hint 3</summary>KUBE-SVC and KUBE-SVL choose in the same way: one function, called with a chain and a
# list.</details>
#
# The checks: first a rule at a time, each about the chains that it names, so a correct chain earns points before all are there. Then what the real kube-proxy wrote,
# whole. Then Services drawn at random, to which the grader adds others that you do not see.


# %% id="nat-rules" role="exercise"
def nat_rules(service, slices, node, pod_cidr):
    """Return the rules of `service` in table nat, as iptables-save prints them without comments."""
    ### BEGIN SOLUTION
    spec, metadata = service["spec"], service["metadata"]
    if spec["clusterIP"] == "None":
        return []
    external_ips = spec.get("externalIPs", [])
    internal_local = spec["internalTrafficPolicy"] == "Local"
    external_local = spec.get("externalTrafficPolicy") == "Local"
    sticky = spec["sessionAffinity"] == "ClientIP"
    rules = []

    def rule(chain, *parts):
        rules.append(" ".join(["-A", chain, *parts]))

    def endpoints_of(port):
        found = {}
        for one in slices:
            of_service = one["metadata"]["labels"].get("kubernetes.io/service-name") == metadata["name"]
            for slice_port in one["ports"] if of_service else []:
                same_name = slice_port["name"] == port.get("name", "")
                if same_name and slice_port["protocol"] == port["protocol"]:
                    for e in one["endpoints"]:
                        found[f"{e['addresses'][0]}:{slice_port['port']}"] = e
        return found

    def usable(found):
        def says(e, name, default):
            value = e["conditions"].get(name)
            return default if value is None else value

        ready = [at for at, e in found.items() if says(e, "ready", True)]
        leaving = [
            at for at, e in found.items() if says(e, "serving", True) and says(e, "terminating", False)
        ]
        return sorted(ready or leaving)

    for port in spec["ports"]:
        protocol, found = port["protocol"].lower(), endpoints_of(port)
        everywhere = usable(found)
        here = usable({at: e for at, e in found.items() if e.get("nodeName") == node})

        def name(kind, at="", port=port):
            key = metadata["namespace"], metadata["name"], port.get("name", ""), port["protocol"]
            return chain_name(kind, *key, at)

        def to(number, protocol=protocol):
            return f"-p {protocol} -m {protocol} --dport {number}"

        svc, svl, ext = name("SVC"), name("SVL"), name("EXT")
        outside = bool(port.get("nodePort") or external_ips)
        first = svl if internal_local else svc
        if here if internal_local else everywhere:
            cluster_ip = f"-d {spec['clusterIP']}/32 {to(port['port'])}"
            rule("KUBE-SERVICES", cluster_ip, f"-j {first}")
            rule(first, f"! -s {pod_cidr}", cluster_ip, "-j KUBE-MARK-MASQ")
        if outside and everywhere:
            for address in external_ips:
                rule("KUBE-SERVICES", f"-d {address}/32 {to(port['port'])} -j {ext}")
            if port.get("nodePort"):
                counted = "-m nfacct --nfacct-name localhost_nps_accepted_pkts"
                rule("KUBE-NODEPORTS", "-d 127.0.0.0/8", to(port["nodePort"]), counted, f"-j {ext}")
                rule("KUBE-NODEPORTS", to(port["nodePort"]), f"-j {ext}")
            if external_local:
                rule(ext, f"-s {pod_cidr} -j {svc}")
                rule(ext, "-m addrtype --src-type LOCAL -j KUBE-MARK-MASQ")
                rule(ext, f"-m addrtype --src-type LOCAL -j {svc}")
                if here:
                    rule(ext, f"-j {svl}")
            else:
                rule(ext, "-j KUBE-MARK-MASQ")
                rule(ext, f"-j {svc}")
        chosen = {}
        if everywhere and (outside or not internal_local):
            chosen[svc] = everywhere
        if here and (internal_local or (outside and external_local)):
            chosen[svl] = here
        for chain, ends in chosen.items():
            if sticky:
                seconds = spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"]
                for at in ends:
                    seen = f"-m recent --rcheck --seconds {seconds} --reap --name {name('SEP', at)}"
                    rule(chain, seen, f"--mask 255.255.255.255 --rsource -j {name('SEP', at)}")
            chances = [
                f"-m statistic --mode random --probability {p}" for _, p in probabilities(len(ends))
            ] + [""]
            for at, chance in zip(ends, chances, strict=True):
                rule(chain, *([chance] if chance else []), f"-j {name('SEP', at)}")
        for at in sorted({at for ends in chosen.values() for at in ends}):
            sep = name("SEP", at)
            remember = f"-m recent --set --name {sep} --mask 255.255.255.255 --rsource " if sticky else ""
            rule(sep, f"-s {at.split(':')[0]}/32 -j KUBE-MARK-MASQ")
            rule(sep, f"-p {protocol} {remember}-m {protocol} -j DNAT --to-destination {at}")
    return rules
    ### END SOLUTION


# %% id="nat-rules-examples" role="test" points=3
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.nat_rules_examples(nat_rules, points=3)

# %% id="nat-rules-records" role="test" points=3
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.nat_rules_records(nat_rules, points=3)

# %% id="nat-rules-unseen" role="test" points=2
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.nat_rules_unseen(nat_rules, seed=12, points=2)
### BEGIN HIDDEN TESTS
course.units.u12_kube_proxy.checks.nat_rules_unseen(nat_rules, seed=course.checks.instructor_seed(), points=2)
### END HIDDEN TESTS

# %% [markdown] id="reading" role="text"
# ## 5. What a packet meets
#
# Walk through **your** rules, a step at a time. The Service has a node port and `externalTrafficPolicy: Local`, with one endpoint on this node and two elsewhere.
# Choose a packet, then turn the steps. Which of the four gets a mark, and where do two of them part?

# %% id="your-rules" role="code"
from course.units.u12_kube_proxy.plots import proxy_steps


def write(services, slices, config):
    lines = [line for one in services for line in nat_rules(one, slices, config.node, config.cluster_cidr)]
    return text_with_nat(lines, services, slices, config)


ports = [{"port": 80, "targetPort": 8080, "nodePort": 30080}]
shop = service(type="NodePort", externalTrafficPolicy="Local", ports=ports)
my_text = write([shop], [endpoint_slice("10.244.0.5", "10.244.1.5", "10.244.1.6")], ProxyConfig())

# %% id="step-packet" role="code"
from course.plots.control import turn

turn(
    lambda packet, step: proxy_steps.plot_step(my_text, packet, step),
    packet=list(proxy_steps.PACKETS),
    step=range(proxy_steps.most_steps(my_text) + 1),
    still={"packet": "from outside to the node port", "step": 4},
)

# %% id="readable-rules" role="code"
plain_rules = readable(text_local)
for rule in plain_rules["nat"]["KUBE-NODEPORTS"] + plain_rules["nat"][from_outside.rules[2].split()[-1]]:
    print(rule)

# %% [markdown] id="trace-task" role="text"
# Rules can be read by hand once. For the second time, write the reader: a function that takes a node's rules and a packet
# and says every way it can end. `readable` has turned `iptables-save` text into plain data for it, above.
#
# ### Exercise: `trace(rules, packet)`
#
# Return every way in which `packet` can end, as a list of `[end, masqueraded, probability]`, in any order.
#
# - `rules["nat"]` and `rules["filter"]` are dicts of chains; a chain is a list of rules, each a dict with a `target` and
#   conditions, **all** of which must hold: `source`, `not source`, `destination` (address ranges such as
#   `10.244.0.0/16`), `protocol`, `port`, `from node` and `to node` (then `True`), `probability` (a number), and
#   `seen within` (the client is on a list: a new client never is).
# - `target` is the name of a chain of the same table, or `DNAT` (its end is the rule's `to`), `MARK`, `REJECT`, `DROP`,
#   `ACCEPT`.
# - `packet` is a dict: `source`, `destination`, `protocol`, `port`, `from node`, `to node`. The client is new.
# - The packet first goes through `KUBE-SERVICES` of `nat`. If nothing rewrites it, it goes through `KUBE-SERVICES` and
#   then `KUBE-EXTERNAL-SERVICES` of `filter`.
# - `end` is `"ip:port"`, `"REJECT"`, `"DROP"`, or `"as sent"` when no rule rewrote or refused it. `masqueraded` tells
#   whether a rewritten packet was marked. Probabilities are numbers, compared to six decimals; an end that
#   cannot happen is left out.
# - What the function is given stays as it is.
#
# Example: rules without any chain but empty ones give `[["as sent", False, 1.0]]`.
#
# <details><summary>Hint 1</summary>Walk with a share of the probability: a random rule takes its part of the share, the
# rest goes on to the next rule.</details>
# <details><summary>Hint 2</summary>A function that walks one chain can call itself for a jump. It returns the share that
# fell through, and whether the packet has a mark now.</details>
# <details><summary>Hint 3</summary>MARK is in a chain of its own: the mark must survive the way back.</details>


# %% id="trace" role="exercise"
def trace(rules, packet):
    """Return every way in which `packet` can end: a list of [end, masqueraded, probability]."""
    ### BEGIN SOLUTION
    ends = []

    def within(address, network):
        return ip_address(address) in ip_network(network)

    def holds(rule):
        return (
            within(packet["source"], rule.get("source", "0.0.0.0/0"))
            and not ("not source" in rule and within(packet["source"], rule["not source"]))
            and within(packet["destination"], rule.get("destination", "0.0.0.0/0"))
            and rule.get("protocol", packet["protocol"]) == packet["protocol"]
            and rule.get("port", packet["port"]) == packet["port"]
            and (packet["from node"] or not rule.get("from node"))
            and (packet["to node"] or not rule.get("to node"))
            and "seen within" not in rule
        )

    def walk(table, chain, share, marked):
        for rule in rules[table].get(chain, []):
            if not holds(rule) or not share:
                continue
            taken = share * rule.get("probability", 1)
            share -= taken
            if rule["target"] == "MARK":
                share, marked = taken, True
            elif rule["target"] in ("DNAT", "REJECT", "DROP", "ACCEPT"):
                end = rule.get("to", rule["target"])
                ends.append(["as sent" if end == "ACCEPT" else end, marked, taken])
            else:
                left, marked = walk(table, rule["target"], taken, marked)
                share += left
        return share, marked

    left, _ = walk("nat", "KUBE-SERVICES", 1.0, False)
    for chain in ("KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES"):
        left, _ = walk("filter", chain, left, False)
    return ends + ([["as sent", False, left]] if left else [])
    ### END SOLUTION


# %% id="trace-examples" role="test" points=2
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.trace_examples(trace, points=2)

# %% id="trace-unseen" role="test" points=2
import course.units.u12_kube_proxy.checks

course.units.u12_kube_proxy.checks.trace_unseen(trace, seed=12, points=2)
### BEGIN HIDDEN TESTS
course.units.u12_kube_proxy.checks.trace_unseen(trace, seed=course.checks.instructor_seed(), points=2)
### END HIDDEN TESTS

# %% [markdown] id="at-work" role="text"
# ## 6. Your rules at work
#
# Now **your** `nat_rules` is kube-proxy. The laboratory has an API server, a node, and a kube-proxy that watches Services
# and EndpointSlices; it asks your function for the rules, and every request is carried through them.
#
# kube-proxy waits at least one second between two writes (`minSyncPeriod`), so that changes that come together are written together. Three endpoints; one
# dies, and a tenth of a second later another one. Its endpoint is gone from the slice at once.

# %% id="my-dead" role="code"
dead_said = predict(
    "dead-endpoint",
    "A tenth of a second after the second death: how many of 300 requests still go to the dead pod?",
    choices=["none", "about a third", "about half", "all"],
    default="none",
    answer="?",
)


# %% id="pods-die" role="code"
def deaths(lab):
    """Let two of three endpoints die; return how many of 300 requests reached whom, by moment."""
    seen, left = {}, ["10.244.0.5", "10.244.1.5", "10.244.1.6"]
    for seconds, when in ((2, "three endpoints"), (0.1, "one died"), (0.1, "the next, at once")):
        lab.apply(service(sessionAffinity="None"), endpoint_slice(*left))
        lab.run(seconds=seconds)
        seen[when] = lab.request("10.96.0.11", 80, times=300)
        left = left[1:]
    lab.run(seconds=1)
    seen["a second later"] = lab.request("10.96.0.11", 80, times=300)
    return seen


theirs = ServiceLab(seed=12)
seen = deaths(theirs)

# %% id="deaths-seen" role="code"
gone = seen["the next, at once"].get("10.244.1.5:8080", 0)
shares_gone = {"none": 0, "about a third": 100, "about half": 150, "all": 300}
dead_said.reveal(
    min(shares_gone, key=lambda each: abs(shares_gone[each] - gone)),
    why="The first change after a pause is written at once; the second had to wait for its second.",
)
mine = ServiceLab(write, seed=12)
for when, counts in deaths(mine).items():
    print(f"{when:18}", counts)
print("rules written at", [f"{sync.time_s:.2f} s" for sync in mine.proxy.syncs])

# %% id="same-as-kube-proxy" role="code"
for one in (mine, theirs):
    one.apply(service(sessionAffinity="ClientIP"), endpoint_slice("10.244.0.5", "10.244.1.5", "10.244.1.6"))
    one.run(seconds=2)
same = readable(mine.proxy.text) == readable(theirs.proxy.text)
assert same, "your rules and kube-proxy's differ: the report of nat_rules says where"
clients = {
    client: mine.request("10.96.0.11", 80, source=client, times=50) for client in ("10.244.2.1", "10.244.2.2")
}
print("with affinity:", clients)
print("your rules and kube-proxy's are the same")

# %% [markdown] id="cluster-text" role="text"
# The first change after a pause is written at once. The second came 0.1 s later and had to wait for the rest of its second;
# until then half of the requests went to a pod that was gone. This is why a pod should keep serving for a moment after it
# has become terminating, and why clients retry.
#
# ### In a whole cluster
#
# Three nodes, a Deployment of three pods behind a Service, and a client that asks twenty times a second. At 4 s a pod is deleted, at 8 s the Deployment gets a fourth pod. At
# 12 s **every kube-proxy is stopped**; at 14 s a pod is deleted; at 19 s they start again. First the cluster's own kube-proxies play it, then yours.

# %% id="my-stopped" role="code"
stopped_said = predict(
    "without-kube-proxy",
    "How many requests fail in the seven seconds without kube-proxy?",
    choices=["none", "the share of the deleted pod", "all"],
    default="all",
    answer="?",
)

# %% id="without-kube-proxy" role="code"
from course.units.u12_kube_proxy import serving

own = serving.story(lambda cluster: cluster.restore("kube-proxy"))
bad, asked = serving.failed(own, 14, serving.UP_S)
stopped_said.reveal(
    "none" if not bad else "all" if bad == asked else "the share of the deleted pod",
    why="The rules stay and carry; they only grow old, and the deleted pod stays in them.",
)
print(f"after the deletion without kube-proxy about {4 * bad / asked:.0f} of 4 requests fails")

# %% id="my-cluster" role="code"
from course.learn.unwritten import refuse_unwritten
from course.units.u12_kube_proxy.plots import proxy_served

refuse_unwritten(write, [shop], [], ProxyConfig())
served = serving.story(lambda cluster: cluster.replace("kube-proxy", serving.proxies(write)))
assert serving.told(served) == serving.told(own), "your rules carry other requests than kube-proxy's do"
proxy_served.plot_served(served, title="A cluster on your nat_rules")

# %% [markdown] id="cluster-why" role="text"
# Every request in the picture went through your rules. At 4 s the change is written at once, for nothing was written in the second before: at most
# a request or two of that moment fail. While nobody writes rules, what
# was there goes on: only the share of the pod that is gone fails, and the pod that took its place, which is in the slice already, gets nothing until a kube-proxy
# is there again.
#
# ### A real kernel
#
# Where the machine allows it, your rules can be loaded into a **real kernel**, in a network namespace of their own that
# disappears afterwards. Nothing else on the machine is touched, and no administrator's rights are needed. Set
# `use_kernel = True` to try; it needs Linux with user namespaces, and the tools `iptables`, `iproute2` and `unshare`.

# %% id="in-the-kernel" role="code"
use_kernel = False

endpoints = [f"{address}:8080" for address in four]
plan = [Connections(source, "10.96.0.11", 80, times=200) for source in ("10.244.9.2", "198.51.100.7")]
if not use_kernel:
    print("not tried; set use_kernel = True")
elif reason := why_not("iptables"):
    print("not possible here:", reason)
else:
    objects = [service()], [endpoint_slice(*four)]
    rules_for_kernel = write(*objects, ProxyConfig(nfacct=False))
    arrivals = count("iptables", rules_for_kernel, endpoints=endpoints, connections=plan)
    for asked, arrived in zip(plan, arrivals, strict=True):
        print(asked.source, {(one.endpoint, f"seen as {one.peer}"): n for one, n in arrived.items()})

# %% [markdown] id="cost" role="text"
# ## 7. What a Service more costs
#
# "iptables is slow" has a reason: KUBE-SERVICES has at least one rule for each Service, and a packet's walk through it
# starts at the top. Two things are counted here, both in rules: how many are **looked at** for the first packet of a
# connection, and how many are **written** when one endpoint is replaced.
#
# The three modes today (v1.36):
#
# | mode | state | how a packet finds its Service |
# |---|---|---|
# | `iptables` | the default | one rule after another |
# | `nftables` | stable since 1.33, the recommended one for kernels from 5.13 on | one look-up in a map |
# | `ipvs` | **deprecated since 1.35** | one look-up in the kernel's table of virtual servers |
#
# `userspace` was removed in 1.26.

# %% id="my-factors" role="code"
factors_said = predict(
    "cost-of-services",
    "From 10 to 1,000 Services: by about which factor does the count of looked-at rules grow?",
    choices=[1, 5, 25, 100],
    each=["iptables", "ipvs", "nftables"],
    default=[100, 1, 5],
    answer="?",
)

# %% id="cost-curves" role="code"
costs = cost_curve.measure([1, 10, 100, 1000])
at = {(cost.mode, cost.services): cost for cost in costs}
grown = {mode: at[mode, 1000].looked_at / at[mode, 10].looked_at for mode in ("iptables", "ipvs", "nftables")}
factors_said.reveal(
    {mode: min((1, 5, 25, 100), key=lambda each: abs(each - factor)) for mode, factor in grown.items()},
    why="iptables looks at half of a list on average; the others look up one address.",
)
for mode in grown:
    small, large = at[mode, 10], at[mode, 1000]
    looked = f"looked at: {small.looked_at:.0f} to {large.looked_at:.0f}"
    print(f"{mode:9} {looked}, written: {small.written} to {large.written}")
proxy_cost.plot_cost(costs)

# %% [markdown] id="cost-why" role="text"
# - **iptables**: on average half of KUBE-SERVICES for each new connection. For a change, kube-proxy writes the shared chains
#   whole, and of the Services' own chains only those that changed. Connections that exist already cost nothing: their
#   packets do not walk these chains.
# - **nftables**: the same for any number of Services. Without affinity there is not even a chain for an endpoint: one rule
#   draws a number and looks up the address.
# - **ipvs**: constant, too. It is deprecated for other reasons than speed: ipvs alone cannot express all that Services
#   need, so this mode always had iptables rules beside it. They are most of its count here.
#
# How it is counted: `insideout/proxy/cost.py`. Here is what a real kube-proxy wrote in nftables mode for the Service with
# three endpoints: an element of a map, and a chain of one rule.

# %% id="nftables-rules" role="code"
[in_nftables] = [row for row in records.read("kubeproxy-nftables") if row["case"] == "three-endpoints"]
for line in in_nftables["rules"]["nft"].splitlines():
    if "service-WUFCSIHR" in line or "numgen" in line:
        print(line.strip())

# %% [markdown] id="remember" role="text"
# **Try it:** replace `cost_curve.measure([1, 10, 100, 1000])` by `cost_curve.measure([1, 10, 100, 1000, 3000])`. Or trace a packet through the
# rules of your own machine: `Tracer(open(...).read(), node_ips=[...])` takes any `iptables-save` output. A match that it
# does not know is named in the verdict, never passed over.
#
# ## What to remember
#
# **The question:** How does kube-proxy work, in detail?
#
# **The short answer:** It watches Services and EndpointSlices and writes packet rules; the kernel applies them to the first
# packet of each connection. In iptables mode a packet goes from KUBE-SERVICES to the Service's chain, by chance or by
# affinity to one endpoint's chain, and there its destination is rewritten. What is not from a pod is masqueraded on its
# way to a cluster IP. Ready endpoints are used, else terminating ones that still serve. Nobody anywhere: REJECT. Nobody
# here under policy Local: DROP.
#
# **What the common answer gets wrong:**
#
# - It "forwards traffic": no packet passes through kube-proxy, and its death stops nothing but changes.
# - "Probability 1/n": rule i of n has 1/(n−i), and the last one has none.
# - "No session affinity": iptables mode keeps lists of clients with `-m recent`; nftables mode keeps sets.
# - "Three modes": userspace is gone since 1.26, ipvs is deprecated since 1.35, and nftables, the one to choose, is missing.
# - "Slow": for the first packet of a connection and for changes; what grows is KUBE-SERVICES.
#
# **Why** do many Services slow down the first packet of a connection, and none of its other packets? Answer in one sentence.
#
# **A new situation:** a Service under `internalTrafficPolicy: Local` has two ready endpoints, both on other nodes. A pod of this node connects to the cluster IP. What does
# it see, and which chains of this Service does your `nat_rules` write here? Try it.
#
# **Next:** 13, what carries the packet from here to the pod.
#
# ## Sources
#
# - `pkg/proxy/iptables/proxier.go`: all rules of this unit; `pkg/proxy/topology.go`: which endpoints are usable
# - `pkg/proxy/nftables/proxier.go`, `pkg/proxy/ipvs/proxier.go`: the other modes
# - `cmd/kube-proxy/app/server_linux.go`: the warning that ipvs is deprecated
# - [KEP-3866](https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3866-nftables-proxy): why nftables,
#   and what is wrong with ipvs
# - [Virtual IPs and Service Proxies](https://kubernetes.io/docs/reference/networking/virtual-ips/),
#   [NFTables mode for kube-proxy](https://kubernetes.io/blog/2025/02/28/nftables-kube-proxy/)
# - The records: `insideout/records/kubeproxy-iptables.jsonl` and `kubeproxy-nftables.jsonl`, kube-proxy v1.36.2
