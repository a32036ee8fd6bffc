# %% [markdown] id="where" role="text"
# # 11 · Services and endpoints: who answers, and who is told
#
# You come from **10 · Operators**. Here a Service finds its pods. Next is **12 · kube-proxy**: the packet rules that it makes of the slices.
#
# | section | minutes | you write |
# |---|---|---|
# | 1. Who is listed | 20 | `endpoint_groups` |
# | 2. Who is chosen | 12 | your examples, and `usable` |
# | 3. Few writes | 12 | `plan` |
# | 4. At work | 5 | |
# | 5. What a flip costs | 6 | `bytes_sent` |
# | 6. Endpoints by hand | 5 | |
#
# You need to know pods, labels and readiness probes; 08 shows what callers see of a release. Three questions from earlier units first.

# %% id="imports" role="code"
from kubernetes.client import DiscoveryV1Api

from course.learn import predict, review
from course.plots.control import turn
from course.units.u11_services import shop
from course.units.u11_services.answers import plan as controllers_plan
from course.units.u11_services.measure import Fleet
from course.units.u11_services.misconceptions import GROUPS
from course.units.u11_services.plots import Life, played, plot_flips, plot_life, plot_slices
from course.units.u11_services.written import unwritten
from insideout import Cluster, records
from insideout.controllers.endpointslice.plandata import slices_by
from insideout.network.caller import Caller, tally

review("11_services")

# %% [markdown] id="question" role="text"
# The question, as it is asked:
#
# > What is a Service, what are its endpoints, and why are there EndpointSlices?
#
# The answer that is passed around:
#
# > A Service has a selector. Its Endpoints hold the addresses of the pods that match **and are ready**; a pod that becomes
# > unready or terminates is removed. EndpointSlices are the same list, cut into pieces of 100. kube-proxy reads it and
# > sends traffic to the addresses in it. Without a selector a Service has no endpoints.
#
# Each of its sentences is wrong somewhere. In this unit you see where, write the four rules that hold instead, and then your
# rules feed the kube-proxies of a cluster while its pods come and go. You will be able to
#
# - say of any pod whether it is in a Service's slices, under which ports, and with which conditions;
# - say which endpoints a connection may reach, with hints, without, and when everything terminates;
# - compute which slices a change writes, and how many bytes that is on how many nodes.
#
# ## 1. Who is listed, and with which conditions
#
# A Service `web` selects `app: web`. Three pods match. `slow` never passes its readiness probe, and `old` has just been
# deleted; it has 30 seconds of grace and goes on answering.

# %% id="three-pods" role="code"
cluster = Cluster.create(nodes=3)
cluster.core.create_namespaced_service("default", shop.service("web", port="http"))
for name, program in (("good", ""), ("slow", "unready"), ("old", "ignore-stop")):
    cluster.core.create_namespaced_pod("default", shop.pod(name, program=program))
cluster.run(seconds=3)
cluster.core.delete_namespaced_pod("old", "default")
cluster.run(seconds=3)
cluster.table("pods")

# %% id="predict-listed" role="code"
listed = predict(
    "listed",
    "Which of the three does the Service's EndpointSlice list?",
    choices=["good", "slow", "old"],
    many=True,
    default=["good"],
    answer="?",
)

# %% id="see-listed" role="code"
slices = DiscoveryV1Api(cluster.api_client).list_namespaced_endpoint_slice("default").items
listed.reveal(
    [each.target_ref.name for one in slices for each in one.endpoints if each.target_ref],
    why="A slice lists every pod that matches and has an address. Three conditions tell the pods apart.",
)
for subset in cluster.core.read_namespaced_endpoints("web", "default").subsets:
    print("ready:    ", [one.target_ref.name for one in subset.addresses or []])
    print("not ready:", [one.target_ref.name for one in subset.not_ready_addresses or []])
shop.show_slices(cluster, "web")

# %% [markdown] id="endpoints-less" role="text"
# | condition | true when |
# |---|---|
# | `serving` | the pod's condition Ready is True |
# | `terminating` | the pod has a `deletionTimestamp` |
# | `ready` | serving, and not terminating |
#
# So `old` is still of use to somebody: serving and terminating. The two lines above are what the older object, Endpoints, keeps.
# It leaves terminating pods out, and has no place to say more. It is deprecated since v1.33; kube-proxy does not
# read it any more. Both controllers run in kube-controller-manager and know nothing of each other.
#
# ### Who belongs
#
# 1. Without a `selector`, and for type `ExternalName`, the controller writes nothing: the slices are somebody else's.
# 2. A pod belongs when it is in the Service's **namespace** and **all** labels of the selector match.
# 3. It is not listed when its phase is Succeeded or Failed, when it has no address of the family, or when its **Node** does
#    not exist. `publishNotReadyAddresses: true` lifts the last of these, and only that.
# 4. An address family is a list of its own: a dual-stack Service has IPv4 slices and IPv6 slices.
#
# ### Under which ports
#
# A slice has one list of ports for all its endpoints. A number as `targetPort` is that number; a missing one is the Service's own
# `port`. A **name** is looked up in each pod: in its containers, then in its sidecars (init containers with
# `restartPolicy: Always`), and the protocol must be the same; a missing protocol is TCP. So pods can differ, and pods whose
# ports differ are in different slices. What happens where a pod has no such name is one of two things that you find out now.
#
# *Source: `staging/src/k8s.io/endpointslice/reconciler.go`, `utils.go`, `util/controller_utils.go`, v1.36.2.*
#
# ### Two rules to find
#
# `records.read("endpoints")` holds what the controllers of a v1.36.2 control plane wrote. In the case `publish-not-ready`
# the Service has `publishNotReadyAddresses: true`; `p1` is never Ready, and `p2` is deleted while it still serves. In
# `port-numbers-differ` the Service's targetPort is the name `web`; `p4` calls its only port `other`.

# %% id="find-rules" role="code"
recorded = {row["case"]: row for row in records.read("endpoints")}


def show_recorded(case):
    for step in recorded[case]["steps"][1:]:
        print(*step["do"])
        for slice_ in step["slices"]:
            print("  ports", [(port["name"], port["port"]) for port in slice_["ports"] or []])
            for one in slice_["endpoints"]:
                print("   ", one["target"], one["conditions"])


show_recorded("publish-not-ready")

# %% id="predict-published" role="code"
published = predict(
    "published",
    "With publishNotReadyAddresses, a pod that is not Ready and not terminating has which conditions?",
    choices=["ready only", "ready and serving", "serving only", "neither"],
    default="ready and serving",
    answer="?",
)

# %% id="see-published" role="code"
said = recorded["publish-not-ready"]["steps"][1]["slices"][0]["endpoints"][0]["conditions"]
published.reveal(
    {(True, False): "ready only", (True, True): "ready and serving"}[said["ready"], said["serving"]],
    why="serving goes on to tell the truth; ready is what the Service wants to be used.",
)
show_recorded("port-numbers-differ")

# %% [markdown] id="groups-task" role="text"
# ### Exercise: `endpoint_groups(service, pods, nodes, family)`
#
# Return the endpoints that the controller would list, by their ports, or `None` where it writes nothing.
#
# - `service` is a dict, `pods` and `nodes` are lists of dicts, as the API gives them; `pods` are those of **all** namespaces.
#   `family` is `"IPv4"` or `"IPv6"`; an address with a colon is IPv6. A pod's addresses are in `status.podIPs`, each `{"ip": ...}`.
# - The answer is a dict. A **key** is a tuple of ports, each a tuple `(name, number, protocol)`, in any order; a port
#   without a name has the name `""`, and a Service without ports has the key `()`. A **value** is a list of endpoints, in any
#   order. No pod belongs: `{}`.
# - An **endpoint** is a dict: `addresses`, the pod's addresses of the family; `conditions` with `ready`, `serving` and
#   `terminating`, each True or False; `nodeName`, where the pod has one; `zone`, where its Node has the label
#   `topology.kubernetes.io/zone`. Further fields are not looked at.
# - Optional fields may be missing: `labels` of pods and Nodes, a pod's `status`, its `podIPs`, its `conditions`, a container's `ports`.
# - Do not change what you are given.
#
# The checks: small cases; what the real controllers wrote after each step of nine recorded cases; random ones.
#
# Example: a Service with `ports: [{port: 80, targetPort: 8080}]` and one ready pod on a node in zone a give
# `{(("", 8080, "TCP"),): [{"addresses": ["10.1.0.1"], "conditions": {"ready": True, "serving": True, "terminating": False},
# "nodeName": "n1", "zone": "a"}]}`.
#
# <details><summary>Hint 1</summary>Begin with Services that have numbers as ports, and with ready pods: one key, and a list with
# an endpoint for each pod whose labels match. That much earns the first rule.</details>
# <details><summary>Hint 2</summary>Three small functions: does the pod belong, what are its ports, what is its endpoint.</details>
# <details><summary>Hint 3</summary>The order: return None early; for each pod <code>continue</code> unless it belongs;
# <code>ports = tuple(...)</code>; <code>groups.setdefault(ports, []).append(endpoint)</code>.</details>


# %% id="endpoint-groups" role="exercise"
def endpoint_groups(service, pods, nodes, family):
    """Return a Service's endpoints by their ports, or None where the controller writes no slices."""

    ### BEGIN SOLUTION
    def number_of(port, pod):
        target = port.get("targetPort", port["port"])
        if isinstance(target, int):
            return target
        sidecars = [c for c in pod["spec"].get("initContainers", []) if c.get("restartPolicy") == "Always"]
        for container in pod["spec"]["containers"] + sidecars:
            for each in container.get("ports", []):
                same = each.get("protocol", "TCP") == port.get("protocol", "TCP")
                if same and each.get("name") == target:
                    return each["containerPort"]
        return None

    spec = service["spec"]
    if spec.get("type") == "ExternalName" or not spec.get("selector"):
        return None
    publish = spec.get("publishNotReadyAddresses", False)
    labels_of = {node["metadata"]["name"]: node["metadata"].get("labels", {}) for node in nodes}
    groups = {}
    for each_pod in pods:
        metadata, status = each_pod["metadata"], each_pod.get("status", {})
        node = each_pod["spec"].get("nodeName")
        if metadata["namespace"] != service["metadata"]["namespace"]:
            continue
        if not spec["selector"].items() <= metadata.get("labels", {}).items():
            continue
        ips = [each["ip"] for each in status.get("podIPs", []) if (":" in each["ip"]) == (family == "IPv6")]
        if status.get("phase") in ("Succeeded", "Failed") or not ips:
            continue
        if node not in labels_of and not publish:
            continue
        serving = {"Ready": "True"}.items() <= {
            c["type"]: c["status"] for c in status.get("conditions", [])
        }.items()
        terminating = "deletionTimestamp" in metadata
        ready = publish or (serving and not terminating)
        conditions = {"ready": ready, "serving": serving, "terminating": terminating}
        endpoint = {"addresses": ips, "conditions": conditions}
        if node:
            endpoint["nodeName"] = node
        zone = labels_of.get(node, {}).get("topology.kubernetes.io/zone")
        if zone:
            endpoint["zone"] = zone
        found = [(port, number_of(port, each_pod)) for port in spec.get("ports", [])]
        ports = tuple(
            (port.get("name", ""), number, port.get("protocol", "TCP"))
            for port, number in found
            if number is not None
        )
        groups.setdefault(ports, []).append(endpoint)
    return groups
    ### END SOLUTION


# %% id="endpoint-groups-examples" role="test" points=4
import course.units.u11_services.checks

course.units.u11_services.checks.groups_examples(endpoint_groups, points=4)

# %% id="endpoint-groups-records" role="test" points=2
import course.units.u11_services.checks

course.units.u11_services.checks.groups_records(endpoint_groups, points=2)

# %% id="endpoint-groups-unseen" role="test" points=1
import course.units.u11_services.checks

course.units.u11_services.checks.groups_unseen(endpoint_groups, seed=11, points=1)
### BEGIN HIDDEN TESTS
course.units.u11_services.checks.groups_unseen(
    endpoint_groups, seed=course.checks.instructor_seed(), points=1
)
### END HIDDEN TESTS

# %% [markdown] id="choice" role="text"
# ## 2. From the list to a choice
#
# A slice lists; it does not say where a connection goes. kube-proxy on each node decides that, from the conditions and from
# **hints**. Here is a cluster in three zones, with a pod in each, and a Service that prefers its own zone
# (`in_zones` makes it). The same hundred requests are sent from a node in zone a and from one in zone c.
#
# Each endpoint has its own zone as a hint, as you will see. Then somebody adds an endpoint without one: a slice written by hand beside the
# controller's, as some tools do.
# The cell asks what follows.

# %% id="predict-partial" role="code"
cluster = shop.in_zones("a0", "b0", "c0", trafficDistribution="PreferSameZone")
shop.show_slices(cluster, "web")
for client in ("a1", "c1"):
    print("from", client, shop.shares(cluster, "web", client))
partial = predict(
    "partial",
    "Three ready endpoints have hints, a fourth has none. Which does a node in zone a use?",
    choices=["its own zone's", "its own zone's and the fourth", "all four"],
    default="its own zone's",
    answer="?",
)

# %% id="see-partial" role="code"
cluster = shop.in_zones("a0", "b0", "c0", trafficDistribution="PreferSameZone")
cluster.core.create_namespaced_pod("default", shop.pod("extra", node="b1", labels={"app": "extra"}))
cluster.run(seconds=3)
extra = cluster.core.read_namespaced_pod("extra", "default").status.pod_ip
DiscoveryV1Api(cluster.api_client).create_namespaced_endpoint_slice(
    "default", shop.endpoints("by-hand", "web", extra)
)
cluster.run(seconds=3)
used = shop.shares(cluster, "web", "a1")
partial.reveal(
    {1: "its own zone's", 2: "its own zone's and the fourth", 4: "all four"}[len(used)],
    why="Half a set of hints would overload the endpoints that have them, so then none counts.",
)
print("from a1", used)

# %% [markdown] id="choice-rules" role="text"
# kube-proxy, for Services with traffic policy Cluster:
#
# 1. A condition that is not given means ready, serving, not terminating.
# 2. **Ready** endpoints are candidates, and no others.
# 3. Are there hints for **nodes** on every ready endpoint, and one of them names my node? Then those for my node are used.
# 4. Else the same question with hints for **zones** and my zone.
# 5. Else all ready endpoints.
# 6. Is none ready at all, anywhere? Then those that are **terminating and serving**, whatever their hints.
#
# The controller gives hints in two ways. `trafficDistribution: PreferSameZone` (and `PreferSameNode`, `PreferClose`) hints every
# ready endpoint for where it is. The older annotation `service.kubernetes.io/topology-mode: Auto` shares endpoints out by
# the zones' CPU, wins over the field, and gives no hints at all when a zone would be overloaded by a fifth:

# %% id="auto" role="code"
auto = {"service.kubernetes.io/topology-mode": "Auto"}
for nodes in (["a0", "b0", "c0"], ["a0", "b0", "b1", "c0"]):
    cluster = shop.in_zones(*nodes, annotations=auto)
    (slice_,) = (
        DiscoveryV1Api(cluster.api_client)
        .list_namespaced_endpoint_slice("default", label_selector="kubernetes.io/service-name=web")
        .items
    )
    hints = {
        each.target_ref.name: [zone.name for zone in each.hints.for_zones] if each.hints else None
        for each in slice_.endpoints
    }
    events = cluster.core.list_namespaced_event("default").items
    print(hints, [event.message for event in events if event.involved_object.kind == "Service"][-1:])

# %% [markdown] id="first-text" role="text"
# ### Exercise: examples first
#
# Before you write `usable(endpoints, zone, node)`, say what it should answer: a list of at least five tuples
# `(endpoints, zone, node, answer)`. `endpoints` is a list of dicts with `addresses`, `conditions` and `hints` as in the table
# below, `answer` the list of the first addresses that may be used. Your examples are tried on six wrong functions that follow
# common beliefs: the more of them an example tells apart, the better.
#
# | field | example |
# |---|---|
# | `addresses` | `["10.1.0.1"]` |
# | `conditions`, may be missing | `{"ready": False, "serving": True, "terminating": True}`, each may be missing |
# | `hints`, may be missing | `{"forZones": [{"name": "a"}], "forNodes": [{"name": "n1"}]}`, each may be missing |
#
# <details><summary>Hint 1</summary>Two endpoints are enough for an example. Give them conditions first: one not ready; both terminating, of
# which one serves; one terminating beside a ready one.</details>
# <details><summary>Hint 2</summary>Then hints: one endpoint with and one without; for a zone that is nobody's; for nodes and for zones at once.</details>
# <details><summary>Hint 3</summary>To fill in: <code>([{"addresses": ["10.1.0.1"], "hints": {"forZones": [{"name": "a"}]}},
# {"addresses": ["10.1.0.2"]}], "a", "n1", [...])</code>, and the same with <code>"hints": {"forZones": [{"name": "b"}]}</code> in the second and the
# zone <code>"c"</code>.</details>

# %% id="usable-examples-first" role="exercise"
usable_examples = [
    # one looks like this: ([{"addresses": ["10.1.0.1"]}, {"addresses": ["10.1.0.2"]}], "a", "n1", [...])
    ### BEGIN SOLUTION
    (
        [{"addresses": ["10.1.0.1"]}, {"addresses": ["10.1.0.2"], "conditions": {"ready": False}}],
        "a",
        "n1",
        ["10.1.0.1"],
    ),
    (
        [
            {"addresses": ["10.1.0.1"], "conditions": {"ready": False, "serving": True, "terminating": True}},
            {
                "addresses": ["10.1.0.2"],
                "conditions": {"ready": False, "serving": False, "terminating": True},
            },
        ],
        "a",
        "n1",
        ["10.1.0.1"],
    ),
    (
        [
            {"addresses": ["10.1.0.1"], "conditions": {"ready": False, "serving": True, "terminating": True}},
            {"addresses": ["10.1.0.2"]},
        ],
        "a",
        "n1",
        ["10.1.0.2"],
    ),
    (
        [{"addresses": ["10.1.0.1"], "hints": {"forZones": [{"name": "a"}]}}, {"addresses": ["10.1.0.2"]}],
        "a",
        "n1",
        ["10.1.0.1", "10.1.0.2"],
    ),
    (
        [
            {"addresses": ["10.1.0.1"], "hints": {"forZones": [{"name": "a"}], "forNodes": [{"name": "n1"}]}},
            {"addresses": ["10.1.0.2"], "hints": {"forZones": [{"name": "a"}], "forNodes": [{"name": "n2"}]}},
        ],
        "a",
        "n1",
        ["10.1.0.1"],
    ),
    (
        [
            {"addresses": ["10.1.0.1"], "hints": {"forZones": [{"name": "a"}]}},
            {"addresses": ["10.1.0.2"], "hints": {"forZones": [{"name": "b"}]}},
        ],
        "c",
        "n1",
        ["10.1.0.1", "10.1.0.2"],
    ),
    ### END SOLUTION
]

# %% id="usable-examples-first-tried" role="test" points=2
import course.units.u11_services.checks

course.units.u11_services.checks.usable_first(usable_examples, points=2)

# %% [markdown] id="usable-task" role="text"
# ### Exercise: `usable(endpoints, zone, node)`
#
# Return the set of the **first** addresses of the endpoints that kube-proxy on `node` in `zone` may use, by rules 1 to 6. (It
# reads no further one; a second address only says that the same pod has it.)
#
# - `endpoints` is a list as in the table above; the order means nothing, and addresses do not repeat.
# - `zone` and `node` are names. Nothing usable: the empty set. A list instead of a set is accepted.
#
# Example: `usable([{"addresses": ["10.1.0.1"]}], "a", "n1")` is `{"10.1.0.1"}`.
#
# <details><summary>Hint 1</summary>A list of the ready endpoints, and a set of their first addresses: that earns a rule.</details>
# <details><summary>Hint 2</summary><code>conditions.get("ready", True)</code> reads a missing condition.</details>
# <details><summary>Hint 3</summary>Loop over <code>(("forNodes", node), ("forZones", zone))</code> and return from the loop when
# both questions of rule 3 are answered with yes.</details>


# %% id="usable" role="exercise"
def usable(endpoints, zone, node):
    """Return the first addresses of the endpoints that kube-proxy on `node` in `zone` may use."""

    ### BEGIN SOLUTION
    def says(endpoint, condition, default):
        return endpoint.get("conditions", {}).get(condition, default)

    def hinted(endpoint, kind):
        return [each["name"] for each in endpoint.get("hints", {}).get(kind, [])]

    candidates = [one for one in endpoints if says(one, "ready", True)]
    if not candidates:
        leaving = [one for one in endpoints if says(one, "serving", True) and says(one, "terminating", False)]
        return {one["addresses"][0] for one in leaving}
    for kind, name in (("forNodes", node), ("forZones", zone)):
        mine = [one for one in candidates if name in hinted(one, kind)]
        if mine and all(hinted(one, kind) for one in candidates):
            return {one["addresses"][0] for one in mine}
    return {one["addresses"][0] for one in candidates}
    ### END SOLUTION


# %% id="usable-cases" role="test" points=2
import course.units.u11_services.checks

course.units.u11_services.checks.usable_examples(usable, points=2)

# %% id="usable-unseen" role="test" points=1
import course.units.u11_services.checks

course.units.u11_services.checks.usable_unseen(usable, seed=11, points=1)
### BEGIN HIDDEN TESTS
course.units.u11_services.checks.usable_unseen(usable, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="few-writes" role="text"
# ## 3. Few writes
#
# 250 pods need three slices of at most 100 (the default of `--max-endpoints-per-slice`; 1000 is the most). Then pods go and
# come. Each slice that is written is sent to **every** node's kube-proxy. So the controller's aim is not full slices: it is few
# writes.

# %% id="predict-replaced" role="code"
replaced = predict(
    "replaced",
    "100 + 100 + 50 endpoints. 10 of the first slice go and 15 new ones come. How many slices are written?",
    number=(0, 4),
    default=3,
    answer="?",
)

# %% id="see-slices" role="code"
frames = played(controllers_plan)
replaced.reveal(
    frames[1].writes,
    why="The first slice is written anyway and takes 10 of the new ones; 5 fit whole into the third.",
)
turn(lambda step: plot_slices(frames, step), step=range(1, len(frames) + 1), still={"step": len(frames)})

# %% [markdown] id="plan-task" role="text"
# For each family and each list of ports, the controller
#
# 1. looks through the slices that are there: what is still desired stays **where it is**, refreshed; what is not, goes. A slice
#    that this leaves empty is deleted;
# 2. pours new endpoints into slices that are **written anyway**, the fullest first;
# 3. asks, while some remain: are they **fewer** than the limit, and do they fit **whole** into one slice that was not
#    touched? Then into the one that they leave fullest. Else a new slice takes as many as it can;
# 4. turns a creation and a deletion into **one update**.
#
# It never moves an endpoint to another slice, and never puts half-empty slices together. See the fourth step of the picture: 80
# places are free in `web-2`, and `web-3` is filled.
#
# *Source: `reconciler.go` (`reconcileByPortMapping`, `finalize`), `utils.go` (`getSliceToFill`), v1.36.2.*
#
# ### Exercise: `plan(slices, desired, limit=100)`
#
# Return `(create, update, delete)`.
#
# - `slices` is a dict from a slice's name to its list of endpoints; `desired` is the list of endpoints as they should be.
#   An endpoint is a dict; two endpoints are **the same one** when their `addresses` are equal. When anything else differs, it
#   must be refreshed, and that is a change of its slice.
# - `create` is a list of lists of endpoints, `update` a dict from a name to the slice's **whole** new list, `delete` a list of
#   names. A slice that does not change is in none of them. A slice that was empty before and gets nothing is not touched.
# - Which endpoints go where, and which of two equally full slices is taken, is free. What is checked: every desired endpoint is in
#   one slice, refreshed; nothing was moved; no slice is too long; and the numbers of writes and of endpoints in the slices
#   written are those of the real controller.
# - Do not change what you are given.
#
# Example: `plan({}, [e1, e2])` is `([[e1, e2]], {}, [])`; with `slices = {"s1": [e1]}` and `desired = [e1, e2]` it is
# `([], {"s1": [e1, e2]}, [])`.
#
# <details><summary>Hint 1</summary>With no slices there is only rule 3's end: cut the list into pieces of
# <code>limit</code>. That earns the first rule.</details>
# <details><summary>Hint 2</summary>Keep two dicts: <code>update</code> for slices that change, <code>untouched</code> for those that do
# not, and one list of what is still to be placed.</details>
# <details><summary>Hint 3</summary>In order: <code>for name in slices: ...</code> sorts them into update, untouched and delete;
# <code>for members in sorted(update.values(), key=len, reverse=True)</code>; <code>while waiting:</code>; and last
# <code>while create and delete:</code>.</details>


# %% id="plan" role="exercise"
def plan(slices, desired, limit=100):
    """Return (create, update, delete): the writes that make `slices` hold exactly `desired`."""
    ### BEGIN SOLUTION
    waiting = {tuple(endpoint["addresses"]): endpoint for endpoint in desired}
    create, update, delete, untouched = [], {}, [], {}
    for name, members in slices.items():
        found = [waiting.pop(tuple(endpoint["addresses"]), None) for endpoint in members]
        kept = [endpoint for endpoint in found if endpoint is not None]
        if kept == members:
            untouched[name] = kept
        elif kept:
            update[name] = kept
        else:
            delete.append(name)
    waiting = list(waiting.values())
    for members in sorted(update.values(), key=len, reverse=True):
        room = limit - len(members)
        members += waiting[:room]
        waiting = waiting[room:]
    while waiting:
        fitting = [name for name in untouched if len(untouched[name]) + len(waiting) <= limit]
        if fitting and len(waiting) < limit:
            name = max(fitting, key=lambda each: len(untouched[each]))
            update[name] = untouched.pop(name) + waiting
            break
        create.append(waiting[:limit])
        waiting = waiting[limit:]
    while create and delete:
        update[delete.pop()] = create.pop()
    return create, update, delete
    ### END SOLUTION


# %% id="plan-examples" role="test" points=3
import course.units.u11_services.checks

course.units.u11_services.checks.plan_examples(plan, points=3)

# %% id="plan-unseen" role="test" points=1
import course.units.u11_services.checks

course.units.u11_services.checks.plan_unseen(plan, seed=11, points=1)
### BEGIN HIDDEN TESTS
course.units.u11_services.checks.plan_unseen(plan, seed=course.checks.instructor_seed(), points=1)
### END HIDDEN TESTS

# %% [markdown] id="work" role="text"
# ## 4. At work
#
# Now **your** `endpoint_groups` and `plan` are the EndpointSlice controller of a cluster, with three endpoints a slice. Its
# kube-proxies read what your functions lead to. A Deployment of six pods gets a new version; a pod answers from its start, is
# ready after 3 seconds, and serves for 8 seconds after it was deleted. A client sends twenty requests a second.

# %% id="predict-failed" role="code"
failing = predict(
    "failing",
    "First a controller that lists terminating pods as ready, as many write it at first. Do requests fail?",
    choices=["none", "some", "most"],
    default="none",
    answer="?",
)


# %% id="release" role="code"
def release(groups, plan):
    """Let two functions be the controller during a rollout; return what the slices said and a client saw."""
    cluster = Cluster.create(nodes=3)
    cluster.replace("endpoint-slice-controller", slices_by(groups, plan, limit=3))
    cluster.core.create_namespaced_service("default", shop.service("web", port="http"))
    cluster.apps.create_namespaced_deployment("default", shop.deployment("web", replicas=6))
    cluster.run(seconds=10)
    life = Life(cluster.client("picture"), cluster.loop, "web")
    caller = Caller(cluster, "http://web/")
    shop.crew(cluster, "web", image="web:v2")
    cluster.run(seconds=28)
    assert not cluster.errors("endpoint-slice-controller"), cluster.errors("endpoint-slice-controller")[0]
    return life.samples, caller.stop()


# %% id="failing-release" role="code"
samples, seen = release(GROUPS["a terminating pod that serves is ready"], controllers_plan)
failed = tally(seen).get("error", 0)
failing.reveal(
    "none" if not failed else "some" if failed < len(seen) / 2 else "most",
    why="The pod stays ready until its Pod object is gone; between its last answer and that it is sent requests.",
)
plot_life(samples, seen, "Terminating pods listed as ready")

# %% id="your-release" role="code"
missing = unwritten(endpoint_groups=endpoint_groups, plan=plan)
if not missing:
    samples, seen = release(endpoint_groups, plan)
    print("answers of", *sorted(tally(seen)))
    assert "error" not in tally(seen), "requests failed: see which pods your slices listed as ready"
plot_life(samples, seen, "Your controller") if not missing else print(missing)

# %% [markdown] id="your-release-why" role="text"
# Orange pods get no new connections as long as green ones are there, and they are still known: those who hold a connection to
# one, and a Service whose pods all leave, need them. The grader runs your controller through a rollout, through the deletion of
# a Service's only pod, beside a pod that only looks alike, and through one replacement; it counts requests, writes and slices.

# %% id="plan-at-work" role="test" points=2
import course.units.u11_services.checks

course.units.u11_services.checks.plan_at_work(plan, endpoint_groups, points=2)

# %% [markdown] id="flip-cost" role="text"
# ## 5. What a flip costs
#
# A watch sends **whole objects**. When one of 5,000 pods turns unready, its slice is written and sent to every node. Before
# slices there was one object for all, Endpoints. `Fleet` writes both for a Service of 5,000 endpoints, and reads the API
# server's own watches, in JSON as kubectl and in protobuf as kube-proxy ask for them.

# %% id="predict-bytes" role="code"
smaller = predict(
    "smaller",
    "In protobuf, how many times as large as the slice's event is that of Endpoints with all 5,000 addresses?",
    choices=["about 2", "about 10", "about 40", "about 5,000"],
    default="about 5,000",
    answer="?",
)

# %% id="measure" role="code"
fleet = Fleet(5000)
sent = fleet.flip(1)
sizes = {(one.object, one.encoding): one.size_bytes for one in sent}
times = sizes["Endpoints of 5,000", "protobuf"] / sizes["EndpointSlice", "protobuf"]
smaller.reveal(
    f"about {round(times, -1):.0f}",
    why="50 slices, and an endpoint is a little larger than an address of Endpoints, for it says more.",
)
for one in sent:
    print(f"{one.object:18} {one.encoding:8} {one.size_bytes / 1000:6.1f} kB")

# %% id="flips-picture" role="code"
turn(
    lambda nodes: plot_flips(sent, endpoints=5000, watchers=nodes),
    nodes=[100, 1000, 5000],
    still={"nodes": 5000},
)

# %% [markdown] id="flip-why" role="text"
# The server of this course writes protobuf as the real one does. A live v1.36.2 server gave 13,090 bytes for a slice of 100 and
# 565,440 for Endpoints of 5,000, with other names. Endpoints of 5,000 are what would be needed; the real controller cuts
# them off at 1,000, and then four of five pods get no traffic from those who still read them.
#
# Two pods of one slice that flip at one moment are one write; in two slices, two:

# %% id="two-flips" role="code"
for numbers in ((2,), (3, 4), (5, 150)):
    in_protobuf = fleet.flip(*numbers, endpoints=False)[1]
    print(f"pods {numbers}: {in_protobuf.size_bytes / 1000:.1f} kB in protobuf")

# %% [markdown] id="bytes-task" role="text"
# ### Exercise: `bytes_sent(sizes, flips, watchers)`
#
# Return how many bytes all watchers together are sent, an int.
#
# - `sizes` is a list: `sizes[n]` is the size in bytes of the n-th slice, counted from 0. Flips do not change it.
# - `flips` is a list of moments. Each moment is a list with, for every endpoint that changed then, the number of the slice that
#   it is in. `[[0, 0, 3], [1]]`: first two endpoints of slice 0 and one of slice 3, later one of slice 1.
# - `watchers` is how many nodes watch.
#
# Example: `bytes_sent([1000, 700], [[1]], 10)` is `7000`.
#
# <details><summary>Hint 1</summary>One moment with one flip: a size times the watchers.</details>
# <details><summary>Hint 2</summary>What is written at one moment is a set of slices.</details>
# <details><summary>Hint 3</summary><code>sum(... for moment in flips for number in ...)</code></details>


# %% id="bytes-sent" role="exercise"
def bytes_sent(sizes, flips, watchers):
    """Return the bytes that `watchers` are sent when endpoints flip."""
    ### BEGIN SOLUTION
    return watchers * sum(sizes[number] for moment in flips for number in set(moment))
    ### END SOLUTION


# %% id="bytes-sent-examples" role="test" points=1
import course.units.u11_services.checks

course.units.u11_services.checks.bytes_examples(bytes_sent, points=1)

# %% [markdown] id="by-hand" role="text"
# ## 6. Endpoints by hand, headless, and what wakes the controller
#
# `db` has no selector: its database runs outside, here on a pod that no Service selects. Somebody writes Endpoints for it. No
# kube-proxy reads Endpoints.

# %% id="predict-mirror" role="code"
mirror = predict(
    "mirror",
    "Endpoints by hand, for a Service without a selector. Does a request to the Service arrive?",
    choices=["yes", "no"],
    default="no",
    answer="?",
)

# %% id="see-mirror" role="code"
cluster = Cluster.create(nodes=2)
cluster.core.create_namespaced_pod("default", shop.pod("database", labels={"app": "db"}))
cluster.core.create_namespaced_service("default", shop.service("db", selector=None))
cluster.run(seconds=3)
address = {"ip": cluster.core.read_namespaced_pod("database", "default").status.pod_ip}
subsets = [{"addresses": [address], "ports": [{"port": 8080}]}]
cluster.core.create_namespaced_endpoints("default", {"metadata": {"name": "db"}, "subsets": subsets})
cluster.run(seconds=3)
mirror.reveal(
    "yes" if cluster.request("http://db/").ok else "no",
    why="The mirroring controller copies Endpoints of Services without a selector into slices, up to 1,000 a subset.",
)
shop.show_slices(cluster, "db")

# %% [markdown] id="headless-text" role="text"
# A mirrored endpoint says only whether it is ready. The label `endpointslice.kubernetes.io/skip-mirror: "true"` on the Endpoints
# prevents the copy.
#
# A **headless** Service (`clusterIP: None`) has slices too, with a label that makes kube-proxy skip them: DNS reads them and answers
# with the pods' own addresses.

# %% id="headless" role="code"
cluster.core.delete_collection_namespaced_service("default", field_selector="metadata.name=each")
cluster.core.create_namespaced_service(
    "default", shop.service("each", selector={"app": "db"}, clusterIP="None")
)
cluster.run(seconds=3)
shop.show_slices(cluster, "each")
(one,) = (
    DiscoveryV1Api(cluster.api_client)
    .list_namespaced_endpoint_slice("default", label_selector="kubernetes.io/service-name=each")
    .items
)
print({key: value for key, value in one.metadata.labels.items() if "headless" in key})

# %% [markdown] id="wakes-text" role="text"
# Readiness, labels, deletion and addresses of a pod wake the controller. Not everything does. In the record `phases`, `p1` turns
# Succeeded and `p2` turns Failed; nothing else about them changes. Rule 3 of section 1 says that they are not listed.

# %% id="predict-phases" role="code"
phases = predict(
    "phases",
    "Which endpoints are listed after both have ended?",
    choices=["none", "p1", "p2", "p1 and p2"],
    default="none",
    answer="?",
)

# %% id="see-phases" role="code"
steps = recorded["phases"]["steps"]
targets = [one["target"] for slice_ in steps[4]["slices"] for one in slice_["endpoints"]]
phases.reveal(
    " and ".join(targets) or "none",
    why="A phase alone is no reason to look. A kubelet sets Ready to False with it, and that is one.",
)
print("after", *steps[5]["do"], ":", [one["target"] for one in steps[5]["slices"][0]["endpoints"]])

# %% [markdown] id="remember" role="text"
# ## What to remember
#
# **The question:** What is a Service, what are its endpoints, and why are there EndpointSlices?
#
# **The short answer:** A Service names a set of pods. The EndpointSlice controller lists all of them that have an address, ready or
# not, with conditions and ports, in slices that it writes as seldom as it can. kube-proxy and DNS choose from the list: ready ones, near
# ones where hints say so, terminating ones if there is nothing else. A watch sends whole objects, and slices are small.
#
# **What the common answer gets wrong:**
#
# - Unready and terminating pods are not removed. They are listed, and conditions say so.
# - Slices are not Endpoints cut into pieces: they know families, zones, serving and terminating.
# - Slices are not kept full. A half-empty slice costs less than a write.
# - A Service without a selector has the endpoints that somebody writes.
#
# **Why?** In a sentence: why does kube-proxy ignore the hints of three endpoints because a fourth has none?
#
# **A new situation.** A Service of 300 pods in three slices of 100. A rollout replaces every pod, 25 at a time: 25 new ones get
# ready, then 25 old ones, spread over all slices, terminate and go. How many slices are written in one such round, at
# least and at most? How many bytes are that on 1,000 nodes?
#
# **Next:** 12, what kube-proxy makes of these lists: the rules that a packet meets.
#
# ## Sources
#
# - `staging/src/k8s.io/endpointslice`: `reconciler.go`, `utils.go`, `topologycache`, `trafficdist`
# - `pkg/controller/endpointslicemirroring`, `pkg/controller/endpoint`, `pkg/proxy/topology.go`, all v1.36.2
# - [Service](https://kubernetes.io/docs/concepts/services-networking/service/),
#   [EndpointSlices](https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/)
# - The record: `insideout/records/endpoints.jsonl`, 11 cases from a v1.36.2 control plane
