# %% [markdown] id="question" role="text"
# # 08 · Rollouts: how a new version gets out
#
# **Where you are.** You come from **07 · Node failure**, which replaced pods that were lost. Here pods are replaced on purpose. Next is **09 ·
# StatefulSets**, whose pods have names. You need to know Deployments, ReplicaSets and Services by name.
#
# The **core** is the way to go; it ends with "What to remember". Each **further** part stands for itself, with an exercise of its own or none, and can be
# done in any order, later, or never.
#
# | core | minutes | further | minutes |
# |---|---|---|---|
# | 1. What a caller sees | 10 | 6. Bad, but not at once | 8 |
# | 2. How far a rolling update may stray | 10 | 7. Scaling in the middle | 15 |
# | 3. One step at a time | 22 | 8. Blue-green, the switch is yours | 12 |
# | 4. When the new version is bad | 5 | 9. Canary, who gets the share? | 8 |
# | 5. What a changed ConfigMap does | 13 | | |
#
# Three short questions from earlier units first, from memory.

# %% id="imports" role="code"
import json

from kubernetes.client import ApiException

from course.learn import predict, review
from course.learn.unwritten import refuse_crashed, refuse_unwritten
from course.units.u08_rollouts.plots.releases import plot_releases
from course.units.u08_rollouts.plots.rollout import plot_rollout, samples_of
from course.units.u08_rollouts.shop import SlowStart, await_open, has_given_up, nearest
from insideout import Cluster, records
from insideout.client.history import History
from insideout.controllers.deployment.controller import DeploymentController
from insideout.controllers.deployment.plandata import plan_by
from insideout.network.caller import Caller, tally
from insideout.network.splitter import split

# %% id="review" role="code"
review("08_rollouts")

# %% [markdown] id="strategies" role="text"
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
# In this unit a client sends requests all the time and counts. Each of these sentences will meet its numbers. You will be able to
#
# - choose a way to release by what its callers will see: errors, mixed versions, lost capacity;
# - compute each step of a rolling update, and say where a bad one stops;
# - say which containers notice a changed ConfigMap, and make the others notice;
# - further: switch and split traffic without a Deployment's help.
#
# ## 1. What a caller sees
#
# A Deployment knows **two** strategies, `Recreate` and `RollingUpdate`. Blue-green and canary are not in Kubernetes: one
# builds them from two Deployments and a Service, or a proxy with weights.
#
# The workload is a shop of four pods. A pod answers only three seconds after its start; its readiness probe knows. `open_shops` makes a cluster with
# several shops, and for each one a client that opens a new connection to it twenty times a second. It notes which version answered, or what went wrong.
# The counts below are those of one run: on a real control plane, in real time, each run has its own, and says the same in words.
#
# Four releases are made, two at a time side by side, each five seconds after the client's first request:
#
# - **Recreate** and **RollingUpdate** are the Deployment's own: one patch of the image.
# - **Blue-green:** a second Deployment is started beside the first, and when it is ready, the Service's selector is patched.
# - **Canary:** a second, small Deployment. For the first ten seconds its pod is simply one more behind the same Service. Then a
#   proxy splits the requests, 95 to 5, between two Services.

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


# %% id="open-shop" role="code"
def open_cluster(*objects):
    cluster = Cluster.create(nodes=3)
    cluster.nodes.programs.default = SlowStart(3)
    for body in objects:
        if body["kind"] == "Deployment":
            cluster.apps.create_namespaced_deployment("default", body)
        else:
            cluster.core.create_namespaced_service("default", body)
    await_open(cluster)
    return cluster


def image(version):
    return {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": f"shop:{version}"}]}}}}


# %% id="open-shops" role="code"
def name_of(title):
    """Return the name of a shop's objects: "maxsurge-100" for "maxSurge 100%"."""
    return title.lower().replace(" ", "-").strip("%")


def open_shops(specs):
    """Open a shop for each title and spec, all in one cluster; return it, and a client for each title."""
    objects = []
    for title, spec in specs.items():
        labels = {"app": name_of(title)}
        objects += [deployment(name_of(title), "v1", labels, **spec), service(name_of(title), **labels)]
    cluster = open_cluster(*objects)
    return cluster, {title: Caller(cluster, f"http://{name_of(title)}/") for title in specs}


# %% id="recreate-and-rolling" role="code"
def release(specs, seconds=30):
    """Release v2 in shops side by side; return what the client of each saw."""
    cluster, callers = open_shops(specs)
    cluster.run(seconds=5)
    for title in specs:
        cluster.apps.patch_namespaced_deployment(name_of(title), "default", image("v2"))
    cluster.run(seconds=seconds)
    return {title: caller.stop() for title, caller in callers.items()}


releases = release({kind: {"strategy": {"type": kind}} for kind in ("Recreate", "RollingUpdate")})

# %% id="two-more-shops" role="code"
blue, green = SHOP | {"colour": "blue"}, SHOP | {"colour": "green"}
KIOSK = {"app": "kiosk"}
stable, canary = KIOSK | {"track": "stable"}, KIOSK | {"track": "canary"}
kiosks = service("kiosk", **KIOSK), service("kiosk-stable", **stable), service("kiosk-canary", **canary)

# %% id="blue-green-and-canary" role="code"
shops = deployment("shop-blue", "v1", blue), deployment("kiosk-stable", "v1", stable)
cluster = open_cluster(*shops, service("shop", **blue), *kiosks)
shop, kiosk = Caller(cluster, "http://shop/"), Caller(cluster, "http://kiosk/")
cluster.run(seconds=5)
cluster.apps.create_namespaced_deployment("default", deployment("shop-green", "v2", green))
cluster.apps.create_namespaced_deployment("default", deployment("kiosk-canary", "v2", canary, replicas=1))
cluster.run(seconds=10)
cluster.core.patch_namespaced_service("shop", "default", {"spec": {"selector": green}})
cluster.run(seconds=5)
kiosk.ask(split({"kiosk-stable": 95, "kiosk-canary": 5}))
cluster.run(seconds=15)
releases |= {"Blue-green": shop.stop(), "Canary": kiosk.stop()}

# %% id="my-errors" role="code"
errors_said = predict(
    "errors-by-strategy",
    "Each client sent about 700 requests in 35 seconds. How many failed? Some means below 50.",
    choices=["none", "some", "many"],
    each=["Recreate", "RollingUpdate", "Blue-green", "Canary"],
    default=["many", "none", "none", "some"],
    answer="?",
)


# %% id="true-errors" role="code"
def amount(seen):
    """Say how many requests failed: none, some (below 50) or many."""
    errors = tally(seen).get("error", 0)
    return "many" if errors >= 50 else "some" if errors else "none"


errors_said.reveal(
    {name: amount(seen) for name, seen in releases.items()},
    why="A rolling update keeps pods ready, and a pod that goes still loses the requests on their way to it.",
)
for name, seen in releases.items():
    print(f"{name:14} the client saw {tally(seen)}")
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
#
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
# **Predict:** with both, no request should fail. Which one is worse to forget?

# %% id="my-worse" role="code"
worse_said = predict(
    "worse-to-forget",
    "Which is worse to forget, the readiness probe or the preStop hook?",
    choices=["probe", "preStop"],
    default="preStop",
    answer="?",
)

# %% id="two-ends" role="code"
SLEEP = {"preStop": {"sleep": {"seconds": 3}}}
specs = {
    "neither": {"probe": None},
    "preStop only": {"probe": None, "lifecycle": SLEEP},
    "readiness probe only": {},
    "both": {"lifecycle": SLEEP},
}
ends = release(specs, seconds=20)
failed = {name: tally(seen).get("error", 0) for name, seen in ends.items()}
worse_said.reveal(
    "probe" if failed["preStop only"] > failed["readiness probe only"] else "preStop",
    why="Without it every pod counts as ready at once, and the old ones go before the new ones answer.",
)
print(failed, "failed")
plot_releases(ends, released_s=5)

# %% [markdown] id="two-ends-why" role="text"
# Without the probe the update runs through in a second: every pod counts as ready, the old ones go, and for three seconds
# nobody can answer. The black line, what Kubernetes believes, hardly moves. Without the preStop hook a few requests are lost at
# each pod's end. The strategy is worth what the probe is worth.
#
# *Available* is what counts for a Deployment: a pod that has been Ready for `minReadySeconds`, 0 by default.
# Section 6 comes back to it.
#
# ## 2. How far a rolling update may stray
#
# `maxSurge` says how many pods there may be above `replicas`, `maxUnavailable` how many available ones may be missing. Both
# are 25% by default. Here are rollouts that a Kubernetes v1.36.2 control plane did: the settings, the most pods that its two
# ReplicaSets were asked for together, and how many old pods were left after the first cut.

# %% id="recorded-limits" role="code"
recorded = records.read("rollout")
print("replicas maxSurge maxUnavailable | most pods | old pods after the first cut")
for case, trace in ((recorded[row]["case"], recorded[row]["trace"]) for row in (13, 17, 21, 33, 34)):
    most = max(step["v1"] + step["v2"] for step in trace)
    cut = next(step["v1"] for step in trace if step["v1"] < case["replicas"])
    settings = f"{case['replicas']:8} {case['maxSurge']!s:>8} {case['maxUnavailable']!s:>14}"
    print(f"{settings} | {most:9} | {cut:9}")

# %% [markdown] id="fenceposts-rules" role="text"
# A percentage is of the **desired** replicas, not of those that are there. It rarely comes to a whole number, so one of
# the two is rounded up and the other one down. And then there is a case in which nothing could ever move.
#
# **Predict:** 3 replicas, `maxSurge: 0`, `maxUnavailable: 25%`. Does the rollout hang?

# %% id="my-zero" role="code"
zero_said = predict(
    "zero-surge-hangs",
    "3 replicas, maxSurge 0, maxUnavailable 25%: does the rollout hang?",
    choices=["yes", "no"],
    default="yes",
    answer="?",
)

# %% id="zero-surge" role="code"
rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "25%"}}
seen = release({"shop": {"replicas": 3, "strategy": rolling}}, seconds=20)["shop"]
zero_said.reveal(
    "no" if seen[-1].version == "v2" else "yes",
    why="25% of 3 rounds down to 0; where both are 0, one pod may be unavailable.",
)
print(f"ready pods: {sorted({one.ready for one in seen})}, at the end {seen[-1].version}")

rolling["rollingUpdate"]["maxUnavailable"] = "0%"
try:
    cluster.apps.create_namespaced_deployment("default", deployment("zero", "v1", SHOP, strategy=rolling))
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
# **Examples first.** Which settings would tell the right rounding from a wrong one? Write some into the list, each a tuple
# `(replicas, max_surge, max_unavailable, answer)`; the records above have some. They are run against what Kubernetes does and against functions that believe
# something else; the report says which beliefs your examples would catch.

# %% id="my-fenceposts" role="exercise"
my_fenceposts = [
    (4, "25%", "25%", (1, 1)),
    ### BEGIN SOLUTION
    (10, "25%", "25%", (3, 2)),
    (13, "50%", 0, (7, 0)),
    (3, 0, "25%", (0, 1)),
    (5, "20%", 0, (1, 0)),
    (100, 1, "29%", (1, 29)),
    (3, 5, 1, (5, 1)),
    ### END SOLUTION
]

# %% id="my-fenceposts-caught" role="test" points=1
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.fenceposts_told(my_fenceposts, points=1)

# %% [markdown] id="fenceposts-hints" role="text"
# Now write it.
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
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.fenceposts_examples(fenceposts, points=1)

# %% id="fenceposts-unseen" role="test" points=1
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.fenceposts_unseen(fenceposts, seed=8, points=1)
### BEGIN HIDDEN TESTS
course.units.u08_rollouts.checks.fenceposts_unseen(fenceposts, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="steps" role="text"
# ## 3. One step at a time
#
# Turn both limits of a rolling update of four pods. Which of them buys speed, and what does each cost? (Numbers of pods; the dashed line is what may
# exist, the dotted one what must serve.)

# %% id="turn-limits" role="code"
from course.plots.control import turn
from course.units.u08_rollouts.turned import Rollouts

turn(Rollouts(), surge=range(5), unavailable=range(5), still={"surge": 1, "unavailable": 1})

# %% [markdown] id="find-step" role="text"
# ### A rule to find: how far up
#
# The Deployment controller does not plan a rollout. It looks at the ReplicaSets as they are, takes **one step**, and is called again when something has
# changed. The records of rolling updates on a v1.36.2 control plane hold 220 writes. In none of them do both ReplicaSets change: either the new one grows, or
# the old one shrinks.
#
# How far does the new one grow in one step? Here are six of its 108 growths. Find a rule that holds in all of them, say it, and then ask the records.

# %% id="grown" role="code"
from course.units.u08_rollouts.recorded import growths

grown = growths()
print("replicas surge unavailable | old, new pods | new pods after the step")
for one in (grown[n] for n in (91, 92, 4, 49, 21, 23)):
    limits = f"{one.replicas:8} {one.surge:5} {one.unavailable:11}"
    print(f"{limits} | {one.old:3}, {one.new:3}      | {one.after:3}")

# %% id="my-growth" role="code"
growth_said = predict(
    "growth",
    "How far does the new ReplicaSet grow in one step?",
    choices=["by one", "by surge", "until there are replicas + surge", "likewise, but not above replicas"],
    default="by one",
    answer="?",
)

# %% id="true-growth" role="code"
RULES = {
    "by one": lambda it: it.new + 1,
    "by surge": lambda it: it.new + it.surge,
    "until there are replicas + surge": lambda it: it.replicas + it.surge - it.old,
    "likewise, but not above replicas": lambda it: min(it.replicas + it.surge - it.old, it.replicas),
}
holds = {rule: sum(size(one) == one.after for one in grown) for rule, size in RULES.items()}
growth_said.reveal(
    max(holds, key=holds.get), why="All pods together count, and the aim is replicas, not more."
)
print(f"of {len(grown)} recorded growths each rule explains", holds)

# %% [markdown] id="stuck" role="text"
# The old pods count, whether they serve or not: the room is what is left of `replicas + surge` when **all** pods that are asked for are counted.
#
# And if the new pods never get ready? Here is the record of such a rollout: 10 replicas,
# `maxSurge: 25%`, `maxUnavailable: 50%`. Each line is one write, after 10 old pods and no new one. The last line is left out. **Predict** it.

# %% id="stuck-record" role="code"
[stuck] = [row for row in recorded if row["case"]["scenario"] == "stuck" and row["case"]["replicas"] == 10]
for step in stuck["trace"][:-1]:
    print(f"old {step['v1']:2}, new {step['v2']:2}")

# %% id="my-stuck" role="code"
stuck_said = predict(
    "stuck-at",
    "At which sizes did it stay? None of the new pods is ready.",
    choices=range(11),
    each=["old", "new"],
    default={"old": 5, "new": 5},
    answer="?",
)

# %% id="true-stuck" role="code"
rest = stuck["trace"][-1]
stuck_said.reveal(
    {"old": rest["v1"], "new": rest["v2"]},
    why="At least 5 must be available and at most 13 may be asked for; new pods that are stuck make no room.",
)
print({condition: status for condition, status, _ in stuck["conditions"]})

# %% [markdown] id="step-rules" role="text"
# ### The rules of a step
#
# **Up first**, by the rule that explains all 108 growths. If the new ReplicaSet is *above* `replicas`, because the Deployment was scaled down, it is cut to
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
#
# ### Exercise: `rolling_step(replicas, surge, unavailable, rss)`
#
# Return the ReplicaSets after one step: the same dicts in the same order, `spec` changed where the step changes it.
#
# - `rss` is a list of dicts: `name`, `created` (a number; smaller is older), `spec` (pods asked
#   for), `available` (at most `spec`), `is_new`.
# - Exactly one has `is_new`. It need not be the youngest nor the last: after a rollback an old one is the new one.
# - `surge` and `unavailable` are whole numbers, as from `fenceposts`.
#
# Example: 4 replicas, surge 1, unavailable 1, one old ReplicaSet of 4 available pods and a new one of 0: the new one
# gets 1, and the old one stays at 4 in this step.
#
# <details><summary>Hint 1</summary>Up and down are two functions; the second is called only if the first changed nothing.
# </details>
# <details><summary>Hint 2</summary>Keep the sizes in a list of their own, in the order of <code>rss</code>, and walk through
# the old ReplicaSets sorted by <code>created</code>. Build the answer from the list at the end.</details>
# <details><summary>Hint 3</summary>For rule 3 count the available pods of the old ones as they were given: rule 2 took
# only others. A ReplicaSet can lose pods by both rules, so rule 3 starts from the size that rule 2 left.</details>
#
# The checks go a rule at a time and show the smallest state in which a rule is broken. Then every one of the 220 recorded transitions is played. The records hold
# sizes; how many pods were available in between is filled in so that the recorded step follows.


# %% id="rolling-step" role="exercise"
def rolling_step(replicas, surge, unavailable, rss):
    """Return the ReplicaSets after one step of a rolling update."""
    ### BEGIN SOLUTION
    sizes, total = [rs["spec"] for rs in rss], sum(rs["spec"] for rs in rss)
    new = next(i for i, rs in enumerate(rss) if rs["is_new"])
    old = sorted((i for i in range(len(rss)) if i != new), key=lambda i: rss[i]["created"])
    room = max(0, replicas + surge - total)
    sizes[new] = min(rss[new]["spec"] + room, replicas)
    least = replicas - unavailable
    budget = total - least - (rss[new]["spec"] - rss[new]["available"])
    if sizes[new] == rss[new]["spec"] and budget > 0:
        spare = sum(rs["available"] for rs in rss) - least
        for i in old:
            sick = min(budget, rss[i]["spec"] - rss[i]["available"])
            sizes[i] -= sick
            budget -= sick
        for i in old:
            gone = max(0, min(spare, sizes[i]))
            sizes[i] -= gone
            spare -= gone
    return [{**rs, "spec": size} for rs, size in zip(rss, sizes, strict=True)]
    ### END SOLUTION


# %% id="rolling-step-examples" role="test" points=3
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.step_examples(rolling_step, points=3)

# %% id="rolling-step-records" role="test" points=1
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.step_records(rolling_step, points=1)

# %% id="rolling-step-unseen" role="test" points=1
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.step_unseen(rolling_step, seed=8, points=1)
### BEGIN HIDDEN TESTS
course.units.u08_rollouts.checks.step_unseen(rolling_step, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="at-work" role="text"
# ### Your step at work
#
# Now **your** `rolling_step` is the Deployment controller of a cluster. The client goes on; the pods have their probe and
# their preStop hook; and `maxUnavailable` is 0. Where the strategy promises that nothing fails, nothing may fail.
#
# **Predict:** the new version gets ready three seconds after its start, one pod after the other. For how long does the
# old version still answer, with `maxSurge: 1` and with `maxSurge: "100%"`?
#
# In the picture of your rollout the dashed line is what your step may ask for, the dotted one what it must keep. The grader lets your step roll out several
# shops, and one version that never gets ready, and reads what their clients saw.

# %% id="my-durations" role="code"
SECONDS = [1, 5, 15, 40]
durations_said = predict(
    "duration-by-surge",
    "For about how many seconds does v1 still answer? A new pod gets ready after three.",
    choices=SECONDS,
    each=["maxSurge 1", "maxSurge 100%"],
    default={"maxSurge 1": 5, "maxSurge 100%": 1},
    answer="?",
)


# %% id="true-durations" role="code"
def last_of_v1(seen):
    """Return how long v1 answered after the release, in seconds."""
    return max(one.time_s for one in seen if one.version == "v1") - 5


def rolling_by(surge):
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": 0}}


by_surge = {f"maxSurge {surge}": {"lifecycle": SLEEP, "strategy": rolling_by(surge)} for surge in (1, "100%")}
durations_said.reveal(
    {title: nearest(SECONDS, last_of_v1(seen)) for title, seen in release(by_surge, seconds=25).items()},
    why="Speed is bought with surge: pods that start at the same time get ready in one step.",
)


# %% id="your-controller" role="code"
def pods_of(cluster, title):
    """Follow the pods of one shop from now on."""
    return History(cluster.client(), cluster.loop, "pods", label_selector=f"app={name_of(title)}")


def drawn_of(cluster, title, pods):
    """Return the numbers of pods that the picture shows; the newest ReplicaSet is the new one."""
    sets = cluster.apps.list_namespaced_replica_set("default", label_selector=f"app={name_of(title)}").items
    newest = max(sets, key=lambda one: one.metadata.creation_timestamp)
    return samples_of(pods, newest.metadata.labels["pod-template-hash"])


# %% id="roll-by" role="code"
def roll_by(step, specs):
    """Let `step` be the Deployment controller and release v2; return the pods, and what clients saw from then on."""
    cluster, callers = open_shops(specs)
    plan = plan_by(step)
    cluster.replace("deployment-controller", lambda api, loop: DeploymentController(api, loop, plan=plan))
    pods = {title: pods_of(cluster, title) for title in specs}
    cluster.run(seconds=2)
    before = {title: len(caller.seen) for title, caller in callers.items()}
    for title in specs:
        cluster.apps.patch_namespaced_deployment(name_of(title), "default", image("v2"))
    cluster.run(seconds=25)
    refuse_crashed(cluster, "deployment-controller")  # else another's work would be judged
    drawn = {title: drawn_of(cluster, title, pods[title]) for title in specs}
    return drawn, {title: caller.stop()[before[title] :] for title, caller in callers.items()}


# %% id="your-rollouts" role="code"
refuse_unwritten(rolling_step, 1, 1, 0, [])
drawn, seen_by = roll_by(rolling_step, by_surge)
for title, seen in seen_by.items():
    last = max(one.time_s for one in seen if one.version == "v1") - seen[0].time_s
    print(f"{title}: v1 answered for about {nearest(SECONDS, last)} s more, then", *sorted(tally(seen))[1:])
    assert "error" not in tally(seen), "requests failed, see the line above"
samples = drawn["maxSurge 1"]
end_s = samples[0].time_s + 27
plot_rollout(samples, most=5, least=4, end_s=end_s, title="Your rolling_step, maxSurge 1")

# %% id="rolling-step-at-work" role="test" points=2
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.step_at_work(rolling_step, points=2)

# %% [markdown] id="bad-versions" role="text"
# ## 4. When the new version is bad
#
# The image does not exist. 10 replicas, `maxSurge: 25%`, `maxUnavailable: 50%`, as in the record; the client goes on. And
# `progressDeadlineSeconds` is 30, so that nobody waits for long; the default is 600.

# %% id="bad-image" role="code"
limits = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "50%"}}
shop = {"lifecycle": SLEEP, "replicas": 10, "strategy": limits, "progressDeadlineSeconds": 30}
bad, callers = open_shops({"shop": shop})
bad.nodes.registry.set("shop:v2", error="shop:v2: not found")
pods = pods_of(bad, "shop")
bad.run(seconds=5)
bad.apps.patch_namespaced_deployment("shop", "default", image("v2"))
bad.run(seconds=15)
print("answers of", *sorted(tally(callers["shop"].stop())))
samples = drawn_of(bad, "shop", pods)
end_s = samples[0].time_s + 20
plot_rollout(samples, most=13, least=5, end_s=end_s, title="An image that does not exist")

# %% id="my-deadline" role="code"
deadline_said = predict(
    "after-deadline",
    "progressDeadlineSeconds is 30. What happens to the ReplicaSets once they have passed?",
    choices=["rolled back", "new pods deleted", "nothing"],
    default="rolled back",
    answer="?",
)


# %% id="true-deadline" role="code"
def sizes():
    sets = bad.apps.list_namespaced_replica_set("default").items
    return {rs.spec.template.spec.containers[0].image: rs.spec.replicas for rs in sets}


before = sizes()
bad.wait(lambda: has_given_up(bad))
bad.run(seconds=5)
fewer = "rolled back" if sizes()["shop:v1"] > before["shop:v1"] else "new pods deleted"
deadline_said.reveal(
    "nothing" if sizes() == before else fewer,
    why="The deadline measures silence and changes one condition; nobody rolls back.",
)

# %% id="deadline-status" role="code"
status = bad.apps.read_namespaced_deployment("shop", "default").status
for condition in sorted(status.conditions, key=lambda each: each.type):
    print(f"{condition.type}={condition.status}: {condition.reason}")
print(
    f"{status.replicas} pods, {status.available_replicas} available, {status.updated_replicas} of them new;",
    sizes(),
)

# %% [markdown] id="deadline-why" role="text"
# Nothing rolls back. The deadline measures **silence**: every bit of progress renews it, and when it passes, one
# condition changes, so that you, your pipeline or `kubectl rollout status` can see it. The old pods that are left serve on,
# and the Deployment is even `Available`: 5 of 10 is all that `maxUnavailable: 50%` asks for. A smaller `maxUnavailable` is
# what protects you from a bad version.
#
# A **rollback** is another rollout, to the template of an old ReplicaSet. Somebody asks for it; section 6 does.
#
# ## 5. What a changed ConfigMap does
#
# A rollout begins when the **pod template** changes. A ConfigMap is not part of it, only its name is.
#
# **Predict:** how many ReplicaSets are there after each of these three changes?

# %% id="my-sets" role="code"
sets_said = predict(
    "replicasets-after",
    "How many ReplicaSets are there after each of these changes, done one after the other?",
    choices=[1, 2, 3, 4],
    each=["edit the ConfigMap", "annotate the Deployment", "annotate its template"],
    default=[2, 2, 3],
    answer="?",
)

# %% id="config-changes" role="code"
import hashlib

cluster = open_cluster(deployment("shop", "v1", SHOP), service("shop", **SHOP))
cluster.core.create_namespaced_config_map("default", {"metadata": {"name": "shop"}, "data": {"mode": "slow"}})
changed = cluster.core.patch_namespaced_config_map("shop", "default", {"data": {"mode": "fast"}})
checksum = hashlib.sha256(json.dumps(changed.data, sort_keys=True).encode()).hexdigest()
metadata = {"metadata": {"annotations": {"checksum/config": checksum[:12]}}}
patches = {"annotate the Deployment": metadata, "annotate its template": {"spec": {"template": metadata}}}

# %% id="sets-seen" role="code"
counted = {}
for change in ("edit the ConfigMap", *patches):
    if change in patches:
        cluster.apps.patch_namespaced_deployment("shop", "default", patches[change])
    cluster.run(seconds=2)
    counted[change] = len(cluster.apps.list_namespaced_replica_set("default").items)
sets_said.reveal(counted, why="Only a changed pod template begins a rollout.")

# %% [markdown] id="config-why" role="text"
# So a common trick writes a checksum of the content into the *template's* annotations (Helm's `sha256sum`; Kustomize changes
# the ConfigMap's name instead). The keys must be sorted, or the same content can have two checksums and restarts pods
# for nothing.
#
# And what do the **running** containers see, without a rollout?
#
# | how the container uses the key | what it sees after a change |
# |---|---|
# | a mounted volume, `configMap` or `projected` | the new file, after some time: **live** |
# | a volume mounted with `subPath` | the old file until the container is started again: **restart** |
# | `env` with `configMapKeyRef` | the old value until then: **restart** |
# | `envFrom` | all keys are variables, the same: **restart** |
#
# "Some time" is the kubelet's period for a pod, a minute to a minute and a half; then it swaps one symbolic link, `..data`, so that
# all files of a volume change at once. The *program* must still notice. With `immutable: true` the data cannot change at
# all, and the kubelet does not even watch.
#
# *Source: `pkg/kubelet/pod_workers.go`, `pkg/volume/util/atomic_writer.go`, `pkg/kubelet/kubelet_pods.go`, v1.36.2.*
#
# ### Exercise: `config_effect(pod_spec, configmap, key)`
#
# The value of `key` in the ConfigMap named `configmap` changes. Return `{container name: effect}` for all containers, init
# containers too: `"live"`, `"restart"`, or `"none"` when the container does not use this key.
#
# - Where a container uses the key in both ways, `"restart"` wins: until then it sees two values.
# - A volume has `configMap: {name, items}` or `projected: {sources: [{configMap: {name, items}}, ...]}`; other volumes and
#   sources do not matter.
# - `items`, when given, choose the keys of a volume: `[{key: mode, path: file}]` shows only `mode`, as the file `file`.
#   Without items every key is a file of its own name.
# - `subPath` is the name of one file of the volume. If it shows another key, that mount is `"none"`.
# - `env`, `envFrom`, `volumeMounts`, `volumes` and `initContainers` may be missing.
# - What the function is given must stay as it is.
#
# Example: one container `web` with a mount of a volume `{name: v, configMap: {name: app}}` and key `mode` of `app`:
# `{"web": "live"}`.
#
# <details><summary>Hint 1</summary>First make a dict: for each volume, the names of the files that show this key.</details>
# <details><summary>Hint 2</summary>Collect the effects of one container in a set, then choose by rank.</details>
# <details><summary>Hint 3</summary>A missing <code>items</code> is the same as
# <code>[{"key": key, "path": key}]</code> here.</details>


# %% id="config-effect" role="exercise"
def config_effect(pod_spec, configmap, key):
    """Return what each container sees of a changed key: "live", "restart" or "none"."""

    ### BEGIN SOLUTION
    def files(source):
        if source.get("name") != configmap:
            return []
        items = source.get("items", [{"key": key, "path": key}])
        return [item["path"] for item in items if item["key"] == key]

    shown = {}
    for volume in pod_spec.get("volumes", []):
        sources = [volume, *volume.get("projected", {}).get("sources", [])]
        shown[volume["name"]] = [path for source in sources for path in files(source.get("configMap", {}))]

    def effect(container):
        references = [each.get("valueFrom", {}).get("configMapKeyRef") for each in container.get("env", [])]
        if any(ref and (ref["name"], ref["key"]) == (configmap, key) for ref in references):
            return "restart"
        if any(
            each.get("configMapRef", {}).get("name") == configmap for each in container.get("envFrom", [])
        ):
            return "restart"
        mounts = container.get("volumeMounts", [])
        if any(mount.get("subPath") in shown.get(mount["name"], []) for mount in mounts):
            return "restart"
        return "live" if any(shown.get(m["name"]) for m in mounts if not m.get("subPath")) else "none"

    containers = pod_spec.get("initContainers", []) + pod_spec["containers"]
    return {container["name"]: effect(container) for container in containers}
    ### END SOLUTION


# %% id="config-effect-examples" role="test" points=2
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.config_examples(config_effect, points=2)

# %% id="config-effect-unseen" role="test" points=1
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.config_unseen(config_effect, seed=8, points=1)
### BEGIN HIDDEN TESTS
course.units.u08_rollouts.checks.config_unseen(config_effect, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** What release strategies does Kubernetes have, how does a rolling update work, and what happens when a
# ConfigMap changes?
#
# **The short answer:** A Deployment can Recreate or RollingUpdate; blue-green and canary are built from Services. A rolling
# update takes one step at a time: up as far as `replicas + surge` allows, then down as far as availability allows, sick old
# pods first, new unavailable ones never counted. A changed ConfigMap starts nothing; mounted files follow, variables and
# `subPath` do not, and a checksum in the pod template makes a rollout of it.
#
# **What the common answer gets wrong:**
#
# - "No downtime": the strategy promises available pods. Requests survive only with a readiness probe at a pod's beginning and
#   time to leave at its end.
# - "One by one": surge and unavailable are counts; one rounds up, the other down.
# - "Rolls back": the deadline sets a condition. Rolling back is your patch, or your pipeline's.
# - "Canary gets a tenth": by pods it gets its share of ready pods and of new connections, whatever the number of
#   Deployments.
# - "Pods are updated after a ConfigMap changes": no template changed, so no pod is.
#
# **Why** can no number for `maxSurge` and `maxUnavailable` promise that no request fails? Answer in one sentence, then look at section 1 again.
#
# **A new situation:** 6 replicas, `maxSurge: 0`, `maxUnavailable: 2`, and a v2 that never gets ready. How many pods of each version are there in the end, and how
# many calls of `rolling_step` changed something? Try it with yours.
#
# **Next:** 09, where pods have names and go in order. The core ends here.

# %% [markdown] id="rollback-text" role="text"
# ## 6. Further: bad, but not at once
#
# This part goes on with the stuck shop of section 4, `bad`.
#
# A **rollback** is another rollout, to the template of an old ReplicaSet. That is all `kubectl rollout undo` does: it
# patches that template into the Deployment. Replicas and strategy stay as they are now.
#
# **Predict:** which revision numbers will the two ReplicaSets have after it?

# %% id="my-revisions" role="code"
revisions_said = predict(
    "revisions",
    "Which revision numbers do the two ReplicaSets have after the rollback?",
    choices=[1, 2, 3, 4],
    each=["shop:v1", "shop:v2"],
    default={"shop:v1": 1, "shop:v2": 2},
    answer="?",
)

# %% id="rollback" role="code"
old = next(rs for rs in bad.apps.list_namespaced_replica_set("default").items if rs.status.ready_replicas)
template = bad.api_client.sanitize_for_serialization(old.spec.template)
del template["metadata"]["labels"]["pod-template-hash"]
bad.apps.patch_namespaced_deployment("shop", "default", {"spec": {"template": template}})
bad.wait(lambda: sizes() == {"shop:v1": 10, "shop:v2": 0})
sets = bad.apps.list_namespaced_replica_set("default").items
revision = "deployment.kubernetes.io/revision"
found = {rs.spec.template.spec.containers[0].image: int(rs.metadata.annotations[revision]) for rs in sets}
revisions_said.reveal(found, why="A rollback is a rollout to an old template; it gets the next number.")
print(sizes())

# %% [markdown] id="rollback-why" role="text"
# No third ReplicaSet was made: the controller finds the new ReplicaSet **by comparing templates**, so v1's own is taken up
# again, with a new revision. The name's hash only keeps names apart.
#
# *Source: `pkg/controller/deployment/progress.go`, `util/deployment_util.go` (`FindNewReplicaSet`),
# `kubectl/pkg/polymorphichelpers/rollback.go`, v1.36.2.*
#
# ### A version that crashes later
#
# This v2 is ready at once and crashes after eight seconds, again and again.

# %% id="my-crashes" role="code"
crashes_said = predict(
    "crashing-version",
    "Which share of 1000 requests fails, roughly?",
    choices=["none", "a tenth", "half", "all"],
    each=["minReadySeconds 0", "minReadySeconds 15"],
    default=["a tenth", "a tenth"],
    answer="?",
)


# %% id="min-ready" role="code"
def release_crashing(specs):
    """Release a v2 that crashes after 8 s; return what each client saw and the sizes of its ReplicaSets."""
    cluster, callers = open_shops(specs)
    cluster.nodes.programs.register("shop:v2", "exit 1 after 8s")
    cluster.run(seconds=5)
    for title in specs:
        cluster.apps.patch_namespaced_deployment(name_of(title), "default", image("v2"))
    cluster.run(seconds=45)
    left = {title: [] for title in specs}
    for one in cluster.apps.list_namespaced_replica_set("default").items:
        title = next(title for title in specs if name_of(title) == one.metadata.labels["app"])
        left[title].append((one.spec.template.spec.containers[0].image, one.spec.replicas))
    return {title: (tally(callers[title].stop()), sorted(sizes)) for title, sizes in left.items()}


# %% id="min-ready-seen" role="code"
SHARES = {"none": 0, "a tenth": 0.1, "half": 0.5, "all": 1}
proofs = {f"minReadySeconds {s}": {"lifecycle": SLEEP, "minReadySeconds": s} for s in (0, 15)}
crashes = release_crashing(proofs)
failed = {name: seen.get("error", 0) / sum(seen.values()) for name, (seen, _) in crashes.items()}
crashes_said.reveal(
    {name: min(SHARES, key=lambda each: abs(SHARES[each] - share)) for name, share in failed.items()},
    why="With 0 the rollout was complete before the first crash; with 15 no new pod became available.",
)
for name, (seen, left) in crashes.items():
    print(f"{name}: answers of {', '.join(sorted(set(seen) - {'error'}))}; left {dict(left)}")

# %% [markdown] id="min-ready-why" role="text"
# With 0, a pod is available the moment it is ready: the rollout was **complete** before the first crash. With 15, no new pod
# ever became available, so no more old ones went. `minReadySeconds` is how long a version must prove itself.
#
# ### Somebody else's word
#
# Ready can also wait for something that no probe sees: a load balancer, an approval. A pod with `readinessGates` is Ready only
# when its containers are ready **and** each condition named there is True. The kubelet never writes these conditions;
# somebody else must. Here you are somebody: every ten seconds the pods that are there are approved. The shop has 4 replicas, surge 1 and unavailable 1.

# %% id="my-approvals" role="code"
approvals_said = predict(
    "approvals",
    "How many times must the pods that are there be approved until no old pod is left?",
    number=(1, 8),
    default=4,
    answer="?",
)

# %% id="readiness-gates" role="code"
cluster = open_cluster(deployment("shop", "v1", SHOP), service("shop", **SHOP))
gated = image("v2")
gated["spec"]["template"]["spec"]["readinessGates"] = [{"conditionType": "shop/approved"}]
cluster.apps.patch_namespaced_deployment("shop", "default", gated)
approved = {"status": {"conditions": [{"type": "shop/approved", "status": "True"}]}}

# %% id="approvals-seen" role="code"
seen = []
for _ in range(8):
    cluster.run(seconds=10)
    pods = cluster.core.list_namespaced_pod("default").items
    new = [pod for pod in pods if pod.spec.readiness_gates]
    seen.append((len(pods) - len(new), len(new)))
    for pod in new:
        cluster.core.patch_namespaced_pod_status(pod.metadata.name, "default", approved)
    if len(new) == len(pods):
        break
approvals_said.reveal(
    len(seen) - 1, why="Each approval makes all pods that are there available, two at a time and more."
)
for times, (old, new) in enumerate(seen):
    print(f"approved {times} times: {old} old, {new} new pods")

# %% [markdown] id="scaling" role="text"
# ## 7. Further: scaling in the middle
#
# A recorded rollout was stuck with 6 old pods and 7 new ones that were not ready. Then the Deployment was scaled from 7 to 10
# (`maxSurge: 100%`). **Predict:** what are the sizes of both ReplicaSets in the end?

# %% id="my-scaled" role="code"
scaled_said = predict(
    "scaled-while-stuck",
    "Which sizes do the ReplicaSets have in the end?",
    choices=range(15),
    each=["v1", "v2"],
    default={"v1": 6, "v2": 10},
    answer="?",
)

# %% id="scaled-record" role="code"
[scaled] = [row for row in recorded if row["case"].get("scale_to") == 10 and "stuck" in row]
scaled_said.reveal(
    scaled["trace"][-1], why="Both get their share of the new pods, in proportion to their sizes."
)
print("before:", {name: rs["spec"] for name, rs in scaled["stuck"].items()})
for step in scaled["trace"][scaled["trace"].index({"v1": 6, "v2": 7}) + 1 :]:
    print("then:  ", step)

# %% [markdown] id="scaling-rules" role="text"
# Both got new pods, in **proportion** to their sizes: the old version, which works, is not left behind. (The new one even got
# 11, more than the 10 asked for; the next step of the rollout cut it.)
#
# The rules of the one step that scales:
#
# 1. Only one ReplicaSet has pods: it gets `replicas`, without surge. None has: the newest gets them.
# 2. Otherwise the target is `replicas + surge` in total, or 0 when `replicas` is 0. What is missing, or too much, is shared
#    out among those that have pods.
# 3. The larger goes first. Of equal ones the **newer** when adding, the **older** when removing.
# 4. A share is `size · (replicas + surge) / max_replicas`, rounded with **halves away from zero**, less the size; when
#    `replicas` is 0 it is the whole size, negative. `max_replicas` is the total that the Deployment allowed when it last sized
#    this ReplicaSet (an annotation); the Deployment's reported number of pods stands in when it is missing or 0, and if that is
#    0 as well, the share is no change. A share **never exceeds what is left** to give or to take, and when nothing is left it
#    is 0. It may go the *other* way, though, where `max_replicas` was larger: then more is left for the rest.
# 5. What is left over at the end goes to the first, but never below 0. It may pass `replicas`.
#
# (One look comes before these rules and is no part of the exercise: where the new ReplicaSet is *saturated*, with all `replicas` asked for and
# available, the others are set to 0.)
#
# *Source: `pkg/controller/deployment/sync.go` (`scale`), `util/deployment_util.go` (`getReplicaSetFraction`), v1.36.2.*
#
# ### Exercise: `scale_proportionally(rss, replicas, surge, status_replicas)`
#
# Return `{name: size}` for every ReplicaSet, those without pods included.
#
# - `rss` is a list of dicts: `name`, `replicas` (its size), `created` (smaller is older), `max_replicas` (a number or
#   `None`).
# - `status_replicas` is the Deployment's reported number of pods.
# - What the function is given must stay as it is.
#
# Example: the record above: sizes 6 and 7, both with `max_replicas` 14, to 10 with surge 10: `{"v1": 9, "v2": 11}`.
#
# <details><summary>Hint 1</summary>Deal with rule 1 first and return. From then on only ReplicaSets with pods matter.
# </details>
# <details><summary>Hint 2</summary>Python's <code>round(2.5)</code> is 2. <code>math.floor(x + 0.5)</code> is what you
# need for positive numbers.</details>
# <details><summary>Hint 3</summary>Keep one number, what is left to add; it is negative when there is too much. A share
# is at most this number when adding, at least this number when removing; take it off before the next.</details>


# %% id="scale-proportionally" role="exercise"
def scale_proportionally(rss, replicas, surge, status_replicas):
    """Return the size of every ReplicaSet after the Deployment was scaled to `replicas`."""
    ### BEGIN SOLUTION
    sizes = {rs["name"]: rs["replicas"] for rs in rss}
    active = [rs for rs in rss if rs["replicas"]]
    if len(active) <= 1:
        alone = active[0] if active else max(rss, key=lambda rs: rs["created"])
        return sizes | {alone["name"]: replicas}
    left = (replicas + surge if replicas else 0) - sum(sizes.values())
    growing = left > 0
    active.sort(key=lambda rs: (-rs["replicas"], -rs["created"] if growing else rs["created"]))
    for rs in active:
        before = rs["max_replicas"] or status_replicas
        if left == 0:
            break
        if replicas == 0:
            share = -rs["replicas"]
        elif before == 0:
            share = 0
        else:
            share = int(rs["replicas"] * (replicas + surge) / before + 0.5) - rs["replicas"]
        share = min(share, left) if growing else max(share, left)
        sizes[rs["name"]] += share
        left -= share
    first = active[0]["name"]
    sizes[first] = max(0, sizes[first] + left)
    return sizes
    ### END SOLUTION


# %% id="scale-proportionally-examples" role="test" points=2
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.scale_examples(scale_proportionally, points=2)

# %% id="scale-proportionally-records" role="test" points=1
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.scale_records(scale_proportionally, points=1)

# %% id="scale-proportionally-unseen" role="test" points=1
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.scale_unseen(scale_proportionally, seed=8, points=1)
### BEGIN HIDDEN TESTS
course.units.u08_rollouts.checks.scale_unseen(
    scale_proportionally, seed=course.checks.instructor_seed(), points=1
)
### END HIDDEN TESTS

# %% [markdown] id="switch" role="text"
# ## 8. Further: blue-green, the switch is yours
#
# A Deployment waits for its pods. A Service's selector waits for nobody: patched too early, it points at pods that are not
# there. **Predict:** three shops are switched 0, 3 and 10 seconds after their green was created. Do requests fail?

# %% id="my-switches" role="code"
switches_said = predict(
    "switched-too-early",
    "Do some of 400 requests fail?",
    choices=["none", "some"],
    each=["after 0 s", "after 3 s", "after 10 s"],
    default=["some", "none", "none"],
    answer="?",
)

# %% id="too-early" role="code"
DELAYS = (0, 3, 10)


def coloured(seconds, colour):
    return {"app": f"after-{seconds}", "colour": colour}


blues = []
for seconds in DELAYS:
    name, labels = f"after-{seconds}", coloured(seconds, "blue")
    blues += [deployment(f"{name}-blue", "v1", labels), service(name, **labels)]

# %% id="switches-seen" role="code"
cluster, waited = open_cluster(*blues), 0
callers = {seconds: Caller(cluster, f"http://after-{seconds}/") for seconds in DELAYS}
for seconds in DELAYS:
    new = deployment(f"after-{seconds}-green", "v2", coloured(seconds, "green"))
    cluster.apps.create_namespaced_deployment("default", new)
for seconds in DELAYS:
    cluster.run(seconds=seconds - waited)
    switch = {"spec": {"selector": coloured(seconds, "green")}}
    cluster.core.patch_namespaced_service(f"after-{seconds}", "default", switch)
    waited = seconds
cluster.run(seconds=10)
switches = {f"after {seconds} s": caller.stop() for seconds, caller in callers.items()}

# %% id="true-switches" role="code"
failed = {name: tally(seen).get("error", 0) for name, seen in switches.items()}
switches_said.reveal(
    {name: "some" if count else "none" for name, count in failed.items()},
    why="A selector waits for nobody: until green is ready there is no endpoint.",
)
print("the earlier, the more:", failed["after 0 s"] > failed["after 3 s"] > failed["after 10 s"])

# %% [markdown] id="switch-task" role="text"
# ### Exercise: `switch_service(api, svc, colour)`
#
# Let the Service `svc` select the pods with the label `colour: <colour>`, but only when they are all there. Otherwise raise
# `ValueError` and write nothing.
#
# Each colour has a Deployment **and a Service of its own**, both called `<svc>-<colour>`: `shop-green`. "All there" means:
#
# - the Deployment is **complete**: `updatedReplicas`, `replicas` and `availableReplicas` of its status all equal
#   `spec.replicas`, and its `status.observedGeneration` is at least `metadata.generation`: an older status is about an
#   older spec. A count of 0 is left out of a status;
# - the EndpointSlices of the colour's Service hold at least as many **ready** endpoints, all slices together. A slice
#   says in the label `kubernetes.io/service-name` whose it is. `conditions.ready` that is missing means ready.
#
# `api` works on plain dicts: `api.get(resource, name, "default")`; `api.list(resource, "default", label_selector="a=b")`, which
# returns a dict with `items`; `api.patch(resource, name, patch, "default")`, a merge patch. Resources are
# `"deployments"`, `"services"`, `"endpointslices"`. The switch is **one patch of the selector**; nothing else of the Service
# changes, and its selector can have further keys that stay.
#
# <details><summary>Hint 1</summary>Read everything, then decide, then write.</details>
# <details><summary>Hint 2</summary>A merge patch changes the keys that it names and leaves the others alone.</details>
# <details><summary>Hint 3</summary><code>status.get("availableReplicas", 0)</code>; and
# <code>endpoint["conditions"].get("ready") is not False</code>.</details>
#
# The check fills an API server for each case and keeps a list of what you wrote. On the cluster your function is tried once a second until it lets you switch.


# %% id="switch-service" role="exercise"
def switch_service(api, svc, colour):
    """Let `svc` select the pods of `colour`, or raise ValueError when they are not all there."""
    ### BEGIN SOLUTION
    name = f"{svc}-{colour}"
    found = api.get("deployments", name, "default")
    wanted, status = found["spec"]["replicas"], found.get("status", {})
    if status.get("observedGeneration", 0) < found["metadata"]["generation"]:
        raise ValueError(f"the controller has not seen the latest {name}")
    for count in ("updatedReplicas", "replicas", "availableReplicas"):
        if status.get(count, 0) != wanted:
            raise ValueError(f"{name} is not complete: {count} is {status.get(count, 0)}, not {wanted}")
    slices = api.list("endpointslices", "default", label_selector=f"kubernetes.io/service-name={name}")
    endpoints = [each for one in slices["items"] for each in one.get("endpoints") or ()]
    ready = sum(each.get("conditions", {}).get("ready") is not False for each in endpoints)
    if ready < wanted:
        raise ValueError(f"{name} has {ready} ready endpoints, not {wanted}")
    api.patch("services", svc, {"spec": {"selector": {"colour": colour}}}, "default")
    ### END SOLUTION


# %% id="switch-service-audit" role="test" points=2
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.switch_audit(switch_service, points=2)

# %% id="switch-at-work" role="code"
colours = service("shop", **blue), service("shop-blue", **blue), service("shop-green", **green)
cluster = open_cluster(deployment("shop-blue", "v1", blue), *colours)
caller = Caller(cluster, "http://shop/")
cluster.apps.create_namespaced_deployment("default", deployment("shop-green", "v2", green))
refused = []
for _ in range(30):
    try:
        switch_service(cluster.client(), "shop", "green")
        break
    except ValueError as reason:
        refused.append(str(reason))
        cluster.run(seconds=1)
cluster.run(seconds=10)
print("refused, for example:", *refused[1:2])
print("answers of", *sorted(tally(caller.stop())))

# %% [markdown] id="canary-text" role="text"
# ## 9. Further: canary, who gets the share?
#
# Two ways, two shares:
#
# - **By pods.** Both Deployments' pods match one Service. kube-proxy chooses among *ready endpoints*, so the canary's share of
#   **new connections** is its ready pods over all ready pods. One per cent needs a hundred pods; and a client that keeps
#   its connection open stays where it is.
# - **By weights.** Each Deployment has a Service, and a proxy before them splits **requests** by weights, as an `HTTPRoute` of
#   the Gateway API says: `backendRefs: [{name: shop-stable, weight: 95}, {name: shop-canary, weight: 5}]`.
#
# The canary of section 1 had one pod beside four, then a weight of 5 beside 95. **Predict** both shares.

# %% id="my-shares" role="code"
shares_said = predict(
    "canary-shares",
    "Which share of the requests, in per cent, did the canary get?",
    choices=[1, 5, 10, 20, 50],
    each=["by pods", "by weights"],
    default={"by pods": 5, "by weights": 5},
    answer="?",
)

# %% id="true-shares" role="code"
phases, shares = {"by pods": (10, 20), "by weights": (20, 35)}, {}
for way, (start_s, end_s) in phases.items():
    answers = [one.version for one in releases["Canary"] if start_s <= one.time_s < end_s]
    shares[way] = 100 * answers.count("v2") / len(answers)
shares_said.reveal(
    {way: nearest((1, 5, 10, 20, 50), share) for way, share in shares.items()},
    why="One of five ready pods gets a fifth of the connections; a weight of 5 in 100 gets 5 per cent.",
)
print({way: f"{share:.1f} %" for way, share in shares.items()})

# %% [markdown] id="canary-task" role="text"
# By pods the share is right on average, as each connection is drawn by chance. The splitter of this cluster is exact: 5 of
# every 100. (Real proxies draw too; their *expected* share is exact.)
#
# ### Exercise: `canary_weights(ready, weights=None)`
#
# Return each Deployment's share of the requests as `{name: [numerator, denominator]}`, in lowest terms.
#
# - `ready` is `{name: number of ready pods}`. Without `weights`, all these pods are behind one Service.
# - `weights`, when given, is `{name: weight}` of a route. The weights count, not the pods: a backend without ready pods
#   keeps its share, and those requests fail. A weight of `None` was not given and is **1**; a weight of 0 means no requests;
#   a name that is not in `weights` is not in the route and gets nothing.
# - No share is `[0, 1]`. If nobody can get anything, all get that.
# - What the function is given must stay as it is.
#
# Example: `canary_weights({"stable": 9, "canary": 1})` is `{"stable": [9, 10], "canary": [1, 10]}`.
#
# <details><summary>Hint 1</summary>Make one dict of plain numbers first; the rest is the same for both ways.</details>
# <details><summary>Hint 2</summary><code>weights.get(name, 0)</code> gives None for a weight of None. Test
# <code>is None</code>: 0 is something else.</details>
# <details><summary>Hint 3</summary><code>fractions.Fraction</code> has <code>numerator</code> and
# <code>denominator</code>.</details>


# %% id="canary-weights" role="exercise"
def canary_weights(ready, weights=None):
    """Return the share of each Deployment as [numerator, denominator]."""
    ### BEGIN SOLUTION
    from fractions import Fraction

    parts = ready if weights is None else {name: weights.get(name, 0) for name in ready}
    parts = {name: 1 if part is None else part for name, part in parts.items()}
    total = sum(parts.values()) or 1
    shares = {name: Fraction(part, total) for name, part in parts.items()}
    return {name: [share.numerator, share.denominator] for name, share in shares.items()}
    ### END SOLUTION


# %% id="canary-weights-examples" role="test" points=1
import course.units.u08_rollouts.checks

course.units.u08_rollouts.checks.canary_examples(canary_weights, points=1)

# %% [markdown] id="try" role="text"
# **Try it:** let your `rolling_step` believe that all pods are available, with
# `rss = [{**rs, "available": rs["spec"]} for rs in rss]` as its first line, and run it at work again: the client will tell. Or give
# the shop a `preStop` sleep of one second instead of three. It is enough here. What would make it too short elsewhere?
#
# ## Sources
#
# - `pkg/controller/deployment/rolling.go`, `recreate.go`, `sync.go`, `progress.go`, `util/deployment_util.go`
# - [Deployments](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/),
#   [ConfigMaps](https://kubernetes.io/docs/concepts/configuration/configmap/),
#   [Pod Lifecycle: termination](https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination)
# - [HTTPRoute traffic splitting](https://gateway-api.sigs.k8s.io/guides/traffic-splitting/)
# - The record: `insideout/records/rollout.jsonl`, 40 Deployments on a control plane v1.36.2
