# %% [markdown] id="question" role="text"
# # 06 · QoS classes: who goes first when memory runs out
#
# **Where you are.** You come from **05 · Pods**, where containers start and stop. Here a node has too little memory for them all. Next is **07 · Node failure**,
# where the whole node is gone. You need to know what requests and limits are; nothing else.
#
# | section | minutes |
# |---|---|
# | 1. Which class does a pod get? | 17 |
# | 2. What the class is for: the kernel's choice | 9 |
# | 3. Who is evicted: the kubelet's choice | 13 |
# | 4. Your order at work | 6 |
#
# Three short questions from earlier units first, from memory.

# %% id="imports" role="code"
from collections import Counter

from kubernetes.utils.quantity import parse_quantity

from course.checks.pods import show_spec
from course.learn import predict, review
from course.units.u06_qos.plots.eviction import plot_order
from course.units.u06_qos.plots.pressure import order_of, plot_pressure, watch_memory
from insideout import Cluster, records
from insideout.kubelet.eviction import PodMemory, rank_memory
from insideout.kubelet.ranking import rank_by_name

Mi, Gi = 2**20, 2**30

# %% id="review" role="code"
review("06_qos")

# %% [markdown] id="classes" role="text"
# The question, as it is asked:
#
# > What are QoS classes in Kubernetes, and how do they work?
#
# The answer that is passed around:
#
# > There are three. *Guaranteed*: requests equal limits. *Burstable*: requests below limits. *BestEffort*: neither.
# > When a node runs out of memory, Kubernetes evicts BestEffort pods first, then Burstable, then Guaranteed.
#
# Half of this is right. In this unit you test each sentence, against answers that a Kubernetes v1.36.2
# control plane gave and against the kubelet's own rules. Then you write those rules. You will be able to
#
# - tell the QoS class of any pod, also with sidecars, with zeros and with resources on the pod itself;
# - tell which process the kernel kills first, and compute the number that decides it;
# - put the pods of a node in the order in which the kubelet evicts them, and say why the class is not in it.
#
# ## 1. Which class does a pod get?
#
# Nobody writes the class into a manifest. The API server computes it when the pod is created, stores it in
# `status.qosClass`, and it never changes.
#
# `records.read("qos")` holds 400 pods with random resources that were sent to an API server v1.36.2 as a dry
# run, each with the answer. Here are four of them, without their answers.

# %% id="four-pods" role="code"
recorded = {row["pod"]["metadata"]["name"]: row for row in records.read("qos")}
for name in ("q69", "q70", "q233", "q371"):
    print(f"--- {name}", show_spec(recorded[name]["pod"]), sep="\n")

# %% id="my-classes" role="code"
classes_said = predict(
    "classes",
    "Which class has each pod?",
    choices=["Guaranteed", "Burstable", "BestEffort"],
    each=["q69", "q70", "q233", "q371"],
    default=["Burstable", "Guaranteed", "Guaranteed", "Burstable"],
    answer="?",
)

# %% id="true-classes" role="code"
classes_said.reveal(
    {name: recorded[name]["qosClass"] for name in ("q69", "q70", "q233", "q371")},
    why="The API server looks at cpu and memory of all containers, or of the pod itself; the rules follow.",
)

# %% [markdown] id="class-rules" role="text"
# ### What the API server does
#
# 1. It takes **all containers**: main containers, init containers, and sidecars, which are init containers with
#    `restartPolicy: Always`. Ephemeral containers cannot have resources.
# 2. It looks at **cpu and memory only**. Storage and GPUs change nothing.
# 3. Defaulting comes first: where a container has a limit and no request, the **request is the limit**.
# 4. After that, an amount of **zero counts as not set**. So with `limits: {cpu: 1, memory: 4Gi}` and `requests: {memory: 0}` the
#    request for memory is there, and no default replaces it; then it counts as none: *Burstable*.
# 5. Nothing requested and nothing limited anywhere: *BestEffort*.
# 6. Every container limits both cpu and memory, and the requests equal the limits: *Guaranteed*.
# 7. Anything else: *Burstable*.
#
# A pod can have `resources` of its own, in `spec.resources` (on by default since v1.34). **When that field is there, it replaces the
# containers' values**, even when it is empty: `resources: {}` makes a fully limited pod BestEffort. Defaulting
# fills this field too: with a limit on the pod, a missing request becomes what the containers request together, and
# the limit only where no container has a request of that kind. Here a request of 0 is one: it makes the pod's request 0, and not the limit.
#
# *Source: `pkg/apis/core/v1/helper/qos/qos.go`, `pkg/apis/core/v1/defaults.go`, v1.36.2.*
#
# ### Exercise: `qos(pod)`
#
# Return `"Guaranteed"`, `"Burstable"` or `"BestEffort"`.
#
# - `pod` is a dict, the manifest as a user wrote it: defaults are **not** filled in yet, so rule 3 is yours to apply.
# - `pod` must stay as it is; what you fill in, fill in a copy.
# - Quantities are strings or numbers. `parse_quantity` of the official client gives their exact value:
#   `parse_quantity("500m") == parse_quantity(0.5)`.
# - `spec.containers` is always there. `spec.initContainers`, `spec.resources`, a container's `resources`, and in it
#   `requests` and `limits`, may be missing.
# - Containers request *together* what runs at the same time: main containers and sidecars add up. A plain init
#   container runs before them, beside the sidecars listed above it; if that moment needs more, it counts instead.
#   You need this only for a request that is missing on the pod itself.
#
# Example: one container with `limits: {cpu: 1, memory: 1Gi}` and no requests is `"Guaranteed"`.
#
# <details><summary>Hint 1</summary>Make a small function first that returns the requests of one
# <code>resources</code> dict with rule 3 applied.</details>
# <details><summary>Hint 2</summary>Drop everything but positive cpu and memory early. Then rules 5 to 7 compare sums.
# </details>
# <details><summary>Hint 3</summary>Make a list of (requests, limits) pairs: one pair for each container, or a single
# pair when the pod has resources of its own. The rest of the function need not know which it was.</details>
#
# The checks: small pods, a rule at a time; then the pods that the real API server judged; then pods drawn at random, to which the grader adds others that you do
# not see. Every rule that holds in all of its cases earns its share of the points. When one is
# broken, the report shows the smallest pod that breaks it.


# %% id="qos" role="exercise"
def qos(pod):
    """Return the QoS class of `pod`, a manifest as a dict."""

    ### BEGIN SOLUTION
    def requests_of(resources):
        return {**resources.get("limits", {}), **resources.get("requests", {})}

    def positive(amounts):
        values = {name: parse_quantity(amounts[name]) for name in ("cpu", "memory") if name in amounts}
        return {name: value for name, value in values.items() if value > 0}

    def together(spec, name):
        """Return the containers' request for `name`, or None when no container has one."""
        asked = [
            parse_quantity(requests_of(c.get("resources", {}))[name])
            for c in spec["containers"]
            if name in requests_of(c.get("resources", {}))
        ]
        running, beside, at_most, found = sum(asked), 0, 0, bool(asked)
        for init in spec.get("initContainers", []):
            requests = requests_of(init.get("resources", {}))
            amount = parse_quantity(requests[name]) if name in requests else 0
            found = found or name in requests
            if init.get("restartPolicy") == "Always":
                running, beside = running + amount, beside + amount
                at_most = max(at_most, beside)
            else:
                at_most = max(at_most, beside + amount)
        return max(running, at_most) if found else None

    def of_the_pod(spec):
        limits, requests = spec["resources"].get("limits", {}), dict(spec["resources"].get("requests", {}))
        for name in ("cpu", "memory") if limits else ():
            if name not in requests:
                of_containers = together(spec, name)
                if of_containers is not None or name in limits:
                    requests[name] = limits[name] if of_containers is None else of_containers
        return requests, limits

    spec = pod["spec"]
    if "resources" in spec:
        pairs = [of_the_pod(spec)]
    else:
        each = [c.get("resources", {}) for c in spec["containers"] + spec.get("initContainers", [])]
        pairs = [(requests_of(resources), resources.get("limits", {})) for resources in each]
    requests, limits = Counter(), Counter()
    for requested, limited in pairs:
        requests.update(positive(requested))
        limits.update(positive(limited))
    if not requests and not limits:
        return "BestEffort"
    all_limited = all(len(positive(limited)) == 2 for _, limited in pairs)
    return "Guaranteed" if all_limited and requests == limits else "Burstable"
    ### END SOLUTION


# %% id="qos-examples" role="test" points=4
import course.units.u06_qos.checks

course.units.u06_qos.checks.class_examples(qos, points=4)

# %% id="qos-records" role="test" points=3
import course.units.u06_qos.checks

course.units.u06_qos.checks.class_records(qos, points=3)

# %% id="qos-unseen" role="test" points=2
import course.units.u06_qos.checks

course.units.u06_qos.checks.class_unseen(qos, seed=6, points=2)
### BEGIN HIDDEN TESTS
course.units.u06_qos.checks.class_unseen(qos, seed=course.checks.instructor_seed(), points=2)
### END HIDDEN TESTS

# %% [markdown] id="refused" role="text"
# ### Some pods have no class
#
# The API server refused 26 of the 400 pods, so they never got a class. What was wrong with them? **Predict:** name one
# way in which resources on a pod can contradict those of its containers.

# %% id="refusals" role="code"
refused = [row for row in recorded.values() if row["code"] != 201]
words = Counter()
for row in refused:
    for cause in row["causes"]:
        words[cause["message"].split(": ", 2)[2].rsplit(" of ", 1)[0]] += 1
print(
    len(refused),
    "pods refused; all have resources of their own:",
    all("resources" in row["pod"]["spec"] for row in refused),
)
for message, count in sorted(words.items()):
    print(f"{count:3} x {message}")

# %% [markdown] id="kernel" role="text"
# The pod's request must cover what its containers request together, no container may have a higher limit than the
# pod, and the pod's request may not exceed its own limit.
#
# ## 2. What the class is for: the kernel's choice
#
# The class has one hard consequence on every node. The kubelet gives each container's processes an
# `oom_score_adj`, and when the **kernel** runs out of memory it kills the process with the highest score: its share of
# the node's memory in thousandths, plus this number.
#
# | class | `oom_score_adj` |
# |---|---|
# | Guaranteed | −997 |
# | Burstable | 1000 − 1000 · request ÷ node's memory, but never below 3 and never above 999 |
# | BestEffort | 1000 |
#
# The division is that of whole numbers, as in Go: 1000 · request is divided and rounded down, then subtracted.
#
# So between Burstable containers it is the **memory request** that protects, and only in proportion to the node.

# %% id="predict-oom" role="code"
oom_said = predict(
    "oom-100mi",
    "A Burstable pod requests 100Mi on a node of 8Gi. Which is its oom_score_adj nearest to?",
    choices=[1000, 500, 3],
    default=500,
    answer="?",
)

# %% id="oom-table" role="code"
scores = {}
for text in ("0", "100Mi", "1Gi", "2Gi", "4Gi", "8Gi"):
    adjustment = 1000 - 1000 * int(parse_quantity(text)) // (8 * Gi)
    scores[text] = min(max(adjustment, 3), 999)
oom_said.reveal(
    min((1000, 500, 3), key=lambda number: abs(number - scores["100Mi"])),
    why="100Mi is little more than a hundredth of the node, so it protects by twelve thousandths.",
)
for text, score in scores.items():
    print(f"request {text:>5} on 8Gi: {score:4}")

# %% [markdown] id="oom-rules" role="text"
# Three more rules that the common answer leaves out:
#
# - A **sidecar** should not die before the containers that it serves. It takes the lower of two numbers: its own, and
#   the one that the smallest memory request among the *main* containers gives.
# - When the **pod itself** requests memory, what it requests beyond its containers together is shared equally among all
#   of them, init containers counted: each request grows by `(pod − containers) // number of containers`.
# - A pod of class `system-node-critical` gets −997, whatever its QoS class. (The kubelet asks for a priority of at
#   least 2 000 000 000 as well, or a static pod.)
#
# *Source: `pkg/kubelet/qos/policy.go`, v1.36.2.*
#
# ### Exercise: `oom_adj(pod, name, capacity)`
#
# Return the number, an int, for the container called `name` of `pod`, on a node with `capacity` bytes of memory.
#
# - `pod` is a dict as the API server stores it: requests are filled in, and so is `spec.priority` where it matters.
# - `name` may be a main container, a sidecar or a plain init container; an init container is treated like a main one.
# - "Containers together" means the same as in `qos`: main containers and sidecars add up, unless the moment of one init
#   container needs more.
# - You may call your `qos`.
# - What the function is given stays as it is.
#
# Example: one container that requests 2Gi of memory, on 8Gi: `750`.
#
# <details><summary>Hint 1</summary>Deal with −997 and 1000 first and return. What is left is Burstable.</details>
# <details><summary>Hint 2</summary>Compute bytes, not numbers: the sidecar's rule is a larger request, and the pod's
# share is added to every request alike.</details>
# <details><summary>Hint 3</summary>Apply the bounds 3 and 999 last.</details>


# %% id="oom-adj" role="exercise"
def oom_adj(pod, name, capacity):
    """Return the oom_score_adj of the container `name` of `pod` on a node with `capacity` bytes of memory."""
    ### BEGIN SOLUTION
    spec = pod["spec"]
    mains, inits = spec["containers"], spec.get("initContainers", [])

    def memory(resources):
        return int(parse_quantity(resources.get("requests", {}).get("memory", 0)))

    def request(container):
        return memory(container.get("resources", {}))

    def is_sidecar(container):
        return container in inits and container.get("restartPolicy") == "Always"

    critical = spec.get("priority", 0) >= 2_000_000_000
    if critical and spec.get("priorityClassName") == "system-node-critical":
        return -997
    if qos(pod) != "Burstable":
        return {"Guaranteed": -997, "BestEffort": 1000}[qos(pod)]
    beside = at_most = 0
    for init in inits:
        at_most = max(at_most, beside + request(init))
        beside += request(init) if is_sidecar(init) else 0
    together = max(at_most, beside + sum(map(request, mains)))
    of_pod = memory(spec.get("resources", {}))
    share = (of_pod - together) // len(mains + inits) if of_pod else 0
    container = next(c for c in mains + inits if c["name"] == name)
    mine = request(container)
    if is_sidecar(container):
        mine = max(mine, min(map(request, mains)))
    return min(max(1000 - 1000 * (mine + share) // capacity, 3), 999)
    ### END SOLUTION


# %% id="oom-adj-examples" role="test" points=3
import course.units.u06_qos.checks

course.units.u06_qos.checks.oom_examples(oom_adj, points=3, uses=lambda: qos)

# %% id="oom-adj-unseen" role="test" points=2
import course.units.u06_qos.checks

course.units.u06_qos.checks.oom_unseen(oom_adj, seed=6, points=2, uses=lambda: qos)
### BEGIN HIDDEN TESTS
course.units.u06_qos.checks.oom_unseen(
    oom_adj, seed=course.checks.instructor_seed(), points=2, uses=lambda: qos
)
### END HIDDEN TESTS

# %% [markdown] id="kubelet" role="text"
# ## 3. Who is evicted: the kubelet's choice
#
# The kernel is the last resort. Before that, the **kubelet** looks every 10 seconds whether the node has less
# than 100Mi of memory left (the default of `memory.available`). If so it evicts **one** pod, waits until that pod is
# gone, and looks again.
#
# Which one? The common answer says: by class. Here is a node with eight pods. Usage and request are bytes of memory.
#
# `scratch` is the only BestEffort pod. In which place of the order is it? And which pod goes first? **Predict** both.

# %% id="a-node" role="code"
node = [
    PodMemory("scratch", priority=1000, usage_bytes=90 * Mi, request_bytes=0),
    PodMemory("web", priority=0, usage_bytes=320 * Mi, request_bytes=200 * Mi),
    PodMemory("cache", priority=0, usage_bytes=700 * Mi, request_bytes=680 * Mi),
    PodMemory("batch", priority=-10, usage_bytes=180 * Mi, request_bytes=150 * Mi),
    PodMemory("db", priority=1000, usage_bytes=900 * Mi, request_bytes=1000 * Mi),
    PodMemory("report", priority=0, usage_bytes=100 * Mi, request_bytes=400 * Mi),
    PodMemory("fresh", priority=0, usage_bytes=None, request_bytes=100 * Mi),
    PodMemory("dns", priority=2_000_000_000, usage_bytes=150 * Mi, request_bytes=70 * Mi, critical=True),
]
classes = {pod.name: "Burstable" for pod in node} | {"scratch": "BestEffort", "db": "Guaranteed"}

# %% id="my-place" role="code"
place_of_scratch = predict(
    "place-of-scratch",
    "In which place of the order is scratch, counted from 1?",
    number=(1, 7),
    default=1,
    answer="?",
)

# %% id="my-first" role="code"
first_evicted = predict(
    "first-evicted",
    "Which pod goes first?",
    choices=["scratch", "web", "cache", "batch", "db", "report", "fresh"],
    default="scratch",
    answer="?",
)

# %% id="the-order" role="code"
order = [pod.name for pod in rank_memory(node) if not pod.critical]
place_of_scratch.reveal(
    order.index("scratch") + 1, why="Four others go before it; none of them is BestEffort."
)
first_evicted.reveal(order[0], why="The kubelet has no statistics for it yet.")
plot_order(node, order, classes)

# %% [markdown] id="find-order" role="text"
# ### Find the kubelet's questions
#
# The marks show the classes, and the path shows that **the class is not looked at**: `scratch` goes after four Burstable pods. What is looked at, then?
#
# The kubelet asks four questions of each pod, one after the other; the next one counts only where all before it have the same answer. Below are eight
# evictions, each between two pods, decided by a kubelet that ranks as v1.36.2's does. Sizes are MiB; `?` means that there are no statistics yet. Which four
# questions, in which order, give all eight? Two of the six that you can choose from are never asked.

# %% id="evictions" role="code"
from course.units.u06_qos import observed

print(observed.table())

# %% id="my-questions" role="code"
questions_said = predict(
    "kubelet-questions",
    "Which question does the kubelet ask first, second, third, fourth?",
    choices=list(observed.QUESTIONS),
    each=["first", "second", "third", "fourth"],
    default=["requests nothing?", "lower priority?", "uses more?", "no statistics?"],
    answer="?",
)

# %% id="true-questions" role="code"
yours = list((questions_said.answer or questions_said.default).values())
print("your questions give", observed.explained(yours), "of", len(observed.PAIRS), "evictions")
questions_said.reveal(
    list(observed.ASKED), why="Only these four in this order give the pod that went in all eight."
)

# %% [markdown] id="order-rules" role="text"
# So a pod without statistics goes first. Then those that use **more than they request**, whatever their priority; equal is not more. Then the lower
# **priority**. Last, who is further **beyond its request**, not who uses more. Static pods, mirror pods and pods with a priority of at least 2 000 000 000 are skipped.
#
# Why does the common answer work so often? A BestEffort pod requests nothing, so it is always above its request; a
# Guaranteed pod whose limit is its request cannot go above it for long. With equal priorities the result looks like an
# order of classes. With priorities it does not.
#
# *Source: `pkg/kubelet/eviction/helpers.go` (`rankMemoryPressure`), `eviction_manager.go`, v1.36.2.*
#
# **Turn** what `web` and `cache` use, on a node with 2600 MiB. (The kubelet wants 100 of them free.) When does `cache` go before `web`?
# When is nobody to go? Can you save `batch`, or make `scratch` go first?

# %% id="turn-use" role="code"
from course.plots.control import turn
from course.units.u06_qos.plots.turned import plot_use

known = [pod for pod in node if pod.usage_bytes is not None]
turn(
    lambda web, cache: plot_use(known, classes, capacity_bytes=2600 * Mi, web=web, cache=cache),
    web=range(100, 701, 50),
    cache=range(500, 801, 50),
    still={"web": 500, "cache": 600},
)

# %% [markdown] id="evict-order-task" role="text"
# ### Exercise: `evict_order(pods)`
#
# Return the names of the pods in the order in which the kubelet would evict them under memory pressure.
#
# - `pods` is a list of dicts: `name`, `priority` (int), `usage` (bytes, or `None` without statistics), `request` (bytes),
#   `critical` (bool).
# - Critical pods do not appear in the result. There are no ties. The list that you are given must stay as it is.
#
# Example: `[{"name": "a", "priority": 0, "usage": 5, "request": 9, "critical": False}]` gives `["a"]`.
#
# **Examples first.** Which pods would tell the kubelet's order from the one that is passed around, and from others? Write some
# nodes into the list, each a tuple `(pods, answer)`. They are run against the kubelet's order and against functions that
# believe something else; the report says which beliefs your examples would catch.


# %% id="my-evictions" role="exercise"
def pod(name, priority, usage, request, critical=False):
    """Return one pod for an example; sizes in bytes, and you may write small ones."""
    return {"name": name, "priority": priority, "usage": usage, "request": request, "critical": critical}


my_evictions = [
    ([pod("a", 0, 5, 9), pod("b", 0, 12, 9)], ["b", "a"]),
    ### BEGIN SOLUTION
    ([pod("a", 0, 100, 99), pod("b", 0, 30, 10)], ["b", "a"]),
    ([pod("a", 0, 9, 9), pod("b", 5, 12, 9)], ["b", "a"]),
    ([pod("a", 7, 12, 9), pod("b", 0, 5, 9), pod("c", 7, 5, 0)], ["c", "a", "b"]),
    ([pod("a", 0, 50, 9), pod("b", 5, 60, 9)], ["a", "b"]),
    ([pod("a", 0, 50, 9), pod("b", 5, None, 9), pod("dns", 0, 90, 9, True)], ["b", "a"]),
    ### END SOLUTION
]

# %% id="my-evictions-caught" role="test" points=1
import course.units.u06_qos.checks

course.units.u06_qos.checks.evict_told(my_evictions, points=1)

# %% [markdown] id="evict-order-hints" role="text"
# Now write it.
#
# <details><summary>Hint 1</summary>Python sorts tuples from left to right.</details>
# <details><summary>Hint 2</summary><code>False</code> sorts before <code>True</code>; a minus turns an order round.
# </details>
# <details><summary>Hint 3</summary>Without statistics only the priority is left to compare.</details>


# %% id="evict-order" role="exercise"
def evict_order(pods):
    """Return the names of `pods` in the order of their eviction under memory pressure."""

    ### BEGIN SOLUTION
    def key(pod):
        if pod["usage"] is None:
            return (0, pod["priority"], 0)
        excess = pod["usage"] - pod["request"]
        return (1 if excess > 0 else 2, pod["priority"], -excess)

    return [pod["name"] for pod in sorted(pods, key=key) if not pod["critical"]]
    ### END SOLUTION


# %% id="evict-order-examples" role="test" points=2
import course.units.u06_qos.checks

course.units.u06_qos.checks.evict_examples(evict_order, points=2)

# %% id="evict-order-unseen" role="test" points=1
import course.units.u06_qos.checks

course.units.u06_qos.checks.evict_unseen(evict_order, seed=6, points=1)
### BEGIN HIDDEN TESTS
course.units.u06_qos.checks.evict_unseen(evict_order, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="at-work" role="text"
# ## 4. Your order at work
#
# Now a kubelet asks **your** function. This cluster has one node with 2600Mi and six pods. `web` and `scratch` grow by 5Mi
# a second, the others stay as they are.
#
# | pod | priority | request | uses |
# |---|---|---|---|
# | `scratch` | 1000 | none | 90Mi, growing |
# | `web` | 0 | 200Mi | 320Mi, growing |
# | `cache` | 0 | 680Mi | 700Mi |
# | `batch` | −10 | 150Mi | 180Mi |
# | `db` | 1000 | 1000Mi | 900Mi |
# | `report` | 0 | 400Mi | 100Mi |
#
# Commit to a prediction below: which pods are gone after 70 seconds? `scratch` never stops growing: is it among them? The kubelet's own order runs first, then
# yours.


# %% id="small-node" role="code"
def small_node(order):
    """Return a cluster of one node whose kubelet evicts in the order of a function."""
    cluster = Cluster.create(nodes=0, seed=6)
    cluster.nodes.add("small", cpu="8", memory="2600Mi").memory.rank_by(rank_by_name(order))
    for name, value in (("high", 1000), ("low", -10)):
        body = {"metadata": {"name": name}, "value": value}
        cluster.client().create("priorityclasses.scheduling.k8s.io", body)
    return cluster


# %% id="six-pods" role="code"
def memory_pod(name, request, uses, grows=0, priority_class=""):
    """Return a pod whose container uses `uses` MiB, and `grows` more each second."""
    growth = [f"memory {uses + grows * second}Mi after {second}s" for second in range(1, 101) if grows]
    program = {"program.course/app": "; ".join([f"memory {uses}Mi", *growth])}
    resources = {"requests": {"memory": f"{request}Mi"}} if request else {}
    app = {"name": "app", "image": "app:1", "resources": resources}
    spec = {"priorityClassName": priority_class, "containers": [app]}
    return {"metadata": {"name": name, "annotations": program}, "spec": spec}


# %% id="fill-node" role="code"
def fill(cluster):
    for pod in (
        memory_pod("scratch", 0, 90, 5, "high"),
        memory_pod("web", 200, 320, 5),
        memory_pod("cache", 680, 700),
        memory_pod("batch", 150, 180, 0, "low"),
        memory_pod("db", 1000, 900, 0, "high"),
        memory_pod("report", 400, 100),
    ):
        cluster.core.create_namespaced_pod("default", pod)
    return watch_memory(cluster, "small", seconds=70)


# %% id="my-evicted" role="code"
gone_said = predict(
    "evicted",
    "Which pods are gone after 70 seconds?",
    choices=["scratch", "web", "cache", "batch", "db", "report"],
    many=True,
    default=["scratch"],
    answer="?",
)


# %% id="under-pressure" role="code"
def kubelets_own(pods):
    """The order of the course's own kubelet, on the same dicts."""
    ranked = rank_memory(
        PodMemory(p["name"], p["priority"], p["usage"], p["request"], p["critical"]) for p in pods
    )
    return [pod.name for pod in ranked if not pod.critical]


own = fill(small_node(kubelets_own))
gone_said.reveal(
    order_of(own),
    why="Of those above their requests batch has the lowest priority; then web is further above than cache.",
)

# %% id="my-order-at-work" role="code"
cluster = small_node(evict_order)
samples = fill(cluster)
plot_pressure(samples)

# %% id="evicted-why" role="code"
pods = cluster.core.list_namespaced_pod("default").items
for pod in pods:
    print(f"{pod.metadata.name:8} {pod.status.qos_class:11} {pod.status.phase:8} {pod.status.reason or ''}")
messages = [pod.status.message for pod in pods if pod.status.reason == "Evicted"]
low, _, container = messages[0].partition(", available: ") if messages else ("", "", "")
told = f"{low} ...\n{container.partition('. ')[2].strip()}"
print(told if messages else "Nobody is evicted: write evict_order first, then run the cell above again.")

# %% id="same-as-kubelet" role="code"
assert order_of(samples) == order_of(own), (
    "your order and the kubelet's evict other pods, or in another order"
)
print("your order and the kubelet's evict the same pods in the same order")

# %% [markdown] id="at-work-why" role="text"
# `scratch` is the only BestEffort pod, it grows without end, and it stays: its priority is higher than that of the others
# that are above their requests. An evicted pod is not deleted. Its phase becomes Failed, with a reason and a message
# that say why, and what was available at the moment of the look; a controller makes another one in its place.
#
# The node condition `MemoryPressure` stays for five minutes after the last look that saw pressure, and during that time
# the node accepts no BestEffort pods. That is a place where the class does count.
#
# **Try it:** give `web` the priority class `high` in the cell that fills the node and run from there. Which pod is saved, and
# which one pays for it?

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** What are QoS classes, and how do they work?
#
# **The short answer:** The API server computes the class from cpu and memory of all containers, init containers and
# sidecars included, or from the pod's own resources when it has them. The kubelet turns the class into `oom_score_adj`,
# by which the kernel chooses whom to kill. Eviction by the kubelet does not use the class: it looks at usage above the
# request, then priority, then how far above.
#
# **What the common answer gets wrong:**
#
# - "Requests equal limits" must hold for cpu *and* memory in *every* container; one sidecar without resources makes the pod
#   Burstable.
# - Limits alone are Guaranteed, because a missing request takes the limit.
# - "BestEffort is evicted first" is a coincidence of equal priorities.
# - Between Burstable pods there is no tie: the memory request decides in the kernel, the excess in the kubelet.
#
# **Three more places where the class counts** (v1.36.2):
#
# - Making room for a critical pod. A static pod, or one with a priority of at least 2 000 000 000, can come to a node whose
#   requests leave no room for it. It is not refused: the kubelet ends pods that are not critical, or have a lower
#   priority. Guaranteed pods go only for what all Burstable and BestEffort pods together cannot give, and
#   Burstable ones only for what all BestEffort pods cannot give (`pkg/kubelet/preemption/preemption.go`). Here, and only here, the kubelet ends
#   pods by class.
# - The cgroup: Guaranteed pods sit directly under `kubepods`, the others under `kubepods/burstable` and
#   `kubepods/besteffort`; BestEffort has 2 cpu shares (`pkg/kubelet/cm/qos_container_manager_linux.go`).
# - Admission on the node: under memory pressure BestEffort pods are refused (`pkg/kubelet/eviction/eviction_manager.go`).
#
# **Why** does a high priority not save a pod that uses more than it requests from one that does not? Answer in one sentence.
#
# **A new situation:** a node of 8Gi. One Burstable pod of priority 0 requests 100Mi and uses 150Mi; another, of priority 1000, requests 4Gi and uses 4.5Gi. Whom does
# the kubelet evict, and whom does the kernel kill when the kubelet comes too late?
#
# **Next:** 07, where it is the node that goes.
#
# ## Sources
#
# - `pkg/apis/core/v1/helper/qos/qos.go`, `pkg/apis/core/v1/defaults.go`: the class
# - `pkg/kubelet/qos/policy.go`: `oom_score_adj`
# - `pkg/kubelet/eviction/helpers.go`, `pkg/kubelet/eviction/eviction_manager.go`: eviction
# - [Pod Quality of Service Classes](https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/),
#   [Node-pressure Eviction](https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/)
# - The record: `insideout/records/qos.jsonl`, 400 dry-run creates against an API server v1.36.2
