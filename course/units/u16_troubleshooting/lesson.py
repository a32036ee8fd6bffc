# %% [markdown] id="where" role="text"
# # 16 · Troubleshooting: from the symptom to the field
#
# You come from **15 · Monitoring**, which wakes you up. Here you are awake, and something is broken. Next is **17 · Your own
# Kubernetes**.
#
# | section | minutes |
# |---|---|
# | 1. One call | 8 |
# | 2. What a guess costs | 5 |
# | 3. The first five minutes | 12 |
# | 4. From the evidence to the cause | 15 |
# | 5. Repair that, and nothing else | 15 |
# | 6. A night | 5 |
#
# The **core** is the way to go, `page`, `next_look`, and of `diagnose` and `repair` the first check: the causes that a condition
# tells. The causes of the other checks are **further**. They are graded too, each by itself, and take about as long again.
#
# You need what the units before taught about Deployments, StatefulSets, Services, nodes, budgets and policies. Three questions
# from them first.

# %% id="imports" role="code"
from course.learn import predict, review
from course.plots.control import turn
from course.units.u16_troubleshooting.board import Board
from course.units.u16_troubleshooting.calls import causes, number_of
from course.units.u16_troubleshooting.guesses import plays
from course.units.u16_troubleshooting.night import nights_of
from course.units.u16_troubleshooting.oncall import evidence, on_call
from course.units.u16_troubleshooting.plots.cost import plot_cost
from course.units.u16_troubleshooting.plots.evidence import plot_evidence
from course.units.u16_troubleshooting.plots.shift import plot_night
from course.units.u16_troubleshooting.restarts import restart_everything
from course.units.u16_troubleshooting.silent import silent_pod
from insideout.view.tables import Table

# %% id="earlier-units" role="code"
review("16_troubleshooting")

# %% [markdown] id="question" role="text"
# The question, as it is asked:
#
# > Something in the cluster does not work. How do you find out what?
#
# The answer that is passed around:
#
# > `kubectl get pods`, then `kubectl describe` and read the events at the bottom, then the logs. If that shows nothing, restart it.
#
# Events are the weakest evidence there is: they vanish after an hour, and the oldest are often about something else. Four of the
# calls in this unit have none, no matter how long you look. And a restart can turn one missing pod into an outage. In this unit
# you answer calls, build the page that you would want at night, and write two functions: one finds the cause, one repairs it.
#
# ## What you will be able to do
#
# - read evidence in an order: conditions and their reasons, the chain of owners, the replies of the API server, and events last;
# - tell what is broken from what only looks so;
# - say before you act what your guess will cost if it is wrong;
# - repair one field, and leave quotas, budgets, policies and running pods as they are.

# %% [markdown] id="one-call" role="text"
# ## 1. One call
#
# A call is a cluster with a symptom. You have tables as `kubectl get` shows them, the official client, and a **clock**, on which each table and
# each request costs 20 seconds. Names are random, and some things look broken that are not.

# %% id="first-call" role="code"
call = on_call(102)
print(call)
call.table("deployments.apps")

# %% [markdown] id="two-suspects" role="text"
# READY looks well everywhere: where a release hangs, the old pods serve on. One number in the table is wrong, and it is easy to miss. Let us
# do what everybody does first and look at the events, the oldest Warning on top.

# %% id="predict-warning" role="code"
warning_said = predict(
    "first-warning",
    "The first Warning event in this cluster is about...",
    choices=["the release that does not arrive", "something that is well"],
    default="the release that does not arrive",
    answer="?",
)

# %% id="first-warnings" role="code"
events = call.core.list_event_for_all_namespaces(field_selector="type=Warning,involvedObject.kind=Pod").items
events.sort(key=lambda event: event.first_timestamp or event.event_time)
first = events[0].involved_object
pod = call.core.read_namespaced_pod(first.name, first.namespace)
for event in events[:4]:
    print(f"{event.involved_object.name:34} {event.reason:8} {event.message[:60]}")
warning_said.reveal(
    "something that is well" if pod.status.phase == "Running" else "the release that does not arrive",
    why="A pull failed once, was tried again and worked. The event stays for an hour, the trouble is over.",
)

# %% [markdown] id="conditions-first" role="text"
# An event tells what **happened**. A condition tells what **is**: the controller writes it again whenever it changes. So conditions come
# first. Here are those of all Deployments: type, status and reason.

# %% id="conditions" role="code"
for one in call.apps.list_deployment_for_all_namespaces().items:
    told = [f"{each.type}={each.status} {each.reason}" for each in one.status.conditions or []]
    print(f"{one.metadata.name:14} {'; '.join(sorted(told))}")

# %% [markdown] id="owners-text" role="text"
# One Deployment says `ProgressDeadlineExceeded`. Its controller does not know why, for it only counts. So go down the **chain of owners**:
# Deployment, ReplicaSets, pods, and look at the pod that is not as it should be.

# %% id="owners" role="code"
release = next(
    one
    for one in call.apps.list_deployment_for_all_namespaces().items
    for each in one.status.conditions or []
    if each.reason == "ProgressDeadlineExceeded"
)
name, namespace = release.metadata.name, release.metadata.namespace
for one in call.apps.list_namespaced_replica_set(namespace, label_selector=f"app={name}").items:
    image = one.spec.template.spec.containers[0].image
    print(one.metadata.name, image, f"{one.status.available_replicas or 0} available")
for one in call.core.list_namespaced_pod(namespace, label_selector=f"app={name}").items:
    waiting = one.status.container_statuses[0].state.waiting
    print(one.metadata.name, waiting.reason if waiting else "runs")

# %% [markdown] id="fix-text" role="text"
# The new image cannot be pulled, and the old pods still serve. The smallest repair is to give the template back the image that works.
# Afterwards the call is judged: does it work, is every other object still the same one, and was anything written that was not
# needed? The last comes from the cluster's own request log.

# %% id="fix" role="code"
sets = call.apps.list_namespaced_replica_set(namespace, label_selector=f"app={name}").items
good = next(one for one in sets if one.status.available_replicas)
containers = [{"name": "app", "image": good.spec.template.spec.containers[0].image}]
patch = {"spec": {"template": {"spec": {"containers": containers}}}}
call.apps.patch_namespaced_deployment(name, namespace, patch)
for line in call.judged():
    print(line)

# %% [markdown] id="chain-text" role="text"
# What you did is a **chain**: from the symptom by an object's condition and its owners to one field. Move through it.

# %% id="chain" role="code"
chain = evidence(102)[1]
turn(
    lambda link: plot_evidence(chain, link, title="call 102"),
    link=range(1, len(chain) + 1),
    still={"link": len(chain)},
)

# %% [markdown] id="cost-text" role="text"
# ## 2. What a guess costs
#
# Another call: a Deployment wants three pods, two run and serve, the third is **Pending**. Somebody forgot a taint on the node of its
# pool. Three people are called. One reads for two minutes and removes the taint. The other two begin with a guess, wait two
# minutes to see that it did not help, and then read, too:
#
# - `kubectl rollout restart`
# - `kubectl delete pods`, "they come back by themselves"
#
# A caller sends a request a second. **Predict:** how many requests fail in the eight minutes, when the pods are deleted first?

# %% id="predict-cost" role="code"
cost_said = predict(
    "cost-of-deleting",
    "How many of 480 requests fail when the pods are deleted first?",
    number=(0, 480),
    within=40,
    default=5,
    answer="?",
)

# %% id="cost" role="code"
runs = plays()
cost_said.reveal(
    len(runs[2].errors),
    why="The running pods had a place that a new pod does not get. Deleted, all three wait for the taint.",
)
plot_cost(runs)

# %% [markdown] id="cost-why" role="text"
# `rollout restart` did no good, and little harm: a rolling update may not take pods away before new ones are ready (unit 08). Deleting
# has no such bound. Both cost two and a half minutes of the clock.
#
# Before you act, ask two things: **what does this do if I am wrong**, and **what evidence does it destroy?** A deleted pod takes its
# status and its logs with it.
#
# ## 3. The first five minutes
#
# Which evidence does a trouble leave? Conditions and events are written by whoever looks at an object. First something that
# **nobody** looks at: a pod whose `spec.schedulerName` names a scheduler that does not run.

# %% id="predict-silent" role="code"
silent_said = predict(
    "unknown-scheduler",
    "What says after five minutes that the pod is not scheduled?",
    choices=["a condition", "a Warning event", "both", "neither"],
    default="both",
    answer="?",
)

# %% id="silent" role="code"
pod, events = silent_pod(minutes=5)
has = bool(pod["status"].get("conditions")), bool(events)
silent_said.reveal(
    {(True, True): "both", (True, False): "a condition", (False, True): "a Warning event"}.get(
        has, "neither"
    ),
    why="The scheduler writes both, and the one that is named does not exist.",
)
print(pod["status"])

# %% [markdown] id="board-text" role="text"
# Now the calls. For each the board below has what is said there **and not in a healthy cluster**: conditions with status and reason,
# Warning events, and refused requests. The healthy cluster has everything that only looks broken, old warnings too.
#
# **Predict:** in how many of the calls is nothing said at all?

# %% id="predict-board" role="code"
board_said = predict(
    "silent-calls",
    f"Of the {len(causes())} calls: in how many is nothing said that a healthy cluster would not say?",
    number=(0, len(causes())),
    default=0,
    answer="?",
)

# %% id="board-first" role="code"
board = Board()
numbers = [number_of(cause, 1) for cause in causes()]
half = len(numbers) // 2
print("\n".join(board.lines(numbers[:half])))

# %% id="board-second" role="code"
print("\n".join(board.lines(numbers[half:])))
board_said.reveal(
    len(board.silent),
    why="Nobody is there to complain: each object is valid, and two of them do not fit each other.",
)
print("silent:", board.silent)

# %% [markdown] id="board-why" role="text"
# So there are three kinds of evidence, in this order:
#
# 1. **Conditions**, with `status` and `reason`, of the object and then along its chain of owners. `True` can be the bad answer.
# 2. **Replies**: what was refused never became an object, so only who asked was told, in the Status with its `code`, `reason` and `causes`.
# 3. **Fields** of two objects that should fit: selector and labels, port and name, policy and destination. Nobody compares them for you.
#
# Events come last. They help where they name a time; they are absent where nobody looked.
#
# And a condition says what it says: calls 105 and 107 both show `ReplicaFailure`, `FailedCreate`. It means that creating fails, and not why.
#
# ### Exercise: `page`
#
# Your page for the first five minutes: what to look at next. Write rows, each a tuple `(obj, where)`: a small object with its
# evidence, and the answer. Four to eight are enough. They earn points for each misconception that they tell from the right answer.
#
# `obj` has a `kind` and perhaps `status: {conditions: [...]}`, each with `type`, `status` and perhaps `reason` and `message`. Or it is a refusal:
# `kind: Status` with `code`, `reason`, the word `Failure` as its `status`, and perhaps `details: {causes: [{reason: ...}]}`. The board has the words. `where` is:
#
# | what it says | `where` |
# |---|---|
# | a Deployment or ReplicaSet is not allowed to create pods | `"resourcequotas"` |
# | a Deployment's rollout has passed its deadline | `"pods"` |
# | no node can take a Pod | `"nodes"` |
# | a Pod has no condition about scheduling at all | `"spec.schedulerName"` |
# | a Node's kubelet says itself that it is not ready | `"daemonsets"` |
# | nobody has heard of a Node (unit 07) | `"leases"` |
# | a Namespace waits for finalizers | `"configmaps"` |
# | a Namespace waits for a group of the API that nobody answers for | `"apiservices"` |
# | a budget refused an eviction, with 429 and its cause | `"poddisruptionbudgets"` |
# | anything else, also a Pod that waits for a gate (`SchedulingGated`) | `None` |

# %% id="page" role="exercise"
page = [
    # one looks like this:
    # ({"kind": "Deployment", "status": {"conditions": [
    #     {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"}]}}, None),
    ### BEGIN SOLUTION
    (
        {
            "kind": "Deployment",
            "status": {
                "conditions": [
                    {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"},
                    {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"},
                ]
            },
        },
        "resourcequotas",
    ),
    (
        {
            "kind": "Deployment",
            "status": {
                "conditions": [
                    {"type": "ReplicaFailure", "status": "False", "reason": "", "message": "exceeded quota"}
                ]
            },
        },
        None,
    ),
    (
        {
            "kind": "Node",
            "status": {"conditions": [{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}]},
        },
        "leases",
    ),
    (
        {
            "kind": "Pod",
            "status": {
                "conditions": [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]
            },
        },
        None,
    ),
    ({"kind": "Pod"}, "spec.schedulerName"),
    ({"kind": "Status", "code": 429, "reason": "TooManyRequests"}, None),
    ### END SOLUTION
]

# %% id="page-tried" role="test" points=2
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.page_first(page, points=2)

# %% [markdown] id="next-look-task" role="text"
# ### Exercise: `next_look(obj)`
#
# Return `where` for an object, by the table above, with type, status **and** reason as the board shows them. `obj` and everything in it
# except `kind`, and `code` of a Status, may be missing; a condition always has `type` and `status`.
#
# - When a Deployment says both, the quota is nearer to the cause than the deadline. When a Namespace says both, the finalizers come first.
# - Messages are prose: they change between releases, and they say nothing here.
# - A refusal counts when its code is 429 **and** one of its causes has the reason `DisruptionBudget`. It has no conditions: its
#   `status` is the word `Failure`.
#
# Example: `next_look({"kind": "Pod", "status": {"phase": "Pending"}})` is `"spec.schedulerName"`.
#
# <details><summary>Hint 1</summary>A dict from <code>(kind, type, status, reason)</code> to <code>where</code>, with the three lines about
# Deployments and ReplicaSets, earns the first rule.</details>
# <details><summary>Hint 2</summary>Go through your dict, not through the object's conditions: then the order is yours.</details>
# <details><summary>Hint 3</summary><code>said = {(kind, one["type"], one["status"], one.get("reason")) for one in ...}</code>, then the first key of
# your dict that is in it. A Status is handled before, a Pod without <code>PodScheduled</code> after.</details>


# %% id="next-look" role="exercise"
def next_look(obj):
    """Return what to look at next, None where nothing is wrong."""
    ### BEGIN SOLUTION
    nearest_first = {
        ("Deployment", "ReplicaFailure", "True", "FailedCreate"): "resourcequotas",
        ("ReplicaSet", "ReplicaFailure", "True", "FailedCreate"): "resourcequotas",
        ("Deployment", "Progressing", "False", "ProgressDeadlineExceeded"): "pods",
        ("Pod", "PodScheduled", "False", "Unschedulable"): "nodes",
        ("Node", "Ready", "False", "KubeletNotReady"): "daemonsets",
        ("Node", "Ready", "Unknown", "NodeStatusUnknown"): "leases",
        ("Namespace", "NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain"): "configmaps",
        ("Namespace", "NamespaceDeletionDiscoveryFailure", "True", "DiscoveryFailed"): "apiservices",
    }
    kind = obj["kind"]
    if kind == "Status":
        reasons = [cause.get("reason") for cause in obj.get("details", {}).get("causes", [])]
        return "poddisruptionbudgets" if obj["code"] == 429 and "DisruptionBudget" in reasons else None
    conditions = obj.get("status", {}).get("conditions", [])
    said = {(kind, one["type"], one["status"], one.get("reason")) for one in conditions}
    for condition, where in nearest_first.items():
        if condition in said:
            return where
    if kind == "Pod" and "PodScheduled" not in [one["type"] for one in conditions]:
        return "spec.schedulerName"
    return None
    ### END SOLUTION


# %% id="next-look-rules" role="test" points=2
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.look_examples(next_look, points=2)

# %% id="next-look-unseen" role="test" points=1
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.look_unseen(next_look, seed=16, points=1)
### BEGIN HIDDEN TESTS
course.units.u16_troubleshooting.checks.look_unseen(next_look, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="to-the-cause" role="text"
# ## 4. From the evidence to the cause
#
# `next_look` says where to look. A **diagnosis** says what is wrong, in which object, in which field. For some causes that needs a rule
# that no condition tells. Find one: call 112 has three StatefulSets. In one of them a pod blocks the rollout, and deleting that pod
# repairs it. The other two are well.

# %% id="stateful-sets" role="code"
call = on_call(112)
rows = []
for one in call.apps.list_stateful_set_for_all_namespaces().items:
    wanted = one.status.update_revision.rpartition("-")[2]
    for pod in call.core.list_namespaced_pod(
        one.metadata.namespace, label_selector=f"app={one.metadata.name}"
    ).items:
        has = pod.metadata.labels["controller-revision-hash"].rpartition("-")[2]
        ready = next(each.status for each in pod.status.conditions if each.type == "Ready")
        rows.append((one.metadata.namespace, pod.metadata.name, f"Ready={ready}", has, wanted))
Table(("NAMESPACE", "POD", "CONDITION", "ITS REVISION", "WANTED REVISION"), tuple(sorted(rows)))

# %% id="predict-blocks" role="code"
blocks_said = predict(
    "blocks",
    "Which pod blocks its StatefulSet?",
    choices=[
        "one that is not ready, whatever its revision",
        "one of another revision than wanted, ready or not",
        "one that is not ready and of another revision than wanted",
    ],
    default="one that is not ready, whatever its revision",
    answer="?",
)

# %% id="blocks" role="code"
suspects = {
    "one that is not ready, whatever its revision": [row for row in rows if row[2] == "Ready=False"],
    "one of another revision than wanted, ready or not": [row for row in rows if row[3] != row[4]],
}
namespace, name = next(row[:2] for row in rows if row[2] == "Ready=False" and row[3] != row[4])
for belief, found in suspects.items():
    print(f"{belief}: {len(found)} pods")
call.core.delete_namespaced_pod(name, namespace)
print(*call.judged(), sep="\n")
blocks_said.reveal(
    "one that is not ready and of another revision than wanted",
    why="A slow start is not ready and wanted. A partition keeps an old revision that is ready.",
)

# %% [markdown] id="helpers-text" role="text"
# A snapshot is what you would get from `kubectl get ... -A -o json`: a dict from the resource (`"pods"`, `"services"`, `"replicasets"`, ...) to the list
# of its objects, and under `"replies"` the refused requests, each with `request` and `status`. These helpers are yours to use.


# %% id="given-condition" role="code"
def condition(obj, kind):
    """Return status and reason of a condition; two empty texts where there is none."""
    found = [one for one in obj.get("status", {}).get("conditions", []) if one["type"] == kind]
    return (found[0]["status"], found[0].get("reason", "")) if found else ("", "")


def selects(selector, obj):
    """Tell whether an object has all labels of a selector."""
    return selector.items() <= obj["metadata"].get("labels", {}).items()


# %% id="given-place" role="code"
def path(resource, obj):
    """Return RESOURCE/NAMESPACE/NAME, or RESOURCE/NAME outside of namespaces."""
    metadata = obj["metadata"]
    return "/".join(filter(None, [resource, metadata.get("namespace"), metadata["name"]]))


def inside(snapshot, resource, namespace):
    """Return the objects of a resource that are in a namespace."""
    return [obj for obj in snapshot[resource] if obj["metadata"]["namespace"] == namespace]


# %% id="given-taint" role="code"
def tolerates(spec, taint):
    """Tell whether a pod with this spec may be put on a node with this taint."""
    for one in spec.get("tolerations", []):
        key = one.get("key") in (None, taint["key"])
        value = one.get("operator") == "Exists" or one.get("value", "") == taint.get("value", "")
        if key and value and one.get("effect") in (None, taint["effect"]):
            return True
    return False


# %% [markdown] id="diagnose-task" role="text"
# ### Exercise: `diagnose(snapshot)`
#
# Return `(cause, object, field)`, or `None` when nothing is wrong. There is at most one cause. The object is written as `path` does.
# Leave the snapshot as it is.
#
# | cause | what is wrong | object | field |
# |---|---|---|---|
# | `"image"` | a rollout cannot get its image, and is past its deadline | the Deployment | `spec.template.spec.containers` |
# | `"quota"` | a quota for `pods` leaves no room for those that a Deployment wants | the ResourceQuota | `spec.hard` |
# | `"taint"` | every node that a pod's `nodeSelector` allows has a taint that it does not tolerate; here there is one such node | the node | `spec.taints` |
# | `"storageclass"` | a claim waits for a StorageClass that is not there | the PersistentVolumeClaim | `spec.storageClassName` |
# | `"revision"` | a pod blocks its StatefulSet | the pod | `metadata.labels.controller-revision-hash` |
# | `"selector"` | a Service's selector fits no pod | the Service | `spec.selector` |
# | `"port"` | a Service's `targetPort` is a name that no container of its pods has | the Service | `spec.ports` |
# | `"egress"` | the policies of a namespace close egress, and none lets the name server be asked | the policy that closes it | `spec.egress` |
# | `"budget"` | a budget refuses an eviction | the PodDisruptionBudget | `spec.minAvailable` or `spec.maxUnavailable`, whichever it has |
# | `"webhook"` | the same, and a webhook whose `failurePolicy` is Fail calls this Service; with Ignore it is `selector` | the Service | `spec.selector` |
# | `"finalizer"` | a finalizer of a ConfigMap holds a namespace | the ConfigMap | `metadata.finalizers` |
# | `"apiservice"` | a namespace stays, for nobody answers for a group of the API: the Service that an APIService names is not there | the APIService | `spec.service` |
# | `"toleration"` | a node is not ready, for the network agent is kept away by the taint of nodes that are not | the DaemonSet | `spec.template.spec.tolerations` |
#
# What is well:
#
# - a Service without a selector, and one whose workload is scaled to zero: its selector fits the template of a Deployment in its namespace;
# - a quota that is full while nobody wants more, and a full quota for something else beside the one for pods;
# - a node in maintenance whose pods run on, when no pod waits for it;
# - a pod that waits for a gate; a rollout that still has time; old events;
# - a claim that waits for its first pod, and a bound claim whose class was removed since;
# - a target port that is a number, or that only the second container has;
# - policies add up: one may close egress, and another one open it. The name server listens at port 53. A rule without `ports` is
#   for all ports. All policies here are for all pods of their namespace;
# - a budget that allows nothing, when nobody was refused; a 429 that only asks to come again. `request` has `namespace` and `name` of
#   the pod that was to be evicted;
# - finalizers where nothing is being deleted; a namespace that only waits for its last pod to end;
# - an APIService that is `Available`. Those of the cluster's own groups have no `spec.service`;
# - a webhook that refuses (403) what it is there to refuse, and one whose workload is scaled to zero while its `failurePolicy` is
#   Ignore. Its Service is in `clientConfig.service`, with `namespace` and `name`;
# - agents that are not everywhere. The network agent is in `kube-system` and has `hostNetwork`, as has a proxy that tolerates everything.
#   The taint is `node.kubernetes.io/not-ready` with the effect `NoSchedule`.
#
# Example: call 101 is answered by `("taint", "nodes/NODE", "spec.taints")`, with the node's name.
#
# <details><summary>Hint 1</summary>One loop for each cause. For <code>image</code>: the Deployments, and
# <code>condition(one, "Progressing")[1]</code>. That earns the first rule.</details>
# <details><summary>Hint 2</summary>In each loop ask first what the condition or the reply says, then look for the object, and only
# in the same namespace. Causes without a condition come last.</details>
# <details><summary>Hint 3</summary>A pod of a claim without a volume is Unschedulable, too: blame taints only when <b>no</b> node is left.
# For Services: <code>pods = [pod for pod in inside(...) if selects(...)]</code>. No pods and no template:
# selector. Pods: collect the names of all ports of all containers, and look for each <code>targetPort</code> that is a <code>str</code>.</details>


# %% id="diagnose" role="exercise"
def diagnose(snapshot):
    """Return cause, object and field of what is wrong, None when nothing is."""
    ### BEGIN SOLUTION
    for one in snapshot["deployments"]:
        if condition(one, "ReplicaFailure")[0] == "True":
            for quota in inside(snapshot, "resourcequotas", one["metadata"]["namespace"]):
                hard, used = quota["spec"]["hard"], quota["status"]["used"]
                if "pods" in hard and int(used["pods"]) >= int(hard["pods"]):
                    return "quota", path("resourcequotas", quota), "spec.hard"
        if condition(one, "Progressing")[1] == "ProgressDeadlineExceeded":
            return "image", path("deployments", one), "spec.template.spec.containers"

    for pod in snapshot["pods"]:
        if condition(pod, "PodScheduled")[1] == "Unschedulable":
            spec = pod["spec"]
            nodes = [one for one in snapshot["nodes"] if selects(spec.get("nodeSelector", {}), one)]
            taints = [one["spec"].get("taints", []) for one in nodes]
            if not any(all(tolerates(spec, one) for one in those) for those in taints):
                return "taint", path("nodes", nodes[0]), "spec.taints"

    classes = [one["metadata"]["name"] for one in snapshot["storageclasses"]]
    for claim in snapshot["persistentvolumeclaims"]:
        if claim["status"]["phase"] == "Pending" and claim["spec"]["storageClassName"] not in classes:
            return "storageclass", path("persistentvolumeclaims", claim), "spec.storageClassName"

    for one in snapshot["statefulsets"]:
        for pod in inside(snapshot, "pods", one["metadata"]["namespace"]):
            owners = [owner["uid"] for owner in pod["metadata"].get("ownerReferences", [])]
            revision = pod["metadata"].get("labels", {}).get("controller-revision-hash")
            is_old = one["metadata"]["uid"] in owners and revision != one["status"]["updateRevision"]
            if is_old and condition(pod, "Ready")[0] == "False":
                return "revision", path("pods", pod), "metadata.labels.controller-revision-hash"

    for reply in snapshot["replies"]:
        if next_look(reply["status"]) == "poddisruptionbudgets":
            namespace, name = reply["request"]["namespace"], reply["request"]["name"]
            pod = next(pod for pod in inside(snapshot, "pods", namespace) if pod["metadata"]["name"] == name)
            for budget in inside(snapshot, "poddisruptionbudgets", namespace):
                if selects(budget["spec"]["selector"]["matchLabels"], pod):
                    field = "minAvailable" if "minAvailable" in budget["spec"] else "maxUnavailable"
                    return "budget", path("poddisruptionbudgets", budget), f"spec.{field}"

    for one in snapshot["namespaces"]:
        if condition(one, "NamespaceFinalizersRemaining")[0] == "True":
            for held in inside(snapshot, "configmaps", one["metadata"]["name"]):
                return "finalizer", path("configmaps", held), "metadata.finalizers"

    for one in snapshot["apiservices"]:
        if condition(one, "Available")[0] == "False":
            return "apiservice", path("apiservices", one), "spec.service"

    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    if any(condition(node, "Ready") == ("False", "KubeletNotReady") for node in snapshot["nodes"]):
        for one in inside(snapshot, "daemonsets", "kube-system"):
            spec = one["spec"]["template"]["spec"]
            if spec.get("hostNetwork") and not tolerates(spec, taint):
                return "toleration", path("daemonsets", one), "spec.template.spec.tolerations"

    hooks = [hook for one in snapshot["validatingwebhookconfigurations"] for hook in one["webhooks"]]
    asked = [hook["clientConfig"]["service"] for hook in hooks if hook["failurePolicy"] == "Fail"]
    called = [path("services", {"metadata": one}) for one in asked]
    for service in snapshot["services"]:
        selector, namespace = service["spec"].get("selector"), service["metadata"]["namespace"]
        if not selector:
            continue
        pods = [pod for pod in inside(snapshot, "pods", namespace) if selects(selector, pod)]
        templates = [one["spec"]["template"] for one in inside(snapshot, "deployments", namespace)]
        if not pods and not any(selects(selector, template) for template in templates):
            cause = "webhook" if path("services", service) in called else "selector"
            return cause, path("services", service), "spec.selector"
        containers = [one for pod in pods for one in pod["spec"]["containers"]]
        names = [port.get("name") for one in containers for port in one.get("ports", [])]
        for port in service["spec"]["ports"]:
            if pods and isinstance(port["targetPort"], str) and port["targetPort"] not in names:
                return "port", path("services", service), "spec.ports"

    for policy in snapshot["networkpolicies"]:
        together = inside(snapshot, "networkpolicies", policy["metadata"]["namespace"])
        rules = [rule for one in together for rule in one["spec"].get("egress", [])]
        ports = [port for rule in rules for port in rule.get("ports", [{"port": 53}])]
        if "Egress" in policy["spec"]["policyTypes"] and 53 not in [port.get("port") for port in ports]:
            return "egress", path("networkpolicies", policy), "spec.egress"
    return None
    ### END SOLUTION


# %% [markdown] id="diagnose-conditions-text" role="text"
# First the causes that a condition tells. A report names the call, so that you can look at it: `on_call(number)`, with tables and the client as
# above. In every other cluster the messages are in other words, as after an upgrade.

# %% id="diagnose-conditions" role="test" points=2
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.diagnose_cases(diagnose, "conditions", points=2)

# %% id="diagnose-fields" role="test" points=2
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.diagnose_cases(diagnose, "fields", points=2)

# %% id="diagnose-others" role="test" points=2
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.diagnose_cases(diagnose, "others", points=2)

# %% id="diagnose-unseen" role="test" points=1
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.diagnose_unseen(diagnose, seed=16, points=1)
### BEGIN HIDDEN TESTS
course.units.u16_troubleshooting.checks.diagnose_unseen(
    diagnose, seed=course.checks.instructor_seed(), points=1
)
### END HIDDEN TESTS

# %% [markdown] id="your-diagnosis-text" role="text"
# Choose a call. The chain is the evidence; the line below it is what your `diagnose` says.


# %% id="your-diagnosis" role="code"
def diagnosed(number, link):
    snapshot, chain = evidence(number)
    said = diagnose(snapshot)
    return plot_evidence(chain, link, title=f"call {number}: yours says {' '.join(said or ['nothing'])}")


turn(diagnosed, number=numbers, link=range(1, 6), still={"number": 109, "link": 5})

# %% [markdown] id="repair-text" role="text"
# ## 5. Repair that, and nothing else
#
# A repair is judged by what there is afterwards:
#
# 1. **It works**, and what guards still guards.
# 2. **Everything is still the same object**, by its UID, and so is every pod that was ready.
# 3. **The writes**, from the cluster's own request log: each must be part of the repair. Reading costs nothing.
#
# | what is tempting | what it takes with it |
# |---|---|
# | delete the workload, or scale it to zero and back | every pod that still serves |
# | delete the quota, the budget, the policy, the webhook | what it was there for |
# | tolerate everything | nodes that are reserved, or in repair |
# | the namespace's `/finalize`, `--force` | whatever the finalizer was to clean up |
# | delete the APIService | a group of the API, for all who use it |
# | restart everything | time, evidence, and often the rest of the service |
#
# ### Exercise: `repair(api)`
#
# Repair what is wrong, with the smallest change; write nothing when nothing is wrong. Return nothing. `api.snapshot()` is a snapshot as
# `diagnose` takes it. There are thirteen causes:
#
# | cause | repaired when | to be changed |
# |---|---|---|
# | image | all pods are there, of the present template | the template's containers: those of **its** ReplicaSet, the one that it owns, with available pods |
# | quota | all pods are there; `pods` is still limited, to at most twice what the namespace's Deployments want together | `spec.hard.pods`, a text |
# | taint | the pod that waited runs there; the node is still reserved for its pool | the taints that the pod does not tolerate |
# | storageclass | the same claim is bound, and its pod runs | a class of that name, with the provisioner of one that there is |
# | revision | all pods are ready, of one revision | the pod goes |
# | selector | the Service has exactly the ready pods of the Deployment **of its own name** | `spec.selector` |
# | port | its slices have a port, and all addresses | `spec.ports`, not the pods; its Deployment has its name, one container and one port |
# | egress | the name server can be asked at port 53 over UDP and TCP; what was closed stays closed | the policy, or one more |
# | budget | one pod may be evicted, and not a second one | the budget's numbers: it may have only one of them |
# | webhook | all pods are there; what the webhook is there to refuse is still refused | as selector |
# | finalizer | the namespace is gone | that ConfigMap's finalizers |
# | apiservice | the namespace is gone, and the group is answered for again | a Service of that name and port; the server runs, its Deployment has that name, one container and one port |
# | toleration | the node is Ready; the agent stays away from nodes with other taints | tolerations, those that are there included |
#
# **What `api` can do.** Objects are plain dicts. `namespace` is left out for nodes, namespaces and APIServices; `list` without one is about all.
#
# | call | what it does |
# |---|---|
# | `api.snapshot()` | everything, by resource |
# | `api.get(resource, name, namespace)` | returns an object; `ApiError` when there is none |
# | `api.list(resource, namespace)` | returns `{"items": [...]}` |
# | `api.create(resource, obj, namespace)` | creates |
# | `api.update(resource, obj, namespace)` | replaces the object: what you leave out is gone |
# | `api.patch(resource, name, patch, namespace)` | merges: `None` removes a key, a list replaces the list |
# | `api.delete(resource, name, namespace)` | deletes |
#
# Example: for call 112 one write is right, `api.delete("pods", NAME, NAMESPACE)` of the pod that blocks.
#
# <details><summary>Hint 1</summary>Begin with <code>diagnosis = diagnose(api.snapshot())</code> and return when it is <code>None</code>. Take the object
# apart: <code>resource, *place = path.split("/")</code>. Then <code>image</code>: list the ReplicaSets of the namespace, take the one that the Deployment
# owns and that has <code>status.availableReplicas</code>, and patch.</details>
# <details><summary>Hint 2</summary>A merge patch of a selector adds to it: a wrong key stays. <code>update</code> replaces.</details>
# <details><summary>Hint 3</summary>Budget: <code>{"spec": {"minAvailable": None, "maxUnavailable": 1}}</code> is right for every number of pods. Egress: add a rule
# <code>{"ports": [...]}</code> with two ports to those that are there.</details>


# %% id="repair" role="exercise"
def repair(api):
    """Repair what is wrong, and nothing else."""
    ### BEGIN SOLUTION
    diagnosis = diagnose(api.snapshot())
    if diagnosis is None:
        return
    cause, where, _ = diagnosis
    resource, *place = where.split("/")
    name, namespace = place[-1], place[0] if len(place) == 2 else None
    obj = api.get(resource, name, namespace)
    spec = obj.get("spec", {})

    def workload():
        return api.get("deployments", name, namespace)["spec"]

    def merge(patch):
        api.patch(resource, name, patch, namespace)

    if cause == "image":
        for one in api.list("replicasets", namespace)["items"]:
            owner = one["metadata"]["ownerReferences"][0]["uid"]
            if owner == obj["metadata"]["uid"] and one["status"].get("availableReplicas"):
                containers = one["spec"]["template"]["spec"]["containers"]
        merge({"spec": {"template": {"spec": {"containers": containers}}}})
    elif cause == "quota":
        wanted = sum(one["spec"]["replicas"] for one in api.list("deployments", namespace)["items"])
        merge({"spec": {"hard": {"pods": str(wanted)}}})
    elif cause == "taint":
        pods = [
            one for one in api.list("pods")["items"] if condition(one, "PodScheduled")[1] == "Unschedulable"
        ]
        merge({"spec": {"taints": [taint for taint in spec["taints"] if tolerates(pods[0]["spec"], taint)]}})
    elif cause == "storageclass":
        provisioner = api.list("storageclasses")["items"][0]["provisioner"]
        new = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": provisioner}
        api.create("storageclasses", {**new, "metadata": {"name": spec["storageClassName"]}})
    elif cause == "revision":
        api.delete(resource, name, namespace)
    elif cause in ("selector", "webhook"):
        api.update(
            resource, {**obj, "spec": {**spec, "selector": workload()["selector"]["matchLabels"]}}, namespace
        )
    elif cause == "port":
        port = workload()["template"]["spec"]["containers"][0]["ports"][0]["name"]
        merge({"spec": {"ports": [{**spec["ports"][0], "targetPort": port}]}})
    elif cause == "egress":
        ports = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
        merge({"spec": {"egress": [*spec.get("egress", []), {"ports": ports}]}})
    elif cause == "budget":
        merge({"spec": {"minAvailable": None, "maxUnavailable": 1}})
    elif cause == "finalizer":
        merge({"metadata": {"finalizers": None}})
    elif cause == "apiservice":
        asked = spec["service"]
        server = api.get("deployments", asked["name"], asked["namespace"])["spec"]
        number = server["template"]["spec"]["containers"][0]["ports"][0]["containerPort"]
        ports = [{"port": asked["port"], "targetPort": number}]
        new = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": asked["name"]}}
        new["spec"] = {"selector": server["selector"]["matchLabels"], "ports": ports}
        api.create("services", new, asked["namespace"])
    elif cause == "toleration":
        new = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoSchedule"}
        tolerations = [*spec["template"]["spec"]["tolerations"], new]
        merge({"spec": {"template": {"spec": {"tolerations": tolerations}}}})
    ### END SOLUTION


# %% id="repair-conditions" role="test" points=2
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.repair_cases(repair, "conditions", points=2)

# %% id="repair-fields" role="test" points=2
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.repair_cases(repair, "fields", points=2)

# %% id="repair-others" role="test" points=2
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.repair_cases(repair, "others", points=2)

# %% id="repair-unseen" role="test" points=1
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.repair_unseen(repair, seed=16, points=1)
### BEGIN HIDDEN TESTS
course.units.u16_troubleshooting.checks.repair_unseen(repair, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="night-text" role="text"
# ## 6. A night
#
# One cluster, and every four minutes something else breaks. Whoever is on call is asked every two minutes. Above: somebody who restarts all
# pods of the namespaces each time. Below: your `repair`.

# %% id="night" role="code"
breaks = ("taint", "selector", "quota")
nights = nights_of({"restarts everything": restart_everything, "your repair": repair}, breaks, 160)
if len(nights) == 2:
    print("your repair:", *nights[1][1].said)
else:
    print("write repair first, then run this cell again")
plot_night(nights)

# %% id="repair-at-work" role="test" points=1
import course.units.u16_troubleshooting.checks

course.units.u16_troubleshooting.checks.repair_at_work(repair, points=1)

# %% [markdown] id="try" role="text"
# **Try it:** answer a call by hand, with tables and the official client, and see how many minutes you need: `call = on_call(206)`, `call.table("pods")`,
# `kubernetes.client.NetworkingV1Api(call.cluster.api_client)`, and at last `call.judged()`. Numbers are 101 to 113, 201 to 213, and so on. Then let your function do the
# same: `call.repair(repair)`.
#
# ## What to remember
#
# **The question:** Something in the cluster does not work. How do you find out what?
#
# **The short answer:** From the symptom to the object, from its conditions along its owners to the object that cannot go on, and from there to a field.
# What was refused is only in the reply. What nobody compares is in the fields of two objects. Then change that field and nothing else.
#
# **What the common answer gets wrong:**
#
# - Events first: they tell what happened, not what is, and are absent where nobody looked.
# - The message: types, statuses and reasons are a contract, prose is not.
# - "Restart it": running pods may hold a place that their successors do not get, and what you delete was evidence.
#
# **Why?** Say in one sentence why a wrong selector leaves no condition anywhere, although a wrong image does.
#
# **A new situation.** A CronJob has not run for two days. The CronJob's status has `lastScheduleTime`, and nothing else; there are no events. Its
# namespace has a quota for Jobs, its template names a ServiceAccount, and `spec.suspend` is not set. Which three things do you read, in which order, and
# what would each of them show?
#
# **What comes next:** unit 17, a cluster made of your own parts.
#
# ## Sources
#
# - `pkg/controller/deployment/progress.go` (conditions), `staging/src/k8s.io/endpointslice/utils.go`, v1.36.2
# - `pkg/registry/core/pod/storage/eviction.go`, `staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota`
# - `pkg/scheduler/framework/plugins/tainttoleration`, `pkg/controller/statefulset/stateful_set_control.go`
# - `pkg/kubelet/nodestatus/setters.go` (`ReadyCondition`), `staging/src/k8s.io/api/core/v1/types.go` (conditions of a namespace)
# - [Debugging a cluster](https://kubernetes.io/docs/tasks/debug/)
