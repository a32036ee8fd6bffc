# %% [markdown] id="where" role="text"
# # 07 · Lost nodes: why NotReady, and when pods go
#
# You come from **06 · QoS**, where a node that is short of memory chooses among its pods. Here the node itself is lost.
# Next is **08 · Rollouts**.
#
# | section | minutes | you write |
# |---|---|---|
# | 1. One node dies | 7 | |
# | 2. When silence counts | 9 | `unknown_at` |
# | 3. Two ways to be NotReady | 7 | `taints_for` |
# | 4. How long a pod may stay | 14 | `stays`, your examples, and `evict_after` |
# | 5. Who notices, and who does not | 7 | |
# | 6. When much fails at once | 9 | `taint_qps` |
# | 7. Your rules at work | 5 | |
#
# You need to know taints and tolerations by name, and that objects have conditions. Three questions from earlier units first.

# %% id="imports" role="code"
from datetime import timedelta

from course.learn import predict, review
from course.plots.control import turn
from course.units.u07_node_failure import disasters, recorded
from course.units.u07_node_failure.plots import callers, death, outage
from course.units.u07_node_failure.workloads import WORKLOADS, create_workloads, fates, on_lost_node
from insideout import Cluster, records, replay
from insideout.apimachinery import conditions, timestamps
from insideout.client.history import History
from insideout.network.caller import Caller
from insideout.view.tables import Table

review("07_node_failure")

# %% [markdown] id="question" role="text"
# The questions, as they are asked:
#
# > Why does a node become NotReady? And when are its pods evicted?
#
# The answer that is passed around:
#
# > Kubelets send heartbeats. If the controller manager hears nothing for 40 seconds (`--node-monitor-grace-period`), it marks the
# > node NotReady. After `--pod-eviction-timeout`, five minutes by default, the node controller deletes the pods, and they are
# > started on other nodes.
#
# The first flag is 50 seconds, the second flag is gone since v1.27, the controller that deletes is another one, the five
# minutes are written in each pod, and some pods are never started elsewhere. In this unit you see each of these
# happen, against what a Kubernetes v1.36.2 control plane did. Then you write the rules, and a cluster loses nodes by them. You will be
# able to
#
# - say from a node's last word on, second by second, what happens to it and to its pods;
# - tell a node that reports trouble from one that is silent, by its condition and its taints;
# - compute from a pod's tolerations how long it stays on a lost node;
# - say which workloads come back by themselves, and what to do about the others;
# - say when Kubernetes stops evicting, and why.
#
# ## 1. One node dies
#
# On a real control plane with all defaults, node `ev-a` stopped renewing its Lease and posting its status at second 0. On it
# were a pod of a Deployment and three bare pods. `records.read("eviction")` has every change that followed.
#
# Say first what you expect.

# %% id="predict-deleted" role="code"
deleted_at = predict(
    "deleted-at",
    "At which second is the Deployment's pod on the silent node deleted?",
    number=(0, 600),
    within=10,
    unit="s",
    default=300,
    answer="?",
)

# %% id="predict-leaves" role="code"
leaves_when = predict(
    "leaves-when",
    "A Service has this pod as an endpoint. When do callers stop being sent to it?",
    choices=[
        "when the pod is deleted",
        "when the node becomes Unknown",
        "as soon as the pod does not answer",
    ],
    default="when the pod is deleted",
    answer="?",
)

# %% id="the-record" role="code"
recording = records.read("eviction")[0]
for step in death.steps(recording["log"])[:8]:
    print(f"{step.recorded_s:6.1f} s  {step.what}")
log = {step.what: step.recorded_s for step in death.steps(recording["log"])}
deleted_at.reveal(
    log["pod of a Deployment: deleted"],
    why="The five minutes begin when the node is tainted NoExecute, not when it falls silent.",
)
gone_early = log["its pods: Ready=False"] == log["node: Ready=Unknown"]
leaves_when.reveal(
    "when the node becomes Unknown" if gone_early else "when the pod is deleted",
    why="In that instant the node controller writes Ready=False into every pod on it.",
)

# %% [markdown] id="three-actors" role="text"
# Three parts of `kube-controller-manager` did this, one after the other:
#
# 1. The **node lifecycle controller** found the node silent. It wrote `Ready=Unknown` into the node and `Ready=False` into each of its
#    pods. That takes them out of every Service. It also gave the node the taint `node.kubernetes.io/unreachable`, once with the effect
#    NoSchedule and once with NoExecute.
# 2. The **taint eviction controller** saw NoExecute and started a timer for every pod. How long it runs is written in the pod.
# 3. The **ReplicaSet controller** counted a pod that is being deleted as gone, and made another.
#
# The pods' phase stayed `Running` all the time, and their deletion is never confirmed: the kubelet that would do it is silent.
# So they stay `Terminating`.
#
# Now the same on the embedded cluster, in virtual time. `replay.verify` holds it against the record; the picture has both.

# %% id="death-picture" role="code"
print("differences from the record:", replay.verify("eviction", [recording])[0][1])
death.plot_death(death.steps(recording["log"], replay.eviction.play()["log"]))

# %% [markdown] id="silence" role="text"
# Two gaps are worth remembering: **under a minute** until callers are sent elsewhere, **five minutes more** until a successor is made.
# In between the Deployment runs with less.
#
# ## 2. When silence counts
#
# A kubelet says that it lives in two ways. It renews its **Lease** in the namespace `kube-node-lease` every 10 s. And it posts the
# node's **status** when that changes, else every 5 minutes. Either counts.
#
# The controller **looks** at all nodes every 5 s (`--node-monitor-period`). When it sees a renewal that it had not seen, it notes the time of
# **its own clock**. A node whose note is older than the **grace**, 50 s (`--node-monitor-grace-period`), becomes Unknown.
#
# The next cell shows the renewals of three nodes. Then it asks: what if the **node's** clock is wrong? We shall renew the Lease of `node-1`
# in its place, with times that are an hour ahead. Then we stop.

# %% id="predict-clock" role="code"
from itertools import pairwise

cluster = Cluster.create(nodes=3)
leases = History(cluster.client(), cluster.loop, "leases", "kube-node-lease")
cluster.run(seconds=27)
for name in ("node-0", "node-1", "node-2"):
    times = [seen.time_s for seen in leases.of(name)][1:]
    print(name, "renewed every", *{f"{later - one:.0f} s" for one, later in pairwise(times)})
wrong_clock = predict(
    "wrong-clock",
    "The last renewTime says one hour from now. When does the node become Unknown?",
    choices=["at once", "after about 50 s", "after about an hour and 50 s"],
    default="after about an hour and 50 s",
    answer="?",
)

# %% id="clock" role="code"
cluster.nodes.revive("node-1")
cluster.nodes.silence("node-1")
nodes, renewing = History(cluster.client(), cluster.loop, "nodes", ""), cluster.client("node-1")
for _ in range(3):
    an_hour_ahead = timestamps.micros(cluster.loop.time() + timedelta(hours=1))
    renewing.patch("leases", "node-1", {"spec": {"renewTime": an_hour_ahead}}, "kube-node-lease")
    cluster.run(seconds=10)
last_s = cluster.loop.now_s - 10
cluster.run(seconds=55)
ready = [(seen.time_s, seen.object["status"]["conditions"][-1]["status"]) for seen in nodes.of("node-1")]
unknown_s = next(time_s for time_s, status in ready if status == "Unknown")
print("Unknown 50 to 60 s after the last renewal:", 50 <= unknown_s - last_s < 60)
wrong_clock.reveal(
    "after about 50 s", why="The controller never reads the time in a Lease as a time; it notes a change."
)

# %% [markdown] id="unknown-at-task" role="text"
# ### Exercise: `unknown_at(renewals, period=5, grace=50)`
#
# Return the second at which a node becomes Unknown.
#
# - `renewals` are the seconds at which its Lease was renewed: numbers in ascending order, at least one. After the last one the node is
#   silent for ever. The gaps between them are too short to matter.
# - The controller **looks** at the seconds 0, `period`, 2 · `period` and so on. A renewal is **seen** by the first look at or after it.
# - The node becomes Unknown at a look: the first at which **more than** `grace` seconds have passed since the look that saw the last renewal.
# - `period` and `grace` are numbers of seconds. A look takes no time.
#
# The checks: small cases; random ones; then a cluster whose node lifecycle controller asks your function about every node at every look.
#
# Example: `unknown_at([11])` is `70`. The renewal is seen at 15. At 65 exactly 50 s have passed, and that is not more than 50.
#
# <details><summary>Hint 1</summary>The look that sees a renewal at r: <code>math.ceil(r / period) * period</code>. With only that and 55 added,
# the first rule holds.</details>
# <details><summary>Hint 2</summary>Only the last renewal matters.</details>
# <details><summary>Hint 3</summary>From the look that saw it, go on look by look until more than the grace has passed.</details>

# %% id="unknown-at" role="exercise"
import math


def unknown_at(renewals, period=5, grace=50):
    """Return the second of the look at which the node becomes Unknown."""
    ### BEGIN SOLUTION
    seen = math.ceil(renewals[-1] / period) * period
    now = seen
    while now - seen <= grace:
        now += period
    return now
    ### END SOLUTION


# %% id="unknown-at-examples" role="test" points=2
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.unknown_examples(unknown_at, points=2)

# %% id="unknown-at-unseen" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.unknown_unseen(unknown_at, seed=7, points=1)
### BEGIN HIDDEN TESTS
course.units.u07_node_failure.checks.unknown_unseen(
    unknown_at, seed=course.checks.instructor_seed(), points=1
)
### END HIDDEN TESTS

# %% id="unknown-at-at-work" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.unknown_at_work(unknown_at, points=1)

# %% [markdown] id="two-ways" role="text"
# **Why, then, did the record say 43.2 s?** The last renewal was at most 10 s before the node fell silent. By your rule it
# becomes Unknown 55 s after a look, so not before second 45.
#
# In the rule a look takes no time. A real one takes some milliseconds, and the next begins 5 s after its **end**
# (`wait.UntilWithContext`). So ten looks last a little longer than 50 s, and the tenth finds more than the grace, not exactly the grace. This
# notebook's cluster gives a look 10 ms; that is why it meets the record. In practice count 50 to 55 s from the last renewal.
#
# *Source: `pkg/controller/nodelifecycle/node_lifecycle_controller.go` (`Run`, `tryUpdateNodeHealth`), v1.36.2.*
#
# ## 3. Two ways to be NotReady
#
# `kubectl get nodes` says NotReady for both:
#
# - `Ready=False`: the **kubelet** says so. Its runtime is silent for 30 s, the network plugin is not ready, its event loop is stuck for 3 minutes, it is
#   shutting down.
# - `Ready=Unknown`: the **controller** says so. It heard nothing.
#
# Here `node-1` reports trouble and `node-2` is cut off from the API server. On both, containers go on.

# %% id="predict-marked" role="code"
marked = predict(
    "marked",
    "On which of the two nodes does the node controller write Ready=False into the pods?",
    choices=["node-1, which reports trouble", "node-2, which is silent", "both", "neither"],
    default="both",
    answer="?",
)

# %% id="two-nodes" role="code"
cluster = Cluster.create(nodes=3)
for number in range(3):
    spec = {"nodeName": f"node-{number}", "containers": [{"name": "c", "image": "web:1"}]}
    cluster.core.create_namespaced_pod("default", {"metadata": {"name": f"on-{number}"}, "spec": spec})
cluster.run(seconds=5)
cluster.nodes.trouble("node-1")
cluster.nodes.silence("node-2")
cluster.wait(lambda: disasters.evicting(cluster) == {"node-1", "node-2"}, timeout_s=90)
for name, status, *_ in cluster.table("nodes").rows:
    print(name, status)

# %% id="two-nodes-inside" role="code"
pods = {pod.spec.node_name: pod for pod in cluster.core.list_pod_for_all_namespaces().items}
unready = []
for node in cluster.core.list_node().items:
    ready = next(one for one in node.status.conditions if one.type == "Ready")
    on_it = next(one for one in pods[node.metadata.name].status.conditions if one.type == "Ready")
    print(f"{node.metadata.name}: Ready={ready.status} ({ready.reason}); its pod: Ready={on_it.status}")
    for one in node.spec.taints or []:
        print(f"        {one.key}:{one.effect}")
    unready += [node.metadata.name] * (on_it.status == "False")
marked.reveal(
    {("node-1", "node-2"): "both", ("node-2",): "node-2, which is silent"}[tuple(unready)],
    why="A kubelet that reports trouble still speaks for its pods; only of a silent one nobody does.",
)

# %% [markdown] id="states-text" role="text"
# The taints follow the conditions. Those with **NoSchedule** are written at once, and keep new pods away. NoExecute waits
# its turn in a queue (section 6).
#
# The second record, `records.read("zones")`, has eight failures of a real cluster. These are all the states in which its nodes
# came to rest:

# %% id="recorded-states" role="code"
states = {}
for row in records.read("zones"):
    for run in row["runs"]:
        for node in run["final"]["nodes"].values():
            taints = ", ".join(f"{key}:{effect}" for key, effect in node["taints"])
            states.setdefault((node["ready"][0], taints), set()).add(row["case"])
Table(
    ("READY", "TAINTS", "IN CASES"), tuple((*key, str(len(cases))) for key, cases in sorted(states.items()))
)

# %% [markdown] id="taints-for-task" role="text"
# ### Exercise: `taints_for(conditions, unschedulable)`
#
# Return the **NoSchedule** taints that a node gets at once, as a set of pairs `(key, effect)`.
#
# - `conditions` is the list from the node's status. Each is a dict with `type` and `status`, one of `"True"`, `"False"` and `"Unknown"`; other
#   fields may be there. Conditions may be missing, and types you do not know may be there: they call for nothing.
# - `unschedulable` is a bool: the node is cordoned.
# - Every key begins with `node.kubernetes.io/`. Their ends:
#
# | condition | end of the key |
# |---|---|
# | Ready | `not-ready` and `unreachable`; the tables above say which is for what |
# | MemoryPressure, DiskPressure, PIDPressure, when True | `memory-pressure`, `disk-pressure`, `pid-pressure` |
# | NetworkUnavailable, when True | `network-unavailable` |
# | (cordoned) | `unschedulable` |
#
# - A node that becomes Unknown gets Unknown in its pressures, too. They are not tainted: look at `node-2` above.
#
# Example: `taints_for([{"type": "Ready", "status": "True"}], True)` is `{("node.kubernetes.io/unschedulable", "NoSchedule")}`.
#
# <details><summary>Hint 1</summary>A dict from (type, status) to the end of the key. Two entries for Ready satisfy the first rule.</details>
# <details><summary>Hint 2</summary>Six entries in all. What is not in the dict calls for nothing.</details>
# <details><summary>Hint 3</summary>The cordon is not a condition: add its pair at the end.</details>


# %% id="taints-for" role="exercise"
def taints_for(conditions, unschedulable):
    """Return the NoSchedule taints that conditions and a cordon call for, as a set of (key, effect)."""
    ### BEGIN SOLUTION
    ends = {
        ("Ready", "False"): "not-ready",
        ("Ready", "Unknown"): "unreachable",
        ("MemoryPressure", "True"): "memory-pressure",
        ("DiskPressure", "True"): "disk-pressure",
        ("PIDPressure", "True"): "pid-pressure",
        ("NetworkUnavailable", "True"): "network-unavailable",
    }
    found = {ends[one["type"], one["status"]] for one in conditions if (one["type"], one["status"]) in ends}
    if unschedulable:
        found.add("unschedulable")
    return {(f"node.kubernetes.io/{end}", "NoSchedule") for end in found}
    ### END SOLUTION


# %% id="taints-for-examples" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.taints_examples(taints_for, points=1)

# %% id="taints-for-unseen" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.taints_unseen(taints_for, seed=7, points=1)
### BEGIN HIDDEN TESTS
course.units.u07_node_failure.checks.taints_unseen(taints_for, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% id="taints-for-at-work" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.taints_at_work(taints_for, points=1)


# %% id="given-tolerations" role="code"
def taint(key, effect="NoExecute", value=None):
    """Write a taint; "unreachable" and "not-ready" are short for the whole keys."""
    short = key in ("unreachable", "not-ready")
    written = {"key": f"node.kubernetes.io/{key}" if short else key, "value": value, "effect": effect}
    return {name: value for name, value in written.items() if value is not None}


def tolerates(key=None, seconds=None, effect="NoExecute", operator="Exists", value=None):
    """Write a toleration; None leaves a field out."""
    written = {"key": taint(key)["key"] if key else None, "operator": operator, "value": value}
    written |= {"effect": effect, "tolerationSeconds": seconds}
    return {name: value for name, value in written.items() if value is not None}


# %% [markdown] id="stay" role="text"
# ## 4. How long a pod may stay
#
# Where are the five minutes? An admission plugin of the API server, DefaultTolerationSeconds, writes two tolerations into every new
# pod, one for `not-ready` and one for `unreachable`, with `tolerationSeconds: 300`. It leaves a key out when the pod already
# tolerates it with NoExecute or with any effect.
#
# **Predict:** this pod brings one toleration of its own, with `operator: Exists` and nothing else.

# %% id="predict-bare" role="code"
bare_exists = predict(
    "bare-exists",
    "How long does a pod stay on a lost node whose only toleration is {operator: Exists}?",
    choices=["0 s", "300 s", "for ever"],
    default="300 s",
    answer="?",
)

# %% id="read-back" role="code"
variants = {
    "no tolerations": [],
    "30 s for unreachable": [tolerates("unreachable", 30)],
    "operator: Exists": [tolerates(None, None, None)],
}
for name, tolerations in variants.items():
    spec = {"containers": [{"name": "c", "image": "web:1"}], "tolerations": tolerations}
    body = {"metadata": {"name": "asked"}, "spec": spec}
    stored = cluster.core.create_namespaced_pod("default", body, dry_run="All").spec.tolerations
    print(f"{name}:")
    for one in stored:
        print(f"    key={one.key} {one.operator} effect={one.effect} seconds={one.toleration_seconds}")
bare_exists.reveal("for ever", why="It has every key and effect, so nothing is added, and it has no seconds.")

# %% [markdown] id="eleven" role="text"
# DaemonSets use this: their pods tolerate both keys without seconds.
#
# Now the record of a node with eleven pods. In this case the plugin was off, so each pod has only the tolerations that it came with.
# The NoExecute taint is `node.kubernetes.io/unreachable`.

# %% id="predict-stays" role="code"
stays_said = predict(
    "stays",
    "How long after the taint was each deleted? two: 12 s, then 4 s. no-effect: no effect given, no seconds.",
    choices=["now", "4 s", "12 s", "never"],
    each=["two", "no-effect", "zero"],
    default={"two": "4 s", "no-effect": "now", "zero": "never"},
    answer="?",
)

# %% id="recorded-stays" role="code"
rows, after = [], {}
for name, (tolerations, after_s) in recorded.stays("one-node").items():
    short = [f"{one.get('key', '*')[-11:]}:{one.get('effect', '*')}" for one in tolerations]
    seconds = [str(one.get("tolerationSeconds", "-")) for one in tolerations]
    after[name] = "never" if after_s is None else f"{after_s:.0f} s" if after_s else "now"
    rows.append((name.removeprefix("a0-"), ", ".join(short) or "none", ", ".join(seconds), after[name]))
stays_said.reveal(
    {"two": after["a0-two-first-longer"], "no-effect": after["a0-no-effect"], "zero": after["a0-zero"]},
    why="Compare two-first-longer with five, no-effect with wrong-effect.",
)
Table(("POD", "TOLERATES", "SECONDS", "DELETED AFTER"), tuple(rows))

# %% [markdown] id="find-the-rule" role="text"
# ### Find the rule: your examples first
#
# The table holds the rule for one taint. Before you write it, write down what it should say. An example is a tuple
# `(taints, tolerations, answer)`:
#
# - `taints`: all taints of the node, dicts with `key`, `effect` and perhaps `value`. A node can have several with NoExecute, such as one that somebody
#   added by hand, and several with other effects. **Only NoExecute taints end pods.**
# - `tolerations`: the pod's, dicts as the API server stores them.
# - `answer`: the seconds until the pod goes, `0` for now, `None` for never.
#
# `taint(key, effect, value)` and `tolerates(key, seconds, effect, operator=..., value=...)` from above write the dicts for you; `"unreachable"` is short
# for the whole key, and `None` leaves a field out.
#
# Your examples are tried on the real rule and on nine wrong ones that people believe. Catch as many as you can, with at
# most 20 examples. Where several taints or values come in, the table does not help; say what you expect, and the report says whether it is so.
#
# <details><summary>Hint 1</summary>Begin with what the table shows: no toleration, one without seconds, one with, two for the same taint, one for
# another effect.</details>
# <details><summary>Hint 2</summary>Then two NoExecute taints at once: only one tolerated, both tolerated, both with seconds.</details>
# <details><summary>Hint 3</summary>To fill in: <code>([taint("unreachable"), taint("disk")], [tolerates("unreachable", 300)], ...)</code>, the same with
# <code>tolerates("disk")</code> added, the same with <code>tolerates("disk", 60)</code>; and
# <code>([taint("disk", value="a")], [tolerates("disk", operator="Equal", value="b")], ...)</code>.</details>

# %% id="stays" role="exercise"
lost, disk = taint("unreachable"), taint("disk", value="a")
stays = [
    ### BEGIN SOLUTION
    ([lost], [], 0),
    ([taint("unreachable", "NoSchedule")], [], None),
    ([lost], [tolerates("unreachable")], None),
    ([lost], [tolerates("unreachable", 12), tolerates("unreachable", 4)], 12),
    ([lost], [tolerates("unreachable", effect="NoSchedule")], 0),
    ([lost, disk], [tolerates("unreachable", 300)], 0),
    ([lost, disk], [tolerates("unreachable", 300), tolerates("disk", effect=None)], 300),
    ([lost, disk], [tolerates("unreachable", 300), tolerates("disk", 60)], 60),
    ([disk], [tolerates("disk", effect=None, operator="Equal", value="b")], 0),
    ### END SOLUTION
]

# %% id="stays-tried" role="test" points=2
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.stay_examples(stays, points=2)

# %% [markdown] id="evict-after-task" role="text"
# ### Exercise: `evict_after(taints, tolerations)`
#
# Return how many seconds after its node got these taints a pod is deleted: a number, `0` for now, `None` for never.
#
# - `taints` and `tolerations` are lists of dicts as above, each may be empty. `key` and `effect` are always there in a taint; `value` may be missing
#   and is then `""`.
# - In a toleration `key`, `operator`, `value`, `effect` and `tolerationSeconds` may be missing. A missing key or effect matches any. A missing operator is
#   `"Equal"`, which compares values, a missing one being `""`; `"Exists"` does not look at them.
# - Nothing is added: the list is what was stored.
# - For each taint find what it means by the table above, then put the taints together: **the pod must put up with all of them**. A taint
#   that nothing tolerates means now.
# - The lists must not be changed.
#
# The checks: small cases; the sixteen recorded pods of two failures; pods drawn at random; a cluster whose taint eviction controller asks
# your function.
#
# Example: the pod `two-first-longer` above: `12`.
#
# <details><summary>Hint 1</summary>Keep the taints with effect NoExecute. None left: <code>None</code>. One left and nothing tolerates it: <code>0</code>.</details>
# <details><summary>Hint 2</summary>A function <code>matches(toleration, taint)</code> keeps the rest short. <code>next((t for t in tolerations if
# matches(t, taint)), None)</code> is the first that matches.</details>
# <details><summary>Hint 3</summary>Collect the seconds of the tolerations used, those that have some. Of what is collected the smallest counts, but not less than
# 0; nothing collected is for ever.</details>


# %% id="evict-after" role="exercise"
def evict_after(taints, tolerations):
    """Return the seconds until a pod is deleted, 0 for now, None for never."""

    ### BEGIN SOLUTION
    def matches(toleration, taint):
        if toleration.get("effect") and toleration["effect"] != taint["effect"]:
            return False
        if toleration.get("key") and toleration["key"] != taint["key"]:
            return False
        exists = toleration.get("operator") == "Exists"
        return exists or toleration.get("value", "") == taint.get("value", "")

    found = []
    for each in taints:
        if each["effect"] != "NoExecute":
            continue
        used = next((one for one in tolerations if matches(one, each)), None)
        if used is None:
            return 0
        if "tolerationSeconds" in used:
            found.append(max(0, used["tolerationSeconds"]))
    return min(found, default=None)
    ### END SOLUTION


# %% id="evict-after-examples" role="test" points=3
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.evict_examples(evict_after, points=3)

# %% id="evict-after-records" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.evict_records(evict_after, points=1)

# %% id="evict-after-unseen" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.evict_unseen(evict_after, seed=7, points=1)
### BEGIN HIDDEN TESTS
course.units.u07_node_failure.checks.evict_unseen(evict_after, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% id="evict-after-at-work" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.evict_at_work(evict_after, points=1)

# %% [markdown] id="workloads" role="text"
# One thing a function cannot show: the controller keeps a **timer** for each pod. A timer that runs is not shortened when a second,
# stricter taint comes, and it is taken back when the node is well again (case `recovery` of the record).
#
# ## 5. Who notices, and who does not
#
# A machine burns down. On it are a pod of a Deployment, of a StatefulSet, of a DaemonSet and of a Job, and a bare pod. A client calls the
# Deployment's Service once a second. The pods tolerate a node's silence for 15 seconds, not for the default's five minutes, so that nobody waits for long.

# %% id="predict-successors" role="code"
successors = predict(
    "successors",
    "Who has a successor of the lost pod, on another node, after a minute and a half?",
    choices=list(WORKLOADS),
    many=True,
    default=["Deployment", "StatefulSet", "Job"],
    answer="?",
)

# %% id="machine-dies" role="code"
cluster = Cluster.create(nodes=0)
lost = create_workloads(cluster)
caller = Caller(cluster, "http://web/", every_s=1)
pods = History(cluster.client(), cluster.loop, "pods")
died_s = cluster.loop.now_s
cluster.nodes.remove("node-1")
cluster.run(seconds=90)
seen = caller.stop()

# %% id="fates" role="code"
found = fates(cluster, lost)
successors.reveal(
    [kind for kind, fate in found.items() if fate.successor],
    why="A successor needs a controller, and one that does not wait for the old pod to be gone.",
)
Table(("POD OF A", "LOST POD", "SUCCESSOR"), tuple((kind, *fate.words) for kind, fate in found.items()))

# %% [markdown] id="fates-why" role="text"
# - The **Deployment**'s ReplicaSet and the **Job** do not count a pod that is being deleted, and replace it.
# - The **StatefulSet** promises at most one pod for each name. The dead machine could be merely cut off, and its pod still write to its volume.
#   So it waits until the old pod object is gone, and that takes the kubelet, or you.
# - The **DaemonSet**'s pod tolerates the taint for ever. It is not even deleted.
# - The **bare pod** is deleted, and nobody makes another.
#
# No PodDisruptionBudget is asked in all this: taint eviction is a plain DELETE.
#
# And here is what `kubectl get pods` says of the pods on the dead machine, with one column more.
# `1/1` and `Running` are the kubelet's last word about the containers. Only the pod's condition `Ready` was changed, and kubectl does not show it.
#
# The picture behind it shows what the callers of the Deployment's Service got in the same time.

# %% id="callers-picture" role="code"
print(on_lost_node(cluster))
of_web = [(one.time_s - died_s, one.object) for one in pods.of(lost["Deployment"]) if one.object]
unready_s = next(time_s for time_s, pod in of_web if conditions.status_of(pod, "Ready") == "False")
deleted_s = next(time_s for time_s, pod in of_web if "deletionTimestamp" in pod["metadata"])
callers.plot_callers(seen, {"its pods: Ready=False": unready_s, "deleted, replaced": deleted_s})

# %% [markdown] id="callers-why" role="text"
# One of three endpoints is dead, and calls to it fail for three quarters of a minute. The quarter of a minute that follows, five minutes by default, costs capacity, not errors. A **shorter
# toleration** does not make the errors fewer; a client that tries again does.
#
# If you know that the machine is dead, say so: the taint `node.kubernetes.io/out-of-service`. With NoExecute it ends whatever does not tolerate it, the DaemonSet's pod too.
# Within 20 s the pod garbage collector deletes for good what is terminating there, and the StatefulSet goes on. (It also lets volumes be
# detached at once, instead of after six minutes.)

# %% id="out-of-service" role="code"
key = "node.kubernetes.io/out-of-service"
before = cluster.client().get("nodes", "node-1")["spec"]["taints"]
said_dead = [one for one in before if one["key"] != key]
said_dead += [{"key": key, "value": "nodeshutdown", "effect": "NoExecute"}]
cluster.client().patch("nodes", "node-1", {"spec": {"taints": said_dead}})
cluster.wait(lambda: all(fate.lost == "gone" for fate in fates(cluster, lost).values()))
cluster.wait(lambda: fates(cluster, lost)["StatefulSet"].successor)
Table(
    ("POD OF A", "LOST POD", "SUCCESSOR"),
    tuple((kind, *fate.words) for kind, fate in fates(cluster, lost).items()),
)

# %% [markdown] id="much-fails" role="text"
# ## 6. When much fails at once
#
# One node that is silent is dead. A hundred that fall silent in one second are probably well, and the network between them and the
# controller is not. To move all their pods would be the real disaster. So the controller does not taint NoExecute at once. Silent nodes
# wait in a **queue for each zone**, and the queue moves at a rate:
#
# | flag of kube-controller-manager | default | in the record |
# |---|---|---|
# | `--node-eviction-rate`, nodes a second | 0.1 | 0.5 |
# | `--secondary-node-eviction-rate` | 0.01 | 0.1 |
# | `--unhealthy-zone-threshold`, the share of a zone's nodes, at least three, that are not ready | 0.55 | 0.55 |
# | `--large-cluster-size-threshold`, a zone with **more** nodes is large | 50 | 4 |

# %% id="predict-zone" role="code"
dead_zone = predict(
    "dead-zone",
    "All three nodes of zone a fall silent, zone b is well. What does the queue of zone a do?",
    choices=["it stops", "it moves at the secondary rate", "it moves at the normal rate"],
    default="it stops",
    answer="?",
)

# %% id="recorded-rates" role="code"
rates = {case: recorded.rate(case) for case in recorded.PACED}
flags = recorded.case_of("whole-zone")["flags"]
names = {
    flags["node-eviction-rate"]: "it moves at the normal rate",
    flags["secondary-node-eviction-rate"]: "it moves at the secondary rate",
}
dead_zone.reveal(
    names.get(rates["whole-zone"].qps, "it stops"),
    why="Somebody in zone b answers, so the controller's own network works.",
)
Table(("CASE", "SILENT", "WELL", "NOEXECUTE", "SECONDS BETWEEN"), tuple(one.words for one in rates.values()))

# %% [markdown] id="dead-zone-text" role="text"
# The same dead zone once more, on this notebook's cluster and with the default flags.

# %% id="dead-zone" role="code"
cluster = Cluster.create(nodes=0)
for name in ("a0", "a1", "a2", "b0", "b1", "b2"):
    cluster.nodes.add(name, labels={"topology.kubernetes.io/zone": name[0]})
cluster.run(seconds=10)
for name in ("a0", "a1", "a2"):
    cluster.nodes.silence(name)
tainted_s = []
for count in (1, 2, 3):
    cluster.wait(lambda count=count: len(disasters.evicting(cluster)) >= count, timeout_s=90)
    tainted_s.append(cluster.loop.now_s)
print("from one NoExecute to the next:", *(f"{later - one:.0f} s" for one, later in pairwise(tainted_s)))

# %% [markdown] id="taint-qps-task" role="text"
# (In `partial-small-zone` one node got through before the rate changed. The two happen side by side; in the second run of case `all-zones` it
# was two, in the first none.)
#
# One case is missing from the table. In `all-zones` **no node of the cluster** was ready any more, and tainting stopped. A NoExecute taint that was there already was
# even **taken back**, in time to spare its pods: with nobody left to answer, the controller suspects itself.
#
# ### Exercise: `taint_qps(zones)`
#
# Return the rate of each zone's queue, with the **default** flags.
#
# - `zones` is a dict from a zone's name to a list of bools, one for each of its nodes: is it ready? There is at least one zone, and each has at least
#   one node.
# - Return a dict with the same keys. The values are `0.1`, `0.01` or `0` nodes a second.
# - Which of them is for which zone you find in the table above: compare the four cases, and the flags of the record with the defaults.
# - "At least three" and "0.55" both belong to the zone that is partly out: 2 of 3 is not, 3 of 5 is, 11 of 20 is.
# - A zone without any ready node is not partly out. Think of the case `whole-zone`, and of the one that is missing from the table.
#
# Example: `taint_qps({"a": [True, True, False], "b": [True]})` is `{"a": 0.1, "b": 0.1}`.
#
# <details><summary>Hint 1</summary>If no node of any zone is ready, the answer is 0 for all. Else begin with 0.1 for every zone; the first rule holds.</details>
# <details><summary>Hint 2</summary>For each zone count the nodes that are not ready. Neither "some ready" nor "three" nor "55 %" may be left out.</details>
# <details><summary>Hint 3</summary>Put in order: <code>return</code> for a dead cluster; then for each zone: dead → 0.1; partly out and large → 0.01; partly out → 0;
# else 0.1.</details>


# %% id="taint-qps" role="exercise"
def taint_qps(zones):
    """Return for each zone how many of its nodes may be tainted NoExecute in a second."""
    ### BEGIN SOLUTION
    if not any(any(ready) for ready in zones.values()):
        return dict.fromkeys(zones, 0)
    rates = {}
    for zone, ready in zones.items():
        out = ready.count(False)
        partly = any(ready) and out >= 3 and out / len(ready) >= 0.55
        rates[zone] = (0.01 if len(ready) > 50 else 0) if partly else 0.1
    return rates
    ### END SOLUTION


# %% id="taint-qps-examples" role="test" points=2
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.qps_examples(taint_qps, points=2)

# %% id="taint-qps-unseen" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.qps_unseen(taint_qps, seed=7, points=1)
### BEGIN HIDDEN TESTS
course.units.u07_node_failure.checks.qps_unseen(taint_qps, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% id="taint-qps-at-work" role="test" points=1
import course.units.u07_node_failure.checks

course.units.u07_node_failure.checks.qps_at_work(taint_qps, points=1)

# %% [markdown] id="at-work" role="text"
# ## 7. Your rules at work
#
# All four together: your functions decide for the node lifecycle controller and the taint eviction controller of a cluster with two zones. Each node has a pod that
# tolerates a lost node for 60 s. In each of three disasters nodes fall silent: part of a zone, 3 of its 5; a whole zone, 3 of 3; everything,
# one node first and the other five half a minute later. Each takes more than three minutes, so they are in virtual time wherever you are; the
# record of section 6 has the like from a real control plane.
#
# **Predict** how many pods each costs. Then turn the control.

# %% id="predict-deleted-pods" role="code"
costs = predict(
    "disasters",
    "How many pods are deleted in each of the three disasters?",
    choices=[0, 1, 3, 6],
    each=list(disasters.THREE),
    default={"part of zone a": 3, "all of zone a": 3, "the whole cluster": 6},
    answer="?",
)

# %% id="three-disasters" role="code"
mine = disasters.LearnersRules(taints_for, unknown_at, evict_after, taint_qps)
missing = disasters.unwritten(mine)
if missing:
    print(f"Write {', '.join(missing)} first; until then the cluster's own rule stands in its place.")
    mine = mine._replace(**dict.fromkeys(missing))
stories = {name: disasters.play(disaster, mine) for name, disaster in disasters.THREE.items()}
own = {name: disasters.play(disaster) for name, disaster in disasters.THREE.items()}
costs.reveal(
    {name: len(story.deleted_s) for name, story in own.items()},
    why="Part of a small zone stops, a dead zone goes on, a dead cluster stops and takes its taint back.",
)
for name, story in stories.items():
    same = "yes" if story[:2] == own[name][:2] else "no"
    print(f"{name}: {len(story.deleted_s)} pods deleted; as by the cluster's own rules: {same}")
    assert not story.errors, story.errors[0]

# %% id="three-pictures" role="code"
turn(
    lambda disaster: outage.plot_outage(stories[disaster], disaster),
    disaster=list(stories),
    still={"disaster": "all of zone a"},
)

# %% [markdown] id="remember" role="text"
# - **Part of a zone:** the nodes stay Unknown, and keep their pods. Services leave them out; nothing is moved.
# - **A whole zone:** one node every ten seconds. A zone of 100 nodes takes a quarter of an hour.
# - **Everything:** the one taint that was there is taken back, and no pod goes.
#
# **Try it:** let a dead zone stop in `taint_qps`, and run the last two cells again. Who would be glad of that rule, and who would not? (Put it
# right again before you submit.)
#
# ## What to remember
#
# **The questions:** Why does a node become NotReady? When are its pods evicted?
#
# **The short answer:** NotReady is two things. False: the kubelet says that its runtime or network is in trouble. Unknown: the node
# lifecycle controller has seen no sign of life for more than 50 s. At Unknown the pods leave their Services. The node is tainted NoExecute when the queue of its zone
# lets it, and each pod goes when its own tolerations say: 300 s, if nobody wrote anything else.
#
# **What the common answer gets wrong:**
#
# - 40 s: since v1.32 it is 50, from the look that saw the last renewal. The time in the Lease is never compared.
# - `--pod-eviction-timeout` is gone since v1.27, and the node controller deletes no pods. The taint eviction controller does.
# - "Started elsewhere": a StatefulSet waits, a DaemonSet's pod is not deleted, a bare pod has no successor.
# - "After five minutes": never, when part of a small zone or the whole cluster is silent.
# - The kernel or Kubernetes' version does not make a node NotReady by itself: only through one of the kubelet's checks, or its silence.
#
# **Why?** Answer in a sentence: why does the controller go on evicting in a dead zone, and stop in a dead cluster?
#
# **A new situation:** A cluster has three zones of 60 nodes. A switch fails, and 35 nodes of zone a are cut off for 20 minutes; all else is
# well. How many of them have NoExecute when the switch is repaired, and from when on do callers get errors, and until when? (Your functions answer both.)
#
# **Next:** 08 · Rollouts: there it is you who takes pods away.
#
# ## Sources
#
# - `pkg/controller/nodelifecycle/node_lifecycle_controller.go`, `pkg/controller/nodelifecycle/config/v1alpha1/defaults.go`: silence, taints, rates
# - `pkg/controller/tainteviction/taint_eviction.go`: who goes when
# - `plugin/pkg/admission/defaulttolerationseconds/admission.go`: the 300 s
# - `pkg/kubelet/nodestatus/setters.go` (`ReadyCondition`): when a kubelet says False
# - `pkg/controller/podgc/gc_controller.go`: out-of-service
# - [Nodes](https://kubernetes.io/docs/concepts/architecture/nodes/), [Taints and Tolerations](https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/)
# - The records: `insideout/records/eviction.json` and `zones.jsonl`, from a control plane v1.36.2
