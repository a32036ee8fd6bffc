# %% [markdown] id="question" role="text"
# # 09 · StatefulSets: how an update goes, and where it stops
#
# Before: 08, how a Deployment rolls out. After: 10, what an operator can do that this cannot. You need to know what *available*
# means (08) and what a claim is.
#
# | section | minutes |
# |---|---|
# | 1 up, down, and from the top | 10 |
# | 2 the update that no revert heals | 10 |
# | 3 one sync | 20 |
# | 4 the claims | 10 |

# %% id="imports" role="code"
from datetime import datetime, timedelta

from course.learn import predict, review
from course.plots.control import turn
from course.units.u09_statefulsets import recorded, stories
from course.units.u09_statefulsets.explored import explored
from course.units.u09_statefulsets.stories import delete_pod, patch, release, story
from insideout import records

# %% [markdown] id="review-text" role="text"
# **Before you begin:** three short questions from earlier units, from memory.

# %% id="review" role="code"
review("09_statefulsets")

# %% [markdown] id="asked" role="text"
# ## The question, as it is asked
#
# > How does the rolling update of a StatefulSet work?
#
# The answer that is passed around:
#
# > The pods are updated one after the other, from 0 up. Each waits until the one before is running. When something is wrong,
# > one rolls back.
#
# Three sentences, three mistakes. You will be able to
#
# - say which pod is replaced next, and what it waits for;
# - release to a part of a set, and heal a set that is stuck;
# - write the controller's sync, and say who owns the claims.

# %% [markdown] id="order" role="text"
# ## 1. Up, down, and from the top
#
# A StatefulSet's pods have numbers, their *ordinals*: `db-0`, `db-1`, `db-2`. A pod keeps its name, its claims and its DNS
# name when it is made anew. They come in order, one when the one below is there.
#
# **Predict:** three pods get a new image. In which order are they replaced?

# %% id="my-order" role="code"
order_said = predict(
    "order",
    "In which order are the pods replaced?",
    order=["db-0", "db-1", "db-2"],
    default=["db-0", "db-1", "db-2"],
    answer="?",
)

# %% id="the-order" role="code"
update = story([(2, release("v2"))], seconds=30)
new = sorted((span.from_s, span.ordinal) for span in update if span.version == "v2")
order_said.reveal(
    [f"db-{ordinal}" for ordinal in dict.fromkeys(ordinal for _, ordinal in new)],
    why="Creation goes up; an update goes down, so db-0, often the first member, is touched last.",
)
stories.picture_of({"an update": update}, seconds=30, marks=[(2, "v2")])

# %% [markdown] id="order-why" role="text"
# Each row is an ordinal. A pod is deleted, goes, comes back with the new version, and only when it is **available**, Ready for
# `minReadySeconds`, the next lower one is deleted. *Running* is not enough: the hatched pods run, too.
#
# `partition` stops the update at an ordinal: with partition 2 only the pods with index 2 and above are updated. This is a canary
# that stays as long as you like. It counts from the first ordinal, which is `spec.ordinals.start` (0 by default): with start 5 and partition
# 2 the pods `db-7` and above are updated. (The API's comment speaks of the ordinal. The code compares the index.)
#
# **Turn** the partition and the pod management policy. Where do you see a difference between the policies?

# %% id="turn-the-update" role="code"
turn(
    stories.turned,
    partition=range(5),
    policy=["OrderedReady", "Parallel"],
    still={"partition": 2},
)

# %% [markdown] id="parallel-text" role="text"
# There is none in a healthy update. `podManagementPolicy: Parallel` is about creating and scaling down: there it waits for nobody. Updates go one
# at a time all the same. `maxUnavailable` would change that; its feature is off in v1.36, and the API server drops the field without a
# word (`insideout/records/statefulset.jsonl`, case `parallel-max-unavailable`).
#
# *Source: `pkg/controller/statefulset/stateful_set_control.go` (`updateStatefulSet`), v1.36.2.*

# %% [markdown] id="stuck" role="text"
# ## 2. The update that no revert heals
#
# A version is released that never becomes Ready. `db-2` gets it, and the update stops there: that is what the order is for. Then somebody
# reverts the template.
#
# **Predict:** 25 seconds after the revert, what runs as `db-2`, in an OrderedReady set and in a Parallel one?

# %% id="my-stuck" role="code"
stuck_said = predict(
    "stuck",
    "Which version is db-2 at the end?",
    choices=["v1", "bad"],
    each=["OrderedReady", "Parallel"],
    default={"OrderedReady": "v1", "Parallel": "v1"},
    answer="?",
)

# %% id="the-stuck" role="code"
changes = [(2, release("bad")), (15, release("v1"))]
policies = {policy: {"podManagementPolicy": policy} for policy in ("OrderedReady", "Parallel")}
stuck = stories.side_by_side(changes, seconds=40, specs=policies)
stuck_said.reveal(
    {policy: spans[-1].version for policy, spans in stuck.items()},
    why="An ordered sync stops at the first pod that is not available, and never reaches the update.",
)
stories.picture_of(stuck, seconds=40, marks=[(2, "bad"), (15, "revert")])

# %% [markdown] id="stuck-why" role="text"
# The controller looks at the pods from the lowest ordinal up. In an ordered set it **returns at the first pod that is missing, not
# available or going**. The broken `db-2` is such a pod. What would replace it comes later in the same function.
#
# This is issue 67250, open since 2018. The documentation calls it *forced rollback*: revert, then delete the broken pods by hand. A pod
# that crashes and has no readiness probe may slip through, because it counts as Ready while it runs.
#
# Another fix forward does not help either. Here is a record of a real control plane: `bad` is a version that never gets ready.

# %% id="stuck-record" role="code"
rows = {row["case"]: row for row in records.read("statefulset")}
for step in rows["broken-then-fix"]["steps"][1:]:
    print(step["do"], "->", "; ".join(" ".join(event) for event in step["events"][:4]) or "nothing")
healed = story([*changes, (25, delete_pod(2))], seconds=40)
stories.picture_of(
    {"deleted by hand": healed}, seconds=40, marks=[(2, "bad"), (15, "revert"), (25, "delete db-2")]
)

# %% [markdown] id="sync-text" role="text"
# ## 3. One sync
#
# The controller is asked again at every change, and does little each time. One sync has three phases.
#
# **Phase 1, up.** From the lowest wanted ordinal to the highest: a pod that is missing is created. One that Failed or Succeeded is deleted,
# unless it is being deleted already. An ordered set goes on to the next ordinal only if the pod is *well*: Running, available, not being
# deleted. If it is not, or if anything was written, the sync is over. A Parallel set goes through all of them, and on to phase 2.
#
# **Phase 2, down.** Pods with an ordinal that is not wanted, above the range or below it, are deleted, from the highest to the lowest. An
# ordered set deletes one and ends the sync. It waits while one is being deleted. And one that is not Running and available is deleted only if every
# pod with a lower ordinal is well: of two broken ones neither goes. A Parallel set deletes all that are not being deleted yet, and goes on.
#
# **Phase 3, the update.** From the highest wanted ordinal down to the partition: the first pod of another revision than the update revision that
# is not being deleted yet is deleted, and the sync ends. If before that an ordinal is met without a pod, or with one that is not well, the
# sync ends without. With `updateStrategy.type: OnDelete` there is no phase 3.
#
# A new pod gets the **update** revision. Under RollingUpdate, one whose index is below the partition gets the **current** one: a canary
# must not grow because a node failed.

# %% [markdown] id="sts-sync-task" role="text"
# ### Exercise: `sts_sync(sts, pods, now)`
#
# Return the writes of one sync, a list in the order of the phases: `("create", ordinal, "current")`, `("create", ordinal, "update")` or
# `("delete", ordinal)`.
#
# - `sts` is the API object as a dict. In `spec`: `replicas`, `updateStrategy.type`, and perhaps `podManagementPolicy`
#   (`OrderedReady` when missing), `minReadySeconds` (0), `ordinals.start` (0), `updateStrategy.rollingUpdate.partition` (0; it may be larger than
#   `replicas`). In `status`: `updateRevision`, the revision's name.
# - `pods` are the set's pods in any order: `metadata.name`, the label `controller-revision-hash` with the name of its revision,
#   `metadata.deletionTimestamp` when it is being deleted, `status.phase`, and in the list `status.conditions`, empty for a new pod, the condition `Ready` with its `lastTransitionTime`.
# - `now` is a time as in API objects: `datetime.fromisoformat(now)`. *Available*: Ready is True and `minReadySeconds` or more have passed since
#   its last transition.
# - With `metadata.deletionTimestamp` on the set, nothing is done. `maxUnavailable` is not looked at.
# - Phase 1 writes in ascending order, phase 2 in descending order.
#
# Example: replicas 3, no pods: `[("create", 0, "update")]`; with `Parallel` three creations. All three there and of an old revision:
# `[("delete", 2)]`.
#
# <details><summary>Hint 1</summary>For the first rule: <code>missing = [o for o in range(replicas) if o not in by_ordinal]</code> and
# <code>return [("create", missing[0], "update")] if missing else []</code>.</details>
# <details><summary>Hint 2</summary>Write <code>available(pod)</code> and <code>well(pod)</code> first, and a dict from ordinal to pod. Each phase is
# then one loop; in an ordered set nearly every branch ends with <code>return actions</code>.</details>
# <details><summary>Hint 3</summary>Lines to put in order: <code>wanted = range(start, start + replicas)</code> ·
# <code>for o in wanted:</code> · <code>for o in sorted(set(pods) - set(wanted), reverse=True):</code> ·
# <code>for o in reversed(wanted[partition:]):</code> · <code>if on_delete: return actions</code>.</details>


# %% id="sts-sync" role="exercise"
def sts_sync(sts, pods, now):
    """Return the writes of one sync of a StatefulSet."""
    ### BEGIN SOLUTION
    spec, status, actions = sts["spec"], sts["status"], []
    if "deletionTimestamp" in sts["metadata"]:
        return actions
    ordered = spec.get("podManagementPolicy") != "Parallel"
    rolls = spec["updateStrategy"]["type"] == "RollingUpdate"
    partition = spec["updateStrategy"].get("rollingUpdate", {}).get("partition", 0)
    start = spec.get("ordinals", {}).get("start", 0)
    wanted = range(start, start + spec["replicas"])
    by_ordinal = {int(pod["metadata"]["name"].rpartition("-")[2]): pod for pod in pods}

    def going(pod):
        return "deletionTimestamp" in pod["metadata"]

    def available(pod):
        for condition in pod["status"]["conditions"]:
            if condition["type"] == "Ready" and condition["status"] == "True":
                since = datetime.fromisoformat(now) - datetime.fromisoformat(condition["lastTransitionTime"])
                long_enough = since >= timedelta(seconds=spec.get("minReadySeconds", 0))
                return pod["status"]["phase"] == "Running" and long_enough
        return False

    for ordinal in wanted:
        pod = by_ordinal.get(ordinal)
        if pod is None:
            below = rolls and ordinal < start + partition
            actions.append(("create", ordinal, "current" if below else "update"))
        elif pod["status"]["phase"] in ("Failed", "Succeeded"):
            if not going(pod):
                actions.append(("delete", ordinal))
        elif available(pod) and not going(pod):
            continue
        if ordered:
            return actions
    condemned = sorted(set(by_ordinal) - set(wanted), reverse=True)
    for ordinal in condemned:
        pod = by_ordinal[ordinal]
        if going(pod):
            if ordered:
                return actions
            continue
        lower_broken = any(
            not available(by_ordinal[o]) or going(by_ordinal[o]) for o in condemned if o < ordinal
        )
        if ordered and not available(pod) and lower_broken:
            return actions
        actions.append(("delete", ordinal))
        if ordered:
            return actions
    if not rolls:
        return actions
    for ordinal in reversed(wanted[partition:]):
        pod = by_ordinal.get(ordinal)
        if pod is None:
            return actions
        if pod["metadata"]["labels"]["controller-revision-hash"] != status["updateRevision"] and not going(
            pod
        ):
            return [*actions, ("delete", ordinal)]
        if not available(pod) or going(pod):
            return actions
    return actions
    ### END SOLUTION


# %% [markdown] id="sts-sync-fill-text" role="text"
# Phase by phase, a rule at a time.

# %% id="sts-sync-fill" role="test" points=4
import course.units.u09_statefulsets.checks

course.units.u09_statefulsets.checks.fill(sts_sync, points=4)

# %% id="sts-sync-scale-down" role="test" points=2
import course.units.u09_statefulsets.checks

course.units.u09_statefulsets.checks.scale_down(sts_sync, points=2)

# %% id="sts-sync-update" role="test" points=3
import course.units.u09_statefulsets.checks

course.units.u09_statefulsets.checks.update(sts_sync, points=3)

# %% id="sts-sync-unseen" role="test" points=2
import course.units.u09_statefulsets.checks

course.units.u09_statefulsets.checks.sync_unseen(sts_sync, seed=9, points=2)
### BEGIN HIDDEN TESTS
course.units.u09_statefulsets.checks.sync_unseen(sts_sync, seed=course.checks.instructor_seed(), points=2)
### END HIDDEN TESTS

# %% [markdown] id="sts-sync-at-work-text" role="text"
# Your sync as the StatefulSet controller of a cluster: it has to do, event for event, what a real control plane did in eight recorded cases.

# %% id="sts-sync-at-work" role="test" points=2
import course.units.u09_statefulsets.checks

course.units.u09_statefulsets.checks.sync_at_work(sts_sync, points=2)

# %% [markdown] id="at-work" role="text"
# ### Your sync at work
#
# A canary of one pod by the partition, a look at it, then the rest; and the same with your function as the controller.

# %% id="my-canary" role="code"
rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
rest = {"updateStrategy": {"rollingUpdate": {"partition": 0}}}
canary = [(2, release("v2")), (12, patch(rest))]
unwritten = stories.is_unwritten(sts_sync)
mine = [] if unwritten else story(canary, seconds=30, sync=sts_sync, updateStrategy=rolling)
if not unwritten:
    theirs = stories.steps(story(canary, seconds=30, updateStrategy=rolling))
    assert stories.steps(mine) == theirs, "your sync and the controller's replace pods in other orders"
marks = [(2, "v2"), (12, "partition 0")]
"write sts_sync first" if unwritten else stories.picture_of({"your sync": mine}, seconds=30, marks=marks)

# %% [markdown] id="killed-text" role="text"
# A controller can die at any moment. Here it is killed before or after one of its writes, a different one in each run, and starts again with empty
# memory. In every run, no more than one pod may be away at a time, and in the end all have to run v2.

# %% id="killed" role="code"
if unwritten:
    print("write sts_sync first")
else:
    verdict = explored(sts_sync, budget=20)
    print(str(verdict).splitlines()[0])
    assert verdict, verdict

# %% [markdown] id="killed-why" role="text"
# Nothing is remembered between two syncs: everything is decided from the pods that are there. So nothing is lost.

# %% [markdown] id="claims" role="text"
# ## 4. The claims
#
# A pod's claims outlive the pod. What becomes of them when the set is scaled down or deleted is said by
# `persistentVolumeClaimRetentionPolicy`, with `whenDeleted` and `whenScaled`, both `Retain` by default. The controller deletes no claim. It gives
# them **owners**, and the garbage collector deletes what has lost its owner.
#
# **Find the rule.** These are records of a real control plane: policy (whenDeleted/whenScaled), what was done, and who owns each claim afterwards.
# In the last lines deleted pods were held, so that one sees what is otherwise over in a moment.

# %% id="claims-records" role="code"
for case, steps in {
    "claims-retain": (0, 1),
    "claims-when-deleted": (0, 1),
    "claims-when-scaled": (0, 1),
    "claims-both": (0, 1),
    "claims-condemned": (0, 1, 2),
}.items():
    for step in steps:
        print(recorded.claims_line(rows[case], step))

# %% [markdown] id="owner-cases-task" role="text"
# ### Examples first: `pvc_owner(policy, in_range)`
#
# The function will say who owns the claims of one pod: `"set"`, `"pod"` or `None`. `policy` is the dict of the set, with `whenDeleted` and
# `whenScaled`, either of which may be missing. `in_range` says whether the pod's ordinal is still wanted.
#
# Write examples first: tuples `(policy, in_range, answer)`. They are tried on five common beliefs; catch all of them.
#
# <details><summary>Hint 1</summary>Take the records line by line: each is an example.</details>
# <details><summary>Hint 2</summary>The same policy twice, once with True and once with False.</details>
# <details><summary>Hint 3</summary>One with both Delete and False, one with only <code>whenScaled</code>, one with an empty policy.</details>

# %% id="owner-cases" role="exercise"
owner_examples = [
    # one looks like this: ({"whenDeleted": "Delete", "whenScaled": "Retain"}, True, "set"),
    ### BEGIN SOLUTION
    ({"whenDeleted": "Delete", "whenScaled": "Retain"}, True, "set"),
    ({"whenDeleted": "Retain", "whenScaled": "Delete"}, True, None),
    ({"whenDeleted": "Retain", "whenScaled": "Delete"}, False, "pod"),
    ({"whenDeleted": "Delete", "whenScaled": "Delete"}, False, "pod"),
    ({}, False, None),
    ### END SOLUTION
]

# %% id="owner-cases-judged" role="test" points=1
import course.units.u09_statefulsets.checks

course.units.u09_statefulsets.checks.owner_learners(owner_examples, points=1)

# %% [markdown] id="pvc-owner-task" role="text"
# ### Exercise: `pvc_owner(policy, in_range)`
#
# Example: `pvc_owner({"whenDeleted": "Delete"}, True)` is `"set"`; `pvc_owner({}, False)` is `None`.
#
# <details><summary>Hint 1</summary>Begin with what whenDeleted alone gives:
# <code>return "set" if policy.get("whenDeleted") == "Delete" else None</code>.</details>
# <details><summary>Hint 2</summary>In which single situation does a claim go with its pod?</details>
# <details><summary>Hint 3</summary>Ask about the pod before you ask about the set.</details>


# %% id="pvc-owner" role="exercise"
def pvc_owner(policy, in_range):
    """Return who owns a pod's claims: "set", "pod" or None."""
    ### BEGIN SOLUTION
    if policy.get("whenScaled") == "Delete" and not in_range:
        return "pod"
    return "set" if policy.get("whenDeleted") == "Delete" else None
    ### END SOLUTION


# %% id="pvc-owner-examples" role="test" points=2
import course.units.u09_statefulsets.checks

course.units.u09_statefulsets.checks.owner_examples(pvc_owner, points=2)

# %% [markdown] id="claims-live" role="text"
# And live: a set of three with both policies on Delete is scaled to one, and looked at a second later, while its pods still go.

# %% id="claims-scaled" role="code"
for claim, owner in stories.claim_owners({"whenDeleted": "Delete", "whenScaled": "Delete"}, 3, 1).items():
    print(f"{claim}: {owner}")

# %% [markdown] id="claims-why" role="text"
# A claim that goes with a pod must not be taken over by a new pod of the same name. If the set is scaled up again before the old pod is gone, the
# sync finds such a claim, stops, and nobody tells it when the claim is gone: the set stays one pod short until something else happens. A real
# control plane did so for more than 40 seconds.
#
# `podManagementPolicy`, `volumeClaimTemplates` and `serviceName` cannot be changed. To change them, delete the set with `--cascade=orphan`
# and create it again: it adopts its pods (case `orphan-and-adopt`).

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** How does the rolling update of a StatefulSet work?
#
# **The short answer:** One pod at a time, from the highest ordinal down to the partition, each after the one above is available. In an ordered set a
# sync ends at the first pod, counted from below, that is not well: an update that breaks a pod stops, and a revert does not start it again
# before that pod is deleted. A Parallel set replaces such a pod by itself.
#
# **What the common answer gets wrong:**
#
# - From the top, not from 0.
# - Available, not running: without a readiness probe the order protects nothing.
# - A revert heals a Deployment. It does not heal an ordered StatefulSet.
# - The partition is an index, and a pod below it comes back at the old revision.
# - Claims are kept, unless the policy says otherwise.
#
# **Why?** In one sentence: why does phase 1 come before phase 3, although that is what makes a set stuck?
#
# **A new situation:** a set of five, partition 3, and the node of `db-1` dies. Which version does the new `db-1` have?
#
# <details><summary>Compare</summary>The current one: it is below the partition.</details>
#
# **Next:** 10, where a controller knows what is in the pods: the order of members, a leader, a backup.
#
# ## Sources
#
# - `pkg/controller/statefulset/stateful_set_control.go` (`updateStatefulSet`, `processReplica`, `processCondemned`)
# - `pkg/controller/statefulset/stateful_set_utils.go` (`updateClaimOwnerRefForSetAndPod`, `isCurrentRevisionNeeded`)
# - kubernetes/kubernetes issue 67250 (stuck rollouts), pull request 137904 (why `maxUnavailable` is off)
# - [StatefulSets](https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/), sections on forced rollback and claim retention
# - The record: `insideout/records/statefulset.jsonl`, 26 cases, v1.36.2
