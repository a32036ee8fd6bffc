# %% [markdown] id="question" role="text"
# # 10 · Operators: who does what a StatefulSet cannot
#
# You come from **09 · StatefulSets**, which stop where a member's node is lost. Here somebody goes on. Next is **11 · Services**.
#
# | section | minutes | you write |
# |---|---|---|
# | 1. What a custom resource does by itself | 10 | |
# | 2. What the API server does for an operator | 10 | |
# | 3. Conditions | 10 | your examples, and `set_condition` |
# | 4. A reconcile function, and what can go wrong with it | 22 | `reconcile` |
# | 5. At work | 8 | |
#
# You need to know what a controller, a resourceVersion and an owner reference are (unit 01).
#
# The question, as it is asked:
#
# > What is the difference between a StatefulSet and an operator? When do I need an operator?
#
# The answer that is passed around:
#
# > A StatefulSet is for stateful applications: stable names, stable storage, ordered start. An operator extends the API by
# > a custom resource and is for complicated applications. For a database take an operator instead of a StatefulSet.
#
# "Instead of" is wrong, and "extends the API" leaves out the part that does the work. In this unit a member of a database fails
# twice, once with an operator and once without. Then you write an operator, and it is killed between any two of its writes.

# %% [markdown] id="goals" role="text"
# You will be able to
#
# - say what a StatefulSet does and does not do when a member fails, and what an operator adds;
# - keep a condition as every Kubernetes tool expects it;
# - write a reconcile function that comes to the same end wherever it is killed, refused or overtaken.

# %% id="imports" role="code"
from kubernetes.client import ApiextensionsV1Api, CustomObjectsApi

from course.learn import predict, review
from course.learn.unwritten import refuse_unwritten
from course.plots.control import turn
from course.plots.exploration import plot_story
from course.units.u10_operators.failover import CASES, outages
from course.units.u10_operators.operator import operator
from course.units.u10_operators.plots.crashes import killed_everywhere, plot_kills, spots_of
from course.units.u10_operators.served import await_served
from course.units.u10_operators.situation import scenario_of
from insideout import Cluster, records
from insideout.client import ApiError
from insideout.controllers.cache.kinds import DEFINITIONS, cache
from insideout.explore import Fault, explore, play

# %% [markdown] id="review-text" role="text"
# **Before you begin:** three short questions from earlier units, from memory.

# %% id="review" role="code"
review("10_operators")

# %% [markdown] id="definition-text" role="text"
# ## 1. What a custom resource does by itself
#
# A CustomResourceDefinition (CRD) names a kind, `Cache`, and the API server serves it from then on. Here is one, and an
# object of that kind: it asks for two ConfigMaps. The cluster is complete, with all of Kubernetes' own controllers.
#
# **Predict:** how many of these ConfigMaps are there ten seconds later? (Those that a control plane puts into every namespace, such as
# `kube-root-ca.crt`, have no owner and are not counted.)

# %% id="my-children" role="code"
children_said = predict(
    "children-of-a-definition",
    "How many of its ConfigMaps are there ten seconds later?",
    number=(0, 2),
    default=2,
    answer="?",
)

# %% id="definition-alone" role="code"
cluster = Cluster.create(nodes=0)
for definition in DEFINITIONS:
    ApiextensionsV1Api(cluster.api_client).create_custom_resource_definition(definition)
await_served(cluster)
caches = CustomObjectsApi(cluster.api_client)
caches.create_namespaced_custom_object("example.com", "v1", "default", "caches", cache("web", 2, 64))
cluster.run(seconds=10)
there = cluster.core.list_namespaced_config_map("default").items
children_said.reveal(
    sum(bool(one.metadata.owner_references) for one in there),
    why="A definition brings an address, storage and validation. Nobody here knows what a Cache means.",
)
cluster.table("caches.example.com")

# %% [markdown] id="what-is-an-operator" role="text"
# **An operator is a custom resource and a controller that knows what it means.** The controller is a program like any other:
# it lists, watches and writes through the API, from a pod, from your laptop, or from this notebook. What makes it an
# operator is the knowledge in it: how this database promotes a member, in which order its versions may follow each other.

# %% [markdown] id="failover-text" role="text"
# ### The same task, with and without
#
# A database has three members, a StatefulSet. The first one, the primary, takes the writes; a Service leads
# to it. A client outside asks every two seconds for a minute and a half.
#
# - **Without an operator** the Service selects the pod with index 0: that is what a StatefulSet offers, a name that stays.
# - **With an operator** the Service selects the label `role: primary`. Forty lines of controller give that label to one ready
#   member (`Promote` in `course/units/u10_operators/failover.py`). The members are the same StatefulSet.
#
# Two things fail: the primary's **pod is deleted**, and the primary's **node is lost**, for good. The four databases are in one
# cluster, each on four nodes of its own. Their pods tolerate a lost node for 10 s (`tolerationSeconds`); the default is five minutes.
#
# **Predict:** in which of the four cases are writes possible again at the end?

# %% id="my-failover" role="code"
failover_said = predict(
    "failover",
    "Where are writes possible again within a minute and a half?",
    choices=list(CASES),
    many=True,
    default=list(CASES),
    answer="?",
)

# %% id="node-lost" role="code"
seen = outages(CASES, asked_for_s=90)
failover_said.reveal(
    [name for name, one in seen.items() if one.works_again],
    why="The StatefulSet may not start a second first member while the lost one might still write somewhere.",
)
for name, one in seen.items():
    print(f"{name:26} writes: {one.words:34} first member: {one.first}")

# %% [markdown] id="failover-why" role="text"
# Where the StatefulSet can act, it is quick, and nobody needs an operator. When the node is lost, its pod is marked for
# deletion once the pod's toleration has run out, and stays: **at most one pod of that name**, because two could write to one disk. The
# StatefulSet is right to wait, and it waits for ever.
#
# The operator does not fight that. Two other members were ready all the time, and it knows what *primary* means. It was
# told nothing of the failure for 40 to 55 s: until the node counts as NotReady and its pods as not ready.
#
# So the question is not "StatefulSet or operator". Most operators **use** StatefulSets. You need one when the step after a
# failure depends on what the application is: promote, back up, wait for a copy, upgrade in an order.
#
# *Source: `pkg/controller/statefulset/stateful_set_control.go`, v1.36.2; unit 07 for the times.*

# %% [markdown] id="server-text" role="text"
# ## 2. What the API server does for an operator
#
# An operator needs to know: **which version of my wish has been seen?** For that there are two numbers:
# `metadata.generation`, counted by the server, and `status.observedGeneration`, written by the operator.
#
# Nobody tells you here which writes raise the generation. Find it in the record: exchanges with an API server v1.36.2, about
# a kind `Boat` with a status subresource and about one without. First what was sent, and then the answers for the first.

# %% id="boats" role="code"
boats = {row["scenario"]: row for row in records.read("crd_status")}


def tried(scenario, *steps):
    row = boats[scenario]
    for step in steps:
        sent, (_, _, answer) = row["steps"][step], row["want"][step]
        at = "/status" if sent["p"].endswith("/status") else ""
        body = sent.get("b", "")
        if isinstance(body, dict):
            body = {key: body[key] for key in body if key not in ("apiVersion", "kind")}
        print(f"{sent['m']:6} boat{at:7} -> generation {answer['metadata']['generation']}  {body!s:.96}")


tried("status-subresource", 2, 3, 4, 5, 6, 7)

# %% [markdown] id="predict-generation" role="text"
# The second kind has **no** status subresource. There these writes were sent, one after the other. **Predict:** which of
# them raised the generation?

# %% id="my-generation" role="code"
WRITES = ["status", "annotations", "spec", "finalizers", "delete"]
generation_said = predict(
    "generation-without-subresource",
    "Which writes raise the generation of a kind without a status subresource?",
    choices=WRITES,
    many=True,
    default=["spec"],
    answer="?",
)

# %% id="true-generation" role="code"
answers = [boats["no-status-subresource"]["want"][step][2] for step in (2, 3, 6, 10, 11, 12)]
numbers = [answer["metadata"]["generation"] for answer in answers]
raised = [name for name, before, after in zip(WRITES, numbers, numbers[1:], strict=False) if after > before]
generation_said.reveal(raised, why="Everything outside metadata counts, and so does the mark of a deletion.")
tried("no-status-subresource", 2, 3, 6, 10, 11, 12)

# %% [markdown] id="generation-why" role="text"
# Without a status subresource the operator's own status is a change like any other: it raises the generation, the operator
# sees a new generation, writes its status, and so on. With one, status goes through its own door, and each door ignores what
# belongs to the other. So a definition for an operator has `subresources: {status: {}}`.
#
# Three more answers from the same record, all of which you will meet:

# %% id="boat-refusals" role="code"
for scenario, step in (("status-subresource", 10), ("status-subresource", 11), ("no-status-subresource", 14)):
    sent, (_, code, answer) = boats[scenario]["steps"][step], boats[scenario]["want"][step]
    print(f"{sent['m']} -> {code} {answer['message'].split(': ', 1)[-1][:118]}")

# %% [markdown] id="conditions-text" role="text"
# ## 3. Conditions
#
# A status tells programs its state in **conditions**: `type`, `status` (`"True"`, `"False"`, `"Unknown"`), `reason` (one word),
# `message` (prose), `observedGeneration`, and `lastTransitionTime`. `kubectl wait --for=condition=Ready` and every dashboard
# read them. The last field is the one that people get wrong: it says **since when the status is what it is**, not when it
# was written.

# %% [markdown] id="condition-examples-text" role="text"
# ### Exercise: `condition_examples`
#
# Before you write `set_condition(conds, new, now)`, say what it should do. Write a list of examples, each a tuple
# `(conds, new, now, after)`: the conditions there are, the new one, the time, and **the conditions afterwards**. Three to six are
# enough. They are tried on wrong functions, and earn points for each misconception that they tell from the right one.
#
# - A condition of a type that is not there yet comes last.
# - `new` has a `type` and a `status`, and may have the other fields. When it brings a `lastTransitionTime`, that is taken where
#   otherwise `now` would be.


# %% id="condition-examples" role="exercise"
T1, T2, T3 = "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z", "2026-01-01T12:00:00Z"
down = {"type": "Ready", "status": "False", "reason": "Starting", "message": "", "lastTransitionTime": T1}
still = {"type": "Ready", "status": "False", "reason": "Starting", "message": ""}
up = {"type": "Ready", "status": "True", "reason": "Done", "message": ""}

condition_examples = [
    ### BEGIN SOLUTION
    ([], up, T3, [{**up, "lastTransitionTime": T3}]),
    ([down], up, T3, [{**up, "lastTransitionTime": T3}]),
    ([down], {**up, "lastTransitionTime": T2}, T3, [{**up, "lastTransitionTime": T2}]),
    ([down], {**still, "reason": "Waiting"}, T3, [{**down, "reason": "Waiting"}]),
    ([down], still, T3, [down]),
    ### END SOLUTION
]

# %% id="condition-examples-test" role="test" points=2
import course.units.u10_operators.checks

course.units.u10_operators.checks.condition_first(condition_examples, points=2)

# %% [markdown] id="set-condition-task" role="text"
# ### Exercise: `set_condition(conds, new, now)`
#
# **Change the list `conds`** so that it holds the condition `new`, and return whether anything changed, `True` or `False`.
#
# - `conds` is a list of dicts, each with `type`, `status`, `lastTransitionTime` and perhaps `reason`, `message` (texts) and
#   `observedGeneration` (a number). A field that is missing is the same as an empty one (`""`, or 0).
# - `new` is one such dict; its `lastTransitionTime` is usually missing. `now` is the time, a text.
# - What is compared: `status`, `reason`, `message`, `observedGeneration`. A field that `new` leaves out is empty afterwards.
# - The time: for a new type, and when `status` changes, it is that of `new`, or `now` where `new` has none. In all other
#   cases it stays.
# - A condition keeps its place in the list. `new` itself stays as it is.
#
# Example: `conds = []`, then `set_condition(conds, {"type": "Ready", "status": "True"}, "2026-01-01T12:00:00Z")` returns `True`,
# and `conds` is `[{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T12:00:00Z"}]`.
#
# <details><summary>Hint 1</summary>Look for the condition of that type. There is none: append a copy of <code>new</code> with
# the time, and return <code>True</code>.</details>
# <details><summary>Hint 2</summary>Set the time before you overwrite <code>status</code>: you need the old one to compare.
# </details>
# <details><summary>Hint 3</summary>In this order: find it; append and return; <code>if status differs</code> set the time;
# <code>for field in (…)</code> compare with <code>get</code>, note a change, copy or remove.</details>


# %% id="set-condition" role="exercise"
def set_condition(conds, new, now):
    """Put the condition `new` into the list `conds`; return whether that changed it."""
    ### BEGIN SOLUTION
    found = next((one for one in conds if one["type"] == new["type"]), None)
    if found is None:
        conds.append({**new, "lastTransitionTime": new.get("lastTransitionTime") or now})
        return True
    changed = False
    if found["status"] != new["status"]:
        found["lastTransitionTime"] = new.get("lastTransitionTime") or now
    for field in ("status", "reason", "message", "observedGeneration"):
        if (found.get(field) or "") != (new.get(field) or ""):
            changed = True
            found[field] = new.get(field, "")
    return changed
    ### END SOLUTION


# %% id="set-condition-rules" role="test" points=2
import course.units.u10_operators.checks

course.units.u10_operators.checks.condition_cases(set_condition, points=2)

# %% id="set-condition-unseen" role="test" points=1
import course.units.u10_operators.checks

course.units.u10_operators.checks.condition_unseen(set_condition, seed=10, points=1)
### BEGIN HIDDEN TESTS
course.units.u10_operators.checks.condition_unseen(
    set_condition, seed=course.checks.instructor_seed(), points=1
)
### END HIDDEN TESTS

# %% [markdown] id="first-try-text" role="text"
# ## 4. A reconcile function, and what can go wrong with it
#
# Around an operator's knowledge there is machinery, and it is always the same: informers queue the **key** of whatever changed, and a
# worker calls `reconcile(api, key)`. It is not told what happened. It looks at what there is and takes the next steps. When it
# raises an `ApiError` it is called again, a little later each time.
#
# Here is a first try. It creates children with generated names, and notes the names in the status so that it knows them
# next time. With nothing going wrong, it works.


# %% id="first-try" role="code"
def first_try(api, key):
    cache = api.get("caches.example.com", key.split("/")[1])
    names = cache.get("status", {}).get("names", [])
    owner = {"apiVersion": "example.com/v1", "kind": "Cache", "controller": True}
    owner |= {key: cache["metadata"][key] for key in ("name", "uid")}
    while len(names) < cache["spec"]["replicas"]:
        child = {"metadata": {"generateName": "web-", "ownerReferences": [owner]}, "data": {"size": "64"}}
        names = [*names, api.create("configmaps", child)["metadata"]["name"]]
    if cache.get("status", {}).get("names") != names:
        api.update("caches.example.com", {**cache, "status": {"names": names}}, subresource="status")


two = {"name": "web", "steps": [["create", 2, 64]]}
watched = scenario_of(two, checks=["no child twice"], goal=False)

# %% [markdown] id="predict-kill" role="text"
# It writes three times: two ConfigMaps and the status. Kill it after one of them, and start it again with empty memory.
# **Predict:** after which write does the kill leave more than two ConfigMaps?

# %% id="my-kill" role="code"
kill_said = predict(
    "kill-of-first-try",
    "After which write does a kill leave more than two ConfigMaps?",
    choices=["1, the first ConfigMap", "2, the second ConfigMap", "3, the status"],
    many=True,
    default=["3, the status"],
    answer="?",
)

# %% id="true-kill" role="code"
AFTER = ["1, the first ConfigMap", "2, the second ConfigMap", "3, the status"]
spots = spots_of(first_try, two)
broken = [play(operator(first_try), watched, [Fault(spot, "kill after")]) for spot in spots]
kill_said.reveal(
    [name for name, verdict in zip(AFTER, broken, strict=True) if not verdict],
    why="What it knew of the new names was in its memory; only the status outlives it.",
)

# %% [markdown] id="explorer-text" role="text"
# You need not try by hand. `explore` runs an operator on an API server of its own, again and again: it is killed before and after
# each write, writes are refused, answers are lost, events come late or never, users act in between. The first thing that breaks is
# made as small as possible and told.

# %% id="first-story" role="code"
verdict = explore(operator(first_try), watched)
print(verdict.rule, "-", verdict.why.split(",")[0])
print(f"found after {verdict.executions} executions; it takes {len(verdict.plan)} fault")
plot_story(verdict.lines)

# %% [markdown] id="turn-text" role="text"
# Turn the number of the write after which it is killed, and read what each next life can know.


# %% id="turn-kill" role="code"
def killed_after(write):
    return plot_story(play(operator(first_try), watched, [Fault(spots[write - 1], "kill after")]).lines)


turn(killed_after, write=[1, 2, 3], still={"write": 2})

# %% [markdown] id="what-can-go-wrong" role="text"
# ### What can go wrong, and what holds against it
#
# | what happens | what breaks | what holds |
# |---|---|---|
# | killed between two writes | what only memory knew | names that can be **computed**; look before you create |
# | killed after renting, before the finalizer | nobody gives it back | the **finalizer first**, then the thing outside |
# | killed while cleaning up | a second cleanup fails | "is gone already" is success |
# | a user writes between your read and your write | the user's change is undone | send the **resourceVersion** you read; 409 means: begin again |
# | the generation moves on meanwhile | a status that was never true | the generation **that you read**, not a later one |
# | an object with your label or name is somebody else's | it is overwritten or deleted | only what has your object's **UID** as its controller is yours |
# | your own write wakes you up again | it writes for ever | write only what **differs** |
#
# The tool *Sieve* tries faults of the first kind, and views of the cluster that are old or have gaps. It found 46 bugs in ten
# well-known controllers (OSDI 2022, Sun et al.).

# %% [markdown] id="reconcile-task" role="text"
# ### Exercise: `reconcile(api, key)`
#
# Write the operator for a Cache. `key` is `"namespace/name"`, such as `"default/web"`; the namespace is always `default`.
# Return nothing. An `ApiError` that you let out means that you are called again.
#
# **What a Cache NAME asks for**
#
# - *Children:* ConfigMaps `NAME-0` to `NAME-(replicas − 1)`, each with `data: {"size": "64"}`, where 64 is `spec.size` as a text, the
#   label `cache: NAME`, and one owner reference to the Cache: `apiVersion`, `kind`, `name`, `uid`, `controller: True`.
#   `spec.replicas` may be 0. A child with other `data` gets the right one. A child with another number is deleted.
# - *What is not its own:* a ConfigMap without an owner reference that has this Cache's `uid` and `controller: True` is **never
#   written**, whatever its name or label. When it has a child's name, that child is left out and everything else goes on.
# - *A bucket:* the object NAME of `buckets.storage.example.com` (`apiVersion: storage.example.com/v1`, `kind: Bucket`). It
#   stands for something outside the cluster: **no owner reference**, nobody deletes it but you. A Bucket with that name is yours.
# - *The finalizer* `example.com/bucket`: on the Cache before there is a bucket, and gone when the bucket is. Others may
#   have finalizers there too; those stay.
# - *The end:* when the Cache has a `deletionTimestamp`, the bucket is deleted, then your finalizer is removed. The
#   children are left to the garbage collector. A Cache that is no longer there needs nothing.
# - *The status,* through the subresource: `observedGeneration`, the generation of the Cache **that you read**; `ready`, the
#   number of its own children as they should be; and in `conditions` one of type `Ready`, `"True"` when `ready` is
#   `spec.replicas`, else `"False"`. Use your `set_condition`, with `api.now()` for the time; reason and message are yours.
# - When everything is as asked, **nothing is written**.
#
# **What `api` can do.** Objects are plain dicts and yours to change. `resource` is `"caches.example.com"`, `"configmaps"` or
# `"buckets.storage.example.com"`.
#
# | call | what it does |
# |---|---|
# | `api.get(resource, name)` | returns the object; `ApiError` with `code` 404 when there is none; any other `code` says nothing about the object |
# | `api.list(resource)` | returns `{"items": […]}` |
# | `api.create(resource, obj)` | returns what was created; `code` 409 when the name is taken |
# | `api.update(resource, obj)` | replaces and returns the object; `code` 409 when its resourceVersion is old |
# | `api.update(resource, obj, subresource="status")` | the same for the status alone |
# | `api.patch(resource, name, patch)` | merges `patch` into the object; `subresource="status"` as above |
# | `api.delete(resource, name)` | deletes; with `uid="…"` only the object that has it |
# | `api.now()` | the time, as conditions have it |
#
# Example: after the Cache `web` with `replicas: 1, size: 64` was created there are the ConfigMap `web-0` with `size: "64"`, the
# Bucket `web`, and the status `{"observedGeneration": 1, "ready": 1, "conditions": [{"type": "Ready", "status": "True", …}]}`.
#
# <details><summary>Hint 1</summary>A helper first: <pre>def find(resource, name):
#     try:
#         return api.get(resource, name)
#     except ApiError as error:
#         if error.code != 404:
#             raise</pre> Read the Cache; if there is none, return. Then for each number: if <code>find</code> shows no ConfigMap of
# that name, create it. That much passes the first rule.</details>
# <details><summary>Hint 2</summary>List the ConfigMaps once and keep those that the Cache controls, by name. Each wanted name is
# there, or missing, or somebody else's; what is left over is too many.</details>
# <details><summary>Hint 3</summary>The order: gone? → being deleted? bucket, then finalizer, return → finalizer, if it is
# missing (keep what <code>update</code> returns: it has the new resourceVersion) → bucket → children → status, if it
# differs.</details>


# %% id="reconcile" role="exercise"
def reconcile(api, key):
    """Take the next steps for the Cache `key`."""
    ### BEGIN SOLUTION
    name = key.split("/")[1]
    finalizer = "example.com/bucket"

    def find(resource, name):
        try:
            return api.get(resource, name)
        except ApiError as error:
            if error.code != 404:
                raise
            return None

    cache = find("caches.example.com", name)
    if cache is None:
        return
    metadata, spec = cache["metadata"], cache["spec"]
    finalizers = metadata.get("finalizers", [])
    if "deletionTimestamp" in metadata:
        if finalizer in finalizers:
            if find("buckets.storage.example.com", name) is not None:
                api.delete("buckets.storage.example.com", name)
            metadata["finalizers"] = [one for one in finalizers if one != finalizer]
            api.update("caches.example.com", cache)
        return
    if finalizer not in finalizers:
        metadata["finalizers"] = [*finalizers, finalizer]
        cache = api.update("caches.example.com", cache)
    if find("buckets.storage.example.com", name) is None:
        bucket = {"apiVersion": "storage.example.com/v1", "kind": "Bucket", "metadata": {"name": name}}
        api.create("buckets.storage.example.com", bucket)

    owner = {"apiVersion": "example.com/v1", "kind": "Cache", "name": name, "uid": metadata["uid"]}
    owner["controller"] = True
    own = {}
    for one in api.list("configmaps")["items"]:
        for reference in one["metadata"].get("ownerReferences", []):
            if reference["uid"] == metadata["uid"] and reference.get("controller"):
                own[one["metadata"]["name"]] = one
    data, ready = {"size": str(spec["size"])}, 0
    for number in range(spec["replicas"]):
        child = own.pop(f"{name}-{number}", None)
        if child is None and find("configmaps", f"{name}-{number}") is not None:
            continue
        ready += 1
        if child is None:
            made = {"name": f"{name}-{number}", "labels": {"cache": name}, "ownerReferences": [owner]}
            api.create("configmaps", {"metadata": made, "data": data})
        elif child.get("data") != data:
            api.update("configmaps", {**child, "data": data})
    for child in own.values():
        api.delete("configmaps", child["metadata"]["name"], uid=child["metadata"]["uid"])

    generation = cache["metadata"]["generation"]
    before = cache.get("status", {})
    conditions = [dict(one) for one in before.get("conditions", [])]
    new = {"type": "Ready", "status": str(ready == spec["replicas"]), "observedGeneration": generation}
    new |= {"reason": "Counted", "message": f"{ready} of {spec['replicas']}"}
    set_condition(conditions, new, api.now())
    status = {"observedGeneration": generation, "ready": ready, "conditions": conditions}
    if status != before:
        api.update("caches.example.com", {**cache, "status": status}, subresource="status")
    ### END SOLUTION


# %% [markdown] id="reconcile-children-text" role="text"
# First without faults: children and status, a rule at a time.

# %% id="reconcile-children" role="test" points=3
import course.units.u10_operators.checks

course.units.u10_operators.checks.reconcile_children(reconcile, points=3)

# %% id="reconcile-bucket" role="test" points=2
import course.units.u10_operators.checks

course.units.u10_operators.checks.reconcile_bucket(reconcile, points=2)

# %% [markdown] id="reconcile-faults-text" role="text"
# Now the explorer judges it. Each rule is one property; in each of its situations every single fault of that kind is tried,
# anywhere. What is shown of a broken one is a story: the numbered line is the fault.

# %% id="reconcile-faults" role="test" points=4
import course.units.u10_operators.checks

course.units.u10_operators.checks.reconcile_faults(reconcile, points=4)

# %% [markdown] id="reconcile-unseen-text" role="text"
# Situations drawn at random, and several faults at once, by chance.

# %% id="reconcile-unseen" role="test" points=2
import course.units.u10_operators.checks

course.units.u10_operators.checks.reconcile_unseen(reconcile, seed=10, points=2)
### BEGIN HIDDEN TESTS
course.units.u10_operators.checks.reconcile_unseen(reconcile, seed=course.checks.instructor_seed(), points=2)
### END HIDDEN TESTS

# %% [markdown] id="kills-text" role="text"
# Here is your operator, killed after each of its writes: a Cache is created, and deleted. A row is one execution.

# %% id="kills-picture" role="code"
rows = killed_everywhere(reconcile, {"name": "web", "steps": [["create", 2, 64], ["delete"]]})
ends = {row.end for row in rows}
print(f"{len(rows)} executions, {len(ends)} different ends")
plot_kills(rows) if max(len(row.writes) for row in rows) else "write reconcile first: it writes nothing yet"

# %% [markdown] id="at-work" role="text"
# ## 5. At work
#
# A cluster with Kubernetes' own controllers, the garbage collector among them. For a minute somebody deletes children, spoils their
# data and changes the spec. The operator is killed again and again, and comes back seconds later.

# %% id="at-work-picture" role="code"
from course.units.u10_operators.atwork import AtWork, situation
from course.units.u10_operators.plots.chaos import plot_chaos

refuse_unwritten(reconcile, None, "default/web")
run = AtWork(reconcile, situation(0))
print("crashes:", len(run.errors))
plot_chaos(run)

# %% id="reconcile-at-work" role="test" points=2
import course.units.u10_operators.checks

course.units.u10_operators.checks.reconcile_at_work(reconcile, points=2)

# %% [markdown] id="kopf-text" role="text"
# ### The same function under kopf
#
# `reconcile` knows nothing of this notebook. Here **kopf**, the best known framework for operators in Python, calls it: the
# cluster lives in real time and opens an HTTPS door, kopf connects with a kubeconfig, and hands over each event. In a build or
# without kopf the record of such a run is shown; in JupyterLab it runs now, in about three seconds.

# %% id="kopf" role="code"
from course.plots.control import someone_is_there
from course.units.u10_operators.under_kopf import under_kopf

for line in under_kopf(reconcile, live=someone_is_there()):
    print(line)

# %% [markdown] id="kopf-why" role="text"
# kopf brings its own answers to some of the table: a finalizer for deletion handlers, retries with a back-off, and progress
# notes in annotations. It does not make handlers idempotent. A `@kopf.on.create` handler that creates with `generateName` has the
# same third child as `first_try`.

# %% [markdown] id="try" role="text"
# **Try it:** explore your operator with everything at once, two faults deep, and look at how much was tried:
# `print(explore(operator(reconcile), scenario_of({"name": "web", "steps": [["create", 2, 64], ["scale", 1], ["delete"]]})))`.
# Then take one line out of `reconcile`, such as the check of the `uid`, and see which story it tells.

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** What is the difference between a StatefulSet and an operator, and when do I need one?
#
# **The short answer:** A StatefulSet keeps members with stable names and disks, and knows nothing of what they do. An operator is
# a custom resource with a controller that does. It usually runs its members as a StatefulSet. You need one when the
# next step after a failure or an upgrade depends on the application.
#
# **What the common answer gets wrong:**
#
# - "Extends the API" is the small half. A definition alone stores objects; the controller is the operator.
# - "Instead of a StatefulSet": on top of one.
# - A StatefulSet does not fail over. With its node lost, a member stays away until somebody says that the node is dead.
#
# **An operator is right when** it comes to the same end wherever it is killed: computed names, finalizer first, the generation it
# read, only what its UID controls, and no write when nothing differs.
#
# **Why?** Say in one sentence why the finalizer must be there *before* the bucket, although both writes come from the same
# function, one line apart.
#
# **A new situation:** an operator creates a user in a cloud's account system, which gives the new user a random id. The operator
# is killed before it has stored the id. What must the account system offer, so that this can be made right?
#
# **What comes next:** unit 11, Services: the controllers that tell every node where pods are.
#
# ## Sources
#
# - `k8s.io/apimachinery/pkg/api/meta/conditions.go` (`SetStatusCondition`), v1.36.2
# - `k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go` (`PrepareForUpdate`): generation and status
# - `k8s.io/client-go/util/workqueue/default_rate_limiters.go`: 5 ms, doubled, up to 1000 s
# - `pkg/controller/garbagecollector`: who is deleted with its owner
# - The record: `insideout/records/crd_status.jsonl`, 33 exchanges with an API server v1.36.2
# - [Operator pattern](https://kubernetes.io/docs/concepts/extend-kubernetes/operator/); X. Sun et al., *Automatic Reliability Testing
#   for Cluster Management Controllers*, OSDI 2022
