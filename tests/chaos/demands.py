"""What must hold when everything is quiet: the state is what the specs demand, and nothing more."""

from collections.abc import Iterator

from insideout.apimachinery import conditions, selectors
from insideout.apimachinery import pods as podutil
from insideout.client import Object
from insideout.client.informer import Informer, key_of
from insideout.controllers.deployment import revisions, status
from insideout.controllers.kinds import built_in
from tests.chaos.world import NAMESPACES, World


def violations(world: World) -> Iterator[str]:
    """Say what is wrong."""
    yield from _deployments(world)
    yield from _stateful_sets(world)
    yield from _daemon_sets(world)
    yield from _jobs(world)
    yield from _services(world)
    yield from _budgets(world)
    yield from _pods(world)
    yield from _owners(world)
    yield from _caches(world)


def _objects(world: World, resource: str) -> list[Object]:
    return [obj for namespace in NAMESPACES for obj in world.user.list(resource, namespace)["items"]]


def _owned(world: World, owner: Object, resource: str) -> list[Object]:
    uid = owner["metadata"]["uid"]
    return [
        obj
        for obj in world.user.list(resource, owner["metadata"]["namespace"])["items"]
        if any(reference["uid"] == uid for reference in obj["metadata"].get("ownerReferences") or ())
    ]


def _image(obj: Object) -> str:
    spec = obj["spec"]
    return str((spec["template"]["spec"] if "template" in spec else spec)["containers"][0]["image"])


def _deployments(world: World) -> Iterator[str]:
    for deployment in _objects(world, "deployments"):
        name, replicas = deployment["metadata"]["name"], deployment["spec"]["replicas"]
        sets = _owned(world, deployment, "replicasets")
        new = revisions.find_new(deployment, sets)
        if new is None:
            yield f"{name}: no new ReplicaSet"
            continue
        for replica_set in sets:
            pods = _owned(world, replica_set, "pods")
            wanted = replicas if replica_set is new else 0
            if replica_set["spec"]["replicas"] != wanted or len(pods) != wanted:
                yield f"{replica_set['metadata']['name']}: {len(pods)} Pods, {wanted} wanted"
        limit = deployment["spec"]["revisionHistoryLimit"]
        if len(sets) - 1 > limit:
            yield f"{name}: {len(sets) - 1} old ReplicaSets, {limit} allowed"
        if not status.is_complete(deployment, deployment.get("status") or {}) and replicas:
            yield f"{name}: not complete: {deployment.get('status')}"


def _stateful_sets(world: World) -> Iterator[str]:
    for stateful_set in _objects(world, "statefulsets"):
        name, replicas = stateful_set["metadata"]["name"], stateful_set["spec"]["replicas"]
        pods = {pod["metadata"]["name"]: pod for pod in _owned(world, stateful_set, "pods")}
        wanted = [f"{name}-{index}" for index in range(replicas)]
        if sorted(pods) != sorted(wanted):
            yield f"{name}: Pods {sorted(pods)}, {wanted} wanted"
        for pod_name, pod in pods.items():
            if _image(pod) != _image(stateful_set):
                yield f"{pod_name}: {_image(pod)}, {_image(stateful_set)} wanted"
        reported = stateful_set.get("status") or {}
        if reported.get("currentRevision") != reported.get("updateRevision"):
            yield f"{name}: the update is not complete"


def _daemon_sets(world: World) -> Iterator[str]:
    nodes = sorted(world.nodes.nodes)
    for daemon_set in _objects(world, "daemonsets"):
        pods = _owned(world, daemon_set, "pods")
        on = sorted(pod["spec"].get("nodeName", "") for pod in pods)
        if on != nodes:
            yield f"{daemon_set['metadata']['name']}: on {on}, nodes are {nodes}"
        wrong = [pod["metadata"]["name"] for pod in pods if _image(pod) != _image(daemon_set)]
        if wrong:
            yield f"{wrong}: of an old revision"


def _jobs(world: World) -> Iterator[str]:
    """Every Job has ended, each of its Pods counted, and none is held any more."""
    for job in _objects(world, "jobs"):
        name, reported = job["metadata"]["name"], job["status"]
        complete = conditions.status_of(job, "Complete") == "True"
        if not complete and conditions.status_of(job, "Failed") != "True":
            yield f"{name}: neither complete nor failed: {reported}"
        if complete and reported.get("succeeded", 0) < job["spec"]["completions"]:
            yield f"{name}: complete with {reported.get('succeeded')} of {job['spec']['completions']}"
        if reported.get("active") or any((reported.get("uncountedTerminatedPods") or {}).values()):
            yield f"{name}: ended, but {reported}"
        held = [pod for pod in _owned(world, job, "pods") if pod["metadata"].get("finalizers")]
        if held:
            yield f"{name}: {len(held)} Pods are held"


def _services(world: World) -> Iterator[str]:
    for service in _objects(world, "services"):
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        selector = selectors.from_labels(service["spec"]["selector"])
        pods = [
            pod
            for pod in world.user.list("pods", namespace)["items"]
            if selector.matches(pod["metadata"].get("labels"))
        ]
        wanted = sorted(pod["status"]["podIP"] for pod in pods if podutil.is_ready(pod))
        slices = world.user.list(
            "endpointslices", namespace, label_selector=f"kubernetes.io/service-name={name}"
        )["items"]
        listed = sorted(
            address
            for slice_ in slices
            for endpoint in slice_.get("endpoints") or ()
            for address in endpoint["addresses"]
        )
        if listed != wanted:
            yield f"slices of {name}: {listed}, {wanted} wanted"
        endpoints = world.user.get("endpoints", name, namespace)
        older = sorted(
            address["ip"]
            for subset in endpoints.get("subsets") or ()
            for address in subset.get("addresses") or ()
        )
        if older != wanted:
            yield f"endpoints of {name}: {older}, {wanted} wanted"


def _budgets(world: World) -> Iterator[str]:
    for budget in _objects(world, "poddisruptionbudgets"):
        selector = selectors.from_object(budget["spec"]["selector"])
        pods = world.user.list("pods", budget["metadata"]["namespace"])["items"]
        healthy = sum(bool(selector and selector.matches(pod["metadata"].get("labels"))) for pod in pods)
        if budget["status"]["currentHealthy"] != healthy:
            yield f"{budget['metadata']['name']}: {budget['status']['currentHealthy']} healthy, {healthy} are"


def _pods(world: World) -> Iterator[str]:
    for pod in _objects(world, "pods"):
        name, node = pod["metadata"]["name"], pod["spec"].get("nodeName")
        if podutil.is_terminal(pod) and _is_of_job(pod):
            continue
        if not podutil.is_ready(pod) or podutil.is_terminating(pod):
            yield f"{name}: {pod['status'].get('phase')}, not ready or terminating, on {node}"
        elif node not in world.nodes.nodes:
            yield f"{name}: on {node}, which is gone"
        elif pod["metadata"]["uid"] not in world.nodes.nodes[node].pods.workers:
            yield f"{name}: unknown to the kubelet of {node}"
    known = {pod["metadata"]["uid"] for pod in _objects(world, "pods")}
    for name, node_ in world.nodes.nodes.items():
        for uid in node_.pods.workers:
            if uid not in known:
                yield f"{name} runs a Pod that the API does not have"


def _is_of_job(pod: Object) -> bool:
    return any(owner["kind"] == "Job" for owner in pod["metadata"].get("ownerReferences") or ())


def _owners(world: World) -> Iterator[str]:
    uids = set()
    everything = []
    for resource in built_in():
        for obj in world.user.list(resource.resource)["items"]:
            uids.add(obj["metadata"]["uid"])
            everything.append(obj)
    for obj in everything:
        for owner in obj["metadata"].get("ownerReferences") or ():
            if owner["uid"] not in uids:
                yield f"{obj['kind']} {obj['metadata']['name']}: owned by {owner['name']}, which is gone"
        if "deletionTimestamp" in obj["metadata"]:
            yield f"{obj['kind']} {obj['metadata']['name']}: still being deleted"


def _caches(world: World) -> Iterator[str]:
    for observer in _informers(world):
        stored = {key_of(obj): obj for obj in world.user.list(observer.resource)["items"]}
        cached = {key_of(obj): obj for obj in observer.list()}
        if cached != stored:
            differing = [k for k in sorted({*stored, *cached}) if stored.get(k) != cached.get(k)]
            yield f"a cache of {observer.resource} differs at {differing}"


def _informers(world: World) -> list[Informer]:
    return [*world.manager.informers.all(), *world.nodes.informers()]
