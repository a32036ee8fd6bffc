# %% [markdown] id="where" role="text"
# # 15 · Monitoring: from a counter to an alert
#
# You come from **14 · kubectl exec**. Here the cluster is measured. Next is **16 · Troubleshooting**.
#
# | section | minutes | you write |
# |---|---|---|
# | 1. Where numbers come from | 8 | |
# | 2. A counter is not a rate | 15 | `prom_rate` |
# | 3. Which memory counts | 4 | `working_set` |
# | 4. From a number to a size | 15 | your examples, and `hpa_replicas` |
# | 5. When to wake somebody | 10 | `alert_states` |
# | 6. A design that runs | 6 | |
#
# You need to know what a Deployment and a resource request are; unit 06 helps. Three questions from earlier units first.

# %% id="imports" role="code"
from course.learn import predict, review
from course.plots.control import turn
from course.units.u15_monitoring import incident, recorded
from course.units.u15_monitoring.atwork import run_load
from course.units.u15_monitoring.plots.autoscaling import plot_syncs
from course.units.u15_monitoring.plots.dashboard import plot_dashboard
from course.units.u15_monitoring.plots.window import plot_window
from insideout import records
from insideout.metrics import targets

review("15_monitoring")

# %% [markdown] id="question" role="text"
# The question, as it is asked:
#
# > How would you build monitoring for a Kubernetes cluster?
#
# The answer that is passed around:
#
# > Install Prometheus and Grafana, cAdvisor gives the container metrics, kube-state-metrics the rest, and Alertmanager
# > sends the alerts.
#
# It is a list of tools. It does not say which number comes from where, what a rate is, when an alert should wake somebody,
# or what monitoring costs. You will find each of these out, on numbers of a cluster that runs here and on answers that
# Prometheus 3.14.0 gave. You will be able to
#
# - say which component measures what, and which only repeats it;
# - compute a rate by hand, as Prometheus does, with resets and gaps;
# - turn a utilisation into a number of replicas, with pods that have no metric;
# - write an alert that fires when it should, and say what a label costs.
#
# ## 1. Where numbers come from
#
# Prometheus asks. Every 15 seconds it sends `GET /metrics` to each **target** and keeps every number as a sample of a
# **series**: a name and labels. It finds its targets through the Kubernetes API: nodes, and the addresses in
# EndpointSlices.
#
# This cluster has two workloads. A Prometheus has been scraping it for a minute and a quarter.
#
# Run the next cell. Three of its targets could say how much memory the container `app` of `db` uses. It asks which one does.

# %% id="who-measures" role="code"
cluster, prometheus = incident.watched_cluster()
for target in targets(cluster):
    names = {
        line.split("{")[0].split(" ")[0] for line in target.text().splitlines() if not line.startswith("#")
    }
    print(f"{target.job:19} {target.instance:19} {len(names):3} names, such as {sorted(names)[0]}")
who = predict(
    "who-measures",
    "Which target has container_memory_working_set_bytes of the pod db?",
    choices=["apiserver", "kube-state-metrics", "kubelet"],
    default="kube-state-metrics",
    answer="?",
)

# %% id="who-measures-reveal" role="code"
query = 'container_memory_working_set_bytes{pod=~"db-.*"}'
(point,) = prometheus.query(query)
who.reveal(
    point.labels["job"], why="Only the node sees its processes; the API server never learns what they use."
)
print(f"{query} = {point.value / 2**20:g} MiB")

# %% [markdown] id="five-sources" role="text"
# A node's kubelet has four pages: `/metrics` about itself, `/metrics/cadvisor` and `/metrics/resource` about containers,
# `/metrics/probes` about probes. The common answer knows one of them. **kube-state-metrics measures nothing**: it turns
# what the API says into numbers. So the first two lines below
# answer different questions.
#
# The names are not the course's own. `records.read("metrics_catalog")` holds 336 names as the components of v1.36.2,
# cAdvisor, etcd and kube-state-metrics 2.20.0 expose them; below are the pages that have most.

# %% id="two-questions" role="code"
from collections import Counter

print(
    "cores requested:", incident.rows(prometheus.query("sum by (pod) (kube_pod_container_resource_requests)"))
)
used = "sum by (pod) (rate(container_cpu_usage_seconds_total[1m]))"
print("cores used:     ", [row[-1] for row in incident.rows(prometheus.query(used), "pod")])
pages = Counter((row["component"], row["endpoint"]) for row in records.read("metrics_catalog")[0]["metrics"])
for (component, endpoint), count in pages.most_common(6):
    print(f"{count:3} names at {endpoint:18} of {component}")

# %% [markdown] id="counters" role="text"
# ## 2. A counter is not a rate
#
# `container_cpu_usage_seconds_total` only grows: it is a **counter**, and a restart of the process sets it back to 0.
# What one wants to see is `rate(...[1m])`: how fast it grew in the last minute, a second.
#
# Here is one that was recorded, with a Prometheus that answered.

# %% id="facts-predict" role="code"
facts = next(row for row in records.read("promql") if row["id"] == "m1001-000")
counter = facts["series"][0]["samples"]
print("samples", counter, "- asked at", facts["at"], "for", facts["query"])
increase = predict(
    "increase-of-facts",
    "The counter fell from 30 to 5. What is its increase in the 60 seconds up to 75?",
    choices=["5: the last minus the first that counts", "35: 30 before it fell, 5 after", "46.67", "50"],
    default="5: the last minus the first that counts",
    answer="?",
)

# %% id="facts-reveal" role="code"
truth = f"{float(facts['want'][0][1]):.4g}"
why = "A fall is a restart: 30 is added. Then the increase is stretched over the whole window."
increase.reveal(truth, why=why)
print("Prometheus 3.14.0:", facts["want"][0][1], "- Prometheus 2.42.0:", facts["want_v2"][0][1])

# %% [markdown] id="edge-text" role="text"
# The two versions differ, and no document need tell you why: the records do. Here are queries that only **count** the
# samples of a window. The window begins at `t − window`.

# %% id="edge-predict" role="code"
counts = recorded.counts()
for one in [one for one in counts if one.new != one.old][:4]:
    print(f"window {one.start:g}..{one.end:g}: samples at {one.times}; 3.14 counts {one.new}, 2.42 {one.old}")
edge = predict(
    "window-edge",
    "Which samples count in Prometheus 3?",
    choices=["t - window <= at <= t", "t - window < at <= t", "t - window <= at < t"],
    default="t - window <= at <= t",
    answer="?",
)

# %% id="edge-reveal" role="code"
rules = {
    "t - window <= at <= t": lambda one: sum(one.start <= at <= one.end for at in one.times),
    "t - window < at <= t": lambda one: sum(one.start < at <= one.end for at in one.times),
    "t - window <= at < t": lambda one: sum(one.start <= at < one.end for at in one.times),
}
agree = {text: sum(rule(one) == one.new for one in counts) for text, rule in rules.items()}
edge.reveal(max(agree, key=agree.get), why="Only this rule agrees with every recorded count.")
print(f"of {len(counts)} recorded counts agree: {list(agree.values())}")

# %% [markdown] id="stretch" role="text"
# So far: which samples count, and what a fall means. The third part is the **stretching**. The samples in a window do
# not reach its ends. Prometheus carries the increase on to an end that is near, as if the counter had gone on
# alike. Turn the window and watch the red line.

# %% id="stretch-control" role="code"
steady = [[10 + 15 * n, 40 + 12 * n] for n in range(12)]


def look(window, until):
    return plot_window(steady, until, window)


turn(look, window=[20, 40, 60, 90, 120], until=[95, 100, 130, 170, 210], still={"window": 60, "until": 100})

# %% [markdown] id="prom-rate-task" role="text"
# The rules, as `extrapolatedRate` in `promql/functions.go` of v3.14.0 has them:
#
# - *Spacing* is the time from the first to the last sample, divided by the number of steps between them.
# - An end is **near** when the gap to it is less than 1.1 spacings. Then the increase is stretched over the whole gap.
#   To an end that is not near it is stretched by half a spacing.
# - A counter was never below 0. So the stretch to the window's beginning is not longer than the time in which
#   the counter, at its own speed, would have come from 0 to the first sample. (No such bound where nothing increased.)
# - The increase over the stretched time is then divided by the window: that is the rate.
#
# ### Exercise: `prom_rate(samples, t, window, left_closed=False)`
#
# Return the rate a second, a float, or `None` where there is none.
#
# - `samples` is a list of `[seconds, value]` of one counter, in the order of time, at different times; it may be empty.
# - `t` is the time of the query, `window` its length; both are in seconds.
# - The samples that count are those with `t - window < at <= t`; with `left_closed`, as before Prometheus 3, one exactly
#   at `t - window` counts, too.
# - Fewer than two samples that count: `None`.
# - A value smaller than the one before it means a reset: what the counter had before is added to the increase.
# - Compared to 1e-9, relatively.
#
# The checks: small cases; the answers of two real servers; random ones.
#
# Example: `prom_rate([[15, 0], [30, 15], [45, 30], [60, 5], [75, 20]], 75, 60)` is 46.666… / 60.
#
# <details><summary>Hint 1</summary>Choose the samples first. With two or more, last minus first, divided by the time
# between them, is already right where nothing falls and the ends are at the samples.</details>
# <details><summary>Hint 2</summary>Reckon the increase with its resets; then only the stretched time is left. Keep the two
# gaps, to the beginning and to the end, in variables of their own.</details>
# <details><summary>Hint 3</summary>The order matters: first half a spacing where the beginning is far, then the bound
# by the counter's zero, then the end. <code>factor = (measured + to_start + to_end) / measured</code>, and the rate is
# <code>increase * factor / window</code>.</details>


# %% id="prom-rate" role="exercise"
def prom_rate(samples, t, window, left_closed=False):
    """Return the rate of a counter in the `window` seconds up to `t`, or None."""
    ### BEGIN SOLUTION
    start = t - window
    inside = [(at, v) for at, v in samples if (start < at or (left_closed and at == start)) and at <= t]
    if len(inside) < 2:
        return None
    (first_at, first), (last_at, last) = inside[0], inside[-1]
    increase = last - first
    for number in range(1, len(inside)):
        if inside[number][1] < inside[number - 1][1]:
            increase += inside[number - 1][1]
    measured = last_at - first_at
    spacing = measured / (len(inside) - 1)
    to_start, to_end = first_at - start, t - last_at
    if to_start >= spacing * 1.1:
        to_start = spacing / 2
    if increase > 0:
        to_start = min(to_start, measured * first / increase)
    if to_end >= spacing * 1.1:
        to_end = spacing / 2
    return increase * (measured + to_start + to_end) / measured / window
    ### END SOLUTION


# %% id="prom-rate-examples" role="test" points=3
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.rate_examples(prom_rate, points=3)

# %% id="prom-rate-records" role="test" points=1
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.rate_records(prom_rate, points=1)

# %% id="prom-rate-unseen" role="test" points=1
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.rate_unseen(prom_rate, seed=15, points=1)
### BEGIN HIDDEN TESTS
course.units.u15_monitoring.checks.rate_unseen(prom_rate, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="memory" role="text"
# ## 3. Which memory counts
#
# A container's cgroup counts every page that it uses, file cache included. Cache that was not used lately
# (`inactive_file`) can be dropped at once when memory is short. So the kubelet reports, and evicts by, the **working set**:
# usage without it. What `kubectl top` shows is this, too, and it is not the process's RSS.

# %% id="memory-predict" role="code"
copied = predict(
    "copied-file",
    "A container with 100 MiB of its own copies a file of 2 GiB once. Its usage is 2148 MiB. What is its working set about?",
    choices=["2148 MiB", "100 MiB", "2048 MiB"],
    default="2148 MiB",
    answer="?",
)

# %% [markdown] id="working-set-task" role="text"
# ### Exercise: `working_set(usage, inactive_file)`
#
# Both are bytes; so is the result, which is never negative (the two numbers are not read at the same instant).
#
# Example: `working_set(700, 200)` is 500.
#
# <details><summary>Hint 1</summary>Subtract.</details>
# <details><summary>Hint 2</summary>What if the second number is larger?</details>
# <details><summary>Hint 3</summary><code>max(0, ...)</code></details>


# %% id="working-set" role="exercise"
def working_set(usage, inactive_file):
    """Return the working set in bytes."""
    ### BEGIN SOLUTION
    return max(0, usage - inactive_file)
    ### END SOLUTION


# %% id="working-set-examples" role="test" points=1
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.working_set_examples(working_set, points=1)

# %% id="memory-reveal" role="code"
MiB = 2**20
copied.reveal(
    f"{course.units.u15_monitoring.answers.working_set(2148 * MiB, 2048 * MiB) // MiB} MiB",
    why="The copied file lies in the cache and is not used again.",
)

# %% [markdown] id="sizes" role="text"
# ## 4. From a number to a size
#
# The HorizontalPodAutoscaler asks every 15 seconds for the usage of all pods and reckons how many there should be. The answer that
# is passed around: *new = current × usage ÷ target, rounded up*.
#
# Here are recorded proposals of the real controller: what each pod requests and uses (in thousandths of a core), and the
# target in percent of the request.

# %% id="recorded-proposals" role="code"
for number in (0, 12, 30):
    current, pods, target = recorded.hpa_cases()[number].arguments
    total = sum(usage or 0 for _, usage, _ in pods) * 100 // sum(request for request, _, _ in pods)
    missing = sum(usage is None for _, usage, _ in pods)
    said = recorded.hpa_cases()[number].expected
    print(
        f"{len(pods)} pods, {missing} without a metric, {total} % on average, target {target} %: {current} -> {said}"
    )

# %% id="missing-predict" role="code"
missing = predict(
    "missing-pods",
    "Four pods, target 50 %. Three use 20 %, the fourth has no metric. How many pods does the controller want?",
    number=(0, 10),
    unit="pods",
    default=2,
    answer="?",
)

# %% id="missing-reveal" role="code"
answers = course.units.u15_monitoring.answers
said = answers.hpa_replicas(4, [(1000, 200, True)] * 3 + [(1000, None, True)], 50)
missing.reveal(
    said, why="On the way down a pod without a metric is taken to use all that it requests: 40 % on average."
)

# %% [markdown] id="hpa-own-text" role="text"
# The rules (`pkg/controller/podautoscaler/replica_calculator.go`, v1.36.2):
#
# 1. **Utilisation** is what the *measured* pods use, divided by what they request, in whole percent, rounded down. The
#    **ratio** is utilisation ÷ target.
# 2. A ratio within 1 ± tolerance, the edges included, keeps the current size.
# 3. All pods measured and ready: the ratio times the number of those pods, rounded up. Not times the current size.
# 4. **Unready** pods (their usage says little) are left out. If the ratio says *grow*, they count as using nothing.
# 5. Pods **without a metric**: if the ratio says *shrink*, each counts as using 100 % of its request, or the target if that
#    is more; if it says *grow*, 0.
# 6. With what was assumed in 4 and 5 the ratio is reckoned again, over all pods that count now. Within the tolerance, or on
#    the other side of 1, the current size stays. So it does when the new size would go against the ratio.
# 7. No pod with a usable metric, or a pod without a request: no answer.
#
# ### Exercise: examples first
#
# Before you write the function, write examples that tell it from wrong ones: a list of tuples
# `(current, pods, target, tolerance, answer)`. A pod is `(request, usage, ready)`, request and usage in thousandths of a
# core, usage `None` where there is no metric. An example that has no answer has the answer `"raises ValueError"`.
#
# Each is held against the real rules. Then known misconceptions are tried on them: how many would your examples
# catch?
#
# <details><summary>Hint 1</summary>One example a rule.</details>
# <details><summary>Hint 2</summary>A current size that is not the number of pods catches the most common mistake.</details>
# <details><summary>Hint 3</summary>For each of unready and missing pods: once while growing, once while shrinking.</details>

# %% id="hpa-own" role="exercise"
hpa_examples = [
    (4, [(1000, 900, True)] * 4, 50, 0.1, 8),
    ### BEGIN SOLUTION
    (6, [(1000, 900, True)] * 4, 50, 0.1, 8),
    (4, [(1000, 559, True)] * 4, 50, 0.1, 4),
    (4, [(1000, 540, True)] * 4, 50, 0.1, 4),
    (4, [(1000, 200, True)] * 3 + [(1000, None, True)], 50, 0.1, 4),
    (4, [(1000, 900, True)] * 3 + [(1000, 900, False)], 50, 0.1, 6),
    (6, [(1000, 100, True)] * 5 + [(1000, None, True)], 50, 0.1, 3),
    ### END SOLUTION
]

# %% id="hpa-own-caught" role="test" points=2
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.hpa_own_examples(hpa_examples, points=2)

# %% [markdown] id="hpa-task" role="text"
# ### Exercise: `hpa_replicas(current, pods, target, tolerance=.1)`
#
# Return the number of replicas, an int, by the seven rules.
#
# - `current` is the size now; it need not be the number of pods.
# - `pods` is a list of `(request, usage, ready)`: whole numbers of thousandths of a core; usage is `None` without a metric;
#   a pod without a metric is ready here. A request of `None` is none; 0 is one.
# - `target` is a whole number of percent.
# - Where rule 7 says that there is no answer, raise `ValueError`.
#
# Example: four pods that request 1000 and use 900, target 50: `8`.
#
# <details><summary>Hint 1</summary>All pods ready and measured first: utilisation with <code>//</code>, the tolerance, then
# <code>math.ceil</code>.</details>
# <details><summary>Hint 2</summary>Make a list of (request, usage) that counts. Rules 4 and 5 add to that list; rule 6 is
# the same reckoning once more.</details>
# <details><summary>Hint 3</summary>After the second reckoning, in this order: within the tolerance or the other
# side of 1? Then the size, and whether it goes against the second ratio.</details>


# %% id="hpa-replicas" role="exercise"
def hpa_replicas(current, pods, target, tolerance=0.1):
    """Return the size for `pods`, a list of (request, usage or None, ready)."""
    ### BEGIN SOLUTION
    import math

    def ratio_of(counted):
        requested = sum(request for request, _ in counted)
        if not requested:
            raise ValueError("no requests")
        return sum(usage for _, usage in counted) * 100 // requested / target

    def close(ratio):
        return 1.0 - tolerance <= ratio <= 1.0 + tolerance

    if any(request is None for request, _, _ in pods):
        raise ValueError("a pod has no request")
    counted = [(request, usage) for request, usage, ready in pods if ready and usage is not None]
    unready = [request for request, usage, ready in pods if usage is not None and not ready]
    missing = [request for request, usage, _ in pods if usage is None]
    if not counted:
        raise ValueError("no usable metric")
    ratio = ratio_of(counted)
    grows_past_unready = bool(unready) and ratio > 1
    if not grows_past_unready and not missing:
        return current if close(ratio) else math.ceil(ratio * len(counted))
    if ratio < 1:
        counted += [(request, request * max(100, target) // 100) for request in missing]
    elif ratio > 1:
        counted += [(request, 0) for request in missing]
    if grows_past_unready:
        counted += [(request, 0) for request in unready]
    again = ratio_of(counted)
    if close(again) or (ratio < 1 < again) or (again < 1 < ratio):
        return current
    replicas = math.ceil(again * len(counted))
    if (again < 1 and replicas > current) or (again > 1 and replicas < current):
        return current
    return replicas
    ### END SOLUTION


# %% id="hpa-replicas-examples" role="test" points=3
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.hpa_examples(hpa_replicas, points=3)

# %% id="hpa-replicas-records" role="test" points=1
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.hpa_records(hpa_replicas, points=1)

# %% id="hpa-replicas-unseen" role="test" points=1
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.hpa_unseen(hpa_replicas, seed=15, points=1)
### BEGIN HIDDEN TESTS
course.units.u15_monitoring.checks.hpa_unseen(hpa_replicas, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="hpa-work" role="text"
# ### Your function at work
#
# Now it sizes a Deployment. Every 15 seconds it is asked, with what the kubelets measured. A new pod needs 20 seconds before
# it serves. The load is given in thousandths of a core; each pod requests 200 and the target is 50 %.

# %% id="hpa-work-picture" role="code"
plot_syncs(run_load(hpa_replicas, [100, 500, 900, 300]))

# %% id="hpa-replicas-work" role="test" points=1
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.hpa_at_work(hpa_replicas, points=1)

# %% [markdown] id="alerts" role="text"
# The real controller then holds the size to limits: no more than double (or 4) at once, and on the way down the highest
# recommendation of the last five minutes (`insideout/controllers/podautoscaler/limits.py` has them, and agrees with 912
# recorded syncs). With several metrics the largest proposal wins; a metric that fails stops a shrinking, not a growing.
#
# ## 5. When to wake somebody
#
# An alerting rule is a query and a time: `for`. At every evaluation Prometheus looks whether the query has a result.
#
# - A result makes the alert **pending**; once it has been there for `for` seconds the alert is **firing**. With `for: 0`
#   it fires at once.
# - At an evaluation without a result the alert is **inactive**, and the wait begins anew.
# - With `keep_firing_for` a *firing* alert goes on firing, until that many seconds have passed since the first
#   evaluation without a result. A pending one does not.

# %% id="alert-predict" role="code"
flapping = predict(
    "flapping",
    "for: 60s, evaluated every 15 s. The result is there four times, missing once, there four times. How often is it firing?",
    number=(0, 9),
    default=5,
    answer="?",
)

# %% [markdown] id="alert-task" role="text"
# ### Exercise: `alert_states(there, interval, hold, keep=0)`
#
# Return the state after each evaluation: a list of `"inactive"`, `"pending"`, `"firing"`.
#
# - `there` is a list of bools: whether the query had a result at that evaluation. The first evaluation is at second 0, the
#   others follow every `interval` seconds.
# - `hold` is `for`, `keep` is `keep_firing_for`, both in seconds.
#
# Example: `alert_states([True, True, True, False], 15, 30)` is `["pending", "pending", "firing", "inactive"]`.
#
# <details><summary>Hint 1</summary>Remember since when the alert has been there; <code>None</code> when it is inactive.</details>
# <details><summary>Hint 2</summary>A firing alert that misses its result remembers since when it has missed it.</details>
# <details><summary>Hint 3</summary>Firing is a state to remember, too: what is kept is not reckoned anew.</details>


# %% id="alert-states" role="exercise"
def alert_states(there, interval, hold, keep=0):
    """Return the alert's state after each evaluation."""
    ### BEGIN SOLUTION
    states, state, since, missed = [], "inactive", None, None
    for number, result in enumerate(there):
        now = number * interval
        if result:
            if state == "inactive":
                state, since = "pending", now
            missed = None
            if now - since >= hold:
                state = "firing"
        elif state == "firing":
            missed = now if missed is None else missed
            if now - missed >= keep:
                state = "inactive"
        else:
            state = "inactive"
        states.append(state)
    return states
    ### END SOLUTION


# %% id="alert-states-examples" role="test" points=1
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.alert_examples(alert_states, points=1)

# %% id="alert-states-unseen" role="test" points=1
import course.units.u15_monitoring.checks

course.units.u15_monitoring.checks.alert_records(alert_states, points=1)
### BEGIN HIDDEN TESTS
course.units.u15_monitoring.checks.alert_unseen(alert_states, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% id="alert-reveal" role="code"
states = course.units.u15_monitoring.answers.alert_states([True] * 4 + [False] + [True] * 4, 15, 60)
flapping.reveal(states.count("firing"), why="It needs five results in a row; one gap starts the wait anew.")

# %% [markdown] id="design" role="text"
# ## 6. A design that runs
#
# Four signals tell most: **latency**, **traffic**, **errors**, **saturation**. Now somebody releases a version of the
# shop that ends after five seconds. Prometheus watches.

# %% id="bad-release" role="code"
incident.bad_release(cluster)
waiting = prometheus.query("sum by (reason) (kube_pod_container_status_waiting_reason)")
print("waiting:", incident.rows(waiting, "reason"))
print(
    "not available:",
    incident.rows(prometheus.query("kube_deployment_status_replicas_unavailable"), "deployment"),
)
cluster.table("pods")

# %% id="alert-predict-design" role="code"
ALERTS = [
    'kube_pod_status_phase{phase="Running"} == 0',
    "increase(kube_pod_container_status_restarts_total[10m]) > 2",
    "up == 0",
]
best = predict(
    "which-alert",
    "Which of these wakes somebody for this, and does not for a single restart?",
    choices=ALERTS,
    default='kube_pod_status_phase{phase="Running"} == 0',
    answer="?",
)

# %% id="alert-reveal-design" role="code"
found = {query: len(prometheus.query(query)) for query in ALERTS}
best.reveal(
    max(found, key=found.get),
    why="The phase of a pod that crashes again and again is Running; every target is up.",
)
print("results:", list(found.values()))

# %% id="roll-back" role="code"
incident.roll_back(cluster)
turn(
    lambda minute: plot_dashboard(prometheus, minute), minute=[1, 1.5, 2, 2.5, 3, 3.5, 4], still={"minute": 4}
)

# %% [markdown] id="dashboard-text" role="text"
# Every panel is one query; `course/units/u15_monitoring/grafana.json` has the same panels for Grafana. A pod that runs for
# five seconds was *available* for five seconds, so the rollout went on and took every old pod away. `minReadySeconds`
# would have stopped it; unit 08 has the rest.
#
# What does it cost? Every combination of label values is a series, and every scrape carries all of them.

# %% id="labels-predict" role="code"
cost = predict(
    "label-cost",
    "A counter with the labels user and code has 2 codes. 5,000 users come. How many series is it?",
    choices=["2", "5,000", "10,000"],
    default="5,000",
    answer="?",
)

# %% id="labels-reveal" role="code"
sizes = {users: incident.exposition_bytes(users) for users in (1, 100, 5_000)}
cost.reveal(f"{sizes[5_000][0]:,}", why="It is the product of the labels' values.")
for users, (series, size) in sizes.items():
    print(f"{users:5} users: {series:6,} series, {size:9,} bytes a scrape")
print(f"this whole cluster: {len(prometheus.series):,} series")

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** How would you build monitoring for a Kubernetes cluster?
#
# **The short answer:** Discover targets through the API. Scrape the kubelets for what containers use, the control plane for its
# own requests and queues, kube-state-metrics for what the API says. Alert on symptoms (errors, latency, saturation) with a
# `for`, not on causes. Keep labels bounded. One server carries a cluster; for long retention and a view over
# several clusters, put a system such as Thanos behind it.
#
# **What the common answer gets wrong:**
#
# - cAdvisor's is one of a kubelet's four pages; kube-state-metrics measures nothing.
# - A counter is not a rate, and a rate is not the difference of two samples.
# - The autoscaler does not multiply the current size, and a pod without a metric is not a pod that uses nothing.
# - An alert without `for` wakes people for a single scrape.
#
# **Why** does a pod without a metric count as fully used when a workload shrinks, and as unused when it grows? Say it in one
# sentence.
#
# **A new situation:** a Deployment of ten pods with a target of 60 %. A network fault hides six of them from the metrics API while
# the load doubles. What does the autoscaler do, and is that what you want?
#
# **Next:** unit 16, troubleshooting, begins where the alert rings.
#
# ## Sources
#
# - `pkg/kubelet/server/server.go`, `pkg/kubelet/metrics/collectors/resource_metrics.go`: the kubelet's pages
# - `promql/functions.go`, `rules/alerting.go` of Prometheus v3.14.0
# - `pkg/controller/podautoscaler/replica_calculator.go`, `horizontal.go`
# - The records: `insideout/records/promql.jsonl`, `alerts.jsonl`, `hpa.jsonl`, `metrics_catalog.json`
