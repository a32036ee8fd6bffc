# %% [markdown] id="where" role="text"
# # 04 · Scheduling: why a pod has no node, and how one is chosen
#
# You come from **03 · Raft**, which keeps what the cluster knows. Here a pod gets its node. Next is **05 · Inside the pod**.
#
# | section | minutes | you write |
# |---|---|---|
# | 1. Eight pods, eight reasons | 10 | a decision path |
# | 2. After the binding | 8 | `restart_delays`, your examples first |
# | 3. Filters | 14 | `filters` and `fit_message` |
# | 4. Scores | 10 | `score` |
# | 5. Preemption | 5 | `pick_node` |
# | 6. Your scheduler at work | 4 | |
# | 7. "Run three of them" | 9 | `may_acquire` and `feasible_target` |
#
# The **core** is `restart_delays`, `filters` with `fit_message`, and `score`. `pick_node`, `may_acquire` and `feasible_target` are
# **further**: a few lines each. They are graded too; until you write them the cluster's own decide in their place.
#
# You need to know what requests, labels and taints are. Three questions from earlier units first.

# %% id="imports" role="code"
from course.learn import predict, review
from course.plots.control import turn
from course.units.u04_scheduling.leaders import kill_the_leader
from course.units.u04_scheduling.plots.cycle import NAMES, draw_step, stages
from course.units.u04_scheduling.plots.fill import placed, plot_fill
from course.units.u04_scheduling.plots.scores import plot_scores
from course.units.u04_scheduling.scale import NODES, big_cluster, nodes_looked_at, run_schedulers
from course.units.u04_scheduling.shop import ZONE, eight_pods, once, open_shop, pod, spread_over
from course.units.u04_scheduling.work import beside, mine, seen
from insideout import Cluster, records
from insideout.scheduler.plaindata import profile_by
from insideout.scheduler.scheduler import Scheduler

review("04_scheduling")

# %% [markdown] id="question" role="text"
# Three questions, as they are asked:
#
# > My pod is Pending. How do I find out why?
# >
# > How does the scheduler choose a node?
# >
# > Our scheduler is too slow. Do we run three of them?
#
# The answers that are passed around:
#
# > Look at the node's logs and whether the image exists. The scheduler takes the node with the most free resources.
# > Run three replicas of the scheduler on three nodes; they share the work.
#
# None of these survives a look. In this unit you sort out eight pods that are Pending for eight reasons, write the parts of
# the scheduler that decide, let them place the pods of a cluster, and count what a second scheduler brings. Everything holds
# for v1.36.2. You will be able to
#
# - find out in two looks at the API why a pod is Pending, and what would help it;
# - read `0/3 nodes are available: ...` as the answers that it is made of;
# - compute filters, scores and the choice of victims as the scheduler does;
# - say which of replicas, further schedulers and sampling makes scheduling faster, with figures.
#
# ## 1. Eight pods, eight reasons
#
# Three nodes of 4 CPUs. `node-a` and `node-b` have ssd disks; `node-c` has a hard disk and belongs to the database team. Nine
# pods are created. One of them runs.
#
# The column STATUS is made up by the client, and six pods look the same in it. What the API really says about a pod's
# placement is the condition `PodScheduled`, and events tell of each failed attempt. Run the first cell, then **predict** in the
# second: about one pod the API says nothing at all, neither a condition nor an event. Which kind of pod can that be?


# %% id="nine-pods" role="code"
def look(name):
    """Return what the API says of a pod: its node, its PodScheduled condition, its container's waiting reason."""
    one = shop.core.read_namespaced_pod(name, "default")
    said = next((c for c in one.status.conditions or [] if c.type == "PodScheduled"), None)
    waiting = [c.state.waiting.reason for c in one.status.container_statuses or [] if c.state.waiting]
    return one.spec.node_name, said and said.reason, said and said.message, waiting


shop = open_shop()
for body in eight_pods():
    shop.core.create_namespaced_pod("default", body)
shop.run(seconds=5)
shop.table("pods")

# %% id="my-silent" role="code"
silent = predict(
    "silent",
    "About which pod does the API say nothing at all?",
    choices=["one with scheduling gates", "one of an unknown scheduler", "one without room", "none"],
    default="none",
    answer="?",
)

# %% id="silent-truth" role="code"
names = [body["metadata"]["name"] for body in eight_pods()]
told = {event.involved_object.name for event in shop.core.list_namespaced_event("default").items}
[nothing] = [name for name in names if not look(name)[1] and name not in told]
kinds = {"ant": "one with scheduling gates", "bee": "one of an unknown scheduler", "cat": "one without room"}
silent.reveal(
    kinds[nothing], why="The scheduler writes condition and events, and bee names one that does not exist."
)
for name in names:
    node, reason, message, waiting = look(name)
    text = (message or "").split(" no new claims")[0]
    print(f"{name} on {node or '-':6} {reason or '-':15} {text or ', '.join(waiting) or '-'}")

# %% [markdown] id="first-look" role="text"
# ### The first look: has it a node?
#
# `hen` has one. So the scheduler is done with it, and only now an image, a volume, an init container or the node itself can
# be the matter; `kubectl describe pod` shows the kubelet's events. **Before** a node is chosen nobody has tried the image, and
# no node has a log about the pod.
#
# The other seven have none, and here the message is everything. It counts the nodes by reason, and every node gives **one**
# answer: that of the first filter that refuses it. Read `dog` and `elk` again. They say the same, to the letter:
#
# `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector.`
#
# One of them wants `disk: nvme`, which no node has. The other wants `disk: hdd`, which `node-c` has, behind its taint.
# The taint filter comes first, so `node-c` never says whether the label would match. (Until v1.35 the message named the
# taint.)
#
# ### Build your decision path
#
# A question a line, asked in this order; the first that says yes decides. Two are there. **Add more until every pod but
# `yak` is sorted out alone**: `reason` and `message` are those of the condition, `None` where there is none.
#
# The cell behind it applies five remedies. Each is one write. (A gate can only be removed, and a pod's scheduler name never
# changes.)

# %% id="decision-path" role="code"
path = [
    ("it has a node: kubelet, image, volumes", lambda node, reason, message: node),
    ("no room: requests, or more nodes", lambda node, reason, message: "Insufficient" in (message or "")),
]
sorted_out = {}
for name in names[:-1]:
    node, reason, message, _ = look(name)
    found = [what for what, asks in path if asks(node, reason, message)]
    sorted_out.setdefault(found[0] if found else "not sorted out yet", []).append(name)
for what, found in sorted_out.items():
    print(f"{what}: {', '.join(found)}")

# %% id="remedies" role="code"
shop.core.patch_namespaced_pod("ant", "default", {"spec": {"schedulingGates": None}})
shop.core.patch_node("node-b", {"metadata": {"labels": {"rack": "1"}}})
shop.core.patch_node("node-c", {"spec": {"taints": None}})
claim = {"metadata": {"name": "gnu-data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
claim["spec"]["resources"] = {"requests": {"storage": "1Gi"}}
once(shop.core.create_namespaced_persistent_volume_claim, "default", claim)
image = {"spec": {"containers": [{"name": "app", "image": "shop:v2"}]}}
shop.core.patch_namespaced_pod("hen", "default", image)
shop.run(seconds=20)
print({name: look(name)[0] or "Pending" for name in names})

# %% [markdown] id="remedies-why" role="text"
# <details><summary>Compare with one path that works</summary>
#
# node set → kubelet; no condition → does a scheduler of `spec.schedulerName` run?; reason `SchedulingGated` → who removes the
# gate?; `persistentvolumeclaim` → the claim; `Insufficient` → requests; `topology spread` → the label and the counts;
# `affinity/selector` → compare `spec.nodeSelector` with `kubectl get nodes --show-labels`, and where a node does match, its
# taints. Only this last step tells dog from elk.
#
# There is a ninth case without any pod: a quota or an admission policy refuses it. Then there is nothing Pending; look at
# the events of its ReplicaSet.
# </details>
#
# The scheduler did not poll: each write was an event that one of its filters had asked to be told of. `cat` needs a larger node
# and `dog` a label that nobody has; `bee` waits for section 6.
#
# *Source: `pkg/scheduler/framework/types.go` (`FitError.Error`), `pkg/kubelet/kubelet_pods.go` (`getPhase`), v1.36.2.*
#
# ## 2. After the binding: how long a container is left alone
#
# An image that cannot be pulled keeps a pod Pending. What about a container that starts and crashes?

# %% id="my-phase" role="code"
phase_said = predict(
    "crash-loop-phase",
    "kubectl shows CrashLoopBackOff. What is the pod's status.phase?",
    choices=["Pending", "Running", "Failed", "CrashLoopBackOff"],
    default="Pending",
    answer="?",
)

# %% id="crash-loop" role="code"
crashing = pod("crash")
crashing["metadata"]["annotations"] = {"program.course/app": "exit 1 after 1s"}
once(shop.core.create_namespaced_pod, "default", crashing)
shop.run(seconds=20)
one = shop.core.read_namespaced_pod("crash", "default").status
phase_said.reveal(
    one.phase,
    why="It is Pending only while a container has never ended and waits for its first start; this one has run.",
)
[state] = one.container_statuses
waiting = state.state.waiting
print(f"{waiting.reason} after {state.restart_count} restarts: {waiting.message.split(' restarting')[0]}")

# %% id="four-records" role="code"
# Four recorded containers: how long each run lasted, its exit code, and how long the kubelet then
# left the container alone.  All in seconds.
recorded = {row["id"]: row for row in records.read("crashloop")}
for name in ("c306-000", "c306-001", "c306-059", "c306-046"):
    row = recorded[name]
    print(f"--- {name}, cap {row['cap']}")
    print("ran   ", *(f"{ran_ms / 1000:5g}" for ran_ms, _ in row["runs"]))
    print("code  ", *(f"{code:5}" for _, code in row["runs"]))
    print("delay ", *(f"{run['delay']:5g}" for run in row["want"]))

# %% [markdown] id="my-delays-task" role="text"
# ### The rules that the records hold
#
# `records.read("crashloop")` holds 100 containers, each run through the code of a v1.36.2 kubelet. Above are four of them.
# Find the rules in them: what begins a series, how it grows, where it stops, what resets it, and what does not matter. Change
# the names in the cell to see others; `sorted(recorded)` lists them. Rows in which `detect_ms` is not 0 or that have
# a `change` are about other things.
#
# ### Exercise: examples first
#
# Write down what you found, as examples: tuples of the runs (a list of seconds), the cap, and the delays after each run. The
# initial delay is 10. `([1, 1], 300, [0, 10])` is one. Choose those that would expose somebody who believes something else:
# about the first restart, about the cap, about which runs reset the delay, about whether the cap has a say in that.
#
# <details><summary>Hint 1</summary>One example for each rule that you found, and as short as it can be. Eight short runs show how a
# series begins, grows and stops.</details>
# <details><summary>Hint 2</summary>For the reset: one long run after two short ones, and a short one behind it. Two such examples
# on both sides of the limit say where it is.</details>
# <details><summary>Hint 3</summary>To fill in: <code>([1] * 8, 300, [...])</code>, <code>([1, 1, ..., 1], 300, [0, 10, 20, 40])</code>,
# <code>([1, 1, ..., 1, 1], 300, [0, 10, 0, 10, 20])</code>, and one in which only the cap is another.</details>

# %% id="my-delays" role="exercise"
my_delays = []  # [([seconds, ...], cap, [delay, ...]), ...]
### BEGIN SOLUTION
my_delays = [
    ([1, 1, 1, 1, 1, 1, 1, 1], 300, [0, 10, 20, 40, 80, 160, 300, 300]),
    ([1, 1, 301, 1], 300, [0, 10, 20, 40]),
    ([1, 1, 600, 1], 300, [0, 10, 20, 40]),
    ([1, 1, 601, 1, 1], 300, [0, 10, 0, 10, 20]),
    ([1, 1, 100, 1], 30, [0, 10, 20, 30]),
]
### END SOLUTION

# %% id="my-delays-examples" role="test" points=2
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.restart_examples_first(my_delays, points=2)

# %% [markdown] id="restart-task" role="text"
# ### Exercise: `restart_delays(runs, initial=10, cap=300)`
#
# Return the list of delays, in seconds: how long the kubelet leaves the container alone after each of its runs.
#
# - `runs` is a list of numbers, the seconds that each run lasted; it may be empty. The kubelet notices an exit at once and
#   starts the container exactly when the delay is over.
# - `initial` and `cap` are seconds, and `initial` is never more than `cap`. The cap is
#   `crashLoopBackOff.maxContainerRestartPeriod` of the kubelet's configuration.
# - The length of a run that resets is the same for every `initial` and `cap`. Read off the records what it is, and whether
#   a run of exactly that length is enough.
#
# Example: `restart_delays([1, 1, 1])` is `[0, 10, 20]`.
#
# <details><summary>Hint 1</summary>Keep one variable, the delay that comes next. It begins at 0; after a 0 comes
# <code>initial</code>; after that it doubles.</details>
# <details><summary>Hint 2</summary>Look at the run before you append its delay: the run may reset what would have come.
# </details>
# <details><summary>Hint 3</summary>In order: <code>for run in runs:</code> · reset? · append · compute the next one, at most
# <code>cap</code>.</details>


# %% id="restart-delays" role="exercise"
def restart_delays(runs, initial=10, cap=300):
    """Return how long a container is left alone after each of its runs."""
    ### BEGIN SOLUTION
    delays, following = [], 0
    for run in runs:
        if run > 600:
            following = 0
        delays.append(following)
        following = min(2 * following, cap) if following else initial
    return delays
    ### END SOLUTION


# %% id="restart-delays-examples" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.restart_examples(restart_delays, points=1)

# %% id="restart-delays-records" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.restart_records(restart_delays, points=1)

# %% id="restart-delays-unseen" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.restart_unseen(restart_delays, seed=4, points=1)
### BEGIN HIDDEN TESTS
course.units.u04_scheduling.checks.restart_unseen(
    restart_delays, seed=course.checks.instructor_seed(), points=1
)
### END HIDDEN TESTS

# %% [markdown] id="filters-section" role="text"
# What the records also say: the exit code does not matter; another image begins a series of its own (rows with `change`); an
# image that cannot be pulled waits 10, 20, ... 300 s for each pod and image (`image_backoff`), and a pull that succeeds does not
# clear that. A real restart can come later than the delay: the pod worker waits up to 60 s at a time, stretched by a random
# 1 to 1.5. A missing ConfigMap (`CreateContainerConfigError`) has no growing delay; it is tried every 10 to 15 s.
#
# *Source: `pkg/kubelet/kubelet.go`, `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (`doBackOff`), v1.36.2.*
#
# ## 3. Filters: who drops out, and why
#
# A scheduling cycle takes **one** pod. It asks filters about every node, in a fixed order, and stops at a node's first refusal.
# Five of them decide almost everything:
#
# `NodeUnschedulable` → `TaintToleration` → `NodeAffinity` → `NodeResourcesFit` → `PodTopologySpread`
#
# A new shop: `node-d` is cordoned, the zones `a` and `b` have a web pod each, and another is to come. It wants an ssd, 2 CPUs,
# and not to stand in a zone that is ahead.

# %% id="a-new-web-pod" role="code"
cluster = open_shop()
cluster.nodes.add("node-d", cpu="4", memory="8Gi", labels={ZONE: "a", "disk": "ssd"})
cluster.nodes.add("node-e", cpu="4", memory="8Gi", labels={ZONE: "d", "disk": "ssd"})
cluster.run(seconds=1)
for name, node, cpu in (("web-1", "node-a", "3"), ("web-2", "node-b", "1"), ("batch", "node-e", "3")):
    body = pod(name, cpu=cpu, nodeName=node)
    body["metadata"]["labels"] = {"app": name.split("-")[0]}
    cluster.core.create_namespaced_pod("default", body)
cluster.core.patch_node("node-d", {"spec": {"unschedulable": True}})
web = pod(
    "web-3", cpu="2", nodeSelector={"disk": "ssd"}, topologySpreadConstraints=[spread_over(ZONE, "web")]
)
web["metadata"]["labels"] = {"app": "web"}
cluster.core.create_namespaced_pod("default", web)
cluster.run(seconds=1)

# %% id="my-left" role="code"
left_said = predict(
    "who-is-left",
    "On which nodes does web-3 fit?",
    choices=["node-a", "node-b", "node-c", "node-d", "node-e"],
    many=True,
    default=["node-b"],
    answer="?",
)

# %% id="step-through" role="code"
new, nodes = seen(cluster, "web-3")
asked = stages(new, nodes)
left_said.reveal(
    [name for name, said in asked.items() if not any(said)],
    why="node-b fits but for the spread: zone d has no web pod, so a second one in b would be two ahead.",
)
turn(lambda filters: draw_step(asked, filters), filters=range(len(NAMES) + 1), still={"filters": len(NAMES)})

# %% [markdown] id="step-why" role="text"
# Turn the control from 0 to 5. `node-e` has no room, so it is out before the spread is looked at. But its **zone** still counts:
# it is the emptiest, with no web pod, and because of it `node-b` is too full. A tainted node's zone counts as well; that
# of `node-c` does not, only because the pod does not select its disk. Every node has gone, and the message is made of five
# answers.
#
# ### What each filter asks
#
# Below are that message and the scheduler's view in plain data; every key is always there:

# %% id="plain-view" role="code"
said = cluster.core.read_namespaced_pod("web-3", "default").status.conditions[0]
print(said.message.replace(", ", ",\n  ").split(" no new claims")[0])
print(
    "pod  ", {key: value for key, value in new.items() if key not in ("affinity", "tolerations", "leaving")}
)
print("node ", {key: value for key, value in nodes[1].items() if key != "pods"})
print(
    "on it",
    [{key: one[key] for key in ("name", "labels", "containers", "leaving")} for one in nodes[1]["pods"]],
)

# %% [markdown] id="filters-task" role="text"
# CPU is in millicores, memory in bytes, and a container's missing request is a missing key. In this order:
#
# 1. **NodeUnschedulable**: an `unschedulable` node is refused, `node(s) were unschedulable`, unless a toleration bears the
#    taint `node.kubernetes.io/unschedulable` with value `""` and effect `NoSchedule`.
# 2. **TaintToleration**: a taint with effect `NoSchedule` or `NoExecute` that no toleration bears:
#    `node(s) had untolerated taint(s)`. A toleration bears a taint when its effect is empty or the same, its key is empty or the
#    same, and its operator is `Exists`, or `Equal` with the same value.
# 3. **NodeAffinity**: all labels of `node_selector` must be there, and of `affinity`, unless it is `[]`, at least one term.
#    A term is a list of expressions that must all hold; operators are `In`, `NotIn`, `Exists`, `DoesNotExist`. `NotIn` holds
#    where the label is missing. `node(s) didn't match Pod's node affinity/selector`
# 4. **NodeResourcesFit**: with `max_pods` pods on it already, `Too many pods`; and `Insufficient cpu`, `Insufficient memory`
#    when the pod's containers together request more than is left. What the pod requests nothing of, or 0, is not looked
#    at, even where the node is overbooked. One node can give **all three** reasons, in this order.
# 5. **PodTopologySpread**: each constraint of `spread` in turn. Without its `key` among the labels a node is refused,
#    `node(s) didn't match pod topology spread constraints (missing required label)`. Otherwise, with `here` the pods in the
#    node's domain, `itself` 1 if the constraint matches the new pod's own labels and else 0, and `least` the pods in the domain
#    that has the fewest: refused when `here + itself - least > max_skew`, with
#    `node(s) didn't match pod topology spread constraints`. A domain is a value of `key`; domains are made by the nodes that
#    have the keys of **all** the pod's constraints and pass NodeAffinity, whatever their taints and their room. Pods count that
#    stand on such nodes, have all the labels of `match` and are not `leaving`. With fewer domains than `min_domains`, `least` is 0.
#
# *Source: `pkg/scheduler/framework/plugins/{nodeunschedulable,tainttoleration,nodeaffinity,noderesources,podtopologyspread}`.*
#
# ### Exercise: `filters(pod, nodes)` and `fit_message(n, statuses)`
#
# `filters` returns a dict with **every** node's name: the list of reasons of the first filter that refuses it, `[]` where the pod
# fits. Change neither pod nor nodes.
#
# Example: a pod whose containers request 500 and 600 millicores, a node `a` with `cpu` 1000 and no pods: `{"a": ["Insufficient cpu"]}`.
#
# `fit_message` returns the sentence for `n` nodes: `0/<n> nodes are available: `, then the items `<how many> <reason>` joined by a
# comma and a space, then a full stop. Every reason of every node is counted. The items are sorted **as texts**, so `10 ...` comes before `2 ...`.
#
# - `statuses` is `{node: [reasons]}` and has a reason at least. It need not name all `n` nodes.
#
# Example: `fit_message(3, {"a": ["Too many pods"], "b": ["Insufficient cpu", "Too many pods"]})` is
# `"0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods."`
#
# The third check asks about cycles of a real scheduler: the nodes where a pod fitted, or the message, made from your reasons.
#
# <details><summary>Hint 1</summary>Begin with NodeResourcesFit alone: <code>wanted = sum(c.get("cpu", 0) for c in
# pod["containers"])</code>, and the same over each pod of the node; then with <code>"memory"</code>. That passes the first rule.</details>
# <details><summary>Hint 2</summary>Write one function a filter, from a node to a list of reasons; then take the first that is
# not empty. Affinity is needed twice: for the node, and for who makes a domain.</details>
# <details><summary>Hint 3</summary>For a constraint: a dict <code>{value: 0}</code> for every node that makes domains, then add
# the pods that count; only then look at the node in question.</details>


# %% id="filters" role="exercise"
def filters(pod, nodes):
    """Return for every node the reasons of the first filter that refuses the pod there, [] where it fits."""

    ### BEGIN SOLUTION
    def tolerated(taint):
        return any(
            each["effect"] in ("", taint["effect"])
            and each["key"] in ("", taint["key"])
            and (each["operator"] == "Exists" or each["value"] == taint["value"])
            for each in pod["tolerations"]
        )

    def unschedulable(node):
        cordon = {"key": "node.kubernetes.io/unschedulable", "value": "", "effect": "NoSchedule"}
        refused = node["unschedulable"] and not tolerated(cordon)
        return ["node(s) were unschedulable"] if refused else []

    def tainted(node):
        hard = [taint for taint in node["taints"] if taint["effect"] in ("NoSchedule", "NoExecute")]
        return [] if all(map(tolerated, hard)) else ["node(s) had untolerated taint(s)"]

    def holds(expression, labels):
        value = labels.get(expression["key"])
        return {
            "In": value in expression["values"],
            "NotIn": value not in expression["values"],
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }[expression["operator"]]

    def selected(node):
        labels = node["labels"]
        terms = [all(holds(each, labels) for each in term) for term in pod["affinity"]]
        return has(labels, pod["node_selector"]) and (not terms or any(terms))

    def has(labels, wanted):
        return wanted.items() <= labels.items()

    def elsewhere(node):
        return [] if selected(node) else ["node(s) didn't match Pod's node affinity/selector"]

    def lacking(node):
        reasons = ["Too many pods"] if len(node["pods"]) >= node["max_pods"] else []
        for name in ("cpu", "memory"):
            wanted = total(pod, name)
            if wanted and wanted > node[name] - sum(total(one, name) for one in node["pods"]):
                reasons.append(f"Insufficient {name}")
        return reasons

    def total(one, name):
        return sum(container.get(name, 0) for container in one["containers"])

    def domains(key, match):
        counts = {}
        for node in nodes:
            if selected(node) and all(each["key"] in node["labels"] for each in pod["spread"]):
                value = node["labels"][key]
                here = sum(has(one["labels"], match) and not one["leaving"] for one in node["pods"])
                counts[value] = counts.get(value, 0) + here
        return counts

    def skewed(node):
        reason = "node(s) didn't match pod topology spread constraints"
        for each in pod["spread"]:
            if each["key"] not in node["labels"]:
                return [f"{reason} (missing required label)"]
            counts = domains(each["key"], each["match"])
            least = min(counts.values()) if len(counts) >= each["min_domains"] else 0
            here = counts.get(node["labels"][each["key"]], 0)
            if here + has(pod["labels"], each["match"]) - least > each["max_skew"]:
                return [reason]
        return []

    in_order = (unschedulable, tainted, elsewhere, lacking, skewed)
    return {node["name"]: next((said for ask in in_order if (said := ask(node))), []) for node in nodes}
    ### END SOLUTION


def fit_message(n, statuses):
    """Return the sentence that says why a pod fits on none of n nodes."""
    ### BEGIN SOLUTION
    reasons = [reason for said in statuses.values() for reason in said]
    items = sorted(f"{reasons.count(reason)} {reason}" for reason in set(reasons))
    return f"0/{n} nodes are available: {', '.join(items)}."
    ### END SOLUTION


# %% id="filters-message" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.message_examples(fit_message, points=1)

# %% id="filters-examples" role="test" points=3
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.filter_examples(filters, points=3)

# %% id="filters-records" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.filter_records(filters, points=1)

# %% id="filters-unseen" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.filters_unseen(filters, fit_message, seed=4, points=1)
### BEGIN HIDDEN TESTS
course.units.u04_scheduling.checks.filters_unseen(
    filters, fit_message, seed=course.checks.instructor_seed(), points=1
)
### END HIDDEN TESTS

# %% [markdown] id="scores-section" role="text"
# ## 4. Scores: which of those that fit
#
# Each plugin gives every node that fits 0 to 100; the weighted sum decides. Here are the scores that a v1.36.2 scheduler wrote
# for a recorded pod (100m, 3Gi, `disk: hdd`, better spread over zones), plugins that gave 0 everywhere left out. First only
# one column:

# %% id="my-winner" role="code"
[step] = [each for each in records.read("scheduler")[2]["steps"] if each["pod"]["metadata"]["name"] == "p3"]
said = {node: scores["NodeResourcesFit"] for node, scores in step["scores"].items()}
print("free share, NodeResourcesFit:", said)
winner = predict(
    "where-p3-goes",
    "To which node does the pod go?",
    choices=["n1", "n2", "n4", "n5"],
    default="n2",
    answer="?",
)

# %% id="score-table" role="code"
winner.reveal(
    step["node"], why="n2 is the emptiest, but it has a taint with PreferNoSchedule, and its zone is fuller."
)
weights = {"TaintToleration": 3, "PodTopologySpread": 2}
shown = {
    node: {name: value for name, value in scores.items() if name not in ("DynamicResources", "ImageLocality")}
    for node, scores in step["scores"].items()
}
plot_scores(shown, weights)

# %% [markdown] id="score-task" role="text"
# In each row but the first the cell is marked that costs the node most. A soft taint costs `n2` 300 points; all that its
# emptiness could bring is 100. Only `n4` loses by its room.
#
# ### Three scores
#
# **NodeResourcesFit** (weight 1). For cpu and for memory: `(capacity - requested) * 100 // capacity`, where `requested` are all
# pods of the node **and the new one**; 0 when more is requested than there is. The sum of both, `// 2`. A capacity of 0 is left
# out: then only the other counts, and `// 1`. Here a container with a missing request counts as 100 millicores and as
# 200 · 2²⁰ bytes, each container for itself; one that says 0 counts as 0. That holds for the pods on the node, too.
#
# **NodeResourcesBalancedAllocation** (weight 1) looks at what is really requested, missing is 0. The *evenness* of some pods on
# a node is `int((1 - abs(cpu - memory) / 2) * 100)`, where `cpu` and `memory` are the requested shares of the capacities, as floating-point
# numbers, each at most 1. The score is `50 + (50 + with - without) // 2`: the evenness with the new pod and without it. For a pod
# that requests neither cpu nor memory there is no such score: **leave the key out**. Capacities are never 0 where it is asked.
#
# **TaintToleration** (weight 3). Count each node's taints with effect `PreferNoSchedule` that no toleration bears; `most` is the
# largest count of the given nodes. `100 - 100 * count // most`; 100 for all when `most` is 0.
#
# Before v1.36 the second was the evenness itself. Of equal totals one is taken by the order in which the nodes were found; the
# random choice of earlier versions is only made with extenders now.
#
# *Source: `pkg/scheduler/framework/plugins/noderesources/{least_allocated,balanced_allocation}.go`, `helper/normalize_score.go`.*
#
# ### Exercise: `score(pod, nodes)`
#
# Return `{node: {plugin: score}}` with these three plugins' scores as ints, **without** weights, for all given nodes. Whether the
# pod fits on them is not asked. Pods and nodes are those of `filters`; change nothing in them.
#
# Example: a pod with one container of 500 millicores and 512 · 2²⁰ bytes, an empty node `a` with `cpu` 8000 and `memory` 4 · 2³⁰:
# `{"a": {"NodeResourcesFit": 90, "NodeResourcesBalancedAllocation": 73, "TaintToleration": 100}}`.
#
# The checks: small cases; recorded scores; random ones; and your `filters`, `score` and `fit_message` together in the scheduler
# of several small clusters, by where their pods are in the end.
#
# <details><summary>Hint 1</summary>NodeResourcesFit first, with <code>container.get("cpu", 100)</code> and floor division for
# each resource.</details>
# <details><summary>Hint 2</summary>Write <code>evenness(node, pods)</code>; call it with
# <code>node["pods"]</code> and with <code>node["pods"] + [pod]</code>.</details>
# <details><summary>Hint 3</summary>The taints need all nodes at once: a dict of counts and its maximum before the loop.
# </details>


# %% id="score" role="exercise"
def score(pod, nodes):
    """Return the scores of every node by plugin, from 0 to 100, before weights."""

    ### BEGIN SOLUTION
    def total(pods, name, missing):
        return sum(container.get(name, missing) for one in pods for container in one["containers"])

    def free(node):
        shares = []
        for name, missing in (("cpu", 100), ("memory", 200 * 2**20)):
            if node[name]:
                used = total([*node["pods"], pod], name, missing)
                shares.append(max(0, node[name] - used) * 100 // node[name])
        return sum(shares) // len(shares)

    def evenness(node, pods):
        cpu, memory = (min(total(pods, name, 0) / node[name], 1) for name in ("cpu", "memory"))
        return int((1 - abs(cpu - memory) / 2) * 100)

    def disliked(node):
        return sum(
            taint["effect"] == "PreferNoSchedule"
            and not any(bears(each, taint) for each in pod["tolerations"])
            for taint in node["taints"]
        )

    def bears(each, taint):
        if each["effect"] not in ("", taint["effect"]) or each["key"] not in ("", taint["key"]):
            return False
        return each["operator"] == "Exists" or each["value"] == taint["value"]

    most = max(map(disliked, nodes))
    table = {}
    for node in nodes:
        share = 100 * disliked(node) // most if most else 0
        table[node["name"]] = {"NodeResourcesFit": free(node), "TaintToleration": 100 - share}
        if total([pod], "cpu", 0) or total([pod], "memory", 0):
            change = evenness(node, [*node["pods"], pod]) - evenness(node, node["pods"])
            table[node["name"]]["NodeResourcesBalancedAllocation"] = 50 + (50 + change) // 2
    return table
    ### END SOLUTION


# %% id="score-examples" role="test" points=2
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.score_examples(score, points=2)

# %% id="score-records" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.score_records(score, points=1)

# %% id="score-unseen" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.score_unseen(score, seed=4, points=1)
### BEGIN HIDDEN TESTS
course.units.u04_scheduling.checks.score_unseen(score, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% id="score-at-work" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.score_at_work(filters, score, fit_message, points=1)

# %% [markdown] id="preemption-section" role="text"
# ## 5. Preemption: whom to evict
#
# A pod that fits nowhere may evict pods of **lower** priority. On each node that this can help, all of these are taken away in
# thought, and come back one by one, the most important first, while the new pod still fits; those whose eviction would
# break a PodDisruptionBudget come back before all others. Who cannot come back is a victim.
#
# So every node has a list of victims, and one node is chosen. This happened on a v1.36.2 (`preemption`, scenario 7; no budgets):
# a pod of priority 1000 needs 1500m, both nodes are full.
#
# | node | victims: priority, started at |
# |---|---|
# | `n0` | 0 at 07:13, 0 at 17:01, 0 at 20:25 |
# | `n1` | 5 at 16:52, 5 at 18:31 |

# %% id="my-victims" role="code"
evicts = predict("where-to-evict", "Whose victims go?", choices=["n0", "n1"], default="n1", answer="?")

# %% id="recorded-victims" role="code"
[row] = [each for each in records.read("preemption") if each["scenario"] == 7]
[step] = row["steps"]
evicts.reveal(
    step["log"][0]["nominated"],
    why="The most important victim decides before the number of victims: 0 is less important than 5.",
)
print("evicted:", *step["victims"], "-", step["log"][0]["message"])

# %% [markdown] id="pick-node-task" role="text"
# ### The least harm
#
# Nodes are compared by these five, each only among those that are level so far:
#
# 1. the fewest disruption budgets broken;
# 2. the lowest priority of the node's most important victim;
# 3. the smallest sum of all its victims' priorities, **each raised by 2147483648**;
# 4. the fewest victims;
# 5. of each node's victims that have its highest priority, the earliest start; the node where that is the **latest**.
#
# The victims are deleted, with their grace period; the pod is only *nominated* for the node (`status.nominatedNodeName`), and
# bound when there is room. Until then it may go elsewhere. Budgets are best effort: the first rule is all that protects them.
#
# *Source: `pkg/scheduler/framework/preemption/preemption.go` (`pickOneNodeForPreemption`), v1.36.2.*
#
# ### Exercise: `pick_node(candidates)`
#
# Return the name of the node. `candidates` is `{node: {"pdb": broken budgets, "victims": [[priority, start], ...]}}`. A larger
# start is later. Every node has a victim at least; priorities can be negative, down to −2147483648. There are no ties.
#
# Example: `{"a": {"pdb": 0, "victims": [[5, 10]]}, "b": {"pdb": 1, "victims": [[0, 10]]}}` gives `"a"`.
#
# <details><summary>Hint 1</summary><code>min(candidates, key=...)</code> with the number of broken budgets passes the first
# rule.</details>
# <details><summary>Hint 2</summary>A key can be a tuple: it is compared from left to right.</details>
# <details><summary>Hint 3</summary>For rule 5: <code>top = max(priority for priority, _ in victims)</code>, then the smallest
# start among victims of that priority, with a minus.</details>


# %% id="pick-node" role="exercise"
def pick_node(candidates):
    """Return the node on which an eviction does the least harm."""

    ### BEGIN SOLUTION
    def harm(node):
        victims = candidates[node]["victims"]
        top = max(priority for priority, _ in victims)
        earliest = min(start for priority, start in victims if priority == top)
        total = sum(priority + 2147483648 for priority, _ in victims)
        return candidates[node]["pdb"], top, total, len(victims), -earliest

    return min(candidates, key=harm)
    ### END SOLUTION


# %% id="pick-node-examples" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.pick_examples(pick_node, points=1)

# %% id="pick-node-unseen" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.pick_unseen(pick_node, seed=4, points=1)
### BEGIN HIDDEN TESTS
course.units.u04_scheduling.checks.pick_unseen(pick_node, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="at-work" role="text"
# ## 6. Your scheduler at work
#
# The shop of section 1 once more: `bee` waits for a scheduler called `shop-scheduler`. Here it is: the queue, the watches and the bindings are the cluster's,
# every decision is yours. It runs **beside** the built-in one, and each takes only the pods that name it.
#
# Then **in its place**: the next cluster has no other scheduler. Ten pods come, and after them one of high priority that fits only
# where others go.

# %% id="beside-the-other" role="code"
profile = profile_by(mine(filters), mine(score), fit_message=mine(fit_message), pick_node=mine(pick_node))
shop = open_shop()
for body in [*eight_pods(), pod("too-big", cpu="5", schedulerName="shop-scheduler")]:
    shop.core.create_namespaced_pod("default", body)
yours = beside(
    shop, "shop-scheduler", lambda client, loop: Scheduler(client, loop, "shop-scheduler", profile=profile)
)
shop.run(seconds=5)
events = shop.core.list_namespaced_event("default").items
told = [one for one in events if one.involved_object.name == "bee"]
print(*(f"{one.reporting_component}: {one.message}" for one in told), sep="\n")
assert not yours.errors, "your scheduler crashed, see above"
print("too-big:", (look("too-big")[2] or "placed all the same").split(" no new claims")[0])

# %% id="in-its-place" role="code"
cluster = Cluster.create(nodes=0)
cluster.replace("kube-scheduler", lambda client, loop: Scheduler(client, loop, profile=profile))
for name in NODES:
    cluster.nodes.add(name, cpu="4", memory="8Gi")
for number in range(10):
    small = pod(f"small-{number}", cpu="1500m" if number < 8 else "500m")
    cluster.core.create_namespaced_pod("default", small)
cluster.run(seconds=5)
before = placed(cluster)
high = {"metadata": {"name": "high"}, "value": 1000}
once(cluster.client().create, "priorityclasses.scheduling.k8s.io", high)
once(cluster.core.create_namespaced_pod, "default", pod("urgent", cpu="2", priorityClassName="high"))
cluster.run(seconds=20)
assert not cluster.errors("kube-scheduler"), "your scheduler crashed, see above"
plot_fill({"ten pods": before, "and an urgent one": placed(cluster)}, 4, NODES)

# %% [markdown] id="scaling-section" role="text"
# ## 7. "Run three of them"
#
# Four nodes of 4 CPUs, four pods of 3 CPUs, all there when the scheduling begins: a node for each. Four ways to schedule them:
#
# - **one** scheduler;
# - **two copies**, as in a control plane of two nodes: they elect a leader;
# - **two copies that do not elect** one, by mistake (`--leader-elect=false`);
# - **two schedulers** of different names, each with half of the pods.
#
# The last is run twice: with the built-in scheduler under both names, and with **yours** under both.

# %% id="my-refused" role="code"
lost_said = predict(
    "refused-pods",
    "With two schedulers of different names: how many of the four pods run in the end?",
    number=(0, 4),
    default=4,
    answer="?",
)

# %% id="four-ways" role="code"
name, other = "default-scheduler", "shop-scheduler"
ways = {
    "one": run_schedulers([name]),
    "two copies, elected": run_schedulers([name, name], elect=True),
    "two copies, no election": run_schedulers([name, name]),
    "two names": run_schedulers([name, other]),
    "two names, yours": run_schedulers([name, other], profile=profile),
}
lost_said.reveal(
    ways["two names"].running, why="Neither sees what the other binds next; kubelets refused the second."
)
for way, run in ways.items():
    print(f"{way:24} attempts {list(run.attempts.values())}, 409s {run.conflicts}, running {run.running}")
assert not ways["two names, yours"].errors, "your scheduler crashed, see above"
plot_fill({way: ways[way].pods for way in ("one", "two names", "two names, yours")}, 4, NODES)

# %% [markdown] id="lease-text" role="text"
# - The elected copy did everything, the other **nothing**: replicas buy availability, not throughput.
# - Without an election both did all the work twice, and every second binding was refused with 409: bound already.
# - Two names halve the attempts of each. But they **race for capacity**: a scheduler counts on its own picture, bindings do not
#   check room, and a pod that a kubelet refuses (`OutOfcpu`, phase Failed) is never placed again. Give them different
#   nodes.
#
# ### Who leads
#
# Copies elect a leader through the Lease `kube-system/kube-scheduler`: its holder renews it every 2 s. Kill the leader, and it
# cannot give the Lease back. **Predict:** it was renewed a moment ago. How long until the other one schedules?

# %% id="my-takeover" role="code"
takeover = predict(
    "takeover",
    "Seconds from the leader's death until the next pod is bound?",
    number=(0, 60),
    default=2,
    within=3,
    unit="s",
    answer="?",
)

# %% id="takeover-truth" role="code"
killed = kill_the_leader()
print("led:", killed.led)
takeover.reveal(
    round(killed.waited_s),
    why="Nobody may take the Lease before it was seen unchanged for 15 s; then comes a look every 2 to 4.4 s.",
)

# %% [markdown] id="scale-out-task" role="text"
# A candidate may take the Lease when nobody holds it (`""`), when it holds it itself, or when the Lease's duration has passed since
# **it saw the Lease change for the last time**, on its own clock. The `renewTime` inside is never compared with a clock: clocks
# differ. A leader that ends in good order writes `""`, and the next one takes over at its next look. (The
# record `election`, three schedulers of v1.36.2: 18.1 s after the last renewal of one that was killed, 0.2 s after a clean end.)
#
# ### How many nodes are enough
#
# On a large cluster a cycle need not find *all* nodes that fit. It stops at `feasible_target(n, pct)`, where `pct` is
# `percentageOfNodesToScore`:
#
# - below 100 nodes: all `n`;
# - `pct` 0, the default: 50 per cent, less one for each full 125 nodes, but at least 5 per cent;
# - so many per cent of `n`, rounded down, but never fewer than 100 nodes.
#
# *Source: `k8s.io/client-go/tools/leaderelection/leaderelection.go`, `pkg/scheduler/schedule_one.go` (`numFeasibleNodesToFind`).*
#
# ### Exercise: `may_acquire(now, seen_at, duration, holder, me)` and `feasible_target(n, pct=0)`
#
# `may_acquire` returns a bool. `now` and `seen_at` are seconds on the candidate's own clock, `duration` is the Lease's, `holder` and
# `me` are names. At the very moment `seen_at + duration` it may be taken.
#
# Example: `may_acquire(115, 100, 15, "a", "b")` is `True`, with 114 it is `False`.
#
# `feasible_target` returns an int. `n` is the number of nodes, 0 at least, `pct` a whole number from 0 to 100.
#
# Example: `feasible_target(99)` is 99, `feasible_target(1000)` is 420, `feasible_target(300, 100)` is 300.
#
# <details><summary>Hint 1</summary>Both begin with the case that needs no arithmetic: <code>return holder in ("", me)</code>, and
# <code>n</code> where it is below 100. With only that the first rule of each holds.</details>
# <details><summary>Hint 2</summary>Only whole numbers: <code>//</code> everywhere.</details>
# <details><summary>Hint 3</summary>Two minima, one after the other: 5 per cent when <code>pct</code> is 0, then 100 nodes.
# </details>
#
# Below the checks your rules go to work: two copies that take the Lease by your `may_acquire`, then a thousand nodes and schedulers
# with different settings, the last of which asks your `feasible_target`. Counted is how many nodes each cycle looked at.


# %% id="scale-out" role="exercise"
def may_acquire(now, seen_at, duration, holder, me):
    """Return whether `me` may take a Lease that it saw change at `seen_at` for the last time."""
    ### BEGIN SOLUTION
    return holder in ("", me) or now >= seen_at + duration
    ### END SOLUTION


def feasible_target(n, pct=0):
    """Return after how many nodes that fit a cycle stops looking."""
    ### BEGIN SOLUTION
    if n < 100:
        return n
    if pct == 0:
        pct = max(5, 50 - n // 125)
    return max(100, n * pct // 100)
    ### END SOLUTION


# %% id="scale-out-examples" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.scale_examples(may_acquire, feasible_target, points=1)

# %% id="scale-out-unseen" role="test" points=1
import course.units.u04_scheduling.checks

course.units.u04_scheduling.checks.scale_unseen(may_acquire, feasible_target, seed=4, points=1)
### BEGIN HIDDEN TESTS
course.units.u04_scheduling.checks.scale_unseen(
    may_acquire, feasible_target, seed=course.checks.instructor_seed(), points=1
)
### END HIDDEN TESTS

# %% id="your-lease" role="code"
killed = kill_the_leader(mine(may_acquire))
print(f"the next pod was bound {killed.waited_s:.0f} s after the leader's death")
backend = big_cluster(1000)
for percentage in (100, 30, 5, 0):
    looked = nodes_looked_at(backend, f"pct-{percentage}", percentage_of_nodes_to_score=percentage)
    print(f"percentageOfNodesToScore {percentage:3}: {dict(looked.nodes)} {{nodes looked at: pods}}")
yours = nodes_looked_at(backend, "yours", target=mine(feasible_target))
print("your feasible_target:        ", dict(yours.nodes))
assert not killed.errors, "your may_acquire crashed, see above"
assert 13 < killed.waited_s < 24, "the Lease was taken too early or too late"
assert not yours.errors, "your feasible_target crashed, see above"

# %% [markdown] id="remember" role="text"
# The price of looking at fewer nodes is a choice that is not the best. Filters ask 16 nodes at a time and bindings run
# beside the next cycle, but cycles themselves are serial, whatever the number of copies.
#
# | lever | what it brings, measured above |
# |---|---|
# | a second copy with election | attempts [4, 0]: nothing but availability |
# | a second copy without | attempts [4, 4], 4 conflicts: double work |
# | a second scheduler, other name | attempts [2, 2]; 2 of 4 pods lost to the race on shared nodes |
# | percentageOfNodesToScore | 1000, 300, 100 nodes a cycle; by default 420 |
#
# ## What to remember
#
# **The questions:** Why is my pod Pending? How is a node chosen? How does scheduling scale?
#
# **The short answers:** No node: read `PodScheduled`; the message counts each node's first refusal. A node: read the container's
# waiting reason and the events. A node is chosen by filters in order, then by a weighted sum of scores. Cycles are serial; copies
# wait for a Lease; further schedulers share the work and race for room; sampling shortens a cycle.
#
# **What the common answers get wrong:**
#
# - "Node logs, and the image": before a node is chosen neither can matter.
# - "CrashLoopBackOff is Pending": it is Running, and the first restart is immediate.
# - "The emptiest node": a soft taint or a fuller zone outweighs all that emptiness can bring.
# - "The fewest victims": three pods of priority 0 went, and two of priority 5 stayed.
# - "Three replicas share the work": one works, the others wait 15 s and more for it to die.
#
# **Why** does `node-c` not say that its label would match `elk`? Answer in one sentence before you go on.
#
# **A new situation:** a Deployment of 3 with a hard spread over three zones runs. Zone `c`'s only node is cordoned, and one pod is
# deleted there. Where does its successor go, and what does the message say? Try it with `open_shop`.
#
# **Next:** unit 05, what happens on the node once it was chosen.
#
# ## Sources
#
# - `pkg/scheduler/schedule_one.go`, `framework/types.go`, `framework/plugins/*`, `framework/preemption/*`
# - `pkg/kubelet/kubelet.go`, `kuberuntime/kuberuntime_manager.go`, `images/image_manager.go`
# - [Kubernetes Scheduler](https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/),
#   [Scheduler Performance Tuning](https://kubernetes.io/docs/concepts/scheduling-eviction/scheduler-perf-tuning/)
# - The records: `scheduler`, `preemption`, `crashloop`, `image_backoff`, `election`
