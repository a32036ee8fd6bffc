# %% [markdown] id="question" role="text"
# # 17 · Your own Kubernetes: what holds, and what comes back
#
# Before: 16, broken clusters. After: nothing; this is the last one. You need what you wrote in 01 to 13. A part that you
# did not write is ours here, and marked so.
#
# | section | minutes |
# |---|---|
# | 1 whose cluster is this? | 10 |
# | 2 a day of chaos | 15 |
# | 3 graded: the three shifts | 5 |
# | 4 what must hold | 20 |
# | 5 the morning after | 10 |

# %% id="imports" role="code"
from course.learn import predict, review
from course.plots.control import turn
from course.units.u17_capstone.day import HOURS, Day, boots
from course.units.u17_capstone.events import LINKS, as_table, events_of
from course.units.u17_capstone.evidence import who_counts
from course.units.u17_capstone.minute import minute
from course.units.u17_capstone.plots.day import plot_day
from course.units.u17_capstone.plots.hour import plot_hour

# %% [markdown] id="review-text" role="text"
# **Before you begin:** three short questions from earlier units, from memory.

# %% id="review" role="code"
review("17_capstone")

# %% [markdown] id="asked" role="text"
# ## The question, as it is asked
#
# > Kubernetes heals itself, does it not?
#
# The answer that is passed around:
#
# > Yes. Whatever dies is started again, so kill what you like: a pod, a node, a controller.
#
# It is half of the truth. Some things hold **always**, whatever dies. Others come back **soon**. And some come back only when a
# person or a machine does something. You will be able to
#
# - run a cluster on parts that you wrote, and say which part decides what;
# - write a checker that knows what must never be and what must pass;
# - say after an incident what led to what.

# %% [markdown] id="whose" role="text"
# ## 1. Whose cluster is this?
#
# What you wrote is kept when it passes: after **Check my unit** and **Validate**, and whenever you run `course keep`. It lies in
# `work/kept/`, a Python file a unit: the exercises that passed, with the imports and helpers that they need, and nothing else. Any
# cluster can have such a part:
#
# ```python
# from course.keep import component
# cluster.replace("deployment-controller", component("deployment-controller"))
# ```
#
# Here all of them go into one cluster. This notebook is graded elsewhere, where your files are not. So the code has to be **in** it:
# `bring()` writes it into its own cell.

# %% [markdown] id="parts-task" role="text"
# ### Exercise: `PARTS`
#
# Run the next cell. It becomes the code of your kept parts; run it once more. To change a part, change it in its unit, check it there,
# and write the two lines `from course.keep import bring` and `PARTS = bring()` here again. You may change it here, too.
#
# - `PARTS` is a dict from a name to what you wrote: `reconcile` (01), the classes `Reflector` and `WorkQueue` (02), the class `Raft`
#   (03), `filters` and `score` (04), `next_starts` and `term_at` (05), `evict_order` (06), `unknown_at`, `taints_for`, `taint_qps` and
#   `evict_after` (07), `rolling_step` (08), `sts_sync` (09), `operator` (10, where it is called `reconcile`), `endpoint_groups` and `plan`
#   (11), `nat_rules` (12), `allowed` (13).
# - A name that is missing is ours. It earns nothing, and everything runs.
#
# Example: `PARTS = {"reconcile": reconcile}` is a cluster whose ReplicaSet controller is yours.
#
# <details><summary>Hint 1</summary>Nothing is kept? Open a unit that you wrote and press Check my unit.</details>
# <details><summary>Hint 2</summary>One part is enough to begin. The exercise <code>reconcile</code> of 01 decides the first hour of the
# day.</details>
# <details><summary>Hint 3</summary><code>course keep</code> in a terminal says for every unit what is kept and what did not
# pass.</details>

# %% id="parts" role="exercise"
from course.keep import bring

PARTS = bring()
### BEGIN SOLUTION
### KEPT PARTS
### END SOLUTION

# %% [markdown] id="boots-text" role="text"
# The cluster boots with every part that there is:

# %% id="boots" role="code"
boots(PARTS)

# %% [markdown] id="shifts-text" role="text"
# `kubectl exec` (14), monitoring (15) and repair (16) look on from outside.
#
# ## 2. A day of chaos
#
# A shop: `web`, a Deployment of four behind a Service; `db`, a StatefulSet of three with a claim each; `sessions`, a Cache of three
# ConfigMaps. Four nodes, two zones. The day has fourteen hours in three shifts. Of each hour only the minutes are played in which
# something happens.
#
# Three of your Raft nodes are `etcd`, all day, and their leader is killed at the beginning of every hour. Your nodes have no snapshots
# (that exercise is a further one), and without them a day's log is too long to hand on. So every 16 writes the harness does what
# `etcdctl snapshot save` and `restore` do: your nodes go on from what is stored, with empty logs. And Events and Leases lie in
# a store of their own, as `--etcd-servers-overrides` of kube-apiserver allows.
#
# In every hour somebody's part decides, and the **explorer's faults** strike it at its writes: it is killed before a write or
# after it and starts again with empty memory, a write is refused, an answer is lost.
#
# **Predict:** in the afternoon a node with pods of `web` and of `db` is dead for seven minutes. Which app has its pod back
# **before** the node is?

# %% id="my-back" role="code"
back_said = predict(
    "back-before-the-node",
    "Which app is whole again before the dead node is back?",
    choices=["web", "db"],
    many=True,
    default=["web", "db"],
    answer="?",
)

# %% [markdown] id="cut-text" role="text"
# **Predict:** an hour later the API server is cut off from **all** nodes, for seven minutes. How many pods are told to go?

# %% id="my-cut" role="code"
cut_said = predict(
    "told-to-go",
    "How many pods are told to go while all nodes are cut off?",
    choices=["none", "those of one zone", "all"],
    default="all",
    answer="?",
)

# %% [markdown] id="morning-text" role="text"
# The morning is about who runs: pods are killed, a crowd of large pods comes, `web` and then `db` get a new version. Then pods come that
# ask for a second scheduler. What feeds it is your Reflector and your WorkQueue, and its watch breaks. Last, somebody takes and
# spoils what the Cache owns.

# %% id="morning" role="code"
day = Day(PARTS)
day.play("morning")

# %% [markdown] id="afternoon-text" role="text"
# The afternoon is about machines, those of `etcd` too: all three lose power, leaders die, and then two of three are away.

# %% id="afternoon" role="code"
day.play("afternoon")

# %% [markdown] id="night-text" role="text"
# The night is about requests: endpoints come and go, rules share connections out, a policy closes a door.

# %% id="night" role="code"
day.play("night")

# %% id="the-day" role="code"
plot_day(day)

# %% [markdown] id="day-why" role="text"
# A box is an hour and the place that decided it; a line says whose part is there meanwhile. At `etcd` a name is that of the new leader. If a part of yours raises something, the
# cluster goes on without it for ten seconds, starts it again, and shows the line of yours. After each further crash it waits twice as long. What
# stands in the kubelet or judges policies has no process of its own: there the question waits, or the connection is refused. A Raft that
# breaks a rule of 03, or takes no write with a majority there, is given up: from then on the data lies with ours, and nothing that was
# acknowledged is lost.

# %% id="crashes" role="code"
for part, reports in day.errors().items():
    print(f"{part}: {len(reports)} times, first: {reports[0]}")
print("parts that raised something:", ", ".join(day.errors()) or "none")

# %% [markdown] id="leaders-text" role="text"
# Every leader that was killed, and who took the next write, in seconds of the group's own time. Terms in between are elections after a
# snapshot. Where `etcd` is ours, nobody is killed, and the table is empty.

# %% id="leaders" role="code"
day.leaders()

# %% [markdown] id="hours-text" role="text"
# **Turn** the hour. Where does the number of ready pods fall below what is wanted, and what brings it back?


# %% id="turn-the-hour" role="code"
def one_hour(hour):
    return plot_hour(day, hour)


turn(one_hour, hour=[hour.name for hour in HOURS], still={"hour": "a node dies"})

# %% id="revealed" role="code"
dies, told = day.named("a node dies"), day.number("all nodes are cut off", "pods told to go")
back_said.reveal(
    [app for app in ("web", "db") if day.whole_before_the_node(dies, app)],
    why="A new db pod could run beside the old one, of which nobody knows; a new web pod may.",
)
cut_said.reveal(
    "none" if told == 0 else "those of one zone" if told < 7 else "all",
    why="When no node answers, it is the control plane that is cut off; nobody is evicted.",
)

# %% [markdown] id="heals-why" role="text"
# So the common answer is wrong twice. `db` was short of a pod for as long as the node was away, and Kubernetes did right: the dead node
# may only be cut off, its pod may still write to the claim. And it evicted nobody when everything was silent: to do nothing is a decision, too.
#
# ### A wrong part beside a right one
#
# A Deployment controller that goes to the new version in one step, under the same hour:


# %% id="all-at-once" role="code"
def all_at_once(replicas, surge, unavailable, rss):
    """Give the new ReplicaSet everything and the old ones nothing."""
    return [rs | {"spec": replicas if rs["is_new"] else 0} for rs in rss]


reckless = Day({**PARTS, "rolling_step": all_at_once}, looks=False)
reckless.hour(next(hour for hour in HOURS if "rolling_step" in hour.parts))
reckless.table(reckless.played)

# %% [markdown] id="minute-text" role="text"
# ### A minute under a real API server
#
# The day is in virtual time. This minute need not be: where `COURSE_BACKEND=controlplane` says so, Kubernetes' own API server keeps its
# data in three of your Raft nodes, and your scheduler and controllers stand in for the real ones. Without it the cell plays
# on the embedded cluster and prints the same; without a Raft of yours nothing happens to `etcd`. `web` asks for four pods; the leader of `etcd` is killed, then two of three members are.

# %% id="minute" role="code"
for line in minute(PARTS):
    print(line)

# %% [markdown] id="graded" role="text"
# ## 3. Graded: the three shifts
#
# Each hour gives its share when it holds with all your parts in one cluster. If another part of yours is in its way, it is played
# again with its own parts alone, and the report says so. Hours that ours decide give nothing. Here your Raft keeps the data in its own hour
# only, so that it cannot cost another part's points.

# %% id="parts-morning" role="test" points=6
import course.units.u17_capstone.checks

course.units.u17_capstone.checks.morning(PARTS, points=6)

# %% id="parts-afternoon" role="test" points=5
import course.units.u17_capstone.checks

course.units.u17_capstone.checks.afternoon(PARTS, points=5)

# %% id="parts-night" role="test" points=3
import course.units.u17_capstone.checks

course.units.u17_capstone.checks.night(PARTS, points=3)

# %% [markdown] id="must-hold" role="text"
# ## 4. What must hold
#
# Whoever tests a cluster needs a checker that looks at any moment and says what is wrong. Five rules for one:
#
# | rule | when | it is broken when |
# |---|---|---|
# | `overfull` | never | the pods of a node ask for more than it has |
# | `too many` | never | an app has more pods than replicas and surge |
# | `claim twice` | never | two pods hold one claim |
# | `too few` | not for long | an app has fewer ready pods than replicas less unavailable |
# | `not ready` | not for long | a Service sends requests to a pod that is not ready |
#
# Each is about *pods*, and each counts other ones. **Find out which.** This is what a cluster does for a pod in five states: is there
# room for another one on its full node, does its ReplicaSet make another, does its Service use it?

# %% id="who-counts" role="code"
who_counts()

# %% [markdown] id="my-counts-task" role="text"
# ### Examples first: `counts(rule, phase, leaving, ready)`
#
# Does a pod count for a rule? For `overfull` it counts when it takes room, for `claim twice` when it may still write, which is as
# long as it has not ended. For `too many` it counts when its ReplicaSet would not make another one in its place. For `too few` and `not ready` it
# counts when it may get requests.
#
# Write examples first: tuples `(rule, phase, leaving, ready, answer)`, with phase `"Pending"`, `"Running"`, `"Succeeded"` or `"Failed"`
# and answer True or False. They are tried on six common beliefs; catch all of them.
#
# <details><summary>Hint 1</summary>Take a line of the table: the pod that is ready and leaves. Ask all five rules about it.</details>
# <details><summary>Hint 2</summary>Two beliefs differ only for a pod that runs and is not ready.</details>
# <details><summary>Hint 3</summary>One with Failed for overfull, one with leaving for each of overfull, too many and too few, one with
# Running that is not ready for too many, and one for too few.</details>

# %% id="my-counts" role="exercise"
my_counts = [
    # one looks like this: ("overfull", "Running", False, True, True),
    ### BEGIN SOLUTION
    ("overfull", "Running", True, True, True),
    ("overfull", "Failed", False, False, False),
    ("too many", "Running", True, True, False),
    ("too many", "Running", False, False, True),
    ("too few", "Running", True, True, False),
    ("too few", "Running", False, False, False),
    ### END SOLUTION
]

# %% id="my-counts-judged" role="test" points=1
import course.units.u17_capstone.checks

course.units.u17_capstone.checks.counts_told(my_counts, points=1)

# %% [markdown] id="violations-task" role="text"
# ### Exercise: `violations(moments, grace)`
#
# Return what is broken, a list of `[rule, name, t]` in any order. `moments` is a list of dicts in the order of time:
#
# - `t`: seconds. `nodes`: `{name: millicores}`. A pod may stand on a node that is not among them: it breaks nothing there.
# - `pods`: dicts with `name`, `app`, `node` and `claim` (`""` where there is none), `cpu` (millicores), `phase`, `ready`, `leaving`.
# - `apps`: `{name: {"replicas": ..., "surge": ..., "unavailable": ...}}`. Pods of other apps are not counted.
# - `services`: `{name: [names of the pods that it sends to]}`. A name may be that of a pod that is not there: it is broken, too.
#
# The name is that of the node, the app or the claim; for `not ready` it is `"service/pod"`.
#
# - What must **never** be is told with the `t` of the first moment at which it is so. While it lasts it is not told again. When it was well at
#   a moment in between, it is told again.
# - What must not be **for long** is told with the `t` of the first moment that is `grace` seconds or more after it began, if it was so at all
#   moments in between. Then as above.
# - What the function is given stays as it is.
#
# Example: a node `a` of 4000 and one pod of 5000 there at t 5 and t 10: `[["overfull", "a", 5]]`.
#
# <details><summary>Hint 1</summary>For the first rule: <code>for m in moments: for node, room in m["nodes"].items():</code>, and
# <code>sum(p["cpu"] for p in m["pods"] if p["node"] == node) &gt; room</code>.</details>
# <details><summary>Hint 2</summary>Two steps: a function from a moment to the set of <code>(rule, name)</code> that are broken there; then a
# loop that remembers since when each is so.</details>
# <details><summary>Hint 3</summary>Lines to put in order: <code>now = broken(moment)</code> ·
# <code>since = {one: since.get(one, moment["t"]) for one in now}</code> · <code>told &amp;= now</code> ·
# <code>for one in now - told:</code> · <code>if one[0] in ALWAYS or moment["t"] - since[one] &gt;= grace:</code>.</details>


# %% id="violations" role="exercise"
def violations(moments, grace):
    """Return what is broken in a series of moments: a list of [rule, name, t]."""

    ### BEGIN SOLUTION
    def broken(moment):
        there = [pod for pod in moment["pods"] if pod["phase"] not in ("Succeeded", "Failed")]
        staying = [pod for pod in there if not pod["leaving"]]
        usable = [pod for pod in staying if pod["ready"]]
        claims = [pod["claim"] for pod in there if pod["claim"]]
        found = {("claim twice", claim) for claim in claims if claims.count(claim) > 1}
        for node, room in moment["nodes"].items():
            if sum(pod["cpu"] for pod in there if pod["node"] == node) > room:
                found.add(("overfull", node))
        for name, app in moment["apps"].items():
            if sum(pod["app"] == name for pod in staying) > app["replicas"] + app["surge"]:
                found.add(("too many", name))
            if sum(pod["app"] == name for pod in usable) < app["replicas"] - app["unavailable"]:
                found.add(("too few", name))
        names = [pod["name"] for pod in usable]
        for service, listed in moment["services"].items():
            found |= {("not ready", f"{service}/{pod}") for pod in listed if pod not in names}
        return found

    answer, since, told = [], {}, set()
    for moment in moments:
        now = broken(moment)
        since = {one: since.get(one, moment["t"]) for one in now}
        told &= now
        for one in now - told:
            wait = grace if one[0] in ("too few", "not ready") else 0
            if moment["t"] - since[one] >= wait:
                told.add(one)
                answer.append([*one, moment["t"]])
    return answer
    ### END SOLUTION


# %% id="violations-examples" role="test" points=2
import course.units.u17_capstone.checks

course.units.u17_capstone.checks.violations_examples(violations, points=2)

# %% id="violations-unseen" role="test" points=1
import course.units.u17_capstone.checks

course.units.u17_capstone.checks.violations_unseen(violations, seed=17, points=1)
### BEGIN HIDDEN TESTS
course.units.u17_capstone.checks.violations_unseen(violations, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="checker-text" role="text"
# ### Your checker at work
#
# While the day was played, somebody looked at the cluster every five seconds. Now your checker looks at what they saw, with a grace of a
# minute.
#
# **Predict:** which rules does it find broken, if every part did right?

# %% id="my-rules" role="code"
rules_said = predict(
    "rules-broken",
    "Which rules are broken in the day at some moment?",
    choices=["overfull", "too many", "claim twice", "too few", "not ready"],
    many=True,
    default=["too many", "too few", "not ready"],
    answer="?",
)

# %% id="checked" role="code"
found = sorted(violations(day.stage.moments, 60), key=lambda one: (one[2], one[0], one[1]))
rules_said.reveal(
    sorted({rule for rule, _, _ in found}),
    why="Placing, surge and claims hold at every moment; readiness needs machines that answer.",
)
for rule, name, second in found:
    print(f"{second:7.1f} s  {rule}: {name}")

# %% [markdown] id="checker-why" role="text"
# `too few` is broken, twice for each app: in the hour of the dead node and in that of the silence. No part of Kubernetes could help that:
# it cannot make machines answer. What the other rules say held at all moments, although every part was killed in the midst of its writes.
# Those who promise "always" must be few and small: one scheduler that looks before it binds, one controller for each object, a version number on each write.
#
# ## 5. The morning after
#
# Somebody asks the morning after: why was `db` short of a pod, and why was `web` not? These are the events of that hour:

# %% id="events" role="code"
events = events_of(day, "a node dies")
as_table(events)

# %% [markdown] id="chain-task" role="text"
# ### Exercise: `chain(events, links, last)`
#
# *After* is not *because of*. A cause has a mechanism behind it: `links` says for an event which others may have caused it, and how many seconds
# before, at least and at most.
#
# Return the ids of the events that led to the event with the id `last`, from the first cause to `last` itself.
#
# - `events` are dicts in the order of time: `id` (any whole numbers), `t`, `what`, and `on`, the names of all that it is about.
# - `links` is `{what: [[what of the cause, least, most], ...]}`; both ends are included. An event may be missing there.
# - A cause stands **before** its effect in the list, is linked to it, and both are about something of the same. Of several, the last one in the
#   list is the cause. Where there is none, the chain begins.
#
# Example: an event 1 `a` on `["n"]` at 0, and 2 `b` on `["n", "p"]` at 5, with links `{"b": [["a", 0, 10]]}`: `chain(..., last=2)` is `[1, 2]`.
#
# <details><summary>Hint 1</summary>First only one step: the events before, whose <code>what</code> is in
# <code>links.get(effect["what"], [])</code>.</details>
# <details><summary>Hint 2</summary>Then the time and <code>set(cause["on"]) &amp; set(effect["on"])</code>.</details>
# <details><summary>Hint 3</summary><code>while True:</code> · look for the causes of <code>found[0]</code> ·
# <code>if not causes: return found</code> · <code>found.insert(0, causes[-1]["id"])</code>.</details>


# %% id="chain" role="exercise"
def chain(events, links, last):
    """Return the ids of the events that led to the event `last`, from the first cause to it."""
    ### BEGIN SOLUTION
    found = []
    for event in reversed(events):
        if event["id"] == last:
            found = [event]
        elif found:
            effect = found[0]
            passed = effect["t"] - event["t"]
            linked = [
                least <= passed <= most
                for what, least, most in links.get(effect["what"], [])
                if what == event["what"]
            ]
            if any(linked) and set(event["on"]) & set(effect["on"]):
                found.insert(0, event)
    return [event["id"] for event in found]
    ### END SOLUTION


# %% id="chain-examples" role="test" points=2
import course.units.u17_capstone.checks

course.units.u17_capstone.checks.chain_examples(chain, points=2)

# %% [markdown] id="why-text" role="text"
# Now the question. The links are these; the last event of each app in the hour is the one to explain.

# %% id="links" role="code"
for effect, causes in LINKS.items():
    print(effect, "<-", "; ".join(f"{what} ({least} to {most} s before)" for what, least, most in causes))

# %% id="why-late" role="code"
by_id = {event["id"]: event for event in events}
for app in ("web", "db"):
    made = [event["id"] for event in events if event["what"] == "pod created" and app in event["on"]]
    for id in chain(events, LINKS, made[-1]) if made else []:
        print(f"{app}: {by_id[id]['t']:6.1f} s  {by_id[id]['what']} ({by_id[id]['on'][0]})")

# %% [markdown] id="why-why" role="text"
# Two chains from one cause. That of `web` goes over the eviction: 40 to 60 seconds until the node is Unknown, then 300 that every pod tolerates. That of
# `db` goes over the node's return: its pod was told to go at the same second, but *gone* it is only when a kubelet says so.

# %% [markdown] id="try" role="text"
# **Try it:** break one part of yours on purpose, in its cell above: let `reconcile` return one pod more, or let it raise an error every tenth
# time. Or let `save` of your Raft return None. Play the shift again. What do the table, the picture and the report of the test say? Who
# else suffers?

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** Kubernetes heals itself, does it not?
#
# **The short answer:** It compares what is wanted with what is there, again and again, and every part may die between any two of its writes. A few things hold
# always, because one part alone decides them and each write names the version that it read. The rest comes back, soon, if machines answer.
#
# **What the common answer gets wrong:**
#
# - Not all comes back: a StatefulSet's pod waits for its node, or for a person who deletes it.
# - Not everything that is silent is replaced: when all are, nobody is.
# - "Started again" is not "well again": an update that breaks a pod stays as it is.
# - A controller needs no memory. It needs a look at the state, and a write that fails when the state has moved.
#
# **Why?** In one sentence: why can `claim twice` be promised for every moment, and `too few` not?
#
# **A new situation:** the API server is away for ten minutes, all nodes are well. Which of the five rules can break, and for whom do requests
# fail?
#
# <details><summary>Compare</summary>None of the "never" rules: nobody writes. <code>too few</code>, if a pod dies: its container is started again on
# its node, but nobody makes a new pod. Requests go on by the rules that kube-proxy wrote last, also to a pod that is not ready any more.</details>
#
# **Next:** a cluster that is not yours. Take the checker and the links with you.
#
# ## Sources
#
# - `pkg/controller/nodelifecycle/node_lifecycle_controller.go`, `pkg/controller/tainteviction`, v1.36.2: who is told to go, and when nobody is
# - `pkg/controller/controller_utils.go` (`IsPodActive`, `FilterActivePods`): who is a replica
# - `insideout/explore`, after X. Sun et al., *Automatic Reliability Testing for Cluster Management Controllers*, OSDI 2022: the faults
# - [Pod lifecycle](https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/),
#   [Force delete StatefulSet Pods](https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/)
