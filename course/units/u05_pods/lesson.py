# %% [markdown] id="question" role="text"
# # 05 · Inside the pod: what its containers share, and in which order they live
#
# Before: 04, where a pod goes. After: 06, who goes first when memory runs out. You need to know what a process, a request
# and a probe are.
#
# | section | minutes |
# |---|---|
# | 1 the pause container | 15 |
# | 2 what a pod asks for | 10 |
# | 3 the start | 15 |
# | 4 the stop | 15 |

# %% id="imports" role="code"
import json

from kubernetes.client import ApiException

from course.learn import predict, review
from course.plots.control import turn
from course.units.u05_pods import live, recorded, stories, ways
from course.units.u05_pods.namespaces import pause_lab
from course.units.u05_pods.stories import asking, no_room
from insideout import Cluster, records

# %% [markdown] id="review-text" role="text"
# **Before you begin:** three short questions from earlier units, from memory.

# %% id="review" role="code"
review("05_pods")

# %% [markdown] id="asked" role="text"
# ## The questions, as they are asked
#
# > What is the pause container for? Can it be removed?
#
# > How do I make my application start after its sidecar, and stop before it?
#
# The answer to the first that is passed around:
#
# > Every pod has a pause container. It holds the network namespace, and it is PID 1 of the pod and reaps zombies. Without it
# > there is no pod.
#
# One clause of this is right. The second question is often left without an answer, or gets a `sleep`.
#
# You will be able to
#
# - say whose namespace a container is in, and who reaps its orphans;
# - compute what a pod asks of a node, sidecars and init containers included;
# - say what starts when, what stops when, and what only seems to give an order.

# %% [markdown] id="pause" role="text"
# ## 1. The pause container
#
# A pod is a set of Linux namespaces with containers in them. A namespace needs somebody who holds it. That is the
# sandbox; most runtimes put a tiny program into it, called pause. The whole of it: sleep, and on SIGCHLD wait for whoever has
# ended (`build/pause/linux/pause.c`).
#
# By default the containers of a pod share three namespaces: **network, IPC and UTS** (the host name). Each has its own
# **mounts** and its own **PIDs**.
#
# An orphan is a process whose parent has ended. It goes to PID 1 of its own PID namespace. When it ends too, somebody
# has to wait for it, or it stays as a zombie.
#
# **Predict:** a container leaves an orphan. Its PID 1 never waits. Pause runs beside it, in the same pod with default
# settings. The orphan ends: what is left?

# %% id="my-orphan" role="code"
orphan_said = predict(
    "orphan",
    "What is left of the orphan?",
    choices=["nothing, pause has waited for it", "a zombie"],
    default="nothing, pause has waited for it",
    answer="?",
)

# %% id="pause-lab" role="code"
lab = pause_lab()
left = lab.answers["orphan, pause is PID 1 of another namespace"]["state"]
orphan_said.reveal(
    "a zombie" if left == "zombie" else "nothing, pause has waited for it",
    why="Pause is PID 1 of another PID namespace: the orphan never becomes its child.",
)
print(lab.where())
for experiment, answer in lab.answers.items():
    print(f"{experiment:46}", ", ".join(f"{key}: {value}" for key, value in answer.items()))

# %% [markdown] id="pause-why" role="text"
# The first three lines are one program that leaves an orphan. Its parent is always PID 1 of its own namespace. Only in the
# third line is that pause. This is a pod with `shareProcessNamespace: true`. **Without that field, reaping is the job of
# each container's own PID 1.**
#
# The last two lines are what pause is really for. A network namespace lives as long as a process is in it, or as long as a path
# keeps it. An application may end and start again: address, ports and loopback stay. containerd pins the namespace by a
# path, so even that does not hang on the pause process.
#
# Three fields take the **host's** namespace instead: `hostNetwork` (and with it UTS: the CRI has no field of its own for it),
# `hostIPC`, `hostPID`. The API server refuses `hostPID` together with `shareProcessNamespace`: whose PIDs would it be?

# %% id="refused-pair" role="code"
cluster = Cluster.create(nodes=0)
app = {"name": "app", "image": "app:1"}
spec = {"containers": [app], "hostPID": True, "shareProcessNamespace": True}
try:
    cluster.core.create_namespaced_pod("default", {"metadata": {"name": "both"}, "spec": spec})
except ApiException as refused:
    print(json.loads(refused.body)["message"])

# %% [markdown] id="pause-removable" role="text"
# **Can it be removed?** That is the runtime's choice, not the kubelet's. CRI-O leaves it out (`drop_infra_ctr`, on by default) unless
# the pod shares its PIDs; where each pod is a virtual machine there may be none. The kubelet's flag
# `--pod-infra-container-image` is gone. What cannot be removed is the sandbox: when it is lost, the kubelet ends all
# containers of the pod and makes a new one, usually with another address (`PodSandboxChanged`).
#
# *Source: `pkg/kubelet/kuberuntime/util/util.go`, v1.36.2.*

# %% [markdown] id="owner-cases-task" role="text"
# ### Examples first: `ns_owner(spec, container, kind)`
#
# The function will say whose namespace a container is in: `"host"`, `"pod"`, or `"container:app"` for a container called
# `app`. `spec` is a pod's spec, `kind` is `net`, `ipc`, `uts`, `pid` or `mnt`. For a pod that the API server refuses it
# raises ValueError.
#
# Before you write it, write **examples**: tuples `(spec, container, kind, answer)`. They are tried on wrong functions, each
# a common belief; catch all six. For an error the answer is the text `"raises ValueError"`.
#
# <details><summary>Hint 1</summary>Each of the four fields deserves an example in which it matters, and one in which it does
# not.</details>
# <details><summary>Hint 2</summary>Think of somebody who believes that hostIPC opens the network, or that hostNetwork opens
# IPC.</details>
# <details><summary>Hint 3</summary>Ask for <code>pid</code> and <code>mnt</code> of a pod without any field, for
# <code>uts</code> under hostNetwork, and for the pair that is refused.</details>

# %% id="owner-cases" role="exercise"
owner_examples = [
    ({}, "app", "net", "pod"),
    ### BEGIN SOLUTION
    ({}, "app", "pid", "container:app"),
    ({}, "app", "mnt", "container:app"),
    ({"hostNetwork": True}, "app", "uts", "host"),
    ({"hostNetwork": True}, "app", "ipc", "pod"),
    ({"hostIPC": True}, "app", "net", "pod"),
    ({"hostPID": True, "shareProcessNamespace": True}, "app", "pid", "raises ValueError"),
    ### END SOLUTION
]

# %% id="owner-cases-judged" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.owner_learners(owner_examples, points=1)

# %% [markdown] id="ns-owner-task" role="text"
# ### Exercise: `ns_owner(spec, container, kind)`
#
# - `spec` is a dict. `hostNetwork`, `hostIPC`, `hostPID` and `shareProcessNamespace` may be missing, `True` or `False`; `False` is the
#   same as missing.
# - With `hostPID` and `shareProcessNamespace` both true, raise `ValueError`, whatever `kind` is.
# - `mnt` belongs to the container in every pod.
#
# Example: `ns_owner({"hostIPC": True}, "app", "ipc")` is `"host"`; `ns_owner({}, "log", "mnt")` is `"container:log"`.
#
# <details><summary>Hint 1</summary>Two lines are enough for a pod without any of the fields:
# <code>own = f"container:{container}"</code>, <code>return own if kind in ("pid", "mnt") else "pod"</code>.</details>
# <details><summary>Hint 2</summary>Refuse the pair first. Then ask for each kind which field concerns it.</details>
# <details><summary>Hint 3</summary>A table: kind → (field of the host, whose it is without). <code>uts</code> and
# <code>net</code> have the same field, <code>mnt</code> has none; <code>pid</code> depends on one more.</details>


# %% id="ns-owner" role="exercise"
def ns_owner(spec, container, kind):
    """Return whose namespace of `kind` the container is in: "host", "pod" or "container:<name>"."""
    ### BEGIN SOLUTION
    shared = spec.get("shareProcessNamespace")
    if spec.get("hostPID") and shared:
        raise ValueError("hostPID and shareProcessNamespace cannot both be set")
    own = f"container:{container}"
    field = {"net": "hostNetwork", "uts": "hostNetwork", "ipc": "hostIPC", "pid": "hostPID"}.get(kind)
    if field and spec.get(field):
        return "host"
    if kind == "pid":
        return "pod" if shared else own
    return "pod" if field else own
    ### END SOLUTION


# %% id="ns-owner-examples" role="test" points=2
import course.units.u05_pods.checks

course.units.u05_pods.checks.owner_examples(ns_owner, points=2)

# %% id="ns-owner-unseen" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.owner_unseen(ns_owner, seed=5, points=1)
### BEGIN HIDDEN TESTS
course.units.u05_pods.checks.owner_unseen(ns_owner, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="reaper-task" role="text"
# ### Exercise: `reaper(spec)`
#
# Return who waits for an orphan of any container of this pod: `"host-init"`, `"pause"` or `"container"` (its own PID 1).
# The pod is one that the API server accepts.
#
# Example: `reaper({"shareProcessNamespace": True})` is `"pause"`.
#
# <details><summary>Hint 1</summary>Whose PID namespace is it? You have a function for that.</details>
# <details><summary>Hint 2</summary>The name of the container does not matter; hand over any.</details>
# <details><summary>Hint 3</summary>A dict from <code>ns_owner</code>'s answer to yours, with "container" for the rest.
# </details>


# %% id="reaper" role="exercise"
def reaper(spec):
    """Return who reaps the orphans of a pod's containers."""
    ### BEGIN SOLUTION
    return {"host": "host-init", "pod": "pause"}.get(ns_owner(spec, "any", "pid"), "container")
    ### END SOLUTION


# %% id="reaper-examples" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.reaper_examples(reaper, points=1)

# %% [markdown] id="requests" role="text"
# ## 2. What a pod asks for
#
# A **native sidecar** is an init container with `restartPolicy: Always` (since v1.29 by default, GA in v1.33). It starts
# in the order of the init containers, and stays. A `restartPolicy` on a *main* container is allowed too, and makes no sidecar.
#
# So the containers of a pod do not all run at one time, and what the pod asks of a node is not their sum. A quota shows what the
# API server counts: where nothing is left, it refuses a pod and says how much was requested.
#
# **Predict:** main container 100m, init container 500m, and *after it* a sidecar of 300m. How many millicores are counted?

# %% id="my-request" role="code"
request_said = predict(
    "request", "How much CPU does the pod ask for?", number=(0, 1000), unit="m", default=900, answer="?"
)


# %% id="quota" role="code"
cluster = no_room()
spec = {
    "initContainers": [asking("i", "500m"), asking("s", "300m") | {"restartPolicy": "Always"}],
    "containers": [asking("app", "100m")],
}
try:
    cluster.core.create_namespaced_pod("default", {"metadata": {"name": "p"}, "spec": spec}, dry_run="All")
except ApiException as refused:
    message = json.loads(refused.body)["message"]
counted = int(message.split("requested: requests.cpu=")[1].split("m,")[0])
request_said.reveal(counted, why="When the init container runs, nothing else does yet; 300 + 100 come later.")
print(message)

# %% [markdown] id="find-the-rule" role="text"
# ### Find the rule
#
# Here are pods that an API server v1.36.2 counted in the same way (`records.read("pod_requests")`, 300 pods). Init containers
# stand in their order. Main containers and sidecars are simple: they add up. **How does a plain init container count?** Your
# rule must explain every line. In the fourth and the fifth a sidecar and an init container have changed places.

# %% id="counted-records" role="code"
counted_pods = records.read("pod_requests")
for number in (9, 12, 207, 226, 52, 167, 176):
    print(recorded.cpu_line(counted_pods[number]))

# %% [markdown] id="effective-task" role="text"
# ### Exercise: `effective(pod)`
#
# Return what the pod asks for, a dict from resource to a whole number: `cpu` in **millicores**, every other resource in its unit
# (memory in **bytes**).
#
# - `pod` is a dict as the API server stores it: every limit without a request has got one already.
# - Find in the records how plain init containers count, each beside which sidecars. Each resource is counted by itself.
# - `spec.resources.requests`, on the pod itself, replaces what the containers ask for, resource by resource.
# - `spec.overhead`, which a RuntimeClass adds (`{"cpu": "250m"}`), comes on top of whatever was counted.
# - A resource that nobody asks for is not in the result. `initContainers`, `resources`, `requests` and `overhead` may be missing.
# - Quantities are strings; the official client reads them: `kubernetes.utils.quantity.parse_quantity("500m")`.
#
# Example: one main container with `requests: {cpu: 100m, memory: 1Gi}` gives `{"cpu": 100, "memory": 1073741824}`.
#
# <details><summary>Hint 1</summary>Turn one container's requests into a Counter of whole numbers; Counters add up. The sum over
# <code>spec["containers"]</code> is the first rule.</details>
# <details><summary>Hint 2</summary>Walk through the init containers once, and remember the sum of the sidecars passed so far.
# At each plain one: how much is needed at that moment?</details>
# <details><summary>Hint 3</summary>Two totals: what runs in the end (mains and sidecars), and for each resource the largest moment
# on the way. The answer is the larger of both; then the pod's own requests, then overhead.</details>


# %% id="effective" role="exercise"
def effective(pod):
    """Return the effective requests of a stored pod: millicores of cpu, bytes of memory, and so on."""
    ### BEGIN SOLUTION
    from collections import Counter

    from kubernetes.utils.quantity import parse_quantity

    def numbers(quantities):
        return Counter(
            {k: int(parse_quantity(q) * (1000 if k == "cpu" else 1)) for k, q in quantities.items()}
        )

    def requests(holder):
        return numbers(holder.get("resources", {}).get("requests", {}))

    spec = pod["spec"]
    sidecars, at_most = Counter(), Counter()
    for init in spec.get("initContainers", []):
        if init.get("restartPolicy") == "Always":
            sidecars += requests(init)
        else:
            at_most |= sidecars + requests(init)
    total = sum(map(requests, spec["containers"]), sidecars) | at_most
    total.update({k: v - total[k] for k, v in requests(spec).items()})
    return dict(total + numbers(spec.get("overhead", {})))
    ### END SOLUTION


# %% id="effective-examples" role="test" points=2
import course.units.u05_pods.checks

course.units.u05_pods.checks.effective_examples(effective, points=2)

# %% id="effective-records" role="test" points=2
import course.units.u05_pods.checks

course.units.u05_pods.checks.effective_records(effective, points=2)

# %% id="effective-unseen" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.effective_unseen(effective, seed=5, points=1)
### BEGIN HIDDEN TESTS
course.units.u05_pods.checks.effective_unseen(effective, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="start" role="text"
# The scheduler counts like this, and so does the kubelet when it admits a pod. A big plain init container is paid for as long as
# the pod lives: nothing is given back when it has ended. *Source: `k8s.io/component-helpers/resource/helpers.go`, v1.36.2.*
#
# ## 3. The start
#
# Five ways are in use to make an application start after what it depends on. Here each is run twice, once where it works and
# once where it fails. The dependency answers 3 s after it starts. The application asks as soon as it starts, and ends with an error
# when nobody answers. Seconds are counted from when the pod's first container begins.
#
# | way | what it does |
# |---|---|
# | native sidecar | the dependency is an init container with `restartPolicy: Always` |
# | init container | what has to be done first is done by a plain init container |
# | postStart that blocks | the dependency stands first, and its `postStart` hook returns late |
# | application asks again | the application itself waits and tries again |
# | separate pods | two pods, created one after the other |
#
# **Predict:** which of the failures never heals, in a minute of waiting?

# %% id="my-ways" role="code"
ways_said = predict(
    "ways",
    "In which case does the application never run well?",
    choices=[
        "sidecar with a readiness probe only",
        "a server as plain init container",
        "postStart hook fails",
        "application gives up after 2 s",
        "the dependency's pod finds no node",
    ],
    many=True,
    default=["sidecar with a readiness probe only", "the dependency's pod finds no node"],
    answer="?",
)

# %% id="five-ways" role="code"
seen = ways.compare()
failing = seen[1::2]
ways_said.reveal(
    [choice for choice, one in zip(ways_said.kind.choices, failing, strict=True) if one.works_from_s is None],
    why="A plain init container has to end; a failed hook kills its container for good, each time anew.",
)
print(ways.table(seen))

# %% [markdown] id="five-ways-why" role="text"
# | way | guarantees the order? | how it fails |
# |---|---|---|
# | native sidecar | **yes**, with a startup probe | *running* is enough without one: readiness and liveness do not gate |
# | init container | **yes** | it has to end; a server never does, and nothing after it starts |
# | postStart that blocks | no, it delays | main containers start in the order of the spec and each waits for the hook before it, but **errors are ignored**: the next one starts anyway, and a restart passes it by |
# | application asks again | it needs none | every client has to do it, and for long enough |
# | separate pods | no | they go to nodes as those are found; one may find none |
#
# The last column is why an application should be able to ask again in every case: a sidecar can crash later, when no order helps.
#
# *Source: `pkg/kubelet/kuberuntime/kuberuntime_manager.go` (`SyncPod`, step 9), `kuberuntime_container.go`
# (`computeInitContainerActions`), v1.36.2.*
#
# Now one pod from its first to its last second. `migrate` is a plain init container, `proxy` a sidecar with a startup probe,
# `log` one without, `web` and `worker` are main containers. An arrow goes from what happened to the container that waited for it.

# %% id="life" role="code"
start, stop = stories.life()
stories.picture_of(start, stop)

# %% [markdown] id="next-starts-text" role="text"
# The kubelet does not remember where it was. At every look it is told the **states** of the containers and works out what to
# start. It may have been restarted, and the runtime may have thrown away what it knew of containers that ended long ago. So it asks:
# what is the **latest trace**, the last container in the list of which anything is known? The pod has come that far.
#
# - Whatever stands **before** the latest trace is over: a plain init container there is not looked at, whatever its state. A sidecar there has
#   to run: one that is gone, has exited, or failed its startup probe is started.
# - The **latest trace itself** decides how the pod goes on. A plain init container that succeeded, and a sidecar that is up, make room
#   for the next in the list. One that failed is started again, so is a sidecar that exited. Otherwise: wait.
# - **Up** is: running, and where there is a startup probe, passed.
# - A running main container is a trace later than all of them.
# - Main containers may start when the last in the list has made room, or when one of them runs already.

# %% [markdown] id="next-starts-task" role="text"
# ### Exercise: `next_starts(kinds, status, main_running)`
#
# Return `(indices, ready)`: the init containers to start now, in ascending order, and whether main containers may start.
#
# - `kinds`: one of `"init"` (plain), `"side"` (sidecar), `"sideP"` (sidecar with a startup probe) for each; at least one.
# - `status`, of the same length: `"none"` nothing known; `"run"` running (of a `sideP`: the probe is pending); `"runOK"`, `"runFail"`
#   running, and the probe has passed or failed; `"ok"`, `"bad"` exited with 0 or otherwise.
# - `main_running`: whether a main container runs.
# - Nothing known at all: the first one starts.
#
# The kubelet's own Go code was asked about all 5,488 states of pods with three init containers; the second check draws from them.
# In the last one your function is in the hands of a kubelet, and every start has to come at its moment.
#
# Example: `next_starts(["init", "side"], ["ok", "none"], False)` is `([1], False)`: `init` has made room. And
# `next_starts(["side", "init"], ["bad", "run"], False)` is `([0], False)`: the sidecar comes back while `init` goes on.
#
# <details><summary>Hint 1</summary>Begin with what is known of nobody:
# <code>if set(status) == {"none"} and not main_running: return [0], False</code>, and for the rest
# <code>return [], main_running</code>.</details>
# <details><summary>Hint 2</summary>Go through the list from its end, with a variable <code>seen</code> that says whether a later
# trace was met. It begins as <code>main_running</code>.</details>
# <details><summary>Hint 3</summary>In the loop, in this order: no state (start it if <code>seen</code> and a sidecar); a plain one
# with <code>seen</code> (skip); up or succeeded (last: ready; else the next one, unless <code>seen</code>); must come back (start it); then
# <code>seen = True</code>. At the end reverse the list.</details>


# %% id="next-starts" role="exercise"
def next_starts(kinds, status, main_running):
    """Return ([indices of init containers to start], whether main containers may start)."""
    ### BEGIN SOLUTION
    start, seen, ready = [], main_running, main_running
    for i in range(len(kinds) - 1, -1, -1):
        kind, state = kinds[i], status[i]
        if state == "none":
            if seen and kind != "init":
                start.append(i)
            continue
        if seen and kind == "init":
            continue
        up = {"init": ("ok",), "side": ("run",), "sideP": ("runOK",)}[kind]
        back = {"init": ("bad",), "side": ("ok", "bad"), "sideP": ("ok", "bad", "runFail")}[kind]
        if state in up:
            if i == len(kinds) - 1:
                ready = True
            elif not seen:
                start.append(i + 1)
        elif state in back:
            start.append(i)
        seen = True
    return (start[::-1] if seen else [0]), ready
    ### END SOLUTION


# %% id="next-starts-examples" role="test" points=2
import course.units.u05_pods.checks

course.units.u05_pods.checks.start_examples(next_starts, points=2)

# %% id="next-starts-records" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.start_records(next_starts, seed=5, points=1)
### BEGIN HIDDEN TESTS
course.units.u05_pods.checks.start_records(next_starts, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% id="next-starts-unseen" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.start_unseen(next_starts, seed=5, points=1)
### BEGIN HIDDEN TESTS
course.units.u05_pods.checks.start_unseen(next_starts, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% id="next-starts-at-work" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.start_at_work(next_starts, points=1)

# %% [markdown] id="stop" role="text"
# ## 4. The stop
#
# A pod that is deleted gets a grace period (30 s by default), one for all of its containers together.
#
# 1. All `preStop` hooks run **at once**, those of sidecars too. Their time comes off the grace period.
# 2. Main containers get SIGTERM together.
# 3. A sidecar waits for its turn: until all main containers have gone, and the sidecar after it.
# 4. When the grace period is over, everybody who still waits gets SIGTERM.
#
# **Predict:** in the pod of the picture, `web` needs 4 s to leave, `worker` 9 s, `log` 3 s, `proxy` 2 s. When is `proxy` told to stop?

# %% id="my-proxy" role="code"
proxy_said = predict(
    "proxy",
    "How many seconds after the deletion does proxy get SIGTERM?",
    number=(0, 30),
    unit="s",
    default=9,
    answer="?",
)

# %% id="the-stop" role="code"
told = {run.container: run.told_s for run in stop}
proxy_said.reveal(told["proxy"], why="worker has gone at 9 s, then log, which stands after proxy, needs 3 s.")
for run in stop:
    print(live.told(run))

# %% [markdown] id="hooks-text" role="text"
# The next row is a record of the kubelet's own code: a sidecar `s1` with a preStop hook of 6 s, a sidecar `s2`, a main container that leaves in
# 1 s. **Predict:** when does the hook of `s1` begin?

# %% id="my-hook" role="code"
hook_said = predict(
    "hook", "At which second does the hook of s1 begin?", number=(0, 10), unit="s", default=1, answer="?"
)

# %% id="the-hook" role="code"
row = records.read("termination")[82]
times = row["want"]["containers"]
hook_said.reveal(times["s1"]["prestop_start"], why="Hooks do not wait for a turn; only SIGTERM does.")
for name in ("m1", "s2", "s1"):
    print(name, {key: times[name][key] for key in ("prestop_start", "term", "gone") if key in times[name]})

# %% [markdown] id="hooks-why" role="text"
# `s1` hears of the end before `m1` has gone. A hook that drains a proxy's connections at that moment cuts off an application that is still
# answering.
#
# Two more things are in the records. Whoever is told gets what is left of the grace period, but **at least two seconds**: so a pod can
# outlive its grace. And a sidecar waits for its *next* neighbour only: where that one is not running, it stops together with the one
# after.
#
# **Turn:** the grace period, and how long `worker` needs. When does `proxy` get less than it needs?

# %% id="turn-the-stop" role="code"
turn(stories.stop_picture, grace=range(0, 31, 5), worker=range(1, 30, 4), still={"grace": 10, "worker": 9})

# %% [markdown] id="term-at-task" role="text"
# ### Exercise: `term_at(mains, sidecars, grace)`
#
# Return when each sidecar gets SIGTERM: a list of whole seconds after the deletion, one for each of `sidecars`, in the same order.
#
# - `mains`, `sidecars`: how many whole seconds each container needs to exit after SIGTERM, in the order of the spec. At least one main
#   container; there may be no sidecar.
# - `grace`: the grace period in seconds. Nobody has a hook, everybody runs.
# - Whoever has not left when the grace period is over is killed; whoever is told with less than two seconds left still gets two.
#
# Example: `term_at([4, 9], [2, 3], 30)` is `[12, 9]`: the picture above. `term_at([50], [1], 30)` is `[30]`.
#
# <details><summary>Hint 1</summary>With one sidecar that has time enough: <code>[max(mains)] * len(sidecars)</code>.</details>
# <details><summary>Hint 2</summary>Work from the last sidecar to the first, and keep the moment at which everybody that the next one waits
# for has gone.</details>
# <details><summary>Hint 3</summary><code>at = min(grace, gone)</code>; then this sidecar has gone
# at <code>at + its seconds</code>, or was killed. Does that make a difference for the one before it?</details>


# %% id="term-at" role="exercise"
def term_at(mains, sidecars, grace):
    """Return at which second each sidecar gets SIGTERM."""
    ### BEGIN SOLUTION
    told, gone = [], max(mains)
    for seconds in reversed(sidecars):
        told.append(min(grace, gone))
        gone = max(
            gone, told[-1] + seconds
        )  # or killed, when the grace period is over and all are told anyway
    return told[::-1]
    ### END SOLUTION


# %% id="term-at-examples" role="test" points=2
import course.units.u05_pods.checks

course.units.u05_pods.checks.term_examples(term_at, points=2)

# %% id="term-at-records" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.term_records(term_at, points=1)

# %% id="term-at-unseen" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.term_unseen(term_at, seed=5, points=1)
### BEGIN HIDDEN TESTS
course.units.u05_pods.checks.term_unseen(term_at, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% id="term-at-at-work" role="test" points=1
import course.units.u05_pods.checks

course.units.u05_pods.checks.term_at_work(term_at, points=1)

# %% [markdown] id="at-work" role="text"
# ## Your orders at work
#
# The pod of the picture once more, on a node whose kubelet asks **your two functions**: `next_starts` at every look, `term_at` once, when the
# pod is deleted. (The kubelet itself waits for events. It can do without knowing how long a container needs; a plan cannot.)

# %% id="my-orders" role="code"
problem = stories.missing(next_starts=next_starts, term_at=term_at)
my_start, my_stop = ([], []) if problem else stories.life(next_starts, term_at)
problem or stories.picture_of(my_start, my_stop)

# %% id="same-as-kubelet" role="code"
if not problem:
    same = stories.alike(my_start, start) and stories.alike(my_stop, stop)
    assert same, "not yet: compare your picture with the kubelet's"
print(problem or "your orders and the kubelet's start and stop the same containers at the same moments")

# %% [markdown] id="try" role="text"
# **Try it:** let `term_at` return `[0] * len(sidecars)`, as before native sidecars, and run the two cells again. Who loses its proxy, and for
# how long?

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The questions:** What is the pause container for? How does my application start after its sidecar, and stop before it?
#
# **The short answer:** The sandbox keeps the pod's network, IPC and UTS namespaces while containers come and go. Pause reaps orphans only where
# the pod shares its PIDs. The order is given by native sidecars with a startup probe, and by plain init containers; at the end sidecars stop after
# the main containers, the last one first, within one grace period.
#
# **What the common answer gets wrong:**
#
# - Pause is not PID 1 of your containers, unless `shareProcessNamespace` is set.
# - It can be missing: whether there is one is the runtime's choice.
# - A readiness probe holds nobody up; a startup probe does.
# - `postStart` delays and guarantees nothing.
# - A sidecar's `preStop` does not wait for the main containers.
#
# **Why?** In one sentence: why does the kubelet look at the *latest* trace, and not at the first container that is missing?
#
# **A new situation:** a Job's pod has a main container that ends, and a sidecar that never does. Does the Job finish?
#
# <details><summary>Compare</summary>It does: sidecars are stopped when the main containers have ended. Before, with an ordinary second
# container, it did not.</details>
#
# **Next:** 06, what the requests that you counted are worth when memory runs out.
#
# ## Sources
#
# - `build/pause/linux/pause.c`, `pkg/kubelet/kuberuntime/util/util.go`: pause and namespaces
# - `k8s.io/component-helpers/resource/helpers.go`: effective requests
# - `pkg/kubelet/kuberuntime/kuberuntime_container.go`, `kuberuntime_termination_order.go`: start and stop
# - [Sidecar Containers](https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/),
#   [Share Process Namespace](https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/)
# - The records: `pod_requests` (300 pods), `init_containers` (5,488 states), `termination` (200 stops), v1.36.2
