# %% [markdown] id="question" role="text"
# # 08 · Rollouts: how a new version gets out
#
# The question, as it is asked:
#
# > What release strategies does Kubernetes have, how does a rolling update work, and what happens when a ConfigMap changes?
#
# The answer that is passed around:
#
# > There are four strategies: recreate, rolling update, blue-green and canary. A rolling update replaces the pods one by
# > one, within maxSurge and maxUnavailable, so there is no downtime. If the new version is bad, Kubernetes rolls back.
# > After a change of a ConfigMap the pods are updated.
#
# In this unit a client sends requests all the time and counts. Each of these sentences will meet its numbers. Then you
# write the rolling update, and it moves a cluster's pods while the client goes on.

# %% [markdown] id="goals" role="text"
# ## What you will be able to do
#
# - choose a way to release by what its callers will see: errors, mixed versions, lost capacity;
# - compute each step of a rolling update, and say where a bad one stops;
# - switch and split traffic without a Deployment's help;
# - say which containers notice a changed ConfigMap, and make the others notice.
#
# Allow 60 minutes. You need to know Deployments, ReplicaSets and Services by name.

# %% id="imports" role="code"
import json

from kubernetes.client import ApiException

from course import records
from course.client.history import History
from course.cluster import Cluster
from course.controllers.deployment.controller import DeploymentController
from course.controllers.deployment.plandata import plan_by
from course.network.caller import Caller, tally
from course.network.shop import SlowStart
from course.network.splitter import split
from course.plots.releases import plot_releases
from course.plots.rollout import plot_rollout, samples_of

# %% [markdown] id="strategies" role="text"
# ## 1. What a caller sees
#
# A Deployment knows **two** strategies, `Recreate` and `RollingUpdate`. Blue-green and canary are not in Kubernetes: one
# builds them from two Deployments and a Service, or a proxy with weights.
#
# The workload is a shop of four pods. A pod answers only three seconds after its start; its readiness probe knows.

# %% id="manifests" role="code"
SHOP = {"app": "shop"}
PROBE = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}


def deployment(name, version, labels, probe=PROBE, lifecycle=None, **spec):
    container = {"name": "app", "image": f"shop:{version}", "readinessProbe": probe, "lifecycle": lifecycle}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    filled = {"replicas": 4, "selector": {"matchLabels": labels}, "template": template}
    return {"kind": "Deployment", "metadata": {"name": name}, "spec": filled | spec}


def service(name, **selector):
    ports = [{"port": 80, "targetPort": 8080}]
    return {"kind": "Service", "metadata": {"name": name}, "spec": {"selector": selector, "ports": ports}}

# %% [markdown] id="open-text" role="text"
# `open_shop` makes a cluster with such objects, and a client that opens a new connection to `http://shop/` twenty times a
# second. The client notes which version answered, or what went wrong.


# %% id="open-shop" role="code"
def open_shop(*objects, program=SlowStart(3)):
    cluster = Cluster.create(nodes=3)
    cluster.nodes.programs.default = program
    for body in objects:
        if body["kind"] == "Deployment":
            cluster.apps.create_namespaced_deployment("default", body)
        else:
            cluster.core.create_namespaced_service("default", body)
    cluster.run(seconds=10)
    return cluster, Caller(cluster, "http://shop/")


def image(version):
    return {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": f"shop:{version}"}]}}}}


# %% [markdown] id="two-of-the-deployment" role="text"
# First the two strategies of the Deployment itself. Five seconds after the client's first request, v2 is released by one
# patch of the image.


# %% id="recreate-and-rolling" role="code"
def release(**spec):
    cluster, caller = open_shop(deployment("shop", "v1", SHOP, **spec), service("shop", **SHOP))
    cluster.run(seconds=5)
    cluster.apps.patch_namespaced_deployment("shop", "default", image("v2"))
    cluster.run(seconds=30)
    return caller.stop()


releases = {
    "Recreate": release(strategy={"type": "Recreate"}),
    "RollingUpdate": release(strategy={"type": "RollingUpdate"}),
}

# %% [markdown] id="two-built" role="text"
# Blue-green: a second Deployment is started beside the first, and when it is ready, the Service's selector is patched.
#
# Canary: a second, small Deployment. For the first ten seconds its pod is simply one more behind the same Service. Then a
# proxy splits the requests, 95 to 5, between two Services.


# %% id="blue-green-and-canary" role="code"
def blue_green():
    blue, green = SHOP | {"colour": "blue"}, SHOP | {"colour": "green"}
    cluster, caller = open_shop(deployment("shop-blue", "v1", blue), service("shop", **blue))
    cluster.run(seconds=5)
    cluster.apps.create_namespaced_deployment("default", deployment("shop-green", "v2", green))
    cluster.run(seconds=10)
    cluster.core.patch_namespaced_service("shop", "default", {"spec": {"selector": green}})
    cluster.run(seconds=20)
    return caller.stop()


releases["Blue-green"] = blue_green()


# %% id="canary-release" role="code"
def canary():
    stable, new = SHOP | {"track": "stable"}, SHOP | {"track": "canary"}
    services = service("shop", **SHOP), service("shop-stable", **stable), service("shop-canary", **new)
    cluster, caller = open_shop(deployment("shop-stable", "v1", stable), *services)
    cluster.run(seconds=5)
    cluster.apps.create_namespaced_deployment("default", deployment("shop-canary", "v2", new, replicas=1))
    cluster.run(seconds=15)
    caller.ask(split({"shop-stable": 95, "shop-canary": 5}))
    cluster.run(seconds=15)
    return caller.stop()


releases["Canary"] = canary()

# %% [markdown] id="predict-errors" role="text"
# **Predict before you run.** Each client sent about 700 requests in 35 seconds. How many failed: `none`, `some` (below 50)
# or `many`?

# %% id="my-errors" role="code"
my_errors = {"Recreate": "?", "RollingUpdate": "?", "Blue-green": "?", "Canary": "?"}

# %% id="true-errors" role="code"
for name, mine in my_errors.items():
    print(f"{name:14} you said {mine:5} the client saw {tally(releases[name])}")
plot_releases(releases, released_s=5)

# %% [markdown] id="what-callers-see" role="text"
# | | errors | both versions answer | pods needed | way back |
# |---|---|---|---|---|
# | Recreate | until the first new pod is ready | never | 4 | another outage |
# | RollingUpdate | at each pod's end, see below | during the update | 4 and surge | another rolling update |
# | Blue-green | none here | for a moment | 8 | one patch |
# | Canary | none here | as long as you like | 4 and the canary | delete the canary |
#
# - Recreate waits until **no old pod runs any more**; one that is still terminating counts.
# - The switch of blue-green is one patch, but not one moment: each node's kube-proxy takes the new rules by itself, up to a
#   second later, and open connections stay where they are.
# - RollingUpdate kept at least three pods ready, as it promises. And yet requests failed.
#
# *Source: `pkg/controller/deployment/recreate.go`, `pkg/apis/apps/v1/defaults.go`, v1.36.2.*

# %% [markdown] id="no-downtime" role="text"
# ### "So there is no downtime"
#
# A rolling update promises a number of available pods, nothing about requests. Whether requests fail is decided at the
# two ends of a pod's life:
#
# - at its **beginning**: without a readiness probe a pod counts as ready as soon as its container runs;
# - at its **end**: a terminating pod leaves the Service's endpoints and gets its signal *at the same time*. Each kube-proxy
#   hears of it later, by up to a second or more. A program that leaves at once is still being sent requests.
#
# A `preStop` hook that sleeps gives kube-proxy time: the pod goes on serving, and only then gets its signal.
#
# **Predict:** with both settings there should be none; what with one of them: which is the worse to forget?

# %% id="my-worse" role="code"
my_worse = "?"

# %% id="two-ends" role="code"
SLEEP = {"preStop": {"sleep": {"seconds": 3}}}
ends = {
    "neither": release(probe=None),
    "preStop only": release(probe=None, lifecycle=SLEEP),
    "readiness probe only": release(),
    "both": release(lifecycle=SLEEP),
}
print("you said", my_worse, "-", {name: tally(seen).get("error", 0) for name, seen in ends.items()}, "failed")
plot_releases(ends, released_s=5)

# %% [markdown] id="two-ends-why" role="text"
# Without the probe, the update runs through in a second, and all requests meet pods that cannot answer yet. The preStop hook
# is a matter of fractions; the probe is a matter of whether the strategy means anything at all.
#
# *Available* is what counts for a Deployment: a pod that has been Ready for `minReadySeconds`, 0 by default.
# Section 3 comes back to it.

# %% [markdown] id="fenceposts-text" role="text"
# ## 2. How far a rolling update may stray
#
# `maxSurge` says how many pods there may be above `replicas`, `maxUnavailable` how many available ones may be missing. Both
# are 25% by default. Here are rollouts that a Kubernetes v1.36.2 control plane did: settings, and the most and the
# fewest pods that its two ReplicaSets were asked for together.

# %% id="recorded-limits" role="code"
rollouts = [row for row in records.read("rollout") if row["case"]["strategy"] == "RollingUpdate"]
updates = [row for row in rollouts if row["case"]["scenario"] == "update"]
print("replicas maxSurge maxUnavailable   most  fewest")
for row in sorted(updates, key=lambda row: str(row["case"]))[::3]:
    case = row["case"]
    totals = [case["replicas"], *(step["v1"] + step["v2"] for step in row["trace"])]
    settings = f"{case['replicas']:8} {case['maxSurge']!s:>8} {case['maxUnavailable']!s:>14}"
    print(f"{settings} {max(totals):6} {min(totals):7}")

# %% [markdown] id="fenceposts-rules" role="text"
# A percentage is of the **desired** replicas, not of those that are there. It rarely comes to a whole number, so one of
# the two is rounded up and the other one down. And then there is a case in which nothing could ever move.
#
# **Predict:** 3 replicas, `maxSurge: 0`, `maxUnavailable: 25%`. Does the rollout hang?

# %% id="my-zero" role="code"
my_zero = "?"

# %% id="zero-surge" role="code"
rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "25%"}}
seen = release(replicas=3, strategy=rolling)
print("you said", my_zero, "- ready pods", sorted({one.ready for one in seen}), "- the last answer:", seen[-1].version)
try:
    rolling["rollingUpdate"]["maxUnavailable"] = "0%"
    release(strategy=rolling)
except ApiException as refused:
    print(json.loads(refused.body)["message"].split(": ", 1)[1])

# %% [markdown] id="fenceposts-task" role="text"
# ### Exercise: `fenceposts(replicas, max_surge, max_unavailable)`
#
# Return `(surge, unavailable)`, two whole numbers of pods.
#
# - `max_surge` and `max_unavailable` are numbers (`2`) or percentages (`"25%"`, whole ones).
# - Find out from the records which of them rounds up and which rounds down.
# - If both come to 0, `unavailable` is 1, or nothing could move. A literal 0 beside 0 is refused by the API server; here it
#   is treated like any other.
# - A number stays as it is, even a large one. `replicas` may be 0.
#
# Example: `fenceposts(4, "25%", "25%")` is `(1, 1)`.
#
# <details><summary>Hint 1</summary>Write a helper that turns one amount into a number of pods, with a parameter for the
# direction.</details>
# <details><summary>Hint 2</summary>Stay with whole numbers: <code>//</code> rounds down. Floating point makes 29% of 100
# into 28.999…</details>
# <details><summary>Hint 3</summary><code>-(-a // b)</code> rounds up.</details>


# %% id="fenceposts" role="exercise"
def fenceposts(replicas, max_surge, max_unavailable):
    """Return (surge, unavailable) in pods."""

    ### BEGIN SOLUTION
    def hundredths(amount):
        return int(amount.rstrip("%")) * replicas if isinstance(amount, str) else amount * 100

    surge, unavailable = -(-hundredths(max_surge) // 100), hundredths(max_unavailable) // 100
    return surge, unavailable if surge or unavailable else 1
    ### END SOLUTION


# %% id="fenceposts-examples" role="test" points=1
import course.checks.rollouts

course.checks.rollouts.fenceposts_examples(fenceposts, points=1)

# %% id="fenceposts-unseen" role="test" points=1
import course.checks.rollouts

course.checks.rollouts.fenceposts_unseen(fenceposts, seed=8, points=1)
### BEGIN HIDDEN TESTS
course.checks.rollouts.fenceposts_unseen(fenceposts, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="steps" role="text"
# ## 3. One step at a time
#
# The Deployment controller does not plan a rollout. It looks at the ReplicaSets as they are, takes **one step**, and is
# called again when something has changed. Here is the record of a rollout whose new pods never got ready: 10 replicas,
# `maxSurge: 25%`, `maxUnavailable: 50%`.

# %% id="stuck-record" role="code"
[stuck] = [row for row in rollouts if row["case"]["scenario"] == "stuck" and row["case"]["replicas"] == 10]
for step in stuck["trace"][:-1]:
    print(f"old {step['v1']:2}, new {step['v2']:2}")

# %% [markdown] id="predict-stuck" role="text"
# **Predict** the last step, where it stayed: sizes of the old and the new ReplicaSet. None of the new pods is ready.

# %% id="my-stuck" role="code"
my_stuck = {"old": "?", "new": "?"}

# %% id="true-stuck" role="code"
print("you said", my_stuck, "- it stayed at old", stuck["trace"][-1]["v1"], "and new", stuck["trace"][-1]["v2"])
print({condition: status for condition, status, _ in stuck["conditions"]})

# %% [markdown] id="step-rules" role="text"
# ### The rules of a step
#
# **Up first.** While all ReplicaSets together are asked for fewer than `replicas + surge` pods, the new one grows into the
# room, up to `replicas`. If the new one is *above* `replicas`, because the Deployment was scaled down, it is cut to
# `replicas`. If the new ReplicaSet was changed, the step is over.
#
# **Then down.** Let *least* be `replicas − unavailable`, the pods that must be available.
#
# 1. The **budget** is: all pods asked for, less *least*, less those of the new ReplicaSet that are not available. If
#    it is not above 0, nothing goes: new pods that are on their way, or stuck, make no room.
# 2. Old pods that are **not available** go first, oldest ReplicaSet first, until the budget is used up. It costs nothing.
# 3. In the same step, available old pods go: as many as there are available pods, old and new, **above *least***. Again the
#    oldest ReplicaSet first, and no ReplicaSet below 0.
#
# All of this counts what ReplicaSets are *asked for*. Terminating pods come on top, so for a moment there can be more
# pods than `replicas + surge`.
#
# *Source: `pkg/controller/deployment/rolling.go`, `util/deployment_util.go` (`NewRSNewReplicas`), v1.36.2.*

# %% [markdown] id="step-task" role="text"
# ### Exercise: `rolling_step(replicas, surge, unavailable, rss)`
#
# Return the ReplicaSets after one step: the same dicts in the same order, `spec` changed where the step changes it.
#
# - `rss` is a list of dicts: `name`, `created` (a number, or a text that sorts by age; smaller is older), `spec` (pods asked
#   for), `available` (at most `spec`), `is_new`.
# - Exactly one has `is_new`. It need not be the youngest nor the last: after a rollback an old one is the new one.
# - `surge` and `unavailable` are whole numbers, as from `fenceposts`.
#
# Example: 4 replicas, surge 1, unavailable 1, one old ReplicaSet of 4 available pods and a new one of 0: the new one
# gets 1, and the old one stays at 4 in this step.
#
# <details><summary>Hint 1</summary>Up and down are two functions; the second is called only if the first changed nothing.
# </details>
# <details><summary>Hint 2</summary>Put the old ReplicaSets into a list sorted by <code>created</code>, and a size by name
# into a dict. Build the answer from the dict at the end.</details>
# <details><summary>Hint 3</summary>For rule 3 count the available pods of the old ones as they were given: rule 2 took
# only others. A ReplicaSet can lose pods by both rules, so rule 3 starts from the size that rule 2 left.</details>


# %% id="rolling-step" role="exercise"
def rolling_step(replicas, surge, unavailable, rss):
    """Return the ReplicaSets after one step of a rolling update."""

    ### BEGIN SOLUTION
    def resized(size):
        return [{**rs, "spec": size.get(rs["name"], rs["spec"])} for rs in rss]

    new = next(rs for rs in rss if rs["is_new"])
    total = sum(rs["spec"] for rs in rss)
    room = max(0, replicas + surge - total)
    wanted = min(new["spec"] + room, replicas)
    if wanted != new["spec"]:
        return resized({new["name"]: wanted})
    old = sorted((rs for rs in rss if not rs["is_new"]), key=lambda rs: (rs["created"], rs["name"]))
    least = replicas - unavailable
    budget = total - least - (new["spec"] - new["available"])
    if budget <= 0:
        return resized({})
    size = {}
    for rs in old:
        sick = min(budget, rs["spec"] - rs["available"])
        size[rs["name"]] = rs["spec"] - sick
        budget -= sick
    spare = sum(rs["available"] for rs in rss) - least
    for rs in old:
        gone = max(0, min(spare, size[rs["name"]]))
        size[rs["name"]] -= gone
        spare -= gone
    return resized(size)
    ### END SOLUTION


# %% [markdown] id="step-examples-text" role="text"
# A rule at a time. The report shows the smallest state in which a rule is broken.

# %% id="rolling-step-examples" role="test" points=3
import course.checks.rollouts

course.checks.rollouts.step_examples(rolling_step, points=3)

# %% [markdown] id="step-records-text" role="text"
# Every one of the 220 transitions in 25 recorded rollouts. The records hold sizes; how many pods were available in
# between is filled in so that the recorded step follows.

# %% id="rolling-step-records" role="test" points=2
import course.checks.rollouts

course.checks.rollouts.step_records(rolling_step, points=2)

# %% id="rolling-step-unseen" role="test" points=1
import course.checks.rollouts

course.checks.rollouts.step_unseen(rolling_step, seed=8, points=1)
### BEGIN HIDDEN TESTS
course.checks.rollouts.step_unseen(rolling_step, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="at-work" role="text"
# ### Your step at work
#
# Now **your** `rolling_step` is the Deployment controller of a cluster. The client goes on; the pods have their probe and
# their preStop hook; and `maxUnavailable` is 0. Where the strategy promises that nothing fails, nothing may fail.
#
# **Predict:** the new version gets ready three seconds after its start, one pod after the other. How long do 4 pods take
# with `maxSurge: 1`, and how long with `maxSurge: "100%"`?

# %% id="my-durations" role="code"
my_durations = {1: "?", "100%": "?"}


# %% id="your-controller" role="code"
def newest(cluster):
    sets = cluster.apps.list_namespaced_replica_set("default").items
    return max(sets, key=lambda one: one.metadata.creation_timestamp)


def roll_by(step, surge, cluster, caller):
    """Let `step` be the Deployment controller and release v2; return the pods and what the client saw."""
    plan = plan_by(step)
    cluster.replace("deployment-controller", lambda api, loop: DeploymentController(api, loop, plan=plan))
    pods = History(cluster.client(), cluster.loop, "pods")
    cluster.run(seconds=2)
    cluster.apps.patch_namespaced_deployment("shop", "default", image("v2"))
    cluster.run(seconds=28)
    return samples_of(pods, newest(cluster).metadata.labels["pod-template-hash"]), caller.stop()


# %% id="your-rollouts" role="code"
rollout_of = {}
for surge, mine in my_durations.items():
    limits = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": 0}}
    shop = deployment("shop", "v1", SHOP, lifecycle=SLEEP, strategy=limits)
    rollout_of[surge], seen = roll_by(rolling_step, surge, *open_shop(shop, service("shop", **SHOP)))
    last = max(one.time_s for one in seen if one.version == "v1") - 2
    print(f"maxSurge {surge}: you said {mine}, v1 answered for {last:.0f} s more;", tally(seen))
    assert "error" not in tally(seen)
plot_rollout(rollout_of[1], most=5, least=4, start_s=10, end_s=40, title="Your rolling_step, maxSurge 1")
